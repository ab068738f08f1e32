//! Control verbs by which people write.
//!
//! Guarantees that a person can do only what the app lets a person do: no writing to a bot that is blocked, none in a group
//! of others. The one exception is `message`, whose fields go into the message as they are.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::chat::{ChatKind, Standing};
use super::control::{Answer, Refused, body, clash, missing, wrong};
use super::control_files::{self, File};
use super::control_people::person;
use super::entities::{self, Entity, Formatted};
use super::files::FileKind;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Send {
    from: i64,
    chat: Option<i64>,
    text: Option<String>,
    caption: Option<String>,
    entities: Option<Value>,
    voice: Option<File>,
    photo: Option<File>,
    document: Option<File>,
    video: Option<File>,
    audio: Option<File>,
    sticker: Option<File>,
    location: Option<Value>,
    contact: Option<Value>,
    poll: Option<Value>,
    media_group_id: Option<String>,
    forward: Option<Value>,
    reply_to: Option<i64>,
    message: Option<Map<String, Value>>,
}

/// A person sends something.
pub(super) fn send(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Send = body(fields)?;
    let (from, chat) = (what.from, writable(bot, what.from, what.chat)?);
    let message = compose(bot, what, chat, now_ms)?;
    deliver(bot, from, chat, message, now_ms)
}

