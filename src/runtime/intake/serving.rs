//! What the writer does for whoever asks of it: the command line, the deliverer, the fetcher, backups. One piece of work at a time, each
//! that changes something in a commit of its own.

use super::super::staging::{Failure, handle_event};
use super::super::work::{Unavailable, Work, Writer};
use super::Intake;
use crate::agenda::Proposal;
use crate::dialogue::organising::{self, By, Order};
use crate::dialogue::{Event, Moment};
use crate::domain::{ChatId, Whereabouts};
use crate::store::{Stage, Store, StoreError};

impl Intake {
    /// Work that changes nothing that a person did.
    pub(super) fn serve(&mut self, work: Work) -> bool {
        match work {
            // Sorted out before.
            Work::Updates { .. } | Work::Brought { .. } | Work::Settled(_) => false,
            Work::Snapshot(edition, filter, done) => {
                let snapshot = self.snapshot(edition, &filter);
                let _ = done.send(snapshot.map_err(|_| Unavailable));
                false
            }
            Work::Since(edition, filter, since, done) => {
                let since = self.since(edition, &filter, since);
                let _ = done.send(since.map_err(|_| Unavailable));
                false
            }
            Work::Freeze(freeze, done) => {
                let _ = done.send(self.freeze(&freeze));
                false
            }
            Work::Tick(done) => {
                self.keep_time();
                let _ = done.send(());
                false
            }
            Work::Known(done) => {
                let _ = done.send(self.known().map_err(|_| Unavailable));
                false
            }
            Work::MayHave(chat, edition, number, done) => {
                let may = self.may_have(chat, edition, number);
                let _ = done.send(may.map_err(|_| Unavailable));
                false
            }
            Work::Held(chat, done) => {
                let _ = done.send(self.held(chat).map_err(|_| Unavailable));
                false
            }
            Work::Late { chat, late, done } => {
                let made = self.reopened().and_then(|()| self.late(chat, late));
                let _ = done.send(made.map_err(|_| Unavailable));
                false
            }
            Work::Agenda(done) => {
                let planned = self.reopened().and_then(|()| self.planned());
                let _ = done.send(planned.map_err(|_| Unavailable));
                false
            }
            Work::Proposed(chat, proposal, done) => {
                let _ = done.send(self.proposed(chat, proposal));
                false
            }
            Work::Paper(language, done) => {
                let _ = done.send(self.paper(language));
                false
            }
            Work::Note(deed, done) => {
                let _ = done.send(self.note(deed));
                false
            }
            Work::Export(done) => {
                let _ = done.send(self.export());
                false
            }
            Work::Preview(done) => {
                let preview = self.reopened().and_then(|()| self.preview());
                let _ = done.send(preview.map_err(|_| Unavailable));
                false
            }
            Work::Verify(receipt, digest, done) => {
                let _ = done.send(self.verify(receipt, digest));
                false
            }
            Work::Audit(done) => {
                let _ = done.send(self.audit());
                false
            }
            Work::ToFetch(id, done) => {
                let asked = self.reopened().and_then(|()| self.to_fetch(id));
                let _ = done.send(asked.map_err(|_| Unavailable));
                false
            }
            Work::Fetched {
                id,
                whereabouts,
                done,
            } => {
                let _ = done.send(self.fetched(id, whereabouts));
                false
            }
            Work::Order { order, done } => {
                let _ = done.send(self.order(order));
                false
            }
            Work::WasAway {
                absence,
                answered,
                done,
            } => {
                let told = self
                    .reopened()
                    .and_then(|()| self.tell_away(absence, &answered));
                let told = match told {
                    Err(error) if error.is_final() => {
                        self.fail(&error, &[]);
                        Err(Unavailable)
                    }
                    // What cannot be read now cannot be read later either.
                    Err(error) => {
                        log::error!("nobody is told that the bot was away: {error}");
                        Ok(())
                    }
                    Ok(()) => Ok(()),
                };
                let _ = done.send(told);
                false
            }
            Work::BeginCopy(done) => {
                let _ = done.send(self.begin_copy());
                false
            }
            Work::CopyOn(done) => {
                let _ = done.send(self.copy_on());
                false
            }
            Work::EndCopy => {
                self.end_copy();
                false
            }
            Work::Erased(done) => {
                let _ = done.send(self.erased().map_err(|_| Unavailable));
                false
            }
            Work::NoBackup(newest, done) => {
                let told = self.reopened().and_then(|()| self.tell_no_backup(newest));
                let _ = done.send(told.map_err(|error| {
                    if error.is_final() {
                        self.fail(&error, &[]);
                    }
                    Unavailable
                }));
                false
            }
            Work::FreshOwnerLink { done } => {
                let store = self.store.as_mut().ok_or(Unavailable);
                let _ = done.send(store.and_then(|store| {
                    store
                        .owner_link(true, self.clock.now())
                        .map_err(|_| Unavailable)
                }));
                false
            }
            Work::Ping(done) => {
                let works = self.reopened().is_ok() && self.outage.failed.is_none();
                let store = self.store.as_ref().filter(|_| works);
                let key = store.map(Store::key_fingerprint);
                let _ = done.send(Writer { key });
                false
            }
            Work::Stop => true,
        }
    }

