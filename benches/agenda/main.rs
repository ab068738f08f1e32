//! How long an agenda takes; docs/BENCHES.md tells how. Medians of five; nothing here fails because of a figure.

#[path = "../load/table.rs"]
mod table;
#[path = "../load/timed.rs"]
mod timed;

use std::collections::{BTreeMap, BTreeSet};

use samleng::agenda::{Election, Item, Utility, complete, equal_shares, propose, speaking_order};

use table::Table;
use timed::milliseconds;

const HOUR: u64 = 3_600;

/// So many organisations and items, within so many seconds.
#[derive(Clone, Copy)]
struct Size {
    voters: u64,
    items: u64,
    /// What an organisation supports at most.
    ballot: u64,
    /// Whether all items take five minutes, so that many are equal; else they take from two to fifteen.
    is_equal: bool,
    budget: u64,
}

const SMALL: Size = Size {
    voters: 170,
    items: 120,
    ballot: 10,
    is_equal: false,
    budget: 6 * HOUR,
};
const LARGE: Size = Size {
    voters: 5_400,
    items: 500,
    ballot: 20,
    ..SMALL
};

fn main() {
    let mut table = Table::new();
    measure(&mut table, SMALL, "under 20 ms", "under 20 ms");
    for size in [
        LARGE,
        Size {
            is_equal: true,
            ..LARGE
        },
        // More time than any day has: half of the items are bought, one after the other.
        Size {
            budget: 28 * HOUR,
            ..LARGE
        },
    ] {
        measure(&mut table, size, "under 1,000 ms", "under 10,000 ms");
    }
    measure_raising(&mut table);
}

fn measure(table: &mut Table, size: Size, run_goal: &str, completed_goal: &str) {
    let items = items(size);
    let length = if size.is_equal { "5" } else { "2 to 15" };
    println!(
        "| **{} organisations support up to {} of {} items of {length} minutes; {} hours** | | |",
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
            &format!("{utility:?}: one run, {bought} bought"),
            &format!("{took:.1} ms"),
            run_goal,
        );
        complete_it(table, &election, utility, completed_goal);
    }
    let nothing = BTreeMap::new();
    let make = || propose(&items, 0, size.budget, Utility::Cost, &nothing);
    let chosen = make().chosen();
    let took = milliseconds(make);
    table.row("Cost: with reasons", &format!("{took:.1} ms"), "");
    let chosen: Vec<&Item> = items
        .iter()
        .filter(|item| chosen.contains(&item.id))
        .collect();
    let took = milliseconds(|| speaking_order(chosen.iter().copied()));
    let what = format!("the speaking order of {}", chosen.len());
    table.row(&what, &format!("{took:.1} ms"), "");
}

/// The most work that was found for it: nearly all items are equal and bought in each run, and what is missing is supported by one organisation
/// alone, so that shares are raised as far as they may.
fn measure_raising(table: &mut Table) {
    let (voters, many, alone) = (LARGE.voters, LARGE.items, 10);
    let items: Vec<Item> = (0..many)
        .map(|id| {
            let is_common = id < many - alone;
            let all = 0..voters;
            let some = all.filter(|voter| {
                is_common && (voter * 7_919 + id * 104_729) % 37 < 2 || !is_common && *voter == 0
            });
            item(id, 300, some.collect())
        })
        .collect();
    println!("| **nearly all of {many} items are equal, {alone} have one supporter** | | |");
    let election = Election::new(&items, 0, 300 * (many - alone / 2));
    complete_it(table, &election, Utility::Cost, "under 10,000 ms");
}

fn complete_it(table: &mut Table, election: &Election, utility: Utility, goal: &str) {
    let completed = complete(election, utility);
    let took = milliseconds(|| complete(election, utility));
    table.row(
        &format!(
            "{utility:?}: completed, shares raised by {} hundredths, {} bought, {} filled",
            completed.raised,
            completed.run.bought().count(),
            completed.filled.len()
        ),
        &format!("{took:.1} ms"),
        goal,
    );
}

fn item(id: u64, seconds: u64, supporters: BTreeSet<u64>) -> Item {
    Item {
        id,
        topic: format!("topic-{}", id * 5 % 12),
        place: format!("place-{}", id % 25),
        seconds,
        supporters,
    }
}

/// Some items are known everywhere, most in one of 25 places; organisations are of a place, too.
fn items(size: Size) -> Vec<Item> {
    let mut random = Random(size.voters * 31 + size.items);
    let mut items: Vec<Item> = (0..size.items)
        .map(|id| {
            let seconds = 30 * (4 + random.below(27));
            let seconds = if size.is_equal { 300 } else { seconds };
            item(id, seconds, BTreeSet::new())
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
