//! Control verbs about people, groups and the bot itself.
//!
//! Guarantees the updates that Telegram sends for each of these events (rows 55 to 62).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::{Bot, Chat, ChatKind, Standing, User};
use super::control::{Answer, Refused, body, clash, missing, wrong};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser {
    id: Option<i64>,
    first_name: Option<String>,
    username: Option<String>,
    language_code: Option<String>,
    started: Option<bool>,
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
    });
    if let Some(name) = new.first_name {
        user.first_name = name;
    }
    user.username = new.username.or(user.username.take());
    user.language_code = new.language_code.or(user.language_code.take());
    user.started = new.started.unwrap_or(user.started);
    let shown = user.json();
    bot.chats
        .entry(id)
        .or_insert_with(|| Chat::new(id, ChatKind::Private, String::new()));
    Ok(json!({"user": shown}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    id: Option<i64>,
    title: Option<String>,
    #[serde(rename = "type")]
    kind: Option<GroupKind>,
    members: Option<Vec<i64>>,
    bot: Option<BotStanding>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum GroupKind {
    Group,
    Supergroup,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum BotStanding {
    Member,
    Administrator,
    Left,
    Kicked,
}

/// Creates or changes a group; a change of what the bot is there is told to the bot.
pub(super) fn group(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let new: NewGroup = body(fields)?;
    let kind = match new.kind {
        Some(GroupKind::Supergroup) => ChatKind::Supergroup,
        Some(GroupKind::Group) | None => ChatKind::Group,
    };
    let id = match new.id {
        Some(id) if id >= 0 => return Err(wrong("a group's id is negative")),
        Some(id) => id,
        None => fresh_group_id(bot, kind),
    };
    for member in new.members.iter().flatten() {
        if !bot.users.contains_key(member) {
            return Err(missing(format!("no person {member}")));
        }
    }
    let known = bot.chats.contains_key(&id);
    let chat = bot
        .chats
        .entry(id)
        .or_insert_with(|| Chat::new(id, kind, "Group".to_owned()));
    if known && new.kind.is_some() && chat.kind != kind {
        return Err(clash("a group becomes a supergroup by `migrate`"));
    }
    if let Some(title) = new.title {
        chat.title = title;
    }
    if let Some(members) = new.members {
        chat.members = members.into_iter().collect();
    }
    let before = if known { chat.standing } else { Standing::Left };
    let after = match new.bot {
        Some(BotStanding::Member) => Standing::Member,
        Some(BotStanding::Administrator) => Standing::Administrator,
        Some(BotStanding::Left) => Standing::Left,
        Some(BotStanding::Kicked) => Standing::Kicked,
        None if known => before,
        None => Standing::Member,
    };
    chat.standing = after;
    chat.touch();
    let by = chat.members.first().copied();
    if before != after {
        my_chat_member(bot, id, by, before.name(), after.name(), now_ms);
    }
    let shown = bot.chats.get(&id).map(|chat| bot.chat_json(chat));
    Ok(json!({"chat": shown}))
}

fn fresh_group_id(bot: &Bot, kind: ChatKind) -> i64 {
    let start = match kind {
        ChatKind::Supergroup => -1_002_000_000_001,
        ChatKind::Group | ChatKind::Private => -5_000_001,
    };
    let mut id = start;
    while bot.chats.contains_key(&id) {
        id -= 1;
    }
    id
}

fn my_chat_member(
    bot: &mut Bot,
    chat: i64,
    by: Option<i64>,
    before: &str,
    after: &str,
    now_ms: i64,
) -> Option<i64> {
    let member = |status: &str| {
        let mut member = json!({"status": status, "user": bot.user_json()});
        match status {
            "kicked" => member["until_date"] = json!(0),
            "administrator" => {
                for right in RIGHTS {
                    member[*right] = json!(false);
                }
                member["can_manage_chat"] = json!(true);
            }
            _ => {}
        }
        member
    };
    let (before, after) = (member(before), member(after));
    let from = by
        .and_then(|id| bot.users.get(&id))
        .map_or_else(|| bot.user_json(), User::json);
    let chat = bot.chats.get(&chat).map(|chat| bot.chat_json(chat))?;
    let change = json!({
        "chat": chat,
        "from": from,
        "date": now_ms.div_euclid(1000),
        "old_chat_member": before,
        "new_chat_member": after,
    });
    bot.queue.push("my_chat_member", change, now_ms)
}

const RIGHTS: &[&str] = &[
    "can_be_edited",
    "is_anonymous",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Migrate {
    chat: i64,
    new_id: Option<i64>,
}

/// A group becomes a supergroup (row 62).
pub(super) fn migrate(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Migrate = body(fields)?;
    let new_id = what
        .new_id
        .unwrap_or_else(|| fresh_group_id(bot, ChatKind::Supergroup));
    if bot.chats.contains_key(&new_id) {
        return Err(clash("the new id is taken"));
    }
    let old = bot
        .chats
        .get_mut(&what.chat)
        .ok_or_else(|| missing("no such chat"))?;
    if old.kind != ChatKind::Group || old.migrated_to.is_some() {
        return Err(clash("only a group becomes a supergroup, and only once"));
    }
    old.migrated_to = Some(new_id);
    let mut new = Chat::new(new_id, ChatKind::Supergroup, old.title.clone());
    new.members = old.members.clone();
    new.standing = old.standing;
    let by = old.members.first().copied();
    bot.chats.insert(new_id, new);
    let told = [
        (what.chat, "migrate_to_chat_id", new_id),
        (new_id, "migrate_from_chat_id", what.chat),
    ];
    for (chat, field, other) in told {
        let mut message = Map::new();
        message.insert(field.to_owned(), json!(other));
        if let Some(posted) = bot.post(chat, by, message, now_ms) {
            let posted = Value::Object(posted.body.clone());
            bot.queue.push("message", posted, now_ms);
        }
    }
    Ok(json!({"chat_id": new_id}))
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
}

/// Names the bot, or revokes its token (row 64).
pub(super) fn bot(bot: &mut Bot, fields: Value) -> Answer {
    let new: BotFields = body(fields)?;
    if let Some(name) = new.first_name {
        bot.first_name = name;
    }
    if let Some(name) = new.username {
        bot.username = name;
    }
    bot.revoked = new.revoked.unwrap_or(bot.revoked);
    Ok(json!({"bot": bot.user_json()}))
}
