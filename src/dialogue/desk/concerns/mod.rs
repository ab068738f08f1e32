//! Concerns at an organiser's desk.
//!
//! | file | about |
//! |---|---|
//! | `queue` | which concerns there are to look at, in which order |
//! | `card` | one concern |
//! | `deciding` | what is decided about it |
//! | `merging` | it becomes part of another |

pub(super) mod card;
pub(super) mod deciding;
pub(super) mod merging;
pub mod queue;

pub(in crate::dialogue) use card::{has_changed, show_changed};
pub(in crate::dialogue) use merging::begin_merging;

use serde::{Deserialize, Serialize};

use self::queue::Lens;
use super::room::{Did, Room};
use super::{asking, go, to_menu};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Person, Turn};
use crate::domain::{Act, Stamp};
use crate::text::Phrases;

/// Where one can be among the concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConcernDesk {
    /// What concerns there are to look at.
    Concerns,
    /// Of which topic.
    Topics,
    /// The words that are searched.
    Searching,
    /// A page of concerns.
    List {
        /// Which.
        lens: Lens,
        /// The page, from 0.
        page: u32,
    },
    /// One concern, and what can be decided about it.
    Card {
        /// Among which it stands.
        lens: Lens,
        /// Which.
        id: u64,
        /// As it was when it was shown.
        seen: Stamp,
    },
    /// Words that a decision about a concern takes.
    Words {
        /// Among which it stands.
        lens: Lens,
        /// Which.
        id: u64,
        /// As it was when it was shown.
        seen: Stamp,
        /// For what.
        wanted: Wanted,
    },
    /// The concern of which it becomes part.
    Merging {
        /// Among which it stands.
        lens: Lens,
        /// Which.
        id: u64,
        /// As it was when it was shown.
        seen: Stamp,
        /// Those that are offered.
        offered: Vec<u64>,
    },
}

/// What words are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Why it is refused.
    Reason,
    /// A question to its author.
    Question,
    /// What is said in a voice note, by its attachment.
    Spoken(u64),
}

impl Room for ConcernDesk {
    fn act(&self) -> Act {
        match self {
            Self::Concerns
            | Self::Topics
            | Self::Searching
            | Self::List { .. }
            | Self::Card { .. } => Act::Read,
            Self::Words { wanted, .. } => match wanted {
                Wanted::Reason => Act::Reject,
                Wanted::Question => Act::Ask,
                Wanted::Spoken(_) => Act::WriteDown,
            },
            Self::Merging { .. } => Act::Merge,
        }
    }

    fn is_work(&self) -> bool {
        match self {
            Self::Searching | Self::Words { .. } | Self::Merging { .. } => true,
            Self::Concerns | Self::Topics | Self::List { .. } | Self::Card { .. } => false,
        }
    }

    fn screen(&self, person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Concerns => queue::overview(view, phrases),
            Self::Topics => queue::topics(view, phrases),
            Self::Searching => asking(phrases.ask_search(), phrases),
            Self::List { lens, page } => queue::list(lens, *page, view, phrases),
            Self::Card { lens, id, .. } => card::screen(person, lens, *id, view, phrases),
            Self::Words { id, wanted, .. } => deciding::screen(*id, *wanted, view, phrases),
            Self::Merging { id, offered, .. } => merging::screen(*id, offered, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::Concerns, Did::Pick(id)) => queue::on_lens(turn, id),
            (Self::Topics, Did::Pick(id)) => queue::open(turn, Lens::Topic(id.to_owned())),
            (Self::List { lens, .. }, Did::Open(id)) => card::look(turn, lens.clone(), id),
            (Self::List { lens, .. }, Did::Page(page)) => {
                let lens = lens.clone();
                go(turn, Self::List { lens, page });
            }
            (Self::Merging { lens, id, seen, .. }, Did::Open(whole)) => {
                merging::on_chosen(turn, lens.clone(), *id, *seen, whole);
            }
            (Self::Concerns | Self::Searching | Self::List { .. }, Did::Text(words)) => {
                queue::search(turn, words);
            }
            (
                Self::Words {
                    lens,
                    id,
                    seen,
                    wanted,
                },
                Did::Text(words),
            ) => {
                deciding::on_words(turn, lens.clone(), *id, *seen, *wanted, words);
            }
            (Self::Merging { lens, id, seen, .. }, Did::Text(words)) => {
                merging::on_words(turn, lens.clone(), *id, *seen, words);
            }
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Concerns => to_menu(turn),
            Self::Topics | Self::Searching | Self::List { .. } => go(turn, Self::Concerns),
            Self::Card { lens, .. } => go(turn, queue::parent(lens.clone())),
            Self::Words { lens, id, .. } | Self::Merging { lens, id, .. } => {
                card::look(turn, lens.clone(), *id);
            }
        }
    }
}

/// To a concern, wherever the person was.
pub(in crate::dialogue) fn look(turn: &mut Turn, id: u64) {
    card::look(turn, Lens::All, id);
}
