//! A concern and its parts in words: for its author on the review and below the receipt, for whoever reads a digest.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Html, Phrases};
use crate::config::{Choice, Config, Kind, Question};
use crate::domain::concern::{Disclosure, question};
use crate::domain::{Answer, Answers, Language, Organisation, Part, PartContent, Status};

/// Letters of a story's beginning.
const OPENING: usize = 160;

/// All answers, with the organisation where it is shown to those who will read them.
pub fn of(
    answers: &Answers,
    organisation: Option<&Organisation>,
    config: &Config,
    phrases: Phrases<'_>,
) -> Html {
    let mut html = Html::default();
    let chosen = answers
        .choice(question::DISCLOSURE)
        .and_then(Disclosure::from_id);
    let named = match chosen {
        Some(Disclosure::Named | Disclosure::OrganisersOnly) => true,
        Some(Disclosure::Unnamed) | None => false,
    };
    if let Some(organisation) = organisation.filter(|_| named) {
        html.line(&entry(
            &phrases.field_organisation(),
            &Html::text(organisation.name.get(phrases.language())),
            phrases,
        ));
    }
    for question in &config.form {
        let Some(given) = answers.0.get(&question.id) else {
            continue;
        };
        match given {
            Answer::Skipped => {}
            Answer::Story(parts) => {
                html.line(&entry(&field(question, phrases), &Html::default(), phrases));
                html.line(&story(parts, phrases));
            }
            Answer::Choice { .. } | Answer::Text { .. } | Answer::Number { .. } => {
                html.line(&entry(
                    &field(question, phrases),
                    &Html::text(&answer(question, given, config, phrases)),
                    phrases,
                ));
            }
        }
    }
    html
}

fn entry(name: &str, value: &Html, phrases: Phrases<'_>) -> Html {
    let mut html = phrases.card_field(name);
    if !value.is_empty() {
        html.push(&Html::text(" ")).push(value);
    }
    html
}

/// The pieces of a story, one under the other.
pub fn story(parts: &[Part], phrases: Phrases<'_>) -> Html {
    let mut html = Html::default();
    for part in parts {
        html.line(&match &part.content {
            PartContent::Text(text) => Html::text(text),
            PartContent::Voice { seconds, .. } => phrases.part_voice(&duration(*seconds, phrases)),
            PartContent::Photo(_) => phrases.part_photo(),
            PartContent::Document(_) => phrases.part_document(),
        });
    }
    html
}

/// How much of a story there is: "2 messages, 1 voice note".
pub fn tally(parts: &[Part], phrases: Phrases<'_>) -> Html {
    let (mut texts, mut voices, mut photos, mut documents) = (0, 0, 0, 0);
    for part in parts {
        match part.content {
            PartContent::Text(_) => texts += 1,
            PartContent::Voice { .. } => voices += 1,
            PartContent::Photo(_) => photos += 1,
            PartContent::Document(_) => documents += 1,
        }
    }
    let mut html = Html::default();
    for (count, phrase) in [
        (texts, phrases.count_texts(texts)),
        (voices, phrases.count_voices(voices)),
        (photos, phrases.count_photos(photos)),
        (documents, phrases.count_documents(documents)),
    ] {
        if count > 0 {
            html.separated(", ", &phrase);
        }
    }
    html
}

/// Minutes and seconds: `1:05`.
pub fn duration(seconds: u32, phrases: Phrases<'_>) -> String {
    phrases.digits(&format!("{}:{:02}", seconds / 60, seconds % 60))
}

/// An answer in words; empty for a story, which has its own form.
pub fn answer(
    question: &Question,
    answer: &Answer,
    config: &Config,
    phrases: Phrases<'_>,
) -> String {
    match answer {
        Answer::Choice { id, .. } => match &question.kind {
            Kind::Choice(choices) => label(choices, id, phrases.language()),
            Kind::Place => place(config, id, phrases.language()),
            Kind::Disclosure => Disclosure::from_id(id)
                .map_or_else(|| id.clone(), |chosen| disclosure(chosen, phrases)),
            Kind::Text { .. } | Kind::Number { .. } | Kind::Story { .. } => id.clone(),
        },
        Answer::Text { text, .. } => text.clone(),
        Answer::Number { value, .. } => phrases.number(*value),
        Answer::Skipped => phrases.skipped(),
        Answer::Story(_) => String::new(),
    }
}

/// The label of a choice; its id where the configuration no longer has it.
pub fn label(choices: &[Choice], id: &str, language: Language) -> String {
    choices
        .iter()
        .find(|choice| choice.id == id)
        .map_or(id, |choice| choice.label.get(language))
        .to_owned()
}

/// The name of a place.
pub fn place(config: &Config, id: &str, language: Language) -> String {
    let found = config.place_choices().find(|place| place.id == id);
    found
        .map_or(id, |place| place.label.get(language))
        .to_owned()
}

/// What a concern is called: its title, else its subject.
pub fn name(answers: &Answers, config: &Config, phrases: Phrases<'_>) -> String {
    answers
        .text(question::TITLE)
        .map_or_else(|| subject(answers, config, phrases), str::to_owned)
}

/// What a concern is about, without a word of its author: topic and place.
pub fn subject(answers: &Answers, config: &Config, phrases: Phrases<'_>) -> String {
    let language = phrases.language();
    let topic = answers
        .choice(question::TOPIC)
        .map(|topic| label(&config.topics, topic, language));
    let at = answers
        .choice(question::PLACE)
        .map(|at| place(config, at, language));
    match (topic, at) {
        (Some(topic), Some(at)) => format!("{topic}, {at}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => phrases.untitled(),
    }
}

/// The beginning of a story's words, where it has any.
pub fn opening(parts: &[Part]) -> Option<String> {
    let words = parts.iter().find_map(|part| match &part.content {
        PartContent::Text(text) => Some(text),
        PartContent::Voice { .. } | PartContent::Photo(_) | PartContent::Document(_) => None,
    })?;
    let letters: Vec<&str> = words.graphemes(true).take(OPENING + 1).collect();
    let mut opening: String = letters.iter().take(OPENING).copied().collect();
    if letters.len() > OPENING {
        opening.push('…');
    }
    Some(opening.replace('\n', " "))
}

/// Where a concern stands, in words.
pub fn status(status: Status, phrases: Phrases<'_>) -> String {
    match status {
        Status::New => phrases.status_new(),
        Status::Waiting => phrases.status_waiting(),
        Status::Approved => phrases.status_approved(),
        Status::Held => phrases.status_held(),
        Status::Rejected => phrases.status_rejected(),
        Status::Merged => phrases.status_merged(),
        Status::Withdrawn => phrases.status_withdrawn(),
        Status::Agenda => phrases.status_agenda(),
        Status::Answered => phrases.status_answered(),
        Status::Promised => phrases.status_promised(),
        Status::Deflected => phrases.status_deflected(),
        Status::NotReached => phrases.status_not_reached(),
        Status::Done => phrases.status_done(),
    }
}

/// Who may read it, in words.
pub fn disclosure(disclosure: Disclosure, phrases: Phrases<'_>) -> String {
    match disclosure {
        Disclosure::Named => phrases.disclosure_named(),
        Disclosure::Unnamed => phrases.disclosure_unnamed(),
        Disclosure::OrganisersOnly => phrases.disclosure_organisers_only(),
    }
}

/// The short name of a question: from the words, or what is asked.
pub fn field(question: &Question, phrases: Phrases<'_>) -> String {
    let named = phrases.optional(&format!("field-{}", question.id));
    named.unwrap_or_else(|| question.prompt.get(phrases.language()).to_owned())
}
