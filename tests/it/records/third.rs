//! What release 3 added: roles, the organisers' side, the audit log.

use samleng::dialogue::desk::{Editing, Inviting};
use samleng::domain::announcement::Tally;
use samleng::domain::{Announcement, Card, Group, Stamp, Transcript, audit};

use super::*;
use crate::audit::written;

fn meeting() -> Meeting {
    Meeting {
        id: 5,
        title: name(),
        days: vec![Day {
            date: jiff::civil::date(2027, 1, 17),
            time: Some(jiff::civil::time(8, 30, 0, 0)),
        }],
        place: Some(name()),
        deadline: Some(instant()),
        capacity: Some(300),
        people_at_most: Some(3),
        zone: Some("Asia/Phnom_Penh".to_owned()),
    }
}

fn lenses() -> [(&'static str, Lens); 12] {
    [
        ("new", Lens::New),
        ("urgent", Lens::Urgent),
        ("topic", Lens::Topic("land".to_owned())),
        ("voice", Lens::Voice),
        ("asked", Lens::Asked),
        ("held", Lens::Held),
        ("approved", Lens::Approved),
        ("agenda", Lens::Agenda),
        ("merged", Lens::Merged),
        ("rejected", Lens::Rejected),
        ("all", Lens::All),
        ("found", Lens::Found(vec![9, 7])),
    ]
}

fn audiences() -> [(&'static str, Audience); 6] {
    [
        ("everyone", Audience::Everyone),
        ("coming", Audience::Coming),
        ("undecided", Audience::Undecided),
        ("silent", Audience::Silent),
        ("place", Audience::Place("kandal".to_owned())),
        ("topic", Audience::Topic("land".to_owned())),
    ]
}

/// Every place at a desk, with every variant of what it holds.
pub(crate) fn desks() -> Vec<(String, Desk)> {
    let seen = Stamp {
        status: Status::NotReached,
        past: 3,
        asked: true,
    };
    let inviting = |whom| Inviting {
        whom,
        uses: 5,
        days: Some(30),
    };
    let mut desks = vec![
        ("concerns", Desk::Concerns(ConcernDesk::Concerns)),
        ("topics", Desk::Concerns(ConcernDesk::Topics)),
        ("searching", Desk::Concerns(ConcernDesk::Searching)),
        (
            "card",
            Desk::Concerns(ConcernDesk::Card {
                lens: Lens::New,
                id: 9,
                seen,
            }),
        ),
        (
            "merging",
            Desk::Concerns(ConcernDesk::Merging {
                lens: Lens::All,
                id: 9,
                seen,
                offered: vec![7, 8],
            }),
        ),
        ("announce", Desk::Announce(AnnounceDesk::Announce)),
        (
            "announce-by-place",
            Desk::Announce(AnnounceDesk::AnnounceBy(Wish::Place)),
        ),
        (
            "announce-by-topic",
            Desk::Announce(AnnounceDesk::AnnounceBy(Wish::Topic)),
        ),
        (
            "preview",
            Desk::Announce(AnnounceDesk::Preview {
                audience: Audience::Coming,
                words: Words::Text("ជំនួប\nA meeting".to_owned()),
                sure: true,
            }),
        ),
        (
            "preview-meeting",
            Desk::Announce(AnnounceDesk::Preview {
                audience: Audience::Everyone,
                words: Words::Meeting(Box::new(Some(meeting())), Box::new(meeting())),
                sure: false,
            }),
        ),
        (
            "preview-first-meeting",
            Desk::Announce(AnnounceDesk::Preview {
                audience: Audience::Everyone,
                words: Words::Meeting(Box::new(None), Box::new(meeting())),
                sure: false,
            }),
        ),
        (
            "invite",
            Desk::Invite(InviteDesk::Invite(inviting(Whom::Any))),
        ),
        (
            "invite-one",
            Desk::Invite(InviteDesk::Invite(Inviting {
                days: None,
                ..inviting(Whom::Organisation(3))
            })),
        ),
        (
            "invite-each",
            Desk::Invite(InviteDesk::Invite(inviting(Whom::Each(vec![3, 4])))),
        ),
        (
            "invite-missing",
            Desk::Invite(InviteDesk::Invite(inviting(Whom::Missing))),
        ),
        (
            "invite-whom",
            Desk::Invite(InviteDesk::InviteWhom(inviting(Whom::Any), vec![3])),
        ),
        (
            "invite-list",
            Desk::Invite(InviteDesk::InviteList(inviting(Whom::Any))),
        ),
        ("invitations", Desk::Invite(InviteDesk::Invitations(2))),
        ("invitation", Desk::Invite(InviteDesk::Invitation(7))),
        (
            "organisations",
            Desk::Organisations(OrganisationDesk::Organisations {
                found: None,
                page: 1,
            }),
        ),
        (
            "organisations-found",
            Desk::Organisations(OrganisationDesk::Organisations {
                found: Some(vec![3, 4]),
                page: 0,
            }),
        ),
        (
            "organisation",
            Desk::Organisations(OrganisationDesk::Organisation(3)),
        ),
        (
            "renaming",
            Desk::Organisations(OrganisationDesk::Renaming(3)),
        ),
        (
            "merging-organisation",
            Desk::Organisations(OrganisationDesk::MergingOrganisation(3, vec![4])),
        ),
        (
            "merge-organisations-really",
            Desk::Organisations(OrganisationDesk::MergeOrganisationsReally(3, 4)),
        ),
        ("people", Desk::People(PeopleDesk::People)),
        ("colleague", Desk::People(PeopleDesk::Colleague(12))),
        ("audit", Desk::People(PeopleDesk::Audit(1))),
        (
            "meeting",
            Desk::Meeting(MeetingDesk::Meeting(Box::new(editing()))),
        ),
    ]
    .into_iter()
    .map(|(name, desk)| (name.to_owned(), desk))
    .collect::<Vec<_>>();
    for (name, lens) in lenses() {
        desks.push((
            format!("list-{name}"),
            Desk::Concerns(ConcernDesk::List { lens, page: 2 }),
        ));
    }
    for (name, wanted) in [
        ("reason", Wanted::Reason),
        ("question", Wanted::Question),
        ("spoken", Wanted::Spoken(31)),
    ] {
        let words = Desk::Concerns(ConcernDesk::Words {
            lens: Lens::Voice,
            id: 9,
            seen,
            wanted,
        });
        desks.push((format!("words-{name}"), words));
    }
    for (name, audience) in audiences() {
        desks.push((
            format!("announcing-{name}"),
            Desk::Announce(AnnounceDesk::Announcing(audience)),
        ));
    }
    for role in Role::ALL {
        desks.push((
            format!("offering-{}", role.id()),
            Desk::People(PeopleDesk::Offering(role)),
        ));
    }
    for (name, field) in [
        ("title", Field::Title),
        ("days", Field::Days),
        ("place", Field::Place),
        ("deadline", Field::Deadline),
        ("capacity", Field::Capacity),
        ("people", Field::People),
        ("zone", Field::Zone),
    ] {
        let desk = Desk::Meeting(MeetingDesk::MeetingField(Box::new(editing()), field));
        desks.push((format!("meeting-field-{name}"), desk));
    }
    desks
}

#[test]
fn a_person_at_every_desk() {
    let person = |role, state| Person {
        muted: false,
        number: 12,
        chat: ChatId(5_000_000_001),
        language: Some(english()),
        membership: None,
        role: Some(role),
        called: Some("The one with the list".to_owned()),
        unreachable: false,
        screen: 70_000,
        shown_in: Some(MessageId(44)),
        state,
        invitation: None,
        wrong_links: WrongLinks::default(),
        told_away: false,
        follows: Default::default(),
    };
    for (name, desk) in self::desks() {
        let state = State::Visit {
            kept: None,
            visit: Visit::Desk(desk),
        };
        check(
            3,
            &format!("person-desk-{name}"),
            &person(Role::Owner, state),
        );
    }
    let state = || State::Menu { kept: None };
    check(3, "person-organiser", &person(Role::Organiser, state()));
    check(3, "person-auditor", &person(Role::Auditor, state()));
    let correcting = State::Visit {
        kept: Some(draft()),
        visit: Visit::Correcting {
            id: 9,
            attachment: 31,
        },
    };
    let member = Person {
        membership: Some(Membership {
            organisation: 3,
            agreed_at: instant(),
            invitation: None,
        }),
        called: None,
        ..person(Role::Organiser, correcting)
    };
    check(3, "person-visit-correcting", &member);
}

#[test]
fn what_release_3_added_to_other_kinds() {
    let at = instant();
    let meta = Meta {
        layout: 1,
        group: Some(Group {
            since: None,
            chat: ChatId(-1_000_000_000_123),
            language: Some(khmer()),
        }),
        audit: audit::Head {
            count: 31,
            hash: [7; 32],
        },
        ..Meta::default()
    };
    check(3, "meta", &meta);
    let concern = Concern {
        let_in_at: None,
        id: 9,
        receipt: Receipt::from_random(0x1234_5678_9ABC_DEF0),
        organisation: 3,
        author: 12,
        submitted_at: at,
        status: Status::Merged,
        disclosure: Disclosure::Named,
        answers: answers(),
        vouched: false,
        into: Some(8),
        before: Some(Status::Agenda),
        reason: None,
        past: 0,
        open_question: None,
        dealt_with_at: None,
        carried_from: None,
        begun_at: None,
    };
    check(3, "concern-merged", &concern);
    let question = |by| Past::Question {
        at,
        text: "Since when?".to_owned(),
        answer: None,
        by,
    };
    check(3, "past-question-by", &question(Some(12)));
    check(3, "past-question-by-nobody", &question(None));
    let attachment = |by, approved| Attachment {
        id: 31,
        concern: 9,
        organisation: 3,
        sent_as: SentAs::Voice,
        whereabouts: Whereabouts::Refused,
        transcript: Some(Transcript {
            text: "ជញ្ជាំង\nA wall".to_owned(),
            by,
            at,
            approved,
        }),
    };
    check(3, "attachment-written-down", &attachment(Some(12), false));
    check(3, "attachment-by-its-author", &attachment(None, true));
    let invitation = Invitation {
        id: 7,
        organisation: None,
        uses_left: 1,
        expires_at: Some(at),
        revoked: false,
        role: Some(Role::Auditor),
        called: Some("Whoever checks".to_owned()),
    };
    check(3, "invitation-role", &invitation);
    check(3, "meeting-zone", &meeting());
}

#[test]
fn a_row_of_what_release_3_added() {
    let row = |effect| Row {
        id: RowId {
            event: 98,
            index: 1,
        },
        chat: ChatId(5_000_000_001),
        person: 12,
        stranger: false,
        lane: Lane::Bulk,
        announcement: None,
        effect,
    };
    let announced = Row {
        announcement: Some(40),
        ..row(Effect::Send {
            body: Body::from(Html::text("ជំនួប")),
            clears: false,
            weight: Weight::Lasting,
        })
    };
    check(3, "row-announced", &announced);
    let stats = Effect::Digest(Request {
        edition: Edition::Organisers,
        format: Format::Stats,
        language: english(),
        filter: Filter::default(),
        part: None,
    });
    check(3, "row-digest-stats", &row(stats));
    for (name, late) in [
        (
            "card",
            Late::Card {
                concern: 9,
                stands: true,
            },
        ),
        (
            "report",
            Late::Report {
                announcement: 40,
                stands: false,
            },
        ),
        ("file", Late::File(31)),
        (
            "links",
            Late::Links {
                random: (u64::MAX, 1),
                first: 7,
                count: 2,
            },
        ),
    ] {
        check(3, &format!("row-late-{name}"), &row(Effect::Late(late)));
    }
}

#[test]
fn the_kinds_that_release_3_added() {
    for (name, audience) in audiences() {
        let announcement = Announcement {
            id: 40,
            by: 12,
            at: instant(),
            audience,
            text: "ជំនួប\nA meeting".to_owned(),
            stopped: false,
            people: 540,
            tally: Tally::default(),
            report: None,
            reported: 0,
            report_waits: true,
        };
        check(3, &format!("announcement-{name}"), &announcement);
        if name == "everyone" {
            let stopped = Announcement {
                stopped: true,
                tally: Tally {
                    sent: 400,
                    unreachable: 3,
                    stopped: 37,
                },
                report: Some(MessageId(44)),
                reported: 432,
                report_waits: false,
                ..announcement
            };
            check(3, "announcement-stopped", &stopped);
        }
    }
    let card = Card {
        concern: 9,
        chat: ChatId(-1_000_000_000_123),
        message: MessageId(44),
        elsewhere: vec![(ChatId(-100), MessageId(4))],
    };
    check(3, "card", &card);
    let (entries, _) = written();
    for entry in entries {
        let deed = serde_json::to_value(entry.deed).unwrap();
        let name = deed.as_str().map(str::to_owned);
        let name = name.unwrap_or_else(|| deed.as_object().unwrap().keys().next().unwrap().clone());
        // Later releases have added deeds at the end.
        let release = match entry.place {
            ..46 => 3,
            46 => 4,
            47 => 6,
            48..60 => 7,
            _ => 8,
        };
        check(release, &format!("audit-{:02}-{name}", entry.place), &entry);
    }
}

/// What was written before a field was there reads as if it said nothing there.
#[test]
fn what_older_records_do_not_say_has_a_default() {
    fn read<R: Record>(release: u8, name: &str) -> R {
        let bytes = bytes_of(release, name);
        let (version, bytes) = match release {
            1 => (1, bytes.as_slice()),
            _ => (bytes[0], &bytes[1..]),
        };
        assert!(version < R::VERSION, "{name} is of version {version}");
        record::decode(version, bytes).unwrap()
    }
    for release in [1, 2] {
        let meta: Meta = read(release, "meta");
        assert_eq!((meta.group, meta.audit), (None, audit::Head::default()));
    }
    for (release, name) in [(1, "person-menu"), (2, "person-revising")] {
        assert_eq!(read::<Person>(release, name).called, None);
    }
    for (release, name) in [(1, "concern-merged-named"), (2, "concern")] {
        assert_eq!(read::<Concern>(release, name).before, None);
    }
    let Past::Question { by, .. } = read(2, "past-question") else {
        panic!("no question")
    };
    assert_eq!(by, None);
    assert_eq!(read::<Attachment>(2, "attachment-here").transcript, None);
    let invitation: Invitation = read(2, "invitation");
    assert_eq!((invitation.role, invitation.called), (None, None));
    assert_eq!(read::<Meeting>(2, "meeting").zone, None);
    for (release, name) in [(1, "row-send"), (2, "row-my-data")] {
        assert_eq!(read::<Row>(release, name).announcement, None);
    }
}

/// A meeting that is being changed.
fn editing() -> Editing {
    Editing {
        before: Some(meeting()),
        after: Meeting {
            capacity: None,
            ..meeting()
        },
    }
}
