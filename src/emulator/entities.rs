//! Text and its entities: reading them from a call, cleaning, trimming, measuring.
//!
//! Guarantees that what is stored is what the real server stores (rows 1 to 8): offsets in UTF-16 units, control characters
//! gone, leading and trailing white space gone. Two stages, because an unknown chat beats a text that is too long: [`read`]
//! looks only at the call, [`finish`] judges the text.

use serde_json::{Map, Value, json};

use super::error::{ApiError, bad};
use super::html;
use super::params::Params;

/// Largest raw text, in bytes (row 3).
const MAX_RAW: usize = 1 << 15;
/// Largest text, in Unicode code points (row 4).
pub(super) const MAX_TEXT: usize = 4096;
/// Largest caption, in Unicode code points (row 5).
pub(super) const MAX_CAPTION: usize = 1024;

/// Entities that a caller may give; the others are found by the server or unknown.
const GIVEN: &[&str] = &[
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
];
/// Entities that the server finds by itself and ignores when given.
const FOUND: &[&str] = &[
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bank_card_number",
];

/// One entity; offsets and lengths in UTF-16 units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entity {
    /// The `type`.
    pub(super) kind: String,
    /// Where it begins.
    pub(super) offset: usize,
    /// How long it is.
    pub(super) length: usize,
    /// Of `<code class="language-…">`, until the enclosing `<pre>` takes it.
    pub(super) language: Option<String>,
    extra: Map<String, Value>,
}

impl Entity {
    /// An entity with at most one further field.
    pub(super) fn new(
        kind: &str,
        offset: usize,
        length: usize,
        extra: Option<(&str, Value)>,
    ) -> Self {
        Self {
            kind: kind.to_owned(),
            offset,
            length,
            language: None,
            extra: extra
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }

    /// Completes a mention by id with what `find` knows; false when it is a mention of somebody unknown.
    pub(super) fn name_user(&mut self, find: impl FnOnce(i64) -> Option<Value>) -> bool {
        if self.kind != "text_mention" {
            return true;
        }
        let id = self
            .extra
            .get("user")
            .and_then(|user| user.get("id"))
            .and_then(Value::as_i64);
        match id.and_then(find) {
            Some(user) => {
                self.extra.insert("user".to_owned(), user);
                true
            }
            None => false,
        }
    }

    fn end(&self) -> usize {
        self.offset + self.length
    }

    /// The server's order: what begins first, then what is longer, then what may hold the other.
    fn rank(&self) -> (usize, std::cmp::Reverse<usize>, u8) {
        let kind = match self.kind.as_str() {
            "blockquote" | "expandable_blockquote" => 0,
            "pre" => 10,
            "code" => 20,
            "text_link" | "text_mention" => 49,
            "bold" => 90,
            "italic" => 91,
            "underline" => 92,
            "strikethrough" => 93,
            "spoiler" => 94,
            "custom_emoji" => 99,
            _ => 50,
        };
        (self.offset, std::cmp::Reverse(self.length), kind)
    }

    fn to_json(&self) -> Value {
        let mut all = self.extra.clone();
        all.insert("type".to_owned(), json!(self.kind));
        all.insert("offset".to_owned(), json!(self.offset));
        all.insert("length".to_owned(), json!(self.length));
        Value::Object(all)
    }
}

/// A text with entities.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Formatted {
    /// The text.
    pub(super) text: String,
    /// Its entities.
    pub(super) entities: Vec<Entity>,
}

impl Formatted {
    /// Writes `text` and `entities`, or `caption` and `caption_entities`, into a message; nothing for an empty text.
    pub(super) fn write(&self, message: &mut Map<String, Value>, text: &str, entities: &str) {
        message.remove(entities);
        if self.text.is_empty() {
            message.remove(text);
            return;
        }
        message.insert(text.to_owned(), json!(self.text));
        if !self.entities.is_empty() {
            let list = self.entities.iter().map(Entity::to_json).collect();
            message.insert(entities.to_owned(), Value::Array(list));
        }
    }
}

/// First stage: the raw text, the parse mode, the shape of the entities.
pub(super) fn read(
    params: &Params,
    text: &str,
    entities: &str,
    required: bool,
) -> Result<Formatted, ApiError> {
    let raw = params.text(text).unwrap_or_default();
    if raw.is_empty() {
        return if required {
            Err(bad("message text is empty"))
        } else {
            Ok(Formatted::default())
        };
    }
    if raw.len() > MAX_RAW {
        return Err(bad("text is too long"));
    }
    let mode = params
        .text("parse_mode")
        .unwrap_or_default()
        .to_ascii_lowercase();
    match mode.as_str() {
        "html" => html::parse(&raw),
        "" | "none" => {
            let entities = match params.json(entities) {
                Some(Ok(list)) => given(&list)?,
                // The real server ignores what is no array, too.
                Some(Err(_)) | None => Vec::new(),
            };
            let text = raw.into_owned();
            Ok(Formatted { text, entities })
        }
        "markdown" | "markdownv2" => Err(bad("the emulator reads only parse_mode HTML")),
        _ => Err(bad("unsupported parse_mode")),
    }
}

