//! When the store fails, and until it works again: who is told, when it is opened anew, and what goes on from there.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::super::deliver::Delivery;
use super::Intake;
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
                let _ = self
                    .ears
                    .deliver
                    .send(Delivery::Notice(*chat, html.clone()));
            }
        }
    }

    /// Opens the store again after a failure, not before its time.
    pub(super) fn reopened(&mut self) -> Result<(), StoreError> {
        if self.store.is_some() {
            return Ok(());
        }
        if self
            .outage
            .as_ref()
            .is_some_and(|(failed, _)| failed.elapsed() < self.reopen_after)
        {
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

    pub(super) fn give_waiting(&mut self, store: &Store) -> Result<(), StoreError> {
        // Nobody hears that something is gone before a restore knows of it.
        (self.ears.erased)(&store.all::<Gone>()?);
        let rows: Vec<Row> = store
            .all::<Row>()?
            .into_iter()
            .filter(|row| row.id.event >= self.given_below)
            .collect();
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
        if self.outage.take().is_some() {
            log::info!("the store works again; what waited is handled now");
            self.metrics.store_open.set(1);
        }
    }
}
