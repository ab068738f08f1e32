//! Digests that are handed out meanwhile: what is withdrawn can be proven no more, everything else can, and every list of leaves
//! gives the fingerprint that was handed out.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use samleng::dialogue::World as _;
use samleng::digest::frozen::{Fate, Freeze, Opening, Salt, fingerprint, leaf};
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{Filter, Reader, Records, make_frozen};
use samleng::domain::Status;
use samleng::store::Stage;
use samleng::store::record::Openings;
use samleng::store::seal::Sealer;
use serde_json::Value;

use super::{Life, MEMBERS, master};

/// What was handed out.
#[derive(Default)]
pub(super) struct Given {
    /// Each digest with what it says of what is included, by number.
    digests: Vec<(Freeze, Vec<Value>)>,
    salts: u128,
}

impl Life<'_> {
    /// Whether a digest was handed out. Where something is to happen meanwhile, a member withdraws something.
    pub(super) fn freeze(&mut self, shared: bool, late: Option<(usize, usize)>) -> bool {
        if shared {
            self.freeze_for::<Authority>(late)
        } else {
            self.freeze_for::<Organisers>(late)
        }
    }

    fn freeze_for<R: Reader>(&mut self, late: Option<(usize, usize)>) -> bool {
        let filter = Filter::default();
        let store = &self.world.store;
        let records = store
            .snapshot_for(R::EDITION, &filter)
            .unwrap()
            .open()
            .unwrap();
        let now = self.moment().now;
        let count = &mut self.given.salts;
        let mut salts = || -> Salt {
            *count += 1;
            (0xC0FF_EE00_DADA_0000_0000_0000_0000_0000 | *count).to_be_bytes()
        };
        let config = &self.forum.config;
        let (digest, freeze) = make_frozen::<R>(&records, &filter, config, now, &mut salts);
        let known = self.given.digests.iter().rev();
        let known = known
            .map(|(known, _)| known)
            .find(|known| known.frozen.edition == R::EDITION);
        match known {
            Some(known) if !freeze.is_new => assert_eq!(freeze.frozen, known.frozen),
            Some(_) | None => assert!(freeze.is_new),
        }
        let withdrawn = late.is_some_and(|(who, which)| self.withdraw(who % MEMBERS.len(), which));
        let keep = |life: &mut Self| life.world.store.freeze(&freeze, now).unwrap();
        let before = self.kv.contents();
        let is_kept = keep(self);
        assert_eq!(is_kept, !withdrawn, "what was withdrawn is handed out");
        if !is_kept {
            assert_eq!(before, self.kv.contents());
            return false;
        }
        if freeze.is_new {
            assert!(!keep(self), "a number is given twice");
            let said = serde_json::to_value(&digest.concerns).unwrap();
            let said = said.as_array().unwrap().clone();
            self.given.digests.push((freeze, said));
        }
        let store = &self.world.store;
        let last = store.last_digest(R::EDITION, &filter).unwrap().unwrap();
        assert_eq!(Some(last.number), digest.number);
        true
    }

    /// What must hold of everything that was handed out.
    pub(super) fn check_given(&self, records: &Records) {
        let store = &self.world.store;
        let sheets: Vec<Openings> = store.all().unwrap();
        let withdrawn: BTreeSet<u64> = records
            .concerns
            .iter()
            .filter(|concern| concern.status == Status::Withdrawn)
            .map(|concern| concern.id)
            .collect();
        let last = store.meta().unwrap().last_digest;
        assert_eq!(last as usize, self.given.digests.len());
        for (freeze, _) in &self.given.digests {
            let number = freeze.frozen.number;
            let mut leaves: Vec<_> = freeze.openings.iter().map(|known| known.leaf).collect();
            leaves.sort_unstable();
            assert_eq!(store.leaves(number).unwrap(), leaves);
            let ours = sheets.iter().filter(|sheet| sheet.digest == number);
            let kept: Vec<&Opening> = ours.flat_map(|sheet| &sheet.openings).collect();
            assert_eq!(kept.len(), freeze.openings.len());
            for (opening, given) in kept.into_iter().zip(&freeze.openings) {
                let mut expected = given.clone();
                expected.salt = given.salt.filter(|_| !withdrawn.contains(&given.concern));
                assert_eq!(*opening, expected);
            }
        }
    }

    /// Everything that is left opens its leaf, and the leaves give what was handed out.
    pub(super) fn open_given(&self) {
        let store = &self.world.store;
        let stage = Stage::new(store, self.moment().now).unwrap();
        for (freeze, said) in &self.given.digests {
            let mut leaves = store.leaves(freeze.frozen.number).unwrap();
            assert_eq!(fingerprint(&mut leaves), freeze.frozen.root);
            for given in &freeze.openings {
                let receipt = stage.concern(given.concern).unwrap().receipt;
                let found = stage.digests_with(given.concern);
                assert!(found.is_sorted_by_key(|(known, _)| Reverse(known.number)));
                let mut found = found
                    .into_iter()
                    .filter(|(known, _)| *known == freeze.frozen);
                let (_, opening) = found.next().unwrap();
                assert!(found.next().is_none());
                let said = match opening.fate {
                    Fate::Included { number } => Some(&said[number as usize - 1]),
                    Fate::Merged { .. }
                    | Fate::Withdrawn
                    | Fate::Held
                    | Fate::Waiting
                    | Fate::Rejected
                    | Fate::OrganisersOnly
                    | Fate::Unreviewed => None,
                };
                if let Some(salt) = opening.salt {
                    let edition = freeze.frozen.edition;
                    let opened = leaf(&salt, edition, receipt, opening.fate, said);
                    assert_eq!(opened, given.leaf);
                }
            }
        }
    }

    /// No salt of what was withdrawn is anywhere in the store, for whoever has the key; every other one is.
    pub(super) fn search_salts(&self) {
        let keys = master().derive(&self.epoch);
        let sealer = Sealer::new(&keys.seal, &keys.index);
        let mut all = BTreeSet::new();
        for (key, sealed) in self.kv.contents() {
            if let Ok((_, plain)) = sealer.open(&key, &sealed) {
                all.extend(
                    plain
                        .windows(16)
                        .filter(|some| some.starts_with(&[0xC0, 0xFF, 0xEE]))
                        .map(<[u8]>::to_vec),
                );
            }
        }
        let concerns = self.world.concerns().into_iter();
        let standing = concerns.filter(|known| known.status != Status::Withdrawn);
        let standing: BTreeSet<u64> = standing.map(|known| known.id).collect();
        let mut expected = BTreeSet::new();
        for opening in self
            .given
            .digests
            .iter()
            .flat_map(|(freeze, _)| &freeze.openings)
        {
            let salt = opening.salt.filter(|_| standing.contains(&opening.concern));
            expected.extend(salt.map(|salt| salt.to_vec()));
        }
        assert_eq!(all, expected);
    }
}
