//! Files that organisers get, by the whole program: those of a concern as they were sealed, and the links by which others join.

use data_encoding::BASE64;
use rqrr::PreparedImage;
use samleng::domain::Role;
use samleng::emulator::client::{Call, Chat, File, Message};
use samleng::files::{Sent, clean};
use samleng::text::Phrases;
use serde_json::{Value, json};

use super::files::{telling_note, telling_photo};
use super::in_memory::{english, forum};
use super::support::{BotProcess, Phone, Site};

const ORGANISER: i64 = 9_002;
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj (What it costs) endobj\n%%EOF\n";

/// A bot and an organiser.
async fn scene() -> (Site, BotProcess, Phone) {
    let site = Site::new().await;
    site.run().await.stop().await; // now there is a store
    site.colleague(ORGANISER, Role::Organiser).await;
    let bot = site.run().await;
    let organiser = Phone::new(site.people.clone(), ORGANISER, "en");
    (site, bot, organiser)
}

/// Presses the button whose label begins like this, on the organiser's screen.
async fn press(organiser: &mut Phone, label: &str) {
    let screen = organiser.screen().await;
    let buttons = screen.message.buttons.iter().flatten();
    let button = buttons
        .map(|button| &button.text)
        .find(|text| text.starts_with(label));
    let Some(button) = button.cloned() else {
        panic!(
            "no button begins with {label}: {:?}",
            screen.message.buttons
        )
    };
    organiser.press(&screen, &button).await;
}

/// The file in the newest message of this kind, once there are so many; and what stands below it.
async fn received(phone: &Phone, kind: &str, count: usize) -> (File, Message) {
    phone
        .sees(|chat| {
            let such: Vec<_> = chat
                .messages
                .iter()
                .filter(|m| m.from_bot && m.kind == kind)
                .collect();
            assert!(such.len() <= count, "there are more than {count}");
            let newest = such.get(count - 1)?;
            Some((newest.file()?.clone(), (*newest).clone()))
        })
        .await
}

