//! What is known of the meeting, in what that differs from before, and whom that concerns.

use jiff::Timestamp;

use super::{By, Done, archive, note};
use crate::dialogue::meeting as about;
use crate::dialogue::{Change, World};
use crate::domain::{Audience, Concern, Deed, Localised, Meeting, Status};
use crate::text::{Forum, Html, Phrases, date};

pub(super) fn set(
    meeting: Meeting,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Done {
    let zone = &forum.config.settings.zone;
    let (before, known) = match world.meeting() {
        // One of the same days, or of which it is said that it is the same, is the same meeting, put right.
        Some(known)
            if known.is_over(now, zone) && known.days != meeting.days && known.id != meeting.id =>
        {
            (Some(known), None)
        }
        known => (None, known),
    };
    let over = before.is_some();
    if let Some(before) = before {
        make_way(before, forum, world, now);
    }
    let id = known.map_or_else(|| world.fresh_id(), |known| known.id);
    let is_past = meeting.is_over(now, zone);
    let past = "that meeting is over already: is its year right?";
    note(world, by, Deed::MeetingSet(id));
    let meeting = Meeting { id, ..meeting };
    // What was promised at it names it as it is called.
    for promise in world.promises() {
        let named = promise.clone().at(&meeting);
        if promise.meeting == id && named != promise {
            world.change(Change::Promise(named));
        }
    }
    world.change(Change::Meeting(meeting));
    let kept = "what came for the meeting before is still here, and is erased with what comes for this one; to erase it now, \
                run samleng erase and set this meeting again";
    Done {
        said: [(over, kept), (is_past, past)]
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, said)| said.to_owned())
            .collect(),
        made: Some(id),
        ..Done::default()
    }
}

/// Another meeting takes the place of this one: what it dealt with is counted, if it took place at all, and is no matter of the next.
fn make_way(before: Meeting, forum: &Forum, world: &mut dyn World, now: Timestamp) {
    let concerns = world.glances().into_iter();
    let concerns: Vec<Concern> = concerns.filter_map(|one| world.concern(one.id)).collect();
    let by = Some(before.id);
    if concerns.iter().any(|known| known.dealt_with_at == by) {
        let id = world.fresh_id();
        let archive = archive::of_now(id, forum, world, now);
        world.change(Change::Archived(Box::new(archive)));
        let is_settled = |known: &&Concern| {
            matches!(known.status, Status::Rejected | Status::Withdrawn)
                && known.dealt_with_at.is_none()
        };
        for concern in concerns.iter().filter(is_settled) {
            let dealt_with_at = by;
            world.change(Change::Settled(Box::new(Concern {
                dealt_with_at,
                ..concern.clone()
            })));
        }
    }
    world.change(Change::PastMeeting(before));
}

/// In what a meeting differs from what was known before: a line for each thing. Empty if in nothing.
pub fn difference(
    before: Option<&Meeting>,
    after: &Meeting,
    forum: &Forum,
    phrases: Phrases<'_>,
) -> Html {
    // Of a meeting of which nothing was known, its time zone was the forum's.
    let nothing = Meeting {
        title: Localised::default(),
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
        ..after.clone()
    };
    let before = before.unwrap_or(&nothing);
    let said = |what: &dyn Fn(&Meeting) -> String| (what(before), what(after));
    let unknown = |text: Option<String>| text.unwrap_or_else(|| phrases.meeting_unknown());
    let number = |number: Option<u32>| unknown(number.map(|n| phrases.number(n.into())));
    let fields: [(String, (String, String)); 7] = [
        (
            phrases.meeting_field_title(),
            said(&|m| {
                let title = m.title.get(phrases.language());
                unknown(Some(title.to_owned()).filter(|title| !title.is_empty()))
            }),
        ),
        (
            phrases.meeting_field_days(),
            said(&|m| {
                let days: Vec<_> = m
                    .days
                    .iter()
                    .map(|day| about::said(*day, phrases))
                    .collect();
                unknown((!days.is_empty()).then(|| days.join(" / ")))
            }),
        ),
        (
            phrases.meeting_field_place(),
            said(&|m| {
                let place = m.place.as_ref();
                unknown(place.map(|place| place.get(phrases.language()).to_owned()))
            }),
        ),
        (
            phrases.meeting_field_deadline(),
            said(&|m| {
                let zone = m.zone(&forum.config.settings.zone);
                unknown(m.deadline.map(|at| date::moment(phrases, at, &zone)))
            }),
        ),
        (
            phrases.meeting_field_capacity(),
            said(&|m| number(m.capacity)),
        ),
        (
            phrases.meeting_field_people(),
            said(&|m| number(m.people_at_most)),
        ),
        (
            phrases.meeting_field_zone(),
            said(&|m| {
                let zone = m.zone(&forum.config.settings.zone);
                zone.iana_name().unwrap_or("UTC").to_owned()
            }),
        ),
    ];
    let mut html = Html::default();
    let changed = [
        before.title != after.title,
        before.days != after.days,
        before.place != after.place,
        before.deadline != after.deadline || before.zone != after.zone && after.deadline.is_some(),
        before.capacity != after.capacity,
        before.people_at_most != after.people_at_most,
        before.zone != after.zone,
    ];
    for ((name, (was, is)), changed) in fields.into_iter().zip(changed) {
        if changed && was == is {
            // It differs in another language only.
            html.line(&phrases.meeting_same(&name, &is));
        } else if changed {
            html.line(&phrases.meeting_change(&name, &was, &is));
        }
    }
    html
}

/// Whom a change concerns: how many seats there are only those who come, everything else everybody.
pub fn concerns(before: Option<&Meeting>, after: &Meeting) -> Audience {
    let Some(before) = before else {
        return Audience::Everyone;
    };
    let but_seats = Meeting {
        capacity: after.capacity,
        people_at_most: after.people_at_most,
        ..before.clone()
    };
    if but_seats == *after {
        Audience::Coming
    } else {
        Audience::Everyone
    }
}
