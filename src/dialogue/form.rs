//! Raising a concern: question by question, the review, the receipt.
//!
//! Every answer is in the person's state, and so on disk, before the next question is sent.

use jiff::ToSpan as _;

use super::{
    Change, Content, Draft, Media, State, Turn, Visit, Weight, close, mine, onboarding,
    typed_choice,
};
use crate::config::{Kind, Question, Required};
use crate::domain::answers::has_voice;
use crate::domain::concern::{Disclosure, question};
use crate::domain::{
    Answer, Answers, Attachment, Concern, MessageId, Part, PartContent, Receipt, SentAs, Status,
    Whereabouts,
};
use crate::files;
use crate::text::clean::{clean, clean_line, parse_number};
use crate::text::{Html, Phrases, card};

/// Pieces of a story: with them all its record stays well under what the store takes.
const PIECES: usize = 200;
/// Bytes of drafts of which one waits beneath the other: with them a person's record stays under what the store takes.
pub(super) const DRAFTS: usize = 44 * 1024;
/// Bytes of the largest file that Telegram lets a bot fetch. <https://core.telegram.org/bots/api#getfile>
const LARGEST_FILE: u64 = 20 << 20;

pub(super) fn begin(turn: &mut Turn) {
    let draft = Draft {
        begun_at: turn.moment.now,
        answers: Answers::default(),
        revises: None,
        beneath: None,
    };
    if is_taken(turn, &draft) {
        advance(turn, draft);
    } else {
        turn.show();
    }
}

/// Whether what this draft says would be taken now; if not, says why.
fn is_taken(turn: &mut Turn, draft: &Draft) -> bool {
    if is_suspended(turn) {
        turn.note(|phrases| phrases.note_suspended());
        return false;
    }
    let now = turn.moment.now;
    let Some(deadline) = turn.world.meeting().and_then(|meeting| meeting.deadline) else {
        return true;
    };
    if now < deadline {
        return true;
    }
    let date = turn.date(deadline);
    if draft.revises.is_some() {
        turn.note(|phrases| phrases.note_no_more_edits(&date(phrases)));
        return false;
    }
    let grace = i64::from(turn.forum.config.settings.grace_hours).hours();
    let in_time =
        draft.begun_at < deadline && deadline.checked_add(grace).is_ok_and(|end| now < end);
    if !in_time {
        turn.note(|phrases| phrases.note_deadline_passed(&date(phrases)));
    }
    in_time
}

/// Whether the organisers suspended the person's organisation.
pub(super) fn is_suspended(turn: &Turn) -> bool {
    turn.organisation()
        .is_some_and(|organisation| organisation.suspended)
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
        // A form that lost the question they were at shows the menu's buttons.
        State::Menu { kept: Some(draft) } | State::Form { draft, .. } => {
            turn.go(State::Deleting { draft })
        }
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
        | State::Visit { .. }
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
struct Asked<'f> {
    draft: Draft,
    question: &'f Question,
    position: usize,
    from_review: bool,
}

fn asked<'f>(turn: &Turn<'f>) -> Option<Asked<'f>> {
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
fn recover(turn: &mut Turn) {
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

/// Takes back the last message of the story, with everything that came in it.
pub(super) fn on_undo(turn: &mut Turn) {
    let Some(asked) = asked(turn) else {
        return recover(turn);
    };
    let mut parts = asked.draft.answers.story(question::STORY).to_vec();
    if let Some(source) = parts.last().map(|part| part.source) {
        parts.retain(|part| part.source != source);
        turn.note(|phrases| phrases.note_taken_back());
    }
    keep_story(turn, parts);
    turn.show();
}

/// The story as it is now; an empty one is no answer.
fn keep_story(turn: &mut Turn, parts: Vec<Part>) {
    if let Some(draft) = turn.person.state.draft_mut() {
        if parts.is_empty() {
            draft.answers.0.remove(question::STORY);
        } else {
            draft
                .answers
                .0
                .insert(question::STORY.to_owned(), Answer::Story(parts));
        }
    }
}

/// Of many pieces in a row only the last needs to be confirmed, unless there is more to say about one: that a document, kept as
/// it came, may hold its author's name.
fn confirm_addition(turn: &mut Turn, may_name_author: bool) {
    turn.routine = turn.notes.is_empty() && !may_name_author;
    if may_name_author {
        turn.note(|phrases| phrases.note_names_author());
    } else {
        turn.note(|phrases| phrases.note_added());
    }
    turn.show();
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
            confirm_addition(turn, false);
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
        Kind::Story { max_chars, .. } => {
            let mut parts = draft.answers.story(&question.id).to_vec();
            if parts.len() >= PIECES {
                turn.note(|phrases| phrases.note_too_many_pieces(PIECES as u64));
                return None;
            }
            if is_full(draft, &parts, &words, *max_chars) {
                turn.note(|phrases| phrases.note_story_full(*max_chars as u64));
                return None;
            }
            parts.push(Part {
                source: id,
                content: PartContent::Text(words),
            });
            Some(Answer::Story(parts))
        }
    }
}

