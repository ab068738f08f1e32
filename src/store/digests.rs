//! Digests that were handed out, as the store gives them back.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::kv::{Kv as _, Pair};
use super::record::{self, Leaves};
use super::stage::Stage;
use super::vault::{Store, StoreError};
use crate::digest::frozen::{Fate, Freeze, Frozen, Hash, Opening};
use crate::digest::{Edition, Filter, Since};
use crate::domain::Archive;

/// How many digests one is held against: the one before, and, where it is that one once more, the one before that.
const HELD_AGAINST: usize = 2;

/// A digest, and what opens its leaves, still sealed.
pub(super) type SealedDigest = (Frozen, Vec<Pair>);

impl Store {
    /// Keeps a digest that is about to be handed out. Nothing is kept where it is outdated, which it says: then it is to be made
    /// anew from new records.
    ///
    /// # Errors
    /// As [`Store::get`] and [`Store::commit`].
    pub fn freeze(&mut self, freeze: &Freeze, at: Timestamp) -> Result<bool, StoreError> {
        let mut stage = Stage::new(self, at)?;
        let is_kept = stage.freeze(freeze);
        if !is_kept {
            stage.checked()?;
            return Ok(false);
        }
        stage.apply_notices(Vec::new())?;
        let finished = stage.finish()?;
        self.commit(finished)?;
        Ok(true)
    }

    /// The newest digest of this edition with the same topic, place and status, from whenever its concerns are.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn last_digest(
        &self,
        edition: Edition,
        filter: &Filter,
    ) -> Result<Option<Frozen>, StoreError> {
        let mut all = self.digests_of(edition)?;
        all.retain(|known| known.filter.wants_as(filter));
        Ok(all.pop())
    }

    /// When the digest was made after which one of this edition and selection is to begin; nothing if there is none.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn since(
        &self,
        edition: Edition,
        filter: &Filter,
        since: Since,
    ) -> Result<Option<Timestamp>, StoreError> {
        let digest = match since {
            Since::At(at) => return Ok(Some(at)),
            Since::Last => self.last_digest(edition, filter)?,
            Since::Number(number) => self.get(&record::frozen(number))?,
        };
        Ok(digest.map(|digest| digest.made_at))
    }

    /// Whether what was made as this digest may still be handed out: nothing of it was taken back or forgotten since.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn is_whole(&self, number: u32) -> Result<bool, StoreError> {
        let Some(frozen) = self.get(&record::frozen(number))? else {
            return Ok(false);
        };
        let openings = self.openings(number)?;
        if openings.len() != self.leaves(number)?.len() {
            return Ok(false);
        }
        for opening in openings {
            // What was withdrawn has lost its salt; only the authority may read less of what is still there.
            let concern = match frozen.edition {
                Edition::Shared => self.get(&record::concern(opening.concern))?,
                Edition::Organisers | Edition::Group if opening.salt.is_some() => continue,
                Edition::Organisers | Edition::Group => None,
            };
            if !opening.stands(frozen.edition, concern.as_ref()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All leaves of a digest, in their order.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn leaves(&self, digest: u32) -> Result<Vec<Hash>, StoreError> {
        let parts = self.range::<Leaves>(&record::beginning::<Leaves>(&[digest.into()]))?;
        let parts = parts.into_iter().map(|(_, part)| part.leaves);
        Ok(parts.flatten().collect())
    }

    /// Which concerns were in the digests of this edition and selection up to the one after which this begins, which may itself be only of
    /// what was new; nothing if it begins with none of them.
    pub(super) fn had_before(
        &self,
        edition: Edition,
        filter: &Filter,
    ) -> Result<Option<BTreeSet<u64>>, StoreError> {
        let mut all = self.digests_of(edition)?;
        all.retain(|known| {
            known.filter.wants_as(filter)
                && filter.after.is_some_and(|after| known.made_at <= after)
        });
        if all.last().map(|last| last.made_at) != filter.after {
            return Ok(None);
        }
        let mut had = BTreeSet::new();
        for digest in all {
            let openings = self.openings(digest.number)?.into_iter();
            let was_in = |known: &Opening| matches!(known.fate, Fate::Included { .. });
            had.extend(openings.filter(was_in).map(|known| known.concern));
        }
        Ok(Some(had))
    }

    /// What is left of what opens the leaves of a digest.
    fn openings(&self, number: u32) -> Result<Vec<Opening>, StoreError> {
        let mut openings = Vec::new();
        for concern in (0..self.meta()?.next_id).step_by(record::OPENED_TOGETHER as usize) {
            let sheet = self.get(&record::openings(concern, number))?;
            openings.extend(sheet.unwrap_or_default().openings);
        }
        Ok(openings)
    }

    /// The digests that one of this edition and selection is held against, the oldest first.
    pub(super) fn digests_before(
        &self,
        edition: Edition,
        filter: &Filter,
        concerns: &[Pair],
    ) -> Result<Vec<SealedDigest>, StoreError> {
        let mut all = self.digests_of(edition)?;
        all.retain(|known| known.filter == *filter);
        let older = all.len().saturating_sub(HELD_AGAINST);
        let ids = concerns.iter().filter_map(|(key, _)| record::first_id(key));
        let ids: Vec<u64> = ids.collect();
        let sealed = all.drain(older..).map(|frozen| {
            // What is known of concerns that went has gone with them.
            let keys = ids
                .iter()
                .map(|id| record::openings(*id, frozen.number).bytes);
            let keys: BTreeSet<Vec<u8>> = keys.collect();
            let mut sheets = Vec::new();
            for key in keys {
                if let Some(sheet) = self.kv.get(&key)? {
                    sheets.push((key, sheet));
                }
            }
            Ok((frozen, sheets))
        });
        sealed.collect()
    }

    /// All of this edition in their order, but for those of earlier meetings: what was in them is another matter, or nothing is known of it any more.
    fn digests_of(&self, edition: Edition) -> Result<Vec<Frozen>, StoreError> {
        let archives: Vec<Archive> = self.all()?;
        let over_at = archives.iter().map(|archive| archive.counted_at).max();
        let mut all: Vec<Frozen> = self.all()?;
        all.retain(|known| {
            known.edition == edition && over_at.is_none_or(|over_at| over_at < known.made_at)
        });
        Ok(all)
    }
}
