//! When the store is rebuilt, so that what was erased leaves the disk.
//!
//! Guarantees: a set time after the first erasure that is still on the disk, with or without traffic; at once if it was
//! there when the program started. A rebuild that fails leaves the store as it was, is told once, and is tried again. The program ends without
//! waiting for one.

use std::time::Duration;

use tokio::time::Instant;

use crate::store::rebuild::Rebuilt;
use crate::store::{Store, StoreError};

/// How long after a rebuild that failed it is tried again.
const AGAIN: Duration = Duration::from_secs(600);

/// Rebuilds the store, unless it hears meanwhile that there is no time.
pub type Rebuilder = Box<dyn Fn(Store, &dyn Fn() -> bool) -> Rebuilt + Send>;

/// See the module.
pub struct Erasure {
    after: Duration,
    rebuild: Rebuilder,
    stop: Box<dyn Fn() -> bool + Send>,
    due: Option<Instant>,
    failed: bool,
}

impl Erasure {
    /// Rebuilds this long after an erasure, but not while `stop` says that the program is about to end.
    pub fn new(after: Duration, rebuild: Rebuilder, stop: Box<dyn Fn() -> bool + Send>) -> Self {
        Self {
            after,
            rebuild,
            stop,
            // For the erasure that is there from before, if there is one.
            due: Some(Instant::now()),
            failed: false,
        }
    }

    /// When the store is to be rebuilt; nothing while nothing was erased.
    pub(super) fn due(&mut self, store: &Store) -> Option<Instant> {
        if store.erased_since().is_none() {
            self.due = None;
            return None;
        }
        Some(*self.due.get_or_insert_with(|| Instant::now() + self.after))
    }

    /// Rebuilds the store now; gives it back open, rebuilt or not.
    ///
    /// # Errors
    /// Why it is closed and must be opened again.
    pub(super) fn rebuild(&mut self, store: Store) -> Result<Store, StoreError> {
        let begun = Instant::now();
        self.due = Some(begun + AGAIN);
        match (self.rebuild)(store, &*self.stop) {
            Rebuilt::Done(store, records) => {
                self.failed = false;
                let took = begun.elapsed().as_millis();
                log::info!("the store was rebuilt under a new key: {records} records, {took} ms");
                Ok(store)
            }
            // The next start does it.
            Rebuilt::Kept(store, _) if (self.stop)() => Ok(store),
            Rebuilt::Kept(store, error) => {
                if !std::mem::replace(&mut self.failed, true) {
                    log::error!(
                        "what was erased is still on the disk: the store cannot be rebuilt ({error}); it is tried \
                         again every {} minutes",
                        AGAIN.as_secs() / 60
                    );
                }
                Ok(store)
            }
            Rebuilt::Closed(error) => Err(error),
        }
    }
}
