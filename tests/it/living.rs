//! Whole meetings lived through in virtual time, against a model that knows the promise and not the program: every reminder,
//! none twice, none at night, none after what it is about, none to somebody whom it does not concern (promise 4).
//!
//! Meetings are set and moved, people act, block, mute and forget; the bot is away for hours and days, dies before and after a
//! commit, sends slowly, is told to wait; clocks jump forth and back. `SAMLENG_LIFE_SEED` plays one seed and prints it,
//! `SAMLENG_LONG` plays 100,000 of them instead of 1,000.

mod life;
mod model;

use std::sync::Mutex;

use life::{Count, Life};

use crate::luck::{each, how_many};

#[test]
fn every_reminder_comes_once_and_only_to_those_whom_it_concerns() {
    if let Some(seed) = std::env::var_os("SAMLENG_LIFE_SEED") {
        let seed = seed.to_string_lossy().parse().expect("a seed");
        let life = Life::new(seed, true);
        println!("{:?}", life.whole());
        return;
    }
    let seeds = how_many(1_000, 100_000);
    let total = Mutex::new(Count::default());
    each(0..seeds, |seed| {
        match std::panic::catch_unwind(|| Life::new(seed, false).whole()) {
            Ok(count) => total.lock().unwrap().add(&count),
            Err(_) => panic!("SAMLENG_LIFE_SEED={seed} shows what went wrong"),
        }
    });
    let total = total.into_inner().unwrap();
    println!("{total:?}");
    // A life in which nothing happens would keep every promise.
    let meetings = seeds as usize;
    for (what, count) in [
        ("sent", total.sent),
        ("moved", total.moved),
        ("outages", total.outages),
        ("jumps", total.jumps),
        ("deaths", total.deaths),
        ("waits", total.waits),
    ] {
        assert!(count > meetings, "only {count} {what} in {meetings} lives");
    }
    for (what, count) in [
        ("spared", total.spared),
        ("late", total.late),
        ("unreachable", total.unreachable),
        ("put off", total.put_off),
        ("twice, in flight", total.twice),
        ("left out", total.left_out),
    ] {
        assert!(
            count > meetings / 20,
            "only {count} {what} in {meetings} lives"
        );
    }
}
