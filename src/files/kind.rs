//! The kinds of files that are kept, and telling them apart by their content.

use super::{Sent, office, ogg, ole, plain, png, webp};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A WebP picture, still or moving.
    WebP,
    /// A voice note: Opus in Ogg.
    Opus,
    /// A voice note: Vorbis in Ogg.
    Vorbis,
    /// A PDF document.
    Pdf,
    /// A Word document.
    Docx,
    /// An Excel workbook.
    Xlsx,
    /// A PowerPoint presentation.
    Pptx,
    /// An OpenDocument text.
    Odt,
    /// An OpenDocument spreadsheet.
    Ods,
    /// An OpenDocument presentation.
    Odp,
    /// A Word document of the years before 2007.
    Doc,
    /// An Excel workbook of the years before 2007.
    Xls,
    /// A PowerPoint presentation of the years before 2007.
    Ppt,
    /// Plain text in UTF-8.
    Text,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 16] = [
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Opus,
        Self::Vorbis,
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Doc,
        Self::Xls,
        Self::Ppt,
        Self::Text,
    ];

    /// The id that stands in records.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Opus => "opus",
            Self::Vorbis => "vorbis",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Odp => "odp",
            Self::Doc => "doc",
            Self::Xls => "xls",
            Self::Ppt => "ppt",
            Self::Text => "text",
        }
    }

    /// The kind with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// The media type. Source: <https://www.iana.org/assignments/media-types>.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Opus | Self::Vorbis => "audio/ogg",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The ending of a file name, without the dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Opus | Self::Vorbis => "ogg",
            Self::Text => "txt",
            Self::Png
            | Self::WebP
            | Self::Pdf
            | Self::Docx
            | Self::Xlsx
            | Self::Pptx
            | Self::Odt
            | Self::Ods
            | Self::Odp
            | Self::Doc
            | Self::Xls
            | Self::Ppt => self.id(),
        }
    }

    /// Whether a file of this kind, kept as it came, may name its author.
    #[must_use]
    pub fn may_name_author(self) -> bool {
        match self {
            Self::Jpeg | Self::Png | Self::WebP | Self::Opus | Self::Vorbis | Self::Text => false,
            Self::Pdf
            | Self::Docx
            | Self::Xlsx
            | Self::Pptx
            | Self::Odt
            | Self::Ods
            | Self::Odp
            | Self::Doc
            | Self::Xls
            | Self::Ppt => true,
        }
    }

    /// Whether this can be what was sent.
    pub(super) fn may_be(self, sent: Sent) -> bool {
        match sent {
            Sent::Voice => matches!(self, Self::Opus | Self::Vorbis),
            Sent::Photo => matches!(self, Self::Jpeg | Self::Png | Self::WebP),
            Sent::Document => true,
        }
    }
}

/// The kind of these bytes. The first bytes decide which check is asked; no two begin alike.
pub(super) fn of(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Some(Kind::Jpeg)
    } else if bytes.starts_with(&png::SIGNATURE) {
        Some(Kind::Png)
    } else if webp::is(bytes) {
        Some(Kind::WebP)
    } else if bytes.starts_with(b"OggS") {
        ogg::kind(bytes)
    } else if bytes.starts_with(b"%PDF-") {
        Some(Kind::Pdf)
    } else if bytes.starts_with(b"PK\x03\x04") {
        office::kind(bytes)
    } else if bytes.starts_with(&ole::SIGNATURE) {
        ole::kind(bytes)
    } else {
        plain::is_text(bytes).then_some(Kind::Text)
    }
}
