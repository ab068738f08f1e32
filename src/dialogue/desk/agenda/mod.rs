//! The agenda at an organiser's desk: the proposal, what would be otherwise, and settling it.
//!
//! Guarantees: whoever settles has seen what they settle; an agenda that is out of date says so and is worked out anew; what was
//! decided by hand shows its reason.
//!
//! | file | about |
//! |---|---|
//! | `places` | where one can be |
//! | `times` | how the meeting's time is divided |
//! | `item` | one item: why it is in or out, how long it takes, what is decided by hand |
//! | `say` | minutes and reasons in words |
//! | `paper` | what is taken along: the agenda, and a card for each item |
//! | `listing` | the agenda as data |

pub(super) mod item;
pub(super) mod listing;
pub(super) mod paper;
mod places;
pub(super) mod say;
pub(super) mod times;

pub use places::AgendaDesk;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Desk, Tap, go, may, note, order, to_menu};
use crate::agenda::{Proposal, may_be_raised};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::agenda::{OnAgenda, fixed_at, has_begun, planned, take};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Effect, Late, PaperForm, Papers, Turn, World};
use crate::domain::{Act, AgendaItem, AgendaPlan, Deed, Status};
use crate::text::{Html, Phrases, card, date};

/// Items on a page.
const A_PAGE: usize = 8;

/// The agenda as it is kept, without what can no longer be raised; once the meeting has begun, as it was settled for it.
pub(super) struct Board {
    pub(super) plan: AgendaPlan,
    /// When it was settled, if it is as it was settled then.
    settled_at: Option<Timestamp>,
    /// Whether it stays so.
    is_fixed: bool,
    /// What is in, in the order in which it is spoken of.
    pub(super) ins: Vec<AgendaItem>,
    /// What is out, most supporters first.
    pub(super) outs: Vec<AgendaItem>,
}

impl Board {
    /// Nothing while no meeting is known.
    fn of(view: View<'_>) -> Option<Self> {
        let plan = planned(view.world)?;
        let review = view.forum.config.settings.review;
        let glances = view.world.glances().into_iter();
        let glances: BTreeMap<u64, _> = glances.map(|glance| (glance.id, glance)).collect();
        let fixed_at = fixed_at(&plan, view.world);
        let mut items = view.world.agenda_items(plan.meeting);
        let (plan, is_in): (_, fn(&AgendaItem) -> bool) = match fixed_at {
            Some(_) => {
                // What could be raised only after that is no matter of it.
                let then = |item: &AgendaItem| item.settled.is_some() || item.reasons.is_some();
                items.retain(then);
                items = items.into_iter().map(AgendaItem::as_settled).collect();
                (plan.as_settled(), |item| item.settled.is_some())
            }
            None => (plan, AgendaItem::is_in),
        };
        items.retain(|item| {
            let glance = glances.get(&item.concern);
            // What was dealt with was settled to be.
            let may_be_raised = glance.is_some_and(|glance| match (fixed_at, item.settled) {
                (Some(_), Some(_)) => glance.status.is_in() && glance.disclosure.lets_others_read(),
                (Some(_) | None, _) => may_be_raised(glance.status, glance.disclosure, review),
            });
            item.verdict.is_some() && may_be_raised
        });
        let (mut ins, mut outs): (Vec<_>, Vec<_>) = items.into_iter().partition(is_in);
        ins.sort_by_key(|item| item.place);
        let supporters = |item: &AgendaItem| item.verdict.as_ref().map(|known| known.supporters);
        outs.sort_by_key(|item| (Reverse(supporters(item)), item.concern));
        let settled = plan.settled.as_ref().filter(|_| plan.is_settled());
        Some(Self {
            settled_at: fixed_at.or(settled.map(|settled| settled.at)),
            is_fixed: fixed_at.is_some(),
            plan,
            ins,
            outs,
        })
    }

    /// Whether it is being worked out.
    fn is_awaited(&self) -> bool {
        !self.is_fixed && self.plan.current().is_none()
    }