/// Whether these words are too many for the story, or for the record in which another draft waits as well.
fn is_full(draft: &Draft, parts: &[Part], words: &str, max_chars: usize) -> bool {
    written(parts) + words.chars().count() > max_chars
        || draft.beneath.is_some() && draft.bytes() + words.len() > DRAFTS
}

/// Characters written so far.
fn written(parts: &[Part]) -> usize {
    let chars = |part: &Part| match &part.content {
        PartContent::Text(text) => text.chars().count(),
        PartContent::Voice { .. } | PartContent::Photo(_) | PartContent::Document(_) => 0,
    };
    parts.iter().map(chars).sum()
}

fn is_file(part: &Part) -> bool {
    match part.content {
        PartContent::Text(_) => false,
        PartContent::Voice { .. } | PartContent::Photo(_) | PartContent::Document(_) => true,
    }
}

pub(super) fn on_file(turn: &mut Turn, id: MessageId, file: Media, caption: Option<&str>) {
    let Some(asked) = asked(turn) else {
        let note: fn(Phrases<'_>) -> Html = match turn.person.state {
            State::Organisation { .. }
            | State::Choosing { .. }
            | State::Visit {
                visit: Visit::Noting { .. } | Visit::Answering { .. } | Visit::Rsvp { .. },
                ..
            } => |phrases| phrases.note_words_only(),
            State::Menu { .. } | State::Form { .. } | State::Visit { .. } => {
                |phrases| phrases.note_not_kept()
            }
            State::Language { .. }
            | State::Consent
            | State::Uninvited
            | State::Confirm { .. }
            | State::Close { .. }
            | State::Province { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. } => |phrases| phrases.note_press_button(),
        };
        turn.note(note);
        return turn.show();
    };
    let Kind::Story {
        max_chars,
        max_files,
    } = asked.question.kind
    else {
        turn.note(|phrases| phrases.note_words_only());
        return turn.show();
    };
    let mut parts = asked.draft.answers.story(&asked.question.id).to_vec();
    if parts.iter().filter(|part| is_file(part)).count() >= max_files {
        turn.note(|phrases| phrases.note_too_many_files(max_files as u64));
        return turn.show();
    }
    if !fits(turn, &parts, &file) {
        return turn.show();
    }
    let may_name_author = match &file {
        Media::Voice(..) | Media::Photo(_) => false,
        Media::Document(_, claimed) => {
            files::may_name_author(claimed.as_deref().unwrap_or_default())
        }
    };
    parts.push(Part {
        source: id,
        content: kept(file),
    });
    let words = clean(caption.unwrap_or_default());
    if is_full(&asked.draft, &parts, &words, max_chars) {
        turn.note(|phrases| phrases.note_caption_too_long(max_chars as u64));
    } else if !words.is_empty() {
        parts.push(Part {
            source: id,
            content: PartContent::Text(words),
        });
    }
    keep_story(turn, parts);
    confirm_addition(turn, may_name_author);
}

/// Whether this file can be kept, as far as can be told before it is fetched; if not, says what to do instead.
fn fits(turn: &mut Turn, parts: &[Part], file: &Media) -> bool {
    let (about, claimed) = match file {
        Media::Voice(about, _) | Media::Photo(about) => (about, None),
        Media::Document(about, claimed) => (about, claimed.as_deref()),
    };
    let size = about.size.unwrap_or(0);
    if size > LARGEST_FILE {
        turn.note(|phrases| phrases.note_file_too_large(LARGEST_FILE >> 20));
        return false;
    }
    if claimed.is_some_and(|claimed| !files::may_be_kept(claimed)) {
        turn.note(|phrases| phrases.note_file_type());
        return false;
    }
    let organisation = turn.person.membership.as_ref().map(|m| m.organisation);
    let taken = organisation.map_or(0, |organisation| turn.world.room_taken(organisation));
    let drafted: u64 = parts
        .iter()
        .filter_map(|part| part.content.file())
        // What was submitted already is counted as taken.
        .filter(|file| file.kept.is_none())
        .filter_map(|file| file.size)
        .sum();
    let limit = turn.forum.config.settings.organisation_bytes;
    if taken + drafted + size > limit {
        turn.note(|phrases| phrases.note_room_full(limit / 1_000_000));
        return false;
    }
    true
}

