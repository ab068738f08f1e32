//! What stays of a meeting once the next one has taken its place, or everything about people is erased: that it was, and how much there was
//! of everything.
//!
//! Guarantees: it holds the meeting's title, days and place, which everybody knew, and numbers. Each number counts along one
//! line, by topic or by place or by status, never where two of them meet.
//!
//! It does hold small numbers, as the organisers' edition of a digest shows them: "1" beside a place says that one concern
//! spoke of it. Whoever has the disk and its key reads that; what was said and who said it is nowhere to be found. The shared
//! edition folds such cells; nothing here may be handed out without that.
//!
//! Must never: hold a name but the meeting's, a word that anybody wrote about a concern, a receipt, or the id of a person, an
//! organisation or a concern.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Day, Localised, Sides, Status};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Archive {
    /// Counted.
    pub id: u64,
    /// The meeting's id; nothing if none was known.
    pub meeting: Option<u64>,
    /// What it was called; empty if none was known.
    pub title: Localised,
    /// When it was: one day, or the candidates if none was ever fixed.
    pub days: Vec<Day>,
    /// Where it was, if that was known.
    pub place: Option<Localised>,
    /// Its time zone by its IANA name, if it was not the forum's.
    pub zone: Option<String>,
    /// When it was counted.
    #[serde(alias = "erased_at")]
    pub counted_at: Timestamp,
    /// What became of everything that was received.
    pub totals: Totals,
    /// Concerns that stood for themselves, by the topic's id.
    pub topics: BTreeMap<String, u64>,
    /// The same by the place's id.
    pub places: BTreeMap<String, u64>,
    /// The same by the id of how urgent they were, of those that said so.
    pub urgencies: BTreeMap<String, u64>,
    /// All concerns, by where they stood.
    pub statuses: BTreeMap<Status, u64>,
    /// Organisations that raised something and did not take it back.
    pub raised: u64,
    /// Organisations that stood behind something that another raised.
    pub backed: u64,
    /// Organisations for which somebody spoke.
    pub joined: u64,
    /// People who spoke for an organisation.
    pub people: u64,
    /// Who said that they come, by day.
    pub coming: BTreeMap<Date, Coming>,
    /// How often something was announced.
    pub announcements: u64,
    /// What came of what was spoken of at the meeting, as its floor log says: how many of each.
    pub outcomes: BTreeMap<Status, u64>,
    /// For how many seconds each side spoke there.
    pub spoken: Sides<u64>,
}

/// What became of everything that was received, as a digest counts it: `received` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// All.
    pub received: u64,
    /// In the digest.
    pub included: u64,
    /// Part of another one.
    pub merged: u64,
    /// Taken back.
    pub withdrawn: u64,
    /// Kept back by the organisers, or waiting for the organisation's approval.
    pub held: u64,
    /// Refused.
    pub rejected: u64,
    /// Not for the digest's edition; of an archive none, which counts as the organisers' edition does.
    pub withheld: u64,
}

/// How many said that they come on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coming {
    /// Organisations.
    pub organisations: u64,
    /// People.
    pub people: u64,
}
