//! Who has which role, and the audit log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::room::{Did, Room};
use super::{Desk, Tap, go, invite, may, order, to_menu};
use crate::dialogue::organising::people::name;
use crate::dialogue::organising::{OfferRole, Order};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Person, Turn};
use crate::domain::{Act, Deed, Role, Who, audit as trail, invitation};
use crate::text::{Html, Phrases, card, date};

/// Days in which a role's link is to be opened.
const DAYS: u32 = 7;
/// Entries of the audit log on a page.
const A_PAGE: usize = 15;

/// Where one can be among those who have a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleDesk {
    /// Who has a role.
    People,
    /// One of them.
    Colleague(u64),
    /// What whoever gets this role is called.
    Offering(Role),
    /// A page of the audit log, the newest first.
    Audit(u32),
}

impl Room for PeopleDesk {
    fn act(&self) -> Act {
        match self {
            Self::People | Self::Colleague(_) | Self::Offering(_) => Act::People,
            Self::Audit(_) => Act::Audit,
        }
    }

    fn is_work(&self) -> bool {
        match self {
            Self::Offering(_) => true,
            Self::People | Self::Colleague(_) | Self::Audit(_) => false,
        }
    }

    fn screen(&self, person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::People => list(view, phrases),
            Self::Colleague(number) => one(*number, person, view, phrases),
            Self::Offering(role) => offering(*role, phrases),
            Self::Audit(page) => audit(person, *page, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::People, Did::Open(id)) => go(turn, Self::Colleague(id)),
            (Self::Offering(role), Did::Text(text)) => on_called(turn, *role, text),
            (Self::Audit(_), Did::Page(page)) => go(turn, Self::Audit(page)),
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::People | Self::Audit(_) => to_menu(turn),
            Self::Colleague(_) | Self::Offering(_) => go(turn, Self::People),
        }
    }
}

/// What somebody with a role is called.
fn called(person: &Person, phrases: Phrases<'_>) -> String {
    person
        .called
        .clone()
        .unwrap_or_else(|| phrases.colleague_number(&phrases.number(person.number)))
}

/// Somebody by the number that the log has of them, and by what they are called now if they have a role.
pub(super) fn with_number(number: u64, view: View<'_>, phrases: Phrases<'_>) -> String {
    let person = view.world.person(number).filter(|p| p.role.is_some());
    match person.and_then(|person| person.called) {
        Some(called) => format!("{called} ({})", phrases.number(number)),
        None => phrases.colleague_number(&phrases.number(number)),
    }
}

/// Everybody with a role, those who may do most first.
fn colleagues(view: View<'_>) -> Vec<Person> {
    let mut all = view.world.everybody();
    all.retain(|person| person.role.is_some());
    all.sort_by_key(|person| (person.role, person.number));
    all
}

