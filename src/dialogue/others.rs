//! Standing behind what others said: looking through it by topic or place, endorsing, taking that back.
//!
//! Only what its author and the organisers let others read is ever shown; an unnamed organisation is never named. An
//! organisation has one voice: whichever of its members endorses, it counts once.

use std::collections::{BTreeMap, BTreeSet};

use super::screen::{self, Screen, View};
use super::{Action, Change, Glance, Person, State, Turn, Visit, World, onboarding, promising};
use crate::config::Choice;
use crate::domain::{Concern, Disclosure, Endorsement, Status};
use crate::text::{Html, Phrases, card};

/// Concerns on a page.
const A_PAGE: usize = 5;

/// This concern, if the person may see and support it: it is for others to read, not their own, and the meeting has not
/// dealt with it yet.
pub(super) fn visible(person: &Person, id: u64, view: View<'_>) -> Option<Concern> {
    let concern = view.world.concern(id)?;
    is_open(person, &Glance::of(&concern), view).then_some(concern)
}

fn is_open(person: &Person, glance: &Glance, view: View<'_>) -> bool {
    let Some(membership) = &person.membership else {
        return false;
    };
    // Whose an unnamed one is must not show in who sees it: anybody can join as any organisation and compare. So its
    // author alone does not see it here; a colleague who endorses it changes nothing in the digest.
    let own = match glance.disclosure {
        Disclosure::Named => membership.organisation == glance.organisation,
        Disclosure::Unnamed | Disclosure::OrganisersOnly => person.number == glance.author,
    };
    let open = view.forum.config.settings.review.keeps_open(glance.status);
    open && !own && glance.disclosure.lets_others_read() && !onboarding::waits(person, view)
}

/// How many organisations stand behind a concern: its own, those that endorse it, and those behind what was merged into
/// it.
pub(super) fn behind(concern: &Concern, world: &dyn World) -> u64 {
    let mut organisations = BTreeSet::new();
    for concern in family(concern, world) {
        organisations.insert(concern.organisation);
        let endorsements = world.endorsements(concern.id).into_iter();
        organisations.extend(endorsements.map(|support| support.organisation));
    }
    organisations.len() as u64
}

/// A concern and what was merged into it, at any depth, without what was withdrawn.
pub(super) fn family(concern: &Concern, world: &dyn World) -> Vec<Concern> {
    let mut family = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![concern.clone()];
    while let Some(concern) = open.pop() {
        if !seen.insert(concern.id) || concern.status == Status::Withdrawn {
            continue;
        }
        open.extend(world.merged_into(concern.id));
        family.push(concern);
    }
    family
}

/// How many organisations stand behind a concern, as others are told: of an unnamed one in a way that does not tell
/// whether one of those that endorse it is its own.
pub(super) fn told_behind(concern: &Concern, world: &dyn World) -> u64 {
    match concern.disclosure {
        Disclosure::Named => behind(concern, world),
        Disclosure::Unnamed | Disclosure::OrganisersOnly => {
            1 + world.endorsements(concern.id).len() as u64
        }
    }
}

/// Endorses for the person's organisation; whether it stands behind the concern now. If not, says why.
pub(super) fn endorse(turn: &mut Turn, id: u64) -> bool {
    if turn.is_suspended() {
        turn.note(|phrases| phrases.note_suspended());
        return false;
    }
    if onboarding::waits_for_approval(turn) {
        turn.note(|phrases| phrases.note_waits_for_approval());
        return false;
    }
    let organisation = turn.person.membership.as_ref().map(|m| m.organisation);
    let (Some(_), Some(organisation)) = (visible(&turn.person, id, turn.view()), organisation)
    else {
        turn.note(|phrases| phrases.note_concern_gone());
        return false;
    };
    if !endorses(turn.world, id, organisation) {
        turn.world.change(Change::Endorsed(Endorsement {
            concern: id,
            organisation,
            person: Some(turn.person.number),
            at: turn.moment.now,
        }));
    }
    true
}

/// Whether an organisation endorses a concern.
pub(super) fn endorses(world: &dyn World, concern: u64, organisation: u64) -> bool {
    let endorsements = world.endorsements(concern);
    endorsements
        .iter()
        .any(|endorsement| endorsement.organisation == organisation)
}

pub(super) fn on_endorse(turn: &mut Turn) {
    if let Some(id) = shown(turn)
        && endorse(turn, id)
    {
        turn.note(|phrases| phrases.note_endorsed());
    }
    turn.show();
}

pub(super) fn on_unendorse(turn: &mut Turn) {
    let organisation = turn.person.membership.as_ref().map(|m| m.organisation);
    if let (Some(concern), Some(organisation)) = (shown(turn), organisation) {
        turn.world.change(Change::Unendorsed {
            concern,
            organisation,
        });
        if let Some(about) = turn.world.concern(concern) {
            // What a colleague said of a promise stays theirs.
            let promises = promising::tied(&about, turn.world);
            promising::let_go(turn.person.number, &promises, turn.world);
        }
        turn.note(|phrases| phrases.note_unendorsed());
    }
    turn.show();
}

