//! Every form says the same numbers, and they add up.

use std::collections::BTreeMap;

use proptest::prelude::*;
use samleng::digest::frozen::{Frozen, Opening};
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{self, Digest, Filter, Reader, Records};
use samleng::documents::report::Report;
use samleng::documents::text::Text;
use samleng::documents::{csv, docx, json, pdf, xlsx};
use samleng::domain::Language;
use samleng::text::Forum;
use serde_json::Value;

use super::printed::{Printed, letters};
use super::read::{document, number, sheets, shown};
use crate::in_memory::{english, forum, khmer, runner};
use crate::sketches::{instant, records, sketches};

/// A digest of the first of these, frozen: what the one of all is held against.
fn before<R: Reader>(records: &Records, count: usize, forum: &Forum) -> (Frozen, Vec<Opening>) {
    let mut first = records.clone();
    first.concerns.truncate(count);
    let filter = Filter::default();
    first.last_number = 3;
    let config = &forum.config;
    let mut salts = || [7; 16];
    let (_, freeze) = digest::make_frozen::<R>(&first, &filter, config, instant(), &mut salts);
    (freeze.frozen, freeze.openings)
}

/// Labels and numbers, in order.
type Figures = Vec<(String, i64)>;

fn figures(report: &Report) -> (Figures, Vec<Figures>) {
    let all = |figures: &[samleng::documents::report::Figure]| -> Figures {
        figures
            .iter()
            .map(|figure| {
                assert_eq!(number(&figure.shown), Some(figure.count as i64));
                (figure.label.clone(), figure.count as i64)
            })
            .collect()
    };
    let charts = report.charts.iter().filter(|chart| chart.none.is_none());
    (
        all(&report.totals),
        charts.map(|chart| all(&chart.bars)).collect(),
    )
}

/// Rows of a label and a number, where they stand one below the other in a table.
fn pairs(rows: &[Vec<String>]) -> Figures {
    rows.iter()
        .filter_map(|row| Some((row.first()?.clone(), number(row.get(1)?)?)))
        .collect()
}

fn holds(rows: &Figures, wanted: &Figures) -> bool {
    wanted.is_empty()
        || rows
            .windows(wanted.len())
            .any(|window| window == wanted.as_slice())
}

