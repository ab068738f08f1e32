//! The records that a conversation reads and changes.
//!
//! A step sees at once what it changed itself, and what earlier steps of its batch changed. Nothing of that is
//! anywhere else before the whole event is taken in.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Person;
use crate::digest::frozen::{Frozen, Hash, Opening};
use crate::digest::{Edition, Filter, Records};
use crate::domain::concern::question;
use crate::domain::promise::Outliving;
use crate::domain::{
    AgendaItem, AgendaPlan, Announcement, Answers, Archive, Attachment, Card, ChatId, Concern,
    Deed, Disclosure, Endorsement, FloorEntry, Group, Invitation, Meeting, MessageId, Organisation,
    PartContent, Past, Promise, Receipt, Reminded, Report, Rsvp, Status, Voice, Who, audit,
};

/// When and with which luck a step happens.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time.
    pub now: Timestamp,
    /// Fresh random bits.
    pub random: u128,
}

/// See the module. Look-ups never fail here: whoever implements them keeps the failure and takes the event back.
pub trait World {
    /// A number never given out before, for a new record.
    fn fresh_id(&mut self) -> u64;
    /// Changes a record, together with whatever points to it.
    fn change(&mut self, change: Change);

    /// The organisation with this id.
    fn organisation(&self, id: u64) -> Option<Organisation>;
    /// The organisation of this name, compared folded.
    fn organisation_named(&self, name: &str) -> Option<Organisation>;
    /// The organisation with this number in the registry.
    fn organisation_numbered(&self, number: &str) -> Option<Organisation>;
    /// The organisations of the registry whose names are closest to what was typed, best first; at most five, and none
    /// that can hardly be meant.
    fn organisations_like(&self, typed: &str) -> Vec<u64>;
    /// Every organisation, in the order of their ids.
    fn organisations(&self) -> Vec<Organisation>;
    /// The organisations for which somebody speaks.
    fn joined(&self) -> BTreeSet<u64>;
    /// Those who speak for an organisation.
    fn members(&self, organisation: u64) -> Vec<Person>;
    /// The person with this internal number.
    fn person(&self, number: u64) -> Option<Person>;
    /// Everybody. It takes a while: for what happens rarely.
    fn everybody(&self) -> Vec<Person>;

    /// The concern with this id.
    fn concern(&self, id: u64) -> Option<Concern>;
    /// The concern with this receipt.
    fn concern_of(&self, receipt: Receipt) -> Option<Concern>;
    /// What a person sent, in the order in which it came.
    fn concerns_by(&self, person: u64) -> Vec<Concern>;
    /// The concerns that are part of this one.
    fn merged_into(&self, concern: u64) -> Vec<Concern>;
    /// What stands beside a concern, in order.
    fn past(&self, concern: u64) -> Vec<Past>;
    /// Who stands behind a concern besides the organisation that raised it.
    fn endorsements(&self, concern: u64) -> Vec<Endorsement>;
    /// What an organisation stands behind.
    fn endorsements_of(&self, organisation: u64) -> Vec<Endorsement>;
    /// As much of every concern as is needed to find it, in the order in which they came. Whom it is for is the caller's
    /// question.
    fn glances(&self) -> Vec<Glance>;
    /// The concerns, but for those that were withdrawn, that say something close to these answers, closest first. Whom they
    /// are for is the caller's question.
    fn close_to(&self, answers: &Answers) -> Vec<u64>;
    /// The concerns in which all of these words stand, newest first; at most so many. It takes a while.
    fn search(&self, words: &str, most: usize) -> Vec<u64>;

    /// An attachment.
    fn attachment(&self, id: u64) -> Option<Attachment>;
    /// The attachments of a concern, those of its past included.
    fn attachments(&self, concern: u64) -> Vec<Attachment>;
    /// Bytes that the files of an organisation take.
    fn room_taken(&self, organisation: u64) -> u64;

