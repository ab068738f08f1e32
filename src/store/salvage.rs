//! What a store that cannot be opened still gives, brought together with a backup.
//!
//! A record is sealed for its place, so one that opens is genuine, wherever it was found. What cannot be seen of it is whether a newer one
//! was lost. So it takes the place of one in the backup only where the file itself shows that it came after it: where the backup's
//! is found among those before. It never comes back where the file shows that it was removed after the backup.
//!
//! Guarantees: nothing is changed in the damaged folder; of two versions of a record whose order is unknown the backup's stays,
//! and is counted; what is known to have been there and is not found is told.
//!
//! Must never: open the damaged store by sled, which would overwrite what it takes for torn.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use jiff::Timestamp;

use super::backup::{BackupError, Unpacked, nothing};
use super::folder::{DataFolder, create_private_folder};
use super::key::{Epoch, MasterKey};
use super::kv::{Batch, Kv as _, KvError};
use super::memory_kv::MemoryKv;
use super::record::{self, Meta, ReceiptOf, Record as _};
use super::restore::{self, Alone};
use super::seal::{CHECK_KEY, SealError};
use super::vault::{Store, StoreError};
use super::{files, pointer, reseal, sled_log};
use crate::dialogue::Person;
use crate::domain::{Attachment, Concern, Endorsement, Past, Role, Whereabouts, audit};

/// The version of a record, and its bytes.
type Plain = (u8, Vec<u8>);

/// What became of a record at some moment.
#[derive(PartialEq, Eq)]
enum Found {
    Removed,
    Whole(Plain),
    /// It does not open: a piece of it is missing.
    Part,
}

/// What a damaged store still gives.
pub struct Salvage {
    /// The newest of each, as far as it opens. In memory.
    store: Store,
    found: BTreeMap<Vec<u8>, Vec<Found>>,
}

/// People and concerns among some records, and how many there are in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// People.
    pub people: u64,
    /// Concerns.
    pub concerns: u64,
    /// Records of every kind.
    pub records: u64,
}

/// What came from where, and what is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Only in the backup.
    pub only_backup: Counts,
    /// Only in the damaged store.
    pub only_store: Counts,
    /// The same in both.
    pub same: Counts,
    /// Changed since the backup, as the damaged store shows.
    pub newer: Counts,
    /// Another in the backup, and nothing shows which is newer: as in the backup.
    pub unsure: Counts,
    /// Removed since the backup, as the damaged store shows.
    pub removed: Counts,
    /// Found in the damaged store, and not whole.
    pub parts: Counts,
    /// Files of what people sent that are there.
    pub files: u64,
    /// Those of them that came from the damaged folder.
    pub files_from_store: u64,
    /// Those that are not there, or not whole.
    pub files_missing: u64,
    /// Concerns that are known to have been there, by internal number, and are not found.
    pub concerns_missing: Vec<u64>,
}

impl Counts {
    fn add(&mut self, key: &[u8]) {
        self.records += 1;
        self.people += u64::from(key.first() == Some(&Person::PREFIX));
        self.concerns += u64::from(key.first() == Some(&Concern::PREFIX));
    }
}

impl Salvage {
    /// Reads what is in the folder's store, record by record.
    ///
    /// # Errors
    /// Of the disk; [`StoreError::WrongKey`]; [`StoreError::Record`] if there is no epoch, or nothing that opens.
    pub fn read(folder: &DataFolder, master: &MasterKey) -> Result<Self, StoreError> {
        let epoch = Epoch::load_or_create(&folder.epoch(), true)
            .map_err(|error| StoreError::Record(error.to_string()))?;
        let log = fs::read(folder.store().join("db")).map_err(KvError::from)?;
        let mut values = sled_log::values(&log);
        let store = Store::unlock(Box::new(MemoryKv::new()), master.clone(), &epoch)?;
        let sealer = &store.sealer;
        let check = values.remove(CHECK_KEY).and_then(|mut check| check.pop()?);
        if check.is_some_and(|check| sealer.verify(&check) == Err(SealError::WrongKey)) {
            return Err(StoreError::WrongKey);
        }
        let mut found: BTreeMap<Vec<u8>, Vec<Found>> = BTreeMap::new();
        let mut newest = Batch::new();
        for (key, versions) in values {
            if let Some(Some(last)) = versions.last()
                && sealer.open(&key, last).is_ok()
            {
                newest.put(key.clone(), last.clone());
            }
            let versions = versions.into_iter().map(|version| match version {
                None => Found::Removed,
                Some(sealed) => sealer.open(&key, &sealed).map_or(Found::Part, Found::Whole),
            });
            let versions = versions.collect();
            found.insert(key, versions);
        }
        if newest.is_empty() {
            let why = "nothing that is in it can be read with this key";
            return Err(StoreError::Record(why.to_owned()));
        }
        let mut store = store;
        store.kv.commit(newest)?;
        Ok(Self { store, found })
    }

