//! What comes by the clock: doing what is due, naming the next instant, telling people that the bot was away.
//!
//! Guarantees: an erasure, which cannot be undone, must be due for a while of real time before it is done; what fails is tried
//! again, and never at once.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::super::staging::{keep_time, was_away};
use super::{Intake, REOPEN};
use crate::dialogue::Absence;
use crate::dialogue::reminding::Known;
use crate::dialogue::restoring;
use crate::domain::ChatId;
use crate::schedule::Occasion;
use crate::store::{Stage, StoreError};

/// How long an erasure is due before it is done.
const SURE: Duration = Duration::from_secs(10);
/// How long after a failure of its own what is due is tried again.
const LATER: Duration = Duration::from_secs(600);

impl Intake {
    /// Does what is due by the clock, in a commit of its own.
    pub(super) fn keep_time(&mut self) {
        match self.reopened().and_then(|()| self.keep()) {
            Ok(()) => {}
            Err(error) if error.is_final() => {
                self.fail(&error, &[]);
                self.look_again(REOPEN);
            }
            Err(error) => {
                log::error!("what is due cannot be done: {error}");
                self.look_again(LATER);
            }
        }
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        if !self.is_sure()? {
            self.look_again(SURE);
            return Ok(());
        }
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, self.clock.now())?;
        if !keep_time(&mut stage, &self.forum, self.moment())? {
            self.look_ahead();
            return Ok(());
        }
        let finished = stage.finish()?;
        self.commit_apart(finished)
    }

    /// Whether what is due may be done. An erasure must be due for a while that no wrong clock can make shorter: it cannot be
    /// undone.
    fn is_sure(&mut self) -> Result<bool, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let now = self.clock.now();
        let stage = Stage::new(store, now)?;
        let erases = Known::of(&stage)
            .look(&self.forum, now)
            .due
            .contains(&Occasion::Erase);
        stage.checked()?;
        if !erases {
            self.erases_since = None;
            return Ok(true);
        }
        let since = self.erases_since.get_or_insert_with(Instant::now);
        Ok(since.elapsed() >= SURE)
    }

    /// Says when the next thing is due, as things are now.
    pub(super) fn look_ahead(&mut self) {
        let Some(store) = &self.store else { return };
        let now = self.clock.now();
        let next = Stage::new(store, now).and_then(|stage| {
            let look = Known::of(&stage).look(&self.forum, now);
            let next = if look.due.is_empty() {
                look.next
            } else {
                Some(now)
            };
            stage.checked().map(|()| next)
        });
        match next {
            Ok(next) => {
                self.ears.next_due.send_replace(next);
            }
            Err(error) => {
                log::error!("what is due next cannot be told: {error}");
                self.look_again(LATER);
            }
        }
    }

    /// What is due waits as long as this.
    fn look_again(&mut self, pause: Duration) {
        let again = self.clock.now().checked_add(pause).ok();
        self.ears.next_due.send_replace(again);
    }

    /// Tells the owners that no backup can be made, in a commit of its own.
    pub(super) fn tell_no_backup(&mut self, newest: Option<Timestamp>) -> Result<(), StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, self.clock.now())?;
        let notices = restoring::no_backup(newest, &self.forum, &stage);
        stage.apply_notices(notices)?;
        let finished = stage.finish()?;
        self.commit_apart(finished)
    }

    /// Tells those whom it concerns that the bot was away, in a commit of its own.
    pub(super) fn tell_away(
        &mut self,
        absence: Absence,
        answered: &BTreeSet<ChatId>,
    ) -> Result<(), StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, self.clock.now())?;
        let room = |chat| self.waiting.room(chat, self.ears.strangers_at_most);
        let moment = || self.moment();
        let told = was_away(&mut stage, &self.forum, absence, answered, room, moment)?;
        log::warn!(
            "nothing was fetched from {} to {}: {told} people were told that something may be lost",
            absence.since,
            absence.until
        );
        let finished = stage.finish()?;
        self.commit_apart(finished)
    }
}
