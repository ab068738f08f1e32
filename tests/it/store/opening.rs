//! Making, opening and reopening a store, after crashes too.

use std::fs;
use std::time::Duration;

use samleng::store::kv::{Batch, Kv, KvError};
use samleng::store::sled_kv::{Counters, SledKv};

use super::child::{command, one, said};

#[test]
fn what_was_committed_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    assert!(!SledKv::exists(&dir).unwrap());
    for round in 0..5u8 {
        let mut store = SledKv::open(&dir).unwrap();
        assert_eq!(store.range(&[]).unwrap().len(), usize::from(round));
        store.commit(one(round)).unwrap();
        store.commit(Batch::new()).unwrap();
        assert_eq!(
            store.counters(),
            Counters {
                commits: 1,
                flushes: 1,
                syncs: 1
            },
            "one flush a batch"
        );
    }
    assert!(SledKv::exists(&dir).unwrap());
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["store"], "nothing else stays");
}

#[test]
fn a_first_start_cut_short_leaves_nothing_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    let temporary = folder.path().join("store.new");
    fs::create_dir_all(temporary.join("blobs")).unwrap();
    // Sled alone cannot open this.
    fs::write(temporary.join("db"), [1; 100]).unwrap();
    fs::write(temporary.join("conf"), "x").unwrap();
    let mut store = SledKv::open(&dir).unwrap();
    store.commit(one(1)).unwrap();
    assert!(!temporary.exists());
    drop(store);
    // And beside a whole store.
    fs::create_dir(&temporary).unwrap();
    assert_eq!(SledKv::open(&dir).unwrap().range(&[]).unwrap().len(), 1);
    assert!(!temporary.exists());
}

#[test]
fn a_folder_without_a_store_is_damage_not_a_place_for_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    fs::create_dir(&dir).unwrap();
    assert!(SledKv::exists(&dir).unwrap());
    assert!(matches!(SledKv::open(&dir), Err(KvError::Damaged(_))));
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
    assert!(matches!(
        SledKv::open(&folder.path().join("no/parent")),
        Err(KvError::Io { .. })
    ));
}

#[test]
fn a_torn_snapshot_is_removed() {
    for torn in [vec![], vec![0; 5], vec![9; 100]] {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("store");
        SledKv::open(&dir).unwrap().commit(one(7)).unwrap();
        let path = dir.join("snap.FFFFFFFFFFFFFFFF.generating");
        fs::write(&path, torn).unwrap();
        let store = SledKv::open(&dir).unwrap();
        assert_eq!(store.get(&[7]).unwrap(), Some(vec![7; 100]));
        assert!(!path.exists());
    }
    // Any other broken snapshot is damage.
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    SledKv::open(&dir).unwrap().commit(one(7)).unwrap();
    fs::write(dir.join("snap.FFFFFFFFFFFFFFFF"), [9; 100]).unwrap();
    assert!(matches!(SledKv::open(&dir), Err(KvError::Damaged(_))));
}

#[test]
fn a_second_handle_and_a_second_process_find_it_locked() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    let mut store = SledKv::open(&dir).unwrap();
    assert_eq!(
        SledKv::open_within(&dir, Duration::ZERO).unwrap_err(),
        KvError::Locked
    );
    assert_eq!(
        said(&mut command::<&str>("open", &dir, &[])),
        "Some(Locked)\n"
    );
    store.commit(one(1)).unwrap();
    drop(store);
    assert_eq!(said(&mut command::<&str>("open", &dir, &[])), "None\n");
}

#[test]
fn an_open_waits_for_the_other_handle() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    let store = SledKv::open(&dir).unwrap();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| SledKv::open_within(&dir, Duration::from_secs(600)).map(drop));
        drop(store);
        waits.join().unwrap().unwrap();
    });
}

#[test]
fn no_page_becomes_a_file_that_is_never_synced() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    let mut store = SledKv::open(&dir).unwrap();
    for round in 0..20u8 {
        let mut batch = Batch::new();
        for number in 0..40u8 {
            // Keys and values as long as may be, in neighbouring places, so that they share pages.
            let mut key = vec![b'k'; 256];
            key[255] = number;
            batch.put(key, vec![round; 64 * 1024 - 100 * usize::from(round)]);
            let mut small = vec![number; 256];
            small[0] = b's';
            batch.put(small, vec![round; 4096]);
        }
        store.commit(batch).unwrap();
        assert_eq!(
            fs::read_dir(dir.join("blobs")).unwrap().count(),
            0,
            "round {round}"
        );
    }
    assert_eq!(store.range(b"k").unwrap().len(), 40);
    drop(store);
    let store = SledKv::open(&dir).unwrap();
    assert!(
        store
            .range(&[])
            .unwrap()
            .iter()
            .all(|(_, value)| value.iter().all(|byte| *byte == 19))
    );
    assert_eq!(fs::read_dir(dir.join("blobs")).unwrap().count(), 0);
}

#[test]
fn nothing_stays_of_a_long_value_overwritten_or_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    let records = |writes: &[(u8, Option<usize>)]| {
        let mut store = SledKv::open(&dir).unwrap();
        for (key, length) in writes {
            let mut batch = Batch::new();
            match length {
                Some(length) => batch.put([*key], vec![1; *length]),
                None => batch.delete([*key]),
            }
            store.commit(batch).unwrap();
        }
        drop(store);
        // A thread of sled may hold the lock a moment longer.
        let raw = (0..100_000).find_map(|_| sled::open(&dir).ok()).unwrap();
        raw.open_tree("samleng").unwrap().len()
    };
    assert_eq!(records(&[(1, Some(60_000)), (2, Some(60_000))]), 32);
    assert_eq!(records(&[(1, Some(5000)), (2, Some(100))]), 4);
    assert_eq!(records(&[(1, None), (2, None)]), 0);
}
