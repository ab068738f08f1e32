//! A digest value as bytes or messages, one file a format. Pure: date and words are arguments.

pub mod agenda;
pub mod card;
pub mod csv;
pub mod docx;
pub mod held;
pub mod json;
pub mod links;
pub mod pdf;
pub mod produce;
pub mod report;
pub mod stats;
mod table;
pub mod text;
mod typeset;
mod wording;
pub mod xlsx;

/// The font of documents that others edit: it comes with Windows and has Khmer and Latin letters; other systems take theirs.
const FONT: &str = "Leelawadee UI";

/// Why a document cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be made: {0}")]
pub struct DocumentError(pub String);

/// Noto Sans Khmer, regular and bold: what sets Khmer wherever we set it.
pub const KHMER: [&[u8]; 2] = [
    include_bytes!("../../fonts/noto-sans-khmer/NotoSansKhmer-Regular.ttf"),
    include_bytes!("../../fonts/noto-sans-khmer/NotoSansKhmer-Bold.ttf"),
];

impl DocumentError {
    fn from_error(error: impl std::error::Error) -> Self {
        Self(error.to_string())
    }
}
