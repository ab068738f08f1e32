//! Rows 51 and 52: send limits, moved by the clock.

use super::*;

#[tokio::test]
async fn row_52_one_a_second_in_a_chat_with_room_for_five() {
    let world = World::new(Limits::Strict).await;
    for _ in 0..5 {
        world.ok("sendMessage", text("x")).await;
    }
    let refused = world.post("sendMessage", &text("x")).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    let body: Value = refused.json().await.unwrap();
    let shape = json!({
        "ok": false,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    });
    assert_eq!(body, shape);
    // Edits, answers and the like are free, whatever the buckets hold.
    let id = world
        .people
        .chat(SOK, 0, LONG)
        .await
        .unwrap()
        .messages
        .last()
        .unwrap()
        .id;
    for n in 0..20 {
        let edit = json!({"chat_id": SOK, "message_id": id, "text": n.to_string()});
        world.ok("editMessageText", edit).await;
        world
            .ok(
                "sendChatAction",
                json!({"chat_id": SOK, "action": "typing"}),
            )
            .await;
    }
    world.people.time(Duration::from_secs(1)).await.unwrap();
    world.ok("sendMessage", text("x")).await;
    assert_eq!(world.post("sendMessage", &text("x")).await.status(), 429);
    world.people.time(Duration::from_secs(60)).await.unwrap();
    for _ in 0..5 {
        world.ok("sendMessage", text("x")).await;
    }
    let sixth = world.post("sendMessage", &text("x")).await.status();
    assert_eq!(sixth, 429, "room for five only");
}

#[tokio::test]
async fn row_52_thirty_a_second_in_all() {
    let world = World::new(Limits::Strict).await;
    let send = async |id: i64| {
        world.people.user(id, "P", "en").await.unwrap();
        world.people.send_text(id, "hi").await.unwrap();
        let params = json!({"chat_id": id, "text": "x"});
        world.call("sendMessage", params).await.0
    };
    for id in 0..30 {
        assert_eq!(send(2000 + id).await, 200);
    }
    assert_eq!(send(3000).await, 429);
    world.people.time(Duration::from_millis(34)).await.unwrap();
    assert_eq!(send(3000).await, 200, "a refused send took nothing");
    assert_eq!(send(3001).await, 429);
}

#[tokio::test]
async fn row_52_twenty_a_minute_in_a_group() {
    let world = World::new(Limits::Strict).await;
    let group = json!({"title": "G", "members": [SOK]});
    let group = world.people.post("group", &group).await.unwrap();
    let to_group = json!({"chat_id": group["chat"]["id"], "text": "x"});
    // One a second: what trickles in lets nine more through than there is room for.
    let mut sent = 0;
    let refused = loop {
        let (status, body) = world.call("sendMessage", to_group.clone()).await;
        if status == 429 {
            break body;
        }
        sent += 1;
        assert!(sent < 100, "no limit at all");
        world.people.time(Duration::from_secs(1)).await.unwrap();
    };
    assert_eq!(sent, 29);
    let wait = refused["parameters"]["retry_after"].as_u64().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    world.people.time(Duration::from_secs(wait)).await.unwrap();
    world.ok("sendMessage", to_group).await;
}

#[tokio::test]
async fn without_limits_nothing_is_refused() {
    let world = World::free().await;
    for _ in 0..100 {
        world.ok("sendMessage", text("x")).await;
    }
}
