//! Control verbs with GET: looking at chats, calls, updates, files.
//!
//! Guarantees that looking changes nothing. Waits only when asked to with `wait`, and never with a lock held.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::bot::{Bot, User};
use super::control::{Refused, missing, wrong};
use super::params::decode_percent;
use super::server::{Shop, answer, lock};
use super::{commands, events, profile, shelf, view};

/// Serves a GET verb; `thing` is what follows it in the path.
pub(super) async fn read(
    shop: &Arc<Shop>,
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
            let id = path_id(thing)?;
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
                .map(|chat| view::chat(chat, newest, shop.clock.now_ms()));
            Ok(answer(200, shown.ok_or_else(none)?.to_string()))
        }
        "events" => Ok(events::serve(shop, bot)),
        "updates" => {
            let limit = number(query, "limit")?.unwrap_or(10_000);
            Ok(answer(
                200,
                lock(bot).queue.view(limit, shop.clock.now_ms()).to_string(),
            ))
        }
        "people" => {
            let bot = lock(bot);
            let shown = |user: &&User| {
                let mut shown = user.json();
                shown["blocked"] = json!(user.blocked);
                shown
            };
            let people: Vec<Value> = bot.people().values().map(shown).collect();
            let chats: Vec<i64> = bot.chats.keys().copied().collect();
            Ok(answer(
                200,
                json!({"people": people, "chats": chats}).to_string(),
            ))
        }
        "commands" => {
            let id = path_id(thing)?;
            let user: i64 = number(query, "user")?.unwrap_or(id);
            let bot = lock(bot);
            let chat = bot
                .chats
                .get(&id)
                .ok_or_else(|| missing(format!("no chat {id}")))?;
            let inside = user == id || chat.members.contains(&user);
            let person = bot.users.get(&user).filter(|_| inside);
            let person = person.ok_or_else(|| missing(format!("no person {user} in chat {id}")))?;
            let language = query.get("language").map(String::as_str);
            let language = language.unwrap_or_else(|| person.language());
            Ok(answer(
                200,
                commands::seen(&bot, id, user, language).to_string(),
            ))
        }
        "profile" => {
            let language = query.get("language").map_or("", String::as_str);
            Ok(answer(200, profile::seen(&lock(bot), language).to_string()))
        }
        "file" => {
            let found = lock(bot).files.get(thing).map(shelf::handed_out);
            found.ok_or_else(|| missing("no such file"))
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

fn path_id(thing: &str) -> Result<i64, Refused> {
    thing
        .parse()
        .map_err(|_| wrong("the path ends in a chat's id"))
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

/// The parameters of a query.
pub(super) fn query(text: &str) -> HashMap<String, String> {
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
