//! The seam: the few calls through which everything above reads and writes.
//!
//! Guarantees, of every implementer: a batch is applied as a whole or not at all; when `commit`
//! returns `Ok` the batch is on the disk; reads show every commit that returned `Ok`.
//!
//! After any error but [`KvError::TooLarge`] the store is *final*: every later call fails too, until
//! it is dropped and opened again. Nothing is retried inside: after a failed fsync the kernel may
//! have dropped the pages, and a second fsync that says `Ok` would lie. A commit that failed
//! may be found applied, as a whole, after reopening; the caller must be able to apply it again.
//!
//! Must never: know what a key or a value means.

use std::collections::BTreeMap;
use std::io;

/// The longest value, in bytes.
pub const MAX_VALUE: usize = 64 * 1024;

/// The longest key, in bytes. Sled's index pages hold up to 256 keys and must stay under 128 KiB.
pub const MAX_KEY: usize = 256;

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KvError {
    /// Another process, or another handle of this one, has the store open.
    #[error("the store is open elsewhere")]
    Locked,
    /// What is on the disk is not a store, or not a whole one, or sled gave up on it.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The disk refused.
    #[error("the store's disk failed: {detail}")]
    Io {
        /// What kind of refusal: `StorageFull`, `ReadOnlyFilesystem` ...
        kind: io::ErrorKind,
        /// The refusal in words. It holds no key and no value.
        detail: String,
    },
    /// A value of the batch is longer than [`MAX_VALUE`], or a key than [`MAX_KEY`]. Nothing was
    /// written; the store is as usable as before.
    #[error("a key or value of {0} bytes is too long to store")]
    TooLarge(usize),
}

impl KvError {
    /// Whether the store must be dropped and opened again before anything else works.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::TooLarge(_) => false,
            Self::Locked | Self::Damaged(_) | Self::Io { .. } => true,
        }
    }
}

impl From<io::Error> for KvError {
    fn from(error: io::Error) -> Self {
        Self::Io {
            kind: error.kind(),
            detail: error.to_string(),
        }
    }
}

/// Puts and deletes that become durable together. The last word on a key wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `key` to `value`, over what the batch said of it before.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.writes.insert(key.into(), Some(value.into()));
    }

    /// Removes `key`, over what the batch said of it before. Removing what is not there is no error.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) {
        self.writes.insert(key.into(), None);
    }

    /// What the batch says of `key`: `None` nothing, `Some(None)` delete, `Some(Some(value))` put.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        self.writes.get(key).map(Option::as_deref)
    }

    /// Whether it writes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// How many keys it writes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Each key once, in key order, with its new value or `None` for a delete.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.writes
            .iter()
            .map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    /// Checks the length of every key and value.
    ///
    /// # Errors
    /// [`KvError::TooLarge`] with the length in bytes of the first that is too long.
    pub fn check(&self) -> Result<(), KvError> {
        for (key, value) in &self.writes {
            let value = value.as_ref().map_or(0, Vec::len);
            if key.len() > MAX_KEY {
                return Err(KvError::TooLarge(key.len()));
            }
            if value > MAX_VALUE {
                return Err(KvError::TooLarge(value));
            }
        }
        Ok(())
    }
}

impl IntoIterator for Batch {
    type Item = (Vec<u8>, Option<Vec<u8>>);
    type IntoIter = std::collections::btree_map::IntoIter<Vec<u8>, Option<Vec<u8>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.writes.into_iter()
    }
}

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// An ordered map from bytes to bytes with one writer and durable batches.
pub trait Kv: Send {
    /// The value of `key`, if there is one.
    ///
    /// # Errors
    /// [`KvError::Io`] or [`KvError::Damaged`]; both are final.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError>;

    /// All pairs whose key begins with `prefix`, in key order: a copy, hence a snapshot when taken
    /// by the one writer between commits. The empty prefix gives everything.
    ///
    /// # Errors
    /// [`KvError::Io`] or [`KvError::Damaged`]; both are final.
    fn range(&self, prefix: &[u8]) -> Result<Vec<Pair>, KvError>;

    /// Up to `at_most` pairs in key order, from the first key after this one on: to go through
    /// everything without holding everything. No key is empty, so the empty one gives the first.
    ///
    /// # Errors
    /// [`KvError::Io`] or [`KvError::Damaged`]; both are final.
    fn page(&self, after: &[u8], at_most: usize) -> Result<Vec<Pair>, KvError>;

    /// How many bytes it takes on a disk, where it is on one that can tell.
    fn on_disk(&self) -> Option<u64> {
        None
    }

    /// Applies the batch. Atomic, and durable once it returns `Ok`.
    ///
    /// # Errors
    /// [`KvError::TooLarge`] before anything is written; [`KvError::Io`] or [`KvError::Damaged`],
    /// which are final, and after which the batch may or may not be found applied.
    fn commit(&mut self, batch: Batch) -> Result<(), KvError>;
}
