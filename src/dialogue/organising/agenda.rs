//! The agenda: how the meeting's time is divided, how long an item takes, what is in or out by hand, who speaks earlier, what was worked
//! out, and settling.
//!
//! Guarantees: what is settled is what was shown: if anything changed since, nothing happens. Settling is one change: every concern that is
//! in is on the agenda then, every one that could be raised and is out is not, and their authors hear of it. Nothing is settled once the floor
//! log of the meeting has begun: the items that it names would be others. From then on what was settled stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{By, Done, Refused, concern, note, words};
use crate::agenda::{ByHand, Plan, Proposal, Step, may_be_raised, placed_by_hand};
use crate::dialogue::{Change, World};
use crate::domain::agenda::{Decision, Moved, Outline};
use crate::domain::{Act, AgendaItem, AgendaPlan, Concern, Deed, Status};
use crate::text::Forum;

/// Characters of a reason.
pub const REASON: usize = 300;
/// The longest that anything takes, in seconds: a day.
pub const LONGEST: u64 = 24 * 60 * 60;

/// A decision about the agenda of the meeting that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnAgenda {
    /// Its time is divided so.
    Time(Plan),
    /// A concern, by id, takes so many seconds; as long as others, if nothing is said.
    ItemTime(u64, Option<u64>),
    /// A concern, by id, is in or out, and why; nothing leaves it to the method again.
    ByHand(u64, Option<(ByHand, String)>),
    /// A concern, by id, is spoken of one place earlier or later, and why; the reason that it was moved for before need not be said again.
    /// Nothing leaves its place to the rule again.
    Move(u64, Option<(Step, Option<String>)>),
    /// It is settled as it stands in this version.
    Settle(u32),
}

/// What is planned for the meeting; nothing while none is known.
pub fn planned(world: &dyn World) -> Option<AgendaPlan> {
    let meeting = world.meeting()?.id;
    let known = world.agenda_plan(meeting);
    Some(known.unwrap_or_else(|| AgendaPlan::new(meeting)))
}

/// Whether what happens at this meeting is logged already.
pub fn has_begun(meeting: u64, world: &dyn World) -> bool {
    let (_, floor) = super::floor::known(meeting, world);
    floor.has_begun()
}

/// When an agenda was settled that can no longer change, since what happens at the meeting is logged already.
pub(in crate::dialogue) fn fixed_at(plan: &AgendaPlan, world: &dyn World) -> Option<Timestamp> {
    let settled = plan.settled.as_ref();
    let fixed = settled.filter(|_| has_begun(plan.meeting, world));
    fixed.map(|settled| settled.at)
}

pub(super) fn decide(
    order: OnAgenda,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let plan = planned(world).ok_or(Refused::NoMeeting)?;
    if fixed_at(&plan, world).is_some() {
        return Err(Refused::FloorBegun);
    }
    match order {
        OnAgenda::Time(time) => {
            let parts = [
                time.total,
                time.opening.organisations,
                time.opening.authority,
                time.item,
            ];
            if time.divide().is_err() || parts.iter().any(|part| *part > LONGEST) {
                return Err(Refused::NoTime);
            }
            note(world, by, Deed::AgendaPlanned(plan.meeting));
            let plan = AgendaPlan { plan: time, ..plan };
            world.change(Change::AgendaPlan(plan.changed()));
        }
        OnAgenda::ItemTime(id, seconds) => {
            if seconds.is_some_and(|seconds| !(1..=LONGEST).contains(&seconds)) {
                return Err(Refused::NoTime);
            }
            let item = item(id, &plan, by, forum, world)?;
            note(world, by, Deed::ItemTimed(id));
            world.change(Change::AgendaItem(AgendaItem { seconds, ..item }));
            world.change(Change::AgendaPlan(plan.changed()));
        }
        OnAgenda::ByHand(id, decision) => {
            let item = item(id, &plan, by, forum, world)?;
            let by_hand = match decision {
                None => None,
                Some((what, reason)) => Some(Decision {
                    what,
                    reason: words(&reason, REASON)?,
                }),
            };
            note(world, by, Deed::ItemByHand(id));
            world.change(Change::AgendaItem(AgendaItem { by_hand, ..item }));
            world.change(Change::AgendaPlan(plan.changed()));
        }
        OnAgenda::Move(id, None) => {
            let item = item(id, &plan, by, forum, world)?;
            note(world, by, Deed::ItemByHand(id));
            world.change(Change::AgendaItem(AgendaItem {
                moved: None,
                ..item
            }));
            world.change(Change::AgendaPlan(plan.changed()));
        }
        OnAgenda::Move(id, Some((step, reason))) => {
            let item = item(id, &plan, by, forum, world)?;
            move_by_one(item, step, reason, plan, by, forum, world)?;
        }
        OnAgenda::Settle(version) => return settle(plan, version, by, forum, world, now),
    }
    Ok(Done::default())
}

