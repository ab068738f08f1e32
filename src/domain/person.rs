//! People as Telegram knows them, reduced to what is needed.

use serde::{Deserialize, Serialize};

/// A Telegram chat. A private chat has the (positive) id of its user.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatId(pub i64);

impl std::fmt::Debug for ChatId {
    /// Never the number itself: log lines carry internal numbers only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChatId(..)")
    }
}

/// What somebody may do beyond speaking for an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Prepares the meeting, names organisers, changes safety settings.
    Owner,
}
