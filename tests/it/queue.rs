//! The sending queue: tables of single guarantees here; the promises under load and the random walk in files of their own.

mod load;
mod model;

use samleng::runtime::queue::{Cost, Lane, Limits, Millis, Next, Queue, Retry, Ticket};

type Row = Ticket<u32, ()>;

fn row(id: u32, chat: i64, lane: Lane, cost: Cost) -> Row {
    Ticket {
        id,
        chat,
        lane,
        cost,
        stranger: false,
        supersedable: false,
        routine: false,
        load: (),
    }
}

fn reply(id: u32, chat: i64) -> Row {
    row(id, chat, Lane::Interactive, Cost::Send)
}

fn bulk(id: u32, chat: i64) -> Row {
    row(id, chat, Lane::Bulk, Cost::Send)
}

/// No limit but those a test sets.
const NONE: Limits = Limits {
    per_second: 0,
    chat_per_second: 0,
    chat_burst: 5,
    group_per_minute: 0,
    person_per_minute: 0,
    strangers_waiting: 0,
    chat_waiting: 20,
};

fn queue(limits: Limits, rows: impl IntoIterator<Item = Row>) -> Queue<u32, ()> {
    let mut queue = Queue::new(limits, Millis(0));
    for row in rows {
        assert_eq!(queue.push(row, Millis(0)), None);
    }
    queue
}

/// What `next` says, in a form that can stand in a table: the id of a row, or the instant, or nothing.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Send(u32),
    Wait(u64),
    Idle,
}
use Said::{Idle, Send, Wait};

fn say(queue: &mut Queue<u32, ()>, now: u64) -> Said {
    match queue.next(Millis(now)) {
        Next::Send(ticket) => Send(ticket.id),
        Next::WaitUntil(Millis(at)) => Wait(at),
        Next::Idle => Idle,
    }
}

/// Runs until idle with sends that take no time: (instant, id) of each.
fn times(queue: &mut Queue<u32, ()>) -> Vec<(u64, u32)> {
    let (mut now, mut sent) = (0, Vec::new());
    loop {
        match say(queue, now) {
            Send(id) => {
                sent.push((now, id));
                assert!(queue.done(id, Millis(now)).is_some());
            }
            Wait(at) => {
                assert!(at > now);
                now = at;
            }
            Idle => return sent,
        }
    }
}

#[test]
fn when_each_limit_lets_rows_go() {
    let many = |n: u32, row: &dyn Fn(u32) -> Row| (1..=n).map(row).collect::<Vec<_>>();
    let edit = |id| row(id, 7, Lane::Interactive, Cost::Edit);
    let stranger = |id: u32| Ticket {
        stranger: true,
        ..reply(id, id.into())
    };
    let per_second = Limits {
        per_second: 25,
        ..NONE
    };
    let chat = Limits {
        chat_per_second: 1,
        ..NONE
    };
    let person = Limits {
        person_per_minute: 3,
        chat_burst: 9,
        ..chat
    };
    let table: Vec<(&str, Limits, Vec<Row>, Vec<u64>)> = vec![
        (
            "overall, starting empty",
            per_second,
            many(4, &|i| reply(i, i.into())),
            vec![40, 80, 120, 160],
        ),
        (
            "bulk",
            per_second,
            many(3, &|i| bulk(i, i.into())),
            vec![40, 80, 120],
        ),
        (
            "strangers",
            per_second,
            many(3, &stranger),
            vec![120, 240, 360],
        ),
        ("off", NONE, many(3, &stranger), vec![0, 0, 0]),
        ("off: chat", NONE, many(9, &|i| reply(i, 7)), vec![0; 9]),
        (
            "chat",
            chat,
            many(7, &|i| reply(i, 7)),
            vec![0, 0, 0, 0, 0, 1000, 2000],
        ),
        ("edits are free", chat, many(7, &edit), vec![0; 7]),
        (
            "person",
            person,
            many(5, &edit),
            vec![0, 0, 0, 20_000, 40_000],
        ),
        (
            "person, lifted",
            Limits {
                chat_per_second: 0,
                ..person
            },
            many(5, &edit),
            vec![0; 5],
        ),
        (
            "no person in a group",
            person,
            many(5, &|i| row(i, -7, Lane::Interactive, Cost::Edit)),
            vec![0; 5],
        ),
        (
            "group",
            Limits {
                group_per_minute: 2,
                ..NONE
            },
            many(5, &|i| reply(i, -7)),
            vec![0, 0, 60_000, 60_000, 120_000],
        ),
    ];
    for (name, limits, rows, expected) in table {
        let expected: Vec<_> = expected.into_iter().zip(1..).collect();
        assert_eq!(times(&mut queue(limits, rows)), expected, "{name}");
    }
}

