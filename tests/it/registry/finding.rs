//! What people type, and whom they mean.

use std::collections::BTreeMap;

use samleng::registry::{Finder, Found, PLAUSIBLE, read};

use crate::in_memory::forum;

const NAMES: [(u64, &str, &str); 14] = [
    (
        1,
        "អង្គការបណ្តាញយុវជនខេត្តពោធិ៍សាត់",
        "Pursat Youth Network Organisation",
    ),
    (
        2,
        "អង្គការបណ្តាញយុវជនខេត្តកណ្តាល",
        "Kandal Youth Network Organisation",
    ),
    (3, "សមាគមកសិករខេត្តបាត់ដំបង", "Battambang Farmers Association"),
    (4, "សមាគមកសិករខេត្តកំពត", "Kampot Farmers Association"),
    (5, "សហគមន៍នេសាទទន្លេសាប", "Tonle Sap Fishing Community"),
    (6, "អង្គការសិទ្ធិស្ត្រី", "WRC - Centre for the Rights of Women"),
    (
        7,
        "អង្គការអប់រំកុមារ",
        "Association for the Education of Children",
    ),
    (8, "មូលនិធិសុខភាពជនបទ", "Rural Health Foundation"),
    (9, "អង្គការទឹកស្អាត ២០០៥", "Clean Water 2005"),
    (10, "សមាគមអ្នកកាសែត", "Journalists Association"),
    (11, "បណ្តាញព្រៃឈើសហគមន៍", "Community Forest Network"),
    (
        12,
        "អង្គការជនពិការ",
        "Organisation of People with Disabilities",
    ),
    (13, "សម្ព័ន្ធសហជីព", "Union Alliance"),
    (14, "អង្គការលំនៅឋានទីក្រុង", "Urban Housing Organisation"),
];

fn finder() -> Finder {
    let mut finder = Finder::default();
    for (id, khmer, english) in NAMES {
        finder.insert(id, [khmer, english]);
    }
    finder
}

fn ids(found: &[Found]) -> Vec<u64> {
    found.iter().map(|found| found.id).collect()
}

#[track_caller]
fn check(typed: &[(&str, u64)]) {
    let finder = finder();
    for (typed, id) in typed {
        let found = finder.closest(typed, 5);
        let first = found.first().copied();
        assert_eq!(first.map(|first| first.id), Some(*id), "{typed}: {found:?}");
        assert!(first.unwrap().score >= PLAUSIBLE, "{typed}: {found:?}");
    }
}

#[test]
fn case_spaces_and_typos_make_no_difference() {
    check(&[
        ("pursat youth network organisation", 1),
        ("PURSATYOUTHNETWORK", 1),
        ("Pursat Yuoth Netwrok", 1),
        ("the youth network of Pursat", 1),
        ("Kampott farmer asociation", 4),
        ("tonlesap fishing", 5),
        ("rural heatlh", 8),
        ("អង្គការ បណ្តាញ យុវជន ខេត្ត ពោធិ៍សាត់", 1),
        ("បណ្តាញ\u{200B}យុវជន\u{200B}ពោធិ៍សាត់", 1),
        ("កសិករបាត់ដំបង", 3),
        ("ទឹកស្អាត 2005", 9),
        ("clean water ២០០៥", 9),
    ]);
}

#[test]
fn abbreviations_stand_for_their_names() {
    check(&[
        ("PYN", 1),
        ("P.Y.N.", 1),
        ("p y n o", 1),
        ("KYN organisation", 2),
        ("WRC", 6),
        ("aec", 7),
        ("OPD", 12),
        ("RHF", 8),
    ]);
}

#[test]
fn letters_that_only_look_latin_are_read_as_latin() {
    check(&[
        ("Рursаt Yоuth", 1),
        ("Kаmpοt Fаrmers", 4),
        ("Ｒｕｒａｌ Ｈｅａｌｔｈ", 8),
        ("Rùral Héalth", 8),
    ]);
}

#[test]
fn khmer_in_latin_letters_is_found_by_its_sound() {
    check(&[
        ("samakum kasekor kampot", 4),
        ("sahakum nesat tonle sab", 5),
        ("angkar chun pika", 12),
        ("samakom neak kaset", 10),
    ]);
}

#[test]
fn a_name_typed_in_two_scripts_is_one_name() {
    check(&[
        ("អង្គការ youth network ពោធិ៍សាត់", 1),
        ("សមាគមកសិករ Kampot", 4),
        ("PYN ខេត្តពោធិ៍សាត់", 1),
    ]);
    // The part that fewer have decides, though another has the rest in the same words.
    let mut finder = Finder::default();
    finder.insert(1, ["សហគមន៍កសិករអូរស្វាយ", "Ou Svay Farmers Community"]);
    finder.insert(2, ["សហគមន៍កសិករព្រែកចាស់", "Prek Chas Farmers Community"]);
    finder.insert(3, ["សហគមន៍ម្លប់ខ្ចីដើម្បីកសិករ", "Mlup Khchey Community for Farmers"]);
    let found = finder.closest("សហគមន៍កសិករ Mlup Khchey", 3);
    assert_eq!(found[0].id, 3, "{found:?}");
    assert!(found[0].score > 0.7, "{found:?}");
}

