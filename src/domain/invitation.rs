//! Invitations: links by which people join without being asked who vouches for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An invitation. Its code is nowhere: the store finds the record by the code's keyed hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Counted.
    pub id: u64,
    /// The organisation it is for; any, if none.
    pub organisation: Option<u64>,
    /// How many people may still join by it.
    pub uses_left: u32,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
    /// Whether it was taken back.
    pub revoked: bool,
}

impl Invitation {
    /// Whether somebody may join by it now.
    pub fn is_good(&self, now: Timestamp) -> bool {
        !self.revoked && self.uses_left > 0 && self.expires_at.is_none_or(|expires| now < expires)
    }
}
