//! answerCallbackQuery (rows 33 to 36).
//!
//! Guarantees that a press is answered at most once, and not after its time; whether the real server takes a second answer
//! is not established, so the stricter reading holds.

use serde_json::json;

use super::bot::Bot;
use super::error::{ApiError, bad};
use super::params::Params;

/// Largest answer, in characters (row 33).
const MAX_ANSWER: usize = 200;

/// answerCallbackQuery.
pub(super) fn answer(bot: &mut Bot, now_ms: i64, params: &Params) -> Result<String, ApiError> {
    let late = || bad("query is too old and response timeout expired or query ID is invalid");
    let id = params.text("callback_query_id").unwrap_or_default();
    let life = bot.query_ms;
    let query = bot.queries.get_mut(id.as_ref()).ok_or_else(late)?;
    if query.over || now_ms - query.at_ms > life {
        return Err(late());
    }
    let text = params.text("text").unwrap_or_default();
    if text.chars().count() > MAX_ANSWER {
        return Err(bad("MESSAGE_TOO_LONG"));
    }
    query.over = true;
    let toast = json!({
        "callback_query_id": id,
        "message_id": query.message,
        "text": text,
        "alert": params.flag("show_alert"),
        "url": params.text("url"),
    });
    if let Some(chat) = bot.chats.get_mut(&query.chat) {
        chat.toast = Some(toast);
        chat.touch();
    }
    Ok("true".to_owned())
}
