//! Elections with fractions and names, as others write them down, made into ours.

use std::collections::{BTreeMap, BTreeSet};

use samleng::agenda::{Election, Item, Run, Utility, equal_shares};

/// A fraction: what is above and below the line.
pub(crate) type Fraction = (u128, u128);

/// An election and what another program selects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) budget: Fraction,
    /// By name.
    pub(crate) costs: BTreeMap<String, Fraction>,
    /// How many cast it, and for what.
    pub(crate) ballots: Vec<(u64, Vec<String>)>,
    pub(crate) selected: Vec<(Utility, BTreeSet<String>)>,
}

impl Given {
    /// Ours: costs and budget in so small a unit that they are whole. Ids follow names, so that ties are broken by name.
    pub(crate) fn items(&self) -> (Vec<Item>, u64, u64) {
        let unit = self.costs.values().fold(self.budget.1, |unit, cost| {
            unit * (cost.1 / gcd(unit, cost.1))
        });
        let whole = |(a, b): Fraction| u64::try_from(a * (unit / b)).unwrap();
        let mut items: Vec<Item> = self
            .costs
            .values()
            .zip(0..)
            .map(|(cost, id)| Item {
                id,
                topic: String::new(),
                place: String::new(),
                seconds: whole(*cost),
                supporters: BTreeSet::new(),
            })
            .collect();
        let numbers: BTreeMap<&str, usize> =
            self.costs.keys().map(String::as_str).zip(0..).collect();
        let (mut voters, mut silent) = (0, 0);
        for (count, ballot) in &self.ballots {
            for _ in 0..*count {
                for name in ballot {
                    items[numbers[&**name]].supporters.insert(voters);
                }
                voters += 1;
            }
            if ballot.is_empty() {
                silent += count;
            }
        }
        (items, silent, whole(self.budget))
    }

    /// Names what a run bought.
    pub(crate) fn names(&self, election: &Election, run: &Run<'_>) -> BTreeSet<String> {
        let ids = run.bought().map(|project| election.id(project) as usize);
        let name = |id| self.costs.keys().nth(id).unwrap().clone();
        ids.map(name).collect()
    }

    /// Ours selects the same.
    pub(crate) fn check(&self) {
        let (items, silent, budget) = self.items();
        let election = Election::new(&items, silent, budget);
        assert!(!self.selected.is_empty(), "{}", self.name);
        for (utility, selected) in &self.selected {
            let run = equal_shares(&election, *utility, 0);
            let ours = self.names(&election, &run);
            assert_eq!(ours, *selected, "{} by {utility:?}", self.name);
        }
    }
}

/// Reads `12`, `12/5`, `12.5` or `12,5`.
pub(crate) fn fraction(text: &str) -> Fraction {
    let number = |text: &str| -> u128 { text.parse().unwrap_or_else(|_| panic!("{text}")) };
    if let Some((a, b)) = text.split_once('/') {
        return (number(a), number(b));
    }
    match text.split_once(['.', ',']) {
        Some((whole, part)) => {
            let below = 10_u128.pow(u32::try_from(part.len()).unwrap());
            let above = number(&format!("{whole}{part}"));
            let common = gcd(above, below);
            (above / common, below / common)
        }
        None => (number(text), 1),
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
