//! Which updates have been handled already.
//!
//! Telegram may deliver an update again after a crash of either side, and after a week without updates it may
//! go on with lower ids. So "seen" means: among the last [`Seen::KEPT`] ids, never "below the offset". Ids come
//! in runs, hence runs are what is stored; a few bytes, whatever the traffic.
//!
//! A webhook gets many updates at once, and one that failed comes again after thousands of later ones. Such a late id is a run of
//! its own, the newest: in the gap that it left it would be forgotten with its neighbours.

use serde::{Deserialize, Serialize};

/// The ids seen lately, as runs in order of arrival, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(Vec<(u32, u32)>);

impl Seen {
    /// How many ids are remembered at least.
    pub const KEPT: u64 = 10_000;
    /// How far an id may be behind newer ones and still join its neighbours: within a run the order of arrival is not known.
    const SLACK: u64 = 1_000;
    /// How many are kept in truth, so that whatever is forgotten is older than [`Seen::KEPT`] others.
    const HELD: u64 = Self::KEPT + Self::SLACK;
    /// How many runs are remembered at most, so that the record stays small whatever arrives.
    const RUNS: usize = 2_000;

    /// Whether this id was noted lately.
    pub fn contains(&self, id: u32) -> bool {
        self.0
            .iter()
            .rev()
            .any(|(first, last)| (*first..=*last).contains(&id))
    }

    /// Notes an id; `false` if it was known already.
    pub fn note(&mut self, id: u32) -> bool {
        if self.contains(id) {
            return false;
        }
        // Joining a run on either side keeps shuffled arrivals compact.
        let before = self
            .0
            .iter()
            .rposition(|(_, last)| last.checked_add(1) == Some(id))
            .filter(|before| length(&self.0[before + 1..]) <= Self::SLACK);
        let after = self
            .0
            .iter()
            .rposition(|(first, _)| first.checked_sub(1) == Some(id))
            .filter(|after| length(&self.0[*after..]) <= Self::SLACK);
        match (before, after) {
            (Some(b), Some(a)) => {
                self.0[b].1 = self.0[a].1;
                self.0.remove(a);
            }
            (Some(b), None) => self.0[b].1 = id,
            (None, Some(a)) => self.0[a].0 = id,
            (None, None) => self.0.push((id, id)),
        }
        self.forget_oldest();
        true
    }

    fn forget_oldest(&mut self) {
        let mut total = length(&self.0);
        while let Some((first, last)) = self.0.first_mut() {
            let run = u64::from(*last - *first) + 1;
            let surplus = total.saturating_sub(Self::HELD);
            if self.0.len() <= Self::RUNS && surplus < run {
                // Within a run the lowest ids are the oldest.
                if let Some((first, _)) = self.0.first_mut() {
                    *first += surplus as u32;
                }
                return;
            }
            total -= run;
            self.0.remove(0);
        }
    }
}

/// How many ids these runs hold.
fn length(runs: &[(u32, u32)]) -> u64 {
    let each = runs.iter().map(|(first, last)| u64::from(last - first) + 1);
    each.sum()
}
