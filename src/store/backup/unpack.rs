//! A backup made into a store again.
//!
//! The store that comes of it is sealed by a key that is in memory only: once it is closed nobody can read it any more. So it can be
//! tried out, or changed before it is sealed anew under an epoch, and nothing of it need be wiped.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::super::folder::{DataFolder, FolderError, fill_random};
use super::super::key::MasterKey;
use super::super::kv::{Batch, Kv as _};
use super::super::seal::{CHECK_KEY, Sealer};
use super::super::sled_kv::SledKv;
use super::super::vault::{Store, StoreError};
use super::item::{Item, Items};
use super::{BackupError, Manifest, State, Summary};

/// How many records share a commit.
const TOGETHER: usize = 256;

/// A store that came out of a backup.
pub struct Unpacked {
    /// When and by whom it was made.
    pub manifest: Manifest,
    /// What was found in it.
    pub summary: Summary,
    /// The store. Nobody can open it again.
    pub store: Store,
    /// Where it is, with `files/`.
    pub folder: DataFolder,
}

/// Makes a store in this folder, which must not be there, in which nothing is: for what is found without a backup. `index` is the key under
/// which the keys of what was found were hashed.
///
/// # Errors
/// [`BackupError`].
pub(in crate::store) fn nothing(
    master: &MasterKey,
    index: &[u8; 32],
    taken_at: Timestamp,
    into: &Path,
) -> Result<Unpacked, BackupError> {
    let folder = made(into)?;
    let mut key = Zeroizing::new([0; 32]);
    fill_random(key.as_mut_slice())?;
    let sealer = Arc::new(Sealer::new(&key, index));
    let kv = SledKv::open(&folder.store())?;
    Ok(Unpacked {
        manifest: Manifest {
            taken_at,
            program: String::new(),
            index: *index,
        },
        summary: Summary::default(),
        store: Store::under(Box::new(kv), master.clone(), sealer)?,
        folder,
    })
}

fn made(into: &Path) -> io::Result<DataFolder> {
    DataFolder::open(into).map_err(|error| match error {
        FolderError::Io { source, .. } => source,
        other @ (FolderError::Open { .. } | FolderError::NotAFolder(_)) => {
            io::Error::other(other.to_string())
        }
    })
}

/// Makes a store of a backup in this folder, which must not be there. What is there afterwards is not durable yet.
///
/// # Errors
/// [`BackupError`]; whatever is left in the folder is worth nothing.
pub fn unpack(
    path: &Path,
    master: &MasterKey,
    into: &Path,
    stop: &dyn Fn() -> bool,
) -> Result<Unpacked, BackupError> {
    let mut items = Items::open(path, master)?;
    let folder = made(into)?;
    let mut key = Zeroizing::new([0; 32]);
    fill_random(key.as_mut_slice())?;
    let sealer = Arc::new(Sealer::new(&key, &items.manifest.index));
    let mut kv = SledKv::open(&folder.store())?;
    let mut summary = Summary::default();
    let mut batch = Batch::new();
    while let Some(item) = items.next()? {
        match item {
            Item::Record {
                key,
                version,
                plain,
            } => {
                summary.record(&key, version, &plain);
                let sealed = sealer.seal(&key, version, &plain);
                batch.put(key, sealed);
                if batch.len() >= TOGETHER {
                    kv.commit(std::mem::take(&mut batch))?;
                    stop_here(stop)?;
                }
            }
            Item::File { name, bytes } => {
                summary.file(&name, &bytes);
                let mut file = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(folder.files().join(&name))?;
                file.write_all(&bytes)?;
                stop_here(stop)?;
            }
            Item::Lost(_) => summary.lost += 1,
        }
    }
    batch.put(CHECK_KEY, sealer.check_value());
    kv.commit(batch)?;
    Ok(Unpacked {
        manifest: items.manifest,
        summary,
        store: Store::under(Box::new(kv), master.clone(), sealer)?,
        folder,
    })
}

impl Unpacked {
    /// What is on the disk, read anew.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn state(&self) -> Result<State, BackupError> {
        let mut state = self.store.state()?;
        for entry in fs::read_dir(self.folder.files())? {
            let entry = entry?;
            let name = entry.file_name();
            state.file(&name.to_string_lossy(), &fs::read(entry.path())?);
        }
        Ok(state)
    }
}

impl Store {
    /// Of every record, pointers included, as they are under the keys of this epoch.
    ///
    /// # Errors
    /// Those of the seam, and [`StoreError::Record`].
    pub fn state(&self) -> Result<State, StoreError> {
        let mut state = State::default();
        let mut after = Vec::new();
        loop {
            let page = self.kv.page(&after, TOGETHER)?;
            let Some((last, _)) = page.last() else {
                return Ok(state);
            };
            after.clone_from(last);
            for (key, sealed) in page.iter().filter(|(key, _)| key != CHECK_KEY) {
                let opened = self.sealer.open(key, sealed);
                let (version, plain) =
                    opened.map_err(|error| StoreError::Record(error.to_string()))?;
                state.record(key, version, &plain);
            }
        }
    }
}

fn stop_here(stop: &dyn Fn() -> bool) -> Result<(), BackupError> {
    if stop() {
        return Err(BackupError::Stopped);
    }
    Ok(())
}
