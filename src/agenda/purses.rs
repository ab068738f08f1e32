//! What each voter has left, exactly, and about.
//!
//! Exactly: amounts are whole numbers of a unit that all share, a fraction of a second. When a price is no whole number of it, the unit
//! is made finer. A voter's money follows from its share and the prices it paid, so that only shares and prices are kept in the
//! finer unit. About: a float for each voter, made by few operations from exact numbers, whose error is bounded. Floats
//! tell apart what is clearly apart; whatever lies nearer than their error is left to exact numbers.

use num_bigint::BigUint;

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
    /// What those pay who can afford the price, together, in units.
    rest: BigUint,
    /// How many they are: the price is `rest / payers`.
    payers: u64,
    /// The supporters who have something left, but less than the price.
    pub(super) gave_all: Vec<usize>,
}

/// What floats can tell about a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Estimate {
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
    pub(super) fn left(&self, voter: usize) -> BigUint {
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
        let spent: BigUint = self.prices.iter().zip(paid).map(|(p, n)| p * n).sum();
        &self.share * have - spent
    }

    /// The price at which these pay this cost, as far as floats can tell. `from` is known to be no more than it.
    pub(super) fn estimate(&self, supporters: &[usize], cost: u64, from: f64) -> Estimate {
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
        Estimate::Between(price - off, price + off)
    }

    /// The price at which these pay this cost; nothing if they have too little. It is known to lie between `low` and `high`.
    pub(super) fn price(
        &self,
        supporters: &[usize],
        cost: u64,
        low: f64,
        high: f64,
    ) -> Option<Price> {
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
        let mut rest = cost * &self.unit - self.left_together(&gave_all);
        payers += doubtful.len() as u64;
        doubtful.sort();
        for (has, voter) in doubtful {
            if &has * payers >= rest {
                break;
            }
            rest -= has;
            payers -= 1;
            gave_all.push(voter);
        }
        gave_all.retain(|voter| !self.broke[*voter]);
        (payers > 0).then_some(Price {
            rest,
            payers,
            gave_all,
        })
    }

    /// Whether the first price for each of its worth is less than the second for each of the other's.
    pub(super) fn compare(a: (&Price, u64), b: (&Price, u64)) -> std::cmp::Ordering {
        let ((a, a_worth), (b, b_worth)) = (a, b);
        (&a.rest * b.payers * b_worth).cmp(&(&b.rest * a.payers * a_worth))
    }

    /// A price in seconds, off by a few parts in 2^53.
    pub(super) fn seconds(&self, price: &Price) -> f64 {
        quotient(&price.rest, &(&self.unit * price.payers))
    }

    /// Takes the price from these.
    pub(super) fn pay(&mut self, supporters: &[usize], price: &Price) {
        let common = gcd(price.payers, &price.rest);
        let finer = price.payers / common;
        if finer > 1 {
            self.unit *= finer;
            self.share *= finer;
            for earlier in &mut self.prices {
                *earlier *= finer;
            }
        }
        let paid = &price.rest / common;
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
