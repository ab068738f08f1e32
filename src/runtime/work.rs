//! What the one writer is given to do, and what it tells the rest of the program.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};

use super::deliver::Delivery;
use super::digests::May;
use crate::agenda::Proposal;
use crate::dialogue::desk::Paper;
use crate::dialogue::desk::late::Made;
use crate::dialogue::leaving::Held;
use crate::dialogue::organising::{Order, erasure::Preview};
use crate::dialogue::reminding::Known;
use crate::dialogue::verifying::Answer;
use crate::dialogue::{Absence, Effect, Late};
use crate::digest::frozen::Freeze;
use crate::digest::{Edition, Filter, Since};
use crate::domain::reminder::Ending;
use crate::domain::{
    AgendaItem, AgendaPlan, Attachment, ChatId, Deed, FileRef, Language, MessageId, Receipt,
    SentAs, Whereabouts, audit,
};
use crate::store::erasures::Gone;
use crate::store::kv::Pair;
use crate::store::seal::Sealer;
use crate::store::{Row, RowId, Snapshot, Store, StoreError};
use crate::telegram::Update;

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
    /// An update that was brought, and is confirmed by itself.
    Brought {
        /// The update.
        update: Update,
        /// Hears when everything is on disk, or that it is not.
        done: oneshot::Sender<Result<(), Unavailable>>,
    },
    /// Rows have left the outbox.
    Settled(Vec<Settled>),
    /// What a digest of this edition and selection is made from, and when it was so.
    Snapshot(
        Edition,
        Filter,
        oneshot::Sender<Result<(Snapshot, Timestamp), Unavailable>>,
    ),
    /// When the digest was made after which one of this edition and selection is to begin; nothing if there is none.
    Since(
        Edition,
        Filter,
        Since,
        oneshot::Sender<Result<Option<Timestamp>, Unavailable>>,
    ),
    /// A digest has this number and fingerprint. Hears when that is on disk, or that something of it was taken back meanwhile.
    Freeze(Box<Freeze>, oneshot::Sender<Result<bool, Unavailable>>),
    /// Something is due by the clock; hears when it is done, or is to be tried later.
    Tick(oneshot::Sender<()>),
    /// What is known of the meeting and of what was sent by the clock.
    Known(oneshot::Sender<Result<Known, Unavailable>>),
    /// Whether a digest of this edition, with this number if it was made, may be sent to this chat.
    MayHave(
        ChatId,
        Edition,
        Option<u32>,
        oneshot::Sender<Result<May, Unavailable>>,
    ),
    /// Everything that is held about the person in this chat.
    Held(ChatId, oneshot::Sender<Result<Held, Unavailable>>),
    /// What is made when its turn comes.
    Late {
        /// For which chat.
        chat: ChatId,
        /// What.
        late: Late,
        /// Hears it.
        done: oneshot::Sender<Result<Made, Unavailable>>,
    },
    /// What an agenda is worked out from.
    Agenda(oneshot::Sender<Result<Option<Planned>, Unavailable>>),
    /// An agenda was worked out for whoever is in this chat. Hears when that is on disk.
    Proposed(
        ChatId,
        Box<Proposal>,
        oneshot::Sender<Result<(), Unavailable>>,
    ),
    /// The agenda as it stands, in this language; nothing if there is none. That it was taken is on disk before.
    Paper(
        Language,
        oneshot::Sender<Result<Option<Box<Paper>>, Unavailable>>,
    ),
    /// Note this in the audit log, for the command line.
    Note(Deed, oneshot::Sender<Result<(), Unavailable>>),
    /// Everything there is, as lines of JSON; that it was asked for is on disk before.
    Export(oneshot::Sender<Result<String, Unavailable>>),
    /// What an erasure of everything about people would do.
    Preview(oneshot::Sender<Result<Preview, Unavailable>>),
    /// Whether a receipt was in digests, with the proof for this one. That it was looked at is on disk before.
    Verify(
        Receipt,
        Option<u32>,
        oneshot::Sender<Result<Option<Answer>, Unavailable>>,
    ),
    /// The audit log.
    Audit(oneshot::Sender<Result<AuditLog, Unavailable>>),
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
    /// The bot is back after an absence in which Telegram has not kept everything: those whom it concerns are to be told.
    WasAway {
        /// For how long.
        absence: Absence,
        /// Who was heard since it is back.
        answered: BTreeSet<ChatId>,
        /// Hears when that is on disk, or that it may not be. Nobody is told twice.
        done: oneshot::Sender<Result<(), Unavailable>>,
    },
    /// A copy of everything begins, of what is on disk now; what it is sealed by. Files stay until [`Work::EndCopy`].
    BeginCopy(oneshot::Sender<Result<Arc<Sealer>, Unavailable>>),
    /// The next piece of it.
    CopyOn(oneshot::Sender<Result<Piece, Unavailable>>),
    /// No copy is wanted any more.
    EndCopy,
    /// Everything that was erased lately.
    Erased(oneshot::Sender<Result<Vec<Gone>, Unavailable>>),
    /// The owners are to be told that no backup can be made; of when the newest is.
    NoBackup(Option<Timestamp>, oneshot::Sender<Result<(), Unavailable>>),
    /// Make a fresh owner's link.
    FreshOwnerLink {
        /// Hears the link.
        done: oneshot::Sender<Result<Option<String>, Unavailable>>,
    },
    /// Say that the writer's thread does not hang, and how it is.
    Ping(oneshot::Sender<Writer>),
    /// Commit what is left and end.
    Stop,
}

