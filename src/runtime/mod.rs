//! The tasks that run the bot, and how they are started and stopped.
//!
//! | task | file |
//! |---|---|
//! | fetches updates, confirms them | `poll` |
//! | the one writer, on a thread of its own | `intake` |
//! | sends the outbox | `deliver`, which asks `queue` what may go |
//! | answers the command line | `socket` |

pub mod bucket;
pub mod budget;
mod chat;
pub mod deliver;
pub mod digests;
pub mod intake;
mod poll;
pub mod queue;
mod random;
pub mod socket;
pub mod ticket;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::channel;

use anyhow::Context as _;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, watch};

use crate::config::Sending;
use crate::store::Store;
use crate::store::record::Shown;
use crate::telegram::Api;
use crate::text::Forum;
use deliver::{Deliverer, Delivery};
use intake::{Ears, Intake, Opener, Work};
use queue::Limits;

/// What is needed to run.
pub struct Bot {
    /// The forum.
    pub forum: Arc<Forum>,
    /// Telegram.
    pub api: Api,
    /// The open store.
    pub store: Store,
    /// Opens it again after a failure.
    pub open: Opener,
    /// The local socket.
    pub socket: UnixListener,
    /// Called once the owner's link was used.
    pub link_used: Box<dyn Fn() + Send>,
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
            store,
            open,
            socket,
            link_used,
        } = self;
        let limits = limits(&forum.config.settings.sending);
        let offset = store.meta()?.offset;
        let shown: BTreeMap<_, _> = store
            .all::<Shown>()?
            .into_iter()
            .map(|shown| (shown.chat, shown.message))
            .collect();
        let (works, work) = channel();
        let (deliver, deliveries) = mpsc::unbounded_channel();

        let ears = Ears {
            deliver: deliver.clone(),
            strangers_at_most: if limits.per_second == 0 {
                0
            } else {
                limits.strangers_waiting as usize
            },
            link_used,
        };
        let intake = Intake::new(Arc::clone(&forum), store, open, ears)?;
        let writer = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || intake.run(&work))
            .context("no thread for the writer")?;
        let deliverer = Deliverer::new(
            api.clone(),
            Arc::clone(&forum),
            works.clone(),
            shown,
            limits,
        );
        let mut delivering = tokio::spawn(deliverer.run(deliveries));
        let serving = tokio::spawn(socket::serve(socket, forum, works.clone(), stop.clone()));

        tokio::select! {
            () = poll::run(api, works.clone(), offset, stop) => {}
            ended = &mut delivering => {
                ended.context("the deliverer ended badly")?;
                anyhow::bail!("the deliverer ended before its time");
            }
        }

        // In the order in which things flow: nothing new, what is being sent, what is being written.
        serving.abort();
        let _ = deliver.send(Delivery::Stop);
        delivering.await.context("the deliverer ended badly")?;
        let _ = works.send(Work::Stop);
        tokio::task::spawn_blocking(move || writer.join())
            .await?
            .map_err(|_| anyhow::anyhow!("the writer ended badly"))?;
        Ok(())
    }
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
