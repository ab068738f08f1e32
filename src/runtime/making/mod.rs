//! Making documents while the bot runs: one after another, each in a process of its own ([`child`]), so that neither the
//! writer nor anybody in conversation waits for one, and none leaves its memory behind.
//!
//! Guarantees: whoever wishes for what is being made joins it; what was made is given out only once its number and
//! fingerprint are on disk; a process that hangs is ended. What was made lies sealed in the data folder until it is sent, under
//! a key that is nowhere but in memory.

pub mod child;
mod wire;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::process::Signal;
use sha2::{Digest as _, Sha256};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex as Turn, OnceCell, mpsc, oneshot, watch};

use super::metrics::{self, Metrics};
use super::random::Random;
use super::work::{Unavailable, Work};
use crate::dialogue::desk::Paper;
use crate::digest::frozen::{Freeze, Frozen};
use crate::digest::{Format, Request};
use crate::documents::produce::{Product, produce};
use crate::domain::{ChatId, MessageId, Sealed};
use crate::store::Snapshot;
use crate::store::files;
use crate::store::folder::DataFolder;
use crate::text::{Forum, Html};
use wire::{Order, Said};

/// The hidden subcommand by which this program becomes the other process.
pub const SUBCOMMAND: &str = "make-digest";
/// No digest takes longer, or something is wrong with it.
const LIMIT: Duration = Duration::from_secs(600);
/// How often it is made again because something was withdrawn meanwhile.
const AGAIN: u32 = 5;
/// How many that are made are kept for whoever is still to be sent a part of them. Their files are on disk.
const KEPT: usize = 16;
/// How many are remembered who were told that something is being made. Whoever is forgotten of more is told again.
const TOLD: usize = 64;

/// Where digests are made.
pub struct Workshop {
    maker: Maker,
    forum: Arc<Forum>,
    works: Sender<Work>,
    folder: DataFolder,
    /// Whose turn it is.
    turn: Turn<()>,
    /// What is being made, and what was made last.
    jobs: Mutex<Vec<Arc<Job>>>,
    /// Who was told that something is being made, and by which message, while it cannot be.
    told: Mutex<VecDeque<(ChatId, Request, MessageId)>>,
    metrics: Arc<Metrics>,
}

/// Who makes a digest.
enum Maker {
    /// A process of its own: this program again.
    Process(PathBuf),
    /// Whoever asks.
    Here(Random),
}

/// A digest as far as it is made.
struct Making {
    made: Made,
    /// To say once more at the end that it is to be kept, and so to hear whether it still stands.
    kept: Option<Box<Freeze>>,
}

/// A digest that is being made, for all who wish for it.
pub struct Job {
    request: Request,
    progress: watch::Sender<(u32, u32)>,
    made: OnceCell<Result<Made, Failure>>,
}

/// A digest that was made.
pub struct Made {
    /// Its number, fingerprint and selection; none of a message to the group, or of figures.
    pub frozen: Option<Frozen>,
    /// The messages; of what is too long the summary alone.
    pub messages: Vec<Html>,
    /// Whether the messages say all of it.
    pub whole: bool,
    /// The files.
    pub files: Vec<Kept>,
}

/// A file that was made. It goes with the last that knows of it.
pub struct Kept {
    folder: DataFolder,
    sealed: Sealed,
}

/// Why there is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may work later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// It would fail again.
    #[error("{0}")]
    Failed(String),
}

impl Workshop {
    /// A workshop. `program` is this program.
    pub fn new(
        program: PathBuf,
        forum: Arc<Forum>,
        works: Sender<Work>,
        folder: DataFolder,
    ) -> Self {
        Self {
            maker: Maker::Process(program),
            forum,
            works,
            folder,
            turn: Turn::new(()),
            jobs: Mutex::new(Vec::new()),
            told: Mutex::new(VecDeque::new()),
            metrics: Arc::default(),
        }
    }

    /// What happens is counted here.
    #[must_use]
    pub fn counting(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = metrics;
        self
    }

