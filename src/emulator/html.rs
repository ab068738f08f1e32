//! `parse_mode=HTML`: tags to entities, with the server's errors and byte offsets (rows 9 to 12).
//!
//! Guarantees offsets in UTF-16 units and exactly the refusals of the real parser. Never trims and never judges lengths; that
//! comes later, in `entities`.

use serde_json::{Value, json};

use super::entities::{Entity, Formatted};
use super::error::{ApiError, bad};

const TAGS: &[&str] = &[
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

struct Open {
    tag: String,
    argument: Option<String>,
    offset: usize,
    start: usize,
}

/// Reads the text; the entities are in the order in which they were closed.
pub(super) fn parse(text: &str) -> Result<Formatted, ApiError> {
    let mut reader = Reader {
        text: text.as_bytes(),
        at: 0,
    };
    let mut out = Formatted::default();
    let mut units = 0;
    let mut open: Vec<Open> = Vec::new();
    while reader.at < text.len() {
        match reader.peek() {
            b'&' => {
                let letter = reader.character_reference().unwrap_or_else(|| {
                    reader.at += 1;
                    '&'
                });
                units += letter.len_utf16();
                out.text.push(letter);
            }
            b'<' => {
                let begin = reader.at;
                reader.at += 1;
                if reader.peek() == b'/' {
                    let Some(last) = open.pop() else {
                        return Err(refuse(format!("Unexpected end tag at byte offset {begin}")));
                    };
                    reader.end_tag(begin, &last.tag)?;
                    close(last, units, &mut out);
                } else {
                    let (tag, argument) = reader.start_tag(begin)?;
                    open.push(Open {
                        tag,
                        argument,
                        offset: units,
                        start: out.text.len(),
                    });
                }
            }
            _ => {
                let letter = text[reader.at..].chars().next().unwrap_or('\u{fffd}');
                reader.at += letter.len_utf8();
                units += letter.len_utf16();
                out.text.push(letter);
            }
        }
    }
    match open.last() {
        Some(last) => Err(refuse(format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            last.tag
        ))),
        None => Ok(out),
    }
}

fn refuse(message: String) -> ApiError {
    bad(format!("Can't parse entities: {message}"))
}

fn close(tag: Open, units: usize, out: &mut Formatted) {
    let length = units - tag.offset;
    if length == 0 {
        return;
    }
    let mut add = |kind: &str, extra: Option<(&str, Value)>| {
        out.entities
            .push(Entity::new(kind, tag.offset, length, extra));
    };
    match tag.tag.as_str() {
        "b" | "strong" => add("bold", None),
        "i" | "em" => add("italic", None),
        "s" | "strike" | "del" => add("strikethrough", None),
        "u" | "ins" => add("underline", None),
        "tg-spoiler" | "span" => add("spoiler", None),
        "tg-emoji" => {
            if let Some(id) = tag.argument {
                add("custom_emoji", Some(("custom_emoji_id", json!(id))));
            }
        }
        "tg-time" => {
            if let Some(time) = tag.argument.and_then(|unix| unix.parse::<i64>().ok()) {
                add("date_time", Some(("unix_time", json!(time))));
            }
        }
        "blockquote" if tag.argument.is_some() => add("expandable_blockquote", None),
        "blockquote" => add("blockquote", None),
        "a" => {
            let url = tag
                .argument
                .filter(|url| !url.is_empty())
                .unwrap_or_else(|| out.text[tag.start..].to_owned());
            link(url.trim(), tag.offset, length, out);
        }
        "pre" => {
            // `<pre><code class="language-x">` is one block with a language.
            let inner = out.entities.pop_if(|last| {
                last.kind == "code"
                    && last.offset == tag.offset
                    && last.length == length
                    && last.language.is_some()
            });
            let language = inner
                .and_then(|code| code.language)
                .map(|language| ("language", json!(language)));
            out.entities
                .push(Entity::new("pre", tag.offset, length, language));
        }
        _ => {
            let mut code = Entity::new("code", tag.offset, length, None);
            code.language = tag.argument;
            out.entities.push(code);
        }
    }
}

