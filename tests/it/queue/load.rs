//! The promises under load, in virtual time, against the strict limits a server may keep.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use samleng::emulator::{Config, Emulator};
use serde_json::json;

use super::{Row, bulk, reply, row};
use crate::support::TOKEN;
use samleng::runtime::queue::{Cost, Lane, Limits, Millis, Next, Queue, Ticket};

/// A server's bucket in whole micro-tokens: `rate` a second, room for `room`.
struct ServerBucket {
    rate: u64,
    room: u64,
    level: u64,
    at: u64,
}

impl ServerBucket {
    fn new(rate: u64, room: u64) -> Self {
        Self {
            rate,
            room,
            level: room * 1_000,
            at: 0,
        }
    }

    fn accepts(&mut self, now: u64) -> bool {
        self.level = (self.level + (now - self.at) * self.rate).min(self.room * 1_000);
        self.at = now;
        let enough = self.level >= 1_000;
        self.level -= if enough { 1_000 } else { 0 };
        enough
    }
}

struct Sent {
    row: Row,
    pushed: u64,
    sent: u64,
    arrived: u64,
}

enum Event {
    Push(Row),
    Done(u32),
}

/// A number that looks random, the same in every run.
fn noise(seed: u64) -> u64 {
    let x = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 29)
}

/// Plays the deliverer: wakes up to 10 ms late, a call takes 20 to 300 ms and arrives at some instant of it.
/// Rows to strangers are not taken in while too many wait.
fn deliver(start: u64, pushes: Vec<(u64, Row)>) -> Vec<Sent> {
    let mut queue = Queue::new(Limits::default(), Millis(0));
    let mut events: BTreeMap<(u64, u64), Event> = BTreeMap::new();
    for (at, row) in pushes {
        events.insert((start + at, events.len() as u64), Event::Push(row));
    }
    let (mut now, mut count) = (start, events.len() as u64);
    let (mut pushed, mut sent) = (HashMap::new(), Vec::new());
    loop {
        let wake = match queue.next(Millis(now)) {
            Next::Send(row) => {
                count += 1;
                let took = 20 + noise(count) % 280;
                let arrived = now + noise(count + 7) % took;
                let pushed = pushed[&row.id];
                events.insert((now + took, count), Event::Done(row.id));
                sent.push(Sent {
                    row: row.clone(),
                    pushed,
                    sent: now,
                    arrived,
                });
                continue;
            }
            Next::WaitUntil(Millis(at)) => Some(at + noise(at) % 10),
            Next::Idle => None,
        };
        let due = events.first_key_value().map(|((at, _), _)| *at);
        let Some(next) = wake.into_iter().chain(due).min() else {
            assert!(queue.is_empty(), "nothing is left behind");
            return sent;
        };
        now = now.max(next);
        while let Some(event) = events.first_entry().filter(|e| e.key().0 <= now) {
            match event.remove() {
                Event::Push(row) if row.stranger && queue.strangers_full() => {}
                Event::Push(row) => {
                    pushed.insert(row.id, now);
                    assert!(queue.push(row, Millis(now)).is_none());
                }
                Event::Done(id) => assert!(queue.done(id, Millis(now)).is_some()),
            }
        }
    }
}

/// How many of the calls a strict server refuses: 30 a second with room 30, in one chat 1 a second with room 5.
fn refusals(sent: &[Sent]) -> usize {
    let mut arrivals: Vec<(u64, i64)> = sent
        .iter()
        .filter(|s| s.row.cost == Cost::Send)
        .map(|s| (s.arrived, s.row.chat))
        .collect();
    arrivals.sort_unstable();
    let mut all = ServerBucket::new(30, 30);
    let mut chats: HashMap<i64, ServerBucket> = HashMap::new();
    let refused = arrivals.iter().filter(|(at, chat)| {
        let chat = chats
            .entry(*chat)
            .or_insert_with(|| ServerBucket::new(1, 5));
        !(chat.accepts(*at) & all.accepts(*at))
    });
    refused.count()
}

fn p99(rows: &[Sent], which: impl Fn(&Row) -> bool) -> u64 {
    let mut waits: Vec<u64> = rows
        .iter()
        .filter(|s| which(&s.row))
        .map(|s| s.sent - s.pushed)
        .collect();
    waits.sort_unstable();
    waits[(waits.len() * 99).div_ceil(100) - 1]
}

/// The most messages handed out in any 1,000 ms.
fn most_in_a_second(sent: &[Sent], which: impl Fn(&Row) -> bool) -> usize {
    let times: Vec<u64> = sent
        .iter()
        .filter(|s| which(&s.row))
        .map(|s| s.sent)
        .collect();
    let within = |from: u64| {
        times
            .iter()
            .filter(|t| (from..from + 1_000).contains(*t))
            .count()
    };
    times.iter().map(|t| within(*t)).max().unwrap_or(0)
}

/// Calls take unequal times to arrive, and yet a server that counts at their arrival finds none too early.
#[test]
fn an_uneven_network_brings_no_chat_over_its_pace() {
    let rows = (0..2_000).map(|n| (u64::from(n / 100) * 20_000, reply(n, i64::from(n % 10))));
    let sent = deliver(0, rows.collect());
    assert_eq!(sent.len(), 2_000);
    assert_eq!(refusals(&sent), 0);
}

