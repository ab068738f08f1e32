//! Every update comes one to five times, in batches of any size and across restarts, as a poll or a webhook brings it: the records
//! are the same as if each had come once and in order (promise 3).

use std::collections::BTreeMap;

use samleng::dialogue::{Effect, Person};
use samleng::domain::{Announcement, Concern, Endorsement, Organisation, Rsvp};
use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::Delivery;
use samleng::runtime::intake::Intake;
use samleng::runtime::random::Random;
use samleng::runtime::work::{Ears, End, Opener, Settled, Unavailable, Work};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Row, RowId, Store};
use samleng::telegram::{Update, decode};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{oneshot, watch};

use super::bot::unlock;
use super::life::{BEGINS, in_virtual_time, recorded, shipped};
use crate::luck::{Luck, how_many};
use crate::support::Way;

/// How often each recorded life is played.
const EACH: u64 = 50;

/// A writer without anything around it.
struct Writer {
    disk: MemoryKv,
    clock: Clock,
    random: Random,
    intake: Intake,
    /// The same disk, for looking at what waits.
    reader: Store,
    /// What it gives to whoever sends.
    given: UnboundedReceiver<Delivery>,
    /// Everything that was to be sent, but for what came before somebody was forgotten: that is sent or not, as its turn came.
    sent: BTreeMap<RowId, Row>,
}

impl Writer {
    fn new(start: &MemoryKv, clock: &Clock) -> Self {
        let disk = start.copied();
        let (clock, random) = (clock.clone(), Random::seeded(1));
        let (intake, given) = begun(&disk, &clock, &random);
        let reader = unlock(&disk).unwrap();
        Self {
            reader,
            disk,
            clock,
            random,
            intake,
            given,
            sent: BTreeMap::new(),
        }
    }

    /// Everything that waits was sent: whoever has too much waiting gets only what they must have.
    fn sends(&mut self) {
        let rows: Vec<Row> = self.reader.all().unwrap();
        let done = |row: &Row| Settled {
            row: row.id,
            chat: row.chat,
            person: row.person,
            stranger: row.stranger,
            announcement: row.announcement,
            end: End::Done,
        };
        let settled = rows.iter().map(done).collect();
        self.intake.handle(vec![Work::Settled(settled)]);
        let left: Vec<Row> = self.reader.all().unwrap();
        assert!(left.is_empty(), "{} rows still wait", left.len());
        for row in rows {
            let id = row.id;
            assert!(self.sent.insert(id, row).is_none(), "{id:?} is sent twice");
        }
    }

    /// The process ends and another begins.
    fn restarts(&mut self) {
        (self.intake, self.given) = begun(&self.disk, &self.clock, &self.random);
    }

    /// These come together.
    fn takes(&mut self, updates: Vec<Update>, way: Way) {
        let mut hears = Vec::new();
        let mut hear = || {
            let (done, hear) = oneshot::channel::<Result<(), Unavailable>>();
            hears.push(hear);
            done
        };
        let works = match way {
            Way::Polling => {
                let last = updates.iter().map(|update| i64::from(update.id)).max();
                vec![Work::Updates {
                    offset: last.unwrap_or(0) + 1,
                    updates,
                    done: hear(),
                }]
            }
            Way::Webhook => {
                let brought = updates.into_iter().map(|update| Work::Brought {
                    update,
                    done: hear(),
                });
                brought.collect()
            }
        };
        self.intake.handle(works);
        for mut hear in hears {
            assert_eq!(hear.try_recv(), Ok(Ok(())));
        }
        while let Ok(given) = self.given.try_recv() {
            if let Delivery::Forget(chat) = given {
                self.sent.retain(|_, row| row.chat != chat);
            }
        }
        self.sends();
    }

    /// Everything that people did, and everything that is to be sent.
    fn state(&self) -> String {
        let store = unlock(&self.disk).unwrap();
        // What is made when its turn comes waits once for all that changed meanwhile, so how often depends on what came together.
        let rows = self.sent.values();
        let rows = rows.filter(|row| !matches!(row.effect, Effect::Late(_)));
        // That one takes a number as well, so what counts of the others' numbers is which belong together, in their order.
        let (mut event, mut order) = (0, 0);
        let rows: Vec<_> = rows
            .map(|row| {
                order += u64::from(row.id.event != event);
                event = row.id.event;
                (order, row.chat, &row.effect)
            })
            .collect();
        let (audit, head) = store.audit().unwrap();
        json!([
            store.all::<Person>().unwrap(),
            store.all::<Concern>().unwrap(),
            store.all::<Organisation>().unwrap(),
            store.all::<Endorsement>().unwrap(),
            store.all::<Rsvp>().unwrap(),
            store.all::<Announcement>().unwrap(),
            rows,
            audit,
            head,
        ])
        .to_string()
    }
}

