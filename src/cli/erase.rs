//! `samleng erase`: everything about people goes, by hand, once whoever asks for it has seen what that is.
//!
//! Must never: erase anything before somebody has said yes, by `--yes` or by a word typed on a terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;

use super::order::{self, Leaves};
use super::{Common, setup};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::erasure::{self, Preview};
use crate::runtime::socket::{self, Ask};
use crate::store::Stage;
use crate::store::folder::DataFolder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Examples:
  samleng erase          # shows what would go, and asks
  samleng erase --yes    # shows it, and does it

What people and organisations sent goes, and they themselves: concerns, files, drafts, support, answers, invitations, announcements,
what waits to be sent. What stays is how much there was of everything, who has a role, the list of registered organisations and the
audit log. Cards in the organisers' group are blanked.

By itself the bot does the same retention_days (samleng.toml) after the end of the meeting. It cannot be undone: `samleng export` first
if an archive is wanted.";

/// What is to be typed.
const WORD: &str = "erase";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let mut common = common.clone();
    // Looking at it enters the data folder, and what comes after is found from here.
    common.data = setup::absolute(&common.data)?;
    let forum = setup::sound_forum(&common)?;
    let preview = preview(&common, &forum)?;
    super::print(&shown(&preview, &forum))?;
    if preview.toll.is_nothing() {
        return Ok(());
    }
    if !args.yes {
        confirm()?;
    }
    let given = order::give_and_see(&common, &forum, Order::Erase)?;
    order::print(&given.said)?;
    super::print(&match given.leaves {
        Leaves::Now => "It is gone from the disk.\n".to_owned(),
        Leaves::WithTheBot => format!(
            "It is gone from every output. The running bot takes it from the disk within {} minutes.\n",
            forum.config.settings.erase_minutes
        ),
        Leaves::AtTheNextStart => {
            "It is gone from every output, and leaves the disk when the bot starts.\n".to_owned()
        }
    })?;
    ensure!(
        given.leaves != Leaves::AtTheNextStart,
        "what was erased is still on the disk: start the bot, and it is tried again"
    );
    Ok(())
}

/// What would go: from the running bot, else from the store.
fn preview(common: &Common, forum: &Forum) -> anyhow::Result<Preview> {
    let data = setup::existing(&common.data)?;
    DataFolder::open(&data)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    if let Some(preview) = socket::ask(Path::new("socket"), &Ask::Preview)? {
        return Ok(serde_json::from_str(&preview)?);
    }
    let store = setup::open(&forum.config.settings, &data)?.store;
    let now = Timestamp::now();
    let stage = Stage::new(&store, now)?;
    let preview = erasure::preview(forum, &stage, now);
    stage.checked()?;
    Ok(preview)
}

/// The preview, a line for each thing of which there is something.
fn shown(preview: &Preview, forum: &Forum) -> String {
    let toll = &preview.toll;
    if toll.is_nothing() {
        return "There is nothing to erase.\n".to_owned();
    }
    let mut lines = vec![about_the_meeting(preview, forum)];
    let goes = [
        ("people", toll.people),
        ("people who stay, what else is held of them", toll.stripped),
        (
            "organisations that do not stand in the registry",
            toll.organisations,
        ),
        (
            "organisations of the registry, that they are approved",
            toll.unverified,
        ),
        ("concerns", toll.concerns),
        ("older versions, notes and questions", toll.past),
        ("voice notes, photos and documents", toll.files),
        ("support for concerns of others", toll.endorsements),
        ("answers whether they come", toll.rsvps),
        ("answers what became of a promise", toll.reports),
        ("invitations", toll.invitations),
        ("announcements", toll.announcements),
        ("messages that wait to be sent", toll.waiting),
        ("notes of what could not be handled", toll.asides),
    ];
    let stays = [
        ("people with a role", toll.roles),
        ("open links that give a role", toll.links),
        ("organisations of the registry", toll.registered),
        (
            "promises, without who raised what they answer",
            toll.promises,
        ),
        (
            "people who agreed to be asked about a promise, only how to ask them",
            toll.followers,
        ),
    ];
    lines.push("Goes for good:".to_owned());
    lines.extend(listed(&goes));
    lines.push("Stays:".to_owned());
    lines.extend(listed(&stays));
    lines.push("  counts of everything, and the audit log".to_owned());
    lines.join("\n") + "\n"
}

fn listed(counts: &[(&str, u64)]) -> Vec<String> {
    let some = counts.iter().filter(|(_, count)| *count > 0);
    some.map(|(name, count)| format!("  {count:>7}  {name}"))
        .collect()
}

fn about_the_meeting(preview: &Preview, forum: &Forum) -> String {
    let Some(title) = &preview.title else {
        return "Nothing is known of a meeting.".to_owned();
    };
    let language = forum.words.languages().last();
    let title = language.map_or("", |language| title.get(language));
    let zone = &forum.config.settings.zone;
    let ends_at = preview.ends_at.map(|end| {
        let end = end.to_zoned(zone.clone());
        end.strftime("%Y-%m-%d %H:%M %Q").to_string()
    });
    match (ends_at, preview.is_over) {
        (Some(end), true) => format!("The meeting {title:?} is over since {end}."),
        (Some(end), false) => format!("The meeting {title:?} is NOT OVER: it ends at {end}."),
        (None, _) => format!("The meeting {title:?} has no day yet: it is NOT OVER."),
    }
}

fn confirm() -> anyhow::Result<()> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!(
            "nothing was erased: standard input is no terminal to ask on; --yes does it without asking"
        );
    }
    eprint!("Type {WORD} to go on: ");
    std::io::stderr().flush()?;
    let mut typed = String::new();
    stdin.lock().read_line(&mut typed)?;
    ensure!(typed.trim() == WORD, "nothing was erased");
    Ok(())
}
