//! What became of what was promised: the same score in every form but the table as text, and in both editions, and hostile words in it are words.

use jiff::civil::date;
use proptest::prelude::*;
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{self, Digest, Filter, Reader, Records};
use samleng::documents::report::Report as Words;
use samleng::documents::text::Text;
use samleng::documents::{csv, docx, json, pdf, xlsx};
use samleng::domain::promise::{Piece, SAFE, Standing, Verdict};
use samleng::domain::{Language, Localised, MessageId, Organisation, Promise, Report};
use samleng::text::Forum;
use serde_json::Value;

use super::hostile::strings;
use super::printed::{Printed, letters as printed_letters};
use super::read::{document, letters, number, sheets, shown};
use crate::in_memory::{check_markup, english, forum, khmer, runner};
use crate::sketches::{instant, records, sketches};

const PLACES: [&str; 4] = ["kandal", "kep", "kampot", ""];

/// What is promised: at which meeting, due how long before or after the digest, and what is said of it where.
type Case = (u64, Option<i64>, Vec<(usize, usize)>);

fn cases() -> impl Strategy<Value = Vec<Case>> {
    let said = proptest::collection::vec((0usize..4, 0usize..3), 0..9);
    let case = (1u64..4, prop::option::of(-3i64..4), said);
    proptest::collection::vec(case, 1..7)
}

fn with(records: &Records, cases: &[Case], text: impl Fn(usize) -> String) -> Records {
    let mut records = records.clone();
    let today = instant().to_zoned(jiff::tz::TimeZone::UTC).date();
    for (place, (meeting, due, said)) in cases.iter().enumerate() {
        let id = 5_000 + place as u64;
        records.promises.push(Promise {
            id,
            meeting: *meeting,
            title: Localised::same([english(), khmer()], &format!("Forum {meeting}")),
            held_on: Some(date(2026, 3, 1)),
            due: due.map(|days| today.saturating_add(jiff::Span::new().days(days))),
            owner: "Department of Roads".to_owned(),
            text: text(place),
            topic: "land".to_owned(),
            ..crate::records::promise()
        });
        for (organisation, (place, verdict)) in (1..).zip(said) {
            records.organisations.insert(
                organisation,
                Organisation {
                    id: organisation,
                    name: Localised::default(),
                    place: String::new(),
                    verified: true,
                    number: None,
                    suspended: false,
                },
            );
            records.reports.push(Report {
                promise: id,
                organisation,
                person: organisation,
                vouched: true,
                at: instant(),
                verdict: Verdict::ALL[*verdict],
                words: vec![Piece {
                    source: MessageId(1),
                    text: "Qznote".to_owned(),
                }],
                photos: Vec::new(),
                place: PLACES[*place].to_owned(),
            });
        }
    }
    records
}

/// Labels and numbers of each meeting, as a reader of rows sees them.
fn rows(rows: &[Vec<String>]) -> Vec<(String, i64)> {
    let pair = |row: &Vec<String>| Some((row.first()?.clone(), number(row.get(1)?)?));
    rows.iter().filter_map(pair).collect()
}

fn check<R: Reader>(
    digest: &Digest<R>,
    forum: &Forum,
    language: Language,
) -> Result<(), TestCaseError> {
    let report = Words::new(digest, forum, language);
    prop_assert_eq!(report.scores.len(), digest.scores.len());
    let mut expected: Vec<(String, i64)> = Vec::new();
    for (scored, words) in digest.scores.iter().zip(&report.scores) {
        let (sum, parts) = words.figures.split_first().unwrap();
        prop_assert_eq!(sum.count, scored.promises.len() as u64);
        prop_assert_eq!(parts.iter().map(|part| part.count).sum::<u64>(), sum.count);
        let figures = words.figures.iter();
        expected.extend(figures.map(|figure| (figure.label.clone(), figure.count as i64)));
        for kept in &scored.promises {
            // No count that the authority reads stands for fewer than three.
            let is_small = |n: u64| n > 0 && n < SAFE;
            let counts = kept.places.values();
            let mut cells = counts.flat_map(|counts| [counts.done, counts.partly, counts.not_done]);
            let small = cells.any(is_small);
            prop_assert!(!small || R::EDITION == digest::Edition::Organisers);
        }
    }
    // Data.
    let value: Value = serde_json::from_str(&json::render(digest)).unwrap();
    for (scored, said) in digest
        .scores
        .iter()
        .zip(value["scores"].as_array().unwrap())
    {
        for standing in Standing::ALL {
            let count = said["score"][standing.id()].as_u64();
            prop_assert_eq!(count, Some(scored.score.part(standing)));
        }
        prop_assert_eq!(said["score"]["made"].as_u64(), Some(scored.score.made));
    }
    prop_assert!(!value.to_string().contains("Qznote"));
    // The message opens with it, before the totals.
    let text = Text::new(digest, forum, language);
    let summary = text.summary.to_plain();
    let phrases = forum.words.phrases(language);
    let mut lines = summary.lines();
    for (label, count) in &expected {
        let wanted = phrases.digest_count(label, *count as u64).to_plain();
        prop_assert!(
            lines.any(|line| line == wanted),
            "{} in {}",
            wanted,
            summary
        );
    }
    let totals = phrases.digest_sum(&phrases.total_received(), digest.totals.received);
    prop_assert!(lines.any(|line| line == totals.to_plain()), "{}", summary);
    // The table as text.
    let table = csv::render(digest, forum, language).unwrap();
    let all = ::csv::Reader::from_reader(table.as_slice()).into_records();
    let all: Vec<Vec<String>> = all
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    // Each of its rows is a concern.
    prop_assert_eq!(all.len() as u64, digest.totals.included);
    // The first sheet, and the first tables.
    let book = sheets(&xlsx::render(digest, forum, language).unwrap());
    let sheet = book[0].1.iter();
    let sheet: Vec<Vec<String>> = sheet.map(|row| row.iter().map(shown).collect()).collect();
    prop_assert_eq!(&rows(&sheet), &expected);
    let read = document(&docx::render(digest, forum, language).unwrap());
    let tables: Vec<Vec<String>> = read.tables[..digest.scores.len()].concat();
    prop_assert_eq!(&rows(&tables), &expected);
    Ok(())
}

