//! Where a concern stands, merging and its undoing, questions to its author, what is said in its voice notes.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{By, Done, OnConcern, Refused, WORDS, find, note, words};
use crate::dialogue::turn::notice;
use crate::dialogue::{Change, Notice, World, mine};
use crate::domain::{Act, Attachment, Concern, Deed, Past, Promise, SentAs, Status, Transcript};
use crate::text::{Forum, Html, Phrases, card};

/// Questions that a concern can hold beside its notes.
const PASTS: u32 = 80;
/// Characters of what is said in a voice note.
pub(in crate::dialogue) const SPOKEN: usize = 3_000;

pub(super) fn decide(
    order: OnConcern,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let concern = find(world, order.receipt)?;
    if concern.status == Status::Withdrawn {
        return Err(Refused::Withdrawn(order.receipt));
    }
    // All that can be refused is refused before anything changes.
    let question = order.ask.as_deref();
    let question = question.map(|ask| words(ask, WORDS)).transpose()?;
    if question.is_some() {
        by.may(Act::Ask, Some(concern.status))?;
        if concern.open_question.is_some() {
            return Err(Refused::OpenQuestion(order.receipt));
        }
        if concern.past >= PASTS {
            return Err(Refused::TooManyQuestions(order.receipt));
        }
    }
    let mut notices = Vec::new();
    let mut concern = match order.status {
        None => concern,
        Some(status) => {
            by.may(act(&concern, status), Some(concern.status))?;
            let into = order.into.map(|receipt| find(world, receipt)).transpose()?;
            let reason = order
                .reason
                .as_deref()
                .map(|reason| words(reason, WORDS))
                .transpose()?;
            let changed = with_status(&concern, status, into, reason, world)?;
            note(world, by, deed(&concern, &changed));
            if status == Status::Withdrawn {
                let receipt = concern.receipt.to_string();
                notices.extend(to_author(&concern, forum, world, &|phrases, _| {
                    phrases.notice_withdrawn_by_organisers(&receipt)
                }));
                notices.extend(mine::withdraw(concern, forum, world));
                return Ok(Done {
                    notices,
                    ..Done::default()
                });
            }
            if changed.status != concern.status || changed.into != concern.into {
                notices.extend(status_notice(&concern, &changed, forum, world));
            }
            if status == Status::Rejected {
                notices.extend(let_parts_go(&concern, forum, world));
            }
            changed
        }
    };
    if let Some(question) = question {
        world.change(Change::Past {
            concern: concern.id,
            place: concern.past,
            past: Past::Question {
                at: now,
                text: question.clone(),
                answer: None,
                by: by.number(),
            },
        });
        concern.open_question = Some(concern.past);
        concern.past += 1;
        note(world, by, Deed::Asked(concern.id));
        notices.extend(to_author(&concern, forum, world, &|phrases, name| {
            phrases.notice_asked(name, &question)
        }));
    }
    world.change(Change::Concern(Box::new(concern)));
    Ok(Done {
        notices,
        ..Done::default()
    })
}

