//! How long a side has spoken, corrected: nobody stops a clock every time.

use super::super::agenda::say;
use super::super::{asking, go, order};
use super::{Board, FloorDesk};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::floor::{LONGEST, Look, Mark, OnFloor, look};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Turn};
use crate::domain::Side;
use crate::text::clean::parse_number;
use crate::text::{Phrases, card};

/// Minutes that are offered.
const OFFERED: [u64; 4] = [2, 5, 10, 15];
/// Each side, by the id that buttons give it.
const SIDES: [(&str, Side); 2] = [
    ("organisations", Side::Organisations),
    ("authority", Side::Authority),
];

fn name(side: Side, phrases: Phrases<'_>) -> String {
    match side {
        Side::Organisations => phrases.floor_ours(),
        Side::Authority => phrases.floor_theirs(),
    }
}

/// What is spoken of, in words.
fn of_what(item: Option<u64>, view: View<'_>, phrases: Phrases<'_>) -> String {
    let concern = item.and_then(|id| view.world.concern(id));
    let name = concern.map(|known| card::name(&known.answers, &view.forum.config, phrases));
    name.unwrap_or_else(|| phrases.floor_opening())
}

/// Which side's.
pub(super) fn sides(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(board) = Board::of(view) else {
        return asking(phrases.note_no_meeting(), phrases);
    };
    let item = board.floor.item;
    let html = phrases.ask_whose_minutes(&of_what(item, view, phrases));
    let mut screen = asking(html, phrases);
    let sides = SIDES.map(|(id, side)| {
        let spoken = say::minutes(board.floor.spoken(item, side, Some(view.now)), phrases);
        let label = format!("{}: {spoken}", name(side, phrases));
        vec![(label, Action::Pick(id.to_owned()))]
    });
    screen.rows.splice(0..0, sides);
    screen
}

pub(super) fn on_side(turn: &mut Turn, id: &str) {
    let side = SIDES.iter().find(|(known, _)| *known == id);
    let board = Board::of(turn.view());
    let Some(((_, side), board)) = side.zip(board) else {
        return turn.show();
    };
    let (item, seen) = (board.floor.item, board.floor.seen);
    let side = *side;
    go(turn, FloorDesk::FloorMinutes { item, side, seen });
}

/// How long: offered, or typed.
pub(super) fn one(item: Option<u64>, side: Side, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(board) = Board::of(view) else {
        return asking(phrases.note_no_meeting(), phrases);
    };
    let now = say::minutes(board.floor.spoken(item, side, Some(view.now)), phrases);
    let what = of_what(item, view, phrases);
    let mut screen = asking(
        phrases.ask_side_spoken(&what, &name(side, phrases), &now),
        phrases,
    );
    let offered = OFFERED.map(|number| {
        let label = phrases.minutes(&phrases.number(number));
        (label, Action::Pick(number.to_string()))
    });
    screen.rows.insert(0, offered.into());
    screen
}

/// So many minutes, or minutes and seconds, were chosen or typed.
pub(super) fn on_number(turn: &mut Turn, (item, side): (Option<u64>, Side), seen: u64, text: &str) {
    let Some(seconds) = seconds(text) else {
        turn.note(|phrases| phrases.note_number(0, LONGEST / 60));
        return turn.show();
    };
    let Some(meeting) = turn.world.meeting().map(|known| known.id) else {
        return super::begin(turn);
    };
    let what = Mark::Spoke(item, side, seconds);
    let on_floor = OnFloor {
        meeting,
        seen,
        what,
    };
    // What another has corrected meanwhile is seen before it is corrected again.
    if look(&on_floor, Some(turn.person.number), &*turn.world) == Look::Disputed {
        turn.note(|phrases| phrases.note_floor_changed());
        return go(turn, FloorDesk::FloorTimes);
    }
    order(turn, Order::Floor(on_floor));
    go(turn, FloorDesk::Floor);
}

/// `7` or `7:30`, in whichever digits.
fn seconds(text: &str) -> Option<u64> {
    let (minutes, rest) = text.split_once(':').unwrap_or((text, "0"));
    let minutes = parse_number(minutes)?;
    let rest = parse_number(rest).filter(|rest| *rest < 60)?;
    let seconds = minutes.checked_mul(60)?.checked_add(rest)?;
    (seconds <= LONGEST).then_some(seconds)
}
