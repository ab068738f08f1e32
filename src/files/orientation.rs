//! The one thing kept of Exif: how a picture is to be turned. Without it a photo taken upright lies on its side.
//!
//! Only the number 2 to 8 is carried over, into a TIFF block written here with that one entry; 1 means "as it is" and
//! needs no block. Source: Exif 2.32, tag 0x0112.

use super::reader::{Reader, length};

const TAG: u16 = 0x0112;
const SHORT: u16 = 3;

/// How a picture is to be turned or mirrored: 2 to 8.
#[derive(Clone, Copy)]
pub(super) struct Orientation(u8);

impl Orientation {
    /// Reads the first image directory of a TIFF block; `None` when it says nothing, or nothing legal.
    pub(super) fn read(tiff: &[u8]) -> Option<Self> {
        let mut header = Reader::new(tiff);
        let big = match &header.array::<4>().ok()? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let short = |reader: &mut Reader| if big { reader.be16() } else { reader.le16() };
        let long = |reader: &mut Reader| if big { reader.be32() } else { reader.le32() };
        let at = length(long(&mut header).ok()?).ok()?;
        let mut entries = Reader::at(tiff, at).ok()?;
        for _ in 0..short(&mut entries).ok()? {
            let mut entry = Reader::new(entries.take(12).ok()?);
            if short(&mut entry).ok()? != TAG {
                continue;
            }
            let (kind, count) = (short(&mut entry).ok()?, long(&mut entry).ok()?);
            let value = short(&mut entry).ok()?;
            return match u8::try_from(value) {
                Ok(value @ 2..=8) if kind == SHORT && count == 1 => Some(Self(value)),
                _ => None,
            };
        }
        None
    }

    /// A TIFF block that says this and nothing else.
    pub(super) fn tiff(self) -> [u8; 26] {
        let mut block = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
        block[19] = self.0;
        block
    }
}
