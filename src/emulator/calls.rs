//! The log of Bot API calls: what a test reads instead of guessing.
//!
//! Guarantees numbers without gaps, in the order in which the calls ended. Bounded: the newest [`MAX_CALLS`] entries and at
//! most [`MAX_BYTES`]. Never holds the bytes of files.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::error::ApiError;

/// Calls kept.
const MAX_CALLS: usize = 200_000;
/// Bytes kept.
const MAX_BYTES: usize = 128 << 20;

/// One call as it ended.
pub(super) struct Ended<'a> {
    /// The method's name as the documentation writes it.
    pub(super) method: &'a str,
    /// Its parameters.
    pub(super) params: Value,
    /// The chat it went to.
    pub(super) chat: Option<i64>,
    /// JSON of the result, or the error.
    pub(super) outcome: Result<&'a str, &'a ApiError>,
    /// The fault it met.
    pub(super) fault: Option<Value>,
    /// When it ended, in milliseconds.
    pub(super) at_ms: i64,
}

#[derive(Debug)]
struct Entry {
    method: String,
    chat: Option<i64>,
    json: String,
}

/// The calls of one bot.
#[derive(Debug)]
pub(super) struct Calls {
    /// Wakes who waits for a call.
    pub(super) wake: Arc<Notify>,
    entries: VecDeque<Entry>,
    bytes: usize,
    last: u64,
    on: bool,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            wake: Arc::default(),
            entries: VecDeque::new(),
            bytes: 0,
            last: 0,
            on: true,
        }
    }
}

impl Calls {
    /// The number of the newest call.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Whether calls are logged at all.
    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// Switches the log on or off; off also empties it.
    pub(super) fn switch(&mut self, on: bool) {
        self.on = on;
        if !on {
            self.entries.clear();
            self.bytes = 0;
        }
    }

    /// Logs a call.
    pub(super) fn add(&mut self, call: Ended<'_>) {
        if !self.on {
            return;
        }
        self.last += 1;
        let mut head = json!({
            "seq": self.last,
            "method": call.method,
            "params": call.params,
            "chat_id": call.chat,
            "at_ms": call.at_ms,
            "ok": call.outcome.is_ok(),
        });
        if let Some(fault) = call.fault {
            head["fault"] = fault;
        }
        let mut json = head.to_string();
        json.pop(); // The closing brace, put back below.
        match call.outcome {
            Ok(result) => json.push_str(&format!(",\"result\":{result}}}")),
            Err(error) => json.push_str(&format!(",\"error\":{}}}", error.fields())),
        }
        self.bytes += json.len();
        self.entries.push_back(Entry {
            method: call.method.to_owned(),
            chat: call.chat,
            json,
        });
        while self.entries.len() > MAX_CALLS || self.bytes > MAX_BYTES {
            match self.entries.pop_front() {
                Some(gone) => self.bytes -= gone.json.len(),
                None => break,
            }
        }
        self.wake.notify_waiters();
    }

    /// Whether a call newer than `after` fits.
    pub(super) fn has(&self, after: u64, method: Option<&str>, chat: Option<i64>) -> bool {
        self.newer(after)
            .any(|(_, entry)| fits(entry, method, chat))
    }

    /// Up to `limit` calls newer than `after` that fit, as `{"calls":[…],"last":N}`; `last` is the newest number looked at.
    pub(super) fn view(
        &self,
        after: u64,
        method: Option<&str>,
        chat: Option<i64>,
        limit: usize,
    ) -> String {
        let mut list = String::new();
        let mut last = self.last.max(after);
        for (count, (seq, entry)) in self
            .newer(after)
            .filter(|(_, entry)| fits(entry, method, chat))
            .enumerate()
        {
            if count > 0 {
                list.push(',');
            }
            list.push_str(&entry.json);
            if count + 1 == limit {
                last = seq;
                break;
            }
        }
        format!("{{\"calls\":[{list}],\"last\":{last}}}")
    }

    fn newer(&self, after: u64) -> impl Iterator<Item = (u64, &Entry)> {
        let first = self.last + 1 - self.entries.len() as u64;
        let skip = usize::try_from((after + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        self.entries
            .iter()
            .enumerate()
            .skip(skip)
            .map(move |(index, entry)| (first + index as u64, entry))
    }
}

fn fits(entry: &Entry, method: Option<&str>, chat: Option<i64>) -> bool {
    method.is_none_or(|name| entry.method.eq_ignore_ascii_case(name))
        && chat.is_none_or(|id| entry.chat == Some(id))
}
