//! `samleng export`: every record as a line of JSON.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;

use super::{Common, setup};
use crate::domain::{Deed, Who};
use crate::runtime::socket::{self, Ask};
use crate::store::folder::DataFolder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng export archive.jsonl

Everything is in it, unsealed: who said what, whatever they chose for others to see. The file is made readable by you alone (0600); one
that is there already is not replaced. There is no Telegram id in it, no key and no code of a link. That it was exported is in the
audit log.";

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
    DataFolder::open(&data)?;
    // Before anything is asked for: what cannot be written need not be read.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot make {}", path.display()))?;
    let done = lines(&forum, &data).and_then(|lines| {
        file.write_all(lines.as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(|| format!("cannot write {}", path.display()))
    });
    if done.is_err() {
        // Half an archive is none, and the next attempt would not replace it. Why there is none counts more than this.
        let _ = std::fs::remove_file(&path);
    }
    done
}

fn lines(forum: &Forum, data: &Path) -> anyhow::Result<String> {
    std::env::set_current_dir(data).with_context(|| format!("cannot enter {}", data.display()))?;
    match socket::ask(Path::new("socket"), &Ask::Export)? {
        Some(lines) => Ok(lines),
        None => {
            let mut store = setup::open(&forum.config.settings, data)?.store;
            store.note(Timestamp::now(), Who::CommandLine, Deed::Exported)?;
            Ok(store.export()?)
        }
    }
}
