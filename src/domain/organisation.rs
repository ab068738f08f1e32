//! An organisation: it has one voice, however many people speak for it.

use serde::{Deserialize, Serialize};

use super::Localised;

/// Unicode characters of a name, at most.
pub const NAME_CHARS: usize = 150;

/// An organisation that takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Counted.
    pub id: u64,
    /// Its name.
    pub name: Localised,
    /// The province it works in, by id; empty while nobody has said.
    pub place: String,
    /// Whether the organisers approved it. To stand in the registry is not enough, since anybody can type its name;
    /// who joined by an invitation is vouched for alone ([`super::Concern::vouched`]).
    pub verified: bool,
    /// Its number in the registry, if it stands there.
    #[serde(default)]
    pub number: Option<String>,
    /// Whether the organisers suspended it: its members may read and withdraw, and add nothing.
    #[serde(default)]
    pub suspended: bool,
}

impl Organisation {
    /// Whether it counts with others: organisers approved it, and have not suspended it.
    pub fn has_voice(&self) -> bool {
        self.verified && !self.suspended
    }
}
