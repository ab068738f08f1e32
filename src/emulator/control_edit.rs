//! Control verbs by which people edit and delete.
//!
//! Guarantees that a person edits only what they wrote, and that the bot is told of edits where it would be, never of deletions.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::control::{Answer, body, clash, missing};
use super::control_send::{hears, writable, written};

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
