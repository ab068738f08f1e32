//! What people sent, sealed, each in a file of its own in `files/` of the data folder.
//!
//! Guarantees: a file that [`keep`] returned survives a power cut, whole; it opens only with the key of its record and
//! under its own name; any changed byte is an error. Each file has a key of its own that stands in its record and
//! nowhere else: whoever erases the record destroys the file for good, and a new epoch of the store leaves files alone.
//! A crash leaves a file that no record names, or a temporary one: [`sweep`] removes both.
//!
//! Must never: remove what a record names, log a name or a key, or be called where others wait: it blocks on the disk.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use chacha20poly1305::aead::KeyInit as _;
use chacha20poly1305::{Key, XChaCha20Poly1305};
use zeroize::Zeroizing;

use super::folder::{DataFolder, fill_random, is_hex, is_temporary, sync_folder, write_private};
use super::seal::{self, SealError};
use crate::domain::Sealed;

const VERSION: u8 = 1;
const NAME_BYTES: usize = 16;

/// Why a sealed file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk refused, or the file is not there.
    #[error("a sealed file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It was changed, or is not the one that its record means.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The record itself names no file and key of ours.
    #[error("the record of a sealed file is damaged")]
    Record,
}

/// Seals these bytes under a fresh key and a fresh name, durably. `kind` is the id of their type. The record that this
/// returns must be committed afterwards, never before.
///
/// # Errors
/// Of the disk; nothing is left then but perhaps a temporary file.
pub fn keep(folder: &DataFolder, kind: &str, plain: &[u8]) -> io::Result<Sealed> {
    let mut name = [0; NAME_BYTES];
    fill_random(&mut name)?;
    let name = data_encoding::HEXLOWER.encode(&name);
    let mut key = Zeroizing::new([0; 32]);
    fill_random(key.as_mut_slice())?;
    let cipher = XChaCha20Poly1305::new(<&Key>::from(&*key));
    let sealed = seal::seal_with(&cipher, name.as_bytes(), VERSION, plain);
    write_private(&folder.files().join(&name), &sealed)?;
    Ok(Sealed {
        name,
        key: key.to_vec(),
        kind: kind.to_owned(),
        size: plain.len() as u64,
    })
}

/// The bytes of a file.
///
/// # Errors
/// [`FileError`].
pub fn read(folder: &DataFolder, sealed: &Sealed) -> Result<Vec<u8>, FileError> {
    if !is_name(&sealed.name) {
        return Err(FileError::Record);
    }
    open(sealed, &fs::read(folder.files().join(&sealed.name))?)
}

/// The bytes of a file as they are on the disk, once it is sure that they open.
pub(super) fn sealed_bytes(folder: &DataFolder, sealed: &Sealed) -> Result<Vec<u8>, FileError> {
    if !is_name(&sealed.name) {
        return Err(FileError::Record);
    }
    let bytes = fs::read(folder.files().join(&sealed.name))?;
    open(sealed, &bytes)?;
    Ok(bytes)
}

/// The plain bytes of a file that is read elsewhere.
pub(super) fn open(sealed: &Sealed, bytes: &[u8]) -> Result<Vec<u8>, FileError> {
    let key = <&[u8; 32]>::try_from(sealed.key.as_slice()).map_err(|_| FileError::Record)?;
    let cipher = XChaCha20Poly1305::new(<&Key>::from(key));
    match seal::open_with(&cipher, sealed.name.as_bytes(), bytes)? {
        (VERSION, plain) => Ok(plain),
        (_, _) => Err(FileError::Record),
    }
}

/// Removes a file; one that is not there is no error. That it is gone is not made durable: after a power cut the next
/// [`sweep`] finds it again.
///
/// # Errors
/// Of the disk.
pub fn remove(folder: &DataFolder, name: &str) -> io::Result<()> {
    if !is_name(name) {
        return Ok(());
    }
    gone(fs::remove_file(folder.files().join(name)))
}

/// Removes what a crash left: files of ours that no record names, and temporary files of the data folder. To be called at
/// the start only, with every name that any record holds. Returns how many files went.
///
/// # Errors
/// Of the disk.
pub fn sweep(folder: &DataFolder, known: &BTreeSet<String>) -> io::Result<usize> {
    let orphan = |name: &str| is_temporary(name) || is_name(name) && !known.contains(name);
    let swept = remove_where(&folder.files(), orphan)?;
    Ok(swept + remove_where(folder.root(), is_temporary)?)
}

fn remove_where(folder: &Path, goes: impl Fn(&str) -> bool) -> io::Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_ours = entry.file_name().to_str().is_some_and(&goes);
        if is_ours && entry.file_type()?.is_file() {
            gone(fs::remove_file(entry.path()))?;
            count += 1;
        }
    }
    if count > 0 {
        sync_folder(folder)?;
    }
    Ok(count)
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Whether a file of ours may be called so.
pub(super) fn is_name(name: &str) -> bool {
    is_hex(name, 2 * NAME_BYTES)
}
