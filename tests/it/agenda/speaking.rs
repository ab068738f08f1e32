//! The speaking order: all items, once each; neighbours as different as can be; the important first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use samleng::agenda::{Item, placed_by_hand, speaking_order};

use crate::in_memory::runner;

/// Items by importance: the first has most supporters. A word for each: topic, place.
fn items(words: &[(&str, &str)]) -> Vec<Item> {
    let many = words.len() as u64;
    let numbered = words.iter().zip(0_u64..);
    let item = |((topic, place), id): (&(&str, &str), u64)| Item {
        id,
        topic: (*topic).to_owned(),
        place: (*place).to_owned(),
        seconds: 300,
        supporters: (0..many - id).collect(),
    };
    numbered.map(item).collect()
}

#[test]
fn topics_and_places_alternate() {
    for (what, expected) in [
        ("", ""),
        ("land/Kep", "land/Kep"),
        // By importance, where nothing speaks against it.
        (
            "land/Kep tax/Pailin land/Takeo",
            "land/Kep tax/Pailin land/Takeo",
        ),
        (
            "land/Kep land/Pailin tax/Takeo",
            "land/Kep tax/Takeo land/Pailin",
        ),
        // Somebody else begins, so that the topic that most have is parted.
        (
            "tax/Kep land/Pailin land/Takeo",
            "land/Pailin tax/Kep land/Takeo",
        ),
        // Topics before places.
        (
            "land/Kep tax/Kep land/Pailin",
            "land/Kep tax/Kep land/Pailin",
        ),
        (
            "land/Kep tax/Kep land/Pailin water/Takeo",
            "land/Kep water/Takeo tax/Kep land/Pailin",
        ),
        // Two neighbours of one topic there must be; the most important begin.
        (
            "land/Kep land/Pailin land/Takeo tax/Kep",
            "land/Kep land/Pailin tax/Kep land/Takeo",
        ),
        // Without a topic or a place an item is like no other.
        ("/ / /", "/ / /"),
    ] {
        let words: Vec<(&str, &str)> = what
            .split_whitespace()
            .map(|word| word.split_once('/').unwrap())
            .collect();
        let order = speaking_order(&items(&words));
        let word = |id: &u64| words[*id as usize].0.to_owned() + "/" + words[*id as usize].1;
        let order: Vec<String> = order.iter().map(word).collect();
        assert_eq!(order.join(" "), expected, "{what}");
    }
}

#[test]
fn what_was_moved_by_hand_stands_where_it_was_put() {
    for (order, by_hand, expected) in [
        ("1 2 3 4 5", "", "1 2 3 4 5"),
        ("1 2 3 4 5", "4:0", "4 1 2 3 5"),
        ("1 2 3 4 5", "1:4", "2 3 4 5 1"),
        ("1 2 3 4 5", "1:2 2:0", "2 3 1 4 5"),
        // What is not in is not there; what would stand beyond the end stands at the end.
        ("1 2 3", "9:0 2:7", "1 3 2"),
        ("1 2 3", "1:7 3:8", "2 1 3"),
        // Of two at one place the lower id comes later.
        ("1 2 3 4", "2:0 4:0", "4 2 1 3"),
        ("", "1:0", ""),
    ] {
        let ids = |text: &str| -> Vec<u64> {
            let words = text.split_whitespace();
            words.map(|id| id.parse().unwrap()).collect()
        };
        let places = by_hand.split_whitespace().map(|one| {
            let (id, place) = one.split_once(':').unwrap();
            (id.parse().unwrap(), place.parse().unwrap())
        });
        let placed = placed_by_hand(&ids(order), &places.collect());
        assert_eq!(placed, ids(expected), "{order} with {by_hand}");
    }
}

