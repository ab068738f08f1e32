//! From the records to a [`Digest`]: what is in it, in which edition, grouped, ranked, counted, reconciled.
//!
//! Disclosure and review are enforced here and nowhere else: what an edition must not show is not in the value,
//! so no renderer can show it.

mod counts;
mod figures;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::{Config, Review};
pub use crate::domain::archive::Totals;
use crate::domain::concern::question;
use crate::domain::{
    Answer, Archive, Concern, Deed, Disclosure, Endorsement, Language, Localised, Meeting,
    Organisation, PartContent, Past, Receipt, Rsvp, Status,
};
use counts::Cells;
pub use figures::{Figures, figures};

/// For whom a digest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// For those who prepare the meeting: everything.
    Organisers,
    /// For the authority: what its authors and the review let out.
    Shared,
    /// For the organisers' group: everything that is said, and not by whom, since no look there can be noted.
    Group,
}

/// In which form it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Telegram messages; a file where there would be too many.
    Messages,
    /// A text file.
    Text,
    /// A JSON file.
    Json,
    /// The figures alone, as a message.
    Stats,
}

/// Which concerns are wanted; all, unless something is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Only this topic, by id.
    pub topic: Option<String>,
    /// Only this place, by id.
    pub place: Option<String>,
    /// Only this status.
    pub status: Option<Status>,
    /// Only what came after this instant.
    #[serde(default)]
    pub after: Option<Timestamp>,
    /// Only what came until this instant.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

/// A wish for a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// For whom.
    pub edition: Edition,
    /// In which form.
    pub format: Format,
    /// In which language its headings are.
    pub language: Language,
    /// Of what.
    pub filter: Filter,
}

impl Edition {
    /// Its id in button data and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Organisers => "organisers",
            Self::Shared => "shared",
            Self::Group => "group",
        }
    }

    /// The edition with this id, of those that can be asked for.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Organisers, Self::Shared]
            .into_iter()
            .find(|edition| edition.id() == id)
    }

    /// What the audit log says of whoever has it made.
    pub fn deed(self) -> Deed {
        match self {
            Self::Organisers => Deed::DigestMade,
            Self::Shared => Deed::SharedDigestMade,
            Self::Group => Deed::DigestMade,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Organisers | Self::Group => Self::Shared,
            Self::Shared => Self::Organisers,
        }
    }
}

impl Format {
    /// Its id in button data.
    pub fn id(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Text => "text",
            Self::Json => "json",
            Self::Stats => "stats",
        }
    }

    /// The format with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Messages, Self::Text, Self::Json, Self::Stats]
            .into_iter()
            .find(|format| format.id() == id)
    }
}

impl Filter {
    fn admits(&self, concern: &Concern) -> bool {
        let same = |wanted: &Option<String>, question| {
            wanted
                .as_deref()
                .is_none_or(|wanted| concern.answers.choice(question) == Some(wanted))
        };
        same(&self.topic, question::TOPIC)
            && same(&self.place, question::PLACE)
            && self.status.is_none_or(|status| status == concern.status)
            && self.after.is_none_or(|after| after < concern.came_at())
            && self.until.is_none_or(|until| concern.came_at() <= until)
    }
}

/// The records that a digest is made from, as they were at one moment.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Every concern ever submitted.
    pub concerns: Vec<Concern>,
    /// The organisations by id, those of the registry that never came included.
    pub organisations: BTreeMap<u64, Organisation>,
    /// The organisations for which somebody speaks.
    pub joined: BTreeSet<u64>,
    /// Who stands behind which concern.
    pub endorsements: Vec<Endorsement>,
    /// What stands beside each concern, in order.
    pub past: BTreeMap<u64, Vec<Past>>,
    /// The meeting.
    pub meeting: Option<Meeting>,
    /// What organisations answered to the invitation to it.
    pub rsvps: Vec<Rsvp>,
    /// What is said in voice notes, as their authors approved it, by attachment.
    pub spoken: BTreeMap<u64, String>,
    /// What stayed of earlier meetings, the oldest first.
    pub archives: Vec<Archive>,
}

/// A digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// For whom it is.
    pub edition: Edition,
    /// Its number, once digests are frozen.
    pub number: Option<u32>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The meeting, once something is known of it.
    pub meeting: Option<Meeting>,
    /// What became of everything that was received.
    pub totals: Totals,
    /// Included concerns by topic, place and urgency.
    pub counts: Counts,
    /// The included concerns: by topic, in each by the organisations behind them, then by age.
    pub concerns: Vec<Entry>,
    /// Places, by id, of which no included concern speaks.
    pub silent_places: Vec<String>,
    /// Organisations that joined and submitted nothing; none in the shared edition.
    pub silent_organisations: Vec<Localised>,
    /// How many organisations of the registry never came; 0 in the shared edition.
    pub absent_organisations: u64,
}

