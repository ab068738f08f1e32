//! Which letters a glyph is, for readers that know nothing of runs.
//!
//! For each glyph a PDF has one text (ISO 32000-1, 9.10.3), and the library takes that of the run in which the glyph came
//! first: a whole stretch of Khmer. A reader that looks no further would copy that stretch for every letter. So the tables are
//! written anew, with what the font itself calls each glyph.
//!
//! Guarantees: what is not understood is left as it is. No object moves: a shorter table stands where the longer one stood,
//! and spaces after it.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use typst::text::{FontInstance, TextItem};

/// More than any table has.
const TABLE: usize = 16 << 20;
/// Entries of a block, as the format wants.
const BLOCK: usize = 100;

/// The glyphs of each font, in the order in which they are first used: that in which the library numbers them, from 1.
#[derive(Default)]
pub(super) struct Glyphs(Vec<(FontInstance, Vec<u16>)>);

impl Glyphs {
    /// Notes the glyphs of a piece of text.
    pub(super) fn note(&mut self, item: &TextItem) {
        let found = self.0.iter().position(|(font, _)| *font == item.font);
        let at = found.unwrap_or_else(|| {
            self.0.push((item.font.clone(), Vec::new()));
            self.0.len() - 1
        });
        let known = &mut self.0[at].1;
        for glyph in &item.glyphs {
            if !known.contains(&glyph.id) {
                known.push(glyph.id);
            }
        }
    }

    /// Puts what the fonts call their glyphs into the tables of the document.
    pub(super) fn name(&self, pdf: &mut [u8]) {
        let named: Vec<Vec<Option<String>>> = self
            .0
            .iter()
            .map(|(font, glyphs)| {
                let names = names(font.data());
                let single = single(font);
                let letters = |id: &u16| {
                    let named = names.get(usize::from(*id)).and_then(|name| letters(name));
                    named.or_else(|| single.get(id).map(char::to_string))
                };
                glyphs.iter().map(letters).collect()
            })
            .collect();
        for (begin, length) in tables(pdf) {
            let Some(made) = renamed(&pdf[begin.data..begin.data + length], &named) else {
                continue;
            };
            put(pdf, &begin, length, &made);
        }
    }
}

/// Where the number of a stream's bytes begins, how many digits it has, and where the bytes begin.
struct Begin {
    length: usize,
    digits: usize,
    data: usize,
}

