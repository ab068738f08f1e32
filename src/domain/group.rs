//! The organisers' group, and the cards that stand in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChatId, Language, MessageId};

/// The organisers' group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its chat.
    pub chat: ChatId,
    /// The language of whoever made it the organisers'.
    pub language: Option<Language>,
    /// Since when it is.
    #[serde(default)]
    pub since: Option<Timestamp>,
}

/// The message in the organisers' group that shows a concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The concern.
    pub concern: u64,
    /// The chat in which it stands: a group that became a supergroup has no messages from before.
    pub chat: ChatId,
    /// The message.
    pub message: MessageId,
    /// Where it stands in groups that were the organisers' before.
    #[serde(default)]
    pub elsewhere: Vec<(ChatId, MessageId)>,
}

impl Card {
    /// Every place where it stands or stood.
    pub fn everywhere(self) -> Vec<(ChatId, MessageId)> {
        let mut places = self.elsewhere;
        places.push((self.chat, self.message));
        places
    }

    /// The same once it stands in this chat no more; nothing if it stands nowhere else.
    pub fn without(self, chat: ChatId) -> Option<Self> {
        let concern = self.concern;
        let mut places = self.everywhere();
        places.retain(|(place, _)| *place != chat);
        let (chat, message) = places.pop()?;
        Some(Self {
            concern,
            chat,
            message,
            elsewhere: places,
        })
    }

    /// The same once it stands in this message: where it stood before in another group it still does.
    pub fn placed(mut self, chat: ChatId, message: MessageId) -> Self {
        if let Some(place) = self.elsewhere.iter_mut().find(|(known, _)| *known == chat) {
            place.1 = message;
            return self;
        }
        if self.chat != chat {
            self.elsewhere.push((self.chat, self.message));
        }
        Self {
            chat,
            message,
            ..self
        }
    }
}
