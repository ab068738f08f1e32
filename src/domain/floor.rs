//! The floor log: what happened at a meeting, as organisers tapped it on the day.
//!
//! Guarantees: entries are only ever added. Which item is spoken of, how long each side has spoken and what came of each concern
//! follow from them alone ([`Floor::of`]), so a clock that runs survives whatever the program does not. Who takes an entry back adds
//! another, and everything is as if the first had never been.
//!
//! An entry says when it came in: Telegram does not tell when a button was pressed. Entries count in the order in which they came.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Status;
use super::agenda::Sides;

/// Something that an organiser logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorEntry {
    /// The meeting.
    pub meeting: u64,
    /// Its place in the meeting's log, from 0.
    pub place: u64,
    /// When it came in.
    pub at: Timestamp,
    /// Who logged it, by internal number; nobody for the command line.
    pub by: Option<u64>,
    /// What.
    pub what: FloorDeed,
}

/// What can be logged. Concerns are named by their ids; none stands for the time in which no item is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorDeed {
    /// This concern is spoken of from here on.
    Opened(u64),
    /// This came of a concern, which stood there before.
    Outcome(u64, FloorOutcome, Status),
    /// This side speaks from here on, and the other does not.
    Speaks(Side),
    /// Nobody's time is counted from here on.
    Stopped,
    /// While this was spoken of, this side has spoken for so many seconds until here.
    Spoke(Option<u64>, Side, u64),
    /// What stands at this place does not count.
    Undone(u64),
}

/// What came of a concern at the meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorOutcome {
    /// It was answered.
    Answered,
    /// Something was promised: the promise's id.
    Promised(u64),
    /// It was raised, and the answer was evaded.
    Deflected,
    /// There was no time for it.
    NotReached,
}

/// A side of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Those who raise concerns.
    Organisations,
    /// Those who are to answer.
    Authority,
}

/// What an entry is about: whoever taps must have seen what others logged about the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Which item is spoken of.
    Item,
    /// Who speaks.
    Clock,
    /// How long a side has spoken while something was spoken of.
    Time(Option<u64>, Side),
    /// What came of a concern.
    Outcome(u64),
}

/// What a log says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// How many entries there are, those included that were undone.
    pub seen: u64,
    /// The concern that is spoken of.
    pub item: Option<u64>,
    /// Who speaks, and since when nothing was added to their time.
    pub speaks: Option<(Side, Timestamp)>,
    /// What came of each concern: the entry that counts.
    pub outcomes: BTreeMap<u64, FloorEntry>,
    /// The newest entry that counts.
    pub last: Option<FloorEntry>,
    /// Seconds.
    spoken: BTreeMap<(Option<u64>, Side), u64>,
}

impl FloorOutcome {
    /// Where a concern stands of which this came.
    pub fn status(self) -> Status {
        match self {
            Self::Answered => Status::Answered,
            Self::Promised(_) => Status::Promised,
            Self::Deflected => Status::Deflected,
            Self::NotReached => Status::NotReached,
        }
    }
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Organisations, Self::Authority];

    /// Its part of something that each side has one of.
    pub fn of<T: Copy>(self, sides: &Sides<T>) -> T {
        match self {
            Self::Organisations => sides.organisations,
            Self::Authority => sides.authority,
        }
    }
}

impl FloorDeed {
    /// What it is about; nothing for what undoes another, which is about the same as that one ([`subject`]).
    fn subject(self) -> Option<Subject> {
        match self {
            Self::Opened(_) => Some(Subject::Item),
            Self::Speaks(_) | Self::Stopped => Some(Subject::Clock),
            Self::Spoke(item, side, _) => Some(Subject::Time(item, side)),
            Self::Outcome(concern, _, _) => Some(Subject::Outcome(concern)),
            Self::Undone(_) => None,
        }
    }
}

/// The entry at this place of a log.
pub fn entry_at(log: &[FloorEntry], place: u64) -> Option<&FloorEntry> {
    log.iter().find(|entry| entry.place == place)
}

/// What an entry of this log is about.
pub fn subject(log: &[FloorEntry], what: FloorDeed) -> Option<Subject> {
    match what {
        FloorDeed::Undone(place) => entry_at(log, place)?.what.subject(),
        FloorDeed::Opened(_)
        | FloorDeed::Outcome(..)
        | FloorDeed::Speaks(_)
        | FloorDeed::Stopped
        | FloorDeed::Spoke(..) => what.subject(),
    }
}

