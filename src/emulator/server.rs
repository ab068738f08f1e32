//! HTTP: which bot, which method, which fault; downloads; the call log.
//!
//! Guarantees that every call of the Bot API ends in the log, and that a fault is met before the work or after it as its
//! kind says. Holds a bot's lock only for the work itself, never while it waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::bot::Bot;
use super::calls::Ended;
use super::clock::Clock;
use super::error::{ApiError, flood, internal, not_found, unauthorized};
use super::fault::{self, FaultKind};
use super::limits::Limits;
use super::messages::Context;
use super::params::{Params, decode_percent};
use super::wire::Switch;
use super::{callbacks, commands, control, media, messages, poll};

/// Everything the handlers share.
#[derive(Debug)]
pub(super) struct Shop {
    /// The clock.
    pub(super) clock: Clock,
    /// Whether send limits hold.
    pub(super) limits: Limits,
    bots: Mutex<HashMap<String, Arc<Mutex<Bot>>>>,
    stop: watch::Receiver<bool>,
}

impl Shop {
    /// A server without bots; `stop` ends everything that waits.
    pub(super) fn new(limits: Limits, stop: watch::Receiver<bool>) -> Self {
        Self {
            clock: Clock::default(),
            limits,
            bots: Mutex::default(),
            stop,
        }
    }

    /// Whether the server is stopping.
    pub(super) fn is_stopped(&self) -> bool {
        *self.stop.borrow() || self.stop.has_changed().is_err()
    }

    /// Waits until the server stops.
    pub(super) async fn stopped(&self) {
        // An error means that whoever could stop the server is gone, which is the same.
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }

    /// The bot of a token; a well-formed one that is new makes a new bot (row 64).
    pub(super) fn bot(&self, token: &str) -> Result<Arc<Mutex<Bot>>, ApiError> {
        let invalid = || unauthorized(Some("invalid token specified"));
        if token.starts_with('0') || token.len() > 80 {
            return Err(invalid());
        }
        let (id, secret) = token.split_once(':').ok_or_else(invalid)?;
        let id = id
            .parse::<i64>()
            .ok()
            .filter(|id| *id > 0)
            .ok_or_else(invalid)?;
        if secret.is_empty() {
            return Err(invalid());
        }
        let mut bots = lock(&self.bots);
        if let Some(bot) = bots.get(token) {
            return Ok(Arc::clone(bot));
        }
        let bot = Arc::new(Mutex::new(Bot::new(id)));
        bots.insert(token.to_owned(), Arc::clone(&bot));
        Ok(bot)
    }
}

/// Locks; a panic of another holder changes nothing, since every change is made in one go.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The routes.
pub(super) fn router(shop: Arc<Shop>) -> Router {
    // Bodies are bounded where they are read, with the server's own error.
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::disable())
        .with_state(shop)
}

async fn handle(
    State(shop): State<Arc<Shop>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request,
) -> Response {
    let path = decode_percent(request.uri().path(), false);
    if let Some(rest) = path.strip_prefix("/bot") {
        return api(&shop, &switch, rest, request).await;
    }
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return download(&shop, rest);
    }
    if let Some(rest) = path.strip_prefix("/control/") {
        return control::handle(&shop, rest, request).await;
    }
    refusal(&not_found(None))
}

/// A JSON answer.
pub(super) fn answer(code: u16, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Bytes as they are.
pub(super) fn raw(code: u16, kind: &'static str, bytes: Bytes) -> Response {
    let mut response = answer(code, String::new());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    *response.body_mut() = Body::from(bytes);
    response
}

fn refusal(error: &ApiError) -> Response {
    let mut response = answer(error.code, error.body());
    if let Some(seconds) = error.retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn download(shop: &Shop, rest: &str) -> Response {
    let Some((token, path)) = rest.split_once('/') else {
        return refusal(&not_found(None));
    };
    let found = match shop.bot(token) {
        Ok(bot) => lock(&bot).files.fetch(path, shop.clock.now_ms()),
        Err(error) => return refusal(&error),
    };
    match found {
        Some(bytes) => raw(200, "application/octet-stream", bytes),
        None => refusal(&not_found(None)),
    }
}

/// The methods the emulator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
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
    GetFile,
    SetMyCommands,
    GetMyCommands,
    DeleteMyCommands,
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
    ];

    /// By its name in any case, with the name as the documentation writes it.
    fn find(name: &str) -> Option<(&'static str, Self)> {
        Self::ALL
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .copied()
    }
}

