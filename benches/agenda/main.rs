//! How long an agenda takes; docs/BENCHES.md tells how. Medians of five; nothing here fails because of a figure.

#[path = "../load/table.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

use samleng::agenda::{Election, Item, Utility, complete, equal_shares, propose, speaking_order};

use table::{Table, median};

const ROUNDS: usize = 5;
const HOUR: u64 = 3_600;

/// So many organisations and items, within so many seconds.
#[derive(Clone, Copy)]
struct Size {
    voters: u64,
    items: u64,
    budget: u64,
    /// What an organisation supports at most.
    ballot: u64,
    run: &'static str,
    completed: &'static str,
}

const SIZES: [Size; 4] = [
    Size {
        voters: 170,
        items: 120,
        budget: 6 * HOUR,
        ballot: 10,
        run: "under 20 ms",
        completed: "under 20 ms",
    },
    Size {
        voters: 5_400,
        items: 500,
        budget: 6 * HOUR,
        ballot: 20,
        run: "under 1,000 ms",
        completed: "under 10,000 ms",
    },
    // More time than any day has, so that half of the items are bought one after the other.
    Size {
        voters: 5_400,
        items: 500,
        budget: 28 * HOUR,
        ballot: 20,
        run: "under 1,000 ms",
        completed: "under 10,000 ms",
    },
    Size {
        voters: 5_400,
        items: 500,
        budget: 28 * HOUR,
        ballot: 3,
        run: "under 1,000 ms",
        completed: "under 10,000 ms",
    },
];

fn main() {
    let mut table = Table::new();
    for size in SIZES {
        for is_mixed in [true, false] {
            measure(&mut table, size, is_mixed);
        }
    }
}

fn measure(table: &mut Table, size: Size, is_mixed: bool) {
    let items = items(size, is_mixed);
    let length = if is_mixed {
        "2 to 15 minutes each"
    } else {
        "5 minutes each"
    };
    let what = format!(
        "{} organisations supporting up to {} of {} items, {length}, {} hours",
        size.voters,
        size.ballot,
        size.items,
        size.budget / HOUR
    );
    let election = Election::new(&items, 0, size.budget);
    for utility in [Utility::Cost, Utility::Cardinality] {
        let bought = equal_shares(&election, utility, 0).bought().count();
        let took = milliseconds(|| equal_shares(&election, utility, 0));
        table.row(
            &format!("{what}, {utility:?}: one run, {bought} bought"),
            &format!("{took:.1} ms"),
            size.run,
        );
        let completed = complete(&election, utility);
        let took = milliseconds(|| complete(&election, utility));
        table.row(
            &format!(
                "completed: {} bought in the last of {} runs, {} filled",
                completed.run.bought().count(),
                completed.raised + 2,
                completed.filled.len()
            ),
            &format!("{took:.1} ms"),
            size.completed,
        );
    }
    let nothing = BTreeMap::new();
    let agenda = propose(&items, 0, size.budget, Utility::Cost, &nothing);
    let took = milliseconds(|| propose(&items, 0, size.budget, Utility::Cost, &nothing));
    table.row("with reasons, Cost", &format!("{took:.1} ms"), "");
    let chosen = agenda.chosen();
    let chosen: Vec<&Item> = items
        .iter()
        .filter(|item| chosen.contains(&item.id))
        .collect();
    let took = milliseconds(|| speaking_order(chosen.iter().copied()));
    let what = format!("the speaking order of {}", chosen.len());
    table.row(&what, &format!("{took:.1} ms"), "");
}

/// Some items are known everywhere, most in one of 25 places; organisations are of a place, too.
fn items(size: Size, is_mixed: bool) -> Vec<Item> {
    let mut random = Random(size.voters * 31 + size.items);
    let mut items: Vec<Item> = (0..size.items)
        .map(|id| Item {
            id,
            topic: format!("topic-{}", random.below(12)),
            place: format!("place-{}", id % 25),
            seconds: if is_mixed {
                30 * (4 + random.below(27))
            } else {
                300
            },
            supporters: BTreeSet::new(),
        })
        .collect();
    for voter in 0..size.voters {
        for _ in 0..=random.below(size.ballot) {
            let known = random.below(size.items).min(random.below(size.items));
            let near = known / 25 * 25 + voter % 25;
            let item = if random.below(2) == 0 { known } else { near };
            if let Some(item) = items.get_mut(item as usize) {
                item.supporters.insert(voter);
            }
        }
    }
    items
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// The median of how long it takes.
fn milliseconds<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            black_box(work());
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    median(&mut times)
}
