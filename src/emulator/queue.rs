//! The updates of one bot: ids, lifetimes, confirmation, redelivery (rows 37 to 40, 45, 46).
//!
//! Guarantees that an update keeps its id for ever, that an offset confirms everything below it, and that what was confirmed
//! comes again only by a control call. Never holds more than [`MAX_PENDING`] waiting updates, nor more than [`MAX_KEPT`] old
//! ones for looking back.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Notify;

/// Waiting updates of one bot (row 38).
const MAX_PENDING: usize = 100_000;
/// Bytes of waiting updates of one bot (row 38).
const MAX_PENDING_BYTES: usize = 128 << 20;
/// Updates remembered, waiting or not.
const MAX_KEPT: usize = 200_000;
/// Bytes of updates remembered; more than may wait, so that only settled ones are forgotten.
const MAX_KEPT_BYTES: usize = 192 << 20;
/// Largest answer to getUpdates, in bytes (row 39).
const MAX_ANSWER: usize = 4 << 20;
/// Offsets remembered.
const MAX_OFFSETS: usize = 100_000;

/// Not sent unless asked for (row 45).
const NOT_DEFAULT: &[&str] = &["chat_member", "message_reaction", "message_reaction_count"];
/// Every kind that can be asked for.
const KINDS: &[&str] = &[
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "guest_message",
    "managed_bot",
    "subscription",
    "stopped_message_generation",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Confirmed,
    Expired,
}

#[derive(Debug)]
struct Record {
    id: i64,
    body: String,
    expires_ms: i64,
    state: State,
    delivered: u32,
    /// What comes to a webhook one after the other; nothing if this one comes by itself.
    lane: Option<i64>,
    /// Of an earlier id sequence.
    old: bool,
}

impl Record {
    /// What has become of it by then: that the time of one that waits is over shows only when it is looked at.
    fn state(&self, now_ms: i64) -> State {
        if self.state == State::Waiting && self.expires_ms <= now_ms {
            return State::Expired;
        }
        self.state
    }
}

/// The queue of one bot.
#[derive(Debug)]
pub(super) struct Queue {
    /// Wakes waiting polls.
    pub(super) wake: Arc<Notify>,
    records: VecDeque<Record>,
    /// Number of the first record kept.
    base: u64,
    /// Numbers of the waiting records, oldest first.
    waiting: VecDeque<u64>,
    waiting_bytes: usize,
    kept_bytes: usize,
    /// Numbers of records to hand out once more, whatever the offset.
    again: VecDeque<u64>,
    /// Those of them that a webhook has not taken yet.
    repeats: usize,
    first_id: i64,
    next_id: i64,
    allowed: Option<BTreeSet<String>>,
    offsets: VecDeque<(i64, u64)>,
}

impl Queue {
    /// An empty queue whose first id is `first_id`.
    pub(super) fn new(first_id: i64) -> Self {
        Self {
            wake: Arc::default(),
            records: VecDeque::new(),
            base: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            kept_bytes: 0,
            again: VecDeque::new(),
            repeats: 0,
            first_id,
            next_id: first_id,
            allowed: None,
            offsets: VecDeque::new(),
        }
    }

    /// Queues an update of `kind`; `None` when the bot did not ask for it or the queue is full.
    pub(super) fn push(&mut self, kind: &str, content: Value, now_ms: i64) -> Option<i64> {
        let wanted = match &self.allowed {
            Some(allowed) => allowed.contains(kind),
            None => !NOT_DEFAULT.contains(&kind),
        };
        if !wanted {
            return None;
        }
        let id = self.next_id;
        let lane = lane(kind, &content);
        let mut update = json!({"update_id": id});
        update[kind] = content;
        self.put(id, kind, lane, update.to_string(), now_ms)
            .then_some(id)
    }

    /// Queues an update as it is; an id is filled in when there is none. `None` when the queue is full.
    pub(super) fn push_raw(
        &mut self,
        mut update: serde_json::Map<String, Value>,
        now_ms: i64,
    ) -> Option<i64> {
        let given = update.get("update_id").and_then(Value::as_i64);
        let id = given.unwrap_or(self.next_id);
        update.insert("update_id".to_owned(), json!(id));
        let kind = update
            .keys()
            .find(|name| *name != "update_id")
            .cloned()
            .unwrap_or_default();
        let lane = update.get(&kind).and_then(|content| lane(&kind, content));
        let body = Value::Object(update).to_string();
        self.put(id, &kind, lane, body, now_ms).then_some(id)
    }

