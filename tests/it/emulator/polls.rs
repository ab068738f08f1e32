//! Rows 37 to 46: updates and how they are fetched.

use super::*;

fn ids(updates: &Value) -> Vec<i64> {
    updates
        .as_array()
        .unwrap()
        .iter()
        .map(|update| update["update_id"].as_i64().unwrap())
        .collect()
}

async fn send(world: &World, text: &str) -> i64 {
    let sent = world.people.send_text(SOK, text).await.unwrap();
    sent.update_id.unwrap()
}

/// Whether a message becomes an update.
async fn is_heard(world: &World, text: &str) -> bool {
    let sent = world.people.send_text(SOK, text).await.unwrap();
    sent.update_id.is_some()
}

/// A world whose first update, the `/start`, is confirmed.
async fn quiet() -> World {
    let world = World::free().await;
    let first = ids(&world.ok("getUpdates", json!({})).await);
    world
        .ok("getUpdates", json!({"offset": first[0] + 1}))
        .await;
    world
}

#[tokio::test]
async fn rows_40_46_ids_and_offsets() {
    let world = quiet().await;
    let (a, b) = (send(&world, "a").await, send(&world, "b").await);
    assert_eq!(b, a + 1);
    assert!(a > 2_000_000, "ids begin somewhere");
    assert_eq!(
        ids(&world.ok("getUpdates", json!({})).await),
        [a, b],
        "no offset confirms nothing"
    );
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 0})).await),
        [a],
        "a hurried repetition gets one (row 41)"
    );
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": b})).await),
        [b]
    );
    let c = send(&world, "c").await;
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": -1})).await),
        [c],
        "all but the newest are forgotten"
    );
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": c + 12})).await),
        [c],
        "too far ahead is ignored"
    );
    assert_eq!(
        ids(&world
            .ok("getUpdates", json!({"offset": c + 11, "timeout": -5}))
            .await),
        Vec::<i64>::new()
    );
    let seen = world.people.updates().await.unwrap();
    let states: Vec<&str> = seen["updates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["confirmed", "confirmed", "confirmed", "confirmed"]);
    let offsets: Vec<i64> = seen["offsets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["offset"].as_i64().unwrap())
        .collect();
    assert_eq!(offsets, [a, b, -1, c + 12, c + 11]);
}

#[tokio::test]
async fn row_37_updates_have_a_life() {
    let world = quiet().await;
    world.say("q", buttons(&["a"])).await;
    let press = world
        .people
        .press(SOK, "a")
        .await
        .unwrap()
        .update_id
        .unwrap();
    let message = send(&world, "m").await;
    world.people.time(Duration::from_secs(149)).await.unwrap();
    assert_eq!(
        ids(&world.ok("getUpdates", json!({})).await),
        [press, message]
    );
    world.people.time(Duration::from_secs(2)).await.unwrap();
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 1})).await),
        [message],
        "a press lives 150 s"
    );
    world
        .people
        .time(Duration::from_secs(86_400))
        .await
        .unwrap();
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 2})).await),
        Vec::<i64>::new(),
        "a message lives a day"
    );
}

#[tokio::test]
async fn row_38_a_full_queue_takes_nothing_more() {
    let world = quiet().await;
    let large = json!({"hologram": "x".repeat(8 << 20)});
    let mut taken = 0;
    let refused = loop {
        match world.people.raw(&large).await {
            Ok(_) => taken += 1,
            Err(error) => break error.to_string(),
        }
        assert!(taken < 100, "no limit at all");
    };
    assert_eq!((taken, refused.as_str()), (15, "raw: the queue is full"));
    assert!(is_heard(&world, "small").await);
}

#[tokio::test]
async fn row_39_limits_are_clamped() {
    let world = quiet().await;
    for n in 0..120 {
        send(&world, &n.to_string()).await;
    }
    for (limit, count) in [
        (json!(0), 1),
        (json!(7), 7),
        (json!(1000), 100),
        (Value::Null, 100),
        (json!("3"), 3),
    ] {
        // The same offset again makes the poll hurried (row 41).
        let offset = json!(count);
        let got = world
            .ok(
                "getUpdates",
                json!({"limit": limit, "offset": offset, "timeout": 9999}),
            )
            .await;
        assert_eq!(
            got.as_array().unwrap().len(),
            if limit.is_null() { 1 } else { count },
            "limit {limit}"
        );
    }
}

