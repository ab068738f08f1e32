//! From the first word to the menu: language, privacy notice, organisation, province. And what links carry: the
//! owner's code, or an invitation's.

use jiff::{Timestamp, ToSpan as _};
use subtle::ConstantTimeEq as _;

use super::organising::people::{name as role_name, to_owners};
use super::screen::View;
use super::state::WrongLinks;
use super::{Change, Membership, Person, State, Turn, Weight, promising, typed_choice};
use crate::config::Join;
use crate::domain::organisation::NAME_CHARS;
use crate::domain::{Deed, Invitation, Language, Localised, MessageId, Organisation, Role, Who};
use crate::text::Phrases;
use crate::text::clean::{clean_line, fold};

/// How many links in a row may be wrong before the next has to wait.
const WRONG_LINKS: u32 = 3;
/// The first wait in seconds; each further one is twice as long, up to [`LONGEST_WAIT`].
const FIRST_WAIT: i64 = 60;
/// The longest wait in seconds.
const LONGEST_WAIT: i64 = 3_600;

/// `/start`, with or without what a link carries.
pub(super) fn on_start(turn: &mut Turn, payload: Option<&str>) {
    let Some(code) = payload else {
        return turn.show();
    };
    let now = turn.moment.now;
    if let Some(until) = turn
        .person
        .wrong_links
        .closed_until
        .filter(|until| now < *until)
    {
        let minutes = (until.duration_since(now).as_secs() / 60 + 1) as u64;
        turn.note(|phrases| phrases.note_links_closed(minutes));
        return turn.show();
    }
    let is_owner_code = |owner: String| bool::from(owner.as_bytes().ct_eq(code.as_bytes()));
    if turn.world.owner_code().is_some_and(is_owner_code) {
        turn.person.wrong_links = WrongLinks::default();
        return on_owner(turn);
    }
    let used = turn.person.membership.as_ref().and_then(|m| m.invitation);
    match turn.world.invitation_of(code) {
        // Their own link, opened again.
        Some(invitation) if used == Some(invitation.id) => turn.show(),
        Some(invitation) if invitation.is_good(now) && invitation.role.is_some() => {
            on_role(turn, invitation);
        }
        Some(invitation) if invitation.is_good(now) => on_invitation(turn, &invitation),
        Some(_) | None => on_wrong_link(turn),
    }
}

fn on_owner(turn: &mut Turn) {
    turn.person.role = Some(Role::Owner);
    turn.world.change(Change::OwnerClaimed);
    let who = Who::Person(turn.person.number);
    turn.world.change(Change::Audit(who, Deed::OwnerClaimed));
    to_desk(turn);
}

/// A link that gives a role was opened. It works once, and takes nothing from whoever may do more already.
fn on_role(turn: &mut Turn, invitation: Invitation) {
    let Some(role) = invitation.role else {
        return turn.show();
    };
    turn.person.wrong_links = WrongLinks::default();
    if turn.person.role.is_some_and(|has| has <= role) {
        turn.note(|phrases| phrases.note_role_already());
        return turn.show();
    }
    let number = turn.person.number;
    turn.person.role = Some(role);
    turn.person.called.clone_from(&invitation.called);
    let deed = Deed::RoleGiven(number, role);
    turn.world.change(Change::Audit(Who::Person(number), deed));
    let called = invitation.called.clone().unwrap_or_default();
    turn.world.change(Change::Invitation(Invitation {
        uses_left: 0,
        // It served its end; what somebody is called stands with them alone.
        called: None,
        ..invitation
    }));
    let notices = to_owners(number, turn.forum, turn.world, |phrases| {
        phrases.notice_role_taken_up(&called, &role_name(role, phrases))
    });
    turn.notices.extend(notices);
    let given = move |phrases: Phrases<'_>| phrases.notice_role_given(&role_name(role, phrases));
    turn.note(given);
    to_desk(turn);
}

