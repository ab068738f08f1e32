//! An answer, and what stands beside it: kept, added to, changed, taken off, and gone with whoever gave it.
//!
//! Guarantees: words and photos are added to those before, as many messages as fit, and never put in their place; nothing of it is
//! another's. What cannot be kept is said plainly and takes no room.

use super::{about, behind, is_due, look, said, status, theirs};
use crate::dialogue::screen::shortened;
use crate::dialogue::turn::notice;
use crate::dialogue::{Change, Content, Media, Notice, Person, Turn, World, story};
use crate::domain::promise::{Piece, Verdict};
use crate::domain::{
    Attachment, Concern, Deed, MessageId, Organisation, Promise, Report, SentAs, Status,
    Whereabouts, Who, audit,
};
use crate::text::clean::clean;
use crate::text::{Forum, Phrases, card};

/// Characters of what somebody adds in words, in all messages together.
const WORDS: usize = 1_000;
/// Messages that hold words.
const PIECES: usize = 20;
/// Photos beside one answer.
const PHOTOS: usize = 5;

pub(super) fn on_verdict(turn: &mut Turn, id: u64, verdict: Verdict) {
    let Some((promise, organisation, vouched)) = may_say(turn, id) else {
        return look(turn, id);
    };
    let own = turn.person.number;
    let concern = promise.concern.and_then(|id| turn.world.concern(id));
    let whole = concern.map(|concern| (status(&concern, turn.view()), concern));
    let stood = latest(id, organisation.id, turn.world).map(|stood| stood.verdict);
    let was = turn.world.report(id, own);
    let (words, photos) = was.map_or((Vec::new(), Vec::new()), |was| (was.words, was.photos));
    turn.world.change(Change::Report(Report {
        promise: id,
        person: own,
        organisation: organisation.id,
        vouched,
        at: turn.moment.now,
        verdict,
        words,
        photos,
        place: organisation.place.clone(),
    }));
    if stood != Some(verdict) {
        // Whoever else speaks for the organisation is not told what it stands behind.
        for (number, other) in behind(&promise, turn.world) {
            let colleague = turn
                .world
                .person(number)
                .filter(|_| number != own && other.organisation == organisation.id);
            if let Some(colleague) = colleague.filter(|known| known.membership.is_some()) {
                turn.notify(&colleague, None, |phrases| {
                    let mut html = phrases.notice_reported(&said(verdict, phrases));
                    html.paragraph(&about(&promise, phrases));
                    html
                });
            }
        }
    }
    turn.note(|phrases| phrases.note_reported());
    if let Some((before, concern)) = whole {
        tell_whether_done(turn, before, concern);
    }
    look(turn, id);
}

/// Whoever raised what was promised, or a part of it, hears when by what was said now it is done, or no longer is. They hear what follows
/// for their concern, never who said what.
fn tell_whether_done(turn: &mut Turn, before: Status, concern: Concern) {
    let now = status(&concern, turn.view());
    if now == before {
        return;
    }
    let is_done = now == Status::Done;
    let say = |phrases: Phrases<'_>, name: &str| match is_done {
        true => phrases.notice_done(name),
        false => phrases.notice_not_done(name),
    };
    let mut all = vec![concern.clone()];
    all.extend(turn.world.merged_into(concern.id));
    for heard in all {
        let (config, answers) = (&turn.forum.config, &heard.answers);
        let name = |phrases: Phrases<'_>| card::name(answers, config, phrases);
        if heard.author == turn.person.number {
            turn.note(|phrases| say(phrases, &name(phrases)));
        } else if let Some(author) = turn.world.person(heard.author) {
            turn.notify(&author, Some(heard.id), |phrases| {
                say(phrases, &name(phrases))
            });
        }
    }
    // Its card in the organisers' group says where it stands.
    turn.world.change(Change::Concern(Box::new(concern)));
}

/// What an organisation says of a promise: the latest word of any of its people.
fn latest(promise: u64, organisation: u64, world: &dyn World) -> Option<Report> {
    let all = world.reports(promise).into_iter();
    let all = all.filter(|said| said.organisation == organisation);
    all.max_by_key(|said| (said.at, said.person))
}

