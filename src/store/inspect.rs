//! A look at a store that nobody has open: whether everything in it can be read.
//!
//! Guarantees: what it finds follows from every record, each opened and understood; no record is changed, nothing is made that was
//! not there, an unfinished rebuild is left as it is.
//!
//! Must never: say what a record holds.

use std::time::Duration;

use super::counted;
use super::folder::DataFolder;
use super::key::{Epoch, MasterKey};
use super::reseal;
use super::sled_kv::SledKv;
use super::vault::{Store, StoreError};
use crate::domain::{Attachment, Whereabouts};

/// A program that is just ending may still have it open.
const WAIT: Duration = Duration::from_secs(1);

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many records there are.
    pub records: u64,
    /// How many files of what people sent are not where their records say.
    pub files_missing: u64,
}

/// Looks at the store of this folder; nothing if there is none.
///
/// # Errors
/// Of the first record that cannot be read; [`super::kv::KvError::Damaged`] also if it is less than was stored; [`StoreError::WrongKey`]; those of [`SledKv::open`], `Locked` while a bot runs.
pub fn inspect(folder: &DataFolder, master: &MasterKey) -> Result<Option<Found>, StoreError> {
    let there = SledKv::exists(&folder.store()).map_err(super::kv::KvError::from)?;
    if !there {
        return Ok(None);
    }
    let epoch = Epoch::load_or_create(&folder.epoch(), true)
        .map_err(|error| StoreError::Record(error.to_string()))?;
    let kv = SledKv::open_within(&folder.store(), WAIT)?;
    let store = Store::unlock_to_read(Box::new(kv), master.clone(), &epoch)?;
    counted::check(&folder.counted(), store.meta()?.next_event)?;
    let records = reseal::read_all(&store)?;
    let missing = |file: &Attachment| match &file.whereabouts {
        Whereabouts::Here(sealed) => !folder.files().join(&sealed.name).exists(),
        Whereabouts::Telegram(_) | Whereabouts::Refused => false,
    };
    let files = store.all::<Attachment>()?;
    let files_missing = files.iter().filter(|file| missing(file)).count() as u64;
    Ok(Some(Found {
        records,
        files_missing,
    }))
}
