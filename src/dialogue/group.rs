//! What is said in a group: whoever writes `/start` there is shown the way to the private chat, and nothing else is
//! answered. Nobody's words are read, and nothing is kept.

use super::{Body, Effect, Weight};
use crate::text::{Forum, Html};

/// The answer to a message in a group, if it gets one.
pub fn answer(text: &str, username: &str, forum: &Forum) -> Option<Effect> {
    let command = text.split_whitespace().next()?;
    let (name, whose) = command.split_once('@').unwrap_or((command, username));
    if !name.eq_ignore_ascii_case("/start") || !whose.eq_ignore_ascii_case(username) {
        return None;
    }
    let link = format!("https://t.me/{username}");
    let mut html = Html::default();
    for phrases in forum.words.each() {
        html.paragraph(&phrases.group_start(&link));
    }
    Some(Effect::Send {
        body: Body::from(html),
        clears: false,
        weight: Weight::Lasting,
    })
}
