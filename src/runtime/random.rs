//! Random numbers from the system.

/// 64 random bits.
pub(super) fn bits() -> u64 {
    getrandom::u64().unwrap_or_else(|_| {
        // Without randomness there is neither a nonce nor a receipt; nothing can go on.
        panic!("the system gives no random numbers")
    })
}
