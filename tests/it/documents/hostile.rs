//! What a person wrote cannot attack whoever reads it, in no form. Ten thousand strings that try; nothing of Khmer is lost.

use std::collections::BTreeSet;

use calamine::{Data, DataType as _};
use samleng::digest::readers::Organisers;
use samleng::digest::{self, Digest, Filter, Records};
use samleng::documents::text::Text;
use samleng::documents::{csv, docx, json, xlsx};
use samleng::domain::{Answer, Localised, MessageId, Part, PartContent};
use samleng::text::clean::clean;
use samleng::text::{Forum, split};
use serde_json::Value;

use super::read::{document, letters, parts, sheets};
use crate::in_memory::{check_markup, english, forum, khmer};
use crate::sketches::{Sketch, instant, records};

const STRINGS: usize = 10_000;

/// What attacks are made of.
const SEEDS: [&str; 44] = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    ";",
    ",",
    "\"",
    "'",
    "|",
    " ",
    "=HYPERLINK(\"http://127.0.0.1/\"&A1,\"ចុច\")",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "+IMPORTXML(\"http://127.0.0.1/\",\"//a\")",
    "\u{FF1D}1+1",
    "{=1+1}",
    "<b>",
    "</b></i>",
    "<script>alert(1)</script>",
    "<a href=\"tg://user?id=1\">me</a>",
    "&lt;",
    "&amp;#60;",
    "&#0;",
    "]]>",
    "<!--",
    "<w:t>",
    "</w:t></w:r></w:p>",
    "<?xml version=\"1.1\"?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>&y;",
    "{ $name }",
    "#eval(\"1\")",
    "\\u0000",
    "\u{0}\u{1}\u{8}\u{B}\u{C}\u{1B}[31m",
    "\u{7F}\u{85}\u{9F}",
    "\u{FFFE}\u{FFFF}",
    "\u{202E}txt.exe\u{202C}",
    "\u{2066}\u{2067}\u{2068}\u{2069}\u{200F}\u{61C}",
    "\u{200B}\u{200D}\u{FEFF}",
    "pаypаl",
    "ក្រុមហ៊ុន និងអ្នកភូមិ\u{200B}រស់នៅ",
];

/// Some of them, one after the other, with words between: the same on every machine.
pub(super) fn strings() -> Vec<String> {
    let mut state: u64 = 0x5DEE_CE66_D1CE_4E5B;
    let mut next = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let mut strings = Vec::with_capacity(STRINGS);
    for place in 0..STRINGS {
        let mut string = String::new();
        for _ in 0..=next(4) {
            string.push_str(SEEDS[next(SEEDS.len())]);
            if next(3) == 0 {
                string.push_str(
                    [
                        "word",
                        "ភាសាខ្មែរ",
                        " ",
                        "១២៣",
                        "é",
                        "\u{1F469}\u{200D}\u{1F33E}",
                    ][next(6)],
                );
            }
        }
        match place % 2_500 {
            // Longer than a cell of a sheet, in one run; and one that ends in the middle of a pair.
            7 => string.push_str(&"ក".repeat(33_000)),
            8 => string.push_str(&"\u{1F33E}".repeat(17_000)),
            9 => string.push_str(&"A".repeat(600)),
            _ => {}
        }
        // So that each can be told from the others, and none is empty.
        string.push_str(&format!(" n{place}n"));
        strings.push(string);
    }
    strings
}

/// A concern each, of which every text is hostile; and an organisation with such a name.
fn hostile(strings: &[String], forum: &Forum) -> Records {
    let sketch = Sketch {
        organisation: 1,
        status: 2,
        disclosure: 0,
        topic: 1,
        place: 1,
        urgency: None,
        has_title: true,
        day: 0,
    };
    let mut records = records(&vec![sketch; strings.len()], forum);
    for (concern, words) in records.concerns.iter_mut().zip(strings) {
        let text = Answer::Text {
            text: words.clone(),
            source: MessageId(1),
        };
        concern.answers.0.insert("title".to_owned(), text);
        let story = vec![Part {
            source: MessageId(1),
            content: PartContent::Text(words.clone()),
        }];
        concern
            .answers
            .0
            .insert("story".to_owned(), Answer::Story(story));
    }
    let known = records.organisations.get_mut(&1).unwrap();
    known.name = Localised::same([english(), khmer()], "=1+1<b>\u{202E}អង្គការ");
    records
}

fn made(strings: &[String], forum: &Forum) -> Digest<Organisers> {
    let filter = Filter::default();
    digest::make(&hostile(strings, forum), &filter, &forum.config, instant())
}

/// What no reader may meet: what turns the direction, what controls a terminal.
pub(super) fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
}

/// Nothing of the words is lost but what is harmful; `cut` may end them.
fn check_kept(given: &str, held: &str) {
    assert!(!held.contains(is_harmful), "{held:?}");
    let (given, held) = (letters(given), letters(held));
    let is_cut = given.chars().count() > 30_000;
    if is_cut {
        let begun: String = held.chars().take(30_000).collect();
        assert!(
            given.starts_with(&begun) && held.ends_with(&letters("cut here: a cell holds no more"))
        );
    } else {
        assert_eq!(given, held);
    }
}

