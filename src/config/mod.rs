//! What a forum changes without touching the program: settings, form, topics, places, reminders, words.
//!
//! The files of `config/` are compiled in; a folder given with `--config` replaces them file by file, each
//! whole. Loading collects every mistake. Secrets are not here: the token and the key come from elsewhere.

pub mod form;
mod meeting;
mod reader;
pub mod reminders;
pub mod settings;

use std::collections::BTreeMap;
use std::path::Path;

pub use form::{Choice, Kind, Place, Question, Required};
pub use meeting::meeting;
pub use reader::Mistake;
pub use reminders::Calendar;
pub use settings::{Backup, Join, Mode, Review, Sending, Settings, Webhook};

use crate::domain::Language;

/// Everything that was configured, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// How this instance runs.
    pub settings: Settings,
    /// The form's questions in order.
    pub form: Vec<Question>,
    /// The topics.
    pub topics: Vec<Choice>,
    /// The places.
    pub places: Vec<Place>,
    /// What is due when.
    pub calendar: Calendar,
    /// The Fluent sources by language, in the order in which languages are offered.
    pub locales: Vec<Locale>,
}

/// The words of one language.
#[derive(Clone, Debug)]
pub struct Locale {
    /// Its code, from the file's name.
    pub language: Language,
    /// The file, relative to the configuration's folder.
    pub file: String,
    /// Its text, in Fluent's syntax.
    pub source: String,
}

/// The files that were compiled in.
const COMPILED: [(&str, &str); 7] = [
    ("samleng.toml", include_str!("../../config/samleng.toml")),
    ("form.toml", include_str!("../../config/form.toml")),
    ("topics.toml", include_str!("../../config/topics.toml")),
    ("places.toml", include_str!("../../config/places.toml")),
    (
        "reminders.toml",
        include_str!("../../config/reminders.toml"),
    ),
    (
        "locales/km.ftl",
        include_str!("../../config/locales/km.ftl"),
    ),
    (
        "locales/en.ftl",
        include_str!("../../config/locales/en.ftl"),
    ),
];

/// Texts of files by name, before they are understood.
pub type Files = BTreeMap<String, String>;

/// The compiled files, with those of `folder` in their place where it has them.
///
/// # Errors
/// A mistake for every file that is there and cannot be read, or whose name means nothing here.
pub fn files(folder: Option<&Path>) -> Result<Files, Vec<Mistake>> {
    let mut files: Files = COMPILED
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let mut mistakes = Vec::new();
    let mut unreadable = |name: &str, what: String| {
        mistakes.push(Mistake {
            file: name.to_owned(),
            line: 1,
            key: "(file)".to_owned(),
            what,
        });
    };
    let Some(folder) = folder else {
        return Ok(files);
    };
    if !folder.is_dir() {
        unreadable(&folder.display().to_string(), "is no folder".to_owned());
    }
    let mut names: Vec<String> = COMPILED
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| name.ends_with(".toml"))
        .map(str::to_owned)
        .collect();
    if let Ok(entries) = std::fs::read_dir(folder.join("locales")) {
        let locales = entries
            .flatten()
            .map(|entry| format!("locales/{}", entry.file_name().display()));
        names.extend(locales.filter(|name| name.ends_with(".ftl")));
    }
    for name in names {
        match std::fs::read_to_string(folder.join(&name)) {
            Ok(text) => {
                files.insert(name, text);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => unreadable(&name, format!("cannot be read: {error}")),
        }
    }
    if mistakes.is_empty() {
        Ok(files)
    } else {
        Err(mistakes)
    }
}

/// The same for a bot that is to touch nothing outside of its data folder, and to which updates come without an address: for a try.
#[must_use]
pub fn for_a_try(files: Files) -> Files {
    let alone = files.into_iter().map(|(name, text)| {
        let text = match name.as_str() {
            "samleng.toml" => settings::for_a_try(&text),
            _ => text,
        };
        (name, text)
    });
    alone.collect()
}

/// Understands the files.
///
/// # Errors
/// Every mistake of every file but the Fluent ones, which `text::Words` reads.
pub fn load(files: &Files) -> Result<Config, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let text = |name: &str| files.get(name).map_or("", String::as_str);
    let locales = locales(files, &mut mistakes);
    let languages: Vec<Language> = locales.iter().map(|locale| locale.language).collect();
    let mut keep = |found: Vec<Mistake>| mistakes.extend(found);

    let (settings, found) = Settings::read("samleng.toml", text("samleng.toml"));
    keep(found);
    let (topics, found) = form::read_topics("topics.toml", text("topics.toml"), &languages);
    keep(found);
    let (places, found) = form::read_places("places.toml", text("places.toml"), &languages);
    keep(found);
    let (form, found) = form::read_form("form.toml", text("form.toml"), &topics, &languages);
    keep(found);
    let (calendar, found) = Calendar::read(
        "reminders.toml",
        text("reminders.toml"),
        &languages,
        settings.retention_days > 0,
    );
    keep(found);
    if mistakes.is_empty() {
        Ok(Config {
            settings,
            form,
            topics,
            places,
            calendar,
            locales,
        })
    } else {
        Err(mistakes)
    }
}

/// The languages that have a file: the compiled ones in their order, then any others by code.
pub fn locales_of(files: &Files) -> Vec<Locale> {
    locales(files, &mut Vec::new())
}

fn locales(files: &Files, mistakes: &mut Vec<Mistake>) -> Vec<Locale> {
    let compiled = COMPILED.iter().map(|(name, _)| *name);
    let others = files
        .keys()
        .map(String::as_str)
        .filter(|name| compiled.clone().all(|known| known != *name));
    let mut locales = Vec::new();
    for file in compiled.clone().chain(others) {
        let Some(code) = file
            .strip_prefix("locales/")
            .and_then(|name| name.strip_suffix(".ftl"))
        else {
            continue;
        };
        let source = files.get(file).cloned().unwrap_or_default();
        match Language::parse(code) {
            Some(language) => locales.push(Locale {
                language,
                file: file.to_owned(),
                source,
            }),
            None => mistakes.push(Mistake {
                file: file.to_owned(),
                line: 1,
                key: "(file)".to_owned(),
                what: "the name must be a two-letter language code and .ftl".to_owned(),
            }),
        }
    }
    locales
}

impl Config {
    /// The languages, in the order in which they are offered.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.locales.iter().map(|locale| locale.language)
    }

    /// The question with this id, with its position in the form.
    pub fn question(&self, id: &str) -> Option<(usize, &Question)> {
        self.form
            .iter()
            .enumerate()
            .find(|(_, question)| question.id == id)
    }

    /// The places as choices.
    pub fn place_choices(&self) -> impl Iterator<Item = &Choice> {
        self.places.iter().map(|place| &place.choice)
    }
}
