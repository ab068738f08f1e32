//! What became of a promise: those who stand behind what it answers are asked when it is due, and say it in one tap.
//!
//! Guarantees: who is asked, and a row of the outbox for each of them, are one commit with the note that they were. Whether it still
//! concerns a person and does not come at night is looked at once more when its turn comes. Asked are those who raised something or
//! pressed support, never whoever merely speaks for the same organisation: nobody learns by joining what an organisation stands behind.
//! The latest answer of an organisation counts, whichever of those people gave it. Words and photos beside an answer are their author's.
//!
//! Must never: show anybody what another person wrote, or an organisation what another says.
//!
//! `saying` takes the answers, `following` is about those who agreed to be asked after the erasure.

mod following;
mod saying;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::desk::late::Made;
use super::reminding::Kept;
use super::screen::{self, Row, Screen, View};
use super::{
    Action, Body, Button, Change, Effect, Late, Person, Press, State, Turn, Visit, World, others,
};
use crate::domain::promise::{Asked, Counts, Standing, Verdict, heard};
use crate::domain::{Concern, Organisation, Promise, Report, Status};
use crate::schedule::quiet_until;
use crate::text::{Html, Phrases, date};
pub(super) use following::{
    end, is_followed, left, on_stop, on_unfollow, tell_of_it, unfollow, unfollow_all, voices_of,
};
pub(super) use saying::{leave_alone, let_go, on_edited, on_file, on_text, refused, tied};

/// The choice to leave the answer without words and photos.
const ALONE: &str = "alone";
/// The choice to be asked after the erasure.
const FOLLOW: &str = "follow";
/// The choice not to be.
const UNFOLLOW: &str = "unfollow";

/// For which organisation somebody stands behind a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Behind {
    organisation: u64,
    /// Whether they were vouched for when they raised it.
    vouched: bool,
}

/// The promises of which somebody is still to be asked, on whichever day, or kept.
pub(super) fn open(world: &dyn World) -> Vec<Promise> {
    let mut all = world.promises();
    all.retain(|promise| {
        let due = promise.due.filter(|due| !promise.asked.contains_key(due));
        promise.followed_until.is_some() || promise.concern.is_some() && due.is_some()
    });
    all
}

/// The people behind what a promise answers, by internal number: who raised it or a part of it, or pressed support.
pub(super) fn behind(promise: &Promise, world: &dyn World) -> BTreeMap<u64, Behind> {
    let concern = promise.concern.and_then(|id| world.concern(id));
    let family = concern.map_or_else(Vec::new, |concern| others::family(&concern, world));
    let mut people = BTreeMap::new();
    for concern in &family {
        for support in world.endorsements(concern.id) {
            let behind = Behind {
                organisation: support.organisation,
                vouched: false,
            };
            if let Some(person) = support.person {
                people.entry(person).or_insert(behind);
            }
        }
    }
    for concern in family.iter().filter(|concern| concern.author != 0) {
        let before = people.get(&concern.author);
        let vouched = concern.vouched || before.is_some_and(|before: &Behind| before.vouched);
        let behind = Behind {
            organisation: concern.organisation,
            vouched,
        };
        people.insert(concern.author, behind);
    }
    people
}

