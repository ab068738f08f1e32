//! What the organisers decide: about the meeting, concerns, organisations, people, announcements, invitations, the registry.
//!
//! Guarantees: whoever decides is asked for their right to it here, in [`carry_out`], wherever the order comes from; what is
//! done is in the audit log by the same commit.
//!
//! | file | about |
//! |---|---|
//! | `concern` | where a concern stands, merging, questions, what is said in voice notes |
//! | `agenda` | what the meeting has time for: planned, decided by hand, settled |
//! | `floor` | what happens at the meeting: what is spoken of, for how long, what comes of it |
//! | `promise` | what was promised |
//! | `meeting` | what is known of it, and in what that differs from before |
//! | `organisation` | approving, suspending, renaming, merging, the registry |
//! | `people` | who has which role |
//! | `invitation` | links |
//! | `announcement` | words to many |
//! | `erasure` | everything about people, after the meeting |

pub mod agenda;
pub mod announcement;
mod archive;
pub(super) mod concern;
pub mod erasure;
pub mod floor;
pub(super) mod invitation;
pub mod meeting;
mod organisation;
pub(super) mod people;
pub mod promise;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Change, Moment, Notice, World, promising};
use crate::domain::{
    Act, Attachment, Audience, Concern, Deed, Localised, Meeting, Receipt, Role, Status,
    Whereabouts, Who, access,
};
use crate::text::clean::{clean, fold};
use crate::text::{Forum, Html, Phrases};

/// Characters of a reason, a question, or what is said in a voice note.
pub const WORDS: usize = 1_000;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// This is known of the meeting. Its id is given here: it is the same meeting until that is over.
    Meeting(Meeting),
    /// About a concern.
    Concern(OnConcern),
    /// What is said in a voice note, by its attachment.
    WriteDown(u64, String),
    /// About an organisation, by its registry number or its name.
    Organisation(String, Standing),
    /// About an organisation, by its id.
    Standing(u64, Standing),
    /// An organisation, by id, has another name.
    Rename(u64, String),
    /// The first organisation, by id, is the second in truth.
    MergeOrganisations(u64, u64),
    /// New invitations.
    Invite(Vec<Invite>),
    /// An invitation is taken back, by its code.
    Revoke(String),
    /// The same, by its id.
    RevokeInvitation(u64),
    /// A link that gives a role.
    OfferRole(OfferRole),
    /// Somebody, by internal number, has another role, or none.
    SetRole(u64, Option<Role>),
    /// Words to many.
    Announce(Announce),
    /// An announcement is stopped.
    StopAnnouncement(u64),
    /// Organisations of the registry: new ones, or known ones as they are now.
    Registry(Vec<Registered>),
    /// About the agenda.
    Agenda(agenda::OnAgenda),
    /// What happens at the meeting.
    Floor(floor::OnFloor),
    /// About what was promised.
    Promise(promise::OnPromise),
    /// Everything about people goes, and what they said; how much there was stays.
    Erase,
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
    /// The organisation that it is for, where its id is known.
    #[serde(default)]
    pub organisation: Option<u64>,
    /// How many people may join by it.
    pub uses: u32,
    /// Until when.
    pub expires_at: Option<Timestamp>,
}

/// A new link that gives a role, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferRole {
    /// Its code, as that of an invitation.
    pub code: String,
    /// The role.
    pub role: Role,
    /// What the owner calls whoever is to have it.
    pub called: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Words to many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announce {
    /// To whom.
    pub audience: Audience,
    /// What.
    pub words: Words,
}

/// What is announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// The organisers' words.
    Text(String),
    /// In what the meeting differs from before: before, and now. Each reads it in their language.
    Meeting(Box<Option<Meeting>>, Box<Meeting>),
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

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Whoever has the machine: they may do everything.
    CommandLine,
    /// A person with a role.
    Person {
        /// Their internal number.
        number: u64,
        /// What they may do.
        role: Option<Role>,
    },
    /// The program by itself, when something is due.
    Program,
}

/// What came of a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What to tell whoever decided: a line each.
    pub said: Vec<String>,
    /// What to tell those whom it concerns.
    pub notices: Vec<Notice>,
    /// The first record that was made, if some were.
    pub made: Option<u64>,
}

