//! Who agreed to be asked after everything about people is erased: who is kept, how long, what is kept of them, and what is counted.

use std::collections::BTreeSet;

use samleng::dialogue::leaving::held;
use samleng::dialogue::restoring::{end_what_is_over, forget_again, unfollow_again};

use samleng::domain::Voice;

use super::*;

/// After the erasure, which is a month after the meeting.
const LATE: Date = date(2027, 9, 1);

/// A colleague of whoever raised it, who stands behind it as well.
const COLLEAGUE: u64 = 8;

fn follow(played: &mut Played, who: u64, id: u64) {
    let now = at("2027-04-20T05:00:00Z");
    played.press(who, Press::Promised(id), now);
    played.on_screen(who, Action::Pick("follow".to_owned()), now);
    let person = played.world.person(chat(who)).unwrap();
    assert!(person.follows.contains_key(&id));
}

/// Everything is erased by the clock, as it is: the owner was warned.
fn erase(played: &mut Played) {
    let now = at("2027-06-01T03:00:00Z");
    let erased = played.world.order(Order::Erase, &played.forum, moment(now));
    erased.unwrap();
}

fn played() -> (Played, u64) {
    let mut played = Played::new();
    played.forum.config.settings.retention_days = 30;
    let colleague = Person {
        membership: played.world.person(chat(RAISED)).unwrap().membership,
        language: Some(english()),
        screen: 3,
        state: State::Menu { kept: None },
        ..Person::new(COLLEAGUE, chat(COLLEAGUE))
    };
    let mut part = super::played::concern(PART + 1, RAISED, Status::Merged, Some(WHOLE));
    part.author = COLLEAGUE;
    played.change(|stage| {
        stage.change(Change::Person(Box::new(colleague)));
        stage.change(Change::Concern(Box::new(part)));
    });
    let id = played.promise(Some(LATE));
    (played, id)
}

fn there(played: &Played) -> BTreeSet<u64> {
    let people: Vec<Person> = played.world.store.all().unwrap();
    people.into_iter().map(|person| person.number).collect()
}

fn voices(played: &Played) -> Vec<Voice> {
    played.world.store.all().unwrap()
}

fn is_kept(played: &Played, who: u64) -> bool {
    voices(played).iter().any(|voice| voice.person == Some(who))
}

fn counts(played: &Played, id: u64) -> (u64, u64, u64) {
    let counts = played.known(id).counts([], &voices(played));
    (counts.done, counts.partly, counts.not_done)
}

fn evening() -> Timestamp {
    at("2027-09-01T10:30:00Z")
}

#[test]
fn those_behind_it_hear_that_they_can_be_asked_and_nobody_else() {
    let mut played = Played::new();
    played.forum.config.settings.retention_days = 30;
    played.status(WHOLE, Status::Promised);
    let order = |due| Order::Promise(OnPromise::Make(promised(Some(WHOLE), Some(due))));
    // What is due before the erasure is asked as ever.
    assert_eq!(played.order(order(date(2027, 5, 10))).unwrap().notices, []);
    let told = played.order(order(LATE)).unwrap();
    let whom: Vec<u64> = told.notices.iter().map(|notice| notice.person).collect();
    assert_eq!(whom, [RAISED, SUPPORTS, OF_PART]);
    // A day that is moved beyond the erasure is told as well, and what is merely reworded is not.
    let id = played
        .order(order(date(2027, 5, 11)))
        .unwrap()
        .made
        .unwrap();
    let mut change = |due, text: &str| {
        let promise = played.known(id);
        let promised = Promised {
            due: Some(due),
            text: text.to_owned(),
            ..Promised::of(&promise)
        };
        let seen = promise.version;
        let change = OnPromise::Change { id, seen, promised };
        played.order(Order::Promise(change)).unwrap().notices.len()
    };
    assert_eq!(change(LATE, "The road is mended"), 3);
    assert_eq!(change(LATE, "The road is mended and lit"), 0);
}

