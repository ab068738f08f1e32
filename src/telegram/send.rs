//! Sending, and what Telegram's answers mean for what was to be sent.

use serde::Deserialize;
use serde::de::IgnoredAny;
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters as _, EditMessageReplyMarkup, EditMessageText,
    EditMessageTextSetters as _, SendChatAction, SendMessage, SendMessageSetters as _,
};
use teloxide::types::{
    CallbackQueryId, ChatAction, ChatId as TelegramChat, InlineKeyboardButton,
    InlineKeyboardMarkup, LinkPreviewOptions, MessageId as TelegramMessage, ParseMode,
};

use super::api::{Api, CallError};
use crate::dialogue::{Body, Button};
use crate::domain::{ChatId, MessageId, SentAs};
use crate::text::Html;

/// How a send ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; with the id of the new message, where there is one and it could be read.
    Sent(Option<MessageId>),
    /// Again after so many seconds.
    RetryAfter(u32),
    /// Again after a while: the network or the server failed.
    Transient(String),
    /// Never again: Telegram refuses it, and says why.
    Refused(String),
    /// Never there: the group has become a supergroup with this id.
    Migrated(i64),
    /// Never again, and nothing else to this chat: the person blocked the bot or is gone.
    Gone,
}

#[derive(Deserialize)]
struct Sent {
    message_id: i32,
}

impl Outcome {
    /// What the end of a call that sends no message means.
    pub fn of(result: Result<(), CallError>) -> Self {
        ignore_id(result.map(|()| IgnoredAny))
    }
}

impl Api {
    /// Sends a message.
    pub async fn send(&self, chat: ChatId, body: &Body) -> Outcome {
        let mut call = SendMessage::new(TelegramChat(chat.0), body.html.as_str())
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview());
        if !body.buttons.is_empty() {
            call = call.reply_markup(keyboard(&body.buttons));
        }
        outcome(self.call::<_, Sent>(&call).await)
    }

    /// Rewrites a message. [`Outcome::Refused`] means that it is not there to be rewritten.
    pub async fn edit(&self, chat: ChatId, message: MessageId, body: &Body) -> Outcome {
        let mut call = EditMessageText::new(
            TelegramChat(chat.0),
            TelegramMessage(message.0),
            body.html.as_str(),
        )
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview());
        if !body.buttons.is_empty() {
            call = call.reply_markup(keyboard(&body.buttons));
        }
        unchanged_is_done(outcome(self.call::<_, Sent>(&call).await))
    }

    /// Takes the buttons off a message.
    pub async fn strip(&self, chat: ChatId, message: MessageId) -> Outcome {
        let call = EditMessageReplyMarkup::new(TelegramChat(chat.0), TelegramMessage(message.0));
        unchanged_is_done(ignore_id(self.call::<_, IgnoredAny>(&call).await))
    }

    /// Answers a press. One that is too old for an answer needs none.
    pub async fn toast(&self, query: &str, text: Option<&str>) -> Outcome {
        let mut call = AnswerCallbackQuery::new(CallbackQueryId(query.to_owned()));
        if let Some(text) = text {
            call = call.text(text);
        }
        ignore_id(self.call::<_, IgnoredAny>(&call).await)
    }

    /// Shows, for five seconds, that a file is on its way. <https://core.telegram.org/bots/api#sendchataction>
    pub async fn uploading(&self, chat: ChatId) {
        let call = SendChatAction::new(TelegramChat(chat.0), ChatAction::UploadDocument);
        // Only a courtesy.
        let _ = self.call::<_, IgnoredAny>(&call).await;
    }

    /// Sends a file.
    pub async fn document(
        &self,
        chat: ChatId,
        name: &str,
        bytes: Vec<u8>,
        buttons: &[Vec<Button>],
    ) -> Outcome {
        let mut fields = attached(chat, "document");
        if let Ok(markup) = serde_json::to_string(&keyboard(buttons))
            && !buttons.is_empty()
        {
            fields.push(("reply_markup", markup));
        }
        let sent = self.upload("SendDocument", fields, name.to_owned(), bytes);
        outcome(sent.await)
    }

    /// Sends a picture with words below it. <https://core.telegram.org/bots/api#sendphoto>
    pub async fn photo(&self, chat: ChatId, png: Vec<u8>, caption: &Html) -> Outcome {
        let mut fields = attached(chat, "photo");
        fields.push(("caption", caption.as_str().to_owned()));
        fields.push(("parse_mode", "HTML".to_owned()));
        let sent = self.upload("SendPhoto", fields, "link.png".to_owned(), png);
        outcome(sent.await)
    }

    /// Sends a file as what it was sent to us. Where Telegram does not take it as that, as a document.
    pub async fn file_of(
        &self,
        chat: ChatId,
        sent_as: SentAs,
        name: &str,
        bytes: Vec<u8>,
    ) -> Outcome {
        let (method, field) = match sent_as {
            SentAs::Voice => ("SendVoice", "voice"),
            SentAs::Photo => ("SendPhoto", "photo"),
            SentAs::Document => return self.document(chat, name, bytes, &[]).await,
        };
        let fields = attached(chat, field);
        let sent = self.upload(method, fields, name.to_owned(), bytes.clone());
        match outcome(sent.await) {
            Outcome::Refused(_) => self.document(chat, name, bytes, &[]).await,
            outcome @ (Outcome::Sent(_)
            | Outcome::RetryAfter(_)
            | Outcome::Transient(_)
            | Outcome::Migrated(_)
            | Outcome::Gone) => outcome,
        }
    }
}

