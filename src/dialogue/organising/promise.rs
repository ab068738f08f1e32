//! Promises: written down on the floor or after it, changed, taken back.
//!
//! Guarantees: a promise is tied only to a concern about which something was promised. Whoever changes one or takes it back has seen
//! it as it is: if anything changed since, nothing happens. One that is taken back leaves nothing, and neither does what was said of it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{By, Done, Refused, note, words};
use crate::dialogue::{Change, World};
use crate::domain::concern::question;
use crate::domain::{Act, Concern, Deed, Promise};
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
            if is != was {
                note(world, by, Deed::PromiseChanged(id));
                let version = was.version.saturating_add(1);
                world.change(Change::Promise(Promise { version, ..is }));
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
    let meeting = world.meeting().ok_or(Refused::NoMeeting)?;
    let empty = Promise {
        id: 0,
        meeting: meeting.id,
        held_on: meeting.days.last().map(|day| day.date),
        title: meeting.title,
        zone: meeting.zone,
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
    };
    let said = said(empty, promised, by, forum, world)?;
    let id = world.fresh_id();
    note(world, by, Deed::PromiseMade(id));
    world.change(Change::Promise(Promise { id, ..said }));
    Ok(Done {
        made: Some(id),
        ..Done::default()
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
        Some(id) => Some(tied(id, by, world)?),
    };
    let of_concern = concern
        .as_ref()
        .and_then(|known| known.answers.choice(question::TOPIC));
    let topic = of_concern.map_or(promised.topic, str::to_owned);
    let known = of_concern.is_some() || forum.config.topics.iter().any(|known| known.id == topic);
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
