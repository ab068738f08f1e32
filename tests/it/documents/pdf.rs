//! The printed document: that strangers read in it what the report says, and nothing of it comes alive.

use samleng::documents::pdf::{self, Part, shown};
use samleng::documents::report::{By, Chart, Field, Figure, Paragraph, Report};
use serde_json::Value;

use super::printed::{Printed, letters, number, report};
use crate::in_memory::{english, forum};

fn print(report: &Report) -> Printed {
    Printed::new(&pdf::pdf(report, None).unwrap())
}

/// Every text of the report, but for what is no text of the page.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.extend(text.lines().map(str::to_owned)),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(values) => {
            for (key, value) in values {
                match key.as_str() {
                    // Not printed: ids and patterns, columns of other documents, and a topic under its own name.
                    "id" | "language" | "code" | "page" | "rest" | "digits" | "columns"
                    | "contents" => {}
                    _ => texts(value, found),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn strangers_read_what_the_report_says() {
    for khmer in [false, true] {
        let report = report(khmer, 4);
        let json = br#"{"schema":"samleng-digest/1","title":"\u1780"}"#;
        let printed =
            Printed::new(&pdf::pdf(&report, Some(("samleng-digest-3.json", json))).unwrap());
        let pages = printed.pages();
        let whole = letters(&pages.concat());
        let mut wanted = Vec::new();
        texts(&serde_json::to_value(&report).unwrap(), &mut wanted);
        assert!(wanted.len() > 80);
        // Of ten days only some are named; all are counted.
        wanted.retain(|text| !report.charts[3].bars.iter().any(|bar| bar.label == *text));
        for text in &wanted {
            assert!(whole.contains(&letters(text)), "{text}\n{}", pages.concat());
        }
        let digits = &report.words.digits;
        for count in [321, 912, 876, 654, 36] {
            assert!(whole.contains(&number(digits, count)), "{count}");
        }
        let foot = |page: usize| {
            let said = report
                .words
                .page
                .replace("{page}", &number(digits, page as u64));
            letters(&said.replace("{pages}", &number(digits, pages.len() as u64)))
        };
        for (at, page) in pages.iter().enumerate() {
            assert!(letters(page).contains(&foot(at + 1)), "page {at}\n{page}");
        }

        let about = String::from_utf8(printed.by("pdfinfo", &["digest.pdf"])).unwrap();
        let line = |key: &str| {
            let line = about.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap_or_else(|| panic!("{key}: {about}"))
                .trim()
                .to_owned()
        };
        assert_eq!(line("Pages:"), pages.len().to_string());
        assert_eq!(line("Tagged:"), "yes");
        assert_eq!(line("JavaScript:"), "no");
        assert!(line("Page size:").ends_with("(A4)"));
        assert!(line("Title:").contains(&report.title));

        printed.by("pdfdetach", &["-save", "1", "-o", "attached", "digest.pdf"]);
        assert_eq!(printed.file("attached"), json);
    }
}

/// A reader that knows nothing of runs takes each glyph for letters; those must be its own, not those of a whole sentence.
#[test]
fn each_glyph_has_its_own_letters() {
    let bytes = pdf::pdf(&report(true, 1), None).unwrap();
    let begins = bytes
        .windows(7)
        .enumerate()
        .filter(|(_, part)| *part == b"stream\n");
    let mut entries = 0;
    for (at, _) in begins {
        let Ok(table) = miniz_oxide::inflate::decompress_to_vec_zlib(&bytes[at + 7..]) else {
            continue;
        };
        let table = String::from_utf8_lossy(&table).into_owned();
        for line in table.lines().filter(|_| table.contains("begincmap")) {
            if let Some((_, letters)) = line.split_once("> <") {
                assert!(letters.len() <= 4 * 4, "{line}");
                entries += 1;
            }
        }
    }
    assert!(entries > 80, "{entries}");
}

#[test]
fn pages_show_something_and_the_code_can_be_read() {
    let report = report(true, 3);
    let printed = print(&report);
    let pictures = printed.pictures(110);
    assert_eq!(pictures.len(), printed.pages().len());
    for (at, (width, height, dots)) in pictures.iter().enumerate() {
        assert!(*width > 900 && *height > 1280, "{width} x {height}");
        let dark = dots.iter().filter(|dot| **dot < 128).count();
        assert!(dark > 1000, "page {at}: {dark} dark dots");
        // Nothing is printed over the edge.
        let edge = |x: usize| x < width / 20 || x > width - width / 20;
        let beyond = (0..width * height).filter(|at| edge(at % width) && dots[*at] < 128);
        assert_eq!(beyond.count(), 0, "page {at}");
    }
    let (width, height, dots) = &pictures[0];
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(*width, *height, |x, y| dots[y * width + x]);
    let codes: Vec<String> = picture
        .detect_grids()
        .iter()
        .map(|grid| grid.decode().unwrap().1)
        .collect();
    assert_eq!(codes, [report.code.unwrap()]);
}

#[test]
fn equal_reports_give_equal_bytes() {
    let one = pdf::pdf(&report(false, 1), None).unwrap();
    assert!(one == pdf::pdf(&report(false, 1), None).unwrap());
    assert!(one != pdf::pdf(&report(false, 2), None).unwrap());
}

/// No other number of a page is so large.
const PLACES: u64 = 20_000;

/// However much there is to count, the summary is one page, and what is not shown by itself is in the sum.
#[test]
fn the_summary_is_one_page_and_adds_up() {
    for khmer in [false, true] {
        let mut report = report(khmer, 0);
        report.topics.clear();
        let digits = report.words.digits.clone();
        let bars = |what: &str, from: u64, many: u64| {
            let bar = |n: u64| Figure {
                label: format!("{what} {}", number(&digits, from + n)),
                count: 7,
                shown: number(&digits, 7),
            };
            (0..many).map(bar).collect::<Vec<_>>()
        };
        let long = "ខេត្ត Province with a long name";
        let chart = |title: &str, bars| Chart {
            by: By::Topic,
            title: title.to_owned(),
            bars,
            none: None,
        };
        for (places, days) in [(26, 31), (90, 60)] {
            report.charts = vec![
                chart("T", bars("Topic that takes two lines", 1000, 14)),
                chart("P", bars(long, PLACES, places)),
                chart("U", bars("Urgency", 1000, 4)),
                chart("D", bars("Day", 1000, days)),
            ];
            let pages = print(&report).pages();
            // Title, summary, contents.
            let summary = letters(&pages[1]);
            assert!(
                letters(&pages[2]).contains(&letters(&report.words.contents)),
                "{}",
                pages[2]
            );
            let said: Vec<&str> = pages[1].split_whitespace().collect();
            let has = |n: u64| said.contains(&number(&digits, n).as_str());
            let one_by_one = (0..places).filter(|n| has(PLACES + n)).count() as u64;
            assert!(one_by_one >= 7, "{one_by_one}");
            let rest = places - one_by_one;
            if rest > 0 {
                let said = letters(&report.words.rest.replace("{count}", &number(&digits, rest)));
                assert!(summary.contains(&said), "{said}: {summary}");
                assert!(has(rest * 7), "{rest}: {summary}");
            } else {
                assert_eq!(places, 26);
            }
        }
    }
}

#[test]
fn many_concerns_are_a_summary_and_parts() {
    let forum = forum();
    let phrases = forum.words.phrases(english());
    let whole = report(false, 8);
    let one: Vec<Part> = pdf::parts(whole.clone(), 8, phrases).collect();
    assert_eq!(
        one,
        [Part {
            report: whole.clone(),
            list: Vec::new()
        }]
    );

    let parts: Vec<Part> = pdf::parts(whole.clone(), 3, phrases).collect();
    let numbers = |report: &Report| -> Vec<u64> {
        report
            .topics
            .iter()
            .flat_map(|topic| &topic.concerns)
            .map(|item| item.number)
            .collect()
    };
    let each: Vec<Vec<u64>> = parts.iter().map(|part| numbers(&part.report)).collect();
    assert_eq!(each, [vec![], vec![1, 2, 3], vec![4, 5, 6], vec![7, 8]]);
    // The second begins in one topic and ends in the other.
    assert_eq!(parts[2].report.topics.len(), 2);
    let labels: Vec<&str> = parts[0]
        .list
        .iter()
        .map(|part| part.label.as_str())
        .collect();
    assert_eq!(
        labels,
        [
            "Part 1 of 3: concerns 1 to 3",
            "Part 2 of 3: concerns 4 to 6",
            "Part 3 of 3: concerns 7 to 8"
        ]
    );
    assert_eq!(
        parts[0].list[1].value,
        "Land and housing 1, Land and housing 2"
    );
    let summary = Report {
        topics: Vec::new(),
        ..whole.clone()
    };
    assert_eq!(parts[0].report, summary);

    let mut printed = Vec::new();
    let mut take = |bytes: Vec<u8>| {
        printed.push(Printed::new(&bytes));
        Ok(())
    };
    pdf::each(whole, 3, phrases, Some(("digest.json", b"{}")), &mut take).unwrap();
    assert_eq!(printed.len(), 4);
    let text = |at: usize| letters(&printed[at].pages().concat());
    for label in labels {
        assert!(text(0).contains(&letters(label)), "{label}");
    }
    assert!(!text(0).contains("SincetheRains") && !text(0).contains("Sincetherains"));
    assert!(text(2).contains("Part2of3:concerns4to6"));
    for (part, there) in [
        (1, [true, true, true, false]),
        (2, [false, false, false, true]),
    ] {
        for (n, there) in (1..).zip(there) {
            assert_eq!(
                text(part).contains(&format!("SL-7K3F-9QX2-{n:04}")),
                there,
                "{part} {n}"
            );
        }
    }
    let attached = |at: usize| {
        String::from_utf8(printed[at].by("pdfdetach", &["-list", "digest.pdf"])).unwrap()
    };
    assert!(attached(0).starts_with("1 embedded"));
    assert!(attached(1).starts_with("0 embedded"));
}

#[test]
fn what_the_font_lacks_is_named() {
    for (written, printed) in [
        ("plain", "plain"),
        ("ភាសាខ្មែរ ១២៣។", "ភាសាខ្មែរ ១២៣។"),
        ("a\u{301} é ﬁ ½ ạ", "á é fi [U+00BD] [U+1EA1]"),
        ("I ❤\u{fe0f} you", "I [U+2764] you"),
        ("中文字", "[U+4E2D][U+6587][U+5B57]"),
        ("中文字母!", "[U+4E2D +3]!"),
        ("a\u{202e}b\u{7}c\u{2066}", "abc"),
        ("a\u{2003}b\u{2011}c", "a b‐c"),
        ("\u{fffd}\u{e000}", "[U+FFFD][U+E000]"),
    ] {
        assert_eq!(shown(written), printed, "{written:?}");
    }
    // A long word breaks somewhere, and Khmer keeps its syllables.
    let long = shown(&"W".repeat(600));
    assert!(long.split('\u{200b}').all(|piece| piece.len() <= 24));
    assert_eq!(letters(&long), "W".repeat(600));
    let khmer = "ភាសាខ្មែរជាភាសាដែលគ្មានដកឃ្លារវាងពាក្យ".repeat(4);
    assert_eq!(shown(&khmer), khmer);
    // What the templates say themselves is in the fonts.
    for template in [
        include_str!("../../../src/documents/typeset/digest.typ"),
        include_str!("../../../src/documents/typeset/card.typ"),
    ] {
        for c in template.chars().filter(|c| !c.is_ascii()) {
            assert_eq!(shown(&c.to_string()), c.to_string());
        }
    }
}

/// So many hostile texts, cheaper where nothing is optimised.
const HOSTILE: usize = if cfg!(debug_assertions) { 200 } else { 10_000 };

/// What means something to the language of the templates, alone and in the middle of words.
const MARKUP: [&str; 28] = [
    "#eval(\"1\")",
    "$x^2$",
    "*b*",
    "_i_",
    "@ref",
    "<label>",
    "#import \"@preview/x:1.0.0\": *",
    "// gone",
    "/* gone */",
    "\\u{41}",
    "\\",
    "#read(\"/data.json\")",
    "= Heading",
    "- item",
    "+ item",
    "/ term: x",
    "`raw`",
    "```rust x```",
    "#{1 + 1}",
    "#[x]",
    "~",
    "---",
    "...",
    "'quoted'",
    "\"quoted\"",
    "https://samleng.invalid/x",
    "{page}",
    "#include \"/etc/passwd\"",
];

#[test]
fn what_people_write_is_only_text() {
    let mut written: Vec<String> = Vec::new();
    for n in 0..HOSTILE {
        let one = MARKUP[n % MARKUP.len()];
        let other = MARKUP[(n / MARKUP.len() * 5 + n) % MARKUP.len()];
        written.push(match n % 5 {
            0 => format!("{one}{n}"),
            1 => format!("{n} {one} {other}"),
            2 => format!("ខ្មែរ{one}{n}"),
            3 => format!("{n}{other}{one}\u{202e}\u{7}x"),
            _ => format!("{n} {one}{}", "y".repeat(n % 90)),
        });
    }
    let mut report = report(false, 1);
    let hostile = MARKUP.concat();
    report.meeting = Some(hostile.clone());
    report.title = hostile.clone();
    report.about = vec![Field {
        label: hostile.clone(),
        value: hostile.clone(),
    }];
    report.charts[0].bars[0].label = hostile.clone();
    report.annex.against = hostile.clone();
    let item = &mut report.topics[0].concerns[0];
    item.title = hostile.clone();
    item.place = hostile.clone();
    item.story = written
        .iter()
        .map(|text| Paragraph {
            text: text.clone(),
            theirs: true,
        })
        .collect();
    report.words.page = "{page}".to_owned();

    let printed = print(&report);
    let pages = printed.pages();
    // The foot stands between two lines of a text that goes on.
    let whole = letters(&pages.concat());
    let mut from = 0;
    let mut lost = Vec::new();
    for text in &written {
        let wanted = letters(&shown(text));
        match whole[from..].find(&wanted) {
            Some(at) => from += at + wanted.len(),
            None => lost.push(text),
        }
    }
    // A page may end within a text, and then its foot is in it.
    assert!(
        lost.len() < pages.len(),
        "{} of {}: {:?}",
        lost.len(),
        written.len(),
        &lost[..lost.len().min(9)]
    );
    let times = whole.matches(&letters(&shown(&hostile))).count();
    assert!(times >= 5, "{times}\n{}", pages[..4].concat());
    let about = String::from_utf8(printed.by("pdfinfo", &["digest.pdf"])).unwrap();
    assert!(about.contains("JavaScript:      no"), "{about}");
    let links = String::from_utf8(printed.by("pdfinfo", &["-url", "digest.pdf"])).unwrap();
    assert!(!links.contains("invalid"), "{links}");
}
