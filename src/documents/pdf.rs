//! A digest as a printed document.
//!
//! Guarantees: equal reports give equal bytes. It keeps to PDF/UA-1 (tags, a title, a language; the library refuses what
//! does not), its Khmer copies back, and it holds its data as an attachment where one is given. What stands in a report is text; nothing in it is ever carried out.
//! A report with very many concerns is set as a summary and parts, of which only one is in memory at a time.

use qrcode::{Color, EcLevel, QrCode};
use serde_json::{Value, json};
use typst::foundations::Smart;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::DocumentError;
use super::report::{Field, Item, Report, Topic};
use super::typeset::{self, Template};
use crate::text::Phrases;

/// So many concerns stand in one document.
pub const CONCERNS: usize = 1000;
/// Modules around the code, as the standard wants. ISO/IEC 18004, 5.3.
const QUIET: usize = 4;

/// The whole report as one document; the attachment is a file's name and bytes.
///
/// # Errors
/// What the library has to object.
pub fn pdf(report: &Report, attachment: Option<(&str, &[u8])>) -> Result<Vec<u8>, DocumentError> {
    document(report, &[], attachment)
}

/// The report as one document, or as a summary and then its parts, one after another, to whoever takes them. The
/// attachment is in the first.
///
/// # Errors
/// What the library has to object, or whoever takes them.
pub fn each(
    report: Report,
    at_most: usize,
    phrases: Phrases<'_>,
    attachment: Option<(&str, &[u8])>,
    take: &mut dyn FnMut(Vec<u8>) -> Result<(), DocumentError>,
) -> Result<(), DocumentError> {
    let mut attachment = attachment;
    for part in parts(report, at_most, phrases) {
        take(document(&part.report, &part.list, attachment.take())?)?;
    }
    Ok(())
}

/// A text as a page shows it: without what cannot be printed, with a name for what the fonts lack, and with places to break.
pub fn shown(text: &str) -> String {
    typeset::shown(text)
}

/// What is one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it says.
    pub report: Report,
    /// The other parts, where it is the summary of several: which they are, and how many topics begin or go on in each.
    pub list: Vec<Field>,
}

/// The report as it is, or, where it has more concerns than that, a summary without concerns and then parts with so many
/// each. Running numbers stay.
pub fn parts(report: Report, at_most: usize, phrases: Phrases<'_>) -> Parts<'_> {
    let at_most = at_most.max(1);
    let concerns: usize = report.topics.iter().map(|t| t.concerns.len()).sum();
    Parts {
        whole: Some(report),
        phrases,
        at_most,
        count: if concerns > at_most {
            concerns.div_ceil(at_most)
        } else {
            0
        },
        made: 0,
        left: Vec::new().into_iter(),
        head: None,
    }
}

/// The documents that a report makes, one after another.
pub struct Parts<'a> {
    whole: Option<Report>,
    phrases: Phrases<'a>,
    at_most: usize,
    /// How many parts there are beside the summary; none where there is no need.
    count: usize,
    made: usize,
    left: std::vec::IntoIter<Topic>,
    /// What every part says.
    head: Option<Head>,
}

struct Head {
    report: Report,
    open: Option<(String, std::vec::IntoIter<Item>)>,
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        if let Some(mut report) = self.whole.take() {
            if self.count == 0 {
                let list = Vec::new();
                return Some(Part { report, list });
            }
            let topics = std::mem::take(&mut report.topics);
            let list = self.list(&topics);
            self.left = topics.into_iter();
            self.head = Some(Head {
                report: bare(&report),
                open: None,
            });
            return Some(Part { report, list });
        }
        let topics = self.take();
        let first = topics.first()?.concerns.first()?.number;
        let last = topics.last()?.concerns.last()?.number;
        self.made += 1;
        let mut report = self.head.as_ref()?.report.clone();
        report.words.part = Some(self.name(self.made, first, last));
        report.topics = topics;
        let list = Vec::new();
        Some(Part { report, list })
    }
}

