//! Bytes of every version of every record: they decode to the same values for ever.
//!
//! `tests/data/records/v1/NAME.hex` are bytes as version 1 wrote them. A file is never written again;
//! `UPDATE=1 cargo test --release --test it records` adds those that are not there yet.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use samleng::dialogue::{Body, Button, Draft, Effect, Membership, Person, State, Weight};
use samleng::digest::{Edition, Filter, Format, Request};
use samleng::domain::{
    Answer, Answers, ChatId, Concern, Disclosure, FileRef, Localised, MessageId, Organisation,
    Part, PartContent, Receipt, Role, Seen, Status,
};
use samleng::store::record::{self, Aside, Meta, OrganisationName, ReceiptOf, Record, Shown};
use samleng::store::{Lane, Row, RowId};
use samleng::text::Html;

use crate::in_memory::{english, khmer};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/records/v1")
}

/// The bytes in this file are this value.
fn check<R: Record + PartialEq + Debug>(name: &str, value: &R) {
    let path = folder().join(format!("{name}.hex"));
    if !path.exists() && std::env::var_os("UPDATE").is_some() {
        let hex = HEXLOWER.encode(&record::encode(value).unwrap());
        let lines: Vec<&str> = hex
            .as_bytes()
            .chunks(100)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    }
    let hex = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let bytes = HEXLOWER.decode(hex.split_whitespace().collect::<String>().as_bytes());
    let decoded: R = record::decode(1, &bytes.unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(&decoded, value, "{name}");
}

fn instant() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn answers() -> Answers {
    let file = |id: &str, size| FileRef {
        id: id.to_owned(),
        size,
    };
    let part = |source, content| Part {
        source: MessageId(source),
        content,
    };
    let story = vec![
        part(7, PartContent::Text("តាំងពីខែឧសភា\nSince May".to_owned())),
        part(
            8,
            PartContent::Voice {
                file: file("AwADvoice", Some(20_000)),
                seconds: 42,
            },
        ),
        part(9, PartContent::Photo(file("AgADphoto", None))),
        part(9, PartContent::Text("the gate".to_owned())),
        part(10, PartContent::Document(file("BQADfile", Some(u64::MAX)))),
    ];
    let all = [
        (
            "topic",
            Answer::Choice {
                id: "land".to_owned(),
                source: None,
            },
        ),
        (
            "place",
            Answer::Choice {
                id: "kandal".to_owned(),
                source: Some(MessageId(5)),
            },
        ),
        (
            "title",
            Answer::Text {
                text: "Fields <behind> the wall 😀".to_owned(),
                source: MessageId(6),
            },
        ),
        ("story", Answer::Story(story)),
        ("affected", Answer::Skipped),
        (
            "households",
            Answer::Number {
                value: 40,
                source: MessageId(11),
            },
        ),
    ];
    Answers(all.map(|(id, answer)| (id.to_owned(), answer)).into())
}

fn draft() -> Draft {
    Draft {
        begun_at: instant(),
        answers: answers(),
    }
}

fn name() -> Localised {
    Localised(BTreeMap::from([
        (english(), "Lotus Pond Association".to_owned()),
        (khmer(), "សមាគមត្រពាំងឈូក".to_owned()),
    ]))
}

#[test]
fn a_person_in_every_state() {
    let person = |state| Person {
        number: 12,
        chat: ChatId(5_000_000_001),
        language: Some(khmer()),
        membership: Some(Membership {
            organisation: 3,
            agreed_at: instant(),
        }),
        role: Some(Role::Owner),
        unreachable: true,
        screen: 70_000,
        shown_in: Some(MessageId(44)),
        state,
    };
    let agreed_at = instant();
    let kept = || Some(draft());
    let form = |from_review| State::Form {
        draft: draft(),
        at: "story".to_owned(),
        from_review,
    };
    let leaving = |at| State::Leaving { draft: draft(), at };
    let province = State::Province {
        agreed_at,
        name: "Lotus Pond Association".to_owned(),
        source: MessageId(4),
    };
    let back = State::Language {
        back: Some(Box::new(form(false))),
    };
    check("person-new", &Person::new(1, ChatId(7)));
    check("person-language", &person(back));
    check("person-consent", &person(State::Consent));
    check(
        "person-organisation",
        &person(State::Organisation { agreed_at }),
    );
    check("person-province", &person(province));
    check("person-menu", &person(State::Menu { kept: None }));
    check("person-menu-kept", &person(State::Menu { kept: kept() }));
    check("person-form", &person(form(false)));
    check("person-form-from-review", &person(form(true)));
    check("person-review", &person(State::Review { draft: draft() }));
    check("person-leaving", &person(leaving(Some("ask".to_owned()))));
    check("person-leaving-review", &person(leaving(None)));
    check(
        "person-deleting",
        &person(State::Deleting { draft: draft() }),
    );
}

#[test]
fn a_concern_in_every_status_and_disclosure() {
    for status in Status::ALL {
        for disclosure in Disclosure::ALL {
            // One file for each status, and for each disclosure of the first.
            if status != Status::New && disclosure != Disclosure::Named {
                continue;
            }
            let concern = Concern {
                id: 9,
                receipt: Receipt::from_random(0x1234_5678_9ABC_DEF0),
                organisation: 3,
                author: 12,
                submitted_at: instant(),
                status,
                disclosure,
                answers: answers(),
            };
            check(
                &format!("concern-{}-{}", status.id(), disclosure.id()),
                &concern,
            );
        }
    }
}

#[test]
fn an_organisation_and_the_pointers() {
    let organisation = Organisation {
        id: 3,
        name: name(),
        place: "kandal".to_owned(),
        verified: true,
    };
    check("organisation", &organisation);
    check("organisation-name", &OrganisationName(3));
    check("receipt-of", &ReceiptOf(u64::MAX));
    check(
        "shown",
        &Shown {
            chat: ChatId(-100_123),
            message: MessageId(44),
        },
    );
    check(
        "aside",
        &Aside {
            update: u32::MAX,
            why: "a panic".to_owned(),
        },
    );
}

#[test]
fn what_there_is_once() {
    let mut seen = Seen::default();
    for id in [5, 6, 7, 100, 101, 3_000_000_000] {
        seen.note(id);
    }
    check("meta-new", &Meta::default());
    check(
        "meta",
        &Meta {
            offset: Some(3_000_000_001),
            seen,
            next_id: 14,
            next_event: 99,
            has_owner: true,
            owner_link: Some(2),
            next_owner_link: 3,
            username: Some("samleng_bot".to_owned()),
        },
    );
}

#[test]
fn a_row_of_every_effect() {
    let row = |lane, effect| Row {
        id: RowId {
            event: 98,
            index: 1,
        },
        chat: ChatId(5_000_000_001),
        person: 12,
        stranger: lane == Lane::Bulk,
        lane,
        effect,
    };
    let body = || Body {
        html: Html::bold("តើ <b> & អ្វី?"),
        buttons: vec![vec![Button {
            label: "✅ ខ្ញុំយល់ព្រម".to_owned(),
            data: "12:agree".to_owned(),
        }]],
    };
    let send = Effect::Send {
        body: body(),
        clears: true,
        weight: Weight::Confirmation,
    };
    let edit = Effect::Edit {
        message: MessageId(44),
        body: body(),
        weight: Weight::Lasting,
    };
    let toast = |text| Effect::Toast {
        query: "4382bfdwdsb323b2d9".to_owned(),
        text,
    };
    let digest = |edition, format, filter| {
        Effect::Digest(Request {
            edition,
            format,
            language: khmer(),
            filter,
        })
    };
    let filter = Filter {
        topic: Some("land".to_owned()),
        place: Some("kandal".to_owned()),
        status: Some(Status::NotReached),
    };
    check("row-send", &row(Lane::Interactive, send));
    check("row-edit", &row(Lane::Bulk, edit));
    check("row-toast", &row(Lane::Interactive, toast(None)));
    check(
        "row-toast-text",
        &row(Lane::Interactive, toast(Some("ចាស់".to_owned()))),
    );
    let strip = Effect::Strip {
        message: MessageId(44),
    };
    check("row-strip", &row(Lane::Interactive, strip));
    let messages = digest(Edition::Organisers, Format::Messages, Filter::default());
    check("row-digest-messages", &row(Lane::Interactive, messages));
    let text = digest(Edition::Shared, Format::Text, Filter::default());
    check("row-digest-text", &row(Lane::Bulk, text));
    let json = digest(Edition::Shared, Format::Json, filter);
    check("row-digest-json", &row(Lane::Interactive, json));
}

#[test]
fn another_version_and_other_bytes_are_refused_without_a_word_of_them() {
    let bytes = record::encode(&Person::new(1, ChatId(7))).unwrap();
    let error = record::decode::<Person>(2, &bytes).unwrap_err();
    assert_eq!(error, "a record of version 2; this program knows 1");
    for cut in 0..bytes.len() {
        let error = record::decode::<Person>(1, &bytes[..cut]).unwrap_err();
        assert_eq!(error, "a record that is not of its kind");
    }
    let organisation = record::encode(&OrganisationName(3)).unwrap();
    assert!(record::decode::<Person>(1, &organisation).is_err());
}
