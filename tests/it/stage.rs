//! A batch in the making: what it shows, what it lets in, what it leaves behind; and a store of an older layout.

use std::collections::BTreeMap;

use jiff::Timestamp;
use samleng::dialogue::{Body, Change, Effect, Membership, Outcome, Person, Weight, World as _};
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, Attachment, ChatId, Concern, Disclosure, Localised, MessageId, Organisation,
    Part, PartContent, Receipt, Report, SentAs, Status, Whereabouts,
};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::{Batch, Kv as _, KvError};
use samleng::store::memory_kv::{Call, Fault, Lasting, MemoryKv, Moment};
use samleng::store::record::{self, Record};
use samleng::store::seal::Sealer;
use samleng::store::{Row, Stage, Store, StoreError};
use samleng::text::Html;
use samleng::text::clean::fold;

use crate::in_memory::{english, khmer};
use crate::records::bytes_of;

const CHAT: ChatId = ChatId(5_000_000_001);

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn key() -> MasterKey {
    MasterKey::from_env_value(&"6b".repeat(32)).unwrap()
}

fn store(disk: &MemoryKv) -> Store {
    Store::unlock(Box::new(disk.clone()), key(), &Epoch::random().unwrap()).unwrap()
}

fn organisation(id: u64, name: &str) -> Organisation {
    Organisation {
        id,
        name: Localised::same([english(), khmer()], name),
        place: "kandal".to_owned(),
        verified: false,
        number: Some(format!("N-{id}")),
        suspended: false,
    }
}

fn concern(id: u64, words: &str) -> Concern {
    let text = |text: &str| Answer::Text {
        text: text.to_owned(),
        source: MessageId(6),
    };
    let story = Answer::Story(vec![Part {
        source: MessageId(7),
        content: PartContent::Text(words.to_owned()),
    }]);
    Concern {
        status: Status::Approved,
        disclosure: Disclosure::Named,
        ..Concern::new(
            id,
            Receipt::from_random(id),
            3,
            12,
            now(),
            Answers(BTreeMap::from([
                (
                    question::TOPIC.to_owned(),
                    Answer::Choice {
                        id: "land".to_owned(),
                        source: None,
                    },
                ),
                (question::TITLE.to_owned(), text("A wall")),
                (question::STORY.to_owned(), story),
            ])),
        )
    }
}

fn large(id: u64) -> Concern {
    concern(id, &"ក".repeat(30_000))
}

fn outcome(person: Person) -> Outcome {
    let body = Body::from(Html::text("said"));
    Outcome {
        person: Some(person),
        effects: vec![Effect::Send {
            body,
            clears: false,
            weight: Weight::Lasting,
        }],
        notices: Vec::new(),
    }
}

fn member(number: u64, chat: ChatId) -> Person {
    Person {
        membership: Some(Membership {
            organisation: 3,
            agreed_at: now(),
            invitation: None,
        }),
        ..Person::new(number, chat)
    }
}

