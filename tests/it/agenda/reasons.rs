//! Why each item is in or out, and what "most votes first" would have done, as the organisers are told.

use std::collections::BTreeMap;

use proptest::prelude::*;
use samleng::agenda::{Agenda, ByHand, Item, Utility, Why, propose};

use crate::in_memory::runner;

/// One item a line: id, seconds, who supports it ("1-3,7"; "-" for nobody), and "in" or "out" where that was decided by hand.
fn read(text: &str) -> (Vec<Item>, BTreeMap<u64, ByHand>) {
    let mut by_hand = BTreeMap::new();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let items = lines.map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let id = words[0].parse().unwrap();
        match words.get(3) {
            Some(&"in") => by_hand.insert(id, ByHand::PutIn),
            Some(&"out") => by_hand.insert(id, ByHand::TakenOut),
            Some(word) => panic!("{word}"),
            None => None,
        };
        let ranges = words[2].split(',').filter(|word| *word != "-");
        let supporters = ranges.flat_map(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            from.parse::<u64>().unwrap()..=to.parse().unwrap()
        });
        Item {
            id,
            topic: String::new(),
            place: String::new(),
            seconds: words[1].parse().unwrap(),
            supporters: supporters.collect(),
        }
    });
    (items.collect(), by_hand)
}

fn say(why: Why) -> String {
    match why {
        Why::Carried(payers) => format!(
            "carried by {}, {} ms each, {} gave all",
            payers.paid, payers.price_ms, payers.gave_all
        ),
        Why::Completed(payers) => format!(
            "carried once raised by {}, {} ms each, {} gave all",
            payers.paid, payers.price_ms, payers.gave_all
        ),
        Why::Filled { left } => format!("fitted into {left}"),
        Why::PutIn => "put in".to_owned(),
        Why::TakenOut => "taken out".to_owned(),
        Why::Unsupported => "nobody".to_owned(),
        Why::TooLong { budget } => format!("longer than {budget}"),
        Why::TooFew { had_ms, left } => format!("too few with {had_ms} ms, {left} free"),
        Why::Spent {
            had_ms,
            others,
            left,
        } => format!("{had_ms} ms left after {others} others, {left} free"),
    }
}

/// Each item's reason; a star where most votes first would take it.
fn told(agenda: &Agenda) -> Vec<String> {
    let verdicts = agenda.verdicts.iter();
    verdicts
        .map(|verdict| {
            let star = if verdict.by_most_votes { "* " } else { "" };
            format!("{star}{} {}", verdict.id, say(verdict.why))
        })
        .collect()
}

fn check(budget: u64, silent: u64, items: &str, expected: &[&str]) -> Agenda {
    let (items, by_hand) = read(items);
    let agenda = propose(&items, silent, budget, Utility::Cost, &by_hand);
    assert_eq!(told(&agenda), expected);
    agenda
}

/// A network of thirty organisations supports one and the same six items, and more. Six organisations of one province support an item
/// of their own. There is time for six items; by votes all six are the network's. Six of thirty-six are a sixth: one of six items.
#[test]
fn a_small_rural_group_gets_its_item_in_although_a_large_network_outvotes_it() {
    let agenda = check(
        1_800,
        0,
        "
        1 300 1-30
        2 300 1-30
        3 300 1-30
        4 300 1-30
        5 300 1-30
        6 300 1-30
        7 300 1-29
        8 300 31-36
        ",
        &[
            "* 1 carried by 30, 10000 ms each, 0 gave all",
            "* 2 carried by 30, 10000 ms each, 0 gave all",
            "* 3 carried by 30, 10000 ms each, 0 gave all",
            "* 4 carried by 30, 10000 ms each, 0 gave all",
            "* 5 carried by 30, 10000 ms each, 0 gave all",
            "* 6 0 ms left after 5 others, 0 free",
            "7 0 ms left after 5 others, 0 free",
            "8 carried by 6, 50000 ms each, 0 gave all",
        ],
    );
    assert_eq!(agenda.gained(), [8].into());
    assert_eq!(agenda.lost(), [6].into());
    assert_eq!(
        (agenda.share_ms, agenda.raised, agenda.left),
        (50_000, 0, 0)
    );
}

/// Eleven organisations and a silent one have 100 seconds each.
#[test]
fn each_reason_is_given_with_its_numbers() {
    check(
        1_200,
        1,
        "
        1 450 1-5
        2 400 5-9
        3 240 10-11
        4 1201 1-11
        5 120 -
        6 200 1,5
        7 100 10
        ",
        &[
            "* 1 carried by 5, 90000 ms each, 0 gave all",
            "* 2 carried by 5, 80000 ms each, 0 gave all",
            "* 3 carried once raised by 2, 120000 ms each, 0 gave all",
            "4 longer than 1200",
            "5 nobody",
            "6 180000 ms left after 2 others, 10 free",
            "* 7 carried by 1, 100000 ms each, 0 gave all",
        ],
    );
    // With thirty hundredths more, the third item would be bought, which does not fit.
    let agenda = check(
        600,
        0,
        "
        1 300 1-3
        2 250 4-5
        3 60 2-3
        4 300 6
        5 40 1
        ",
        &[
            "* 1 carried by 3, 100000 ms each, 0 gave all",
            "* 2 carried once raised by 2, 125000 ms each, 0 gave all",
            "3 58000 ms left after 1 others, 50 free",
            "4 too few with 129000 ms, 50 free",
            "* 5 fitted into 50",
        ],
    );
    assert_eq!(
        (agenda.raised, agenda.share_ms, agenda.left),
        (29, 129_000, 10)
    );
    // One who has less than the price gives all.
    check(
        400,
        0,
        "
        1 150 1-2
        2 130 2-3
        ",
        &[
            "* 1 carried by 2, 75000 ms each, 0 gave all",
            "* 2 carried by 2, 71666 ms each, 1 gave all",
        ],
    );
}