fn check<R: Reader>(
    digest: &Digest<R>,
    forum: &Forum,
    language: Language,
) -> Result<(), TestCaseError> {
    let report = Report::new(digest, forum, language);
    let (totals, charts) = figures(&report);
    let included = digest.totals.included as i64;
    // The totals add up, and so does each chart, but for those who did not answer.
    prop_assert_eq!(
        totals[0].1,
        totals[1..].iter().map(|(_, count)| count).sum::<i64>()
    );
    for chart in &charts {
        prop_assert!(chart.iter().map(|(_, count)| count).sum::<i64>() <= included);
    }
    let items: usize = report.topics.iter().map(|topic| topic.concerns.len()).sum();
    prop_assert_eq!(items as i64, included);
    // The annex: each flow leads from a total to a total.
    if let Some(changes) = digest.changes() {
        let then = digest.before.as_ref().unwrap().totals;
        let (mut from, mut to) = (BTreeMap::new(), BTreeMap::new());
        for ((a, b), count) in &changes.flows {
            *from.entry(*a).or_insert(0) += count;
            *to.entry(*b).or_insert(0) += count;
        }
        for place in digest::Place::ALL
            .into_iter()
            .filter(|p| *p != digest::Place::Absent)
        {
            prop_assert_eq!(from.get(&place).copied().unwrap_or(0), place.total(&then));
            prop_assert_eq!(
                to.get(&place).copied().unwrap_or(0),
                place.total(&digest.totals)
            );
        }
        prop_assert_eq!(
            changes.flows.values().sum::<u64>(),
            report.annex.flows.iter().map(|f| f.count).sum::<u64>()
        );
    }
    let annex: Vec<Vec<String>> = report
        .annex
        .totals
        .iter()
        .map(|change| {
            let then = change.then.map(|then| then.to_string()).unwrap_or_default();
            let gap = change
                .then
                .map(|then| (change.now as i64 - then as i64).to_string());
            vec![
                change.label.clone(),
                then,
                change.now.to_string(),
                gap.unwrap_or_default(),
            ]
        })
        .collect();
    // The workbook.
    let book = sheets(&xlsx::render(digest, forum, language).unwrap());
    let rows: Vec<Vec<Vec<String>>> = book
        .iter()
        .map(|(_, rows)| {
            rows.iter()
                .map(|row| row.iter().map(any).collect())
                .collect()
        })
        .collect();
    prop_assert_eq!(
        rows[0]
            .iter()
            .skip(1)
            .filter(|row| row[0].parse::<u64>().is_ok())
            .count() as i64,
        included
    );
    let shown_figures = pairs(&rows[1]);
    prop_assert!(holds(&shown_figures, &totals), "{:?}", shown_figures);
    for chart in &charts {
        prop_assert!(
            holds(&shown_figures, chart),
            "{:?} in {:?}",
            chart,
            shown_figures
        );
    }
    let from = rows[2]
        .iter()
        .position(|row| row[0] == annex[0][0])
        .unwrap();
    for (row, wanted) in rows[2][from..].iter().zip(&annex) {
        prop_assert_eq!(&row[..4], wanted.as_slice());
    }
    let moved = report.annex.moved.iter().map(|moved| &moved.receipt);
    let count = moved
        .filter(|receipt| rows[2].iter().flatten().any(|cell| cell == *receipt))
        .count();
    prop_assert_eq!(count, report.annex.moved.len());
    // The document.
    let read = document(&docx::render(digest, forum, language).unwrap());
    prop_assert_eq!(&pairs(&read.tables[0]), &totals);
    for (table, chart) in read.tables[1..].iter().zip(&charts) {
        prop_assert_eq!(&pairs(table), chart);
    }
    let last = &read.tables[charts.len() + 1];
    for (row, wanted) in last[1..].iter().zip(&annex) {
        let row: Vec<String> = row
            .iter()
            .map(|c| number(c).map_or_else(|| c.clone(), |n| n.to_string()))
            .collect();
        prop_assert_eq!(&row, wanted);
    }
    let concerns = read
        .paragraphs
        .iter()
        .filter(|(style, _)| style == "Heading3")
        .count();
    prop_assert_eq!(concerns as i64, included);
    // Text, table as text, data.
    let phrases = forum.words.phrases(language);
    let text = Text::new(digest, forum, language);
    let summary = text.summary.to_plain();
    let lines: Vec<&str> = summary.lines().collect();
    for (place, (label, count)) in totals.iter().enumerate() {
        let line = phrases.digest_sum(label, *count as u64).to_plain();
        prop_assert_eq!(
            lines.contains(&line.as_str()),
            *count > 0 || place < 2,
            "{}",
            line
        );
    }
    for chart in charts.iter().take(if digest.trend.is_empty() {
        charts.len()
    } else {
        charts.len() - 1
    }) {
        for (label, count) in chart {
            let line = phrases.digest_count(label, *count as u64).to_plain();
            prop_assert!(lines.contains(&line.as_str()), "{}", line);
        }
    }
    let table = csv::render(digest, forum, language).unwrap();
    let table = ::csv::Reader::from_reader(table.as_slice())
        .into_records()
        .count();
    prop_assert_eq!(table as i64, included);
    let value: Value = serde_json::from_str(&json::render(digest)).unwrap();
    for ((_, count), key) in totals.iter().zip([
        "received",
        "included",
        "merged",
        "withdrawn",
        "held",
        "rejected",
        "withheld",
    ]) {
        prop_assert_eq!(value["totals"][key].as_i64(), Some(*count));
    }
    let told: i64 = value["trend"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["concerns"].as_i64().unwrap())
        .sum();
    prop_assert!(told == included || digest.trend.is_empty());
    for key in ["topic", "place", "urgency"] {
        let counts: i64 = value["counts"][key]
            .as_object()
            .unwrap()
            .values()
            .map(|n| n.as_i64().unwrap())
            .sum();
        let by = match key {
            "topic" => &report.charts[0],
            "place" => &report.charts[1],
            _ => &report.charts[2],
        };
        prop_assert_eq!(
            counts,
            by.bars.iter().map(|bar| bar.count as i64).sum::<i64>()
        );
    }
    Ok(())
}

/// What a cell holds, as words; a day as nothing.
fn any(cell: &calamine::Data) -> String {
    if matches!(cell, calamine::Data::DateTime(_)) {
        String::new()
    } else {
        shown(cell)
    }
}

