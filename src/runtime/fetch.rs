//! Fetches the files of submitted concerns from Telegram, cleans them and seals them into the data folder.
//!
//! The record of an [attachment](crate::domain::Attachment) is the job: while it says that the file is with Telegram, the
//! file is to be fetched, before a crash and after. The writer names such attachments when they are committed, when the
//! program starts and when the store was opened again; each try first asks whether the job still stands.
//!
//! Guarantees: a file is durable before the writer hears of it, so a record never names a file that is not there; what
//! fails for a reason that may pass is tried again without end; at most [`AT_ONCE`] files are in memory. A file that is
//! sealed is not fetched again while the store is away: the writer is told of it until that is on disk. Only a process that
//! ends in between leaves a file that no record names; [`sweep`] removes it at the next start, and it is fetched again.
//!
//! Must never: make anybody wait, log more of a file than the number of its attachment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::metrics::{File, Metrics};
use super::random;
use super::work::{ToFetch, Work};
use crate::domain::{Attachment, SentAs, Whereabouts};
use crate::files::{self, Sent};
use crate::store::folder::DataFolder;
use crate::store::{Store, files as sealed};
use crate::telegram::{Api, Fetched};

/// Files under way at once; each may take some 60 MiB for a moment.
const AT_ONCE: usize = 2;
/// How long Telegram may fail to give a file without a clear reason before it is taken to be lost; a start begins anew.
const PATIENCE: Duration = Duration::from_secs(24 * 3_600);
/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(60);
/// How long a file that is being written may take when the program stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// Removes what a crash left in the data folder. To be called before anything is fetched.
///
/// # Errors
/// If the attachments cannot be read. What the disk refuses to remove is logged and stays.
pub(super) fn sweep(folder: &DataFolder, store: &Store) -> anyhow::Result<()> {
    let attachments = store.all::<Attachment>()?.into_iter();
    let known: BTreeSet<String> = attachments
        .filter_map(|attachment| match attachment.whereabouts {
            Whereabouts::Here(sealed) => Some(sealed.name),
            Whereabouts::Telegram(_) | Whereabouts::Refused => None,
        })
        .collect();
    match sealed::sweep(folder, &known) {
        Ok(0) => {}
        Ok(count) => log::info!("{count} files that a crash had left are removed"),
        Err(error) => log::warn!("what a crash may have left is not removed: {error}"),
    }
    Ok(())
}

/// Removes files whose records are gone.
pub(super) fn remove(folder: &DataFolder, names: &[String]) {
    for name in names {
        if let Err(error) = sealed::remove(folder, name) {
            log::warn!("a withdrawn file is not removed, the next start tries again: {error}");
        }
    }
}

/// See the module.
pub(super) struct Fetcher {
    pub(super) api: Api,
    pub(super) folder: DataFolder,
    pub(super) works: Sender<Work>,
    pub(super) metrics: Arc<Metrics>,
    /// True, or gone, when it is time to stop.
    pub(super) stop: watch::Receiver<bool>,
}

/// An attachment that is to be fetched.
struct Job {
    id: u64,
    /// Where the file is now, if that is settled and not on disk yet.
    settled: Option<Whereabouts>,
    /// Tries that failed.
    failures: u32,
    /// Since when Telegram does not give it, for a reason that may pass.
    doubted_since: Option<Instant>,
}

/// How a try ended.
enum Ended {
    /// There is nothing to fetch any more.
    Over,
    /// This is where the file is now, but the store could not note it.
    Unkept(Whereabouts),
    /// Again after so many seconds, and everything else as well.
    Wait(u32),
    /// Again after a while.
    Failed(String),
    /// Again after a while, but not without end.
    Doubtful,
    /// It is time to stop.
    Stopped,
}

