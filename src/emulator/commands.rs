//! setMyCommands and its kin (rows 73 to 77), and what an app shows of them.
//!
//! Guarantees that a refused list leaves the old one as it was, and that a narrower scope shadows a wider one only in what
//! an app shows: getMyCommands tells what is set for exactly this scope and language.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::chat::ChatKind;
use super::error::{ApiError, bad};
use super::params::Params;

/// For whom commands are; the chat and the person by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    Default,
    AllPrivateChats,
    AllGroupChats,
    AllChatAdministrators,
    Chat(i64),
    ChatAdministrators(i64),
    ChatMember(i64, i64),
}

impl Scope {
    fn json(self) -> Value {
        match self {
            Self::Default => json!({"type": "default"}),
            Self::AllPrivateChats => json!({"type": "all_private_chats"}),
            Self::AllGroupChats => json!({"type": "all_group_chats"}),
            Self::AllChatAdministrators => json!({"type": "all_chat_administrators"}),
            Self::Chat(chat) => json!({"type": "chat", "chat_id": chat}),
            Self::ChatAdministrators(chat) => {
                json!({"type": "chat_administrators", "chat_id": chat})
            }
            Self::ChatMember(chat, user) => {
                json!({"type": "chat_member", "chat_id": chat, "user_id": user})
            }
        }
    }
}

/// A command and its description.
type Command = (String, String);
/// Commands by scope and language; never an empty list.
pub(super) type Commands = BTreeMap<(Scope, String), Vec<Command>>;

/// setMyCommands. An empty list counts as none, so that wider commands show again.
pub(super) fn set(bot: &mut Bot, params: &Params) -> Result<String, ApiError> {
    let list = given(params)?;
    let key = key(bot, params)?;
    let mut new: Vec<Command> = Vec::new();
    for (name, description) in &list {
        let name = name.trim();
        let name = name.strip_prefix('/').unwrap_or(name);
        let description = description.trim();
        check_length(name, 32, "Command")?;
        check_length(description, 256, "Command description")?;
        match new.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = description.to_owned(),
            None => new.push((name.to_owned(), description.to_owned())),
        }
    }
    if list.len() > 100 {
        return Err(bad("BOT_COMMANDS_TOO_MUCH"));
    }
    let letters = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !new.iter().all(|(name, _)| letters(name)) {
        return Err(bad("BOT_COMMAND_INVALID"));
    }
    bot.profile_changes += 1;
    if new.is_empty() {
        bot.commands.remove(&key);
    } else {
        bot.commands.insert(key, new);
    }
    Ok("true".to_owned())
}

/// getMyCommands.
pub(super) fn get(bot: &Bot, params: &Params) -> Result<String, ApiError> {
    let list = bot.commands.get(&key(bot, params)?);
    Ok(shown(list.map(Vec::as_slice).unwrap_or_default()).to_string())
}

/// deleteMyCommands.
pub(super) fn delete(bot: &mut Bot, params: &Params) -> Result<String, ApiError> {
    let key = key(bot, params)?;
    bot.commands.remove(&key);
    bot.profile_changes += 1;
    Ok("true".to_owned())
}

/// What the app of a person with this language shows in a chat: commands, and the scope and language they were set for.
/// The chat exists; the narrowest scope wins, and in it the person's language (row 77).
pub(super) fn seen(bot: &Bot, chat: i64, user: i64, language: &str) -> Value {
    let found = scopes(bot, chat, user)
        .into_iter()
        .flat_map(|scope| [(scope, language.to_owned()), (scope, String::new())])
        .find_map(|key| bot.commands.get(&key).map(|list| (key, list)));
    match found {
        Some(((scope, language), list)) => {
            json!({"commands": shown(list), "scope": scope.json(), "language_code": language})
        }
        None => json!({"commands": [], "scope": null, "language_code": null}),
    }
}

/// The scopes that a person in a chat is in, narrowest first.
fn scopes(bot: &Bot, chat_id: i64, user: i64) -> Vec<Scope> {
    let Some(chat) = bot.chats.get(&chat_id) else {
        return Vec::new();
    };
    let administrator = chat.administrators.contains(&user);
    let all = match chat.kind {
        ChatKind::Private => vec![
            (true, Scope::Chat(chat_id)),
            (true, Scope::AllPrivateChats),
            (true, Scope::Default),
        ],
        ChatKind::Group | ChatKind::Supergroup => vec![
            (true, Scope::ChatMember(chat_id, user)),
            (administrator, Scope::ChatAdministrators(chat_id)),
            (true, Scope::Chat(chat_id)),
            (administrator, Scope::AllChatAdministrators),
            (true, Scope::AllGroupChats),
            (true, Scope::Default),
        ],
    };
    all.into_iter()
        .filter_map(|(holds, scope)| holds.then_some(scope))
        .collect()
}

