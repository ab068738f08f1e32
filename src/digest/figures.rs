//! How much there is of everything, for the organisers: a value from which texts and pictures are made.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Counts, Edition, Records, Scored, Totals, scores, tally};
use crate::config::Config;
use crate::domain::concern::question;
use crate::domain::{Archive, Concern, Day, Meeting, PartContent, Status};

/// The figures of a forum, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// As of when.
    pub made_at: Timestamp,
    /// The meeting, once something is known of it.
    pub meeting: Option<Meeting>,
    /// Organisations for which somebody speaks.
    pub joined: u64,
    /// Those of them that have raised something.
    pub heard: u64,
    /// How many concerns stand where; only where some do.
    pub statuses: Vec<(Status, u64)>,
    /// How many are about what, but for those that are withdrawn.
    pub topics: BTreeMap<String, u64>,
    /// And where.
    pub places: BTreeMap<String, u64>,
    /// Voice notes that are not in writing yet.
    pub unwritten: u64,
    /// Questions without an answer.
    pub asked: u64,
    /// Who comes on which day of the meeting: organisations and people.
    pub coming: Vec<(Day, u64, u64)>,
    /// What became of everything that was received, and how much of what stands for itself is about what and where: as an [`Archive`]
    /// counts it.
    pub tally: (Totals, Counts),
    /// Organisations that raised something and did not take it back.
    pub raised: u64,
    /// What stayed of earlier meetings, the oldest first.
    pub archives: Vec<Archive>,
    /// What became of what was promised, meeting by meeting, the newest first.
    pub scores: Vec<Scored>,
}

/// Counts them.
pub fn figures(records: &Records, config: &Config, now: Timestamp) -> Figures {
    let there = || {
        let all = records.concerns.iter();
        all.filter(|concern| concern.status != Status::Withdrawn)
    };
    let heard = records.heard();
    let by = |question| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for id in there().filter_map(|concern| concern.answers.choice(question)) {
            *counts.entry(id.to_owned()).or_default() += 1;
        }
        counts
    };
    let count = |status| {
        let all = records.concerns.iter();
        all.filter(|concern| concern.status == status).count() as u64
    };
    let days = records.meeting.iter().flat_map(|meeting| {
        let answers = || {
            records
                .rsvps
                .iter()
                .filter(|rsvp| rsvp.meeting == meeting.id)
        };
        meeting.days.iter().map(move |day| {
            let people = answers().filter_map(|rsvp| rsvp.people.get(&day.date));
            let people: Vec<u64> = people.filter(|n| **n > 0).map(|n| u64::from(*n)).collect();
            (*day, people.len() as u64, people.iter().sum())
        })
    });
    Figures {
        made_at: now,
        meeting: records.meeting.clone(),
        joined: records.joined.len() as u64,
        heard: heard.intersection(&records.joined).count() as u64,
        statuses: Status::ALL
            .into_iter()
            .map(|status| (status, count(status)))
            .filter(|(_, count)| *count > 0)
            .collect(),
        topics: by(question::TOPIC),
        places: by(question::PLACE),
        unwritten: there().map(|concern| unwritten(concern, records)).sum(),
        asked: there()
            .filter(|concern| concern.open_question.is_some())
            .count() as u64,
        coming: days.collect(),
        tally: tally(records, Edition::Organisers, config),
        raised: heard.len() as u64,
        archives: records.archives.clone(),
        scores: scores::scores(records, Edition::Organisers, config, now),
    }
}

impl Figures {
    /// The same as an archive, so that the meeting that is being prepared can be held against earlier ones. How many people take part, and
    /// what happens on the floor, is not in it.
    pub fn as_archive(&self) -> Archive {
        let meeting = self.meeting.as_ref();
        let (totals, counts) = &self.tally;
        Archive {
            meeting: meeting.map(|known| known.id),
            title: meeting.map_or_else(Default::default, |known| known.title.clone()),
            days: meeting.map_or_else(Vec::new, |known| known.days.clone()),
            totals: *totals,
            topics: counts.topic.clone(),
            places: counts.place.clone(),
            urgencies: counts.urgency.clone(),
            statuses: self.statuses.iter().copied().collect(),
            raised: self.raised,
            joined: self.joined,
            ..Archive::default()
        }
    }
}

fn unwritten(concern: &Concern, records: &Records) -> u64 {
    let parts = concern.answers.story(question::STORY).iter();
    let voices = parts.filter(|part| match &part.content {
        PartContent::Voice { file, .. } => file
            .kept
            .is_none_or(|kept| !records.spoken.contains_key(&kept)),
        PartContent::Text(_) | PartContent::Photo(_) | PartContent::Document(_) => false,
    });
    voices.count() as u64
}
