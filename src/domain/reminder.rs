//! Reminders that were sent: which, and what became of them.
//!
//! What is due is nowhere: it follows from the meeting ([`crate::schedule`]). What was sent is here, so that it is not sent
//! twice.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whom a reminder is for. But for [`Whom::Unreachable`] and [`Whom::Owners`] only those who speak for an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// All of them.
    Everyone,
    /// Whose organisation has raised nothing yet, and who have not begun to.
    Silent,
    /// Who have begun a concern and not submitted it.
    Draft,
    /// Whose organisation comes to the meeting.
    Coming,
    /// Whose organisation has not said whether it comes.
    Undecided,
    /// The organisers: of those who cannot be written to.
    Unreachable,
    /// The owners: of what happens to the forum itself.
    Owners,
}

/// What a reminder is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The end of the time in which concerns are taken.
    Deadline,
    /// The end of the time in which a draft that was begun before the deadline may still be submitted.
    Grace,
    /// The meeting; each day on which it may be, while that is not settled.
    Meeting,
    /// The erasure of personal data after the meeting.
    Erasure,
}

/// A reminder that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// Counted.
    pub id: u64,
    /// The meeting.
    pub meeting: u64,
    /// The reminder, by its id in the settings.
    pub reminder: String,
    /// The day, in the meeting's time zone, of what it was about. Where that moves to another day it is another reminder.
    pub date: Date,
    /// When.
    pub at: Timestamp,
    /// To how many people.
    pub people: u64,
    /// When it first was sent to somebody, if it was.
    #[serde(default)]
    pub first_sent_at: Option<Timestamp>,
    /// What became of it so far.
    pub tally: Outcomes,
}

impl Reminded {
    /// One more is done.
    pub fn count(&mut self, ending: Ending, now: Timestamp) {
        self.tally.count(ending);
        if ending == Ending::Sent {
            self.first_sent_at.get_or_insert(now);
        }
    }

    /// Whether nobody waits for it any more.
    pub fn is_over(&self) -> bool {
        self.people <= self.tally.done()
    }
}

/// What became of a reminder, person by person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// It was sent.
    pub sent: u64,
    /// They cannot be written to.
    pub unreachable: u64,
    /// When its turn came it did not concern them any more.
    pub spared: u64,
    /// When its turn came it was too late to be of use.
    pub late: u64,
}

/// What became of one person's reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was sent.
    Sent,
    /// They cannot be written to.
    Unreachable,
    /// It did not concern them any more.
    Spared,
    /// It was too late.
    Late,
}

impl Whom {
    /// All, with their ids in the settings.
    pub const ALL: [(&'static str, Self); 7] = [
        ("everyone", Self::Everyone),
        ("silent", Self::Silent),
        ("draft", Self::Draft),
        ("coming", Self::Coming),
        ("undecided", Self::Undecided),
        ("unreachable", Self::Unreachable),
        ("owners", Self::Owners),
    ];

    /// Its id in the settings.
    pub fn id(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find_map(|(id, whom)| (whom == self).then_some(id))
            .unwrap_or_default() // all are there
    }

    /// Whether it is for those who prepare the meeting, who cannot mute it.
    pub fn is_for_organisers(self) -> bool {
        match self {
            Self::Unreachable | Self::Owners => true,
            Self::Everyone | Self::Silent | Self::Draft | Self::Coming | Self::Undecided => false,
        }
    }
}

impl Anchor {
    /// All, with their ids in the settings.
    pub const ALL: [(&'static str, Self); 4] = [
        ("deadline", Self::Deadline),
        ("grace", Self::Grace),
        ("meeting", Self::Meeting),
        ("erasure", Self::Erasure),
    ];

    /// Its id in the settings.
    pub fn id(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find_map(|(id, anchor)| (anchor == self).then_some(id))
            .unwrap_or_default() // all are there
    }
}

impl Outcomes {
    /// One more is done.
    pub fn count(&mut self, ending: Ending) {
        match ending {
            Ending::Sent => self.sent += 1,
            Ending::Unreachable => self.unreachable += 1,
            Ending::Spared => self.spared += 1,
            Ending::Late => self.late += 1,
        }
    }

    /// How many are done.
    pub fn done(&self) -> u64 {
        self.sent + self.unreachable + self.spared + self.late
    }
}