async fn api(shop: &Shop, switch: &Switch, rest: &str, request: Request) -> Response {
    let (token, name) = rest.split_once('/').unwrap_or((rest, ""));
    let bot = match shop.bot(token) {
        Ok(bot) if lock(&bot).revoked => return refusal(&unauthorized(None)),
        Ok(bot) => bot,
        Err(error) => return refusal(&error),
    };
    let params = Params::read(request).await;
    let Some((name, method)) = Method::find(name) else {
        let error = not_found(Some("method not found"));
        let params = params.as_ref().map(Params::logged).unwrap_or_default();
        record(
            shop,
            &mut lock(&bot),
            name,
            params,
            None,
            &Err(error.clone()),
            None,
        );
        return refusal(&error);
    };
    let params = match params {
        Ok(params) => params,
        Err(error) => {
            record(
                shop,
                &mut lock(&bot),
                name,
                Value::Null,
                None,
                &Err(error.clone()),
                None,
            );
            return refusal(&error);
        }
    };
    let (chat, met) = {
        let mut bot = lock(&bot);
        let chat = chat_of(&bot, method, &params);
        let met = fault::meet(&mut bot.faults, name, chat);
        (chat, met)
    };
    let fault = met.map(|(kind, _)| json!(kind));
    // A fault before the work.
    let before = match met {
        Some((FaultKind::TooMany, seconds)) => Some(flood(seconds)),
        Some((FaultKind::Internal, _)) => Some(internal(500, "Internal Server Error")),
        Some((FaultKind::BadGateway, _)) => Some(internal(502, "Bad Gateway")),
        Some((FaultKind::Html, _)) => Some(internal(200, "a page instead of an answer")),
        Some((FaultKind::Reset, _)) => Some(internal(0, "connection reset")),
        Some((FaultKind::Hang, _)) => Some(internal(0, "no answer")),
        Some((FaultKind::DropReply | FaultKind::BadJson, _)) | None => None,
    };
    if let Some(error) = before {
        let unhang = lock(&bot).unhang.clone();
        // Heard from before the call is logged: who reads the log may clear the faults at once.
        let unhung = unhang.notified();
        tokio::pin!(unhung);
        unhung.as_mut().enable();
        {
            let mut bot = lock(&bot);
            let shown = logged(&bot, &params);
            let outcome = Err(error.clone());
            record(shop, &mut bot, name, shown, chat, &outcome, fault);
        }
        return match met {
            Some((FaultKind::Hang, _)) => {
                tokio::select! {
                    () = unhung => {}
                    () = shop.stopped() => {}
                }
                cut(switch)
            }
            Some((FaultKind::Reset, _)) => cut(switch),
            Some((FaultKind::Html, _)) => raw(200, "text/html", page("Sign in to this network")),
            Some((FaultKind::BadGateway, _)) => raw(502, "text/html", page("502 Bad Gateway")),
            Some((
                FaultKind::TooMany
                | FaultKind::Internal
                | FaultKind::DropReply
                | FaultKind::BadJson,
                _,
            ))
            | None => refusal(&error),
        };
    }
    let outcome = if method == Method::GetUpdates {
        let outcome = poll::get_updates(shop, &bot, &params).await;
        let mut bot = lock(&bot);
        let shown = logged(&bot, &params);
        record(shop, &mut bot, name, shown, chat, &outcome, fault);
        outcome
    } else {
        let mut bot = lock(&bot);
        let context = Context {
            now_ms: shop.clock.now_ms(),
            limits: shop.limits,
        };
        let outcome = run(&mut bot, context, method, &params);
        let shown = logged(&bot, &params);
        record(shop, &mut bot, name, shown, chat, &outcome, fault);
        outcome
    };
    match (met, outcome) {
        (Some((FaultKind::DropReply, _)), _) => cut(switch),
        (Some((FaultKind::BadJson, _)), _) => {
            answer(200, "{\"ok\":true,\"result\":{\"message_id\":".to_owned())
        }
        (_, Ok(result)) => answer(200, format!("{{\"ok\":true,\"result\":{result}}}")),
        (_, Err(error)) => refusal(&error),
    }
}

