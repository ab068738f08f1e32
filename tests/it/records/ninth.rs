//! What release 9 added: who agreed to be asked about a promise once everything else about them is erased, and when a meeting was counted.

use samleng::domain::promise::Verdict;
use samleng::domain::{Archive, Promise, Voice};
use samleng::store::erasures::Gone;
use samleng::store::record;

use super::*;

#[test]
fn a_person_who_agreed_to_be_asked() {
    let person = Person {
        language: Some(khmer()),
        follows: BTreeMap::from([(30, instant()), (31, instant())]),
        ..Person::new(12, ChatId(5_000_000_001))
    };
    check(9, "person-follows", &person);
}

#[test]
fn a_promise_about_which_somebody_is_asked_later() {
    let promise = Promise {
        followed_until: Some(instant()),
        ..promise()
    };
    check(9, "promise-followed", &promise);
    check(9, "voice", &voice(Some(12), None));
    let said = Some((instant(), Verdict::Partly));
    check(9, "voice-of-nobody", &voice(None, said));
}

#[test]
fn a_voice_of_nobody_takes_no_persons_place() {
    let nobodys = voice(None, None);
    let of_the_same_number = record::voice_of(nobodys.promise, nobodys.shared);
    assert_ne!(record::voice(&nobodys), of_the_same_number);
}

#[test]
fn when_a_meeting_was_counted() {
    let archive = Archive {
        id: 40,
        counted_at: instant(),
        ..Archive::default()
    };
    check(9, "archive-counted", &archive);
}

#[test]
fn that_somebody_is_kept_no_longer() {
    let gone = Gone {
        number: 9,
        at: instant(),
        what: What::Voice,
        hash: [7; 16],
    };
    check(9, "gone-voice", &gone);
}

fn voice(person: Option<u64>, said: Option<(Timestamp, Verdict)>) -> Voice {
    Voice {
        promise: 30,
        person,
        shared: 2,
        counts: person.is_some(),
        place: "kandal".to_owned(),
        said,
    }
}
