//! A digest as a workbook: the concerns, the figures with charts, the reconciliation.
//!
//! Guarantees: what a person wrote is text in every cell, never a formula, also after the sheet was saved as text; numbers
//! are numbers and days are days; equal digests make equal bytes.

mod agenda;
mod cells;
mod figures;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::DocumentError;
use super::report::{Annex, Report};
use super::table::{self, Cell, Table};
use crate::digest::{Digest, Reader};
use crate::domain::Language;
use crate::text::Forum;
pub(super) use agenda::render as agenda;
use cells::{Cells, height, sheet_name};

/// Points of a row at most: a screen must hold more than one.
const ROW_AT_MOST: f64 = 300.0;
/// A4, and A3 for the widest sheet.
const PAPER: u8 = 9;
const WIDE_PAPER: u8 = 8;

/// The workbook.
///
/// # Errors
/// What the library says: more rows than a sheet holds.
pub fn render<R: Reader>(
    digest: &Digest<R>,
    forum: &Forum,
    language: Language,
) -> Result<Vec<u8>, DocumentError> {
    let report = table::report(digest, forum, language);
    let table = Table::new::<R>(&report, forum, language);
    let cut = forum.words.phrases(language).cell_cut();
    let cells = Cells::new(cut);
    let book = book(digest, &report, &table, &cells);
    let mut book = book.map_err(DocumentError::from_error)?;
    book.save_to_buffer().map_err(DocumentError::from_error)
}

fn book<R: Reader>(
    digest: &Digest<R>,
    report: &Report,
    table: &Table,
    cells: &Cells,
) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(digest.made_at.as_second())?;
    let title = match &report.meeting {
        Some(meeting) => format!("{} – {meeting}", report.title),
        None => report.title.clone(),
    };
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    let words = &report.words;
    let foot = (report.title.as_str(), words.page.as_str());
    if !report.scores.is_empty() {
        promises(sheet(&mut book, &words.promises, foot)?, report, cells)?;
    }
    let concerns = sheet(&mut book, &words.concerns, foot)?;
    concerns.set_paper_size(WIDE_PAPER);
    rows(concerns, table, cells)?;
    if let Some(empty) = &words.empty {
        cells.write(concerns, (1, 0), empty, &cells.plain)?;
    }
    let name = sheet_name(&words.figures);
    figures::write(
        sheet(&mut book, &words.figures, foot)?,
        &name,
        digest,
        report,
        cells,
    )?;
    reconciliation(
        sheet(&mut book, &words.reconciliation, foot)?,
        report,
        cells,
    )?;
    Ok(book)
}

/// A sheet with this name, ready to be printed; at the foot of a page stand a title and the page's number.
fn sheet<'b>(
    book: &'b mut Workbook,
    name: &str,
    (title, page): (&str, &str),
) -> Result<&'b mut Worksheet, XlsxError> {
    let page = page.replace('&', "&&");
    let page = page.replace("{page}", "&P").replace("{pages}", "&N");
    let title = title.replace('&', "&&");
    let sheet = book.add_worksheet();
    sheet
        .set_name(sheet_name(name))?
        .set_paper_size(PAPER)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3)
        .set_footer(format!("&L{title}&R{page}"));
    Ok(sheet)
}

/// A table, that can be filtered and whose head stays.
fn rows(sheet: &mut Worksheet, table: &Table, cells: &Cells) -> Result<(), XlsxError> {
    for (column, at) in table.columns.iter().zip(0..) {
        sheet.set_column_width(at, column.width)?;
        cells.write(sheet, (0, at), &column.name, &cells.head)?;
    }
    let heads = table.columns.iter();
    let heads = heads.map(|column| height(&column.name, column.width));
    sheet.set_row_height(0, heads.fold(20.0, f64::max) + 4.0)?;
    sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    for (row, at) in table.rows.iter().zip(1..) {
        let mut tall: f64 = 0.0;
        for ((cell, column), place) in row.iter().zip(&table.columns).zip(0..) {
            match cell {
                Cell::Empty => {
                    sheet.write_blank(at, place, &cells.body)?;
                }
                Cell::Number(number) => {
                    cells.number(sheet, (at, place), *number)?;
                }
                Cell::Words(words) => {
                    cells.write(sheet, (at, place), words, &cells.body)?;
                    tall = tall.max(height(words, column.width));
                }
            }
        }
        sheet.set_row_height(at, tall.clamp(18.0, ROW_AT_MOST))?;
    }
    let last = table.columns.len().saturating_sub(1) as u16; // there are about twenty
    sheet.autofilter(0, 0, table.rows.len() as u32, last)?; // a sheet refuses more rows
    Ok(())
}

