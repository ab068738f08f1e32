//! Which column of a list is which, and which place a cell names.
//!
//! A heading is compared without case, spaces and punctuation. The names of columns follow from the forum: `name_` and
//! the code of one of its languages, and the language's own name as its Fluent file gives it. The words below are only
//! how people head such lists in languages that we know; a language without any is headed by its code.

use std::collections::BTreeMap;

use super::read::Unreadable;
use super::sheet::Row;
use crate::domain::Language;
use crate::text::{Forum, clean};

/// How the number is headed.
const NUMBER: [&str; 13] = [
    "number",
    "registration",
    "registration number",
    "registration no",
    "reg number",
    "reg no",
    "id",
    "code",
    "លេខ",
    "លេខបញ្ជី",
    "លេខចុះបញ្ជី",
    "លេខបញ្ជិកា",
    "លេខសម្គាល់",
];
/// So is the running number of a row; it counts only where no other column is the number.
const RUNNING: [&str; 5] = ["no", "nr", "#", "ល.រ", "លរ"];
/// How the place is headed.
const PLACE: [&str; 10] = [
    "province",
    "place",
    "location",
    "city",
    "province/city",
    "capital/province",
    "ខេត្ត",
    "រាជធានី",
    "រាជធានីខេត្ត",
    "ខេត្តរាជធានី",
];
/// Words around a place's name.
const AROUND_PLACE: [&str; 7] = [
    "province",
    "capital",
    "city",
    "municipality",
    "រាជធានី",
    "ខេត្ត",
    "ក្រុង",
];
/// Words around a language in the heading of a name, with the language in which a bare one is written.
const AROUND_NAME: [(&str, &str); 18] = [
    ("organisation", "en"),
    ("organization", "en"),
    ("association", "en"),
    ("language", "en"),
    ("name", "en"),
    ("ngo", "en"),
    ("the", "en"),
    ("in", "en"),
    ("of", "en"),
    ("ឈ្មោះ", "km"),
    ("នាម", "km"),
    ("អង្គការ", "km"),
    ("សមាគម", "km"),
    ("ភាសា", "km"),
    ("អក្សរ", "km"),
    ("របស់", "km"),
    ("ជា", "km"),
    ("និង", "km"),
];
/// What a language is called besides its code and its own name.
const LANGUAGES: [(&str, &str); 5] = [
    ("khmer", "km"),
    ("ខ្មែរ", "km"),
    ("english", "en"),
    ("អង់គ្លេស", "en"),
    ("latin", "en"),
];
/// Rows that may stand above the headings: a title, an emblem, Excel's `sep=`.
pub(super) const ABOVE: usize = 10;

/// Where everything stands.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) number: usize,
    pub(super) names: BTreeMap<Language, usize>,
    pub(super) place: Option<usize>,
    /// As written, for naming a column to its author.
    pub(super) headings: Vec<String>,
    /// Those that mean nothing here.
    pub(super) passed_over: Vec<String>,
}

/// The headings among the first rows, with how many rows they and what stands above them are; `None` without any.
///
/// # Errors
/// Two columns that mean the same.
pub(super) fn find(rows: &[Row], forum: &Forum) -> Result<Option<(Columns, usize)>, Unreadable> {
    for (index, row) in rows.iter().take(ABOVE).enumerate() {
        let Ok(cells) = &row.cells else { continue };
        let headings = cells.iter().map(|cell| match cell {
            Ok(text) => clean::clean_line(text),
            Err(_) => String::new(),
        });
        if let Some(columns) = Columns::of(headings.collect(), forum)? {
            return Ok(Some((columns, index + 1)));
        }
    }
    Ok(None)
}

