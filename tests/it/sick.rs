//! Sick disks (promise 5): whichever call of the store fails, and however, nobody gets a receipt for what is not stored, everybody hears
//! why, and it goes on when the disk is well.
//!
//! First the table, through the real writer over a store in memory: every call that a conversation makes, from the first word to the
//! receipt, x the error x once or until it is mended. Then the real program, whose disk strace makes sick. What a real disk without room
//! does, short writes included, is in [`super::disk`] and `store::disk`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use samleng::dialogue::{Body, Content, Effect, Event};
use samleng::domain::{ChatId, Concern, MessageId};
use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::Delivery;
use samleng::runtime::intake::Intake;
use samleng::runtime::work::{Ears, End, Opener, Settled, Work};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::{Batch, Kv as _, KvError};
use samleng::store::memory_kv::{Call, Calls, Fault, Lasting, MemoryKv, Moment};
use samleng::store::{Row, RowId, Store};
use samleng::telegram::{Update, What};
use samleng::text::Forum;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use super::disk::OUTAGE;
use super::in_memory::forum;
use super::support::{BotProcess, Site, can_trace, concerns, receipts_in};

const CHAT: ChatId = ChatId(1);
/// How often an update comes again before a disk that is sick for long is mended.
const PATIENCE: u32 = 3;

/// What a disk may answer: it is full, it cannot, it may not, or it takes less than it was given.
fn errors() -> [io::Error; 4] {
    let [no_space, input_output, read_only] = [28, 5, 30].map(io::Error::from_raw_os_error);
    [
        no_space,
        input_output,
        read_only,
        io::ErrorKind::WriteZero.into(),
    ]
}

/// The keys of every store here.
struct Keys {
    master: MasterKey,
    epoch: Epoch,
}

/// The writer over a disk of its own, and one person who talks to it.
struct Desk {
    keys: Arc<Keys>,
    works: Sender<Work>,
    deliveries: UnboundedReceiver<Delivery>,
    disk: MemoryKv,
    writer: std::thread::JoinHandle<()>,
    next: u32,
    given: BTreeSet<RowId>,
    told: Told,
}

/// What the person was told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    receipts: BTreeSet<String>,
    outages: u32,
    /// How often an update was not taken.
    refused: u32,
}

impl Desk {
    fn new(keys: &Arc<Keys>, forum: &Arc<Forum>) -> Self {
        let disk = MemoryKv::new();
        let (same_disk, same_keys) = (disk.clone(), Arc::clone(keys));
        let open: Opener = Box::new(move || {
            let disk = Box::new(same_disk.reopen());
            Store::unlock(disk, same_keys.master.clone(), &same_keys.epoch)
        });
        let (deliver, deliveries) = tokio::sync::mpsc::unbounded_channel();
        let ears = Ears {
            next_due: tokio::sync::watch::Sender::new(None),
            deliver,
            strangers_at_most: 0,
            fetch: tokio::sync::mpsc::unbounded_channel().0,
            files_gone: Box::new(|_| {}),
            link_used: Box::new(|| {}),
            erased: Box::new(|_| {}),
        };
        let store = open().unwrap();
        let intake = Intake::new(Arc::clone(forum), store, open, ears, Clock::system()).unwrap();
        let intake = intake.reopening_after(Duration::ZERO);
        let (works, work) = std::sync::mpsc::channel();
        Self {
            keys: Arc::clone(keys),
            works,
            deliveries,
            disk,
            writer: std::thread::spawn(move || intake.run(&work)),
            next: 1,
            given: BTreeSet::new(),
            told: Told::default(),
        }
    }

    /// The person does this; it comes again until it is taken. What they get then.
    fn take(&mut self, event: &Event) -> Vec<Body> {
        let mut tries = 0;
        loop {
            let (done, hear) = tokio::sync::oneshot::channel();
            let updates = vec![Update {
                id: self.next,
                what: What::Private(CHAT, event.clone()),
            }];
            let offset = i64::from(self.next) + 1;
            let work = Work::Updates {
                updates,
                offset,
                done,
            };
            self.works.send(work).unwrap();
            if hear.blocking_recv().unwrap().is_ok() {
                break;
            }
            self.told.refused += 1;
            tries += 1;
            if tries == PATIENCE {
                self.disk.mend();
            }
            assert!(tries < 3 * PATIENCE, "it does not recover");
        }
        self.next += 1;
        self.sent()
    }

