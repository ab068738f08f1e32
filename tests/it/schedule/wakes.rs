//! The shipped calendar lived through with a store: the bot wakes when there is something to do, and for nothing else.

use std::collections::BTreeSet;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use samleng::dialogue::organising::Order;
use samleng::dialogue::{Change, Moment, World as _};
use samleng::domain::{ChatId, Day, Group, Localised, Meeting};
use samleng::schedule::{Rules, occurrences};

use crate::audit::concern;
use crate::in_memory::{MemoryWorld, english, forum, khmer};

#[test]
fn it_wakes_as_often_as_there_is_something_to_do() {
    let forum = forum();
    let mut world = MemoryWorld::default();
    let mut now: Timestamp = "2030-01-01T12:00:00+07:00".parse().unwrap();
    let moment = |now| Moment { now, random: 7 };
    let (kept, next) = world.keep(&forum, moment(now));
    assert_eq!((kept, next), (None, None), "without a meeting it sleeps");
    let day = |day| Day {
        date: date(2030, 2, day),
        time: None,
    };
    let meeting = Meeting {
        id: 0,
        title: Localised::same([english(), khmer()], "Third meeting"),
        days: vec![day(12), day(14)],
        place: None,
        deadline: Some("2030-01-25T17:00:00+07:00".parse().unwrap()),
        capacity: None,
        people_at_most: None,
        zone: None,
    };
    let expected = occurrences(&meeting, Rules::of(&forum.config));
    let mut expected: BTreeSet<Timestamp> = expected.iter().map(|one| one.due).collect();
    expected.insert("2030-05-16T00:00:00+07:00".parse().unwrap()); // the erasure
    expected.insert("2030-01-03T08:00:00+07:00".parse().unwrap()); // the group hears of the concern
    let order = Order::Meeting(meeting);
    world.order(order, &forum, moment(now)).unwrap();
    world.change(&forum, now, |stage| {
        stage.change(Change::Group(Some(Group {
            chat: ChatId(-50),
            language: Some(english()),
            since: None,
        })));
        stage.change(Change::Concern(Box::new(samleng::domain::Concern {
            submitted_at: now,
            ..concern("Roads".to_owned())
        })));
        Vec::new()
    });
    let (kept, mut next) = world.keep(&forum, moment(now));
    assert_eq!(kept, None);
    let mut woken = BTreeSet::new();
    while let Some(at) = next {
        assert!(now < at && woken.len() < 100);
        // A moment late, as timers are.
        now = at + SignedDuration::from_millis(3);
        let (kept, after) = world.keep(&forum, moment(now));
        assert!(kept.is_some(), "woken at {at} for nothing");
        woken.insert(at);
        next = after;
    }
    assert_eq!(woken, expected);
}
