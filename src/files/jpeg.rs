//! JPEG: the segments that a decoder needs, rewritten or checked to their last byte, and the scans.
//!
//! Kept: that it is JFIF, without resolution and thumbnail; Adobe's colour transform, quantisation and Huffman tables, frame, restart
//! interval, scans. Every other APPn and COM goes: Exif, XMP, IPTC, ICC, MPF, JFXX. All ends at the first end-of-image
//! marker, so second images (MPF, gain maps, motion photos) go too. Baseline, extended and progressive pictures with
//! Huffman codes are known; arithmetic, lossless and hierarchical ones no phone writes or shows.
//! Source: ITU-T T.81, annex B; ITU-T T.871 (JFIF).

use super::orientation::Orientation;
use super::reader::Reader;
use super::{MAX_SCANS, Refused, check_pixels};

const EXIF: &[u8] = b"Exif\0\0";
const JFIF: &[u8] = b"JFIF\0";

/// What stands before the tables. Decoders read it before the first scan, in whatever order it comes.
#[derive(Default)]
struct Head {
    jfif: bool,
    orientation: Option<Orientation>,
    transform: Option<u8>,
}

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut reader = Reader::new(bytes);
    if reader.array()? != [0xFF, 0xD8] {
        return Err(Refused::Damaged);
    }
    let mut head = Head::default();
    let mut body = Vec::with_capacity(bytes.len());
    let (mut frames, mut scans) = (0, 0);
    loop {
        let marker = marker(&mut reader)?;
        match marker {
            0xD9 => break,
            // Arithmetic, lossless, hierarchical; a height that is told only after the first scan.
            0xC3 | 0xC5..=0xCF | 0xDC | 0xDE | 0xDF => return Err(Refused::Unknown),
            0xC0..=0xC2 | 0xC4 | 0xDA | 0xDB | 0xDD | 0xE0..=0xFE => {}
            // A second start, a restart outside a scan, a reserved marker.
            _ => return Err(Refused::Damaged),
        }
        let length = usize::from(reader.be16()?);
        let payload = reader.take(length.checked_sub(2).ok_or(Refused::Damaged)?)?;
        match marker {
            0xC0..=0xC2 => {
                frames += 1;
                check_frame(marker, payload)?;
                segment(&mut body, marker, payload);
            }
            0xC4 => {
                check_huffman(payload)?;
                segment(&mut body, marker, payload);
            }
            0xDB => {
                check_quantisation(payload)?;
                segment(&mut body, marker, payload);
            }
            0xDD => {
                if payload.len() != 2 {
                    return Err(Refused::Damaged);
                }
                segment(&mut body, marker, payload);
            }
            0xDA => {
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(Refused::Bomb);
                }
                if frames != 1 || !is_scan(payload) {
                    return Err(Refused::Damaged);
                }
                segment(&mut body, marker, payload);
                copy_scan(&mut reader, &mut body)?;
            }
            _ if scans == 0 => head.read(marker, payload),
            _ => {}
        }
    }
    if frames != 1 || scans == 0 {
        return Err(Refused::Damaged);
    }
    let mut out = Vec::with_capacity(body.len() + 128);
    head.write(&mut out);
    out.extend(body);
    out.extend([0xFF, 0xD9]);
    Ok(out)
}

impl Head {
    fn read(&mut self, marker: u8, payload: &[u8]) {
        if marker == 0xE0 {
            self.jfif |= payload.starts_with(JFIF);
        } else if marker == 0xE1 && self.orientation.is_none() {
            self.orientation = payload.strip_prefix(EXIF).and_then(Orientation::read);
        } else if marker == 0xEE
            && let Some(rest) = payload.strip_prefix(b"Adobe")
        {
            // Version and flags, two bytes each, then the transform; the last segment counts, as for decoders.
            self.transform = rest.get(6).copied().filter(|t| *t <= 2).or(self.transform);
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend([0xFF, 0xD8]);
        if self.jfif {
            // Version 1.2, square pixels without a resolution, no thumbnail.
            segment(out, 0xE0, &[JFIF, &[1, 2, 0, 0, 1, 0, 1, 0, 0]].concat());
        }
        if let Some(orientation) = self.orientation {
            segment(out, 0xE1, &[EXIF, &orientation.tiff()].concat());
        }
        if let Some(transform) = self.transform {
            let rest = [0, 100, 0, 0, 0, 0, transform];
            segment(out, 0xEE, &[b"Adobe".as_slice(), &rest].concat());
        }
    }
}

/// The next marker; any number of fill bytes may stand before its code.
fn marker(reader: &mut Reader) -> Result<u8, Refused> {
    if reader.u8()? != 0xFF {
        return Err(Refused::Damaged);
    }
    loop {
        match reader.u8()? {
            0xFF => {}
            code => return Ok(code),
        }
    }
}

/// Writes a segment. Payloads come from segments, or are as short as those written here.
fn segment(out: &mut Vec<u8>, marker: u8, payload: &[u8]) {
    let length = u16::try_from(payload.len() + 2).unwrap_or(u16::MAX);
    out.extend([0xFF, marker]);
    out.extend(length.to_be_bytes());
    out.extend(payload);
}

fn check_frame(marker: u8, payload: &[u8]) -> Result<(), Refused> {
    let mut reader = Reader::new(payload);
    let precision = reader.u8()?;
    let (height, width) = (reader.be16()?, reader.be16()?);
    let components = usize::from(reader.u8()?);
    check_pixels(width.into(), height.into(), 1)?;
    let precise = precision == 8 || precision == 12 && marker != 0xC0;
    if !precise || !(1..=4).contains(&components) || reader.rest().len() != components * 3 {
        return Err(Refused::Damaged);
    }
    Ok(())
}

fn is_scan(payload: &[u8]) -> bool {
    payload
        .first()
        .is_some_and(|n| (1..=4).contains(n) && payload.len() == 4 + 2 * usize::from(*n))
}

/// Tables to the last byte: nothing can follow the last one.
fn check_quantisation(payload: &[u8]) -> Result<(), Refused> {
    let mut reader = Reader::new(payload);
    while !reader.rest().is_empty() {
        match reader.u8()? {
            0x00..=0x03 => reader.take(64)?,
            0x10..=0x13 => reader.take(128)?,
            _ => return Err(Refused::Damaged),
        };
    }
    Ok(())
}

fn check_huffman(payload: &[u8]) -> Result<(), Refused> {
    let mut reader = Reader::new(payload);
    while !reader.rest().is_empty() {
        if !matches!(reader.u8()?, 0x00..=0x03 | 0x10..=0x13) {
            return Err(Refused::Damaged);
        }
        let symbols: usize = reader.take(16)?.iter().map(|n| usize::from(*n)).sum();
        if symbols > 256 {
            return Err(Refused::Damaged);
        }
        reader.take(symbols)?;
    }
    Ok(())
}

/// Copies entropy-coded data up to the next marker that is no restart. Fill bytes before a marker go.
fn copy_scan(reader: &mut Reader, out: &mut Vec<u8>) -> Result<(), Refused> {
    loop {
        let rest = reader.rest();
        let data = rest.iter().position(|byte| *byte == 0xFF);
        out.extend(reader.take(data.ok_or(Refused::Damaged)?)?);
        let mut ahead = reader.clone();
        match marker(&mut ahead)? {
            // A stuffed byte or a restart marker belongs to the data.
            code @ (0x00 | 0xD0..=0xD7) => {
                out.extend([0xFF, code]);
                *reader = ahead;
            }
            _ => return Ok(()),
        }
    }
}
