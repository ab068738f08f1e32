//! Tables as text, RFC 4180: UTF-8 with the mark by which spreadsheets know it, lines ended by CR LF.
//!
//! Guarantees: nothing that a person wrote becomes a formula in the spreadsheet that opens the file, also where that takes
//! another character than the comma for what parts the cells.

use ::csv::{Terminator, WriterBuilder};

use super::DocumentError;
use super::table::{Cell, Table};
use crate::digest::{Digest, Reader};
use crate::domain::Language;
use crate::text::Forum;

/// With what a spreadsheet begins a formula, in any of the forms that it understands.
const LIVE: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The concerns of a digest, a row each and nothing else, so that rows can be counted and filtered: the score of what was promised opens
/// every other form.
///
/// # Errors
/// None that words in memory could cause.
pub fn render<R: Reader>(
    digest: &Digest<R>,
    forum: &Forum,
    language: Language,
) -> Result<Vec<u8>, DocumentError> {
    let report = super::table::report(digest, forum, language);
    let table = Table::new::<R>(&report, forum, language);
    self::table(&table)
}

/// A table.
///
/// # Errors
/// None that words in memory could cause.
pub(super) fn table(table: &Table) -> Result<Vec<u8>, DocumentError> {
    let columns = table.columns.iter();
    let head = columns.map(|column| column.name.clone()).collect();
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Number(number) => number.to_string(),
            Cell::Words(words) => words.clone(),
        });
        cells.collect()
    });
    written(std::iter::once(head).chain(rows))
}

/// These rows as a file.
///
/// # Errors
/// None that words in memory could cause.
pub(super) fn written(rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, DocumentError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        let row = row.iter().map(|cell| harmless(cell));
        writer
            .write_record(row)
            .map_err(DocumentError::from_error)?;
    }
    let written = writer.into_inner();
    written.map_err(|error| DocumentError::from_error(error.into_error()))
}

/// What a spreadsheet takes for words: an apostrophe stands where a formula could begin.
///
/// That is at the beginning, and, where a semicolon parts the cells and so quotes mean nothing, after each and on each line.
fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for c in text.chars() {
        if begins && LIVE.contains(&c) {
            harmless.push('\'');
        }
        harmless.push(c);
        begins = matches!(c, ';' | '\n') || (begins && matches!(c, ' ' | '"'));
    }
    harmless
}
