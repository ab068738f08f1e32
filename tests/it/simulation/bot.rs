//! The bot in one thread: its own tasks and its own writer, over a disk in memory and a wire without sockets.

use std::path::Path;
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use samleng::domain::ChatId;
use samleng::runtime::alive::Alive;
use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::{Deliverer, Delivery, Means};
use samleng::runtime::erase::Erasure;
use samleng::runtime::intake::Intake;
use samleng::runtime::making::Workshop;
use samleng::runtime::poll::{self, Poller};
use samleng::runtime::queue::Limits;
use samleng::runtime::random::Random;
use samleng::runtime::ticker;
use samleng::runtime::work::{Ears, Opener, Work};
use samleng::store::folder::DataFolder;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::rebuild::{Rebuilt, seal_under};
use samleng::store::record::Shown;
use samleng::store::seal::Sealer;
use samleng::store::{Store, StoreError};
use samleng::telegram::{Api, Token};
use samleng::text::Forum;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::wire::Wire;
use crate::support::TOKEN;

/// How many rows of strangers may wait.
pub(super) const STRANGERS: usize = 1_000;
/// How many pieces of work share a commit at most, as in the program.
const TOGETHER: usize = 256;

/// What is the same for every life.
struct Shared {
    key: MasterKey,
    /// Of every disk at first: one that is the same each time, since by its keys people come in an order.
    epoch: Arc<Epoch>,
    api: Api,
    folder: DataFolder,
    _folder: tempfile::TempDir,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        Shared {
            key: MasterKey::from_env_value(&"5a".repeat(32)).unwrap(),
            epoch: epoch(folder.path(), 0),
            api: Api::new("http://127.0.0.1:9", &Token::parse(TOKEN).unwrap()).unwrap(),
            folder: DataFolder::open(folder.path().join("data")).unwrap(),
            _folder: folder,
        }
    })
}

pub(super) fn key() -> &'static MasterKey {
    &shared().key
}

/// The epoch that comes after so many rebuilds.
fn epoch(folder: &Path, number: u8) -> Arc<Epoch> {
    let path = folder.join("epoch");
    std::fs::write(&path, [7 + number; 32]).unwrap();
    Arc::new(Epoch::load_or_create(&path, true).unwrap())
}

/// Opens what is on a disk that was never rebuilt, as a process that begins does.
pub(super) fn unlock(disk: &MemoryKv) -> Result<Store, StoreError> {
    let Shared { key, epoch, .. } = shared();
    Store::unlock(Box::new(disk.reopen()), key.clone(), epoch)
}

/// What is on the disk, and the epoch under which it can be read.
#[derive(Clone)]
pub(super) struct Disk {
    pub(super) kv: MemoryKv,
    state: Arc<Mutex<Sealed>>,
}

struct Sealed {
    epoch: Arc<Epoch>,
    rebuilds: u8,
    /// Where the next rebuild is cut short: before the new store is in the place of the old one, or after.
    dies: Option<bool>,
}

impl Disk {
    pub(super) fn new() -> Self {
        Self {
            kv: MemoryKv::new(),
            state: Arc::new(Mutex::new(Sealed {
                epoch: Arc::clone(&shared().epoch),
                rebuilds: 0,
                dies: None,
            })),
        }
    }

    fn state(&self) -> MutexGuard<'_, Sealed> {
        self.state.lock().unwrap()
    }

    /// Opens it, as a process that begins does.
    pub(super) fn unlock(&self) -> Result<Store, StoreError> {
        let epoch = Arc::clone(&self.state().epoch);
        Store::unlock(Box::new(self.kv.reopen()), shared().key.clone(), &epoch)
    }

    /// A look at it, beside the process that has it open.
    pub(super) fn look(&self) -> Result<Store, StoreError> {
        let epoch = Arc::clone(&self.state().epoch);
        Store::unlock(Box::new(self.kv.clone()), shared().key.clone(), &epoch)
    }

    /// How often it was rebuilt.
    pub(super) fn rebuilds(&self) -> u8 {
        self.state().rebuilds
    }

    /// The process is to die in the next rebuild.
    pub(super) fn dies_in_rebuild(&self, at: Option<bool>) {
        self.state().dies = at;
    }

    /// Everything that is on it, or was since the last rebuild, as far as it can be read with the key.
    pub(super) fn readable(&self) -> Vec<Vec<u8>> {
        let keys = shared().key.derive(&self.state().epoch);
        let sealer = Sealer::new(&keys.seal, &keys.index);
        let all = self.kv.contents().into_iter().chain(self.kv.remains());
        all.filter_map(|(key, sealed)| sealer.open(&key, &sealed).ok())
            .map(|(_, plain)| plain)
            .collect()
    }

    /// As `store::rebuild` does it, where each step is one rename.
    fn rebuild(&self, store: Store, wire: &Wire, folder: &Path) -> Rebuilt {
        let (number, dies) = {
            let mut state = self.state();
            (state.rebuilds + 1, state.dies.take())
        };
        let next = MemoryKv::new();
        let anew = epoch(folder, number);
        let records = match seal_under(&anew, &store, &mut next.clone(), &mut || Ok(())) {
            Ok(records) => records,
            Err(error) => return Rebuilt::Kept(store, error),
        };
        if dies == Some(false) {
            wire.crash();
            return Rebuilt::Kept(store, StoreError::Closed);
        }
        drop(store);
        self.kv.replace(&next);
        {
            let mut state = self.state();
            state.epoch = anew;
            state.rebuilds = number;
        }
        if dies == Some(true) {
            wire.crash();
            return Rebuilt::Closed(StoreError::Closed);
        }
        match self.unlock() {
            Ok(store) => Rebuilt::Done(store, records),
            Err(error) => Rebuilt::Closed(error),
        }
    }
}

