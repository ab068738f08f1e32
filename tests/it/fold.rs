//! Folding: spellings that look alike compare alike, in Khmer above all; what differs still differs.

use proptest::prelude::*;
use samleng::text::clean::{clean, fold};

use crate::in_memory::runner;

/// Codes of one look, each spelling of it. Escapes, since an editor would show them alike.
const LOOK_ALIKE: &[(&str, &[&str])] = &[
    (
        "subscript typed after the vowel",
        &["ខ\u{17D2}ម\u{17C2}រ", "ខ\u{17C2}\u{17D2}មរ"],
    ),
    (
        "RO before the other subscript",
        &["ស\u{17D2}ត\u{17D2}រ\u{17B8}", "ស\u{17D2}រ\u{17D2}ត\u{17B8}"],
    ),
    (
        "subscripts DA and TA, wherever they stand",
        &[
            "ស\u{17D2}ត\u{17D2}រ\u{17B8}",
            "ស\u{17D2}ដ\u{17D2}រ\u{17B8}",
            "ស\u{17D2}រ\u{17D2}ដ\u{17B8}",
            "ស\u{17D2}ដ\u{17B8}\u{17D2}រ",
            "ស\u{17B8}\u{17D2}រ\u{17D2}ត",
        ],
    ),
    (
        "shifter before the subscript, and after the vowel",
        &[
            "ម\u{17D2}យ\u{17C9}\u{17B6}ង",
            "ម\u{17C9}\u{17D2}យ\u{17B6}ង",
            "ម\u{17D2}យ\u{17B6}\u{17C9}ង",
        ],
    ),
    (
        "OE in two parts",
        &[
            "ធ\u{17D2}វ\u{17BE}",
            "ធ\u{17D2}វ\u{17C1}\u{17B8}",
            "ធ\u{17D2}វ\u{17B8}\u{17C1}",
            "ធ\u{17BE}\u{17D2}វ",
        ],
    ),
    (
        "OO in two parts",
        &["ល\u{17C4}ក", "ល\u{17C1}\u{17B6}ក", "ល\u{17B6}\u{17C1}ក"],
    ),
    (
        "sign before the vowel",
        &["ក\u{17BB}\u{17C6}", "ក\u{17C6}\u{17BB}"],
    ),
    (
        "the same with AA",
        &["ច\u{17B6}\u{17C6}", "ច\u{17C6}\u{17B6}"],
    ),
    (
        "the vowel U for the shifter TRIISAP",
        &[
            "ស\u{17CA}\u{17B8}",
            "ស\u{17BB}\u{17B8}",
            "ស\u{17B8}\u{17BB}",
            "ស\u{17B8}\u{17CA}",
        ],
    ),
    (
        "the vowel U for the shifter MUUSIKATOAN",
        &[
            "ម\u{17C9}\u{17B7}ន",
            "ម\u{17BB}\u{17B7}ន",
            "ម\u{17B7}\u{17BB}ន",
        ],
    ),
    (
        "all of it at once",
        &[
            "ស\u{17CA}\u{17BE}ប",
            "ស\u{17BB}\u{17C1}\u{17B8}ប",
            "ស\u{17B8}\u{17C1}\u{17BB}ប",
            "ស\u{17C1}\u{17CA}\u{17B8}ប",
        ],
    ),
    (
        "U for a shifter under AA with a sign above",
        &[
            "ស\u{17CA}\u{17B6}\u{17C6}",
            "ស\u{17BB}\u{17C6}\u{17B6}",
            "ស\u{17B6}\u{17C6}\u{17BB}",
        ],
    ),
    (
        "robat after the vowel",
        &["ធម\u{17CC}\u{17B6}", "ធម\u{17B6}\u{17CC}"],
    ),
    (
        "a mark twice",
        &[
            "ក\u{17B8}",
            "ក\u{17B8}\u{17B8}",
            "ក\u{17B8}\u{200B}\u{17B8}",
        ],
    ),
    (
        "zero-width characters",
        &[
            "ស\u{17D2}ត\u{17D2}រ\u{17B8}",
            "ស\u{17D2}\u{200C}ត\u{17D2}\u{200D}រ\u{17B8}\u{200B}",
        ],
    ),
    (
        "characters that stand for nothing",
        &["កខ", "ក\u{17B4}ខ\u{17B5}"],
    ),
    (
        "deprecated A",
        &["\u{17A2}\u{17D2}នក", "\u{17A3}\u{17D2}នក"],
    ),
    ("deprecated AA", &["\u{17A2}\u{17B6}ជ", "\u{17A4}ជ"]),
    ("deprecated QUK", &["\u{17A7}\u{1780}", "\u{17A8}"]),
    (
        "the other form of QOO",
        &["\u{17B1}\u{17D2}យ", "\u{17B2}\u{17D2}យ"],
    ),
    ("lunar sign", &["ក\u{17BB}\u{17C6}", "ក\u{17BB}\u{17D3}"]),
    ("one code for and-so-on", &["\u{17D4}ល\u{17D4}", "\u{17D8}"]),
    ("digits", &["២០២៧", "2027", "２０２７"]),
    (
        "case and width",
        &[
            "Lotus Pond",
            "lotus  pond",
            "Ｌｏｔｕｓ Pond",
            "LOTUS\u{200B}POND",
        ],
    ),
    ("spaces in Khmer", &["ក្រុម ហ៊ុន", "ក្រុម\u{200B}ហ៊ុន", "ក្រុមហ៊ុន"]),
    ("accents", &["e\u{301}", "é", "É"]),
    ("bidirectional controls", &["a\u{202E}b", "ab"]),
    ("Cyrillic letters", &["Horse Aid", "Ноrsе Аіd", "ΗORSE ΑΙD"]),
    ("nothing but Cyrillic letters", &["CAMP", "САМР"]),
];

