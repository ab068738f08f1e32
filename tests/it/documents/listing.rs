//! The agenda as data: read by programs that are not ours, and compared with the value.

use calamine::Data;
use jiff::Timestamp;
use samleng::agenda::{Plan, Sides};
use samleng::dialogue::desk::{Brief, Columns, Listed, Listing, ListingWords, Paper};
use samleng::dialogue::{DataForm, Papers};
use samleng::documents::agenda;
use samleng::domain::{Day, Localised, Meeting};
use samleng::text::paper::cell;
use serde_json::{Value, json};

use super::hostile::{is_harmful, strings};
use super::read::{converted, letters, parts, sheets, shown};
use super::schema::keeps_to;
use crate::in_memory::{english, khmer};

const NAME: &str = "=HYPERLINK(\"http://127.0.0.1/\"&A1,\"ចុច\")";
const REASON: &str = "+855 មិនមែនជារូបមន្ត; =1+1\n-2";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn item(number: u64, is_in: bool, why: Brief) -> Listed {
    Listed {
        number,
        is_in,
        title: (number != 3).then(|| NAME.to_owned()),
        name: if number == 3 { "Land, Kep" } else { NAME }.to_owned(),
        topic: "land".to_owned(),
        topic_said: "ដីធ្លី និងលំនៅឋាន".to_owned(),
        place: if number == 2 { "" } else { "kep" }.to_owned(),
        place_said: if number == 2 {
            ""
        } else {
            "ខេត្តកែប"
        }
        .to_owned(),
        seconds: if number == 3 { 450 } else { 600 },
        seconds_said: if number == 3 { "7:30 min" } else { "10 min" }.to_owned(),
        why,
        why_said: format!("Put in: {REASON}"),
        reason: (why == Brief::PutIn).then(|| REASON.to_owned()),
        moved: (number == 1).then(|| REASON.to_owned()),
    }
}

fn listing(in_khmer: bool) -> Listing {
    let pick = |one: &str, other: &str| if in_khmer { other } else { one }.to_owned();
    Listing {
        language: if in_khmer { khmer() } else { english() },
        made_at: at("2027-01-08T02:30:00Z"),
        meeting: Meeting {
            id: 5,
            title: Localised::same([english(), khmer()], "Third meeting"),
            days: vec![Day {
                date: jiff::civil::date(2027, 1, 17),
                time: None,
            }],
            place: None,
            deadline: Some(at("2027-01-12T16:59:59Z")),
            capacity: Some(300),
            people_at_most: None,
            zone: None,
        },
        settled_at: Some(at("2027-01-07T02:30:00Z")),
        plan: Plan {
            total: 10_800,
            opening: Sides {
                organisations: 600,
                authority: 600,
            },
            reply: Sides {
                organisations: 0,
                authority: 33,
            },
            item: 600,
        },
        items: vec![
            item(1, true, Brief::Shares),
            item(2, true, Brief::PutIn),
            item(3, false, Brief::NoRoom),
        ],
        words: ListingWords {
            title: pick("Agenda", "របៀបវារៈ"),
            about: vec![pick("Third meeting", "កិច្ចប្រជុំលើកទីបី"), REASON.to_owned()],
            time: pick("How the time is divided", "ការបែងចែកពេលវេលា"),
            times: vec![
                (pick("All of it", "ទាំងមូល"), 10_800, "180 min".to_owned()),
                (pick("Replies", "ឆ្លើយតប"), 3_168, "52:48 min".to_owned()),
            ],
            columns: Columns {
                number: pick("No.", "ល.រ"),
                raised: pick("Raised?", "លើកឡើងឬទេ"),
                name: pick("Title", "ចំណងជើង"),
                topic: pick("Topic", "ប្រធានបទ"),
                place: pick("Place", "ទីកន្លែង"),
                minutes: pick("Minutes", "នាទី"),
                why: pick("Why", "មូលហេតុ"),
                moved: pick("Moved", "ប្តូរលំដាប់"),
            },
            is_in: pick("raised", "លើកឡើង"),
            is_out: pick("not raised", "មិនលើកឡើង"),
            cut: pick("… (cut here)", "… (កាត់ត្រឹមនេះ)"),
            foot: pick("Page {page} of {pages}", "ទំព័រ {page} នៃ {pages}"),
        },
    }
}

