//! What the writer is asked, since it alone knows the records as they are. But for what a look itself leaves in the audit log
//! nothing is changed here.

use jiff::Timestamp;

use super::super::digests::May;
use super::super::work::{AuditLog, Planned, ToFetch, Unavailable};
use super::Intake;
use crate::dialogue::desk::late::{self, Made};
use crate::dialogue::desk::{self, Paper};
use crate::dialogue::leaving::{self, Held};
use crate::dialogue::organising::{self, erasure};
use crate::dialogue::reminding::Known;
use crate::dialogue::screen::View;
use crate::dialogue::verifying::{self, Answer};
use crate::dialogue::{Late, Papers, World as _};
use crate::digest::frozen::Freeze;
use crate::digest::{Edition, Filter, Since};
use crate::domain::{Act, Attachment, ChatId, Deed, Language, Receipt, Whereabouts, Who, access};
use crate::store::erasures::Gone;
use crate::store::{Snapshot, Stage, StoreError, record};

impl Intake {
    pub(super) fn known(&self) -> Result<Known, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let stage = Stage::new(store, self.clock.now())?;
        let known = Known::of(&stage);
        stage.checked()?;
        Ok(known)
    }

    /// What a digest is made from, and when it was so: what is committed from now on is in the next.
    pub(super) fn snapshot(
        &self,
        edition: Edition,
        filter: &Filter,
    ) -> Result<(Snapshot, Timestamp), StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let now = self.clock.now();
        Ok((store.snapshot_for(edition, filter)?, now))
    }

    /// What an agenda is worked out from; nothing while no meeting is known.
    pub(super) fn planned(&self) -> Result<Option<Planned>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let stage = Stage::new(store, self.clock.now())?;
        let plan = organising::agenda::planned(&stage);
        let items = plan.as_ref().map(|plan| stage.agenda_items(plan.meeting));
        stage.checked()?;
        let known = plan.zip(items);
        let with = |(plan, items)| Ok((store.snapshot()?, plan, items));
        known.map(with).transpose()
    }

    /// When the digest was made after which one is to begin.
    pub(super) fn since(
        &self,
        edition: Edition,
        filter: &Filter,
        since: Since,
    ) -> Result<Option<Timestamp>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        store.since(edition, filter, since)
    }

    /// A digest has this number from now on, unless something of it was taken back meanwhile.
    pub(super) fn freeze(&mut self, freeze: &Freeze) -> Result<bool, Unavailable> {
        self.reopened().map_err(|_| Unavailable)?;
        let store = self.store.as_mut().ok_or(Unavailable)?;
        match store.freeze(freeze, self.clock.now()) {
            Ok(is_frozen) => {
                self.works_again();
                Ok(is_frozen)
            }
            Err(error) => {
                self.fail(&error, &[]);
                Err(Unavailable)
            }
        }
    }

    /// Whether a digest of this edition, with this number if it was made, may be sent to this chat.
    pub(super) fn may_have(
        &self,
        chat: ChatId,
        edition: Edition,
        number: Option<u32>,
    ) -> Result<May, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let may = match edition {
            Edition::Group => store.meta()?.group.is_some_and(|group| group.chat == chat),
            Edition::Organisers | Edition::Shared => {
                let person = store.person(chat)?;
                access::allows(person.and_then(|person| person.role), Act::Digest, None)
            }
        };
        let is_whole = || number.map_or(Ok(true), |number| store.is_whole(number));
        Ok(match may {
            false => May::Not,
            true if is_whole()? => May::Have,
            true => May::HaveAnother,
        })
    }

    /// Everything that was erased lately.
    pub(super) fn erased(&self) -> Result<Vec<Gone>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        store.all()
    }

    pub(super) fn held(&mut self, chat: ChatId) -> Result<Held, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, self.clock.now())?;
        let person = stage.person_in(chat)?;
        let held = leaving::held(person, &stage);
        // A look-up that failed would leave something out.
        stage.checked()?;
        Ok(held)
    }

    /// What is made for a chat when its turn comes.
    pub(super) fn late(&self, chat: ChatId, late: Late) -> Result<Made, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let now = self.clock.now();
        let stage = Stage::new(store, now)?;
        let reader = store.person(chat)?;
        let view = View {
            forum: &self.forum,
            world: &stage,
            now,
        };
        let made = late::make(late, chat, reader.as_ref(), view);
        stage.checked()?;
        Ok(made)
    }

    /// The agenda as it stands, for the command line; that it was taken is on disk before.
    pub(super) fn paper(&mut self, language: Language) -> Result<Option<Box<Paper>>, Unavailable> {
        let paper = self.reopened().and_then(|()| self.agenda(language));
        let paper = paper.map_err(|error| {
            log::error!("the agenda: {error}");
            Unavailable
        })?;
        if let Some(data) = paper.as_ref().and_then(|paper| paper.data.as_ref()) {
            self.note(Deed::AgendaTaken(data.meeting.id))?;
        }
        Ok(paper.map(Box::new))
    }

    fn agenda(&self, language: Language) -> Result<Option<Paper>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let now = self.clock.now();
        let stage = Stage::new(store, now)?;
        let view = View {
            forum: &self.forum,
            world: &stage,
            now,
        };
        let paper = desk::paper(Papers::Agenda, language, view);
        stage.checked()?;
        Ok(paper)
    }

    /// Notes that everything is exported, and exports it.
    pub(super) fn export(&mut self) -> Result<String, Unavailable> {
        self.note(Deed::Exported)?;
        let store = self.store.as_ref().ok_or(Unavailable)?;
        store.export().map_err(|error| {
            log::error!("the export: {error}");
            Unavailable
        })
    }

    /// What an erasure of everything about people would do.
    pub(super) fn preview(&self) -> Result<erasure::Preview, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let now = self.clock.now();
        let stage = Stage::new(store, now)?;
        let preview = erasure::preview(&self.forum, &stage, now);
        stage.checked()?;
        Ok(preview)
    }

    /// Notes that the audit log is read, and reads it.
    pub(super) fn audit(&mut self) -> Result<AuditLog, Unavailable> {
        self.note(Deed::AuditRead)?;
        let store = self.store.as_ref().ok_or(Unavailable)?;
        store.audit().map_err(|error| {
            log::error!("the audit log: {error}");
            Unavailable
        })
    }

    /// Whether a receipt was in digests; that it was looked at is on disk before.
    pub(super) fn verify(
        &mut self,
        receipt: Receipt,
        digest: Option<u32>,
    ) -> Result<Option<Answer>, Unavailable> {
        self.reopened().map_err(|_| Unavailable)?;
        let found = self.verified(receipt, digest).map_err(|error| {
            log::error!("verifying: {error}");
            Unavailable
        })?;
        let Some((concern, answer)) = found else {
            return Ok(None);
        };
        self.note(Deed::Looked(concern))?;
        Ok(Some(answer))
    }

    fn verified(
        &self,
        receipt: Receipt,
        digest: Option<u32>,
    ) -> Result<Option<(u64, Answer)>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let stage = Stage::new(store, self.clock.now())?;
        let found = verifying::answer(receipt, digest, &stage);
        stage.checked()?;
        Ok(found)
    }

    /// Notes in the audit log what the command line did, in a commit of its own.
    pub(super) fn note(&mut self, deed: Deed) -> Result<(), Unavailable> {
        self.reopened().map_err(|_| Unavailable)?;
        let store = self.store.as_mut().ok_or(Unavailable)?;
        match store.note(self.clock.now(), Who::CommandLine, deed) {
            Ok(()) => {
                self.works_again();
                Ok(())
            }
            Err(error) => {
                self.fail(&error, &[]);
                Err(Unavailable)
            }
        }
    }

    pub(super) fn to_fetch(&self, id: u64) -> Result<Option<ToFetch>, StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let attachment: Option<Attachment> = store.get(&record::attachment(id))?;
        Ok(
            attachment.and_then(|attachment| match attachment.whereabouts {
                Whereabouts::Telegram(file) => Some(ToFetch {
                    file,
                    sent_as: attachment.sent_as,
                }),
                Whereabouts::Here(_) | Whereabouts::Refused => None,
            }),
        )
    }
}
