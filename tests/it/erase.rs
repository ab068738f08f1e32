//! When the store is rebuilt after an erasure: the writer by itself, and the whole program.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use samleng::dialogue::{Content, Event};
use samleng::domain::{ChatId, MessageId};
use samleng::emulator::client::Button;
use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::Delivery;
use samleng::runtime::erase::{Erasure, Growth};
use samleng::runtime::intake::Intake;
use samleng::runtime::work::{Ears, End, Settled, Work};
use samleng::store::folder::DataFolder;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::KvError;
use samleng::store::rebuild::{self, Rebuilt};
use samleng::store::{Row, Store, StoreError};
use samleng::telegram::{Update, What};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::in_memory::forum;
use crate::support::{GUARD, Phone, Site, UNLIMITED};

const HOUR: Duration = Duration::from_secs(3600);

/// A writer over a data folder.
struct Desk {
    folder: DataFolder,
    works: Sender<Work>,
    deliveries: UnboundedReceiver<Delivery>,
    rebuilds: Receiver<()>,
    writer: std::thread::JoinHandle<()>,
    next: u32,
    #[allow(dead_code, reason = "deleted with it")]
    temporary: TempDir,
}

fn master() -> MasterKey {
    MasterKey::from_env_value(&"5".repeat(64)).unwrap()
}

fn place() -> (TempDir, DataFolder) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(temporary.path().join("data")).unwrap();
    Epoch::load_or_create(&folder.epoch(), false).unwrap();
    (temporary, folder)
}

type Rebuild = fn(&DataFolder, Store) -> Rebuilt;

fn truly(folder: &DataFolder, store: Store) -> Rebuilt {
    rebuild::rebuild(folder, store, &|| false)
}

fn in_vain(_: &DataFolder, store: Store) -> Rebuilt {
    Rebuilt::Kept(store, StoreError::Record("damaged".to_owned()))
}

impl Desk {
    fn new(place: (TempDir, DataFolder), after: Duration, rebuild: Rebuild) -> Self {
        Self::growing(place, after, rebuild, Growth::default())
    }

    fn growing(
        place: (TempDir, DataFolder),
        after: Duration,
        rebuild: Rebuild,
        growth: Growth,
    ) -> Self {
        let (temporary, folder) = place;
        let (deliver, deliveries) = tokio::sync::mpsc::unbounded_channel();
        let (fetch, _) = tokio::sync::mpsc::unbounded_channel();
        let ears = Ears {
            next_due: tokio::sync::watch::Sender::new(None),
            deliver,
            strangers_at_most: 1_000,
            fetch,
            files_gone: Box::new(|_| {}),
            link_used: Box::new(|| {}),
            erased: Box::new(|_| {}),
        };
        let (done, rebuilds) = channel();
        let here = folder.clone();
        let rebuilder = Box::new(move |store, _: &dyn Fn() -> bool| {
            let rebuilt = rebuild(&here, store);
            let _ = done.send(());
            rebuilt
        });
        let here = folder.clone();
        let open = Box::new(move || rebuild::open(&here, &master()));
        let store = open().unwrap();
        let intake = Intake::new(Arc::new(forum()), store, open, ears, Clock::system()).unwrap();
        let erasure = Erasure::new(after, rebuilder, Box::new(|| false)).growing(growth);
        let intake = intake.erasing(erasure);
        let (works, work) = channel();
        let writer = std::thread::spawn(move || intake.run(&work));
        Self {
            folder,
            works,
            deliveries,
            rebuilds,
            writer,
            next: 1,
            temporary,
        }
    }

    /// Somebody says something, and it is on disk.
    async fn say(&mut self, chat: i64, words: &str) {
        self.all_say(chat..chat + 1, words).await;
    }

    /// All of these do, at once.
    async fn all_say(&mut self, chats: Range<i64>, words: &str) {
        let mut updates = Vec::new();
        for chat in chats {
            let event = Event::Message {
                id: MessageId(1),
                content: Content::Text(words.to_owned()),
            };
            updates.push(Update {
                id: self.next,
                what: What::Private(ChatId(chat), event),
            });
            self.next += 1;
        }
        let (done, hear) = tokio::sync::oneshot::channel();
        let work = Work::Updates {
            updates,
            offset: self.next.into(),
            done,
        };
        self.works.send(work).unwrap();
        hear.await.unwrap().unwrap();
    }

    fn rebuilt(&self) {
        self.rebuilds.recv_timeout(GUARD).expect("it is rebuilt");
    }

    /// The rows given to be sent since the last time; the writer has gone on from there.
    async fn rows(&mut self) -> Vec<Row> {
        let (done, hear) = tokio::sync::oneshot::channel();
        self.works.send(Work::Preview(done)).unwrap();
        assert!(hear.await.unwrap().is_ok());
        let mut rows = Vec::new();
        while let Ok(delivery) = self.deliveries.try_recv() {
            if let Delivery::Rows(more) = delivery {
                rows.extend(more);
            }
        }
        rows
    }