fn made(listing: &Listing, form: DataForm) -> Vec<u8> {
    let paper = Paper {
        language: listing.language,
        made_at: listing.made_at,
        papers: Papers::Agenda,
        title: String::new(),
        about: Vec::new(),
        parts: Vec::new(),
        foot: String::new(),
        digits: String::new(),
        data: Some(listing.clone()),
    };
    let bytes = agenda::data(&paper, form).unwrap();
    assert_eq!(bytes, agenda::data(&paper, form).unwrap(), "deterministic");
    bytes
}

/// The cells of the value.
fn cells(listing: &Listing) -> Vec<Vec<Data>> {
    let words = |said: &str| match cell(said) {
        said if said.is_empty() => Data::Empty,
        said => Data::String(said),
    };
    let columns = &listing.words.columns;
    let mut rows = vec![
        [
            &columns.number,
            &columns.raised,
            &columns.name,
            &columns.topic,
            &columns.place,
            &columns.minutes,
            &columns.why,
            &columns.moved,
        ]
        .map(|name| words(name))
        .to_vec(),
    ];
    rows.extend(listing.items.iter().map(|item| {
        vec![
            Data::Float(item.number as f64),
            words(match item.is_in {
                true => &listing.words.is_in,
                false => &listing.words.is_out,
            }),
            words(&item.name),
            words(&item.topic_said),
            words(&item.place_said),
            match item.seconds {
                600 => Data::Float(10.0),
                450 => words("7:30 min"),
                other => panic!("{other}"),
            },
            words(&item.why_said),
            words(item.moved.as_deref().unwrap_or_default()),
        ]
    }));
    rows
}

fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes());
    let text = text.expect("the mark of UTF-8");
    assert!(text.ends_with(b"\r\n"));
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text);
    let rows = reader.records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_workbook_holds_what_the_agenda_says() {
    for in_khmer in [false, true] {
        let listing = listing(in_khmer);
        let bytes = made(&listing, DataForm::Xlsx);
        let sheets = sheets(&bytes);
        let words = &listing.words;
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [&words.title, &words.time]);
        assert_eq!(sheets[0].1, cells(&listing));
        let time: Vec<String> = sheets[1].1.iter().flatten().map(shown).collect();
        for said in [&words.about[0], &cell(&words.about[1]), &words.times[0].0] {
            assert!(time.contains(said), "{said}: {time:?}");
        }
        for minutes in ["180", "52:48 min"] {
            assert!(time.contains(&minutes.to_owned()), "{time:?}");
        }
        let parts = parts(&bytes);
        let first = &parts["xl/worksheets/sheet1.xml"];
        assert!(first.contains("<autoFilter ") && first.contains("state=\"frozen\""));
        assert!(parts["docProps/core.xml"].contains(&words.title));
        assert!(parts["docProps/core.xml"].contains("2027-01-08T02:30:00Z"));
    }
}

#[test]
fn a_table_as_text_holds_the_same() {
    for in_khmer in [false, true] {
        let listing = listing(in_khmer);
        let rows = table(&made(&listing, DataForm::Csv));
        // What could begin a formula has the sign of words before it.
        let unquoted = |cell: &String| {
            let lines = cell.replace("; '=", "; =").replace("\n'", "\n");
            lines.strip_prefix('\'').unwrap_or(&lines).to_owned()
        };
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(unquoted).collect())
            .collect();
        let wanted: Vec<Vec<String>> = cells(&listing)
            .iter()
            .map(|row| row.iter().map(shown).collect())
            .collect();
        assert_eq!(rows, wanted);
    }
}

