//! A report by hand, and a document as strangers read it.

use std::process::Command;

use samleng::documents::report::{
    Annex, Answered, By, Change, Chart, Columns, Field, Figure, Flow, Item, Moved, Paragraph,
    Report, Topic, Words,
};

/// What differs between the two languages.
struct Speech {
    code: &'static str,
    digits: &'static str,
    title: &'static str,
    meeting: &'static str,
    label: &'static str,
    value: &'static str,
    topic: &'static str,
    place: &'static str,
    concern: &'static str,
    story: &'static str,
    file: &'static str,
    page: &'static str,
    rest: &'static str,
    proof: &'static str,
}

const ENGLISH: Speech = Speech {
    code: "en",
    digits: "0123456789",
    title: "Digest for the organisers",
    meeting: "Second meeting of the ministry with civil society",
    label: "What should be done",
    value: "The road should be open to everybody until the court has decided.",
    topic: "Land and housing",
    place: "Lotus Province",
    concern: "The road to the village is closed",
    story: "Since the rains began, the road has been closed by a company, and the families behind it cannot bring their harvest to market. The commune answered that it has no authority over the road.",
    file: "Voice note, 0:42, not yet written down",
    page: "Page {page} of {pages}",
    rest: "{count} others together",
    proof: "Whoever has a receipt can check that their concern was in this digest.",
};

const KHMER: Speech = Speech {
    code: "km",
    digits: "០១២៣៤៥៦៧៨៩",
    title: "សេចក្តីសង្ខេបសម្រាប់អ្នករៀបចំ",
    meeting: "កិច្ចប្រជុំលើកទីពីររវាងក្រសួង និងសង្គមស៊ីវិល",
    label: "អ្វីដែលគួរធ្វើ",
    value: "ផ្លូវគួរបើកជូនអ្នកទាំងអស់គ្នារហូតដល់តុលាការបានសម្រេច។",
    topic: "ដីធ្លី និងលំនៅដ្ឋាន",
    place: "ខេត្តផ្កាឈូក",
    concern: "ផ្លូវចូលភូមិត្រូវបានបិទ",
    story: "ចាប់តាំងពីដើមរដូវវស្សាមក ផ្លូវត្រូវបានក្រុមហ៊ុនឯកជនបិទ ហើយគ្រួសារដែលរស់នៅខាងក្រោយមិនអាចដឹកជញ្ជូនកសិផលទៅផ្សារបានទេ។ សាលាឃុំបានឆ្លើយថាគ្មានសិទ្ធិអំណាចលើផ្លូវនោះឡើយ។",
    file: "សារជាសំឡេង ០:៤២ មិនទាន់សរសេរជាអក្សរ",
    page: "ទំព័រ {page} នៃ {pages}",
    rest: "{count} ផ្សេងទៀតរួមគ្នា",
    proof: "អ្នកណាដែលមានបង្កាន់ដៃ អាចផ្ទៀងផ្ទាត់ថាបញ្ហារបស់ខ្លួនមាននៅក្នុងសេចក្តីសង្ខេបនេះ។",
};

/// A number in digits of a language.
pub(super) fn number(digits: &str, number: u64) -> String {
    let digits: Vec<char> = digits.chars().collect();
    let figures = number
        .to_string()
        .chars()
        .filter_map(|c| c.to_digit(10))
        .collect::<Vec<_>>();
    figures.into_iter().map(|d| digits[d as usize]).collect()
}

