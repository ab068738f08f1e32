//! Making a digest: selecting, counting, ranking.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::counts::{Cells, trend};
use super::frozen::{Fate, Fated, Frozen, Opening};
use super::records::Backing;
use super::{
    Counts, Digest, Edition, Entry, Filter, Named, Piece, Place, Reader, Records, Silence, Totals,
    changes, scores,
};
use crate::config::{Config, Review};
use crate::domain::concern::question;
use crate::domain::{Answer, Concern, Disclosure, Localised, PartContent, Status};

/// Makes a digest of these records, for these readers.
pub fn make<R: Reader>(
    records: &Records,
    filter: &Filter,
    config: &Config,
    now: Timestamp,
) -> Digest<R> {
    let (mut digest, fates) = prepare(records, filter, config, now);
    digest.reconcile(records.frozen.last(), &fates);
    digest
}

/// A digest that is held against none before and has no number, with what became of each concern that it speaks of.
pub(super) fn prepare<R: Reader>(
    records: &Records,
    filter: &Filter,
    config: &Config,
    now: Timestamp,
) -> (Digest<R>, Vec<Fated>) {
    let selected = select(records, R::EDITION, filter, config);
    let topic_rank = |concern: &Concern| {
        let topic = concern.answers.choice(question::TOPIC);
        config
            .topics
            .iter()
            .position(|known| Some(known.id.as_str()) == topic)
            .unwrap_or(usize::MAX)
    };
    let backing = Backing::new(records);
    let mut included: Vec<_> = selected.included().collect();
    let behind: BTreeMap<u64, u64> = included
        .iter()
        .map(|concern| (concern.id, backing.behind(concern)))
        .collect();
    included.sort_by_key(|concern| {
        (
            topic_rank(concern),
            Reverse(behind[&concern.id]),
            concern.id,
        )
    });
    let numbers: BTreeMap<u64, u64> = included
        .iter()
        .zip(1..)
        .map(|(concern, number)| (concern.id, number))
        .collect();
    let fates: Vec<Fated> = selected
        .fates
        .iter()
        .map(|(concern, fate)| Fated {
            concern: concern.id,
            receipt: concern.receipt,
            fate: match fate {
                Fate::Included { .. } => Fate::Included {
                    number: numbers[&concern.id],
                },
                settled @ (Fate::Merged { .. }
                | Fate::Withdrawn
                | Fate::Held
                | Fate::Waiting
                | Fate::Rejected
                | Fate::OrganisersOnly
                | Fate::Unreviewed) => *settled,
            },
        })
        .collect();
    let zone = config.settings.zone.clone();
    let zone = records
        .meeting
        .as_ref()
        .map_or(zone.clone(), |meeting| meeting.zone(&zone));
    let digest = Digest {
        number: None,
        fingerprint: None,
        made_at: now,
        filter: filter.clone(),
        meeting: records.meeting.clone(),
        scores: if *filter == Filter::default() {
            scores::scores(records, R::EDITION, config, now)
        } else {
            Vec::new()
        },
        totals: selected.totals(R::EDITION, filter),
        counts: count(&included, R::EDITION),
        trend: if is_blind(R::EDITION, filter) {
            Vec::new()
        } else {
            trend(&included, R::EDITION, &zone)
        },
        before: None,
        silent_places: match R::EDITION {
            Edition::Organisers | Edition::Shared => silent_places(&included, config),
            Edition::Group => Vec::new(),
        },
        concerns: included
            .iter()
            .map(|concern| entry(concern, numbers[&concern.id], behind[&concern.id], records))
            .collect(),
        whole: R::whole(records),
    };
    (digest, fates)
}

impl<R: Reader> Digest<R> {
    /// Holds it against the digest before.
    pub(super) fn reconcile(&mut self, before: Option<&(Frozen, Vec<Opening>)>, fates: &[Fated]) {
        if let Some((frozen, openings)) = before {
            self.before = Some(frozen.into());
            R::keep(&mut self.whole, changes::changes(frozen, openings, fates));
        }
    }
}

