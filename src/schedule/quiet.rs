//! The hours in which nobody is reminded.
//!
//! They are hours of the wall clock in the meeting's time zone, so they hold also where the clock is put forward or back.

use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _, Zoned};

use crate::config::reminders::Quiet;

/// How long must be left after them for what waits until they are over.
const LEFT_HOURS: i64 = 2;
/// How long before the quiet hours comes what would be too late after them.
const BEFORE_MINUTES: i64 = 30;

/// If these are quiet hours, when they are over.
pub fn quiet_until(quiet: Option<Quiet>, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let quiet = quiet?;
    let now = now.to_zoned(zone.clone());
    quiet.holds(now.time()).then(|| end(quiet, &now)).flatten()
}

/// This instant if it lies outside the quiet hours, else when they are over; half an hour before they began where that would
/// not be two hours before this end.
pub(super) fn outside(
    quiet: Option<Quiet>,
    at: Timestamp,
    before: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let Some(until) = quiet_until(quiet, at, zone) else {
        return Some(at);
    };
    if until.checked_add(LEFT_HOURS.hours()).ok()? <= before {
        return Some(until);
    }
    let quiet = quiet?;
    let at = at.to_zoned(zone.clone());
    let day = if at.time() < quiet.from {
        at.date().yesterday().ok()?
    } else {
        at.date()
    };
    let begin = day.to_datetime(quiet.from).to_zoned(zone.clone()).ok()?;
    let early = begin
        .timestamp()
        .checked_sub(BEFORE_MINUTES.minutes())
        .ok()?;
    // Where they begin in the midst of others' night, there is no good time.
    quiet_until(Some(quiet), early, zone)
        .is_none()
        .then_some(early)
}

/// The first instant after the quiet hours in which this one lies.
fn end(quiet: Quiet, now: &Zoned) -> Option<Timestamp> {
    let mut day = now.date();
    // Where the clock is put back the same time comes twice.
    for _ in 0..3 {
        let until = now
            .time_zone()
            .to_ambiguous_zoned(day.to_datetime(quiet.until));
        let skipped = matches!(until.offset(), AmbiguousOffset::Gap { .. });
        let (earlier, later) = (until.clone().earlier().ok(), until.later().ok());
        // Where that time is left out they are over when the clock is put forward.
        let forward = later.as_ref().filter(|_| skipped).and_then(|later| {
            let mut changes = later.time_zone().preceding(later.timestamp());
            Some(
                changes
                    .next()?
                    .timestamp()
                    .to_zoned(later.time_zone().clone()),
            )
        });
        let after = |until: &Zoned| until > now && !quiet.holds(until.time());
        let mut ends = [earlier, forward, later].into_iter().flatten();
        if let Some(until) = ends.find(after) {
            return Some(until.timestamp());
        }
        day = day.tomorrow().ok()?;
    }
    None
}