/// Why something cannot be done. Its words are those for the command line; [`Refused::say`] has those for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Whoever asks may not do it, or not now.
    #[error("that is not allowed")]
    NotAllowed,
    /// There is no such concern.
    #[error("no concern has the receipt {0}")]
    NoConcern(Receipt),
    /// It was withdrawn.
    #[error("{0} was withdrawn; nothing of it is left")]
    Withdrawn(Receipt),
    /// A question is open.
    #[error("{0} has a question that is not answered yet")]
    OpenQuestion(Receipt),
    /// Too many questions.
    #[error("{0} holds no further question")]
    TooManyQuestions(Receipt),
    /// Only what is merged has a whole.
    #[error("only what is merged goes into another concern")]
    IntoWithoutMerging,
    /// Only what is rejected has a reason.
    #[error("only what is rejected has a reason")]
    ReasonWithoutRejecting,
    /// A concern would be part of itself.
    #[error("a concern cannot be merged into itself")]
    IntoItself,
    /// What it would be part of does not stand for itself.
    #[error("{0} is {status} itself", status = .1.id())]
    WholeIsGone(Receipt, Status),
    /// It is a whole itself.
    #[error("others were merged into it; merge those elsewhere first")]
    IsWhole,
    /// Nothing was written.
    #[error("there are no words to send")]
    NoWords,
    /// Too much was written: characters, and how many fit.
    #[error("that has {0} characters; {1} fit")]
    TooLong(usize, usize),
    /// There is no such voice note.
    #[error("there is no such voice note")]
    NoVoice,
    /// Its author has said what is said in it.
    #[error("its author has approved what is said in it")]
    SpokenApproved,
    /// There is no such organisation.
    #[error("no organisation has this number or name")]
    NoOrganisation,
    /// There is none with this number.
    #[error("no organisation has the number {0}")]
    NoNumber(String),
    /// Another organisation is called so.
    #[error("another organisation has this name")]
    NameTaken,
    /// An organisation would be part of itself.
    #[error("an organisation cannot be merged into itself")]
    SameOrganisation,
    /// The bot has never run.
    #[error("the bot's name is not known yet: it has never run")]
    NoUsername,
    /// There is no such invitation.
    #[error("there is no invitation with this code")]
    NoInvitation,
    /// They have no role.
    #[error("that person has no role")]
    NoRole,
    /// Nobody takes a role from themselves.
    #[error("nobody changes their own role")]
    OwnRole,
    /// Without an owner nobody could look after the forum.
    #[error("that is the last owner")]
    LastOwner,
    /// Nobody would hear it.
    #[error("there is nobody to write to")]
    Nobody,
    /// More people than one announcement reaches.
    #[error("that are more people than one announcement reaches")]
    TooMany,
    /// There is no such announcement, or it is over.
    #[error("there is nothing to stop")]
    NothingToStop,
    /// Nothing is known of a meeting.
    #[error("no meeting is known")]
    NoMeeting,
    /// No time would be left for items, or one would take no time, or more than a day.
    #[error("that leaves no time for anything to be raised")]
    NoTime,
    /// It cannot be raised at a meeting: by where it stands, or by its author's choice.
    #[error("that concern cannot be raised at the meeting")]
    NotRaised,
    /// The agenda is not as it was shown.
    #[error("the agenda has changed meanwhile")]
    AgendaChanged,
    /// What happens at the meeting is logged already.
    #[error("the floor log of the meeting has begun, so its agenda stays as it was settled")]
    FloorBegun,
    /// The floor log is not as it was shown.
    #[error("the floor log has changed meanwhile")]
    FloorChanged,
    /// What was promised was changed or asked about since it was logged.
    #[error("the promise was changed or asked about since; take it back first")]
    PromiseStands,
    /// It is not on the agenda.
    #[error("that concern is not on the agenda")]
    NotOnAgenda,
    /// Nothing was promised about the concern.
    #[error("nothing was promised about that concern")]
    NotPromised,
    /// There is no such promise.
    #[error("there is no such promise")]
    NoPromise,
    /// It is not as it was shown.
    #[error("the promise has changed meanwhile")]
    PromiseChanged,
    /// It would be due before the meeting at which it was made.
    #[error("nothing can be due before the meeting at which it was promised")]
    DueBefore,
    /// Its day has not come.
    #[error("the day of this promise has not come")]
    NotDue,
}

