//! Sends what the outbox holds, within Telegram's limits, and reports what became of each row.
//!
//! Which row goes when is decided by [`super::queue`]; this task does the calls, each by itself, so that no chat
//! waits for another.

mod calling;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use calling::Call;
pub(super) use calling::is_missing;

use super::clock::Clock;
use super::making::Workshop;
use super::metrics::{Metrics, Sent};
use super::queue::{Cost, Lane, Limits, Millis, Next, Queue, Retry, Ticket};
use super::random::Random;
use super::work::{End, Settled, Work};
use crate::dialogue::{Body, Effect, Late, Weight};
use crate::digest::Format;
use crate::domain::{ChatId, MessageId};
use crate::store::folder::DataFolder;
use crate::store::{self, Row, RowId};
use crate::telegram::{Api, Outcome};
use crate::text::{Forum, Html};

/// Calls under way at once.
const AT_ONCE: usize = 128;
/// How long after it was told of rows that are done the writer is left alone: what is done meanwhile waits for company. After a crash
/// within that time it is sent again.
const SETTLE: Duration = Duration::from_millis(10);
/// How long calls under way may take to end when the program stops.
const FAREWELL: Duration = Duration::from_secs(3);
/// Where an event's number would stand in the rows that the deliverer makes itself. No store counts so far.
const NOTICE: u64 = u64::MAX;

/// Work for the deliverer.
pub enum Delivery {
    /// Committed rows.
    Rows(Vec<Row>),
    /// Nothing more goes to this chat of what was to go there.
    Forget(ChatId),
    /// Nothing more goes out of this announcement.
    StopAnnouncement(u64),
    /// Of the rows that it was given before, these are in the outbox still: no other is to go.
    Standing(BTreeSet<RowId>),
    /// Words that cannot be stored, because nothing can. They go as a row would, until that is over.
    Notice(ChatId, Html),
    /// What this person did is stored: such words are not true any more.
    Stored(ChatId),
    /// Say that the deliverer does not hang.
    Ping(oneshot::Sender<()>),
    /// Let the calls under way end, and stop.
    Stop,
}

/// What it takes to make and send what rows are about.
#[derive(Clone)]
pub struct Means {
    /// Telegram.
    pub api: Api,
    /// The forum.
    pub forum: Arc<Forum>,
    /// The writer.
    pub works: Sender<Work>,
    /// Where digests are made.
    pub workshop: Arc<Workshop>,
    /// Where files are kept.
    pub folder: DataFolder,
}

/// The deliverer.
pub struct Deliverer {
    means: Means,
    queue: Queue<RowId, Arc<Row>>,
    /// The rows of the calls under way.
    under_way: BTreeMap<Id, Arc<Row>>,
    /// Those of them that are not to go any more: not tried again if they fail.
    called_off: BTreeSet<RowId>,
    /// How many rows it made itself.
    notices: u16,
    /// Announcements that were stopped: nothing of them is begun or tried again.
    stopped: BTreeSet<u64>,
    /// The message that carries the newest buttons of a chat.
    shown: BTreeMap<ChatId, MessageId>,
    calls: JoinSet<Ended>,
    begun: Instant,
    clock: Clock,
    random: Random,
    /// Rows that are done, and when the writer is to hear of them.
    settled: Vec<Settled>,
    settled_due: Option<Instant>,
    /// When it is to hear of more at the earliest.
    settles_from: Instant,
    /// Rows that must not go before an instant of the clock.
    held: BTreeMap<(Timestamp, RowId), Arc<Row>>,
    /// Whether the last call failed for want of network or server.
    troubled: bool,
    metrics: Arc<Metrics>,
}

/// How a call has ended.
struct Ended {
    outcome: Outcome,
    end: End,
}

impl Deliverer {
    /// A deliverer that knows which messages carry buttons.
    pub fn new(
        means: Means,
        shown: BTreeMap<ChatId, MessageId>,
        limits: Limits,
        clock: Clock,
    ) -> Self {
        Self {
            means,
            queue: Queue::new(limits, Millis(0)),
            under_way: BTreeMap::new(),
            called_off: BTreeSet::new(),
            notices: 0,
            stopped: BTreeSet::new(),
            shown,
            calls: JoinSet::new(),
            begun: Instant::now(),
            clock,
            random: Random::default(),
            settled: Vec::new(),
            settled_due: None,
            settles_from: Instant::now(),
            held: BTreeMap::new(),
            troubled: false,
            metrics: Arc::default(),
        }
    }

    /// What happens is counted here.
    #[must_use]
    pub fn counting(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = metrics;
        self
    }

