//! The bot was away for so long that something may have been lost: whom that concerns, and what they are told.
//!
//! Telegram keeps the press of a button for 150 s and a message for a day. Nobody can know who sent something that it dropped, so
//! those are told from whom something was awaited. Guarantees: once, until they act again; with their screen anew, so that they
//! can simply go on; nobody of whom nothing is awaited.

use jiff::{SignedDuration, Timestamp};

use super::desk::{self, Desk};
use super::{Moment, Outcome, Person, State, Turn, Visit, World};
use crate::text::Forum;

/// How long Telegram keeps the press of a button.
pub const PRESSES_KEPT: SignedDuration = SignedDuration::from_secs(150);
/// How long it keeps a message.
pub const MESSAGES_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// For how long nothing was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// When something was fetched last.
    pub since: Timestamp,
    /// When it was fetched again.
    pub until: Timestamp,
}

impl Absence {
    /// Nothing, if Telegram has kept everything meanwhile.
    #[must_use]
    pub fn of(since: Timestamp, until: Timestamp) -> Option<Self> {
        (until.duration_since(since) > PRESSES_KEPT).then_some(Self { since, until })
    }

    /// Whether messages may be lost as well.
    #[must_use]
    pub fn lost_messages(self) -> bool {
        self.until.duration_since(self.since) > MESSAGES_KEPT
    }
}

/// What somebody is told of it, if it concerns them. `answered` are those who were heard when the bot was back: they know that
/// it is.
pub fn away(
    person: &Person,
    absence: Absence,
    answered: bool,
    forum: &Forum,
    world: &mut dyn World,
    moment: Moment,
) -> Option<Outcome> {
    let known = person.told_away || (answered && !absence.lost_messages());
    if known || person.unreachable || !is_awaited(&person.state, person) {
        return None;
    }
    let mut turn = Turn::new(person.clone(), forum, world, moment);
    turn.person.told_away = true;
    if absence.lost_messages() {
        let (since, until) = (turn.date(absence.since), turn.date(absence.until));
        turn.note(|phrases| phrases.note_away_long(&since(phrases), &until(phrases)));
    } else {
        turn.note(|phrases| phrases.note_away());
    }
    turn.show();
    Some(turn.finish())
}

/// Whether they were in the middle of something.
fn is_awaited(state: &State, person: &Person) -> bool {
    match state {
        State::Confirm { .. }
        | State::Organisation { .. }
        | State::Choosing { .. }
        | State::Province { .. }
        | State::Form { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. }
        | State::Close { .. } => true,
        State::Language { back: Some(back) } => is_awaited(back, person),
        State::Visit { visit, .. } => match visit {
            Visit::Noting { .. }
            | Visit::Answering { .. }
            | Visit::Withdrawing { .. }
            | Visit::Correcting { .. }
            | Visit::Rsvp { .. }
            | Visit::Forgetting => true,
            Visit::Desk(desk) => is_work(desk) && desk::may(person, desk.act()),
            Visit::Mine { .. }
            | Visit::Concern { .. }
            | Visit::Topics
            | Visit::Shared { .. }
            | Visit::Places
            | Visit::Other { .. }
            | Visit::Promise { .. }
            | Visit::Reminders
            | Visit::Meeting => false,
        },
        // Who only looked in, or looks around, has nothing to lose.
        State::Language { back: None } | State::Consent | State::Uninvited | State::Menu { .. } => {
            false
        }
    }
}

/// Whether something is in the making at this desk: words that are awaited, or a decision about them.
fn is_work(desk: &Desk) -> bool {
    match desk {
        Desk::Searching
        | Desk::Words { .. }
        | Desk::Merging { .. }
        | Desk::Announcing(_)
        | Desk::Preview { .. }
        | Desk::InviteWhom(..)
        | Desk::InviteList(_)
        | Desk::Renaming(_)
        | Desk::MergingOrganisation(..)
        | Desk::MergeOrganisationsReally(..)
        | Desk::Offering(_)
        | Desk::MeetingField(..)
        | Desk::AgendaTime(_)
        | Desk::AgendaMinutes { .. }
        // Taps of somebody who logs a meeting may be among what is lost.
        | Desk::Floor
        | Desk::AgendaWhy { .. }
        | Desk::AgendaSettle { .. }
        | Desk::FloorMinutes { .. }
        | Desk::FloorReplace { .. }
        | Desk::FloorPromise { .. }
        | Desk::Promising(_)
        | Desk::PromiseFacet(..)
        | Desk::PromiseTakeBack { .. } => true,
        Desk::Meeting(editing) => editing.before.as_ref() != Some(&editing.after),
        Desk::Concerns
        | Desk::Topics
        | Desk::List { .. }
        | Desk::Card { .. }
        | Desk::Announce
        | Desk::AnnounceBy(_)
        | Desk::Invite(_)
        | Desk::Invitations(_)
        | Desk::Invitation(_)
        | Desk::Organisations { .. }
        | Desk::Organisation(_)
        | Desk::People
        | Desk::Colleague(_)
        | Desk::Audit(_)
        | Desk::Digest(_)
        | Desk::DigestBy(..)
        | Desk::Agenda { .. }
        | Desk::AgendaTimes
        | Desk::AgendaItem { .. }
        | Desk::AgendaCompare(_)
        | Desk::FloorList(_)
        | Desk::FloorTimes
        | Desk::Promises(_)
        | Desk::Promise { .. }
        | Desk::Reports { .. } => false,
    }
}
