//! What release 2 added.

use super::*;

/// What release 2 added: to a person, to every kind that was there, and new kinds.
#[test]
fn a_person_as_of_release_2() {
    let person = |state| Person {
        muted: false,
        number: 12,
        chat: ChatId(5_000_000_001),
        language: Some(khmer()),
        membership: Some(Membership {
            organisation: 3,
            agreed_at: instant(),
            invitation: Some(7),
        }),
        role: None,
        called: None,
        unreachable: false,
        screen: 70_000,
        shown_in: None,
        state,
        invitation: Some(8),
        wrong_links: WrongLinks {
            count: 4,
            closed_until: Some(instant()),
        },
        told_away: false,
        follows: Default::default(),
    };
    let agreed_at = instant();
    let draft = Draft {
        revises: Some(9),
        beneath: Some(Box::new(draft())),
        ..draft()
    };
    let states = [
        ("uninvited", State::Uninvited),
        (
            "confirm",
            State::Confirm {
                agreed_at,
                organisation: 3,
            },
        ),
        (
            "choosing",
            State::Choosing {
                agreed_at,
                name: "Lotus".to_owned(),
                source: MessageId(4),
                offered: vec![3, 4, 5],
            },
        ),
        (
            "province-known",
            State::Province {
                agreed_at,
                name: "Lotus".to_owned(),
                source: MessageId(4),
                organisation: Some(3),
            },
        ),
        (
            "close",
            State::Close {
                draft: draft.clone(),
                close: vec![1, 2],
            },
        ),
        ("revising", State::Review { draft }),
    ];
    for (name, state) in states {
        check(2, &format!("person-{name}"), &person(state));
    }
    let shared = Visit::Shared {
        topic: Some("land".to_owned()),
        at: None,
        page: 2,
    };
    let by_place = Visit::Shared {
        topic: None,
        at: Some("kandal".to_owned()),
        page: 0,
    };
    let visits = [
        ("mine", Visit::Mine { page: 3 }),
        ("concern", Visit::Concern { id: 9 }),
        ("noting", Visit::Noting { id: 9 }),
        ("answering", Visit::Answering { id: 9 }),
        ("withdrawing", Visit::Withdrawing { id: 9 }),
        ("topics", Visit::Topics),
        ("places", Visit::Places),
        ("shared", shared.clone()),
        ("shared-place", by_place),
        (
            "other",
            Visit::Other {
                id: 9,
                from: Box::new(shared),
            },
        ),
        ("meeting", Visit::Meeting),
        (
            "rsvp",
            Visit::Rsvp {
                meeting: 5,
                days: [(date(17), true), (date(18), false)].into(),
            },
        ),
        ("forgetting", Visit::Forgetting),
    ];
    for (name, visit) in visits {
        let kept = (name == "mine").then(|| Draft {
            revises: None,
            beneath: None,
            begun_at: instant(),
            answers: answers(),
        });
        let state = State::Visit { kept, visit };
        check(2, &format!("person-visit-{name}"), &person(state));
    }
}

fn date(day: i8) -> jiff::civil::Date {
    jiff::civil::date(2027, 1, day)
}

