//! Rows 73 to 77: commands, their scopes, and what a person sees of them.

use super::*;

const SET: &str = "setMyCommands";

/// One command called `name`, for a scope and a language.
fn one(name: &str, scope: &Value, language: &str) -> Value {
    let command = json!({"command": name, "description": "d"});
    json!({"commands": [command], "scope": scope, "language_code": language})
}

#[tokio::test]
async fn row_77_scopes_that_are_refused() {
    let world = World::free().await;
    world.people.user(1002, "Chan", "km").await.unwrap();
    let gone = json!({"type": "supergroup", "members": [SOK], "bot": "left"});
    let gone = world.people.group(&gone).await.unwrap();
    let kicked = json!({"members": [SOK], "bot": "kicked"});
    let kicked = world.people.group(&kicked).await.unwrap();
    let old = world
        .people
        .group(&json!({"members": [SOK]}))
        .await
        .unwrap();
    let migrate = json!({"chat": old});
    world.people.post("migrate", &migrate).await.unwrap();
    let group = world
        .people
        .group(&json!({"members": [SOK]}))
        .await
        .unwrap();
    let cases = [
        (
            json!("moon"),
            "can't parse BotCommandScope: BotCommandScope must be an Object",
        ),
        (
            json!({}),
            "can't parse BotCommandScope: Can't find field \"type\"",
        ),
        (
            json!({"type": ["chat"]}),
            "can't parse BotCommandScope: Field \"type\" must be of type String",
        ),
        (
            json!({"type": "moon"}),
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        (
            json!({"type": "chat"}),
            "can't parse BotCommandScope: Can't find field \"chat_id\"",
        ),
        (
            json!({"type": "chat", "chat_id": ""}),
            "can't parse BotCommandScope: Empty chat_id specified",
        ),
        (
            json!({"type": "chat_member", "chat_id": group}),
            "can't parse BotCommandScope: Can't find field \"user_id\"",
        ),
        (
            json!({"type": "chat_member", "chat_id": group, "user_id": -1}),
            "can't parse BotCommandScope: Invalid user_id specified",
        ),
        (
            json!({"type": "chat_member", "chat_id": group, "user_id": 5}),
            "user not found",
        ),
        (json!({"type": "chat", "chat_id": 5}), "chat not found"),
        (json!({"type": "chat", "chat_id": 1002}), "chat not found"),
        (
            json!({"type": "chat_administrators", "chat_id": SOK}),
            "can't use specified scope in private chats",
        ),
        (
            json!({"type": "chat_member", "chat_id": SOK, "user_id": SOK}),
            "can't use specified scope in private chats",
        ),
        (
            json!({"type": "chat", "chat_id": old}),
            "group chat was upgraded to a supergroup chat",
        ),
    ];
    for (scope, error) in cases {
        // As text, as libraries send it: a bare word is a scope only there.
        for method in [SET, "getMyCommands", "deleteMyCommands"] {
            let mut params = one("a", &json!(scope.to_string()), "");
            assert_eq!(
                world.err(400, method, params.clone()).await,
                format!("Bad Request: {error}"),
                "{method} {scope}"
            );
            // The scope is judged before the language.
            params["language_code"] = json!("khm");
            assert_eq!(
                world.err(400, method, params).await,
                format!("Bad Request: {error}")
            );
        }
    }
    let broken = json!({"scope": "{"});
    let not_json = "Bad Request: can't parse BotCommandScope JSON object";
    assert_eq!(world.err(400, "getMyCommands", broken).await, not_json);
    for (chat, error) in [
        (gone, "bot is not a member of the supergroup chat"),
        (kicked, "bot was kicked from the group chat"),
    ] {
        let params = one("a", &json!({"type": "chat", "chat_id": chat}), "");
        assert_eq!(
            world.err(403, SET, params).await,
            format!("Forbidden: {error}")
        );
    }
}

#[tokio::test]
async fn rows_74_75_the_json_of_a_list() {
    let world = World::free().await;
    let commands = |list: Value| json!({"commands": list, "scope": {"type": "moon"}});
    let cases = [
        (json!({}), "expected an Array of BotCommand"),
        (json!("["), "can't parse commands JSON object"),
        (
            json!(["start"]),
            "can't parse BotCommand: expected an Object",
        ),
        (
            json!([{"description": "d"}]),
            "can't parse BotCommand: Can't find field \"command\"",
        ),
        (
            json!([{"command": "a"}]),
            "can't parse BotCommand: Can't find field \"description\"",
        ),
        (
            json!([{"command": "a", "description": []}]),
            "can't parse BotCommand: Field \"description\" must be of type String",
        ),
    ];
    for (list, error) in cases {
        assert_eq!(
            world.err(400, SET, commands(list)).await,
            format!("Bad Request: {error}"),
            "and the list is judged before the scope"
        );
    }
}

/// Names of the commands a person sees in a chat.
async fn sees(world: &World, chat: i64, user: i64) -> Vec<String> {
    let seen = world.people.commands_seen(chat, user).await.unwrap();
    seen.into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn row_77_narrower_shadows_wider() {
    let world = World::free().await;
    world.people.user(1002, "Chan", "en").await.unwrap();
    world.people.user(1003, "Dara", "pt-br").await.unwrap();
    let group = json!({"members": [SOK, 1002], "administrators": [1002]});
    let group = world.people.group(&group).await.unwrap();
    // Widest first; what each step changes for Sok at home, Sok in the group and Chan, an administrator, in the group.
    let chat = |kind: &str, chat: i64| json!({"type": kind, "chat_id": chat});
    let member = json!({"type": "chat_member", "chat_id": group, "user_id": SOK});
    let steps = [
        (json!({"type": "default"}), "", "a a a"),
        (json!({"type": "default"}), "km", "b b a"),
        (json!({"type": "all_private_chats"}), "", "c b a"),
        (json!({"type": "all_group_chats"}), "", "c d d"),
        (json!({"type": "all_chat_administrators"}), "", "c d e"),
        (chat("chat", SOK), "", "f d e"),
        (chat("chat", group), "en", "f d g"),
        (chat("chat", group), "", "f h g"),
        (chat("chat_administrators", group), "", "f h i"),
        (chat("chat", SOK), "km", "j h i"),
        (member, "", "j k i"),
    ];
    let places = [(SOK, SOK), (group, SOK), (group, 1002)];
    let mut was = "- - -".to_owned();
    let look = async || {
        let mut seen = Vec::new();
        for (chat, user) in places {
            let names = sees(&world, chat, user).await;
            seen.push(names.first().cloned().unwrap_or_else(|| "-".to_owned()));
        }
        seen.join(" ")
    };
    assert_eq!(look().await, was);
    let mut history = Vec::new();
    for (step, name) in steps.iter().zip('a'..) {
        let (scope, language, expected) = step;
        world.ok(SET, one(&name.to_string(), scope, language)).await;
        assert_eq!(look().await, *expected, "{scope} {language}");
        // What is set is told for exactly this scope and language.
        let key = json!({"scope": scope, "language_code": language});
        let got = world.ok("getMyCommands", key.clone()).await;
        assert_eq!(got[0]["command"], name.to_string());
        history.push((key, was));
        was = (*expected).to_owned();
    }
    let other = json!({"scope": {"type": "all_group_chats"}, "language_code": "km"});
    assert_eq!(world.ok("getMyCommands", other).await, json!([]));
    // Backwards, by deleting and by setting nothing.
    for (index, (mut key, before)) in history.into_iter().enumerate().rev() {
        if index % 2 == 0 {
            world.ok("deleteMyCommands", key).await;
        } else {
            key["commands"] = json!([]);
            world.ok(SET, key).await;
        }
        assert_eq!(look().await, before, "step {index}");
    }
}

#[tokio::test]
async fn a_language_is_the_first_two_letters_of_the_apps() {
    let world = World::free().await;
    world.people.user(1003, "Dara", "pt-br").await.unwrap();
    world
        .ok(SET, one("ola", &json!({"type": "default"}), "pt"))
        .await;
    assert_eq!(sees(&world, 1003, 1003).await, ["ola"]);
    assert_eq!(sees(&world, SOK, SOK).await, [""; 0]);
    let asked = [("language", "pt".to_owned())];
    let seen = world.people.get(&format!("commands/{SOK}"), &asked).await;
    let seen = seen.unwrap();
    assert_eq!(
        seen,
        json!({
            "commands": [{"command": "ola", "description": "d"}],
            "scope": {"type": "default"},
            "language_code": "pt",
        })
    );
    assert!(
        world.people.commands_seen(SOK, 1003).await.is_err(),
        "nobody looks into another's chat"
    );
}