fn commit(store: &mut Store, change: impl FnOnce(&mut Stage<'_>)) {
    let mut stage = Stage::new(store, now()).unwrap();
    change(&mut stage);
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
}

fn is_too_large(error: &StoreError) -> bool {
    matches!(error, StoreError::Kv(KvError::TooLarge(_)))
}

#[test]
fn an_event_enters_whole_or_not_at_all() {
    let disk = MemoryKv::new();
    let mut store = store(&disk);
    // The index is there already and would be changed.
    commit(&mut store, |stage| {
        assert!(stage.organisations_like("Lotus Pond").is_empty());
    });
    let mut stage = Stage::new(&store, now()).unwrap();
    let first = organisation(3, "Heron Marsh Circle");
    stage.change(Change::Organisation(first.clone()));
    let taken = stage.apply(CHAT, outcome(member(12, CHAT))).unwrap();
    assert_eq!(taken, 1);

    stage.change(Change::Organisation(organisation(
        4,
        "Lotus Pond Association",
    )));
    stage.change(Change::Concern(Box::new(large(9))));
    stage.change(Change::Concern(Box::new(concern(10, "since May"))));
    stage.change(Change::OwnerClaimed);
    stage.change(Change::Forgotten(CHAT));
    let other = ChatId(6_000_000_002);
    let error = stage.apply(other, outcome(member(13, other))).unwrap_err();
    assert!(is_too_large(&error), "{error}");
    // What comes after it enters again.
    let third = ChatId(7_000_000_003);
    stage.apply(third, outcome(member(14, third))).unwrap();
    let finished = stage.finish().unwrap();
    assert_eq!(finished.rows.len(), 2);
    let (rows, aftermath) = store.commit(finished).unwrap();
    assert!(rows.iter().all(|row| row.chat != other));
    assert!(aftermath.forgotten.is_empty());

    let stage = Stage::new(&store, now()).unwrap();
    assert!(!stage.meta.has_owner);
    assert_eq!(stage.meta.erased_since, None);
    let organisations: Vec<Organisation> = store.all().unwrap();
    assert_eq!(organisations, [first]);
    assert!(store.all::<Concern>().unwrap().is_empty());
    assert_eq!(store.all::<Row>().unwrap().len(), 2);
    assert!(stage.person(13).is_none());
    assert!(stage.organisation_numbered("N-4").is_none());
    assert!(stage.concerns_by(12).is_empty());
    assert!(stage.concern_of(Receipt::from_random(10)).is_none());
    let members: Vec<u64> = stage.members(3).iter().map(|p| p.number).collect();
    assert_eq!(members, [12, 14]);
    assert!(
        stage
            .organisations_like("Lotus Pond Association")
            .is_empty()
    );
    assert!(stage.glances().is_empty());
    stage.checked().unwrap();
}

#[test]
fn a_step_reads_what_it_wrote_and_what_its_batch_wrote() {
    let disk = MemoryKv::new();
    let store = store(&disk);
    let mut stage = Stage::new(&store, now()).unwrap();
    let person = stage.person_in(CHAT).unwrap();
    let number = person.number;
    stage.change(Change::Organisation(organisation(3, "Heron Marsh Circle")));
    let mine = Concern {
        author: number,
        ..concern(9, "since May")
    };
    stage.change(Change::Concern(Box::new(mine.clone())));
    // Within the step.
    assert_eq!(stage.concerns_by(number), std::slice::from_ref(&mine));
    assert_eq!(stage.concern_of(mine.receipt), Some(mine.clone()));
    let found = stage.organisation_named(&fold("heron marsh circle"));
    assert_eq!(found.map(|found| found.id), Some(3));
    stage.apply(CHAT, outcome(member(number, CHAT))).unwrap();
    // Within the batch.
    assert_eq!(stage.person_in(CHAT).unwrap(), member(number, CHAT));
    assert_eq!(stage.members(3), [member(number, CHAT)]);
    assert_eq!(stage.concerns_by(number), std::slice::from_ref(&mine));
    // A step that is disregarded takes nothing of the others with it.
    stage.change(Change::Withdrawn(Box::new(mine.clone().withdrawn())));
    assert_eq!(stage.concern(9).unwrap().status, Status::Withdrawn);
    stage.disregard();
    assert_eq!(stage.concern(9), Some(mine));
    // And on the disk is nothing before the commit.
    drop(stage);
    assert!(store.all::<Person>().unwrap().is_empty());
    assert!(store.all::<Concern>().unwrap().is_empty());
}

#[test]
fn a_renamed_organisation_is_found_by_its_new_name_alone() {
    let disk = MemoryKv::new();
    let mut store = store(&disk);
    let named = |store: &Store, name: &str| {
        let stage = Stage::new(store, now()).unwrap();
        stage.organisation_named(&fold(name)).map(|found| found.id)
    };
    commit(&mut store, |stage| {
        stage.change(Change::Organisation(organisation(3, "Heron Marsh Circle")));
    });
    commit(&mut store, |stage| {
        stage.change(Change::Organisation(organisation(3, "Kingfisher Union")));
    });
    assert_eq!(named(&store, "Heron Marsh Circle"), None);
    assert_eq!(named(&store, "KINGFISHER union"), Some(3));
    // Another takes the name; renaming the first again does not take it away.
    commit(&mut store, |stage| {
        stage.change(Change::Organisation(organisation(4, "Kingfisher Union")));
    });
    commit(&mut store, |stage| {
        stage.change(Change::Organisation(organisation(
            3,
            "Lotus Pond Association",
        )));
    });
    assert_eq!(named(&store, "Kingfisher Union"), Some(4));
    assert_eq!(named(&store, "Lotus Pond Association"), Some(3));
    // The same within one batch, and an organisation that is no more is found by nothing.
    commit(&mut store, |stage| {
        stage.change(Change::Organisation(organisation(4, "Ibis Club")));
        stage.change(Change::NoOrganisation(3));
    });
    assert_eq!(named(&store, "Kingfisher Union"), None);
    assert_eq!(named(&store, "Ibis Club"), Some(4));
    assert_eq!(named(&store, "Lotus Pond Association"), None);
    let stage = Stage::new(&store, now()).unwrap();
    assert_eq!(stage.organisation_numbered("N-3"), None);
}

#[test]
fn the_index_follows_commits_and_no_others() {
    let disk = MemoryKv::new();
    let mut store = store(&disk);
    let like = |store: &Store| {
        let stage = Stage::new(store, now()).unwrap();
        let like = stage.organisations_like("Lotus Pond Association");
        let glances = stage.glances().into_iter();
        let glances: Vec<(u64, Status)> = glances.map(|g| (g.id, g.status)).collect();
        (like, glances, stage.search("wall may", 9))
    };
    assert_eq!(like(&store), (vec![], vec![], vec![]));
    let made = |stage: &mut Stage<'_>| {
        let lotus = organisation(3, "Lotus Pond Association");
        stage.change(Change::Organisation(lotus));
        stage.change(Change::Concern(Box::new(concern(9, "since May"))));
    };
    // On the stage alone it is not found by likeness; nor after a commit that failed.
    let mut stage = Stage::new(&store, now()).unwrap();
    made(&mut stage);
    assert!(
        stage
            .organisations_like("Lotus Pond Association")
            .is_empty()
    );
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    disk.fail(Fault {
        call: Call::Commit,
        nth: disk.calls().commits + 1,
        lasting: Lasting::Once,
        moment: Moment::BeforeApplying,
        error: KvError::TooLarge(1),
    });
    assert!(store.commit(finished).is_err());
    assert_eq!(like(&store), (vec![], vec![], vec![]));
    commit(&mut store, made);
    let there = |status| vec![(9, status)];
    assert_eq!(like(&store), (vec![3], there(Status::Approved), vec![9]));
    let glance = |store: &Store| Stage::new(store, now()).unwrap().glances().remove(0);
    assert_eq!(glance(&store).topic, "land");
    commit(&mut store, |stage| {
        stage.change(Change::NoOrganisation(3));
        let gone = concern(9, "since May").withdrawn();
        stage.change(Change::Withdrawn(Box::new(gone)));
    });
    // That it was there is known, and nothing of what it said.
    assert_eq!(like(&store), (vec![], there(Status::Withdrawn), vec![]));
    let glance = glance(&store);
    assert_eq!((glance.topic, glance.place), Default::default());
    assert_eq!((glance.urgency, glance.voices), Default::default());
}

