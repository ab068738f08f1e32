//! The control API: `/control/<token>/<verb>`; what a test, a demo or a bench does in the place of people and of bad luck.
//!
//! Guarantees JSON in and out, errors as `{"error": "…"}` with 400, 404 or 409. Acts at once; only the GET verbs wait, and
//! only when asked to with `wait`. It has no access control but that pages from elsewhere are refused: the emulator listens
//! on the loopback address only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use super::bot::Bot;
use super::fault::Fault;
use super::params::decode_percent;
use super::server::{Shop, answer, lock, raw};
use super::{control_people, control_press, control_send, view};

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
pub(super) async fn handle(shop: &Shop, rest: &str, request: Request) -> Response {
    let result = serve(shop, rest, request).await;
    match result {
        Ok(response) => response,
        Err(refused) => answer(refused.code, json!({"error": refused.error}).to_string()),
    }
}

async fn serve(shop: &Shop, rest: &str, request: Request) -> Result<Response, Refused> {
    // A page of the web, open in a browser on this machine, has no business here.
    let origin = request.headers().get(axum::http::header::ORIGIN);
    let home = ["http://127.0.0.1:", "http://localhost:"];
    if let Some(origin) = origin
        && !home
            .iter()
            .any(|home| origin.as_bytes().starts_with(home.as_bytes()))
    {
        return Err(wrong("only for pages of this machine"));
    }
    let (token, verb) = rest
        .split_once('/')
        .ok_or_else(|| missing("no verb in the path"))?;
    let bot = shop.bot(token).map_err(|error| wrong(error.description))?;
    let (verb, thing) = verb.split_once('/').unwrap_or((verb, ""));
    if request.method() == Method::GET {
        let query = query(request.uri().query().unwrap_or(""));
        return read(shop, &bot, verb, thing, &query).await;
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
    match verb {
        "user" => control_people::user(bot, fields),
        "group" => control_people::group(bot, fields, now_ms),
        "migrate" => control_people::migrate(bot, fields, now_ms),
        "block" => control_people::block(bot, fields, now_ms),
        "bot" => control_people::bot(bot, fields),
        "send" => control_send::send(bot, fields, now_ms),
        "start" => control_send::start(bot, fields, now_ms),
        "press" => control_press::press(bot, fields, now_ms),
        "edit" => control_send::edit(bot, fields, now_ms),
        "delete" => control_send::delete(bot, fields),
        "raw" => raw_update(bot, fields, now_ms),
        "fault" => faults(bot, fields),
        "expire" => expire(bot, fields),
        "redeliver" => redeliver(bot, fields),
        "new-ids" => new_ids(bot, fields),
        "time" => time(shop, fields),
        "log" => log_switch(bot, fields),
        other => Err(missing(format!("no verb {other}"))),
    }
}

async fn read(
    shop: &Shop,
    bot: &Arc<Mutex<Bot>>,
    verb: &str,
    thing: &str,
    query: &HashMap<String, String>,
) -> Result<Response, Refused> {
    let after: u64 = number(query, "after")?.unwrap_or(0);
    let wait: f64 = number(query, "wait")?.unwrap_or(0.0);
    let wait = Duration::try_from_secs_f64(wait.clamp(0.0, 600.0)).unwrap_or_default();
    match verb {
        "calls" => {
            let method = query.get("method").map(String::as_str);
            let chat: Option<i64> = number(query, "chat")?;
            let limit = number(query, "limit")?.unwrap_or(10_000).max(1);
            let wake = lock(bot).calls.wake.clone();
            // What was looked at once is not looked at again, however long the wait.
            let mut seen = after;
            hold(shop, &wake, wait, || {
                let calls = &lock(bot).calls;
                let found = calls.has(seen, method, chat);
                seen = calls.last().max(seen);
                found
            })
            .await;
            Ok(answer(
                200,
                lock(bot).calls.view(after, method, chat, limit),
            ))
        }
        "chat" => {
            let id: i64 = thing
                .parse()
                .map_err(|_| wrong("the path ends in a chat's id"))?;
            let newest = number(query, "newest")?.unwrap_or(usize::MAX);
            let none = || missing(format!("no chat {id}"));
            let wake = lock(bot).chats.get(&id).ok_or_else(none)?.wake.clone();
            let changed = || {
                lock(bot)
                    .chats
                    .get(&id)
                    .is_none_or(|chat| chat.event > after)
            };
            // Without `after` the chat is shown as it is.
            if query.contains_key("after") {
                hold(shop, &wake, wait, changed).await;
            }
            let shown = lock(bot)
                .chats
                .get(&id)
                .map(|chat| view::chat(chat, newest));
            Ok(answer(200, shown.ok_or_else(none)?.to_string()))
        }
        "updates" => {
            let limit = number(query, "limit")?.unwrap_or(10_000);
            Ok(answer(
                200,
                lock(bot).queue.view(limit, shop.clock.now_ms()).to_string(),
            ))
        }
        "people" => {
            let bot = lock(bot);
            let people: Vec<Value> = bot.people().values().map(|user| user.json()).collect();
            let chats: Vec<i64> = bot.chats.keys().copied().collect();
            Ok(answer(
                200,
                json!({"people": people, "chats": chats}).to_string(),
            ))
        }
        "file" => {
            let found = lock(bot).files.get(thing).map(|file| file.content.bytes());
            let bytes = found.ok_or_else(|| missing("no such file"))?;
            Ok(raw(200, "application/octet-stream", bytes))
        }
        "time" => {
            let (now_ms, offset_ms) = (shop.clock.now_ms(), shop.clock.offset_ms());
            Ok(answer(
                200,
                json!({"now_ms": now_ms, "offset_ms": offset_ms}).to_string(),
            ))
        }
        other => Err(missing(format!("no verb {other} with GET"))),
    }
}

/// Waits until `ready`, but at most `wait` of real time.
pub(super) async fn hold(
    shop: &Shop,
    wake: &Arc<Notify>,
    wait: Duration,
    mut ready: impl FnMut() -> bool,
) {
    let until = tokio::time::Instant::now() + wait;
    loop {
        let woken = wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        if ready() || shop.is_stopped() || tokio::time::Instant::now() >= until {
            return;
        }
        tokio::select! {
            () = &mut woken => {}
            () = tokio::time::sleep_until(until) => return,
            () = shop.stopped() => return,
        }
    }
}

fn query(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decode_percent(name, true), decode_percent(value, true)))
        .collect()
}

