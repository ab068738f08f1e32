//! `reminders.toml`: who is reminded of what and when, in which words; when nobody is disturbed; when the organisers' group
//! gets its digest.

use std::collections::BTreeSet;

use jiff::civil::{Time, Weekday};

use super::reader::{Document, Mistake, Section, unique};
use crate::domain::reminder::{Anchor, Whom};
use crate::domain::{Language, Localised};

/// Letters of a reminder; what stands in its places comes on top.
const LETTERS: usize = 1_000;
/// Reminders that there may be.
const REMINDERS: usize = 100;
/// What may stand in a reminder's words, in braces.
pub const PLACES: [&str; 5] = ["title", "when", "left", "place", "draft"];

/// What is due when.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// When nobody is reminded.
    pub quiet: Option<Quiet>,
    /// Hours after its time within which a reminder is still of use.
    pub catch_up_hours: u32,
    /// When the organisers' group gets what is new.
    pub digests: Option<Digests>,
    /// The reminders.
    pub reminders: Vec<Reminder>,
}

/// Hours of the day, in the meeting's time zone, in which nobody is reminded; they may span midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The first moment.
    pub from: Time,
    /// The first moment after.
    pub until: Time,
}

/// When the organisers' group gets what is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// On these days of the week.
    pub days: Vec<Weekday>,
    /// At this time.
    pub at: Time,
}

/// A reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// Its id.
    pub id: String,
    /// For whom.
    pub whom: Whom,
    /// Of what.
    pub anchor: Anchor,
    /// How long before.
    pub before: Before,
    /// Whether, while the day of the meeting is not settled, only the first possible one counts.
    pub first_day: bool,
    /// Its words.
    pub words: Localised,
}

/// How long before what it is about a reminder comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// So many days, at this time of the day.
    Days(u32, Time),
    /// So many hours.
    Hours(u32),
}

impl Calendar {
    pub(super) fn read(
        file: &str,
        text: &str,
        languages: &[Language],
        erases: bool,
    ) -> (Self, Vec<Mistake>) {
        Document::read(file, text, |top| {
            let mut seen = BTreeSet::new();
            let reminders: Vec<Reminder> = top
                .tables("reminder")
                .iter()
                .filter_map(|section| reminder(section, languages, &mut seen))
                .collect();
            if reminders.len() > REMINDERS {
                top.mistake("reminder", format!("there are more than {REMINDERS}"));
            }
            let quiet = top.table("quiet").and_then(|section| quiet(&section));
            let calendar = Self {
                quiet,
                catch_up_hours: top.integer("catch_up_hours", 1..=240).unwrap_or(24) as u32, // fits
                digests: top
                    .table("digest")
                    .and_then(|section| digests(&section, quiet)),
                reminders,
            };
            let warns = |reminder: &Reminder| reminder.anchor == Anchor::Erasure;
            if erases && !calendar.reminders.iter().any(warns) {
                top.mistake(
                    "reminder",
                    "none has before = \"erasure\": the owners must be warned before data is erased (retention_days)",
                );
            }
            top.finish();
            calendar
        })
    }

    /// The reminder with this id.
    pub fn reminder(&self, id: &str) -> Option<&Reminder> {
        self.reminders.iter().find(|reminder| reminder.id == id)
    }
}

impl Quiet {
    /// Whether nobody is reminded at this time of the day.
    pub fn holds(self, time: Time) -> bool {
        if self.from <= self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }
}

