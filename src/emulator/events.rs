//! The control verb `events`: what changed, told to a page that watches, as server-sent events.
//!
//! Guarantees that the first message holds where everything stands, and each later one what is new since the one before:
//! changes may be joined, none is lost. So whoever comes back after a broken line needs nothing from before it. It tells
//! where to look, never what was said, but for the note that was left for pages.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::server::{Shop, lock};

/// Tells for as long as the caller listens and the emulator runs.
pub(super) fn serve(shop: &Arc<Shop>, bot: &Arc<Mutex<Bot>>) -> Response {
    let start = (Arc::clone(shop), Arc::clone(bot), Map::new());
    let stream = futures_util::stream::unfold(start, |(shop, bot, told)| async move {
        let (news, told) = next(&shop, &bot, told).await?;
        let event = Event::default().data(Value::Object(news).to_string());
        Some((Ok::<_, Infallible>(event), (shop, bot, told)))
    });
    Sse::new(stream)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Waits for something that was not told yet; that, and all that is told with it. Nothing when the emulator stops.
async fn next(
    shop: &Shop,
    bot: &Mutex<Bot>,
    told: Map<String, Value>,
) -> Option<(Map<String, Value>, Map<String, Value>)> {
    loop {
        let woken = shop.changed.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        if shop.is_stopped() {
            return None;
        }
        let all = standing(shop, &lock(bot));
        let news: Map<String, Value> = all
            .iter()
            .filter(|(name, value)| told.get(*name) != Some(value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !news.is_empty() {
            return Some((news, all));
        }
        tokio::select! {
            () = &mut woken => {}
            () = shop.stopped() => return None,
        }
    }
}

/// Where everything stands: a name for each thing, and a value that differs whenever the thing does.
fn standing(shop: &Shop, bot: &Bot) -> Map<String, Value> {
    let mut all = Map::new();
    for (id, chat) in &bot.chats {
        all.insert(format!("chat/{id}"), json!(chat.event));
        if let Some((action, until_ms)) = &chat.action {
            let shown = json!({"action": action, "until_ms": until_ms});
            all.insert(format!("action/{id}"), shown);
        }
    }
    all.insert("calls".to_owned(), json!(bot.calls.last()));
    all.insert("people".to_owned(), json!(bot.people_changes));
    all.insert("profile".to_owned(), json!(bot.profile_changes));
    all.insert("faults".to_owned(), json!(bot.faults));
    all.insert("offset_ms".to_owned(), json!(shop.clock.offset_ms()));
    all.insert("note".to_owned(), bot.note.clone());
    all
}
