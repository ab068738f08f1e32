//! The rebuild: how what was erased leaves the disk.
//!
//! A record that sled has deleted stays readable in its files for thousands of writes, sealed as it was. So a whole new
//! store is made under a new epoch, and the old epoch is destroyed: what was sealed under it opens with no key any more.
//!
//! | in the data folder | what it is |
//! |---|---|
//! | `next/` | a new store and its epoch in the making; whoever opens the store deletes it |
//! | `ready/` | the same, whole and fsynced: one rename made it so; whoever opens the store finishes what it began |
//!
//! Guarantees: a crash at any instant leaves the old store under the old epoch or the new one under the new epoch, whole;
//! [`open`] gives that. When [`rebuild`] says [`Rebuilt::Done`], nothing of the old store can be opened. A rebuild that
//! fails before `ready/`, be it on a full disk or a damaged record, changes nothing.
//!
//! It takes as much room as the records need, besides the old store; memory for a few hundred records.
//!
//! Must never: touch `files/`: each file there has a key of its own, which goes with its record.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::counted::{self, Counted};
use super::folder::{DataFolder, create_private_folder, fill_random, remove_folder, sync_folder};
use super::key::{Epoch, MasterKey};
use super::kv::{Kv, KvError};
use super::reseal;
use super::restore;
use super::seal::{CHECK_KEY, Sealer};
use super::sled_kv::{SledKv, sync_all_in};
use super::vault::{Store, StoreError};

const STORE: &str = "store";
const EPOCH: &str = "epoch";
/// Where the old store waits for its end, within `ready/`.
const OLD: &str = "old";
/// The step that there are many of.
const MORE: &str = "more records";
/// How often opening begins again if other processes die in the midst of a rebuild just then.
const TRIES: usize = 3;

/// Hears of every change to the disk once it is there. What it answers counts as the disk's answer.
pub type Watch<'w> = &'w mut dyn FnMut(&str) -> io::Result<()>;

/// What came of a rebuild.
pub enum Rebuilt {
    /// The new store, open, and how many records it has.
    Done(Store, u64),
    /// Nothing has changed; the store as it was, and why.
    Kept(Store, StoreError),
    /// The store is closed. [`open`] finishes the rebuild, or takes it back.
    Closed(StoreError),
}

/// Opens the folder's store under its epoch, and makes one where there is none. What a crash has left of a rebuild is
/// finished or taken back before.
///
/// # Errors
/// As [`finish`], [`SledKv::open`] and [`Store::unlock`]; [`StoreError::Record`] if there is no epoch; [`KvError::Damaged`] also if
/// nothing is left in a store with which a bot has run, or less than was stored in it.
pub fn open(folder: &DataFolder, master: &MasterKey) -> Result<Store, StoreError> {
    for _ in 0..TRIES {
        finish(folder)?;
        let kv = SledKv::open(&folder.store())?;
        // Another process may have died in its rebuild while this one waited for the store.
        if exists(&folder.ready())? || exists(&folder.restored())? {
            continue;
        }
        // sled takes a log that makes no sense for one that has not begun, and would begin anew over it.
        if kv.get(CHECK_KEY)?.is_none() && exists(&folder.alive())? {
            let why = "nothing is left in it, and a bot has run with it";
            return Err(KvError::Damaged(why.to_owned()).into());
        }
        // Whoever has the store open is the only one who makes another.
        remove_folder(&folder.next()).map_err(KvError::from)?;
        let epoch = Epoch::load_or_create(&folder.epoch(), true)
            .map_err(|error| StoreError::Record(error.to_string()))?;
        return counted_on(folder, Store::unlock(Box::new(kv), master.clone(), &epoch)?);
    }
    Err(KvError::Locked.into())
}

/// The store, if it got as far as is noted; it goes on noting that.
fn counted_on(folder: &DataFolder, store: Store) -> Result<Store, StoreError> {
    let events = store.meta()?.next_event;
    counted::check(&folder.counted(), events)?;
    match Counted::begin(&folder.counted(), events) {
        Ok(counted) => Ok(store.counting(counted)),
        Err(error) => {
            log::warn!("how many events are stored cannot be noted: {error}");
            Ok(store)
        }
    }
}

/// Finishes a rebuild, or a [`restore`], that a crash has cut short after the new store was whole. To be called before anything looks for
/// the store or its epoch; [`open`] does.
///
/// # Errors
/// Those of the disk; [`KvError::Locked`] while another process is about it. It can be called again.
pub fn finish(folder: &DataFolder) -> Result<(), StoreError> {
    finish_watched(folder, &mut |_| Ok(()))
}

/// [`finish`], watched.
///
/// # Errors
/// As [`finish`].
pub fn finish_watched(folder: &DataFolder, watch: Watch<'_>) -> Result<(), StoreError> {
    restore::finish(folder)?;
    if !exists(&folder.ready())? {
        return Ok(());
    }
    let _turn = SledKv::turn(&folder.store())?;
    Ok(swap(folder, watch)?)
}

/// Rebuilds the store under a new epoch. Blocks until it is done, about a second for ten thousand records, or until
/// `stop` says that there is no time: then everything is as it was.
pub fn rebuild(folder: &DataFolder, store: Store, stop: &dyn Fn() -> bool) -> Rebuilt {
    rebuild_watched(folder, store, &mut |step| {
        if step == MORE && stop() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        Ok(())
    })
}

