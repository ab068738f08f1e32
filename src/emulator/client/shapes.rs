//! What the control API answers, as types. Unknown fields are ignored, so that the API may grow.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::emulator::fault::FaultKind;

/// What came of something a person did.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Done {
    /// The message, for what is a message.
    pub message_id: Option<i64>,
    /// The press, for what is one.
    pub callback_query_id: Option<String>,
    /// The update; `None` when the bot does not ask for this kind, or its queue is full.
    pub update_id: Option<i64>,
    /// For `start`: whether the app passed the payload on.
    #[serde(default)]
    pub payload_kept: Option<bool>,
}

/// A call that the bot made.
#[derive(Debug, Clone, Deserialize, PartialEq)]
pub struct Call {
    /// Its number, from 1.
    pub seq: u64,
    /// The method as the documentation writes it.
    pub method: String,
    /// Parameters; a file as its name and size.
    pub params: Value,
    /// The chat it went to.
    pub chat_id: Option<i64>,
    /// When it ended: milliseconds since 1970, UTC, by the emulator's clock.
    pub at_ms: i64,
    /// Whether it was done.
    pub ok: bool,
    /// The result.
    #[serde(default)]
    pub result: Value,
    /// `error_code`, `description`, `parameters`.
    #[serde(default)]
    pub error: Value,
    /// The fault it met.
    #[serde(default)]
    pub fault: Option<FaultKind>,
}

/// Calls, and how far the log was read.
#[derive(Debug, Clone, Deserialize, PartialEq)]
pub struct Calls {
    /// Oldest first.
    pub calls: Vec<Call>,
    /// The number to ask after next time.
    pub last: u64,
}

/// A chat as a phone shows it.
#[derive(Debug, Clone, Deserialize, PartialEq)]
pub struct Chat {
    /// Its id.
    pub id: i64,
    /// Grows with every change: new message, edit, deletion, answer to a press.
    pub event: u64,
    /// Oldest first, deleted ones included.
    pub messages: Vec<Message>,
    /// Rows of the reply keyboard, while there is one.
    #[serde(default)]
    pub keyboard: Option<Value>,
    /// The last answer to a press.
    #[serde(rename = "toast", default)]
    pub last_toast: Option<Toast>,
    /// The chat action shown since the bot's last message.
    #[serde(default)]
    pub action: Option<String>,
}

/// A message of a chat.
#[derive(Debug, Clone, Deserialize, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: i64,
    /// What it holds: `text`, `photo`, `document`, `voice` and so on.
    pub kind: String,
    /// Whether the bot wrote it.
    pub from_bot: bool,
    /// Who wrote it.
    pub from_id: Option<i64>,
    /// Text or caption.
    pub text: String,
    /// Entities of the text, in UTF-16 units.
    #[serde(default)]
    pub entities: Option<Value>,
    /// Unix seconds by the emulator's clock.
    pub date: i64,
    /// Rows of the inline keyboard.
    pub buttons: Vec<Vec<Button>>,
    /// How often it was edited.
    pub edits: u32,
    /// Whether it was edited.
    pub edited: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The chat's event at its last change.
    pub event: u64,
    /// The message it replies to.
    #[serde(default)]
    pub reply_to: Option<i64>,
    /// A file in it.
    #[serde(default)]
    pub document: Option<File>,
    /// The largest size of a picture in it.
    #[serde(default)]
    pub photo: Option<File>,
    /// A voice message in it.
    #[serde(default)]
    pub voice: Option<File>,
}

impl Message {
    /// The file in it, be it a document, a picture or a voice message; `kind` tells which.
    #[must_use]
    pub fn file(&self) -> Option<&File> {
        let document = self.document.as_ref();
        document.or(self.photo.as_ref()).or(self.voice.as_ref())
    }
}

/// A button of an inline keyboard.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
pub struct Button {
    /// Its label.
    pub text: String,
    /// What a press sends.
    #[serde(default)]
    pub data: Option<String>,
    /// What a press opens.
    #[serde(default)]
    pub url: Option<String>,
}

/// A file of a message; its bytes come by [`Client::file`](super::Client::file).
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct File {
    /// The id.
    pub file_id: String,
    /// The name.
    #[serde(default)]
    pub file_name: Option<String>,
    /// The content type.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// Size in bytes.
    pub file_size: u64,
    /// How long a voice message is said to last, in seconds.
    #[serde(default)]
    pub duration: Option<u32>,
    /// Width of a picture, in pixels.
    #[serde(default)]
    pub width: Option<u32>,
    /// Height of a picture, in pixels.
    #[serde(default)]
    pub height: Option<u32>,
}

/// An answer to a press.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Toast {
    /// The press.
    pub callback_query_id: String,
    /// The message pressed on.
    pub message_id: Option<i64>,
    /// The words, possibly none.
    pub text: String,
    /// Whether it is a window with a button.
    pub alert: bool,
}