impl By {
    /// For the audit log.
    pub fn who(self) -> Who {
        match self {
            Self::CommandLine => Who::CommandLine,
            Self::Person { number, .. } => Who::Person(number),
            Self::Program => Who::Program,
        }
    }

    /// Their internal number, if they are a person.
    fn number(self) -> Option<u64> {
        match self {
            Self::CommandLine | Self::Program => None,
            Self::Person { number, .. } => Some(number),
        }
    }

    /// Whether they may do this, with a concern that stands there if it is about one.
    fn may(self, act: Act, status: Option<Status>) -> Result<(), Refused> {
        let allowed = match self {
            Self::CommandLine => true,
            Self::Person { role, .. } => access::allows(role, act, status),
            // It decides about nothing that an organiser decides about.
            Self::Program => act == Act::Machine,
        };
        if allowed {
            Ok(())
        } else {
            Err(Refused::NotAllowed)
        }
    }
}

impl Order {
    /// What it takes to order this. Orders about a concern are looked at more closely: see [`concern`].
    fn act(&self) -> Act {
        match self {
            Self::Meeting(_) => Act::Meeting,
            Self::Concern(_) => Act::Read,
            Self::WriteDown(..) => Act::WriteDown,
            Self::Organisation(..)
            | Self::Standing(..)
            | Self::Rename(..)
            | Self::MergeOrganisations(..) => Act::Organisations,
            Self::Invite(_) | Self::Revoke(_) | Self::RevokeInvitation(_) => Act::Invite,
            Self::OfferRole(_) | Self::SetRole(..) => Act::People,
            Self::Announce(_) | Self::StopAnnouncement(_) => Act::Announce,
            Self::Agenda(_) => Act::Plan,
            Self::Floor(_) => Act::Floor,
            Self::Promise(_) => Act::Ledger,
            Self::Registry(_) | Self::Erase => Act::Machine,
        }
    }
}

/// Does as decided.
///
/// # Errors
/// Why it cannot be done. Then nothing must come of what was changed meanwhile.
pub fn carry_out(
    order: Order,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    moment: Moment,
) -> Result<Done, Refused> {
    by.may(order.act(), None)?;
    match order {
        Order::Meeting(meeting) => Ok(meeting::set(meeting, by, forum, world, moment.now)),
        Order::Concern(order) => concern::decide(order, by, forum, world, moment.now),
        Order::WriteDown(attachment, words) => {
            concern::write_down(attachment, &words, by, forum, world, moment.now)
        }
        Order::Organisation(which, standing) => {
            let found = world
                .organisation_numbered(which.trim())
                .or_else(|| world.organisation_named(&fold(&which)));
            organisation::set(found, standing, by, forum, world, moment.now)
        }
        Order::Standing(id, standing) => {
            let found = world.organisation(id);
            organisation::set(found, standing, by, forum, world, moment.now)
        }
        Order::Rename(id, name) => organisation::rename(id, &name, by, forum, world),
        Order::MergeOrganisations(from, into) => {
            organisation::merge(from, into, by, forum, world, moment.now)
        }
        Order::Invite(invites) => invitation::invite(invites, by, world),
        Order::Revoke(code) => {
            let found = world.invitation_of(&code);
            invitation::revoke(found, by, world)
        }
        Order::RevokeInvitation(id) => {
            let found = world.invitation(id);
            invitation::revoke(found, by, world)
        }
        Order::OfferRole(offer) => people::offer(offer, by, world),
        Order::SetRole(person, role) => people::set(person, role, by, forum, world),
        Order::Announce(announce) => announcement::make(announce, by, forum, world, moment.now),
        Order::StopAnnouncement(id) => announcement::stop(id, by, world),
        Order::Registry(registered) => Ok(organisation::register(registered, by, forum, world)),
        Order::Agenda(order) => agenda::decide(order, by, forum, world, moment.now),
        Order::Floor(order) => floor::log(order, by, forum, world, moment),
        Order::Promise(order) => promise::decide(order, by, forum, world, moment.now),
        Order::Erase => erasure::erase(by, forum, world, moment.now),
    }
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
    let attachment = Attachment {
        whereabouts: whereabouts.clone(),
        ..attachment
    };
    world.change(Change::Attachment(attachment.clone()));
    match whereabouts {
        Whereabouts::Refused => {
            let Some(concern) = world.concern(attachment.concern) else {
                return promising::refused(&attachment, forum, world);
            };
            concern::to_author(&concern, forum, world, &|phrases, name| {
                phrases.notice_file_refused(name)
            })
        }
        Whereabouts::Here(_) | Whereabouts::Telegram(_) => None,
    }
}