/// Words beside the answer, after those before.
pub(in crate::dialogue) fn on_text(turn: &mut Turn, source: MessageId, id: u64, text: &str) {
    let Some(mut report) = answered(turn, id) else {
        return turn.show();
    };
    let text = clean(text);
    if text.is_empty() {
        turn.note(|phrases| phrases.note_empty());
    } else if fits(turn, &report.words, &text) {
        report.words.push(Piece { source, text });
        keep(turn, report);
    }
    turn.show();
}

/// A photo beside the answer; the words below it are added to those before.
pub(in crate::dialogue) fn on_file(
    turn: &mut Turn,
    source: MessageId,
    id: u64,
    media: Media,
    caption: Option<&str>,
) {
    let Some(mut report) = answered(turn, id) else {
        return turn.show();
    };
    let text = clean(caption.unwrap_or_default());
    let Media::Photo(file) = media.clone() else {
        turn.note(|phrases| phrases.note_photo_only());
        return turn.show();
    };
    if report.photos.len() >= PHOTOS {
        turn.note(|phrases| phrases.note_too_many_photos(PHOTOS as u64));
        return turn.show();
    }
    let with_words = text.is_empty() || fits(turn, &report.words, &text);
    if !with_words || !story::fits(turn, &[], &media) {
        return turn.show();
    }
    let photo = Attachment {
        id: turn.world.fresh_id(),
        concern: id,
        organisation: report.organisation,
        sent_as: SentAs::Photo,
        whereabouts: Whereabouts::Telegram(file),
        transcript: None,
    };
    report.photos.push(photo.id);
    if !text.is_empty() {
        report.words.push(Piece { source, text });
    }
    turn.world.change(Change::Attachment(photo));
    keep(turn, report);
    turn.show();
}

/// A message was edited that gave words beside an answer; whether it was one.
pub(in crate::dialogue) fn on_edited(
    turn: &mut Turn,
    source: MessageId,
    content: &Content,
) -> bool {
    let mut own = turn.world.reports_by(turn.person.number).into_iter();
    let report = own.find(|said| said.words.iter().any(|piece| piece.source == source));
    let Some(mut report) = report else {
        return false;
    };
    let text = match content {
        Content::Text(text) => clean(text),
        Content::File { caption, .. } => clean(caption.as_deref().unwrap_or_default()),
        Content::Other(_) => return false,
    };
    if may_say(turn, report.promise).is_none() {
        turn.show();
        return true;
    }
    let others = report.words.iter().filter(|piece| piece.source != source);
    let others: Vec<Piece> = others.cloned().collect();
    if !fits(turn, &others, &text) {
        turn.show();
        return true;
    }
    for piece in &mut report.words {
        if piece.source == source {
            piece.text.clone_from(&text);
        }
    }
    report.words.retain(|piece| !piece.text.is_empty());
    turn.world.change(Change::Report(report));
    turn.note(|phrases| phrases.note_changed());
    turn.show();
    true
}

/// The answer stays, and what was beside it goes: at any time.
pub(super) fn on_alone(turn: &mut Turn, id: u64) {
    if let Some(report) = turn.world.report(id, turn.person.number) {
        leave_alone(report, turn.world);
        turn.note(|phrases| phrases.note_taken_back());
    }
    turn.show();
}

/// What was said stays, and what was beside it is gone, also where a backup from before is restored.
pub(in crate::dialogue) fn leave_alone(report: Report, world: &mut dyn World) {
    world.change(Change::NoReport(report.clone()));
    world.change(Change::Report(Report {
        words: Vec::new(),
        photos: Vec::new(),
        ..report
    }));
}

