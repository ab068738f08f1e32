//! A digest that was handed out cannot be changed any more: it has a number and a fingerprint.
//!
//! The fingerprint is the root of a Merkle tree with a leaf for each concern that the digest speaks of, included or not. A
//! leaf is the hash of a random salt and of what the digest says of the concern, so that anybody who is given a salt can
//! prove that theirs was in it, and nobody else learns anything. The words themselves are not kept a second time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Edition, Filter, Totals};
use crate::domain::{Concern, Disclosure, Receipt, Status};

/// A hash, SHA-256.
pub type Hash = [u8; 32];
/// What makes a leaf impossible to guess.
pub type Salt = [u8; 16];

/// A digest that was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Its number, from 1.
    pub number: u32,
    /// For whom it was.
    pub edition: Edition,
    /// Of what.
    pub filter: Filter,
    /// When it was made.
    pub made_at: Timestamp,
    /// What became of everything that was received.
    pub totals: Totals,
    /// Its fingerprint.
    #[serde(with = "super::hex")]
    pub root: Hash,
    /// By what its scores are known again, where it has some.
    #[serde(
        default,
        with = "super::hex::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub scores: Option<Hash>,
}

/// A digest as it is to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// The digest.
    pub frozen: Frozen,
    /// What opens its leaves, by concern.
    pub openings: Vec<Opening>,
    /// Whether it is another than the last one of its edition and selection.
    pub is_new: bool,
}

/// What opens the leaf of a concern in a digest. It goes when the concern's author is forgotten; the leaf stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The concern.
    pub concern: u64,
    /// The salt, until the concern is withdrawn: nothing can be proven without. What was withdrawn before has none.
    #[serde(with = "super::hex::option")]
    pub salt: Option<Salt>,
    /// The leaf.
    #[serde(with = "super::hex")]
    pub leaf: Hash,
    /// As what it was in the digest.
    pub fate: Fate,
    /// Whether the digest says whose it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
}

/// As what a concern is in a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// As a concern of its own.
    Included {
        /// Its running number.
        number: u64,
    },
    /// As part of another one.
    Merged {
        /// The other one.
        into: u64,
    },
    /// Taken back by its author.
    Withdrawn,
    /// Kept back by the organisers.
    Held,
    /// Its organisation is not approved yet.
    Waiting,
    /// Refused by the organisers.
    Rejected,
    /// Its author lets only the organisers read it.
    OrganisersOnly,
    /// Not reviewed yet.
    Unreviewed,
}

/// What became of a concern in a digest that is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fated {
    /// The concern.
    pub concern: u64,
    /// Its receipt.
    pub receipt: Receipt,
    /// As what it is in the digest.
    pub fate: Fate,
}

impl Opening {
    /// Whether what a digest of this edition says of the concern may still be handed out: neither its author nor, in what is for the
    /// authority, the organisers took it back since.
    pub fn stands(&self, edition: Edition, concern: Option<&Concern>) -> bool {
        if self.salt.is_none() {
            return self.fate == Fate::Withdrawn;
        }
        let lets = |concern: &Concern| match (edition, self.fate) {
            (_, _) if concern.status == Status::Withdrawn => false,
            (Edition::Shared, Fate::Included { .. }) => {
                let is_kept_back = matches!(
                    concern.status,
                    Status::Held | Status::Rejected | Status::Waiting | Status::Merged
                );
                let lets = concern.disclosure.lets_others_read();
                lets && !is_kept_back && (!self.named || concern.disclosure == Disclosure::Named)
            }
            (Edition::Organisers | Edition::Shared | Edition::Group, _) => true,
        };
        concern.is_some_and(lets)
    }
}

impl Fate {
    /// Its id in what is hashed.
    pub fn id(self) -> &'static str {
        match self {
            Self::Included { .. } => "included",
            Self::Merged { .. } => "merged",
            Self::Withdrawn => "withdrawn",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Rejected => "rejected",
            Self::OrganisersOnly => "organisers_only",
            Self::Unreviewed => "unreviewed",
        }
    }
}

/// The leaf of a concern: `SHA-256(0x00 || salt || entry)`, where the entry is JSON with its keys in the order of their bytes
/// and no spaces: `{"concern", "edition", "fate", "receipt"}`. The concern is its object in the digest as JSON; null unless it
/// is included.
pub fn leaf(
    salt: &Salt,
    edition: Edition,
    receipt: Receipt,
    fate: Fate,
    concern: Option<&Value>,
) -> Hash {
    let concern = concern.unwrap_or(&Value::Null);
    let mut entry = b"{\"concern\":".to_vec();
    canonical(concern, &mut entry);
    for (key, value) in [
        ("edition", edition.id()),
        ("fate", fate.id()),
        ("receipt", &receipt.to_string()),
    ] {
        entry.extend(format!(",\"{key}\":\"{value}\"").bytes());
    }
    entry.push(b'}');
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(salt);
    hash.update(entry);
    hash.finalize().into()
}

/// The fingerprint of a digest with these leaves. They are sorted, so that their order tells nothing.
pub fn fingerprint(leaves: &mut [Hash]) -> Hash {
    leaves.sort_unstable();
    super::merkle::root(leaves)
}

/// The whole fingerprint in hexadecimal digits.
pub fn in_full(root: &Hash) -> String {
    HEXLOWER.encode(root)
}

/// What people compare of a fingerprint: its first sixteen digits in groups of four.
pub fn in_short(root: &Hash) -> String {
    let digits = HEXLOWER.encode(&root[..8]);
    let groups = [&digits[..4], &digits[4..8], &digits[8..12], &digits[12..]];
    groups.join(" ")
}

/// JSON with its keys in the order of their bytes and no spaces, however the library orders them.
pub fn canonical(value: &Value, into: &mut Vec<u8>) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            into.push(b'{');
            for (place, (key, value)) in fields.into_iter().enumerate() {
                if place > 0 {
                    into.push(b',');
                }
                plain(key, into);
                into.push(b':');
                canonical(value, into);
            }
            into.push(b'}');
        }
        Value::Array(values) => {
            into.push(b'[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    into.push(b',');
                }
                canonical(value, into);
            }
            into.push(b']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => plain(value, into),
    }
}

/// What has no keys.
fn plain(value: &(impl Serialize + ?Sized), into: &mut Vec<u8>) {
    serde_json::to_writer(into, value).expect("a text or a number is JSON"); // and a Vec takes it
}
