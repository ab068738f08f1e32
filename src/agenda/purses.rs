//! What each voter has left, exactly, and about.
//!
//! Exactly: amounts are whole numbers of a unit that all share, a fraction of a second. When a price is no whole number of it, the unit
//! is made finer. A voter's money follows from its share and the prices it paid, so that only shares and prices are kept in the
//! finer unit. About: a float for each voter, made by few operations from exact numbers, whose error is bounded. Floats
//! tell apart what is clearly apart; whatever lies nearer than their error is left to exact numbers.

use std::cmp::Ordering;

use num_bigint::BigUint;

/// More than what a few operations on floats can add to or take from the result, as a part of it.
pub(super) const FEW: f64 = 8.0 * f64::EPSILON;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Purses {
    /// A second is so many units.
    unit: BigUint,
    /// What each voter had at first.
    share: BigUint,
    /// Of each purchase, what each paid who did not give all they had.
    prices: Vec<BigUint>,
    /// By voter, the purchases for which it paid the price.
    paid: Vec<Vec<u32>>,
    /// By voter, whether it gave all it had once.
    broke: Vec<bool>,
    /// By voter, about what it has left in seconds; off by no more than `slack`.
    about: Vec<f64>,
    /// By how many seconds `about` may be off.
    slack: f64,
    /// The share in seconds, about.
    about_share: f64,
}

/// What each supporter has to pay for a project, so that together they pay its cost: the price, or all they have if that is less.
#[derive(Clone, Debug)]
pub(super) struct Price {
    /// What those pay who can afford the price, together, in units of which a second has `unit`. Later units may be finer.
    rest: BigUint,
    unit: BigUint,
    /// How many they are: the price is `rest / payers`.
    payers: u64,
    /// The price lies between these, in seconds.
    pub(super) low: f64,
    pub(super) high: f64,
    /// The supporters who have something left, but less than the price.
    gave_all: Vec<usize>,
}

impl Price {
    /// Where nobody has less than the price: so many share the cost equally. It can only rise.
    pub(super) fn equal(cost: u64, payers: usize) -> Self {
        let (cost_seconds, many) = (cost as f64, payers as f64);
        let about = cost_seconds / many;
        Self {
            rest: cost.into(),
            unit: 1_u8.into(),
            payers: payers as u64,
            low: about * (1.0 - FEW),
            high: about * (1.0 + FEW),
            gave_all: Vec::new(),
        }
    }

    /// Compares rho: prices, each for a unit of what it is worth.
    pub(super) fn compare_rho(&self, worth: u64, other: &Self, other_worth: u64) -> Ordering {
        let ours = &self.rest * &other.unit * other.payers * other_worth;
        ours.cmp(&(&other.rest * &self.unit * self.payers * worth))
    }
}

/// What floats can tell about a price.
enum Estimate {
    /// It lies between these, in seconds.
    Between(f64, f64),
    /// The supporters have too little.
    Never,
    /// They have so nearly the cost that floats cannot tell.
    Unclear,
}

impl Purses {
    /// So many voters, who share `seconds / parts` seconds each.
    pub(super) fn new(voters: usize, seconds: &BigUint, parts: &BigUint) -> Self {
        let about_share = quotient(seconds, parts);
        Self {
            unit: parts.clone(),
            share: seconds.clone(),
            prices: Vec::new(),
            paid: vec![Vec::new(); voters],
            broke: vec![false; voters],
            about: vec![about_share; voters],
            slack: slack(about_share, 0),
            about_share,
        }
    }

    /// How many units a second is.
    pub(super) fn unit(&self) -> &BigUint {
        &self.unit
    }

    /// What each voter had at first, in units.
    pub(super) fn share(&self) -> &BigUint {
        &self.share
    }

    /// Of each purchase, what each paid who did not give all they had, in units.
    pub(super) fn prices(&self) -> &[BigUint] {
        &self.prices
    }

    /// What a voter has left, in units.
    fn left(&self, voter: usize) -> BigUint {
        if self.broke[voter] {
            return BigUint::ZERO;
        }
        let paid = self.paid[voter].iter();
        let paid: BigUint = paid.map(|purchase| &self.prices[*purchase as usize]).sum();
        &self.share - paid
    }

    /// What these have left together, in units.
    pub(super) fn left_together(&self, voters: &[usize]) -> BigUint {
        let mut have = 0_u64;
        let mut paid = vec![0_u64; self.prices.len()];
        for voter in voters {
            if !self.broke[*voter] {
                have += 1;
                for purchase in &self.paid[*voter] {
                    paid[*purchase as usize] += 1;
                }
            }
        }
        let paid = self.prices.iter().zip(paid).filter(|(_, times)| *times > 0);
        let paid: BigUint = paid.map(|(price, times)| price * times).sum();
        &self.share * have - paid
    }

