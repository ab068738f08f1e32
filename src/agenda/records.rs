//! From the records to items.

use std::collections::{BTreeMap, BTreeSet};

use super::Item;
use crate::config::Review;
use crate::domain::concern::question;
use crate::domain::{Concern, Disclosure, Endorsement, Organisation, Status};

/// What the agenda is made from.
#[derive(Clone, Copy, Debug)]
pub struct Voices<'r> {
    /// Every concern.
    pub concerns: &'r [Concern],
    /// Who supports which concern of another.
    pub endorsements: &'r [Endorsement],
    /// The organisations by id.
    pub organisations: &'r BTreeMap<u64, Organisation>,
}

impl Voices<'_> {
    /// What can be raised: each concern that a reader from outside may read (`review`, and its author's choice), and that has not been
    /// at a meeting yet. What was merged into it is part of it, at any depth. `seconds` says how long an item is, by its concern's id.
    ///
    /// Supporters are the organisations that raised it or a part of it, or support either. Each counts once, and only if it was
    /// approved and is not suspended; whoever was vouched for counts for the concern that they raised.
    pub fn items(&self, review: Review, seconds: impl Fn(u64) -> u64) -> Vec<Item> {
        let mut endorsed: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for endorsement in self.endorsements {
            let organisations = endorsed.entry(endorsement.concern).or_default();
            organisations.push(endorsement.organisation);
        }
        let mut parts: BTreeMap<u64, Vec<&Concern>> = BTreeMap::new();
        for concern in self.concerns {
            if let (Status::Merged, Some(whole)) = (concern.status, concern.into) {
                parts.entry(whole).or_default().push(concern);
            }
        }
        let concerns = self.concerns.iter();
        let wholes =
            concerns.filter(|concern| may_be_raised(concern.status, concern.disclosure, review));
        wholes
            .map(|whole| {
                let choice = |question| whole.answers.choice(question).unwrap_or_default();
                Item {
                    id: whole.id,
                    topic: choice(question::TOPIC).to_owned(),
                    place: choice(question::PLACE).to_owned(),
                    seconds: seconds(whole.id),
                    supporters: self.supporters(whole, &endorsed, &parts),
                }
            })
            .collect()
    }

    /// How many organisations have a voice, raised or support something that is not withdrawn, and support none of these items: they
    /// have a share as well.
    pub fn silent(&self, items: &[Item]) -> u64 {
        let heard: BTreeSet<u64> = items
            .iter()
            .flat_map(|item| item.supporters.iter().copied())
            .collect();
        let concerns = self.concerns.iter();
        let raised = concerns.filter(|concern| concern.status != Status::Withdrawn);
        let raised = raised.map(|concern| concern.organisation);
        let known: BTreeSet<u64> = self.concerns.iter().map(|concern| concern.id).collect();
        let supported = self.endorsements.iter();
        let supported = supported.filter(|support| known.contains(&support.concern));
        let supported = supported.map(|support| support.organisation);
        let spoke: BTreeSet<u64> = raised.chain(supported).collect();
        let silent = spoke.difference(&heard);
        silent.filter(|id| self.has_voice(**id)).count() as u64
    }

    fn supporters(
        &self,
        whole: &Concern,
        endorsed: &BTreeMap<u64, Vec<u64>>,
        parts: &BTreeMap<u64, Vec<&Concern>>,
    ) -> BTreeSet<u64> {
        let mut supporters = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![whole];
        while let Some(concern) = open.pop() {
            if !seen.insert(concern.id) {
                continue;
            }
            let raised_by = concern.organisation;
            if self.has_voice(raised_by) || concern.vouched && !self.is_suspended(raised_by) {
                supporters.insert(raised_by);
            }
            let endorsed = endorsed.get(&concern.id).into_iter().flatten().copied();
            supporters.extend(endorsed.filter(|id| self.has_voice(*id)));
            open.extend(parts.get(&concern.id).into_iter().flatten());
        }
        supporters
    }

    fn has_voice(&self, organisation: u64) -> bool {
        let known = self.organisations.get(&organisation);
        known.is_some_and(Organisation::has_voice)
    }

    fn is_suspended(&self, organisation: u64) -> bool {
        let known = self.organisations.get(&organisation);
        known.is_none_or(|known| known.suspended)
    }
}

/// Whether a concern can be an item of a meeting that is to come: by where it stands, and by its author's choice.
pub fn may_be_raised(status: Status, disclosure: Disclosure, review: Review) -> bool {
    review.keeps_open(status) && disclosure.lets_others_read()
}
