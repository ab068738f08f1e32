//! `form.toml`, `topics.toml`, `places.toml`: what is asked, and what may be chosen.

use std::collections::BTreeSet;

use super::reader::{Document, Mistake, Section, unique};
use crate::domain::concern::question;
use crate::domain::{Language, Localised};

/// Letters (grapheme clusters) of a button's label that a cheap phone shows on one line.
pub const LABEL_LETTERS: usize = 40;
/// Letters of a prompt; it shares Telegram's 4,096 characters with what stands around it.
const PROMPT_LETTERS: usize = 1_000;
/// Buttons of one message that Telegram accepts are 100; three belong to Back, Skip and Cancel.
const CHOICES: usize = 97;
/// Questions of a form: the review offers to change each, and a Khmer name has up to 90 bytes.
const QUESTIONS: usize = 40;
/// Bytes of a message's keyboard that Telegram accepts are about 10,000.
const KEYBOARD_BYTES: usize = 9_000;
/// Bytes of JSON that a button needs besides its label and its id.
const BUTTON_BYTES: usize = 64;

/// One thing to choose from.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What records and exports hold.
    pub id: String,
    /// What people read.
    pub label: Localised,
}

/// A place: a choice that may stand for all places together.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its id and name.
    pub choice: Choice,
    /// "The whole country": never counted among the places that were silent.
    pub whole: bool,
}

/// A question of the form.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// What kind of answer it wants.
    pub kind: Kind,
    /// What is asked.
    pub prompt: Localised,
    /// Whether it must be answered.
    pub required: Required,
}

/// The kinds of questions.
#[derive(Clone, Debug)]
pub enum Kind {
    /// One of these.
    Choice(Vec<Choice>),
    /// Who may read it; the choices are fixed, their words stand in the Fluent files.
    Disclosure,
    /// One of the forum's places.
    Place,
    /// Written words, at most this many characters.
    Text {
        /// Unicode characters.
        max_chars: usize,
    },
    /// Text, voice notes, photos and documents, as many messages as wanted.
    Story {
        /// Unicode characters of all written parts together.
        max_chars: usize,
        /// Voice notes, photos and documents together.
        max_files: usize,
    },
    /// A whole number.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
}

/// Whether a question must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// Always.
    Yes,
    /// Unless the story holds a voice note.
    UnlessVoice,
    /// Never.
    No,
}

pub(super) fn read_topics(
    file: &str,
    text: &str,
    languages: &[Language],
) -> (Vec<Choice>, Vec<Mistake>) {
    Document::read(file, text, |top| {
        let mut seen = BTreeSet::new();
        let topics: Vec<_> = top
            .tables("topic")
            .into_iter()
            .map(|section| read_choice(section, &mut seen, languages))
            .collect();
        check_keyboard(top, "topic", &topics);
        top.finish();
        topics
    })
}

pub(super) fn read_places(
    file: &str,
    text: &str,
    languages: &[Language],
) -> (Vec<Place>, Vec<Mistake>) {
    Document::read(file, text, |top| {
        let mut seen = BTreeSet::new();
        let read = |section: Section| {
            let whole = section.boolean("whole").unwrap_or(false);
            Place {
                choice: read_choice(section, &mut seen, languages),
                whole,
            }
        };
        let places: Vec<_> = top.tables("place").into_iter().map(read).collect();
        let choices: Vec<_> = places.iter().map(|place| place.choice.clone()).collect();
        check_keyboard(top, "place", &choices);
        top.finish();
        places
    })
}

pub(super) fn read_form(
    file: &str,
    text: &str,
    topics: &[Choice],
    languages: &[Language],
) -> (Vec<Question>, Vec<Mistake>) {
    Document::read(file, text, |top| {
        let mut seen = BTreeSet::new();
        let mut questions = Vec::new();
        for section in top.tables("question") {
            questions.push(read_question(section, &mut seen, topics, languages));
        }
        // Each has a button on the review, beside Submit, Back and Cancel.
        if questions.len() > QUESTIONS {
            top.mistake(
                "question",
                format!("{} questions; a form holds {QUESTIONS}", questions.len()),
            );
        }
        for id in question::REQUIRED {
            if !seen.contains(id) {
                top.mistake(
                    "question",
                    format!("a question with the id {id:?} is missing"),
                );
            }
        }
        top.finish();
        questions
    })
}

fn read_choice(section: Section, seen: &mut BTreeSet<String>, languages: &[Language]) -> Choice {
    let id = section.id();
    unique(seen, &section, &id);
    let label = section.localised(languages, LABEL_LETTERS);
    section.finish();
    Choice { id, label }
}