#[tokio::test]
async fn row_39_an_answer_holds_four_mebibytes() {
    let world = quiet().await;
    let large = json!({"hologram": "x".repeat(1 << 20)});
    for _ in 0..6 {
        world.people.raw(&large).await.unwrap();
    }
    let first = ids(&world.ok("getUpdates", json!({"offset": 1})).await);
    assert_eq!(first.len(), 3, "a fourth would go beyond");
    let next = json!({"offset": first[2] + 1});
    assert_eq!(ids(&world.ok("getUpdates", next).await).len(), 3);
}

#[tokio::test]
async fn row_42_repeated_conflicts_are_answered_late() {
    let world = quiet().await;
    let poll = async |offset: i64| {
        let params = json!({"offset": offset, "timeout": 50});
        world.call("getUpdates", params).await.0
    };
    let (first, second, third) = (poll(5), poll(6), poll(7));
    let rest = async {
        until_polled(&world, 5).await;
        let rest = async {
            until_polled(&world, 6).await;
            let rest = async {
                until_polled(&world, 7).await;
                // The second conflict within three seconds waits for the clock.
                let before = world.people.calls_of("getUpdates", 2, LONG).await.unwrap();
                assert_eq!(before.calls.len(), 1, "only the first was told");
                world.people.time(Duration::from_secs(3)).await.unwrap();
                world
                    .people
                    .calls_of("getUpdates", before.last, LONG)
                    .await
                    .unwrap();
                send(&world, "x").await;
            };
            tokio::join!(third, rest).0
        };
        tokio::join!(second, rest)
    };
    let (first, (second, third)) = tokio::join!(first, rest);
    assert_eq!((first, second, third), (409, 409, 200));
}

#[tokio::test]
async fn row_39_a_poll_waits_by_the_emulators_clock() {
    let world = quiet().await;
    let poll = world.ok("getUpdates", json!({"offset": 1, "timeout": 3000}));
    let forward = async {
        // The poll waits as soon as nothing else is to be done; moving the clock before that only makes it late.
        for _ in 0..1000 {
            world.people.time(Duration::from_secs(51)).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        got = poll => assert_eq!(got, json!([])),
        () = forward => panic!("fifty seconds are over"),
    }
}

#[tokio::test]
async fn row_41_a_hurried_repetition_waits() {
    let world = quiet().await;
    assert_eq!(
        world.ok("getUpdates", json!({"offset": 1})).await,
        json!([])
    );
    let again = world.ok("getUpdates", json!({"offset": 1, "timeout": 0}));
    let (got, id) = tokio::join!(again, send(&world, "x"));
    assert_eq!(ids(&got), [id], "it waited for the update");
    world.people.time(Duration::from_secs(3)).await.unwrap();
    send(&world, "y").await;
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 1})).await).len(),
        2
    );
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 1})).await).len(),
        1,
        "half a second is very hurried"
    );
    world.people.time(Duration::from_millis(500)).await.unwrap();
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 1})).await).len(),
        2
    );
}

#[tokio::test]
async fn a_waiting_poll_gets_what_comes() {
    let world = quiet().await;
    let (got, id) = tokio::join!(
        world.ok("getUpdates", json!({"offset": 1, "timeout": 50})),
        send(&world, "now")
    );
    assert_eq!(ids(&got), [id]);
}

const OTHER: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

