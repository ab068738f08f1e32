//! Random numbers from the system.

/// 64 random bits.
pub(super) fn bits() -> u64 {
    getrandom::u64().unwrap_or_else(|_| {
        // Without randomness there is neither a nonce nor a receipt; nothing can go on.
        panic!("the system gives no random numbers")
    })
}

/// What makes a leaf of a digest's fingerprint impossible to guess.
pub fn salt() -> crate::digest::frozen::Salt {
    many_bits().to_be_bytes()
}

/// 128 of them.
pub(super) fn many_bits() -> u128 {
    (u128::from(bits()) << 64) | u128::from(bits())
}
