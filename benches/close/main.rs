//! How well and how fast concerns that say something close are found; docs/BENCHES.md tells how and what for.
//!
//! Everything is printed and nothing fails because of a figure: tests/it/close.rs holds what must stay true.

#[path = "../load/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Context as _;
use samleng::similar::{Board, CLOSE, RUN, Shingles};
use serde::Deserialize;

use table::{Table, median};

const PAIRS: &str = include_str!("../../tests/data/close/pairs.jsonl");
const SCRIPTS: [&str; 3] = ["khmer", "romanised", "english"];
/// How many texts are held, in each script.
const HELD: u64 = 5_000;
/// How many new ones are held against them.
const NEW: u64 = 500;

#[derive(Deserialize)]
struct Pair {
    a: Concern,
    b: Concern,
    close: bool,
    script: String,
    kind: String,
}

#[derive(Deserialize)]
struct Concern {
    title: String,
    story: String,
}

impl Concern {
    fn text(&self) -> String {
        format!("{}\n{}", self.title, self.story)
    }
}

fn main() -> anyhow::Result<()> {
    let pairs = PAIRS
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<Vec<Pair>, _>>()
        .context("tests/data/close/pairs.jsonl")?;
    println!(
        "Precision / recall at each length of run and threshold; in use: {RUN} and {CLOSE}.\n"
    );
    println!("| runs | from | khmer | romanised | english |\n|---|---|---|---|---|");
    for length in 2..=6 {
        for percent in (35..=75).step_by(5) {
            row(&pairs, length, percent as f32 / 100.0);
        }
    }
    row(&pairs, RUN, CLOSE);
    on_a_board(&pairs);
    println!();
    let mut table = Table::new();
    for script in SCRIPTS {
        at_scale(&mut table, &pairs, script);
    }
    Ok(())
}

fn row(pairs: &[Pair], length: usize, threshold: f32) {
    let mut cells = String::new();
    for script in SCRIPTS {
        let mut tally = Tally::default();
        for pair in pairs.iter().filter(|pair| pair.script == script) {
            let [a, b] = [&pair.a, &pair.b].map(|side| Shingles::of_runs(&side.text(), length));
            tally.add(pair.close, a.likeness(&b) >= threshold);
        }
        cells += &tally.cell();
    }
    println!("| {length} | {threshold:.2} |{cells}");
}

/// With all texts of the set on one board, which weighs the runs: what people meet.
fn on_a_board(pairs: &[Pair]) {
    let mut board = Board::new();
    for (pair, id) in pairs.iter().zip((0..).step_by(2)) {
        board.insert(id, Shingles::of(&pair.a.text()));
        board.insert(id + 1, Shingles::of(&pair.b.text()));
    }
    let mut cells = String::new();
    for script in SCRIPTS {
        let mut tally = Tally::default();
        for (pair, id) in pairs
            .iter()
            .zip((0..).step_by(2))
            .filter(|(pair, _)| pair.script == script)
        {
            let found = board.close_to(&Shingles::of(&pair.a.text()), usize::MAX);
            tally.add(pair.close, found.iter().any(|(found, _)| *found == id + 1));
        }
        cells += &tally.cell();
    }
    println!("| {RUN}, weighed on a board | {CLOSE:.2} |{cells}");
}

#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    close: usize,
}

impl Tally {
    fn add(&mut self, is_close: bool, is_found: bool) {
        self.close += usize::from(is_close);
        self.right += usize::from(is_found && is_close);
        self.wrong += usize::from(is_found && !is_close);
    }

    /// Precision and recall.
    fn cell(&self) -> String {
        let share = |of: usize| self.right as f64 / of.max(1) as f64;
        let (precision, recall) = (share(self.right + self.wrong), share(self.close));
        format!(" {precision:.3} / {recall:.3} |")
    }
}

/// A text made of sentences of the set.
struct Made {
    sentences: [usize; 4],
    text: String,
}