#[test]
fn only_who_agreed_is_kept_and_of_them_only_how_to_ask() {
    let (mut played, id) = played();
    for who in [RAISED, OF_PART] {
        follow(&mut played, who, id);
    }
    // Who has nothing to do with it cannot agree, nor be made to by a forged button.
    let now = at("2027-04-20T05:00:00Z");
    played.press(STRANGERS, Press::Promised(id), now);
    played.on_screen(STRANGERS, Action::Pick("follow".to_owned()), now);
    erase(&mut played);
    assert_eq!(there(&played), BTreeSet::from([RAISED, OF_PART]));
    let kept = played.world.person(chat(RAISED)).unwrap();
    let left = Person {
        language: Some(english()),
        screen: kept.screen,
        follows: kept.follows.clone(),
        ..Person::new(RAISED, chat(RAISED))
    };
    assert_eq!(kept, left);
    let promise = played.known(id);
    let until = local(&played.forum, date(2027, 10, 1), 16);
    assert_eq!(
        (promise.concern, promise.followed_until),
        (None, Some(until))
    );
    assert_eq!(kept.follows, BTreeMap::from([(id, until)]));
    let voices = voices(&played);
    let people: Vec<_> = voices.iter().map(|voice| voice.person).collect();
    assert_eq!(people, [Some(RAISED), Some(OF_PART)]);
    // Nothing of the organisation: neither its id nor anything else that was its own.
    let shared: BTreeSet<u64> = voices.iter().map(|voice| voice.shared).collect();
    assert_eq!(shared, BTreeSet::from([0, 1]));
    assert_eq!(played.world.store.all::<Organisation>().unwrap(), []);
}

#[test]
fn they_are_asked_on_the_day_and_answer_with_one_tap() {
    let (mut played, id) = played();
    for who in [RAISED, SUPPORTS, OF_PART] {
        follow(&mut played, who, id);
    }
    erase(&mut played);
    // Before the day nothing is said of it.
    let press = |verdict| Press::Promise(id, verdict);
    played.press(RAISED, press(Verdict::Done), at("2027-08-01T05:00:00Z"));
    assert_eq!(counts(&played, id), (0, 0, 0));
    assert_eq!(
        played.keep(evening()),
        [RAISED, SUPPORTS, OF_PART].map(chat)
    );
    assert_eq!(played.keep(evening()), []);
    for (who, verdict) in [(RAISED, Verdict::Done), (SUPPORTS, Verdict::NotDone)] {
        played.press(who, press(verdict), evening());
    }
    assert_eq!(counts(&played, id), (1, 0, 1));
    // It can be changed, and no place stands for fewer than three.
    played.press(SUPPORTS, press(Verdict::Done), evening());
    played.press(OF_PART, press(Verdict::Partly), evening());
    assert_eq!(counts(&played, id), (2, 1, 0));
    let places = played.known(id).by_place([], &voices(&played));
    assert!(places.values().all(|counts| counts.total() >= SAFE));
    // Who is not kept says nothing by a button that they still have.
    played.press(STRANGERS, press(Verdict::NotDone), evening());
    assert_eq!(counts(&played, id), (2, 1, 0));
}

#[test]
fn an_organisation_has_one_word_before_and_after() {
    let (mut played, id) = played();
    for who in [RAISED, COLLEAGUE] {
        follow(&mut played, who, id);
    }
    // Its day was earlier at first, and what was said then goes on counting.
    played.due(id, date(2027, 4, 18));
    let early = at("2027-04-19T05:00:00Z");
    for (who, verdict) in [(RAISED, Verdict::NotDone), (SUPPORTS, Verdict::Done)] {
        played.press(who, Press::Promise(id, verdict), early);
    }
    played.due(id, LATE);
    erase(&mut played);
    assert_eq!(counts(&played, id), (1, 0, 1));
    let shared: BTreeSet<u64> = voices(&played).iter().map(|voice| voice.shared).collect();
    assert_eq!(shared.len(), 1);
    played.press(COLLEAGUE, Press::Promise(id, Verdict::Done), evening());
    assert_eq!(counts(&played, id), (2, 0, 0));
    // The other's word is later now.
    let later = at("2027-09-02T05:00:00Z");
    played.press(RAISED, Press::Promise(id, Verdict::Partly), later);
    assert_eq!(counts(&played, id), (1, 1, 0));
    // What the one who goes has said goes; what is said through another stays.
    played.say(RAISED, Content::Text("/forget".to_owned()), later);
    assert_eq!(counts(&played, id), (2, 0, 0));
    assert_eq!(there(&played), BTreeSet::from([COLLEAGUE]));
}

