//! Rows 44 and 47 to 50: webhooks, and how updates are brought to them. The test is the bot's server, and answers when it likes.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use samleng::emulator::FaultKind;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::*;

const HOOK: &str = "https://bot.example.org:8443/secret/path?x=1";

/// An update that was brought, and how it is answered.
struct Brought {
    path: String,
    headers: HeaderMap,
    update: Value,
    answer: oneshot::Sender<Response>,
}

impl Brought {
    fn id(&self) -> i64 {
        self.update["update_id"].as_i64().unwrap()
    }

    fn say(self, status: u16) {
        let _ = self
            .answer
            .send(StatusCode::from_u16(status).unwrap().into_response());
    }
}

/// A bot's server.
struct Server {
    updates: UnboundedReceiver<Brought>,
}

impl Server {
    /// One that stands for the host of [`HOOK`].
    async fn of(world: &World) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, updates) = unbounded_channel();
        let router = axum::Router::new().fallback(receive).with_state(sender);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let stands_for = json!({"host": "bot.example.org", "address": address});
        world.people.post("webhook", &stands_for).await.unwrap();
        Self { updates }
    }

    async fn next(&mut self) -> Brought {
        let next = tokio::time::timeout(LONG, self.updates.recv());
        next.await.expect("an update comes").unwrap()
    }

    /// Whether nothing was brought so far. Whatever the emulator would bring it has begun to bring when a call is answered that came
    /// later; it is here when a connection made later still is.
    fn is_quiet(&mut self) -> bool {
        self.updates.try_recv().is_err()
    }
}

async fn receive(State(sender): State<UnboundedSender<Brought>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    assert_eq!(parts.method, axum::http::Method::POST);
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let (answer, answered) = oneshot::channel();
    let brought = Brought {
        path: parts.uri.to_string(),
        headers: parts.headers,
        update: serde_json::from_slice(&body).unwrap(),
        answer,
    };
    let _ = sender.send(brought);
    // A test that has ended answers nothing more.
    answered
        .await
        .unwrap_or_else(|_| StatusCode::GONE.into_response())
}

async fn hooked(world: &World, fields: Value) {
    let mut all = json!({"url": HOOK});
    let fields = fields.as_object().unwrap().clone();
    all.as_object_mut().unwrap().extend(fields);
    world.ok("setWebhook", all).await;
}

async fn says(world: &World, who: i64, text: &str) -> i64 {
    let done = world.people.send_text(who, text).await.unwrap();
    done.update_id.unwrap()
}

/// The tries in the log, once there are so many: update, number of the try, status or description.
async fn tries(world: &World, count: usize) -> Vec<(i64, i64, String)> {
    let mut last = 0;
    let mut all = Vec::new();
    while all.len() < count {
        let calls = world.people.calls_of("webhook", last, LONG).await.unwrap();
        assert!(!calls.calls.is_empty(), "only {all:?}");
        last = calls.last;
        for call in calls.calls {
            let said = match call.ok {
                true => call.result["status"].to_string(),
                false => call.error["description"].as_str().unwrap().to_owned(),
            };
            let params = &call.params;
            all.push((
                params["update_id"].as_i64().unwrap(),
                params["try"].as_i64().unwrap(),
                said,
            ));
        }
    }
    all
}

#[tokio::test]
async fn row_49_an_update_is_brought_with_the_secret_and_confirmed_by_2xx() {
    let world = World::free().await;
    let mut server = Server::of(&world).await;
    hooked(
        &world,
        json!({"secret_token": "s-e_C-r3t", "max_connections": 7}),
    )
    .await;
    let first = server.next().await;
    assert_eq!(first.path, "/secret/path?x=1");
    assert_eq!(first.headers["host"], "bot.example.org:8443");
    assert_eq!(
        first.headers["x-telegram-bot-api-secret-token"],
        "s-e_C-r3t"
    );
    assert_eq!(first.headers["content-type"], "application/json");
    assert_eq!(first.update["message"]["text"], "/start");
    let info = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(
        info,
        json!({"url": HOOK, "has_custom_certificate": false, "pending_update_count": 1, "max_connections": 7, "ip_address": "127.0.0.1"})
    );
    let id = first.id();
    first.say(204);
    assert_eq!(tries(&world, 1).await, [(id, 1, "204".to_owned())]);
    let info = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["pending_update_count"], 0);
    assert!(info.get("last_error_date").is_none());
    // A method call in the answer is not done.
    says(&world, SOK, "hello").await;
    let brought = server.next().await;
    let call = axum::Json(json!({"method": "sendMessage", "chat_id": SOK, "text": "?"}));
    let _ = brought.answer.send(call.into_response());
    tries(&world, 2).await;
    let calls = world.people.calls_after(0, Duration::ZERO).await.unwrap();
    assert_eq!(
        calls.calls.last().unwrap().result["method_not_done"],
        "sendMessage"
    );
    assert!(calls.calls.iter().all(|call| call.method != "sendMessage"));
}

