//! What a service manager sees: readiness, how the bot is, the watchdog, the log.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use samleng::dialogue::Event;
use samleng::domain::ChatId;
use samleng::emulator::FaultKind;
use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::Delivery;
use samleng::runtime::intake::Intake;
use samleng::runtime::notify::Notifier;
use samleng::runtime::pulse::Pulse;
use samleng::runtime::work::{Ears, Work};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::{Batch, Kv, KvError, Pair};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Store, StoreError};
use samleng::telegram::{Update, What};
use tokio::net::UnixDatagram;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use super::support::{GUARD, Site};
use crate::in_memory::forum;

/// A service manager.
struct Manager {
    socket: UnixDatagram,
}

impl Manager {
    fn at(path: &Path) -> Self {
        Self {
            socket: UnixDatagram::bind(path).unwrap(),
        }
    }

    /// The next message.
    async fn hears(&self) -> String {
        let mut message = [0; 4096];
        let heard = tokio::time::timeout(GUARD, self.socket.recv(&mut message)).await;
        let length = heard.expect("a message comes").unwrap();
        String::from_utf8(message[..length].to_vec()).unwrap()
    }

    /// The next message but those of the watchdog.
    async fn hears_of(&self, what: &str) -> String {
        loop {
            let message = self.hears().await;
            if message != "WATCHDOG=1" {
                assert!(message.contains(what), "{message} instead of {what}");
                return message;
            }
        }
    }

    fn has_heard_nothing(&self) -> bool {
        self.socket.try_recv(&mut [0; 64]).is_err()
    }
}

/// A disk that can be made to hang.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn hang(&self, hangs: bool) {
        *self.0.0.lock().unwrap() = hangs;
        self.0.1.notify_all();
    }

    fn pass(&self) {
        let hangs = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(hangs, |hangs| *hangs).unwrap());
    }
}

struct Hanging(MemoryKv, Gate);

impl Kv for Hanging {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.1.pass();
        self.0.get(key)
    }

    fn range(&self, prefix: &[u8]) -> Result<Vec<Pair>, KvError> {
        self.1.pass();
        self.0.range(prefix)
    }

    fn page(&self, after: &[u8], at_most: usize) -> Result<Vec<Pair>, KvError> {
        self.1.pass();
        self.0.page(after, at_most)
    }

    fn commit(&mut self, batch: Batch) -> Result<(), KvError> {
        self.1.pass();
        self.0.commit(batch)
    }
}

fn unlock(disk: &MemoryKv, gate: &Gate) -> Result<Store, StoreError> {
    let key = MasterKey::from_env_value(&"5a".repeat(32)).unwrap();
    let place = tempfile::tempdir().unwrap();
    let epoch = place.path().join("epoch");
    std::fs::write(&epoch, [7; 32]).unwrap();
    let epoch = Epoch::load_or_create(&epoch, true).unwrap();
    Store::unlock(Box::new(Hanging(disk.reopen(), gate.clone())), key, &epoch)
}

/// The real writer on its thread, over a disk that can hang.
fn writer(gate: &Gate) -> Sender<Work> {
    let disk = MemoryKv::new();
    let again = {
        let (disk, gate) = (disk.clone(), gate.clone());
        Box::new(move || unlock(&disk, &gate))
    };
    let ears = Ears {
        next_due: tokio::sync::watch::Sender::new(None),
        deliver: unbounded_channel().0,
        strangers_at_most: 1_000,
        fetch: unbounded_channel().0,
        files_gone: Box::new(|_| {}),
        link_used: Box::new(|| {}),
        erased: Box::new(|_| {}),
    };
    let store = unlock(&disk, gate).unwrap();
    let intake = Intake::new(Arc::new(forum()), store, again, ears, Clock::system()).unwrap();
    let (works, work) = channel();
    std::thread::spawn(move || intake.run(&work));
    works
}

/// A deliverer that only answers whether it hangs, as often as it is let.
async fn deliverer(
    mut deliveries: UnboundedReceiver<Delivery>,
    let_go: &mut UnboundedReceiver<()>,
) {
    while let Some(delivery) = deliveries.recv().await {
        if let Delivery::Ping(done) = delivery {
            let_go.recv().await;
            let _ = done.send(());
        }
    }
}

/// Lets everything run that can.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

