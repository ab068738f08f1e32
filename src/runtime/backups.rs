//! Backups while the bot runs: by the clock into the folder of the settings, and whenever the command line asks.
//!
//! Guarantees: one at a time; people are answered meanwhile; one counts only once it was restored into the scratch folder and was
//! equal. When the next is due follows from those that are there, so nothing is remembered here. What is older than the settings say
//! goes, by the time that stands in it under its seal, also when no new one can be made; so does, after as long, what a restore
//! put aside. What was erased is in the folder before anybody is told of it, unless the folder cannot be written: that holds nobody up
//! longer than a second. That no backup can be made is logged each time, and told to the owners once until one can be again.
//!
//! Must never: delete what is no backup of ours, make a folder that is not there (it may be a disk that is not plugged in).

use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::{oneshot, watch};

use super::clock::Clock;
use super::work::{Erased, Unavailable, Work};
use crate::config;
use crate::store::backup::{self, BackupError, Kept, Source, Summary};
use crate::store::erasures::{self, Gone};
use crate::store::folder::{self, DataFolder, create_private_folder, is_inside, write_private};
use crate::store::key::MasterKey;
use crate::store::kv::Pair;
use crate::store::restore;
use crate::store::seal::Sealer;

/// How long whoever erases something waits at most for it to be in the folder of the backups.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long after a failure it is tried again.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// How often it is looked for what has had its time, at least.
const LOOK: SignedDuration = SignedDuration::from_hours(24);
/// How long a backup may take: as long stays on the disk what is erased meanwhile.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// What must be left on a disk besides, in bytes: for what comes meanwhile.
const SLACK: u64 = 8 * MEGABYTE;
const MEGABYTE: u64 = 1_000_000;
/// How often one is begun anew whose records were sealed anew or changed too much meanwhile.
const TRIES: usize = 3;

/// What a backup that the command line asked for says of itself; its bytes follow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handed {
    /// How many bytes follow.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: String,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// What is in it.
    pub summary: Summary,
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Backups(Arc<Shared>);

struct Shared {
    settings: Option<config::Backup>,
    folder: DataFolder,
    master: MasterKey,
    works: Sender<Work>,
    clock: Clock,
    stop: watch::Receiver<bool>,
    /// Held while one is under way.
    busy: Arc<tokio::sync::Mutex<()>>,
}

/// A backup for the command line. It is gone with this.
pub(super) struct Ready {
    pub(super) handed: Handed,
    pub(super) path: PathBuf,
    folder: DataFolder,
    _busy: tokio::sync::OwnedMutexGuard<()>,
}

impl Drop for Ready {
    fn drop(&mut self) {
        // The next start removes it otherwise.
        let _ = restore::clear(&self.folder);
    }
}

impl Backups {
    /// Those of a bot.
    pub(super) fn new(
        settings: Option<config::Backup>,
        folder: DataFolder,
        master: MasterKey,
        works: Sender<Work>,
        clock: Clock,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self(Arc::new(Shared {
            settings,
            folder,
            master,
            works,
            clock,
            stop,
            busy: Arc::default(),
        }))
    }

    /// Takes them when they are due, and sees to their end.
    pub(super) async fn run(self) {
        let shared = self.0;
        if shared.settings.is_none() {
            log::warn!(
                "NO BACKUPS ARE TAKEN by themselves: samleng.toml names no folder for them ([backup])"
            );
        }
        loop {
            let next = shared.turn().await;
            shared.clock.until(next).await;
        }
    }

    /// Makes one for the command line, in the scratch folder.
    pub(super) async fn make(&self) -> anyhow::Result<Ready> {
        let shared = Arc::clone(&self.0);
        let busy = Arc::clone(&shared.busy).try_lock_owned();
        let busy = busy.context("a backup is under way already")?;
        let folder = shared.folder.clone();
        let path = folder.scratch().join("backup");
        let made = path.clone();
        let handed = tokio::task::spawn_blocking(move || {
            let taken_at = shared.clock.now();
            shared.has_room(shared.folder.root())?;
            let summary = shared.take(&made, taken_at)?;
            let (bytes, sha256) = digest(&made)?;
            anyhow::Ok(Handed {
                bytes,
                sha256,
                taken_at,
                summary,
            })
        });
        let handed = handed.await??;
        Ok(Ready {
            handed,
            path,
            folder,
            _busy: busy,
        })
    }
}

