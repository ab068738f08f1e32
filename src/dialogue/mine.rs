//! One's own concerns: the list, one of them, changing it, adding a note, answering the organisers, taking it back.
//!
//! Its author alone sees a concern here, never a colleague.

use super::organising::concern as deciding;
use super::screen::{self, Screen, View};
use super::turn::notice;
use super::{
    Action, Button, Change, Draft, Notice, Person, Press, State, Tap, Turn, Visit, Weight, World,
    carrying, desk, others, promising, story, submission,
};
use crate::domain::concern::question;
use crate::domain::{Act, Attachment, Concern, Disclosure, Past, SentAs, Status, Transcript};
use crate::text::clean::clean;
use crate::text::{Forum, Html, Phrases, card};

/// Concerns on a page.
const A_PAGE: usize = 6;
/// Characters of a note, and of an answer to the organisers.
const WORDS: usize = 1_000;
/// Notes and questions of a concern.
const PASTS: u32 = 60;

/// The concern, if this person wrote it.
fn own(person: &Person, id: u64, view: View<'_>) -> Option<Concern> {
    view.world
        .concern(id)
        .filter(|concern| concern.author == person.number)
}

/// A page of what this person sent, newest first.
pub(super) fn list(person: &Person, page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut concerns = view.world.concerns_by(person.number);
    concerns.reverse();
    let mut html = if concerns.is_empty() {
        phrases.mine_none()
    } else {
        phrases.mine()
    };
    let mut rows = Vec::new();
    let (shown, turning) = screen::page(&concerns, page, A_PAGE, phrases);
    for (number, concern) in shown {
        let name = title(&concern, view, phrases);
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&name));
        if !concern.answers.0.is_empty() {
            entry.line(&Html::code(&concern.receipt.to_string()));
        }
        entry.push(&Html::text(" · "));
        let status = promising::status(&concern, view);
        entry.push(&Html::text(&card::status(status, phrases)));
        if concern.open_question.is_some() {
            entry.line(&phrases.mine_asked());
        }
        html.paragraph(&entry);
        rows.push(vec![(
            screen::numbered(number, &name, phrases),
            Action::Open(concern.id),
        )]);
        if carrying::may_be_carried(&concern, view) {
            html.line(&phrases.mine_carry());
            let label = phrases.button_carry_one(&phrases.number(number));
            rows.push(vec![(label, Action::Carry(concern.id))]);
        }
    }
    rows.extend(turning);
    if page == 0 {
        rows.extend(promising::rows(person, view, phrases));
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// What a concern is called; its receipt where nothing else is left.
fn title(concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> String {
    if concern.answers.0.is_empty() {
        return concern.receipt.to_string();
    }
    card::name(&concern.answers, &view.forum.config, phrases)
}

/// One of them, with what can be done about it.
pub(super) fn one(person: &Person, id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows = Vec::new();
    let html = match own(person, id, view) {
        None => phrases.note_concern_gone(),
        Some(concern) => {
            if concern.open_question.is_some() {
                rows.push(vec![(phrases.button_reply(), Action::Reply)]);
            }
            for (number, voice, words) in written_down(&concern, view.world) {
                let number = phrases.number(number);
                let right = Action::Right(voice.id, words.at.as_millisecond());
                rows.push(vec![
                    (phrases.button_right(&number), right),
                    (phrases.button_correct(&number), Action::Correct(voice.id)),
                ]);
            }
            let closed = is_closed(view);
            if concern.may_be_edited() && !closed {
                rows.push(vec![(phrases.button_edit(), Action::Edit)]);
            } else if concern.may_be_withdrawn() && !concern.answers.0.is_empty() {
                rows.push(vec![(phrases.button_note(), Action::Note)]);
            }
            if carrying::may_be_carried(&concern, view) {
                rows.push(vec![(phrases.button_carry(), Action::Carry(id))]);
            }
            if concern.may_be_withdrawn() {
                rows.push(vec![(phrases.button_withdraw(), Action::Withdraw)]);
            }
            whole(&concern, view, phrases)
        }
    };
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// A concern with its receipt, where it stands, and everything beside it.
fn whole(concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> Html {
    let mut html = Html::code(&concern.receipt.to_string());
    let status = promising::status(concern, view);
    html.line(&phrases.mine_status(&card::status(status, phrases)));
    if let Some(reason) = &concern.reason {
        html.line(&phrases.mine_reason(reason));
    }
    let from = concern.carried_from.and_then(|id| view.world.concern(id));
    if let Some(from) = from {
        html.line(&phrases.mine_carried_from(&from.receipt.to_string()));
    }
    if let Some(to) = carrying::carried_to(concern, view.world) {
        html.line(&phrases.mine_carried_to(&to.receipt.to_string()));
    }
    html.paragraph(&promising::promised(concern.id, view.world, phrases));
    if let Some(whole) = concern.into.and_then(|id| view.world.concern(id)) {
        // Another's concern is named only where others may read it; its author and status say nothing about them.
        let visible = view.forum.config.settings.review.lets_in(whole.status);
        if visible && whole.disclosure.lets_others_read() {
            let name = card::name(&whole.answers, &view.forum.config, phrases);
            html.line(&phrases.mine_into(&name));
        }
    }
    let behind = others::behind(concern, view.world);
    if behind > 1 {
        html.line(&phrases.digest_behind(behind));
    }
    let organisation = view.world.organisation(concern.organisation);
    html.paragraph(&card::of(
        &concern.answers,
        organisation.as_ref(),
        &view.forum.config,
        phrases,
    ));
    for (number, voice) in (1..).zip(spoken(concern, view.world)) {
        if let Some(transcript) = &voice.transcript {
            html.paragraph(&if transcript.approved {
                phrases.card_spoken(number, &transcript.text)
            } else {
                phrases.mine_spoken(number, &transcript.text)
            });
        }
    }
    for past in view.world.past(concern.id) {
        match past {
            Past::Version { .. } => {}
            Past::Note { text, .. } => {
                html.paragraph(&phrases.card_note(&text));
            }
            Past::Question { text, answer, .. } => {
                html.paragraph(&phrases.card_question(&text));
                if let Some((_, answer)) = answer {
                    html.line(&phrases.card_answer(&answer));
                }
            }
        }
    }
    html
}

fn is_closed(view: View<'_>) -> bool {
    view.world
        .meeting()
        .is_some_and(|meeting| meeting.is_closed(view.now))
}

/// The screens on which words are asked for, or a last yes.
pub(super) fn asking(
    person: &Person,
    id: u64,
    view: View<'_>,
    say: impl Fn(&Concern) -> Html,
    yes: Option<(String, Action)>,
    phrases: Phrases<'_>,
) -> Screen {
    let concern = own(person, id, view);
    let html = concern
        .as_ref()
        .map_or_else(|| phrases.note_concern_gone(), say);
    let mut rows: Vec<_> = yes.into_iter().map(|yes| vec![yes]).collect();
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The question that is open, in the organisers' words.
pub(super) fn question(concern: &Concern, view: View<'_>) -> Option<String> {
    let place = concern.open_question? as usize;
    match view.world.past(concern.id).into_iter().nth(place)? {
        Past::Question { text, .. } => Some(text),
        Past::Version { .. } | Past::Note { .. } => None,
    }
}

/// The own concern that is on the screen, and the draft that is kept meanwhile.
fn shown(turn: &Turn) -> Option<(Concern, Option<Draft>)> {
    let State::Visit {
        kept,
        visit: Visit::Concern { id },
    } = &turn.person.state
    else {
        return None;
    };
    Some((own(&turn.person, *id, turn.view())?, kept.clone()))
}

fn to(turn: &mut Turn, next: impl Fn(u64) -> Visit) {
    match shown(turn) {
        Some((concern, kept)) => turn.go(State::Visit {
            kept,
            visit: next(concern.id),
        }),
        None => turn.show(),
    }
}

pub(super) fn on_noting(turn: &mut Turn) {
    to(turn, |id| Visit::Noting { id });
}

pub(super) fn on_reply(turn: &mut Turn) {
    to(turn, |id| Visit::Answering { id });
}

pub(super) fn on_withdraw(turn: &mut Turn) {
    to(turn, |id| Visit::Withdrawing { id });
}

/// The review of what was submitted, from which every answer can be changed. A kept draft comes back after it.
pub(super) fn on_edit(turn: &mut Turn) {
    let Some((concern, kept)) = shown(turn) else {
        return turn.show();
    };
    // It is being changed already: to begin anew each time would pile up drafts without end.
    if let Some(draft) = kept.clone().filter(|kept| kept.revises == Some(concern.id)) {
        return turn.go(State::Review { draft });
    }
    let draft = Draft {
        begun_at: turn.moment.now,
        answers: concern.answers,
        revises: Some(concern.id),
        beneath: kept.map(Box::new),
    };
    if draft.beneath.is_some() && draft.bytes() > story::DRAFTS {
        turn.note(|phrases| phrases.note_draft_first());
        return turn.show();
    }
    turn.go(State::Review { draft });
}

/// A changed concern was submitted: a new version, the old one is kept. What was reviewed already is to be reviewed again,
/// and whoever stands behind it hears of it.
pub(super) fn on_revised(turn: &mut Turn, draft: Draft, id: u64) {
    // What was written is not lost with the chance to submit it: its author deletes it, or keeps it.
    let was = own(&turn.person, id, turn.view()).filter(|concern| concern.may_be_edited());
    let Some(was) = was else {
        turn.note(|phrases| phrases.note_cannot_change());
        return turn.go(State::Review { draft });
    };
    if was.past >= PASTS {
        turn.note(|phrases| phrases.note_too_many_changes());
        return turn.go(State::Review { draft });
    }
    let kept = draft.beneath.map(|beneath| *beneath);
    if was.answers == draft.answers {
        turn.note(|phrases| phrases.note_nothing_changed());
        return turn.go(State::Visit {
            kept,
            visit: Visit::Concern { id },
        });
    }
    turn.world.change(Change::Past {
        concern: id,
        place: was.past,
        past: Past::Version {
            at: turn.moment.now,
            disclosure: was.disclosure,
            answers: was.answers.clone(),
        },
    });
    // Supporters are told of what they supported: where it is now, or what about, may not be for them.
    let before = was.clone();
    let reviewed = was.status == Status::Approved;
    let mut concern = Concern {
        status: if reviewed { Status::New } else { was.status },
        disclosure: Disclosure::of(&draft.answers),
        answers: draft.answers,
        past: was.past + 1,
        ..was
    };
    submission::attach(turn, &mut concern);
    let notices = to_supporters(&before, turn.forum, turn.world, |phrases, name| {
        phrases.notice_changed(name)
    });
    turn.notices.extend(notices);
    let name = concern.receipt.to_string();
    turn.world.change(Change::Concern(Box::new(concern)));
    turn.tell(Weight::Lasting, |phrases| {
        phrases.revised(&Html::code(&name))
    });
    if reviewed {
        turn.note(|phrases| phrases.note_reviewed_again());
    }
    turn.go(State::Visit {
        kept,
        visit: Visit::Concern { id },
    });
}

/// Notices to the members of the organisations that stand behind a concern.
fn to_supporters(
    concern: &Concern,
    forum: &Forum,
    world: &dyn World,
    say: impl Fn(Phrases<'_>, &str) -> Html,
) -> Vec<Notice> {
    let endorsements = world.endorsements(concern.id).into_iter();
    let members = endorsements.flat_map(|endorsement| world.members(endorsement.organisation));
    let to = |member| {
        notice(&member, None, forum, |phrases| {
            say(
                phrases,
                // Not its title: what was withdrawn is in nothing that is sent from then on.
                &card::subject(&concern.answers, &forum.config, phrases),
            )
        })
    };
    members.filter_map(to).collect()
}

pub(super) fn on_note(turn: &mut Turn, id: u64, text: &str) {
    let Some((concern, words)) = words_for(turn, id, text) else {
        return turn.show();
    };
    if concern.past >= PASTS {
        turn.note(|phrases| phrases.note_too_many_changes());
        return turn.show();
    }
    turn.world.change(Change::Past {
        concern: id,
        place: concern.past,
        past: Past::Note {
            at: turn.moment.now,
            text: words,
        },
    });
    turn.world.change(Change::Concern(Box::new(Concern {
        past: concern.past + 1,
        ..concern
    })));
    turn.note(|phrases| phrases.note_noted());
    back_to(turn, id);
}

pub(super) fn on_answer(turn: &mut Turn, id: u64, text: &str) {
    let Some((concern, words)) = words_for(turn, id, text) else {
        return turn.show();
    };
    let asked = concern.open_question.and_then(|place| {
        let past = turn.world.past(id).into_iter().nth(place as usize);
        past.map(|past| (place, past))
    });
    let Some((place, Past::Question { at, text, by, .. })) = asked else {
        turn.note(|phrases| phrases.note_not_kept());
        return back_to(turn, id);
    };
    turn.world.change(Change::Past {
        concern: id,
        place,
        past: Past::Question {
            at,
            text,
            answer: Some((turn.moment.now, words)),
            by,
        },
    });
    let concern = Concern {
        open_question: None,
        ..concern
    };
    tell_asker(turn, by, &concern);
    turn.world.change(Change::Concern(Box::new(concern)));
    turn.note(|phrases| phrases.note_answered());
    back_to(turn, id);
}

/// Whoever asked hears that there is an answer, if they may still read it. Not the answer: it would be sent although its concern
/// was withdrawn meanwhile.
fn tell_asker(turn: &mut Turn, by: Option<u64>, concern: &Concern) {
    let asker = by.and_then(|by| turn.world.person(by));
    let Some(asker) = asker.filter(|asker| desk::may(asker, Act::Read)) else {
        return;
    };
    let told = notice(&asker, None, turn.forum, |phrases| {
        phrases.notice_answer(&concern.receipt.to_string())
    });
    let phrases = turn.forum.words.phrases_or_first(asker.language);
    turn.notices.extend(told.map(|mut told| {
        told.body.buttons = vec![vec![Button {
            label: phrases.button_open(),
            data: Press::Card(concern.id, Tap::Look, concern.stamp()).write(),
        }]];
        told
    }));
}

/// The voice notes of a concern, in order.
pub(super) fn spoken(concern: &Concern, world: &dyn World) -> Vec<Attachment> {
    let parts = concern.answers.story(question::STORY).iter();
    let kept = parts.filter_map(|part| part.content.file().and_then(|file| file.kept));
    let files = kept.filter_map(|id| world.attachment(id));
    files.filter(|file| file.sent_as == SentAs::Voice).collect()
}

/// What waits for its author's yes: the voice notes that are written down and not approved, each with its number.
fn written_down(concern: &Concern, world: &dyn World) -> Vec<(u64, Attachment, Transcript)> {
    let voices = (1..).zip(spoken(concern, world));
    voices
        .filter_map(|(number, voice)| {
            let transcript = voice.transcript.clone().filter(|words| !words.approved)?;
            Some((number, voice, transcript))
        })
        .collect()
}

/// What the organisers wrote down is what was said. The button said which words it meant.
pub(super) fn on_right(turn: &mut Turn, attachment: u64) {
    let waiting = shown(turn).map(|(concern, _)| written_down(&concern, turn.world));
    let mut waiting = waiting.unwrap_or_default().into_iter();
    if let Some((_, voice, words)) = waiting.find(|(_, voice, _)| voice.id == attachment) {
        approve(turn, voice, words);
    }
    turn.show();
}

/// It is not: what was said is asked for.
pub(super) fn on_correct(turn: &mut Turn, attachment: u64) {
    to(turn, |id| Visit::Correcting { id, attachment });
}

/// Its author says what was said: nobody else need approve that.
pub(super) fn on_correction(turn: &mut Turn, id: u64, attachment: u64, text: &str) {
    let words = clean(text);
    let length = words.chars().count();
    let concern = own(&turn.person, id, turn.view()).filter(Concern::may_be_withdrawn);
    let voice = turn.world.attachment(attachment);
    let (Some(_), Some(voice)) = (concern, voice.filter(|voice| voice.concern == id)) else {
        turn.note(|phrases| phrases.note_concern_gone());
        return back_to(turn, id);
    };
    if length == 0 {
        turn.note(|phrases| phrases.note_empty());
        return turn.show();
    }
    if length > deciding::SPOKEN {
        turn.note(|phrases| phrases.note_too_long(length as u64, deciding::SPOKEN as u64));
        return turn.show();
    }
    let transcript = Transcript {
        text: words,
        by: None,
        at: turn.moment.now,
        approved: false,
    };
    approve(turn, voice, transcript);
    back_to(turn, id);
}

fn approve(turn: &mut Turn, voice: Attachment, transcript: Transcript) {
    turn.world.change(Change::Attachment(Attachment {
        transcript: Some(Transcript {
            approved: true,
            ..transcript
        }),
        ..voice
    }));
    turn.note(|phrases| phrases.note_spoken_approved());
}

fn back_to(turn: &mut Turn, id: u64) {
    turn.go(State::Visit {
        kept: turn.person.state.draft().cloned(),
        visit: Visit::Concern { id },
    });
}

/// The concern and these words, cleaned, if they can stand beside it; if not, says why.
fn words_for(turn: &mut Turn, id: u64, text: &str) -> Option<(Concern, String)> {
    let words = clean(text);
    let length = words.chars().count();
    let concern = own(&turn.person, id, turn.view()).filter(Concern::may_be_withdrawn);
    let Some(concern) = concern else {
        turn.note(|phrases| phrases.note_concern_gone());
        return None;
    };
    if turn.is_suspended() {
        turn.note(|phrases| phrases.note_suspended());
    } else if length == 0 {
        turn.note(|phrases| phrases.note_empty());
    } else if length > WORDS {
        turn.note(|phrases| phrases.note_too_long(length as u64, WORDS as u64));
    } else {
        return Some((concern, words));
    }
    None
}

/// Taken back: what it said is gone, that it was there is counted. What was merged into it stands for itself again, and
/// whoever stood behind it hears of it.
pub(super) fn on_withdrawn(turn: &mut Turn, id: u64) {
    let concern = own(&turn.person, id, turn.view()).filter(Concern::may_be_withdrawn);
    match concern {
        Some(concern) => {
            let notices = withdraw(concern, turn.forum, turn.world);
            turn.notices.extend(notices);
            turn.note(|phrases| phrases.note_withdrawn());
        }
        None => turn.note(|phrases| phrases.note_concern_gone()),
    }
    turn.person.state.drop_changes_of(id);
    turn.go(State::Visit {
        kept: turn.person.state.draft().cloned(),
        visit: Visit::Mine { page: 0 },
    });
}

/// Withdraws it, with whatever its author was changing of it; with the notices to those whom it concerns.
pub(super) fn withdraw(concern: Concern, forum: &Forum, world: &mut dyn World) -> Vec<Notice> {
    let promises = promising::tied(&concern, world);
    let author = concern.author;
    let mut notices = to_supporters(&concern, forum, world, |phrases, name| {
        phrases.notice_withdrawn(name)
    });
    notices.extend(deciding::let_parts_go(&concern, forum, world));
    if let Some(mut author) = world.person(concern.author)
        && author.state.drop_changes_of(concern.id)
    {
        world.change(Change::Person(Box::new(author)));
    }
    let dealt_with_at = deciding::dealt_with_at(&concern, world);
    world.change(Change::Withdrawn(Box::new(Concern {
        dealt_with_at,
        ..concern.withdrawn()
    })));
    promising::let_go(author, &promises, world);
    notices
}