    /// Luck comes from here, and not from the system.
    #[must_use]
    pub fn by_luck(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// Delivers until told to stop.
    pub async fn run(mut self, mut deliveries: UnboundedReceiver<Delivery>) {
        let clock = self.clock.clone();
        let mut moved = Box::pin(clock.moved());
        loop {
            let wake = [self.start_calls(), self.settled_due];
            let wake = wake.into_iter().flatten().min();
            let wake_up = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            for (lane, count) in [Lane::Interactive, Lane::Bulk]
                .iter()
                .zip(&self.metrics.waiting)
            {
                count.set(self.queue.in_lane(*lane) as u64);
            }
            self.metrics.held.set(self.held.len() as u64);
            let first_held = self.held.keys().next().map(|(at, _)| *at);
            let held_is_due = async {
                match first_held {
                    Some(at) => clock.until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // In the same order every time, so that a run can be had again. What has ended comes first: there is no more
                // of it than was begun, so nothing behind it waits for long.
                biased;
                Some(ended) = self.calls.join_next_with_id() => self.ended(ended),
                delivery = deliveries.recv() => match delivery {
                    Some(Delivery::Stop) | None => break,
                    Some(delivery) => self.take(delivery),
                },
                () = wake_up => {}
                () = held_is_due => self.release(self.clock.now()),
                // What was not to go before an instant may be to go now, by another time.
                () = &mut moved => {
                    moved.set(clock.moved());
                    self.release(Timestamp::MAX);
                }
            }
            if self.settled_due.is_some_and(|due| due <= Instant::now()) {
                self.report();
            }
        }
        let deadline = Instant::now() + FAREWELL;
        while let Ok(Some(ended)) =
            tokio::time::timeout_at(deadline, self.calls.join_next_with_id()).await
        {
            self.ended(ended);
        }
        self.report();
    }

    fn now(&self) -> Millis {
        Millis(self.begun.elapsed().as_millis() as u64)
    }

    /// Rows whose instant has come, all before this one, are to be sent.
    fn release(&mut self, until: Timestamp) {
        while let Some(first) = self.held.first_entry() {
            if first.key().0 > until {
                return;
            }
            let row = first.remove();
            self.push(row);
        }
    }

    fn push(&mut self, row: Arc<Row>) {
        if let Some(superseded) = self.queue.push(ticket(row), self.now()) {
            self.settle(&superseded.load, End::Done);
        }
    }

    fn take(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Rows(rows) => {
                for row in rows {
                    if self.is_stopped(&row) {
                        self.settle(&row, End::Stopped);
                        continue;
                    }
                    self.push(Arc::new(row));
                }
            }
            Delivery::Forget(chat) => {
                self.shown.remove(&chat);
                let waiting = self.queue.drop_chat(chat.0);
                self.call_off(waiting, |row| row.chat == chat);
            }
            Delivery::Standing(rows) => {
                let is_gone = |row: &Row| !is_notice(row) && !rows.contains(&row.id);
                let waiting = self.queue.drop_where(|row| is_gone(row));
                self.call_off(waiting, is_gone);
            }
            Delivery::StopAnnouncement(id) => {
                self.stopped.insert(id);
                let stopped = self.queue.drop_where(|row| row.announcement == Some(id));
                for ticket in stopped {
                    self.settle(&ticket.load, End::Stopped);
                }
            }
            Delivery::Notice(chat, html) => {
                let row = self.notice(chat, html);
                self.push(row);
            }
            Delivery::Stored(chat) => {
                let is_theirs = |row: &Row| row.chat == chat && is_notice(row);
                let waiting = self.queue.drop_where(|row| is_theirs(row));
                self.call_off(waiting, is_theirs);
            }
            Delivery::Ping(done) => {
                let _ = done.send(());
            }
            Delivery::Stop => {}
        }
    }

    /// What waited does not go any more, nor does what is like it: if it is on its way, it is not tried again.
    fn call_off(&mut self, waiting: Vec<Ticket<RowId, Arc<Row>>>, is_like: impl Fn(&Row) -> bool) {
        for ticket in waiting {
            self.settle(&ticket.load, End::Done);
        }
        let theirs = self.under_way.values().filter(|row| is_like(row));
        self.called_off.extend(theirs.map(|row| row.id));
        let held = self.held.extract_if(.., |_, row| is_like(row));
        for row in held.map(|(_, row)| row).collect::<Vec<_>>() {
            self.settle(&row, End::Done);
        }
    }

    /// A row for what no row can be stored of.
    fn notice(&mut self, chat: ChatId, html: Html) -> Arc<Row> {
        self.notices = self.notices.wrapping_add(1);
        Arc::new(Row {
            id: RowId {
                event: NOTICE,
                index: self.notices,
            },
            chat,
            person: 0,
            stranger: false,
            lane: store::Lane::Interactive,
            announcement: None,
            effect: Effect::Send {
                body: Body::from(html),
                clears: false,
                weight: Weight::Lasting,
            },
        })
    }

    /// Starts every call that may be made now; when to look again.
    fn start_calls(&mut self) -> Option<Instant> {
        while self.under_way.len() < AT_ONCE {
            let row = match self.queue.next(self.now()) {
                Next::Send(ticket) => Arc::clone(&ticket.load),
                Next::WaitUntil(at) => return Some(self.begun + Duration::from_millis(at.0)),
                Next::Idle => return None,
            };
            // What is made from the records is made from all that is known: where the message stands that it replaces, too.
            if matches!(row.effect, Effect::Late(_)) {
                self.report();
            }
            let call = Call {
                means: self.means.clone(),
                above: self.shown.get(&row.chat).copied(),
            };
            let id = self.calls.spawn(call.make(Arc::clone(&row))).id();
            self.under_way.insert(id, row);
        }
        None
    }

    fn ended(&mut self, ended: Result<(Id, Ended), JoinError>) {
        let (id, ended) = match ended {
            Ok((id, ended)) => (id, ended),
            // It would fail the same way again; the person gets their next answer all the same.
            Err(error) => (
                error.id(),
                Ended {
                    outcome: Outcome::Refused("the call ended badly".to_owned()),
                    end: End::Done,
                },
            ),
        };
        // What was not sent after all says nothing of whether sending works.
        if !matches!(ended.end, End::Later(_) | End::Over(..)) {
            self.note_trouble(&ended.outcome);
        }
        let Some(row) = self.under_way.remove(&id) else {
            return;
        };
        self.count(&ended);
        let now = self.now();
        let is_called_off = self.called_off.remove(&row.id);
        if let Outcome::RetryAfter(seconds) = ended.outcome {
            // Whoever is not to get this any more is to be left alone all the same.
            self.queue.retry(row.id, now, Retry::After { seconds });
        }
        match ended.outcome {
            // Whether it arrived is not known; a second time it certainly would be too late.
            Outcome::RetryAfter(_) | Outcome::Transient(_) if self.is_stopped(&row) => {
                self.queue.done(row.id, now);
                self.settle(&row, End::Stopped);
            }
            Outcome::RetryAfter(_) | Outcome::Transient(_) if is_called_off => {
                self.queue.done(row.id, now);
                self.settle(&row, End::Done);
            }
            Outcome::Sent(_) => {
                self.queue.done(row.id, now);
                if let End::Later(at) = ended.end
                    && !is_called_off
                {
                    self.held.insert((at, row.id), row);
                    return;
                }
                if let End::Shown(message) = &ended.end {
                    match message {
                        Some(message) => self.shown.insert(row.chat, *message),
                        None => self.shown.remove(&row.chat),
                    };
                }
                self.settle(&row, ended.end);
            }
            Outcome::RetryAfter(seconds) => {
                log::warn!(
                    "Telegram asks to wait {seconds} s before writing to member {} again",
                    row.person
                );
                self.metrics.send_retries.one();
            }
            Outcome::Transient(_) => {
                self.metrics.send_retries.one();
                self.queue.retry(
                    row.id,
                    now,
                    Retry::Backoff {
                        jitter: self.random.bits() as u32,
                    },
                );
            }
            Outcome::Refused(why) => {
                log::warn!(
                    "what was to be sent to member {} is refused for good: {}",
                    row.person,
                    unquoted(&why)
                );
                self.queue.done(row.id, now);
                self.settle(&row, End::Lost);
            }
            Outcome::Migrated(to) => {
                log::info!("a group has become a supergroup");
                self.queue.done(row.id, now);
                self.settle(&row, End::Moved(ChatId(to)));
            }
            Outcome::Gone => {
                log::info!("member {} cannot be written to", row.person);
                self.queue.done(row.id, now);
                self.settle(&row, End::Unreachable);
                if is_notice(&row) {
                    // What is stored is to find out for itself, so that the record knows.
                    return;
                }
                for ticket in self.queue.drop_chat(row.chat.0) {
                    self.settle(&ticket.load, End::Dropped);
                }
            }
        }
    }

    fn count(&self, ended: &Ended) {
        let how = match ended.outcome {
            // It was not sent after all.
            Outcome::Sent(_) if matches!(ended.end, End::Later(_) | End::Over(..)) => return,
            Outcome::Sent(_) => Sent::Sent,
            Outcome::RetryAfter(_) => Sent::RetryAfter,
            Outcome::Transient(_) => Sent::Transient,
            Outcome::Refused(_) => Sent::Refused,
            Outcome::Migrated(_) => Sent::Migrated,
            Outcome::Gone => Sent::Gone,
        };
        self.metrics.sent(how);
    }

    fn is_stopped(&self, row: &Row) -> bool {
        let announcement = row.announcement;
        announcement.is_some_and(|id| self.stopped.contains(&id))
    }

    fn note_trouble(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Transient(why) if !self.troubled => {
                log::warn!("sending fails: {why}; trying again until it works");
                self.troubled = true;
            }
            Outcome::Sent(_) if self.troubled => {
                log::info!("sending works again");
                self.troubled = false;
            }
            Outcome::Sent(_)
            | Outcome::Transient(_)
            | Outcome::RetryAfter(_)
            | Outcome::Refused(_)
            | Outcome::Migrated(_)
            | Outcome::Gone => {}
        }
    }

