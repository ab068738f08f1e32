//! Bad luck on every path: Telegram's refusals and silences, updates that come again, and what nobody can read.

use std::time::Duration;

use samleng::dialogue::Person;
use samleng::emulator::FaultKind;
use samleng::emulator::client::Call;
use serde_json::{Value, json};

use super::support::{BotProcess, Phone, Site, Way, concerns, number_of};

/// The calls to a chat by one method.
async fn calls_to(site: &Site, method: &str, chat: i64) -> Vec<Call> {
    let calls = site.people.calls_of(method, 0, Duration::ZERO).await;
    let calls = calls.unwrap().calls.into_iter();
    calls.filter(|call| call.chat_id == Some(chat)).collect()
}

#[tokio::test]
async fn an_order_to_wait_is_obeyed_and_holds_up_nobody_else() {
    let site = Site::new().await;
    let fault = json!({"method": "sendMessage", "kind": "429", "retry_after": 2, "chat_id": 11});
    site.people.post("fault", &fault).await.unwrap();
    let bot = site.run().await;
    let mut waiting = site.phone(11, "en").await;
    waiting.start(None).await;
    waiting.client.send_text(11, "hello?").await.unwrap();
    let mut other = site.phone(12, "en").await;
    other.start(None).await;
    other.submit().await;
    waiting.submit().await;
    let calls = calls_to(&site, "sendMessage", 11).await;
    assert_eq!(calls[0].error["error_code"], 429);
    assert!(calls[1].ok, "the next one comes when it may");
    assert!(calls[1].at_ms - calls[0].at_ms >= 2_000, "and not before");
    bot.stop().await;
}