/// Unrelated texts: each of four sentences drawn from all stories of the script (but letters with one frame) by a
/// small generator of fixed seed. What is found and has less than half of the letters of its own sentences in common is
/// a false match.
fn at_scale(table: &mut Table, pairs: &[Pair], script: &str) {
    let sentences = sentences(pairs, script);
    let mut random = Random(7);
    for (what, frame) in [
        ("", None),
        (", all in one letter's frame", Some(frame(pairs, script))),
    ] {
        let frame_of = frame
            .as_ref()
            .map(|frame| frame.each_ref().map(String::as_str));
        let made: Vec<Made> = (0..HELD + NEW)
            .map(|_| made(&mut random, &sentences, frame_of))
            .collect();
        let (new, held) = made.split_at(NEW as usize);
        let mut board = Board::new();
        for (id, made) in (0..).zip(held) {
            board.insert(id, Shingles::of(&made.text));
        }
        let (mut right, mut wrong, mut disturbed) = (0, 0, 0);
        for new in new {
            let mut is_wrong = false;
            for (id, _) in board.close_to(&Shingles::of(&new.text), usize::MAX) {
                let other = &held[id as usize];
                if in_common(&sentences, new, other) < 0.5 {
                    wrong += 1;
                    is_wrong = true;
                } else {
                    right += 1;
                }
            }
            disturbed += usize::from(is_wrong);
        }
        table.row(
            &format!("{script}{what}: {NEW} new texts against {HELD} unrelated ones"),
            &format!(
                "{wrong} false matches at {disturbed} of the new; {right} that share half or more"
            ),
            if frame.is_none() { "none" } else { "" },
        );
        if frame.is_none() {
            let letters = held
                .iter()
                .map(|made| made.text.chars().count())
                .sum::<usize>()
                / held.len();
            let mut rounds: Vec<f64> = (0..5).map(|_| milliseconds(&board, new)).collect();
            table.row(
                &format!("{script}: a new text of about {letters} letters against {HELD}, from text to answer"),
                &format!("{:.2} ms", median(&mut rounds)),
                "under 10 ms",
            );
        }
    }
}

/// The part of the letters of the longer one that stands in sentences of both.
fn in_common(sentences: &[String], a: &Made, b: &Made) -> f64 {
    let letters =
        |drawn: &[usize]| -> usize { drawn.iter().map(|i| sentences[*i].chars().count()).sum() };
    let both: Vec<usize> = a
        .sentences
        .iter()
        .copied()
        .filter(|i| b.sentences.contains(i))
        .collect();
    letters(&both) as f64 / letters(&a.sentences).max(letters(&b.sentences)) as f64
}

/// The mean over all new texts.
fn milliseconds(board: &Board, new: &[Made]) -> f64 {
    let begun = Instant::now();
    let mut found = 0;
    for new in new {
        found += board.close_to(&Shingles::of(&new.text), 5).len();
    }
    let passed = begun.elapsed().as_secs_f64() * 1_000.0;
    std::hint::black_box(found);
    passed / new.len() as f64
}

/// The sentences of all stories, each once but for its spellings.
fn sentences(pairs: &[Pair], script: &str) -> Vec<String> {
    let mut found = BTreeMap::new();
    for pair in pairs
        .iter()
        .filter(|pair| pair.script == script && pair.kind != "frame")
    {
        // Of a close pair one side is a variant of the other.
        let sides = if pair.close {
            vec![&pair.a]
        } else {
            vec![&pair.a, &pair.b]
        };
        for side in sides {
            for sentence in side.story.split_inclusive(['.', '។', '?', '!']) {
                let sentence = sentence.trim();
                if sentence.chars().count() >= 15 {
                    found.insert(samleng::text::clean::fold(sentence), sentence.to_owned());
                }
            }
        }
    }
    // Variants of one sentence would be the same sentence under two numbers.
    let mut distinct: Vec<(Shingles, String)> = Vec::new();
    for sentence in found.into_values() {
        let shingles = Shingles::of(&sentence);
        if distinct
            .iter()
            .all(|(other, _)| shingles.likeness(other) < 0.4)
        {
            distinct.push((shingles, sentence));
        }
    }
    distinct.into_iter().map(|(_, sentence)| sentence).collect()
}

/// The opening and the closing that the letters of the set share most often.
fn frame(pairs: &[Pair], script: &str) -> [String; 2] {
    let mut counts = [BTreeMap::new(), BTreeMap::new()];
    for pair in pairs
        .iter()
        .filter(|pair| pair.script == script && pair.kind == "frame")
    {
        for side in [&pair.a, &pair.b] {
            let sentences: Vec<&str> = side
                .story
                .split_inclusive(['.', '។'])
                .map(str::trim)
                .collect();
            for (counts, sentence) in counts.iter_mut().zip([sentences.first(), sentences.last()]) {
                *counts
                    .entry(sentence.copied().unwrap_or_default())
                    .or_insert(0_usize) += 1;
            }
        }
    }
    counts.map(|counts| {
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map_or_else(String::new, |(sentence, _)| sentence.to_owned())
    })
}

fn made(random: &mut Random, sentences: &[String], frame: Option<[&str; 2]>) -> Made {
    let mut drawn = [0; 4];
    for i in 0..drawn.len() {
        drawn[i] = loop {
            let next = random.below(sentences.len());
            if !drawn[..i].contains(&next) {
                break next;
            }
        };
    }
    let [opening, closing] = frame.unwrap_or_default();
    let body: Vec<&str> = drawn.iter().map(|i| sentences[*i].as_str()).collect();
    Made {
        sentences: drawn,
        text: format!("{opening} {} {closing}", body.join(" ")),
    }
}

/// A small generator of numbers, the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}
