//! What comes by the clock, by the whole program: to whom, when, and how often, whatever happens to Telegram, to the meeting, to
//! the clock and to the program meanwhile.
//!
//! The clock's file is written here, so that it also goes back; the emulator keeps its own time.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use jiff::Timestamp;
use samleng::domain::{Reminded, Role};
use samleng::emulator::client::{Call, Message};
use samleng::store::Row;
use serde_json::{Value, json};

use super::in_memory::{english, forum, khmer};
use super::support::{BotProcess, GUARD, Phone, Site, UNLIMITED};

const OWNER: i64 = 9_001;
const GROUP: i64 = -50;
const FIRST: i64 = 10_000;
/// Of these every other one reads Khmer.
const SECOND: i64 = FIRST + 1;
/// What stands at the end of every reminder of `silent-week`, in English and in Khmer.
fn asked() -> [String; 2] {
    let calendar = forum().config.calendar;
    let words = &calendar.reminder("silent-week").unwrap().words;
    [english(), khmer()].map(|language| {
        let words = words.get(language);
        words.rsplit('}').next().unwrap().to_owned()
    })
}

/// From now on it is this time.
fn set_clock(site: &Site, at: &str) {
    let at: Timestamp = at.parse().unwrap();
    let ahead = at.duration_since(Timestamp::now()).as_millis();
    let text = format!("{:.3}\n", ahead as f64 / 1_000.0);
    // The bot may read at this moment, so the file changes as a whole.
    let fresh = site.folder.path().join("clock.new");
    fs::write(&fresh, text).unwrap();
    fs::rename(fresh, site.clock_file()).unwrap();
}

/// A bot with so many members, at this time, and with these reminders in the place of the shipped ones.
async fn gathered(people: i64, at: &str, reminders: Option<&str>) -> Site {
    let settings = format!("time_zone = \"Asia/Phnom_Penh\"\nretention_days = 90\n{UNLIMITED}");
    let site = Site::with(&settings).await.with_clock();
    if let Some(text) = reminders {
        let path = site.folder.path().join("config/reminders.toml");
        fs::write(path, text).unwrap();
    }
    set_clock(&site, at);
    site.run().await.stop().await; // now there is a store
    site.members(FIRST..FIRST + people).await;
    site
}

/// The organisers say when the meeting is.
async fn meets(site: &Site, text: &str) {
    let path = site.folder.path().join("meeting.toml");
    fs::write(&path, format!("title = \"Third meeting\"\n{text}\n")).unwrap();
    let said = site.say(&["set", "meeting", path.to_str().unwrap()]).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
}

async fn fault(site: &Site, chat: i64, kind: &str) {
    let mut fault = json!({"method": "sendMessage", "chat_id": chat, "kind": kind, "count": -1});
    match kind {
        "slow" => fault["delay_seconds"] = json!(3_600),
        "429" => {
            fault["retry_after"] = json!(1);
            fault["count"] = json!(2);
        }
        _ => {}
    }
    site.people.post("fault", &fault).await.unwrap();
}

fn phone(site: &Site, id: i64) -> Phone {
    let language = if id % 2 == 0 { "en" } else { "km" };
    Phone::new(site.people.clone(), id, language)
}

/// Waits until they have a message with these words.
async fn told(site: &Site, id: i64, words: &str) -> Message {
    phone(site, id)
        .sees(|chat| {
            let mut ours = chat.messages.iter().filter(|m| m.from_bot);
            ours.find(|m| m.text.contains(words)).cloned()
        })
        .await
}

fn says<W: AsRef<str>>(call: &Call, words: &[W]) -> bool {
    let text = call.params["text"].as_str().unwrap_or_default();
    call.method == "sendMessage" && words.iter().any(|words| text.contains(words.as_ref()))
}

async fn log(site: &Site) -> Vec<Call> {
    let calls = site.people.calls_after(0, Duration::ZERO).await.unwrap();
    calls.calls
}

/// How often each got a message with one of these words.
async fn arrived<W: AsRef<str>>(site: &Site, words: &[W]) -> BTreeMap<i64, usize> {
    let mut arrived = BTreeMap::new();
    for call in log(site).await.iter().filter(|call| says(call, words)) {
        // What is slow has arrived, though nobody has heard of it yet.
        if call.ok || call.fault == Some(samleng::emulator::FaultKind::Slow) {
            *arrived.entry(call.chat_id.unwrap()).or_default() += 1;
        }
    }
    arrived
}

