//! Office files since 2007 and OpenDocument: ZIP archives, known by their parts and what these say they are.
//!
//! Documents, workbooks and presentations only: no templates, no other archives, nothing with macros. For Office the
//! list of content types decides (ECMA-376, part 2), for OpenDocument the part `mimetype` (OASIS OpenDocument 1.3,
//! part 2), which comes first. Macros are told by their parts and types.

use super::reader::Reader;
use super::zip::Zip;
use super::{Kind, MAX_UNPACKED, Refused};

/// More than any list of content types needs, in bytes; a line is about 150.
const MOST_TYPES: usize = 1 << 20;
const TYPES: &str = "[content_types].xml";

/// The main types of Office, with the folder in which such a file keeps its parts.
const OFFICE: [(Kind, &str, &str); 3] = [
    (Kind::Docx, "word/", "wordprocessingml.document.main+xml"),
    (Kind::Xlsx, "xl/", "spreadsheetml.sheet.main+xml"),
    (Kind::Pptx, "ppt/", "presentationml.presentation.main+xml"),
];
const OPEN: [Kind; 3] = [Kind::Odt, Kind::Ods, Kind::Odp];

pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    let zip = Zip::read(bytes).ok()?;
    if zip.has(TYPES) {
        office(&zip)
    } else {
        open_document(&zip, bytes)
    }
}

/// Holds what the parts declare against [`MAX_UNPACKED`].
pub(super) fn check_size(bytes: &[u8]) -> Result<(), Refused> {
    if Zip::read(bytes)?.unpacked > MAX_UNPACKED {
        return Err(Refused::Bomb);
    }
    Ok(())
}

fn office(zip: &Zip) -> Option<Kind> {
    let types = String::from_utf8(zip.part(TYPES, MOST_TYPES).ok()?).ok()?;
    let types = types.to_lowercase();
    // An entity or a declaration could spell a type so that it is not found here, and no writer needs one.
    let plain = !types.contains('&') && !types.contains("<!");
    let macros = ["macroenabled", "vbaproject", "ms-office.activex"]
        .iter()
        .any(|sign| types.contains(sign))
        || zip.names().any(|name| name.contains("vbaproject"));
    if !plain || macros || !zip.has("_rels/.rels") {
        return None;
    }
    let mut kinds = OFFICE.iter().filter(|(_, _, main)| types.contains(main));
    match (kinds.next(), kinds.next()) {
        (Some((kind, folder, _)), None) => zip
            .names()
            .any(|name| name.starts_with(folder))
            .then_some(*kind),
        _ => None,
    }
}

fn open_document(zip: &Zip, bytes: &[u8]) -> Option<Kind> {
    // The first part is called `mimetype`, and it is not packed: its text stands at byte 38.
    let mut first = Reader::new(bytes);
    first.take(26).ok()?;
    let [name, extra] = [first.le16().ok()?, first.le16().ok()?];
    let leads = first.take(name.into()).ok()? == b"mimetype" && extra == 0;
    let said = zip.part("mimetype", 128).ok()?;
    let macros = zip
        .names()
        .any(|name| name.starts_with("basic/") || name.starts_with("scripts/"));
    let whole = zip.has("content.xml") && zip.has("meta-inf/manifest.xml");
    if !leads || !first.rest().starts_with(&said) || macros || !whole {
        return None;
    }
    OPEN.into_iter()
        .find(|kind| kind.media_type().as_bytes() == said)
}