fn somebody_writes() -> Work {
    let update = Update {
        id: 1,
        what: What::Private(ChatId(5), Event::Unreadable),
    };
    Work::Updates {
        updates: vec![update],
        offset: 2,
        done: oneshot::channel().0,
    }
}

/// Time is what `ticks` says: each is half of what the watchdog allows.
#[tokio::test]
async fn a_writer_that_hangs_is_not_spoken_for() {
    let place = tempfile::tempdir().unwrap();
    let socket = place.path().join("notify");
    let manager = Manager::at(&socket);
    let notifier = Notifier::connect(socket.as_os_str(), Some(Duration::from_secs(60))).unwrap();
    let gate = Gate::default();
    let works = writer(&gate);
    let (deliver, deliveries) = unbounded_channel();
    let (answers, mut let_go) = unbounded_channel();
    let (ticks, mut tick) = unbounded_channel();
    let pulse = Pulse::default();
    let tick = async || {
        if tick.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    };

    let story = async {
        // Not ready before anything was asked of Telegram.
        settle().await;
        assert!(manager.has_heard_nothing());
        pulse.begins();
        assert_eq!(
            manager.hears().await,
            "READY=1\nSTATUS=updates are received"
        );
        for _ in 0..3 {
            answers.send(()).unwrap();
            ticks.send(()).unwrap();
            assert_eq!(manager.hears().await, "WATCHDOG=1");
        }
        // The disk hangs in the midst of something.
        gate.hang(true);
        works.send(somebody_writes()).unwrap();
        for _ in 0..10 {
            answers.send(()).unwrap();
            ticks.send(()).unwrap();
            settle().await;
            assert!(manager.has_heard_nothing());
        }
        // It comes back, and so does the rest.
        gate.hang(false);
        for _ in 0..10 {
            assert_eq!(manager.hears().await, "WATCHDOG=1");
        }
        // The deliverer hangs.
        ticks.send(()).unwrap();
        ticks.send(()).unwrap();
        // The writer has answered when it has answered somebody who came later.
        let (done, hear) = oneshot::channel();
        works.send(Work::Ping(done)).unwrap();
        hear.await.unwrap();
        settle().await;
        assert!(manager.has_heard_nothing());
        answers.send(()).unwrap();
        answers.send(()).unwrap();
        assert_eq!(manager.hears().await, "WATCHDOG=1");
        assert_eq!(manager.hears().await, "WATCHDOG=1");
        // Telegram is away: that is no reason to be ended.
        pulse.ends(Some("no connection".to_owned()));
        assert_eq!(manager.hears().await, "STATUS=no updates: no connection");
        answers.send(()).unwrap();
        ticks.send(()).unwrap();
        assert_eq!(manager.hears().await, "WATCHDOG=1");
        pulse.ends(None);
        assert_eq!(manager.hears().await, "STATUS=updates are received");
    };
    tokio::select! {
        () = notifier.keep_by(tick, &pulse, &works, &deliver) => panic!("it ended"),
        () = deliverer(deliveries, &mut let_go) => panic!("it ended"),
        () = story => {}
    }
    assert!(manager.has_heard_nothing());
    notifier.stopping();
    assert_eq!(manager.hears().await, "STOPPING=1\nSTATUS=stopping");
}

#[test]
fn a_turn_that_does_not_end_is_stuck() {
    let pulse = Pulse::default();
    assert!(!pulse.is_stuck(Duration::ZERO), "nothing has begun");
    pulse.begins();
    assert!(!pulse.is_stuck(GUARD));
    assert!(pulse.is_stuck(Duration::ZERO));
    pulse.ends(Some("500".to_owned()));
    assert!(!pulse.is_stuck(Duration::ZERO), "a failure is an end");
    assert_eq!(pulse.trouble().as_deref(), Some("500"));
    pulse.begins();
    assert_eq!(pulse.trouble().as_deref(), Some("500"), "until it is over");
    pulse.ends(None);
    assert_eq!(pulse.trouble(), None);
}

