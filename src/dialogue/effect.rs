//! What a step wants done. Effects become rows of the outbox in the commit that stores the step's result.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::button::Button;
use crate::digest::Request;
use crate::domain::{ChatId, MessageId};
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
    /// Sends, as a file, everything that is held about the person.
    MyData,
    /// Something that is made from the records when its turn comes, so that it is never older than they are.
    Late(Late),
    /// Brings the commands in the chat's menu in line with the person's role and language, as they are when it is done.
    Commands,
}

/// What is made when its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// A concern's card in the organisers' group: sent, or rewritten where it stands.
    Card {
        /// The concern.
        concern: u64,
        /// Whether it stood there when this was made.
        stands: bool,
    },
    /// How far an announcement is, for whoever made it: sent, or rewritten.
    Report {
        /// The announcement.
        announcement: u64,
        /// Whether it stood there when this was made.
        stands: bool,
    },
    /// A reminder, for one person.
    Reminder {
        /// The meeting.
        meeting: u64,
        /// The reminder that was sent.
        id: u64,
    },
    /// The question what became of a promise, for one person.
    Asked {
        /// The promise.
        promise: u64,
        /// The day for which it is asked.
        due: Date,
    },
    /// That everything about people was erased, for somebody with a role.
    Erased,
    /// A file of a concern, for an organiser.
    File(u64),
    /// The links of invitations that were made together: one with its picture, many as a file.
    Links {
        /// The random bits that their codes come from: two halves, since not every form of data holds a number of 128 bits.
        random: (u64, u64),
        /// The first invitation.
        first: u64,
        /// How many.
        count: u32,
    },
    /// The agenda of a meeting is to be worked out for this organiser. It takes long enough to be done beside the writer.
    Agenda {
        /// The meeting.
        meeting: u64,
    },
    /// What happens at the meeting, for somebody who looks at its log while another has added to it: rewritten where it stands.
    Floor,
    /// The agenda as it stands, or the cards of its items, in this form.
    Paper(Papers, PaperForm),
}

/// What is taken along to a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Papers {
    /// The agenda, which may be handed over.
    Agenda,
    /// A card for each item that is in, for organisers.
    Cards,
    /// The card of one concern.
    Card(u64),
}

/// As what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperForm {
    /// A message; a text file where it is too long for one.
    Message,
    /// A document that can be edited.
    Docx,
    /// A document to be printed.
    Pdf,
    /// The agenda as data; of cards there is none.
    Data(DataForm),
}

/// A form of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataForm {
    /// A workbook.
    Xlsx,
    /// A table as text.
    Csv,
    /// For programs.
    Json,
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
            Self::Commands => true,
            // Without its first report an announcement would never tell of its end.
            Self::Late(Late::Report { .. } | Late::Links { .. }) => true,
            // Else their screen would say for ever that it is being worked out, or what no longer holds.
            Self::Late(Late::Agenda { .. } | Late::Floor) => true,
            Self::Late(
                Late::Card { .. }
                | Late::File(_)
                | Late::Reminder { .. }
                | Late::Asked { .. }
                | Late::Erased
                | Late::Paper(..),
            ) => false,
            Self::Toast { .. } | Self::Strip { .. } | Self::Digest(_) | Self::MyData => false,
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

/// A message to somebody else than the person whose step it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Who, by internal number.
    pub person: u64,
    /// Their chat.
    pub chat: ChatId,
    /// What they read.
    pub body: Body,
    /// The announcement that it belongs to: then it is sent however much waits for them.
    pub announcement: Option<u64>,
    /// Whether the commands in their menu change with it.
    pub commands: bool,
}

/// What came of an event, besides what the step changed in the [`super::World`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The person as they are now; nothing if nothing may be kept of them.
    pub person: Option<super::Person>,
    /// What is to be sent to them, in order.
    pub effects: Vec<Effect>,
    /// What is to be sent to others.
    pub notices: Vec<Notice>,
}
