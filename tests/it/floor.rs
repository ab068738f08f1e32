//! The floor log: what a log says, against a slow reading of it; and what two organisers can do to it, whatever they tap and however
//! late that comes.

mod hall;
mod settled;
mod shown;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use samleng::dialogue::{Press, World as _};
use samleng::domain::floor::Floor;
use samleng::domain::{FloorDeed, FloorEntry, FloorOutcome, Side, Sides, Status};

use self::hall::{Hall, concern};
use crate::in_memory::runner;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Organisations), Just(Side::Authority)]
}

/// Something that is logged; what it undoes is any entry so far.
fn deed() -> impl Strategy<Value = FloorDeed> {
    let outcome = prop_oneof![
        Just(FloorOutcome::Answered),
        (1u64..4).prop_map(FloorOutcome::Promised),
        Just(FloorOutcome::Deflected),
        Just(FloorOutcome::NotReached),
    ];
    prop_oneof![
        2 => (1u64..4).prop_map(FloorDeed::Opened),
        2 => (1u64..4, outcome).prop_map(|(id, o)| FloorDeed::Outcome(id, o, Status::Agenda)),
        3 => side().prop_map(FloorDeed::Speaks),
        1 => Just(FloorDeed::Stopped),
        1 => (proptest::option::of(1u64..4), side(), 0u64..900)
            .prop_map(|(item, side, seconds)| FloorDeed::Spoke(item, side, seconds)),
        2 => (0u64..12).prop_map(FloorDeed::Undone),
    ]
}

/// A log of two organisers; what would undo what is not there undoes the first.
fn log() -> impl Strategy<Value = Vec<FloorEntry>> {
    let entry = (deed(), 0i64..100, 1u64..3);
    proptest::collection::vec(entry, 1..14).prop_map(|entries| {
        let mut second = 0;
        let entries = (0..).zip(entries).map(|(place, (what, passed, by))| {
            second += passed;
            let what = if let FloorDeed::Undone(which) = what {
                FloorDeed::Undone(which % place.max(1))
            } else {
                what
            };
            FloorEntry {
                meeting: 5,
                place,
                at: at(second),
                by: Some(by),
                what,
            }
        });
        entries.collect()
    })
}

