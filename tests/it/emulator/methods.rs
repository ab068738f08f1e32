//! Rows 64, 65, 73 to 78, 31 and 32: tokens, paths, commands, actions, deletions.

use super::*;

#[tokio::test]
async fn rows_64_65_tokens_and_paths() {
    let world = World::free().await;
    let long = format!("1:{}", "a".repeat(79));
    let invalid = "Unauthorized: invalid token specified";
    let cases = [
        (64, "/bot0123:abc/getMe", 401, invalid),
        (64, "/botabc/getMe", 401, invalid),
        (64, &format!("/bot{long}/getMe"), 401, invalid),
        (
            65,
            &format!("/bot{TOKEN}/getYou"),
            404,
            "Not Found: method not found",
        ),
        (65, "/somewhere", 404, "Not Found"),
        (65, &format!("/file/bot{TOKEN}/nothing"), 404, "Not Found"),
    ];
    for (row, path, code, description) in cases {
        let response = world
            .http
            .get(format!("{}{path}", world.running.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), code, "row {row} {path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(
            body,
            json!({"ok": false, "error_code": code, "description": description}),
            "row {row} {path}"
        );
    }
    world
        .people
        .post("bot", &json!({"revoked": true}))
        .await
        .unwrap();
    world
        .refused(&[(64, "getMe", json!({}), 401, "Unauthorized")])
        .await;
}

#[tokio::test]
async fn any_well_formed_token_is_a_bot_of_its_own() {
    let world = World::free().await;
    let me = world.ok("GETME", json!({})).await;
    assert_eq!(
        (&me["id"], &me["is_bot"], &me["username"]),
        (&json!(4242), &json!(true), &json!("emulated_4242_bot"))
    );
    let other = format!("{}/bot77%3Aother", world.running.url());
    let body: Value = world
        .http
        .get(format!("{other}/getMe"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(body["result"]["id"], 77);
    let send = format!("{other}/sendMessage?chat_id={SOK}&text=x");
    let body: Value = world
        .http
        .get(send)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        body["description"], "Bad Request: chat not found",
        "nobody knows that bot"
    );
}

#[tokio::test]
async fn rows_73_to_77_commands() {
    let world = World::free().await;
    let set = "setMyCommands";
    let one = |name: &str, description: &str| json!({"commands": [{"command": name, "description": description}]});
    world.ok(set, one("/start", "Begin")).await;
    let language = |code: &str| json!({"commands": [], "language_code": code});
    let many: Vec<Value> = (0..101)
        .map(|n| json!({"command": format!("c{n}"), "description": "d"}))
        .collect();
    world
        .refused(&[
            (
                73,
                set,
                json!({"commands": many}),
                400,
                "Bad Request: BOT_COMMANDS_TOO_MUCH",
            ),
            (
                74,
                set,
                one("Start", "d"),
                400,
                "Bad Request: BOT_COMMAND_INVALID",
            ),
            (
                74,
                set,
                one("st-art", "d"),
                400,
                "Bad Request: BOT_COMMAND_INVALID",
            ),
            (
                74,
                set,
                one(&"a".repeat(33), "d"),
                400,
                "Bad Request: command length must not exceed 32",
            ),
            (
                74,
                set,
                one("/", "d"),
                400,
                "Bad Request: command must be non-empty",
            ),
            (
                75,
                set,
                one("a", &"ក".repeat(257)),
                400,
                "Bad Request: command description length must not exceed 256",
            ),
            (
                75,
                set,
                one("a", ""),
                400,
                "Bad Request: command description must be non-empty",
            ),
            (
                76,
                set,
                language("khm"),
                400,
                "Bad Request: invalid language code specified",
            ),
            (
                76,
                set,
                language("KM"),
                400,
                "Bad Request: invalid language code specified",
            ),
            (
                77,
                set,
                json!({"commands": [], "scope": {"type": "moon"}}),
                400,
                "Bad Request: can't parse BotCommandScope: Unsupported type specified",
            ),
            (
                78,
                "sendChatAction",
                json!({"chat_id": SOK, "action": "dance"}),
                400,
                "Bad Request: wrong parameter action in request",
            ),
        ])
        .await;
    // Whatever was refused left the old list; duplicates are merged, the last description wins.
    assert_eq!(
        world.ok("getMyCommands", json!({})).await,
        json!([{"command": "start", "description": "Begin"}])
    );
    let twice = json!([{"command": "a", "description": "1"}, {"command": "b", "description": "2"}, {"command": "/a", "description": "3"}]);
    world
        .ok(
            set,
            json!({"commands": twice.to_string(), "language_code": "km"}),
        )
        .await;
    let merged =
        json!([{"command": "a", "description": "3"}, {"command": "b", "description": "2"}]);
    assert_eq!(
        world
            .ok("getMyCommands", json!({"language_code": "km"}))
            .await,
        merged
    );
    world
        .ok("deleteMyCommands", json!({"language_code": "km"}))
        .await;
    assert_eq!(
        world
            .ok("getMyCommands", json!({"language_code": "km"}))
            .await,
        json!([])
    );
    assert_eq!(
        world
            .ok("getMyCommands", json!({"scope": {"type": "default"}}))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn row_78_an_action_shows_for_five_seconds() {
    let world = World::free().await;
    let action = json!({"chat_id": SOK, "action": "upload_document"});
    world.ok("sendChatAction", action).await;
    let shown = async || world.people.chat(SOK, 0, LONG).await.unwrap().action;
    assert_eq!(shown().await.as_deref(), Some("upload_document"));
    world.people.time(Duration::from_secs(5)).await.unwrap();
    assert_eq!(shown().await, None);
}

#[tokio::test]
async fn rows_31_32_deletions_within_reach() {
    let world = World::free().await;
    let delete = "deleteMessage";
    let zero = json!({"chat_id": SOK, "message_id": 0});
    let none = "Bad Request: message identifier is not specified";
    assert_eq!(world.err(400, delete, zero).await, none);
    let say = world.say("x", Value::Null).await;
    let own = json!({"chat_id": SOK, "message_id": say["message_id"]});
    world.people.block(SOK, true).await.unwrap();
    world.ok(delete, own).await;
    let theirs = json!({"chat_id": SOK, "message_id": 1});
    let gone = json!({"from": SOK, "deleted": true});
    world.people.post("block", &gone).await.unwrap();
    let error = world.err(403, delete, theirs).await;
    assert_eq!(error, "Forbidden: user is deactivated");
}
