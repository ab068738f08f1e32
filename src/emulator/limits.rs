//! The send limits of rows 51 and 52, as token buckets.
//!
//! 30 a second in all, 1 a second with room for 5 in one chat, 20 in 60 seconds in one group. Only sends, copies and forwards
//! count. Guarantees that a refused send takes nothing from any bucket.

use super::error::{ApiError, flood};

/// How strict the emulator is about send limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Limits {
    /// The published limits hold; what exceeds them gets 429.
    #[default]
    Strict,
    /// No limits, for benches.
    Off,
}

impl std::str::FromStr for Limits {
    type Err = String;

    /// Reads `strict` or `off`.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "strict" => Ok(Self::Strict),
            "off" => Ok(Self::Off),
            _ => Err(format!("limits are strict or off, not {name}")),
        }
    }
}

/// A bucket that refills with time.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    room: f64,
    per_ms: f64,
    level: f64,
    at_ms: i64,
}

impl Bucket {
    /// `count` sends every `ms` milliseconds, with room for `room`; full at first.
    pub(super) fn new(count: f64, ms: f64, room: f64) -> Self {
        Self {
            room,
            per_ms: count / ms,
            level: room,
            at_ms: i64::MIN,
        }
    }

    /// Refills; the milliseconds until there is one.
    fn wait_ms(&mut self, now_ms: i64) -> f64 {
        if self.at_ms != i64::MIN {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a day is 86,400,000 ms, far below 2^52"
            )]
            let passed = now_ms.saturating_sub(self.at_ms).max(0) as f64;
            self.level = (self.level + passed * self.per_ms).min(self.room);
        }
        self.at_ms = now_ms;
        if self.level >= 1.0 {
            0.0
        } else {
            (1.0 - self.level) / self.per_ms
        }
    }
}

/// Takes one from every bucket, or none and tells how long to wait.
pub(super) fn take(buckets: &mut [&mut Bucket], now_ms: i64) -> Result<(), ApiError> {
    let wait = buckets
        .iter_mut()
        .map(|bucket| bucket.wait_ms(now_ms))
        .fold(0.0, f64::max);
    if wait > 0.0 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most sixty seconds"
        )]
        let seconds = (wait / 1000.0).ceil() as u64;
        return Err(flood(seconds.max(1)));
    }
    for bucket in buckets {
        bucket.level -= 1.0;
    }
    Ok(())
}
