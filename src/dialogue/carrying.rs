//! Carrying over: what an earlier meeting did not answer is raised again at the next one, by its sender, in one tap.
//!
//! Guarantees: what is carried over is a concern of its own, with its own receipt, that says what the old one says; nobody stands behind it
//! but its organisation. Each is carried over once. Whoever may submit nothing now carries nothing over.

use super::screen::View;
use super::submission::{self, is_taken};
use super::{Change, Draft, Turn, World, promising};
use crate::domain::concern::question;
use crate::domain::promise::Standing;
use crate::domain::{Answer, Answers, Attachment, Concern, Part, Status};

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
