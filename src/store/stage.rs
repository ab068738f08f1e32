//! A batch in the making: what several events change, visible to each other, on no disk yet.
//!
//! An event enters the stage whole or not at all: what its step changes is set apart until [`Stage::apply`] takes it in.
//! What leaves the stage is one atomic, durable commit. `layers` is how it looks and changes, `rows` is for what is sent.

mod erasing;
mod freezing;
mod late;
mod layers;
mod ledger;
mod restoring;
mod rows;
mod world;

pub use erasing::{Fate, KINDS};
use rows::notice_rows;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::erasures::{Gone, What};
use super::index::{Index, is_unwritten};
use super::kv::{Batch, KvError};
use super::outbox::{Lane, Row, RowId};
use super::record::{self, Key, Meta, Record};
use super::vault::{Store, StoreError};
use crate::dialogue::{Glance, Notice, Outcome, Person, World as _};
use crate::domain::{
    Attachment, ChatId, Concern, Deed, Group, Organisation, Promise, Report, Voice, Who,
};

/// The largest record in bytes: a stored value holds 64 KiB, sealed.
const RECORD_BYTES: usize = 60 * 1024;
/// How many rows one event sends at most.
const ROWS: usize = 10_000;

/// How many writes an erasure has in one batch: sled keeps every page that a batch changes, several KiB each, until it ends.
const PART: usize = 4_096;

/// Version and bytes; nothing where the record goes.
type Value = Option<(u8, Vec<u8>)>;
type Writes = BTreeMap<Vec<u8>, Value>;

/// See the module.
pub struct Stage<'s> {
    store: &'s Store,
    /// What there is once, as it will be.
    pub meta: Meta,
    writes: Writes,
    rows: BTreeMap<RowId, Row>,
    aftermath: Aftermath,
    /// Concerns whose cards are to be brought in line with what was taken in.
    cards: BTreeSet<u64>,
    /// Announcements of which messages were taken back.
    reports: BTreeSet<u64>,
    /// Who has logged something that happened at the meeting, which others are to see; nobody for the command line.
    floor: Option<Option<u64>>,
    /// What the step under way has changed.
    pending: Pending,
    /// The key of what stays where so much is erased that it takes several batches.
    kept: Option<Vec<u8>>,
    /// What a look-up during a step ran into.
    failed: RefCell<Option<StoreError>>,
    now: Timestamp,
}

/// What is to be done once the commit is on disk.
#[derive(Default)]
pub struct Aftermath {
    /// Changed records for the index.
    index: Vec<Indexed>,
    /// Files that are to be fetched.
    pub fetch: Vec<Attachment>,
    /// Names of files whose record is gone.
    pub gone: Vec<String>,
    /// Chats to which nothing more is sent of what was to be sent before.
    pub forgotten: Vec<ChatId>,
    /// Announcements that were stopped: what waits of them is not sent.
    pub stopped: Vec<u64>,
    /// Whether something changed from which follows when the next thing is due.
    pub calendar: bool,
    /// What was erased.
    pub erased: Vec<Gone>,
}

#[derive(Default)]
struct Pending {
    writes: Writes,
    aftermath: Aftermath,
    owner_claimed: bool,
    /// What is erased.
    erased: Vec<(What, [u8; 16])>,
    /// The organisers' group, where that changes.
    group: Option<Option<Group>>,
    /// When it is told what is new.
    told_news_at: Option<Timestamp>,
    /// Concerns whose card in it is to be brought in line.
    cards: BTreeSet<u64>,
    /// Announcements of which messages are taken back.
    reports: BTreeSet<u64>,
    /// Who logs something that happens at the meeting.
    floor: Option<Option<u64>>,
    /// What goes into the audit log.
    deeds: Vec<(Who, Deed)>,
    /// The number of a digest that is kept.
    last_digest: Option<u32>,
}

enum Indexed {
    Organisation(Organisation),
    NoOrganisation(u64),
    /// There is no concern any more, and no file.
    Nothing,
    Concern(Box<Concern>),
    /// A file, and whether it is a voice note that nobody has written down.
    Attachment(u64, bool),
}

/// A stage that is ready to be committed.
pub struct Finished {
    /// What goes before the rest: too much for one batch.
    pub(super) first: Vec<Batch>,
    pub(super) batch: Batch,
    pub(super) erased_since: Option<Timestamp>,
    /// The number of the next event that sends something.
    pub next_event: u64,
    /// The rows that are to be sent then.
    pub rows: Vec<Row>,
    /// What else is to be done then.
    pub aftermath: Aftermath,
}

impl Aftermath {
    fn add(&mut self, more: Self) {
        self.index.extend(more.index);
        self.fetch.extend(more.fetch);
        self.gone.extend(more.gone);
        self.forgotten.extend(more.forgotten);
        self.stopped.extend(more.stopped);
        self.calendar |= more.calendar;
        self.erased.extend(more.erased);
    }

