//! What comes by the clock: who is reminded of what, in which words; and having no reminders.
//!
//! Guarantees: a reminder and a row of the outbox for each person are one commit. Whether it still concerns a person, is of use
//! and does not come at night is looked at once more when its turn comes, so that nobody is reminded of what they have done, of
//! a date that was moved, or after the meeting.
//!
//! `whom` says whom a reminder concerns, `words` what it says.

mod whom;
mod words;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::desk::late::Made;
use super::organising::{self, By, Order, Refused};
use super::screen::{Screen, View};
use super::{
    Action, Body, Change, Effect, Errand, Late, Moment, Person, Turn, Visit, World, carrying, form,
    meeting, promising, visit,
};
use crate::digest::{Edition, Filter, Format, Request};
use crate::domain::reminder::{Anchor, Ending, Outcomes};
use crate::domain::{ChatId, Meeting, Promise, Reminded};
use crate::schedule::{self, Facts, Look, Occasion, Occurrence, Rules, quiet_until};
use crate::text::{Forum, Phrases};
use whom::concerns;
pub use whom::recipients;
use words::{buttons, said};

/// What is done by the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// What is to be sent, and to whom: chat and internal number.
    pub effects: Vec<(ChatId, u64, Effect)>,
    /// Whether anything was due.
    pub did_something: bool,
}

/// What is known, from which follows what is due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The meeting.
    pub meeting: Option<Meeting>,
    /// The reminders that were sent about it.
    pub reminded: Vec<Reminded>,
    /// Since when there is something new for the organisers' group.
    pub news: Option<Timestamp>,
    /// The promises of which somebody is still to be asked, or kept.
    #[serde(default)]
    pub promises: Vec<Promise>,
    /// Whether an earlier meeting has left something that its senders are still to be told of.
    #[serde(default)]
    pub left: bool,
}

impl Known {
    /// What the records say.
    pub fn of(world: &dyn World) -> Self {
        let meeting = world.meeting();
        let group = world.group();
        // What came before there was a group is told at its first time.
        let news = group.and_then(|group| {
            let (news, _) = world.news()?;
            Some(group.since.map_or(news, |since| news.max(since)))
        });
        Self {
            reminded: meeting
                .as_ref()
                .map(|meeting| world.reminders(meeting.id))
                .unwrap_or_default(),
            meeting,
            news,
            promises: promising::open(world),
            left: carrying::is_left(world),
        }
    }

    /// What is due by it.
    pub fn look<'r>(&self, forum: &'r Forum, now: Timestamp) -> Look<'r> {
        let facts = Facts {
            meeting: self.meeting.as_ref(),
            reminded: &self.reminded,
            news: self.news,
            promises: &self.promises,
            left: self.left,
        };
        schedule::look(facts, Rules::of(&forum.config), now)
    }
}

/// Does what is due.
///
/// # Errors
/// Why it cannot be done. Then nothing must come of what was changed meanwhile.
pub fn keep(forum: &Forum, world: &mut dyn World, moment: Moment) -> Result<Kept, Refused> {
    let mut kept = Kept::default();
    let known = Known::of(world);
    let due = known.look(forum, moment.now).due;
    // Nothing else matters of what is erased.
    let erasing = due.contains(&Occasion::Erase);
    for occasion in due {
        if erasing && occasion != Occasion::Erase {
            continue;
        }
        kept.did_something = true;
        match occasion {
            Occasion::Remind(occurrence) => {
                if let Some(meeting) = &known.meeting {
                    remind(&mut kept, &occurrence, meeting, forum, world, moment.now);
                }
            }
            Occasion::Digest => tell_news(&mut kept, forum, world),
            Occasion::Promise(id, due) => promising::ask(&mut kept, id, due, world, moment.now),
            Occasion::Unfollow(id) => promising::end(id, world),
            Occasion::CarryOver => carrying::offer(&mut kept, forum, world, moment.now),
            Occasion::Erase => {
                let by = By::Program;
                let done = organising::carry_out(Order::Erase, by, forum, world, moment)?;
                for notice in done.notices {
                    // It is done on time, which may be at night; word of it waits for the morning.
                    let told = Effect::Late(Late::Erased);
                    kept.effects.push((notice.chat, notice.person, told));
                    if notice.commands {
                        let menu = (notice.chat, notice.person, Effect::Commands);
                        kept.effects.push(menu);
                    }
                }
            }
        }
    }
    Ok(kept)
}

fn remind(
    kept: &mut Kept,
    occurrence: &Occurrence<'_>,
    meeting: &Meeting,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) {
    let people = recipients(occurrence, meeting, forum, world);
    let reminded = (occurrence.reminder.id.clone(), occurrence.date);
    stage(kept, meeting.id, reminded, &people, world, now);
}

/// A reminder of this name, about this day, for these people: a row for each who can be written to, and the note that they were reminded.
pub(super) fn stage(
    kept: &mut Kept,
    meeting: u64,
    (reminder, date): (String, Date),
    people: &[Person],
    world: &mut dyn World,
    now: Timestamp,
) {
    let id = world.fresh_id();
    let mut tally = Outcomes::default();
    for person in people {
        if person.unreachable {
            tally.count(Ending::Unreachable);
            continue;
        }
        let late = Effect::Late(Late::Reminder { meeting, id });
        kept.effects.push((person.chat, person.number, late));
    }
    world.change(Change::Reminded(Reminded {
        id,
        meeting,
        reminder,
        date,
        at: now,
        people: people.len() as u64,
        first_sent_at: None,
        tally,
    }));
}

