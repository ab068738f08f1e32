//! Backups: what is restored is equal, one stands between two commits, and whatever is done to its file is noticed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::{Strategy as _, any};
use samleng::dialogue::{Change, World as _};
use samleng::domain::{Attachment, Concern, Rsvp, Sealed, SentAs, Whereabouts};
use samleng::store::backup::{self, BackupError, FromStore, Summary};
use samleng::store::erasures::{self, Gone, What};
use samleng::store::folder::{DataFolder, create_private_folder};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::{Batch, Kv as _, Pair};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::record::Record as _;
use samleng::store::{Stage, Store, files, rebuild, restore};
use sha2::{Digest as _, Sha256};

use super::everything::{self, Kinds, at};
use crate::in_memory::runner;

fn master() -> MasterKey {
    MasterKey::from_env_value(&"7b".repeat(32)).unwrap()
}

fn other_master() -> MasterKey {
    MasterKey::from_env_value(&"7c".repeat(32)).unwrap()
}

fn made(root: &Path) -> (DataFolder, Store) {
    let folder = DataFolder::open(root).unwrap();
    Epoch::load_or_create(&folder.epoch(), false).unwrap();
    let store = rebuild::open(&folder, &master()).unwrap();
    (folder, store)
}

/// A store with everything in it, and files of which records tell.
fn filled(root: &Path, seed: u64, size: u64, kept: usize) -> (DataFolder, Store) {
    let (folder, mut store) = made(root);
    everything::fill(&mut store, seed, size);
    for number in 0..kept {
        let bytes = vec![number as u8; 100 + number * 40_000];
        let sealed = files::keep(&folder, "pdf", &bytes).unwrap();
        attach(&mut store, 7_000_000 + number as u64, sealed);
    }
    (folder, store)
}

fn attach(store: &mut Store, id: u64, sealed: Sealed) {
    let attachment = Attachment {
        id,
        concern: 1,
        organisation: 1,
        sent_as: SentAs::Document,
        whereabouts: Whereabouts::Here(sealed),
        transcript: None,
    };
    everything::change(store, Change::Attachment(attachment));
}

pub(super) fn take(
    path: &Path,
    folder: &DataFolder,
    store: &mut Store,
) -> Result<Summary, BackupError> {
    create_private_folder(&folder.scratch()).unwrap();
    let mut source = FromStore(store);
    backup::take(path, folder, &master(), &mut source, at(50), &|| false)
}

/// A backup of a store with everything in it, and what was in that.
fn taken(within: &Path, seed: u64, size: u64, kept: usize) -> (PathBuf, Kinds) {
    let (folder, mut store) = filled(&within.join("taken"), seed, size, kept);
    let path = within.join("one.backup");
    take(&path, &folder, &mut store).unwrap();
    let kinds = Kinds::of(&store);
    (path, kinds)
}

fn sealed_of(store: &Store) -> BTreeMap<String, Sealed> {
    let all: Vec<Attachment> = store.all().unwrap();
    let kept = all.into_iter().filter_map(|file| match file.whereabouts {
        Whereabouts::Here(sealed) if sealed.name.len() == 32 => Some((sealed.name.clone(), sealed)),
        Whereabouts::Here(_) | Whereabouts::Telegram(_) | Whereabouts::Refused => None,
    });
    kept.collect()
}

#[test]
fn what_is_restored_is_equal() {
    let case = (any::<u64>(), 1..20u64, 0..4usize).prop_map(|case| case);
    runner(4)
        .run(&case, |(seed, size, kept)| {
            check_equal(seed, size, kept);
            Ok(())
        })
        .unwrap();
    // Over many pieces and chunks.
    check_equal(1, 60, 3);
}