impl Fetcher {
    /// Fetches until told to stop.
    pub(super) async fn run(self, mut fetches: UnboundedReceiver<Vec<Attachment>>) {
        let mut stop = self.stop.clone();
        let mut jobs = Jobs::default();
        let mut tries = JoinSet::new();
        loop {
            while tries.len() < AT_ONCE
                && let Some(job) = jobs.next(Instant::now())
            {
                tries.spawn(self.attempt(job));
            }
            let wake = jobs.wake().filter(|_| tries.len() < AT_ONCE);
            let wake_up = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                Some(tried) = tries.join_next() => jobs.tried(tried.ok()),
                batch = fetches.recv() => match batch {
                    Some(batch) => batch.iter().for_each(|attachment| jobs.add(attachment.id)),
                    None => break,
                },
                () = wake_up => {}
            }
        }
        // Downloads have stopped by themselves; what is being written is waited for, so that it need not be fetched again.
        let deadline = Instant::now() + FAREWELL;
        while let Ok(Some(_)) = tokio::time::timeout_at(deadline, tries.join_next()).await {}
    }

    /// Tries once: fetches the file, unless that is done, and has the writer note where it is.
    fn attempt(&self, mut job: Job) -> impl Future<Output = (Job, Ended)> + use<> {
        let (api, folder, works) = (self.api.clone(), self.folder.clone(), self.works.clone());
        let (mut stop, metrics) = (self.stop.clone(), Arc::clone(&self.metrics));
        async move {
            let settled = match job.settled.take() {
                Some(settled) => Ok(settled),
                None => {
                    let fetched = tokio::select! {
                        biased;
                        _ = stop.wait_for(|stop| *stop) => Err(Ended::Stopped),
                        fetched = fetch(&api, &works, job.id) => fetched,
                    };
                    match fetched {
                        Ok(Got::Bytes(bytes, sent_as)) => {
                            keep(folder, job.id, bytes, sent_as).await
                        }
                        Ok(Got::Nothing) => Ok(Whereabouts::Refused),
                        Err(ended) => Err(ended),
                    }
                }
            };
            let ended = match settled {
                Ok(settled) => {
                    let what = match &settled {
                        Whereabouts::Refused => File::Refused,
                        Whereabouts::Here(_) | Whereabouts::Telegram(_) => File::Kept,
                    };
                    let ended = tell(&works, job.id, settled).await;
                    if matches!(ended, Ended::Over) {
                        metrics.file(what);
                    }
                    ended
                }
                Err(ended) => ended,
            };
            (job, ended)
        }
    }
}

/// Has the writer note where a file is now.
async fn tell(works: &Sender<Work>, id: u64, settled: Whereabouts) -> Ended {
    let (done, hear) = oneshot::channel();
    let work = Work::Fetched {
        id,
        whereabouts: settled.clone(),
        done,
    };
    if works.send(work).is_err() {
        return Ended::Stopped;
    }
    match hear.await {
        Ok(Ok(())) => Ended::Over,
        Ok(Err(_)) => Ended::Unkept(settled),
        Err(_) => Ended::Stopped,
    }
}

/// What there is to keep.
enum Got {
    Bytes(Vec<u8>, SentAs),
    /// Telegram will never give it.
    Nothing,
}

/// The bytes of a file that is still to be fetched.
async fn fetch(api: &Api, works: &Sender<Work>, id: u64) -> Result<Got, Ended> {
    let (done, hear) = oneshot::channel();
    works
        .send(Work::ToFetch(id, done))
        .map_err(|_| Ended::Stopped)?;
    let asked = hear.await.map_err(|_| Ended::Stopped)?;
    let ToFetch { file, sent_as } = match asked {
        Ok(Some(to_fetch)) => to_fetch,
        Ok(None) => return Err(Ended::Over),
        Err(unavailable) => return Err(Ended::Failed(unavailable.to_string())),
    };
    match api.fetch(&file.id, files::MAX_BYTES).await {
        Fetched::Bytes(bytes) => Ok(Got::Bytes(bytes, sent_as)),
        Fetched::RetryAfter(seconds) => Err(Ended::Wait(seconds)),
        Fetched::Transient(why) => Err(Ended::Failed(why)),
        Fetched::Doubtful => Err(Ended::Doubtful),
        Fetched::Refused => {
            log::info!("attachment {id} is refused: Telegram does not give it");
            Ok(Got::Nothing)
        }
    }
}

