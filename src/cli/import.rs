//! `samleng import registry`: the list of registered organisations, from CSV or XLSX.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Subcommand;

use super::{Common, order, setup};
use crate::dialogue::organising::{Order, Registered};
use crate::registry::read;

pub(super) const HELP: &str = "\
Example:
  samleng import registry organisations.csv
  samleng import registry organisations.xlsx --partial

The first row names the columns: number, name_km, name_en (one for each language), province; the order does not matter.
A number that is known already is brought up to date. Every bad row is reported with its line, and then nothing is
imported, unless --partial says to import the others.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The registry
    #[command(after_help = HELP)]
    Registry {
        /// CSV (comma, semicolon or tab) or XLSX
        file: PathBuf,
        /// Import the good rows although there are bad ones
        #[arg(long)]
        partial: bool,
    },
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let What::Registry { file, partial } = &args.what;
    let forum = setup::sound_forum(common)?;
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let list = read::any(&bytes, &forum).with_context(|| file.display().to_string())?;
    report(file, &list);
    ensure!(
        list.bad.is_empty() || *partial,
        "{} faults, so nothing was imported; mend them, or import the others with --partial",
        list.bad.len()
    );
    let entry = |entry: read::Entry| Registered {
        number: entry.number,
        name: entry.name,
        place: entry.place,
    };
    let registered = list.entries.into_iter().map(entry).collect();
    order::print(&order::give(common, &forum, Order::Registry(registered))?)
}

/// What is wrong, or perhaps wrong, a line each, on standard error.
fn report(file: &Path, list: &read::List) {
    for bad in list.bad.iter().chain(&list.doubtful) {
        eprintln!("{}:{}: {}", file.display(), bad.line, bad.why);
    }
    if !list.passed_over.is_empty() {
        eprintln!(
            "{}: these columns mean nothing here: {}",
            file.display(),
            list.passed_over.join(", ")
        );
    }
}
