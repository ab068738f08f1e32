//! Where one can be among the promises, and what each of these places answers.

use serde::{Deserialize, Serialize};

use super::super::room::{Did, Room};
use super::super::{go, to_menu};
use super::draft::{self, Facet, Promising};
use super::{list, look, on_heard, on_taken_back, one, reports, taking_back};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Person, Turn};
use crate::domain::Act;
use crate::text::Phrases;

/// Where one can be among the promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseDesk {
    /// A page of what was promised.
    Promises(u32),
    /// One promise.
    Promise {
        /// The page on which it stands.
        page: u32,
        /// Which.
        id: u64,
        /// The version that was shown.
        seen: u32,
    },
    /// What organisations say of it.
    Reports {
        /// Which.
        id: u64,
        /// The page, from 0.
        page: u32,
    },
    /// A promise in the making, or being changed; nothing of it counts yet.
    Promising(Box<Promising>),
    /// One thing that it says, typed.
    PromiseFacet(Box<Promising>, Facet),
    /// Whether it may really be taken back.
    PromiseTakeBack {
        /// Which.
        id: u64,
        /// The version that was shown.
        seen: u32,
    },
}

impl Room for PromiseDesk {
    fn act(&self) -> Act {
        Act::Ledger
    }

    fn is_work(&self) -> bool {
        match self {
            Self::Promising(_) | Self::PromiseFacet(..) | Self::PromiseTakeBack { .. } => true,
            Self::Promises(_) | Self::Promise { .. } | Self::Reports { .. } => false,
        }
    }

    fn screen(&self, _person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Promises(page) => list(*page, view, phrases),
            Self::Promise { id, .. } => one(*id, view, phrases),
            Self::Reports { id, page } => reports(*id, *page, view, phrases),
            Self::Promising(promising) => draft::screen(promising, view, phrases),
            Self::PromiseFacet(_, asked) => draft::facet(*asked, view, phrases),
            Self::PromiseTakeBack { id, .. } => taking_back(*id, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::Promises(page), Did::Open(id)) => look(turn, *page, id),
            (Self::Promises(_), Did::Page(page)) => go(turn, Self::Promises(page)),
            (Self::Reports { id, .. }, Did::Page(page)) => {
                go(turn, Self::Reports { id: *id, page })
            }
            (Self::Promise { .. }, Did::Pick(id)) => on_heard(turn, id),
            (Self::Promising(promising), Did::Pick(id)) => {
                draft::on_facet(turn, promising.clone(), id)
            }
            (Self::PromiseFacet(promising, asked), Did::Pick(words) | Did::Text(words)) => {
                draft::on_words(turn, promising.clone(), *asked, words);
            }
            (Self::PromiseTakeBack { id, seen }, Did::Yes) => on_taken_back(turn, *id, *seen),
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Promises(_) => to_menu(turn),
            Self::Promise { page, .. } => go(turn, Self::Promises(*page)),
            Self::Reports { id, .. } | Self::PromiseTakeBack { id, .. } => look(turn, 0, *id),
            Self::Promising(promising) => draft::on_leave(turn, promising.clone()),
            // Of a new one nothing is there yet.
            Self::PromiseFacet(promising, _) if promising.promised.text.is_empty() => {
                go(turn, Self::Promises(0));
            }
            Self::PromiseFacet(promising, _) => go(turn, Self::Promising(promising.clone())),
        }
    }
}
