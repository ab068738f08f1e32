//! A person with a phone: acts, and waits for what the bot makes of it.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::emulator::client::{Client, Message};

/// How long an answer may take; the bot keeps to Telegram's pace of one message a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module.
pub(super) struct Phone {
    client: Client,
    user: i64,
    /// The chat's event up to which everything was seen.
    seen: u64,
    /// What each message of the bot said when it was last read. One that only lost its buttons is no news.
    read: BTreeMap<i64, String>,
}

impl Phone {
    /// A new person, who has not written yet.
    pub(super) async fn new(
        client: &Client,
        user: i64,
        name: &str,
        language: &str,
    ) -> anyhow::Result<Self> {
        client.user(user, name, language).await?;
        Ok(Self {
            client: client.clone(),
            user,
            seen: 0,
            read: BTreeMap::new(),
        })
    }

    pub(super) async fn say(&mut self, text: &str) -> anyhow::Result<Vec<Message>> {
        self.client.send_text(self.user, text).await?;
        self.answer().await
    }

    /// Opens the bot by a link.
    pub(super) async fn open(&mut self, payload: Option<&str>) -> anyhow::Result<Vec<Message>> {
        self.client.start(self.user, payload).await?;
        self.answer().await
    }

    pub(super) async fn speak(&mut self, seconds: u32) -> anyhow::Result<Vec<Message>> {
        let voice =
            json!({"from": self.user, "voice": {"size": 4_000 * seconds, "duration": seconds}});
        self.send(&voice).await
    }

    async fn send(&mut self, fields: &Value) -> anyhow::Result<Vec<Message>> {
        self.client.send(fields).await?;
        self.answer().await
    }

    pub(super) async fn press(&mut self, label: &str) -> anyhow::Result<Vec<Message>> {
        self.client
            .press(self.user, label)
            .await
            .with_context(|| format!("pressing {label:?}"))?;
        self.answer().await
    }

    /// Waits for the bot's answer: what it wrote or rewrote since the last time, up to a message that asks something.
    async fn answer(&mut self) -> anyhow::Result<Vec<Message>> {
        self.wait_for(|news| news.last().is_some_and(asks)).await
    }

    /// Reads what is there, so that none of it is taken for the next answer.
    pub(super) async fn catch_up(&mut self) -> anyhow::Result<()> {
        let chat = self.client.chat(self.user, 0, Duration::ZERO).await?;
        self.seen = chat.event;
        let said = chat.messages.into_iter().map(|said| (said.id, said.text));
        self.read.extend(said);
        Ok(())
    }

    /// Waits until the news are as wanted.
    pub(super) async fn wait_for(
        &mut self,
        enough: impl Fn(&[Message]) -> bool,
    ) -> anyhow::Result<Vec<Message>> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut event = self.seen;
        loop {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            if left.is_zero() {
                bail!("no answer within {} s", PATIENCE.as_secs());
            }
            let chat = self
                .client
                .chat(self.user, event, left.min(Duration::from_secs(5)))
                .await?;
            event = chat.event;
            let is_news = |message: &Message| {
                let said_before =
                    self.read.get(&message.id) == Some(&message.text) && message.buttons.is_empty();
                message.from_bot && message.event > self.seen && !said_before
            };
            let news: Vec<Message> = chat.messages.into_iter().filter(is_news).collect();
            if enough(&news) {
                self.seen = event;
                self.read.extend(
                    news.iter()
                        .map(|message| (message.id, message.text.clone())),
                );
                return Ok(news);
            }
        }
    }
}

/// Whether it is the person's turn after this message: it has buttons, or asks for words (and is no receipt).
fn asks(message: &Message) -> bool {
    !message.buttons.is_empty() || !message.text.contains("SL-")
}