/// Waits until a reminder's tally says this.
async fn tallied(site: &Site, reminder: &str, such: impl Fn(&Value) -> bool) {
    let is_it = |line: &Value| {
        line["kind"] == "reminded"
            && line["record"]["reminder"] == reminder
            && such(&line["record"]["tally"])
    };
    site.until_stored(|lines| lines.iter().any(is_it)).await;
}

async fn restarted(site: &Site, mut bot: BotProcess) -> BotProcess {
    bot.kill().await;
    site.people.clear_faults().await.unwrap();
    site.run().await
}

#[tokio::test]
async fn it_comes_to_whom_it_concerns_once() {
    let site = gathered(6, "2030-01-09T12:00:00+07:00", None).await;
    let bot = site.run().await;
    meets(&site, "deadline = 2030-01-17T17:00:00").await;
    let [acts, blocks, gone, slowly] = [2, 3, 4, 5].map(|n| FIRST + n);
    let mut phone = phone(&site, acts);
    phone.screen_of_command("/menu").await;
    phone.submit().await;
    site.people.block(blocks, true).await.unwrap();
    let account = json!({"from": gone, "deleted": true});
    site.people.post("block", &account).await.unwrap();
    fault(&site, slowly, "429").await;
    site.until_confirmed().await;
    set_clock(&site, "2030-01-10T08:59:59+07:00");
    let english = told(&site, FIRST, "Thursday 17 January, 17:00 (in 7 days)").await;
    assert_eq!(english.buttons.len(), 2);
    told(&site, SECOND, "ថ្ងៃព្រហស្បតិ៍ ទី១៧ ខែមករា ម៉ោង ៥:០០ ល្ងាច (៧ ថ្ងៃទៀត)").await;
    told(&site, slowly, &asked()[1]).await;
    tallied(&site, "silent-week", |tally| {
        tally["sent"] == 3 && tally["unreachable"] == 2
    })
    .await;
    // A day later, and after a restart, there is nothing more to say.
    set_clock(&site, "2030-01-11T09:00:00+07:00");
    site.until_confirmed().await;
    bot.stop().await;
    site.run().await.stop().await;
    let once: BTreeMap<i64, usize> = [FIRST, SECOND, slowly].map(|id| (id, 1)).into();
    assert_eq!(arrived(&site, &asked()).await, once);
    let reminded: Vec<Reminded> = site.store().all().unwrap();
    let all: Vec<_> = reminded
        .iter()
        .map(|r| (r.reminder.as_str(), r.people))
        .collect();
    assert!(all.contains(&("silent-week", 5)), "{all:?}");
    assert!(site.store().all::<Row>().unwrap().is_empty());
}

/// The meeting is moved while its reminders are under way: nobody hears of the day on which it was to be.
#[tokio::test]
async fn a_date_that_was_moved_is_never_told() {
    let site = gathered(4, "2030-01-09T12:00:00+07:00", None).await;
    let bot = site.run().await;
    meets(&site, "deadline = 2030-01-17T17:00:00").await;
    for id in FIRST..FIRST + 4 {
        fault(&site, id, "hang").await;
    }
    let after = site.last_call().await;
    set_clock(&site, "2030-01-10T09:00:00+07:00");
    site.until_stored(|lines| lines.iter().any(|line| line["kind"] == "reminded"))
        .await;
    meets(&site, "deadline = 2030-01-20T17:00:00").await;
    site.people.clear_faults().await.unwrap();
    tallied(&site, "silent-week", |tally| tally["spared"] == 4).await;
    set_clock(&site, "2030-01-13T09:00:00+07:00");
    for id in FIRST..FIRST + 4 {
        told(
            &site,
            id,
            if id % 2 == 0 {
                "Sunday 20 January"
            } else {
                "ទី២០ ខែមករា"
            },
        )
        .await;
    }
    bot.stop().await;
    let calls = log(&site).await;
    let old = calls.iter().filter(|c| c.ok && c.seq > after);
    let old = old.filter(|call| says(call, &["17 January", "ទី១៧ ខែមករា"]));
    assert_eq!(old.count(), 0);
    let all = arrived(&site, &asked()).await;
    assert_eq!(all, (FIRST..FIRST + 4).map(|id| (id, 1)).collect());
}

