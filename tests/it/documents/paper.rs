//! What is taken along to a meeting, on paper: all of it, nothing of it carried out, a card a page.

use jiff::Timestamp;
use samleng::dialogue::Papers;
use samleng::dialogue::desk::{Paper, Part};
use samleng::documents::agenda;

use super::printed::{Printed, letters};
use crate::in_memory::{english, khmer};

/// Words that would do something to whoever carried them out.
const HOSTILE: [&str; 3] = [
    "#panic(\"1\") $x$ *bold* _it_ `raw` <label> @ref [x] {y} // no /* no */ \\ end",
    "{page} of {pages}",
    "=HYPERLINK(\"http://127.0.0.1/\"&A1,\"ចុច\")",
];

fn paper(papers: Papers, in_khmer: bool) -> Paper {
    let pick = |one: &str, other: &str| if in_khmer { other } else { one }.to_owned();
    let entry = |number: usize| {
        let heading = pick("No water in the wet season", "គ្មានទឹកប្រើប្រាស់នៅរដូវវស្សា");
        let mut lines = vec![
            pick("Water, Kep", "ទឹកស្អាត ខេត្តកែប"),
            pick("They ask: mend the sluice", "សំណូមពរ៖ សូមជួសជុលទ្វារទឹក"),
        ];
        lines.extend(HOSTILE.map(str::to_owned));
        (format!("{number}. {heading}"), lines)
    };
    Paper {
        language: if in_khmer { khmer() } else { english() },
        made_at: Timestamp::UNIX_EPOCH,
        papers,
        title: pick("Agenda", "របៀបវារៈ"),
        about: vec![pick("Third meeting", "កិច្ចប្រជុំលើកទីបី")],
        parts: vec![Part {
            heading: pick("To be raised", "ត្រូវលើកឡើង"),
            entries: (1..=3).map(entry).collect(),
        }],
        foot: pick("Page {page} of {pages}", "ទំព័រ {page} នៃ {pages}"),
        digits: pick("0123456789", "០១២៣៤៥៦៧៨៩"),
        data: None,
    }
}

#[test]
fn it_is_printed_as_it_says() {
    for in_khmer in [false, true] {
        for (papers, pages) in [(Papers::Agenda, 1), (Papers::Cards, 3)] {
            let paper = paper(papers, in_khmer);
            let bytes = agenda::pdf(&paper).unwrap();
            assert_eq!(bytes, agenda::pdf(&paper).unwrap());
            let printed = Printed::new(&bytes);
            let said = printed.pages();
            assert_eq!(said.len(), pages, "{papers:?}");
            let whole = letters(&said.concat());
            let mut wanted = vec![paper.title.clone(), paper.about[0].clone()];
            for (heading, lines) in &paper.parts[0].entries {
                wanted.push(heading.clone());
                wanted.extend(lines.iter().cloned());
            }
            for words in wanted {
                assert!(whole.contains(&letters(&words)), "{words}: {whole}");
            }
            let foot = if in_khmer {
                "ទំព័រ ១ នៃ"
            } else {
                "Page 1 of"
            };
            assert!(letters(&said[0]).contains(&letters(foot)), "{}", said[0]);
        }
    }
}