fn check_equal(seed: u64, size: u64, kept: usize) {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = filled(&temporary.path().join("data"), seed, size, kept);
    let path = temporary.path().join("one.backup");
    let summary = take(&path, &folder, &mut store).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert_eq!(
        fs::read_dir(folder.scratch()).unwrap().count(),
        0,
        "something of the test is left"
    );
    if kept == 0 {
        assert_eq!(summary.state, store.state().unwrap());
    }
    let was = Kinds::of(&store);
    let found = everything::found(&store);
    let files_were = sealed_of(&store);
    assert_eq!(files_were.len(), kept);
    assert_eq!((summary.files, summary.lost), (kept as u64, 0));
    let (people, concerns) = (was.0[&b'p'].len() as u64, was.0[&b's'].len() as u64);
    assert_eq!((summary.people, summary.concerns), (people, concerns));

    let contents = backup::check(&path, &master()).unwrap();
    assert_eq!(contents.summary, summary);
    assert_eq!(contents.manifest.taken_at, at(50));
    let manifest = backup::manifest(&path, &master()).unwrap();
    assert_eq!(manifest, contents.manifest);

    // Into a folder in which nothing was.
    let empty = DataFolder::open(temporary.path().join("other")).unwrap();
    let restored = put_back(&empty, &path);
    assert_eq!(Kinds::of(&restored), was);
    assert_eq!(everything::found(&restored), found);
    for (name, sealed) in &files_were {
        let is = files::read(&empty, sealed).unwrap();
        assert_eq!(is, files::read(&folder, sealed).unwrap(), "{name}");
    }
    let names: Vec<String> = fs::read_dir(empty.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !["alive", "counted", "epoch", "files", "store"].contains(&name.as_str()))
        .collect();
    assert!(names.is_empty(), "{names:?}");
}

fn put_back(folder: &DataFolder, path: &Path) -> Store {
    let alone = restore::alone(folder).unwrap();
    let unpacked = restore::begin(&alone, path, &master()).unwrap();
    restore::settle(&alone, unpacked, at(60)).unwrap();
    drop(alone);
    rebuild::open(folder, &master()).unwrap()
}

/// Whatever is committed while it goes on, a copy is of the moment at which it was begun.
#[test]
fn a_copy_is_of_one_moment() {
    let step = (0..30u8, 0..3u8, 0..9usize);
    let case = (
        proptest::collection::vec(0..30u8, 0..20),
        proptest::collection::vec(step, 0..40),
        1..7usize,
    );
    runner(100)
        .run(&case, |(begins, steps, about)| {
            let disk = MemoryKv::new();
            let epoch = Epoch::random().unwrap();
            let mut store = Store::unlock(Box::new(disk.clone()), master(), &epoch).unwrap();
            let mut shared = disk.clone();
            for key in begins {
                put(&mut shared, key, b"first");
            }
            let was = disk.range(&[]).unwrap();
            store.begin_copy();
            let mut copied: Vec<Pair> = Vec::new();
            let mut over = false;
            for (key, what, piece) in steps {
                let (meeting, organisation) = (1, key.into());
                let rsvp = Rsvp {
                    meeting,
                    organisation,
                    person: Some(what.into()),
                    at: at(0),
                    people: BTreeMap::new(),
                };
                let gone = Change::NoRsvp {
                    meeting,
                    organisation,
                };
                let change = if what == 0 { gone } else { Change::Rsvp(rsvp) };
                everything::change(&mut store, change);
                if piece < about && !over {
                    let pairs = store.copy_on(about).unwrap().unwrap();
                    over = pairs.is_empty();
                    copied.extend(pairs);
                }
            }
            while !over {
                let pairs = store.copy_on(about).unwrap().unwrap();
                over = pairs.is_empty();
                copied.extend(pairs);
            }
            assert_eq!(copied, was);
            store.end_copy();
            assert_eq!(store.copy_on(about).unwrap(), None);
            Ok(())
        })
        .unwrap();
}

fn put(disk: &mut MemoryKv, key: u8, value: &[u8]) {
    let mut batch = Batch::new();
    let place = [[0; 7].as_slice(), &[1], &[0; 7], &[key]].concat();
    batch.put([&[Rsvp::PREFIX], place.as_slice()].concat(), value);
    disk.commit(batch).unwrap();
}

