//! Reads TOML with the place of every value, and collects every mistake instead of stopping at the first.
//!
//! A [`Section`] is a table from which values are taken by name; what nobody took is an unknown key.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::{Language, Localised};

/// A mistake in a file of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file, relative to the configuration's folder.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The key, with its table.
    pub key: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.file, self.line, self.key, self.what
        )
    }
}

/// One file while it is read.
pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'a> Document<'a> {
    /// Reads a file by handing its top table to `read`; gives back what was read with all mistakes.
    pub(super) fn read<T>(
        file: &'a str,
        text: &'a str,
        read: impl FnOnce(&Section) -> T,
    ) -> (T, Vec<Mistake>) {
        let document = Document {
            file,
            text,
            mistakes: RefCell::default(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            document.note(
                at,
                "(syntax)",
                error.message().lines().next().unwrap_or_default(),
            );
        }
        let value = read(&Section::new(&document, String::new(), 0, table.get_ref()));
        (value, document.mistakes.into_inner())
    }

    fn note(&self, offset: usize, key: &str, what: impl Into<String>) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        self.mistakes.borrow_mut().push(Mistake {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            key: key.to_owned(),
            what: what.into(),
        });
    }
}

/// A table of the file, with the name under which it stands.
pub(super) struct Section<'a> {
    document: &'a Document<'a>,
    name: String,
    offset: usize,
    table: &'a DeTable<'a>,
    taken: RefCell<BTreeSet<String>>,
}

impl<'a> Section<'a> {
    fn new(
        document: &'a Document<'a>,
        name: String,
        offset: usize,
        table: &'a DeTable<'a>,
    ) -> Self {
        Self {
            document,
            name,
            offset,
            table,
            taken: RefCell::default(),
        }
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }

    /// Notes a mistake at this key, or at the table's head where the key is missing.
    pub(super) fn mistake(&self, key: &str, what: impl Into<String>) {
        let offset = self.find(key).map_or(self.offset, |(offset, _)| offset);
        self.document.note(offset, &self.path(key), what);
    }

    fn find(&self, key: &str) -> Option<(usize, &'a DeValue<'a>)> {
        let (name, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((name.span().start, value.get_ref()))
    }

    fn take(&self, key: &str) -> Option<&'a DeValue<'a>> {
        self.taken.borrow_mut().insert(key.to_owned());
        self.find(key).map(|(_, value)| value)
    }

    fn wrong(&self, key: &str, wanted: &str, found: &DeValue<'_>) {
        self.mistake(key, format!("must be {wanted}, not {}", found.type_str()));
    }

    /// A string.
    pub(super) fn string(&self, key: &str) -> Option<&'a str> {
        let value = self.take(key)?;
        let text = value.as_str();
        if text.is_none() {
            self.wrong(key, "a string", value);
        }
        text
    }

