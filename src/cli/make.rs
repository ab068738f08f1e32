//! The hidden subcommand by which a running bot has a digest made: see [`crate::runtime::making`].

use crate::cage::Doors;
use crate::runtime::making::child;

pub(super) fn run() -> anyhow::Result<()> {
    // It has been given all that it needs. Where the kernel has no cage, it is no worse than without.
    let mut doors = Doors::default();
    doors.random();
    let _ = doors.shut();
    child::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
