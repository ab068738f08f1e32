//! The digest as JSON, schema `samleng-digest/1` ([`SCHEMA`]). Choices are ids; texts are as they were written.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::digest::{Before, Counts, Digest, Entry, Filter, Period, Reader, Scored, Totals};
use crate::domain::{self, Localised};

/// What every such file keeps to, as a JSON Schema.
pub const SCHEMA: &str = include_str!("../../docs/schema/samleng-digest-1.json");

#[derive(Serialize)]
struct Document<'a, R: Reader> {
    schema: &'static str,
    edition: &'static str,
    number: Option<u32>,
    /// RFC 3339, UTC.
    made_at: String,
    /// Hexadecimal digits, once it is frozen.
    fingerprint: Option<String>,
    filter: &'a Filter,
    meeting: Option<Meeting<'a>>,
    #[serde(skip_serializing_if = "<[Scored]>::is_empty")]
    scores: &'a [Scored],
    totals: &'a Totals,
    counts: &'a Counts,
    trend: &'a [Period],
    silent_places: &'a [String],
    before: Option<&'a Before>,
    concerns: &'a [Entry<R>],
}

/// What is known of the meeting; `days` has one if it is fixed. Days are in the forum's time zone, the deadline is in UTC.
#[derive(Serialize)]
pub(super) struct Meeting<'a> {
    title: BTreeMap<&'a str, &'a str>,
    days: Vec<String>,
    place: Option<BTreeMap<&'a str, &'a str>>,
    deadline: Option<String>,
    capacity: Option<u32>,
}

/// The digest as one line of JSON, ended by a newline.
pub fn render<R: Reader>(digest: &Digest<R>) -> String {
    let document = Document {
        schema: "samleng-digest/1",
        edition: R::EDITION.id(),
        number: digest.number,
        made_at: digest.made_at.to_string(),
        fingerprint: digest
            .fingerprint
            .map(|hash| data_encoding::HEXLOWER.encode(&hash)),
        filter: &digest.filter,
        meeting: digest.meeting.as_ref().map(meeting),
        scores: &digest.scores,
        totals: &digest.totals,
        counts: &digest.counts,
        trend: &digest.trend,
        silent_places: &digest.silent_places,
        before: digest.before.as_ref(),
        concerns: &digest.concerns,
    };
    let json =
        serde_json::to_string(&document).expect("maps have string keys, and nothing else can fail"); // so it is
    json + "\n"
}

pub(super) fn meeting(meeting: &domain::Meeting) -> Meeting<'_> {
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
