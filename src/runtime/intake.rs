//! The one writer: what happened goes in, a durable commit and the rows to send come out.
//!
//! Guarantees: an update is handled once, whole or not at all; it is confirmed only after its commit; what it sends is
//! stored by that same commit. All that waits is committed together, with one flush.
//!
//! An event that cannot be handled (a record that is too large or damaged, a panic) is set aside alone, and its
//! sender is told. On an error of the disk nothing is confirmed: everybody affected is told once, the store is
//! opened again, and what waited is handled as if nothing had happened.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::deliver::Delivery;
use super::erase::Erasure;
use super::random;
use crate::dialogue::leaving::{self, Held};
use crate::dialogue::organising::{self, Order};
use crate::dialogue::{self, Effect, Event, Moment, Weight};
use crate::domain::{Attachment, ChatId, FileRef, MessageId, SentAs, Whereabouts};
use crate::store::record;
use crate::store::{Aftermath, Lane, Row, RowId, Snapshot, Stage, Store, StoreError};
use crate::telegram::{Update, What};
use crate::text::{Forum, Html};

/// How many pieces of work share a commit at most.
const TOGETHER: usize = 256;
/// How many rows may wait for one person before they get only what they must have.
const CROWD: usize = 40;
/// How long after a failure the store is opened again.
const REOPEN: Duration = Duration::from_secs(5);

/// Work for the writer.
pub enum Work {
    /// A batch of updates, and the offset that confirms them.
    Updates {
        /// The updates in order.
        updates: Vec<Update>,
        /// One above the highest id.
        offset: i64,
        /// Hears when everything is on disk, or that it is not.
        done: oneshot::Sender<Result<(), Unavailable>>,
    },
    /// Rows have left the outbox.
    Settled(Vec<Settled>),
    /// What a digest is made from.
    Snapshot(oneshot::Sender<Result<Snapshot, Unavailable>>),
    /// Everything that is held about the person in this chat.
    Held(ChatId, oneshot::Sender<Result<Held, Unavailable>>),
    /// What an attachment is to be fetched from; nothing if it is not to be fetched any more.
    ToFetch(u64, oneshot::Sender<Result<Option<ToFetch>, Unavailable>>),
    /// A file was fetched, or cannot be kept. Whoever hears that this is not on disk says it again: it does no harm twice.
    Fetched {
        /// The attachment.
        id: u64,
        /// Where it is now.
        whereabouts: Whereabouts,
        /// Hears when that is on disk, or that it may not be.
        done: oneshot::Sender<Result<(), Unavailable>>,
    },
    /// The organisers decided something.
    Order {
        /// What.
        order: Order,
        /// Hears what to tell them, or why it cannot be done.
        done: oneshot::Sender<Result<Vec<String>, String>>,
    },
    /// Make a fresh owner's link.
    FreshOwnerLink {
        /// Hears the link.
        done: oneshot::Sender<Result<Option<String>, Unavailable>>,
    },
    /// Commit what is left and end.
    Stop,
}

/// A file that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToFetch {
    /// The file as Telegram knows it.
    pub file: FileRef,
    /// What it was sent as.
    pub sent_as: SentAs,
}

/// The store cannot be used at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store cannot be used at the moment")]
pub struct Unavailable;

/// What became of a row.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The row.
    pub row: RowId,
    /// Its chat.
    pub chat: ChatId,
    /// The person's internal number.
    pub person: u64,
    /// Whether the person had not joined.
    pub stranger: bool,
    /// How it ended.
    pub end: End,
}

/// How a row ended.
#[derive(Clone, Debug)]
pub enum End {
    /// Done, or refused for good; the chat's buttons are where they were.
    Done,
    /// Done; from now on this message, or none, carries the chat's buttons.
    Shown(Option<MessageId>),
    /// Refused for good: if it was a screen, the person does not see it.
    Lost,
    /// The person cannot be written to.
    Unreachable,
    /// It became these, in its place.
    Became(Vec<Effect>),
}

/// Opens the store; called again after a failure.
pub type Opener = Box<dyn Fn() -> Result<Store, StoreError> + Send>;

/// Hears the names of sealed files whose records are gone.
pub type FilesGone = Box<dyn Fn(&[String]) + Send>;

