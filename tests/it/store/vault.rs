//! What an open store tells of itself: what its failures mean, what is there and how much, what is found once it was opened again, and the
//! owner's link.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use samleng::dialogue::{Change, Person, World as _};
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, Attachment, ChatId, Concern, FileRef, Localised, MessageId, Organisation,
    Part, PartContent, Past, Receipt, SentAs, Whereabouts,
};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::KvError;
use samleng::store::memory_kv::MemoryKv;
use samleng::store::sled_kv::SledKv;
use samleng::store::{Stage, Store, StoreError, record};

use crate::in_memory::english;

fn key() -> MasterKey {
    MasterKey::from_env_value(&"5a".repeat(32)).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn commit(store: &mut Store, changes: Vec<Change>) {
    let mut stage = Stage::new(store, now()).unwrap();
    for change in changes {
        stage.change(change);
    }
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
}

fn organisation(id: u64) -> Organisation {
    Organisation {
        id,
        name: Localised::same([english()], &format!("Reed Circle {id}")),
        place: "kep".to_owned(),
        verified: true,
        number: Some(id.to_string()),
        suspended: false,
    }
}

/// Told by a voice note that nobody has written down.
fn concern() -> (Concern, Attachment) {
    let text = |text: &str| Answer::Text {
        text: text.to_owned(),
        source: MessageId(1),
    };
    let file = FileRef {
        id: "file".to_owned(),
        size: Some(9),
        kept: Some(60),
    };
    let story = Answer::Story(vec![Part {
        source: MessageId(2),
        content: PartContent::Voice {
            file: file.clone(),
            seconds: 9,
        },
    }]);
    let answers = BTreeMap::from([
        (
            question::TITLE.to_owned(),
            text("The ferry landing is closed"),
        ),
        (question::STORY.to_owned(), story),
    ]);
    let concern = Concern::new(50, Receipt::from_random(50), 1, 5, now(), Answers(answers));
    let voice = Attachment {
        id: 60,
        concern: 50,
        organisation: 1,
        sent_as: SentAs::Voice,
        whereabouts: Whereabouts::Telegram(file),
        transcript: None,
    };
    (concern, voice)
}

#[test]
fn whatever_but_a_record_fails_needs_the_store_opened_again() {
    let disk = KvError::Io {
        kind: io::ErrorKind::StorageFull,
        detail: String::new(),
    };
    for (error, is_final) in [
        (StoreError::Kv(disk), true),
        (StoreError::Kv(KvError::Damaged(String::new())), true),
        (StoreError::Kv(KvError::TooLarge(9)), false),
        (StoreError::WrongKey, true),
        (StoreError::Closed, true),
        (StoreError::Record(String::new()), false),
    ] {
        assert_eq!(error.is_final(), is_final, "{error}");
    }
}

#[test]
fn what_is_there_is_told_and_how_much() {
    let (disk, epoch) = (MemoryKv::new(), Epoch::random().unwrap());
    let mut store = Store::unlock(Box::new(disk.clone()), key(), &epoch).unwrap();
    // More than are read at once.
    let all = (1..=600).map(|id| Change::Organisation(organisation(id)));
    commit(&mut store, all.collect());
    assert!(store.has(&record::organisation(600)).unwrap());
    assert!(!store.has(&record::organisation(601)).unwrap());
    let contents = disk.contents().into_iter();
    let bytes: usize = contents.map(|(key, value)| key.len() + value.len()).sum();
    assert_eq!(store.bytes().unwrap(), bytes as u64);
    assert_eq!(store.key_fingerprint(), key().fingerprint());
    assert_eq!(store.on_disk(), None);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::unlock(Box::new(SledKv::open(&path).unwrap()), key(), &epoch).unwrap();
    let on_disk = std::fs::metadata(path.join("db")).unwrap().len();
    assert!(on_disk > 1);
    assert_eq!(store.on_disk(), Some(on_disk));
}

#[test]
fn once_it_was_opened_again_everything_is_found() {
    let (disk, epoch) = (MemoryKv::new(), Epoch::random().unwrap());
    let mut store = Store::unlock(Box::new(disk.clone()), key(), &epoch).unwrap();
    let (concern, voice) = concern();
    let person = Person::new(5, ChatId(7_900_000_000_005));
    let past = Past::Note {
        at: now(),
        text: "The other bank too".to_owned(),
    };
    commit(
        &mut store,
        vec![
            Change::Person(Box::new(person.clone())),
            Change::Organisation(organisation(1)),
            Change::Attachment(voice),
            Change::Concern(Box::new(concern)),
            Change::Past {
                concern: 50,
                place: 0,
                past: past.clone(),
            },
        ],
    );
    drop(store);
    let store = Store::unlock(Box::new(disk), key(), &epoch).unwrap();
    assert_eq!(store.person(person.chat).unwrap(), Some(person));
    let stage = Stage::new(&store, now()).unwrap();
    assert_eq!(stage.organisations_like("reed circle 1"), [1]);
    assert_eq!(stage.search("ferry", 9), [50]);
    let glances = stage.glances();
    assert_eq!((glances.len(), glances[0].unwritten), (1, true));
    let records = store.snapshot().unwrap().open().unwrap();
    assert_eq!(records.concerns.len(), 1);
    assert_eq!(records.organisations.len(), 1);
    assert_eq!(records.past[&50], [past]);
}

#[test]
fn the_owners_link_stays_the_same_until_another_is_wanted() {
    let (disk, epoch) = (MemoryKv::new(), Epoch::random().unwrap());
    let mut store = Store::unlock(Box::new(disk), key(), &epoch).unwrap();
    assert_eq!(store.owner_link(false, now()).unwrap(), None);
    store.keep_username("samleng_bot").unwrap();
    let link = |counter| {
        let code = key().owner_code(counter);
        Some(format!("https://t.me/samleng_bot?start={code}"))
    };
    for (fresh, counter) in [(false, 0), (false, 0), (true, 1), (false, 1)] {
        assert_eq!(store.owner_link(fresh, now()).unwrap(), link(counter));
    }
    // Each that was opened is in the log.
    let (entries, _) = store.audit().unwrap();
    assert_eq!(entries.len(), 2);
}
