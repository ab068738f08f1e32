//! From an update's JSON to an event, field by field.
//!
//! What is not needed is not read: an unknown entity, quote or reply cannot empty a message, a name cannot be kept
//! by accident. What cannot be understood at all becomes an event of its own, so that its sender gets an answer.
//! <https://core.telegram.org/bots/api#update>

use serde_json::Value;

use crate::dialogue::{Content, Event, Media, Other};
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
    /// Something that concerns no private chat.
    Elsewhere,
}

/// Reads one update. `None` if it has no id, and so cannot be told from others.
pub fn update(value: &Value) -> Option<Update> {
    let id = value.get("update_id")?.as_u64()?.try_into().ok()?;
    Some(Update {
        id,
        what: what(value),
    })
}

/// The kind of an update: the name of its field beside the id; for log lines.
pub fn kind(value: &Value) -> &str {
    let kind = value
        .as_object()
        .and_then(|fields| fields.keys().find(|name| *name != "update_id"));
    let is_name = |name: &&String| {
        name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    kind.filter(is_name).map_or("unknown", String::as_str)
}

fn what(value: &Value) -> What {
    let known = if let Some(message) = value.get("message") {
        private_chat(message).map(|chat| (chat, event_of_message(message)))
    } else if let Some(message) = value.get("edited_message") {
        private_chat(message).map(|chat| (chat, event_of_edit(message)))
    } else if let Some(query) = value.get("callback_query") {
        event_of_press(query)
    } else if let Some(change) = value.get("my_chat_member") {
        private_chat(change).map(|chat| (chat, event_of_membership(change)))
    } else {
        somebodys_chat(value).map(|chat| (chat, Event::Unreadable))
    };
    known.map_or(What::Elsewhere, |(chat, event)| What::Private(chat, event))
}

/// The chat of a message, if it is a private one.
fn private_chat(message: &Value) -> Option<ChatId> {
    let chat = message.get("chat")?;
    let is_private = chat.get("type")? == "private";
    chat.get("id")?.as_i64().filter(|_| is_private).map(ChatId)
}

/// The private chat that an update of an unknown kind belongs to, as far as it can be told.
fn somebodys_chat(update: &Value) -> Option<ChatId> {
    let (_, body) = update
        .as_object()?
        .iter()
        .find(|(name, _)| *name != "update_id")?;
    let within = || body.get("message").and_then(private_chat);
    let sender = || {
        // Without a chat it is not about a group, so whoever sent it can be answered in private.
        let no_chat = body.get("chat").is_none() && body.get("message").is_none();
        let user = body
            .get("from")
            .or_else(|| body.get("user"))
            .filter(|_| no_chat)?;
        user.get("id")?.as_i64().filter(|id| *id > 0).map(ChatId)
    };
    private_chat(body).or_else(within).or_else(sender)
}

fn event_of_message(message: &Value) -> Event {
    match (message_id(message), content(message)) {
        (Some(id), Some(content)) => Event::Message { id, content },
        (_, _) => Event::Unreadable,
    }
}

fn event_of_edit(message: &Value) -> Event {
    match (message_id(message), content(message)) {
        (Some(id), Some(content)) => Event::Edited { id, content },
        (_, _) => Event::Unreadable,
    }
}

fn event_of_press(query: &Value) -> Option<(ChatId, Event)> {
    let message = query.get("message");
    // A press on a message that Telegram no longer has comes without one; in private it is the presser's chat.
    let chat = match message {
        Some(message) => private_chat(message)?,
        None => ChatId(query.get("from")?.get("id")?.as_i64()?),
    };
    let event = Event::Press {
        query: query.get("id")?.as_str()?.to_owned(),
        message: message.and_then(message_id),
        data: query
            .get("data")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
    };
    Some((chat, event))
}

fn event_of_membership(change: &Value) -> Event {
    match change
        .get("new_chat_member")
        .and_then(|member| member.get("status"))
        .and_then(Value::as_str)
    {
        Some("kicked" | "left") => Event::Blocked(true),
        Some(_) | None => Event::Blocked(false),
    }
}

fn message_id(message: &Value) -> Option<MessageId> {
    message
        .get("message_id")?
        .as_i64()?
        .try_into()
        .ok()
        .map(MessageId)
}

/// What a message holds; `None` if it is of a kind that this program has never heard of.
fn content(message: &Value) -> Option<Content> {
    let has = |field: &str| message.get(field).is_some();
    if let Some(text) = message.get("text").and_then(Value::as_str) {
        return Some(Content::Text(text.to_owned()));
    }
    // An animation and a video come with a document of their own beside them.
    if ["video", "video_note", "animation"].into_iter().any(has) {
        return Some(Content::Other(Other::Video));
    }
    let caption = message
        .get("caption")
        .and_then(Value::as_str)
        .map(str::to_owned);
    if let Some(file) = media(message) {
        return Some(Content::File { file, caption });
    }
    if has("audio") {
        return Some(Content::Other(Other::Audio));
    }
    if has("contact") {
        return Some(Content::Other(Other::Contact));
    }
    const THINGS: [&str; 12] = [
        "sticker",
        "location",
        "venue",
        "poll",
        "dice",
        "game",
        "story",
        "checklist",
        "pinned_message",
        "gift",
        "paid_media",
        "giveaway",
    ];
    THINGS
        .into_iter()
        .any(has)
        .then_some(Content::Other(Other::Thing))
}

fn media(message: &Value) -> Option<Media> {
    if let Some(voice) = message.get("voice") {
        let seconds = voice.get("duration").and_then(Value::as_u64).unwrap_or(0);
        return Some(Media::Voice(
            file(voice)?,
            seconds.try_into().unwrap_or(u32::MAX),
        ));
    }
    if let Some(sizes) = message.get("photo") {
        // The sizes come in rising order.
        return sizes.as_array()?.last().and_then(file).map(Media::Photo);
    }
    message.get("document").and_then(file).map(Media::Document)
}

fn file(value: &Value) -> Option<FileRef> {
    let id = value.get("file_id")?.as_str()?;
    // Telegram's ids have about a hundred characters; a record must stay small.
    (id.len() <= 512).then(|| FileRef {
        id: id.to_owned(),
        size: value.get("file_size").and_then(Value::as_u64),
    })
}
