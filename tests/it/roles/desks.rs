//! The rows of the table: where somebody is.

use super::*;

pub(super) fn stamp(past: u32) -> Stamp {
    Stamp {
        status: Status::New,
        past,
        asked: false,
    }
}

pub(super) fn meeting() -> Meeting {
    Meeting {
        id: 900,
        title: Localised::same([english()], "Another title"),
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: Some(40),
        people_at_most: None,
        zone: None,
    }
}

/// A promise that is being changed.
pub(super) fn promising(ids: &Ids) -> Promising {
    Promising {
        of: Some((ids.promise, 1)),
        promised: Promised {
            text: "Something else".to_owned(),
            ..Promised::default()
        },
        leaving: false,
    }
}

/// Everywhere where somebody with a role can be.
pub(super) fn desks(ids: &Ids) -> Vec<Desk> {
    let id = ids.concerns[&Status::New];
    let agreed = ids.concerns[&Status::Agenda];
    let card = |lens, id, seen| Desk::Concerns(ConcernDesk::Card { lens, id, seen });
    let words = |wanted| {
        Desk::Concerns(ConcernDesk::Words {
            lens: Lens::New,
            id,
            seen: stamp(0),
            wanted,
        })
    };
    let preview = |words, sure| {
        Desk::Announce(AnnounceDesk::Preview {
            audience: Audience::Everyone,
            words,
            sure,
        })
    };
    let text = || Words::Text("Come at eight".to_owned());
    let change = || Words::Meeting(Box::new(None), Box::new(meeting()));
    let all = vec![
        Desk::Concerns(ConcernDesk::Concerns),
        Desk::Concerns(ConcernDesk::Topics),
        Desk::Concerns(ConcernDesk::Searching),
        Desk::Concerns(ConcernDesk::List {
            lens: Lens::All,
            page: 0,
        }),
        Desk::Concerns(ConcernDesk::List {
            lens: Lens::Found(vec![id, agreed]),
            page: 0,
        }),
        card(Lens::New, id, stamp(0)),
        card(Lens::All, id, stamp(3)),
        card(
            Lens::All,
            ids.concerns[&Status::Merged],
            Stamp {
                status: Status::Merged,
                ..stamp(0)
            },
        ),
        card(
            Lens::New,
            ids.concerns[&Status::Waiting],
            Stamp {
                status: Status::Waiting,
                ..stamp(0)
            },
        ),
        card(Lens::All, ids.concerns[&Status::Withdrawn], stamp(0)),
        words(samleng::dialogue::desk::Wanted::Reason),
        words(samleng::dialogue::desk::Wanted::Question),
        words(samleng::dialogue::desk::Wanted::Spoken(ids.voice)),
        Desk::Concerns(ConcernDesk::Merging {
            lens: Lens::New,
            id,
            seen: stamp(0),
            offered: vec![agreed],
        }),
        Desk::Announce(AnnounceDesk::Announce),
        Desk::Announce(AnnounceDesk::AnnounceBy(Wish::Place)),
        Desk::Announce(AnnounceDesk::AnnounceBy(Wish::Topic)),
        Desk::Announce(AnnounceDesk::Announcing(Audience::Everyone)),
        preview(text(), false),
        preview(text(), true),
        preview(change(), false),
        preview(change(), true),
        Desk::Invite(InviteDesk::Invite(Inviting::default())),
        Desk::Invite(InviteDesk::Invite(Inviting {
            whom: Whom::Missing,
            ..Inviting::default()
        })),
        Desk::Invite(InviteDesk::InviteWhom(
            Inviting::default(),
            vec![ids.other, ids.third],
        )),
        Desk::Invite(InviteDesk::InviteList(Inviting::default())),
        Desk::Invite(InviteDesk::Invitations(0)),
        Desk::Invite(InviteDesk::Invitation(ids.invitation)),
        Desk::Organisations(OrganisationDesk::Organisations {
            found: None,
            page: 0,
        }),
        Desk::Organisations(OrganisationDesk::Organisation(ids.other)),
        Desk::Organisations(OrganisationDesk::Renaming(ids.other)),
        Desk::Organisations(OrganisationDesk::MergingOrganisation(
            ids.other,
            vec![ids.third],
        )),
        Desk::Organisations(OrganisationDesk::MergeOrganisationsReally(
            ids.other, ids.third,
        )),
        Desk::People(PeopleDesk::People),
        Desk::People(PeopleDesk::Colleague(ids.colleague)),
        Desk::People(PeopleDesk::Offering(Role::Organiser)),
        Desk::People(PeopleDesk::Audit(0)),
        Desk::Meeting(MeetingDesk::Meeting(Box::new(editing()))),
        Desk::Meeting(MeetingDesk::MeetingField(Box::new(editing()), Field::Place)),
        Desk::Digest(DigestDesk::Digest(Selection::all(Edition::Shared))),
        Desk::Digest(DigestDesk::DigestBy(
            Selection::all(Edition::Organisers),
            Narrow::Topic,
        )),
        Desk::Agenda(AgendaDesk::Agenda { page: 0, seen: 3 }),
        Desk::Agenda(AgendaDesk::Agenda { page: 0, seen: 1 }),
        Desk::Agenda(AgendaDesk::AgendaTimes),
        Desk::Agenda(AgendaDesk::AgendaTime(Span::Total)),
        Desk::Agenda(AgendaDesk::AgendaItem {
            page: 0,
            id: agreed,
            seen: 3,
        }),
        Desk::Agenda(AgendaDesk::AgendaMinutes {
            page: 0,
            id: agreed,
        }),
        Desk::Agenda(AgendaDesk::AgendaWhy {
            page: 0,
            id: agreed,
            what: Override::TakenOut,
        }),
        Desk::Agenda(AgendaDesk::AgendaCompare(0)),
        Desk::Agenda(AgendaDesk::AgendaSettle { seen: 3 }),
        Desk::Floor(FloorDesk::Floor),
        Desk::Floor(FloorDesk::FloorList(0)),
        Desk::Floor(FloorDesk::FloorTimes),
        Desk::Floor(FloorDesk::FloorMinutes {
            item: Some(agreed),
            side: Side::Authority,
            seen: 1,
        }),
        Desk::Floor(FloorDesk::FloorReplace {
            item: agreed,
            seen: 1,
            instead: Instead::Deflected,
        }),
        Desk::Floor(FloorDesk::FloorPromise {
            item: agreed,
            seen: 1,
            said: SoFar::Owner {
                text: "A road".to_owned(),
            },
        }),
        Desk::Promises(PromiseDesk::Promises(0)),
        Desk::Promises(PromiseDesk::Promise {
            page: 0,
            id: ids.promise,
            seen: 1,
        }),
        Desk::Promises(PromiseDesk::Promise {
            page: 0,
            id: ids.promise,
            seen: 9,
        }),
        Desk::Promises(PromiseDesk::Reports {
            id: ids.promise,
            page: 0,
        }),
        Desk::Promises(PromiseDesk::Promising(Box::new(promising(ids)))),
        Desk::Promises(PromiseDesk::PromiseFacet(
            Box::new(promising(ids)),
            Facet::Topic,
        )),
        Desk::Promises(PromiseDesk::PromiseTakeBack {
            id: ids.promise,
            seen: 1,
        }),
    ];
    let kinds: BTreeSet<usize> = all.iter().map(kind_of_desk).collect();
    assert!(kinds.into_iter().eq(0..49), "a desk is missing");
    all
}