/// The totals and counts of a digest of everything, without the digest.
pub fn tally(records: &Records, edition: Edition, config: &Config) -> (Totals, Counts) {
    let selected = select(records, edition, &Filter::default(), config);
    let included: Vec<_> = selected.included().collect();
    let totals = selected.totals(edition, &Filter::default());
    (totals, count(&included, edition))
}

/// Everything that is admitted, and as what it is in the digest.
struct Selected<'r> {
    fates: Vec<(&'r Concern, Fate)>,
}

impl<'r> Selected<'r> {
    fn included(&self) -> impl Iterator<Item = &'r Concern> {
        let all = self.fates.iter();
        all.filter(|(_, fate)| matches!(fate, Fate::Included { .. }))
            .map(|(concern, _)| *concern)
    }

    fn totals(&self, edition: Edition, filter: &Filter) -> Totals {
        let mut totals = Totals::default();
        let is_blind = is_blind(edition, filter);
        for (_, fate) in &self.fates {
            if is_blind && Place::from(fate) != Place::Included {
                continue;
            }
            totals.received += 1;
            match Place::from(fate) {
                Place::Included => totals.included += 1,
                Place::Merged => totals.merged += 1,
                Place::Withdrawn => totals.withdrawn += 1,
                Place::Held => totals.held += 1,
                Place::Rejected => totals.rejected += 1,
                Place::Withheld => totals.withheld += 1,
                // Whatever is admitted is somewhere.
                Place::Absent => {}
            }
        }
        totals
    }
}

/// Whether nothing may be said but of what is in the digest. A selection for the authority is so: "withheld: 1" of one topic in
/// one place would point at whoever trusted the organisers only, and so would the days of a few, held against those of all.
fn is_blind(edition: Edition, filter: &Filter) -> bool {
    match edition {
        Edition::Organisers | Edition::Group => false,
        Edition::Shared => *filter != Filter::default(),
    }
}

fn select<'r>(
    records: &'r Records,
    edition: Edition,
    filter: &Filter,
    config: &Config,
) -> Selected<'r> {
    let review = config.settings.review;
    let ever = Filter {
        after: None,
        ..filter.clone()
    };
    // What came before the digest with which the selection begins and was in none until then, since nobody had let it in yet, is new as well.
    let is_late = |concern: &Concern, fate: &Fate| {
        let had = records.had.as_ref();
        matches!(fate, Fate::Included { .. })
            && had.is_some_and(|had| !had.contains(&concern.id))
            && ever.admits(concern)
    };
    let fates = records
        .concerns
        .iter()
        .map(|concern| (concern, fate(concern, edition, review)))
        .filter(|(concern, fate)| filter.admits(concern) || is_late(concern, fate));
    Selected {
        fates: fates.collect(),
    }
}

/// Its running number is not known yet.
fn fate(concern: &Concern, edition: Edition, review: Review) -> Fate {
    match concern.status {
        Status::Merged => {
            return Fate::Merged {
                into: concern.into.unwrap_or_default(),
            };
        }
        Status::Withdrawn => return Fate::Withdrawn,
        Status::Held => return Fate::Held,
        Status::Waiting => return Fate::Waiting,
        Status::Rejected => return Fate::Rejected,
        Status::New
        | Status::Approved
        | Status::Agenda
        | Status::Answered
        | Status::Promised
        | Status::Deflected
        | Status::NotReached
        | Status::Done => {}
    }
    match (edition, concern.disclosure) {
        (
            Edition::Organisers | Edition::Group,
            Disclosure::Named | Disclosure::Unnamed | Disclosure::OrganisersOnly,
        ) => Fate::Included { number: 0 },
        (Edition::Shared, Disclosure::OrganisersOnly) => Fate::OrganisersOnly,
        (Edition::Shared, Disclosure::Named | Disclosure::Unnamed)
            if review.lets_in(concern.status) =>
        {
            Fate::Included { number: 0 }
        }
        (Edition::Shared, Disclosure::Named | Disclosure::Unnamed) => Fate::Unreviewed,
    }
}

