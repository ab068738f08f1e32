//! Which waiting row of the outbox may be sent next, and when.
//!
//! The deliverer pushes committed rows, asks [`Queue::next`], runs the sends side by side and reports how each ended with
//! [`Queue::done`] or [`Queue::retry`]; a row that is not to be tried again after a 429 with both, the latter first.
//!
//! Guarantees:
//! - Rows of one chat and lane go in the order of their push, and a chat has at most one of them in flight. An interactive row
//!   goes before a waiting bulk row of the same chat: an answer never waits behind a broadcast.
//! - [`Cost::Free`] rows know no order and no limit and go at once.
//! - Interactive rows go before bulk; bulk takes every token that interactive cannot use. Within a lane the chat that has
//!   been ready longest goes first, one row at a time.
//! - No limit of [`Limits`] is exceeded. What all chats share is charged when a row is handed out. A chat's own limits are
//!   charged when the outcome is known: the chat is silent until then, and Telegram counts at some instant in between, so
//!   however unevenly the network delays calls, Telegram never counts more than we do.
//! - 429 pauses its chat exactly as told. Telegram does not say which limit was hit, so this is a choice: one chat's 429 is
//!   taken for the chat's own limit; 429s of two chats within a second for the overall one, and then every row but the free
//!   ones waits as long as the later of them said. A free row that gets 429 waits by itself, its chat goes on.
//! - A row that failed for a passing reason is tried again after 1 s, doubling to 60 s, less up to half by jitter. It stays
//!   first of its chat and lane; all others go on.
//! - Nothing handed in is lost or handed out twice: a row stays until `done`, `drop_chat` or until it is superseded.
//! - Memory: the rows, and the chats that are paused or whose limits are not yet full again. Every call is O(log rows), amortised;
//!   `drop_chat` also looks at each waiting free row.
//!
//! Must never: do I/O, read a clock, draw a random number, look into the load.

use std::collections::{BTreeMap, BTreeSet};

pub use super::bucket::Millis;
pub use super::budget::Limits;
use super::budget::{Rates, Shared};
use super::chat::{CLASSES, Chat, Class, Place, Row};
pub use super::ticket::{Cost, Lane, Next, Retry, Ticket};

/// The rows that wait and those in flight. See the [module](self).
#[derive(Debug)]
pub struct Queue<I, T> {
    limits: Limits,
    rates: Rates,
    shared: Shared,
    now: Millis,
    counter: u64,
    rows: BTreeMap<I, Row<I, T>>,
    chats: BTreeMap<i64, Chat<I>>,
    /// Chats whose first row waits for nothing of their own, by class and since when.
    ready: [BTreeMap<u64, i64>; CLASSES.len()],
    /// Chats whose first row waits for an instant.
    timers: BTreeSet<(Millis, i64)>,
    /// Chats without rows, until their limits are full again.
    fading: BTreeSet<(Millis, i64)>,
    /// Waiting free rows: not before, order, id.
    free: BTreeSet<(Millis, u64, I)>,
    paused_until: Millis,
    last_429: Option<(Millis, i64)>,
    waiting: usize,
    strangers: usize,
    /// Rows by lane.
    lanes: [usize; 2],
}

/// Two chats with 429 within this many milliseconds mean the overall limit.
const SAME_CAUSE: u64 = 1_000;

impl<I: Ord + Copy, T> Queue<I, T> {
    /// An empty queue. The limits that all chats share count as used up at `now`, as after a crash they may be.
    #[must_use]
    pub fn new(limits: Limits, now: Millis) -> Self {
        let rates = Rates::new(limits);
        Self {
            limits,
            rates,
            shared: Shared::new(&rates, now),
            now,
            counter: 0,
            rows: BTreeMap::new(),
            chats: BTreeMap::new(),
            ready: Default::default(),
            timers: BTreeSet::new(),
            fading: BTreeSet::new(),
            free: BTreeSet::new(),
            paused_until: Millis(0),
            last_429: None,
            waiting: 0,
            strangers: 0,
            lanes: [0; 2],
        }
    }

