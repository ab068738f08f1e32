//! The floor log: what is spoken of, for how long, and what comes of it.
//!
//! Guarantees: nothing that another organiser has logged about the same is passed over: whoever has not seen it is refused, and may
//! look again. What is logged already is not logged twice. What comes of a concern is where it stands from then on, and its author
//! hears, as do those of what is part of it; so they do when that is taken back, and it stands where it stood before.

use serde::{Deserialize, Serialize};

use super::promise::{self, Promised};
use super::{By, Done, Refused, concern, note};
use crate::dialogue::{Change, Moment, Notice, World};
use crate::domain::floor::{Floor, Subject, by_others, entry_at, subject};
use crate::domain::{Act, Concern, Deed, FloorDeed, FloorEntry, FloorOutcome, Side};
use crate::text::Forum;

/// The longest that a side speaks about one thing, in seconds: a day.
pub const LONGEST: u64 = 24 * 60 * 60;

/// Something that is logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnFloor {
    /// The meeting.
    pub meeting: u64,
    /// How many entries of its log whoever logs it has seen.
    pub seen: u64,
    /// What.
    pub what: Mark,
}

/// What can be logged. Concerns are named by their ids; none stands for the time in which no item is spoken of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// This concern is spoken of.
    Open(u64),
    /// It was answered.
    Answered(u64),
    /// This was promised about it.
    Promised(u64, Promised),
    /// The answer was evaded.
    Deflected(u64),
    /// There was no time for it.
    NotReached(u64),
    /// This side speaks.
    Speaks(Side),
    /// Nobody's time is counted.
    Stop,
    /// While this was spoken of, this side has spoken for so many seconds.
    Spoke(Option<u64>, Side, u64),
    /// What stands at this place of the log does not count.
    Undo(u64),
}

impl Mark {
    /// What comes of which concern, but for what is promised: that has words.
    fn outcome(&self) -> Option<(u64, FloorOutcome)> {
        match self {
            Self::Answered(id) => Some((*id, FloorOutcome::Answered)),
            Self::Deflected(id) => Some((*id, FloorOutcome::Deflected)),
            Self::NotReached(id) => Some((*id, FloorOutcome::NotReached)),
            Self::Promised(..)
            | Self::Open(_)
            | Self::Speaks(_)
            | Self::Stop
            | Self::Spoke(..)
            | Self::Undo(_) => None,
        }
    }
}

/// What would become of something that is to be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing: it is so already.
    Already,
    /// Somebody else has logged something about the same since.
    Disputed,
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
pub fn look(order: &OnFloor, person: Option<u64>, world: &dyn World) -> Look {
    let (log, floor) = known(order.meeting, world);
    let came = order.what.outcome();
    let (is_so, about) = match &order.what {
        Mark::Open(id) => (floor.item == Some(*id), Some(Subject::Item)),
        Mark::Answered(id) | Mark::Deflected(id) | Mark::NotReached(id) => {
            let is_so = floor.outcome(*id) == came.map(|(_, outcome)| outcome);
            (is_so, Some(Subject::Outcome(*id)))
        }
        // The same promise twice is no rare thing; whoever meant it once sees both.
        Mark::Promised(id, _) => (false, Some(Subject::Outcome(*id))),
        Mark::Speaks(side) => {
            let speaks = floor.speaks.map(|(speaks, _)| speaks);
            (speaks == Some(*side), Some(Subject::Clock))
        }
        Mark::Stop => (floor.speaks.is_none(), Some(Subject::Clock)),
        Mark::Spoke(item, side, _) => (false, Some(Subject::Time(*item, *side))),
        Mark::Undo(place) => {
            let undone = FloorDeed::Undone(*place);
            let is_so = log.iter().any(|entry| entry.what == undone);
            (is_so, subject(&log, undone))
        }
    };
    if is_so {
        return Look::Already;
    }
    match about.and_then(|about| by_others(&log, order.seen, person, about)) {
        Some(_) => Look::Disputed,
        None => Look::Fresh,
    }
}

