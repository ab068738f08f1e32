//! Invitations: links by which people join without being asked who vouches for them, or by which they get a role.

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Role;

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
    /// The role that it gives; then it is for no organisation.
    #[serde(default)]
    pub role: Option<Role>,
    /// What the owner calls whoever gets that role.
    #[serde(default)]
    pub called: Option<String>,
}

/// The code of the `place`-th invitation that is made at one moment: 128 bits in base64url, from the moment's random bits.
/// So what is made together can be told again while those bits are kept, which is until the links are sent.
pub fn code(random: u128, place: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(b"samleng invitation code v1");
    hash.update(random.to_be_bytes());
    hash.update(place.to_be_bytes());
    BASE64URL_NOPAD.encode(&hash.finalize()[..16])
}

impl Invitation {
    /// Whether somebody may join by it now.
    pub fn is_good(&self, now: Timestamp) -> bool {
        !self.revoked && self.uses_left > 0 && self.expires_at.is_none_or(|expires| now < expires)
    }
}
