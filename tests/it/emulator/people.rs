//! Rows 55 to 62 and 72: who can be written to.

use super::*;

fn to(chat: impl Into<Value>) -> Value {
    json!({"chat_id": chat.into(), "text": "x"})
}

#[tokio::test]
async fn rows_55_to_58_people() {
    let world = World::free().await;
    world.people.user(1002, "Chan", "km").await.unwrap();
    let send = "sendMessage";
    let stranger = "Forbidden: bot can't initiate conversation with a user";
    let blocked = "Forbidden: bot was blocked by the user";
    let unknown = "Bad Request: chat not found";
    world
        .refused(&[
            (57, send, to(1002), 403, stranger),
            (58, send, to(77), 400, unknown),
            (58, send, to("@nobody"), 400, unknown),
            (58, send, to(""), 400, "Bad Request: chat_id is empty"),
            (
                58,
                send,
                json!({"text": "x"}),
                400,
                "Bad Request: chat_id is empty",
            ),
        ])
        .await;
    world.ok(send, to(SOK.to_string())).await;
    let update = world
        .people
        .block(SOK, true)
        .await
        .unwrap()
        .update_id
        .unwrap();
    let id = world
        .people
        .chat(SOK, 0, LONG)
        .await
        .unwrap()
        .messages
        .last()
        .unwrap()
        .id;
    world
        .refused(&[
            (55, send, to(SOK), 403, blocked),
            (
                55,
                "sendChatAction",
                json!({"chat_id": SOK, "action": "typing"}),
                403,
                blocked,
            ),
            (
                55,
                "editMessageText",
                json!({"chat_id": SOK, "message_id": id, "text": "y"}),
                403,
                blocked,
            ),
        ])
        .await;
    assert!(
        world.people.send_text(SOK, "x").await.is_err(),
        "who blocked a bot cannot write to it"
    );
    let told = world.updates().await;
    let told = told
        .iter()
        .find(|told| told["update_id"] == update)
        .unwrap();
    assert_eq!(
        told["my_chat_member"]["new_chat_member"]["status"],
        "kicked"
    );
    assert_eq!(
        told["my_chat_member"]["old_chat_member"]["status"],
        "member"
    );
    world.people.block(SOK, false).await.unwrap();
    world.ok(send, to(SOK)).await;
    world
        .people
        .post("block", &json!({"from": SOK, "deleted": true}))
        .await
        .unwrap();
    world
        .refused(&[(56, send, to(SOK), 403, "Forbidden: user is deactivated")])
        .await;
}

#[tokio::test]
async fn rows_60_61_groups() {
    let world = World::free().await;
    for kind in ["group", "supergroup"] {
        let group = json!({"title": "G", "type": kind, "members": [SOK]});
        let id = world.people.post("group", &group).await.unwrap()["chat"]["id"].clone();
        world.ok("sendMessage", to(id.clone())).await;
        let written = world
            .people
            .send(&json!({"from": SOK, "chat": id, "text": "/help"}))
            .await
            .unwrap();
        let last = world.people.updates().await.unwrap()["updates"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        assert_eq!(
            (
                &last["update_id"],
                &last["update"]["message"]["chat"]["type"]
            ),
            (&json!(written.update_id), &json!(kind))
        );
        for (row, standing, error) in [
            (60, "kicked", "bot was kicked from the"),
            (61, "left", "bot is not a member of the"),
        ] {
            world
                .people
                .post("group", &json!({"id": id, "bot": standing}))
                .await
                .unwrap();
            world
                .refused(&[(
                    row,
                    "sendMessage",
                    to(id.clone()),
                    403,
                    &format!("Forbidden: {error} {kind} chat"),
                )])
                .await;
        }
    }
}

#[tokio::test]
async fn row_62_a_group_becomes_a_supergroup() {
    let world = World::free().await;
    let group = world
        .people
        .post("group", &json!({"title": "G", "members": [SOK]}))
        .await
        .unwrap();
    let old = group["chat"]["id"].clone();
    let new = world
        .people
        .post("migrate", &json!({"chat": old}))
        .await
        .unwrap()["chat_id"]
        .clone();
    let (status, body) = world.call("sendMessage", to(old.clone())).await;
    assert_eq!(
        (status, &body["parameters"]),
        (400, &json!({"migrate_to_chat_id": new}))
    );
    assert_eq!(
        body["description"],
        "Bad Request: group chat was upgraded to a supergroup chat"
    );
    world.ok("sendMessage", to(new.clone())).await;
    let told = world.updates().await;
    assert!(
        told.iter()
            .any(|told| told["message"]["migrate_to_chat_id"] == new
                && told["message"]["chat"]["id"] == old)
    );
    assert!(
        told.iter()
            .any(|told| told["message"]["migrate_from_chat_id"] == old
                && told["message"]["chat"]["id"] == new)
    );
}

#[tokio::test]
async fn row_72_links_into_the_bot() {
    let world = World::free().await;
    let longest = "a-_Z".repeat(16);
    for (payload, expected) in [
        (Some(longest.as_str()), format!("/start {longest}")),
        (Some(&*format!("{longest}x")), "/start".to_owned()),
        (Some("no spaces"), "/start".to_owned()),
        (None, "/start".to_owned()),
    ] {
        let done = world.people.start(SOK, payload).await.unwrap();
        assert_eq!(done.payload_kept, Some(expected.len() > 6));
        let seen = world.people.updates().await.unwrap()["updates"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        let message = &seen["update"]["message"];
        assert_eq!(message["text"], *expected);
        assert_eq!(
            message["entities"],
            json!([{"type": "bot_command", "offset": 0, "length": 6}])
        );
    }
}

#[tokio::test]
async fn row_81_what_a_bot_hears_in_a_group() {
    let world = World::free().await;
    let group = json!({"id": -7, "title": "G", "members": [SOK]});
    world.people.post("group", &group).await.unwrap();
    let bots = world.ok("sendMessage", to(-7)).await["message_id"].clone();
    let cases = [
        (json!({"text": "hello"}), false, true),
        (json!({"text": "/help"}), true, true),
        (json!({"text": "/help@emulated_4242_bot now"}), true, true),
        (json!({"text": "/help@other_bot"}), false, true),
        (json!({"text": "hello", "reply_to": bots}), true, true),
        (json!({"photo": {}}), false, true),
    ];
    for (mut fields, member, administrator) in cases {
        fields["from"] = json!(SOK);
        fields["chat"] = json!(-7);
        for (standing, hears) in [
            ("member", member),
            ("administrator", administrator),
            ("left", false),
        ] {
            let change = json!({"id": -7, "bot": standing});
            world.people.post("group", &change).await.unwrap();
            let heard = world.people.send(&fields).await.unwrap().update_id;
            assert_eq!(heard.is_some(), hears, "{standing}: {fields}");
        }
    }
}
