//! `samleng check`: every mistake in the configuration, a line each.

use std::process::ExitCode;

use super::{Common, setup};

pub(super) const HELP: &str = "\
Example:
  samleng check --config /etc/samleng

Prints file:line: key: what, one line for each mistake, and exits with 1 if there is any.";

pub(super) fn run(common: &Common) -> ExitCode {
    match setup::forum(common) {
        Ok(_) => ExitCode::SUCCESS,
        Err(mistakes) => {
            for mistake in mistakes {
                eprintln!("{mistake}");
            }
            ExitCode::FAILURE
        }
    }
}