fn both(records: &Records, forum: &Forum, language: Language) -> Result<(), TestCaseError> {
    let filter = Filter::default();
    let config = &forum.config;
    check(
        &digest::make::<Organisers>(records, &filter, config, instant()),
        forum,
        language,
    )?;
    check(
        &digest::make::<Authority>(records, &filter, config, instant()),
        forum,
        language,
    )
}

#[test]
fn every_form_opens_with_the_same_score() {
    let forum = forum();
    runner(20)
        .run(&(sketches(), cases()), |(sketches, cases)| {
            let records = with(&records(&sketches, &forum), &cases, |n| format!("Road {n}"));
            both(&records, &forum, english())?;
            both(&records, &forum, khmer())
        })
        .unwrap();
}

#[test]
fn a_selection_says_nothing_of_it() {
    let forum = forum();
    let cases = [(1, Some(-1), vec![(0, 0)])];
    let records = with(&Records::default(), &cases, |_| "Road".to_owned());
    let filter = Filter {
        topic: Some("land".to_owned()),
        ..Filter::default()
    };
    let part = digest::make::<Authority>(&records, &filter, &forum.config, instant());
    assert!(part.scores.is_empty() && !json::render(&part).contains("scores"));
}

/// What one or two organisations say is not held against the authority, nor shown to it.
#[test]
fn the_authority_learns_nothing_of_one_or_two() {
    let forum = forum();
    for (count, standing) in [
        (1, Standing::NobodySaid),
        (2, Standing::NobodySaid),
        (3, Standing::Broken),
    ] {
        let cases = [(1, Some(-1), vec![(0, 2); count])];
        let records = with(&Records::default(), &cases, |_| "Road".to_owned());
        let config = &forum.config;
        let filter = Filter::default();
        let inside = digest::make::<Organisers>(&records, &filter, config, instant());
        assert_eq!(inside.scores[0].promises[0].standing, Standing::Broken);
        let shared = digest::make::<Authority>(&records, &filter, config, instant());
        let kept = &shared.scores[0].promises[0];
        assert_eq!(kept.standing, standing, "{count}");
        let told: u64 = kept.places.values().map(|counts| counts.total()).sum();
        assert_eq!(told, if count < 3 { 0 } else { 3 });
    }
}

/// A digest that was handed out before is another one once what became of a promise has changed, and the same until then; a file
/// whose score was altered is found.
#[test]
fn a_score_belongs_to_the_digest_that_was_handed_out() {
    let forum = forum();
    let cases = [(1, Some(-1), vec![(0, 0)])];
    let mut records = with(&Records::default(), &cases, |_| "Road".to_owned());
    let filter = Filter::default();
    let made = |records: &Records| {
        let mut salts = || [7; 16];
        let config = &forum.config;
        digest::make_frozen::<Organisers>(records, &filter, config, instant(), &mut salts)
    };
    let (first, freeze) = made(&records);
    assert!(freeze.is_new && freeze.frozen.scores.is_some());
    records.last_number = freeze.frozen.number;
    records.frozen = vec![(freeze.frozen.clone(), freeze.openings)];
    let (_, again) = made(&records);
    assert!(!again.is_new && again.frozen == freeze.frozen);
    let read = |json: &str| digest::paper::Paper::read(json.as_bytes()).unwrap();
    let json = json::render(&first);
    assert_eq!(read(&json).is_that(&freeze.frozen), Ok(()));
    let altered = json.replacen("\"kept\":1", "\"kept\":2", 1);
    assert!(altered != json && read(&altered).is_that(&freeze.frozen).is_err());
    records.reports[0].verdict = Verdict::NotDone;
    let (_, other) = made(&records);
    assert!(other.is_new && other.frozen.number == freeze.frozen.number + 1);
    // One from before there were promises says of them what it said: nothing.
    let mut old = freeze.frozen.clone();
    old.scores = None;
    let mut bare = first.clone();
    bare.scores.clear();
    assert_eq!(read(&json::render(&bare)).is_that(&old), Ok(()));
}