    /// The place in the speaking order of what is in, from 1, and of how many; nothing while that is being worked out.
    fn place(&self, id: u64) -> Option<(u64, u64)> {
        if self.is_awaited() {
            return None;
        }
        let place = (1..).zip(&self.ins).find(|(_, item)| item.concern == id);
        place.map(|(place, _)| (place, self.ins.len() as u64))
    }

    /// How many seconds what is in takes.
    fn seconds(&self) -> u64 {
        let verdicts = self.ins.iter().filter_map(|item| item.verdict.as_ref());
        verdicts.map(|verdict| verdict.seconds).sum()
    }
}

/// To the agenda, worked out anew.
pub(super) fn begin(turn: &mut Turn) {
    let Some(plan) = there(turn) else { return };
    show(turn, 0, &plan);
    if may(&turn.person, Act::Plan) && fixed_at(&plan, turn.world).is_none() {
        ask(turn, &plan);
    }
}

/// To the agenda; it is worked out anew if something else is wanted since.
fn open(turn: &mut Turn, page: u32) {
    let Some(plan) = there(turn) else { return };
    show(turn, page, &plan);
    let is_awaited = plan.current().is_none() && fixed_at(&plan, turn.world).is_none();
    if is_awaited && may(&turn.person, Act::Plan) {
        ask(turn, &plan);
    }
}

/// What is planned; whoever comes before a meeting is known is told so.
fn there(turn: &mut Turn) -> Option<AgendaPlan> {
    let plan = planned(&*turn.world);
    if plan.is_none() {
        turn.note(|phrases| phrases.note_no_meeting());
        to_menu(turn);
    }
    plan
}

fn show(turn: &mut Turn, page: u32, plan: &AgendaPlan) {
    let seen = plan.version;
    go(turn, AgendaDesk::Agenda { page, seen });
}

/// Whether the agenda of the meeting can no longer change.
fn is_fixed(world: &dyn World) -> bool {
    planned(world).is_some_and(|plan| fixed_at(&plan, world).is_some())
}

/// It takes too long for a step.
fn ask(turn: &mut Turn, plan: &AgendaPlan) {
    let meeting = plan.meeting;
    turn.effects.push(Effect::Late(Late::Agenda { meeting }));
}

/// An agenda was worked out: it is kept, and shown to whoever waits for it where they are.
pub(in crate::dialogue) fn on_proposed(turn: &mut Turn, proposal: &Proposal) {
    // Nobody comes to be known by what they asked for before they were forgotten.
    turn.forget |= turn.person.screen == 0;
    if !may(&turn.person, Act::Plan) {
        return;
    }
    let is_kept = take(proposal, turn.forum, turn.world);
    // Whoever waits for it learns as well that there is nothing to wait for any more.
    if !is_kept && !is_fixed(turn.world) {
        return;
    }
    let place = turn.person.desk().cloned();
    match place {
        Some(Desk::Agenda(AgendaDesk::Agenda { page, .. })) => {
            turn.pressed = turn.person.shown_in;
            open(turn, page);
        }
        Some(Desk::Agenda(AgendaDesk::AgendaItem { page, id, .. })) => {
            turn.pressed = turn.person.shown_in;
            item::look(turn, page, id);
        }
        Some(Desk::Agenda(AgendaDesk::AgendaCompare(_))) => {
            turn.pressed = turn.person.shown_in;
            turn.show();
        }
        Some(_) | None => {}
    }
}

