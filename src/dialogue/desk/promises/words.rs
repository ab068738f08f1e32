//! What was promised, who is to do it, by when: asked for one after the other, as one can answer while a meeting goes on. All but the
//! first may be left out.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::asking;
use super::super::meeting::typed_day;
use crate::dialogue::organising::promise::{OWNER, TEXT};
use crate::dialogue::screen::{Row, Screen};
use crate::dialogue::{Action, Turn};
use crate::text::Phrases;
use crate::text::clean::{clean, clean_line};

/// The choice to leave something out.
const SKIP: &str = "skip";
/// Months that are offered.
const MONTHS: [i32; 4] = [1, 3, 6, 12];

/// A promise as far as it is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoFar {
    /// What was promised is to be written.
    Text,
    /// Who is to do it.
    Owner {
        /// What was promised.
        text: String,
    },
    /// By when.
    Due {
        /// What was promised.
        text: String,
        /// Who is to do it; empty if nobody said.
        owner: String,
    },
    /// All is said.
    All {
        /// What was promised.
        text: String,
        /// Who is to do it; empty if nobody said.
        owner: String,
        /// By when, if that was said.
        due: Option<Date>,
    },
}

/// What is still to be said of a promise about this.
pub(in super::super) fn screen(said: &SoFar, about: &str, phrases: Phrases<'_>) -> Screen {
    let skip = vec![(phrases.button_skip(), Action::Pick(SKIP.to_owned()))];
    match said {
        SoFar::Text | SoFar::All { .. } => asking(phrases.ask_promised(about), phrases),
        SoFar::Owner { text } => {
            let mut screen = asking(phrases.ask_promised_by(text), phrases);
            screen.rows.insert(0, skip);
            screen
        }
        SoFar::Due { text, .. } => {
            let mut screen = asking(phrases.ask_promised_until(text), phrases);
            let offered = MONTHS.map(|months| {
                let label = phrases.button_in_months(months.unsigned_abs().into());
                (label, Action::Pick(months.to_string()))
            });
            let mut rows: Vec<Row> = offered.chunks(2).map(<[_]>::to_vec).collect();
            rows.push(skip);
            screen.rows.splice(0..0, rows);
            screen
        }
    }
}

/// With what was chosen; nothing if that is no answer, which is said.
pub(in super::super) fn chosen(turn: &mut Turn, said: SoFar, id: &str) -> Option<SoFar> {
    match said {
        SoFar::Owner { text } if id == SKIP => {
            let owner = String::new();
            Some(SoFar::Due { text, owner })
        }
        SoFar::Due { text, owner } if id == SKIP => {
            let due = None;
            Some(SoFar::All { text, owner, due })
        }
        SoFar::Due { text, owner } => {
            let months = MONTHS.into_iter().find(|months| months.to_string() == id);
            let due = months.and_then(|months| today(turn).checked_add(months.months()).ok());
            if due.is_none() {
                turn.show();
            }
            until(turn, text, owner, due?)
        }
        SoFar::Text | SoFar::Owner { .. } | SoFar::All { .. } => {
            turn.show();
            None
        }
    }
}

/// With what was typed; nothing if that is no answer, which is said.
pub(in super::super) fn typed(turn: &mut Turn, said: SoFar, words: &str) -> Option<SoFar> {
    match said {
        SoFar::Text | SoFar::All { .. } => {
            let text = clean(words);
            fits(turn, &text, TEXT).then_some(SoFar::Owner { text })
        }
        SoFar::Owner { text } => {
            let owner = clean_line(words);
            fits(turn, &owner, OWNER).then_some(SoFar::Due { text, owner })
        }
        SoFar::Due { text, owner } => {
            let due = typed_day(words);
            if due.is_none() {
                turn.note(|phrases| phrases.note_not_understood());
                turn.show();
            }
            until(turn, text, owner, due?)
        }
    }
}

/// By this day; one that has passed is none by which anything is done.
fn until(turn: &mut Turn, text: String, owner: String, due: Date) -> Option<SoFar> {
    if due < today(turn) {
        turn.note(|phrases| phrases.note_day_past());
        turn.show();
        return None;
    }
    let due = Some(due);
    Some(SoFar::All { text, owner, due })
}

/// The day, where the meeting is.
fn today(turn: &Turn) -> Date {
    turn.moment.now.to_zoned(turn.view().zone()).date()
}

/// Whether words can be kept; says why not.
fn fits(turn: &mut Turn, words: &str, limit: usize) -> bool {
    let length = words.chars().count();
    let fits = (1..=limit).contains(&length);
    if !fits {
        turn.note(|phrases| match length {
            0 => phrases.note_empty(),
            _ => phrases.note_too_long(length as u64, limit as u64),
        });
        turn.show();
    }
    fits
}
