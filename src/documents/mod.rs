//! A digest value as bytes or messages, one file a format. Pure: date and words are arguments.

pub mod card;
pub mod held;
pub mod json;
pub mod links;
pub mod pdf;
pub mod report;
pub mod stats;
pub mod text;
mod typeset;
mod wording;

use crate::digest::{AnyDigest, Digest, Format, Reader};
use crate::domain::Language;
use crate::text::Forum;
use text::Text;

/// Why a document cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be made: {0}")]
pub struct DocumentError(pub String);

/// The digest in this form, file by file, to whoever takes them; most forms are one file.
///
/// # Errors
/// What the library of that form says, or whoever takes the files.
pub fn render(
    digest: &AnyDigest,
    format: Format,
    forum: &Forum,
    language: Language,
    take: &mut dyn FnMut(Vec<u8>) -> Result<(), DocumentError>,
) -> Result<(), DocumentError> {
    match digest {
        AnyDigest::Organisers(digest) => of(digest, format, forum, language, take),
        AnyDigest::Shared(digest) => of(digest, format, forum, language, take),
        AnyDigest::Group(digest) => of(digest, format, forum, language, take),
    }
}

fn of<R: Reader>(
    digest: &Digest<R>,
    format: Format,
    forum: &Forum,
    language: Language,
    take: &mut dyn FnMut(Vec<u8>) -> Result<(), DocumentError>,
) -> Result<(), DocumentError> {
    take(match format {
        Format::Text | Format::Messages | Format::Stats => {
            Text::new(digest, forum, language).plain().into_bytes()
        }
        Format::Json => json::render(digest).into_bytes(),
        Format::Pdf | Format::Xlsx | Format::Docx | Format::Csv => {
            return Err(DocumentError("not yet".to_owned()));
        }
    })
}
