//! The vocabulary: receipts, updates seen, languages, ids.

use std::collections::VecDeque;

use proptest::prelude::*;
use samleng::domain::receipt::ReceiptError;
use samleng::domain::{Disclosure, Language, Receipt, Seen, Status};

use crate::in_memory::runner;

const SYMBOLS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn receipts(count: u64) -> impl Iterator<Item = String> {
    (0..count).map(|n| Receipt::from_random(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_string())
}

#[test]
fn a_receipt_looks_as_promised_and_reads_back() {
    for text in receipts(2_000) {
        let groups: Vec<&str> = text.split('-').collect();
        assert_eq!(groups[0], "SL");
        assert!(groups[1..].iter().all(|group| group.len() == 4) && groups.len() == 4);
        let body = groups[1..].concat();
        assert!(body.chars().all(|c| SYMBOLS.contains(c)), "{text}");
        assert_eq!(Receipt::parse(&text).unwrap().to_string(), text);
    }
}

#[test]
fn all_fifty_five_bits_count_and_no_more() {
    let zero = Receipt::from_random(0);
    for bit in 0..64 {
        let same = Receipt::from_random(1 << bit) == zero;
        assert_eq!(same, bit >= 55, "bit {bit}");
    }
}

#[test]
fn every_wrong_character_and_every_neighbour_swap_is_caught() {
    let mut tried = 0;
    for text in receipts(2_000) {
        let body: Vec<char> = text[3..].replace('-', "").chars().collect();
        for at in 0..body.len() {
            for wrong in SYMBOLS.chars().filter(|c| *c != body[at]) {
                let mut typed = body.clone();
                typed[at] = wrong;
                let typed: String = typed.into_iter().collect();
                assert_eq!(Receipt::parse(&typed), Err(ReceiptError::Check), "{text}");
                tried += 1;
            }
            if at > 0 && body[at] != body[at - 1] {
                let mut typed = body.clone();
                typed.swap(at, at - 1);
                let typed: String = typed.into_iter().collect();
                assert_eq!(Receipt::parse(&typed), Err(ReceiptError::Check), "{text}");
                tried += 1;
            }
        }
    }
    assert!(tried > 2_000 * 12 * 31);
}

#[test]
fn a_receipt_is_read_however_it_is_typed() {
    // One with a 0 and a 1 in it, which are misread as letters.
    let text = receipts(100_000)
        .find(|text| text.matches('0').count() >= 2 && text.matches('1').count() >= 2)
        .unwrap();
    let receipt = Receipt::parse(&text).unwrap();
    let khmer = |text: &str| -> String {
        let digit = |c: char| match c.to_digit(10) {
            Some(digit) => char::from_u32(0x17E0 + digit).unwrap(),
            None => c,
        };
        text.chars().map(digit).collect()
    };
    let bare = text[3..].replace('-', "");
    let spaced: Vec<String> = bare.chars().map(|c| c.to_string()).collect();
    for typed in [
        text.to_lowercase(),
        bare.clone(),
        format!("SL{bare}"),
        format!("sl {}", bare.to_lowercase()),
        format!("  {text}  "),
        text.replace('-', " "),
        text.replace('-', "\u{2013}"),
        text.replace('-', "\u{A0}"),
        text.replace('-', "\u{200B}"),
        spaced.join("\u{200B}"),
        format!("SL-{}", bare.replace('0', "O").replace('1', "I")),
        format!("SL-{}", bare.replace('0', "o").replace('1', "l")),
        format!("SL-{}", bare.replace('1', "L")),
        khmer(&text),
    ] {
        assert_eq!(Receipt::parse(&typed), Ok(receipt), "{typed:?}");
    }
    for typed in [
        "",
        "SL",
        "SL-",
        &bare[1..],
        &format!("{bare}0"),
        &format!("{}U", &bare[1..]),
    ] {
        assert_eq!(Receipt::parse(typed), Err(ReceiptError::Shape), "{typed:?}");
    }
    // Whatever it says, it does not say the receipt.
    assert!(!format!("{receipt:?}").contains(&bare[..4]));
}

#[test]
fn reading_a_receipt_never_panics() {
    runner(2_000)
        .run(&"\\PC{0,20}", |text| {
            if let Ok(receipt) = Receipt::parse(&text) {
                prop_assert_eq!(Receipt::parse(&receipt.to_string()), Ok(receipt));
            }
            Ok(())
        })
        .unwrap();
}

/// What an update's number does next, as Telegram numbers updates.
#[derive(Clone, Debug)]
enum Arrival {
    /// So many in order, some of them delivered out of order within a batch.
    Run(usize, u64),
    /// One of the last so many is delivered again.
    Again(usize),
    /// Some numbers are not delivered yet.
    Gap(u32),
    /// One of those is, however late.
    Late(usize),
    /// After a week the numbers begin anew, lower.
    Restart(u32),
}

#[test]
fn seen_is_what_a_list_of_the_last_ten_thousand_says() {
    let arrival = prop_oneof![
        6 => (1usize..900, any::<u64>()).prop_map(|(n, seed)| Arrival::Run(n, seed)),
        4 => (0usize..10_000).prop_map(Arrival::Again),
        2 => (1u32..50).prop_map(Arrival::Gap),
        2 => (0usize..10_000).prop_map(Arrival::Late),
        1 => (20_000u32..60_000).prop_map(Arrival::Restart),
    ];
    let arrivals = proptest::collection::vec(arrival, 1..60);
    runner(60)
        .run(&arrivals, |arrivals| {
            let mut next = 3_000_000_000u32;
            let mut seen = Seen::default();
            let mut list: VecDeque<u32> = VecDeque::new();
            let mut gaps: Vec<u32> = Vec::new();
            for arrival in arrivals {
                match arrival {
                    Arrival::Run(count, seed) => {
                        let mut ids: Vec<u32> = (0..count as u32).map(|i| next + i).collect();
                        next += count as u32;
                        for batch in ids.chunks_mut(100) {
                            shuffle(batch, seed);
                        }
                        for id in ids {
                            prop_assert!(seen.note(id), "{id} is new");
                            list.push_back(id);
                        }
                    }
                    Arrival::Again(back) => {
                        let at = list.len().checked_sub(back + 1);
                        if let Some(id) = at.map(|at| list[at]) {
                            prop_assert!(!seen.note(id), "{id} again");
                        }
                    }
                    Arrival::Gap(ids) => {
                        gaps.extend(next..next + ids);
                        next += ids;
                    }
                    Arrival::Late(which) => {
                        if !gaps.is_empty() {
                            let id = gaps.swap_remove(which % gaps.len());
                            prop_assert!(seen.note(id), "{id} is late, and new");
                            list.push_back(id);
                        }
                    }
                    Arrival::Restart(down) => {
                        next = next.saturating_sub(down * 40);
                        list.clear();
                        gaps.clear();
                    }
                }
                while list.len() > Seen::KEPT as usize {
                    list.pop_front();
                }
            }
            for id in &list {
                prop_assert!(seen.contains(*id), "{id} is forgotten");
            }
            prop_assert!(!seen.contains(next) && !seen.contains(17));
            let bytes = rmp_len(&seen);
            prop_assert!(bytes < 30_000, "{bytes} bytes");
            Ok(())
        })
        .unwrap();
}

fn shuffle(batch: &mut [u32], mut seed: u64) {
    for i in (1..batch.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        batch.swap(i, (seed >> 33) as usize % (i + 1));
    }
}

fn rmp_len(seen: &Seen) -> usize {
    serde_json::to_vec(seen).unwrap().len()
}

#[test]
fn seen_forgets_in_time_and_stays_small() {
    let mut seen = Seen::default();
    for id in 0..1_000_000 {
        assert!(seen.note(id));
    }
    assert!(seen.contains(999_999) && seen.contains(990_000) && !seen.contains(980_000));
    assert!(rmp_len(&seen) < 40);
    // Ids that never join: the worst there is.
    for id in 0..20_000 {
        assert!(seen.note(2_000_000 + 2 * id));
    }
    assert!(rmp_len(&seen) < 50_000);
    assert!(seen.note(u32::MAX) && !seen.note(u32::MAX) && seen.note(0));
}

#[test]
fn a_language_is_two_lower_case_letters() {
    for code in ["en", "km", "zz"] {
        let language = Language::parse(code).unwrap();
        assert_eq!(language.as_str(), code);
        assert_eq!(language.to_string(), code);
        let json = serde_json::to_string(&language).unwrap();
        assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), language);
    }
    for code in ["", "e", "EN", "eng", "e1", "ខ", "e "] {
        assert_eq!(Language::parse(code), None, "{code:?}");
        let json = serde_json::to_string(code).unwrap();
        assert!(serde_json::from_str::<Language>(&json).is_err());
    }
}

#[test]
fn ids_of_statuses_and_disclosures_are_those_of_the_records() {
    let ids: Vec<&str> = Status::ALL.iter().map(|status| status.id()).collect();
    assert_eq!(
        ids.join(", "),
        "new, waiting, approved, held, rejected, merged, withdrawn, agenda, answered, promised, \
         deflected, not_reached, done"
    );
    for status in Status::ALL {
        assert_eq!(Status::from_id(status.id()), Some(status));
        assert_eq!(serde_json::to_value(status).unwrap(), status.id());
    }
    let ids: Vec<&str> = Disclosure::ALL.iter().map(|one| one.id()).collect();
    assert_eq!(ids.join(", "), "named, unnamed, organisers_only");
    for disclosure in Disclosure::ALL {
        assert_eq!(Disclosure::from_id(disclosure.id()), Some(disclosure));
        assert_eq!(serde_json::to_value(disclosure).unwrap(), disclosure.id());
    }
    assert_eq!(Status::from_id("New"), None);
    assert_eq!(Disclosure::from_id(""), None);
}
