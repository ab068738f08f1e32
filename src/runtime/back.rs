//! What is to be told, since the bot was away and is back, however its updates come.

use std::collections::BTreeSet;
use std::sync::mpsc::Sender;

use tokio::sync::oneshot;

use super::alive::Alive;
use super::work::{Unavailable, Work};
use crate::dialogue::Absence;
use crate::domain::ChatId;
use crate::telegram::{Update, What};

/// See the module.
#[derive(Default)]
pub(super) struct Back {
    absence: Option<Absence>,
    /// Who was heard since.
    answered: BTreeSet<ChatId>,
}

/// Why nobody was told.
pub(super) enum Untold {
    StoreAway,
    NoWriter,
}

impl Back {
    /// Updates were taken in just now, and with them these people were heard.
    pub(super) fn fetched(&mut self, alive: &mut Alive, heard: BTreeSet<ChatId>) {
        if let Some(absence) = alive.fetched() {
            // Those of a first absence were not told yet when there was a second.
            let since = self.absence.map_or(absence.since, |first| first.since);
            self.absence = Some(Absence { since, ..absence });
        }
        if self.absence.is_some() {
            self.answered.extend(heard);
        }
    }

    /// Whether somebody is still to be told.
    pub(super) fn is_due(&self) -> bool {
        self.absence.is_some()
    }

    /// Has everybody told whom it concerns.
    pub(super) async fn tell(&mut self, works: &Sender<Work>) -> Result<(), Untold> {
        let Some(absence) = self.absence else {
            return Ok(());
        };
        let (done, hear) = oneshot::channel();
        let work = Work::WasAway {
            absence,
            answered: self.answered.clone(),
            done,
        };
        works.send(work).map_err(|_| Untold::NoWriter)?;
        match hear.await {
            Ok(Ok(())) => {
                *self = Self::default();
                Ok(())
            }
            Ok(Err(Unavailable)) => Err(Untold::StoreAway),
            Err(_) => Err(Untold::NoWriter),
        }
    }

    /// Whoever comes next knows that the bot was alive; but not while somebody is still to be told.
    pub(super) fn note(&self, alive: &mut Alive) {
        if self.absence.is_none() {
            alive.note();
        }
    }

    /// The program ends.
    pub(super) fn end(self, alive: Alive) {
        if self.absence.is_none() {
            alive.end();
        }
    }
}

/// Who did something in their private chat.
pub(super) fn heard_in(update: &Update) -> Option<ChatId> {
    match &update.what {
        What::Private(chat, _) => Some(*chat),
        What::Group { .. } | What::GroupMoved { .. } | What::GroupLost(_) | What::Elsewhere => None,
    }
}