fn reminder(
    section: &Section,
    languages: &[Language],
    seen: &mut BTreeSet<String>,
) -> Option<Reminder> {
    let id = section.id();
    unique(seen, section, &id);
    let whom = section.one_of("audience", &Whom::ALL);
    let anchor = section.one_of("before", &Anchor::ALL);
    for key in ["audience", "before"] {
        section.required(key);
    }
    let days = section.integer("days", 0..=365);
    let hours = section.integer("hours", 1..=720);
    let at = time(section, "at");
    let before = match (days, hours) {
        (Some(days), None) => {
            let at = at.unwrap_or_else(|| {
                section.mistake("at", "is missing: the time of the day, such as \"09:00\"");
                Time::midnight()
            });
            Some(Before::Days(days as u32, at)) // at most 365
        }
        (None, Some(hours)) => {
            if at.is_some() {
                section.mistake("at", "goes with days, not with hours");
            }
            Some(Before::Hours(hours as u32)) // at most 720
        }
        (Some(_), Some(_)) => {
            section.mistake("hours", "either days or hours, not both");
            None
        }
        // A number that cannot be is a mistake already.
        (None, None) => {
            if !section.has("days") && !section.has("hours") {
                section.mistake("days", "is missing: days or hours before");
            }
            None
        }
    };
    if anchor == Some(Anchor::Erasure) && !matches!(before, Some(Before::Days(1.., _)) | None) {
        section.mistake(
            "days",
            "of the erasure the owners are warned a day before at least",
        );
    }
    let first_day = section.boolean("first_day").unwrap_or(false);
    if first_day && anchor != Some(Anchor::Meeting) {
        section.mistake("first_day", "goes with before = \"meeting\" only");
    }
    if (whom == Some(Whom::Owners)) != (anchor == Some(Anchor::Erasure)) {
        section.mistake(
            "audience",
            "\"owners\" goes with before = \"erasure\", and only with it",
        );
    }
    let words = section.table("words").map(|table| {
        let words = table.localised(languages, LETTERS);
        for language in languages {
            for place in places(words.get(*language)) {
                if !PLACES.contains(&place) {
                    let known = PLACES.map(|place| format!("{{{place}}}")).join(", ");
                    let what = format!("{{{place}}} means nothing here; {known} do");
                    table.mistake(language.as_str(), what);
                }
            }
        }
        table.finish();
        words
    });
    if words.is_none() {
        section.mistake("words", "is missing");
    }
    section.finish();
    Some(Reminder {
        id,
        whom: whom?,
        anchor: anchor?,
        before: before?,
        first_day,
        words: words?,
    })
}

/// What stands in braces.
fn places(words: &str) -> impl Iterator<Item = &str> {
    words
        .split('{')
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap_or_default())
}

fn quiet(section: &Section) -> Option<Quiet> {
    let (from, until) = (needed(section, "from"), needed(section, "until"));
    section.finish();
    let (from, until) = (from?, until?);
    if from == until {
        section.mistake("until", "is when they begin, so there would be none");
    }
    Some(Quiet { from, until })
}

fn digests(section: &Section, quiet: Option<Quiet>) -> Option<Digests> {
    let at = needed(section, "at");
    if at.is_some_and(|at| quiet.is_some_and(|quiet| quiet.holds(at))) {
        section.mistake("at", "lies in the quiet hours");
    }
    let names = section.strings("days");
    if names.is_empty() {
        section.mistake("days", "names no day of the week");
    }
    let days: Vec<Weekday> = names
        .into_iter()
        .filter_map(|name| {
            let found = WEEKDAYS.iter().find(|(known, _)| *known == name);
            if found.is_none() {
                section.mistake("days", format!("{name:?} is no weekday such as \"monday\""));
            }
            found.map(|(_, day)| *day)
        })
        .collect();
    section.finish();
    Some(Digests { days, at: at? })
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

fn needed(section: &Section, key: &str) -> Option<Time> {
    section.required(key);
    time(section, key)
}

/// A time of the day, such as "09:00".
fn time(section: &Section, key: &str) -> Option<Time> {
    let text = section.string(key)?;
    let numbers = text
        .split_once(':')
        .and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
    let time = numbers.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    if time.is_none() && !text.is_empty() {
        section.mistake(key, format!("{text:?} is no time such as \"09:00\""));
    }
    time
}
