//! The workbook and the table as text, read by others and compared with the value.

use calamine::Data;
use samleng::digest::readers::{Authority, Group, Organisers};
use samleng::digest::{self, Digest, Filter, Reader};
use samleng::documents::report::{Report, Surface};
use samleng::documents::{csv, xlsx};
use samleng::domain::{Answer, Language, MessageId};
use samleng::text::Forum;

use super::read::{converted, parts, sheets, shown};
use super::sample;
use crate::in_memory::{english, forum, khmer, longer_forum};

fn sample<R: Reader>(forum: &Forum) -> Digest<R> {
    let records = sample::records(forum, R::EDITION);
    digest::make::<R>(
        &records,
        &Filter::default(),
        &forum.config,
        sample::made_at(),
    )
}

/// Every cell of a concern must be what the report says; the columns are found by their heads.
fn check_rows<R: Reader>(
    digest: &Digest<R>,
    forum: &Forum,
    language: Language,
    rows: &[Vec<Data>],
) {
    let report = Report::on(Surface::Cell, digest, forum, language);
    let columns = &report.words.columns;
    let items: Vec<_> = report
        .topics
        .iter()
        .flat_map(|topic| &topic.concerns)
        .collect();
    assert_eq!(rows.len(), items.len() + 1);
    for (row, item) in rows[1..].iter().zip(items) {
        let mut expected = vec![
            (columns.number.clone(), Data::Float(item.number as f64)),
            (columns.topic.clone(), Data::String(item.topic.clone())),
            (columns.place.clone(), Data::String(item.place.clone())),
            (columns.title.clone(), Data::String(item.title.clone())),
            (columns.behind.clone(), Data::Float(item.behind as f64)),
            (columns.status.clone(), Data::String(item.status.clone())),
        ];
        let mut numbers = Vec::new();
        let mut words = |name: &String, words: String| {
            let cell = if words.is_empty() {
                Data::Empty
            } else {
                Data::String(words)
            };
            expected.push((name.clone(), cell));
        };
        let story: Vec<&str> = item.story.iter().map(|told| told.text.as_str()).collect();
        words(&columns.story, story.join("\n"));
        item.receipt
            .iter()
            .for_each(|receipt| words(&columns.receipt, receipt.clone()));
        item.organisation
            .iter()
            .for_each(|name| words(&columns.organisation, name.clone()));
        if item.receipt.is_some() {
            words(&columns.beside, item.beside.join("\n"));
        }
        for field in &item.fields {
            match field.number {
                Some(number) => numbers.push((field.label.clone(), Data::Float(number as f64))),
                None => words(&field.label, field.value.clone()),
            }
        }
        expected.extend(numbers);
        for (name, cell) in &expected {
            let at = rows[0].iter().position(|head| shown(head) == *name);
            let at = at.unwrap_or_else(|| panic!("no column {name}"));
            assert_eq!(row[at], *cell, "{name} of {}", item.number);
        }
        let filled = row.iter().filter(|cell| **cell != Data::Empty).count();
        let wanted = expected
            .iter()
            .filter(|(_, cell)| *cell != Data::Empty)
            .count();
        assert_eq!(filled, wanted, "a cell too many in {row:?}");
    }
}

fn check<R: Reader>(forum: &Forum) {
    let digest = sample::<R>(forum);
    for language in [english(), khmer()] {
        let bytes = xlsx::render(&digest, forum, language).unwrap();
        assert_eq!(
            bytes,
            xlsx::render(&digest, forum, language).unwrap(),
            "deterministic"
        );
        let report = Report::on(Surface::Cell, &digest, forum, language);
        let sheets = sheets(&bytes);
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        let words = &report.words;
        assert_eq!(
            names,
            [&words.concerns, &words.figures, &words.reconciliation]
        );
        check_rows(&digest, forum, language, &sheets[0].1);
        let parts = parts(&bytes);
        let charts = report
            .charts
            .iter()
            .filter(|chart| chart.none.is_none())
            .count();
        let drawn = parts
            .keys()
            .filter(|name| name.starts_with("xl/charts/chart"));
        assert_eq!(drawn.count(), charts);
        let first = &parts["xl/worksheets/sheet1.xml"];
        assert!(first.contains("<autoFilter ") && first.contains("state=\"frozen\""));
        assert!(parts["docProps/core.xml"].contains(&report.title));
        assert!(parts["docProps/core.xml"].contains("2027-01-08T02:30:00Z"));
        // The days are days.
        let from = &sheets[1].1;
        let days = from
            .iter()
            .flatten()
            .filter(|cell| matches!(cell, Data::DateTime(_)));
        assert_eq!(days.count(), 2 * digest.trend.len());
    }
}

