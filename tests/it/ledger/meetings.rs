//! To which meeting a promise belongs, on which days it can be due, and what is not saved yet.

use samleng::dialogue::Desk;
use samleng::dialogue::desk::PromiseDesk;

use super::*;

const NEXT: Date = date(2027, 9, 17);

/// Between the meeting at which the concern was dealt with and the next.
fn between() -> (Played, Timestamp) {
    let mut played = Played::new();
    played.status(WHOLE, Status::Promised);
    let now = at("2027-05-02T03:00:00Z");
    let next = Meeting {
        title: names("Fourth meeting"),
        ..meeting(NEXT)
    };
    played
        .world
        .order(Order::Meeting(next), &played.forum, moment(now))
        .unwrap();
    (played, now)
}

fn made(played: &mut Played, promised: Promised, now: Timestamp) -> Promise {
    let order = Order::Promise(OnPromise::Make(promised));
    let made = played
        .world
        .order(order, &played.forum, moment(now))
        .unwrap();
    played.known(made.made.unwrap())
}

#[test]
fn a_promise_belongs_to_the_meeting_that_dealt_with_its_concern_or_to_the_last_one() {
    let (mut played, now) = between();
    for concern in [Some(WHOLE), None] {
        let promise = made(&mut played, promised(concern, Some(DUE)), now);
        assert_eq!(promise.title.get(english()), "Third meeting", "{concern:?}");
        assert_eq!(promise.held_on, Some(date(2027, 4, 17)));
    }
    // Once the next has begun, what is tied to nothing belongs to that; what was chosen does anyway.
    let at_next = local(&played.forum, NEXT, 10);
    let promise = made(&mut played, promised(None, None), at_next);
    assert_eq!(promise.title.get(english()), "Fourth meeting");
    let promise = made(&mut played, promised(Some(WHOLE), None), at_next);
    assert_eq!(promise.title.get(english()), "Third meeting");
    let chosen = Promised {
        meeting: Some(made(&mut played, promised(None, None), at_next).meeting),
        ..promised(None, None)
    };
    let promise = made(&mut played, chosen, now);
    assert_eq!(promise.title.get(english()), "Fourth meeting");
}

#[test]
fn nothing_is_due_before_the_meeting_at_which_it_was_promised() {
    let mut played = Played::new();
    played.status(WHOLE, Status::Promised);
    let make = |due| Order::Promise(OnPromise::Make(promised(Some(WHOLE), Some(due))));
    let before = "nothing can be due before the meeting at which it was promised";
    for due in [date(2020, 1, 1), date(2027, 4, 16)] {
        assert_eq!(played.order(make(due)), Err(before.to_owned()));
    }
    let id = played.order(make(date(2027, 4, 17))).unwrap().made.unwrap();
    let promise = played.known(id);
    let change = OnPromise::Change {
        id,
        seen: promise.version,
        promised: Promised {
            due: Some(date(2027, 4, 1)),
            ..Promised::of(&promise)
        },
    };
    assert_eq!(played.order(Order::Promise(change)), Err(before.to_owned()));
}

/// One whose day had passed long before it was written down is asked about from that day on.
#[test]
fn what_is_written_down_after_its_day_is_asked_about_as_well() {
    let mut played = Played::new();
    played.status(WHOLE, Status::Promised);
    let written = at("2027-08-01T03:00:00Z");
    made(&mut played, promised(Some(WHOLE), Some(DUE)), written);
    let evening = local(&played.forum, date(2027, 8, 1), 17);
    assert_eq!(played.keep(evening).len(), 3);
    assert_eq!(played.keep(evening), []);
}

#[test]
fn a_meeting_that_is_renamed_or_moved_is_so_for_what_was_promised_at_it() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let seen = played.known(id).version;
    let renamed = Meeting {
        title: names("Dialogue day"),
        zone: Some("Asia/Tokyo".to_owned()),
        ..meeting(date(2027, 4, 18))
    };
    played.order(Order::Meeting(renamed)).unwrap();
    let promise = played.known(id);
    assert_eq!(promise.title.get(english()), "Dialogue day");
    assert_eq!(promise.held_on, Some(date(2027, 4, 18)));
    assert_eq!(
        (promise.zone.as_deref(), promise.version),
        (Some("Asia/Tokyo"), seen)
    );
}

/// Where an organiser is at a desk.
fn organiser(played: &mut Played) {
    played.change(|stage| {
        stage.change(Change::Person(Box::new(Person {
            role: Some(Role::Organiser),
            language: Some(english()),
            state: State::Menu { kept: None },
            screen: 5,
            ..Person::new(90, chat(90))
        })));
    });
}

fn desk(played: &Played) -> Option<Desk> {
    let person = played.world.person(chat(90)).unwrap();
    person.desk().cloned()
}

#[test]
fn back_from_what_is_not_saved_says_so_before_anything_is_dropped() {
    let (mut played, now) = between();
    organiser(&mut played);
    let say =
        |played: &mut Played, words: &str| played.say(90, Content::Text(words.to_owned()), now);
    let pick = |id: &str| Action::Pick(id.to_owned());
    say(&mut played, "/promises");
    played.on_screen(90, Action::Desk(samleng::dialogue::Tap::AddPromise), now);
    say(&mut played, "The bridge is built");
    played.on_screen(90, pick("owner"), now);
    say(&mut played, "Department of Bridges");
    let back = played.on_screen(90, Action::Back, now);
    assert!(format!("{:?}", back.effects).contains("Nothing of this is saved yet"));
    let Some(Desk::Promises(PromiseDesk::Promising(draft))) = desk(&played) else {
        panic!("{:?}", desk(&played));
    };
    assert_eq!(draft.promised.owner, "Department of Bridges");
    // To go on resets it: the next step back warns again.
    played.on_screen(90, pick("due"), now);
    let refused = say(&mut played, "1/1/2020");
    assert!(format!("{:?}", refused.effects).contains("before the meeting"));
    played.on_screen(90, Action::Back, now);
    played.on_screen(90, pick("meeting"), now);
    let offered = played.offers(90, now);
    let meetings = offered
        .iter()
        .filter(|action| matches!(action, Action::Pick(_)));
    assert_eq!(meetings.count(), 2);
    played.on_screen(90, offered[1].clone(), now);
    played.on_screen(90, Action::Back, now);
    assert!(matches!(
        desk(&played),
        Some(Desk::Promises(PromiseDesk::Promising(_)))
    ));
    played.on_screen(90, Action::Back, now);
    assert_eq!(
        desk(&played),
        Some(Desk::Promises(PromiseDesk::Promises(0)))
    );
    assert_eq!(played.world.store.all::<Promise>().unwrap(), []);
}
