//! A copy of everything that is behind the seam, taken a piece at a time while commits go on.
//!
//! Guarantees: all pieces together are what was there when the copy was begun, whatever is committed in between, so a copy stands
//! between two commits. Whoever commits keeps what it overwrites ahead of the copy, and that is all that it costs.
//! A copy for which too much would have to be kept is dropped, which it says.
//!
//! Must never: hold more than a piece and what was overwritten meanwhile.

use std::collections::BTreeMap;

use super::kv::{Batch, Kv, KvError, Pair};

/// How many bytes are kept of what was overwritten, at most.
const KEPT: usize = 16 * 1024 * 1024;

/// What is behind the seam, and a copy of it that may be under way.
pub(super) struct Copied {
    kv: Box<dyn Kv>,
    copy: Option<Copy>,
}

#[derive(Default)]
struct Copy {
    /// Up to here, inclusive, it is done.
    done: Vec<u8>,
    /// What was overwritten beyond: values as they were, nothing where there was none.
    was: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    bytes: usize,
}

impl Copied {
    pub(super) fn new(kv: Box<dyn Kv>) -> Self {
        Self { kv, copy: None }
    }

    /// Begins a copy of what is there now; one that was under way is dropped.
    pub(super) fn begin_copy(&mut self) {
        self.copy = Some(Copy::default());
    }

    /// No copy is wanted any more.
    pub(super) fn end_copy(&mut self) {
        self.copy = None;
    }

    /// The next pairs in the order of their keys, from about so many on; no pairs once that was all. Nothing if no copy is under
    /// way, be it that it was dropped.
    ///
    /// # Errors
    /// Those of the seam.
    pub(super) fn copy_on(&mut self, at_most: usize) -> Result<Option<Vec<Pair>>, KvError> {
        let Some(copy) = &mut self.copy else {
            return Ok(None);
        };
        loop {
            let page = self.kv.page(&copy.done, at_most)?;
            let last = page.last().map(|(key, _)| key.clone());
            let mut pairs: BTreeMap<Vec<u8>, Vec<u8>> = page.into_iter().collect();
            for (key, value) in copy.take_until(last.as_deref()) {
                match value {
                    Some(value) => pairs.insert(key, value),
                    None => pairs.remove(&key),
                };
            }
            let is_over = last.is_none();
            copy.done = last.unwrap_or_else(|| std::mem::take(&mut copy.done));
            // A piece in which everything is newer than the copy says nothing of what follows.
            if is_over || !pairs.is_empty() {
                return Ok(Some(pairs.into_iter().collect()));
            }
        }
    }

    fn keep(&mut self, batch: &Batch) -> Result<(), KvError> {
        let Some(copy) = &mut self.copy else {
            return Ok(());
        };
        for (key, _) in batch.iter() {
            if key > copy.done.as_slice() && !copy.was.contains_key(key) {
                let value = self.kv.get(key)?;
                copy.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
                copy.was.insert(key.to_vec(), value);
            }
        }
        if copy.bytes > KEPT {
            self.copy = None;
        }
        Ok(())
    }
}

impl Copy {
    /// What was overwritten up to this key, inclusive; all of it if there is none.
    fn take_until(&mut self, last: Option<&[u8]>) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        let beyond = match last {
            Some(last) => self.was.split_off(&[last, &[0]].concat()),
            None => BTreeMap::new(),
        };
        let taken = std::mem::replace(&mut self.was, beyond);
        for (key, value) in &taken {
            self.bytes -= key.len() + value.as_ref().map_or(0, Vec::len);
        }
        taken
    }
}

impl Kv for Copied {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.kv.get(key)
    }

    fn range(&self, prefix: &[u8]) -> Result<Vec<Pair>, KvError> {
        self.kv.range(prefix)
    }

    fn page(&self, after: &[u8], at_most: usize) -> Result<Vec<Pair>, KvError> {
        self.kv.page(after, at_most)
    }

    fn on_disk(&self) -> Option<u64> {
        self.kv.on_disk()
    }

    fn commit(&mut self, batch: Batch) -> Result<(), KvError> {
        self.keep(&batch)?;
        self.kv.commit(batch)
    }
}
