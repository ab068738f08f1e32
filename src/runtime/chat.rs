//! What the [queue](super::queue) knows of one chat and of one row.
//!
//! Must never: change the queue's indexes; where a chat stands in them is only noted here.

use std::collections::{BTreeMap, BTreeSet};

use super::bucket::Millis;
use super::budget::ChatBudget;
use super::ticket::{Cost, Lane, Ticket};

#[derive(Debug)]
pub(super) struct Row<I, T> {
    pub(super) ticket: Ticket<I, T>,
    pub(super) order: u64,
    pub(super) tries: u32,
    pub(super) not_before: Millis,
    pub(super) in_flight: bool,
}

#[derive(Debug)]
pub(super) struct Chat<I> {
    pub(super) interactive: BTreeMap<u64, I>,
    pub(super) bulk: BTreeMap<u64, I>,
    /// Those of `interactive` that may be superseded.
    pub(super) supersedable: BTreeSet<u64>,
    pub(super) in_flight: bool,
    pub(super) paused_until: Millis,
    pub(super) budget: ChatBudget,
    pub(super) place: Place,
}

/// In which of the queue's indexes a chat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Nowhere,
    Ready { class: usize, since: u64 },
    Timer(Millis),
    Fading(Millis),
}

/// What a chat's first row is limited by together with others, most urgent lane first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) lane: Lane,
    pub(super) send: bool,
    pub(super) stranger: bool,
}

pub(super) const CLASSES: [Class; 6] = {
    const fn class(lane: Lane, send: bool, stranger: bool) -> Class {
        Class {
            lane,
            send,
            stranger,
        }
    }
    [
        class(Lane::Interactive, false, false),
        class(Lane::Interactive, true, false),
        class(Lane::Interactive, true, true),
        class(Lane::Bulk, false, false),
        class(Lane::Bulk, true, false),
        class(Lane::Bulk, true, true),
    ]
};

impl<I: Ord + Copy> Chat<I> {
    pub(super) fn new() -> Self {
        Self {
            interactive: BTreeMap::new(),
            bulk: BTreeMap::new(),
            supersedable: BTreeSet::new(),
            in_flight: false,
            paused_until: Millis(0),
            budget: ChatBudget::default(),
            place: Place::Nowhere,
        }
    }

    pub(super) fn lane(&mut self, lane: Lane) -> &mut BTreeMap<u64, I> {
        match lane {
            Lane::Interactive => &mut self.interactive,
            Lane::Bulk => &mut self.bulk,
        }
    }

    pub(super) fn first(&self) -> Option<I> {
        self.interactive
            .values()
            .chain(self.bulk.values())
            .next()
            .copied()
    }
}

impl Class {
    /// The index in [`CLASSES`].
    pub(super) fn index<I, T>(ticket: &Ticket<I, T>) -> usize {
        let kind = match (ticket.cost, ticket.stranger) {
            (Cost::Edit | Cost::Free, _) => 0,
            (Cost::Send, false) => 1,
            (Cost::Send, true) => 2,
        };
        match ticket.lane {
            Lane::Interactive => kind,
            Lane::Bulk => 3 + kind,
        }
    }
}
