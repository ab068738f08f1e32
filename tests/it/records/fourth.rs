//! What release 4 added: time, and what stays of a meeting.

use samleng::domain::Archive;
use samleng::domain::Group;
use samleng::domain::archive::{Coming, Totals};
use samleng::domain::reminder::{Outcomes, Reminded};

use super::*;

fn archive() -> Archive {
    let counts = |pairs: &[(&str, u64)]| {
        let pairs = pairs.iter();
        pairs
            .map(|(id, count)| ((*id).to_owned(), *count))
            .collect()
    };
    let date = jiff::civil::date(2027, 1, 17);
    Archive {
        id: 41,
        meeting: Some(5),
        title: name(),
        days: vec![Day {
            date,
            time: Some(jiff::civil::time(8, 30, 0, 0)),
        }],
        place: Some(name()),
        zone: Some("Asia/Phnom_Penh".to_owned()),
        counted_at: instant(),
        totals: Totals {
            received: 28,
            included: 1,
            merged: 2,
            withdrawn: 4,
            held: 8,
            rejected: 13,
            withheld: 0,
        },
        topics: counts(&[("land", 1)]),
        places: counts(&[("kandal", 1)]),
        urgencies: counts(&[("now", 1)]),
        statuses: Status::ALL.into_iter().zip(1..).collect(),
        raised: 9,
        backed: 3,
        joined: 11,
        people: 14,
        coming: BTreeMap::from([(
            date,
            Coming {
                organisations: 7,
                people: 21,
            },
        )]),
        announcements: 2,
        ..Archive::default()
    }
}

#[test]
fn what_stays_of_a_meeting() {
    check(4, "archive", &archive());
    // Of no meeting, and of one that nobody came to.
    let bare = Archive {
        id: 42,
        counted_at: instant(),
        ..Archive::default()
    };
    check(4, "archive-bare", &bare);
}

/// A later release may add fields, and one may be left out.
#[test]
fn what_an_archive_does_not_say_has_a_default() {
    let only: BTreeMap<&str, u64> = BTreeMap::from([("id", 41)]);
    let bytes = rmp_serde::to_vec_named(&only).unwrap();
    let read: Archive = record::decode(1, &bytes).unwrap();
    let expected = Archive {
        id: 41,
        ..Archive::default()
    };
    assert_eq!(read, expected);
}

#[test]
fn a_person_as_of_release_4() {
    let told = Person {
        language: Some(khmer()),
        screen: 7,
        state: State::Review { draft: draft() },
        told_away: true,
        ..Person::new(12, ChatId(5_000_000_001))
    };
    check(4, "person-told-away", &told);
    let muted = Person {
        language: Some(english()),
        muted: true,
        state: State::Visit {
            kept: None,
            visit: Visit::Reminders,
        },
        ..Person::new(13, ChatId(5_000_000_002))
    };
    check(4, "person-muted", &muted);
}

#[test]
fn a_concern_that_waited() {
    let concern = Concern {
        id: 9,
        receipt: Receipt::from_random(77),
        organisation: 3,
        author: 12,
        submitted_at: instant(),
        status: Status::New,
        disclosure: Disclosure::Unnamed,
        answers: answers(),
        vouched: true,
        into: None,
        before: None,
        reason: None,
        let_in_at: Some(instant()),
        past: 2,
        open_question: None,
        dealt_with_at: None,
        carried_from: None,
        begun_at: None,
    };
    check(4, "concern-let-in", &concern);
}

#[test]
fn what_there_is_once_as_of_release_4() {
    let meta = Meta {
        layout: 1,
        offset: Some(1_000_002),
        group: Some(Group {
            chat: ChatId(-1_000),
            language: Some(khmer()),
            since: Some(instant()),
        }),
        told_news_at: Some(instant()),
        ..Meta::default()
    };
    check(4, "meta", &meta);
}

#[test]
fn a_reminder_that_was_sent() {
    let reminded = Reminded {
        id: 51,
        meeting: 5,
        reminder: "silent-week".to_owned(),
        date: jiff::civil::date(2027, 1, 17),
        at: instant(),
        people: 540,
        first_sent_at: Some(instant()),
        tally: Outcomes {
            sent: 500,
            unreachable: 20,
            spared: 15,
            late: 5,
        },
    };
    check(4, "reminded", &reminded);
}

#[test]
fn a_row_of_what_release_4_added() {
    let row = |effect| Row {
        id: RowId {
            event: 12,
            index: 0,
        },
        chat: ChatId(5_000_000_001),
        person: 12,
        stranger: false,
        lane: Lane::Bulk,
        announcement: None,
        effect,
    };
    let late = Late::Reminder { meeting: 5, id: 51 };
    check(4, "row-late-reminder", &row(Effect::Late(late)));
    check(4, "row-late-erased", &row(Effect::Late(Late::Erased)));
    let news = Request {
        edition: Edition::Group,
        format: Format::Messages,
        language: khmer(),
        filter: Filter {
            after: Some(instant()),
            until: Some(instant()),
            ..Filter::default()
        },
        part: None,
    };
    check(4, "row-digest-news", &row(Effect::Digest(news)));
}
