//! Organisations: finding one, approving, suspending, renaming it, saying which it is in truth.

use serde::{Deserialize, Serialize};

use super::room::{Did, Room};
use super::{Desk, Tap, go, order, to_menu};
use crate::dialogue::organising::{Order, Standing};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Person, Turn};
use crate::domain::{Act, Organisation, Status};
use crate::text::clean::{clean_line, fold};
use crate::text::{Html, Phrases, card};

/// Organisations on a page.
const A_PAGE: usize = 8;

/// Where one can be among the organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationDesk {
    /// A page of organisations; those that were found, if something was typed.
    Organisations {
        /// Those that were found.
        found: Option<Vec<u64>>,
        /// The page, from 0.
        page: u32,
    },
    /// One of them.
    Organisation(u64),
    /// Its new name.
    Renaming(u64),
    /// Which it is in truth: typed, and which were found.
    MergingOrganisation(u64, Vec<u64>),
    /// Whether the first may really become part of the second.
    MergeOrganisationsReally(u64, u64),
}

impl OrganisationDesk {
    /// All of them, from the first page.
    pub(super) const ALL: Self = Self::Organisations {
        found: None,
        page: 0,
    };
}

impl Room for OrganisationDesk {
    fn act(&self) -> Act {
        Act::Organisations
    }

    fn is_work(&self) -> bool {
        match self {
            Self::Renaming(_)
            | Self::MergingOrganisation(..)
            | Self::MergeOrganisationsReally(..) => true,
            Self::Organisations { .. } | Self::Organisation(_) => false,
        }
    }

    fn screen(&self, _person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Organisations { found, page } => list(found.as_deref(), *page, view, phrases),
            Self::Organisation(id) => one(*id, view, phrases),
            Self::Renaming(id) => renaming(*id, view, phrases),
            Self::MergingOrganisation(id, found) => merging(*id, found, view, phrases),
            Self::MergeOrganisationsReally(from, into) => {
                merging_really(*from, *into, view, phrases)
            }
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::Organisations { .. }, Did::Open(id)) => go(turn, Self::Organisation(id)),
            (Self::Organisations { found, .. }, Did::Page(page)) => {
                let found = found.clone();
                go(turn, Self::Organisations { found, page });
            }
            (Self::Organisations { .. } | Self::Organisation(_), Did::Text(text)) => {
                on_typed(turn, text);
            }
            (Self::Renaming(id), Did::Text(text)) => on_name(turn, *id, text),
            (Self::MergingOrganisation(id, _), Did::Text(text)) => on_merge_typed(turn, *id, text),
            (Self::MergingOrganisation(from, _), Did::Open(id)) => {
                go(turn, Self::MergeOrganisationsReally(*from, id));
            }
            (Self::MergeOrganisationsReally(from, into), Did::Yes) => {
                on_merge_really(turn, *from, *into);
            }
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Organisations { found: None, .. } => to_menu(turn),
            Self::Organisations { found: Some(_), .. } | Self::Organisation(_) => {
                go(turn, Self::ALL);
            }
            Self::Renaming(id)
            | Self::MergingOrganisation(id, _)
            | Self::MergeOrganisationsReally(id, _) => go(turn, Self::Organisation(*id)),
        }
    }
}

/// Those of whom somebody is here: the ones that wait for approval first, then by name.
fn joined(view: View<'_>, phrases: Phrases<'_>) -> Vec<Organisation> {
    let joined = view.world.joined().into_iter();
    let mut all: Vec<_> = joined
        .filter_map(|id| view.world.organisation(id))
        .collect();
    all.sort_by_key(|organisation| {
        (
            organisation.verified || organisation.suspended,
            organisation.name.get(phrases.language()).to_owned(),
        )
    });
    all
}

/// What the organisers hold of it.
fn standing(organisation: &Organisation, phrases: Phrases<'_>) -> String {
    if organisation.suspended {
        phrases.organisation_suspended()
    } else if organisation.verified {
        phrases.organisation_approved()
    } else {
        phrases.organisation_plain()
    }
}

fn list(found: Option<&[u64]>, page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let all = match found {
        Some(found) => {
            let known = found.iter().filter_map(|id| view.world.organisation(*id));
            known.collect()
        }
        None => joined(view, phrases),
    };
    let mut html = phrases.organisations(all.len() as u64);
    let mut rows = Vec::new();
    let (shown, turning) = screen::page(&all, page, A_PAGE, phrases);
    for (number, organisation) in shown {
        let name = organisation.name.get(phrases.language());
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(name));
        entry.push(&Html::text(&format!(
            " · {}",
            standing(&organisation, phrases)
        )));
        html.line(&entry);
        rows.push(vec![(
            screen::numbered(number, name, phrases),
            Action::Open(organisation.id),
        )]);
    }
    rows.extend(turning);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The organisations that somebody may mean who types this: by number, by name, by likeness.
pub(super) fn find(turn: &Turn, text: &str) -> Vec<u64> {
    let typed = clean_line(text);
    if typed.is_empty() {
        return Vec::new();
    }
    let exact = turn
        .world
        .organisation_numbered(&typed)
        .or_else(|| turn.world.organisation_numbered(&fold(&typed)))
        .or_else(|| turn.world.organisation_named(&fold(&typed)));
    if let Some(exact) = exact {
        return vec![exact.id];
    }
    // Those that are not in the registry are found by a part of their name.
    let part = fold(&typed);
    let mut found = turn.world.organisations_like(&typed);
    for organisation in turn.world.organisations() {
        let named = organisation
            .name
            .all()
            .any(|name| fold(name).contains(&part));
        if named && !found.contains(&organisation.id) && found.len() < A_PAGE {
            found.push(organisation.id);
        }
    }
    found
}

