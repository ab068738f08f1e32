//! Promises, what is said of them, and the files beside both.
//!
//! Guarantees: with a promise all that was said of it goes, and with what an organisation said its files. A promise that answers a
//! concern that is withdrawn stays, and leads there no more.

use super::{Indexed, Stage};
use crate::dialogue::World as _;
use crate::domain::{Attachment, Concern, Promise, Report, Whereabouts};
use crate::store::record::{self, FileOf, Record as _};

/// Whose files those are that show what was promised: nobody's.
const NOBODY: u64 = 0;

impl Stage<'_> {
    pub(super) fn drop_promise(&mut self, id: u64) {
        for report in self.look_all::<Report>(&record::beginning::<Report>(&[id])) {
            self.drop_report(id, report.organisation);
        }
        self.drop_files(NOBODY, id);
        self.drop_key(record::promise(id).bytes);
        self.pending.aftermath.calendar = true;
    }

    pub(super) fn drop_report(&mut self, promise: u64, organisation: u64) {
        self.drop_files(organisation, promise);
        self.drop_key(record::report(promise, organisation).bytes);
    }

    /// What was promised about a concern that is withdrawn, or about what that is part of, stays; what its organisation says of it
    /// goes.
    pub(super) fn untie(&mut self, concern: &Concern) {
        for promise in self.look_all::<Promise>(&[Promise::PREFIX]) {
            let of_it = promise.concern == Some(concern.id);
            if of_it || (promise.concern.is_some() && promise.concern == concern.into) {
                self.drop_report(promise.id, concern.organisation);
            }
            if of_it {
                let promise = Promise {
                    concern: None,
                    ..promise
                };
                self.put(&record::promise(promise.id), &promise);
                self.pending.aftermath.calendar = true;
            }
        }
    }

    /// The files of this organisation that stand beside a promise.
    pub(super) fn files_beside(&self, organisation: u64, promise: u64) -> Vec<Attachment> {
        let beginning = record::beginning::<FileOf>(&[organisation, promise]);
        let files = self.look_all::<FileOf>(&beginning).into_iter();
        files.filter_map(|file| self.attachment(file.id)).collect()
    }

    fn drop_files(&mut self, organisation: u64, promise: u64) {
        for attachment in self.files_beside(organisation, promise) {
            if let Whereabouts::Here(sealed) = &attachment.whereabouts {
                self.pending.aftermath.gone.push(sealed.name.clone());
            }
            self.indexed(Indexed::Attachment(attachment.id, false));
            self.drop_pointed(&record::attachment(attachment.id));
        }
    }
}
