//! The seam over sled 0.34.7: the only file that names sled.
//!
//! Guarantees: those of [`super::kv`], also across a power cut. What sled leaves open is closed here:
//! - `flush` alone does not survive a power cut, so each commit ends with an fdatasync of `db`.
//! - A crash in the very first write leaves a store that cannot be opened, so a store is made in a
//!   temporary folder beside its place, fsynced, and renamed.
//! - A torn `snap.*.generating` makes `open` fail; it is removed and the open tried once more.
//! - A page of more than 128 KiB goes to a file of its own, which sled never fsyncs. A leaf holds up to
//!   17 records, so values over 4 KiB are cut into chunks: no page can get there. (On a full disk
//!   such a file also makes sled wait for ever.)
//! - On a sick disk sled may panic in `open`, in a call, and in `drop`: each is caught.
//! - A writer that fails in the background may leave `flush` waiting for ever: a thread looks once a
//!   second and wakes it.
//!
//! Must never: call `flush_async` (it hangs), retry after a failed flush or fsync, make a store where
//! a damaged one lies.

use std::cell::RefCell;
use std::fs::{self, File, TryLockError};
use std::io;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::folder::{create_private_folder, parent_of, sync_folder};
use super::kv::{Batch, Kv, KvError, Pair};

/// How long an open waits for another handle to let go of the store.
pub const LOCK_WAIT: Duration = Duration::from_secs(5);

/// The longest piece of a value that becomes one record of sled, in bytes.
const CHUNK: usize = 4096;
const TREE: &[u8] = b"samleng";
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
const WAKE_EVERY: Duration = Duration::from_secs(1);
const HEAD: u8 = 0;
const PIECE: u8 = 1;
const INLINE: u8 = 0;
const CHUNKED: u8 = 1;

/// What was done since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Commits that returned `Ok` and wrote something.
    pub commits: u64,
    /// Flushes asked of sled, one a commit.
    pub flushes: u64,
    /// fdatasyncs of `db`, one a commit.
    pub syncs: u64,
}

/// An open store. Dropping it closes it, without hanging or panicking even on a sick disk.
pub struct SledKv {
    /// `None` only while it is being dropped.
    open: Option<Open>,
    data: File,
    failed: RefCell<Option<KvError>>,
    counters: Counters,
    watch: Option<(Sender<()>, JoinHandle<()>)>,
}

