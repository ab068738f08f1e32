//! An agenda with reasons: why each item is in or out, as numbers.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;

use super::completion::{Completed, complete};
use super::{Election, Item, Utility};

/// What organisers decided about an item themselves. They keep their reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ByHand {
    /// It is in. Its time is taken off before shares are made, so all pay for it alike.
    PutIn,
    /// It is out. Its supporters keep their shares for others.
    TakenOut,
}

/// What is raised, what is not, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agenda {
    /// The time there is, in seconds.
    pub budget: u64,
    /// The time that is left over, in seconds.
    pub left: u64,
    /// By how many seconds that which was put in by hand takes more than there is.
    pub over: u64,
    /// Organisations that have a share.
    pub voters: u64,
    /// The share of each, as it was raised, in thousandths of a second, rounded down.
    pub share_ms: u64,
    /// By how many hundredths it was raised.
    pub raised: u32,
    /// All items, in order of their ids.
    pub verdicts: Vec<Verdict>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The item.
    pub id: u64,
    /// How long it takes, in seconds.
    pub seconds: u64,
    /// How many organisations support it.
    pub supporters: u64,
    /// What became of it, and why.
    pub why: Why,
    /// Whether it would be in if those with most supporters came first, with the same put in and taken out by hand.
    pub by_most_votes: bool,
}

/// Why an item is in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// In: its supporters paid for it, and do so with shares as they are, too.
    Carried(Payers),
    /// In: its supporters paid for it once shares were raised.
    Completed(Payers),
    /// In: it fitted into what was left then, most supporters first.
    Filled {
        /// What was left when its turn came, in seconds.
        left: u64,
    },
    /// In, by hand.
    PutIn,
    /// Out, by hand.
    TakenOut,
    /// Out: nobody who has a voice supports it.
    Unsupported,
    /// Out: it takes longer than all the time there is, less what was put in by hand.
    TooLong {
        /// That time, in seconds.
        budget: u64,
    },
    /// Out: its supporters are too few to pay for it, with all they had.
    TooFew {
        /// What they had together before anything was bought, with raised shares, in thousandths of a second, rounded down.
        had_ms: u64,
        /// What was left when its turn came in the fill, in seconds: less than it takes.
        left: u64,
    },
    /// Out: its supporters paid for other items, and what they had left was not enough.
    Spent {
        /// What they had left together, in thousandths of a second, rounded down.
        had_ms: u64,
        /// How many items that one of them or more paid for are in.
        others: u64,
        /// What was left when its turn came in the fill, in seconds: less than it takes.
        left: u64,
    },
}

/// Who paid for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payers {
    /// How many paid anything.
    pub paid: u64,
    /// How many of them gave all they had left, since it was less than the price.
    pub gave_all: u64,
    /// The price: what each of the others paid, in thousandths of a second, rounded down. For the utility [`Utility::Cardinality`]
    /// this is rho.
    pub price_ms: u64,
}

impl Why {
    /// Whether it is in.
    pub fn is_in(&self) -> bool {
        match self {
            Self::Carried(_) | Self::Completed(_) | Self::Filled { .. } | Self::PutIn => true,
            Self::TakenOut
            | Self::Unsupported
            | Self::TooLong { .. }
            | Self::TooFew { .. }
            | Self::Spent { .. } => false,
        }
    }
}

impl Agenda {
    /// What is in, by id.
    pub fn chosen(&self) -> BTreeSet<u64> {
        self.those(|verdict| verdict.why.is_in())
    }

    /// What is in and would not be with most votes first.
    pub fn gained(&self) -> BTreeSet<u64> {
        self.those(|verdict| verdict.why.is_in() && !verdict.by_most_votes)
    }

    /// What is out and would be in with most votes first.
    pub fn lost(&self) -> BTreeSet<u64> {
        self.those(|verdict| !verdict.why.is_in() && verdict.by_most_votes)
    }

    fn those(&self, what: impl Fn(&Verdict) -> bool) -> BTreeSet<u64> {
        let verdicts = self.verdicts.iter().filter(|verdict| what(verdict));
        verdicts.map(|verdict| verdict.id).collect()
    }
}

