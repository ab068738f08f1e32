//! All concerns side by side.
//!
//! Here likeness is weighed: what stands in many texts (the opening and closing of a letter that a network sends round,
//! the endings of words) says little about any of them, so a run counts the less the more of the texts hold it.

use std::collections::BTreeMap;

use super::shingles::{CLOSE, Shingles};

/// A run that at most one text in so many holds counts in full. A cap, so that slips of the hand, which are the rarest
/// runs of all, do not drive two spellings of one text apart the further the more texts there are.
const RARE: f32 = 16.0;

/// The shingles of every concern by its id, and for every run who holds it.
#[derive(Clone, Debug, Default)]
pub struct Board {
    places: BTreeMap<u64, u32>,
    texts: Vec<Option<(u64, Shingles)>>,
    /// Places whose text was taken away.
    free: Vec<u32>,
    /// For each run the places of the texts with it.
    holders: BTreeMap<u32, Vec<u32>>,
}

impl Board {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Holds this text under this id, in the place of what was held there.
    pub fn insert(&mut self, id: u64, shingles: Shingles) {
        self.remove(id);
        let place = self.free.pop().unwrap_or_else(|| {
            self.texts.push(None);
            self.texts.len() as u32 - 1
        });
        for run in shingles.runs() {
            self.holders.entry(*run).or_default().push(place);
        }
        self.places.insert(id, place);
        self.texts[place as usize] = Some((id, shingles));
    }

    /// Forgets a text.
    pub fn remove(&mut self, id: u64) {
        let Some(place) = self.places.remove(&id) else {
            return;
        };
        let Some((_, shingles)) = self.texts[place as usize].take() else {
            return;
        };
        self.free.push(place);
        for run in shingles.runs() {
            if let Some(holders) = self.holders.get_mut(run) {
                holders.retain(|holder| *holder != place);
                if holders.is_empty() {
                    self.holders.remove(run);
                }
            }
        }
    }

    /// How many texts it holds.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The texts that are close to this one, with their likeness ([`CLOSE`] to 1): the closest first, of equals the
    /// one with the lowest id. A text of a few words is close to none.
    pub fn close_to(&self, shingles: &Shingles, at_most: usize) -> Vec<(u64, f32)> {
        if !shingles.says_enough() {
            return Vec::new();
        }
        let mut own = 0.0;
        let mut shared = vec![0.0; self.texts.len()];
        for run in shingles.runs() {
            let weight = self.weight(*run);
            own += weight;
            for holder in self.holders.get(run).into_iter().flatten() {
                shared[*holder as usize] += weight;
            }
        }
        let mut close: Vec<(u64, f32)> = Vec::new();
        for (text, shared) in self.texts.iter().zip(shared) {
            // What two have in common is no larger than either: most are out without a closer look.
            if shared < CLOSE * own {
                continue;
            }
            if let Some((id, held)) = text.as_ref().filter(|(_, held)| held.says_enough()) {
                let theirs: f32 = held.runs().iter().map(|run| self.weight(*run)).sum();
                close.push((*id, shared / (own + theirs - shared)));
            }
        }
        close.retain(|(_, likeness)| *likeness >= CLOSE);
        close.sort_by(|(a, like_a), (b, like_b)| like_b.total_cmp(like_a).then(a.cmp(b)));
        close.truncate(at_most);
        close
    }

    /// How much a run says, by the part of the texts that hold it.
    fn weight(&self, run: u32) -> f32 {
        let holders = self.holders.get(&run).map_or(0, Vec::len).max(1);
        (1.0 + (self.len() as f32 / holders as f32).min(RARE)).ln()
    }
}