/// The entities of a JSON list.
pub(super) fn given(list: &Value) -> Result<Vec<Entity>, ApiError> {
    let refuse = |what: String| bad(format!("Can't parse MessageEntity: {what}"));
    let mut all = Vec::new();
    for item in list.as_array().map(Vec::as_slice).unwrap_or_default() {
        let Value::Object(fields) = item else {
            return Err(refuse("expected an Object".to_owned()));
        };
        let number = |name: &str| {
            let value = fields
                .get(name)
                .ok_or_else(|| refuse(format!("Can't find field \"{name}\"")))?;
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            let number = number.and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| refuse(format!("Field \"{name}\" must be a valid Number")))
        };
        let (offset, length) = (number("offset")?, number("length")?);
        let Some(kind) = fields.get("type").and_then(Value::as_str) else {
            return Err(refuse("Can't find field \"type\"".to_owned()));
        };
        if FOUND.contains(&kind) {
            continue;
        }
        if !GIVEN.contains(&kind) {
            return Err(refuse("Unsupported type specified".to_owned()));
        }
        let mut entity = Entity::new(kind, offset, length, None);
        for (name, value) in fields {
            if !matches!(name.as_str(), "type" | "offset" | "length") {
                entity.extra.insert(name.clone(), value.clone());
            }
        }
        if kind == "text_link" && !entity.extra.get("url").is_some_and(Value::is_string) {
            return Err(refuse("Can't find field \"url\"".to_owned()));
        }
        all.push(entity);
    }
    Ok(all)
}

/// Second stage for a message: cleaned, trimmed, not empty, not too long.
pub(super) fn finish(raw: Formatted) -> Result<Formatted, ApiError> {
    let done = clean(raw)?;
    if done.text.chars().all(is_blank) {
        return Err(bad("text must be non-empty"));
    }
    if done.text.chars().count() > MAX_TEXT {
        return Err(bad("message is too long"));
    }
    Ok(done)
}

/// Second stage for a caption, which may be empty.
pub(super) fn finish_caption(raw: Formatted) -> Result<Formatted, ApiError> {
    let done = clean(raw)?;
    if done.text.chars().count() > MAX_CAPTION {
        return Err(bad("message caption is too long"));
    }
    Ok(done)
}

/// Cleans and trims a text, moves its entities along, and finds commands, mentions and addresses.
pub(super) fn clean(raw: Formatted) -> Result<Formatted, ApiError> {
    check_offsets(&raw)?;
    let mut text = String::with_capacity(raw.text.len());
    // For every UTF-16 offset of the raw text, the offset in the clean one.
    let mut moved = Vec::new();
    let mut units = 0;
    for letter in raw.text.chars() {
        let kept = match letter {
            '\r' | '\u{2028}'..='\u{202e}' | '\u{333}' | '\u{33f}' | '\u{30a}' => None,
            '\n' => Some('\n'),
            '\0'..='\u{1f}' => Some(' '),
            other => Some(other),
        };
        moved.extend(std::iter::repeat_n(units, letter.len_utf16()));
        if let Some(kept) = kept {
            text.push(kept);
            units += kept.len_utf16();
        }
    }
    moved.push(units);
    let space = [' ', '\n'];
    let without_end = text.trim_end_matches(space);
    let trimmed = without_end.trim_start_matches(space);
    let lead = without_end.len() - trimmed.len(); // Spaces and newlines: one byte, one unit each.
    let size = trimmed.encode_utf16().count();
    let place = |at: usize| moved[at].saturating_sub(lead).min(size);
    let mut entities: Vec<Entity> = Vec::with_capacity(raw.entities.len());
    for mut entity in raw.entities {
        let (from, to) = (place(entity.offset), place(entity.end()));
        (entity.offset, entity.length) = (from, to - from);
        if entity.length > 0 {
            entities.push(entity);
        }
    }
    entities.sort_by_key(Entity::rank);
    // Nothing stands inside code.
    let mut code_end = 0;
    entities.retain(|entity| {
        let outside = entity.offset >= code_end;
        if outside && (entity.kind == "code" || entity.kind == "pre") {
            code_end = entity.end();
        }
        outside
    });
    let mut done = Formatted {
        text: trimmed.to_owned(),
        entities,
    };
    find(&mut done);
    Ok(done)
}

