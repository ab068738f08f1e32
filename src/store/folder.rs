//! The data folder: where its parts lie, who may read it, and how a small file is written so that
//! it is whole after a crash.
//!
//! Guarantees: a folder that others can read is refused; files made here are 0600 and folders
//! 0700 whatever the umask; [`write_private`] leaves the old file or the new one, never a part.
//!
//! Must never: loosen or silently mend the mode of what was there before: whoever could read it may
//! have read it, and the operator must learn that.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Random bytes in the name of a temporary file.
const TEMPORARY_BYTES: usize = 8;

/// Why the data folder cannot be used. Each is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Group or others have some right on it.
    #[error("others can read {path} (mode {mode:04o}); mend it with: chmod 700 {path}", path = .path.display())]
    Open {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is something else in its place.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The disk refused.
    #[error("cannot use the data folder {path}: {source}", path = .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
}

/// A data folder that only its owner can read.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// Opens the folder, making it and its `files/` (0700) where missing.
    ///
    /// # Errors
    /// [`FolderError::Open`] if group or others have any right on it.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, FolderError> {
        let root = root.into();
        let io = |source| FolderError::Io {
            path: root.clone(),
            source,
        };
        create_private_folder(&root).map_err(io)?;
        let about = fs::metadata(&root).map_err(io)?;
        if !about.is_dir() {
            return Err(FolderError::NotAFolder(root));
        }
        let mode = about.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(FolderError::Open { path: root, mode });
        }
        let folder = Self { root: root.clone() };
        create_private_folder(&folder.files()).map_err(io)?;
        Ok(folder)
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `store/`: the records.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// `next/`: a store and its epoch that a rebuild is making. Worth nothing while it has this name.
    #[must_use]
    pub fn next(&self) -> PathBuf {
        self.root.join("next")
    }

    /// `ready/`: a store and its epoch, whole, that are to take the place of those that are there.
    #[must_use]
    pub fn ready(&self) -> PathBuf {
        self.root.join("ready")
    }

    /// `epoch`: the 32 random bytes from which, with the master key, the sealing key comes.
    #[must_use]
    pub fn epoch(&self) -> PathBuf {
        self.root.join("epoch")
    }

    /// `owner-link`: the link with which the first owner begins.
    #[must_use]
    pub fn owner_link(&self) -> PathBuf {
        self.root.join("owner-link")
    }

    /// `socket`: where the running program takes commands.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.root.join("socket")
    }

    /// `alive`: when the bot last fetched updates.
    #[must_use]
    pub fn alive(&self) -> PathBuf {
        self.root.join("alive")
    }

    /// `counted`: how many events were stored.
    #[must_use]
    pub fn counted(&self) -> PathBuf {
        self.root.join("counted")
    }

    /// `scratch/`: where a backup is made and tried out. Worth nothing to whoever starts.
    #[must_use]
    pub fn scratch(&self) -> PathBuf {
        self.root.join("scratch")
    }

    /// `restoring/`: what is being restored. Worth nothing while it has this name.
    #[must_use]
    pub fn restoring(&self) -> PathBuf {
        self.root.join("restoring")
    }

    /// `restored/`: the same, whole, that is to take the place of what is there.
    #[must_use]
    pub fn restored(&self) -> PathBuf {
        self.root.join("restored")
    }

    /// `backup-failed`: that the owners were told that no backup can be made.
    #[must_use]
    pub fn backup_failed(&self) -> PathBuf {
        self.root.join("backup-failed")
    }

    /// `files/`: what people sent, sealed.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }
}

/// Makes what the process creates from now on, sled's files included, private to its owner. To be
/// called once, at the start of main, before any thread.
pub fn set_private_umask() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Writes a file of 0600 so that after a crash it holds the old bytes or the new, durably: a
/// temporary file beside it, fsync, rename, fsync of the folder. A crash may leave the temporary
/// file, `.<name>.<random>.tmp`.
///
/// # Errors
/// Of the disk; the old file is then untouched.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (folder, temporary) = write_temporary(path, bytes)?;
    fs::rename(&temporary, path).or_else(|error| discard(&temporary, error))?;
    sync_folder(&folder)
}

