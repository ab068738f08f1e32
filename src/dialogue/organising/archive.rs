//! What stays of a meeting: counted when the next one takes its place, or when everything about people is erased.
//!
//! Guarantees: it counts what this meeting was about, as a digest of the organisers' edition does, and nothing that an earlier one dealt
//! with: so the numbers of meetings can be held against each other. It is counted once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::dialogue::World;
use crate::digest::{self, Edition};
use crate::domain::archive::Coming;
use crate::domain::floor::Floor;
use crate::domain::{Archive, Localised, Status};
use crate::text::Forum;

/// What stays of the meeting that is known.
pub(super) fn of_now(id: u64, forum: &Forum, world: &dyn World, now: Timestamp) -> Archive {
    let mut records = world.records();
    records.judge(Edition::Organisers, &forum.config, now);
    let (totals, counts) = digest::tally(&records, Edition::Organisers, &forum.config);
    let figures = digest::figures(&records, &forum.config, now);
    let there = records.concerns.iter();
    let there = there.filter(|concern| concern.status != Status::Withdrawn);
    let raised: BTreeSet<u64> = there.map(|concern| concern.organisation).collect();
    let known: BTreeSet<u64> = records.concerns.iter().map(|concern| concern.id).collect();
    let backed = records.endorsements.iter();
    let backed = backed.filter(|support| known.contains(&support.concern));
    let backed: BTreeSet<u64> = backed.map(|support| support.organisation).collect();
    let speak = world.everybody();
    let speak = speak.iter().filter(|person| person.membership.is_some());
    let past = world.past_meetings();
    let is_past = |known: &Archive| past.iter().any(|past| known.meeting == Some(past.id));
    let before = records.archives.iter().filter(|known| is_past(known));
    let before = before.map(|known| known.announcements);
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
        counted_at: now,
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
        announcements: world.announced().saturating_sub(before.sum()),
        outcomes,
        // A clock that nobody stopped says nothing of how long anybody spoke.
        spoken: floor.in_all(None),
    }
}
