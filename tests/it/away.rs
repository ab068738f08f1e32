//! The bot was away: what counts as that, whom it concerns, and that they are told once.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use samleng::dialogue::desk::MeetingDesk;
use samleng::dialogue::{
    self, Absence, Desk, Draft, Effect, Event, Moment, Outcome, Person, State, Visit,
};
use samleng::domain::{Answers, ChatId, Language, MessageId, Role};
use samleng::runtime::alive::Last;
use samleng::store::{Row, Stage};

use super::clock::until_the_bot_shows;
use super::in_memory::{MemoryWorld, english, forum, khmer};
use super::records::desks;
use super::support::{BotProcess, GUARD, Phone, Site, Way};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn up(seconds: u64) -> Duration {
    Duration::from_secs(5_000 + seconds)
}

const DAY: i64 = 24 * 3_600;

#[test]
fn a_restart_counts_by_the_clock() {
    for (seconds, is_away) in [
        (-DAY, false),
        (0, false),
        (100, false),
        (150, false),
        (151, true),
        (2 * DAY, true),
    ] {
        let mut last = Last::Before(at(0));
        let absence = last.fetched(at(seconds), up(0));
        let expected = is_away.then(|| Absence {
            since: at(0),
            until: at(seconds),
        });
        assert_eq!(absence, expected, "{seconds}");
        assert_eq!(last, Last::Here(up(0), at(seconds)));
        assert_eq!(last.fetched(at(seconds + 10), up(10)), None);
    }
    let mut last = Last::Never;
    assert_eq!(last.by(at(0), up(0)), None);
    assert_eq!(last.fetched(at(DAY), up(0)), None, "the very first start");
    let mut last = Last::Before(at(0));
    assert_eq!(last.by(at(DAY), up(DAY as u64)), None, "it fetched nothing");
    let _ = last.fetched(at(DAY), up(0));
    // The clock was moved a week forward since; really five seconds passed.
    assert_eq!(last.by(at(8 * DAY), up(5)), Some(at(8 * DAY - 5)));
}

#[test]
fn while_it_runs_only_time_that_passed_counts() {
    for (clock, passed, since) in [
        // A clock that jumps, however far, is no absence.
        (7 * DAY, 10, None),
        (-7 * DAY, 10, None),
        (150, 150, None),
        // Nor does one that is set back hide one.
        (151, 151, Some(0)),
        (-DAY, 400, Some(-DAY - 400)),
        (10, 400, Some(10 - 400)),
        // Both.
        (DAY, 400, Some(0)),
    ] {
        let mut last = Last::Here(up(0), at(0));
        let absence = last.fetched(at(clock), up(passed));
        let expected = since.map(|since| Absence {
            since: at(since),
            until: at(clock),
        });
        assert_eq!(absence, expected, "{clock} {passed}");
    }
}

#[test]
fn a_message_is_kept_for_a_day() {
    for (seconds, lost) in [(151, false), (DAY, false), (DAY + 1, true)] {
        let absence = Absence::of(at(0), at(seconds)).unwrap();
        assert_eq!(absence.lost_messages(), lost, "{seconds}");
    }
    assert_eq!(Absence::of(at(0), at(150)), None);
    assert_eq!(Absence::of(at(DAY), at(0)), None);
}

const SHORT: Absence = Absence {
    since: Timestamp::UNIX_EPOCH,
    until: Timestamp::constant(151, 0),
};

fn long() -> Absence {
    Absence {
        since: at(0),
        until: at(2 * DAY),
    }
}

/// What somebody is told.
fn told(person: &Person, absence: Absence, answered: bool) -> Option<Outcome> {
    let (world, forum) = (MemoryWorld::default(), forum());
    let mut stage = Stage::new(&world.store, absence.until).unwrap();
    let moment = Moment {
        now: absence.until,
        random: 7,
    };
    dialogue::away(person, absence, answered, &forum, &mut stage, moment)
}

fn draft() -> Draft {
    Draft {
        begun_at: at(0),
        answers: Answers::default(),
        revises: None,
        beneath: None,
    }
}

fn person(state: State, language: Option<Language>) -> Person {
    Person {
        language,
        screen: 6,
        shown_in: Some(MessageId(9)),
        state,
        ..Person::new(12, ChatId(5_000_000_001))
    }
}

fn form() -> State {
    State::Form {
        draft: draft(),
        at: "title".to_owned(),
        from_review: false,
    }
}

