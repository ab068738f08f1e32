//! The erasure of everything about people: every kind is named, and becomes what is said of it; nothing that anybody said can
//! be read afterwards, even with the key; it happens whole or not at all, or is still due.

mod kinds;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use samleng::dialogue::organising::{self, By, Order};
use samleng::dialogue::{
    Body, Change, Draft, Effect, Late, Membership, Person, State, Weight, World as _,
};
use samleng::domain::announcement::Tally;
use samleng::domain::concern::question;
use samleng::domain::{
    Announcement, Answer, Answers, Archive, Attachment, Audience, Card, ChatId, Concern, Day,
    Disclosure, Endorsement, FileRef, Group, Invitation, Localised, Meeting, MessageId,
    Organisation, Part, PartContent, Past, Promise, Receipt, Report, Role, Rsvp, Sealed, SentAs,
    Status, Transcript, Whereabouts,
};
use samleng::store::erasures::Gone;
use samleng::store::kv::KvError;
use samleng::store::memory_kv::{Call, Fault as DiskFault, Lasting, MemoryKv, Moment};
use samleng::store::record::{Meta, Record, Shown};
use samleng::store::stage::{Fate, KINDS};
use samleng::store::{Lane, Row, Stage, Store, rebuild};
use samleng::text::Html;
use samleng::text::clean::fold;

use self::kinds::check;
use self::said::same;
pub(super) use self::said::{sung, told, words};
use super::everything::{self, CANARY, GROUP, Kinds, at, chat};
use super::rebuild::{done, made, master, raw};
use crate::in_memory::{english, forum, khmer};

#[test]
fn every_kind_is_named_once() {
    let named: BTreeSet<u8> = KINDS.iter().map(|(prefix, _)| *prefix).collect();
    assert_eq!(named.len(), KINDS.len(), "one is named twice");
    assert_eq!(named, everything::prefixes(), "a kind is forgotten");
}

fn archive(id: u64) -> Archive {
    Archive {
        id,
        ..Archive::default()
    }
}

/// Erases everything; the rows that are to be sent then, and the names of the files that go.
fn erase(store: &mut Store) -> (Vec<Row>, Vec<String>, BTreeSet<ChatId>) {
    let mut stage = Stage::new(store, at(100)).unwrap();
    let id = stage.fresh_id();
    let erased = everything::erased(&stage, archive(id));
    stage.change(erased);
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    let (rows, aftermath) = store.commit(finished).unwrap();
    let forgotten = aftermath.forgotten.into_iter().collect();
    (rows, aftermath.gone, forgotten)
}

#[test]
fn each_kind_becomes_what_is_said_of_it() {
    everything::of_any_size(check);
}

#[test]
fn nobodys_words_can_be_read_with_the_key() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    sung(&mut store);
    let songs = |store: &Store| store.export().unwrap().matches(CANARY).count();
    assert!(songs(&store) > 30, "{}", songs(&store));
    erase(&mut store);
    assert_eq!(songs(&store), 0, "{}", store.export().unwrap());
    let (store, _) = done(rebuild::rebuild(&folder, store, &|| false));
    assert_eq!(songs(&store), 0);
    drop(store);
    // Every record that is on the disk, exported or not.
    let (pairs, sealer) = raw(&folder);
    let mut opened = 0;
    for (key, sealed) in &pairs {
        if let Ok((_, plain)) = sealer.open(key, sealed) {
            let text = String::from_utf8_lossy(&plain);
            assert!(!text.contains(CANARY), "{key:?}: {text}");
            opened += 1;
        }
    }
    assert!(opened + 1 >= pairs.len() && opened > 3, "{opened}");
}

/// Of two of one name the one of the registry is found once the other is gone.
#[test]
fn a_name_leads_to_whoever_stays() {
    let temporary = tempfile::tempdir().unwrap();
    let (_, mut store) = made(&temporary.path().join("data"));
    let organisation = |id: u64, number: Option<&str>| Organisation {
        id: 5_000_000 + id,
        name: Localised::same([english()], "Egret Bank Circle"),
        place: String::new(),
        verified: true,
        number: number.map(str::to_owned),
        suspended: true,
    };
    for (id, number) in [(1, Some("1")), (2, Some("2")), (3, None)] {
        everything::change(&mut store, Change::Organisation(organisation(id, number)));
    }
    assert_eq!(everything::named(&store, "Egret Bank Circle"), Some(3));
    erase(&mut store);
    assert_eq!(everything::named(&store, "Egret Bank Circle"), Some(1));
    let left: Vec<Organisation> = store.all().unwrap();
    assert!(left.iter().all(|known| known.suspended && !known.verified));
}