/// 1,000 times something is done to a backup. Each is refused with a line that says why; the backup itself is not.
#[test]
fn a_thousand_corrupted_ones_are_refused() {
    let temporary = tempfile::tempdir().unwrap();
    let (path, _) = taken(temporary.path(), 3, 8, 1);
    backup::check(&path, &master()).unwrap();
    let whole = fs::read(&path).unwrap();
    let (second, _) = taken(&temporary.path().join("second"), 3, 8, 1);
    let second = fs::read(second).unwrap();
    let chunks = chunks(&whole);
    assert!(chunks.len() > 3, "{} chunks", chunks.len());
    let mut luck = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |end: usize| {
        luck ^= luck >> 12;
        luck ^= luck << 25;
        luck ^= luck >> 27;
        (luck.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    };
    let broken = temporary.path().join("broken.backup");
    let mut whys: BTreeMap<String, u64> = BTreeMap::new();
    for round in 0..1_000 {
        let mut bytes = whole.clone();
        let what = match round % 11 {
            0..=3 => {
                let place = below(bytes.len());
                bytes[place] ^= 1 << below(8);
                "a bit"
            }
            // Every byte of the beginning, and of the leads of chunks.
            4 => {
                let chunk = &chunks[below(chunks.len())];
                let place = if round % 2 == 0 {
                    below(chunks[0].start)
                } else {
                    chunk.start + below(5)
                };
                bytes[place] ^= 1 << below(8);
                "a lead"
            }
            5 => {
                bytes.truncate(below(bytes.len()));
                "cut short"
            }
            6 => {
                // At the end of a chunk, so that each that is left is whole.
                bytes.truncate(chunks[below(chunks.len())].start);
                "cut at a chunk"
            }
            7 => {
                let more = 1 + below(200);
                bytes.extend((0..more).map(|n| n as u8));
                "added to"
            }
            8 => {
                let (one, other) = (below(chunks.len()), below(chunks.len()));
                let mut order: Vec<usize> = (0..chunks.len()).collect();
                match round % 3 {
                    0 if one != other => order.swap(one, other),
                    1 => order.insert(one, other),
                    _ => drop(order.remove(one)),
                }
                let head = whole[..chunks[0].start].to_vec();
                let rest = order.iter().map(|n| &whole[chunks[*n].clone()]);
                bytes = [head, rest.collect::<Vec<_>>().concat()].concat();
                "moved"
            }
            9 => {
                // Of a form that this program does not know, and otherwise well made.
                bytes[8] = 2 + below(254) as u8;
                let sum = Sha256::digest(&bytes[..57]);
                bytes[57..65].copy_from_slice(&sum[..8]);
                "of a newer form"
            }
            _ => {
                // The chunk of another backup of the same.
                let chunk = chunks[below(chunks.len())].clone();
                let end = chunk.end.min(second.len());
                bytes.splice(chunk.clone(), second[chunk.start.min(end)..end].to_vec());
                "of another"
            }
        };
        fs::write(&broken, &bytes).unwrap();
        let error = backup::check(&broken, &master()).map(drop).unwrap_err();
        let said = error.to_string();
        assert!(!said.is_empty() && !said.contains('\n'), "{what}: {said:?}");
        let is_it = match &error {
            BackupError::NoBackup | BackupError::Damaged(_) => what != "of a newer form",
            BackupError::Newer(form) => what == "of a newer form" && *form == bytes[8],
            BackupError::Io(_)
            | BackupError::WrongKey
            | BackupError::Store(_)
            | BackupError::Unequal
            | BackupError::Interrupted
            | BackupError::Stopped => false,
        };
        assert!(is_it, "{what}: {said}");
        *whys.entry(what.to_owned()).or_default() += 1;
        // Nor does it become a store.
        if round % 50 == 0 {
            let into = temporary.path().join(format!("into-{round}"));
            assert!(backup::unpack(&broken, &master(), &into, &|| false).is_err());
        }
    }
    assert_eq!(whys.values().sum::<u64>(), 1_000, "{whys:?}");
    assert_eq!(whys.len(), 8, "{whys:?}");
    for path in [&path, &broken] {
        fs::write(path, &whole).unwrap();
        let error = backup::check(path, &other_master()).unwrap_err();
        assert!(matches!(error, BackupError::WrongKey), "{error}");
        backup::check(path, &master()).unwrap();
    }
    for (bytes, is) in [(Vec::new(), false), (b"samlengA".repeat(40), false)] {
        fs::write(&broken, bytes).unwrap();
        let error = backup::check(&broken, &master()).unwrap_err();
        assert_eq!(matches!(error, BackupError::NoBackup), !is, "{error}");
    }
}

/// Where the chunks lie.
fn chunks(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 65;
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes[at + 1..at + 5].try_into().unwrap()) as usize;
        found.push(at..at + 5 + length);
        at += 5 + length;
    }
    assert_eq!(at, bytes.len());
    found
}

