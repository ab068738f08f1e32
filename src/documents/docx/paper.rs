//! What is taken along to a meeting, as a document.

use super::xml::{Style, paragraph, run};
use super::{package, parts};
use crate::dialogue::desk::Paper;
use crate::documents::DocumentError;

/// The document.
///
/// # Errors
/// None that words in memory could cause.
pub fn paper(paper: &Paper) -> Result<Vec<u8>, DocumentError> {
    let mut xml = paragraph(Style::Title, &run(&paper.title, false));
    for line in &paper.about {
        xml += &paragraph(Style::Field, &run(line, false));
    }
    for part in &paper.parts {
        xml += &paragraph(Style::Heading(1), &run(&part.heading, false));
        for (heading, lines) in &part.entries {
            xml += &paragraph(Style::Heading(2), &run(heading, false));
            for line in lines {
                xml += &paragraph(Style::Normal, &run(line, false));
            }
        }
    }
    let made_at = paper.made_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let core = parts::core(&paper.title, paper.language.as_str(), &made_at);
    package(
        core,
        super::document(&xml),
        paper.language.as_str(),
        &paper.foot,
    )
}
