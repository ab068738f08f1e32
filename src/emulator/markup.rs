//! `reply_markup`: reading it and judging it (rows 14 to 22).
//!
//! Guarantees that a stored inline keyboard holds only what the real server keeps: one action a button, no empty rows. Two
//! stages, as with texts: [`read`] looks at the JSON, [`Markup::check`] at limits, which come after the chat.

use serde_json::{Map, Value, json};

use super::entities::{is_blank, web_address};
use super::error::{ApiError, bad};
use super::params::Params;

/// Largest keyboard, in bytes of JSON (row 17, "about 10 kB").
const MAX_JSON: usize = 10 * 1024;
/// Largest callback data, in bytes (row 14).
const MAX_DATA: usize = 64;

/// The first of these on a button is its action (row 19).
const ACTIONS: &[&str] = &[
    "url",
    "callback_data",
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "login_url",
    "web_app",
    "copy_text",
];

/// What a call wants below its message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Markup {
    /// Nothing.
    None,
    /// Buttons at the message.
    Inline(Vec<Vec<Value>>),
    /// Buttons instead of the keyboard.
    Keyboard(Value),
    /// The keyboard comes back.
    Remove,
    /// The app opens a reply.
    ForceReply,
}

/// First stage: the JSON and the kinds of buttons.
pub(super) fn read(params: &Params) -> Result<Markup, ApiError> {
    let value = match params.json("reply_markup") {
        None => return Ok(Markup::None),
        Some(Err(_)) => return Err(bad("Can't parse reply keyboard markup JSON object")),
        Some(Ok(value)) => value,
    };
    let Value::Object(fields) = value else {
        return Err(bad("Object expected as reply markup"));
    };
    if let Some(rows) = fields.get("keyboard") {
        grid(rows, "keyboard", "ReplyKeyboardMarkup")?;
        return Ok(Markup::Keyboard(Value::Object(fields)));
    }
    if let Some(rows) = fields.get("inline_keyboard") {
        let mut kept = Vec::new();
        for row in grid(rows, "inline_keyboard", "InlineKeyboardMarkup")? {
            let row = row.iter().map(button).collect::<Result<Vec<_>, _>>()?;
            if !row.is_empty() {
                kept.push(row);
            }
        }
        return Ok(if kept.is_empty() {
            Markup::None
        } else {
            Markup::Inline(kept)
        });
    }
    let set = |name: &str| fields.get(name).and_then(Value::as_bool).unwrap_or(false);
    if set("remove_keyboard") {
        return Ok(Markup::Remove);
    }
    if set("force_reply") {
        return Ok(Markup::ForceReply);
    }
    Ok(Markup::None)
}

fn grid<'a>(rows: &'a Value, field: &str, of: &str) -> Result<Vec<&'a Vec<Value>>, ApiError> {
    let refuse = || {
        bad(format!(
            "Field \"{field}\" of the {of} must be an Array of Arrays"
        ))
    };
    let rows = rows.as_array().ok_or_else(refuse)?;
    rows.iter()
        .map(|row| row.as_array().ok_or_else(refuse))
        .collect()
}

fn button(value: &Value) -> Result<Value, ApiError> {
    let refuse = |what: &str| bad(format!("Can't parse inline keyboard button: {what}"));
    let Value::Object(fields) = value else {
        return Err(refuse("InlineKeyboardButton must be an Object"));
    };
    let Some(text) = fields.get("text").and_then(Value::as_str) else {
        return Err(refuse("Can't find field \"text\""));
    };
    let used = |name: &&&str| match fields.get(**name) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty() || name.starts_with("switch_"),
        Some(Value::Bool(true) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => true,
    };
    let Some(action) = ACTIONS.iter().find(used) else {
        return Err(refuse("Text buttons are unallowed in the inline keyboard"));
    };
    let mut kept = Map::new();
    kept.insert("text".to_owned(), json!(text));
    for name in [*action, "style", "icon_custom_emoji_id"] {
        if let Some(value) = fields.get(name) {
            kept.insert(name.to_owned(), value.clone());
        }
    }
    Ok(Value::Object(kept))
}

impl Markup {
    /// Second stage: limits and addresses; `private` says whether the chat is one.
    pub(super) fn check(&self, private: bool) -> Result<(), ApiError> {
        match self {
            Self::None | Self::Remove | Self::ForceReply => Ok(()),
            Self::Inline(rows) => check_inline(rows, private),
            Self::Keyboard(keyboard) => check_keyboard(keyboard, private),
        }
    }

    /// The `reply_markup` of the stored message: only inline keyboards come back.
    pub(super) fn stored(&self) -> Option<Value> {
        match self {
            Self::Inline(rows) => Some(json!({"inline_keyboard": rows})),
            Self::None | Self::Keyboard(_) | Self::Remove | Self::ForceReply => None,
        }
    }

    /// Whether a message with it can be edited (row 25).
    pub(super) fn editable(&self) -> bool {
        match self {
            Self::None | Self::Inline(_) => true,
            Self::Keyboard(_) | Self::Remove | Self::ForceReply => false,
        }
    }
}

fn check_inline(rows: &[Vec<Value>], private: bool) -> Result<(), ApiError> {
    for button in rows.iter().flatten() {
        let field = |name: &str| button.get(name).and_then(Value::as_str);
        if field("text").unwrap_or("").chars().all(is_blank) {
            return Err(bad("Inline keyboard button text must be non-empty"));
        }
        if let Some(url) = field("url").filter(|url| web_address(url).is_none()) {
            return Err(bad(format!(
                "Inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
            )));
        }
        if field("callback_data").is_some_and(|data| data.len() > MAX_DATA) {
            return Err(bad("BUTTON_DATA_INVALID"));
        }
        if let Some(app) = button.get("web_app") {
            let url = app.get("url").and_then(Value::as_str).unwrap_or("");
            if !url.starts_with("https://") || web_address(url).is_none() {
                let why = "Only HTTPS links are allowed";
                return Err(bad(format!(
                    "Inline keyboard button Web App URL '{url}' is invalid: {why}"
                )));
            }
            if !private {
                return Err(bad("BUTTON_TYPE_INVALID"));
            }
        }
    }
    let json = json!(rows).to_string();
    let buttons: usize = rows.iter().map(Vec::len).sum();
    if buttons > 100 || rows.iter().any(|row| row.len() > 8) || json.len() > MAX_JSON {
        return Err(bad("reply markup is too long"));
    }
    Ok(())
}

fn check_keyboard(keyboard: &Value, private: bool) -> Result<(), ApiError> {
    let rows = keyboard["keyboard"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut buttons = 0;
    for row in rows.iter().filter_map(Value::as_array) {
        buttons += row.len();
        for button in row {
            let set = |name: &str| button.get(name).and_then(Value::as_bool).unwrap_or(false);
            if !private && set("request_contact") {
                return Err(bad("Phone number can be requested in private chats only"));
            }
            if !private && set("request_location") {
                return Err(bad("Location can be requested in private chats only"));
            }
            if !private && button.get("web_app").is_some() {
                return Err(bad("Web App buttons can be used in private chats only"));
            }
        }
        if row.len() > 12 {
            return Err(bad("reply markup is too long"));
        }
    }
    if buttons > 300 || keyboard.to_string().len() > MAX_JSON {
        return Err(bad("reply markup is too long"));
    }
    Ok(())
}
