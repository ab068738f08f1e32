//! The control verb `press`.
//!
//! Guarantees that only a button that is there is pressed, by its label, and that the label names one button. The exception
//! is `data`, which forges a press as a broken client would.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::bot::Bot;
use super::chat::ChatKind;
use super::control::{Answer, Refused, body, clash, missing, wrong};
use super::control_people::person;
use super::control_send::{deliver, writable, written};
use super::view;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Press {
    from: i64,
    chat: Option<i64>,
    label: Option<String>,
    data: Option<String>,
    message_id: Option<i64>,
}

/// A person presses a button by its visible label.
pub(super) fn press(bot: &mut Bot, fields: Value, now_ms: i64) -> Answer {
    let what: Press = body(fields)?;
    let chat_id = what.chat.unwrap_or(what.from);
    let user = person(bot, what.from)?.json();
    let chat = bot
        .chats
        .get(&chat_id)
        .ok_or_else(|| missing(format!("no chat {chat_id}")))?;
    if chat.kind == ChatKind::Private && chat_id != what.from {
        return Err(clash("that chat belongs to somebody else"));
    }
    if chat.kind != ChatKind::Private && !chat.members.contains(&what.from) {
        return Err(clash(format!("{} is no member of {chat_id}", what.from)));
    }
    // A phone may still show a message that was deleted a moment ago, so a message that is named may be gone.
    let message = match what.message_id {
        Some(id) => chat.messages.iter().rev().find(|message| message.id == id),
        None => chat.messages.iter().rev().find(|message| {
            message.from_bot && !message.deleted && message.body.contains_key("reply_markup")
        }),
    };
    let data = match (&what.data, &what.label) {
        (Some(data), _) => data.clone(),
        (None, None) => return Err(wrong("either label or data")),
        (None, Some(label)) => {
            let buttons: Vec<Value> = message
                .map(|message| view::buttons(&message.body))
                .unwrap_or_default()
                .into_iter()
                .flatten()
                .collect();
            let found: Vec<&Value> = buttons
                .iter()
                .filter(|button| button["text"] == json!(label))
                .collect();
            match found.as_slice() {
                [one] => match one["data"].as_str() {
                    Some(data) => data.to_owned(),
                    None => {
                        return Err(clash(format!(
                            "the button {label} sends nothing to the bot"
                        )));
                    }
                },
                [] if what.message_id.is_none() => {
                    return press_keyboard(bot, &what, chat_id, label, now_ms);
                }
                [] => return Err(no_button(label, &buttons)),
                _ => return Err(clash(format!("several buttons are called {label}"))),
            }
        }
    };
    let shown = match message {
        Some(message) if message.deleted => {
            json!({"chat": bot.chat_json(chat), "message_id": message.id, "date": 0})
        }
        Some(message) => Value::Object(message.body.clone()),
        None => return Err(missing("no message to press on")),
    };
    let message_id = message.map(|message| message.id);
    let id = bot.add_query(chat_id, message_id, now_ms);
    let query = json!({
        "id": id,
        "from": user,
        "message": shown,
        "chat_instance": format!("{}", chat_id.unsigned_abs()),
        "data": data,
    });
    let update = bot.queue.push("callback_query", query, now_ms);
    Ok(json!({"callback_query_id": id, "update_id": update}))
}

fn no_button(label: &str, there: &[Value]) -> Refused {
    let labels: Vec<&str> = there
        .iter()
        .filter_map(|button| button["text"].as_str())
        .collect();
    missing(format!("no button is called {label}; there are {labels:?}"))
}

/// A press on the reply keyboard sends its label as a message, or the person's contact.
fn press_keyboard(bot: &mut Bot, what: &Press, chat_id: i64, label: &str, now_ms: i64) -> Answer {
    let chat = bot
        .chats
        .get(&chat_id)
        .ok_or_else(|| missing("no such chat"))?;
    let rows = chat
        .keyboard
        .as_ref()
        .and_then(|keyboard| keyboard["keyboard"].as_array())
        .cloned()
        .unwrap_or_default();
    let buttons: Vec<Value> = rows
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .map(|button| {
            if button.is_string() {
                json!({"text": button})
            } else {
                button.clone()
            }
        })
        .collect();
    let found: Vec<&Value> = buttons
        .iter()
        .filter(|button| button["text"] == json!(label))
        .collect();
    let button = match found.as_slice() {
        [one] => *one,
        [] => return Err(no_button(label, &buttons)),
        _ => return Err(clash(format!("several buttons are called {label}"))),
    };
    let wants_contact = button["request_contact"].as_bool() == Some(true);
    let chat_id = writable(bot, what.from, what.chat)?;
    let mut message = Map::new();
    if wants_contact {
        let name = person(bot, what.from)?.first_name.clone();
        let contact =
            json!({"phone_number": "85510000000", "first_name": name, "user_id": what.from});
        message.insert("contact".to_owned(), contact);
    } else {
        written(label.to_owned(), None)?.write(&mut message, "text", "entities");
    }
    deliver(bot, what.from, chat_id, message, now_ms)
}
