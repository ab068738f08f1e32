//! Ogg voice notes: one stream of Opus or Vorbis, its headers rewritten, its sound packets byte for byte.
//!
//! The comment header (encoder, title, artist, place, cover picture) is replaced by an empty one, however many pages
//! it filled. The serial number, random in most recorders, becomes a fixed one; pages are numbered anew and their
//! checksums computed. Positions in time stay: a player needs them. Opus' note of the microphone's rate becomes 48 kHz,
//! at which Opus always plays. What follows the end of the stream is cut unless it is Ogg again.
//!
//! A second stream, beside the first or after it, is refused: to drop half of what somebody said would be worse.
//! Sources: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), Vorbis I, section 4.2.

use super::reader::{Reader, find};
use super::{Kind, Refused};

const CAPTURE: &[u8] = b"OggS";
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;
/// The serial number of every stream written here.
const SERIAL: u32 = 1;
/// The position of a page on which no packet ends.
const NOWHERE: u64 = u64::MAX;

const OPUS_HEAD: &[u8] = b"OpusHead";
const OPUS_TAGS: &[u8] = b"OpusTags";
const VORBIS_HEAD: &[u8] = b"\x01vorbis";
const VORBIS_TAGS: &[u8] = b"\x03vorbis";
const VORBIS_SETUP: &[u8] = b"\x05vorbis";

struct Page<'a> {
    flags: u8,
    position: u64,
    serial: u32,
    lacing: &'a [u8],
    body: &'a [u8],
}

/// The kind of the first stream, by the first packet on the first page.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    let page = page(&mut Reader::new(bytes)).ok()?;
    if page.body.starts_with(OPUS_HEAD) {
        Some(Kind::Opus)
    } else if page.body.starts_with(VORBIS_HEAD) {
        Some(Kind::Vorbis)
    } else {
        None
    }
}

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut reader = Reader::new(bytes);
    let first = page(&mut reader)?;
    // The first packet has the first page to itself.
    if first.flags & (FIRST | CONTINUED) != FIRST || !matches!(first.lacing, [0..=254]) {
        return Err(Refused::Damaged);
    }
    let opus = first.body.starts_with(OPUS_HEAD);
    let head = if opus {
        opus_head(first.body)?
    } else {
        vorbis_head(first.body)?
    };

    let mut out = Writer::new(bytes.len());
    out.page(FIRST, 0, &[lace(head.len())], &head);
    let expected = if opus { 1 } else { 2 };
    let headers = headers(&mut reader, first.serial, expected)?;
    out.packets(&new_headers(opus, &headers)?);
    copy_sound(&mut reader, first.serial, &mut out)?;
    Ok(out.bytes)
}

/// Version, channels, samples to skip, rate, gain, and the mapping of one or two channels.
fn opus_head(packet: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut reader = Reader::new(packet);
    reader.take(OPUS_HEAD.len())?;
    let [version, channels, skip1, skip2] = reader.array()?;
    reader.take(4)?;
    let [gain1, gain2, mapping] = reader.array()?;
    if version >> 4 != 0 || !(1..=2).contains(&channels) || mapping != 0 {
        return Err(Refused::Unknown);
    }
    let mut head = OPUS_HEAD.to_vec();
    head.extend([1, channels, skip1, skip2]);
    head.extend(48_000_u32.to_le_bytes());
    head.extend([gain1, gain2, 0]);
    Ok(head)
}

/// Thirty bytes, of which the last is the framing bit.
fn vorbis_head(packet: &[u8]) -> Result<Vec<u8>, Refused> {
    match packet.first_chunk::<30>() {
        Some(head) if head[29] & 1 == 1 => Ok([&head[..29], &[1]].concat()),
        _ => Err(Refused::Damaged),
    }
}

/// The packets of the headers after the first, which end with a page: sound begins on a new one.
fn headers(reader: &mut Reader, serial: u32, expected: usize) -> Result<Vec<Vec<u8>>, Refused> {
    let mut packets = vec![Vec::new()];
    while packets.len() <= expected {
        let page = page(reader)?;
        let open = packets.last().is_some_and(|packet| !packet.is_empty());
        if page.serial != serial {
            return Err(Refused::Unknown);
        }
        if page.flags & (FIRST | LAST) != 0 || (page.flags & CONTINUED != 0) != open {
            return Err(Refused::Damaged);
        }
        let mut body = Reader::new(page.body);
        for lace in page.lacing {
            if packets.len() > expected {
                return Err(Refused::Damaged);
            }
            let part = body.take(usize::from(*lace))?;
            if let Some(packet) = packets.last_mut() {
                packet.extend(part);
            }
            if *lace < 255 {
                packets.push(Vec::new());
            }
        }
    }
    packets.pop();
    Ok(packets)
}

