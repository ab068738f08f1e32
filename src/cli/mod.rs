//! The command line: one file a subcommand. Results go to standard output, everything else to standard error.
//!
//! Exit codes: 0 done, 1 refused or failed with one clear line, 2 wrong usage.

mod agenda;
mod audit;
mod backup;
mod check;
mod demo;
mod digest;
mod doctor;
mod emulator;
mod erase;
mod export;
mod import;
mod invite;
pub mod logging;
mod make;
mod order;
mod owner_link;
mod restore;
mod run;
mod salvage;
mod set;
mod setup;
mod verify;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// A Telegram bot through which organisations say what they want raised at a meeting with an authority.
#[derive(Debug, Parser)]
#[command(name = "samleng", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// What every subcommand understands.
#[derive(Clone, Debug, clap::Args)]
struct Common {
    /// A folder whose files replace the compiled configuration, file by file [default: ./config, if it holds
    /// samleng.toml]
    #[arg(long, global = true, value_name = "DIR")]
    config: Option<PathBuf>,
    /// The data folder
    #[arg(long, global = true, value_name = "DIR", default_value = "./data")]
    data: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot
    #[command(after_help = run::HELP)]
    Run(run::Args),
    /// See everything at work, without a token or a network
    #[command(after_help = demo::HELP)]
    Demo(demo::Args),
    /// Serve a strict Bot API on the loopback address, for trying things out
    #[command(after_help = emulator::HELP)]
    Emulator(emulator::Args),
    /// Check the configuration: one line for each mistake
    #[command(after_help = check::HELP)]
    Check,
    /// Look at all that a bot needs, and say what to do
    #[command(after_help = doctor::HELP)]
    Doctor,
    /// Print the link that makes its first user the owner
    #[command(after_help = owner_link::HELP)]
    OwnerLink(owner_link::Args),
    /// Set what is known of the meeting, where a concern stands, whether an organisation is approved
    #[command(after_help = set::HELP)]
    Set(set::Args),
    /// Import the list of registered organisations
    #[command(after_help = import::HELP)]
    Import(import::Args),
    /// Make links by which people join, or take one back
    #[command(after_help = invite::HELP)]
    Invite(invite::Args),
    /// Print who did what when
    #[command(after_help = audit::HELP)]
    Audit,
    /// Write everything to one sealed file, also while the bot runs
    #[command(after_help = backup::HELP)]
    Backup(backup::Args),
    /// Put everything back as it is in a backup
    #[command(after_help = restore::HELP)]
    Restore(restore::Args),
    /// Write every record to a file, as lines of JSON
    #[command(after_help = export::HELP)]
    Export(export::Args),
    /// Erase everything about people after the meeting; counts stay
    #[command(after_help = erase::HELP)]
    Erase(erase::Args),
    /// Say whether a receipt was in a digest, and as what
    #[command(after_help = verify::HELP)]
    Verify(verify::Args),
    /// Print a digest
    #[command(after_help = digest::HELP)]
    Digest(digest::Args),
    /// Print what the meeting has time for
    #[command(after_help = agenda::HELP)]
    Agenda(agenda::Args),
    /// Make a digest from what comes by standard input
    #[command(name = crate::runtime::making::SUBCOMMAND, hide = true)]
    Make,
}

/// Writes a result to standard output. Whoever closed it has read enough.
fn print(result: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(result.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

impl Cli {
    /// Does what was asked.
    pub fn main(self) -> ExitCode {
        let Self { command, common } = self;
        let result = match command {
            Command::Run(args) => run::run(&common, &args),
            Command::Demo(args) => demo::run(&common, &args),
            Command::Emulator(args) => emulator::run(&args),
            Command::Check => match check::run(&common) {
                Ok(code) => return code,
                Err(error) => Err(error),
            },
            Command::Doctor => match doctor::run(&common) {
                Ok(code) => return code,
                Err(error) => Err(error),
            },
            Command::OwnerLink(args) => owner_link::run(&common, &args),
            Command::Set(args) => set::run(&common, args),
            Command::Import(args) => import::run(&common, &args),
            Command::Invite(args) => invite::run(&common, &args),
            Command::Audit => audit::run(&common),
            Command::Backup(args) => backup::run(&common, &args),
            Command::Restore(args) => restore::run(&common, &args),
            Command::Export(args) => export::run(&common, &args),
            Command::Erase(args) => erase::run(&common, &args),
            Command::Verify(args) => verify::run(&common, &args),
            Command::Digest(args) => digest::run(&common, &args),
            Command::Agenda(args) => agenda::run(&common, &args),
            Command::Make => make::run(),
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                logging::failed(&error);
                ExitCode::FAILURE
            }
        }
    }
}