fn list(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut html = phrases.people();
    let mut rows = Vec::new();
    for (number, person) in (1..).zip(colleagues(view)) {
        let Some(role) = person.role else { continue };
        let called = called(&person, phrases);
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&with_number(person.number, view, phrases)));
        entry.push(&Html::text(&format!(" · {}", name(role, phrases))));
        if person.unreachable {
            entry.push(&Html::text(" · "));
            entry.push(&phrases.colleague_unreachable());
        }
        html.line(&entry);
        rows.push(vec![(
            screen::numbered(number, &called, phrases),
            Action::Open(person.number),
        )]);
    }
    for role in Role::ALL {
        let label = phrases.button_offer(&name(role, phrases));
        rows.push(vec![(label, Action::Desk(Tap::Offer(role)))]);
    }
    rows.push(vec![(phrases.button_made(), Action::Desk(Tap::Made))]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

fn one(number: u64, viewer: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let person = view.world.person(number);
    let Some((person, role)) = person.and_then(|person| {
        let role = person.role?;
        Some((person, role))
    }) else {
        return super::asking(phrases.note_no_role(), phrases);
    };
    let mut html = Html::bold(&called(&person, phrases));
    html.line(&Html::text(&name(role, phrases)));
    let mut rows = Vec::new();
    if number == viewer.number {
        html.paragraph(&phrases.note_own_role());
    } else {
        for other in Role::ALL.into_iter().filter(|other| *other != role) {
            let label = phrases.button_give(&name(other, phrases));
            rows.push(vec![(label, Action::Desk(Tap::Give(other)))]);
        }
        rows.push(vec![(
            phrases.button_take_role(),
            Action::Desk(Tap::TakeRole),
        )]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

pub(super) fn on_give(turn: &mut Turn, role: Role) {
    set(turn, Some(role));
}

pub(super) fn on_take(turn: &mut Turn) {
    set(turn, None);
}

fn set(turn: &mut Turn, role: Option<Role>) {
    let Some(Desk::People(PeopleDesk::Colleague(number))) = turn.person.desk().cloned() else {
        return turn.show();
    };
    if order(turn, Order::SetRole(number, role)).is_some() {
        turn.note(|phrases| phrases.note_done());
    }
    go(turn, PeopleDesk::People);
}

/// What whoever gets a role is called is asked for.
fn offering(role: Role, phrases: Phrases<'_>) -> Screen {
    super::asking(phrases.ask_called(&name(role, phrases)), phrases)
}

/// The link comes as soon as it is on disk.
fn on_called(turn: &mut Turn, role: Role, text: &str) {
    let random = turn.moment.random;
    let Some(expires_at) = invite::until(turn.moment.now, DAYS) else {
        return turn.show();
    };
    let offer = Order::OfferRole(OfferRole {
        code: invitation::code(random, 0),
        role,
        called: text.to_owned(),
        expires_at,
    });
    let Some(first) = order(turn, offer).and_then(|done| done.made) else {
        return turn.show();
    };
    turn.note(|phrases| phrases.note_role_link(&name(role, phrases)));
    go(turn, PeopleDesk::People);
    invite::send_links(turn, first, 1);
}

/// A page of the audit log, and whether it is as it was written.
fn audit(reader: &Person, page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let (mut entries, head) = view.world.audit();
    let sound = trail::verify(&entries, &head);
    let mut html = match sound {
        Ok(()) => phrases.audit(entries.len() as u64),
        Err(trail::Tampered(place)) => phrases.audit_tampered(place),
    };
    entries.reverse();
    let (shown, turning) = screen::page(&entries, page, A_PAGE, phrases);
    let zone = view.zone();
    for (_, entry) in shown {
        let at = date::moment(phrases, entry.at, &zone);
        let who = match entry.who {
            Who::CommandLine => phrases.who_command_line(),
            Who::Program => phrases.who_program(),
            Who::Person(number) => with_number(number, view, phrases),
        };
        html.line(&phrases.audit_entry(&at, &who, &deed(entry.deed, reader, view, phrases)));
    }
    let mut rows: Vec<_> = turning.into_iter().collect();
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// What was done, in words. A concern is called by its receipt, an organisation by its number in the log.
fn deed(deed: Deed, reader: &Person, view: View<'_>, phrases: Phrases<'_>) -> String {
    let concern = |id: u64| {
        // Whoever may not read concerns learns of no receipt either.
        let known = view.world.concern(id).filter(|_| may(reader, Act::Read));
        known.map_or_else(
            || phrases.deed_concern(&phrases.number(id)),
            |concern| concern.receipt.to_string(),
        )
    };
    let person = |number| with_number(number, view, phrases);
    let number = |number: u64| phrases.number(number);
    let organisation = number;
    match deed {
        Deed::OwnerClaimed => phrases.deed_owner_claimed(),
        Deed::RoleOffered(role) => phrases.deed_role_offered(&name(role, phrases)),
        Deed::RoleGiven(whom, role) => phrases.deed_role_given(&person(whom), &name(role, phrases)),
        Deed::RoleTaken(whom) => phrases.deed_role_taken(&person(whom)),
        Deed::GroupBound => phrases.deed_group_bound(),
        Deed::GroupUnbound => phrases.deed_group_unbound(),
        Deed::GroupLost => phrases.deed_group_lost(),
        Deed::Looked(id) => phrases.deed_looked(&concern(id)),
        Deed::FileSeen(id) => phrases.deed_file_seen(&concern(id)),
        Deed::Searched => phrases.deed_searched(),
        Deed::DigestMade => phrases.deed_digest(),
        Deed::SharedDigestMade => phrases.deed_shared_digest(),
        Deed::AuditRead => phrases.deed_audit_read(),
        Deed::Exported => phrases.deed_exported(),
        Deed::StatusSet(id, status) => {
            phrases.deed_status(&concern(id), &card::status(status, phrases))
        }
        Deed::Merged(part, whole) => phrases.deed_merged(&concern(part), &concern(whole)),
        Deed::Unmerged(id) => phrases.deed_unmerged(&concern(id)),
        Deed::Asked(id) => phrases.deed_asked(&concern(id)),
        Deed::WrittenDown(id) => phrases.deed_written_down(&concern(id)),
        Deed::MeetingSet(_) => phrases.deed_meeting(),
        Deed::OrganisationApproved(id) => phrases.deed_organisation_approved(&organisation(id)),
        Deed::OrganisationSuspended(id) => phrases.deed_organisation_suspended(&organisation(id)),
        Deed::OrganisationPlain(id) => phrases.deed_organisation_plain(&organisation(id)),
        Deed::OrganisationRenamed(id) => phrases.deed_organisation_renamed(&organisation(id)),
        Deed::OrganisationsMerged(from, into) => {
            phrases.deed_organisations_merged(&organisation(from), &organisation(into))
        }
        Deed::Invited(count) => phrases.deed_invited(&number(count)),
        Deed::InvitationRevoked(id) => phrases.deed_revoked(&number(id)),
        Deed::RegistryRead(count) => phrases.deed_registry(&number(count)),
        Deed::Announced(_, people) => phrases.deed_announced(&number(people)),
        Deed::AnnouncementStopped(_) => phrases.deed_stopped(),
        Deed::Erased(_) => phrases.deed_erased(),
        Deed::Restored(second) => {
            let taken_at = Timestamp::from_second(second).unwrap_or_default(); // one that there is
            phrases.deed_restored(&date::moment(phrases, taken_at, &view.zone()))
        }
        Deed::AgendaPlanned(_) => phrases.deed_agenda_planned(),
        Deed::ItemTimed(id) => phrases.deed_item_timed(&concern(id)),
        Deed::ItemByHand(id) => phrases.deed_item_by_hand(&concern(id)),
        Deed::AgendaSettled(_) => phrases.deed_agenda_settled(),
        Deed::AgendaTaken(_) => phrases.deed_agenda_taken(),
        Deed::FloorBegun(_) => phrases.deed_floor_begun(),
        Deed::MinutesCorrected(_) => phrases.deed_minutes_corrected(),
        Deed::FloorUndone(_) => phrases.deed_floor_undone(),
        Deed::PromiseMade(id) => phrases.deed_promise_made(&number(id)),
        Deed::PromiseChanged(id) => phrases.deed_promise_changed(&number(id)),
        Deed::PromiseTakenBack(id) => phrases.deed_promise_taken_back(&number(id)),
        Deed::PromiseHeard(id) => phrases.deed_promise_heard(&number(id)),
        Deed::ReportsRead(id) => phrases.deed_reports_read(&number(id)),
    }
}
