//! The data folder's disk: full while people talk, and what is on it when Telegram is told that it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use samleng::config;
use samleng::dialogue::Event;
use samleng::domain::ChatId;
use samleng::emulator::client::Call;
use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::Delivery;
use samleng::runtime::intake::Intake;
use samleng::runtime::work::{Ears, Opener, Work};
use samleng::store::Store;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::KvError;
use samleng::store::memory_kv::{self, Fault, Lasting, MemoryKv, Moment};
use samleng::telegram::{Update, What};
use samleng::text::Forum;
use serde_json::Value;

use super::support::{BotProcess, Site, Way, can_trace, concerns, receipts_in};

/// A tmpfs in the place of the data folder, unmounted when dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    pub(crate) fn mount(site: &Site, kib: usize) -> Option<Self> {
        fs::create_dir(&site.data).unwrap();
        let options = format!("size={kib}k,mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(&site.data)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(site.data.clone()));
        }
        println!("skipped: mounting is refused here");
        None
    }

    /// Takes all the space there is.
    pub(crate) fn fill(&self) {
        let ballast = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.ballast());
        let mut ballast = ballast.unwrap();
        for size in [64 * 1024, 4096, 512, 1] {
            while ballast.write_all(&vec![7; size]).is_ok() {}
        }
    }

    pub(crate) fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the bot may still be there.
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

pub(crate) const OUTAGE: &str = "I cannot store anything at the moment";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_nobody_gets_a_receipt_and_everybody_hears_why() {
    on_a_full_disk(Way::Polling).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_what_is_brought_is_brought_again() {
    on_a_full_disk(Way::Webhook).await;
}

async fn on_a_full_disk(way: Way) {
    let site = Site::by(way).await;
    let Some(disk) = SmallDisk::mount(&site, 24 * 1024) else {
        return;
    };
    let bot = site.run().await;
    let freed = Arc::new(AtomicBool::new(false));
    let mut people = Vec::new();
    let mut ready = Vec::new();
    for id in 701..709 {
        let mut phone = site.phone(id, if id % 2 == 0 { "en" } else { "km" }).await;
        phone.start(None).await;
        // Some have one press to go, others have just begun.
        match id % 4 {
            0 => drop(phone.until_question(4).await),
            1 => drop(phone.until("submit").await),
            2 => drop(phone.until("new").await),
            _ => drop(phone.submit().await),
        }
        ready.push(phone);
    }
    disk.fill();
    let full_since = site.last_call().await;
    for mut phone in ready {
        let freed = Arc::clone(&freed);
        people.push(tokio::spawn(async move {
            // The store has a little room left within its file; they talk until that is used up, and on.
            while !freed.load(Ordering::Relaxed) {
                phone.submit().await;
            }
            phone.receipts().await
        }));
    }
    // One hears of it, and the disk stays full while the store is opened again a few times.
    let told = |call: &Call| {
        call.params["text"]
            .as_str()
            .is_some_and(|t| t.contains(OUTAGE))
    };
    site.until_call(full_since, "sendMessage", told).await;
    let comes = match way {
        Way::Polling => "getUpdates",
        Way::Webhook => "webhook",
    };
    let mut polls = 0;
    let mut last = site.last_call().await;
    while polls < 3 {
        let calls = site.people.calls_of(comes, last, super::support::GUARD);
        let calls = calls.await.unwrap();
        polls += calls.calls.len();
        last = calls.last;
    }
    let sends = site
        .people
        .calls_of("sendMessage", full_since, std::time::Duration::ZERO);
    let edits = site
        .people
        .calls_of("editMessageText", full_since, std::time::Duration::ZERO);
    let calls: Vec<Call> = [sends.await.unwrap().calls, edits.await.unwrap().calls].concat();
    let mut notices = BTreeMap::new();
    for call in &calls {
        if told(call) {
            *notices.entry(call.chat_id.unwrap()).or_insert(0) += 1;
        }
    }
    println!("{polls} more polls, told: {notices:?}");
    assert!(notices.len() > 1, "those who wait are told: {notices:?}");
    assert!(
        notices.values().all(|times| *times == 1),
        "once in an outage: {notices:?}"
    );

    freed.store(true, Ordering::Relaxed);
    fs::remove_file(disk.ballast()).unwrap();
    let mut receipts = Vec::new();
    for person in people {
        receipts.extend(person.await.expect("it goes on by itself"));
    }
    receipts.sort();
    let after = concerns(&site.digest().await);
    let stored: Vec<String> = after.keys().cloned().collect();
    assert_eq!(stored, receipts, "each receipt is stored, and nothing else");
    let title = |concern: &Value| concern["title"].as_str().unwrap().to_owned();
    let titles: BTreeSet<String> = after.values().map(title).collect();
    assert_eq!(titles.len(), after.len(), "nothing is doubled");

    // Between the first notice and the end of it nobody was given a receipt.
    let first = calls
        .iter()
        .filter(|call| told(call))
        .map(|call| call.seq)
        .min();
    let late = calls.iter().filter(|call| Some(call.seq) > first);
    let receipts = late.flat_map(|call| receipts_in(&call.params["text"].to_string()));
    println!("receipts under way when it failed: {}", receipts.count());
    bot.stop().await;
    assert_eq!(concerns(&site.digest().await), after);
    drop(disk);
}

/// What the tracer saw, as far as it matters here.
#[derive(Debug, PartialEq)]
enum Seen {
    /// Updates came in.
    Updates,
    /// Something was written to the store's file.
    Written,
    /// And is on the disk.
    Synced,
    /// A poll went out that confirms everything below.
    Confirmed(i64),
}

/// Reads a line of strace; `waiting` keeps what a thread has begun and not ended.
fn seen<'l>(line: &'l str, waiting: &mut BTreeMap<&'l str, &'l str>) -> Option<Seen> {
    let (thread, rest) = line.trim_start().split_once(' ')?;
    let rest = rest.trim_start();
    let (begun, ended) = match rest.strip_prefix("<... ") {
        Some(resumed) => (waiting.remove(thread)?, resumed),
        None if rest.ends_with("<unfinished ...>") => {
            waiting.insert(thread, rest);
            return sent(rest);
        }
        None => (rest, rest),
    };
    let of_store = begun.contains("/store/db>");
    if begun.starts_with("pwrite64(") && of_store && !ended.contains("= -1") {
        Some(Seen::Written)
    } else if begun.starts_with("fdatasync(") && of_store && ended.trim_end().ends_with("= 0") {
        Some(Seen::Synced)
    } else if begun.starts_with("recvfrom(") && ended.contains(r#"\"result\":[{"#) {
        Some(Seen::Updates)
    } else if begun == ended {
        sent(rest)
    } else {
        None
    }
}

