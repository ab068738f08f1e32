//! What people send: told by its content, and cleaned.
//!
//! Pictures and voice notes are made here, pristine first and then with everything that tells about a sender, each
//! piece with a canary in it. Decoders that know nothing of the room read them before and after.

use samleng::files::{Clean, Refused, Sent, clean};

mod documents;
mod hostile;
mod jpeg;
mod moving;
mod png;
mod tiff;
mod voice;
mod webp;

/// Stands in everything that must go.
pub(crate) const CANARY: &[u8] = b"CANARY";

/// A JPEG with everything that tells about its sender.
pub(crate) fn telling_photo() -> Vec<u8> {
    jpeg::soiled(&jpeg::pristine(5), 5, 6)
}

/// A voice note with tags and a picture.
pub(crate) fn telling_note() -> Vec<u8> {
    voice::written(&voice::note(2).0)
}

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn side(&mut self, most: u64) -> u32 {
        u32::try_from(1 + self.roll(most)).unwrap()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.roll(256) as u8).collect()
    }
}

pub(crate) fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A text with the canary in it.
fn marked(text: &str) -> Vec<u8> {
    [text.as_bytes(), CANARY, text.as_bytes()].concat()
}

/// Cleans a picture or voice note that carries canaries; none is left, and cleaning again changes nothing.
fn cleaned(dirty: &[u8], sent: Sent) -> Clean {
    assert!(has(dirty, CANARY));
    let once = clean(dirty, sent).unwrap();
    assert!(!has(&once.bytes, CANARY));
    assert!(!once.may_name_author);
    let twice = clean(&once.bytes, sent).unwrap();
    assert_eq!(once, twice, "cleaning twice");
    once
}

fn refused(bytes: &[u8], sent: Sent) -> Refused {
    match clean(bytes, sent) {
        Ok(clean) => panic!("{clean:?} should be refused"),
        Err(refused) => refused,
    }
}
