//! Rows 14 to 20: buttons.

use super::*;

fn with(markup: Value) -> Value {
    json!({"chat_id": SOK, "text": "x", "reply_markup": markup})
}

fn grid(rows: usize, per_row: usize, data: &str) -> Value {
    let row: Vec<Value> = (0..per_row)
        .map(|n| json!({"text": n.to_string(), "callback_data": data}))
        .collect();
    json!({"inline_keyboard": vec![row; rows]})
}

#[tokio::test]
async fn keyboards_that_are_refused() {
    let world = World::free().await;
    let send = "sendMessage";
    let one = |button: Value| with(json!({"inline_keyboard": [[button]]}));
    let unallowed = "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
    let arrays = "Bad Request: field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays";
    let long = "Bad Request: reply markup is too long";
    world
        .refused(&[
            (
                14,
                send,
                one(json!({"text": "a", "callback_data": "x".repeat(65)})),
                400,
                "Bad Request: BUTTON_DATA_INVALID",
            ),
            (
                14,
                send,
                one(json!({"text": "a", "callback_data": "ក".repeat(22)})),
                400,
                "Bad Request: BUTTON_DATA_INVALID",
            ),
            (
                14,
                send,
                one(json!({"text": "a", "callback_data": ""})),
                400,
                unallowed,
            ),
            (14, send, one(json!({"text": "a"})), 400, unallowed),
            (
                15,
                send,
                one(json!({"text": " ", "callback_data": "x"})),
                400,
                "Bad Request: inline keyboard button text must be non-empty",
            ),
            (17, send, with(grid(1, 9, "x")), 400, long),
            (17, send, with(grid(13, 8, "x")), 400, long),
            (
                17,
                send,
                with(grid(
                    60,
                    2,
                    "0123456789012345678901234567890123456789012345678901234567890123",
                )),
                400,
                long,
            ),
            (18, send, with(json!({"inline_keyboard": {}})), 400, arrays),
            (
                18,
                send,
                with(json!({"inline_keyboard": [{"text": "a"}]})),
                400,
                arrays,
            ),
            (
                18,
                send,
                with(json!("{")),
                400,
                "Bad Request: can't parse reply keyboard markup JSON object",
            ),
            (
                18,
                send,
                with(json!([])),
                400,
                "Bad Request: object expected as reply markup",
            ),
            (
                20,
                send,
                one(json!({"text": "a", "url": "localhost"})),
                400,
                "Bad Request: inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL",
            ),
            // The JSON is read before the chat is looked up, limits after it.
            (
                18,
                send,
                json!({"chat_id": 5, "text": "x", "reply_markup": "{"}),
                400,
                "Bad Request: can't parse reply keyboard markup JSON object",
            ),
            (
                58,
                send,
                json!({"chat_id": 5, "text": "x", "reply_markup": grid(1, 9, "x")}),
                400,
                "Bad Request: chat not found",
            ),
        ])
        .await;
}

#[tokio::test]
async fn the_largest_keyboards_pass() {
    let world = World::free().await;
    let full = world.ok("sendMessage", with(grid(12, 8, "x"))).await;
    assert_eq!(
        full["reply_markup"]["inline_keyboard"]
            .as_array()
            .unwrap()
            .len(),
        12
    );
    let longest = "x".repeat(64);
    let sent = world.ok("sendMessage", with(buttons(&[&longest]))).await;
    assert_eq!(
        sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"],
        longest
    );
}

#[tokio::test]
async fn row_19_the_first_action_wins() {
    let world = World::free().await;
    let button = json!({"text": "a", "callback_data": "x", "url": "https://a.org", "pay": false});
    let sent = world
        .ok(
            "sendMessage",
            with(json!({"inline_keyboard": [[button], []]})),
        )
        .await;
    assert_eq!(
        sent["reply_markup"],
        json!({"inline_keyboard": [[{"text": "a", "url": "https://a.org"}]]})
    );
}

#[tokio::test]
async fn markup_may_be_sent_as_text() {
    let world = World::free().await;
    let form = [
        ("chat_id", SOK.to_string()),
        ("text", "a b+c".to_owned()),
        ("reply_markup", buttons(&["yes"]).to_string()),
    ];
    let form = form
        .iter()
        .map(|(name, value)| format!("{name}={}", escape(value)))
        .collect::<Vec<_>>()
        .join("&");
    let request = world.http.post(world.url("SENDMESSAGE"));
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.clone());
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["result"]["text"], "a b+c");
    assert_eq!(
        body["result"]["reply_markup"]["inline_keyboard"][0][0]["text"],
        "yes"
    );
    // And the same in a query.
    let body: Value = world
        .http
        .get(format!("{}?{form}", world.url("SendMessage")))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(body["result"]["text"], "a b+c");
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn reply_keyboards_appear_and_go() {
    let world = World::free().await;
    world.say("pick", json!({"keyboard": [["one", {"text": "two"}], [{"text": "me", "request_contact": true}]]})).await;
    let done = world.people.press(SOK, "two").await.unwrap();
    world.people.press(SOK, "me").await.unwrap();
    let chat = world.people.chat(SOK, 0, LONG).await.unwrap();
    let pressed = chat
        .messages
        .iter()
        .find(|message| Some(message.id) == done.message_id)
        .unwrap();
    assert_eq!((pressed.from_bot, pressed.text.as_str()), (false, "two"));
    assert_eq!(chat.messages.last().unwrap().kind, "contact");
    world.say("gone", json!({"remove_keyboard": true})).await;
    let error = world
        .people
        .press(SOK, "two")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("no button is called two"), "{error}");
}
