//! What is staged, over what is stored: a look finds the newest, a change lies on top until the step is taken in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Indexed, Stage, Value, write};
use crate::dialogue::{Glance, Person, World as _};
use crate::domain::{ChatId, Concern};
use crate::store::index::Index;
use crate::store::pointer::{Pointed, Pointer};
use crate::store::record::{self, Key, Record};
use crate::store::vault::StoreError;

impl Stage<'_> {
    pub(super) fn get<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, StoreError> {
        match self.staged(&key.bytes) {
            Some(Some((version, plain))) => record::decode(*version, plain)
                .map(Some)
                .map_err(StoreError::Record),
            Some(None) => Ok(None),
            None => self.store.get(key),
        }
    }

    /// The same for a step, which cannot fail: the error is kept for [`Stage::apply`].
    pub(super) fn look<R: Record>(&self, key: &Key<R>) -> Option<R> {
        self.get(key).unwrap_or_else(|error| self.fail(error))
    }

    /// The records whose keys begin like this, in the order of their keys.
    pub(super) fn look_all<R: Record>(&self, beginning: &[u8]) -> Vec<R> {
        self.look_range(beginning).into_values().collect()
    }

    /// The same with their keys.
    pub(super) fn look_range<R: Record>(&self, beginning: &[u8]) -> BTreeMap<Vec<u8>, R> {
        let stored = self.store.range::<R>(beginning);
        let stored = stored.unwrap_or_else(|error| {
            self.fail::<()>(error);
            Vec::new()
        });
        let mut found: BTreeMap<Vec<u8>, R> = stored.into_iter().collect();
        for layer in [&self.writes, &self.pending.writes] {
            let changed = layer.range(beginning.to_vec()..);
            for (key, value) in changed.take_while(|(key, _)| key.starts_with(beginning)) {
                match value {
                    Some((version, plain)) => match record::decode(*version, plain) {
                        Ok(record) => {
                            found.insert(key.clone(), record);
                        }
                        Err(why) => {
                            self.fail::<()>(StoreError::Record(why));
                        }
                    },
                    None => {
                        found.remove(key);
                    }
                }
            }
        }
        found
    }

    pub(super) fn staged(&self, key: &[u8]) -> Option<&Value> {
        self.pending
            .writes
            .get(key)
            .or_else(|| self.writes.get(key))
    }

    /// The concerns that were changed and are not in the index yet.
    pub(super) fn changed_glances(&self) -> BTreeMap<u64, Glance> {
        let mut changed = BTreeMap::new();
        for layer in [&self.aftermath, &self.pending.aftermath] {
            layer.glances(&mut changed, &mut BTreeSet::new());
        }
        changed
    }

    pub(super) fn persons(&self, chats: impl IntoIterator<Item = ChatId>) -> Vec<Person> {
        chats
            .into_iter()
            .filter_map(|chat| self.look(&record::person(&self.store.sealer, chat)))
            .collect()
    }

    pub(super) fn index<T: Default>(&self, ask: impl Fn(&Index) -> T) -> T {
        match self.store.index() {
            Ok(index) => ask(index),
            Err(error) => {
                self.fail::<()>(error);
                T::default()
            }
        }
    }

    pub(super) fn fail<T>(&self, error: StoreError) -> Option<T> {
        self.failed.borrow_mut().get_or_insert(error);
        None
    }

    pub(super) fn put<R: Record>(&mut self, key: &Key<R>, value: &R) {
        let mut writes = Vec::new();
        match write(&mut writes, key, value) {
            Ok(()) => self.pending.writes.extend(writes),
            Err(error) => {
                self.fail::<()>(error);
            }
        }
    }

    /// Writes a record and whatever points to it.
    pub(super) fn put_pointed<R: Pointed>(&mut self, key: &Key<R>, value: &R) {
        self.drop_pointers(key);
        self.put(key, value);
        for (key, pointer) in value.pointers(&self.store.sealer) {
            self.pending.writes.insert(key, Some(pointer));
        }
    }

    pub(super) fn drop_key(&mut self, key: Vec<u8>) {
        self.pending.writes.insert(key, None);
    }

    pub(super) fn drop_pointed<R: Pointed>(&mut self, key: &Key<R>) {
        self.drop_pointers(key);
        self.drop_key(key.bytes.clone());
    }

    /// Drops what points to the record as it was; what points elsewhere by now stays.
    pub(super) fn drop_pointers<R: Pointed>(&mut self, key: &Key<R>) {
        let was = self.look(key);
        let pointers: Vec<Pointer> =
            was.map_or_else(Vec::new, |was| was.pointers(&self.store.sealer));
        for (key, value) in pointers {
            let is = match self.staged(&key) {
                Some(staged) => Ok(staged.clone()),
                None => self.store.opened(&key),
            };
            match is {
                Ok(is) if is.as_ref() == Some(&value) => self.drop_key(key),
                Ok(_) => {}
                Err(error) => {
                    self.fail::<()>(error);
                }
            }
        }
    }

    /// All that stood beside a concern goes.
    pub(super) fn drop_beside(&mut self, concern: &Concern) {
        for place in 0..concern.past {
            self.drop_key(record::past(concern.id, place).bytes);
        }
        for endorsement in self.endorsements(concern.id) {
            let key = record::endorsement(concern.id, endorsement.organisation);
            self.drop_key(key.bytes);
        }
        for attachment in self.attachments(concern.id) {
            self.drop_file(attachment.id);
        }
    }

    pub(super) fn indexed(&mut self, changed: Indexed) {
        self.pending.aftermath.index.push(changed);
    }
}
