//! What became of a promise: the organisations behind what it answers are asked when it is due, and say it in one tap.
//!
//! Guarantees: who is asked, and a row of the outbox for each of them, are one commit with the note that they were. Whether it still
//! concerns a person and does not come at night is looked at once more when its turn comes. The latest answer of an organisation
//! counts, whichever of its members gave it; words and a photo beside it may be left out, and it can be changed at any time.
//!
//! Must never: show an organisation what another says.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::desk::late::Made;
use super::reminding::Kept;
use super::screen::{self, Row, Screen, View};
use super::{
    Action, Body, Button, Change, Effect, Late, Media, Person, Press, State, Turn, Visit, World,
    others, story,
};
use crate::domain::promise::{Asked, Standing, Verdict};
use crate::domain::{
    Attachment, Concern, Organisation, Promise, Report, SentAs, Status, Whereabouts,
};
use crate::schedule::quiet_until;
use crate::text::clean::clean;
use crate::text::{Forum, Html, Phrases, card, date};

/// Characters of what an organisation adds in words.
const WORDS: usize = 1_000;
/// The choice to leave the answer without words and photo.
const ALONE: &str = "alone";

/// The promises of which organisations are still to be asked, on whichever day.
pub(super) fn open(world: &dyn World) -> Vec<Promise> {
    let mut all = world.promises();
    all.retain(|promise| {
        let due = promise.due.filter(|due| !promise.asked.contains_key(due));
        promise.concern.is_some() && due.is_some()
    });
    all
}

/// The organisations behind what a promise answers: who raised or support it, or a part of it.
pub(super) fn behind(promise: &Promise, world: &dyn World) -> BTreeSet<u64> {
    let concern = promise.concern.and_then(|id| world.concern(id));
    concern.map_or_else(BTreeSet::new, |concern| others::family(&concern, world))
}

/// Asks them, for this day.
pub(super) fn ask(kept: &mut Kept, id: u64, due: Date, world: &mut dyn World, now: Timestamp) {
    let Some(mut promise) = world.promise(id) else {
        return;
    };
    let organisations = behind(&promise, world).into_iter();
    let mut people: Vec<Person> = organisations
        .filter(|organisation| is_heard(world.organisation(*organisation).as_ref()))
        .flat_map(|organisation| world.members(organisation))
        .filter(|person| !person.muted && !person.unreachable)
        .collect();
    people.sort_by_key(|person| person.number);
    for person in &people {
        let late = Effect::Late(Late::Asked { promise: id, due });
        kept.effects.push((person.chat, person.number, late));
    }
    let asked = Asked {
        at: now,
        people: people.len() as u64,
    };
    promise.asked.insert(due, asked);
    world.change(Change::Promise(promise));
}

/// Whether organisers have not suspended it.
fn is_heard(organisation: Option<&Organisation>) -> bool {
    organisation.is_some_and(|known| !known.suspended)
}

/// The question for one person, now that its turn has come.
pub(super) fn made(id: u64, due: Date, reader: Option<&Person>, view: View<'_>) -> Made {
    let promise = view.world.promise(id);
    // Its day may have been moved since.
    let promise = promise.filter(|promise| promise.due == Some(due));
    let reader = reader.filter(|reader| !reader.muted && !reader.unreachable);
    let (Some(promise), Some(reader)) = (promise, reader) else {
        return Made::Nothing;
    };
    let Some(organisation) = speaks_for(reader, &promise, view.world) else {
        return Made::Nothing;
    };
    let said = view.world.report(id, organisation.id);
    let asked = promise.asked.get(&due);
    // A colleague has answered meanwhile.
    let answered = said
        .zip(asked)
        .is_some_and(|(said, asked)| asked.at <= said.at);
    if answered || organisation.suspended {
        return Made::Nothing;
    }
    let zone = promise.zone(&view.forum.config.settings.zone);
    if let Some(until) = quiet_until(view.forum.config.calendar.quiet, view.now, &zone) {
        return Made::Later(until);
    }
    let phrases = view.forum.words.phrases_or_first(reader.language);
    let mut html = phrases.ask_promise();
    html.paragraph(&about(&promise, phrases));
    html.paragraph(&phrases.promise_readers());
    let button = |verdict| {
        vec![Button {
            label: label(verdict, phrases),
            data: Press::Promise(id, verdict).write(),
        }]
    };
    Made::Message {
        at: None,
        body: Body {
            html,
            buttons: Verdict::ALL.map(button).into(),
        },
        told: 0,
    }
}

