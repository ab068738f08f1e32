//! A digest as it came back, as JSON, held against what is known of the one with its number; and proofs that need no store.
//!
//! Guarantees: what is found to be whole says of this one concern what the digest with that fingerprint said. Of the others
//! nothing is known here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::frozen::{Fate, Frozen, Hash, Salt, in_full, leaf};
use super::merkle::Path;
use super::{Edition, Totals, scores};
use crate::domain::Receipt;

/// The schema of our digests.
const SCHEMA: &str = "samleng-digest/1";

/// A digest as JSON, as far as it is looked at.
#[derive(Clone, Debug, Deserialize)]
pub struct Paper {
    schema: String,
    edition: Edition,
    number: Option<u32>,
    #[serde(default)]
    fingerprint: Option<String>,
    totals: Totals,
    #[serde(default)]
    scores: Vec<Value>,
    concerns: Vec<Value>,
}

/// That a receipt was in a digest, as what, for whoever has no store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The receipt.
    pub receipt: Receipt,
    /// The salt of its leaf.
    #[serde(with = "super::hex")]
    pub salt: Salt,
    /// The digest's number.
    pub number: u32,
    /// The digest's edition.
    pub edition: Edition,
    /// The way from the leaf to the fingerprint.
    pub path: Path,
    /// The fingerprint.
    #[serde(with = "super::hex")]
    pub root: Hash,
    /// As what it was in the digest.
    pub fate: Fate,
    /// What the digest said of it, where that was at hand.
    pub concern: Option<Value>,
}

/// What is wrong with a digest that came back, or with a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It is none.
    #[error("that is no digest of this program: {0}")]
    NotOurs(String),
    /// It was never frozen.
    #[error("this digest has no number: it was not handed out")]
    NoNumber,
    /// It does not carry the fingerprint of the digest with its number.
    #[error("it was altered: its fingerprint is not that of digest {0}")]
    Fingerprint(u32),
    /// Edition, totals or scores are those of another.
    #[error("it was altered: its edition, its totals or its scores are not those of digest {0}")]
    Figures(u32),
    /// It does not hold the concern that was in the digest under this running number.
    #[error("it holds no concern number {0}: it is not the whole digest, or it was altered")]
    Missing(u64),
    /// It says something else of the concern.
    #[error("it was altered: digest {number} said something else of {receipt}")]
    Altered {
        /// The digest.
        number: u32,
        /// The receipt.
        receipt: Receipt,
    },
    /// The proof is of something else.
    #[error("the proof is of another receipt or of another digest")]
    OtherProof,
    /// Nothing is left to say it by.
    #[error("the proof names no concern, and there is no file that does")]
    NoConcern,
}

impl Paper {
    /// Reads a digest of ours.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(json: &[u8]) -> Result<Self, Doubt> {
        let paper: Self = serde_json::from_slice(json).map_err(|error| {
            // The error's text could quote what somebody said.
            Doubt::NotOurs(format!("line {}", error.line()))
        })?;
        if paper.schema != SCHEMA {
            return Err(Doubt::NotOurs("another schema".to_owned()));
        }
        Ok(paper)
    }

    /// Its number.
    ///
    /// # Errors
    /// If it has none.
    pub fn number(&self) -> Result<u32, Doubt> {
        self.number.ok_or(Doubt::NoNumber)
    }

    /// Whether it carries the fingerprint and the figures of this digest.
    ///
    /// # Errors
    /// What is another.
    pub fn is_that(&self, frozen: &Frozen) -> Result<(), Doubt> {
        let number = frozen.number;
        self.carries(number, &frozen.root)?;
        let scores = scores::hash(&self.scores);
        let same = self.totals == frozen.totals && scores == frozen.scores;
        if self.edition != frozen.edition || !same {
            return Err(Doubt::Figures(number));
        }
        Ok(())
    }

    fn carries(&self, number: u32, root: &Hash) -> Result<(), Doubt> {
        let same = self.fingerprint.as_deref() == Some(&in_full(root));
        if same && self.number()? == number {
            return Ok(());
        }
        Err(Doubt::Fingerprint(number))
    }

    /// What it says of a concern that was in the digest as this; nothing where a digest says nothing.
    ///
    /// # Errors
    /// If it says nothing where it must, or something where it must not.
    pub fn said(&self, receipt: Receipt, fate: Fate) -> Result<Option<&Value>, Doubt> {
        let altered = Doubt::Altered {
            number: self.number()?,
            receipt,
        };
        match fate {
            Fate::Included { number } => {
                let mut found = self.concerns.iter();
                let is_it = |concern: &&Value| concern["number"].as_u64() == Some(number);
                let first = found.find(is_it).ok_or(Doubt::Missing(number))?;
                // Of two of one number a reader sees the one that was put in.
                if found.any(|concern| is_it(&concern)) {
                    return Err(altered);
                }
                Ok(Some(first))
            }
            Fate::Merged { .. }
            | Fate::Withdrawn
            | Fate::Held
            | Fate::Waiting
            | Fate::Rejected
            | Fate::OrganisersOnly
            | Fate::Unreviewed => {
                let code = receipt.to_string();
                let mut all = self.concerns.iter();
                if all.any(|concern| concern["receipt"].as_str() == Some(&code)) {
                    return Err(altered);
                }
                Ok(None)
            }
        }
    }
}

impl Proof {
    /// Whether a digest says of the receipt what this proves; without a digest, whether this holds in itself.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, receipt: Receipt, paper: Option<&Paper>) -> Result<(), Doubt> {
        if self.receipt != receipt {
            return Err(Doubt::OtherProof);
        }
        let concern = match paper {
            Some(paper) => {
                if paper.number()? != self.number || paper.edition != self.edition {
                    return Err(Doubt::OtherProof);
                }
                paper.carries(self.number, &self.root)?;
                paper.said(receipt, self.fate)?
            }
            None => self.concern.as_ref(),
        };
        if matches!(self.fate, Fate::Included { .. }) && concern.is_none() {
            return Err(Doubt::NoConcern);
        }
        let leaf = leaf(&self.salt, self.edition, receipt, self.fate, concern);
        if self.path.proves(&leaf, &self.root) {
            return Ok(());
        }
        Err(Doubt::Altered {
            number: self.number,
            receipt,
        })
    }
}
