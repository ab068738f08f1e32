//! Any meeting by any calendar: whoever sleeps until the instant that was named misses nothing.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use samleng::config::reminders::{Before, Digests, Quiet, Reminder};
use samleng::domain::reminder::{Anchor, Whom};
use samleng::domain::{Day, Localised};
use samleng::schedule::quiet_until;

use super::plan::{APIA, BERLIN, HOME, LORD_HOWE, NEW_YORK, PLAN, Plan, Played};
use crate::in_memory::runner;

/// Reminders of every kind, a meeting and its rules, by numbers.
fn played() -> impl Strategy<Value = (Played, i64)> {
    let zones = proptest::sample::select(vec![HOME, BERLIN, NEW_YORK, LORD_HOWE, APIA]);
    let quiet = proptest::option::of((0i8..48, 0i8..48));
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
            let half = |half: i8| Time::new(half / 2, half % 2 * 30, 0, 0).unwrap();
            let begin = Timestamp::from_second(BEGIN).unwrap();
            let calendar = &mut played.calendar;
            let quiet = quiet.filter(|(from, until)| from != until);
            calendar.quiet = quiet.map(|(from, until)| Quiet {
                from: half(from),
                until: half(until),
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
