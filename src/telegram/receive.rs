//! Asking for updates, one batch at a time, as raw JSON.
//!
//! teloxide would read a batch as a whole and typed, and lose what it does not know; here every update is read by
//! itself ([`super::decode`]), so that one that cannot be read stops no other; and a batch is confirmed only by the next call, when its effects are on disk.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::payloads::GetMe;
use teloxide::requests::Payload;

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
