//! What release 8 added: what is said of a promise belongs to a person, and what the organisers heard of it.

use samleng::dialogue::desk::{Facet, PromiseDesk, Promising};
use samleng::dialogue::organising::promise::Promised;
use samleng::domain::Promise;
use samleng::domain::promise::{Piece, Report, Verdict};

use super::*;

#[test]
fn what_somebody_says_became_of_it() {
    let piece = |source, text: &str| Piece {
        source: MessageId(source),
        text: text.to_owned(),
    };
    let report = Report {
        promise: 30,
        person: 12,
        organisation: 3,
        vouched: true,
        at: instant(),
        verdict: Verdict::Partly,
        words: vec![piece(7, "តែម្ខាង"), piece(8, "One side only")],
        photos: vec![33, 34],
        place: "kandal".to_owned(),
    };
    check(8, "report", &report);
}

#[test]
fn what_the_organisers_heard_of_it() {
    let promise = Promise {
        heard: Some(Verdict::NotDone),
        ..promise()
    };
    check(8, "promise-heard", &promise);
}

#[test]
fn a_person_at_the_meeting_of_a_promise() {
    let promising = Promising {
        of: None,
        promised: Promised {
            text: "The road is mended".to_owned(),
            meeting: Some(5),
            ..Promised::default()
        },
        leaving: true,
    };
    let desk = PromiseDesk::PromiseFacet(Box::new(promising), Facet::Meeting);
    let person = Person {
        role: Some(Role::Organiser),
        state: State::Visit {
            kept: None,
            visit: Visit::Desk(Desk::Promises(desk)),
        },
        ..Person::new(12, ChatId(5_000_000_001))
    };
    check(8, "person-desk-promise-meeting", &person);
}
