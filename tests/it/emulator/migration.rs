//! Row 62: a group becomes a supergroup.

use samleng::emulator::Standing;

use super::*;

/// A group with a message of the bot in it that has a button, and the supergroup it became.
struct Moved {
    world: World,
    old: i64,
    new: i64,
    message: i64,
}

async fn moved() -> Moved {
    let world = World::free().await;
    let old = world.group("group").await;
    let shown = json!({"chat_id": old, "text": "?", "reply_markup": buttons(&["yes"])});
    let shown = world.ok("sendMessage", shown).await;
    let message = shown["message_id"].as_i64().unwrap();
    let new = world.people.migrate(old).await.unwrap();
    Moved {
        world,
        old,
        new,
        message,
    }
}

#[tokio::test]
async fn the_bot_is_told_in_both() {
    let Moved {
        world, old, new, ..
    } = moved().await;
    let told = world.updates().await;
    let [.., joined, to, from] = told.as_slice() else {
        panic!("{told:?}")
    };
    let joined = &joined["my_chat_member"];
    assert_eq!(
        (
            &joined["chat"]["id"],
            &joined["old_chat_member"]["status"],
            &joined["new_chat_member"]["status"]
        ),
        (&json!(new), &json!("left"), &json!("member"))
    );
    let (to, from) = (&to["message"], &from["message"]);
    assert_eq!(
        (
            &to["chat"]["id"],
            &to["chat"]["type"],
            &to["migrate_to_chat_id"]
        ),
        (&json!(old), &json!("group"), &json!(new))
    );
    assert_eq!(to["from"]["id"], SOK);
    assert_eq!(
        (
            &from["chat"]["id"],
            &from["chat"]["type"],
            &from["migrate_from_chat_id"]
        ),
        (&json!(new), &json!("supergroup"), &json!(old))
    );
    // It is the supergroup's first message, and nobody's.
    assert_eq!(
        (&from["message_id"], &from["sender_chat"]["id"]),
        (&json!(1), &json!(new))
    );
    assert_eq!(from["from"]["username"], "GroupAnonymousBot");
    // Life goes on there.
    let heard = world.people.send_text_in(new, CHAN, "/help").await;
    assert!(heard.unwrap().update_id.is_some());
    world
        .ok("sendMessage", json!({"chat_id": new, "text": "x"}))
        .await;
    let voice = file_to(new, "voice", speech());
    world.uploaded("sendVoice", voice).await;
}

#[tokio::test]
async fn every_call_to_the_old_id_names_the_new_one() {
    let Moved {
        world,
        old,
        new,
        message,
    } = moved().await;
    let check = |method: &str, status: u16, body: Value| {
        let expected = json!({
            "ok": false,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": new},
        });
        assert_eq!((status, body), (400, expected), "{method}");
    };
    for (method, mut params) in [
        ("sendMessage", json!({"text": "x"})),
        (
            "editMessageText",
            json!({"message_id": message, "text": "x"}),
        ),
        ("editMessageText", json!({"message_id": 999, "text": "x"})),
        ("editMessageReplyMarkup", json!({"message_id": message})),
        ("deleteMessage", json!({"message_id": message})),
        ("sendChatAction", json!({"action": "typing"})),
    ] {
        params["chat_id"] = json!(old);
        let (status, body) = world.call(method, params).await;
        check(method, status, body);
    }
    for (method, field, bytes) in [
        ("sendPhoto", "photo", png(100, 100)),
        ("sendDocument", "document", b"a".to_vec()),
        ("sendVoice", "voice", speech()),
    ] {
        let (status, body) = world.upload(method, file_to(old, field, bytes)).await;
        check(method, status, body);
    }
    let seen = world.people.chat(old, 0, LONG).await.unwrap();
    let still = seen.messages.iter().find(|shown| shown.id == message);
    assert_eq!((still.unwrap().edits, still.unwrap().deleted), (0, false));
}

