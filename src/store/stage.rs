//! A batch in the making: what several events change, visible to each other, on no disk yet.
//!
//! An event enters the stage whole or not at all. What leaves it is one atomic, durable commit.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::kv::{Batch, KvError};
use super::outbox::{Lane, Row, RowId};
use super::record::{self, Aside, Key, Meta, OrganisationName, ReceiptOf, Record, Shown};
use super::vault::{Store, StoreError};
use crate::dialogue::{Change, Effect, Outcome, Person, World};
use crate::domain::{ChatId, MessageId, Organisation, Receipt};
use crate::text::clean::fold;

/// The largest record in bytes: a stored value holds 64 KiB, sealed.
const RECORD_BYTES: usize = 60 * 1024;

type Write = (Vec<u8>, Option<(u8, Vec<u8>)>);

/// See the module.
pub struct Stage<'s> {
    store: &'s Store,
    /// What there is once, as it will be.
    pub meta: Meta,
    writes: BTreeMap<Vec<u8>, Option<(u8, Vec<u8>)>>,
    rows: BTreeMap<RowId, Row>,
    /// What a look-up during a step ran into.
    failed: RefCell<Option<StoreError>>,
}

impl<'s> Stage<'s> {
    /// An empty stage over what is stored.
    ///
    /// # Errors
    /// As [`Store::meta`].
    pub fn new(store: &'s Store) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            meta: store.meta()?,
            writes: BTreeMap::new(),
            rows: BTreeMap::new(),
            failed: RefCell::new(None),
        })
    }

    /// The person in this chat, as earlier events left them; somebody new if there was none.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn person(&mut self, chat: ChatId) -> Result<Person, StoreError> {
        match self.get(&record::person(&self.store.sealer, chat))? {
            Some(person) => Ok(person),
            None => Ok(Person::new(self.fresh_id(), chat)),
        }
    }

    /// Takes in what came of an event of the person in this chat. Returns how many rows it sends.
    ///
    /// # Errors
    /// If a look-up failed meanwhile, or a record is too large. Nothing of the event is staged then.
    pub fn apply(&mut self, chat: ChatId, outcome: Outcome) -> Result<usize, StoreError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut writes = Vec::new();
        let sealer = &self.store.sealer;
        let mut owner_claimed = false;
        for change in &outcome.changes {
            match change {
                Change::Organisation(organisation) => {
                    write(
                        &mut writes,
                        &record::organisation(organisation.id),
                        organisation,
                    )?;
                    for name in organisation.name.all() {
                        let key = record::organisation_name(sealer, &fold(name));
                        write(&mut writes, &key, &OrganisationName(organisation.id))?;
                    }
                }
                Change::Concern(concern) => {
                    write(&mut writes, &record::concern(concern.id), concern.as_ref())?;
                    write(
                        &mut writes,
                        &record::receipt(sealer, concern.receipt),
                        &ReceiptOf(concern.id),
                    )?;
                }
                Change::OwnerClaimed => owner_claimed = true,
            }
        }
        let key = record::person(sealer, chat);
        match &outcome.person {
            Some(person) => write(&mut writes, &key, person)?,
            None => writes.push((key.bytes, None)),
        }
        let (number, joined) = outcome
            .person
            .as_ref()
            .map_or((0, false), |p| (p.number, p.has_joined()));
        let rows = self.rows_of(chat, number, !joined, Lane::Interactive, outcome.effects);
        for row in &rows {
            write(&mut writes, &record::row(row.id), row)?;
        }
        // From here on nothing can fail.
        self.writes.extend(writes);
        if owner_claimed {
            self.meta.has_owner = true;
            self.meta.owner_link = None;
        }
        Ok(self.add_rows(rows))
    }

    /// Sends these to the person in this chat, as an event of their own.
    ///
    /// # Errors
    /// If one of them is too large.
    pub fn send(
        &mut self,
        chat: ChatId,
        number: u64,
        lane: Lane,
        effects: Vec<Effect>,
    ) -> Result<(), StoreError> {
        let rows = self.rows_of(chat, number, false, lane, effects);
        let mut writes = Vec::new();
        for row in &rows {
            write(&mut writes, &record::row(row.id), row)?;
        }
        self.writes.extend(writes);
        self.add_rows(rows);
        Ok(())
    }

    /// Notes that an update could not be handled.
    ///
    /// # Errors
    /// As [`Stage::apply`].
    pub fn set_aside(&mut self, update: u32, why: &str) -> Result<(), StoreError> {
        self.failed.take();
        let number = self.meta.next_event;
        self.meta.next_event += 1;
        let mut writes = Vec::new();
        write(
            &mut writes,
            &record::aside(number),
            &Aside {
                update,
                why: why.to_owned(),
            },
        )?;
        self.writes.extend(writes);
        Ok(())
    }

    /// A row needs no sending any more.
    pub fn settle(&mut self, row: RowId) {
        self.writes.insert(record::row(row).bytes, None);
    }

    /// Whether a row still stands in the outbox.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn is_waiting(&self, row: RowId) -> Result<bool, StoreError> {
        self.store.has(&record::row(row))
    }

    /// From now on this message, or none, carries the chat's buttons.
    ///
    /// # Errors
    /// None that a record of this size could cause.
    pub fn show(&mut self, chat: ChatId, message: Option<MessageId>) -> Result<(), StoreError> {
        let key = record::shown(&self.store.sealer, chat);
        let mut writes = Vec::new();
        match message {
            Some(message) => write(&mut writes, &key, &Shown { chat, message })?,
            None => writes.push((key.bytes, None)),
        }
        self.writes.extend(writes);
        Ok(())
    }

    /// Telegram says that this person cannot be written to.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn unreachable(&mut self, chat: ChatId) -> Result<(), StoreError> {
        self.change(chat, |person| {
            person.unreachable = true;
            person.shown_in = None;
        })
    }

    /// Something for this person was refused for good: what they see is not their newest screen.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn lost(&mut self, chat: ChatId) -> Result<(), StoreError> {
        self.change(chat, |person| person.shown_in = None)
    }

    fn change(&mut self, chat: ChatId, change: impl Fn(&mut Person)) -> Result<(), StoreError> {
        let key = record::person(&self.store.sealer, chat);
        if let Some(mut person) = self.get(&key)? {
            change(&mut person);
            let mut writes = Vec::new();
            write(&mut writes, &key, &person)?;
            self.writes.extend(writes);
        }
        Ok(())
    }

    /// Nothing comes of the last step, nor of what it ran into.
    pub fn disregard(&mut self) {
        self.failed.take();
    }

    /// Seals everything into one batch; with the rows that are to be sent once it is committed.
    ///
    /// # Errors
    /// None that a record of its size could cause.
    pub fn finish(mut self) -> Result<(Batch, Vec<Row>), StoreError> {
        let mut writes = Vec::new();
        write(&mut writes, &record::meta(), &self.meta)?;
        self.writes.extend(writes);
        let mut batch = Batch::new();
        for (key, value) in self.writes {
            match value {
                Some((version, plain)) => {
                    let sealed = self.store.sealer.seal(&key, version, &plain);
                    batch.put(key, sealed);
                }
                None => batch.delete(key),
            }
        }
        Ok((batch, self.rows.into_values().collect()))
    }

    fn get<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, StoreError> {
        match self.writes.get(&key.bytes) {
            Some(Some((version, plain))) => record::decode(*version, plain)
                .map(Some)
                .map_err(StoreError::Record),
            Some(None) => Ok(None),
            None => self.store.get(key),
        }
    }

    /// The same for a step, which cannot fail: the error is kept for [`Stage::apply`].
    fn look<R: Record>(&self, key: &Key<R>) -> Option<R> {
        self.get(key).unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            None
        })
    }

    fn rows_of(
        &self,
        chat: ChatId,
        person: u64,
        stranger: bool,
        lane: Lane,
        effects: Vec<Effect>,
    ) -> Vec<Row> {
        let event = self.meta.next_event;
        let row = |(index, effect)| Row {
            id: RowId { event, index },
            chat,
            person,
            stranger,
            lane,
            effect,
        };
        (0..).zip(effects).map(row).collect()
    }

    fn add_rows(&mut self, rows: Vec<Row>) -> usize {
        let count = rows.len();
        if count > 0 {
            self.meta.next_event += 1;
        }
        self.rows.extend(rows.into_iter().map(|row| (row.id, row)));
        count
    }
}

fn write<R: Record>(writes: &mut Vec<Write>, key: &Key<R>, value: &R) -> Result<(), StoreError> {
    let bytes = record::encode(value)
        .map_err(|_| StoreError::Record("a record that cannot be written".to_owned()))?;
    if bytes.len() > RECORD_BYTES {
        return Err(KvError::TooLarge(bytes.len()).into());
    }
    writes.push((key.bytes.clone(), Some((R::VERSION, bytes))));
    Ok(())
}

impl World for Stage<'_> {
    fn fresh_id(&mut self) -> u64 {
        let id = self.meta.next_id;
        self.meta.next_id += 1;
        id
    }

    fn organisation(&self, id: u64) -> Option<Organisation> {
        self.look(&record::organisation(id))
    }

    fn organisation_named(&self, name: &str) -> Option<Organisation> {
        let OrganisationName(id) =
            self.look(&record::organisation_name(&self.store.sealer, name))?;
        self.organisation(id)
    }

    fn receipt_taken(&self, receipt: Receipt) -> bool {
        self.look(&record::receipt(&self.store.sealer, receipt))
            .is_some()
    }

    fn owner_code(&self) -> Option<String> {
        self.meta
            .owner_link
            .map(|counter| self.store.owner_code(counter))
    }
}
