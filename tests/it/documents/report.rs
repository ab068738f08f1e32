//! A digest in words: that nothing is missing, in both languages, and that pages can hold it.

use samleng::digest::readers::{Authority, Group, Organisers};
use samleng::digest::{self, Digest, Filter, Reader};
use samleng::documents::report::{By, Report};
use samleng::documents::text::Text;
use samleng::domain::Status;
use samleng::text::{Forum, paper};
use serde_json::Value;

use super::sample;
use crate::in_memory::{english, forum, khmer};

fn sample<R: Reader>(forum: &Forum, filter: &Filter) -> Digest<R> {
    let records = sample::records(forum, R::EDITION);
    let mut digest = digest::make::<R>(&records, filter, &forum.config, sample::made_at());
    digest.number = Some(17);
    let mut fingerprint = [0; 32];
    for (byte, place) in fingerprint.iter_mut().zip(0..) {
        *byte = place;
    }
    digest.fingerprint = Some(fingerprint);
    digest
}

/// Every text of a value, with where it stands.
fn texts(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        Value::Array(values) => {
            for value in values {
                texts(value, path, found);
            }
        }
        Value::Object(values) => {
            for (key, value) in values {
                texts(value, &format!("{path}/{key}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn every_word_is_there_in_both_languages() {
    let forum = forum();
    let digest = sample::<Organisers>(&forum, &Filter::default());
    for language in [english(), khmer()] {
        let report = Report::new(&digest, &forum, language);
        let mut found = Vec::new();
        texts(&serde_json::to_value(&report).unwrap(), "", &mut found);
        for (path, text) in &found {
            assert!(!text.trim().is_empty(), "{path} is empty");
            assert!(!text.contains(['<', '&']), "{path}: {text}");
            // Words of the program are in the language; numbers are in its digits.
            let is_ours = path.starts_with("/words") || path.starts_with("/totals");
            let has_latin = text
                .replace("{page}", "")
                .replace("{pages}", "")
                .replace("{count}", "")
                .replace("/verify", "");
            let has_latin = has_latin.chars().any(|c| c.is_ascii_alphanumeric());
            if is_ours && path != "/words/colon" {
                assert_eq!(has_latin, language == english(), "{path}: {text}");
            }
        }
        assert_eq!(report.charts.len(), 4);
        let by: Vec<By> = report.charts.iter().map(|chart| chart.by).collect();
        assert_eq!(by, [By::Topic, By::Place, By::Urgency, By::Trend]);
        for chart in &report.charts {
            assert!(chart.none.is_none() && !chart.bars.is_empty());
        }
    }
}

#[test]
fn it_says_number_fingerprint_selection_and_the_digest_before() {
    let forum = forum();
    let filter = Filter {
        topic: Some("land".to_owned()),
        status: Some(Status::Approved),
        after: Some("2026-12-01T07:00:00Z".parse().unwrap()),
        ..Filter::default()
    };
    let digest = sample::<Organisers>(&forum, &filter);
    let report = Report::new(&digest, &forum, english());
    let stamp: Vec<&str> = report
        .stamp
        .iter()
        .map(|field| field.value.as_str())
        .collect();
    assert_eq!(
        stamp,
        [
            "17",
            "Friday 8 January 2027, 9:30",
            "only about: Land and housing · only what stands at: reviewed and good · \
             since Tuesday 1 December 2026, 14:00",
            "number 5, Thursday 31 December 2026, 12:00",
        ]
    );
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    assert_eq!(report.code.unwrap(), format!("samleng-digest/17/{hex}"));
    let fingerprint = report.fingerprint.unwrap().value;
    assert_eq!(fingerprint.split(' ').count(), 16);
    assert_eq!(fingerprint.replace(' ', ""), hex);
    for language in [english(), khmer()] {
        let report = Report::new(&digest, &forum, language);
        let text = Text::new(&digest, &forum, language).plain();
        for field in [&report.stamp[0], &report.stamp[2], &report.stamp[3]] {
            assert!(
                text.contains(&field.label) && text.contains(&field.value),
                "{text}"
            );
        }
        assert!(text.contains("0001 0203 0405 0607 …"));
    }
    // Without a number nothing is claimed.
    let mut digest = digest;
    (digest.number, digest.fingerprint) = (None, None);
    let report = Report::new(&digest, &forum, english());
    assert_eq!((report.code, report.fingerprint), (None, None));
    assert!(report.stamp[0].value.starts_with("none"));
}

#[test]
fn an_edition_says_no_more_than_its_readers_may_know() {
    let forum = forum();
    for language in [english(), khmer()] {
        let shared = Report::new(
            &sample::<Authority>(&forum, &Filter::default()),
            &forum,
            language,
        );
        let items: Vec<_> = shared
            .topics
            .iter()
            .flat_map(|topic| &topic.concerns)
            .collect();
        assert!(
            items
                .iter()
                .all(|item| item.receipt.is_none() && item.beside.is_empty())
        );
        assert!(items.iter().all(|item| item.organisation.is_some()));
        assert!(
            items
                .iter()
                .all(|item| item.fields.iter().all(|field| field.id != "disclosure"))
        );
        assert!(shared.annex.flows.is_empty() && shared.annex.moved.is_empty());
        assert_eq!(shared.annex.totals[0].then, Some(13));
        let group = Report::new(
            &sample::<Group>(&forum, &Filter::default()),
            &forum,
            language,
        );
        let mut items = group.topics.iter().flat_map(|topic| &topic.concerns);
        assert!(items.all(|item| item.organisation.is_none() && item.receipt.is_some()));
        let inside = Report::new(
            &sample::<Organisers>(&forum, &Filter::default()),
            &forum,
            language,
        );
        assert!(!inside.annex.flows.is_empty() && !inside.annex.moved.is_empty());
    }
}

#[test]
fn a_page_can_hold_what_people_wrote() {
    let check = |given: &str, wanted: &str| {
        let page = paper::page(given);
        assert_eq!(page.replace('\u{200B}', "|"), wanted, "{given:?}");
        let again = paper::page(&page);
        assert_eq!(again, page, "twice: {given:?}");
    };
    check("plain words\nand lines", "plain words\nand lines");
    check("a\u{202E}b\u{0}c\u{7}d\u{2066}", "abcd");
    check("in\u{200B}vis\u{200D}ible\u{FEFF}", "invisible");
    // What Khmer and pictures need stays.
    check("ក\u{200B}ខ ក\u{200C}្ខ", "ក|ខ ក\u{200C}្ខ");
    check("👩\u{200D}🌾", "👩\u{200D}🌾");
    check(
        &"x".repeat(70),
        &format!("{0}|{0}|{1}", "x".repeat(30), "x".repeat(10)),
    );
    check(&"x".repeat(30), &"x".repeat(30));
    // Khmer as it is written is left to whoever sets the page.
    let sentence = "ក្រុមហ៊ុនបានធ្វើរបងបិទផ្លូវដែលអ្នកភូមិប្រើតាំងពីដើមមក។";
    check(sentence, sentence);
    let long = "អ្នកភូមិ".repeat(60);
    let page = paper::page(&long);
    assert_eq!(page.replace('\u{200B}', ""), long);
    assert!(
        page.split('\u{200B}')
            .all(|run| run.chars().count() <= 30 && run.starts_with('អ'))
    );
}
