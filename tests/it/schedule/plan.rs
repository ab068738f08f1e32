//! A plan, what happens by it, and a look at the clock now and then.

use jiff::Timestamp;
use std::sync::OnceLock;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use samleng::config::reminders::{Before, Digests, Quiet, Reminder};
use samleng::config::{Calendar, Settings};
use samleng::domain::reminder::{Anchor, Outcomes, Whom};
use samleng::domain::{Day, Localised, Meeting, Reminded};
use samleng::schedule::{Facts, Look, Occasion, Rules, look};

use crate::in_memory::{english, forum, khmer};

pub(super) const HOME: &str = "Asia/Phnom_Penh";
pub(super) const BERLIN: &str = "Europe/Berlin";
pub(super) const NEW_YORK: &str = "America/New_York";
pub(super) const LORD_HOWE: &str = "Australia/Lord_Howe";
pub(super) const APIA: &str = "Pacific/Apia";
pub(super) const NIGHT: Option<(&str, &str)> = Some(("20:30", "07:00"));

/// The rules and the meeting that a table begins with.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) zone: &'static str,
    pub(super) quiet: Option<(&'static str, &'static str)>,
    pub(super) catch_up: u32,
    pub(super) retention: u32,
    /// Each as "id audience before 7d09:00", or "8h"; "first" at the end for the first day only.
    pub(super) reminders: &'static [&'static str],
    pub(super) digests: &'static [Weekday],
    pub(super) days: &'static [&'static str],
    pub(super) deadline: &'static str,
    /// Whether an earlier meeting has left something that its senders are still to be told of.
    pub(super) left: bool,
}

pub(super) const PLAN: Plan = Plan {
    zone: HOME,
    quiet: NIGHT,
    catch_up: 12,
    retention: 0,
    reminders: &[],
    digests: &[],
    days: &[],
    deadline: "",
    left: false,
};

/// What happens next.
pub(super) enum Then {
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
pub(super) struct Played {
    pub(super) calendar: Calendar,
    pub(super) settings: Settings,
    pub(super) zone: TimeZone,
    pub(super) meeting: Meeting,
    pub(super) reminded: Vec<Reminded>,
    pub(super) news: Option<Timestamp>,
    pub(super) erased: bool,
    pub(super) left: bool,
}

impl Played {
    pub(super) fn new(plan: Plan) -> Self {
        // To read the configuration for each of thousands would take minutes.
        static SETTINGS: OnceLock<Settings> = OnceLock::new();
        let shipped = SETTINGS.get_or_init(|| forum().config.settings);
        let mut settings = shipped.clone();
        settings.retention_days = plan.retention;
        settings.grace_hours = 24;
        settings.zone = TimeZone::get(plan.zone).unwrap();
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
            left: plan.left,
        }
    }

    pub(super) fn look(&self, now: Timestamp) -> Look<'_> {
        let facts = Facts {
            meeting: (!self.erased).then_some(&self.meeting),
            reminded: &self.reminded,
            news: self.news,
            promises: &[],
            left: self.left,
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
            Occasion::Promise(id, due) => format!("promise {id}@{due}"),
            Occasion::Unfollow(id) => format!("unfollow {id}"),
            Occasion::CarryOver => "carry over".to_owned(),
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
    pub(super) fn done(&mut self, now: Timestamp) {
        let look = self.look(now);
        let mut reminded = Vec::new();
        let (mut told, mut erased, mut left) = (false, false, self.left);
        for occasion in &look.due {
            match occasion {
                Occasion::Remind(one) => reminded.push(Reminded {
                    id: 1,
                    meeting: 1,
                    reminder: one.reminder.id.clone(),
                    date: one.date,
                    at: now,
                    people: 0,
                    first_sent_at: Some(now),
                    tally: Outcomes::default(),
                }),
                Occasion::Digest => told = true,
                Occasion::Promise(..) | Occasion::Unfollow(_) => {}
                Occasion::CarryOver => left = false,
                Occasion::Erase => erased = true,
            }
        }
        self.reminded.extend(reminded);
        self.erased |= erased;
        self.left = left;
        if told {
            self.news = None;
        }
    }
}

pub(super) fn check(what: &str, plan: Plan, table: &[Then]) {
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
