//! Questions about the bot that change nothing: the server's time, what waits.
//!
//! Must never: confirm an update. What confirms is an offset, and none is given here.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::DATE;
use serde::{Deserialize, Serialize};
use teloxide::requests::Payload;

use super::api::{Api, CallError};

/// How much longer than Telegram holds a question we wait for its answer.
const GRACE: Duration = Duration::from_secs(7);

/// `getUpdates` without an offset, which confirms nothing, and without kinds, which leaves those that were asked for last.
#[derive(Clone, Debug, Serialize)]
struct First {
    limit: u8,
    timeout: u32,
}

impl Payload for First {
    type Output = Vec<Id>;
    const NAME: &'static str = "GetUpdates";
}

#[derive(Clone, Debug, Deserialize)]
struct Id {
    update_id: i64,
}

impl Api {
    /// The id of the oldest update that waits; if none does, waits for one so many seconds. It goes on waiting.
    ///
    /// Whoever else is just fetching with this token gets a 409 for it.
    ///
    /// # Errors
    /// Of the call: 409 if a webhook is set, or if somebody else began to fetch meanwhile.
    pub async fn first_waiting(&self, seconds: u32) -> Result<Option<i64>, CallError> {
        let first = First {
            limit: 1,
            timeout: seconds,
        };
        let limit = Duration::from_secs(seconds.into()) + GRACE;
        let waiting: Vec<Id> = self.call_within(&first, limit).await?;
        Ok(waiting.first().map(|update| update.update_id))
    }

    /// What time it is where the Bot API is, to the second; nothing if the answer does not say.
    ///
    /// # Errors
    /// [`CallError::Transient`] if there is no answer. One that refuses has a time as well.
    pub async fn server_time(&self) -> Result<Option<Timestamp>, CallError> {
        let answer = self.look("getMe").await?;
        let date = answer.headers().get(DATE);
        let date = date.and_then(|date| date.to_str().ok());
        Ok(date.and_then(|date| {
            let parser = rfc2822::DateTimeParser::new();
            parser.parse_timestamp(date).ok()
        }))
    }
}
