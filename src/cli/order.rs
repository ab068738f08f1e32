//! Giving an order of the organisers: to the running bot, or to the store where none runs.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;

use super::{Common, setup};
use crate::dialogue::Moment;
use crate::dialogue::organising::{self, By, Order};
use crate::runtime::socket::{self, Ask};
use crate::store::Stage;
use crate::store::files;
use crate::store::folder::DataFolder;
use crate::store::rebuild::Rebuilt;
use crate::text::Forum;

/// Gives it; what came of it, a line each.
pub(super) fn give(common: &Common, forum: &Forum, order: Order) -> anyhow::Result<Vec<String>> {
    let data = setup::existing(&common.data)?;
    let folder = DataFolder::open(&data)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    if let Some(said) = socket::ask(Path::new("socket"), &Ask::Order(order.clone()))? {
        return Ok(said.lines().map(str::to_owned).collect());
    }
    let setup::Opened {
        mut store, rebuild, ..
    } = setup::open(&forum.config.settings, &data)?;
    let moment = Moment {
        now: Timestamp::now(),
        random: getrandom::u64()
            .map_err(|error| anyhow!("no random bits: {error}"))?
            .into(),
    };
    let mut stage = Stage::new(&store, moment.now)?;
    let done = organising::carry_out(order, By::CommandLine, forum, &mut stage, moment)?;
    // What is to be sent waits in the outbox until the bot runs.
    stage.apply_notices(done.notices)?;
    let finished = stage.finish()?;
    let (_, aftermath) = store.commit(finished)?;
    for name in &aftermath.gone {
        files::remove(&folder, name).context("cannot delete a file whose record is gone")?;
    }
    if store.erased_since().is_some() {
        // Nobody else would do it before the bot runs again.
        match rebuild(store, &|| false) {
            Rebuilt::Done(..) => {}
            Rebuilt::Kept(_, error) | Rebuilt::Closed(error) => log::warn!(
                "what was erased stays on the disk until the bot runs: the store cannot be rebuilt ({error})"
            ),
        }
    }
    Ok(done.said)
}

/// Prints what came of it.
pub(super) fn print(said: &[String]) -> anyhow::Result<()> {
    said.iter()
        .try_for_each(|line| super::print(&format!("{line}\n")))
}