/// To the menu of whoever has a role now; the language first, if they have none.
fn to_desk(turn: &mut Turn) {
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

/// Nobody finds a code of 128 bits by trying; whoever tries all the same is slowed down.
fn on_wrong_link(turn: &mut Turn) {
    let wrong = &mut turn.person.wrong_links;
    wrong.count = wrong.count.saturating_add(1);
    if let Some(doublings) = wrong.count.checked_sub(WRONG_LINKS) {
        let seconds = FIRST_WAIT
            .saturating_mul(1 << doublings.min(10))
            .min(LONGEST_WAIT);
        wrong.closed_until = turn.moment.now.checked_add(seconds.seconds()).ok();
    }
    turn.note(|phrases| phrases.note_unknown_link());
    turn.show();
}

/// A valid link: whoever has not joined yet joins by it, and whoever has is vouched for by it.
fn on_invitation(turn: &mut Turn, invitation: &Invitation) {
    turn.person.wrong_links = WrongLinks::default();
    if let Some(membership) = &turn.person.membership {
        let theirs = invitation
            .organisation
            .is_none_or(|organisation| organisation == membership.organisation);
        if theirs && membership.invitation.is_none() {
            vouch(turn, invitation);
            turn.note(|phrases| phrases.note_vouched());
        } else {
            turn.note(|phrases| phrases.note_member_already());
        }
        return turn.show();
    }
    turn.person.invitation = Some(invitation.id);
    if let State::Language { back: Some(back) } = &mut turn.person.state
        && **back == State::Uninvited
    {
        **back = State::Consent;
    }
    match turn.person.state {
        State::Organisation { agreed_at }
        | State::Choosing { agreed_at, .. }
        | State::Province { agreed_at, .. }
        | State::Confirm { agreed_at, .. } => to_organisation(turn, agreed_at),
        State::Uninvited | State::Menu { .. } => turn.go(State::Consent),
        State::Language { .. }
        | State::Consent
        | State::Form { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. }
        | State::Close { .. }
        | State::Visit { .. } => turn.show(),
    }
}

/// The invitation speaks for a member who joined without one, and for what they sent before.
fn vouch(turn: &mut Turn, invitation: &Invitation) {
    if let Some(membership) = &mut turn.person.membership {
        membership.invitation = Some(invitation.id);
    }
    turn.world.change(Change::Invitation(Invitation {
        uses_left: invitation.uses_left.saturating_sub(1),
        ..invitation.clone()
    }));
    let now = turn.moment.now;
    for mut concern in turn.world.concerns_by(turn.person.number) {
        concern.vouched = true;
        let concern = concern.clone().let_in(now).unwrap_or(concern);
        turn.world.change(Change::Concern(Box::new(concern)));
    }
}

pub(super) fn on_language(turn: &mut Turn, language: Language) {
    turn.person.language = Some(language);
    let State::Language { back } = turn.person.state.clone() else {
        return turn.show();
    };
    let first = if may_join(turn) {
        State::Consent
    } else {
        State::Uninvited
    };
    turn.go(back.map_or(first, |back| *back));
}

/// Whether the settings let them join as they are.
fn may_join(turn: &Turn) -> bool {
    match turn.forum.config.settings.join {
        Join::Open | Join::Approval => true,
        Join::Invite => turn.person.invitation.is_some(),
    }
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
    to_organisation(turn, turn.moment.now);
}

/// To the question for which organisation they speak: a confirmation, where an invitation names it.
fn to_organisation(turn: &mut Turn, agreed_at: Timestamp) {
    let invitation = turn
        .person
        .invitation
        .and_then(|id| turn.world.invitation(id));
    if !may_join(turn) {
        return turn.go(State::Uninvited);
    }
    turn.go(
        match invitation.and_then(|invitation| invitation.organisation) {
            Some(organisation) => State::Confirm {
                agreed_at,
                organisation,
            },
            None => State::Organisation { agreed_at },
        },
    );
}

pub(super) fn on_confirmed(turn: &mut Turn) {
    let State::Confirm {
        agreed_at,
        organisation,
    } = turn.person.state
    else {
        return turn.show();
    };
    settle(turn, agreed_at, organisation);
}

/// The link was meant for somebody else: it is not used up, and they go on without it.
pub(super) fn on_not_confirmed(turn: &mut Turn) {
    let State::Confirm { agreed_at, .. } = turn.person.state else {
        return turn.show();
    };
    turn.person.invitation = None;
    to_organisation(turn, agreed_at);
}

/// Nothing is kept of somebody who does not agree, not even that they were here.
pub(super) fn on_decline(turn: &mut Turn) {
    if turn.person.has_joined() {
        return turn.go(State::Menu { kept: None });
    }
    promising::unfollow_all(&mut turn.person, turn.world);
    turn.world.change(Change::Forgotten(turn.person.chat));
    turn.tell(Weight::Lasting, |phrases| phrases.declined());
    turn.forget = true;
}

pub(super) fn on_name(turn: &mut Turn, source: MessageId, text: &str) {
    let (State::Organisation { agreed_at } | State::Choosing { agreed_at, .. }) = turn.person.state
    else {
        return turn.show();
    };
    let Some(name) = legal_name(turn, text) else {
        return turn.show();
    };
    let offered = turn.world.organisations_like(&name);
    turn.go(if offered.is_empty() {
        State::Province {
            agreed_at,
            name,
            source,
            organisation: None,
        }
    } else {
        State::Choosing {
            agreed_at,
            name,
            source,
            offered,
        }
    });
}

/// One of the registry was meant.
pub(super) fn on_chosen(turn: &mut Turn, id: &str) {
    let State::Choosing {
        agreed_at, offered, ..
    } = &turn.person.state
    else {
        return turn.show();
    };
    let (agreed_at, chosen) = (
        *agreed_at,
        offered.iter().find(|offered| offered.to_string() == id),
    );
    match chosen.copied() {
        Some(organisation) => settle(turn, agreed_at, organisation),
        None => turn.show(),
    }
}

/// None of the registry was meant: it is added as it was typed.
pub(super) fn on_none_of_these(turn: &mut Turn) {
    let State::Choosing {
        agreed_at,
        name,
        source,
        ..
    } = turn.person.state.clone()
    else {
        return turn.show();
    };
    turn.go(State::Province {
        agreed_at,
        name,
        source,
        organisation: None,
    });
}

/// The name was corrected by editing the message that gave it; whether it was that message.
pub(super) fn on_name_edited(turn: &mut Turn, edited: MessageId, text: &str) -> bool {
    if named_by(&mut turn.person.state, edited).is_none() {
        return false;
    }
    if let Some(new) = legal_name(turn, text) {
        let like = turn.world.organisations_like(&new);
        match named_by(&mut turn.person.state, edited) {
            Some(State::Choosing { name, offered, .. }) => {
                *name = new;
                *offered = like;
            }
            Some(State::Province { name, .. }) => *name = new,
            Some(_) | None => {}
        }
        turn.note(|phrases| phrases.note_changed());
    }
    turn.show();
    true
}

/// The state that still holds the organisation's name as this message gave it.
fn named_by(state: &mut State, message: MessageId) -> Option<&mut State> {
    if let State::Language { back } = state {
        return named_by(back.as_mut()?, message);
    }
    let gave = match state {
        State::Choosing { source, .. }
        | State::Province {
            source,
            organisation: None,
            ..
        } => *source == message,
        State::Language { .. }
        | State::Consent
        | State::Uninvited
        | State::Confirm { .. }
        | State::Organisation { .. }
        | State::Province { .. }
        | State::Menu { .. }
        | State::Form { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. }
        | State::Close { .. }
        | State::Visit { .. } => false,
    };
    gave.then_some(state)
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

/// Which organisation it is has been settled: the registry may not know where it works.
fn settle(turn: &mut Turn, agreed_at: Timestamp, id: u64) {
    let Some(organisation) = turn.world.organisation(id) else {
        return turn.go(State::Organisation { agreed_at });
    };
    if organisation.place.is_empty() {
        let name = organisation.name.get(turn.phrases().language()).to_owned();
        return turn.go(State::Province {
            agreed_at,
            name,
            source: MessageId(0),
            organisation: Some(id),
        });
    }
    let name = organisation.name.get(turn.phrases().language());
    join(turn, agreed_at, &organisation, name);
}

/// The organisation's province, where it was not known.
///
/// Whoever types the name of one that is here already speaks for it too; nothing on the way tells whether it
/// was, since who takes part is nobody's business.
pub(super) fn on_province(turn: &mut Turn, place: &str) {
    let State::Province {
        agreed_at,
        name,
        organisation,
        ..
    } = turn.person.state.clone()
    else {
        return turn.show();
    };
    if !is_admitted(turn) {
        return to_organisation(turn, agreed_at);
    }
    let known = match organisation {
        Some(id) => turn.world.organisation(id),
        None => turn.world.organisation_named(&fold(&name)),
    };
    let organisation = match known {
        Some(known) if !known.place.is_empty() => known,
        Some(known) => Organisation {
            place: place.to_owned(),
            ..known
        },
        None => Organisation {
            id: turn.world.fresh_id(),
            name: Localised::same(turn.forum.words.languages(), &name),
            place: place.to_owned(),
            verified: false,
            number: None,
            suspended: false,
        },
    };
    turn.world
        .change(Change::Organisation(organisation.clone()));
    join(turn, agreed_at, &organisation, &name);
}

/// Whether they may still join: somebody else may have used the invitation up, or the settings have changed. If not, says
/// why.
fn is_admitted(turn: &mut Turn) -> bool {
    if let Some(id) = turn.person.invitation {
        let now = turn.moment.now;
        let good = turn
            .world
            .invitation(id)
            .is_some_and(|invitation| invitation.is_good(now));
        if !good {
            turn.person.invitation = None;
            turn.note(|phrases| phrases.note_unknown_link());
            return false;
        }
    }
    may_join(turn)
}

/// From here on they speak for the organisation, called as they know it.
fn join(turn: &mut Turn, agreed_at: Timestamp, organisation: &Organisation, name: &str) {
    if !is_admitted(turn) {
        return to_organisation(turn, agreed_at);
    }
    let invitation = turn
        .person
        .invitation
        .take()
        .and_then(|id| turn.world.invitation(id));
    if let Some(invitation) = &invitation {
        turn.world.change(Change::Invitation(Invitation {
            uses_left: invitation.uses_left - 1, // a good one has some left
            ..invitation.clone()
        }));
    }
    turn.person.membership = Some(Membership {
        organisation: organisation.id,
        agreed_at,
        invitation: invitation.map(|invitation| invitation.id),
    });
    turn.note(|phrases| phrases.joined(name));
    if waits_for_approval(turn) {
        turn.note(|phrases| phrases.note_waits_for_approval());
    }
    turn.go(State::Menu { kept: None });
}

/// Whether what they submit waits until the organisers have approved their organisation.
pub(super) fn waits_for_approval(turn: &Turn) -> bool {
    waits(&turn.person, turn.view())
}

/// The same of a person.
pub(super) fn waits(person: &Person, view: View<'_>) -> bool {
    let vouched = |membership: &Membership| {
        let organisation = view.world.organisation(membership.organisation);
        membership.invitation.is_some() || organisation.is_some_and(|known| known.verified)
    };
    match view.forum.config.settings.join {
        Join::Open | Join::Invite => false,
        Join::Approval => !person.membership.as_ref().is_some_and(vouched),
    }
}
