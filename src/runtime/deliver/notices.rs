//! What people are told without a row, because nothing can be kept.
//!
//! Guarantees: a notice leaves a chat alone as long as whatever else goes there has to; it is tried again a few times, and nothing
//! remembers it beyond that.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::Id;

use super::super::queue::{Millis, Queue};
use crate::dialogue::Body;
use crate::domain::ChatId;
use crate::telegram::Outcome;
use crate::text::Html;

/// How often a notice that fails is tried again.
const TRIES: u8 = 5;
/// How many milliseconds lie between two tries where Telegram does not say.
const PAUSE: u64 = 2_000;

/// Words that nothing can store.
pub(super) struct Notice {
    pub(super) chat: ChatId,
    body: Arc<Body>,
    /// How often it is tried yet if it fails.
    tries: u8,
}

impl Notice {
    pub(super) fn body(&self) -> Arc<Body> {
        Arc::clone(&self.body)
    }
}

/// The notices that wait and those under way.
#[derive(Default)]
pub(super) struct Notices {
    /// When each is to go. Of two to one chat at one instant the second says the same.
    waiting: BTreeMap<(Millis, ChatId), Notice>,
    under_way: BTreeMap<Id, Notice>,
}

impl Notices {
    pub(super) fn add(&mut self, chat: ChatId, html: Html, now: Millis) {
        let notice = Notice {
            chat,
            body: Arc::new(Body::from(html)),
            tries: TRIES,
        };
        self.waiting.insert((now, chat), notice);
    }

    pub(super) fn drop_chat(&mut self, chat: ChatId) {
        self.waiting.retain(|(_, to), _| *to != chat);
    }

    /// When the first of them is to go.
    pub(super) fn due(&self) -> Option<Millis> {
        self.waiting.keys().next().map(|(at, _)| *at)
    }

    /// One that may go now. Whatever was asked of the rows to its chat is asked of it.
    pub(super) fn next<I: Ord + Copy, T>(
        &mut self,
        queue: &Queue<I, T>,
        now: Millis,
    ) -> Option<Notice> {
        while let Some(first) = self.waiting.first_entry()
            && first.key().0 <= now
        {
            let notice = first.remove();
            let at = queue.held_until(notice.chat.0);
            if at <= now {
                return Some(notice);
            }
            self.waiting.insert((at, notice.chat), notice);
        }
        None
    }

    pub(super) fn begun(&mut self, call: Id, notice: Notice) {
        self.under_way.insert(call, notice);
    }

    /// The one whose call this was.
    pub(super) fn ended(&mut self, call: Id) -> Option<Notice> {
        self.under_way.remove(&call)
    }

    /// Whether one that had this outcome is tried again. The queue knows how long Telegram asked to wait.
    pub(super) fn again(&mut self, mut notice: Notice, outcome: &Outcome, now: Millis) -> bool {
        let at = match outcome {
            Outcome::RetryAfter(_) => now,
            Outcome::Transient(_) => now.after(PAUSE),
            Outcome::Sent(_) | Outcome::Refused(_) | Outcome::Migrated(_) | Outcome::Gone => {
                return false;
            }
        };
        if notice.tries == 0 {
            return false;
        }
        notice.tries -= 1;
        self.waiting.insert((at, notice.chat), notice);
        true
    }
}