    /// No process is started: what is only words is made on this thread, at once, and nothing else is. For simulation, where
    /// time passes only when it is to.
    #[must_use]
    pub fn here(mut self, random: Random) -> Self {
        self.maker = Maker::Here(random);
        self
    }

    /// Joins whoever wishes for the same, if it is still being made.
    pub fn begin(&self, request: &Request) -> Arc<Job> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |job: &&Arc<Job>| job.request == *request && !job.made.initialized();
        if let Some(job) = jobs.iter().find(same) {
            return Arc::clone(job);
        }
        let job = Arc::new(Job {
            request: request.clone(),
            progress: watch::Sender::new((0, 0)),
            made: OnceCell::new(),
        });
        jobs.push(Arc::clone(&job));
        job
    }

    /// What was made for this wish, if it is still here and has this number.
    pub fn kept(&self, request: &Request, number: u32) -> Option<Arc<Job>> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |job: &&Arc<Job>| job.request == *request && job.number() == Some(number);
        jobs.iter().rev().find(fits).cloned()
    }

    /// Somebody was told that this is being made, and it cannot be yet.
    pub(super) fn tells(&self, chat: ChatId, request: &Request, message: MessageId) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.truncate(TOLD - 1);
        told.push_front((chat, request.clone(), message));
    }

    /// The message that told them so; that is forgotten now.
    pub(super) fn told(&self, chat: ChatId, request: &Request) -> Option<MessageId> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let place = told
            .iter()
            .position(|(to, wish, _)| *to == chat && wish == request)?;
        told.remove(place).map(|(_, _, message)| message)
    }

    /// Waits until it is made; makes it, if nobody does yet.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn made<'j>(&self, job: &'j Job) -> Result<&'j Made, Failure> {
        let make = || async {
            let begun = Instant::now();
            let result = self.make(job).await;
            let outcome = match &result {
                Ok(_) => metrics::Made::Made,
                Err(_) => metrics::Made::Failed,
            };
            self.metrics.digest(outcome, begun.elapsed());
            result
        };
        let made = job.made.get_or_init(make).await;
        self.tidy();
        made.as_ref().map_err(Clone::clone)
    }

    /// Lets go of what failed, and of all but the last that were made.
    fn tidy(&self) {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|job| !matches!(job.made.get(), Some(Err(_))));
        let over = jobs.iter().filter(|job| job.made.initialized()).count();
        let mut over = over.saturating_sub(KEPT);
        jobs.retain(|job| {
            let goes = over > 0 && job.made.initialized();
            over -= usize::from(goes);
            !goes
        });
    }

    async fn make(&self, job: &Job) -> Result<Made, Failure> {
        let _turn = self.turn.lock().await;
        for _ in 0..AGAIN {
            let made = tokio::time::timeout(LIMIT, self.once(job)).await;
            match made.unwrap_or_else(|_| Err(Failure::Failed("it takes too long".to_owned())))? {
                Some(made) => return Ok(made),
                None => log::info!("a digest is made again: something of it was taken back"),
            }
        }
        Err(Unavailable.into())
    }

    /// Nothing, if it was out of date before it had its number.
    async fn once(&self, job: &Job) -> Result<Option<Made>, Failure> {
        let (done, hear) = oneshot::channel();
        let ask = Work::Snapshot(job.request.edition, job.request.filter.clone(), done);
        self.works.send(ask).map_err(|_| Unavailable)?;
        let (snapshot, now) = hear.await.map_err(|_| Unavailable)??;
        match &self.maker {
            Maker::Process(program) => self.elsewhere(job, program, snapshot, now).await,
            Maker::Here(random) => self.at_once(job, random, snapshot, now).await,
        }
    }

    async fn at_once(
        &self,
        job: &Job,
        random: &Random,
        snapshot: Snapshot,
        now: Timestamp,
    ) -> Result<Option<Made>, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::Failed(error.to_string());
        match job.request.format {
            Format::Messages | Format::Text | Format::Json | Format::Csv => {}
            Format::Stats | Format::Pdf | Format::Xlsx | Format::Docx => {
                return Err(failed(&"it is not made here"));
            }
        }
        let records = snapshot.open().map_err(|error| failed(&error))?;
        let mut products = Vec::new();
        produce(
            &job.request,
            records,
            &self.forum,
            now,
            &mut || random.many_bits().to_be_bytes(),
            &mut |product| {
                products.push(product);
                Ok(())
            },
        )
        .map_err(|error| failed(&error))?;
        let mut making = Making::new();
        for product in products {
            if !self.takes(job, product, &mut making).await? {
                return Ok(None);
            }
        }
        self.finished(making).await
    }

    async fn elsewhere(
        &self,
        job: &Job,
        program: &Path,
        snapshot: Snapshot,
        now: Timestamp,
    ) -> Result<Option<Made>, Failure> {
        let order = Order::Digest {
            request: job.request.clone(),
            now,
            files: self.forum.files.clone(),
        };
        let mut process = Process::start(program, order, Some(snapshot))?;
        let mut making = Making::new();
        while let Some(product) = process.next().await? {
            if !self.takes(job, product, &mut making).await? {
                return Ok(None);
            }
        }
        self.finished(making).await
    }

    /// What is taken along to a meeting, as a document to be printed. Waits for its turn, as a digest does.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn paper(&self, paper: Box<Paper>) -> Result<Vec<u8>, Failure> {
        let program = match &self.maker {
            Maker::Process(program) => program,
            Maker::Here(_) => return Err(Failure::Failed("it is not made here".to_owned())),
        };
        let _turn = self.turn.lock().await;
        let made = async {
            let mut process = Process::start(program, Order::Paper(paper), None)?;
            let mut bytes = Vec::new();
            while let Some(product) = process.next().await? {
                match product {
                    Product::File(file) => bytes = file,
                    Product::Frozen(_)
                    | Product::Progress(..)
                    | Product::Messages(_)
                    | Product::Summary(_) => return Err(broken()),
                }
            }
            Ok(bytes)
        };
        let made = tokio::time::timeout(LIMIT, made).await;
        made.unwrap_or_else(|_| Err(Failure::Failed("it takes too long".to_owned())))
    }
}