#[tokio::test]
async fn the_new_id_does_not_reach_old_messages() {
    let Moved {
        world,
        old,
        new,
        message,
    } = moved().await;
    let edit = json!({"chat_id": new, "message_id": message, "text": "x"});
    let markup = json!({"chat_id": new, "message_id": message});
    let reply = json!({"chat_id": new, "text": "x", "reply_parameters": {"message_id": message}});
    world
        .refused(&[
            (
                28,
                "editMessageText",
                edit.clone(),
                400,
                "Bad Request: message to edit not found",
            ),
            (
                28,
                "editMessageReplyMarkup",
                markup.clone(),
                400,
                "Bad Request: message to edit not found",
            ),
            (
                28,
                "deleteMessage",
                markup,
                400,
                "Bad Request: message to delete not found",
            ),
            (
                28,
                "sendMessage",
                reply,
                400,
                "Bad Request: message to be replied not found",
            ),
        ])
        .await;
    // A supergroup counts from 1, so that sooner or later the old number is another message there.
    let mut id = 0;
    while id < message {
        let sent = json!({"chat_id": new, "text": "another"});
        id = world.ok("sendMessage", sent).await["message_id"]
            .as_i64()
            .unwrap();
    }
    assert_eq!(id, message);
    world.ok("editMessageText", edit).await;
    let text = async |chat: i64| {
        let seen = world.people.chat(chat, 0, LONG).await.unwrap();
        let message = seen.messages.into_iter().find(|shown| shown.id == message);
        message.unwrap().text
    };
    assert_eq!(
        (text(old).await, text(new).await),
        ("?".to_owned(), "x".to_owned())
    );
}

#[tokio::test]
async fn old_buttons_can_still_be_pressed() {
    let Moved {
        world,
        old,
        message,
        ..
    } = moved().await;
    let pressed = world
        .people
        .press_in_group(old, CHAN, Some(message), "yes")
        .await;
    let id = pressed.unwrap().callback_query_id;
    let query = world.newest().await["callback_query"].clone();
    assert_eq!(
        (
            &query["id"],
            &query["message"]["chat"]["id"],
            &query["message"]["message_id"]
        ),
        (&json!(id), &json!(old), &json!(message))
    );
    let answer = json!({"callback_query_id": id, "text": "Come to the new group"});
    world.ok("answerCallbackQuery", answer).await;
}

#[tokio::test]
async fn a_group_moves_once_and_is_left_alone() {
    let Moved {
        world, old, new, ..
    } = moved().await;
    let again = world.people.migrate(old).await.unwrap_err().to_string();
    assert!(again.contains("only once"), "{again}");
    assert!(world.people.migrate(new).await.is_err());
    let written = world.people.send_text_in(old, SOK, "/help").await;
    assert!(written.unwrap_err().to_string().contains("supergroup"));
    let placed = world.people.place_bot(old, SOK, Standing::Kicked).await;
    assert!(placed.unwrap_err().to_string().contains("supergroup"));
    // Who removes the bot removes it from the supergroup; the old id still names that.
    world
        .people
        .place_bot(new, SOK, Standing::Kicked)
        .await
        .unwrap();
    let to = |chat: i64| json!({"chat_id": chat, "text": "x"});
    assert_eq!(
        world.err(403, "sendMessage", to(new)).await,
        "Forbidden: bot was kicked from the supergroup chat"
    );
    assert_eq!(
        world.err(400, "sendMessage", to(old)).await,
        "Bad Request: group chat was upgraded to a supergroup chat"
    );
}

#[tokio::test]
async fn a_bot_that_is_gone_is_not_told() {
    for (standing, error) in [
        (
            Standing::Kicked,
            "Forbidden: bot was kicked from the group chat",
        ),
        (
            Standing::Left,
            "Forbidden: bot is not a member of the group chat",
        ),
    ] {
        let world = World::free().await;
        let old = world.group("group").await;
        world.people.place_bot(old, SOK, standing).await.unwrap();
        let before = world.newest().await;
        let new = world.people.migrate(old).await.unwrap();
        assert_eq!(world.newest().await, before);
        let to = |chat: i64| json!({"chat_id": chat, "text": "x"});
        assert_eq!(world.err(403, "sendMessage", to(old)).await, error);
        assert_eq!(
            world.err(403, "sendMessage", to(new)).await,
            "Forbidden: bot is not a member of the supergroup chat"
        );
    }
}
