//! What is taken along to a meeting as files: the agenda, and cards to read from.
//!
//! Guarantees: both forms say all of the [`Paper`], and nothing else.

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

pub use super::docx::paper as docx;
