//! The control API itself.

use super::*;

#[tokio::test]
async fn presses_need_exactly_one_button() {
    let world = World::free().await;
    let older = world.say("older", buttons(&["old"])).await["message_id"]
        .as_i64()
        .unwrap();
    let url = json!({"text": "site", "url": "https://a.org"});
    let twice = json!({"text": "twice", "callback_data": "1"});
    let keyboard = json!({"inline_keyboard": [[{"text": "go", "callback_data": "d:go"}, url], [twice, twice]]});
    let newer = world.say("newer", keyboard).await;
    world.say("no buttons", Value::Null).await;
    for (label, error) in [
        ("old", "no button is called old"),
        ("twice", "several"),
        ("site", "sends nothing"),
    ] {
        let refused = world
            .people
            .press(SOK, label)
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(error), "{refused}");
    }
    let pressed = world.people.press(SOK, "go").await.unwrap();
    world.people.press_in(SOK, older, "old").await.unwrap();
    world.people.press_data(SOK, None, "forged").await.unwrap();
    let updates = world.updates().await;
    let queries: Vec<&Value> = updates
        .iter()
        .map(|u| &u["callback_query"])
        .filter(|q| !q.is_null())
        .collect();
    assert_eq!(
        (&queries[0]["id"], &queries[0]["data"]),
        (&json!(pressed.callback_query_id), &json!("d:go"))
    );
    assert_eq!(
        (&queries[0]["message"], &queries[0]["from"]["id"]),
        (&newer, &json!(SOK))
    );
    assert_eq!(
        (&queries[1]["data"], &queries[1]["message"]["message_id"]),
        (&json!("old"), &json!(older))
    );
    assert_eq!(queries[2]["data"], "forged");
    // Row 82: a message that is gone is shown as a shell.
    world
        .ok(
            "deleteMessage",
            json!({"chat_id": SOK, "message_id": older}),
        )
        .await;
    world.people.press_in(SOK, older, "old").await.unwrap();
    let updates = world.people.updates().await.unwrap();
    let last = &updates["updates"].as_array().unwrap().last().unwrap()["update"]["callback_query"];
    assert_eq!(
        (&last["message"]["date"], &last["message"]["text"]),
        (&json!(0), &Value::Null)
    );
}

#[tokio::test]
async fn everything_a_person_can_send_arrives() {
    let world = World::free().await;
    let cases = [
        (
            "photo",
            json!({"photo": {"size": 5}, "caption": "c", "media_group_id": "7"}),
        ),
        (
            "document",
            json!({"document": {"size": 5, "file_name": "a.pdf", "mime_type": "application/pdf"}}),
        ),
        ("video", json!({"video": {"size": 5, "duration": 3}})),
        ("audio", json!({"audio": {"size": 5}})),
        ("sticker", json!({"sticker": {}})),
        (
            "location",
            json!({"location": {"latitude": 11.5, "longitude": 104.9}}),
        ),
        (
            "contact",
            json!({"contact": {"phone_number": "1", "first_name": "A", "user_id": SOK}}),
        ),
        (
            "poll",
            json!({"poll": {"question": "Q", "options": ["a", "b"]}}),
        ),
        ("text", json!({"text": "f", "forward": true, "reply_to": 1})),
        (
            "rich_message",
            json!({"message": {"rich_message": {"blocks": []}}}),
        ),
        (
            "text",
            json!({"text": "a", "message": {"entities": [{"type": "hologram", "offset": 0, "length": 1}]}}),
        ),
    ];
    let mut sent = Vec::new();
    for (field, mut fields) in cases {
        fields["from"] = json!(SOK);
        sent.push((
            field,
            world.people.send(&fields).await.unwrap().update_id.unwrap(),
        ));
    }
    let updates = world.updates().await;
    for (field, id) in sent {
        let update = updates
            .iter()
            .find(|update| update["update_id"] == id)
            .unwrap();
        assert!(!update["message"][field].is_null(), "{field}: {update}");
        assert!(update["message"]["date"].is_i64() && update["message"]["from"]["id"] == SOK);
    }
    let forward = updates
        .iter()
        .find(|update| update["message"]["text"] == "f")
        .unwrap();
    assert_eq!(forward["message"]["forward_origin"]["type"], "hidden_user");
    assert_eq!(forward["message"]["reply_to_message"]["text"], "/start");
    assert_eq!(
        updates.last().unwrap()["message"]["entities"][0]["type"],
        "hologram"
    );
}

#[tokio::test]
async fn people_edit_and_delete() {
    let world = World::free().await;
    let id = world
        .people
        .send_text(SOK, "teh")
        .await
        .unwrap()
        .message_id
        .unwrap();
    let update = world
        .people
        .edit(SOK, id, "the")
        .await
        .unwrap()
        .update_id
        .unwrap();
    let updates = world.updates().await;
    let edited = &updates
        .iter()
        .find(|seen| seen["update_id"] == update)
        .unwrap()["edited_message"];
    assert_eq!(
        (&edited["text"], &edited["message_id"]),
        (&json!("the"), &json!(id))
    );
    assert!(edited["edit_date"].is_i64());
    let bots = world.say("mine", Value::Null).await["message_id"]
        .as_i64()
        .unwrap();
    assert!(world.people.edit(SOK, bots, "theirs").await.is_err());
    world
        .people
        .post("delete", &json!({"chat": SOK, "message_id": bots}))
        .await
        .unwrap();
    let gone = world
        .err(
            400,
            "editMessageText",
            json!({"chat_id": SOK, "message_id": bots, "text": "x"}),
        )
        .await;
    assert_eq!(gone, "Bad Request: message to edit not found");
}

