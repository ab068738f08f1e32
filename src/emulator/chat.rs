//! A chat: its kind, its messages, who is in it.
//!
//! Guarantees that every change of a chat is counted and wakes who watches that chat. Plain data, never waits.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::limits::Bucket;

/// The kind of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChatKind {
    Private,
    Group,
    Supergroup,
}

impl ChatKind {
    /// The `type`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup => "supergroup",
        }
    }
}

/// What the bot is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// A member like others.
    Member,
    /// An administrator, who hears everything.
    Administrator,
    /// It is not there, and may be added.
    Left,
    /// Somebody removed it.
    Kicked,
}

impl Standing {
    /// Whether the bot is in the group.
    pub(super) fn is_inside(self) -> bool {
        match self {
            Self::Member | Self::Administrator => true,
            Self::Left | Self::Kicked => false,
        }
    }

    /// The `status` of which the bot is told. A basic group bans nobody, so that who was removed has `left` (TDLib's
    /// `on_update_chat_participant`); only the error of a later call says `kicked`.
    pub(super) fn status(self, kind: ChatKind) -> &'static str {
        match (self, kind) {
            (Self::Member, _) => "member",
            (Self::Administrator, _) => "administrator",
            (Self::Left, _) | (Self::Kicked, ChatKind::Group) => "left",
            (Self::Kicked, ChatKind::Private | ChatKind::Supergroup) => "kicked",
        }
    }
}

/// A message.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: i64,
    /// The message as the Bot API shows it.
    pub(super) body: Map<String, Value>,
    pub(super) from_bot: bool,
    /// Row 25.
    pub(super) editable: bool,
    pub(super) edits: u32,
    pub(super) deleted: bool,
    /// Unix seconds.
    pub(super) date: i64,
    /// The chat's event at its last change.
    pub(super) event: u64,
}

/// A chat.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) kind: ChatKind,
    pub(super) title: String,
    /// In the order of their ids.
    pub(super) messages: Vec<Message>,
    /// Grows with every change.
    pub(super) event: u64,
    /// Wakes who watches this chat.
    pub(super) wake: Arc<Notify>,
    pub(super) members: BTreeSet<i64>,
    /// Those of the members who are administrators.
    pub(super) administrators: BTreeSet<i64>,
    pub(super) standing: Standing,
    pub(super) migrated_to: Option<i64>,
    /// The reply keyboard people see.
    pub(super) keyboard: Option<Value>,
    /// The last answer to a press.
    pub(super) toast: Option<Value>,
    /// The last chat action, and until when it shows, in milliseconds (row 78).
    pub(super) action: Option<(String, i64)>,
    pub(super) next_message: i64,
    pub(super) second: Bucket,
    pub(super) minute: Bucket,
}

impl Chat {
    /// An empty chat.
    pub(super) fn new(id: i64, kind: ChatKind, title: String) -> Self {
        Self {
            id,
            kind,
            title,
            messages: Vec::new(),
            event: 0,
            wake: Arc::default(),
            members: BTreeSet::new(),
            administrators: BTreeSet::new(),
            standing: Standing::Member,
            migrated_to: None,
            keyboard: None,
            toast: None,
            action: None,
            next_message: 1,
            second: Bucket::new(1.0, 1000.0, 5.0),
            minute: Bucket::new(20.0, 60_000.0, 20.0),
        }
    }

    /// Counts a change and wakes the watchers; the new event.
    pub(super) fn touch(&mut self) -> u64 {
        self.event += 1;
        self.wake.notify_waiters();
        self.event
    }

    /// A message that is still there.
    pub(super) fn message(&mut self, id: i64) -> Option<&mut Message> {
        let index = self
            .messages
            .binary_search_by_key(&id, |message| message.id)
            .ok()?;
        self.messages
            .get_mut(index)
            .filter(|message| !message.deleted)
    }
}
