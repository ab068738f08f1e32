//! What a page can hold: every text that is set goes through here.
//!
//! Guarantees: no character is lost without a trace. One that the font lacks is shown as [`STAND_IN`], never as an empty
//! box; what shows nothing and the font lacks is left out; no run of letters is wider than a page.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::SHELF;
use crate::text::clean;

/// What is shown for a character that the font lacks.
pub(in crate::documents) const STAND_IN: char = '\u{FFFD}';
/// Where a line may break.
const BREAK: char = '\u{200B}';
/// So many letters fit on every line, also in a narrow column.
const RUN: usize = 24;
/// So many letters in a row are no sentence of a script that writes without spaces.
const LONG_RUN: usize = 400;

/// Every text in this data made such that a page can hold it.
pub(in crate::documents) fn clear(data: &mut Value) {
    match data {
        Value::String(text) => *text = shown(text),
        Value::Array(values) => values.iter_mut().for_each(clear),
        Value::Object(values) => values.values_mut().for_each(clear),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text as a page shows it.
pub(in crate::documents) fn shown(text: &str) -> String {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return broken(text);
    }
    let text = clean::clean(text);
    if text.chars().all(is_set) {
        return broken(&text);
    }
    // Letters with marks exist as one where the font has no mark.
    let text: String = text.nfc().filter_map(standing_in).collect();
    broken(&text)
}

fn standing_in(c: char) -> Option<char> {
    if is_set(c) {
        Some(c)
    } else if c.is_whitespace() {
        Some(' ')
    } else if shows_nothing(c) {
        None
    } else {
        Some(STAND_IN)
    }
}

/// Whether the font has it.
fn is_set(c: char) -> bool {
    let has = |font: &typst::text::Font| font.info().coverage.contains(c.into());
    c == '\n' || SHELF.fonts.iter().all(has)
}

/// Characters that only say something about their neighbours.
fn shows_nothing(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}

/// The text with places to break in what has none.
fn broken(text: &str) -> String {
    let letters = |run: &str| run.chars().count();
    let ends = |c: char| c.is_whitespace() || matches!(c, BREAK | '-');
    if text.split(ends).all(|run| letters(run) <= RUN) {
        return text.to_owned();
    }
    let mut whole = String::with_capacity(text.len() + text.len() / RUN * BREAK.len_utf8());
    for run in text.split_inclusive(ends) {
        // Scripts without spaces are broken between words by whoever sets the line.
        let most = if run.chars().any(is_spaceless) {
            LONG_RUN
        } else {
            RUN
        };
        if letters(run) <= most {
            whole.push_str(run);
            continue;
        }
        let mut since = 0;
        for cluster in run.graphemes(true) {
            if since >= RUN {
                whole.push(BREAK);
                since = 0;
            }
            whole.push_str(cluster);
            since += 1;
        }
    }
    whole
}

/// Whether it is of a script that writes without spaces between words.
fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}