/// The promise, and the organisation for which they can say now what became of it, and whether they were vouched for; if not, says why.
fn may_say(turn: &mut Turn, id: u64) -> Option<(Promise, Organisation, bool)> {
    let Some((promise, organisation, vouched)) = theirs(&turn.person, id, turn.view()) else {
        turn.note(|phrases| phrases.note_no_promise());
        return None;
    };
    if organisation.suspended {
        turn.note(|phrases| phrases.note_suspended());
        return None;
    }
    if !is_due(&promise, turn.view()) {
        turn.note(|phrases| phrases.note_not_due());
        return None;
    }
    Some((promise, organisation, vouched))
}

/// What they said, if something can be put beside it.
fn answered(turn: &mut Turn, id: u64) -> Option<Report> {
    may_say(turn, id)?;
    let was = turn.world.report(id, turn.person.number);
    if was.is_none() {
        turn.note(|phrases| phrases.note_press_button());
    }
    was
}

/// Whether these words can be added to those; if not, says that they were not.
fn fits(turn: &mut Turn, words: &[Piece], text: &str) -> bool {
    let chars = |text: &str| text.chars().count();
    let written: usize = words.iter().map(|piece| chars(&piece.text)).sum();
    let fits = words.len() < PIECES && written + chars(text) <= WORDS;
    if !fits {
        turn.note(|phrases| phrases.note_report_full(WORDS as u64, PIECES as u64));
    }
    fits
}

/// Of many messages in a row only the last needs to be confirmed.
fn keep(turn: &mut Turn, report: Report) {
    turn.routine = turn.notes.is_empty();
    turn.world.change(Change::Report(report));
    turn.note(|phrases| phrases.note_added());
}

/// The promises about a concern, or about what it is part of.
pub(in crate::dialogue) fn tied(concern: &Concern, world: &dyn World) -> Vec<u64> {
    let mut family = vec![concern.id];
    let mut above = concern.into;
    while let Some(id) = above.filter(|id| !family.contains(id)) {
        family.push(id);
        above = world.concern(id).and_then(|whole| whole.into);
    }
    let promises = world.promises().into_iter();
    let tied = promises.filter(|promise| promise.concern.is_some_and(|id| family.contains(&id)));
    tied.map(|promise| promise.id).collect()
}

/// What somebody said of these goes, but for those behind which they still stand.
pub(in crate::dialogue) fn let_go(person: u64, promises: &[u64], world: &mut dyn World) {
    for id in promises {
        let promise = world.promise(*id);
        let stands = promise.is_some_and(|promise| behind(&promise, world).contains_key(&person));
        if let Some(said) = world.report(*id, person).filter(|_| !stands) {
            world.change(Change::NoReport(said));
        }
    }
}

/// A file beside a promise cannot be kept: it takes no room there any more, and whoever sent it is told.
pub(in crate::dialogue) fn refused(
    attachment: &Attachment,
    forum: &Forum,
    world: &mut dyn World,
) -> Option<Notice> {
    let mut promise = world.promise(attachment.concern)?;
    world.change(Change::NoAttachment(attachment.id));
    let name = shortened(&promise.text);
    let mut reports = world.reports(promise.id).into_iter();
    if let Some(mut said) = reports.find(|said| said.photos.contains(&attachment.id)) {
        said.photos.retain(|photo| *photo != attachment.id);
        let person = world.person(said.person);
        world.change(Change::Report(said));
        return notice(&person?, None, forum, |phrases| {
            phrases.notice_photo_refused(&name)
        });
    }
    promise.evidence.retain(|file| *file != attachment.id);
    promise.version = promise.version.saturating_add(1);
    let sender = sent_by(&promise, world);
    world.change(Change::Promise(promise));
    notice(&sender?, None, forum, |phrases| {
        phrases.notice_evidence_refused(&name)
    })
}

/// Who changed a promise last, as whoever sends what shows it does.
fn sent_by(promise: &Promise, world: &dyn World) -> Option<Person> {
    let (entries, _) = world.audit();
    let changed = |entry: &&audit::Entry| entry.deed == Deed::PromiseChanged(promise.id);
    match entries.iter().rev().find(changed)?.who {
        Who::Person(number) => world.person(number),
        Who::CommandLine | Who::Program => None,
    }
}