    /// Everything that was given to be sent is sent. A receipt among it is on the disk by now.
    fn sent(&mut self) -> Vec<Body> {
        self.wait();
        let mut bodies = Vec::new();
        let mut settled = Vec::new();
        while let Ok(delivery) = self.deliveries.try_recv() {
            match delivery {
                Delivery::Rows(rows) => settled.extend(rows),
                Delivery::Notice(chat, html) => {
                    assert!(chat == CHAT && html.to_plain().contains(OUTAGE));
                    self.told.outages += 1;
                }
                Delivery::Forget(_)
                | Delivery::StopAnnouncement(_)
                | Delivery::Standing(_)
                | Delivery::Stored(_)
                | Delivery::Ping(_)
                | Delivery::Stop => {}
            }
        }
        for row in &settled {
            assert!(self.given.insert(row.id), "{:?} is given twice", row.id);
            if let Effect::Send { body, .. } | Effect::Edit { body, .. } = &row.effect {
                let receipts = receipts_in(&body.html.to_plain());
                for receipt in receipts {
                    assert!(self.stored().contains(&receipt), "a false receipt");
                    self.told.receipts.insert(receipt);
                }
                bodies.push(body.clone());
            }
        }
        let done = |row: &Row| Settled::of(row, End::Done);
        let settled = settled.iter().map(done).collect();
        self.works.send(Work::Settled(settled)).unwrap();
        self.wait();
        bodies
    }

    /// Until the writer has done everything so far; so each commit is of one thing.
    fn wait(&self) {
        let (done, hear) = tokio::sync::oneshot::channel();
        self.works.send(Work::Ping(done)).unwrap();
        hear.blocking_recv().unwrap();
    }

    /// The receipts on the disk, whatever the program knows.
    fn stored(&self) -> BTreeSet<String> {
        let mut copy = MemoryKv::new();
        let mut all = Batch::new();
        for (key, value) in self.disk.contents() {
            all.put(key, value);
        }
        copy.commit(all).unwrap();
        let master = self.keys.master.clone();
        let store = Store::unlock(Box::new(copy), master, &self.keys.epoch).unwrap();
        let concerns: Vec<Concern> = store.all().unwrap();
        let receipts = concerns.iter().map(|concern| concern.receipt.to_string());
        receipts.collect()
    }

    /// What the person was told in the end, and what is stored.
    fn end(mut self) -> (Told, BTreeSet<String>) {
        self.disk.mend();
        self.sent();
        self.works.send(Work::Stop).unwrap();
        let stored = self.stored();
        self.writer.join().unwrap();
        (self.told, stored)
    }
}

/// Everything that somebody does until they have a receipt, and how many calls of the store that takes: from the first, to the last.
fn script(keys: &Arc<Keys>, forum: &Arc<Forum>) -> (Vec<Event>, Calls, Calls) {
    let mut desk = Desk::new(keys, forum);
    let first = desk.disk.calls();
    let mut events = vec![text("/start")];
    while desk.told.receipts.is_empty() {
        let bodies = desk.take(events.last().unwrap());
        if desk.told.receipts.is_empty() {
            let screen = bodies.last().expect("each event is answered");
            events.push(answer(screen));
        }
    }
    let last = desk.disk.calls();
    desk.end();
    (events, first, last)
}

fn text(words: &str) -> Event {
    Event::Message {
        id: MessageId(1),
        content: Content::Text(words.to_owned()),
    }
}

/// The first way that leads on, as [`super::support::Phone`] finds it.
fn answer(screen: &Body) -> Event {
    let verb = |data: &str| data.split([':', '.']).nth(1).unwrap_or_default().to_owned();
    let buttons: Vec<&str> = screen
        .buttons
        .iter()
        .flatten()
        .map(|b| b.data.as_str())
        .collect();
    let verbs: Vec<String> = buttons.iter().map(|data| verb(data)).collect();
    let press = |data: &str| Event::Press {
        query: "q".to_owned(),
        message: None,
        data: data.to_owned(),
    };
    let own_language = buttons.iter().find(|data| data.ends_with(":speak.en"));
    let untold = !verbs.iter().any(|verb| verb == "undo");
    match (own_language, verbs.first().map(String::as_str)) {
        (Some(data), _) => press(data),
        (None, None | Some("back" | "skip" | "cancel")) => text("some words"),
        (None, Some("done")) if untold => text("some words"),
        (None, Some(_)) => press(buttons[0]),
    }
}

