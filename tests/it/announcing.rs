//! Announcements, by the whole program: whatever happens meanwhile, everybody gets it, once, and its author is told the truth.
//!
//! `SAMLENG_LONG` has 5,400 people told instead of 540, and holds the time that it takes to what the limits allow.
//! `SAMLENG_KILL_SEED` gives the seed of the moments at which the program is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use samleng::emulator::client::{Call, Message};
use samleng::emulator::{FaultKind, Limits};
use samleng::store::Row;
use samleng::text::{Html, Phrases};
use serde_json::{Value, json};

use super::crash::{Luck, number};
use super::in_memory::{english, forum};
use super::support::{BotProcess, GUARD, Phone, Screen, Site};

const OWNER: i64 = 9_001;
const FIRST: i64 = 10_000;
const WORDS: &str = "The hall has two doors.";

/// A bot with these members and an owner.
async fn gathered(site: &Site, people: i64) -> (BotProcess, Phone) {
    site.run().await.stop().await; // now there is a store
    site.members(FIRST..FIRST + people).await;
    let bot = site.run().await;
    let owner = site.owner(&bot, OWNER).await;
    (bot, owner)
}

/// Goes as far as the question whether it may really go to everybody. The first answer is yes.
async fn nearly(owner: &mut Phone) -> Screen {
    let audiences = owner.screen_of_command("/announce").await;
    owner.act(&audiences).await;
    let words = owner.screen().await;
    owner.type_in(&words, WORDS).await;
    let preview = owner.screen().await;
    assert!(preview.message.text.contains(WORDS));
    owner.act(&preview).await;
    owner.screen().await
}

/// Whether this call brings the announcement to somebody.
fn is_announcement(call: &Call) -> bool {
    let text = call.params["text"].as_str().unwrap_or_default();
    call.method == "sendMessage" && call.chat_id != Some(OWNER) && text.contains(WORDS)
}

async fn log(site: &Site) -> Vec<Call> {
    let mut log: Vec<Call> = Vec::new();
    loop {
        let after = log.last().map_or(0, |call| call.seq);
        let calls = site.people.calls_after(after, std::time::Duration::ZERO);
        let calls = calls.await.unwrap().calls;
        if calls.is_empty() {
            return log;
        }
        log.extend(calls);
    }
}

/// How often each has got it.
fn arrived(log: &[Call]) -> BTreeMap<i64, u64> {
    let mut arrived = BTreeMap::new();
    for call in log.iter().filter(|call| call.ok && is_announcement(call)) {
        *arrived.entry(call.chat_id.unwrap()).or_default() += 1;
    }
    arrived
}

/// Waits until such calls with the announcement, from this number on, went to so many of these.
async fn until_called(site: &Site, after: u64, whom: &BTreeSet<i64>, many: usize) {
    let mut called = BTreeSet::new();
    let mut last = after;
    let until = tokio::time::Instant::now() + GUARD;
    while called.len() < many {
        let late = tokio::time::Instant::now() > until;
        assert!(!late, "only {} of {many} were written to", called.len());
        let calls = site.people.calls_of("sendMessage", last, GUARD).await;
        let calls = calls.unwrap();
        last = calls.last;
        let such = calls.calls.iter().filter(|call| is_announcement(call));
        called.extend(
            such.filter_map(|call| call.chat_id)
                .filter(|id| whom.contains(id)),
        );
    }
}

/// What a report says.
#[derive(Clone, Copy, Default)]
struct Told {
    people: u64,
    sent: u64,
    unreachable: u64,
    stopped: u64,
    waiting: u64,
}

