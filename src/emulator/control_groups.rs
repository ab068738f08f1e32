//! Control verbs about groups.
//!
//! Guarantees the updates that Telegram sends when a bot is added to a group or removed, when people come and go, and when a
//! group becomes a supergroup (rows 60 to 62).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::{Bot, User};
use super::chat::{Chat, ChatKind, Standing};
use super::control::{Answer, body, clash, missing, wrong};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    id: Option<i64>,
    title: Option<String>,
    #[serde(rename = "type")]
    kind: Option<GroupKind>,
    members: Option<Vec<i64>>,
    administrators: Option<Vec<i64>>,
    bot: Option<BotStanding>,
    by: Option<i64>,
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

/// Creates or changes a group. What the bot is there, who came and who went is told to the bot as Telegram does.
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
    let named = new.members.iter().chain(&new.administrators).flatten();
    for person in named.chain(&new.by) {
        if !bot.users.contains_key(person) {
            return Err(missing(format!("no person {person}")));
        }
    }
    let known = bot.chats.get(&id);
    if known.is_some_and(|chat| new.kind.is_some() && chat.kind != kind) {
        return Err(clash("a group becomes a supergroup by `migrate`"));
    }
    let old = known.map(|chat| chat.members.clone()).unwrap_or_default();
    let members = new
        .members
        .map_or_else(|| old.clone(), |list| list.into_iter().collect());
    if let Some(stranger) = new
        .administrators
        .iter()
        .flatten()
        .find(|id| !members.contains(id))
    {
        return Err(clash(format!("{stranger} is no member")));
    }
    let before = known.map_or(Standing::Left, |chat| chat.standing);
    let after = match new.bot {
        Some(BotStanding::Member) => Standing::Member,
        Some(BotStanding::Administrator) => Standing::Administrator,
        Some(BotStanding::Left) => Standing::Left,
        Some(BotStanding::Kicked) => Standing::Kicked,
        None if known.is_some() => before,
        None => Standing::Member,
    };
    let chat = bot
        .chats
        .entry(id)
        .or_insert_with(|| Chat::new(id, kind, "Group".to_owned()));
    if let Some(title) = new.title {
        chat.title = title;
    }
    if let Some(list) = new.administrators {
        chat.administrators = list.into_iter().collect();
    }
    chat.administrators.retain(|id| members.contains(id));
    chat.members = members.clone();
    chat.standing = after;
    chat.touch();
    let kind = chat.kind;
    let by = new.by.or_else(|| members.first().copied());
    let mut update = None;
    if before != after {
        update = my_chat_member(bot, id, by, before.name(), after.name(), now_ms);
    }
    let own = bot.user_json();
    match (before.is_inside(), after.is_inside()) {
        (false, true) => service(bot, id, by, "new_chat_members", json!([own]), now_ms),
        // A supergroup tells it by `my_chat_member` alone.
        (true, false) if kind == ChatKind::Group => {
            service(bot, id, by, "left_chat_member", own, now_ms);
        }
        (true, false) | (false, false) => {}
        (true, true) => {
            for joined in members.difference(&old) {
                let user = bot.users.get(joined).map(User::json);
                service(
                    bot,
                    id,
                    Some(*joined),
                    "new_chat_members",
                    json!([user]),
                    now_ms,
                );
            }
            for left in old.difference(&members) {
                let user = json!(bot.users.get(left).map(User::json));
                service(bot, id, Some(*left), "left_chat_member", user, now_ms);
            }
        }
    }
    let shown = bot.chats.get(&id).map(|chat| bot.chat_json(chat));
    Ok(json!({"chat": shown, "update_id": update}))
}

/// Posts a service message, which bots hear whatever their privacy mode.
fn service(bot: &mut Bot, chat: i64, by: Option<i64>, field: &str, value: Value, now_ms: i64) {
    // Somebody did it; in a group of nobody nothing is posted.
    let Some(by) = by else {
        return;
    };
    let message = Map::from_iter([(field.to_owned(), value)]);
    if let Some(posted) = bot.post(chat, Some(by), message, now_ms) {
        let posted = Value::Object(posted.body.clone());
        bot.queue.push("message", posted, now_ms);
    }
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

/// Tells the bot what it has become in a chat.
pub(super) fn my_chat_member(
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
    new.administrators = old.administrators.clone();
    new.standing = old.standing;
    let by = old.members.first().copied();
    bot.chats.insert(new_id, new);
    let told = [
        (what.chat, "migrate_to_chat_id", new_id),
        (new_id, "migrate_from_chat_id", what.chat),
    ];
    for (chat, field, other) in told {
        service(bot, chat, by, field, json!(other), now_ms);
    }
    Ok(json!({"chat_id": new_id}))
}
