//! The pieces of a story: words, voice notes, photos, documents, as many messages as wanted.
//!
//! What cannot be kept is answered at once, with what to do instead.

use super::desk::PromiseDesk;
use super::form::{asked, recover};
use super::{Content, Desk, Draft, Media, State, Turn, Visit, desk, promising};
use crate::config::{Kind, Question};
use crate::domain::concern::question;
use crate::domain::{Answer, MessageId, Part, PartContent};
use crate::files;
use crate::text::clean::clean;
use crate::text::{Html, Phrases};

/// Pieces of a story: with them all its record stays well under what the store takes.
const PIECES: usize = 200;
/// Bytes of drafts of which one waits beneath the other: with them a person's record stays under what the store takes.
pub(super) const DRAFTS: usize = 44 * 1024;
/// Bytes of the largest file that Telegram lets a bot fetch. <https://core.telegram.org/bots/api#getfile>
const LARGEST_FILE: u64 = 20 << 20;

pub(super) fn on_file(turn: &mut Turn, id: MessageId, file: Media, caption: Option<&str>) {
    if let Some(Visit::Promise { id: promise }) = turn.person.state.visit() {
        return promising::on_file(turn, id, *promise, file, caption);
    }
    if let Some(&Desk::Promises(PromiseDesk::Promise { page, id, .. })) = turn.person.desk() {
        return desk::promises::on_evidence(turn, page, id, file);
    }
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

/// The story with these words at its end, if they fit; if not, says why.
pub(super) fn told(
    turn: &mut Turn,
    question: &Question,
    draft: &Draft,
    id: MessageId,
    words: String,
) -> Option<Answer> {
    let Kind::Story { max_chars, .. } = question.kind else {
        return None;
    };
    let mut parts = draft.answers.story(&question.id).to_vec();
    if parts.len() >= PIECES {
        turn.note(|phrases| phrases.note_too_many_pieces(PIECES as u64));
        return None;
    }
    if is_full(draft, &parts, &words, max_chars) {
        turn.note(|phrases| phrases.note_story_full(max_chars as u64));
        return None;
    }
    parts.push(Part {
        source: id,
        content: PartContent::Text(words),
    });
    Some(Answer::Story(parts))
}

/// The story after one of its messages was edited; if it does not fit then, says why.
pub(super) fn retold(
    turn: &mut Turn,
    question: &Question,
    draft: &Draft,
    parts: &[Part],
    id: MessageId,
    content: &Content,
    words: &str,
) -> Option<Answer> {
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
pub(super) fn confirm_addition(turn: &mut Turn, may_name_author: bool) {
    turn.routine = turn.notes.is_empty() && !may_name_author;
    if may_name_author {
        turn.note(|phrases| phrases.note_names_author());
    } else {
        turn.note(|phrases| phrases.note_added());
    }
    turn.show();
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

/// Whether this file can be kept, as far as can be told before it is fetched; if not, says what to do instead.
pub(super) fn fits(turn: &mut Turn, parts: &[Part], file: &Media) -> bool {
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
