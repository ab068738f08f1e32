//! Finding an organisation by the name that a person typed.
//!
//! Names are compared by runs of letters and by runs of sounds (the `keys` and `sound` beside this); what few names have
//! weighs more than what many have (inverse document frequency), so that "organisation", "for" or a
//! province decide little and no list of words to pass over is needed. A word that is an abbreviation of a name stands
//! for all of that name. The finder lives in memory and is filled anew at every start.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Gram, Keys};

/// Below this score probably none is meant. Scores are from 0 to 1: by weight, the share of what was typed that stands in
/// the name, a little less for a longer name, less for a likeness of sounds or an abbreviation. In the labelled list of
/// `tests/data/registry` every right name is above, and nearly every name that is nobody's is below.
pub const PLAUSIBLE: f32 = 0.38;

/// What it costs that a name is twice as long as what was typed.
const UNTYPED: f32 = 0.15;
/// What a likeness of sounds says where the letters are of different scripts and cannot be alike.
const OTHER_SCRIPT: f32 = 0.85;
/// What it says beside the letters.
const SAME_SCRIPT: f32 = 0.5;
/// How much less an abbreviation says than letters.
const SHORT: f32 = 0.9;
/// How much less one says that we made of the name's initials than one that the name gives.
const MADE: f32 = 0.9;
/// Grams that an abbreviation counts as.
const SHORT_GRAMS: f32 = 4.0;

/// The organisations by name.
#[derive(Default)]
pub struct Finder {
    /// Each gram's place in `postings`.
    grams: BTreeMap<Gram, u32>,
    /// The names that have this gram.
    postings: Vec<Vec<u32>>,
    /// The names that may be shortened to this, and whether they say so.
    short: BTreeMap<String, Vec<(u32, bool)>>,
    names: Vec<Name>,
    /// Places in `names` that hold none any more.
    free: Vec<u32>,
    /// The names of an organisation.
    organisations: BTreeMap<u64, Vec<u32>>,
}

/// An organisation that may be meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Which.
    pub id: u64,
    /// How well it fits, from 0 to 1; see [`PLAUSIBLE`].
    pub score: f32,
}

/// A part of what was typed, compared with every name.
struct Part {
    is_khmer: bool,
    letters: Shared,
    sounds: Shared,
    /// The score of names of which it holds an abbreviation.
    short: BTreeMap<u32, f32>,
}

/// Weights of grams.
struct Shared {
    /// Of those that each name has, too.
    with: Vec<f32>,
    /// Of all.
    whole: f32,
    /// How many were typed.
    count: usize,
}

#[derive(Default)]
struct Name {
    organisation: u64,
    is_khmer: bool,
    letters: Box<[u32]>,
    sounds: Box<[u32]>,
    short: Box<[String]>,
}

