//! Counting without singling anybody out.
//!
//! In the shared edition a count of one is a pointing finger. So cells with fewer than [`SAFE`] organisations go
//! into `other`; while `other` has fewer, the smallest of the remaining joins it; and if all together are fewer,
//! there is no breakdown at all.

use std::collections::{BTreeMap, BTreeSet};

/// The fewest organisations that a count may stand for.
pub(super) const SAFE: usize = 3;
/// Where small cells go.
const OTHER: &str = "other";

/// Cells of a breakdown: how many concerns, of which organisations.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells(BTreeMap<String, Cell>);

#[derive(Clone, Debug, Default)]
struct Cell {
    concerns: u64,
    organisations: BTreeSet<u64>,
}

impl Cells {
    /// Counts one concern of this organisation in this cell.
    pub(super) fn add(&mut self, id: &str, organisation: u64) {
        let cell = self.0.entry(id.to_owned()).or_default();
        cell.concerns += 1;
        cell.organisations.insert(organisation);
    }

    /// How many concerns each cell holds.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        self.0
            .iter()
            .map(|(id, cell)| (id.clone(), cell.concerns))
            .collect()
    }

    /// The same with every cell safe to show, or nothing.
    pub(super) fn folded(mut self) -> Self {
        let small: Vec<String> = self
            .0
            .iter()
            .filter(|(_, cell)| cell.organisations.len() < SAFE)
            .map(|(id, _)| id.clone())
            .collect();
        // A topic that is itself called "other" is where small cells go, and one of them when it is small.
        if small.is_empty() {
            return self;
        }
        let mut other = self.0.remove(OTHER).unwrap_or_default();
        for id in small {
            self.join(&mut other, &id);
        }
        while other.organisations.len() < SAFE {
            let next = self
                .0
                .iter()
                .min_by_key(|(id, cell)| (cell.organisations.len(), cell.concerns, (*id).clone()));
            let Some(id) = next.map(|(id, _)| id.clone()) else {
                return Self::default();
            };
            self.join(&mut other, &id);
        }
        self.0.insert(OTHER.to_owned(), other);
        self
    }

    fn join(&mut self, other: &mut Cell, id: &str) {
        if let Some(cell) = self.0.remove(id) {
            other.concerns += cell.concerns;
            other.organisations.extend(cell.organisations);
        }
    }
}
