//! Both implementers of the seam answer alike; the memory one fails as told.

use std::io::ErrorKind;

use proptest::prelude::*;
use samleng::store::kv::{Batch, Kv, KvError, MAX_KEY, MAX_VALUE};
use samleng::store::memory_kv::{Call, Fault, Lasting, MemoryKv, Moment};
use samleng::store::sled_kv::SledKv;

fn key() -> impl Strategy<Value = Vec<u8>> {
    // Few different bytes, 0 and 255 among them, so that keys meet and are prefixes of others.
    proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(255)], 0..4)
}

fn value() -> impl Strategy<Value = Option<(usize, u8)>> {
    let length = prop_oneof![4 => 0..40usize, 1 => 4090..4100usize, 1 => Just(MAX_VALUE), 1 => Just(MAX_VALUE + 1), 1 => 8000..20_000usize];
    proptest::option::weighted(0.8, (length, any::<u8>()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn sled_and_memory_answer_alike(
        batches in proptest::collection::vec((proptest::collection::vec((key(), value()), 0..12), any::<bool>()), 1..8),
        prefixes in proptest::collection::vec(key(), 4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("store");
        let mut sled = SledKv::open(&dir).unwrap();
        let mut memory = MemoryKv::new();
        for (writes, reopens) in batches {
            let mut batch = Batch::new();
            for (key, value) in writes {
                match value {
                    Some((length, byte)) => batch.put(key, vec![byte; length]),
                    None => batch.delete(key),
                }
            }
            prop_assert_eq!(sled.commit(batch.clone()), memory.commit(batch));
            if reopens {
                drop(sled);
                sled = SledKv::open(&dir).unwrap();
            }
            for prefix in prefixes.iter().chain([&vec![]]) {
                prop_assert_eq!(sled.get(prefix), memory.get(prefix));
                prop_assert_eq!(sled.range(prefix), memory.range(prefix));
            }
        }
        prop_assert_eq!(sled.range(&[]).unwrap(), memory.contents());
    }
}

#[test]
fn the_last_word_on_a_key_wins() {
    let mut batch = Batch::new();
    batch.put(*b"a", *b"1");
    batch.delete(*b"a");
    batch.delete(*b"b");
    batch.put(*b"b", *b"2");
    assert_eq!(
        (batch.len(), batch.get(b"a"), batch.get(b"c")),
        (2, Some(None), None)
    );
    let mut kv = MemoryKv::new();
    kv.commit(batch).unwrap();
    assert_eq!(kv.contents(), [(b"b".to_vec(), b"2".to_vec())]);
}

#[test]
fn what_is_too_long_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut sled = SledKv::open(&folder.path().join("store")).unwrap();
    let mut memory = MemoryKv::new();
    let kvs: [&mut dyn Kv; 2] = [&mut sled, &mut memory];
    for kv in kvs {
        let mut batch = Batch::new();
        batch.put(*b"a", *b"short");
        batch.put(*b"b", vec![0; MAX_VALUE + 1]);
        assert_eq!(kv.commit(batch), Err(KvError::TooLarge(MAX_VALUE + 1)));
        let mut batch = Batch::new();
        batch.put(*b"a", *b"short");
        batch.delete(vec![0; MAX_KEY + 1]);
        assert_eq!(kv.commit(batch), Err(KvError::TooLarge(MAX_KEY + 1)));
        assert_eq!(kv.range(&[]), Ok(vec![]));
        let mut batch = Batch::new();
        batch.put(vec![0; MAX_KEY], vec![0; MAX_VALUE]);
        assert_eq!(kv.commit(batch), Ok(()), "usable as before");
    }
}

fn fault(call: Call, nth: u64, lasting: Lasting, moment: Moment) -> Fault {
    let error = KvError::Io {
        kind: ErrorKind::StorageFull,
        detail: "full".into(),
    };
    Fault {
        call,
        nth,
        lasting,
        moment,
        error,
    }
}

fn one(value: u8) -> Batch {
    let mut batch = Batch::new();
    batch.put(*b"k", [value]);
    batch
}

#[test]
fn memory_faults_come_when_told_and_are_final_until_reopened() {
    for (lasting, moment) in [
        (Lasting::Once, Moment::BeforeApplying),
        (Lasting::Once, Moment::AfterApplying),
        (Lasting::Forever, Moment::BeforeApplying),
        (Lasting::Forever, Moment::AfterApplying),
    ] {
        let mut kv = MemoryKv::new();
        kv.fail(fault(Call::Commit, 2, lasting, moment));
        kv.commit(one(1)).unwrap();
        assert!(kv.commit(one(2)).unwrap_err().is_final());
        let after = if moment == Moment::AfterApplying {
            2
        } else {
            1
        };
        assert_eq!(kv.contents()[0].1, [after], "{lasting:?} {moment:?}");
        assert!(kv.commit(one(3)).is_err(), "final for writes");
        assert!(kv.get(b"k").is_err(), "final for reads");
        assert_eq!(kv.contents()[0].1, [after], "a final store applies nothing");
        let mut kv = kv.reopen();
        assert_eq!(kv.get(b"k").unwrap(), Some(vec![after]));
        assert_eq!(kv.commit(one(4)).is_ok(), lasting == Lasting::Once);
        kv.mend();
        let mut kv = kv.reopen();
        kv.commit(one(5)).unwrap();
        assert_eq!(
            (kv.calls().commits, kv.calls().gets, kv.calls().ranges),
            (5, 2, 0)
        );
    }
    let kv = MemoryKv::new();
    kv.fail(fault(Call::Range, 1, Lasting::Once, Moment::BeforeApplying));
    assert!(kv.get(b"k").is_ok() && kv.range(b"").is_err() && kv.get(b"k").is_err());
}

/// What a commit acknowledged is there after a power cut; of what it did not, all or nothing, as the cut has it.
#[test]
fn a_power_cut_takes_only_what_was_never_acknowledged() {
    let put = |key: &[u8], value: &[u8]| {
        let mut batch = Batch::new();
        batch.put(key, value);
        batch
    };
    for (in_time, reopened, kept) in [
        (false, false, false),
        (true, false, true),
        // Whoever opens it again syncs what is there.
        (false, true, true),
    ] {
        let mut kv = MemoryKv::new();
        kv.commit(put(b"a", b"old")).unwrap();
        kv.fail(Fault {
            call: Call::Commit,
            nth: 2,
            lasting: Lasting::Once,
            moment: Moment::AfterApplying,
            error: KvError::from(std::io::Error::from(ErrorKind::StorageFull)),
        });
        let mut batch = put(b"a", b"new");
        batch.put(*b"b", *b"new");
        assert!(kv.commit(batch).is_err());
        if reopened {
            assert_eq!(kv.reopen().get(b"a").unwrap(), Some(b"new".to_vec()));
        }
        kv.cut_power(in_time);
        let kv = kv.reopen();
        let words = |word: &[u8]| Some(word.to_vec());
        let (a, b) = (kv.get(b"a").unwrap(), kv.get(b"b").unwrap());
        let wanted = if kept {
            (words(b"new"), words(b"new"))
        } else {
            (words(b"old"), None)
        };
        assert_eq!((a, b), wanted);
        // A copy goes its own way.
        let mut copy = kv.copied();
        copy.commit(put(b"a", b"other")).unwrap();
        assert_ne!(kv.get(b"a").unwrap(), copy.get(b"a").unwrap());
    }
}
