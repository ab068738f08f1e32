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

/// What somebody may do beyond speaking for an organisation; [`super::access`] says what that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Prepares the meeting, names organisers, changes safety settings.
    Owner,
    /// Prepares the meeting.
    Organiser,
    /// Reads the audit log, and nothing else.
    Auditor,
}

impl Role {
    /// All, the one that may do most first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Organiser, Self::Auditor];

    /// The id that stands in button data and exports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Organiser => "organiser",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }
}
