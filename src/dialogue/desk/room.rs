//! What each room of the desk answers for: who may be at its places, what is seen there, and what comes of it.

use std::fmt;

use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Person, Turn};
use crate::domain::Act;
use crate::text::Phrases;

/// A place in a room. Whatever is done there is done by somebody who may be there.
pub(super) trait Room: fmt::Debug {
    /// What it takes to be there.
    fn act(&self) -> Act;

    /// Whether something is in the making there: words that are awaited, or a decision about them.
    fn is_work(&self) -> bool;

    /// What is seen there.
    fn screen(&self, person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen;

    /// What comes of what is done there.
    fn on(&self, turn: &mut Turn, did: Did<'_>);

    /// Where one comes from.
    fn on_back(&self, turn: &mut Turn);
}

/// What somebody does at a place, besides going back and the buttons that are its own ([`super::Tap`]).
#[derive(Clone, Copy, Debug)]
pub(in crate::dialogue) enum Did<'a> {
    /// Something was chosen by its id.
    Pick(&'a str),
    /// Something was chosen from a list.
    Open(u64),
    /// To another page.
    Page(u32),
    /// What is asked there is wanted.
    Yes,
    /// Words were typed.
    Text(&'a str),
}

impl Did<'_> {
    /// It has no meaning there.
    pub(super) fn nothing(self, turn: &mut Turn) {
        if let Self::Text(_) = self {
            turn.note(|phrases| phrases.note_press_button());
        }
        turn.show();
    }
}
