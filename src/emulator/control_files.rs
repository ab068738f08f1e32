//! Files and polls as a person's app sends them.
//!
//! Guarantees the fields that Telegram shows of each kind. A file with only a size holds no memory.

use axum::body::Bytes;
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::control::{Answer, wrong};
use super::files::{Content, FileKind};

/// A file to be sent.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    size: Option<u64>,
    content_base64: Option<String>,
    mime_type: Option<String>,
    file_name: Option<String>,
    duration: Option<u32>,
    width: Option<u32>,
    height: Option<u32>,
    emoji: Option<String>,
}

/// Stores a file; what the message shows of it.
pub(super) fn attach(bot: &mut Bot, kind: FileKind, file: File) -> Answer {
    let content = match (file.content_base64, file.size) {
        (Some(_), Some(_)) => return Err(wrong("either size or content_base64")),
        (Some(text), None) => {
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
        FileKind::Photo => return Ok(bot.files.add_photo(content, width, height)),
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
    Ok(bot.files.add(kind, content, name.as_deref(), more))
}

/// A poll with the fields that a Bot API client insists on.
pub(super) fn whole_poll(given: Value, now_ms: i64) -> Value {
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
