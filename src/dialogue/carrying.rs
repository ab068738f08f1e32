//! Carrying over: what an earlier meeting did not answer is raised again at the next one, by its sender, in one tap.
//!
//! Guarantees: what is carried over is a concern of its own, with its own receipt, that says what the old one says; nobody stands behind it
//! but its organisation. Each is carried over once. Whoever may submit nothing now carries nothing over.
//!
//! Once the next meeting is known, its senders are told so, as they are reminded of anything: once a meeting, not at night, never those who
//! turned reminders off. What can be carried over is looked at again when a message's turn comes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::desk::late::Made;
use super::reminding::{self, Kept};
use super::screen::View;
use super::submission::{self, is_taken};
use super::{Body, Button, Change, Draft, Effect, Errand, Person, Press, Turn, World, promising};
use crate::domain::concern::question;
use crate::domain::promise::Standing;
use crate::domain::reminder::Ending;
use crate::domain::{Answer, Answers, Attachment, Concern, Part, Status};
use crate::schedule::quiet_until;
use crate::text::{Forum, Html, card};

/// What telling them is called among the reminders that were sent; the id of none of the settings' has a space.
pub(super) const OFFER: &str = "carry over";
/// Concerns that one message offers; the others stand under "My concerns".
const OFFERED: usize = 5;

/// Whether its sender can raise this again: an earlier meeting left it without an answer, and another one is ahead.
pub(super) fn may_be_carried(concern: &Concern, view: View<'_>) -> bool {
    let zone = &view.forum.config.settings.zone;
    let meeting = view.world.meeting();
    let Some(meeting) = meeting.filter(|meeting| !meeting.is_over(view.now, zone)) else {
        return false;
    };
    // What was merged stands where that stands of which it is part.
    let mut whole = concern.clone();
    while let (Status::Merged, Some(above)) = (whole.status, whole.into) {
        match view.world.concern(above) {
            Some(above) => whole = above,
            None => return false,
        }
    }
    let is_broken = || promising::stands(whole.id, view).contains(&Standing::Broken);
    let is_open = [Status::NotReached, Status::Deflected].contains(&whole.status)
        || (whole.status == Status::Promised && is_broken());
    is_open
        && whole.dealt_with_at != Some(meeting.id)
        && !concern.answers.0.is_empty()
        && carried_to(concern, view.world).is_none()
}

/// Whether an earlier meeting has left something that its senders are still to be told of.
pub(super) fn is_left(world: &dyn World) -> bool {
    let Some(meeting) = world.meeting() else {
        return false;
    };
    let told = world.reminders(meeting.id);
    if told.iter().any(|told| told.reminder == OFFER) {
        return false;
    }
    let glances = world.glances().into_iter();
    let mut left = glances.filter(|glance| {
        matches!(
            glance.status,
            Status::NotReached | Status::Deflected | Status::Promised
        )
    });
    left.any(|glance| {
        let concern = world.concern(glance.id);
        let by = concern.and_then(|concern| concern.dealt_with_at);
        by.is_some_and(|by| by != meeting.id)
    })
}

/// Tells whoever can carry something over.
pub(super) fn offer(kept: &mut Kept, forum: &Forum, world: &mut dyn World, now: Timestamp) {
    let Some(meeting) = world.meeting() else {
        return;
    };
    let view = View {
        forum,
        world: &*world,
        now,
    };
    let senders: BTreeMap<u64, Person> = view
        .world
        .glances()
        .into_iter()
        .filter_map(|glance| view.world.concern(glance.id))
        .filter(|concern| may_be_carried(concern, view))
        .filter_map(|concern| view.world.person(concern.author))
        .filter(|person| is_told(person, view.world))
        .map(|person| (person.number, person))
        .collect();
    let zone = meeting.zone(&forum.config.settings.zone);
    let reminded = (OFFER.to_owned(), now.to_zoned(zone).date());
    let people: Vec<Person> = senders.into_values().collect();
    reminding::stage(kept, meeting.id, reminded, &people, world, now);
}

/// Whether somebody speaks for an organisation that may submit something, and wants to be told.
fn is_told(person: &Person, world: &dyn World) -> bool {
    let membership = person.membership.as_ref();
    let organisation = membership.and_then(|known| world.organisation(known.organisation));
    organisation.is_some_and(|known| !known.suspended) && !person.muted
}

