//! Which concerns say something close to another, in Khmer, English, Khmer in Latin letters, or mixed.
//!
//! A text becomes a set of short runs of letters ([`Shingles`]); two texts are as like as the part that their sets
//! share. No dictionary and no network, so it works offline in any script; a text in Khmer and its translation are
//! not alike. It proposes and never decides: a person looks at what is found. [`Board`] holds all concerns in memory;
//! nothing here is stored. It never logs and keeps no words: a set of hashes is what remains of a text.

mod board;
mod heard;
mod shingles;

pub use board::Board;
pub use shingles::{CLOSE, RUN, Shingles};
