//! Control verbs by which people write, edit and delete.
//!
//! Guarantees that a person can do only what the app lets a person do: no writing to a bot that is blocked, no editing of
//! what others wrote. The one exception is `message`, whose fields go into the message as they are.

use axum::body::Bytes;
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::{Bot, ChatKind, Standing};
use super::control::{Answer, Refused, body, clash, missing, wrong};
use super::control_people::person;
use super::entities::{self, Entity, Formatted};
use super::files::{Content, FileKind};

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

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    size: Option<u64>,
    content_base64: Option<String>,
    mime_type: Option<String>,
    file_name: Option<String>,
    duration: Option<u32>,
    width: Option<u32>,
    height: Option<u32>,
    emoji: Option<String>,
}

/// A person sends something.
pub(super) fn send(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Send = body(fields)?;
    let chat = writable(bot, what.from, what.chat)?;
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
            let shown = attach(bot, kind, file)?;
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
        message.insert("poll".to_owned(), whole_poll(poll, now_ms));
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
    deliver(bot, what.from, chat, message, now_ms)
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

/// Whether the bot is told of a message (row 81): all in private and where it is an administrator, nothing where it is not,
/// else commands that may be meant for it and answers to what it wrote.
fn hears(bot: &Bot, chat: i64, message: &Map<String, Value>) -> bool {
    let Some(chat) = bot.chats.get(&chat) else {
        return false;
    };
    if chat.kind == ChatKind::Private {
        return true;
    }
    match chat.standing {
        Standing::Administrator => return true,
        Standing::Left | Standing::Kicked => return false,
        Standing::Member => {}
    }
    let replied = message
        .get("reply_to_message")
        .map(|replied| &replied["from"]["id"]);
    let text = message.get("text").and_then(Value::as_str).unwrap_or("");
    let mut commands = text
        .split_whitespace()
        .filter(|word| word.len() > 1 && word.starts_with('/'));
    let own = |word: &str| match word.split_once('@') {
        Some((_, name)) => name.eq_ignore_ascii_case(&bot.username),
        None => true,
    };
    replied == Some(&json!(bot.id)) || commands.any(own)
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

fn attach(bot: &mut Bot, kind: FileKind, file: File) -> Answer {
    let content = match (file.content_base64, file.size) {
        (Some(text), _) => {
            let bytes = BASE64
                .decode(text.as_bytes())
                .map_err(|error| wrong(format!("content_base64: {error}")))?;
            Content::Bytes(Bytes::from(bytes))
        }
        (None, Some(size)) => Content::Zeros(size),
        (None, None) => Content::Zeros(1000),
    };
    let mut more = Map::new();
    let mut put = |name: &str, value: Value| {
        more.insert(name.to_owned(), value);
    };
    let (width, height) = (file.width.unwrap_or(1280), file.height.unwrap_or(960));
    let default_mime = match kind {
        FileKind::Document => "application/octet-stream",
        FileKind::Photo => "image/jpeg",
        FileKind::Voice => "audio/ogg",
        FileKind::Audio => "audio/mpeg",
        FileKind::Video => "video/mp4",
        FileKind::Sticker => "image/webp",
    };
    let mime = file.mime_type.unwrap_or_else(|| default_mime.to_owned());
    match kind {
        FileKind::Voice | FileKind::Audio => put("duration", json!(file.duration.unwrap_or(1))),
        FileKind::Video => {
            put("duration", json!(file.duration.unwrap_or(1)));
            put("width", json!(width));
            put("height", json!(height));
        }
        FileKind::Photo => {
            put("width", json!(width));
            put("height", json!(height));
        }
        FileKind::Sticker => {
            put("width", json!(512));
            put("height", json!(512));
            put("type", json!("regular"));
            put("is_animated", json!(false));
            put("is_video", json!(false));
            put(
                "emoji",
                json!(file.emoji.unwrap_or_else(|| "🙂".to_owned())),
            );
        }
        FileKind::Document => {}
    }
    match kind {
        FileKind::Document | FileKind::Voice | FileKind::Audio | FileKind::Video => {
            put("mime_type", json!(mime))
        }
        FileKind::Photo | FileKind::Sticker => {}
    }
    let name = match kind {
        FileKind::Document | FileKind::Audio | FileKind::Video => file.file_name,
        FileKind::Photo | FileKind::Voice | FileKind::Sticker => None,
    };
    if let Some(name) = &name {
        put("file_name", json!(name));
    }
    let small = json!({"width": 90, "height": 90 * height / width.max(1)});
    let whole = bot.files.add(kind, content, name.as_deref(), more);
    match kind {
        FileKind::Photo => {
            // Smallest first, as Telegram lists the sizes of a photo.
            let small = small.as_object().cloned().unwrap_or_default();
            let thumb = bot.files.add(kind, Content::Zeros(1200), None, small);
            Ok(json!([thumb, whole]))
        }
        FileKind::Document
        | FileKind::Voice
        | FileKind::Audio
        | FileKind::Video
        | FileKind::Sticker => Ok(Value::Object(whole)),
    }
}

/// A poll with the fields that a Bot API client insists on.
fn whole_poll(given: Value, now_ms: i64) -> Value {
    let options: Vec<Value> = given["options"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|option| {
            if option.is_object() {
                option.clone()
            } else {
                json!({"text": option, "voter_count": 0})
            }
        })
        .collect();
    let mut poll = json!({
        "id": now_ms.to_string(),
        "question": "?",
        "total_voter_count": 0,
        "is_closed": false,
        "is_anonymous": true,
        "type": "regular",
        "allows_multiple_answers": false,
    });
    if let Value::Object(fields) = given {
        for (name, value) in fields {
            poll[name] = value;
        }
    }
    poll["options"] = Value::Array(options);
    poll
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    from: i64,
    payload: Option<String>,
}

/// A person opens the bot by its link (row 72); the app drops a payload that is none.
pub(super) fn start(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Start = body(fields)?;
    let chat = writable(bot, what.from, None)?;
    let good = |payload: &String| {
        (1..=64).contains(&payload.len())
            && payload
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let payload = what.payload.filter(good);
    let text = payload.as_ref().map_or_else(
        || "/start".to_owned(),
        |payload| format!("/start {payload}"),
    );
    let mut message = Map::new();
    written(text, None)?.write(&mut message, "text", "entities");
    let mut done = deliver(bot, what.from, chat, message, now_ms)?;
    done["payload_kept"] = json!(payload.is_some());
    Ok(done)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    from: i64,
    chat: Option<i64>,
    message_id: i64,
    text: Option<String>,
    caption: Option<String>,
    message: Option<Map<String, Value>>,
}

/// A person edits an own message.
pub(super) fn edit(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Edit = body(fields)?;
    let chat_id = writable(bot, what.from, what.chat)?;
    let chat = bot
        .chats
        .get_mut(&chat_id)
        .ok_or_else(|| missing("no such chat"))?;
    let message = chat
        .message(what.message_id)
        .ok_or_else(|| missing("no such message"))?;
    let own = message
        .body
        .get("from")
        .is_some_and(|from| from["id"] == json!(what.from));
    if !own {
        return Err(clash("people edit only what they wrote"));
    }
    let mut body = message.body.clone();
    if let Some(text) = what.text {
        written(text, None)?.write(&mut body, "text", "entities");
    }
    if let Some(caption) = what.caption {
        written(caption, None)?.write(&mut body, "caption", "caption_entities");
    }
    body.extend(what.message.unwrap_or_default());
    body.insert("edit_date".to_owned(), json!(now_ms.div_euclid(1000)));
    message.body = body.clone();
    message.edits += 1;
    let event = chat.touch();
    if let Some(message) = chat.message(what.message_id) {
        message.event = event;
    }
    let update = if hears(bot, chat_id, &body) {
        bot.queue
            .push("edited_message", Value::Object(body), now_ms)
    } else {
        None
    };
    Ok(json!({"message_id": what.message_id, "update_id": update}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    chat: i64,
    message_id: i64,
}

/// A person deletes a message for both sides; bots are not told.
pub(super) fn delete(bot: &mut Bot, fields: Value) -> Answer {
    let what: Delete = body(fields)?;
    let chat = bot
        .chats
        .get_mut(&what.chat)
        .ok_or_else(|| missing("no such chat"))?;
    let event = chat.event + 1;
    let message = chat
        .message(what.message_id)
        .ok_or_else(|| missing("no such message"))?;
    message.deleted = true;
    message.event = event;
    chat.touch();
    Ok(json!({"message_id": what.message_id}))
}
