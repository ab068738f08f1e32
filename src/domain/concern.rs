//! A concern: what one organisation wants raised.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::promise::Standing;
use super::{Answers, Receipt};

/// Ids of the questions whose meaning the program knows.
pub mod question {
    /// What it is about: required.
    pub const TOPIC: &str = "topic";
    /// Where it happens: required.
    pub const PLACE: &str = "place";
    /// Its name: required, unless spoken.
    pub const TITLE: &str = "title";
    /// What happened: required.
    pub const STORY: &str = "story";
    /// Who is affected: optional.
    pub const AFFECTED: &str = "affected";
    /// What the authority should do: optional.
    pub const ASK: &str = "ask";
    /// How urgent it is: optional.
    pub const URGENCY: &str = "urgency";
    /// Who may read it: required.
    pub const DISCLOSURE: &str = "disclosure";
    /// Those that every form must have.
    pub const REQUIRED: [&str; 5] = [TOPIC, PLACE, TITLE, STORY, DISCLOSURE];
    /// All of the above; any other id is kept under `other`.
    pub const KNOWN: [&str; 8] = [
        TOPIC, PLACE, TITLE, STORY, AFFECTED, ASK, URGENCY, DISCLOSURE,
    ];
}

/// Who may read a concern; chosen by its author, enforced in every output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// The authority sees what and who.
    Named,
    /// The authority sees what, not who.
    Unnamed,
    /// The authority sees nothing.
    OrganisersOnly,
}

impl Disclosure {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Named, Self::Unnamed, Self::OrganisersOnly];

    /// The id that stands in records, button data and exports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Unnamed => "unnamed",
            Self::OrganisersOnly => "organisers_only",
        }
    }

    /// What these answers say; the cautious reading of an answer that cannot be read.
    pub fn of(answers: &Answers) -> Self {
        answers
            .choice(question::DISCLOSURE)
            .and_then(Self::from_id)
            .unwrap_or(Self::OrganisersOnly)
    }

    /// Whether others than the organisers may read it at all.
    pub fn lets_others_read(self) -> bool {
        match self {
            Self::Named | Self::Unnamed => true,
            Self::OrganisersOnly => false,
        }
    }

    /// The disclosure with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|disclosure| disclosure.id() == id)
    }
}

/// Where a concern stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Submitted, nobody has looked at it.
    New,
    /// Submitted by an organisation that is not approved yet.
    Waiting,
    /// Reviewed and good.
    Approved,
    /// Kept back by the organisers.
    Held,
    /// Refused with a reason.
    Rejected,
    /// Part of another concern now.
    Merged,
    /// Taken back by its author.
    Withdrawn,
    /// On the agenda.
    Agenda,
    /// Answered at the meeting.
    Answered,
    /// Something was promised.
    Promised,
    /// Raised and evaded.
    Deflected,
    /// Not reached in the time.
    NotReached,
    /// The promise was kept.
    Done,
}

impl Status {
    /// All, in the order of a concern's life.
    pub const ALL: [Self; 13] = [
        Self::New,
        Self::Waiting,
        Self::Approved,
        Self::Held,
        Self::Rejected,
        Self::Merged,
        Self::Withdrawn,
        Self::Agenda,
        Self::Answered,
        Self::Promised,
        Self::Deflected,
        Self::NotReached,
        Self::Done,
    ];

    /// The id that stands in exports and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Merged => "merged",
            Self::Withdrawn => "withdrawn",
            Self::Agenda => "agenda",
            Self::Answered => "answered",
            Self::Promised => "promised",
            Self::Deflected => "deflected",
            Self::NotReached => "not_reached",
            Self::Done => "done",
        }
    }

    /// Whether it counts as it is: nobody keeps it back, refused it or took it back, no approval is awaited, and it is no part of
    /// another.
    pub fn is_in(self) -> bool {
        match self {
            Self::New
            | Self::Approved
            | Self::Agenda
            | Self::Answered
            | Self::Promised
            | Self::Deflected
            | Self::NotReached
            | Self::Done => true,
            Self::Waiting | Self::Held | Self::Rejected | Self::Merged | Self::Withdrawn => false,
        }
    }

    /// Whether it can still be decided about freely.
    pub fn is_before_the_meeting(self) -> bool {
        match self {
            Self::New | Self::Waiting | Self::Approved | Self::Held | Self::Agenda => true,
            Self::Rejected
            | Self::Merged
            | Self::Withdrawn
            | Self::Answered
            | Self::Promised
            | Self::Deflected
            | Self::NotReached
            | Self::Done => false,
        }
    }

    /// Whether a meeting has dealt with it.
    pub fn was_dealt_with(self) -> bool {
        self.is_in() && !self.is_before_the_meeting()
    }

    /// The status with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.id() == id)
    }

    /// The same, where the promises that were made about it stand so: what was promised is done once all of it was kept. That is stored
    /// nowhere, since it follows from what organisations say.
    #[must_use]
    pub fn given(self, promises: &[Standing]) -> Self {
        let kept = |standing: &Standing| *standing == Standing::Kept;
        if self == Self::Promised && !promises.is_empty() && promises.iter().all(kept) {
            Self::Done
        } else {
            self
        }
    }
}

