//! When the organisations behind what was promised are asked what became of it.
//!
//! Guarantees: they are asked once for each day on which it is due, in the afternoon of that day where it was promised, or after the
//! quiet hours that come then; after an outage for as long as an answer is of use. One whose day was moved is due on the new day, and one that
//! was written down after its day is due on that of its writing. Who may still say something when all else about them is erased is kept for as
//! long, and gone then.

use jiff::civil::Time;
use jiff::{Timestamp, ToSpan as _};

use super::{Look, Occasion, Rules, quiet, quiet_until};
use crate::domain::Promise;

/// When on that day: late enough to say something, before the evening.
const AT: Time = Time::constant(16, 0, 0, 0);
/// How many days after it an answer is asked for.
const DAYS: i64 = 30;

/// From when on they are asked, and until when that is of use; nothing if no day was named, or they were asked.
pub fn asked_between(promise: &Promise, rules: Rules<'_>) -> Option<(Timestamp, Timestamp)> {
    let due = promise.due.filter(|due| !promise.asked.contains_key(due))?;
    let zone = promise.zone(&rules.settings.zone);
    let due = due.max(promise.made_at.to_zoned(zone.clone()).date());
    let end = due.checked_add(DAYS.days()).ok()?;
    let end = end.to_datetime(AT).to_zoned(zone.clone()).ok()?.timestamp();
    let wanted = due.to_datetime(AT).to_zoned(zone.clone()).ok()?.timestamp();
    let from = quiet::outside(rules.calendar.quiet, wanted, end, &zone)?;
    Some((from.max(wanted), end))
}

/// Looks at one of them.
pub(super) fn look(look: &mut Look<'_>, promise: &Promise, rules: Rules<'_>, now: Timestamp) {
    match promise.followed_until {
        Some(until) if until <= now => look.due.push(Occasion::Unfollow(promise.id)),
        Some(until) => look.at(until),
        None => {}
    }
    let Some((from, end)) = asked_between(promise, rules) else {
        return;
    };
    let zone = promise.zone(&rules.settings.zone);
    match (promise.due, quiet_until(rules.calendar.quiet, now, &zone)) {
        _ if end <= now => {}
        _ if now < from => look.at(from),
        (_, Some(until)) if until < end => look.at(until),
        (_, Some(_)) | (None, None) => {}
        (Some(due), None) => look.due.push(Occasion::Promise(promise.id, due)),
    }
}
