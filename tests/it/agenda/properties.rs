//! What the paper proves of the method holds on ten thousand random elections, and floats never decide what is near.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use num_bigint::BigUint;
use proptest::prelude::*;
use samleng::agenda::{Election, Item, MOST_RAISED, Run, Utility, complete, equal_shares};

use crate::in_memory::runner;

const UTILITIES: [Utility; 2] = [Utility::Cost, Utility::Cardinality];

/// Costs and approvals: bit `p` of a ballot says that project `p` is approved.
#[derive(Clone, Debug)]
struct Random {
    costs: Vec<u64>,
    ballots: Vec<u8>,
    budget: u64,
    raised: u32,
}

impl Random {
    fn items(&self) -> Vec<Item> {
        let item = |(project, cost): (usize, &u64)| {
            let voters = self.ballots.iter().zip(0_u64..);
            let supporters = voters.filter(|(ballot, _)| *ballot >> project & 1 == 1);
            Item {
                id: project as u64,
                topic: String::new(),
                place: String::new(),
                seconds: *cost,
                supporters: supporters.map(|(_, voter)| voter).collect(),
            }
        };
        self.costs.iter().enumerate().map(item).collect()
    }

    fn election(&self) -> Election {
        let silent = self
            .ballots
            .iter()
            .filter(|ballot| **ballot & self.all() == 0);
        Election::new(&self.items(), silent.count() as u64, self.budget)
    }

    fn all(&self) -> u8 {
        u8::MAX >> (8 - self.costs.len())
    }

    fn cost(&self, projects: u8) -> u128 {
        self.sum(projects, Utility::Cost)
    }

    /// What these are worth to somebody who approves of all of them.
    fn sum(&self, projects: u8, utility: Utility) -> u128 {
        let bought = self.costs.iter().enumerate();
        let worth = bought.filter(|(project, _)| projects >> project & 1 == 1);
        worth
            .map(|(_, cost)| match utility {
                Utility::Cost => u128::from(*cost),
                Utility::Cardinality => 1,
            })
            .sum()
    }
}

fn random() -> impl Strategy<Value = Random> {
    let cost = prop_oneof![
        3 => Just(300_u64),
        3 => 1..=60_u64,
        1 => (1_u64..=4).prop_map(|n| n * 120),
        // So near that floats see no difference.
        2 => (0..=3_u64).prop_map(|n| (1 << 60) + n),
    ];
    let costs = proptest::collection::vec(cost, 1..=8);
    let ballots = proptest::collection::vec(any::<u8>(), 1..=10);
    // Many approve of little, and many of the same.
    let ballots = (ballots, any::<u8>()).prop_map(|(ballots, mask)| {
        let ballots = ballots.into_iter().enumerate();
        ballots
            .map(|(i, ballot)| if i % 2 == 0 { ballot & mask } else { ballot })
            .collect()
    });
    let raised = prop_oneof![Just(0_u32), 1..=400_u32];
    (costs, ballots, 1..=120_u64, raised).prop_map(
        |(costs, ballots, percent, raised): (Vec<u64>, Vec<u8>, _, _)| {
            let all: u128 = costs.iter().map(|cost| u128::from(*cost)).sum();
            Random {
                budget: u64::try_from(all * u128::from(percent) / 100).unwrap(),
                costs,
                ballots,
                raised,
            }
        },
    )
}

fn bought(run: &Run<'_>) -> u8 {
    run.bought().fold(0, |all, project| all | 1 << project)
}

#[test]
fn what_the_paper_proves_holds() {
    let checked = runner(10_000).run(&random(), |random| {
        let election = random.election();
        for utility in UTILITIES {
            let run = equal_shares(&election, utility, random.raised);
            prop_assert_eq!(
                run.bought().collect::<Vec<_>>(),
                reference(&random, utility)
            );
            is_priceable(&random, &run)?;
            is_represented(&random, random.raised, utility, bought(&run))?;
            is_completed(&random, &election, utility)?;
        }
        Ok(())
    });
    checked.unwrap();
}

/// The payments are a price system: checked from outside, with nothing but what was paid.
fn is_priceable(random: &Random, run: &Run<'_>) -> Result<(), TestCaseError> {
    let (unit, share) = (run.unit(), run.share());
    let voters = random.ballots.len() as u64;
    let budget = BigUint::from(random.budget) * (100 + u64::from(random.raised));
    prop_assert_eq!(share * voters * 100_u64, budget * unit);
    let mut left = vec![share.clone(); random.ballots.len()];
    let mut chosen = BTreeSet::new();
    for payment in run.payments() {
        let mut paid = BigUint::ZERO;
        for (voter, amount) in payment.amounts {
            let voter = voter as usize;
            prop_assert!(random.ballots[voter] >> payment.project & 1 == 1);
            prop_assert!(amount <= left[voter], "more than the share");
            left[voter] -= &amount;
            paid += amount;
        }
        prop_assert_eq!(paid, random.costs[payment.project] * unit);
        prop_assert!(chosen.insert(payment.project));
    }
    for (project, cost) in random.costs.iter().enumerate() {
        let supporters = random.ballots.iter().zip(&left);
        let supporters = supporters.filter(|(ballot, _)| **ballot >> project & 1 == 1);
        let together: BigUint = supporters.map(|(_, left)| left).sum();
        let is_affordable = together >= cost * unit;
        let is_out_of_reach = *cost > random.budget;
        prop_assert!(
            chosen.contains(&project) || !is_affordable || is_out_of_reach,
            "{} is affordable",
            project
        );
    }
    Ok(())
}

