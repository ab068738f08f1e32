//! `samleng demo`: everything at work, without a token or a network.
//!
//! The emulator runs in this process, the bot as a process of its own with a throw-away data folder, and people
//! talk to it over HTTP as their phones would. With `--fast-forward` and `--page` the emulator also moves the bot's clock.

mod afterwards;
mod bot;
mod chat;
mod ledger;
mod life;
mod organiser;
mod page;
mod phone;
mod play;
mod promises;
mod scene;
mod talk;
mod voices;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::ensure;
use tokio::sync::watch;

use super::{Common, setup};
use crate::config::{self, Files};
use crate::emulator::{Config, Emulator, Limits};
use crate::store::folder::create_private_folder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng demo
  samleng demo --fast-forward
  samleng demo --chat
  samleng demo --page        open the address that it prints in a browser";

/// A token as good as any other: the emulator takes every well-formed one.
const TOKEN: &str = "1000001:the-demo-needs-no-secret";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Talk to the bot in this terminal
    #[arg(long)]
    chat: bool,
    /// See a whole meeting's life and the next one's digest in a minute, and have what was promised checked
    #[arg(long, conflicts_with = "chat")]
    fast_forward: bool,
    /// Serve a page with phones on it, for a browser on this machine, until Ctrl-C
    #[arg(long, conflicts_with_all = ["chat", "fast_forward"])]
    page: bool,
}

/// What a demo is given.
struct Stage {
    folder: bot::Folder,
    common: Common,
    clock_file: Option<PathBuf>,
    forum: Arc<Forum>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let folder = bot::Folder::new()?;
    let mut common = common.clone();
    let moves_time = args.fast_forward || args.page;
    let files = if args.fast_forward {
        ensure!(
            common.config.is_none(),
            "--fast-forward lives by the configuration that ships: leave --config out"
        );
        config::files(None)
    } else {
        // Its mistakes are to be told as they stand there.
        setup::sound_forum(&common)?;
        setup::files(&common)
    };
    common.config = Some(configured(folder.path(), files.map_err(setup::unsound)?)?);
    let stage = Stage {
        clock_file: moves_time.then(|| folder.path().join("clock")),
        forum: setup::sound_forum(&common)?,
        folder,
        common,
    };
    tokio::runtime::Runtime::new()?.block_on(async {
        let stop = super::run::stop_on_signals()?;
        if args.page {
            page::run(stage, stop).await
        } else {
            tell(stage, args, stop).await
        }
    })
}

/// A configuration of its own, with which the bot leaves alone what `./config` may say of a real one: its backups, its addresses.
fn configured(folder: &Path, files: Files) -> anyhow::Result<PathBuf> {
    let own = folder.join("config");
    create_private_folder(&own)?;
    create_private_folder(&own.join("locales"))?;
    for (name, text) in config::for_a_try(files) {
        std::fs::write(own.join(name), text)?;
    }
    Ok(own)
}

/// Runs what prints, with a bot that runs throughout.
async fn tell(stage: Stage, args: &Args, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let Stage {
        folder,
        common,
        clock_file,
        forum,
    } = stage;
    let emulator = Emulator::start(Config {
        limits: Limits::Strict,
        clock_file: clock_file.clone(),
        ..Config::default()
    })
    .await?;
    let client = emulator.client(TOKEN)?;
    let home = bot::Home::new(folder, &emulator.url(), &common, clock_file.as_deref())?;
    let bot = bot::Bot::start(home).await?;
    let result = tokio::select! {
        result = async {
            if args.chat {
                chat::run(&client, bot.owner_link()).await
            } else if args.fast_forward {
                life::run(&client, &bot, &forum).await
            } else {
                play::run(&client, &bot, &forum).await
            }
        } => result,
        _ = stop.wait_for(|stop| *stop) => Ok(()),
    };
    bot.stop().await?;
    emulator.stop().await;
    result
}