/// Calls whose lock is held for the whole work.
fn run(
    bot: &mut Bot,
    context: Context,
    method: Method,
    params: &Params,
) -> Result<String, ApiError> {
    match method {
        Method::GetMe => Ok(me(bot)),
        // Waits, so it is served elsewhere.
        Method::GetUpdates => Ok("[]".to_owned()),
        Method::SetWebhook => poll::set_webhook(bot, params),
        Method::DeleteWebhook => poll::delete_webhook(bot, params),
        Method::GetWebhookInfo => Ok(poll::webhook_info(bot)),
        Method::SendMessage => messages::send(bot, context, params),
        Method::EditMessageText => messages::edit_text(bot, context, params),
        Method::EditMessageReplyMarkup => messages::edit_markup(bot, context, params),
        Method::DeleteMessage => messages::delete(bot, context, params),
        Method::AnswerCallbackQuery => callbacks::answer(bot, context.now_ms, params),
        Method::SendChatAction => messages::action(bot, params),
        Method::SendDocument => media::send_document(bot, context, params),
        Method::SendPhoto => media::send_photo(bot, context, params),
        Method::GetFile => {
            let id = params.text("file_id");
            bot.files
                .link(id.as_deref(), context.now_ms)
                .map(|file| file.to_string())
        }
        Method::SetMyCommands => commands::set(&mut bot.commands, params),
        Method::GetMyCommands => commands::get(&bot.commands, params),
        Method::DeleteMyCommands => commands::delete(&mut bot.commands, params),
    }
}

fn me(bot: &Bot) -> String {
    let mut me = bot.user_json();
    me["can_join_groups"] = json!(true);
    me["can_read_all_group_messages"] = json!(false);
    me["supports_inline_queries"] = json!(false);
    me["can_connect_to_business"] = json!(false);
    me["has_main_web_app"] = json!(false);
    me.to_string()
}

fn chat_of(bot: &Bot, method: Method, params: &Params) -> Option<i64> {
    if method == Method::AnswerCallbackQuery {
        return bot
            .queries
            .get(params.text("callback_query_id")?.as_ref())
            .map(|query| query.chat);
    }
    params.int("chat_id")
}

fn logged(bot: &Bot, params: &Params) -> Value {
    if bot.calls.is_on() {
        params.logged()
    } else {
        Value::Null
    }
}

fn record(
    shop: &Shop,
    bot: &mut Bot,
    method: &str,
    params: Value,
    chat: Option<i64>,
    outcome: &Result<String, ApiError>,
    fault: Option<Value>,
) {
    bot.calls.add(Ended {
        method,
        params,
        chat,
        outcome: outcome.as_deref(),
        fault,
        at_ms: shop.clock.now_ms(),
    });
}

/// The answer is never written: the connection is cut first.
fn cut(switch: &Switch) -> Response {
    switch.cut();
    answer(500, String::new())
}

fn page(title: &str) -> Bytes {
    format!("<html>\n<head><title>{title}</title></head>\n<body><h1>{title}</h1></body>\n</html>\n")
        .into()
}