pub(super) fn log(
    order: OnFloor,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    moment: Moment,
) -> Result<Done, Refused> {
    let meeting = world.meeting().ok_or(Refused::NoMeeting)?;
    if meeting.id != order.meeting {
        return Err(Refused::FloorChanged);
    }
    match look(&order, by.number(), world) {
        Look::Already => return Ok(Done::default()),
        Look::Disputed => return Err(Refused::FloorChanged),
        Look::Fresh => {}
    }
    let (log, floor) = known(order.meeting, world);
    let mut done = Done::default();
    let came = order.what.outcome();
    let what = match order.what {
        Mark::Open(id) => {
            on_floor(id, by, world)?;
            FloorDeed::Opened(id)
        }
        Mark::Answered(id) | Mark::Deflected(id) | Mark::NotReached(id) => {
            let concern = on_floor(id, by, world)?;
            let (was, outcome) = (concern.status, came.ok_or(Refused::NotAllowed)?.1);
            done.notices = stands(concern, outcome, &floor, by, forum, world)?;
            FloorDeed::Outcome(id, outcome, was)
        }
        Mark::Promised(id, promised) => {
            let concern = on_floor(id, by, world)?;
            promise::check(&promised)?;
            let (was, outcome) = (concern.status, FloorOutcome::Promised(0));
            done.notices = stands(concern, outcome, &floor, by, forum, world)?;
            let promised = Promised {
                concern: Some(id),
                meeting: Some(order.meeting),
                ..promised
            };
            let Done { made, notices, .. } = promise::make(promised, by, forum, world, moment.now)?;
            done.notices.extend(notices);
            done.made = made;
            FloorDeed::Outcome(id, FloorOutcome::Promised(made.unwrap_or_default()), was)
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
            done.notices = undo(entry, &floor, by, forum, world)?;
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
        at: moment.now,
        by: by.number(),
        what,
    }));
    Ok(done)
}

/// A concern stands where this brings it; where it stood there before, nobody is told again.
fn stands(
    concern: Concern,
    outcome: FloorOutcome,
    floor: &Floor,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<Vec<Notice>, Refused> {
    if concern.status == outcome.status() {
        return Ok(Vec::new());
    }
    let corrects = floor.outcomes.contains_key(&concern.id);
    concern::came(concern, outcome.status(), corrects, by, forum, world)
}

/// Everything is as it was before this entry: a concern stands where it stood, a promise is taken back.
fn undo(
    entry: &FloorEntry,
    floor: &Floor,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<Vec<Notice>, Refused> {
    let (id, outcome, was) = match entry.what {
        FloorDeed::Outcome(id, outcome, was) => (id, outcome, was),
        FloorDeed::Opened(_) | FloorDeed::Speaks(_) | FloorDeed::Stopped | FloorDeed::Spoke(..) => {
            return Ok(Vec::new());
        }
        FloorDeed::Undone(_) => return Err(Refused::FloorChanged),
    };
    // What was replaced since is undone after what replaced it.
    if floor.outcomes.get(&id) != Some(entry) {
        return Err(Refused::FloorChanged);
    }
    if let FloorOutcome::Promised(promised) = outcome
        && let Some(known) = world.promise(promised)
    {
        // What was changed or asked about since is more than a wrong tap.
        if known.version != 1 || !known.asked.is_empty() {
            return Err(Refused::PromiseStands);
        }
        promise::take_back(promised, by, world);
    }
    // It may have been withdrawn since, or be done by now.
    let concern = world.concern(id);
    match concern.filter(|known| known.status == outcome.status() && known.status != was) {
        Some(concern) => concern::came(concern, was, true, by, forum, world),
        None => Ok(Vec::new()),
    }
}

/// The concern, if it can be spoken of at the meeting.
fn on_floor(id: u64, by: By, world: &dyn World) -> Result<Concern, Refused> {
    let concern = world.concern(id).ok_or(Refused::NotOnAgenda)?;
    if !Act::Floor.fits(concern.status) || !concern.disclosure.lets_others_read() {
        return Err(Refused::NotOnAgenda);
    }
    by.may(Act::Floor, Some(concern.status))?;
    Ok(concern)
}
