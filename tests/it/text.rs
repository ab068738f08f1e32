//! Words: cleaning, folding, numbers, cutting, escaping, and everything that `samleng check` finds.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use proptest::prelude::*;
use samleng::config::{self, Files, Mistake};
use samleng::text::clean::{clean, clean_line, fold, parse_number};
use samleng::text::split::split;
use samleng::text::{Html, Words};
use unicode_segmentation::UnicodeSegmentation as _;

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

/// As `samleng check` says it.
fn mistakes(files: &Files) -> Vec<String> {
    let config = config::load(files).err().into_iter().flatten();
    let words = Words::new(&config::locales_of(files))
        .err()
        .into_iter()
        .flatten();
    let mut mistakes: Vec<Mistake> = config.chain(words).collect();
    mistakes.sort();
    mistakes.iter().map(ToString::to_string).collect()
}

/// In this file this text becomes that, and these are the lines that `check` prints.
const DAMAGES: &[(&str, &str, &str, &[&str])] = &[
    // samleng.toml
    (
        "samleng.toml",
        "review = \"before-sharing\"",
        "reviews = \"before-sharing\"",
        &["samleng.toml:9: reviews: is not a key known here"],
    ),
    (
        "samleng.toml",
        "review = \"before-sharing\"",
        "review = \"sometimes\"",
        &["samleng.toml:9: review: must be one of \"none\", \"before-sharing\""],
    ),
    (
        "samleng.toml",
        "review = \"before-sharing\"",
        "review = 3",
        &["samleng.toml:9: review: must be a string, not integer"],
    ),
    (
        "samleng.toml",
        "per_second = 25\n",
        "per_second = 31\n",
        &["samleng.toml:LINE: sending.per_second: must be a whole number from 0 to 30"],
    ),
    (
        "samleng.toml",
        "chat_burst = 5",
        "chat_burst = \"five\"",
        &["samleng.toml:LINE: sending.chat_burst: must be a whole number from 0 to 5"],
    ),
    (
        "samleng.toml",
        "group_per_minute = 20",
        "group_per_minute = -1\nfast = true",
        &[
            "samleng.toml:LINE: sending.group_per_minute: must be a whole number from 0 to 20",
            "samleng.toml:NEXT: sending.fast: is not a key known here",
        ],
    ),
    (
        "samleng.toml",
        "time_zone = \"Asia/Phnom_Penh\"",
        "time_zone = \"Phnom Penh\"",
        &["samleng.toml:5: time_zone: is no zone of the IANA list, such as \"Asia/Phnom_Penh\""],
    ),
    (
        "samleng.toml",
        "api_url = \"https://api.telegram.org\"",
        "api_url = \"api.telegram.org\"",
        &[
            "samleng.toml:LINE: telegram.api_url: must begin with https:// (or http:// for a server of your own)",
        ],
    ),
    (
        "samleng.toml",
        "[telegram]",
        "[telegram",
        &["samleng.toml:LINE: (syntax): unclosed table, expected `]`"],
    ),
    // topics.toml
    (
        "topics.toml",
        "en = \"Land and housing\"\n",
        "",
        &["topics.toml:9: topic[2].en: is missing"],
    ),
    (
        "topics.toml",
        "en = \"Land and housing\"",
        "en = \"  \"",
        &["topics.toml:12: topic[2].en: is empty"],
    ),
    (
        "topics.toml",
        "en = \"Land and housing\"",
        "en = \"Land and housing, and everything else that one can build\"",
        &["topics.toml:12: topic[2].en: has 56 letters; 40 fit"],
    ),
    (
        "topics.toml",
        "id = \"land\"",
        "id = \"registration\"",
        &["topics.toml:10: topic[2].id: \"registration\" is used twice"],
    ),
    (
        "topics.toml",
        "id = \"land\"",
        "id = \"Land!\"",
        &[
            "topics.toml:10: topic[2].id: must be 1 to 32 of a-z, 0-9, _ and - (button data holds 64 bytes)",
        ],
    ),
    (
        "topics.toml",
        "id = \"land\"",
        "id = \"land\"\nicon = \"x\"",
        &["topics.toml:11: topic[2].icon: is not a key known here"],
    ),
    // places.toml
    (
        "places.toml",
        "en = \"The whole country\"\nwhole = true",
        "en = \"The whole country\"\nwhole = \"yes\"",
        &["places.toml:8: place[1].whole: must be true or false, not string"],
    ),
    // form.toml
    (
        "form.toml",
        "id = \"title\"",
        "id = \"name\"",
        &["form.toml:7: question: a question with the id \"title\" is missing"],
    ),
    (
        "form.toml",
        "kind = \"place\"",
        "kind = \"map\"",
        &[
            "form.toml:16: question[2].kind: does not suit the question \"place\"",
            "form.toml:16: question[2].kind: must be one of \"choice\", \"place\", \"text\", \"story\", \"number\"",
        ],
    ),
    (
        "form.toml",
        "max_chars = 12000",
        "max_chars = 12001",
        &["form.toml:33: question[4].max_chars: must be a whole number from 100 to 12000"],
    ),
    (
        "form.toml",
        "max_files = 10",
        "max_files = 11",
        &["form.toml:34: question[4].max_files: must be a whole number from 0 to 10"],
    ),
    (
        "form.toml",
        "prompt.en = \"What should the ministry do?\"\n",
        "",
        &["form.toml:51: question[6].prompt.en: is missing"],
    ),
    (
        "form.toml",
        "prompt.en = \"What should the ministry do?\"",
        "prompt.fr = \"Que faire?\"",
        &[
            "form.toml:51: question[6].prompt.en: is missing",
            "form.toml:52: question[6].prompt.fr: is not a key known here",
        ],
    ),
    (
        "form.toml",
        "required = \"unless-voice\"",
        "required = false",
        &["form.toml:24: question[3].required: a title is needed: true, or \"unless-voice\""],
    ),
    (
        "form.toml",
        "id = \"place\"\nkind = \"place\"\nrequired = true",
        "id = \"place\"\nkind = \"place\"\nrequired = false",
        &["form.toml:17: question[2].required: the question \"place\" must be answered"],
    ),
    (
        "form.toml",
        "id = \"soon\"",
        "id = \"now\"",
        &["form.toml:67: question[7].option[2].id: \"now\" is used twice"],
    ),
    // reminders.toml
    (
        "reminders.toml",
        "{title} is close: {when}",
        "{titel} is close: {when}",
        &[
            "reminders.toml:LINE: reminder[7].words.en: {titel} means nothing here; {title}, {when}, {left}, {place}, {draft} do",
        ],
    ),
    (
        "reminders.toml",
        "Your draft {draft} has not been sent yet. Please",
        "Your draft {} has not been sent yet. Please",
        &[
            "reminders.toml:LINE: reminder[4].words.en: {} means nothing here; {title}, {when}, {left}, {place}, {draft} do",
        ],
    ),
    (
        "reminders.toml",
        "audience = \"silent\"\nbefore = \"deadline\"\ndays = 2",
        "audience = \"quiet\"\nbefore = \"deadline\"\ndays = 2",
        &[
            "reminders.toml:LINE: reminder[3].audience: must be one of \"everyone\", \"silent\", \"draft\", \"coming\", \"undecided\", \"unreachable\", \"owners\"",
        ],
    ),
    (
        "reminders.toml",
        "before = \"deadline\"\ndays = 2",
        "before = \"lunch\"\ndays = 2",
        &[
            "reminders.toml:LINE: reminder[3].before: must be one of \"deadline\", \"grace\", \"meeting\", \"erasure\"",
        ],
    ),
    (
        "reminders.toml",
        "hours = 8\n",
        "hours = 8\ndays = 1\nat = \"09:00\"\n",
        &["reminders.toml:LINE: reminder[5].hours: either days or hours, not both"],
    ),
    (
        "reminders.toml",
        "hours = 8\n",
        "hours = 8\nat = \"09:00\"\n",
        &["reminders.toml:NEXT: reminder[5].at: goes with days, not with hours"],
    ),
    (
        "reminders.toml",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\nhours = 8\n",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\n",
        &["reminders.toml:LINE: reminder[5].days: is missing: days or hours before"],
    ),
    (
        "reminders.toml",
        "hours = 8\n",
        "hours = 721\n",
        &["reminders.toml:LINE: reminder[5].hours: must be a whole number from 1 to 720"],
    ),
    (
        "reminders.toml",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\nhours = 8\n",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\ndays = 1\n",
        &[
            "reminders.toml:LINE: reminder[5].at: is missing: the time of the day, such as \"09:00\"",
        ],
    ),
    (
        "reminders.toml",
        "at = \"08:00\"",
        "at = \"06:59\"",
        &["reminders.toml:LINE: digest.at: lies in the quiet hours"],
    ),
    (
        "reminders.toml",
        "at = \"08:00\"",
        "at = \"25:00\"",
        &["reminders.toml:LINE: digest.at: \"25:00\" is no time such as \"09:00\""],
    ),
    (
        "reminders.toml",
        "days = [\"monday\", \"thursday\"]",
        "days = [\"monday\", \"Donnerstag\"]",
        &["reminders.toml:LINE: digest.days: \"Donnerstag\" is no weekday such as \"monday\""],
    ),
    (
        "reminders.toml",
        "days = [\"monday\", \"thursday\"]",
        "days = []",
        &["reminders.toml:LINE: digest.days: names no day of the week"],
    ),
    (
        "reminders.toml",
        "until = \"07:00\"",
        "until = \"7 am\"",
        &["reminders.toml:LINE: quiet.until: \"7 am\" is no time such as \"09:00\""],
    ),
    (
        "reminders.toml",
        "until = \"07:00\"",
        "until = \"20:30\"",
        &["reminders.toml:LINE: quiet.until: is when they begin, so there would be none"],
    ),
    (
        "reminders.toml",
        "catch_up_hours = 24",
        "catch_up_hours = 0",
        &["reminders.toml:LINE: catch_up_hours: must be a whole number from 1 to 240"],
    ),
    (
        "reminders.toml",
        "id = \"erasure-day\"",
        "id = \"erasure-week\"",
        &["reminders.toml:LINE: reminder[11].id: \"erasure-week\" is used twice"],
    ),
    (
        "reminders.toml",
        "id = \"erasure-day\"\naudience = \"owners\"",
        "id = \"erasure-day\"\naudience = \"everyone\"",
        &[
            "reminders.toml:NEXT: reminder[11].audience: \"owners\" goes with before = \"erasure\", and only with it",
        ],
    ),
    (
        "reminders.toml",
        "audience = \"coming\"",
        "audience = \"owners\"",
        &[
            "reminders.toml:LINE: reminder[8].audience: \"owners\" goes with before = \"erasure\", and only with it",
        ],
    ),
    (
        "reminders.toml",
        "before = \"deadline\"\ndays = 1",
        "before = \"deadline\"\nfirst_day = true\ndays = 1",
        &["reminders.toml:NEXT: reminder[4].first_day: goes with before = \"meeting\" only"],
    ),
    // The Fluent files
    (
        "locales/en.ftl",
        "untitled = not yet named\n",
        "",
        &["locales/en.ftl:LAST: untitled: this text is missing"],
    ),
    (
        "locales/en.ftl",
        "untitled = not yet named\n",
        "untitled =\n    .title = not yet named\n",
        &["locales/en.ftl:LINE: untitled: this text is missing"],
    ),
    (
        "locales/km.ftl",
        "untitled = មិនទាន់មានចំណងជើង",
        "untitled2 = មិនទាន់មានចំណងជើង",
        &[
            "locales/km.ftl:LINE: untitled2: is not a text known here",
            "locales/km.ftl:LAST: untitled: this text is missing",
        ],
    ),
    (
        "locales/en.ftl",
        "digest-made = As of { $date }",
        "digest-made = As of now",
        &["locales/en.ftl:LINE: digest-made: the argument $date is missing"],
    ),
    (
        "locales/en.ftl",
        "note-deleted = ✓ The draft is deleted.",
        "note-deleted = ✓ The draft { $name } is deleted.",
        &["locales/en.ftl:LINE: note-deleted: there is no argument $name"],
    ),
    (
        "locales/en.ftl",
        "note-deleted = ✓ The draft is deleted.",
        "note-deleted = ✓ The draft { draft-name } is deleted.",
        &["locales/en.ftl:LINE: note-deleted: cannot be put together: Unknown message: draft-name"],
    ),
    (
        "locales/en.ftl",
        "note-deleted = ✓ The draft is deleted.",
        "note-deleted = ✓ The draft is deleted.\nnote-deleted = Twice.",
        &["locales/en.ftl:NEXT: note-deleted: stands twice"],
    ),
    (
        "locales/en.ftl",
        "button-submit = ✅ Submit",
        "button-submit = ✅ Submit it now to the organisers of the meeting",
        &["locales/en.ftl:LINE: button-submit: has 48 letters; a button holds 40"],
    ),
    (
        "locales/en.ftl",
        "field-ask = What should be done",
        "field-ask = What should be done by whom and until when at the latest",
        &["locales/en.ftl:LINE: field-ask: has 56 letters; a button holds 40"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ <b>Added.",
        &["locales/en.ftl:LINE: note-added: <b> is not closed"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ <a href=\"x\">Added.</a>",
        &["locales/en.ftl:LINE: note-added: <a href=\"x\"> is not allowed here"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ Added & kept; really.",
        &["locales/en.ftl:LINE: note-added: a bare & must be written &amp;"],
    ),
    (
        "locales/en.ftl",
        "   *[other] { $count } photos",
        "   *[other] <b>{ $count } photos",
        &["locales/en.ftl:LINE: count-photos: <b> is not closed"],
    ),
    (
        "locales/km.ftl",
        "digits = ០១២៣៤៥៦៧៨៩",
        "digits = ០១២៣៤៥៦៧៨",
        &["locales/km.ftl:4: digits: must hold the ten digits from zero to nine"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ Added { $",
        &[
            "locales/en.ftl:LINE: (syntax): Expected one of \"a-zA-Z\"",
            "locales/en.ftl:LINE: note-added: this text is missing",
        ],
    ),
];

#[test]
fn every_damage_is_found_at_its_line() {
    let shipped = config::files(None).unwrap();
    let mut wrong = Vec::new();
    for (file, was, becomes, expected) in DAMAGES {
        let mut files = shipped.clone();
        let text = files.get_mut(*file).unwrap();
        assert_eq!(text.matches(was).count(), 1, "{file}: {was}");
        let at = text.find(was).unwrap();
        *text = text.replace(was, becomes);
        let line = |at: usize| (text[..at].matches('\n').count() + 1).to_string();
        // Fluent files grow; what counts is that the line is that of the damage, or the file's last.
        let key_line = if becomes.starts_with("   *") {
            line(text[..at].rfind("count-photos =").unwrap())
        } else {
            line(at)
        };
        let next = line(at + text[at..].find('\n').unwrap() + 1);
        let last = line(text.trim_end().len());
        let mut expected: Vec<String> = expected
            .iter()
            .map(|line| {
                line.replace("LINE", &key_line)
                    .replace("LAST", &last)
                    .replace("NEXT", &next)
            })
            .collect();
        let mut found = mistakes(&files);
        expected.sort();
        found.sort();
        if found != expected {
            wrong.push(format!(
                "{becomes}\n  expected {expected:#?}\n  found {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Nothing is erased of which nobody was told.
#[test]
fn the_owners_must_be_warned_before_an_erasure() {
    let mut files = config::files(None).unwrap();
    let reminders = files.get_mut("reminders.toml").unwrap();
    reminders.truncate(
        reminders
            .find("[[reminder]]\nid = \"erasure-week\"")
            .unwrap(),
    );
    let first = reminders[..reminders.find("[[reminder]]").unwrap()]
        .matches('\n')
        .count();
    let expected = format!(
        "reminders.toml:{}: reminder: none has before = \"erasure\": the owners must be warned before data is erased \
         (retention_days)",
        first + 1
    );
    assert_eq!(mistakes(&files), [expected]);
    let settings = files.get_mut("samleng.toml").unwrap();
    *settings = settings.replace("retention_days = 90", "retention_days = 0");
    assert_eq!(mistakes(&files), [""; 0]);
}

/// People are told that no backup lives longer than 14 days; one within the data folder would be lost with it.
#[test]
fn backups_have_a_place_of_their_own_and_an_end() {
    for (was, is, expected) in [
        ("keep_days = 14", "keep_days = 15", "keep_days"),
        ("every_hours = 24", "every_hours = 0", "every_hours"),
        (
            "# folder = \"/var",
            "folder = \"var",
            "must be an absolute path",
        ),
        ("# folder = \"/var", "folder = \"/var", ""),
    ] {
        let mut files = config::files(None).unwrap();
        let settings = files.get_mut("samleng.toml").unwrap();
        assert!(settings.contains(was));
        *settings = settings.replace(was, is);
        let found = mistakes(&files);
        match expected {
            "" => assert_eq!(found, [""; 0]),
            some => assert!(found.len() == 1 && found[0].contains(some), "{found:?}"),
        }
    }
}

/// Telegram refuses what is longer, and then shows nothing new.
#[test]
fn what_the_apps_show_of_the_bot_has_its_lengths() {
    let shipped = config::files(None).unwrap();
    for (key, limit, what) in [
        ("command-menu", 256, "what a command says of itself"),
        ("bot-description", 512, "the description"),
        ("bot-about", 120, "the short description"),
    ] {
        let with = |text: &str| {
            let mut files = shipped.clone();
            let source = files.get_mut("locales/en.ftl").unwrap();
            let at = source.find(&format!("\n{key} = ")).unwrap() + 1;
            let end = at + source[at..].find('\n').unwrap();
            source.replace_range(at..end, &format!("{key} = {text}"));
            mistakes(&files).join("\n")
        };
        assert_eq!(with(&"x".repeat(limit)), "", "{key}");
        let long = with(&"x".repeat(limit + 1));
        let expected = format!("{key}: has {} letters; {what} holds {limit}", limit + 1);
        assert!(long.ends_with(&expected), "{long}");
        if key != "command-menu" {
            let marked = with(&format!("<b>{}</b>", "x".repeat(limit)));
            assert_eq!(marked, "", "{key}: tags do not count");
            // Outside the first plane a character is two units.
            assert_ne!(with(&"🗑".repeat(limit / 2 + 1)), "", "{key}");
            assert!(with("<b>open").ends_with("<b> is not closed"), "{key}");
        }
    }
}

#[test]
fn more_choices_or_questions_than_fit_are_refused() {
    let shipped = config::files(None).unwrap();
    let mut files = shipped.clone();
    let topics = files.get_mut("topics.toml").unwrap();
    for i in 0..90 {
        topics.push_str(&format!(
            "[[topic]]\nid = \"t{i}\"\nkm = \"ក\"\nen = \"x\"\n"
        ));
    }
    assert_eq!(
        mistakes(&files),
        ["topics.toml:4: topic: 101 choices; a message of Telegram's holds 97"]
    );
    let mut files = shipped.clone();
    let topics = files.get_mut("topics.toml").unwrap();
    for i in 0..60 {
        let label = "ក".repeat(40);
        topics.push_str(&format!(
            "[[topic]]\nid = \"t{i}\"\nkm = \"{label}\"\nen = \"x\"\n"
        ));
    }
    let found = mistakes(&files);
    assert!(
        found.len() == 1 && found[0].contains("Telegram takes 9000"),
        "{found:?}"
    );
    let mut files = shipped.clone();
    let form = files.get_mut("form.toml").unwrap();
    for i in 0..40 {
        form.push_str(&format!(
            "[[question]]\nid = \"q{i}\"\nkind = \"text\"\nrequired = false\nprompt.km = \"ក\"\nprompt.en = \"x\"\n"
        ));
    }
    assert_eq!(
        mistakes(&files),
        ["form.toml:7: question: 48 questions; a form holds 40"]
    );
    let mut files = shipped;
    files.insert("topics.toml".to_owned(), String::new());
    assert_eq!(
        mistakes(&files)[0],
        "topics.toml:1: topic: there is nothing to choose from"
    );
}

#[test]
fn check_tells_all_mistakes_of_all_files_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = config::files(None).unwrap();
    std::fs::create_dir(folder.path().join("locales")).unwrap();
    let write = |name: &str, was: &str, becomes: &str| {
        let text = shipped[name].replace(was, becomes);
        assert_ne!(text, shipped[name]);
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    write("samleng.toml", "review = ", "reviews = ");
    write("topics.toml", "en = \"Land and housing\"\n", "");
    write("form.toml", "max_files = 10", "max_files = 99");
    write(
        "locales/en.ftl",
        "digits = 0123456789",
        "digits = 012345678",
    );
    std::fs::write(folder.path().join("locales/khmer.ftl"), "").unwrap();
    let check = |folder: &std::path::Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_samleng"))
            .args(["check", "--config"])
            .arg(folder)
            .env_clear()
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty());
        (output.status.code(), text)
    };
    let (code, text) = check(folder.path());
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "form.toml:34: question[4].max_files: must be a whole number from 0 to 10",
            "locales/en.ftl:4: digits: must hold the ten digits from zero to nine",
            "locales/khmer.ftl:1: (file): the name must be a two-letter language code and .ftl",
            "samleng.toml:9: reviews: is not a key known here",
            "topics.toml:9: topic[2].en: is missing",
        ]
    );
    assert_eq!(code, Some(1));
    // A folder with nothing in it changes nothing; none at all is a mistake.
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(check(empty.path()), (Some(0), String::new()));
    let (code, text) = check(&empty.path().join("nowhere"));
    assert!(code == Some(1) && text.lines().count() == 1 && text.contains("is no folder"));
}
