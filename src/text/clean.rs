//! What people write, made safe to keep, and folded for comparison.
//!
//! Kept: every letter of every script, and the zero-width characters that Khmer needs (U+200B, U+200C, U+200D).
//! Removed: control characters, and the bidirectional controls with which a text can pretend to be another.
//! Folding is for comparison only; what is stored is what was written.

use unicode_normalization::UnicodeNormalization;

use super::khmer::{COENG, unified};

/// The text without characters that only do harm, lines ended by `\n`, at most one empty line in a row, nothing
/// around it. Empty if there is nothing to read in it, however many zero-width characters there are.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut newlines = 0;
    for c in text.replace("\r\n", "\n").chars().map(|c| {
        if c == '\r' || c == '\u{2028}' {
            '\n'
        } else {
            c
        }
    }) {
        if is_harmful(c) {
            continue;
        }
        newlines = if c == '\n' { newlines + 1 } else { 0 };
        if newlines <= 2 {
            cleaned.push(if c == '\t' { ' ' } else { c });
        }
    }
    if is_blank(&cleaned) {
        String::new()
    } else {
        let begun = cleaned.trim_start_matches(is_empty_char);
        // A heart at the end needs the selector that makes it a picture.
        begun
            .trim_end_matches(|c| is_empty_char(c) && !is_selector(c))
            .to_owned()
    }
}

/// The text on one line.
pub fn clean_line(text: &str) -> String {
    clean(text)
        .split(['\n', ' '])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A form in which two ways of writing the same words are equal: compatibility forms and case folded, Khmer
/// syllables in one order and spelling, Khmer digits in ASCII, Cyrillic and Greek letters that look like Latin ones
/// as those, spaces and zero-width characters gone. Folding twice changes nothing.
///
/// Names are found in the store by it: whoever changes it must think of the names stored before.
pub fn fold(text: &str) -> String {
    let letters: String = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_empty_char(*c) && !is_harmful(*c))
        .map(as_latin)
        .collect();
    unified(&letters).nfkc().collect()
}

/// A whole number in digits of any script that Unicode calls decimal and people here use: ASCII, Khmer; spaces
/// are passed over, and so are points and commas that stand before three digits each.
pub fn parse_number(text: &str) -> Option<u64> {
    let mut number: Option<u64> = None;
    // Digits since the last separator, once there was one.
    let mut group: Option<u32> = None;
    for c in text.chars().filter(|c| !is_empty_char(*c)) {
        if matches!(c, ',' | '.') {
            if number.is_none() || group.is_some_and(|digits| digits != 3) {
                return None;
            }
            group = Some(0);
            continue;
        }
        let digit = match c {
            '0'..='9' => c as u64 - '0' as u64,
            '\u{17E0}'..='\u{17E9}' => c as u64 - 0x17E0,
            _ => return None,
        };
        number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
        group = group.map(|digits| digits + 1);
    }
    // "1.5" is not fifteen.
    number.filter(|_| group.is_none_or(|digits| digits == 3))
}

/// Whether there is nothing to read in it; then and only then its folded form is empty, too.
pub(super) fn is_blank(text: &str) -> bool {
    // A sign that sets letters below others says nothing without them.
    text.chars()
        .all(|c| is_empty_char(c) || is_harmful(c) || c == COENG)
}

/// For a small letter the Latin one whose capital looks like its capital, if there is one; as small letters some of
/// them look like others. Every such letter, also in a word with no Latin letter: a whole name can be made of them.
fn as_latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'ɡ' => 'g',
        'н' | 'һ' | 'η' => 'h',
        'і' | 'ι' | 'ı' | 'ӏ' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'ν' => 'n',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'ү' | 'υ' => 'y',
        'ζ' => 'z',
        _ => c,
    }
}

/// Whether it is of the Khmer script.
pub(super) fn is_khmer(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17FF}' | '\u{19E0}'..='\u{19FF}')
}

/// White space, and characters that show nothing.
fn is_empty_char(c: char) -> bool {
    c.is_whitespace()
        || is_selector(c)
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'
                ..='\u{180F}'
        )
        || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{2800}')
        || matches!(
            c,
            '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{1D173}'..='\u{1D17A}'
        )
}

/// Characters that choose how the one before them looks.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Controls, bidirectional controls, characters that stand for nothing.
fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
        || matches!(c, '\u{2029}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}
