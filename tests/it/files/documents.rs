//! Documents: told by their content, kept as they are; what runs, or what nobody asked for, is refused.

use samleng::files::{Kind, MAX_BYTES, Refused, Sent, clean, kind};

use super::refused;

struct Part<'a> {
    name: &'a str,
    data: &'a [u8],
    packed: bool,
    /// What it declares to hold, where that is not the truth.
    declares: Option<u32>,
}

fn part<'a>(name: &'a str, data: &'a str) -> Part<'a> {
    Part {
        name,
        data: data.as_bytes(),
        packed: name != "mimetype",
        declares: None,
    }
}

fn zip(parts: &[Part]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for part in parts {
        let at = u32::try_from(zip.len()).unwrap();
        let data = if part.packed {
            miniz_oxide::deflate::compress_to_vec(part.data, 6)
        } else {
            part.data.to_vec()
        };
        let size = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
        let mut shared = vec![20, 0, 0, 0, if part.packed { 8 } else { 0 }, 0, 0, 0, 0, 0];
        shared.extend(crc32fast::hash(part.data).to_le_bytes());
        shared.extend(size(data.len()));
        shared.extend(
            part.declares
                .map_or(size(part.data.len()), u32::to_le_bytes),
        );
        shared.extend(u16::try_from(part.name.len()).unwrap().to_le_bytes());
        shared.extend([0, 0]);
        zip.extend(b"PK\x03\x04");
        zip.extend(&shared);
        zip.extend(part.name.as_bytes());
        zip.extend(data);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(part.name.as_bytes());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let at = u32::try_from(zip.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    zip.extend(directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([count, count].concat());
    zip.extend([size, at].concat());
    zip.extend([0, 0]);
    zip
}

fn office(main: &str, folder: &str, more: &[Part]) -> Vec<u8> {
    let types = format!(
        "<?xml version=\"1.0\"?><Types><Override PartName=\"/x.xml\" \
         ContentType=\"application/vnd.{main}\"/></Types>"
    );
    let inside = format!("{folder}/document.xml");
    let mut parts = vec![
        part("[Content_Types].xml", &types),
        part("_rels/.rels", "<Relationships/>"),
        part(&inside, "<document/>"),
        part("docProps/core.xml", "<dc:creator>the author</dc:creator>"),
    ];
    for Part { name, data, .. } in more {
        parts.push(part(name, std::str::from_utf8(data).unwrap()));
    }
    zip(&parts)
}

const WORD: &str = "openxmlformats-officedocument.wordprocessingml.document.main+xml";
const EXCEL: &str = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const POINT: &str = "openxmlformats-officedocument.presentationml.presentation.main+xml";

fn open_document(media_type: &str, more: Option<&str>) -> Vec<u8> {
    let mut parts = vec![
        part("mimetype", media_type),
        part("content.xml", "<office:document-content/>"),
        part("META-INF/manifest.xml", "<manifest:manifest/>"),
    ];
    parts.extend(more.map(|name| part(name, "x")));
    zip(&parts)
}

/// An old Office file: header, allocation table, directory; every entry the right neighbour of the one before.
fn ole(entries: &[(&str, u8, Option<u32>)]) -> Vec<u8> {
    let mut file = vec![0; 512 * 3];
    file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    file[30] = 9;
    // The table lies in sector 0, the directory in sector 1.
    file[48] = 1;
    file[68..72].fill(0xFF);
    file[76..512].fill(0xFF);
    file[76..80].fill(0);
    file[512..1024].fill(0xFF);
    file[512] = 0xFD;
    file[516] = 0xFE;
    for (number, (name, is, child)) in entries.iter().enumerate() {
        let entry = &mut file[1024 + number * 128..][..128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[66] = *is;
        entry[68..80].fill(0xFF);
        if number > 0 && number + 1 < entries.len() {
            entry[72..76].copy_from_slice(&(number as u32 + 1).to_le_bytes());
        }
        if let Some(child) = child {
            entry[76..80].copy_from_slice(&child.to_le_bytes());
        }
    }
    file
}

pub(super) fn samples() -> Vec<(Kind, Vec<u8>)> {
    let open = "application/vnd.oasis.opendocument";
    let root = ("Root Entry", 5, Some(1));
    vec![
        (Kind::Pdf, b"%PDF-1.7\n1 0 obj\n%%EOF\n".to_vec()),
        (Kind::Docx, office(WORD, "word", &[])),
        (Kind::Xlsx, office(EXCEL, "xl", &[])),
        (Kind::Pptx, office(POINT, "ppt", &[])),
        (Kind::Odt, open_document(&format!("{open}.text"), None)),
        (
            Kind::Ods,
            open_document(&format!("{open}.spreadsheet"), None),
        ),
        (
            Kind::Odp,
            open_document(&format!("{open}.presentation"), None),
        ),
        (Kind::Doc, ole(&[root, ("WordDocument", 2, None)])),
        (
            Kind::Xls,
            ole(&[
                root,
                ("\u{5}SummaryInformation", 2, None),
                ("Workbook", 2, None),
            ]),
        ),
        (Kind::Xls, ole(&[root, ("Book", 2, None)])),
        (Kind::Ppt, ole(&[root, ("PowerPoint Document", 2, None)])),
        (Kind::Text, "ជំរាបសួរ\r\n\tour road <3\n".into()),
        (Kind::Text, b"\xEF\xBB\xBFname,place\n".to_vec()),
    ]
}

#[test]
fn documents_are_told_by_their_content_and_kept_as_they_are() {
    for (expected, bytes) in samples() {
        assert_eq!(kind(&bytes), Some(expected));
        let kept = clean(&bytes, Sent::Document).unwrap();
        assert_eq!((kept.kind, &kept.bytes), (expected, &bytes));
        assert_eq!(kept.may_name_author, expected != Kind::Text);
        for sent in [Sent::Voice, Sent::Photo] {
            assert_eq!(refused(&bytes, sent), Refused::NotAsClaimed);
        }
    }
}

#[test]
fn everything_else_is_refused() {
    let root = ("Root Entry", 5, Some(1));
    let word = ("WordDocument", 2, None);
    let with = |name| office(WORD, "word", &[part(name, "x")]);
    let typed = |main: &str| office(main, "word", &[]);
    let docx = typed(WORD);
    let open = "application/vnd.oasis.opendocument.text";
    let stored_later = zip(&[
        part("content.xml", "x"),
        part("META-INF/manifest.xml", "x"),
        part("mimetype", open),
    ]);
    let mut another = vec![part("somewhat", open)];
    another[0].packed = false;
    another.extend([
        part("mimetype", open),
        part("content.xml", "x"),
        part("META-INF/manifest.xml", "x"),
    ]);
    let end = docx.len() - 22;
    let mut renamed = docx.clone();
    assert_eq!(renamed[30], b'[');
    renamed[30] = b'x';
    for (name, bytes) in [
        ("a program", b"MZ\x90\0\x03\0\0\0".to_vec()),
        ("another", b"\x7FELF\x02\x01\x01\0".to_vec()),
        ("a script", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        ("HTML", b"\n <!DOCTYPE html><p>hello".to_vec()),
        ("HTML without a head", b"<script>1</script>".to_vec()),
        ("SVG", b"\xEF\xBB\xBF<?xml version='1.0'?><svg/>".to_vec()),
        ("RTF", b"{\\rtf1 hello}".to_vec()),
        ("a contact", b"BEGIN:VCARD\nTEL:012\nEND:VCARD\n".to_vec()),
        ("control characters", b"hello\x1B[2J".to_vec()),
        ("Latin-1", b"caf\xE9".to_vec()),
        ("UTF-16", b"\xFF\xFEh\0i\0".to_vec()),
        ("video", b"\0\0\0\x20ftypisom\0\0\x02\0".to_vec()),
        ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec()),
        ("GIF", b"GIF89a\x01\0\x01\0\x80\0\0".to_vec()),
        ("gzip", b"\x1F\x8B\x08\0\0\0\0\0".to_vec()),
        ("MP3", b"ID3\x04\0\0\0\0\0\0".to_vec()),
        ("WAVE", b"RIFF\x24\0\0\0WAVEfmt ".to_vec()),
        ("an archive", zip(&[part("a.txt", "a")])),
        ("a Java archive", zip(&[part("META-INF/MANIFEST.MF", "a")])),
        ("macros by name", with("word/vbaProject.bin")),
        ("macros in capitals", with("word/VBAPROJECT.BIN")),
        (
            "macros by type",
            typed("ms-word.document.macroEnabled.main+xml"),
        ),
        (
            "macros beside a document's type",
            typed(&format!(
                "{WORD}\"/><X ContentType=\"application/vnd.ms-office.vbaProject"
            )),
        ),
        (
            "a macro's type beside a document's",
            typed(&format!(
                "{WORD}\"/><X ContentType=\"application/vnd.ms-word.x.macroEnabled"
            )),
        ),
        (
            "a control's type beside a document's",
            typed(&format!(
                "{WORD}\"/><X ContentType=\"application/vnd.ms-office.activeX+xml"
            )),
        ),
        (
            "a type spelt with an entity",
            typed(&format!(
                "{WORD}\"/><X ContentType=\"application/vnd.macro&#69;nabled"
            )),
        ),
        (
            "a template",
            typed("openxmlformats-officedocument.wordprocessingml.template.main+xml"),
        ),
        ("two kinds", typed(&format!("{WORD} {EXCEL}")).to_vec()),
        ("a type without its parts", typed(EXCEL)),
        ("a part twice", with("Word/Document.xml")),
        ("a gap", [&docx[..end], b"gap!", &docx[end..]].concat()),
        ("two names for a part", renamed),
        ("a tail", [&docx, b"tail".as_slice()].concat()),
        ("a head", [b"PK\x03\x04".as_slice(), &docx].concat()),
        ("a cut", docx[..docx.len() - 30].to_vec()),
        ("a book", open_document("application/epub+zip", None)),
        ("open macros", open_document(open, Some("Basic/script.xml"))),
        (
            "open scripts",
            open_document(open, Some("Scripts/python/a.py")),
        ),
        ("a type not in its place", stored_later),
        ("another part in its place", zip(&another)),
        (
            "old macros",
            ole(&[root, word, ("Macros", 1, Some(3)), ("VBA", 1, None)]),
        ),
        (
            "old mail",
            ole(&[root, ("__properties_version1.0", 2, None)]),
        ),
        (
            "a document inside something else",
            ole(&[root, ("ObjectPool", 1, None)]),
        ),
        ("an old file's head", ole(&[root, word])[..600].to_vec()),
    ] {
        assert_eq!(kind(&bytes), None, "{name}");
        assert_eq!(refused(&bytes, Sent::Document), Refused::Unknown, "{name}");
    }
}

#[test]
fn nothing_too_much_and_what_unpacks_to_too_much_are_refused() {
    assert_eq!(refused(b"", Sent::Photo), Refused::Empty);
    let text = vec![b'a'; MAX_BYTES + 1];
    assert_eq!(refused(&text, Sent::Document), Refused::TooLarge);
    assert!(clean(&text[1..], Sent::Document).is_ok());

    let mut parts = vec![
        part("mimetype", "application/vnd.oasis.opendocument.text"),
        part("content.xml", "x"),
        part("META-INF/manifest.xml", "x"),
    ];
    parts[1].declares = Some(600 << 20);
    assert_eq!(refused(&zip(&parts), Sent::Document), Refused::Bomb);
    // A list of types that unpacks to far more than one needs is not unpacked.
    let long = "<!-- -->".repeat(1 << 18);
    let types = [part("[Content_Types].xml", &long)];
    assert_eq!(refused(&zip(&types), Sent::Document), Refused::Unknown);

    // A PDF ends at its end, and not only somewhere.
    let far = [b"%PDF-1.7\n%%EOF\n".as_slice(), &[b' '; 1024]].concat();
    for cut in [b"%PDF-1.7\n1 0 obj\n".as_slice(), &far] {
        assert_eq!(refused(cut, Sent::Document), Refused::Damaged);
    }
}

#[test]
fn ids_are_told_apart_and_read_back() {
    let mut ids = Vec::from(Kind::ALL.map(Kind::id));
    for kind in Kind::ALL {
        assert_eq!(Kind::from_id(kind.id()), Some(kind));
        assert!(kind.media_type().contains('/'));
        assert!((3..=4).contains(&kind.ending().len()));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Kind::ALL.len());
    assert_eq!(Kind::from_id("exe"), None);
}