/// What an agenda is worked out from: the records, what is planned, and what is known of each item.
pub type Planned = (Snapshot, AgendaPlan, Vec<AgendaItem>);

/// Records of a copy, sealed: none once that was all; nothing if it must begin anew.
pub type Piece = Option<Vec<Pair>>;

/// The audit log, and where it ends.
pub type AuditLog = (Vec<audit::Entry>, audit::Head);

/// A file that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToFetch {
    /// The file as Telegram knows it.
    pub file: FileRef,
    /// What it was sent as.
    pub sent_as: SentAs,
}

/// How the writer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// The fingerprint of the key with which the store is open; none while it failed.
    pub key: Option<String>,
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
    /// The announcement that it belongs to.
    pub announcement: Option<u64>,
    /// How it ended.
    pub end: End,
}

impl Settled {
    /// A row that ended so.
    pub fn of(row: &Row, end: End) -> Self {
        Self {
            row: row.id,
            chat: row.chat,
            person: row.person,
            stranger: row.stranger,
            announcement: row.announcement,
            end,
        }
    }
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
    /// It was made when its turn came.
    Late {
        /// What.
        late: Late,
        /// The message that shows it, if one does.
        message: Option<MessageId>,
        /// Of a report: how many it told as done.
        told: u64,
    },
    /// It was not sent, for this reason: it is a reminder.
    Over(Late, Ending),
    /// It is not to be sent before this instant. The deliverer keeps it until then.
    Later(Timestamp),
    /// It was not sent: the chat is gone.
    Dropped,
    /// It was not sent: its announcement was stopped.
    Stopped,
    /// It was not sent: the group has become a supergroup with this id.
    Moved(ChatId),
}

/// Opens the store; called again after a failure.
pub type Opener = Box<dyn Fn() -> Result<Store, StoreError> + Send>;

/// Hears the names of sealed files whose records are gone.
pub type FilesGone = Box<dyn Fn(&[String]) + Send>;

/// Hears what was erased.
pub type Erased = Box<dyn Fn(&[Gone]) + Send>;

/// What the writer tells the rest of the program about.
pub struct Ears {
    /// Rows to be sent.
    pub deliver: mpsc::UnboundedSender<Delivery>,
    /// How many rows may wait for people who have not joined; 0 for any number.
    pub strangers_at_most: usize,
    /// When the next thing is due by the clock.
    pub next_due: watch::Sender<Option<Timestamp>>,
    /// Files to be fetched.
    pub fetch: mpsc::UnboundedSender<Vec<Attachment>>,
    /// Called with the names of sealed files whose records are gone.
    pub files_gone: FilesGone,
    /// Called with what was erased, before anybody is told of it.
    pub erased: Erased,
    /// Called once the owner's link was used.
    pub link_used: Box<dyn Fn() + Send>,
}
