//! What people say to the bot, with a canary in every field that an update has.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{canary, choose, offers};
use crate::files::telling_note;
use crate::support::{Phone, Screen, Site, number_of};

/// Fields that a message may have beside what it says, with a canary in each.
pub(super) fn beside() -> Value {
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
async fn meddle(site: &Site, phone: &mut Phone, mut at: Screen, id: i64) -> Screen {
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

/// A conversation with a canary in every field that an update has.
pub(super) async fn talk(site: &Site) -> (Phone, String) {
    let user = json!({"id": 901, "first_name": canary("first"),
        "username": canary("username"), "language_code": "en"});
    site.people.post("user", &user).await.unwrap();
    let mut phone = Phone::new(site.people.clone(), 901, "en");
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
        json!({"voice": {"content_base64": BASE64.encode(&telling_note()), "duration": 3}}),
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
    let affected = phone.until_question(5).await;
    phone.type_in(&affected, &canary("affected")).await;
    let ask = phone.until_question(6).await;
    let ask = meddle(site, &mut phone, ask, 9_400).await;
    phone.type_in(&ask, &canary("ask")).await;
    let receipt = phone.submit().await;
    (phone, receipt)
}

/// Somebody joins for another organisation.
pub(super) async fn join(phone: &mut Phone) {
    phone.start(None).await;
    let consent = phone.until("agree").await;
    phone.act(&consent).await;
    let organisation = phone.screen().await;
    phone.type_in(&organisation, &canary("supporter")).await;
    let next = phone.screen().await;
    // All canaries are close to each other, and to the name in the registry.
    if offers(&next, "none") {
        choose(phone, &next, "none").await;
    }
    phone.until("new").await;
}
