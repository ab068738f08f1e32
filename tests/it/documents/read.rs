//! Documents read by programs that are not ours.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::process::{Command, Stdio};

use calamine::{Data, Reader as _, Xlsx};

/// The sheets of a workbook by name, row by row. No cell may be a formula.
pub(super) fn sheets(bytes: &[u8]) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).expect("a workbook");
    let names = book.sheet_names();
    let mut sheets = Vec::new();
    for name in names {
        let formulas = book.worksheet_formula(&name).expect("a sheet");
        let live: Vec<_> = formulas
            .used_cells()
            .filter(|(_, _, f)| !f.is_empty())
            .collect();
        assert_eq!(live, [], "a formula in {name}");
        let range = book.worksheet_range(&name).expect("a sheet");
        sheets.push((name, range.rows().map(<[Data]>::to_vec).collect()));
    }
    sheets
}

/// The parts of a zipped document.
pub(crate) fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let mut parts = BTreeMap::new();
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).expect("every part is text");
        parts.insert(file.name().expect("a name").into_owned(), text);
    }
    parts
}

/// A text document: its paragraphs outside of tables, each with its style, and its tables.
#[derive(Default)]
pub(super) struct Document {
    pub(super) paragraphs: Vec<(String, String)>,
    pub(super) tables: Vec<Vec<Vec<String>>>,
}

/// Reads it with a strict reader; every part must be well-formed.
pub(super) fn document(bytes: &[u8]) -> Document {
    let parts = parts(bytes);
    for (name, part) in &parts {
        roxmltree::Document::parse(part).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let parsed = roxmltree::Document::parse(&parts["word/document.xml"]).unwrap();
    let body = parsed.root_element().first_element_child().unwrap();
    let mut read = Document::default();
    for block in body.children() {
        match block.tag_name().name() {
            "p" => {
                let style = block
                    .descendants()
                    .find(|n| n.has_tag_name((WORD, "pStyle")));
                let style = style.and_then(|n| n.attribute((WORD, "val"))).unwrap_or("");
                read.paragraphs.push((style.to_owned(), words(block)));
            }
            "tbl" => {
                let rows = block.children().filter(|n| n.has_tag_name((WORD, "tr")));
                let cells = |row: roxmltree::Node<'_, '_>| {
                    let cells = row.children().filter(|n| n.has_tag_name((WORD, "tc")));
                    cells.map(words).collect()
                };
                read.tables.push(rows.map(cells).collect());
            }
            "sectPr" => {}
            other => panic!("an element that no one wrote: {other}"),
        }
    }
    read
}

pub(super) const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

fn words(block: roxmltree::Node<'_, '_>) -> String {
    let pieces = block.descendants().map(|n| match n.tag_name().name() {
        "t" => n.text().unwrap_or_default(),
        "br" => "\n",
        _ => "",
    });
    pieces.collect()
}

/// The file in another form, by LibreOffice; nothing where it is not installed.
pub(super) fn converted(bytes: &[u8], from: &str, to: &str, options: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join(format!("document.{from}"));
    std::fs::write(&source, bytes).unwrap();
    let profile = folder.path().join("profile");
    let done = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .arg("--headless")
        .args(options)
        .args(["--convert-to", to, "--outdir"])
        .arg(folder.path())
        .arg(&source)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let Ok(status) = done else {
        println!("LibreOffice is not installed: skipped");
        return None;
    };
    assert!(status.success(), "LibreOffice refused it");
    let extension = to.split(':').next().unwrap();
    let made = folder.path().join(format!("document.{extension}"));
    Some(std::fs::read(made).expect("what LibreOffice made"))
}

/// A number in anybody's digits.
pub(super) fn number(shown: &str) -> Option<i64> {
    let ascii: String = shown
        .chars()
        .map(|c| match c {
            '\u{17E0}'..='\u{17E9}' => char::from(b'0' + (c as u32 - 0x17E0) as u8),
            '−' => '-',
            _ => c,
        })
        .collect();
    ascii.trim_start_matches('+').parse().ok()
}

/// What a cell holds, as words.
pub(super) fn shown(cell: &Data) -> String {
    match cell {
        Data::String(words) => words.clone(),
        Data::Float(number) => number.to_string(),
        Data::Empty => String::new(),
        Data::Int(_)
        | Data::Bool(_)
        | Data::DateTime(_)
        | Data::DateTimeIso(_)
        | Data::DurationIso(_)
        | Data::Error(_) => panic!("neither words nor a number: {cell:?}"),
    }
}

/// Letters and digits alone: what nobody may lose.
pub(super) fn letters(text: &str) -> String {
    let stays = |c: &char| c.is_alphanumeric() || matches!(c, '\u{1780}'..='\u{17FF}');
    text.chars().filter(stays).collect()
}
