//! The tasks that run the bot, and how they are started and stopped.
//!
//! | task | file |
//! |---|---|
//! | fetches updates, confirms them | `poll`, or `webhook`, to which they are brought; `trouble` while that fails; `alive` is for how long nobody did, `back` who is told |
//! | the one writer, on a thread of its own | `intake`; `work` is what it is given, `staging` what becomes of one event, `erase` when to rebuild the store |
//! | sends the outbox | `deliver`, which asks `queue` what may go; `digests`, `held`, `late` send what is made when its turn comes |
//! | makes digests, each in a process of its own | `making` |
//! | fetches the files of what was submitted | `fetch` |
//! | answers the command line | `socket` |
//! | says how the bot is, to a service manager and to whoever asks | `notify`, by what `pulse` knows |
//! | takes backups | `backups`; `restoring` is for those that are restored |
//! | tells the time, waits for an instant | `clock` |
//! | wakes the writer when something is due | `ticker` |
//! | sets the menus and descriptions | `menus` |
//! | shows health and metrics | `observe`, of what `metrics` counts; `http` serves it and the webhook |

mod agendas;
pub mod alive;
mod back;
pub mod backups;
pub mod bucket;
pub mod budget;
mod chat;
pub mod clock;
pub mod deliver;
pub mod digests;
pub mod erase;
mod fetch;
mod held;
pub mod http;
pub mod intake;
mod late;
pub mod making;
mod menus;
pub mod metrics;
pub mod notify;
pub mod observe;
pub mod poll;
pub mod pulse;
pub mod queue;
pub mod random;
pub mod restoring;
pub mod socket;
mod staging;
pub mod ticker;
pub mod ticket;
mod trouble;
mod waiting;
pub mod webhook;
pub mod work;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{mpsc, oneshot, watch};

use crate::config::Sending;
use crate::dialogue::Person;
use crate::domain::ChatId;
use crate::store::Store;
use crate::store::folder::DataFolder;
use crate::store::record::Shown;
use crate::store::restore;
use crate::telegram::Api;
use crate::text::Forum;
use alive::Alive;
use backups::Backups;
use clock::Clock;
use deliver::{Deliverer, Delivery, Means};
use erase::{Erasure, Rebuilder};
use fetch::Fetcher;
use intake::Intake;
use making::Workshop;
use metrics::Metrics;
use notify::Notifier;
use poll::Poller;
use pulse::Pulse;
use queue::Limits;
use random::Random;
use webhook::Hook;
use work::{Ears, Opener, Work};

/// How updates come.
#[derive(Debug)]
pub enum Reception {
    /// They are asked for.
    Polling,
    /// They are brought.
    Webhook(Hook),
}

/// What is needed to run.
pub struct Bot {
    /// The forum.
    pub forum: Arc<Forum>,
    /// Telegram.
    pub api: Api,
    /// Where files are kept.
    pub folder: DataFolder,
    /// The open store.
    pub store: Store,
    /// Opens it again after a failure.
    pub open: Opener,
    /// Rebuilds it after an erasure.
    pub rebuild: Rebuilder,
    /// How updates come.
    pub reception: Reception,
    /// Where health and metrics are shown.
    pub observe: Option<TcpListener>,
    /// The local socket.
    pub socket: UnixListener,
    /// What time it is.
    pub clock: Clock,
    /// This program, which is started again to make digests.
    pub program: PathBuf,
    /// Called once the owner's link was used.
    pub link_used: Box<dyn Fn() + Send>,
    /// Who hears how the bot is.
    pub notifier: Notifier,
}

