//! Who has which role: offered by a link that works once, changed and taken by an owner.

use super::{By, Done, OfferRole, Refused, invitation, note};
use crate::dialogue::turn::notice;
use crate::dialogue::{Change, Notice, Person, State, Visit, World};
use crate::domain::{Deed, Invitation, Role};
use crate::text::clean::clean_line;
use crate::text::{Forum, Phrases};

/// Characters of what an owner calls somebody.
pub(in crate::dialogue) const CALLED: usize = 60;

pub(super) fn offer(offer: OfferRole, by: By, world: &mut dyn World) -> Result<Done, Refused> {
    let username = world.username().ok_or(Refused::NoUsername)?;
    let called = clean_line(&offer.called);
    match called.chars().count() {
        0 => return Err(Refused::NoWords),
        length if length > CALLED => return Err(Refused::TooLong(length, CALLED)),
        _ => {}
    }
    let id = world.fresh_id();
    note(world, by, Deed::RoleOffered(offer.role));
    world.change(Change::Invitation(Invitation {
        id,
        organisation: None,
        uses_left: 1,
        expires_at: Some(offer.expires_at),
        revoked: false,
        role: Some(offer.role),
        called: Some(called),
    }));
    let said = vec![invitation::link(&username, &offer.code)];
    world.change(Change::InvitationCode {
        id,
        code: offer.code,
    });
    Ok(Done {
        said,
        made: Some(id),
        ..Done::default()
    })
}

/// Changes or takes the role of somebody who has one. They are told, and leave what they may no longer see.
pub(super) fn set(
    number: u64,
    role: Option<Role>,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<Done, Refused> {
    if by.number() == Some(number) {
        return Err(Refused::OwnRole);
    }
    let person = world.person(number).filter(|person| person.role.is_some());
    let person = person.ok_or(Refused::NoRole)?;
    if person.role == Some(Role::Owner)
        && role != Some(Role::Owner)
        && !world.has_other_owner(number)
    {
        return Err(Refused::LastOwner);
    }
    note(
        world,
        by,
        match role {
            Some(role) => Deed::RoleGiven(number, role),
            None => Deed::RoleTaken(number),
        },
    );
    if person.role == Some(Role::Owner) && role != Some(Role::Owner) {
        close_links(by, world);
    }
    let notices = told(&person, role, forum);
    let called = person.called.clone().filter(|_| role.is_some());
    let mut person = Person {
        role,
        called,
        ..person
    };
    if let State::Visit {
        kept,
        visit: Visit::Desk(_),
    } = &person.state
    {
        person.state = State::Menu { kept: kept.clone() };
    }
    world.change(Change::Person(Box::new(person)));
    Ok(Done {
        notices: notices.into_iter().collect(),
        ..Done::default()
    })
}

/// Takes back every link that gives a role and was not opened yet: whoever is an owner no more may hold one, and would be
/// back by it.
pub(in crate::dialogue) fn close_links(by: By, world: &mut dyn World) {
    let invitations = world.invitations().into_iter();
    for open in
        invitations.filter(|known| known.role.is_some() && known.uses_left > 0 && !known.revoked)
    {
        note(world, by, Deed::InvitationRevoked(open.id));
        world.change(Change::Invitation(Invitation {
            revoked: true,
            ..open
        }));
    }
}

/// What somebody hears of their role.
fn told(person: &Person, role: Option<Role>, forum: &Forum) -> Option<Notice> {
    let told = notice(person, None, forum, |phrases| match role {
        Some(role) => phrases.notice_role_given(&name(role, phrases)),
        None => phrases.notice_role_taken(),
    })?;
    Some(Notice {
        commands: true,
        ..told
    })
}

/// A role in words.
pub(in crate::dialogue) fn name(role: Role, phrases: Phrases<'_>) -> String {
    match role {
        Role::Owner => phrases.role_owner(),
        Role::Organiser => phrases.role_organiser(),
        Role::Auditor => phrases.role_auditor(),
    }
}

/// Tells every owner, but for the person with this number.
pub(in crate::dialogue) fn to_owners(
    but: u64,
    forum: &Forum,
    world: &dyn World,
    say: impl Fn(Phrases<'_>) -> crate::text::Html,
) -> Vec<Notice> {
    let owners = world.everybody().into_iter();
    let owners = owners.filter(|person| person.role == Some(Role::Owner) && person.number != but);
    owners
        .filter_map(|owner| notice(&owner, None, forum, &say))
        .collect()
}
