//! Files as a browser opens them, for the control verb `file`.
//!
//! Guarantees that a browser shows only what cannot act: pictures, sound, printed pages and plain text, each known by its
//! bytes or by its sender's word and by nothing that the browser guesses. Everything else is saved under its name.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS};
use axum::response::Response;

use super::files::{FileKind, Stored};
use super::server::raw;

/// A file with its content type and, if it has one, its name.
pub(super) fn handed_out(file: &Stored) -> Response {
    let bytes = file.content.bytes();
    let said = file.shown["mime_type"].as_str().unwrap_or_default();
    let shown = kind(&bytes).or_else(|| text(file.kind, said));
    let how = if shown.is_some() {
        "inline"
    } else {
        "attachment"
    };
    let how = match file.shown["file_name"].as_str() {
        Some(name) => format!("{how}; filename*=UTF-8''{}", encoded(name)),
        None => how.to_owned(),
    };
    let mut response = raw(200, shown.unwrap_or("application/octet-stream"), bytes);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What was encoded is ASCII, so there is always a value.
    if let Ok(how) = HeaderValue::from_str(&how) {
        headers.insert(CONTENT_DISPOSITION, how);
    }
    response
}

/// What its first bytes say that it is.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 6] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
    ];
    let starts = starts.iter().find(|(start, _)| bytes.starts_with(start));
    match starts {
        Some((_, kind)) => Some(kind),
        None if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => {
            Some("image/webp")
        }
        None if bytes.get(4..11) == Some(b"ftypM4A") => Some("audio/mp4"),
        None if matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0) => Some("audio/mpeg"),
        None => None,
    }
}

/// Plain text, if whoever sent a document says that it is some.
fn text(kind: FileKind, said: &str) -> Option<&'static str> {
    match kind {
        FileKind::Document if said == "text/plain" => Some("text/plain; charset=utf-8"),
        FileKind::Document
        | FileKind::Photo
        | FileKind::Voice
        | FileKind::Audio
        | FileKind::Video
        | FileKind::Sticker => None,
    }
}

/// A name as RFC 8187 writes it.
fn encoded(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    name.bytes()
        .map(|byte| {
            if is_plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