/// The message that a person's app makes of it.
fn compose(
    bot: &mut Bot,
    what: Send,
    chat: i64,
    now_ms: i64,
) -> Result<Map<String, Value>, Refused> {
    let mut message = Map::new();
    if let Some(text) = what.text {
        written(text, what.entities.as_ref())?.write(&mut message, "text", "entities");
    }
    if let Some(caption) = what.caption {
        written(caption, what.entities.as_ref())?.write(
            &mut message,
            "caption",
            "caption_entities",
        );
    }
    let files = [
        ("voice", FileKind::Voice, what.voice),
        ("photo", FileKind::Photo, what.photo),
        ("document", FileKind::Document, what.document),
        ("video", FileKind::Video, what.video),
        ("audio", FileKind::Audio, what.audio),
        ("sticker", FileKind::Sticker, what.sticker),
    ];
    for (field, kind, file) in files {
        if let Some(file) = file {
            let shown = control_files::attach(bot, kind, file)?;
            message.insert(field.to_owned(), shown);
        }
    }
    if let Some(location) = what.location {
        message.insert("location".to_owned(), location);
    }
    if let Some(contact) = what.contact {
        message.insert("contact".to_owned(), contact);
    }
    if let Some(poll) = what.poll {
        message.insert("poll".to_owned(), control_files::whole_poll(poll, now_ms));
    }
    if let Some(group) = what.media_group_id {
        message.insert("media_group_id".to_owned(), json!(group));
    }
    match what.forward {
        None | Some(Value::Bool(false) | Value::Null) => {}
        Some(origin @ Value::Object(_)) => {
            message.insert("forward_origin".to_owned(), origin);
        }
        Some(_) => {
            let origin = json!({"type": "hidden_user", "sender_user_name": "Somebody", "date": now_ms.div_euclid(1000)});
            message.insert("forward_origin".to_owned(), origin);
        }
    }
    if let Some(id) = what.reply_to {
        let replied = bot.chats.get_mut(&chat).and_then(|chat| chat.message(id));
        let mut shown = replied
            .ok_or_else(|| missing(format!("no message {id}")))?
            .body
            .clone();
        shown.remove("reply_to_message");
        message.insert("reply_to_message".to_owned(), Value::Object(shown));
    }
    message.extend(what.message.unwrap_or_default());
    if message.is_empty() {
        return Err(wrong("nothing to send"));
    }
    Ok(message)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Album {
    from: i64,
    chat: Option<i64>,
    items: Vec<Map<String, Value>>,
}

/// A person sends an album: so many messages of one `media_group_id` at one instant, so that one batch holds them all.
pub(super) fn album(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Album = body(fields)?;
    let chat = writable(bot, what.from, what.chat)?;
    if !(2..=10).contains(&what.items.len()) {
        return Err(wrong("an album has 2 to 10 items"));
    }
    bot.albums += 1;
    let group = format!("14{:015}", bot.albums);
    let mut messages = Vec::new();
    for mut item in what.items {
        item.insert("from".to_owned(), json!(what.from));
        item.insert("media_group_id".to_owned(), json!(group));
        let message = compose(bot, body(Value::Object(item))?, chat, now_ms)?;
        messages.push(message);
    }
    // Photos and films go together, documents and music only with their own kind.
    let mixes = [&["photo", "video"][..], &["document"], &["audio"]];
    let holds = |kinds: &[&str], message: &Map<String, Value>| {
        kinds.iter().any(|kind| message.contains_key(*kind))
    };
    if !mixes
        .iter()
        .any(|kinds| messages.iter().all(|message| holds(kinds, message)))
    {
        return Err(wrong(
            "an album is of photos and videos, of documents, or of audio",
        ));
    }
    let mut sent = Vec::new();
    for message in messages {
        sent.push(deliver(bot, what.from, chat, message, now_ms)?);
    }
    Ok(json!({"media_group_id": group, "messages": sent}))
}

/// Stores a person's message and queues its update.
pub(super) fn deliver(
    bot: &mut Bot,
    from: i64,
    chat: i64,
    message: Map<String, Value>,
    now_ms: i64,
) -> Answer {
    let overrides = message.clone();
    let posted = bot
        .post(chat, Some(from), message, now_ms)
        .ok_or_else(|| missing("no such chat"))?;
    let (id, mut shown) = (posted.id, posted.body.clone());
    // What the caller gave wins, so that a test can send a date or a sender that is off.
    shown.extend(overrides);
    let update = if hears(bot, chat, &shown) {
        bot.queue.push("message", Value::Object(shown), now_ms)
    } else {
        None
    };
    Ok(json!({"message_id": id, "update_id": update}))
}

/// Whether the bot is told of a message (row 81): all in private, where it is an administrator and without privacy mode;
/// nothing where it is not; else what begins with a command that may be meant for it, and answers to what it wrote.
pub(super) fn hears(bot: &Bot, chat: i64, message: &Map<String, Value>) -> bool {
    let Some(chat) = bot.chats.get(&chat) else {
        return false;
    };
    if chat.kind == ChatKind::Private {
        return true;
    }
    match chat.standing {
        Standing::Administrator => return true,
        Standing::Left | Standing::Kicked => return false,
        Standing::Member if !bot.privacy => return true,
        Standing::Member => {}
    }
    let replied = message
        .get("reply_to_message")
        .map(|replied| &replied["from"]["id"]);
    let text = message.get("text").and_then(Value::as_str).unwrap_or("");
    let command = text
        .split_whitespace()
        .next()
        .filter(|word| word.len() > 1 && word.starts_with('/'));
    let own = |word: &str| match word.split_once('@') {
        Some((_, name)) => name.eq_ignore_ascii_case(&bot.username),
        None => true,
    };
    replied == Some(&json!(bot.id)) || command.is_some_and(own)
}

/// The chat a person may write to.
pub(super) fn writable(bot: &mut Bot, from: i64, chat: Option<i64>) -> Result<i64, Refused> {
    let chat_id = chat.unwrap_or(from);
    let user = person(bot, from)?;
    if user.deleted {
        return Err(clash("the account is deleted"));
    }
    if chat_id == from {
        if user.blocked {
            return Err(clash("the person has blocked the bot"));
        }
        user.started = true;
        return Ok(chat_id);
    }
    let chat = bot
        .chats
        .get(&chat_id)
        .ok_or_else(|| missing(format!("no chat {chat_id}")))?;
    if chat.kind == ChatKind::Private || !chat.members.contains(&from) {
        return Err(clash(format!("{from} is no member of {chat_id}")));
    }
    if chat.migrated_to.is_some() {
        return Err(clash("the group became a supergroup"));
    }
    Ok(chat_id)
}

/// A text as the server stores it; entities found by the server are taken as given, too.
pub(super) fn written(text: String, given: Option<&Value>) -> Result<Formatted, Refused> {
    let entities: Vec<Entity> = match given {
        Some(list) => entities::given(list).map_err(|error| wrong(error.description))?,
        None => Vec::new(),
    };
    let text =
        entities::clean(Formatted { text, entities }).map_err(|error| wrong(error.description))?;
    if text.text.is_empty() {
        return Err(wrong("the app sends no empty text"));
    }
    if text.text.chars().count() > entities::MAX_TEXT {
        return Err(wrong("the app splits texts of more than 4096 characters"));
    }
    Ok(text)
}
