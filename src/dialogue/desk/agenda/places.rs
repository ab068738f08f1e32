//! Where one can be at the agenda, and what each of these places answers.

use serde::{Deserialize, Serialize};

use super::super::room::{Did, Room};
use super::super::{go, to_menu};
use super::item::Override;
use super::times::Span;
use super::{compare, item, on_settle_really, open, screen, settling, times};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Person, Turn};
use crate::domain::Act;
use crate::text::Phrases;

/// Where one can be at the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgendaDesk {
    /// A page of the agenda.
    Agenda {
        /// The page, from 0.
        page: u32,
        /// The version that was shown.
        seen: u32,
    },
    /// How the meeting's time is divided.
    AgendaTimes,
    /// A part of it.
    AgendaTime(Span),
    /// One item.
    AgendaItem {
        /// The page on which it stands.
        page: u32,
        /// Its concern.
        id: u64,
        /// The version that was shown.
        seen: u32,
    },
    /// How long it takes.
    AgendaMinutes {
        /// The page on which it stands.
        page: u32,
        /// Its concern.
        id: u64,
    },
    /// Why it is in or out by hand.
    AgendaWhy {
        /// The page on which it stands.
        page: u32,
        /// Its concern.
        id: u64,
        /// Which of both.
        what: Override,
    },
    /// A page of what would be otherwise with most votes first.
    AgendaCompare(u32),
    /// Whether it may really be settled.
    AgendaSettle {
        /// The version that was shown.
        seen: u32,
    },
}

impl Room for AgendaDesk {
    fn act(&self) -> Act {
        Act::Plan
    }

    fn is_work(&self) -> bool {
        match self {
            Self::AgendaTime(_)
            | Self::AgendaMinutes { .. }
            | Self::AgendaWhy { .. }
            | Self::AgendaSettle { .. } => true,
            Self::Agenda { .. }
            | Self::AgendaTimes
            | Self::AgendaItem { .. }
            | Self::AgendaCompare(_) => false,
        }
    }

    fn screen(&self, _person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Agenda { page, .. } => screen(*page, view, phrases),
            Self::AgendaTimes => times::screen(view, phrases),
            Self::AgendaTime(span) => times::one(*span, view, phrases),
            Self::AgendaItem { id, .. } => item::screen(*id, view, phrases),
            Self::AgendaMinutes { id, .. } => item::minutes(*id, view, phrases),
            Self::AgendaWhy { id, what, .. } => item::why(*id, *what, view, phrases),
            Self::AgendaCompare(page) => compare(*page, view, phrases),
            Self::AgendaSettle { .. } => settling(view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::Agenda { page, .. }, Did::Open(id)) => item::look(turn, *page, id),
            (Self::Agenda { .. }, Did::Page(page)) => open(turn, page),
            (Self::AgendaTimes, Did::Pick(id)) => times::on_span(turn, id),
            (Self::AgendaTime(span), Did::Pick(number) | Did::Text(number)) => {
                times::on_number(turn, *span, number);
            }
            (Self::AgendaMinutes { page, id }, Did::Pick(number) | Did::Text(number)) => {
                item::on_number(turn, *page, *id, number);
            }
            (Self::AgendaWhy { page, id, what }, Did::Text(reason)) => {
                item::on_reason(turn, *page, *id, *what, reason);
            }
            (Self::AgendaCompare(_), Did::Page(page)) => go(turn, Self::AgendaCompare(page)),
            (Self::AgendaSettle { seen }, Did::Yes) => on_settle_really(turn, *seen),
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Agenda { .. } => to_menu(turn),
            Self::AgendaTime(_) => go(turn, Self::AgendaTimes),
            Self::AgendaItem { page, .. } => open(turn, *page),
            Self::AgendaMinutes { page, id } | Self::AgendaWhy { page, id, .. } => {
                item::look(turn, *page, *id);
            }
            Self::AgendaTimes | Self::AgendaCompare(_) | Self::AgendaSettle { .. } => {
                open(turn, 0);
            }
        }
    }
}
