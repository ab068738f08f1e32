//! Asking for updates, one batch at a time, as raw JSON.
//!
//! teloxide would read a batch as a whole and typed, and lose what it does not know; here every update is read by
//! itself ([`super::decode`]), and a batch is confirmed only by the next call, when its effects are on disk.

use std::fmt;
use std::time::Duration;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use teloxide::payloads::GetMe;
use teloxide::requests::Payload;

use super::api::{Api, CallError};

/// How long Telegram holds a poll while nothing comes.
const POLL_SECONDS: u32 = 10;
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
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";
}

/// Fields that are most of an update's bytes and are never read: the keyboard of a message that was pressed on, the
/// marks of a text, the message that another one answers.
const SKIPPED: [&str; 5] = [
    "reply_markup",
    "entities",
    "caption_entities",
    "reply_to_message",
    "link_preview_options",
];

/// An update's JSON without what is skipped.
struct Slim(Value);

impl<'de> Deserialize<'de> for Slim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SlimVisitor).map(Self)
    }
}

struct SlimVisitor;

impl<'de> Visitor<'de> for SlimVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Slim(value)) = access.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if SKIPPED.contains(&name.as_str()) {
                access.next_value::<IgnoredAny>()?;
            } else {
                let Slim(value) = access.next_value()?;
                fields.insert(name, value);
            }
        }
        Ok(fields.into())
    }
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
    pub async fn updates(&self, offset: Option<i64>, wait: bool) -> Result<Vec<Value>, CallError> {
        let timeout = if wait { POLL_SECONDS } else { 0 };
        let poll = RawUpdates {
            offset,
            limit: 100,
            timeout,
            allowed_updates: KINDS,
        };
        let limit = Duration::from_secs(timeout.into()) + GRACE;
        let updates: Vec<Slim> = self.call_within(&poll, limit).await?;
        Ok(updates.into_iter().map(|Slim(update)| update).collect())
    }
}