/// The one message of an outcome, with the person as they are then.
fn message(outcome: Option<Outcome>) -> (String, Person) {
    let outcome = outcome.expect("they are told");
    let [
        Effect::Send {
            body, clears: true, ..
        },
    ] = outcome.effects.as_slice()
    else {
        panic!("{:?}", outcome.effects);
    };
    assert!(outcome.notices.is_empty());
    let person = outcome.person.expect("they are kept");
    let numbered = body.buttons.iter().flatten();
    let begins = format!("{}:", person.screen);
    for button in numbered {
        assert!(button.data.starts_with(&begins), "{}", button.data);
    }
    (body.html.to_plain(), person)
}

#[test]
fn who_was_in_the_middle_of_something_is_told_and_can_go_on() {
    let was = person(form(), Some(english()));
    let (text, now) = message(told(&was, SHORT, false));
    assert!(text.contains("I was away for a while."), "{text}");
    assert!(text.contains("3 of 8"), "{text}");
    assert!(text.find("away") < text.find("3 of 8"), "{text}");
    let expected = Person {
        told_away: true,
        screen: 7,
        shown_in: None,
        ..was
    };
    assert_eq!(now, expected);

    let (text, _) = message(told(&person(form(), Some(english())), long(), true));
    let days = "from Friday 15 January, 15:00 until Sunday 17 January, 15:00.";
    assert!(text.contains(days), "{text}");
    assert!(text.contains("only a receipt counts"), "{text}");

    let (text, _) = message(told(&person(form(), Some(khmer())), SHORT, false));
    assert!(text.contains("ខ្ញុំមិនបានដំណើរការមួយរយៈ"), "{text}");
    assert!(text.contains("៣ នៃ ៨"), "{text}");
    let (text, _) = message(told(&person(form(), Some(khmer())), long(), false));
    assert!(text.contains("ដល់ ថ្ងៃអាទិត្យ ទី១៧ ខែមករា ម៉ោង"), "{text}");
    assert!(text.contains("មានតែបង្កាន់ដៃប៉ុណ្ណោះ"), "{text}");
}

#[test]
fn nobody_is_told_twice_or_in_vain() {
    let was = || person(form(), Some(english()));
    assert!(told(&was(), SHORT, false).is_some());
    assert!(told(&was(), SHORT, true).is_none(), "they were answered");
    assert!(
        told(&was(), long(), true).is_some(),
        "what came first is lost"
    );
    let blocked = Person {
        unreachable: true,
        ..was()
    };
    assert!(told(&blocked, long(), false).is_none());
    let (_, again) = message(told(&was(), SHORT, false));
    assert!(told(&again, SHORT, false).is_none());
    assert!(told(&again, long(), false).is_none());

    // Whatever they do then, they have acted.
    let (world, forum) = (MemoryWorld::default(), forum());
    let mut stage = Stage::new(&world.store, at(0)).unwrap();
    let moment = Moment {
        now: at(0),
        random: 7,
    };
    let stepped = dialogue::step(again, Event::Unreadable, &forum, &mut stage, moment);
    let acted = stepped.person.unwrap();
    assert!(!acted.told_away);
    assert!(told(&acted, SHORT, false).is_some());
}

#[test]
fn only_of_whom_something_is_awaited() {
    let agreed_at = at(0);
    let (name, source) = ("Lotus".to_owned(), MessageId(4));
    let visit = |visit| State::Visit { kept: None, visit };
    let language = |back| State::Language { back };
    let awaited = [
        State::Confirm {
            agreed_at,
            organisation: 3,
        },
        State::Organisation { agreed_at },
        State::Choosing {
            agreed_at,
            name: name.clone(),
            source,
            offered: vec![],
        },
        State::Province {
            agreed_at,
            name,
            source,
            organisation: None,
        },
        form(),
        State::Review { draft: draft() },
        State::Leaving {
            draft: draft(),
            at: None,
        },
        State::Deleting { draft: draft() },
        State::Close {
            draft: draft(),
            close: vec![],
        },
        language(Some(Box::new(form()))),
        visit(Visit::Noting { id: 9 }),
        visit(Visit::Answering { id: 9 }),
        visit(Visit::Withdrawing { id: 9 }),
        visit(Visit::Correcting {
            id: 9,
            attachment: 3,
        }),
        visit(Visit::Rsvp {
            meeting: 1,
            days: [].into(),
        }),
        visit(Visit::Forgetting),
    ];
    for state in awaited {
        let was = person(state, Some(english()));
        assert!(told(&was, SHORT, false).is_some(), "{:?}", was.state);
        let nowhere = person(was.state, None);
        assert!(told(&nowhere, long(), false).is_some());
    }
    let draft = draft();
    let not = [
        language(None),
        language(Some(Box::new(State::Menu { kept: None }))),
        State::Consent,
        State::Uninvited,
        State::Menu { kept: None },
        State::Menu { kept: Some(draft) },
        visit(Visit::Mine { page: 0 }),
        visit(Visit::Concern { id: 9 }),
        visit(Visit::Topics),
        visit(Visit::Places),
        visit(Visit::Meeting),
    ];
    for state in not {
        let was = person(state, Some(english()));
        assert!(told(&was, long(), false).is_none(), "{:?}", was.state);
    }
}

