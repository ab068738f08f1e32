//! What is counted and timed; `page` is how that reads as text.
//!
//! Guarantees: counts and times only. Nothing here can hold an id, a name or a word, since every label is one of a few that stand in
//! this file; docs/METRICS.md lists them all. To count costs an addition, whoever counts.

mod page;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Bounds of times, in seconds.
const SECONDS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];
/// Bounds of longer ones.
const LONG_SECONDS: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0];
/// Bounds of how many updates share a commit.
const UPDATES: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0, 400.0];

/// Something that is counted.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn one(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// It is so many now: for what goes up and down.
    pub fn set(&self, count: u64) {
        self.0.store(count, Ordering::Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many of what was measured lie below which bound.
#[derive(Debug)]
pub struct Histogram {
    bounds: [f64; 9],
    /// By bucket, not added up; the last is above all bounds.
    counts: [Counter; 10],
    /// In millionths.
    sum: Counter,
}

impl Histogram {
    fn new(bounds: [f64; 9]) -> Self {
        Self {
            bounds,
            counts: Default::default(),
            sum: Counter::default(),
        }
    }

    /// Takes in a measurement.
    pub fn note(&self, value: f64) {
        let bucket = self.bounds.iter().position(|bound| value <= *bound);
        self.counts[bucket.unwrap_or(self.bounds.len())].one();
        self.sum.add((value * 1e6) as u64);
    }
}

/// How updates came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// They were asked for.
    Polling,
    /// They were brought.
    Webhook,
}

/// How a call that sends something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Telegram took it.
    Sent,
    /// 429.
    RetryAfter,
    /// The network or the server failed.
    Transient,
    /// Telegram refuses it for good.
    Refused,
    /// The group has another id.
    Migrated,
    /// The person cannot be written to.
    Gone,
}

/// Whether something was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Yes.
    Made,
    /// No.
    Failed,
}

/// What became of a file that somebody sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// It is here.
    Kept,
    /// It is not to be kept, or Telegram does not give it.
    Refused,
}

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    begun: Instant,
    received: [Counter; 2],
    /// What a webhook's requests were answered with, by [`ANSWERS`].
    answers: [Counter; ANSWERS.len()],
    /// Updates on disk.
    pub committed: Counter,
    /// Updates that had been handled before.
    pub repeated: Counter,
    /// Updates of strangers that nobody answered, since too many wait.
    pub unanswered: Counter,
    /// Updates that could not be handled.
    pub set_aside: Counter,
    /// How long a commit took: steps, sealing, writing, flushing.
    pub commit_seconds: Histogram,
    /// How many updates shared a commit.
    pub batch_updates: Histogram,
    /// Whether the store is open and can be written to.
    pub store_open: Counter,
    /// How often the store failed.
    pub store_failures: Counter,
    /// How often it was opened again.
    pub store_reopened: Counter,
    /// Rows of the outbox that wait for their turn, by lane.
    pub waiting: [Counter; 2],
    /// Those that wait for an instant, such as the end of the night.
    pub held: Counter,
    sends: [Counter; 6],
    /// Rows that are to be sent once more.
    pub send_retries: Counter,
    digests: [Counter; 2],
    /// How long making a digest took.
    pub digest_seconds: Histogram,
    files: [Counter; 2],
    /// When Telegram was last heard of, in milliseconds since the start, and one; 0 for never.
    contact: Counter,
    /// When what waits at Telegram was last taken in, likewise.
    progress: Counter,
}

/// What a webhook's requests can be answered with.
pub const ANSWERS: [u16; 8] = [200, 400, 404, 405, 408, 413, 415, 503];

impl Default for Metrics {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            received: Default::default(),
            answers: Default::default(),
            committed: Counter::default(),
            repeated: Counter::default(),
            unanswered: Counter::default(),
            set_aside: Counter::default(),
            commit_seconds: Histogram::new(SECONDS),
            batch_updates: Histogram::new(UPDATES),
            store_open: Counter::default(),
            store_failures: Counter::default(),
            store_reopened: Counter::default(),
            waiting: Default::default(),
            held: Counter::default(),
            sends: Default::default(),
            send_retries: Counter::default(),
            digests: Default::default(),
            digest_seconds: Histogram::new(LONG_SECONDS),
            files: Default::default(),
            contact: Counter::default(),
            progress: Counter::default(),
        }
    }
}

impl Metrics {
    /// Updates came in.
    pub fn received(&self, way: Way, count: usize) {
        self.received[way as usize].add(count as u64);
    }

    /// A request of a webhook was answered.
    pub fn answered(&self, status: u16) {
        if let Some(place) = ANSWERS.iter().position(|known| *known == status) {
            self.answers[place].one();
        }
    }

    /// A call that sends something ended.
    pub fn sent(&self, how: Sent) {
        self.sends[how as usize].one();
    }

    /// A digest was made, or not.
    pub fn digest(&self, made: Made, took: Duration) {
        self.digests[made as usize].one();
        self.digest_seconds.note(took.as_secs_f64());
    }

    /// A file is settled.
    pub fn file(&self, what: File) {
        self.files[what as usize].one();
    }

    /// Telegram was heard of just now.
    pub fn in_contact(&self) {
        self.contact.set(self.now());
    }

    /// What waited at Telegram is on disk.
    pub fn progressed(&self) {
        self.in_contact();
        self.progress.set(self.now());
    }

    /// How long ago Telegram was heard of; nothing if never.
    pub fn silence(&self) -> Option<Duration> {
        self.since(&self.contact)
    }

    /// How long ago what waits at Telegram was taken in; nothing if never.
    pub fn standstill(&self) -> Option<Duration> {
        self.since(&self.progress)
    }

    fn now(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64 + 1
    }

    fn since(&self, at: &Counter) -> Option<Duration> {
        let at = at.get();
        (at > 0).then(|| Duration::from_millis(self.now().saturating_sub(at)))
    }
}
