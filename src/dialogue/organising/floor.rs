//! The floor log: what is spoken of, for how long, and what comes of it.
//!
//! Guarantees: nothing that another organiser has logged about the same is passed over: whoever has not seen it is refused, and may
//! look again. What is logged already is not logged twice. What comes of a concern is where it stands from then on, and its author
//! hears, as do those of what is part of it; so they do when that is taken back, and it stands where it stood before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{By, Done, Refused, concern, note};
use crate::dialogue::{Change, World};
use crate::domain::floor::{Floor, Subject, by_others, entry_at, subject};
use crate::domain::{Act, Concern, Deed, FloorDeed, FloorEntry, FloorOutcome, Side};
use crate::text::Forum;

/// The longest that a side speaks about one thing, in seconds: a day.
pub const LONGEST: u64 = 24 * 60 * 60;

/// Something that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnFloor {
    /// The meeting.
    pub meeting: u64,
    /// How many entries of its log whoever logs it has seen.
    pub seen: u64,
    /// What.
    pub what: Mark,
}

/// What can be logged. Concerns are named by their ids; none stands for the time in which no item is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// This concern is spoken of.
    Open(u64),
    /// This came of a concern.
    Outcome(u64, FloorOutcome),
    /// This side speaks.
    Speaks(Side),
    /// Nobody's time is counted.
    Stop,
    /// While this was spoken of, this side has spoken for so many seconds.
    Spoke(Option<u64>, Side, u64),
    /// What stands at this place of the log does not count.
    Undo(u64),
}

/// What would become of something that is to be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing: it is so already.
    Already,
    /// Somebody else has logged this about the same since.
    Disputed(FloorEntry),
    /// It is logged.
    Fresh,
}

/// The log of a meeting, and what it says.
pub fn known(meeting: u64, world: &dyn World) -> (Vec<FloorEntry>, Floor) {
    let log = world.floor(meeting);
    let floor = Floor::of(&log);
    (log, floor)
}

/// What would become of it if this person, or the command line, logged it.
pub fn look(order: OnFloor, person: Option<u64>, world: &dyn World) -> Look {
    let (log, floor) = known(order.meeting, world);
    let about = match order.what {
        Mark::Open(concern) if floor.item == Some(concern) => return Look::Already,
        Mark::Open(_) => Some(Subject::Item),
        Mark::Outcome(concern, outcome) if floor.outcome(concern) == Some(outcome) => {
            return Look::Already;
        }
        Mark::Outcome(concern, _) => Some(Subject::Outcome(concern)),
        Mark::Speaks(side) if floor.speaks.is_some_and(|(speaks, _)| speaks == side) => {
            return Look::Already;
        }
        Mark::Stop if floor.speaks.is_none() => return Look::Already,
        Mark::Speaks(_) | Mark::Stop => Some(Subject::Clock),
        Mark::Spoke(item, side, _) => Some(Subject::Time(item, side)),
        Mark::Undo(place) => {
            let undoes = |entry: &FloorEntry| entry.what == FloorDeed::Undone(place);
            if log.iter().any(undoes) {
                return Look::Already;
            }
            entry_at(&log, place).and_then(|entry| subject(&log, entry.what))
        }
    };
    let newer = about.and_then(|about| by_others(&log, order.seen, person, about));
    newer.map_or(Look::Fresh, |entry| Look::Disputed(entry.clone()))
}

pub(super) fn log(
    order: OnFloor,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let meeting = world.meeting().ok_or(Refused::NoMeeting)?;
    if meeting.id != order.meeting {
        return Err(Refused::FloorChanged);
    }
    match look(order, by.number(), world) {
        Look::Already => return Ok(Done::default()),
        Look::Disputed(_) => return Err(Refused::FloorChanged),
        Look::Fresh => {}
    }
    let (log, floor) = known(order.meeting, world);
    let mut done = Done::default();
    let what = match order.what {
        Mark::Open(id) => {
            on_floor(id, by, world)?;
            FloorDeed::Opened(id)
        }
        Mark::Outcome(id, outcome) => {
            let concern = on_floor(id, by, world)?;
            let corrects = floor.outcome(id).is_some();
            let what = FloorDeed::Outcome(id, outcome, concern.status);
            done.notices = concern::came(concern, outcome.status(), corrects, by, forum, world)?;
            what
        }
        Mark::Speaks(side) => FloorDeed::Speaks(side),
        Mark::Stop => FloorDeed::Stopped,
        Mark::Spoke(item, side, seconds) => {
            if seconds > LONGEST {
                return Err(Refused::NoTime);
            }
            note(world, by, Deed::MinutesCorrected(order.meeting));
            FloorDeed::Spoke(item, side, seconds)
        }
        Mark::Undo(place) => {
            let entry = entry_at(&log, place).ok_or(Refused::FloorChanged)?;
            match entry.what {
                FloorDeed::Outcome(id, outcome, was) => {
                    // What has been replaced since is undone with what replaced it.
                    if floor.outcomes.get(&id) != Some(entry) {
                        return Err(Refused::FloorChanged);
                    }
                    let concern = world.concern(id);
                    let concern = concern.filter(|known| known.status == outcome.status());
                    if let Some(concern) = concern.filter(|known| known.status != was) {
                        done.notices = concern::came(concern, was, true, by, forum, world)?;
                    }
                }
                FloorDeed::Opened(_)
                | FloorDeed::Speaks(_)
                | FloorDeed::Stopped
                | FloorDeed::Spoke(..) => {}
                FloorDeed::Undone(_) => return Err(Refused::FloorChanged),
            }
            note(world, by, Deed::FloorUndone(order.meeting));
            FloorDeed::Undone(place)
        }
    };
    if !floor.has_begun() {
        note(world, by, Deed::FloorBegun(order.meeting));
    }
    world.change(Change::Floor(FloorEntry {
        meeting: order.meeting,
        place: floor.seen,
        at: now,
        by: by.number(),
        what,
    }));
    Ok(done)
}

/// The concern, if it can be spoken of at the meeting.
fn on_floor(id: u64, by: By, world: &dyn World) -> Result<Concern, Refused> {
    let concern = world.concern(id).ok_or(Refused::NotOnAgenda)?;
    if !Act::Floor.fits(concern.status) {
        return Err(Refused::NotOnAgenda);
    }
    by.may(Act::Floor, Some(concern.status))?;
    Ok(concern)
}
