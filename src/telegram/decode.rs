//! From an update's JSON to an event.
//!
//! What is not needed is not read: an unknown entity, quote or reply cannot empty a message, a name cannot be kept
//! by accident. What cannot be understood becomes an event of its own, so that its sender gets an answer; what
//! cannot even be attributed is still confirmed by its number. <https://core.telegram.org/bots/api#update>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::dialogue::{Content, Event, InGroup, Media, Other};
use crate::domain::{ChatId, FileRef, MessageId};

/// An update, reduced to what the bot needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its id.
    pub id: u32,
    /// What it is.
    pub what: What,
}

/// What an update is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Something in a private chat.
    Private(ChatId, Event),
    /// Somebody did something in a group.
    Group {
        /// The group.
        group: ChatId,
        /// Their private chat.
        who: ChatId,
        /// What.
        what: InGroup,
    },
    /// A group has another id from here on.
    GroupMoved {
        /// The one that it had.
        from: ChatId,
        /// The one that it has.
        to: ChatId,
    },
    /// The bot is no longer in this group.
    GroupLost(ChatId),
    /// Something that concerns no private chat.
    Elsewhere,
}

/// Reads one update. `None` if it has no id, and so cannot be told from others.
pub fn update(raw: &RawValue) -> Option<Update> {
    let json = raw.get();
    let Numbered { update_id: id } = serde_json::from_str(json).ok()?;
    let what = match serde_json::from_str::<Known>(json) {
        Ok(known) => known.what().unwrap_or_else(|| unreadable(json)),
        Err(_) => unreadable(json),
    };
    Some(Update { id, what })
}

#[derive(Deserialize)]
struct Numbered {
    update_id: u32,
}

/// The kinds of updates that the bot understands.
#[derive(Deserialize)]
struct Known {
    message: Option<Message>,
    edited_message: Option<Message>,
    callback_query: Option<Query>,
    my_chat_member: Option<Membership>,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct User {
    id: i64,
}

#[derive(Deserialize)]
struct Message {
    message_id: i32,
    chat: Chat,
    from: Option<User>,
    text: Option<String>,
    caption: Option<String>,
    voice: Option<Voice>,
    photo: Option<Vec<File>>,
    document: Option<Document>,
    video: Option<IgnoredAny>,
    video_note: Option<IgnoredAny>,
    animation: Option<IgnoredAny>,
    audio: Option<IgnoredAny>,
    contact: Option<IgnoredAny>,
    location: Option<IgnoredAny>,
    migrate_to_chat_id: Option<i64>,
}

#[derive(Deserialize)]
struct File {
    file_id: String,
    file_size: Option<u64>,
}

#[derive(Deserialize)]
struct Document {
    mime_type: Option<String>,
    #[serde(flatten)]
    file: File,
}

#[derive(Deserialize)]
struct Voice {
    #[serde(default)]
    duration: u32,
    file_id: String,
    file_size: Option<u64>,
}

#[derive(Deserialize)]
struct Query {
    id: String,
    from: User,
    message: Option<Pressed>,
    #[serde(default)]
    data: String,
}

/// The message of a press; one that Telegram no longer has comes without its content.
#[derive(Deserialize)]
struct Pressed {
    message_id: i32,
    chat: Chat,
}

#[derive(Deserialize)]
struct Membership {
    chat: Chat,
    new_chat_member: Status,
}

#[derive(Deserialize)]
struct Status {
    status: String,
}

impl Known {
    /// `None` if it is of none of these kinds.
    fn what(self) -> Option<What> {
        Some(match self {
            Self {
                message: Some(message),
                ..
            } if message.chat.is_group() => message.in_group(),
            Self {
                message: Some(message),
                ..
            } => message.what(|id, content| Event::Message { id, content }),
            // A live location reports itself every few seconds; nobody said anything.
            Self {
                edited_message:
                    Some(Message {
                        location: Some(_), ..
                    }),
                ..
            } => What::Elsewhere,
            Self {
                edited_message: Some(message),
                ..
            } => message.what(|id, content| Event::Edited { id, content }),
            Self {
                callback_query: Some(query),
                ..
            } => query.what(),
            Self {
                my_chat_member: Some(change),
                ..
            } => {
                let blocked = matches!(change.new_chat_member.status.as_str(), "kicked" | "left");
                if change.chat.is_group() {
                    let group = ChatId(change.chat.id);
                    return Some(if blocked {
                        What::GroupLost(group)
                    } else {
                        What::Elsewhere
                    });
                }
                private(&change.chat, None, Event::Blocked(blocked))
            }
            Self { .. } => return None,
        })
    }
}

/// An event of a private chat, which has its user's id: what claims to come from anybody else counts for nothing.
fn private(chat: &Chat, from: Option<&User>, event: Event) -> What {
    if chat.kind == "private" && from.is_none_or(|user| user.id == chat.id) {
        What::Private(ChatId(chat.id), event)
    } else {
        What::Elsewhere
    }
}

impl Chat {
    fn is_group(&self) -> bool {
        matches!(self.kind.as_str(), "group" | "supergroup")
    }
}

impl Message {
    fn in_group(self) -> What {
        let group = ChatId(self.chat.id);
        if let Some(to) = self.migrate_to_chat_id {
            let to = ChatId(to);
            return What::GroupMoved { from: group, to };
        }
        match (self.text, self.from) {
            (Some(text), Some(from)) => What::Group {
                group,
                who: ChatId(from.id),
                what: InGroup::Words(text),
            },
            (_, _) => What::Elsewhere,
        }
    }