fn count(included: &[&Concern], edition: Edition) -> Counts {
    let by = |question| {
        let mut cells = Cells::default();
        for concern in included {
            cells.add(concern.answers.choice(question), concern.organisation);
        }
        match edition {
            Edition::Organisers | Edition::Group => cells.counts(),
            Edition::Shared => cells.folded().counts(),
        }
    };
    Counts {
        topic: by(question::TOPIC),
        place: by(question::PLACE),
        urgency: by(question::URGENCY),
    }
}

fn silent_places(included: &[&Concern], config: &Config) -> Vec<String> {
    let heard: BTreeSet<_> = included
        .iter()
        .filter_map(|concern| concern.answers.choice(question::PLACE))
        .collect();
    let silent = config
        .places
        .iter()
        .filter(|place| !place.whole && !heard.contains(place.choice.id.as_str()));
    silent.map(|place| place.choice.id.clone()).collect()
}

impl Silence {
    /// The organisations that joined and raised nothing that stands, and how many of the registry never came.
    pub(super) fn of(records: &Records) -> Self {
        let heard = records.heard();
        let silent = records
            .organisations
            .values()
            .filter(|organisation| !heard.contains(&organisation.id));
        let (joined, absent): (Vec<_>, Vec<_>) =
            silent.partition(|organisation| records.joined.contains(&organisation.id));
        let names = joined.into_iter();
        let names: Vec<Localised> = names.map(|known| known.name.clone()).collect();
        Self {
            organisations: names,
            absent: absent.len() as u64,
        }
    }
}

impl Named {
    /// Whoever raises this concern.
    pub(super) fn of(concern: &Concern, records: &Records) -> Option<Self> {
        let known = records.organisations.get(&concern.organisation)?;
        Some(Self {
            name: known.name.clone(),
            verified: known.verified || concern.vouched,
        })
    }
}

fn entry<R: Reader>(concern: &Concern, number: u64, behind: u64, records: &Records) -> Entry<R> {
    let answers = &concern.answers;
    let text = |question| answers.text(question).map(str::to_owned);
    let choice = |question| answers.choice(question).map(str::to_owned);
    Entry {
        number,
        beyond: R::of(concern, records),
        status: concern.status,
        topic: choice(question::TOPIC).unwrap_or_default(),
        place: choice(question::PLACE).unwrap_or_default(),
        title: text(question::TITLE),
        story: answers
            .story(question::STORY)
            .iter()
            .map(|part| piece(&part.content, records))
            .collect(),
        affected: text(question::AFFECTED),
        ask: text(question::ASK),
        urgency: choice(question::URGENCY),
        disclosure: concern.disclosure,
        organisation: R::named(concern, records),
        behind,
        other: answers
            .0
            .iter()
            .filter_map(|(id, answer)| other(id, answer))
            .collect(),
    }
}

fn piece(content: &PartContent, records: &Records) -> Piece {
    match content {
        PartContent::Text(text) => Piece::Text { text: text.clone() },
        PartContent::Voice { seconds, file } => Piece::Voice {
            seconds: *seconds,
            transcript: file
                .kept
                .and_then(|kept| records.spoken.get(&kept).cloned()),
        },
        PartContent::Photo(_) => Piece::Photo,
        PartContent::Document(_) => Piece::Document,
    }
}

/// An answer to one of the forum's own questions.
fn other(id: &str, answer: &Answer) -> Option<(String, String)> {
    if question::KNOWN.contains(&id) {
        return None;
    }
    let value = match answer {
        Answer::Choice { id, .. } => id.clone(),
        Answer::Text { text, .. } => text.clone(),
        Answer::Number { value, .. } => value.to_string(),
        Answer::Story(_) | Answer::Skipped => return None,
    };
    Some((id.to_owned(), value))
}