    fn put(&mut self, id: i64, kind: &str, lane: Option<i64>, body: String, now_ms: i64) -> bool {
        if self.waiting.len() >= MAX_PENDING || self.waiting_bytes + body.len() > MAX_PENDING_BYTES
        {
            return false;
        }
        let seconds = match kind {
            "callback_query" | "pre_checkout_query" | "shipping_query" => 150,
            "inline_query" => 30,
            _ => 86_400,
        };
        while self.records.len() >= MAX_KEPT || self.kept_bytes > MAX_KEPT_BYTES {
            let Some(gone) = self.records.pop_front() else {
                break;
            };
            self.kept_bytes = self.kept_bytes.saturating_sub(gone.body.len());
            self.base += 1;
        }
        let number = self.base + self.records.len() as u64;
        self.waiting_bytes += body.len();
        self.kept_bytes += body.len();
        self.records.push_back(Record {
            id,
            body,
            expires_ms: now_ms + seconds * 1000,
            state: State::Waiting,
            delivered: 0,
            lane,
            old: false,
        });
        self.waiting.push_back(number);
        self.next_id = self.next_id.max(id + 1);
        self.wake.notify_waiters();
        true
    }

    fn record(&mut self, number: u64) -> Option<&mut Record> {
        let index = usize::try_from(number.checked_sub(self.base)?).ok()?;
        self.records.get_mut(index)
    }

    fn settle(&mut self, number: u64, state: State) {
        if let Some(record) = self.record(number) {
            record.state = state;
            let size = record.body.len();
            self.waiting_bytes = self.waiting_bytes.saturating_sub(size);
        }
    }

    /// How many updates wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Remembers `allowed_updates` (row 45): `None` keeps, an empty or unknown list means the default.
    pub(super) fn allow(&mut self, list: Option<&[Value]>) {
        let Some(list) = list else { return };
        let known: BTreeSet<String> = list
            .iter()
            .filter_map(Value::as_str)
            .filter(|kind| KINDS.contains(kind))
            .map(str::to_owned)
            .collect();
        self.allowed = (!known.is_empty()).then_some(known);
    }

    /// The kinds asked for, where they are not the default.
    pub(super) fn allowed(&self) -> Option<&BTreeSet<String>> {
        self.allowed.as_ref()
    }

