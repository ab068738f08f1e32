//! What is done again, and said, once everything was restored from a backup: what was erased since is erased again, and the owners
//! hear what is missing. And what they hear when no backup can be made.
//!
//! Nobody else is told: of those whose words are lost nothing is known any more, and who was in the middle of something when the
//! backup was taken hears of it as after any absence (`away`).
//!
//! Must never: send anything that was said before, or remind anybody a second time. A reminder whose time came between the backup
//! and now counts as given, but for the warning of an erasure, without which there is none.

use jiff::Timestamp;

use super::leaving;
use super::organising::people::to_owners;
use super::{
    Change, Draft, Moment, Notice, Outcome, Person, State, Turn, Visit, World, mine, promising,
};
use crate::domain::reminder::{Anchor, Outcomes};
use crate::domain::{Concern, Deed, Reminded, Report, Who};
use crate::schedule::{self, Rules};
use crate::text::{Forum, date};

/// A concern that was withdrawn since is withdrawn. Who stands behind it has heard so.
pub fn withdraw_again(concern: Concern, forum: &Forum, world: &mut dyn World) {
    drop(mine::withdraw(concern, forum, world));
}

/// What a concern that was withdrawn since was written as goes from the drafts of its author.
pub fn drop_draft_again(author: Person, goes: impl Fn(&Draft) -> bool, world: &mut dyn World) {
    let mut author = author;
    if author.state.drop_drafts(&goes) {
        world.change(Change::Person(Box::new(author)));
    }
}

/// A person who was forgotten since is forgotten, be it the last owner.
pub fn forget_again(
    person: Person,
    forum: &Forum,
    world: &mut dyn World,
    moment: Moment,
) -> Outcome {
    let mut turn = Turn::new(person, forum, world, moment);
    leaving::erase(&mut turn);
    Outcome {
        effects: Vec::new(),
        notices: Vec::new(),
        ..turn.finish()
    }
}

/// Whoever was kept for a promise until a time that has passed is not, and what they said is counted: before what was erased since is erased
/// again, which would take it.
pub fn end_what_is_over(world: &mut dyn World, now: Timestamp) {
    for promise in world.promises() {
        if promise.followed_until.is_some_and(|until| until <= now) {
            promising::end(promise.id, world);
        }
    }
}

/// Somebody who is not kept for a promise any more, or did not want to be, is not.
pub fn unfollow_again(person: Person, promise: u64, world: &mut dyn World) {
    let mut person = person;
    promising::unfollow(&mut person, promise, world);
    world.change(Change::Person(Box::new(person)));
}

/// What somebody took off their answer since is off it.
pub fn take_off_again(report: Report, world: &mut dyn World) {
    promising::leave_alone(report, world);
}

/// Somebody whose role was taken since has none, be it the last owner.
pub fn take_role_again(person: Person, world: &mut dyn World) {
    let taken = Deed::RoleTaken(person.number);
    world.change(Change::Audit(Who::Program, taken));
    let mut person = Person {
        role: None,
        called: None,
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
}

/// What is known of the time since a backup was taken.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Whether all that was erased is known.
    pub erasures: bool,
    /// Whether what a damaged store still gave is there as well.
    pub salvaged: bool,
}

/// Everything was restored from the backup of `taken_at`; what the owners are told.
pub fn restored(
    taken_at: Timestamp,
    since: Known,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Vec<Notice> {
    let deed = Deed::Restored(taken_at.as_second());
    world.change(Change::Audit(Who::CommandLine, deed));
    pass_over(taken_at, forum, world, now);
    let zone = &forum.config.settings.zone;
    to_owners(0, forum, world, |phrases| {
        let mut html = match since.salvaged {
            true => phrases.notice_salvaged(),
            false => phrases.notice_restored(&date::moment(phrases, taken_at, zone)),
        };
        html.paragraph(&if since.erasures {
            phrases.notice_restored_erased()
        } else {
            phrases.notice_restored_unknown()
        });
        html.paragraph(&phrases.notice_restored_look());
        html
    })
}

/// What the owners are told where no backup can be made; of when the newest is.
pub fn no_backup(newest: Option<Timestamp>, forum: &Forum, world: &dyn World) -> Vec<Notice> {
    let zone = &forum.config.settings.zone;
    to_owners(0, forum, world, |phrases| match newest {
        Some(newest) => phrases.notice_backup_failed(&date::moment(phrases, newest, zone)),
        None => phrases.notice_backup_none(),
    })
}

/// What came by the clock since the backup was taken may have been sent.
fn pass_over(taken_at: Timestamp, forum: &Forum, world: &mut dyn World, now: Timestamp) {
    let Some(meeting) = world.meeting() else {
        return;
    };
    let known = world.reminders(meeting.id);
    for occurrence in schedule::occurrences(&meeting, Rules::of(&forum.config)) {
        let warns = occurrence.reminder.anchor == Anchor::Erasure;
        let is_known = known.iter().any(|known| occurrence.is(known));
        // One that was late when the backup was taken may have been sent just after.
        if warns || is_known || now < occurrence.due || occurrence.useless <= taken_at {
            continue;
        }
        let id = world.fresh_id();
        world.change(Change::Reminded(Reminded {
            id,
            meeting: meeting.id,
            reminder: occurrence.reminder.id.clone(),
            date: occurrence.date,
            at: now,
            people: 0,
            first_sent_at: None,
            tally: Outcomes::default(),
        }));
    }
}
