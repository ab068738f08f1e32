//! What a step wants done. Effects become rows of the outbox in the commit that stores the step's result.

use serde::{Deserialize, Serialize};

use super::button::Button;
use crate::digest::Request;
use crate::domain::{Concern, MessageId, Organisation};
use crate::text::Html;

/// One thing to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Answers a press, with a short notice or silently.
    Toast {
        /// The callback query.
        query: String,
        /// The notice, at most 200 characters.
        text: Option<String>,
    },
    /// Rewrites a message of ours; sent anew where Telegram refuses.
    Edit {
        /// The message.
        message: MessageId,
        /// What it shows from now on.
        body: Body,
        /// What it is to the conversation.
        weight: Weight,
    },
    /// Sends a message.
    Send {
        /// What it shows.
        body: Body,
        /// Whether the buttons of the chat's newest screen go.
        clears: bool,
        /// What it is to the conversation.
        weight: Weight,
    },
    /// Takes the buttons off a message.
    Strip {
        /// The message.
        message: MessageId,
    },
    /// Makes a digest and sends it.
    Digest(Request),
}

/// What a message is to the conversation, and so whether it may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// A receipt, a digest: always sent.
    Lasting,
    /// Help, or all but the end of a long screen: left out while too much waits for the person.
    Page,
    /// A screen: it carries the chat's newest buttons, and while too much waits it replaces one that waits as well.
    Screen,
    /// A screen that says what the one before said and more: it replaces that one wherever it still waits.
    Confirmation,
}

impl Weight {
    /// Whether it carries the chat's newest buttons.
    pub fn is_screen(self) -> bool {
        match self {
            Self::Screen | Self::Confirmation => true,
            Self::Lasting | Self::Page => false,
        }
    }
}

impl Effect {
    /// Whether it is wanted even by somebody for whom too much waits already.
    pub fn is_wanted_in_a_crowd(&self) -> bool {
        match self {
            Self::Edit { weight, .. } | Self::Send { weight, .. } => match weight {
                Weight::Lasting | Weight::Screen | Weight::Confirmation => true,
                Weight::Page => false,
            },
            Self::Toast { .. } | Self::Strip { .. } | Self::Digest(_) => false,
        }
    }
}

/// A message's text with its buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The text.
    pub html: Html,
    /// The buttons, row by row.
    pub buttons: Vec<Vec<Button>>,
}

impl From<Html> for Body {
    /// A text without buttons.
    fn from(html: Html) -> Self {
        Self {
            html,
            buttons: Vec::new(),
        }
    }
}

/// What a step changed besides the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new organisation.
    Organisation(Organisation),
    /// A new concern.
    Concern(Box<Concern>),
    /// The owner's link was used.
    OwnerClaimed,
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The person as they are now; nothing if nothing may be kept of them.
    pub person: Option<super::Person>,
    /// New records.
    pub changes: Vec<Change>,
    /// What is to be sent, in order.
    pub effects: Vec<Effect>,
}
