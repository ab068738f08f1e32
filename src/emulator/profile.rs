//! The bot's name, its description (an empty chat shows it) and its short description (its profile page shows it), in
//! several languages.
//!
//! Guarantees that getMy… tells what is set for exactly this language, and that an app shows the default where its language
//! has none. The real server judges lengths out of sight: the limits are published, the words of the errors are not
//! established (docs/EMULATOR.md).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bot::Bot;
use super::commands::language;
use super::error::{ApiError, bad};
use super::params::Params;

/// A text of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Name,
    Description,
    ShortDescription,
}

impl Field {
    /// The name of its parameter and of its field in the answer.
    fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::ShortDescription => "short_description",
        }
    }

    /// Largest length, in UTF-16 units; the documentation says characters, and this is the strictest reading.
    fn most(self) -> usize {
        match self {
            Self::Name => 64,
            Self::Description => 512,
            Self::ShortDescription => 120,
        }
    }

    /// What is answered above it.
    fn too_long(self) -> &'static str {
        match self {
            Self::Name => "BOT_NAME_TOO_LONG",
            Self::Description => "BOT_DESCRIPTION_TOO_LONG",
            Self::ShortDescription => "BOT_ABOUT_TOO_LONG",
        }
    }
}

/// Texts by kind and language; never an empty one, and no default name, which is the bot's own.
pub(super) type Profile = BTreeMap<(Field, String), String>;

/// setMyName, setMyDescription, setMyShortDescription; an empty text takes back what was set.
pub(super) fn set(bot: &mut Bot, params: &Params, field: Field) -> Result<String, ApiError> {
    let language = language(params)?;
    let text = params.text(field.key()).unwrap_or_default();
    let text = text.trim();
    bot.profile_changes += 1;
    if text.encode_utf16().count() > field.most() {
        return Err(bad(field.too_long()));
    }
    match (field, language.as_str(), text) {
        // Every bot has a name.
        (Field::Name, "", "") => return Err(bad("BOT_NAME_EMPTY")),
        (Field::Name, "", name) => bot.first_name = name.to_owned(),
        (_, _, "") => {
            bot.profile.remove(&(field, language));
        }
        (_, _, text) => {
            let text = text.to_owned();
            bot.profile.insert((field, language), text);
        }
    }
    Ok("true".to_owned())
}

/// getMyName, getMyDescription, getMyShortDescription.
pub(super) fn get(bot: &Bot, params: &Params, field: Field) -> Result<String, ApiError> {
    let text = exact(bot, field, &language(params)?).unwrap_or_default();
    Ok(json!({field.key(): text}).to_string())
}

/// What the app of a person with this language shows.
pub(super) fn seen(bot: &Bot, language: &str) -> Value {
    let text = |field| {
        exact(bot, field, language)
            .or_else(|| exact(bot, field, ""))
            .unwrap_or_default()
    };
    json!({
        "name": text(Field::Name),
        "description": text(Field::Description),
        "short_description": text(Field::ShortDescription),
    })
}

fn exact<'b>(bot: &'b Bot, field: Field, language: &str) -> Option<&'b str> {
    if field == Field::Name && language.is_empty() {
        return Some(&bot.first_name);
    }
    bot.profile
        .get(&(field, language.to_owned()))
        .map(String::as_str)
}