/// A lock that goes with it.
pub struct Turn(#[allow(dead_code, reason = "open, it is the lock")] File);

struct Open {
    db: sled::Db,
    tree: sled::Tree,
}

impl SledKv {
    /// Whether there is a store, whole or not, in the folder `dir`.
    ///
    /// # Errors
    /// Of the disk: "cannot tell" must not be taken for "no".
    pub fn exists(dir: &Path) -> io::Result<bool> {
        dir.try_exists()
    }

    /// Opens the store in the folder `dir`, or makes it there; its parent must exist. Waits up to
    /// [`LOCK_WAIT`] for another handle.
    ///
    /// # Errors
    /// [`KvError::Locked`], [`KvError::Damaged`], [`KvError::Io`].
    pub fn open(dir: &Path) -> Result<Self, KvError> {
        Self::open_within(dir, LOCK_WAIT)
    }

    /// Like [`SledKv::open`] with another waiting time.
    ///
    /// # Errors
    /// As [`SledKv::open`].
    pub fn open_within(dir: &Path, wait: Duration) -> Result<Self, KvError> {
        let until = Instant::now() + wait;
        let parent = parent_of(dir);
        // Openers take turns, so that none removes what another is making.
        let _turn = locked(&parent, until)?;
        let temporary = temporary_beside(dir);
        if temporary.try_exists()? {
            fs::remove_dir_all(&temporary)?;
        }
        if !Self::exists(dir)? {
            create(&temporary)?;
            fs::rename(&temporary, dir)?;
            sync_folder(&parent)?;
        }
        if !dir.join("db").try_exists()? {
            return Err(KvError::Damaged("its folder holds no file db".into()));
        }
        let data = File::open(dir.join("db"))?;
        let open = match patiently(until, || Open::at(dir)) {
            Err(KvError::Damaged(_)) if remove_torn_snapshots(dir)? => {
                patiently(until, || Open::at(dir))?
            }
            other => other?,
        };
        // From here on an early return drops a whole `SledKv`, which closes sled with care.
        let mut store = Self {
            open: Some(open),
            data,
            failed: RefCell::new(None),
            counters: Counters::default(),
            watch: None,
        };
        store.watch = Some(store.guarded(|open| {
            // Recovery may have written; what is read from now on is on the disk.
            open.flush()?;
            store.data.sync_data()?;
            sync_folder(dir)?;
            watch(&open.db)
        })?);
        Ok(store)
    }

    /// Keeps everybody from opening the store in `dir`, and from making one there, until the turn is
    /// dropped. Whoever has it open keeps it. Waits as [`SledKv::open`] does.
    ///
    /// # Errors
    /// [`KvError::Locked`], [`KvError::Io`].
    pub fn turn(dir: &Path) -> Result<Turn, KvError> {
        locked(&parent_of(dir), Instant::now() + LOCK_WAIT)
    }

    /// Waits until nobody, not even a thread of sled's that is late, has the store in `dir` open; and
    /// keeps it so until the turn is dropped.
    ///
    /// # Errors
    /// [`KvError::Locked`], [`KvError::Io`].
    pub fn closed(dir: &Path) -> Result<Turn, KvError> {
        // The file that sled itself locks.
        locked(&dir.join("db"), Instant::now() + LOCK_WAIT)
    }

    /// What was done since the store was opened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Runs `work` unless the store is final; a failure makes it so.
    fn guarded<T>(&self, work: impl FnOnce(&Open) -> Result<T, KvError>) -> Result<T, KvError> {
        if let Some(error) = &*self.failed.borrow() {
            return Err(error.clone());
        }
        let Some(open) = &self.open else {
            return Err(KvError::Damaged("it is closed".into()));
        };
        let result = caught(|| work(open));
        if let Err(error) = &result {
            *self.failed.borrow_mut() = Some(error.clone());
        }
        result
    }
}

impl Kv for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.guarded(
            |open| match open.tree.get(head_key(key)).map_err(from_sled)? {
                Some(head) => open.whole(key, &head).map(Some),
                None => Ok(None),
            },
        )
    }

    fn range(&self, prefix: &[u8]) -> Result<Vec<Pair>, KvError> {
        self.guarded(|open| {
            let mut pairs = Vec::new();
            for pair in open.tree.scan_prefix(head_key(prefix)) {
                let (key, head) = pair.map_err(from_sled)?;
                let key = key[1..].to_vec();
                let value = open.whole(&key, &head)?;
                pairs.push((key, value));
            }
            Ok(pairs)
        })
    }

    fn page(&self, after: &[u8], at_most: usize) -> Result<Vec<Pair>, KvError> {
        self.guarded(|open| {
            let from = Bound::Excluded(head_key(after));
            let to = Bound::Excluded(vec![PIECE]);
            let mut pairs = Vec::new();
            for pair in open.tree.range((from, to)).take(at_most) {
                let (key, head) = pair.map_err(from_sled)?;
                let key = key[1..].to_vec();
                let value = open.whole(&key, &head)?;
                pairs.push((key, value));
            }
            Ok(pairs)
        })
    }

    fn on_disk(&self) -> Option<u64> {
        self.data.metadata().ok().map(|about| about.len())
    }

    fn commit(&mut self, batch: Batch) -> Result<(), KvError> {
        if self.failed.borrow().is_none() {
            batch.check()?;
            if batch.is_empty() {
                return Ok(());
            }
        }
        let mut counters = self.counters;
        let result = self.guarded(|open| {
            let writes = open.cut(batch)?;
            open.tree.apply_batch(writes).map_err(from_sled)?;
            counters.flushes += 1;
            open.flush()?;
            counters.syncs += 1;
            self.data.sync_data()?;
            counters.commits += 1;
            Ok(())
        });
        self.counters = counters;
        result
    }
}

impl Drop for SledKv {
    fn drop(&mut self) {
        // The watching thread lets go of sled first, so that the drop here is the last one: sled's last
        // drop unwraps an fsync.
        if let Some((stop, thread)) = self.watch.take() {
            drop(stop);
            let _ = thread.join();
        }
        let open = self.open.take();
        let Counters {
            commits,
            flushes,
            syncs,
        } = self.counters;
        log::debug!("closing after {commits} commits, {flushes} flushes, {syncs} fdatasyncs");
        if catch_unwind(AssertUnwindSafe(|| drop(open))).is_err() {
            log::error!("closing the store failed; what was acknowledged is on the disk");
        }
    }
}

impl std::fmt::Debug for SledKv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SledKv")
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

impl Open {
    fn at(dir: &Path) -> Result<Self, KvError> {
        caught(|| {
            let db = sled::Config::new()
                .path(dir)
                .cache_capacity(CACHE_BYTES)
                .flush_every_ms(None)
                .open()
                .map_err(from_sled)?;
            let tree = db.open_tree(TREE).map_err(from_sled)?;
            Ok(Self { db, tree })
        })
    }

    fn flush(&self) -> Result<(), KvError> {
        self.db.flush().map(drop).map_err(from_sled)
    }

    /// The value whose head was found under `key`.
    fn whole(&self, key: &[u8], head: &[u8]) -> Result<Vec<u8>, KvError> {
        match head.split_first() {
            Some((&INLINE, value)) => Ok(value.to_vec()),
            Some((&CHUNKED, _)) => {
                let mut value = Vec::new();
                for number in 0..pieces(head) {
                    match self.tree.get(piece_key(key, number)).map_err(from_sled)? {
                        Some(piece) => value.extend_from_slice(&piece),
                        None => {
                            return Err(KvError::Damaged("a piece of a value is missing".into()));
                        }
                    }
                }
                Ok(value)
            }
            _ => Err(KvError::Damaged("a record has an unknown head".into())),
        }
    }