/// The organisers' group is told what is new: every concern once, since each lies between two such moments.
fn tell_news(kept: &mut Kept, forum: &Forum, world: &mut dyn World) {
    // Not now, which a wrong clock may have far ahead: what comes next would be passed over.
    let (Some(group), Some((_, last))) = (world.group(), world.news()) else {
        return;
    };
    let language = forum.words.phrases_or_first(group.language).language();
    let request = Request {
        edition: Edition::Group,
        format: Format::Messages,
        language,
        filter: Filter {
            after: world.told_news_at(),
            until: Some(last),
            ..Filter::default()
        },
        part: None,
    };
    kept.effects.push((group.chat, 0, Effect::Digest(request)));
    world.change(Change::NewsTold(last));
}

/// A reminder for one person, now that its turn has come.
pub(super) fn made(meeting: u64, id: u64, reader: Option<&Person>, view: View<'_>) -> Made {
    let (forum, world, now) = (view.forum, view.world, view.now);
    let over = Made::Over;
    let Some(reader) = reader.filter(|reader| !reader.unreachable) else {
        return over(Ending::Unreachable);
    };
    let reminded = world.reminder(meeting, id);
    let known = world.meeting().filter(|known| known.id == meeting);
    let (Some(reminded), Some(meeting)) = (reminded, known) else {
        return over(Ending::Spared);
    };
    if reminded.reminder == carrying::OFFER {
        return carrying::made(reader, view);
    }
    let occurrences = schedule::occurrences(&meeting, Rules::of(&forum.config));
    let mut occurrences = occurrences.into_iter();
    // What it was about has moved.
    let Some(occurrence) = occurrences.find(|one| one.is(&reminded)) else {
        return over(Ending::Spared);
    };
    if !concerns(reader, &occurrence, &meeting, forum, world) {
        return over(Ending::Spared);
    }
    // The owners are warned also when they should have been before.
    let useless = match occurrence.reminder.anchor {
        Anchor::Erasure => Timestamp::MAX,
        Anchor::Deadline | Anchor::Grace | Anchor::Meeting => occurrence.useless,
    };
    let zone = meeting.zone(&forum.config.settings.zone);
    let quiet = quiet_until(forum.config.calendar.quiet, now, &zone);
    let from = quiet.unwrap_or(now).max(occurrence.due);
    if useless <= from {
        return over(Ending::Late);
    }
    if now < from {
        return Made::Later(from);
    }
    let phrases = forum.words.phrases_or_first(reader.language);
    Made::Message {
        at: None,
        body: Body {
            html: said(&occurrence, &reminded, &meeting, reader, view, phrases),
            buttons: buttons(occurrence.reminder.whom, phrases),
        },
        told: 0,
    }
}

/// That everything about people was erased, for somebody with a role; not in the quiet hours.
pub(super) fn erased(reader: Option<&Person>, view: View<'_>) -> Made {
    let Some(reader) = reader.filter(|reader| reader.role.is_some()) else {
        return Made::Nothing;
    };
    let quiet = view.forum.config.calendar.quiet;
    if let Some(until) = quiet_until(quiet, view.now, &view.zone()) {
        return Made::Later(until);
    }
    let phrases = view.forum.words.phrases_or_first(reader.language);
    Made::Message {
        at: None,
        body: Body::from(phrases.notice_erased()),
        told: 0,
    }
}

/// A button below a reminder.
pub(super) fn on_errand(turn: &mut Turn, query: String, errand: Errand) {
    let text = match errand {
        Errand::Mute => Some(turn.phrases().toast_muted()),
        Errand::Concern | Errand::Rsvp | Errand::Meeting => None,
    };
    turn.effects.push(Effect::Toast { query, text });
    match errand {
        Errand::Concern if turn.person.state.draft().is_some() => form::resume(turn),
        Errand::Concern => form::begin(turn),
        Errand::Rsvp => meeting::on_rsvp(turn),
        Errand::Meeting => visit(turn, Visit::Meeting),
        Errand::Mute => turn.person.muted = true,
    }
}

/// Whoever writes `/stop` has no more reminders, and is asked about no promise.
pub(super) fn on_stop(turn: &mut Turn) {
    if promising::on_stop(turn) {
        return;
    }
    if turn.person.has_joined() {
        turn.person.muted = true;
    }
    visit(turn, Visit::Reminders);
}

/// Whether they are reminded.
pub(super) fn screen(person: &Person, phrases: Phrases<'_>) -> Screen {
    let (html, label) = if person.muted {
        (phrases.reminders_off(), phrases.button_unmute())
    } else {
        (phrases.reminders_on(), phrases.button_mute())
    };
    Screen {
        html,
        rows: vec![
            vec![(label, Action::Yes)],
            vec![(phrases.button_back(), Action::Back)],
        ],
    }
}

/// They want it the other way round.
pub(super) fn on_turned(turn: &mut Turn) {
    turn.person.muted = !turn.person.muted;
    turn.show();
}
