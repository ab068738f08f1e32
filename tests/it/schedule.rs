//! What is due when, without a store and without a person: tables of meetings, instants, and what a look at the clock says.
//!
//! Instants are written with their offset, so that an hour that comes twice is two. A look is written as what is due and, after
//! `>`, when to look again.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use samleng::config::reminders::{Before, Digests, Quiet, Reminder};
use samleng::config::{Calendar, Settings};
use samleng::domain::reminder::{Anchor, Outcomes, Whom};
use samleng::domain::{Day, Localised, Meeting, Reminded};
use samleng::schedule::{Facts, Look, Occasion, Rules, look, quiet_until};

use crate::in_memory::{english, forum, khmer, runner};

const HOME: &str = "Asia/Phnom_Penh";
const BERLIN: &str = "Europe/Berlin";
const NEW_YORK: &str = "America/New_York";
const LORD_HOWE: &str = "Australia/Lord_Howe";
const APIA: &str = "Pacific/Apia";
const NIGHT: Option<(&str, &str)> = Some(("20:30", "07:00"));

/// The rules and the meeting that a table begins with.
#[derive(Clone, Copy)]
struct Plan {
    zone: &'static str,
    quiet: Option<(&'static str, &'static str)>,
    catch_up: u32,
    retention: u32,
    /// Each as "id audience before 7d09:00", or "8h"; "first" at the end for the first day only.
    reminders: &'static [&'static str],
    digests: &'static [Weekday],
    days: &'static [&'static str],
    deadline: &'static str,
}

const PLAN: Plan = Plan {
    zone: HOME,
    quiet: NIGHT,
    catch_up: 12,
    retention: 0,
    reminders: &[],
    digests: &[],
    days: &[],
    deadline: "",
};

