//! From a wish and the records to what is sent: the whole making of a digest, in whatever process it happens.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::Report;
use super::text::Text;
use super::{DocumentError, card, csv, docx, json, pdf, stats, xlsx};
use crate::digest::frozen::{Freeze, Salt};
use crate::digest::readers::{Authority, Group, Organisers};
use crate::digest::{self, Digest, Edition, Format, Reader, Records, Request};
use crate::text::{Forum, Html};

/// Something that is made, in the order in which it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Product {
    /// The digest has this number and fingerprint. It comes first: nothing may be sent before this is on disk.
    Frozen(Box<Freeze>),
    /// So many of so many files are made.
    Progress(u32, u32),
    /// Messages that say all of it.
    Messages(Vec<Html>),
    /// The summary alone: all of it would be too many messages.
    Summary(Html),
    /// A file, whole.
    File(Vec<u8>),
}

/// Takes what is made.
pub type Take<'t> = dyn FnMut(Product) -> Result<(), DocumentError> + 't;

/// Makes what is wished for.
///
/// # Errors
/// What the library of the form says, or whoever takes it.
pub fn produce(
    request: &Request,
    records: Records,
    forum: &Forum,
    now: Timestamp,
    salts: &mut dyn FnMut() -> Salt,
    take: &mut Take<'_>,
) -> Result<(), DocumentError> {
    let mut records = records;
    records.judge(request.edition, &forum.config, now);
    if request.format == Format::Stats {
        let figures = digest::figures(&records, &forum.config, now);
        take(Product::Summary(stats::html(
            &figures,
            forum,
            request.language,
        )))?;
        return take(Product::File(card::png(&figures, forum, request.language)?));
    }
    match request.edition {
        Edition::Organisers => made::<Organisers>(request, records, forum, now, salts, take),
        Edition::Shared => made::<Authority>(request, records, forum, now, salts, take),
        Edition::Group => {
            // The same news says the same, whenever it is made.
            let as_of = request.filter.until.unwrap_or(now);
            let digest: Digest<Group> =
                digest::make(&records, &request.filter, &forum.config, as_of);
            // What was new may have gone since.
            if digest.totals.received == digest.totals.withdrawn {
                return take(Product::Messages(Vec::new()));
            }
            render(digest, request, forum, take)
        }
    }
}

fn made<R: Reader>(
    request: &Request,
    records: Records,
    forum: &Forum,
    now: Timestamp,
    salts: &mut dyn FnMut() -> Salt,
    take: &mut Take<'_>,
) -> Result<(), DocumentError> {
    let (digest, frozen) =
        digest::make_frozen::<R>(&records, &request.filter, &forum.config, now, salts);
    // What is made of it may be as large again.
    drop(records);
    take(Product::Frozen(Box::new(frozen)))?;
    render(digest, request, forum, take)
}

fn render<R: Reader>(
    digest: Digest<R>,
    request: &Request,
    forum: &Forum,
    take: &mut Take<'_>,
) -> Result<(), DocumentError> {
    let language = request.language;
    let file = match request.format {
        Format::Messages => {
            let text = Text::new(&digest, forum, language);
            return take(match text.messages() {
                Some(messages) => Product::Messages(messages),
                None => Product::Summary(text.summary),
            });
        }
        Format::Text | Format::Stats => Text::new(&digest, forum, language).plain().into_bytes(),
        Format::Json => json::render(&digest).into_bytes(),
        Format::Csv => csv::render(&digest, forum, language)?,
        Format::Xlsx => xlsx::render(&digest, forum, language)?,
        Format::Docx => docx::render(&digest, forum, language)?,
        Format::Pdf => {
            let json = json::render(&digest);
            let report = Report::new(&digest, forum, language);
            let of = match digest.concerns.len().div_ceil(pdf::CONCERNS) {
                0 | 1 => 1,
                parts => parts as u32 + 1,
            };
            // Report and data say all of it.
            drop(digest);
            let mut done = 0;
            let each = &mut |bytes| {
                done += 1;
                take(Product::File(bytes))?;
                take(Product::Progress(done, of))
            };
            let phrases = forum.words.phrases(language);
            let attached = Some(("digest.json", json.as_bytes()));
            return pdf::each(report, pdf::CONCERNS, phrases, attached, each);
        }
    };
    take(Product::File(file))
}