#[test]
fn an_abbreviation_that_is_given_goes_before_one_that_we_made() {
    let mut finder = Finder::default();
    finder.insert(1, ["Rice Farmers Club"]);
    finder.insert(2, ["Union of River Fishers (RFC)"]);
    finder.insert(3, ["Red Flower Choir"]);
    assert_eq!(ids(&finder.closest("rfc", 5)), [2, 1, 3]);
}

#[test]
fn what_nobody_is_called_is_not_plausible() {
    let finder = finder();
    for typed in [
        "Zebra Quilt Makers",
        "ក្លឹបបាល់ទាត់",
        "xyz",
        "?",
        "",
        "\u{200B}",
        "12",
        "🙂",
    ] {
        let found = finder.closest(typed, 5);
        assert!(
            found.iter().all(|found| found.score < PLAUSIBLE),
            "{typed}: {found:?}"
        );
    }
}

#[test]
fn a_score_is_a_share_and_the_best_comes_first() {
    let finder = finder();
    for (_, khmer, english) in NAMES {
        for typed in [khmer, english, "youth", "អង្គការ", &english[..6]] {
            let found = finder.closest(typed, 5);
            assert!(found.len() <= 5);
            assert!(
                found.is_sorted_by(|a, b| (b.score, a.id) < (a.score, b.id)),
                "{found:?}"
            );
            assert!(
                found.iter().all(|found| (0.0..=1.0).contains(&found.score)),
                "{found:?}"
            );
        }
    }
    assert_eq!(finder.closest("Union Alliance", 1)[0].score, 1.0);
    assert!(finder.closest("Union Alliance", 0).is_empty());
}

#[test]
fn equal_ones_stand_by_id() {
    let mut finder = Finder::default();
    for id in [9, 3, 7, 5, 1, 8] {
        finder.insert(id, ["Rice Bank"]);
    }
    assert_eq!(ids(&finder.closest("rice bank", 5)), [1, 3, 5, 7, 8]);
}

#[test]
fn what_was_changed_or_removed_leaves_no_trace() {
    let plain = finder();
    let mut changed = finder();
    changed.insert(99, ["Weavers of Takeo", "WOT"]);
    changed.insert(3, ["Something Else"]);
    assert_eq!(changed.closest("Battambang farmers", 1)[0].id, 4);
    assert_eq!(changed.closest("something else", 1)[0].id, 3);
    changed.remove(99);
    changed.remove(98);
    let (id, khmer, english) = NAMES[2];
    changed.insert(id, [khmer, english]);
    assert_eq!(changed.len(), plain.len());
    for typed in [
        "Battambang farmers",
        "weavers takeo",
        "wot",
        "something",
        "សមាគម",
        "PYN",
    ] {
        assert_eq!(
            changed.closest(typed, 14),
            plain.closest(typed, 14),
            "{typed}"
        );
    }
}

#[test]
fn long_and_hostile_words_are_only_words() {
    let finder = finder();
    for typed in [
        "youth ".repeat(700),
        "្".repeat(4_096),
        "C.".repeat(2_000),
        "a\u{301}".repeat(2_000),
    ] {
        assert!(finder.closest(&typed, 5).len() <= 5);
    }
    assert!(finder.closest(&"pursat youth ".repeat(300), 5)[0].id == 1);
}

/// How many of the labelled names are among the closest five, by kind, with those that are plausible.
#[test]
fn the_right_name_is_among_the_five_of_the_labelled_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/registry/");
    let file = std::fs::read(format!("{folder}registry.csv")).unwrap();
    let list = read::csv(&file, &forum()).unwrap();
    assert_eq!((list.entries.len(), list.bad.len()), (5_400, 0));
    let mut finder = Finder::default();
    let mut ids = BTreeMap::new();
    for entry in &list.entries {
        finder.insert(entry.line as u64, entry.name.all());
        ids.insert(entry.number.as_str(), entry.line as u64);
    }
    // Of a kind: typed names, those found, those found and plausible.
    let mut kinds: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut typed = csv::Reader::from_path(format!("{folder}typed.csv")).unwrap();
    for row in typed.records() {
        let row = row.unwrap();
        let found = finder.closest(&row[0], 5);
        let meant = ids.get(&row[1]);
        let right = found.iter().find(|found| Some(&found.id) == meant);
        // Where nobody is meant, the first is the one that would be offered.
        let told = right.or(found.first().filter(|_| meant.is_none()));
        let kind = kinds.entry(row[2].to_owned()).or_default();
        kind[0] += 1;
        kind[1] += usize::from(right.is_some());
        kind[2] += usize::from(told.is_some_and(|found| found.score >= PLAUSIBLE));
    }
    for (kind, [all, found, plausible]) in &kinds {
        println!("{kind}: {found} of {all}, {plausible} plausible");
    }
    let absent = kinds.remove("absent").unwrap();
    let sum = |of: usize| kinds.values().map(|kind| kind[of]).sum::<usize>();
    assert!(sum(0) >= 300, "{} names", sum(0));
    assert!(sum(1) * 100 >= sum(0) * 95, "{kinds:?}");
    assert!(sum(2) * 100 >= sum(1) * 98, "{kinds:?}");
    assert!(absent[2] * 5 <= absent[0], "{absent:?}");
}
