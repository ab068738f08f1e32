//! The emulator's clock: the machine's clock plus an offset that the control API moves forward. It can be stopped, so that
//! only the control API moves it.
//!
//! Message dates, lifetimes and send limits all read it, and long polls of the Bot API wait by it, so a test moves the clock
//! instead of sleeping. Never goes backwards through a control call.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

/// One clock for the whole emulator.
#[derive(Debug, Default)]
pub(super) struct Clock {
    offset_ms: AtomicI64,
    /// The machine's time at which the clock was stopped; zero while it runs.
    frozen_ms: AtomicI64,
    moved: Notify,
}

impl Clock {
    /// Milliseconds since 1970, UTC, offset included.
    pub(super) fn now_ms(&self) -> i64 {
        let machine = match self.frozen_ms.load(Ordering::Relaxed) {
            0 => machine_ms(),
            frozen => frozen,
        };
        machine.saturating_add(self.offset_ms.load(Ordering::Relaxed))
    }

    /// Stops the clock, or lets it run again; then it catches up with the machine's.
    pub(super) fn freeze(&self, frozen: bool) {
        let at = if frozen { machine_ms() } else { 0 };
        self.frozen_ms.store(at, Ordering::Relaxed);
        self.moved.notify_waiters();
    }

    /// The offset in milliseconds.
    pub(super) fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock forward and wakes whoever waits by it.
    pub(super) fn forward(&self, ms: u64) {
        let step = i64::try_from(ms).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        self.offset_ms.fetch_add(step, Ordering::Relaxed);
        self.moved.notify_waiters();
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

fn machine_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