/// What is said by a log, second by second: who speaks of what.
#[derive(Default)]
struct Slow {
    item: Option<u64>,
    speaks: Option<Side>,
    outcomes: BTreeMap<u64, FloorOutcome>,
    spoken: BTreeMap<(Option<u64>, Side), u64>,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what undoes was left out")]
fn slowly(log: &[FloorEntry], until: i64) -> Slow {
    let undone: Vec<u64> = log
        .iter()
        .filter_map(|entry| match entry.what {
            FloorDeed::Undone(place) => Some(place),
            _ => None,
        })
        .collect();
    let counts = |entry: &&FloorEntry| {
        !undone.contains(&entry.place) && !matches!(entry.what, FloorDeed::Undone(_))
    };
    let mut left: Vec<&FloorEntry> = log.iter().filter(counts).rev().collect();
    let mut slow = Slow::default();
    for second in 0..=until {
        while left.last().is_some_and(|entry| entry.at <= at(second)) {
            match left.pop().unwrap().what {
                FloorDeed::Opened(id) => slow.item = Some(id),
                FloorDeed::Outcome(id, outcome, _) => {
                    slow.outcomes.insert(id, outcome);
                }
                FloorDeed::Speaks(side) => slow.speaks = Some(side),
                FloorDeed::Stopped => slow.speaks = None,
                FloorDeed::Spoke(item, side, seconds) => {
                    slow.spoken.insert((item, side), seconds);
                }
                _ => unreachable!(),
            }
        }
        if let Some(side) = slow.speaks.filter(|_| second < until) {
            *slow.spoken.entry((slow.item, side)).or_default() += 1;
        }
    }
    slow
}

#[test]
fn a_log_says_what_happened_second_by_second() {
    let cases = (log(), 0i64..200);
    runner(3_000)
        .run(&cases, |(log, later)| {
            let until = log.last().unwrap().at.as_second() - at(0).as_second() + later;
            let (floor, slow) = (Floor::of(&log), slowly(&log, until));
            prop_assert_eq!(floor.item, slow.item);
            prop_assert_eq!(floor.speaks.map(|(side, _)| side), slow.speaks);
            let mut all = Sides::default();
            for item in [None, Some(1), Some(2), Some(3)] {
                for side in Side::ALL {
                    let spoken = slow.spoken.get(&(item, side)).copied().unwrap_or_default();
                    prop_assert_eq!(floor.spoken(item, side, Some(at(until))), spoken);
                    match side {
                        Side::Organisations => all.organisations += spoken,
                        Side::Authority => all.authority += spoken,
                    }
                }
            }
            prop_assert_eq!(floor.in_all(Some(at(until))), all);
            for id in 1..4 {
                prop_assert_eq!(floor.outcome(id), slow.outcomes.get(&id).copied());
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn whatever_is_undone_was_never_there() {
    let cases = (log(), deed(), 0i64..100, 0i64..100);
    runner(3_000)
        .run(&cases, |(log, what, passed, thought)| {
            let before = Floor::of(&log);
            let last = log.last().unwrap();
            let place = before.seen;
            let passed = last.at + SignedDuration::from_secs(passed);
            let wrong = FloorEntry {
                place,
                at: passed,
                what,
                ..last.clone()
            };
            // What takes something back is itself no entry that is offered to be taken back.
            prop_assume!(!matches!(what, FloorDeed::Undone(_)));
            let undo = FloorEntry {
                place: place + 1,
                at: passed + SignedDuration::from_secs(thought),
                what: FloorDeed::Undone(place),
                ..last.clone()
            };
            let mut log = log;
            log.extend([wrong, undo]);
            let mut after = Floor::of(&log);
            after.seen = before.seen;
            prop_assert_eq!(after, before);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_clock_that_is_set_back_takes_nothing_away() {
    let entry = |place, second, what| FloorEntry {
        meeting: 5,
        place,
        at: at(second),
        by: Some(1),
        what,
    };
    let log = [
        entry(0, 100, FloorDeed::Speaks(Side::Authority)),
        entry(1, 130, FloorDeed::Opened(1)),
        entry(2, 40, FloorDeed::Opened(2)),
        entry(3, 50, FloorDeed::Stopped),
    ];
    let floor = Floor::of(&log);
    assert_eq!(floor.in_all(None).authority, 30 + 10);
    assert_eq!(floor.spoken(None, Side::Authority, None), 30);
    assert_eq!(floor.spoken(Some(1), Side::Authority, None), 0);
    assert_eq!(floor.spoken(Some(2), Side::Authority, None), 10);
}

/// What happens in the hall: a press of any button that was ever shown, twice if the connection is bad; or words.
#[derive(Clone, Debug)]
enum Happens {
    Press(usize, usize, bool),
    Words(usize, &'static str),
    Looks(usize),
}

fn happenings() -> impl Strategy<Value = Vec<Happens>> {
    let words = prop_oneof![
        Just("A road is built"),
        Just("7:30"),
        Just("/outcome"),
        Just("1/3/2030"),
    ];
    let one = prop_oneof![
        12 => (0usize..2, any::<usize>(), any::<bool>()).prop_map(|(w, n, d)| Happens::Press(w, n, d)),
        2 => (0usize..2, words).prop_map(|(who, words)| Happens::Words(who, words)),
        3 => (0usize..2).prop_map(Happens::Looks),
    ];
    proptest::collection::vec(one, 1..30)
}

/// What a press is about, and how much its screen showed.
fn outcome_of(data: &str) -> Option<(u64, u64, FloorOutcome)> {
    use samleng::dialogue::desk::Tapped;
    let Some(Press::Floor(tap)) = Press::read(data) else {
        return None;
    };
    match tap.what {
        Tapped::Answered(id) => Some((id, tap.seen, FloorOutcome::Answered)),
        Tapped::Deflected(id) => Some((id, tap.seen, FloorOutcome::Deflected)),
        Tapped::NotReached(id) => Some((id, tap.seen, FloorOutcome::NotReached)),
        Tapped::Promised(_)
        | Tapped::Open(_)
        | Tapped::Speaks(_)
        | Tapped::Stop
        | Tapped::Undo(_) => None,
    }
}

/// What a log says of a concern, and whether somebody else than this person has changed that since so many entries.
fn changed_by_others(log: &[FloorEntry], id: u64, seen: u64, person: u64) -> bool {
    let about = |entry: &FloorEntry| match entry.what {
        FloorDeed::Outcome(concern, _, _) => concern == id,
        FloorDeed::Undone(place) => matches!(
            log[usize::try_from(place).unwrap()].what,
            FloorDeed::Outcome(concern, _, _) if concern == id
        ),
        FloorDeed::Opened(_) | FloorDeed::Speaks(_) | FloorDeed::Stopped | FloorDeed::Spoke(..) => {
            false
        }
    };
    let mut newer = log.iter().filter(|entry| entry.place >= seen);
    newer.any(|entry| entry.by != Some(person) && about(entry))
}

#[test]
fn two_organisers_overwrite_nothing_unseen_and_every_tap_counts_once() {
    runner(120)
        .run(&happenings(), |happenings| {
            let mut hall = Hall::new();
            for happens in happenings {
                match happens {
                    Happens::Looks(who) => hall.look(who),
                    Happens::Words(who, words) => hall.say(who, words),
                    Happens::Press(who, n, twice) => {
                        let all = &hall.buttons[who];
                        let data = all[n % all.len()].clone();
                        let before = hall.log();
                        hall.press(who, &data);
                        let once = hall.log();
                        prop_assert!(once.len() <= before.len() + 1);
                        if let Some((id, seen, outcome)) = outcome_of(&data) {
                            let person = who as u64 + 1;
                            let floor = Floor::of(&before);
                            let is_so = floor.outcome(id) == Some(outcome);
                            let unseen = changed_by_others(&before, id, seen, person);
                            let added = once.len() > before.len();
                            prop_assert_eq!(added, !is_so && !unseen, "{}", data);
                        }
                        let is_floor = matches!(Press::read(&data), Some(Press::Floor(_)));
                        if twice && is_floor {
                            hall.press(who, &data);
                            prop_assert_eq!(&hall.log(), &once, "twice: {}", data);
                        }
                    }
                }
                hall.look(0);
                hall.look(1);
                holds(&hall)?;
            }
            Ok(())
        })
        .unwrap();
}

/// Entries stand in order, and every concern stands where the log brings it.
fn holds(hall: &Hall) -> Result<(), TestCaseError> {
    let log = hall.log();
    for (place, entry) in (0..).zip(&log) {
        prop_assert_eq!((entry.meeting, entry.place), (hall.meeting, place));
    }
    let floor = Floor::of(&log);
    for (id, known) in hall.concerns() {
        let stood = if id == 104 {
            Status::Merged
        } else {
            Status::Agenda
        };
        let outcome = floor.outcome(id).map(FloorOutcome::status);
        prop_assert_eq!(known.status, outcome.unwrap_or(stood));
        if outcome.is_none() && id != 104 {
            prop_assert_eq!(known, concern(id));
        }
    }
    Ok(())
}

#[test]
fn what_came_of_a_whole_is_told_to_the_authors_of_its_parts_and_so_is_a_correction() {
    let mut hall = Hall::new();
    let next = hall.tap(0, "Next");
    assert_eq!(hall.press(0, &next), 0);
    let answered = hall.tap(0, "Answered");
    // One author wrote both.
    assert_eq!(hall.press(0, &answered), 2);
    let undo = hall.tap(0, "Undo");
    assert_eq!(hall.press(0, &undo), 2);
    assert_eq!(hall.concerns()[&101], concern(101));
    // The other can undo what they see, too.
    let open = hall.tap(0, "Undo");
    assert_eq!(hall.press(1, &open), 0);
    let stage = samleng::store::Stage::new(&hall.world.store, at(0)).unwrap();
    assert!(!Floor::of(&stage.floor(hall.meeting)).has_begun());
}