    /// The meeting.
    fn meeting(&self) -> Option<Meeting>;
    /// Those before it since the last erasure, the oldest first.
    fn past_meetings(&self) -> Vec<Meeting>;
    /// What organisations answered to a meeting's invitation.
    fn rsvps(&self, meeting: u64) -> Vec<Rsvp>;
    /// What this organisation answered.
    fn rsvp(&self, meeting: u64, organisation: u64) -> Option<Rsvp>;

    /// What this organisation answered to all meetings.
    fn rsvps_of(&self, organisation: u64) -> Vec<Rsvp>;

    /// What is planned for a meeting.
    fn agenda_plan(&self, meeting: u64) -> Option<AgendaPlan>;
    /// What is known of the concerns as items of this meeting, in the order of their ids.
    fn agenda_items(&self, meeting: u64) -> Vec<AgendaItem>;
    /// What is known of a concern as an item.
    fn agenda_item(&self, concern: u64) -> Option<AgendaItem>;
    /// The floor log of a meeting, in order.
    fn floor(&self, meeting: u64) -> Vec<FloorEntry>;
    /// What a person has logged, at whichever meeting. It takes a while.
    fn floor_by(&self, person: u64) -> Vec<FloorEntry>;
    /// The message in this chat that carries the newest buttons.
    fn shown(&self, chat: ChatId) -> Option<MessageId>;

    /// The promise with this id.
    fn promise(&self, id: u64) -> Option<Promise>;
    /// Every promise, of earlier meetings too, in the order in which they were written down.
    fn promises(&self) -> Vec<Promise>;
    /// What the person with this number says became of a promise.
    fn report(&self, promise: u64, person: u64) -> Option<Report>;
    /// What everybody says of it.
    fn reports(&self, promise: u64) -> Vec<Report>;
    /// What the people of this organisation say of all promises.
    fn reports_of(&self, organisation: u64) -> Vec<Report>;
    /// What the person with this number says of all promises.
    fn reports_by(&self, person: u64) -> Vec<Report>;
    /// What is left of the person with this number for a promise, once everything else is erased.
    fn voice(&self, promise: u64, person: u64) -> Option<Voice>;
    /// What is left of everybody for it.
    fn voices(&self, promise: u64) -> Vec<Voice>;

    /// Whether there is an owner besides the person with this number.
    fn has_other_owner(&self, person: u64) -> bool;
    /// The invitation with this id.
    fn invitation(&self, id: u64) -> Option<Invitation>;
    /// Every invitation, in the order in which they were made.
    fn invitations(&self) -> Vec<Invitation>;
    /// The invitation with this code.
    fn invitation_of(&self, code: &str) -> Option<Invitation>;
    /// The code of the owner's link, while there is no owner.
    fn owner_code(&self) -> Option<String>;
    /// The bot's name in links, once Telegram has told it.
    fn username(&self) -> Option<String>;

    /// The reminders of this meeting that were sent.
    fn reminders(&self, meeting: u64) -> Vec<Reminded>;
    /// One of them.
    fn reminder(&self, meeting: u64, id: u64) -> Option<Reminded>;
    /// The organisations that have raised something.
    fn raised(&self) -> BTreeSet<u64>;
    /// Whether this one has.
    fn has_raised(&self, organisation: u64) -> bool;
    /// When the organisers' group was told last what is new.
    fn told_news_at(&self) -> Option<Timestamp>;
    /// When the earliest and the latest concern came that are new since then.
    fn news(&self) -> Option<(Timestamp, Timestamp)>;

    /// The announcement with this id.
    fn announcement(&self, id: u64) -> Option<Announcement>;
    /// What a person announced. It takes a while.
    fn announcements_by(&self, person: u64) -> Vec<Announcement>;
    /// How often something was announced since the last erasure.
    fn announced(&self) -> u64;
    /// The organisers' group.
    fn group(&self) -> Option<Group>;
    /// The message in it that shows this concern.
    fn card(&self, concern: u64) -> Option<Card>;
    /// The whole audit log, and where it ends. It takes a while.
    fn audit(&self) -> (Vec<audit::Entry>, audit::Head);

