//! Concerns that say something close are found, others are not.

use std::collections::BTreeMap;

use proptest::prelude::*;
use samleng::similar::{Board, CLOSE, Shingles};

use serde::Deserialize;

use crate::in_memory::runner;

const WATER: &str = "No clean water at the school. The well of the primary school has been broken since March \
                     and the children carry water from the river.";
const KHMER: &str = "សាលារៀនគ្មានទឹកស្អាត អណ្តូងទឹករបស់សាលាបឋមសិក្សាខូចតាំងពីខែមីនា ហើយកុមារត្រូវដងទឹកពីទន្លេ។";
const LATIN: &str =
    "Sala rien kmean teuk saart, andong teuk khoch tang pi khae mina, kmeng dong teuk pi tonle";

fn likeness(a: &str, b: &str) -> f32 {
    Shingles::of(a).likeness(&Shingles::of(b))
}

#[test]
fn the_same_in_another_spelling_is_close() {
    for (a, b) in [
        (WATER, WATER),
        (WATER, &*WATER.to_uppercase()),
        (WATER, &*WATER.replace(' ', "  ").replace(". ", "!\n")),
        (KHMER, &*KHMER.replace(' ', "\u{200B}")),
        (
            KHMER,
            &*KHMER.replace("ោ", "\u{17C1}\u{17B6}").replace("្ត", "្ដ"),
        ),
        (
            LATIN,
            "sala rean kmean tuk sart andoung tuk khoc tang pi khe mina kmeng doung tuk pi tounle",
        ),
    ] {
        let found = likeness(a, b);
        assert!(found >= CLOSE, "{found}: {b}");
    }
}

#[test]
fn what_is_about_something_else_is_not_close() {
    for (a, b) in [
        (
            WATER,
            "The health centre has no medicine. Nurses tell mothers to buy it at the market in town.",
        ),
        (KHMER, "មណ្ឌលសុខភាពអស់ថ្នាំ គិលានុបដ្ឋាយិកាប្រាប់ម្តាយឱ្យទៅទិញនៅផ្សារ។"),
        (WATER, KHMER),
        // Short texts agree by accident, and say too little to be told apart.
        ("Land", "Land"),
        ("ដីធ្លី", "ដីធ្លី"),
        ("", ""),
        ("...", "???"),
    ] {
        let found = likeness(a, b);
        assert!(found < CLOSE, "{found}: {a} / {b}");
    }
}

#[test]
fn the_board_tells_the_closest_first_and_forgets_what_is_taken_away() {
    let less = WATER.replace("primary", "small old");
    let mut board = Board::new();
    for (id, text) in [(7, &*less), (9, WATER), (3, WATER), (1, KHMER)] {
        board.insert(id, Shingles::of(text));
    }
    let ids = |board: &Board, at_most| -> Vec<u64> {
        let found = board.close_to(&Shingles::of(WATER), at_most);
        found.into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(ids(&board, 5), [3, 9, 7]);
    assert_eq!(ids(&board, 2), [3, 9]);
    assert!(ids(&board, 0).is_empty());
    board.remove(9);
    board.insert(3, Shingles::of(KHMER));
    assert_eq!(ids(&board, 5), [7]);
    assert_eq!(board.len(), 3);
}

#[test]
fn likeness_is_mutual_and_within_bounds() {
    let words = prop::sample::select(
        WATER
            .split(' ')
            .chain(KHMER.split(' '))
            .chain(LATIN.split(' '))
            .collect::<Vec<_>>(),
    );
    let text = prop::collection::vec(words, 0..30).prop_map(|words| words.join(" "));
    runner(1_000)
        .run(&(text.clone(), text, "\\PC{0,80}"), |(a, b, odd)| {
            for (a, b) in [(&a, &b), (&a, &odd)] {
                let found = likeness(a, b);
                prop_assert!((0.0..=1.0).contains(&found));
                prop_assert_eq!(found, likeness(b, a));
                prop_assert!([0.0, 1.0].contains(&likeness(a, a)));
            }
            Ok(())
        })
        .unwrap();
}

/// A line of tests/data/close/pairs.jsonl; its README says how it was made.
#[derive(Deserialize)]
struct Pair {
    a: Concern,
    b: Concern,
    close: bool,
    script: String,
}

#[derive(Deserialize)]
struct Concern {
    title: String,
    story: String,
}

impl Concern {
    fn shingles(&self) -> Shingles {
        Shingles::of(&format!("{}\n{}", self.title, self.story))
    }
}

#[test]
fn of_labelled_pairs_nearly_all_that_are_close_are_found_and_few_others() {
    let pairs: Vec<Pair> = include_str!("../data/close/pairs.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut board = Board::new();
    for (pair, id) in pairs.iter().zip((0..).step_by(2)) {
        board.insert(id, pair.a.shingles());
        board.insert(id + 1, pair.b.shingles());
    }
    let is_found = |pair: &Pair, id: u64| {
        let found = board.close_to(&pair.a.shingles(), usize::MAX);
        found.iter().any(|(found, _)| *found == id + 1)
    };
    judge(&pairs, is_found);
    // Two texts alone, with nothing else known.
    judge(&pairs, |pair, _| {
        pair.a.shingles().likeness(&pair.b.shingles()) >= CLOSE
    });
}

fn judge(pairs: &[Pair], is_found: impl Fn(&Pair, u64) -> bool) {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (pair, id) in pairs.iter().zip((0..).step_by(2)) {
        let found = is_found(pair, id);
        let [right, missed, wrong] = counts.entry(&pair.script).or_default();
        *right += usize::from(found && pair.close);
        *missed += usize::from(!found && pair.close);
        *wrong += usize::from(found && !pair.close);
    }
    for script in ["english", "khmer", "romanised"] {
        let [right, missed, wrong] = counts[script];
        assert_eq!(
            right + missed,
            91,
            "{script}: not the data this was written for"
        );
        let (recall, precision) = (
            right as f64 / (right + missed) as f64,
            right as f64 / (right + wrong) as f64,
        );
        assert!(recall >= 0.95, "{script}: recall {recall}");
        assert!(precision >= 0.90, "{script}: precision {precision}");
    }
}

#[test]
fn a_letter_that_many_send_round_makes_nobody_close() {
    let troubles = [
        WATER,
        "The health centre has no medicine. Nurses tell mothers to buy it at the market in town.",
        "Trucks with luxury wood leave the forest after midnight; plate numbers were given to the office in vain.",
        "The bank closed the account of our association and asks for a stamp that no office gives.",
    ];
    let letter = |trouble: &str| {
        format!(
            "With great respect we greet Your Excellency on behalf of the thirty-four members of our network, and \
             bring before you the following. {trouble} We thank you for reading this and trust in your good will."
        )
    };
    // Two of them alone look close, and one cannot know better.
    assert!(likeness(&letter(troubles[0]), &letter(troubles[1])) >= CLOSE);
    let mut board = Board::new();
    for (id, trouble) in (0..).zip(troubles) {
        board.insert(id, Shingles::of(&letter(trouble)));
    }
    let again = letter(&WATER.replace("primary", "small"));
    let found = board.close_to(&Shingles::of(&again), 5);
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0]);
}