/// Row 6, and links that lead nowhere.
fn check_offsets(raw: &Formatted) -> Result<(), ApiError> {
    if raw.entities.is_empty() {
        return Ok(());
    }
    // Byte offset of the letter a unit belongs to, where the unit is not the first of its letter.
    let mut middle = Vec::new();
    for (at, letter) in raw.text.char_indices() {
        middle.push(None);
        middle.extend(std::iter::repeat_n(Some(at), letter.len_utf16() - 1));
    }
    for entity in &raw.entities {
        let (from, to) = (entity.offset, entity.end());
        if from >= middle.len() {
            return Err(bad(format!(
                "Entity begins after the end of the text at UTF-16 offset {from}"
            )));
        }
        if let Some(at) = middle[from] {
            return Err(bad(format!(
                "Entity begins in a middle of a UTF-16 symbol at byte offset {at}"
            )));
        }
        if to > middle.len() {
            return Err(bad(format!(
                "Entity beginning at UTF-16 offset {from} ends after the end of the text at UTF-16 offset {to}"
            )));
        }
        if let Some(Some(at)) = middle.get(to) {
            return Err(bad(format!(
                "Entity beginning at UTF-16 offset {from} ends in a middle of a UTF-16 symbol at byte offset {at}"
            )));
        }
        if entity.kind == "text_link" {
            let url = entity
                .extra
                .get("url")
                .and_then(Value::as_str)
                .unwrap_or("");
            if web_address(url).is_none() {
                return Err(bad(format!(
                    "Entity URL '{url}' is invalid: Wrong HTTP URL"
                )));
            }
        }
    }
    Ok(())
}

/// Commands, mentions and addresses at the beginning of words, where no other entity is.
fn find(text: &mut Formatted) {
    let mut found = Vec::new();
    let mut units = 0;
    let mut fresh = true;
    for (at, letter) in text.text.char_indices() {
        if fresh && matches!(letter, '/' | '@' | '#' | 'h') {
            let word = text.text[at..]
                .split(char::is_whitespace)
                .next()
                .unwrap_or("");
            if let Some((kind, length)) = word_kind(word) {
                found.push(Entity::new(
                    kind,
                    units,
                    word[..length].encode_utf16().count(),
                    None,
                ));
            }
        }
        fresh = letter.is_whitespace() || letter == '(';
        units += letter.len_utf16();
    }
    let taken = text.entities.len();
    for entity in found {
        let given = &text.entities[..taken];
        let free = given
            .iter()
            .all(|other| other.end() <= entity.offset || entity.end() <= other.offset);
        let inside = given.iter().all(|other| {
            !matches!(
                other.kind.as_str(),
                "code" | "pre" | "text_link" | "text_mention" | "custom_emoji"
            ) && other.offset <= entity.offset
                && entity.end() <= other.end()
        });
        if free || inside {
            text.entities.push(entity);
        }
    }
    text.entities.sort_by_key(Entity::rank);
}

/// What a word is, and how many of its bytes belong to it.
fn word_kind(word: &str) -> Option<(&'static str, usize)> {
    let name = |text: &str| {
        text.bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count()
    };
    if let Some(rest) = word.strip_prefix('/') {
        let command = name(rest);
        let at = rest[command..]
            .strip_prefix('@')
            .map_or(0, |bot| 1 + name(bot));
        return (1..=64)
            .contains(&command)
            .then_some(("bot_command", 1 + command + at));
    }
    if let Some(rest) = word.strip_prefix('@') {
        let length = name(rest);
        return (3..=32)
            .contains(&length)
            .then_some(("mention", 1 + length));
    }
    if let Some(rest) = word.strip_prefix('#') {
        let length: usize = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .map(char::len_utf8)
            .sum();
        return (length > 0).then_some(("hashtag", 1 + length));
    }
    let address = word.trim_end_matches(['.', ',', ')', '!', '?', ';', ':', '"', '\'']);
    let web = address.starts_with("http://") || address.starts_with("https://");
    (web && web_address(address).is_some()).then_some(("url", address.len()))
}

/// Row 20: a host with a dot, http, https, tg or ton; `http://` is added where there is no scheme.
pub(super) fn web_address(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let scheme = scheme.to_ascii_lowercase();
    if scheme == "tg" || scheme == "ton" {
        return (!rest.is_empty()).then(|| url.to_owned());
    }
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let name = host
        .rsplit('@')
        .next()
        .unwrap_or("")
        .split(':')
        .next()
        .unwrap_or("");
    let good = name.contains('.')
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    if !good {
        return None;
    }
    // A bare host comes back with its slash.
    let slash = if host.len() == rest.len() { "/" } else { "" };
    Some(format!("{scheme}://{rest}{slash}"))
}

/// Characters that show nothing.
pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{fffc}')
}