fn number<T: std::str::FromStr>(
    query: &HashMap<String, String>,
    name: &str,
) -> Result<Option<T>, Refused> {
    match query.get(name) {
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| wrong(format!("{name} is no number"))),
        None => Ok(None),
    }
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

fn faults(bot: &mut Bot, fields: Value) -> Answer {
    if fields.get("clear").and_then(Value::as_bool) == Some(true) {
        bot.faults.clear();
        bot.unhang.notify_waiters();
        return Ok(json!({"faults": 0}));
    }
    let fault: Fault = body(fields)?;
    if fault.count == 0 || fault.count < -1 {
        return Err(wrong("count is at least 1, or -1 for always"));
    }
    bot.faults.push(fault);
    Ok(json!({"faults": bot.faults.len()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expire {
    callback_query_id: Option<String>,
    file_id: Option<String>,
    all: Option<bool>,
    /// From now on, how long a press can be answered.
    lifetime_seconds: Option<u32>,
}

fn expire(bot: &mut Bot, fields: Value) -> Answer {
    let what: Expire = body(fields)?;
    let mut expired = 0;
    if let Some(id) = what.callback_query_id {
        bot.queries
            .get_mut(&id)
            .ok_or_else(|| missing("no such callback query"))?
            .over = true;
        expired += 1;
    }
    if let Some(id) = what.file_id {
        if !bot.files.lose(&id) {
            return Err(missing("no such file"));
        }
        expired += 1;
    }
    if what.all == Some(true) {
        for query in bot.queries.values_mut().filter(|query| !query.over) {
            query.over = true;
            expired += 1;
        }
    }
    if let Some(seconds) = what.lifetime_seconds {
        bot.query_ms = i64::from(seconds) * 1000;
    }
    Ok(json!({"expired": expired}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redeliver {
    update_ids: Option<Vec<i64>>,
    last: Option<usize>,
}

fn redeliver(bot: &mut Bot, fields: Value) -> Answer {
    let what: Redeliver = body(fields)?;
    let ids = match (what.update_ids, what.last) {
        (Some(ids), None) => bot.queue.redeliver(&ids),
        (None, Some(count)) => bot.queue.redeliver_last(count),
        (Some(_), Some(_)) | (None, None) => return Err(wrong("either update_ids or last")),
    };
    Ok(json!({"update_ids": ids}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewIds {
    start: Option<i64>,
}

fn new_ids(bot: &mut Bot, fields: Value) -> Answer {
    let what: NewIds = body(fields)?;
    let start = what.start.unwrap_or(1_000_001);
    if start < 1 {
        return Err(wrong("start is at least 1"));
    }
    bot.queue.restart_ids(start);
    Ok(json!({"next_id": start}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    forward_seconds: Option<f64>,
    frozen: Option<bool>,
}

fn time(shop: &Shop, fields: Value) -> Answer {
    let what: Time = body(fields)?;
    let step = Duration::try_from_secs_f64(what.forward_seconds.unwrap_or(0.0))
        .map_err(|_| wrong("time goes forward only"))?;
    if let Some(frozen) = what.frozen {
        shop.clock.freeze(frozen);
    }
    shop.clock
        .forward(u64::try_from(step.as_millis()).unwrap_or(u64::MAX));
    Ok(json!({"now_ms": shop.clock.now_ms(), "offset_ms": shop.clock.offset_ms()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    calls: bool,
}

fn log_switch(bot: &mut Bot, fields: Value) -> Answer {
    let what: Log = body(fields)?;
    bot.calls.switch(what.calls);
    Ok(json!({"calls": what.calls}))
}
