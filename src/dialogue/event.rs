//! What can happen in a private chat, as far as the conversation cares.
//!
//! Only what is listed here is ever read of an update: no name, no username, no phone number, no forward's
//! origin, no file's name.

use crate::agenda::Proposal;
use crate::domain::{ChatId, FileRef, MessageId};

/// Something that a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A message.
    Message {
        /// Its id in the chat.
        id: MessageId,
        /// What it holds.
        content: Content,
    },
    /// An earlier message was changed.
    Edited {
        /// The id of that message.
        id: MessageId,
        /// What it holds now.
        content: Content,
    },
    /// A button was pressed.
    Press {
        /// The callback query's id, by which it is answered.
        query: String,
        /// The message that carries the button, where Telegram still knows it.
        message: Option<MessageId>,
        /// What the button carries; anybody can forge it.
        data: String,
    },
    /// The person stopped the bot, or let it in again.
    Blocked(bool),
    /// Something of a kind that this program cannot read.
    Unreadable,
    /// An agenda that they asked for was worked out.
    Proposed(Box<Proposal>),
    /// They did something in a group.
    InGroup {
        /// The group.
        group: ChatId,
        /// What.
        what: InGroup,
    },
}

/// What somebody can do in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InGroup {
    /// Words, as they were sent.
    Words(String),
    /// A button was pressed.
    Press {
        /// The callback query's id, by which it is answered.
        query: String,
        /// What the button carries; anybody can forge it.
        data: String,
    },
}

/// What a message holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words, as they were sent.
    Text(String),
    /// A voice note, photo or document.
    File {
        /// Which of them, with what belongs to it.
        file: Media,
        /// The words under it.
        caption: Option<String>,
    },
    /// A sticker, a poll, a location, or anything else that is no answer to anything.
    Other(Other),
}

/// A file that can be part of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// A voice note of so many seconds.
    Voice(FileRef, u32),
    /// A photo, in its largest size.
    Photo(FileRef),
    /// A document, with the media type that it claims to have.
    Document(FileRef, Option<String>),
}

/// Messages that are no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A video, video note or animation.
    Video,
    /// A piece of music: an audio file that is no voice note.
    Audio,
    /// A contact: somebody's phone number, which is never kept.
    Contact,
    /// Anything else.
    Thing,
}
