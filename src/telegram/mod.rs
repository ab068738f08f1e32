//! Telegram's Bot API: asking for updates, reading them, sending, fetching files. The only room that names teloxide.
//!
//! teloxide gives the typed methods and their JSON. The call itself is ours ([`api`]), because teloxide sleeps ten
//! seconds within a call after a 5xx, reads today's error texts as unknown, and cannot tell an unreadable answer
//! of 200 (the message was sent) from one of 502 (it was not).
//!
//! Must never: log or keep a token, a URL with it, or anybody's words.

pub mod api;
pub mod decode;
pub mod fetch;
pub mod look;

pub mod profile;
pub mod receive;
pub mod send;

pub use api::{Api, CallError, Token};
pub use decode::{Update, What};
pub use fetch::Fetched;
pub use receive::{BATCH, SetWebhook, WebhookInfo};
pub use send::Outcome;
