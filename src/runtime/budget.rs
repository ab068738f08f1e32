//! Telegram's limits as the bot keeps them: the settings, what all chats share, and what one chat has of its own.
//!
//! Guarantees: what goes to all chats together stays within `per_second` with a burst of one second's worth, broadcasts
//! within a fifth of that burst, people who have not joined within a third of it all. One chat stays within its pace, a group
//! within its minute, a person within theirs.
//!
//! Telegram publishes about 30 messages a second in all, one a second in one chat and 20 a minute in one group
//! (<https://core.telegram.org/bots/faq>); the true limits are not stated, hence the margin of the defaults.
//!
//! Must never: decide an order. That is the [queue](super::queue)'s.

use super::bucket::{Bucket, Millis, Rate, Window};
use super::ticket::Cost;

/// The limits of sending. 0 switches a limit off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// New messages a second to all chats together. 0 also lifts both limits for strangers.
    pub per_second: u32,
    /// New messages a second in one chat. 0 also lifts `person_per_minute`.
    pub chat_per_second: u32,
    /// How many new messages a chat that was quiet may get at once.
    pub chat_burst: u32,
    /// New messages in any 60 seconds in one group.
    pub group_per_minute: u32,
    /// New messages and edits a minute in one private chat, as many at once.
    pub person_per_minute: u32,
    /// From how many waiting rows of strangers on no more should be taken in; see [`Queue::strangers_full`](super::queue::Queue::strangers_full).
    pub strangers_waiting: u32,
    /// From how many waiting interactive rows on a chat's newer supersedable row replaces an older one.
    pub chat_waiting: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: 25,
            chat_per_second: 1,
            chat_burst: 5,
            group_per_minute: 20,
            person_per_minute: 30,
            strangers_waiting: 1000,
            chat_waiting: 20,
        }
    }
}

/// The limits as rates; `None` is no limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    overall: Option<Rate>,
    bulk: Option<Rate>,
    strangers: Option<Rate>,
    chat: Option<Rate>,
    person: Option<Rate>,
    group: usize,
}

impl Rates {
    pub(super) fn new(limits: Limits) -> Self {
        let all = limits.per_second;
        Self {
            overall: Rate::new(all, 1_000, all),
            bulk: Rate::new(all, 1_000, all / 5),
            strangers: Rate::new(all, 3_000, all / 3),
            chat: Rate::new(limits.chat_per_second, 1_000, limits.chat_burst),
            person: Rate::new(limits.person_per_minute, 60_000, limits.person_per_minute)
                .filter(|_| limits.chat_per_second > 0),
            group: usize::try_from(limits.group_per_minute).unwrap_or(usize::MAX),
        }
    }
}

/// What all chats share. Asked and charged for new messages only.
///
/// The buckets start empty: a process that was killed just after a burst must not burst again when it is back. Bulk has a
/// bucket of its own in front of the common one, with the same rate and a smaller burst. It takes nothing from the total,
/// it leaves what was saved up to replies, and its burst makes up for a deliverer that wakes up to a fifth of a second late.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared {
    overall: Bucket,
    bulk: Bucket,
    strangers: Bucket,
}

impl Shared {
    pub(super) fn new(rates: &Rates, now: Millis) -> Self {
        let empty = |rate: Option<Rate>| rate.map(|r| Bucket::empty(r, now)).unwrap_or_default();
        Self {
            overall: empty(rates.overall),
            bulk: empty(rates.bulk),
            strangers: empty(rates.strangers),
        }
    }

    /// The first instant at which a new message of this kind may go.
    pub(super) fn ready_at(&self, rates: &Rates, bulk: bool, stranger: bool) -> Millis {
        let at = |bucket: &Bucket, rate: Option<Rate>| {
            rate.map_or(Millis(0), |rate| bucket.ready_at(rate))
        };
        at(&self.overall, rates.overall)
            .max(at(&self.bulk, rates.bulk.filter(|_| bulk)))
            .max(at(&self.strangers, rates.strangers.filter(|_| stranger)))
    }

    /// Charges a new message at `now`.
    pub(super) fn charge(&mut self, rates: &Rates, bulk: bool, stranger: bool, now: Millis) {
        charge(&mut self.overall, rates.overall, now);
        charge(&mut self.bulk, rates.bulk.filter(|_| bulk), now);
        charge(
            &mut self.strangers,
            rates.strangers.filter(|_| stranger),
            now,
        );
    }
}

/// What one chat has of its own. A chat with a negative id is a group or a channel, the others are people.
#[derive(Clone, Debug, Default)]
pub(super) struct ChatBudget {
    chat: Bucket,
    person: Bucket,
    group: Window,
}

impl ChatBudget {
    /// The first instant at which a call of this cost may go to `chat`.
    pub(super) fn ready_at(&self, rates: &Rates, chat: i64, cost: Cost) -> Millis {
        let (pace, person, group) = applies(rates, chat, cost);
        let pace = pace.map_or(Millis(0), |rate| self.chat.ready_at(rate));
        let person = person.map_or(Millis(0), |rate| self.person.ready_at(rate));
        let group = group.map_or(Millis(0), |limit| self.group.ready_at(limit));
        pace.max(person).max(group)
    }

    /// Charges a call at `now`.
    pub(super) fn charge(&mut self, rates: &Rates, chat: i64, cost: Cost, now: Millis) {
        let (pace, person, group) = applies(rates, chat, cost);
        charge(&mut self.chat, pace, now);
        charge(&mut self.person, person, now);
        if group.is_some() {
            self.group.take(now);
        }
    }

    /// The first instant at which nothing of this need be remembered.
    pub(super) fn full_at(&self, rates: &Rates) -> Millis {
        let chat = rates.chat.map_or(Millis(0), |rate| self.chat.full_at(rate));
        let person = rates
            .person
            .map_or(Millis(0), |rate| self.person.full_at(rate));
        chat.max(person).max(self.group.full_at())
    }
}

/// Which of the chat's limits a call falls under: the chat's pace, the person's minute, the group's minute.
fn applies(rates: &Rates, chat: i64, cost: Cost) -> (Option<Rate>, Option<Rate>, Option<usize>) {
    let is_group = chat < 0;
    let person = rates.person.filter(|_| !is_group);
    let group = (is_group && rates.group > 0).then_some(rates.group);
    match cost {
        Cost::Send => (rates.chat, person, group),
        Cost::Edit => (None, person, None),
        Cost::Free => (None, None, None),
    }
}

fn charge(bucket: &mut Bucket, rate: Option<Rate>, now: Millis) {
    if let Some(rate) = rate {
        bucket.take(rate, now);
    }
}
