//! Rows 26, 52, 60, 61 and 81 in groups: who comes and goes, what the bot hears, presses, edits, limits.

use samleng::emulator::Standing;

use super::*;

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
    // Only a supergroup bans, so that a removal from a basic group is told as a departure.
    for (kind, farewell, gone) in [("group", true, "left"), ("supergroup", false, "kicked")] {
        let world = World::new(Limits::Off).await;
        let group = world.group(kind).await;
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
        let removed = format!("administrator>{gone} by 1001");
        let mut expected = vec![
            "text \"/start\"",
            "left>member by 1002",
            "new_chat_members 4242",
            "new_chat_members 1003",
            "left_chat_member 1003",
            "member>administrator by 1001",
            &*removed,
        ];
        if farewell {
            expected.push("left_chat_member 4242");
        }
        let told = world.updates().await;
        assert_eq!(kinds(&told), expected, "{kind}");
        assert_eq!(told[1]["my_chat_member"]["chat"]["type"], kind);
    }
}

/// What every call to a group answers, told by its description.
async fn answers(world: &World, group: i64, message: i64, expected: &(u16, String)) {
    let markup = buttons(&["other"]);
    for (method, mut params) in [
        ("sendMessage", json!({"text": "x"})),
        (
            "editMessageText",
            json!({"message_id": message, "text": "x"}),
        ),
        (
            "editMessageReplyMarkup",
            json!({"message_id": message, "reply_markup": markup}),
        ),
        ("deleteMessage", json!({"message_id": message})),
        ("sendChatAction", json!({"action": "typing"})),
    ] {
        params["chat_id"] = json!(group);
        let (code, description) = expected;
        let error = world.err(*code, method, params).await;
        assert_eq!(error, *description, "{method}");
    }
    for (method, field, bytes) in [
        ("sendPhoto", "photo", png(100, 100)),
        ("sendDocument", "document", b"a".to_vec()),
        ("sendVoice", "voice", speech()),
    ] {
        let (status, body) = world.upload(method, file_to(group, field, bytes)).await;
        let description = body["description"].as_str().unwrap().to_owned();
        assert_eq!((status, description), *expected, "{method}");
    }
}

#[tokio::test]
async fn rows_60_61_nothing_can_be_done_where_the_bot_is_not() {
    for kind in ["group", "supergroup"] {
        let world = World::free().await;
        let group = world.group(kind).await;
        let shown = json!({"chat_id": group, "text": "?", "reply_markup": buttons(&["yes"])});
        let shown = world.ok("sendMessage", shown).await;
        let message = shown["message_id"].as_i64().unwrap();
        for (standing, error) in [
            (Standing::Kicked, "bot was kicked from the"),
            (Standing::Left, "bot is not a member of the"),
        ] {
            let placed = world.people.place_bot(group, SOK, Standing::Member).await;
            placed.unwrap();
            world.people.place_bot(group, SOK, standing).await.unwrap();
            let expected = (403, format!("Forbidden: {error} {kind} chat"));
            answers(&world, group, message, &expected).await;
            let heard = world.people.send_text_in(group, CHAN, "/help").await;
            assert_eq!(heard.unwrap().update_id, None, "{standing:?}");
            // The message stayed, with its button, and the answer to a press needs no membership.
            let pressed = world.people.press_in_group(group, CHAN, None, "yes").await;
            let id = pressed.unwrap().callback_query_id;
            let answer = json!({"callback_query_id": id});
            world.ok("answerCallbackQuery", answer).await;
        }
        // Added again, it finds what it wrote.
        let added = world.people.place_bot(group, SOK, Standing::Member).await;
        assert!(added.unwrap().update_id.is_some());
        let edit = json!({"chat_id": group, "message_id": message, "text": "back"});
        world.ok("editMessageText", edit).await;
    }
}

