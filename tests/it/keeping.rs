//! What was fetched is kept once, whatever happens here meanwhile: the program dies again and again, the disk is full, the
//! store fails, the concern is withdrawn.
//!
//! Nothing tells when a file is kept; [`until_kept`] looks at `files/` once for every turn of the bot's polling, and a bot
//! that is stopped finishes what it has begun to write.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use samleng::dialogue::{Change, World as _};
use samleng::domain::{Attachment, FileRef, Sealed, SentAs, Whereabouts};
use samleng::emulator::FaultKind;
use samleng::runtime::clock::Clock;
use samleng::runtime::intake::Intake;
use samleng::runtime::work::{Ears, Opener, Unavailable, Work};
use samleng::store::folder::DataFolder;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::KvError;
use samleng::store::memory_kv::{self, Fault, Lasting, MemoryKv, Moment};
use samleng::store::{Stage, Store, files};
use serde_json::json;

use super::disk::SmallDisk;
use super::in_memory::forum;
use super::support::{GUARD, Phone, Site};

/// A PDF of about this many bytes, unlike any other.
fn pdf(number: usize, size: usize) -> Vec<u8> {
    let middle = vec![b'%'; size];
    let (begin, end) = (format!("%PDF-1.7\n% {number}\n"), b"\n%%EOF\n");
    [begin.as_bytes(), &middle, end].concat()
}

pub(crate) fn pdfs(count: usize, size: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| pdf(number, size)).collect()
}

/// Submits a concern with these documents beside its words.
pub(crate) async fn submit(phone: &mut Phone, documents: &[Vec<u8>]) -> String {
    phone.start(None).await;
    let mut story = phone.until_question(4).await;
    for bytes in documents {
        let content = BASE64.encode(bytes);
        let file = json!({"content_base64": content, "mime_type": "application/pdf"});
        phone.send(&story, json!({"document": file})).await;
        story = phone.screen().await;
    }
    phone.submit().await
}

/// The names in `files/`, those of temporary files too.
fn names(site: &Site) -> BTreeSet<String> {
    let entries = fs::read_dir(site.data.join("files")).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect()
}

/// Waits until so many files lie there, none of them temporary.
pub(crate) async fn until_kept(site: &Site, count: usize) {
    let until = tokio::time::Instant::now() + GUARD;
    loop {
        let names = names(site);
        if names.len() == count && names.iter().all(|name| !name.starts_with('.')) {
            return;
        }
        let late = tokio::time::Instant::now() > until;
        assert!(!late, "{count} files do not come: {names:?}");
        site.until_confirmed().await;
    }
}

/// Waits for a call of this method after that one; its number.
async fn called(site: &Site, after: u64, method: &str) -> u64 {
    let calls = site.until_call(after, method, |_| true).await;
    calls.last().unwrap().seq
}

