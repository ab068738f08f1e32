//! What a meeting dealt with stays dealt with, whoever leaves: what was joined with it, what was promised about it, what was said of that.

use samleng::digest::{self, Edition};
use samleng::domain::archive::Totals;
use samleng::store::erasures::{Gone, What};

use super::meetings::{NEXT, between};
use super::*;

fn forgets(played: &mut Played, who: u64, now: Timestamp) {
    played.say(who, Content::Text("/forget".to_owned()), now);
    played.on_screen(who, Action::Yes, now);
}

fn concern(played: &Played, id: u64) -> Concern {
    let all = played.world.concerns().into_iter();
    all.into_iter().find(|known| known.id == id).unwrap()
}

/// What a digest counts.
fn totals(played: &Played, now: Timestamp) -> Totals {
    let stage = Stage::new(&played.world.store, now).unwrap();
    let mut records = stage.records();
    records.judge(Edition::Organisers, &played.forum.config, now);
    digest::tally(&records, Edition::Organisers, &played.forum.config).0
}

#[test]
fn what_was_joined_with_what_is_withdrawn_keeps_the_promise_and_is_asked_about_it() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let whole = concern(&played, WHOLE);
    let later = super::played::concern(PART + 1, SUPPORTS, Status::Merged, Some(WHOLE));
    played.change(|stage| stage.change(Change::Concern(Box::new(later))));
    let now = at("2027-04-20T03:00:00Z");
    forgets(&mut played, RAISED, now);
    // The one that came first stands where it stood, and the other is part of that.
    let heir = concern(&played, PART);
    let stands = (heir.status, heir.dealt_with_at, heir.into);
    assert_eq!(stands, (Status::Promised, whole.dealt_with_at, None));
    assert_eq!(concern(&played, PART + 1).into, Some(PART));
    assert_eq!(played.known(id).concern, Some(PART));
    let mut asked = played.keep(local(&played.forum, DUE, 17));
    asked.sort();
    assert_eq!(asked, [chat(SUPPORTS), chat(OF_PART)]);
    // None of it is a matter of the next meeting.
    let now = at("2027-06-01T03:00:00Z");
    let next = Order::Meeting(meeting(NEXT));
    played
        .world
        .order(next, &played.forum, moment(now))
        .unwrap();
    assert_eq!(totals(&played, now).received, 0);
}

#[test]
fn what_was_joined_with_what_is_refused_later_stays_with_its_meeting() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let dealt_with_at = concern(&played, WHOLE).dealt_with_at;
    played.status(WHOLE, Status::Rejected);
    let heir = concern(&played, PART);
    let stands = (heir.status, heir.dealt_with_at, heir.into);
    assert_eq!(stands, (Status::Promised, dealt_with_at, None));
    assert_eq!(played.known(id).concern, Some(PART));
}

/// It is let in by nobody: what was kept back stays so.
#[test]
fn what_was_kept_back_takes_no_place() {
    let mut played = Played::new();
    played.promise(Some(DUE));
    let held = Concern {
        before: Some(Status::Held),
        ..super::played::concern(PART - 50, SUPPORTS, Status::Merged, Some(WHOLE))
    };
    played.change(|stage| stage.change(Change::Concern(Box::new(held))));
    forgets(&mut played, RAISED, at("2027-04-20T03:00:00Z"));
    let held = concern(&played, PART - 50);
    assert_eq!((held.status, held.into), (Status::Merged, Some(PART)));
    forgets(&mut played, OF_PART, at("2027-04-20T04:00:00Z"));
    assert_eq!(concern(&played, PART - 50).status, Status::Held);
}

#[test]
fn one_after_the_other_of_the_same_author_leaves_nothing() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let own = super::played::concern(PART - 50, RAISED, Status::Merged, Some(WHOLE));
    played.change(|stage| stage.change(Change::Concern(Box::new(own))));
    forgets(&mut played, RAISED, at("2027-04-20T03:00:00Z"));
    assert_eq!(concern(&played, PART).status, Status::Promised);
    assert_eq!(played.known(id).concern, Some(PART));
    forgets(&mut played, OF_PART, at("2027-04-20T04:00:00Z"));
    assert_eq!(played.known(id).concern, None);
}

#[test]
fn a_part_that_is_withdrawn_at_the_next_meeting_counts_for_neither_twice() {
    let (mut played, now) = between();
    assert_eq!(totals(&played, now).received, 0);
    forgets(&mut played, OF_PART, now);
    let all = totals(&played, now);
    assert_eq!((all.received, all.withdrawn), (0, 0));
}

#[test]
fn nothing_new_is_joined_with_what_an_earlier_meeting_dealt_with() {
    let (mut played, now) = between();
    let new = super::played::concern(PART + 9, SUPPORTS, Status::New, None);
    played.change(|stage| stage.change(Change::Concern(Box::new(new))));
    let merge = OnConcern {
        receipt: Receipt::from_random(PART + 9),
        status: Some(Status::Merged),
        into: Some(Receipt::from_random(WHOLE)),
        reason: None,
        ask: None,
    };
    played.order(Order::Concern(merge)).unwrap_err();
    assert_eq!(concern(&played, PART + 9).status, Status::New);
    assert_eq!(totals(&played, now).included, 1);
}

#[test]
fn a_promise_that_is_tied_later_belongs_to_the_meeting_that_dealt_with_its_concern() {
    let (mut played, _) = between();
    let at_next = local(&played.forum, NEXT, 10);
    let order = |promised| Order::Promise(promised);
    let made = order(OnPromise::Make(promised(None, None)));
    let made = played.world.order(made, &played.forum, moment(at_next));
    let promise = played.known(made.unwrap().made.unwrap());
    assert_eq!(promise.title.get(english()), "Fourth meeting");
    let change = OnPromise::Change {
        id: promise.id,
        seen: promise.version,
        promised: promised(Some(WHOLE), None),
    };
    played
        .world
        .order(order(change), &played.forum, moment(at_next))
        .unwrap();
    let promise = played.known(promise.id);
    assert_eq!(promise.title.get(english()), "Third meeting");
    assert_eq!(promise.held_on, Some(date(2027, 4, 17)));
}

/// What they take off is erased: from the disk, and from what is restored of a backup from before.
#[test]
fn what_is_taken_off_an_answer_is_erased() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let now = local(&played.forum, DUE, 17);
    played.press(RAISED, Press::Promise(id, Verdict::Partly), now);
    assert_eq!(played.world.store.erased_since(), None);
    // What holds nothing beside it takes nothing with it.
    played.on_screen(RAISED, Action::Pick("kept".to_owned()), now);
    played.say(RAISED, Content::Text("Qzwords".to_owned()), now);
    played.on_screen(RAISED, Action::Pick("alone".to_owned()), now);
    let gone: Vec<Gone> = played.world.store.all().unwrap();
    let what: Vec<What> = gone.iter().map(|gone| gone.what).collect();
    assert_eq!(what, [What::Said]);
    assert!(played.world.store.erased_since().is_some());
    let [said] = &played.reports()[..] else {
        panic!("the answer went with it");
    };
    assert_eq!(said.verdict, Verdict::Partly);
    assert!(!said.has_more());
}