    /// A string that must be there.
    pub(super) fn required(&self, key: &str) -> &'a str {
        if self.take(key).is_none() {
            self.mistake(key, "is missing");
        }
        self.string(key).unwrap_or_default()
    }

    /// An id: 1 to 32 of a-z, 0-9, `_` and `-`; it travels in button data, of which Telegram allows 64 bytes.
    pub(super) fn id(&self) -> String {
        let id = self.required("id");
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        if self.find("id").is_some() && !((1..=32).contains(&id.len()) && id.bytes().all(legal)) {
            self.mistake(
                "id",
                "must be 1 to 32 of a-z, 0-9, _ and - (button data holds 64 bytes)",
            );
        }
        id.to_owned()
    }

    /// A whole number within limits.
    pub(super) fn integer(&self, key: &str, limits: RangeInclusive<u64>) -> Option<u64> {
        let value = self.take(key)?;
        let number = value
            .as_integer()
            .and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        match number {
            Some(number) if limits.contains(&number) => Some(number),
            Some(_) | None => {
                self.mistake(
                    key,
                    format!(
                        "must be a whole number from {} to {}",
                        limits.start(),
                        limits.end()
                    ),
                );
                None
            }
        }
    }

    /// Yes or no.
    pub(super) fn boolean(&self, key: &str) -> Option<bool> {
        let value = self.take(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.wrong(key, "true or false", value);
        }
        flag
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let word = self.string(key)?;
        let found = words
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<_> = words.iter().map(|(name, _)| format!("{name:?}")).collect();
            self.mistake(key, format!("must be one of {}", names.join(", ")));
        }
        found
    }

    /// A key that is either a flag or one of a few words.
    pub(super) fn is_boolean(&self, key: &str) -> bool {
        self.find(key).is_some_and(|(_, value)| value.is_bool())
    }

    /// Whether there is something at this key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Whether there is a string at this key.
    pub(super) fn is_text(&self, key: &str) -> bool {
        self.find(key).is_some_and(|(_, value)| value.is_str())
    }

    /// Several strings.
    pub(super) fn strings(&self, key: &str) -> Vec<&'a str> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let items = value.as_array();
        let texts: Option<Vec<_>> =
            items.and_then(|items| items.iter().map(|item| item.get_ref().as_str()).collect());
        if texts.is_none() {
            self.wrong(key, "an array of strings", value);
        }
        texts.unwrap_or_default()
    }

    /// A day or an instant, as a string or as TOML's own kind, as text.
    pub(super) fn date(&self, key: &str) -> Option<String> {
        let value = self.take(key)?;
        let text = date_text(value);
        if text.is_none() {
            self.wrong(key, "a date", value);
        }
        text
    }

    /// Several of those, or one alone.
    pub(super) fn dates(&self, key: &str) -> Vec<String> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let Some(array) = value.as_array() else {
            return self.date(key).into_iter().collect();
        };
        let texts: Option<Vec<_>> = array.iter().map(|item| date_text(item.get_ref())).collect();
        if texts.is_none() {
            self.mistake(key, "must hold dates only");
        }
        texts.unwrap_or_default()
    }

    /// A table within this one.
    pub(super) fn table(&self, key: &str) -> Option<Section<'a>> {
        let (offset, _) = self.find(key)?;
        let value = self.take(key)?;
        let table = value.as_table();
        if table.is_none() {
            self.wrong(key, "a table", value);
        }
        table.map(|table| Section::new(self.document, self.path(key), offset, table))
    }

    /// The tables of an array such as `[[topic]]`.
    pub(super) fn tables(&self, key: &str) -> Vec<Section<'a>> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let Some(array) = value.as_array() else {
            self.wrong(key, "an array of tables", value);
            return Vec::new();
        };
        let section = |(i, item): (usize, &'a Spanned<DeValue<'a>>)| {
            let table = item.get_ref().as_table();
            if table.is_none() {
                self.wrong(key, "an array of tables", item.get_ref());
            }
            let name = format!("{}[{}]", self.path(key), i + 1);
            table.map(|table| Section::new(self.document, name, item.span().start, table))
        };
        array.iter().enumerate().filter_map(section).collect()
    }

    /// A text in every language, one key a language; each must be there and hold 1 to `limit` characters.
    pub(super) fn localised(&self, languages: &[Language], limit: usize) -> Localised {
        let mut texts = Localised::default();
        for language in languages {
            let code = language.as_str();
            let text = self.required(code).trim();
            if self.find(code).is_some() && text.is_empty() {
                self.mistake(code, "is empty");
            }
            let length = unicode_segmentation::UnicodeSegmentation::graphemes(text, true).count();
            if length > limit {
                self.mistake(code, format!("has {length} letters; {limit} fit"));
            }
            texts.0.insert(*language, text.to_owned());
        }
        texts
    }

    /// Notes every key that nobody took.
    pub(super) fn finish(&self) {
        for (key, _) in self.table {
            if !self.taken.borrow().contains(key.get_ref().as_ref()) {
                self.document.note(
                    key.span().start,
                    &self.path(key.get_ref()),
                    "is not a key known here",
                );
            }
        }
    }
}

fn date_text(value: &DeValue<'_>) -> Option<String> {
    let datetime = value.as_datetime().map(ToString::to_string);
    datetime.or_else(|| value.as_str().map(str::to_owned))
}

/// Notes an id that stands twice.
pub(super) fn unique<'s>(seen: &mut BTreeSet<String>, section: &Section<'s>, id: &str) {
    if !id.is_empty() && !seen.insert(id.to_owned()) {
        section.mistake("id", format!("{id:?} is used twice"));
    }
}
