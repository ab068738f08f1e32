//! The records, their keys and their bytes.
//!
//! Keys hold counted ids and keyed hashes only: never a Telegram id, a name or a receipt. Values are MessagePack
//! with field names, so they describe themselves, sealed together with a version. tests/data/records keeps bytes
//! of every version that was ever written; they decode forever.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::erasures::Gone;
use super::outbox::Row;
use super::seal::Sealer;
use crate::dialogue::Person;
use crate::digest::frozen::{Frozen, Hash, Opening};
use crate::domain::{
    AgendaItem, AgendaPlan, Announcement, Archive, Attachment, Card, ChatId, Concern, Endorsement,
    FloorEntry, Group, Invitation, Meeting, MessageId, Organisation, Past, Promise, Receipt,
    Reminded, Report, Rsvp, Seen, Voice, audit,
};

/// The layout of the keys that is written now. A store of an older one gets all its pointers (`pointer`) anew when it is opened, and
/// what is said of promises, which release 7 kept by organisation, is kept by person from then on.
pub const LAYOUT: u32 = 2;
/// How many concerns share a record of what opens their leaves in a digest: few enough that to withdraw one changes little,
/// and enough that a digest of 20,000 is kept in some hundred writes.
pub(super) const OPENED_TOGETHER: u64 = 64;
/// Room for the bytes of a record; most fit.
const BYTES: usize = 1024;

/// A kind of record; [`super::kind`] lists them.
pub trait Record: Serialize + DeserializeOwned {
    /// The first byte of its keys.
    const PREFIX: u8;
    /// The version that is written now. Older ones are read as well: what came later has a default.
    const VERSION: u8;
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
    /// The layout of the pointers.
    #[serde(default)]
    pub layout: u32,
    /// Since when something is erased that a rebuild has not yet taken from the disk.
    #[serde(default)]
    pub erased_since: Option<Timestamp>,
    /// The organisers' group.
    #[serde(default)]
    pub group: Option<Group>,
    /// Where the audit log ends.
    #[serde(default)]
    pub audit: audit::Head,
    /// Until when the organisers' group was told what is new.
    #[serde(default)]
    pub told_news_at: Option<Timestamp>,
    /// The number of the newest digest; 0 before the first.
    #[serde(default)]
    pub last_digest: u32,
    /// The number of the next erasure ([`Gone`]).
    #[serde(default)]
    pub next_erasure: u64,
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
            layout: LAYOUT,
            erased_since: None,
            group: None,
            audit: audit::Head::default(),
            told_news_at: None,
            last_digest: 0,
            next_erasure: 0,
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

/// A pointer from the keyed hash of a registry number to an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Numbered(pub u64);

/// A pointer from a person's internal number to their chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatOf(pub ChatId);

/// A pointer from an organisation to the chat of somebody who speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberOf(pub ChatId);

/// A pointer from an author to a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WrittenBy(pub u64);

/// A pointer from a concern to one that is part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartOf(pub u64);

/// A pointer from an organisation and a concern to an attachment, with the bytes that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOf {
    /// The attachment.
    pub id: u64,
    /// Bytes, kept or expected.
    pub size: u64,
}

/// A pointer from the keyed hash of a code to an invitation. The code is nowhere, so this is made once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeOf(pub u64);

/// What opens the leaves of some concerns in a digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Openings {
    /// The digest's number.
    pub digest: u32,
    /// By concern.
    pub openings: Vec<Opening>,
}