fn link(url: &str, offset: usize, length: usize, out: &mut Formatted) {
    let user = url
        .strip_prefix("tg://user?id=")
        .and_then(|id| id.parse::<i64>().ok());
    if let Some(id) = user {
        // The name is filled in by whoever knows the people; an unknown one stays plain text there.
        out.entities.push(Entity::new(
            "text_mention",
            offset,
            length,
            Some(("user", json!({"id": id}))),
        ));
    } else if let Some(url) = super::entities::web_address(url) {
        out.entities.push(Entity::new(
            "text_link",
            offset,
            length,
            Some(("url", json!(url))),
        ));
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The byte here; zero at the end, as in the original.
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn slice(&self, from: usize) -> String {
        String::from_utf8_lossy(&self.text[from.min(self.at)..self.at.min(self.text.len())])
            .into_owned()
    }

    fn skip_space(&mut self) {
        while self.at < self.text.len() && is_space(self.peek()) {
            self.at += 1;
        }
    }

    fn start_tag(&mut self, begin: usize) -> Result<(String, Option<String>), ApiError> {
        let unclosed = || refuse(format!("Unclosed start tag at byte offset {begin}"));
        while !is_space(self.peek()) && self.peek() != b'>' {
            self.at += 1;
        }
        if self.peek() == 0 {
            return Err(unclosed());
        }
        let tag = self.slice(begin + 1).to_ascii_lowercase();
        if !TAGS.contains(&tag.as_str()) {
            return Err(refuse(format!(
                "Unsupported start tag \"{tag}\" at byte offset {begin}"
            )));
        }
        let mut argument = None;
        loop {
            self.skip_space();
            match self.peek() {
                0 => return Err(unclosed()),
                b'>' => break,
                _ => {}
            }
            let name_at = self.at;
            while !is_space(self.peek())
                && !matches!(self.peek(), b'=' | b'>' | b'/' | b'"' | b'\'')
            {
                self.at += 1;
            }
            let name = self.slice(name_at).to_ascii_lowercase();
            if name.is_empty() {
                return Err(refuse(format!(
                    "Empty attribute name in the tag \"{tag}\" at byte offset {begin}"
                )));
            }
            self.skip_space();
            let value = if self.peek() == b'=' {
                self.at += 1;
                self.skip_space();
                self.attribute_value(begin)?
            } else {
                String::new()
            };
            if self.peek() == 0 {
                return Err(unclosed());
            }
            match (tag.as_str(), name.as_str()) {
                ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix") => {
                    argument = Some(value)
                }
                ("code", "class") => argument = value.strip_prefix("language-").map(str::to_owned),
                ("span", "class") => argument = value.strip_prefix("tg-").map(str::to_owned),
                ("blockquote", "expandable") => argument = Some(String::new()),
                _ => {}
            }
        }
        if tag == "span" && argument.as_deref() != Some("spoiler") {
            return Err(refuse(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            )));
        }
        self.at += 1;
        Ok((tag, argument))
    }

    fn attribute_value(&mut self, begin: usize) -> Result<String, ApiError> {
        let quote = self.peek();
        if quote != b'"' && quote != b'\'' {
            let from = self.at;
            while self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'.' | b'-') {
                self.at += 1;
            }
            if !is_space(self.peek()) && self.peek() != b'>' {
                return Err(refuse(format!(
                    "Unexpected end of name token at byte offset {from}"
                )));
            }
            return Ok(self.slice(from).to_ascii_lowercase());
        }
        self.at += 1;
        let mut value = Vec::new();
        while self.peek() != quote {
            if self.at >= self.text.len() {
                return Err(refuse(format!("Unclosed start tag at byte offset {begin}")));
            }
            match self.character_reference() {
                Some(letter) => value.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                None => {
                    value.push(self.peek());
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Ok(String::from_utf8_lossy(&value).into_owned())
    }

    /// Stands on `/`; leaves behind `>`.
    fn end_tag(&mut self, begin: usize, expected: &str) -> Result<(), ApiError> {
        while !is_space(self.peek()) && self.peek() != b'>' {
            self.at += 1;
        }
        let found = self.slice(begin + 2).to_ascii_lowercase();
        self.skip_space();
        if self.peek() != b'>' {
            return Err(refuse(format!("Unclosed end tag at byte offset {begin}")));
        }
        if !found.is_empty() && found != expected {
            return Err(refuse(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{expected}>\", found \"</{found}>\""
            )));
        }
        self.at += 1;
        Ok(())
    }

    /// `&lt;`, `&#1234;` and the like; stays where it is when there is none.
    fn character_reference(&mut self) -> Option<char> {
        if self.peek() != b'&' {
            return None;
        }
        let rest = &self.text[self.at + 1..];
        let (letter, length) = if rest.first() == Some(&b'#') {
            let hex = matches!(rest.get(1), Some(b'x' | b'X'));
            let (skip, radix) = if hex { (2, 16) } else { (1, 10) };
            let digits = rest[skip..]
                .iter()
                .take_while(|byte| char::from(**byte).is_digit(radix))
                .count();
            let number = std::str::from_utf8(&rest[skip..skip + digits]).ok()?;
            let letter = u32::from_str_radix(number, radix)
                .ok()
                .and_then(char::from_u32)
                .filter(|c| *c != '\0')?;
            (letter, skip + digits)
        } else {
            let length = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count();
            let letter = match &rest[..length] {
                b"lt" => '<',
                b"gt" => '>',
                b"amp" => '&',
                b"quot" => '"',
                _ => return None,
            };
            (letter, length)
        };
        self.at += 1 + length;
        if self.peek() == b';' {
            self.at += 1;
        }
        Some(letter)
    }
}

/// The end of the text counts as a space, as in the original.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x0b)
}
