//! Setting a page: from a template and data to pages.
//!
//! Guarantees: a template reads one file of data and nothing else. There is no disk, no network, no package, no font but
//! ours and no clock, so equal data gives equal pages. What the data says is text and never markup: it enters as JSON. A
//! warning is an error, since a page with a fault in it is worse than none. Nothing is remembered between two documents.

mod copy;
mod letters;
mod unicode;

use std::sync::LazyLock;

use typst::comemo;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;

use super::{DocumentError, KHMER};
pub(super) use copy::copyable;
pub(super) use letters::{clear, shown};

/// What can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Template {
    /// A digest.
    Digest,
    /// A card with figures.
    Card,
    /// What is taken along to a meeting.
    Paper,
}

impl Template {
    fn source(self) -> &'static Source {
        static DIGEST: LazyLock<Source> =
            LazyLock::new(|| Source::new(id("/digest.typ"), include_str!("digest.typ").to_owned()));
        static CARD: LazyLock<Source> =
            LazyLock::new(|| Source::new(id("/card.typ"), include_str!("card.typ").to_owned()));
        static PAPER: LazyLock<Source> =
            LazyLock::new(|| Source::new(id("/paper.typ"), include_str!("paper.typ").to_owned()));
        match self {
            Self::Digest => &DIGEST,
            Self::Card => &CARD,
            Self::Paper => &PAPER,
        }
    }
}

/// The pages that this template makes of this data, which is JSON; the attachment is what it may hand on unread.
///
/// # Errors
/// What the template or the library has to object, warnings included.
pub(super) fn set<T>(
    template: Template,
    data: String,
    attachment: Vec<u8>,
    finish: impl FnOnce(PagedDocument) -> Result<T, DocumentError>,
) -> Result<T, DocumentError> {
    let world = Closed {
        template,
        data: Bytes::from_string(data),
        attachment: Bytes::new(attachment),
    };
    let result = typst::compile::<PagedDocument>(&world);
    let made = match (result.output, result.warnings.first()) {
        (Ok(document), None) => finish(document),
        (Ok(_), Some(warning)) => Err(DocumentError(said(warning))),
        (Err(errors), _) => Err(fault(errors.first())),
    };
    // Otherwise each document would stay in memory.
    comemo::evict(0);
    made
}

/// The first of the library's objections as ours.
pub(super) fn fault(first: Option<&SourceDiagnostic>) -> DocumentError {
    DocumentError(first.map_or_else(|| "no reason given".to_owned(), said))
}

fn said(diagnostic: &SourceDiagnostic) -> String {
    diagnostic.message.to_string()
}

/// A world that ends at its template, its data and its fonts.
struct Closed {
    template: Template,
    data: Bytes,
    attachment: Bytes,
}

/// What every world has.
struct Shelf {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let fonts: Vec<Font> = KHMER
        .into_iter()
        .filter_map(|bytes| Font::new(Bytes::new(bytes), 0))
        .collect();
    Shelf {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

fn id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("our own paths are plain names"); // constants of this file
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for Closed {
    fn library(&self) -> &LazyHash<Library> {
        &SHELF.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHELF.book
    }

    fn main(&self) -> FileId {
        self.template.source().id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() {
            Ok(self.template.source().clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, wanted: FileId) -> FileResult<Bytes> {
        if wanted == id("/data.json") {
            Ok(self.data.clone())
        } else if wanted == id("/attachment") {
            Ok(self.attachment.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHELF.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
