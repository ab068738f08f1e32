//! A folder of backups: what is there, how old it is, and its end.
//!
//! A backup's age is what stands in it under its seal, never its name or what the file system says. A file that is no backup, or was
//! made with another key, is left alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::folder::{fill_random, is_temporary, sync_folder};
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
    sync_folder(&super::super::folder::parent_of(path))
}

/// Removes backups in the making that a crash has left in a folder. Returns how many. No backup may be under way there.
///
/// # Errors
/// Of the disk.
pub fn sweep(folder: &Path) -> io::Result<usize> {
    let mut swept = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_temporary(&name) && name.contains(ENDING) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}
