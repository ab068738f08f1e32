//! sendDocument, sendPhoto and sendVoice (rows 66 to 69, 71); getFile is in `files`.
//!
//! Guarantees that a file comes in by part, by `attach://` or by its id, and by nothing else: the emulator fetches nothing
//! from the network. A voice must be what Telegram plays as one; docs/EMULATOR.md says what of that is not established.
//! A refused send leaves no file behind.

use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::entities;
use super::error::{ApiError, bad};
use super::files::{Content, FileKind};
use super::messages::{Context, deliver, outgoing, target, with_names};
use super::params::{Params, Upload};

/// Largest photo, in bytes (row 66).
const MAX_PHOTO: usize = 10 << 20;
/// Longest duration, in seconds; what exceeds it is cut to it.
const MAX_DURATION: i64 = 86_400;

enum Source {
    Upload(Upload),
    Known(String),
    Web,
}

/// sendDocument.
pub(super) fn send_document(
    bot: &mut Bot,
    context: Context,
    params: &Params,
) -> Result<String, ApiError> {
    send(bot, context, params, "document", FileKind::Document)
}

/// sendPhoto.
pub(super) fn send_photo(
    bot: &mut Bot,
    context: Context,
    params: &Params,
) -> Result<String, ApiError> {
    send(bot, context, params, "photo", FileKind::Photo)
}

/// sendVoice.
pub(super) fn send_voice(
    bot: &mut Bot,
    context: Context,
    params: &Params,
) -> Result<String, ApiError> {
    send(bot, context, params, "voice", FileKind::Voice)
}

fn send(
    bot: &mut Bot,
    context: Context,
    params: &Params,
    field: &str,
    kind: FileKind,
) -> Result<String, ApiError> {
    let source = source(params, field)?;
    let caption = entities::read(params, "caption", "caption_entities", false)?;
    let mut out = outgoing(params)?;
    let chat_id = target(bot, params, &mut out)?;
    let caption = with_names(bot, entities::finish_caption(caption)?);
    let mut body = Map::new();
    caption.write(&mut body, "caption", "caption_entities");
    let (shown, new) = match source {
        Source::Web => return Err(bad("failed to get HTTP URL content")),
        Source::Known(id) => (known(bot, &id, kind)?, false),
        Source::Upload(upload) => (store(bot, params, kind, &upload)?, true),
    };
    body.insert(field.to_owned(), shown.clone());
    let sent = takes(bot, chat_id, kind).and_then(|()| deliver(bot, context, chat_id, body, out));
    // A refused send may be repeated for long, so it leaves nothing behind.
    if sent.is_err() && new {
        bot.files.forget(&shown);
    }
    sent
}

/// A file that Telegram has (row 71).
fn known(bot: &Bot, id: &str, kind: FileKind) -> Result<Value, ApiError> {
    let unknown = || bad("wrong remote file identifier specified: Wrong character in the string");
    let file = bot.files.get(id).ok_or_else(unknown)?;
    if file.kind != kind {
        let (is, wanted) = (file.kind.name(), kind.name());
        return Err(bad(format!("can't use file of type {is} as {wanted}")));
    }
    Ok(file.shown.clone())
}

/// Stores an upload; what the message shows of it.
fn store(
    bot: &mut Bot,
    params: &Params,
    kind: FileKind,
    upload: &Upload,
) -> Result<Value, ApiError> {
    if upload.bytes.is_empty() {
        return Err(bad("file must be non-empty"));
    }
    let content = Content::Bytes(upload.bytes.clone());
    let mut more = Map::new();
    let name = match kind {
        FileKind::Photo => {
            let (width, height) = picture(&upload.bytes)?;
            return Ok(bot.files.add_photo(content, width, height));
        }
        FileKind::Voice => {
            let duration = params.int("duration").unwrap_or(0).clamp(0, MAX_DURATION);
            more.insert("duration".to_owned(), json!(duration));
            more.insert("mime_type".to_owned(), json!(sound(&upload.bytes)?));
            // A voice message has no name.
            None
        }
        FileKind::Document | FileKind::Audio | FileKind::Video | FileKind::Sticker => {
            let name = upload.name.as_deref().filter(|name| !name.is_empty());
            let name = name.unwrap_or("file");
            let mime = upload.mime.as_deref().unwrap_or("application/octet-stream");
            more.insert("file_name".to_owned(), json!(name));
            more.insert("mime_type".to_owned(), json!(mime));
            Some(name)
        }
    };
    Ok(bot.files.add(kind, content, name, more))
}

