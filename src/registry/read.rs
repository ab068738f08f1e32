//! Reading a list of organisations.
//!
//! The first row names the columns; a title may stand above it. The order is free, and other columns are passed over:
//! - the number: `number`, `registration number`, `code`, `លេខ`, ...; `no` or `ល.រ` where nothing else is the number;
//! - the names: `name_km`, `name_en`, in general `name_` and the code of a language of the forum; `khmer`, `name in
//!   English`, `ឈ្មោះជាភាសាខ្មែរ` and the like do as well;
//! - the place: `province`, `ខេត្ត`, ...; the id or any label of one of the forum's places. It may be missing.
//!
//! Every row is either an entry or bad, and a bad row is told with its line and with everything that is wrong with it.
//! What a list says is text: nothing in it is ever calculated.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;

use super::columns::{self, Columns, Places};
use super::sheet::{self, Cell, Fault, Row};
use crate::domain::organisation::NAME_CHARS;
use crate::domain::{Language, Localised};
use crate::text::{Forum, clean};

/// Characters of a number.
const NUMBER_CHARS: usize = 40;
/// Characters of somebody's words that a remark repeats.
const QUOTED_CHARS: usize = 60;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The rows without a fault, in the file's order.
    pub entries: Vec<Entry>,
    /// What is wrong, by line; a line may have several faults.
    pub bad: Vec<Bad>,
    /// What is perhaps wrong with entries, by line.
    pub doubtful: Vec<Bad>,
    /// Headings that mean nothing here.
    pub passed_over: Vec<String>,
}

/// An organisation of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The row, counted from one.
    pub line: usize,
    /// Its number: on one line, digits as 0-9. No two entries have the same.
    pub number: String,
    /// Its name in at least one language of the forum, at most 150 characters each.
    pub name: Localised,
    /// The id of its place; `None` where the list gives none.
    pub place: Option<String>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The row, counted from one.
    pub line: usize,
    /// What is wrong.
    pub why: Why,
}

/// What can be wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// No number.
    #[error("the number is missing")]
    NumberMissing,
    /// A number of more than 40 characters.
    #[error("the number has {0} characters; {NUMBER_CHARS} are the most")]
    NumberLong(usize),
    /// The number of an earlier line.
    #[error("the number {number} stands in line {first} already")]
    NumberTwice {
        /// The number.
        number: String,
        /// Where it stands first.
        first: usize,
    },
    /// No name in any language.
    #[error("the name is missing in every language")]
    NameMissing,
    /// A name of more than 150 characters.
    #[error("the name in {heading:?} has {chars} characters; {NAME_CHARS} are the most")]
    NameLong {
        /// The column.
        heading: String,
        /// How many.
        chars: usize,
    },
    /// An earlier line has the same name with another number; only ever doubtful.
    #[error("the name is the same as in line {0}, which has another number")]
    NameTwice(usize),
    /// Question marks or replacement characters where letters were.
    #[error("{0:?} cannot be read: was the file saved as UTF-8?")]
    Unreadable(String),
    /// A date where a text or a number should be.
    #[error("{0:?} holds a date; make the cell a text")]
    Date(String),
    /// A formula that failed.
    #[error("{0:?} holds a formula that failed")]
    Formula(String),
    /// No place of the forum is called so.
    #[error("there is no place called {0:?}")]
    PlaceUnknown(String),
    /// More or fewer cells than headings.
    #[error("{cells} columns; the headings are {headings}")]
    Columns {
        /// In this row.
        cells: usize,
        /// In the row of headings.
        headings: usize,
    },
    /// A quotation mark that nothing closes.
    #[error("a quotation mark is opened and not closed; lines below may be lost in it")]
    Quote,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Neither CSV nor XLSX, or a broken one.
    #[error("the file is damaged, or no CSV or XLSX: {0}")]
    Damaged(String),
    /// Excel before 2007.
    #[error("this is an old Excel file; save it as XLSX or CSV")]
    OldExcel,
    /// Too many bytes.
    #[error("the file is too large: 32 MiB, unpacked 128 MiB, are the most")]
    Large,
    /// Too many rows.
    #[error("the file has more than 100,000 rows")]
    Rows,
    /// Too many columns.
    #[error("the file has more than 256 columns")]
    Columns,
    /// No headings.
    #[error(
        "the first row must name the columns: number, {0}, and province if there is one; \
         such a row is not among the first ten"
    )]
    Headings(String),
    /// Two headings that mean the same.
    #[error("the columns {one:?} and {other:?} mean the same; rename one of them")]
    Twice {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
}

