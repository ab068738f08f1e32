//! Promises, what is said of them, and the files beside both.
//!
//! Guarantees: with a promise all that was said of it goes, and with what somebody said their photos, no colleague's. A promise that answers
//! a concern that is withdrawn stays, and leads there no more.

use super::{Indexed, Stage};
use crate::dialogue::World as _;
use crate::domain::{Concern, Promise, Report, Voice, Whereabouts};
use crate::store::record::{self, Record as _};

impl Stage<'_> {
    pub(super) fn drop_promise(&mut self, id: u64) {
        for report in self.look_all::<Report>(&record::beginning::<Report>(&[id])) {
            self.drop_report(&report);
        }
        let evidence = self.promise(id).map(|promise| promise.evidence);
        for file in evidence.unwrap_or_default() {
            self.drop_file(file);
        }
        self.drop_voices(id);
        self.drop_key(record::promise(id).bytes);
        self.pending.aftermath.calendar = true;
    }

    pub(super) fn drop_report(&mut self, report: &Report) {
        for photo in &report.photos {
            self.drop_file(*photo);
        }
        self.drop_key(record::report(report).bytes);
    }

    /// Nobody says anything more of a promise.
    pub(super) fn drop_voices(&mut self, promise: u64) {
        for voice in self.look_all::<Voice>(&record::beginning::<Voice>(&[promise])) {
            self.drop_key(record::voice(&voice).bytes);
        }
    }

    /// What was promised about a concern that is withdrawn stays, and leads there no more.
    pub(super) fn untie(&mut self, concern: &Concern) {
        for promise in self.look_all::<Promise>(&[Promise::PREFIX]) {
            if promise.concern == Some(concern.id) {
                let promise = Promise {
                    concern: None,
                    ..promise
                };
                self.put(&record::promise(promise.id), &promise);
                self.pending.aftermath.calendar = true;
            }
        }
    }

    /// An attachment with what is kept of it.
    pub(super) fn drop_file(&mut self, id: u64) {
        let Some(attachment) = self.attachment(id) else {
            return;
        };
        if let Whereabouts::Here(sealed) = &attachment.whereabouts {
            self.pending.aftermath.gone.push(sealed.name.clone());
        }
        self.indexed(Indexed::Attachment(id, false));
        self.drop_pointed(&record::attachment(id));
    }
}