    /// The digest with this number.
    fn digest(&self, number: u32) -> Option<Frozen>;
    /// The newest digest of this edition with the same topic, place and status, from whenever its concerns are.
    fn last_digest(&self, edition: Edition, filter: &Filter) -> Option<Frozen>;
    /// All leaves of a digest, in their order.
    fn leaves(&self, digest: u32) -> Vec<Hash>;
    /// As what a concern was in each digest that was handed out, the newest first.
    fn digests_with(&self, concern: u64) -> Vec<(Frozen, Opening)>;
    /// What stayed of earlier meetings, the oldest first.
    fn archives(&self) -> Vec<Archive>;
    /// Everything from which a digest is made. It takes a while.
    fn records(&self) -> Records;
    /// What [`Change::Erased`] would take and leave, where this is left of the promises. It takes a while.
    fn toll(&self, left: &[Outliving]) -> Toll;
}

/// What an erasure of everything takes, and what it leaves: how many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toll {
    /// Whether something is known of a meeting.
    pub meeting: bool,
    /// People of whom nothing is left.
    pub people: u64,
    /// People with a role who lose what else is held of them.
    pub stripped: u64,
    /// Organisations that are gone.
    pub organisations: u64,
    /// Organisations of the registry that are approved no longer.
    pub unverified: u64,
    /// Concerns.
    pub concerns: u64,
    /// Their older versions, notes, and questions.
    pub past: u64,
    /// Voice notes, photos and documents.
    pub files: u64,
    /// Who stands behind what.
    pub endorsements: u64,
    /// Answers to the invitation to a meeting.
    pub rsvps: u64,
    /// Invitations.
    pub invitations: u64,
    /// Announcements.
    pub announcements: u64,
    /// Messages that wait to be sent.
    pub waiting: u64,
    /// Notes of what could not be handled.
    pub asides: u64,
    /// What organisations say became of promises.
    pub reports: u64,
    /// People who keep their role.
    pub roles: u64,
    /// Links of roles that stay open.
    pub links: u64,
    /// Organisations that stay, since they stand in the registry.
    pub registered: u64,
    /// Promises that stay, and lose which concern they answer.
    pub promises: u64,
    /// People of whom no more stays than that they are asked about a promise, as they agreed.
    #[serde(default)]
    pub followers: u64,
}

impl Toll {
    /// Whether nothing would go, and nobody be changed.
    pub fn is_nothing(&self) -> bool {
        let left = Self {
            roles: self.roles,
            links: self.links,
            registered: self.registered,
            promises: self.promises,
            followers: self.followers,
            ..Self::default()
        };
        *self == left
    }
}

/// As much of a concern as is needed to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// Its id.
    pub id: u64,
    /// Its status.
    pub status: Status,
    /// The topic's id.
    pub topic: String,
    /// The place's id.
    pub place: String,
    /// Who raises it.
    pub organisation: u64,
    /// Who wrote it.
    pub author: u64,
    /// Who may read it.
    pub disclosure: Disclosure,
    /// How urgent it is, by id; empty if nobody said.
    pub urgency: String,
    /// Whether the organisers wait for an answer of its author.
    pub asked: bool,
    /// When it came in: was submitted, or stopped waiting for its organisation's approval.
    pub came_at: Timestamp,
    /// Its voice notes, by attachment.
    pub voices: Vec<u64>,
    /// Whether one of them is not written down yet.
    pub unwritten: bool,
}

impl Glance {
    /// As much of this concern.
    pub fn of(concern: &Concern) -> Self {
        let choice = |question| {
            concern
                .answers
                .choice(question)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            id: concern.id,
            status: concern.status,
            topic: choice(question::TOPIC),
            place: choice(question::PLACE),
            organisation: concern.organisation,
            author: concern.author,
            disclosure: concern.disclosure,
            urgency: choice(question::URGENCY),
            asked: concern.open_question.is_some(),
            came_at: concern.came_at(),
            voices: voices(&concern.answers),
            unwritten: false,
        }
    }

    /// Whether the organisers' group is to hear of it.
    pub fn is_news(&self) -> bool {
        !matches!(self.status, Status::Waiting | Status::Withdrawn)
    }
}

