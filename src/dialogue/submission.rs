//! From the review to the receipt: whether a concern is taken, what others said that is close, what is stored.

use super::closing::Closing;
use super::{Change, Draft, State, Turn, Weight, close, form, mine, onboarding};
use crate::config::{Question, Required};
use crate::domain::answers::has_voice;
use crate::domain::concern::question;
use crate::domain::{
    Answer, Answers, Attachment, Concern, PartContent, Receipt, SentAs, Status, Whereabouts,
};
use crate::text::{Html, card};

/// Submits what was reviewed, unless others said something close that its author should see first.
pub(super) fn on_submit(turn: &mut Turn) {
    let State::Review { draft } = turn.person.state.clone() else {
        return turn.show();
    };
    if let Some(missing) = missing(turn, &draft.answers) {
        turn.note(|phrases| phrases.note_missing());
        return form::ask(turn, draft, missing, true);
    }
    if !is_taken(turn, &draft) {
        return turn.show();
    }
    if let Some(id) = draft.revises {
        return mine::on_revised(turn, draft, id);
    }
    let close = close::found(turn, &draft);
    if close.is_empty() {
        submit(turn, draft, None);
    } else {
        turn.go(State::Close { draft, close });
    }
}

/// Submits it although others said something close.
pub(super) fn on_send_mine(turn: &mut Turn) {
    let State::Close { draft, .. } = turn.person.state.clone() else {
        return turn.show();
    };
    if is_taken(turn, &draft) {
        submit(turn, draft, None);
    } else {
        turn.show();
    }
}

/// Whether what this draft says would be taken now; if not, says why.
pub(super) fn is_taken(turn: &mut Turn, draft: &Draft) -> bool {
    if turn.is_suspended() {
        turn.note(|phrases| phrases.note_suspended());
        return false;
    }
    let closing = Closing::of(Some(draft), turn.view());
    if let Closing::Over(deadline) = closing {
        let date = turn.date(deadline);
        turn.note(|phrases| match draft.revises {
            Some(_) => phrases.note_no_more_edits(&date(phrases)),
            None => phrases.note_deadline_passed(&date(phrases)),
        });
    }
    closing.is_open()
}

/// Has the files of a concern fetched that are not attached to it yet.
pub(super) fn attach(turn: &mut Turn, concern: &mut Concern) {
    let (id, organisation) = (concern.id, concern.organisation);
    let stories = concern
        .answers
        .0
        .values_mut()
        .filter_map(|answer| match answer {
            Answer::Story(parts) => Some(parts),
            Answer::Choice { .. }
            | Answer::Text { .. }
            | Answer::Number { .. }
            | Answer::Skipped => None,
        });
    for part in stories.flatten() {
        let sent_as = match &part.content {
            PartContent::Text(_) => continue,
            PartContent::Voice { .. } => SentAs::Voice,
            PartContent::Photo(_) => SentAs::Photo,
            PartContent::Document(_) => SentAs::Document,
        };
        let Some(file) = part.content.file_mut().filter(|file| file.kept.is_none()) else {
            continue;
        };
        let attachment = Attachment {
            id: turn.world.fresh_id(),
            concern: id,
            organisation,
            sent_as,
            whereabouts: Whereabouts::Telegram(file.clone()),
            transcript: None,
        };
        file.kept = Some(attachment.id);
        turn.world.change(Change::Attachment(attachment));
    }
}

/// The receipt is sent from the same commit that stores the concern; that, unless they speak for nobody.
pub(super) fn submit(turn: &mut Turn, draft: Draft, carried_from: Option<u64>) -> Option<Concern> {
    let Some(membership) = turn.person.membership.clone() else {
        turn.show();
        return None;
    };
    let waits = onboarding::waits_for_approval(turn);
    let id = turn.world.fresh_id();
    let mut concern = Concern {
        status: if waits { Status::Waiting } else { Status::New },
        vouched: membership.invitation.is_some(),
        carried_from,
        begun_at: Some(draft.begun_at),
        ..Concern::new(
            id,
            free_receipt(turn),
            membership.organisation,
            turn.person.number,
            turn.moment.now,
            draft.answers,
        )
    };
    attach(turn, &mut concern);
    let organisation = turn.organisation();
    let (config, receipt) = (&turn.forum.config, Html::code(&concern.receipt.to_string()));
    turn.tell(Weight::Lasting, |phrases| {
        let mut html = phrases.receipt(&receipt);
        if waits {
            html.paragraph(&phrases.note_waits_for_approval());
        }
        html.paragraph(&card::of(
            &concern.answers,
            organisation.as_ref(),
            config,
            phrases,
        ));
        html
    });
    turn.world
        .change(Change::Concern(Box::new(concern.clone())));
    turn.go(State::Menu {
        kept: draft.beneath.map(|beneath| *beneath),
    });
    Some(concern)
}

/// The first question that must be answered and is not.
pub(super) fn missing(turn: &Turn, answers: &Answers) -> Option<String> {
    let voice = has_voice(answers.story(question::STORY));
    let is_missing = |question: &&Question| {
        let answered = !matches!(answers.0.get(&question.id), None | Some(Answer::Skipped));
        match question.required {
            Required::Yes => !answered,
            Required::UnlessVoice => !answered && !voice,
            Required::No => false,
        }
    };
    turn.forum
        .config
        .form
        .iter()
        .find(is_missing)
        .map(|question| question.id.clone())
}

/// A receipt that nobody has: the chance of a second try is one in 2^55 for each concern there is.
fn free_receipt(turn: &Turn) -> Receipt {
    let mut bits = turn.moment.random as u64; // half of them
    loop {
        let receipt = Receipt::from_random(bits);
        if turn.world.concern_of(receipt).is_none() {
            return receipt;
        }
        bits = bits.wrapping_add(0x9E37_79B9_7F4A_7C15);
    }
}
