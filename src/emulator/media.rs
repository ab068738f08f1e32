//! sendDocument and sendPhoto (rows 66 to 68); getFile is in `files`.
//!
//! Guarantees that a file comes in by part, by `attach://` or by its id, and by nothing else: the emulator fetches nothing
//! from the network.

use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::entities;
use super::error::{ApiError, bad};
use super::files::{Content, FileKind};
use super::messages::{Context, deliver, outgoing, target, with_names};
use super::params::{Params, Upload};

/// Largest photo, in bytes (row 66).
const MAX_PHOTO: usize = 10 << 20;

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
    match source {
        Source::Web => return Err(bad("failed to get HTTP URL content")),
        Source::Known(id) => {
            let unknown =
                || bad("wrong remote file identifier specified: Wrong character in the string");
            let file = bot.files.get(&id).ok_or_else(unknown)?;
            if file.kind != kind {
                let (is, wanted) = (file.kind.name(), kind.name());
                return Err(bad(format!("can't use file of type {is} as {wanted}")));
            }
            show(&mut body, kind, file.fields.clone());
        }
        Source::Upload(upload) => {
            if upload.bytes.is_empty() {
                return Err(bad("file must be non-empty"));
            }
            let name = upload
                .name
                .as_deref()
                .filter(|name| !name.is_empty())
                .unwrap_or("file");
            let mut more = Map::new();
            match kind {
                FileKind::Photo => {
                    let (width, height) = picture(&upload.bytes)?;
                    more.insert("width".to_owned(), json!(width));
                    more.insert("height".to_owned(), json!(height));
                }
                FileKind::Document
                | FileKind::Voice
                | FileKind::Audio
                | FileKind::Video
                | FileKind::Sticker => {
                    let mime = upload.mime.as_deref().unwrap_or("application/octet-stream");
                    more.insert("file_name".to_owned(), json!(name));
                    more.insert("mime_type".to_owned(), json!(mime));
                }
            }
            // Nothing is stored before the send limits had their say: a refused send may be repeated for long.
            let fields =
                bot.files
                    .add(kind, Content::Bytes(upload.bytes.clone()), Some(name), more);
            let id = fields
                .get("file_id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            show(&mut body, kind, fields);
            let sent = deliver(bot, context, chat_id, body, out);
            if sent.is_err() {
                bot.files.forget(&id);
            }
            return sent;
        }
    }
    deliver(bot, context, chat_id, body, out)
}

fn show(body: &mut Map<String, Value>, kind: FileKind, fields: Map<String, Value>) {
    match kind {
        FileKind::Photo => body.insert("photo".to_owned(), json!([fields])),
        FileKind::Document
        | FileKind::Voice
        | FileKind::Audio
        | FileKind::Video
        | FileKind::Sticker => body.insert("document".to_owned(), Value::Object(fields)),
    };
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
