//! Rows 5, 52, 55, 66 to 71 for voice messages that the bot sends.

use super::*;

fn voice(bytes: Vec<u8>) -> Form {
    file_to(SOK, "voice", bytes)
}

#[tokio::test]
async fn voices_by_part_by_reference_and_by_id() {
    let world = World::free().await;
    let direct = voice(speech())
        .text("caption", "<i>c</i>")
        .text("parse_mode", "HTML")
        .text("duration", "7")
        .text("reply_markup", buttons(&["Keep"]).to_string());
    let sent = world.uploaded("SendVoice", direct).await;
    let shown = sent["voice"].as_object().unwrap();
    let fields: Vec<_> = shown.keys().collect();
    assert_eq!(
        fields,
        [
            "duration",
            "file_id",
            "file_size",
            "file_unique_id",
            "mime_type"
        ]
    );
    assert_eq!(
        (&shown["duration"], &shown["mime_type"], &shown["file_size"]),
        (&json!(7), &json!("audio/ogg"), &json!(speech().len()))
    );
    assert_eq!(
        (&sent["caption"], &sent["caption_entities"][0]["type"]),
        (&json!("c"), &json!("italic"))
    );
    assert!(sent["document"].is_null() && sent["audio"].is_null());
    // What a test sees of it.
    let seen = world.people.chat(SOK, 0, LONG).await.unwrap();
    let message = seen.messages.last().unwrap();
    assert_eq!(
        (message.kind.as_str(), message.text.as_str()),
        ("voice", "c")
    );
    let file = message.file().unwrap();
    assert_eq!(Some(file), message.voice.as_ref());
    assert_eq!(
        (file.duration, file.mime_type.as_deref()),
        (Some(7), Some("audio/ogg"))
    );
    assert_eq!(world.people.file(&file.file_id).await.unwrap(), speech());
    world.people.press(SOK, "Keep").await.unwrap();
    let calls = world.people.calls_of("sendVoice", 0, LONG).await.unwrap();
    assert_eq!(
        calls.calls[0].params["voice"]["size"],
        json!(speech().len())
    );
    // By reference; without a duration it is 0, and too long a one is cut.
    for (given, duration) in [(None, 0), (Some("-1"), 0), (Some("90000"), 86_400)] {
        let mut form = file_to(SOK, "0123abcd", speech()).text("voice", "attach://0123abcd");
        if let Some(given) = given {
            form = form.text("duration", given);
        }
        let referred = world.uploaded("sendVoice", form).await;
        assert_eq!(referred["voice"]["duration"], duration);
    }
    // By id it stays what it is, whatever the call says.
    let again = json!({"chat_id": SOK, "voice": shown["file_id"], "duration": 99});
    assert_eq!(world.ok("sendVoice", again).await["voice"], sent["voice"]);
    let link = world
        .ok("getFile", json!({"file_id": shown["file_id"]}))
        .await;
    let path = link["file_path"].as_str().unwrap();
    assert!(
        path.starts_with("voice/") && path.ends_with(".oga"),
        "{path}"
    );
    // What a person said goes back by its id, too.
    let said = json!({"from": SOK, "voice": {"size": 50, "duration": 3}});
    world.people.send(&said).await.unwrap();
    let said = world.newest().await["message"]["voice"].clone();
    let back = json!({"chat_id": SOK, "voice": said["file_id"]});
    assert_eq!(world.ok("sendVoice", back).await["voice"], said);
}

