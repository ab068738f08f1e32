//! What a page can hold: every text that is set goes through here.
//!
//! Guarantees: no character is lost without a trace. One that the font lacks is shown as another that means the same, or by
//! its number in Unicode, as in `[U+1F600]`, never as an empty box; what shows nothing and the font lacks is left out; no run
//! of letters is wider than a page.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::SHELF;
use crate::text::clean;

/// Where a line may break.
const BREAK: char = '\u{200B}';
/// So many letters fit on every line, also in a narrow column.
const RUN: usize = 24;
/// So many letters in a row are no sentence of a script that writes without spaces.
const LONG_RUN: usize = 400;
/// So many unknown characters in a row are named each; of more, the first, and how many follow.
const NAMED: usize = 3;

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
    broken(&named(text.nfc()))
}

fn named(text: impl Iterator<Item = char>) -> String {
    let mut whole = String::new();
    let mut unknown: Vec<char> = Vec::new();
    for c in text {
        match shape(c) {
            Some(known) => {
                name(&mut whole, &mut unknown);
                whole.push_str(&known);
            }
            None => unknown.push(c),
        }
    }
    name(&mut whole, &mut unknown);
    whole
}

/// The character as the font has it, in one way or another.
fn shape(c: char) -> Option<String> {
    let same = match c {
        _ if is_set(c) => Some(c),
        _ if c.is_whitespace() => Some(' '),
        // Hyphens and strokes of other lengths.
        '\u{2011}' => Some('\u{2010}'),
        '\u{2012}' | '\u{2015}' => Some('\u{2013}'),
        _ => None,
    };
    if let Some(same) = same {
        return Some(same.to_string());
    }
    if shows_nothing(c) {
        return Some(String::new());
    }
    let all_set = |text: &String| text.chars().all(is_set);
    let composed: String = std::iter::once(c).nfkc().collect();
    let apart: String = std::iter::once(c).nfkd().collect();
    [composed, apart].into_iter().find(all_set)
}

/// Names what the font lacks.
fn name(whole: &mut String, unknown: &mut Vec<char>) {
    let named = if unknown.len() > NAMED {
        1
    } else {
        unknown.len()
    };
    for (at, c) in unknown.iter().take(named).enumerate() {
        let rest = unknown.len() - named;
        let more = if rest > 0 && at + 1 == named {
            format!(" +{rest}")
        } else {
            String::new()
        };
        whole.push_str(&format!("[U+{:04X}{more}]", u32::from(*c)));
    }
    unknown.clear();
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
