//! A thousand strangers write ten thousand messages a minute; an invited organisation joins and raises a concern meanwhile
//! (promise 22, P5). The limits of sending are those that ship, on both sides.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use samleng::dialogue::Person;
use samleng::dialogue::organising::{Invite, Order};
use samleng::store::Row;
use serde_json::json;

use super::bot::STRANGERS;
use super::life::{Life, in_virtual_time};
use super::people::{ORGANISERS, Soul};
use super::plan::Plan;
use crate::luck::{Luck, how_many};

const CROWD: i64 = 1_000;
const A_MINUTE: u64 = 10_000;
/// Where the ids of strangers begin.
const FIRST: i64 = 50_000;

#[test]
fn a_flood_of_strangers_costs_an_invited_organisation_nothing() {
    in_virtual_time(flood(how_many(3, 15)));
}

/// How much is on the disk: its records, and what they take.
fn size(life: &Life) -> (usize, usize) {
    let pairs = life.machine.disk.kv.contents();
    let bytes = pairs
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    (pairs.len(), bytes)
}

async fn flood(minutes: u64) {
    let mut plan = Plan::of(1);
    plan.people = 1;
    let mut life = Life::new(&plan, false).await;
    let code = BASE64URL_NOPAD.encode(&[9; 16]);
    let invite = Invite {
        code: code.clone(),
        number: None,
        organisation: None,
        uses: 1,
        expires_at: None,
    };
    life.order(Order::Invite(vec![invite])).await.unwrap();
    for stranger in FIRST..FIRST + CROWD {
        let person = json!({"id": stranger, "first_name": "X", "language_code": "km"});
        life.local.act("user", person).unwrap();
    }
    let before = size(&life);
    let (mut luck, mut invited) = (Luck(22), Soul::new(ORGANISERS + 1, 4));
    invited.appear(&life.local);
    let mut delays: Vec<u64> = Vec::new();
    let mut waits_since: Option<(u64, u64)> = None;
    let mut most_waiting = 0;
    let mut after_one_minute = before;
    let words = ["/start", "hello", "/privacy", "សួស្តី", "/help", "1"];
    let first_sent = life.wire.sent_from(0).len();
    let messages = minutes * A_MINUTE;
    for message in 0..messages {
        let stranger = FIRST + luck.below(CROWD as u64) as i64;
        let text = words[luck.below(6) as usize];
        life.local
            .act("send", json!({"from": stranger, "text": text}))
            .unwrap();
        life.passes(Duration::from_millis(60_000 / A_MINUTE)).await;
        let now = life.wire.now_ms();
        // They act, wait for the answer, think, and act again.
        match waits_since {
            Some((since, event)) if life.local.event(invited.id) > event => {
                delays.push(now - since);
                waits_since = None;
            }
            Some(_) => {}
            None if message < 1_000 => {}
            None if delays.is_empty() => {
                invited.opens(&life.local, &code, now);
                waits_since = Some((now, life.local.event(invited.id)));
            }
            None if message % 400 == 0 => {
                invited.goes_on(&life.local, &mut luck, now);
                waits_since = Some((now, life.local.event(invited.id)));
            }
            None => {}
        }
        if message % 500 == 0 {
            let rows: Vec<Row> = life.machine.disk.look().unwrap().all().unwrap();
            let strangers = rows.iter().filter(|row| row.stranger).count();
            most_waiting = most_waiting.max(strangers);
        }
        if message == A_MINUTE {
            after_one_minute = size(&life);
        }
    }
    let after = size(&life);
    delays.sort_unstable();
    let p99 = delays[(delays.len() * 99).div_ceil(100) - 1];
    let sent = life.wire.sent_from(first_sent);
    let to_strangers = sent
        .iter()
        .filter(|sent| sent.chat >= FIRST && !sent.edit)
        .count() as u64;
    println!(
        "flood of {messages} messages in {minutes} min: {} replies to the invited, p99 {p99} ms, at most {} ms; {to_strangers} to \
         strangers; at most {most_waiting} rows of strangers waited; records {} before, {} after a minute, {} in the end ({} bytes)",
        delays.len(),
        delays[delays.len() - 1],
        before.0,
        after_one_minute.0,
        after.0,
        after.1
    );
    assert!(delays.len() as u64 > minutes * 10, "they talk all the time");
    assert!(p99 < 2_000, "an invited organisation waits for {p99} ms");
    assert!(
        (STRANGERS / 2..=STRANGERS + 16).contains(&most_waiting),
        "{most_waiting} rows wait"
    );
    // A third of 25 a second, with a third of a second's burst; not a message more, and no fewer than nine tenths of it.
    let share = minutes * 60 * 25 / 3;
    assert!(
        to_strangers <= share + 9 && to_strangers * 10 >= share * 9,
        "{to_strangers} of {share}"
    );
    // Who they are is kept of those who were answered, once; what they wrote is not.
    let people = life
        .machine
        .disk
        .look()
        .unwrap()
        .all::<Person>()
        .unwrap()
        .len();
    assert!(people <= CROWD as usize + 8);
    assert!(
        after.0 <= before.0 + 5 * CROWD as usize,
        "{} records",
        after.0
    );
    assert!(
        after.0 <= after_one_minute.0 + 2 * CROWD as usize,
        "it goes on growing"
    );
    assert!(
        after.1 <= before.1 + 4_096 * CROWD as usize,
        "{} bytes",
        after.1
    );
}
