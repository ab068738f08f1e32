//! Backups: everything that is kept, in one sealed file that needs the master key and nothing else.
//!
//! Guarantees: a backup stands between two commits; every changed, missing, moved or added byte of it is noticed; a file that bears
//! the name of a backup was restored for a test before, and what came of it was equal. It is made with little memory: a piece
//! of the records and one of what people sent, at a time. Its key comes from the master key and from random bytes at its own
//! beginning, from no epoch: an epoch that is destroyed takes no backup with it, and no backup opens what was deleted before it.
//!
//! Must never: replace a file that is there, give anybody but its owner a right to it, or be kept longer than
//! [`LIFE`](super::erasures::LIFE).
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `samlengB` |
//! | 1 | the version of this form, 1 |
//! | 32 | the salt of its key |
//! | 16 | by which a wrong master key is recognised |
//! | 8 | of the SHA-256 of all before |
//! | the rest | chunks: 1 byte whether it is the last, 4 bytes how long it is, the sealed bytes (`seal`), at most 16 KiB plain |
//!
//! Each chunk is sealed for its place: the beginning, its number, whether it is the last. The chunks together are items, see `item`.
//! The first chunk holds the [`Manifest`] alone, so that a backup's age is known by its first bytes.
//!
//! `stream` seals and opens chunks, `item` is what is in them, `make` writes, `check` reads all of it and touches nothing, `unpack`
//! makes a store of it, `folder` is about many of them.

mod check;
mod folder;
mod item;
mod make;
mod stream;
mod unpack;

use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::MasterKey;
use super::kv::KvError;
use super::vault::StoreError;

pub use check::{Contents, check};
pub use folder::{Kept, name, remove, survey, sweep, sweep_of, temporary};
pub use make::{FromStore, Source, place, take};
pub(super) use unpack::nothing;
pub use unpack::{Unpacked, unpack};

/// Why there is no backup, or why one cannot be used. Each is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The disk refused, or there is no such file. No `source`: whoever prints those as well would say it twice.
    #[error("cannot be read or written: {0}")]
    Io(io::Error),
    /// It does not begin as a backup does.
    #[error("it is no backup of samleng")]
    NoBackup,
    /// A newer program made it.
    #[error("a newer program made it (form {0}); this one knows form 1")]
    Newer(u8),
    /// It was made with another master key.
    #[error("the key is not the one with which this backup was made")]
    WrongKey,
    /// It was changed, cut short, or added to.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// A record of it is not one that this program knows.
    #[error("it cannot be used: {0}")]
    Store(#[from] StoreError),
    /// Its copy in the scratch folder is another.
    #[error("it was restored for a test and was not equal; nothing was kept of it")]
    Unequal,
    /// The records changed too much while they were copied, or the store was closed or rebuilt.
    #[error("the store was closed or changed too much while it was copied")]
    Interrupted,
    /// It was to stop.
    #[error("it was stopped, or took too long")]
    Stopped,
}

impl From<KvError> for BackupError {
    fn from(error: KvError) -> Self {
        Self::Store(error.into())
    }
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl BackupError {
    fn damaged(what: &str) -> Self {
        Self::Damaged(what.to_owned())
    }
}

/// What a backup says of itself at its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was taken, by the bot's clock.
    pub taken_at: Timestamp,
    /// The version of the program that made it.
    pub program: String,
    /// The key under which the store hashed what its keys are made of. It opens nothing.
    index: [u8; 32],
}

/// What a backup says of itself at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many records there are, pointers included.
    pub records: u64,
    /// People.
    pub people: u64,
    /// Concerns, those that were withdrawn included.
    pub concerns: u64,
    /// What people sent.
    pub files: u64,
    /// Files of which there was only a record: the disk had lost them before.
    pub lost: u64,
    /// Of everything: see [`State`].
    pub state: State,
}

/// A hash of a set: equal sets have equal ones, in whatever order they are looked at. It finds mistakes of ours and of disks; forgeries are
/// found by the seal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State([u64; 4]);

impl State {
    /// Adds a record or a file.
    fn add(&mut self, kind: u8, parts: [&[u8]; 3]) {
        use sha2::{Digest as _, Sha256};
        let mut hash = Sha256::new();
        hash.update([kind]);
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let (words, _) = hash.as_chunks::<8>();
        for (sum, word) in self.0.iter_mut().zip(words) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*word));
        }
    }

    fn record(&mut self, key: &[u8], version: u8, plain: &[u8]) {
        self.add(b'r', [key, &[version], plain]);
    }

    fn file(&mut self, name: &str, bytes: &[u8]) {
        self.add(b'f', [name.as_bytes(), bytes, &[]]);
    }
}

impl Summary {
    fn record(&mut self, key: &[u8], version: u8, plain: &[u8]) {
        use super::record::Record as _;
        use crate::dialogue::Person;
        use crate::domain::Concern;
        self.records += 1;
        self.people += u64::from(key.first() == Some(&Person::PREFIX));
        self.concerns += u64::from(key.first() == Some(&Concern::PREFIX));
        self.state.record(key, version, plain);
    }

    fn file(&mut self, name: &str, bytes: &[u8]) {
        self.files += 1;
        self.state.file(name, bytes);
    }
}

/// What the first chunk of a backup says, which it takes the key to know.
///
/// # Errors
/// [`BackupError`].
pub fn manifest(path: &std::path::Path, master: &MasterKey) -> Result<Manifest, BackupError> {
    item::Items::open(path, master).map(|items| items.manifest)
}