/// Like [`write_private`], but an existing file stays: of two processes that both start for the
/// first time, one makes the file and the other learns that it is there.
///
/// # Errors
/// `AlreadyExists`, and of the disk.
pub fn write_private_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (folder, temporary) = write_temporary(path, bytes)?;
    // A hard link, unlike a rename, refuses to replace.
    fs::hard_link(&temporary, path).or_else(|error| discard(&temporary, error))?;
    fs::remove_file(&temporary)?;
    sync_folder(&folder)
}

/// Makes a folder (0700) and its missing parents (0700), durably. One that is there stays as it is.
///
/// # Errors
/// Of the disk.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let parent = parent_of(path);
    create_private_folder(&parent)?;
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(&parent),
    }
}

/// Removes a folder with all that is in it, if it is there.
///
/// # Errors
/// Of the disk.
pub fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes the names in a folder durable.
///
/// # Errors
/// Of the disk.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Bytes of the files in a folder, and in those within it; 0 if it is not there.
///
/// # Errors
/// Of the disk.
pub fn size(folder: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut sum = 0;
    for entry in entries {
        let entry = entry?;
        let about = match entry.metadata() {
            // A running bot takes away what it does not need any more.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            about => about?,
        };
        sum += if about.is_dir() {
            size(&entry.path())?
        } else {
            about.len()
        };
    }
    Ok(sum)
}

/// Bytes that are free to us on the disk of a folder.
///
/// # Errors
/// Of the disk.
pub fn free(folder: &Path) -> io::Result<u64> {
    let about = rustix::fs::statvfs(folder)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}

/// Fills `bytes` from the kernel's random source.
pub(super) fn fill_random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
}

/// Whether a name is that of a temporary file of [`write_private`]: one that is there at the start is left from a crash.
pub(super) fn is_temporary(name: &str) -> bool {
    let inner = name.strip_prefix('.').and_then(|n| n.strip_suffix(".tmp"));
    let parts = inner.and_then(|inner| inner.rsplit_once('.'));
    parts.is_some_and(|(of, random)| !of.is_empty() && is_hex(random, 2 * TEMPORARY_BYTES))
}

/// Whether this is so many lower-case hexadecimal digits.
pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The folder a path lies in; for a bare name the current one.
#[must_use]
pub fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Whether a path lies in a folder: by its own place, or by that of what it links to. Neither need be there yet.
///
/// # Errors
/// Of the disk: "cannot tell" must not be taken for "no".
pub fn is_inside(path: &Path, folder: &Path) -> io::Result<bool> {
    let folder = canonical(folder)?;
    let place = canonical(&parent_of(path))?;
    Ok(place.starts_with(&folder) || canonical(path)?.starts_with(&folder))
}

/// The canonical path, also of what is not there yet: the nearest part that is there, resolved, and
/// the rest.
fn canonical(path: &Path) -> io::Result<PathBuf> {
    let mut there = std::path::absolute(path)?;
    let mut rest: Vec<OsString> = Vec::new();
    let mut found = loop {
        match there.canonicalize() {
            Ok(found) => break found,
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) => {
                let Some(last) = there.components().next_back() else {
                    return Err(error);
                };
                rest.push(last.as_os_str().to_owned());
                there.pop();
            }
        }
    };
    for part in rest.iter().rev() {
        if part == ".." {
            found.pop();
        } else {
            found.push(part);
        }
    }
    Ok(found)
}

/// What a file is called while it is written.
pub(super) fn temporary_beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{} names no file", path.display()),
        )
    })?;
    let mut random = [0; TEMPORARY_BYTES];
    fill_random(&mut random)?;
    let suffix = data_encoding::HEXLOWER.encode(&random);
    Ok(parent_of(path).join(format!(".{}.{suffix}.tmp", name.to_string_lossy())))
}

fn write_temporary(path: &Path, bytes: &[u8]) -> io::Result<(PathBuf, PathBuf)> {
    let folder = parent_of(path);
    let temporary = temporary_beside(path)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .or_else(|error| discard(&temporary, error))?;
    Ok((folder, temporary))
}

/// Removes a temporary file after a failure and passes the failure on; that a full or sick disk may
/// also refuse the removal changes nothing.
fn discard(temporary: &Path, error: io::Error) -> io::Result<()> {
    let _ = fs::remove_file(temporary);
    Err(error)
}