/// Reads a list of either kind, told apart by its first bytes.
///
/// # Errors
/// As [`csv()`] and [`xlsx`].
pub fn any(bytes: &[u8], forum: &Forum) -> Result<List, Unreadable> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => xlsx(bytes, forum),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(Unreadable::OldExcel),
        _ => csv(bytes, forum),
    }
}

/// Reads CSV, however Excel saved it: commas, semicolons or tabs, UTF-8 or UTF-16.
///
/// # Errors
/// A file without headings, or one that is too large. A bad row is no error.
pub fn csv(bytes: &[u8], forum: &Forum) -> Result<List, Unreadable> {
    let text = sheet::csv_text(bytes)?;
    // The separator is the one with which the headings make sense.
    for separator in *b",;\t" {
        let first = sheet::csv_rows(&text, separator).take(columns::ABOVE);
        let first = first.collect::<Result<Vec<_>, _>>()?;
        if let Some((columns, above)) = columns::find(&first, forum)? {
            return read(
                &columns,
                sheet::csv_rows(&text, separator).skip(above),
                forum,
            );
        }
    }
    Err(no_headings(forum))
}

/// Reads the first sheet of an XLSX file.
///
/// # Errors
/// A file that is damaged, unpacks to too much, or has no headings. A bad row is no error.
pub fn xlsx(bytes: &[u8], forum: &Forum) -> Result<List, Unreadable> {
    let rows = sheet::xlsx(bytes)?;
    match columns::find(&rows, forum)? {
        Some((columns, above)) => read(&columns, rows.into_iter().skip(above).map(Ok), forum),
        None => Err(no_headings(forum)),
    }
}

fn no_headings(forum: &Forum) -> Unreadable {
    let names: Vec<_> = forum
        .config
        .languages()
        .map(|language| format!("name_{language}"))
        .collect();
    Unreadable::Headings(names.join(" or "))
}

fn read(
    columns: &Columns,
    rows: impl Iterator<Item = Result<Row, Unreadable>>,
    forum: &Forum,
) -> Result<List, Unreadable> {
    let mut reading = Reading {
        columns,
        places: Places::new(forum),
        numbers: BTreeMap::new(),
        names: BTreeMap::new(),
        list: List {
            passed_over: columns.passed_over.clone(),
            ..List::default()
        },
    };
    for row in rows {
        reading.row(row?);
    }
    Ok(reading.list)
}

/// The lines above, while a file is read.
struct Reading<'a> {
    columns: &'a Columns,
    places: Places,
    /// The line of each number, folded.
    numbers: BTreeMap<String, usize>,
    /// The line of each entry's names, folded.
    names: BTreeMap<(Language, String), usize>,
    list: List,
}

