//! One item: why it is in or out, how long it takes, what is decided about it by hand, where it stands in the speaking order.

use serde::{Deserialize, Serialize};

use super::super::{Desk, Tap, asking, go, order};
use super::{AgendaDesk, Board, is_fixed, open, say, there};
use crate::agenda::{ByHand, Step, may_be_raised};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::agenda::{LONGEST, OnAgenda, fixed_at, planned};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Turn};
use crate::domain::{AgendaItem, Concern};
use crate::text::clean::parse_number;
use crate::text::{Html, Phrases, card};

/// Minutes that are offered.
const OFFERED: [u64; 4] = [5, 10, 15, 20];

/// What is done with an item by hand, once it is said why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Override {
    /// It is in.
    PutIn,
    /// It is out.
    TakenOut,
    /// It is spoken of one place earlier.
    Earlier,
    /// And one place later.
    Later,
}

impl Override {
    fn order(self, id: u64, reason: &str) -> OnAgenda {
        let reason = reason.to_owned();
        let by_hand = |what| OnAgenda::ByHand(id, Some((what, reason.clone())));
        let moved = |step| OnAgenda::Move(id, Some((step, Some(reason.clone()))));
        match self {
            Self::PutIn => by_hand(ByHand::PutIn),
            Self::TakenOut => by_hand(ByHand::TakenOut),
            Self::Earlier => moved(Step::Earlier),
            Self::Later => moved(Step::Later),
        }
    }
}

/// The concern and what is known of it as an item, if it can be raised, or was settled to be.
fn known(id: u64, view: View<'_>) -> Option<(Concern, AgendaItem)> {
    let plan = planned(view.world)?;
    if fixed_at(&plan, view.world).is_some() {
        let board = Board::of(view)?;
        let mut all = board.ins.into_iter().chain(board.outs);
        return Some((
            view.world.concern(id)?,
            all.find(|item| item.concern == id)?,
        ));
    }
    let review = view.forum.config.settings.review;
    let concern = view.world.concern(id);
    let concern = concern.filter(|known| may_be_raised(known.status, known.disclosure, review))?;
    let item = view.world.agenda_item(id);
    let item = item.filter(|item| item.meeting == plan.meeting);
    Some((
        concern,
        item.unwrap_or_else(|| AgendaItem::new(plan.meeting, id)),
    ))
}

/// To an item, as it is now.
pub(in super::super) fn look(turn: &mut Turn, page: u32, id: u64) {
    let Some(plan) = there(turn) else { return };
    if known(id, turn.view()).is_none() {
        turn.note(|phrases| phrases.note_not_raised());
        return open(turn, page);
    }
    let seen = plan.version;
    go(turn, AgendaDesk::AgendaItem { page, id, seen });
}

pub(super) fn screen(id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some((concern, item)) = known(id, view) else {
        return asking(phrases.note_not_raised(), phrases);
    };
    let config = &view.forum.config;
    let mut html = Html::bold(&card::name(&concern.answers, config, phrases));
    html.line(&Html::code(&concern.receipt.to_string()));
    html.line(&Html::text(&card::subject(
        &concern.answers,
        config,
        phrases,
    )));
    if let Some(verdict) = &item.verdict {
        let minutes = say::minutes(verdict.seconds, phrases);
        html.line(&phrases.agenda_item(&minutes, verdict.supporters));
        let reason = item.by_hand.as_ref().map(|known| known.reason.as_str());
        html.paragraph(&say::why(verdict, reason.unwrap_or_default(), phrases));
    }
    let board = Board::of(view);
    let (is_fixed, is_awaited) = board
        .as_ref()
        .map_or((false, false), |board| (board.is_fixed, board.is_awaited()));
    let place = board.and_then(|board| board.place(id));
    if let Some((place, all)) = place {
        html.paragraph(&phrases.agenda_place(&phrases.number(place), &phrases.number(all)));
        if let Some(moved) = &item.moved {
            html.line(&phrases.why_moved(&moved.reason));
        }
    }
    if is_awaited {
        if let Some(decision) = &item.by_hand {
            html.paragraph(&say::by_hand(decision, phrases));
        }
        html.paragraph(&phrases.agenda_making());
    }
    let tap = |label, tap| (label, Action::Desk(tap));
    let (put_in, take_out) = (
        tap(phrases.button_put_in(), Tap::PutIn),
        tap(phrases.button_take_out(), Tap::TakeOut),
    );
    let by_hand = match item.by_hand.map(|known| known.what) {
        Some(_) => vec![tap(phrases.button_take_back(), Tap::TakeBack)],
        None if item.verdict.is_none() => vec![put_in, take_out],
        None if item.place.is_some() => vec![take_out],
        None => vec![put_in],
    };
    let minutes = tap(phrases.button_minutes(), Tap::Minutes);
    let mut more = Vec::from_iter((!is_fixed).then_some(minutes));
    if item.verdict.is_some() {
        more.push(tap(phrases.button_card(), Tap::Cards));
    }
    let mut rows = Vec::from_iter((!is_fixed).then_some(by_hand));
    if let Some((place, all)) = place.filter(|_| !is_fixed) {
        let ways = [
            (place > 1).then(|| tap(phrases.button_earlier(), Tap::Earlier)),
            (place < all).then(|| tap(phrases.button_later(), Tap::Later)),
        ];
        rows.push(ways.into_iter().flatten().collect());
        if item.moved.is_some() {
            rows.push(vec![tap(phrases.button_order_back(), Tap::OrderBack)]);
        }
    }
    rows.push(more);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    rows.retain(|row| !row.is_empty());
    Screen { html, rows }
}