impl Finder {
    /// Gives an organisation these names instead of those that it had.
    pub fn insert<'n>(&mut self, id: u64, names: impl IntoIterator<Item = &'n str>) {
        self.remove(id);
        let mut places = Vec::new();
        for name in names {
            let keys = Keys::of(name);
            let place = self.free.pop().unwrap_or(self.names.len() as u32);
            let name = Name {
                organisation: id,
                is_khmer: keys.is_khmer,
                letters: self.post(&keys.letters, place),
                sounds: self.post(&keys.sounds, place),
                short: keys.abbreviations().into_keys().collect(),
            };
            for (short, given) in keys.abbreviations() {
                self.short.entry(short).or_default().push((place, given));
            }
            match self.names.get_mut(place as usize) {
                Some(free) => *free = name,
                None => self.names.push(name),
            }
            places.push(place);
        }
        self.organisations.insert(id, places);
    }

    /// Forgets an organisation.
    pub fn remove(&mut self, id: u64) {
        for place in self.organisations.remove(&id).unwrap_or_default() {
            let name = std::mem::take(&mut self.names[place as usize]);
            for gram in name.letters.iter().chain(&name.sounds) {
                self.postings[*gram as usize].retain(|other| *other != place);
            }
            for short in &name.short {
                if let Some(places) = self.short.get_mut(short) {
                    places.retain(|(other, _)| *other != place);
                    if places.is_empty() {
                        self.short.remove(short);
                    }
                }
            }
            self.free.push(place);
        }
    }

    /// How many organisations there are.
    pub fn len(&self) -> usize {
        self.organisations.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.organisations.is_empty()
    }

    /// The organisations that fit best what was typed, at most `count`, the best first; equal ones by id.
    ///
    /// Those below [`PLAUSIBLE`] are among them. The same finder always answers alike, in whichever order it was filled.
    pub fn closest(&self, typed: &str, count: usize) -> Vec<Found> {
        let parts: Vec<Part> = Keys::parts(typed)
            .iter()
            .map(|part| self.part(part))
            .collect();
        let whole: f32 = parts.iter().map(|part| part.letters.whole).sum();
        let near: BTreeSet<u64> = parts.iter().flat_map(|part| self.near(part)).collect();
        let score = |id: u64| -> f32 {
            let names = self.organisations.get(&id).map_or(&[][..], Vec::as_slice);
            let best = |part: &Part| {
                let scores = names.iter().map(|place| self.score(part, *place));
                scores.fold(0.0, f32::max) * part.letters.whole
            };
            parts.iter().map(best).sum::<f32>() / whole
        };
        let mut found: Vec<Found> = near
            .into_iter()
            .map(|id| Found {
                id,
                score: score(id),
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        found.truncate(count);
        found
    }

    /// Compares a part of what was typed with every name.
    fn part(&self, keys: &Keys) -> Part {
        let mut short = BTreeMap::new();
        for (word, rest) in keys.readings() {
            let Some(places) = self.short.get(word) else {
                continue;
            };
            let weight = SHORT_GRAMS * self.weight(places.len());
            let rest = self.shared(&rest.letters);
            for (place, given) in places {
                let share = (weight + rest.with[*place as usize]) / (weight + rest.whole);
                let score = share * SHORT * if *given { 1.0 } else { MADE };
                let known: &mut f32 = short.entry(*place).or_default();
                *known = known.max(score);
            }
        }
        Part {
            is_khmer: keys.is_khmer,
            letters: self.shared(&keys.letters),
            sounds: self.shared(&keys.sounds),
            short,
        }
    }

    fn shared(&self, typed: &[Gram]) -> Shared {
        let mut with = vec![0.0; self.names.len()];
        let mut whole = 0.0;
        for gram in typed {
            let known = self.grams.get(gram);
            let places = known.map_or(&[][..], |known| &self.postings[*known as usize]);
            let weight = self.weight(places.len());
            whole += weight;
            for place in places {
                with[*place as usize] += weight;
            }
        }
        Shared {
            with,
            whole,
            count: typed.len(),
        }
    }

    /// The organisations that may be the best for a part: what shares less than half of what another one shares cannot
    /// make that up by being short.
    fn near(&self, part: &Part) -> BTreeSet<u64> {
        let mut near = BTreeSet::new();
        for Shared { with, .. } in [&part.letters, &part.sounds] {
            let most = with.iter().copied().fold(0.0, f32::max);
            let places = self.names.iter().zip(with);
            let alike = places.filter(|(_, shared)| **shared > most / 2.0);
            near.extend(alike.map(|(name, _)| name.organisation));
        }
        let short = part.short.keys();
        near.extend(short.map(|place| self.names[*place as usize].organisation));
        near
    }

    /// How well a name fits a part, in the way in which it fits best.
    fn score(&self, part: &Part, place: u32) -> f32 {
        let name = &self.names[place as usize];
        let share = |shared: &Shared, own: &[u32]| {
            let with = shared.with[place as usize];
            if with <= 0.0 {
                return 0.0;
            }
            let longer = own.len() as f32 / shared.count as f32 - 1.0;
            with / shared.whole / (1.0 + UNTYPED * longer.max(0.0))
        };
        let letters = share(&part.letters, &name.letters);
        let sounds = if part.is_khmer == name.is_khmer {
            SAME_SCRIPT
        } else {
            OTHER_SCRIPT
        };
        let sounds = sounds * share(&part.sounds, &name.sounds);
        let short = part.short.get(&place).copied().unwrap_or(0.0);
        letters.max(sounds).max(short)
    }

    /// What it weighs to be in so many names; what is in none weighs as if it were in one.
    fn weight(&self, names: usize) -> f32 {
        let all = self.names.len() - self.free.len();
        (1.0 + all as f32 / names.max(1) as f32).ln()
    }

    fn post(&mut self, grams: &[Gram], place: u32) -> Box<[u32]> {
        let mut ids = Vec::with_capacity(grams.len());
        for gram in grams {
            let fresh = self.postings.len() as u32;
            let id = *self.grams.entry(*gram).or_insert(fresh);
            if id == fresh {
                self.postings.push(Vec::new());
            }
            self.postings[id as usize].push(place);
            ids.push(id);
        }
        ids.into()
    }
}
