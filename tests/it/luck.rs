//! Numbers that look random and follow from a seed, and playing what follows from each of many.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// SplitMix64, <http://xoshiro.di.unimi.it/splitmix64.c>
#[derive(Clone, Debug)]
pub(crate) struct Luck(pub(crate) u64);

impl Luck {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Of 0 up to this, without it.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.next() % count.max(1)
    }

    pub(crate) fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// One of these; nothing of none.
    pub(crate) fn of<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        let place = self.below(all.len() as u64);
        all.get(place as usize)
    }
}

/// How many of something, usually and with `SAMLENG_LONG`.
pub(crate) fn how_many(usually: u64, long: u64) -> u64 {
    match std::env::var_os("SAMLENG_LONG") {
        Some(_) => long,
        None => usually,
    }
}

/// Plays each of these seeds, until one panics. One processor is enough for what is played for every change; more than that takes all.
pub(crate) fn each(seeds: Range<u64>, play: impl Fn(u64) + Sync) {
    let at_once = match seeds.end - seeds.start {
        0..=1_000 => 1,
        _ => thread::available_parallelism().map_or(1, usize::from),
    };
    let next = AtomicU64::new(seeds.start);
    let plays = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| play(seed))) {
                next.store(seeds.end, Ordering::Relaxed);
                resume_unwind(panic);
            }
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(plays)).collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
    });
}