/// The name under which the newest call of a method sent its file.
async fn name_in(site: &Site, method: &str) -> String {
    let calls: Vec<Call> = site.until_call(0, method, |_| true).await;
    fn find(value: &Value) -> Option<String> {
        match value {
            Value::Object(fields) => match fields.get("file_name").and_then(Value::as_str) {
                Some(name) => Some(name.to_owned()),
                None => fields.values().find_map(find),
            },
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }
    let params = &calls.last().unwrap().params;
    find(params).unwrap_or_else(|| panic!("no name in {params}"))
}

#[tokio::test]
async fn the_files_of_a_concern_come_as_they_were_sealed() {
    let (site, bot, mut organiser) = scene().await;
    let (note, photo) = (telling_note(), telling_photo());
    let mut member = site.phone(11, "en").await;
    member.start(None).await;
    member.until_question(4).await;
    let file = |kind: &str, bytes: &[u8], mime: &str| json!({kind: {"content_base64": BASE64.encode(bytes), "mime_type": mime, "file_name": "of-nobody.bin"}});
    for fields in [
        file("voice", &note, "audio/ogg"),
        file("photo", &photo, "image/jpeg"),
        file("document", PDF, "application/pdf"),
    ] {
        let story = member.screen().await;
        member.send(&story, fields).await;
    }
    let receipt = member.submit().await;
    let is_here = |line: &Value| {
        line["kind"] == "attachment" && line["record"]["whereabouts"]["here"].is_object()
    };
    site.until_stored(|lines| lines.iter().filter(|line| is_here(line)).count() == 3)
        .await;

    organiser.screen_of_command("/search").await;
    let search = organiser.screen().await;
    organiser.type_in(&search, &receipt).await;
    let table = [
        ("▶", "voice", "sendVoice", Sent::Voice, &note[..], "opus"),
        ("🖼", "photo", "sendPhoto", Sent::Photo, &photo, "jpeg"),
        ("📄", "document", "sendDocument", Sent::Document, PDF, "pdf"),
    ];
    for (label, kind, method, sent, bytes, ending) in table {
        press(&mut organiser, label).await;
        let (file, _) = received(&organiser, kind, 1).await;
        let sealed = clean(bytes, sent).unwrap().bytes;
        assert_eq!(
            site.people.file(&file.file_id).await.unwrap(),
            sealed,
            "{kind}"
        );
        let name = name_in(&site, method).await;
        let begins = format!("{receipt}-{kind}-");
        assert!(
            name.starts_with(&begins) && name.ends_with(ending),
            "{name}"
        );
    }

    // Where Telegram takes no voice it comes as a document.
    let refuses = json!({"id": ORGANISER, "voices": false});
    site.people.post("user", &refuses).await.unwrap();
    press(&mut organiser, "▶").await;
    let (file, _) = received(&organiser, "document", 2).await;
    let sealed = clean(&note, Sent::Voice).unwrap().bytes;
    assert_eq!(site.people.file(&file.file_id).await.unwrap(), sealed);
    let name = file.file_name.unwrap();
    assert!(name.starts_with(&format!("{receipt}-voice-")), "{name}");
    bot.stop().await;
}

/// Presses a button that is called so.
async fn press_called(organiser: &mut Phone, label: fn(&Phrases<'_>) -> String) {
    let forum = forum();
    let label = label(&forum.words.phrases(english()));
    press(organiser, &label).await;
}

#[tokio::test]
async fn the_picture_of_a_link_is_the_link_and_the_link_joins() {
    let (site, bot, mut organiser) = scene().await;
    organiser.screen_of_command("/invite").await;
    press_called(&mut organiser, |p| p.button_make()).await;
    let (file, message) = received(&organiser, "photo", 1).await;
    let bytes = site.people.file(&file.file_id).await.unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut dots).unwrap();
    assert_eq!(
        (info.color_type, info.bit_depth),
        (png::ColorType::Grayscale, png::BitDepth::Eight)
    );
    let width = info.width as usize;
    let dot = |x: usize, y: usize| dots[y * width + x];
    let mut picture = PreparedImage::prepare_from_greyscale(width, info.height as usize, dot);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "one code is in the picture");
    let (_, link) = grids[0].decode().unwrap();
    assert!(link.starts_with("https://t.me/"), "{link}");
    assert!(
        message.text.lines().any(|line| line == link),
        "{}",
        message.text
    );

    let mut member = site.phone(11, "en").await;
    site.people.open_link(11, &link).await.unwrap();
    member.until("new").await;
    // It was for one person.
    let late = site.phone(12, "en").await;
    site.people.open_link(12, &link).await.unwrap();
    let forum = forum();
    let unknown = forum
        .words
        .phrases(english())
        .note_unknown_link()
        .to_plain();
    late.sees(|chat| {
        chat.messages
            .iter()
            .find(|m| m.text.contains(&unknown))
            .map(drop)
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_list_of_links_is_a_harmless_table_and_each_link_joins() {
    let (site, bot, mut organiser) = scene().await;
    let formula = "=HYPERLINK(\"http://127.0.0.1\";\"Look\")";
    let list = format!(
        "number,name_km,name_en,province\n1001,,\"{}\",Pursat\n-1002,,River Fishers,Kampot\n1003,,Weavers,Kandal\n",
        formula.replace('"', "\"\"")
    );
    let path = site.folder.path().join("list.csv");
    std::fs::write(&path, list).unwrap();
    let said = site
        .say(&["import", "registry", path.to_str().unwrap()])
        .await;
    assert_eq!(said.code, Some(0), "{}", said.err);

    organiser.screen_of_command("/invite").await;
    press_called(&mut organiser, |p| p.button_for_list()).await;
    let asked = organiser.screen().await;
    organiser.type_in(&asked, "1001\n-1002\n1003").await;
    press_called(&mut organiser, |p| p.button_make()).await;
    let (file, _) = received(&organiser, "document", 1).await;
    assert!(file.file_name.unwrap().ends_with(".csv"));
    let text = String::from_utf8(site.people.file(&file.file_id).await.unwrap()).unwrap();
    let text = text
        .strip_prefix('\u{feff}')
        .expect("spreadsheets know it by this mark");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(table.headers().unwrap(), vec!["number", "name", "link"]);
    let rows: Vec<[String; 3]> = table.deserialize().map(Result::unwrap).collect();
    let first = format!("'{formula}");
    let names: Vec<_> = rows
        .iter()
        .map(|[number, name, _]| (number.as_str(), name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("1001", first.as_str()),
            ("'-1002", "River Fishers"),
            ("1003", "Weavers")
        ]
    );
    for cell in rows.iter().flatten() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
    for (id, ([_, _, link], name)) in
        (21..).zip(rows.iter().zip([formula, "River Fishers", "Weavers"]))
    {
        let mut member = site.phone(id, "en").await;
        site.people.open_link(id, link).await.unwrap();
        let confirm = member.until("yes").await;
        assert!(
            confirm.message.text.contains(name),
            "{}",
            confirm.message.text
        );
        member.until("new").await;
    }
    bot.stop().await;
}

/// What waits for Telegram is looked at once more when its turn comes.
#[tokio::test]
async fn what_is_withdrawn_while_a_digest_waits_is_in_no_message_of_it() {
    let (site, bot, organiser) = scene().await;
    let mut member = site.phone(11, "en").await;
    member.start(None).await;
    let receipt = member.submit().await;
    let kept = member.submit().await;
    let busy = json!({"method": "sendMessage", "kind": "429", "retry_after": 1, "count": -1, "chat_id": ORGANISER});
    site.people.post("fault", &busy).await.unwrap();
    let after = site.last_call().await;
    site.people.send_text(ORGANISER, "/digest").await.unwrap();
    site.until_call(after, "sendMessage", |call| {
        let text = call.params["text"].as_str().unwrap_or_default();
        call.chat_id == Some(ORGANISER) && text.contains(&receipt)
    })
    .await;
    let said = site.say(&["set", "concern", &receipt, "withdrawn"]).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    site.people
        .post("fault", &json!({"clear": true}))
        .await
        .unwrap();
    let shows = |chat: &Chat| {
        let messages = chat.messages.iter();
        for message in messages.clone() {
            assert!(!message.text.contains(&receipt), "{}", message.text);
        }
        let mut messages = messages.filter(|m| m.text.contains(&kept));
        messages.next().map(|_| ())
    };
    organiser.sees(shows).await;
    bot.stop().await;
    let chat = organiser.chat(0).await;
    let digests = chat.messages.iter().filter(|m| m.text.contains(&kept));
    assert_eq!(digests.count(), 1);
}