    /// The batch in records of sled, with the pieces of overwritten values removed.
    fn cut(&self, batch: Batch) -> Result<sled::Batch, KvError> {
        let mut writes = sled::Batch::default();
        for (key, value) in batch {
            let old = self.tree.get(head_key(&key)).map_err(from_sled)?;
            let old = old.map_or(0, |head| pieces(&head));
            let new = match value {
                None => {
                    writes.remove(head_key(&key));
                    0
                }
                Some(value) if value.len() <= CHUNK => {
                    writes.insert(head_key(&key), [&[INLINE], value.as_slice()].concat());
                    0
                }
                Some(value) => {
                    let mut number = 0;
                    for piece in value.chunks(CHUNK) {
                        writes.insert(piece_key(&key, number), piece);
                        number += 1;
                    }
                    let [high, low] = number.to_be_bytes();
                    writes.insert(head_key(&key), vec![CHUNKED, high, low]);
                    number
                }
            };
            for number in new..old {
                writes.remove(piece_key(&key, number));
            }
        }
        Ok(writes)
    }
}

/// Where the head of a value lies; heads sort as their keys do.
pub(super) fn head_key(key: &[u8]) -> Vec<u8> {
    [&[HEAD], key].concat()
}

pub(super) fn piece_key(key: &[u8], number: u16) -> Vec<u8> {
    [&[PIECE], key, &number.to_be_bytes()].concat()
}

/// The value that a head holds itself, if it does.
pub(super) fn inline(head: &[u8]) -> Option<&[u8]> {
    match head.split_first() {
        Some((&INLINE, value)) => Some(value),
        _ => None,
    }
}

/// How many pieces a head says there are beside it.
pub(super) fn pieces(head: &[u8]) -> u16 {
    match head {
        [CHUNKED, high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    }
}

/// Makes a store in `dir`, closes it, and fsyncs every file and folder of it.
fn create(dir: &Path) -> Result<(), KvError> {
    create_private_folder(dir)?;
    caught(|| Open::at(dir)?.flush())?;
    Ok(sync_all_in(dir)?)
}

/// Fsyncs every file and folder in there.
pub(super) fn sync_all_in(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all_in(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_folder(dir)
}

fn temporary_beside(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    dir.with_file_name(name)
}

/// Removes snapshots that a crash left half written; says whether there was one. They are copies:
/// sled makes them again from the log.
fn remove_torn_snapshots(dir: &Path) -> Result<bool, KvError> {
    let mut found = false;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path())?;
            found = true;
        }
    }
    if found {
        log::warn!("a snapshot of the store was cut short by a crash and has been removed");
    }
    Ok(found)
}

/// The lock of a file or folder.
fn locked(path: &Path, until: Instant) -> Result<Turn, KvError> {
    let file = File::open(path)?;
    patiently(until, || match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(KvError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    })?;
    Ok(Turn(file))
}

/// Tries again while the store is locked, until the given moment; at least once.
fn patiently<T>(until: Instant, attempt: impl Fn() -> Result<T, KvError>) -> Result<T, KvError> {
    loop {
        match attempt() {
            Err(KvError::Locked) if Instant::now() < until => {
                thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

/// Wakes a flush that waits for a writer which has failed: a second flush finds the error, tells all
/// who wait, and returns at once.
fn watch(db: &sled::Db) -> Result<(Sender<()>, JoinHandle<()>), KvError> {
    let (stop, stopped) = channel();
    let db = db.clone();
    let thread = thread::Builder::new()
        .name("store-watch".into())
        .spawn(move || {
            while stopped.recv_timeout(WAKE_EVERY) == Err(RecvTimeoutError::Timeout) {
                if db.context.global_error().is_err() {
                    let _ = catch_unwind(AssertUnwindSafe(|| db.flush()));
                }
            }
            let _ = catch_unwind(AssertUnwindSafe(|| drop(db)));
        })?;
    Ok((stop, thread))
}

/// Turns a panic of sled into an error. Its words are not passed on: they may quote a key.
fn caught<T>(work: impl FnOnce() -> Result<T, KvError>) -> Result<T, KvError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(KvError::Damaged(
            "sled panicked; the disk may be sick".into(),
        ))
    })
}

fn from_sled(error: sled::Error) -> KvError {
    match error {
        sled::Error::Io(error) => {
            let text = error.to_string();
            if text.contains("could not acquire lock") && text.contains("WouldBlock") {
                KvError::Locked
            } else {
                error.into()
            }
        }
        sled::Error::Corruption { .. } => KvError::Damaged("a checksum does not match".into()),
        sled::Error::Unsupported(why) => KvError::Damaged(why),
        sled::Error::ReportableBug(what) => KvError::Damaged(what),
        sled::Error::CollectionNotFound(_) => KvError::Damaged("its tree is missing".into()),
    }
}
