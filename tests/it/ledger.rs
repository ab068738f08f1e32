//! Promises: the fold of the score, the question on the day, what organisations say, carrying over, and what outlives the erasure.

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
use samleng::domain::promise::{Counts, SAFE, Score, Standing, Verdict, folded};
use samleng::domain::{
    Answer, Answers, Attachment, ChatId, Concern, Day, Disclosure, Endorsement, FileRef, Localised,
    Meeting, MessageId, Organisation, Part, PartContent, Promise, Receipt, Report, Role, SentAs,
    Status, Transcript, Whereabouts,
};
use samleng::store::Stage;
use samleng::text::Forum;

use crate::in_memory::{MemoryWorld, check_sendable, english, forum, khmer, runner};

mod meetings;
mod saying;

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

fn answers(title: &str) -> Answers {
    let choice = |id: &str| Answer::Choice {
        id: id.to_owned(),
        source: None,
    };
    let story = vec![
        Part {
            source: MessageId(2),
            content: PartContent::Text("Since May".to_owned()),
        },
        Part {
            source: MessageId(3),
            content: PartContent::Voice {
                file: FileRef {
                    id: "AwADvoice".to_owned(),
                    size: Some(20_000),
                    kept: Some(900),
                },
                seconds: 42,
            },
        },
    ];
    let title = Answer::Text {
        text: title.to_owned(),
        source: MessageId(1),
    };
    Answers(
        [
            (question::TOPIC, choice("land")),
            (question::PLACE, choice("kandal")),
            (question::TITLE, title),
            (question::STORY, Answer::Story(story)),
            (question::DISCLOSURE, choice("named")),
        ]
        .map(|(id, answer)| (id.to_owned(), answer))
        .into(),
    )
}

fn concern(id: u64, organisation: u64, status: Status, into: Option<u64>) -> Concern {
    Concern {
        status,
        disclosure: Disclosure::Named,
        into,
        before: into.map(|_| Status::Approved),
        ..Concern::new(
            id,
            Receipt::from_random(id),
            organisation,
            organisation,
            at("2027-01-10T03:00:00Z"),
            answers("The road"),
        )
    }
}

fn meeting(day: Date) -> Meeting {
    Meeting {
        id: 0,
        title: names("Third meeting"),
        days: vec![Day {
            date: day,
            time: None,
        }],
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
    }
}

/// Seven organisations, of which six are behind a concern, and a meeting that is over.
struct Played {
    forum: Forum,
    world: MemoryWorld,
}

impl Played {
    fn new() -> Self {
        let mut forum = forum();
        // Nothing is erased while this is played.
        forum.config.settings.retention_days = 0;
        let mut played = Self {
            forum,
            world: MemoryWorld::default(),
        };
        played.change(|stage| {
            // Beyond the ids that are named here.
            stage.meta.next_id = 2_000;
            for id in ALL {
                stage.change(Change::Organisation(Organisation {
                    id,
                    name: names(&format!("Circle {id}")),
                    place: ["kandal", "kep"][id as usize % 2].to_owned(),
                    verified: true,
                    number: None,
                    suspended: id == SUSPENDED,
                }));
                stage.change(Change::Person(Box::new(Person {
                    language: Some(english()),
                    membership: Some(Membership {
                        organisation: id,
                        agreed_at: at("2027-01-01T00:00:00Z"),
                        invitation: None,
                    }),
                    muted: id == MUTED,
                    unreachable: id == UNREACHABLE,
                    screen: 3,
                    state: State::Menu { kept: None },
                    ..Person::new(id, chat(id))
                })));
            }
            stage.change(Change::Concern(Box::new(concern(
                WHOLE,
                RAISED,
                Status::Agenda,
                None,
            ))));
            let part = concern(PART, OF_PART, Status::Merged, Some(WHOLE));
            stage.change(Change::Concern(Box::new(part)));
            for organisation in [SUPPORTS, SUSPENDED, MUTED, UNREACHABLE] {
                stage.change(Change::Endorsed(Endorsement {
                    concern: WHOLE,
                    organisation,
                    person: Some(organisation),
                    at: at("2027-01-11T00:00:00Z"),
                }));
            }
            stage.change(Change::Attachment(Attachment {
                id: 900,
                concern: WHOLE,
                organisation: RAISED,
                sent_as: SentAs::Voice,
                whereabouts: Whereabouts::Refused,
                transcript: Some(Transcript {
                    text: "Since May nobody can pass".to_owned(),
                    by: None,
                    at: at("2027-01-12T00:00:00Z"),
                    approved: true,
                }),
            }));
        });
        played
            .order(Order::Meeting(meeting(date(2027, 4, 17))))
            .unwrap();
        played
    }