#[test]
fn whichever_call_of_the_store_fails_no_receipt_is_false() {
    let keys = Arc::new(Keys {
        master: MasterKey::from_env_value(&"7".repeat(64)).unwrap(),
        epoch: Epoch::random().unwrap(),
    });
    let forum = Arc::new(forum());
    let (events, first, last) = script(&keys, &forum);
    let ranges = [
        (Call::Get, first.gets, last.gets),
        (Call::Range, first.ranges, last.ranges),
        (Call::Commit, first.commits, last.commits),
    ];
    let mut faults = Vec::new();
    for (call, first, last) in ranges {
        assert!(first < last, "{call:?} is made");
        for nth in first + 1..=last {
            for error in errors().map(KvError::from) {
                for lasting in [Lasting::Once, Lasting::Forever] {
                    for moment in [Moment::BeforeApplying, Moment::AfterApplying] {
                        if call == Call::Commit || moment == Moment::BeforeApplying {
                            let error = error.clone();
                            faults.push(Fault {
                                call,
                                nth,
                                lasting,
                                moment,
                                error,
                            });
                        }
                    }
                }
            }
        }
    }
    println!(
        "{} events, {ranges:?}, {} faults",
        events.len(),
        faults.len()
    );
    let next = AtomicUsize::new(0);
    let felt = AtomicUsize::new(0);
    let work = || {
        while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut desk = Desk::new(&keys, &forum);
            desk.disk.fail(fault.clone());
            for event in &events {
                desk.take(event);
            }
            let (told, stored) = desk.end();
            assert_eq!(told.receipts, stored, "{fault:?}");
            assert_eq!(stored.len(), 1, "{fault:?}");
            let outages = u32::from(told.refused > 0);
            assert_eq!(told.outages, outages, "once in an outage: {fault:?}");
            felt.fetch_add(outages as usize, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    let felt = felt.into_inner();
    println!("{felt} of {} faults were told to the person", faults.len());
    assert!(
        felt > faults.len() / 2,
        "most are met by what a person does"
    );
}

/// The real program on a disk that refuses a call of its store in this way.
async fn on_a_disk_that_refuses(call: &'static str, error: &'static str, when: &'static str) {
    let mut site = Site::new().await;
    site.data = site.folder.path().canonicalize().unwrap().join("data");
    let bot = site.run().await;
    let mut people = Vec::new();
    for id in 0..3 {
        let mut phone = site
            .phone(2_200 + id, if id % 2 == 0 { "en" } else { "km" })
            .await;
        phone.start(None).await;
        phone.until("new").await;
        people.push(phone);
    }
    bot.stop().await;

    let db = site.data.join("store/db");
    let (trace, inject) = (
        format!("trace={call}"),
        format!("inject={call}:error={error}:when={when}"),
    );
    let words = [
        "strace",
        "-D",
        "-f",
        "-o",
        "/dev/null",
        "-P",
        db.to_str().unwrap(),
        "-e",
        &trace,
        "-e",
        &inject,
    ];
    let mut bot = BotProcess::behind(&site, &words).await;
    bot.until_it_polls(&site).await;
    let talks: Vec<_> = people
        .into_iter()
        .map(|mut phone| {
            tokio::spawn(async move {
                for _ in 0..3 {
                    phone.submit().await;
                }
                phone.receipts().await
            })
        })
        .collect();
    let mut shown = BTreeSet::new();
    for talk in talks {
        shown.extend(talk.await.expect("it goes on by itself"));
    }
    let stored = concerns(&site.digest().await);
    let receipts: BTreeSet<String> = stored.keys().cloned().collect();
    assert_eq!(receipts, shown, "{call} {error} {when}");
    let title = |concern: &Value| concern["title"].as_str().unwrap().to_owned();
    let titles: BTreeSet<String> = stored.values().map(title).collect();
    assert_eq!(titles.len(), 9, "nothing is lost and nothing is doubled");
    let failed = bot.err().matches("the store failed").count();
    assert!(failed > 0, "{call} {error} {when}: {}", bot.err());
    let sends = site
        .people
        .calls_of("sendMessage", 0, Duration::ZERO)
        .await
        .unwrap();
    let mut told = BTreeMap::new();
    for call in sends.calls {
        let text = call.params["text"].as_str().unwrap_or_default();
        if text.contains(OUTAGE) {
            *told.entry(call.chat_id).or_insert(0) += 1;
        }
    }
    println!(
        "{call} {error} {when}: {failed} outages, told {:?}",
        told.values()
    );
    assert!(!told.is_empty(), "people are told");
    assert!(
        told.values().all(|times| *times <= failed),
        "once in an outage"
    );
    // Sled may have panicked; nobody else.
    bot.terminate();
    assert_eq!(bot.ended().await.code(), Some(0), "{}", bot.err());
    let after: BTreeSet<String> = concerns(&site.digest().await).into_keys().collect();
    assert_eq!(after, shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_program_on_a_sick_disk_gives_no_false_receipt_and_recovers() {
    if !can_trace() {
        return;
    }
    // strace counts in each thread. The writer's own sync is one a commit; sled writes by whichever thread it likes, the writer's or
    // one of seven that it has. Each of the eight is refused twice at most: with five seconds before each opening that is over
    // before anybody has waited for as long as a phone does.
    let cases = [
        ("fdatasync", "9", ["ENOSPC", "EIO", "EROFS"].as_slice()),
        ("fdatasync", "9..11", &["ENOSPC", "EIO", "EROFS"]),
        ("pwrite64", "8", &["ENOSPC", "EIO", "EROFS"]),
        ("pwrite64", "8..9", &["ENOSPC", "EIO", "EROFS"]),
        ("sync_file_range", "8..9", &["EIO"]),
    ];
    let mut all = Vec::new();
    for (call, when, errors) in cases {
        for error in errors {
            all.push(tokio::spawn(on_a_disk_that_refuses(call, error, when)));
        }
    }
    for one in all {
        one.await.unwrap();
    }
}