/// Killed while it sends: those whose message was on its way may get it again, nobody else does and nobody is left out.
#[tokio::test]
async fn killed_in_the_midst_of_it_each_gets_it_once() {
    let site = gathered(30, "2030-01-09T12:00:00+07:00", None).await;
    let mut bot = site.run().await;
    meets(&site, "deadline = 2030-01-17T17:00:00").await;
    let (open, slow) = (FIRST..FIRST + 10, FIRST + 10..FIRST + 13);
    for id in slow.clone() {
        fault(&site, id, "slow").await;
    }
    for id in slow.end..FIRST + 30 {
        fault(&site, id, "hang").await;
    }
    set_clock(&site, "2030-01-10T09:00:00+07:00");
    for id in open.clone().chain(slow.clone()) {
        told(&site, id, &asked()[id as usize % 2]).await;
    }
    tallied(&site, "silent-week", |tally| tally["sent"] == 10).await;
    bot = restarted(&site, bot).await;
    for id in slow.end..FIRST + 30 {
        told(&site, id, &asked()[id as usize % 2]).await;
    }
    tallied(&site, "silent-week", |tally| tally["sent"] == 30).await;
    bot.stop().await;
    for id in FIRST..FIRST + 30 {
        let chat = phone(&site, id).chat(0).await;
        let words = asked()[id as usize % 2].clone();
        let times = chat
            .messages
            .iter()
            .filter(|m| m.text.contains(&words))
            .count();
        assert_eq!(times, 1 + usize::from(slow.contains(&id)), "{id}");
    }
    assert!(site.store().all::<Row>().unwrap().is_empty());
}

/// Of use for two days, so that what cannot be sent before the night is sent after it.
const PATIENT: &str = r#"
catch_up_hours = 48
[quiet]
from = "20:30"
until = "07:00"
[[reminder]]
id = "week"
audience = "everyone"
before = "deadline"
days = 7
at = "09:00"
words.km = "សូមកុំភ្លេច {when}"
words.en = "Do not forget {when}"
[[reminder]]
id = "erasure"
audience = "owners"
before = "erasure"
days = 1
at = "09:00"
words.km = "លុប {when}"
words.en = "Erased {when}"
"#;

#[tokio::test]
async fn what_fails_until_the_night_comes_in_the_morning() {
    put_off("2030-01-11T06:59:59+07:00").await;
}

/// What was put off by a clock that was wrong is put off no more.
#[tokio::test]
async fn what_waits_for_the_morning_goes_when_it_was_no_night() {
    put_off("2030-01-10T18:00:00+07:00").await;
}

/// Sending fails until it is night; then it is this time.
async fn put_off(then: &str) {
    const WORDS: [&str; 2] = ["Do not forget", "សូមកុំភ្លេច"];
    let site = gathered(3, "2030-01-09T12:00:00+07:00", Some(PATIENT)).await;
    let mut bot = site.run().await;
    meets(&site, "deadline = 2030-01-17T17:00:00").await;
    for id in FIRST..FIRST + 3 {
        fault(&site, id, "hang").await;
    }
    set_clock(&site, "2030-01-10T09:00:00+07:00");
    site.until_stored(|lines| lines.iter().any(|line| line["kind"] == "reminded"))
        .await;
    // Whoever comes last has blocked the bot, so that it shows when their turn has come.
    site.people.block(FIRST + 2, true).await.unwrap();
    site.until_confirmed().await;
    set_clock(&site, "2030-01-10T21:00:00+07:00");
    bot = restarted(&site, bot).await;
    tallied(&site, "week", |tally| tally["unreachable"] == 1).await;
    site.until_confirmed().await;
    assert_eq!(arrived(&site, &WORDS).await, BTreeMap::new());
    set_clock(&site, then);
    told(&site, FIRST, WORDS[0]).await;
    told(&site, SECOND, WORDS[1]).await;
    tallied(&site, "week", |tally| tally["sent"] == 2).await;
    bot.stop().await;
    let all = arrived(&site, &WORDS).await;
    assert_eq!(all, [(FIRST, 1), (SECOND, 1)].into());
}