/// Proposes an agenda of these items within a budget of so many seconds. `silent` is how many organisations have a voice and support none
/// of them. What was decided by hand stands by the item's id; ids that are no item's are passed over.
pub fn propose(
    items: &[Item],
    silent: u64,
    budget: u64,
    utility: Utility,
    by_hand: &BTreeMap<u64, ByHand>,
) -> Agenda {
    let put_in: Vec<&Item> = items
        .iter()
        .filter(|item| by_hand.get(&item.id) == Some(&ByHand::PutIn))
        .collect();
    let free = items.iter().filter(|item| !by_hand.contains_key(&item.id));
    let free: Vec<&Item> = free.collect();
    let by_hand_seconds = put_in
        .iter()
        .fold(0_u64, |sum, item| sum.saturating_add(item.seconds));
    let rest = budget.saturating_sub(by_hand_seconds);
    let silent = silent + heard(items) - heard(free.iter().copied());
    let election = Election::new(free.iter().copied(), silent, rest);
    let completed = complete(&election, utility);
    let reasons = Reasons::of(&election, &completed);
    let most_votes: BTreeSet<u64> = election
        .most_votes_first(&BTreeSet::new(), rest)
        .into_iter()
        .map(|project| election.id(project))
        .collect();
    let mut verdicts: Vec<Verdict> = items
        .iter()
        .map(|item| Verdict {
            id: item.id,
            seconds: item.seconds,
            supporters: item.supporters.len() as u64,
            why: match by_hand.get(&item.id) {
                Some(ByHand::PutIn) => Why::PutIn,
                Some(ByHand::TakenOut) => Why::TakenOut,
                None => reasons.why[&item.id],
            },
            by_most_votes: match by_hand.get(&item.id) {
                Some(ByHand::PutIn) => true,
                Some(ByHand::TakenOut) => false,
                None => most_votes.contains(&item.id),
            },
        })
        .collect();
    verdicts.sort_by_key(|verdict| verdict.id);
    Agenda {
        budget,
        left: reasons.left,
        over: by_hand_seconds.saturating_sub(budget),
        voters: election.voters(),
        share_ms: thousandths(completed.run.share(), completed.run.unit()),
        raised: completed.raised,
        verdicts,
    }
}

/// How many organisations support one of these.
fn heard<'i>(items: impl IntoIterator<Item = &'i Item>) -> u64 {
    let heard: BTreeSet<u64> = items
        .into_iter()
        .flat_map(|item| item.supporters.iter().copied())
        .collect();
    heard.len() as u64
}

/// Why each item of an election is in or out.
struct Reasons {
    why: BTreeMap<u64, Why>,
    left: u64,
}

impl Reasons {
    fn of(election: &Election, completed: &Completed<'_>) -> Self {
        let run = &completed.run;
        let ms = |amount: &BigUint| thousandths(amount, run.unit());
        let mut why = BTreeMap::new();
        // By organisation, what it paid for.
        let mut paid_for: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        let payments = run.payments();
        for (payment, (project, price)) in payments.iter().zip(run.prices()) {
            let mut payers = Payers {
                paid: 0,
                gave_all: 0,
                price_ms: ms(&price),
            };
            for (voter, amount) in &payment.amounts {
                if *amount > BigUint::ZERO {
                    payers.paid += 1;
                    payers.gave_all += u64::from(*amount < price);
                    paid_for.entry(*voter).or_default().push(project);
                }
            }
            let is_plain = completed.plain.contains(&project);
            let reason = if is_plain {
                Why::Carried(payers)
            } else {
                Why::Completed(payers)
            };
            why.insert(election.id(project), reason);
        }
        let cost = election.cost(run.bought());
        let mut left = u128::from(election.budget()).saturating_sub(cost) as u64;
        for project in election.by_votes() {
            let known = &election.projects[project];
            if why.contains_key(&known.id) {
                continue;
            }
            if completed.filled.contains(&project) {
                why.insert(known.id, Why::Filled { left });
                left -= known.cost;
                continue;
            }
            let at_first = run.share() * known.supporters.len();
            let reason = if known.supporters.is_empty() {
                Why::Unsupported
            } else if known.cost > election.budget() {
                Why::TooLong {
                    budget: election.budget(),
                }
            } else if at_first < known.cost * run.unit() {
                Why::TooFew {
                    had_ms: ms(&at_first),
                    left,
                }
            } else {
                let supporters = known.supporters.iter();
                let paid = supporters.filter_map(|voter| paid_for.get(&election.heard[*voter]));
                let others: BTreeSet<&usize> = paid.flatten().collect();
                Why::Spent {
                    had_ms: ms(&run.left(project)),
                    others: others.len() as u64,
                    left,
                }
            };
            why.insert(known.id, reason);
        }
        Self { why, left }
    }
}

/// An amount in thousandths of a second, rounded down.
fn thousandths(amount: &BigUint, unit: &BigUint) -> u64 {
    u64::try_from(amount * 1_000_u64 / unit).unwrap_or(u64::MAX)
}