/// The real bot, from its start to its end.
async fn life_under(manager: &Manager, site: &Site) {
    let bot = site.spawn().await;
    manager.hears_of("STATUS=asking Telegram who we are").await;
    manager.hears_of("READY=1").await;
    while manager.hears().await != "WATCHDOG=1" {}
    site.people
        .fault(Some("getUpdates"), FaultKind::Internal, -1)
        .await
        .unwrap();
    site.poke().await;
    manager
        .hears_of("STATUS=no updates: the server answered 500")
        .await;
    while manager.hears().await != "WATCHDOG=1" {}
    site.people.clear_faults().await.unwrap();
    manager.hears_of("STATUS=updates are received").await;
    bot.terminate();
    manager.hears_of("STOPPING=1").await;
    let mut bot = bot;
    assert_eq!(bot.ended().await.code(), Some(0), "{}", bot.err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_manager_hears_of_the_whole_life() {
    let mut site = Site::new().await;
    let socket = site.folder.path().join("notify");
    let manager = Manager::at(&socket);
    let name = socket.to_str().unwrap().to_owned();
    site.env.insert("NOTIFY_SOCKET".to_owned(), name);
    site.env
        .insert("WATCHDOG_USEC".to_owned(), "100000".to_owned());
    life_under(&manager, &site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abstract_socket_will_do() {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram as Plain};
    let mut site = Site::new().await;
    let name = format!("samleng-test-{}", site.folder.path().display());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let socket = Plain::bind_addr(&address).unwrap();
    socket.set_nonblocking(true).unwrap();
    let manager = Manager {
        socket: UnixDatagram::from_std(socket).unwrap(),
    };
    site.env
        .insert("NOTIFY_SOCKET".to_owned(), format!("@{name}"));
    site.env
        .insert("WATCHDOG_USEC".to_owned(), "100000".to_owned());
    life_under(&manager, &site).await;
}

/// A watchdog that is meant for another process is none of ours; a socket that is not there costs one line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_meant_for_others_is_left_alone() {
    let mut site = Site::new().await;
    let socket = site.folder.path().join("notify");
    let manager = Manager::at(&socket);
    let name = socket.to_str().unwrap().to_owned();
    site.env.insert("NOTIFY_SOCKET".to_owned(), name);
    for (name, value) in [("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", "1")] {
        site.env.insert(name.to_owned(), value.to_owned());
    }
    let bot = site.run().await;
    bot.stop().await;
    let mut heard = Vec::new();
    while !heard.iter().any(|one: &String| one.starts_with("STOPPING")) {
        heard.push(manager.hears().await);
    }
    assert!(!heard.contains(&"WATCHDOG=1".to_owned()), "{heard:?}");
    drop(manager);
    std::fs::remove_file(&socket).unwrap();
    let bot = site.run().await;
    let said = bot.err();
    assert_eq!(said.matches("service manager").count(), 1, "{said}");
    bot.stop().await;
}

/// The journal notes the time by itself, and reads the level from the line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_gets_priorities_and_no_time() {
    let site = Site::new().await;
    let log = site.folder.path().join("log");
    let lines = async |stream: Option<OsString>| {
        let file = std::fs::File::create(&log).unwrap();
        let about = file.metadata().unwrap();
        let stream = stream.unwrap_or(format!("{}:{}", about.dev(), about.ino()).into());
        let mut command = site.command::<&str>(&[], &["run"]);
        // It has no token: two lines, and it ends.
        command
            .env("JOURNAL_STREAM", stream)
            .env("TELOXIDE_API_URL", "http://127.0.0.1:1")
            .env("RUST_LOG", "info")
            .env("NOTIFY_SOCKET", "/nonexistent")
            .env("SAMLENG_KEY", "no key");
        let status = command.stderr(file).status().await.unwrap();
        assert_eq!(status.code(), Some(1));
        std::fs::read_to_string(&log).unwrap()
    };
    let journal = lines(None).await;
    let address = "the Bot API is at http://127.0.0.1:1";
    assert!(
        journal.contains(&format!("<6>samleng::cli::run: {address}\n")),
        "{journal}"
    );
    assert!(
        journal.contains("\n<3>samleng: the key in SAMLENG_KEY"),
        "{journal}"
    );
    // Something else was put in its place.
    let other = lines(Some("1:2".into())).await;
    assert!(
        other.contains(&format!("INFO  samleng::cli::run] {address}\n")),
        "{other}"
    );
    assert!(!other.contains("<6>") && !other.contains("<3>"), "{other}");
    let garbage = lines(Some("garbage".into())).await;
    assert!(garbage.contains("INFO  samleng::cli::run]"), "{garbage}");
}
