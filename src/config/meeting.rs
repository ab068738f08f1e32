//! The file of `samleng set meeting`: what is known of the meeting. What is not known yet is left out.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::Config;
use super::reader::{Document, Mistake, Section};
use crate::domain::{Day, Localised, Meeting};

/// Letters of the title and of the place.
const WORDS: usize = 200;
/// Days that may be candidates.
const DAYS: usize = 10;

/// Reads the file. Its days and its deadline are in the time zone that it names, else in the forum's; the id is 0 until the meeting is stored.
///
/// # Errors
/// Every mistake in it.
pub fn meeting(file: &str, text: &str, config: &Config) -> Result<Meeting, Vec<Mistake>> {
    let zone = &config.settings.zone;
    let (meeting, mistakes) = Document::read(file, text, |top| {
        let limits = |key| {
            let number = top.integer(key, 1..=100_000)?;
            u32::try_from(number).ok() // within the limits
        };
        let own_zone = top
            .is_text("time_zone")
            .then(|| top.string("time_zone"))
            .flatten();
        let own_zone = own_zone.and_then(|name| zone_name(top, name));
        let zone = own_zone
            .as_deref()
            .and_then(|name| TimeZone::get(name).ok())
            .unwrap_or_else(|| zone.clone());
        let meeting = Meeting {
            id: 0,
            title: words(top, "title", config).unwrap_or_else(|| {
                top.mistake("title", "is missing");
                Localised::default()
            }),
            days: days(top),
            place: words(top, "place", config),
            deadline: top
                .date("deadline")
                .and_then(|at| deadline(top, &at, &zone)),
            capacity: limits("capacity"),
            people_at_most: limits("people_at_most"),
            zone: own_zone,
        };
        top.finish();
        meeting
    });
    if mistakes.is_empty() {
        Ok(meeting)
    } else {
        Err(mistakes)
    }
}

/// The name of a time zone, as the list of them writes it.
fn zone_name(top: &Section, name: &str) -> Option<String> {
    let zone = TimeZone::get(name).ok();
    let known = zone.and_then(|zone| zone.iana_name().map(str::to_owned));
    if known.is_none() {
        top.mistake(
            "time_zone",
            format!("{name:?} is no time zone such as \"Asia/Phnom_Penh\""),
        );
    }
    known
}

/// A text in every language, or one for all.
fn words(top: &Section, key: &str, config: &Config) -> Option<Localised> {
    let languages: Vec<_> = config.languages().collect();
    if top.is_text(key) {
        let text = top.string(key)?.trim();
        if text.is_empty() {
            top.mistake(key, "is empty");
        }
        return Some(Localised::same(languages, text));
    }
    let table = top.table(key)?;
    let words = table.localised(&languages, WORDS);
    table.finish();
    Some(words)
}

fn days(top: &Section) -> Vec<Day> {
    let mut days: Vec<Day> = top
        .dates("days")
        .iter()
        .filter_map(|text| {
            let day = day(text);
            if day.is_none() {
                top.mistake(
                    "days",
                    format!("{text:?} is no day such as 2027-01-17 or 2027-01-17T08:30"),
                );
            }
            day
        })
        .collect();
    days.sort();
    let count = days.len();
    days.dedup_by_key(|day| day.date);
    if days.len() < count {
        top.mistake("days", "names a day twice");
    }
    if days.len() > DAYS {
        top.mistake(
            "days",
            format!("has {} days; {DAYS} can be asked about", days.len()),
        );
    }
    days
}

fn day(text: &str) -> Option<Day> {
    if let Ok(at) = text.parse::<DateTime>()
        && text.len() > 10
    {
        return Some(Day {
            date: at.date(),
            time: Some(at.time()),
        });
    }
    let date = text.parse::<Date>().ok()?;
    Some(Day { date, time: None })
}

/// The last instant: of the day, if no time is given.
fn deadline(top: &Section, text: &str, zone: &TimeZone) -> Option<jiff::Timestamp> {
    let at = day(text).and_then(|day| {
        let time = day.time.unwrap_or(Time::constant(23, 59, 59, 0));
        day.date.to_datetime(time).to_zoned(zone.clone()).ok()
    });
    if at.is_none() {
        top.mistake("deadline", "is no instant such as 2027-01-10T17:00");
    }
    at.map(|at| at.timestamp())
}
