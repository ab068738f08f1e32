//! Digests are made in a process of their own: what goes there and comes back, who joins whom, what is made again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use jiff::{SignedDuration, Timestamp};
use samleng::dialogue::desk::{DigestDesk, Selection};
use samleng::dialogue::{
    Action, Change, Desk, Effect, Event, Moment, Person, Press, State, Visit, World as _,
};
use samleng::digest::readers::Authority;
use samleng::digest::{Edition, Filter, Format, Request, make_frozen};
use samleng::domain::{ChatId, Concern, MessageId, Receipt, Role, Status};
use samleng::runtime::making::{Failure, Workshop};
use samleng::runtime::work::Work;
use samleng::store::folder::DataFolder;
use samleng::store::{Stage, pour};
use samleng::text::Forum;

use crate::in_memory::{MemoryWorld, english, forum};
use crate::sketches::{Sketch, instant, records};

/// A program that notes that it was started and then does this.
fn program(folder: &Path, then: &str) -> PathBuf {
    let path = folder.join("program");
    let log = folder.join("started");
    let script = format!("#!/bin/sh\necho once >> '{}'\n{then}\n", log.display());
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// How often it was started.
fn started(folder: &Path) -> usize {
    let log = fs::read_to_string(folder.join("started"));
    log.unwrap_or_default().lines().count()
}

/// This program, as the bot starts it.
fn ours(folder: &Path) -> PathBuf {
    let program_of = env!("CARGO_BIN_EXE_samleng");
    program(folder, &format!("exec '{program_of}' \"$@\""))
}

/// A data folder.
fn data(folder: &Path) -> DataFolder {
    let data = folder.join("data");
    fs::create_dir_all(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
    DataFolder::open(&data).unwrap()
}

/// A store with concerns that stand so.
fn world(statuses: &[Status]) -> MemoryWorld {
    let sketch = |status: &Status| Sketch {
        organisation: 1,
        status: Status::ALL
            .iter()
            .position(|known| known == status)
            .unwrap(),
        disclosure: 0,
        topic: 1,
        place: 2,
        urgency: None,
        has_title: true,
        day: 0,
    };
    let sketches: Vec<Sketch> = statuses.iter().map(sketch).collect();
    let records = records(&sketches, &forum());
    let mut world = MemoryWorld::default();
    let mut stage = Stage::new(&world.store, instant()).unwrap();
    for organisation in records.organisations.into_values() {
        stage.change(Change::Organisation(organisation));
    }
    for concern in records.concerns {
        stage.change(Change::Concern(Box::new(concern)));
    }
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    world.store.commit(finished).unwrap();
    world
}

/// Answers what a workshop asks of the writer; the first so many digests are out of date when they are to be kept.
fn writer(mut world: MemoryWorld, work: Receiver<Work>, mut outdated: usize) -> MemoryWorld {
    for work in work {
        if let Work::Snapshot(edition, filter, done) = work {
            let snapshot = world.store.snapshot_for(edition, &filter).unwrap();
            assert!(done.send(Ok((snapshot, instant()))).is_ok());
        } else if let Work::Freeze(freeze, done) = work {
            let is_outdated = outdated > 0;
            outdated -= usize::from(is_outdated);
            let kept = !is_outdated && world.store.freeze(&freeze, instant()).unwrap();
            done.send(Ok(kept)).unwrap();
        } else {
            panic!("not asked for");
        }
    }
    world
}

fn request(format: Format) -> Request {
    Request {
        edition: Edition::Organisers,
        format,
        language: english(),
        filter: Filter::default(),
        part: None,
    }
}

#[test]
fn what_is_poured_is_what_is_stored() {
    let stored = world(&[Status::New, Status::Approved, Status::Merged]);
    let snapshot = || {
        let filter = Filter::default();
        stored
            .store
            .snapshot_for(Edition::Organisers, &filter)
            .unwrap()
    };
    let mut poured = Vec::new();
    snapshot().pour(&mut poured).unwrap();
    let read = pour::records(&mut poured.as_slice()).unwrap();
    let opened = snapshot().open().unwrap();
    assert_eq!(format!("{read:?}"), format!("{opened:?}"));
    assert_eq!(read.concerns.len(), 3);
    // Cut anywhere it is not taken for whole.
    for end in 0..poured.len() {
        assert!(pour::records(&mut &poured[..end]).is_err(), "{end}");
    }
}

#[tokio::test]
async fn whoever_wishes_for_the_same_joins_and_gets_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (works, work) = channel();
    let stored = world(&[Status::Approved; 3]);
    let writing = std::thread::spawn(move || writer(stored, work, 0));
    let workshop = Workshop::new(
        ours(folder.path()),
        Arc::new(forum()),
        works,
        data(folder.path()),
    );
    let wish = request(Format::Pdf);
    let (one, other) = (workshop.begin(&wish), workshop.begin(&wish));
    assert!(Arc::ptr_eq(&one, &other));
    let json = workshop.begin(&request(Format::Json));
    assert!(!Arc::ptr_eq(&one, &json));
    let (one, other) = tokio::join!(workshop.made(&one), workshop.made(&other));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(std::ptr::eq(one, other));
    let bytes = one.files[0].read().await.unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    assert_eq!(started(folder.path()), 1, "it was made twice");
    // Another form of what has not changed is the same digest.
    let json = workshop.made(&json).await.unwrap();
    let number = |made: &samleng::runtime::making::Made| made.frozen.as_ref().unwrap().number;
    assert_eq!((number(one), number(json)), (1, 1));
    // Whoever comes later has it made anew, from what is there then.
    workshop.made(&workshop.begin(&wish)).await.unwrap();
    assert_eq!(started(folder.path()), 3);
    assert!(workshop.kept(&wish, 1).is_some());
    assert!(workshop.kept(&wish, 2).is_none());
    // What waits to be sent is sealed.
    let kept = fs::read_dir(folder.path().join("data/files")).unwrap();
    let kept: Vec<PathBuf> = kept.map(|file| file.unwrap().path()).collect();
    assert!(!kept.is_empty());
    for file in kept {
        let sealed = fs::read(file).unwrap();
        assert!(!sealed.windows(5).any(|bytes| bytes == b"%PDF-"));
    }
    drop(workshop);
    writing.join().unwrap();
}

#[tokio::test]
async fn what_was_taken_back_meanwhile_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (works, work) = channel();
    let stored = world(&[Status::Approved; 2]);
    let writing = std::thread::spawn(move || writer(stored, work, 2));
    let workshop = Workshop::new(
        ours(folder.path()),
        Arc::new(forum()),
        works,
        data(folder.path()),
    );
    let job = workshop.begin(&request(Format::Csv));
    let made = workshop.made(&job).await.unwrap();
    assert_eq!(made.files.len(), 1);
    assert_eq!(started(folder.path()), 3);
    // It goes with the last that knows of it.
    let files = || {
        fs::read_dir(folder.path().join("data/files"))
            .unwrap()
            .count()
    };
    assert_eq!(files(), 1);
    drop((job, workshop));
    assert_eq!(files(), 0);
    writing.join().unwrap();
}