/// A process that makes something. It ends with this.
struct Process {
    process: Child,
    said: mpsc::Receiver<Said>,
}

impl Process {
    /// `program` is this program; the records follow the order.
    fn start(program: &Path, order: Order, records: Option<Snapshot>) -> Result<Self, Failure> {
        // Whatever it says on standard error might be somebody's words.
        let mut process = Command::new(program)
            .arg(SUBCOMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            // What ends the bot by its terminal is no verdict on what is made.
            .process_group(0)
            .spawn()
            .map_err(|error| Failure::Failed(format!("no process for it: {error}")))?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let pipes = pipes
            .and_then(|(to, from)| Some((to.into_owned_fd().ok()?, from.into_owned_fd().ok()?)));
        let (to, from) = pipes.ok_or_else(broken)?;
        tokio::task::spawn_blocking(move || {
            let mut to = BufWriter::with_capacity(64 * 1024, File::from(to));
            // A process that has gone is noticed where it is read from.
            if wire::write(&mut to, &order).is_ok()
                && let Some(Err(error)) = records.map(|records| records.pour(&mut to))
            {
                log::error!("the records for a digest: {error}");
            }
        });
        let (say, said) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || {
            let mut from = BufReader::with_capacity(64 * 1024, File::from(from));
            while let Ok(next) = wire::read::<Said>(&mut from) {
                if say.blocking_send(next).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, said })
    }

    /// What it made next; nothing once that was all.
    async fn next(&mut self) -> Result<Option<Product>, Failure> {
        match self.said.recv().await {
            Some(Said::Made(product)) => return Ok(Some(product)),
            Some(Said::Failed(why)) => return Err(Failure::Failed(why)),
            Some(Said::Done) => {
                let _ = self.process.wait().await;
                return Ok(None);
            }
            None => {}
        }
        // Whoever ends everything at once has not said that it would fail again.
        let ended = self.process.wait().await;
        let signal = ended.ok().and_then(|status| status.signal());
        let asked = [Signal::INT, Signal::TERM].map(Signal::as_raw);
        match signal {
            Some(signal) if asked.contains(&signal) => Err(Unavailable.into()),
            Some(_) | None => Err(broken()),
        }
    }
}

impl Workshop {
    /// Takes in what was made; whether it is worth going on: nothing of it was taken back.
    async fn takes(
        &self,
        job: &Job,
        product: Product,
        Making { made, kept }: &mut Making,
    ) -> Result<bool, Failure> {
        match product {
            Product::Frozen(freeze) => {
                made.frozen = Some(freeze.frozen.clone());
                // Once it has its number, to keep it again only says whether it still stands.
                *kept = Some(Box::new(Freeze {
                    is_new: false,
                    ..Freeze::clone(&freeze)
                }));
                return Ok(self.keeps(freeze).await?);
            }
            Product::Progress(done, of) => {
                job.progress.send_replace((done, of));
            }
            Product::Messages(messages) => made.messages = messages,
            Product::Summary(summary) => {
                made.messages = vec![summary];
                made.whole = false;
            }
            Product::File(bytes) => made.files.push(self.keep(bytes).await?),
        }
        Ok(true)
    }

