//! What the organisers decide: about the meeting, concerns, organisations, invitations, the registry.
//!
//! Who may decide is checked by whoever takes the order: the command line belongs to whoever has the machine.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::turn::notice;
use super::{Change, Moment, Notice, World, mine};
use crate::domain::{
    Attachment, Concern, Invitation, Localised, Meeting, Organisation, Past, Receipt, Status,
    Whereabouts,
};
use crate::text::clean::{clean, fold};
use crate::text::{Forum, Html, Phrases, card};

/// Characters of a reason or a question.
const WORDS: usize = 1_000;
/// Questions that a concern can hold beside its notes.
const PASTS: u32 = 80;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// This is known of the meeting. Its id is given here: it is the same meeting until that is over.
    Meeting(Meeting),
    /// About a concern.
    Concern(OnConcern),
    /// About an organisation, by its registry number or its name.
    Organisation(String, Standing),
    /// New invitations.
    Invite(Vec<Invite>),
    /// An invitation is taken back.
    Revoke(String),
    /// Organisations of the registry: new ones, or known ones as they are now.
    Registry(Vec<Registered>),
}

/// A decision about a concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnConcern {
    /// Which.
    pub receipt: Receipt,
    /// Where it stands from now on; as before, if nothing is said.
    pub status: Option<Status>,
    /// The concern that it becomes part of, for [`Status::Merged`].
    pub into: Option<Receipt>,
    /// Why, for [`Status::Rejected`]: its author reads it.
    pub reason: Option<String>,
    /// A question to its author.
    pub ask: Option<String>,
}

/// What the organisers hold of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is what it says: what waited for that no longer waits.
    Approved,
    /// It may add nothing.
    Suspended,
    /// Neither.
    Plain,
}

/// A new invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// Its code: 128 random bits in base64url.
    pub code: String,
    /// The registry number of the organisation that it is for; any, if none.
    pub number: Option<String>,
    /// How many people may join by it.
    pub uses: u32,
    /// Until when.
    pub expires_at: Option<Timestamp>,
}

/// An organisation of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Its number.
    pub number: String,
    /// Its names.
    pub name: Localised,
    /// The id of its province, where that is known.
    pub place: Option<String>,
}

/// What came of a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What to tell whoever decided: a line each.
    pub said: Vec<String>,
    /// What to tell those whom it concerns.
    pub notices: Vec<Notice>,
}

/// Does as decided.
///
/// # Errors
/// Why it cannot be done, in one line. Then nothing must come of what was changed meanwhile.
pub fn carry_out(
    order: Order,
    forum: &Forum,
    world: &mut dyn World,
    moment: Moment,
) -> Result<Done, String> {
    match order {
        Order::Meeting(meeting) => Ok(set_meeting(meeting, forum, world, moment.now)),
        Order::Concern(order) => on_concern(order, forum, world, moment.now),
        Order::Organisation(which, standing) => on_organisation(&which, standing, forum, world),
        Order::Invite(invites) => invite(invites, world),
        Order::Revoke(code) => revoke(&code, world),
        Order::Registry(registered) => Ok(register(registered, forum, world)),
    }
}

fn set_meeting(meeting: Meeting, forum: &Forum, world: &mut dyn World, now: Timestamp) -> Done {
    let zone = &forum.config.settings.zone;
    let known = world.meeting().filter(|known| !known.is_over(now, zone));
    let id = known.map_or_else(|| world.fresh_id(), |known| known.id);
    world.change(Change::Meeting(Meeting { id, ..meeting }));
    Done::default()
}

