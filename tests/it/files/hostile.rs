//! Whatever the bytes: no panic, no canary in what comes out, nothing much larger than what came in, and what comes out
//! is clean already.

use proptest::prelude::*;
use samleng::files::{Refused, Sent, clean, kind};

use super::{Dice, documents, jpeg, png, voice, webp};

/// Dirty files of every kind.
fn samples() -> Vec<Vec<u8>> {
    let mut samples = Vec::new();
    for seed in 0..6 {
        samples.push(jpeg::soiled(&jpeg::pristine(seed), seed, 6));
        samples.push(png::soiled(&png::pristine(seed * 2), seed, 3));
        samples.push(webp::soiled(&webp::pristine(seed), seed, 8));
        samples.push(voice::written(&voice::note(seed + 1).0));
    }
    samples.extend(documents::samples().into_iter().map(|(_, bytes)| bytes));
    samples
}

/// Cleans as a document, which every kind may be.
fn hold(bytes: &[u8]) -> bool {
    let Ok(once) = clean(bytes, Sent::Document) else {
        return false;
    };
    assert_eq!(kind(bytes), Some(once.kind));
    assert!(once.bytes.len() <= bytes.len() + 256);
    assert_eq!(clean(&once.bytes, Sent::Document), Ok(once));
    true
}

#[test]
fn cut_off_anywhere_it_is_refused_or_clean() {
    for sample in samples() {
        let step = (sample.len() / 300).max(1);
        for length in (0..sample.len()).step_by(step) {
            hold(&sample[..length]);
        }
        assert!(hold(&sample));
    }
    // Before its end marker a picture is never whole.
    for seed in 0..6 {
        for whole in [jpeg::pristine(seed), png::pristine(seed)] {
            for length in 1..whole.len().min(3000) {
                let refused = clean(&whole[..whole.len() - length], Sent::Document);
                let expected = [Refused::Damaged, Refused::Unknown, Refused::Empty];
                assert!(refused.is_err_and(|refused| expected.contains(&refused)));
            }
        }
    }
}

#[test]
fn changed_anywhere_it_is_refused_or_clean() {
    let mut kept = 0;
    for (number, sample) in (0..).zip(samples()) {
        let mut dice = Dice::new(number);
        for _ in 0..400 {
            let mut changed = sample.clone();
            for _ in 0..dice.side(3) {
                // Half of the changes hit the headers.
                let reach = [sample.len(), sample.len().min(700)][dice.roll(2) as usize];
                let at = dice.roll(reach as u64) as usize;
                changed[at] = [0, 1, 0x7F, 0xFF, dice.roll(256) as u8][dice.roll(5) as usize];
            }
            kept += usize::from(hold(&changed));
        }
    }
    // Changes to what goes anyway do no harm.
    assert!(kept > 1000, "{kept}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn bytes_behind_any_beginning_do_no_harm(
        beginning in 0usize..10,
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let beginnings: [&[u8]; 10] = [
            b"",
            b"\xFF\xD8",
            b"\xFF\xD8\xFF\xE1",
            b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0",
            b"RIFF\x40\0\0\0WEBPVP8X\x0A\0\0\0",
            b"RIFF\x40\0\0\0WEBPVP8L",
            b"OggS\0\x02",
            b"%PDF-",
            b"PK\x03\x04",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        ];
        let file = [beginnings[beginning], &bytes].concat();
        for sent in [Sent::Voice, Sent::Photo, Sent::Document] {
            let _ = clean(&file, sent);
        }
        hold(&file);
    }

    #[test]
    fn parts_of_files_in_any_order_do_no_harm(
        parts in proptest::collection::vec((0usize..37, 0.0..1.0, 0usize..200), 1..6),
    ) {
        use std::sync::LazyLock;
        static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(samples);
        let mut file = Vec::new();
        for (sample, begin, length) in parts {
            let sample = &SAMPLES[sample];
            let begin = if file.is_empty() { 0 } else { (sample.len() as f64 * begin) as usize };
            file.extend(&sample[begin..sample.len().min(begin + length)]);
        }
        hold(&file);
    }
}
