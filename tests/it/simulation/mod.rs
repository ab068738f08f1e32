//! The whole bot in virtual time, from one seed: its own tasks, its own writer, its own store over a disk in memory, and the
//! emulator, called in process, for Telegram (promises 3, 6 and 22).
//!
//! People join, raise, change, withdraw, endorse, decide and press what is not theirs; organisers plan the agenda, log the meeting and what is
//! promised there, and organisations say what became of that; the bot dies anywhere, the power fails, the disk and the network are sick,
//! calls go wrong, the clock jumps, updates come again. Some lives go on after the meeting, until everything about people is erased and
//! the store rebuilt, and until whoever agreed to be asked later was asked and is gone. Backups are taken meanwhile, and restored. `checks`, `ledger`, `copying` and `erased` say what must hold all the same. What happens is a list that follows from the seed ([`plan`]), so a failure is played again from a number, and is cut down
//! to the few steps that it takes:
//!
//! - `SAMLENG_SIM_SEED=N` plays one life and prints it; `SAMLENG_SIM_KEEP=1,2,5` only these steps of it.
//! - `SAMLENG_SIM_LIVES=N` says how many lives, from seed 0 on, or from `SAMLENG_SIM_FROM`. `SAMLENG_LONG` plays 100,000 instead of 1,000.
//!
//! Not in it: sockets, files that people send being fetched, digests being made in processes, the webhook's door (its order is in
//! [`redelivery`]), and the steps of a rebuild on a real disk. Other tests have those, with the real program.

mod bot;
mod checks;
mod copying;
mod erased;
mod flood;
mod ledger;
mod life;
mod notices;
mod people;
mod plan;
mod redelivery;
mod settling;
mod wire;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, Once};

use life::Count;
use plan::Plan;

use crate::luck::{each, how_many};

thread_local! {
    /// Whether a panic on this thread is expected, and nothing is to be said of it.
    static IS_TRIED: Cell<bool> = const { Cell::new(false) };
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a whole number"))
}

/// Plays it, without a word where it fails: what happened, or what went wrong.
fn played(plan: &Plan) -> Result<Count, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_TRIED.get() {
                usual(panic);
            }
        }));
    });
    IS_TRIED.set(true);
    let played = catch_unwind(AssertUnwindSafe(|| life::live(plan, false)));
    IS_TRIED.set(false);
    played.map(|lived| lived.count).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        text.unwrap_or_else(|| "a panic without words".to_owned())
    })
}

fn fails(plan: &Plan) -> Option<String> {
    played(plan).err()
}

/// What kind of failure it is: its words up to where the particulars begin.
fn kind_of(failure: &str) -> &str {
    let end = failure.find(|c: char| c.is_ascii_digit() || c == ':' || c == '{');
    &failure[..end.unwrap_or(failure.len())]
}

/// Says how to play it again, cut down to what it takes.
fn report(plan: Plan, failure: &str) -> ! {
    println!("SAMLENG_SIM_SEED={}: {failure}", plan.seed);
    let kind = kind_of(failure).to_owned();
    let smallest =
        plan.minimised(|plan| fails(plan).is_some_and(|failure| kind_of(&failure) == kind));
    println!("the smallest that fails so:\n{smallest}");
    for place in &smallest.kept {
        println!("{place:>5} {:?}", smallest.steps[*place]);
    }
    let failure = fails(&smallest).unwrap_or_default();
    panic!(
        "SAMLENG_SIM_SEED={} shows what went wrong: {failure}",
        smallest.seed
    );
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_left_waiting() {
    if let Some(seed) = number("SAMLENG_SIM_SEED") {
        let mut plan = Plan::of(seed);
        if let Ok(kept) = std::env::var("SAMLENG_SIM_KEEP") {
            let places = kept.split(',').filter(|place| !place.is_empty());
            plan = plan.keeping(
                places
                    .map(|place| place.parse().expect("a place"))
                    .collect(),
            );
        }
        let lived = life::live(&plan, true);
        println!("{:?}", lived.count);
        return;
    }
    let first = number("SAMLENG_SIM_FROM").unwrap_or(0);
    let lives = number("SAMLENG_SIM_LIVES").unwrap_or_else(|| how_many(1_000, 100_000));
    let total = Mutex::new(Count::default());
    each(first..first + lives, |seed| {
        let plan = Plan::of(seed);
        match played(&plan) {
            Ok(count) => total.lock().unwrap().add(&count),
            Err(failure) => report(plan, &failure),
        }
    });
    let total = total.into_inner().unwrap();
    println!("{lives} lives: {total:?}");
    // A life in which nothing happens would keep every promise.
    let lives = lives as usize;
    for (what, count) in [
        ("starts", total.starts),
        ("crashes", total.crashes),
        ("outages", total.outages),
        ("faults", total.faults),
        ("redelivered", total.redelivered),
        ("concerns", total.concerns),
        ("receipts", total.receipts),
        ("waited for an answer", total.waited),
    ] {
        assert!(count > lives / 2, "only {count} {what} in {lives} lives");
    }
    for (what, count) in [
        ("power cuts", total.cuts),
        ("revised", total.revised),
        ("edited", total.edited),
        ("withdrawn", total.withdrawn),
        ("decided", total.decided),
        ("RSVPs", total.rsvps),
        ("reminders", total.reminders),
        ("doubled, in flight", total.doubled),
        ("words of others", total.foreign),
        ("entries of the floor log", total.logged),
        ("promises", total.promised),
        ("asked about a promise", total.asked),
        ("kept for a promise", total.followed),
        ("times that everything was erased", total.archived),
        ("rebuilds", total.rebuilt),
        ("erased words", total.erased),
        ("copies", total.copied),
    ] {
        assert!(count > lives / 100, "only {count} {what} in {lives} lives");
    }
    for (what, count) in [
        ("endorsed", total.endorsed),
        ("announced", total.announced),
        ("answers what became of one", total.reported),
    ] {
        assert!(count > lives / 500, "only {count} {what} in {lives} lives");
    }
}

#[test]
fn a_seed_plays_the_same_life_each_time() {
    for seed in 0..8 {
        let plan = Plan::of(seed);
        let (first, second) = (life::live(&plan, false), life::live(&plan, false));
        assert_eq!(first.hash, second.hash, "seed {seed}");
        assert_ne!(first.hash, life::live(&Plan::of(seed + 1), false).hash);
    }
}

/// What a failure takes is found among everything else.
#[test]
fn a_failing_plan_is_cut_down_to_what_it_takes() {
    let plan = Plan::of(3);
    let (one, other) = (7, plan.steps.len() - 9);
    let needs = |plan: &Plan| plan.kept.contains(&one) && plan.kept.contains(&other);
    assert_eq!(plan.clone().minimised(needs).kept, [one, other]);
    assert_eq!(plan.clone().minimised(|_| true).kept, [0; 0]);
}