#[test]
fn to_change_places_with_a_neighbour_leaves_all_others_where_they_are() {
    let orders = (2usize..9).prop_flat_map(|count| {
        let moves = proptest::collection::vec((0..count, any::<bool>()), 1..12);
        let order: Vec<u64> = (1..=count as u64).collect();
        (Just(order).prop_shuffle(), moves)
    });
    runner(300)
        .run(&orders, |(rule, moves)| {
            let (mut order, mut places) = (rule.clone(), BTreeMap::new());
            for (from, later) in moves {
                let to = if later {
                    from + 1
                } else {
                    from.wrapping_sub(1)
                };
                if to >= order.len() {
                    continue;
                }
                // As it is decided: whoever moves is given the place, and the neighbour keeps its own only if it was given one.
                let (moved, neighbour) = (order[from], order[to]);
                places.insert(moved, to as u32);
                if let Some(place) = places.get_mut(&neighbour) {
                    *place = from as u32;
                }
                order.swap(from, to);
                prop_assert_eq!(&placed_by_hand(&rule, &places), &order);
            }
            Ok(())
        })
        .unwrap();
}

fn random(most: usize, kinds: u8) -> impl Strategy<Value = Vec<Item>> {
    let kind = || 0..=kinds;
    let item = (kind(), kind(), 0..=4_u64);
    proptest::collection::vec(item, 0..=most).prop_map(|all| {
        let name = |kind: u8| {
            if kind == 0 {
                String::new()
            } else {
                kind.to_string()
            }
        };
        let numbered = all.into_iter().zip(0_u64..);
        let item = |((topic, place, supporters), id)| Item {
            id,
            topic: name(topic),
            place: name(place),
            seconds: 300,
            supporters: (0..supporters).collect(),
        };
        numbered.map(item).collect()
    })
}

/// How many neighbours are alike in this.
fn met(order: &[&Item], what: impl Fn(&Item) -> &str) -> usize {
    let pairs = order.windows(2);
    let alike = pairs.filter(|pair| what(pair[0]) == what(pair[1]) && !what(pair[0]).is_empty());
    alike.count()
}

fn by_importance(items: &[Item]) -> Vec<&Item> {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by_key(|item| (Reverse(item.supporters.len()), item.id));
    sorted
}

/// Of up to six items every order is tried: the rule says which is the one.
#[test]
fn of_all_orders_it_is_the_one_that_the_rule_says() {
    let checked = runner(600).run(&random(6, 3), |items| {
        let sorted = by_importance(&items);
        let mut best: Option<(usize, usize, Vec<usize>)> = None;
        permutations(&mut Vec::new(), sorted.len(), &mut |order| {
            let those: Vec<&Item> = order.iter().map(|at| sorted[*at]).collect();
            let topics = met(&those, |item| &item.topic);
            let places = met(&those, |item| &item.place);
            let this = (topics, places, order.to_vec());
            if best.as_ref().is_none_or(|best| this < *best) {
                best = Some(this);
            }
        });
        let (_, _, order) = best.unwrap();
        let expected: Vec<u64> = order.iter().map(|at| sorted[*at].id).collect();
        prop_assert_eq!(speaking_order(&items), expected);
        Ok(())
    });
    checked.unwrap();
}

fn permutations(begun: &mut Vec<usize>, many: usize, each: &mut impl FnMut(&[usize])) {
    if begun.len() == many {
        each(begun);
    }
    for next in 0..many {
        if !begun.contains(&next) {
            begun.push(next);
            permutations(begun, many, each);
            begun.pop();
        }
    }
}

/// Of many items: each once, topics parted as far as their numbers allow, the same order whatever order they come in.
#[test]
fn nobody_is_left_out_and_topics_are_parted() {
    let checked = runner(500).run(&(random(60, 6), any::<bool>()), |(mut items, turned)| {
        let order = speaking_order(&items);
        let all: BTreeSet<u64> = order.iter().copied().collect();
        prop_assert!(order.len() == items.len() && all.len() == items.len());
        let those: Vec<&Item> = order.iter().map(|id| &items[*id as usize]).collect();
        let most = |what: fn(&Item) -> &str| {
            let named = items.iter().filter(|item| !what(item).is_empty());
            let kinds: BTreeSet<&str> = named.map(what).collect();
            let count = |kind: &str| items.iter().filter(|item| what(item) == kind).count();
            kinds.into_iter().map(count).max().unwrap_or(0)
        };
        let topics = (2 * most(|item| &item.topic)).saturating_sub(items.len() + 1);
        prop_assert_eq!(met(&those, |item| &item.topic), topics);
        if turned {
            items.reverse();
        }
        prop_assert_eq!(speaking_order(&items), order);
        Ok(())
    });
    checked.unwrap();
}