/// Cleans and seals what was fetched; both take a while and block.
async fn keep(
    folder: DataFolder,
    id: u64,
    bytes: Vec<u8>,
    sent_as: SentAs,
) -> Result<Whereabouts, Ended> {
    let work = move || {
        let cleaned = files::clean(&bytes, sent(sent_as));
        drop(bytes);
        cleaned.map(|clean| sealed::keep(&folder, clean.kind.id(), &clean.bytes))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(Ok(sealed))) => Ok(Whereabouts::Here(sealed)),
        Ok(Ok(Err(error))) => Err(Ended::Failed(format!("the disk refuses: {error}"))),
        Ok(Err(refused)) => {
            log::info!("attachment {id} is refused: {refused}");
            Ok(Whereabouts::Refused)
        }
        // It would end the same way again.
        Err(_) => {
            log::error!("attachment {id} is refused: cleaning it panicked");
            Ok(Whereabouts::Refused)
        }
    }
}

fn sent(sent_as: SentAs) -> Sent {
    match sent_as {
        SentAs::Voice => Sent::Voice,
        SentAs::Photo => Sent::Photo,
        SentAs::Document => Sent::Document,
    }
}

/// The jobs, and when each is to be tried.
#[derive(Default)]
struct Jobs {
    waiting: BTreeMap<(Instant, u64), Job>,
    /// Those that wait or are being tried: one that is named again is not fetched twice.
    known: BTreeSet<u64>,
    /// Those whose last try failed.
    troubled: BTreeSet<u64>,
    /// Telegram asked to wait until then.
    paused_until: Option<Instant>,
}

impl Jobs {
    fn add(&mut self, id: u64) {
        if self.known.insert(id) {
            let job = Job {
                id,
                settled: None,
                failures: 0,
                doubted_since: None,
            };
            self.waiting.insert((Instant::now(), id), job);
        }
    }

    /// Takes the job that is to be tried now.
    fn next(&mut self, now: Instant) -> Option<Job> {
        if self.wake()? > now {
            return None;
        }
        self.waiting.pop_first().map(|(_, job)| job)
    }

    /// When the next job is to be tried.
    fn wake(&self) -> Option<Instant> {
        let ((due, _), _) = self.waiting.first_key_value()?;
        Some(self.paused_until.map_or(*due, |until| until.max(*due)))
    }

    /// Notes how a try ended, if it ended well enough to say that.
    fn tried(&mut self, tried: Option<(Job, Ended)>) {
        let Some((mut job, ended)) = tried else {
            // Only cleaning meets what strangers made, and its panics are caught. This is none, and its number is unknown.
            log::error!("a fetch ended badly; the file is fetched after the next start");
            return;
        };
        let now = Instant::now();
        match ended {
            Ended::Over | Ended::Stopped => {
                self.known.remove(&job.id);
                if self.troubled.remove(&job.id) && self.troubled.is_empty() {
                    log::info!("fetching files works again");
                }
            }
            Ended::Unkept(settled) => {
                job.settled = Some(settled);
                self.again(job, "the store cannot be used", now);
            }
            Ended::Wait(seconds) => {
                if self.paused_until.is_none_or(|until| until <= now) {
                    log::warn!("Telegram asks to wait {seconds} s before files are fetched again");
                }
                let until = now + Duration::from_secs(seconds.into());
                self.paused_until = self.paused_until.max(Some(until));
                self.waiting.insert((until, job.id), job);
            }
            Ended::Doubtful => {
                // To refuse it is to lose somebody's words: only what lasts that long will not pass.
                let since = *job.doubted_since.get_or_insert(now);
                if now.duration_since(since) >= PATIENCE {
                    log::info!("attachment {} is refused: Telegram lost it", job.id);
                    job.settled = Some(Whereabouts::Refused);
                    self.waiting.insert((now, job.id), job);
                } else {
                    self.again(job, "Telegram does not give it", now);
                }
            }
            Ended::Failed(why) => self.again(job, &why, now),
        }
    }

    /// The job waits, longer after each failure.
    fn again(&mut self, mut job: Job, why: &str, now: Instant) {
        if self.troubled.is_empty() {
            let id = job.id;
            log::warn!("attachment {id} is not fetched: {why}; trying again until it works");
        }
        self.troubled.insert(job.id);
        let whole = Duration::from_secs(1 << job.failures.min(6)).min(LONGEST);
        // Up to a quarter more, so that not all come back at once.
        let pause = whole + whole.mul_f64((random::bits() % 250) as f64 / 1_000.0);
        job.failures = job.failures.saturating_add(1);
        self.waiting.insert((now + pause, job.id), job);
    }
}