    /// Does as the organisers decided, in a commit of its own.
    fn order(&mut self, order: Order) -> Result<Vec<String>, String> {
        let unavailable = |_| Unavailable.to_string();
        self.reopened().map_err(unavailable)?;
        let store = self.store.as_ref().ok_or_else(|| Unavailable.to_string())?;
        let moment = self.moment();
        let mut stage = Stage::new(store, moment.now).map_err(unavailable)?;
        let done = organising::carry_out(order, By::CommandLine, &self.forum, &mut stage, moment)
            .map_err(|refused| refused.to_string())?;
        let finished = stage
            .apply_notices(done.notices)
            .and_then(|_| stage.finish())
            .map_err(|error| error.to_string())?;
        match self.commit_apart(finished) {
            Ok(()) => Ok(done.said),
            Err(error) => {
                self.fail(&error, &[]);
                Err(Unavailable.to_string())
            }
        }
    }

    /// Notes where a file is now, in a commit of its own; one whose concern is gone goes as well.
    fn fetched(&mut self, id: u64, whereabouts: Whereabouts) -> Result<(), Unavailable> {
        match self
            .reopened()
            .and_then(|()| self.keep_fetched(id, whereabouts))
        {
            Ok(()) => Ok(()),
            Err(error) if error.is_final() => {
                self.fail(&error, &[]);
                Err(Unavailable)
            }
            Err(error) => {
                log::error!("where attachment {id} is cannot be noted: {error}");
                Err(Unavailable)
            }
        }
    }

    fn keep_fetched(&mut self, id: u64, whereabouts: Whereabouts) -> Result<(), StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let mut stage = Stage::new(store, self.clock.now())?;
        let notices = organising::fetched(id, &whereabouts, &self.forum, &mut stage);
        stage.apply_notices(notices.into_iter().collect())?;
        let finished = stage.finish()?;
        self.commit_apart(finished)
    }

    /// An agenda that somebody asked for was worked out: a step of theirs, in a commit of its own.
    fn proposed(&mut self, chat: ChatId, proposal: Box<Proposal>) -> Result<(), Unavailable> {
        match self
            .reopened()
            .and_then(|()| self.keep_proposed(chat, proposal))
        {
            Ok(()) => Ok(()),
            Err(error) if error.is_final() => {
                self.fail(&error, &[]);
                Err(Unavailable)
            }
            // It would fail again.
            Err(error) => {
                log::error!("an agenda cannot be kept: {error}");
                Ok(())
            }
        }
    }

    fn keep_proposed(&mut self, chat: ChatId, proposal: Box<Proposal>) -> Result<(), StoreError> {
        let store = self.store.as_ref().ok_or(StoreError::Closed)?;
        let now = self.clock.now();
        let mut stage = Stage::new(store, now)?;
        let room = self.waiting.room(chat, self.ears.strangers_at_most);
        let event = Event::Proposed(proposal);
        let (forum, waiting) = (&self.forum, &self.waiting);
        let moment = Moment {
            now,
            random: self.random.many_bits(),
        };
        match handle_event(&mut stage, forum, chat, &event, room, waiting, moment) {
            Ok(_) => {}
            Err(Failure::Store(error)) => return Err(error),
            Err(Failure::Event(why)) => return Err(StoreError::Record(why)),
        }
        let finished = stage.finish()?;
        self.commit_apart(finished)
    }
}
