//! Promises: the fold of the score, the question on the day, what organisations say, carrying over, and what outlives the erasure.

mod carrying;
mod following;
mod handed_down;
mod meetings;
mod played;
mod saying;

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use samleng::dialogue::desk::late::Made;
use samleng::dialogue::organising::promise::{OnPromise, Promised};
use samleng::dialogue::organising::{self, By, OnConcern, Order};
use samleng::dialogue::{
    Action, Change, Content, Effect, Event, Late, Media, Membership, Moment, Outcome, Person,
    Press, State, World as _,
};
use samleng::domain::concern::question;
use samleng::domain::promise::{Counts, SAFE, Score, Standing, Verdict, folded, heard};
use samleng::domain::{
    Answer, Answers, Attachment, ChatId, Concern, Day, Disclosure, Endorsement, FileRef, Localised,
    Meeting, MessageId, Organisation, Part, PartContent, Promise, Receipt, Report, Role, SentAs,
    Status, Transcript, Whereabouts,
};
use samleng::store::Stage;
use samleng::text::Forum;

use self::played::{local, meeting, promised};
use crate::in_memory::{MemoryWorld, check_sendable, english, forum, khmer, runner};

/// The concern about which something is promised.
const WHOLE: u64 = 100;

/// What was merged into it.
const PART: u64 = 101;

/// The day on which it is due.
const DUE: Date = date(2027, 5, 10);

/// The organisations, each with one member of the same number.
const RAISED: u64 = 1;

const SUPPORTS: u64 = 2;

const OF_PART: u64 = 3;

const SUSPENDED: u64 = 4;

const MUTED: u64 = 5;

const UNREACHABLE: u64 = 6;

const STRANGERS: u64 = 7;

const ALL: [u64; 7] = [
    RAISED,
    SUPPORTS,
    OF_PART,
    SUSPENDED,
    MUTED,
    UNREACHABLE,
    STRANGERS,
];

fn chat(number: u64) -> ChatId {
    ChatId(6_000_000_000 + number as i64)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn moment(now: Timestamp) -> Moment {
    Moment {
        now,
        random: now.as_nanosecond() as u128,
    }
}

fn names(name: &str) -> Localised {
    Localised::same([english(), khmer()], name)
}

/// Seven organisations, of which six are behind a concern, and a meeting that is over.
struct Played {
    forum: Forum,
    world: MemoryWorld,
}

#[test]
fn those_behind_it_are_asked_on_the_day_and_nobody_else() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let noon = local(&played.forum, DUE, 12);
    assert_eq!(played.keep(noon), []);
    let evening = local(&played.forum, DUE, 17);
    // Not the suspended one, nor whoever wants no reminders or cannot be written to, nor who is not behind it.
    assert_eq!(played.keep(evening), [RAISED, SUPPORTS, OF_PART].map(chat));
    assert_eq!(played.known(id).asked[&DUE].people, 3);
    let asked = played
        .world
        .late
        .iter()
        .filter(|sent| matches!(sent.made, Made::Message { .. }));
    assert_eq!(asked.count(), 3);
    assert_eq!(played.keep(evening), []);
}

#[test]
fn one_that_is_tied_to_nothing_asks_nobody() {
    let mut played = Played::new();
    let made = played.order(Order::Promise(OnPromise::Make(promised(None, Some(DUE)))));
    let id = made.unwrap().made.unwrap();
    assert_eq!(played.keep(local(&played.forum, DUE, 17)), []);
    assert!(played.known(id).asked.is_empty());
}

