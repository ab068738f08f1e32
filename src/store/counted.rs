//! How many events were stored, in a small file beside the store.
//!
//! From some damaged files sled makes, without a word, the store as it was earlier: what was acknowledged since is gone, and nobody
//! learns of it. So each commit says here how far it got, and a store that got less far is not opened ([`super::rebuild::open`]).
//!
//! Guarantees: it is written after the commit is on disk, and so never says more than there is. It is not synced: a power cut may leave
//! what an earlier commit said, and then less is noticed, never too much. A disk that does not take it hinders nobody.
//!
//! Must never: hold anything but a number.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::kv::KvError;

/// Digits, and the end of the line: always of one length, so that it is overwritten where it stands.
const LENGTH: usize = 20;

/// See the module.
pub(super) struct Counted {
    file: File,
    noted: u64,
    failed: bool,
}

/// Whether a store that has so many events is all that was stored.
///
/// # Errors
/// [`KvError::Damaged`] if it is not; those of the disk.
pub(super) fn check(path: &Path, events: u64) -> Result<(), KvError> {
    match read(path)? {
        Some(noted) if noted > events => {
            let why = format!("it holds {events} events, and {noted} were stored");
            Err(KvError::Damaged(why))
        }
        Some(_) | None => Ok(()),
    }
}

/// What was noted; nothing if there is no note, or none that can be read.
fn read(path: &Path) -> io::Result<Option<u64>> {
    match fs::read(path) {
        Ok(note) => Ok(std::str::from_utf8(&note)
            .ok()
            .and_then(|note| note.trim_end().parse().ok())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Counted {
    /// Goes on in this file, with a store that has so many.
    ///
    /// # Errors
    /// Of the disk.
    pub(super) fn begin(path: &Path, events: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600);
        let mut counted = Self {
            file: options.open(path)?,
            noted: 0,
            failed: false,
        };
        counted.note(events);
        Ok(counted)
    }

    /// So many are on disk.
    pub(super) fn note(&mut self, events: u64) {
        if events <= self.noted {
            return;
        }
        self.noted = events;
        let note = format!("{events:0width$}\n", width = LENGTH - 1);
        if let Err(error) = self.file.write_all_at(note.as_bytes(), 0)
            && !std::mem::replace(&mut self.failed, true)
        {
            log::warn!("how many events were stored cannot be noted: {error}");
        }
    }
}
