//! The control verb `start`: a person opens the bot by its link (row 72).
//!
//! Guarantees what the app guarantees: a payload that is none never reaches the bot, and a link opens the bot it names.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::control::{Answer, Refused, body, missing, wrong};
use super::control_read::query;
use super::control_send::{deliver, writable, written};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    from: i64,
    payload: Option<String>,
    link: Option<String>,
}

/// A person presses Start, with a payload or behind a link.
pub(super) fn start(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Start = body(fields)?;
    let given = match (what.payload, what.link) {
        (Some(_), Some(_)) => return Err(wrong("either payload or link")),
        (payload, None) => payload,
        (None, Some(link)) => payload_of(bot, &link)?,
    };
    let chat = writable(bot, what.from, None)?;
    let good = |payload: &String| {
        (1..=64).contains(&payload.len())
            && payload
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let payload = given.filter(good);
    let text = payload.as_ref().map_or_else(
        || "/start".to_owned(),
        |payload| format!("/start {payload}"),
    );
    let mut message = Map::new();
    written(text, None)?.write(&mut message, "text", "entities");
    let mut done = deliver(bot, what.from, chat, message, now_ms)?;
    done["payload_kept"] = json!(payload.is_some());
    Ok(done)
}

/// The payload in `https://t.me/<bot>?start=…` or `tg://resolve?domain=<bot>&start=…`.
fn payload_of(bot: &Bot, link: &str) -> Result<Option<String>, Refused> {
    let (name, mut fields) = if let Some(rest) = link.strip_prefix("tg://resolve?") {
        let mut fields = query(rest);
        (fields.remove("domain").unwrap_or_default(), fields)
    } else {
        let path = link
            .strip_prefix("https://")
            .or_else(|| link.strip_prefix("http://"))
            .unwrap_or(link);
        let path = path
            .strip_prefix("t.me/")
            .ok_or_else(|| wrong(format!("{link} is no link into Telegram")))?;
        let (name, rest) = path.split_once('?').unwrap_or((path, ""));
        (name.to_owned(), query(rest))
    };
    if !name.eq_ignore_ascii_case(&bot.username) {
        return Err(missing(format!(
            "the link opens {name}, not {}",
            bot.username
        )));
    }
    Ok(fields.remove("start"))
}