/// What became of what was promised: the score of each meeting, then its promises.
fn promises(sheet: &mut Worksheet, report: &Report, cells: &Cells) -> Result<(), XlsxError> {
    let widths = [46.0, 12.0, 30.0, 20.0, 60.0];
    for (width, column) in widths.into_iter().zip(0..) {
        sheet.set_column_width(column, width)?;
    }
    cells.write(sheet, (0, 0), &report.words.promises, &cells.title)?;
    sheet.set_row_height(0, 26.0)?;
    let columns = &report.words.columns;
    let mut row = 1;
    for scored in &report.scores {
        row += 1;
        cells.write(sheet, (row, 0), &scored.title, &cells.heading)?;
        row += 1;
        cells.write(sheet, (row, 0), &columns.what, &cells.head)?;
        cells.write(sheet, (row, 1), &columns.count, &cells.head)?;
        for figure in &scored.figures {
            row += 1;
            cells.write(sheet, (row, 0), &figure.label, &cells.body)?;
            cells.number(sheet, (row, 1), figure.count)?;
        }
        row += 1;
        for promised in &scored.promises {
            row += 1;
            let said = [
                (0, &promised.text),
                (2, &promised.facts),
                (3, &promised.standing),
                (4, &promised.places),
            ];
            let mut tall: f64 = 18.0;
            for (column, words) in said {
                cells.write(sheet, (row, column), words, &cells.body)?;
                tall = tall.max(height(words, widths[usize::from(column)]));
            }
            sheet.set_row_height(row, tall.min(ROW_AT_MOST))?;
        }
        row += 1;
    }
    Ok(())
}

fn reconciliation(sheet: &mut Worksheet, report: &Report, cells: &Cells) -> Result<(), XlsxError> {
    let words = &report.words;
    let columns = &words.columns;
    let Annex {
        against,
        totals,
        flows,
        moved,
    } = &report.annex;
    for (column, width) in [(0, 40.0), (1, 40.0), (2, 30.0), (3, 14.0)] {
        sheet.set_column_width(column, width)?;
    }
    cells.write(sheet, (0, 0), &words.annex, &cells.title)?;
    sheet.set_row_height(0, 26.0)?;
    cells.write(sheet, (1, 0), against, &cells.plain)?;
    let mut row = 3;
    let head = |sheet: &mut Worksheet, row, names: &[&str]| {
        for (name, column) in names.iter().zip(0..) {
            cells.write(sheet, (row, column), name, &cells.head)?;
        }
        sheet.set_row_height(row, 24.0).map(|_| ())
    };
    let names = [
        &columns.what,
        &columns.then,
        &columns.now,
        &columns.difference,
    ];
    head(sheet, row, &names.map(String::as_str))?;
    for change in totals {
        row += 1;
        cells.write(sheet, (row, 0), &change.label, &cells.body)?;
        cells.number(sheet, (row, 2), change.now)?;
        match change.then {
            Some(then) => {
                cells.number(sheet, (row, 1), then)?;
                let difference = change.now as f64 - then as f64; // counts are far below 2^53
                sheet.write_number_with_format(row, 3, difference, &cells.difference)?;
            }
            None => {
                sheet.write_blank(row, 1, &cells.body)?;
                sheet.write_blank(row, 3, &cells.body)?;
            }
        }
    }
    if !flows.is_empty() {
        row += 2;
        cells.write(sheet, (row, 0), &words.flows, &cells.heading)?;
        row += 1;
        let names = [&columns.from, &columns.to, &columns.count];
        head(sheet, row, &names.map(String::as_str))?;
        for flow in flows {
            row += 1;
            cells.write(sheet, (row, 0), &flow.from, &cells.body)?;
            cells.write(sheet, (row, 1), &flow.to, &cells.body)?;
            cells.number(sheet, (row, 2), flow.count)?;
        }
    }
    if !moved.is_empty() {
        row += 2;
        cells.write(sheet, (row, 0), &words.moved, &cells.heading)?;
        row += 1;
        let names = [&columns.from, &columns.to, &columns.receipt];
        head(sheet, row, &names.map(String::as_str))?;
        for moved in moved {
            row += 1;
            cells.write(sheet, (row, 0), &moved.from, &cells.body)?;
            cells.write(sheet, (row, 1), &moved.to, &cells.body)?;
            cells.write(sheet, (row, 2), &moved.receipt, &cells.body)?;
        }
    }
    Ok(())
}
