//! Sealing: what makes a copied disk unreadable, and a changed one noticed.
//!
//! Guarantees: a sealed value opens only with the key it was sealed with, under the store key and
//! the version it was sealed for; any changed byte, and a value moved to another store key, is an
//! error. XChaCha20-Poly1305 with 24 random bytes of nonce, so that nonces need not be counted.
//! Not hidden: how many records there are, how long they are, when they change.
//!
//! Must never: be given the master key itself, or print a key or a plain value.
//!
//! A sealed value: version (1 byte), nonce (24), ciphertext, tag (16). Authenticated with it: the
//! version and the store key.

use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes by which a sealed value is longer than the plain one.
pub const OVERHEAD: usize = 1 + NONCE + 16;

/// The store key of the record by which a wrong key is recognised.
pub const CHECK_KEY: &[u8] = b"check";

const NONCE: usize = 24;
const CHECK_VERSION: u8 = 1;
const CHECK_PLAIN: &[u8] = b"samleng";
const CHECKSUM: usize = 8;

/// Why a sealed value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Shorter than the shortest sealed value.
    #[error("a sealed value is cut short")]
    TooShort,
    /// Changed, moved from another store key, or sealed with another key.
    #[error("a sealed value was changed, moved or sealed with another key")]
    Forged,
    /// The check record is whole but was sealed with another key.
    #[error("the key is not the one this store was sealed with")]
    WrongKey,
}

/// Seals, opens and hashes with the keys of one epoch.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    index_key: Zeroizing<[u8; 32]>,
}

impl Sealer {
    /// From the sealing key and the index key of [`super::key::MasterKey::derive`].
    #[must_use]
    pub fn new(seal_key: &[u8; 32], index_key: &[u8; 32]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(<&Key>::from(seal_key)),
            index_key: Zeroizing::new(*index_key),
        }
    }

    /// The key under which [`Sealer::index`] hashes. It opens nothing.
    pub(super) fn index_key(&self) -> &[u8; 32] {
        &self.index_key
    }

    /// Seals `plain` for the place `key` of the store. Sealing twice gives different bytes.
    #[must_use]
    pub fn seal(&self, key: &[u8], version: u8, plain: &[u8]) -> Vec<u8> {
        seal_with(&self.cipher, key, version, plain)
    }

    /// The version and the plain value of what was sealed for the place `key`.
    ///
    /// # Errors
    /// [`SealError::TooShort`] or [`SealError::Forged`].
    pub fn open(&self, key: &[u8], sealed: &[u8]) -> Result<(u8, Vec<u8>), SealError> {
        open_with(&self.cipher, key, sealed)
    }

    /// A keyed hash of `bytes` for use in store keys: HMAC-SHA256 cut to 16 bytes. The same bytes
    /// under another `kind`, another master key or another epoch hash differently.
    #[must_use]
    pub fn index(&self, kind: u8, bytes: &[u8]) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.index_key.as_slice())
            .expect("HMAC takes keys of any length"); // ours is 32 bytes
        mac.update(&[kind]);
        mac.update(bytes);
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        short
    }

    /// What to store under [`CHECK_KEY`] when a store is made: a sealed constant and a plain
    /// checksum of it, which tells a wrong key from a damaged record.
    #[must_use]
    pub fn check_value(&self) -> Vec<u8> {
        let mut value = self.seal(CHECK_KEY, CHECK_VERSION, CHECK_PLAIN);
        let sum = Sha256::digest(&value);
        value.extend_from_slice(&sum[..CHECKSUM]);
        value
    }

    /// Checks what is stored under [`CHECK_KEY`] when a store is opened.
    ///
    /// # Errors
    /// [`SealError::WrongKey`]; [`SealError::TooShort`] or [`SealError::Forged`] if the record
    /// itself is damaged.
    pub fn verify(&self, stored: &[u8]) -> Result<(), SealError> {
        let (sealed, sum) = stored
            .split_last_chunk::<CHECKSUM>()
            .ok_or(SealError::TooShort)?;
        if Sha256::digest(sealed)[..CHECKSUM] != *sum {
            return Err(SealError::Forged);
        }
        match self.open(CHECK_KEY, sealed) {
            Ok((CHECK_VERSION, plain)) if plain == CHECK_PLAIN => Ok(()),
            Ok(_) | Err(SealError::Forged | SealError::WrongKey) => Err(SealError::WrongKey),
            Err(SealError::TooShort) => Err(SealError::TooShort),
        }
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(hidden)")
    }
}

/// Seals `plain` for `place` with a cipher that may be of one file only.
pub(super) fn seal_with(
    cipher: &XChaCha20Poly1305,
    place: &[u8],
    version: u8,
    plain: &[u8],
) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce)
        .expect("the kernel has random bytes: a process that got this far read some"); // and to go on without would leak
    let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
    sealed.push(version);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let text = sealed[1 + NONCE..].as_mut();
    let tag = cipher
        .encrypt_inout_detached(&XNonce::from(nonce), &aad(place, version), text.into())
        .expect("only a plain text over 256 GiB is refused"); // values are under 64 KiB, files under 21 MiB
    sealed.extend_from_slice(&tag);
    sealed
}

/// The version and the plain bytes of what was sealed for `place`.
pub(super) fn open_with(
    cipher: &XChaCha20Poly1305,
    place: &[u8],
    sealed: &[u8],
) -> Result<(u8, Vec<u8>), SealError> {
    if sealed.len() < OVERHEAD {
        return Err(SealError::TooShort);
    }
    let (version, rest) = sealed.split_first().ok_or(SealError::TooShort)?;
    let (nonce, text) = rest
        .split_first_chunk::<NONCE>()
        .ok_or(SealError::TooShort)?;
    let aad = aad(place, *version);
    let payload = Payload {
        msg: text,
        aad: &aad,
    };
    let plain = cipher
        .decrypt(<&XNonce>::from(nonce), payload)
        .map_err(|_| SealError::Forged)?;
    Ok((*version, plain))
}

fn aad(key: &[u8], version: u8) -> Vec<u8> {
    let mut aad = Vec::with_capacity(1 + key.len());
    aad.push(version);
    aad.extend_from_slice(key);
    aad
}
