//! The records, their keys and their bytes.
//!
//! Keys hold counted ids and keyed hashes only: never a Telegram id, a name or a receipt. Values are MessagePack
//! with field names, so they describe themselves, sealed together with a version. tests/data/records keeps bytes
//! of every version that was ever written; they decode forever.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::outbox::Row;
use super::seal::Sealer;
use crate::dialogue::Person;
use crate::domain::{ChatId, Concern, MessageId, Organisation, Receipt, Seen};

/// Room for the bytes of a record; most fit.
const BYTES: usize = 1024;

/// A kind of record.
pub trait Record: Serialize + DeserializeOwned {
    /// The first byte of its keys.
    const PREFIX: u8;
    /// The version that is written now. A reader of older ones stands beside the type that changed.
    const VERSION: u8 = 1;
}

/// What there is once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The offset of the next `getUpdates`; none before the first update.
    pub offset: Option<i64>,
    /// The updates handled lately.
    pub seen: Seen,
    /// The next id for a record, and number for a person.
    pub next_id: u64,
    /// The number of the next event that sends something.
    pub next_event: u64,
    /// Whether there is an owner.
    pub has_owner: bool,
    /// The counter of the owner's link that may be used, if there is one.
    pub owner_link: Option<u64>,
    /// The counter of the next owner's link.
    pub next_owner_link: u64,
    /// The bot's username, for links, once Telegram has told it.
    pub username: Option<String>,
}

impl Default for Meta {
    fn default() -> Self {
        Self {
            offset: None,
            seen: Seen::default(),
            next_id: 1,
            next_event: 1,
            has_owner: false,
            owner_link: None,
            next_owner_link: 0,
            username: None,
        }
    }
}

/// The message in a chat that carries the newest buttons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The chat.
    pub chat: ChatId,
    /// The message.
    pub message: MessageId,
}

/// A pointer from a keyed hash to a counted id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganisationName(pub u64);

/// A pointer from a keyed hash to a counted id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiptOf(pub u64);

/// An event that could not be handled: which, and why. Nothing of what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// The update.
    pub update: u32,
    /// What went wrong.
    pub why: String,
}

impl Record for Meta {
    const PREFIX: u8 = b'm';
}
impl Record for Person {
    const PREFIX: u8 = b'p';
}
impl Record for Organisation {
    const PREFIX: u8 = b'o';
}
impl Record for OrganisationName {
    const PREFIX: u8 = b'n';
}
impl Record for Concern {
    /// Not `c`, with which the key of the check value begins.
    const PREFIX: u8 = b's';
}
impl Record for ReceiptOf {
    const PREFIX: u8 = b'r';
}
impl Record for Row {
    const PREFIX: u8 = b'q';
}
impl Record for Shown {
    const PREFIX: u8 = b'k';
}
impl Record for Aside {
    const PREFIX: u8 = b'a';
}

/// A key of the store that knows what it points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<R> {
    pub(super) bytes: Vec<u8>,
    kind: std::marker::PhantomData<R>,
}

impl<R: Record> Key<R> {
    fn new(rest: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(1 + rest.len());
        bytes.push(R::PREFIX);
        bytes.extend_from_slice(rest);
        Self {
            bytes,
            kind: std::marker::PhantomData,
        }
    }

    fn hashed(sealer: &Sealer, what: &[u8]) -> Self {
        Self::new(&sealer.index(R::PREFIX, what))
    }
}

/// The key of what there is once.
pub fn meta() -> Key<Meta> {
    Key::new(&[])
}

/// The key of the person in this chat.
pub fn person(sealer: &Sealer, chat: ChatId) -> Key<Person> {
    Key::hashed(sealer, &chat.0.to_be_bytes())
}

/// The key of what this chat shows.
pub fn shown(sealer: &Sealer, chat: ChatId) -> Key<Shown> {
    Key::hashed(sealer, &chat.0.to_be_bytes())
}

/// The key of an organisation.
pub fn organisation(id: u64) -> Key<Organisation> {
    Key::new(&id.to_be_bytes())
}

/// The key of an organisation's folded name.
pub fn organisation_name(sealer: &Sealer, folded: &str) -> Key<OrganisationName> {
    Key::hashed(sealer, folded.as_bytes())
}

/// The key of a concern.
pub fn concern(id: u64) -> Key<Concern> {
    Key::new(&id.to_be_bytes())
}

/// The key of a receipt.
pub fn receipt(sealer: &Sealer, receipt: Receipt) -> Key<ReceiptOf> {
    Key::hashed(sealer, receipt.to_string().as_bytes())
}

/// The key of a row of the outbox: in the order in which rows were made.
pub fn row(id: super::outbox::RowId) -> Key<Row> {
    let mut rest = [0; 10];
    rest[..8].copy_from_slice(&id.event.to_be_bytes());
    rest[8..].copy_from_slice(&id.index.to_be_bytes());
    Key::new(&rest)
}

/// The key of an event set aside; the newest thousand are kept.
pub fn aside(number: u64) -> Key<Aside> {
    Key::new(&(number % 1_000).to_be_bytes())
}

/// The bytes of a record before they are sealed.
///
/// # Errors
/// If the record cannot be written as MessagePack; none of ours is of such a kind.
pub fn encode<R: Record>(record: &R) -> Result<Vec<u8>, rmp_serde::encode::Error> {
    let mut bytes = Vec::with_capacity(BYTES);
    rmp_serde::encode::write_named(&mut bytes, record)?;
    Ok(bytes)
}

/// The record in these bytes.
///
/// # Errors
/// If they are of a version that this program does not know, or of no record.
pub fn decode<R: Record>(version: u8, bytes: &[u8]) -> Result<R, String> {
    if version != R::VERSION {
        return Err(format!(
            "a record of version {version}; this program knows {}",
            R::VERSION
        ));
    }
    // The error's text could quote what is in the record.
    rmp_serde::from_slice(bytes).map_err(|_| "a record that is not of its kind".to_owned())
}
