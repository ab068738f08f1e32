//! What is taken along to a meeting as files: the agenda, and cards to read from.
//!
//! Guarantees: each form says all of the [`Paper`], and nothing else; of the agenda there is data as well, which says the same.

use serde_json::json;

use super::DocumentError;
use super::table::{Cell, Column, Table};
use super::typeset::{self, Template};
use crate::dialogue::desk::{Listed, Listing, Paper};
use crate::dialogue::{DataForm, PaperForm, Papers};
use crate::text::paper;

/// What the agenda as JSON keeps to, as a JSON Schema.
pub const SCHEMA: &str = include_str!("../../docs/schema/samleng-agenda-1.json");

/// What the name of such a file ends with.
pub fn ending(form: PaperForm) -> &'static str {
    match form {
        PaperForm::Message => "txt",
        PaperForm::Docx => "docx",
        PaperForm::Pdf => "pdf",
        PaperForm::Data(DataForm::Xlsx) => "xlsx",
        PaperForm::Data(DataForm::Csv) => "csv",
        PaperForm::Data(DataForm::Json) => "json",
    }
}

/// In this form.
///
/// # Errors
/// What the library of the form has to object; that there is no data of cards.
pub fn made(paper: &Paper, form: PaperForm) -> Result<Vec<u8>, DocumentError> {
    match form {
        PaperForm::Message => Ok(text(paper)),
        PaperForm::Docx => docx(paper),
        PaperForm::Pdf => pdf(paper),
        PaperForm::Data(form) => data(paper, form),
    }
}

/// As text.
pub fn text(paper: &Paper) -> Vec<u8> {
    let mut text = format!("{}\n", paper.title);
    for line in &paper.about {
        text += &format!("{line}\n");
    }
    for part in &paper.parts {
        text += &format!("\n{}\n", part.heading);
        for (heading, lines) in &part.entries {
            text += &format!("\n{heading}\n");
            for line in lines {
                text += &format!("    {line}\n");
            }
        }
    }
    text.into_bytes()
}

/// To be printed: the agenda on A4, cards on A5, one a page.
///
/// # Errors
/// What the library has to object.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, DocumentError> {
    let cards = match paper.papers {
        Papers::Agenda => false,
        Papers::Cards | Papers::Card(_) => true,
    };
    let mut data = json!({ "paper": paper, "cards": cards });
    typeset::clear(&mut data);
    super::pdf::set(Template::Paper, &data, Vec::new())
}

pub use super::docx::paper as docx;

/// As data.
///
/// # Errors
/// What the library of the form has to object; that there is none of cards.
pub fn data(paper: &Paper, form: DataForm) -> Result<Vec<u8>, DocumentError> {
    let none = || DocumentError("cards are for reading, and there is no data of them".to_owned());
    let listing = paper.data.as_ref().ok_or_else(none)?;
    match form {
        DataForm::Xlsx => super::xlsx::agenda(listing),
        DataForm::Csv => super::csv::table(&table(listing)),
        DataForm::Json => Ok(json(listing).into_bytes()),
    }
}

/// As JSON, schema `samleng-agenda/1` ([`SCHEMA`]), in one line, ended by a newline. Choices are ids; texts are as they were written.
fn json(listing: &Listing) -> String {
    let plan = &listing.plan;
    let seconds = plan.divide().ok().map(|time| {
        json!({
            "total": plan.total,
            "opening": time.opening,
            "reply": time.reply,
            "items": time.items,
            "item": plan.item,
        })
    });
    let items: Vec<_> = listing.items.iter().map(item).collect();
    let json = json!({
        "schema": "samleng-agenda/1",
        "made_at": listing.made_at.to_string(),
        "meeting": super::json::meeting(&listing.meeting),
        "settled_at": listing.settled_at.map(|at| at.to_string()),
        "seconds": seconds,
        "items": items,
    });
    format!("{json}\n")
}

fn item(item: &Listed) -> serde_json::Value {
    json!({
        "number": item.number,
        "raised": item.is_in,
        "title": item.title,
        "topic": item.topic,
        "place": item.place,
        "seconds": item.seconds,
        "why": item.why,
        "reason": item.reason,
        "moved": item.moved,
    })
}

/// As a table, a row an item.
pub(super) fn table(listing: &Listing) -> Table {
    let words = &listing.words;
    let columns = &words.columns;
    let column = |(name, width): (&String, f64)| Column {
        name: name.clone(),
        width,
    };
    let heads = [
        (&columns.number, 6.0),
        (&columns.raised, 12.0),
        (&columns.name, 36.0),
        (&columns.topic, 22.0),
        (&columns.place, 20.0),
        (&columns.minutes, 10.0),
        (&columns.why, 50.0),
        (&columns.moved, 36.0),
    ];
    let said = |said: &str| match paper::cell(said) {
        said if said.is_empty() => Cell::Empty,
        said => Cell::Words(said),
    };
    let row = |item: &Listed| {
        let raised = if item.is_in {
            &words.is_in
        } else {
            &words.is_out
        };
        vec![
            Cell::Number(item.number),
            said(raised),
            said(&item.name),
            said(&item.topic_said),
            said(&item.place_said),
            minutes(item.seconds, &item.seconds_said),
            said(&item.why_said),
            said(item.moved.as_deref().unwrap_or_default()),
        ]
    };
    Table {
        columns: heads.into_iter().map(column).collect(),
        rows: listing.items.iter().map(row).collect(),
    }
}

/// Whole minutes are a number. Others are words, with what they are minutes of: a spreadsheet takes 7:30 for half past seven.
pub(super) fn minutes(seconds: u64, said: &str) -> Cell {
    match seconds % 60 {
        0 => Cell::Number(seconds / 60),
        _ => Cell::Words(said.to_owned()),
    }
}