/// The concern of others that is on the screen.
fn shown(turn: &Turn) -> Option<u64> {
    if let Some(Visit::Other { id, .. }) = turn.person.state.visit() {
        Some(*id)
    } else {
        None
    }
}

/// A topic or a place was chosen.
pub(super) fn on_pick(turn: &mut Turn, id: String) {
    let State::Visit { kept, visit } = turn.person.state.clone() else {
        return turn.show();
    };
    let (topic, at) = if visit == Visit::Places {
        (None, Some(id))
    } else {
        (Some(id), None)
    };
    turn.go(State::Visit {
        kept,
        visit: Visit::Shared { topic, at, page: 0 },
    });
}

fn open_to<'v>(person: &'v Person, view: View<'v>) -> impl Iterator<Item = Glance> + 'v {
    let all = view.world.glances().into_iter();
    all.filter(move |glance| is_open(person, glance, view))
}

/// The topics of which others spoke.
pub(super) fn topics(person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut screen = counted(
        person,
        view,
        phrases,
        view.forum.config.topics.iter(),
        |glance| glance.topic,
    );
    if screen.rows.len() > 1 {
        let last = screen.rows.len() - 1;
        let by_place = (phrases.button_by_place(), Action::ByPlace);
        screen.rows.insert(last, vec![by_place]);
    }
    screen
}

/// The places of which others spoke.
pub(super) fn places(person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let places = view.forum.config.place_choices();
    counted(person, view, phrases, places, |glance| glance.place)
}

/// Choices with how many concerns there are to each, without those to which there are none.
fn counted<'c>(
    person: &Person,
    view: View<'_>,
    phrases: Phrases<'_>,
    choices: impl Iterator<Item = &'c Choice>,
    by: fn(Glance) -> String,
) -> Screen {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for glance in open_to(person, view) {
        *counts.entry(by(glance)).or_default() += 1;
    }
    let mut rows: Vec<_> = choices
        .filter_map(|choice| {
            let count = counts.get(&choice.id)?;
            let label = format!(
                "{} · {}",
                choice.label.get(phrases.language()),
                phrases.number(*count)
            );
            Some(vec![(label, Action::Pick(choice.id.clone()))])
        })
        .collect();
    let html = if rows.is_empty() {
        phrases.others_none()
    } else {
        phrases.others()
    };
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// A page of what others said.
pub(super) fn list(
    person: &Person,
    topic: Option<&str>,
    at: Option<&str>,
    page: u32,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Screen {
    let ids: Vec<u64> = open_to(person, view)
        .filter(|glance| topic.is_none_or(|topic| glance.topic == topic))
        .filter(|glance| at.is_none_or(|place| glance.place == place))
        .map(|glance| glance.id)
        .collect();
    let config = &view.forum.config;
    let name = match (topic, at) {
        (Some(topic), _) => card::label(&config.topics, topic, phrases.language()),
        (None, Some(place)) => card::place(config, place, phrases.language()),
        (None, None) => String::new(),
    };
    let mut html = Html::bold(&name);
    if ids.is_empty() {
        html.paragraph(&phrases.others_none());
    }
    let mut rows = Vec::new();
    let (shown, turning) = screen::page(&ids, page, A_PAGE, phrases);
    for (number, id) in shown {
        // What an earlier event of the batch changed is not in the list yet.
        let Some(concern) = visible(person, id, view) else {
            continue;
        };
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&card::name(&concern.answers, config, phrases)));
        let count = told_behind(&concern, view.world);
        entry.line(&phrases.digest_behind(count));
        html.paragraph(&entry);
        let name = card::name(&concern.answers, config, phrases);
        rows.push(vec![(
            screen::numbered(number, &name, phrases),
            Action::Open(id),
        )]);
    }
    rows.extend(turning);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// One concern of others, with what one can do about it.
pub(super) fn one(person: &Person, id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows = Vec::new();
    let own = person.membership.as_ref().map(|m| m.organisation);
    let endorsed = own.is_some_and(|own| endorses(view.world, id, own));
    let html = match visible(person, id, view) {
        Some(concern) => {
            let organisation = match concern.disclosure {
                Disclosure::Named => view.world.organisation(concern.organisation),
                Disclosure::Unnamed | Disclosure::OrganisersOnly => None,
            };
            let mut html = card::of(
                &concern.answers,
                organisation.as_ref(),
                &view.forum.config,
                phrases,
            );
            html.paragraph(&phrases.digest_behind(told_behind(&concern, view.world)));
            if endorsed {
                html.line(&phrases.others_endorsed());
            } else {
                rows.push(vec![(phrases.button_endorse(), Action::Endorse)]);
            }
            html
        }
        None => phrases.note_concern_gone(),
    };
    // It can be taken back even when the concern cannot be seen any more.
    if endorsed {
        rows.push(vec![(phrases.button_unendorse(), Action::Unendorse)]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}
