//! sendMessage, the edits, deleteMessage, sendChatAction.
//!
//! Guarantees the order of checks of the real server: text and markup as JSON, then the chat, then the replied message, then
//! lengths, then send limits. A refused call changes nothing.

use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::chat::{ChatKind, Standing};
use super::entities::{self, Formatted};
use super::error::{ApiError, bad};
use super::limits::Limits;
use super::markup::{self, Markup};
use super::params::Params;

/// Messages can be deleted for this long, in seconds (row 31).
const DELETABLE: i64 = 48 * 3600;

/// A chat action shows for this long, in milliseconds (row 78).
const ACTION_MS: i64 = 5000;

/// What a method needs to know besides the bot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    /// The emulator's clock, in milliseconds.
    pub(super) now_ms: i64,
    /// Whether send limits hold.
    pub(super) limits: Limits,
}

/// What every send carries besides its content.
pub(super) struct Outgoing {
    markup: Markup,
    reply: Option<Reply>,
}

struct Reply {
    message: i64,
    optional: bool,
}

/// Reads markup and reply of a send; before the chat is looked up.
pub(super) fn outgoing(params: &Params) -> Result<Outgoing, ApiError> {
    let reply =
        match params.json("reply_parameters") {
            Some(Ok(Value::Object(fields))) => fields
                .get("message_id")
                .and_then(Value::as_i64)
                .map(|message| Reply {
                    message,
                    optional: fields
                        .get("allow_sending_without_reply")
                        .and_then(Value::as_bool)
                        .unwrap_or(false),
                }),
            Some(Ok(_) | Err(_)) => return Err(bad("Can't parse reply parameters JSON object")),
            None => params
                .int("reply_to_message_id")
                .filter(|id| *id > 0)
                .map(|message| Reply {
                    message,
                    optional: params.flag("allow_sending_without_reply"),
                }),
        };
    Ok(Outgoing {
        markup: markup::read(params)?,
        reply,
    })
}

/// Finds the chat of a send and the replied message; the chat's id.
pub(super) fn target(bot: &mut Bot, params: &Params, out: &mut Outgoing) -> Result<i64, ApiError> {
    let chat_id = bot.find_chat(params.text("chat_id").as_deref())?;
    bot.may_write(chat_id)?;
    if let Some(reply) = &out.reply {
        let there = bot
            .chats
            .get_mut(&chat_id)
            .is_some_and(|chat| chat.message(reply.message).is_some());
        if !there && !reply.optional {
            return Err(bad("message to be replied not found"));
        }
        if !there {
            out.reply = None;
        }
    }
    Ok(chat_id)
}

/// Checks the markup's limits and the send limits, then stores the message; its JSON.
pub(super) fn deliver(
    bot: &mut Bot,
    context: Context,
    chat_id: i64,
    mut body: Map<String, Value>,
    out: Outgoing,
) -> Result<String, ApiError> {
    check_markup(bot, chat_id, &out.markup)?;
    bot.take_send(chat_id, context.limits, context.now_ms)?;
    if let Some(markup) = out.markup.stored() {
        body.insert("reply_markup".to_owned(), markup);
    }
    if let Some(chat) = bot.chats.get_mut(&chat_id) {
        if let Some(replied) = out.reply.and_then(|reply| chat.message(reply.message)) {
            let mut shown = replied.body.clone();
            shown.remove("reply_to_message"); // One level only, as in the real server.
            body.insert("reply_to_message".to_owned(), Value::Object(shown));
        }
        match &out.markup {
            Markup::Keyboard(keyboard) => chat.keyboard = Some(keyboard.clone()),
            Markup::Remove => chat.keyboard = None,
            Markup::None | Markup::Inline(_) | Markup::ForceReply => {}
        }
        chat.action = None;
    }
    let stored = bot
        .post(chat_id, None, body, context.now_ms)
        .ok_or_else(|| bad("chat not found"))?;
    let (id, json) = (stored.id, to_json(&stored.body));
    if !out.markup.editable()
        && let Some(message) = bot
            .chats
            .get_mut(&chat_id)
            .and_then(|chat| chat.message(id))
    {
        message.editable = false;
    }
    Ok(json)
}

fn check_markup(bot: &Bot, chat_id: i64, markup: &Markup) -> Result<(), ApiError> {
    let private = bot
        .chats
        .get(&chat_id)
        .is_some_and(|chat| chat.kind == ChatKind::Private);
    markup.check(private)
}

/// JSON of an object.
pub(super) fn to_json(body: &Map<String, Value>) -> String {
    // A map with text keys always has a JSON form.
    serde_json::to_string(body).unwrap_or_default()
}

/// sendMessage.
pub(super) fn send(bot: &mut Bot, context: Context, params: &Params) -> Result<String, ApiError> {
    let text = entities::read(params, "text", "entities", true)?;
    let mut out = outgoing(params)?;
    let chat_id = target(bot, params, &mut out)?;
    let text = with_names(bot, entities::finish(text)?);
    let mut body = Map::new();
    text.write(&mut body, "text", "entities");
    deliver(bot, context, chat_id, body, out)
}

/// Fills in people that a text mentions by id; an unknown one is no mention.
pub(super) fn with_names(bot: &Bot, mut text: Formatted) -> Formatted {
    text.entities
        .retain_mut(|entity| entity.name_user(|id| bot.users.get(&id).map(|user| user.json())));
    text
}