#[test]
fn a_commit_that_fails_leaves_all_or_nothing() {
    for (moment, happened) in [
        (Moment::BeforeApplying, false),
        (Moment::AfterApplying, true),
    ] {
        let disk = MemoryKv::new();
        let epoch = samleng::store::key::Epoch::random().unwrap();
        let open = |disk: &MemoryKv| Store::unlock(Box::new(disk.clone()), master(), &epoch);
        let mut store = open(&disk).unwrap();
        everything::fill(&mut store, 5, 20);
        let was = Kinds::of(&store);
        disk.fail(DiskFault {
            call: Call::Commit,
            nth: disk.calls().commits + 1,
            lasting: Lasting::Once,
            moment,
            error: KvError::Damaged("sick".to_owned()),
        });
        let mut stage = Stage::new(&store, at(100)).unwrap();
        let erased = everything::erased(&stage, archive(1_000_000));
        stage.change(erased);
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        assert!(store.commit(finished).is_err());
        drop(store);
        let store = open(&disk.reopen()).unwrap();
        let left = store.all::<Concern>().unwrap().len();
        if happened {
            let archives: Vec<Archive> = store.all().unwrap();
            assert!(archives.contains(&archive(1_000_000)));
            assert_eq!(left, 0);
            assert!(store.erased_since().is_some());
        } else {
            assert_eq!(Kinds::of(&store), was);
        }
    }
}

/// A card that was on its way to the group while everything was erased says what was said: it is blanked, whatever had been
/// known of it.
#[test]
fn a_card_on_its_way_is_blanked_as_well() {
    let temporary = tempfile::tempdir().unwrap();
    let (_, mut store) = made(&temporary.path().join("data"));
    sung(&mut store);
    let mut stage = Stage::new(&store, at(1)).unwrap();
    stage.no_card(9, GROUP).unwrap();
    stage
        .send(
            GROUP,
            0,
            false,
            Lane::Interactive,
            vec![Effect::Late(Late::Card {
                concern: 9,
                stands: false,
            })],
        )
        .unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
    assert!(store.all::<Card>().unwrap().is_empty());
    let (rows, _, forgotten) = erase(&mut store);
    assert!(forgotten.contains(&GROUP));
    let waits = |rows: &[Row]| {
        let card = |row: &&Row| matches!(row.effect, Effect::Late(Late::Card { concern: 9, .. }));
        rows.iter().filter(card).count()
    };
    assert_eq!(waits(&rows), 1);
    // It arrived; its row is not in the outbox any more.
    let mut stage = Stage::new(&store, at(2)).unwrap();
    stage.stray_card(9, GROUP, MessageId(77)).unwrap();
    let finished = stage.finish().unwrap();
    let (more, _) = store.commit(finished).unwrap();
    assert_eq!(waits(&more), 1);
    let card: Vec<Card> = store.all().unwrap();
    assert_eq!(card[0].message, MessageId(77));
    // Where it cannot be blanked nothing is kept of it either.
    let mut stage = Stage::new(&store, at(3)).unwrap();
    stage.row_lost(rows[0].id).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
    assert!(store.all::<Card>().unwrap().is_empty());
}

/// So many concerns of 5,000 organisations at most, each with a card in the group and three that support it.
fn many(store: &mut Store, concerns: u64) {
    for some in 0..concerns / 500 {
        let mut stage = Stage::new(store, at(0)).unwrap();
        for n in some * 500..(some + 1) * 500 {
            let part = Part {
                source: MessageId(7),
                content: PartContent::Text("ផ្លូវលិចទឹក ".repeat(30 + n as usize % 60)),
            };
            let story = Answer::Story(vec![part]);
            let choice = |id: &str| Answer::Choice {
                id: id.to_owned(),
                source: None,
            };
            let answers = BTreeMap::from([
                (question::TOPIC.to_owned(), choice("land")),
                (question::PLACE.to_owned(), choice("kandal")),
                (question::STORY.to_owned(), story),
            ]);
            stage.change(Change::Concern(Box::new(Concern {
                disclosure: Disclosure::Named,
                ..Concern::new(
                    100 + n,
                    Receipt::from_random(n * 0x9E37_79B9_7F4A),
                    1 + n % 5_000,
                    1_000_000 + n % 5_000,
                    at(1),
                    Answers(answers),
                )
            })));
            for organisation in 0..3 {
                stage.change(Change::Endorsed(Endorsement {
                    concern: 100 + n,
                    organisation,
                    person: None,
                    at: at(2),
                }));
            }
            stage
                .placed_card(100 + n, GROUP, MessageId(n as i32))
                .unwrap();
            if n < 5_000 {
                stage.change(Change::Person(Box::new(Person {
                    language: Some(english()),
                    membership: Some(Membership {
                        organisation: 1 + n,
                        agreed_at: at(1),
                        invitation: None,
                    }),
                    ..Person::new(1_000_000 + n, ChatId(10_000 + n as i64))
                })));
                stage.change(Change::Organisation(Organisation {
                    id: 1 + n,
                    name: same(&n.to_string()),
                    place: String::new(),
                    verified: true,
                    number: n.is_multiple_of(2).then(|| n.to_string()),
                    suspended: false,
                }));
            }
        }
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        store.commit(finished).unwrap();
    }
}

