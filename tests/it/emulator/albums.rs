//! Albums that people send, links that they open, and pictures that the bot sends back.

use reqwest::multipart::{Form, Part};

use super::*;

#[tokio::test]
async fn an_album_comes_in_one_batch() {
    let world = World::free().await;
    let content = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let items = [
        json!({"photo": {"content_base64": content("one"), "width": 800, "height": 600}, "caption": "All of it"}),
        json!({"photo": {"content_base64": content("two")}}),
        json!({"video": {"size": 5000, "duration": 3}}),
    ];
    // A review is open when the album comes: a press before it and a text after it are in the same batch.
    world.say("Review", buttons(&["Send"])).await;
    world.people.press(SOK, "Send").await.unwrap();
    let sent = world.people.album(SOK, &items).await.unwrap();
    world.people.send_text(SOK, "and this").await.unwrap();
    let updates = world.updates().await;
    assert_eq!(
        updates.len(),
        6,
        "a start, a press, three of an album, a text"
    );
    let album = &updates[2..5];
    for (update, done) in album.iter().zip(&sent) {
        assert_eq!(update["update_id"], json!(done.update_id));
        assert_eq!(update["message"]["message_id"], json!(done.message_id));
        let group = &update["message"]["media_group_id"];
        assert_eq!(*group, album[0]["message"]["media_group_id"]);
        assert!(
            group
                .as_str()
                .unwrap()
                .bytes()
                .all(|byte| byte.is_ascii_digit())
        );
    }
    assert_eq!(album[0]["message"]["caption"], "All of it");
    let sizes = album[0]["message"]["photo"].as_array().unwrap();
    let largest = sizes.last().unwrap();
    assert_eq!(
        (&largest["width"], &largest["file_size"]),
        (&json!(800), &json!(3))
    );
    let file = largest["file_id"].as_str().unwrap();
    assert_eq!(world.people.file(file).await.unwrap(), b"one");
    let other = world.people.album(SOK, &items[..2]).await.unwrap();
    let updates = world.people.updates().await.unwrap();
    let last = updates["updates"].as_array().unwrap().last().unwrap();
    assert_eq!(last["update_id"], json!(other[1].update_id));
    assert_ne!(
        last["update"]["message"]["media_group_id"],
        album[0]["message"]["media_group_id"]
    );
}

#[tokio::test]
async fn albums_that_no_app_sends() {
    let world = World::free().await;
    let photo = || json!({"photo": {}});
    let document = || json!({"document": {}});
    for items in [
        vec![photo()],
        vec![photo(); 11],
        vec![photo(), document()],
        vec![photo(), json!({"text": "x"})],
        vec![photo(), json!({"photo": {}, "from": 5, "spoiler": 1})],
    ] {
        assert!(world.people.album(SOK, &items).await.is_err(), "{items:?}");
    }
    assert_eq!(world.updates().await.len(), 1, "nothing of them was sent");
    let good = vec![document(); 10];
    assert_eq!(world.people.album(SOK, &good).await.unwrap().len(), 10);
}

#[tokio::test]
async fn row_72_links_are_opened() {
    let world = World::free().await;
    let longest = "a-_Z".repeat(16);
    let bot = "emulated_4242_bot";
    let cases = [
        (
            format!("https://t.me/{bot}?start={longest}"),
            format!("/start {longest}"),
        ),
        (
            "https://t.me/EMULATED_4242_bot?x=1&start=a".to_owned(),
            "/start a".to_owned(),
        ),
        (
            format!("tg://resolve?domain={bot}&start=b"),
            "/start b".to_owned(),
        ),
        (format!("t.me/{bot}"), "/start".to_owned()),
        (
            format!("https://t.me/{bot}?start={longest}x"),
            "/start".to_owned(),
        ),
        (
            format!("https://t.me/{bot}?start=a%20b"),
            "/start".to_owned(),
        ),
        (format!("https://t.me/{bot}?start="), "/start".to_owned()),
    ];
    for (link, text) in cases {
        let done = world.people.open_link(SOK, &link).await.unwrap();
        assert_eq!(done.payload_kept, Some(text.len() > 6), "{link}");
        let chat = world.people.chat(SOK, 0, LONG).await.unwrap();
        let message = chat.messages.last().unwrap();
        assert_eq!(message.text, text, "{link}");
        let command = json!([{"type": "bot_command", "offset": 0, "length": 6}]);
        assert_eq!(message.entities, Some(command));
    }
    for link in ["https://t.me/another_bot?start=a", "https://a.org/?start=a"] {
        assert!(world.people.open_link(SOK, link).await.is_err(), "{link}");
    }
}

#[tokio::test]
async fn a_picture_with_caption_and_buttons_comes_back_whole() {
    let world = World::free().await;
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend([640_u32.to_be_bytes(), 480_u32.to_be_bytes()].concat());
    for (method, field) in [("sendPhoto", "photo"), ("sendDocument", "document")] {
        let part = Part::bytes(png.clone()).file_name("map.png");
        let form = Form::new()
            .text("chat_id", SOK.to_string())
            .text("caption", "<b>Map</b>")
            .text("parse_mode", "HTML")
            .text("reply_markup", buttons(&["Keep"]).to_string())
            .part(field, part.mime_str("image/png").unwrap());
        let request = world.http.post(world.url(method)).multipart(form);
        assert_eq!(request.send().await.unwrap().status(), 200);
        let chat = world.people.chat(SOK, 0, LONG).await.unwrap();
        let message = chat.messages.last().unwrap();
        assert_eq!(
            (message.text.as_str(), message.kind.as_str()),
            ("Map", field)
        );
        let file = message
            .photo
            .as_ref()
            .or(message.document.as_ref())
            .unwrap();
        assert_eq!(world.people.file(&file.file_id).await.unwrap(), png);
        world.people.press(SOK, "Keep").await.unwrap();
        // The buttons can be taken away, the words are no text.
        let id = json!({"chat_id": SOK, "message_id": message.id});
        world.ok("editMessageReplyMarkup", id.clone()).await;
        let mut edit = id;
        edit["text"] = json!("x");
        let none = "Bad Request: there is no text in the message to edit";
        assert_eq!(world.err(400, "editMessageText", edit).await, none);
    }
}
