//! What release 4 added: what stays of a meeting.

use samleng::domain::Archive;
use samleng::domain::archive::{Coming, Received};

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
        erased_at: instant(),
        totals: Received {
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
    }
}

#[test]
fn what_stays_of_a_meeting() {
    check(4, "archive", &archive());
    // Of no meeting, and of one that nobody came to.
    let bare = Archive {
        id: 42,
        erased_at: instant(),
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
