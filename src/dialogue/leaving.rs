//! What is held about a person, and its end.

use super::organising::By;
use super::organising::people::close_links;
use super::{Change, Effect, Person, State, Turn, Visit, Weight, World, mine, promising};
use crate::domain::{
    Announcement, Attachment, Concern, Deed, Endorsement, FloorEntry, Organisation, Past, Report,
    Role, Rsvp, SentAs, Transcript, Voice, Whereabouts, Who, audit,
};
use jiff::Timestamp;
use serde::Serialize;

/// Everything that is held about a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// The person, with what they are asked at the moment and every draft.
    pub person: Person,
    /// The organisation that they speak for.
    pub organisation: Option<Organisation>,
    /// What they sent.
    pub concerns: Vec<HeldConcern>,
    /// Where they spoke for their organisation's support.
    pub endorsements: Vec<Endorsement>,
    /// Where they answered for their organisation whether it comes.
    pub rsvps: Vec<Rsvp>,
    /// Where they said for their organisation what became of a promise.
    pub reports: Vec<HeldReport>,
    /// For which promises they are kept after an erasure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<HeldVoice>,
    /// What they announced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub announcements: Vec<Announcement>,
    /// What they logged at meetings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub floor: Vec<FloorEntry>,
    /// What the audit log says that they did, and of their role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deeds: Vec<audit::Entry>,
}

/// A concern with all that stands beside it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldConcern {
    /// The concern.
    pub concern: Concern,
    /// Older versions, notes, questions.
    pub past: Vec<Past>,
    /// Its files.
    pub files: Vec<HeldFile>,
}

/// What somebody said of a promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldReport {
    /// What they said.
    pub said: Report,
    /// The photos beside it.
    pub files: Vec<HeldFile>,
}

/// That somebody is kept after an erasure, since they agreed to be asked what became of a promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldVoice {
    /// What was promised.
    pub promise: String,
    /// Until when.
    pub until: Timestamp,
    /// What is left of them beside it.
    pub voice: Voice,
}

/// A file, without the key that opens it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldFile {
    /// What it was sent as.
    pub sent_as: SentAs,
    /// Its type and its bytes, where it is kept here.
    pub kept: Option<(String, u64)>,
    /// What is said in it, once somebody has written it down.
    pub transcript: Option<Transcript>,
}

/// Gathers what is held about this person.
pub fn held(person: Person, world: &dyn World) -> Held {
    let number = person.number;
    let organisation = person.membership.as_ref().map(|m| m.organisation);
    let concerns = world.concerns_by(number).into_iter();
    let by_them = |by: Option<u64>| by == Some(number);
    let endorsements = organisation.map_or_else(Vec::new, |id| world.endorsements_of(id));
    let rsvps = organisation.map_or_else(Vec::new, |id| world.rsvps_of(id));
    Held {
        organisation: organisation.and_then(|id| world.organisation(id)),
        concerns: concerns
            .map(|concern| HeldConcern {
                past: world.past(concern.id),
                files: world
                    .attachments(concern.id)
                    .into_iter()
                    .map(file)
                    .collect(),
                concern,
            })
            .collect(),
        endorsements: endorsements
            .into_iter()
            .filter(|endorsement| by_them(endorsement.person))
            .collect(),
        rsvps: rsvps
            .into_iter()
            .filter(|rsvp| by_them(rsvp.person))
            .collect(),
        reports: world
            .reports_by(number)
            .into_iter()
            .map(|said| HeldReport {
                files: said
                    .photos
                    .iter()
                    .filter_map(|id| world.attachment(*id))
                    .map(file)
                    .collect(),
                said,
            })
            .collect(),
        voices: promising::voices_of(&person, world),
        announcements: world.announcements_by(number),
        floor: world.floor_by(number),
        deeds: deeds(number, world),
        person,
    }
}

/// What the audit log says of a person.
fn deeds(number: u64, world: &dyn World) -> Vec<audit::Entry> {
    let (mut entries, _) = world.audit();
    let is_theirs =
        |deed| matches!(deed, Deed::RoleGiven(whom, _) | Deed::RoleTaken(whom) if whom == number);
    entries.retain(|entry| entry.who == Who::Person(number) || is_theirs(entry.deed));
    entries
}

