//! A text as the set of its short runs of letters.

use super::heard::heard;
use crate::text::clean::fold;

/// The likeness from which two texts are called close. Measured on labelled pairs: docs/BENCHES.md.
pub const CLOSE: f32 = 0.57;

/// How many letters a run has; measured there, too.
pub const RUN: usize = 3;

/// A text with fewer runs, such as a title of two words, is close to nothing: two of these agree by accident.
const ENOUGH: usize = 16;

/// The runs of a text, hashed; no order and no words are left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shingles {
    hashes: Box<[u32]>,
}

impl Shingles {
    /// Of the title and story of a concern, in any mixture of scripts.
    pub fn of(text: &str) -> Self {
        Self::of_runs(text, RUN)
    }

    /// The same with runs of another length, for measuring. Only those of one length can be compared.
    ///
    /// # Panics
    /// If the length is 0.
    pub fn of_runs(text: &str, length: usize) -> Self {
        let letters = letters(text);
        let mut hashes: Vec<u32> = letters.windows(length).map(hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self {
            hashes: hashes.into_boxed_slice(),
        }
    }

    /// The part of all their runs that both have (Jaccard): from 0, nothing, to 1, the same. 0 if one is too short.
    ///
    /// Nothing is known here of other texts; a [`Board`](super::Board) weighs runs by how many of its texts hold them.
    pub fn likeness(&self, other: &Self) -> f32 {
        if !self.says_enough() || !other.says_enough() {
            return 0.0;
        }
        let shared = shared(&self.hashes, &other.hashes);
        shared as f32 / (self.hashes.len() + other.hashes.len() - shared) as f32
    }

    pub(super) fn says_enough(&self) -> bool {
        self.hashes.len() >= ENOUGH
    }

    /// In order, each once.
    pub(super) fn runs(&self) -> &[u32] {
        &self.hashes
    }
}

/// How many numbers both hold.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        // Without branches: which side goes on is as good as random.
        shared += usize::from(a[i] == b[j]);
        let (left, right) = (a[i] <= b[j], b[j] <= a[i]);
        i += usize::from(left);
        j += usize::from(right);
    }
    shared
}

/// The letters that are compared. Words in Latin letters stand apart; Khmer is written without spaces, or with some
/// that mean little.
fn letters(text: &str) -> Vec<char> {
    let mut letters = Vec::with_capacity(text.len() / 2);
    for word in text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation()) {
        let word: String = fold(word).chars().filter(|c| is_said(*c)).collect();
        if word.is_empty() {
            continue;
        }
        if word.chars().all(|c| c.is_ascii_alphanumeric()) {
            if letters.last() != Some(&' ') {
                letters.push(' ');
            }
            letters.extend(heard(&word).chars());
            letters.push(' ');
        } else {
            letters.extend(word.chars());
        }
    }
    letters
}

/// Letters, digits and Khmer marks; no punctuation, no pictures.
fn is_said(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{17B6}'..='\u{17D3}' | '\u{17DD}')
}

/// FNV-1a over the letters: the same everywhere and always.
fn hash(run: &[char]) -> u32 {
    run.iter().fold(0x811C_9DC5, |hash, letter| {
        (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193)
    })
}