#[test]
fn one_in_flight_interactive_first_free_at_once() {
    let free = row(4, 7, Lane::Bulk, Cost::Free);
    let mut q = queue(
        NONE,
        [
            bulk(1, 7),
            reply(2, 7),
            reply(3, 7),
            free,
            bulk(5, 8),
            reply(6, 8),
        ],
    );
    for expected in [Send(4), Send(2), Send(6), Idle] {
        assert_eq!(say(&mut q, 0), expected);
    }
    assert_eq!(q.waiting(), 3);
    q.done(2, Millis(5));
    assert_eq!((say(&mut q, 5), say(&mut q, 5)), (Send(3), Idle));
    q.done(3, Millis(6));
    assert_eq!(say(&mut q, 6), Send(1));
}

#[test]
fn a_429_pauses_its_chat_and_two_pause_all() {
    let mut q = queue(
        NONE,
        [
            reply(1, 7),
            reply(2, 7),
            reply(3, 8),
            reply(4, 8),
            reply(5, 9),
        ],
    );
    for expected in [Send(1), Send(3), Send(5)] {
        assert_eq!(say(&mut q, 0), expected);
    }
    q.retry(1, Millis(100), Retry::After { seconds: 3 });
    assert_eq!(say(&mut q, 100), Wait(3_100));
    q.done(3, Millis(200));
    assert_eq!(say(&mut q, 200), Send(4), "another chat goes on");
    q.done(4, Millis(300));
    assert_eq!(q.push(reply(6, 8), Millis(300)), None);
    assert_eq!(
        q.push(row(7, 7, Lane::Interactive, Cost::Free), Millis(300)),
        None
    );
    q.retry(5, Millis(1_100), Retry::After { seconds: 5 });
    assert_eq!(
        (say(&mut q, 1_100), say(&mut q, 1_100)),
        (Send(7), Wait(6_100)),
        "all but the free"
    );
    for expected in [Send(1), Send(6), Send(5)] {
        let said = say(&mut q, 6_100);
        assert!(matches!(said, Send(_)), "{said:?} for {expected:?}");
    }
    q.done(1, Millis(6_100));
    assert_eq!(say(&mut q, 6_100), Send(2), "its chat in its order");

    let mut q = queue(NONE, [reply(1, 7), reply(2, 8), reply(3, 9)]);
    assert_eq!((say(&mut q, 0), say(&mut q, 0)), (Send(1), Send(2)));
    q.retry(1, Millis(0), Retry::After { seconds: 9 });
    q.retry(2, Millis(1_001), Retry::After { seconds: 9 });
    assert_eq!(say(&mut q, 1_001), Send(3), "too far apart for one cause");
}

#[test]
fn a_passing_failure_doubles_its_wait_and_keeps_its_place() {
    let mut q = queue(NONE, [bulk(1, 7), bulk(2, 7), bulk(3, 8)]);
    let mut now = 0;
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(say(&mut q, now), Send(1));
        if now == 0 {
            assert_eq!(say(&mut q, now), Send(3), "another chat goes on");
            q.done(3, Millis(0));
        }
        q.retry(1, Millis(now), Retry::Backoff { jitter: 0 });
        assert_eq!(say(&mut q, now), Wait(now + seconds * 1_000));
        now += seconds * 1_000;
    }
    assert_eq!(say(&mut q, now), Send(1));
    q.retry(1, Millis(now), Retry::Backoff { jitter: u32::MAX });
    let Wait(at) = say(&mut q, now) else { panic!() };
    assert!((now + 30_000..=now + 60_000).contains(&at));
    assert_eq!(q.push(reply(4, 7), Millis(now)), None);
    assert_eq!(
        say(&mut q, now),
        Send(4),
        "a reply does not wait for a failing broadcast"
    );
}

