//! The rebuild: nothing is lost by it at any instant, and nothing of what was erased is left.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use samleng::store::folder::{DataFolder, create_private_folder};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::{Batch, Kv as _, KvError, Pair};
use samleng::store::rebuild::{self, Rebuilt};
use samleng::store::record::{Meta, Record as _};
use samleng::store::seal::{CHECK_KEY, Sealer};
use samleng::store::sled_kv::SledKv;
use samleng::store::{Stage, Store, StoreError, record};

use super::disk::SmallDisk;
use super::everything::{self, CANARY, Kinds, at};

pub(super) fn master() -> MasterKey {
    MasterKey::from_env_value(&"7b".repeat(32)).unwrap()
}

pub(super) fn made(root: &Path) -> (DataFolder, Store) {
    let folder = DataFolder::open(root).unwrap();
    Epoch::load_or_create(&folder.epoch(), false).unwrap();
    let store = rebuild::open(&folder, &master()).unwrap();
    (folder, store)
}

pub(super) fn done(rebuilt: Rebuilt) -> (Store, u64) {
    match rebuilt {
        Rebuilt::Done(store, records) => (store, records),
        Rebuilt::Kept(_, error) | Rebuilt::Closed(error) => panic!("{error}"),
    }
}

fn kept(rebuilt: Rebuilt) -> (Store, StoreError) {
    match rebuilt {
        Rebuilt::Kept(store, error) => (store, error),
        Rebuilt::Done(..) => panic!("it went through"),
        Rebuilt::Closed(error) => panic!("closed: {error}"),
    }
}

/// What a folder's files hold, and the keys by which it is read; only while it is closed.
pub(super) fn raw(folder: &DataFolder) -> (Vec<Pair>, Sealer) {
    let pairs = SledKv::open(&folder.store()).unwrap().range(&[]).unwrap();
    (pairs, sealer(folder))
}

fn sealer(folder: &DataFolder) -> Sealer {
    let epoch = Epoch::load_or_create(&folder.epoch(), true).unwrap();
    let keys = master().derive(&epoch);
    Sealer::new(&keys.seal, &keys.index)
}

/// Every file below, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

/// How many of these values stand in the folder's files; by version and nonce, of which each value has its own.
fn on_disk(folder: &DataFolder, sealed: &[&[u8]]) -> usize {
    let heads: HashSet<&[u8]> = sealed.iter().map(|value| &value[..25]).collect();
    let files = files(folder.root());
    let windows = files.values().flat_map(|bytes| bytes.windows(25));
    let found: HashSet<&[u8]> = windows.filter(|window| heads.contains(window)).collect();
    found.len()
}

fn holds(folder: &DataFolder, bytes: &[u8]) -> bool {
    let files = files(folder.root());
    files
        .values()
        .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

/// Nothing of a rebuild lies about.
fn is_tidy(folder: &DataFolder) {
    let entries = fs::read_dir(folder.root()).unwrap();
    let names: BTreeSet<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["counted", "epoch", "files", "store"].map(str::to_owned))
    );
}

#[test]
fn every_record_is_there_and_found_and_nothing_of_the_old_epoch() {
    everything::of_any_size(check);
}

fn check(seed: u64, size: u64) {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, seed, size);
    fs::write(folder.files().join("somebody"), "a sealed file").unwrap();
    assert!(store.erased_since().is_some());
    let (was, found) = (Kinds::of(&store), everything::found(&store));
    assert_eq!(was.prefixes(), everything::prefixes(), "a kind is missing");
    drop(store);
    let old_epoch = fs::read(folder.epoch()).unwrap();
    let (old, old_sealer) = raw(&folder);
    let sealed: Vec<&[u8]> = old.iter().map(|(_, sealed)| sealed.as_slice()).collect();
    assert_eq!(
        on_disk(&folder, &sealed),
        old.len(),
        "the search finds what is there"
    );
    assert!(holds(&folder, &old_epoch));

    let store = rebuild::open(&folder, &master()).unwrap();
    let (store, records) = done(rebuild::rebuild(&folder, store, &|| false));
    assert_eq!(store.erased_since(), None);
    assert_eq!(store.meta().unwrap().erased_since, None);
    let is = Kinds::of(&store);
    assert_eq!(is, was);
    assert_eq!(everything::found(&store), found);
    assert_eq!(records, is.records());
    drop(store);
    is_tidy(&folder);
    assert_eq!(
        fs::read(folder.files().join("somebody")).unwrap(),
        b"a sealed file"
    );
    assert!(!holds(&folder, &old_epoch));
    assert_eq!(on_disk(&folder, &sealed), 0);
    let (new, sealer) = raw(&folder);
    assert_eq!(new.len(), old.len());
    for (key, sealed) in &new {
        assert!(old_sealer.open(key, sealed).is_err());
        let whole = sealer.open(key, sealed).is_ok();
        assert!(whole || (key == CHECK_KEY && sealer.verify(sealed).is_ok()));
    }
    // Where a key is made of ids it is the same; where it is made of what somebody is or says it is another.
    let keys = |pairs: &[Pair]| -> BTreeSet<Vec<u8>> {
        pairs.iter().map(|(key, _)| key.clone()).collect()
    };
    for (key, _) in &old {
        let hashed = b"pkntr".contains(&key[0]);
        assert_eq!(keys(&new).contains(key), !hashed || key == CHECK_KEY);
    }
    // Opened anew it is the same.
    let store = rebuild::open(&folder, &master()).unwrap();
    assert_eq!(Kinds::of(&store), was);
}

