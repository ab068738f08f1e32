//! Counting without singling anybody out.
//!
//! In the shared edition a count of one is a pointing finger. So cells with fewer than [`SAFE`] organisations go
//! into `other`; while `other` has fewer, the smallest of the remaining joins it; and if all together are fewer,
//! there is no breakdown at all. Those that do not answer a question are a cell too, though it is not shown: whoever
//! subtracts what is shown from the total must not find one or two. Days are joined with their neighbours instead.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Edition, Period};
use crate::domain::Concern;

/// The fewest organisations that a count may stand for.
pub(super) const SAFE: usize = 3;
/// Where small cells go.
const OTHER: &str = "other";
/// Those that do not say.
const UNSAID: &str = "";
/// More days than this are counted by the week.
const DAYS: i32 = 31;

/// Cells of a breakdown: how many concerns, of which organisations.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells(BTreeMap<String, Cell>);

#[derive(Clone, Debug, Default)]
struct Cell {
    concerns: u64,
    organisations: BTreeSet<u64>,
}

impl Cells {
    /// Counts one concern of this organisation in this cell, or among those that do not say.
    pub(super) fn add(&mut self, id: Option<&str>, organisation: u64) {
        let id = id.unwrap_or(UNSAID).to_owned();
        let cell = self.0.entry(id).or_default();
        cell.concerns += 1;
        cell.organisations.insert(organisation);
    }

    /// How many concerns each cell holds, but for those that do not say.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        self.0
            .iter()
            .filter(|(id, _)| *id != UNSAID)
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
            other.join(&cell);
        }
    }
}

/// How many concerns came when, by the day or, over a long time, by the week; in the shared edition each period is long enough
/// to hold several organisations.
pub(super) fn trend(included: &[&Concern], edition: Edition, zone: &TimeZone) -> Vec<Period> {
    let mut days: BTreeMap<Date, Cell> = BTreeMap::new();
    for concern in included {
        let day = concern.came_at().to_zoned(zone.clone()).date();
        let cell = days.entry(day).or_default();
        cell.concerns += 1;
        cell.organisations.insert(concern.organisation);
    }
    let (Some((&first, _)), Some((&last, _))) = (days.first_key_value(), days.last_key_value())
    else {
        return Vec::new();
    };
    let step = if (last - first).get_days() < DAYS {
        1
    } else {
        7
    };
    let mut cells = Vec::new();
    let mut from = first;
    while from <= last {
        let next = from.saturating_add(step.days());
        let to = next.saturating_sub(1.day()).min(last);
        let mut cell = Cell::default();
        for day in days.range(from..=to).map(|(_, day)| day) {
            cell.join(day);
        }
        cells.push(((from, to), cell));
        if next <= from {
            break;
        }
        from = next;
    }
    let cells = match edition {
        Edition::Organisers | Edition::Group => cells,
        Edition::Shared => joined(cells),
    };
    let period = |((from, to), cell): (Span, Cell)| Period {
        from,
        to,
        concerns: cell.concerns,
    };
    cells.into_iter().map(period).collect()
}

/// First and last day.
type Span = (Date, Date);

/// Joins what follows upon each other until each holds enough organisations; nothing where all together hold too few.
fn joined(cells: Vec<(Span, Cell)>) -> Vec<(Span, Cell)> {
    let mut safe: Vec<(Span, Cell)> = Vec::new();
    let mut open: Option<(Span, Cell)> = None;
    for (span, cell) in cells {
        let (begun, mut sum) = open.take().unwrap_or((span, Cell::default()));
        sum.join(&cell);
        let whole = (begun.0, span.1);
        if sum.organisations.len() < SAFE {
            open = Some((whole, sum));
        } else {
            safe.push((whole, sum));
        }
    }
    if let (Some((rest, cell)), Some((last, sum))) = (open, safe.last_mut()) {
        last.1 = rest.1;
        sum.join(&cell);
    }
    safe
}

impl Cell {
    fn join(&mut self, other: &Self) {
        self.concerns += other.concerns;
        self.organisations.extend(&other.organisations);
    }
}