fn check_keyboard(section: &Section, key: &str, choices: &[Choice]) {
    if choices.is_empty() {
        section.mistake(key, "there is nothing to choose from");
    }
    if choices.len() > CHOICES {
        section.mistake(
            key,
            format!(
                "{} choices; a message of Telegram's holds {CHOICES}",
                choices.len()
            ),
        );
    }
    let labels = |choice: &Choice| choice.label.all().map(str::len).max().unwrap_or(0);
    let bytes: usize = choices
        .iter()
        .map(|choice| labels(choice) + choice.id.len() + BUTTON_BYTES)
        .sum();
    if bytes > KEYBOARD_BYTES {
        section.mistake(
            key,
            format!("the keyboard has about {bytes} bytes; Telegram takes {KEYBOARD_BYTES}"),
        );
    }
}

fn read_question(
    section: Section,
    seen: &mut BTreeSet<String>,
    topics: &[Choice],
    languages: &[Language],
) -> Question {
    let id = section.id();
    unique(seen, &section, &id);
    let prompt = match section.table("prompt") {
        Some(prompt) => {
            let text = prompt.localised(languages, PROMPT_LETTERS);
            prompt.finish();
            text
        }
        None => {
            section.mistake("prompt", "is missing");
            Localised::default()
        }
    };
    let kind = read_kind(&section, &id, topics, languages);
    let required = if section.is_boolean("required") {
        if section.boolean("required") == Some(true) {
            Required::Yes
        } else {
            Required::No
        }
    } else {
        section
            .one_of("required", &[("unless-voice", Required::UnlessVoice)])
            .unwrap_or(Required::Yes)
    };
    check_known(&section, &id, &kind, required);
    section.finish();
    Question {
        id,
        kind,
        prompt,
        required,
    }
}

fn read_kind(section: &Section, id: &str, topics: &[Choice], languages: &[Language]) -> Kind {
    #[derive(Clone, Copy)]
    enum Name {
        Choice,
        Place,
        Text,
        Story,
        Number,
    }
    let names = [
        ("choice", Name::Choice),
        ("place", Name::Place),
        ("text", Name::Text),
        ("story", Name::Story),
        ("number", Name::Number),
    ];
    section.required("kind");
    match section.one_of("kind", &names) {
        Some(Name::Choice) if id == question::TOPIC => Kind::Choice(topics.to_vec()),
        Some(Name::Choice) if id == question::DISCLOSURE => Kind::Disclosure,
        Some(Name::Choice) => {
            let mut seen = BTreeSet::new();
            let options: Vec<_> = section
                .tables("option")
                .into_iter()
                .map(|o| read_choice(o, &mut seen, languages))
                .collect();
            check_keyboard(section, "option", &options);
            Kind::Choice(options)
        }
        Some(Name::Place) => Kind::Place,
        // One message of Telegram's holds 4,096 characters, and the answer is shown again within one.
        Some(Name::Text) => Kind::Text {
            max_chars: section.integer("max_chars", 1..=3_000).unwrap_or(1_000) as usize,
        },
        // A record stays under 64 KiB; a Khmer letter has three bytes.
        Some(Name::Story) => Kind::Story {
            max_chars: section.integer("max_chars", 100..=12_000).unwrap_or(12_000) as usize,
            max_files: section.integer("max_files", 0..=10).unwrap_or(10) as usize,
        },
        Some(Name::Number) => {
            let min = section.integer("min", 0..=u64::from(u32::MAX)).unwrap_or(0);
            let max = section
                .integer("max", 0..=u64::from(u32::MAX))
                .unwrap_or(1_000_000);
            if min > max {
                section.mistake("min", "is above max");
            }
            Kind::Number { min, max }
        }
        None => Kind::Text { max_chars: 1_000 },
    }
}

/// The ids that the program knows have kinds that it can rely on.
fn check_known(section: &Section, id: &str, kind: &Kind, required: Required) {
    let fits = match (id, kind) {
        (question::TOPIC | question::URGENCY, Kind::Choice(_))
        | (question::PLACE, Kind::Place)
        | (question::TITLE | question::AFFECTED | question::ASK, Kind::Text { .. })
        | (question::STORY, Kind::Story { .. })
        | (question::DISCLOSURE, Kind::Disclosure) => true,
        (known, _) if question::KNOWN.contains(&known) => false,
        (_, Kind::Story { .. }) => {
            section.mistake(
                "kind",
                "there is one story, the question with the id \"story\"",
            );
            true
        }
        (
            _,
            Kind::Choice(_)
            | Kind::Disclosure
            | Kind::Place
            | Kind::Text { .. }
            | Kind::Number { .. },
        ) => true,
    };
    if !fits {
        section.mistake("kind", format!("does not suit the question {id:?}"));
    }
    let must = [
        question::TOPIC,
        question::PLACE,
        question::STORY,
        question::DISCLOSURE,
    ]
    .contains(&id);
    if must && required != Required::Yes {
        section.mistake("required", format!("the question {id:?} must be answered"));
    }
    if id == question::TITLE && required == Required::No {
        section.mistake("required", "a title is needed: true, or \"unless-voice\"");
    }
}
