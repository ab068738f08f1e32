//! How the intake is: whether updates come, and why not.
//!
//! Whoever fetches or receives updates says here when a turn begins and how it ended; whoever watches over the bot, or is
//! asked how it is, reads it. A failure is a turn as well: Telegram may be away for a day, and nothing here hangs.
//!
//! Must never: hold what anybody wrote, a token, or an address with one.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// See the module. Clones are one.
#[derive(Clone, Debug)]
pub struct Pulse(watch::Sender<Beat>);

#[derive(Clone, Debug, Default)]
struct Beat {
    /// Whether a turn has ever begun.
    alive: bool,
    /// When the turn began that has not ended.
    since: Option<Instant>,
    trouble: Option<String>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self(watch::Sender::new(Beat::default()))
    }
}

impl Pulse {
    /// A turn begins: something is asked of Telegram or given to the writer, and ends by itself.
    pub fn begins(&self) {
        self.0.send_modify(|beat| {
            beat.alive = true;
            beat.since = Some(Instant::now());
        });
    }

    /// It has ended, well or with this trouble.
    pub fn ends(&self, trouble: Option<String>) {
        self.0.send_modify(|beat| {
            beat.since = None;
            beat.trouble = trouble;
        });
    }

    /// Waits for the first turn.
    pub async fn begun(&self) {
        // It cannot fail: the sender is here.
        let _ = self.0.subscribe().wait_for(|beat| beat.alive).await;
    }

    /// Waits until the trouble is another than this, and says which.
    pub async fn other_than(&self, known: Option<&str>) -> Option<String> {
        let mut beats = self.0.subscribe();
        let other = beats
            .wait_for(|beat| beat.trouble.as_deref() != known)
            .await;
        other.ok().and_then(|beat| beat.trouble.clone())
    }

    /// Why no updates come, if the last turn failed.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.0.borrow().trouble.clone()
    }

    /// Whether a turn began longer ago than this and has not ended.
    #[must_use]
    pub fn is_stuck(&self, limit: Duration) -> bool {
        let since = self.0.borrow().since;
        since.is_some_and(|since| since.elapsed() > limit)
    }
}
