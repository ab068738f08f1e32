//! How much waits to be sent, and to whom how much more may be added.

use std::collections::BTreeMap;

use crate::domain::ChatId;

/// How many rows may wait for one person before they get only what they must have.
const CROWD: usize = 40;

/// How many rows wait, of whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    chats: BTreeMap<ChatId, usize>,
    strangers: usize,
}

/// How much more may be sent to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Too much waits for them: only what they must have is added.
    pub(super) crowded: bool,
    /// If they have not joined, they are not answered at all.
    pub(super) strangers_full: bool,
}

impl Waiting {
    pub(super) fn room(&self, chat: ChatId, strangers_at_most: usize) -> Room {
        let crowded = self.chats.get(&chat).is_some_and(|rows| *rows >= CROWD);
        // Nobody fills the strangers' share alone.
        let full = strangers_at_most != 0 && (crowded || self.strangers >= strangers_at_most);
        Room {
            crowded,
            strangers_full: full,
        }
    }

    pub(super) fn add(&mut self, chat: ChatId, stranger: bool, rows: usize) {
        *self.chats.entry(chat).or_default() += rows;
        self.strangers += if stranger { rows } else { 0 };
    }

    pub(super) fn remove(&mut self, chat: ChatId, stranger: bool) {
        if let Some(rows) = self.chats.get_mut(&chat) {
            *rows = rows.saturating_sub(1);
            if *rows == 0 {
                self.chats.remove(&chat);
            }
        }
        self.strangers = self.strangers.saturating_sub(usize::from(stranger));
    }
}
