//! The reconciliation against the digest before: where everything went that was in it, and where what is new stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::Totals;
use super::frozen::{Fate, Fated, Frozen, Opening};
use crate::domain::Receipt;

/// The digest before, of the same edition and selection: what everybody may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Before {
    /// Its number.
    pub number: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// Its totals.
    pub totals: Totals,
}

/// What became of each concern since the digest before; for organisers only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// How many went from where to where: the sum of all that come from a fate is that fate's total in the digest before, the
    /// sum of all that go to one is its total now.
    pub flows: BTreeMap<(Place, Place), u64>,
    /// Each that is new or went elsewhere: its receipt, from where, to where. In the order in which they came.
    pub moved: Vec<(Receipt, Place, Place)>,
}

/// Where a concern can stand for a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the digest.
    Included,
    /// Part of another one.
    Merged,
    /// Taken back.
    Withdrawn,
    /// Kept back, or waiting.
    Held,
    /// Refused.
    Rejected,
    /// Not for this edition.
    Withheld,
    /// Not in it at all: not there yet, erased since, or outside the selection.
    Absent,
}

impl Place {
    /// All, in the order of the totals.
    pub const ALL: [Self; 7] = [
        Self::Included,
        Self::Merged,
        Self::Withdrawn,
        Self::Held,
        Self::Rejected,
        Self::Withheld,
        Self::Absent,
    ];

    /// How many stand there by these totals; of those that are absent no total knows.
    pub fn total(self, totals: &Totals) -> u64 {
        match self {
            Self::Included => totals.included,
            Self::Merged => totals.merged,
            Self::Withdrawn => totals.withdrawn,
            Self::Held => totals.held,
            Self::Rejected => totals.rejected,
            Self::Withheld => totals.withheld,
            Self::Absent => 0,
        }
    }
}

impl From<&Fate> for Place {
    fn from(fate: &Fate) -> Self {
        match fate {
            Fate::Included { .. } => Self::Included,
            Fate::Merged { .. } => Self::Merged,
            Fate::Withdrawn => Self::Withdrawn,
            Fate::Held | Fate::Waiting => Self::Held,
            Fate::Rejected => Self::Rejected,
            Fate::OrganisersOnly | Fate::Unreviewed => Self::Withheld,
        }
    }
}

impl From<&Frozen> for Before {
    fn from(frozen: &Frozen) -> Self {
        Self {
            number: frozen.number,
            made_at: frozen.made_at,
            totals: frozen.totals,
        }
    }
}

/// What became of everything since. Of what was erased since then only that it was there is known.
pub(super) fn changes(before: &Frozen, openings: &[Opening], fates: &[Fated]) -> Changes {
    let was: BTreeMap<u64, Place> = openings
        .iter()
        .map(|opening| (opening.concern, Place::from(&opening.fate)))
        .collect();
    let mut changes = Changes::default();
    let mut count = |from, to| *changes.flows.entry((from, to)).or_default() += 1;
    let mut still = BTreeMap::new();
    for fated in fates {
        let from = was.get(&fated.concern).copied().unwrap_or(Place::Absent);
        let to = Place::from(&fated.fate);
        count(from, to);
        *still.entry(from).or_default() += 1_u64;
        if from != to {
            changes.moved.push((fated.receipt, from, to));
        }
    }
    for from in Place::ALL {
        let left = from.total(&before.totals);
        let gone = left.saturating_sub(still.get(&from).copied().unwrap_or_default());
        if gone > 0 {
            changes.flows.insert((from, Place::Absent), gone);
        }
    }
    changes
}
