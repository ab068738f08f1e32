//! What must come to whom and when, worked out minute by minute: slowly, and by no rule of the program's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use samleng::config::Calendar;
use samleng::config::reminders::{Before, Quiet};
use samleng::domain::Meeting;
use samleng::domain::reminder::{Anchor, Whom};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A reminder to a person: whose, which, about which day, of which meeting.
pub(super) type Key = (usize, String, Date, u64);

/// What somebody has done.
#[derive(Clone, Default)]
pub(super) struct Member {
    pub(super) organisation: usize,
    pub(super) draft_since: Option<Timestamp>,
    pub(super) muted: bool,
    pub(super) unreachable: bool,
    pub(super) gone: bool,
}

/// What an organisation has done.
#[derive(Clone, Default)]
pub(super) struct Organisation {
    pub(super) raised: u32,
    pub(super) rsvp: Option<BTreeMap<Date, bool>>,
    pub(super) suspended: bool,
}

/// One time of a reminder.
#[derive(Clone, Debug)]
pub(super) struct Time {
    pub(super) reminder: usize,
    pub(super) date: Date,
    about_day: Option<Date>,
    pub(super) due: Timestamp,
    pub(super) useless: Timestamp,
}

pub(super) struct Model {
    pub(super) calendar: Calendar,
    pub(super) grace_hours: i64,
    pub(super) zone: TimeZone,
    pub(super) meeting: Option<Meeting>,
    pub(super) meeting_id: u64,
    pub(super) times: Vec<Time>,
    pub(super) members: Vec<Member>,
    pub(super) organisations: Vec<Organisation>,
    /// Times whose people were told, or were to be.
    pub(super) done: BTreeSet<(String, Date, u64)>,
    /// What must still come.
    pub(super) owed: BTreeSet<Key>,
    /// What has come.
    pub(super) came: BTreeMap<Key, u32>,
}

impl Model {
    pub(super) fn quiet(&self, at: Timestamp) -> bool {
        is_quiet(self.calendar.quiet, at, &self.zone)
    }

    /// The meeting is this from now on.
    pub(super) fn set(&mut self, meeting: Meeting) {
        self.zone = TimeZone::get(meeting.zone.as_deref().unwrap()).unwrap();
        self.times.clear();
        for (index, reminder) in self.calendar.reminders.iter().enumerate() {
            let grace = self.grace_hours.hours();
            let abouts: Vec<(Timestamp, Option<Date>, Option<Timestamp>)> = match reminder.anchor {
                Anchor::Deadline => meeting
                    .deadline
                    .map(|at| (at, None, Some(at)))
                    .into_iter()
                    .collect(),
                Anchor::Grace => meeting
                    .deadline
                    .map(|at| at.checked_add(grace).unwrap())
                    .map(|at| (at, None, Some(at)))
                    .into_iter()
                    .collect(),
                Anchor::Meeting => meeting
                    .days
                    .iter()
                    .take(if reminder.first_day { 1 } else { 99 })
                    .map(|day| {
                        let noon = jiff::civil::time(12, 0, 0, 0);
                        let at = |time| self.first(day.date.to_datetime(time));
                        let begins = day.time.map(at);
                        (begins.unwrap_or_else(|| at(noon)), Some(day.date), begins)
                    })
                    .collect(),
                Anchor::Erasure => Vec::new(),
            };
            for (end, about_day, begins) in abouts {
                let date = end.to_zoned(self.zone.clone()).date();
                let over = meeting
                    .days
                    .last()
                    .map(|day| self.first(day.date.tomorrow().unwrap().at(0, 0, 0, 0)));
                let end = over.map_or(end, |over| end.min(over));
                let wanted = match reminder.before {
                    Before::Days(days, time) => {
                        let day = date.checked_sub(i64::from(days).days()).unwrap();
                        self.first(day.to_datetime(time))
                    }
                    Before::Hours(hours) => match begins {
                        Some(begins) => begins - SignedDuration::from_hours(hours.into()),
                        None => continue,
                    },
                };
                let Some(due) = self.out_of_quiet(wanted, end) else {
                    continue;
                };
                let hours = SignedDuration::from_hours(self.calendar.catch_up_hours.into());
                let useless = (due + hours).min(end);
                if due < useless {
                    self.times.push(Time {
                        reminder: index,
                        date,
                        about_day,
                        due,
                        useless,
                    });
                }
            }
        }
        self.meeting = Some(meeting);
    }

