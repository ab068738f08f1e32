//! An announcement: words to many people, and what became of them.
//!
//! The messages themselves are rows of the outbox; a row is counted here by the commit that takes it out of there, so the
//! counts are right whatever happens in between.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MessageId;

/// To whom something is announced. Only those who speak for an organisation are ever written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// All of them.
    Everyone,
    /// Whose organisation comes to the meeting.
    Coming,
    /// Whose organisation has not said whether it comes.
    Undecided,
    /// Whose organisation has submitted nothing yet.
    Silent,
    /// Whose organisation works in this place, by id.
    Place(String),
    /// Whose organisation has raised something of this topic, by id.
    Topic(String),
}

/// An announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Counted.
    pub id: u64,
    /// Who announces it, by internal number.
    pub by: u64,
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub audience: Audience,
    /// The words, as whoever announces it reads them.
    pub text: String,
    /// Whether it was stopped: what was not sent by then is not sent.
    pub stopped: bool,
    /// How many people it is for, those included who cannot be written to.
    pub people: u64,
    /// What became of it so far.
    pub tally: Tally,
    /// The message in which its author sees how far it is.
    pub report: Option<MessageId>,
    /// How many were done when the report was last made.
    pub reported: u64,
    /// Whether a report waits to be sent.
    pub report_waits: bool,
}

/// What became of an announcement, person by person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// It was sent.
    pub sent: u64,
    /// They cannot be written to.
    pub unreachable: u64,
    /// It was stopped before.
    pub stopped: u64,
}

/// What became of one person's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was sent.
    Sent,
    /// They cannot be written to.
    Unreachable,
    /// It was stopped before.
    Stopped,
}

impl Tally {
    /// How many are done.
    pub fn done(&self) -> u64 {
        self.sent + self.unreachable + self.stopped
    }
}

impl Announcement {
    /// How many wait.
    pub fn waiting(&self) -> u64 {
        self.people.saturating_sub(self.tally.done())
    }

    /// Whether nobody waits any more.
    pub fn is_over(&self) -> bool {
        self.waiting() == 0
    }

    /// One more is done.
    pub fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Sent => self.tally.sent += 1,
            Fate::Unreachable => self.tally.unreachable += 1,
            Fate::Stopped => self.tally.stopped += 1,
        }
    }

    /// Whether its author is to see anew how far it is: about twenty times in all, and at the end.
    pub fn wants_report(&self) -> bool {
        let done = self.tally.done();
        let step = |done: u64| done * 20 / self.people.max(1);
        !self.report_waits
            && (step(done) > step(self.reported) || self.is_over())
            && done > self.reported
    }
}