#[tokio::test]
async fn row_81_starting_in_a_group() {
    let world = World::new(Limits::Off).await;
    let group = world.group("supergroup").await;
    let heard = async |text: &str| {
        let fields = json!({"from": CHAN, "chat": group, "text": text});
        let sent = world.people.send(&fields).await.unwrap();
        sent.update_id.is_some()
    };
    assert!(heard("/start").await);
    assert!(heard("/start@emulated_4242_bot now").await);
    assert!(!heard("/start@some_other_bot").await);
    assert!(heard("/START@Emulated_4242_Bot").await);
    assert!(!heard("hello @emulated_4242_bot").await);
    assert!(
        !heard("tell it /help").await,
        "a command begins the message"
    );
    let to = |user: i64| json!({"chat_id": user, "text": "x"});
    // Whoever writes in a group has not started the bot.
    let stranger = "Forbidden: bot can't initiate conversation with a user";
    assert_eq!(world.err(403, "sendMessage", to(CHAN)).await, stranger);
    let privacy = json!({"privacy": false});
    world.people.post("bot", &privacy).await.unwrap();
    assert!(heard("hello").await);
    let command = json!([{"type": "bot_command", "offset": 0, "length": 5}]);
    assert!(heard("/help me").await);
    assert_eq!(world.newest().await["message"]["entities"], command);
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
    let world = World::new(Limits::Off).await;
    let group = world.group("group").await;
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
async fn the_bot_edits_what_it_shows_in_a_group() {
    for kind in ["group", "supergroup"] {
        let world = World::free().await;
        let group = world.group(kind).await;
        let theirs = world.people.send_text_in(group, CHAN, "/help").await;
        let theirs = theirs.unwrap().message_id;
        let shown = json!({"chat_id": group, "text": "one", "reply_markup": buttons(&["a"])});
        let shown = world.ok("sendMessage", shown).await;
        let id = &shown["message_id"];
        let text = |id: &Value, text: &str| json!({"chat_id": group, "message_id": id, "text": text, "reply_markup": buttons(&["a"])});
        let markup = |label: &str| json!({"chat_id": group, "message_id": id, "reply_markup": buttons(&[label])});
        let edited = world.ok("editMessageText", text(id, "two")).await;
        assert_eq!(
            (&edited["chat"]["id"], &edited["chat"]["type"]),
            (&json!(group), &json!(kind))
        );
        world.ok("editMessageReplyMarkup", markup("b")).await;
        for (method, params, error) in [
            ("editMessageReplyMarkup", markup("b"), "is not modified"),
            (
                "editMessageText",
                text(&json!(theirs), "x"),
                "can't be edited",
            ),
            (
                "editMessageText",
                text(&json!(999), "x"),
                "to edit not found",
            ),
        ] {
            let refused = world.err(400, method, params).await;
            assert!(refused.contains(error), "{refused}");
        }
        // Everybody sees the same message, with the button that it has now.
        for from in [SOK, CHAN] {
            let pressed = world.people.press_in_group(group, from, None, "b").await;
            let pressed = pressed.unwrap();
            let query = world.newest().await["callback_query"].clone();
            assert_eq!(query["id"], json!(pressed.callback_query_id));
            assert_eq!(query["from"]["id"], from);
            assert_eq!(query["message"]["chat"]["id"], group);
            assert_eq!(query["message"]["text"], "two");
        }
        let gone = world.people.press_in_group(group, SOK, None, "a").await;
        assert!(gone.unwrap_err().to_string().contains("no button"));
        let seen = world.people.chat(group, 0, LONG).await.unwrap();
        let message = seen.messages.last().unwrap();
        assert_eq!((message.text.as_str(), message.edits), ("two", 2));
    }
}

#[tokio::test]
async fn row_52_files_count_in_a_group_and_edits_do_not() {
    for kind in ["group", "supergroup"] {
        let world = World::new(Limits::Strict).await;
        let group = world.group(kind).await;
        let mut sent = 0;
        let mut id = Value::Null;
        loop {
            let form = match sent % 3 {
                0 => ("sendDocument", file_to(group, "document", b"a".to_vec())),
                1 => ("sendPhoto", file_to(group, "photo", png(10, 10))),
                _ => ("sendVoice", file_to(group, "voice", speech())),
            };
            let (status, body) = world.upload(form.0, form.1).await;
            if status == 429 {
                break;
            }
            assert_eq!(status, 200, "{body}");
            id = body["result"]["message_id"].clone();
            sent += 1;
            assert!(sent < 100, "no limit at all");
            world.people.time(Duration::from_secs(1)).await.unwrap();
        }
        // Twenty, and what trickled in meanwhile.
        assert_eq!(sent, 29);
        for n in 0..30 {
            let markup = buttons(&[&n.to_string()]);
            let edit = json!({"chat_id": group, "message_id": id, "reply_markup": markup});
            world.ok("editMessageReplyMarkup", edit).await;
        }
        let text = json!({"chat_id": group, "text": "x"});
        assert_eq!(world.call("sendMessage", text).await.0, 429);
        // The limit is the group's own.
        world.say("x", Value::Null).await;
    }
}

#[tokio::test]
async fn groups_that_make_no_sense() {
    let world = World::new(Limits::Off).await;
    let group = world.group("group").await;
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