/// A clock that was ahead has left it out; put right, it is due.
#[tokio::test]
async fn a_clock_that_goes_back_wakes_it() {
    let site = gathered(2, "2030-01-12T12:00:00+07:00", None).await;
    let bot = site.run().await;
    meets(&site, "deadline = 2030-01-17T17:00:00").await;
    site.until_confirmed().await;
    assert_eq!(arrived(&site, &asked()).await, BTreeMap::new());
    set_clock(&site, "2030-01-10T10:00:00+07:00");
    told(&site, FIRST, &asked()[0]).await;
    told(&site, SECOND, &asked()[1]).await;
    bot.stop().await;
}

#[tokio::test]
async fn the_group_hears_once_what_is_new() {
    const NEW: &str = "New since the last time";
    // A Friday.
    let site = gathered(2, "2030-01-11T12:00:00+07:00", None).await;
    let bot = site.run().await;
    let owner = site.owner(&bot, OWNER).await;
    let group = json!({"id": GROUP, "type": "group", "members": [OWNER, FIRST], "bot": "member", "by": OWNER});
    site.people.group(&group).await.unwrap();
    site.people
        .send_text_in(GROUP, OWNER, "/bind")
        .await
        .unwrap();
    site.until_confirmed().await;
    let mut author = phone(&site, FIRST);
    author.screen_of_command("/menu").await;
    let first = author.submit().await;
    set_clock(&site, "2030-01-14T08:00:00+07:00");
    let digest = told(&site, GROUP, NEW).await;
    assert!(digest.text.contains("1"), "{}", digest.text);
    // On Thursday there is nothing.
    set_clock(&site, "2030-01-17T08:00:00+07:00");
    site.until_confirmed().await;
    author.words = "zither".to_owned();
    author.screen_of_command("/menu").await;
    let second = author.submit().await;
    set_clock(&site, "2030-01-21T08:00:00+07:00");
    let wall = phone(&site, GROUP);
    let all = wall
        .sees(|chat| {
            let ours = chat.messages.iter().filter(|m| m.from_bot);
            let ours: Vec<Message> = ours.cloned().collect();
            let digests = ours.iter().filter(|m| m.text.contains(NEW)).count();
            (digests == 2).then_some(ours)
        })
        .await;
    let places: Vec<usize> = (0..all.len())
        .filter(|at| all[*at].text.contains(NEW))
        .collect();
    let between = |from: usize, to: usize| -> String {
        let part = all[from..to].iter().filter(|m| m.buttons.is_empty());
        part.map(|m| m.text.as_str()).collect::<Vec<_>>().join("\n")
    };
    let earlier = between(places[0], places[1]);
    let later = between(places[1], all.len());
    assert!(
        earlier.contains(&first) && !earlier.contains(&second),
        "{earlier}"
    );
    assert!(
        later.contains(&second) && !later.contains(&first),
        "{later}"
    );
    let names = all.iter().filter(|m| m.text.contains("Network"));
    assert_eq!(names.count(), 0, "no organisation is named");
    drop(owner);
    bot.stop().await;
}

/// After a clock that was a year ahead the group is still told what comes, and nothing is erased.
#[tokio::test]
async fn a_year_ahead_and_back_loses_nothing() {
    const NEW: &str = "New since the last time";
    let site = gathered(1, "2030-01-11T12:00:00+07:00", None).await;
    let bot = site.run().await;
    site.owner(&bot, OWNER).await;
    let group =
        json!({"id": GROUP, "type": "group", "members": [OWNER], "bot": "member", "by": OWNER});
    site.people.group(&group).await.unwrap();
    site.people
        .send_text_in(GROUP, OWNER, "/bind")
        .await
        .unwrap();
    site.until_confirmed().await;
    meets(&site, "days = [2030-01-20]\ndeadline = 2030-01-17T17:00:00").await;
    let mut author = phone(&site, FIRST);
    author.screen_of_command("/menu").await;
    author.submit().await;
    set_clock(&site, "2031-01-11T12:00:00+07:00");
    told(&site, GROUP, NEW).await;
    told(&site, OWNER, "only counts stay").await;
    set_clock(&site, "2030-01-11T12:05:00+07:00");
    super::clock::until_the_bot_shows(&site, Timestamp::MIN).await;
    author.words = "zither".to_owned();
    author.screen_of_command("/menu").await;
    author.submit().await;
    set_clock(&site, "2030-01-14T08:00:00+07:00");
    phone(&site, GROUP)
        .sees(|chat| {
            let digests = chat.messages.iter().filter(|m| m.text.contains(NEW));
            (digests.count() == 2).then_some(())
        })
        .await;
    assert_eq!(super::support::concerns(&site.digest().await).len(), 2);
    bot.stop().await;
}

