//! Rows 1 to 12: texts, captions, entities, HTML.

use super::*;

#[tokio::test]
async fn texts_that_are_refused() {
    let world = World::free().await;
    let many = |n: usize| "ក".repeat(n);
    let entities = |entities: Value| json!({"chat_id": SOK, "text": "a😀b", "entities": entities});
    let bold = |offset: i64, length: i64| {
        entities(json!([{"type": "bold", "offset": offset, "length": length}]))
    };
    let send = "sendMessage";
    let empty = "Bad Request: message text is empty";
    let blank = "Bad Request: text must be non-empty";
    let long = "Bad Request: message is too long";
    let tag = |what: &str| format!("Bad Request: can't parse entities: {what}");
    world
        .refused(&[
            (1, send, text(""), 400, empty),
            (1, send, json!({"chat_id": SOK}), 400, empty),
            (1, send, json!({"chat_id": 5, "text": ""}), 400, empty),
            (2, send, text(" \n\u{200b}\t "), 400, blank),
            (2, send, html("<b> </b>"), 400, blank),
            (2, send, text("\u{202e}\r"), 400, blank),
            (3, send, text(&"a".repeat(32_769)), 400, "Bad Request: text is too long"),
            (3, send, json!({"chat_id": 5, "text": "a".repeat(32_769)}), 400, "Bad Request: text is too long"),
            (4, send, text(&many(4097)), 400, long),
            (4, send, text(&"a".repeat(32_768)), 400, long),
            (58, send, json!({"chat_id": 5, "text": many(4097)}), 400, "Bad Request: chat not found"),
            (6, send, bold(5, 1), 400, "Bad Request: entity begins after the end of the text at UTF-16 offset 5"),
            (
                6,
                send,
                bold(1, 4),
                400,
                "Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 5",
            ),
            (6, send, bold(2, 1), 400, "Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 1"),
            (
                6,
                send,
                bold(0, 2),
                400,
                "Bad Request: entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 1",
            ),
            (
                6,
                send,
                entities(json!([{"type": "shiny", "offset": 0, "length": 1}])),
                400,
                "Bad Request: can't parse MessageEntity: Unsupported type specified",
            ),
            (8, send, json!({"chat_id": SOK, "text": "a", "parse_mode": "XML"}), 400, "Bad Request: unsupported parse_mode"),
            (9, send, html("a<div>b</div>"), 400, &tag("Unsupported start tag \"div\" at byte offset 1")),
            (9, send, html("ក<br/>"), 400, &tag("Unsupported start tag \"br/\" at byte offset 3")),
            (10, send, html("<i>x</i><b>a"), 400, &tag("Can't find end tag corresponding to start tag \"b\"")),
            (
                11,
                send,
                html("<b><i>a</b></i>"),
                400,
                &tag("Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""),
            ),
            (12, send, html("a</b>"), 400, &tag("Unexpected end tag at byte offset 1")),
            (12, send, html("1 <b"), 400, &tag("Unclosed start tag at byte offset 2")),
            (12, send, html("<a href=\"x"), 400, &tag("Unclosed start tag at byte offset 0")),
            (12, send, html("<b>a</b"), 400, &tag("Unclosed end tag at byte offset 4")),
            (12, send, html("5 < 6"), 400, &tag("Unsupported start tag \"\" at byte offset 2")),
            (
                12,
                send,
                html("<span>a</span>"),
                400,
                &tag("Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
            ),
            (12, send, html("<a =x>a</a>"), 400, &tag("Empty attribute name in the tag \"a\" at byte offset 0")),
            // A bad tag beats an unknown chat.
            (12, send, json!({"chat_id": 5, "text": "a</b>", "parse_mode": "html"}), 400, &tag("Unexpected end tag at byte offset 1")),
        ])
        .await;
    // Nothing of all this was stored.
    assert_eq!(
        world
            .people
            .chat(SOK, 0, LONG)
            .await
            .unwrap()
            .messages
            .len(),
        1
    );
}

#[tokio::test]
async fn the_longest_text_is_counted_in_code_points_after_trimming() {
    let world = World::free().await;
    // Each letter is two UTF-16 units and four bytes.
    let longest = "😀".repeat(4096);
    let sent = world
        .ok("sendMessage", text(&format!(" \n{longest}\n ")))
        .await;
    assert_eq!(sent["text"], longest);
    let marked = "<b>x</b>".repeat(4096);
    assert_eq!(marked.len(), 32_768);
    let sent = world.ok("sendMessage", html(&marked)).await;
    assert_eq!(sent["text"].as_str().unwrap().len(), 4096);
}

#[tokio::test]
async fn captions_hold_1024_code_points() {
    let world = World::free().await;
    let known = world
        .people
        .send(&json!({"from": SOK, "document": {"size": 5}}))
        .await
        .unwrap();
    let chat = world.people.chat(SOK, 0, LONG).await.unwrap();
    let sent = chat
        .messages
        .iter()
        .find(|message| Some(message.id) == known.message_id)
        .unwrap();
    let file = &sent.document.as_ref().unwrap().file_id;
    let send = |caption: String| json!({"chat_id": SOK, "document": file, "caption": caption});
    let done = world.ok("sendDocument", send("ក".repeat(1024))).await;
    assert_eq!(done["caption"].as_str().unwrap().chars().count(), 1024);
    world
        .refused(&[(
            5,
            "sendDocument",
            send("ក".repeat(1025)),
            400,
            "Bad Request: message caption is too long",
        )])
        .await;
}

#[tokio::test]
async fn row_7_white_space_goes_and_entities_move() {
    let world = World::free().await;
    let sent = world
        .ok("sendMessage", html(" \n <b> ab</b>\r\u{7}c \n"))
        .await;
    assert_eq!(sent["text"], "ab c");
    assert_eq!(
        sent["entities"],
        json!([{"type": "bold", "offset": 0, "length": 2}])
    );
}

#[tokio::test]
async fn row_8_names_of_parse_modes_have_any_case() {
    let world = World::free().await;
    for mode in ["HTML", "html", "Html", "", "none", "None"] {
        world
            .ok(
                "sendMessage",
                json!({"chat_id": SOK, "text": "a", "parse_mode": mode}),
            )
            .await;
    }
    let error = world
        .err(
            400,
            "sendMessage",
            json!({"chat_id": SOK, "text": "a", "parse_mode": "MarkdownV2"}),
        )
        .await;
    assert!(error.contains("only parse_mode HTML"), "{error}");
}

#[tokio::test]
async fn row_9_every_tag_becomes_its_entity() {
    let world = World::free().await;
    let one = |kind: &str| json!([{"type": kind, "offset": 2, "length": 2}]);
    let with = |kind: &str, name: &str, value: &str| json!([{"type": kind, "offset": 2, "length": 2, name: value}]);
    // Each stands behind a letter of two UTF-16 units.
    let cases = [
        ("<b>ab</b>", one("bold")),
        ("<strong>ab</>", one("bold")),
        ("<i>ab</i>", one("italic")),
        ("<EM>ab</EM>", one("italic")),
        ("<s>ab</s>", one("strikethrough")),
        ("<strike>ab</strike>", one("strikethrough")),
        ("<del>ab</del>", one("strikethrough")),
        ("<u>ab</u>", one("underline")),
        ("<ins>ab</ins>", one("underline")),
        ("<tg-spoiler>ab</tg-spoiler>", one("spoiler")),
        ("<span class=\"tg-spoiler\">ab</span>", one("spoiler")),
        ("<code>ab</code>", one("code")),
        ("<pre>ab</pre>", one("pre")),
        (
            "<pre><code class=\"language-rust\">ab</code></pre>",
            with("pre", "language", "rust"),
        ),
        ("<pre><b>ab</b></pre>", one("pre")),
        ("<blockquote>ab</blockquote>", one("blockquote")),
        (
            "<blockquote expandable>ab</blockquote>",
            one("expandable_blockquote"),
        ),
        (
            "<a href=\"https://a.org/?x=1&amp;y=2\">ab</a>",
            with("text_link", "url", "https://a.org/?x=1&y=2"),
        ),
        (
            "<a href='a.org'>ab</a>",
            with("text_link", "url", "http://a.org/"),
        ),
        ("<a href=\"nowhere\">ab</a>", Value::Null),
        (
            "<tg-emoji emoji-id=\"5\">ab</tg-emoji>",
            with("custom_emoji", "custom_emoji_id", "5"),
        ),
        (
            "<b><i>ab</i></b>",
            json!([
                {"type": "bold", "offset": 2, "length": 2},
                {"type": "italic", "offset": 2, "length": 2},
            ]),
        ),
        (
            "<b>a<i>b</i></b>",
            json!([
                {"type": "bold", "offset": 2, "length": 2},
                {"type": "italic", "offset": 3, "length": 1},
            ]),
        ),
        ("<b></b>ab", Value::Null),
    ];
    for (markup, entities) in cases {
        let sent = world.ok("sendMessage", html(&format!("😀{markup}"))).await;
        assert_eq!(
            (&sent["text"], &sent["entities"]),
            (&json!("😀ab"), &entities),
            "{markup}"
        );
    }
    let sent = world
        .ok(
            "sendMessage",
            html("&lt;b&gt; &amp;amp; &quot;x&quot; &#x1F600;&#97; &nbsp; a&b"),
        )
        .await;
    assert_eq!(sent["text"], "<b> &amp; \"x\" 😀a &nbsp; a&b");
    let sent = world
        .ok(
            "sendMessage",
            html(&format!("<a href=\"tg://user?id={SOK}\">him</a>")),
        )
        .await;
    assert_eq!(sent["entities"][0]["user"]["first_name"], "Sok");
}

#[tokio::test]
async fn entities_are_taken_as_given_and_found() {
    let world = World::free().await;
    let entities = json!([{"type": "bold", "offset": 0, "length": 3}, {"type": "url", "offset": 0, "length": 1}]);
    let text = "😀a https://a.org, @samleng #tag (/help@bot)";
    let sent = world
        .ok(
            "sendMessage",
            json!({"chat_id": SOK, "text": text, "entities": entities}),
        )
        .await;
    let kinds: Vec<&str> = sent["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["bold", "url", "mention", "hashtag", "bot_command"]);
    assert_eq!(
        sent["entities"][1],
        json!({"type": "url", "offset": 4, "length": 13})
    );
}
