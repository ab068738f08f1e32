//! What an earlier meeting did not answer is raised again.

use super::*;

/// What is to be carried over, and from whom, where another meeting is ahead.
pub(super) fn ahead(status: Status) -> Played {
    let mut played = Played::new();
    played.status(WHOLE, status);
    let next = meeting(date(2027, 9, 17));
    let after = moment(at("2027-05-01T00:00:00Z"));
    played
        .world
        .order(Order::Meeting(next), &played.forum, after)
        .unwrap();
    played
}

#[test]
fn what_was_not_answered_is_raised_again_once() {
    let now = at("2027-06-01T03:00:00Z");
    for status in [Status::NotReached, Status::Deflected] {
        let mut played = ahead(status);
        played.say(RAISED, Content::Text("/menu".to_owned()), now);
        played.on_screen(RAISED, Action::Mine, now);
        let carry = Action::Carry(WHOLE);
        assert!(played.offers(RAISED, now).contains(&carry));
        let screen = played.world.person(chat(RAISED)).unwrap().screen;
        let twice = Press::Screen(screen, carry);
        played.press(RAISED, twice.clone(), now);
        played.press(RAISED, twice, now);
        let concerns: Vec<Concern> = played.world.store.all().unwrap();
        let new: Vec<&Concern> = concerns
            .iter()
            .filter(|c| c.carried_from.is_some())
            .collect();
        let [new] = new.as_slice() else {
            panic!("{new:?}");
        };
        assert_eq!((new.carried_from, new.status), (Some(WHOLE), Status::New));
        assert_ne!(new.receipt, Receipt::from_random(WHOLE));
        assert_eq!(new.answers.text(question::TITLE), Some("The road"));
        // Nobody has said that they stand behind it this time.
        let endorsements: Vec<Endorsement> = played.world.store.all().unwrap();
        assert!(endorsements.iter().all(|one| one.concern == WHOLE));
        // A digest says it once.
        let stage = Stage::new(&played.world.store, now).unwrap();
        let mut records = stage.records();
        let edition = samleng::digest::Edition::Organisers;
        records.judge(edition, &played.forum.config, now);
        let made = samleng::digest::make::<samleng::digest::readers::Organisers>(
            &records,
            &samleng::digest::Filter::default(),
            &played.forum.config,
            now,
        );
        let road = made.concerns.iter();
        let road = road.filter(|entry| entry.title.as_deref() == Some("The road"));
        let statuses: Vec<Status> = road.map(|entry| entry.status).collect();
        assert_eq!(statuses, [Status::New]);
        drop(stage);
        // Its voice note is fetched for it, and what is said in it need not be written down again.
        let kept = new.answers.files().next().unwrap().kept.unwrap();
        let files: Vec<Attachment> = played.world.store.all().unwrap();
        let file = files.iter().find(|file| file.id == kept).unwrap();
        assert!(kept != 900 && file.concern == new.id);
        assert_eq!(file.approved_words(), Some("Since May nobody can pass"));
        played.on_screen(RAISED, Action::Mine, now);
        assert!(
            !played
                .offers(RAISED, now)
                .iter()
                .any(|a| matches!(a, Action::Carry(_)))
        );
        // Whoever is part of it has their own.
        played.say(OF_PART, Content::Text("/menu".to_owned()), now);
        played.on_screen(OF_PART, Action::Mine, now);
        assert!(played.offers(OF_PART, now).contains(&Action::Carry(PART)));
    }
}

/// What is due by the clock is done; who is told that they can raise something again.
pub(super) fn told(played: &mut Played, now: Timestamp) -> Vec<u64> {
    let (kept, _) = played.world.keep(&played.forum, moment(now));
    let effects = kept.map(|kept| kept.effects).unwrap_or_default();
    let told = effects.into_iter().filter_map(|(_, person, effect)| {
        matches!(effect, Effect::Late(Late::Reminder { .. })).then_some(person)
    });
    told.collect()
}

