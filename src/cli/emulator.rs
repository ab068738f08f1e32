//! `samleng emulator`: a strict Bot API server.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::emulator::{Config, Limits, serve};

pub(super) const HELP: &str = "\
Example:
  samleng emulator --port 8081
  TELOXIDE_TOKEN=1:demo TELOXIDE_API_URL=http://127.0.0.1:8081 samleng run

Prints its address when it is ready. docs/EMULATOR.md shows how to talk to it.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port on 127.0.0.1; 0 for a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Whether the limits of sending hold
    #[arg(long, value_enum, default_value = "strict")]
    limits: LimitsName,
    /// Keep in this file by how many seconds "time" has moved the clock, for "samleng run --clock FILE"
    #[arg(long, value_name = "FILE")]
    clock_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LimitsName {
    Strict,
    Off,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let limits = match args.limits {
        LimitsName::Strict => Limits::Strict,
        LimitsName::Off => Limits::Off,
    };
    tokio::runtime::Runtime::new()?.block_on(serve(Config {
        port: args.port,
        limits,
        clock_file: args.clock_file.clone(),
        ..Config::default()
    }))
}
