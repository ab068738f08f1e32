//! The bot was away for so long that something may have been lost: whom that concerns, and what they are told.
//!
//! Telegram keeps the press of a button for 150 s and a message for a day. Nobody can know who sent something that it dropped, so
//! those are told from whom something was awaited. Guarantees: once, until they act again; with their screen anew, so that they
//! can simply go on; nobody of whom nothing is awaited.

use jiff::{SignedDuration, Timestamp};

use super::{Moment, Outcome, Person, State, Turn, Visit, World, desk};
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
            Visit::Desk(desk) => desk.is_work() && desk::may(person, desk.act()),
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
