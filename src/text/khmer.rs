//! One order and one spelling for each Khmer syllable, so that what looks alike compares alike.
//!
//! On paper a syllable is a letter with marks around it; typed, the marks come in any order, some have two codes
//! and some are two codes side by side. The order made here is that of the Khmer Encoding Structure (Unicode
//! Technical Note 61): base, robat, subscripts with RO last, shifter, vowels before, below, above and after, signs.
//! SIL's khnormal was the reference for what is drawn alike. For comparison only: a text so ordered is never stored
//! nor shown. Nothing is lost but repetitions of a mark, and subscript signs with nothing to set below.

/// Makes the next letter a subscript.
pub(super) const COENG: char = '\u{17D2}';
const ROBAT: char = '\u{17CC}';
const MUUSIKATOAN: char = '\u{17C9}';
const TRIISAP: char = '\u{17CA}';
const AA: char = '\u{17B6}';
const II: char = '\u{17B8}';
const U: char = '\u{17BB}';
const OE: char = '\u{17BE}';
const E: char = '\u{17C1}';
const OO: char = '\u{17C4}';
const NIKAHIT: char = '\u{17C6}';
const BA: char = '\u{1794}';
const DA: char = '\u{178A}';
const TA: char = '\u{178F}';
const RO: char = '\u{179A}';

/// The text in the one order and spelling. Doing it again changes nothing.
///
/// Zero-width characters must be gone already: one between two marks would part a syllable.
pub(super) fn unified(text: &str) -> String {
    let mut letters = Vec::with_capacity(text.len());
    for c in text.chars() {
        modern(c, &mut letters);
    }
    let mut unified = String::with_capacity(text.len());
    let mut rest = letters.as_slice();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if is_letter(first) {
            let (syllable, after) = Syllable::read(first, after);
            syllable.write(&mut unified);
            rest = after;
        } else if first != COENG {
            unified.push(first);
        }
    }
    unified
}

/// A character; in the place of a deprecated one or a variant what Unicode says to write; a digit in ASCII.
fn modern(c: char, letters: &mut Vec<char>) {
    match c {
        '\u{17A3}' => letters.push('\u{17A2}'),
        '\u{17A4}' => letters.extend(['\u{17A2}', AA]),
        '\u{17A8}' => letters.extend(['\u{17A7}', '\u{1780}']),
        '\u{17B2}' => letters.push('\u{17B1}'),
        // Meant for lunar dates only, and drawn nearly as the other.
        '\u{17D3}' => letters.push(NIKAHIT),
        '\u{17D8}' => letters.extend(['\u{17D4}', '\u{179B}', '\u{17D4}']),
        '\u{17E0}'..='\u{17E9}' => {
            letters.extend(char::from_digit(u32::from(c) - 0x17E0, 10));
        }
        _ => letters.push(c),
    }
}

/// A consonant or an independent vowel: what a syllable begins with, and what a subscript is made of.
fn is_letter(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17A2}' | '\u{17A5}'..='\u{17B3}')
}

/// Where a mark stands in its syllable; `None` if it is no mark, or a subscript sign.
fn place(c: char) -> Option<u8> {
    Some(match c {
        ROBAT => 0,
        MUUSIKATOAN | TRIISAP => 1,
        // Before the letter, wholly or in part.
        '\u{17BE}'..='\u{17C5}' => 2,
        // Below, above, after.
        '\u{17BB}'..='\u{17BD}' => 3,
        '\u{17B7}'..='\u{17BA}' => 4,
        AA => 5,
        // Signs above; then those that close the syllable.
        NIKAHIT | '\u{17CB}' | '\u{17CD}'..='\u{17D1}' | '\u{17DD}' => 6,
        '\u{17C7}' | '\u{17C8}' => 7,
        _ => return None,
    })
}

/// A letter with everything that belongs to it.
struct Syllable {
    base: char,
    /// The letters below it.
    subscripts: Vec<char>,
    marks: Vec<char>,
}

impl Syllable {
    /// The syllable that begins with this letter; and what comes after it.
    fn read(base: char, mut rest: &[char]) -> (Self, &[char]) {
        let mut syllable = Self {
            base,
            subscripts: Vec::new(),
            marks: Vec::new(),
        };
        loop {
            rest = match rest {
                [COENG, letter, after @ ..] if is_letter(*letter) => {
                    // As a subscript DA is drawn as TA is.
                    let letter = if *letter == DA { TA } else { *letter };
                    syllable.subscripts.push(letter);
                    after
                }
                [COENG, after @ ..] => after,
                [mark, after @ ..] if place(*mark).is_some() => {
                    syllable.marks.push(*mark);
                    after
                }
                _ => return (syllable, rest),
            };
        }
    }

    fn write(mut self, text: &mut String) {
        self.subscripts.sort_by_key(|letter| *letter == RO);
        self.join(E, II, OE);
        self.join(E, AA, OO);
        self.shift();
        self.marks.sort_by_key(|mark| (place(*mark), *mark));
        self.marks.dedup();
        let (robat, marks) = match self.marks.as_slice() {
            [ROBAT, marks @ ..] => (Some(ROBAT), marks),
            marks => (None, marks),
        };
        text.push(self.base);
        text.extend(robat);
        for letter in &self.subscripts {
            text.extend([COENG, *letter]);
        }
        text.extend(marks);
    }

    /// Two vowels that are drawn as a third are the third.
    fn join(&mut self, first: char, second: char, both: char) {
        if self.has(first) && self.has(second) {
            self.marks.retain(|mark| *mark != first && *mark != second);
            self.marks.push(both);
        }
    }

    /// Under a mark above the letter a shifter is drawn as the vowel U is, and is often typed so.
    fn shift(&mut self) {
        let above = |mark: &char| {
            matches!(
                *mark,
                '\u{17B7}'..='\u{17BA}' | OE | '\u{17BF}' | '\u{17D0}' | '\u{17DD}'
            )
        };
        let is_above = self.marks.iter().any(above) || (self.has(AA) && self.has(NIKAHIT));
        if !is_above || !self.has(U) {
            return;
        }
        self.marks.retain(|mark| *mark != U);
        if !self.has(MUUSIKATOAN) && !self.has(TRIISAP) {
            // Which of the two is drawn so depends on the letters: the one that changes their series.
            let mut letters = self.subscripts.iter().chain([&self.base]);
            let first_series = letters.clone().any(|letter| is_first_series(*letter));
            let has_ba = letters.any(|letter| *letter == BA);
            self.marks.push(if first_series && !has_ba {
                TRIISAP
            } else {
                MUUSIKATOAN
            });
        }
    }

    fn has(&self, mark: char) -> bool {
        self.marks.contains(&mark)
    }
}

/// Consonants that TRIISAP shifts.
fn is_first_series(c: char) -> bool {
    matches!(
        c,
        '\u{1780}'..='\u{1783}'
            | '\u{1785}'..='\u{1788}'
            | '\u{178A}'..='\u{178D}'
            | '\u{178F}'..='\u{1792}'
            | '\u{1795}'..='\u{1797}'
            | '\u{179E}'..='\u{17A0}'
            | '\u{17A2}'
    )
}