/// How many concerns there are, by id; where people could be singled out, small cells are under `other`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// By topic.
    pub topic: BTreeMap<String, u64>,
    /// By place.
    pub place: BTreeMap<String, u64>,
    /// By urgency, of those that say so.
    pub urgency: BTreeMap<String, u64>,
}

/// One concern, reduced to what the edition's readers may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its running number in this digest, from 1.
    pub number: u64,
    /// Its receipt; never in the shared edition.
    pub receipt: Option<Receipt>,
    /// Where it stands.
    pub status: Status,
    /// The topic's id.
    pub topic: String,
    /// The place's id.
    pub place: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The story, piece by piece.
    pub story: Vec<Piece>,
    /// Who is affected.
    pub affected: Option<String>,
    /// What should be done.
    pub ask: Option<String>,
    /// How urgent, by id.
    pub urgency: Option<String>,
    /// Who may read it.
    pub disclosure: Disclosure,
    /// Who raises it, where the reader may know.
    pub organisation: Option<Organisation>,
    /// How many organisations stand behind it.
    pub behind: u64,
    /// Answers to the forum's own questions, by id.
    pub other: BTreeMap<String, String>,
    /// Notes, questions and answers, in order; none in the shared edition.
    pub beside: Vec<Beside>,
}

/// What stands beside a concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// What its author added.
    Note(String),
    /// What the organisers asked, and the answer if there is one.
    Question(String, Option<String>),
}

/// A piece of a story: what it says or is, without the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Piece {
    /// Written words.
    Text {
        /// The words.
        text: String,
    },
    /// A voice note.
    Voice {
        /// Its length in seconds.
        seconds: u32,
        /// What is said in it, once written down.
        transcript: Option<String>,
    },
    /// A photo.
    Photo,
    /// A document.
    Document,
}

/// Makes a digest of these records.
pub fn make(
    records: &Records,
    edition: Edition,
    filter: &Filter,
    config: &Config,
    now: Timestamp,
) -> Digest {
    let (totals, mut included) = reconcile(records, edition, filter, config);
    let topic_rank = |concern: &Concern| {
        let topic = concern.answers.choice(question::TOPIC);
        config
            .topics
            .iter()
            .position(|known| Some(known.id.as_str()) == topic)
            .unwrap_or(usize::MAX)
    };
    let backing = Backing::new(records);
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
    let (silent_organisations, absent_organisations) = silent_organisations(records, edition);
    Digest {
        edition,
        number: None,
        made_at: now,
        meeting: records.meeting.clone(),
        totals,
        counts: count(&included, edition),
        silent_places: match edition {
            Edition::Organisers | Edition::Shared => silent_places(&included, config),
            Edition::Group => Vec::new(),
        },
        silent_organisations,
        absent_organisations,
        concerns: included
            .iter()
            .zip(1..)
            .map(|(concern, number)| Entry {
                behind: behind[&concern.id],
                ..entry(concern, number, edition, records)
            })
            .collect(),
    }
}

/// The totals and counts of a digest of everything, without the digest.
pub fn tally(records: &Records, edition: Edition, config: &Config) -> (Totals, Counts) {
    let (totals, included) = reconcile(records, edition, &Filter::default(), config);
    (totals, count(&included, edition))
}

/// What became of everything that was received, and what is included.
fn reconcile<'r>(
    records: &'r Records,
    edition: Edition,
    filter: &Filter,
    config: &Config,
) -> (Totals, Vec<&'r Concern>) {
    let mut totals = Totals::default();
    let mut included = Vec::new();
    for concern in records
        .concerns
        .iter()
        .filter(|concern| filter.admits(concern))
    {
        totals.received += 1;
        match fate(concern, edition, config.settings.review) {
            Fate::Included => {
                totals.included += 1;
                included.push(concern);
            }
            Fate::Merged => totals.merged += 1,
            Fate::Withdrawn => totals.withdrawn += 1,
            Fate::Held => totals.held += 1,
            Fate::Rejected => totals.rejected += 1,
            Fate::Withheld => totals.withheld += 1,
        }
    }
    (totals, included)
}

enum Fate {
    Included,
    Merged,
    Withdrawn,
    Held,
    Rejected,
    Withheld,
}

