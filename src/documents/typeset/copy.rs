//! Text that copies back.
//!
//! In scripts whose letters are drawn in another order than they are written, no table from glyphs to letters gives the text
//! back. A PDF can say of a run of glyphs which text it is (ISO 32000-1, 14.9.4), and the library says so for glyphs that
//! were made from the same letters. But it cuts a line wherever a glyph stands higher or lower, so that a syllable is in
//! several runs and comes back several times. So here what was cut is joined, and each stretch of Khmer between two spaces is
//! made one such run.
//!
//! Guarantees: nothing on the page moves.

use std::ops::Range;

use typst::ecow::EcoVec;
use typst::layout::{Abs, Em, Frame, FrameItem, Point};
use typst::syntax::Span;
use typst::text::TextItem;
use typst_layout::{Page, PagedDocument};

use super::unicode::Glyphs;
use crate::documents::DocumentError;

/// The document as bytes, by whatever makes them of pages, with text that copies back.
///
/// # Errors
/// Those of what makes the bytes.
pub(in crate::documents) fn copyable(
    mut document: PagedDocument,
    write: impl FnOnce(&PagedDocument) -> Result<Vec<u8>, DocumentError>,
) -> Result<Vec<u8>, DocumentError> {
    let info = std::mem::take(document.info_mut());
    let pages: EcoVec<Page> = document
        .pages()
        .iter()
        .map(|page| Page {
            frame: of_frame(&page.frame),
            ..page.clone()
        })
        .collect();
    drop(document);
    let mut glyphs = Glyphs::default();
    for page in &pages {
        note(&page.frame, &mut glyphs);
    }
    let mut bytes = write(&PagedDocument::new(pages, info))?;
    glyphs.name(&mut bytes);
    Ok(bytes)
}

fn of_frame(frame: &Frame) -> Frame {
    let mut items: Vec<(Point, FrameItem)> = Vec::new();
    for (at, item) in frame.items() {
        let item = match item {
            FrameItem::Group(group) => {
                let mut group = group.clone();
                group.frame = of_frame(&group.frame);
                FrameItem::Group(group)
            }
            FrameItem::Text(text) => {
                if let Some((before, FrameItem::Text(line))) = items.last_mut()
                    && join(*before, line, *at, text)
                {
                    continue;
                }
                FrameItem::Text(text.clone())
            }
            FrameItem::Shape(..)
            | FrameItem::Image(..)
            | FrameItem::Link(..)
            | FrameItem::Tag(..) => item.clone(),
        };
        items.push((*at, item));
    }
    for (_, item) in &mut items {
        if let FrameItem::Text(text) = item {
            mark(text);
        }
    }
    let mut made = frame.clone();
    made.clear();
    made.push_multiple(items);
    made
}

/// Notes the glyphs in the order in which they are drawn.
fn note(frame: &Frame, glyphs: &mut Glyphs) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => note(&group.frame, glyphs),
            FrameItem::Text(text) => glyphs.note(text),
            FrameItem::Shape(..)
            | FrameItem::Image(..)
            | FrameItem::Link(..)
            | FrameItem::Tag(..) => {}
        }
    }
}

/// Joins what follows upon a piece of a line to it, if it does.
fn join(at: Point, line: &mut TextItem, next_at: Point, next: &TextItem) -> bool {
    let alike = line.font == next.font
        && line.size == next.size
        && line.fill == next.fill
        && line.stroke == next.stroke
        && (line.lang, line.region) == (next.lang, next.region);
    let gap = (at.x + line.width() - next_at.x).abs();
    let (Some(begin), Some(next_begin)) = (begin(line), begin(next)) else {
        return false;
    };
    if !alike || gap > Abs::pt(0.01) || begin.0 != next_begin.0 {
        return false;
    }
    // The same letters are in both where a syllable was cut.
    let Some(shift) = next_begin.1.checked_sub(begin.1) else {
        return false;
    };
    let Some(shared) = line.text.get(shift..) else {
        return false;
    };
    let text = if let Some(rest) = next.text.strip_prefix(shared) {
        format!("{}{rest}", line.text)
    } else if shared.starts_with(next.text.as_str()) {
        line.text.to_string()
    } else {
        return false;
    };
    let Ok(shift) = u16::try_from(shift) else {
        return false;
    };
    if u16::try_from(text.len()).is_err() {
        return false;
    }
    let up = Em::from_abs(at.y - next_at.y, line.size);
    for glyph in &next.glyphs {
        let mut glyph = glyph.clone();
        glyph.range = glyph.range.start + shift..glyph.range.end + shift;
        glyph.y_offset += up;
        line.glyphs.push(glyph);
    }
    line.text = text.into();
    true
}

/// Where the text of a piece begins: in which text, and how many bytes into it.
fn begin(item: &TextItem) -> Option<(Span, usize)> {
    let glyph = item.glyphs.first()?;
    let (span, offset) = glyph.span;
    let begin = usize::from(offset).checked_sub(usize::from(glyph.range.start))?;
    Some((span, begin))
}

/// Has each stretch of Khmer come from all its letters.
fn mark(item: &mut TextItem) {
    let runs = runs(&item.text);
    for glyph in &mut item.glyphs {
        if let Some(run) = runs.iter().find(|run| run.contains(&glyph.range.start)) {
            glyph.range = run.clone();
        }
    }
}

/// Stretches of Khmer between spaces, in bytes.
fn runs(text: &str) -> Vec<Range<u16>> {
    let mut runs = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let end = at + word.trim_end().len();
        if word.chars().any(is_khmer)
            && let (Ok(from), Ok(to)) = (u16::try_from(at), u16::try_from(end))
        {
            runs.push(from..to);
        }
        at += word.len();
    }
    runs
}

fn is_khmer(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17FF}' | '\u{19E0}'..='\u{19FF}')
}
