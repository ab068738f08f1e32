//! When the store is rebuilt, so that what was erased leaves the disk, and so that it does not grow without end.
//!
//! sled writes whatever is changed anew and uses the room of what is old only later, and not all of it. So a file that has become many
//! times as large as what is in it is rebuilt as well.
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

/// How far the store's file may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Up to so many bytes it does no harm.
    pub harmless: u64,
    /// So many times the bytes of what is in it.
    pub times: u64,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            harmless: 64 * 1024 * 1024,
            times: 4,
        }
    }
}

impl Growth {
    /// How many bytes the file may have with so many in it.
    #[must_use]
    pub fn allows(self, in_it: u64) -> u64 {
        self.harmless.max(self.times.saturating_mul(in_it))
    }
}

/// Rebuilds the store, unless it hears meanwhile that there is no time.
pub type Rebuilder = Box<dyn Fn(Store, &dyn Fn() -> bool) -> Rebuilt + Send>;

/// See the module.
pub struct Erasure {
    after: Duration,
    rebuild: Rebuilder,
    stop: Box<dyn Fn() -> bool + Send>,
    due: Option<Instant>,
    failed: bool,
    growth: Growth,
    /// Up to so many bytes the file need not be looked at.
    may_have: u64,
    outgrown: bool,
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
            growth: Growth::default(),
            may_have: Growth::default().allows(0),
            outgrown: false,
        }
    }

    /// Rebuilds a file that has outgrown this.
    #[must_use]
    pub fn growing(mut self, growth: Growth) -> Self {
        self.growth = growth;
        self.may_have = growth.allows(0);
        self
    }

    /// When the store is to be rebuilt; nothing while nothing was erased, and the file is as large as it may be.
    pub(super) fn due(&mut self, store: &Store) -> Option<Instant> {
        self.outgrown = self.outgrown || self.has_outgrown(store);
        if store.erased_since().is_none() && !self.outgrown {
            self.due = None;
            return None;
        }
        Some(*self.due.get_or_insert_with(|| Instant::now() + self.after))
    }

    /// Counts what is in the store only when the file has become so large that it matters.
    fn has_outgrown(&mut self, store: &Store) -> bool {
        let Some(on_disk) = store.on_disk().filter(|bytes| *bytes > self.may_have) else {
            return false;
        };
        // A store that cannot be read is somebody else's business.
        let Ok(in_it) = store.bytes() else {
            return false;
        };
        let allowed = self.growth.allows(in_it);
        if on_disk > allowed {
            return true;
        }
        self.may_have = allowed;
        false
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
                self.outgrown = false;
                self.may_have = self.growth.allows(0);
                let took = begun.elapsed().as_millis();
                log::info!("the store was rebuilt under a new key: {records} records, {took} ms");
                Ok(store)
            }
            // The next start does it.
            Rebuilt::Kept(store, _) if (self.stop)() => Ok(store),
            Rebuilt::Kept(store, error) => {
                if !std::mem::replace(&mut self.failed, true) {
                    log::error!(
                        "the store cannot be rebuilt ({error}), so what was erased, or changed since, is still on the disk; it \
                         is tried again every {} minutes",
                        AGAIN.as_secs() / 60
                    );
                }
                Ok(store)
            }
            Rebuilt::Closed(error) => Err(error),
        }
    }
}