/// A clock that jumps anywhere, between restarts: they are asked once for each day, and only when it is time.
#[test]
fn they_are_asked_once_however_the_clock_jumps() {
    let step = (-20i64..60, 0i8..24, prop::option::weighted(0.1, -10i64..20));
    runner(60)
        .run(&proptest::collection::vec(step, 1..25), |steps| {
            let mut played = Played::new();
            let id = played.promise(Some(DUE));
            let quiet = played.forum.config.calendar.quiet.unwrap();
            let mut due = DUE;
            let mut done = Vec::new();
            for (day, hour, moved) in steps {
                if let Some(days) = moved {
                    due = DUE.checked_add(days.days()).unwrap();
                    played.due(id, due);
                }
                let today = DUE.checked_add(day.days()).unwrap();
                let now = local(&played.forum, today, hour);
                let time = today.at(hour, 0, 0, 0);
                let end = due.checked_add(30.days()).unwrap();
                let wanted = time >= due.at(16, 0, 0, 0)
                    && time < end.at(16, 0, 0, 0)
                    && !quiet.holds(time.time())
                    && !done.contains(&due);
                let asked = played.keep(now);
                let expected: &[ChatId] = &[RAISED, SUPPORTS, OF_PART].map(chat);
                prop_assert_eq!(&asked, if wanted { expected } else { &[] }, "{}", time);
                if wanted {
                    done.push(due);
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_question_that_waited_is_asked_only_while_it_is_one() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let evening = local(&played.forum, DUE, 17);
    played.keep(evening);
    let late = Late::Asked {
        promise: id,
        due: DUE,
    };
    let made = |played: &mut Played, now| {
        let reader = played.world.person(chat(SUPPORTS));
        let stage = Stage::new(&played.world.store, now).unwrap();
        let view = samleng::dialogue::screen::View {
            forum: &played.forum,
            world: &stage,
            now,
        };
        samleng::dialogue::desk::late::make(late, chat(SUPPORTS), reader.as_ref(), view)
    };
    assert!(matches!(made(&mut played, evening), Made::Message { .. }));
    // At night it waits for the morning.
    let night = local(&played.forum, DUE, 23);
    let morning = local(&played.forum, DUE.tomorrow().unwrap(), 7);
    assert_eq!(made(&mut played, night), Made::Later(morning));
    // Once they have answered, or its day was moved, or it was taken back, there is nothing to ask.
    played.press(SUPPORTS, Press::Promise(id, Verdict::Done), evening);
    assert_eq!(made(&mut played, evening), Made::Nothing);
    played.due(id, DUE.tomorrow().unwrap());
    assert_eq!(made(&mut played, evening), Made::Nothing);
}

#[test]
fn a_promise_is_tied_only_where_something_was_promised_and_only_organisers_decide() {
    let mut played = Played::new();
    let make = |concern| Order::Promise(OnPromise::Make(promised(concern, None)));
    for id in [WHOLE, PART, 999] {
        let refused = played.order(make(Some(id)));
        assert_eq!(
            refused,
            Err("nothing was promised about that concern".to_owned())
        );
    }
    let id = played.promise(None);
    let promise = played.known(id);
    assert_eq!(
        (promise.topic.as_str(), promise.concern),
        ("land", Some(WHOLE))
    );
    let stale = OnPromise::TakeBack { id, seen: 9 };
    assert!(played.order(Order::Promise(stale)).is_err());
    let mut stage = Stage::new(&played.world.store, at("2027-04-18T00:00:00Z")).unwrap();
    for role in [Some(Role::Auditor), None] {
        let by = By::Person { number: 80, role };
        let moment = moment(at("2027-04-18T00:00:00Z"));
        let take = Order::Promise(OnPromise::TakeBack { id, seen: 1 });
        for order in [make(None), take] {
            let came = organising::carry_out(order, by, &played.forum, &mut stage, moment);
            assert_eq!(came, Err(organising::Refused::NotAllowed));
        }
    }
    drop(stage);
    let take = OnPromise::TakeBack { id, seen: 1 };
    played.order(Order::Promise(take)).unwrap();
    assert_eq!(played.world.store.all::<Promise>().unwrap(), []);
}

#[test]
fn what_is_said_of_it_goes_with_whoever_said_it() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let now = local(&played.forum, DUE, 17);
    for who in [RAISED, SUPPORTS, OF_PART] {
        played.press(who, Press::Promise(id, Verdict::NotDone), now);
    }
    // Organisations that become one keep one word.
    played
        .order(Order::MergeOrganisations(SUPPORTS, OF_PART))
        .unwrap();
    let reports = played.reports();
    let voices = heard(&reports, |_| true).into_iter();
    let said: Vec<u64> = voices.map(|report| report.organisation).collect();
    assert_eq!(said, [RAISED, OF_PART]);
    played.say(RAISED, Content::Text("/forget".to_owned()), now);
    played.on_screen(RAISED, Action::Yes, now);
    let said: Vec<u64> = played
        .reports()
        .iter()
        .map(|report| report.organisation)
        .collect();
    assert_eq!(said, [OF_PART, OF_PART]);
    // What was promised to them stays, for those whose concern was joined with theirs.
    let promise = played.known(id);
    assert_eq!(
        (promise.concern, promise.text.as_str()),
        (Some(PART), "The road is mended")
    );
}

#[test]
fn a_promise_outlives_the_erasure_with_counts_and_without_a_name() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let now = local(&played.forum, DUE, 17);
    for who in [RAISED, SUPPORTS, OF_PART] {
        played.press(who, Press::Promise(id, Verdict::NotDone), now);
    }
    played.say(RAISED, Content::Text("Qzwords of ours".to_owned()), now);
    played.order(Order::Erase).unwrap();
    assert_eq!(played.reports(), []);
    let promise = played.known(id);
    assert_eq!(
        (promise.concern, promise.title.get(english())),
        (None, "Third meeting")
    );
    let counts = Counts {
        not_done: 3,
        ..Counts::default()
    };
    // Two places of one and two: together they are three, and that is all that is known.
    assert_eq!(promise.counted, BTreeMap::from([(String::new(), counts)]));
    assert_eq!(
        promise.standing(promise.counts([], &[]), DUE),
        Standing::Broken
    );
    let export = played.world.store.export().unwrap();
    assert!(!export.contains("Qzwords") && !export.contains("Circle"));
    // It asks nobody any more, and says the same after the next erasure.
    assert_eq!(played.keep(now), []);
    let meeting = meeting(date(2027, 9, 17));
    played.order(Order::Meeting(meeting)).unwrap();
    played.order(Order::Erase).unwrap();
    assert_eq!(played.known(id), promise);
}

fn counts() -> impl Strategy<Value = Counts> {
    (0u64..4, 0u64..4, 0u64..4).prop_map(|(done, partly, not_done)| Counts {
        done,
        partly,
        not_done,
    })
}

#[test]
fn the_fold_loses_nobody_and_shows_nobody() {
    let places = proptest::collection::btree_map("[a-e]?", counts(), 0..6);
    runner(500)
        .run(&places, |places| {
            let sum = |places: &BTreeMap<String, Counts>| {
                let all = places.values();
                all.fold(Counts::default(), |sum, counts| sum.plus(*counts))
            };
            let safe = folded(places.clone());
            prop_assert_eq!(sum(&safe), sum(&places));
            let alone = safe.len() == 1 && safe.contains_key("");
            prop_assert!(alone || safe.values().all(|counts| counts.total() >= SAFE));
            prop_assert_eq!(folded(safe.clone()), safe);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_parts_of_a_score_add_up_to_what_was_promised() {
    let one = (counts(), prop::option::of(-3i64..4));
    runner(300)
        .run(&proptest::collection::vec(one, 0..12), |all| {
            let standings = all.iter().map(|(counts, due)| {
                let promise = Promise {
                    due: due.map(|days| DUE.checked_add(days.days()).unwrap()),
                    ..crate::records::promise()
                };
                promise.standing(*counts, DUE)
            });
            let standings: Vec<Standing> = standings.collect();
            let score = Score::of(standings.iter().copied());
            prop_assert_eq!(score.made as usize, all.len());
            let parts: u64 = Standing::ALL.into_iter().map(|one| score.part(one)).sum();
            prop_assert_eq!(parts, score.made);
            for ((counts, due), standing) in all.iter().zip(standings) {
                let total = counts.total();
                let expected = match due {
                    None => Standing::NotYetDue,
                    Some(days) if *days > 0 => Standing::NotYetDue,
                    Some(_) if total == 0 => Standing::NobodySaid,
                    Some(_) if 2 * counts.done > total => Standing::Kept,
                    Some(_) if 2 * counts.not_done > total => Standing::Broken,
                    Some(_) => Standing::Partly,
                };
                prop_assert_eq!(standing, expected);
            }
            Ok(())
        })
        .unwrap();
}
