//! What the bot remembers of a person and waits for from them.
//!
//! One variant of [`State`] for each wait, holding exactly what that wait needs. The names of variants and
//! fields stand in stored records: a rename needs `#[serde(alias)]` and a look at tests/data/records.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Answers, ChatId, Language, MessageId, Role};

/// Somebody who talks to the bot in a private chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Counted; what log lines and concerns say instead of a Telegram id.
    pub number: u64,
    /// Where to write to.
    pub chat: ChatId,
    /// The language they chose.
    pub language: Option<Language>,
    /// The organisation they speak for.
    pub membership: Option<Membership>,
    /// What they may do beyond that.
    pub role: Option<Role>,
    /// Whether Telegram said that they cannot be written to.
    pub unreachable: bool,
    /// The number of the newest screen with buttons. Buttons carry it, so old ones are recognised.
    pub screen: u32,
    /// The message that was pressed last and rewritten, while nothing newer was said: there a second tap comes.
    pub shown_in: Option<MessageId>,
    /// What they are asked at the moment.
    pub state: State,
}

/// Speaking for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The organisation's id.
    pub organisation: u64,
    /// When they agreed to the privacy notice.
    pub agreed_at: Timestamp,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The choice of a language, and where to go on then.
    Language {
        /// What it interrupted; nothing at the very first.
        back: Option<Box<State>>,
    },
    /// Agreement to the privacy notice.
    Consent,
    /// The name of the organisation, typed.
    Organisation {
        /// When the privacy notice was agreed to.
        agreed_at: Timestamp,
    },
    /// The organisation's province.
    Province {
        /// When the privacy notice was agreed to.
        agreed_at: Timestamp,
        /// The organisation's name, cleaned.
        name: String,
        /// The message it came in.
        source: MessageId,
    },
    /// Nothing; a draft may be kept for later.
    Menu {
        /// The draft.
        kept: Option<Draft>,
    },
    /// The answer to a question of the form.
    Form {
        /// Everything answered so far.
        draft: Draft,
        /// The question's id.
        at: String,
        /// Whether the review sent them here, and is where to return.
        from_review: bool,
    },
    /// The last look before submitting.
    Review {
        /// Everything answered.
        draft: Draft,
    },
    /// Whether to keep or delete the draft that is being left.
    Leaving {
        /// The draft.
        draft: Draft,
        /// The question they were at; none at the review.
        at: Option<String>,
    },
    /// Whether the kept draft may really be deleted.
    Deleting {
        /// The draft.
        draft: Draft,
    },
}

/// A concern in the making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// When it was begun.
    pub begun_at: Timestamp,
    /// The answers so far.
    pub answers: Answers,
}

impl Person {
    /// Somebody who was not known before.
    pub fn new(number: u64, chat: ChatId) -> Self {
        Self {
            number,
            chat,
            language: None,
            membership: None,
            role: None,
            unreachable: false,
            screen: 0,
            shown_in: None,
            state: State::Language { back: None },
        }
    }

    /// Whether they speak for an organisation or have a role: whoever does neither is a stranger, whose
    /// messages share a smaller budget.
    pub fn has_joined(&self) -> bool {
        self.membership.is_some() || self.role.is_some()
    }
}

impl State {
    /// The draft within, if there is one.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Form { draft, .. }
            | Self::Review { draft }
            | Self::Leaving { draft, .. }
            | Self::Deleting { draft }
            | Self::Menu { kept: Some(draft) } => Some(draft),
            Self::Language { back } => back.as_ref().and_then(|back| back.draft()),
            Self::Menu { kept: None }
            | Self::Consent
            | Self::Organisation { .. }
            | Self::Province { .. } => None,
        }
    }

    /// The same, to be changed.
    pub fn draft_mut(&mut self) -> Option<&mut Draft> {
        match self {
            Self::Form { draft, .. }
            | Self::Review { draft }
            | Self::Leaving { draft, .. }
            | Self::Deleting { draft }
            | Self::Menu { kept: Some(draft) } => Some(draft),
            Self::Language { back } => back.as_mut().and_then(|back| back.draft_mut()),
            Self::Menu { kept: None }
            | Self::Consent
            | Self::Organisation { .. }
            | Self::Province { .. } => None,
        }
    }
}