#[test]
fn its_senders_are_told_once_when_the_next_meeting_is_known() {
    let night = at("2027-05-01T18:00:00Z");
    let morning = at("2027-05-02T00:00:00Z");
    for status in [Status::NotReached, Status::Deflected] {
        let mut played = ahead(status);
        assert_eq!(told(&mut played, night), [0; 0], "not at night");
        // Whoever raised it, and whoever raised a part of it; of nobody else was anything left.
        assert_eq!(told(&mut played, morning), [RAISED, OF_PART]);
        assert_eq!(told(&mut played, morning), [0; 0], "once");
        // It is the meeting that counts, not its day.
        let (other, later) = (meeting(date(2027, 10, 3)), at("2027-05-03T03:00:00Z"));
        let order = Order::Meeting(other);
        let forum = &played.forum;
        played.world.order(order, forum, moment(later)).unwrap();
        assert_eq!(told(&mut played, later), [0; 0], "{status:?}");
    }
    // What was settled is no news, and neither is what is of this meeting.
    for status in [Status::Answered, Status::Promised, Status::Done] {
        assert_eq!(told(&mut ahead(status), morning), [0; 0], "{status:?}");
    }
    let mut played = Played::new();
    played.status(WHOLE, Status::NotReached);
    assert_eq!(told(&mut played, at("2027-04-17T05:00:00Z")), [0; 0]);
    // Whoever turned reminders off is not told, nor who speaks for an organisation that is suspended.
    for leaves in ["muted", "suspended", "forgotten"] {
        let mut played = ahead(Status::NotReached);
        let raised = played.world.person(chat(RAISED)).unwrap();
        match leaves {
            "muted" => played.change(|stage| {
                stage.change(Change::Person(Box::new(Person {
                    muted: true,
                    ..raised
                })));
            }),
            "suspended" => played.change(|stage| {
                let known = stage.organisation(RAISED).unwrap();
                stage.change(Change::Organisation(Organisation {
                    suspended: true,
                    ..known
                }));
            }),
            _ => played.change(|stage| {
                let known = stage.concern(WHOLE).unwrap();
                stage.change(Change::Concern(Box::new(Concern { author: 0, ..known })));
            }),
        }
        assert_eq!(told(&mut played, morning), [OF_PART], "{leaves}");
    }
}

#[test]
fn what_they_are_told_is_looked_at_when_its_turn_comes() {
    let now = at("2027-05-02T01:00:00Z");
    let mut played = ahead(Status::NotReached);
    assert_eq!(told(&mut played, now), [RAISED, OF_PART]);
    let reminded: Vec<samleng::domain::Reminded> = played.world.store.all().unwrap();
    let (late, people) = match reminded.as_slice() {
        [one] => (
            Late::Reminder {
                meeting: one.meeting,
                id: one.id,
            },
            one.people,
        ),
        other => panic!("{other:?}"),
    };
    assert_eq!(people, 2);
    let made = |played: &mut Played, who: u64, now| {
        let reader = played.world.person(chat(who));
        let stage = Stage::new(&played.world.store, now).unwrap();
        let view = samleng::dialogue::screen::View {
            forum: &played.forum,
            world: &stage,
            now,
        };
        samleng::dialogue::desk::late::make(late, chat(who), reader.as_ref(), view)
    };
    let Made::Message { body, .. } = made(&mut played, RAISED, now) else {
        panic!("nothing is said");
    };
    let presses: Vec<Press> = body
        .buttons
        .iter()
        .flatten()
        .filter_map(|b| Press::read(&b.data))
        .collect();
    let mute = Press::Reminder(samleng::dialogue::Errand::Mute);
    assert_eq!(presses, [Press::Carry(WHOLE), mute]);
    assert!(body.html.to_plain().contains("The road"));
    // At night it waits for the morning.
    let night = at("2027-05-02T15:00:00Z");
    assert_eq!(
        made(&mut played, RAISED, night),
        Made::Later(at("2027-05-03T00:00:00Z"))
    );
    // The button is for its sender alone, and good once.
    for who in [OF_PART, SUPPORTS, STRANGERS] {
        played.press(who, Press::Carry(WHOLE), now);
    }
    let carried = |played: &Played| {
        let all: Vec<Concern> = played.world.store.all().unwrap();
        all.iter().filter(|c| c.carried_from == Some(WHOLE)).count()
    };
    assert_eq!(carried(&played), 0);
    played.press(RAISED, Press::Carry(WHOLE), now);
    played.press(RAISED, Press::Carry(WHOLE), now);
    assert_eq!(carried(&played), 1);
    let over = Made::Over(samleng::domain::reminder::Ending::Spared);
    assert_eq!(made(&mut played, RAISED, now), over);
    // Whoever turned reminders off meanwhile is spared, too; after the deadline it is too late.
    assert!(matches!(
        made(&mut played, OF_PART, now),
        Made::Message { .. }
    ));
    played.change(|stage| {
        let known = stage.meeting().unwrap();
        stage.change(Change::Meeting(Meeting {
            deadline: Some(now),
            ..known
        }));
    });
    let late = Made::Over(samleng::domain::reminder::Ending::Late);
    assert_eq!(made(&mut played, OF_PART, now), late);
    played.press(
        OF_PART,
        Press::Reminder(samleng::dialogue::Errand::Mute),
        now,
    );
    assert_eq!(made(&mut played, OF_PART, now), over);
}