#[test]
fn every_form_says_the_same_numbers() {
    let forum = forum();
    runner(25)
        .run(&(sketches(), 0usize..30), |(sketches, first)| {
            let mut all = records(&sketches, &forum);
            let filter = Filter::default();
            for language in [english(), khmer()] {
                all.frozen = vec![before::<Organisers>(&all, first, &forum)];
                check(
                    &digest::make::<Organisers>(&all, &filter, &forum.config, instant()),
                    &forum,
                    language,
                )?;
                all.frozen = vec![before::<Authority>(&all, first, &forum)];
                check(
                    &digest::make::<Authority>(&all, &filter, &forum.config, instant()),
                    &forum,
                    language,
                )?;
                all.frozen.clear();
                check(
                    &digest::make::<Authority>(&all, &filter, &forum.config, instant()),
                    &forum,
                    language,
                )?;
            }
            Ok(())
        })
        .unwrap();
}

/// Whether these stand one behind the other, and the last is no longer number.
fn in_a_row(page: &str, parts: &[&str]) -> bool {
    let wanted = letters(&parts.concat());
    let mut found = page.match_indices(&wanted);
    found.any(|(at, _)| {
        let behind = page[at + wanted.len()..].chars().next();
        !behind.is_some_and(char::is_numeric)
    })
}

/// The pages, as poppler reads them in the order in which they were set.
fn check_printed<R: Reader>(
    digest: &Digest<R>,
    forum: &Forum,
    language: Language,
) -> Result<(), TestCaseError> {
    let report = Report::new(digest, forum, language);
    let printed = Printed::new(&pdf::pdf(&report, None).unwrap());
    let text = printed.by("pdftotext", &["-raw", "digest.pdf", "-"]);
    let text = String::from_utf8(text).unwrap();
    let pages: Vec<String> = text.split('\u{c}').map(letters).collect();
    let summary = &pages[1];
    let (sum, parts) = report.totals.split_first().unwrap();
    prop_assert!(in_a_row(summary, &[&sum.shown, &sum.label]), "{}", summary);
    for part in parts {
        let row = [part.label.as_str(), &part.shown];
        prop_assert!(in_a_row(summary, &row), "{:?} in {}", row, summary);
    }
    for chart in report.charts.iter().filter(|chart| chart.none.is_none()) {
        let by_day = !digest.trend.is_empty() && chart == report.charts.last().unwrap();
        if by_day {
            let numbers: Vec<&str> = chart.bars.iter().map(|bar| bar.shown.as_str()).collect();
            let row = letters(&numbers.concat());
            prop_assert!(summary.contains(&row), "{} in {}", row, summary);
            continue;
        }
        for bar in &chart.bars {
            let row = [bar.label.as_str(), &bar.shown];
            prop_assert!(in_a_row(summary, &row), "{:?} in {}", row, summary);
        }
    }
    // Each concern once, by its running number.
    let concerns = pages[2..].concat();
    let items: Vec<_> = report
        .topics
        .iter()
        .flat_map(|topic| &topic.concerns)
        .collect();
    prop_assert_eq!(items.len() as u64, digest.totals.included);
    for item in items {
        let title = letters(&pdf::shown(&item.title));
        let row = [item.shown.as_str(), &title];
        prop_assert!(concerns.contains(&letters(&row.concat())), "{:?}", row);
    }
    for change in &report.annex.totals {
        let [then, now, _] = &change.shown;
        if change.then.is_some() {
            let row = letters(&[&change.label, then, now].map(String::as_str).concat());
            prop_assert!(concerns.contains(&row), "{} in {}", row, concerns);
        }
    }
    Ok(())
}

#[test]
fn the_printed_pages_say_the_same_numbers() {
    let forum = forum();
    runner(6)
        .run(&(sketches(), 0usize..30), |(sketches, first)| {
            let mut all = records(&sketches, &forum);
            let filter = Filter::default();
            let language = if first % 2 == 0 { english() } else { khmer() };
            all.frozen = vec![before::<Organisers>(&all, first, &forum)];
            let whole = digest::make::<Organisers>(&all, &filter, &forum.config, instant());
            check_printed(&whole, &forum, language)?;
            all.frozen = vec![before::<Authority>(&all, first, &forum)];
            let shared = digest::make::<Authority>(&all, &filter, &forum.config, instant());
            check_printed(&shared, &forum, language)
        })
        .unwrap();
}
