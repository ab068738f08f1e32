//! Rows 52, 60, 61 and 81 in groups: who comes and goes, what the bot hears, presses, limits.

use super::*;

const CHAN: i64 = 1002;

/// Sok and Chan, and a group of both with the bot in it.
async fn world_with_group(limits: Limits, kind: &str) -> (World, i64) {
    let world = World::new(limits).await;
    world.people.user(CHAN, "Chan", "en").await.unwrap();
    let group = json!({"type": kind, "title": "G", "members": [SOK, CHAN], "by": CHAN});
    let group = world.people.group(&group).await.unwrap();
    (world, group)
}

/// Kinds of the updates, and for messages the field that matters.
fn kinds(updates: &[Value]) -> Vec<String> {
    let fields = ["new_chat_members", "left_chat_member", "text", "caption"];
    let name = |update: &Value| {
        if !update["my_chat_member"].is_null() {
            let change = &update["my_chat_member"];
            let status = |which: &str| change[which]["status"].as_str().unwrap().to_owned();
            return format!(
                "{}>{} by {}",
                status("old_chat_member"),
                status("new_chat_member"),
                change["from"]["id"]
            );
        }
        let message = &update["message"];
        let field = fields.iter().find(|field| !message[**field].is_null());
        let field = field.unwrap();
        let who = match *field {
            "new_chat_members" => &message[*field][0]["id"],
            "left_chat_member" => &message[*field]["id"],
            _ => &message[*field],
        };
        format!("{field} {who}")
    };
    updates.iter().map(name).collect()
}

#[tokio::test]
async fn rows_60_61_the_bot_and_people_come_and_go() {
    for (kind, farewell) in [("group", true), ("supergroup", false)] {
        let (world, group) = world_with_group(Limits::Off, kind).await;
        world.people.user(1003, "Dara", "km").await.unwrap();
        let change = async |fields: Value| {
            let mut fields = fields;
            fields["id"] = json!(group);
            world.people.group(&fields).await.unwrap()
        };
        change(json!({"members": [SOK, CHAN, 1003]})).await;
        change(json!({"members": [SOK, CHAN]})).await;
        change(json!({"bot": "administrator", "by": SOK})).await;
        change(json!({"bot": "kicked", "by": SOK})).await;
        change(json!({"members": [SOK, CHAN, 1003]})).await;
        let mut expected = vec![
            "text \"/start\"",
            "left>member by 1002",
            "new_chat_members 4242",
            "new_chat_members 1003",
            "left_chat_member 1003",
            "member>administrator by 1001",
            "administrator>kicked by 1001",
        ];
        if farewell {
            expected.push("left_chat_member 4242");
        }
        let told = world.updates().await;
        assert_eq!(kinds(&told), expected, "{kind}");
        assert_eq!(told[1]["my_chat_member"]["chat"]["type"], kind);
        let error = format!("Forbidden: bot was kicked from the {kind} chat");
        for (method, params) in [
            ("sendMessage", json!({"chat_id": group, "text": "x"})),
            (
                "sendChatAction",
                json!({"chat_id": group, "action": "typing"}),
            ),
            ("deleteMessage", json!({"chat_id": group, "message_id": 1})),
            (
                "editMessageText",
                json!({"chat_id": group, "message_id": 1, "text": "x"}),
            ),
        ] {
            assert_eq!(world.err(403, method, params).await, error, "{method}");
        }
    }
}

#[tokio::test]
async fn row_81_starting_in_a_group() {
    let (world, group) = world_with_group(Limits::Off, "supergroup").await;
    let heard = async |text: &str| {
        let fields = json!({"from": CHAN, "chat": group, "text": text});
        let sent = world.people.send(&fields).await.unwrap();
        sent.update_id.is_some()
    };
    assert!(heard("/start").await);
    assert!(heard("/start@emulated_4242_bot now").await);
    assert!(!heard("/start@some_other_bot").await);
    assert!(!heard("hello @emulated_4242_bot").await);
    let to = |user: i64| json!({"chat_id": user, "text": "x"});
    // Whoever writes in a group has not started the bot.
    let stranger = "Forbidden: bot can't initiate conversation with a user";
    assert_eq!(world.err(403, "sendMessage", to(CHAN)).await, stranger);
    let privacy = json!({"privacy": false});
    world.people.post("bot", &privacy).await.unwrap();
    assert!(heard("hello").await);
    let me = world.ok("getMe", json!({})).await;
    assert_eq!(me["can_read_all_group_messages"], true);
    let updates = world.updates().await;
    let message = &updates.last().unwrap()["message"];
    assert_eq!(
        (&message["from"]["id"], &message["chat"]["type"]),
        (&json!(CHAN), &json!("supergroup"))
    );
}

#[tokio::test]
async fn members_press_what_the_bot_shows_in_a_group() {
    let (world, group) = world_with_group(Limits::Off, "group").await;
    let shown = json!({"chat_id": group, "text": "?", "reply_markup": buttons(&["yes"])});
    world.ok("sendMessage", shown).await;
    let press = |from: i64| json!({"from": from, "chat": group, "label": "yes"});
    for from in [SOK, CHAN] {
        let pressed = world.people.post("press", &press(from)).await.unwrap();
        let updates = world.people.updates().await.unwrap();
        let last = updates["updates"].as_array().unwrap().last().unwrap();
        let query = &last["update"]["callback_query"];
        assert_eq!(
            (
                &query["id"],
                &query["from"]["id"],
                &query["message"]["chat"]["id"]
            ),
            (&pressed["callback_query_id"], &json!(from), &json!(group))
        );
        let answer = json!({"callback_query_id": query["id"], "text": "ok"});
        world.ok("answerCallbackQuery", answer).await;
    }
    world.people.user(1003, "Dara", "km").await.unwrap();
    let outside = world.people.post("press", &press(1003)).await;
    assert!(outside.unwrap_err().to_string().contains("no member"));
}

#[tokio::test]
async fn row_52_a_supergroup_has_a_groups_limit() {
    let (world, group) = world_with_group(Limits::Strict, "supergroup").await;
    let mut sent = 0;
    while world
        .call("sendMessage", json!({"chat_id": group, "text": "x"}))
        .await
        .0
        == 200
    {
        sent += 1;
        assert!(sent < 100, "no limit at all");
        world.people.time(Duration::from_secs(1)).await.unwrap();
    }
    assert_eq!(sent, 29);
}

#[tokio::test]
async fn groups_that_make_no_sense() {
    let (world, group) = world_with_group(Limits::Off, "group").await;
    for fields in [
        json!({"id": group, "administrators": [5]}),
        json!({"id": group, "members": [SOK], "administrators": [CHAN]}),
        json!({"id": group, "by": 5}),
        json!({"id": group, "type": "supergroup"}),
        json!({"id": 5}),
    ] {
        assert!(world.people.group(&fields).await.is_err(), "{fields}");
    }
    // Nothing of it was done: both still see what is meant for members.
    for user in [SOK, CHAN] {
        world.people.commands_seen(group, user).await.unwrap();
    }
}