    /// It is made. What was taken back meanwhile is in none that is sent.
    async fn finished(&self, Making { made, kept }: Making) -> Result<Option<Made>, Failure> {
        let stands = match kept {
            Some(freeze) => self.keeps(freeze).await?,
            None => true,
        };
        Ok(stands.then_some(made))
    }

    /// Whether the digest is on disk now, and nothing of it was taken back.
    async fn keeps(&self, freeze: Box<Freeze>) -> Result<bool, Unavailable> {
        let (done, hear) = oneshot::channel();
        let ask = Work::Freeze(freeze, done);
        self.works.send(ask).map_err(|_| Unavailable)?;
        hear.await.map_err(|_| Unavailable)?
    }

    async fn keep(&self, bytes: Vec<u8>) -> Result<Kept, Failure> {
        let folder = self.folder.clone();
        let keep = move || {
            let sealed = files::keep(&folder, "digest", &bytes)?;
            Ok(Kept { folder, sealed })
        };
        let kept: Result<_, std::io::Error> = tokio::task::spawn_blocking(keep)
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)));
        kept.map_err(|error| {
            log::error!("a digest cannot be kept until it is sent: {error}");
            Unavailable.into()
        })
    }
}

impl Making {
    fn new() -> Self {
        Self {
            made: Made {
                frozen: None,
                messages: Vec::new(),
                whole: true,
                files: Vec::new(),
            },
            kept: None,
        }
    }
}

impl Kept {
    /// What is in it.
    ///
    /// # Errors
    /// If the disk does not give it back as it was.
    pub async fn read(&self) -> anyhow::Result<Vec<u8>> {
        let (folder, sealed) = (self.folder.clone(), self.sealed.clone());
        let read = move || files::read(&folder, &sealed);
        Ok(tokio::task::spawn_blocking(read).await??)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // What stays goes at the next start, as whatever no record names.
        let _ = files::remove(&self.folder, &self.sealed.name);
    }
}

impl Job {
    /// How many of its files are made, of how many; none of none before the first.
    pub fn progress(&self) -> watch::Receiver<(u32, u32)> {
        self.progress.subscribe()
    }

    /// Its files, once it is made.
    pub fn files(&self) -> &[Kept] {
        match self.made.get() {
            Some(Ok(made)) => &made.files,
            Some(Err(_)) | None => &[],
        }
    }

    /// Its number, once it is made.
    fn number(&self) -> Option<u32> {
        self.made.get()?.as_ref().ok()?.number()
    }
}

impl Made {
    /// Its number, if it has one.
    pub fn number(&self) -> Option<u32> {
        self.frozen.as_ref().map(|frozen| frozen.number)
    }

    /// A hash of the messages, where no number stands for what they say.
    pub fn said(&self) -> Option<u64> {
        if self.frozen.is_some() {
            return None;
        }
        let mut hash = Sha256::new();
        for message in &self.messages {
            hash.update(message.as_str());
            hash.update([0]);
        }
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(hash.finalize());
        Some(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

fn broken() -> Failure {
    Failure::Failed("the process that makes it ended badly".to_owned())
}
