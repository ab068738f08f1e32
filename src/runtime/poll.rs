//! Long polling: fetch a batch, have it committed, and only then ask for the next, which confirms it.
//!
//! A batch counts as fetched once it is committed. After an absence in which Telegram has not kept everything, what waits is handled
//! first, and then those are told whom it concerns: an answer to a screen must not find another in its place.

use std::collections::BTreeSet;
use std::sync::mpsc::Sender;
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::{oneshot, watch};

use super::alive::Alive;
use super::pulse::Pulse;
use super::random;
use super::work::{Unavailable, Work};
use crate::dialogue::Absence;
use crate::domain::ChatId;
use crate::telegram::{Api, BATCH, CallError, Update, What, decode};

/// How long the first pause after a failure is; the following ones double, up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);
/// How long to wait while the store is away.
const STORE_AWAY: Duration = Duration::from_secs(5);

/// Polls until told to stop.
pub(super) async fn run(
    api: Api,
    works: Sender<Work>,
    mut offset: Option<i64>,
    mut alive: Alive,
    pulse: Pulse,
    mut stop: watch::Receiver<bool>,
) {
    let mut trouble = Trouble::default();
    let mut store_away = false;
    let mut back = Back::default();
    loop {
        // A poll that is broken off confirms nothing that is not on disk.
        pulse.begins();
        let turn = async {
            match api.updates(offset, !store_away).await {
                Ok(batch) => {
                    trouble.over();
                    let committed = commit(&works, &batch, offset).await?;
                    back.fetched(&mut alive, committed.heard);
                    // More waits behind a batch that is full.
                    if batch.len() < usize::from(BATCH) {
                        back.tell(&works).await?;
                    }
                    back.note(&mut alive);
                    Ok(committed.next)
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

/// A batch that is on disk.
struct Committed {
    /// The offset that confirms it, unless it is empty.
    next: Option<i64>,
    /// Who is heard in it.
    heard: BTreeSet<ChatId>,
}

/// What is to be told, since the bot was away and is back.
#[derive(Default)]
struct Back {
    absence: Option<Absence>,
    /// Who was heard since.
    answered: BTreeSet<ChatId>,
}

impl Back {
    fn fetched(&mut self, alive: &mut Alive, heard: BTreeSet<ChatId>) {
        if let Some(absence) = alive.fetched() {
            // Those of a first absence were not told yet when there was a second.
            let since = self.absence.map_or(absence.since, |first| first.since);
            self.absence = Some(Absence { since, ..absence });
        }
        if self.absence.is_some() {
            self.answered.extend(heard);
        }
    }

    /// Has everybody told whom it concerns.
    async fn tell(&mut self, works: &Sender<Work>) -> Result<(), Failure> {
        let Some(absence) = self.absence else {
            return Ok(());
        };
        let (done, hear) = oneshot::channel();
        let work = Work::WasAway {
            absence,
            answered: self.answered.clone(),
            done,
        };
        works.send(work).map_err(|_| Failure::NoWriter)?;
        match hear.await {
            Ok(Ok(())) => {
                *self = Self::default();
                Ok(())
            }
            Ok(Err(Unavailable)) => Err(Failure::StoreAway),
            Err(_) => Err(Failure::NoWriter),
        }
    }

    /// Whoever comes next knows that the bot was alive; but not while somebody is still to be told.
    fn note(&self, alive: &mut Alive) {
        if self.absence.is_none() {
            alive.note();
        }
    }

    fn end(self, alive: Alive) {
        if self.absence.is_none() {
            alive.end();
        }
    }
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

/// Who did something in their private chat.
fn heard_in(update: &Update) -> Option<ChatId> {
    match &update.what {
        What::Private(chat, _) => Some(*chat),
        What::Group { .. } | What::GroupMoved { .. } | What::GroupLost(_) | What::Elsewhere => None,
    }
}

/// Failures in a row: one line when they begin, one when they are over.
#[derive(Default)]
struct Trouble {
    failures: u32,
}

impl Trouble {
    /// How long to wait after this failure.
    fn pause(&mut self, error: &CallError) -> Duration {
        if self.failures == 0 {
            log::warn!("no updates: {}; trying again until they come", words(error));
        }
        self.failures += 1;
        if let CallError::RetryAfter(seconds) = error {
            return Duration::from_secs((*seconds).into());
        }
        let doubled = SHORTEST
            .saturating_mul(1 << (self.failures - 1).min(6))
            .min(LONGEST);
        // Up to a quarter less, so that many bots do not come back at once.
        doubled - doubled.mul_f64((random::bits() % 250) as f64 / 1_000.0)
    }

    fn over(&mut self) {
        if self.failures > 0 {
            log::info!("updates come again, after {} failures", self.failures);
            self.failures = 0;
        }
    }
}

/// What to say of a failure, and what to do about it.
fn words(error: &CallError) -> String {
    match error {
        CallError::Refused { code: 409, .. } => {
            "409: another program is polling with this token, or a webhook is set".to_owned()
        }
        CallError::Refused {
            code: code @ (401 | 404),
            ..
        } => format!("{code}: the token is no longer good"),
        CallError::Refused { code, .. } => format!("the server refuses with {code}"),
        CallError::RetryAfter(_)
        | CallError::Migrated(_)
        | CallError::Transient(_)
        | CallError::Unreadable => error.to_string(),
    }
}
