//! In which order items are spoken of.
//!
//! The rule, from what counts most to what counts least:
//!
//! 1. As few neighbours as possible have the same topic: none, unless one topic has more items than all others together and one more.
//! 2. Then as few neighbours as possible have the same place. Finding that is a hard problem in general, so the search ends after some
//!    ten thousand tries; then two of one place may be neighbours although another order would have avoided that.
//! 3. Then the more important come first: what has more supporters, and of equals the lower id. Of all orders that are left, it is the
//!    one whose first item is most important, then whose second is, and so on.
//!
//! Items without a topic, or without a place, are like no other in that. The same items always give the same order.
//!
//! What organisers moved by hand stands where they put it ([`placed_by_hand`]); the rule is for the others.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Item;

/// How many times the search puts an item somewhere before it allows one more pair of neighbours of one place.
const TRIES: u32 = 10_000;
/// How often it does so before it takes what it found without looking back.
const ALLOWANCES: usize = 8;

/// The items in the order in which they are to be spoken of, by id.
pub fn speaking_order<'i>(items: impl IntoIterator<Item = &'i Item>) -> Vec<u64> {
    let mut items: Vec<&Item> = items.into_iter().collect();
    items.sort_by_key(|item| (Reverse(item.supporters.len()), item.id));
    let fresh = Search {
        topics: Kinds::of(items.iter().map(|item| item.topic.as_str())),
        places: Kinds::of(items.iter().map(|item| item.place.as_str())),
        used: vec![false; items.len()],
        order: Vec::with_capacity(items.len()),
        tries: TRIES,
    };
    let least = fresh.places.least();
    let mut greedy = fresh.clone();
    let most = greedy.go_greedily();
    let found = (least..=most).take(ALLOWANCES).find_map(|places| {
        let mut search = fresh.clone();
        search.go_on(places).then_some(search)
    });
    let order = found.unwrap_or(greedy).order;
    order.into_iter().map(|at| items[at].id).collect()
}

/// The same order with these at the places that were given to them by hand, from 0: the others fill the rest in turn. What would stand
/// beyond the end stands at the end; of two at one place the lower id comes later.
pub fn placed_by_hand(order: &[u64], places: &BTreeMap<u64, u32>) -> Vec<u64> {
    let is_placed = |id: &&u64| places.contains_key(id);
    let (placed, others): (Vec<u64>, Vec<u64>) = order.iter().partition(is_placed);
    let mut placed: Vec<(u32, u64)> = placed.into_iter().map(|id| (places[&id], id)).collect();
    placed.sort_unstable();
    let mut order = others;
    for (place, id) in placed {
        let place = usize::try_from(place).map_or(order.len(), |place| place.min(order.len()));
        order.insert(place, id);
    }
    order
}

#[derive(Clone)]
struct Search {
    topics: Kinds,
    places: Kinds,
    /// Which items stand in the order already. Items are numbered by importance.
    used: Vec<bool>,
    order: Vec<usize>,
    tries: u32,
}

impl Search {
    /// Completes the order with no more neighbours of one topic than there must be, and at most so many of one place; whether it can.
    fn go_on(&mut self, places: usize) -> bool {
        if self.order.len() == self.used.len() {
            return true;
        }
        let topics = self.topics.least();
        // Of items that are alike, only the most important is tried.
        let mut tried = Vec::new();
        for item in 0..self.used.len() {
            let kind = (self.topics.of[item], self.places.of[item]);
            if self.used[item] || tried.contains(&kind) {
                continue;
            }
            tried.push(kind);
            if self.tries == 0 {
                return false;
            }
            self.tries -= 1;
            let (topic_before, place_before) = (self.topics.last, self.places.last);
            let topic_met = self.topics.take(item);
            let place_met = self.places.take(item);
            let goes = topic_met + self.topics.least() <= topics
                && place_met + self.places.least() <= places;
            if goes {
                self.used[item] = true;
                self.order.push(item);
                if self.go_on(places - place_met) {
                    return true;
                }
                self.order.pop();
                self.used[item] = false;
            }
            self.topics.give_back(item, topic_before);
            self.places.give_back(item, place_before);
        }
        false
    }

    /// The same without looking back, with as many neighbours of one place as come: returns how many. Next is always the most
    /// important item of those after which fewest neighbours are alike.
    fn go_greedily(&mut self) -> usize {
        let mut met = 0;
        while self.order.len() < self.used.len() {
            let topics = self.topics.least();
            let mut best: Option<(usize, usize)> = None;
            for item in (0..self.used.len()).filter(|item| !self.used[*item]) {
                let (topic_before, place_before) = (self.topics.last, self.places.last);
                let topic_met = self.topics.take(item) + self.topics.least();
                let place_met = self.places.take(item) + self.places.least();
                self.topics.give_back(item, topic_before);
                self.places.give_back(item, place_before);
                if topic_met <= topics && best.is_none_or(|(least, _)| place_met < least) {
                    best = Some((place_met, item));
                }
            }
            // Some item always meets no more than must be.
            let Some((_, item)) = best else { break };
            self.topics.take(item);
            met += self.places.take(item);
            self.used[item] = true;
            self.order.push(item);
        }
        met
    }
}

/// The items by one of the things in which neighbours can be alike.
#[derive(Clone)]
struct Kinds {
    /// By item, its kind.
    of: Vec<usize>,
    /// By kind, how many are not in the order yet.
    open: Vec<usize>,
    /// How many that is together.
    all_open: usize,
    /// The kind of the last in the order.
    last: Option<usize>,
}

impl Kinds {
    fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut known = BTreeMap::new();
        let mut open: Vec<usize> = Vec::new();
        let of: Vec<usize> = names
            .map(|name| {
                let next = open.len();
                let kind = if name.is_empty() {
                    next
                } else {
                    *known.entry(name).or_insert(next)
                };
                if kind == next {
                    open.push(0);
                }
                open[kind] += 1;
                kind
            })
            .collect();
        Self {
            all_open: of.len(),
            of,
            open,
            last: None,
        }
    }

    /// How many neighbours alike there must be among those that are open and the last: the others part them into so many groups.
    fn least(&self) -> usize {
        let kinds = self.open.iter().enumerate();
        let least = kinds.map(|(kind, open)| {
            let others = self.all_open - open;
            let groups = others + usize::from(self.last != Some(kind));
            open.saturating_sub(groups)
        });
        least.max().unwrap_or(0)
    }

    /// Puts an item at the end; 1 if it is like the one before.
    fn take(&mut self, item: usize) -> usize {
        let kind = self.of[item];
        let is_met = self.last == Some(kind);
        self.open[kind] -= 1;
        self.all_open -= 1;
        self.last = Some(kind);
        usize::from(is_met)
    }

    /// Undoes the same.
    fn give_back(&mut self, item: usize, last: Option<usize>) {
        self.open[self.of[item]] += 1;
        self.all_open += 1;
        self.last = last;
    }
}