/// The organisation for which somebody can say what became of a promise.
fn speaks_for(person: &Person, promise: &Promise, world: &dyn World) -> Option<Organisation> {
    let id = person.membership.as_ref()?.organisation;
    let may = behind(promise, world).contains(&id) || world.report(promise.id, id).is_some();
    world.organisation(id).filter(|_| may)
}

/// What was promised, by whom, by when.
pub(super) fn about(promise: &Promise, phrases: Phrases<'_>) -> Html {
    let mut html = phrases.promise_text(&promise.text);
    if !promise.owner.is_empty() {
        html.line(&phrases.promise_owner(&promise.owner));
    }
    html.line(&match promise.due {
        Some(due) => phrases.promise_due(&date::day(phrases, due)),
        None => phrases.promise_no_due(),
    });
    html
}

fn label(verdict: Verdict, phrases: Phrases<'_>) -> String {
    match verdict {
        Verdict::Done => phrases.button_kept_here(),
        Verdict::Partly => phrases.button_kept_partly(),
        Verdict::NotDone => phrases.button_not_kept_here(),
    }
}

/// Whether it was kept, in words.
pub(super) fn said(verdict: Verdict, phrases: Phrases<'_>) -> String {
    match verdict {
        Verdict::Done => phrases.verdict_done(),
        Verdict::Partly => phrases.verdict_partly(),
        Verdict::NotDone => phrases.verdict_not_done(),
    }
}

/// Whether it is time to say what became of it.
fn is_due(promise: &Promise, view: View<'_>) -> bool {
    let today = promise.today(view.now, &view.forum.config.settings.zone);
    promise.due.is_some_and(|due| due <= today)
}