/// A submitted concern. What was said in it before, and about it since, stands beside it as [`Past`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concern {
    /// Counted: a later concern has a higher id.
    pub id: u64,
    /// What its author holds in hand.
    pub receipt: Receipt,
    /// The organisation that raises it.
    pub organisation: u64,
    /// The person who wrote it, by internal number; 0 once they were forgotten.
    pub author: u64,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// Who may read it.
    pub disclosure: Disclosure,
    /// Everything that was answered; nothing once it was withdrawn.
    pub answers: Answers,
    /// Whether its author had joined by an invitation: then the organisation counts as verified here.
    #[serde(default)]
    pub vouched: bool,
    /// The concern that it is part of now, where that is known.
    #[serde(default)]
    pub into: Option<u64>,
    /// Where it stood before it became part of that one.
    #[serde(default)]
    pub before: Option<Status>,
    /// Why it was refused, in the organisers' words.
    #[serde(default)]
    pub reason: Option<String>,
    /// When it stopped waiting for its organisation's approval, if it did.
    #[serde(default)]
    pub let_in_at: Option<Timestamp>,
    /// How many [`Past`] records it has.
    #[serde(default)]
    pub past: u32,
    /// The organisers' question that its author has not answered yet, by its place in the past.
    #[serde(default)]
    pub open_question: Option<u32>,
    /// The meeting that has dealt with it, while it stands where a meeting brought it; of what was refused or taken back before another meeting
    /// took its place, the one until then.
    #[serde(default)]
    pub dealt_with_at: Option<u64>,
    /// The concern of an earlier meeting from which its author carried it over.
    #[serde(default)]
    pub carried_from: Option<u64>,
    /// When its author began to write it: in a backup from before it was submitted its words stand in a draft that is known by this. Nothing
    /// once it was withdrawn.
    #[serde(default)]
    pub begun_at: Option<Timestamp>,
}

/// One thing that stands beside a concern, in the order in which it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    /// What it said before an edit.
    Version {
        /// When it was replaced.
        at: Timestamp,
        /// Who might read it.
        disclosure: Disclosure,
        /// Everything that was answered.
        answers: Answers,
    },
    /// What its author added after the deadline.
    Note {
        /// When.
        at: Timestamp,
        /// The words.
        text: String,
    },
    /// What the organisers asked, and what the author answered.
    Question {
        /// When it was asked.
        at: Timestamp,
        /// The question.
        text: String,
        /// The answer, and when it came.
        answer: Option<(Timestamp, String)>,
        /// The organiser who asked, by internal number; nobody if it came from the command line.
        #[serde(default)]
        by: Option<u64>,
    },
}

/// By what one sees that a concern is still as it was looked at: whoever decides on it decides on what they have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Where it stood.
    pub status: Status,
    /// How many [`Past`] records it had: each edit, note and question adds one.
    pub past: u32,
    /// Whether its author was asked something and had not answered: an answer adds no record.
    #[serde(default)]
    pub asked: bool,
}

/// An organisation's support for a concern of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endorsement {
    /// The concern.
    pub concern: u64,
    /// The organisation.
    pub organisation: u64,
    /// The member who said so, by internal number; nobody once they were forgotten.
    pub person: Option<u64>,
    /// When.
    pub at: Timestamp,
}

impl Concern {
    /// One that was just submitted and about which nobody has said anything yet.
    pub fn new(
        id: u64,
        receipt: Receipt,
        organisation: u64,
        author: u64,
        submitted_at: Timestamp,
        answers: Answers,
    ) -> Self {
        Self {
            id,
            receipt,
            organisation,
            author,
            submitted_at,
            status: Status::New,
            disclosure: Disclosure::of(&answers),
            answers,
            vouched: false,
            into: None,
            before: None,
            reason: None,
            let_in_at: None,
            past: 0,
            open_question: None,
            dealt_with_at: None,
            carried_from: None,
            begun_at: None,
        }
    }

    /// As it is now.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            status: self.status,
            past: self.past,
            asked: self.open_question.is_some(),
        }
    }

    /// Whether its author may still take it back: it has not been taken back yet.
    pub fn may_be_withdrawn(&self) -> bool {
        self.status != Status::Withdrawn
    }

    /// Whether its author may change what it says: nobody has decided on it or built on it.
    pub fn may_be_edited(&self) -> bool {
        self.status.is_before_the_meeting() && self.status != Status::Agenda
    }

    /// Whether others can become part of it while this meeting is known: what an earlier one dealt with is no matter of this one any more.
    pub fn may_take_parts(&self, meeting: Option<u64>) -> bool {
        self.status.is_in() && self.dealt_with_at.is_none_or(|by| Some(by) == meeting)
    }

    /// The same once its organisation need not be waited for; nothing if it does not wait.
    pub fn let_in(self, now: Timestamp) -> Option<Self> {
        (self.status == Status::Waiting).then_some(Self {
            status: Status::New,
            let_in_at: Some(now),
            ..self
        })
    }

    /// When it came before the organisers: was submitted, or stopped waiting.
    pub fn came_at(&self) -> Timestamp {
        self.let_in_at.unwrap_or(self.submitted_at)
    }

    /// What is left of it once it is withdrawn: that it was there, never what it said. Its past, files and endorsements
    /// are to be deleted with it.
    pub fn withdrawn(self) -> Self {
        Self {
            status: Status::Withdrawn,
            answers: Answers::default(),
            into: None,
            before: None,
            reason: None,
            past: 0,
            open_question: None,
            carried_from: None,
            begun_at: None,
            ..self
        }
    }
}
