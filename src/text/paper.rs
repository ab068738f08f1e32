//! What people wrote, as a page or a cell can hold it.
//!
//! Guarantees: no control characters, no marks that turn the direction, no zero-width characters but where Khmer or a picture
//! of several needs them; on a page no run of letters that no line could hold. Every letter stays.

use unicode_segmentation::UnicodeSegmentation as _;

use super::clean::{clean, is_khmer};
use super::split::last_boundary;

/// Where a line may end though nothing is seen.
const BREAK: char = '\u{200B}';
/// Letters of a run after which a line must be able to end.
const RUN: usize = 30;
/// Khmer writes no spaces between words, and whoever sets pages finds its words; only longer runs are helped.
const KHMER_RUN: usize = 120;

/// The text as a page holds it.
pub fn page(text: &str) -> String {
    let text = cell(text);
    let mut page = String::with_capacity(text.len());
    for run in text.split_inclusive(|c: char| c.is_whitespace() || c == BREAK) {
        broken(run, &mut page);
    }
    page
}

/// The text as a cell of a table holds it, whose lines may end anywhere.
pub fn cell(text: &str) -> String {
    let text = clean(text);
    let mut cell = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let stays = match c {
            '\u{200B}' | '\u{200C}' => {
                before.is_some_and(is_khmer) && rest.peek().is_some_and(|next| is_khmer(*next))
            }
            // It also joins pictures: a family is several people.
            '\u{200D}' => {
                before.is_some_and(|c| is_khmer(c) || !(c.is_ascii() || c.is_alphabetic()))
            }
            '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{AD}' | '\u{180E}' => false,
            _ => true,
        };
        if stays {
            cell.push(c);
            before = Some(c);
        }
    }
    cell
}

fn broken(run: &str, page: &mut String) {
    let limit = if run.contains(is_khmer) {
        KHMER_RUN
    } else {
        RUN
    };
    if run.chars().nth(limit).is_none() {
        page.push_str(run);
        return;
    }
    let mut rest = run;
    while let Some((end, _)) = rest.char_indices().nth(RUN) {
        // The end of the run is a place to break by itself.
        if rest[end..].chars().all(|c| c.is_whitespace() || c == BREAK) {
            break;
        }
        let cut = last_boundary(rest, end).or_else(|| {
            rest.grapheme_indices(true)
                .map(|(at, _)| at)
                .find(|at| *at > end)
        });
        let Some(cut) = cut else { break };
        page.push_str(&rest[..cut]);
        page.push(BREAK);
        rest = &rest[cut..];
    }
    page.push_str(rest);
}
