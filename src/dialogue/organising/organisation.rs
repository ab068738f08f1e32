//! Organisations: approving, suspending, renaming, merging, the registry.

use jiff::Timestamp;

use super::{By, Done, Refused, Registered, Standing, note};
use crate::dialogue::turn::notice;
use crate::dialogue::{Change, Membership, Person, World};
use crate::domain::organisation::NAME_CHARS;
use crate::domain::{
    Attachment, Concern, Deed, Endorsement, Invitation, Localised, Organisation, Report, Rsvp,
};
use crate::text::clean::{clean_line, fold};
use crate::text::{Forum, Html, Phrases};

pub(super) fn set(
    found: Option<Organisation>,
    standing: Standing,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let organisation = found.ok_or(Refused::NoOrganisation)?;
    let (verified, suspended) = match standing {
        Standing::Approved => (true, false),
        Standing::Suspended => (organisation.verified, true),
        Standing::Plain => (false, false),
    };
    let mut notices = Vec::new();
    for member in world.members(organisation.id) {
        let say: Option<fn(&Phrases<'_>) -> Html> = match standing {
            Standing::Suspended if !organisation.suspended => {
                Some(|phrases| phrases.note_suspended())
            }
            Standing::Approved if !organisation.verified => {
                Some(|phrases| phrases.notice_organisation_approved())
            }
            Standing::Approved | Standing::Suspended | Standing::Plain => None,
        };
        if let Some(say) = say {
            notices.extend(notice(&member, None, forum, |phrases| say(&phrases)));
        }
        if verified {
            let concerns = world.concerns_by(member.number).into_iter();
            for concern in concerns.filter_map(|concern| concern.let_in(now)) {
                world.change(Change::Concern(Box::new(concern)));
            }
        }
    }
    let id = organisation.id;
    note(
        world,
        by,
        match standing {
            Standing::Approved => Deed::OrganisationApproved(id),
            Standing::Suspended => Deed::OrganisationSuspended(id),
            Standing::Plain => Deed::OrganisationPlain(id),
        },
    );
    world.change(Change::Organisation(Organisation {
        verified,
        suspended,
        ..organisation
    }));
    Ok(Done {
        notices,
        ..Done::default()
    })
}