/// A number for each kind of desk, so that a new one is missed.
pub(super) fn kind_of_desk(desk: &Desk) -> usize {
    match desk {
        Desk::Concerns(ConcernDesk::Concerns) => 0,
        Desk::Concerns(ConcernDesk::Topics) => 1,
        Desk::Concerns(ConcernDesk::Searching) => 2,
        Desk::Concerns(ConcernDesk::List { .. }) => 3,
        Desk::Concerns(ConcernDesk::Card { .. }) => 4,
        Desk::Concerns(ConcernDesk::Words { .. }) => 5,
        Desk::Concerns(ConcernDesk::Merging { .. }) => 6,
        Desk::Announce(AnnounceDesk::Announce) => 7,
        Desk::Announce(AnnounceDesk::AnnounceBy(_)) => 8,
        Desk::Announce(AnnounceDesk::Announcing(_)) => 9,
        Desk::Announce(AnnounceDesk::Preview { .. }) => 10,
        Desk::Invite(InviteDesk::Invite(_)) => 11,
        Desk::Invite(InviteDesk::InviteWhom(..)) => 12,
        Desk::Invite(InviteDesk::InviteList(_)) => 13,
        Desk::Invite(InviteDesk::Invitations(_)) => 14,
        Desk::Invite(InviteDesk::Invitation(_)) => 15,
        Desk::Organisations(OrganisationDesk::Organisations { .. }) => 16,
        Desk::Organisations(OrganisationDesk::Organisation(_)) => 17,
        Desk::Organisations(OrganisationDesk::Renaming(_)) => 18,
        Desk::Organisations(OrganisationDesk::MergingOrganisation(..)) => 19,
        Desk::Organisations(OrganisationDesk::MergeOrganisationsReally(..)) => 20,
        Desk::People(PeopleDesk::People) => 21,
        Desk::People(PeopleDesk::Colleague(_)) => 22,
        Desk::People(PeopleDesk::Offering(_)) => 23,
        Desk::People(PeopleDesk::Audit(_)) => 24,
        Desk::Meeting(MeetingDesk::Meeting(_)) => 25,
        Desk::Meeting(MeetingDesk::MeetingField(..)) => 26,
        Desk::Digest(DigestDesk::Digest(_)) => 27,
        Desk::Digest(DigestDesk::DigestBy(..)) => 28,
        Desk::Agenda(AgendaDesk::Agenda { .. }) => 29,
        Desk::Agenda(AgendaDesk::AgendaTimes) => 30,
        Desk::Agenda(AgendaDesk::AgendaTime(_)) => 31,
        Desk::Agenda(AgendaDesk::AgendaItem { .. }) => 32,
        Desk::Agenda(AgendaDesk::AgendaMinutes { .. }) => 33,
        Desk::Agenda(AgendaDesk::AgendaWhy { .. }) => 34,
        Desk::Agenda(AgendaDesk::AgendaCompare(_)) => 35,
        Desk::Agenda(AgendaDesk::AgendaSettle { .. }) => 36,
        Desk::Floor(FloorDesk::Floor) => 37,
        Desk::Floor(FloorDesk::FloorList(_)) => 38,
        Desk::Floor(FloorDesk::FloorTimes) => 39,
        Desk::Floor(FloorDesk::FloorMinutes { .. }) => 40,
        Desk::Floor(FloorDesk::FloorReplace { .. }) => 41,
        Desk::Floor(FloorDesk::FloorPromise { .. }) => 42,
        Desk::Promises(PromiseDesk::Promises(_)) => 43,
        Desk::Promises(PromiseDesk::Promise { .. }) => 44,
        Desk::Promises(PromiseDesk::Reports { .. }) => 45,
        Desk::Promises(PromiseDesk::Promising(_)) => 46,
        Desk::Promises(PromiseDesk::PromiseFacet(..)) => 47,
        Desk::Promises(PromiseDesk::PromiseTakeBack { .. }) => 48,
    }
}

/// A meeting that is being changed.
pub(super) fn editing() -> Editing {
    Editing {
        before: None,
        after: meeting(),
    }
}
