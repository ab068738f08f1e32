//! Office files of the years before 2007: small file systems, known by the streams in their root.
//!
//! A file with a storage for macros, at any depth, is refused. Two kinds of macros cannot be told here: those of
//! PowerPoint, packed inside its one stream, and the Excel 4 macros of a sheet. Source: Microsoft MS-CFB.

use std::collections::BTreeSet;

use super::reader::{Reader, length};
use super::{Kind, Refused};

/// The first bytes of every such file.
pub(super) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The highest number of a sector; those above it mark ends.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
const ENTRY: usize = 128;
const STORAGE: u8 = 1;
const STREAM: u8 = 2;
const ROOT: u8 = 5;

struct Entry {
    name: String,
    is: u8,
    left: u32,
    right: u32,
    child: u32,
}

pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    let entries = entries(bytes).ok()?;
    let macros = entries.iter().any(|entry| {
        let name = entry.name.to_uppercase();
        entry.is == STORAGE && (name == "VBA" || name == "MACROS" || name.starts_with("_VBA"))
    });
    if macros {
        return None;
    }
    let streams = streams_of_root(&entries)?;
    let has = |name: &str| streams.contains(name);
    let kinds = [
        (Kind::Doc, has("WordDocument")),
        (Kind::Xls, has("Workbook") || has("Book")),
        (Kind::Ppt, has("PowerPoint Document")),
    ];
    let mut kinds = kinds.into_iter().filter(|(_, there)| *there);
    match (kinds.next(), kinds.next()) {
        (Some((kind, _)), None) => Some(kind),
        _ => None,
    }
}

/// The entries of the directory. The chain of its sectors is no longer than the file has sectors.
fn entries(bytes: &[u8]) -> Result<Vec<Entry>, Refused> {
    let mut header = Reader::at(bytes, 30)?;
    // 512 or 4,096 bytes a sector.
    let shift = header.le16()?;
    if shift != 9 && shift != 12 {
        return Err(Refused::Damaged);
    }
    let size = 1_usize << shift;
    header.take(16)?;
    let mut at = header.le32()?;
    let table = table(bytes, size)?;
    let mut entries = Vec::new();
    for _ in 0..bytes.len() / size {
        if at >= LAST_SECTOR {
            break;
        }
        for raw in sector(bytes, size, at)?.chunks_exact(ENTRY) {
            entries.push(entry(raw)?);
        }
        let (block, place) = (length(at)? / (size / 4), length(at)? % (size / 4));
        let block = table.get(block).ok_or(Refused::Damaged)?;
        at = Reader::at(sector(bytes, size, *block)?, place * 4)?.le32()?;
    }
    Ok(entries)
}

/// The sectors of the allocation table: 109 in the header, the others in a chain of sectors of their own.
fn table(bytes: &[u8], size: usize) -> Result<Vec<u32>, Refused> {
    let mut header = Reader::at(bytes, 68)?;
    let mut more = header.le32()?;
    header.take(4)?;
    let mut sectors = Vec::new();
    for _ in 0..109 {
        sectors.push(header.le32()?);
    }
    for _ in 0..bytes.len() / size {
        if more >= LAST_SECTOR {
            break;
        }
        let mut list = Reader::new(sector(bytes, size, more)?);
        for _ in 1..size / 4 {
            sectors.push(list.le32()?);
        }
        more = list.le32()?;
    }
    Ok(sectors)
}

/// Sector 0 follows the header, which fills one sector.
fn sector(bytes: &[u8], size: usize, number: u32) -> Result<&[u8], Refused> {
    let at = length(number)?
        .checked_add(1)
        .and_then(|number| number.checked_mul(size));
    Reader::at(bytes, at.ok_or(Refused::Damaged)?)?.take(size)
}

fn entry(raw: &[u8]) -> Result<Entry, Refused> {
    let mut reader = Reader::new(raw);
    let mut units = Vec::with_capacity(32);
    for _ in 0..32 {
        units.push(reader.le16()?);
    }
    units.truncate(units.iter().position(|unit| *unit == 0).unwrap_or(32));
    reader.take(2)?;
    let [is, _colour] = reader.array()?;
    Ok(Entry {
        name: String::from_utf16_lossy(&units),
        is,
        left: reader.le32()?,
        right: reader.le32()?,
        child: reader.le32()?,
    })
}

/// The names of the streams that lie in the root itself: those of embedded documents lie deeper.
fn streams_of_root(entries: &[Entry]) -> Option<BTreeSet<&str>> {
    let root = entries.first().filter(|entry| entry.is == ROOT)?;
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![root.child];
    while let Some(number) = open.pop() {
        let entry = usize::try_from(number).ok().and_then(|n| entries.get(n));
        if let Some(entry) = entry
            && seen.insert(number)
        {
            if entry.is == STREAM {
                found.insert(entry.name.as_str());
            }
            open.extend([entry.left, entry.right]);
        }
    }
    Some(found)
}