#[tokio::test]
async fn rows_66_to_71_voices_that_are_refused() {
    let world = World::free().await;
    let none = "Bad Request: there is no voice in the request";
    let other = "Bad Request: the emulator takes as a voice only Opus in Ogg, MP3 or M4A";
    let mut long = speech();
    long.resize((50 << 20) + 1, 0);
    let missing = file_to(SOK, "other", speech()).text("voice", "attach://missing");
    let wordy = voice(speech()).text("caption", "ក".repeat(1025));
    let stranger = file_to(77, "voice", speech());
    let cases = [
        (66, voice(long), 413, "Request Entity Too Large"),
        (
            67,
            voice(vec![]),
            400,
            "Bad Request: file must be non-empty",
        ),
        (67, file_to(SOK, "other", speech()), 400, none),
        (67, missing, 400, none),
        (5, wordy, 400, "Bad Request: message caption is too long"),
        (58, stranger, 400, "Bad Request: chat not found"),
        (68, voice(b"words".to_vec()), 400, other),
        (68, voice(b"RIFF\0\0\0\0WAVEfmt ".to_vec()), 400, other),
        (68, voice(ogg(b"\x01vorbis", b"music")), 400, other),
        (68, voice(b"OggS".to_vec()), 400, other),
        (68, voice(png(10, 10)), 400, other),
        (68, voice(b"\0\0\0\x20ftypisom".to_vec()), 400, other),
    ];
    for (row, form, code, description) in cases {
        let (status, body) = world.upload("sendVoice", form).await;
        assert_eq!(
            (status, body["description"].as_str()),
            (code, Some(description)),
            "row {row}"
        );
    }
    // What passes.
    let mut long = speech();
    long.resize(50 << 20, 0);
    world.uploaded("sendVoice", voice(long)).await;
    world
        .uploaded(
            "sendVoice",
            voice(speech()).text("caption", "ក".repeat(1024)),
        )
        .await;
    for (bytes, mime) in [
        (&b"ID3\x04"[..], "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
    ] {
        let sent = world.uploaded("sendVoice", voice(bytes.to_vec())).await;
        assert_eq!(sent["voice"]["mime_type"], mime);
    }
    // An id works only as what it is.
    let said = world.uploaded("sendVoice", voice(speech())).await["voice"]["file_id"].clone();
    let photo = world.uploaded("sendPhoto", file_to(SOK, "photo", png(10, 10)));
    let photo = photo.await["photo"][0]["file_id"].clone();
    let document = world.uploaded("sendDocument", file_to(SOK, "document", speech()));
    let document = document.await["document"]["file_id"].clone();
    let by = |field: &str, id: &Value| {
        let mut params = json!({"chat_id": SOK});
        params[field] = id.clone();
        params
    };
    let unusable =
        |is: &str, wanted: &str| format!("Bad Request: can't use file of type {is} as {wanted}");
    for (method, field, id, error) in [
        ("sendVoice", "voice", &photo, unusable("Photo", "VoiceNote")),
        (
            "sendVoice",
            "voice",
            &document,
            unusable("Document", "VoiceNote"),
        ),
        (
            "sendDocument",
            "document",
            &said,
            unusable("VoiceNote", "Document"),
        ),
        ("sendPhoto", "photo", &said, unusable("VoiceNote", "Photo")),
    ] {
        assert_eq!(world.err(400, method, by(field, id)).await, error);
    }
    world
        .refused(&[
            (67, "sendVoice", json!({"chat_id": SOK}), 400, none),
            (67, "sendVoice", by("voice", &json!("")), 400, none),
            (
                69,
                "sendVoice",
                by("voice", &json!("https://a.org/x.ogg")),
                400,
                "Bad Request: failed to get HTTP URL content",
            ),
            (
                71,
                "sendVoice",
                by("voice", &json!("nonsense")),
                400,
                "Bad Request: wrong remote file identifier specified: Wrong character in the string",
            ),
        ])
        .await;
}

#[tokio::test]
async fn who_takes_no_voices_takes_the_rest() {
    let world = World::free().await;
    let refuses = json!({"id": SOK, "voices": false});
    world.people.post("user", &refuses).await.unwrap();
    let (status, body) = world.upload("sendVoice", voice(speech())).await;
    assert_eq!(
        (status, &body["description"]),
        (400, &json!("Bad Request: VOICE_MESSAGES_FORBIDDEN"))
    );
    let document = file_to(SOK, "document", speech());
    world.uploaded("sendDocument", document).await;
    // In a group nobody is asked.
    let group = world.group("group").await;
    world
        .uploaded("sendVoice", file_to(group, "voice", speech()))
        .await;
    // Naming a person anew changes nothing of it; only they do.
    world.people.user(SOK, "Sok", "km").await.unwrap();
    assert_eq!(world.upload("sendVoice", voice(speech())).await.0, 400);
    let takes = json!({"id": SOK, "voices": true});
    world.people.post("user", &takes).await.unwrap();
    world.uploaded("sendVoice", voice(speech())).await;
}

#[tokio::test]
async fn rows_52_55_57_limits_and_closed_doors() {
    let world = World::new(Limits::Strict).await;
    for _ in 0..5 {
        world.uploaded("sendVoice", voice(speech())).await;
    }
    let (status, body) = world.upload("sendVoice", voice(speech())).await;
    assert_eq!(
        (status, &body["parameters"]["retry_after"]),
        (429, &json!(1))
    );
    world.people.user(CHAN, "Chan", "km").await.unwrap();
    world.people.block(SOK, true).await.unwrap();
    for (chat, error) in [
        (SOK, "Forbidden: bot was blocked by the user"),
        (
            CHAN,
            "Forbidden: bot can't initiate conversation with a user",
        ),
    ] {
        let (status, body) = world
            .upload("sendVoice", file_to(chat, "voice", speech()))
            .await;
        assert_eq!((status, &body["description"]), (403, &json!(error)));
    }
}
