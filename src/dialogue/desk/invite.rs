//! Links by which people join: for whom, for how many, for how long; and those that were made.

use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::room::{Did, Room};
use super::{Desk, Tap, asking, go, may, order, to_menu};
use crate::dialogue::organising::people::name as role_name;
use crate::dialogue::organising::{Invite, Order};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Effect, Late, Person, Turn};
use crate::domain::{Act, Invitation, Organisation, invitation};
use crate::text::clean::{clean_line, fold};
use crate::text::{Html, Phrases, date};

/// How many people one link can be for.
const USES: [u32; 5] = [1, 2, 3, 5, 10];
/// How many days it can be good; none is without end.
const DAYS: [Option<u32>; 4] = [Some(30), Some(90), Some(7), None];
/// Organisations in a typed list.
const LISTED: usize = 400;
/// Links that are made at once.
const AT_ONCE: usize = 8_000;
/// Links on a page.
const A_PAGE: usize = 8;

/// A link in the making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inviting {
    /// For whom.
    pub whom: Whom,
    /// For how many people.
    pub uses: u32,
    /// For how many days; without end if none.
    pub days: Option<u32>,
}

/// For whom a link is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// Whoever has it says for which organisation they speak.
    Any,
    /// One organisation.
    Organisation(u64),
    /// Each of these.
    Each(Vec<u64>),
    /// Each of the registry for which nobody speaks yet.
    Missing,
}

impl Default for Inviting {
    fn default() -> Self {
        Self {
            whom: Whom::Any,
            uses: USES[0],
            days: DAYS[0],
        }
    }
}

/// Where one can be among the links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteDesk {
    /// A link in the making.
    Invite(Inviting),
    /// For which organisation it is: typed, and which were found.
    InviteWhom(Inviting, Vec<u64>),
    /// For which organisations links are: a list, typed.
    InviteList(Inviting),
    /// A page of the links that were made.
    Invitations(u32),
    /// One of them.
    Invitation(u64),
}

impl Room for InviteDesk {
    fn act(&self) -> Act {
        Act::Invite
    }

    fn is_work(&self) -> bool {
        match self {
            Self::InviteWhom(..) | Self::InviteList(_) => true,
            Self::Invite(_) | Self::Invitations(_) | Self::Invitation(_) => false,
        }
    }

    fn screen(&self, person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Invite(inviting) => screen(inviting, view, phrases),
            Self::InviteWhom(_, found) => whom(found, view, phrases),
            Self::InviteList(_) => asking(phrases.ask_invite_list(), phrases),
            Self::Invitations(page) => list(person, *page, view, phrases),
            Self::Invitation(id) => one(person, *id, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::InviteWhom(inviting, _), Did::Open(id)) => {
                let whom = Whom::Organisation(id);
                let (uses, days) = (inviting.uses, inviting.days);
                go(turn, Self::Invite(Inviting { whom, uses, days }));
            }
            (Self::InviteWhom(inviting, _), Did::Text(text)) => {
                on_whom(turn, inviting.clone(), text);
            }
            (Self::InviteList(inviting), Did::Text(text)) => on_list(turn, inviting.clone(), text),
            (Self::Invitations(_), Did::Open(id)) => go(turn, Self::Invitation(id)),
            (Self::Invitations(_), Did::Page(page)) => go(turn, Self::Invitations(page)),
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Invite(_) => to_menu(turn),
            Self::InviteWhom(inviting, _) | Self::InviteList(inviting) => {
                go(turn, Self::Invite(inviting.clone()));
            }
            Self::Invitations(_) => go(turn, Self::Invite(Inviting::default())),
            Self::Invitation(_) => go(turn, Self::Invitations(0)),
        }
    }
}

/// The organisations that this means; nothing if any.
fn meant(whom: &Whom, view: View<'_>) -> Option<Vec<Organisation>> {
    match whom {
        Whom::Any => None,
        Whom::Organisation(id) => Some(view.world.organisation(*id).into_iter().collect()),
        Whom::Each(ids) => {
            let found = ids.iter().filter_map(|id| view.world.organisation(*id));
            Some(found.collect())
        }
        Whom::Missing => {
            let mut all = view.world.organisations();
            let joined = view.world.joined();
            all.retain(|organisation| {
                organisation.number.is_some() && !joined.contains(&organisation.id)
            });
            all.truncate(AT_ONCE);
            Some(all)
        }
    }
}

