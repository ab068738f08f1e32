//! An organisation: it has one voice, however many people speak for it.

use serde::{Deserialize, Serialize};

use super::Localised;

/// An organisation that takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Counted.
    pub id: u64,
    /// Its name.
    pub name: Localised,
    /// The province it works in, by id.
    pub place: String,
    /// Whether an organiser, an invitation or the registry vouches for it.
    pub verified: bool,
}