fn note(world: &mut dyn World, by: By, deed: Deed) {
    world.change(Change::Audit(by.who(), deed));
}

/// Words of the organisers, cleaned.
fn words(text: &str, limit: usize) -> Result<String, Refused> {
    let words = clean(text);
    match words.chars().count() {
        0 => Err(Refused::NoWords),
        length if length > limit => Err(Refused::TooLong(length, limit)),
        _ => Ok(words),
    }
}

impl Refused {
    /// Why, in a person's language.
    pub fn say(&self, phrases: Phrases<'_>) -> Html {
        match self {
            Self::NotAllowed => phrases.note_not_allowed(),
            Self::NoConcern(_) => phrases.note_no_receipt(),
            Self::Withdrawn(_) => phrases.note_concern_gone(),
            Self::OpenQuestion(_) => phrases.note_question_open(),
            Self::TooManyQuestions(_) => phrases.note_too_many_questions(),
            Self::IntoWithoutMerging | Self::ReasonWithoutRejecting => phrases.note_not_allowed(),
            Self::IntoItself => phrases.note_into_itself(),
            Self::WholeIsGone(..) => phrases.note_whole_gone(),
            Self::IsWhole => phrases.note_is_whole(),
            Self::NoWords => phrases.note_empty(),
            Self::TooLong(length, limit) => phrases.note_too_long(*length as u64, *limit as u64),
            Self::NoVoice => phrases.note_voice_gone(),
            Self::SpokenApproved => phrases.note_voice_approved(),
            Self::NoOrganisation | Self::NoNumber(_) => phrases.note_no_organisation(),
            Self::NameTaken => phrases.note_name_taken(),
            Self::SameOrganisation => phrases.note_same_organisation(),
            Self::NoUsername => phrases.note_failed(),
            Self::NoInvitation => phrases.note_invitation_gone(),
            Self::NoRole => phrases.note_no_role(),
            Self::OwnRole => phrases.note_own_role(),
            Self::LastOwner => phrases.note_last_owner_there(),
            Self::Nobody => phrases.note_nobody(),
            Self::TooMany => phrases.note_too_many_people(),
            Self::NothingToStop => phrases.note_nothing_to_stop(),
            Self::NoMeeting => phrases.note_no_meeting(),
            Self::NoTime => phrases.note_no_time(),
            Self::NotRaised => phrases.note_not_raised(),
            Self::AgendaChanged => phrases.note_agenda_changed(),
            Self::FloorBegun => phrases.note_floor_begun(),
            Self::FloorChanged => phrases.note_floor_changed(),
            Self::PromiseStands => phrases.note_promise_stands(),
            Self::NotOnAgenda => phrases.note_not_on_agenda(),
            Self::NotPromised => phrases.note_not_promised(),
            Self::NoPromise => phrases.note_no_promise(),
            Self::PromiseChanged => phrases.note_promise_changed(),
            Self::DueBefore => phrases.note_due_before(),
            Self::NotDue => phrases.note_not_due_yet(),
        }
    }
}

/// The concern with this receipt.
fn find(world: &dyn World, receipt: Receipt) -> Result<Concern, Refused> {
    world.concern_of(receipt).ok_or(Refused::NoConcern(receipt))
}
