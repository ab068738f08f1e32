//! Groups from Rust: people who write and press there, the bot that comes and goes, a group that becomes a supergroup.
//!
//! Guarantees one method for each thing that happens; see [`Client`].

use anyhow::Context;
use serde_json::{Value, json};

use super::{Client, Done, done};
use crate::emulator::chat::Standing;

impl Client {
    /// Creates or changes a group; the fields of the verb `group`. The group's id.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn group(&self, fields: &Value) -> anyhow::Result<i64> {
        let done = self.post("group", fields).await?;
        done["chat"]["id"].as_i64().context("no id in the answer")
    }

    /// A member writes in a group. The bot hears it only if its privacy mode lets it, as `update_id` tells.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn send_text_in(&self, group: i64, from: i64, text: &str) -> anyhow::Result<Done> {
        self.send(&json!({"from": from, "chat": group, "text": text}))
            .await
    }

    /// A member presses the button with this label: in this message, or in the newest of the group that has buttons.
    ///
    /// # Errors
    /// As [`Client::press`].
    pub async fn press_in_group(
        &self,
        group: i64,
        from: i64,
        message_id: Option<i64>,
        label: &str,
    ) -> anyhow::Result<Done> {
        let fields = json!({"from": from, "chat": group, "label": label, "message_id": message_id});
        done(self.post("press", &fields).await?)
    }

    /// Somebody adds the bot to a group, removes it, or makes it an administrator.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn place_bot(&self, group: i64, by: i64, standing: Standing) -> anyhow::Result<Done> {
        let fields = json!({"id": group, "by": by, "bot": standing});
        done(self.post("group", &fields).await?)
    }

    /// A group becomes a supergroup; the supergroup's id.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn migrate(&self, group: i64) -> anyhow::Result<i64> {
        let done = self.post("migrate", &json!({"chat": group})).await?;
        done["chat_id"].as_i64().context("no id in the answer")
    }
}
