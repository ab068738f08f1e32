//! A digest that was handed out cannot be changed any more: it has a number and a fingerprint.
//!
//! The fingerprint is the root of a Merkle tree with a leaf for each concern that the digest speaks of, included or not. A
//! leaf is the hash of a random salt and of what the digest says of the concern, so that anybody who is given a salt can
//! prove that theirs was in it, and nobody else learns anything. The words themselves are not kept a second time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Edition, Filter, Totals};
use crate::domain::Receipt;

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
    pub root: Hash,
}

/// What opens the leaf of a concern in a digest. It goes when the concern's author is forgotten; the leaf stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The concern.
    pub concern: u64,
    /// The salt, until the concern is withdrawn: nothing can be proven without.
    pub salt: Option<Salt>,
    /// The leaf.
    pub leaf: Hash,
    /// As what it was in the digest.
    pub fate: Fate,
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