/// A report in English or Khmer, with so many concerns in two topics.
pub(super) fn report(khmer: bool, concerns: u64) -> Report {
    let said = if khmer { &KHMER } else { &ENGLISH };
    let figure = |label: &str, count: u64| Figure {
        label: label.to_owned(),
        count,
        shown: number(said.digits, count),
    };
    let numbered = |what: &str, n: u64| format!("{what} {}", number(said.digits, n));
    let field = |label: &str, value: &str| Field {
        label: label.to_owned(),
        value: value.to_owned(),
    };
    let chart = |title: &str, bars: Vec<Figure>| Chart {
        by: By::Topic,
        title: title.to_owned(),
        bars,
        none: None,
    };
    let first = concerns.div_ceil(2);
    let item = |n: u64, topic: &str| Item {
        number: n,
        shown: number(said.digits, n),
        title: numbered(said.concern, n),
        receipt: Some(receipt(n)),
        status: numbered(said.label, n % 3),
        topic: topic.to_owned(),
        place: numbered(said.place, n),
        organisation: Some(numbered(said.topic, n)),
        behind: n,
        backing: (n > 1).then(|| numbered(said.place, n)),
        story: vec![
            Paragraph {
                text: said.story.to_owned(),
                theirs: true,
            },
            Paragraph {
                text: said.file.to_owned(),
                theirs: false,
            },
        ],
        fields: vec![Answered {
            id: "ask".to_owned(),
            label: said.label.to_owned(),
            value: said.value.to_owned(),
            number: None,
        }],
        beside: vec![said.value.to_owned()],
    };
    let topics = [(1, 1..=first), (2, first + 1..=concerns)]
        .into_iter()
        .map(|(n, numbers)| {
            let name = numbered(said.topic, n);
            let concerns: Vec<Item> = numbers.map(|n| item(n, &name)).collect();
            Topic { name, concerns }
        });
    let word = |what: &str| format!("{} {what}", said.label);
    Report {
        language: said.code.to_owned(),
        title: said.title.to_owned(),
        meeting: Some(said.meeting.to_owned()),
        about: vec![field(said.label, said.value)],
        stamp: vec![field(said.label, said.place)],
        fingerprint: Some(field(
            said.label,
            &["0a1b", "2c3d", "4e5f", "6789"].repeat(4).join(" "),
        )),
        code: Some(format!("samleng-digest/3/{}", "0a1b2c3d4e5f6789".repeat(4))),
        scores: Vec::new(),
        totals: vec![
            figure(said.concern, concerns + 30),
            figure(said.topic, concerns),
            figure(said.place, 30),
        ],
        charts: vec![
            chart(
                said.topic,
                vec![
                    figure(&numbered(said.topic, 1), first),
                    figure(&numbered(said.topic, 2), concerns - first),
                ],
            ),
            chart(
                said.place,
                (1..=26)
                    .map(|n| figure(&numbered(said.place, n), 100 + n))
                    .collect(),
            ),
            chart(said.label, vec![figure(&numbered(said.label, 1), concerns)]),
            chart(
                said.value,
                (1..=10)
                    .map(|n| figure(&numbered(said.place, n), 200 + n))
                    .collect(),
            ),
        ],
        silence: vec![field(
            said.place,
            &(1..=12)
                .map(|n| numbered(said.place, n))
                .collect::<Vec<_>>()
                .join("\n"),
        )],
        topics: topics.collect(),
        annex: Annex {
            against: said.value.to_owned(),
            totals: vec![
                Change {
                    label: said.topic.to_owned(),
                    then: Some(912),
                    now: 876,
                    shown: [912, 876, 36].map(|n| number(said.digits, n)),
                },
                Change {
                    label: said.place.to_owned(),
                    then: None,
                    now: 654,
                    shown: [String::new(), number(said.digits, 654), String::new()],
                },
            ],
            flows: vec![Flow {
                from: said.topic.to_owned(),
                to: said.place.to_owned(),
                count: 321,
                shown: number(said.digits, 321),
            }],
            moved: (1..=3)
                .map(|n| Moved {
                    receipt: receipt(n),
                    from: said.topic.to_owned(),
                    to: said.place.to_owned(),
                })
                .collect(),
        },
        words: Words {
            contents: word("1"),
            promises: word("2"),
            summary: word("2"),
            totals: word("3"),
            silence: word("4"),
            concerns: word("5"),
            figures: word("5"),
            reconciliation: word("5"),
            colon: ": ".to_owned(),
            annex: word("6"),
            flows: word("7"),
            moved: word("8"),
            columns: Columns {
                number: word("9"),
                receipt: word("9"),
                status: word("9"),
                topic: word("9"),
                place: word("9"),
                title: word("9"),
                organisation: word("9"),
                behind: word("9"),
                story: word("9"),
                beside: word("9"),
                what: word("9"),
                count: word("9"),
                then: word("9"),
                now: word("9"),
                difference: word("9"),
                from: word("9"),
                to: word("9"),
            },
            empty: None,
            page: said.page.to_owned(),
            proof: said.proof.to_owned(),
            part: None,
            rest: said.rest.to_owned(),
            digits: said.digits.to_owned(),
        },
    }
}

fn receipt(n: u64) -> String {
    format!("SL-7K3F-9QX2-{n:04}")
}

/// A document in a file, for as long as it is looked at.
pub(super) struct Printed {
    folder: tempfile::TempDir,
}

impl Printed {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("digest.pdf"), bytes).unwrap();
        Self { folder }
    }

    /// What a program of poppler makes of it; `{out}` is a folder for its files.
    pub(super) fn by(&self, program: &str, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).args(arguments);
        let done = command
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        assert!(
            done.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        done.stdout
    }

    /// A file that a program made.
    pub(super) fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    /// The text of each page.
    pub(super) fn pages(&self) -> Vec<String> {
        let text = String::from_utf8(self.by("pdftotext", &["digest.pdf", "-"])).unwrap();
        let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
        assert_eq!(pages.pop().as_deref(), Some(""));
        pages
    }

    /// Each page as a picture in grey: width, height, dots.
    pub(super) fn pictures(&self, dots_an_inch: u32) -> Vec<(usize, usize, Vec<u8>)> {
        self.by(
            "pdftoppm",
            &[
                "-gray",
                "-r",
                &dots_an_inch.to_string(),
                "digest.pdf",
                "page",
            ],
        );
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".pgm"))
            .collect();
        names.sort();
        names.iter().map(|name| picture(&self.file(name))).collect()
    }
}

fn picture(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut parts = bytes.splitn(4, |byte| byte.is_ascii_whitespace());
    assert_eq!(parts.next(), Some(&b"P5"[..]));
    let mut side = || {
        std::str::from_utf8(parts.next().unwrap())
            .unwrap()
            .parse::<usize>()
            .unwrap()
    };
    let (width, height) = (side(), side());
    let dots = &bytes[bytes.len() - width * height..];
    (width, height, dots.to_vec())
}

/// The letters alone: where lines break, and where words do, is the page's affair.
pub(super) fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}')
        .collect()
}
