//! The floor log at an organiser's desk: what is spoken of on the day, one tap for what comes of it, a clock for each side.
//!
//! Guarantees: all who log a meeting see the same item, the newest screen of each keeps up with what the others tap, and nobody
//! overwrites what another has logged without seeing it. A tap that was received already changes nothing.
//!
//! | file | about |
//! |---|---|
//! | `places` | where one can be |
//! | `tap` | the buttons, which count on older messages as well |
//! | `items` | what can be spoken of, and the list of it |
//! | `minutes` | how long a side has spoken, corrected |
//! | `promise` | something was promised |

mod items;
mod minutes;
mod places;
mod promise;
mod tap;

pub use places::FloorDesk;
pub(in crate::dialogue) use promise::tell_unlogged;
pub use tap::{FloorTap, Tapped};

use serde::{Deserialize, Serialize};

use self::items::Board;
use super::agenda::{paper, say};
use super::promises::words::SoFar;
use super::{Desk, Tap, asking, go, may, order, to_menu};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::floor::{Look, Mark, OnFloor, known, look};
use crate::dialogue::screen::{Row, Screen, View};
use crate::dialogue::{Action, Effect, Person, Turn};
use crate::domain::floor::{Subject, subject};
use crate::domain::{Act, FloorDeed, FloorEntry, FloorOutcome, MessageId, Side};
use crate::text::{Html, Phrases, card, date};

/// What somebody means to log of a concern though another has logged something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    /// It was answered.
    Answered,
    /// Something was promised: as far as that is said.
    Promised(SoFar),
    /// The answer was evaded.
    Deflected,
    /// There was no time for it.
    NotReached,
}

impl Instead {
    /// What would count then.
    fn outcome(&self) -> FloorOutcome {
        match self {
            Self::Answered => FloorOutcome::Answered,
            Self::Promised(_) => FloorOutcome::Promised(0),
            Self::Deflected => FloorOutcome::Deflected,
            Self::NotReached => FloorOutcome::NotReached,
        }
    }
}

/// To what is spoken of.
pub(super) fn begin(turn: &mut Turn) {
    if turn.world.meeting().is_none() {
        turn.note(|phrases| phrases.note_no_meeting());
        return to_menu(turn);
    }
    go(turn, FloorDesk::Floor);
}

/// The way there stands first in the menu on a day of the meeting.
pub(super) fn on_the_day(view: View<'_>, phrases: Phrases<'_>) -> Vec<Row> {
    let Some(meeting) = view.world.meeting() else {
        return Vec::new();
    };
    let today = view.now.to_zoned(view.zone()).date();
    let mut days = meeting.days.iter().filter(|day| day.date == today);
    let row = days
        .next()
        .map(|_| vec![(phrases.button_floor(), Action::Desk(Tap::Outcome))]);
    row.into_iter().collect()
}

/// Whether somebody looks at what others log: then their screen keeps up with it.
pub fn looks_at_the_floor(person: &Person) -> bool {
    let looks = matches!(
        person.desk(),
        Some(Desk::Floor(FloorDesk::Floor | FloorDesk::FloorList(_)))
    );
    looks && may(person, Act::Floor)
}

/// Whether words are in the making at the floor's desk: a tap on an older message does not take them away.
fn is_writing(person: &Person) -> bool {
    matches!(
        person.desk(),
        Some(Desk::Floor(
            FloorDesk::FloorPromise { .. }
                | FloorDesk::FloorMinutes { .. }
                | FloorDesk::FloorReplace { .. }
        ))
    )
}

/// A button on whichever message.
pub(in crate::dialogue) fn on_press(
    turn: &mut Turn,
    query: String,
    message: Option<MessageId>,
    tap: FloorTap,
) {
    turn.pressed = message;
    let first = turn.effects.len();
    let text = tapped(turn, tap);
    turn.effects.insert(first, Effect::Toast { query, text });
}