#[test]
fn at_a_desk_only_who_has_something_in_the_making() {
    let mut told_at = BTreeSet::new();
    for (name, desk) in desks() {
        let is_draft = matches!(&desk, Desk::Meeting(MeetingDesk::Meeting(editing)) if editing.before.as_ref() != Some(&editing.after));
        let state = State::Visit {
            kept: None,
            visit: Visit::Desk(desk),
        };
        let owner = Person {
            role: Some(Role::Owner),
            ..person(state, Some(english()))
        };
        if told(&owner, SHORT, false).is_some() {
            let kind = if is_draft { "meeting" } else { &name };
            told_at.insert(kind.split('-').next().unwrap().to_owned());
        }
        // Whoever has lost the role sees something else by now.
        let nobody = Person {
            role: None,
            ..owner
        };
        assert!(told(&nobody, long(), false).is_none(), "{name}");
    }
    for kind in [
        "words",
        "merging",
        "announcing",
        "preview",
        "offering",
        "renaming",
        "meeting",
    ] {
        assert!(told_at.contains(kind), "{kind}: {told_at:?}");
    }
    for kind in [
        "concerns",
        "list",
        "card",
        "people",
        "audit",
        "organisations",
    ] {
        assert!(!told_at.contains(kind), "{kind}: {told_at:?}");
    }
}

const ENGLISH: &str = "I was away";
const KHMER: &str = "ខ្ញុំមិនបានដំណើរការ";

/// How often somebody was told.
async fn times(phone: &Phone) -> usize {
    let chat = phone
        .client
        .chat(phone.id, 0, Duration::ZERO)
        .await
        .unwrap();
    let ours = chat.messages.iter().filter(|m| m.from_bot);
    let says = |text: &str| text.contains(ENGLISH) || text.contains(KHMER);
    ours.filter(|m| says(&m.text)).count()
}

/// Waits for a message that says this.
async fn notice(phone: &Phone, says: &str) -> String {
    let seen = phone.sees(|chat| {
        let mut ours = chat.messages.iter().filter(|m| m.from_bot);
        ours.find(|m| m.text.contains(says)).map(|m| m.text.clone())
    });
    seen.await
}

/// Starts the bot, has it told whom it tells, and everything sent.
async fn back(site: &Site) -> BotProcess {
    let bot = site.run().await;
    // Nothing is confirmed by the poll after the next before those whom it concerns were told.
    site.until_confirmed().await;
    bot
}

/// Ends it, with nothing left to be sent.
async fn gone(site: &Site, bot: BotProcess) {
    bot.stop().await;
    let rows: Vec<Row> = site.store().all().unwrap();
    assert!(rows.is_empty(), "{rows:?}");
}

async fn pass(site: &Site, seconds: i64) {
    let forward = Duration::from_secs(seconds.unsigned_abs());
    site.people.time(forward).await.unwrap();
}

#[tokio::test]
async fn those_in_the_middle_of_something_hear_of_an_outage_once() {
    hear_of_an_outage_once(Way::Polling).await;
}

#[tokio::test]
async fn they_hear_of_it_as_well_where_updates_are_brought() {
    hear_of_an_outage_once(Way::Webhook).await;
}

