//! `samleng audit`: who did what when, and whether the log is as it was written.

use std::path::Path;

use anyhow::Context as _;
use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::{Common, setup};
use crate::domain::{Deed, Who, audit};
use crate::runtime::socket::{self, Ask};
use crate::store::folder::DataFolder;

pub(super) const HELP: &str = "\
Example:
  samleng audit

One line an entry: its place, when (UTC), who (a person's internal number, or the command line), what. Never what was said. The last line is
the head: note it down somewhere else, and whoever writes the whole log anew is found out, too. Exit code 1 if an entry was
changed, left out, put in or moved.";

pub(super) fn run(common: &Common) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let data = setup::existing(&common.data)?;
    DataFolder::open(&data)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    let (entries, head): (Vec<audit::Entry>, audit::Head) =
        match socket::ask(Path::new("socket"), &Ask::Audit)? {
            Some(answer) => {
                serde_json::from_str(&answer).context("the running bot is of another version")?
            }
            None => {
                let mut store = setup::open(&forum.config.settings, &data)?.store;
                store.note(Timestamp::now(), Who::CommandLine, Deed::AuditRead)?;
                store.audit()?
            }
        };
    for entry in &entries {
        super::print(&format!("{}\n", line(entry)?))?;
    }
    audit::verify(&entries, &head)?;
    super::print(&format!(
        "head {} {}\n",
        head.count,
        HEXLOWER.encode(&head.hash)
    ))
}

fn line(entry: &audit::Entry) -> anyhow::Result<String> {
    let who = match entry.who {
        Who::CommandLine => "command-line".to_owned(),
        Who::Program => "program".to_owned(),
        Who::Person(number) => format!("person {number}"),
    };
    let deed = serde_json::to_string(&entry.deed)?;
    Ok(format!("{} {} {who} {deed}", entry.place, entry.at))
}
