//! What was promised, asked for on the floor: what, who is to do it, by when. All but the first may be left out.
//!
//! Guarantees: nothing is logged before the words are there, and what was written is not lost where another organiser has logged
//! something meanwhile.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::meeting::day;
use super::super::{Desk, asking, go};
use super::{FloorDesk, FloorTap, Instead, Mark, Tapped, ask_instead, log};
use crate::dialogue::organising::floor::known;
use crate::dialogue::organising::promise::{OWNER, Promised, TEXT};
use crate::dialogue::screen::{Row, Screen, View};
use crate::dialogue::{Action, Turn};
use crate::domain::Act;
use crate::domain::floor::{Subject, by_others};
use crate::text::clean::{clean, clean_line};
use crate::text::{Phrases, card};

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

/// Something was promised about an item: what is asked for. What is said over the button.
pub(super) fn begin(turn: &mut Turn, tap: FloorTap) -> Option<String> {
    let Tapped::Promised(item) = tap.what else {
        return None;
    };
    // A second tap takes nothing away that is being written.
    if let Some(Desk::Floor(FloorDesk::FloorPromise { item: at, .. })) = turn.person.desk()
        && *at == item
    {
        return Some(turn.phrases().toast_again());
    }
    let concern = turn.world.concern(item);
    if concern.is_none_or(|concern| !Act::Floor.fits(concern.status)) {
        turn.note(|phrases| phrases.note_not_on_agenda());
        super::show(turn);
        return None;
    }
    let (entries, _) = known(tap.meeting, &*turn.world);
    let person = Some(turn.person.number);
    if by_others(&entries, tap.seen, person, Subject::Outcome(item)).is_some() {
        ask_instead(turn, tap.meeting, item, Instead::Promised(SoFar::Text));
    } else {
        go_on(turn, item, tap.seen, SoFar::Text);
    }
    None
}

/// A step back; what was written is told where nobody is asked for more.
pub(super) fn on_back(turn: &mut Turn, item: u64, seen: u64, said: SoFar) {
    match said {
        SoFar::Due { text, .. } => go_on(turn, item, seen, SoFar::Owner { text }),
        SoFar::Text | SoFar::Owner { .. } | SoFar::All { .. } => {
            tell_unlogged(turn);
            go(turn, FloorDesk::Floor);
        }
    }
}

/// Whoever leaves in the midst of it reads what is not logged.
pub(in crate::dialogue) fn tell_unlogged(turn: &mut Turn) {
    let Some(Desk::Floor(FloorDesk::FloorPromise { said, .. })) = turn.person.desk() else {
        return;
    };
    match said.clone() {
        SoFar::Text => {}
        SoFar::Owner { text } | SoFar::Due { text, .. } | SoFar::All { text, .. } => {
            turn.note(|phrases| phrases.note_not_logged(&text));
        }
    }
}

/// To what is still to be said of it; logs it where all is.
pub(super) fn go_on(turn: &mut Turn, item: u64, seen: u64, said: SoFar) {
    let (text, owner, due) = match said {
        SoFar::All { text, owner, due } => (text, owner, due),
        SoFar::Text | SoFar::Owner { .. } | SoFar::Due { .. } => {
            return go(turn, FloorDesk::FloorPromise { item, seen, said });
        }
    };
    let promised = Promised {
        concern: Some(item),
        topic: String::new(),
        text: text.clone(),
        owner: owner.clone(),
        due,
        meeting: None,
    };
    let instead = Instead::Promised(SoFar::All { text, owner, due });
    log(turn, item, seen, Mark::Promised(item, promised), instead);
}

/// What is still to be said.
pub(super) fn screen(item: u64, said: &SoFar, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(concern) = view.world.concern(item) else {
        return asking(phrases.note_concern_gone(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let skip = vec![(phrases.button_skip(), Action::Pick(SKIP.to_owned()))];
    match said {
        SoFar::Text | SoFar::All { .. } => asking(phrases.ask_promised(&name), phrases),
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

/// Something was chosen.
pub(super) fn on_pick(turn: &mut Turn, item: u64, seen: u64, said: SoFar, id: &str) {
    match said {
        SoFar::Owner { text } if id == SKIP => {
            let owner = String::new();
            go_on(turn, item, seen, SoFar::Due { text, owner });
        }
        SoFar::Due { text, owner } if id == SKIP => {
            let due = None;
            go_on(turn, item, seen, SoFar::All { text, owner, due });
        }
        SoFar::Due { text, owner } => {
            let months = MONTHS.into_iter().find(|months| months.to_string() == id);
            match months.and_then(|months| today(turn).checked_add(months.months()).ok()) {
                Some(due) => until(turn, item, seen, (text, owner), due),
                None => turn.show(),
            }
        }
        SoFar::Text | SoFar::Owner { .. } | SoFar::All { .. } => turn.show(),
    }
}

/// Words were typed.
pub(super) fn on_words(turn: &mut Turn, item: u64, seen: u64, said: SoFar, words: &str) {
    match said {
        SoFar::Text | SoFar::All { .. } => {
            let text = clean(words);
            if fits(turn, &text, TEXT) {
                go_on(turn, item, seen, SoFar::Owner { text });
            }
        }
        SoFar::Owner { text } => {
            let owner = clean_line(words);
            if fits(turn, &owner, OWNER) {
                go_on(turn, item, seen, SoFar::Due { text, owner });
            }
        }
        SoFar::Due { text, owner } => match day(words) {
            Some((due, None)) => until(turn, item, seen, (text, owner), due),
            Some((_, Some(_))) | None => {
                turn.note(|phrases| phrases.note_not_understood());
                turn.show();
            }
        },
    }
}

/// By this day; one that has passed is none by which anything is done.
fn until(turn: &mut Turn, item: u64, seen: u64, (text, owner): (String, String), due: Date) {
    if due < today(turn) {
        turn.note(|phrases| phrases.note_day_past());
        return turn.show();
    }
    let due = Some(due);
    go_on(turn, item, seen, SoFar::All { text, owner, due });
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
