//! What must hold of the floor log and of promises: what was acknowledged is there, once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use samleng::dialogue::{Person, Press};
use samleng::domain::audit::Entry;
use samleng::domain::floor::Floor;
use samleng::domain::{Deed, FloorEntry, FloorOutcome, Promise, Report, Voice, Who};
use samleng::store::Store;

use super::bot::Machine;
use super::wire::Sent;

/// What is remembered from one look to the next.
#[derive(Default)]
pub(super) struct Ledger {
    /// The log of each meeting at the last look.
    logs: BTreeMap<u64, Vec<FloorEntry>>,
    /// How many entries of each were shown to somebody.
    shown: BTreeMap<u64, u64>,
    /// Promises of which the command line was told that they are kept, and those of which it heard nothing.
    made: (usize, usize),
}

impl Ledger {
    /// A promise was written down on the command line: that was acknowledged, or nothing was heard of it.
    pub(super) fn made(&mut self, acknowledged: bool) {
        if acknowledged {
            self.made.0 += 1;
        } else {
            self.made.1 += 1;
        }
    }

    /// How many entries somebody has seen.
    pub(super) fn hears(&mut self, sent: &Sent) {
        for data in &sent.data {
            if let Some(Press::Floor(tap)) = Press::read(data) {
                let shown = self.shown.entry(tap.meeting).or_default();
                *shown = tap.seen.max(*shown);
            }
        }
    }

    /// Looks at everything, where everything about people was erased since the last look, or not.
    pub(super) fn when_quiet(&mut self, store: &Store, entries: &[Entry], erased: bool) {
        if erased {
            self.logs.clear();
            self.shown.clear();
        }
        let mut logs: BTreeMap<u64, Vec<FloorEntry>> = BTreeMap::new();
        for entry in store.all::<FloorEntry>().unwrap() {
            logs.entry(entry.meeting).or_default().push(entry);
        }
        for (meeting, before) in &self.logs {
            let now = logs.get(meeting).map_or(&[][..], Vec::as_slice);
            assert!(
                now.starts_with(before),
                "the floor log lost something: {before:?} became {now:?}"
            );
        }
        for (meeting, shown) in &self.shown {
            let kept = logs.get(meeting).map_or(0, Vec::len) as u64;
            assert!(
                *shown <= kept,
                "the floor log lost what was shown: {kept} of {shown} entries of {meeting}"
            );
        }
        for log in logs.values() {
            let places: Vec<u64> = log.iter().map(|entry| entry.place).collect();
            let counted: Vec<u64> = (0..log.len() as u64).collect();
            assert_eq!(places, counted, "the floor log has a gap");
        }
        let promises: Vec<Promise> = store.all().unwrap();
        self.promises_are_kept(&promises, entries);
        for log in logs.values() {
            outcomes_hold(log, &promises, entries);
        }
        let people: Vec<Person> = store.all().unwrap();
        for voice in store.all::<Voice>().unwrap() {
            // Who is kept for a promise is there, and knows.
            let known = promises.iter().find(|promise| promise.id == voice.promise);
            assert!(
                known.is_some_and(|promise| promise.followed_until.is_some()),
                "a voice about nothing: {voice:?}"
            );
            let Some(number) = voice.person else { continue };
            let person = people.iter().find(|person| person.number == number);
            assert!(
                person.is_some_and(|person| person.follows.contains_key(&voice.promise)),
                "a voice of nobody: {voice:?}, {person:?}"
            );
        }
        for report in store.all::<Report>().unwrap() {
            let known = promises.iter().any(|promise| promise.id == report.promise);
            assert!(known, "an answer about no promise: {report:?}");
        }
        self.logs = logs;
    }

    /// Each that was written down is there once, unless it was taken back.
    fn promises_are_kept(&self, promises: &[Promise], entries: &[Entry]) {
        let mut made = BTreeSet::new();
        let mut by_command = 0;
        for Entry { who, deed, .. } in entries {
            if let Deed::PromiseMade(id) = deed {
                assert!(made.insert(*id), "a promise was written down twice: {id}");
                by_command += usize::from(*who == Who::CommandLine);
            }
            if let Deed::PromiseTakenBack(id) = deed {
                assert!(made.remove(id), "a promise was taken back twice: {id}");
            }
        }
        let kept: BTreeSet<u64> = promises.iter().map(|promise| promise.id).collect();
        assert_eq!(kept, made, "promises are lost, or doubled");
        let (acknowledged, unknown) = self.made;
        assert!(
            (acknowledged..=acknowledged + unknown).contains(&by_command),
            "of {acknowledged} promises that were acknowledged, and {unknown} that were not, {by_command} are kept"
        );
    }
}

/// What a log says of promises, and what the promises say.
fn outcomes_hold(log: &[FloorEntry], promises: &[Promise], entries: &[Entry]) {
    let floor = Floor::of(log);
    for concern in floor.outcomes.keys() {
        let Some(FloorOutcome::Promised(id)) = floor.outcome(*concern) else {
            continue;
        };
        let there = promises.iter().any(|promise| promise.id == id);
        let taken_back = |entry: &Entry| entry.deed == Deed::PromiseTakenBack(id);
        assert!(
            there || entries.iter().any(taken_back),
            "what was promised on the floor is nowhere: {id}"
        );
    }
}

/// In the morning those behind every promise that was due before were asked.
pub(super) fn everybody_was_asked(store: &Store, machine: &Machine) -> usize {
    let zone = &machine.forum.config.settings.zone;
    let promises: Vec<Promise> = store.all().unwrap();
    let mut asked = 0;
    for promise in promises {
        let today = promise.today(machine.clock.now(), zone);
        let Some(due) = promise.due else { continue };
        let somebody = promise.concern.is_some() || promise.followed_until.is_some();
        if somebody && due < today && today - 29.days() < due {
            assert!(
                promise.asked.contains_key(&due),
                "nobody was asked what became of a promise: {promise:?} on {today}"
            );
        }
        asked += promise
            .asked
            .values()
            .map(|asked| asked.people)
            .sum::<u64>() as usize;
    }
    asked
}