/// The proposal.
fn screen(page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(board) = Board::of(view) else {
        return super::asking(phrases.note_no_meeting(), phrases);
    };
    let plan = &board.plan;
    let mut html = phrases.agenda_title();
    html.line(&times::said(&plan.plan, phrases));
    html.line(&state(&board, view, phrases));
    let mut rows = Vec::new();
    let minutes = |seconds| say::minutes(seconds, phrases);
    if let Some(outline) = &plan.outline {
        let count = board.ins.len() as u64;
        let left = match board.is_fixed {
            true => outline.budget.saturating_sub(board.seconds()),
            false => outline.left,
        };
        let (taken, left) = (minutes(board.seconds()), minutes(left));
        html.paragraph(&phrases.agenda_in(count, &taken, &left));
        if outline.over > 0 {
            html.line(&phrases.agenda_over(&minutes(outline.over)));
        }
        let all: Vec<AgendaItem> = board.ins.iter().chain(&board.outs).cloned().collect();
        let (shown, turning) = screen::page(&all, page, A_PAGE, phrases);
        let mut outs = false;
        for (number, item) in shown {
            if number > board.ins.len() as u64 && !outs {
                outs = true;
                html.paragraph(&phrases.agenda_out(board.outs.len() as u64));
            }
            let Some(concern) = view.world.concern(item.concern) else {
                continue;
            };
            let name = card::name(&concern.answers, &view.forum.config, phrases);
            let seconds = item.verdict.as_ref().map_or(0, |known| known.seconds);
            let shown = phrases.number(number);
            html.line(&phrases.agenda_entry(&shown, &name, &minutes(seconds)));
            if let Some(decision) = &item.by_hand {
                html.line(&say::by_hand(decision, phrases));
            }
            if let Some(moved) = item.moved() {
                html.line(&phrases.why_moved(&moved.reason));
            }
            rows.push(vec![(
                screen::numbered(number, &name, phrases),
                Action::Open(item.concern),
            )]);
        }
        let unsupported = |item: &AgendaItem| {
            item.verdict
                .as_ref()
                .is_some_and(|known| known.supporters == 0)
        };
        if all.is_empty() {
            html.line(&phrases.agenda_nothing());
        } else if all.iter().all(unsupported) {
            html.paragraph(&phrases.agenda_no_voice());
        }
        rows.extend(turning);
    }
    let tap = |label, tap| (label, Action::Desk(tap));
    if !board.is_awaited() && board.settled_at.is_none() && !board.ins.is_empty() {
        rows.push(vec![tap(phrases.button_settle(), Tap::Settle)]);
    }
    if plan.settled.is_some() {
        rows.push(vec![tap(phrases.button_floor(), Tap::Outcome)]);
    }
    let times = tap(phrases.button_times(), Tap::Times);
    let compare = tap(phrases.button_compare(), Tap::Compare);
    rows.push(match board.is_fixed {
        true => vec![compare],
        false => vec![times, compare],
    });
    if !board.ins.is_empty() {
        rows.push(vec![
            tap(phrases.button_agenda_text(), Tap::AgendaText),
            tap(phrases.button_agenda_docx(), Tap::AgendaDocx),
            tap(phrases.button_agenda_pdf(), Tap::AgendaPdf),
        ]);
        rows.push(vec![
            tap(phrases.button_agenda_xlsx(), Tap::AgendaXlsx),
            tap(phrases.button_agenda_csv(), Tap::AgendaCsv),
            tap(phrases.button_agenda_json(), Tap::AgendaJson),
        ]);
        rows.push(vec![
            tap(phrases.button_cards(), Tap::Cards),
            tap(phrases.button_cards_docx(), Tap::CardsDocx),
            tap(phrases.button_cards_pdf(), Tap::CardsPdf),
        ]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Whether it is settled, or being worked out.
fn state(board: &Board, view: View<'_>, phrases: Phrases<'_>) -> Html {
    let said = |at| date::moment(phrases, at, &view.zone());
    match (board.settled_at, &board.plan.settled) {
        _ if board.is_awaited() => phrases.agenda_making(),
        (Some(at), _) => phrases.agenda_settled(&said(at)),
        (None, Some(settled)) => phrases.agenda_changed(&said(settled.at)),
        (None, None) => phrases.agenda_open(),
    }
}

/// What would be otherwise with most votes first.
fn compare(page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(board) = Board::of(view) else {
        return super::asking(phrases.note_no_meeting(), phrases);
    };
    let votes = |item: &AgendaItem| item.verdict.as_ref().is_some_and(|v| v.by_most_votes);
    let gained = board.ins.into_iter().filter(|item| !votes(item));
    let lost = board.outs.into_iter().filter(votes);
    let gained = gained.map(|item| (true, item));
    let all: Vec<(bool, AgendaItem)> = gained.chain(lost.map(|item| (false, item))).collect();
    let mut html = phrases.agenda_compare();
    let (shown, turning) = screen::page(&all, page, A_PAGE, phrases);
    let mut before = None;
    for (number, (is_in, item)) in shown {
        let Some(concern) = view.world.concern(item.concern) else {
            continue;
        };
        if before != Some(is_in) {
            before = Some(is_in);
            html.paragraph(&if is_in {
                phrases.agenda_gained()
            } else {
                phrases.agenda_lost()
            });
        }
        let name = card::name(&concern.answers, &view.forum.config, phrases);
        let supporters = item.verdict.as_ref().map_or(0, |known| known.supporters);
        let number = phrases.number(number);
        html.line(&phrases.agenda_votes(&number, &name, supporters));
    }
    if all.is_empty() {
        html.paragraph(&phrases.agenda_same());
    }
    let mut rows: Vec<_> = turning.into_iter().collect();
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Whether it may really be settled.
fn settling(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(board) = Board::of(view) else {
        return super::asking(phrases.note_no_meeting(), phrases);
    };
    let on = |item: &&AgendaItem| {
        let concern = view.world.concern(item.concern);
        concern.is_some_and(|concern| concern.status == Status::Agenda)
    };
    let come = board.ins.len() - board.ins.iter().filter(on).count();
    let leave = board.outs.iter().filter(on).count();
    let count = board.ins.len() as u64;
    let html = phrases.ask_settle(count, come as u64, leave as u64);
    Screen {
        html,
        rows: vec![
            vec![(phrases.button_settle_really(), Action::Yes)],
            vec![(phrases.button_back(), Action::Back)],
        ],
    }
}

/// Whether it may really be settled is asked, if it is as it was shown.
pub(super) fn on_settle(turn: &mut Turn) {
    let Some(Desk::Agenda(AgendaDesk::Agenda { seen, page })) = turn.person.desk().cloned() else {
        return turn.show();
    };
    let plan = planned(&*turn.world);
    if plan
        .as_ref()
        .is_some_and(|plan| has_begun(plan.meeting, &*turn.world))
    {
        turn.note(|phrases| phrases.note_floor_begun());
        return open(turn, page);
    }
    if plan.is_some_and(|plan| plan.version == seen) {
        return go(turn, AgendaDesk::AgendaSettle { seen });
    }
    turn.note(|phrases| phrases.note_agenda_changed());
    open(turn, page);
}

fn on_settle_really(turn: &mut Turn, seen: u32) {
    if order(turn, Order::Agenda(OnAgenda::Settle(seen))).is_some() {
        turn.note(|phrases| phrases.note_agenda_settled());
        open(turn, 0);
    } else {
        // Something in it can perhaps no longer be raised: that is known only once it is worked out anew.
        begin(turn);
    }
}

/// The agenda or its cards are sent.
pub(super) fn on_paper(turn: &mut Turn, cards: bool, form: PaperForm) {
    let papers = match (cards, turn.person.desk()) {
        (true, Some(Desk::Agenda(AgendaDesk::AgendaItem { id, .. }))) => Papers::Card(*id),
        (true, _) => Papers::Cards,
        (false, _) => Papers::Agenda,
    };
    if !may(&turn.person, Act::Plan) {
        return turn.show();
    }
    let Some(plan) = there(turn) else { return };
    note(turn, Deed::AgendaTaken(plan.meeting));
    turn.note(|phrases| phrases.note_paper_comes());
    turn.show();
    turn.effects.push(Effect::Late(Late::Paper(papers, form)));
}