impl Shared {
    /// Does what is due; when to look again.
    async fn turn(self: &Arc<Self>) -> Timestamp {
        let now = self.clock.now();
        let folder = self.folder.clone();
        let sweeping = tokio::task::spawn_blocking(move || restore::sweep(&folder, now));
        match sweeping
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
        {
            Ok(0) => {}
            Ok(count) => {
                log::info!("what {count} restores put aside has had its time, and is gone")
            }
            Err(error) => log::error!("what a restore put aside cannot be removed: {error}"),
        }
        let later = plus(now, LOOK);
        let Some(settings) = self.settings.clone() else {
            return later;
        };
        // The command line has one made at this moment; it is soon over.
        let _busy = self.busy.lock().await;
        let newest = Arc::new(Mutex::new(None));
        let kept = match self.round(&settings, now, &newest).await {
            Ok(kept) => kept,
            Err(_) if *self.stop.borrow() => return later,
            Err(error) => {
                log::error!("NO BACKUP: {error:#}; it is tried again every hour");
                let newest = newest.lock().map_or(None, |newest| *newest);
                self.tell(newest).await;
                return plus(now, AGAIN).min(later);
            }
        };
        let dues = newest_of(&kept, now).map(|newest| plus(newest, settings.every()));
        let ends = kept.iter().map(|kept| plus(kept.taken_at, settings.life()));
        ends.chain(dues).min().map_or(later, |next| next.min(later))
    }

    /// Looks at the folder, makes what is due, removes what has had its time. Returns what is there then.
    async fn round(
        self: &Arc<Self>,
        settings: &config::Backup,
        now: Timestamp,
        newest: &Arc<Mutex<Option<Timestamp>>>,
    ) -> anyhow::Result<Vec<Kept>> {
        let (shared, settings) = (Arc::clone(self), settings.clone());
        let newest = Arc::clone(newest);
        let gone = self.gone().await;
        tokio::task::spawn_blocking(move || {
            let folder = settings.folder.as_path();
            let is_there = folder.is_dir();
            ensure!(is_there, "the folder {} is not there", folder.display());
            ensure!(
                !is_inside(folder, shared.folder.root())?,
                "the folder {} lies inside the data folder",
                folder.display()
            );
            backup::sweep(folder)?;
            let mut kept = backup::survey(folder, &shared.master)?;
            if let Ok(mut newest) = newest.lock() {
                *newest = newest_of(&kept, now);
            }
            let made = shared.make_due(&settings, &kept, now, gone);
            // Also where no new one can be made: that they have their time is promised.
            let (old, left): (Vec<_>, Vec<_>) = kept
                .drain(..)
                .partition(|kept| plus(kept.taken_at, settings.life()) <= now);
            for old in old {
                backup::remove(&old.path)?;
                log::info!(
                    "the backup of {} has had its time, and is gone",
                    old.taken_at
                );
            }
            kept = left;
            kept.extend(made?);
            Ok(kept)
        })
        .await?
    }

    /// Brings the list of erasures up to date, and makes a backup if one is due.
    fn make_due(
        &self,
        settings: &config::Backup,
        kept: &[Kept],
        now: Timestamp,
        gone: Result<Vec<Gone>, Unavailable>,
    ) -> anyhow::Result<Option<Kept>> {
        erasures::keep(&settings.folder, &self.master, &gone?, now)?;
        if newest_of(kept, now).is_some_and(|newest| now < plus(newest, settings.every())) {
            return Ok(None);
        }
        self.has_room(&settings.folder)?;
        let begun = Instant::now();
        let path = settings.folder.join(backup::name(now));
        let temporary = backup::temporary(&path)?;
        let summary = self.take(&temporary, now);
        restore::clear(&self.folder)?;
        let summary = summary?;
        backup::place(&temporary, &path)
            .with_context(|| format!("cannot make {}", path.display()))?;
        let _ = fs::remove_file(self.folder.backup_failed());
        log::info!(
            "a backup was made and tried out: {} records, {} files, {} ms",
            summary.records,
            summary.files,
            begun.elapsed().as_millis()
        );
        Ok(Some(Kept {
            path,
            taken_at: now,
        }))
    }

    /// None is begun for which there may be no room: on a disk that it fills nobody's words could be stored.
    fn has_room(&self, into: &Path) -> anyhow::Result<()> {
        let store = folder::size(&self.folder.store())?;
        // The backup, and what is unpacked of it for a test, are about as large as what is there.
        let each = store + folder::size(&self.folder.files())?;
        let device = |path: &Path| fs::metadata(path).map(|about| about.dev());
        let is_one = device(into)? == device(self.folder.root())?;
        let needed = if is_one { 2 * each } else { each } + SLACK;
        for place in [into, self.folder.root()] {
            let free = folder::free(place)?;
            ensure!(
                free >= needed,
                "{} MB are free on the disk of {}, and it may take {} MB: make room",
                free / MEGABYTE,
                place.display(),
                needed.div_ceil(MEGABYTE)
            );
        }
        Ok(())
    }

    /// Makes one, from what the writer has.
    fn take(&self, path: &Path, taken_at: Timestamp) -> Result<Summary, BackupError> {
        let begun = Instant::now();
        let stop = || *self.stop.borrow() || begun.elapsed() > LONGEST;
        for _ in 1..TRIES {
            match self.take_once(path, taken_at, &stop) {
                Err(BackupError::Interrupted) => {}
                made => return made,
            }
        }
        self.take_once(path, taken_at, &stop)
    }