fn shown(list: &[Command]) -> Value {
    list.iter()
        .map(|(name, description)| json!({"command": name, "description": description}))
        .collect()
}

/// The list as sent; its JSON is judged before the scope, its content after it.
fn given(params: &Params) -> Result<Vec<Command>, ApiError> {
    let list = match params.json("commands") {
        Some(Ok(Value::Array(list))) => list,
        Some(Ok(_)) => return Err(bad("Expected an Array of BotCommand")),
        Some(Err(_)) => return Err(bad("Can't parse commands JSON object")),
        None => Vec::new(),
    };
    let wrong = |error: String| bad(format!("Can't parse BotCommand: {error}"));
    let read = |item: &Value| {
        let Value::Object(fields) = item else {
            return Err(wrong("expected an Object".to_owned()));
        };
        let name = required(fields, "command").map_err(wrong)?;
        Ok((name, required(fields, "description").map_err(wrong)?))
    };
    list.iter().map(read).collect()
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

/// A field that must be there, text or number.
fn required(fields: &Map<String, Value>, name: &str) -> Result<String, String> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(format!("Field \"{name}\" must be of type String"))
        }
        Some(Value::Null) | None => Err(format!("Can't find field \"{name}\"")),
    }
}

/// Scope and language (rows 76, 77), in the server's order: the scope's JSON, its chat, its person, the language.
fn key(bot: &Bot, params: &Params) -> Result<(Scope, String), ApiError> {
    let wrong = |error: String| bad(format!("Can't parse BotCommandScope: {error}"));
    let scope = match params.json("scope") {
        None => Scope::Default,
        Some(Err(_)) => return Err(bad("Can't parse BotCommandScope JSON object")),
        Some(Ok(Value::Object(fields))) => {
            let kind = required(&fields, "type").map_err(wrong)?;
            match kind.as_str() {
                "default" => Scope::Default,
                "all_private_chats" => Scope::AllPrivateChats,
                "all_group_chats" => Scope::AllGroupChats,
                "all_chat_administrators" => Scope::AllChatAdministrators,
                "chat" | "chat_administrators" | "chat_member" => {
                    narrow(bot, &kind, &fields, wrong)?
                }
                _ => return Err(wrong("Unsupported type specified".to_owned())),
            }
        }
        Some(Ok(_)) => return Err(wrong("BotCommandScope must be an Object".to_owned())),
    };
    Ok((scope, language(params)?))
}

/// A scope of one chat: the chat must be known and within reach, and only `chat` goes with a private one.
fn narrow(
    bot: &Bot,
    kind: &str,
    fields: &Map<String, Value>,
    wrong: impl Fn(String) -> ApiError,
) -> Result<Scope, ApiError> {
    let name = required(fields, "chat_id").map_err(&wrong)?;
    if name.is_empty() {
        return Err(wrong("Empty chat_id specified".to_owned()));
    }
    let user = if kind == "chat_member" {
        let user = required(fields, "user_id").map_err(&wrong)?;
        let user = user
            .parse::<i64>()
            .map_err(|_| wrong("Field \"user_id\" must be a valid Number".to_owned()))?;
        if user <= 0 {
            return Err(wrong("Invalid user_id specified".to_owned()));
        }
        Some(user)
    } else {
        None
    };
    let id = bot.find_chat(Some(&name))?;
    let chat = bot.may_reach(id)?;
    if let Some(user) = user
        && !bot.users.contains_key(&user)
    {
        return Err(bad("User not found"));
    }
    if chat.kind == ChatKind::Private {
        // A person who never wrote is a chat that the bot never met.
        if !bot.users.get(&id).is_some_and(|user| user.started) {
            return Err(bad("chat not found"));
        }
        if kind != "chat" {
            return Err(bad("Can't use specified scope in private chats"));
        }
    }
    Ok(match (kind, user) {
        (_, Some(user)) => Scope::ChatMember(id, user),
        ("chat", None) => Scope::Chat(id),
        (_, None) => Scope::ChatAdministrators(id),
    })
}

/// `language_code`: empty or two lower-case letters (row 76).
pub(super) fn language(params: &Params) -> Result<String, ApiError> {
    let code = params.text("language_code").unwrap_or_default();
    let two = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if code.is_empty() || two {
        Ok(code.into_owned())
    } else {
        Err(bad("Invalid language code specified"))
    }
}
