//! Rows 25 to 34: edits, deletions, answers to presses.

use super::*;

fn edit(id: &Value, text: &str, markup: &Value) -> Value {
    json!({"chat_id": SOK, "message_id": id, "text": text, "reply_markup": markup})
}

const SAME: &str = "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
                    same as a current content and reply markup of the message";

#[tokio::test]
async fn edits_that_are_refused() {
    let world = World::free().await;
    let keyboard = world.say("k", json!({"keyboard": [["a"]]})).await["message_id"].clone();
    let removed = world.say("r", json!({"remove_keyboard": true})).await["message_id"].clone();
    let forced = world.say("f", json!({"force_reply": true})).await["message_id"].clone();
    let plain = world.say("p", buttons(&["a"])).await["message_id"].clone();
    let theirs = json!(
        world
            .people
            .send_text(SOK, "mine")
            .await
            .unwrap()
            .message_id
    );
    let none = json!({"inline_keyboard": []});
    let locked = "Bad Request: message can't be edited";
    let method = "editMessageText";
    world
        .refused(&[
            (25, method, edit(&keyboard, "x", &none), 400, locked),
            (25, method, edit(&removed, "x", &none), 400, locked),
            (25, method, edit(&forced, "x", &none), 400, locked),
            (26, method, edit(&plain, "p", &buttons(&["a"])), 400, SAME),
            (
                26,
                method,
                edit(&plain, " p\n", &buttons(&["a"])),
                400,
                SAME,
            ),
            (
                26,
                "editMessageReplyMarkup",
                json!({"chat_id": SOK, "message_id": plain, "reply_markup": buttons(&["a"])}),
                400,
                SAME,
            ),
            (
                28,
                method,
                edit(&json!(9_999_999), "x", &none),
                400,
                "Bad Request: message to edit not found",
            ),
            (
                28,
                "editMessageReplyMarkup",
                json!({"chat_id": SOK, "message_id": 9_999_999}),
                400,
                "Bad Request: message to edit not found",
            ),
            (
                28,
                "deleteMessage",
                json!({"chat_id": SOK, "message_id": 9_999_999}),
                400,
                "Bad Request: message to delete not found",
            ),
            (
                28,
                "sendMessage",
                json!({"chat_id": SOK, "text": "x", "reply_parameters": {"message_id": 9_999_999}}),
                400,
                "Bad Request: message to be replied not found",
            ),
            (29, method, edit(&theirs, "x", &none), 400, locked),
            (
                32,
                method,
                json!({"chat_id": SOK, "text": "x"}),
                400,
                "Bad Request: message identifier is not specified",
            ),
            (
                32,
                "deleteMessage",
                json!({"message_id": plain}),
                400,
                "Bad Request: chat identifier is not specified",
            ),
            (
                32,
                "deleteMessage",
                json!({"chat_id": SOK}),
                400,
                "Bad Request: message identifier is not specified",
            ),
            (
                4,
                method,
                edit(&plain, &"a".repeat(4097), &none),
                400,
                "Bad Request: message is too long",
            ),
            (
                14,
                method,
                edit(&plain, "x", &buttons(&[&"x".repeat(65)])),
                400,
                "Bad Request: BUTTON_DATA_INVALID",
            ),
        ])
        .await;
}

#[tokio::test]
async fn rows_26_27_30_an_edit_changes_what_is_seen() {
    let world = World::free().await;
    let id = world.say("one", buttons(&["a"])).await["message_id"].clone();
    // There is no age at which an own message can no longer be edited.
    world
        .people
        .time(Duration::from_secs(400 * 86_400))
        .await
        .unwrap();
    let edited = world
        .ok("editMessageText", edit(&id, "two", &Value::Null))
        .await;
    assert_eq!(
        (&edited["text"], &edited["reply_markup"]),
        (&json!("two"), &Value::Null)
    );
    assert!(
        edited["edit_date"].as_i64().unwrap() >= edited["date"].as_i64().unwrap() + 400 * 86_400
    );
    let chat = world.people.chat(SOK, 0, LONG).await.unwrap();
    let seen = chat.messages.last().unwrap();
    assert_eq!(
        (seen.text.as_str(), seen.edits, seen.buttons.len()),
        ("two", 1, 0)
    );
    world
        .ok(
            "editMessageReplyMarkup",
            json!({"chat_id": SOK, "message_id": id, "reply_markup": buttons(&["b"])}),
        )
        .await;
    let seen = world
        .people
        .chat(SOK, chat.event, LONG)
        .await
        .unwrap()
        .messages
        .pop()
        .unwrap();
    assert_eq!((seen.buttons[0][0].text.as_str(), seen.edits), ("b", 2));
    // The same text with another entity is another content.
    let bold =
        json!({"chat_id": SOK, "message_id": id, "text": "<b>two</b>", "parse_mode": "HTML"});
    world.ok("editMessageText", bold.clone()).await;
    assert_eq!(world.err(400, "editMessageText", bold).await, SAME);
}

