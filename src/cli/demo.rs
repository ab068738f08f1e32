//! `samleng demo`: everything at work, without a token or a network.

pub(super) const HELP: &str = "\
Example:
  samleng demo";

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<()> {
    anyhow::bail!("coming")
}
