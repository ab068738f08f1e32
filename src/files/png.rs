//! PNG: the chunks that a decoder needs, and the orientation.
//!
//! Kept: IHDR, PLTE and tRNS where the colour type reads them, IDAT, IEND. All else goes: texts, time, Exif, profiles,
//! the screen's gamma and resolution (144 dots to an inch tell one maker's screens), unknown chunks, and the frames of
//! an animation, of which the still picture stays. All ends at IEND; some phones left the uncropped picture behind it
//! (CVE-2023-21036). Source: W3C PNG, third edition.

use super::orientation::Orientation;
use super::reader::{Reader, length};
use super::{Refused, check_pixels};

/// The first bytes of every PNG.
pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

struct Chunk<'a> {
    id: [u8; 4],
    data: &'a [u8],
    whole: bool,
}

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut reader = Reader::new(bytes);
    reader.take(SIGNATURE.len())?;
    let header = chunk(&mut reader)?;
    let colour = check_header(&header)?;

    let mut orientation = None;
    let mut palette = None;
    let mut body = Vec::with_capacity(bytes.len());
    let mut transparent = false;
    let (mut data, mut data_ended) = (false, false);
    loop {
        let chunk = chunk(&mut reader)?;
        let is_data = chunk.id == *b"IDAT";
        data_ended |= data && !is_data;
        match &chunk.id {
            b"IDAT" if data_ended => return Err(Refused::Damaged),
            b"IDAT" => {
                // Without a palette its indices say nothing.
                if colour == Colour::Palette && palette.is_none() {
                    return Err(Refused::Damaged);
                }
                data = true;
                copy(&mut body, &chunk)?;
            }
            b"PLTE" if colour == Colour::Palette => {
                let colours = chunk.data.len() / 3;
                let legal = chunk.data.len().is_multiple_of(3) && (1..=256).contains(&colours);
                if !legal || palette.is_some() || data {
                    return Err(Refused::Damaged);
                }
                palette = Some(colours);
                copy(&mut body, &chunk)?;
            }
            // For other colours it only proposes a palette.
            b"PLTE" => {}
            b"tRNS" => {
                let legal = match colour {
                    Colour::Grey => chunk.data.len() == 2,
                    Colour::Rgb => chunk.data.len() == 6,
                    Colour::Palette => palette.is_some_and(|most| chunk.data.len() <= most),
                    Colour::WithAlpha => false,
                };
                if !legal || transparent || data {
                    return Err(Refused::Damaged);
                }
                transparent = true;
                copy(&mut body, &chunk)?;
            }
            b"eXIf" if orientation.is_none() => orientation = Orientation::read(chunk.data),
            b"IEND" if data && chunk.data.is_empty() => {
                copy(&mut body, &chunk)?;
                break;
            }
            // A capital first letter: a decoder must know it to show the picture.
            [b'A'..=b'Z', ..] => return Err(Refused::Damaged),
            _ => {}
        }
    }
    let mut out = Vec::with_capacity(body.len() + 128);
    out.extend(SIGNATURE);
    copy(&mut out, &header)?;
    if let Some(orientation) = orientation {
        write(&mut out, *b"eXIf", &orientation.tiff())?;
    }
    out.extend(body);
    Ok(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Colour {
    Grey,
    Rgb,
    Palette,
    WithAlpha,
}

fn check_header(header: &Chunk) -> Result<Colour, Refused> {
    let mut reader = Reader::new(header.data);
    let (width, height) = (reader.be32()?, reader.be32()?);
    let [depth, colour, compression, filter, interlace] = reader.array()?;
    let colour = match (colour, depth) {
        (0, 1 | 2 | 4 | 8 | 16) => Colour::Grey,
        (2, 8 | 16) => Colour::Rgb,
        (3, 1 | 2 | 4 | 8) => Colour::Palette,
        (4 | 6, 8 | 16) => Colour::WithAlpha,
        _ => return Err(Refused::Damaged),
    };
    let legal = header.id == *b"IHDR" && compression == 0 && filter == 0 && interlace <= 1;
    if !legal || !reader.rest().is_empty() {
        return Err(Refused::Damaged);
    }
    check_pixels(width, height, 1)?;
    Ok(colour)
}

fn chunk<'a>(reader: &mut Reader<'a>) -> Result<Chunk<'a>, Refused> {
    let length = length(reader.be32()?)?;
    let id = reader.array()?;
    let data = reader.take(length)?;
    let whole = reader.be32()? == crc(id, data);
    Ok(Chunk { id, data, whole })
}

/// Copies a chunk, unless its checksum is wrong. On what goes anyway the checksum does not matter.
fn copy(out: &mut Vec<u8>, chunk: &Chunk) -> Result<(), Refused> {
    if !chunk.whole {
        return Err(Refused::Damaged);
    }
    write(out, chunk.id, chunk.data)
}

fn write(out: &mut Vec<u8>, id: [u8; 4], data: &[u8]) -> Result<(), Refused> {
    let length = u32::try_from(data.len()).map_err(|_| Refused::Damaged)?;
    out.extend(length.to_be_bytes());
    out.extend(id);
    out.extend(data);
    out.extend(crc(id, data).to_be_bytes());
    Ok(())
}

fn crc(id: [u8; 4], data: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&id);
    crc.update(data);
    crc.finalize()
}
