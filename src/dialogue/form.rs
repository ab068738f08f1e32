//! Raising a concern, question by question, up to the review; `story` has the pieces of the story, `submission` what comes
//! after the review.
//!
//! Every answer is in the person's state, and so on disk, before the next question is sent.

use super::{
    Content, Draft, MessageId, State, Turn, onboarding, promising, story, submission, typed_choice,
};
use crate::config::{Kind, Question};
use crate::domain::answers::has_voice;
use crate::domain::concern::question;
use crate::domain::{Answer, Answers};
use crate::text::clean::{clean, clean_line, parse_number};

pub(super) fn begin(turn: &mut Turn) {
    let draft = Draft {
        begun_at: turn.moment.now,
        answers: Answers::default(),
        revises: None,
        beneath: None,
    };
    if submission::is_taken(turn, &draft) {
        advance(turn, draft);
    } else {
        turn.show();
    }
}

pub(super) fn resume(turn: &mut Turn) {
    match turn.person.state.draft().cloned() {
        Some(draft) => advance(turn, draft),
        None => turn.show(),
    }
}

/// Goes to the first question without an answer, or to the review.
fn advance(turn: &mut Turn, draft: Draft) {
    let open = turn
        .forum
        .config
        .form
        .iter()
        .find(|question| !draft.answers.0.contains_key(&question.id));
    match open.map(|question| question.id.clone()) {
        Some(at) => ask(turn, draft, at, false),
        None => turn.go(State::Review { draft }),
    }
}

pub(super) fn ask(turn: &mut Turn, draft: Draft, at: String, from_review: bool) {
    turn.go(State::Form {
        draft,
        at,
        from_review,
    });
}

pub(super) fn back(turn: &mut Turn, draft: Draft, at: &str, from_review: bool) {
    if from_review {
        return turn.go(State::Review { draft });
    }
    let form = &turn.forum.config.form;
    let position = turn
        .forum
        .config
        .question(at)
        .map_or(0, |(position, _)| position);
    match position.checked_sub(1).and_then(|before| form.get(before)) {
        Some(question) => ask(turn, draft, question.id.clone(), false),
        None => turn.go(State::Menu {
            kept: Some(draft).filter(|draft| !draft.answers.0.is_empty()),
        }),
    }
}

/// Leaves the form: what was answered is kept unless its author says otherwise.
pub(super) fn leave(turn: &mut Turn, draft: Draft, at: Option<String>) {
    if draft.answers.0.is_empty() {
        return turn.go(State::Menu { kept: None });
    }
    turn.go(State::Leaving { draft, at });
}

pub(super) fn on_delete(turn: &mut Turn) {
    match turn.person.state.clone() {
        // A form that lost the question they were at shows the menu's buttons; so does the desk of whoever lost their role.
        State::Menu { kept: Some(draft) }
        | State::Form { draft, .. }
        | State::Visit {
            kept: Some(draft), ..
        } => turn.go(State::Deleting { draft }),
        State::Leaving { draft, .. } | State::Deleting { draft } => {
            turn.note(|phrases| phrases.note_deleted());
            turn.go(State::Menu {
                kept: draft.beneath.map(|beneath| *beneath),
            });
        }
        State::Menu { kept: None }
        | State::Uninvited
        | State::Confirm { .. }
        | State::Choosing { .. }
        | State::Close { .. }
        | State::Visit { kept: None, .. }
        | State::Language { .. }
        | State::Consent
        | State::Organisation { .. }
        | State::Province { .. }
        | State::Review { .. } => turn.show(),
    }
}

pub(super) fn on_change(turn: &mut Turn, question: String) {
    if let State::Review { draft } = turn.person.state.clone() {
        ask(turn, draft, question, true);
    } else {
        turn.show();
    }
}

/// What is being asked; `None` if they are not in the form, or the form no longer has the question.
pub(super) struct Asked<'f> {
    pub(super) draft: Draft,
    pub(super) question: &'f Question,
    position: usize,
    from_review: bool,
}

pub(super) fn asked<'f>(turn: &Turn<'f>) -> Option<Asked<'f>> {
    let State::Form {
        draft,
        at,
        from_review,
    } = &turn.person.state
    else {
        return None;
    };
    let (position, question) = turn.forum.config.question(at)?;
    Some(Asked {
        draft: draft.clone(),
        question,
        position,
        from_review: *from_review,
    })
}

impl Asked<'_> {
    /// Saves the answer and goes on.
    fn answer(mut self, turn: &mut Turn, answer: Answer) {
        self.draft
            .answers
            .0
            .insert(self.question.id.clone(), answer);
        self.go_on(turn);
    }

    /// To the next question, or to the review where that was asked for or nothing is left.
    fn go_on(self, turn: &mut Turn) {
        match turn.forum.config.form.get(self.position + 1) {
            Some(next) if !self.from_review => ask(turn, self.draft, next.id.clone(), false),
            Some(_) | None => turn.go(State::Review { draft: self.draft }),
        }
    }
}

/// A form that changed under a draft: goes on with what is open.
pub(super) fn recover(turn: &mut Turn) {
    resume(turn);
}

