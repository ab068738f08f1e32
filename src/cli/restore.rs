//! `samleng restore`: everything as it is in a backup.
//!
//! Guarantees: a backup is read to its last byte, and every record and file of it opened, before anything is touched; what was there
//! is put aside whole; what was erased since, as far as it is known, is erased again.
//!
//! Must never: change anything before somebody has said yes, or beside a bot that runs.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;

use super::{Common, salvage, setup};
use crate::config::Settings;
use crate::dialogue::Person;
use crate::domain::Concern;
use crate::runtime::restoring::{self, Done, Since};
use crate::store::backup::{self, Contents};
use crate::store::erasures::{self, Gone, LIFE, What};
use crate::store::folder::{DataFolder, parent_of};
use crate::store::key::MasterKey;
use crate::store::kv::KvError;
use crate::store::{StoreError, rebuild, restore};

pub(super) const HELP: &str = "\
Examples:
  samleng restore /media/stick/samleng.backup          # shows what it would do, and asks
  samleng restore /media/stick/samleng.backup --yes    # shows it, and does it

  samleng restore --salvage FILE    # the store is damaged: the backup, and what the damaged files still give
  samleng restore --salvage         # the same without a backup

It takes the master key with which the backup was made, where the bot looks for it, and no bot that runs on the data folder, which may
be empty. The backup is read to its last byte before anything is touched. What is in the data folder now is put aside, as
before-<seconds>/, and goes 14 days later.

What was withdrawn or erased since the backup was taken is erased again, as far as it is known: from the data folder that is there, or
from the list `erasures` beside the backup or in the folder of [backup]. What else came since is missing, and the owners are told so
when the bot starts. What waited to be sent then is not sent: it may have been.";

/// What is to be typed.
const WORD: &str = "restore";
const RUNS: &str = "a bot runs on the data folder; stop it first";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The backup
    #[arg(value_name = "FILE", required_unless_present = "salvage")]
    pub(super) file: Option<PathBuf>,
    /// The store is damaged: bring together what can still be read of it and the backup, if there is one
    #[arg(long)]
    salvage: bool,
    /// Do it without asking
    #[arg(long)]
    pub(super) yes: bool,
    /// Take a backup that is older than 14 days: what was erased since is not all known any more
    #[arg(long)]
    old: bool,
}

/// What is in the data folder now.
enum Present {
    Nothing,
    /// People, concerns, and what was erased lately.
    Store(usize, usize, Vec<Gone>),
    /// Why nobody can tell.
    Unreadable(StoreError),
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    if args.salvage {
        return salvage::run(common, args);
    }
    let forum = setup::sound_forum(common)?;
    let settings = &forum.config.settings;
    let path = args.file.as_deref().context("which backup?")?;
    let path = setup::absolute(path)?;
    let data = setup::absolute(&common.data)?;
    let now = Timestamp::now();
    let master = setup::master(settings, &data)?;
    let contents = checked(&path, &master, args, now)?;
    if setup::existing(&data).is_ok() {
        setup::ours(&data)?;
    }
    let present = present(&data, &master)?;
    let own = match &present {
        Present::Store(_, _, gone) => vec![gone.clone()],
        Present::Nothing | Present::Unreadable(_) => Vec::new(),
    };
    let gone = erased(own, Some(&path), settings, &master)?;
    super::print(&shown(&contents, &present, gone.as_deref(), &data))?;
    if !args.yes {
        confirm()?;
    }
    let folder = DataFolder::open(&data)?;
    setup::ours(&data)?;
    let alone = restore::alone(&folder).context("the data folder is in use")?;
    let done = restore::begin(&alone, &path, &master)
        .map_err(anyhow::Error::from)
        .and_then(|mut unpacked| {
            let since = Since {
                gone: gone.as_deref().unwrap_or_default(),
                all_known: gone.is_some(),
                salvaged: false,
            };
            let done = restoring::bring_up(&mut unpacked, since, &forum, now)?;
            let aside = restore::settle(&alone, unpacked, now)?;
            Ok((done, aside))
        });
    if done.is_err() {
        // The next start removes it otherwise.
        let _ = restore::clear(&folder);
    }
    let (done, aside) = done.with_context(|| unusable(&path))?;
    super::print(&said(done, aside.as_deref()))
}

/// Reads a backup to its last byte.
pub(super) fn checked(
    path: &Path,
    master: &MasterKey,
    args: &Args,
    now: Timestamp,
) -> anyhow::Result<Contents> {
    let contents = backup::check(path, master).with_context(|| unusable(path))?;
    let taken_at = contents.manifest.taken_at;
    ensure!(
        args.old || now.duration_since(taken_at) <= LIFE,
        "the backup is of {}: older than the 14 days of which people are told, and what was erased since is not all \
         known any more; --old restores it all the same",
        utc(taken_at)
    );
    Ok(contents)
}

fn unusable(path: &Path) -> String {
    format!("{} cannot be restored", path.display())
}

