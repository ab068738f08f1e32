//! Cuts what is too long for one message: at an empty line, else at a line's end, else between words, else
//! between grapheme clusters; never inside a tag, an entity or a cluster. Words are found as ICU finds them,
//! since Khmer writes none of the spaces between its own.

use std::collections::BTreeSet;

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;
use unicode_segmentation::UnicodeSegmentation;

use super::clean::is_blank;
use super::html::{Html, Piece, closing, pieces};

/// Characters of one message. Telegram takes 4,096 code points; well under it, a phone can still show it whole.
pub const MESSAGE_CHARS: usize = 3_800;
/// Characters below a picture. Telegram takes 1,024. <https://core.telegram.org/bots/api#sendphoto>
pub const CAPTION_CHARS: usize = 1_000;

/// The text in pieces of at most `limit` characters, each well-formed by itself; one piece if it is short enough.
pub fn split(html: &Html, limit: usize) -> Vec<Html> {
    if html.chars() <= limit {
        return vec![html.clone()];
    }
    let plain = html.to_plain();
    let cuts = cuts(&plain, limit);
    let mut parts = Vec::with_capacity(cuts.len() + 1);
    let (mut part, mut open, mut count, mut next) =
        (String::new(), Vec::new(), 0, cuts.iter().peekable());
    for piece in pieces(html.as_str()) {
        match piece {
            Piece::Tag(tag) => {
                part.push_str(tag);
                if tag.starts_with("</") {
                    open.pop();
                } else {
                    open.push(tag);
                }
            }
            Piece::Char(source, _) => {
                if next.peek() == Some(&&count) {
                    next.next();
                    part.push_str(&closing(&open));
                    parts.push(Html::trusted(std::mem::replace(&mut part, open.concat())));
                }
                part.push_str(source);
                count += 1;
            }
        }
    }
    parts.push(Html::trusted(part));
    // Telegram refuses a message that shows nothing.
    parts.retain(|part| !is_blank(&part.to_plain()));
    parts
}

/// Where to cut, in characters from the beginning.
fn cuts(plain: &str, limit: usize) -> Vec<usize> {
    let mut cuts = Vec::new();
    let (mut done, mut rest) = (0, plain);
    while rest.chars().nth(limit).is_some() {
        let cut = best_cut(rest, limit);
        done += cut;
        cuts.push(done);
        rest = &rest[byte_of(rest, cut)..];
    }
    cuts
}

/// The best place to cut within the first `limit` characters; at least 1.
fn best_cut(text: &str, limit: usize) -> usize {
    let end = byte_of(text, limit);
    let window = &text[..end];
    let chars = |bytes: usize| window[..bytes].chars().count();
    // A cut in the first third would make a message of almost nothing.
    let good = |bytes: &usize| *bytes > 0 && chars(*bytes) >= limit / 3;
    let paragraph = window.rfind("\n\n").map(|at| at + 2).filter(good);
    let line = || window.rfind('\n').map(|at| at + 1).filter(good);
    let word = || boundaries(text, end).0.filter(good);
    let cluster = || boundaries(text, end).1.filter(|at| *at > 0);
    let bytes = paragraph.or_else(line).or_else(word).or_else(cluster);
    bytes.map_or(limit.max(1), chars).max(1)
}

/// How many characters before a cut are looked at for words and clusters, none of which is longer.
const BEFORE: usize = 200;
/// How many after it, to know whether the cut itself is a boundary.
const AFTER: usize = 64;

/// The last place at or before this byte, and after the first, where a line can end: between words, else between clusters.
pub(super) fn last_boundary(text: &str, end: usize) -> Option<usize> {
    let (word, cluster) = boundaries(text, end);
    word.filter(|at| *at > 0).or(cluster.filter(|at| *at > 0))
}

/// The last boundary between words, and the last between clusters, at or before this byte. Only what stands near it is
/// looked at: to find Khmer words takes long.
fn boundaries(text: &str, end: usize) -> (Option<usize>, Option<usize>) {
    let back = text[..end].char_indices().rev().nth(BEFORE);
    let begin = back.map_or(0, |(byte, _)| byte);
    let window = &text[begin..end + byte_of(&text[end..], AFTER)];
    let clusters: BTreeSet<usize> = window
        .grapheme_indices(true)
        .map(|(at, _)| begin + at)
        // Where the window begins need not be a boundary, unless the text begins there.
        .filter(|at| *at <= end && (*at > begin || begin == 0))
        .collect();
    let segmenter = WordSegmenter::new_lstm(WordBreakInvariantOptions::default());
    let words = segmenter.segment_str(window).map(|at| begin + at);
    let word = words.filter(|at| clusters.contains(at)).last();
    (word, clusters.last().copied())
}

/// Where this many characters end.
fn byte_of(text: &str, chars: usize) -> usize {
    let found = text.char_indices().nth(chars);
    found.map_or(text.len(), |(byte, _)| byte)
}
