//! Cells: how they look, and what they hold.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::documents::FONT;

/// UTF-16 units of a cell at most. <https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3>
const UNITS: usize = 32_767;
/// Letters of a sheet's name at most.
const NAME: usize = 31;
/// Points of a line: Khmer has marks above and below its letters.
const LINE: f64 = 18.0;
pub(super) const INK: u32 = 0x1F_3A_5F;
pub(super) const RULE: u32 = 0xD0_D7_DE;

/// With what a spreadsheet begins a formula when it reads the sheet saved as text.
const LIVE: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// How cells look.
pub(super) struct Cells {
    pub(super) title: Format,
    pub(super) heading: Format,
    pub(super) head: Format,
    pub(super) body: Format,
    pub(super) plain: Format,
    pub(super) day: Format,
    pub(super) difference: Format,
    number: Format,
    /// What stands at the end of words that were cut.
    cut: String,
}

impl Cells {
    pub(super) fn new(cut: String) -> Self {
        let font = Format::new().set_font_name(FONT).set_font_size(10);
        let boxed = font
            .clone()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_border_color(RULE);
        Self {
            title: font
                .clone()
                .set_bold()
                .set_font_size(15)
                .set_font_color(INK),
            heading: font
                .clone()
                .set_bold()
                .set_font_size(12)
                .set_font_color(INK),
            head: boxed
                .clone()
                .set_bold()
                .set_font_color(0xFF_FF_FF)
                .set_background_color(INK)
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter),
            body: boxed.clone().set_text_wrap(),
            plain: font.set_align(FormatAlign::Top),
            day: boxed
                .clone()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Left),
            difference: boxed.clone().set_num_format("+0;-0;0"),
            number: boxed.set_num_format("0"),
            cut,
        }
    }

    /// Words, whatever they look like.
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        words: &str,
        format: &Format,
    ) -> Result<(), XlsxError> {
        let words = self.fitting(words);
        if words.starts_with(LIVE) {
            let quoted = format.clone().set_quote_prefix();
            sheet.write_string_with_format(row, column, words, &quoted)?;
        } else {
            sheet.write_string_with_format(row, column, words, format)?;
        }
        Ok(())
    }

    /// A count.
    pub(super) fn number(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        number: u64,
    ) -> Result<(), XlsxError> {
        // Up to 2^53 it is exact, as far as a sheet can be.
        sheet.write_number_with_format(row, column, number as f64, &self.number)?;
        Ok(())
    }

    /// As much as a cell holds, with a word where something is missing.
    fn fitting(&self, words: &str) -> String {
        if words.encode_utf16().count() <= UNITS {
            return words.to_owned();
        }
        let mut left = UNITS - self.cut.encode_utf16().count() - 1;
        let mut fitting = String::new();
        for cluster in words.graphemes(true) {
            let units = cluster.encode_utf16().count();
            if units > left {
                break;
            }
            left -= units;
            fitting.push_str(cluster);
        }
        format!("{fitting} {}", self.cut)
    }
}

/// A name that a sheet can have.
pub(super) fn sheet_name(name: &str) -> String {
    let fits = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let fitting: String = name.chars().filter(fits).take(NAME).collect();
    // Every language has words there; a blank one would be refused.
    if fitting.trim().is_empty() {
        "-".to_owned()
    } else {
        fitting
    }
}

/// Points that these words take in a column of this width, in letters.
pub(super) fn height(words: &str, width: f64) -> f64 {
    let wide = |cluster: &str| match cluster.chars().next() {
        Some('\u{1780}'..='\u{17FF}') => 1.4,
        Some('\u{2E80}'..='\u{FFEF}') => 2.0,
        Some('\u{200B}') | None => 0.0,
        Some(_) => 1.0,
    };
    let lines = words.split('\n').map(|line| {
        let letters: f64 = line.graphemes(true).map(wide).sum();
        // Lines end between words, so they are not quite full.
        (letters / (width * 0.95)).ceil().max(1.0)
    });
    lines.sum::<f64>() * LINE
}