/// The empty comment, and for Vorbis the set-up that it needs to decode.
fn new_headers(opus: bool, headers: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, Refused> {
    // No vendor, no comments: two lengths of zero.
    match headers {
        [tags] if opus && tags.starts_with(OPUS_TAGS) => Ok(vec![[OPUS_TAGS, &[0; 8]].concat()]),
        [tags, setup] if tags.starts_with(VORBIS_TAGS) && setup.starts_with(VORBIS_SETUP) => {
            Ok(vec![[VORBIS_TAGS, &[0; 8], &[1]].concat(), setup.clone()])
        }
        _ => Err(Refused::Damaged),
    }
}

fn copy_sound(reader: &mut Reader, serial: u32, out: &mut Writer) -> Result<(), Refused> {
    let mut heard = false;
    while reader.rest().starts_with(CAPTURE) {
        let page = page(reader)?;
        if page.serial != serial {
            return Err(Refused::Unknown);
        }
        if page.flags & FIRST != 0 || !heard && page.flags & CONTINUED != 0 {
            return Err(Refused::Damaged);
        }
        heard |= !page.body.is_empty();
        out.page(
            page.flags & (CONTINUED | LAST),
            page.position,
            page.lacing,
            page.body,
        );
        if page.flags & LAST != 0 {
            break;
        }
    }
    // Ogg after the end is another stream, or the same one behind damage: neither may be lost in silence.
    if find(reader.rest(), CAPTURE).is_some() {
        return Err(Refused::Unknown);
    }
    if heard { Ok(()) } else { Err(Refused::Damaged) }
}

fn page<'a>(reader: &mut Reader<'a>) -> Result<Page<'a>, Refused> {
    let whole = reader.rest();
    let start = reader.array::<5>()?;
    let flags = reader.u8()?;
    let position = u64::from_le_bytes(reader.array()?);
    let serial = reader.le32()?;
    reader.take(4)?;
    let sum = reader.le32()?;
    let segments = usize::from(reader.u8()?);
    let lacing = reader.take(segments)?;
    let body = reader.take(lacing.iter().map(|lace| usize::from(*lace)).sum())?;
    let length = whole.len() - reader.rest().len();
    let crc = crc(crc(crc(0, &whole[..22]), &[0; 4]), &whole[26..length]);
    if start != *b"OggS\0" || sum != crc {
        return Err(Refused::Damaged);
    }
    Ok(Page {
        flags,
        position,
        serial,
        lacing,
        body,
    })
}

/// Pages, numbered from 0.
struct Writer {
    bytes: Vec<u8>,
    pages: u32,
}

impl Writer {
    fn new(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
            pages: 0,
        }
    }

    /// Writes a page of at most 255 laces.
    fn page(&mut self, flags: u8, position: u64, lacing: &[u8], body: &[u8]) {
        let begin = self.bytes.len();
        self.bytes.extend(b"OggS\0");
        self.bytes.push(flags);
        self.bytes.extend(position.to_le_bytes());
        self.bytes.extend(SERIAL.to_le_bytes());
        self.bytes.extend(self.pages.to_le_bytes());
        self.bytes.extend([0; 4]);
        self.bytes
            .push(u8::try_from(lacing.len()).unwrap_or(u8::MAX));
        self.bytes.extend(lacing);
        self.bytes.extend(body);
        let crc = crc(0, &self.bytes[begin..]);
        self.bytes[begin + 22..begin + 26].copy_from_slice(&crc.to_le_bytes());
        self.pages += 1;
    }

    /// Writes header packets at position 0; the last ends its page.
    fn packets(&mut self, packets: &[Vec<u8>]) {
        let mut lacing = Vec::new();
        for packet in packets {
            lacing.resize(lacing.len() + packet.len() / 255, 255);
            lacing.push(lace(packet.len() % 255));
        }
        let whole = packets.concat();
        let mut body = whole.as_slice();
        let mut continued = 0;
        for laces in lacing.chunks(255) {
            let length = laces.iter().map(|lace| usize::from(*lace)).sum();
            let (part, rest) = body.split_at(length);
            let ends = laces.iter().any(|lace| *lace < 255);
            self.page(continued, if ends { 0 } else { NOWHERE }, laces, part);
            let open = laces.last() == Some(&255);
            continued = if open { CONTINUED } else { 0 };
            body = rest;
        }
    }
}

/// The lace of a packet's last part, which is shorter than 255 bytes.
fn lace(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

/// Ogg's CRC-32: polynomial 0x04C11DB7, most significant bit first, nothing inverted. Source: RFC 3533, section 6.
fn crc(before: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(before, |crc, byte| {
        let [top, ..] = crc.to_be_bytes();
        crc << 8 ^ CRC[usize::from(top ^ byte)]
    })
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut top = 0;
    while top < 256 {
        let mut crc = (top as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 };
            bit += 1;
        }
        table[top] = crc;
        top += 1;
    }
    table
};
