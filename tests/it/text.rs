//! Words: cleaning, folding, numbers, cutting, escaping, and everything that `samleng check` finds.

mod check;
mod damages;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use proptest::prelude::*;
use samleng::config::{self, Files, Mistake};
use samleng::text::clean::{clean, clean_line, fold, parse_number};
use samleng::text::split::split;
use samleng::text::{Html, Words};
use unicode_segmentation::UnicodeSegmentation as _;

use self::check::mistakes;
use self::damages::DAMAGES;
use crate::in_memory::{english, forum, khmer, plain, runner};

#[test]
fn cleaning_takes_what_harms_and_nothing_else() {
    for (written, kept) in [
        ("", ""),
        ("  hello \n", "hello"),
        ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\tb\u{0}\u{7}\u{1B}[31m", "a b[31m"),
        ("abc\u{202E}txt.exe\u{202C}", "abctxt.exe"),
        ("\u{2066}a\u{2069}\u{200E}\u{200F}\u{61C}", "a"),
        ("tag\u{E0041}\u{E007F}", "tag"),
        // Khmer keeps the zero-width characters between its letters.
        (
            "ក្រុម\u{200B}ហ៊ុន\u{200C}ក\u{200D}ខ",
            "ក្រុម\u{200B}ហ៊ុន\u{200C}ក\u{200D}ខ",
        ),
        ("\u{200B}សួស្តី\u{200B}", "សួស្តី"),
        // A picture keeps what makes it one.
        ("I ❤\u{FE0F}", "I ❤\u{FE0F}"),
        ("👨\u{200D}👩\u{200D}👧", "👨\u{200D}👩\u{200D}👧"),
        // Nothing to read is nothing.
        ("\u{200B}\u{200B}", ""),
        ("\u{200B} \u{FEFF}\n\u{2060}", ""),
        ("\u{AD}\u{34F}\u{115F}\u{3164}\u{FFA0}", ""),
        ("\u{17B4}\u{17B5}", ""),
        ("\u{2800}\u{2063}\u{FE0F}", ""),
        ("\u{202E}\u{202D}", ""),
    ] {
        assert_eq!(clean(written), kept, "{written:?}");
    }
    assert_eq!(clean_line(" a \n\n b\u{200B}  c "), "a b\u{200B} c");
    assert_eq!(clean_line("\u{200B}\n"), "");
}

#[test]
fn cleaning_is_done_once_and_loses_no_letter() {
    runner(3_000)
        .run(
            &"[\\PCក-៹\u{200B}-\u{200F}\u{202A}-\u{202E}\r\n\t]{0,60}",
            |text| {
                let once = clean(&text);
                prop_assert_eq!(&clean(&once), &once);
                let harmful = ['\r', '\t', '\u{202E}', '\u{200F}', '\u{2066}'];
                prop_assert!(!once.contains(harmful));
                prop_assert!(!once.contains("\n\n\n"));
                let letters = |text: &str| -> String {
                    text.chars().filter(|c| c.is_alphanumeric()).collect()
                };
                // Two Khmer vowels are letters by name and show nothing.
                let shown = |text: &str| {
                    letters(text).replace(
                        [
                            '\u{17B4}', '\u{17B5}', '\u{3164}', '\u{115F}', '\u{1160}', '\u{FFA0}',
                        ],
                        "",
                    )
                };
                prop_assert_eq!(shown(&once), shown(&text));
                let line = clean_line(&text);
                prop_assert!(!line.contains('\n') && line.len() <= once.len());
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn numbers_are_read_in_both_scripts() {
    for (written, number) in [
        ("0", Some(0)),
        ("17", Some(17)),
        ("១៧", Some(17)),
        (" 1 2\u{200B}3 ", Some(123)),
        ("12,000", Some(12_000)),
        ("12.000", Some(12_000)),
        ("១២.០០០", Some(12_000)),
        ("1,234,567", Some(1_234_567)),
        ("12\u{A0}000", Some(12_000)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("1.5", None),
        ("1,5", None),
        ("1,23,456", None),
        ("1.000.00", None),
        ("1.", None),
        (".5", None),
        (",000", None),
        ("", None),
        ("-5", None),
        ("5 families", None),
        ("௧", None),
    ] {
        assert_eq!(parse_number(written), number, "{written:?}");
    }
}

/// A text with markup: words in one of three dresses.
fn markup() -> impl Strategy<Value = Html> {
    let words = prop_oneof![
        Just("ក្រុមហ៊ុនសង់របងកាត់ស្រែរបស់អ្នកភូមិ".to_owned()),
        Just("a few plain words ".to_owned()),
        Just("<&>\"&amp;".to_owned()),
        Just("\n\n".to_owned()),
        Just("\n".to_owned()),
        Just("👨\u{200D}👩\u{200D}👧e\u{301}🇰🇭".to_owned()),
        Just("\u{200B}".repeat(30)),
        Just(" ".repeat(30)),
        "\\PC{0,30}",
    ];
    let piece = (0u8..3, words).prop_map(|(dress, words)| match dress {
        0 => Html::text(&words),
        1 => Html::bold(&words),
        _ => Html::code(&words),
    });
    proptest::collection::vec(piece, 1..20).prop_map(|pieces| {
        let mut html = Html::default();
        for piece in &pieces {
            html.push(piece);
        }
        html
    })
}

#[test]
fn cutting_gives_back_the_text_in_good_pieces() {
    runner(600)
        .run(&(markup(), 24usize..200), |(html, limit)| {
            let parts = split(&html, limit);
            let whole = html.to_plain();
            let mut at = 0;
            let joints: BTreeSet<usize> = whole.grapheme_indices(true).map(|(at, _)| at).collect();
            for part in &parts {
                let words = plain(part.as_str());
                prop_assert!(words.is_ok(), "{:?} in {:?}", words, part);
                let words = part.to_plain();
                prop_assert_eq!(words.chars().count(), part.chars());
                prop_assert!(part.chars() <= limit, "{} of {}", part.chars(), limit);
                // What was left out before it shows nothing.
                let skipped = whole[at..].find(&words).expect("a piece of the text");
                prop_assert!(whole[at..at + skipped].chars().all(shows_nothing));
                at += skipped;
                prop_assert!(joints.contains(&at), "a cut through a cluster");
                at += words.len();
                if parts.len() > 1 {
                    prop_assert!(!words.chars().all(shows_nothing));
                }
            }
            prop_assert!(whole[at..].chars().all(shows_nothing));
            Ok(())
        })
        .unwrap();
}

fn shows_nothing(c: char) -> bool {
    fold(&c.to_string()).is_empty()
}

#[test]
fn markup_is_closed_and_opened_again_at_a_cut() {
    let mut html = Html::text("one two ");
    html.push(&Html::bold("three four five six seven"));
    let parts: Vec<_> = split(&html, 20)
        .iter()
        .map(|p| p.as_str().to_owned())
        .collect();
    assert_eq!(
        parts,
        ["one two <b>three four </b>", "<b>five six seven</b>"]
    );
    // An entity counts as one letter and is never cut.
    let html = Html::text(&"<".repeat(30));
    let parts: Vec<_> = split(&html, 20).iter().map(Html::chars).collect();
    assert_eq!(parts, [20, 10]);
}

#[test]
fn a_cut_is_at_the_best_place_there_is() {
    let cut = |text: &str, limit| split(&Html::text(text), limit)[0].to_plain();
    let text = format!(
        "{}\n\n{}\n{} {}",
        "a".repeat(10),
        "b".repeat(4),
        "c".repeat(3),
        "d".repeat(30)
    );
    assert_eq!(cut(&text, 24), format!("{}\n\n", "a".repeat(10)));
    assert_eq!(cut(&text[12..], 14), "bbbb\n");
    assert_eq!(
        cut("aaaaaaa bbbbbbbbbb cccccccccc", 20),
        "aaaaaaa bbbbbbbbbb "
    );
    assert_eq!(
        cut(&"👨\u{200D}👩\u{200D}👧".repeat(10), 12),
        "👨\u{200D}👩\u{200D}👧".repeat(2)
    );
}

#[test]
fn khmer_is_cut_between_its_words() {
    let words = [
        "ក្រុមហ៊ុន",
        "រដ្ឋាភិបាល",
        "ប្រទេស",
        "កម្ពុជា",
        "សាលារៀន",
        "មន្ទីរពេទ្យ",
        "ប្រជាជន",
        "ខេត្ត",
    ];
    let text: String = (0..200).map(|i| words[i * 5 % words.len()]).collect();
    let mut joints = BTreeSet::new();
    let mut at = 0;
    for i in 0..200 {
        at += words[i * 5 % words.len()].len();
        joints.insert(at);
    }
    let parts = split(&Html::text(&text), 100);
    assert!(parts.len() > 10);
    let mut at = 0;
    let mut good = 0;
    for part in &parts {
        at += part.to_plain().len();
        good += usize::from(joints.contains(&at));
    }
    // A compound may be two words to the dictionary; through the middle of one nobody cuts.
    assert!(good * 10 >= parts.len() * 8, "{good} of {}", parts.len());
}

#[test]
fn whatever_is_written_is_never_markup() {
    let forum = forum();
    runner(1_000)
        .run(&"[\\PC<>&;\"a-z/]{0,60}", |words| {
            for html in [Html::text(&words), Html::bold(&words), Html::code(&words)] {
                prop_assert_eq!(html.to_plain(), words.clone());
                prop_assert_eq!(plain(html.as_str()), Ok(words.clone()));
            }
            for phrases in forum.words.each() {
                for html in [
                    phrases.menu(&words),
                    phrases.joined(&words),
                    phrases.ask_province(&words),
                    phrases.digest_count(&words, 3),
                    phrases.card_field(&words),
                ] {
                    let said = plain(html.as_str());
                    prop_assert!(said.is_ok_and(|said| said.contains(&words)), "{:?}", html);
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn both_languages_say_the_same_things() {
    let files = config::files(None).unwrap();
    let keys = |file: &str| -> BTreeMap<String, BTreeSet<String>> {
        let mut keys = BTreeMap::new();
        let mut current = String::new();
        for line in files[file].lines() {
            if let Some((key, _)) = line
                .split_once('=')
                .filter(|(key, _)| !key.starts_with([' ', '#', '[', '*']) && !key.trim().is_empty())
            {
                current = key.trim().to_owned();
                keys.insert(current.clone(), BTreeSet::new());
            }
            for variable in line.split('$').skip(1) {
                let name: String = variable
                    .chars()
                    .take_while(|c| c.is_alphanumeric())
                    .collect();
                if let Some(set) = keys.get_mut(&current) {
                    let _: bool = set.insert(name);
                }
            }
        }
        keys
    };
    let (en, km) = (keys("locales/en.ftl"), keys("locales/km.ftl"));
    assert!(en.len() > 100);
    assert_eq!(en, km);
    // Every question of the shipped form has a short name.
    for question in &forum().config.form {
        assert!(en.contains_key(&format!("field-{}", question.id)));
    }
    // Loading finds no mistake; that includes every label's length.
    assert_eq!(Vec::<String>::new(), mistakes(&files));
}

#[test]
fn numbers_are_said_in_the_languages_own_digits() {
    let forum = forum();
    let say = |language| forum.words.phrases(language).count_photos(12).to_plain();
    assert!(say(khmer()).contains("១២"));
    assert!(say(english()).contains("12 photos"));
    let one = forum.words.phrases(english()).count_photos(1).to_plain();
    assert_eq!(one, "1 photo");
}