impl Told {
    /// It says so, and adds up.
    fn text(self, head: fn(&Phrases<'_>, &str) -> Html) -> String {
        let done = self.sent + self.unreachable + self.stopped;
        assert_eq!(done + self.waiting, self.people);
        let forum = forum();
        let phrases = forum.words.phrases(english());
        let mut html = head(&phrases, &phrases.audience_everyone());
        html.line(&phrases.report_sent(self.sent, self.people));
        let lines = [
            (
                self.unreachable,
                phrases.report_unreachable(self.unreachable),
            ),
            (self.stopped, phrases.report_not_sent(self.stopped)),
            (self.waiting, phrases.report_waiting(self.waiting)),
        ];
        for (_, line) in lines.iter().filter(|(count, _)| *count > 0) {
            html.line(line);
        }
        html.to_plain()
    }
}

/// Waits until the one report in the owner's chat says this.
async fn reported(owner: &Phone, told: Told, head: fn(&Phrases<'_>, &str) -> Html) -> Message {
    let text = told.text(head);
    owner
        .sees(|chat| {
            let mut reports = chat.messages.iter().filter(|m| is_report(m));
            let report = reports.next()?;
            assert!(reports.next().is_none(), "there are two reports");
            (report.text == text).then(|| report.clone())
        })
        .await
}

fn is_report(message: &Message) -> bool {
    let forum = forum();
    let phrases = forum.words.phrases(english());
    let name = phrases.audience_everyone();
    [
        phrases.report_running(&name),
        phrases.report_over(&name),
        phrases.report_stopped(&name),
    ]
    .iter()
    .any(|head| message.from_bot && message.text.starts_with(&head.to_plain()))
}

fn over(phrases: &Phrases<'_>, name: &str) -> Html {
    phrases.report_over(name)
}

fn running(phrases: &Phrases<'_>, name: &str) -> Html {
    phrases.report_running(name)
}

fn stopped(phrases: &Phrases<'_>, name: &str) -> Html {
    phrases.report_stopped(name)
}

/// Whoever has got rid of their account: nothing tells the bot but a refusal.
async fn leaves_telegram(site: &Site, id: i64) {
    let gone = json!({"from": id, "deleted": true});
    site.people.post("block", &gone).await.unwrap();
}

/// Whom the outbox still has it for; only while the bot does not run.
fn unsettled(site: &Site) -> BTreeSet<i64> {
    let rows: Vec<Row> = site.store().all().unwrap();
    let such = rows.iter().filter(|row| row.announcement.is_some());
    such.map(|row| row.chat.0).collect()
}

/// Messages of the announcement that may go out between what somebody does and its answer. One that waited behind the others
/// would wait for hundreds.
const BETWEEN: usize = 25;

/// Promise 23, with Telegram's limits and the settings that ship.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_it_once_and_nobody_waits_behind_it() {
    let long = std::env::var_os("SAMLENG_LONG").is_some();
    let (people, talking) = if long { (5_400, 60) } else { (540, 12) };
    let site = Arc::new(Site::under("", Limits::Strict).await);
    let (bot, mut owner) = gathered(&site, people).await;
    let all: BTreeSet<i64> = (FIRST..FIRST + people).collect();
    // Those of whom the bot knows that they blocked it, and those of whom it does not.
    let blocked: BTreeSet<i64> = (FIRST + 20..FIRST + 24).collect();
    let gone: BTreeSet<i64> = (FIRST + 30..FIRST + 33).collect();
    for id in &blocked {
        site.people.block(*id, true).await.unwrap();
    }
    for id in &gone {
        leaves_telegram(&site, *id).await;
    }
    let sure = nearly(&mut owner).await;
    let begun = site.last_call().await;
    owner.act(&sure).await;

    // One after the other begins to talk, while it goes out.
    let (mut sent, mut last) = (0, begun);
    let mut talks = Vec::new();
    let until = tokio::time::Instant::now() + 10 * GUARD;
    while talks.len() < talking {
        assert!(tokio::time::Instant::now() < until, "it does not go out");
        let calls = site.people.calls_of("sendMessage", last, GUARD).await;
        let calls = calls.unwrap();
        last = calls.last;
        sent += calls
            .calls
            .iter()
            .filter(|call| is_announcement(call))
            .count();
        while talks.len() < talking && sent > talks.len() * people as usize / 2 / talking {
            let id = FIRST + 100 + talks.len() as i64;
            talks.push(tokio::spawn(talk(Arc::clone(&site), id)));
        }
    }
    let mut asked = Vec::new();
    for talk in talks {
        asked.extend(talk.await.unwrap());
    }
    let told = Told {
        people: people as u64,
        sent: all.len() as u64 - 7,
        unreachable: 7,
        ..Told::default()
    };
    let (mut event, until) = (0, tokio::time::Instant::now() + 10 * GUARD);
    loop {
        let chat = owner.chat(event).await;
        event = chat.event;
        if chat
            .messages
            .iter()
            .any(|m| is_report(m) && m.text == told.text(over))
        {
            break;
        }
        assert!(tokio::time::Instant::now() < until, "it does not end");
    }
    let report = reported(&owner, told, over).await;
    assert!(report.edits > 1, "it counts up");
    assert!(report.buttons.is_empty(), "there is nothing left to stop");

    let log = log(&site).await;
    let flood = log
        .iter()
        .filter(|call| call.error["error_code"] == json!(429));
    assert_eq!(flood.count(), 0, "Telegram's limits are kept");
    let once: BTreeMap<i64, u64> = all
        .difference(&(&blocked | &gone))
        .map(|id| (*id, 1))
        .collect();
    assert_eq!(arrived(&log), once);
    let numbers: Vec<u64> = log
        .iter()
        .filter(|c| is_announcement(c))
        .map(|c| c.seq)
        .collect();
    let end = *numbers.last().unwrap();
    let mut most = 0;
    for (id, after) in &asked {
        let is_answer = |call: &&Call| {
            let speaks = call.method == "sendMessage" || call.method == "editMessageText";
            call.seq > *after && call.chat_id == Some(*id) && speaks && !is_announcement(call)
        };
        let answer = log.iter().find(is_answer).unwrap().seq;
        assert!(
            answer < end,
            "{id} was answered only after the announcement"
        );
        let between = numbers
            .iter()
            .filter(|n| (*after..answer).contains(*n))
            .count();
        most = most.max(between);
    }
    assert!(
        most <= BETWEEN,
        "an answer came after {most} messages of it"
    );

    let at = |seq: u64| log.iter().find(|call| call.seq == seq).unwrap().at_ms;
    let accepted = |call: &&Call| call.seq > begun && call.method == "answerCallbackQuery";
    let from = log.iter().find(accepted).unwrap().at_ms;
    let seconds = (at(end) - from) as f64 / 1_000.0;
    let is_new = |call: &&Call| call.method == "sendMessage" && !is_announcement(call);
    let meanwhile = log
        .iter()
        .filter(|call| (begun..end).contains(&call.seq))
        .filter(is_new);
    let meanwhile = meanwhile.count();
    let ratio = seconds / ((numbers.len() + meanwhile) as f64 / 25.0);
    println!(
        "{} people, {meanwhile} messages to {talking} in conversation meanwhile: {seconds:.2} s, {ratio:.4} of what the limit \
         allows; at most {most} of it before an answer",
        numbers.len()
    );
    if long {
        assert!(ratio <= 1.02, "it takes longer than the limits make it");
    }
    bot.stop().await;
}

/// Presses and types a little; when each was done, as the number of the newest call.
async fn talk(site: Arc<Site>, id: i64) -> Vec<(i64, u64)> {
    let mut phone = Phone::new(site.people.clone(), id, "en");
    let mut asked = vec![(id, site.last_call().await)];
    let mut screen = phone.screen_of_command("/menu").await;
    for _ in 0..4 {
        asked.push((id, site.last_call().await));
        phone.act(&screen).await;
        screen = phone.screen().await;
    }
    asked
}

/// What may become of somebody's message until the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lot {
    /// It is sent, and Telegram says so.
    Open,
    /// It is sent, and no answer comes.
    Unanswered,
    /// It is not sent.
    Stuck,
}

