//! Words to many: to whom, and what each of them reads.
//!
//! Guarantees: one commit makes the announcement and a row of the outbox for each person who can be written to. So everybody
//! gets it once, or nobody, whatever happens in between.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Announce, By, Done, Refused, Words, meeting, note, words};
use crate::dialogue::{Body, Change, Notice, Person, World};
use crate::domain::announcement::Tally;
use crate::domain::{Announcement, Audience, Deed, Status};
use crate::text::{Forum, Html, Phrases};

/// Characters of an announcement: with its heading it is one message.
pub const ANNOUNCED: usize = 3_000;
/// People whom one announcement reaches: each is a row of one event.
const PEOPLE: usize = 60_000;

/// Everybody whom this audience means.
pub fn recipients(audience: &Audience, world: &dyn World) -> Vec<Person> {
    let meeting = world.meeting().map(|meeting| meeting.id);
    let answers: BTreeMap<u64, bool> = meeting
        .map(|id| world.rsvps(id))
        .unwrap_or_default()
        .into_iter()
        .map(|rsvp| (rsvp.organisation, rsvp.is_coming()))
        .collect();
    let raised: BTreeSet<u64> = world
        .glances()
        .into_iter()
        .filter(|glance| glance.status != Status::Withdrawn)
        .filter(|glance| match audience {
            Audience::Topic(topic) => glance.topic == *topic,
            Audience::Everyone
            | Audience::Coming
            | Audience::Undecided
            | Audience::Silent
            | Audience::Place(_) => true,
        })
        .map(|glance| glance.organisation)
        .collect();
    let mut places = BTreeMap::new();
    let mut works_in = |organisation: u64, place: &str| {
        let known = places.entry(organisation).or_insert_with(|| {
            let organisation = world.organisation(organisation);
            organisation.map_or_else(String::new, |organisation| organisation.place)
        });
        known == place
    };
    let mut is_meant = |organisation: u64| match audience {
        Audience::Everyone => true,
        Audience::Coming => answers.get(&organisation) == Some(&true),
        Audience::Undecided => !answers.contains_key(&organisation),
        Audience::Silent => !raised.contains(&organisation),
        Audience::Topic(_) => raised.contains(&organisation),
        Audience::Place(place) => works_in(organisation, place),
    };
    let mut people = world.everybody();
    people.retain(|person| {
        let membership = person.membership.as_ref();
        membership.is_some_and(|membership| is_meant(membership.organisation))
    });
    people
}

pub(super) fn make(
    announce: Announce,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let people = recipients(&announce.audience, world);
    if people.is_empty() {
        return Err(Refused::Nobody);
    }
    if people.len() > PEOPLE {
        return Err(Refused::TooMany);
    }
    let number = by.number().ok_or(Refused::NotAllowed)?;
    let text = match &announce.words {
        Words::Text(text) => Words::Text(words(text, ANNOUNCED)?),
        Words::Meeting(..) => announce.words.clone(),
    };
    let author = world.person(number);
    let own = forum
        .words
        .phrases_or_first(author.and_then(|author| author.language));
    let id = world.fresh_id();
    // Most people read the same few texts.
    let texts: Vec<_> = forum
        .words
        .each()
        .map(|phrases| (phrases.language(), said(&text, forum, phrases)))
        .collect();
    let mut notices = Vec::with_capacity(people.len());
    let mut tally = Tally::default();
    for person in &people {
        if person.unreachable {
            tally.unreachable += 1;
            continue;
        }
        let language = forum.words.phrases_or_first(person.language).language();
        let mut texts = texts.iter();
        let html = texts.find(|(spoken, _)| *spoken == language);
        notices.push(Notice {
            person: person.number,
            chat: person.chat,
            body: Body::from(html.map_or_else(Html::default, |(_, html)| html.clone())),
            announcement: Some(id),
            commands: false,
        });
    }
    note(world, by, Deed::Announced(id, people.len() as u64));
    world.change(Change::Announcement(Announcement {
        id,
        by: number,
        at: now,
        audience: announce.audience,
        text: said(&text, forum, own).to_plain(),
        stopped: false,
        people: people.len() as u64,
        tally,
        report: None,
        reported: 0,
        report_waits: true,
    }));
    Ok(Done {
        notices,
        made: Some(id),
        ..Done::default()
    })
}

/// What is read.
pub fn said(words: &Words, forum: &Forum, phrases: Phrases<'_>) -> Html {
    match words {
        Words::Text(text) => phrases.announcement(&Html::text(text)),
        Words::Meeting(before, after) => {
            let difference = meeting::difference((**before).as_ref(), after, forum, phrases);
            phrases.announcement_meeting(&difference)
        }
    }
}

/// Stops it: what is not on its way yet stays here.
pub(super) fn stop(id: u64, by: By, world: &mut dyn World) -> Result<Done, Refused> {
    let announcement = world.announcement(id);
    let running = announcement.filter(|known| !known.stopped && !known.is_over());
    let running = running.ok_or(Refused::NothingToStop)?;
    note(world, by, Deed::AnnouncementStopped(id));
    world.change(Change::Announcement(Announcement {
        stopped: true,
        ..running
    }));
    Ok(Done::default())
}
