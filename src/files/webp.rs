//! WebP: the chunks that a decoder needs, and the orientation.
//!
//! Kept: VP8X with its flags told anew, ALPH, VP8, VP8L, ANIM, ANMF and in it the same again, and an EXIF chunk of the
//! orientation alone. All else goes: profiles, Exif, XMP, unknown chunks, here and inside a frame, and what stands
//! behind the size that the file declares. Every part must have the size that the whole declares.
//! Source: RFC 9649.

use super::orientation::Orientation;
use super::reader::{Reader, length};
use super::{Refused, check_pixels};

const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

struct Chunk<'a> {
    id: [u8; 4],
    data: &'a [u8],
}

/// Whether this begins as a WebP does.
pub(super) fn is(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    let mut word = || reader.array::<4>().unwrap_or_default();
    let (riff, _, webp, first) = (word(), word(), word(), word());
    &riff == b"RIFF" && &webp == b"WEBP" && matches!(&first, b"VP8 " | b"VP8L" | b"VP8X")
}

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut reader = Reader::new(bytes);
    reader.take(4)?;
    let size = length(reader.le32()?)?;
    let mut reader = Reader::new(reader.take(size)?);
    reader.take(4)?;

    let mut out = Vec::with_capacity(bytes.len() + 64);
    out.extend(b"RIFF\0\0\0\0WEBP");
    let first = chunk(&mut reader)?;
    if &first.id == b"VP8X" {
        extended(first.data, reader, &mut out)?;
    } else {
        let (width, height) = dimensions(&first)?;
        check_pixels(width, height, 1)?;
        write(&mut out, first.id, first.data)?;
    }
    let size = u32::try_from(out.len() - 8).map_err(|_| Refused::Damaged)?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Ok(out)
}

fn extended(header: &[u8], mut reader: Reader, out: &mut Vec<u8>) -> Result<(), Refused> {
    let mut fields = Reader::new(header);
    let [flags, _, _, _] = fields.array()?;
    let canvas = (fields.le24()? + 1, fields.le24()? + 1);
    check_pixels(canvas.0, canvas.1, 1)?;
    let moving = flags & ANIMATION != 0;

    let mut orientation = None;
    let mut control = None;
    let mut frames = Vec::new();
    let mut still = Picture::default();
    while !reader.rest().is_empty() {
        let chunk = chunk(&mut reader)?;
        match &chunk.id {
            b"ANIM" if moving && control.is_none() => control = Some(chunk),
            b"ANMF" if moving => {
                frames.push(chunk);
                let count = u64::try_from(frames.len()).unwrap_or(u64::MAX);
                check_pixels(canvas.0, canvas.1, count)?;
            }
            b"EXIF" if orientation.is_none() => {
                // Some writers put the prefix that only JPEG needs.
                let tiff = chunk.data.strip_prefix(b"Exif\0\0").unwrap_or(chunk.data);
                orientation = Orientation::read(tiff);
            }
            _ if !moving => still.read(chunk),
            _ => {}
        }
    }

    let kept = flags & (ALPHA | ANIMATION) | if orientation.is_some() { EXIF } else { 0 };
    let mut header = vec![kept, 0, 0, 0];
    header.extend(&(canvas.0 - 1).to_le_bytes()[..3]);
    header.extend(&(canvas.1 - 1).to_le_bytes()[..3]);
    write(out, *b"VP8X", &header)?;
    if moving {
        let control = control.ok_or(Refused::Damaged)?;
        if control.data.len() != 6 || frames.is_empty() {
            return Err(Refused::Damaged);
        }
        write(out, control.id, control.data)?;
        for frame in frames {
            write(out, frame.id, &clean_frame(frame.data, canvas)?)?;
        }
    } else {
        still.write(canvas, out)?;
    }
    if let Some(orientation) = orientation {
        write(out, *b"EXIF", &orientation.tiff())?;
    }
    Ok(())
}

/// A picture, of the whole file or of one frame: the first of each chunk counts.
#[derive(Default)]
struct Picture<'a> {
    alpha: Option<Chunk<'a>>,
    image: Option<Chunk<'a>>,
}

impl<'a> Picture<'a> {
    fn read(&mut self, chunk: Chunk<'a>) {
        match &chunk.id {
            // Behind the image it would be no part of it.
            b"ALPH" if self.alpha.is_none() && self.image.is_none() => self.alpha = Some(chunk),
            b"VP8 " | b"VP8L" if self.image.is_none() => self.image = Some(chunk),
            _ => {}
        }
    }

    fn write(self, size: (u32, u32), out: &mut Vec<u8>) -> Result<(), Refused> {
        let image = self.image.ok_or(Refused::Damaged)?;
        if dimensions(&image)? != size {
            return Err(Refused::Damaged);
        }
        // A lossless image brings its own transparency.
        if let Some(alpha) = self.alpha.filter(|_| &image.id == b"VP8 ") {
            write(out, alpha.id, alpha.data)?;
        }
        write(out, image.id, image.data)
    }
}

fn clean_frame(data: &[u8], canvas: (u32, u32)) -> Result<Vec<u8>, Refused> {
    let mut reader = Reader::new(data);
    let mut fields = Reader::new(reader.take(16)?);
    let (x, y) = (fields.le24()? * 2, fields.le24()? * 2);
    let size = (fields.le24()? + 1, fields.le24()? + 1);
    if x + size.0 > canvas.0 || y + size.1 > canvas.1 {
        return Err(Refused::Damaged);
    }
    let mut picture = Picture::default();
    while !reader.rest().is_empty() {
        picture.read(chunk(&mut reader)?);
    }
    let mut out = Vec::with_capacity(data.len());
    out.extend(&data[..15]);
    // Of the flags, how a frame is laid on the one before; the rest is reserved.
    out.push(data[15] & 0b11);
    picture.write(size, &mut out)?;
    Ok(out)
}

/// The size that an image declares: a VP8 key frame (RFC 6386, 9.1) or a VP8L header (RFC 9649, 3.4).
fn dimensions(image: &Chunk) -> Result<(u32, u32), Refused> {
    let mut reader = Reader::new(image.data);
    match &image.id {
        b"VP8 " => {
            let tag = reader.le24()?;
            let start = reader.array::<3>()?;
            if tag & 1 != 0 || start != [0x9D, 0x01, 0x2A] {
                return Err(Refused::Damaged);
            }
            // The two upper bits ask a viewer to scale.
            let (width, height) = (reader.le16()? & 0x3FFF, reader.le16()? & 0x3FFF);
            Ok((width.into(), height.into()))
        }
        b"VP8L" => {
            let signature = reader.u8()?;
            let bits = reader.le32()?;
            if signature != 0x2F || bits >> 29 != 0 {
                return Err(Refused::Damaged);
            }
            Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        _ => Err(Refused::Damaged),
    }
}

/// Reads a chunk. One of odd length has a byte behind it that fills; the last may lack it.
fn chunk<'a>(reader: &mut Reader<'a>) -> Result<Chunk<'a>, Refused> {
    let id = reader.array()?;
    let length = length(reader.le32()?)?;
    let data = reader.take(length)?;
    if !length.is_multiple_of(2) && !reader.rest().is_empty() {
        reader.u8()?;
    }
    Ok(Chunk { id, data })
}

fn write(out: &mut Vec<u8>, id: [u8; 4], data: &[u8]) -> Result<(), Refused> {
    let length = u32::try_from(data.len()).map_err(|_| Refused::Damaged)?;
    out.extend(id);
    out.extend(length.to_le_bytes());
    out.extend(data);
    if !data.len().is_multiple_of(2) {
        out.push(0);
    }
    Ok(())
}