    fn sent(&self, rows: Vec<Row>) {
        let settled = |row: &Row| Settled::of(row, End::Done);
        let settled = rows.iter().map(settled).collect();
        self.works.send(Work::Settled(settled)).unwrap();
    }

    /// Ends the writer; what it leaves.
    fn end(self) -> (TempDir, DataFolder) {
        self.works.send(Work::Stop).unwrap();
        self.writer.join().unwrap();
        (self.temporary, self.folder)
    }
}

fn epoch(folder: &DataFolder) -> Vec<u8> {
    fs::read(folder.epoch()).unwrap()
}

#[tokio::test]
async fn an_erasure_leaves_the_disk_without_traffic_and_nobody_loses_anything() {
    for after in [Duration::ZERO, Duration::from_millis(30)] {
        let mut desk = Desk::new(place(), after, truly);
        let old = epoch(&desk.folder);
        desk.say(1, "/start").await;
        desk.say(2, "/start").await;
        assert_eq!(epoch(&desk.folder), old, "nothing was erased yet");
        desk.say(1, "/forget").await;
        desk.rebuilt();
        let rows = desk.rows().await;
        assert_ne!(epoch(&desk.folder), old);
        let given: Vec<(u64, i64)> = rows.iter().map(|row| (row.id.event, row.chat.0)).collect();
        assert_eq!(given, [(1, 1), (2, 2), (3, 1)]);
        desk.say(2, "/help").await;
        assert_eq!(desk.rows().await[0].id.event, 4);
        desk.sent(rows);
        let (_temporary, folder) = desk.end();
        let store = rebuild::open(&folder, &master()).unwrap();
        let waiting = store.all::<Row>().unwrap();
        assert!(!waiting.is_empty() && waiting.iter().all(|row| row.id.event == 4));
        assert_eq!(store.erased_since(), None);
        assert_eq!(store.meta().unwrap().offset, Some(5));
    }
}

#[tokio::test]
async fn what_was_erased_before_the_start_goes_at_the_start() {
    let mut desk = Desk::new(place(), HOUR, truly);
    let old = epoch(&desk.folder);
    desk.say(1, "/start").await;
    desk.say(2, "/start").await;
    desk.say(1, "/forget").await;
    assert_eq!(desk.rows().await.len(), 3);
    assert!(desk.rebuilds.try_recv().is_err(), "not before its time");
    let place = desk.end();
    assert_eq!(epoch(&place.1), old);
    let mut desk = Desk::new(place, HOUR, truly);
    desk.rebuilt();
    assert_ne!(epoch(&desk.folder), old);
    // What waited before waits on, but for what was on its way to the one who is forgotten.
    let rows = desk.rows().await;
    let given: Vec<(u64, i64)> = rows.iter().map(|row| (row.id.event, row.chat.0)).collect();
    assert_eq!(given, [(2, 2), (3, 1)]);
    // The next erasure has its own time.
    desk.say(2, "/forget").await;
    desk.rows().await;
    assert!(desk.rebuilds.try_recv().is_err());
    desk.end();
}

#[tokio::test]
async fn a_rebuild_that_fails_costs_no_answer_and_is_not_tried_again_at_once() {
    let mut desk = Desk::new(place(), Duration::ZERO, in_vain);
    desk.say(1, "/start").await;
    desk.say(1, "/forget").await;
    desk.rebuilt();
    for _ in 0..5 {
        desk.say(2, "/help").await;
    }
    let events: BTreeSet<u64> = desk.rows().await.iter().map(|row| row.id.event).collect();
    assert_eq!(events, (1..=7).collect());
    assert!(desk.rebuilds.try_recv().is_err());
    let (_temporary, folder) = desk.end();
    let store = rebuild::open(&folder, &master()).unwrap();
    assert!(store.erased_since().is_some());
}

/// How far the store's file grows while twenty people go on and on; how often it is rebuilt meanwhile.
async fn grown(growth: Growth) -> (u64, usize) {
    let mut desk = Desk::growing(place(), Duration::ZERO, truly, growth);
    let (mut most, mut rebuilds) = (0, 0);
    for round in 0..400 {
        desk.all_say(1..21, &format!("{round} {}", "again ".repeat(40)))
            .await;
        let rows = desk.rows().await;
        assert!(!rows.is_empty(), "each is answered");
        desk.sent(rows);
        // The writer has answered, so it has looked at the file.
        let size = fs::metadata(desk.folder.store().join("db")).map_or(0, |about| about.len());
        most = most.max(size);
        rebuilds += desk.rebuilds.try_iter().count();
    }
    desk.end();
    (most, rebuilds)
}

#[tokio::test]
async fn what_is_changed_for_ever_does_not_fill_the_disk() {
    let growth = Growth {
        harmless: 1 << 20,
        times: 4,
    };
    let (most, rebuilds) = grown(growth).await;
    let (otherwise, none) = grown(Growth {
        harmless: u64::MAX,
        times: 4,
    })
    .await;
    println!("{most} bytes at most, {rebuilds} rebuilds; {otherwise} without");
    assert_eq!(none, 0);
    // One commit may take it over the edge, by the two segments that it ends and begins.
    let edge = growth.allows(0) + (1 << 20);
    assert!(
        rebuilds > 0 && most <= edge,
        "{most} bytes, {rebuilds} rebuilds"
    );
    assert!(otherwise > most, "it does not grow by itself: {otherwise}");
}