#[test]
fn of_two_with_one_name_the_one_that_was_found_is_found() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    for last in [5, 4, 6] {
        let others = [4, 5, 6].into_iter().filter(|id| *id != last);
        for id in others.chain([last]) {
            everything::name(&mut store, id, "Egret Bank Circle");
        }
        let found = |store: &Store| everything::named(store, "Egret Bank Circle");
        assert_eq!(found(&store), Some(last));
        (store, _) = done(rebuild::rebuild(&folder, store, &|| false));
        assert_eq!(found(&store), Some(last));
    }
}

#[test]
fn what_was_erased_can_be_read_before_and_not_after() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 3, 20);
    let id = everything::raise(&mut store);
    let key = everything::concern_key(id);
    drop(store);
    let (pairs, old_sealer) = raw(&folder);
    let (_, sealed) = pairs.into_iter().find(|(k, _)| *k == key).unwrap();
    let mut store = rebuild::open(&folder, &master()).unwrap();
    everything::withdraw(&mut store, id);

    assert!(!holds(&folder, CANARY.as_bytes()));
    assert_eq!(
        on_disk(&folder, &[&sealed]),
        1,
        "sled still has what it deleted"
    );
    let (_, plain) = old_sealer.open(&key, &sealed).unwrap();
    assert!(
        plain
            .windows(CANARY.len())
            .any(|words| words == CANARY.as_bytes())
    );

    let (store, _) = done(rebuild::rebuild(&folder, store, &|| false));
    assert_eq!(on_disk(&folder, &[&sealed]), 0);
    assert!(!holds(&folder, CANARY.as_bytes()));
    drop(store);
    assert!(sealer(&folder).open(&key, &sealed).is_err());
}

fn copy(from: &Path, to: &Path) {
    create_private_folder(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// The folder as it was after every step, by the step's name.
fn states(into: &Path, run: impl FnOnce(&mut dyn FnMut(&Path, &str))) -> Vec<(String, PathBuf)> {
    let mut states = Vec::new();
    run(&mut |from, step| {
        let state = into.join(states.len().to_string());
        copy(from, &state);
        states.push((step.to_owned(), state));
    });
    states
}

/// The folder opens with all its records under one epoch; whether that is the old one.
fn opens(root: &Path, was: &Kinds, found: &[String], old_epoch: &[u8]) -> bool {
    let folder = DataFolder::open(root).unwrap();
    let store =
        rebuild::open(&folder, &master()).unwrap_or_else(|e| panic!("{}: {e}", root.display()));
    is_tidy(&folder);
    assert_eq!(&Kinds::of(&store), was);
    assert_eq!(everything::found(&store), found);
    let old = fs::read(folder.epoch()).unwrap() == old_epoch;
    assert_eq!(store.erased_since().is_some(), old);
    // It can be used and rebuilt.
    let (store, _) = done(rebuild::rebuild(&folder, store, &|| false));
    assert_eq!(&Kinds::of(&store), was);
    old
}

#[test]
fn a_crash_after_any_step_leaves_one_whole_store() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 2, 20);
    let (was, found) = (Kinds::of(&store), everything::found(&store));
    let old_epoch = fs::read(folder.epoch()).unwrap();
    let states = states(&temporary.path().join("states"), |note| {
        let mut watch = |step: &str| {
            note(folder.root(), step);
            Ok(())
        };
        done(rebuild::rebuild_watched(&folder, store, &mut watch));
    });
    let steps: Vec<&str> = states.iter().map(|(step, _)| step.as_str()).collect();
    let at = |step: &str| steps.iter().position(|s| *s == step).expect(step);
    let more = steps.iter().filter(|step| **step == "more records").count();
    assert!(more > 2, "{steps:?}");
    let ready = at("ready");
    assert_eq!(
        steps[ready - 1..],
        [
            "a whole store",
            "ready",
            "the old store is aside",
            "the new store is in its place",
            "the old epoch is destroyed",
            "the new epoch is in its place",
            "the old store is gone",
        ]
    );
    for (number, (step, state)) in states.iter().enumerate() {
        // A crash amid a step: of a folder that is being deleted or written any part may be there.
        for part in ["next/epoch", "next/store/db", "ready/old/db"] {
            if state.join(part).exists() {
                let torn = state.with_extension(part.replace('/', "-"));
                copy(state, &torn);
                fs::remove_file(torn.join(part)).unwrap();
                assert_eq!(
                    opens(&torn, &was, &found, &old_epoch),
                    number < ready,
                    "{step}, torn"
                );
            }
        }
        // A second crash, while the first is being mended.
        let again = state.with_extension("again");
        let first = state.with_extension("first");
        copy(state, &first);
        let first = DataFolder::open(&first).unwrap();
        let seconds = self::states(&again, |note| {
            let mut watch = |step: &str| {
                note(first.root(), step);
                Ok(())
            };
            rebuild::finish_watched(&first, &mut watch).unwrap();
        });
        if number < ready || *step == "the old store is gone" {
            assert!(seconds.is_empty());
        } else {
            assert!(!seconds.is_empty());
        }
        for (second, state) in &seconds {
            assert!(
                !opens(state, &was, &found, &old_epoch),
                "{step}, then {second}"
            );
        }
        assert_eq!(
            opens(state, &was, &found, &old_epoch),
            number < ready,
            "{step}"
        );
    }
}