/// The message for one of them, now that its turn has come.
pub(super) fn made(reader: &Person, view: View<'_>) -> Made {
    let mut open = view.world.concerns_by(reader.number);
    open.retain(|concern| may_be_carried(concern, view));
    let meeting = view.world.meeting().filter(|_| is_told(reader, view.world));
    let (Some(meeting), false) = (meeting, open.is_empty()) else {
        return Made::Over(Ending::Spared);
    };
    if meeting.is_closed(view.now) {
        return Made::Over(Ending::Late);
    }
    let quiet = view.forum.config.calendar.quiet;
    if let Some(until) = quiet_until(quiet, view.now, &view.zone()) {
        return Made::Later(until);
    }
    let phrases = view.forum.words.phrases_or_first(reader.language);
    let mut html = phrases.carry_offer(meeting.title.get(phrases.language()));
    let mut buttons = Vec::new();
    let mut button = |label, press: Press| {
        let data = press.write();
        buttons.push(vec![Button { label, data }]);
    };
    for (number, concern) in (1..).zip(open.iter().take(OFFERED)) {
        let number = phrases.number(number);
        let name = card::name(&concern.answers, &view.forum.config, phrases);
        let mut entry = Html::text(&format!("{number}. "));
        entry.push(&Html::bold(&name));
        html.line(&entry);
        button(phrases.button_carry_one(&number), Press::Carry(concern.id));
    }
    if open.len() > OFFERED {
        html.line(&phrases.carry_more((open.len() - OFFERED) as u64));
    }
    html.paragraph(&phrases.carry_how());
    button(phrases.button_mute(), Press::Reminder(Errand::Mute));
    Made::Message {
        at: None,
        body: Body { html, buttons },
        told: 0,
    }
}

/// A button below that message.
pub(super) fn on_press(turn: &mut Turn, query: String, id: u64) {
    turn.effects.push(Effect::Toast { query, text: None });
    on_carry(turn, id);
}

/// What it was carried over to.
pub(super) fn carried_to(concern: &Concern, world: &dyn World) -> Option<Concern> {
    let mut own = world.concerns_by(concern.author).into_iter();
    own.find(|other| other.carried_from == Some(concern.id))
}

/// It is raised again.
pub(super) fn on_carry(turn: &mut Turn, id: u64) {
    let author = turn.person.number;
    let own = turn
        .world
        .concern(id)
        .filter(|concern| concern.author == author);
    let own = own.filter(|concern| may_be_carried(concern, turn.view()));
    let Some(old) = own else {
        turn.note(|phrases| phrases.note_not_carried());
        return turn.show();
    };
    let mut answers = old.answers.clone();
    let files: Vec<Attachment> = old
        .answers
        .files()
        .filter_map(|file| turn.world.attachment(file.kept?))
        .collect();
    for part in parts(&mut answers) {
        if let Some(file) = part.content.file_mut() {
            file.kept = None;
        }
    }
    let draft = Draft {
        begun_at: turn.moment.now,
        answers,
        revises: None,
        beneath: turn.person.state.draft().cloned().map(Box::new),
    };
    if !is_taken(turn, &draft) || !fits(turn, &old) {
        return turn.show();
    }
    if submission::missing(turn, &draft.answers).is_some() || !known(turn, &draft.answers) {
        turn.note(|phrases| phrases.note_carry_anew());
        return turn.show();
    }
    let concern = submission::submit(turn, draft, Some(old.id));
    // What is said in its voice notes is written down already.
    let mut copies = concern.map(|concern| concern.answers).unwrap_or_default();
    let copies: Vec<u64> = parts(&mut copies)
        .filter_map(|part| part.content.file()?.kept)
        .collect();
    for (old, copy) in files.into_iter().zip(copies) {
        let copy = turn.world.attachment(copy);
        if let (Some(transcript), Some(copy)) = (old.transcript, copy) {
            turn.world.change(Change::Attachment(Attachment {
                transcript: Some(transcript),
                ..copy
            }));
        }
    }
}

/// The pieces of all stories.
fn parts(answers: &mut Answers) -> impl Iterator<Item = &mut Part> {
    answers.0.values_mut().flat_map(|answer| match answer {
        Answer::Story(parts) => parts.as_mut_slice(),
        Answer::Choice { .. } | Answer::Text { .. } | Answer::Number { .. } | Answer::Skipped => {
            &mut []
        }
    })
}

/// Whether its files have room a second time; if not, says so.
fn fits(turn: &mut Turn, old: &Concern) -> bool {
    let sizes = old.answers.files().filter_map(|file| file.size);
    let wanted: u64 = sizes.sum();
    let limit = turn.forum.config.settings.organisation_bytes;
    if turn.world.room_taken(old.organisation) + wanted <= limit {
        return true;
    }
    turn.note(|phrases| phrases.note_room_full(limit / 1_000_000));
    false
}

/// Whether the forum still has its topic and its place.
fn known(turn: &Turn, answers: &Answers) -> bool {
    let config = &turn.forum.config;
    let topic = answers.choice(question::TOPIC).unwrap_or_default();
    let place = answers.choice(question::PLACE).unwrap_or_default();
    config.topics.iter().any(|known| known.id == topic)
        && config.places.iter().any(|known| known.choice.id == place)
}