/// Waits until this many polls were begun, seen by what they confirmed.
async fn until_polled(world: &World, offset: i64) {
    loop {
        let seen = world.people.updates().await.unwrap();
        if seen["offsets"]
            .as_array()
            .unwrap()
            .iter()
            .any(|o| o["offset"] == offset)
        {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn row_42_the_older_waiting_poll_ends() {
    let world = quiet().await;
    let older = world.call("getUpdates", json!({"offset": 5, "timeout": 50}));
    let newer = async {
        until_polled(&world, 5).await;
        let newer = world.ok("getUpdates", json!({"offset": 6, "timeout": 50}));
        let speaker = async {
            until_polled(&world, 6).await;
            send(&world, "x").await
        };
        tokio::join!(newer, speaker)
    };
    let ((status, body), (got, id)) = tokio::join!(older, newer);
    assert_eq!((status, body["description"].as_str()), (409, Some(OTHER)));
    assert_eq!(ids(&got), [id]);
}

#[tokio::test]
async fn row_42_a_newer_poll_that_need_not_wait_ends_nothing() {
    let world = quiet().await;
    let older = world.ok("getUpdates", json!({"offset": 5, "timeout": 50}));
    let newer = async {
        until_polled(&world, 5).await;
        assert_eq!(
            world
                .ok("getUpdates", json!({"offset": 6, "timeout": 0}))
                .await,
            json!([])
        );
        send(&world, "x").await
    };
    let (got, id) = tokio::join!(older, newer);
    assert_eq!(ids(&got), [id]);
}

#[tokio::test]
async fn rows_43_44_a_webhook_ends_polling() {
    let world = quiet().await;
    let hook = json!({"url": "https://example.org/hook"});
    let poll = world.call("getUpdates", json!({"offset": 5, "timeout": 50}));
    let setting = async {
        until_polled(&world, 5).await;
        world.ok("setWebhook", hook.clone()).await
    };
    let ((status, body), _) = tokio::join!(poll, setting);
    assert_eq!(
        (status, body["description"].as_str()),
        (409, Some("Conflict: terminated by setWebhook request"))
    );
    send(&world, "waiting").await;
    let info = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(
        info,
        json!({"url": "https://example.org/hook", "has_custom_certificate": false, "pending_update_count": 1,
            "max_connections": 40, "ip_address": "<unknown>"})
    );
    let active = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    world
        .refused(&[(43, "getUpdates", json!({}), 409, active)])
        .await;
    world
        .ok("deleteWebhook", json!({"drop_pending_updates": true}))
        .await;
    assert_eq!(
        world.ok("getUpdates", json!({"offset": 7})).await,
        json!([])
    );
    world
        .refused(&[
            (
                47,
                "setWebhook",
                json!({"url": "https://a.org", "secret_token": "a b"}),
                400,
                "Bad Request: secret token contains unallowed characters",
            ),
            (
                47,
                "setWebhook",
                json!({"url": "https://a.org", "secret_token": "a".repeat(257)}),
                400,
                "Bad Request: secret token is too long",
            ),
        ])
        .await;
}

#[tokio::test]
async fn row_45_kinds_are_remembered() {
    let world = quiet().await;
    world
        .ok(
            "getUpdates",
            json!({"offset": 1, "allowed_updates": ["callback_query"]}),
        )
        .await;
    assert!(!is_heard(&world, "unheard").await);
    // Absent and malformed keep; an empty list or unknown names bring the default back.
    world.ok("getUpdates", json!({"offset": 2})).await;
    world
        .ok(
            "getUpdates",
            json!({"offset": 3, "allowed_updates": "nonsense"}),
        )
        .await;
    assert!(!is_heard(&world, "unheard").await);
    let info = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["allowed_updates"], json!(["callback_query"]));
    world
        .ok(
            "getUpdates",
            json!({"offset": 4, "allowed_updates": ["no_such_kind"]}),
        )
        .await;
    assert!(is_heard(&world, "heard").await);
    world
        .ok(
            "getUpdates",
            json!({"offset": 5, "allowed_updates": "[\"callback_query\"]"}),
        )
        .await;
    assert!(!is_heard(&world, "unheard").await);
    world
        .ok("getUpdates", json!({"offset": 6, "allowed_updates": []}))
        .await;
    assert!(is_heard(&world, "heard").await);
}

#[tokio::test]
async fn row_46_a_new_sequence_may_be_lower() {
    let world = quiet().await;
    let old = send(&world, "old").await;
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 1})).await),
        [old]
    );
    let unseen = send(&world, "unseen").await;
    assert_eq!(unseen, old + 1);
    world.people.new_ids(500).await.unwrap();
    let new = send(&world, "new").await;
    assert_eq!(new, 501, "what was never handed out was numbered anew");
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": old})).await),
        [old, 500, 501]
    );
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": 502})).await),
        Vec::<i64>::new()
    );
}

#[tokio::test]
async fn redelivery_comes_once_more_with_the_same_id() {
    let world = quiet().await;
    let (a, b) = (send(&world, "a").await, send(&world, "b").await);
    world.ok("getUpdates", json!({"offset": 1})).await;
    world.ok("getUpdates", json!({"offset": b + 1})).await;
    world.people.redeliver(&[a]).await.unwrap();
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": b + 2})).await),
        [a]
    );
    world.people.redeliver_last(1).await.unwrap();
    assert_eq!(
        ids(&world.ok("getUpdates", json!({"offset": b + 3})).await),
        [b]
    );
    assert_eq!(
        world.ok("getUpdates", json!({"offset": b + 4})).await,
        json!([])
    );
}
