//! The score: what became of what was promised, meeting by meeting, and where that puts the concerns that it was promised about.
//!
//! Guarantees: the parts of a score add up to what was promised. What organisations say counts by the agenda's rule: of those that the
//! organisers approved and have not suspended. In the shared edition a promise of which fewer than three organisations said anything stands
//! as one of which nobody did, and no count that is not zero stands for fewer than three. Nobody who raised what was promised is in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::frozen::{Hash, canonical};
use super::{Edition, Records};
use crate::config::Config;
use crate::domain::promise::{Counts, SAFE, Score, Standing, Verdict, heard, shown};
use crate::domain::{Localised, Promise};

/// Of so many meetings, the last ones.
const MEETINGS: usize = 5;

/// What was promised at a meeting, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scored {
    /// What the meeting was called.
    pub title: Localised,
    /// Its last day, if that was known.
    pub held_on: Option<Date>,
    /// How many promises stand how.
    pub score: Score,
    /// Each promise, in the order in which they were written down.
    pub promises: Vec<Kept>,
}

/// A promise, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// What was promised.
    pub text: String,
    /// Who is to do it; empty if that was not said.
    pub owner: String,
    /// By when, if that was said.
    pub due: Option<Date>,
    /// The topic's id; empty if none was said.
    pub topic: String,
    /// How it stands.
    pub standing: Standing,
    /// How many organisations say what, by the id of their place; those without one, or whose place would single them out, are
    /// under the empty id. In the shared edition none that is small: often the standing is all.
    pub places: BTreeMap<String, Counts>,
    /// What the organisers heard, where the standing follows from that: no organisation has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard: Option<Verdict>,
}

/// The scores of the last meetings at which something was promised, the newest first.
pub(super) fn scores(
    records: &Records,
    edition: Edition,
    config: &Config,
    now: Timestamp,
) -> Vec<Scored> {
    let meetings: BTreeSet<u64> = records.promises.iter().map(|known| known.meeting).collect();
    let newest = meetings.into_iter().rev().take(MEETINGS);
    newest
        .filter_map(|meeting| {
            let of_it = records
                .promises
                .iter()
                .filter(|known| known.meeting == meeting);
            let of_it: Vec<&Promise> = of_it.collect();
            // What it was called last is what it is called.
            let last = *of_it.iter().max_by_key(|known| (known.made_at, known.id))?;
            let promises: Vec<Kept> = of_it
                .iter()
                .map(|promise| kept(promise, records, edition, config, now))
                .collect();
            Some(Scored {
                title: last.title.clone(),
                held_on: last.held_on,
                score: Score::of(promises.iter().map(|promise| promise.standing)),
                promises,
            })
        })
        .collect()
}

fn kept(
    promise: &Promise,
    records: &Records,
    edition: Edition,
    config: &Config,
    now: Timestamp,
) -> Kept {
    let reports = records.reports.iter();
    let reports = reports.filter(|said| said.promise == promise.id);
    let heard = heard(reports, |said| {
        said.counts(records.organisations.get(&said.organisation))
    });
    let places = promise.by_place(heard, &records.voices);
    let all = |places: &BTreeMap<String, Counts>| {
        let counts = places.values();
        counts.fold(Counts::default(), |sum, counts| sum.plus(*counts))
    };
    // Few answers are none, so what is told then does not show that there are some.
    let counts = match (edition, all(&places)) {
        (Edition::Shared, few) if few.total() < SAFE => Counts::default(),
        (Edition::Organisers | Edition::Group | Edition::Shared, counts) => counts,
    };
    let places = match edition {
        Edition::Organisers | Edition::Group => places,
        Edition::Shared => shown(&places),
    };
    let today = promise.today(now, &config.settings.zone);
    let standing = promise.standing(counts, today);
    let is_due = standing != Standing::NotYetDue;
    Kept {
        text: promise.text.clone(),
        owner: promise.owner.clone(),
        due: promise.due,
        topic: promise.topic.clone(),
        standing,
        places,
        heard: promise.heard.filter(|_| is_due && counts.total() == 0),
    }
}

impl Records {
    /// Leaves out what earlier meetings dealt with, and has each concern stand where what was promised about it puts it: done, once all of
    /// that was kept ([`Status::given`]), as far as the readers of this edition may know.
    ///
    /// [`Status::given`]: crate::domain::Status::given
    pub fn judge(&mut self, edition: Edition, config: &Config, now: Timestamp) {
        self.leave_earlier();
        let mut standings: BTreeMap<u64, Vec<Standing>> = BTreeMap::new();
        for promise in &self.promises {
            if let Some(concern) = promise.concern {
                let standing = kept(promise, self, edition, config, now).standing;
                standings.entry(concern).or_default().push(standing);
            }
        }
        for concern in &mut self.concerns {
            let promised = standings.get(&concern.id).map_or(&[][..], Vec::as_slice);
            concern.status = concern.status.given(promised);
        }
    }
}

/// By what one knows these scores again; nothing where there are none. SHA-256 of them as JSON in the canonical form.
pub(super) fn hash(scores: &impl Serialize) -> Option<Hash> {
    let value = serde_json::to_value(scores).unwrap_or_default(); // its maps have string keys, and nothing else can fail
    if value.as_array().is_none_or(Vec::is_empty) {
        return None;
    }
    let mut bytes = Vec::new();
    canonical(&value, &mut bytes);
    Some(Sha256::digest(bytes).into())
}