/// The machine on which the bot runs.
pub(super) struct Machine {
    pub(super) forum: Arc<Forum>,
    pub(super) disk: Disk,
    pub(super) wire: Arc<Wire>,
    pub(super) clock: Clock,
    pub(super) random: Random,
    /// Where it notes that it is alive.
    pub(super) folder: tempfile::TempDir,
}

/// A process of the bot.
pub(super) struct Process {
    intake: Intake,
    work: Receiver<Work>,
    pub(super) works: Sender<Work>,
    deliver: UnboundedSender<Delivery>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// When the store is to be rebuilt, if it is.
    pub(super) looks_at: Option<Instant>,
}

impl Machine {
    /// Starts the bot, as `Bot::run` does, but for what takes sockets, files or processes.
    pub(super) fn start(&self) -> Result<Process, StoreError> {
        let store = self.disk.unlock()?;
        let offset = store.meta()?.offset;
        let shown = store
            .all::<Shown>()?
            .into_iter()
            .map(|shown| (shown.chat, shown.message))
            .collect();
        let disk = self.disk.clone();
        let open: Opener = Box::new(move || disk.unlock());
        let (works, work) = channel();
        let (deliver, deliveries) = unbounded_channel();
        let (next_due, due) = watch::channel(None);
        let ears = Ears {
            deliver: deliver.clone(),
            strangers_at_most: STRANGERS,
            next_due,
            fetch: unbounded_channel().0,
            files_gone: Box::new(|_| {}),
            link_used: Box::new(|| {}),
            erased: Box::new(|_| {}),
        };
        let forum = Arc::clone(&self.forum);
        let intake = Intake::new(forum, store, open, ears, self.clock.clone())?
            .by_luck(self.random.clone())
            .erasing(self.erasure());
        let api = shared().api.clone();
        let api = api.carried_by(Arc::new(self.wire.end()));
        let folder = shared().folder.clone();
        let workshop = Workshop::new(
            "/nowhere".into(),
            Arc::clone(&self.forum),
            works.clone(),
            folder.clone(),
        )
        .here(self.random.clone());
        let means = Means {
            api: api.clone(),
            forum: Arc::clone(&self.forum),
            works: works.clone(),
            workshop: Arc::new(workshop),
            folder,
        };
        let deliverer = Deliverer::new(means, shown, Limits::default(), self.clock.clone())
            .by_luck(self.random.clone());
        let poller = Poller {
            api,
            works: works.clone(),
            pulse: Default::default(),
            metrics: Arc::default(),
            random: self.random.clone(),
        };
        let alive = Alive::new(self.folder.path().join("alive"), self.clock.clone());
        let (stop, stopping) = watch::channel(false);
        let tasks = vec![
            self.spawn(ticker::run(self.clock.clone(), works.clone(), due)),
            self.spawn(deliverer.run(deliveries)),
            self.spawn(poll::run(poller, offset, alive, stopping)),
        ];
        Ok(Process {
            intake,
            work,
            works,
            deliver,
            stop,
            tasks,
            looks_at: None,
        })
    }

    fn erasure(&self) -> Erasure {
        let (disk, wire) = (self.disk.clone(), Arc::clone(&self.wire));
        let folder = self.folder.path().to_owned();
        let minutes = self.forum.config.settings.erase_minutes;
        Erasure::new(
            Duration::from_secs(60 * u64::from(minutes)),
            Box::new(move |store, _| disk.rebuild(store, &wire, &folder)),
            Box::new(|| false),
        )
    }

    /// Whenever the task did something, whoever plays the writer is to look for work.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        let wire = Arc::clone(&self.wire);
        tokio::spawn(async move {
            let mut task = pin!(task);
            std::future::poll_fn(|context| {
                let polled = task.as_mut().poll(context);
                wire.woken.notify_one();
                polled
            })
            .await;
        })
    }
}

impl Process {
    /// Does the writer's work; whether there was some.
    pub(super) fn write(&mut self) -> bool {
        self.looks_at = self.intake.look_after_store();
        let works: Vec<Work> = self.work.try_iter().take(TOGETHER).collect();
        if works.is_empty() {
            return false;
        }
        self.intake.handle(works);
        true
    }

    /// Nothing of it is left: as after `kill -9`.
    pub(super) fn die(self) {
        for task in &self.tasks {
            task.abort();
        }
    }

    /// It is to end in good order.
    pub(super) fn stop(&self) {
        let _ = self.stop.send(true);
        let _ = self.deliver.send(Delivery::Stop);
    }
}

/// The person's chat.
pub(super) fn chat(id: i64) -> ChatId {
    ChatId(id)
}