#[tokio::test]
async fn row_49_what_fails_is_tried_at_once_then_ever_later() {
    let world = World::free().await;
    let mut server = Server::of(&world).await;
    hooked(&world, json!({})).await;
    let brought = server.next().await;
    let id = brought.id();
    brought.say(500);
    // At once.
    server.next().await.say(302);
    for (count, seconds) in [(3, 2), (4, 4), (5, 8), (6, 16), (7, 32)] {
        tries(&world, count - 1).await;
        world
            .people
            .time(Duration::from_secs(seconds - 1))
            .await
            .unwrap();
        let info = world.ok("getWebhookInfo", json!({})).await;
        assert_eq!(info["pending_update_count"], 1);
        assert!(server.is_quiet(), "before {seconds} s");
        world.people.time(Duration::from_secs(1)).await.unwrap();
        server.next().await.say(503);
    }
    let said: Vec<String> = tries(&world, 7)
        .await
        .into_iter()
        .map(|(_, _, said)| said)
        .collect();
    assert_eq!(
        said[0],
        "Wrong response from the webhook: 500 Internal Server Error"
    );
    assert_eq!(said[1], "Wrong response from the webhook: 302 Found");
    let info = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(
        info["last_error_message"],
        "Wrong response from the webhook: 503 Service Unavailable"
    );
    let now = world.people.get("time", &[]).await.unwrap()["now_ms"]
        .as_i64()
        .unwrap();
    assert_eq!(info["last_error_date"], now.div_euclid(1000));

    // What the bot wishes goes before that.
    world
        .people
        .post("webhook", &json!({"retry_now": true}))
        .await
        .unwrap();
    let brought = server.next().await;
    let _ = brought
        .answer
        .send((StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "5")]).into_response());
    tries(&world, 8).await;
    world.people.time(Duration::from_secs(4)).await.unwrap();
    assert!(server.is_quiet());
    world.people.time(Duration::from_secs(1)).await.unwrap();
    // No answer within a minute is a failure, too.
    let silent = server.next().await;
    world.people.time(Duration::from_secs(60)).await.unwrap();
    assert_eq!(tries(&world, 9).await[8].2, "Read timeout expired");
    drop(silent);
    // A day later it is too old.
    world
        .people
        .time(Duration::from_secs(86_400))
        .await
        .unwrap();
    let brought = server.next().await;
    assert_eq!(brought.id(), id);
    brought.say(500);
    tries(&world, 10).await;
    let info = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["pending_update_count"], 0);
}

#[tokio::test]
async fn row_49_order_holds_in_a_chat_and_between_the_presses_of_a_person() {
    let world = World::free().await;
    world.people.user(CHAN, "Chan", "en").await.unwrap();
    world.say("q", buttons(&["a"])).await;
    let mut server = Server::of(&world).await;
    let first = says(&world, SOK, "first").await;
    let edited = {
        let done = world.people.send_text(SOK, "second").await.unwrap();
        let edit = world.people.edit(SOK, done.message_id.unwrap(), "changed");
        (
            done.update_id.unwrap(),
            edit.await.unwrap().update_id.unwrap(),
        )
    };
    let presses = [
        world
            .people
            .press(SOK, "a")
            .await
            .unwrap()
            .update_id
            .unwrap(),
        world
            .people
            .press(SOK, "a")
            .await
            .unwrap()
            .update_id
            .unwrap(),
    ];
    let other = says(&world, CHAN, "/start").await;
    hooked(&world, json!({})).await;
    // The head of each row, side by side.
    let mut heads = [
        server.next().await,
        server.next().await,
        server.next().await,
    ];
    heads.sort_by_key(Brought::id);
    let ids: Vec<i64> = heads.iter().map(Brought::id).collect();
    let start = first - 1;
    assert_eq!(ids, [start, presses[0], other]);
    assert!(server.is_quiet());
    let [start, press, other] = heads;
    other.say(200);
    press.say(200);
    let second = server.next().await;
    assert_eq!(second.id(), presses[1]);
    second.say(200);
    start.say(500);
    // A message that fails holds up its chat, and nobody else.
    let again = server.next().await;
    assert_eq!(again.id(), first - 1);
    again.say(200);
    for id in [first, edited.0, edited.1] {
        let brought = server.next().await;
        assert_eq!(brought.id(), id);
        brought.say(200);
    }
}

