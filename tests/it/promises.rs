//! `docs/PROMISES.md` against the tests: every promise stands there, and every test that it names exists.

use std::collections::BTreeSet;
use std::fs;

use crate::sabotage::{all_tests, root};

/// The promises that hold from the first release on.
fn kept_now() -> impl Iterator<Item = u32> {
    (1..=18).chain([22, 23])
}

/// The rows of its table: the number, and the cells behind it.
fn rows(text: &str) -> Vec<(u32, Vec<&str>)> {
    let (text, _) = text.split_once("\n## ").expect("a second table follows");
    let lines = text.lines().filter_map(|line| line.strip_prefix("| "));
    let row = |line: &'_ str| {
        let (number, _) = line.split_once(" |")?;
        number.parse().ok()
    };
    lines
        .filter_map(|line| Some((row(line)?, line.split(" | ").skip(1).collect())))
        .collect()
}

/// What is set as code.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn every_promise_names_tests_that_exist() {
    let text = fs::read_to_string(root().join("docs/PROMISES.md")).unwrap();
    let tests = all_tests();
    let rows = rows(&text);
    let numbers: BTreeSet<u32> = rows.iter().map(|(number, _)| *number).collect();
    for number in kept_now() {
        assert!(numbers.contains(&number), "promise {number} is missing");
    }
    let mut named = 0;
    for (number, cells) in rows {
        let [promise, held_by, numbers, at_length, measured] = cells[..] else {
            panic!("promise {number} has {} cells", cells.len());
        };
        for cell in [promise, numbers, at_length, measured] {
            assert!(
                !cell.trim().is_empty(),
                "promise {number} leaves a cell empty"
            );
        }
        let before = named;
        for name in code(held_by) {
            // A whole module, or one test.
            let of_module = |test: &String| {
                name.strip_suffix('*')
                    .is_some_and(|of| test.starts_with(of))
            };
            let exists = tests.contains(name) || tests.iter().any(of_module);
            assert!(exists, "promise {number}: there is no test {name}");
            named += 1;
        }
        assert!(named > before, "promise {number} names no test");
    }
    assert!(named > 60, "{named}");
}