/// A poll counts from its beginning.
fn sent(call: &str) -> Option<Seen> {
    let is_poll = call.contains("/GetUpdates ");
    let offset = call.split(r#"\"offset\":"#).nth(1).filter(|_| is_poll)?;
    let digits = offset.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().map(Seen::Confirmed)
}

pub(crate) fn fifo(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn telegram_is_told_only_what_is_on_the_disk() {
    if !can_trace() {
        return;
    }
    let site = Site::new().await;
    let trace = site.folder.path().join("trace");
    fifo(&trace);
    let path = trace.clone();
    let lines = tokio::task::spawn_blocking(move || fs::read(path).unwrap());
    // The tracer stands aside (-D), so that the process that was started is the bot.
    let calls = "trace=pwrite64,fdatasync,recvfrom,sendto,sendmsg,write,writev";
    let wrapper = ["strace", "-D", "-f", "-y", "-s", "1000", "-e", calls, "-o"];
    let wrapper: Vec<&str> = wrapper.into_iter().chain(trace.to_str()).collect();
    let mut bot = BotProcess::behind(&site, &wrapper).await;
    bot.until_it_polls(&site).await;
    let people: Vec<_> = (0..4).map(|id| site.phone(801 + id, "en")).collect();
    let mut talks = Vec::new();
    for person in people {
        let mut phone = person.await;
        talks.push(tokio::spawn(async move {
            phone.start(None).await;
            phone.submit().await
        }));
    }
    for talk in talks {
        talk.await.unwrap();
    }
    bot.stop().await;

    let lines = lines.await.unwrap();
    let lines = String::from_utf8_lossy(&lines);
    let mut waiting = BTreeMap::new();
    let (mut written, mut synced, mut updates) = (true, true, 0);
    let (mut confirmed, mut confirmations) = (0, 0);
    for line in lines.lines() {
        match seen(line, &mut waiting) {
            None => {}
            Some(Seen::Updates) => {
                (written, synced) = (false, false);
                updates += 1;
            }
            Some(Seen::Written) => written = true,
            Some(Seen::Synced) => synced = written,
            Some(Seen::Confirmed(offset)) if offset > confirmed => {
                assert!(written && synced, "confirmed before it was on disk: {line}");
                confirmed = offset;
                confirmations += 1;
            }
            Some(Seen::Confirmed(_)) => {}
        }
    }
    println!("{updates} batches came, {confirmations} were confirmed");
    assert!(
        updates > 15 && confirmations + 2 >= updates,
        "the trace shows them"
    );
}

#[tokio::test]
async fn while_writing_keeps_failing_each_is_told_once() {
    let files = config::files(None).unwrap();
    let forum = Forum::read(files).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let epoch = Epoch::load_or_create(&folder.path().join("epoch"), false).unwrap();
    let master = MasterKey::from_env_value(&"7".repeat(64)).unwrap();
    let disk = MemoryKv::new();
    let opened = Arc::new(AtomicUsize::new(0));
    let (same_disk, counted) = (disk.clone(), Arc::clone(&opened));
    let open: Opener = Box::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        Store::unlock(Box::new(same_disk.reopen()), master.clone(), &epoch)
    });
    let store = open().unwrap();
    // From now on it can be opened and read, and not written to.
    disk.fail(Fault {
        call: memory_kv::Call::Commit,
        nth: disk.calls().commits + 1,
        lasting: Lasting::Forever,
        moment: Moment::BeforeApplying,
        error: KvError::from(std::io::Error::from(std::io::ErrorKind::StorageFull)),
    });
    let (deliver, mut deliveries) = tokio::sync::mpsc::unbounded_channel();
    let ears = Ears {
        next_due: tokio::sync::watch::Sender::new(None),
        deliver,
        strangers_at_most: 0,
        fetch: tokio::sync::mpsc::unbounded_channel().0,
        files_gone: Box::new(|_| {}),
        link_used: Box::new(|| {}),
        erased: Box::new(|_| {}),
    };
    let intake = Intake::new(Arc::new(forum), store, open, ears, Clock::system()).unwrap();
    let (works, work) = std::sync::mpsc::channel();
    let writer = std::thread::spawn(move || intake.run(&work));

    let mut mended = false;
    loop {
        let (done, hear) = tokio::sync::oneshot::channel();
        let updates = vec![Update {
            id: 9,
            what: What::Private(ChatId(1), Event::Unreadable),
        }];
        let offset = 10;
        works
            .send(Work::Updates {
                updates,
                offset,
                done,
            })
            .unwrap();
        if hear.await.unwrap().is_ok() {
            break;
        }
        // As often as Telegram would be asked; the pause only spares the processor.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if opened.load(Ordering::Relaxed) == 3 && !mended {
            disk.mend();
            mended = true;
        }
    }
    assert!(mended, "it was written only when it could be");
    works.send(Work::Stop).unwrap();
    writer.join().unwrap();
    let (mut notices, mut rows) = (0, 0);
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Notice(..) => notices += 1,
            Delivery::Rows(some) => rows += some.len(),
            Delivery::Forget(_)
            | Delivery::StopAnnouncement(_)
            | Delivery::Standing(_)
            | Delivery::Stored(_)
            | Delivery::Ping(_)
            | Delivery::Stop => {}
        }
    }
    assert_eq!(notices, 1, "once in an outage");
    assert_eq!(rows, 1, "and then the answer");
}