    /// People, concerns, and records in all that can be read.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        for (key, _) in self.store.kv.range(&[])? {
            if key != CHECK_KEY && !pointer::PREFIXES.contains(&key[0]) {
                counts.add(&key);
            }
        }
        Ok(counts)
    }

    /// What can be read.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// When something was done last, as far as it can be read.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn newest(&self) -> Result<Timestamp, StoreError> {
        let entries = self.store.all::<audit::Entry>()?.into_iter();
        let concerns = self.store.all::<Concern>()?.into_iter();
        let times = entries
            .map(|entry| entry.at)
            .chain(concerns.map(|concern| concern.submitted_at));
        Ok(times.max().unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// A store of nothing, to bring all of this into where there is no backup.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn begin(&self, alone: &Alone<'_>) -> Result<Unpacked, BackupError> {
        let scratch = alone.folder().scratch();
        restore::clear(alone.folder())?;
        create_private_folder(&scratch)?;
        let index = self.store.sealer.index_key();
        nothing(
            self.store.master(),
            index,
            self.newest()?,
            &scratch.join("unpacked"),
        )
    }

    /// Brings what was found into what came out of a backup. `damaged` is where it was found, for its files.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn bring_into(
        &self,
        unpacked: &mut Unpacked,
        damaged: &DataFolder,
    ) -> Result<Report, BackupError> {
        let mut report = Report::default();
        self.records(&mut unpacked.store, &mut report)?;
        self.files(unpacked, damaged, &mut report)?;
        self.missing(&unpacked.store, &mut report)?;
        Ok(report)
    }

    fn records(&self, into: &mut Store, report: &mut Report) -> Result<(), StoreError> {
        let (mut taken, mut goes) = (Batch::new(), Batch::new());
        // By their keys in the backup.
        let mut in_both = BTreeSet::new();
        for (key, versions) in &self.found {
            if pointer::PREFIXES.contains(&key[0]) {
                if let Some(sealed) = self.store.kv.get(key)? {
                    taken.put(key.clone(), sealed);
                }
                continue;
            }
            // It lies in one place whatever it says.
            let says = versions.iter().rev().find_map(|version| match version {
                Found::Whole((version, plain)) => Some((*version, plain.as_slice())),
                Found::Removed | Found::Part => None,
            });
            let place = match says {
                Some(says) => reseal::place(&into.sealer, key, says)?,
                None => None,
            };
            let (Some(place), Some(last)) = (place, versions.last()) else {
                if versions.last() == Some(&Found::Part) {
                    report.parts.add(key);
                }
                continue;
            };
            if *key == record::meta().bytes {
                continue;
            }
            let backed_up = into.opened(&place)?;
            let came_before = |backed_up: &Plain| {
                versions
                    .iter()
                    .any(|v| matches!(v, Found::Whole(plain) if plain == backed_up))
            };
            let counts = match (last, &backed_up) {
                (Found::Whole(plain), Some(backed_up)) if plain == backed_up => &mut report.same,
                (Found::Whole(_), None) => {
                    self.take(key, &mut taken)?;
                    &mut report.only_store
                }
                (Found::Whole(_), Some(backed_up)) if came_before(backed_up) => {
                    self.take(key, &mut taken)?;
                    &mut report.newer
                }
                (Found::Removed, Some(backed_up)) if came_before(backed_up) => {
                    goes.delete(place.clone());
                    &mut report.removed
                }
                (Found::Removed, None) => continue,
                (Found::Part, None) => &mut report.parts,
                (Found::Whole(_) | Found::Removed | Found::Part, Some(_)) => &mut report.unsure,
            };
            counts.add(key);
            in_both.insert(place);
        }
        for (key, _) in into.kv.range(&[])? {
            let is_record = key != CHECK_KEY && key != record::meta().bytes;
            if is_record && !pointer::PREFIXES.contains(&key[0]) && !in_both.contains(&key) {
                report.only_backup.add(&key);
            }
        }
        let meta = self.meta(into)?;
        into.kv.commit(goes)?;
        let mut from = MemoryKv::new();
        from.commit(taken)?;
        let sealer = self.store.sealer.clone();
        let from = Store::under(Box::new(from), self.store.master.clone(), sealer)?;
        let sealer = into.sealer.clone();
        reseal::copy(&from, &mut into.kv, &sealer, &mut || Ok(()))?;
        into.point_again(&meta)
    }

    fn take(&self, key: &[u8], taken: &mut Batch) -> Result<(), StoreError> {
        if let Some(sealed) = self.store.kv.get(key)? {
            taken.put(key, sealed);
        }
        Ok(())
    }

    /// The newer of both, by the events that are counted in it. Erasures are counted from where the backup's ends: they are done again.
    fn meta(&self, into: &Store) -> Result<Meta, StoreError> {
        let found = self.store.meta()?;
        let Some(backed_up) = into.get(&record::meta())? else {
            return Ok(found);
        };
        let next_erasure = backed_up.next_erasure;
        let newer = if found.next_event > backed_up.next_event {
            found
        } else {
            backed_up
        };
        let people = self.store.all::<Person>()?;
        let mut people = people.iter();
        let has_owner = newer.has_owner || people.any(|p| p.role == Some(Role::Owner));
        Ok(Meta {
            next_erasure,
            has_owner,
            ..newer
        })
    }

    fn files(
        &self,
        unpacked: &Unpacked,
        damaged: &DataFolder,
        report: &mut Report,
    ) -> Result<(), BackupError> {
        for attachment in unpacked.store.all::<Attachment>()? {
            let Whereabouts::Here(sealed) = &attachment.whereabouts else {
                continue;
            };
            if files::read(&unpacked.folder, sealed).is_ok() {
                report.files += 1;
                continue;
            }
            match files::sealed_bytes(damaged, sealed) {
                Ok(bytes) => {
                    write(&unpacked.folder, &sealed.name, &bytes)?;
                    report.files += 1;
                    report.files_from_store += 1;
                }
                Err(_) => report.files_missing += 1,
            }
        }
        Ok(())
    }

    /// What speaks of a concern knows that it was there.
    fn missing(&self, merged: &Store, report: &mut Report) -> Result<(), StoreError> {
        let there: BTreeSet<u64> = merged.all::<Concern>()?.iter().map(|c| c.id).collect();
        let receipts = self.store.all::<ReceiptOf>()?;
        let mut known: BTreeSet<u64> = receipts.into_iter().map(|receipt| receipt.0).collect();
        known.extend(merged.all::<Attachment>()?.iter().map(|file| file.concern));
        for prefix in [Endorsement::PREFIX, Past::PREFIX] {
            let beside = merged.kv.range(&[prefix])?;
            known.extend(beside.iter().filter_map(|(key, _)| record::first_id(key)));
        }
        let found = self.found.iter().filter(|(key, versions)| {
            key.first() == Some(&Concern::PREFIX) && versions.last() != Some(&Found::Removed)
        });
        known.extend(found.filter_map(|(key, _)| record::first_id(key)));
        report.concerns_missing = known.difference(&there).copied().collect();
        Ok(())
    }
}

/// A file among those that are to be restored. It is made durable with all of them.
fn write(folder: &DataFolder, name: &str, bytes: &[u8]) -> io::Result<()> {
    // One that is there does not open.
    let mut new = OpenOptions::new();
    let new = new.write(true).create(true).truncate(true).mode(0o600);
    new.open(folder.files().join(name))?.write_all(bytes)
}
