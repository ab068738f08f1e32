//! The one writer: what happened goes in, a durable commit and the rows to send come out.
//!
//! Guarantees: an update is handled once, whole or not at all; it is confirmed only after its commit; what it sends is
//! stored by that same commit. All that waits is committed together, with one flush.
//!
//! An event that cannot be handled (a record that is too large or damaged, a panic) is set aside alone, and its
//! sender is told. On an error of the disk nothing is confirmed: everybody affected is told once, the store is
//! opened again, and what waited is handled as if nothing had happened.
//!
//! `serving` does what is asked of the writer otherwise, `answers` tells what the records say, `timing` does what comes by the clock,
//! `outage` goes on after a failure, `copying` is for backups.

mod answers;
mod copying;
mod outage;
mod serving;
mod timing;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio::time::Instant;

use outage::Outage;

use super::clock::Clock;
use super::deliver::Delivery;
use super::erase::Erasure;
use super::metrics::Metrics;
use super::random::Random;
use super::staging::{
    Failure, Handled, answer_group, group_changed, handle_event, set_aside, settle,
};
use super::waiting::Waiting;
use super::work::{Ears, Opener, Settled, Unavailable, Work};
use crate::dialogue::{self, Event, InGroup, Moment};
use crate::store::{Aftermath, Finished, Row, Stage, Store, StoreError};
use crate::telegram::{Update, What};
use crate::text::Forum;

/// How many pieces of work share a commit at most.
const TOGETHER: usize = 256;
/// How long after a failure the store is opened again.
const REOPEN: Duration = Duration::from_secs(5);

/// The writer.
pub struct Intake {
    forum: Arc<Forum>,
    open: Opener,
    reopen_after: Duration,
    ears: Ears,
    clock: Clock,
    random: Random,
    store: Option<Store>,
    erasure: Option<Erasure>,
    outage: Outage,
    /// Rows that left while the store was away.
    unsettled: Vec<Settled>,
    /// What waits to be sent.
    waiting: Waiting,
    /// The number of the first event whose rows the deliverer has not been given.
    given_below: u64,
    /// Since when an erasure is due.
    erases_since: Option<Instant>,
    /// While a backup copies: files whose records are gone.
    held_files: Option<Vec<String>>,
    /// Updates of strangers that nobody answered, and the last time that was logged.
    unanswered: u64,
    unanswered_logged: Option<Instant>,
    metrics: Arc<Metrics>,
}

/// What a commit confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Confirms {
    /// No updates.
    Nothing,
    /// Those with lower ids, by the next poll.
    Below(i64),
    /// Each of its updates, by the answer to its request.
    Each,
}

impl Intake {
    /// A writer over an open store; what waits in its outbox goes to the deliverer, and the files that are with Telegram
    /// are to be fetched.
    ///
    /// # Errors
    /// As reading the outbox and the attachments.
    pub fn new(
        forum: Arc<Forum>,
        store: Store,
        open: Opener,
        ears: Ears,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let mut intake = Self {
            forum,
            open,
            reopen_after: REOPEN,
            ears,
            clock,
            random: Random::default(),
            store: None,
            erasure: None,
            outage: Outage::default(),
            unsettled: Vec::new(),
            waiting: Waiting::default(),
            given_below: 0,
            erases_since: None,
            held_files: None,
            unanswered: 0,
            unanswered_logged: None,
            metrics: Arc::default(),
        };
        intake.give_waiting(&store)?;
        intake.store = Some(store);
        intake.look_ahead();
        Ok(intake)
    }

    /// What happens is counted here.
    #[must_use]
    pub fn counting(mut self, metrics: Arc<Metrics>) -> Self {
        metrics.store_open.set(self.store.is_some().into());
        self.metrics = metrics;
        self
    }

    /// After a failure the store is opened again no sooner than this; five seconds otherwise.
    #[must_use]
    pub fn reopening_after(mut self, pause: Duration) -> Self {
        self.reopen_after = pause;
        self
    }