impl Reading<'_> {
    fn row(&mut self, row: Row) {
        let line = row.line;
        let cells = match row.cells {
            Ok(cells) => cells,
            Err(why) => return self.list.bad.push(Bad { line, why }),
        };
        let is_blank = |cell: &Cell| matches!(cell, Ok(text) if clean::clean(text).is_empty());
        let written = cells.iter().rposition(|cell| !is_blank(cell));
        let Some(last) = written else { return };
        let headings = self.columns.headings.len();
        if last >= headings || (row.is_full && cells.len() < headings) {
            let cells = if row.is_full { cells.len() } else { last + 1 };
            let why = Why::Columns { cells, headings };
            return self.list.bad.push(Bad { line, why });
        }
        let mut faults = Vec::new();
        let number = self.number(line, &cells, &mut faults);
        let name = self.name(&cells, &mut faults);
        let place = self.place(&cells, &mut faults);
        if !faults.is_empty() {
            let bad = faults.into_iter().map(|why| Bad { line, why });
            return self.list.bad.extend(bad);
        }
        // Two branches may share a name, so this is said and not refused.
        let mut same = BTreeSet::new();
        for (language, name) in &name.0 {
            let key = (*language, clean::fold(name));
            let first = *self.names.entry(key).or_insert(line);
            if first != line && same.insert(first) {
                let why = Why::NameTwice(first);
                self.list.doubtful.push(Bad { line, why });
            }
        }
        self.list.entries.push(Entry {
            line,
            number,
            name,
            place,
        });
    }

    fn number(&mut self, line: usize, cells: &[Cell], faults: &mut Vec<Why>) -> String {
        let Some(text) = self.text(cells, self.columns.number, faults) else {
            return String::new();
        };
        let number: String = text.nfkc().map(plain_digit).collect();
        let chars = number.chars().count();
        if number.is_empty() {
            faults.push(Why::NumberMissing);
        } else if chars > NUMBER_CHARS {
            faults.push(Why::NumberLong(chars));
        } else {
            // A bad row has its number too: whoever mends the row would only meet the double then.
            let first = *self.numbers.entry(clean::fold(&number)).or_insert(line);
            if first != line {
                let number = number.clone();
                faults.push(Why::NumberTwice { number, first });
            }
        }
        number
    }

    fn name(&self, cells: &[Cell], faults: &mut Vec<Why>) -> Localised {
        let before = faults.len();
        let mut name = Localised::default();
        for (language, index) in &self.columns.names {
            let Some(text) = self.text(cells, *index, faults) else {
                continue;
            };
            let heading = || self.columns.headings[*index].clone();
            let chars = text.chars().count();
            if chars > NAME_CHARS {
                let heading = heading();
                faults.push(Why::NameLong { heading, chars });
            } else if text.contains("??") && !text.chars().any(char::is_alphanumeric) {
                // So Excel saves letters that its old encodings do not have.
                faults.push(Why::Unreadable(heading()));
            } else if text.chars().any(char::is_alphanumeric) {
                name.0.insert(*language, text);
            }
        }
        if name.0.is_empty() && faults.len() == before {
            faults.push(Why::NameMissing);
        }
        name
    }

    fn place(&self, cells: &[Cell], faults: &mut Vec<Why>) -> Option<String> {
        let text = self.text(cells, self.columns.place?, faults)?;
        if text.is_empty() {
            return None;
        }
        let id = self.places.id(&text).map(str::to_owned);
        if id.is_none() {
            let said = text.chars().take(QUOTED_CHARS).collect();
            faults.push(Why::PlaceUnknown(said));
        }
        id
    }

    /// The cell on one line, empty where the row ends before it; or a fault and `None`.
    fn text(&self, cells: &[Cell], index: usize, faults: &mut Vec<Why>) -> Option<String> {
        let heading = || self.columns.headings[index].clone();
        let why = match cells.get(index) {
            None => return Some(String::new()),
            Some(Ok(text)) if !text.contains(char::REPLACEMENT_CHARACTER) => {
                return Some(clean::clean_line(text));
            }
            Some(Ok(_) | Err(Fault::NotUnicode)) => Why::Unreadable(heading()),
            Some(Err(Fault::Date)) => Why::Date(heading()),
            Some(Err(Fault::Formula)) => Why::Formula(heading()),
        };
        faults.push(why);
        None
    }
}

fn plain_digit(c: char) -> char {
    match c {
        '\u{17E0}'..='\u{17E9}' => char::from(b'0' + (c as u32 - 0x17E0) as u8),
        _ => c,
    }
}
