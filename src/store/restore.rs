//! Restoring: a store from a backup takes the place of the one in the data folder.
//!
//! | in the data folder | what it is |
//! |---|---|
//! | `scratch/` | the backup, unpacked under a key that is in memory only |
//! | `restoring/` | the new store, its epoch and files in the making |
//! | `restored/` | the same, whole and fsynced: one rename made it so; whoever opens the store finishes what it began |
//! | `before-<seconds>/` | what was there before, whole |
//!
//! Guarantees: a crash at any instant leaves the old store or the new one, whole; [`finish`] gives that, and
//! [`rebuild::open`] calls it. Until `restored/` nothing that was there is touched. What was there before is
//! put aside, not destroyed, and has its end as a backup has.
//!
//! Must never: run beside a bot; let anything of a backup be in the new store that was erased since.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::backup::{BackupError, Unpacked, unpack};
use super::erasures::LIFE;
use super::folder::{DataFolder, create_private_folder, remove_folder, sync_folder, write_private};
use super::key::MasterKey;
use super::kv::KvError;
use super::rebuild::{self, Watch};
use super::sled_kv::{SledKv, Turn, sync_all_in};
use super::vault::StoreError;

/// What goes aside, and what takes its place.
const PARTS: [&str; 8] = [
    LINK, READY, NEXT, COUNTED, "store", "epoch", "files", "alive",
];
/// What a rebuild that could not be finished has left; it would take the place of what is restored.
const READY: &str = "ready";
const NEXT: &str = "next";
/// It is made anew when the bot starts, if it is needed.
const LINK: &str = "owner-link";
/// It speaks of the store that was there.
const COUNTED: &str = "counted";
/// After so long Telegram has not kept everything.
const ABSENCE: SignedDuration = SignedDuration::from_mins(24 * 60 + 1);
/// What the folder is called in which what was there goes aside, before the second in which that was.
const ASIDE: &str = "before-";

/// A data folder that nobody else can open while this is there.
pub struct Alone<'f> {
    folder: &'f DataFolder,
    _turn: Turn,
    _closed: Option<Turn>,
}

impl Alone<'_> {
    /// The folder.
    pub(super) fn folder(&self) -> &DataFolder {
        self.folder
    }
}

/// Keeps everybody else out of the data folder.
///
/// # Errors
/// [`KvError::Locked`] while a bot or another command uses it.
pub fn alone(folder: &DataFolder) -> Result<Alone<'_>, BackupError> {
    let turn = SledKv::turn(&folder.store())?;
    let is_there = exists(&folder.store().join("db"))?;
    let closed = is_there.then(|| SledKv::closed(&folder.store()));
    Ok(Alone {
        folder,
        _turn: turn,
        _closed: closed.transpose()?,
    })
}

/// Unpacks a backup in the data folder, to be changed and then put in its place by [`settle`]. Nothing that is there is touched.
///
/// # Errors
/// [`BackupError`].
pub fn begin(alone: &Alone<'_>, path: &Path, master: &MasterKey) -> Result<Unpacked, BackupError> {
    let folder = alone.folder;
    clear(folder)?;
    create_private_folder(&folder.scratch())?;
    unpack(path, master, &folder.scratch().join("unpacked"), &|| false)
}

/// Puts what was unpacked, and changed since, in its place, sealed anew under a new epoch. What was there goes aside, into the
/// folder whose path this returns, if there was anything.
///
/// # Errors
/// [`BackupError`]. Before `restored/` is there, everything is as it was.
pub fn settle(
    alone: &Alone<'_>,
    unpacked: Unpacked,
    now: Timestamp,
) -> Result<Option<PathBuf>, BackupError> {
    settle_watched(alone, unpacked, now, &mut |_| Ok(()))
}

