//! Token buckets that are exact: when may the next token be taken, and when is the bucket full again?
//!
//! Guarantees: whole numbers only, so nothing drifts however long the process runs; a bucket of burst `b` and rate `r` lets
//! through at most `b + r * t` tokens in any stretch of `t`; a [`Window`] at most its limit in any minute.
//!
//! Must never: read a clock (the moment is an argument), allocate for a bucket that is full.

use std::collections::VecDeque;

/// An instant of the monotonic clock of the process, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Millis {
    /// The instant `milliseconds` later; the last instant there is instead of an overflow.
    #[must_use]
    pub fn after(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

/// How fast a bucket fills and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    tokens: u64,
    period: u64,
    burst: u64,
}

impl Rate {
    /// `tokens` every `period` milliseconds, at most `burst` kept (at least one). `None`, no limit, when `tokens` is 0.
    #[must_use]
    pub fn new(tokens: u32, period: u32, burst: u32) -> Option<Self> {
        (tokens > 0).then(|| Self {
            tokens: tokens.into(),
            period: u64::from(period.max(1)),
            burst: u64::from(burst.max(1)),
        })
    }
}

/// A token bucket, kept as the instant at which it is full again (the generic cell rate algorithm).
///
/// The instant counts in `1 / tokens` of a millisecond: a token then takes exactly `period` of these units to come back.
/// One bucket must always be used with the same [`Rate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    full_at: u64,
}

impl Bucket {
    /// A bucket that holds nothing at `now`. The default is a full one.
    #[must_use]
    pub fn empty(rate: Rate, now: Millis) -> Self {
        let now = now.0.saturating_mul(rate.tokens);
        Self {
            full_at: now.saturating_add(rate.burst.saturating_mul(rate.period)),
        }
    }

    /// The first instant at which a token is there; in the past when one has been there for a while.
    #[must_use]
    pub fn ready_at(&self, rate: Rate) -> Millis {
        let room_but_one = (rate.burst - 1).saturating_mul(rate.period);
        Millis(
            self.full_at
                .saturating_sub(room_but_one)
                .div_ceil(rate.tokens),
        )
    }

    /// Takes a token at `now`. It is taken even if none is there; whoever comes next then waits longer.
    pub fn take(&mut self, rate: Rate, now: Millis) {
        let now = now.0.saturating_mul(rate.tokens);
        self.full_at = self.full_at.max(now).saturating_add(rate.period);
    }

    /// The first instant at which the bucket is full, and need not be remembered.
    #[must_use]
    pub fn full_at(&self, rate: Rate) -> Millis {
        Millis(self.full_at.div_ceil(rate.tokens))
    }
}

/// At most so many in any 60 seconds: stricter than a bucket of the same rate, which lets through its burst on top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    taken: VecDeque<Millis>,
}

/// The length of a [`Window`], in milliseconds.
const MINUTE: u64 = 60_000;

impl Window {
    /// The first instant at which one more is allowed, `limit` being at least 1.
    #[must_use]
    pub fn ready_at(&self, limit: usize) -> Millis {
        let oldest_that_counts = self.taken.len().checked_sub(limit.max(1));
        match oldest_that_counts.and_then(|at| self.taken.get(at)) {
            Some(taken) => taken.after(MINUTE),
            None => Millis(0),
        }
    }

    /// Takes one at `now` and forgets those older than a minute.
    pub fn take(&mut self, now: Millis) {
        while self.taken.front().is_some_and(|t| t.after(MINUTE) <= now) {
            self.taken.pop_front();
        }
        self.taken.push_back(now);
    }

    /// The first instant at which the window need not be remembered.
    #[must_use]
    pub fn full_at(&self) -> Millis {
        self.taken.back().map_or(Millis(0), |t| t.after(MINUTE))
    }
}
