//! For how long nobody fetched updates: while the program did not run, or while Telegram could not be reached.
//!
//! Guarantees: a program that polls is never away, however its clock is moved: while it runs, only time that really passed between two
//! polls counts, a suspended machine included. Across a restart it is the clock's time that counts, since the last note in `alive`, a small
//! file of the data folder; nothing is said of a bot that runs for the first time, or whose note cannot be read.
//!
//! The note says only when the bot was alive, so it is not sealed. It is written when a poll has ended anyway, at most once a
//! minute, and at an orderly end: after a crash an absence looks up to a minute longer than it was. It is not synced, and
//! overwritten where it stands: always of one length, so a power cut leaves the old note or the new one.
//!
//! Must never: note that the bot is alive before everybody was told that it was away.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::clock::Clock;
use crate::dialogue::Absence;

/// How often the note is written at most.
const NOTE_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// When updates were fetched last. No clock and no disk in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// Never, as far as is known.
    Never,
    /// By a process before this one, by its clock.
    Before(Timestamp),
    /// By this one: how long the machine had been up, and the clock's time.
    Here(Duration, Timestamp),
}

impl Last {
    /// Updates were fetched now: by the clock, and by how long the machine has been up. Returns for how long that had not been
    /// so, if it was too long.
    pub fn fetched(&mut self, now: Timestamp, up: Duration) -> Option<Absence> {
        let absence = match *self {
            Self::Never => None,
            Self::Before(since) => Absence::of(since, now),
            Self::Here(before, at) => {
                let passed = up.saturating_sub(before);
                let really = earlier(now, passed);
                // Where the clock was moved forward meanwhile, Telegram's may have been as well.
                Absence::of(really, now).and_then(|_| Absence::of(really.min(at), now))
            }
        };
        *self = Self::Here(up, now);
        absence
    }

    /// When that was, by the clock as it is now; nothing if this process has not fetched any.
    pub fn by(self, now: Timestamp, up: Duration) -> Option<Timestamp> {
        match self {
            Self::Never | Self::Before(_) => None,
            Self::Here(before, _) => Some(earlier(now, up.saturating_sub(before))),
        }
    }
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// The same with the clock and the note.
pub struct Alive {
    file: PathBuf,
    clock: Clock,
    last: Last,
    noted: Option<Timestamp>,
    failed: bool,
}

impl Alive {
    /// As the note in this file says.
    pub fn new(file: PathBuf, clock: Clock) -> Self {
        let last = match std::fs::read_to_string(&file).map(|text| text.trim_end().parse()) {
            Ok(Ok(at)) => Last::Before(at),
            Ok(Err(_)) => {
                log::warn!("{} holds no time; it is written anew", file.display());
                Last::Never
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    log::warn!("cannot read {}: {error}", file.display());
                }
                Last::Never
            }
        };
        Self {
            file,
            clock,
            last,
            noted: None,
            failed: false,
        }
    }

    /// As [`Last::fetched`], now.
    pub(super) fn fetched(&mut self) -> Option<Absence> {
        self.last.fetched(self.clock.now(), self.clock.up())
    }

    /// Notes that the bot is alive, unless it has just done so.
    pub(super) fn note(&mut self) {
        let now = self.clock.now();
        let lately = |noted: Timestamp| noted <= now && now.duration_since(noted) < NOTE_EVERY;
        if !self.noted.is_some_and(lately) {
            self.write(now);
        }
    }

    /// Notes when it was alive last, since it is about to end.
    pub(super) fn end(mut self) {
        if let Some(at) = self.last.by(self.clock.now(), self.clock.up()) {
            self.write(at);
        }
    }

    fn write(&mut self, at: Timestamp) {
        self.noted = Some(at);
        match write(&self.file, at) {
            Ok(()) => self.failed = false,
            Err(error) => {
                if !std::mem::replace(&mut self.failed, true) {
                    log::warn!("cannot write {}: {error}", self.file.display());
                }
            }
        }
    }
}

fn write(file: &Path, at: Timestamp) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)?;
    let note = format!("{at:.0}\n");
    file.write_all(note.as_bytes())?;
    if file.metadata()?.len() != note.len() as u64 {
        file.set_len(note.len() as u64)?;
    }
    Ok(())
}