/// What the writer tells the rest of the program about.
pub struct Ears {
    /// Rows to be sent.
    pub deliver: mpsc::UnboundedSender<Delivery>,
    /// How many rows may wait for people who have not joined; 0 for any number.
    pub strangers_at_most: usize,
    /// Files to be fetched.
    pub fetch: mpsc::UnboundedSender<Vec<Attachment>>,
    /// Called with the names of sealed files whose records are gone.
    pub files_gone: FilesGone,
    /// Called once the owner's link was used.
    pub link_used: Box<dyn Fn() + Send>,
}

/// The writer.
pub struct Intake {
    forum: Arc<Forum>,
    open: Opener,
    ears: Ears,
    store: Option<Store>,
    erasure: Option<Erasure>,
    /// When the store failed, and who was told.
    outage: Option<(Instant, BTreeSet<ChatId>)>,
    /// Rows that left while the store was away.
    unsettled: Vec<Settled>,
    /// What waits to be sent.
    waiting: Waiting,
    /// The number of the first event whose rows the deliverer has not been given.
    given_below: u64,
    /// Updates of strangers that nobody answered, and the last time that was logged.
    unanswered: u64,
    unanswered_logged: Option<Instant>,
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
    ) -> Result<Self, StoreError> {
        let mut intake = Self {
            forum,
            open,
            ears,
            store: None,
            erasure: None,
            outage: None,
            unsettled: Vec::new(),
            waiting: Waiting::default(),
            given_below: 0,
            unanswered: 0,
            unanswered_logged: None,
        };
        intake.give_waiting(&store)?;
        intake.store = Some(store);
        Ok(intake)
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

    /// The next work, once there is some; none when nobody is left who could send it. Meanwhile the store is rebuilt if
    /// that is due.
    fn next(&mut self, works: &Receiver<Work>) -> Option<Work> {
        loop {
            let due = match (&mut self.erasure, &self.store) {
                (Some(erasure), Some(store)) => erasure.due(store),
                (_, _) => None,
            };
            let Some(due) = due else {
                return works.recv().ok();
            };
            let wait = due.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                self.rebuild();
                continue;
            }
            match works.recv_timeout(wait) {
                Ok(work) => return Some(work),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
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

    /// Handles works together; whether it is time to stop.
    fn handle(&mut self, works: Vec<Work>) -> bool {
        let mut updates = Vec::new();
        let mut dones = Vec::new();
        let mut offset = None;
        let mut after = Vec::new();
        for work in works {
            match work {
                Work::Updates {
                    updates: batch,
                    offset: next,
                    done,
                } => {
                    updates.extend(batch);
                    offset = Some(next);
                    dones.push(done);
                }
                Work::Settled(settled) => self.unsettled.extend(settled),
                Work::Snapshot(_)
                | Work::Held(..)
                | Work::ToFetch(..)
                | Work::Fetched { .. }
                | Work::Order { .. }
                | Work::FreshOwnerLink { .. }
                | Work::Stop => after.push(work),
            }
        }
        let result = if updates.is_empty() && offset.is_none() && self.unsettled.is_empty() {
            Ok(Committed::default())
        } else {
            self.reopened().and_then(|()| self.commit(&updates, offset))
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
    fn commit(&mut self, updates: &[Update], offset: Option<i64>) -> Result<Committed, StoreError> {
        let store = self.store.as_mut().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, Timestamp::now())?;
        for settled in &self.unsettled {
            match settle(&mut stage, settled) {
                Err(error) if error.is_final() => return Err(error),
                // One damaged record must not keep everybody else waiting.
                Err(error) => log::error!("of member {}: {error}", settled.person),
                Ok(()) => {}
            }
        }
        let link = stage.meta.owner_link;
        let mut waiting = self.waiting.clone();
        let mut unanswered = 0;
        for update in updates {
            if !stage.meta.seen.note(update.id) {
                continue;
            }
            let (chat, event) = match &update.what {
                What::Private(chat, event) => (chat, event),
                What::Group(chat, words) => {
                    // A group shares in what strangers get: anybody can make a hundred of them.
                    let room = waiting.room(*chat, self.ears.strangers_at_most);
                    if !room.crowded && !room.strangers_full {
                        let rows = answer_group(&mut stage, &self.forum, *chat, words)?;
                        waiting.add(*chat, true, rows);
                    }
                    continue;
                }
                What::Elsewhere => continue,
            };
            let room = waiting.room(*chat, self.ears.strangers_at_most);
            match handle_event(&mut stage, &self.forum, *chat, event, room, &waiting) {
                Ok(Handled::Answered { stranger, rows }) => waiting.add(*chat, stranger, rows),
                Ok(Handled::Unanswered) => unanswered += 1,
                Err(Failure::Store(error)) => return Err(error),
                Err(Failure::Event(why)) => {
                    set_aside(&mut stage, &self.forum, update.id, *chat, &why)?
                }
            }
        }
        stage.meta.offset = offset.or(stage.meta.offset);
        let next_event = stage.meta.next_event;
        let link_used = link.is_some() && stage.meta.owner_link.is_none();
        let committed = Committed::from(store.commit(stage.finish()?)?);

        log::debug!(
            "on disk: {} updates, {} settled rows",
            updates.len(),
            self.unsettled.len()
        );
        self.works_again();
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
            ..
        } = committed.aftermath;
        for chat in forgotten {
            let _ = self.ears.deliver.send(Delivery::Forget(chat));
        }
        self.give(committed.rows);
        if !fetch.is_empty() {
            let _ = self.ears.fetch.send(fetch);
        }
        if !gone.is_empty() {
            (self.ears.files_gone)(&gone);
        }
    }

    /// Does as the organisers decided, in a commit of its own.
    fn order(&mut self, order: Order) -> Result<Vec<String>, String> {
        let unavailable = |_| Unavailable.to_string();
        self.reopened().map_err(unavailable)?;
        let store = self.store.as_mut().ok_or_else(|| Unavailable.to_string())?;
        let now = Timestamp::now();
        let mut stage = Stage::new(store, now).map_err(unavailable)?;
        let moment = Moment {
            now,
            random: random::bits(),
        };
        let done = organising::carry_out(order, &self.forum, &mut stage, moment)?;
        let finished = stage
            .apply_notices(done.notices)
            .and_then(|_| stage.finish())
            .map_err(|error| error.to_string())?;
        let next_event = finished.next_event;
        match store.commit(finished) {
            Ok(committed) => {
                self.works_again();
                self.given_below = next_event;
                self.follow(Committed::from(committed));
                Ok(done.said)
            }
            Err(error) => {
                self.fail(&error, &[]);
                Err(Unavailable.to_string())
            }
        }
    }

    /// Work that changes nothing that a person did.
    fn serve(&mut self, work: Work) -> bool {
        match work {
            Work::Updates { .. } | Work::Settled(_) => false, // sorted out before
            Work::Snapshot(done) => {
                let snapshot = self.store.as_ref().ok_or(Unavailable);
                let _ =
                    done.send(snapshot.and_then(|store| store.snapshot().map_err(|_| Unavailable)));
                false
            }
            Work::Held(chat, done) => {
                let _ = done.send(self.held(chat).map_err(|_| Unavailable));
                false
            }
            Work::ToFetch(id, done) => {
                let asked = self.reopened().and_then(|()| self.to_fetch(id));
                let _ = done.send(asked.map_err(|_| Unavailable));
                false
            }
            Work::Fetched {
                id,
                whereabouts,
                done,
            } => {
                let _ = done.send(self.fetched(id, whereabouts));
                false
            }
            Work::Order { order, done } => {
                let _ = done.send(self.order(order));
                false
            }
            Work::FreshOwnerLink { done } => {
                let store = self.store.as_mut().ok_or(Unavailable);
                let _ = done
                    .send(store.and_then(|store| store.owner_link(true).map_err(|_| Unavailable)));
                false
            }
            Work::Stop => true,
        }
    }

    fn held(&mut self, chat: ChatId) -> Result<Held, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, Timestamp::now())?;
        let person = stage.person_in(chat)?;
        let held = leaving::held(person, &stage);
        // A look-up that failed would leave something out.
        stage.checked()?;
        Ok(held)
    }

    fn to_fetch(&self, id: u64) -> Result<Option<ToFetch>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let attachment: Option<Attachment> = store.get(&record::attachment(id))?;
        Ok(
            attachment.and_then(|attachment| match attachment.whereabouts {
                Whereabouts::Telegram(file) => Some(ToFetch {
                    file,
                    sent_as: attachment.sent_as,
                }),
                Whereabouts::Here(_) | Whereabouts::Refused => None,
            }),
        )
    }

    /// Notes where a file is now, in a commit of its own; one whose concern is gone goes as well.
    fn fetched(&mut self, id: u64, whereabouts: Whereabouts) -> Result<(), Unavailable> {
        match self
            .reopened()
            .and_then(|()| self.keep_fetched(id, whereabouts))
        {
            Ok(()) => Ok(()),
            Err(error) if error.is_final() => {
                self.fail(&error, &[]);
                Err(Unavailable)
            }
            Err(error) => {
                log::error!("where attachment {id} is cannot be noted: {error}");
                Err(Unavailable)
            }
        }
    }

    fn keep_fetched(&mut self, id: u64, whereabouts: Whereabouts) -> Result<(), StoreError> {
        let store = self.store.as_mut().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, Timestamp::now())?;
        let notices = organising::fetched(id, &whereabouts, &self.forum, &mut stage);
        stage.apply_notices(notices.into_iter().collect())?;
        let finished = stage.finish()?;
        let next_event = finished.next_event;
        let committed = store.commit(finished)?;
        self.works_again();
        self.given_below = next_event;
        self.follow(Committed::from(committed));
        Ok(())
    }

    /// A full disk can often be read: an outage is over when something was written.
    fn works_again(&mut self) {
        if self.outage.take().is_some() {
            log::info!("the store works again; what waited is handled now");
        }
    }

    /// Opens the store again after a failure, not before its time.
    fn reopened(&mut self) -> Result<(), StoreError> {
        if self.store.is_some() {
            return Ok(());
        }
        if self
            .outage
            .as_ref()
            .is_some_and(|(failed, _)| failed.elapsed() < REOPEN)
        {
            return Err(StoreError::Closed);
        }
        let store = (self.open)()?;
        // The commit that failed may be on disk all the same; then its updates are known and its rows are there.
        self.give_waiting(&store)?;
        self.store = Some(store);
        Ok(())
    }

    fn give_waiting(&mut self, store: &Store) -> Result<(), StoreError> {
        let rows: Vec<Row> = store
            .all::<Row>()?
            .into_iter()
            .filter(|row| row.id.event >= self.given_below)
            .collect();
        self.given_below = store.meta()?.next_event;
        self.give(rows);
        // The record of a file is the job to fetch it.
        let mut files = store.all::<Attachment>()?;
        files.retain(|file| matches!(file.whereabouts, Whereabouts::Telegram(_)));
        if !files.is_empty() {
            let _ = self.ears.fetch.send(files);
        }
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

    /// Closes the store, and tells those whose words are not kept yet; each of them once.
    fn fail(&mut self, error: &StoreError, updates: &[Update]) {
        let (failed, told) = self.outage.get_or_insert_with(|| {
            log::error!(
                "the store failed: {error}; nothing is confirmed, it is opened again every 5 s"
            );
            (Instant::now(), BTreeSet::new())
        });
        if self.store.take().is_some() || !matches!(error, StoreError::Closed) {
            *failed = Instant::now();
        }
        let mut html = Html::default();
        for phrases in self.forum.words.each() {
            html.paragraph(&phrases.note_outage());
        }
        for update in updates {
            let What::Private(chat, event) = &update.what else {
                continue;
            };
            let waits = !matches!(event, Event::Blocked(_));
            if waits && told.insert(*chat) {
                let _ = self
                    .ears
                    .deliver
                    .send(Delivery::Notice(*chat, html.clone()));
            }
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

/// How many rows wait, of whom.
#[derive(Clone, Debug, Default)]
struct Waiting {
    chats: BTreeMap<ChatId, usize>,
    strangers: usize,
}

/// How much more may be sent to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
    /// Too much waits for them: only what they must have is added.
    crowded: bool,
    /// If they have not joined, they are not answered at all.
    strangers_full: bool,
}

impl Waiting {
    fn room(&self, chat: ChatId, strangers_at_most: usize) -> Room {
        let crowded = self.chats.get(&chat).is_some_and(|rows| *rows >= CROWD);
        // Nobody fills the strangers' share alone.
        let full = strangers_at_most != 0 && (crowded || self.strangers >= strangers_at_most);
        Room {
            crowded,
            strangers_full: full,
        }
    }

    fn add(&mut self, chat: ChatId, stranger: bool, rows: usize) {
        *self.chats.entry(chat).or_default() += rows;
        self.strangers += if stranger { rows } else { 0 };
    }

    fn remove(&mut self, chat: ChatId, stranger: bool) {
        if let Some(rows) = self.chats.get_mut(&chat) {
            *rows = rows.saturating_sub(1);
            if *rows == 0 {
                self.chats.remove(&chat);
            }
        }
        self.strangers = self.strangers.saturating_sub(usize::from(stranger));
    }
}

enum Handled {
    Answered { stranger: bool, rows: usize },
    Unanswered,
}

enum Failure {
    /// Nothing can be stored.
    Store(StoreError),
    /// This event cannot be handled.
    Event(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if error.is_final() {
            Self::Store(error)
        } else {
            Self::Event(error.to_string())
        }
    }
}

fn handle_event(
    stage: &mut Stage<'_>,
    forum: &Forum,
    chat: ChatId,
    event: &Event,
    room: Room,
    waiting: &Waiting,
) -> Result<Handled, Failure> {
    let person = stage.person_in(chat)?;
    let moment = Moment {
        now: Timestamp::now(),
        random: random::bits(),
    };
    let step = || dialogue::step(person, event.clone(), forum, stage, moment);
    let mut outcome =
        catch_unwind(AssertUnwindSafe(step)).map_err(|_| Failure::Event("a panic".to_owned()))?;
    let stranger = outcome
        .person
        .as_ref()
        .is_none_or(|person| person.is_stranger());
    if stranger && room.strangers_full {
        stage.disregard();
        return Ok(Handled::Unanswered);
    }
    if room.crowded {
        outcome.effects.retain(Effect::is_wanted_in_a_crowd);
    }
    // Nobody fills another's chat by changing their mind.
    outcome
        .notices
        .retain(|notice| !waiting.room(notice.chat, 0).crowded);
    let rows = stage.apply(chat, outcome)?;
    Ok(Handled::Answered { stranger, rows })
}

/// The event leaves no trace but this, and its sender is asked to say it again.
fn set_aside(
    stage: &mut Stage<'_>,
    forum: &Forum,
    update: u32,
    chat: ChatId,
    why: &str,
) -> Result<(), StoreError> {
    log::error!("update {update} is set aside: {why}");
    stage.set_aside(update, why)?;
    let mut html = Html::default();
    for phrases in forum.words.each() {
        html.paragraph(&phrases.note_failed());
    }
    let notice = Effect::Send {
        body: html.into(),
        clears: false,
        weight: Weight::Lasting,
    };
    stage.send(chat, 0, false, Lane::Interactive, vec![notice])
}

/// Whoever writes `/start` in a group is shown the way; nothing else is answered. Returns how many rows that sends.
fn answer_group(
    stage: &mut Stage<'_>,
    forum: &Forum,
    chat: ChatId,
    words: &str,
) -> Result<usize, StoreError> {
    let username = stage.meta.username.clone().unwrap_or_default();
    let Some(answer) = dialogue::group::answer(words, &username, forum) else {
        return Ok(0);
    };
    stage.send(chat, 0, true, Lane::Interactive, vec![answer])?;
    Ok(1)
}

fn settle(stage: &mut Stage<'_>, settled: &Settled) -> Result<(), StoreError> {
    stage.settle(settled.row);
    match &settled.end {
        End::Done => Ok(()),
        End::Lost => stage.lost(settled.chat),
        End::Shown(message) => stage.show(settled.chat, *message),
        End::Unreachable => stage.unreachable(settled.chat),
        // A commit that failed may have happened all the same; then these rows are there already.
        End::Became(_) if !stage.is_waiting(settled.row)? => Ok(()),
        End::Became(effects) => {
            let (chat, person) = (settled.chat, settled.person);
            stage.send(chat, person, false, Lane::Bulk, effects.clone())
        }
    }
}
