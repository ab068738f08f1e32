//! What is taken along to a meeting as files: the agenda, and cards to read from.
//!
//! Guarantees: each form says all of the [`Paper`], and nothing else.

use serde_json::json;

use super::DocumentError;
use super::typeset::{self, Template};
use crate::dialogue::Papers;
use crate::dialogue::desk::Paper;

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
