//! Asking for updates, one batch at a time, as raw JSON; or telling Telegram where to bring them.
//!
//! teloxide would read a batch as a whole and typed, and lose what it does not know; here every update is read by
//! itself ([`super::decode`]), so that one that cannot be read stops no other; and a batch is confirmed only by the next call, when its effects are on disk.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::payloads::{DeleteWebhook, GetMe, GetWebhookInfo};
use teloxide::requests::Payload;
use teloxide::types::True;

use super::api::{Api, CallError};

/// How long Telegram holds a poll while nothing comes.
const POLL_SECONDS: u32 = 10;
/// How many updates come at once at most; fewer mean that no more wait.
pub const BATCH: u8 = 100;
/// How much longer we wait for its answer.
const GRACE: Duration = Duration::from_secs(7);
/// The kinds of updates that the bot answers.
const KINDS: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
];

/// `getUpdates` with its result left as it came. <https://core.telegram.org/bots/api#getupdates>
#[derive(Clone, Debug, Serialize)]
struct RawUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u32,
    allowed_updates: [&'static str; 4],
}

impl Payload for RawUpdates {
    type Output = Vec<Box<RawValue>>;
    const NAME: &'static str = "GetUpdates";
}

/// Where updates are to be brought. <https://core.telegram.org/bots/api#setwebhook>
#[derive(Clone)]
pub struct SetWebhook {
    /// The address.
    pub url: String,
    /// What Telegram shows with each update.
    pub secret_token: String,
    /// How many updates it brings at once.
    pub max_connections: u8,
}

/// The same as the call wants it. What waits is never dropped.
#[derive(Serialize)]
struct Setting<'s> {
    url: &'s str,
    secret_token: &'s str,
    max_connections: u8,
    allowed_updates: [&'static str; 4],
}

impl Payload for Setting<'_> {
    type Output = True;
    const NAME: &'static str = "SetWebhook";
}

/// What Telegram says of the webhook. <https://core.telegram.org/bots/api#webhookinfo>
#[derive(Clone, Debug, Deserialize)]
pub struct WebhookInfo {
    /// Its address; empty if there is none.
    pub url: String,
    /// How many updates wait to be brought.
    #[serde(default)]
    pub pending_update_count: u32,
    /// When one could not be brought last, in seconds since 1970.
    pub last_error_date: Option<i64>,
    /// Why.
    pub last_error_message: Option<String>,
}

/// Who the bot is.
#[derive(Clone, Debug, Deserialize)]
pub struct Me {
    /// Its username, without the at sign.
    pub username: String,
}

impl Api {
    /// Who this token makes us.
    ///
    /// # Errors
    /// Of the call; a refusal with 401 or 404 means that the token is not good.
    pub async fn me(&self) -> Result<Me, CallError> {
        self.call(&GetMe::new()).await
    }

    /// Has Telegram bring updates. The address that it knows already is no change.
    ///
    /// # Errors
    /// Of the call.
    pub async fn set_webhook(&self, webhook: &SetWebhook) -> Result<(), CallError> {
        let setting = Setting {
            url: &webhook.url,
            secret_token: &webhook.secret_token,
            max_connections: webhook.max_connections,
            allowed_updates: KINDS,
        };
        self.done(&setting).await
    }

    /// Has Telegram keep updates until they are asked for.
    ///
    /// # Errors
    /// Of the call.
    pub async fn delete_webhook(&self) -> Result<(), CallError> {
        self.done(&DeleteWebhook::new()).await
    }

    /// What Telegram says of the webhook.
    ///
    /// # Errors
    /// Of the call.
    pub async fn webhook_info(&self) -> Result<WebhookInfo, CallError> {
        self.call(&GetWebhookInfo::new()).await
    }

    /// A call of which it matters only that it is done.
    async fn done<P: Payload + Serialize>(&self, payload: &P) -> Result<(), CallError> {
        self.call::<P, IgnoredAny>(payload).await.map(drop)
    }

    /// The next batch, and with it the confirmation of everything below `offset`. Waits for something to come unless
    /// told not to.
    ///
    /// # Errors
    /// Of the call.
    pub async fn updates(
        &self,
        offset: Option<i64>,
        wait: bool,
    ) -> Result<Vec<Box<RawValue>>, CallError> {
        let timeout = if wait { POLL_SECONDS } else { 0 };
        let poll = RawUpdates {
            offset,
            limit: BATCH,
            timeout,
            allowed_updates: KINDS,
        };
        let limit = Duration::from_secs(timeout.into()) + GRACE;
        self.call_within(&poll, limit).await
    }
}
