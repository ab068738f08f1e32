//! The process that makes one document and ends: this program again, started by the bot.
//!
//! It needs neither key nor network nor any file: what it is to make comes by standard input, what it made goes by standard
//! output. Its memory goes back whole when it ends, and a crash in it costs one document.

use std::io::{BufReader, BufWriter, Read, Write};

use anyhow::Context as _;

use super::wire::{self, Order, Said};
use crate::documents::produce::{Product, Take, produce};
use crate::documents::{DocumentError, agenda};
use crate::runtime::random;
use crate::store::pour;
use crate::text::Forum;

/// Reads the order, makes what is ordered, says what was made.
///
/// # Errors
/// If the other side has gone.
pub fn serve(input: impl Read, output: impl Write) -> anyhow::Result<()> {
    // Whoever is in conversation comes first.
    let _ = rustix::process::nice(10);
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut output = BufWriter::new(output);
    let order = wire::read(&mut input).context("no order")?;
    let mut gone = None;
    let take: &mut Take<'_> = &mut |product| {
        let said = wire::write(&mut output, &Said::Made(product));
        said.map_err(|error| {
            let why = DocumentError(error.to_string());
            gone = Some(error);
            why
        })
    };
    let made = match order {
        Order::Digest {
            request,
            now,
            files,
        } => {
            let records = pour::records(&mut input).context("no records")?;
            let forum =
                Forum::read(files).map_err(|_| anyhow::anyhow!("the forum's files are wrong"))?;
            produce(&request, records, &forum, now, &mut random::salt, take)
        }
        Order::Paper(paper) => agenda::pdf(&paper).and_then(|bytes| take(Product::File(bytes))),
    };
    if let Some(error) = gone {
        return Err(error.into());
    }
    let last = match made {
        Ok(()) => Said::Done,
        Err(error) => Said::Failed(error.to_string()),
    };
    Ok(wire::write(&mut output, &last)?)
}