/// What happens next.
enum Then {
    /// Somebody looks at the clock, and what is due is done.
    At(&'static str, &'static str),
    /// Somebody looks, and the commit fails.
    InVain(&'static str, &'static str),
    /// The deadline is moved.
    Deadline(&'static str),
    /// The days are others.
    Days(&'static [&'static str]),
    /// A concern came.
    News(&'static str),
}

use Then::{At, Days, Deadline, InVain, News};

fn clock(text: &str) -> Time {
    text.parse().unwrap()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn days(texts: &[&str]) -> Vec<Day> {
    let day = |text: &&str| {
        let (date, time) = text.split_once('T').unwrap_or((text, ""));
        Day {
            date: date.parse().unwrap(),
            time: (!time.is_empty()).then(|| clock(time)),
        }
    };
    texts.iter().map(day).collect()
}

fn reminder(text: &str) -> Reminder {
    let words: Vec<&str> = text.split(' ').collect();
    let before = match words[3].split_once('d') {
        Some((days, at)) => Before::Days(days.parse().unwrap(), clock(at)),
        None => Before::Hours(words[3].strip_suffix('h').unwrap().parse().unwrap()),
    };
    let whom = Whom::ALL.into_iter().find(|(id, _)| *id == words[1]);
    let anchor = Anchor::ALL.into_iter().find(|(id, _)| *id == words[2]);
    Reminder {
        id: words[0].to_owned(),
        whom: whom.unwrap().1,
        anchor: anchor.unwrap().1,
        before,
        first_day: words.get(4) == Some(&"first"),
        words: Localised::same([english(), khmer()], "{title}"),
    }
}

/// A table's state.
#[derive(Debug)]
struct Played {
    calendar: Calendar,
    settings: Settings,
    zone: TimeZone,
    meeting: Meeting,
    reminded: Vec<Reminded>,
    news: Option<Timestamp>,
    erased: bool,
}

impl Played {
    fn new(plan: Plan) -> Self {
        let mut settings = forum().config.settings;
        settings.retention_days = plan.retention;
        settings.grace_hours = 24;
        let quiet = |(from, until)| Quiet {
            from: clock(from),
            until: clock(until),
        };
        let digests = Digests {
            days: plan.digests.to_vec(),
            at: clock("08:00"),
        };
        Self {
            calendar: Calendar {
                quiet: plan.quiet.map(quiet),
                catch_up_hours: plan.catch_up,
                digests: (!plan.digests.is_empty()).then_some(digests),
                reminders: plan.reminders.iter().map(|text| reminder(text)).collect(),
            },
            settings,
            zone: TimeZone::get(plan.zone).unwrap(),
            meeting: Meeting {
                id: 1,
                title: Localised::same([english(), khmer()], "Forum"),
                days: days(plan.days),
                place: None,
                deadline: (!plan.deadline.is_empty()).then(|| instant(plan.deadline)),
                capacity: None,
                people_at_most: None,
                zone: Some(plan.zone.to_owned()),
            },
            reminded: Vec::new(),
            news: None,
            erased: false,
        }
    }

    fn look(&self, now: Timestamp) -> Look<'_> {
        let facts = Facts {
            meeting: (!self.erased).then_some(&self.meeting),
            reminded: &self.reminded,
            news: self.news,
        };
        let rules = Rules {
            calendar: &self.calendar,
            settings: &self.settings,
        };
        look(facts, rules, now)
    }

    fn says(&self, look: &Look<'_>) -> String {
        let due = look.due.iter().map(|occasion| match occasion {
            Occasion::Remind(one) => format!("{}@{}", one.reminder.id, one.date),
            Occasion::Digest => "digest".to_owned(),
            Occasion::Erase => "erase".to_owned(),
        });
        let due: Vec<String> = due.collect();
        let next = look.next.map_or("-".to_owned(), |next| {
            let next = next.to_zoned(self.zone.clone());
            next.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        });
        format!("{} > {next}", due.join(" ")).trim().to_owned()
    }

    /// What is due is done.
    fn done(&mut self, now: Timestamp) {
        let look = self.look(now);
        let mut reminded = Vec::new();
        let (mut told, mut erased) = (false, false);
        for occasion in &look.due {
            match occasion {
                Occasion::Remind(one) => reminded.push(Reminded {
                    id: 1,
                    meeting: 1,
                    reminder: one.reminder.id.clone(),
                    date: one.date,
                    at: now,
                    people: 0,
                    tally: Outcomes::default(),
                }),
                Occasion::Digest => told = true,
                Occasion::Erase => erased = true,
            }
        }
        self.reminded.extend(reminded);
        self.erased |= erased;
        if told {
            self.news = None;
        }
    }
}

fn check(what: &str, plan: Plan, table: &[Then]) {
    let mut played = Played::new(plan);
    for then in table {
        match then {
            At(at, expected) | InVain(at, expected) => {
                let now = instant(at);
                let look = played.look(now);
                assert_eq!(played.says(&look), *expected, "{what}: at {at}");
                if matches!(then, At(..)) {
                    played.done(now);
                }
            }
            Deadline(at) => played.meeting.deadline = Some(instant(at)),
            Days(texts) => played.meeting.days = days(texts),
            News(at) => played.news = Some(instant(at)),
        }
    }
}

#[test]
fn a_reminder_is_due_from_its_time_until_it_is_of_no_use() {
    let plan = Plan {
        reminders: &["week silent deadline 7d09:00"],
        deadline: "2027-01-17T17:00:00+07:00",
        ..PLAN
    };
    let next = "> 2027-01-10T09:00:00+07:00";
    check(
        "to the second",
        plan,
        &[
            At("2027-01-01T00:00:00+07:00", next),
            At("2027-01-10T08:59:59.999999999+07:00", next),
            InVain("2027-01-10T09:00:00+07:00", "week@2027-01-17 > -"),
            InVain("2027-01-10T20:29:59+07:00", "week@2027-01-17 > -"),
            // In the night, and too late after it.
            At("2027-01-10T20:30:00+07:00", "> -"),
            At("2027-01-10T21:00:00+07:00", "> -"),
            At("2027-01-10T09:00:00+07:00", "week@2027-01-17 > -"),
            At("2027-01-10T09:00:00+07:00", "> -"),
        ],
    );
    let plan = Plan {
        quiet: None,
        ..plan
    };
    check(
        "the last second of the hours in which it is caught up with",
        plan,
        &[
            InVain("2027-01-10T20:59:59.999999999+07:00", "week@2027-01-17 > -"),
            At("2027-01-10T21:00:00+07:00", "> -"),
        ],
    );
    let plan = Plan {
        catch_up: 36,
        quiet: NIGHT,
        ..plan
    };
    check(
        "after an outage it waits for the morning, if that is not too late",
        plan,
        &[
            At("2027-01-10T20:30:00+07:00", "> 2027-01-11T07:00:00+07:00"),
            InVain("2027-01-11T06:59:59+07:00", "> 2027-01-11T07:00:00+07:00"),
            At("2027-01-11T07:00:00+07:00", "week@2027-01-17 > -"),
        ],
    );
    let plan = Plan {
        reminders: &["soon silent deadline 0d16:00"],
        ..plan
    };
    check(
        "never after what it is about",
        plan,
        &[
            InVain("2027-01-17T16:59:59+07:00", "soon@2027-01-17 > -"),
            At("2027-01-17T17:00:00+07:00", "> -"),
        ],
    );
    let plan = Plan {
        days: &["2027-01-15"],
        reminders: &["late silent deadline 1d09:00"],
        ..plan
    };
    check(
        "nor after the meeting, though the deadline lies after it",
        plan,
        &[At("2027-01-14T00:00:00+07:00", "> -")],
    );
}

#[test]
fn a_clock_that_is_changed_keeps_the_time_of_the_wall() {
    for (what, zone, deadline, reminders, before, next) in [
        (
            "an hour that is left out",
            BERLIN,
            "2027-03-29T12:00:00+02:00",
            &["r silent deadline 1d02:30"][..],
            "2027-03-27T00:00:00+01:00",
            "> 2027-03-28T03:30:00+02:00",
        ),
        (
            "an hour that comes twice counts the first time",
            BERLIN,
            "2026-10-26T12:00:00+01:00",
            &["r silent deadline 1d02:30"],
            "2026-10-24T00:00:00+02:00",
            "> 2026-10-25T02:30:00+02:00",
        ),
        (
            "days are those of the calendar, not of 24 hours",
            NEW_YORK,
            "2027-03-18T17:00:00-04:00",
            &["r silent deadline 7d09:00"],
            "2027-03-01T00:00:00-05:00",
            "> 2027-03-11T09:00:00-05:00",
        ),
        (
            "hours are hours",
            NEW_YORK,
            "2026-11-01T17:00:00-05:00",
            &["r silent deadline 20h"],
            "2026-10-01T00:00:00-04:00",
            "> 2026-10-31T22:00:00-04:00",
        ),
        (
            "half an hour",
            LORD_HOWE,
            "2027-04-05T12:00:00+10:30",
            &["r silent deadline 1d01:45"],
            "2027-04-01T00:00:00+11:00",
            "> 2027-04-04T01:45:00+11:00",
        ),
        (
            "half an hour that is left out",
            LORD_HOWE,
            "2026-10-05T12:00:00+11:00",
            &["r silent deadline 1d02:15"],
            "2026-10-01T00:00:00+10:30",
            "> 2026-10-04T02:45:00+11:00",
        ),
        // The 30th was left out there; what would come then comes at that time of the next day.
        (
            "a day that is left out",
            APIA,
            "2012-01-01T12:00:00+14:00",
            &["r silent deadline 2d09:00"],
            "2011-12-28T00:00:00-10:00",
            "> 2011-12-31T09:00:00+14:00",
        ),
    ] {
        let plan = Plan {
            zone,
            quiet: None,
            deadline,
            reminders,
            ..PLAN
        };
        check(what, plan, &[At(before, next)]);
    }
}

#[test]
fn nobody_is_disturbed_at_night() {
    const LUNCH: Option<(&str, &str)> = Some(("12:00", "14:00"));
    for (what, zone, quiet, deadline, reminder, next) in [
        (
            "after them",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d23:00",
            "> 2027-01-17T07:00:00+07:00",
        ),
        (
            "after midnight",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d05:00",
            "> 2027-01-16T07:00:00+07:00",
        ),
        (
            "their first moment",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d20:30",
            "> 2027-01-17T07:00:00+07:00",
        ),
        (
            "the first moment after them",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d07:00",
            "> 2027-01-16T07:00:00+07:00",
        ),
        (
            "two hours are enough",
            HOME,
            NIGHT,
            "2027-01-17T09:00:00+07:00",
            "r silent deadline 8h",
            "> 2027-01-17T07:00:00+07:00",
        ),
        (
            "less are not",
            HOME,
            NIGHT,
            "2027-01-17T08:59:59+07:00",
            "r silent deadline 8h",
            "> 2027-01-16T20:00:00+07:00",
        ),
        (
            "before them, from after midnight",
            HOME,
            NIGHT,
            "2027-01-17T08:00:00+07:00",
            "r silent deadline 3h",
            "> 2027-01-16T20:00:00+07:00",
        ),
        (
            "within a day, after",
            HOME,
            LUNCH,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 4h",
            "> 2027-01-17T14:00:00+07:00",
        ),
        (
            "within a day, before",
            HOME,
            LUNCH,
            "2027-01-17T15:00:00+07:00",
            "r silent deadline 2h",
            "> 2027-01-17T11:30:00+07:00",
        ),
        (
            "a night that is shorter",
            BERLIN,
            NIGHT,
            "2027-03-28T17:00:00+02:00",
            "r silent deadline 0d04:00",
            "> 2027-03-28T07:00:00+02:00",
        ),
        (
            "their end is left out",
            BERLIN,
            Some(("22:00", "02:30")),
            "2027-03-28T17:00:00+02:00",
            "r silent deadline 0d01:00",
            "> 2027-03-28T03:00:00+02:00",
        ),
        // 02:30 comes, then 02:00 to 02:30 once more, which are quiet hours as well.
        (
            "their end comes twice",
            BERLIN,
            Some(("22:00", "02:30")),
            "2026-10-25T17:00:00+01:00",
            "r silent deadline 0d01:00",
            "> 2026-10-25T02:30:00+02:00",
        ),
        (
            "no good time",
            HOME,
            Some(("07:00", "06:50")),
            "2027-01-17T08:00:00+07:00",
            "r silent deadline 0d03:00",
            "> -",
        ),
    ] {
        let reminders = &*Box::leak(Box::new([reminder]));
        let plan = Plan {
            zone,
            quiet,
            deadline,
            reminders,
            ..PLAN
        };
        check(what, plan, &[At("2026-01-01T00:00:00Z", next)]);
    }
}

#[test]
fn each_day_on_which_the_meeting_may_be_has_its_own() {
    let plan = Plan {
        days: &["2027-01-17", "2027-01-19T08:30"],
        reminders: &[
            "first undecided meeting 3d09:00 first",
            "each coming meeting 1d09:00",
            "hours everyone meeting 1h",
        ],
        ..PLAN
    };
    check(
        "the days",
        plan,
        &[
            At(
                "2027-01-14T09:00:00+07:00",
                "first@2027-01-17 > 2027-01-16T09:00:00+07:00",
            ),
            At(
                "2027-01-16T09:00:00+07:00",
                "each@2027-01-17 > 2027-01-18T09:00:00+07:00",
            ),
            At(
                "2027-01-18T09:00:00+07:00",
                "each@2027-01-19 > 2027-01-19T07:30:00+07:00",
            ),
            // Of a day without a time nobody knows when an hour before it is.
            At("2027-01-19T07:30:00+07:00", "hours@2027-01-19 > -"),
        ],
    );
    let noon = Plan {
        days: &["2027-01-17"],
        reminders: &["r coming meeting 0d11:00"],
        ..PLAN
    };
    check(
        "a day without a time begins at noon",
        noon,
        &[
            InVain("2027-01-17T11:59:59+07:00", "r@2027-01-17 > -"),
            At("2027-01-17T12:00:00+07:00", "> -"),
        ],
    );
    check(
        "it is settled",
        plan,
        &[
            At(
                "2027-01-14T09:00:00+07:00",
                "first@2027-01-17 > 2027-01-16T09:00:00+07:00",
            ),
            Days(&["2027-01-19T08:30"]),
            // Whoever has not said whether they come to the day that it is now is asked once more.
            At("2027-01-15T09:00:00+07:00", "> 2027-01-16T09:00:00+07:00"),
            At(
                "2027-01-16T09:00:00+07:00",
                "first@2027-01-19 > 2027-01-18T09:00:00+07:00",
            ),
        ],
    );
}

#[test]
fn after_an_outage_one_of_several_is_enough() {
    let plan = Plan {
        quiet: None,
        catch_up: 240,
        deadline: "2027-01-17T17:00:00+07:00",
        reminders: &[
            "week silent deadline 7d09:00",
            "days silent deadline 2d09:00",
            "draft draft deadline 7d09:00",
            "grace silent grace 7d09:00",
        ],
        ..PLAN
    };
    check(
        "the nearer one",
        plan,
        &[
            InVain(
                "2027-01-15T08:59:59+07:00",
                "draft@2027-01-17 week@2027-01-17 grace@2027-01-18 > 2027-01-15T09:00:00+07:00",
            ),
            // Others, and others' dates, do not supersede.
            At(
                "2027-01-15T09:00:00+07:00",
                "draft@2027-01-17 grace@2027-01-18 days@2027-01-17 > -",
            ),
            At("2027-01-16T09:00:00+07:00", "> -"),
        ],
    );
}

#[test]
fn a_reminder_is_known_by_its_day() {
    let plan = Plan {
        deadline: "2027-01-17T17:00:00+07:00",
        reminders: &["week silent deadline 7d09:00"],
        ..PLAN
    };
    check(
        "the deadline is moved",
        plan,
        &[
            At("2027-01-10T09:00:00+07:00", "week@2027-01-17 > -"),
            Deadline("2027-01-17T09:00:00+07:00"),
            At("2027-01-10T09:01:00+07:00", "> -"),
            Deadline("2027-01-18T17:00:00+07:00"),
            At("2027-01-10T09:02:00+07:00", "> 2027-01-11T09:00:00+07:00"),
            Deadline("2027-01-17T17:00:00+07:00"),
            At("2027-01-10T09:03:00+07:00", "> -"),
            Deadline("2027-01-18T00:00:00+07:00"),
            At("2027-01-11T09:00:00+07:00", "week@2027-01-18 > -"),
            Deadline("2027-01-17T23:59:59+07:00"),
            At("2027-01-11T09:01:00+07:00", "> -"),
            // Back again.
            Deadline("2027-01-18T12:00:00+07:00"),
            At("2027-01-11T09:02:00+07:00", "> -"),
        ],
    );
}

#[test]
fn a_digest_has_its_times_in_the_week() {
    let plan = Plan {
        zone: BERLIN,
        digests: &[Weekday::Monday, Weekday::Thursday],
        ..PLAN
    };
    check(
        "a week in which the clock is put forward",
        plan,
        &[
            At("2027-03-25T00:00:00+01:00", "> -"),
            News("2027-03-25T07:59:59+01:00"),
            At("2027-03-25T07:59:59+01:00", "> 2027-03-25T08:00:00+01:00"),
            At("2027-03-25T08:00:00+01:00", "digest > -"),
            News("2027-03-25T08:00:01+01:00"),
            At("2027-03-25T08:00:02+01:00", "> 2027-03-29T08:00:00+02:00"),
            // It is told late rather than not, but not at night.
            InVain("2027-03-29T20:29:59+02:00", "digest > -"),
            InVain("2027-03-29T20:30:00+02:00", "> 2027-03-30T07:00:00+02:00"),
            At("2027-03-30T07:00:00+02:00", "digest > -"),
            News("2027-03-30T07:00:00+02:00"),
            At("2027-04-01T08:00:00+02:00", "digest > -"),
        ],
    );
    let weekly = Plan {
        digests: &[Weekday::Monday],
        ..plan
    };
    check(
        "the same day a week later",
        weekly,
        &[
            News("2026-10-19T08:00:00.000000001+02:00"),
            At("2026-10-19T09:00:00+02:00", "> 2026-10-26T08:00:00+01:00"),
            At("2026-10-26T08:00:00+01:00", "digest > -"),
            News("2026-11-02T08:00:00+01:00"),
            At("2026-11-02T08:00:00+01:00", "digest > -"),
        ],
    );
}

const ERASED: Plan = Plan {
    days: &["2027-01-17"],
    retention: 90,
    reminders: &["week owners erasure 7d09:00", "day owners erasure 1d09:00"],
    ..PLAN
};

#[test]
fn nothing_is_erased_without_a_warning_a_day_before() {
    check(
        "all in time",
        ERASED,
        &[
            At("2027-01-18T00:00:00+07:00", "> 2027-04-11T09:00:00+07:00"),
            At(
                "2027-04-11T09:00:00+07:00",
                "week@2027-04-18 > 2027-04-17T09:00:00+07:00",
            ),
            At(
                "2027-04-17T09:00:00+07:00",
                "day@2027-04-18 > 2027-04-18T00:00:00+07:00",
            ),
            At("2027-04-17T23:59:59+07:00", "> 2027-04-18T00:00:00+07:00"),
            At("2027-04-18T00:00:00+07:00", "erase > -"),
            At("2027-04-18T00:00:01+07:00", "> -"),
        ],
    );
    check(
        "away while it was time: warned now, erased a day later",
        ERASED,
        &[
            At("2027-05-01T10:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-05-01T10:00:00+07:00", "> 2027-05-02T10:00:00+07:00"),
            At("2027-05-02T09:59:59+07:00", "> 2027-05-02T10:00:00+07:00"),
            At("2027-05-02T10:00:00+07:00", "erase > -"),
        ],
    );
    check(
        "and not at night",
        ERASED,
        &[
            At("2027-05-01T21:00:00+07:00", "> 2027-05-02T07:00:00+07:00"),
            At("2027-05-02T07:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-05-03T07:00:00+07:00", "erase > -"),
        ],
    );
    let short = Plan {
        reminders: &["day owners erasure 0d00:00"],
        quiet: None,
        ..ERASED
    };
    check(
        "a warning on the last day puts it off",
        Plan {
            reminders: &["hour owners erasure 1h"],
            ..short
        },
        &[
            At(
                "2027-04-17T23:00:00+07:00",
                "hour@2027-04-18 > 2027-04-18T00:00:00+07:00",
            ),
            At("2027-04-18T00:00:00+07:00", "> 2027-04-18T23:00:00+07:00"),
            At("2027-04-18T23:00:00+07:00", "erase > -"),
        ],
    );
    check(
        "without retention nothing is erased",
        Plan {
            retention: 0,
            ..ERASED
        },
        &[At("2028-01-01T10:00:00+07:00", "> -")],
    );
    check(
        "without a day neither",
        Plan {
            days: &[],
            ..ERASED
        },
        &[At("2028-01-01T10:00:00+07:00", "> -")],
    );
    check(
        "the meeting is moved after the warnings",
        ERASED,
        &[
            At(
                "2027-04-11T09:00:00+07:00",
                "week@2027-04-18 > 2027-04-17T09:00:00+07:00",
            ),
            At(
                "2027-04-17T09:00:00+07:00",
                "day@2027-04-18 > 2027-04-18T00:00:00+07:00",
            ),
            Days(&["2027-01-20"]),
            // Of another day they have not heard.
            At("2027-04-18T00:00:00+07:00", "> 2027-04-20T09:00:00+07:00"),
            At(
                "2027-04-20T09:00:00+07:00",
                "day@2027-04-21 > 2027-04-21T09:00:00+07:00",
            ),
            At("2027-04-21T09:00:00+07:00", "erase > -"),
        ],
    );
}

#[test]
fn a_clock_that_was_wrong_for_a_while_does_no_harm() {
    let plan = Plan {
        reminders: &[
            "week owners erasure 7d09:00",
            "day owners erasure 1d09:00",
            "silent silent deadline 7d09:00",
        ],
        deadline: "2027-01-10T17:00:00+07:00",
        ..ERASED
    };
    let silent = "> 2027-01-03T09:00:00+07:00";
    check(
        "a year ahead and back",
        plan,
        &[
            At("2027-01-01T10:00:00+07:00", silent),
            At("2028-01-01T10:00:00+07:00", "day@2027-04-18 > -"),
            At("2028-01-01T10:00:01+07:00", "> 2028-01-02T10:00:00+07:00"),
            At("2027-01-01T10:00:02+07:00", silent),
            At(
                "2027-01-03T09:00:00+07:00",
                "silent@2027-01-10 > 2027-04-11T09:00:00+07:00",
            ),
            At(
                "2027-04-11T09:00:00+07:00",
                "week@2027-04-18 > 2027-04-18T00:00:00+07:00",
            ),
            At("2027-04-18T00:00:00+07:00", "erase > -"),
        ],
    );
    check(
        "a warning by a wrong clock alone does not count",
        Plan {
            reminders: &["day owners erasure 1d09:00"],
            ..ERASED
        },
        &[
            At("2028-01-01T10:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-04-17T09:00:00+07:00", "> 2027-04-17T21:00:00+07:00"),
            At("2027-04-18T00:00:00+07:00", "> 2027-04-18T07:00:00+07:00"),
            At("2027-04-18T07:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-04-19T07:00:00+07:00", "erase > -"),
        ],
    );
}

/// Reminders of every kind, a meeting and its rules, by numbers.
fn played() -> impl Strategy<Value = (Played, i64)> {
    let zones = proptest::sample::select(vec![HOME, BERLIN, NEW_YORK, LORD_HOWE, APIA]);
    let quiet = proptest::option::of((0u8..24, 0u8..24));
    let reminders = proptest::collection::vec(
        (0usize..7, 0usize..4, 0u32..12, 0i8..24, any::<bool>()),
        0..8,
    );
    let days = proptest::collection::vec((0i64..60, proptest::option::of(0i8..24)), 0..4);
    let rules = (
        1u32..50,
        prop_oneof![Just(0u32), 1u32..40],
        proptest::option::of(0i64..90),
    );
    let times = (proptest::option::of(0i64..90 * 24), 0i64..100 * 24 * 3_600);
    (zones, quiet, reminders, days, rules, times).prop_map(
        |(zone, quiet, reminders, mut days, (catch_up, retention, news), (deadline, now))| {
            let mut played = Played::new(Plan {
                zone,
                catch_up,
                retention,
                quiet: None,
                ..PLAN
            });
            let hour = |hour: i8| Time::new(hour, 0, 0, 0).unwrap();
            let begin = Timestamp::from_second(BEGIN).unwrap();
            let calendar = &mut played.calendar;
            let quiet = quiet.filter(|(from, until)| from != until);
            calendar.quiet = quiet.map(|(from, until)| Quiet {
                from: hour(from as i8),
                until: hour(until as i8),
            });
            calendar.digests = Some(Digests {
                days: vec![Weekday::Tuesday, Weekday::Saturday],
                at: hour(9),
            });
            for (index, (whom, anchor, before, at, in_days)) in reminders.into_iter().enumerate() {
                let anchor = Anchor::ALL[anchor].1;
                calendar.reminders.push(Reminder {
                    id: format!("r{index}"),
                    whom: if anchor == Anchor::Erasure {
                        Whom::Owners
                    } else {
                        Whom::ALL[whom].1
                    },
                    anchor,
                    before: if in_days {
                        Before::Days(before, hour(at))
                    } else {
                        Before::Hours(before + 1)
                    },
                    first_day: whom == 0,
                    words: Localised::default(),
                });
            }
            days.sort_unstable();
            days.dedup_by_key(|(day, _)| *day);
            let first = begin.to_zoned(TimeZone::UTC).date();
            let date = |day: i64| first.checked_add(jiff::Span::new().days(day)).unwrap();
            let day = |(day, time): (i64, Option<i8>)| Day {
                date: date(day),
                time: time.map(hour),
            };
            played.meeting.days = days.into_iter().map(day).collect();
            let hours = |hours: i64| begin + SignedDuration::from_hours(hours);
            played.meeting.deadline = deadline.map(hours);
            played.news = news.map(|days| hours(days * 24));
            (played, now)
        },
    )
}

/// Some weeks before clocks are changed.
const BEGIN: i64 = 1_804_000_000;

/// Whoever sleeps until the next instant misses nothing, and is not woken for nothing.
#[test]
fn nothing_becomes_due_before_the_next_instant() {
    runner(1_500)
        .run(&(played(), any::<u64>()), |((mut played, now), luck)| {
            let mut luck = luck;
            let mut now = Timestamp::from_second(BEGIN + now).unwrap();
            for _ in 0..12 {
                played.done(now);
                let look = played.look(now);
                prop_assert!(look.due.is_empty(), "due again: {:?}", look.due);
                let next = look.next;
                if let Some(next) = next {
                    prop_assert!(now < next, "{next} is not after {now}");
                }
                let end = next.unwrap_or(now + SignedDuration::from_hours(24 * 400));
                let between = end.duration_since(now).as_nanos();
                for _ in 0..6 {
                    luck = luck
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let after = between * i128::from(luck >> 33) / (1 << 31);
                    let at = now + SignedDuration::from_nanos_i128(after);
                    let due = played.look(at).due;
                    prop_assert!(due.is_empty(), "at {at}, between {now} and {end}: {due:?}");
                }
                let Some(next) = next else { break };
                let rests = quiet_until(played.calendar.quiet, next, &played.zone).is_some();
                let due = played.look(next).due;
                prop_assert!(rests || !due.is_empty(), "woken at {next} for nothing");
                now = next;
            }
            Ok(())
        })
        .unwrap();
}
