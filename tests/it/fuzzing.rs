//! What is fuzzed (promise 7), as ordinary tests: every target takes the files that are kept for it, and thousands of changes to those.
//!
//! libFuzzer goes on from the same files for as long as one likes (`tests/fuzz`). An input that broke something is kept among them.

#[allow(unreachable_pub, reason = "it is a library of its own as well")]
#[path = "../../fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use samleng::store::kind::{self, Each};
use samleng::store::record::{self, Record};
use targets::{ALL, Target};

use crate::sabotage::root;

/// Changes to each file; those of the slow ones are fewer.
const CHANGES: u64 = if cfg!(debug_assertions) { 40 } else { 400 };
const SLOW: [(&str, u64); 2] = [("renderers", 5), ("emulator", 40)];

fn files_of(target: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/data/fuzz").join(target);
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// SplitMix64.
struct Luck(u64);

impl Luck {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

/// One to four small changes: a bit, a byte that is often special, a piece that is left out, doubled, or taken from another file.
fn changed(bytes: &[u8], other: &[u8], luck: &mut Luck) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=luck.below(4) {
        let at = luck.below(changed.len() + 1);
        let end = (at + 1 + luck.below(16)).min(changed.len());
        match luck.below(5) {
            0 if at < changed.len() => changed[at] ^= 1 << luck.below(8),
            1 if at < changed.len() => changed[at] = [0, 0x7F, 0x80, 0xFF, b'"'][luck.below(5)],
            2 if at < end => drop(changed.drain(at..end)),
            3 if at < end => {
                let piece = changed[at..end].to_vec();
                changed.splice(at..at, piece);
            }
            _ if !other.is_empty() => {
                let from = luck.below(other.len());
                let to = (from + 1 + luck.below(16)).min(other.len());
                changed.splice(at..at, other[from..to].iter().copied());
            }
            _ => changed.insert(at, luck.below(256) as u8),
        }
    }
    changed
}

fn hold(target: Target, bytes: &[u8], what: &str) {
    let (name, run) = target;
    if catch_unwind(AssertUnwindSafe(|| run(bytes))).is_err() {
        let kept = std::env::temp_dir().join(format!("samleng-fuzz-{name}"));
        fs::write(&kept, bytes).unwrap();
        panic!(
            "{name} does not hold for {what}; the bytes are in {}",
            kept.display()
        );
    }
}

#[test]
fn every_target_takes_what_is_kept_for_it_and_what_is_like_it() {
    for target in ALL {
        let (name, _) = target;
        let files = files_of(name);
        assert!(files.len() > 5, "{name} has {} files", files.len());
        let contents: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
        let slow = SLOW.iter().find(|(slow, _)| *slow == name);
        let changes = slow.map_or(CHANGES, |(_, changes)| *changes);
        let mut luck = Luck(7);
        for (path, bytes) in files.iter().zip(&contents) {
            let file = path.display().to_string();
            hold(target, bytes, &file);
            for number in 0..changes {
                let other = &contents[luck.below(contents.len())];
                let changed = changed(bytes, other, &mut luck);
                hold(target, &changed, &format!("change {number} to {file}"));
            }
        }
    }
}

#[test]
fn every_target_has_its_program_and_its_files_and_there_are_no_others() {
    let names: BTreeSet<String> = ALL.map(|(name, _)| name.to_owned()).into();
    assert_eq!(names.len(), ALL.len());
    let folder = |path: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root().join(path)).unwrap();
        let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        entries.map(|entry| name(entry.unwrap().path())).collect()
    };
    assert_eq!(folder("fuzz/fuzz_targets"), names);
    assert_eq!(folder("tests/data/fuzz"), names);
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let script = fs::read_to_string(root().join("tests/fuzz")).unwrap();
    for name in &names {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let program = fs::read_to_string(root().join(format!("fuzz/fuzz_targets/{name}.rs")));
        assert!(
            program.unwrap().contains(&format!("samleng_fuzz::{name}(")),
            "{name}"
        );
        assert!(
            script.contains(&format!("[{name}]=")),
            "tests/fuzz leaves out {name}"
        );
    }
}

/// Whether bytes are a record of a kind.
struct IsRead<'b>(u8, &'b [u8]);

impl Each for IsRead<'_> {
    type Done = bool;

    fn with<R: Record>(self) -> bool {
        record::decode::<R>(self.0, self.1).is_ok()
    }
}

/// The target takes a kind by its place in the list, so there is a file for each place that it can read.
#[test]
fn every_kind_of_record_is_read() {
    let files = files_of("record").into_iter();
    let files: Vec<Vec<u8>> = files.map(|path| fs::read(path).unwrap()).collect();
    for (nth, prefix) in (0..).zip(kind::PREFIXES) {
        let is_read = |file: &Vec<u8>| match file.as_slice() {
            [place, version, plain @ ..] if *place == nth => {
                kind::with(*prefix, IsRead(*version, plain)).unwrap()
            }
            _ => false,
        };
        let kind = char::from(*prefix);
        assert!(files.iter().any(is_read), "{kind} is in none of the files");
    }
}
