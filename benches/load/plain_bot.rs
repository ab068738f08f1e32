//! The bot beside which ours is measured: teloxide's dispatcher, nothing kept but how far each person is, in memory.
//!
//! It answers each message by a message with buttons, and each press by an answer to the press and an edit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use teloxide::prelude::*;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup, MessageId};

/// The button that leads on.
pub(crate) const NEXT: &str = "Next";

type Progress = Arc<Mutex<HashMap<ChatId, u32>>>;
type Done = Result<(), teloxide::RequestError>;

/// Answers until it is ended from outside.
pub(crate) async fn run(url: &str, token: &str) -> anyhow::Result<()> {
    let bot = Bot::new(token).set_api_url(url.parse()?);
    let handler = dptree::entry()
        .branch(Update::filter_message().endpoint(on_message))
        .branch(Update::filter_callback_query().endpoint(on_press));
    Dispatcher::builder(bot, handler)
        .dependencies(dptree::deps![Progress::default()])
        .build()
        .dispatch()
        .await;
    Ok(())
}

async fn on_message(bot: Bot, message: Message, progress: Progress) -> Done {
    let chat = message.chat.id;
    bot.send_message(chat, question(chat, &progress))
        .reply_markup(keyboard())
        .await?;
    Ok(())
}

async fn on_press(bot: Bot, query: CallbackQuery, progress: Progress) -> Done {
    bot.answer_callback_query(query.id.clone()).await?;
    if let Some(message) = query.message {
        let (chat, id): (ChatId, MessageId) = (message.chat().id, message.id());
        bot.edit_message_text(chat, id, question(chat, &progress))
            .reply_markup(keyboard())
            .await?;
    }
    Ok(())
}

fn question(chat: ChatId, progress: &Progress) -> String {
    let mut progress = progress.lock().unwrap_or_else(|broken| broken.into_inner());
    let step = progress.entry(chat).or_default();
    *step += 1;
    format!(
        "Question {step} of many\n\nWhat is happening, and where does it happen? Please write as much as you like, or \
         press one of the buttons below."
    )
}

/// Seven buttons and 150 letters: what our bot's screens have on average over a concern.
fn keyboard() -> InlineKeyboardMarkup {
    let button = |label: &'static str| InlineKeyboardButton::callback(label, label);
    let labels = [
        NEXT,
        "Land and housing",
        "Work and migration",
        "Health",
        "Safety",
        "Back",
        "Cancel",
    ];
    InlineKeyboardMarkup::new(labels.chunks(2).map(|row| row.iter().copied().map(button)))
}
