//! The control verb `events`: all of it first, then what changed, joined but never lost; files as a browser opens them; pages
//! beside the emulator, and who may ask.

use axum::Router;
use axum::routing::get;

use super::*;

/// A page that watches.
struct Watcher {
    response: reqwest::Response,
    read: String,
}

impl Watcher {
    async fn of(world: &World) -> Self {
        let url = format!("{}/control/{TOKEN}/events", world.running.url());
        let response = world.http.get(url).send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert_eq!(kind, "text/event-stream");
        Self {
            response,
            read: String::new(),
        }
    }

    /// The next message.
    async fn next(&mut self) -> Value {
        loop {
            if let Some((message, rest)) = self.read.split_once("\n\n") {
                let data = message.strip_prefix("data: ").map(str::to_owned);
                self.read = rest.to_owned();
                if let Some(data) = data {
                    return serde_json::from_str(&data).unwrap();
                }
                continue;
            }
            let chunk = tokio::time::timeout(LONG, self.response.chunk()).await;
            let chunk = chunk.expect("something comes").unwrap();
            let chunk = chunk.expect("the stream goes on");
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next message that has this.
    async fn until(&mut self, name: &str) -> Value {
        loop {
            let news = self.next().await;
            if let Some(value) = news.get(name) {
                return value.clone();
            }
        }
    }
}

#[tokio::test]
async fn the_first_message_holds_everything_and_the_next_only_what_is_new() {
    let world = World::free().await;
    world.say("Hello", json!(null)).await;
    let mut watcher = Watcher::of(&world).await;
    let all = watcher.next().await;
    let chat = format!("chat/{SOK}");
    let event = all[&chat].as_u64().unwrap();
    for name in ["calls", "people", "profile", "faults", "offset_ms", "note"] {
        assert!(all.get(name).is_some(), "{name}: {all}");
    }
    world.say("Again", json!(null)).await;
    let news = watcher.next().await;
    assert_eq!(news[&chat], json!(event + 1));
    assert_eq!(news["calls"], json!(all["calls"].as_u64().unwrap() + 1));
    assert_eq!(news.as_object().unwrap().len(), 2, "{news}");
    // Whoever comes anew hears all of it, as it is now.
    let all = Watcher::of(&world).await.next().await;
    assert_eq!(all[&chat], news[&chat]);
}

#[tokio::test]
async fn everything_that_a_page_shows_is_told() {
    let world = World::free().await;
    let mut watcher = Watcher::of(&world).await;
    let first = watcher.next().await;
    world.people.user(CHAN, "Chan", "en").await.unwrap();
    let people = watcher.until("people").await;
    assert_ne!(people, first["people"]);
    world.people.block(SOK, true).await.unwrap();
    assert_ne!(watcher.until("people").await, people);
    world.people.block(SOK, false).await.unwrap();
    watcher.until("people").await;
    let mut profile = first["profile"].clone();
    for (method, params) in [
        (
            "setMyCommands",
            json!({"commands": [{"command": "help", "description": "Help"}]}),
        ),
        ("deleteMyCommands", json!({})),
        ("setMyDescription", json!({"description": "Who I am"})),
    ] {
        world.ok(method, params).await;
        let now = watcher.until("profile").await;
        assert_ne!(now, profile, "{method}");
        profile = now;
    }
    let typing = json!({"chat_id": SOK, "action": "typing"});
    world.ok("sendChatAction", typing).await;
    let action = watcher.until(&format!("action/{SOK}")).await;
    assert_eq!(action["action"], "typing");
    let fault = json!({"method": "getMe", "kind": "500", "count": 2});
    world.people.post("fault", &fault).await.unwrap();
    let faults = watcher.until("faults").await;
    assert_eq!(
        (&faults[0]["kind"], &faults[0]["count"]),
        (&json!("500"), &json!(2))
    );
    world.call("getMe", json!({})).await;
    assert_eq!(watcher.until("faults").await[0]["count"], json!(1));
    world.people.clear_faults().await.unwrap();
    assert_eq!(watcher.until("faults").await, json!([]));
    world.people.time(Duration::from_secs(60)).await.unwrap();
    assert_eq!(watcher.until("offset_ms").await, json!(60_000));
    let note = json!({"bot": {"is": "running"}});
    world.people.post("note", &note).await.unwrap();
    assert_eq!(watcher.until("note").await, note);
}

#[tokio::test]
async fn the_stream_ends_with_the_emulator() {
    let world = World::free().await;
    let mut watcher = Watcher::of(&world).await;
    watcher.next().await;
    let World { running, .. } = world;
    let (stopped, ended) = tokio::join!(
        tokio::time::timeout(LONG, running.stop()),
        tokio::time::timeout(LONG, watcher.response.chunk())
    );
    stopped.unwrap();
    assert_eq!(ended.unwrap().unwrap(), None);
}

#[tokio::test]
async fn a_browser_shows_only_files_that_cannot_act() {
    let world = World::free().await;
    let text = b"<script>alert(1)</script>".as_slice();
    for (field, name, said, bytes, kind, how) in [
        (
            "document",
            "a.pdf",
            "text/html",
            b"%PDF-1.7\n".as_slice(),
            "application/pdf",
            "inline",
        ),
        (
            "document",
            "a.txt",
            "text/plain",
            text,
            "text/plain; charset=utf-8",
            "inline",
        ),
        (
            "document",
            "a.html",
            "text/html",
            text,
            "application/octet-stream",
            "attachment",
        ),
        (
            "document",
            "a.svg",
            "image/svg+xml",
            b"<svg/>",
            "application/octet-stream",
            "attachment",
        ),
        ("photo", "", "", b"\xff\xd8\xff\xe0", "image/jpeg", "inline"),
        (
            "photo",
            "",
            "",
            text,
            "application/octet-stream",
            "attachment",
        ),
        ("voice", "", "text/plain", b"OggS\0", "audio/ogg", "inline"),
        (
            "voice",
            "",
            "text/plain",
            text,
            "application/octet-stream",
            "attachment",
        ),
    ] {
        let mut file = json!({"content_base64": data_encoding::BASE64.encode(bytes)});
        if !name.is_empty() {
            file["file_name"] = json!(name);
        }
        if !said.is_empty() {
            file["mime_type"] = json!(said);
        }
        let sent = json!({"from": SOK, field: file});
        world.people.send(&sent).await.unwrap();
        let chat = world.people.chat(SOK, 0, Duration::ZERO).await.unwrap();
        let id = &chat.messages.last().unwrap().file().unwrap().file_id;
        let url = format!("{}/control/{TOKEN}/file/{id}", world.running.url());
        let response = world.http.get(url).send().await.unwrap();
        let head = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(head("content-type"), kind, "{field} {name}");
        assert_eq!(head("x-content-type-options"), "nosniff");
        let disposition = head("content-disposition");
        assert!(
            disposition.starts_with(how),
            "{field} {name}: {disposition}"
        );
        assert_eq!(disposition.contains("filename"), !name.is_empty());
        assert_eq!(response.bytes().await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_file_keeps_its_name_whatever_it_is() {
    let world = World::free().await;
    let name = "a\r\nX-Evil: 1\"; កំណត់.pdf";
    let file = json!({"from": SOK, "document": {"size": 3, "file_name": name}});
    world.people.send(&file).await.unwrap();
    let chat = world.people.chat(SOK, 0, Duration::ZERO).await.unwrap();
    let id = &chat.messages.last().unwrap().file().unwrap().file_id;
    let url = format!("{}/control/{TOKEN}/file/{id}", world.running.url());
    let response = world.http.get(url).send().await.unwrap();
    let disposition = response.headers()["content-disposition"].to_str().unwrap();
    let (_, encoded) = disposition.split_once("filename*=UTF-8''").unwrap();
    assert!(
        encoded
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_%".contains(&byte)),
        "{encoded}"
    );
    assert!(response.headers().get("x-evil").is_none());
}

#[tokio::test]
async fn pages_beside_it_are_served_to_this_machine_only() {
    let pages = Router::new().route("/", get(|| async { "a page" }));
    let running = Emulator::start(Config {
        pages,
        ..Config::default()
    })
    .await
    .unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let port = running.addr.port();
    let own = format!("127.0.0.1:{port}");
    for (host, origin, code) in [
        (own.as_str(), None, 200),
        ("localhost", None, 200),
        (own.as_str(), Some(format!("http://{own}")), 200),
        ("evil.example", None, 400),
        ("127.0.0.1.evil.example:80", None, 400),
        (own.as_str(), Some("http://evil.example".to_owned()), 400),
        (own.as_str(), Some("null".to_owned()), 400),
    ] {
        for path in ["/", "/control/1:a/people"] {
            let mut request = http
                .get(format!("{}{path}", running.url()))
                .header("host", host);
            if let Some(origin) = &origin {
                request = request.header("origin", origin);
            }
            let status = request.send().await.unwrap().status();
            assert_eq!(status, code, "{path} {host} {origin:?}");
        }
    }
    // What the pages have no route for is the emulator's.
    let other = http.get(format!("{}/nowhere", running.url())).send().await;
    let answer: Value = other.unwrap().json().await.unwrap();
    assert_eq!(answer["error_code"], 404);
}
