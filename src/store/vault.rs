//! The store as the rest of the program sees it: typed records, sealed, behind the seam.

use std::sync::Arc;

use super::key::{Epoch, MasterKey};
use super::kv::{Batch, Kv, KvError, Pair};
use super::record::{self, Key, Meta, Record};
use super::seal::{CHECK_KEY, SealError, Sealer};
use crate::digest::Records;
use crate::domain::{Concern, Organisation};

/// Why the store does not do as told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk, or what sled makes of it. Unless it is about one value's size, the store must be opened anew.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// It was closed after a failure and is not open yet.
    #[error("the store is closed")]
    Closed,
    /// The key is not the one with which the store was made.
    #[error("the key is not the one with which this data folder was made")]
    WrongKey,
    /// A record is damaged, or was written by a newer program.
    #[error("a stored record cannot be read: {0}")]
    Record(String),
}

impl StoreError {
    /// Whether nothing can be read or written until the store is opened again.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Kv(error) => error.is_final(),
            Self::WrongKey | Self::Closed => true,
            Self::Record(_) => false,
        }
    }
}

/// An open store.
pub struct Store {
    pub(super) kv: Box<dyn Kv>,
    pub(super) sealer: Arc<Sealer>,
    master: MasterKey,
}

impl Store {
    /// Unlocks what is behind the seam; a store that is still empty is marked with this key.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], and those of the seam.
    pub fn unlock(
        mut kv: Box<dyn Kv>,
        master: MasterKey,
        epoch: &Epoch,
    ) -> Result<Self, StoreError> {
        let keys = master.derive(epoch);
        let sealer = Arc::new(Sealer::new(&keys.seal, &keys.index));
        match kv.get(CHECK_KEY)? {
            Some(stored) => sealer.verify(&stored).map_err(|error| match error {
                SealError::WrongKey => StoreError::WrongKey,
                SealError::TooShort | SealError::Forged => StoreError::Record(error.to_string()),
            })?,
            None => {
                let mut batch = Batch::new();
                batch.put(CHECK_KEY, sealer.check_value());
                kv.commit(batch)?;
            }
        }
        Ok(Self { kv, sealer, master })
    }

    /// The record under this key.
    ///
    /// # Errors
    /// Those of the seam, and [`StoreError::Record`].
    pub fn get<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, StoreError> {
        match self.kv.get(&key.bytes)? {
            Some(sealed) => open(&self.sealer, &key.bytes, &sealed).map(Some),
            None => Ok(None),
        }
    }

    /// Whether there is a record under this key.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn has<R: Record>(&self, key: &Key<R>) -> Result<bool, StoreError> {
        Ok(self.kv.get(&key.bytes)?.is_some())
    }

    /// What there is once.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn meta(&self) -> Result<Meta, StoreError> {
        Ok(self.get(&record::meta())?.unwrap_or_default())
    }

    /// All records of a kind, in the order of their keys.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn all<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        self.sealed::<R>()?
            .iter()
            .map(|(key, sealed)| open(&self.sealer, key, sealed))
            .collect()
    }

    fn sealed<R: Record>(&self) -> Result<Vec<Pair>, StoreError> {
        Ok(self.kv.range(&[R::PREFIX])?)
    }

    /// What a digest needs, still sealed: to copy it takes little time, to open it can be done elsewhere.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot {
            sealer: Arc::clone(&self.sealer),
            concerns: self.sealed::<Concern>()?,
            organisations: self.sealed::<Organisation>()?,
        })
    }

    /// Makes a finished stage durable. Nothing of it is there if this fails, or all of it.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        Ok(self.kv.commit(batch)?)
    }

    /// The code of the owner's link with this counter.
    pub(super) fn owner_code(&self, counter: u64) -> String {
        self.master.owner_code(counter)
    }

    /// The open owner's link, `https://t.me/<bot>?start=<code>`. Where nobody is owner yet, or a fresh one is wanted,
    /// one is opened first. Nothing before the bot's username is known.
    ///
    /// # Errors
    /// As [`Store::get`] and [`Store::commit`].
    pub fn owner_link(&mut self, fresh: bool) -> Result<Option<String>, StoreError> {
        let mut meta = self.meta()?;
        let missing = !meta.has_owner && meta.owner_link.is_none();
        if fresh || missing {
            meta.owner_link = Some(meta.next_owner_link);
            meta.next_owner_link += 1;
            self.put_meta(&meta)?;
        }
        let code = meta.owner_link.map(|counter| self.owner_code(counter));
        Ok(meta
            .username
            .zip(code)
            .map(|(username, code)| format!("https://t.me/{username}?start={code}")))
    }

    /// Keeps the bot's username, for links.
    ///
    /// # Errors
    /// As [`Store::get`] and [`Store::commit`].
    pub fn keep_username(&mut self, username: &str) -> Result<(), StoreError> {
        let meta = self.meta()?;
        if meta.username.as_deref() == Some(username) {
            return Ok(());
        }
        self.put_meta(&Meta {
            username: Some(username.to_owned()),
            ..meta
        })
    }

    fn put_meta(&mut self, meta: &Meta) -> Result<(), StoreError> {
        let key = record::meta();
        let plain = record::encode(meta).map_err(|error| StoreError::Record(error.to_string()))?;
        let mut batch = Batch::new();
        batch.put(
            key.bytes.clone(),
            self.sealer.seal(&key.bytes, Meta::VERSION, &plain),
        );
        self.commit(batch)
    }
}

fn open<R: Record>(sealer: &Sealer, key: &[u8], sealed: &[u8]) -> Result<R, StoreError> {
    let (version, bytes) = sealer
        .open(key, sealed)
        .map_err(|error| StoreError::Record(error.to_string()))?;
    record::decode(version, &bytes).map_err(StoreError::Record)
}

/// Records as they were at one moment between two commits.
pub struct Snapshot {
    sealer: Arc<Sealer>,
    concerns: Vec<Pair>,
    organisations: Vec<Pair>,
}

impl Snapshot {
    /// Opens every record.
    ///
    /// # Errors
    /// [`StoreError::Record`].
    pub fn open(&self) -> Result<Records, StoreError> {
        let concerns = self
            .concerns
            .iter()
            .map(|(key, sealed)| open(&self.sealer, key, sealed));
        let organisations = self
            .organisations
            .iter()
            .map(|(key, sealed)| open(&self.sealer, key, sealed));
        Ok(Records {
            concerns: concerns.collect::<Result<_, _>>()?,
            organisations: organisations
                .map(|organisation| organisation.map(|known: Organisation| (known.id, known)))
                .collect::<Result<_, _>>()?,
        })
    }
}