fn on_concern(
    order: OnConcern,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, String> {
    let find = |world: &dyn World, receipt| {
        world
            .concern_of(receipt)
            .ok_or_else(|| format!("no concern has the receipt {receipt}"))
    };
    let concern = find(world, order.receipt)?;
    if concern.status == Status::Withdrawn {
        return Err(format!(
            "{} was withdrawn; nothing of it is left",
            order.receipt
        ));
    }
    let mut notices = Vec::new();
    let mut concern = match order.status {
        None => concern,
        Some(status) => {
            let into = order.into.map(|receipt| find(world, receipt)).transpose()?;
            let reason = order.reason.as_deref().map(words).transpose()?;
            let changed = with_status(&concern, status, into, reason, world)?;
            if status == Status::Withdrawn {
                let receipt = concern.receipt.to_string();
                notices.extend(to_author(&concern, forum, world, &|phrases, _| {
                    phrases.notice_withdrawn_by_organisers(&receipt)
                }));
                notices.extend(mine::withdraw(changed, forum, world));
                return Ok(Done {
                    said: Vec::new(),
                    notices,
                });
            }
            if changed.status != concern.status || changed.into != concern.into {
                notices.extend(status_notice(&changed, forum, world));
            }
            changed
        }
    };
    if let Some(question) = order.ask.as_deref().map(words).transpose()? {
        if concern.open_question.is_some() {
            return Err(format!(
                "{} has a question that is not answered yet",
                order.receipt
            ));
        }
        if concern.past >= PASTS {
            return Err(format!("{} holds no further question", order.receipt));
        }
        world.change(Change::Past {
            concern: concern.id,
            place: concern.past,
            past: Past::Question {
                at: now,
                text: question.clone(),
                answer: None,
            },
        });
        concern.open_question = Some(concern.past);
        concern.past += 1;
        notices.extend(to_author(&concern, forum, world, &|phrases, name| {
            phrases.notice_asked(name, &question)
        }));
    }
    world.change(Change::Concern(Box::new(concern)));
    Ok(Done {
        said: Vec::new(),
        notices,
    })
}

/// A file of a concern was fetched, or cannot be kept; with the notice to its author in the latter case. Where it is no longer
/// waited for, because the concern is gone or it was fetched before, the file goes. To be told the same twice changes nothing.
pub fn fetched(
    id: u64,
    whereabouts: &Whereabouts,
    forum: &Forum,
    world: &mut dyn World,
) -> Option<Notice> {
    let attachment = match world.attachment(id) {
        Some(known) if known.whereabouts == *whereabouts => return None,
        Some(known) if matches!(known.whereabouts, Whereabouts::Telegram(_)) => known,
        Some(_) | None => {
            if let Whereabouts::Here(sealed) = whereabouts {
                world.change(Change::NoFile(sealed.name.clone()));
            }
            return None;
        }
    };
    let concern = attachment.concern;
    world.change(Change::Attachment(Attachment {
        whereabouts: whereabouts.clone(),
        ..attachment
    }));
    match whereabouts {
        Whereabouts::Refused => {
            let concern = world.concern(concern)?;
            to_author(&concern, forum, world, &|phrases, name| {
                phrases.notice_file_refused(name)
            })
        }
        Whereabouts::Here(_) | Whereabouts::Telegram(_) => None,
    }
}

/// The concern with another status, if it can have that.
fn with_status(
    concern: &Concern,
    status: Status,
    into: Option<Concern>,
    reason: Option<String>,
    world: &dyn World,
) -> Result<Concern, String> {
    if into.is_some() && status != Status::Merged {
        return Err("only what is merged goes into another concern".to_owned());
    }
    if reason.is_some() && status != Status::Rejected {
        return Err("only what is rejected has a reason".to_owned());
    }
    let mut whole = into.clone();
    while let Some(above) = whole {
        if above.id == concern.id {
            return Err("a concern cannot be merged into itself".to_owned());
        }
        whole = above.into.and_then(|id| world.concern(id));
    }
    if let Some(whole) = &into
        && matches!(
            whole.status,
            Status::Withdrawn | Status::Rejected | Status::Merged
        )
    {
        return Err(format!("{} is {} itself", whole.receipt, whole.status.id()));
    }
    if status == Status::Merged && !world.merged_into(concern.id).is_empty() {
        return Err("others were merged into it; merge those elsewhere first".to_owned());
    }
    Ok(Concern {
        status,
        into: into.map(|whole| whole.id),
        reason,
        ..concern.clone()
    })
}

/// What its author hears of its new status; nothing of what changes nothing for them.
fn status_notice(concern: &Concern, forum: &Forum, world: &dyn World) -> Option<Notice> {
    let say: fn(&Phrases<'_>, &str) -> Html = match concern.status {
        Status::New | Status::Waiting | Status::Withdrawn => return None,
        Status::Approved => |phrases, name| phrases.notice_approved(name),
        Status::Held => |phrases, name| phrases.notice_held(name),
        Status::Rejected => |phrases, name| phrases.notice_rejected(name),
        Status::Merged => |phrases, name| phrases.notice_merged(name),
        Status::Agenda => |phrases, name| phrases.notice_agenda(name),
        Status::Answered => |phrases, name| phrases.notice_answered(name),
        Status::Promised => |phrases, name| phrases.notice_promised(name),
        Status::Deflected => |phrases, name| phrases.notice_deflected(name),
        Status::NotReached => |phrases, name| phrases.notice_not_reached(name),
        Status::Done => |phrases, name| phrases.notice_done(name),
    };
    to_author(concern, forum, world, &|phrases, name| {
        let mut html = say(&phrases, name);
        if let Some(reason) = &concern.reason {
            html.paragraph(&phrases.mine_reason(reason));
        }
        html
    })
}

fn to_author(
    concern: &Concern,
    forum: &Forum,
    world: &dyn World,
    say: &dyn Fn(Phrases<'_>, &str) -> Html,
) -> Option<Notice> {
    let author = world.person(concern.author)?;
    notice(&author, Some(concern.id), forum, |phrases| {
        say(
            phrases,
            &card::name(&concern.answers, &forum.config, phrases),
        )
    })
}

/// Words of the organisers, cleaned.
fn words(text: &str) -> Result<String, String> {
    let words = clean(text);
    match words.chars().count() {
        0 => Err("there are no words to send".to_owned()),
        length if length > WORDS => Err(format!("that has {length} characters; {WORDS} fit")),
        _ => Ok(words),
    }
}

fn on_organisation(
    which: &str,
    standing: Standing,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<Done, String> {
    let found = world
        .organisation_numbered(which.trim())
        .or_else(|| world.organisation_named(&fold(which)));
    let organisation = found.ok_or("no organisation has this number or name")?;
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
            for concern in world.concerns_by(member.number) {
                if concern.status == Status::Waiting {
                    world.change(Change::Concern(Box::new(Concern {
                        status: Status::New,
                        ..concern
                    })));
                }
            }
        }
    }
    world.change(Change::Organisation(Organisation {
        verified,
        suspended,
        ..organisation
    }));
    Ok(Done {
        said: Vec::new(),
        notices,
    })
}

fn invite(invites: Vec<Invite>, world: &mut dyn World) -> Result<Done, String> {
    let username = world
        .username()
        .ok_or("the bot's name is not known yet: it has never run")?;
    let mut done = Done::default();
    for invite in invites {
        let organisation = match &invite.number {
            Some(number) => {
                let known = world.organisation_numbered(number);
                Some(
                    known
                        .ok_or_else(|| format!("no organisation has the number {number}"))?
                        .id,
                )
            }
            None => None,
        };
        let id = world.fresh_id();
        world.change(Change::Invitation(Invitation {
            id,
            organisation,
            uses_left: invite.uses,
            expires_at: invite.expires_at,
            revoked: false,
        }));
        done.said
            .push(format!("https://t.me/{username}?start={}", invite.code));
        world.change(Change::InvitationCode {
            id,
            code: invite.code,
        });
    }
    Ok(done)
}

fn revoke(code: &str, world: &mut dyn World) -> Result<Done, String> {
    let invitation = world
        .invitation_of(code)
        .ok_or("there is no invitation with this code")?;
    world.change(Change::Invitation(Invitation {
        revoked: true,
        ..invitation
    }));
    Ok(Done::default())
}

fn register(registered: Vec<Registered>, forum: &Forum, world: &mut dyn World) -> Done {
    let (mut new, mut known) = (0, 0);
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
        notices: Vec::new(),
    }
}
