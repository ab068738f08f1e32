//! What is due at an instant, and when the next thing is: derived from the meeting and the calendar of the settings, never
//! stored.
//!
//! Guarantees: the same facts at the same instant give the same answer. A reminder is due once for each day that it is about,
//! from its time on until it is of no use any more: when [`Calendar::catch_up_hours`] have passed, or what it is about has
//! begun. It is never due in quiet hours, after what it is about, or when a nearer one for the same people has come.
//!
//! Nothing that was missed is noted anywhere, so a clock that was wrong for a while loses no reminder. What is personal is erased
//! only a day after an owner was warned; six days after, where none can be.

mod promised;
mod quiet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::config::reminders::{Before, Digests, Reminder};
use crate::config::{Calendar, Config, Settings};
use crate::domain::reminder::{Anchor, Reminded};
use crate::domain::{Day, Meeting, Promise};

pub use promised::asked_between;
pub use quiet::quiet_until;

/// Of a day whose time is not known, reminders are of use until noon.
const NOON: Time = Time::constant(12, 0, 0, 0);
/// Between the warning of the owners and the erasure at least.
const WARNED_HOURS: i64 = 24;
/// The same where no owner could be written to: then nobody may come back in time, and what is promised to people counts.
const UNHEARD_HOURS: i64 = 6 * 24;

/// What is known, from which all follows.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The meeting.
    pub meeting: Option<&'a Meeting>,
    /// The reminders that were sent about it.
    pub reminded: &'a [Reminded],
    /// When the earliest concern came that no digest of the organisers' group told of, or since when there is a group to tell
    /// it, if that is later. Nothing while there is no group, or nothing new.
    pub news: Option<Timestamp>,
    /// The promises of which somebody is still to be asked, or kept.
    pub promises: &'a [Promise],
    /// Whether an earlier meeting has left something that its senders are still to be told of.
    pub left: bool,
}

/// The rules by which it follows.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The calendar.
    pub calendar: &'a Calendar,
    /// The settings.
    pub settings: &'a Settings,
}

impl<'r> Rules<'r> {
    /// Those of this configuration.
    pub fn of(config: &'r Config) -> Self {
        Self {
            calendar: &config.calendar,
            settings: &config.settings,
        }
    }
}

/// A time at which a reminder is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence<'r> {
    /// The reminder.
    pub reminder: &'r Reminder,
    /// The day that it is about, in the meeting's time zone.
    pub date: Date,
    /// What it is about: the instant, or the day of a meeting whose time is not known.
    pub about: About,
    /// From when on it is due.
    pub due: Timestamp,
    /// From when on it is of no use any more.
    pub useless: Timestamp,
}

/// What a reminder is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An instant.
    At(Timestamp),
    /// A day of the meeting.
    Day(Day),
}

/// Something to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion<'r> {
    /// A reminder is to be sent.
    Remind(Occurrence<'r>),
    /// The organisers' group is to be told what is new.
    Digest,
    /// The organisations behind what a promise answers are to be asked what became of it, for this day.
    Promise(u64, Date),
    /// Nobody may say any more what became of this promise.
    Unfollow(u64),
    /// Whoever sent what an earlier meeting has left is to be told that it can be raised again.
    CarryOver,
    /// What is personal is to be erased.
    Erase,
}

/// What is to be done now, and when to look again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look<'r> {
    /// What is to be done now.
    pub due: Vec<Occasion<'r>>,
    /// The next instant at which something is due, if nothing changes before.
    pub next: Option<Timestamp>,
}

/// Looks at the clock.
pub fn look<'r>(facts: Facts<'_>, rules: Rules<'r>, now: Timestamp) -> Look<'r> {
    let mut look = Look::default();
    let zone = facts
        .meeting
        .map_or(rules.settings.zone.clone(), |meeting| {
            meeting.zone(&rules.settings.zone)
        });
    let quiet = quiet_until(rules.calendar.quiet, now, &zone);
    if let Some(meeting) = facts.meeting {
        let occurrences = occurrences(meeting, rules);
        let open: Vec<_> = occurrences
            .iter()
            .filter(|occurrence| !is_done(occurrence, facts.reminded) && now < occurrence.useless)
            .collect();
        for occurrence in open {
            if now < occurrence.due {
                look.at(occurrence.due);
            } else if is_superseded(occurrence, &occurrences, now) {
            } else if let Some(until) = quiet {
                // After an outage: its time has passed, and it waits for the morning if that is not too late.
                if until < occurrence.useless {
                    look.at(until);
                }
            } else {
                look.due.push(Occasion::Remind(occurrence.clone()));
            }
        }
        let is_ahead = !meeting.is_closed(now) && !meeting.is_over(now, &rules.settings.zone);
        match quiet {
            _ if !facts.left || !is_ahead => {}
            Some(until) => look.at(until),
            None => look.due.push(Occasion::CarryOver),
        }
        erasure(&mut look, meeting, &occurrences, facts, rules, quiet, now);
    }
    for promise in facts.promises {
        promised::look(&mut look, promise, rules, now);
    }
    if let (Some(news), Some(digests)) = (facts.news, &rules.calendar.digests) {
        match (slot(digests, news, &zone), quiet) {
            (Some(slot), _) if now < slot => look.at(slot),
            (Some(_), Some(until)) => look.at(until),
            (Some(_), None) => look.due.push(Occasion::Digest),
            (None, _) => {}
        }
    }
    look
}