#[tokio::test]
async fn row_49_no_more_at_once_than_was_asked_for() {
    let world = World::free().await;
    let mut server = Server::of(&world).await;
    for who in 2_001..2_006 {
        world.people.user(who, "P", "en").await.unwrap();
        says(&world, who, "/start").await;
    }
    hooked(&world, json!({"max_connections": 2})).await;
    let (mut one, two) = (server.next().await, server.next().await);
    world.ok("getMe", json!({})).await;
    assert!(server.is_quiet());
    for _ in 0..4 {
        one.say(200);
        one = server.next().await;
        world.ok("getMe", json!({})).await;
        assert!(server.is_quiet(), "two are under way");
    }
    one.say(200);
    two.say(200);
    tries(&world, 6).await;
}

#[tokio::test]
async fn what_a_webhook_has_not_taken_is_not_lost() {
    let world = World::free().await;
    let mut server = Server::of(&world).await;
    hooked(&world, json!({})).await;
    let start = server.next().await;
    let id = start.id();
    // The reply that gets lost, and the update that never arrives.
    world
        .people
        .fault(Some("webhook"), FaultKind::DropReply, 1)
        .await
        .unwrap();
    start.say(500);
    server.next().await.say(200);
    assert_eq!(tries(&world, 2).await[1].2, "Webhook connection closed");
    world
        .people
        .fault(Some("webhook"), FaultKind::Reset, 1)
        .await
        .unwrap();
    world
        .people
        .post("webhook", &json!({"retry_now": true}))
        .await
        .unwrap();
    tries(&world, 3).await;
    assert!(server.is_quiet());
    // Deleted while one is under way.
    world
        .people
        .post("webhook", &json!({"retry_now": true}))
        .await
        .unwrap();
    let under_way = server.next().await;
    world.ok("deleteWebhook", json!({})).await;
    under_way.say(200);
    let waiting = world.updates().await;
    assert_eq!(waiting[0]["update_id"], id);
    // Set again: what waits is brought, and what is to come once more comes once more.
    hooked(&world, json!({})).await;
    server.next().await.say(200);
    tries(&world, 4).await;
    world.people.redeliver(&[id, id]).await.unwrap();
    let again = server.next().await;
    assert_eq!(again.id(), id);
    again.say(200);
    tries(&world, 5).await;
    assert_eq!(world.people.updates().await.unwrap()["again"], 0);
    // Nothing is brought to a host that nobody stands for.
    world
        .ok(
            "setWebhook",
            json!({"url": "https://elsewhere.example.org"}),
        )
        .await;
    says(&world, SOK, "unheard").await;
    world.ok("getMe", json!({})).await;
    assert!(server.is_quiet());
    let info = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["pending_update_count"], 1);
}

#[tokio::test]
async fn rows_47_48_where_a_webhook_can_be() {
    let world = World::free().await;
    let refused = |url: &str| (48, "setWebhook", json!({"url": url}));
    let ports = "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443";
    for ((row, method, params), description) in [
        (
            refused("http://a.org"),
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            refused("ftp://a.org"),
            "Bad Request: invalid webhook URL specified",
        ),
        (
            refused("https://"),
            "Bad Request: invalid webhook URL specified",
        ),
        (
            refused("https://a b"),
            "Bad Request: invalid webhook URL specified",
        ),
        (refused("https://a.org:8080"), ports),
        (
            refused("https://127.0.0.1/x"),
            "Bad Request: bad webhook: IP address 127.0.0.1 is reserved",
        ),
        (
            refused("https://[::1]/x"),
            "Bad Request: bad webhook: IPv6-only addresses are not allowed",
        ),
    ] {
        world
            .refused(&[(row, method, params, 400, description)])
            .await;
    }
    for url in [
        "https://a.org:443/x",
        "a.org",
        "https://a.org:88",
        "https://a.org:80/",
        "https://203.0.113.7:8443",
    ] {
        world.ok("setWebhook", json!({"url": url})).await;
    }
    // One that is refused has taken the place of the old one.
    world
        .refused(&[(
            48,
            "setWebhook",
            json!({"url": "https://a.org:8080"}),
            400,
            ports,
        )])
        .await;
    assert_eq!(world.ok("getWebhookInfo", json!({})).await["url"], "");
    assert!(
        world
            .people
            .post(
                "webhook",
                &json!({"host": "a.org", "address": "10.0.0.1:80"})
            )
            .await
            .is_err()
    );
}

#[tokio::test]
async fn row_50_twice_within_a_second_is_too_often() {
    let world = World::new(Limits::Strict).await;
    world.ok("setWebhook", json!({"url": HOOK})).await;
    let too_often = "Too Many Requests: retry after 1";
    world
        .refused(&[(50, "setWebhook", json!({"url": HOOK}), 429, too_often)])
        .await;
    world.people.time(Duration::from_secs(1)).await.unwrap();
    world.ok("setWebhook", json!({"url": HOOK})).await;
}
