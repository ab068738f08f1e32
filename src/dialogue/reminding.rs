//! What comes by the clock: who is reminded of what, in which words; and having no reminders.
//!
//! Guarantees: a reminder and a row of the outbox for each person are one commit. Whether it still concerns a person, is of use
//! and does not come at night is looked at once more when its turn comes, so that nobody is reminded of what they have done, of
//! a date that was moved, or after the meeting.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::desk::late::Made;
use super::organising::{self, By, Order, Refused};
use super::screen::{Screen, View};
use super::{
    Action, Body, Button, Change, Effect, Errand, Late, Moment, Person, Press, Turn, Visit, World,
    form, meeting, visit,
};
use crate::config::Join;
use crate::digest::{Edition, Filter, Format, Request};
use crate::domain::reminder::{Anchor, Ending, Outcomes, Whom};
use crate::domain::{Act, ChatId, Meeting, Reminded, Rsvp, access};
use crate::schedule::{self, About, Facts, Look, Occasion, Occurrence, Rules, quiet_until};
use crate::text::{Forum, Html, Phrases, card, date};

/// Organisations that are named where many cannot be reached.
const NAMED: usize = 60;

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
        }
    }

    /// What is due by it.
    pub fn look<'r>(&self, forum: &'r Forum, now: Timestamp) -> Look<'r> {
        let facts = Facts {
            meeting: self.meeting.as_ref(),
            reminded: &self.reminded,
            news: self.news,
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
    let id = world.fresh_id();
    let mut tally = Outcomes::default();
    for person in &people {
        if person.unreachable {
            tally.count(Ending::Unreachable);
            continue;
        }
        let late = Late::Reminder {
            meeting: meeting.id,
            id,
        };
        let row = (person.chat, person.number, Effect::Late(late));
        kept.effects.push(row);
    }
    world.change(Change::Reminded(Reminded {
        id,
        meeting: meeting.id,
        reminder: occurrence.reminder.id.clone(),
        date: occurrence.date,
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
    };
    kept.effects.push((group.chat, 0, Effect::Digest(request)));
    world.change(Change::NewsTold(last));
}

/// What an organisation has done, as far as reminders ask.
struct Doing {
    has_raised: bool,
    rsvp: Option<Rsvp>,
    is_suspended: bool,
    is_verified: bool,
}

impl Doing {
    fn of(organisation: u64, has_raised: bool, meeting: &Meeting, world: &dyn World) -> Self {
        let known = world.organisation(organisation);
        Self {
            has_raised,
            rsvp: world.rsvp(meeting.id, organisation),
            is_suspended: known.as_ref().is_none_or(|known| known.suspended),
            is_verified: known.is_some_and(|known| known.verified),
        }
    }

    /// Whether a reminder concerns this person, who speaks for it.
    fn concerns(
        &self,
        person: &Person,
        occurrence: &Occurrence<'_>,
        meeting: &Meeting,
        forum: &Forum,
    ) -> bool {
        let Some(membership) = person.membership.as_ref().filter(|_| !self.is_suspended) else {
            return false;
        };
        let draft = person.state.draft();
        // One that changes what was submitted can be sent until the deadline only.
        let counts = draft.is_some_and(|draft| {
            let deadline = meeting.deadline;
            let begun_in_time = deadline.is_none_or(|deadline| draft.begun_at < deadline);
            let is_new = draft.revises.is_none() || occurrence.reminder.anchor != Anchor::Grace;
            !draft.answers.0.is_empty() && begun_in_time && is_new
        });
        match occurrence.reminder.whom {
            Whom::Everyone => true,
            Whom::Silent => !self.has_raised && !counts,
            Whom::Draft => counts,
            Whom::Coming => {
                let people = self.rsvp.as_ref().map(|rsvp| &rsvp.people);
                match occurrence.about {
                    About::Day(day) => people.and_then(|people| people.get(&day.date)) > Some(&0),
                    About::At(_) => self.rsvp.as_ref().is_some_and(Rsvp::is_coming),
                }
            }
            Whom::Undecided => {
                // Whoever waits for approval cannot answer yet.
                let waits = forum.config.settings.join == Join::Approval
                    && !self.is_verified
                    && membership.invitation.is_none();
                let people = self.rsvp.as_ref().map(|rsvp| &rsvp.people);
                let answered = |date| people.is_some_and(|people| people.contains_key(date));
                !waits && !meeting.days.iter().all(|day| answered(&day.date))
            }
            Whom::Unreachable | Whom::Owners => false,
        }
    }
}

/// Everybody whom this reminder concerns now, those included who cannot be written to.
pub fn recipients(
    occurrence: &Occurrence<'_>,
    meeting: &Meeting,
    forum: &Forum,
    world: &dyn World,
) -> Vec<Person> {
    let mut people = world.everybody();
    people.sort_by_key(|person| person.number);
    if occurrence.reminder.whom.is_for_organisers() {
        people.retain(|person| is_for(person, occurrence.reminder.whom, world));
        return people;
    }
    let raised: BTreeSet<u64> = world.raised();
    let mut doings: BTreeMap<u64, Doing> = BTreeMap::new();
    people.retain(|person| {
        let Some(membership) = person.membership.as_ref().filter(|_| !person.muted) else {
            return false;
        };
        let organisation = membership.organisation;
        let doing = doings.entry(organisation).or_insert_with(|| {
            let has_raised = raised.contains(&organisation);
            Doing::of(organisation, has_raised, meeting, world)
        });
        doing.concerns(person, occurrence, meeting, forum)
    });
    people
}

/// Whether somebody with a role is among those who prepare the meeting whom this is for, and there is something to tell.
fn is_for(person: &Person, whom: Whom, world: &dyn World) -> bool {
    match whom {
        Whom::Owners => access::allows(person.role, Act::People, None),
        Whom::Unreachable => {
            access::allows(person.role, Act::Announce, None) && !unreachable(world).is_empty()
        }
        Whom::Everyone | Whom::Silent | Whom::Draft | Whom::Coming | Whom::Undecided => false,
    }
}

/// The organisations of which nobody can be written to, by id; then those of which somebody can.
fn unreachable(world: &dyn World) -> Vec<(u64, bool)> {
    let mut organisations: BTreeMap<u64, (bool, bool)> = BTreeMap::new();
    for person in world.everybody() {
        if let Some(membership) = &person.membership {
            let known = organisations.entry(membership.organisation).or_default();
            known.0 |= person.unreachable;
            known.1 |= !person.unreachable;
        }
    }
    let mut found: Vec<_> = organisations
        .into_iter()
        .filter(|(_, (lost, _))| *lost)
        .map(|(id, (_, reached))| (id, reached))
        .collect();
    found.sort_by_key(|(id, reached)| (*reached, *id));
    found
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
    let occurrences = schedule::occurrences(&meeting, Rules::of(&forum.config));
    let mut occurrences = occurrences.into_iter();
    // What it was about has moved.
    let Some(occurrence) = occurrences.find(|one| one.is(&reminded)) else {
        return over(Ending::Spared);
    };
    let concerns = if occurrence.reminder.whom.is_for_organisers() {
        is_for(reader, occurrence.reminder.whom, world)
    } else {
        let organisation = reader.membership.as_ref().map(|m| m.organisation);
        organisation
            .filter(|_| !reader.muted)
            .is_some_and(|organisation| {
                let has_raised = world.has_raised(organisation);
                let doing = Doing::of(organisation, has_raised, &meeting, world);
                doing.concerns(reader, &occurrence, &meeting, forum)
            })
    };
    if !concerns {
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

/// Its words, with what stands in their places.
fn said(
    occurrence: &Occurrence<'_>,
    reminded: &Reminded,
    meeting: &Meeting,
    reader: &Person,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Html {
    let language = phrases.language();
    let zone = meeting.zone(&view.forum.config.settings.zone);
    let today = view.now.to_zoned(zone.clone()).date();
    let (when, left) = match occurrence.about {
        About::At(at) => {
            // Whoever was warned late has a day all the same, from the first warning on.
            let at = match occurrence.reminder.anchor {
                Anchor::Erasure => {
                    let all = schedule::occurrences(meeting, Rules::of(&view.forum.config));
                    let done = view.world.reminders(meeting.id);
                    let warned_at = schedule::warned_at(&all, &done, view.now);
                    schedule::erased_after(at, warned_at.unwrap_or(reminded.at))
                }
                Anchor::Deadline | Anchor::Grace | Anchor::Meeting => at,
            };
            (
                date::near(phrases, at, &zone, view.now),
                date::left(phrases, at, &zone, view.now),
            )
        }
        About::Day(day) => {
            let when = date::near_day(phrases, day.date, day.time, today);
            let when = if meeting.is_fixed() {
                when
            } else {
                phrases.reminder_perhaps(&when)
            };
            (when, date::left_days(phrases, day.date, today))
        }
    };
    let mut html = Html::default();
    let mut pieces = occurrence.reminder.words.get(language).split('{');
    html.push(&Html::text(pieces.next().unwrap_or_default()));
    for piece in pieces {
        let (place, rest) = piece.split_once('}').unwrap_or((piece, ""));
        html.push(&match place {
            "title" => Html::bold(meeting.title.get(language)),
            "when" => Html::bold(&when),
            "left" => Html::text(&left),
            "place" => Html::bold(&match &meeting.place {
                Some(place) => place.get(language).to_owned(),
                None => phrases.meeting_unknown(),
            }),
            "draft" => Html::bold(&match reader.state.draft() {
                Some(draft) => card::name(&draft.answers, &view.forum.config, phrases),
                None => phrases.untitled(),
            }),
            // The settings hold no other.
            _ => Html::default(),
        });
        html.push(&Html::text(rest));
    }
    if occurrence.reminder.whom == Whom::Unreachable {
        list(&mut html, view, phrases);
    }
    html
}

/// The organisations that cannot be reached.
fn list(html: &mut Html, view: View<'_>, phrases: Phrases<'_>) {
    let all = unreachable(view.world);
    for (id, reached) in all.iter().take(NAMED) {
        let known = view.world.organisation(*id);
        let name = known.map_or_else(String::new, |known| {
            known.name.get(phrases.language()).to_owned()
        });
        html.line(&if *reached {
            phrases.reminder_reached(&name)
        } else {
            phrases.reminder_unreached(&name)
        });
    }
    if all.len() > NAMED {
        html.line(&phrases.reminder_more((all.len() - NAMED) as u64));
    }
}

/// What a reminder asks for, at once; and to have no more of them.
fn buttons(whom: Whom, phrases: Phrases<'_>) -> Vec<Vec<Button>> {
    let button = |label, errand| {
        vec![Button {
            label,
            data: Press::Reminder(errand).write(),
        }]
    };
    let asked = match whom {
        Whom::Silent => button(phrases.button_new(), Errand::Concern),
        Whom::Draft => button(phrases.button_continue(), Errand::Concern),
        Whom::Undecided => button(phrases.button_rsvp(), Errand::Rsvp),
        Whom::Coming | Whom::Everyone => button(phrases.button_meeting(), Errand::Meeting),
        Whom::Unreachable | Whom::Owners => return Vec::new(),
    };
    vec![asked, button(phrases.button_mute(), Errand::Mute)]
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

/// Whoever writes `/stop` has no more reminders.
pub(super) fn on_stop(turn: &mut Turn) {
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
