//! To which meeting a promise belongs, on which days it can be due, and what is not saved yet.

use samleng::dialogue::Desk;
use samleng::dialogue::desk::PromiseDesk;
use samleng::digest::{self, Edition};
use samleng::domain::Archive;

use super::*;

pub(super) const NEXT: Date = date(2027, 9, 17);

/// Between the meeting at which the concern was dealt with and the next.
pub(super) fn between() -> (Played, Timestamp) {
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

/// What one meeting dealt with is counted for it when the next takes its place, and not for that one as well; what it did not come to is.
#[test]
fn each_meeting_is_counted_by_itself() {
    let mut played = Played::new();
    let refused = super::played::concern(PART + 5, SUPPORTS, Status::New, None);
    let open = super::played::concern(PART + 6, SUPPORTS, Status::Approved, None);
    played.change(|stage| {
        stage.change(Change::Concern(Box::new(refused)));
        stage.change(Change::Concern(Box::new(open)));
    });
    played.status(PART + 5, Status::Rejected);
    played.status(WHOLE, Status::Answered);
    let tally = |played: &Played, now| {
        let stage = Stage::new(&played.world.store, now).unwrap();
        let mut records = stage.records();
        records.judge(Edition::Organisers, &played.forum.config, now);
        let (totals, counts) = digest::tally(&records, Edition::Organisers, &played.forum.config);
        let figures = digest::figures(&records, &played.forum.config, now);
        assert_eq!(figures.as_archive().totals, totals);
        (totals, counts.topic.values().sum::<u64>(), figures.statuses)
    };
    let over = at("2027-05-01T00:00:00Z");
    let (totals, included, statuses) = tally(&played, over);
    assert_eq!((totals.received, totals.merged, totals.rejected), (4, 1, 1));
    assert_eq!((totals.included, included), (2, 2));

    let set = |played: &mut Played, day, now| {
        let next = Order::Meeting(meeting(day));
        let set = played.world.order(next, &played.forum, moment(now));
        set.unwrap().made.unwrap()
    };
    let second = set(&mut played, NEXT, over);
    let [first] = &played.world.store.all::<Archive>().unwrap()[..] else {
        panic!("it was not counted once");
    };
    assert_eq!((first.totals, first.counted_at), (totals, over));
    assert_eq!(first.statuses, statuses.into_iter().collect());
    assert_eq!(first.title.get(english()), "Third meeting");
    // To put the next one right counts nothing again.
    assert_eq!(set(&mut played, date(2027, 9, 18), over), second);
    assert_eq!(played.world.store.all::<Archive>().unwrap().len(), 1);

    let (totals, included, _) = tally(&played, over);
    assert_eq!((totals.received, totals.included, included), (1, 1, 1));
    // What its author takes back now, or is refused once more, was settled then.
    let whole = played.world.store.all::<Concern>().unwrap();
    let whole = whole.into_iter().find(|known| known.id == WHOLE).unwrap();
    played.change(|stage| {
        stage.change(Change::Withdrawn(Box::new(whole.withdrawn())));
    });
    let order = OnConcern {
        receipt: Receipt::from_random(PART + 5),
        status: Some(Status::Rejected),
        into: None,
        reason: Some("It is not ours".to_owned()),
        ask: None,
    };
    played.order(Order::Concern(order)).unwrap();
    let (totals, ..) = tally(&played, over);
    assert_eq!(
        (totals.received, totals.withdrawn, totals.rejected),
        (1, 0, 0)
    );
    played.status(PART + 6, Status::NotReached);
    played.forum.config.settings.retention_days = 30;
    let late = moment(at("2027-12-01T00:00:00Z"));
    played
        .world
        .order(Order::Erase, &played.forum, late)
        .unwrap();
    let archives: Vec<Archive> = played.world.store.all().unwrap();
    let [_, last] = archives.as_slice() else {
        panic!("{archives:?}");
    };
    assert_eq!((last.meeting, last.totals), (Some(second), totals));
    assert_eq!(last.statuses, [(Status::NotReached, 1)].into());
}