impl Occurrence<'_> {
    /// Whether this is what was sent.
    pub fn is(&self, reminded: &Reminded) -> bool {
        reminded.reminder == self.reminder.id && reminded.date == self.date
    }
}

impl Look<'_> {
    fn at(&mut self, next: Timestamp) {
        self.next = Some(self.next.map_or(next, |known| known.min(next)));
    }
}

/// Every time at which a reminder of this meeting is due or was, in order.
pub fn occurrences<'r>(meeting: &Meeting, rules: Rules<'r>) -> Vec<Occurrence<'r>> {
    let zone = meeting.zone(&rules.settings.zone);
    let mut all: Vec<_> = rules
        .calendar
        .reminders
        .iter()
        .flat_map(|reminder| {
            abouts(meeting, reminder, rules)
                .into_iter()
                .filter_map(|about| occurrence(reminder, about, meeting, rules, &zone))
                .collect::<Vec<_>>()
        })
        .collect();
    all.sort_by_key(|occurrence| (occurrence.due, occurrence.reminder.id.clone()));
    all
}

/// When what is personal is to be erased, if that happens by itself.
pub fn erased_at(meeting: &Meeting, settings: &Settings) -> Option<Timestamp> {
    if settings.retention_days == 0 {
        return None;
    }
    let end = meeting
        .ends_at(&settings.zone)?
        .to_zoned(meeting.zone(&settings.zone));
    let erased = end
        .checked_add(i64::from(settings.retention_days).days())
        .ok()?;
    Some(erased.timestamp())
}

/// The same, where the owners were warned of it at this instant.
pub fn erased_after(erased_at: Timestamp, warned_at: Timestamp) -> Timestamp {
    let earliest = warned_at.checked_add(WARNED_HOURS.hours());
    earliest.map_or(erased_at, |earliest| earliest.max(erased_at))
}

