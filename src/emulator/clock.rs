//! The emulator's clock: the machine's clock plus an offset that the control API moves forward. It can be stopped, so that
//! only the control API moves it.
//!
//! A clock that was set ([`Clock::set`]) knows nothing of the machine's and goes by tokio's time, which a simulation moves.
//!
//! Message dates, lifetimes and send limits all read it, and long polls of the Bot API wait by it, so a test moves the clock
//! instead of sleeping. Never goes backwards through a control call.
//!
//! A program that is to live at the same time reads the offset from a file, if one is named: whole whenever it is read, and
//! there before the clock has moved. That the clock is stopped does not stand in it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;
use tokio::time::Instant;

/// One clock for the whole emulator.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// What it showed when it was set, and when that was; none follows the machine's clock.
    set: Option<(i64, Instant)>,
    offset_ms: AtomicI64,
    /// The machine's time at which the clock was stopped; zero while it runs.
    frozen_ms: AtomicI64,
    moved: Notify,
    /// Where the offset is written; held while it changes.
    file: Mutex<Option<PathBuf>>,
}

impl Clock {
    /// A clock that writes its offset to this file, now and whenever it moves.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn new(file: Option<PathBuf>) -> io::Result<Self> {
        if let Some(file) = &file {
            write(file, 0)?;
        }
        Ok(Self {
            file: Mutex::new(file),
            ..Self::default()
        })
    }

    /// A clock that shows this now, and goes on from there by tokio's time.
    pub(super) fn set(now_ms: i64) -> Self {
        Self {
            set: Some((now_ms, Instant::now())),
            ..Self::default()
        }
    }

    fn machine_ms(&self) -> i64 {
        match self.set {
            None => machine_ms(),
            Some((at, since)) => {
                let passed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
                at.saturating_add(passed)
            }
        }
    }

    /// Milliseconds since 1970, UTC, offset included.
    pub(super) fn now_ms(&self) -> i64 {
        let machine = match self.frozen_ms.load(Ordering::Relaxed) {
            0 => self.machine_ms(),
            frozen => frozen,
        };
        machine.saturating_add(self.offset_ms.load(Ordering::Relaxed))
    }

    /// Stops the clock, or lets it run again; then it catches up with the machine's.
    pub(super) fn freeze(&self, frozen: bool) {
        let at = if frozen { self.machine_ms() } else { 0 };
        self.frozen_ms.store(at, Ordering::Relaxed);
        self.moved.notify_waiters();
    }

    /// The offset in milliseconds.
    pub(super) fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock forward, once that stands in the file, and wakes whoever waits by it.
    ///
    /// # Errors
    /// When the file cannot be written; then the clock has not moved.
    pub(super) fn forward(&self, ms: u64) -> io::Result<()> {
        let step = i64::try_from(ms).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let offset_ms = self.offset_ms().saturating_add(step);
        if let Some(file) = &*file {
            write(file, offset_ms)?;
        }
        self.offset_ms.store(offset_ms, Ordering::Relaxed);
        drop(file);
        self.moved.notify_waiters();
        Ok(())
    }

    /// Waits until this clock shows `deadline_ms`.
    pub(super) async fn sleep_until(&self, deadline_ms: i64) {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            let left = deadline_ms - self.now_ms();
            let Ok(left) = u64::try_from(left) else {
                return;
            };
            if left == 0 {
                return;
            }
            tokio::select! {
                () = &mut moved => {}
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
            }
        }
    }
}

/// Writes the offset in seconds beside the file and puts that in its place, so that nobody reads half of it.
fn write(file: &Path, offset_ms: i64) -> io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(
        &beside,
        format!("{}.{:03}\n", offset_ms / 1000, offset_ms % 1000),
    )?;
    std::fs::rename(&beside, file)
}

fn machine_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