/// The disk fails, or the process ends, at any step: what is opened then is the old store or the new, whole.
#[test]
fn a_restore_that_ends_anywhere_leaves_the_old_or_the_new() {
    let temporary = tempfile::tempdir().unwrap();
    let (path, new) = taken(temporary.path(), 5, 6, 2);
    let steps = {
        let mut steps = Vec::new();
        let (_, _) = restored_until(temporary.path(), &path, &mut |step| {
            steps.push(step.to_owned());
            Ok(())
        });
        steps
    };
    assert!(steps.len() > 12, "{steps:?}");
    let (mut olds, mut news) = (0, 0);
    for (end, step) in steps.iter().enumerate() {
        let mut left = end;
        let (folder, old) = restored_until(temporary.path(), &path, &mut |_| {
            if left == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            left -= 1;
            Ok(())
        });
        let store = rebuild::open(&folder, &master()).unwrap();
        let is = Kinds::of(&store);
        if is == old {
            olds += 1;
        } else {
            assert_eq!(is, new, "after {step}");
            news += 1;
        }
        for sealed in sealed_of(&store).values() {
            files::read(&folder, sealed).unwrap();
        }
        drop(store);
        restore::clear(&folder).unwrap();
        for name in ["restoring", "restored", "scratch"] {
            assert!(!folder.root().join(name).exists(), "{name} is left");
        }
    }
    assert!(olds > 2 && news > 4, "{olds} {news}");
}

/// Restores into a folder in which something is; it, and what was there.
fn restored_until(
    within: &Path,
    path: &Path,
    watch: &mut dyn FnMut(&str) -> io::Result<()>,
) -> (DataFolder, Kinds) {
    let root = tempfile::tempdir_in(within).unwrap().keep().join("data");
    let (folder, store) = filled(&root, 9, 4, 1);
    fs::write(folder.owner_link(), "a link").unwrap();
    let old = Kinds::of(&store);
    drop(store);
    let alone = restore::alone(&folder).unwrap();
    let unpacked = restore::begin(&alone, path, &master()).unwrap();
    let settled = restore::settle_watched(&alone, unpacked, at(60), watch);
    drop(alone);
    if let Ok(aside) = settled {
        let aside = DataFolder::open(aside.unwrap()).unwrap();
        assert!(aside.owner_link().exists() && !folder.owner_link().exists());
        let before = rebuild::open(&aside, &master()).unwrap();
        assert_eq!(Kinds::of(&before), old, "what was there is aside, whole");
        drop(before);
        // It goes after 14 days.
        let day = |days: i64| at(60 + days * 86_400);
        assert_eq!(restore::sweep(&folder, day(13)).unwrap(), 0);
        assert_eq!(restore::sweep(&folder, day(14)).unwrap(), 1);
        assert!(!aside.root().exists());
    }
    (folder, old)
}

#[test]
fn nobody_restores_beside_another() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, store) = made(&temporary.path().join("data"));
    let error = restore::alone(&folder).map(drop).unwrap_err();
    assert!(error.to_string().contains("open elsewhere"), "{error}");
    drop(store);
    let alone = restore::alone(&folder).unwrap();
    assert!(rebuild::open(&folder, &master()).is_err());
    drop(alone);
    rebuild::open(&folder, &master()).unwrap();
}

/// A file that the disk has lost keeps nothing else from being backed up.
#[test]
fn what_the_disk_has_lost_is_told() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = filled(&temporary.path().join("data"), 2, 3, 3);
    let names: Vec<String> = sealed_of(&store).into_keys().collect();
    fs::remove_file(folder.files().join(&names[0])).unwrap();
    let damaged = folder.files().join(&names[1]);
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[40] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    let path = temporary.path().join("one.backup");
    let summary = take(&path, &folder, &mut store).unwrap();
    assert_eq!((summary.files, summary.lost), (1, 2));
    assert_eq!(backup::check(&path, &master()).unwrap().summary, summary);
}