fn voices(answers: &Answers) -> Vec<u64> {
    let parts = answers.story(question::STORY).iter();
    parts
        .filter_map(|part| match &part.content {
            PartContent::Voice { file, .. } => file.kept,
            PartContent::Text(_) | PartContent::Photo(_) | PartContent::Document(_) => None,
        })
        .collect()
}

/// What can become of the records besides the person whose step it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody else than the person whose step it is, as they are now.
    Person(Box<Person>),
    /// A new organisation, or a known one as it is now.
    Organisation(Organisation),
    /// A new concern, or a known one as it is now.
    Concern(Box<Concern>),
    /// Something that stands beside a concern, at this place, from 0.
    Past {
        /// The concern.
        concern: u64,
        /// The place.
        place: u32,
        /// What stands there.
        past: Past,
    },
    /// A concern was withdrawn: what is left of it stays, and all that stood beside it goes.
    Withdrawn(Box<Concern>),
    /// An organisation stands behind a concern.
    Endorsed(Endorsement),
    /// It no longer does.
    Unendorsed {
        /// The concern.
        concern: u64,
        /// The organisation.
        organisation: u64,
    },
    /// A file of a submitted concern.
    Attachment(Attachment),
    /// A sealed file to which no record points, by its name.
    NoFile(String),
    /// An attachment is gone, with what is kept of it.
    NoAttachment(u64),
    /// The meeting as it is now.
    Meeting(Meeting),
    /// A meeting was followed by another: what it was, for what is still written down of it.
    PastMeeting(Meeting),
    /// What stays of it.
    Archived(Box<Archive>),
    /// What is planned for a meeting, as it is now.
    AgendaPlan(AgendaPlan),
    /// A concern as an item, as it is now.
    AgendaItem(AgendaItem),
    /// A new entry of the floor log.
    Floor(FloorEntry),
    /// A promise as it is now.
    Promise(Promise),
    /// A promise is taken back, with all that was said of it.
    NoPromise(u64),
    /// What somebody says became of a promise.
    Report(Report),
    /// They say so no more; the photos that they showed go.
    NoReport(Report),
    /// A voice as it is now.
    Voice(Voice),
    /// The person with this number is kept no longer for this promise, nor did they agree to be.
    Unfollowed {
        /// The promise.
        promise: u64,
        /// The person.
        person: u64,
    },
    /// Nobody is kept any longer for this promise.
    NoVoices(u64),
    /// A concern is no matter of the next meeting: as it is from then on.
    Settled(Box<Concern>),
    /// An organisation's answer to the invitation.
    Rsvp(Rsvp),
    /// That answer is gone.
    NoRsvp {
        /// The meeting.
        meeting: u64,
        /// The organisation.
        organisation: u64,
    },
    /// An invitation as it is now.
    Invitation(Invitation),
    /// The code by which an invitation is found.
    InvitationCode {
        /// The invitation.
        id: u64,
        /// Its code.
        code: String,
    },
    /// An organisation that nobody knows of any more.
    NoOrganisation(u64),
    /// What waits to be sent to this chat goes, and nothing is kept of it.
    Forgotten(ChatId),
    /// The person in this chat is not kept any longer, nor what waits for them.
    NoPerson(ChatId),
    /// The owner's link was used.
    OwnerClaimed,
    /// An announcement as it is now.
    Announcement(Announcement),
    /// A reminder that is sent by this commit.
    Reminded(Reminded),
    /// The organisers' group is told by this commit what is new until this instant.
    NewsTold(Timestamp),
    /// The organisers' group, or none.
    Group(Option<Group>),
    /// An entry of the audit log.
    Audit(Who, Deed),
    /// Everything about people and what they said goes; this stays of it. Who has a role and what stands in the registry
    /// stays as well, and of those with a voice in a promise how to ask them.
    Erased {
        /// What stays of the meeting.
        archive: Box<Archive>,
        /// What stays of the promises.
        left: Vec<Outliving>,
    },
}
