//! Digests that were handed out: keeping one, and closing the leaves of what is withdrawn.
//!
//! Guarantees: no digest is kept that speaks of something that was withdrawn since its records were read; of what is withdrawn
//! no salt is left in the same commit; a leaf, once written, stays.

use std::collections::BTreeMap;

use super::Stage;
use crate::digest::frozen::{Freeze, Hash, Opening};
use crate::store::record::{self, Leaves, Openings};

/// How many leaves share a record.
const TOGETHER: usize = 1_024;

impl Stage<'_> {
    /// Keeps a digest that is about to be handed out, or says that it is outdated: something in it was withdrawn, or its
    /// number was given away, since its records were read. It belongs to the stage with what is taken in next.
    pub fn freeze(&mut self, freeze: &Freeze) -> bool {
        if !self.all_stand(freeze) {
            return false;
        }
        let number = freeze.frozen.number;
        if !freeze.is_new {
            let kept = self.look(&record::frozen(number));
            return kept.as_ref() == Some(&freeze.frozen);
        }
        let last = self.pending.last_digest.unwrap_or(self.meta.last_digest);
        if number.checked_sub(1) != Some(last) {
            return false;
        }
        self.pending.last_digest = Some(number);
        self.put(&record::frozen(number), &freeze.frozen);
        let mut sheets: BTreeMap<Vec<u8>, Openings> = BTreeMap::new();
        for opening in &freeze.openings {
            let key = record::openings(opening.concern, number);
            let sheet = sheets.entry(key.bytes).or_default();
            sheet.digest = number;
            sheet.openings.push(opening.clone());
        }
        for sheet in sheets.into_values() {
            if let Some(first) = sheet.openings.first() {
                self.put(&record::openings(first.concern, number), &sheet);
            }
        }
        let mut leaves: Vec<Hash> = freeze.openings.iter().map(|known| known.leaf).collect();
        leaves.sort_unstable();
        for (part, leaves) in (0..).zip(leaves.chunks(TOGETHER)) {
            let leaves = Leaves {
                digest: number,
                leaves: leaves.to_vec(),
            };
            self.put(&record::leaves(number, part), &leaves);
        }
        true
    }

    /// As what a concern was in each digest, the oldest first.
    pub(super) fn openings_of(&self, concern: u64) -> Vec<(u32, Opening)> {
        let sheets = self.look_all::<Openings>(&record::openings_of(concern));
        let found = sheets.into_iter().filter_map(|sheet| {
            let mut openings = sheet.openings.into_iter();
            let opening = openings.find(|opening| opening.concern == concern)?;
            Some((sheet.digest, opening))
        });
        found.collect()
    }

    /// Nobody can prove any more what was said of this concern in any digest.
    pub(super) fn close_leaves(&mut self, concern: u64) {
        for mut sheet in self.look_all::<Openings>(&record::openings_of(concern)) {
            let mut openings = sheet.openings.iter_mut();
            let opening = openings.find(|opening| opening.concern == concern);
            if opening.and_then(|opening| opening.salt.take()).is_some() {
                self.put(&record::openings(concern, sheet.digest), &sheet);
            }
        }
    }

    /// Whether nothing of it was taken back.
    fn all_stand(&self, freeze: &Freeze) -> bool {
        let edition = freeze.frozen.edition;
        freeze.openings.iter().all(|opening| {
            let concern = self.look(&record::concern(opening.concern));
            opening.stands(edition, concern.as_ref())
        })
    }
}
