//! What a digest is made from.

use std::collections::{BTreeMap, BTreeSet};

use super::frozen::{Frozen, Opening};
use crate::domain::{
    Archive, Concern, Endorsement, Meeting, Organisation, Past, Promise, Report, Rsvp, Status,
    Voice,
};

/// The records that a digest is made from, as they were at one moment.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Every concern ever submitted.
    pub concerns: Vec<Concern>,
    /// The organisations by id, those of the registry that never came included.
    pub organisations: BTreeMap<u64, Organisation>,
    /// The organisations for which somebody speaks.
    pub joined: BTreeSet<u64>,
    /// Who stands behind which concern.
    pub endorsements: Vec<Endorsement>,
    /// What stands beside each concern, in order.
    pub past: BTreeMap<u64, Vec<Past>>,
    /// The meeting.
    pub meeting: Option<Meeting>,
    /// What organisations answered to the invitation to it.
    pub rsvps: Vec<Rsvp>,
    /// What is said in voice notes, as their authors approved it, by attachment.
    pub spoken: BTreeMap<u64, String>,
    /// What stayed of earlier meetings, the oldest first.
    pub archives: Vec<Archive>,
    /// What was promised, at earlier meetings too.
    pub promises: Vec<Promise>,
    /// What organisations say became of it.
    pub reports: Vec<Report>,
    /// What is left of those who agreed to be asked about it after an erasure.
    pub voices: Vec<Voice>,
    /// The digests that one is held against, the oldest first, each with what opens its leaves: the last two of its edition
    /// and selection at most.
    pub frozen: Vec<(Frozen, Vec<Opening>)>,
    /// Where the selection begins with a digest: which concerns were in that one, and in those before it.
    pub had: Option<BTreeSet<u64>>,
    /// The number of the newest digest; 0 before the first.
    pub last_number: u32,
}

impl Records {
    /// The organisations that raised something and did not take it back.
    pub(super) fn heard(&self) -> BTreeSet<u64> {
        let all = self.concerns.iter();
        let there = all.filter(|concern| concern.status != Status::Withdrawn);
        there.map(|concern| concern.organisation).collect()
    }

    /// Leaves out what is no matter of the meeting that is known: what was settled at an earlier one, with its parts. What was raised again is there
    /// as what it is now.
    pub fn leave_earlier(&mut self) {
        let meeting = self.meeting.as_ref().map(|meeting| meeting.id);
        let all = self.concerns.iter();
        let of: BTreeMap<u64, &Concern> = all.clone().map(|known| (known.id, known)).collect();
        let raised = all.filter(|concern| concern.status != Status::Withdrawn);
        let again: BTreeSet<u64> = raised.filter_map(|concern| concern.carried_from).collect();
        let is_earlier = |concern: &&Concern| {
            let mut whole = *concern;
            let mut seen = BTreeSet::new();
            while let Some(above) = whole.into.and_then(|id| of.get(&id))
                && seen.insert(whole.id)
            {
                whole = above;
            }
            let settled = whole.dealt_with_at.is_some_and(|by| Some(by) != meeting);
            settled || again.contains(&concern.id)
        };
        let earlier = self.concerns.iter().filter(is_earlier);
        let earlier: BTreeSet<u64> = earlier.map(|concern| concern.id).collect();
        self.concerns
            .retain(|concern| !earlier.contains(&concern.id));
    }
}

/// Who stands behind what.
pub(super) struct Backing<'r> {
    endorsed: BTreeMap<u64, Vec<u64>>,
    parts: BTreeMap<u64, Vec<&'r Concern>>,
}

impl<'r> Backing<'r> {
    pub(super) fn new(records: &'r Records) -> Self {
        let mut endorsed: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for endorsement in &records.endorsements {
            let organisations = endorsed.entry(endorsement.concern).or_default();
            organisations.push(endorsement.organisation);
        }
        let mut parts: BTreeMap<u64, Vec<&Concern>> = BTreeMap::new();
        for concern in &records.concerns {
            if let Some(whole) = concern.into {
                parts.entry(whole).or_default().push(concern);
            }
        }
        Self { endorsed, parts }
    }

    /// How many organisations stand behind a concern, with what was merged into it.
    pub(super) fn behind(&self, concern: &Concern) -> u64 {
        let mut organisations = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![concern];
        while let Some(concern) = open.pop() {
            if seen.insert(concern.id) {
                organisations.insert(concern.organisation);
                organisations.extend(self.endorsed.get(&concern.id).into_iter().flatten());
                open.extend(self.parts.get(&concern.id).into_iter().flatten());
            }
        }
        organisations.len() as u64
    }
}