#[test]
fn a_workbook_takes_them_as_words() {
    let forum = forum();
    let strings = strings();
    let digest = made(&strings, &forum);
    let bytes = xlsx::render(&digest, &forum, english()).unwrap();
    let (_, rows) = &sheets(&bytes)[0];
    assert_eq!(rows.len(), STRINGS + 1);
    let head: Vec<String> = rows[0].iter().map(|cell| cell.to_string()).collect();
    let of = |name: &str| head.iter().position(|head| head == name).unwrap();
    let (title, story) = (of("Title"), of("What happens"));
    for (row, words) in rows[1..].iter().zip(&strings) {
        for at in [title, story] {
            let Data::String(held) = &row[at] else {
                panic!("{words:?} became {:?}", row[at]);
            };
            assert!(held.encode_utf16().count() <= 32_767);
            if held.encode_utf16().count() < 32_000 {
                check_kept(words, held);
            }
        }
    }
    let long = &rows[8][story].to_string();
    assert!(
        long.ends_with("… (cut here: a cell holds no more)"),
        "{}",
        long.len()
    );
    // Each that would come alive in a sheet saved as text has the mark against it, and only those.
    let parts = parts(&bytes);
    let sheet = roxmltree::Document::parse(&parts["xl/worksheets/sheet1.xml"]).unwrap();
    let styles = roxmltree::Document::parse(&parts["xl/styles.xml"]).unwrap();
    let formats = styles
        .descendants()
        .find(|n| n.tag_name().name() == "cellXfs")
        .unwrap();
    let marked: BTreeSet<usize> = formats
        .children()
        .filter(|n| n.is_element())
        .enumerate()
        .filter(|(_, n)| n.attribute("quotePrefix") == Some("1"))
        .map(|(place, _)| place)
        .collect();
    assert!(!sheet.descendants().any(|n| n.tag_name().name() == "f"));
    let mut live = 0;
    for row in sheet
        .descendants()
        .filter(|n| n.tag_name().name() == "row")
        .skip(1)
    {
        let place: usize = row.attribute("r").unwrap().parse().unwrap();
        for (cell, at) in row.children().filter(|n| n.is_element()).zip(0..) {
            let style: usize = cell.attribute("s").unwrap().parse().unwrap();
            let held = rows[place - 1][at].to_string();
            let is_live = rows[place - 1][at].is_string() && held.starts_with(['=', '+', '-', '@']);
            live += usize::from(is_live);
            assert_eq!(marked.contains(&style), is_live, "{held}");
        }
    }
    assert!(live > 1_000, "{live}");
}

#[test]
fn a_table_as_text_takes_them_as_words() {
    let forum = forum();
    let strings = strings();
    let digest = made(&strings, &forum);
    let bytes = csv::render(&digest, &forum, khmer()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let begins_live = |cell: &str| {
        let cell = cell.trim_start_matches([' ', '"']);
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{FF1D}'])
    };
    let mut reader = ::csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let heads: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let title = heads.iter().position(|head| head == "ចំណងជើង").unwrap();
    let mut rows = 0;
    for (row, words) in reader.records().zip(&strings) {
        let row = row.unwrap();
        assert!(!row.iter().any(begins_live), "{row:?}");
        check_kept_whole(words, &row[title]);
        rows += 1;
    }
    assert_eq!(rows, STRINGS);
    // Where a semicolon parts the cells, quotes in the middle of one mean nothing, and each line is a row.
    let live = text
        .split([';', '\n'])
        .filter(|cell| begins_live(cell))
        .count();
    assert_eq!(live, 0);
}

fn check_kept_whole(given: &str, held: &str) {
    assert!(!held.contains(is_harmful), "{held:?}");
    assert_eq!(letters(given), letters(held));
}

#[test]
fn a_document_takes_them_as_words() {
    let forum = forum();
    let strings = strings();
    let digest = made(&strings, &forum);
    let read = document(&docx::render(&digest, &forum, khmer()).unwrap());
    let titles = read
        .paragraphs
        .iter()
        .filter(|(style, _)| style == "Heading3");
    let titles: Vec<&str> = titles.map(|(_, words)| words.as_str()).collect();
    assert_eq!(titles.len(), STRINGS);
    for (held, words) in titles.iter().zip(&strings) {
        let (_, held) = held.split_once(". ").unwrap();
        check_kept_whole(words, held);
    }
}

#[test]
fn json_and_messages_take_them_as_words() {
    let forum = forum();
    let strings = strings();
    let digest = made(&strings, &forum);
    let value: Value = serde_json::from_str(&json::render(&digest)).unwrap();
    for (concern, words) in value["concerns"].as_array().unwrap().iter().zip(&strings) {
        assert_eq!(concern["title"], **words);
        assert_eq!(concern["story"][0]["text"], **words);
    }
    // Messages show what came in, and what came in was cleaned.
    let cleaned: Vec<String> = strings.iter().map(|words| clean(words)).collect();
    let text = Text::new(&made(&cleaned, &forum), &forum, khmer());
    let mut plain = String::new();
    for topic in &text.topics {
        for message in split::split(topic, split::MESSAGE_CHARS) {
            check_markup(&message);
            plain.push_str(&message.to_plain());
        }
    }
    assert!(!plain.replace("=1+1<b>\u{202E}", "").contains(is_harmful));
    let plain = letters(&plain);
    let mut rest = plain.as_str();
    for words in &strings {
        let at = rest
            .find(&letters(words))
            .unwrap_or_else(|| panic!("{words:?} is gone"));
        rest = &rest[at + letters(words).len()..];
    }
}
