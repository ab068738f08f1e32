//! Telegram's HTML, made in one place.
//!
//! An [`Html`] value is well-formed markup: words enter it escaped, and tags only through the methods here or
//! from the forum's own Fluent files, which were checked at start. So nothing that a person wrote can be markup.
//! <https://core.telegram.org/bots/api#html-style>

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Text with Telegram's markup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Plain words, escaped.
    pub fn text(words: &str) -> Self {
        let mut html = String::with_capacity(words.len());
        for c in words.chars() {
            match c {
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '&' => html.push_str("&amp;"),
                _ => html.push(c),
            }
        }
        Self(html)
    }

    /// Markup that is known to be well-formed: from a checked Fluent file, or cut from another `Html`.
    pub(super) fn trusted(markup: String) -> Self {
        Self(markup)
    }

    /// These words in bold.
    pub fn bold(words: &str) -> Self {
        Self(format!("<b>{}</b>", Self::text(words).0))
    }

    /// These words in a fixed-width face; on a phone one tap copies them.
    pub fn code(words: &str) -> Self {
        Self(format!("<code>{}</code>", Self::text(words).0))
    }

    /// Appends.
    pub fn push(&mut self, more: &Self) -> &mut Self {
        self.0.push_str(&more.0);
        self
    }

    /// Appends on a new line, or begins.
    pub fn line(&mut self, more: &Self) -> &mut Self {
        self.separated("\n", more)
    }

    /// Appends after an empty line, or begins.
    pub fn paragraph(&mut self, more: &Self) -> &mut Self {
        self.separated("\n\n", more)
    }

    pub(super) fn separated(&mut self, separator: &str, more: &Self) -> &mut Self {
        if !self.0.is_empty() && !more.0.is_empty() {
            self.0.push_str(separator);
        }
        self.push(more)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The markup, as Telegram takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The words without their markup: what a `.txt` file or a terminal shows.
    pub fn to_plain(&self) -> String {
        let mut plain = String::with_capacity(self.0.len());
        for piece in pieces(&self.0) {
            match piece {
                Piece::Tag(_) => {}
                Piece::Char(_, c) => plain.push(c),
            }
        }
        plain
    }

    /// How many characters Telegram counts: Unicode code points after the markup is understood.
    pub fn chars(&self) -> usize {
        pieces(&self.0)
            .filter(|piece| matches!(piece, Piece::Char(..)))
            .count()
    }
}

/// A piece of markup: a whole tag, or one character with its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// `<b>`, `</b>` and so on.
    Tag(&'a str),
    /// A character as written (`&lt;`) and as read (`<`).
    Char(&'a str, char),
}

/// The pieces of well-formed markup.
pub(super) fn pieces(mut markup: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        let first = markup.chars().next()?;
        let length = match first {
            '<' => markup.find('>').map_or(markup.len(), |end| end + 1),
            '&' => markup.find(';').map_or(1, |end| end + 1),
            _ => first.len_utf8(),
        };
        let (source, rest) = markup.split_at(length);
        markup = rest;
        let c = match source {
            "&lt;" => '<',
            "&gt;" => '>',
            "&amp;" => '&',
            "&quot;" => '"',
            _ => first,
        };
        Some(if first == '<' {
            Piece::Tag(source)
        } else {
            Piece::Char(source, c)
        })
    })
}

/// What is wrong with the markup of a Fluent file, if anything: only `<b>`, `<i>`, `<u>`, `<s>` and `<code>`,
/// closed in order.
pub(super) fn fault(markup: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for piece in pieces(markup) {
        let tag = match piece {
            Piece::Tag(tag) => tag,
            Piece::Char(source, '&') if source != "&amp;" => {
                return Some("a bare & must be written &amp;".to_owned());
            }
            Piece::Char(">", _) => return Some("a bare > must be written &gt;".to_owned()),
            Piece::Char(..) => continue,
        };
        match tag
            .trim_start_matches("</")
            .trim_start_matches('<')
            .trim_end_matches('>')
        {
            name @ ("b" | "i" | "u" | "s" | "code") if tag.starts_with("</") => {
                if open.pop() != Some(name) {
                    return Some(format!("{tag} closes nothing"));
                }
            }
            name @ ("b" | "i" | "u" | "s" | "code") => open.push(name),
            _ => return Some(format!("{tag} is not allowed here")),
        }
    }
    open.pop().map(|name| format!("<{name}> is not closed"))
}

/// The closing tags that these open tags need, innermost first.
pub(super) fn closing(open: &[&str]) -> String {
    open.iter().rev().fold(String::new(), |mut closing, tag| {
        let _ = write!(closing, "</{}", tag.trim_start_matches('<')); // writing to a String cannot fail
        closing
    })
}