impl Parts<'_> {
    /// The next concerns, as many as a part holds, under their topics.
    fn take(&mut self) -> Vec<Topic> {
        let mut topics: Vec<Topic> = Vec::new();
        let mut room = self.at_most;
        let Some(head) = &mut self.head else {
            return topics;
        };
        while room > 0 {
            let Some((name, mut concerns)) = head.open.take() else {
                let Some(topic) = self.left.next() else {
                    break;
                };
                head.open = Some((topic.name, topic.concerns.into_iter()));
                continue;
            };
            let taken: Vec<Item> = concerns.by_ref().take(room).collect();
            room -= taken.len();
            if !taken.is_empty() {
                topics.push(Topic {
                    name: name.clone(),
                    concerns: taken,
                });
            }
            if concerns.len() > 0 {
                head.open = Some((name, concerns));
            }
        }
        topics
    }

    fn list(&self, topics: &[Topic]) -> Vec<Field> {
        let concerns: Vec<(&str, u64)> = topics
            .iter()
            .flat_map(|topic| {
                topic
                    .concerns
                    .iter()
                    .map(|c| (topic.name.as_str(), c.number))
            })
            .collect();
        let part = |(at, part): (usize, &[(&str, u64)])| {
            let (first, last) = (part.first()?, part.last()?);
            let mut names: Vec<&str> = part.iter().map(|(name, _)| *name).collect();
            names.dedup();
            Some(Field {
                label: self.name(at + 1, first.1, last.1),
                value: names.join(", "),
            })
        };
        concerns
            .chunks(self.at_most)
            .enumerate()
            .filter_map(part)
            .collect()
    }

    fn name(&self, part: usize, first: u64, last: u64) -> String {
        self.phrases
            .report_part(part as u64, self.count as u64, first, last)
    }
}

/// The report without what stands in its summary.
fn bare(report: &Report) -> Report {
    Report {
        scores: Vec::new(),
        charts: Vec::new(),
        silence: Vec::new(),
        topics: Vec::new(),
        totals: Vec::new(),
        annex: super::report::Annex {
            against: String::new(),
            totals: Vec::new(),
            flows: Vec::new(),
            moved: Vec::new(),
        },
        ..report.clone()
    }
}

fn document(
    report: &Report,
    list: &[Field],
    attachment: Option<(&str, &[u8])>,
) -> Result<Vec<u8>, DocumentError> {
    let failed = |error: &dyn std::fmt::Display| DocumentError(error.to_string());
    let (name, bytes) = attachment.unwrap_or_default();
    let mut data = json!({
        "report": report,
        "list": list,
        "code": report.code.as_deref().map(modules).transpose().map_err(|e| failed(&e))?,
    });
    typeset::clear(&mut data);
    data["attachment"] = json!(attachment.map(|_| name));
    set(Template::Digest, &data, bytes.to_vec())
}

/// Data, cleared, as a document by this template.
pub(super) fn set(
    template: Template,
    data: &Value,
    attachment: Vec<u8>,
) -> Result<Vec<u8>, DocumentError> {
    let failed = |error: &dyn std::fmt::Display| DocumentError(error.to_string());
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]);
    let options = PdfOptions {
        standards: standards.map_err(|error| failed(&error.message()))?,
        // The name of whoever made it, not of what it was made with.
        creator: Smart::Custom(Some("Samleng".to_owned())),
        ..PdfOptions::default()
    };
    typeset::set(template, data.to_string(), attachment, |document| {
        typeset::copyable(document, |document| {
            typst_pdf::pdf(document, &options).map_err(|errors| typeset::fault(errors.first()))
        })
    })
}

/// The code as its size in modules and its dark runs, each with its place and width.
fn modules(text: &str) -> Result<serde_json::Value, qrcode::types::QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let width = code.width();
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for y in 0..width {
        for x in (0..width).filter(|x| code[(*x, y)] == Color::Dark) {
            match runs.last_mut() {
                Some((from, row, long)) if *row == y + QUIET && *from + *long == x + QUIET => {
                    *long += 1;
                }
                Some(_) | None => runs.push((x + QUIET, y + QUIET, 1)),
            }
        }
    }
    Ok(json!({ "size": width + 2 * QUIET, "runs": runs }))
}
