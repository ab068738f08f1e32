//! Where one can be at the floor log, and what each of these places answers.

use serde::{Deserialize, Serialize};

use super::super::promises::words::SoFar;
use super::super::room::{Did, Room};
use super::super::{go, to_menu};
use super::{Instead, items, minutes, on_instead, promise, replacing, screen};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Person, Turn};
use crate::domain::{Act, Side};
use crate::text::Phrases;

/// Where one can be at the floor log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorDesk {
    /// What is spoken of at the meeting.
    Floor,
    /// A page of what can be spoken of.
    FloorList(u32),
    /// Whose time is corrected.
    FloorTimes,
    /// For how long a side has spoken.
    FloorMinutes {
        /// What was spoken of; nothing where that was no item.
        item: Option<u64>,
        /// Which side.
        side: Side,
        /// How many entries of the log were shown.
        seen: u64,
    },
    /// Whether what another has logged may be replaced.
    FloorReplace {
        /// The concern.
        item: u64,
        /// How many entries of the log were shown.
        seen: u64,
        /// By what.
        instead: Instead,
    },
    /// What was promised.
    FloorPromise {
        /// The concern.
        item: u64,
        /// How many entries of the log were shown.
        seen: u64,
        /// What is said of it so far.
        said: SoFar,
    },
}

impl Room for FloorDesk {
    fn act(&self) -> Act {
        Act::Floor
    }

    fn is_work(&self) -> bool {
        match self {
            // Taps of somebody who logs a meeting may be among what is lost.
            Self::Floor
            | Self::FloorMinutes { .. }
            | Self::FloorReplace { .. }
            | Self::FloorPromise { .. } => true,
            Self::FloorList(_) | Self::FloorTimes => false,
        }
    }

    fn screen(&self, _person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Floor => screen(view, phrases),
            Self::FloorList(page) => items::list(*page, view, phrases),
            Self::FloorTimes => minutes::sides(view, phrases),
            Self::FloorMinutes { item, side, .. } => minutes::one(*item, *side, view, phrases),
            Self::FloorReplace { item, instead, .. } => replacing(*item, instead, view, phrases),
            Self::FloorPromise { item, said, .. } => promise::screen(*item, said, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::FloorList(_), Did::Page(page)) => go(turn, Self::FloorList(page)),
            (Self::FloorTimes, Did::Pick(id)) => minutes::on_side(turn, id),
            (Self::FloorMinutes { item, side, seen }, Did::Pick(number) | Did::Text(number)) => {
                minutes::on_number(turn, (*item, *side), *seen, number);
            }
            (
                Self::FloorReplace {
                    item,
                    seen,
                    instead,
                },
                Did::Yes,
            ) => {
                on_instead(turn, *item, *seen, instead.clone());
            }
            (Self::FloorPromise { item, seen, said }, Did::Pick(id)) => {
                promise::on_pick(turn, *item, *seen, said.clone(), id);
            }
            (Self::FloorPromise { item, seen, said }, Did::Text(words)) => {
                promise::on_words(turn, *item, *seen, said.clone(), words);
            }
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Floor => to_menu(turn),
            Self::FloorMinutes { .. } => go(turn, Self::FloorTimes),
            Self::FloorPromise { item, seen, said } => {
                promise::on_back(turn, *item, *seen, said.clone());
            }
            Self::FloorList(_) | Self::FloorTimes | Self::FloorReplace { .. } => {
                go(turn, Self::Floor);
            }
        }
    }
}