/// [`settle`], watched.
///
/// # Errors
/// As [`settle`].
pub fn settle_watched(
    alone: &Alone<'_>,
    unpacked: Unpacked,
    now: Timestamp,
    watch: Watch<'_>,
) -> Result<Option<PathBuf>, BackupError> {
    let folder = alone.folder;
    let Unpacked {
        manifest,
        store,
        folder: scratch,
        ..
    } = unpacked;
    let new = folder.restoring();
    let mut second = now.as_second();
    while exists(&folder.root().join(format!("{ASIDE}{second}")))? {
        second += 1;
    }
    let aside = format!("{ASIDE}{second}");
    let place = folder.root().join(&aside);
    create_private_folder(&new)?;
    rebuild::seal_anew(&store, &new, &mut |what| {
        Ok(watch(what).map_err(KvError::from)?)
    })?;
    drop(store);
    fs::rename(scratch.files(), new.join("files"))?;
    // Whoever was in the middle of something is told that what they sent since may be missing, however short that was.
    let alive = manifest.taken_at.min(now - ABSENCE);
    let alive = format!("{alive}\n");
    write_private(&new.join("alive"), alive.as_bytes())?;
    create_private_folder(&new.join(&aside))?;
    sync_all_in(&new)?;
    remove_folder(&folder.scratch())?;
    watch("a whole folder")?;
    fs::rename(&new, folder.restored())?;
    sync_folder(folder.root())?;
    watch("restored")?;
    swap(folder, watch)?;
    Ok(exists(&place)?.then_some(place))
}

/// Finishes a restore that a crash has cut short after the new store was whole. To be called before anything looks for the store;
/// [`rebuild::finish`] does.
///
/// # Errors
/// Those of the disk; [`KvError::Locked`] while another process is about it. It can be called again.
pub fn finish(folder: &DataFolder) -> Result<(), StoreError> {
    if !exists(&folder.restored()).map_err(KvError::from)? {
        return Ok(());
    }
    let _turn = SledKv::turn(&folder.store())?;
    Ok(swap(folder, &mut |_| Ok(())).map_err(KvError::from)?)
}

/// Puts what is in `restored/` in its place. Whatever a crash has left of an earlier try is taken up where it stands.
fn swap(folder: &DataFolder, watch: Watch<'_>) -> io::Result<()> {
    let (root, restored) = (folder.root(), folder.restored());
    if !exists(&restored)? {
        return Ok(());
    }
    for aside in asides(&restored)? {
        for part in PARTS {
            let (old, new, before) = (root.join(part), restored.join(part), aside.join(part));
            let comes = exists(&new)?;
            if exists(&old)? && (comes || [LINK, READY, NEXT, COUNTED].contains(&part)) {
                fs::rename(&old, &before)?;
                sync_folder(&aside)?;
                sync_folder(root)?;
                watch("a part is aside")?;
            }
            if comes {
                fs::rename(&new, &old)?;
                sync_folder(&restored)?;
                sync_folder(root)?;
                watch("a part is in its place")?;
            }
        }
        // An empty folder of files stands also where nothing ever was.
        let _ = fs::remove_dir(aside.join("files"));
        match fs::read_dir(&aside)?.next() {
            Some(_) => fs::rename(&aside, root.join(aside.file_name().unwrap_or_default()))?, // it has one
            None => fs::remove_dir(&aside)?,
        }
        sync_folder(root)?;
        watch("what was there is aside")?;
    }
    remove_folder(&restored)?;
    sync_folder(root)?;
    watch("the new store is there")
}

/// Removes what was put aside so long ago that a backup from then would have had its end.
///
/// # Errors
/// Of the disk.
pub fn sweep(folder: &DataFolder, now: Timestamp) -> io::Result<usize> {
    let mut swept = 0;
    for aside in asides(folder.root())? {
        let name = aside
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let second = name
            .strip_prefix(ASIDE)
            .and_then(|second| second.parse().ok());
        let since = second.and_then(|second| Timestamp::from_second(second).ok());
        if since.is_some_and(|since| now.duration_since(since) >= LIFE) {
            rebuild::overwrite(&aside.join("epoch"))?;
            fs::remove_dir_all(&aside)?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// Removes what is in the making, and was in the making when a crash came.
///
/// # Errors
/// Of the disk.
pub fn clear(folder: &DataFolder) -> io::Result<()> {
    remove_folder(&folder.scratch())?;
    remove_folder(&folder.restoring())
}

/// The folders with what was put aside.
fn asides(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(ASIDE) && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// "Cannot tell" is an error, never "no".
fn exists(path: &Path) -> io::Result<bool> {
    path.try_exists()
}
