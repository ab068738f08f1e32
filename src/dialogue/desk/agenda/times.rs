//! How the meeting's time is divided.

use serde::{Deserialize, Serialize};

use super::super::{asking, go, order};
use super::{AgendaDesk, say, there};
use crate::agenda::Plan;
use crate::dialogue::organising::Order;
use crate::dialogue::organising::agenda::{LONGEST, OnAgenda, planned};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Turn};
use crate::text::clean::parse_number;
use crate::text::{Html, Phrases};

/// Seconds of a minute.
const MINUTE: u64 = 60;
/// The most that a side's replies take, in percent.
const MOST: u64 = 90;

/// A part of the meeting's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// All of it, in minutes.
    Total,
    /// What the organisations say first, in minutes.
    OpeningOrganisations,
    /// What the authority says first, in minutes.
    OpeningAuthority,
    /// What the organisations reply, in percent.
    ReplyOrganisations,
    /// What the authority replies, in percent.
    ReplyAuthority,
    /// What an item takes for which nothing else was said, in minutes.
    Item,
}

impl Span {
    const ALL: [(&str, Self); 6] = [
        ("total", Self::Total),
        ("item", Self::Item),
        ("opening-organisations", Self::OpeningOrganisations),
        ("opening-authority", Self::OpeningAuthority),
        ("reply-organisations", Self::ReplyOrganisations),
        ("reply-authority", Self::ReplyAuthority),
    ];

    fn name(self, phrases: Phrases<'_>) -> String {
        match self {
            Self::Total => phrases.span_total(),
            Self::OpeningOrganisations => phrases.span_opening_organisations(),
            Self::OpeningAuthority => phrases.span_opening_authority(),
            Self::ReplyOrganisations => phrases.span_reply_organisations(),
            Self::ReplyAuthority => phrases.span_reply_authority(),
            Self::Item => phrases.span_item(),
        }
    }

    fn is_percent(self) -> bool {
        match self {
            Self::ReplyOrganisations | Self::ReplyAuthority => true,
            Self::Total | Self::OpeningOrganisations | Self::OpeningAuthority | Self::Item => false,
        }
    }

    /// What is offered: minutes or percent.
    fn offered(self) -> [u64; 4] {
        match self {
            Self::Total => [90, 120, 180, 240],
            Self::OpeningOrganisations | Self::OpeningAuthority => [0, 5, 10, 15],
            Self::ReplyOrganisations => [0, 10, 20, 30],
            Self::ReplyAuthority => [20, 33, 40, 50],
            Self::Item => [5, 7, 10, 15],
        }
    }

    /// The least and the most that it can be: minutes or percent.
    fn limits(self) -> (u64, u64) {
        match self {
            Self::Total | Self::Item => (1, LONGEST / MINUTE),
            Self::OpeningOrganisations | Self::OpeningAuthority => (0, LONGEST / MINUTE),
            Self::ReplyOrganisations | Self::ReplyAuthority => (0, MOST),
        }
    }

    fn in_words(self, plan: &Plan, phrases: Phrases<'_>) -> String {
        let mut plan = *plan;
        let part = *self.part(&mut plan);
        if self.is_percent() {
            phrases.percent(&phrases.number(part))
        } else {
            say::minutes(part, phrases)
        }
    }

    /// Seconds or percent.
    fn part(self, plan: &mut Plan) -> &mut u64 {
        match self {
            Self::Total => &mut plan.total,
            Self::OpeningOrganisations => &mut plan.opening.organisations,
            Self::OpeningAuthority => &mut plan.opening.authority,
            Self::ReplyOrganisations => &mut plan.reply.organisations,
            Self::ReplyAuthority => &mut plan.reply.authority,
            Self::Item => &mut plan.item,
        }
    }
}

/// The division in a line.
pub(super) fn said(plan: &Plan, phrases: Phrases<'_>) -> Html {
    let minutes = |seconds| say::minutes(seconds, phrases);
    match plan.divide() {
        Ok(division) => phrases.agenda_time(
            &minutes(plan.total),
            &minutes(division.opening.organisations + division.opening.authority),
            &minutes(division.reply.organisations + division.reply.authority),
            &minutes(division.items),
            &minutes(plan.item),
        ),
        Err(_) => phrases.note_no_time(),
    }
}

/// What each part is called, its seconds, and these in words; nothing where they leave none for items.
pub(super) fn parts(plan: &Plan, phrases: Phrases<'_>) -> Vec<(String, u64, String)> {
    let Ok(division) = plan.divide() else {
        return Vec::new();
    };
    let (opening, reply) = (division.opening, division.reply);
    let parts = [
        (phrases.span_total(), plan.total),
        (phrases.span_opening_organisations(), opening.organisations),
        (phrases.span_opening_authority(), opening.authority),
        (phrases.span_reply_organisations(), reply.organisations),
        (phrases.span_reply_authority(), reply.authority),
        (phrases.span_items(), division.items),
        (phrases.span_item(), plan.item),
    ];
    parts
        .map(|(name, seconds)| (name, seconds, say::minutes(seconds, phrases)))
        .into()
}

/// All parts, to be changed.
pub(super) fn screen(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(plan) = planned(view.world) else {
        return asking(phrases.note_no_meeting(), phrases);
    };
    let mut html = phrases.agenda_times();
    html.line(&said(&plan.plan, phrases));
    let mut rows = Vec::new();
    for (id, span) in Span::ALL {
        let (name, value) = (span.name(phrases), span.in_words(&plan.plan, phrases));
        html.line(&phrases.meeting_same(&name, &value));
        let label = phrases.button_change(&name);
        rows.push(vec![(label, Action::Pick(id.to_owned()))]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

pub(super) fn on_span(turn: &mut Turn, id: &str) {
    match Span::ALL.iter().find(|(name, _)| *name == id) {
        Some((_, span)) => go(turn, AgendaDesk::AgendaTime(*span)),
        None => turn.show(),
    }
}

/// One of them: offered, or typed.
pub(super) fn one(span: Span, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(plan) = planned(view.world) else {
        return asking(phrases.note_no_meeting(), phrases);
    };
    let (name, value) = (span.name(phrases), span.in_words(&plan.plan, phrases));
    let html = if span.is_percent() {
        phrases.ask_percent(&name, &value)
    } else {
        phrases.ask_minutes(&name, &value)
    };
    let mut screen = asking(html, phrases);
    let offered = span.offered().map(|number| {
        let shown = phrases.number(number);
        let label = if span.is_percent() {
            phrases.percent(&shown)
        } else {
            phrases.minutes(&shown)
        };
        (label, Action::Pick(number.to_string()))
    });
    screen.rows.insert(0, offered.into());
    screen
}

/// A number of minutes or percent was chosen or typed.
pub(super) fn on_number(turn: &mut Turn, span: Span, text: &str) {
    let (least, most) = span.limits();
    let number = parse_number(text).filter(|number| (least..=most).contains(number));
    let Some(number) = number else {
        turn.note(|phrases| phrases.note_number(least, most));
        return turn.show();
    };
    let Some(known) = there(turn) else { return };
    let mut plan = known.plan;
    *span.part(&mut plan) = if span.is_percent() {
        number
    } else {
        number * MINUTE
    };
    // What is as it was changes nothing.
    if plan != known.plan && order(turn, Order::Agenda(OnAgenda::Time(plan))).is_none() {
        return turn.show();
    }
    go(turn, AgendaDesk::AgendaTimes);
}