    fn change(&mut self, change: impl FnOnce(&mut Stage<'_>)) {
        self.world
            .change(&self.forum, at("2027-01-13T00:00:00Z"), |stage| {
                change(stage);
                Vec::new()
            });
    }

    fn order(&mut self, order: Order) -> Result<organising::Done, String> {
        let moment = moment(at("2027-04-17T05:00:00Z"));
        self.world.order(order, &self.forum, moment)
    }

    fn status(&mut self, id: u64, status: Status) {
        let order = OnConcern {
            receipt: Receipt::from_random(id),
            status: Some(status),
            into: None,
            reason: None,
            ask: None,
        };
        self.order(Order::Concern(order)).unwrap();
    }

    /// Something is promised about the concern; which promise it is.
    fn promise(&mut self, due: Option<Date>) -> u64 {
        self.status(WHOLE, Status::Promised);
        let made = self.order(Order::Promise(OnPromise::Make(promised(Some(WHOLE), due))));
        made.unwrap().made.unwrap()
    }

    fn known(&self, id: u64) -> Promise {
        let mut all = self.world.store.all::<Promise>().unwrap().into_iter();
        all.find(|promise| promise.id == id).unwrap()
    }

    fn due(&mut self, id: u64, due: Date) {
        let promise = self.known(id);
        let seen = promise.version;
        let promised = Promised {
            due: Some(due),
            ..Promised::of(&promise)
        };
        self.order(Order::Promise(OnPromise::Change { id, seen, promised }))
            .unwrap();
    }

    fn reports(&self) -> Vec<Report> {
        self.world.store.all().unwrap()
    }

    /// What is due by the clock is done; who is asked what became of a promise.
    fn keep(&mut self, now: Timestamp) -> Vec<ChatId> {
        let (kept, _) = self.world.keep(&self.forum, moment(now));
        let effects = kept
            .map(|kept| kept.effects)
            .unwrap_or_default()
            .into_iter();
        let asked =
            effects.filter(|(_, _, effect)| matches!(effect, Effect::Late(Late::Asked { .. })));
        asked.map(|(chat, _, _)| chat).collect()
    }

    fn event(&mut self, who: u64, event: Event, now: Timestamp) -> Outcome {
        let outcome = self.world.step(chat(who), event, &self.forum, moment(now));
        check_sendable(&outcome);
        outcome
    }

    fn press(&mut self, who: u64, press: Press, now: Timestamp) -> Outcome {
        let event = Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(50)),
            data: press.write(),
        };
        self.event(who, event, now)
    }

    fn say(&mut self, who: u64, content: Content, now: Timestamp) -> Outcome {
        let id = MessageId(60);
        self.event(who, Event::Message { id, content }, now)
    }

    /// Presses what their screen offers.
    fn on_screen(&mut self, who: u64, action: Action, now: Timestamp) -> Outcome {
        let screen = self.world.person(chat(who)).unwrap().screen;
        self.press(who, Press::Screen(screen, action), now)
    }

    fn offers(&self, who: u64, now: Timestamp) -> Vec<Action> {
        let person = self.world.person(chat(who)).unwrap();
        let screen = self.world.screen(&person, &self.forum, now);
        let rows = screen.rows.into_iter().flatten();
        rows.map(|(_, action)| action).collect()
    }
}

fn promised(concern: Option<u64>, due: Option<Date>) -> Promised {
    Promised {
        concern,
        topic: String::new(),
        text: "The road is mended".to_owned(),
        owner: "Department of Roads".to_owned(),
        due,
        meeting: None,
    }
}

/// An instant in the forum's time zone.
fn local(forum: &Forum, day: Date, hour: i8) -> Timestamp {
    let at = day
        .at(hour, 0, 0, 0)
        .to_zoned(forum.config.settings.zone.clone());
    at.unwrap().timestamp()
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
    let said: Vec<u64> = played
        .reports()
        .iter()
        .map(|report| report.organisation)
        .collect();
    assert_eq!(said, [RAISED, OF_PART]);
    played.say(RAISED, Content::Text("/forget".to_owned()), now);
    played.on_screen(RAISED, Action::Yes, now);
    let said: Vec<u64> = played
        .reports()
        .iter()
        .map(|report| report.organisation)
        .collect();
    assert_eq!(said, [OF_PART]);
    // What was promised to them stays, and leads to nobody.
    let promise = played.known(id);
    assert_eq!(
        (promise.concern, promise.text.as_str()),
        (None, "The road is mended")
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
    assert_eq!(promise.standing(promise.counts([]), DUE), Standing::Broken);
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

/// What is to be carried over, and from whom, where another meeting is ahead.
fn ahead(status: Status) -> Played {
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