/// How often somebody gets it: never less, never more often.
#[derive(Clone, Copy, Debug, Default)]
struct Bounds {
    least: u64,
    most: u64,
}

/// Whose message is sent when is decided by faults, so that what a kill interrupts is known: those that were sent without an
/// answer, and, unless the bot had the time to note them, those that were answered last. Nobody else may get it twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_five_times_it_leaves_nobody_out() {
    const PEOPLE: i64 = 120;
    let by_clock = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = number("SAMLENG_KILL_SEED", by_clock.as_millis() as u64);
    println!("SAMLENG_KILL_SEED={seed}");
    let mut luck = Luck(seed | 1);
    let site = Site::new().await;
    let (mut bot, mut owner) = gathered(&site, PEOPLE).await;
    let gone: BTreeSet<i64> = (FIRST + 7..FIRST + 11).collect();
    for id in &gone {
        leaves_telegram(&site, *id).await;
    }
    let sure = nearly(&mut owner).await;

    let mut bounds: BTreeMap<i64, Bounds> = BTreeMap::new();
    let mut waiting: BTreeSet<i64> = (FIRST..FIRST + PEOPLE).collect();
    for kill in 0..5 {
        let lots = lots(&waiting, &mut luck);
        let of = |lot: Lot| -> BTreeSet<i64> {
            let such = lots.iter().filter(|(_, is)| **is == lot);
            such.map(|(id, _)| *id).collect()
        };
        let (open, unanswered, stuck) = (of(Lot::Open), of(Lot::Unanswered), of(Lot::Stuck));
        for (ids, kind) in [(&unanswered, FaultKind::Slow), (&stuck, FaultKind::Hang)] {
            for id in ids {
                let mut fault =
                    json!({"method": "sendMessage", "chat_id": id, "kind": kind, "count": -1});
                if kind == FaultKind::Slow {
                    fault["delay_seconds"] = json!(3_600);
                }
                site.people.post("fault", &fault).await.unwrap();
            }
        }
        let after = site.last_call().await;
        if kill == 0 {
            owner.act(&sure).await;
        } else {
            bot = site.spawn().await;
        }
        until_called(&site, after, &unanswered, unanswered.len()).await;
        let caught_up = luck.below(2) == 0;
        if caught_up {
            let done = PEOPLE as usize - waiting.len() + open.len();
            site.until_stored(|lines| done_of(lines) == done as u64)
                .await;
        } else {
            let some = luck.below(open.len() as u64 + 1) as usize;
            until_called(&site, after, &open, some).await;
        }
        bot.kill().await;
        site.people.clear_faults().await.unwrap();

        let left = unsettled(&site);
        assert!(
            left.is_superset(&(&unanswered | &stuck)),
            "it was not heard of"
        );
        assert!(left.is_subset(&waiting), "what is done stays done");
        if caught_up {
            assert_eq!(left, &unanswered | &stuck, "what was noted is done");
        }
        println!(
            "killed with {} to go, {} sent without an answer, {} not noted",
            left.len(),
            unanswered.len(),
            left.intersection(&open).count()
        );
        for id in lots.keys() {
            let bounds = bounds.entry(*id).or_default();
            let was_sent = unanswered.contains(id) || (open.contains(id) && !left.contains(id));
            bounds.least += u64::from(was_sent);
            bounds.most += u64::from(was_sent || open.contains(id));
        }
        waiting = left;
    }
    assert!(waiting.len() > 1, "it was killed in the middle each time");
    for id in &waiting {
        let bounds = bounds.get_mut(id).unwrap();
        (bounds.least, bounds.most) = (bounds.least + 1, bounds.most + 1);
    }

    let bot = site.run().await;
    let people = PEOPLE as u64;
    let unreachable = gone.len() as u64;
    let sent = people - unreachable;
    let told = Told {
        people,
        sent,
        unreachable,
        ..Told::default()
    };
    let report = until_last_report(&owner, told, over).await;
    assert!(report.buttons.is_empty());
    bot.stop().await;
    assert_eq!(unsettled(&site), BTreeSet::new());
    let arrived = arrived(&log(&site).await);
    let mut twice = 0;
    for (id, bounds) in bounds {
        let times = arrived.get(&id).copied().unwrap_or_default();
        if gone.contains(&id) {
            assert_eq!(times, 0, "nothing reaches {id}");
            continue;
        }
        assert!(times >= 1, "{id} is left out");
        assert!(
            (bounds.least..=bounds.most).contains(&times),
            "{id}: {times}, not {bounds:?}"
        );
        twice += times - 1;
    }
    println!("{twice} messages came again");
}

