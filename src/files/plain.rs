//! Plain text, and the end of a PDF: the kinds that need no more than a look.

use super::Refused;
use super::reader::find;

/// How text begins that a program would run or interpret: scripts, RTF, PostScript, contact cards and mail.
const NOT_PLAIN: [&str; 6] = [
    "#!",
    "{\\rtf",
    "%!PS",
    "BEGIN:V",
    "MIME-Version:",
    "Content-Type:",
];

/// How far from its end a PDF must say that it ends, in bytes. Source: ISO 32000-1, annex H, note 18.
const END: usize = 1024;

/// Whether this is UTF-8 without control characters, and not markup or a script.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let begin = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let markup = begin
        .strip_prefix('<')
        .is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic() || "!?/".contains(c)));
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{C}');
    !text.is_empty()
        && !markup
        && !NOT_PLAIN.iter().any(|sign| begin.starts_with(sign))
        && text.chars().all(plain)
}

/// Refuses a PDF that was cut off.
pub(super) fn check_pdf(bytes: &[u8]) -> Result<(), Refused> {
    let end = &bytes[bytes.len().saturating_sub(END)..];
    match find(end, b"%%EOF") {
        Some(_) => Ok(()),
        None => Err(Refused::Damaged),
    }
}
