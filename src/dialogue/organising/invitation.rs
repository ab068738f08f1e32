//! Links by which people join.

use super::{By, Done, Invite, Refused, note};
use crate::dialogue::{Change, World};
use crate::domain::{Act, Deed, Invitation};

pub(super) fn invite(invites: Vec<Invite>, by: By, world: &mut dyn World) -> Result<Done, Refused> {
    let username = world.username().ok_or(Refused::NoUsername)?;
    let mut done = Done::default();
    // All that can be refused is refused before anything changes.
    let organisations = invites.iter().map(|invite| whose(invite, world));
    let organisations: Vec<_> = organisations.collect::<Result<_, _>>()?;
    note(world, by, Deed::Invited(invites.len() as u64));
    for (invite, organisation) in invites.into_iter().zip(organisations) {
        let id = world.fresh_id();
        done.made.get_or_insert(id);
        world.change(Change::Invitation(Invitation {
            id,
            organisation,
            uses_left: invite.uses,
            expires_at: invite.expires_at,
            revoked: false,
            role: None,
            called: None,
        }));
        done.said.push(link(&username, &invite.code));
        world.change(Change::InvitationCode {
            id,
            code: invite.code,
        });
    }
    Ok(done)
}

/// The organisation that an invitation is for; nothing if it is for any.
fn whose(invite: &Invite, world: &dyn World) -> Result<Option<u64>, Refused> {
    let known = match (invite.organisation, &invite.number) {
        (Some(id), _) => world.organisation(id).ok_or(Refused::NoOrganisation)?,
        (None, Some(number)) => world
            .organisation_numbered(number)
            .ok_or_else(|| Refused::NoNumber(number.clone()))?,
        (None, None) => return Ok(None),
    };
    Ok(Some(known.id))
}

/// The link that carries a code.
pub(in crate::dialogue) fn link(username: &str, code: &str) -> String {
    format!("https://t.me/{username}?start={code}")
}

pub(super) fn revoke(
    found: Option<Invitation>,
    by: By,
    world: &mut dyn World,
) -> Result<Done, Refused> {
    let invitation = found.ok_or(Refused::NoInvitation)?;
    if invitation.role.is_some() {
        by.may(Act::People, None)?;
    }
    note(world, by, Deed::InvitationRevoked(invitation.id));
    world.change(Change::Invitation(Invitation {
        revoked: true,
        ..invitation
    }));
    Ok(Done::default())
}