/// Who may get it before the next kill.
fn lots(waiting: &BTreeSet<i64>, luck: &mut Luck) -> BTreeMap<i64, Lot> {
    let mut open = 6 + luck.below(10);
    let mut unanswered = 1 + luck.below(4);
    let mut order: Vec<(u64, i64)> = waiting
        .iter()
        .map(|id| (luck.below(1 << 30), *id))
        .collect();
    order.sort_unstable();
    let mut draw = |(_, id)| {
        let lot = match (&mut open, &mut unanswered) {
            (open, _) if *open > 0 => {
                *open -= 1;
                Lot::Open
            }
            (_, unanswered) if *unanswered > 0 => {
                *unanswered -= 1;
                Lot::Unanswered
            }
            (_, _) => Lot::Stuck,
        };
        (id, lot)
    };
    order.into_iter().map(&mut draw).collect()
}

/// Of how many the fate is stored.
fn done_of(lines: &[Value]) -> u64 {
    let mut such = lines.iter().filter(|line| line["kind"] == "announcement");
    let tally = such.next().map(|line| line["record"]["tally"].clone());
    let tally = tally.unwrap_or_default();
    let count = |name: &str| tally[name].as_u64().unwrap_or_default();
    count("sent") + count("unreachable") + count("stopped")
}

