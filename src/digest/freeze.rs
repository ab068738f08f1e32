//! Making a digest that can be handed out: with a number and a fingerprint.
//!
//! Guarantees: whoever asks again for what has not changed gets the same digest, under the same number; whatever has changed
//! in what it says of any concern, or of what was promised, gives a new one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::frozen::{Fate, Fated, Freeze, Frozen, Hash, Opening, Salt, fingerprint, leaf};
use super::make::prepare;
use super::{Digest, Entry, Filter, Reader, Records, scores};
use crate::config::Config;

/// Makes a digest and freezes it. `salts` gives random bytes, fresh ones each time.
pub fn make_frozen<R: Reader>(
    records: &Records,
    filter: &Filter,
    config: &Config,
    now: Timestamp,
    salts: &mut dyn FnMut() -> Salt,
) -> (Digest<R>, Freeze) {
    let (mut digest, fates) = prepare::<R>(records, filter, config, now);
    let (last, earlier) = match records.frozen.split_last() {
        Some((last, earlier)) => (Some(last), earlier),
        None => (None, &[][..]),
    };
    let scores = scores::hash(&digest.scores);
    let said = Said {
        concerns: &digest.concerns,
    };
    let (frozen, (openings, is_new), before) = match last {
        Some((frozen, openings))
            if frozen.totals == digest.totals
                && frozen.scores == scores
                && said.is_the_same(openings, &fates) =>
        {
            (frozen.clone(), (openings.clone(), false), earlier.last())
        }
        Some(_) | None => {
            let openings = said.openings(&fates, salts);
            let mut leaves: Vec<Hash> = openings.iter().map(|opening| opening.leaf).collect();
            let frozen = Frozen {
                number: records.last_number.saturating_add(1),
                edition: R::EDITION,
                filter: digest.filter.clone(),
                made_at: digest.made_at,
                totals: digest.totals,
                root: fingerprint(&mut leaves),
                scores,
            };
            (frozen, (openings, true), last)
        }
    };
    digest.reconcile(before, &fates);
    digest.number = Some(frozen.number);
    digest.fingerprint = Some(frozen.root);
    let freeze = Freeze {
        frozen,
        openings,
        is_new,
    };
    (digest, freeze)
}

/// What a digest says of each included concern: those in the order of their running numbers, which begin with 1.
struct Said<'d, R> {
    concerns: &'d [Entry<R>],
}

impl<R: Reader> Said<'_, R> {
    fn entry(&self, fate: Fate) -> Option<&Entry<R>> {
        let number = match fate {
            Fate::Included { number } => number,
            Fate::Merged { .. }
            | Fate::Withdrawn
            | Fate::Held
            | Fate::Waiting
            | Fate::Rejected
            | Fate::OrganisersOnly
            | Fate::Unreviewed => return None,
        };
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.concerns.get(place)
    }

    /// As JSON, one at a time: all together would take several times the digest's memory.
    fn json(&self, fate: Fate) -> Option<Value> {
        let entry = self.entry(fate)?;
        Some(serde_json::to_value(entry).unwrap_or_default()) // its maps have string keys, and nothing else can fail
    }

    fn leaf(&self, fated: &Fated, salt: &Salt) -> Hash {
        let (receipt, fate) = (fated.receipt, fated.fate);
        leaf(salt, R::EDITION, receipt, fate, self.json(fate).as_ref())
    }

    /// Whether the digest with these openings says the same. Of what was withdrawn nothing is said.
    fn is_the_same(&self, openings: &[Opening], fates: &[Fated]) -> bool {
        let openings: BTreeMap<u64, &Opening> = openings
            .iter()
            .map(|opening| (opening.concern, opening))
            .collect();
        openings.len() == fates.len()
            && fates.iter().all(|fated| {
                openings.get(&fated.concern).is_some_and(|opening| {
                    opening.fate == fated.fate
                        && match opening.salt {
                            Some(salt) => opening.leaf == self.leaf(fated, &salt),
                            None => opening.fate == Fate::Withdrawn,
                        }
                })
            })
    }

    fn openings(&self, fates: &[Fated], salts: &mut dyn FnMut() -> Salt) -> Vec<Opening> {
        let opening = |fated: &Fated| {
            let salt = salts();
            Opening {
                concern: fated.concern,
                leaf: self.leaf(fated, &salt),
                salt: (fated.fate != Fate::Withdrawn).then_some(salt),
                fate: fated.fate,
                named: self
                    .entry(fated.fate)
                    .is_some_and(|entry| entry.organisation.is_some()),
            }
        };
        let mut openings: Vec<Opening> = fates.iter().map(opening).collect();
        openings.sort_by_key(|opening| opening.concern);
        openings
    }
}
