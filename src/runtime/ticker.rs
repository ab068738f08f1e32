//! Wakes the writer when something is due by the clock.
//!
//! Guarantees: it sleeps until the instant that the writer named last, however the clock comes there, and wakes for nothing
//! else but a clock that was moved: then other things may be next. What is due when follows from the records
//! ([`crate::schedule`]); nothing is remembered here.

use std::sync::mpsc::Sender;

use jiff::Timestamp;
use tokio::sync::{oneshot, watch};

use super::clock::Clock;
use super::work::Work;

/// Ticks until nobody names an instant any more.
pub async fn run(clock: Clock, works: Sender<Work>, mut due: watch::Receiver<Option<Timestamp>>) {
    let mut moved = Box::pin(clock.moved());
    let mut was_moved = false;
    loop {
        let next = *due.borrow_and_update();
        let wait = async {
            match next {
                _ if was_moved => {}
                Some(next) => clock.until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // It listens from when it is first asked, so that comes before the writer looks at the clock.
            biased;
            () = &mut moved => {
                moved.set(clock.moved());
                was_moved = true;
            }
            changed = due.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            () = wait => {
                was_moved = false;
                let (done, hear) = oneshot::channel();
                // Before the writer has named the next instant the old one would be due again.
                if works.send(Work::Tick(done)).is_err() || hear.await.is_err() {
                    return;
                }
            }
        }
    }
}
