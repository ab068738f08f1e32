//! What can be spoken of at the meeting: what was settled, in the order in which it is spoken of, then what else is on the agenda.

use std::collections::{BTreeMap, BTreeSet};

use unicode_segmentation::UnicodeSegmentation as _;

use super::super::agenda::say;
use super::super::{Tap, asking};
use super::tap::{FloorTap, Tapped};
use crate::dialogue::Action;
use crate::dialogue::organising::agenda::planned;
use crate::dialogue::organising::floor::known;
use crate::dialogue::screen::{self, Screen, View};
use crate::domain::floor::Floor;
use crate::domain::{Act, AgendaPlan, Concern, FloorEntry, FloorOutcome, Side, Status};
use crate::text::{Phrases, card};

/// Items on a page.
const A_PAGE: usize = 8;
/// Letters of an item's name where it stands on a button or within a line.
const SHORT: usize = 20;

/// The meeting as it is logged.
pub(super) struct Board {
    pub(super) log: Vec<FloorEntry>,
    pub(super) floor: Floor,
    plan: AgendaPlan,
    /// Whether an agenda was settled for this meeting.
    pub(super) is_settled: bool,
    /// In the order in which they are spoken of.
    pub(super) items: Vec<Item>,
}

/// Something that can be spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The concern.
    pub(super) id: u64,
    /// The time it has.
    pub(super) seconds: u64,
}

impl Board {
    /// Nothing while no meeting is known.
    pub(super) fn of(view: View<'_>) -> Option<Self> {
        let plan = planned(view.world)?.as_settled();
        let (log, floor) = known(plan.meeting, view.world);
        let mut known: BTreeMap<u64, _> = BTreeMap::new();
        let mut settled = Vec::new();
        for item in view.world.agenda_items(plan.meeting) {
            settled.extend(
                item.settled
                    .map(|slot| (slot.place, item.concern, slot.seconds)),
            );
            known.insert(item.concern, item.seconds);
        }
        settled.sort_unstable();
        let there: BTreeSet<u64> = view
            .world
            .glances()
            .into_iter()
            .filter(|glance| {
                let is_logged =
                    floor.item == Some(glance.id) || floor.outcomes.contains_key(&glance.id);
                // What took the place of a concern that was withdrawn since has no outcome of its own in the log yet.
                let is_dealt_with = || {
                    let concern = view.world.concern(glance.id);
                    let dealt_with_at = concern.and_then(|concern| concern.dealt_with_at);
                    dealt_with_at == Some(plan.meeting)
                };
                let is_there = glance.status == Status::Agenda
                    || is_logged && glance.status != Status::Withdrawn
                    || Act::Floor.fits(glance.status) && is_dealt_with();
                // Its author may have kept it for the organisers since.
                is_there && glance.disclosure.lets_others_read()
            })
            .map(|glance| glance.id)
            .collect();
        let settled = settled
            .into_iter()
            .map(|(_, id, seconds)| Item { id, seconds });
        let mut items: Vec<Item> = settled.filter(|item| there.contains(&item.id)).collect();
        let placed: BTreeSet<u64> = items.iter().map(|item| item.id).collect();
        items.extend(there.difference(&placed).map(|id| Item {
            id: *id,
            seconds: known.get(id).copied().flatten().unwrap_or(plan.plan.item),
        }));
        Some(Self {
            is_settled: plan.settled.is_some(),
            log,
            floor,
            plan,
            items,
        })
    }

    /// A button as this shows it.
    pub(super) fn tap(&self, what: Tapped) -> FloorTap {
        FloorTap {
            meeting: self.plan.meeting,
            seen: self.floor.seen,
            what,
        }
    }

    /// Where an item stands, from 0.
    pub(super) fn place(&self, id: u64) -> Option<usize> {
        self.items.iter().position(|item| item.id == id)
    }

    /// The concern of an item, unless it is gone.
    pub(super) fn concern(&self, id: u64, view: View<'_>) -> Option<Concern> {
        let concern = self.place(id).and_then(|_| view.world.concern(id));
        concern.filter(|concern| concern.status != Status::Withdrawn)
    }

    /// The item before the one that is spoken of, and the one after it. Where that is gone, or nothing was spoken of yet, the first of which
    /// nothing came comes next.
    pub(super) fn around(&self) -> (Option<u64>, Option<u64>) {
        let id = |place: usize| self.items.get(place).map(|item| item.id);
        match self.floor.item.and_then(|item| self.place(item)) {
            Some(place) => (place.checked_sub(1).and_then(id), id(place + 1)),
            None => {
                let mut open = self.items.iter();
                let open = open.find(|item| !self.floor.outcomes.contains_key(&item.id));
                (None, open.map(|item| item.id))
            }
        }
    }

    /// The seconds that are planned for what is spoken of: both openings before the first item.
    pub(super) fn planned(&self) -> u64 {
        let Some(item) = self.floor.item else {
            let opening = &self.plan.plan.opening;
            return Side::ALL.into_iter().map(|side| side.of(opening)).sum();
        };
        let place = self.place(item).and_then(|place| self.items.get(place));
        place.map_or(0, |item| item.seconds)
    }
}

/// All items, with what came of them: one tap goes there.
pub(super) fn list(page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(board) = Board::of(view) else {
        return asking(phrases.note_no_meeting(), phrases);
    };
    let in_all = board.floor.in_all(Some(view.now));
    let said = |side: Side| say::minutes(side.of(&in_all), phrases);
    let (ours, theirs) = (said(Side::Organisations), said(Side::Authority));
    let mut html = phrases.floor_list(&ours, &theirs);
    if !board.is_settled {
        html.line(&phrases.floor_unsettled());
    }
    if board.items.is_empty() {
        html.line(&phrases.floor_nothing());
    }
    let (shown, turning) = screen::page(&board.items, page, A_PAGE, phrases);
    let mut rows = Vec::new();
    for (number, item) in shown {
        let Some(concern) = view.world.concern(item.id) else {
            continue;
        };
        let name = card::name(&concern.answers, &view.forum.config, phrases);
        let came = board.floor.outcome(item.id).map(|outcome| outcome.status());
        let came = came.map_or_else(|| "–".to_owned(), |status| card::status(status, phrases));
        html.line(&phrases.floor_entry(&phrases.number(number), &name, &came));
        let tap = Tap::Floor(board.tap(Tapped::Open(item.id)));
        let sign = sign(
            board.floor.outcome(item.id),
            board.floor.item == Some(item.id),
        );
        let label = screen::numbered(number, &name, phrases);
        rows.push(vec![(format!("{label}{sign}"), Action::Desk(tap))]);
    }
    rows.extend(turning);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// A sign for what came of an item, or for the one that is spoken of.
fn sign(came: Option<FloorOutcome>, is_open: bool) -> &'static str {
    match came {
        Some(FloorOutcome::Answered) => " ✅",
        Some(FloorOutcome::Promised(_)) => " 🤝",
        Some(FloorOutcome::Deflected) => " ↪️",
        Some(FloorOutcome::NotReached) => " ⌛",
        None if is_open => " 🎙",
        None => "",
    }
}

/// A name's beginning.
pub(super) fn short(name: &str) -> String {
    if name.graphemes(true).count() <= SHORT {
        return name.to_owned();
    }
    name.graphemes(true).take(SHORT - 1).chain(["…"]).collect()
}