#[test]
fn a_waiting_confirmation_gives_way_to_the_next() {
    let routine = |id, chat| Ticket {
        supersedable: true,
        routine: true,
        ..reply(id, chat)
    };
    let mut queue = Queue::new(Limits::default(), Millis(0));
    let now = Millis(10_000);
    assert!(queue.push(routine(1, 7), now).is_none());
    assert!(matches!(queue.next(now), Next::Send(ticket) if ticket.id == 1));
    // The first is under way and stays; the second waits and gives way to the third.
    assert!(queue.push(routine(2, 7), now).is_none());
    assert!(queue.push(routine(4, 8), now).is_none());
    assert_eq!(queue.push(routine(3, 7), now).map(|gone| gone.id), Some(2));
    // What is no confirmation stays, and ends the row of those that are.
    assert!(queue.push(reply(5, 7), now).is_none());
    assert!(queue.push(routine(6, 7), now).is_none());
    assert_eq!(queue.waiting(), 4);
}

#[test]
fn a_full_chat_gives_up_its_newest_supersedable_row() {
    let soft = |id| Ticket {
        supersedable: true,
        ..reply(id, 7)
    };
    let mut q = queue(NONE, (1..=20).map(soft));
    assert_eq!(q.push(soft(21), Millis(0)).map(|t| t.id), Some(20));
    assert_eq!(q.waiting(), 20);
    assert_eq!(say(&mut q, 0), Send(1));
    assert_eq!(q.push(soft(30), Millis(0)), None, "19 wait");
    assert_eq!(
        q.push(reply(31, 7), Millis(0)),
        None,
        "this one is not supersedable"
    );
    assert_eq!(q.push(soft(32), Millis(0)).map(|t| t.id), Some(30));
    assert_eq!(
        q.push(soft(32), Millis(0)),
        None,
        "an id that is here is ignored"
    );
    assert_eq!(q.push(soft(33), Millis(0)).map(|t| t.id), Some(32));
    q.done(1, Millis(0));
    let order: Vec<u32> = times(&mut q).into_iter().map(|(_, id)| id).collect();
    assert_eq!(order, (2..=19).chain([21, 31, 33]).collect::<Vec<_>>());
}

#[test]
fn a_gone_chat_gives_back_what_waits() {
    let free = row(5, 7, Lane::Interactive, Cost::Free);
    let mut q = queue(NONE, [bulk(1, 7), reply(2, 7), reply(3, 7), reply(4, 8)]);
    assert_eq!(say(&mut q, 0), Send(2));
    assert_eq!(q.push(free, Millis(0)), None);
    let dropped: Vec<u32> = q.drop_chat(7).into_iter().map(|t| t.id).collect();
    assert_eq!(dropped, [3, 1, 5]);
    assert_eq!(q.waiting(), 1);
    assert!(q.done(2, Millis(0)).is_some());
    assert!(q.done(2, Millis(0)).is_none());
    assert_eq!(times(&mut q), [(0, 4)]);
    assert!(q.is_empty());
}

#[test]
fn strangers_are_counted_and_quiet_chats_forgotten() {
    let stranger = |id: u32| Ticket {
        stranger: true,
        ..reply(id, id.into())
    };
    let mut q = queue(Limits::default(), (0..999).map(stranger));
    assert!(!q.strangers_full());
    assert_eq!(q.push(stranger(999), Millis(0)), None);
    assert!(q.strangers_full());
    assert_eq!(q.strangers_waiting(), 1_000);
    assert!(!queue(NONE, (0..2_000).map(stranger)).strangers_full());
    assert_eq!(times(&mut q).last(), Some(&(120_000, 999)));
    assert!(q.chats() < 30, "{} chats are remembered", q.chats());
    assert_eq!(say(&mut q, 200_000), Idle);
    assert_eq!(q.chats(), 0);
}
