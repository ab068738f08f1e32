//! The Method of Equal Shares: Peters, Pierczyński, Skowron, "Proportional Participatory Budgeting with Additive Utilities", 2021
//! (<https://arxiv.org/abs/2008.13276>), for approval ballots.
//!
//! Each voter gets the same share of the budget. A project is *rho-affordable* if its supporters can pay its cost together so that none
//! pays more than rho for each unit of utility that it has for them, or gives all it has left if that is less. The method buys the
//! project that is affordable at the lowest rho, equals in order of their numbers, until none is affordable.
//!
//! Supporters of a project all have the same utility for it, so each pays the same price, or all it has left. A price only rises as
//! money is spent; so the prices found last are kept in order, and only the lowest is looked at again.
//!
//! Guarantees: every comparison is exact ([`super::purses`]); the same election gives the same outcome. It never spends more than the
//! budget.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use num_bigint::BigUint;

use super::Election;
use super::purses::{FEW, Price, Purses};

/// What a project is worth to whoever supports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utility {
    /// Its cost: a group is owed time.
    Cost,
    /// One: a group is owed items, and short ones are favoured.
    Cardinality,
}

/// One run of the method: what was bought, in this order, and who paid for it.
#[derive(Clone, Debug)]
pub struct Run<'e> {
    election: &'e Election,
    purses: Purses,
    bought: Vec<Bought>,
}

#[derive(Clone, Debug)]
struct Bought {
    project: usize,
    /// The purchase in the purses; none if it was free.
    purchase: Option<usize>,
}

/// Who paid how much for a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The project.
    pub project: usize,
    /// Each supporter with what it paid, in units ([`Run::unit`]).
    pub amounts: Vec<(u64, BigUint)>,
}

/// A project that may still be bought, and the price that was found for it last: it can only have risen since.
struct Candidate {
    project: usize,
    price: Price,
    /// What it is worth to each supporter.
    worth: u64,
    /// How many purchases had been made when the price was found; nothing while it was only guessed.
    found_at: Option<usize>,
}

/// By rho, then by number.
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let (worth, other_worth) = (self.worth as f64, other.worth as f64);
        // What floats cannot tell apart is compared exactly.
        if self.price.high / worth * (1.0 + FEW) < other.price.low / other_worth {
            return Ordering::Less;
        }
        if other.price.high / other_worth * (1.0 + FEW) < self.price.low / worth {
            return Ordering::Greater;
        }
        let (ours, theirs) = (&self.price, &other.price);
        let rho = ours.compare_rho(self.worth, theirs, other.worth);
        rho.then(self.project.cmp(&other.project))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// Runs the method on a budget that is raised by so many hundredths; 0 for the budget as it is. What costs more than the budget as it
/// is cannot be bought.
pub fn equal_shares(election: &Election, utility: Utility, raised: u32) -> Run<'_> {
    let parts = BigUint::from(election.voters().max(1)) * 100_u64;
    let share = BigUint::from(election.budget) * (100 + u64::from(raised));
    let mut run = Run {
        election,
        purses: Purses::new(election.ballots.len(), &share, &parts),
        bought: Vec::new(),
    };
    let mut open = run.open(utility);
    // By project, after how many purchases one of its supporters paid last.
    let mut touched = vec![0; election.projects.len()];
    while let Some(Reverse(candidate)) = open.pop() {
        let found_at = candidate.found_at;
        if found_at.is_some_and(|found_at| found_at >= touched[candidate.project]) {
            // All others cost as much or more, and each of them no less than was found.
            run.buy(&candidate);
            for voter in &election.projects[candidate.project].supporters {
                for project in &election.ballots[*voter] {
                    touched[*project] = run.purses.prices().len();
                }
            }
        } else {
            open.extend(run.look(candidate).map(Reverse));
        }
    }
    run
}

impl<'e> Run<'e> {
    /// The projects that were bought, in order.
    pub fn bought(&self) -> impl Iterator<Item = usize> {
        self.bought.iter().map(|bought| bought.project)
    }

    /// Amounts are whole numbers of units, of which a second has so many.
    pub fn unit(&self) -> &BigUint {
        self.purses.unit()
    }

    /// What each voter had, in units.
    pub fn share(&self) -> &BigUint {
        self.purses.share()
    }

    /// The price of what was bought, in units: what each supporter paid who did not give all it had left. Zero if it cost nothing.
    pub fn prices(&self) -> impl Iterator<Item = (usize, BigUint)> {
        self.bought.iter().map(|bought| {
            let purchase = bought.purchase.map(|n| self.purses.prices()[n].clone());
            (bought.project, purchase.unwrap_or_default())
        })
    }

    /// Who paid what for everything that was bought, in order.
    pub fn payments(&self) -> Vec<Payment> {
        let mut left = vec![self.purses.share().clone(); self.election.ballots.len()];
        let mut payments = Vec::with_capacity(self.bought.len());
        for (project, price) in self.prices() {
            let mut amounts = Vec::new();
            for voter in &self.election.projects[project].supporters {
                let amount = (&left[*voter]).min(&price).clone();
                left[*voter] -= &amount;
                amounts.push((self.election.heard[*voter], amount));
            }
            payments.push(Payment { project, amounts });
        }
        payments
    }

    /// What the supporters of a project have left together, in units.
    pub fn left(&self, project: usize) -> BigUint {
        let supporters = &self.election.projects[project].supporters;
        self.purses.left_together(supporters)
    }

    /// Buys what costs nothing and is worth something, and returns what may be bought besides.
    fn open(&mut self, utility: Utility) -> BinaryHeap<Reverse<Candidate>> {
        let mut open = BinaryHeap::new();
        for (project, known) in self.election.projects.iter().enumerate() {
            let worth = match utility {
                Utility::Cost => known.cost,
                Utility::Cardinality => 1,
            };
            // What costs more than there is would only keep raised shares from buying what fits.
            let is_too_long = known.cost > self.election.budget;
            if known.supporters.is_empty() || worth == 0 || is_too_long {
                continue;
            }
            if known.cost == 0 {
                let purchase = None;
                self.bought.push(Bought { project, purchase });
                continue;
            }
            open.push(Reverse(Candidate {
                project,
                price: Price::equal(known.cost, known.supporters.len()),
                worth,
                found_at: None,
            }));
        }
        open
    }

    /// The same candidate with its price as it is now; nothing if it is not affordable, and so never will be.
    fn look(&self, candidate: Candidate) -> Option<Candidate> {
        let project = &self.election.projects[candidate.project];
        let (supporters, from) = (&project.supporters, candidate.price.low);
        Some(Candidate {
            price: self.purses.price(supporters, project.cost, from)?,
            found_at: Some(self.purses.prices().len()),
            ..candidate
        })
    }

    fn buy(&mut self, candidate: &Candidate) {
        let project = candidate.project;
        let supporters = &self.election.projects[project].supporters;
        self.purses.pay(supporters, &candidate.price);
        self.bought.push(Bought {
            project,
            purchase: Some(self.purses.prices().len() - 1),
        });
    }
}