#[test]
fn a_workbook_holds_what_the_digest_says() {
    let forum = forum();
    check::<Organisers>(&forum);
    check::<Authority>(&forum);
    check::<Group>(&forum);
}

#[test]
fn a_number_that_was_asked_for_is_a_number() {
    let forum = longer_forum();
    let mut records = sample::records(&forum, digest::Edition::Organisers);
    for concern in &mut records.concerns {
        let number = Answer::Number {
            value: 40 + concern.id,
            source: MessageId(1),
        };
        concern.answers.0.insert("households".to_owned(), number);
    }
    let filter = Filter::default();
    let digest = digest::make::<Organisers>(&records, &filter, &forum.config, sample::made_at());
    for language in [english(), khmer()] {
        let sheets = sheets(&xlsx::render(&digest, &forum, language).unwrap());
        check_rows(&digest, &forum, language, &sheets[0].1);
        let numbers = sheets[0].1[1]
            .iter()
            .filter(|cell| matches!(cell, Data::Float(_)));
        assert_eq!(numbers.count(), 3);
    }
}

#[test]
fn a_table_as_text_holds_what_the_digest_says() {
    let forum = forum();
    let digest = sample::<Organisers>(&forum);
    for language in [english(), khmer()] {
        let bytes = csv::render(&digest, &forum, language).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let table = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
        assert!(table.ends_with("\r\n"));
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(table.as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let book = sheets(&xlsx::render(&digest, &forum, language).unwrap());
        let same: Vec<Vec<String>> = book[0]
            .1
            .iter()
            .map(|row| row.iter().map(shown).collect())
            .collect();
        assert_eq!(rows, same);
    }
}

#[test]
fn an_empty_digest_has_its_heads_and_says_so() {
    let forum = forum();
    let records = digest::Records::default();
    let filter = Filter::default();
    let digest = digest::make::<Authority>(&records, &filter, &forum.config, sample::made_at());
    for language in [english(), khmer()] {
        let sheets = sheets(&xlsx::render(&digest, &forum, language).unwrap());
        let empty = forum.words.phrases(language).digest_empty().to_plain();
        assert_eq!(sheets[0].1[1][0], Data::String(empty));
        let text = String::from_utf8(csv::render(&digest, &forum, language).unwrap()).unwrap();
        assert_eq!(text.matches("\r\n").count(), 1);
    }
}

#[test]
fn libreoffice_reads_the_same() {
    let forum = forum();
    let digest = sample::<Organisers>(&forum);
    for language in [english(), khmer()] {
        let ours = xlsx::render(&digest, &forum, language).unwrap();
        let table = csv::render(&digest, &forum, language).unwrap();
        let text: Vec<Vec<String>> = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(table.strip_prefix("\u{feff}".as_bytes()).unwrap())
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        // The sheet of concerns, saved as text by it, is our table as text.
        let options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false";
        let Some(saved) = converted(&ours, "xlsx", options, &[]) else {
            return;
        };
        let saved = String::from_utf8(saved).unwrap();
        let saved = saved.trim_start_matches('\u{feff}');
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(saved.as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(rows, text);
        // Our table as text, opened by it, has the same cells.
        let opened = converted(&table, "csv", "xlsx", &["--infilter=CSV:44,34,76,1"]).unwrap();
        let opened = sheets(&opened);
        let rows: Vec<Vec<String>> = opened[0]
            .1
            .iter()
            .map(|row| row.iter().map(shown).collect())
            .collect();
        assert_eq!(rows, text);
    }
}