    /// Brings what is known of the concerns in line with what was changed.
    fn glances(&self, glances: &mut BTreeMap<u64, Glance>, unwritten: &mut BTreeSet<u64>) {
        for changed in &self.index {
            match changed {
                Indexed::Concern(concern) => {
                    glances.insert(concern.id, Glance::of(concern));
                }
                Indexed::Attachment(id, true) => {
                    unwritten.insert(*id);
                }
                Indexed::Attachment(id, false) => {
                    unwritten.remove(id);
                }
                Indexed::Nothing => {
                    glances.clear();
                    unwritten.clear();
                }
                Indexed::Organisation(_) | Indexed::NoOrganisation(_) => {}
            }
        }
    }

    pub(super) fn index(&self, index: &mut Index) {
        for changed in &self.index {
            match changed {
                Indexed::Organisation(organisation) => index.organisation(organisation),
                Indexed::NoOrganisation(id) => index.no_organisation(*id),
                Indexed::Nothing => index.no_concerns(),
                Indexed::Concern(concern) => index.concern(concern),
                Indexed::Attachment(id, unwritten) => index.attachment(*id, *unwritten),
            }
        }
    }
}

impl<'s> Stage<'s> {
    /// An empty stage over what is stored.
    ///
    /// # Errors
    /// As [`Store::meta`].
    pub fn new(store: &'s Store, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            meta: store.meta()?,
            writes: BTreeMap::new(),
            rows: BTreeMap::new(),
            aftermath: Aftermath::default(),
            cards: BTreeSet::new(),
            reports: BTreeSet::new(),
            floor: None,
            pending: Pending::default(),
            kept: None,
            failed: RefCell::new(None),
            now,
        })
    }

    /// The person in this chat, as earlier events left them; somebody new if there was none.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn person_in(&mut self, chat: ChatId) -> Result<Person, StoreError> {
        match self.get(&record::person(&self.store.sealer, chat))? {
            Some(person) => Ok(person),
            None => Ok(Person::new(self.fresh_id(), chat)),
        }
    }

    /// Takes in what came of an event of the person in this chat. Returns how many rows it sends.
    ///
    /// # Errors
    /// If something failed meanwhile, or a record is too large. Nothing of the event is staged then.
    pub fn apply(&mut self, chat: ChatId, outcome: Outcome) -> Result<usize, StoreError> {
        let key = record::person(&self.store.sealer, chat);
        match &outcome.person {
            Some(person) => self.put_pointed(&key, person),
            None => self.drop_pointed(&key),
        }
        let (number, stranger) = outcome
            .person
            .as_ref()
            .map_or((0, true), |p| (p.number, p.is_stranger()));
        let rows = self.rows_of(chat, number, stranger, Lane::Interactive, outcome.effects);
        let event = self.meta.next_event + u64::from(!rows.is_empty());
        let notices = notice_rows(event, outcome.notices);
        for row in rows.iter().chain(&notices) {
            self.put(&record::row(row.id), row);
        }
        self.take_in()?;
        let count = self.add_rows(rows) + self.add_rows(notices);
        Ok(count + self.stage_views()?)
    }

    /// Takes in what was changed for nobody in particular, with its notices. Returns how many rows it sends.
    ///
    /// # Errors
    /// As [`Stage::apply`].
    pub fn apply_notices(&mut self, notices: Vec<Notice>) -> Result<usize, StoreError> {
        let rows = notice_rows(self.meta.next_event, notices);
        for row in &rows {
            self.put(&record::row(row.id), row);
        }
        self.take_in()?;
        let count = self.add_rows(rows);
        Ok(count + self.stage_views()?)
    }

    /// What others see of it is shown anew. What cannot be is left as it is: the event has happened, and must not be said again.
    fn stage_views(&mut self) -> Result<usize, StoreError> {
        let cards = left_out(self.stage_cards())?;
        let reports = left_out(self.stage_reports())?;
        Ok(cards + reports + left_out(self.stage_floor())?)
    }

    /// Everything that is pending belongs to the stage from here on, or nothing does.
    fn take_in(&mut self) -> Result<(), StoreError> {
        let pending = std::mem::take(&mut self.pending);
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let forgettable = self.forgettable(&pending)?;
        // What earlier events of the batch were to send goes as well.
        for chat in &pending.aftermath.forgotten {
            self.rows.retain(|_, row| row.chat != *chat);
        }
        self.writes.extend(pending.writes);
        self.aftermath.add(pending.aftermath);
        if pending.owner_claimed {
            self.meta.has_owner = true;
            self.meta.owner_link = None;
        }
        if !pending.erased.is_empty() {
            self.meta.erased_since.get_or_insert(self.now);
        }
        if let Some(group) = pending.group {
            self.meta.group = group;
        }
        self.meta.told_news_at = pending.told_news_at.or(self.meta.told_news_at);
        self.meta.last_digest = pending.last_digest.unwrap_or(self.meta.last_digest);
        let mut erased = pending.erased;
        let mut entries = Vec::new();
        for (who, deed) in pending.deeds {
            if let Deed::RoleTaken(person) = deed {
                erased.push((What::Role, self.store.master.gone_role(person)));
            }
            let entry = self.meta.audit.append(self.now, who, deed);
            write(&mut entries, &record::audit(entry.place), &entry)?;
        }
        self.writes.extend(entries);
        self.writes.extend(forgettable);
        self.remember(erased)?;
        self.cards.extend(pending.cards);
        self.reports.extend(pending.reports);
        self.floor = pending.floor.or(self.floor);
        Ok(())
    }

    /// Of what was erased earlier, that of which no backup can have anything any more: it goes with the next erasure.
    fn forgettable(&self, pending: &Pending) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        if pending.erased.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.store.range::<Gone>(&[Gone::PREFIX])?.into_iter();
        let over = known.filter(|(_, gone)| gone.is_over(self.now));
        Ok(over.map(|(key, _)| (key, None)).collect())
    }

    /// Notes what was erased, so that no backup brings it back.
    fn remember(&mut self, erased: Vec<(What, [u8; 16])>) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        for (what, hash) in erased {
            let gone = Gone {
                number: self.meta.next_erasure,
                at: self.now,
                what,
                hash,
            };
            self.meta.next_erasure += 1;
            write(&mut writes, &record::gone(gone.number), &gone)?;
            self.aftermath.erased.push(gone);
        }
        self.writes.extend(writes);
        Ok(())
    }

    /// Whether somebody with a role is in this chat.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn has_role(&self, chat: ChatId) -> Result<bool, StoreError> {
        let person: Option<Person> = self.get(&record::person(&self.store.sealer, chat))?;
        Ok(person.is_some_and(|person| person.role.is_some()))
    }

    /// Whether every look-up so far found what there is.
    ///
    /// # Errors
    /// What one of them ran into.
    pub fn checked(&self) -> Result<(), StoreError> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Nothing comes of the last step, nor of what it ran into.
    pub fn disregard(&mut self) {
        self.pending = Pending::default();
        self.failed.take();
    }

    /// Seals everything into one batch; with what is to be done once it is committed.
    ///
    /// # Errors
    /// None that a record of its size could cause.
    pub fn finish(mut self) -> Result<Finished, StoreError> {
        let mut writes = Vec::new();
        write(&mut writes, &record::meta(), &self.meta)?;
        self.writes.extend(writes);
        let (mut first, mut batch) = (Vec::new(), Batch::new());
        let (mut counted, mut part) = (Batch::new(), Batch::new());
        let in_parts = self.kept.is_some() && self.writes.len() > PART;
        for (key, value) in self.writes {
            match value {
                Some((version, plain)) => {
                    let sealed = self.store.sealer.seal(&key, version, &plain);
                    // Before anything goes it is known how much there was.
                    if in_parts && self.kept.as_ref() == Some(&key) {
                        counted.put(key.clone(), sealed.clone());
                    }
                    // What is said of a promise goes with the same batch that keeps the counts and the voices: it is counted once.
                    let is_said = matches!(key.first(), Some(&Promise::PREFIX | &Voice::PREFIX));
                    if in_parts && is_said {
                        counted.put(key, sealed);
                        continue;
                    }
                    batch.put(key, sealed);
                }
                None if in_parts && key.first() == Some(&Report::PREFIX) => counted.delete(key),
                // As long as the meeting is there, the erasure is due.
                None if in_parts && key != record::meeting().bytes => {
                    part.delete(key);
                    if part.len() >= PART {
                        first.push(std::mem::take(&mut part));
                    }
                }
                None => batch.delete(key),
            }
        }
        first.insert(0, counted);
        first.push(part);
        first.retain(|part| !part.is_empty());
        Ok(Finished {
            first,
            batch,
            erased_since: self.meta.erased_since,
            next_event: self.meta.next_event,
            rows: self.rows.into_values().collect(),
            aftermath: self.aftermath,
        })
    }
}

/// Nothing is staged of what cannot be shown.
fn left_out(staged: Result<usize, StoreError>) -> Result<usize, StoreError> {
    match staged {
        Err(error) if !error.is_final() => {
            log::error!("something is not shown anew: {error}");
            Ok(0)
        }
        staged => staged,
    }
}

fn write<R: Record>(
    writes: &mut Vec<(Vec<u8>, Value)>,
    key: &Key<R>,
    value: &R,
) -> Result<(), StoreError> {
    let bytes = record::encode(value)
        .map_err(|_| StoreError::Record("a record that cannot be written".to_owned()))?;
    if bytes.len() > RECORD_BYTES {
        return Err(KvError::TooLarge(bytes.len()).into());
    }
    writes.push((key.bytes.clone(), Some((R::VERSION, bytes))));
    Ok(())
}