    /// Applies an offset (row 40); `call` is the number of the last call logged before.
    pub(super) fn confirm(&mut self, offset: i64, call: u64) {
        if offset == 0 {
            return;
        }
        if self.offsets.back().is_none_or(|(last, _)| *last != offset) {
            if self.offsets.len() >= MAX_OFFSETS {
                self.offsets.pop_front();
            }
            self.offsets.push_back((offset, call));
        }
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            while self.waiting.len() > keep {
                if let Some(number) = self.waiting.pop_front() {
                    self.settle(number, State::Confirmed);
                }
            }
            return;
        }
        let ignored = offset > self.next_id + 10;
        let new_sequence = !ignored && offset > self.first_id;
        while let Some(number) = self.waiting.front().copied() {
            let below = match self.record(number) {
                Some(record) if record.old => record.id < offset || new_sequence,
                Some(record) => record.id < offset && !ignored,
                None => true,
            };
            if !below {
                break;
            }
            self.waiting.pop_front();
            self.settle(number, State::Confirmed);
        }
    }

    /// Up to `limit` updates as a JSON array; `None` when there is none.
    pub(super) fn take(&mut self, limit: usize, now_ms: i64) -> Option<String> {
        let mut answer = String::from("[");
        let mut count = 0;
        while count < limit
            && let Some(number) = self.again.pop_front()
        {
            if let Some(record) = self.record(number) {
                record.delivered += 1;
                append(&mut answer, &record.body);
                count += 1;
            }
        }
        let mut at = 0;
        while count < limit
            && let Some(number) = self.waiting.get(at).copied()
        {
            let Some(record) = self.record(number) else {
                self.waiting.remove(at);
                continue;
            };
            if record.expires_ms <= now_ms {
                self.waiting.remove(at);
                self.settle(number, State::Expired);
                continue;
            }
            if count > 0 && answer.len() + record.body.len() > MAX_ANSWER {
                break;
            }
            record.delivered += 1;
            append(&mut answer, &record.body);
            count += 1;
            at += 1;
        }
        answer.push(']');
        (count > 0).then_some(answer)
    }

    /// The first waiting update from this number on, and its lane; those that are too old go.
    pub(super) fn next_waiting(&mut self, from: u64, now_ms: i64) -> Option<(u64, Option<i64>)> {
        let mut at = self.waiting.partition_point(|number| *number < from);
        loop {
            let number = *self.waiting.get(at)?;
            match self.record(number) {
                Some(record) if record.expires_ms > now_ms => {
                    let lane = record.lane;
                    return Some((number, lane));
                }
                Some(_) => {
                    self.waiting.remove(at);
                    self.settle(number, State::Expired);
                }
                None => at += 1,
            }
        }
    }

    /// The first update that is to be brought once more.
    pub(super) fn take_again(&mut self) -> Option<u64> {
        let number = self.again.pop_front()?;
        self.repeats += 1;
        Some(number)
    }

    /// It was brought, or is too old.
    pub(super) fn repeated(&mut self) {
        self.repeats = self.repeats.saturating_sub(1);
    }

    /// What was under way to a webhook is not any more.
    pub(super) fn broken_off(&mut self) {
        self.repeats = 0;
    }

    /// An update as it is brought to a webhook.
    pub(super) fn hand_out(&mut self, number: u64) -> String {
        let Some(record) = self.record(number) else {
            return String::new();
        };
        record.delivered += 1;
        record.body.clone()
    }

    /// The id of an update, and when it is too old.
    pub(super) fn about(&mut self, number: u64) -> (i64, i64) {
        self.record(number)
            .map_or((0, 0), |record| (record.id, record.expires_ms))
    }

    /// A webhook has taken an update.
    pub(super) fn delivered(&mut self, number: u64) {
        self.end(number, State::Confirmed);
    }

    /// An update is too old to be brought once more.
    pub(super) fn expire(&mut self, number: u64) {
        self.end(number, State::Expired);
    }

    fn end(&mut self, number: u64, state: State) {
        if let Ok(at) = self.waiting.binary_search(&number) {
            self.waiting.remove(at);
            self.settle(number, state);
        }
    }

    /// Forgets everything that waits (deleteWebhook with `drop_pending_updates`).
    pub(super) fn drop_all(&mut self) {
        while let Some(number) = self.waiting.pop_front() {
            self.settle(number, State::Confirmed);
        }
        self.again.clear();
    }

    /// Hands out the updates with these ids once more; the ids found, oldest first.
    pub(super) fn redeliver(&mut self, ids: &[i64]) -> Vec<i64> {
        let wanted: BTreeSet<i64> = ids.iter().copied().collect();
        self.redeliver_where(|record| wanted.contains(&record.id))
    }

    /// Hands out the newest `count` updates that were confirmed once more; their ids.
    pub(super) fn redeliver_last(&mut self, count: usize) -> Vec<i64> {
        let newest: BTreeSet<i64> = self
            .records
            .iter()
            .rev()
            .filter(|record| record.state == State::Confirmed)
            .take(count)
            .map(|record| record.id)
            .collect();
        self.redeliver_where(|record| {
            record.state == State::Confirmed && newest.contains(&record.id)
        })
    }

    fn redeliver_where(&mut self, wanted: impl Fn(&Record) -> bool) -> Vec<i64> {
        let mut ids = Vec::new();
        for (index, record) in self.records.iter().enumerate() {
            if wanted(record) {
                ids.push(record.id);
                self.again.push_back(self.base + index as u64);
            }
        }
        self.wake.notify_waiters();
        ids
    }

    /// Goes on with another id, lower or higher (row 46). What was never handed out gets a new id; what was handed out and
    /// is not confirmed keeps its own.
    pub(super) fn restart_ids(&mut self, start: i64) {
        self.first_id = start;
        self.next_id = start;
        for number in self.waiting.clone() {
            let id = self.next_id;
            let Some(record) = self.record(number) else {
                continue;
            };
            if record.delivered > 0 {
                record.old = true;
                continue;
            }
            let Ok(mut update) = serde_json::from_str::<Value>(&record.body) else {
                continue;
            };
            update["update_id"] = json!(id);
            record.body = update.to_string();
            record.id = id;
            self.next_id += 1;
        }
    }

    /// The updates that waited for too long, oldest first.
    pub(super) fn expired(&self, now_ms: i64) -> impl Iterator<Item = i64> {
        let is_expired = move |record: &&Record| record.state(now_ms) == State::Expired;
        self.records
            .iter()
            .filter(is_expired)
            .map(|record| record.id)
    }

    /// The newest `limit` updates with their state, and the offsets seen, for the control API.
    pub(super) fn view(&self, limit: usize, now_ms: i64) -> Value {
        let skip = self.records.len().saturating_sub(limit);
        let updates: Vec<Value> = self
            .records
            .iter()
            .skip(skip)
            .map(|record| {
                let state = match record.state(now_ms) {
                    State::Waiting => "waiting",
                    State::Confirmed => "confirmed",
                    State::Expired => "expired",
                };
                json!({
                    "update_id": record.id,
                    "state": state,
                    "delivered": record.delivered,
                    "update": serde_json::from_str::<Value>(&record.body).unwrap_or_default(),
                })
            })
            .collect();
        let offsets: Vec<Value> = self
            .offsets
            .iter()
            .map(|(offset, call)| json!({"offset": offset, "after_call": call}))
            .collect();
        json!({"updates": updates, "waiting": self.waiting.len(), "again": self.again.len() + self.repeats, "next_id": self.next_id, "offsets": offsets})
    }
}

/// What comes to a webhook in order with this (row 49): messages and edits of a chat, presses of a person, a chat's membership.
/// The numbers are the real server's (`Client.cpp`, `webhook_queue_id`).
fn lane(kind: &str, content: &Value) -> Option<i64> {
    let of = |who: &str, sort: i64| Some(content[who]["id"].as_i64()? + (sort << 33));
    match kind {
        "message" | "edited_message" | "channel_post" | "edited_channel_post" => of("chat", 0),
        "callback_query" => of("from", 3),
        "my_chat_member" => of("chat", 5),
        "chat_member" => of("from", 6),
        _ => None,
    }
}

fn append(answer: &mut String, body: &str) {
    if answer.len() > 1 {
        answer.push(',');
    }
    answer.push_str(body);
}
