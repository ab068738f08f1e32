//! A folder of backups: what is there, how old it is, and its end.
//!
//! A backup's age is what stands in it under its seal, never its name or what the file system says. A file that is no backup, or was
//! made with another key, is left alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::folder::{fill_random, is_temporary, parent_of, sync_folder, temporary_beside};
use super::super::key::MasterKey;
use super::manifest;
use super::stream::HEAD;

/// How the names of backups end.
pub(super) const ENDING: &str = ".backup";

/// A backup that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its file.
    pub path: PathBuf,
    /// When it was taken.
    pub taken_at: Timestamp,
}

/// What a backup that is taken now is called.
#[must_use]
pub fn name(now: Timestamp) -> String {
    let utc = now.to_zoned(TimeZone::UTC);
    format!("samleng-{}{ENDING}", utc.strftime("%Y-%m-%d-%H%M%S"))
}

/// What a backup with this path is called while it is made.
///
/// # Errors
/// If it names no file, or there are no random bytes.
pub fn temporary(path: &Path) -> io::Result<PathBuf> {
    temporary_beside(path)
}

/// The backups in a folder, the oldest first.
///
/// # Errors
/// Of the disk.
pub fn survey(folder: &Path, master: &MasterKey) -> io::Result<Vec<Kept>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().ends_with(ENDING) || !entry.file_type()?.is_file() {
            continue;
        }
        let path = entry.path();
        match manifest(&path, master) {
            Ok(manifest) => found.push(Kept {
                path,
                taken_at: manifest.taken_at,
            }),
            Err(error) => log::warn!("{} is left alone: {error}", path.display()),
        }
    }
    found.sort_by_key(|kept| kept.taken_at);
    Ok(found)
}

/// Removes a backup, for good: without its beginning nobody can open what a disk may still hold of the rest.
///
/// # Errors
/// Of the disk.
pub fn remove(path: &Path) -> io::Result<()> {
    let mut noise = [0; HEAD];
    fill_random(&mut noise)?;
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.rewind()?;
    file.write_all(&noise)?;
    file.sync_all()?;
    drop(file);
    fs::remove_file(path)?;
    sync_folder(&parent_of(path))
}

/// Removes backups in the making that a crash has left in a folder. No backup may be under way there.
///
/// # Errors
/// Of the disk.
pub fn sweep(folder: &Path) -> io::Result<()> {
    sweep_such(folder, |name| name.contains(ENDING))
}

/// Removes what a crash has left of a backup that was to have this path.
///
/// # Errors
/// Of the disk.
pub fn sweep_of(path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let begins = format!(".{name}.");
    sweep_such(&parent_of(path), |name| name.starts_with(&begins))
}

fn sweep_such(folder: &Path, is_such: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_temporary(&name) && is_such(&name) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