/// The promises about which somebody can say something, each with a button that leads there.
pub(super) fn rows(person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Vec<Row> {
    let theirs = view.world.promises().into_iter().filter(|promise| {
        is_due(promise, view) && speaks_for(person, promise, view.world).is_some()
    });
    let row = |promise: Promise| {
        let label = phrases.button_promise(&screen::shortened(&promise.text));
        vec![(label, Action::Promise(promise.id))]
    };
    theirs.map(row).collect()
}

/// How the promises about a concern stand today.
pub(super) fn stands(concern: u64, view: View<'_>) -> Vec<Standing> {
    let promises = view.world.promises().into_iter();
    let tied = promises.filter(|promise| promise.concern == Some(concern));
    tied.map(|promise| {
        let counts = promise.counts(&view.world.reports(promise.id));
        let today = promise.today(view.now, &view.forum.config.settings.zone);
        promise.standing(counts, today)
    })
    .collect()
}

/// Where a concern stands, as what was promised about it stands today.
pub(super) fn status(concern: &Concern, view: View<'_>) -> Status {
    if concern.status != Status::Promised {
        return concern.status;
    }
    concern.status.given(&stands(concern.id, view))
}

/// What was promised about a concern.
pub(super) fn promised(concern: u64, world: &dyn World, phrases: Phrases<'_>) -> Html {
    let mut html = Html::default();
    let promises = world.promises().into_iter();
    for promise in promises.filter(|promise| promise.concern == Some(concern)) {
        html.paragraph(&about(&promise, phrases));
    }
    html
}

/// A promise, and what their organisation says of it.
pub(super) fn screen(person: &Person, id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows = Vec::new();
    let html = match theirs(person, id, view) {
        None => phrases.note_no_promise(),
        Some((promise, organisation)) => {
            let mut html = about(&promise, phrases);
            let report = view.world.report(id, organisation.id);
            let kept = report.as_ref().map(|report| report.verdict);
            if is_due(&promise, view) && !organisation.suspended {
                let others = Verdict::ALL.into_iter().filter(|one| Some(*one) != kept);
                rows.extend(others.map(|verdict| {
                    let pick = Action::Pick(verdict.id().to_owned());
                    vec![(label(verdict, phrases), pick)]
                }));
            }
            if let Some(report) = report {
                html.paragraph(&phrases.promise_yours(&said(report.verdict, phrases)));
                if let Some(note) = &report.note {
                    html.line(&phrases.promise_note(note));
                }
                if report.photo.is_some() {
                    html.line(&phrases.promise_photo());
                }
                if report.note.is_some() || report.photo.is_some() {
                    let alone = Action::Pick(ALONE.to_owned());
                    rows.push(vec![(phrases.button_report_alone(), alone)]);
                } else {
                    html.paragraph(&phrases.promise_more());
                }
            }
            html.paragraph(&phrases.promise_readers());
            html
        }
    };
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The promise, and the organisation for which they speak of it.
fn theirs(person: &Person, id: u64, view: View<'_>) -> Option<(Promise, Organisation)> {
    let promise = view.world.promise(id)?;
    let organisation = speaks_for(person, &promise, view.world)?;
    Some((promise, organisation))
}

/// Whether somebody speaks for an organisation that can say what became of a promise.
pub(super) fn is_theirs(turn: &Turn, id: u64) -> bool {
    theirs(&turn.person, id, turn.view()).is_some()
}

/// A button below the question.
pub(super) fn on_press(turn: &mut Turn, query: String, id: u64, verdict: Verdict) {
    turn.effects.push(Effect::Toast { query, text: None });
    on_verdict(turn, id, verdict);
}

/// To a promise.
pub(super) fn look(turn: &mut Turn, id: u64) {
    super::visit(turn, Visit::Promise { id });
}

/// Something was chosen on the screen of a promise.
pub(super) fn on_pick(turn: &mut Turn, id: u64, choice: &str) {
    match Verdict::from_id(choice) {
        Some(verdict) => on_verdict(turn, id, verdict),
        None if choice == ALONE => on_alone(turn, id),
        None => turn.show(),
    }
}

fn on_verdict(turn: &mut Turn, id: u64, verdict: Verdict) {
    let Some((promise, organisation)) = may_say(turn, id) else {
        return look(turn, id);
    };
    let concern = promise.concern.and_then(|id| turn.world.concern(id));
    let stood = concern.map(|concern| (status(&concern, turn.view()), concern));
    let was = turn.world.report(id, organisation.id);
    let changed = was.as_ref().is_none_or(|was| was.verdict != verdict);
    let (note, photo) = was.map_or((None, None), |was| (was.note, was.photo));
    keep(turn, &organisation, id, verdict, note, photo);
    if changed {
        for member in turn.world.members(organisation.id) {
            if member.number != turn.person.number {
                turn.notify(&member, None, |phrases| {
                    let mut html = phrases.notice_reported(&said(verdict, phrases));
                    html.paragraph(&about(&promise, phrases));
                    html
                });
            }
        }
    }
    turn.note(|phrases| phrases.note_reported());
    if let Some((before, concern)) = stood {
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

/// Words beside the answer, in the place of those before.
pub(super) fn on_text(turn: &mut Turn, id: u64, text: &str) {
    let words = clean(text);
    let length = words.chars().count();
    let Some((organisation, was)) = answered(turn, id) else {
        return turn.show();
    };
    if length == 0 {
        turn.note(|phrases| phrases.note_empty());
    } else if length > WORDS {
        turn.note(|phrases| phrases.note_too_long(length as u64, WORDS as u64));
    } else {
        keep(turn, &organisation, id, was.verdict, Some(words), was.photo);
        turn.note(|phrases| phrases.note_noted());
    }
    turn.show();
}

/// A photo beside the answer, in the place of the one before; words below it, if there are any.
pub(super) fn on_file(turn: &mut Turn, id: u64, media: Media, caption: Option<&str>) {
    let Some((organisation, was)) = answered(turn, id) else {
        return turn.show();
    };
    let fits = story::fits(turn, &[], &media);
    let Media::Photo(file) = media else {
        turn.note(|phrases| phrases.note_photo_only());
        return turn.show();
    };
    let words = clean(caption.unwrap_or_default());
    let length = words.chars().count();
    if length > WORDS {
        turn.note(|phrases| phrases.note_too_long(length as u64, WORDS as u64));
    } else if fits {
        let note = if words.is_empty() {
            was.note
        } else {
            Some(words)
        };
        // The photo before goes with the answer to which it belonged.
        turn.world.change(Change::NoReport {
            promise: id,
            organisation: organisation.id,
        });
        let photo = Attachment {
            id: turn.world.fresh_id(),
            concern: id,
            organisation: organisation.id,
            sent_as: SentAs::Photo,
            whereabouts: Whereabouts::Telegram(file),
            transcript: None,
        };
        let kept = photo.id;
        turn.world.change(Change::Attachment(photo));
        keep(turn, &organisation, id, was.verdict, note, Some(kept));
        turn.note(|phrases| phrases.note_noted());
    }
    turn.show();
}

/// The answer stays, and what was beside it goes.
fn on_alone(turn: &mut Turn, id: u64) {
    if let Some((organisation, was)) = answered(turn, id) {
        turn.world.change(Change::NoReport {
            promise: id,
            organisation: organisation.id,
        });
        keep(turn, &organisation, id, was.verdict, None, None);
        turn.note(|phrases| phrases.note_taken_back());
    }
    turn.show();
}

/// The promise, and the organisation for which they can say now what became of it; if not, says why.
fn may_say(turn: &mut Turn, id: u64) -> Option<(Promise, Organisation)> {
    let Some((promise, organisation)) = theirs(&turn.person, id, turn.view()) else {
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
    Some((promise, organisation))
}

/// What their organisation said, if something can be put beside it.
fn answered(turn: &mut Turn, id: u64) -> Option<(Organisation, Report)> {
    let (_, organisation) = may_say(turn, id)?;
    let was = turn.world.report(id, organisation.id);
    if was.is_none() {
        turn.note(|phrases| phrases.note_press_button());
    }
    Some((organisation, was?))
}

fn keep(
    turn: &mut Turn,
    organisation: &Organisation,
    promise: u64,
    verdict: Verdict,
    note: Option<String>,
    photo: Option<u64>,
) {
    let report = Report {
        promise,
        organisation: organisation.id,
        person: Some(turn.person.number),
        at: turn.moment.now,
        verdict,
        note,
        photo,
        place: organisation.place.clone(),
    };
    turn.world.change(Change::Report(report));
}

/// Where one goes back to from a promise.
pub(super) fn on_back(turn: &mut Turn) {
    turn.go(State::Visit {
        kept: turn.person.state.draft().cloned(),
        visit: Visit::Mine { page: 0 },
    });
}

/// Somebody's photo beside an answer cannot be kept: the answer stays without it, and they are told.
pub(super) fn refused(
    attachment: &Attachment,
    forum: &Forum,
    world: &mut dyn World,
) -> Option<super::Notice> {
    let report = world.report(attachment.concern, attachment.organisation)?;
    let report = Some(report).filter(|report| report.photo == Some(attachment.id))?;
    let promise = world.promise(report.promise)?;
    let person = report.person.and_then(|number| world.person(number));
    world.change(Change::Report(Report {
        photo: None,
        ..report
    }));
    super::turn::notice(&person?, None, forum, |phrases| {
        phrases.notice_file_refused(&screen::shortened(&promise.text))
    })
}
