//! What people send, bytes to clean bytes: photos, voice notes, documents.
//!
//! **Guarantees.** The type is told by content alone; no name and no claimed media type is ever asked for. What comes
//! out of a picture or a voice note was copied by an allow-list, piece by piece: what is needed to decode it, and
//! nothing else. The pixels and the sound stay equal, and cleaning twice gives the same bytes as cleaning once. A
//! picture is measured by its header and refused when it is too large to decode safely; nothing here decodes one.
//! No input panics, and memory stays within a small multiple of the input's size. A file that is not fully understood
//! is refused, so that its sender hears of it, instead of being kept in part.
//!
//! **Must never** read a file, a clock or a random source, nor put anything of the content into an error.
//!
//! **What goes.** Exif (place, time, device), XMP, IPTC, comments, colour profiles, thumbnails, second images, private
//! pieces, everything after the end. Of Exif only the orientation stays, as the one entry of a block written here.
//! Colour profiles go because their texts name cameras and screens, and a calibrated one is a fingerprint of one
//! machine; a viewer then takes the samples for sRGB, and colours of a wide-gamut camera look a little duller.
//!
//! **What stays, and what that means.** PDF and Office files are kept as they are and may name their author
//! ([`Clean::may_name_author`]). Cleaning is no defence against what is hidden on purpose inside pixels, sound or
//! their compressed streams, nor against what an encoder's tables or a sensor's noise tell an expert.
//!
//! **By hand, why.** The crates at hand (img-parts, ogg) read leniently: they keep pieces they do not know, skip over
//! damage and look for the next thing that fits. An allow-list wants the opposite, and each format's list of pieces is
//! short. Inflating and CRC-32 come from crates.
//!
//! Errors: [`Refused`] is what a person is told; there are no others.

mod jpeg;
mod kind;
mod office;
mod ogg;
mod ole;
mod orientation;
mod plain;
mod png;
mod reader;
mod webp;
mod zip;

use std::fmt;

pub use kind::Kind;

/// The most bytes a file may have: what a bot can fetch from Telegram, 20 MiB.
/// Source: <https://core.telegram.org/bots/api#getfile>.
pub const MAX_BYTES: usize = 20 << 20;
/// The most pixels a picture may declare, 64 Mi: 256 MiB once decoded to four bytes each. An animation declares those
/// of its canvas once for every frame.
pub const MAX_PIXELS: u64 = 64 << 20;
/// The longest side a picture may declare, in pixels: more than any WebP can have.
pub const MAX_SIDE: u32 = 16_384;
/// The most scans a JPEG may have: each makes a decoder walk over the whole picture again. Encoders write about ten.
pub const MAX_SCANS: usize = 200;
/// The most bytes the parts of an Office file may declare to hold once unpacked, 512 MiB.
pub const MAX_UNPACKED: u64 = 512 << 20;

/// As what something was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A voice note.
    Voice,
    /// A photo.
    Photo,
    /// A document: any kind we know.
    Document,
}

/// A file that may be kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Clean {
    /// What it is.
    pub kind: Kind,
    /// The bytes to keep.
    pub bytes: Vec<u8>,
    /// Kept as it came, it may name its author: tell the sender, and keep it out of what is shared.
    pub may_name_author: bool,
}

impl fmt::Debug for Clean {
    /// The length, never the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clean")
            .field("kind", &self.kind)
            .field("bytes", &self.bytes.len())
            .field("may_name_author", &self.may_name_author)
            .finish()
    }
}

/// Why a file is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No bytes.
    #[error("empty")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("too large")]
    TooLarge,
    /// Not of a kind we keep, or a variant of one that phones do not write.
    #[error("unknown type")]
    Unknown,
    /// Not the kind that it was sent as.
    #[error("not what it claims to be")]
    NotAsClaimed,
    /// Cut off, or against its format's rules.
    #[error("damaged")]
    Damaged,
    /// It declares more than can be opened safely: [`MAX_PIXELS`], [`MAX_SIDE`], [`MAX_SCANS`], [`MAX_UNPACKED`].
    #[error("declares too much to be opened safely")]
    Bomb,
}

/// Whether a file that claims this media type can be one that is kept. What it is decides its content later; what cannot
/// be kept whatever it is can be refused at once.
#[must_use]
pub fn may_be_kept(claimed: &str) -> bool {
    let claimed = bare(claimed);
    // What phones and browsers write where they do not know, or know it by another name.
    let otherwise = [
        "",
        "application/octet-stream",
        "application/x-pdf",
        "application/ogg",
        "audio/opus",
        "image/jpg",
        "image/pjpeg",
    ];
    otherwise.contains(&claimed.as_str())
        || Kind::ALL
            .into_iter()
            .any(|kind| bare(kind.media_type()) == claimed)
}

/// Whether a document that claims this media type may name its author once it is kept: all but those that claim to be of
/// a kind that is cleaned, or of plain text.
#[must_use]
pub fn may_name_author(claimed: &str) -> bool {
    let claimed = bare(claimed);
    !Kind::ALL
        .into_iter()
        .any(|kind| !kind.may_name_author() && bare(kind.media_type()) == claimed)
}

/// A media type without its parameters.
fn bare(media_type: &str) -> String {
    let bare = media_type.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// What these bytes are, told by content; `None` for everything that is not kept: programs, archives, video, HTML,
/// SVG, Office files with macros. That a kind is told does not mean that the file is whole.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    kind::of(bytes)
}

/// The file without what tells about its sender.
///
/// # Errors
/// [`Refused`] when it cannot be kept.
pub fn clean(bytes: &[u8], sent: Sent) -> Result<Clean, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    let kind = kind(bytes).ok_or(Refused::Unknown)?;
    if !kind.may_be(sent) {
        return Err(Refused::NotAsClaimed);
    }
    let bytes = match kind {
        Kind::Jpeg => jpeg::clean(bytes)?,
        Kind::Png => png::clean(bytes)?,
        Kind::WebP => webp::clean(bytes)?,
        Kind::Opus | Kind::Vorbis => ogg::clean(bytes)?,
        Kind::Pdf => {
            plain::check_pdf(bytes)?;
            bytes.to_vec()
        }
        Kind::Docx | Kind::Xlsx | Kind::Pptx | Kind::Odt | Kind::Ods | Kind::Odp => {
            office::check_size(bytes)?;
            bytes.to_vec()
        }
        Kind::Doc | Kind::Xls | Kind::Ppt | Kind::Text => bytes.to_vec(),
    };
    Ok(Clean {
        kind,
        bytes,
        may_name_author: kind.may_name_author(),
    })
}

/// Holds what a picture declares against the limits. `count` is the number of times that its pixels are decoded.
fn check_pixels(width: u32, height: u32, count: u64) -> Result<(), Refused> {
    if width == 0 || height == 0 {
        return Err(Refused::Damaged);
    }
    // Two sides within the limit multiply to less than 2^28, and a file has fewer than 2^25 frames.
    if width > MAX_SIDE
        || height > MAX_SIDE
        || u64::from(width) * u64::from(height) * count > MAX_PIXELS
    {
        return Err(Refused::Bomb);
    }
    Ok(())
}