/// A typed name is asked for, or one of those that were found.
pub(super) fn choosing(html: Html, found: &[u64], view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows = Vec::new();
    let known = found.iter().filter_map(|id| view.world.organisation(*id));
    for (number, organisation) in (1..).zip(known) {
        let name = organisation.name.get(phrases.language());
        rows.push(vec![(
            screen::numbered(number, name, phrases),
            Action::Open(organisation.id),
        )]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

fn on_typed(turn: &mut Turn, text: &str) {
    let found = find(turn, text);
    match found.as_slice() {
        [] => {
            turn.note(|phrases| phrases.note_no_organisation());
            turn.show();
        }
        [one] => go(turn, OrganisationDesk::Organisation(*one)),
        _ => go(
            turn,
            OrganisationDesk::Organisations {
                found: Some(found),
                page: 0,
            },
        ),
    }
}

fn one(id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(organisation) = view.world.organisation(id) else {
        return super::asking(phrases.note_no_organisation(), phrases);
    };
    let mut html = Html::bold(organisation.name.get(phrases.language()));
    html.line(&Html::text(&standing(&organisation, phrases)));
    if let Some(number) = &organisation.number {
        html.line(&phrases.organisation_number(number));
    }
    html.line(&phrases.organisation_in_log(&phrases.number(id)));
    if !organisation.place.is_empty() {
        let place = card::place(&view.forum.config, &organisation.place, phrases.language());
        html.line(&Html::text(&place));
    }
    let members = view.world.members(id).len() as u64;
    let concerns = view.world.glances().into_iter();
    let concerns = concerns
        .filter(|glance| glance.organisation == id && glance.status != Status::Withdrawn)
        .count() as u64;
    html.line(&phrases.organisation_members(members, concerns));
    let tap = |label, tap| (label, Action::Desk(tap));
    let mut rows = Vec::new();
    if !organisation.verified || organisation.suspended {
        let label = phrases.button_approve_organisation();
        rows.push(vec![tap(label, Tap::ApproveOrganisation)]);
    }
    let mut standing = Vec::new();
    if !organisation.suspended {
        standing.push(tap(phrases.button_suspend(), Tap::Suspend));
    }
    if organisation.verified || organisation.suspended {
        standing.push(tap(phrases.button_plain(), Tap::Plain));
    }
    rows.push(standing);
    rows.push(vec![
        tap(phrases.button_rename(), Tap::Rename),
        tap(phrases.button_merge_organisation(), Tap::MergeOrganisation),
    ]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The organisation at which the person is.
fn shown(turn: &Turn) -> Option<u64> {
    match turn.person.desk() {
        Some(Desk::Organisations(OrganisationDesk::Organisation(id))) => Some(*id),
        Some(_) | None => None,
    }
}

/// The organisers hold this of it from now on.
pub(super) fn on_standing(turn: &mut Turn, standing: Standing) {
    let Some(id) = shown(turn) else {
        return turn.show();
    };
    if order(turn, Order::Standing(id, standing)).is_some() {
        turn.note(|phrases| phrases.note_done());
    }
    go(turn, OrganisationDesk::Organisation(id));
}

/// It has another name; which is asked for.
pub(super) fn on_rename(turn: &mut Turn) {
    match shown(turn) {
        Some(id) => go(turn, OrganisationDesk::Renaming(id)),
        None => turn.show(),
    }
}

/// It is another in truth; which is asked for.
pub(super) fn on_merge(turn: &mut Turn) {
    match shown(turn) {
        Some(id) => go(turn, OrganisationDesk::MergingOrganisation(id, Vec::new())),
        None => turn.show(),
    }
}

fn name(id: u64, view: View<'_>, phrases: Phrases<'_>) -> String {
    let known = view.world.organisation(id);
    known.map_or_else(String::new, |known| {
        known.name.get(phrases.language()).to_owned()
    })
}

fn renaming(id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    super::asking(phrases.ask_rename(&name(id, view, phrases)), phrases)
}

fn on_name(turn: &mut Turn, id: u64, text: &str) {
    if order(turn, Order::Rename(id, text.to_owned())).is_none() {
        return turn.show();
    }
    turn.note(|phrases| phrases.note_done());
    go(turn, OrganisationDesk::Organisation(id));
}

fn merging(id: u64, found: &[u64], view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let html = phrases.ask_merge_organisation(&name(id, view, phrases));
    choosing(html, found, view, phrases)
}

fn on_merge_typed(turn: &mut Turn, id: u64, text: &str) {
    let mut found = find(turn, text);
    found.retain(|other| *other != id);
    match found.as_slice() {
        [] => {
            turn.note(|phrases| phrases.note_no_organisation());
            turn.show();
        }
        [one] => go(turn, OrganisationDesk::MergeOrganisationsReally(id, *one)),
        _ => go(turn, OrganisationDesk::MergingOrganisation(id, found)),
    }
}

fn merging_really(from: u64, into: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let (from, into) = (name(from, view, phrases), name(into, view, phrases));
    Screen {
        html: phrases.ask_merge_organisation_really(&from, &into),
        rows: vec![
            vec![(phrases.button_merge_really(), Action::Yes)],
            vec![(phrases.button_back(), Action::Back)],
        ],
    }
}

fn on_merge_really(turn: &mut Turn, from: u64, into: u64) {
    if order(turn, Order::MergeOrganisations(from, into)).is_none() {
        return go(turn, OrganisationDesk::Organisation(from));
    }
    turn.note(|phrases| phrases.note_done());
    go(turn, OrganisationDesk::Organisation(into));
}