/// When the owners were first warned of the erasure of what these are about.
pub fn warned_at(
    occurrences: &[Occurrence<'_>],
    reminded: &[Reminded],
    now: Timestamp,
) -> Option<Timestamp> {
    let warns = |done: &&Reminded| warnings(occurrences).any(|warning| warning.is(done));
    let given = reminded.iter().filter(warns);
    let heard = given.filter_map(|done| match done.first_sent_at {
        // One from the future was given by a clock that was wrong.
        Some(sent_at) => Some(sent_at).filter(|at| *at <= now),
        None if done.is_over() => {
            let unheard = done.at.checked_add((UNHEARD_HOURS - WARNED_HOURS).hours());
            unheard.ok().filter(|_| done.at <= now)
        }
        // It is on its way.
        None => None,
    });
    heard.min()
}

/// Until when a draft that was begun in time may be submitted after the deadline.
pub fn grace_ends_at(meeting: &Meeting, settings: &Settings) -> Option<Timestamp> {
    let grace = i64::from(settings.grace_hours).hours();
    meeting.deadline?.checked_add(grace).ok()
}

/// What a reminder of this meeting is about.
fn abouts(meeting: &Meeting, reminder: &Reminder, rules: Rules<'_>) -> Vec<About> {
    let instant = |at: Option<Timestamp>| at.map(About::At).into_iter().collect();
    match reminder.anchor {
        Anchor::Deadline => instant(meeting.deadline),
        Anchor::Grace => instant(grace_ends_at(meeting, rules.settings)),
        Anchor::Erasure => instant(erased_at(meeting, rules.settings)),
        Anchor::Meeting => {
            let days = if reminder.first_day { 1 } else { usize::MAX };
            meeting
                .days
                .iter()
                .take(days)
                .copied()
                .map(About::Day)
                .collect()
        }
    }
}

fn occurrence<'r>(
    reminder: &'r Reminder,
    about: About,
    meeting: &Meeting,
    rules: Rules<'_>,
    zone: &TimeZone,
) -> Option<Occurrence<'r>> {
    let at = |date: Date, time: Time| {
        let at = date.to_datetime(time).to_zoned(zone.clone()).ok()?;
        Some(at.timestamp())
    };
    let (date, begins, end) = match about {
        About::At(instant) => (
            instant.to_zoned(zone.clone()).date(),
            Some(instant),
            instant,
        ),
        About::Day(day) => {
            let begins = day.time.and_then(|time| at(day.date, time));
            (day.date, begins, begins.or_else(|| at(day.date, NOON))?)
        }
    };
    // After the meeting nobody is reminded of anything but its erasure.
    let end = match (reminder.anchor, meeting.ends_at(&rules.settings.zone)) {
        (Anchor::Deadline | Anchor::Grace | Anchor::Meeting, Some(over)) => end.min(over),
        (Anchor::Deadline | Anchor::Grace | Anchor::Meeting, None) | (Anchor::Erasure, _) => end,
    };
    let wanted = match reminder.before {
        Before::Days(days, time) => at(date.checked_sub(i64::from(days).days()).ok()?, time)?,
        Before::Hours(hours) => begins?.checked_sub(i64::from(hours).hours()).ok()?,
    };
    let due = quiet::outside(rules.calendar.quiet, wanted, end, zone)?;
    let catch_up = i64::from(rules.calendar.catch_up_hours).hours();
    let useless = due.checked_add(catch_up).ok()?.min(end);
    (due < useless).then_some(Occurrence {
        reminder,
        date,
        about,
        due,
        useless,
    })
}

fn is_done(occurrence: &Occurrence<'_>, reminded: &[Reminded]) -> bool {
    reminded.iter().any(|done| occurrence.is(done))
}

/// Whether another reminder for the same people about the same has become due since: after an outage one of them is enough.
fn is_superseded(one: &Occurrence<'_>, all: &[Occurrence<'_>], now: Timestamp) -> bool {
    let same = |other: &Occurrence<'_>| {
        other.reminder.whom == one.reminder.whom
            && other.reminder.anchor == one.reminder.anchor
            && other.about == one.about
    };
    all.iter()
        .any(|other| same(other) && one.due < other.due && other.due <= now)
}

/// The warnings of the erasure.
fn warnings<'o, 'r>(occurrences: &'o [Occurrence<'r>]) -> impl Iterator<Item = &'o Occurrence<'r>> {
    let is_warning = |one: &&Occurrence<'_>| one.reminder.anchor == Anchor::Erasure;
    occurrences.iter().filter(is_warning)
}

/// The erasure itself, and the warning without which there is none.
fn erasure<'r>(
    look: &mut Look<'r>,
    meeting: &Meeting,
    occurrences: &[Occurrence<'r>],
    facts: Facts<'_>,
    rules: Rules<'r>,
    quiet: Option<Timestamp>,
    now: Timestamp,
) {
    let Some(erased_at) = erased_at(meeting, rules.settings) else {
        return;
    };
    let warned_at = warned_at(occurrences, facts.reminded, now);
    match (warned_at, warnings(occurrences).last()) {
        (Some(warned_at), _) => {
            let erased_at = erased_after(erased_at, warned_at);
            if erased_at <= now {
                look.due.push(Occasion::Erase);
            } else {
                look.at(erased_at);
            }
        }
        (None, Some(last)) if now < last.useless => look.at(last.useless),
        // The last one is on its way.
        (None, Some(last))
            if facts
                .reminded
                .iter()
                .any(|done| done.at <= now && last.is(done)) => {}
        // None was given while it was time for one.
        (None, Some(last)) => match quiet {
            Some(until) => look.at(until),
            None => look.due.push(Occasion::Remind(last.clone())),
        },
        (None, None) => {}
    }
}

/// The first time for a digest at this instant or after it.
fn slot(digests: &Digests, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let mut date = from.to_zoned(zone.clone()).date();
    // A week and the day on which its first time has passed.
    for _ in 0..8 {
        if digests.days.contains(&date.weekday()) {
            let at = date.to_datetime(digests.at).to_zoned(zone.clone()).ok()?;
            if at.timestamp() >= from {
                return Some(at.timestamp());
            }
        }
        date = date.tomorrow().ok()?;
    }
    None
}
