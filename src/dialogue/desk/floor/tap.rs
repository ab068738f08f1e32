//! The buttons with which a meeting is logged, and how button data says them.
//!
//! They count on whichever message they stand: with a bad connection several may be tapped before an answer comes. So each says which
//! meeting and item it is about, and how many entries of the log its screen showed.

use crate::dialogue::organising::floor::{Mark, OnFloor};
use crate::domain::Side;

/// A button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorTap {
    /// The meeting.
    pub meeting: u64,
    /// How many entries the screen showed.
    pub seen: u64,
    /// What it does.
    pub what: Tapped,
}

/// What a button does. Concerns are named by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tapped {
    /// This concern is spoken of.
    Open(u64),
    /// It was answered.
    Answered(u64),
    /// Something was promised; what is asked for.
    Promised(u64),
    /// The answer was evaded.
    Deflected(u64),
    /// There was no time for it.
    NotReached(u64),
    /// This side speaks.
    Speaks(Side),
    /// Nobody's time is counted.
    Stop,
    /// What stands at this place does not count.
    Undo(u64),
}

impl Tapped {
    /// What is logged; nothing where words are to be asked for first.
    pub(super) fn mark(self) -> Option<Mark> {
        Some(match self {
            Self::Promised(_) => return None,
            Self::Open(id) => Mark::Open(id),
            Self::Answered(id) => Mark::Answered(id),
            Self::Deflected(id) => Mark::Deflected(id),
            Self::NotReached(id) => Mark::NotReached(id),
            Self::Speaks(side) => Mark::Speaks(side),
            Self::Stop => Mark::Stop,
            Self::Undo(place) => Mark::Undo(place),
        })
    }
}

impl FloorTap {
    /// One of each, for whoever looks at them all.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Tapped::Open(3),
            Tapped::Answered(3),
            Tapped::Promised(3),
            Tapped::Deflected(3),
            Tapped::NotReached(3),
            Tapped::Speaks(Side::Organisations),
            Tapped::Speaks(Side::Authority),
            Tapped::Stop,
            Tapped::Undo(3),
        ]
        .into_iter()
        .map(|what| Self {
            meeting: 1,
            seen: 2,
            what,
        })
    }

    /// What is logged by whoever has seen what the button's screen showed.
    pub(super) fn order(self, what: Mark) -> OnFloor {
        OnFloor {
            meeting: self.meeting,
            seen: self.seen,
            what,
        }
    }

    /// As button data says it.
    pub fn write(self) -> String {
        let (verb, id) = match self.what {
            Tapped::Open(id) => ("open", id),
            Tapped::Answered(id) => ("answered", id),
            Tapped::Promised(id) => ("promised", id),
            Tapped::Deflected(id) => ("deflected", id),
            Tapped::NotReached(id) => ("not-reached", id),
            Tapped::Speaks(Side::Organisations) => ("organisations", 0),
            Tapped::Speaks(Side::Authority) => ("authority", 0),
            Tapped::Stop => ("stop", 0),
            Tapped::Undo(place) => ("undo", place),
        };
        format!("{}.{}.{verb}.{id}", self.meeting, self.seen)
    }

    /// The one that is said so.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let meeting = parts.next()?.parse().ok()?;
        let seen = parts.next()?.parse().ok()?;
        let verb = parts.next()?;
        let id: u64 = parts.next()?.parse().ok()?;
        let what = match verb {
            "open" => Tapped::Open(id),
            "answered" => Tapped::Answered(id),
            "promised" => Tapped::Promised(id),
            "deflected" => Tapped::Deflected(id),
            "not-reached" => Tapped::NotReached(id),
            "organisations" => Tapped::Speaks(Side::Organisations),
            "authority" => Tapped::Speaks(Side::Authority),
            "stop" => Tapped::Stop,
            "undo" => Tapped::Undo(id),
            _ => return None,
        };
        let tap = Self {
            meeting,
            seen,
            what,
        };
        // One button has one spelling.
        (tap.write() == text).then_some(tap)
    }
}
