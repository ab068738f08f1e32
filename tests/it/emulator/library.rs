//! teloxide against the emulator: what it sends is understood, and what it gets back it can read.

use teloxide::net::Download;
use teloxide::prelude::*;
use teloxide::types::{
    AllowedUpdate, BotCommand, BotCommandScope, ChatAction, InlineKeyboardButton,
    InlineKeyboardMarkup, InputFile, ParseMode, Recipient, UpdateKind,
};
use teloxide::{ApiError, RequestError};

use super::*;

fn bot(world: &World) -> Bot {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    Bot::with_client(TOKEN, client).set_api_url(world.running.url().parse().unwrap())
}

#[tokio::test]
async fn a_conversation() {
    let world = World::free().await;
    let bot = bot(&world);
    let sok = ChatId(SOK);
    assert_eq!(bot.get_me().await.unwrap().username(), "emulated_4242_bot");
    assert!(bot.get_webhook_info().await.unwrap().url.is_none());
    bot.delete_webhook().await.unwrap();
    bot.set_my_commands([BotCommand::new("start", "Begin")])
        .language_code("km")
        .await
        .unwrap();
    assert_eq!(
        bot.get_my_commands()
            .language_code("km")
            .await
            .unwrap()
            .len(),
        1
    );
    let updates = bot
        .get_updates()
        .timeout(5)
        .allowed_updates([AllowedUpdate::Message, AllowedUpdate::CallbackQuery]);
    let updates = updates.await.unwrap();
    let UpdateKind::Message(start) = &updates[0].kind else {
        panic!("{updates:?}")
    };
    assert_eq!(
        (
            start.text(),
            start.from.as_ref().unwrap().language_code.as_deref()
        ),
        (Some("/start"), Some("km"))
    );

    bot.send_chat_action(sok, ChatAction::Typing).await.unwrap();
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("ទៅ", "go")]]);
    let sent = bot
        .send_message(sok, "<b>បាទ</b>")
        .parse_mode(ParseMode::Html)
        .reply_markup(keyboard)
        .await
        .unwrap();
    assert_eq!(
        (sent.text(), sent.entities().unwrap().len()),
        (Some("បាទ"), 1)
    );
    world.people.press(SOK, "ទៅ").await.unwrap();
    let offset = i32::try_from(updates[0].id.0 + 1).unwrap();
    let updates = bot.get_updates().offset(offset).timeout(5).await.unwrap();
    let UpdateKind::CallbackQuery(query) = &updates[0].kind else {
        panic!("{updates:?}")
    };
    assert_eq!(query.data.as_deref(), Some("go"));
    bot.answer_callback_query(query.id.clone())
        .text("ok")
        .await
        .unwrap();
    let edited = bot.edit_message_text(sok, sent.id, "done").await.unwrap();
    assert_eq!((edited.text(), edited.reply_markup()), (Some("done"), None));
    let same = bot
        .edit_message_text(sok, sent.id, "done")
        .await
        .unwrap_err();
    assert!(
        matches!(same, RequestError::Api(ApiError::MessageNotModified)),
        "{same:?}"
    );
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("b", "b")]]);
    bot.edit_message_reply_markup(sok, sent.id)
        .reply_markup(keyboard)
        .await
        .unwrap();
    bot.delete_message(sok, sent.id).await.unwrap();
}

#[tokio::test]
async fn files_both_ways() {
    let world = World::free().await;
    let bot = bot(&world);
    let file = InputFile::memory("a,b\n").file_name("list.csv");
    let sent = bot
        .send_document(ChatId(SOK), file)
        .caption("list")
        .await
        .unwrap();
    let document = sent.document().unwrap();
    assert_eq!(
        (document.file_name.as_deref(), document.file.size),
        (Some("list.csv"), 4)
    );
    let link = bot.get_file(document.file.id.clone()).await.unwrap();
    let mut bytes = Vec::new();
    bot.download_file(&link.path, &mut bytes).await.unwrap();
    assert_eq!(bytes, b"a,b\n");
    let again = bot
        .send_document(ChatId(SOK), InputFile::file_id(document.file.id.clone()))
        .await
        .unwrap();
    assert_eq!(again.document().unwrap().file.id, document.file.id);
    let photo = InputFile::memory(vec![0xff, 0xd8, 0xff, 0xe0]);
    assert_eq!(
        bot.send_photo(ChatId(SOK), photo)
            .await
            .unwrap()
            .photo()
            .unwrap()
            .len(),
        4
    );
    let voice = InputFile::memory(speech()).file_name("note.ogg");
    let sent = bot.send_voice(ChatId(SOK), voice).duration(7).await;
    let sent = sent.unwrap();
    let voice = sent.voice().unwrap();
    assert_eq!((voice.duration.seconds(), voice.file.size), (7, 53));
    let link = bot.get_file(voice.file.id.clone()).await.unwrap();
    let mut bytes = Vec::new();
    bot.download_file(&link.path, &mut bytes).await.unwrap();
    assert_eq!(bytes, speech());
    let again = InputFile::file_id(voice.file.id.clone());
    let again = bot.send_voice(ChatId(SOK), again).await.unwrap();
    assert_eq!(again.voice(), sent.voice());
}