/// Whatever an organiser writes into a promise is words, in every form.
#[test]
fn hostile_words_in_a_promise_are_words() {
    let forum = forum();
    let strings: Vec<String> = strings().into_iter().filter(|s| s.len() < 2_000).collect();
    let strings = &strings[..2_000];
    let cases = vec![(1, Some(-1), Vec::new()); strings.len()];
    let records = with(&Records::default(), &cases, |place| strings[place].clone());
    let filter = Filter::default();
    let digest = digest::make::<Organisers>(&records, &filter, &forum.config, instant());
    let value: Value = serde_json::from_str(&json::render(&digest)).unwrap();
    let said = value["scores"][0]["promises"].as_array().unwrap().iter();
    assert!(
        said.zip(strings)
            .all(|(said, words)| said["text"] == **words)
    );
    // The sheet: words, never a formula.
    let bytes = xlsx::render(&digest, &forum, english()).unwrap();
    let parts = super::read::parts(&bytes);
    assert!(!parts["xl/worksheets/sheet1.xml"].contains("<f>"));
    let sheet = &sheets(&bytes)[0].1;
    let held: Vec<String> = sheet.iter().map(|row| shown(&row[0])).collect();
    for words in strings {
        assert!(
            held.iter().any(|held| letters(held) == letters(words)),
            "{words:?}"
        );
    }
    // The table as text: a formula may begin nowhere.
    let table = csv::render(&digest, &forum, english()).unwrap();
    let table = String::from_utf8(table).unwrap();
    for cell in table.trim_start_matches('\u{feff}').split([';', ',', '\n']) {
        let cell = cell.trim_start_matches([' ', '"']);
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell:?}");
    }
    // The document.
    let read = document(&docx::render(&digest, &forum, english()).unwrap());
    let titles = read
        .paragraphs
        .iter()
        .filter(|(style, _)| style == "Heading3");
    let titles: Vec<&str> = titles
        .map(|(_, words)| words.split_once(". ").unwrap().1)
        .collect();
    assert!(
        titles
            .iter()
            .zip(strings)
            .all(|(held, words)| letters(held) == letters(words))
    );
    // Messages, of what was cleaned as it came in.
    let cleaned: Vec<String> = strings
        .iter()
        .map(|s| samleng::text::clean::clean(s))
        .collect();
    let records = with(&Records::default(), &cases, |place| cleaned[place].clone());
    let digest = digest::make::<Organisers>(&records, &filter, &forum.config, instant());
    let text = Text::new(&digest, &forum, khmer());
    for part in &text.topics {
        let split = samleng::text::split::split(part, samleng::text::split::MESSAGE_CHARS);
        split.iter().for_each(check_markup);
    }
    // Pages.
    let few = with(&Records::default(), &cases[..60], |place| {
        strings[place].clone()
    });
    let digest = digest::make::<Organisers>(&few, &filter, &forum.config, instant());
    let report = Words::new(&digest, &forum, english());
    let printed = Printed::new(&pdf::pdf(&report, None).unwrap());
    let pages = printed_letters(&printed.pages().concat());
    for promised in &report.scores[0].promises {
        let words = printed_letters(&pdf::shown(&promised.text));
        assert!(pages.contains(&words), "{words:?} in {pages}");
    }
}

/// The picture has a chart for each meeting.
#[test]
fn the_pages_open_with_it() {
    let forum = forum();
    let cases = [
        (1, Some(-1), vec![(0, 0); 4]),
        (2, Some(-1), vec![(0, 2); 4]),
    ];
    let records = with(&Records::default(), &cases, |n| format!("Road {n}"));
    for language in [english(), khmer()] {
        let filter = Filter::default();
        let config = &forum.config;
        let shared = digest::make::<Authority>(&records, &filter, config, instant());
        let report = Words::new(&shared, &forum, language);
        let printed = Printed::new(&pdf::pdf(&report, None).unwrap());
        // After the title page, before the summary.
        let page = printed_letters(&printed.pages()[1]);
        for scored in &report.scores {
            let figures = scored.figures.iter();
            for words in figures.map(|figure| &figure.label).chain([&scored.title]) {
                assert!(page.contains(&printed_letters(words)), "{words} in {page}");
            }
        }
        let figures = digest::figures(&records, config, instant());
        assert_eq!(figures.scores.len(), 2);
        let with = samleng::documents::card::png(&figures, &forum, language).unwrap();
        let without = digest::figures(&Records::default(), config, instant());
        let without = samleng::documents::card::png(&without, &forum, language).unwrap();
        assert_ne!(with, without);
    }
}
