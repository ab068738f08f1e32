//! What goes between the bot and the process that makes a document: values, one after another, each with its length.

use std::io::{self, Read, Write};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::Files;
use crate::dialogue::desk::Paper;
use crate::digest::Request;
use crate::documents::produce::Product;

/// The largest value: a document with room to spare.
const MAX: usize = 256 * 1024 * 1024;

/// What is to be made.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// A digest; the records follow.
    Digest {
        /// What is wished for.
        request: Request,
        /// When the records were as they are.
        now: Timestamp,
        /// The forum's files, as the bot read them when it started.
        files: Files,
    },
    /// What is taken along to a meeting, to be printed.
    Paper(Box<Paper>),
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// Something is made.
    Made(Product),
    /// It cannot be made. It would fail the same way again.
    Failed(String),
    /// That was all.
    Done,
}

pub(super) fn write<T: Serialize>(out: &mut impl Write, value: &T) -> io::Result<()> {
    let bytes = rmp_serde::to_vec_named(value).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(&bytes)?;
    out.flush()
}

pub(super) fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    rmp_serde::from_slice(&bytes).map_err(io::Error::other)
}
