//! Nobody's words, no name and no token in a log at any level, nor readable on the disk; and of what an update
//! holds only what may be kept is kept, even within the sealed records.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use samleng::emulator::FaultKind;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::Kv as _;
use samleng::store::seal::{CHECK_KEY, Sealer};
use samleng::store::sled_kv::SledKv;
use serde_json::{Value, json};

use super::support::{Screen, Site, TOKEN, number_of};

/// Words that are found wherever they are. Each is told apart by its purpose.
fn canary(of: &str) -> String {
    format!("CanaryKookaburra{of}Canary")
}

/// What is kept, sealed, until it is submitted and after.
const KEPT: [&str; 6] = ["organisation", "title", "story", "caption", "edited", "ask"];
/// What must not even be sealed.
const NEVER: [&str; 38] = [
    "first",
    "last",
    "username",
    "filename",
    "forwarder",
    "phone",
    "contact",
    "vcard",
    "question",
    "menu",
    "venue",
    "first-story",
    "signature",
    "command",
    "data",
    "family",
    "tongue",
    "mime",
    "performer",
    "option",
    "explanation",
    "address",
    "quote",
    "replied",
    "elsewhere",
    "address-of-link",
    "mentioned",
    "sticker-set",
    "hidden",
    "channel",
    "via",
    "inline",
    "chosen",
    "instance",
    "thumbnail",
    "title-of-chat",
    "boost",
    "effect",
];

/// Fields that a message may have beside what it says, with a canary in each.
fn beside() -> Value {
    let user = json!({"id": 901, "is_bot": false, "first_name": canary("first"), "last_name": canary("family"),
        "username": canary("username"), "language_code": canary("tongue")});
    let other =
        json!({"id": 78, "is_bot": true, "first_name": canary("via"), "username": canary("via")});
    json!({
        "date": 1,
        "chat": {"id": 901, "type": "private", "first_name": canary("first"), "last_name": canary("family"),
            "username": canary("username"), "title": canary("title-of-chat")},
        "from": user,
        "via_bot": other,
        "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": canary("hidden")},
        "quote": {"text": canary("quote"), "position": 0},
        "reply_to_message": {"message_id": 1, "date": 1, "chat": {"id": 901, "type": "private", "first_name": "x"},
            "text": canary("replied")},
        "external_reply": {"origin": {"type": "channel", "date": 1, "message_id": 1,
            "author_signature": canary("signature"),
            "chat": {"id": -9, "type": "channel", "title": canary("channel"), "username": canary("channel")}},
            "document": {"file_id": "x", "file_unique_id": "x", "file_name": canary("elsewhere")}},
        "entities": [
            {"type": "text_link", "offset": 0, "length": 3, "url": format!("https://{}.example/", canary("address-of-link"))},
            {"type": "text_mention", "offset": 0, "length": 3, "user": {"id": 79, "is_bot": false, "first_name": canary("mentioned")}},
        ],
        "author_signature": canary("signature"),
        "effect_id": canary("effect"),
        "sender_boost_count": 1,
        "sender_tag": canary("boost"),
    })
}