#[test]
fn the_json_keeps_to_the_published_schema_and_says_the_same() {
    let mut listing = listing(true);
    let text = String::from_utf8(made(&listing, DataForm::Json)).unwrap();
    assert_eq!(keeps_to(agenda::SCHEMA, &text), Ok(()));
    assert!(text.ends_with("}\n") && text.lines().count() == 1);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], "samleng-agenda/1");
    assert_eq!(value["settled_at"], "2027-01-07T02:30:00Z");
    assert_eq!(value["meeting"]["days"], json!(["2027-01-17"]));
    assert_eq!(
        value["seconds"],
        json!({
            "total": 10_800,
            "opening": { "organisations": 600, "authority": 600 },
            "reply": { "organisations": 0, "authority": 3_168 },
            "items": 6_432,
            "item": 600,
        })
    );
    assert_eq!(
        value["items"],
        json!([
            { "number": 1, "raised": true, "title": NAME, "topic": "land", "place": "kep", "seconds": 600, "why": "shares",
              "reason": null, "moved": REASON },
            { "number": 2, "raised": true, "title": NAME, "topic": "land", "place": "", "seconds": 600, "why": "put_in",
              "reason": REASON, "moved": null },
            { "number": 3, "raised": false, "title": null, "topic": "land", "place": "kep", "seconds": 450, "why": "no_room",
              "reason": null, "moved": null },
        ])
    );
    // A proposal, with openings that leave no time.
    listing.settled_at = None;
    listing.plan.opening.authority = 20_000;
    let text = String::from_utf8(made(&listing, DataForm::Json)).unwrap();
    assert_eq!(keeps_to(agenda::SCHEMA, &text), Ok(()));
    for (was, becomes) in [
        ("\"seconds\":null", "\"seconds\":0"),
        ("\"number\":1", "\"number\":0"),
        ("\"no_room\"", "\"no room\""),
        ("\"moved\":null", "\"receipt\":null"),
        ("samleng-agenda/1", "samleng-agenda/2"),
    ] {
        assert!(text.contains(was), "{was}");
        let spoilt = text.replacen(was, becomes, 1);
        assert!(keeps_to(agenda::SCHEMA, &spoilt).is_err(), "{becomes}");
    }
}

#[test]
fn what_people_wrote_is_words_in_every_form() {
    let strings = strings();
    let mut listing = listing(false);
    let one = listing.items[1].clone();
    let items = strings.iter().zip(1..).map(|(words, number)| Listed {
        number,
        title: Some(words.clone()),
        name: words.clone(),
        moved: Some(words.clone()),
        ..one.clone()
    });
    listing.items = items.collect();
    let kept = |given: &str, held: &str| {
        assert!(!held.contains(is_harmful), "{held:?}");
        assert_eq!(letters(given), letters(held));
    };
    // That nothing there is a formula is seen to by whoever reads it.
    let sheets = sheets(&made(&listing, DataForm::Xlsx));
    assert_eq!(sheets[0].1.len(), strings.len() + 1);
    for (row, words) in sheets[0].1[1..].iter().zip(&strings) {
        for cell in [&row[2], &row[7]] {
            let Data::String(held) = cell else {
                panic!("{words:?} became {cell:?}");
            };
            // What a cell cannot hold is cut.
            if held.encode_utf16().count() < 32_000 {
                kept(words, held);
            }
        }
    }
    let bytes = made(&listing, DataForm::Csv);
    let begins_live = |cell: &str| {
        let cell = cell.trim_start_matches([' ', '"']);
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{FF1D}'])
    };
    let rows = table(&bytes);
    for (row, words) in rows[1..].iter().zip(&strings) {
        assert!(!row.iter().any(|cell| begins_live(cell)), "{row:?}");
        kept(words, &row[2]);
        kept(words, &row[7]);
    }
    // Where a semicolon parts the cells, quotes in the middle of one mean nothing, and each line is a row.
    let text = String::from_utf8(bytes).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    assert_eq!(
        text.split([';', '\n'])
            .filter(|cell| begins_live(cell))
            .count(),
        0
    );
    let text = String::from_utf8(made(&listing, DataForm::Json)).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    for (item, words) in value["items"].as_array().unwrap().iter().zip(&strings) {
        assert_eq!(
            (&item["title"], &item["moved"]),
            (&json!(words), &json!(words))
        );
    }
}

#[test]
fn libreoffice_opens_the_agenda_with_the_same_cells() {
    for in_khmer in [false, true] {
        let listing = listing(in_khmer);
        let wanted = table(&made(&listing, DataForm::Csv));
        let bytes = made(&listing, DataForm::Csv);
        let Some(opened) = converted(&bytes, "csv", "xlsx", &["--infilter=CSV:44,34,76,1"]) else {
            return;
        };
        let opened = sheets(&opened);
        let rows: Vec<Vec<String>> = opened[0]
            .1
            .iter()
            .map(|row| row.iter().map(shown).collect())
            .collect();
        assert_eq!(rows, wanted);
    }
}

#[test]
fn of_cards_there_is_no_data() {
    let paper = Paper {
        papers: Papers::Cards,
        data: None,
        language: english(),
        made_at: Timestamp::UNIX_EPOCH,
        title: String::new(),
        about: Vec::new(),
        parts: Vec::new(),
        foot: String::new(),
        digits: String::new(),
    };
    for form in [DataForm::Xlsx, DataForm::Csv, DataForm::Json] {
        assert!(agenda::data(&paper, form).is_err());
    }
}