/// Whether the chat takes files of this kind: a person may refuse voice messages, which a group cannot.
fn takes(bot: &Bot, chat_id: i64, kind: FileKind) -> Result<(), ApiError> {
    let refuses = bot.users.get(&chat_id).is_some_and(|user| !user.voices);
    match kind {
        FileKind::Voice if refuses => Err(bad("VOICE_MESSAGES_FORBIDDEN")),
        FileKind::Voice
        | FileKind::Document
        | FileKind::Photo
        | FileKind::Audio
        | FileKind::Video
        | FileKind::Sticker => Ok(()),
    }
}

/// Where the file comes from (row 67).
fn source(params: &Params, field: &str) -> Result<Source, ApiError> {
    if let Some(upload) = params.file(field) {
        return Ok(Source::Upload(upload.clone()));
    }
    let missing = || bad(format!("there is no {field} in the request"));
    let text = params.text(field).ok_or_else(missing)?;
    if let Some(name) = text.strip_prefix("attach://") {
        return params
            .file(name)
            .map(|upload| Source::Upload(upload.clone()))
            .ok_or_else(missing);
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return Ok(Source::Web);
    }
    if text.is_empty() {
        Err(missing())
    } else {
        Ok(Source::Known(text.into_owned()))
    }
}

/// Width and height of a picture (rows 66, 68); only a PNG is measured.
fn picture(bytes: &[u8]) -> Result<(u32, u32), ApiError> {
    if bytes.len() > MAX_PHOTO {
        let size = bytes.len();
        let max = MAX_PHOTO;
        return Err(bad(format!(
            "file of size {size} bytes is too big for a photo; the maximum size is {max} bytes"
        )));
    }
    let jpeg = bytes.starts_with(&[0xff, 0xd8, 0xff]);
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let gif = bytes.starts_with(b"GIF8");
    if jpeg || webp || gif {
        return Ok((1280, 960));
    }
    let number = |at: usize| {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    let size = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        number(16).zip(number(20))
    } else {
        None
    };
    let (width, height) = size.ok_or_else(|| bad("IMAGE_PROCESS_FAILED"))?;
    let (small, large) = (width.min(height), width.max(height));
    if small == 0 || u64::from(width) + u64::from(height) > 10_000 || large / small > 20 {
        return Err(bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok((width, height))
}

/// The content type of what Telegram plays as a voice message: Opus in Ogg, MP3 or M4A.
fn sound(bytes: &[u8]) -> Result<&'static str, ApiError> {
    // Behind the head of the first page and the lengths in it stands the first packet.
    let first = bytes.get(26).map(|count| 27 + usize::from(*count));
    let opus = first
        .and_then(|at| bytes.get(at..))
        .is_some_and(|packet| packet.starts_with(b"OpusHead"));
    if bytes.starts_with(b"OggS") && opus {
        return Ok("audio/ogg");
    }
    let frame = matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0);
    if bytes.starts_with(b"ID3") || frame {
        return Ok("audio/mpeg");
    }
    if bytes.get(4..11) == Some(b"ftypM4A") {
        return Ok("audio/mp4");
    }
    Err(bad(
        "the emulator takes as a voice only Opus in Ogg, MP3 or M4A",
    ))
}
