//! A disk that somebody copied, or changed (promise 9): without the key nothing on it can be read, and with the key whatever was
//! changed on it or put elsewhere is noticed.

use std::collections::BTreeMap;
use std::fs;

use samleng::dialogue::{Change, World as _};
use samleng::domain::{Concern, Disclosure, Receipt, Status};
use samleng::store::kv::{Batch, Kv as _};
use samleng::store::seal::{CHECK_KEY, Sealer};
use samleng::store::sled_kv::SledKv;
use samleng::store::{Stage, Store, StoreError, files, rebuild};

use super::backup::take;
use super::erasing::{sung, told, words};
use super::everything::{self, CANARY, at};
use super::rebuild::{made, master, raw};
use crate::canaries::{self, find};

/// In each of these stand nine canaries or more.
const CONCERNS: u64 = 1_200;

/// Concerns with a canary in every field that holds words.
fn raised(store: &mut Store) {
    for some in 0..CONCERNS / 100 {
        let mut stage = Stage::new(store, at(0)).unwrap();
        for n in some * 100..(some + 1) * 100 {
            stage.change(Change::Concern(Box::new(Concern {
                status: Status::Rejected,
                disclosure: Disclosure::OrganisersOnly,
                reason: Some(words("reason")),
                ..Concern::new(
                    2_000_000 + n,
                    Receipt::from_random(n),
                    3,
                    11,
                    at(1),
                    // Some are longer than one piece of a stored value.
                    told(&CANARY.repeat(if n % 50 == 7 { 300 } else { 1 })),
                )
            })));
        }
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        store.commit(finished).unwrap();
    }
}

#[test]
fn ten_thousand_canaries_in_every_field_are_found_in_no_file() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 9, 20);
    raised(&mut store);
    files::keep(&folder, "pdf", CANARY.repeat(10).as_bytes()).unwrap();
    let backup = temporary.path().join("one.backup");
    take(&backup, &folder, &mut store).unwrap();
    sung(&mut store);
    drop(store);

    // With the key they are there, in records of every kind.
    let (pairs, sealer) = raw(&folder);
    let (mut canaries, mut kinds) = (0, BTreeMap::new());
    for (key, sealed) in pairs.iter().filter(|(key, _)| key != CHECK_KEY) {
        let (_, plain) = sealer.open(key, sealed).unwrap();
        canaries += String::from_utf8_lossy(&plain).matches(CANARY).count();
        *kinds.entry(key[0]).or_insert(0) += 1;
    }
    assert!(canaries >= 10_000, "{canaries}");
    assert!(kinds.keys().copied().eq(everything::prefixes()));

    // Without it they are nowhere: in no file of the store, in no sealed file, and in no backup.
    let mut found = BTreeMap::new();
    canaries::files(temporary.path(), &mut found);
    assert!(found.len() > 4, "{:?}", found.keys());
    for (path, bytes) in &found {
        assert!(!find(bytes, CANARY), "a canary stands in {path}");
    }
    let bytes: usize = found.values().map(Vec::len).sum();
    println!(
        "{canaries} canaries, {} files, {bytes} bytes: 0 found",
        found.len()
    );

    // The search finds what is not sealed.
    let bare = folder.root().join("bare");
    fs::write(&bare, format!("..{CANARY}..")).unwrap();
    assert!(find(&fs::read(bare).unwrap(), CANARY));
}

/// Whether this opens as what the store takes for whole.
fn opens(sealer: &Sealer, key: &[u8], sealed: &[u8]) -> bool {
    if key == CHECK_KEY {
        return sealer.verify(sealed).is_ok();
    }
    sealer.open(key, sealed).is_ok()
}

#[test]
fn every_flipped_byte_and_every_swapped_value_is_caught() {
    let temporary = tempfile::tempdir().unwrap();
    let (folder, mut store) = made(&temporary.path().join("data"));
    everything::fill(&mut store, 4, 3);
    sung(&mut store);
    drop(store);
    let (pairs, sealer) = raw(&folder);
    let (mut flipped, mut swapped) = (0, 0);
    for (key, sealed) in &pairs {
        assert!(opens(&sealer, key, sealed));
        // Of a long value, which is authenticated as a whole, some hundred bytes from its beginning to its end.
        for place in (0..sealed.len()).step_by(1 + sealed.len() / 1_000) {
            let mut changed = sealed.clone();
            changed[place] ^= 1 << (place % 8);
            assert!(!opens(&sealer, key, &changed), "{key:?} at {place}");
            flipped += 1;
        }
        for (other, value) in pairs.iter().filter(|(other, _)| other != key) {
            assert!(!opens(&sealer, key, value), "{other:?} stands at {key:?}");
            swapped += 1;
        }
    }
    assert!(flipped > 20_000 && swapped > 5_000, "{flipped}, {swapped}");
    println!("{flipped} flipped bytes, {swapped} swapped values: all caught");

    // The same through the whole store: two concerns change places on the disk.
    let mut disk = SledKv::open(&folder.store()).unwrap();
    let concerns: Vec<_> = pairs.iter().filter(|(key, _)| key[0] == b's').collect();
    let [(first, one), (second, two), ..] = concerns[..] else {
        panic!("{} concerns", concerns.len());
    };
    let mut batch = Batch::new();
    batch.put(first.clone(), two.clone());
    batch.put(second.clone(), one.clone());
    disk.commit(batch).unwrap();
    drop(disk);
    let store = rebuild::open(&folder, &master()).unwrap();
    let read = store.all::<Concern>();
    assert!(matches!(read, Err(StoreError::Record(_))), "{read:?}");
}
