//! Whom a reminder concerns: one rule, for all of them when it becomes due and for each when its turn comes.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Join;
use crate::dialogue::{Person, World};
use crate::domain::reminder::{Anchor, Whom};
use crate::domain::{Act, Meeting, Rsvp, access};
use crate::schedule::{About, Occurrence};
use crate::text::Forum;

/// What an organisation has done, as far as reminders ask.
struct Doing {
    has_raised: bool,
    rsvp: Option<Rsvp>,
    is_suspended: bool,
    is_verified: bool,
}

impl Doing {
    fn of(organisation: u64, has_raised: bool, meeting: &Meeting, world: &dyn World) -> Self {
        let known = world.organisation(organisation);
        Self {
            has_raised,
            rsvp: world.rsvp(meeting.id, organisation),
            is_suspended: known.as_ref().is_none_or(|known| known.suspended),
            is_verified: known.is_some_and(|known| known.verified),
        }
    }

    /// Whether a reminder concerns this person, who speaks for it.
    fn concerns(
        &self,
        person: &Person,
        occurrence: &Occurrence<'_>,
        meeting: &Meeting,
        forum: &Forum,
    ) -> bool {
        let Some(membership) = &person.membership else {
            return false;
        };
        if self.is_suspended || person.muted {
            return false;
        }
        let draft = person.state.draft();
        // One that changes what was submitted can be sent until the deadline only.
        let counts = draft.is_some_and(|draft| {
            let deadline = meeting.deadline;
            let begun_in_time = deadline.is_none_or(|deadline| draft.begun_at < deadline);
            let is_new = draft.revises.is_none() || occurrence.reminder.anchor != Anchor::Grace;
            !draft.answers.0.is_empty() && begun_in_time && is_new
        });
        match occurrence.reminder.whom {
            Whom::Everyone => true,
            Whom::Silent => !self.has_raised && !counts,
            Whom::Draft => counts,
            Whom::Coming => {
                let people = self.rsvp.as_ref().map(|rsvp| &rsvp.people);
                match occurrence.about {
                    About::Day(day) => people.and_then(|people| people.get(&day.date)) > Some(&0),
                    About::At(_) => self.rsvp.as_ref().is_some_and(Rsvp::is_coming),
                }
            }
            Whom::Undecided => {
                // Whoever waits for approval cannot answer yet.
                let waits = forum.config.settings.join == Join::Approval
                    && !self.is_verified
                    && membership.invitation.is_none();
                let people = self.rsvp.as_ref().map(|rsvp| &rsvp.people);
                let answered = |date| people.is_some_and(|people| people.contains_key(date));
                !waits && !meeting.days.iter().all(|day| answered(&day.date))
            }
            Whom::Unreachable | Whom::Owners => false,
        }
    }
}

/// Everybody whom this reminder concerns now, those included who cannot be written to.
pub fn recipients(
    occurrence: &Occurrence<'_>,
    meeting: &Meeting,
    forum: &Forum,
    world: &dyn World,
) -> Vec<Person> {
    let mut people = world.everybody();
    people.sort_by_key(|person| person.number);
    if occurrence.reminder.whom.is_for_organisers() {
        people.retain(|person| is_for(person, occurrence.reminder.whom, world));
        return people;
    }
    let raised: BTreeSet<u64> = world.raised();
    let mut doings: BTreeMap<u64, Doing> = BTreeMap::new();
    people.retain(|person| {
        let Some(membership) = &person.membership else {
            return false;
        };
        let organisation = membership.organisation;
        let doing = doings.entry(organisation).or_insert_with(|| {
            let has_raised = raised.contains(&organisation);
            Doing::of(organisation, has_raised, meeting, world)
        });
        doing.concerns(person, occurrence, meeting, forum)
    });
    people
}

/// Whether this reminder concerns this person now.
pub(super) fn concerns(
    person: &Person,
    occurrence: &Occurrence<'_>,
    meeting: &Meeting,
    forum: &Forum,
    world: &dyn World,
) -> bool {
    if occurrence.reminder.whom.is_for_organisers() {
        return is_for(person, occurrence.reminder.whom, world);
    }
    person.membership.as_ref().is_some_and(|membership| {
        let organisation = membership.organisation;
        let has_raised = world.has_raised(organisation);
        let doing = Doing::of(organisation, has_raised, meeting, world);
        doing.concerns(person, occurrence, meeting, forum)
    })
}

/// Whether somebody with a role is among those who prepare the meeting whom this is for, and there is something to tell.
fn is_for(person: &Person, whom: Whom, world: &dyn World) -> bool {
    match whom {
        Whom::Owners => access::allows(person.role, Act::People, None),
        Whom::Unreachable => {
            access::allows(person.role, Act::Announce, None) && !unreachable(world).is_empty()
        }
        Whom::Everyone | Whom::Silent | Whom::Draft | Whom::Coming | Whom::Undecided => false,
    }
}

/// The organisations of which nobody can be written to, by id; then those of which somebody can.
pub(super) fn unreachable(world: &dyn World) -> Vec<(u64, bool)> {
    let mut organisations: BTreeMap<u64, (bool, bool)> = BTreeMap::new();
    for person in world.everybody() {
        if let Some(membership) = &person.membership {
            let known = organisations.entry(membership.organisation).or_default();
            known.0 |= person.unreachable;
            known.1 |= !person.unreachable;
        }
    }
    let mut found: Vec<_> = organisations
        .into_iter()
        .filter(|(_, (lost, _))| *lost)
        .map(|(id, (_, reached))| (id, reached))
        .collect();
    found.sort_by_key(|(id, reached)| (*reached, *id));
    found
}