fn screen(inviting: &Inviting, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let meant = meant(&inviting.whom, view);
    let whom = match (&inviting.whom, meant.as_deref()) {
        (Whom::Any, _) | (_, None) => phrases.invite_any(),
        (_, Some([one])) => one.name.get(phrases.language()).to_owned(),
        (_, Some(many)) => phrases.invite_many(many.len() as u64).to_plain(),
    };
    let days = match inviting.days {
        Some(days) => phrases.invite_days(days.into()),
        None => phrases.invite_no_end(),
    };
    let html = phrases.invite(&whom, inviting.uses.into(), &days);
    let tap = |label, tap| (label, Action::Desk(tap));
    let mut rows = Vec::new();
    if meant.is_none_or(|meant| !meant.is_empty()) {
        rows.push(vec![tap(phrases.button_make(), Tap::Make)]);
    }
    rows.push(vec![
        tap(phrases.button_for_one(), Tap::ForOne),
        tap(phrases.button_for_any(), Tap::ForAny),
    ]);
    rows.push(vec![
        tap(phrases.button_for_list(), Tap::ForList),
        tap(phrases.button_for_missing(), Tap::ForMissing),
    ]);
    rows.push(vec![
        tap(phrases.button_uses(), Tap::Uses),
        tap(phrases.button_days(), Tap::Days),
    ]);
    rows.push(vec![tap(phrases.button_made(), Tap::Made)]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Changes the link in the making.
fn change(turn: &mut Turn, change: impl FnOnce(Inviting) -> InviteDesk) {
    match turn.person.desk().cloned() {
        Some(Desk::Invite(InviteDesk::Invite(inviting))) => go(turn, change(inviting)),
        Some(_) | None => turn.show(),
    }
}

/// It is for these.
pub(super) fn on_for(turn: &mut Turn, whom: Whom) {
    change(turn, |inviting| {
        InviteDesk::Invite(Inviting { whom, ..inviting })
    });
}

/// It is for one organisation; which is asked for.
pub(super) fn on_for_one(turn: &mut Turn) {
    change(turn, |inviting| {
        InviteDesk::InviteWhom(inviting, Vec::new())
    });
}

/// They are for a list; which is asked for.
pub(super) fn on_for_list(turn: &mut Turn) {
    change(turn, InviteDesk::InviteList);
}

/// It is good for the next number of people.
pub(super) fn on_uses(turn: &mut Turn) {
    change(turn, |inviting| {
        let uses = after(&USES, &inviting.uses);
        InviteDesk::Invite(Inviting { uses, ..inviting })
    });
}

/// It is good for the next number of days.
pub(super) fn on_days(turn: &mut Turn) {
    change(turn, |inviting| {
        let days = after(&DAYS, &inviting.days);
        InviteDesk::Invite(Inviting { days, ..inviting })
    });
}

/// The choice after this one, and after the last the first.
fn after<T: Copy + PartialEq>(choices: &[T], now: &T) -> T {
    let place = choices.iter().position(|choice| choice == now);
    choices[place.map_or(0, |place| (place + 1) % choices.len())] // there is always one
}

/// The organisation is asked for, or chosen among those that were found.
fn whom(found: &[u64], view: View<'_>, phrases: Phrases<'_>) -> Screen {
    super::organisations::choosing(phrases.ask_invite_whom(), found, view, phrases)
}

fn on_whom(turn: &mut Turn, inviting: Inviting, text: &str) {
    let found = super::organisations::find(turn, text);
    match found.as_slice() {
        [] => {
            turn.note(|phrases| phrases.note_no_organisation());
            turn.show();
        }
        [one] => go(
            turn,
            InviteDesk::Invite(Inviting {
                whom: Whom::Organisation(*one),
                ..inviting
            }),
        ),
        _ => go(turn, InviteDesk::InviteWhom(inviting, found)),
    }
}

/// A list of numbers or names, one a line.
fn on_list(turn: &mut Turn, inviting: Inviting, text: &str) {
    let mut ids = Vec::new();
    let mut unknown = Vec::new();
    for line in text.lines().map(clean_line).filter(|line| !line.is_empty()) {
        let number = crate::text::clean::fold(&line);
        let found = turn
            .world
            .organisation_numbered(&line)
            .or_else(|| turn.world.organisation_numbered(&number))
            .or_else(|| turn.world.organisation_named(&fold(&line)));
        match found {
            Some(organisation) if !ids.contains(&organisation.id) => ids.push(organisation.id),
            Some(_) => {}
            None => unknown.push(line),
        }
    }
    if !unknown.is_empty() {
        let shown: Vec<_> = unknown.iter().take(5).map(String::as_str).collect();
        let (count, shown) = (unknown.len() as u64, shown.join(", "));
        turn.note(|phrases| phrases.note_unknown_lines(count, &shown));
        return turn.show();
    }
    if ids.is_empty() {
        turn.note(|phrases| phrases.note_empty());
        return turn.show();
    }
    if ids.len() > LISTED {
        let count = ids.len() as u64;
        turn.note(|phrases| phrases.note_list_too_long(count, LISTED as u64));
        return turn.show();
    }
    go(
        turn,
        InviteDesk::Invite(Inviting {
            whom: Whom::Each(ids),
            ..inviting
        }),
    );
}

/// Makes them; they come as soon as they are on disk.
pub(super) fn on_make(turn: &mut Turn) {
    let Some(Desk::Invite(InviteDesk::Invite(inviting))) = turn.person.desk().cloned() else {
        return turn.show();
    };
    let organisations: Vec<Option<u64>> = match meant(&inviting.whom, turn.view()) {
        None => vec![None],
        Some(meant) => meant.into_iter().map(|known| Some(known.id)).collect(),
    };
    let random = turn.moment.random;
    let expires_at = inviting.days.and_then(|days| until(turn.moment.now, days));
    let invites = (0..)
        .zip(&organisations)
        .map(|(place, organisation)| Invite {
            code: invitation::code(random, place),
            number: None,
            organisation: *organisation,
            uses: inviting.uses,
            expires_at,
        });
    let invites: Vec<_> = invites.collect();
    let count = invites.len() as u32; // at most AT_ONCE
    let done = order(turn, Order::Invite(invites));
    if let Some(first) = done.and_then(|done| done.made) {
        turn.note(|phrases| phrases.note_links_come());
        go(turn, InviteDesk::Invite(Inviting::default()));
        return send_links(turn, first, count);
    }
    go(turn, InviteDesk::Invite(Inviting::default()));
}

/// Has the links sent that were made with this moment's luck: below what is said of them.
pub(super) fn send_links(turn: &mut Turn, first: u64, count: u32) {
    let random = turn.moment.random;
    turn.effects.push(Effect::Late(Late::Links {
        random: ((random >> 64) as u64, random as u64), // its halves
        first,
        count,
    }));
}

/// So many days from now.
pub(super) fn until(now: Timestamp, days: u32) -> Option<Timestamp> {
    now.checked_add((i64::from(days) * 24).hours()).ok()
}

/// The links that were made, the newest first.
fn made(person: &Person, view: View<'_>) -> Vec<Invitation> {
    let mut all = view.world.invitations();
    // Those that give a role are an owner's business.
    let owner = may(person, Act::People);
    all.retain(|invitation| invitation.role.is_none() || owner);
    all.reverse();
    all
}

/// For whom an invitation is.
fn name(invitation: &Invitation, view: View<'_>, phrases: Phrases<'_>) -> String {
    if let Some(role) = invitation.role {
        let called = invitation.called.clone().unwrap_or_default();
        return format!("{called} · {}", role_name(role, phrases));
    }
    let organisation = invitation.organisation;
    let known = organisation.and_then(|id| view.world.organisation(id));
    known.map_or_else(
        || phrases.invite_any(),
        |known| known.name.get(phrases.language()).to_owned(),
    )
}

fn list(person: &Person, page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let all = made(person, view);
    let mut html = if all.is_empty() {
        phrases.invitations_none()
    } else {
        phrases.invitations()
    };
    let mut rows = Vec::new();
    let (shown, turning) = screen::page(&all, page, A_PAGE, phrases);
    for (number, invitation) in shown {
        let name = name(&invitation, view, phrases);
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&name)).push(&Html::text(" · "));
        entry.push(&standing(&invitation, view, phrases));
        html.line(&entry);
        rows.push(vec![(
            screen::numbered(number, &name, phrases),
            Action::Open(invitation.id),
        )]);
    }
    rows.extend(turning);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Whether it is good, and for how many.
fn standing(invitation: &Invitation, view: View<'_>, phrases: Phrases<'_>) -> Html {
    if invitation.is_good(view.now) {
        phrases.invitation_good(invitation.uses_left.into())
    } else if invitation.revoked {
        phrases.invitation_revoked()
    } else {
        phrases.invitation_over()
    }
}

fn one(person: &Person, id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let theirs = |known: &Invitation| known.role.is_none() || may(person, Act::People);
    let Some(invitation) = view.world.invitation(id).filter(theirs) else {
        return asking(phrases.note_invitation_gone(), phrases);
    };
    let mut html = Html::bold(&name(&invitation, view, phrases));
    html.line(&standing(&invitation, view, phrases));
    if let Some(expires_at) = invitation.expires_at {
        let at = date::moment(phrases, expires_at, &view.zone());
        html.line(&phrases.invitation_until(&at));
    }
    let mut rows = Vec::new();
    if invitation.is_good(view.now) {
        rows.push(vec![(phrases.button_revoke(), Action::Desk(Tap::Revoke))]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Takes the link back at which the person is.
pub(super) fn on_revoke(turn: &mut Turn) {
    let Some(Desk::Invite(InviteDesk::Invitation(id))) = turn.person.desk().cloned() else {
        return turn.show();
    };
    if order(turn, Order::RevokeInvitation(id)).is_some() {
        turn.note(|phrases| phrases.note_revoked());
    }
    go(turn, InviteDesk::Invitations(0));
}
