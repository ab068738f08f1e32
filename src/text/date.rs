//! Dates and times as a language says them.
//!
//! The names, their order and the way hours are counted stand in the language's Fluent file; nothing about any
//! language is here. There is no clock here: what is said is what is given.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::words::Phrases;

/// A day, with its weekday: "Sunday 17 January 2027".
pub fn day(phrases: Phrases<'_>, date: Date) -> String {
    let number = |part: i8| u64::from(part.unsigned_abs()); // parts of a date are positive
    phrases.date_full(
        &phrases.weekday(number(date.weekday().to_monday_one_offset())),
        number(date.day()),
        &phrases.month(number(date.month())),
        u64::from(date.year().unsigned_abs()),
    )
}

/// An instant as day and time in this zone, to the minute: "Sunday 17 January 2027, 8:30".
pub fn moment(phrases: Phrases<'_>, at: Timestamp, zone: &TimeZone) -> String {
    day_and_time(phrases, zone.to_datetime(at))
}

/// A day and a time of it, to the minute.
pub fn day_and_time(phrases: Phrases<'_>, at: DateTime) -> String {
    let hour = u64::from(at.hour().unsigned_abs()); // hours are positive
    let minute = phrases.digits(&format!("{:02}", at.minute()));
    phrases.date_time(&day(phrases, at.date()), &phrases.time(hour, &minute))
}
