//! A digest as a document that can be edited: real heading styles, contents, tables whose heads stand on each page.
//!
//! Guarantees: well-formed whatever people wrote; Khmer is marked as what it is, so that it is set and broken as Khmer; equal
//! digests make equal bytes.

mod paper;
mod parts;
mod xml;

pub use paper::paper;

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::DocumentError;
use super::report::{Annex, By, Chart, Field, Figure, Item, Report, Surface};
use crate::digest::{Digest, Reader};
use crate::domain::Language;
use crate::text::Forum;
use xml::{Style, bar, mark, number, paragraph, run, table, words};

/// Width of the text in twentieths of a point: A4 without its margins.
const WIDTH: u32 = 9_638;
/// Of it, what a number takes in a table of bars.
const COUNT: u32 = 1_000;

/// The document.
///
/// # Errors
/// None that words in memory could cause.
pub fn render<R: Reader>(
    digest: &Digest<R>,
    forum: &Forum,
    language: Language,
) -> Result<Vec<u8>, DocumentError> {
    let report = Report::on(Surface::Cell, digest, forum, language);
    let made_at = digest.made_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let core = parts::core(&title(&report), &report.language, &made_at);
    let document = Body::new(&report).document();
    package(core, document, &report.language, &report.words.page)
}

/// The file of its parts: properties, text, the language's code, what stands at the foot of each page.
fn package(
    core: String,
    document: String,
    language: &str,
    foot: &str,
) -> Result<Vec<u8>, DocumentError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let parts = [
        ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
        ("_rels/.rels", parts::RELATIONS.to_owned()),
        ("docProps/core.xml", core),
        ("word/document.xml", document),
        ("word/styles.xml", parts::styles(language)),
        ("word/settings.xml", parts::settings(language)),
        ("word/footer1.xml", parts::footer(foot)),
        (
            "word/_rels/document.xml.rels",
            parts::DOCUMENT_RELATIONS.to_owned(),
        ),
    ];
    for (name, part) in parts {
        zip.start_file(name, options)
            .map_err(DocumentError::from_error)?;
        zip.write_all(part.as_bytes())
            .map_err(DocumentError::from_error)?;
    }
    let written = zip.finish().map_err(DocumentError::from_error)?;
    Ok(written.into_inner())
}

/// The text as a part of the file.
fn document(text: &str) -> String {
    format!(
        "{}<w:document xmlns:w=\"{}\" xmlns:r=\"{}\"><w:body>{text}{}</w:body></w:document>",
        parts::DECLARATION,
        parts::WORD,
        parts::LINKS,
        parts::SECTION,
    )
}

fn title(report: &Report) -> String {
    match &report.meeting {
        Some(meeting) => format!("{} – {meeting}", report.title),
        None => report.title.clone(),
    }
}

/// The text, with what the table of contents needs to know of it.
struct Body<'r> {
    report: &'r Report,
    xml: String,
    /// The headings of the contents: level, words, bookmark.
    headings: Vec<(u8, String, String)>,
}

impl<'r> Body<'r> {
    fn new(report: &'r Report) -> Self {
        Self {
            report,
            xml: String::new(),
            headings: Vec::new(),
        }
    }

    fn document(mut self) -> String {
        self.front();
        let front = std::mem::take(&mut self.xml);
        self.promises();
        self.summary();
        self.concerns();
        self.annex();
        let contents = self.contents();
        document(&format!("{front}{contents}{}", self.xml))
    }

    fn put(&mut self, style: Style, words: &str) {
        self.xml += &paragraph(style, &run(words, false));
    }

    fn labelled(&mut self, style: Style, field: &Field) {
        let runs = run(
            &format!("{}{} ", field.label, self.report.words.colon),
            true,
        ) + &run(&field.value, false);
        self.xml += &paragraph(style, &runs);
    }

    /// A heading that the contents list.
    fn heading(&mut self, level: u8, words: &str) {
        let number = self.headings.len() + 1;
        let name = format!("_Toc{number:08}");
        let runs = format!(
            "<w:bookmarkStart w:id=\"{number}\" w:name=\"{name}\"/>{}<w:bookmarkEnd w:id=\"{number}\"/>",
            run(words, false)
        );
        self.xml += &paragraph(Style::Heading(level), &runs);
        self.headings.push((level, words.to_owned(), name));
    }

    fn front(&mut self) {
        let report = self.report;
        self.put(Style::Title, &report.title);
        if let Some(meeting) = &report.meeting {
            self.put(Style::Subtitle, meeting);
        }
        for field in report.about.iter().chain(&report.stamp) {
            self.labelled(Style::Field, field);
        }
        if let Some(fingerprint) = &report.fingerprint {
            self.labelled(Style::Field, fingerprint);
            self.put(Style::Note, &report.words.proof);
        }
    }

    /// A field that lists the headings when it is asked to; until then they stand in it as they are now.
    fn contents(&self) -> String {
        let mut xml = paragraph(
            Style::ContentsHeading,
            &run(&self.report.words.contents, false),
        );
        let begin = "<w:r><w:fldChar w:fldCharType=\"begin\" w:dirty=\"true\"/></w:r>\
                     <w:r><w:instrText xml:space=\"preserve\"> TOC \\o \"1-2\" \\h \\z \\u </w:instrText></w:r>";
        for ((level, words, name), place) in self.headings.iter().zip(0..) {
            let mut runs = String::new();
            if place == 0 {
                runs += begin;
                runs += &mark("separate");
            }
            runs += &format!(
                "<w:hyperlink w:anchor=\"{name}\" w:history=\"1\">{}</w:hyperlink>",
                run(words, false)
            );
            xml += &paragraph(Style::Contents(*level), &runs);
        }
        xml + &paragraph(Style::Normal, &mark("end"))
    }