/// Too much for one batch: where it is cut short it is still due, and what was counted before anything went stays.
#[test]
fn one_that_is_cut_short_is_finished_and_counted_once() {
    let forum = forum();
    for nth in 1..=4 {
        let disk = MemoryKv::new();
        let epoch = samleng::store::key::Epoch::random().unwrap();
        let open = |disk: &MemoryKv| Store::unlock(Box::new(disk.clone()), master(), &epoch);
        let mut store = open(&disk).unwrap();
        many(&mut store, 1_500);
        let mut stage = Stage::new(&store, at(9)).unwrap();
        stage.change(Change::Meeting(meeting()));
        // Something is promised, of which somebody has said something already who agreed to be asked later.
        let promise = everything::promise(900_000, Some(100));
        let follower = stage.person(1_000_000).unwrap();
        stage.change(Change::Person(Box::new(Person {
            follows: BTreeMap::from([(promise.id, jiff::Timestamp::MAX)]),
            ..follower
        })));
        stage.change(Change::Report(Report {
            promise: promise.id,
            person: 1_000_000,
            organisation: 1,
            vouched: false,
            at: at(8),
            verdict: samleng::domain::promise::Verdict::Done,
            words: Vec::new(),
            photos: Vec::new(),
            place: String::new(),
        }));
        stage.change(Change::Promise(promise));
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        store.commit(finished).unwrap();
        disk.fail(DiskFault {
            call: Call::Commit,
            nth: disk.calls().commits + nth,
            lasting: Lasting::Once,
            moment: Moment::BeforeApplying,
            error: KvError::Damaged("sick".to_owned()),
        });
        let erase = |store: &mut Store| {
            let moment = samleng::dialogue::Moment {
                now: at(100),
                random: 0,
            };
            let mut stage = Stage::new(store, at(100)).unwrap();
            let order = Order::Erase;
            organising::carry_out(order, By::CommandLine, &forum, &mut stage, moment).unwrap();
            stage.apply_notices(Vec::new()).unwrap();
            let finished = stage.finish().unwrap();
            store.commit(finished).map(drop)
        };
        assert!(
            erase(&mut store).is_err(),
            "there are fewer than {nth} batches"
        );
        drop(store);
        let mut store = open(&disk.reopen()).unwrap();
        let begun = store.all::<Endorsement>().unwrap().len() < 4_500;
        assert_eq!(begun, nth > 2, "{nth}");
        assert_eq!(
            store.all::<Meeting>().unwrap().len(),
            1,
            "it is due no more"
        );
        erase(&mut store).unwrap();
        let archives: Vec<Archive> = store.all().unwrap();
        let received: Vec<u64> = archives.iter().map(|one| one.totals.received).collect();
        assert_eq!(received, [1_500], "{nth}");
        assert_eq!(store.all::<Concern>().unwrap().len(), 0);
        assert_eq!(store.all::<Meeting>().unwrap().len(), 0);
        let people: Vec<Person> = store.all().unwrap();
        let people: Vec<u64> = people.iter().map(|person| person.number).collect();
        assert_eq!(people, [1_000_000], "{nth}");
        let (promises, voices) = (store.all::<Promise>().unwrap(), store.all().unwrap());
        assert_eq!(
            (promises[0].counts([], &voices).total(), voices.len()),
            (1, 1)
        );
    }
}

fn meeting() -> Meeting {
    Meeting {
        id: 5,
        title: same("Third meeting"),
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
    }
}

/// `SAMLENG_LONG` has 20,000 concerns go instead of 2,000; how much time and memory that takes is printed.
#[test]
fn thousands_of_concerns_go() {
    let long = std::env::var_os("SAMLENG_LONG").is_some();
    let concerns = if long { 20_000 } else { 2_000 };
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    many(&mut store, concerns);
    let memory = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        line.unwrap().to_owned()
    };
    println!("before: {}", memory());
    let begun = std::time::Instant::now();
    let records = Stage::new(&store, at(9)).unwrap().records();
    println!("read: {:?}, {}", begun.elapsed(), memory());
    assert_eq!(records.concerns.len() as u64, concerns);
    drop(records);
    let begun = std::time::Instant::now();
    let (rows, _, _) = erase(&mut store);
    println!(
        "erased: {:?}, {} rows, {}",
        begun.elapsed(),
        rows.len(),
        memory()
    );
    let begun = std::time::Instant::now();
    let (store, left) = done(rebuild::rebuild(&folder, store, &|| false));
    println!(
        "rebuilt: {:?}, {left} records, {}",
        begun.elapsed(),
        memory()
    );
    assert!(store.all::<Concern>().unwrap().is_empty());
    // Every other one stands in the registry.
    let organisations = concerns.min(5_000) / 2;
    assert_eq!(
        store.all::<Organisation>().unwrap().len() as u64,
        organisations
    );
}
