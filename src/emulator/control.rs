//! The control API: `/control/<token>/<verb>`; what a test, a demo or a bench does in the place of people and of bad luck.
//!
//! Guarantees JSON in and out, errors as `{"error": "…"}` with 400, 404 or 409. Acts at once; only the GET verbs wait, and
//! only when asked to with `wait`. It has no access control but that pages from elsewhere are refused: the emulator listens
//! on the loopback address only.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::server::{Shop, answer, lock};
use super::{
    control_edit, control_groups, control_luck, control_people, control_press, control_read,
    control_send, control_start, guard, webhook,
};

/// A refused control call.
#[derive(Debug)]
pub(super) struct Refused {
    code: u16,
    pub(super) error: String,
}

/// 400: the call makes no sense.
pub(super) fn wrong(error: impl Into<String>) -> Refused {
    Refused {
        code: 400,
        error: error.into(),
    }
}

/// 404: what it names is not there.
pub(super) fn missing(error: impl Into<String>) -> Refused {
    Refused {
        code: 404,
        error: error.into(),
    }
}

/// 409: it cannot be done now, or not without a choice.
pub(super) fn clash(error: impl Into<String>) -> Refused {
    Refused {
        code: 409,
        error: error.into(),
    }
}

/// What a control call answers.
pub(super) type Answer = Result<Value, Refused>;

/// Reads a body; unknown fields are refused, so that a slip of the pen is seen.
pub(super) fn body<T: DeserializeOwned>(value: Value) -> Result<T, Refused> {
    serde_json::from_value(value).map_err(|error| wrong(error.to_string()))
}

/// Serves a control call.
pub(super) async fn handle(shop: &Arc<Shop>, rest: &str, request: Request) -> Response {
    let result = serve(shop, rest, request).await;
    match result {
        Ok(response) => response,
        Err(refused) => answer(refused.code, json!({"error": refused.error}).to_string()),
    }
}

async fn serve(shop: &Arc<Shop>, rest: &str, request: Request) -> Result<Response, Refused> {
    // A page of the web, open in a browser on this machine, has no business here.
    if !guard::is_home(request.headers()) {
        return Err(wrong(guard::REFUSED));
    }
    let (token, verb) = rest
        .split_once('/')
        .ok_or_else(|| missing("no verb in the path"))?;
    let bot = shop.bot(token).map_err(|error| wrong(error.description))?;
    let (verb, thing) = verb.split_once('/').unwrap_or((verb, ""));
    if request.method() == Method::GET {
        let query = control_read::query(request.uri().query().unwrap_or(""));
        return control_read::read(shop, &bot, verb, thing, &query).await;
    }
    if request.method() != Method::POST {
        return Err(wrong("only GET and POST"));
    }
    let bytes = axum::body::to_bytes(request.into_body(), 128 << 20)
        .await
        .map_err(|_| wrong("the body is too large"))?;
    let fields = if bytes.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?
    };
    let done = act(shop, &mut lock(&bot), verb, fields)?;
    Ok(answer(200, done.to_string()))
}

/// Does what a POST verb says.
pub(super) fn act(shop: &Shop, bot: &mut Bot, verb: &str, fields: Value) -> Answer {
    let now_ms = shop.clock.now_ms();
    let done = match verb {
        "user" => control_people::user(bot, fields),
        "group" => control_groups::group(bot, fields, now_ms),
        "migrate" => control_groups::migrate(bot, fields, now_ms),
        "block" => control_people::block(bot, fields, now_ms),
        "bot" => control_people::bot(bot, fields),
        "send" => control_send::send(bot, fields, now_ms),
        "album" => control_send::album(bot, fields, now_ms),
        "start" => control_start::start(bot, fields, now_ms),
        "press" => control_press::press(bot, fields, now_ms),
        "edit" => control_edit::edit(bot, fields, now_ms),
        "delete" => control_edit::delete(bot, fields),
        "raw" => raw_update(bot, fields, now_ms),
        "fault" => control_luck::faults(bot, fields),
        "expire" => control_luck::expire(bot, fields),
        "redeliver" => control_luck::redeliver(bot, fields),
        "new-ids" => control_luck::new_ids(bot, fields),
        "time" => control_luck::time(shop, fields),
        "webhook" => webhook::control(bot, fields),
        "log" => control_luck::log_switch(bot, fields),
        "note" => control_people::note(bot, fields),
        other => Err(missing(format!("no verb {other}"))),
    };
    shop.changed.notify_waiters();
    done
}

fn raw_update(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let Value::Object(update) = fields else {
        return Err(wrong("an update is an object"));
    };
    // A person who writes has started the bot, however the message came in.
    let sender = update
        .get("message")
        .and_then(|message| message["chat"]["id"].as_i64());
    if let Some(user) = sender.and_then(|id| bot.users.get_mut(&id)) {
        user.started = true;
    }
    let id = bot
        .queue
        .push_raw(update, now_ms)
        .ok_or_else(|| clash("the queue is full"))?;
    Ok(json!({"update_id": id}))
}