/// The same where the screen offered it.
pub(super) fn on_tap(turn: &mut Turn, tap: FloorTap) {
    let before = turn.effects.len();
    tapped(turn, tap);
    if turn.effects.len() == before {
        turn.show();
    }
}

/// Logs it, and shows what stands then. What is said over the button; nothing more where it was received already.
fn tapped(turn: &mut Turn, tap: FloorTap) -> Option<String> {
    let meeting = turn.world.meeting();
    if meeting.is_none_or(|known| known.id != tap.meeting) {
        turn.show();
        return Some(turn.phrases().toast_old());
    }
    let Some(mark) = tap.what.mark() else {
        return promise::begin(turn, tap);
    };
    let on_floor = tap.order(mark);
    match look(&on_floor, Some(turn.person.number), &*turn.world) {
        // Whoever taps twice on a bad connection has been heard.
        Look::Already => Some(turn.phrases().toast_again()),
        Look::Disputed => {
            dispute(turn, on_floor.meeting, tap.what);
            None
        }
        Look::Fresh => {
            let logged = order(turn, Order::Floor(on_floor)).is_some();
            show(turn);
            done(tap.what, turn.phrases()).filter(|_| logged)
        }
    }
}

/// What stands now; whoever is writing goes on with that.
fn show(turn: &mut Turn) {
    if is_writing(&turn.person) {
        turn.show();
    } else {
        go(turn, FloorDesk::Floor);
    }
}

/// What is said over the button once it is logged.
fn done(what: Tapped, phrases: Phrases<'_>) -> Option<String> {
    let status = match what {
        Tapped::Answered(_) => FloorOutcome::Answered.status(),
        Tapped::Deflected(_) => FloorOutcome::Deflected.status(),
        Tapped::NotReached(_) => FloorOutcome::NotReached.status(),
        Tapped::Undo(_) => return Some(phrases.toast_undone()),
        Tapped::Promised(_) | Tapped::Open(_) | Tapped::Speaks(_) | Tapped::Stop => return None,
    };
    Some(phrases.toast_decided(&card::status(status, phrases)))
}

/// Somebody else has logged something about the same since: what stands is shown, and what came of a concern may be replaced.
fn dispute(turn: &mut Turn, meeting: u64, what: Tapped) {
    match what {
        Tapped::Answered(item) => ask_instead(turn, meeting, item, Instead::Answered),
        Tapped::Deflected(item) => ask_instead(turn, meeting, item, Instead::Deflected),
        Tapped::NotReached(item) => ask_instead(turn, meeting, item, Instead::NotReached),
        Tapped::Promised(item) => {
            ask_instead(turn, meeting, item, Instead::Promised(SoFar::Text));
        }
        Tapped::Open(_) | Tapped::Speaks(_) | Tapped::Stop | Tapped::Undo(_) => {
            turn.note(|phrases| phrases.note_floor_changed());
            show(turn);
        }
    }
}

/// Whether what stands may be replaced, as it is now.
fn ask_instead(turn: &mut Turn, meeting: u64, item: u64, instead: Instead) {
    let (_, floor) = known(meeting, &*turn.world);
    let seen = floor.seen;
    go(
        turn,
        FloorDesk::FloorReplace {
            item,
            seen,
            instead,
        },
    );
}

