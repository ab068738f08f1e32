//! The digest that is attached to a PDF.
//!
//! A file that is attached is a stream, mostly deflated. It is looked for by what it says, not by the PDF's tables: then one that
//! was saved again by another program is read as well, and some of those leave out that it is an attached file.
//! PDF 2.0 (ISO 32000-2), 7.3.8 and 7.11.4.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// How large an attached digest may be, in bytes.
const LARGEST: usize = 256 << 20;
/// What stands in every digest of ours.
const SCHEMA: &[u8] = b"\"samleng-digest/";

/// The attached digest of ours; nothing if there is none.
pub(super) fn json(pdf: &[u8]) -> Option<Vec<u8>> {
    if !pdf.starts_with(b"%PDF-") {
        return None;
    }
    let mut from = 0;
    while let Some(at) = find(&pdf[from..], b"stream") {
        let word = from + at;
        from = word + b"stream".len();
        // A dictionary stands before it, but not before an `endstream`.
        if !pdf[..word].trim_ascii_end().ends_with(b">>") {
            continue;
        }
        let rest = &pdf[from..];
        let rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .unwrap_or(rest);
        // Whatever stands behind a deflated stream is not read: it says itself where it ends.
        let plain = match decompress_to_vec_zlib_with_limit(rest, LARGEST) {
            Ok(plain) => plain,
            Err(_) => match find(rest, b"endstream") {
                Some(end) => rest[..end].to_vec(),
                None => continue,
            },
        };
        if plain.trim_ascii_start().starts_with(b"{") && find(&plain, SCHEMA).is_some() {
            return Some(plain);
        }
    }
    None
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|some| some == wanted)
}
