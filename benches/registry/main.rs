//! Reading a list of 5,400 organisations, and finding one by a typed name; docs/BENCHES.md tells how.
//!
//! The list and the typed names are those of `tests/data/registry`. Figures are medians of five; nothing here fails
//! because of a figure.

#[path = "../load/table.rs"]
mod table;
#[path = "../load/timed.rs"]
mod timed;

use std::collections::BTreeMap;

use anyhow::Context as _;
use rust_xlsxwriter::Workbook;
use samleng::config;
use samleng::registry::{Finder, PLAUSIBLE, read};
use samleng::text::Forum;

use table::Table;
use timed::milliseconds;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/registry/");

fn main() -> anyhow::Result<()> {
    let forum = forum()?;
    let csv = std::fs::read(format!("{FOLDER}registry.csv"))?;
    let list = read::csv(&csv, &forum)?;
    // Before anything large was freed, which the finder would fill without the process growing.
    let before = resident()?;
    let finder = filled(&list);
    let grown = resident()?.saturating_sub(before) as f64 / 1024.0;
    let xlsx = as_xlsx(&csv)?;
    let mut table = Table::new();
    anyhow::ensure!(
        list == read::xlsx(&xlsx, &forum)?,
        "the two kinds of file are read differently"
    );
    let rows = list.entries.len();
    let took = milliseconds(|| read::csv(&csv, &forum));
    let goal = "under 5,000 ms with the import";
    table.row(
        &format!("reading {rows} rows of CSV"),
        &format!("{took:.0} ms"),
        goal,
    );
    let took = milliseconds(|| read::xlsx(&xlsx, &forum));
    table.row(
        &format!("reading {rows} rows of XLSX"),
        &format!("{took:.0} ms"),
        goal,
    );

    let took = milliseconds(|| filled(&list));
    table.row("filling the finder", &format!("{took:.0} ms"), "");
    table.row(
        "memory of the finder",
        &format!("{grown:.1} MiB"),
        "under 15 MiB",
    );
    lookups(&mut table, &finder, &list)
}

/// What was typed, found: how fast, and how often it is the right one.
fn lookups(table: &mut Table, finder: &Finder, list: &read::List) -> anyhow::Result<()> {
    let numbers = list
        .entries
        .iter()
        .map(|entry| (entry.number.as_str(), entry.line as u64));
    let ids: BTreeMap<&str, u64> = numbers.collect();
    let mut times = Vec::new();
    // Meant, among five, first, plausible; nobody meant, not plausible.
    let (mut meant, mut five, mut first, mut plausible) = (0, 0, 0, 0);
    let (mut absent, mut refused) = (0, 0);
    for row in csv::Reader::from_path(format!("{FOLDER}typed.csv"))?.records() {
        let row = row?;
        times.push(milliseconds(|| finder.closest(&row[0], 5)));
        let found = finder.closest(&row[0], 5);
        let best = found.first().context("nothing was found")?;
        let Some(id) = ids.get(&row[1]) else {
            absent += 1;
            refused += usize::from(best.score < PLAUSIBLE);
            continue;
        };
        meant += 1;
        first += usize::from(best.id == *id);
        if let Some(right) = found.iter().find(|found| found.id == *id) {
            five += 1;
            plausible += usize::from(right.score >= PLAUSIBLE);
        }
    }
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let worst = times.iter().copied().fold(0.0, f64::max);
    let count = times.len();
    table.row(
        &format!("a lookup, mean of {count}"),
        &format!("{mean:.2} ms"),
        "under 5 ms",
    );
    table.row(
        "the slowest of them",
        &format!("{worst:.2} ms"),
        "under 5 ms",
    );
    // Words that nearly all names have are the most work.
    for typed in ["អង្គការ", "association for", "សមាគម association samakum"]
    {
        let took = milliseconds(|| finder.closest(typed, 5));
        table.row(
            &format!("a lookup of `{typed}`"),
            &format!("{took:.2} ms"),
            "under 5 ms",
        );
    }
    let share = |part: usize, all: usize| {
        let percent = 100.0 * part as f64 / all as f64;
        format!("{part} of {all} = {percent:.1} %")
    };
    table.row(
        "the right name among the five",
        &share(five, meant),
        "at least 95 %",
    );
    table.row("the right name first", &share(first, meant), "");
    table.row(
        "of those among the five, plausible",
        &share(plausible, five),
        "",
    );
    table.row(
        "names of nobody, not plausible",
        &share(refused, absent),
        "",
    );
    Ok(())
}

fn filled(list: &read::List) -> Finder {
    let mut finder = Finder::default();
    for entry in &list.entries {
        finder.insert(entry.line as u64, entry.name.all());
    }
    finder
}

/// The same cells in an Excel file.
fn as_xlsx(csv: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv);
    for (line, row) in rows.records().enumerate() {
        for (column, cell) in row?.iter().enumerate() {
            sheet.write(line as u32, column as u16, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

/// KiB of memory that this process holds.
fn resident() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("no VmRSS")?.parse()?)
}

/// The compiled configuration.
fn forum() -> anyhow::Result<Forum> {
    let wrong = |mistakes: Vec<config::Mistake>| anyhow::anyhow!("{} mistakes", mistakes.len());
    Forum::read(config::files(None).map_err(wrong)?).map_err(wrong)
}