/// What release 1 wrote into a store: version 1 of its records, and of the pointers those to names and receipts.
#[test]
fn a_store_of_the_older_layout_gets_its_pointers_anew() {
    let disk = MemoryKv::new();
    let epoch = Epoch::random().unwrap();
    let keys = key().derive(&epoch);
    let sealer = Sealer::new(&keys.seal, &keys.index);
    drop(Store::unlock(Box::new(disk.clone()), key(), &epoch).unwrap());

    let mut batch = Batch::new();
    let mut put = |prefix: u8, rest: &[u8], file: &str| {
        let mut key = vec![prefix];
        key.extend(rest);
        batch.put(key.clone(), sealer.seal(&key, 1, &bytes_of(1, file)));
    };
    let concern: Concern = record::decode(1, &bytes_of(1, "concern-new-named")).unwrap();
    let known: Organisation = record::decode(1, &bytes_of(1, "organisation")).unwrap();
    let person: Person = record::decode(1, &bytes_of(1, "person-menu-kept")).unwrap();
    let hashed = |prefix: u8, what: &[u8]| sealer.index(prefix, what);
    put(b'm', &[], "meta");
    put(
        b'p',
        &hashed(b'p', &person.chat.0.to_be_bytes()),
        "person-menu-kept",
    );
    put(b'o', &known.id.to_be_bytes(), "organisation");
    put(b's', &concern.id.to_be_bytes(), "concern-new-named");
    let receipt = concern.receipt.to_string();
    put(b'r', &hashed(b'r', receipt.as_bytes()), "receipt-of");
    let english_name = fold(known.name.get(english()));
    put(
        b'n',
        &hashed(b'n', english_name.as_bytes()),
        "organisation-name",
    );
    // What release 7 kept by organisation.
    let old: Report = record::decode(1, &bytes_of(7, "report-partly")[1..]).unwrap();
    let by_organisation = [old.promise.to_be_bytes(), old.organisation.to_be_bytes()].concat();
    let sealed_by = [vec![b'H'], by_organisation].concat();
    // A name that nobody has any more.
    put(
        b'n',
        &hashed(b'n', b"heron marsh circle"),
        "organisation-name",
    );
    let sealed = sealer.seal(&sealed_by, 1, &bytes_of(7, "report-partly")[1..]);
    batch.put(sealed_by, sealed);
    // Another that came later and has the same name by now, and a file, both written since.
    let namesake = Organisation {
        id: known.id + 1,
        ..known.clone()
    };
    let file = Attachment {
        id: 7,
        concern: concern.id,
        organisation: concern.organisation,
        sent_as: SentAs::Photo,
        whereabouts: Whereabouts::Refused,
        transcript: None,
    };
    for (prefix, id, version, bytes) in [
        (
            b'o',
            namesake.id,
            Organisation::VERSION,
            record::encode(&namesake),
        ),
        (b'f', file.id, Attachment::VERSION, record::encode(&file)),
    ] {
        let key = [&[prefix], &id.to_be_bytes()[..]].concat();
        batch.put(key.clone(), sealer.seal(&key, version, &bytes.unwrap()));
    }
    disk.clone().commit(batch).unwrap();

    let store = Store::unlock(Box::new(disk.clone()), key(), &epoch).unwrap();
    assert_eq!(store.meta().unwrap().layout, record::LAYOUT);
    let stage = Stage::new(&store, now()).unwrap();
    assert_eq!(stage.report(old.promise, old.person), Some(old.clone()));
    assert_eq!(stage.reports(old.promise), [old]);
    assert_eq!(stage.members(known.id), std::slice::from_ref(&person));
    assert_eq!(stage.person(person.number), Some(person.clone()));
    assert_eq!(
        stage.concerns_by(person.number),
        std::slice::from_ref(&concern)
    );
    // The file of the receipt pointed elsewhere.
    assert_eq!(stage.concern_of(concern.receipt), Some(concern.clone()));
    for name in known.name.all() {
        assert_eq!(stage.organisation_named(&fold(name)), Some(known.clone()));
    }
    assert_eq!(stage.organisation_named("heron marsh circle"), None);
    assert_eq!(stage.organisation(namesake.id), Some(namesake));
    assert_eq!(stage.attachments(concern.id), [file]);
    stage.checked().unwrap();
    drop(stage);

    // Once is enough.
    let commits = disk.calls().commits;
    let again = Store::unlock(Box::new(disk.reopen()), key(), &epoch).unwrap();
    assert_eq!(disk.calls().commits, commits);
    assert_eq!(again.all::<Person>().unwrap(), [person]);
    assert_eq!(Person::VERSION, 6, "what is written now is newer");
}