/// The newest entry about this that came after so many had been seen, from anybody but this person.
pub fn by_others(
    log: &[FloorEntry],
    seen: u64,
    person: Option<u64>,
    about: Subject,
) -> Option<&FloorEntry> {
    let newer = log.iter().rev().take_while(|entry| entry.place >= seen);
    newer
        .filter(|entry| entry.by != person)
        .find(|entry| subject(log, entry.what) == Some(about))
}

impl Floor {
    /// What this log, in its order, says.
    pub fn of(log: &[FloorEntry]) -> Self {
        let undone: BTreeSet<u64> = log
            .iter()
            .filter_map(|entry| match entry.what {
                FloorDeed::Undone(place) => Some(place),
                FloorDeed::Opened(_)
                | FloorDeed::Outcome(..)
                | FloorDeed::Speaks(_)
                | FloorDeed::Stopped
                | FloorDeed::Spoke(..) => None,
            })
            .collect();
        let mut floor = Self {
            seen: log.last().map_or(0, |entry| entry.place.saturating_add(1)),
            ..Self::default()
        };
        for entry in log {
            if !undone.contains(&entry.place) {
                floor.add(entry);
            }
        }
        floor
    }

    fn add(&mut self, entry: &FloorEntry) {
        match entry.what {
            // That it undoes something was looked at before.
            FloorDeed::Undone(_) => return,
            FloorDeed::Opened(concern) => {
                self.bank(entry.at);
                self.item = Some(concern);
            }
            FloorDeed::Outcome(concern, _, _) => {
                self.outcomes.insert(concern, entry.clone());
            }
            FloorDeed::Speaks(side) => {
                self.bank(entry.at);
                self.speaks = Some((side, entry.at));
            }
            FloorDeed::Stopped => {
                self.bank(entry.at);
                self.speaks = None;
            }
            FloorDeed::Spoke(item, side, seconds) => {
                self.bank(entry.at);
                self.spoken.insert((item, side), seconds);
            }
        }
        self.last = Some(entry.clone());
    }

    /// Adds up what was spoken until now.
    fn bank(&mut self, now: Timestamp) {
        if let Some((side, since)) = self.speaks {
            *self.spoken.entry((self.item, side)).or_default() += seconds(since, now);
            self.speaks = Some((side, now));
        }
    }

    /// Whether anything of it counts.
    pub fn has_begun(&self) -> bool {
        self.last.is_some()
    }

    /// What came of a concern.
    pub fn outcome(&self, concern: u64) -> Option<FloorOutcome> {
        match self.outcomes.get(&concern)?.what {
            FloorDeed::Outcome(_, outcome, _) => Some(outcome),
            FloorDeed::Opened(_)
            | FloorDeed::Speaks(_)
            | FloorDeed::Stopped
            | FloorDeed::Spoke(..)
            | FloorDeed::Undone(_) => None,
        }
    }

    /// For how many seconds this side has spoken until now while this was spoken of; without what runs, if no time is given.
    pub fn spoken(&self, item: Option<u64>, side: Side, now: Option<Timestamp>) -> u64 {
        let kept = self.spoken.get(&(item, side)).copied().unwrap_or_default();
        let running = self.speaks.filter(|(speaks, _)| *speaks == side);
        let running = running.filter(|_| self.item == item).zip(now);
        kept.saturating_add(running.map_or(0, |((_, since), now)| seconds(since, now)))
    }

    /// For how many seconds each side has spoken in all, as [`Floor::spoken`] counts them.
    pub fn in_all(&self, now: Option<Timestamp>) -> Sides<u64> {
        let items: BTreeSet<Option<u64>> = self.spoken.keys().map(|(item, _)| *item).collect();
        let items: BTreeSet<Option<u64>> = items.into_iter().chain([self.item]).collect();
        let all = |side| items.iter().map(|item| self.spoken(*item, side, now)).sum();
        Sides {
            organisations: all(Side::Organisations),
            authority: all(Side::Authority),
        }
    }
}

/// Whole seconds from one instant to a later one; none where the clock was set back. Parts of a stretch add up to the whole.
fn seconds(since: Timestamp, now: Timestamp) -> u64 {
    let seconds = now.as_second().saturating_sub(since.as_second());
    u64::try_from(seconds).unwrap_or_default()
}
