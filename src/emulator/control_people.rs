//! Control verbs about people, the bot itself, and what pages are to know of it.
//!
//! Guarantees the updates that Telegram sends for each of these events (rows 55 to 57).

use serde::Deserialize;
use serde_json::{Value, json};

use super::bot::{Bot, User};
use super::chat::{Chat, ChatKind};
use super::control::{Answer, Refused, body, missing, wrong};
use super::control_groups::my_chat_member;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser {
    id: Option<i64>,
    first_name: Option<String>,
    username: Option<String>,
    language_code: Option<String>,
    started: Option<bool>,
    voices: Option<bool>,
}

/// Creates or changes a person and their private chat.
pub(super) fn user(bot: &mut Bot, fields: Value) -> Answer {
    let new: NewUser = body(fields)?;
    let id = match new.id {
        Some(id) if id <= 0 => return Err(wrong("a person's id is positive")),
        Some(id) => id,
        None => {
            while bot.users.contains_key(&bot.next_person) {
                bot.next_person += 1;
            }
            bot.next_person
        }
    };
    let user = bot.users.entry(id).or_insert_with(|| User {
        id,
        first_name: format!("Person {id}"),
        username: None,
        language_code: None,
        started: false,
        blocked: false,
        deleted: false,
        voices: true,
    });
    if let Some(name) = new.first_name {
        user.first_name = name;
    }
    user.username = new.username.or(user.username.take());
    user.language_code = new.language_code.or(user.language_code.take());
    user.started = new.started.unwrap_or(user.started);
    user.voices = new.voices.unwrap_or(user.voices);
    let shown = user.json();
    bot.people_changes += 1;
    bot.chats
        .entry(id)
        .or_insert_with(|| Chat::new(id, ChatKind::Private, String::new()));
    Ok(json!({"user": shown}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    from: i64,
    blocked: Option<bool>,
    deleted: Option<bool>,
}

/// A person blocks or unblocks the bot (row 55), or deletes the account (row 56).
pub(super) fn block(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Block = body(fields)?;
    let user = person(bot, what.from)?;
    if let Some(deleted) = what.deleted {
        user.deleted = deleted;
    }
    let mut update = None;
    if let Some(blocked) = what.blocked
        && blocked != user.blocked
    {
        user.blocked = blocked;
        bot.people_changes += 1;
        let (before, after) = if blocked {
            ("member", "kicked")
        } else {
            ("kicked", "member")
        };
        update = my_chat_member(bot, what.from, Some(what.from), before, after, now_ms);
    }
    Ok(json!({"update_id": update}))
}

/// A known person.
pub(super) fn person(bot: &mut Bot, id: i64) -> Result<&mut User, Refused> {
    bot.users
        .get_mut(&id)
        .ok_or_else(|| missing(format!("no person {id}")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BotFields {
    first_name: Option<String>,
    username: Option<String>,
    revoked: Option<bool>,
    privacy: Option<bool>,
}

/// Names the bot, revokes its token (row 64), or switches its privacy mode (row 81).
pub(super) fn bot(bot: &mut Bot, fields: Value) -> Answer {
    let new: BotFields = body(fields)?;
    if let Some(name) = new.first_name {
        bot.first_name = name;
    }
    if let Some(name) = new.username {
        bot.username = name;
    }
    bot.privacy = new.privacy.unwrap_or(bot.privacy);
    bot.revoked = new.revoked.unwrap_or(bot.revoked);
    bot.profile_changes += 1;
    Ok(json!({"bot": bot.user_json()}))
}

/// Leaves a note for pages that watch, in the place of the one before: any JSON.
pub(super) fn note(bot: &mut Bot, fields: Value) -> Answer {
    bot.note = fields;
    Ok(json!({"note": bot.note}))
}