/// Asks them, for this day.
pub(super) fn ask(kept: &mut Kept, id: u64, due: Date, world: &mut dyn World, now: Timestamp) {
    let Some(mut promise) = world.promise(id) else {
        return;
    };
    let voices = world.voices(id).into_iter();
    let voices = voices.filter_map(|voice| world.person(voice.person?));
    let people = behind(&promise, world).into_iter();
    let people: Vec<Person> = people
        .filter(|(_, behind)| is_asked(world.organisation(behind.organisation).as_ref()))
        .filter_map(|(number, _)| world.person(number))
        .filter(|person| person.membership.is_some())
        .chain(voices)
        .filter(|person| !person.muted && !person.unreachable)
        .collect();
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
fn is_asked(organisation: Option<&Organisation>) -> bool {
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
    let voice = view.world.voice(id, reader.number);
    let speaks = speaks_for(reader, &promise, view.world);
    if voice.is_none() && speaks.is_none_or(|(organisation, _)| organisation.suspended) {
        return Made::Nothing;
    }
    let said = match &voice {
        Some(voice) => voice.said.map(|(at, _)| at),
        None => view.world.report(id, reader.number).map(|said| said.at),
    };
    // They have answered meanwhile.
    let asked = promise.asked.get(&due);
    if said
        .zip(asked)
        .is_some_and(|(said, asked)| asked.at <= said)
    {
        return Made::Nothing;
    }
    let zone = promise.zone(&view.forum.config.settings.zone);
    if let Some(until) = quiet_until(view.forum.config.calendar.quiet, view.now, &zone) {
        return Made::Later(until);
    }
    let phrases = view.forum.words.phrases_or_first(reader.language);
    let mut html = phrases.ask_promise();
    html.paragraph(&about(&promise, phrases));
    let button = |label, press: Press| {
        vec![Button {
            label,
            data: press.write(),
        }]
    };
    let verdicts = Verdict::ALL.into_iter();
    let verdict = |verdict| button(label(verdict, phrases), Press::Promise(id, verdict));
    let mut buttons: Vec<_> = verdicts.map(verdict).collect();
    match promise.followed_until {
        Some(until) if voice.is_some() => {
            let until = until.to_zoned(zone).date();
            html.paragraph(&phrases.promise_voice(&date::day(phrases, until)));
            buttons.push(button(phrases.button_unfollow(), Press::Unfollow(id)));
        }
        Some(_) | None => {
            html.paragraph(&phrases.promise_readers());
        }
    }
    Made::Message {
        at: None,
        body: Body { html, buttons },
        told: 0,
    }
}

/// The organisation for which somebody can say what became of a promise, and whether they were vouched for: as one of those behind it,
/// or as somebody who has said it.
fn speaks_for(
    person: &Person,
    promise: &Promise,
    world: &dyn World,
) -> Option<(Organisation, bool)> {
    let membership = person.membership.as_ref()?;
    let (id, vouched) = match behind(promise, world).get(&person.number) {
        Some(behind) => (behind.organisation, behind.vouched),
        None => {
            let said = world.report(promise.id, person.number)?;
            (membership.organisation, said.vouched)
        }
    };
    Some((world.organisation(id)?, vouched))
}

/// What is said of a promise and counts, by place.
pub(super) fn by_place(promise: &Promise, world: &dyn World) -> BTreeMap<String, Counts> {
    let reports = world.reports(promise.id);
    let heard = heard(&reports, |said| counts(said, world));
    promise.by_place(heard, &world.voices(promise.id))
}

/// Whether this counts: its organisation has a voice.
pub(super) fn counts(said: &Report, world: &dyn World) -> bool {
    said.counts(world.organisation(said.organisation).as_ref())
}

/// How a promise stands today, by all that is said of it.
pub(super) fn standing(promise: &Promise, view: View<'_>) -> Standing {
    let places = by_place(promise, view.world);
    let counts = places.values();
    let counts = counts.fold(Counts::default(), |sum, counts| sum.plus(*counts));
    let today = promise.today(view.now, &view.forum.config.settings.zone);
    promise.standing(counts, today)
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
pub fn said(verdict: Verdict, phrases: Phrases<'_>) -> String {
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

/// The promises about which somebody can say something, or agree to be asked, each with a button that leads there.
pub(super) fn rows(person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Vec<Row> {
    let theirs = view.world.promises().into_iter().filter(|promise| {
        let concerns_them = is_due(promise, view)
            || person.follows.contains_key(&promise.id)
            || following::outlasts(promise, view);
        concerns_them && speaks_for(person, promise, view.world).is_some()
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
    tied.map(|promise| standing(&promise, view)).collect()
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

/// A promise, and what they say of it.
pub(super) fn screen(person: &Person, id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows = Vec::new();
    let html = match theirs(person, id, view) {
        None => phrases.note_no_promise(),
        Some((promise, organisation, _)) => {
            let mut html = about(&promise, phrases);
            let own = view.world.report(id, person.number);
            let kept = own.as_ref().map(|own| own.verdict);
            if is_due(&promise, view) && !organisation.suspended {
                let others = Verdict::ALL.into_iter().filter(|one| Some(*one) != kept);
                rows.extend(others.map(|verdict| {
                    let pick = Action::Pick(verdict.id().to_owned());
                    vec![(label(verdict, phrases), pick)]
                }));
            }
            if let Some(own) = &own {
                html.paragraph(&phrases.promise_yours(&said(own.verdict, phrases)));
                for piece in &own.words {
                    html.line(&phrases.promise_note(&piece.text));
                }
                if !own.photos.is_empty() {
                    html.line(&phrases.promise_photos(own.photos.len() as u64));
                }
            }
            // Of a colleague who is behind it as well only what counts for both is told.
            let all = view.world.reports(id).into_iter();
            let all = all.filter(|said| said.organisation == organisation.id);
            let latest = all.max_by_key(|said| (said.at, said.person));
            if let Some(latest) = latest.filter(|latest| latest.person != person.number) {
                html.paragraph(&phrases.promise_colleague(&said(latest.verdict, phrases)));
            }
            if let Some(own) = own {
                html.paragraph(&phrases.promise_more());
                if !own.words.is_empty() || !own.photos.is_empty() {
                    let alone = Action::Pick(ALONE.to_owned());
                    rows.push(vec![(phrases.button_report_alone(), alone)]);
                }
            }
            if is_due(&promise, view) {
                html.paragraph(&phrases.promise_readers());
            }
            following::offer(&mut html, &mut rows, person, &promise, view, phrases);
            html
        }
    };
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The promise, the organisation for which they speak of it, and whether they were vouched for.
fn theirs(person: &Person, id: u64, view: View<'_>) -> Option<(Promise, Organisation, bool)> {
    let promise = view.world.promise(id)?;
    let (organisation, vouched) = speaks_for(person, &promise, view.world)?;
    Some((promise, organisation, vouched))
}

/// Whether somebody can say what became of a promise.
pub(super) fn is_theirs(turn: &Turn, id: u64) -> bool {
    theirs(&turn.person, id, turn.view()).is_some()
}

/// A button below the question.
pub(super) fn on_press(turn: &mut Turn, query: String, id: u64, verdict: Verdict) {
    turn.effects.push(Effect::Toast { query, text: None });
    if is_followed(turn, id) {
        following::on_verdict(turn, id, verdict);
    } else {
        saying::on_verdict(turn, id, verdict);
    }
}

/// To a promise.
pub(super) fn look(turn: &mut Turn, id: u64) {
    super::visit(turn, Visit::Promise { id });
}

/// Something was chosen on the screen of a promise.
pub(super) fn on_pick(turn: &mut Turn, id: u64, choice: &str) {
    match Verdict::from_id(choice) {
        Some(verdict) => saying::on_verdict(turn, id, verdict),
        None if choice == ALONE => saying::on_alone(turn, id),
        None if choice == FOLLOW => following::on_follow(turn, id),
        None if choice == UNFOLLOW => following::on_let_be(turn, id),
        None => turn.show(),
    }
}

/// Where one goes back to from a promise.
pub(super) fn on_back(turn: &mut Turn) {
    turn.go(State::Visit {
        kept: turn.person.state.draft().cloned(),
        visit: Visit::Mine { page: 0 },
    });
}
