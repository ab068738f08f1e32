//! The Method of Equal Shares: Peters, Pierczyński, Skowron, "Proportional Participatory Budgeting with Additive Utilities", 2021
//! (<https://arxiv.org/abs/2008.13276>), for approval ballots.
//!
//! Each voter gets the same share of the budget. A project is *rho-affordable* if its supporters can pay its cost together so that none
//! pays more than rho for each unit of utility that it has for them, or gives all it has left if that is less. The method buys the
//! project that is affordable at the lowest rho, equals in order of their numbers, until none is affordable.
//!
//! Supporters of a project all have the same utility for it, so each pays the same price, or all it has left. A price only rises as
//! money is spent; so one that was found earlier is a lower bound, and most projects need not be looked at in a round.
//!
//! Guarantees: every comparison is exact ([`super::purses`]); the same election gives the same outcome. It never spends more than the
//! budget.

use num_bigint::BigUint;

use super::Election;
use super::purses::{Estimate, Price, Purses};

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

/// A project that may still be bought.
struct Candidate {
    project: usize,
    /// The price lies between these, in seconds; it did at least when it was looked at last.
    low: f64,
    high: f64,
    /// Whether it was looked at after the last of its supporters paid.
    is_fresh: bool,
    /// What it is worth to each supporter.
    worth: u64,
}

impl Candidate {
    fn lowest_rho(&self) -> f64 {
        self.low / self.worth as f64
    }

    fn highest_rho(&self) -> f64 {
        self.high / self.worth as f64
    }
}

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
    while let Some((project, price)) = run.cheapest(&mut open) {
        open.retain(|candidate| candidate.project != project);
        run.buy(project, &price, &mut open);
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
    fn open(&mut self, utility: Utility) -> Vec<Candidate> {
        let mut open = Vec::new();
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
                self.bought.push(Bought {
                    project,
                    purchase: None,
                });
                continue;
            }
            open.push(Candidate {
                project,
                low: 0.0,
                high: f64::INFINITY,
                is_fresh: false,
                worth,
            });
        }
        open
    }

    /// The candidate that is affordable at the lowest rho, and its price. Those that are not affordable any more go.
    fn cheapest(&self, open: &mut Vec<Candidate>) -> Option<(usize, Price)> {
        open.sort_by(|a, b| a.lowest_rho().total_cmp(&b.lowest_rho()));
        let mut best = f64::INFINITY;
        open.retain_mut(|candidate| {
            if candidate.lowest_rho() <= best && !candidate.is_fresh {
                if !self.look(candidate) {
                    return false;
                }
                candidate.is_fresh = true;
            }
            if candidate.is_fresh {
                best = best.min(candidate.highest_rho());
            }
            true
        });
        let contenders = open.iter().filter(|candidate| candidate.lowest_rho() <= best);
        let priced = contenders.filter_map(|candidate| Some((candidate, self.price(candidate)?)));
        let first = priced.min_by(|(a, a_price), (b, b_price)| {
            Purses::compare((a_price, a.worth), (b_price, b.worth))
                .then(a.project.cmp(&b.project))
        });
        first.map(|(candidate, price)| (candidate.project, price))
    }

    /// Finds between what the price lies now; whether there is one.
    fn look(&self, candidate: &mut Candidate) -> bool {
        let project = &self.election.projects[candidate.project];
        let from = candidate.low;
        match self
            .purses
            .estimate(&project.supporters, project.cost, from)
        {
            Estimate::Between(low, high) => {
                (candidate.low, candidate.high) = (low.max(from), high);
                true
            }
            Estimate::Never => false,
            Estimate::Unclear => {
                candidate.high = f64::INFINITY;
                let Some(price) = self.price(candidate) else {
                    return false;
                };
                let price = self.purses.seconds(&price);
                candidate.low = price * (1.0 - 8.0 * f64::EPSILON);
                candidate.high = price * (1.0 + 8.0 * f64::EPSILON);
                true
            }
        }
    }

    fn price(&self, candidate: &Candidate) -> Option<Price> {
        let project = &self.election.projects[candidate.project];
        let (low, high) = (candidate.low, candidate.high);
        self.purses
            .price(&project.supporters, project.cost, low, high)
    }

    fn buy(&mut self, project: usize, price: &Price, open: &mut [Candidate]) {
        let supporters = &self.election.projects[project].supporters;
        let mut touched = vec![false; self.election.projects.len()];
        for voter in supporters {
            for other in &self.election.ballots[*voter] {
                touched[*other] = true;
            }
        }
        for candidate in open {
            candidate.is_fresh &= !touched[candidate.project];
        }
        self.purses.pay(supporters, price);
        self.bought.push(Bought {
            project,
            purchase: Some(self.purses.prices().len() - 1),
        });
    }
}