#[tokio::test]
async fn a_process_that_dies_costs_one_digest() {
    for then in ["exit 1", "kill -9 $$", "head -c 100 > /dev/null"] {
        let folder = tempfile::tempdir().unwrap();
        let (works, work) = channel();
        let stored = world(&[Status::Approved]);
        let writing = std::thread::spawn(move || writer(stored, work, 0));
        let program = program(folder.path(), then);
        let workshop = Workshop::new(program, Arc::new(forum()), works, data(folder.path()));
        let wish = request(Format::Docx);
        for times in 1..=2 {
            let job = workshop.begin(&wish);
            let made = workshop.made(&job).await;
            let failed = matches!(made.map(|_| ()), Err(Failure::Failed(_)));
            assert!(failed, "{then}");
            assert_eq!(started(folder.path()), times, "{then}");
        }
        drop(workshop);
        writing.join().unwrap();
    }
}

#[test]
fn what_is_let_in_after_a_digest_is_new_in_the_next() {
    let forum = forum();
    let mut stored = world(&[Status::Approved, Status::New, Status::New]);
    let mut salts = || [7; 16];
    let mut digest_since = |stored: &mut MemoryWorld, after| {
        let filter = Filter {
            after,
            ..Filter::default()
        };
        let snapshot = stored.store.snapshot_for(Edition::Shared, &filter).unwrap();
        let mut poured = Vec::new();
        snapshot.pour(&mut poured).unwrap();
        let records = pour::records(&mut poured.as_slice()).unwrap();
        let config = &forum.config;
        let (digest, freeze) =
            make_frozen::<Authority>(&records, &filter, config, instant(), &mut salts);
        assert!(stored.store.freeze(&freeze, instant()).unwrap());
        digest.concerns.len()
    };
    assert_eq!(digest_since(&mut stored, None), 1);
    let last = stored
        .store
        .last_digest(Edition::Shared, &Filter::default());
    let last = last.unwrap().unwrap().made_at;
    assert_eq!(digest_since(&mut stored, Some(last)), 0);
    // One of those that nobody had let in is approved.
    let mut concerns: Vec<Concern> = stored.store.all().unwrap();
    concerns[1].status = Status::Approved;
    let mut stage = Stage::new(&stored.store, instant()).unwrap();
    stage.change(Change::Concern(Box::new(concerns[1].clone())));
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    stored.store.commit(finished).unwrap();
    assert_eq!(digest_since(&mut stored, Some(last)), 1);
}

