//! The audit log: who did what when, never what was said.
//!
//! Guarantees: each entry holds the hash of all before it, and [`Head`] the number and the hash of the last. So an entry that
//! was changed, left out, put in or put elsewhere is found ([`verify`]), and so is a log that lacks its end. That a whole log
//! was written anew can be seen only by whoever noted an earlier head: `samleng audit` prints it.
//!
//! Must never: rename or reorder a variant or field here. The hash covers their JSON, and every older entry would no longer
//! fit its own.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Role, Status};

/// A hash: 32 bytes of SHA-256.
pub type Hash = [u8; 32];

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Whoever has the machine.
    CommandLine,
    /// A person, by internal number.
    Person(u64),
    /// The program by itself.
    Program,
}

/// What was done. Ids only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The owner's link was used: its user is an owner now.
    OwnerClaimed,
    /// The link of a role was made.
    RoleOffered(Role),
    /// Somebody has a role from now on.
    RoleGiven(u64, Role),
    /// Somebody has none any more.
    RoleTaken(u64),
    /// A group is the organisers' from now on.
    GroupBound,
    /// No group is, any more.
    GroupUnbound,
    /// The bot was removed from that group.
    GroupLost,
    /// Somebody looked at a concern and at who says it.
    Looked(u64),
    /// Somebody had a file of a concern sent.
    FileSeen(u64),
    /// Concerns were searched.
    Searched,
    /// A digest of the organisers' edition was made.
    DigestMade,
    /// A digest of the shared edition was made.
    SharedDigestMade,
    /// The audit log was read.
    AuditRead,
    /// Everything was exported.
    Exported,
    /// A concern stands there from now on.
    StatusSet(u64, Status),
    /// A concern is part of another now.
    Merged(u64, u64),
    /// A concern stands for itself again.
    Unmerged(u64),
    /// The author of a concern was asked something.
    Asked(u64),
    /// A voice note of a concern was written down.
    WrittenDown(u64),
    /// What is known of the meeting was changed.
    MeetingSet(u64),
    /// An organisation was approved.
    OrganisationApproved(u64),
    /// An organisation was suspended.
    OrganisationSuspended(u64),
    /// An organisation is neither approved nor suspended any more.
    OrganisationPlain(u64),
    /// An organisation has another name.
    OrganisationRenamed(u64),
    /// An organisation became part of another.
    OrganisationsMerged(u64, u64),
    /// So many invitations were made.
    Invited(u64),
    /// An invitation was taken back.
    InvitationRevoked(u64),
    /// So many organisations of the registry were read.
    RegistryRead(u64),
    /// Something was announced to so many people.
    Announced(u64, u64),
    /// An announcement was stopped.
    AnnouncementStopped(u64),
    /// Everything about people was erased, after this meeting; 0 if none was known.
    Erased(u64),
    /// Everything was restored from the backup that was taken so many seconds after 1970 began, UTC.
    Restored(i64),
    /// How the time of a meeting is divided was changed.
    AgendaPlanned(u64),
    /// How long a concern takes was changed.
    ItemTimed(u64),
    /// It was decided by hand whether a concern is on the agenda, or left to the method again.
    ItemByHand(u64),
    /// The agenda of a meeting was settled.
    AgendaSettled(u64),
    /// The agenda of a meeting was taken along, or the cards of its items.
    AgendaTaken(u64),
    /// What happens at a meeting is logged from here on.
    FloorBegun(u64),
    /// How long a side has spoken at a meeting was corrected.
    MinutesCorrected(u64),
    /// Something that was logged at a meeting was taken back.
    FloorUndone(u64),
    /// A promise was written down.
    PromiseMade(u64),
    /// A promise was changed.
    PromiseChanged(u64),
    /// A promise was taken back: it was none.
    PromiseTakenBack(u64),
    /// What organisations say of a promise was read, with who says it.
    ReportsRead(u64),
    /// What organisers heard became of a promise was written down, or taken off.
    PromiseHeard(u64),
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place, from 0.
    pub place: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: Who,
    /// What.
    pub deed: Deed,
    /// The hash of this and of all before it.
    pub hash: Hash,
}

/// Where the log ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many entries there are.
    pub count: u64,
    /// The hash of the last; zeros before the first.
    pub hash: Hash,
}

impl Head {
    /// The next entry; the log ends with it from here on.
    pub fn append(&mut self, at: Timestamp, who: Who, deed: Deed) -> Entry {
        let place = self.count;
        let hash = chained(&self.hash, place, at, who, deed);
        *self = Self {
            count: place + 1,
            hash,
        };
        Entry {
            place,
            at,
            who,
            deed,
            hash,
        }
    }
}

fn chained(before: &Hash, place: u64, at: Timestamp, who: Who, deed: Deed) -> Hash {
    let entry = serde_json::to_vec(&(place, at, who, deed)).unwrap_or_default(); // numbers and names can always be written
    let mut hash = Sha256::new();
    hash.update(b"samleng audit v1");
    hash.update(before);
    hash.update(&entry);
    hash.finalize().into()
}

/// Where a log is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit log was tampered with at entry {0}")]
pub struct Tampered(pub u64);

/// Whether these are all entries that were written, as they were.
///
/// # Errors
/// The place of the first entry that does not fit those before it, that is missing, or that the head does not know. Entries
/// that all fit each other but not the head were written anew, nobody can tell from where on: the last is named.
pub fn verify<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
    head: &Head,
) -> Result<(), Tampered> {
    let mut so_far = Head::default();
    for entry in entries {
        let place = so_far.count;
        if so_far.append(entry.at, entry.who, entry.deed) != *entry {
            return Err(Tampered(place));
        }
    }
    match so_far.count.cmp(&head.count) {
        Ordering::Equal if so_far.hash == head.hash => Ok(()),
        Ordering::Equal => Err(Tampered(head.count.saturating_sub(1))),
        Ordering::Less => Err(Tampered(so_far.count)),
        Ordering::Greater => Err(Tampered(head.count)),
    }
}
