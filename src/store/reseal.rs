//! Every record of one store, sealed anew for another that has keys of its own.
//!
//! Guarantees: what is copied reads equal; it is copied whole or the copy is an error. Records whose keys hold a keyed
//! hash come to lie under the new hash, pointers are made anew from the records.
//!
//! Must never: pass over a record. One that is of no known kind, cannot be read, or lies where it does not belong ends
//! the copy: the store that is there is worth more than one that lacks something.

use super::kind::{self, Each};
use super::kv::{Batch, Kv, KvError, Pair};
use super::pointer::{self, Pointed};
use super::record::{self, Key, LAYOUT, Meta, Record, Shown};
use super::seal::{CHECK_KEY, Sealer};
use super::vault::{Store, StoreError, open};
use crate::dialogue::Person;
use crate::domain::{Attachment, Concern, Organisation, Report};

/// How many records share a commit: at most 16 MiB, and about 200 KiB as they mostly are.
const TOGETHER: usize = 256;

/// Copies everything and calls `each` after every commit. Returns how many records there are, pointers not counted.
///
/// The value by which a wrong key is recognised is written last: without it the copy is none.
///
/// # Errors
/// Those of both seams, what `each` says, and [`StoreError::Record`].
pub(super) fn copy(
    from: &Store,
    to: &mut dyn Kv,
    sealer: &Sealer,
    each: &mut dyn FnMut() -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let mut count = 0;
    let mut after = Vec::new();
    loop {
        let page = from.kv.page(&after, TOGETHER)?;
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        let mut copy = Copy {
            from,
            to,
            sealer,
            batch: Batch::new(),
        };
        for (key, sealed) in &page {
            count += u64::from(copy.take(key, sealed)?);
        }
        let batch = copy.batch;
        to.commit(batch)?;
        each()?;
    }
    let mut last = Batch::new();
    last.put(CHECK_KEY, sealer.check_value());
    to.commit(last)?;
    each()?;
    Ok(count)
}

/// Reads everything as [`copy`] does, and keeps nothing of it. Returns how many records there are.
///
/// # Errors
/// As [`copy`].
pub(super) fn read_all(from: &Store) -> Result<u64, StoreError> {
    copy(from, &mut Nowhere, &from.sealer, &mut || Ok(()))
}

/// Where a record comes to lie under other keys; nothing for what is made anew from the records.
///
/// # Errors
/// As [`copy`].
pub(super) fn place(
    sealer: &Sealer,
    key: &[u8],
    (version, plain): (u8, &[u8]),
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(prefix) = key.first().filter(|_| key != CHECK_KEY) else {
        return Ok(None);
    };
    match *prefix {
        Person::PREFIX => {
            let person: Person = record::decode(version, plain).map_err(StoreError::Record)?;
            Ok(Some(record::person(sealer, person.chat).bytes))
        }
        Shown::PREFIX => {
            let shown: Shown = record::decode(version, plain).map_err(StoreError::Record)?;
            Ok(Some(record::shown(sealer, shown.chat).bytes))
        }
        prefix if pointer::PREFIXES.contains(&prefix) => Ok(None),
        _ => Ok(Some(key.to_vec())),
    }
}

/// Forgets what it is given.
struct Nowhere;

impl Kv for Nowhere {
    fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        Ok(None)
    }

    fn range(&self, _: &[u8]) -> Result<Vec<Pair>, KvError> {
        Ok(Vec::new())
    }

    fn page(&self, _: &[u8], _: usize) -> Result<Vec<Pair>, KvError> {
        Ok(Vec::new())
    }

    fn commit(&mut self, batch: Batch) -> Result<(), KvError> {
        batch.check()
    }
}

struct Copy<'c> {
    from: &'c Store,
    to: &'c dyn Kv,
    sealer: &'c Sealer,
    batch: Batch,
}

