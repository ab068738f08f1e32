//! What release 5 added: digests that were handed out, and more forms of them.

use samleng::digest::Totals;
use samleng::digest::frozen::{Frozen, Opening};
use samleng::store::record::{Leaves, Openings};

use super::*;

#[test]
fn a_digest_that_was_handed_out() {
    let frozen = |number, edition, filter| Frozen {
        number,
        edition,
        filter,
        made_at: instant(),
        totals: Totals {
            received: 8,
            included: 1,
            merged: 1,
            withdrawn: 1,
            held: 2,
            rejected: 1,
            withheld: 2,
        },
        root: [0xab; 32],
        scores: None,
    };
    let all = frozen(1, Edition::Shared, Filter::default());
    check(5, "frozen", &all);
    let some = Filter {
        topic: Some("land".to_owned()),
        place: Some("kandal".to_owned()),
        status: Some(Status::Agenda),
        after: Some(instant()),
        until: Some(instant()),
    };
    check(
        5,
        "frozen-some",
        &frozen(u32::MAX, Edition::Organisers, some),
    );
}

#[test]
fn what_opens_its_leaves() {
    let fates = [
        Fate::Included { number: 17 },
        Fate::Merged { into: 900 },
        Fate::Withdrawn,
        Fate::Held,
        Fate::Waiting,
        Fate::Rejected,
        Fate::OrganisersOnly,
        Fate::Unreviewed,
    ];
    let opening = |(concern, fate)| Opening {
        concern,
        salt: (fate != Fate::Withdrawn).then_some([0x5a; 16]),
        leaf: [concern as u8; 32],
        fate,
        named: false,
    };
    let openings = Openings {
        digest: 3,
        openings: (640..).zip(fates).map(opening).collect(),
    };
    check(5, "openings", &openings);
    let leaves = Leaves {
        digest: 3,
        leaves: vec![[0; 32], [0xff; 32]],
    };
    check(5, "leaves", &leaves);
}

#[test]
fn what_there_is_once_as_of_release_5() {
    let meta = Meta {
        layout: 1,
        last_digest: 12,
        ..Meta::default()
    };
    check(5, "meta", &meta);
}

#[test]
fn a_row_of_every_form() {
    for format in Format::ALL {
        let row = Row {
            id: RowId {
                event: 12,
                index: 0,
            },
            chat: ChatId(5_000_000_001),
            person: 12,
            stranger: false,
            lane: Lane::Interactive,
            announcement: None,
            effect: Effect::Digest(Request {
                edition: Edition::Organisers,
                format,
                language: khmer(),
                filter: Filter::default(),
                part: Some(samleng::digest::Part {
                    number: Some(3),
                    index: 1,
                    of: 21,
                    said: None,
                }),
            }),
        };
        check(5, &format!("row-digest-{}", format.id()), &row);
    }
}

#[test]
fn a_person_choosing_a_digest() {
    let all = Selection::all(Edition::Organisers);
    let some = Selection {
        edition: Edition::Shared,
        topic: Some("land".to_owned()),
        place: Some("kandal".to_owned()),
        status: Some(Status::Agenda),
        since: true,
        last: None,
    };
    for (name, desk) in [
        ("digest", Desk::Digest(DigestDesk::Digest(all.clone()))),
        (
            "digest-some",
            Desk::Digest(DigestDesk::Digest(some.clone())),
        ),
        (
            "digest-by-topic",
            Desk::Digest(DigestDesk::DigestBy(all, Narrow::Topic)),
        ),
        (
            "digest-by-place",
            Desk::Digest(DigestDesk::DigestBy(some.clone(), Narrow::Place)),
        ),
        (
            "digest-by-status",
            Desk::Digest(DigestDesk::DigestBy(some, Narrow::Status)),
        ),
    ] {
        let person = Person {
            role: Some(Role::Organiser),
            state: State::Visit {
                kept: None,
                visit: Visit::Desk(desk),
            },
            ..Person::new(12, ChatId(5_000_000_001))
        };
        check(5, &format!("person-desk-{name}"), &person);
    }
}
