//! Which methods there are, and where each is done.
//!
//! Guarantees that a method is known by its name in any case. Never waits: getUpdates, which does, is served elsewhere.

use serde_json::json;

use super::bot::Bot;
use super::error::ApiError;
use super::messages::Context;
use super::params::Params;
use super::profile::Field;
use super::{callbacks, commands, media, messages, profile, webhook};

/// The methods the emulator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    GetMe,
    GetUpdates,
    SetWebhook,
    DeleteWebhook,
    GetWebhookInfo,
    SendMessage,
    EditMessageText,
    EditMessageReplyMarkup,
    DeleteMessage,
    AnswerCallbackQuery,
    SendChatAction,
    SendDocument,
    SendPhoto,
    SendVoice,
    GetFile,
    SetMyCommands,
    GetMyCommands,
    DeleteMyCommands,
    SetMyName,
    GetMyName,
    SetMyDescription,
    GetMyDescription,
    SetMyShortDescription,
    GetMyShortDescription,
}

impl Method {
    const ALL: &[(&str, Self)] = &[
        ("sendMessage", Self::SendMessage),
        ("getUpdates", Self::GetUpdates),
        ("answerCallbackQuery", Self::AnswerCallbackQuery),
        ("editMessageText", Self::EditMessageText),
        ("editMessageReplyMarkup", Self::EditMessageReplyMarkup),
        ("sendDocument", Self::SendDocument),
        ("sendPhoto", Self::SendPhoto),
        ("sendVoice", Self::SendVoice),
        ("sendChatAction", Self::SendChatAction),
        ("getFile", Self::GetFile),
        ("deleteMessage", Self::DeleteMessage),
        ("getMe", Self::GetMe),
        ("setWebhook", Self::SetWebhook),
        ("deleteWebhook", Self::DeleteWebhook),
        ("getWebhookInfo", Self::GetWebhookInfo),
        ("setMyCommands", Self::SetMyCommands),
        ("getMyCommands", Self::GetMyCommands),
        ("deleteMyCommands", Self::DeleteMyCommands),
        ("setMyName", Self::SetMyName),
        ("getMyName", Self::GetMyName),
        ("setMyDescription", Self::SetMyDescription),
        ("getMyDescription", Self::GetMyDescription),
        ("setMyShortDescription", Self::SetMyShortDescription),
        ("getMyShortDescription", Self::GetMyShortDescription),
    ];

    /// By its name in any case, with the name as the documentation writes it.
    pub(super) fn find(name: &str) -> Option<(&'static str, Self)> {
        Self::ALL
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .copied()
    }
}

/// Calls whose lock is held for the whole work.
pub(super) fn run(
    bot: &mut Bot,
    context: Context,
    method: Method,
    params: &Params,
) -> Result<String, ApiError> {
    match method {
        Method::GetMe => Ok(me(bot)),
        // Waits, so it is served elsewhere.
        Method::GetUpdates => Ok("[]".to_owned()),
        Method::SetWebhook => webhook::set(bot, context, params),
        Method::DeleteWebhook => webhook::delete(bot, params),
        Method::GetWebhookInfo => Ok(webhook::info(bot)),
        Method::SendMessage => messages::send(bot, context, params),
        Method::EditMessageText => messages::edit_text(bot, context, params),
        Method::EditMessageReplyMarkup => messages::edit_markup(bot, context, params),
        Method::DeleteMessage => messages::delete(bot, context, params),
        Method::AnswerCallbackQuery => callbacks::answer(bot, context.now_ms, params),
        Method::SendChatAction => messages::action(bot, context, params),
        Method::SendDocument => media::send_document(bot, context, params),
        Method::SendPhoto => media::send_photo(bot, context, params),
        Method::SendVoice => media::send_voice(bot, context, params),
        Method::GetFile => {
            let id = params.text("file_id");
            bot.files
                .link(id.as_deref(), context.now_ms)
                .map(|file| file.to_string())
        }
        Method::SetMyCommands => commands::set(bot, params),
        Method::GetMyCommands => commands::get(bot, params),
        Method::DeleteMyCommands => commands::delete(bot, params),
        Method::SetMyName => profile::set(bot, params, Field::Name),
        Method::GetMyName => profile::get(bot, params, Field::Name),
        Method::SetMyDescription => profile::set(bot, params, Field::Description),
        Method::GetMyDescription => profile::get(bot, params, Field::Description),
        Method::SetMyShortDescription => profile::set(bot, params, Field::ShortDescription),
        Method::GetMyShortDescription => profile::get(bot, params, Field::ShortDescription),
    }
}

fn me(bot: &Bot) -> String {
    let mut me = bot.user_json();
    me["can_join_groups"] = json!(true);
    me["can_read_all_group_messages"] = json!(!bot.privacy);
    me["supports_inline_queries"] = json!(false);
    me["can_connect_to_business"] = json!(false);
    me["has_main_web_app"] = json!(false);
    me.to_string()
}