/// The question whether what another has logged may be replaced.
fn replacing(item: u64, instead: &Instead, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some((board, concern)) = Board::of(view).zip(view.world.concern(item)) else {
        return asking(phrases.note_concern_gone(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let status = |status| card::status(status, phrases);
    let stands = match board.floor.outcome(item) {
        Some(outcome) => status(outcome.status()),
        // They have taken back what was there.
        None => status(concern.status),
    };
    let about =
        |entry: &&FloorEntry| subject(&board.log, entry.what) == Some(Subject::Outcome(item));
    let newest = board.log.iter().rev().find(about);
    let by = newest.map_or_else(String::new, |entry| who(entry, view, phrases));
    let instead = status(instead.outcome().status());
    Screen {
        html: phrases.ask_instead(&name, &by, &stands, &instead),
        rows: vec![
            vec![(phrases.button_instead(&instead), Action::Yes)],
            vec![(phrases.button_leave_it(), Action::Back)],
        ],
    }
}

/// It is replaced.
fn on_instead(turn: &mut Turn, item: u64, seen: u64, instead: Instead) {
    let what = match &instead {
        Instead::Answered => Mark::Answered(item),
        Instead::Deflected => Mark::Deflected(item),
        Instead::NotReached => Mark::NotReached(item),
        Instead::Promised(said) => return promise::go_on(turn, item, seen, said.clone()),
    };
    log(turn, item, seen, what, instead);
}

/// Logs what came of an item, once all of it is said; asks again if another has come since.
fn log(turn: &mut Turn, item: u64, seen: u64, what: Mark, instead: Instead) {
    let Some(meeting) = turn.world.meeting().map(|known| known.id) else {
        return begin(turn);
    };
    let on_floor = OnFloor {
        meeting,
        seen,
        what,
    };
    if look(&on_floor, Some(turn.person.number), &*turn.world) == Look::Disputed {
        return ask_instead(turn, meeting, item, instead);
    }
    order(turn, Order::Floor(on_floor));
    go(turn, FloorDesk::Floor);
}

/// Who logged this.
fn who(entry: &FloorEntry, view: View<'_>, phrases: Phrases<'_>) -> String {
    match entry.by {
        Some(number) => super::people::with_number(number, view, phrases),
        None => phrases.who_command_line(),
    }
}

/// What is spoken of.
fn screen(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(board) = Board::of(view) else {
        return asking(phrases.note_no_meeting(), phrases);
    };
    let mut html = Html::default();
    let tap = |label, what| (label, Action::Desk(Tap::Floor(board.tap(what))));
    let mut rows: Vec<Row> = Vec::new();
    match board.floor.item {
        Some(item) => {
            about(item, &board, view, phrases, &mut html);
            let may_come = view.world.concern(item);
            if may_come.is_some_and(|concern| Act::Floor.fits(concern.status)) {
                rows.push(vec![
                    tap(phrases.button_answered(), Tapped::Answered(item)),
                    tap(phrases.button_promised(), Tapped::Promised(item)),
                ]);
                rows.push(vec![
                    tap(phrases.button_deflected(), Tapped::Deflected(item)),
                    tap(phrases.button_not_reached(), Tapped::NotReached(item)),
                ]);
            }
        }
        None => beginning(&board, phrases, &mut html),
    }
    time(&board, view, phrases, &mut html);
    rows.push(clock(&board, phrases));
    let (before, after) = board.around();
    let turning = [
        before.map(|id| tap(phrases.button_item_before(), Tapped::Open(id))),
        after.map(|id| tap(phrases.button_item_after(), Tapped::Open(id))),
    ];
    let turning: Row = turning.into_iter().flatten().collect();
    if !turning.is_empty() {
        rows.push(turning);
    }
    if let Some(last) = &board.floor.last {
        let what = deed(last, view, phrases);
        let at = date::hour(phrases, last.at, &view.zone());
        html.line(&phrases.floor_last(&what, &at, &who(last, view, phrases)));
        rows.push(vec![tap(
            phrases.button_undo_last(&what),
            Tapped::Undo(last.place),
        )]);
    }
    rows.push(vec![
        (phrases.button_items(), Action::Desk(Tap::Items)),
        (phrases.button_correct_minutes(), Action::Desk(Tap::Correct)),
    ]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The item: what it asks, who speaks, what came of it.
fn about(item: u64, board: &Board, view: View<'_>, phrases: Phrases<'_>, html: &mut Html) {
    let Some(concern) = board.concern(item, view) else {
        html.line(&phrases.note_concern_gone());
        return;
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let place = board.place(item).map_or(0, |place| place as u64 + 1);
    let (number, count) = (phrases.number(place), board.items.len() as u64);
    html.line(&phrases.floor_item(&number, &phrases.number(count), &name));
    for line in paper::gist(&concern, view, phrases) {
        html.line(&line);
    }
    if let Some(entry) = board.floor.outcomes.get(&item) {
        let what = deed(entry, view, phrases);
        html.paragraph(&phrases.floor_came(&what));
        if let FloorDeed::Outcome(_, FloorOutcome::Promised(id), _) = entry.what
            && let Some(promise) = view.world.promise(id)
        {
            html.line(&Html::text(&format!("🤝 {}", promise.text)));
        }
    }
}

/// Before the first item.
fn beginning(board: &Board, phrases: Phrases<'_>, html: &mut Html) {
    if board.items.is_empty() {
        html.line(&phrases.floor_nothing());
        return;
    }
    let seconds = board.items.iter().map(|item| item.seconds).sum();
    let minutes = say::minutes(seconds, phrases);
    html.line(&phrases.floor_beginning(board.items.len() as u64, &minutes));
    if !board.is_settled {
        html.paragraph(&phrases.floor_unsettled());
    }
}

/// How long each side has spoken, and who speaks.
fn time(board: &Board, view: View<'_>, phrases: Phrases<'_>, html: &mut Html) {
    let item = board.floor.item;
    let spoken = |side| board.floor.spoken(item, side, Some(view.now));
    let said = |side| say::minutes(spoken(side), phrases);
    let (ours, theirs) = (said(Side::Organisations), said(Side::Authority));
    let used: u64 = Side::ALL.into_iter().map(spoken).sum();
    let planned = say::minutes(board.planned(), phrases);
    html.paragraph(&phrases.floor_used(&say::minutes(used, phrases), &planned));
    html.line(&phrases.floor_sides(&ours, &theirs));
    if let Some((side, since)) = board.floor.speaks {
        let at = date::hour(phrases, since, &view.zone());
        html.line(&match side {
            Side::Organisations => phrases.floor_ours_speak(&at),
            Side::Authority => phrases.floor_theirs_speak(&at),
        });
    }
}

/// Who speaks: one tap for the other side, one to stop.
fn clock(board: &Board, phrases: Phrases<'_>) -> Row {
    let tap = |label, what| (label, Action::Desk(Tap::Floor(board.tap(what))));
    let speaks = board.floor.speaks.map(|(side, _)| side);
    let mut row: Row = Side::ALL
        .into_iter()
        .filter(|side| speaks != Some(*side))
        .map(|side| {
            let label = match side {
                Side::Organisations => phrases.button_ours_speak(),
                Side::Authority => phrases.button_theirs_speak(),
            };
            tap(label, Tapped::Speaks(side))
        })
        .collect();
    if speaks.is_some() {
        row.insert(0, tap(phrases.button_clock_stop(), Tapped::Stop));
    }
    row
}

/// What was logged, in a word or two.
fn deed(entry: &FloorEntry, view: View<'_>, phrases: Phrases<'_>) -> String {
    match entry.what {
        FloorDeed::Opened(id) => {
            let concern = view.world.concern(id);
            let name = concern.map(|known| card::name(&known.answers, &view.forum.config, phrases));
            name.map_or_else(|| phrases.floor_deed_item(), |name| items::short(&name))
        }
        FloorDeed::Outcome(_, outcome, _) => card::status(outcome.status(), phrases),
        FloorDeed::Speaks(Side::Organisations) => phrases.button_ours_speak(),
        FloorDeed::Speaks(Side::Authority) => phrases.button_theirs_speak(),
        FloorDeed::Stopped => phrases.button_clock_stop(),
        FloorDeed::Spoke(..) => phrases.floor_deed_minutes(),
        // It is never the newest that counts.
        FloorDeed::Undone(_) => String::new(),
    }
}