async fn hear_of_an_outage_once(way: Way) {
    let site = Site::by(way).await.with_clock();
    let bot = site.run().await;
    let mut writing = site.phone(101, "en").await;
    writing.start(None).await;
    writing.until_question(3).await;
    let mut reviewing = site.phone(102, "km").await;
    reviewing.start(None).await;
    reviewing.until("submit").await;
    let mut idle = site.phone(103, "en").await;
    idle.start(None).await;
    idle.until("new").await;
    let mut passing = site.phone(104, "km").await;
    passing.start(None).await;
    passing.screen().await;
    let mut prompt = site.phone(105, "en").await;
    prompt.start(None).await;
    prompt.until_question(3).await;
    let everybody = |counts: [usize; 5]| {
        let phones = [&writing, &reviewing, &idle, &passing, &prompt];
        phones.into_iter().zip(counts).collect::<Vec<_>>()
    };
    let alive = site.data.join("alive");
    let written = async {
        while !alive.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(GUARD, written)
        .await
        .expect("it is noted");
    let mode = fs::metadata(&alive).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);

    // A press is kept for longer than this.
    gone(&site, bot).await;
    pass(&site, 100).await;
    let bot = back(&site).await;
    gone(&site, bot).await;
    for (phone, count) in everybody([0, 0, 0, 0, 0]) {
        assert_eq!(times(phone).await, count, "{}", phone.id);
    }

    // Not for longer than this. One of them is heard as soon as the bot is back.
    pass(&site, 200).await;
    site.people.send_text(105, "A title").await.unwrap();
    let bot = back(&site).await;
    let text = notice(&writing, "please press it again below").await;
    assert!(text.contains("3 of 8"), "{text}");
    notice(&reviewing, "សូមចុចម្តងទៀត").await;
    gone(&site, bot).await;
    for (phone, count) in everybody([1, 1, 0, 0, 0]) {
        assert_eq!(times(phone).await, count, "{}", phone.id);
    }

    // Nobody has acted since but one.
    pass(&site, 200).await;
    let bot = back(&site).await;
    notice(&prompt, ENGLISH).await;
    gone(&site, bot).await;
    for (phone, count) in everybody([1, 1, 0, 0, 1]) {
        assert_eq!(times(phone).await, count, "{}", phone.id);
    }

    // They go on from there, one by a button, so that what they pressed has changed; then it crashes, and a day is lost.
    let mut bot = site.run().await;
    writing.submit().await;
    let review = reviewing.until("submit").await;
    reviewing.press(&review, "‹ ថយក្រោយ").await;
    reviewing.screen().await;
    prompt.until("done").await;
    bot.kill().await;
    pass(&site, 2 * DAY).await;
    site.people.send_text(105, "A story").await.unwrap();
    let bot = back(&site).await;
    notice(&reviewing, "មានតែបង្កាន់ដៃប៉ុណ្ណោះ").await;
    notice(&prompt, "only a receipt counts").await;
    gone(&site, bot).await;
    for (phone, count) in [
        (&writing, 1),
        (&reviewing, 1),
        (&idle, 0),
        (&passing, 0),
        (&prompt, 2),
    ] {
        assert_eq!(times(phone).await, count, "{}", phone.id);
    }
    let bot = site.run().await;
    reviewing.submit().await;
    prompt.submit().await;
    bot.stop().await;
}

#[tokio::test]
async fn neither_a_moved_clock_nor_a_first_start_is_an_outage() {
    let site = Site::new().await.with_clock();
    let bot = site.run().await;
    let mut phone = site.phone(101, "en").await;
    phone.start(None).await;
    phone.until_question(3).await;
    pass(&site, 7 * DAY).await;
    let week = Timestamp::now() + SignedDuration::from_secs(7 * DAY - 3_600);
    until_the_bot_shows(&site, week).await;
    site.until_confirmed().await;
    gone(&site, bot).await;
    assert_eq!(times(&phone).await, 0);
    let alive = fs::read_to_string(site.data.join("alive")).unwrap();
    let alive: Timestamp = alive.trim_end().parse().unwrap();
    assert!(alive > week, "{alive}");

    let bot = back(&site).await;
    gone(&site, bot).await;
    assert_eq!(times(&phone).await, 0);

    // What was never noted, or cannot be read, says nothing.
    for damage in [None, Some("yesterday"), Some("")] {
        match damage {
            None => fs::remove_file(site.data.join("alive")).unwrap(),
            Some(text) => fs::write(site.data.join("alive"), text).unwrap(),
        }
        pass(&site, 2 * DAY).await;
        let bot = back(&site).await;
        gone(&site, bot).await;
        assert_eq!(times(&phone).await, 0);
    }
    pass(&site, 200).await;
    let bot = back(&site).await;
    notice(&phone, ENGLISH).await;
    gone(&site, bot).await;
}