pub(super) fn on_pick(turn: &mut Turn, id: String) {
    match asked(turn) {
        Some(asked) => asked.answer(turn, Answer::Choice { id, source: None }),
        None => recover(turn),
    }
}

pub(super) fn on_skip(turn: &mut Turn) {
    match asked(turn) {
        Some(asked) => asked.answer(turn, Answer::Skipped),
        None => recover(turn),
    }
}

pub(super) fn on_next(turn: &mut Turn) {
    match asked(turn) {
        Some(asked) => asked.go_on(turn),
        None => recover(turn),
    }
}

pub(super) fn on_done(turn: &mut Turn) {
    let Some(asked) = asked(turn) else {
        return recover(turn);
    };
    let story = asked.draft.answers.story(question::STORY);
    if story.is_empty() {
        turn.note(|phrases| phrases.note_story_empty());
        return turn.show();
    }
    if !has_voice(story) && asked.draft.answers.0.get(question::TITLE) == Some(&Answer::Skipped) {
        turn.note(|phrases| phrases.note_title_needed());
        return ask(
            turn,
            asked.draft,
            question::TITLE.to_owned(),
            asked.from_review,
        );
    }
    asked.go_on(turn);
}

pub(super) fn on_text(turn: &mut Turn, id: MessageId, text: &str) {
    let Some(asked) = asked(turn) else {
        return recover(turn);
    };
    match answer_from(turn, asked.question, &asked.draft, id, text) {
        // A story goes on until its author says that it is done.
        Some(story @ Answer::Story(_)) => {
            if let Some(draft) = turn.person.state.draft_mut() {
                draft.answers.0.insert(asked.question.id.clone(), story);
            }
            story::confirm_addition(turn, false);
        }
        Some(answer) => asked.answer(turn, answer),
        None => turn.show(),
    }
}

/// The answer that these words are to this question; otherwise says what is wrong with them.
fn answer_from(
    turn: &mut Turn,
    question: &Question,
    draft: &Draft,
    id: MessageId,
    text: &str,
) -> Option<Answer> {
    // In a digest a title stands on a line of its own.
    let words = if question.id == question::TITLE {
        clean_line(text)
    } else {
        clean(text)
    };
    if words.is_empty() {
        turn.note(|phrases| phrases.note_empty());
        return None;
    }
    let length = words.chars().count();
    match &question.kind {
        Kind::Choice(_) | Kind::Disclosure | Kind::Place => {
            let choices = super::screen::choices(turn.forum, &question.kind);
            let typed = typed_choice(
                choices
                    .iter()
                    .map(|(id, labels)| (id.as_str(), labels.iter().map(String::as_str).collect())),
                &words,
            );
            if typed.is_none() {
                turn.note(|phrases| phrases.note_press_button());
            }
            Some(Answer::Choice {
                id: typed?,
                source: Some(id),
            })
        }
        Kind::Text { max_chars } if length > *max_chars => {
            turn.note(|phrases| phrases.note_too_long(length as u64, *max_chars as u64));
            None
        }
        Kind::Text { .. } => Some(Answer::Text {
            text: words,
            source: id,
        }),
        Kind::Number { min, max } => match parse_number(&words) {
            Some(value) if (*min..=*max).contains(&value) => {
                Some(Answer::Number { value, source: id })
            }
            Some(_) | None => {
                turn.note(|phrases| phrases.note_number(*min, *max));
                None
            }
        },
        Kind::Story { .. } => story::told(turn, question, draft, id, words),
    }
}

/// A message was edited: the answer that came from it changes, wherever its author is by now.
pub(super) fn on_edited(turn: &mut Turn, id: MessageId, content: &Content) {
    let words = match content {
        Content::Text(text) => text.as_str(),
        Content::File { caption, .. } => caption.as_deref().unwrap_or_default(),
        Content::Other(_) => "",
    };
    if onboarding::on_name_edited(turn, id, words) {
        return;
    }
    let draft = turn.person.state.draft().cloned();
    let source = draft
        .as_ref()
        .and_then(|draft| draft.answers.question_of(id))
        .map(str::to_owned);
    let question = source
        .as_deref()
        .and_then(|source| turn.forum.config.question(source));
    let (Some(draft), Some((_, question))) = (draft, question) else {
        if promising::on_edited(turn, id, content) {
            return;
        }
        turn.note(|phrases| phrases.note_edit_unknown());
        return turn.show();
    };
    if let Some(answer) = edited_answer(turn, question, &draft, id, content, words) {
        if let Some(draft) = turn.person.state.draft_mut() {
            draft.answers.0.insert(question.id.clone(), answer);
        }
        turn.note(|phrases| phrases.note_changed());
    }
    turn.show();
}

fn edited_answer(
    turn: &mut Turn,
    question: &Question,
    draft: &Draft,
    id: MessageId,
    content: &Content,
    words: &str,
) -> Option<Answer> {
    match draft.answers.0.get(&question.id) {
        Some(Answer::Story(parts)) => {
            story::retold(turn, question, draft, parts, id, content, words)
        }
        Some(
            Answer::Choice { .. } | Answer::Text { .. } | Answer::Number { .. } | Answer::Skipped,
        )
        | None => answer_from(turn, question, draft, id, words),
    }
}