    /// Notes that a row is done. The writer hears of the first at once: what it has not noted when the program dies is sent again. Were it
    /// woken for each of many, that would cost more than to send them.
    fn settle(&mut self, row: &Row, end: End) {
        if is_notice(row) {
            return;
        }
        self.settled.push(Settled::of(row, end));
        self.settled_due
            .get_or_insert_with(|| Instant::now().max(self.settles_from));
    }

    /// Tells the writer which rows are done.
    fn report(&mut self) {
        self.settled_due = None;
        let settled = std::mem::take(&mut self.settled);
        if !settled.is_empty() {
            self.settles_from = Instant::now() + SETTLE;
            // A writer that has gone leaves the rows in the outbox: they are sent again at the next start.
            let _ = self.means.works.send(Work::Settled(settled));
        }
    }
}

/// Whether the outbox knows nothing of it.
fn is_notice(row: &Row) -> bool {
    row.id.event == NOTICE
}

/// A refusal without what it quotes, which may be somebody's words.
fn unquoted(why: &str) -> String {
    why.split('"')
        .step_by(2)
        .collect::<Vec<_>>()
        .join("…")
        .chars()
        .take(120)
        .collect()
}

fn ticket(row: Arc<Row>) -> Ticket<RowId, Arc<Row>> {
    let (cost, weight) = match &row.effect {
        Effect::Toast { .. } | Effect::Strip { .. } | Effect::Commands => {
            (Cost::Free, Weight::Lasting)
        }
        Effect::Edit { weight, .. } => (Cost::Edit, *weight),
        Effect::Send { weight, .. } => (Cost::Send, *weight),
        // What is made now and sent as rows of their own costs nothing yet; that something is being made is told.
        Effect::Digest(request) => match (request.format, request.part) {
            (Format::Messages | Format::Text | Format::Json | Format::Csv, None) => {
                (Cost::Free, Weight::Lasting)
            }
            (Format::Stats | Format::Pdf | Format::Xlsx | Format::Docx, None)
            | (
                Format::Messages
                | Format::Text
                | Format::Json
                | Format::Csv
                | Format::Stats
                | Format::Pdf
                | Format::Xlsx
                | Format::Docx,
                Some(_),
            ) => (Cost::Send, Weight::Lasting),
        },
        Effect::MyData => (Cost::Send, Weight::Lasting),
        Effect::Late(late) => match late {
            Late::Card { stands, .. } | Late::Report { stands, .. } if *stands => {
                (Cost::Edit, Weight::Lasting)
            }
            Late::Card { .. }
            | Late::Report { .. }
            | Late::Reminder { .. }
            | Late::Asked { .. }
            | Late::Erased
            | Late::File(_)
            | Late::Links { .. }
            | Late::Paper(..) => (Cost::Send, Weight::Lasting),
            Late::Floor => (Cost::Edit, Weight::Lasting),
            // Nothing is sent: it is only worked out.
            Late::Agenda { .. } => (Cost::Free, Weight::Lasting),
        },
    };
    let lane = match row.lane {
        store::Lane::Interactive => Lane::Interactive,
        store::Lane::Bulk => Lane::Bulk,
    };
    Ticket {
        id: row.id,
        chat: row.chat.0,
        lane,
        cost,
        stranger: row.stranger,
        supersedable: weight.is_screen(),
        routine: weight == Weight::Confirmation,
        load: row,
    }
}