/// A conversation in which each call of a kind that the person causes meets this once, then again later.
async fn conversation_under(way: Way, kind: FaultKind, methods: &'static [&'static str]) {
    let site = Site::by(way).await;
    let bot = site.run().await;
    let mut phone = site.phone(21, "en").await;
    for method in methods {
        site.people.fault(Some(method), kind, 2).await.unwrap();
    }
    phone.start(None).await;
    phone.until_question(4).await;
    for method in methods {
        site.people.fault(Some(method), kind, 1).await.unwrap();
    }
    let receipt = phone.submit().await;
    let digest = site.digest().await;
    assert_eq!(concerns(&digest).len(), 1, "{kind:?} on {methods:?}");
    assert!(concerns(&digest).contains_key(&receipt));
    // What was done, or may be taken as done, is not done again.
    let chat = phone.chat(0).await;
    let mut numbers: Vec<u32> = chat.messages.iter().filter_map(number_of).collect();
    let shown = numbers.len();
    numbers.dedup();
    if kind != FaultKind::DropReply {
        assert_eq!(numbers.len(), shown, "a screen was sent twice: {kind:?}");
    }
    site.people.clear_faults().await.unwrap();
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_ends_well_whatever_calls_meet() {
    use FaultKind::{BadGateway, BadJson, DropReply, Html, Internal, Reset, TooMany};
    const SENDS: &[&str] = &["sendMessage", "editMessageText"];
    const SMALL: &[&str] = &["answerCallbackQuery", "editMessageReplyMarkup"];
    const POLLS: &[&str] = &["getUpdates"];
    const BRINGS: &[&str] = &["webhook"];
    let mut all = Vec::new();
    for kind in [TooMany, Internal, BadGateway, Reset, DropReply, BadJson] {
        for methods in [SENDS, SMALL, POLLS] {
            all.push(tokio::spawn(conversation_under(
                Way::Polling,
                kind,
                methods,
            )));
        }
    }
    for kind in [Reset, DropReply] {
        all.push(tokio::spawn(conversation_under(Way::Webhook, kind, BRINGS)));
    }
    for methods in [SMALL, POLLS] {
        all.push(tokio::spawn(conversation_under(
            Way::Polling,
            Html,
            methods,
        )));
    }
    for one in all {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_hangs_holds_up_only_its_own_chat() {
    let site = Site::new().await;
    let bot = site.run().await;
    let fault = json!({"method": "sendMessage", "kind": "hang", "chat_id": 31, "count": -1});
    site.people.post("fault", &fault).await.unwrap();
    let mut waiting = site.phone(31, "en").await;
    waiting.start(None).await;
    let mut other = site.phone(32, "en").await;
    other.start(None).await;
    other.submit().await;
    site.people.clear_faults().await.unwrap();
    waiting.submit().await;
    bot.stop().await;
}

#[tokio::test]
async fn whoever_blocks_the_bot_is_left_alone_until_they_come_back() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut leaving = site.phone(41, "en").await;
    leaving.start(None).await;
    leaving.until_question(3).await;
    let mut other = site.phone(42, "en").await;
    other.start(None).await;
    bot.stop().await;

    // Three answers wait for somebody who is gone by the time they could be sent.
    for text in ["a title", "a story", "more of it"] {
        leaving.client.send_text(41, text).await.unwrap();
    }
    leaving.client.block(41, true).await.unwrap();
    let before = calls_to(&site, "sendMessage", 41).await.len();
    let bot = site.run().await;
    other.submit().await;
    site.until_confirmed().await;
    site.digest().await;
    bot.stop().await;
    let refused = calls_to(&site, "sendMessage", 41).await.split_off(before);
    assert_eq!(refused.len(), 1, "the first refusal drops the rest");
    assert_eq!(refused[0].error["error_code"], 403);
    let people: Vec<Person> = site.store().all().unwrap();
    let unreachable = |chat| {
        people
            .iter()
            .find(|p| p.chat.0 == chat)
            .unwrap()
            .unreachable
    };
    assert!(unreachable(41) && !unreachable(42));

    // What they had answered is there when they are back.
    let bot = site.run().await;
    leaving.client.block(41, false).await.unwrap();
    leaving.client.send_text(41, "/menu").await.unwrap();
    leaving.until("continue").await;
    leaving.submit().await;
    let digest = site.digest().await;
    let title = |concern: &Value| concern["title"] == json!("a title");
    assert!(concerns(&digest).values().any(title));
    bot.stop().await;
}

#[tokio::test]
async fn a_press_that_expired_and_a_message_that_is_gone_stop_nobody() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = site.phone(51, "en").await;
    phone.start(None).await;
    let screen = phone.until("agree").await;
    bot.stop().await;
    phone.act(&screen).await;
    site.people.expire_all().await.unwrap();
    let bot = site.run().await;
    let screen = phone.until_question(1).await;
    let refused = site
        .people
        .calls_of("answerCallbackQuery", 0, Duration::ZERO);
    let refused = refused.await.unwrap().calls;
    let refusals = refused.iter().filter(|call| !call.ok).count();
    assert_eq!(refusals, 1, "asked once, and never again");

    // They delete the message with the buttons; their phone still shows it for a moment.
    let gone = json!({"chat": 51, "message_id": screen.message.id});
    site.people.post("delete", &gone).await.unwrap();
    phone.act(&screen).await;
    let next = phone.until_question(2).await;
    assert!(next.message.id > screen.message.id, "it is sent anew");
    phone.submit().await;

    // And one of their own, after they had edited it.
    phone.until_question(3).await;
    let story = {
        let title = phone.screen().await;
        phone.act(&title).await;
        phone.until("done").await
    };
    let told = phone.type_in(&story, "first").await;
    phone.screen().await;
    site.people.edit(51, told, "second").await.unwrap();
    let edited = phone.sees(|chat| {
        let mut ours = chat.messages.iter().filter(|m| m.from_bot);
        ours.find(|m| m.text.contains("Changed as you edited"))
            .cloned()
    });
    edited.await;
    let gone = json!({"chat": 51, "message_id": told});
    site.people.post("delete", &gone).await.unwrap();
    let receipt = phone.submit().await;
    let digest = site.digest().await;
    let concern = &concerns(&digest)[&receipt];
    assert_eq!(concern["story"][0]["text"], "second");
    bot.stop().await;
}

/// What Telegram refuses for good is not sent again by itself. But the bot knows that the screen never came: who presses once more what
/// they still see is shown it, and not told that they have pressed already.
#[tokio::test]
async fn a_screen_that_telegram_refuses_is_shown_at_the_next_press() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = site.phone(55, "en").await;
    phone.start(None).await;
    let menu = phone.until("new").await;
    let why = "Bad Request: can't parse entities: unexpected end of string";
    let refused = site.people.refuse("editMessageText", 400, why, 1).await;
    refused.unwrap();
    let after = site.last_call().await;
    phone.act(&menu).await;
    let refused = |call: &Call| call.error["error_code"] == 400;
    site.until_call(after, "editMessageText", refused).await;
    // The writer hears of it a moment later; until then a press is taken for a second tap of the first.
    let mut presses = 0;
    loop {
        let after = site.last_call().await;
        phone.act(&menu).await;
        site.until_call(after, "answerCallbackQuery", |_| true)
            .await;
        site.until_confirmed().await;
        let chat = phone.chat(0).await;
        let ours = chat.messages.iter().filter(|m| m.from_bot);
        if ours.filter_map(number_of).max() > menu.number {
            break;
        }
        presses += 1;
        assert!(
            presses < 50,
            "they are told that they have pressed, and see nothing"
        );
    }
    let question = phone.screen().await;
    assert!(question.message.text.contains("1 of 8"));
    phone.submit().await;
    bot.stop().await;
}

