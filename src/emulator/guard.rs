//! Who may ask: programs of this machine, and pages that the emulator itself serves.
//!
//! Guarantees that a page from elsewhere, open in a browser on this machine, reaches nothing here, the Bot API included: not by
//! its own origin, not by a name of its own that it has the browser take for the loopback address, and not by a picture
//! that it has the browser fetch from here.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::server::answer;

/// What everybody else is told.
pub(super) const REFUSED: &str = "only for pages of this machine";

/// Whether a request names this machine as its host and, if a page makes it, comes from a page of this machine.
pub(super) fn is_home(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).map(|host| host.as_bytes());
    let origin = headers.get(ORIGIN).map(|origin| origin.as_bytes());
    // Browsers say it of every request; programs say nothing.
    let from_elsewhere = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() == b"cross-site");
    host.is_some_and(is_local)
        && !from_elsewhere
        && origin.is_none_or(|origin| origin.strip_prefix(b"http://").is_some_and(is_local))
}

/// The loopback address or its name, with a port or without.
fn is_local(authority: &[u8]) -> bool {
    let name = authority.split(|byte| *byte == b':').next();
    name.is_some_and(|name| name == b"127.0.0.1" || name.eq_ignore_ascii_case(b"localhost"))
}

/// Lets nobody else through.
pub(super) async fn only_home(request: Request, next: Next) -> Response {
    if is_home(request.headers()) {
        next.run(request).await
    } else {
        answer(400, json!({"error": REFUSED}).to_string())
    }
}
