//! The organisers' group, and the cards that stand in it.

use serde::{Deserialize, Serialize};

use super::{ChatId, Language, MessageId};

/// The organisers' group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its chat.
    pub chat: ChatId,
    /// The language of whoever made it the organisers'.
    pub language: Option<Language>,
}

/// The message in the organisers' group that shows a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The concern.
    pub concern: u64,
    /// The chat in which it stands: a group that became a supergroup has no messages from before.
    pub chat: ChatId,
    /// The message.
    pub message: MessageId,
}