/// editMessageText.
pub(super) fn edit_text(
    bot: &mut Bot,
    context: Context,
    params: &Params,
) -> Result<String, ApiError> {
    let text = entities::read(params, "text", "entities", true)?;
    let markup = markup::read(params)?;
    let (chat_id, id) = editable(bot, params)?;
    let text = with_names(bot, entities::finish(text)?);
    let was_text = bot
        .chats
        .get_mut(&chat_id)
        .and_then(|chat| chat.message(id))
        .is_some_and(|message| message.body.contains_key("text"));
    if !was_text {
        return Err(bad("there is no text in the message to edit"));
    }
    change(bot, context, chat_id, id, &markup, |body| {
        text.write(body, "text", "entities")
    })
}

/// editMessageReplyMarkup.
pub(super) fn edit_markup(
    bot: &mut Bot,
    context: Context,
    params: &Params,
) -> Result<String, ApiError> {
    let markup = markup::read(params)?;
    let (chat_id, id) = editable(bot, params)?;
    change(bot, context, chat_id, id, &markup, |_| {})
}

/// The message a call may edit (rows 25, 28, 29).
fn editable(bot: &mut Bot, params: &Params) -> Result<(i64, i64), ApiError> {
    let chat_id = bot.find_chat(params.text("chat_id").as_deref())?;
    bot.may_write(chat_id)?;
    let id = message_id(params)?;
    let message = bot
        .chats
        .get_mut(&chat_id)
        .and_then(|chat| chat.message(id));
    let message = message.ok_or_else(|| bad("message to edit not found"))?;
    if !message.from_bot || !message.editable || message.body.contains_key("forward_origin") {
        return Err(bad("message can't be edited"));
    }
    Ok((chat_id, id))
}

fn message_id(params: &Params) -> Result<i64, ApiError> {
    params
        .int("message_id")
        .filter(|id| *id > 0)
        .ok_or_else(|| bad("message identifier is not specified"))
}

/// Applies an edit (rows 26, 27); the message's JSON.
fn change(
    bot: &mut Bot,
    context: Context,
    chat_id: i64,
    id: i64,
    markup: &Markup,
    write: impl FnOnce(&mut Map<String, Value>),
) -> Result<String, ApiError> {
    check_markup(bot, chat_id, markup)?;
    let missing = || bad("message to edit not found");
    let chat = bot.chats.get_mut(&chat_id).ok_or_else(missing)?;
    let message = chat.message(id).ok_or_else(missing)?;
    let mut body = message.body.clone();
    write(&mut body);
    match markup.stored() {
        Some(markup) => body.insert("reply_markup".to_owned(), markup),
        None => body.remove("reply_markup"),
    };
    if body == message.body {
        let same = "specified new message content and reply markup are exactly the same as a current content and reply \
                    markup of the message";
        return Err(bad(format!("message is not modified: {same}")));
    }
    body.insert(
        "edit_date".to_owned(),
        json!(context.now_ms.div_euclid(1000)),
    );
    let json = to_json(&body);
    let event = chat.touch();
    if let Some(message) = chat.message(id) {
        message.body = body;
        message.edits += 1;
        message.event = event;
    }
    Ok(json)
}

/// deleteMessage (rows 28, 31, 32).
pub(super) fn delete(bot: &mut Bot, context: Context, params: &Params) -> Result<String, ApiError> {
    let name = params.text("chat_id");
    if name.as_deref().unwrap_or("").is_empty() {
        return Err(bad("chat identifier is not specified"));
    }
    let id = message_id(params)?;
    let chat_id = bot.find_chat(name.as_deref())?;
    bot.may_reach(chat_id)?;
    let missing = || bad("message to delete not found");
    let chat = bot.chats.get_mut(&chat_id).ok_or_else(missing)?;
    let (kind, standing) = (chat.kind, chat.standing);
    let message = chat.message(id).ok_or_else(missing)?;
    let own = message.from_bot || kind == ChatKind::Private || standing == Standing::Administrator;
    if !own || context.now_ms.div_euclid(1000) - message.date > DELETABLE {
        return Err(bad("message can't be deleted"));
    }
    message.deleted = true;
    let event = chat.touch();
    if let Ok(index) = chat
        .messages
        .binary_search_by_key(&id, |message| message.id)
    {
        chat.messages[index].event = event;
    }
    Ok("true".to_owned())
}

/// sendChatAction (row 78).
pub(super) fn action(bot: &mut Bot, context: Context, params: &Params) -> Result<String, ApiError> {
    const ACTIONS: &[&str] = &[
        "cancel",
        "typing",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "record_audio",
        "upload_audio",
        "upload_photo",
        "upload_document",
        "choose_sticker",
        "find_location",
        "pick_up_location",
        "record_video_note",
        "upload_video_note",
    ];
    let action = params
        .text("action")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(bad("wrong parameter action in request"));
    }
    let chat_id = bot.find_chat(params.text("chat_id").as_deref())?;
    bot.may_write(chat_id)?;
    if let Some(chat) = bot.chats.get_mut(&chat_id) {
        chat.action = Some((action, context.now_ms + ACTION_MS));
    }
    Ok("true".to_owned())
}
