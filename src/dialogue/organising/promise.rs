//! Promises: written down on the floor or after it, changed, taken back.
//!
//! Guarantees: a promise is tied only to a concern about which something was promised, and belongs to the meeting that dealt with that.
//! Nothing is written down as due before its meeting. Whoever changes one or takes it back has seen
//! it as it is: if anything changed since, nothing happens. Who stands behind what it answers hears of one that is due after the erasure. One
//! that is taken back leaves nothing, and neither does what was said of it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{By, Done, Refused, note, words};
use crate::dialogue::screen::View;
use crate::dialogue::{Change, Notice, World, promising};
use crate::domain::concern::question;
use crate::domain::promise::Verdict;
use crate::domain::{Act, Concern, Day, Deed, Meeting, Promise};
use crate::text::Forum;
use crate::text::clean::clean_line;

/// Characters of what was promised.
pub const TEXT: usize = 600;
/// Characters of who is to do it.
pub const OWNER: usize = 120;

/// A decision about a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnPromise {
    /// This was promised at the meeting that is known. [`Done::made`] is the promise.
    Make(Promised),
    /// A promise, by id, says this instead.
    Change {
        /// Which.
        id: u64,
        /// The [`Promise::version`] that was shown.
        seen: u32,
        /// What it says from now on.
        promised: Promised,
    },
    /// This is what the organisers heard became of a promise, by id; nothing any more.
    Hear {
        /// Which.
        id: u64,
        /// The [`Promise::version`] that was shown.
        seen: u32,
        /// What they heard.
        heard: Option<Verdict>,
    },
    /// A promise, by id, was none.
    TakeBack {
        /// Which.
        id: u64,
        /// The [`Promise::version`] that was shown.
        seen: u32,
    },
}

/// What was promised, by whom, by when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promised {
    /// The concern that it answers, by id: one that stands at promised, or at done.
    pub concern: Option<u64>,
    /// The topic's id; that of the concern, if there is one.
    pub topic: String,
    /// What, in the organisers' words.
    pub text: String,
    /// Who is to do it: an office of the authority.
    pub owner: String,
    /// By when, if that was said.
    pub due: Option<Date>,
    /// The meeting at which it was promised, by id: the last one or the one that is known. If none is named, it is the one that dealt with
    /// the concern; without a concern the last one, until the next begins.
    #[serde(default)]
    pub meeting: Option<u64>,
}

impl Promised {
    /// What a promise says.
    pub fn of(promise: &Promise) -> Self {
        Self {
            concern: promise.concern,
            topic: promise.topic.clone(),
            text: promise.text.clone(),
            owner: promise.owner.clone(),
            due: promise.due,
            meeting: Some(promise.meeting),
        }
    }
}

pub(super) fn decide(
    order: OnPromise,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    match order {
        OnPromise::Make(promised) => make(promised, by, forum, world, now),
        OnPromise::Change { id, seen, promised } => {
            let was = shown(id, seen, world)?;
            let is = said(was.clone(), promised, by, forum, world)?;
            if is.due != was.due {
                is_ahead(&is)?;
            }
            let mut done = Done::default();
            if is != was {
                note(world, by, Deed::PromiseChanged(id));
                let version = was.version.saturating_add(1);
                let is = Promise { version, ..is };
                if (is.due, is.concern) != (was.due, was.concern) {
                    done.notices = told(&is, forum, world, now);
                }
                world.change(Change::Promise(is));
            }
            Ok(done)
        }
        OnPromise::Hear { id, seen, heard } => {
            let was = shown(id, seen, world)?;
            let today = was.today(now, &forum.config.settings.zone);
            if was.due.is_none_or(|due| today < due) {
                return Err(Refused::NotDue);
            }
            if was.heard != heard {
                note(world, by, Deed::PromiseHeard(id));
                let version = was.version.saturating_add(1);
                world.change(Change::Promise(Promise {
                    version,
                    heard,
                    ..was
                }));
            }
            Ok(Done::default())
        }
        OnPromise::TakeBack { id, seen } => {
            shown(id, seen, world)?;
            take_back(id, by, world);
            Ok(Done::default())
        }
    }
}

/// It was none.
pub(super) fn take_back(id: u64, by: By, world: &mut dyn World) {
    note(world, by, Deed::PromiseTakenBack(id));
    // Whoever is kept for it alone is not, then.
    promising::end(id, world);
    world.change(Change::NoPromise(id));
}

/// Whether its words can be kept.
pub(super) fn check(promised: &Promised) -> Result<(), Refused> {
    words(&promised.text, TEXT)?;
    owner(&promised.owner).map(drop)
}

/// Who is to do it, in a line.
fn owner(text: &str) -> Result<String, Refused> {
    let owner = clean_line(text);
    let length = owner.chars().count();
    if length > OWNER {
        return Err(Refused::TooLong(length, OWNER));
    }
    Ok(owner)
}

