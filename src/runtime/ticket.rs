//! What is handed to the [queue](super::queue), what it answers, and what is reported back to it. Values only.
//!
//! Must never: hold what the queue alone knows of a row.

use super::bucket::Millis;

/// What a call counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// A new message: send, copy, forward.
    Send,
    /// A change of a message: counts only for the person it is shown to.
    Edit,
    /// A call without limit and without order, like an answer to a press of a button.
    Free,
}

/// Who waits for the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A person who has just done something.
    Interactive,
    /// Nobody in particular: broadcasts, reminders.
    Bulk,
}

/// One row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket<I, T> {
    /// The row's id, unique among all rows in the queue.
    pub id: I,
    /// The Telegram chat it goes to; negative for groups.
    pub chat: i64,
    /// Who waits for it.
    pub lane: Lane,
    /// What it counts for.
    pub cost: Cost,
    /// Whether it goes to a person who has not joined.
    pub stranger: bool,
    /// Whether a later row of this kind may replace it in a chat with too many interactive rows waiting.
    pub supersedable: bool,
    /// Whether the row only confirms what the next such row confirms as well: then, if supersedable, it gives way to that
    /// one as long as it waits.
    pub routine: bool,
    /// What is to be sent; the queue never looks at it.
    pub load: T,
}

impl<I, T> Ticket<I, T> {
    /// Only interactive rows that keep an order can be replaced.
    pub(super) fn may_be_superseded(&self) -> bool {
        self.supersedable && self.lane == Lane::Interactive && self.cost != Cost::Free
    }
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<'a, I, T> {
    /// Send this row, report its outcome, and ask again at once.
    Send(&'a Ticket<I, T>),
    /// Ask again at this instant, later than now, or after the next push or outcome.
    WaitUntil(Millis),
    /// Nothing waits, or only behind rows in flight: ask again after the next push or outcome.
    Idle,
}

/// Why a row is to be tried again, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Telegram answered 429 and named a number of seconds.
    After {
        /// `retry_after` of the answer.
        seconds: u32,
    },
    /// The network failed or Telegram answered 5xx.
    Backoff {
        /// Any random number.
        jitter: u32,
    },
}