/// As [`reported`], where a report whose sending was interrupted may stand there as well, as it was.
async fn until_last_report(
    owner: &Phone,
    told: Told,
    head: fn(&Phrases<'_>, &str) -> Html,
) -> Message {
    let text = told.text(head);
    owner
        .sees(|chat| {
            let mut reports = chat.messages.iter().filter(|m| is_report(m));
            reports.find(|report| report.text == text).cloned()
        })
        .await
}

/// Presses Stop in the report, and waits until that is accepted.
async fn stop(site: &Site, owner: &Phone) {
    let forum = forum();
    let phrases = forum.words.phrases(english());
    let label = phrases.button_stop();
    let has_stop = |m: &Message| {
        m.buttons
            .iter()
            .flatten()
            .any(|button| button.text == label)
    };
    let report = owner
        .sees(|chat| {
            chat.messages
                .iter()
                .find(|m| is_report(m) && has_stop(m))
                .cloned()
        })
        .await;
    let after = site.last_call().await;
    site.people
        .press_in(OWNER, report.id, &label)
        .await
        .unwrap();
    let toast = json!(phrases.toast_stopped());
    site.until_call(after, "answerCallbackQuery", |call| {
        call.params["text"] == toast
    })
    .await;
}

#[tokio::test]
async fn what_is_stopped_goes_to_nobody_who_waits() {
    let slow = "[sending]\nper_second = 5\nchat_per_second = 0\ngroup_per_minute = 0\n";
    let site = Site::with(slow).await;
    let (bot, mut owner) = gathered(&site, 60).await;
    let all: BTreeSet<i64> = (FIRST..FIRST + 60).collect();
    let sure = nearly(&mut owner).await;
    let after = site.last_call().await;
    owner.act(&sure).await;
    until_called(&site, after, &all, 10).await;
    stop(&site, &owner).await;
    let head = forum()
        .words
        .phrases(english())
        .report_stopped("")
        .to_plain();
    let report = owner
        .sees(|chat| {
            let mut reports = chat.messages.iter().filter(|m| is_report(m));
            reports.find(|m| m.text.starts_with(head.trim())).cloned()
        })
        .await;
    // The report says that it has ended, so this is final.
    let sent = arrived(&log(&site).await).len() as u64;
    assert!((10..60).contains(&sent), "{sent}");
    let told = Told {
        people: 60,
        sent,
        stopped: 60 - sent,
        ..Told::default()
    };
    assert_eq!(report.text, told.text(stopped));
    assert!(report.buttons.is_empty());
    bot.stop().await;
    assert_eq!(unsettled(&site), BTreeSet::new());
    assert_eq!(arrived(&log(&site).await).len() as u64, sent);
}

/// A message that failed is not tried again once its announcement is stopped: neither by the same process nor by the next.
#[tokio::test]
async fn what_is_stopped_is_not_tried_again() {
    for killed in [false, true] {
        let site = Site::new().await;
        let (mut bot, mut owner) = gathered(&site, 60).await;
        let all: BTreeSet<i64> = (FIRST..FIRST + 60).collect();
        for id in &all {
            let hang = json!({"method": "sendMessage", "chat_id": id, "kind": "hang", "count": -1});
            site.people.post("fault", &hang).await.unwrap();
        }
        let sure = nearly(&mut owner).await;
        let after = site.last_call().await;
        owner.act(&sure).await;
        until_called(&site, after, &all, 60).await;
        stop(&site, &owner).await;
        if killed {
            bot.kill().await;
        }
        site.people.clear_faults().await.unwrap();
        if killed {
            bot = site.run().await;
        }
        let told = Told {
            people: 60,
            stopped: 60,
            ..Told::default()
        };
        let report = reported(&owner, told, stopped).await;
        assert!(report.buttons.is_empty());
        bot.stop().await;
        let tried = log(&site).await.into_iter().filter(is_announcement).count();
        assert_eq!(tried, 60, "once each");
        assert_eq!(unsettled(&site), BTreeSet::new());
    }
}

/// Erases everything about somebody who is at this screen, though no answer reaches them.
async fn forget(site: &Site, id: i64, menu: &Screen) {
    site.people.send_text(id, "/forget").await.unwrap();
    let yes = format!("{}:yes", menu.number.unwrap() + 1);
    let pressed = site.people.press_data(id, Some(menu.message.id), &yes);
    pressed.await.unwrap();
}

#[tokio::test]
async fn whoever_leaves_meanwhile_is_not_waited_for() {
    let site = Site::new().await;
    let (bot, mut owner) = gathered(&site, 20).await;
    let [forgets, last, blocks] = [FIRST, FIRST + 1, FIRST + 2];
    let mut menus = BTreeMap::new();
    for id in [forgets, last] {
        let mut phone = Phone::new(site.people.clone(), id, "en");
        menus.insert(id, phone.screen_of_command("/menu").await);
    }
    for id in [forgets, blocks] {
        let hang = json!({"method": "sendMessage", "chat_id": id, "kind": "hang"});
        site.people.post("fault", &hang).await.unwrap();
    }
    let later =
        json!({"method": "sendMessage", "chat_id": last, "kind": "429", "retry_after": 1_000});
    site.people.post("fault", &later).await.unwrap();
    let sure = nearly(&mut owner).await;
    owner.act(&sure).await;

    let told = |unreachable: u64, waiting: u64| Told {
        people: 20,
        sent: 17,
        unreachable,
        waiting,
        ..Told::default()
    };
    reported(&owner, told(0, 3), running).await;
    forget(&site, forgets, &menus[&forgets]).await;
    reported(&owner, told(1, 2), running).await;
    site.people.block(blocks, true).await.unwrap();
    site.people.clear_faults().await.unwrap();
    reported(&owner, told(2, 1), running).await;
    forget(&site, last, &menus[&last]).await;
    let report = reported(&owner, told(3, 0), over).await;
    assert!(report.buttons.is_empty());
    bot.stop().await;

    let log = log(&site).await;
    let arrived = arrived(&log);
    assert_eq!(arrived.len(), 17);
    assert!(
        [forgets, last, blocks]
            .iter()
            .all(|id| !arrived.contains_key(id))
    );
    // Whoever was forgotten while it was on its way is not written to again.
    let theirs = |call: &&Call| is_announcement(call) && call.chat_id == Some(forgets);
    assert_eq!(log.iter().filter(theirs).count(), 1);
}

/// One bad answer does not end the reports.
#[tokio::test]
async fn a_report_that_is_refused_is_sent_anew() {
    let site = Site::new().await;
    let (bot, mut owner) = gathered(&site, 20).await;
    site.people.freeze(true).await.unwrap();
    let slow =
        json!({"method": "sendMessage", "chat_id": FIRST, "kind": "slow", "delay_seconds": 3_600});
    site.people.post("fault", &slow).await.unwrap();
    let sure = nearly(&mut owner).await;
    owner.act(&sure).await;
    let waits = Told {
        people: 20,
        sent: 19,
        waiting: 1,
        ..Told::default()
    };
    reported(&owner, waits, running).await;
    let why = "Bad Request: something is wrong with it";
    let refused = site.people.refuse("editMessageText", 400, why, 1).await;
    refused.unwrap();
    let hour = std::time::Duration::from_secs(3_600);
    site.people.time(hour).await.unwrap();
    let all = Told {
        people: 20,
        sent: 20,
        ..Told::default()
    };
    until_last_report(&owner, all, over).await;
    let log = log(&site).await;
    assert!(
        log.iter()
            .any(|call| call.error["description"] == json!(why))
    );
    bot.stop().await;
}