#[tokio::test]
async fn rows_28_31_deletion() {
    let world = World::free().await;
    let id = world.say("one", Value::Null).await["message_id"].clone();
    let reply = json!({"chat_id": SOK, "text": "re", "reply_parameters": {"message_id": id}});
    assert_eq!(
        world.ok("sendMessage", reply.clone()).await["reply_to_message"]["message_id"],
        id
    );
    world
        .ok("deleteMessage", json!({"chat_id": SOK, "message_id": id}))
        .await;
    let gone = world
        .err(
            400,
            "deleteMessage",
            json!({"chat_id": SOK, "message_id": id}),
        )
        .await;
    assert_eq!(gone, "Bad Request: message to delete not found");
    assert_eq!(
        world.err(400, "sendMessage", reply).await,
        "Bad Request: message to be replied not found"
    );
    let lenient = json!({"message_id": id, "allow_sending_without_reply": true});
    let sent = world
        .ok(
            "sendMessage",
            json!({"chat_id": SOK, "text": "re", "reply_parameters": lenient}),
        )
        .await;
    assert_eq!(sent["reply_to_message"], Value::Null);
    world
        .people
        .time(Duration::from_secs(48 * 3600 + 1))
        .await
        .unwrap();
    let old = world
        .err(
            400,
            "deleteMessage",
            json!({"chat_id": SOK, "message_id": sent["message_id"]}),
        )
        .await;
    assert_eq!(old, "Bad Request: message can't be deleted");
}

const LATE: &str =
    "Bad Request: query is too old and response timeout expired or query ID is invalid";

#[tokio::test]
async fn rows_33_34_answers_to_presses() {
    let world = World::free().await;
    world.say("one", buttons(&["a"])).await;
    let press = async || {
        world
            .people
            .press(SOK, "a")
            .await
            .unwrap()
            .callback_query_id
            .unwrap()
    };
    let id = press().await;
    let answer =
        |id: &str, text: &str| json!({"callback_query_id": id, "text": text, "show_alert": true});
    world
        .refused(&[
            (
                33,
                "answerCallbackQuery",
                answer(&id, &"ក".repeat(201)),
                400,
                "Bad Request: MESSAGE_TOO_LONG",
            ),
            (34, "answerCallbackQuery", answer("nonsense", ""), 400, LATE),
            (34, "answerCallbackQuery", json!({}), 400, LATE),
        ])
        .await;
    let before = world.people.chat(SOK, 0, LONG).await.unwrap().event;
    world
        .ok("answerCallbackQuery", answer(&id, &"ក".repeat(200)))
        .await;
    let chat = world.people.chat(SOK, before, LONG).await.unwrap();
    let toast = chat.last_toast.unwrap();
    assert_eq!(
        (
            toast.callback_query_id.as_str(),
            toast.alert,
            toast.text.chars().count()
        ),
        (id.as_str(), true, 200)
    );
    assert!(chat.event > before);
    assert_eq!(
        world.err(400, "answerCallbackQuery", answer(&id, "")).await,
        LATE
    );
    let expired = press().await;
    world.people.expire_all().await.unwrap();
    assert_eq!(
        world
            .err(400, "answerCallbackQuery", answer(&expired, ""))
            .await,
        LATE
    );
    let old = press().await;
    world.people.time(Duration::from_secs(151)).await.unwrap();
    assert_eq!(
        world
            .err(400, "answerCallbackQuery", answer(&old, ""))
            .await,
        LATE
    );
}