/// The fields of a call that sends a file as this.
fn attached(chat: ChatId, field: &'static str) -> Vec<(&'static str, String)> {
    vec![
        ("chat_id", chat.0.to_string()),
        (field, "attach://file".to_owned()),
    ]
}

/// A preview would make Telegram's servers visit every address that somebody writes.
fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn keyboard(buttons: &[Vec<Button>]) -> InlineKeyboardMarkup {
    let button =
        |button: &Button| InlineKeyboardButton::callback(button.label.clone(), button.data.clone());
    InlineKeyboardMarkup::new(
        buttons
            .iter()
            .map(|row| row.iter().map(button).collect::<Vec<_>>()),
    )
}

fn ignore_id(result: Result<IgnoredAny, CallError>) -> Outcome {
    let mut outcome = outcome(result.map(|_| Sent { message_id: 0 }));
    if let Outcome::Sent(message) = &mut outcome {
        *message = None;
    }
    outcome
}

fn unchanged_is_done(outcome: Outcome) -> Outcome {
    let unchanged =
        matches!(&outcome, Outcome::Refused(why) if why.contains("message is not modified"));
    if unchanged {
        Outcome::Sent(None)
    } else {
        outcome
    }
}

/// What the result of a call means. Texts are those of today's server, which teloxide 0.17 partly does not know.
fn outcome(result: Result<Sent, CallError>) -> Outcome {
    match result {
        Ok(sent) => Outcome::Sent(Some(MessageId(sent.message_id))),
        Err(CallError::Unreadable) => Outcome::Sent(None),
        Err(CallError::RetryAfter(seconds)) => Outcome::RetryAfter(seconds),
        Err(CallError::Transient(why)) => Outcome::Transient(why),
        Err(CallError::Migrated(to)) => Outcome::Migrated(to),
        Err(CallError::Refused { code: 403, .. }) => Outcome::Gone,
        // The token was revoked, or the address is wrong: nothing is wrong with what was to be sent.
        Err(CallError::Refused {
            code: code @ (401 | 404),
            ..
        }) => Outcome::Transient(format!("the server answered {code}")),
        Err(CallError::Refused { description, .. }) => {
            let lower = description.to_ascii_lowercase();
            if lower.contains("chat not found") || lower.contains("user is deactivated") {
                Outcome::Gone
            } else {
                Outcome::Refused(description)
            }
        }
    }
}
