//! `samleng owner-link`: the link that makes its first user the owner.

use std::fs;

use anyhow::{Context as _, bail};

use super::{Common, setup};
use crate::runtime::socket::{self, Ask};
use crate::store::folder::{DataFolder, write_private};

pub(super) const HELP: &str = "\
Example:
  samleng owner-link --data /var/lib/samleng
  samleng owner-link --new-owner

Works while the bot runs, too. Exits with 1 when there is an owner, unless a new one is wanted.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Make a fresh link, even if there is an owner; the one before is no longer good
    #[arg(long)]
    new_owner: bool,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let data = setup::existing(&common.data)?;
    let folder = DataFolder::open(&data)?;
    let file = folder.owner_link();
    if !args.new_owner {
        return match fs::read_to_string(&file) {
            Ok(link) => super::print(&format!(
                "{link}
"
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                bail!(
                    "no link is open: there is an owner, or the bot has not run yet (--new-owner makes a fresh one)"
                )
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
    }
    let forum = setup::sound_forum(common)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    let running = socket::ask(std::path::Path::new("socket"), &Ask::FreshOwnerLink)?;
    let link = match running {
        Some(link) => link,
        None => {
            let mut store = setup::open(&forum.config.settings, &data)?.store;
            store
                .owner_link(true, jiff::Timestamp::now())?
                .context("the bot has never run: samleng run prints the link")?
        }
    };
    write_private(&file, link.as_bytes()).context("cannot keep the owner's link")?;
    super::print(&format!(
        "{link}
"
    ))
}