/// What no folding may make one.
const APART: &[(&str, &str)] = &[
    ("ក", "ខ"),
    // DA and TA are drawn alike below other letters only.
    ("ដ", "ត"),
    // The order of two subscripts that are not RO is seen.
    ("ក\u{17D2}ខ\u{17D2}គ", "ក\u{17D2}គ\u{17D2}ខ"),
    // A pen is no flute: with these letters the two shifters are drawn apart.
    ("ប\u{17CA}\u{17B8}", "ប\u{17C9}\u{17B8}"),
    // Without a mark above, U is a vowel.
    ("ស\u{17BB}", "ស\u{17CA}"),
    ("ក\u{17BB}\u{17C6}", "ក\u{17C9}\u{17C6}"),
    // Marks stay with their letter.
    ("កខ\u{17B8}", "ក\u{17B8}ខ"),
    ("កខ", "ក\u{17D2}ខ"),
    ("Lotus Pond 1", "Lotus Pond 2"),
    ("Lotus", "Lotos"),
];

#[test]
fn what_looks_alike_folds_alike() {
    for (what, spellings) in LOOK_ALIKE {
        for spelling in *spellings {
            assert_eq!(fold(spelling), fold(spellings[0]), "{what}: {spelling:?}");
        }
    }
    for (a, b) in APART {
        assert_ne!(fold(a), fold(b), "{a:?} {b:?}");
    }
}

#[test]
fn a_well_written_text_keeps_its_spelling() {
    for text in [
        "ខ្មែរ",
        "ស្ត្រី",
        "ម្យ៉ាង",
        "ធ្វើ",
        "ស៊ើប",
        "ធម៌",
        "ព្រះ",
        "ប៉ុន្តែ",
        "ស៊ាំ",
        "ក៏",
        "គួរឱ្យ",
    ] {
        assert_eq!(fold(text), text);
    }
}

/// Letters and marks in any order, zero-width characters, other scripts, and combining marks that sort by class.
fn anything() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => "[\u{1780}-\u{17F9}]{1,6}",
        2 => "[កដតបមរសអ\u{17B6}\u{17B8}\u{17BB}\u{17BE}\u{17C1}\u{17C6}\u{17C9}\u{17CA}\u{17CC}\u{17D2}\u{17DD}]{1,8}",
        1 => "[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{17B4}\u{17B5} \n]{1,3}",
        1 => "[a-zA-Zа-яА-ЯΑ-ωİıẞſﬁ\u{300}-\u{345}]{1,4}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

#[test]
fn folding_twice_is_folding_once_and_nothing_stays_nothing() {
    runner(20_000)
        .run(&anything(), |text| {
            let once = fold(&text);
            prop_assert_eq!(&fold(&once), &once);
            prop_assert_eq!(once.is_empty(), clean(&text).is_empty());
            prop_assert_eq!(&fold(&clean(&text)), &once);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_order_in_which_marks_are_typed_does_not_matter() {
    let marks = prop::sample::subsequence(
        vec![
            "\u{17D2}ម",
            "\u{17D2}រ",
            "\u{17C9}",
            "\u{17C1}",
            "\u{17B6}",
            "\u{17B8}",
            "\u{17BB}",
            "\u{17C6}",
            "\u{17CC}",
        ],
        0..=9,
    );
    let both = marks.prop_flat_map(|marks| (Just(marks.clone()), Just(marks).prop_shuffle()));
    runner(5_000)
        .run(&both, |(marks, shuffled)| {
            let written = |marks: &[&str]| format!("ស{}", marks.concat());
            prop_assert_eq!(fold(&written(&marks)), fold(&written(&shuffled)));
            Ok(())
        })
        .unwrap();
}