#[test]
fn a_disk_that_refuses_any_step_costs_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 4, 20);
    let (mut was, found) = (Kinds::of(&store), everything::found(&store));
    let mut refused = 0;
    for number in 0.. {
        let epoch = fs::read(folder.epoch()).unwrap();
        let mut steps = 0;
        let mut ready = false;
        let mut watch = |step: &str| {
            steps += 1;
            ready |= step == "ready";
            if steps > number {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        };
        store = match rebuild::rebuild_watched(&folder, store, &mut watch) {
            Rebuilt::Done(..) => break,
            Rebuilt::Kept(mut store, error) => {
                assert!(!ready, "{error}");
                is_tidy(&folder);
                assert_eq!(fs::read(folder.epoch()).unwrap(), epoch);
                assert!(store.erased_since().is_some());
                // It is as good as before for writing.
                everything::name(&mut store, 1, "Egret Bank Circle");
                everything::unname(&mut store, 1);
                store
            }
            Rebuilt::Closed(error) => {
                assert!(ready, "{error}");
                let mut store = rebuild::open(&folder, &master()).unwrap();
                is_tidy(&folder);
                assert_ne!(fs::read(folder.epoch()).unwrap(), epoch);
                assert_eq!(Kinds::of(&store), was);
                everything::erase(&mut store);
                // That something was erased is remembered.
                was = Kinds::of(&store);
                store
            }
        };
        assert_eq!(Kinds::of(&store), was);
        assert_eq!(everything::found(&store), found);
        refused += 1;
    }
    assert!(refused > 9, "{refused}");
}

#[test]
fn a_rebuild_for_which_there_is_no_time_changes_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 8, 20);
    let was = Kinds::of(&store);
    let asked = std::cell::Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() == 2
    };
    let (store, _) = kept(rebuild::rebuild(&folder, store, &stop));
    assert_eq!(asked.get(), 2, "it asks between the pages");
    assert_eq!(Kinds::of(&store), was);
    assert!(store.erased_since().is_some());
    is_tidy(&folder);
}