impl Copy<'_> {
    /// Takes in what lies under a key; whether it is a record.
    fn take(&mut self, key: &[u8], sealed: &[u8]) -> Result<bool, StoreError> {
        if key == CHECK_KEY {
            return Ok(false);
        }
        let prefix = *key.first().ok_or_else(|| unknown(0))?;
        match prefix {
            Meta::PREFIX => self.meta(key, sealed),
            Person::PREFIX => self.pointed_moved(key, sealed, |sealer, person: &Person| {
                record::person(sealer, person.chat)
            }),
            Shown::PREFIX => {
                let shown: Shown = open(&self.from.sealer, key, sealed)?;
                let key = self.moved(key, &shown, |sealer, shown| {
                    record::shown(sealer, shown.chat)
                })?;
                self.put(&key, &shown)
            }
            Organisation::PREFIX => self.pointed::<Organisation>(key, sealed),
            Concern::PREFIX => self.pointed::<Concern>(key, sealed),
            Attachment::PREFIX => self.pointed::<Attachment>(key, sealed),
            Report::PREFIX => {
                // Release 7 kept it by organisation.
                let said: Report = open(&self.from.sealer, key, sealed)?;
                self.put(&record::report(&said).bytes, &said)
            }
            _ if pointer::PREFIXES.contains(&prefix) => return Ok(false),
            // An invitation's code as well: its hash is that of the master key, and the code is nowhere.
            _ => {
                let plain = Plain {
                    copy: self,
                    key,
                    sealed,
                };
                kind::with(prefix, plain).unwrap_or_else(|| Err(unknown(prefix)))
            }
        }?;
        Ok(true)
    }

    /// Nothing is left in the new store of what was erased.
    fn meta(&mut self, key: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
        let meta: Meta = open(&self.from.sealer, key, sealed)?;
        let meta = Meta {
            erased_since: None,
            layout: LAYOUT,
            ..meta
        };
        self.put(key, &meta)
    }

    /// A record whose key stays, with what points to it.
    fn pointed<R: Pointed>(&mut self, key: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
        let record: R = open(&self.from.sealer, key, sealed)?;
        self.put(key, &record)?;
        self.point(&record)
    }

    /// A record whose key changes, with what points to it.
    fn pointed_moved<R: Pointed>(
        &mut self,
        key: &[u8],
        sealed: &[u8],
        place: impl Fn(&Sealer, &R) -> Key<R>,
    ) -> Result<(), StoreError> {
        let record: R = open(&self.from.sealer, key, sealed)?;
        let key = self.moved(key, &record, place)?;
        self.put(&key, &record)?;
        self.point(&record)
    }

    /// The new key of a record. Its place follows from what it says: in any other it would be lost.
    fn moved<R: Record>(
        &self,
        key: &[u8],
        record: &R,
        place: impl Fn(&Sealer, &R) -> Key<R>,
    ) -> Result<Vec<u8>, StoreError> {
        if place(&self.from.sealer, record).bytes != key {
            let why = "a record that lies where it does not belong";
            return Err(StoreError::Record(why.to_owned()));
        }
        Ok(place(self.sealer, record).bytes)
    }

    fn point<R: Pointed>(&mut self, record: &R) -> Result<(), StoreError> {
        let was = record.pointers(&self.from.sealer);
        for ((old, _), (key, (version, plain))) in was.iter().zip(record.pointers(self.sealer)) {
            // Of two records with one name, the one that was found by it is found by it.
            let held = self.from.opened(old)?;
            let is_free = || -> Result<bool, StoreError> {
                Ok(self.batch.get(&key).is_none() && self.to.get(&key)?.is_none())
            };
            if held.is_some_and(|(_, held)| held == plain) || is_free()? {
                let sealed = self.sealer.seal(&key, version, &plain);
                self.batch.put(key, sealed);
            }
        }
        Ok(())
    }

    fn put<R: Record>(&mut self, key: &[u8], record: &R) -> Result<(), StoreError> {
        let plain = record::encode(record)
            .map_err(|_| StoreError::Record("a record that cannot be written".to_owned()))?;
        let sealed = self.sealer.seal(key, R::VERSION, &plain);
        self.batch.put(key, sealed);
        Ok(())
    }
}

/// A record whose key stays and to which nothing points.
struct Plain<'p, 'c> {
    copy: &'p mut Copy<'c>,
    key: &'p [u8],
    sealed: &'p [u8],
}

impl Each for Plain<'_, '_> {
    type Done = Result<(), StoreError>;

    fn with<R: Record>(self) -> Self::Done {
        let record: R = open(&self.copy.from.sealer, self.key, self.sealed)?;
        self.copy.put(self.key, &record)
    }
}

fn unknown(prefix: u8) -> StoreError {
    StoreError::Record(format!("a record of the unknown kind {prefix}"))
}
