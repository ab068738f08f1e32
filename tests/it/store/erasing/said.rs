//! A store in which everything says something that can be found again.

use super::*;

pub(in crate::store) fn words(of: &str) -> String {
    format!("{CANARY} {of}")
}

pub(super) fn same(of: &str) -> Localised {
    Localised::same([english(), khmer()], &words(of))
}

pub(in crate::store) fn told(of: &str) -> Answers {
    let file = |id: &str| FileRef {
        id: words(id),
        size: Some(9),
        kept: Some(31),
    };
    let part = |content| Part {
        source: MessageId(7),
        content,
    };
    let voice = PartContent::Voice {
        file: file("voice"),
        seconds: 42,
    };
    let story = vec![
        part(PartContent::Text(words(of))),
        part(voice),
        part(PartContent::Photo(file("photo"))),
        part(PartContent::Document(file("document"))),
    ];
    let choice = Answer::Choice {
        id: words("choice"),
        source: None,
    };
    let text = Answer::Text {
        text: words("title"),
        source: MessageId(8),
    };
    Answers(BTreeMap::from([
        (question::TOPIC.to_owned(), choice.clone()),
        (question::PLACE.to_owned(), choice),
        (question::TITLE.to_owned(), text),
        (question::STORY.to_owned(), Answer::Story(story)),
        (words("question"), Answer::Skipped),
    ]))
}

/// A store in which every field of words of every kind holds a canary.
pub(in crate::store) fn sung(store: &mut Store) {
    let mut stage = Stage::new(store, at(0)).unwrap();
    stage.change(Change::Meeting(Meeting {
        id: 5,
        title: Localised::same([english(), khmer()], "Third meeting"),
        days: vec![Day {
            date: "2027-01-17".parse().unwrap(),
            time: None,
        }],
        place: Some(same("place")),
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
    }));
    stage.change(Change::Organisation(Organisation {
        id: 3,
        name: same("organisation"),
        place: words("organisation's place"),
        verified: true,
        number: None,
        suspended: true,
    }));
    let draft = || Draft {
        begun_at: at(1),
        answers: told("draft"),
        revises: None,
        beneath: None,
    };
    let membership = || {
        Some(Membership {
            organisation: 3,
            agreed_at: at(1),
            invitation: Some(7),
        })
    };
    for (number, role, state) in [
        (
            11,
            None,
            State::Menu {
                kept: Some(draft()),
            },
        ),
        (
            12,
            Some(Role::Owner),
            State::Menu {
                kept: Some(draft()),
            },
        ),
        (
            13,
            None,
            State::Province {
                agreed_at: at(1),
                name: words("typed"),
                source: MessageId(4),
                organisation: None,
            },
        ),
    ] {
        stage.change(Change::Person(Box::new(Person {
            language: Some(english()),
            membership: membership(),
            role,
            called: role.is_none().then(|| words("called")),
            state,
            ..Person::new(number, chat(number))
        })));
        let body = Body::from(Html::text(&words("row")));
        let send = Effect::Send {
            body,
            clears: false,
            weight: Weight::Lasting,
        };
        let toast = Effect::Toast {
            query: words("query"),
            text: Some(words("toast")),
        };
        let effects = vec![send, toast];
        stage
            .send(chat(number), number, false, Lane::Bulk, effects)
            .unwrap();
    }
    stage.change(Change::Concern(Box::new(Concern {
        status: Status::Rejected,
        disclosure: Disclosure::OrganisersOnly,
        vouched: true,
        reason: Some(words("reason")),
        past: 3,
        ..Concern::new(9, Receipt::from_random(77), 3, 11, at(1), told("concern"))
    })));
    let pasts = [
        Past::Version {
            at: at(2),
            disclosure: Disclosure::Named,
            answers: told("version"),
        },
        Past::Note {
            at: at(2),
            text: words("note"),
        },
        Past::Question {
            at: at(2),
            text: words("asked"),
            answer: Some((at(3), words("answered"))),
            by: Some(12),
        },
    ];
    for (place, past) in (0..).zip(pasts) {
        stage.change(Change::Past {
            concern: 9,
            place,
            past,
        });
    }
    for (id, whereabouts) in [
        (
            31,
            Whereabouts::Here(Sealed {
                name: words("name"),
                key: CANARY.as_bytes().to_vec(),
                kind: words("kind"),
                size: 9,
            }),
        ),
        (
            32,
            Whereabouts::Telegram(FileRef {
                id: words("file"),
                size: None,
                kept: None,
            }),
        ),
    ] {
        stage.change(Change::Attachment(Attachment {
            id,
            concern: 9,
            organisation: 3,
            sent_as: SentAs::Voice,
            whereabouts,
            transcript: Some(Transcript {
                text: words("spoken"),
                by: Some(12),
                at: at(3),
                approved: true,
            }),
        }));
    }
    // Taken back, used up, for anybody: none of them is an open link of a role.
    for (id, role, uses_left, revoked) in [
        (7, None, 3, false),
        (8, Some(Role::Owner), 0, false),
        (9, Some(Role::Owner), 1, true),
    ] {
        stage.change(Change::Invitation(Invitation {
            id,
            organisation: Some(3),
            uses_left,
            expires_at: None,
            revoked,
            role,
            called: Some(words("called")),
        }));
        let code = format!("code-{id}");
        stage.change(Change::InvitationCode { id, code });
    }
    stage.change(Change::Announcement(Announcement {
        id: 40,
        by: 12,
        at: at(4),
        audience: Audience::Place(words("audience")),
        text: words("announced"),
        stopped: false,
        people: 3,
        tally: Tally::default(),
        report: None,
        reported: 0,
        report_waits: false,
    }));
    stage.change(Change::Group(Some(Group {
        since: None,
        chat: GROUP,
        language: Some(khmer()),
    })));
    stage.apply_notices(Vec::new()).unwrap();
    stage.set_aside(6, &words("aside")).unwrap();
    stage.placed_card(9, GROUP, MessageId(900)).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
}
