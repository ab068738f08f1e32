//! WordprocessingML, made in one place: words enter it escaped, and only those that XML can hold.

use std::fmt::Write as _;

/// What a paragraph is for; each is a style of the document.
#[derive(Clone, Copy)]
pub(super) enum Style {
    Title,
    Subtitle,
    Heading(u8),
    Contents(u8),
    ContentsHeading,
    Normal,
    Field,
    About,
    Caption,
    Note,
    Cell,
    HeadCell,
}

impl Style {
    pub(super) fn id(self) -> String {
        match self {
            Self::Title => "Title".to_owned(),
            Self::Subtitle => "Subtitle".to_owned(),
            Self::Heading(level) => format!("Heading{level}"),
            Self::Contents(level) => format!("TOC{level}"),
            Self::ContentsHeading => "TOCHeading".to_owned(),
            Self::Normal => "Normal".to_owned(),
            Self::Field => "Field".to_owned(),
            Self::About => "About".to_owned(),
            Self::Caption => "Caption".to_owned(),
            Self::Note => "Note".to_owned(),
            Self::Cell => "Cell".to_owned(),
            Self::HeadCell => "HeadCell".to_owned(),
        }
    }
}

/// Words that XML can hold, escaped for content and attributes. <https://www.w3.org/TR/xml/#charsets>
pub(super) fn escaped(words: &str) -> String {
    let mut xml = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' => xml.push(c),
            '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            _ => xml.push(c),
        }
    }
    xml
}

/// At the right of its column.
const RIGHT: &str = "<w:jc w:val=\"right\"/>";

/// A paragraph of these runs.
pub(super) fn paragraph(style: Style, runs: &str) -> String {
    let id = style.id();
    format!("<w:p><w:pPr><w:pStyle w:val=\"{id}\"/></w:pPr>{runs}</w:p>")
}

/// Words as runs, Khmer apart from the rest: Word takes another font and another dictionary for it.
pub(super) fn run(words: &str, is_bold: bool) -> String {
    let bold = if is_bold { "<w:b/><w:bCs/>" } else { "" };
    let mut xml = String::new();
    for (is_khmer, words) in by_script(words) {
        let script = if is_khmer { "<w:cs/>" } else { "" };
        let _ = write!(xml, "<w:r><w:rPr>{bold}{script}</w:rPr>"); // writing to a String cannot fail
        for (line, place) in words.split('\n').zip(0..) {
            if place > 0 {
                xml.push_str("<w:br/>");
            }
            if !line.is_empty() {
                let line = escaped(line);
                let _ = write!(xml, "<w:t xml:space=\"preserve\">{line}</w:t>");
            }
        }
        xml.push_str("</w:r>");
    }
    xml
}

/// The words cut where the script changes; what is of no script stays with what stands before it.
fn by_script(words: &str) -> Vec<(bool, &str)> {
    let mut runs = Vec::new();
    let (mut begin, mut is_khmer) = (0, None);
    for (at, c) in words.char_indices() {
        let script = match c {
            '\u{1780}'..='\u{17FF}' | '\u{19E0}'..='\u{19FF}' => Some(true),
            _ if c.is_alphanumeric() => Some(false),
            _ => None,
        };
        if let (Some(now), Some(before)) = (script, is_khmer)
            && now != before
        {
            runs.push((before, &words[begin..at]));
            begin = at;
        }
        is_khmer = script.or(is_khmer);
    }
    if begin < words.len() {
        runs.push((is_khmer.unwrap_or(false), &words[begin..]));
    }
    runs
}

/// A field with what stands for it until it is worked out.
pub(super) fn field(instruction: &str, meanwhile: &str) -> String {
    format!(
        "{}<w:r><w:instrText xml:space=\"preserve\"> {instruction} </w:instrText></w:r>{}<w:r><w:t>{}</w:t></w:r>{}",
        mark("begin"),
        mark("separate"),
        escaped(meanwhile),
        mark("end"),
    )
}

/// A mark of a field: `begin`, `separate`, `end`.
pub(super) fn mark(kind: &str) -> String {
    format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>")
}

/// A table: its columns in twentieths of a point, its head, which stands on each page, and its rows.
pub(super) fn table(columns: &[u32], head: &[&str], rows: &[Vec<String>]) -> String {
    let mut xml = String::from("<w:tbl><w:tblPr><w:tblStyle w:val=\"Figures\"/>");
    let whole: u32 = columns.iter().sum();
    let _ = write!(
        xml,
        "<w:tblW w:w=\"{whole}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>"
    ); // writing to a String cannot fail
    for width in columns {
        let _ = write!(xml, "<w:gridCol w:w=\"{width}\"/>");
    }
    xml.push_str("</w:tblGrid>");
    let mut row = |properties: &str, cells: &mut dyn Iterator<Item = String>| {
        let _ = write!(xml, "<w:tr><w:trPr><w:cantSplit/>{properties}</w:trPr>");
        for (cell, width) in cells.zip(columns) {
            let _ = write!(
                xml,
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{cell}</w:tc>"
            );
        }
        xml.push_str("</w:tr>");
    };
    let below = rows.first().into_iter().flatten();
    // Over numbers the head stands where they do.
    let heads = head.iter().zip(below).map(|(words, below)| {
        let head = paragraph(Style::HeadCell, &run(words, false));
        if below.contains(RIGHT) {
            head.replacen("</w:pPr>", &format!("{RIGHT}</w:pPr>"), 1)
        } else {
            head
        }
    });
    row("<w:tblHeader/>", &mut { heads });
    for cells in rows {
        row("", &mut cells.iter().cloned());
    }
    xml.push_str("</w:tbl>");
    xml
}

/// A cell of words.
pub(super) fn words(words: &str) -> String {
    paragraph(Style::Cell, &run(words, false))
}

/// A cell of a number, at the right.
pub(super) fn number(shown: &str) -> String {
    let runs = run(shown, false);
    format!("<w:p><w:pPr><w:pStyle w:val=\"Cell\"/>{RIGHT}</w:pPr>{runs}</w:p>")
}

/// A bar that takes this share of a column of this width: a line of colour that ends early.
pub(super) fn bar(share: f64, width: u32) -> String {
    if share <= 0.0 {
        return paragraph(Style::Cell, "");
    }
    let rest = f64::from(width.saturating_sub(240)) * (1.0 - share.clamp(0.01, 1.0));
    let rest = rest.round() as u32; // between 0 and the width
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Cell\"/><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"1F3A5F\"/>\
         <w:ind w:right=\"{rest}\"/></w:pPr></w:p>"
    )
}
