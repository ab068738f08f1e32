//! The log: lines on standard error, in the form that whoever reads them expects.
//!
//! In a terminal, a file or a pipe a line has its time and level before it. The journal of systemd notes the time itself and
//! reads the level from `<N>` at the beginning of a line, so it gets that.
//! <https://www.freedesktop.org/software/systemd/man/latest/sd-daemon.html>

use std::io::Write as _;

use log::Level;

/// Starts logging; `RUST_LOG` says how much.
pub fn start() {
    let settings = env_logger::Env::default().default_filter_or("warn,samleng=info");
    let mut logger = env_logger::Builder::from_env(settings);
    if is_journal() {
        logger.format(|out, record| {
            let text = record.args().to_string();
            // Every line of the journal is a message of its own.
            for line in text.lines() {
                writeln!(
                    out,
                    "<{}>{}: {line}",
                    priority(record.level()),
                    record.target()
                )?;
            }
            Ok(())
        });
    }
    logger.init();
}

/// The one line of a program that has failed, with the causes behind it.
pub(super) fn failed(error: &anyhow::Error) {
    let priority = if is_journal() {
        format!("<{}>", priority(Level::Error))
    } else {
        String::new()
    };
    eprintln!("{priority}samleng: {error:#}");
}

/// The priorities of syslog.
fn priority(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

/// Whether standard error is what the service manager has connected to the journal, and not something put in its place.
fn is_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    let numbers = stream.split_once(':');
    let numbers = numbers.and_then(|(device, inode)| {
        Some((device.parse::<u64>().ok()?, inode.parse::<u64>().ok()?))
    });
    let about = rustix::fs::fstat(std::io::stderr());
    matches!((numbers, about), (Some((device, inode)), Ok(about)) if about.st_dev == device && about.st_ino == inode)
}