    /// The first instant at which the wall clock shows this or more.
    fn first(&self, wanted: jiff::civil::DateTime) -> Timestamp {
        let mut at = wanted.to_zoned(TimeZone::UTC).unwrap().timestamp();
        at -= SignedDuration::from_hours(15);
        while self.zone.to_datetime(at) < wanted {
            let behind = wanted.duration_since(self.zone.to_datetime(at));
            // Never so far that an hour put forward or back could be jumped over.
            at += (behind - SignedDuration::from_hours(3)).max(MINUTE.min(behind));
        }
        at
    }

    fn out_of_quiet(&self, wanted: Timestamp, end: Timestamp) -> Option<Timestamp> {
        let mut after = wanted;
        while self.quiet(after) {
            after += MINUTE;
            // From the full minute on, as clocks show it.
            after -= SignedDuration::from_secs(after.as_second().rem_euclid(60));
        }
        if after == wanted || after + SignedDuration::from_hours(2) <= end {
            return Some(after);
        }
        let mut before = wanted - SignedDuration::from_secs(wanted.as_second().rem_euclid(60));
        while self.quiet(before) {
            before -= MINUTE;
        }
        // That is the last minute before they begin.
        let before = before + MINUTE - SignedDuration::from_mins(30);
        (!self.quiet(before)).then_some(before)
    }

    /// Whether this concerns somebody now.
    pub(super) fn concerns(&self, who: usize, time: &Time) -> bool {
        let member = &self.members[who];
        let organisation = &self.organisations[member.organisation];
        let reminder = &self.calendar.reminders[time.reminder];
        if member.gone || member.muted || organisation.suspended {
            return false;
        }
        let meeting = self.meeting.as_ref().unwrap();
        let draft = member
            .draft_since
            .is_some_and(|since| meeting.deadline.is_none_or(|deadline| since < deadline));
        match reminder.whom {
            Whom::Everyone => true,
            Whom::Silent => organisation.raised == 0 && !draft,
            Whom::Draft => draft,
            Whom::Coming => organisation
                .rsvp
                .as_ref()
                .is_some_and(|rsvp| match time.about_day {
                    Some(day) => rsvp.get(&day) == Some(&true),
                    None => rsvp.values().any(|comes| *comes),
                }),
            Whom::Undecided => organisation
                .rsvp
                .as_ref()
                .is_none_or(|rsvp| meeting.days.iter().any(|day| !rsvp.contains_key(&day.date))),
            Whom::Unreachable | Whom::Owners => false,
        }
    }

    /// The time of a reminder, unless it has moved.
    pub(super) fn time(&self, (_, id, date, meeting): &Key) -> Option<&Time> {
        let mut times = self.times.iter().filter(|_| *meeting == self.meeting_id);
        times.find(|time| time.date == *date && self.calendar.reminders[time.reminder].id == *id)
    }

    /// The bot sees this time of its clock: whoever is to be told now is owed that.
    pub(super) fn sees(&mut self, now: Timestamp) {
        let mut owed = Vec::new();
        for time in &self.times {
            let reminder = &self.calendar.reminders[time.reminder];
            let key = (reminder.id.clone(), time.date, self.meeting_id);
            let nearer = self.times.iter().any(|other| {
                let there = &self.calendar.reminders[other.reminder];
                there.whom == reminder.whom
                    && there.anchor == reminder.anchor
                    && other.date == time.date
                    && other.about_day == time.about_day
                    && time.due < other.due
                    && other.due <= now
            });
            if now < time.due || time.useless <= now || nearer || self.quiet(now) {
                continue;
            }
            if self.done.contains(&key) {
                continue;
            }
            let people = (0..self.members.len())
                .filter(|who| !self.members[*who].unreachable && self.concerns(*who, time));
            owed.push((key, people.collect::<Vec<_>>()));
        }
        for (key, people) in owed {
            for who in people {
                self.owed.insert((who, key.0.clone(), key.1, key.2));
            }
            self.done.insert(key);
        }
    }

    /// The next instant after this one at which somebody may have to be told something.
    pub(super) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let dues = self.times.iter().map(|time| time.due);
        let mut dues: Vec<_> = dues.filter(|due| now < *due).collect();
        let waits = |time: &Time| time.due <= now && now < time.useless;
        if self.quiet(now) && self.times.iter().any(waits) {
            let mut end = now;
            while self.quiet(end) {
                end += MINUTE;
            }
            dues.push(end);
        }
        dues.into_iter().min()
    }
}

pub(super) fn is_quiet(quiet: Option<Quiet>, at: Timestamp, zone: &TimeZone) -> bool {
    let Some(Quiet { from, until }) = quiet else {
        return false;
    };
    let time = zone.to_datetime(at).time();
    match from < until {
        true => from <= time && time < until,
        false => from <= time || time < until,
    }
}
