//! What the bot sent, as the emulator saw it: to whom, when by its clock, in which words; and which of it were reminders.
//!
//! Guarantees: everything that is in the emulator's log of calls is here, in its order. A reminder is known by the words of
//! the settings, in any language.

use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::emulator::client::{Call, Client};
use crate::text::Forum;

/// A message to a chat waits for a second at most.
const SILENCE: Duration = Duration::from_secs(2);

/// A message that somebody got.
pub(super) struct Sent {
    pub(super) chat: i64,
    /// Its date, in the meeting's time zone.
    pub(super) at: Zoned,
    pub(super) text: String,
    /// The id of the reminder that it is.
    pub(super) reminder: Option<String>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) all: Vec<Sent>,
    /// The call that was read last.
    last: u64,
}

impl Ledger {
    /// Reads what was sent since the last time.
    pub(super) async fn read(
        &mut self,
        client: &Client,
        forum: &Forum,
        zone: &TimeZone,
    ) -> anyhow::Result<()> {
        let calls = client.calls_after(self.last, Duration::ZERO).await?;
        self.last = calls.last;
        let is_message = |call: &Call| call.ok && call.method.starts_with("send");
        for call in calls.calls.into_iter().filter(is_message) {
            // What merely shows that something is on its way is no message.
            let Some(date) = call.result["date"].as_i64() else {
                continue;
            };
            let result = &call.result;
            let text = result["text"].as_str().or(result["caption"].as_str());
            let text = text.unwrap_or_default().to_owned();
            self.all.push(Sent {
                chat: call.chat_id.context("a message to nobody")?,
                at: Timestamp::from_second(date)?.to_zoned(zone.clone()),
                reminder: reminder(&text, forum),
                text,
            });
        }
        Ok(())
    }

    /// Waits for the next message, for a while.
    pub(super) async fn listen(&self, client: &Client) -> anyhow::Result<()> {
        let heard = client.calls_of("sendMessage", self.last, SILENCE);
        heard.await.map(drop)
    }
}

/// The id of the reminder whose words these are, whatever stands in their places.
pub(super) fn reminder(text: &str, forum: &Forum) -> Option<String> {
    let reminders = &forum.config.calendar.reminders;
    let known = reminders.iter().find(|reminder| {
        let mut words = reminder.words.all();
        words.any(|words| says(text, words))
    });
    known.map(|reminder| reminder.id.clone())
}

/// Whether the fixed pieces of these words stand in the text, in their order.
fn says(text: &str, words: &str) -> bool {
    let pieces = words.split('{').map(|piece| {
        let fixed = piece.split_once('}').map_or(piece, |(_, fixed)| fixed);
        fixed.trim()
    });
    let mut rest = text;
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}
