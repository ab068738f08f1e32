//! The erasure of everything about people after a meeting: by hand from the command line, by the program when it is due.
//!
//! Guarantees: what stays of it ([`Archive`]) is counted from the records that go, as a digest of the organisers' edition
//! counts them, by the same commit. The program itself erases nothing before it is due, whatever has become of the meeting
//! since it looked. Those with a role are told.
//!
//! Must never: be offered in a chat: what goes is gone for good.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{By, Done, Refused, note};
use crate::dialogue::turn::notice;
use crate::dialogue::{Change, Notice, Toll, World};
use crate::digest::{self, Edition, Records};
use crate::domain::archive::Coming;
use crate::domain::floor::Floor;
use crate::domain::{Archive, Deed, Localised, Status};
use crate::schedule;
use crate::text::Forum;

/// What an erasure would do, for whoever is to say yes to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What the meeting is called; nothing if none is known.
    pub title: Option<Localised>,
    /// When it ends, if a day is known.
    pub ends_at: Option<Timestamp>,
    /// Whether that has passed.
    pub is_over: bool,
    /// What goes and what stays.
    pub toll: Toll,
}

/// What it would do now.
pub fn preview(forum: &Forum, world: &dyn World, now: Timestamp) -> Preview {
    let meeting = world.meeting();
    let zone = &forum.config.settings.zone;
    let ends_at = meeting.as_ref().and_then(|known| known.ends_at(zone));
    Preview {
        title: meeting.map(|known| known.title),
        ends_at,
        is_over: ends_at.is_some_and(|end| end <= now),
        toll: world.toll(),
    }
}

pub(super) fn erase(
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let meeting = world.meeting();
    if by == By::Program {
        let due = meeting.as_ref();
        let due = due.and_then(|known| schedule::erased_at(known, &forum.config.settings));
        if due.is_none_or(|due| now < due) {
            return Err(Refused::NotAllowed);
        }
    }
    let toll = world.toll();
    if toll.is_nothing() {
        return Ok(Done {
            said: vec!["there is nothing to erase".to_owned()],
            ..Done::default()
        });
    }
    // One that was cut short has counted everything before anything went.
    let cut_short = |known: &Archive| {
        let meeting = meeting.as_ref();
        meeting.is_some_and(|meeting| known.meeting == Some(meeting.id))
    };
    let archive = match world.archives().into_iter().find(cut_short) {
        Some(known) => known,
        None => {
            let id = world.fresh_id();
            let mut records = world.records();
            records.judge(Edition::Organisers, &forum.config, now);
            archive(id, &records, &toll, forum, world, now)
        }
    };
    let id = archive.id;
    let notices = told(forum, world);
    note(world, by, Deed::Erased(archive.meeting.unwrap_or(0)));
    world.change(Change::Erased(Box::new(archive)));
    Ok(Done {
        said: vec![format!(
            "erased: {} people, {} organisations, {} concerns, {} files",
            toll.people, toll.organisations, toll.concerns, toll.files
        )],
        notices,
        made: Some(id),
    })
}

/// What stays.
fn archive(
    id: u64,
    records: &Records,
    toll: &Toll,
    forum: &Forum,
    world: &dyn World,
    now: Timestamp,
) -> Archive {
    let (totals, counts) = digest::tally(records, Edition::Organisers, &forum.config);
    let figures = digest::figures(records, &forum.config, now);
    let there = records.concerns.iter();
    let there = there.filter(|concern| concern.status != Status::Withdrawn);
    let raised: BTreeSet<u64> = there.map(|concern| concern.organisation).collect();
    let backed = records.endorsements.iter();
    let backed: BTreeSet<u64> = backed.map(|support| support.organisation).collect();
    let speak = world.everybody();
    let speak = speak.iter().filter(|person| person.membership.is_some());
    let meeting = records.meeting.as_ref();
    let floor = meeting.map(|known| Floor::of(&world.floor(known.id)));
    let floor = floor.unwrap_or_default();
    let mut outcomes = BTreeMap::new();
    for outcome in floor.outcomes.keys().filter_map(|id| floor.outcome(*id)) {
        *outcomes.entry(outcome.status()).or_default() += 1;
    }
    let coming = figures
        .coming
        .into_iter()
        .map(|(day, organisations, people)| {
            let coming = Coming {
                organisations,
                people,
            };
            (day.date, coming)
        });
    Archive {
        id,
        meeting: meeting.map(|known| known.id),
        title: meeting.map_or_else(Localised::default, |known| known.title.clone()),
        days: meeting.map_or_else(Vec::new, |known| known.days.clone()),
        place: meeting.and_then(|known| known.place.clone()),
        zone: meeting.and_then(|known| known.zone.clone()),
        erased_at: now,
        totals,
        topics: counts.topic,
        places: counts.place,
        urgencies: counts.urgency,
        statuses: BTreeMap::from_iter(figures.statuses),
        raised: raised.len() as u64,
        backed: backed.len() as u64,
        joined: records.joined.len() as u64,
        people: speak.count() as u64,
        coming: coming.collect(),
        announcements: toll.announcements,
        outcomes,
        // A clock that nobody stopped says nothing of how long anybody spoke.
        spoken: floor.in_all(None),
    }
}

/// Those with a role hear that what they last looked at is gone.
fn told(forum: &Forum, world: &dyn World) -> Vec<Notice> {
    let everybody = world.everybody().into_iter();
    let with_role = everybody.filter(|person| person.role.is_some());
    let told = with_role.filter_map(|person| {
        let told = notice(&person, None, forum, |phrases| phrases.notice_erased())?;
        // What their menu was to become may have waited to be sent.
        Some(Notice {
            commands: true,
            ..told
        })
    });
    told.collect()
}