/// Gives an organisation another name, the same in every language.
pub(super) fn rename(
    id: u64,
    name: &str,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<Done, Refused> {
    let organisation = world.organisation(id).ok_or(Refused::NoOrganisation)?;
    let name = clean_line(name);
    match name.chars().count() {
        0 => return Err(Refused::NoWords),
        length if length > NAME_CHARS => return Err(Refused::TooLong(length, NAME_CHARS)),
        _ => {}
    }
    let taken = world.organisation_named(&fold(&name));
    if taken.is_some_and(|other| other.id != id) {
        return Err(Refused::NameTaken);
    }
    note(world, by, Deed::OrganisationRenamed(id));
    world.change(Change::Organisation(Organisation {
        name: Localised::same(forum.words.languages(), &name),
        ..organisation
    }));
    Ok(Done::default())
}

/// Two records are one organisation in truth: everything of the first is the second's from now on. One voice stays one voice:
/// where both support a concern or both answered the invitation, the second's word stands.
pub(super) fn merge(
    from: u64,
    into: u64,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    if from == into {
        return Err(Refused::SameOrganisation);
    }
    let gone = world.organisation(from).ok_or(Refused::NoOrganisation)?;
    let stays = world.organisation(into).ok_or(Refused::NoOrganisation)?;
    let verified = stays.verified || gone.verified;
    let mut notices = Vec::new();
    for member in world.members(from) {
        notices.extend(notice(&member, None, forum, |phrases| {
            phrases.notice_organisation_merged(stays.name.get(phrases.language()))
        }));
        let membership = member.membership.clone().map(|membership| Membership {
            organisation: into,
            ..membership
        });
        world.change(Change::Person(Box::new(Person {
            membership,
            ..member
        })));
    }
    let concerns = world.glances().into_iter();
    for glance in concerns.filter(|glance| glance.organisation == from) {
        let Some(concern) = world.concern(glance.id) else {
            continue;
        };
        // They are found through the concern's organisation, so they go first.
        for attachment in world.attachments(concern.id) {
            world.change(Change::Attachment(Attachment {
                organisation: into,
                ..attachment
            }));
        }
        let concern = match concern.clone().let_in(now) {
            Some(let_in) if verified => let_in,
            Some(_) | None => concern,
        };
        // Nobody endorses what is their own.
        world.change(Change::Unendorsed {
            concern: concern.id,
            organisation: into,
        });
        world.change(Change::Concern(Box::new(Concern {
            organisation: into,
            ..concern
        })));
    }
    // With the one the other is approved: nothing of it waits any more either.
    if verified {
        let all = world.glances().into_iter();
        for glance in all.filter(|glance| glance.organisation == into) {
            let own = world.concern(glance.id);
            if let Some(let_in) = own.and_then(|concern| concern.let_in(now)) {
                world.change(Change::Concern(Box::new(let_in)));
            }
        }
    }
    for endorsement in world.endorsements_of(from) {
        world.change(Change::Unendorsed {
            concern: endorsement.concern,
            organisation: from,
        });
        let own = world.concern(endorsement.concern);
        let own = own.is_some_and(|concern| concern.organisation == into);
        let there = world.endorsements(endorsement.concern);
        if !own && there.iter().all(|other| other.organisation != into) {
            world.change(Change::Endorsed(Endorsement {
                organisation: into,
                ..endorsement
            }));
        }
    }
    for rsvp in world.rsvps_of(from) {
        world.change(Change::NoRsvp {
            meeting: rsvp.meeting,
            organisation: from,
        });
        if world.rsvp(rsvp.meeting, into).is_none() {
            world.change(Change::Rsvp(Rsvp {
                organisation: into,
                ..rsvp
            }));
        }
    }
    for report in world.reports_of(from) {
        // Its photos take the other's room from here on.
        for photo in &report.photos {
            let Some(photo) = world.attachment(*photo) else {
                continue;
            };
            world.change(Change::Attachment(Attachment {
                organisation: into,
                ..photo
            }));
        }
        let joined = Report {
            organisation: into,
            ..report.clone()
        };
        if report.person == 0 {
            // It is found by its organisation.
            world.change(Change::NoReport(Report {
                photos: Vec::new(),
                ..report
            }));
        }
        world.change(Change::Report(joined));
    }
    let invitations = world.invitations().into_iter();
    for invitation in invitations.filter(|invitation| invitation.organisation == Some(from)) {
        world.change(Change::Invitation(Invitation {
            organisation: Some(into),
            ..invitation
        }));
    }
    note(world, by, Deed::OrganisationsMerged(from, into));
    world.change(Change::NoOrganisation(from));
    world.change(Change::Organisation(Organisation {
        number: stays.number.clone().or(gone.number),
        place: if stays.place.is_empty() {
            gone.place
        } else {
            stays.place.clone()
        },
        verified,
        suspended: stays.suspended || gone.suspended,
        ..stays
    }));
    Ok(Done {
        notices,
        ..Done::default()
    })
}

/// Takes in what the registry says.
pub(super) fn register(
    registered: Vec<Registered>,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Done {
    let (mut new, mut known) = (0, 0);
    note(world, by, Deed::RegistryRead(registered.len() as u64));
    for mut entry in registered {
        // A name that is known in one language only serves in the others, too.
        for language in forum.words.languages() {
            let name = entry.name.get(language).to_owned();
            entry.name.0.entry(language).or_insert(name);
        }
        let organisation = match world.organisation_numbered(&entry.number) {
            Some(there) => {
                known += 1;
                Organisation {
                    name: entry.name,
                    place: entry.place.unwrap_or(there.place),
                    ..there
                }
            }
            None => {
                new += 1;
                Organisation {
                    id: world.fresh_id(),
                    name: entry.name,
                    place: entry.place.unwrap_or_default(),
                    verified: false,
                    number: Some(entry.number),
                    suspended: false,
                }
            }
        };
        world.change(Change::Organisation(organisation));
    }
    Done {
        said: vec![format!(
            "{new} new organisations, {known} known ones brought up to date"
        )],
        ..Done::default()
    }
}
