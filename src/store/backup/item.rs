//! What is in a backup: a manifest, records in the order of their keys, files, a summary.
//!
//! | first byte | what follows |
//! |---|---|
//! | `m` | the length in 4 bytes and the manifest, in MessagePack |
//! | `r` | the length of the key in 2 bytes, the key, the version, the length in 4 bytes, the record |
//! | `f` | the name of a file in 32 letters, its length in 4 bytes, its bytes, sealed as they are on the disk |
//! | `l` | the name of a file that the disk had lost |
//! | `e` | the length in 4 bytes and the summary; nothing follows |

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::super::folder::is_hex;
use super::super::key::MasterKey;
use super::super::kv::{MAX_KEY, MAX_VALUE};
use super::stream::{CHUNK, Opening, Sealing};
use super::{BackupError, Manifest, Summary};

/// No sealed file is longer: what people send has 20 MiB at most.
const MAX_FILE: usize = 32 * 1024 * 1024;
const NAME: usize = 32;

/// One of them.
pub(super) enum Item {
    Record {
        key: Vec<u8>,
        version: u8,
        plain: Vec<u8>,
    },
    File {
        name: String,
        bytes: Vec<u8>,
    },
    Lost(String),
}

/// Reads them.
pub(super) struct Items {
    opening: Option<Opening<File>>,
    pub(super) manifest: Manifest,
    /// There once everything was read.
    pub(super) summary: Option<Summary>,
}

impl Items {
    pub(super) fn open(path: &Path, master: &MasterKey) -> Result<Self, BackupError> {
        let mut opening = Opening::begin(File::open(path)?, master)?;
        if opening.take(1)? != b"m" {
            return Err(BackupError::damaged("it does not say what it is"));
        }
        let length = length(&mut opening, CHUNK)?;
        let manifest = rmp_serde::from_slice(&opening.take(length)?)
            .map_err(|_| BackupError::damaged("it does not say what it is"))?;
        Ok(Self {
            opening: Some(opening),
            manifest,
            summary: None,
        })
    }

    /// The next; nothing once that was all, to the last byte.
    pub(super) fn next(&mut self) -> Result<Option<Item>, BackupError> {
        let Some(opening) = &mut self.opening else {
            return Ok(None);
        };
        let kind = opening.take(1)?;
        match kind.as_slice() {
            b"r" => {
                let lead = opening.take(2)?;
                let key = usize::from(u16::from_be_bytes([lead[0], lead[1]]));
                if key > MAX_KEY {
                    return Err(BackupError::damaged("a key is too long"));
                }
                let key = opening.take(key)?;
                let version = opening.take(1)?[0];
                let length = length(opening, MAX_VALUE)?;
                let plain = opening.take(length)?;
                Ok(Some(Item::Record {
                    key,
                    version,
                    plain,
                }))
            }
            b"f" => {
                let name = name(opening)?;
                let length = length(opening, MAX_FILE)?;
                let bytes = opening.take(length)?;
                Ok(Some(Item::File { name, bytes }))
            }
            b"l" => Ok(Some(Item::Lost(name(opening)?))),
            b"e" => {
                let length = length(opening, CHUNK)?;
                let summary = rmp_serde::from_slice(&opening.take(length)?)
                    .map_err(|_| BackupError::damaged("its end says nothing"))?;
                if let Some(opening) = self.opening.take() {
                    opening.finish()?;
                }
                self.summary = Some(summary);
                Ok(None)
            }
            _ => Err(BackupError::damaged("something unknown is in it")),
        }
    }
}

fn length(opening: &mut Opening<File>, at_most: usize) -> Result<usize, BackupError> {
    let bytes = opening.take(4)?;
    let length = bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    if length > at_most {
        return Err(BackupError::damaged("a part of it is too long"));
    }
    Ok(length)
}

fn name(opening: &mut Opening<File>) -> Result<String, BackupError> {
    let name = String::from_utf8(opening.take(NAME)?).unwrap_or_default(); // then it is no name
    if !is_hex(&name, NAME) {
        return Err(BackupError::damaged("a file has no name of ours"));
    }
    Ok(name)
}

/// Writes a manifest, in a chunk of its own.
pub(super) fn write_manifest<W: Write>(
    out: &mut Sealing<W>,
    manifest: &Manifest,
) -> io::Result<()> {
    out.write(b"m")?;
    write_packed(out, manifest)?;
    out.cut_here()
}

pub(super) fn write_record<W: Write>(
    out: &mut Sealing<W>,
    key: &[u8],
    version: u8,
    plain: &[u8],
) -> io::Result<()> {
    let length = u16::try_from(key.len()).map_err(io::Error::other)?;
    out.write(b"r")?;
    out.write(&length.to_be_bytes())?;
    out.write(key)?;
    out.write(&[version])?;
    write_bytes(out, plain)
}

pub(super) fn write_file<W: Write>(
    out: &mut Sealing<W>,
    name: &str,
    bytes: &[u8],
) -> io::Result<()> {
    out.write(b"f")?;
    out.write(name.as_bytes())?;
    write_bytes(out, bytes)
}

pub(super) fn write_lost<W: Write>(out: &mut Sealing<W>, name: &str) -> io::Result<()> {
    out.write(b"l")?;
    out.write(name.as_bytes())
}

/// Writes the summary; nothing may follow.
pub(super) fn write_end<W: Write>(out: &mut Sealing<W>, summary: &Summary) -> io::Result<()> {
    out.write(b"e")?;
    write_packed(out, summary)
}

fn write_packed<W: Write>(out: &mut Sealing<W>, value: &impl Serialize) -> io::Result<()> {
    let bytes = rmp_serde::to_vec_named(value).map_err(io::Error::other)?;
    write_bytes(out, &bytes)
}

fn write_bytes<W: Write>(out: &mut Sealing<W>, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write(&length.to_be_bytes())?;
    out.write(bytes)
}