/// The item where the person is, if the agenda is still as it was shown. If not, it is shown again.
fn shown(turn: &mut Turn) -> Option<(u32, u64)> {
    let Some(Desk::Agenda(AgendaDesk::AgendaItem { page, id, seen })) = turn.person.desk().cloned()
    else {
        turn.show();
        return None;
    };
    if planned(&*turn.world).is_some_and(|plan| plan.version == seen) {
        return Some((page, id));
    }
    turn.note(|phrases| phrases.note_agenda_changed());
    look(turn, page, id);
    None
}

/// It is in or out; why is asked for.
pub(in super::super) fn on_by_hand(turn: &mut Turn, what: Override) {
    if let Some((page, id)) = shown(turn) {
        go(turn, AgendaDesk::AgendaWhy { page, id, what });
    }
}

/// It is moved by one place; why is asked for the first time.
pub(in super::super) fn on_move(turn: &mut Turn, step: Step) {
    let Some((page, id)) = shown(turn) else {
        return;
    };
    let item = known(id, turn.view());
    if item.is_some_and(|(_, item)| item.moved.is_some()) {
        order(turn, Order::Agenda(OnAgenda::Move(id, Some((step, None)))));
        return look(turn, page, id);
    }
    let what = match step {
        Step::Earlier => Override::Earlier,
        Step::Later => Override::Later,
    };
    go(turn, AgendaDesk::AgendaWhy { page, id, what });
}

/// Where it stands is left to the rule again.
pub(in super::super) fn on_order_back(turn: &mut Turn) {
    if let Some((page, id)) = shown(turn) {
        order(turn, Order::Agenda(OnAgenda::Move(id, None)));
        open(turn, page);
    }
}

/// Why it is decided by hand.
pub(super) fn why(id: u64, what: Override, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some((concern, _)) = known(id, view) else {
        return asking(phrases.note_not_raised(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let html = match what {
        Override::PutIn => phrases.ask_put_in(&name),
        Override::TakenOut => phrases.ask_take_out(&name),
        Override::Earlier => phrases.ask_earlier(&name),
        Override::Later => phrases.ask_later(&name),
    };
    asking(html, phrases)
}

pub(super) fn on_reason(turn: &mut Turn, page: u32, id: u64, what: Override, text: &str) {
    let done = order(turn, Order::Agenda(what.order(id, text)));
    let moves = matches!(what, Override::Earlier | Override::Later);
    let still = match moves {
        true => Board::of(turn.view())
            .and_then(|board| board.place(id))
            .is_some(),
        false => known(id, turn.view()).is_some(),
    };
    match done {
        // Too many words, or none: they are asked for again. What cannot be raised any more, has no place to move to, or stands fast since the
        // meeting has begun, is not.
        None if still && !is_fixed(turn.world) => turn.show(),
        Some(_) if moves => look(turn, page, id),
        Some(_) | None => open(turn, page),
    }
}

/// It is left to the method again.
pub(in super::super) fn on_take_back(turn: &mut Turn) {
    if let Some((page, id)) = shown(turn) {
        order(turn, Order::Agenda(OnAgenda::ByHand(id, None)));
        open(turn, page);
    }
}

/// How long it takes is asked for.
pub(in super::super) fn on_minutes(turn: &mut Turn) {
    if let Some((page, id)) = shown(turn) {
        go(turn, AgendaDesk::AgendaMinutes { page, id });
    }
}

/// How long it takes: offered, or typed.
pub(super) fn minutes(id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(((concern, item), plan)) = known(id, view).zip(planned(view.world)) else {
        return asking(phrases.note_not_raised(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let now = say::minutes(item.seconds.unwrap_or(plan.plan.item), phrases);
    let mut screen = asking(phrases.ask_minutes(&name, &now), phrases);
    let offered = OFFERED.map(|number| {
        let label = phrases.minutes(&phrases.number(number));
        (label, Action::Pick(number.to_string()))
    });
    screen.rows.insert(0, offered.into());
    let plain = (phrases.button_as_others(), Action::Pick("plain".to_owned()));
    screen.rows.insert(1, vec![plain]);
    screen
}

/// A number of minutes was chosen or typed, or as long as others.
pub(super) fn on_number(turn: &mut Turn, page: u32, id: u64, text: &str) {
    let most = LONGEST / 60;
    let number = parse_number(text).filter(|number| (1..=most).contains(number));
    if number.is_none() && text != "plain" {
        turn.note(|phrases| phrases.note_number(1, most));
        return turn.show();
    }
    let seconds = number.map(|minutes| minutes * 60);
    order(turn, Order::Agenda(OnAgenda::ItemTime(id, seconds)));
    open(turn, page);
}
