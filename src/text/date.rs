//! Dates and times as a language says them.
//!
//! The names, their order and the way hours are counted stand in the language's Fluent file; nothing about any
//! language is here. There is no clock here: what is said is what is given.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
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
    phrases.date_time(&day(phrases, at.date()), &clock(phrases, at.time()))
}

/// A day of a month, short: "17 January".
pub fn short(phrases: Phrases<'_>, day: u64, month: u64) -> String {
    phrases.date_short(day, &phrases.month(month))
}

/// An instant as a time of the day in this zone, to the minute: "8:30".
pub fn hour(phrases: Phrases<'_>, at: Timestamp, zone: &TimeZone) -> String {
    clock(phrases, zone.to_datetime(at).time())
}

fn clock(phrases: Phrases<'_>, time: Time) -> String {
    let hour = u64::from(time.hour().unsigned_abs()); // hours are positive
    let minute = phrases.digits(&format!("{:02}", time.minute()));
    phrases.time(hour, &minute)
}

/// Days from today within which a day is said without its year: no other of that name is as near.
const NEAR_DAYS: i32 = 182;

/// An instant as seen from now: "Sunday 17 January, 8:30"; with the year where it is not near.
pub fn near(phrases: Phrases<'_>, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let at = zone.to_datetime(at);
    near_day(
        phrases,
        at.date(),
        Some(at.time()),
        zone.to_datetime(now).date(),
    )
}

/// A day as seen from today, and a time of it if one is known.
pub fn near_day(phrases: Phrases<'_>, date: Date, time: Option<Time>, today: Date) -> String {
    let said = if days_until(date, today).abs() > NEAR_DAYS {
        day(phrases, date)
    } else {
        let number = |part: i8| u64::from(part.unsigned_abs()); // parts of a date are positive
        phrases.date_near(
            &phrases.weekday(number(date.weekday().to_monday_one_offset())),
            number(date.day()),
            &phrases.month(number(date.month())),
        )
    };
    match time {
        Some(time) => phrases.date_time(&said, &clock(phrases, time)),
        None => said,
    }
}

/// How long it is until an instant that lies ahead: "in 3 days", "in 5 hours". Days are those of the calendar.
pub fn left(phrases: Phrases<'_>, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let minutes = at.duration_since(now).as_mins().max(1).unsigned_abs(); // positive
    match minutes {
        0..60 => phrases.left_minutes(minutes),
        60..1440 => phrases.left_hours(minutes / 60),
        _ => left_days(
            phrases,
            zone.to_datetime(at).date(),
            zone.to_datetime(now).date(),
        ),
    }
}

/// How long it is until a day that lies ahead, or is today.
pub fn left_days(phrases: Phrases<'_>, date: Date, today: Date) -> String {
    match days_until(date, today) {
        ..=0 => phrases.left_today(),
        1 => phrases.left_tomorrow(),
        days => phrases.left_days(days.unsigned_abs().into()),
    }
}

fn days_until(date: Date, today: Date) -> i32 {
    let span = today.until(date).map(|span| span.get_days());
    span.unwrap_or(i32::MAX) // as far apart as dates can be
}