/// Refuses a folder on which a bot runs. A path in the folder may be too long for the name of a socket; then the store's lock tells.
pub(super) fn without_bot(folder: &DataFolder) -> anyhow::Result<()> {
    ensure!(UnixStream::connect(folder.socket()).is_err(), RUNS);
    Ok(())
}

/// Looks at what is there. Nobody may use it.
fn present(data: &Path, master: &MasterKey) -> anyhow::Result<Present> {
    if setup::existing(data).is_err() {
        return Ok(Present::Nothing);
    }
    let folder = DataFolder::open(data)?;
    without_bot(&folder)?;
    let looked = rebuild::finish(&folder).and_then(|()| {
        if !folder.store().try_exists().map_err(KvError::from)? {
            return Ok(Present::Nothing);
        }
        let store = rebuild::open(&folder, master)?;
        let (people, concerns) = (store.all::<Person>()?, store.all::<Concern>()?);
        Ok(Present::Store(people.len(), concerns.len(), store.all()?))
    });
    match looked {
        Err(StoreError::Kv(KvError::Locked)) => bail!(RUNS),
        Err(error) => Ok(Present::Unreadable(error)),
        Ok(present) => Ok(present),
    }
}

/// What was erased lately, from all who may know of it; nothing if nobody does.
pub(super) fn erased(
    mut lists: Vec<Vec<Gone>>,
    backup: Option<&Path>,
    settings: &Settings,
    master: &MasterKey,
) -> anyhow::Result<Option<Vec<Gone>>> {
    let folders = settings.backup.iter().map(|backup| backup.folder.clone());
    for folder in folders.chain(backup.map(parent_of)) {
        let list = erasures::read(&folder, master).context(
            "what was erased since cannot be told; move that file away to restore without it",
        )?;
        lists.extend(list);
    }
    Ok((!lists.is_empty()).then(|| erasures::united(lists)))
}

fn shown(contents: &Contents, present: &Present, gone: Option<&[Gone]>, data: &Path) -> String {
    let summary = &contents.summary;
    let mut lines = vec![format!(
        "The backup is of {}, by samleng {}. It is whole: {} people, {} concerns, {} files.",
        utc(contents.manifest.taken_at),
        contents.manifest.program,
        summary.people,
        summary.concerns,
        summary.files
    )];
    if summary.lost > 0 {
        lines.push(format!(
            "{} more files were lost or damaged already when it was taken.",
            summary.lost
        ));
    }
    lines.push(match present {
        Present::Nothing => format!("There is no store in {} yet.", data.display()),
        Present::Store(people, concerns, _) => format!(
            "In {} are {people} people and {concerns} concerns now. All of that is put aside.",
            data.display()
        ),
        Present::Unreadable(error) => format!(
            "What is in {} cannot be read ({error}). All of it is put aside.",
            data.display()
        ),
    });
    match gone {
        Some(gone) => {
            let concerned = contents.concerned(gone);
            let count = |what| concerned.iter().filter(|gone| gone.what == what).count();
            lines.push(format!(
                "Erased again: {} concerns that were withdrawn since, {} people who were forgotten, {} roles that were taken.",
                count(What::Concern) + count(What::Draft),
                count(What::Person),
                count(What::Role)
            ));
            if count(What::Everything) > 0 {
                lines.push("Everything about people was erased since, and is erased again.".to_owned());
            }
        }
        None => lines.push(
            "WHAT WAS WITHDRAWN OR ERASED SINCE IS NOT KNOWN, and comes back: there is no list `erasures` beside the backup."
                .to_owned(),
        ),
    }
    lines.push(
        "What else came since is missing then; what waited to be sent is not sent.".to_owned(),
    );
    lines.join("\n") + "\n"
}

pub(super) fn said(done: Done, aside: Option<&Path>) -> String {
    let mut lines = vec![format!(
        "Restored. Erased again: {} concerns, {} people, {} roles{}. Not sent: {} messages that waited.",
        done.withdrawn,
        done.forgotten,
        done.roles,
        if done.everything {
            ", and everything about people"
        } else {
            ""
        },
        done.waited
    )];
    if let Some(aside) = aside {
        lines.push(format!(
            "What was there before is in {}; the bot deletes it after 14 days.",
            aside.display()
        ));
    }
    lines.push(
        "Start the bot: it tells the owners. If nobody is owner any more: samleng owner-link --new-owner"
            .to_owned(),
    );
    lines.join("\n") + "\n"
}

pub(super) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

pub(super) fn confirm() -> anyhow::Result<()> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!(
            "nothing was restored: standard input is no terminal to ask on; --yes does it without asking"
        );
    }
    eprint!("Type {WORD} to go on: ");
    std::io::stderr().flush()?;
    let mut typed = String::new();
    stdin.lock().read_line(&mut typed)?;
    ensure!(typed.trim() == WORD, "nothing was restored");
    Ok(())
}