/// What is no answer to anything, wherever it comes; that it is answered shows in a new screen, where there is one.
fn useless() -> Vec<Value> {
    let file = |of: &str| {
        json!({"file_id": canary(of), "file_unique_id": canary(of), "width": 9, "height": 9, "duration": 1,
        "file_name": canary("filename"), "mime_type": canary("mime"), "file_size": 100, "title": canary("performer"),
        "performer": canary("performer"), "thumbnail": {"file_id": canary(of), "file_unique_id": canary(of), "width": 1, "height": 1}})
    };
    let mut sticker = file("thumbnail");
    for (field, value) in [
        ("type", json!("regular")),
        ("is_animated", json!(false)),
        ("is_video", json!(false)),
        ("emoji", json!("🙂")),
        ("set_name", json!(canary("sticker-set"))),
    ] {
        sticker[field] = value;
    }
    let contact = json!({"phone_number": canary("phone"), "first_name": canary("contact"),
        "last_name": canary("contact"), "user_id": 80, "vcard": canary("vcard")});
    let place = json!({"location": {"latitude": 1.0, "longitude": 1.0}, "title": canary("venue"),
        "address": canary("address"), "foursquare_id": canary("address")});
    let option =
        json!({"text": canary("option"), "voter_count": 0, "persistent_id": canary("option")});
    let poll = json!({"id": canary("question"), "question": canary("question"), "options": [option, option],
        "explanation": canary("explanation"), "total_voter_count": 0, "is_closed": false, "is_anonymous": true,
        "type": "regular", "allows_multiple_answers": false});
    vec![
        json!({"sticker": sticker}),
        json!({"contact": contact}),
        json!({"venue": place, "location": place["location"]}),
        json!({"poll": poll}),
        json!({"audio": file("thumbnail")}),
        json!({"video": file("thumbnail"), "caption": canary("menu")}),
        // A document of a kind that is not kept, by what it claims to be.
        json!({"document": file("thumbnail"), "caption": canary("menu")}),
        json!({"text": format!("/{}", canary("command"))}),
    ]
}

/// Sends this as an update, among everything that a message may have beside it.
async fn raw(site: &Site, id: i64, what: &Value) {
    let mut message = beside();
    message["message_id"] = json!(id);
    for (field, value) in what.as_object().unwrap() {
        message[field] = value.clone();
    }
    site.people.raw(&json!({"message": message})).await.unwrap();
}

/// What nobody asked for, in the midst of a conversation; the screen that is there then.
async fn meddle(site: &Site, phone: &mut super::support::Phone, mut at: Screen, id: i64) -> Screen {
    for (id, what) in (id..).zip(useless()) {
        phone.acted(&at, false);
        raw(site, id, &what).await;
        at = phone.screen().await;
    }
    let from = json!({"id": 901, "is_bot": false, "first_name": canary("first")});
    for update in [
        json!({"inline_query": {"id": "1", "from": from, "query": canary("inline"), "offset": canary("inline")}}),
        json!({"chosen_inline_result": {"result_id": canary("chosen"), "from": from, "query": canary("inline")}}),
    ] {
        site.people.raw(&update).await.unwrap();
    }
    let press = json!({"callback_query": {"id": "2", "from": from, "chat_instance": canary("instance"),
        "inline_message_id": canary("inline"), "data": canary("data")}});
    site.people.raw(&press).await.unwrap();
    // Some of these are answered and some are not; whatever comes for this comes last.
    let help = site
        .people
        .send_text(901, "/help")
        .await
        .unwrap()
        .message_id;
    phone
        .sees(|chat| {
            let ours = chat.messages.iter().filter(|m| m.from_bot && !m.deleted);
            let mut after =
                ours.skip_while(|m| Some(m.id) < help || !m.text.contains("How this works"));
            let newest = after.find_map(|m| Some((number_of(m)?, m)))?;
            Some(Screen {
                number: Some(newest.0),
                message: newest.1.clone(),
            })
        })
        .await
}

/// Where one of these stands in some bytes, as it is, in UTF-16 or in any of the shifts of Base64.
pub(crate) fn find(bytes: &[u8], words: &str) -> bool {
    let plain = words.as_bytes().to_vec();
    let wide: Vec<u16> = words.encode_utf16().collect();
    let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let coded = (0..3).map(|shift| {
        let code = BASE64.encode(&[&[0; 2][..shift.min(2)], words.as_bytes()].concat());
        // What neighbours could change is left out.
        code.as_bytes()[4..code.len() - 4].to_vec()
    });
    let mut patterns = [plain, little, big].into_iter().chain(coded);
    patterns.any(|pattern| contains(bytes, &pattern))
}