#[test]
fn what_release_2_added_to_other_kinds() {
    let mut answers = answers();
    if let Some(Answer::Story(parts)) = answers.0.get_mut("story") {
        parts[1].content.file_mut().unwrap().kept = Some(31);
    }
    let concern = Concern {
        let_in_at: None,
        id: 9,
        receipt: Receipt::from_random(0x1234_5678_9ABC_DEF0),
        organisation: 3,
        author: 12,
        submitted_at: instant(),
        status: Status::Merged,
        disclosure: Disclosure::Unnamed,
        answers: answers.clone(),
        vouched: true,
        into: Some(8),
        before: None,
        reason: Some("It belongs to another ministry.".to_owned()),
        past: 3,
        open_question: Some(2),
        dealt_with_at: None,
        carried_from: None,
        begun_at: None,
    };
    check(2, "concern", &concern);
    check(2, "concern-withdrawn", &concern.withdrawn());
    let organisation = Organisation {
        id: 3,
        name: name(),
        place: String::new(),
        verified: true,
        number: Some("1027/15".to_owned()),
        suspended: true,
    };
    check(2, "organisation", &organisation);
    let meta = Meta {
        layout: 1,
        erased_since: Some(instant()),
        ..Meta::default()
    };
    check(2, "meta", &meta);
    let row = |effect| Row {
        id: RowId { event: 1, index: 0 },
        chat: ChatId(5_000_000_001),
        person: 12,
        stranger: false,
        lane: Lane::Interactive,
        announcement: None,
        effect,
    };
    let send = |weight| Effect::Send {
        body: Body::from(Html::bold("ជញ្ជាំង")),
        clears: false,
        weight,
    };
    check(2, "row-my-data", &row(Effect::MyData));
    let commands = Row {
        id: RowId {
            event: 98,
            index: 1,
        },
        ..row(Effect::Commands)
    };
    check(2, "row-commands", &commands);
    check(2, "row-send-page", &row(send(Weight::Page)));
    check(2, "row-send-screen", &row(send(Weight::Screen)));
    let at = instant();
    let version = Past::Version {
        at,
        disclosure: Disclosure::OrganisersOnly,
        answers,
    };
    let text = "ជញ្ជាំង\nA wall".to_owned();
    let note = Past::Note {
        at,
        text: text.clone(),
    };
    let question = |answer| Past::Question {
        at,
        text: text.clone(),
        answer,
        by: None,
    };
    check(2, "past-version", &version);
    check(2, "past-note", &note);
    check(2, "past-question", &question(None));
    check(2, "past-answer", &question(Some((at, text.clone()))));
}

#[test]
fn the_kinds_that_release_2_added() {
    let at = instant();
    let time = jiff::civil::time(8, 30, 0, 0);
    let days = [(17, Some(time)), (18, None)].map(|(day, time)| Day {
        date: date(day),
        time,
    });
    let meeting = Meeting {
        id: 5,
        title: name(),
        days: days.to_vec(),
        place: Some(name()),
        deadline: Some(at),
        capacity: Some(300),
        people_at_most: Some(3),

        zone: None,
    };
    check(2, "meeting", &meeting);
    let open = Meeting {
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        ..meeting
    };
    check(2, "meeting-open", &open);
    let rsvp = Rsvp {
        meeting: 5,
        organisation: 3,
        person: Some(12),
        at,
        people: [(date(17), 3), (date(18), 0)].into(),
    };
    check(2, "rsvp", &rsvp);
    let forgotten = Rsvp {
        person: None,
        ..rsvp
    };
    check(2, "rsvp-forgotten", &forgotten);
    let endorsement = Endorsement {
        concern: 9,
        organisation: 4,
        person: Some(13),
        at,
    };
    check(2, "endorsement", &endorsement);
    let invitation = Invitation {
        id: 7,
        organisation: Some(3),
        uses_left: 2,
        expires_at: Some(at),
        revoked: false,
        role: None,
        called: None,
    };
    check(2, "invitation", &invitation);
    let revoked = Invitation {
        organisation: None,
        expires_at: None,
        revoked: true,
        ..invitation
    };
    check(2, "invitation-revoked", &revoked);
    let attachment = |sent_as, whereabouts| Attachment {
        id: 31,
        concern: 9,
        organisation: 3,
        sent_as,
        whereabouts,
        transcript: None,
    };
    let file = FileRef {
        id: "AwADvoice".to_owned(),
        size: Some(20_000),
        kept: None,
    };
    let sealed = Sealed {
        name: "00ff".to_owned(),
        key: (0..32).collect(),
        kind: "jpeg".to_owned(),
        size: 19_000,
    };
    let telegram = attachment(SentAs::Voice, Whereabouts::Telegram(file));
    check(2, "attachment-telegram", &telegram);
    check(
        2,
        "attachment-here",
        &attachment(SentAs::Photo, Whereabouts::Here(sealed)),
    );
    check(
        2,
        "attachment-refused",
        &attachment(SentAs::Document, Whereabouts::Refused),
    );
    check(2, "numbered", &Numbered(3));
    check(2, "chat-of", &ChatOf(ChatId(5_000_000_001)));
    check(2, "member-of", &MemberOf(ChatId(5_000_000_001)));
    check(2, "written-by", &WrittenBy(9));
    check(2, "part-of", &PartOf(8));
    check(
        2,
        "file-of",
        &FileOf {
            id: 31,
            size: 19_000,
        },
    );
    check(2, "code-of", &CodeOf(7));
}