/// Extended justified representation up to one project: of the voters who all approve of the projects T and whose shares pay for them
/// together, one has no less utility than T, or more than T together with one more project of T.
fn is_represented(
    random: &Random,
    raised: u32,
    utility: Utility,
    bought: u8,
) -> Result<(), TestCaseError> {
    let budget = u128::from(random.budget) * u128::from(100 + raised);
    let voters = random.ballots.len() as u128;
    let is_in_reach = |project: &usize| random.costs[*project] <= random.budget;
    let in_reach = (0..random.costs.len()).filter(is_in_reach);
    let in_reach = in_reach.fold(0_u8, |all, project| all | 1 << project);
    for group in (1..=random.all()).filter(|group| group & !in_reach == 0) {
        let owed = random.sum(group, utility);
        let is_left_out = |ballot: &&u8| {
            let has = random.sum(**ballot & bought, utility);
            let is_satisfied = |project: usize| {
                let one = 1_u8 << project;
                let is_more = group & one != 0 && bought & one == 0;
                is_more && has + random.sum(one, utility) > owed
            };
            **ballot & group == group && has < owed && !(0..8).any(is_satisfied)
        };
        let left_out = random.ballots.iter().filter(is_left_out).count() as u128;
        let is_large = left_out > 0
            && BigUint::from(left_out) * budget
                >= BigUint::from(random.cost(group)) * voters * 100_u64;
        prop_assert!(
            !is_large,
            "{left_out} who agree on {group:#b} have too little"
        );
    }
    Ok(())
}

/// What is completed is what the steps, done one after the other, lead to.
fn is_completed(
    random: &Random,
    election: &Election,
    utility: Utility,
) -> Result<(), TestCaseError> {
    let completed = complete(election, utility);
    let supported: u8 = random.ballots.iter().fold(0, |all, ballot| all | ballot) & random.all();
    let budget = u128::from(random.budget);
    let is_full = |bought: u8| {
        let left = budget - random.cost(bought);
        let more = |project: &usize| (supported & !bought) >> project & 1 == 1;
        (0..8)
            .filter(more)
            .all(|project| u128::from(random.costs[project]) > left)
    };
    let plain = equal_shares(election, utility, 0);
    prop_assert_eq!(&completed.plain, &plain.bought().collect());
    let mut kept = bought(&plain);
    let mut raised = 0;
    if random.cost(supported) > budget {
        while raised < MOST_RAISED && !is_full(kept) {
            let next = bought(&equal_shares(election, utility, raised + 1));
            if random.cost(next) > budget {
                break;
            }
            (kept, raised) = (next, raised + 1);
        }
    }
    prop_assert_eq!(completed.raised, raised);
    prop_assert_eq!(bought(&completed.run), kept);
    let all = completed
        .filled
        .iter()
        .fold(kept, |all, project| all | 1 << project);
    prop_assert_eq!(
        all.count_ones() as usize,
        kept.count_ones() as usize + completed.filled.len()
    );
    prop_assert!(random.cost(all) <= budget && is_full(all) && all & !supported == 0);
    is_represented(random, raised, utility, all)
}

/// The method as the paper defines it, with fractions and no thought of speed: for each project the price is found by trying how
/// many of its supporters, the poorest first, give all they have.
fn reference(random: &Random, utility: Utility) -> Vec<usize> {
    type Fraction = (BigUint, BigUint);
    let compare = |a: &Fraction, b: &Fraction| (&a.0 * &b.1).cmp(&(&b.0 * &a.1));
    let minus = |a: &Fraction, b: &Fraction| (&a.0 * &b.1 - &b.0 * &a.1, &a.1 * &b.1);
    let times = |a: &Fraction, n: u64| (&a.0 * n, a.1.clone());
    let over = |a: &Fraction, n: u64| (a.0.clone(), &a.1 * n);
    let share: Fraction = (
        BigUint::from(random.budget) * (100 + u64::from(random.raised)),
        BigUint::from(random.ballots.len()) * 100_u64,
    );
    let mut money = vec![share; random.ballots.len()];
    let mut bought = Vec::new();
    loop {
        let mut best: Option<(Fraction, Fraction, usize)> = None;
        for (project, cost) in random.costs.iter().enumerate() {
            if bought.contains(&project) || *cost > random.budget {
                continue;
            }
            let approves = |voter: &usize| random.ballots[*voter] >> project & 1 == 1;
            let mut has: Vec<&Fraction> = (0..money.len())
                .filter(approves)
                .map(|v| &money[v])
                .collect();
            has.sort_by(|a, b| compare(a, b));
            let mut rest: Fraction = (BigUint::from(*cost), BigUint::from(1_u8));
            for (poor, has_left) in has.iter().enumerate() {
                let payers = (has.len() - poor) as u64;
                if compare(&times(has_left, payers), &rest) == Ordering::Less {
                    rest = minus(&rest, has_left);
                    continue;
                }
                let price = over(&rest, payers);
                let rho = match utility {
                    Utility::Cost => over(&price, *cost),
                    Utility::Cardinality => price.clone(),
                };
                if best
                    .as_ref()
                    .is_none_or(|(least, _, _)| compare(&rho, least) == Ordering::Less)
                {
                    best = Some((rho, price, project));
                }
                break;
            }
        }
        let Some((_, price, project)) = best else {
            return bought;
        };
        bought.push(project);
        for (ballot, has) in random.ballots.iter().zip(&mut money) {
            if *ballot >> project & 1 == 1 {
                *has = if compare(has, &price) == Ordering::Less {
                    (BigUint::ZERO, BigUint::from(1_u8))
                } else {
                    minus(has, &price)
                };
            }
        }
    }
}