/// What somebody said who did not agree goes on counting for their organisation, as nobody's: until one who did says something else, and also
/// when that one goes.
#[test]
fn what_a_colleague_said_before_is_nobodys_and_stays() {
    let (mut played, id) = played();
    follow(&mut played, COLLEAGUE, id);
    played.due(id, date(2027, 4, 18));
    let early = at("2027-04-19T05:00:00Z");
    played.press(RAISED, Press::Promise(id, Verdict::NotDone), early);
    played.due(id, LATE);
    erase(&mut played);
    let people: Vec<_> = voices(&played).iter().map(|voice| voice.person).collect();
    assert_eq!(people, [Some(COLLEAGUE), None]);
    assert_eq!(counts(&played, id), (0, 0, 1));
    played.press(COLLEAGUE, Press::Promise(id, Verdict::Done), evening());
    assert_eq!(counts(&played, id), (1, 0, 0));
    played.press(COLLEAGUE, Press::Unfollow(id), evening());
    assert_eq!(counts(&played, id), (0, 0, 1));
    assert!(there(&played).is_empty());
    played.keep(at("2027-10-01T10:00:00Z"));
    assert_eq!((voices(&played).len(), counts(&played, id)), (0, (0, 0, 1)));
}

/// Nobody is kept for longer than they agreed to.
#[test]
fn a_day_that_is_moved_later_is_agreed_to_anew() {
    let (mut played, id) = played();
    for who in [RAISED, OF_PART] {
        follow(&mut played, who, id);
    }
    played.due(id, date(2028, 3, 1));
    let now = at("2027-04-22T05:00:00Z");
    played.press(RAISED, Press::Promised(id), now);
    let again = Action::Pick("follow".to_owned());
    assert!(played.offers(RAISED, now).contains(&again));
    played.on_screen(RAISED, again, now);
    erase(&mut played);
    assert_eq!(there(&played), BTreeSet::from([RAISED]));
}

#[test]
fn nobody_is_kept_for_a_promise_that_is_taken_back() {
    let (mut played, id) = played();
    follow(&mut played, OF_PART, id);
    erase(&mut played);
    let seen = played.known(id).version;
    let back = Order::Promise(OnPromise::TakeBack { id, seen });
    played.order(back).unwrap();
    assert!(there(&played).is_empty() && voices(&played).is_empty());
}

/// Whoever comes again and does not agree to the notice reads that nothing is kept: so it is.
#[test]
fn who_declines_is_kept_for_nothing() {
    let (mut played, id) = played();
    follow(&mut played, OF_PART, id);
    erase(&mut played);
    played.press(OF_PART, Press::Promise(id, Verdict::Done), evening());
    played.say(OF_PART, Content::Text("/start".to_owned()), evening());
    played.on_screen(OF_PART, Action::Speak(english()), evening());
    played.on_screen(OF_PART, Action::Decline, evening());
    assert!(there(&played).is_empty() && voices(&played).is_empty());
    assert_eq!(counts(&played, id), (0, 0, 0));
}

#[test]
fn it_ends_at_once_for_whoever_wants_that() {
    for end in [
        "/forget",
        "/stop",
        "button",
        "forgotten again",
        "button again",
    ] {
        let (mut played, id) = played();
        for who in [RAISED, OF_PART] {
            follow(&mut played, who, id);
        }
        erase(&mut played);
        played.keep(evening());
        played.press(RAISED, Press::Promise(id, Verdict::Done), evening());
        match end {
            "button" => drop(played.press(RAISED, Press::Unfollow(id), evening())),
            "/forget" | "/stop" => {
                let said = played.say(RAISED, Content::Text(end.to_owned()), evening());
                assert!(!said.effects.is_empty());
            }
            // What a restored backup knew of them.
            again => {
                let person = played.world.person(chat(RAISED)).unwrap();
                let Played { forum, world } = &mut played;
                world.change(forum, evening(), |stage| {
                    if again == "forgotten again" {
                        forget_again(person, forum, stage, moment(evening()));
                    } else {
                        unfollow_again(person, id, stage);
                    }
                    stage.change(Change::NoPerson(chat(RAISED)));
                    Vec::new()
                });
            }
        }
        assert_eq!(counts(&played, id), (0, 0, 0), "{end}");
        assert!(!is_kept(&played, RAISED), "{end}");
        assert_eq!(there(&played), BTreeSet::from([OF_PART]), "{end}");
        assert!(is_kept(&played, OF_PART));
        played.press(RAISED, Press::Promise(id, Verdict::Done), evening());
        assert_eq!(counts(&played, id), (0, 0, 0), "{end}");
    }
}