fn kept(file: Media) -> PartContent {
    match file {
        Media::Voice(file, seconds) => PartContent::Voice { file, seconds },
        Media::Photo(file) => PartContent::Photo(file),
        Media::Document(file, _) => PartContent::Document(file),
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
    let Some(Answer::Story(parts)) = draft.answers.0.get(&question.id) else {
        return answer_from(turn, question, draft, id, words);
    };
    // The message's pieces give way to what it holds now, in the same place.
    let first = parts.iter().position(|part| part.source == id)?;
    let mut pieces = Vec::new();
    match content {
        Content::File { file, .. } => {
            let rest: Vec<Part> = parts
                .iter()
                .filter(|part| part.source != id)
                .cloned()
                .collect();
            if !fits(turn, &rest, file) {
                return None;
            }
            pieces.push(Part {
                source: id,
                content: kept(file.clone()),
            });
        }
        Content::Text(_) | Content::Other(_) => {}
    }
    let words = clean(words);
    let length = words.len();
    if !words.is_empty() {
        pieces.push(Part {
            source: id,
            content: PartContent::Text(words),
        });
    }
    if pieces.is_empty() {
        turn.note(|phrases| phrases.note_empty());
        return None;
    }
    let mut changed: Vec<Part> = parts
        .iter()
        .filter(|part| part.source != id)
        .cloned()
        .collect();
    changed.splice(first..first, pieces);
    let Kind::Story {
        max_chars,
        max_files,
    } = question.kind
    else {
        return None;
    };
    let files = |parts: &[Part]| parts.iter().filter(|part| is_file(part)).count();
    if files(&changed) > max_files.max(files(parts)) {
        turn.note(|phrases| phrases.note_too_many_files(max_files as u64));
        return None;
    }
    let crowded = draft.beneath.is_some() && draft.bytes() + length > DRAFTS;
    if written(&changed) > max_chars || crowded {
        turn.note(|phrases| phrases.note_story_full(max_chars as u64));
        return None;
    }
    Some(Answer::Story(changed))
}

/// Submits what was reviewed, unless others said something close that its author should see first.
pub(super) fn on_submit(turn: &mut Turn) {
    let State::Review { draft } = turn.person.state.clone() else {
        return turn.show();
    };
    if let Some(missing) = missing(turn, &draft.answers) {
        turn.note(|phrases| phrases.note_missing());
        return ask(turn, draft, missing, true);
    }
    if !is_taken(turn, &draft) {
        return turn.show();
    }
    if let Some(id) = draft.revises {
        return mine::on_revised(turn, draft, id);
    }
    let close = close::found(turn, &draft);
    if close.is_empty() {
        submit(turn, draft);
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
        submit(turn, draft);
    } else {
        turn.show();
    }
}

/// The receipt is sent from the same commit that stores the concern.
fn submit(turn: &mut Turn, draft: Draft) {
    let Some(membership) = turn.person.membership.clone() else {
        return turn.show();
    };
    let waits = onboarding::waits_for_approval(turn);
    let id = turn.world.fresh_id();
    let mut concern = Concern {
        id,
        receipt: free_receipt(turn),
        organisation: membership.organisation,
        author: turn.person.number,
        submitted_at: turn.moment.now,
        status: if waits { Status::Waiting } else { Status::New },
        disclosure: disclosure(&draft.answers),
        answers: draft.answers,
        vouched: membership.invitation.is_some(),
        into: None,
        reason: None,
        past: 0,
        open_question: None,
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
    turn.world.change(Change::Concern(Box::new(concern)));
    turn.go(State::Menu {
        kept: draft.beneath.map(|beneath| *beneath),
    });
}

/// Whether others than the organisers may read it at all.
pub(super) fn is_let_out(disclosure: Disclosure) -> bool {
    match disclosure {
        Disclosure::Named | Disclosure::Unnamed => true,
        Disclosure::OrganisersOnly => false,
    }
}

/// Who may read it: the cautious reading of an answer that cannot be read.
pub(super) fn disclosure(answers: &Answers) -> Disclosure {
    answers
        .choice(question::DISCLOSURE)
        .and_then(Disclosure::from_id)
        .unwrap_or(Disclosure::OrganisersOnly)
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
        };
        file.kept = Some(attachment.id);
        turn.world.change(Change::Attachment(attachment));
    }
}

/// The first question that must be answered and is not.
fn missing(turn: &Turn, answers: &Answers) -> Option<String> {
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
    let mut bits = turn.moment.random;
    loop {
        let receipt = Receipt::from_random(bits);
        if turn.world.concern_of(receipt).is_none() {
            return receipt;
        }
        bits = bits.wrapping_add(0x9E37_79B9_7F4A_7C15);
    }
}