/// It changes places with its neighbour, which stays there by hand if it was moved by hand itself. So nothing is worked out anew: whoever
/// fills the other places fills them in the same order.
fn move_by_one(
    item: AgendaItem,
    step: Step,
    reason: Option<String>,
    plan: AgendaPlan,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<(), Refused> {
    let before = item.moved.as_ref().map(|moved| moved.reason.clone());
    let reason = words(&reason.or(before).unwrap_or_default(), REASON)?;
    let from = plan
        .current()
        .and(item.place)
        .ok_or(Refused::AgendaChanged)?;
    let others = neighbours(plan.meeting, forum, world).into_iter();
    let neighbour = match step {
        Step::Earlier => others.rev().find(|(place, _)| *place < from),
        Step::Later => {
            let mut others = others;
            others.find(|(place, _)| *place > from)
        }
    };
    let (to, neighbour) = neighbour.ok_or(Refused::AgendaChanged)?;
    note(world, by, Deed::ItemByHand(item.concern));
    world.change(Change::AgendaItem(AgendaItem {
        place: Some(from),
        moved: neighbour.moved.clone().map(|moved| Moved {
            place: from,
            ..moved
        }),
        ..neighbour
    }));
    world.change(Change::AgendaItem(AgendaItem {
        place: Some(to),
        moved: Some(Moved { place: to, reason }),
        ..item
    }));
    world.change(Change::AgendaPlan(AgendaPlan {
        version: plan.version.saturating_add(1),
        ..plan
    }));
    Ok(())
}

/// What is in and can still be raised, by its place in the order.
fn neighbours(meeting: u64, forum: &Forum, world: &dyn World) -> BTreeMap<u32, AgendaItem> {
    let items = world.agenda_items(meeting).into_iter();
    let there = items.filter(|item| {
        let concern = world.concern(item.concern);
        item.is_in() && concern.is_some_and(|concern| can_be_raised(&concern, forum))
    });
    there.filter_map(|item| Some((item.place?, item))).collect()
}

/// A concern that can be an item.
fn item(
    id: u64,
    plan: &AgendaPlan,
    by: By,
    forum: &Forum,
    world: &dyn World,
) -> Result<AgendaItem, Refused> {
    let concern = world.concern(id).ok_or(Refused::NotRaised)?;
    if !can_be_raised(&concern, forum) {
        return Err(Refused::NotRaised);
    }
    by.may(Act::Plan, Some(concern.status))?;
    Ok(known(id, plan.meeting, world))
}

fn can_be_raised(concern: &Concern, forum: &Forum) -> bool {
    let review = forum.config.settings.review;
    may_be_raised(concern.status, concern.disclosure, review)
}

fn known(id: u64, meeting: u64, world: &dyn World) -> AgendaItem {
    let known = world.agenda_item(id);
    let known = known.filter(|known| known.meeting == meeting);
    known.unwrap_or_else(|| AgendaItem::new(meeting, id))
}

fn settle(
    plan: AgendaPlan,
    version: u32,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    if has_begun(plan.meeting, world) {
        return Err(Refused::FloorBegun);
    }
    if plan.version != version || plan.current().is_none() {
        return Err(Refused::AgendaChanged);
    }
    let items = world.agenda_items(plan.meeting);
    let mut moves: Vec<(Concern, Status)> = Vec::new();
    let mut chosen = BTreeSet::new();
    // All that can be refused is refused before anything changes.
    for item in items.iter().filter(|item| item.is_in()) {
        let concern = world.concern(item.concern);
        let concern = concern.filter(|concern| can_be_raised(concern, forum));
        let concern = concern.ok_or(Refused::AgendaChanged)?;
        chosen.insert(concern.id);
        if concern.status != Status::Agenda {
            by.may(Act::Agenda, Some(concern.status))?;
            moves.push((concern, Status::Agenda));
        }
    }
    for glance in world.glances() {
        let is_out = glance.status == Status::Agenda && !chosen.contains(&glance.id);
        let Some(concern) = world.concern(glance.id).filter(|_| is_out) else {
            continue;
        };
        // What no reader from outside may see is on no agenda of this kind: organisers put it there, and take it away.
        if can_be_raised(&concern, forum) {
            by.may(Act::Approve, Some(concern.status))?;
            moves.push((concern, Status::Approved));
        }
    }
    let mut notices = Vec::new();
    for (concern, status) in moves {
        notices.extend(concern::stands(concern, status, by, forum, world)?);
    }
    for item in items {
        let settled = item.clone().settle();
        if item != settled {
            world.change(Change::AgendaItem(settled));
        }
    }
    note(world, by, Deed::AgendaSettled(plan.meeting));
    world.change(Change::AgendaPlan(plan.settle(now)));
    Ok(Done {
        notices,
        ..Done::default()
    })
}

/// Keeps what was worked out, if it is still what is wanted; whether that changes anything.
pub(in crate::dialogue) fn take(proposal: &Proposal, forum: &Forum, world: &mut dyn World) -> bool {
    let plan = planned(world)
        .filter(|plan| plan.meeting == proposal.meeting && plan.wanted == proposal.wanted);
    let Some(plan) = plan.filter(|plan| fixed_at(plan, world).is_none()) else {
        return false;
    };
    let mut before: BTreeMap<u64, AgendaItem> = world
        .agenda_items(plan.meeting)
        .into_iter()
        .map(|item| (item.concern, item))
        .collect();
    // What was moved while all this was worked out stands where it was put as well.
    let moved = before
        .values()
        .filter_map(|item| Some((item.concern, item.moved.as_ref()?.place)));
    let order = placed_by_hand(&proposal.order, &moved.collect());
    let places: BTreeMap<u64, u32> = order.into_iter().zip(0..).collect();
    let mut after = Vec::new();
    for verdict in &proposal.agenda.verdicts {
        // It may have been withdrawn while all this was worked out.
        let concern = world.concern(verdict.id);
        if concern.is_some_and(|concern| can_be_raised(&concern, forum)) {
            let was = before.remove(&verdict.id);
            let item = was.clone();
            let item = item.unwrap_or_else(|| AgendaItem::new(plan.meeting, verdict.id));
            let is = AgendaItem {
                verdict: Some(verdict.clone()),
                place: places.get(&verdict.id).copied(),
                ..item
            };
            after.push((was, is));
        }
    }
    after.extend(before.into_values().map(|was| {
        let is = AgendaItem {
            verdict: None,
            place: None,
            ..was.clone()
        };
        (Some(was), is)
    }));
    let agenda = &proposal.agenda;
    let outline = Some(Outline {
        wanted: proposal.wanted,
        budget: agenda.budget,
        left: agenda.left,
        over: agenda.over,
        voters: agenda.voters,
        share_ms: agenda.share_ms,
        raised: agenda.raised,
    });
    let mut changed = plan.outline != outline;
    for (was, is) in after {
        if was.as_ref() != Some(&is) {
            changed = true;
            world.change(Change::AgendaItem(is));
        }
    }
    if changed {
        world.change(Change::AgendaPlan(AgendaPlan {
            version: plan.version.saturating_add(1),
            outline,
            ..plan
        }));
    }
    changed
}
