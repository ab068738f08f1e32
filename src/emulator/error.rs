//! What the Bot API answers when a call fails.
//!
//! Guarantees the envelope (`ok`, `error_code`, `description`, `parameters`) and the prefix and lower-casing rule of the
//! real server, so that a rule can be written with the words of its source. Never holds anything a person wrote.

use serde_json::{Value, json};

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    /// HTTP status and `error_code`.
    pub(super) code: u16,
    /// The whole description, prefix included.
    pub(super) description: String,
    /// Seconds to wait, with 429.
    pub(super) retry_after: Option<u64>,
    /// Where the group went, with 400 after an upgrade.
    pub(super) migrate_to: Option<i64>,
}

impl ApiError {
    fn new(code: u16, description: String) -> Self {
        Self {
            code,
            description,
            retry_after: None,
            migrate_to: None,
        }
    }

    /// `error_code`, `description` and `parameters`, as they stand in the envelope.
    pub(super) fn fields(&self) -> Value {
        let mut fields = json!({"error_code": self.code, "description": self.description});
        if let Some(seconds) = self.retry_after {
            fields["parameters"] = json!({"retry_after": seconds});
        }
        if let Some(chat) = self.migrate_to {
            fields["parameters"] = json!({"migrate_to_chat_id": chat});
        }
        fields
    }

    /// The body of the answer.
    pub(super) fn body(&self) -> String {
        let mut body = self.fields();
        body["ok"] = Value::Bool(false);
        body.to_string()
    }
}

/// 400 `Bad Request: …`.
pub(super) fn bad(message: impl AsRef<str>) -> ApiError {
    ApiError::new(400, prefixed("Bad Request: ", message.as_ref()))
}

/// 403 `Forbidden: …`.
pub(super) fn forbidden(message: impl AsRef<str>) -> ApiError {
    ApiError::new(403, prefixed("Forbidden: ", message.as_ref()))
}

/// 409 `Conflict: …`.
pub(super) fn conflict(message: impl AsRef<str>) -> ApiError {
    ApiError::new(409, prefixed("Conflict: ", message.as_ref()))
}

/// 401, with or without a reason (row 64).
pub(super) fn unauthorized(reason: Option<&str>) -> ApiError {
    match reason {
        Some(reason) => ApiError::new(401, prefixed("Unauthorized: ", reason)),
        None => ApiError::new(401, "Unauthorized".to_owned()),
    }
}

/// 404 for an unknown path or, with a reason, an unknown method (row 65).
pub(super) fn not_found(reason: Option<&str>) -> ApiError {
    match reason {
        Some(reason) => ApiError::new(404, prefixed("Not Found: ", reason)),
        None => ApiError::new(404, "Not Found".to_owned()),
    }
}

/// 413, when an upload is larger than 50 MiB (row 66).
pub(super) fn too_large() -> ApiError {
    ApiError::new(413, "Request Entity Too Large".to_owned())
}

/// 429 (row 51).
pub(super) fn flood(seconds: u64) -> ApiError {
    let mut error = ApiError::new(429, format!("Too Many Requests: retry after {seconds}"));
    error.retry_after = Some(seconds);
    error
}

/// 400 after a group became a supergroup (row 62).
pub(super) fn migrated(to: i64) -> ApiError {
    let mut error = bad("group chat was upgraded to a supergroup chat");
    error.migrate_to = Some(to);
    error
}

/// A failure of the server itself.
pub(super) fn internal(code: u16, description: &str) -> ApiError {
    ApiError::new(code, description.to_owned())
}

/// The first letter is lower-cased unless the second character is `_` or upper-case, so that `MESSAGE_TOO_LONG` stays.
fn prefixed(prefix: &str, message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next();
    let keep = letters
        .next()
        .is_some_and(|second| second == '_' || second.is_ascii_uppercase());
    match first {
        Some(first) if !keep => {
            let rest = &message[first.len_utf8()..];
            format!("{prefix}{}{rest}", first.to_ascii_lowercase())
        }
        Some(_) | None => format!("{prefix}{message}"),
    }
}
