//! The seam over a map in memory, with faults and power cuts: for simulation and tests, never for people's words.
//!
//! Guarantees: the same answers as the sled implementer, errors included; the same calls with the
//! same faults give the same results. What a commit acknowledged survives a power cut; what failed after it
//! was applied can be read until then, and is lost or kept as a whole, as [`MemoryKv::cut_power`] is told: opening
//! the store again makes it durable, since sled's implementer syncs what it found. Clones share one map, as handles of one disk do: a test keeps
//! one, lets the "process" die, and opens what was committed with [`MemoryKv::reopen`].
//!
//! Must never: touch a disk, a clock or a random source.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::kv::{Batch, Kv, KvError, Pair};

/// The kinds of call that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// [`Kv::get`].
    Get,
    /// [`Kv::range`] and [`Kv::page`].
    Range,
    /// [`Kv::commit`].
    Commit,
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// The one call fails.
    Once,
    /// The call and all later ones of its kind fail, across reopening, until [`MemoryKv::mend`].
    Forever,
}

/// What became of the batch of a commit that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is not on the disk.
    BeforeApplying,
    /// It is: only the answer was lost.
    AfterApplying,
}

/// One fault to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which kind of call fails.
    pub call: Call,
    /// Which one, counted from 1 since the map was made.
    pub nth: u64,
    /// How long it lasts.
    pub lasting: Lasting,
    /// For commits: before or after applying. Without meaning for reads.
    pub moment: Moment,
    /// The answer.
    pub error: KvError,
}

/// How many calls of each kind were made since the map was made, failed ones included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    /// [`Kv::get`].
    pub gets: u64,
    /// [`Kv::range`].
    pub ranges: u64,
    /// [`Kv::commit`].
    pub commits: u64,
}

#[derive(Debug, Default)]
struct Disk {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    faults: Vec<Fault>,
    calls: Calls,
    /// The error after which this opening of the store is final.
    failed: Option<KvError>,
    /// What stood where the batches wrote that were applied and not acknowledged: the way back.
    unsynced: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// What stood anywhere before, if that is remembered.
    remains: Option<Vec<Pair>>,
}

/// The map. See the module.
#[derive(Debug, Clone, Default)]
pub struct MemoryKv {
    disk: Arc<Mutex<Disk>>,
}

impl MemoryKv {
    /// An empty store without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Plans a fault. Several may be planned; of two for the same call the earlier planned answers.
    pub fn fail(&self, fault: Fault) {
        self.disk().faults.push(fault);
    }

    /// Removes every fault. A store that has already failed stays final until reopened.
    pub fn mend(&self) {
        self.disk().faults.clear();
    }

    /// Opens what was committed again, as after a crash; earlier errors are forgotten, faults stay.
    #[must_use]
    pub fn reopen(&self) -> Self {
        let mut disk = self.disk();
        disk.failed = None;
        disk.unsynced.clear();
        drop(disk);
        self.clone()
    }

    /// The power fails, and everybody who has the store open with it. What was applied and never acknowledged is lost, or was
    /// on the disk just in time.
    pub fn cut_power(&self, in_time: bool) {
        let mut disk = self.disk();
        let unsynced = std::mem::take(&mut disk.unsynced);
        if in_time {
            return;
        }
        for (key, value) in unsynced.into_iter().rev() {
            match value {
                Some(value) => disk.pairs.insert(key, value),
                None => disk.pairs.remove(&key),
            };
        }
    }

    /// Another disk with the same on it, without faults.
    #[must_use]
    pub fn copied(&self) -> Self {
        let copy = Disk {
            pairs: self.disk().pairs.clone(),
            ..Disk::default()
        };
        Self {
            disk: Arc::new(Mutex::new(copy)),
        }
    }

    /// From now on what is overwritten or deleted can still be found, as in the file of a store that never forgets.
    pub fn remember(&self) {
        self.disk().remains.get_or_insert_default();
    }