#[tokio::test]
async fn what_people_send_can_be_read() {
    let world = World::free().await;
    let bot = bot(&world);
    let kinds = [
        json!({"voice": {"size": 5, "duration": 3}}),
        json!({"photo": {"size": 5}, "caption": "c"}),
        json!({"document": {"size": 5}}),
        json!({"video": {"size": 5}}),
        json!({"audio": {"size": 5}}),
        json!({"sticker": {}}),
        json!({"location": {"latitude": 11.5, "longitude": 104.9}}),
        json!({"contact": {"phone_number": "1", "first_name": "A"}}),
        json!({"poll": {"question": "Q", "options": ["a", "b"]}}),
        json!({"text": "see https://a.org #tag @samleng", "forward": true}),
    ];
    for mut fields in kinds.clone() {
        fields["from"] = json!(SOK);
        world.people.send(&fields).await.unwrap();
    }
    world.people.block(SOK, true).await.unwrap();
    world.people.block(SOK, false).await.unwrap();
    let album = [json!({"photo": {}}), json!({"video": {}})];
    world.people.album(SOK, &album).await.unwrap();
    world.people.user(1002, "Chan", "en").await.unwrap();
    let group = json!({"id": -5, "members": [SOK], "bot": "administrator"});
    world.people.group(&group).await.unwrap();
    for members in [vec![SOK, 1002], vec![SOK]] {
        let change = json!({"id": -5, "members": members});
        world.people.group(&change).await.unwrap();
    }
    let updates = bot.get_updates().await.unwrap();
    // A start; blocked and not; an album; the bot and Chan come, told twice and once; Chan goes.
    assert_eq!(updates.len(), 1 + kinds.len() + 2 + 2 + 3 + 1);
    for update in updates {
        if let UpdateKind::Message(message) = &update.kind {
            let read = !matches!(message.kind, teloxide::types::MessageKind::Empty {});
            assert!(read, "{message:?}");
        } else {
            let read = matches!(update.kind, UpdateKind::MyChatMember(_));
            assert!(read, "{update:?}");
        }
    }
}

#[tokio::test]
async fn errors_arrive_as_teloxides_own() {
    let world = World::free().await;
    let bot = bot(&world);
    world.people.block(SOK, true).await.unwrap();
    let error = bot.send_message(ChatId(SOK), "x").await.unwrap_err();
    assert!(
        matches!(error, RequestError::Api(ApiError::BotBlocked)),
        "{error:?}"
    );
    let error = bot.send_message(ChatId(5), "x").await.unwrap_err();
    assert!(
        matches!(error, RequestError::Api(ApiError::ChatNotFound)),
        "{error:?}"
    );
    world
        .people
        .post("fault", &json!({"kind": "429", "retry_after": 3}))
        .await
        .unwrap();
    let error = bot.send_message(ChatId(SOK), "x").await.unwrap_err();
    assert!(
        matches!(error, RequestError::RetryAfter(wait) if wait.seconds() == 3),
        "{error:?}"
    );
    let group = world
        .people
        .post("group", &json!({"title": "G"}))
        .await
        .unwrap()["chat"]["id"]
        .as_i64()
        .unwrap();
    let new = world
        .people
        .post("migrate", &json!({"chat": group}))
        .await
        .unwrap()["chat_id"]
        .as_i64()
        .unwrap();
    let error = bot.send_message(ChatId(group), "x").await.unwrap_err();
    assert!(
        matches!(error, RequestError::MigrateToChatId(ChatId(id)) if id == new),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_the_bot_says_of_itself() {
    let world = World::free().await;
    let bot = bot(&world);
    let scope = BotCommandScope::Chat {
        chat_id: Recipient::Id(ChatId(SOK)),
    };
    let commands = vec![BotCommand::new("help", "What I can do")];
    bot.set_my_commands(commands.clone())
        .scope(scope.clone())
        .language_code("km")
        .await
        .unwrap();
    let got = bot.get_my_commands().scope(scope).language_code("km");
    assert_eq!(got.await.unwrap(), commands);
    assert_eq!(bot.get_my_commands().await.unwrap(), []);
    let seen = world.people.commands_seen(SOK, SOK).await.unwrap();
    assert_eq!(seen, [("help".to_owned(), "What I can do".to_owned())]);
    let long = bot.set_my_description().description("Long").await;
    long.unwrap();
    let short = bot.set_my_short_description().short_description("Short");
    short.language_code("km").await.unwrap();
    bot.set_my_name().name("Name").await.unwrap();
    let got = bot.get_my_description().await.unwrap();
    assert_eq!(got.description, "Long");
    assert_eq!(bot.get_my_name().await.unwrap().name, "Name");
    let got = bot.get_my_short_description().await.unwrap();
    assert_eq!(got.short_description, "");
    assert_eq!(
        world.people.profile("km").await.unwrap(),
        json!({"name": "Name", "description": "Long", "short_description": "Short"})
    );
}