/// [`rebuild`], watched.
pub fn rebuild_watched(folder: &DataFolder, mut store: Store, watch: Watch<'_>) -> Rebuilt {
    // From before the old store is closed until the new one is in its place nobody may open either.
    let made = make(folder, &store, watch)
        .and_then(|records| Ok((records, SledKv::turn(&folder.store())?)));
    let (records, turn) = match made {
        Ok(made) => made,
        Err(error) => {
            // What a sick disk does not let go is deleted when the store is opened the next time.
            let _ = remove_folder(&folder.next());
            return Rebuilt::Kept(store, error);
        }
    };
    let master = store.master.clone();
    // It speaks of ids, which stay.
    let index = std::mem::take(&mut store.index);
    drop(store);
    let swapped = mark_ready(folder, watch).and_then(|()| swap(folder, watch));
    drop(turn);
    let opened = swapped
        .map_err(StoreError::from)
        .and_then(|()| open(folder, &master));
    match opened {
        Ok(mut store) => {
            store.index = index;
            Rebuilt::Done(store, records)
        }
        Err(error) => Rebuilt::Closed(error),
    }
}

/// Makes `next/`, whole and fsynced. Returns how many records it has.
fn make(folder: &DataFolder, store: &Store, watch: Watch<'_>) -> Result<u64, StoreError> {
    let next = folder.next();
    remove_folder(&next).map_err(KvError::from)?;
    create_private_folder(&next).map_err(KvError::from)?;
    let mut watch = |what: &str| Ok::<_, StoreError>(watch(what).map_err(KvError::from)?);
    let records = seal_anew(store, &next, &mut watch)?;
    sync_all_in(&next).map_err(KvError::from)?;
    watch("a whole store")?;
    Ok(records)
}

/// Makes a new epoch in a folder, and a store under it in which is all that is in this one. Returns how many records it has.
pub(super) fn seal_anew(
    store: &Store,
    into: &Path,
    watch: &mut dyn FnMut(&str) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let epoch = Epoch::random()
        .and_then(|epoch| epoch.write(&into.join(EPOCH)).map(|()| epoch))
        .map_err(|error| StoreError::Record(error.to_string()))?;
    watch("a new epoch")?;
    let mut kv = SledKv::open(&into.join(STORE))?;
    watch("an empty store")?;
    let records = seal_under(&epoch, store, &mut kv, &mut || watch(MORE))?;
    drop(kv);
    // Until no thread of sled's, which may be late, writes any more.
    drop(SledKv::closed(&into.join(STORE))?);
    Ok(records)
}

/// Seals all that is in this store anew under an epoch, into what is behind the seam and holds nothing; calls `each` after every commit.
/// Returns how many records there are.
///
/// # Errors
/// Those of both seams, what `each` says, and [`StoreError::Record`] if a record cannot be read.
pub fn seal_under(
    epoch: &Epoch,
    store: &Store,
    into: &mut dyn Kv,
    each: &mut dyn FnMut() -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let keys = store.master.derive(epoch);
    let sealer = Sealer::new(&keys.seal, &keys.index);
    reseal::copy(store, into, &sealer, each)
}

/// From here on the new store is the store.
fn mark_ready(folder: &DataFolder, watch: Watch<'_>) -> Result<(), KvError> {
    fs::rename(folder.next(), folder.ready())?;
    sync_folder(folder.root())?;
    Ok(watch("ready")?)
}

/// Puts what is in `ready/` in its place. Whatever a crash has left of an earlier try is taken up where it stands.
fn swap(folder: &DataFolder, watch: Watch<'_>) -> Result<(), KvError> {
    let (root, ready) = (folder.root(), folder.ready());
    if !exists(&ready)? {
        return Ok(());
    }
    let (new_store, new_epoch, old) = (ready.join(STORE), ready.join(EPOCH), ready.join(OLD));
    let (store, epoch) = (folder.store(), folder.epoch());
    let settle = || sync_folder(root).and_then(|()| sync_folder(&ready));
    if exists(&new_store)? {
        if exists(&store)? {
            // A thread of sled's that is late would write into the folder that takes this one's name.
            let _closed = match SledKv::closed(&store) {
                Err(KvError::Io {
                    kind: io::ErrorKind::NotFound,
                    ..
                }) => None,
                closed => Some(closed?),
            };
            remove_folder(&old)?;
            fs::rename(&store, &old)?;
            settle()?;
            watch("the old store is aside")?;
        }
        fs::rename(&new_store, &store)?;
        settle()?;
        watch("the new store is in its place")?;
    }
    if exists(&new_epoch)? {
        overwrite(&epoch)?;
        watch("the old epoch is destroyed")?;
        fs::rename(&new_epoch, &epoch)?;
        settle()?;
        watch("the new epoch is in its place")?;
    }
    if !exists(&store)? || !exists(&epoch)? {
        let why = "a rebuild was cut short and its store or epoch is missing";
        return Err(KvError::Damaged(why.to_owned()));
    }
    remove_folder(&ready)?;
    sync_folder(root)?;
    Ok(watch("the old store is gone")?)
}

/// Destroys a file's bytes where they lie, as far as the disk lets one, and so under every name that they have.
pub(super) fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let mut noise = [0; 32];
    fill_random(&mut noise)?;
    file.write_all(&noise)?;
    file.sync_all()
}

/// "Cannot tell" is an error, never "no".
fn exists(path: &Path) -> Result<bool, KvError> {
    Ok(path.try_exists()?)
}