    /// Everything that stood here since [`MemoryKv::remember`], or since everything was replaced, and does so no more.
    #[must_use]
    pub fn remains(&self) -> Vec<Pair> {
        self.disk().remains.clone().unwrap_or_default()
    }

    /// All of this disk goes, with what is remembered of it, and what is on the other one is in its place, in one step. Faults stay.
    pub fn replace(&self, by: &Self) {
        let pairs = by.disk().pairs.clone();
        let mut disk = self.disk();
        disk.pairs = pairs;
        disk.unsynced.clear();
        if let Some(remains) = &mut disk.remains {
            remains.clear();
        }
    }

    /// How often each call was made.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.disk().calls
    }

    /// Everything committed, in key order, whatever faults there are: for comparing and hashing.
    #[must_use]
    pub fn contents(&self) -> Vec<Pair> {
        let disk = self.disk();
        disk.pairs
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        // Nothing here panics with the lock held, and a map is whole after each statement anyway.
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    /// Counts a call and gives the fault that answers it, if any. A final store answers at once.
    fn begin(&mut self, call: Call) -> Result<Option<Fault>, KvError> {
        let count = match call {
            Call::Get => &mut self.calls.gets,
            Call::Range => &mut self.calls.ranges,
            Call::Commit => &mut self.calls.commits,
        };
        *count += 1;
        let now = *count;
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        Ok(self
            .faults
            .iter()
            .find(|fault| {
                fault.call == call
                    && match fault.lasting {
                        Lasting::Once => fault.nth == now,
                        Lasting::Forever => fault.nth <= now,
                    }
            })
            .cloned())
    }

    fn end(&mut self, fault: Option<Fault>) -> Result<(), KvError> {
        let Some(fault) = fault else { return Ok(()) };
        if fault.error.is_final() {
            self.failed = Some(fault.error.clone());
        }
        Err(fault.error)
    }
}

impl Kv for MemoryKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        let mut disk = self.disk();
        let fault = disk.begin(Call::Get)?;
        disk.end(fault)?;
        Ok(disk.pairs.get(key).cloned())
    }

    fn range(&self, prefix: &[u8]) -> Result<Vec<Pair>, KvError> {
        let mut disk = self.disk();
        let fault = disk.begin(Call::Range)?;
        disk.end(fault)?;
        Ok(disk
            .pairs
            .range(prefix.to_vec()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn page(&self, after: &[u8], at_most: usize) -> Result<Vec<Pair>, KvError> {
        let mut disk = self.disk();
        let fault = disk.begin(Call::Range)?;
        disk.end(fault)?;
        let from = (Bound::Excluded(after.to_vec()), Bound::Unbounded);
        let pairs = disk.pairs.range(from).take(at_most);
        Ok(pairs.map(|(k, v)| (k.clone(), v.clone())).collect())
    }

    fn commit(&mut self, batch: Batch) -> Result<(), KvError> {
        let mut disk = self.disk();
        let fault = disk.begin(Call::Commit)?;
        batch.check()?;
        let applies = fault
            .as_ref()
            .is_none_or(|fault| fault.moment == Moment::AfterApplying);
        if applies {
            let acknowledged = fault.is_none();
            for (key, value) in batch {
                let kept = (!acknowledged).then(|| key.clone());
                let old = disk.remains.is_some().then(|| key.clone());
                let before = match value {
                    Some(value) => disk.pairs.insert(key, value),
                    None => disk.pairs.remove(&key),
                };
                if let (Some(remains), Some(key), Some(before)) = (&mut disk.remains, old, &before)
                {
                    remains.push((key, before.clone()));
                }
                disk.unsynced.extend(kept.map(|key| (key, before)));
            }
            if acknowledged {
                // A flush takes everything before it to the disk.
                disk.unsynced.clear();
            }
        }
        disk.end(fault)
    }
}
