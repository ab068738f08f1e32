//! What was erased lately, so that a backup from before does not bring it back.
//!
//! The commit that erases something writes a [`Gone`]: a number that grows, when, and a keyed hash of what went. All of them are
//! also kept in a small sealed file, `erasures`, in the folder of the backups, since the data folder may be lost whole.
//!
//! Guarantees: nothing that was erased can be told from an entry without the master key, and with it only by whoever knows what
//! to look for. The file is whole after a crash; what it lacks is written when it is brought up to date the next time, from the
//! store. An entry goes when no backup from before it may be left.
//!
//! Must never: hold a word, a name or an id; drop what it does not understand: a file that does not open is an error, and stays.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chacha20poly1305::aead::KeyInit as _;
use chacha20poly1305::{Key, XChaCha20Poly1305};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::folder::write_private;
use super::key::MasterKey;
use super::seal;
use crate::domain::{ChatId, Receipt};

/// How long a backup lives at most.
pub const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long what was erased is remembered: until the last backup from before is gone, and a day more.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(15 * 24);
const FILE: &str = "erasures";
const VERSION: u8 = 1;

/// Something was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Its number, which no later one has, whatever the clock says.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// Which: a keyed hash.
    pub hash: [u8; 16],
}

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A concern was withdrawn.
    Concern,
    /// What was written for a concern that was withdrawn, while it was a draft.
    Draft,
    /// A person was forgotten.
    Person,
    /// Somebody's role was taken.
    Role,
    /// Somebody is kept no longer for a promise, or does not want to be.
    Voice,
    /// Somebody took the words and photos off what they had said of a promise.
    Said,
    /// Everything about people.
    Everything,
}

/// Why the file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ErasuresError {
    /// The disk refused.
    #[error("cannot use {path}: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// It was changed, or was made with another key.
    #[error("{} was changed, or was made with another key", .0.display())]
    Damaged(PathBuf),
}

impl Gone {
    /// Whether no backup from before may be left.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) > REMEMBERED
    }
}

impl MasterKey {
    /// The hash of a concern that was withdrawn.
    #[must_use]
    pub fn gone_concern(&self, receipt: Receipt) -> [u8; 16] {
        self.erased_hash(b'c', receipt.to_string().as_bytes())
    }

    /// The hash of a draft: by whom, as an internal number, and when it was begun.
    #[must_use]
    pub fn gone_draft(&self, author: u64, begun_at: Timestamp) -> [u8; 16] {
        let begun_at = begun_at.as_nanosecond().to_be_bytes();
        let both = [&author.to_be_bytes()[..], &begun_at].concat();
        self.erased_hash(b'd', &both)
    }

    /// The hash of a person who was forgotten.
    #[must_use]
    pub fn gone_person(&self, chat: ChatId) -> [u8; 16] {
        self.erased_hash(b'p', &chat.0.to_be_bytes())
    }

    /// The hash of a person, by internal number, whose role was taken.
    #[must_use]
    pub fn gone_role(&self, person: u64) -> [u8; 16] {
        self.erased_hash(b'r', &person.to_be_bytes())
    }

    /// The hash of a person, by internal number, who is kept no longer for a promise.
    #[must_use]
    pub fn gone_voice(&self, promise: u64, person: u64) -> [u8; 16] {
        let both = [promise.to_be_bytes(), person.to_be_bytes()].concat();
        self.erased_hash(b'v', &both)
    }

    /// The hash of what the person with this number had said of a promise.
    #[must_use]
    pub fn gone_said(&self, promise: u64, person: u64) -> [u8; 16] {
        let both = [promise.to_be_bytes(), person.to_be_bytes()].concat();
        self.erased_hash(b's', &both)
    }
}

/// What the file in this folder says; nothing if there is no file.
///
/// # Errors
/// [`ErasuresError`].
pub fn read(folder: &Path, master: &MasterKey) -> Result<Option<Vec<Gone>>, ErasuresError> {
    let path = folder.join(FILE);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ErasuresError::Io { path, source }),
        Ok(bytes) => bytes,
    };
    let opened = seal::open_with(&cipher(master), FILE.as_bytes(), &bytes);
    match opened {
        Ok((VERSION, plain)) => {
            let gone = rmp_serde::from_slice(&plain);
            gone.map(Some).map_err(|_| ErasuresError::Damaged(path))
        }
        Ok(_) | Err(_) => Err(ErasuresError::Damaged(path)),
    }
}

/// Whoever writes a file has read it: one after the other, or what one has added is lost by another.
static TURN: Mutex<()> = Mutex::new(());

/// Brings the file in this folder up to date with these: what it has of others stays, until its time is over.
///
/// # Errors
/// [`ErasuresError`].
pub fn keep(
    folder: &Path,
    master: &MasterKey,
    these: &[Gone],
    now: Timestamp,
) -> Result<(), ErasuresError> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = read(folder, master)?;
    let mut all = united([known.clone().unwrap_or_default(), these.to_vec()]);
    all.retain(|gone| !gone.is_over(now));
    // An empty one says that nothing was erased, which none does not.
    if Some(&all) == known.as_ref() {
        return Ok(());
    }
    let path = folder.join(FILE);
    let plain = rmp_serde::to_vec_named(&all).map_err(|error| ErasuresError::Io {
        path: path.clone(),
        source: io::Error::other(error),
    })?;
    let sealed = seal::seal_with(&cipher(master), FILE.as_bytes(), VERSION, &plain);
    write_private(&path, &sealed).map_err(|source| ErasuresError::Io { path, source })
}

/// All of these once, in their order.
#[must_use]
pub fn united(lists: impl IntoIterator<Item = Vec<Gone>>) -> Vec<Gone> {
    let all = lists.into_iter().flatten();
    let once: BTreeMap<_, _> = all
        .map(|gone| ((gone.number, gone.what, gone.hash), gone))
        .collect();
    once.into_values().collect()
}

fn cipher(master: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(<&Key>::from(&*master.erasures_key()))
}