/// One that is stopped leaves nothing.
#[test]
fn one_that_is_stopped_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = filled(&temporary.path().join("data"), 2, 20, 2);
    let path = temporary.path().join("one.backup");
    create_private_folder(&folder.scratch()).unwrap();
    for at_most in 0..6 {
        let left = std::cell::Cell::new(at_most);
        let stop = || left.replace(left.get() - 1) <= 0;
        let mut source = FromStore(&mut store);
        let stopped = backup::take(&path, &folder, &master(), &mut source, at(50), &stop);
        assert!(matches!(stopped, Err(BackupError::Stopped)), "{at_most}");
        assert!(!path.exists());
        assert_eq!(fs::read_dir(folder.scratch()).unwrap().count(), 0);
    }
    // What is there already is not replaced, from whichever side it comes.
    fs::write(&path, "something else").unwrap();
    assert!(matches!(
        take(&path, &folder, &mut store),
        Err(BackupError::Io(_))
    ));
    let placed = backup::place(&temporary.path().join("data/epoch"), &path).unwrap_err();
    assert_eq!(placed.kind(), io::ErrorKind::AlreadyExists);
}

#[test]
fn the_list_of_erasures_is_sealed_and_forgets_in_time() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let day = |days: i64| at(days * 86_400);
    let gone = |number: u64, days| Gone {
        number,
        at: day(days),
        what: What::Concern,
        hash: [number as u8; 16],
    };
    let read = || erasures::read(folder, &master()).unwrap();
    assert_eq!(read(), None);
    erasures::keep(folder, &master(), &[], day(0)).unwrap();
    assert_eq!(read(), Some(vec![]), "that nothing was erased is something");
    erasures::keep(folder, &master(), &[gone(1, 0)], day(0)).unwrap();
    erasures::keep(folder, &master(), &[gone(2, 5), gone(1, 0)], day(5)).unwrap();
    assert_eq!(read(), Some(vec![gone(1, 0), gone(2, 5)]));
    erasures::keep(folder, &master(), &[], day(15)).unwrap();
    assert_eq!(
        read().unwrap().len(),
        2,
        "a backup of 14 days may be from before"
    );
    erasures::keep(folder, &master(), &[], day(16)).unwrap();
    assert_eq!(read(), Some(vec![gone(2, 5)]));

    let path = folder.join("erasures");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let whole = fs::read(&path).unwrap();
    assert!(erasures::read(folder, &other_master()).is_err());
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        fs::write(&path, &bytes).unwrap();
        assert!(erasures::read(folder, &master()).is_err());
        // What does not open is not written over.
        assert!(erasures::keep(folder, &master(), &[gone(3, 16)], day(16)).is_err());
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

/// The store itself remembers, by the commit that erases, and forgets with a later one.
#[test]
fn the_store_remembers_what_was_erased() {
    let temporary = tempfile::tempdir().unwrap();
    let (_, mut store) = made(&temporary.path().join("data"));
    let id = everything::raise(&mut store);
    let concern: Concern = store
        .get(&samleng::store::record::concern(id))
        .unwrap()
        .unwrap();
    everything::withdraw(&mut store, id);
    let all: Vec<Gone> = store.all().unwrap();
    let hash = master().gone_concern(concern.receipt);
    assert_eq!(
        all,
        [Gone {
            number: 0,
            at: at(0),
            what: What::Concern,
            hash
        }]
    );
    let mut later = |days: i64| {
        let now: Timestamp = at(days * 86_400);
        let mut stage = Stage::new(&store, now).unwrap();
        stage.change(Change::Forgotten(everything::chat(1)));
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        assert_eq!(finished.aftermath.erased.len(), 1);
        store.commit(finished).unwrap();
        let all: Vec<Gone> = store.all().unwrap();
        all.iter().map(|gone| gone.number).collect::<Vec<_>>()
    };
    assert_eq!(later(15), [0, 1]);
    assert_eq!(later(16), [1, 2]);
    assert_eq!(later(40), [3]);
    assert_eq!(store.meta().unwrap().next_erasure, 4);
}
