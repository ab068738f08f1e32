//! Power cuts (promise 1): whatever of the real program's writes a crash may leave, each receipt that was shown is there.
//!
//! The real program runs under strace while people submit, send files, leave and the store is rebuilt, and is started again. From what
//! it wrote the disk is made as it may be after a crash at any moment, in three models (`disk`), and each is opened by the
//! program's own code. A receipt counts as shown from the moment at which the call begins that sends it to Telegram.
//!
//! `SAMLENG_POWER_STATES` says how many, `SAMLENG_POWER_SEED` chooses the moments and what is lost at each.

mod disk;
mod tape;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use samleng::dialogue::Person;
use samleng::domain::{Attachment, ChatId, Concern, Whereabouts};
use samleng::store::folder::DataFolder;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::sled_kv::SledKv;
use samleng::store::{files, rebuild};
use tempfile::TempDir;

use self::disk::{Disk, Model, lay, look};
use self::tape::{Act, Tape, tracer};
use super::crash::{Luck, number};
use super::disk::fifo;
use super::keeping::{pdfs, submit, until_kept};
use super::support::{BotProcess, Phone, Site, UNLIMITED, can_trace};

/// So many states, a third of them of each model.
const STATES: u64 = 1_200;
/// So many in either language.
const PEOPLE: i64 = 4;
/// What somebody who was forgotten is told.
const FAREWELL: &str = "You are forgotten here";
/// What our words show as a receipt's look.
const EXAMPLE: &str = "SL-7K3F-9QX2-M4T0";
/// Who is forgotten.
const LEAVES: i64 = 2_150;

/// How a state failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Failure {
    /// The store cannot be opened, or a record of it not be read.
    Unopenable,
    Panic,
    /// A receipt that was shown is not there.
    Lost,
    /// A file that a record names is not there whole.
    NoFile,
    /// Somebody who was told that they are forgotten is there.
    NotForgotten,
}

/// What was recorded, and what is needed to open it.
struct Recorded {
    master: MasterKey,
    tape: Tape,
}

/// A bot whose calls are recorded.
struct Bot {
    process: BotProcess,
    trace: tokio::task::JoinHandle<String>,
}

impl Bot {
    async fn start(site: &Site, number: usize) -> Self {
        let path = site.folder.path().join(format!("{number}.trace"));
        fifo(&path);
        let wrapper = tracer(&path);
        let trace = tokio::task::spawn_blocking(move || std::fs::read_to_string(path).unwrap());
        let mut process = BotProcess::behind(site, &wrapper).await;
        process.until_it_polls(site).await;
        Self { process, trace }
    }

    async fn stop(self, site: &Site, tape: &mut Tape) {
        self.process.stop().await;
        let trace = self.trace.await.unwrap();
        tape.read(&trace, &site.data);
    }
}

async fn talk(mut phone: Phone, times: usize) {
    for _ in 0..times {
        phone.submit().await;
    }
}

async fn record() -> Option<Recorded> {
    if !can_trace() {
        return None;
    }
    let mut site = Site::with(&format!("erase_minutes = 0\n{UNLIMITED}")).await;
    // As the calls name it.
    site.data = site.folder.path().canonicalize().unwrap().join("data");
    DataFolder::open(&site.data).unwrap();
    std::fs::remove_dir(site.data.join("files")).unwrap();
    let mut tape = Tape::new();

    // The first start, with files.
    let bot = Bot::start(&site, 0).await;
    let mut talks = Vec::new();
    for id in 0..PEOPLE {
        let mut phone = site.phone(2_100 + id, "en").await;
        talks.push(tokio::spawn(async move {
            submit(&mut phone, &pdfs(1, 5_000 + id as usize)).await;
            talk(phone, 1).await;
        }));
        let mut khmer = site.phone(2_200 + id, "km").await;
        khmer.start(None).await;
        talks.push(tokio::spawn(talk(khmer, 1)));
    }
    for talk in talks {
        talk.await.unwrap();
    }
    until_kept(&site, PEOPLE as usize).await;
    bot.stop(&site, &mut tape).await;

    // The second, with an erasure and the rebuild that follows at once, in the middle of what others say.
    let bot = Bot::start(&site, 1).await;
    let mut leaves = site.phone(LEAVES, "en").await;
    submit(&mut leaves, &pdfs(1, 7_000)).await;
    let mut talks = Vec::new();
    for id in (0..PEOPLE).flat_map(|id| [2_100 + id, 2_200 + id]) {
        let mut phone = site.phone(id, "en").await;
        phone.screen_of_command("/menu").await;
        talks.push(tokio::spawn(talk(phone, 3)));
    }
    let sure = leaves.screen_of_command("/forget").await;
    let yes = sure.message.buttons.iter().flatten().last().unwrap();
    leaves.press(&sure, &yes.text).await;
    leaves
        .sees(|chat| {
            let mut ours = chat.messages.iter().filter(|m| m.from_bot);
            ours.find(|m| m.text.contains(FAREWELL)).map(drop)
        })
        .await;
    for talk in talks {
        talk.await.unwrap();
    }
    // The writer answers this only after the rebuild.
    site.digest().await;
    let rebuilt = bot.process.err().matches("the store was rebuilt").count();
    assert!(rebuilt > 0, "{}", bot.process.err());
    bot.stop(&site, &mut tape).await;

    let master = MasterKey::from_file(&site.key(), &site.data).unwrap();
    // What was recorded is all that was done.
    let last = Disk::of(&tape).at(tape.end(), Model::Process, &mut Luck(1));
    let real = look(&site.data);
    let names = |found: &BTreeMap<String, disk::Found>| found.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&last), names(&real));
    for (path, found) in &real {
        assert!(last[path] == *found, "{path} is another one");
    }
    Some(Recorded { master, tape })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_crash_leaves_each_receipt_that_was_shown_is_there() {
    let Some(mut recorded) = record().await else {
        return;
    };
    let by_clock = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = number("SAMLENG_POWER_SEED", by_clock.as_millis() as u64);
    let states = number("SAMLENG_POWER_STATES", STATES);
    println!("SAMLENG_POWER_SEED={seed}");
    let shown = receipts_at(&recorded.tape, usize::MAX).0.len();
    println!("{} calls, {shown} receipts", recorded.tape.steps.len());
    assert!(shown > 8 * PEOPLE as usize, "there was load");

    let failures = crashed(&recorded, seed, states);
    println!("{states} states, failures: {failures:?}");
    assert!(failures.is_empty(), "{failures:?}");

    // A bot that leaves out the fdatasync would be found out.
    recorded.tape.without_fdatasync();
    let few = states / 10;
    let failures = crashed(&recorded, seed, few);
    let lost = failures.get(&(Model::Power, Failure::Lost));
    println!("without fdatasync, of {few} states: {failures:?}");
    assert!(lost.is_some(), "{failures:?}");
}