/// Promise 22.
#[test]
fn a_flood_of_strangers_does_not_delay_a_member() {
    let mut pushes: Vec<(u64, Row)> = (0..10_000)
        .map(|n| {
            let row = reply(n, 1_000 + i64::from(n % 1_000));
            (
                u64::from(n) * 6,
                Ticket {
                    stranger: true,
                    ..row
                },
            )
        })
        .collect();
    for n in 0..20 {
        let at = 1_000 + u64::from(n) * 2_900;
        pushes.push((at, reply(20_000 + 2 * n, 7)));
        if n % 2 == 0 {
            pushes.push((
                at + 500,
                row(20_001 + 2 * n, 7, Lane::Interactive, Cost::Edit),
            ));
        }
    }
    let sent = deliver(0, pushes);
    let member = p99(&sent, |row| !row.stranger);
    let strangers = sent.iter().filter(|s| s.row.stranger && s.sent < 60_000);
    let strangers = strangers.count();
    println!(
        "flood: member p99 {member} ms, strangers in the minute {strangers}, refused {}",
        refusals(&sent)
    );
    assert_eq!(
        sent.iter().filter(|s| !s.row.stranger).count(),
        30,
        "the member gets every reply"
    );
    assert!(member < 2_000);
    assert!(
        (480..=509).contains(&strangers),
        "a third of 25 a second, all of it"
    );
    assert_eq!(refusals(&sent), 0);
}

/// Promise 23.
#[test]
fn a_broadcast_takes_what_the_limit_allows_and_replies_go_first() {
    // Recipients, milliseconds the process has been quiet before, messages to people in conversation every so many ms.
    for (recipients, quiet, every) in [
        (5_400, 0, None),
        (5_400, 0, Some(200)),
        (5_400, 60_000, Some(200)),
        (5_400, 0, Some(60)),
        (540, 0, Some(200)),
    ] {
        let sent = broadcast(recipients, quiet, every);
        assert_eq!(refusals(&sent), 0);
    }
}

/// The same against the emulator itself, its clock moved by hand: to 540 people, and to 5,400 with `SAMLENG_LONG`.
#[tokio::test]
async fn the_emulator_refuses_nothing_of_a_broadcast() {
    let long = std::env::var_os("SAMLENG_LONG").is_some();
    let sent = broadcast(if long { 5_400 } else { 540 }, 0, Some(200));
    let (refused, mut faster) = (refused_by_the_emulator(&sent).await, sent);
    assert_eq!(refused, 0);
    // What it would refuse it does refuse.
    for sent in &mut faster {
        sent.arrived = sent.arrived * 3 / 4;
    }
    assert!(refused_by_the_emulator(&faster).await > 0);
}

/// To so many people, while others talk; within the limit's time, and nobody who talks waits for long.
fn broadcast(recipients: u32, quiet: u64, every: Option<u64>) -> Vec<Sent> {
    let mut pushes: Vec<(u64, Row)> = (0..recipients)
        .map(|n| (0, bulk(n, 1_000 + i64::from(n))))
        .collect();
    let spoken = every.map_or(0, |every| u64::from(recipients) * 40 / every);
    for n in 0..spoken {
        // People talk in bursts of ten at once; half of them are recipients too.
        let id = 100_000 + u32::try_from(n).unwrap();
        let at = n / 10 * 10 * every.unwrap();
        pushes.push((at, reply(id, 900 + i64::try_from(n % 200).unwrap())));
    }
    let sent = deliver(quiet, pushes);
    let is_bulk = |row: &Row| row.lane == Lane::Bulk;
    assert_eq!(
        sent.iter().filter(|s| is_bulk(&s.row)).count(),
        recipients as usize,
        "each once"
    );
    let end = sent
        .iter()
        .filter(|s| is_bulk(&s.row))
        .map(|s| s.sent)
        .max()
        .unwrap();
    let meanwhile = sent
        .iter()
        .filter(|s| !is_bulk(&s.row) && s.sent <= end)
        .count() as u64;
    let paid = (u64::from(recipients) + meanwhile) * 40;
    let replies = if spoken > 0 {
        p99(&sent, |row| !is_bulk(row))
    } else {
        0
    };
    let bulk_peak = most_in_a_second(&sent, is_bulk);
    println!(
        "broadcast to {recipients}, {meanwhile} replies meanwhile: {} ms, {:.4} of what the limit allows; replies p99 {replies} ms; \
         most in a second {} ({bulk_peak} bulk)",
        end - quiet,
        (end - quiet) as f64 / paid as f64,
        most_in_a_second(&sent, |_| true),
    );
    let saved_up = if quiet > 0 { 25 * 40 } else { 0 };
    assert!(end - quiet + saved_up >= paid, "not faster than the limit");
    assert!((end - quiet) * 100 <= paid * 102, "not 2 % slower");
    assert!(replies < 1_000);
    assert!(bulk_peak <= 30);
    sent
}

/// How many of the calls the emulator refuses, when they arrive as they did.
async fn refused_by_the_emulator(sent: &[Sent]) -> usize {
    let config = Config {
        limits: samleng::emulator::Limits::Strict,
        ..Config::default()
    };
    let emulator = Emulator::start(config).await.unwrap();
    let people = emulator.client(TOKEN).unwrap();
    people.freeze(true).await.unwrap();
    for chat in sent.iter().map(|s| s.row.chat).collect::<BTreeSet<_>>() {
        let person = json!({"id": chat, "started": true});
        people.post("user", &person).await.unwrap();
    }
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let method = format!("{}/bot{TOKEN}/sendMessage", emulator.url());
    let mut arrivals: Vec<(u64, i64)> = sent.iter().map(|s| (s.arrived, s.row.chat)).collect();
    arrivals.sort_unstable();
    let (mut now, mut refused) = (arrivals[0].0, 0);
    for (at, chat) in arrivals {
        if at > now {
            people.time(Duration::from_millis(at - now)).await.unwrap();
            now = at;
        }
        let call = http
            .post(&method)
            .json(&json!({"chat_id": chat, "text": "."}));
        let status = call.send().await.unwrap().status().as_u16();
        assert!(matches!(status, 200 | 429), "{status}");
        refused += usize::from(status == 429);
    }
    refused
}
