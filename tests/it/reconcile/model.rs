//! The reference model: where each concern stands, and what that makes of the totals.

use std::collections::{BTreeMap, BTreeSet};

use samleng::config::Review;
use samleng::dialogue::organising::Standing;
use samleng::digest::{Edition, Totals};
use samleng::domain::{Act, Concern, Disclosure, Role, Status};

/// A concern, reduced to what counts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct One {
    organisation: u64,
    /// Who wrote it, while they are here.
    author: Option<usize>,
    status: Status,
    before: Option<Status>,
    into: Option<u64>,
    disclosure: Disclosure,
}

/// What an organiser wants of a concern.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) id: u64,
    pub(super) to: Status,
    pub(super) into: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    concerns: BTreeMap<u64, One>,
    pub(super) verified: BTreeSet<u64>,
    pub(super) suspended: BTreeSet<u64>,
}

impl Model {
    pub(super) fn submitted(
        &mut self,
        id: u64,
        organisation: u64,
        author: usize,
        disclosure: Disclosure,
        waits: bool,
    ) {
        let one = One {
            organisation,
            author: Some(author),
            status: if waits { Status::Waiting } else { Status::New },
            before: None,
            into: None,
            disclosure,
        };
        assert_eq!(self.concerns.insert(id, one), None);
    }

    /// What was reviewed is to be reviewed again.
    pub(super) fn edited(&mut self, id: u64) {
        let one = self.concerns.get_mut(&id).unwrap();
        if one.status == Status::Approved {
            one.status = Status::New;
        }
    }

    pub(super) fn withdrawn(&mut self, id: u64) {
        self.free(id);
        let one = self.concerns.get_mut(&id).unwrap();
        one.status = Status::Withdrawn;
        (one.before, one.into) = (None, None);
    }

    pub(super) fn forgotten(&mut self, who: usize) {
        let own = self.concerns.iter();
        let own: Vec<u64> = own
            .filter(|(_, one)| one.author == Some(who))
            .map(|(id, _)| *id)
            .collect();
        for id in own {
            self.withdrawn(id);
            self.concerns.get_mut(&id).unwrap().author = None;
        }
    }

    /// What was part of it stands where it stood.
    fn free(&mut self, whole: u64) {
        for part in self.concerns.values_mut() {
            if part.into == Some(whole) {
                part.status = part.before.take().unwrap();
                part.into = None;
            }
        }
    }

    /// Whether an organiser may do this; if so it is done.
    pub(super) fn decided(&mut self, change: &Change) -> bool {
        let Change { id, to, into } = *change;
        let one = self.concerns[&id].clone();
        let is_whole = self.concerns.values().any(|part| part.into == Some(id));
        let act = match to {
            _ if one.status == Status::Merged && one.before == Some(to) => Act::Unmerge,
            Status::Approved => Act::Approve,
            Status::Held => Act::Hold,
            Status::Rejected => Act::Reject,
            Status::Merged => Act::Merge,
            Status::Agenda => Act::Agenda,
            Status::New
            | Status::Waiting
            | Status::Withdrawn
            | Status::Answered
            | Status::Promised
            | Status::Deflected
            | Status::NotReached
            | Status::Done => return false,
        };
        if !act.is_for(Role::Organiser) || !act.fits(one.status) {
            return false;
        }
        // What only organisers may read is not raised at a meeting.
        if act == Act::Agenda && one.disclosure == Disclosure::OrganisersOnly {
            return false;
        }
        if to == Status::Merged {
            let stands = into.map(|whole| self.concerns[&whole].status);
            let good = stands.is_some_and(|status| match status {
                Status::Withdrawn
                | Status::Rejected
                | Status::Merged
                | Status::Waiting
                | Status::Held => false,
                Status::New
                | Status::Approved
                | Status::Agenda
                | Status::Answered
                | Status::Promised
                | Status::Deflected
                | Status::NotReached
                | Status::Done => true,
            });
            if !good || into == Some(id) || is_whole {
                return false;
            }
        }
        if to == Status::Rejected {
            self.free(id);
        }
        let known = self.concerns.get_mut(&id).unwrap();
        known.before = (to == Status::Merged).then_some(one.status);
        (known.status, known.into) = (to, into);
        true
    }

    pub(super) fn standing(&mut self, organisation: u64, standing: Standing) {
        match standing {
            Standing::Approved => {
                self.verified.insert(organisation);
                self.suspended.remove(&organisation);
            }
            Standing::Suspended => {
                self.suspended.insert(organisation);
            }
            Standing::Plain => {
                self.verified.remove(&organisation);
                self.suspended.remove(&organisation);
            }
        }
        self.let_in(organisation);
    }

    /// Nothing of an approved organisation waits, nor will.
    fn let_in(&mut self, organisation: u64) {
        if !self.verified.contains(&organisation) {
            return;
        }
        let own = self.concerns.values_mut();
        for one in own.filter(|one| one.organisation == organisation) {
            if one.status == Status::Waiting {
                one.status = Status::New;
            }
            if one.before == Some(Status::Waiting) {
                one.before = Some(Status::New);
            }
        }
    }

    pub(super) fn organisations_merged(&mut self, from: u64, into: u64) {
        for one in self.concerns.values_mut() {
            if one.organisation == from {
                one.organisation = into;
            }
        }
        if self.suspended.remove(&from) {
            self.suspended.insert(into);
        }
        // Whoever approved the one has approved the other, which is the same in truth.
        if self.verified.remove(&from) {
            self.verified.insert(into);
        }
        self.let_in(into);
    }

    /// Each stands where it should.
    pub(super) fn check(&self, concerns: &[Concern]) {
        assert_eq!(concerns.len(), self.concerns.len());
        for concern in concerns {
            let one = &self.concerns[&concern.id];
            assert_eq!(concern.status, one.status, "{}", concern.id);
            assert_eq!(concern.before, one.before, "{}", concern.id);
            assert_eq!(concern.into, one.into, "{}", concern.id);
            assert_eq!(concern.organisation, one.organisation, "{}", concern.id);
            assert_eq!(concern.author == 0, one.author.is_none(), "{}", concern.id);
        }
    }

    /// Each counts once.
    pub(super) fn totals(&self, edition: Edition, review: Review) -> Totals {
        let mut totals = Totals::default();
        for one in self.concerns.values() {
            totals.received += 1;
            let cell = match one.status {
                Status::Merged => &mut totals.merged,
                Status::Withdrawn => &mut totals.withdrawn,
                Status::Held | Status::Waiting => &mut totals.held,
                Status::Rejected => &mut totals.rejected,
                Status::New
                | Status::Approved
                | Status::Agenda
                | Status::Answered
                | Status::Promised
                | Status::Deflected
                | Status::NotReached
                | Status::Done => {
                    let shown = one.disclosure != Disclosure::OrganisersOnly
                        && (one.status != Status::New || review == Review::None);
                    if edition == Edition::Organisers || shown {
                        &mut totals.included
                    } else {
                        &mut totals.withheld
                    }
                }
            };
            *cell += 1;
        }
        totals
    }
}