/// The organisers are told whom they must reach otherwise; then everything is erased, after its owner was warned twice.
#[tokio::test]
async fn the_owner_is_warned_before_all_is_erased() {
    let site = gathered(3, "2030-01-11T12:00:00+07:00", None).await;
    site.colleague(9_002, Role::Organiser).await;
    let bot = site.run().await;
    let owner = site.owner(&bot, OWNER).await;
    meets(&site, "days = [2030-01-20]\ndeadline = 2030-01-30T17:00:00").await;
    site.people.block(FIRST, true).await.unwrap();
    site.until_confirmed().await;
    set_clock(&site, "2030-01-17T09:00:00+07:00");
    for id in [OWNER, 9_002] {
        let phone = Phone::new(site.people.clone(), id, "en");
        let list = phone
            .sees(|chat| {
                let mut ours = chat.messages.iter();
                ours.find(|m| m.text.contains("I cannot write to")).cloned()
            })
            .await;
        assert!(
            list.text.contains(&format!("Network {FIRST}")),
            "{}",
            list.text
        );
        assert!(
            !list.text.contains(&format!("Network {SECOND}")),
            "{}",
            list.text
        );
    }
    let warned = |words: &'static str| {
        let owner = &owner;
        async move {
            owner
                .sees(|chat| {
                    let mut ours = chat.messages.iter();
                    ours.find(|m| m.text.contains(words)).cloned()
                })
                .await
        }
    };
    // Ninety days after the end of that day.
    set_clock(&site, "2030-04-14T09:00:00+07:00");
    warned("On Sunday 21 April, 0:00 (in 7 days) everything personal is erased").await;
    let people = |lines: &[Value]| {
        lines
            .iter()
            .filter(|line| line["kind"] == "organisation")
            .count()
    };
    set_clock(&site, "2030-04-20T09:00:00+07:00");
    warned("everything personal about Third meeting is erased; only counts stay").await;
    site.until_stored(|lines| people(lines) == 3).await;
    set_clock(&site, "2030-04-20T23:59:58+07:00");
    site.until_stored(|lines| people(lines) == 0).await;
    let chat = owner.client.chat(9_002, 0, GUARD).await.unwrap();
    assert!(
        chat.messages
            .iter()
            .all(|m| !m.text.contains("everything personal")),
        "an owner's"
    );
    bot.stop().await;
}

/// Whoever has everything about them erased while it is on its way to them is counted once.
#[tokio::test]
async fn whoever_is_forgotten_meanwhile_is_counted_once() {
    let site = gathered(2, "2030-01-09T12:00:00+07:00", None).await;
    let bot = site.run().await;
    meets(&site, "deadline = 2030-01-17T17:00:00").await;
    let menu = phone(&site, FIRST).screen_of_command("/menu").await;
    site.until_confirmed().await;
    fault(&site, FIRST, "slow").await;
    set_clock(&site, "2030-01-10T09:00:00+07:00");
    told(&site, FIRST, &asked()[0]).await;
    tallied(&site, "silent-week", |tally| tally["sent"] == 1).await;
    site.people.send_text(FIRST, "/forget").await.unwrap();
    let yes = format!("{}:yes", menu.number.unwrap() + 1);
    let pressed = site.people.press_data(FIRST, Some(menu.message.id), &yes);
    pressed.await.unwrap();
    tallied(&site, "silent-week", |tally| tally["spared"] == 1).await;
    site.people.clear_faults().await.unwrap();
    site.until_confirmed().await;
    bot.stop().await;
    let reminded: Vec<Reminded> = site.store().all().unwrap();
    let week = reminded.iter().find(|one| one.reminder == "silent-week");
    let week = week.unwrap();
    assert_eq!((week.people, week.tally.done()), (2, 2), "{:?}", week.tally);
}