    fn what(mut self, event: impl Fn(MessageId, Content) -> Event) -> What {
        let content = self.content();
        private(
            &self.chat,
            self.from.as_ref(),
            event(MessageId(self.message_id), content),
        )
    }

    fn content(&mut self) -> Content {
        if let Some(text) = self.text.take() {
            return Content::Text(text);
        }
        // An animation comes with a document of its own beside it.
        if self.video.is_some() || self.video_note.is_some() || self.animation.is_some() {
            return Content::Other(Other::Video);
        }
        if let Some(file) = self.media() {
            return Content::File {
                file,
                caption: self.caption.take(),
            };
        }
        if self.audio.is_some() {
            return Content::Other(Other::Audio);
        }
        if self.contact.is_some() {
            return Content::Other(Other::Contact);
        }
        Content::Other(Other::Thing)
    }

    fn media(&mut self) -> Option<Media> {
        if let Some(Voice {
            duration,
            file_id,
            file_size,
        }) = self.voice.take()
        {
            return file(File { file_id, file_size }).map(|file| Media::Voice(file, duration));
        }
        if let Some(mut sizes) = self.photo.take() {
            // The sizes come in rising order.
            return sizes.pop().and_then(file).map(Media::Photo);
        }
        let Document {
            mime_type,
            file: about,
        } = self.document.take()?;
        // What claims no type of any sensible length claims none.
        let claimed = mime_type.filter(|claimed| claimed.len() <= 128);
        file(about).map(|file| Media::Document(file, claimed))
    }
}

/// A file, unless its id is unlike Telegram's, which have about a hundred characters: a record must stay small.
fn file(File { file_id, file_size }: File) -> Option<FileRef> {
    (file_id.len() <= 512).then_some(FileRef {
        id: file_id,
        size: file_size,
        kept: None,
    })
}

impl Query {
    fn what(self) -> What {
        let message = self
            .message
            .as_ref()
            .map(|message| MessageId(message.message_id));
        let who = ChatId(self.from.id);
        if let Some(message) = self.message.as_ref().filter(|m| m.chat.is_group()) {
            return What::Group {
                group: ChatId(message.chat.id),
                who,
                what: InGroup::Press {
                    query: self.id,
                    data: self.data,
                },
            };
        }
        let event = Event::Press {
            query: self.id,
            message,
            data: self.data,
        };
        match &self.message {
            Some(message) => private(&message.chat, Some(&self.from), event),
            // A press without its message comes from the presser's own chat.
            None => What::Private(ChatId(self.from.id), event),
        }
    }
}

/// Where and from whom something came that cannot be read otherwise.
#[derive(Deserialize)]
struct Sender {
    chat: Option<Chat>,
    message: Option<Within>,
    from: Option<User>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct Within {
    chat: Option<Chat>,
}

/// An update of an unknown kind, or with something in it that is not as it should be: its sender is told, as far as
/// they can be found.
fn unreadable(json: &str) -> What {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(json).unwrap_or_default();
    let bodies = fields
        .iter()
        .filter(|(name, _)| *name != "update_id")
        .map(|(_, body)| body.get());
    let mut senders = bodies.filter_map(|body| serde_json::from_str::<Sender>(body).ok());
    let Some(sender) = senders.next() else {
        return What::Elsewhere;
    };
    match (
        sender
            .chat
            .or(sender.message.and_then(|within| within.chat)),
        sender.from.or(sender.user),
    ) {
        (Some(chat), from) => private(&chat, from.as_ref(), Event::Unreadable),
        // Without a chat it is not about a group, so whoever sent it can be answered in private.
        (None, Some(user)) if user.id > 0 => What::Private(ChatId(user.id), Event::Unreadable),
        (None, Some(_) | None) => What::Elsewhere,
    }
}
