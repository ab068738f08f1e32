//! `samleng backup`: everything in one sealed file.
//!
//! Must never: replace a file that is there, or leave half a backup under the name of one.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use jiff::Timestamp;

use super::{Common, setup};
use crate::runtime::backups::{self, Handed};
use crate::runtime::socket;
use crate::store::backup::{self, FromStore, Summary};
use crate::store::folder::{DataFolder, create_private_folder};
use crate::store::restore;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng backup /media/stick/samleng.backup

The file holds everything, what people sent included, sealed by a key that comes from the master key: keep a copy of that one elsewhere,
and not beside the backup. It is made while people are answered, restored for a test before it counts, and readable by you alone
(0600). A file that is there already is not replaced, and none is made in the data folder.

People are told that backups live 14 days: delete it by then. By itself the bot takes one a day, and deletes it in time, if
samleng.toml names a folder for them ([backup]).";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file that is made
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let path = setup::absolute(&args.file)?;
    let data = setup::existing(&common.data)?;
    let folder = DataFolder::open(&data)?;
    setup::elsewhere(&path, &data)?;
    ensure!(
        !path.try_exists()?,
        "{} is there already, and is not replaced",
        path.display()
    );
    let cannot = || format!("cannot make {}", path.display());
    backup::sweep_of(&path).with_context(cannot)?;
    let temporary = backup::temporary(&path).with_context(cannot)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    let (taken_at, summary) = match socket::ask_backup(Path::new("socket"))? {
        Some((handed, bytes)) => {
            let received = receive(&handed, bytes, &temporary);
            if received.is_err() {
                // Why there is none counts more than this.
                let _ = fs::remove_file(&temporary);
            }
            received.with_context(cannot)?;
            (handed.taken_at, handed.summary)
        }
        None => {
            let taken_at = Timestamp::now();
            let summary = take(&forum, &folder, &temporary, taken_at).with_context(cannot)?;
            (taken_at, summary)
        }
    };
    let placed = backup::place(&temporary, &path);
    if placed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    placed.with_context(cannot)?;
    super::print(&format!(
        "{}: {} people, {} concerns and {} files as of {}. It was restored for a test, and is equal.\n",
        path.display(),
        summary.people,
        summary.concerns,
        summary.files,
        taken_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
    ))?;
    if summary.lost > 0 {
        log::warn!(
            "{} files are not in it: the disk has lost or damaged them",
            summary.lost
        );
    }
    Ok(())
}

/// Takes it from the store, which no bot uses.
fn take(
    forum: &Forum,
    folder: &DataFolder,
    path: &Path,
    taken_at: Timestamp,
) -> anyhow::Result<Summary> {
    let mut store = setup::open(&forum.config.settings, folder.root())?.store;
    let master = store.master().clone();
    restore::clear(folder)?;
    create_private_folder(&folder.scratch())?;
    let source = &mut FromStore(&mut store);
    let taken = backup::take(path, folder, &master, source, taken_at, &|| false);
    restore::clear(folder)?;
    Ok(taken?)
}

/// Writes what the bot made, and reads it again.
fn receive(handed: &Handed, bytes: impl Read, path: &Path) -> anyhow::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    io::copy(&mut bytes.take(handed.bytes), &mut file)?;
    file.flush()?;
    file.sync_all()?;
    let (count, sha256) = backups::digest(path)?;
    ensure!(
        count == handed.bytes,
        "the running bot went away before all of it had come"
    );
    ensure!(
        sha256 == handed.sha256,
        "what was written is not what the running bot made; look at the disk"
    );
    Ok(())
}