fn contains(bytes: &[u8], pattern: &[u8]) -> bool {
    let first = pattern[0];
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == first) {
        if rest[at..].starts_with(pattern) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let words = canary("x");
    let wide: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(find(format!("..{words}..").as_bytes(), &words));
    assert!(find(&wide, &words));
    for before in ["", "1", "12", "123"] {
        let code = BASE64.encode(format!("{before}{words}behind").as_bytes());
        assert!(find(code.as_bytes(), &words), "{before}");
    }
    assert!(!find(canary("y").as_bytes(), &words));
}

/// Files of a folder and their bytes; sockets are none.
pub(crate) fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() {
            let path = entry.path().display().to_string();
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

/// Nowhere below the site's folder: the bot's output, the data, the home, the settings.
fn search(site: &Site, also: &[(&str, &str)]) {
    let mut found = BTreeMap::new();
    files(site.folder.path(), &mut found);
    assert!(found.len() > 8, "{:?}", found.keys());
    for (name, text) in also {
        found.insert((*name).to_owned(), text.as_bytes().to_vec());
    }
    let secret = TOKEN.split(':').nth(1).unwrap();
    for (path, bytes) in &found {
        for of in KEPT.iter().chain(&NEVER) {
            assert!(!find(bytes, &canary(of)), "{of} stands in {path}");
        }
        assert!(!find(bytes, secret), "the token stands in {path}");
    }
}

/// A conversation with a canary in every field that an update has.
async fn talk(site: &Site) -> String {
    let user = json!({"id": 901, "first_name": canary("first"),
        "username": canary("username"), "language_code": "en"});
    site.people.post("user", &user).await.unwrap();
    let mut phone = super::support::Phone::new(site.people.clone(), 901, "en");
    phone.start(None).await;
    phone.until("agree").await;
    let consent = phone.screen().await;
    let consent = meddle(site, &mut phone, consent, 9_000).await;
    phone.act(&consent).await;
    let organisation = phone.screen().await;
    // This question has no buttons by which a newer one could be told.
    for (id, what) in (9_100..).zip(useless()) {
        raw(site, id, &what).await;
    }
    site.until_confirmed().await;
    phone.type_in(&organisation, &canary("organisation")).await;

    // At the menu nothing is kept; nor of what is of no use anywhere.
    let menu = phone.until("new").await;
    let origin = |name: &str| {
        let user = json!({"id": 77, "is_bot": false, "first_name": name, "last_name": canary("last"), "username": name});
        json!({"type": "user", "date": 1, "sender_user": user})
    };
    let contact = json!({"phone_number": canary("phone"), "first_name": canary("contact"), "vcard": canary("vcard")});
    let mut at = menu;
    for useless in [
        json!({"text": canary("menu")}),
        json!({"contact": contact}),
        json!({"poll": {"question": canary("question"), "options": ["a", "b"]}}),
        json!({"message": {"venue": {"location": {"latitude": 1.0, "longitude": 1.0}, "title": canary("venue"), "address": "x"}}}),
        json!({"text": format!("/{}", canary("command"))}),
        json!({"text": format!("/start {}", canary("command"))}),
    ] {
        phone.send(&at, useless).await;
        at = phone.screen().await;
    }
    phone.acted(&at, false);
    let data = canary("data");
    phone.client.press_data(901, None, &data).await.unwrap();

    let title = phone.until_question(3).await;
    let title = meddle(site, &mut phone, title, 9_200).await;
    phone.acted(&title, false);
    raw(site, 9_300, &json!({"text": canary("title")})).await;
    let mut story = phone.until_question(4).await;
    let document = json!({"size": 50, "file_name": format!("{}.pdf", canary("filename")), "mime_type": "application/pdf"});
    for part in [
        json!({"text": canary("story"), "forward": origin(&canary("forwarder")), "message": {"author_signature": canary("signature")}}),
        json!({"document": document, "caption": canary("caption")}),
        json!({"voice": {"size": 4000, "duration": 3}}),
        json!({"photo": {"size": 4000, "width": 90, "height": 60}}),
    ] {
        phone.send(&story, part).await;
        story = phone.screen().await;
    }
    let message = phone.type_in(&story, &canary("first-story")).await;
    let told = phone.screen().await;
    phone.acted(&told, false);
    site.people
        .edit(901, message, &canary("edited"))
        .await
        .unwrap();
    let ask = phone.until_question(6).await;
    let ask = meddle(site, &mut phone, ask, 9_400).await;
    phone.type_in(&ask, &canary("ask")).await;
    phone.submit().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_and_names_are_in_no_log_and_readable_on_no_disk() {
    let mut site = Site::new().await;
    site.env.insert("RUST_LOG".to_owned(), "trace".to_owned());
    let bot = site.run().await;
    for kind in [
        FaultKind::BadJson,
        FaultKind::Internal,
        FaultKind::TooMany,
        FaultKind::Reset,
        FaultKind::Html,
    ] {
        for (method, count) in [
            ("getUpdates", 1),
            ("sendMessage", 1),
            ("editMessageText", 1),
        ] {
            let loses = kind == FaultKind::Html && method != "getUpdates";
            if !loses {
                site.people.fault(Some(method), kind, count).await.unwrap();
            }
        }
    }
    // Presses that cannot be answered: refused with 400.
    let short = json!({"lifetime_seconds": 0});
    site.people.post("expire", &short).await.unwrap();
    let receipt = talk(&site).await;
    let log = bot.err();
    assert!(
        log.contains(" TRACE ") && log.contains("refused for good"),
        "everything is logged"
    );
    search(&site, &[]); // while it runs: also what is in no file yet tomorrow

    let running = site.say(&["digest", "--format", "json"]).await;
    assert!(
        find(running.out.as_bytes(), &canary("story")),
        "whoever may read it does"
    );
    assert!(running.out.contains(&receipt));
    for of in NEVER {
        assert!(
            !find(running.out.as_bytes(), &canary(of)),
            "{of} is in a digest"
        );
    }
    let sent = site.people.calls_after(0, std::time::Duration::ZERO).await;
    let sent = sent
        .unwrap()
        .calls
        .into_iter()
        .filter(|call| call.method != "getUpdates");
    let sent: Vec<String> = sent
        .map(|call| format!("{} {}", call.method, call.params))
        .collect();
    for of in NEVER {
        let found = sent.iter().find(|call| find(call.as_bytes(), &canary(of)));
        assert_eq!(found, None, "{of} was sent");
    }
    bot.stop().await;
    let stopped = site.say(&["digest"]).await;
    assert!(find(stopped.out.as_bytes(), &canary("story")));
    search(
        &site,
        &[
            ("digest while it runs", &running.err),
            ("digest", &stopped.err),
        ],
    );

    // With the key: what may be kept is there, so the search looks in the right place; the rest is nowhere.
    let records = records(&site);
    assert!(records.len() > 5, "{}", records.len());
    let holds = |of: &str| records.iter().any(|record| find(record, &canary(of)));
    for of in KEPT {
        assert!(holds(of), "{of} is kept");
    }
    for of in NEVER {
        assert!(!holds(of), "{of} must not be kept, sealed or not");
    }
}

/// Every record without its seal, with its key.
fn records(site: &Site) -> Vec<Vec<u8>> {
    let master = MasterKey::from_file(&site.key(), &site.data).unwrap();
    let epoch = Epoch::load_or_create(&site.data.join("epoch"), true).unwrap();
    let keys = master.derive(&epoch);
    let sealer = Sealer::new(&keys.seal, &keys.index);
    let store = SledKv::open(&site.data.join("store")).unwrap();
    let pairs = store.range(&[]).unwrap().into_iter();
    pairs
        .filter(|(key, _)| key != CHECK_KEY)
        .map(|(key, sealed)| {
            let (_, plain) = sealer.open(&key, &sealed).unwrap();
            [key, plain].concat()
        })
        .collect()
}