#[tokio::test]
async fn an_update_that_comes_again_has_no_second_effect() {
    comes_again(Way::Polling).await;
}

#[tokio::test]
async fn an_update_that_is_brought_again_has_no_second_effect() {
    comes_again(Way::Webhook).await;
}

async fn comes_again(way: Way) {
    let site = Site::by(way).await;
    let mut bot = site.run().await;
    let mut phone = site.phone(61, "km").await;
    phone.start(None).await;
    phone.submit().await;
    redelivered(&site, &mut bot, &phone).await;

    // As after a week of silence.
    site.people.new_ids(500).await.unwrap();
    phone.submit().await;
    redelivered(&site, &mut bot, &phone).await;
    assert_eq!(phone.receipts().await.len(), 2);

    let done = phone.client.send_text(61, "/menu").await.unwrap();
    assert!(done.update_id.unwrap() < 1_000, "the ids are lower now");
    phone.submit().await;
    assert_eq!(concerns(&site.digest().await).len(), 3);
    bot.stop().await;
}

/// Every update so far comes again, five times, in another order each time, also across a restart: nothing happens.
async fn redelivered(site: &Site, bot: &mut BotProcess, phone: &Phone) {
    site.until_confirmed().await;
    let mut before = site.digest().await;
    let chat = phone.chat(0).await;
    let updates = site.people.updates().await.unwrap();
    let ids = updates["updates"].as_array().unwrap().iter();
    let mut ids: Vec<i64> = ids.map(|u| u["update_id"].as_i64().unwrap()).collect();
    assert!(ids.len() > 15);
    for round in 0..5 {
        // Each round another order, the same in each run.
        let step = [7, 11, 13, 17, 19][round];
        let length = ids.len();
        if !length.is_multiple_of(step) {
            ids = (0..length).map(|at| ids[at * step % length]).collect();
        }
        for id in &ids {
            site.people.redeliver(&[*id]).await.unwrap();
        }
        site.until_confirmed().await;
        if round == 2 {
            bot.terminate();
            assert_eq!(bot.ended().await.code(), Some(0));
            *bot = site.run().await;
        }
    }
    let mut after = site.digest().await;
    before["made_at"].take();
    after["made_at"].take();
    assert_eq!(before, after);
    assert_eq!(phone.chat(0).await.event, chat.event, "nothing was said");
}