    fn summary(&mut self) {
        let report = self.report;
        let words = &report.words;
        self.heading(1, &words.summary);
        if let Some(empty) = &words.empty {
            self.put(Style::Normal, empty);
        }
        self.put(Style::Caption, &words.totals);
        let rows: Vec<_> = report
            .totals
            .iter()
            .map(|total| vec![self::words(&total.label), number(&total.shown)])
            .collect();
        let head = [words.columns.what.as_str(), &words.columns.count];
        self.xml += &table(&[5_000, 1_300], &head, &rows);
        for chart in &report.charts {
            self.chart(chart);
        }
        if !report.silence.is_empty() {
            self.heading(2, &words.silence);
            for field in &report.silence {
                self.labelled(Style::Normal, field);
            }
        }
    }

    /// What became of what was promised.
    fn promises(&mut self) {
        let report = self.report;
        if report.scores.is_empty() {
            return;
        }
        self.heading(1, &report.words.promises);
        for scored in &report.scores {
            self.heading(2, &scored.title);
            self.bars(&scored.figures, 4_200);
            for promised in &scored.promises {
                let text = format!("{}. {}", promised.shown, promised.text);
                self.put(Style::Heading(3), &text);
                let stands = [promised.standing.as_str(), &promised.facts];
                let stands: Vec<&str> = stands.into_iter().filter(|s| !s.is_empty()).collect();
                self.put(Style::About, &stands.join(" · "));
                if !promised.places.is_empty() {
                    self.put(Style::Field, &promised.places);
                }
            }
        }
    }

    fn chart(&mut self, chart: &Chart) {
        self.put(Style::Caption, &chart.title);
        if let Some(none) = &chart.none {
            self.put(Style::Normal, none);
            return;
        }
        self.bars(
            &chart.bars,
            match chart.by {
                By::Topic | By::Place | By::Urgency => 4_200,
                By::Trend => 3_000,
            },
        );
    }

    /// A table of what is counted: the label, so wide, the number, and a bar as long as the number is large.
    fn bars(&mut self, figures: &[Figure], label: u32) {
        let most = figures.iter().map(|figure| figure.count).max();
        let most = most.unwrap_or(1).max(1);
        let width = WIDTH - label - COUNT;
        let rows: Vec<_> = figures
            .iter()
            .map(|figure| {
                let share = figure.count as f64 / most as f64; // counts are far below 2^53
                vec![
                    words(&figure.label),
                    number(&figure.shown),
                    bar(share, width),
                ]
            })
            .collect();
        let columns = &self.report.words.columns;
        let head = [columns.what.as_str(), &columns.count, ""];
        self.xml += &table(&[label, COUNT, width], &head, &rows);
    }

    fn concerns(&mut self) {
        let report = self.report;
        if report.topics.is_empty() {
            return;
        }
        self.heading(1, &report.words.concerns);
        for topic in &report.topics {
            self.heading(2, &topic.name);
            for item in &topic.concerns {
                self.item(item);
            }
        }
    }

    fn item(&mut self, item: &Item) {
        self.put(
            Style::Heading(3),
            &format!("{}. {}", item.shown, item.title),
        );
        let about = [item.organisation.as_deref(), Some(&item.place)];
        let about: Vec<&str> = about.into_iter().flatten().collect();
        self.put(Style::About, &about.join(" · "));
        let stands = [
            item.receipt.as_deref(),
            Some(&item.status),
            item.backing.as_deref(),
        ];
        let stands: Vec<&str> = stands.into_iter().flatten().collect();
        self.put(Style::About, &stands.join(" · "));
        for told in &item.story {
            let style = if told.theirs {
                Style::Normal
            } else {
                Style::Field
            };
            for words in told.text.split("\n\n") {
                self.put(style, words);
            }
        }
        for answered in &item.fields {
            let field = Field {
                label: answered.label.clone(),
                value: answered.value.clone(),
            };
            self.labelled(Style::Normal, &field);
        }
        for beside in &item.beside {
            self.put(Style::Field, beside);
        }
    }

    fn annex(&mut self) {
        let report = self.report;
        let words = &report.words;
        let columns = &words.columns;
        let Annex {
            against,
            totals,
            flows,
            moved,
        } = &report.annex;
        self.heading(1, &words.annex);
        self.put(Style::Normal, against);
        let rows: Vec<_> = totals
            .iter()
            .map(|change| {
                let mut cells = vec![self::words(&change.label)];
                cells.extend(change.shown.iter().map(|shown| number(shown)));
                cells
            })
            .collect();
        let head = [
            &columns.what,
            &columns.then,
            &columns.now,
            &columns.difference,
        ];
        self.xml += &table(
            &[4_838, 1_600, 1_600, 1_600],
            &head.map(String::as_str),
            &rows,
        );
        if !flows.is_empty() {
            self.put(Style::Caption, &words.flows);
            let cells = |from, to, last| vec![self::words(from), self::words(to), last];
            let rows: Vec<_> = flows
                .iter()
                .map(|flow| cells(&flow.from, &flow.to, number(&flow.shown)))
                .collect();
            let head = [&columns.from, &columns.to, &columns.count];
            self.xml += &table(&[4_000, 4_000, 1_638], &head.map(String::as_str), &rows);
        }
        if !moved.is_empty() {
            self.put(Style::Caption, &words.moved);
            let rows: Vec<_> = moved
                .iter()
                .map(|moved| {
                    [&moved.receipt, &moved.from, &moved.to]
                        .map(|w| self::words(w))
                        .into()
                })
                .collect();
            let head = [&columns.receipt, &columns.from, &columns.to];
            self.xml += &table(&[2_838, 3_400, 3_400], &head.map(String::as_str), &rows);
        }
    }
}