#[test]
fn what_was_promised_is_done_once_more_than_half_say_so() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let now = local(&played.forum, DUE, 17);
    // What its sender reads under "My concerns", and what a digest counts.
    let stands = |played: &mut Played, edition| {
        played.say(RAISED, Content::Text("/menu".to_owned()), now);
        let came = played.on_screen(RAISED, Action::Mine, now);
        let shown = came.effects.iter().any(|effect| match effect {
            Effect::Edit { body, .. } | Effect::Send { body, .. } => {
                let phrases = played.forum.words.phrases(english());
                let done = samleng::text::card::status(Status::Done, phrases);
                body.html.to_plain().contains(&done)
            }
            Effect::Toast { .. }
            | Effect::Strip { .. }
            | Effect::Digest(_)
            | Effect::MyData
            | Effect::Late(_)
            | Effect::Commands => false,
        });
        let stage = Stage::new(&played.world.store, now).unwrap();
        let mut records = stage.records();
        records.judge(edition, &played.forum.config, now);
        let whole = records.concerns.iter().find(|known| known.id == WHOLE);
        (shown, whole.unwrap().status)
    };
    let heard = |came: &Outcome| {
        let people = came.notices.iter().map(|notice| notice.person);
        people.collect::<Vec<u64>>()
    };
    use samleng::digest::Edition::{Organisers, Shared};
    assert_eq!(stands(&mut played, Organisers), (false, Status::Promised));
    // The first answer makes it so, and those hear who raised it or a part of it; then it stands against one.
    let came = played.press(SUPPORTS, Press::Promise(id, Verdict::Done), now);
    assert_eq!(heard(&came), [RAISED, OF_PART]);
    assert_eq!(stands(&mut played, Organisers), (true, Status::Done));
    let came = played.press(OF_PART, Press::Promise(id, Verdict::NotDone), now);
    assert_eq!(heard(&came), [RAISED]);
    assert_eq!(stands(&mut played, Organisers), (false, Status::Promised));
    let came = played.press(RAISED, Press::Promise(id, Verdict::Done), now);
    assert_eq!(heard(&came), [OF_PART]);
    // What changes nothing for it is no news. Two of three say so: who it is handed to may know that as well.
    let came = played.press(SUPPORTS, Press::Promise(id, Verdict::Done), now);
    assert_eq!(heard(&came), [0; 0]);
    assert_eq!(stands(&mut played, Organisers), (true, Status::Done));
    assert_eq!(stands(&mut played, Shared).1, Status::Done);
    // It is stored nowhere: a second promise that is not due yet is a second thing to do.
    let second = Order::Promise(OnPromise::Make(promised(Some(WHOLE), None)));
    played.order(second).unwrap();
    assert_eq!(stands(&mut played, Organisers), (false, Status::Promised));
    let all: Vec<Concern> = played.world.store.all().unwrap();
    assert!(all.iter().all(|known| known.status != Status::Done));
}

#[test]
fn who_is_handed_a_digest_learns_nothing_from_the_word_of_two() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let now = local(&played.forum, DUE, 17);
    for who in [RAISED, SUPPORTS] {
        played.press(who, Press::Promise(id, Verdict::Done), now);
    }
    let stage = Stage::new(&played.world.store, now).unwrap();
    for (edition, status) in [
        (samleng::digest::Edition::Organisers, Status::Done),
        (samleng::digest::Edition::Shared, Status::Promised),
    ] {
        let mut records = stage.records();
        records.judge(edition, &played.forum.config, now);
        let whole = records.concerns.iter().find(|known| known.id == WHOLE);
        assert_eq!(whole.unwrap().status, status, "{edition:?}");
    }
}

#[test]
fn what_is_settled_or_has_no_meeting_ahead_is_not_raised_again() {
    let now = at("2027-06-01T03:00:00Z");
    let offered = |played: &mut Played, now| {
        played.say(RAISED, Content::Text("/menu".to_owned()), now);
        played.on_screen(RAISED, Action::Mine, now);
        let offers = played.offers(RAISED, now);
        offers
            .iter()
            .any(|action| matches!(action, Action::Carry(_)))
    };
    for status in [Status::Answered, Status::Promised, Status::Done] {
        let mut played = ahead(status);
        assert!(!offered(&mut played, now), "{status:?}");
    }
    // At the meeting itself, and after it while no other is ahead.
    let mut played = Played::new();
    played.status(WHOLE, Status::NotReached);
    assert!(!offered(&mut played, at("2027-04-17T06:00:00Z")));
    assert!(!offered(&mut played, now));
    // What was promised and not kept is.
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let after = moment(at("2027-05-01T00:00:00Z"));
    let next = Order::Meeting(meeting(date(2027, 9, 17)));
    played.world.order(next, &played.forum, after).unwrap();
    assert!(!offered(&mut played, now));
    played.press(SUPPORTS, Press::Promise(id, Verdict::NotDone), now);
    assert!(offered(&mut played, now));
}
