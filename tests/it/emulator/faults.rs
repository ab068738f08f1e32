//! Faults: what each does to the call and to the state.

use samleng::emulator::FaultKind;

use super::*;

/// How many messages the bot has in Sok's chat.
async fn said(world: &World) -> usize {
    let chat = world.people.chat(SOK, 0, LONG).await.unwrap();
    chat.messages
        .iter()
        .filter(|message| message.from_bot)
        .count()
}

async fn attempt(world: &World) -> Result<reqwest::Response, reqwest::Error> {
    world
        .http
        .post(world.url("sendMessage"))
        .json(&text("x"))
        .send()
        .await
}

#[tokio::test]
async fn answers_that_are_not_what_they_should_be() {
    let world = World::free().await;
    let cases = [
        (FaultKind::Internal, 500, 0),
        (FaultKind::BadGateway, 502, 0),
        (FaultKind::Html, 200, 0),
        (FaultKind::BadJson, 200, 1),
    ];
    for (kind, code, done) in cases {
        let before = said(&world).await;
        world
            .people
            .fault(Some("SENDMESSAGE"), kind, 1)
            .await
            .unwrap();
        world.ok("getMe", json!({})).await;
        let response = attempt(&world).await.unwrap();
        assert_eq!(response.status(), code, "{kind:?}");
        let body = response.text().await.unwrap();
        let read = serde_json::from_str::<Value>(&body);
        assert_eq!(read.is_ok(), kind == FaultKind::Internal, "{kind:?} {body}");
        assert_eq!(said(&world).await, before + done, "{kind:?}");
        assert_eq!(attempt(&world).await.unwrap().status(), 200, "once only");
    }
}

#[tokio::test]
async fn connections_that_break() {
    let world = World::free().await;
    for (kind, done) in [(FaultKind::Reset, 0), (FaultKind::DropReply, 1)] {
        let before = said(&world).await;
        world.people.fault(None, kind, 1).await.unwrap();
        let error = attempt(&world).await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
        assert_eq!(said(&world).await, before + done, "{kind:?}");
    }
}

#[tokio::test]
async fn a_call_hangs_until_the_faults_are_cleared() {
    let world = World::free().await;
    world
        .people
        .fault(Some("sendMessage"), FaultKind::Hang, -1)
        .await
        .unwrap();
    let clear = async {
        world.people.calls_of("sendMessage", 0, LONG).await.unwrap();
        world.people.clear_faults().await.unwrap();
    };
    let (hung, ()) = tokio::join!(attempt(&world), clear);
    assert!(hung.is_err());
    assert_eq!(said(&world).await, 0);
}

#[tokio::test]
async fn a_method_is_refused_in_chosen_words() {
    let world = World::free().await;
    let words = "Bad Request: TOPIC_CLOSED";
    world
        .people
        .refuse("sendMessage", 400, words, 2)
        .await
        .unwrap();
    world.ok("getMe", json!({})).await;
    for _ in 0..2 {
        assert_eq!(world.err(400, "sendMessage", text("x")).await, words);
    }
    assert_eq!(said(&world).await, 0);
    world.ok("sendMessage", text("x")).await;
    let forbidden = "Forbidden: bot was blocked by the user";
    world
        .people
        .refuse("sendMessage", 403, forbidden, 1)
        .await
        .unwrap();
    assert_eq!(world.err(403, "sendMessage", text("x")).await, forbidden);
    let calls = world.people.calls_of("sendMessage", 0, LONG).await.unwrap();
    assert_eq!(calls.calls[0].fault, Some(FaultKind::Refuse));
    assert_eq!(calls.calls[0].error["description"], words);
    for fields in [
        json!({"kind": "refuse"}),
        json!({"kind": "refuse", "code": 500, "description": "x"}),
        json!({"kind": "429", "description": "x"}),
    ] {
        assert!(world.people.post("fault", &fields).await.is_err());
    }
}

#[tokio::test]
async fn answers_that_come_in_halves() {
    let world = World::free().await;
    world
        .people
        .fault(Some("sendMessage"), FaultKind::CutBody, 1)
        .await
        .unwrap();
    let response = attempt(&world).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    assert_eq!(said(&world).await, 1, "it was done");
    world.people.slow("sendMessage", 60, 1).await.unwrap();
    let mut response = attempt(&world).await.unwrap();
    let mut body = response.chunk().await.unwrap().unwrap().to_vec();
    assert_eq!(said(&world).await, 2, "done already");
    world.people.time(Duration::from_secs(60)).await.unwrap();
    while let Some(chunk) = response.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["result"]["text"], "x");
}

#[tokio::test]
async fn row_51_too_many_for_one_chat() {
    let world = World::free().await;
    world.people.user(1002, "Chan", "km").await.unwrap();
    world.people.send_text(1002, "hi").await.unwrap();
    let fault = json!({"method": "sendMessage", "kind": "429", "retry_after": 7, "count": 2, "chat_id": 1002});
    world.people.post("fault", &fault).await.unwrap();
    for _ in 0..2 {
        world.ok("sendMessage", text("x")).await;
        let response = world
            .post("sendMessage", &json!({"chat_id": 1002, "text": "x"}))
            .await;
        assert_eq!(
            (
                response.status().as_u16(),
                &response.headers()["retry-after"]
            ),
            (429, &"7".parse().unwrap())
        );
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["description"], "Too Many Requests: retry after 7");
        assert_eq!(body["parameters"], json!({"retry_after": 7}));
    }
    world
        .ok("sendMessage", json!({"chat_id": 1002, "text": "x"}))
        .await;
    let calls = world
        .people
        .calls_of("sendMessage", 0, LONG)
        .await
        .unwrap()
        .calls;
    let met: Vec<Option<FaultKind>> = calls.iter().map(|call| call.fault).collect();
    let many = Some(FaultKind::TooMany);
    assert_eq!(met, [None, many, None, many, None]);
}
