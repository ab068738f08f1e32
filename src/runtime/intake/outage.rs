//! When the store fails, and until it works again: who is told, when it is opened anew, and what goes on from there.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::super::deliver::Delivery;
use super::{Confirms, Intake};
use crate::dialogue::Event;
use crate::domain::{Announcement, Attachment, Whereabouts};
use crate::store::erasures::Gone;
use crate::store::{Row, Store, StoreError};
use crate::telegram::{Update, What};
use crate::text::Html;

impl Intake {
    /// Closes the store, and tells those whose words are not kept yet; each of them once.
    pub(super) fn fail(&mut self, error: &StoreError, updates: &[Update]) {
        let (failed, told) = self.outage.get_or_insert_with(|| {
            log::error!(
                "the store failed: {error}; nothing is confirmed, it is opened again every 5 s"
            );
            (Instant::now(), BTreeSet::new())
        });
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
        if self.reopens_at().is_some_and(|at| at > Instant::now()) {
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

    /// When the store is to be opened again, or the rows that left meanwhile are to be noted.
    pub(super) fn tries_again_at(&self) -> Option<Instant> {
        let is_due = self.store.is_none() || !self.unsettled.is_empty();
        self.reopens_at().filter(|_| is_due)
    }

    /// Before this a store that failed is not opened again.
    fn reopens_at(&self) -> Option<Instant> {
        let (failed, _) = self.outage.as_ref()?;
        Some(*failed + self.reopen_after)
    }

    /// Opens the store, and notes the rows that left meanwhile.
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

    /// A full disk can often be read, and has room for little: an outage is over when something was written, and if somebody waits, when
    /// that was what people did.
    pub(super) fn works_again(&mut self, confirms: Confirms) {
        let somebody_waits = self
            .outage
            .as_ref()
            .is_some_and(|(_, told)| !told.is_empty());
        if somebody_waits && confirms == Confirms::Nothing {
            return;
        }
        if self.outage.take().is_some() {
            log::info!("the store works again; what waited is handled now");
            self.metrics.store_open.set(1);
            let _ = self.ears.deliver.send(Delivery::OutageOver);
        }
    }
}