impl Columns {
    fn of(mut headings: Vec<String>, forum: &Forum) -> Result<Option<Self>, Unreadable> {
        while headings.last().is_some_and(String::is_empty) {
            headings.pop();
        }
        let languages = languages(forum);
        let (mut number, mut running, mut place) = (None, None, None);
        let mut names = BTreeMap::new();
        let mut passed_over = Vec::new();
        for (index, heading) in headings.iter().enumerate() {
            let key = key(heading);
            let is_any = |words: &[&str]| words.iter().any(|word| self::key(word) == key);
            let before = if key.is_empty() {
                None
            } else if is_any(&NUMBER) {
                number.replace(index)
            } else if is_any(&RUNNING) || heading == "#" {
                running.replace(index)
            } else if is_any(&PLACE) {
                place.replace(index)
            } else if let Some(language) = name_in(&key, &languages) {
                names.insert(language, index)
            } else {
                passed_over.push(heading.clone());
                None
            };
            if let Some(before) = before {
                return Err(Unreadable::Twice {
                    one: headings[before].clone(),
                    other: heading.clone(),
                });
            }
        }
        if let (Some(_), Some(running)) = (number, running) {
            passed_over.push(headings[running].clone());
        }
        let Some(number) = number.or(running).filter(|_| !names.is_empty()) else {
            return Ok(None);
        };
        Ok(Some(Self {
            number,
            names,
            place,
            headings,
            passed_over,
        }))
    }
}

/// What each language of the forum may be called, folded.
fn languages(forum: &Forum) -> Vec<(String, Language)> {
    let mut called = Vec::new();
    for phrases in forum.words.each() {
        let language = phrases.language();
        called.push((key(language.as_str()), language));
        called.push((key(&phrases.language_name()), language));
        let known = LANGUAGES
            .iter()
            .filter(|(_, code)| *code == language.as_str());
        called.extend(known.map(|(word, _)| (key(word), language)));
    }
    called
}

/// The language of which this heads the names.
fn name_in(heading: &str, languages: &[(String, Language)]) -> Option<Language> {
    let mut rest = heading;
    let mut written = None;
    loop {
        if let Some((_, language)) = languages.iter().find(|(called, _)| called == rest) {
            return Some(*language);
        }
        let around = AROUND_NAME.iter().find_map(|(word, code)| {
            let word = key(word);
            let shorter = rest
                .strip_prefix(word.as_str())
                .or_else(|| rest.strip_suffix(word.as_str()))?;
            Some((shorter, *code))
        });
        let (shorter, code) = around?;
        written = written.or(Some(code));
        rest = shorter;
        if rest.is_empty() {
            let language = Language::parse(written?)?;
            return languages
                .iter()
                .map(|(_, known)| *known)
                .find(|known| *known == language);
        }
    }
}

/// The places of the forum by everything they may be called.
pub(super) struct Places(BTreeMap<String, String>);

impl Places {
    pub(super) fn new(forum: &Forum) -> Self {
        let mut places = BTreeMap::new();
        for choice in forum.config.place_choices() {
            for name in choice.label.all().chain([choice.id.as_str()]) {
                for key in [key(name), bare(&key(name))] {
                    places.entry(key).or_insert_with(|| choice.id.clone());
                }
            }
        }
        Self(places)
    }

    /// The id of the place that is called so, with or without the word for province around it.
    pub(super) fn id(&self, name: &str) -> Option<&str> {
        let key = key(name);
        let found = self.0.get(&key).or_else(|| self.0.get(&bare(&key)));
        found.map(String::as_str)
    }
}

/// Without the words around it.
fn bare(place: &str) -> String {
    let mut rest = place.to_owned();
    while let Some(shorter) = AROUND_PLACE.iter().find_map(|word| {
        let word = key(word);
        let shorter = rest
            .strip_prefix(word.as_str())
            .or_else(|| rest.strip_suffix(word.as_str()))?;
        (!shorter.is_empty()).then(|| shorter.to_owned())
    }) {
        rest = shorter;
    }
    rest
}

/// Folded, without punctuation.
fn key(text: &str) -> String {
    clean::fold(text)
        .chars()
        .filter(|c| {
            !c.is_ascii_punctuation()
                && !matches!(c, '\u{2010}'..='\u{2015}' | '\u{17D4}'..='\u{17DA}')
        })
        .collect()
}
