//! What release 10 added: with which digest a selection begins, and that something was taken off an answer.

use samleng::dialogue::desk::Last;
use samleng::store::erasures::Gone;

use super::*;

#[test]
fn a_person_choosing_what_is_new() {
    let selection = Selection {
        since: true,
        last: Some(Last {
            number: 3,
            made_at: instant(),
        }),
        ..Selection::all(Edition::Shared)
    };
    let person = Person {
        role: Some(Role::Organiser),
        state: State::Visit {
            kept: None,
            visit: Visit::Desk(Desk::Digest(DigestDesk::Digest(selection))),
        },
        ..Person::new(12, ChatId(5_000_000_001))
    };
    check(10, "person-at-digest-since", &person);
}

#[test]
fn that_something_was_taken_off_an_answer() {
    let gone = Gone {
        number: 9,
        at: instant(),
        what: What::Said,
        hash: [7; 16],
    };
    check(10, "gone-said", &gone);
}
