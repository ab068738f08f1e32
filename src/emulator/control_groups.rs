//! Control verbs about groups.
//!
//! Guarantees the updates that Telegram sends when a bot is added to a group or removed, when people come and go, and when a
//! group becomes a supergroup (rows 60 to 62). A bot that is not in a group is told nothing of it.

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
    bot: Option<Standing>,
    by: Option<i64>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum GroupKind {
    Group,
    Supergroup,
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
    if known.is_some_and(|chat| chat.migrated_to.is_some()) {
        return Err(clash("the group became a supergroup"));
    }
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
        Some(standing) => standing,
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
    let (was, is) = (before.status(kind), after.status(kind));
    let mut update = None;
    if was != is {
        update = my_chat_member(bot, id, by, was, is, now_ms);
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

/// The first message of a supergroup that was a group. It comes from nobody: the supergroup itself is its sender.
fn first_message(bot: &mut Bot, chat: i64, by: Option<i64>, old: i64, now_ms: i64) {
    let Some(by) = by else {
        return;
    };
    let message = Map::from_iter([("migrate_from_chat_id".to_owned(), json!(old))]);
    bot.post(chat, Some(by), message, now_ms);
    let shown = bot.chats.get(&chat).map(|chat| bot.chat_json(chat));
    let posted = bot
        .chats
        .get_mut(&chat)
        .and_then(|chat| chat.messages.last_mut());
    let Some(posted) = posted else {
        return;
    };
    // The account that stands for anonymous administrators of all groups.
    let nobody = json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
    posted.body.insert("from".to_owned(), nobody);
    posted.body.insert("sender_chat".to_owned(), json!(shown));
    let posted = Value::Object(posted.body.clone());
    bot.queue.push("message", posted, now_ms);
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

/// A group becomes a supergroup (row 62). The bot is told that it came into a new one, and by a service message in each.
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
    let by = old.members.first().copied();
    let standing = old.standing;
    // Whoever was removed from the group is not in the new one, nor banned from it.
    new.standing = if standing.is_inside() {
        standing
    } else {
        Standing::Left
    };
    bot.chats.insert(new_id, new);
    if standing.is_inside() {
        let (was, is) = (Standing::Left, standing);
        let kind = ChatKind::Supergroup;
        my_chat_member(bot, new_id, by, was.status(kind), is.status(kind), now_ms);
        let to = json!(new_id);
        service(bot, what.chat, by, "migrate_to_chat_id", to, now_ms);
        first_message(bot, new_id, by, what.chat, now_ms);
    }
    Ok(json!({"chat_id": new_id}))
}
