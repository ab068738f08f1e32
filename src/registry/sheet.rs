//! The bytes of a file as rows of cells, whatever wrote the file.
//!
//! CSV as Excel and its kin save it: commas, semicolons or tabs, with or without a byte order mark, UTF-8 or UTF-16,
//! any ends of lines. XLSX: the first sheet. What is read is bounded before it is read, so that a small file that
//! unpacks to a large one, or a sheet with one cell in its last corner, costs nothing.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};

use super::read::{Unreadable, Why};

/// Bytes of a file.
const FILE_BYTES: usize = 32 << 20;
/// Bytes of all that an XLSX unpacks to.
const UNPACKED_BYTES: u64 = 128 << 20;
/// Rows, blank ones not counted.
const ROWS: usize = 100_000;
/// Columns.
const COLUMNS: usize = 256;

/// A row that is not blank.
pub(super) struct Row {
    /// Counted from one, as an editor or Excel shows it.
    pub(super) line: usize,
    /// Or why there are none.
    pub(super) cells: Result<Vec<Cell>, Why>,
    /// Whether empty cells at the end are written too.
    pub(super) is_full: bool,
}

/// What stands in a cell, or what is there in place of a text.
pub(super) type Cell = Result<String, Fault>;

/// A cell that holds no text.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    NotUnicode,
    Date,
    Formula,
}

/// The text of the file, in UTF-8 where it is valid.
pub(super) fn csv_text(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    if bytes.len() > FILE_BYTES {
        return Err(Unreadable::Large);
    }
    let pairs = |order: fn([u8; 2]) -> u16| {
        let units = bytes[2..]
            .chunks_exact(2)
            .map(|pair| order([pair[0], pair[1]]));
        let letters = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        letters.collect::<String>().into_bytes()
    };
    Ok(match bytes {
        [0xFF, 0xFE, ..] => pairs(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => pairs(u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest.to_vec(),
        _ => bytes.to_vec(),
    })
}

/// The rows of a text whose cells are separated by `separator`.
pub(super) fn csv_rows(
    text: &[u8],
    separator: u8,
) -> impl Iterator<Item = Result<Row, Unreadable>> + '_ {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut record = csv::ByteRecord::new();
    let (mut line, mut counted, mut rows) = (1, 0, 0);
    std::iter::from_fn(move || {
        loop {
            let from = reader.position().byte() as usize;
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(Unreadable::Damaged(error.to_string()))),
            }
            let until = (reader.position().byte() as usize).min(text.len());
            let written = text.get(from..until).unwrap_or_default();
            // The reader passes over blank lines without a word, and a record begins after them.
            let blank = written.iter().take_while(|b| b"\r\n".contains(b)).count();
            line += lines(text, counted, from + blank);
            counted = from + blank;
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            rows += 1;
            if rows > ROWS {
                return Some(Err(Unreadable::Rows));
            }
            return Some(Ok(Row {
                line,
                cells: cells(&record, &written[blank..]),
                is_full: true,
            }));
        }
    })
}

fn cells(record: &csv::ByteRecord, written: &[u8]) -> Result<Vec<Cell>, Why> {
    // A quotation mark that nothing closes swallows the lines below it; they would be lost without a word.
    let marks = written.iter().filter(|b| **b == b'"').count();
    let inner = written.trim_ascii_end();
    if marks % 2 == 1 && inner.iter().any(|b| b"\r\n".contains(b)) {
        return Err(Why::Quote);
    }
    let cell = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Fault::NotUnicode),
    };
    Ok(record.iter().map(cell).collect())
}

/// Ends of lines between two places of the text.
fn lines(text: &[u8], from: usize, until: usize) -> usize {
    (from..until)
        .filter(|at| match text[*at] {
            b'\n' => true,
            b'\r' => text.get(at + 1) != Some(&b'\n'),
            _ => false,
        })
        .count()
}

/// The rows of the first sheet.
pub(super) fn xlsx(bytes: &[u8]) -> Result<Vec<Row>, Unreadable> {
    check_size(bytes)?;
    let damaged = |error: calamine::XlsxError| Unreadable::Damaged(error.to_string());
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let Some(sheet) = book.sheet_names().first().cloned() else {
        return Err(Unreadable::Damaged("there is no sheet".to_owned()));
    };
    // The sheet is read cell by cell: as a whole it would be as large as its last corner says.
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let (line, column) = (row as usize + 1, column as usize);
        let value = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::String(text) if text.is_empty() => continue,
            DataRef::SharedString("") => continue,
            DataRef::String(text) => Ok(text.clone()),
            DataRef::SharedString(text) => Ok((*text).to_owned()),
            DataRef::Int(number) => Ok(number.to_string()),
            // A whole number has no point when it is written like this.
            DataRef::Float(number) => Ok(number.to_string()),
            DataRef::Bool(value) => Ok(value.to_string()),
            DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
                Err(Fault::Date)
            }
            DataRef::Error(_) => Err(Fault::Formula),
        };
        if column >= COLUMNS {
            return Err(Unreadable::Columns);
        }
        if rows.last().is_none_or(|row| row.line != line) {
            if rows.len() == ROWS {
                return Err(Unreadable::Rows);
            }
            rows.push(Row {
                line,
                cells: Ok(Vec::new()),
                is_full: false,
            });
        }
        if let Some(Row { cells: Ok(row), .. }) = rows.last_mut() {
            if row.len() <= column {
                row.resize_with(column + 1, || Ok(String::new()));
            }
            row[column] = value;
        }
    }
    Ok(rows)
}

/// Unpacks everything once and keeps nothing: what a file says of its own size may be a lie.
fn check_size(bytes: &[u8]) -> Result<(), Unreadable> {
    if bytes.len() > FILE_BYTES {
        return Err(Unreadable::Large);
    }
    let damaged = |error: &dyn std::fmt::Display| Unreadable::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut left = UNPACKED_BYTES;
    let mut unpacked = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| damaged(&error))?;
        let name = file.name().map_err(|error| damaged(&error))?;
        let is_xml = name.to_ascii_lowercase().ends_with(".xml");
        unpacked.clear();
        // One byte beyond tells a file that is just as long from one that is longer.
        file.take(left + 1)
            .read_to_end(&mut unpacked)
            .map_err(|error| damaged(&error))?;
        left = left
            .checked_sub(unpacked.len() as u64)
            .ok_or(Unreadable::Large)?;
        // Every encoding in which a word could hide from us has such a byte, and XML has none.
        if is_xml && unpacked.iter().any(|b| *b < b' ' && !b"\t\r\n".contains(b)) {
            return Err(damaged(&"one of its files is no XML in UTF-8"));
        }
        if claims_too_much(&unpacked) {
            return Err(damaged(&"it says that it holds more texts than it does"));
        }
    }
    Ok(())
}

/// Whether a list of texts claims to be longer than its bytes. The reader makes room for as many as are claimed, and a
/// claim beyond all memory would end the process.
fn claims_too_much(file: &[u8]) -> bool {
    const CLAIM: &[u8] = b"uniqueCount";
    let after = file
        .windows(CLAIM.len())
        .enumerate()
        .filter(|(_, window)| *window == CLAIM)
        .map(|(at, _)| &file[at + CLAIM.len()..]);
    let digits = |rest: &[u8]| -> String {
        rest.iter()
            .skip_while(|b| !b.is_ascii_digit())
            .take_while(|b| b.is_ascii_digit())
            .map(|b| char::from(*b))
            .collect()
    };
    after.map(digits).any(|digits| {
        !digits.is_empty()
            && digits
                .parse::<usize>()
                .map_or(true, |claim| claim > file.len())
    })
}
