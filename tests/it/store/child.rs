//! A second process for what only a second process shows: this test binary, started again.
//!
//! [`entry`] is a test that does nothing unless told to play a part by an environment variable.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use samleng::store::kv::{Batch, Kv};
use samleng::store::sled_kv::SledKv;

const PART: &str = "SAMLENG_TEST_PART";
const DIR: &str = "SAMLENG_TEST_DIR";

/// Starts this binary in the given part, behind `wrapper` (a tracer and its arguments) if any.
pub(super) fn command<S: AsRef<OsStr>>(part: &str, dir: &Path, wrapper: &[S]) -> Command {
    let me = std::env::current_exe().expect("this binary has a path");
    let mut words: Vec<&OsStr> = wrapper.iter().map(AsRef::as_ref).collect();
    words.push(me.as_os_str());
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .args(["store::child::entry", "--exact", "--nocapture"])
        .env(PART, part)
        .env(DIR, dir);
    command
}

/// What the child said in lines that begin with `said: `.
pub(super) fn said(command: &mut Command) -> String {
    let output = command.output().expect("the child starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text.lines()
        .filter_map(|line| line.split_once("said: "))
        .fold(String::new(), |mut all, line| {
            let _ = writeln!(all, "{}", line.1);
            all
        })
}

/// Whether strace is there and allowed to trace.
pub(super) fn can_trace() -> bool {
    let can = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !can {
        println!("skipped: strace is not installed or not allowed");
    }
    can
}

#[test]
fn entry() {
    let Ok(part) = std::env::var(PART) else {
        return;
    };
    let dir = PathBuf::from(std::env::var_os(DIR).expect("the parent names a folder"));
    match part.as_str() {
        "open" => {
            let opened = SledKv::open_within(&dir, Duration::ZERO);
            println!("\nsaid: {:?}", opened.err());
        }
        // Commits numbered values and says after each how it went.
        "write" => {
            let mut store = match SledKv::open(&dir) {
                Ok(store) => store,
                Err(error) => return println!("\nsaid: not opened: {error}"),
            };
            for number in 0..6u8 {
                println!("\nsaid: before {number}");
                let done = store.commit(one(number));
                println!(
                    "\nsaid: {number} {}",
                    if done.is_ok() { "done" } else { "failed" }
                );
            }
            let counters = store.counters();
            let read = store.get(&[0]).is_ok();
            drop(store);
            println!("\nsaid: closed, reads {read}, {counters:?}");
        }
        "fill" => {
            let mut store = SledKv::open(&dir).expect("the store opens");
            for round in 0..300u32 {
                let mut batch = Batch::new();
                for number in 0..200 {
                    let key = (round * 200 + number).to_be_bytes();
                    batch.put(key, [key.as_slice(), &[7; 1020]].concat());
                }
                store.commit(batch).expect("the disk takes it");
                if round == 99 || round == 299 {
                    println!("\nsaid: {}", peak_kib());
                }
            }
        }
        // Commits batches over several of sled's segments, until one fails.
        "long" => {
            let mut store = match SledKv::open(&dir) {
                Ok(store) => store,
                Err(_) => return println!("\nsaid: not opened"),
            };
            for round in 0..400usize {
                let mut batch = Batch::new();
                let length = 500 + round * 7919 % 12_000;
                for number in 0..=round * 37 % 100 {
                    batch.put([(number * 29 % 100) as u8], vec![1; length]);
                }
                if let Err(error) = store.commit(batch) {
                    drop(store);
                    return println!("\nsaid: failed: {error}");
                }
            }
            println!("\nsaid: done");
        }
        other => panic!("no such part: {other}"),
    }
}

pub(super) fn one(number: u8) -> Batch {
    let mut batch = Batch::new();
    batch.put([number], vec![number; 100]);
    batch
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says it");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("it is there");
    line.split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .expect("a number of KiB")
}
