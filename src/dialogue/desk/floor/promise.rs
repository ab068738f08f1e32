//! Something was promised on the floor.
//!
//! Guarantees: nothing is logged before the words are there, and what was written is not lost where another organiser has logged
//! something meanwhile.

use super::super::promises::words::{self, SoFar};
use super::super::{Desk, asking, go};
use super::{FloorDesk, FloorTap, Instead, Mark, Tapped, ask_instead, log};
use crate::dialogue::Turn;
use crate::dialogue::organising::floor::known;
use crate::dialogue::organising::promise::Promised;
use crate::dialogue::screen::{Screen, View};
use crate::domain::Act;
use crate::domain::floor::{Subject, by_others};
use crate::text::{Phrases, card};

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
    words::screen(said, &name, phrases)
}

/// Something was chosen.
pub(super) fn on_pick(turn: &mut Turn, item: u64, seen: u64, said: SoFar, id: &str) {
    if let Some(said) = words::chosen(turn, said, id) {
        go_on(turn, item, seen, said);
    }
}

/// Words were typed.
pub(super) fn on_words(turn: &mut Turn, item: u64, seen: u64, said: SoFar, words: &str) {
    if let Some(said) = words::typed(turn, said, words) {
        go_on(turn, item, seen, said);
    }
}
