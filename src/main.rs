//! The `samleng` program: arguments, logger, exit code.

use std::process::ExitCode;

use clap::Parser as _;
use samleng::cli::{Cli, logging};

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start();
    // The default hook prints what a panic says, and that could quote somebody.
    std::panic::set_hook(Box::new(|panic| match panic.location() {
        Some(place) => log::error!("a panic at {place}"),
        None => log::error!("a panic"),
    }));
    // Whatever is written from here on is readable by its owner only.
    samleng::store::folder::set_private_umask();
    cli.main()
}