pub(super) fn make(
    promised: Promised,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let meeting = meeting_of(&promised, forum, world, now).ok_or(Refused::NoMeeting)?;
    let empty = Promise {
        id: 0,
        meeting: 0,
        title: Default::default(),
        held_on: None,
        zone: None,
        concern: None,
        topic: String::new(),
        text: String::new(),
        owner: String::new(),
        due: None,
        evidence: Vec::new(),
        made_at: now,
        version: 1,
        asked: Default::default(),
        counted: Default::default(),
        heard: None,
        followed_until: None,
    };
    let said = said(empty.at(&meeting), promised, by, forum, world)?;
    is_ahead(&said)?;
    let id = world.fresh_id();
    note(world, by, Deed::PromiseMade(id));
    let said = Promise { id, ..said };
    let notices = told(&said, forum, world, now);
    world.change(Change::Promise(said));
    Ok(Done {
        made: Some(id),
        notices,
        ..Done::default()
    })
}

/// Those behind it who hear of it.
fn told(promise: &Promise, forum: &Forum, world: &dyn World, now: Timestamp) -> Vec<Notice> {
    promising::tell_of_it(promise, View { forum, world, now })
}

/// Nothing is due before it was promised.
fn is_ahead(promise: &Promise) -> Result<(), Refused> {
    match (promise.due, promise.held_on) {
        (Some(due), Some(held_on)) if due < held_on => Err(Refused::DueBefore),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

/// The meetings at which something can have been promised, the last one first: at most two.
pub(in crate::dialogue) fn meetings(world: &dyn World) -> Vec<Meeting> {
    let past = world.past_meetings().pop();
    past.into_iter().chain(world.meeting()).collect()
}

/// To which meeting this belongs.
pub(in crate::dialogue) fn meeting_of(
    promised: &Promised,
    forum: &Forum,
    world: &dyn World,
    now: Timestamp,
) -> Option<Meeting> {
    let concern = promised.concern.and_then(|id| world.concern(id));
    let dealt_with = concern.and_then(|concern| concern.dealt_with_at);
    match promised.meeting.or(dealt_with) {
        Some(id) => held(id, world),
        None => usual(forum, world, now),
    }
}

/// To which one that belongs of which nothing else is said: the last one, until the next begins.
fn usual(forum: &Forum, world: &dyn World, now: Timestamp) -> Option<Meeting> {
    let zone = &forum.config.settings.zone;
    let has_begun = |meeting: &Meeting| {
        let today = now.to_zoned(meeting.zone(zone)).date();
        meeting.days.first().is_some_and(|day| day.date <= today)
    };
    let mut all = meetings(world);
    let next = all.pop()?;
    let last = all.pop().filter(|_| !has_begun(&next));
    Some(last.unwrap_or(next))
}

/// This meeting, as far as it is known: of one that was set before the last ones were kept, what was promised at it knows.
fn held(id: u64, world: &dyn World) -> Option<Meeting> {
    let known = world.past_meetings().into_iter().chain(world.meeting());
    if let Some(known) = known.into_iter().find(|known| known.id == id) {
        return Some(known);
    }
    let promised = world
        .promises()
        .into_iter()
        .find(|known| known.meeting == id)?;
    Some(Meeting {
        id,
        title: promised.title,
        days: Vec::from_iter(promised.held_on.map(|date| Day { date, time: None })),
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: promised.zone,
    })
}

/// The promise, if it is as it was shown.
fn shown(id: u64, seen: u32, world: &dyn World) -> Result<Promise, Refused> {
    let promise = world.promise(id).ok_or(Refused::NoPromise)?;
    if promise.version == seen {
        Ok(promise)
    } else {
        Err(Refused::PromiseChanged)
    }
}

/// The promise when it says this. Nothing is changed before all of it is known to be right.
fn said(
    promise: Promise,
    promised: Promised,
    by: By,
    forum: &Forum,
    world: &dyn World,
) -> Result<Promise, Refused> {
    let text = words(&promised.text, TEXT)?;
    let owner = owner(&promised.owner)?;
    let concern = match promised.concern {
        None => None,
        // What it was tied to may have been taken elsewhere since; the tie is no news then.
        Some(id) if promise.concern == Some(id) => world.concern(id),
        // What it answered was erased, and those who raised that can still say what became of it.
        Some(_) if promise.followed_until.is_some() => return Err(Refused::NotPromised),
        Some(id) => Some(tied(id, by, world)?),
    };
    let of_concern = concern
        .as_ref()
        .and_then(|known| known.answers.choice(question::TOPIC));
    let topic = of_concern.map_or(promised.topic, str::to_owned);
    let known = of_concern.is_some() || forum.config.topics.iter().any(|known| known.id == topic);
    // What is tied to another concern belongs to the meeting that dealt with that, unless one is named.
    let tied_anew = concern
        .as_ref()
        .filter(|known| promise.concern != Some(known.id));
    let dealt_with = tied_anew.and_then(|known| known.dealt_with_at);
    let meeting = promised.meeting.or(dealt_with);
    let promise = match meeting.filter(|id| *id != promise.meeting) {
        None => promise,
        Some(id) => promise.at(&held(id, world).ok_or(Refused::NoMeeting)?),
    };
    Ok(Promise {
        concern: concern.map(|known| known.id),
        topic: if known { topic } else { String::new() },
        text,
        owner,
        due: promised.due,
        ..promise
    })
}

/// A concern about which something was promised.
fn tied(id: u64, by: By, world: &dyn World) -> Result<Concern, Refused> {
    let concern = world.concern(id).ok_or(Refused::NotPromised)?;
    if !Act::Ledger.fits(concern.status) {
        return Err(Refused::NotPromised);
    }
    by.may(Act::Ledger, Some(concern.status))?;
    Ok(concern)
}
