//! The deliberate bugs of `tests/sabotage`: each can still be put into the sources as they are, says which promise it breaks, and names
//! tests that exist. Whether those find it is for that script to see, since each bug is a build of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// As many as were asked for.
const BUGS: usize = 10;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The whole names of all tests in this program.
pub(crate) fn all_tests() -> BTreeSet<String> {
    let me = std::env::current_exe().unwrap();
    let listed = Command::new(me).arg("--list").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let names = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"));
    names.map(str::to_owned).collect()
}

fn patches() -> Vec<PathBuf> {
    let folder = root().join("tests/data/sabotage");
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// What is behind this word on a line of its own.
fn behind<'t>(text: &'t str, word: &str) -> &'t str {
    let mut lines = text.lines();
    let found = lines.find_map(|line| line.strip_prefix(word));
    found.unwrap_or_else(|| panic!("no line begins with {word:?}: {text}"))
}

/// The pieces of a patch: the file, and the lines that must stand there before.
fn pieces(patch: &str) -> Vec<(&str, String)> {
    let mut pieces = Vec::new();
    let mut file = "";
    for line in patch.lines() {
        if let Some(path) = line.strip_prefix("+++ b/") {
            file = path;
        } else if line.starts_with("@@ ") {
            pieces.push((file, String::new()));
        } else if let Some((_, before)) = pieces.last_mut()
            && let Some(kept) = line.strip_prefix([' ', '-'])
            && !line.starts_with("--- ")
        {
            before.push_str(kept);
            before.push('\n');
        }
    }
    pieces
}

#[test]
fn every_bug_can_be_put_in_and_names_tests_that_exist() {
    let tests = all_tests();
    let patches = patches();
    assert_eq!(patches.len(), BUGS);
    for path in patches {
        let patch = fs::read_to_string(&path).unwrap();
        let name = path.display();
        assert!(behind(&patch, "Promise ").contains(": "), "{name}");
        for test in behind(&patch, "Tests: ").split_whitespace() {
            assert!(tests.contains(test), "{name}: there is no test {test}");
        }
        let pieces = pieces(&patch);
        assert!(!pieces.is_empty(), "{name} changes nothing");
        for (file, before) in pieces {
            assert!(file.starts_with("src/"), "{name} changes {file}");
            let source = fs::read_to_string(root().join(file)).unwrap();
            let times = source.matches(&before).count();
            assert_eq!(
                times, 1,
                "{name}: in {file} this must stand once:\n{before}"
            );
        }
    }
}