    /// Luck comes from here, and not from the system.
    #[must_use]
    pub fn by_luck(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// The store is rebuilt after an erasure.
    #[must_use]
    pub fn erasing(mut self, erasure: Erasure) -> Self {
        self.erasure = Some(erasure);
        self
    }

    /// Works until told to stop. Blocks: to be run on a thread of its own.
    pub fn run(mut self, works: &Receiver<Work>) {
        while let Some(first) = self.next(works) {
            let waiting = works.try_iter().take(TOGETHER - 1);
            let together = std::iter::once(first).chain(waiting).collect();
            if self.handle(together) {
                return;
            }
        }
    }

    /// The next work, once there is some; none when nobody is left who could send it. Meanwhile the store is looked after.
    fn next(&mut self, works: &Receiver<Work>) -> Option<Work> {
        loop {
            let Some(due) = self.look_after_store() else {
                return works.recv().ok();
            };
            let wait = due.saturating_duration_since(Instant::now());
            match works.recv_timeout(wait) {
                Ok(work) => return Some(work),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Does for the store what nobody asks for: it is opened again after a failure, and rebuilt while something that was erased is on the
    /// disk still. Returns when there will be something to do, if nothing else happens.
    pub fn look_after_store(&mut self) -> Option<Instant> {
        if self.tries_again_at().is_some_and(|at| at <= Instant::now()) {
            self.try_again();
        }
        let rebuilds_at = self.rebuild_if_due();
        rebuilds_at.into_iter().chain(self.tries_again_at()).min()
    }

    fn rebuild_if_due(&mut self) -> Option<Instant> {
        loop {
            let (Some(erasure), Some(store)) = (&mut self.erasure, &self.store) else {
                return None;
            };
            let due = erasure.due(store)?;
            if due > Instant::now() {
                return Some(due);
            }
            self.rebuild();
        }
    }

    fn rebuild(&mut self) {
        let (Some(erasure), Some(store)) = (&mut self.erasure, self.store.take()) else {
            return;
        };
        match erasure.rebuild(store) {
            Ok(store) => self.store = Some(store),
            Err(error) => self.fail(&error, &[]),
        }
    }

    /// Handles works together; whether it is time to stop. [`Intake::run`] does nothing else but this and
    /// [`Intake::look_after_store`]: whoever has a thread for more than this calls these instead.
    pub fn handle(&mut self, works: Vec<Work>) -> bool {
        let mut updates = Vec::new();
        let mut dones = Vec::new();
        let mut confirms = Confirms::Nothing;
        let mut after = Vec::new();
        for work in works {
            match work {
                Work::Updates {
                    updates: batch,
                    offset: next,
                    done,
                } => {
                    updates.extend(batch);
                    confirms = Confirms::Below(next);
                    dones.push(done);
                }
                Work::Brought { update, done } => {
                    updates.push(update);
                    confirms = Confirms::Each;
                    dones.push(done);
                }
                Work::Settled(settled) => self.unsettled.extend(settled),
                Work::Snapshot(..)
                | Work::Since(..)
                | Work::Freeze(..)
                | Work::Tick(_)
                | Work::Known(_)
                | Work::MayHave(..)
                | Work::Held(..)
                | Work::Late { .. }
                | Work::Agenda(_)
                | Work::Proposed(..)
                | Work::Paper(..)
                | Work::Note(..)
                | Work::Export(_)
                | Work::Preview(_)
                | Work::Audit(_)
                | Work::Verify(..)
                | Work::ToFetch(..)
                | Work::Fetched { .. }
                | Work::Order { .. }
                | Work::WasAway { .. }
                | Work::FreshOwnerLink { .. }
                | Work::Ping(_)
                | Work::BeginCopy(_)
                | Work::CopyOn(_)
                | Work::EndCopy
                | Work::Erased(_)
                | Work::NoBackup(..)
                | Work::Stop => after.push(work),
            }
        }
        if confirms == Confirms::Each {
            // They come side by side, in any order; their ids tell the true one.
            updates.sort_by_key(|update| update.id);
        }
        let result = if confirms == Confirms::Nothing && self.unsettled.is_empty() {
            Ok(Committed::default())
        } else {
            self.reopened()
                .and_then(|()| self.commit(&updates, confirms))
        };
        // First the confirmation, then what is sent: the next batch comes in while the answers to this one go out.
        for done in dones {
            // A poller that has gone needs no answer.
            let _ = done.send(result.as_ref().map(drop).map_err(|_| Unavailable));
        }
        match result {
            Ok(committed) => self.follow(committed),
            Err(error) => self.fail(&error, &updates),
        }
        let mut stop = false;
        for work in after {
            stop |= self.serve(work);
        }
        stop
    }

    /// Load, step, stage, commit; what is to be sent now. Confirming and sending come after, in this order, always.
    fn commit(&mut self, updates: &[Update], confirms: Confirms) -> Result<Committed, StoreError> {
        let begun = Instant::now();
        let store = self.store.as_mut().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, self.clock.now())?;
        for settled in &self.unsettled {
            match settle(&mut stage, &self.forum, settled) {
                Err(error) if error.is_final() => return Err(error),
                // One damaged record must not keep everybody else waiting.
                Err(error) => log::error!("of member {}: {error}", settled.person),
                Ok(()) => {}
            }
        }
        let link = stage.meta.owner_link;
        let mut waiting = self.waiting.clone();
        // What is settled by this commit waits no more.
        for settled in &self.unsettled {
            waiting.remove(settled.chat, settled.stranger);
        }
        let (mut unanswered, mut repeated, mut aside) = (0, 0, 0);
        for update in updates {
            if !stage.meta.seen.note(update.id) {
                repeated += 1;
                continue;
            }
            let (chat, event) = match &update.what {
                What::Private(chat, event) => (chat, event.clone()),
                What::Group {
                    group,
                    who,
                    what: InGroup::Words(words),
                } if stage.has_role(*who).is_ok_and(|has| !has) => {
                    let chat = group;
                    // A group shares in what strangers get: anybody can make a hundred of them.
                    let room = waiting.room(*chat, self.ears.strangers_at_most);
                    if !room.crowded && !room.strangers_full {
                        let rows = answer_group(&mut stage, &self.forum, *chat, words)?;
                        waiting.add(*chat, true, rows);
                    }
                    continue;
                }
                // Whose record cannot be read is not written to for each word that they say there.
                What::Group {
                    who,
                    what: InGroup::Words(_),
                    ..
                } if let Err(error) = stage.has_role(*who)
                    && !error.is_final() =>
                {
                    stage.set_aside(update.id, &error.to_string())?;
                    aside += 1;
                    continue;
                }
                What::Group { group, who, what } => {
                    let (group, what) = (*group, what.clone());
                    (who, Event::InGroup { group, what })
                }
                What::GroupMoved { from, to } => {
                    dialogue::group::moved(*from, *to, &mut stage);
                    aside += group_changed(&mut stage, update.id, Vec::new())?;
                    continue;
                }
                What::GroupLost(group) => {
                    let notices = dialogue::group::lost(*group, &self.forum, &mut stage);
                    aside += group_changed(&mut stage, update.id, notices)?;
                    continue;
                }
                What::Elsewhere => continue,
            };
            let room = waiting.room(*chat, self.ears.strangers_at_most);
            match handle_event(
                &mut stage,
                &self.forum,
                *chat,
                &event,
                room,
                &waiting,
                Moment {
                    now: self.clock.now(),
                    random: self.random.many_bits(),
                },
            ) {
                Ok(Handled::Answered { stranger, rows }) => waiting.add(*chat, stranger, rows),
                Ok(Handled::Unanswered) => unanswered += 1,
                Err(Failure::Store(error)) => return Err(error),
                Err(Failure::Event(why)) => {
                    set_aside(&mut stage, &self.forum, update.id, *chat, &why)?;
                    aside += 1;
                }
            }
        }
        match confirms {
            Confirms::Nothing => {}
            Confirms::Below(offset) => stage.meta.offset = Some(offset),
            // An offset would confirm what was not brought yet, should the bot poll again.
            Confirms::Each => stage.meta.offset = None,
        }
        let next_event = stage.meta.next_event;
        let link_used = link.is_some() && stage.meta.owner_link.is_none();
        let committed = Committed::from(store.commit(stage.finish()?)?);

        log::debug!(
            "on disk: {} updates, {} settled rows",
            updates.len(),
            self.unsettled.len()
        );
        self.works_again();
        self.stored(updates);
        let counts = &self.metrics;
        if confirms != Confirms::Nothing {
            counts.commit_seconds.note(begun.elapsed().as_secs_f64());
            counts.batch_updates.note(updates.len() as f64);
        }
        counts.committed.add(updates.len() as u64 - repeated);
        counts.repeated.add(repeated);
        counts.unanswered.add(unanswered);
        counts.set_aside.add(aside);
        for settled in self.unsettled.drain(..) {
            self.waiting.remove(settled.chat, settled.stranger);
        }
        self.given_below = next_event;
        self.count_unanswered(unanswered);
        if link_used {
            (self.ears.link_used)();
        }
        Ok(committed)
    }

    /// What a commit leads to, in this order: what must not be sent any more, what is to be sent, and the files.
    fn follow(&mut self, committed: Committed) {
        let Aftermath {
            fetch,
            gone,
            forgotten,
            stopped,
            calendar,
            erased,
            ..
        } = committed.aftermath;
        if !erased.is_empty() {
            (self.ears.erased)(&erased);
        }
        if calendar {
            self.look_ahead();
        }
        for chat in forgotten {
            let _ = self.ears.deliver.send(Delivery::Forget(chat));
        }
        self.give(committed.rows);
        for announcement in stopped {
            let _ = self
                .ears
                .deliver
                .send(Delivery::StopAnnouncement(announcement));
        }
        if !fetch.is_empty() {
            let _ = self.ears.fetch.send(fetch);
        }
        self.files_gone(&gone);
    }

    /// Commits what belongs to no batch of updates, and does what it leads to.
    fn commit_apart(&mut self, finished: Finished) -> Result<(), StoreError> {
        let store = self.store.as_mut().ok_or(StoreError::Closed)?;
        let next_event = finished.next_event;
        let committed = store.commit(finished)?;
        self.works_again();
        self.given_below = next_event;
        self.follow(Committed::from(committed));
        Ok(())
    }

    fn give(&mut self, rows: Vec<Row>) {
        for row in &rows {
            self.waiting.add(row.chat, row.stranger, 1);
        }
        if !rows.is_empty() {
            // A deliverer that has gone sends nothing more; the rows are in the outbox.
            let _ = self.ears.deliver.send(Delivery::Rows(rows));
        }
    }

    fn moment(&self) -> Moment {
        Moment {
            now: self.clock.now(),
            random: self.random.many_bits(),
        }
    }

    fn count_unanswered(&mut self, unanswered: u64) {
        self.unanswered += unanswered;
        let long_ago = self
            .unanswered_logged
            .is_none_or(|logged| logged.elapsed() >= Duration::from_secs(60));
        if self.unanswered > 0 && long_ago {
            log::warn!(
                "{} messages of people who have not joined were not answered: too many wait",
                self.unanswered
            );
            self.unanswered = 0;
            self.unanswered_logged = Some(Instant::now());
        }
    }
}

/// What a commit leads to.
#[derive(Default)]
struct Committed {
    rows: Vec<Row>,
    aftermath: Aftermath,
}

impl From<(Vec<Row>, Aftermath)> for Committed {
    fn from((rows, aftermath): (Vec<Row>, Aftermath)) -> Self {
        Self { rows, aftermath }
    }
}
