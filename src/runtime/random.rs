//! Where luck comes from: the system, or a seed.
//!
//! Guarantees: clones draw from one source. A running bot has the system's; by a seed everything that comes by luck is the same
//! in every run, which is for simulation: whoever knows the seed knows every receipt.

use std::sync::{Arc, Mutex, PoisonError};

/// A source of random numbers. See the module; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Random {
    /// The state of the generator; none is the system's.
    seeded: Option<Arc<Mutex<u64>>>,
}

impl Random {
    /// Numbers that follow from this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            seeded: Some(Arc::new(Mutex::new(seed))),
        }
    }

    /// 64 random bits.
    #[must_use]
    pub fn bits(&self) -> u64 {
        let Some(state) = &self.seeded else {
            return bits();
        };
        // SplitMix64, http://xoshiro.di.unimi.it/splitmix64.c
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 128 of them.
    #[must_use]
    pub fn many_bits(&self) -> u128 {
        (u128::from(self.bits()) << 64) | u128::from(self.bits())
    }
}

/// 64 random bits of the system.
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

/// 128 random bits of the system.
pub(super) fn many_bits() -> u128 {
    (u128::from(bits()) << 64) | u128::from(bits())
}
