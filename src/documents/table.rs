//! The concerns of a digest as a table, a row each: what a spreadsheet and a table as text have in common.
//!
//! Guarantees: a number is a number, and everything else is words; nothing of a cell that a spreadsheet could hold is lost.

use super::report::{Item, Report, Surface};
use crate::digest::{Digest, Edition, Reader};
use crate::domain::Language;
use crate::domain::concern::question;
use crate::text::{Forum, card};

/// A table.
pub(super) struct Table {
    /// What stands over each column, and how wide it is.
    pub(super) columns: Vec<Column>,
    /// The rows.
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A column.
pub(super) struct Column {
    /// What stands over it.
    pub(super) name: String,
    /// Letters that stand side by side in it.
    pub(super) width: f64,
}

/// A cell.
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A number.
    Number(u64),
    /// Words.
    Words(String),
}

/// What a column is of.
enum Of {
    Number,
    Receipt,
    Topic,
    Place,
    Title,
    Organisation,
    Behind,
    Status,
    Story,
    Field(String),
    Beside,
}

impl Table {
    /// The concerns of this digest; `report` is what it says in cells.
    pub(super) fn new<R: Reader>(report: &Report, forum: &Forum, language: Language) -> Self {
        let columns = columns(report, R::EDITION, forum, language);
        let items = report.topics.iter().flat_map(|topic| &topic.concerns);
        Self {
            rows: items
                .map(|item| columns.iter().map(|(of, _)| cell(of, item)).collect())
                .collect(),
            columns: columns.into_iter().map(|(_, column)| column).collect(),
        }
    }
}

/// What a digest says in cells.
pub(super) fn report<R: Reader>(digest: &Digest<R>, forum: &Forum, language: Language) -> Report {
    Report::on(Surface::Cell, digest, forum, language)
}

fn columns(
    report: &Report,
    edition: Edition,
    forum: &Forum,
    language: Language,
) -> Vec<(Of, Column)> {
    let (is_inside, is_named) = match edition {
        Edition::Organisers => (true, true),
        Edition::Shared => (false, true),
        Edition::Group => (true, false),
    };
    let names = &report.words.columns;
    let mut columns = Vec::new();
    let mut add = |of, name: &str, width| {
        let name = name.to_owned();
        columns.push((of, Column { name, width }));
    };
    add(Of::Number, &names.number, 6.0);
    if is_inside {
        add(Of::Receipt, &names.receipt, 20.0);
    }
    add(Of::Topic, &names.topic, 20.0);
    add(Of::Place, &names.place, 18.0);
    add(Of::Title, &names.title, 30.0);
    if is_named {
        add(Of::Organisation, &names.organisation, 24.0);
    }
    add(Of::Behind, &names.behind, 12.0);
    add(Of::Status, &names.status, 16.0);
    add(Of::Story, &names.story, 60.0);
    let phrases = forum.words.phrases(language);
    for asked in &forum.config.form {
        let has_own = [
            question::TOPIC,
            question::PLACE,
            question::TITLE,
            question::STORY,
        ];
        let is_shown = is_inside || asked.id != question::DISCLOSURE;
        if is_shown && !has_own.contains(&asked.id.as_str()) {
            let width = if asked.id == question::ASK {
                34.0
            } else {
                22.0
            };
            add(
                Of::Field(asked.id.clone()),
                &card::field(asked, phrases),
                width,
            );
        }
    }
    if is_inside {
        add(Of::Beside, &names.beside, 30.0);
    }
    columns
}

fn cell(of: &Of, item: &Item) -> Cell {
    let words = |words: &str| {
        if words.is_empty() {
            Cell::Empty
        } else {
            Cell::Words(words.to_owned())
        }
    };
    match of {
        Of::Number => Cell::Number(item.number),
        Of::Receipt => words(item.receipt.as_deref().unwrap_or_default()),
        Of::Topic => words(&item.topic),
        Of::Place => words(&item.place),
        Of::Title => words(&item.title),
        Of::Organisation => words(item.organisation.as_deref().unwrap_or_default()),
        Of::Behind => Cell::Number(item.behind),
        Of::Status => words(&item.status),
        Of::Story => {
            let told: Vec<&str> = item.story.iter().map(|told| told.text.as_str()).collect();
            words(&told.join("\n"))
        }
        Of::Field(id) => match item.fields.iter().find(|field| field.id == *id) {
            Some(field) => field
                .number
                .map_or_else(|| words(&field.value), Cell::Number),
            None => Cell::Empty,
        },
        Of::Beside => words(&item.beside.join("\n")),
    }
}