    /// The price at which these pay this cost; nothing if they have too little. It is known to be no less than `from` seconds.
    pub(super) fn price(&self, supporters: &[usize], cost: u64, from: f64) -> Option<Price> {
        let (low, high) = match self.estimate(supporters, cost, from) {
            Estimate::Between(low, high) => (low, high),
            Estimate::Never => return None,
            Estimate::Unclear => (from, f64::INFINITY),
        };
        let mut gave_all = Vec::new();
        let mut doubtful = Vec::new();
        let mut payers = 0;
        for voter in supporters {
            let has = self.about[*voter];
            if has + self.slack < low {
                gave_all.push(*voter);
            } else if has - self.slack > high {
                payers += 1;
            } else {
                doubtful.push((self.left(*voter), *voter));
            }
        }
        payers += doubtful.len() as u64;
        let mut rest = cost * &self.unit - self.left_together(&gave_all);
        doubtful.sort();
        for (has, voter) in doubtful {
            if &has * payers >= rest {
                break;
            }
            rest -= has;
            payers -= 1;
            gave_all.push(voter);
        }
        if payers == 0 {
            return None;
        }
        if gave_all.is_empty() {
            return Some(Price::equal(cost, supporters.len()));
        }
        gave_all.retain(|voter| !self.broke[*voter]);
        let (low, high) = if high.is_finite() {
            (low, high)
        } else {
            let about = quotient(&rest, &(&self.unit * payers));
            (about * (1.0 - FEW), about * (1.0 + FEW))
        };
        Some(Price {
            rest,
            unit: self.unit.clone(),
            payers,
            low,
            high,
            gave_all,
        })
    }

    /// The price at which these pay this cost, as far as floats can tell. `from` is known to be no more than it.
    fn estimate(&self, supporters: &[usize], cost: u64, from: f64) -> Estimate {
        let cost = cost as f64;
        let many = supporters.len() as f64;
        // A sum of so many terms, each off by `slack`, and rounded as often.
        let error = |sum: f64| many * (self.slack + 4.0 * f64::EPSILON * sum);
        let off = error(cost);
        let total: f64 = supporters.iter().map(|voter| self.about[*voter]).sum();
        if total + error(total) < cost - off {
            return Estimate::Never;
        }
        if total - error(total) <= cost + off {
            return Estimate::Unclear;
        }
        // Whoever has less than what is less than the price gives all; the price rises until there are no more of them.
        let mut price = from.max(cost / many);
        let mut poor = 0;
        loop {
            let mut given = 0.0;
            let mut givers = 0_u32;
            for voter in supporters {
                let has = self.about[*voter];
                if has < price {
                    given += has;
                    givers += 1;
                }
            }
            if givers == poor {
                break;
            }
            poor = givers;
            let payers = many - f64::from(givers);
            if payers < 1.0 {
                return Estimate::Unclear;
            }
            price = price.max((cost - given) / payers);
        }
        // At the price at least one more second a second is paid for each that it rises, so it is off by no more than the sum is.
        Estimate::Between((price - off).max(from), price + off)
    }

    /// Takes the price from these.
    pub(super) fn pay(&mut self, supporters: &[usize], price: &Price) {
        // The unit is a multiple of what it was earlier.
        let rest = &price.rest * (&self.unit / &price.unit);
        let common = gcd(price.payers, &rest);
        let finer = price.payers / common;
        if finer > 1 {
            self.unit *= finer;
            self.share *= finer;
            for earlier in &mut self.prices {
                *earlier *= finer;
            }
        }
        let paid = rest / common;
        let about = quotient(&paid, &self.unit);
        let purchase = self.prices.len() as u32;
        self.prices.push(paid);
        for voter in &price.gave_all {
            self.broke[*voter] = true;
            self.about[*voter] = 0.0;
        }
        for voter in supporters {
            if !self.broke[*voter] {
                self.paid[*voter].push(purchase);
                self.about[*voter] -= about;
                let longest = slack(self.about_share, self.paid[*voter].len());
                self.slack = self.slack.max(longest);
            }
        }
    }
}

/// By how much what a voter has left after so many payments may be off: share and prices are rounded, and so is each difference. This
/// is more than twice as much.
fn slack(share: f64, payments: usize) -> f64 {
    (payments + 8) as f64 * f64::EPSILON * share
}

/// `a / b`, off by no more than one part in 2^52. The quotient has to be less than 2^64.
fn quotient(a: &BigUint, b: &BigUint) -> f64 {
    let shift = (b.bits() + 64).saturating_sub(a.bits());
    let whole = (a << shift) / b;
    // It has 65 bits at most, unless `a` has so many more than `b` that nothing was shifted.
    let whole = u128::try_from(whole).unwrap_or(u128::MAX) as f64;
    whole * 2_f64.powi(-i32::try_from(shift).unwrap_or(i32::MAX))
}

/// The largest number that divides both.
fn gcd(a: u64, b: &BigUint) -> u64 {
    let rest = u64::try_from(b % a).unwrap_or(0);
    let (mut a, mut b) = (a, rest);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
