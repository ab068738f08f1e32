//! Rows 66 to 71: uploads and downloads.

use super::*;

fn form(field: &str, bytes: Vec<u8>) -> Form {
    file_to(SOK, field, bytes)
}

#[tokio::test]
async fn documents_by_part_by_reference_and_by_id() {
    let world = World::free().await;
    let direct = form("document", b"a,b".to_vec())
        .text("caption", "<i>c</i>")
        .text("parse_mode", "HTML");
    let (_, body) = world.upload("SendDocument", direct).await;
    let document = &body["result"]["document"];
    assert_eq!(
        (&document["file_name"], &document["mime_type"]),
        (&json!("list.csv"), &json!("text/csv"))
    );
    assert_eq!(
        (&document["file_size"], &body["result"]["caption"]),
        (&json!(3), &json!("c"))
    );
    assert_eq!(body["result"]["caption_entities"][0]["type"], "italic");
    let referred = form("0123abcd", b"a,b,c".to_vec()).text("document", "attach://0123abcd");
    let (_, body) = world.upload("sendDocument", referred).await;
    let id = body["result"]["document"]["file_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let again = world
        .ok("sendDocument", json!({"chat_id": SOK, "document": id}))
        .await;
    assert_eq!(again["document"], body["result"]["document"]);
    assert_eq!(world.people.file(&id).await.unwrap(), b"a,b,c");
    let seen = world.people.chat(SOK, 0, LONG).await.unwrap();
    assert_eq!(
        seen.messages
            .last()
            .unwrap()
            .document
            .as_ref()
            .unwrap()
            .file_name
            .as_deref(),
        Some("list.csv")
    );
    let calls = world
        .people
        .calls_of("sendDocument", 0, LONG)
        .await
        .unwrap()
        .calls;
    assert_eq!(
        calls[0].params["document"],
        json!({"file_name": "list.csv", "mime_type": "text/csv", "size": 3})
    );
}

#[tokio::test]
async fn rows_66_to_68_uploads_that_are_refused() {
    let world = World::free().await;
    let empty = "Bad Request: file must be non-empty";
    let none = "Bad Request: there is no document in the request";
    let large = 10 * 1024 * 1024 + 1;
    let too_big = format!(
        "Bad Request: file of size {large} bytes is too big for a photo; the maximum size is 10485760 bytes"
    );
    let mut big = png(100, 100);
    big.resize(large, 0);
    let cases = [
        (
            66,
            "sendDocument",
            form("document", vec![1; (50 << 20) + 1]),
            413,
            "Request Entity Too Large",
        ),
        (66, "sendPhoto", form("photo", big), 400, too_big.as_str()),
        (67, "sendDocument", form("document", vec![]), 400, empty),
        (67, "sendPhoto", form("photo", vec![]), 400, empty),
        (67, "sendDocument", form("other", vec![1]), 400, none),
        (
            67,
            "sendDocument",
            form("other", vec![1]).text("document", "attach://missing"),
            400,
            none,
        ),
        (
            68,
            "sendPhoto",
            form("photo", b"text".to_vec()),
            400,
            "Bad Request: IMAGE_PROCESS_FAILED",
        ),
        (
            68,
            "sendPhoto",
            form("photo", png(9000, 1001)),
            400,
            "Bad Request: PHOTO_INVALID_DIMENSIONS",
        ),
        (
            68,
            "sendPhoto",
            form("photo", png(210, 10)),
            400,
            "Bad Request: PHOTO_INVALID_DIMENSIONS",
        ),
    ];
    for (row, method, form, code, description) in cases {
        let (status, body) = world.upload(method, form).await;
        assert_eq!(
            (status, body["description"].as_str()),
            (code, Some(description)),
            "row {row}"
        );
    }
    let huge = form("document", vec![1; 60 << 20]);
    let (status, _) = world.upload("sendDocument", huge).await;
    assert_eq!(status, 413, "and the caller lives to see it");
    let (status, _) = world
        .upload("sendDocument", form("document", vec![1; 50 << 20]))
        .await;
    assert_eq!(status, 200, "fifty MiB pass");
    let (status, body) = world.upload("sendPhoto", form("photo", png(200, 10))).await;
    assert_eq!(
        (status, &body["result"]["photo"][1]["width"]),
        (200, &json!(200))
    );
    let photo = body["result"]["photo"][0]["file_id"].clone();
    world
        .refused(&[
            (
                67,
                "sendPhoto",
                json!({"chat_id": SOK}),
                400,
                "Bad Request: there is no photo in the request",
            ),
            (
                69,
                "sendDocument",
                json!({"chat_id": SOK, "document": "https://a.org/x.pdf"}),
                400,
                "Bad Request: failed to get HTTP URL content",
            ),
            (
                71,
                "sendDocument",
                json!({"chat_id": SOK, "document": photo}),
                400,
                "Bad Request: can't use file of type Photo as Document",
            ),
        ])
        .await;
}

#[tokio::test]
async fn a_photo_comes_in_all_its_sizes() {
    let world = World::free().await;
    let sent = world
        .uploaded("sendPhoto", form("photo", png(2000, 1000)))
        .await;
    let sizes = sent["photo"].as_array().unwrap();
    let measures: Vec<_> = sizes
        .iter()
        .map(|size| (size["width"].as_i64(), size["height"].as_i64()))
        .collect();
    let pixels = |width: i64, height: i64| (Some(width), Some(height));
    assert_eq!(
        measures,
        [
            pixels(90, 45),
            pixels(320, 160),
            pixels(800, 400),
            pixels(2000, 1000)
        ]
    );
    for size in sizes {
        let fields: Vec<_> = size.as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            ["file_id", "file_size", "file_unique_id", "height", "width"]
        );
        let id = &size["file_id"];
        let file = world.ok("getFile", json!({"file_id": id})).await;
        assert_eq!(
            (&file["file_size"], &file["file_unique_id"]),
            (&size["file_size"], &size["file_unique_id"])
        );
        // Any of them stands for the whole.
        let again = json!({"chat_id": SOK, "photo": id});
        assert_eq!(world.ok("sendPhoto", again).await["photo"], sent["photo"]);
    }
    let seen = world.people.chat(SOK, 0, LONG).await.unwrap();
    let message = seen.messages.last().unwrap();
    let file = message.file().unwrap();
    assert_eq!(
        (message.kind.as_str(), file.width, file.height),
        ("photo", Some(2000), Some(1000))
    );
    assert_eq!(
        world.people.file(&file.file_id).await.unwrap(),
        png(2000, 1000)
    );
    // One that is small already has no smaller sizes.
    let small = world
        .uploaded("sendPhoto", form("photo", png(90, 60)))
        .await;
    assert_eq!(small["photo"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_send_leaves_no_file() {
    let world = World::new(Limits::Strict).await;
    for (method, field, bytes) in [
        ("sendDocument", "document", b"a".to_vec()),
        ("sendPhoto", "photo", png(100, 100)),
        ("sendVoice", "voice", speech()),
    ] {
        world.people.time(Duration::from_secs(60)).await.unwrap();
        let mut last = String::new();
        for _ in 0..5 {
            let sent = world.uploaded(method, form(field, bytes.clone())).await;
            let newest = sent[field].as_array().map_or(&sent[field], |sizes| {
                sizes.last().unwrap() // The whole photo is stored after its sizes.
            });
            last = newest["file_id"].as_str().unwrap().to_owned();
        }
        let (status, _) = world.upload(method, form(field, bytes)).await;
        assert_eq!(status, 429, "{method}");
        let (start, number) = last.rsplit_once('f').unwrap();
        let number: u32 = number.parse().unwrap();
        world.people.file(&last).await.unwrap();
        for next in 1..4 {
            let never = format!("{start}f{}", number + next);
            assert!(world.people.file(&never).await.is_err(), "{never}");
        }
    }
}

#[tokio::test]
async fn rows_70_71_downloads() {
    let world = World::free().await;
    let voice = |fields: Value| json!({"from": SOK, "voice": fields});
    let mut ids = Vec::new();
    for fields in [
        json!({"content_base64": "T2dnUw==", "duration": 4}),
        json!({"size": 20 << 20}),
        json!({"size": (20 << 20) + 1}),
    ] {
        let update = world.people.send(&voice(fields)).await.unwrap().update_id;
        let seen = world.people.updates().await.unwrap();
        let last = seen["updates"].as_array().unwrap().last().unwrap();
        assert_eq!(json!(update), last["update_id"]);
        assert_eq!(last["update"]["message"]["voice"]["mime_type"], "audio/ogg");
        ids.push(
            last["update"]["message"]["voice"]["file_id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let get = "getFile";
    world
        .refused(&[
            (
                70,
                get,
                json!({"file_id": ids[2]}),
                400,
                "Bad Request: file is too big",
            ),
            (
                70,
                get,
                json!({"file_id": "nonsense"}),
                400,
                "Bad Request: invalid file_id",
            ),
            (
                70,
                get,
                json!({}),
                400,
                "Bad Request: file_id not specified",
            ),
        ])
        .await;
    let file = world.ok(get, json!({"file_id": ids[0]})).await;
    assert_eq!(file["file_size"], 4);
    let link = format!(
        "{}/file/bot{TOKEN}/{}",
        world.running.url(),
        file["file_path"].as_str().unwrap()
    );
    let bytes = world
        .http
        .get(&link)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(&bytes[..], b"OggS");
    assert_eq!(
        world.ok(get, json!({"file_id": ids[1]})).await["file_size"],
        20 << 20
    );
    // Another bot cannot use the id.
    let other = format!(
        "{}/bot77:other/getFile?file_id={}",
        world.running.url(),
        ids[0]
    );
    let body: Value = world
        .http
        .get(other)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(body["description"], "Bad Request: invalid file_id");
    world.people.time(Duration::from_secs(3601)).await.unwrap();
    assert_eq!(
        world.http.get(&link).send().await.unwrap().status(),
        404,
        "the link is old"
    );
    world
        .people
        .post("expire", &json!({"file_id": ids[0]}))
        .await
        .unwrap();
    let gone = "Bad Request: wrong file_id or the file is temporarily unavailable";
    world
        .refused(&[(70, get, json!({"file_id": ids[0]}), 400, gone)])
        .await;
}
