//! What reaches the disk and when, and what happens when the disk refuses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use samleng::store::kv::{Batch, Kv, KvError};
use samleng::store::sled_kv::SledKv;

use super::child::{can_trace, command, one, said};

/// A tmpfs of so many KiB, unmounted when dropped.
pub(super) struct SmallDisk(pub(super) PathBuf, #[allow(dead_code)] tempfile::TempDir);

impl SmallDisk {
    pub(super) fn mount(kib: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disk");
        fs::create_dir(&path).unwrap();
        let size = format!("size={kib}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&path)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(path, folder));
        }
        println!("skipped: mounting is refused here");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

fn batch(number: u32, records: u32, length: usize) -> Batch {
    let mut batch = Batch::new();
    for record in 0..records {
        batch.put(
            [number.to_be_bytes(), record.to_be_bytes()].concat(),
            vec![number as u8; length],
        );
    }
    batch
}

#[test]
fn a_full_disk_loses_nothing_acknowledged_and_the_store_recovers() {
    // Batches within a segment of sled, of about one, and across several.
    for (records, length) in [(1, 1000), (20, 4000), (10, 60_000), (40, 60_000)] {
        let Some(disk) = SmallDisk::mount(8 * 1024) else {
            return;
        };
        let dir = disk.0.join("store");
        let ballast = disk.0.join("ballast");
        fs::write(&ballast, vec![1; 4 * 1024 * 1024]).unwrap();
        let mut store = SledKv::open(&dir).unwrap();
        let mut acknowledged = 0;
        let error = loop {
            match store.commit(batch(acknowledged, records, length)) {
                Ok(()) => acknowledged += 1,
                Err(error) => break error,
            }
        };
        assert!(error.is_final(), "{error}");
        assert_eq!(store.commit(one(0)), Err(error.clone()), "final for writes");
        assert_eq!(store.get(&[0]), Err(error), "final for reads");
        drop(store);
        // While it is full, opening works or says why; it loses nothing by trying.
        for _ in 0..3 {
            match SledKv::open(&dir) {
                Ok(store) => check(&store, acknowledged, records, length),
                Err(error) => assert!(
                    matches!(error, KvError::Io { .. } | KvError::Damaged(_)),
                    "{error}"
                ),
            }
        }
        fs::remove_file(&ballast).unwrap();
        let mut store = SledKv::open(&dir).unwrap();
        check(&store, acknowledged, records, length);
        store.commit(batch(u32::MAX, 1, 1000)).unwrap();
    }
}

/// Everything acknowledged is there, and of the batch that failed all or nothing.
fn check(store: &SledKv, acknowledged: u32, records: u32, length: usize) {
    for number in 0..=acknowledged {
        let found = store.range(&number.to_be_bytes()).unwrap();
        let whole = found.len() == records as usize
            && found
                .iter()
                .all(|(_, value)| *value == vec![number as u8; length]);
        assert!(
            whole || (number == acknowledged && found.is_empty()),
            "batch {number} of {acknowledged}: {}",
            found.len()
        );
    }
}

#[test]
fn a_full_disk_at_the_first_start_is_told_and_mended() {
    let Some(disk) = SmallDisk::mount(1024) else {
        return;
    };
    let dir = disk.0.join("store");
    let ballast = disk.0.join("ballast");
    let _ = fs::write(&ballast, vec![1; 2 * 1024 * 1024]);
    let error = SledKv::open(&dir).unwrap_err();
    assert!(error.is_final());
    assert!(!SledKv::exists(&dir).unwrap());
    fs::remove_file(&ballast).unwrap();
    SledKv::open(&dir).unwrap().commit(one(1)).unwrap();
}

#[test]
fn every_commit_is_written_and_synced_before_it_is_acknowledged() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (dir, trace) = (folder.path().join("store"), folder.path().join("trace"));
    let tracer = trace_words::<&str>(&trace, &[]);
    said(&mut command("write", &dir, &tracer));
    let trace = fs::read_to_string(&trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let at = |words: &str| {
        lines
            .iter()
            .position(|line| line.contains(words))
            .unwrap_or_else(|| panic!("{words}"))
    };
    for number in 0..6 {
        let commit = &lines[at(&format!("before {number}"))..at(&format!("said: {number} done"))];
        let last = |call: &str| {
            commit
                .iter()
                .rposition(|line| line.contains(call) && line.contains("/store/db>"))
        };
        let synced = commit
            .iter()
            .filter(|line| line.contains("fdatasync("))
            .count();
        let (write, sync) = (last("pwrite64("), last("fdatasync("));
        assert!(
            write.is_some() && write < sync,
            "commit {number}: {commit:#?}"
        );
        assert_eq!(synced, 1, "one a commit");
    }
    assert!(
        renamed_last(&lines),
        "the first start syncs before and after the rename"
    );
}

/// Whether the new store's files were synced before the rename and its parent after.
fn renamed_last(lines: &[&str]) -> bool {
    let Some(rename) = lines
        .iter()
        .position(|line| line.contains("rename") && line.contains("store.new\""))
    else {
        return false;
    };
    let synced = |lines: &[&str], end: &str| {
        lines
            .iter()
            .any(|line| line.contains("fsync(") && line.contains(end))
    };
    ["/store.new/db>", "/store.new/conf>", "/store.new>"]
        .iter()
        .all(|end| synced(&lines[..rename], end))
        && lines[rename + 1..]
            .iter()
            .take(5)
            .any(|line| line.contains("fsync(") && !line.contains("/store"))
}

#[test]
fn a_failed_sync_is_never_retried_and_closing_neither_hangs_nor_panics() {
    if !can_trace() {
        return;
    }
    let mut failed_to_close = 0;
    // Sled's own fsyncs fail from the first, the second ... on: while opening, or when closing.
    for from in 1..=6 {
        let folder = tempfile::tempdir().unwrap();
        let (dir, trace) = (folder.path().join("store"), folder.path().join("trace"));
        SledKv::open(&dir).unwrap().commit(one(200)).unwrap();
        // The first fdatasync is that of opening; the fourth is that of commit 2.
        let fsync = format!("inject=fsync:error=EIO:when={from}+");
        let inject = ["-e", "inject=fdatasync:error=EIO:when=4+", "-e", &fsync];
        let words = said(&mut command("write", &dir, &trace_words(&trace, &inject)));
        if words.contains("not opened") {
            continue;
        }
        let answers: Vec<&str> = words
            .lines()
            .filter(|line| line.ends_with("done") || line.ends_with("failed"))
            .collect();
        assert_eq!(
            answers,
            [
                "0 done", "1 done", "2 failed", "3 failed", "4 failed", "5 failed"
            ]
        );
        assert!(words.contains("closed, reads false"), "{words}");
        let trace = fs::read_to_string(&trace).unwrap();
        let refused = |call: &str| {
            trace
                .lines()
                .filter(|line| line.contains(call) && line.contains("INJECTED"))
                .count()
        };
        assert_eq!(refused("fdatasync("), 1, "no second try");
        failed_to_close += refused(" fsync(");
        let store = SledKv::open(&dir).unwrap();
        for number in [200, 0, 1] {
            assert!(store.get(&[number]).unwrap().is_some(), "{number}");
        }
    }
    assert!(
        failed_to_close > 0,
        "at least one close met a failing fsync"
    );
}

/// The table: every call that changes the disk x the error x once or from then on. Short writes are those of a disk without room, above.
#[test]
fn whatever_call_fails_nothing_is_acknowledged_that_is_not_there() {
    if !can_trace() {
        return;
    }
    let mut cases = Vec::new();
    for call in [
        "pwrite64",
        "sync_file_range",
        "fdatasync",
        "fsync",
        "rename",
    ] {
        for error in ["ENOSPC", "EIO", "EROFS"] {
            // Counted per thread; sled's writers each make a few.
            for when in ["1", "2", "1+", "2+"] {
                cases.push((call, format!("inject={call}:error={error}:when={when}")));
            }
        }
    }
    let next = AtomicUsize::new(0);
    let refused = Mutex::new(BTreeSet::new());
    let work = || {
        while let Some((call, inject)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            if refuses(inject) {
                refused.lock().unwrap().insert(*call);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    let refused = refused.into_inner().unwrap();
    println!("refused something: {refused:?}");
    for call in ["pwrite64", "sync_file_range", "fdatasync"] {
        assert!(refused.contains(call), "{call} is never met");
    }
}

/// Whether something was refused: an opening or a commit.
fn refuses(inject: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (dir, trace) = (folder.path().join("store"), folder.path().join("trace"));
    SledKv::open(&dir).unwrap().commit(one(200)).unwrap();
    let words = said(&mut command(
        "write",
        &dir,
        &trace_words(&trace, &["-e", inject]),
    ));
    let store = SledKv::open(&dir).unwrap_or_else(|error| panic!("{inject}: {error}"));
    assert!(store.get(&[200]).unwrap().is_some(), "{inject}");
    for number in 0..6u8 {
        let told = words.contains(&format!("{number} done"));
        let is_there = store.get(&[number]).unwrap().is_some();
        assert!(!told || is_there, "{inject}: {number}");
    }
    words.contains("failed") || words.contains("not opened: ")
}

#[test]
fn a_writer_that_fails_in_the_background_does_not_hang_a_commit() {
    if !can_trace() {
        return;
    }
    // Sled's writer of a full segment fails, late, and tells nobody; the commit waits for it.
    let inject = [
        "-e",
        "inject=pwrite64:error=ENOSPC:delay_enter=50000:when=3+5",
    ];
    let mut failed = 0;
    for _ in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let (dir, trace) = (folder.path().join("store"), folder.path().join("trace"));
        SledKv::open(&dir).unwrap();
        let words = said(&mut command("long", &dir, &trace_words(&trace, &inject)));
        failed += usize::from(words.starts_with("failed"));
        SledKv::open(&dir).unwrap();
    }
    assert!(failed > 0, "at least one commit met the failing writer");
}

fn trace_words<S: AsRef<str>>(trace: &Path, inject: &[S]) -> Vec<String> {
    let calls = "trace=pwrite64,write,fdatasync,fsync,sync_file_range,rename,renameat,renameat2";
    let mut words: Vec<String> = ["strace", "-f", "-y", "-e", calls, "-o"]
        .map(str::to_owned)
        .to_vec();
    words.push(trace.to_str().unwrap().to_owned());
    words.extend(inject.iter().map(|word| word.as_ref().to_owned()));
    words
}

#[test]
fn memory_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    let words = said(&mut command::<&str>(
        "fill",
        &folder.path().join("store"),
        &[],
    ));
    let peaks: Vec<u64> = words.lines().map(|line| line.parse().unwrap()).collect();
    println!(
        "at most {} KiB with 20,000 records of 1 KiB, {} with 60,000",
        peaks[0], peaks[1]
    );
    assert!(
        peaks[1] < 52 * 1024 && peaks[1] < peaks[0] + 10 * 1024,
        "{peaks:?} KiB: the cache must not grow with the data"
    );
}
