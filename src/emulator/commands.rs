//! setMyCommands and its kin (rows 73 to 77).
//!
//! Guarantees that a refused list leaves the old one as it was.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::error::{ApiError, bad};
use super::params::Params;

/// Commands by scope and language.
pub(super) type Commands = BTreeMap<(String, String), Vec<(String, String)>>;

/// setMyCommands.
pub(super) fn set(commands: &mut Commands, params: &Params) -> Result<String, ApiError> {
    let list = match params.json("commands") {
        Some(Ok(Value::Array(list))) => list,
        Some(Ok(_)) => return Err(bad("Expected an Array of BotCommand")),
        Some(Err(_)) => return Err(bad("Can't parse commands JSON object")),
        None => Vec::new(),
    };
    let key = key(params)?;
    let mut new: Vec<(String, String)> = Vec::new();
    for item in &list {
        let field = |name: &str| {
            item.get(name)
                .and_then(Value::as_str)
                .unwrap_or("")
                .trim()
                .to_owned()
        };
        let name = field("command");
        let name = name.strip_prefix('/').unwrap_or(&name).to_owned();
        let description = field("description");
        check_length(&name, 32, "Command")?;
        check_length(&description, 256, "Command description")?;
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            return Err(bad("BOT_COMMAND_INVALID"));
        }
        match new.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = description,
            None => new.push((name, description)),
        }
    }
    if list.len() > 100 {
        return Err(bad("BOT_COMMANDS_TOO_MUCH"));
    }
    commands.insert(key, new);
    Ok("true".to_owned())
}

/// getMyCommands.
pub(super) fn get(commands: &Commands, params: &Params) -> Result<String, ApiError> {
    let list = commands
        .get(&key(params)?)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let shown: Vec<Value> = list
        .iter()
        .map(|(name, description)| json!({"command": name, "description": description}))
        .collect();
    Ok(Value::Array(shown).to_string())
}

/// deleteMyCommands.
pub(super) fn delete(commands: &mut Commands, params: &Params) -> Result<String, ApiError> {
    commands.remove(&key(params)?);
    Ok("true".to_owned())
}

fn check_length(text: &str, most: usize, what: &str) -> Result<(), ApiError> {
    if text.is_empty() {
        return Err(bad(format!("{what} must be non-empty")));
    }
    if text.chars().count() > most {
        return Err(bad(format!("{what} length must not exceed {most}")));
    }
    Ok(())
}

/// Scope and language (rows 76, 77); the scope as text, so that equal scopes are equal keys.
fn key(params: &Params) -> Result<(String, String), ApiError> {
    const SCOPES: &[&str] = &[
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ];
    let scope = match params.json("scope") {
        None => json!({"type": "default"}),
        Some(Ok(scope @ Value::Object(_))) => scope,
        Some(Ok(_) | Err(_)) => return Err(bad("Can't parse BotCommandScope: Object expected")),
    };
    if !scope["type"]
        .as_str()
        .is_some_and(|kind| SCOPES.contains(&kind))
    {
        return Err(bad(
            "Can't parse BotCommandScope: Unsupported type specified",
        ));
    }
    let language = params
        .text("language_code")
        .unwrap_or_default()
        .into_owned();
    let two = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
    if !language.is_empty() && !two {
        return Err(bad("Invalid language code specified"));
    }
    Ok((scope.to_string(), language))
}