/// Sends something at a question and waits for an answer; whether the question is still the same.
async fn at_question(phone: &mut Phone, number: usize, send: Value) {
    let screen = phone.until_question(number).await;
    phone.send(&screen, send.clone()).await;
    let answer = phone.screen().await;
    let same = format!("{number} of 8");
    assert!(
        answer.message.text.contains(&same),
        "{send}: {}",
        answer.message.text
    );
}

#[tokio::test]
async fn what_nobody_can_read_is_answered_and_loses_nothing() {
    what_nobody_can_read(Way::Polling).await;
}

#[tokio::test]
async fn what_nobody_can_read_is_answered_when_it_is_brought() {
    what_nobody_can_read(Way::Webhook).await;
}

async fn what_nobody_can_read(way: Way) {
    let site = Site::by(way).await;
    let bot = site.run().await;
    let mut phone = site.phone(71, "en").await;
    let zero_width = "\u{200b}\u{200c}\u{200d}\u{feff}";
    phone.start(None).await;
    let sticker = json!({"sticker": {"size": 100, "emoji": "🙏"}});
    let poll = json!({"poll": {"question": "yes?", "options": ["yes", "no"]}});
    let place = json!({"location": {"latitude": 11.5, "longitude": 104.9}});
    let contact = json!({"contact": {"phone_number": "+85512000000", "first_name": "Nobody"}});
    let emoji = "🕊".repeat(4096);
    for thing in [
        &sticker,
        &poll,
        &place,
        &contact,
        &json!({"text": zero_width}),
    ] {
        at_question(&mut phone, 3, thing.clone()).await;
    }
    at_question(&mut phone, 3, json!({"text": emoji})).await; // too long for a title
    for unknown in [
        json!({"message": {"message_id": 900, "date": 1, "chat": {"id": 71, "type": "private"}, "hologram": {}}}),
        json!({"hologram_message": {"message_id": 901, "date": 1, "chat": {"id": 71, "type": "private"}}}),
        json!({"hologram_vote": {"id": "x", "from": {"id": 71, "first_name": "Somebody"}}}),
        json!({"message": {"message_id": "no number", "chat": {"id": 71, "type": "private"}, "text": "?"}}),
        json!({"edited_message": {"message_id": 902, "chat": {"id": 71, "type": "private"}, "hologram": {}}}),
        json!({"callback_query": {"id": "9", "from": {"id": 71}, "chat_instance": "1", "game_short_name": "chess"}}),
        json!({"callback_query": {"id": "8", "from": {"id": 71}, "chat_instance": "1", "data": "\u{0}:pick"}}),
    ] {
        let screen = phone.until_question(3).await;
        phone.acted(&screen, false);
        site.people.raw(&unknown).await.unwrap();
        let answer = phone.screen().await;
        assert!(
            answer.message.text.contains("3 of 8"),
            "{unknown}: {}",
            answer.message.text
        );
    }
    // Updates about nobody, and one without anything, leave no trace.
    for nobody in [
        json!({}),
        json!({"hologram": 7}),
        json!({"message": "words"}),
        json!({"poll": null}),
    ] {
        site.people.raw(&nobody).await.unwrap();
    }

    // An entity of a kind that is not known yet belongs to words that are.
    let screen = phone.until_question(3).await;
    phone.acted(&screen, false);
    let text = "<b>unclosed & <i>title";
    let known = json!({"message": {
        "message_id": 903, "date": 1, "chat": {"id": 71, "type": "private"}, "from": {"id": 71},
        "text": text, "entities": [{"type": "hologram", "offset": 0, "length": 3}]
    }});
    site.people.raw(&known).await.unwrap();
    let story = phone.until_question(4).await;
    phone.type_in(&story, &emoji).await;
    let receipt = phone.submit().await;
    let digest = site.digest().await;
    let concern = &concerns(&digest)[&receipt];
    assert_eq!(concern["title"], text);
    assert_eq!(concern["story"][0]["text"], emoji);
    bot.stop().await;
}
