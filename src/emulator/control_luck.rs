//! Control verbs that bring bad luck: faults, lost presses and files, repeated updates, other ids, time that passes.
//!
//! Guarantees that each acts at once and on nothing but what it names.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::bot::Bot;
use super::control::{Answer, body, clash, missing, wrong};
use super::fault::{Fault, FaultKind};
use super::server::Shop;

/// Queues a fault, or clears them all.
pub(super) fn faults(bot: &mut Bot, fields: Value) -> Answer {
    if fields.get("clear").and_then(Value::as_bool) == Some(true) {
        bot.faults.clear();
        bot.unhang.notify_waiters();
        return Ok(json!({"faults": 0}));
    }
    let fault: Fault = body(fields)?;
    if fault.count == 0 || fault.count < -1 {
        return Err(wrong("count is at least 1, or -1 for always"));
    }
    let refuses = fault.kind == FaultKind::Refuse;
    if refuses && fault.description.as_deref().unwrap_or("").is_empty() {
        return Err(wrong("refuse needs a description"));
    }
    if !refuses && (fault.description.is_some() || fault.code.is_some()) {
        return Err(wrong("code and description go with refuse only"));
    }
    if fault.code.is_some_and(|code| !(400..500).contains(&code)) {
        return Err(wrong("code is 400 to 499"));
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
    /// All download links handed out so far.
    links: Option<bool>,
    /// From now on, how long a press can be answered.
    lifetime_seconds: Option<u32>,
}

/// Ends presses, files and links.
pub(super) fn expire(bot: &mut Bot, fields: Value) -> Answer {
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
    if what.links == Some(true) {
        expired += bot.files.expire_links();
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

/// Hands updates out once more.
pub(super) fn redeliver(bot: &mut Bot, fields: Value) -> Answer {
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

/// Goes on with another update id.
pub(super) fn new_ids(bot: &mut Bot, fields: Value) -> Answer {
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

/// Moves or stops the clock.
pub(super) fn time(shop: &Shop, fields: Value) -> Answer {
    let what: Time = body(fields)?;
    let step = Duration::try_from_secs_f64(what.forward_seconds.unwrap_or(0.0))
        .map_err(|_| wrong("time goes forward only"))?;
    if let Some(frozen) = what.frozen {
        shop.clock.freeze(frozen);
    }
    shop.clock
        .forward(u64::try_from(step.as_millis()).unwrap_or(u64::MAX))
        .map_err(|error| clash(format!("the clock file cannot be written: {error}")))?;
    Ok(json!({"now_ms": shop.clock.now_ms(), "offset_ms": shop.clock.offset_ms()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    calls: bool,
}

/// Switches the log of calls.
pub(super) fn log_switch(bot: &mut Bot, fields: Value) -> Answer {
    let what: Log = body(fields)?;
    bot.calls.switch(what.calls);
    Ok(json!({"calls": what.calls}))
}