/// Has a concern stand there whose decider was asked for their right to it; with the notice to its author.
pub(super) fn stands(
    was: Concern,
    status: Status,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<Option<Notice>, Refused> {
    let changed = with_status(&was, status, None, None, world)?;
    note(world, by, deed(&was, &changed));
    let notice = status_notice(&was, &changed, forum, world);
    world.change(Change::Concern(Box::new(changed)));
    Ok(notice)
}

/// Has a concern stand there as it came out at the meeting; with the notices to its author, and to those of what is part of it. One that
/// corrects what they heard before says so.
pub(super) fn came(
    was: Concern,
    status: Status,
    corrects: bool,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
) -> Result<Vec<Notice>, Refused> {
    let changed = with_status(&was, status, None, None, world)?;
    note(world, by, deed(&was, &changed));
    let mut all = vec![changed.clone()];
    all.extend(world.merged_into(changed.id));
    let notices = all.iter().filter_map(|heard| {
        let say = words_of(was.status, status)?;
        to_author(heard, forum, world, &|phrases, name| {
            let mut html = Html::default();
            if corrects {
                html.paragraph(&phrases.notice_corrects());
            }
            html.paragraph(&say(&phrases, name));
            html
        })
    });
    let notices = notices.collect();
    world.change(Change::Concern(Box::new(changed)));
    Ok(notices)
}

/// What it takes to have a concern stand there. What else there is belongs to the command line.
fn act(concern: &Concern, status: Status) -> Act {
    // It goes back to where it stood, and nowhere else: what waited for its organisation waits again.
    if concern.status == Status::Merged && status == alone(concern) {
        return Act::Unmerge;
    }
    match status {
        Status::Approved => Act::Approve,
        Status::Held => Act::Hold,
        Status::Rejected => Act::Reject,
        Status::Merged => Act::Merge,
        Status::Agenda => Act::Agenda,
        Status::New
        | Status::Waiting
        | Status::Withdrawn
        | Status::Answered
        | Status::Promised
        | Status::Deflected
        | Status::NotReached
        | Status::Done => Act::Machine,
    }
}

fn deed(was: &Concern, is: &Concern) -> Deed {
    match (was.status, is.status, is.into) {
        (_, Status::Merged, Some(into)) => Deed::Merged(is.id, into),
        (Status::Merged, status, _) if status != Status::Merged && status != Status::Withdrawn => {
            Deed::Unmerged(is.id)
        }
        (_, status, _) => Deed::StatusSet(is.id, status),
    }
}

/// The concern with another status, if it can have that.
fn with_status(
    concern: &Concern,
    status: Status,
    into: Option<Concern>,
    reason: Option<String>,
    world: &dyn World,
) -> Result<Concern, Refused> {
    if into.is_some() && status != Status::Merged {
        return Err(Refused::IntoWithoutMerging);
    }
    if reason.is_some() && status != Status::Rejected {
        return Err(Refused::ReasonWithoutRejecting);
    }
    let mut whole = into.clone();
    while let Some(above) = whole {
        if above.id == concern.id {
            return Err(Refused::IntoItself);
        }
        whole = above.into.and_then(|id| world.concern(id));
    }
    let meeting = world.meeting().map(|meeting| meeting.id);
    if let Some(whole) = &into
        && !whole.may_take_parts(meeting)
    {
        return Err(Refused::WholeIsGone(whole.receipt, whole.status));
    }
    if status == Status::Merged && !world.merged_into(concern.id).is_empty() {
        return Err(Refused::IsWhole);
    }
    if status == Status::Agenda && !concern.disclosure.lets_others_read() {
        return Err(Refused::NotRaised);
    }
    Ok(Concern {
        status,
        // What was dealt with stays with the meeting that did, also where its outcome is put right at a later one, or it is refused then.
        dealt_with_at: concern.dealt_with_at.or(meeting).filter(|by| {
            let is_earlier = Some(*by) != meeting;
            status.was_dealt_with() || status == Status::Rejected && is_earlier
        }),
        into: into.map(|whole| whole.id),
        before: match (concern.status, status) {
            (Status::Merged, Status::Merged) => concern.before,
            (before, Status::Merged) => Some(before),
            (_, _) => None,
        },
        reason,
        ..concern.clone()
    })
}

/// Where a concern stands that is no longer part of another: where it stood before.
pub(in crate::dialogue) fn alone(part: &Concern) -> Status {
    match part.before {
        Some(Status::Merged | Status::Withdrawn) | None => Status::Approved,
        Some(before) => before,
    }
}

/// What becomes of the parts of a concern that no longer stands; with the notices to their authors.
pub(in crate::dialogue) fn let_parts_go(
    whole: &Concern,
    forum: &Forum,
    world: &mut dyn World,
) -> Vec<Notice> {
    match whole.status.was_dealt_with() {
        true => hand_down(whole, forum, world),
        false => free_parts(whole, forum, world),
    }
}

/// Each stands for itself again.
fn free_parts(whole: &Concern, forum: &Forum, world: &mut dyn World) -> Vec<Notice> {
    let mut notices = Vec::new();
    for part in world.merged_into(whole.id) {
        let author = world.person(part.author);
        notices.extend(author.and_then(|author| {
            notice(&author, Some(part.id), forum, |phrases| {
                phrases.notice_alone_again()
            })
        }));
        world.change(Change::Concern(Box::new(Concern {
            status: alone(&part),
            into: None,
            before: None,
            ..part
        })));
    }
    notices
}

/// A meeting dealt with them all the same: the first of those that others may read, if there is one, stands where the whole stood, with the
/// others and with what was promised. Its author hears of it.
fn hand_down(whole: &Concern, forum: &Forum, world: &mut dyn World) -> Vec<Notice> {
    // What was held, or never looked at, is not let in by what was dealt with.
    let review = forum.config.settings.review;
    let parts = world.merged_into(whole.id);
    let good = parts.iter().filter(|part| review.lets_in(alone(part)));
    let first = good.min_by_key(|part| (!part.disclosure.lets_others_read(), part.id));
    let Some(heir) = first.cloned() else {
        return free_parts(whole, forum, world);
    };
    for part in parts.into_iter().filter(|part| part.id != heir.id) {
        world.change(Change::Concern(Box::new(Concern {
            into: Some(heir.id),
            ..part
        })));
    }
    for promise in world.promises() {
        if promise.concern == Some(whole.id) {
            world.change(Change::Promise(Promise {
                concern: Some(heir.id),
                version: promise.version.saturating_add(1),
                ..promise
            }));
        }
    }
    let author = world.person(heir.author);
    let notice = author.and_then(|author| {
        notice(&author, Some(heir.id), forum, |phrases| {
            phrases.notice_alone_again()
        })
    });
    world.change(Change::Concern(Box::new(Concern {
        status: whole.status,
        dealt_with_at: whole.dealt_with_at,
        into: None,
        before: None,
        ..heir
    })));
    notice.into_iter().collect()
}

/// The meeting that dealt with a concern, be it as a part of another.
pub(in crate::dialogue) fn dealt_with_at(concern: &Concern, world: &dyn World) -> Option<u64> {
    let mut seen = BTreeSet::from([concern.id]);
    let (mut dealt_with_at, mut above) = (concern.dealt_with_at, concern.into);
    while let Some(id) = above.filter(|id| dealt_with_at.is_none() && seen.insert(*id)) {
        let whole = world.concern(id);
        dealt_with_at = whole.as_ref().and_then(|whole| whole.dealt_with_at);
        above = whole.and_then(|whole| whole.into);
    }
    dealt_with_at
}

/// What its author hears of its new status; nothing of what changes nothing for them.
fn status_notice(
    was: &Concern,
    concern: &Concern,
    forum: &Forum,
    world: &dyn World,
) -> Option<Notice> {
    let say = words_of(was.status, concern.status)?;
    to_author(concern, forum, world, &|phrases, name| {
        let mut html = say(&phrases, name);
        if let Some(reason) = &concern.reason {
            html.paragraph(&phrases.mine_reason(reason));
        }
        html
    })
}

/// What is said of a concern, by its name, that stood there and stands here now.
fn words_of(was: Status, is: Status) -> Option<fn(&Phrases<'_>, &str) -> Html> {
    let unmerged = was == Status::Merged;
    Some(match is {
        Status::New | Status::Approved if unmerged => |phrases, name| phrases.notice_unmerged(name),
        Status::New | Status::Waiting | Status::Withdrawn => return None,
        Status::Approved => |phrases, name| phrases.notice_approved(name),
        Status::Held => |phrases, name| phrases.notice_held(name),
        Status::Rejected => |phrases, name| phrases.notice_rejected(name),
        Status::Merged => |phrases, name| phrases.notice_merged(name),
        Status::Agenda => |phrases, name| phrases.notice_agenda(name),
        Status::Answered => |phrases, name| phrases.notice_answered(name),
        Status::Promised => |phrases, name| phrases.notice_promised(name),
        Status::Deflected => |phrases, name| phrases.notice_deflected(name),
        Status::NotReached => |phrases, name| phrases.notice_not_reached(name),
        Status::Done => |phrases, name| phrases.notice_done(name),
    })
}

/// A notice to whoever wrote a concern.
pub(super) fn to_author(
    concern: &Concern,
    forum: &Forum,
    world: &dyn World,
    say: &dyn Fn(Phrases<'_>, &str) -> Html,
) -> Option<Notice> {
    let author = world.person(concern.author)?;
    notice(&author, Some(concern.id), forum, |phrases| {
        say(
            phrases,
            &card::name(&concern.answers, &forum.config, phrases),
        )
    })
}

/// Writes down what is said in a voice note. Nobody but the organisers reads it before its author has approved it.
pub(super) fn write_down(
    attachment: u64,
    text: &str,
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let voice = world.attachment(attachment);
    let voice = voice.filter(|voice| voice.sent_as == SentAs::Voice);
    let voice = voice.ok_or(Refused::NoVoice)?;
    let concern = world.concern(voice.concern).ok_or(Refused::NoVoice)?;
    by.may(Act::WriteDown, Some(concern.status))?;
    if voice
        .transcript
        .as_ref()
        .is_some_and(|words| words.approved)
    {
        return Err(Refused::SpokenApproved);
    }
    let text = words(text, SPOKEN)?;
    note(world, by, Deed::WrittenDown(concern.id));
    let notices = to_author(&concern, forum, world, &|phrases, name| {
        phrases.notice_written_down(name, &text)
    });
    world.change(Change::Attachment(Attachment {
        transcript: Some(Transcript {
            text: text.clone(),
            by: by.number(),
            at: now,
            approved: false,
        }),
        ..voice
    }));
    Ok(Done {
        notices: notices.into_iter().collect(),
        ..Done::default()
    })
}
