//! The document that can be edited, read by others and compared with the value.

use samleng::digest::readers::{Authority, Group, Organisers};
use samleng::digest::{self, Digest, Filter, Reader};
use samleng::documents::docx;
use samleng::documents::report::{Report, Surface};
use samleng::text::Forum;

use super::read::{self, WORD, converted, document, parts};
use super::sample;
use crate::in_memory::{english, forum, khmer};

fn sample<R: Reader>(forum: &Forum) -> Digest<R> {
    let records = sample::records(forum, R::EDITION);
    let filter = Filter::default();
    let mut digest = digest::make::<R>(&records, &filter, &forum.config, sample::made_at());
    digest.number = Some(7);
    digest.fingerprint = Some([0x3f; 32]);
    digest
}

fn check<R: Reader>(forum: &Forum) {
    let digest = sample::<R>(forum);
    for language in [english(), khmer()] {
        let bytes = docx::render(&digest, forum, language).unwrap();
        assert_eq!(
            bytes,
            docx::render(&digest, forum, language).unwrap(),
            "deterministic"
        );
        let report = Report::on(Surface::Cell, &digest, forum, language);
        let read = document(&bytes);
        let of = |style: &str| -> Vec<&str> {
            let all = read.paragraphs.iter().filter(|(own, _)| own == style);
            all.map(|(_, words)| words.as_str()).collect()
        };
        assert_eq!(of("Title"), [report.title.as_str()]);
        let words = &report.words;
        assert_eq!(
            of("Heading1"),
            [&words.summary, &words.concerns, &words.annex]
        );
        let mut topics: Vec<&str> = report.topics.iter().map(|t| t.name.as_str()).collect();
        if !report.silence.is_empty() {
            topics.insert(0, &words.silence);
        }
        assert_eq!(of("Heading2"), topics);
        let items: Vec<_> = report.topics.iter().flat_map(|t| &t.concerns).collect();
        let titles: Vec<String> = items
            .iter()
            .map(|i| format!("{}. {}", i.shown, i.title))
            .collect();
        assert_eq!(of("Heading3"), titles);
        // The contents say what the headings do, in their order.
        let listed: Vec<&str> = of("TOC1").into_iter().chain(of("TOC2")).collect();
        assert_eq!(listed, [of("Heading1"), of("Heading2")].concat());
        let whole: Vec<&str> = read
            .paragraphs
            .iter()
            .map(|(_, words)| words.as_str())
            .collect();
        let whole = whole.join("\n");
        for item in &items {
            for told in &item.story {
                for words in told.text.split("\n\n") {
                    assert!(whole.contains(words), "{words}");
                }
            }
            for field in &item.fields {
                assert!(whole.contains(&field.value), "{}", field.value);
            }
            assert!(item.beside.iter().all(|words| whole.contains(words)));
            assert!(item.receipt.iter().all(|receipt| whole.contains(receipt)));
        }
        check_parts(&bytes, &report);
    }
}

fn check_parts(bytes: &[u8], report: &Report) {
    let parts = parts(bytes);
    let text = roxmltree::Document::parse(&parts["word/document.xml"]).unwrap();
    // Each table has a head that stands on each page.
    let tables = text
        .descendants()
        .filter(|n| n.has_tag_name((WORD, "tbl")))
        .count();
    let heads = text
        .descendants()
        .filter(|n| n.has_tag_name((WORD, "tblHeader")))
        .count();
    assert_eq!(tables, heads);
    // Khmer is marked, and nothing else is.
    for run in text.descendants().filter(|n| n.has_tag_name((WORD, "r"))) {
        let words: String = run
            .descendants()
            .filter(|n| n.has_tag_name((WORD, "t")))
            .filter_map(|n| n.text())
            .collect();
        let is_khmer = |c: char| ('\u{1780}'..='\u{17FF}').contains(&c);
        let marked = run.descendants().any(|n| n.has_tag_name((WORD, "cs")));
        assert_eq!(marked, words.contains(is_khmer), "{words}");
        assert!(
            !(marked && words.chars().any(|c| c.is_ascii_alphanumeric())),
            "{words}"
        );
    }
    // Every style that is used is there.
    let styles = &parts["word/styles.xml"];
    for style in text
        .descendants()
        .filter(|n| n.has_tag_name((WORD, "pStyle")))
    {
        let id = style.attribute((WORD, "val")).unwrap();
        assert!(styles.contains(&format!("w:styleId=\"{id}\"")), "{id}");
    }
    assert!(styles.contains("w:bidi=\"km-KH\""));
    assert!(
        parts["word/footer1.xml"].contains(" PAGE ")
            && parts["word/footer1.xml"].contains(" NUMPAGES ")
    );
    assert!(parts["docProps/core.xml"].contains(&report.title));
    let wanted = ["TOC \\o \"1-2\" \\h \\z \\u"];
    let fields = text
        .descendants()
        .filter(|n| n.has_tag_name((WORD, "instrText")));
    let fields: Vec<&str> = fields.filter_map(|n| n.text()).map(str::trim).collect();
    assert_eq!(fields, wanted);
}

#[test]
fn a_document_holds_what_the_digest_says() {
    let forum = forum();
    check::<Organisers>(&forum);
    check::<Authority>(&forum);
    check::<Group>(&forum);
}

#[test]
fn libreoffice_reads_the_same() {
    let forum = forum();
    let digest = sample::<Organisers>(&forum);
    for language in [english(), khmer()] {
        let bytes = docx::render(&digest, &forum, language).unwrap();
        let Some(text) = converted(&bytes, "docx", "txt:Text (encoded):UTF8", &[]) else {
            return;
        };
        let text = read::letters(&String::from_utf8(text).unwrap());
        for (_, words) in document(&bytes).paragraphs {
            assert!(text.contains(&read::letters(&words)), "{words}");
        }
        for cell in document(&bytes).tables.into_iter().flatten().flatten() {
            assert!(text.contains(&read::letters(&cell)), "{cell}");
        }
    }
}
