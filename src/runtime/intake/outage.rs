//! When the store fails, and until it works again: who is told, when it is opened anew, and what goes on from there.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::super::deliver::Delivery;
use super::{Confirms, Intake};
use crate::dialogue::Event;
use crate::domain::{Announcement, Attachment, ChatId, Whereabouts};
use crate::store::erasures::Gone;
use crate::store::{Row, Store, StoreError};
use crate::telegram::{Update, What};
use crate::text::Html;

/// How soon after an outage another is the same to whoever was told of it: a full disk has room for a little now and then.
const SAME: Duration = Duration::from_secs(600);

/// What is known of failures of the store.
#[derive(Default)]
pub(super) struct Outage {
    /// When it failed last, unless something was written since.
    pub(super) failed: Option<Instant>,
    /// When something was written for the first time after an outage.
    over: Option<Instant>,
    /// Who was told, and has done nothing since that is stored.
    told: BTreeSet<ChatId>,
}

impl Intake {
    /// Closes the store, and tells those whose words are not kept yet; each of them once.
    pub(super) fn fail(&mut self, error: &StoreError, updates: &[Update]) {
        let Outage { failed, over, told } = &mut self.outage;
        if failed.is_none() {
            log::error!(
                "the store failed: {error}; nothing is confirmed, it is opened again every 5 s"
            );
            if over.is_none_or(|over| over.elapsed() > SAME) {
                told.clear();
            }
        }
        let failed = failed.get_or_insert_with(Instant::now);
        if self.store.take().is_some() || !matches!(error, StoreError::Closed) {
            self.metrics.store_failures.one();
            self.metrics.store_open.set(0);
            *failed = Instant::now();
        }
        let mut html = Html::default();
        for phrases in self.forum.words.each() {
            html.paragraph(&phrases.note_outage());
        }
        for update in updates {
            let What::Private(chat, event) = &update.what else {
                continue;
            };
            let waits = !matches!(event, Event::Blocked(_));
            if waits && told.insert(*chat) {
                let notice = Delivery::Notice(*chat, html.clone());
                let _ = self.ears.deliver.send(notice);
            }
        }
    }

    /// Opens the store again after a failure, not before its time.
    pub(super) fn reopened(&mut self) -> Result<(), StoreError> {
        if self.store.is_some() {
            return Ok(());
        }
        if self.tries_again_at().is_some_and(|at| at > Instant::now()) {
            return Err(StoreError::Closed);
        }
        let store = (self.open)()?;
        self.metrics.store_reopened.one();
        // The commit that failed may be on disk all the same; then its updates are known and its rows are there.
        self.give_waiting(&store)?;
        self.store = Some(store);
        self.look_ahead();
        Ok(())
    }

    /// When it is to be tried whether something can be stored again.
    pub(super) fn tries_again_at(&self) -> Option<Instant> {
        Some(self.outage.failed? + self.reopen_after)
    }

    /// Tries it, with the rows that left meanwhile.
    pub(super) fn try_again(&mut self) {
        let committed = self
            .reopened()
            .and_then(|()| self.commit(&[], Confirms::Nothing));
        match committed {
            Ok(committed) => self.follow(committed),
            Err(error) => self.fail(&error, &[]),
        }
    }

    pub(super) fn give_waiting(&mut self, store: &Store) -> Result<(), StoreError> {
        // Nobody hears that something is gone before a restore knows of it.
        (self.ears.erased)(&store.all::<Gone>()?);
        let mut rows: Vec<Row> = store.all()?;
        // Somebody may have been forgotten by it.
        let standing = rows.iter().map(|row| row.id).collect();
        let _ = self.ears.deliver.send(Delivery::Standing(standing));
        rows.retain(|row| row.id.event >= self.given_below);
        // What was stopped before goes no further after.
        for announcement in store.all::<Announcement>()? {
            if announcement.stopped && !announcement.is_over() {
                let stop = Delivery::StopAnnouncement(announcement.id);
                let _ = self.ears.deliver.send(stop);
            }
        }
        self.given_below = store.meta()?.next_event;
        self.give(rows);
        // The record of a file is the job to fetch it.
        let mut files = store.all::<Attachment>()?;
        files.retain(|file| matches!(file.whereabouts, Whereabouts::Telegram(_)));
        if !files.is_empty() {
            let _ = self.ears.fetch.send(files);
        }
        Ok(())
    }

    /// A full disk can often be read: an outage is over when something was written.
    pub(super) fn works_again(&mut self) {
        if self.outage.failed.take().is_some() {
            log::info!("the store works again; what waited is handled now");
            self.outage.over = Some(Instant::now());
            self.metrics.store_open.set(1);
        }
    }

    /// These are stored: whoever did them need not hear of an outage any more.
    pub(super) fn stored(&mut self, updates: &[Update]) {
        for update in updates {
            if let What::Private(chat, _) = &update.what
                && self.outage.told.remove(chat)
            {
                let _ = self.ears.deliver.send(Delivery::Stored(*chat));
            }
        }
    }
}
