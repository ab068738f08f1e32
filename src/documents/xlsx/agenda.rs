//! The agenda as a workbook: its items, and how the meeting's time is divided.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::cells::{Cells, height};
use super::{rows, sheet};
use crate::dialogue::desk::Listing;
use crate::documents::DocumentError;
use crate::documents::agenda::{minutes, table};
use crate::documents::table::Cell;
use crate::text::paper;

/// The workbook.
///
/// # Errors
/// What the library says: more rows than a sheet holds.
pub(in crate::documents) fn render(listing: &Listing) -> Result<Vec<u8>, DocumentError> {
    let mut book = book(listing).map_err(DocumentError::from_error)?;
    book.save_to_buffer().map_err(DocumentError::from_error)
}

fn book(listing: &Listing) -> Result<Workbook, XlsxError> {
    let words = &listing.words;
    let cells = Cells::new(words.cut.clone());
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(listing.made_at.as_second())?;
    book.set_properties(
        &DocProperties::new()
            .set_title(&words.title)
            .set_creation_datetime(&made),
    );
    let foot = (words.title.as_str(), words.foot.as_str());
    rows(
        sheet(&mut book, &words.title, foot)?,
        &table(listing),
        &cells,
    )?;
    let sheet = sheet(&mut book, &words.time, foot)?;
    let widths = [60.0, 12.0];
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
    }
    let mut row = 0;
    for line in &words.about {
        let line = paper::cell(line);
        sheet.set_row_height(row, height(&line, widths[0]))?;
        cells.write(sheet, (row, 0), &line, &cells.body)?;
        row += 1;
    }
    row += 1;
    cells.write(sheet, (row, 0), &words.time, &cells.head)?;
    cells.write(sheet, (row, 1), &words.columns.minutes, &cells.head)?;
    for (label, seconds, said) in &words.times {
        row += 1;
        cells.write(sheet, (row, 0), label, &cells.body)?;
        match minutes(*seconds, said) {
            Cell::Number(number) => cells.number(sheet, (row, 1), number)?,
            Cell::Words(words) => cells.write(sheet, (row, 1), &words, &cells.body)?,
            Cell::Empty => {}
        }
    }
    Ok(book)
}
