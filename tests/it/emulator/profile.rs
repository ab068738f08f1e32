//! The bot's name, description and short description.

use super::*;

#[tokio::test]
async fn texts_are_kept_by_language() {
    let world = World::free().await;
    for (set, get, field) in [
        ("setMyName", "getMyName", "name"),
        ("setMyDescription", "getMyDescription", "description"),
        (
            "setMyShortDescription",
            "getMyShortDescription",
            "short_description",
        ),
    ] {
        world.ok(set, json!({field: " Plain "})).await;
        let khmer = json!({field: "ខ្មែរ", "language_code": "km"});
        world.ok(set, khmer).await;
        let got = async |code: &str| {
            let got = world.ok(get, json!({"language_code": code})).await;
            assert_eq!(got.as_object().unwrap().len(), 1);
            got[field].as_str().unwrap().to_owned()
        };
        let seen = async |code: &str| world.people.profile(code).await.unwrap()[field].clone();
        assert_eq!(
            (got("").await, got("km").await, got("fr").await),
            ("Plain".to_owned(), "ខ្មែរ".to_owned(), String::new()),
            "exactly the language asked for"
        );
        assert_eq!(
            (seen("km").await, seen("fr").await),
            (json!("ខ្មែរ"), json!("Plain")),
            "an app falls back"
        );
        world.ok(set, json!({"language_code": "km"})).await;
        assert_eq!(
            (got("km").await, seen("km").await),
            (String::new(), json!("Plain"))
        );
    }
    world
        .ok("setMyDescription", json!({"description": ""}))
        .await;
    assert_eq!(world.people.profile("").await.unwrap()["description"], "");
    assert_eq!(world.ok("getMe", json!({})).await["first_name"], "Plain");
}

#[tokio::test]
async fn texts_that_are_too_long() {
    let world = World::free().await;
    for (method, field, most, error) in [
        ("setMyName", "name", 64, "BOT_NAME_TOO_LONG"),
        (
            "setMyDescription",
            "description",
            512,
            "BOT_DESCRIPTION_TOO_LONG",
        ),
        (
            "setMyShortDescription",
            "short_description",
            120,
            "BOT_ABOUT_TOO_LONG",
        ),
    ] {
        let longest = "ក".repeat(most);
        world.ok(method, json!({field: longest})).await;
        let error = format!("Bad Request: {error}");
        // A character beyond the basic plane counts twice: the strictest reading.
        let wide = "ក".repeat(most - 1) + "🙂";
        for text in ["ក".repeat(most + 1), wide] {
            assert_eq!(world.err(400, method, json!({field: text})).await, error);
        }
        assert_eq!(world.people.profile("").await.unwrap()[field], *longest);
        let language = json!({field: "x", "language_code": "khm"});
        let invalid = "Bad Request: invalid language code specified";
        assert_eq!(world.err(400, method, language).await, invalid);
        let get = method.replacen("set", "get", 1);
        let language = json!({"language_code": "K"});
        assert_eq!(world.err(400, &get, language).await, invalid);
    }
    let nameless = world.err(400, "setMyName", json!({})).await;
    assert_eq!(nameless, "Bad Request: BOT_NAME_EMPTY");
}