/// The streams that are tables.
fn tables(pdf: &[u8]) -> Vec<(Begin, usize)> {
    const TYPE: &[u8] = b"/Type/CMap";
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find(&pdf[from..], TYPE) {
        let at = from + at;
        from = at + TYPE.len();
        let head = pdf[..at].iter().rposition(|b| *b == b'<').unwrap_or(0);
        let read = || {
            let length = head + find(&pdf[head..at], b"/Length ")? + b"/Length ".len();
            let digits = pdf[length..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            let bytes = std::str::from_utf8(&pdf[length..length + digits])
                .ok()?
                .parse()
                .ok()?;
            let data = at + find(&pdf[at..], b"stream\n")? + b"stream\n".len();
            (data + bytes <= pdf.len()).then_some((
                Begin {
                    length,
                    digits,
                    data,
                },
                bytes,
            ))
        };
        found.extend(read());
    }
    found
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// The table with other texts, packed; nothing where no font fits it.
fn renamed(packed: &[u8], fonts: &[Vec<Option<String>>]) -> Option<Vec<u8>> {
    let table = decompress_to_vec_zlib_with_limit(packed, TABLE).ok()?;
    let table = String::from_utf8(table).ok()?;
    let entries: Vec<(usize, String)> = table.lines().filter_map(entry).collect();
    // The font in which every single letter of the table is where it should be.
    let name = |font: &Vec<Option<String>>, cid: usize| font.get(cid.checked_sub(1)?)?.clone();
    let font = fonts.iter().find(|font| {
        let fits = |(cid, text): &(usize, String)| {
            *cid <= font.len()
                && (text.chars().count() != 1
                    || name(font, *cid).is_none_or(|named| named == *text))
        };
        !entries.is_empty() && entries.iter().all(fits)
    })?;
    let head = &table[..table.find("endcodespacerange\n")? + "endcodespacerange\n".len()];
    let tail = &table[table.rfind("endbfchar\n")? + "endbfchar\n".len()..];
    let mut made = head.to_owned();
    for block in entries.chunks(BLOCK) {
        made.push_str(&format!("{} beginbfchar\n", block.len()));
        for (cid, text) in block {
            let text = name(font, *cid).unwrap_or_else(|| text.clone());
            let units: String = text
                .encode_utf16()
                .map(|unit| format!("{unit:04X}"))
                .collect();
            made.push_str(&format!("<{cid:04X}> <{units}>\n"));
        }
        made.push_str("endbfchar\n");
    }
    made.push_str(tail);
    Some(compress_to_vec_zlib(made.as_bytes(), 9))
}

/// `<0001> <1780>` as a number and a text.
fn entry(line: &str) -> Option<(usize, String)> {
    let (cid, text) = line
        .strip_prefix('<')?
        .strip_suffix('>')?
        .split_once("> <")?;
    // The range of all numbers looks alike.
    if text == "FFFF" {
        return None;
    }
    let units = text.as_bytes().chunks(4).map(|unit| {
        let digits = std::str::from_utf8(unit).ok()?;
        u16::from_str_radix(digits, 16).ok()
    });
    let units: Option<Vec<u16>> = units.collect();
    Some((
        usize::from_str_radix(cid, 16).ok()?,
        String::from_utf16(&units?).ok()?,
    ))
}

/// Puts a stream in the place of a longer one.
fn put(pdf: &mut [u8], begin: &Begin, length: usize, made: &[u8]) {
    const END: &[u8] = b"\nendstream\nendobj\n";
    let after = begin.data + length;
    if made.len() > length || pdf.get(after..after + END.len()) != Some(END) {
        return;
    }
    let digits = format!("{:0width$}", made.len(), width = begin.digits);
    pdf[begin.length..begin.length + begin.digits].copy_from_slice(digits.as_bytes());
    let end = begin.data + made.len();
    pdf[begin.data..end].copy_from_slice(made);
    pdf[end..end + END.len()].copy_from_slice(END);
    pdf[end + END.len()..after + END.len()].fill(b'\n');
}

/// The glyphs that stand for a letter by themselves, of scripts whose glyphs are not called after their letters.
fn single(font: &FontInstance) -> BTreeMap<u16, char> {
    let letters = ('!'..='\u{24FF}').filter_map(|c| Some((font.ttf().glyph_index(c)?.0, c)));
    // Of several letters with one glyph the first.
    letters.rev().collect()
}

/// What the font calls its glyphs. OpenType, post, version 2.
fn names(font: &[u8]) -> Vec<String> {
    read_names(font).unwrap_or_default()
}

fn read_names(font: &[u8]) -> Option<Vec<String>> {
    let short = |at: usize| {
        let bytes = font.get(at..at + 2)?;
        Some(usize::from(u16::from_be_bytes([bytes[0], bytes[1]])))
    };
    let long = |at: usize| Some(short(at)? << 16 | short(at + 2)?);
    let records = (0..short(4)?).map(|n| 12 + 16 * n);
    let mut post = records.filter(|at| font.get(*at..at + 4) == Some(b"post"));
    let record = post.next()?;
    let (begin, length) = (long(record + 8)?, long(record + 12)?);
    // Names of the old Macintosh order come before those of the font.
    const MACINTOSH: usize = 258;
    let count = short(begin + 32)?;
    let mut own = Vec::new();
    let mut at = begin + 34 + 2 * count;
    while at < begin + length {
        let size = usize::from(*font.get(at)?);
        let name = font.get(at + 1..at + 1 + size)?;
        own.push(String::from_utf8_lossy(name).into_owned());
        at += 1 + size;
    }
    let name = |n: usize| {
        let index = short(begin + 34 + 2 * n)?;
        let own = index
            .checked_sub(MACINTOSH)
            .and_then(|index| own.get(index));
        Some(own.cloned().unwrap_or_default())
    };
    (0..count).map(name).collect()
}

/// The letters of a glyph that is called after them: `uni17D21780.low`. Adobe Glyph List Specification, 2.
fn letters(name: &str) -> Option<String> {
    let digits = name.split('.').next()?.strip_prefix("uni")?;
    if digits.is_empty() || digits.len() % 4 != 0 {
        return None;
    }
    let letter = |at: usize| {
        let unit = u32::from_str_radix(digits.get(at..at + 4)?, 16).ok()?;
        char::from_u32(unit)
    };
    (0..digits.len()).step_by(4).map(letter).collect()
}
