//! A chat as a phone shows it, for the control API.
//!
//! Guarantees that nothing is shown that a person would not see, and that deleted messages stay listed as deleted, so that a
//! test sees that they were there.

use serde_json::{Map, Value, json};

use super::chat::{Chat, Message};

/// What a message holds, the first that it has.
const KINDS: &[&str] = &[
    "text",
    "photo",
    "document",
    "voice",
    "video",
    "audio",
    "sticker",
    "location",
    "contact",
    "poll",
    "animation",
    "video_note",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "new_chat_members",
    "left_chat_member",
];

/// The newest `newest` messages of a chat, oldest first, and what stands around them.
pub(super) fn chat(chat: &Chat, newest: usize, now_ms: i64) -> Value {
    let action = chat.action.as_ref();
    let action = action.and_then(|(name, until)| (*until > now_ms).then_some(name));
    let skip = chat.messages.len().saturating_sub(newest);
    let messages: Vec<Value> = chat.messages.iter().skip(skip).map(message).collect();
    let keyboard = chat.keyboard.as_ref().map(|keyboard| &keyboard["keyboard"]);
    json!({
        "id": chat.id,
        "type": chat.kind.name(),
        "event": chat.event,
        "messages": messages,
        "keyboard": keyboard,
        "toast": chat.toast,
        "action": action,
    })
}

fn message(message: &Message) -> Value {
    let body = &message.body;
    let text = body
        .get("text")
        .or_else(|| body.get("caption"))
        .cloned()
        .unwrap_or_else(|| json!(""));
    let entities = body
        .get("entities")
        .or_else(|| body.get("caption_entities"));
    let kind = KINDS
        .iter()
        .find(|kind| body.contains_key(**kind))
        .copied()
        .unwrap_or("other");
    let mut shown = json!({
        "id": message.id,
        "kind": kind,
        "from_bot": message.from_bot,
        "from_id": body.get("from").map(|from| &from["id"]),
        "date": message.date,
        "text": text,
        "buttons": buttons(body),
        "edits": message.edits,
        "edited": message.edits > 0,
        "deleted": message.deleted,
        "event": message.event,
    });
    if let Some(entities) = entities {
        shown["entities"] = entities.clone();
    }
    if let Some(replied) = body.get("reply_to_message") {
        shown["reply_to"] = replied["message_id"].clone();
    }
    for field in ["document", "voice"] {
        if let Some(file) = body.get(field) {
            shown[field] = file.clone();
        }
    }
    if let Some(photo) = body
        .get("photo")
        .and_then(Value::as_array)
        .and_then(|sizes| sizes.last())
    {
        shown["photo"] = photo.clone();
    }
    shown
}

/// Rows of `{"text", "data"?, "url"?}`.
pub(super) fn buttons(body: &Map<String, Value>) -> Vec<Vec<Value>> {
    let show = |button: &Value| {
        let mut shown = json!({"text": button["text"]});
        if let Some(data) = button.get("callback_data") {
            shown["data"] = data.clone();
        }
        if let Some(url) = button.get("url") {
            shown["url"] = url.clone();
        }
        shown
    };
    rows(body)
        .map(|row| row.iter().map(show).collect())
        .collect()
}

/// What the buttons carry that can be pressed.
pub(super) fn pressable(body: &Map<String, Value>) -> impl Iterator<Item = &str> {
    rows(body)
        .flatten()
        .filter_map(|button| button["callback_data"].as_str())
}

/// The rows of a message's buttons, as Telegram has them.
fn rows(body: &Map<String, Value>) -> impl Iterator<Item = &[Value]> {
    let rows = body
        .get("reply_markup")
        .and_then(|markup| markup["inline_keyboard"].as_array());
    rows.map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|row| row.as_array().map(Vec::as_slice).unwrap_or_default())
}