fn file(attachment: Attachment) -> HeldFile {
    HeldFile {
        sent_as: attachment.sent_as,
        transcript: attachment.transcript,
        kept: match attachment.whereabouts {
            Whereabouts::Here(sealed) => Some((sealed.kind, sealed.size)),
            Whereabouts::Telegram(_) | Whereabouts::Refused => None,
        },
    }
}

/// Sends it as a file.
pub(super) fn send_data(turn: &mut Turn) {
    turn.effects.push(Effect::MyData);
    turn.note(|phrases| phrases.note_data_comes());
    turn.show();
}

/// Says what goes and what stays, and asks. Of somebody who has not joined nothing is left to ask about.
pub(super) fn ask(turn: &mut Turn) {
    if is_last_owner(turn) {
        turn.note(|phrases| phrases.note_last_owner());
        return turn.show();
    }
    if !turn.person.has_joined() {
        return forget(turn);
    }
    turn.go(State::Visit {
        kept: turn.person.state.draft().cloned(),
        visit: Visit::Forgetting,
    });
}

fn is_last_owner(turn: &Turn) -> bool {
    match turn.person.role {
        Some(Role::Owner) => !turn.world.has_other_owner(turn.person.number),
        Some(Role::Organiser | Role::Auditor) | None => false,
    }
}

/// Erases the person: at once from every output, from the disk with the next rebuild.
///
/// What they sent is withdrawn. An organisation for which nobody else speaks takes back its support and its answers, and
/// is gone itself, unless it stands in the registry or the organisers have decided about it.
pub(super) fn forget(turn: &mut Turn) {
    if is_last_owner(turn) {
        turn.note(|phrases| phrases.note_last_owner());
        return turn.show();
    }
    erase(turn);
    turn.tell(Weight::Lasting, |phrases| phrases.forgotten());
}

/// The same without asking who they are, or telling them.
pub(super) fn erase(turn: &mut Turn) {
    let number = turn.person.number;
    if let Some(role) = turn.person.role {
        let by = By::Person {
            number,
            role: Some(role),
        };
        if role == Role::Owner {
            close_links(by, turn.world);
        }
        let gone = Deed::RoleTaken(number);
        turn.world.change(Change::Audit(Who::Person(number), gone));
    }
    let own = turn.world.concerns_by(number);
    for id in own.into_iter().map(|concern| concern.id) {
        // One of their own may stand in the place of another of theirs by now.
        let Some(concern) = turn.world.concern(id) else {
            continue;
        };
        let notices = mine::withdraw(
            Concern {
                author: 0,
                ..concern
            },
            turn.forum,
            turn.world,
        );
        turn.notices.extend(notices);
    }
    if let Some(membership) = turn.person.membership.clone() {
        leave(turn, membership.organisation);
    }
    promising::unfollow_all(&mut turn.person, turn.world);
    // They would be kept, with the chat, until they are sent.
    turn.notices.retain(|notice| notice.person != number);
    turn.world.change(Change::Forgotten(turn.person.chat));
    turn.forget = true;
}

fn leave(turn: &mut Turn, organisation: u64) {
    let number = turn.person.number;
    let members = turn.world.members(organisation);
    let alone = members.iter().all(|member| member.number == number);
    for endorsement in turn.world.endorsements_of(organisation) {
        if alone {
            turn.world.change(Change::Unendorsed {
                concern: endorsement.concern,
                organisation,
            });
        } else if endorsement.person == Some(number) {
            turn.world.change(Change::Endorsed(Endorsement {
                person: None,
                ..endorsement
            }));
        }
    }
    // What somebody said became of a promise is theirs. Where nobody is left, so is what somebody said who went before.
    for report in turn.world.reports_of(organisation) {
        if alone || report.person == number {
            turn.world.change(Change::NoReport(report));
        }
    }
    for rsvp in turn.world.rsvps_of(organisation) {
        if alone {
            turn.world.change(Change::NoRsvp {
                meeting: rsvp.meeting,
                organisation,
            });
        } else if rsvp.person == Some(number) {
            turn.world.change(Change::Rsvp(Rsvp {
                person: None,
                ..rsvp
            }));
        }
    }
    let known = turn.world.organisation(organisation);
    let own_word =
        known.is_some_and(|known| known.number.is_none() && !known.verified && !known.suspended);
    if alone && own_word {
        turn.world.change(Change::NoOrganisation(organisation));
    }
}
