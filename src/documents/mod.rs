//! A digest value as bytes or messages, one file a format. Pure: date and words are arguments.

pub mod card;
pub mod csv;
pub mod docx;
pub mod held;
pub mod json;
pub mod links;
pub mod pdf;
pub mod report;
pub mod stats;
mod table;
pub mod text;
mod typeset;
mod wording;
pub mod xlsx;

use crate::digest::{AnyDigest, Digest, Format, Reader};
use crate::domain::Language;
use crate::text::Forum;
use text::Text;

/// The font of documents that others edit: it comes with Windows and has Khmer and Latin letters; other systems take theirs.
const FONT: &str = "Leelawadee UI";

/// Why a document cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be made: {0}")]
pub struct DocumentError(pub String);

impl DocumentError {
    fn from_error(error: impl std::error::Error) -> Self {
        Self(error.to_string())
    }
}

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
        Format::Xlsx => xlsx::render(digest, forum, language)?,
        Format::Csv => csv::render(digest, forum, language)?,
        Format::Docx => docx::render(digest, forum, language)?,
        Format::Pdf => {
            return Err(DocumentError("not yet".to_owned()));
        }
    })
}
