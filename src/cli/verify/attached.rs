//! The digest that is attached to a PDF.
//!
//! A file that is attached is a stream of the type `EmbeddedFile`, mostly deflated. It is looked for by its bytes, not by the PDF's tables, so
//! that a file that was saved again by another program is read as well.
//! PDF 2.0 (ISO 32000-2), 7.3.8 and 7.11.4.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// How large an attached digest may be, in bytes.
const LARGEST: usize = 256 << 20;
/// How many bytes the dictionary before a stream has at most.
const DICTIONARY: usize = 2_048;
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
        let before = &pdf[word.saturating_sub(DICTIONARY)..word];
        // This also passes over every `endstream`.
        if !before.trim_ascii_end().ends_with(b">>") {
            continue;
        }
        let begin = last(before, b" obj").unwrap_or(0);
        if find(&before[begin..], b"EmbeddedFile").is_none() {
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

fn last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|some| some == wanted)
}