#[test]
fn a_disk_without_room_keeps_the_old_store_in_use() {
    let Some(disk) = SmallDisk::mount(64 * 1024) else {
        return;
    };
    let (folder, mut store) = made(&disk.0.join("data"));
    everything::fill(&mut store, 5, 300);
    let was = Kinds::of(&store);
    let ballast = disk.0.join("ballast");
    // Room for the old store to go on with, but for no second one.
    let free = rustix::fs::statvfs(&disk.0).unwrap();
    let all = free.f_bavail * free.f_frsize;
    let size: u64 = files(&folder.store())
        .values()
        .map(|f| f.len() as u64)
        .sum();
    assert!(size > 2_000_000 && all > size, "{size} of {all}");
    fs::write(&ballast, vec![1; (all - 3_000_000) as usize]).unwrap();
    for _ in 0..3 {
        let error;
        (store, error) = kept(rebuild::rebuild(&folder, store, &|| false));
        assert!(
            matches!(
                error,
                StoreError::Kv(KvError::Io { .. } | KvError::Damaged(_))
            ),
            "{error}"
        );
        assert!(!folder.next().exists() && !folder.ready().exists());
        everything::name(&mut store, 1, "Egret Bank Circle");
        everything::unname(&mut store, 1);
        assert_eq!(Kinds::of(&store), was);
    }
    fs::remove_file(&ballast).unwrap();
    let (store, _) = done(rebuild::rebuild(&folder, store, &|| false));
    assert_eq!(Kinds::of(&store), was);
}

#[test]
fn what_cannot_be_read_or_is_not_known_ends_the_rebuild_and_stays() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 6, 20);
    drop(store);
    let (pairs, sealer) = raw(&folder);
    let (key, sealed) = pairs.iter().find(|(key, _)| key[0] == b's').unwrap();
    let mut flipped = sealed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let newer = sealer.seal(key, 200, &sealer.open(key, sealed).unwrap().1);
    let (person, sealed) = pairs.iter().find(|(key, _)| key[0] == b'p').unwrap();
    let mut elsewhere = person.clone();
    elsewhere[5] ^= 1;
    let moved = sealer.seal(&elsewhere, 2, &sealer.open(person, sealed).unwrap().1);
    let unknown = b"?key".to_vec();
    let strange = sealer.seal(&unknown, 1, b"something");
    for (key, value, words) in [
        (key.clone(), flipped, "changed"),
        (key.clone(), newer, "version 200"),
        (elsewhere, moved, "does not belong"),
        (unknown, strange, "unknown kind 63"),
    ] {
        let before = pairs.iter().find(|(k, _)| *k == key);
        let put = |value: Option<&Vec<u8>>| {
            let mut batch = Batch::new();
            match value {
                Some(value) => batch.put(key.clone(), value.clone()),
                None => batch.delete(key.clone()),
            }
            SledKv::open(&folder.store())
                .unwrap()
                .commit(batch)
                .unwrap();
        };
        put(Some(&value));
        let store = rebuild::open(&folder, &master()).unwrap();
        let (store, error) = kept(rebuild::rebuild(&folder, store, &|| false));
        assert!(error.to_string().contains(words), "{error}");
        assert!(store.meta().unwrap().erased_since.is_some());
        drop(store);
        is_tidy(&folder);
        put(before.map(|(_, value)| value));
        assert_eq!(raw(&folder).0, pairs);
    }
    let store = rebuild::open(&folder, &master()).unwrap();
    done(rebuild::rebuild(&folder, store, &|| false));
}

#[test]
fn nobody_gets_at_the_store_while_it_is_changed() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 7, 10);
    let mut steps = 0;
    let mut watch = |step: &str| {
        let opened = SledKv::open_within(&folder.store(), Duration::ZERO);
        assert_eq!(opened.err(), Some(KvError::Locked), "{step}");
        steps += 1;
        Ok(())
    };
    let (store, _) = done(rebuild::rebuild_watched(&folder, store, &mut watch));
    assert!(steps > 9);
    drop(store);
    rebuild::open(&folder, &master()).unwrap();
}

#[test]
fn a_rebuild_whose_store_is_gone_is_damage_not_a_place_for_a_new_one() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, store) = made(&temporary.path().join("data"));
    drop(store);
    fs::rename(folder.store(), folder.ready()).unwrap();
    for _ in 0..2 {
        let opened = rebuild::open(&folder, &master());
        assert!(matches!(opened, Err(StoreError::Kv(KvError::Damaged(_)))));
        assert!(!folder.store().exists() && folder.ready().exists());
    }
}

#[test]
fn the_first_erasure_counts_and_is_known_after_opening() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    assert_eq!(store.erased_since(), None);
    everything::erase(&mut store);
    assert_eq!(store.erased_since(), Some(at(0)));
    let mut stage = Stage::new(&store, at(100)).unwrap();
    everything::forget_in(&mut stage, 1);
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
    assert_eq!(store.erased_since(), Some(at(0)));
    drop(store);
    let store = rebuild::open(&folder, &master()).unwrap();
    assert_eq!(store.erased_since(), Some(at(0)));
    let meta: Meta = store.get(&record::meta()).unwrap().unwrap();
    assert_eq!(meta.erased_since, Some(at(0)));
    assert_eq!(Meta::PREFIX, b'm');
}