/// Another concern comes.
fn another(stored: &mut MemoryWorld, forum: &Forum, at: Timestamp, after: u64) {
    let mut new = stored.store.all::<Concern>().unwrap().remove(0);
    new.id += after;
    new.receipt = Receipt::from_random(new.id);
    new.submitted_at = at;
    stored.change(forum, at, |stage| {
        stage.change(Change::Concern(Box::new(new)));
        Vec::new()
    });
}

/// Whoever asks for what is new time after time gets everything once.
#[test]
fn what_was_new_once_is_not_new_again() {
    let forum = forum();
    let mut stored = world(&[Status::Approved, Status::Approved]);
    let mut salts = || [7; 16];
    let whole = Filter::default();
    let mut had = Vec::new();
    for times in 0..5 {
        let now = instant() + SignedDuration::from_hours(times);
        let last = stored.store.last_digest(Edition::Shared, &whole).unwrap();
        let filter = Filter {
            after: last.map(|last| last.made_at),
            ..whole.clone()
        };
        let records = stored.store.snapshot_for(Edition::Shared, &filter);
        let records = records.unwrap().open().unwrap();
        let config = &forum.config;
        let (digest, freeze) = make_frozen::<Authority>(&records, &filter, config, now, &mut salts);
        assert!(stored.store.freeze(&freeze, now).unwrap());
        had.push(digest.concerns.len());
        // Another comes before the next, but for the last.
        if times < 3 {
            let then = now + SignedDuration::from_mins(5);
            another(&mut stored, &forum, then, 10 + times as u64);
        }
    }
    assert_eq!(had, [2, 1, 1, 1, 0]);
}

/// Every form that is had of one choice begins with the same digest, also once the first form has become one itself.
#[test]
fn every_form_of_what_is_new_is_of_the_same() {
    let forum = forum();
    let mut stored = world(&[Status::Approved]);
    let chat = ChatId(6_000_000_090);
    let person = Person {
        language: Some(english()),
        role: Some(Role::Organiser),
        screen: 5,
        state: State::Visit {
            kept: None,
            visit: Visit::Desk(Desk::Digest(DigestDesk::Digest(Selection::all(
                Edition::Shared,
            )))),
        },
        ..Person::new(90, chat)
    };
    stored.put(person, instant());
    stored.hand_out::<Authority>(&forum, instant());
    let pick = |stored: &mut MemoryWorld, id: &str, hours| {
        let screen = stored.person(chat).unwrap().screen;
        let press = Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(50)),
            data: Press::Screen(screen, Action::Pick(id.to_owned())).write(),
        };
        let now = instant() + SignedDuration::from_hours(hours);
        let outcome = stored.step(chat, press, &forum, Moment { now, random: 1 });
        let mut effects = outcome.effects.into_iter();
        effects.find_map(|effect| {
            if let Effect::Digest(request) = effect {
                request.filter.after
            } else {
                None
            }
        })
    };
    assert_eq!(pick(&mut stored, "since", 1), None);
    assert_eq!(pick(&mut stored, "pdf", 2), Some(instant()));
    let next = instant() + SignedDuration::from_hours(3);
    another(&mut stored, &forum, next, 10);
    stored.hand_out::<Authority>(&forum, next);
    assert_eq!(pick(&mut stored, "docx", 4), Some(instant()));
    // To choose it anew begins with the newest.
    pick(&mut stored, "since", 5);
    assert_eq!(pick(&mut stored, "docx", 6), None);
    pick(&mut stored, "since", 7);
    assert_eq!(pick(&mut stored, "docx", 8), Some(next));
}