#[test]
fn what_is_decided_by_hand_shows_and_the_rest_shares_what_is_left() {
    let agenda = check(
        1_000,
        0,
        "
        1 300 1-5
        2 300 1-4 out
        3 300 6-9
        4 400 - in
        5 300 1
        ",
        &[
            "* 1 carried by 5, 60000 ms each, 0 gave all",
            "2 taken out",
            "* 3 carried once raised by 4, 75000 ms each, 0 gave all",
            "* 4 put in",
            "5 too few with 75333 ms, 0 free",
        ],
    );
    assert_eq!((agenda.raised, agenda.over), (13, 0));
    // More than there is by hand: nothing else is in.
    let agenda = check(
        1_000,
        0,
        "
        1 300 1-5
        2 700 1-4 in
        3 400 1 in
        ",
        &["1 longer than 0", "* 2 put in", "* 3 put in"],
    );
    assert_eq!((agenda.left, agenda.over), (0, 100));
    check(0, 0, "1 300 1", &["1 longer than 0"]);
    check(300, 0, "", &[]);
}

fn random() -> impl Strategy<Value = (Vec<Item>, u64, u64, BTreeMap<u64, ByHand>)> {
    let supporters = proptest::collection::btree_set(0..12_u64, 0..=8);
    let decided = prop_oneof![
        8 => Just(None),
        1 => Just(Some(ByHand::PutIn)),
        1 => Just(Some(ByHand::TakenOut)),
    ];
    let items = proptest::collection::vec((1..=12_u64, supporters, decided), 0..=14);
    (items, 0..=3_u64, 0..=3_600_u64).prop_map(|(all, silent, budget)| {
        let mut by_hand = BTreeMap::new();
        let numbered = all.into_iter().zip(0_u64..);
        let items = numbered.map(|((minutes, supporters, decided), id)| {
            if let Some(decided) = decided {
                by_hand.insert(id, decided);
            }
            Item {
                id,
                topic: String::new(),
                place: String::new(),
                seconds: 60 * minutes,
                supporters,
            }
        });
        (items.collect(), silent, budget, by_hand)
    })
}

/// The numbers fit each other and the outcome.
#[test]
fn reasons_agree_with_the_outcome() {
    let checked = runner(2_000).run(&random(), |(items, silent, budget, by_hand)| {
        for utility in [Utility::Cost, Utility::Cardinality] {
            let agenda = propose(&items, silent, budget, utility, &by_hand);
            prop_assert_eq!(agenda.verdicts.len(), items.len());
            let chosen = agenda.chosen();
            let chosen = items.iter().filter(|item| chosen.contains(&item.id));
            let taken: u64 = chosen.map(|item| item.seconds).sum();
            prop_assert_eq!(taken + agenda.left, budget + agenda.over);
            prop_assert!(agenda.left == 0 || agenda.over == 0);
            for (verdict, item) in agenda.verdicts.iter().zip(&items) {
                prop_assert_eq!((verdict.id, verdict.seconds), (item.id, item.seconds));
                let many = item.supporters.len() as u64;
                let is_paid = |paid: u64, gave_all: u64, price_ms: u64| {
                    gave_all < paid
                        && paid <= many
                        && price_ms * paid <= 1_000 * item.seconds * paid
                        && price_ms * many + many >= 1_000 * item.seconds
                };
                let holds = match verdict.why {
                    Why::Carried(by) => is_paid(by.paid, by.gave_all, by.price_ms),
                    Why::Completed(by) => {
                        agenda.raised > 0 && is_paid(by.paid, by.gave_all, by.price_ms)
                    }
                    Why::Filled { left } => item.seconds <= left && many > 0,
                    Why::PutIn => by_hand.get(&item.id) == Some(&ByHand::PutIn),
                    Why::TakenOut => by_hand.get(&item.id) == Some(&ByHand::TakenOut),
                    Why::Unsupported => many == 0,
                    Why::TooLong { budget: all } => item.seconds > all && all <= budget,
                    Why::TooFew { had_ms, left } => {
                        had_ms < 1_000 * item.seconds
                            && had_ms + many >= many * agenda.share_ms
                            && item.seconds > left
                    }
                    Why::Spent {
                        had_ms,
                        others,
                        left,
                    } => {
                        had_ms < 1_000 * item.seconds
                            && (agenda.share_ms + 1) * many > 1_000 * item.seconds
                            && others > 0
                            && item.seconds > left
                    }
                };
                prop_assert!(holds, "{verdict:?}");
            }
        }
        Ok(())
    });
    checked.unwrap();
}
