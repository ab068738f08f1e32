//! `samleng demo`: everything at work, without a token or a network.
//!
//! The emulator runs in this process, the bot as a process of its own with a throw-away data folder, and people
//! talk to it over HTTP as their phones would.

mod bot;
mod chat;
mod phone;
mod play;
mod voices;

use super::Common;
use crate::emulator::{Config, Emulator, Limits};

pub(super) const HELP: &str = "\
Example:
  samleng demo
  samleng demo --chat";

/// A token as good as any other: the emulator takes every well-formed one.
const TOKEN: &str = "1000001:the-demo-needs-no-secret";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Talk to the bot in this terminal
    #[arg(long)]
    chat: bool,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let forum = super::setup::sound_forum(common)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let emulator = Emulator::start(Config { limits: Limits::Strict, ..Config::default() }).await?;
        let client = emulator.client(TOKEN)?;
        let bot = bot::Bot::start(&emulator.url(), common).await?;
        let mut stop = super::run::stop_on_signals()?;
        let result = tokio::select! {
            result = async {
                if args.chat { chat::run(&client, bot.owner_link()).await } else { play::run(&client, &bot, &forum).await }
            } => result,
            _ = stop.wait_for(|stop| *stop) => Ok(()),
        };
        bot.stop().await?;
        emulator.stop().await;
        result
    })
}