    fn take_once(
        &self,
        path: &Path,
        taken_at: Timestamp,
        stop: &dyn Fn() -> bool,
    ) -> Result<Summary, BackupError> {
        let mut source = FromWriter(self.works.clone());
        restore::clear(&self.folder)?;
        create_private_folder(&self.folder.scratch())?;
        backup::take(
            path,
            &self.folder,
            &self.master,
            &mut source,
            taken_at,
            stop,
        )
    }

    async fn gone(&self) -> Result<Vec<Gone>, Unavailable> {
        let (done, hear) = oneshot::channel();
        self.works
            .send(Work::Erased(done))
            .map_err(|_| Unavailable)?;
        hear.await.map_err(|_| Unavailable)?
    }

    /// Tells the owners, once until a backup was made.
    async fn tell(&self, newest: Option<Timestamp>) {
        let told = self.folder.backup_failed();
        if told.exists() {
            return;
        }
        let (done, hear) = oneshot::channel();
        let sent = self.works.send(Work::NoBackup(newest, done));
        if sent.is_ok() && matches!(hear.await, Ok(Ok(()))) {
            // Without it they are told once more.
            if let Err(error) = write_private(&told, b"") {
                log::warn!("cannot note that the owners were told: {error}");
            }
        }
    }
}

/// The one that is newest now. One from a future that a wrong clock made is none.
fn newest_of(kept: &[Kept], now: Timestamp) -> Option<Timestamp> {
    let taken = kept.iter().map(|kept| kept.taken_at);
    taken.filter(|taken_at| *taken_at <= now).max()
}

fn plus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// How long a file is, and its SHA-256.
///
/// # Errors
/// Of the disk.
pub fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = fs::File::open(path)?;
    let (mut hash, mut count) = (Sha256::new(), 0);
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => {
                hash.update(&piece[..read]);
                count += read as u64;
            }
        }
    }
    Ok((count, data_encoding::HEXLOWER.encode(&hash.finalize())))
}

/// The writer, asked for a copy piece by piece.
struct FromWriter(Sender<Work>);

impl FromWriter {
    fn ask<T>(
        &self,
        work: impl FnOnce(oneshot::Sender<Result<T, Unavailable>>) -> Work,
    ) -> Result<T, BackupError> {
        let (done, hear) = oneshot::channel();
        let away = |_| BackupError::Interrupted;
        self.0.send(work(done)).map_err(|_| BackupError::Stopped)?;
        hear.blocking_recv()
            .map_err(|_| BackupError::Stopped)?
            .map_err(away)
    }
}

impl Source for FromWriter {
    fn begin(&mut self) -> Result<Arc<Sealer>, BackupError> {
        self.ask(Work::BeginCopy)
    }

    fn next(&mut self) -> Result<Vec<Pair>, BackupError> {
        self.ask(Work::CopyOn)?.ok_or(BackupError::Interrupted)
    }

    fn end(&mut self) {
        // A writer that has gone copies nothing.
        let _ = self.0.send(Work::EndCopy);
    }
}

impl Drop for FromWriter {
    fn drop(&mut self) {
        self.end();
    }
}

/// What is called with what was erased: it is in the folder of the backups when that returns, or soon.
///
/// # Errors
/// If there can be no thread for it.
pub(super) fn rememberer(
    settings: Option<&config::Backup>,
    master: MasterKey,
    clock: Clock,
) -> anyhow::Result<Erased> {
    let Some(settings) = settings else {
        return Ok(Box::new(|_| {}));
    };
    let folder = settings.folder.clone();
    let (give, given) = channel::<(Vec<Gone>, SyncSender<()>)>();
    let work = move || {
        let mut those: Vec<Gone> = Vec::new();
        loop {
            let waiting = if those.is_empty() {
                given.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                given.recv_timeout(Duration::from_secs(60))
            };
            let done = match waiting {
                Ok((more, done)) => {
                    // Whoever opens the store again tells of all of them once more.
                    those = erasures::united([those, more]);
                    Some(done)
                }
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            match erasures::keep(&folder, &master, &those, clock.now()) {
                Ok(()) => those.clear(),
                Err(error) => log::error!(
                    "what was erased is not noted beside the backups yet ({error}); it is tried again"
                ),
            }
            // Whoever waited has gone on without it, if it took too long.
            let _ = done.map(|done| done.try_send(()));
        }
    };
    std::thread::Builder::new()
        .name("erasures".to_owned())
        .spawn(work)
        .context("no thread for the list of erasures")?;
    Ok(Box::new(move |gone| {
        let (done, hear) = sync_channel(1);
        if give.send((gone.to_vec(), done)).is_ok() {
            let _ = hear.recv_timeout(PATIENCE);
        }
    }))
}
