//! Making a backup, and trying it out before it counts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::super::files::{self, FileError};
use super::super::folder::{DataFolder, parent_of, remove_folder, sync_folder};
use super::super::key::MasterKey;
use super::super::kv::Pair;
use super::super::record::{self, Record as _};
use super::super::seal::{CHECK_KEY, Sealer};
use super::super::vault::{Store, StoreError};
use super::stream::Sealing;
use super::{BackupError, Manifest, Summary, item, unpack};
use crate::domain::{Attachment, Sealed, Whereabouts};

/// How many records are copied together: a few milliseconds in which nobody is answered.
const PIECE: usize = 256;

/// Where the records come from: see [`Store::begin_copy`]. What people sent must stay on the disk from [`Source::begin`] to
/// [`Source::end`], also where its record goes meanwhile.
pub trait Source {
    /// A copy begins: of what is there now.
    ///
    /// # Errors
    /// [`BackupError`].
    fn begin(&mut self) -> Result<Arc<Sealer>, BackupError>;

    /// The next records, sealed; none once that was all.
    ///
    /// # Errors
    /// [`BackupError::Interrupted`], if it can only begin anew, and others.
    fn next(&mut self) -> Result<Vec<Pair>, BackupError>;

    /// Nothing more is wanted. It is always called, and may be called twice.
    fn end(&mut self);
}

/// An open store that nobody else uses.
pub struct FromStore<'s>(pub &'s mut Store);

impl Source for FromStore<'_> {
    fn begin(&mut self) -> Result<Arc<Sealer>, BackupError> {
        Ok(self.0.begin_copy())
    }

    fn next(&mut self) -> Result<Vec<Pair>, BackupError> {
        self.0.copy_on(PIECE)?.ok_or(BackupError::Interrupted)
    }

    fn end(&mut self) {
        self.0.end_copy();
    }
}

impl Store {
    /// A copy of everything begins that goes on while things are committed; what it is sealed by.
    pub fn begin_copy(&mut self) -> Arc<Sealer> {
        self.kv.begin_copy();
        Arc::clone(&self.sealer)
    }

    /// Its next records, about so many, as they were when it began; none once that was all. Nothing if it must begin anew.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn copy_on(&mut self, about: usize) -> Result<Option<Vec<Pair>>, StoreError> {
        Ok(self.kv.copy_on(about)?)
    }

    /// No copy is wanted any more.
    pub fn end_copy(&mut self) {
        self.kv.end_copy();
    }

    /// The master key, for backups.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }
}

/// Makes a backup in this file, which must not be there, and restores it into the scratch folder to see that it is equal. What is in
/// the file is durable then; it has its name only once it was put in its [`place`].
///
/// # Errors
/// [`BackupError`]; the file is gone then.
pub fn take(
    path: &Path,
    folder: &DataFolder,
    master: &MasterKey,
    source: &mut dyn Source,
    taken_at: Timestamp,
    stop: &dyn Fn() -> bool,
) -> Result<Summary, BackupError> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let made = write(file, folder, master, source, taken_at, stop);
    source.end();
    let made = made.and_then(|summary| {
        try_out(path, folder, master, &summary, stop)?;
        Ok(summary)
    });
    if made.is_err() {
        // Why there is none counts more than what is left of it.
        let _ = fs::remove_file(path);
    }
    made
}

/// Gives a backup that was made in `from` its name, durably. What has this name already stays, and is an error: `AlreadyExists`.
///
/// # Errors
/// Of the disk.
pub fn place(from: &Path, path: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, path, RenameFlags::NOREPLACE) {
        // Not every file system can; there two programs that choose one name at one instant must be kept apart by their users.
        Err(Errno::INVAL | Errno::NOSYS) => {
            if path.try_exists()? {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, path)?;
        }
        renamed => renamed?,
    }
    sync_folder(&parent_of(path))
}

fn write(
    file: File,
    folder: &DataFolder,
    master: &MasterKey,
    source: &mut dyn Source,
    taken_at: Timestamp,
    stop: &dyn Fn() -> bool,
) -> Result<Summary, BackupError> {
    let go_on = || {
        if stop() {
            Err(BackupError::Stopped)
        } else {
            Ok(())
        }
    };
    let mut out = Sealing::begin(BufWriter::new(file), master)?;
    let sealer = source.begin()?;
    let manifest = Manifest {
        taken_at,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        index: *sealer.index_key(),
    };
    item::write_manifest(&mut out, &manifest)?;
    let mut summary = Summary::default();
    let mut kept = Vec::new();
    loop {
        go_on()?;
        let pairs = source.next()?;
        if pairs.is_empty() {
            break;
        }
        for (key, sealed) in pairs.iter().filter(|(key, _)| key != CHECK_KEY) {
            let opened = sealer.open(key, sealed);
            let (version, plain) = opened.map_err(|error| StoreError::Record(error.to_string()))?;
            kept.extend(kept_file(key, version, &plain)?);
            summary.record(key, version, &plain);
            item::write_record(&mut out, key, version, &plain)?;
        }
    }
    for sealed in kept {
        go_on()?;
        match files::sealed_bytes(folder, &sealed) {
            Ok(bytes) => {
                summary.file(&sealed.name, &bytes);
                item::write_file(&mut out, &sealed.name, &bytes)?;
            }
            Err(FileError::Io(error)) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error.into());
            }
            // One that is lost or damaged must not keep everything else from being backed up.
            Err(error) => {
                log::error!("a file is not in the backup: {error}");
                summary.lost += 1;
                item::write_lost(&mut out, &sealed.name)?;
            }
        }
    }
    item::write_end(&mut out, &summary)?;
    let file = out
        .finish()?
        .into_inner()
        .map_err(|error| error.into_error())?;
    file.sync_all()?;
    Ok(summary)
}

/// The file that a record names, if it is one that names one.
pub(super) fn kept_file(
    key: &[u8],
    version: u8,
    plain: &[u8],
) -> Result<Option<Sealed>, StoreError> {
    if key.first() != Some(&Attachment::PREFIX) {
        return Ok(None);
    }
    let attachment: Attachment = record::decode(version, plain).map_err(StoreError::Record)?;
    Ok(match attachment.whereabouts {
        Whereabouts::Here(sealed) if files::is_name(&sealed.name) => Some(sealed),
        Whereabouts::Here(_) | Whereabouts::Telegram(_) | Whereabouts::Refused => None,
    })
}

/// Restores a backup into the scratch folder, and looks at what is there then.
fn try_out(
    path: &Path,
    folder: &DataFolder,
    master: &MasterKey,
    summary: &Summary,
    stop: &dyn Fn() -> bool,
) -> Result<(), BackupError> {
    let scratch = folder.scratch().join("try");
    remove_folder(&scratch)?;
    let equal = unpack(path, master, &scratch, stop).and_then(|unpacked| {
        let state = unpacked.state()?;
        Ok(state == summary.state && unpacked.summary == *summary)
    });
    remove_folder(&scratch)?;
    match equal? {
        true => Ok(()),
        false => Err(BackupError::Unequal),
    }
}