/// Each of these is there once and opens with the key of its record; nothing else is there. The bot does not run.
fn assert_kept(site: &Site, documents: &[Vec<u8>]) {
    let folder = DataFolder::open(&site.data).unwrap();
    let mut attachments: Vec<Attachment> = site.store().all().unwrap();
    attachments.sort_by_key(|attachment| attachment.id);
    assert_eq!(attachments.len(), documents.len());
    let mut known = BTreeSet::new();
    for (attachment, document) in attachments.iter().zip(documents) {
        let Whereabouts::Here(sealed) = &attachment.whereabouts else {
            panic!("{attachment:?}");
        };
        let bytes = files::read(&folder, sealed).unwrap();
        assert!(bytes == *document, "{sealed:?} is another one");
        assert!(known.insert(sealed.name.clone()), "no two share a file");
    }
    assert_eq!(names(site), known);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_behind_each_download_it_keeps_each_file_once() {
    let site = Site::new().await;
    let mut bot = site.run().await;
    let items = pdfs(10, 300_000);
    let before = site.last_call().await;
    let hang = FaultKind::Hang;
    site.people.fault(Some("getFile"), hang, -1).await.unwrap();
    let mut phone = site.phone(1101, "en").await;
    submit(&mut phone, &items).await;

    called(&site, before, "getFile").await;
    bot.kill().await;
    site.people.clear_faults().await.unwrap();

    // On the way to the disk and to the store. Two are under way at once, so that there is work left for each kill.
    for wait in 0..5 {
        let before = site.last_call().await;
        let mut bot = site.spawn().await;
        called(&site, before, "file").await;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        bot.kill().await;
    }

    // And between the file and the commit: what is there then is what such a kill leaves.
    let folder = DataFolder::open(&site.data).unwrap();
    let orphan = files::keep(&folder, "pdf", b"orphan").unwrap();
    let half = format!(".{}.0123456789abcdef.tmp", orphan.name);
    fs::write(folder.files().join(half), "half").unwrap();
    let root_half = site.data.join(".owner-link.0123456789abcdef.tmp");
    fs::write(&root_half, "half").unwrap();

    let bot = site.run().await;
    until_kept(&site, items.len()).await;
    bot.stop().await;
    assert_kept(&site, &items);
    assert!(!root_half.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_telegram_gives_no_file_everybody_is_answered() {
    let site = Site::new().await;
    let bot = site.run().await;
    let before = site.last_call().await;
    site.people.slow("file", 3600, -1).await.unwrap();
    let items = pdfs(3, 300_000);
    let mut phone = site.phone(1401, "en").await;
    submit(&mut phone, &items).await;
    called(&site, before, "file").await;
    for _ in 0..2 {
        phone.submit().await;
    }
    bot.stop().await;
    assert_eq!(names(&site).len(), 0);
    site.people.clear_faults().await.unwrap();
    let bot = site.run().await;
    until_kept(&site, items.len()).await;
    bot.stop().await;
    assert_kept(&site, &items);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_may_pass_refuses_no_file() {
    let site = Site::new().await;
    let bot = site.run().await;
    let people = &site.people;
    let unavailable = "Bad Request: wrong file_id or the file is temporarily unavailable";
    people.refuse("getFile", 400, unavailable, 2).await.unwrap();
    for (code, description) in [(401, "Unauthorized"), (409, "Conflict")] {
        people
            .refuse("getFile", code, description, 1)
            .await
            .unwrap();
    }
    let drop_reply = FaultKind::DropReply;
    people.fault(Some("getFile"), drop_reply, 1).await.unwrap();
    let items = pdfs(2, 5_000);
    let mut phone = site.phone(1201, "en").await;
    submit(&mut phone, &items).await;
    until_kept(&site, items.len()).await;
    bot.stop().await;
    assert_kept(&site, &items);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_refused_is_not_fetched_again() {
    let site = Site::new().await;
    let bot = site.run().await;
    let program = [b"MZ\x90\0".as_slice(), &[0; 500]].concat();
    let mut phone = site.phone(1301, "en").await;
    submit(&mut phone, &[program]).await;
    phone
        .sees(|chat| {
            let mut ours = chat.messages.iter().filter(|m| m.from_bot);
            ours.find(|m| m.text.contains("could not be kept"))
                .map(drop)
        })
        .await;
    bot.stop().await;
    let before = site.last_call().await;
    let bot = site.run().await;
    site.until_confirmed().await;
    bot.stop().await;
    let calls = site.people.calls_after(before, Duration::ZERO).await;
    let mut calls = calls.unwrap().calls.into_iter();
    let again = calls.find(|call| ["getFile", "sendMessage"].contains(&call.method.as_str()));
    assert_eq!(again, None, "nor is it spoken of again");
    assert_eq!(names(&site).len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_withdrawn_while_it_is_fetched_is_not_kept() {
    let site = Site::new().await;
    let bot = site.run().await;
    let before = site.last_call().await;
    site.people.slow("file", 3600, 1).await.unwrap();
    let mut phone = site.phone(1401, "en").await;
    submit(&mut phone, &pdfs(1, 5_000)).await;
    called(&site, before, "file").await;
    phone.withdraw().await;
    // Whole in the folder, it would still have to be noted; a second one shows that this has happened.
    site.people.clear_faults().await.unwrap();
    let more = pdfs(1, 2_000_000);
    let mut next = site.phone(1402, "en").await;
    submit(&mut next, &more).await;
    until_kept(&site, 1).await;
    bot.stop().await;
    assert_kept(&site, &more);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_it_waits_for_room() {
    let site = Site::new().await;
    let Some(disk) = SmallDisk::mount(&site, 24 * 1024) else {
        return;
    };
    let bot = site.run().await;
    let before = site.last_call().await;
    let hang = FaultKind::Hang;
    site.people.fault(Some("getFile"), hang, -1).await.unwrap();
    let items = pdfs(1, 3_000_000);
    let mut phone = site.phone(2001, "en").await;
    submit(&mut phone, &items).await;
    called(&site, before, "getFile").await;
    disk.fill();
    site.people.clear_faults().await.unwrap();
    let first = called(&site, before, "file").await;
    let second = called(&site, first, "file").await;
    called(&site, second, "file").await;
    assert_eq!(
        bot.err().matches("is not fetched").count(),
        1,
        "one line for it"
    );
    fs::remove_file(disk.ballast()).unwrap();
    until_kept(&site, 1).await;
    bot.stop().await;
    assert_kept(&site, &items);
}

/// The writer over a store whose next commit fails in this way: what was fetched is kept all the same, once.
async fn failing(moment: Moment) {
    let disk = MemoryKv::new();
    let master = MasterKey::from_env_value(&"7".repeat(64)).unwrap();
    let epoch = Epoch::random().unwrap();
    let same = disk.clone();
    let open = move || Store::unlock(Box::new(same.reopen()), master.clone(), &epoch);
    let open = Arc::new(open);
    let mut store = open().unwrap();
    let file = FileRef {
        id: "f".to_owned(),
        size: Some(3),
        kept: None,
    };
    let attachment = Attachment {
        id: 7,
        concern: 1,
        organisation: 1,
        sent_as: SentAs::Document,
        whereabouts: Whereabouts::Telegram(file),
        transcript: None,
    };
    let mut stage = Stage::new(&store, jiff::Timestamp::UNIX_EPOCH).unwrap();
    stage.change(Change::Attachment(attachment.clone()));
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();

    let (fetch, mut fetches) = tokio::sync::mpsc::unbounded_channel();
    let (gone, went) = std::sync::mpsc::channel();
    let ears = Ears {
        next_due: tokio::sync::watch::Sender::new(None),
        deliver: tokio::sync::mpsc::unbounded_channel().0,
        strangers_at_most: 0,
        fetch,
        files_gone: Box::new(move |names| gone.send(names.to_vec()).unwrap()),
        link_used: Box::new(|| {}),
        erased: Box::new(|_| {}),
    };
    let again = Arc::clone(&open);
    let opener: Opener = Box::new(move || again());
    let intake = Intake::new(Arc::new(forum()), store, opener, ears, Clock::system()).unwrap();
    assert_eq!(
        fetches.try_recv().unwrap(),
        std::slice::from_ref(&attachment),
        "the record is the job"
    );
    disk.fail(Fault {
        call: memory_kv::Call::Commit,
        nth: disk.calls().commits + 1,
        lasting: Lasting::Once,
        moment,
        error: KvError::from(std::io::Error::from(std::io::ErrorKind::StorageFull)),
    });
    let (works, work) = std::sync::mpsc::channel();
    let writer = std::thread::spawn(move || intake.run(&work));
    let sealed = |name: &str| {
        Whereabouts::Here(Sealed {
            name: name.to_owned(),
            key: vec![1; 32],
            kind: "pdf".to_owned(),
            size: 3,
        })
    };
    let tell = |name: &str| {
        let (done, hear) = tokio::sync::oneshot::channel();
        let work = Work::Fetched {
            id: 7,
            whereabouts: sealed(name),
            done,
        };
        works.send(work).unwrap();
        hear
    };
    assert_eq!(tell("one").await.unwrap(), Err(Unavailable));
    while tell("one").await.unwrap().is_err() {
        // Until the store is opened again; the pause only spares the processor.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let again = fetches.try_recv().ok().map(|batch| batch.len());
    let was_committed = moment == Moment::AfterApplying;
    assert_eq!(again, (!was_committed).then_some(1));
    assert!(went.try_recv().is_err(), "what a record names does not go");
    // Of a file that was fetched twice the second goes.
    assert_eq!(tell("two").await.unwrap(), Ok(()));
    assert_eq!(went.try_recv().unwrap(), ["two"]);
    works.send(Work::Stop).unwrap();
    writer.join().unwrap();
    let kept: Vec<Attachment> = open().unwrap().all().unwrap();
    let whereabouts = sealed("one");
    assert_eq!(
        kept,
        [Attachment {
            whereabouts,
            ..attachment
        }]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_costs_no_file_and_doubles_none() {
    tokio::join!(
        failing(Moment::BeforeApplying),
        failing(Moment::AfterApplying)
    );
}
