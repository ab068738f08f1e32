//! What is changed in a store that comes from a backup, before it takes the place of another.
//!
//! Nobody can know what the bot did between the backup and the loss. So what is sent could be sent a second time, and what was given
//! out could be given out again. Guarantees: nothing that waited is sent; no id, no number of a digest and no code of the owner's
//! link that may be in use is used again; every old button is an old one; links that give a role are closed.

use super::Stage;
use crate::dialogue::{Effect, Late, Person};
use crate::domain::announcement::Fate;
use crate::domain::reminder::Ending;
use crate::domain::{Announcement, Invitation};
use crate::store::erasures::Gone;
use crate::store::outbox::Row;
use crate::store::record::{self, Record as _};
use crate::store::vault::StoreError;

/// More records than are made between a backup and a loss.
const IDS: u64 = 100_000;
/// More screens than anybody sees in that time.
const SCREENS: u32 = 10_000;
/// More owner's links than are made.
const LINKS: u64 = 1_000;
/// More digests than are handed out; numbers go on at the next multiple.
const DIGESTS: u32 = 100;

impl Stage<'_> {
    /// Makes it so that what was done since does no harm; `gone` is what was erased, as far as is known. Returns how many
    /// messages waited.
    ///
    /// # Errors
    /// As [`Stage::apply`].
    pub fn make_restored(&mut self, gone: &[Gone]) -> Result<usize, StoreError> {
        let waited = self.drop_rows();
        for person in self.look_all::<Person>(&[Person::PREFIX]) {
            let key = record::person(&self.store.sealer, person.chat);
            let person = Person {
                screen: person.screen.saturating_add(SCREENS),
                shown_in: None,
                told_away: false,
                ..person
            };
            self.put(&key, &person);
        }
        for known in self.look_all::<Invitation>(&[Invitation::PREFIX]) {
            if known.role.is_some() && !known.revoked {
                let closed = Invitation {
                    revoked: true,
                    ..known
                };
                self.put(&record::invitation(closed.id), &closed);
            }
        }
        for gone in gone {
            self.put(&record::gone(gone.number), gone);
        }
        self.apply_notices(Vec::new())?;
        let last = gone.iter().map(|gone| gone.number + 1).max();
        self.meta.next_erasure = self.meta.next_erasure.max(last.unwrap_or_default());
        self.meta.next_id += IDS;
        self.meta.owner_link = None;
        self.meta.next_owner_link += LINKS;
        self.meta.last_digest = (self.meta.last_digest / DIGESTS + 1) * DIGESTS;
        Ok(waited)
    }

    /// Everything that waits goes, and is counted as not sent.
    fn drop_rows(&mut self) -> usize {
        let rows = self.look_all::<Row>(&[Row::PREFIX]);
        for row in &rows {
            self.drop_key(record::row(row.id).bytes);
            if let Effect::Late(Late::Reminder { meeting, id }) = row.effect
                && let Some(mut known) = self.look(&record::reminded(meeting, id))
            {
                known.count(Ending::Late, self.now);
                self.put(&record::reminded(meeting, id), &known);
            }
            let announcement = row.announcement.map(record::announcement);
            if let Some(mut known) = announcement.and_then(|key| self.look(&key)) {
                known.count(Fate::Stopped);
                self.put(&record::announcement(known.id), &known);
            }
        }
        for known in self.look_all::<Announcement>(&[Announcement::PREFIX]) {
            if known.report_waits {
                let known = Announcement {
                    report_waits: false,
                    ..known
                };
                self.put(&record::announcement(known.id), &known);
            }
        }
        rows.len()
    }
}
