//! Links by which people join.

use super::{By, Done, Invite, Refused, note};
use crate::dialogue::{Change, World};
use crate::domain::{Deed, Invitation};

pub(super) fn invite(invites: Vec<Invite>, by: By, world: &mut dyn World) -> Result<Done, Refused> {
    let username = world.username().ok_or(Refused::NoUsername)?;
    // For whom they are is asked first: nothing is to come of links that are not made, be it a line of the log.
    let mut whose = Vec::with_capacity(invites.len());
    for invite in &invites {
        whose.push(match (&invite.organisation, &invite.number) {
            (Some(id), _) => Some(world.organisation(*id).ok_or(Refused::NoOrganisation)?.id),
            (None, Some(number)) => Some(
                world
                    .organisation_numbered(number)
                    .ok_or_else(|| Refused::NoNumber(number.clone()))?
                    .id,
            ),
            (None, None) => None,
        });
    }
    let mut done = Done::default();
    note(world, by, Deed::Invited(invites.len() as u64));
    for (invite, organisation) in invites.into_iter().zip(whose) {
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
    note(world, by, Deed::InvitationRevoked(invitation.id));
    world.change(Change::Invitation(Invitation {
        revoked: true,
        ..invitation
    }));
    Ok(Done::default())
}
