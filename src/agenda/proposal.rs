//! An agenda with reasons: why each item is in or out, as numbers.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;

use super::completion::{Completed, complete};
use super::{Agenda, ByHand, Election, Item, Payers, Utility, Verdict, Why};

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
