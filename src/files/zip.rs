//! The list of what a ZIP holds, and one part of it: as much as it takes to know an Office file.
//!
//! Read from the central directory, as Office programs do. What could be read in two ways is refused: bytes before the
//! first part, a directory that does not end where it should, a name that stands there twice, ZIP64 (which is for
//! archives larger than any file kept here). Source: PKWARE APPNOTE 6.3.

use std::collections::BTreeMap;

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::Refused;
use super::reader::{Reader, length};

/// An archive.
pub(super) struct Zip<'a> {
    bytes: &'a [u8],
    /// By name in lower case: Office takes names of any case for the same.
    parts: BTreeMap<String, Part<'a>>,
    /// What the parts declare to hold, in bytes.
    pub(super) unpacked: u64,
}

struct Part<'a> {
    name: &'a [u8],
    method: u16,
    packed: u32,
    at: u32,
}

impl<'a> Zip<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Refused> {
        let end = end(bytes).ok_or(Refused::Damaged)?;
        let mut record = Reader::at(bytes, end + 4)?;
        let [disk, first_disk] = [record.le16()?, record.le16()?];
        let [here, count] = [record.le16()?, record.le16()?];
        let (size, at) = (length(record.le32()?)?, length(record.le32()?)?);
        let ends = at
            .checked_add(size)
            .is_some_and(|directory| directory == end);
        if disk != 0 || first_disk != 0 || here != count || !ends {
            return Err(Refused::Damaged);
        }
        let mut zip = Self {
            bytes,
            parts: BTreeMap::new(),
            unpacked: 0,
        };
        let mut directory = Reader::new(Reader::at(bytes, at)?.take(size)?);
        for _ in 0..count {
            zip.read_entry(&mut directory)?;
        }
        if !directory.rest().is_empty() {
            return Err(Refused::Damaged);
        }
        Ok(zip)
    }

    fn read_entry(&mut self, directory: &mut Reader<'a>) -> Result<(), Refused> {
        if &directory.array()? != b"PK\x01\x02" {
            return Err(Refused::Damaged);
        }
        directory.take(6)?;
        let method = directory.le16()?;
        directory.take(8)?;
        let (packed, unpacked) = (directory.le32()?, directory.le32()?);
        let [name, extra, comment] = [directory.le16()?, directory.le16()?, directory.le16()?];
        directory.take(8)?;
        let at = directory.le32()?;
        let name = directory.take(name.into())?;
        directory.take(extra.into())?;
        directory.take(comment.into())?;
        self.unpacked += u64::from(unpacked);
        let key = String::from_utf8_lossy(name).to_lowercase();
        let part = Part {
            name,
            method,
            packed,
            at,
        };
        match self.parts.insert(key, part) {
            None => Ok(()),
            Some(_) => Err(Refused::Damaged),
        }
    }

    /// The names of the parts, in lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    /// Whether it holds the part with this name in lower case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(name)
    }

    /// What the part with this name in lower case holds, unpacked to at most `most` bytes.
    pub(super) fn part(&self, name: &str, most: usize) -> Result<Vec<u8>, Refused> {
        let part = self.parts.get(name).ok_or(Refused::Damaged)?;
        let mut local = Reader::at(self.bytes, length(part.at)?)?;
        if &local.array()? != b"PK\x03\x04" {
            return Err(Refused::Damaged);
        }
        local.take(22)?;
        let [name, extra] = [local.le16()?, local.le16()?];
        let same = local.take(name.into())? == part.name;
        local.take(extra.into())?;
        let packed = local.take(length(part.packed)?)?;
        match part.method {
            _ if !same => Err(Refused::Damaged),
            0 if packed.len() <= most => Ok(packed.to_vec()),
            8 => decompress_to_vec_with_limit(packed, most).map_err(|_| Refused::Damaged),
            _ => Err(Refused::Damaged),
        }
    }
}

/// Where the end record stands: 22 bytes, and a comment that reaches to the end of the file.
fn end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find(|at| {
        let mut record = Reader::new(&bytes[*at..]);
        let signed = record
            .array()
            .is_ok_and(|word: [u8; 4]| &word == b"PK\x05\x06");
        let comment = record.take(16).and_then(|_| record.le16());
        signed && comment.is_ok_and(|comment| usize::from(comment) == record.rest().len())
    })
}
