//! The digest as JSON, schema `samleng-digest/1`. Choices are ids; texts are as they were written.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::digest::{Counts, Digest, Entry, Piece, Totals};
use crate::domain::{self, Disclosure, Localised, Organisation, Receipt, Status};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    edition: &'static str,
    number: Option<u32>,
    /// RFC 3339, UTC.
    made_at: String,
    meeting: Option<Meeting<'a>>,
    totals: &'a Totals,
    counts: &'a Counts,
    concerns: Vec<Concern<'a>>,
}

/// What is known of the meeting; `days` has one if it is fixed. Days are in the forum's time zone, the deadline is in UTC.
#[derive(Serialize)]
struct Meeting<'a> {
    title: BTreeMap<&'a str, &'a str>,
    days: Vec<String>,
    place: Option<BTreeMap<&'a str, &'a str>>,
    deadline: Option<String>,
    capacity: Option<u32>,
}

#[derive(Serialize)]
struct Concern<'a> {
    /// Its running number within this digest.
    number: u64,
    /// Never in the shared edition.
    receipt: Option<Receipt>,
    status: Status,
    topic: &'a str,
    place: &'a str,
    title: Option<&'a str>,
    story: &'a [Piece],
    affected: Option<&'a str>,
    ask: Option<&'a str>,
    urgency: Option<&'a str>,
    disclosure: Disclosure,
    organisation: Option<Named<'a>>,
    behind: u64,
    other: &'a BTreeMap<String, String>,
}

/// Its name by language, flat, and whether somebody vouches for it.
#[derive(Serialize)]
struct Named<'a> {
    #[serde(flatten)]
    names: BTreeMap<&'a str, &'a str>,
    verified: bool,
}

/// The digest as one line of JSON, ended by a newline.
pub fn render(digest: &Digest) -> String {
    let document = Document {
        schema: "samleng-digest/1",
        edition: digest.edition.id(),
        number: digest.number,
        made_at: digest.made_at.to_string(),
        meeting: digest.meeting.as_ref().map(meeting),
        totals: &digest.totals,
        counts: &digest.counts,
        concerns: digest.concerns.iter().map(concern).collect(),
    };
    let json =
        serde_json::to_string(&document).expect("maps have string keys, and nothing else can fail"); // so it is
    json + "\n"
}

fn meeting(meeting: &domain::Meeting) -> Meeting<'_> {
    let day = |day: &domain::Day| match day.time {
        Some(time) => day
            .date
            .to_datetime(time)
            .strftime("%Y-%m-%dT%H:%M")
            .to_string(),
        None => day.date.to_string(),
    };
    Meeting {
        title: by_language(&meeting.title),
        days: meeting.days.iter().map(day).collect(),
        place: meeting.place.as_ref().map(by_language),
        deadline: meeting.deadline.map(|deadline| deadline.to_string()),
        capacity: meeting.capacity,
    }
}

fn by_language(text: &Localised) -> BTreeMap<&str, &str> {
    text.0
        .iter()
        .map(|(language, text)| (language.as_str(), text.as_str()))
        .collect()
}

fn concern(entry: &Entry) -> Concern<'_> {
    Concern {
        number: entry.number,
        receipt: entry.receipt,
        status: entry.status,
        topic: &entry.topic,
        place: &entry.place,
        title: entry.title.as_deref(),
        story: &entry.story,
        affected: entry.affected.as_deref(),
        ask: entry.ask.as_deref(),
        urgency: entry.urgency.as_deref(),
        disclosure: entry.disclosure,
        organisation: entry.organisation.as_ref().map(named),
        behind: entry.behind,
        other: &entry.other,
    }
}

fn named(organisation: &Organisation) -> Named<'_> {
    Named {
        names: by_language(&organisation.name),
        verified: organisation.verified,
    }
}
