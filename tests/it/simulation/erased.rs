//! What was withdrawn, forgotten or erased: in no record and no message from then on, and nowhere on the disk once the store was rebuilt, be it
//! with the key; whatever crashed in between (promise 15).
//!
//! It is told by marks. What stood in the records at one quiet look, and belongs at the next to a concern that is withdrawn, to a member who is
//! gone, or to a meeting of which counts are left, is erased. The disk forgets nothing by itself ([`MemoryKv::remember`]).
//!
//! [`MemoryKv::remember`]: samleng::store::memory_kv::MemoryKv::remember

use std::collections::{BTreeMap, BTreeSet};

use samleng::dialogue::Person;
use samleng::domain::{Concern, Deed, Organisation, Past, Promise, Status, audit};
use samleng::store::Store;
use samleng::store::record::past;

use super::bot::{Disk, chat};
use super::people::{Mark, ORGANISERS, Soul, marks};

/// What stands in the records at one look.
#[derive(Default)]
struct Stood {
    /// The internal number of each member.
    members: BTreeMap<i64, u64>,
    /// All marks, but for those in promises: these are the organisers' words about the authority, and stay.
    marks: BTreeSet<Mark>,
    /// Those of each concern that stands.
    of: BTreeMap<u64, BTreeSet<Mark>>,
    erasures: usize,
}

impl Stood {
    fn of(store: &Store, souls: &[Soul]) -> Self {
        let mut of: BTreeMap<u64, BTreeSet<Mark>> = BTreeMap::new();
        let concerns: Vec<Concern> = store.all().unwrap();
        for concern in concerns {
            if concern.status == Status::Withdrawn {
                continue;
            }
            let mut words: Vec<String> = (0..concern.past)
                .filter_map(|place| store.get(&past(concern.id, place)).unwrap())
                .map(|past: Past| serde_json::to_string(&past).unwrap())
                .collect();
            words.push(serde_json::to_string(&concern).unwrap());
            let theirs = words.iter().flat_map(|words| marks(words));
            of.insert(concern.id, theirs.collect());
        }
        let members = souls[ORGANISERS..].iter().filter_map(|soul| {
            let person = store.person(chat(soul.id)).unwrap()?;
            Some((soul.id, person.number))
        });
        let promised = promised(store);
        let all = store.export().unwrap();
        let marks = marks(&all).filter(|mark| !promised.contains(mark));
        Self {
            members: members.collect(),
            marks: marks.collect(),
            of,
            erasures: erasures(store),
        }
    }
}

/// How often everything about people was erased.
pub(super) fn erasures(store: &Store) -> usize {
    let entries: Vec<audit::Entry> = store.all().unwrap();
    let erased = entries
        .iter()
        .filter(|entry| matches!(entry.deed, Deed::Erased(_)));
    erased.count()
}

/// What stays of what organisers wrote: what was promised, and which office is to do it.
fn promised(store: &Store) -> BTreeSet<Mark> {
    let promises: Vec<Promise> = store.all().unwrap();
    let words = promises
        .iter()
        .flat_map(|promise| marks(&promise.text).chain(marks(&promise.owner)));
    words.collect()
}

/// What those organisations are called whose name stays when one of theirs is forgotten: somebody speaks for them, or the organisers
/// have decided about them.
fn called(store: &Store) -> BTreeSet<Mark> {
    let people: Vec<Person> = store.all().unwrap();
    let spoken_for = people.iter().filter_map(|one| one.membership.as_ref());
    let spoken_for: BTreeSet<u64> = spoken_for.map(|of| of.organisation).collect();
    let organisations: Vec<Organisation> = store.all().unwrap();
    let stays = |one: &&Organisation| {
        spoken_for.contains(&one.id) || one.verified || one.suspended || one.number.is_some()
    };
    organisations
        .iter()
        .filter(stays)
        .flat_map(|one| one.name.all().flat_map(marks))
        .collect()
}

/// What is remembered from one look to the next.
#[derive(Default)]
pub(super) struct Erased {
    before: Stood,
    gone: BTreeSet<Mark>,
    /// What there is for a reason of its own as well, as long as it is there.
    stays: BTreeSet<Mark>,
}

impl Erased {
    /// Whether this was erased before the last look.
    pub(super) fn holds(&self, mark: Mark) -> bool {
        self.gone.contains(&mark) && !self.stays.contains(&mark)
    }

    /// How many words were erased.
    pub(super) fn count(&self) -> usize {
        self.gone.len()
    }

    /// Looks at the records, and at the disk if nothing that was erased may be there; whether everything about people was erased since
    /// the last look.
    pub(super) fn when_quiet(&mut self, store: &Store, disk: &Disk, souls: &[Soul]) -> bool {
        let now = Stood::of(store, souls);
        let before = std::mem::take(&mut self.before);
        let everything = now.erasures > before.erasures;
        if everything {
            self.gone.extend(&before.marks);
        }
        for (id, number) in &before.members {
            if now.members.get(id) != Some(number) {
                let theirs = before.marks.iter().filter(|mark| mark.who == *id);
                self.gone.extend(theirs);
            }
        }
        for (id, words) in &before.of {
            if !now.of.contains_key(id) {
                // What was raised again at another meeting says the same.
                let stands = |mark: &&Mark| now.of.values().any(|of| of.contains(mark));
                self.gone.extend(words.iter().filter(|mark| !stands(mark)));
            }
        }
        self.stays = promised(store).into_iter().chain(called(store)).collect();
        let mut kept = now.marks.iter().filter(|mark| self.holds(**mark));
        let kept = kept.next();
        assert!(kept.is_none(), "erased words are in the records: {kept:?}");
        self.before = now;
        if store.erased_since().is_none() {
            self.is_nowhere(disk);
        }
        everything
    }

    fn is_nowhere(&self, disk: &Disk) {
        if self.gone.is_empty() {
            return;
        }
        for plain in disk.readable() {
            let found = marks(&String::from_utf8_lossy(&plain)).find(|mark| self.holds(*mark));
            assert!(
                found.is_none(),
                "erased words are on the disk: {found:?}, though nothing is to be rebuilt"
            );
        }
    }
}