#[tokio::test]
async fn raw_updates_go_through_as_they_are() {
    let world = World::free().await;
    let filled = world
        .people
        .raw(&json!({"hologram": {"x": 1}}))
        .await
        .unwrap();
    let given = world
        .people
        .raw(&json!({"update_id": filled + 50, "poll": {"id": "1"}}))
        .await
        .unwrap();
    assert_eq!(given, filled + 50);
    let updates = world.updates().await;
    assert_eq!(
        updates[updates.len() - 2],
        json!({"update_id": filled, "hologram": {"x": 1}})
    );
    let next = world
        .people
        .send_text(SOK, "x")
        .await
        .unwrap()
        .update_id
        .unwrap();
    assert_eq!(next, given + 1);
}

#[tokio::test]
async fn who_waits_for_a_change_gets_it() {
    let world = World::free().await;
    let start = world.people.chat(SOK, 0, LONG).await.unwrap();
    let last = world
        .people
        .calls_after(0, Duration::ZERO)
        .await
        .unwrap()
        .last;
    let (chat, calls, _) = tokio::join!(
        world.people.chat_newest(SOK, start.event, LONG, 1),
        world.people.calls_after(last, LONG),
        world.say("hello", Value::Null),
    );
    let chat = chat.unwrap();
    assert_eq!(
        (chat.messages.len(), chat.messages[0].text.as_str()),
        (1, "hello")
    );
    let call = &calls.unwrap().calls[0];
    assert_eq!(
        (call.method.as_str(), call.chat_id, call.ok),
        ("sendMessage", Some(SOK), true)
    );
    assert_eq!(
        (&call.params["text"], &call.result["text"]),
        (&json!("hello"), &json!("hello"))
    );
    world.err(400, "SendMessage", text("")).await;
    let refused = world
        .people
        .calls_after(call.seq, LONG)
        .await
        .unwrap()
        .calls
        .remove(0);
    assert_eq!(
        (refused.seq, refused.ok, &refused.error["error_code"]),
        (call.seq + 1, false, &json!(400))
    );
    world.people.log_calls(false).await.unwrap();
    world.say("unseen", Value::Null).await;
    assert_eq!(
        world
            .people
            .calls_after(0, Duration::ZERO)
            .await
            .unwrap()
            .calls,
        []
    );
}

#[tokio::test]
async fn slips_of_the_pen_are_refused() {
    let world = World::free().await;
    let cases = [
        ("user", json!({"nmae": "x"})),
        ("send", json!({"from": SOK})),
        ("send", json!({"from": SOK, "text": " "})),
        ("send", json!({"from": 5, "text": "x"})),
        ("send", json!({"from": SOK, "chat": 5, "text": "x"})),
        ("fault", json!({"kind": "flood"})),
        ("fault", json!({"kind": "429", "count": 0})),
        ("redeliver", json!({})),
        ("expire", json!({"callback_query_id": "5"})),
        ("time", json!({"forward_seconds": -1})),
        ("new-ids", json!({"start": 0})),
        ("nonsense", json!({})),
    ];
    for (verb, fields) in cases {
        let error = world.people.post(verb, &fields).await;
        assert!(error.is_err(), "{verb} {fields}: {error:?}");
    }
    let url = format!("{}/control/{TOKEN}/chat/5", world.running.url());
    let response = world.http.get(url).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({"error": "no chat 5"})
    );
}

#[tokio::test]
async fn stopping_ends_what_waits() {
    let world = World::free().await;
    let url = world.url("getUpdates");
    let first = world.ok("getUpdates", json!({})).await[0]["update_id"]
        .as_i64()
        .unwrap();
    let poll = world
        .http
        .post(url)
        .json(&json!({"offset": first + 1, "timeout": 50}))
        .send();
    let people = world.people.clone();
    let stop = async {
        loop {
            let seen = people.updates().await.unwrap();
            if seen["offsets"]
                .as_array()
                .unwrap()
                .iter()
                .any(|o| o["offset"] == first + 1)
            {
                break;
            }
            tokio::task::yield_now().await;
        }
        world.running.stop().await;
    };
    let (answer, ()) = tokio::join!(poll, stop);
    assert_eq!(
        answer.unwrap().json::<Value>().await.unwrap(),
        json!({"ok": true, "result": []})
    );
}

#[tokio::test]
async fn pages_from_elsewhere_are_refused() {
    let world = World::free().await;
    let url = format!("{}/control/{TOKEN}/chat/{SOK}", world.running.url());
    for (origin, code) in [
        ("https://example.org", 400),
        ("http://127.0.0.1.example.org", 400),
        ("http://127.0.0.1:8000", 200),
    ] {
        let request = world.http.get(&url).header("origin", origin);
        assert_eq!(request.send().await.unwrap().status(), code, "{origin}");
    }
}
