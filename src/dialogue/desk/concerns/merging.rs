//! A concern becomes part of another: which, and that it does.

use super::super::{asking, go, note, order};
use super::ConcernDesk;
use super::card::{as_seen, look, shown, there};
use super::deciding::{go_on, note_decided, with};
use super::queue::{self, Lens};
use crate::dialogue::organising::{OnConcern, Order};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Turn};
use crate::domain::concern::question;
use crate::domain::{Concern, Deed, Receipt, Stamp, Status};
use crate::text::clean::clean_line;
use crate::text::{Html, Phrases, card};

/// Close concerns that are offered.
const CLOSE: usize = 5;

/// It becomes part of another; which is asked for.
pub(in super::super) fn on_merge(turn: &mut Turn) {
    if let Some((lens, concern)) = shown(turn) {
        begin_merging(turn, lens, &concern);
    }
}

/// To the choice of the concern into which it goes.
pub(in crate::dialogue) fn begin_merging(turn: &mut Turn, lens: Lens, concern: &Concern) {
    let offered = close(concern, turn.view());
    go(
        turn,
        ConcernDesk::Merging {
            lens,
            id: concern.id,
            seen: concern.stamp(),
            offered: offered.into_iter().map(|close| close.id).collect(),
        },
    );
}

/// What others said that is close, closest first.
pub(super) fn close(concern: &Concern, view: View<'_>) -> Vec<Concern> {
    let close = view.world.close_to(&concern.answers).into_iter();
    close
        .filter(|id| *id != concern.id)
        .filter_map(|id| there(id, view))
        .filter(|other| may_take_parts(other, view))
        .take(CLOSE)
        .collect()
}

fn may_take_parts(whole: &Concern, view: View<'_>) -> bool {
    whole.may_take_parts(view.world.meeting().map(|meeting| meeting.id))
}

/// Into which other it goes: those that are close, or what was searched.
pub(super) fn screen(id: u64, offered: &[u64], view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(concern) = there(id, view) else {
        return asking(phrases.note_concern_gone(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let mut html = phrases.ask_merge(&name);
    let mut rows = Vec::new();
    let offered = offered.iter().filter_map(|id| there(*id, view));
    for (number, whole) in (1..).zip(offered) {
        let name = card::name(&whole.answers, &view.forum.config, phrases);
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&name));
        entry.line(&Html::code(&whole.receipt.to_string()));
        if let Some(words) = card::opening(whole.answers.story(question::STORY)) {
            entry.line(&Html::text(&words));
        }
        html.paragraph(&entry);
        rows.push(vec![(
            screen::numbered(number, &name, phrases),
            Action::Open(whole.id),
        )]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// A receipt or words were typed for the concern into which it goes.
pub(super) fn on_words(turn: &mut Turn, lens: Lens, id: u64, seen: Stamp, text: &str) {
    let words = clean_line(text);
    let by_receipt = Receipt::parse(&words).ok();
    let found: Vec<u64> = match by_receipt.and_then(|receipt| turn.world.concern_of(receipt)) {
        Some(concern) => vec![concern.id],
        None if words.is_empty() => Vec::new(),
        None => {
            note(turn, Deed::Searched);
            turn.world.search(&words, 4 * CLOSE)
        }
    };
    let view = turn.view();
    let offered: Vec<u64> = found
        .into_iter()
        .filter(|other| *other != id)
        .filter(|other| there(*other, view).is_some_and(|other| may_take_parts(&other, view)))
        .take(CLOSE)
        .collect();
    if offered.is_empty() {
        turn.note(|phrases| phrases.note_nothing_found(&words));
        return turn.show();
    }
    go(
        turn,
        ConcernDesk::Merging {
            lens,
            id,
            seen,
            offered,
        },
    );
}

pub(super) fn on_chosen(turn: &mut Turn, lens: Lens, part: u64, seen: Stamp, whole: u64) {
    let Some((lens, concern)) = as_seen(turn, lens, part, seen) else {
        return;
    };
    let Some(whole) = there(whole, turn.view()) else {
        turn.note(|phrases| phrases.note_concern_gone());
        return look(turn, lens, part);
    };
    let next = queue::after(turn, &lens, part);
    let merged = OnConcern {
        into: Some(whole.receipt),
        ..with(&concern, Status::Merged)
    };
    if order(turn, Order::Concern(merged)).is_none() {
        return look(turn, lens, part);
    }
    note_decided(turn, &concern, Status::Merged);
    go_on(turn, lens, part, next);
}