    /// Takes in a row. A row whose id is already here is ignored.
    ///
    /// Returns the row that this one supersedes, if so: it is out of the queue and the caller deletes it. That happens when
    /// the row is supersedable and interactive and its chat has [`Limits::chat_waiting`] interactive rows waiting: the newest
    /// waiting row of its kind goes. A routine row replaces the routine row that waits last in its chat in any case.
    #[must_use = "a superseded row is to be deleted from the outbox"]
    pub fn push(&mut self, ticket: Ticket<I, T>, now: Millis) -> Option<Ticket<I, T>> {
        self.tick(now);
        let (id, chat) = (ticket.id, ticket.chat);
        if self.rows.contains_key(&id) {
            return None;
        }
        let superseded = self.superseded_by(&ticket).and_then(|id| self.remove(id));
        self.counter += 1;
        let row = Row {
            ticket,
            order: self.counter,
            tries: 0,
            not_before: Millis(0),
            in_flight: false,
        };
        self.lanes[row.ticket.lane as usize] += 1;
        self.rows.insert(id, row);
        self.enqueue(id);
        self.settle(chat);
        superseded
    }

    /// What to do at `now`.
    pub fn next(&mut self, now: Millis) -> Next<'_, I, T> {
        let now = self.tick(now);
        let Some(id) = self.choose(now) else {
            return match self.wake_at() {
                Some(at) => Next::WaitUntil(at),
                None => Next::Idle,
            };
        };
        self.dequeue(id);
        let Some(row) = self.rows.get_mut(&id) else {
            return Next::Idle;
        };
        row.in_flight = true;
        let Ticket {
            chat,
            lane,
            cost,
            stranger,
            ..
        } = row.ticket;
        match cost {
            Cost::Send => {
                let bulk = lane == Lane::Bulk;
                self.shared.charge(&self.rates, bulk, stranger, now);
            }
            Cost::Edit | Cost::Free => {}
        }
        if cost != Cost::Free {
            if let Some(chat) = self.chats.get_mut(&chat) {
                chat.in_flight = true;
            }
            self.settle(chat);
        }
        match self.rows.get(&id) {
            Some(row) => Next::Send(&row.ticket),
            None => Next::Idle,
        }
    }

    /// The row was sent, or refused for good: it leaves the queue and is returned. Nothing happens for an unknown id.
    pub fn done(&mut self, id: I, now: Millis) -> Option<Ticket<I, T>> {
        let now = self.tick(now);
        let ticket = if self.land(id, now) {
            self.take_out(id)?
        } else {
            self.remove(id)?
        };
        self.settle(ticket.chat);
        Some(ticket)
    }

    /// The row in flight was not sent and waits again, first of its chat and lane.
    pub fn retry(&mut self, id: I, now: Millis, retry: Retry) {
        let now = self.tick(now);
        if !self.land(id, now) {
            return;
        }
        let Some(row) = self.rows.get_mut(&id) else {
            return;
        };
        let (chat, free) = (row.ticket.chat, row.ticket.cost == Cost::Free);
        match retry {
            Retry::After { seconds } => {
                let until = now.after(u64::from(seconds) * 1_000);
                if free {
                    row.not_before = until;
                } else {
                    self.pause(chat, until);
                }
            }
            Retry::Backoff { jitter } => {
                row.not_before = now.after(backoff(row.tries, jitter));
                row.tries = row.tries.saturating_add(1);
            }
        }
        self.enqueue(id);
        self.settle(chat);
    }

    /// The chat is gone: its waiting rows leave the queue and are returned. A row in flight stays until its outcome.
    pub fn drop_chat(&mut self, chat: i64) -> Vec<Ticket<I, T>> {
        let mut ids: Vec<I> = Vec::new();
        if let Some(chat) = self.chats.get(&chat) {
            ids.extend(chat.interactive.values().chain(chat.bulk.values()));
        }
        let is_here = |id: &I| self.rows.get(id).is_some_and(|r| r.ticket.chat == chat);
        ids.extend(self.free.iter().map(|(_, _, id)| *id).filter(is_here));
        let dropped = ids.into_iter().filter_map(|id| self.remove(id)).collect();
        self.settle(chat);
        dropped
    }

    /// The waiting rows whose load is like this leave the queue and are returned. A row in flight stays until its outcome. Looks
    /// at every row.
    pub fn drop_where(&mut self, is_like: impl Fn(&T) -> bool) -> Vec<Ticket<I, T>> {
        let waiting = self.rows.iter().filter(|(_, row)| !row.in_flight);
        let ids: Vec<I> = waiting
            .filter(|(_, row)| is_like(&row.ticket.load))
            .map(|(id, _)| *id)
            .collect();
        let dropped: Vec<_> = ids.into_iter().filter_map(|id| self.remove(id)).collect();
        for ticket in &dropped {
            self.settle(ticket.chat);
        }
        dropped
    }

    /// Whether no row waits and none is in flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows wait, those in flight not counted.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many rows of a lane are here, waiting or in flight.
    #[must_use]
    pub fn in_lane(&self, lane: Lane) -> usize {
        self.lanes[lane as usize]
    }

    /// How many of the waiting rows go to strangers.
    #[must_use]
    pub fn strangers_waiting(&self) -> usize {
        self.strangers
    }

    /// Whether so many rows to strangers wait that no more should be taken in.
    #[must_use]
    pub fn strangers_full(&self) -> bool {
        let cap = usize::try_from(self.limits.strangers_waiting).unwrap_or(usize::MAX);
        self.limits.per_second > 0 && cap > 0 && self.strangers >= cap
    }

    /// How many chats are remembered: those with rows, and those that are paused or whose limits are not yet full again.
    #[must_use]
    pub fn chats(&self) -> usize {
        self.chats.len()
    }

    /// Moves the clock on, never back, wakes the chats whose instant has come and forgets those that are full again.
    fn tick(&mut self, now: Millis) -> Millis {
        self.now = self.now.max(now);
        while let Some(&(at, chat)) = self.timers.first()
            && at <= self.now
        {
            self.settle(chat);
        }
        while let Some(&(at, chat)) = self.fading.first()
            && at <= self.now
        {
            self.settle(chat);
        }
        self.now
    }

    /// The row that may go now: a free one, or the first of the chat that has been ready longest in the most urgent lane.
    fn choose(&self, now: Millis) -> Option<I> {
        if let Some(&(at, _, id)) = self.free.first()
            && at <= now
        {
            return Some(id);
        }
        if self.paused_until > now {
            return None;
        }
        [Lane::Interactive, Lane::Bulk]
            .into_iter()
            .find_map(|lane| {
                let open = CLASSES.iter().zip(&self.ready);
                let open = open.filter(|(c, _)| c.lane == lane && self.open_at(**c) <= now);
                let (_, chat) = open
                    .filter_map(|(_, chats)| chats.first_key_value())
                    .min()?;
                self.chats.get(chat)?.first()
            })
    }

    /// The next instant at which `choose` finds something, if nothing else happens.
    fn wake_at(&self) -> Option<Millis> {
        let free = self.free.first().map(|(at, _, _)| *at);
        let timer = self.timers.first().map(|(at, _)| *at);
        let classes = CLASSES.iter().zip(&self.ready);
        let classes = classes.filter(|(_, chats)| !chats.is_empty());
        let ordered = classes.map(|(c, _)| self.open_at(*c)).chain(timer).min();
        let ordered = ordered.map(|at| at.max(self.paused_until));
        free.into_iter().chain(ordered).min()
    }

    /// The first instant at which what all chats share lets a row of this class go.
    fn open_at(&self, class: Class) -> Millis {
        if class.send {
            let bulk = class.lane == Lane::Bulk;
            self.shared.ready_at(&self.rates, bulk, class.stranger)
        } else {
            Millis(0)
        }
    }

    fn superseded_by(&self, ticket: &Ticket<I, T>) -> Option<I> {
        let limit = usize::try_from(self.limits.chat_waiting).unwrap_or(usize::MAX);
        let chat = self.chats.get(&ticket.chat)?;
        if !ticket.may_be_superseded() {
            return None;
        }
        let last = chat.interactive.last_key_value().map(|(_, id)| *id);
        let is_routine = |id: &I| {
            let row = self.rows.get(id);
            row.is_some_and(|row| row.ticket.routine && row.ticket.may_be_superseded())
        };
        if let Some(last) = last.filter(|last| ticket.routine && is_routine(last)) {
            return Some(last);
        }
        let crowded = limit > 0 && chat.interactive.len() >= limit;
        let newest = chat.supersedable.last().filter(|_| crowded)?;
        chat.interactive.get(newest).copied()
    }

    /// Puts a row among those that wait.
    fn enqueue(&mut self, id: I) {
        let Some(row) = self.rows.get(&id) else {
            return;
        };
        self.waiting += 1;
        self.strangers += usize::from(row.ticket.stranger);
        if row.ticket.cost == Cost::Free {
            self.free.insert((row.not_before, row.order, id));
            return;
        }
        let chat = self.chats.entry(row.ticket.chat).or_insert_with(Chat::new);
        chat.lane(row.ticket.lane).insert(row.order, id);
        if row.ticket.may_be_superseded() {
            chat.supersedable.insert(row.order);
        }
    }

    /// Takes a waiting row from among those that wait.
    fn dequeue(&mut self, id: I) {
        let Some(row) = self.rows.get(&id).filter(|row| !row.in_flight) else {
            return;
        };
        self.waiting -= 1;
        self.strangers -= usize::from(row.ticket.stranger);
        if row.ticket.cost == Cost::Free {
            self.free.remove(&(row.not_before, row.order, id));
        } else if let Some(chat) = self.chats.get_mut(&row.ticket.chat) {
            chat.lane(row.ticket.lane).remove(&row.order);
            chat.supersedable.remove(&row.order);
        }
    }

    /// Takes a waiting row out of the queue.
    fn remove(&mut self, id: I) -> Option<Ticket<I, T>> {
        self.dequeue(id);
        self.take_out(id)
    }

    /// Takes a row that is in no index out of the queue.
    fn take_out(&mut self, id: I) -> Option<Ticket<I, T>> {
        let ticket = self.rows.remove(&id)?.ticket;
        self.lanes[ticket.lane as usize] -= 1;
        Some(ticket)
    }

    /// The row's outcome is known: charges its chat. The row is then in no index. False if it was not in flight.
    fn land(&mut self, id: I, now: Millis) -> bool {
        let Some(row) = self.rows.get_mut(&id).filter(|row| row.in_flight) else {
            return false;
        };
        row.in_flight = false;
        let Ticket { chat: id, cost, .. } = row.ticket;
        if cost != Cost::Free
            && let Some(chat) = self.chats.get_mut(&id)
        {
            chat.in_flight = false;
            chat.budget.charge(&self.rates, id, cost, now);
        }
        true
    }

    /// 429 in `chat`: see the module on whom it pauses.
    fn pause(&mut self, chat: i64, until: Millis) {
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.paused_until = chat.paused_until.max(until);
        }
        if let Some((at, other)) = self.last_429
            && other != chat
            && self.now <= at.after(SAME_CAUSE)
        {
            self.paused_until = self.paused_until.max(until);
        }
        self.last_429 = Some((self.now, chat));
    }

    /// Puts a chat where it belongs after anything about it changed. A chat that stays ready keeps its turn.
    fn settle(&mut self, id: i64) {
        let Some(chat) = self.chats.get_mut(&id) else {
            return;
        };
        let row = chat.first().and_then(|first| self.rows.get(&first));
        let place = match row {
            _ if chat.in_flight => Place::Nowhere,
            Some(row) => {
                let budget = chat.budget.ready_at(&self.rates, id, row.ticket.cost);
                let at = budget.max(chat.paused_until).max(row.not_before);
                match (at > self.now, chat.place) {
                    (true, _) => Place::Timer(at),
                    (false, Place::Ready { class, since })
                        if class == Class::index(&row.ticket) =>
                    {
                        Place::Ready { class, since }
                    }
                    (false, _) => {
                        self.counter += 1;
                        let class = Class::index(&row.ticket);
                        Place::Ready {
                            class,
                            since: self.counter,
                        }
                    }
                }
            }
            None => Place::Fading(chat.budget.full_at(&self.rates).max(chat.paused_until)),
        };
        match std::mem::replace(&mut chat.place, place) {
            Place::Nowhere => {}
            Place::Ready { class, since } => drop(self.ready[class].remove(&since)),
            Place::Timer(at) => drop(self.timers.remove(&(at, id))),
            Place::Fading(at) => drop(self.fading.remove(&(at, id))),
        }
        match place {
            Place::Nowhere => {}
            Place::Ready { class, since } => drop(self.ready[class].insert(since, id)),
            Place::Timer(at) => drop(self.timers.insert((at, id))),
            Place::Fading(at) if at > self.now => drop(self.fading.insert((at, id))),
            Place::Fading(_) => drop(self.chats.remove(&id)),
        }
    }
}

/// How long to wait after `tries` failures before this one, in milliseconds.
fn backoff(tries: u32, jitter: u32) -> u64 {
    let whole = (1_000_u64 << tries.min(6)).min(60_000);
    whole - u64::from(jitter) % (whole / 2 + 1)
}