#[test]
fn a_file_may_grow_with_what_is_in_it() {
    let growth = Growth::default();
    let mib = |mib: u64| mib << 20;
    for (in_it, allowed) in [(0, 64), (1, 64), (16, 64), (17, 68), (1_000, 4_000)] {
        assert_eq!(growth.allows(mib(in_it)), mib(allowed), "{in_it} MiB");
    }
    assert_eq!(growth.allows(u64::MAX), u64::MAX);
}

/// Says `/forget` and means it.
pub(crate) async fn forget(phone: &mut Phone) {
    phone.until("new").await;
    let menu = phone.screen().await;
    phone.type_in(&menu, "/forget").await;
    let asked = phone.screen().await;
    let mut buttons = asked.message.buttons.iter().flatten();
    let yes = buttons.find(|b| b.data.as_deref().is_some_and(|data| data.ends_with(":yes")));
    let label = yes
        .unwrap_or_else(|| panic!("{:?}", asked.message))
        .text
        .clone();
    phone.press(&asked, &label).await;
    let message = asked.message.id;
    // The farewell is the first thing without a button.
    phone
        .sees(|chat| {
            let mut ours = chat
                .messages
                .iter()
                .filter(|m| m.from_bot && m.id >= message);
            ours.find(|m| m.buttons.is_empty()).map(|_| ())
        })
        .await;
}

/// Without the time at which it was made.
fn totals(digest: &Value) -> &Value {
    assert!(digest["totals"]["received"].is_number());
    &digest["totals"]
}

#[tokio::test]
async fn after_forget_the_program_has_a_new_epoch_and_goes_on() {
    let site = Site::with(&format!("erase_minutes = 0\n{UNLIMITED}")).await;
    let folder = || DataFolder::open(&site.data).unwrap();
    let bot = site.run().await;
    let mut goes = site.phone(901, "en").await;
    goes.start(None).await;
    goes.submit().await;
    let mut stays = site.phone(902, "km").await;
    stays.start(None).await;
    let receipt = stays.submit().await;
    let before = site.digest().await;
    assert_eq!(before["totals"]["received"], 2);
    let old = epoch(&folder());

    forget(&mut goes).await;
    // The writer answers this only after the rebuild.
    let after = site.digest().await;
    assert_ne!(epoch(&folder()), old);
    assert_eq!(totals(&after)["received"], totals(&before)["received"]);
    assert!(
        bot.err()
            .contains("the store was rebuilt under a new key: "),
        "{}",
        bot.err()
    );
    let next = stays.submit().await;
    goes.start(None).await;
    // To the bot they are somebody new: their screens are counted from 1 again.
    let asks = |button: &Button| button.data.as_deref() == Some("1:speak.en");
    goes.sees(|chat| {
        let newest = chat.messages.last()?;
        newest.buttons.iter().flatten().any(asks).then_some(())
    })
    .await;
    let running = site.digest().await;
    bot.stop().await;
    let stopped = site.digest().await;
    assert_eq!(totals(&stopped), totals(&running));
    assert_eq!(totals(&stopped)["received"], 3);
    let text = stopped.to_string();
    assert!(text.contains(&receipt) && text.contains(&next));
    let data: Vec<PathBuf> = fs::read_dir(&site.data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!data.contains(&folder().next()) && !data.contains(&folder().ready()));

    // Cut short at any step of the swap, the commands finish it.
    for step in [
        "ready",
        "the old store is aside",
        "the new store is in its place",
        "the old epoch is destroyed",
    ] {
        let mut watch = |now: &str| {
            if now == step {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        };
        match rebuild::rebuild_watched(&folder(), site.store(), &mut watch) {
            Rebuilt::Closed(StoreError::Kv(KvError::Io { .. })) => {}
            Rebuilt::Closed(error) => panic!("{error}"),
            Rebuilt::Done(..) | Rebuilt::Kept(..) => panic!("{step} did not fail"),
        }
        assert!(folder().ready().exists());
        let digest = site.digest().await;
        assert_eq!(totals(&digest), totals(&stopped), "{step}");
        assert!(!folder().ready().exists());
    }
    let bot = site.run().await;
    stays.submit().await;
    bot.stop().await;
}

#[tokio::test]
async fn what_the_organisers_erase_while_no_bot_runs_is_gone_at_once() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = site.phone(911, "en").await;
    phone.start(None).await;
    let receipt = phone.submit().await;
    bot.stop().await;
    let old = epoch(&DataFolder::open(&site.data).unwrap());
    let said = site.say(&["set", "concern", &receipt, "withdrawn"]).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_ne!(epoch(&DataFolder::open(&site.data).unwrap()), old);
    assert_eq!(site.store().erased_since(), None);
    let bot = site.run().await;
    phone.submit().await;
    bot.stop().await;
}
