//! Long polling: fetch a batch, have it committed, and only then ask for the next, which confirms it.
//!
//! A batch counts as fetched once it is committed. After an absence in which Telegram has not kept everything, what waits is handled
//! first, and then those are told whom it concerns: an answer to a screen must not find another in its place.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::{oneshot, watch};

use super::alive::Alive;
use super::back::{Back, Untold, heard_in};
use super::metrics::{Metrics, Way};
use super::pulse::Pulse;
use super::random::Random;
use super::trouble::{LONGEST, Trouble, words};
use super::work::{Unavailable, Work};
use crate::domain::ChatId;
use crate::telegram::{Api, BATCH, CallError, decode};

/// How long to wait while the store is away.
const STORE_AWAY: Duration = Duration::from_secs(5);

/// What it takes to poll.
pub struct Poller {
    /// Telegram.
    pub api: Api,
    /// The writer.
    pub works: Sender<Work>,
    /// Says how it goes.
    pub pulse: Pulse,
    /// What happens is counted here.
    pub metrics: Arc<Metrics>,
    /// Where luck comes from.
    pub random: Random,
}

/// Polls from this offset on, until told to stop.
pub async fn run(
    poller: Poller,
    mut offset: Option<i64>,
    mut alive: Alive,
    mut stop: watch::Receiver<bool>,
) {
    let Poller {
        api,
        works,
        pulse,
        metrics,
        random,
    } = poller;
    let mut trouble = Trouble::by_luck(random);
    let mut store_away = false;
    let mut has_polled = false;
    let mut back = Back::default();
    loop {
        // A poll that is broken off confirms nothing that is not on disk.
        pulse.begins();
        let turn = async {
            match api.updates(offset, !store_away).await {
                Ok(batch) => {
                    trouble.over();
                    has_polled = true;
                    metrics.in_contact();
                    metrics.received(Way::Polling, batch.len());
                    let committed = commit(&works, &batch, offset).await?;
                    back.fetched(&mut alive, committed.heard);
                    // More waits behind a batch that is full.
                    if batch.len() < usize::from(BATCH) {
                        back.tell(&works).await?;
                    }
                    back.note(&mut alive);
                    metrics.progressed();
                    Ok(committed.next)
                }
                // It is ours, from before. One that is set while we poll is somebody else's.
                Err(error) if !has_polled && is_for_a_webhook(&error) => {
                    api.delete_webhook().await.map_err(Failure::Poll)?;
                    log::warn!("a webhook was set; it is deleted, and what waits there is fetched");
                    Ok(None)
                }
                Err(error) => Err(Failure::Poll(error)),
            }
        };
        let result = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => None,
            result = turn => Some(result),
        };
        let Some(result) = result else {
            return back.end(alive);
        };
        let (pause, why) = match result {
            Ok(next) => {
                store_away = false;
                offset = next.or(offset);
                pulse.ends(None);
                continue;
            }
            Err(Failure::StoreAway) => {
                store_away = true;
                (STORE_AWAY, Unavailable.to_string())
            }
            Err(Failure::NoNumber) => (LONGEST, "none of them can be read".to_owned()),
            Err(Failure::Poll(error)) => (trouble.pause(&error), words(&error)),
            // Without a writer nothing can go on; whoever waits for its thread says why.
            Err(Failure::NoWriter) => return,
        };
        pulse.ends(Some(why));
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return back.end(alive),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

enum Failure {
    StoreAway,
    NoWriter,
    NoNumber,
    Poll(CallError),
}

impl From<Untold> for Failure {
    fn from(untold: Untold) -> Self {
        match untold {
            Untold::StoreAway => Self::StoreAway,
            Untold::NoWriter => Self::NoWriter,
        }
    }
}

/// Whether updates go to a webhook instead. <https://core.telegram.org/bots/api#getupdates>
fn is_for_a_webhook(error: &CallError) -> bool {
    match error {
        CallError::Refused {
            code: 409,
            description,
        } => description.contains("webhook is active"),
        CallError::Refused { .. }
        | CallError::RetryAfter(_)
        | CallError::Migrated(_)
        | CallError::Transient(_)
        | CallError::Unreadable => false,
    }
}

/// A batch that is on disk.
struct Committed {
    /// The offset that confirms it, unless it is empty.
    next: Option<i64>,
    /// Who is heard in it.
    heard: BTreeSet<ChatId>,
}

/// Has a batch committed.
async fn commit(
    works: &Sender<Work>,
    batch: &[Box<RawValue>],
    offset: Option<i64>,
) -> Result<Committed, Failure> {
    let updates: Vec<_> = batch.iter().filter_map(|raw| decode::update(raw)).collect();
    if updates.len() < batch.len() {
        log::warn!(
            "{} updates without a readable id are passed over",
            batch.len() - updates.len()
        );
    }
    let Some(last) = updates.iter().map(|update| i64::from(update.id)).max() else {
        let next = match offset {
            _ if batch.is_empty() => None,
            // What cannot be numbered can only be what was asked for; the next one may be readable.
            Some(offset) => Some(offset + 1),
            None => return Err(Failure::NoNumber),
        };
        let heard = BTreeSet::new();
        return Ok(Committed { next, heard });
    };
    let heard = updates.iter().filter_map(heard_in).collect();
    let (done, hear) = oneshot::channel();
    works
        .send(Work::Updates {
            updates,
            offset: last + 1,
            done,
        })
        .map_err(|_| Failure::NoWriter)?;
    match hear.await {
        Ok(Ok(())) => Ok(Committed {
            next: Some(last + 1),
            heard,
        }),
        Ok(Err(Unavailable)) => Err(Failure::StoreAway),
        Err(_) => Err(Failure::NoWriter),
    }
}
