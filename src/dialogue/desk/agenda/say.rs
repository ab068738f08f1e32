//! Minutes and reasons in words.
//!
//! Must never: give a number of organisations in [`briefly`]. It stands in what may be handed over.

use serde::{Deserialize, Serialize};

use crate::agenda::{ByHand, Verdict, Why};
use crate::domain::agenda::Decision;
use crate::text::{Html, Phrases};

/// Why an item is in or out, without a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brief {
    /// In: the shares of those who stand behind it paid for it.
    Shares,
    /// In: it fitted into the time that was left.
    LeftOver,
    /// In, by hand.
    PutIn,
    /// Out, by hand.
    TakenOut,
    /// Out: it takes longer than there is time.
    TooLong,
    /// Out: the shares of those who stand behind it went to others, or were not enough.
    NoRoom,
}

impl Brief {
    pub(super) fn of(why: &Why) -> Self {
        match why {
            Why::Carried(_) | Why::Completed(_) => Self::Shares,
            Why::Filled { .. } => Self::LeftOver,
            Why::PutIn => Self::PutIn,
            Why::TakenOut => Self::TakenOut,
            Why::TooLong { .. } => Self::TooLong,
            Why::Unsupported | Why::TooFew { .. } | Why::Spent { .. } => Self::NoRoom,
        }
    }

    /// Whether organisers decided.
    pub(super) fn is_by_hand(self) -> bool {
        match self {
            Self::PutIn | Self::TakenOut => true,
            Self::Shares | Self::LeftOver | Self::TooLong | Self::NoRoom => false,
        }
    }
}

/// Seconds as minutes.
pub(in super::super) fn minutes(seconds: u64, phrases: Phrases<'_>) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    if rest == 0 {
        return phrases.minutes(&phrases.number(minutes));
    }
    phrases.minutes(&phrases.digits(&format!("{minutes}:{rest:02}")))
}

/// Thousandths of a second as minutes, rounded down to a second.
fn of_ms(ms: u64, phrases: Phrases<'_>) -> String {
    minutes(ms / 1_000, phrases)
}

/// Why it is in or out, with its numbers: for organisers.
pub(super) fn why(verdict: &Verdict, reason: &str, phrases: Phrases<'_>) -> Html {
    let minutes = |seconds| minutes(seconds, phrases);
    match verdict.why {
        Why::Carried(payers) => phrases.why_carried(payers.paid, &of_ms(payers.price_ms, phrases)),
        Why::Completed(payers) => {
            phrases.why_completed(payers.paid, &of_ms(payers.price_ms, phrases))
        }
        Why::Filled { left } => phrases.why_filled(&minutes(left)),
        Why::PutIn => phrases.why_put_in(reason),
        Why::TakenOut => phrases.why_taken_out(reason),
        Why::Unsupported => phrases.why_unsupported(),
        Why::TooLong { budget } => phrases.why_too_long(&minutes(budget)),
        Why::TooFew { had_ms, left } => {
            let had = of_ms(had_ms, phrases);
            phrases.why_too_few(&had, &minutes(verdict.seconds), &minutes(left))
        }
        Why::Spent {
            had_ms,
            others,
            left,
        } => phrases.why_spent(others, &of_ms(had_ms, phrases), &minutes(left)),
    }
}

/// The same for whoever is handed the agenda.
pub(super) fn briefly(verdict: &Verdict, reason: &str, phrases: Phrases<'_>) -> Html {
    match Brief::of(&verdict.why) {
        Brief::Shares => phrases.brief_carried(),
        Brief::LeftOver => phrases.brief_filled(),
        Brief::PutIn => phrases.why_put_in(reason),
        Brief::TakenOut => phrases.why_taken_out(reason),
        Brief::TooLong => phrases.brief_too_long(),
        Brief::NoRoom => phrases.brief_no_room(),
    }
}

/// What was decided by hand, with its reason.
pub(super) fn by_hand(decision: &Decision, phrases: Phrases<'_>) -> Html {
    match decision.what {
        ByHand::PutIn => phrases.why_put_in(&decision.reason),
        ByHand::TakenOut => phrases.why_taken_out(&decision.reason),
    }
}
