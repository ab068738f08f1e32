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

/// What came of an order.
pub(super) struct Given {
    /// What there is to tell, a line each.
    pub(super) said: Vec<String>,
    /// When what it erased leaves the disk.
    pub(super) leaves: Leaves,
}

/// When what was erased leaves the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    /// It has, or there was nothing.
    Now,
    /// The running bot sees to it.
    WithTheBot,
    /// It could not be done; the bot does it when it starts.
    AtTheNextStart,
}

/// Gives it; what came of it, a line each.
pub(super) fn give(common: &Common, forum: &Forum, order: Order) -> anyhow::Result<Vec<String>> {
    give_and_see(common, forum, order).map(|given| given.said)
}

/// The same, with what becomes of what was erased.
pub(super) fn give_and_see(common: &Common, forum: &Forum, order: Order) -> anyhow::Result<Given> {
    let data = setup::existing(&common.data)?;
    let folder = DataFolder::open(&data)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    if let Some(said) = socket::ask(Path::new("socket"), &Ask::Order(order.clone()))? {
        return Ok(Given {
            said: said.lines().map(str::to_owned).collect(),
            leaves: Leaves::WithTheBot,
        });
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
    setup::remember(
        &forum.config.settings,
        &store,
        &aftermath.erased,
        moment.now,
    );
    let mut leaves = Leaves::Now;
    if store.erased_since().is_some() {
        // Nobody else would do it before the bot runs again.
        match rebuild(store, &|| false) {
            Rebuilt::Done(..) => {}
            Rebuilt::Kept(_, error) | Rebuilt::Closed(error) => {
                leaves = Leaves::AtTheNextStart;
                log::warn!(
                    "what was erased stays on the disk until the bot runs: the store cannot be rebuilt ({error})"
                );
            }
        }
    }
    Ok(Given {
        said: done.said,
        leaves,
    })
}

/// Prints what came of it.
pub(super) fn print(said: &[String]) -> anyhow::Result<()> {
    said.iter()
        .try_for_each(|line| super::print(&format!("{line}\n")))
}