impl Bot {
    /// Runs until `stop` becomes true, then ends cleanly within five seconds: what is under way is finished, what is not
    /// sent stays in the outbox.
    ///
    /// # Errors
    /// If the store cannot be read at the start, or a thread cannot be made.
    pub async fn run(self, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let Self {
            forum,
            api,
            folder,
            store,
            open,
            rebuild,
            reception,
            observe,
            socket,
            clock,
            program,
            link_used,
            notifier,
        } = self;
        let pulse = Pulse::default();
        restore::clear(&folder).context("cannot remove what a backup left")?;
        // Before anything is fetched: what is fetched and not committed yet looks like an orphan.
        fetch::sweep(&folder, &store)?;
        let alive = Alive::new(folder.alive(), clock.clone());
        let limits = limits(&forum.config.settings.sending);
        let stopping = stop.clone();
        let erase_after = Duration::from_secs(u64::from(forum.config.settings.erase_minutes) * 60);
        let offset = store.meta()?.offset;
        let shown: BTreeMap<_, _> = store
            .all::<Shown>()?
            .into_iter()
            .map(|shown| (shown.chat, shown.message))
            .collect();
        let organisers = organisers(&store);
        let (works, work) = channel();
        let (deliver, deliveries) = mpsc::unbounded_channel();
        let (fetch, fetches) = mpsc::unbounded_channel();
        let (next_due, due) = watch::channel(None);
        let (ending, ended) = watch::channel(false);
        let metrics = Arc::<Metrics>::default();
        let fetcher = Fetcher {
            api: api.clone(),
            folder: folder.clone(),
            works: works.clone(),
            metrics: Arc::clone(&metrics),
            stop: ended.clone(),
        };

        let ears = Ears {
            deliver: deliver.clone(),
            strangers_at_most: if limits.per_second == 0 {
                0
            } else {
                limits.strangers_waiting as usize
            },
            next_due,
            fetch,
            files_gone: {
                let folder = folder.clone();
                Box::new(move |names| fetch::remove(&folder, names))
            },
            link_used,
            erased: backups::rememberer(
                forum.config.settings.backup.as_ref(),
                store.master().clone(),
                clock.clone(),
            )?,
        };
        let backups = Backups::new(
            forum.config.settings.backup.clone(),
            folder.clone(),
            store.master().clone(),
            works.clone(),
            clock.clone(),
            stop.clone(),
        );
        let erasure = Erasure::new(erase_after, rebuild, Box::new(move || *stopping.borrow()));
        let intake = Intake::new(Arc::clone(&forum), store, open, ears, clock.clone())?
            .erasing(erasure)
            .counting(Arc::clone(&metrics));
        let (writing, written) = oneshot::channel::<()>();
        let writer = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                // Dropped when the thread ends, however it does.
                let _writing = writing;
                intake.run(&work);
            })
            .context("no thread for the writer")?;
        let workshop = Workshop::new(program, Arc::clone(&forum), works.clone(), folder.clone())
            .counting(Arc::clone(&metrics));
        let workshop = Arc::new(workshop);
        let means = Means {
            api: api.clone(),
            forum: Arc::clone(&forum),
            works: works.clone(),
            workshop: Arc::clone(&workshop),
            folder: folder.clone(),
        };
        let deliverer =
            Deliverer::new(means, shown, limits, clock.clone()).counting(Arc::clone(&metrics));
        let ticking = tokio::spawn(ticker::run(clock.clone(), works.clone(), due));
        let mut delivering = tokio::spawn(deliverer.run(deliveries));
        let mut fetching = tokio::spawn(fetcher.run(fetches));
        let served = socket::Served {
            works: works.clone(),
            workshop,
            backups: backups.clone(),
            clock,
            pulse: pulse.clone(),
        };
        let serving = tokio::spawn(socket::serve(socket, served, stop.clone()));
        let saving = tokio::spawn(backups.run());
        let observing = observe.map(|listener| {
            tokio::spawn(observe::serve(
                listener,
                works.clone(),
                Arc::clone(&metrics),
                ended,
            ))
        });
        // It begins when the first poll is under way, and goes on beside everything else.
        let keeping = tokio::spawn(menus::keep(api.clone(), forum, works.clone(), organisers));

        let receiving = async {
            let (works, pulse) = (works.clone(), pulse.clone());
            match reception {
                Reception::Polling => {
                    let poller = Poller {
                        api,
                        works,
                        pulse,
                        metrics,
                        random: Random::default(),
                    };
                    poll::run(poller, offset, alive, stop).await;
                }
                Reception::Webhook(hook) => {
                    webhook::run(api, works, hook, alive, pulse, metrics, stop).await;
                }
            }
        };
        tokio::select! {
            () = receiving => {}
            // Without it nothing can go on; whoever waits for its thread below says why.
            _ = written => {}
            () = notifier.keep(&pulse, &works, &deliver) => {}
            ended = &mut delivering => {
                ended.context("the deliverer ended badly")?;
                anyhow::bail!("the deliverer ended before its time");
            }
            ended = &mut fetching => {
                ended.context("the fetcher ended badly")?;
                anyhow::bail!("the fetcher ended before its time");
            }
        }

        notifier.stopping();
        // In the order in which things flow: nothing new, what is being sent and fetched, what is being written.
        ticking.abort();
        keeping.abort();
        saving.abort();
        serving.abort();
        let _ = ending.send(true);
        let _ = deliver.send(Delivery::Stop);
        delivering.await.context("the deliverer ended badly")?;
        fetching.await.context("the fetcher ended badly")?;
        if let Some(observing) = observing {
            observing.abort();
        }
        let _ = works.send(Work::Stop);
        tokio::task::spawn_blocking(move || writer.join())
            .await?
            .map_err(|_| anyhow::anyhow!("the writer ended badly"))?;
        Ok(())
    }
}

/// The chats of those who have a role. Without them the bot still does all but keep their menus.
fn organisers(store: &Store) -> Vec<ChatId> {
    let people = store.all::<Person>().unwrap_or_else(|error| {
        log::error!("the organisers' menus are not looked at: {error}");
        Vec::new()
    });
    people
        .into_iter()
        .filter(|person| person.role.is_some())
        .map(|person| person.chat)
        .collect()
}

fn limits(sending: &Sending) -> Limits {
    Limits {
        per_second: sending.per_second,
        chat_per_second: sending.chat_per_second,
        chat_burst: sending.chat_burst,
        group_per_minute: sending.group_per_minute,
        person_per_minute: sending.person_per_minute,
        ..Limits::default()
    }
}
