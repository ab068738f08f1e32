//! A backup copies the records through here, piece by piece, between the commits.
//!
//! Guarantees: nobody waits longer than a piece takes; a file whose record goes meanwhile stays until the copy is over.

use std::sync::Arc;

use super::super::work::{Piece, Unavailable};
use super::Intake;
use crate::store::seal::Sealer;

/// How many records are copied together: a few milliseconds.
const PIECE: usize = 256;

impl Intake {
    pub(super) fn begin_copy(&mut self) -> Result<Arc<Sealer>, Unavailable> {
        self.reopened().map_err(|_| Unavailable)?;
        let store = self.store.as_mut().ok_or(Unavailable)?;
        self.held_files.get_or_insert_default();
        Ok(store.begin_copy())
    }

    pub(super) fn copy_on(&mut self) -> Result<Piece, Unavailable> {
        // One that was opened again knows nothing of a copy.
        let store = self.store.as_mut().ok_or(Unavailable)?;
        match store.copy_on(PIECE) {
            Ok(piece) => Ok(piece),
            Err(error) => {
                self.fail(&error, &[]);
                Err(Unavailable)
            }
        }
    }

    pub(super) fn end_copy(&mut self) {
        if let Some(store) = &mut self.store {
            store.end_copy();
        }
        let held = self.held_files.take().unwrap_or_default();
        self.files_gone(&held);
    }

    /// The records of these files are gone.
    pub(super) fn files_gone(&mut self, names: &[String]) {
        match &mut self.held_files {
            _ if names.is_empty() => {}
            Some(held) => held.extend_from_slice(names),
            None => (self.ears.files_gone)(names),
        }
    }
}
