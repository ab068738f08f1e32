//! People without HTTP: for benches, where a thousand of them share two cores with the bot that is measured, and for simulation,
//! which has neither a network nor a clock.
//!
//! Guarantees the verbs of the control API and nothing else: what is done here could be done there, only slower.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::anyhow;
use serde_json::Value;
use tokio::sync::watch;

use super::bot::Bot;
use super::chat::Message;
use super::clock::Clock;
use super::control::act;
use super::control_read::hold;
use super::limits::Limits;
use super::server::{Shop, lock};
use super::view;

/// The people of one bot. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Local {
    pub(super) shop: Arc<Shop>,
    pub(super) bot: Arc<Mutex<Bot>>,
    /// Of an emulator that is nothing but this: nobody stops it.
    _never: Option<Arc<watch::Sender<bool>>>,
}

/// The newest message with buttons in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// The message.
    pub message_id: i64,
    /// The chat's event when it came or was last changed.
    pub event: u64,
    /// The labels of its buttons.
    pub labels: Vec<String>,
}

/// A button of the bot's that can be pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// The message that it is below.
    pub message_id: i64,
    /// What it carries.
    pub data: String,
}

/// What the bot shows in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The message.
    pub message_id: i64,
    /// The chat's event when it came or was last changed.
    pub event: u64,
    /// Its text, without markup.
    pub text: String,
}

impl Local {
    pub(super) fn new(shop: Arc<Shop>, token: &str) -> anyhow::Result<Self> {
        let bot = shop
            .bot(token)
            .map_err(|error| anyhow!(error.description))?;
        Ok(Self {
            shop,
            bot,
            _never: None,
        })
    }

    /// An emulator without a server. Its clock shows this now, in milliseconds since 1970, and goes on by tokio's time.
    ///
    /// # Errors
    /// When this is no token.
    pub fn alone(now_ms: i64, limits: Limits, token: &str) -> anyhow::Result<Self> {
        let (never, stopped) = watch::channel(false);
        let shop = Shop::new(Clock::set(now_ms), limits, stopped);
        let mut alone = Self::new(Arc::new(shop), token)?;
        alone._never = Some(Arc::new(never));
        Ok(alone)
    }

    /// The newest messages of a chat, as the control API shows them; nothing where there is no such chat.
    #[must_use]
    pub fn chat(&self, chat: i64, newest: usize) -> Value {
        let bot = lock(&self.bot);
        let now_ms = self.shop.clock.now_ms();
        bot.chats
            .get(&chat)
            .map_or(Value::Null, |chat| view::chat(chat, newest, now_ms))
    }

    /// The buttons below the bot's messages among the newest so many of a chat, oldest first; none where there is no such chat.
    #[must_use]
    pub fn buttons(&self, chat: i64, newest: usize) -> Vec<Button> {
        let bot = lock(&self.bot);
        let Some(chat) = bot.chats.get(&chat) else {
            return Vec::new();
        };
        let skip = chat.messages.len().saturating_sub(newest);
        let messages = chat.messages.iter().skip(skip);
        messages
            .filter(|message| message.from_bot && !message.deleted)
            .flat_map(|message| {
                view::pressable(&message.body).map(|data| Button {
                    message_id: message.id,
                    data: data.to_owned(),
                })
            })
            .collect()
    }

    /// The newest updates and what became of them, as the control API shows them.
    #[must_use]
    pub fn updates(&self, newest: usize) -> Value {
        lock(&self.bot).queue.view(newest, self.shop.clock.now_ms())
    }

    /// The updates that were dropped, since they waited for too long, oldest first.
    #[must_use]
    pub fn expired(&self) -> Vec<i64> {
        lock(&self.bot)
            .queue
            .expired(self.shop.clock.now_ms())
            .collect()
    }

    /// Any POST verb with its fields.
    ///
    /// # Errors
    /// When the emulator refuses, with its words.
    pub fn act(&self, verb: &str, fields: Value) -> anyhow::Result<Value> {
        act(&self.shop, &mut lock(&self.bot), verb, fields)
            .map_err(|refused| anyhow!(refused.error))
    }

    /// Many verbs at one instant: no poll sees some of them without the others.
    ///
    /// # Errors
    /// As [`Local::act`], at the first that is refused.
    pub fn act_together<'v>(
        &self,
        acts: impl IntoIterator<Item = (&'v str, Value)>,
    ) -> anyhow::Result<()> {
        let mut bot = lock(&self.bot);
        for (verb, fields) in acts {
            act(&self.shop, &mut bot, verb, fields).map_err(|refused| anyhow!(refused.error))?;
        }
        Ok(())
    }

    /// The chat's newest event; 0 where nothing has happened.
    #[must_use]
    pub fn event(&self, chat: i64) -> u64 {
        lock(&self.bot)
            .chats
            .get(&chat)
            .map_or(0, |chat| chat.event)
    }

    /// The bot's screen, once it is newer than the event `after`; `None` if none came within `wait`.
    pub async fn screen(&self, chat: i64, after: u64, wait: Duration) -> Option<Screen> {
        let wake = lock(&self.bot).chats.get(&chat)?.wake.clone();
        hold(&self.shop, &wake, wait, || {
            self.shows(chat, after, |_| ()).is_some()
        })
        .await;
        self.shows(chat, after, |message| Screen {
            message_id: message.id,
            event: message.event,
            labels: view::buttons(&message.body)
                .iter()
                .flatten()
                .filter_map(|button| button["text"].as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// What the bot said or changed after the event `after`, oldest message first, once there is any; nothing if none came within
    /// `wait`, or where there is no such chat. Of very much at once only the newest eight messages.
    pub async fn said(&self, chat: i64, after: u64, wait: Duration) -> Vec<Said> {
        let Some(wake) = lock(&self.bot).chats.get(&chat).map(|c| c.wake.clone()) else {
            return Vec::new();
        };
        let mut said = Vec::new();
        hold(&self.shop, &wake, wait, || {
            said = self.said_since(chat, after);
            !said.is_empty()
        })
        .await;
        said
    }

    fn said_since(&self, chat: i64, after: u64) -> Vec<Said> {
        let bot = lock(&self.bot);
        let Some(chat) = bot.chats.get(&chat) else {
            return Vec::new();
        };
        let newest = chat.messages.iter().rev().take(8).rev();
        newest
            .filter(|message| message.from_bot && !message.deleted && message.event > after)
            .map(|message| Said {
                message_id: message.id,
                event: message.event,
                text: message.body["text"].as_str().unwrap_or_default().to_owned(),
            })
            .collect()
    }

    fn shows<T>(&self, chat: i64, after: u64, see: impl FnOnce(&Message) -> T) -> Option<T> {
        let bot = lock(&self.bot);
        let messages = &bot.chats.get(&chat)?.messages;
        let is_screen = |message: &&Message| {
            message.from_bot && !message.deleted && message.body.contains_key("reply_markup")
        };
        // Only the newest few can have changed; chats grow long.
        let screen = messages.iter().rev().take(8).find(is_screen)?;
        (screen.event > after).then(|| see(screen))
    }
}