/// Opens so many states; how many failed, and how.
fn crashed(recorded: &Recorded, seed: u64, states: u64) -> BTreeMap<(Model, Failure), u64> {
    let disk = Disk::of(&recorded.tape);
    let place = scratch();
    let next = AtomicU64::new(0);
    let work = || {
        let mut failures: BTreeMap<(Model, Failure), u64> = BTreeMap::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= states {
                return failures;
            }
            let model = [Model::Process, Model::Power, Model::Torn][number as usize % 3];
            let mut luck = Luck((seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1);
            let now = disk.moment(&mut luck);
            let root = place.path().join(number.to_string());
            lay(&disk.at(now, model, &mut luck), &root);
            let (receipts, farewell) = receipts_at(&recorded.tape, now);
            let looked = catch_unwind(AssertUnwindSafe(|| {
                check(&root, &recorded.master, &receipts, farewell)
                    // What opening has mended is there the next time.
                    .and_then(|()| check(&root, &recorded.master, &receipts, farewell))
            }));
            let looked = looked.unwrap_or_else(|_| Err((Failure::Panic, String::new())));
            let Err((failure, why)) = looked else {
                std::fs::remove_dir_all(&root).unwrap();
                continue;
            };
            let count = failures.entry((model, failure)).or_insert(0);
            *count += 1;
            if *count == 1 {
                let end = recorded.tape.end();
                println!("{model:?} at {now} of {end}: {failure:?} {why}");
            }
            std::fs::remove_dir_all(&root).unwrap();
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .min(4);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut all = BTreeMap::new();
        for thread in threads {
            for (what, count) in thread.join().unwrap() {
                *all.entry(what).or_insert(0) += count;
            }
        }
        all
    })
}

/// Every receipt that was shown by then, and whether somebody was told that they are forgotten.
fn receipts_at(tape: &Tape, now: usize) -> (BTreeSet<String>, bool) {
    let mut shown = (BTreeSet::new(), false);
    for step in tape.steps.iter().filter(|step| step.begun <= now) {
        if let Act::Told { receipts, farewell } = &step.act {
            shown.0.extend(receipts.iter().cloned());
            shown.1 |= *farewell;
        }
    }
    shown
}

/// Opens the folder as the program does, and reads all of it.
fn check(
    root: &Path,
    master: &MasterKey,
    shown: &BTreeSet<String>,
    farewell: bool,
) -> Result<(), (Failure, String)> {
    let unopenable = |error: &dyn std::fmt::Display| (Failure::Unopenable, error.to_string());
    let folder = DataFolder::open(root).map_err(|error| unopenable(&error))?;
    rebuild::finish(&folder).map_err(|error| unopenable(&error))?;
    let exists = SledKv::exists(&folder.store()).map_err(|error| unopenable(&error))?;
    Epoch::load_or_create(&folder.epoch(), exists).map_err(|error| unopenable(&error))?;
    let store = rebuild::open(&folder, master).map_err(|error| unopenable(&error))?;
    store.state().map_err(|error| unopenable(&error))?;
    let concerns: Vec<Concern> = store.all().map_err(|error| unopenable(&error))?;
    let stored: BTreeSet<String> = concerns.iter().map(|c| c.receipt.to_string()).collect();
    if let Some(lost) = shown.iter().find(|receipt| !stored.contains(*receipt)) {
        let all = shown.difference(&stored).count();
        return Err((Failure::Lost, format!("{lost} and {} more", all - 1)));
    }
    let attachments: Vec<Attachment> = store.all().map_err(|error| unopenable(&error))?;
    for attachment in attachments {
        if let Whereabouts::Here(sealed) = &attachment.whereabouts {
            let read = files::read(&folder, sealed);
            read.map_err(|error| (Failure::NoFile, error.to_string()))?;
        }
    }
    let people: Vec<Person> = store.all().map_err(|error| unopenable(&error))?;
    if farewell && people.iter().any(|person| person.chat == ChatId(LEAVES)) {
        return Err((Failure::NotForgotten, String::new()));
    }
    Ok(())
}

/// A place in memory where there is one: to open a store fsyncs it.
fn scratch() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory)
            .or_else(|_| tempfile::tempdir())
            .unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}
