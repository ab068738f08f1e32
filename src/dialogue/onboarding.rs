//! From the first word to the menu: language, privacy notice, organisation, province. And the owner's link.

use subtle::ConstantTimeEq as _;

use super::{Change, Membership, State, Turn, Weight, typed_choice};
use crate::domain::{Language, Localised, MessageId, Organisation, Role};
use crate::text::clean::{clean_line, fold};

/// Characters of an organisation's name.
const NAME_CHARS: usize = 150;

/// `/start`, with or without what a link carries.
pub(super) fn on_start(turn: &mut Turn, payload: Option<&str>) {
    let Some(payload) = payload else {
        return turn.show();
    };
    let is_owner_code = |code: String| bool::from(code.as_bytes().ct_eq(payload.as_bytes()));
    if !turn.world.owner_code().is_some_and(is_owner_code) {
        turn.note(|phrases| phrases.note_unknown_link());
        return turn.show();
    }
    turn.person.role = Some(Role::Owner);
    turn.changes.push(Change::OwnerClaimed);
    let menu = State::Menu {
        kept: turn.person.state.draft().cloned(),
    };
    if turn.person.language.is_some() {
        turn.go(menu);
    } else {
        turn.go(State::Language {
            back: Some(Box::new(menu)),
        });
    }
}

pub(super) fn on_language(turn: &mut Turn, language: Language) {
    turn.person.language = Some(language);
    let back = match &turn.person.state {
        State::Language { back } => back.clone(),
        State::Consent
        | State::Organisation { .. }
        | State::Province { .. }
        | State::Menu { .. }
        | State::Form { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. } => return turn.show(),
    };
    turn.go(back.map_or(State::Consent, |back| *back));
}

/// Somebody types instead of pressing: the name of a language will do.
pub(super) fn on_language_text(turn: &mut Turn, text: &str) {
    let typed = fold(text);
    let named = turn
        .forum
        .words
        .each()
        .find(|phrases| fold(&phrases.language_name()) == typed);
    match named.map(|phrases| phrases.language()) {
        Some(language) => on_language(turn, language),
        None => {
            // Whoever has no language yet is greeted in each of them instead.
            if turn.person.language.is_some() {
                turn.note(|phrases| phrases.note_press_button());
            }
            turn.show();
        }
    }
}

pub(super) fn on_agree(turn: &mut Turn) {
    turn.go(State::Organisation {
        agreed_at: turn.moment.now,
    });
}

/// Nothing is kept of somebody who does not agree, not even that they were here.
pub(super) fn on_decline(turn: &mut Turn) {
    if turn.person.has_joined() {
        return turn.go(State::Menu { kept: None });
    }
    turn.tell(Weight::Lasting, |phrases| phrases.declined());
    turn.forget = true;
}

pub(super) fn on_name(turn: &mut Turn, source: MessageId, text: &str) {
    let State::Organisation { agreed_at } = turn.person.state else {
        return turn.show();
    };
    match legal_name(turn, text) {
        Some(name) => turn.go(State::Province {
            agreed_at,
            name,
            source,
        }),
        None => turn.show(),
    }
}

/// The name was corrected by editing the message that gave it; whether it was that message.
pub(super) fn on_name_edited(turn: &mut Turn, edited: MessageId, text: &str) -> bool {
    if named_by(&mut turn.person.state, edited).is_none() {
        return false;
    }
    if let Some(new) = legal_name(turn, text) {
        if let Some(name) = named_by(&mut turn.person.state, edited) {
            *name = new;
        }
        turn.note(|phrases| phrases.note_changed());
    }
    turn.show();
    true
}

/// The organisation's name, if this message gave it and it is not settled yet.
fn named_by(state: &mut State, message: MessageId) -> Option<&mut String> {
    match state {
        State::Province { name, source, .. } => (*source == message).then_some(name),
        State::Language { back } => named_by(back.as_mut()?, message),
        State::Consent
        | State::Organisation { .. }
        | State::Menu { .. }
        | State::Form { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. } => None,
    }
}

fn legal_name(turn: &mut Turn, text: &str) -> Option<String> {
    let name = clean_line(text);
    let length = name.chars().count();
    if length == 0 {
        turn.note(|phrases| phrases.note_empty());
        None
    } else if length > NAME_CHARS {
        turn.note(|phrases| phrases.note_too_long(length as u64, NAME_CHARS as u64));
        None
    } else {
        Some(name)
    }
}

pub(super) fn on_province_text(turn: &mut Turn, text: &str) {
    let places = turn.forum.config.place_choices();
    match typed_choice(
        places.map(|place| (place.id.as_str(), place.label.all().collect())),
        text,
    ) {
        Some(id) => on_province(turn, &id),
        None => {
            turn.note(|phrases| phrases.note_press_button());
            turn.show();
        }
    }
}

/// The last answer: from here on they speak for the organisation.
///
/// Whoever types the name of one that is here already speaks for it too; nothing on the way tells whether it
/// was, since who takes part is nobody's business.
pub(super) fn on_province(turn: &mut Turn, place: &str) {
    let State::Province {
        agreed_at, name, ..
    } = turn.person.state.clone()
    else {
        return turn.show();
    };
    let organisation = match turn.world.organisation_named(&fold(&name)) {
        Some(known) => known.id,
        None => {
            let id = turn.world.fresh_id();
            turn.changes.push(Change::Organisation(Organisation {
                id,
                name: Localised::same(turn.forum.words.languages(), &name),
                place: place.to_owned(),
                verified: false,
            }));
            id
        }
    };
    turn.person.membership = Some(Membership {
        organisation,
        agreed_at,
    });
    turn.note(|phrases| phrases.joined(&name));
    turn.go(State::Menu { kept: None });
}
