//! What becomes of each kind.

use super::*;

pub(super) fn of(kinds: &Kinds, prefix: u8) -> &[Vec<u8>] {
    kinds.0.get(&prefix).map_or(&[], Vec::as_slice)
}

pub(super) fn check(seed: u64, size: u64) {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, seed, size);
    let offered = Invitation {
        id: 3_000_000,
        organisation: None,
        uses_left: 1,
        expires_at: Some(at(5_000)),
        revoked: false,
        role: Some(Role::Organiser),
        called: Some("Whoever helps".to_owned()),
    };
    everything::change(&mut store, Change::Invitation(offered.clone()));
    let code = "an-open-link".to_owned();
    let pointer = Change::InvitationCode {
        id: 3_000_000,
        code,
    };
    everything::change(&mut store, pointer);

    let was = Kinds::of(&store);
    let people: Vec<Person> = store.all().unwrap();
    let organisations: Vec<Organisation> = store.all().unwrap();
    let reports: Vec<Report> = store.all().unwrap();
    let files: Vec<Attachment> = store.all().unwrap();
    let meta = store.meta().unwrap();
    let stage = Stage::new(&store, at(100)).unwrap();
    let toll = stage.toll(&everything::left(&stage));
    drop(stage);
    let (rows, gone, forgotten) = erase(&mut store);
    let is = Kinds::of(&store);

    for (prefix, fate) in KINDS {
        let (before, after) = (of(&was, prefix), of(&is, prefix));
        let name = char::from(prefix);
        match fate {
            // Those that blank the cards are new.
            Fate::Goes if prefix == Row::PREFIX => {
                assert!(after.iter().all(|row| !before.contains(row)));
                assert_eq!(after.len(), rows.len());
            }
            Fate::Goes => assert!(after.is_empty(), "{name} is left"),
            Fate::Stays if prefix == Meta::PREFIX => {
                let now = store.meta().unwrap();
                assert_eq!((now.offset, &now.seen), (meta.offset, &meta.seen));
                assert_eq!((now.group, now.audit), (meta.group, meta.audit));
                assert!(now.next_id > meta.next_id && now.next_event > meta.next_event);
                assert_eq!(now.last_digest, meta.last_digest);
                assert!(now.erased_since.is_some());
            }
            Fate::Stays if prefix == Archive::PREFIX => {
                assert_eq!(after.len(), before.len() + 1);
                assert!(before.iter().all(|one| after.contains(one)));
            }
            // That everything was erased is remembered as well.
            Fate::Stays if prefix == Gone::PREFIX => {
                assert_eq!(after[..before.len()], *before);
                assert_eq!(after.len(), before.len() + 1);
            }
            Fate::Stays | Fate::Follows => assert_eq!(before, after, "{name}"),
            Fate::Stripped => assert!(after.len() <= before.len(), "{name}"),
        }
    }

    // People.
    let with_role = || people.iter().filter(|person| person.role.is_some());
    let left: Vec<Person> = store.all().unwrap();
    assert_eq!(left.len(), with_role().count());
    for (left, was) in left.iter().zip(with_role()) {
        let expected = Person {
            language: was.language,
            role: was.role,
            called: was.called.clone(),
            unreachable: was.unreachable,
            screen: was.screen + 1,
            state: State::Menu { kept: None },
            ..Person::new(was.number, was.chat)
        };
        assert_eq!(*left, expected);
        let stage = Stage::new(&store, at(100)).unwrap();
        assert_eq!(stage.person(was.number), Some(expected));
    }
    let shown: Vec<Shown> = store.all().unwrap();
    assert!(shown.iter().all(|s| left.iter().any(|p| p.chat == s.chat)));
    assert_eq!(shown.len(), left.len());
    for person in &people {
        assert!(forgotten.contains(&person.chat));
    }
    // Promises: what they answer is gone, and of what was said of them by those who count the counts are left.
    let promises: Vec<Promise> = store.all().unwrap();
    assert_eq!(promises.len() as u64, toll.promises);
    assert_eq!(promises.len(), of(&was, Promise::PREFIX).len());
    for promise in &promises {
        assert_eq!((promise.concern, promise.evidence.len()), (None, 0));
        let said = reports.iter().filter(|said| said.promise == promise.id);
        let known = |id| organisations.iter().find(|known| known.id == id);
        let count = said
            .filter(|said| said.counts(known(said.organisation)))
            .count();
        let places: Vec<&str> = promise.counted.keys().map(String::as_str).collect();
        assert_eq!(places, vec![""; count], "one organisation a promise");
        assert_eq!(promise.counts([], &[]).total(), count as u64);
    }
    // Organisations: those of the registry are found as before, and the others by nothing.
    let stage = Stage::new(&store, at(100)).unwrap();
    let expected: Vec<Organisation> = organisations
        .iter()
        .filter(|known| known.number.is_some())
        .map(|known| Organisation {
            verified: false,
            ..known.clone()
        })
        .collect();
    assert_eq!(stage.organisations(), expected);
    for known in &organisations {
        for name in known.name.all() {
            let same = expected
                .iter()
                .filter(|other| other.name.all().any(|n| n == name));
            let same: Vec<u64> = same.map(|other| other.id).collect();
            let found = stage.organisation_named(&fold(name)).map(|found| found.id);
            assert_eq!(found.is_some(), !same.is_empty(), "{name}");
            assert!(found.is_none_or(|found| same.contains(&found)));
        }
    }
    assert_eq!(
        store.all::<Invitation>().unwrap(),
        std::slice::from_ref(&offered)
    );
    assert_eq!(stage.invitation_of("an-open-link"), Some(offered));
    assert_eq!(stage.invitation_of("code-0"), None);
    // What is in memory only.
    assert!(stage.glances().is_empty() && stage.search("ផ្លូវ", 9).is_empty());
    stage.checked().unwrap();
    drop(stage);
    let here = files.iter().filter_map(|file| match &file.whereabouts {
        Whereabouts::Here(sealed) => Some(sealed.name.clone()),
        Whereabouts::Telegram(_) | Whereabouts::Refused => None,
    });
    assert_eq!(gone, here.collect::<Vec<_>>());

    // What was told of it before.
    let count = |prefix: u8| of(&was, prefix).len() as u64;
    assert_eq!(toll.concerns, count(Concern::PREFIX));
    assert_eq!(toll.past, count(Past::PREFIX));
    assert_eq!(toll.files, count(Attachment::PREFIX));
    assert_eq!(toll.endorsements, count(Endorsement::PREFIX));
    assert_eq!(toll.rsvps, count(Rsvp::PREFIX));
    assert_eq!(toll.reports, count(Report::PREFIX));
    assert_eq!(toll.announcements, count(Announcement::PREFIX));
    assert_eq!(toll.waiting, count(Row::PREFIX));
    assert_eq!(toll.invitations + toll.links, count(Invitation::PREFIX));
    assert_eq!(toll.people + toll.roles, people.len() as u64);
    assert_eq!(toll.roles, left.len() as u64);
    let all = toll.organisations + toll.registered;
    assert_eq!(all, organisations.len() as u64);
    assert!(toll.meeting && !toll.is_nothing());

    // Each card is blanked where it stands, and then forgotten.
    let cards: Vec<Card> = store.all().unwrap();
    assert_eq!(cards.len() as u64, size);
    blanked(&mut store, &rows);
    assert!(store.all::<Card>().unwrap().is_empty());
    let stage = Stage::new(&store, at(101)).unwrap();
    assert!(stage.toll(&everything::left(&stage)).is_nothing());
    drop(stage);

    let was = Kinds::of(&store);
    let (store, _) = done(rebuild::rebuild(&folder, store, &|| false));
    assert_eq!(Kinds::of(&store), was);
}

/// What was to be sent has been.
pub(super) fn blanked(store: &mut Store, rows: &[Row]) {
    let mut stage = Stage::new(store, at(101)).unwrap();
    for row in rows {
        let Effect::Late(Late::Card { concern, .. }) = row.effect else {
            panic!("{row:?}");
        };
        assert_eq!(row.chat, GROUP);
        stage.settle(row.id);
        stage.placed_card(concern, GROUP, MessageId(1)).unwrap();
    }
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
}