fn begun(disk: &MemoryKv, clock: &Clock, random: &Random) -> (Intake, UnboundedReceiver<Delivery>) {
    let same = disk.clone();
    let open: Opener = Box::new(move || unlock(&same));
    let (deliver, given) = unbounded_channel();
    let ears = Ears {
        next_due: watch::Sender::new(None),
        deliver,
        strangers_at_most: 0,
        fetch: unbounded_channel().0,
        files_gone: Box::new(|_| {}),
        link_used: Box::new(|| {}),
        erased: Box::new(|_| {}),
    };
    let intake = Intake::new(shipped(), open().unwrap(), open, ears, clock.clone());
    (intake.unwrap().by_luck(random.clone()), given)
}

#[test]
fn what_comes_again_changes_nothing() {
    let seeds = how_many(1_000, 10_000);
    let (mut concerns, mut copies) = (0, 0);
    for life in 0..seeds.div_ceil(EACH) {
        let (start, updates) = recorded(life);
        let updates: Vec<Update> = updates
            .iter()
            .map(|update| {
                let raw: Box<RawValue> = serde_json::from_value(update.clone()).unwrap();
                decode::update(&raw).unwrap()
            })
            .collect();
        // Nobody waits, so no time passes.
        in_virtual_time(async {
            let clock = Clock::set(BEGINS.parse().unwrap());
            let mut once = Writer::new(&start, &clock);
            for update in &updates {
                once.takes(vec![update.clone()], Way::Polling);
            }
            let state = once.state();
            concerns += unlock(&once.disk).unwrap().all::<Concern>().unwrap().len();
            for seed in 0..EACH {
                let mut luck = Luck(life * EACH + seed);
                let mut again = Writer::new(&start, &clock);
                copies += plays(&mut again, &updates, &mut luck);
                if let Some(parting) = parting(&again.state(), &state) {
                    panic!("life {life}, seed {seed}: another state: {parting}");
                }
            }
        });
    }
    println!("{seeds} seeds, {concerns} concerns in the lives, {copies} copies");
    assert!(concerns as u64 > seeds / EACH && copies > seeds * 50);
}

/// Where two states part, if they do.
fn parting(one: &str, other: &str) -> Option<String> {
    if one == other {
        return None;
    }
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let from = same.count().saturating_sub(300);
    let around = |text: &str| text.chars().skip(from).take(700).collect::<String>();
    Some(format!("{}\nand not\n{}", around(one), around(other)))
}

/// Brings everything, each one to five times: for the first time in order, then whenever; how many came in all.
fn plays(writer: &mut Writer, updates: &[Update], luck: &mut Luck) -> u64 {
    let mut again: Vec<Update> = Vec::new();
    let (mut at, mut count) = (0, 0);
    while at < updates.len() || !again.is_empty() {
        let fresh = (luck.below(8) as usize).min(updates.len() - at);
        let mut batch = updates[at..at + fresh].to_vec();
        for update in &updates[at..at + fresh] {
            again.extend((0..luck.below(5)).map(|_| update.clone()));
        }
        at += fresh;
        // Of those that came before, or come now.
        for _ in 0..luck.below(10).min(again.len() as u64) {
            let copy = again.swap_remove(luck.below(again.len() as u64) as usize);
            batch.push(copy);
        }
        if batch.is_empty() {
            continue;
        }
        let way = if luck.one_in(2) {
            Way::Polling
        } else {
            Way::Webhook
        };
        match way {
            // A poll gives the oldest first.
            Way::Polling => batch.sort_by_key(|update| update.id),
            // They come side by side.
            Way::Webhook => {
                for place in (1..batch.len()).rev() {
                    batch.swap(place, luck.below(place as u64 + 1) as usize);
                }
            }
        }
        count += batch.len() as u64;
        writer.takes(batch, way);
        if luck.one_in(6) {
            writer.restarts();
        }
    }
    count
}
