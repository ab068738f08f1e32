//! The meeting with the authority: what is known of it, and what an organisation answered to it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Localised;

/// The meeting that is being prepared, or the last one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Counted: a later meeting has a higher id.
    pub id: u64,
    /// What it is called.
    pub title: Localised,
    /// When it is, in its time zone: one day if that is fixed, the candidates in order if not.
    pub days: Vec<Day>,
    /// Where it is, once that is known.
    pub place: Option<Localised>,
    /// Until when concerns are taken.
    pub deadline: Option<Timestamp>,
    /// How many people fit in.
    pub capacity: Option<u32>,
    /// How many people an organisation may send.
    pub people_at_most: Option<u32>,
    /// Its time zone by its IANA name, if it is not the forum's.
    #[serde(default)]
    pub zone: Option<String>,
}

/// A day on which the meeting is or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// When it begins, once that is known.
    pub time: Option<Time>,
}

/// What an organisation answered to an invitation to a meeting: the latest answer of any of its members counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rsvp {
    /// The meeting.
    pub meeting: u64,
    /// The organisation.
    pub organisation: u64,
    /// The member who answered last, by internal number; nobody once they were forgotten.
    pub person: Option<u64>,
    /// When.
    pub at: Timestamp,
    /// How many people would come, by day; 0 for not coming. A day that is not here was not asked about.
    pub people: BTreeMap<Date, u32>,
}

impl Meeting {
    /// Its time zone, where this is the forum's.
    pub fn zone(&self, forum: &TimeZone) -> TimeZone {
        let own = self.zone.as_deref().map(TimeZone::get);
        own.and_then(Result::ok).unwrap_or_else(|| forum.clone())
    }

    /// Whether it is settled on which day it is.
    pub fn is_fixed(&self) -> bool {
        self.days.len() == 1
    }

    /// Whether concerns are no longer taken.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    /// Whether its last possible day has passed, in its time zone, where this is the forum's.
    pub fn is_over(&self, now: Timestamp, forum: &TimeZone) -> bool {
        self.ends_at(forum).is_some_and(|end| end <= now)
    }

    /// When its last possible day ends, in its time zone, where this is the forum's: the first instant of the next one. Nothing
    /// while no day is known.
    pub fn ends_at(&self, forum: &TimeZone) -> Option<Timestamp> {
        let next = self.days.last()?.date.tomorrow().ok()?;
        // At noon no clock is changed; a day may begin later than at midnight.
        let noon = next.at(12, 0, 0, 0).to_zoned(self.zone(forum)).ok()?;
        Some(noon.start_of_day().ok()?.timestamp())
    }
}

impl Rsvp {
    /// Whether they come on some day.
    pub fn is_coming(&self) -> bool {
        self.people.values().any(|people| *people > 0)
    }
}
