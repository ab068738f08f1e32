//! The parts of the file beside the text: properties, styles, footer.
//!
//! The order of elements is the schema's (ECMA-376, 5th edition, part 1); Word refuses others.

use std::fmt::Write as _;

use super::xml::{Style, escaped, field, paragraph, run};
use crate::documents::FONT;

pub(super) const DECLARATION: &str =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub(super) const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub(super) const LINKS: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub(super) const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
<Override PartName=\"/word/settings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml\"/>\
<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>\
<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
</Types>";

pub(super) const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
</Relationships>";

pub(super) const DOCUMENT_RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings\" Target=\"settings.xml\"/>\
<Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer\" Target=\"footer1.xml\"/>\
</Relationships>";

/// A4, two centimetres around, page numbers from the second page on.
pub(super) const SECTION: &str = "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/>\
<w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
<w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>\
<w:titlePg/></w:sectPr>";

/// Title, language, date.
pub(super) fn core(title: &str, language: &str, made_at: &str) -> String {
    let (title, language) = (escaped(title), escaped(language));
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{title}</dc:title><dc:language>{language}</dc:language>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{made_at}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{made_at}</dcterms:modified></cp:coreProperties>"
    )
}

/// What Word must know to treat it as a document of today.
pub(super) fn settings(language: &str) -> String {
    let (latin, complex) = languages(language);
    format!(
        "{DECLARATION}<w:settings xmlns:w=\"{WORD}\"><w:defaultTabStop w:val=\"720\"/><w:compat>\
         <w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/>\
         </w:compat><w:themeFontLang w:val=\"{latin}\" w:bidi=\"{complex}\"/></w:settings>"
    )
}

/// For Latin letters, for those that are set by rules of their own: Khmer, if it is not another such language.
fn languages(language: &str) -> (String, String) {
    let language = escaped(language);
    if language == "km" {
        ("en-US".to_owned(), "km-KH".to_owned())
    } else {
        (language, "km-KH".to_owned())
    }
}

/// The page and how many there are; `page` has `{page}` and `{pages}` in it.
pub(super) fn footer(page: &str) -> String {
    let mut runs = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('{') {
        runs += &run(&rest[..at], false);
        let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
        runs += &match &rest[at..end] {
            "{page}" => field("PAGE", "1"),
            "{pages}" => field("NUMPAGES", "1"),
            other => run(other, false),
        };
        rest = &rest[end..];
    }
    runs += &run(rest, false);
    let line = paragraph(Style::Field, &runs);
    let line = line.replacen("</w:pPr>", "<w:jc w:val=\"right\"/></w:pPr>", 1);
    format!("{DECLARATION}<w:ftr xmlns:w=\"{WORD}\">{line}</w:ftr>")
}

/// A style of paragraphs: id, name, what it is based on and followed by, properties of paragraph and letters.
type Definition = (&'static str, &'static str, &'static str, &'static str);

const STYLES: [Definition; 14] = [
    (
        "Title",
        "Title",
        "<w:spacing w:before=\"2400\" w:after=\"120\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"1F3A5F\"/><w:sz w:val=\"52\"/><w:szCs w:val=\"52\"/>",
    ),
    (
        "Subtitle",
        "Subtitle",
        "<w:spacing w:after=\"480\"/>",
        "<w:color w:val=\"44546A\"/><w:sz w:val=\"30\"/><w:szCs w:val=\"30\"/>",
    ),
    (
        "Heading1",
        "heading 1",
        "<w:keepNext/><w:keepLines/><w:pageBreakBefore/><w:spacing w:after=\"200\"/><w:outlineLvl w:val=\"0\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"1F3A5F\"/><w:sz w:val=\"34\"/><w:szCs w:val=\"34\"/>",
    ),
    (
        "Heading2",
        "heading 2",
        "<w:keepNext/><w:keepLines/><w:pBdr><w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"1F3A5F\"/></w:pBdr>\
         <w:spacing w:before=\"400\" w:after=\"160\"/><w:outlineLvl w:val=\"1\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"1F3A5F\"/><w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/>",
    ),
    (
        "Heading3",
        "heading 3",
        "<w:keepNext/><w:keepLines/><w:spacing w:before=\"320\" w:after=\"60\"/><w:outlineLvl w:val=\"2\"/>",
        "<w:b/><w:bCs/><w:sz w:val=\"23\"/><w:szCs w:val=\"23\"/>",
    ),
    (
        "TOCHeading",
        "TOC Heading",
        "<w:keepNext/><w:pageBreakBefore/><w:spacing w:after=\"200\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"1F3A5F\"/><w:sz w:val=\"34\"/><w:szCs w:val=\"34\"/>",
    ),
    (
        "TOC1",
        "toc 1",
        "<w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"9638\"/></w:tabs><w:spacing w:before=\"120\" w:after=\"40\"/>",
        "<w:b/><w:bCs/>",
    ),
    (
        "TOC2",
        "toc 2",
        "<w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"9638\"/></w:tabs><w:spacing w:after=\"40\"/><w:ind w:left=\"284\"/>",
        "",
    ),
    (
        "Field",
        "Field",
        "<w:spacing w:after=\"40\"/>",
        "<w:color w:val=\"44546A\"/><w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/>",
    ),
    (
        "About",
        "About",
        "<w:keepNext/><w:spacing w:after=\"60\"/>",
        "<w:color w:val=\"44546A\"/><w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/>",
    ),
    (
        "Caption",
        "caption",
        "<w:keepNext/><w:spacing w:before=\"280\" w:after=\"80\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"44546A\"/>",
    ),
    (
        "Note",
        "Note",
        "<w:spacing w:before=\"120\"/>",
        "<w:color w:val=\"44546A\"/><w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/>",
    ),
    (
        "Cell",
        "Cell",
        "<w:spacing w:before=\"30\" w:after=\"30\" w:line=\"240\" w:lineRule=\"auto\"/>",
        "<w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/>",
    ),
    (
        "HeadCell",
        "Head Cell",
        "<w:keepNext/><w:spacing w:before=\"50\" w:after=\"50\" w:line=\"240\" w:lineRule=\"auto\"/>",
        "<w:b/><w:bCs/><w:color w:val=\"1F3A5F\"/><w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/>",
    ),
];

/// How everything looks.
pub(super) fn styles(language: &str) -> String {
    let (latin, complex) = languages(language);
    let mut xml = format!(
        "{DECLARATION}<w:styles xmlns:w=\"{WORD}\"><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"{FONT}\" w:eastAsia=\"{FONT}\" w:hAnsi=\"{FONT}\" w:cs=\"{FONT}\"/><w:sz w:val=\"21\"/><w:szCs w:val=\"21\"/>\
         <w:lang w:val=\"{latin}\" w:eastAsia=\"{latin}\" w:bidi=\"{complex}\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"100\" w:line=\"276\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>"
    );
    for (id, name, paragraph, letters) in STYLES {
        let _ = write!(
            xml,
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:next w:val=\"Normal\"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
        ); // writing to a String cannot fail
    }
    xml += "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/>\
            <w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar><w:left w:w=\"108\" w:type=\"dxa\"/>\
            <w:right w:w=\"108\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
            <w:style w:type=\"table\" w:styleId=\"Figures\"><w:name w:val=\"Figures\"/><w:basedOn w:val=\"TableNormal\"/>\
            <w:tblPr><w:tblBorders><w:top w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"1F3A5F\"/>\
            <w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"1F3A5F\"/>\
            <w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D0D7DE\"/></w:tblBorders></w:tblPr></w:style></w:styles>";
    xml
}
