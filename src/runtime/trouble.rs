//! Failures in a row of what brings updates: one line when they begin, one when they are over, and how long to wait in between.

use std::time::Duration;

use super::random::Random;
use crate::telegram::CallError;

/// How long the first pause after a failure is; the following ones double, up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest pause.
pub(super) const LONGEST: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Default)]
pub(super) struct Trouble {
    failures: u32,
    random: Random,
}

impl Trouble {
    /// None yet; luck comes from here.
    pub(super) fn by_luck(random: Random) -> Self {
        Self {
            failures: 0,
            random,
        }
    }

    /// How long to wait after this failure.
    pub(super) fn pause(&mut self, error: &CallError) -> Duration {
        if self.failures == 0 {
            log::warn!("no updates: {}; trying again until they come", words(error));
        }
        self.failures += 1;
        if let CallError::RetryAfter(seconds) = error {
            return Duration::from_secs((*seconds).into());
        }
        let doubled = SHORTEST
            .saturating_mul(1 << (self.failures - 1).min(6))
            .min(LONGEST);
        // Up to a quarter less, so that many bots do not come back at once.
        doubled - doubled.mul_f64((self.random.bits() % 250) as f64 / 1_000.0)
    }

    /// It works.
    pub(super) fn over(&mut self) {
        if self.failures > 0 {
            log::info!("updates come again, after {} failures", self.failures);
            self.failures = 0;
        }
    }
}

/// What to say of a failure, and what to do about it.
pub(super) fn words(error: &CallError) -> String {
    match error {
        CallError::Refused { code: 409, .. } => {
            "409: another program is polling with this token, or a webhook is set".to_owned()
        }
        CallError::Refused {
            code: code @ (401 | 404),
            ..
        } => format!("{code}: the token is no longer good"),
        CallError::Refused { description, .. } if description.contains("bad webhook") => {
            let description: String = description.chars().take(200).collect();
            format!("Telegram does not take the address of [webhook]: {description}")
        }
        CallError::Refused { code, .. } => format!("the server refuses with {code}"),
        CallError::RetryAfter(_)
        | CallError::Migrated(_)
        | CallError::Transient(_)
        | CallError::Unreadable => error.to_string(),
    }
}