fn fate(concern: &Concern, edition: Edition, review: Review) -> Fate {
    match concern.status {
        Status::Merged => return Fate::Merged,
        Status::Withdrawn => return Fate::Withdrawn,
        Status::Held | Status::Waiting => return Fate::Held,
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
    let reviewed = review.lets_in(concern.status);
    match (edition, concern.disclosure) {
        (
            Edition::Organisers | Edition::Group,
            Disclosure::Named | Disclosure::Unnamed | Disclosure::OrganisersOnly,
        ) => Fate::Included,
        (Edition::Shared, Disclosure::Named | Disclosure::Unnamed) if reviewed => Fate::Included,
        (Edition::Shared, Disclosure::Named | Disclosure::Unnamed | Disclosure::OrganisersOnly) => {
            Fate::Withheld
        }
    }
}

fn count(included: &[&Concern], edition: Edition) -> Counts {
    let by = |question| {
        let mut cells = Cells::default();
        for concern in included {
            if let Some(id) = concern.answers.choice(question) {
                cells.add(id, concern.organisation);
            }
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

/// The organisations that joined and submitted nothing, and how many of the registry never came.
fn silent_organisations(records: &Records, edition: Edition) -> (Vec<Localised>, u64) {
    let heard: BTreeSet<u64> = records
        .concerns
        .iter()
        .map(|concern| concern.organisation)
        .collect();
    let silent = records
        .organisations
        .values()
        .filter(|organisation| !heard.contains(&organisation.id));
    match edition {
        Edition::Shared | Edition::Group => (Vec::new(), 0),
        Edition::Organisers => {
            let (joined, absent): (Vec<_>, Vec<_>) =
                silent.partition(|organisation| records.joined.contains(&organisation.id));
            let names = joined
                .into_iter()
                .map(|organisation| organisation.name.clone());
            (names.collect(), absent.len() as u64)
        }
    }
}

fn entry(concern: &Concern, number: u64, edition: Edition, records: &Records) -> Entry {
    let answers = &concern.answers;
    let organisation = || {
        let known = records.organisations.get(&concern.organisation)?;
        Some(Organisation {
            verified: known.verified || concern.vouched,
            ..known.clone()
        })
    };
    let (receipt, organisation) = match (edition, concern.disclosure) {
        (
            Edition::Organisers,
            Disclosure::Named | Disclosure::Unnamed | Disclosure::OrganisersOnly,
        ) => (Some(concern.receipt), organisation()),
        (Edition::Group, Disclosure::Named | Disclosure::Unnamed | Disclosure::OrganisersOnly) => {
            (Some(concern.receipt), None)
        }
        (Edition::Shared, Disclosure::Named) => (None, organisation()),
        (Edition::Shared, Disclosure::Unnamed | Disclosure::OrganisersOnly) => (None, None),
    };
    let text = |question| answers.text(question).map(str::to_owned);
    let choice = |question| answers.choice(question).map(str::to_owned);
    Entry {
        number,
        receipt,
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
        organisation,
        behind: 1,
        other: answers
            .0
            .iter()
            .filter_map(|(id, answer)| other(id, answer))
            .collect(),
        beside: match edition {
            Edition::Organisers | Edition::Group => records
                .past
                .get(&concern.id)
                .into_iter()
                .flatten()
                .filter_map(beside)
                .collect(),
            Edition::Shared => Vec::new(),
        },
    }
}

fn beside(past: &Past) -> Option<Beside> {
    match past {
        Past::Version { .. } => None,
        Past::Note { text, .. } => Some(Beside::Note(text.clone())),
        Past::Question { text, answer, .. } => {
            let answer = answer.as_ref().map(|(_, words)| words.clone());
            Some(Beside::Question(text.clone(), answer))
        }
    }
}

/// Who stands behind what.
struct Backing<'r> {
    endorsed: BTreeMap<u64, Vec<u64>>,
    parts: BTreeMap<u64, Vec<&'r Concern>>,
}

impl<'r> Backing<'r> {
    fn new(records: &'r Records) -> Self {
        let mut endorsed: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for endorsement in &records.endorsements {
            let organisations = endorsed.entry(endorsement.concern).or_default();
            organisations.push(endorsement.organisation);
        }
        let mut parts: BTreeMap<u64, Vec<&Concern>> = BTreeMap::new();
        for concern in &records.concerns {
            if let Some(whole) = concern.into {
                parts.entry(whole).or_default().push(concern);
            }
        }
        Self { endorsed, parts }
    }

    /// How many organisations stand behind a concern, with what was merged into it.
    fn behind(&self, concern: &Concern) -> u64 {
        let mut organisations = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![concern];
        while let Some(concern) = open.pop() {
            if seen.insert(concern.id) {
                organisations.insert(concern.organisation);
                organisations.extend(self.endorsed.get(&concern.id).into_iter().flatten());
                open.extend(self.parts.get(&concern.id).into_iter().flatten());
            }
        }
        organisations.len() as u64
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