#[test]
fn it_ends_by_itself_and_is_counted_and_no_change_makes_it_longer() {
    for moved in [None, Some(date(2028, 1, 1)), Some(date(2027, 8, 1))] {
        let (mut played, id) = played();
        for who in [RAISED, SUPPORTS, OF_PART] {
            follow(&mut played, who, id);
        }
        erase(&mut played);
        played.keep(evening());
        for who in [RAISED, SUPPORTS, OF_PART] {
            played.press(who, Press::Promise(id, Verdict::Done), evening());
        }
        // One of them has come again since.
        let again = Content::Text("/start".to_owned());
        played.say(SUPPORTS, again, evening());
        let speaks = Action::Speak(english());
        played.on_screen(SUPPORTS, speaks, evening());
        if let Some(day) = moved {
            played.due(id, day);
        }
        let before = at("2027-09-30T10:00:00Z");
        played.keep(before);
        assert_eq!(there(&played).len(), 3);
        played.keep(at("2027-10-01T10:00:00Z"));
        let promise = played.known(id);
        assert_eq!((promise.followed_until, voices(&played).len()), (None, 0));
        assert_eq!(promise.counts([], &[]).done, 3);
        assert_eq!(there(&played), BTreeSet::from([SUPPORTS]));
        let known = played.world.person(chat(SUPPORTS)).unwrap();
        assert!(known.follows.is_empty());
    }
}

#[test]
fn who_wants_no_reminders_or_agrees_no_longer_is_not_kept() {
    let (mut played, id) = played();
    for who in [RAISED, SUPPORTS, OF_PART] {
        follow(&mut played, who, id);
    }
    let now = at("2027-04-21T05:00:00Z");
    played.say(RAISED, Content::Text("/stop".to_owned()), now);
    played.press(SUPPORTS, Press::Promised(id), now);
    played.on_screen(SUPPORTS, Action::Pick("unfollow".to_owned()), now);
    assert!(
        played
            .world
            .person(chat(SUPPORTS))
            .unwrap()
            .follows
            .is_empty()
    );
    erase(&mut played);
    assert_eq!(there(&played), BTreeSet::from([OF_PART]));
    assert_eq!(played.keep(evening()), [chat(OF_PART)]);
}

#[test]
fn a_second_erasure_takes_nothing_from_it_and_shows_what_is_held() {
    let (mut played, id) = played();
    follow(&mut played, OF_PART, id);
    erase(&mut played);
    let mut next = meeting(date(2027, 7, 1));
    next.title = names("Fourth meeting");
    played.order(Order::Meeting(next)).unwrap();
    let before = (played.known(id), voices(&played));
    erase(&mut played);
    assert_eq!((played.known(id), voices(&played)), before);
    let person = played.world.person(chat(OF_PART)).unwrap();
    played.change(|stage| {
        let held = held(person, stage);
        assert_eq!(held.voices.len(), 1);
        assert_eq!(held.voices[0].promise, "The road is mended");
    });
}

/// A backup from before the end is restored after it: what was said is counted first, and what was erased since is erased again after that.
#[test]
fn what_was_counted_when_it_ended_is_counted_in_a_restored_backup() {
    let (mut played, id) = played();
    follow(&mut played, OF_PART, id);
    erase(&mut played);
    played.press(OF_PART, Press::Promise(id, Verdict::Done), evening());
    let late = at("2027-10-03T05:00:00Z");
    let person = played.world.person(chat(OF_PART)).unwrap();
    let Played { forum, world } = &mut played;
    world.change(forum, late, |stage| {
        end_what_is_over(stage, late);
        unfollow_again(person, id, stage);
        stage.change(Change::NoPerson(chat(OF_PART)));
        Vec::new()
    });
    assert_eq!(counts(&played, id), (1, 0, 0));
    assert!(there(&played).is_empty() && voices(&played).is_empty());
}

/// A colleague who did not agree said something before the one who did: it counts again once that one goes.
#[test]
fn an_earlier_word_of_a_colleague_is_not_lost() {
    let (mut played, id) = played();
    follow(&mut played, COLLEAGUE, id);
    played.due(id, date(2027, 4, 18));
    for (hour, who, verdict) in [(4, RAISED, Verdict::Done), (5, COLLEAGUE, Verdict::NotDone)] {
        let now = local(&played.forum, date(2027, 4, 19), hour + 8);
        played.press(who, Press::Promise(id, verdict), now);
    }
    played.due(id, LATE);
    erase(&mut played);
    assert_eq!(counts(&played, id), (0, 0, 1));
    played.press(COLLEAGUE, Press::Unfollow(id), evening());
    assert_eq!(counts(&played, id), (1, 0, 0));
}