/// Some leaves of a digest, of all in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaves {
    /// The digest's number.
    pub digest: u32,
    /// The leaves.
    #[serde(with = "crate::digest::hex::list")]
    pub leaves: Vec<Hash>,
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

    fn of<const N: usize>(ids: [u64; N]) -> Self {
        Self {
            bytes: beginning::<R>(&ids),
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

/// The key of an organisation's number in the registry.
pub fn numbered(sealer: &Sealer, number: &str) -> Key<Numbered> {
    Key::hashed(sealer, number.as_bytes())
}

/// The key of a person's chat.
pub fn chat_of(person: u64) -> Key<ChatOf> {
    Key::new(&person.to_be_bytes())
}

/// The key of somebody who speaks for an organisation.
pub fn member_of(organisation: u64, person: u64) -> Key<MemberOf> {
    Key::of([organisation, person])
}

/// The key of a concern that somebody wrote.
pub fn written_by(author: u64, concern: u64) -> Key<WrittenBy> {
    Key::of([author, concern])
}

/// The key of a concern that is part of another.
pub fn part_of(whole: u64, concern: u64) -> Key<PartOf> {
    Key::of([whole, concern])
}

/// The key of an attachment of an organisation's concern.
pub fn file_of(organisation: u64, concern: u64, attachment: u64) -> Key<FileOf> {
    Key::of([organisation, concern, attachment])
}

/// The key of the meeting; there is one.
pub fn meeting() -> Key<Meeting> {
    Key::new(&[])
}

/// The key of a meeting that was followed by another.
pub fn past_meeting(id: u64) -> Key<Meeting> {
    Key::of([id])
}

/// The key of what is planned for a meeting.
pub fn agenda_plan(meeting: u64) -> Key<AgendaPlan> {
    Key::of([meeting])
}

/// The key of a concern as an item.
pub fn agenda_item(concern: u64) -> Key<AgendaItem> {
    Key::of([concern])
}

/// The key of an entry of a meeting's floor log.
pub fn floor(meeting: u64, place: u64) -> Key<FloorEntry> {
    Key::of([meeting, place])
}

/// The key of a promise.
pub fn promise(id: u64) -> Key<Promise> {
    Key::of([id])
}

/// The key of what somebody says of a promise. Where nobody is left who said it, it is found by the organisation: no id is that of
/// both.
pub fn report(report: &Report) -> Key<Report> {
    let whose = match report.person {
        0 => report.organisation,
        person => person,
    };
    report_by(report.promise, whose)
}

/// The key of what the person with this number says of a promise.
pub fn report_by(promise: u64, person: u64) -> Key<Report> {
    Key::of([promise, person])
}

/// The key of a voice. Where nobody is left who said it, it is found by what those of its organisation share: no number of a person is as
/// great.
pub fn voice(voice: &Voice) -> Key<Voice> {
    voice_of(voice.promise, voice.person.unwrap_or(!voice.shared))
}

/// The key of the voice of the person with this number.
pub fn voice_of(promise: u64, person: u64) -> Key<Voice> {
    Key::of([promise, person])
}

/// The key of an organisation's answer to a meeting.
pub fn rsvp(meeting: u64, organisation: u64) -> Key<Rsvp> {
    Key::of([meeting, organisation])
}

/// The key of an organisation's support for a concern.
pub fn endorsement(concern: u64, organisation: u64) -> Key<Endorsement> {
    Key::of([concern, organisation])
}

/// The key of what stands beside a concern at this place.
pub fn past(concern: u64, place: u32) -> Key<Past> {
    Key::of([concern, place.into()])
}

/// The first id in a key that is made of ids.
pub(super) fn first_id(key: &[u8]) -> Option<u64> {
    let id = key.get(1..9)?.try_into().ok()?;
    Some(u64::from_be_bytes(id))
}

/// The key of an attachment.
pub fn attachment(id: u64) -> Key<Attachment> {
    Key::new(&id.to_be_bytes())
}

/// The key of an invitation.
pub fn invitation(id: u64) -> Key<Invitation> {
    Key::new(&id.to_be_bytes())
}

/// The key of an announcement.
pub fn announcement(id: u64) -> Key<Announcement> {
    Key::new(&id.to_be_bytes())
}

/// The key of what stayed of a meeting.
pub fn archive(id: u64) -> Key<Archive> {
    Key::new(&id.to_be_bytes())
}

/// The key of a digest that was handed out.
pub fn frozen(number: u32) -> Key<Frozen> {
    Key::of([number.into()])
}

/// The key of what opens a concern's leaf in a digest, together with those of its neighbours.
pub fn openings(concern: u64, digest: u32) -> Key<Openings> {
    Key::of([concern / OPENED_TOGETHER, digest.into()])
}

/// What the keys begin with of all that opens a concern's leaves, whatever the digest.
pub(super) fn openings_of(concern: u64) -> Vec<u8> {
    beginning::<Openings>(&[concern / OPENED_TOGETHER])
}

/// The key of some leaves of a digest: the first, the second ...
pub fn leaves(digest: u32, part: u64) -> Key<Leaves> {
    Key::of([digest.into(), part])
}

/// The key of a concern's card in the organisers' group.
pub fn card(concern: u64) -> Key<Card> {
    Key::new(&concern.to_be_bytes())
}

/// The key of a reminder that was sent.
pub fn reminded(meeting: u64, id: u64) -> Key<Reminded> {
    Key::of([meeting, id])
}

/// The key of an erasure.
pub fn gone(number: u64) -> Key<Gone> {
    Key::of([number])
}

/// The key of an entry of the audit log.
pub fn audit(place: u64) -> Key<audit::Entry> {
    Key::new(&place.to_be_bytes())
}

/// The key of an invitation's code, by the hash that the master key gives it.
pub fn code_of(hash: [u8; 16]) -> Key<CodeOf> {
    Key::new(&hash)
}

/// What the keys of a kind begin with that belong to these ids, in the order of the functions above.
pub fn beginning<R: Record>(ids: &[u64]) -> Vec<u8> {
    let mut bytes = vec![R::PREFIX];
    bytes.extend(ids.iter().flat_map(|id| id.to_be_bytes()));
    bytes
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
    if version > R::VERSION {
        return Err(format!(
            "a record of version {version}; this program knows those up to {}",
            R::VERSION
        ));
    }
    // The error's text could quote what is in the record.
    rmp_serde::from_slice(bytes).map_err(|_| "a record that is not of its kind".to_owned())
}
