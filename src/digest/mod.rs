//! From the records to a [`Digest`]: what is in it, in which edition, grouped, ranked, counted, reconciled.
//!
//! Disclosure and review are enforced here and nowhere else: what an edition must not show is not in the value (nor in its
//! type: [`readers`]), so no renderer can show it.

mod changes;
mod counts;
mod figures;
mod freeze;
pub mod frozen;
pub(crate) mod hex;
mod make;
pub mod merkle;
pub mod paper;
pub mod readers;
mod records;
mod request;
mod scores;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

pub use crate::domain::archive::Totals;
use crate::domain::{Disclosure, Localised, Meeting, Status};
pub use changes::{Before, Changes, Place};
pub use figures::{Figures, figures};
pub use freeze::make_frozen;
use frozen::Hash;
pub use make::{make, tally};
pub use readers::{Beside, Reader};
pub use records::Records;
pub use request::{Edition, Filter, Format, Part, Request, Since};
pub use scores::{Kept, Scored};

/// A digest for these readers.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest<R: Reader> {
    /// Its number, once it is frozen.
    pub number: Option<u32>,
    /// Its fingerprint, once it is frozen.
    pub fingerprint: Option<Hash>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Of what it is.
    pub filter: Filter,
    /// The meeting, once something is known of it.
    pub meeting: Option<Meeting>,
    /// What became of what was promised, meeting by meeting, the newest first; nothing in a selection.
    pub scores: Vec<Scored>,
    /// What became of everything that was received.
    pub totals: Totals,
    /// Included concerns by topic, place and urgency.
    pub counts: Counts,
    /// How many of the included concerns came when, the earliest first; nothing where that would single somebody out.
    pub trend: Vec<Period>,
    /// The digest before, of the same edition and selection.
    pub before: Option<Before>,
    /// The included concerns: by topic, in each by the organisations behind them, then by age.
    pub concerns: Vec<Entry<R>>,
    /// Places, by id, of which no included concern speaks.
    pub silent_places: Vec<String>,
    whole: R::Whole,
}

/// How many concerns there are, by id; where people could be singled out, small cells are under `other`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// By topic.
    pub topic: BTreeMap<String, u64>,
    /// By place.
    pub place: BTreeMap<String, u64>,
    /// By urgency, of those that say so; in the shared edition those that do not are under `other` where they are few.
    pub urgency: BTreeMap<String, u64>,
}

/// How many concerns came in some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day, in the meeting's time zone.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many came.
    pub concerns: u64,
}

/// Who has been silent; for organisers only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// Organisations that joined and submitted nothing.
    pub organisations: Vec<Localised>,
    /// How many organisations of the registry never came.
    pub absent: u64,
}

/// One concern, reduced to what these readers may see; as JSON it is a concern of the schema `samleng-digest/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry<R> {
    /// Its running number in this digest, from 1.
    pub number: u64,
    /// Receipt and what stands beside it, for those who may see them.
    #[serde(flatten)]
    beyond: R,
    /// Where it stands.
    pub status: Status,
    /// The topic's id.
    pub topic: String,
    /// The place's id.
    pub place: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The story, piece by piece.
    pub story: Vec<Piece>,
    /// Who is affected.
    pub affected: Option<String>,
    /// What should be done.
    pub ask: Option<String>,
    /// How urgent, by id.
    pub urgency: Option<String>,
    /// Who may read it.
    pub disclosure: Disclosure,
    /// Who raises it, where the reader may know.
    pub organisation: Option<Named>,
    /// How many organisations stand behind it.
    pub behind: u64,
    /// Answers to the forum's own questions, by id.
    pub other: BTreeMap<String, String>,
}

/// Who raises a concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its name.
    #[serde(flatten)]
    pub name: Localised,
    /// Whether somebody vouches for it.
    pub verified: bool,
}

/// A piece of a story: what it says or is, without the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Piece {
    /// Written words.
    Text {
        /// The words.
        text: String,
    },
    /// A voice note.
    Voice {
        /// Its length in seconds.
        seconds: u32,
        /// What is said in it, once written down.
        transcript: Option<String>,
    },
    /// A photo.
    Photo,
    /// A document.
    Document,
}

impl<R: Reader> Digest<R> {
    /// For whom it is.
    pub fn edition(&self) -> Edition {
        R::EDITION
    }

    /// Who has been silent, for those who may know.
    pub fn silence(&self) -> Option<&Silence> {
        R::silence(&self.whole)
    }

    /// What became of each concern since the digest before, for those who may know.
    pub fn changes(&self) -> Option<&Changes> {
        R::changes(&self.whole)
    }
}

impl<R: Reader> Entry<R> {
    /// Its receipt, for those who may see it.
    pub fn receipt(&self) -> Option<crate::domain::Receipt> {
        self.beyond.receipt()
    }

    /// Notes, questions and answers, in order, for those who may see them.
    pub fn beside(&self) -> &[Beside] {
        self.beyond.beside()
    }
}
