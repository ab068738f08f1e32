//! The hidden subcommand by which a running bot has a digest made: see [`crate::runtime::making`].

use crate::runtime::making::child;

pub(super) fn run() -> anyhow::Result<()> {
    child::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
