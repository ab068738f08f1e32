//! What a person has answered, question by question, and from which message each answer came.
//!
//! The same type serves a draft and a submitted concern. Text here is already cleaned (`text::clean`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The number of a message within its chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub i32);

/// A file that Telegram keeps for us: by its id, with its size where Telegram tells it. No name, no type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Telegram's `file_id`, valid for this bot only.
    pub id: String,
    /// Size in bytes.
    pub size: Option<u64>,
    /// The [`super::Attachment`] that it became when its concern was submitted.
    #[serde(default)]
    pub kept: Option<u64>,
}

/// One piece of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The message it came in; a caption and its photo share one.
    pub source: MessageId,
    /// What it is.
    pub content: PartContent,
}

/// What a piece of a story can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartContent {
    /// Written words.
    Text(String),
    /// A voice note of this many seconds.
    Voice {
        /// The recording.
        file: FileRef,
        /// Its length in seconds.
        seconds: u32,
    },
    /// A photo.
    Photo(FileRef),
    /// Any other file.
    Document(FileRef),
}

impl PartContent {
    /// Its file, if it is one.
    pub fn file(&self) -> Option<&FileRef> {
        match self {
            Self::Text(_) => None,
            Self::Voice { file, .. } | Self::Photo(file) | Self::Document(file) => Some(file),
        }
    }

    /// The same, to be changed.
    pub fn file_mut(&mut self) -> Option<&mut FileRef> {
        match self {
            Self::Text(_) => None,
            Self::Voice { file, .. } | Self::Photo(file) | Self::Document(file) => Some(file),
        }
    }
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// One of the offered choices or places, by id; with the message if it was typed rather than pressed.
    Choice {
        /// The id of the choice.
        id: String,
        /// The message in which it was typed.
        source: Option<MessageId>,
    },
    /// Written words.
    Text {
        /// The words.
        text: String,
        /// The message they came in.
        source: MessageId,
    },
    /// A number.
    Number {
        /// The number.
        value: u64,
        /// The message it came in.
        source: MessageId,
    },
    /// Everything told so far, in the order of the messages.
    Story(Vec<Part>),
    /// Left out on purpose.
    Skipped,
}

/// Answers by the id of their question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Answer>);

impl Answers {
    /// The chosen id, where the question was a choice or a place and was answered.
    pub fn choice(&self, question: &str) -> Option<&str> {
        match self.0.get(question)? {
            Answer::Choice { id, .. } => Some(id),
            Answer::Text { .. } | Answer::Number { .. } | Answer::Story(_) | Answer::Skipped => {
                None
            }
        }
    }

    /// The written words, where the question was answered in words.
    pub fn text(&self, question: &str) -> Option<&str> {
        match self.0.get(question)? {
            Answer::Text { text, .. } => Some(text),
            Answer::Choice { .. } | Answer::Number { .. } | Answer::Story(_) | Answer::Skipped => {
                None
            }
        }
    }

    /// The pieces of the story; none if it has not been told.
    pub fn story(&self, question: &str) -> &[Part] {
        match self.0.get(question) {
            Some(Answer::Story(parts)) => parts,
            Some(
                Answer::Choice { .. }
                | Answer::Text { .. }
                | Answer::Number { .. }
                | Answer::Skipped,
            )
            | None => &[],
        }
    }

    /// The files of all stories.
    pub fn files(&self) -> impl Iterator<Item = &FileRef> {
        self.0
            .values()
            .flat_map(|answer| match answer {
                Answer::Story(parts) => parts.as_slice(),
                Answer::Choice { .. }
                | Answer::Text { .. }
                | Answer::Number { .. }
                | Answer::Skipped => &[],
            })
            .filter_map(|part| part.content.file())
    }

    /// The question that was answered by this message.
    pub fn question_of(&self, message: MessageId) -> Option<&str> {
        self.0
            .iter()
            .find(|(_, answer)| answer.came_from(message))
            .map(|(question, _)| question.as_str())
    }
}

impl Answer {
    /// Whether this message gave the answer or a part of it.
    pub fn came_from(&self, message: MessageId) -> bool {
        match self {
            Self::Choice { source, .. } => *source == Some(message),
            Self::Text { source, .. } | Self::Number { source, .. } => *source == message,
            Self::Story(parts) => parts.iter().any(|part| part.source == message),
            Self::Skipped => false,
        }
    }
}

/// Whether a voice note is among these parts.
pub fn has_voice(parts: &[Part]) -> bool {
    parts
        .iter()
        .any(|part| matches!(part.content, PartContent::Voice { .. }))
}
