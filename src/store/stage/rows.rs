//! What is to be sent, and what became of it.

use super::{Stage, write};
use crate::dialogue::{Effect, Late, Notice, Person, Weight, World as _};
use crate::domain::announcement::Fate;
use crate::domain::reminder::Ending;
use crate::domain::{ChatId, MessageId};
use crate::store::outbox::{Lane, Row, RowId};
use crate::store::record::{self, Aside, Record as _, Shown};
use crate::store::vault::StoreError;

impl Stage<'_> {
    /// Sends these to the person in this chat, as an event of their own.
    ///
    /// # Errors
    /// If one of them is too large.
    pub fn send(
        &mut self,
        chat: ChatId,
        number: u64,
        stranger: bool,
        lane: Lane,
        effects: Vec<Effect>,
    ) -> Result<(), StoreError> {
        let rows = self.rows_of(chat, number, stranger, lane, effects);
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
        self.disregard();
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

    /// What waits to be sent to this chat goes, and with it which message there has buttons.
    pub(super) fn drop_chat(&mut self, chat: ChatId) {
        let rows = self.look_all::<Row>(&[Row::PREFIX]);
        for row in rows.into_iter().filter(|row| row.chat == chat) {
            self.drop_key(record::row(row.id).bytes);
            // It will never be sent, and is counted as such: its announcement ends all the same.
            if let Effect::Late(Late::Reminder { meeting, id }) = row.effect
                && let Some(mut known) = self.reminder(meeting, id)
            {
                known.count(Ending::Spared, self.now);
                self.put(&record::reminded(meeting, id), &known);
            }
            let announcement = row.announcement;
            if let Some(mut known) = announcement.and_then(|id| self.announcement(id)) {
                known.count(Fate::Unreachable);
                self.put(&record::announcement(known.id), &known);
                self.pending.reports.insert(known.id);
            }
        }
        self.drop_key(record::shown(&self.store.sealer, chat).bytes);
        self.pending.aftermath.forgotten.push(chat);
    }

    /// A row needs no sending any more.
    pub fn settle(&mut self, row: RowId) {
        self.writes.insert(record::row(row).bytes, None);
    }

    /// Whether a row still stands in the outbox.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn is_waiting(&self, row: RowId) -> Result<bool, StoreError> {
        self.store.has(&record::row(row))
    }

    /// A row as it stands in the outbox.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn row(&self, row: RowId) -> Result<Option<Row>, StoreError> {
        self.store.get(&record::row(row))
    }

    /// From now on this message, or none, carries the chat's buttons.
    ///
    /// # Errors
    /// None that a record of this size could cause.
    pub fn show(&mut self, chat: ChatId, message: Option<MessageId>) -> Result<(), StoreError> {
        let key = record::shown(&self.store.sealer, chat);
        let mut writes = Vec::new();
        match message {
            // Of somebody who was forgotten meanwhile nothing is kept.
            Some(_)
                if self
                    .get(&record::person(&self.store.sealer, chat))?
                    .is_none() => {}
            Some(message) => write(&mut writes, &key, &Shown { chat, message })?,
            None => writes.push((key.bytes, None)),
        }
        self.writes.extend(writes);
        Ok(())
    }

    /// Telegram says that this person cannot be written to.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn unreachable(&mut self, chat: ChatId) -> Result<(), StoreError> {
        self.change_person(chat, |person| {
            person.unreachable = true;
            person.shown_in = None;
        })
    }

    /// Something for this person was refused for good: what they see is not their newest screen.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn lost(&mut self, chat: ChatId) -> Result<(), StoreError> {
        self.change_person(chat, |person| person.shown_in = None)
    }

    pub(super) fn change_person(
        &mut self,
        chat: ChatId,
        change: impl Fn(&mut Person),
    ) -> Result<(), StoreError> {
        let key = record::person(&self.store.sealer, chat);
        if let Some(mut person) = self.get(&key)? {
            change(&mut person);
            let mut writes = Vec::new();
            write(&mut writes, &key, &person)?;
            self.writes.extend(writes);
        }
        Ok(())
    }

    pub(super) fn rows_of(
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
            announcement: None,
            effect,
        };
        (0..).zip(effects).map(row).collect()
    }

    pub(super) fn add_rows(&mut self, rows: Vec<Row>) -> usize {
        let count = rows.len();
        if count > 0 {
            self.meta.next_event += 1;
        }
        self.rows.extend(rows.into_iter().map(|row| (row.id, row)));
        count
    }
}

/// Rows that nobody waits for, as an event of their own.
pub(super) fn notice_rows(event: u64, notices: Vec<Notice>) -> Vec<Row> {
    let effects = |notice: Notice| {
        let (chat, person, announcement) = (notice.chat, notice.person, notice.announcement);
        let menu = notice.commands.then_some(Effect::Commands);
        let message = Effect::Send {
            body: notice.body,
            clears: false,
            weight: Weight::Lasting,
        };
        let effects = std::iter::once(message).chain(menu);
        effects.map(move |effect| (chat, person, announcement, effect))
    };
    let row = |(index, (chat, person, announcement, effect)): (u16, (_, _, Option<u64>, _))| Row {
        id: RowId { event, index },
        chat,
        person,
        stranger: false,
        // What concerns one person does not wait behind what is for all.
        lane: if announcement.is_some() {
            Lane::Bulk
        } else {
            Lane::Interactive
        },
        announcement,
        effect,
    };
    (0..)
        .zip(notices.into_iter().flat_map(effects))
        .map(row)
        .collect()
}
