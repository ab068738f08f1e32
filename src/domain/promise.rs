//! What the authority promised at a meeting, what organisations say became of it, and the score of a meeting.
//!
//! Guarantees: how a promise stands follows from what was said of it and from the day, and is stored nowhere. The score of a meeting is a
//! fold over its promises: its parts add up to what was promised.
//!
//! What is said of a promise belongs to the person who says it, words and photos with it; an organisation has one voice, the latest of any
//! of its people ([`heard`]), and that counts only where the organisers approved it.
//!
//! A promise outlives the erasure of everything about people. Its text and its owner are about the authority; which concern it
//! answers and who said what goes then, and of what was said counts stay, none by place of fewer than [`SAFE`] organisations. Whoever
//! agreed to be asked all the same is kept as a [`Voice`] until a set time; what it says is counted then, and it is
//! gone.
//!
//! Must never: name anybody who raised what was promised.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Localised, Meeting, MessageId, Organisation};

/// The fewest organisations that a count by place may stand for once they are erased, and in the shared edition.
pub const SAFE: u64 = 3;

/// Something that was promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Counted.
    pub id: u64,
    /// The meeting at which it was promised.
    pub meeting: u64,
    /// What that meeting was called.
    pub title: Localised,
    /// Its last day, if that was known.
    pub held_on: Option<Date>,
    /// The time zone of that meeting by its IANA name, if it was not the forum's: when a day ends goes by it.
    pub zone: Option<String>,
    /// The concern that it answers, as long as that is there.
    pub concern: Option<u64>,
    /// The topic's id; empty if none was said.
    pub topic: String,
    /// What was promised, in the organisers' words.
    pub text: String,
    /// Who is to do it: an office of the authority.
    pub owner: String,
    /// By when, if that was said.
    pub due: Option<Date>,
    /// What shows that it was promised: files, by attachment.
    pub evidence: Vec<u64>,
    /// When it was written down.
    pub made_at: Timestamp,
    /// Goes up with each change by organisers: whoever decides has seen this one.
    pub version: u32,
    /// The days on which it was due and for which the organisations were asked.
    pub asked: BTreeMap<Date, Asked>,
    /// What was said of it by organisations that were erased since, by the id of their place; the empty id holds those whose
    /// place would single them out.
    pub counted: BTreeMap<String, Counts>,
    /// What the organisers heard became of it, and wrote down as theirs. It counts only while no organisation has answered.
    #[serde(default)]
    pub heard: Option<Verdict>,
    /// Until when those are kept who agreed to be asked about it ([`Voice`]), once everything else about them is erased. It is set by that
    /// erasure, and no change of the promise makes it longer.
    #[serde(default)]
    pub followed_until: Option<Timestamp>,
}

/// What is left, once everything else about people is erased, of somebody who agreed to be asked what became of a promise; and what an
/// organisation of theirs had said before through somebody else, who is nobody any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// The promise.
    pub promise: u64,
    /// Internal number; nothing where nobody is left who said it.
    pub person: Option<u64>,
    /// The same for all who spoke for one organisation, which has one word; it says nothing of which that was.
    pub shared: u64,
    /// Whether it counts: by the agenda's rule, as it was when everything else was erased.
    pub counts: bool,
    /// Where they are, by the id of the place; empty if nobody has said.
    pub place: String,
    /// What they say of it, and since when.
    pub said: Option<(Timestamp, Verdict)>,
}

/// Somebody who agreed to be asked, as everything else about them is about to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follower {
    /// Internal number.
    pub person: u64,
    /// The organisation for which they stand behind it.
    pub organisation: u64,
    /// Whether that counts.
    pub counts: bool,
    /// Where it is, by the id of the place.
    pub place: String,
}

/// What is left of a promise, with its voices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outliving {
    /// The promise as it is then.
    pub promise: Promise,
    /// Whoever can still say something of it.
    pub voices: Vec<Voice>,
}

/// That organisations were asked what became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// When.
    pub at: Timestamp,
    /// How many people.
    pub people: u64,
}

/// What somebody says for their organisation became of a promise. It is theirs alone: no colleague sees, changes or deletes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Report {
    /// The promise.
    pub promise: u64,
    /// Who says it, by internal number; 0 for somebody who was forgotten, in records of release 7 only.
    pub person: u64,
    /// The organisation for which they say it.
    pub organisation: u64,
    /// Whether they were vouched for when they raised what was promised: then it counts, though their organisation is not approved.
    pub vouched: bool,
    /// When they said whether it was kept.
    pub at: Timestamp,
    /// Whether it was kept where they are.
    pub verdict: Verdict,
    /// What they add, message by message.
    pub words: Vec<Piece>,
    /// What they show, by attachment.
    pub photos: Vec<u64>,
    /// Where they are, by the id of the place; empty if nobody has said.
    pub place: String,
}

/// Words that stand beside an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The message in which they came: who edits that, changes them.
    pub source: MessageId,
    /// The words.
    pub text: String,
}

/// A report as any release wrote it. Release 7 kept one an organisation, with a note and a photo, and who answered last.
#[derive(Deserialize)]
struct Stored {
    promise: u64,
    #[serde(default)]
    person: Option<u64>,
    organisation: u64,
    #[serde(default)]
    vouched: bool,
    at: Timestamp,
    verdict: Verdict,
    #[serde(default)]
    words: Vec<Piece>,
    #[serde(default)]
    photos: Vec<u64>,
    place: String,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    photo: Option<u64>,
}

impl From<Stored> for Report {
    fn from(stored: Stored) -> Self {
        let note = stored.note.map(|text| Piece {
            source: MessageId(0),
            text,
        });
        Self {
            promise: stored.promise,
            person: stored.person.unwrap_or(0),
            organisation: stored.organisation,
            vouched: stored.vouched,
            at: stored.at,
            verdict: stored.verdict,
            words: note.into_iter().chain(stored.words).collect(),
            photos: stored.photo.into_iter().chain(stored.photos).collect(),
            place: stored.place,
        }
    }
}

impl Report {
    /// Whether words or photos stand beside it.
    pub fn has_more(&self) -> bool {
        !self.words.is_empty() || !self.photos.is_empty()
    }

    /// Whether it counts, where this is its organisation: by the agenda's rule.
    pub fn counts(&self, organisation: Option<&Organisation>) -> bool {
        organisation.is_some_and(|known| known.has_voice() || self.vouched && !known.suspended)
    }
}

/// What counts of this: of each organisation that has a voice the latest word of any of its people.
pub fn heard<'r>(
    reports: impl IntoIterator<Item = &'r Report>,
    counts: impl Fn(&Report) -> bool,
) -> Vec<&'r Report> {
    let mut latest: BTreeMap<u64, &Report> = BTreeMap::new();
    for report in reports.into_iter().filter(|report| counts(report)) {
        let one = latest.entry(report.organisation).or_insert(report);
        if (one.at, one.person) < (report.at, report.person) {
            *one = report;
        }
    }
    latest.into_values().collect()
}

/// Whether a promise was kept somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was.
    Done,
    /// In part.
    Partly,
    /// It was not.
    NotDone,
}

/// How many organisations say what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Counts {
    /// It was kept.
    pub done: u64,
    /// In part.
    pub partly: u64,
    /// It was not.
    pub not_done: u64,
}

/// How a promise stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// More than half of those who answered say that it was kept; while nobody has, the organisers heard that it was.
    Kept,
    /// Neither more than half say that it was kept, nor that it was not.
    Partly,
    /// More than half say that it was not.
    Broken,
    /// Its day has not come, or it has none.
    NotYetDue,
    /// Its day has come, and nobody has answered.
    NobodySaid,
}

/// What became of the promises of a meeting. All but the first add up to the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Score {
    /// All.
    pub made: u64,
    /// See [`Standing::Kept`].
    pub kept: u64,
    /// See [`Standing::Partly`].
    pub partly: u64,
    /// See [`Standing::Broken`].
    pub broken: u64,
    /// See [`Standing::NotYetDue`].
    pub not_yet_due: u64,
    /// See [`Standing::NobodySaid`].
    pub nobody_said: u64,
}

impl Promise {
    /// The same, promised at this meeting.
    #[must_use]
    pub fn at(self, meeting: &Meeting) -> Self {
        Self {
            meeting: meeting.id,
            title: meeting.title.clone(),
            held_on: meeting.days.last().map(|day| day.date),
            zone: meeting.zone.clone(),
            ..self
        }
    }

    /// Which day it is where it was promised, where this is the forum's time zone.
    pub fn today(&self, now: Timestamp, forum: &TimeZone) -> Date {
        now.to_zoned(self.zone(forum)).date()
    }

    /// Its time zone, where this is the forum's.
    pub fn zone(&self, forum: &TimeZone) -> TimeZone {
        let own = self.zone.as_deref().map(TimeZone::get);
        own.and_then(Result::ok).unwrap_or_else(|| forum.clone())
    }

    /// What is said of it by place: what these say who are [`heard`], what those said who are no more, and what is said by these voices. Where
    /// there can be any no place stands for fewer than [`SAFE`] organisations.
    pub fn by_place<'r>(
        &self,
        reports: impl IntoIterator<Item = &'r Report>,
        voices: &[Voice],
    ) -> BTreeMap<String, Counts> {
        let mut places = self.counted.clone();
        for report in reports.into_iter().filter(|r| r.promise == self.id) {
            let place = places.entry(report.place.clone()).or_default();
            place.count(report.verdict);
        }
        if self.followed_until.is_none() {
            return places;
        }
        let voices = voices.iter().filter(|voice| voice.promise == self.id);
        for (place, verdict) in latest(voices) {
            places.entry(place.to_owned()).or_default().count(verdict);
        }
        folded(places)
    }

    /// What is said of it everywhere.
    pub fn counts<'r>(
        &self,
        reports: impl IntoIterator<Item = &'r Report>,
        voices: &[Voice],
    ) -> Counts {
        let places = self.by_place(reports, voices);
        places
            .values()
            .fold(Counts::default(), |sum, counts| sum.plus(*counts))
    }

    /// How it stands on a day, where this is said of it.
    pub fn standing(&self, counts: Counts, today: Date) -> Standing {
        if self.due.is_none_or(|due| today < due) {
            return Standing::NotYetDue;
        }
        match counts.total() {
            0 => match self.heard {
                Some(Verdict::Done) => Standing::Kept,
                Some(Verdict::Partly) => Standing::Partly,
                Some(Verdict::NotDone) => Standing::Broken,
                None => Standing::NobodySaid,
            },
            all if counts.done * 2 > all => Standing::Kept,
            all if counts.not_done * 2 > all => Standing::Broken,
            _ => Standing::Partly,
        }
    }

    /// What is left of it once everything about people is erased, where this was said, these can still say something until then, and these
    /// are [`heard`] of all others.
    pub fn outliving(
        self,
        reports: &[Report],
        heard: &[&Report],
        followers: &[Follower],
        until: Timestamp,
    ) -> Outliving {
        // What was kept at an erasure before this one stays as it is: nobody stands behind the promise any more.
        if self.followed_until.is_some() {
            let promise = Self {
                concern: None,
                evidence: Vec::new(),
                ..self
            };
            return Outliving {
                promise,
                voices: Vec::new(),
            };
        }
        let mut shared: BTreeMap<u64, u64> = BTreeMap::new();
        let mut voices = Vec::new();
        for follower in followers {
            let next = shared.len() as u64;
            let shared = *shared.entry(follower.organisation).or_insert(next);
            let said = reports.iter().find(|said| said.person == follower.person);
            voices.push(Voice {
                promise: self.id,
                person: Some(follower.person),
                shared,
                counts: follower.counts,
                place: follower.place.clone(),
                said: said.map(|said| (said.at, said.verdict)),
            });
        }
        // What another said for an organisation of theirs counts until one of them says something else.
        for said in heard {
            if let Some(shared) = shared.get(&said.organisation) {
                voices.push(Voice {
                    promise: self.id,
                    person: None,
                    shared: *shared,
                    counts: true,
                    place: said.place.clone(),
                    said: Some((said.at, said.verdict)),
                });
            }
        }
        let mut others = heard.to_vec();
        others.retain(|said| !shared.contains_key(&said.organisation));
        let places = self.by_place(others, &[]);
        let promise = Self {
            concern: None,
            evidence: Vec::new(),
            counted: folded(places),
            followed_until: (!voices.is_empty()).then_some(until),
            ..self
        };
        Outliving { promise, voices }
    }

    /// What is left of it once nobody can say anything of it any more: what these say is counted.
    #[must_use]
    pub fn unfollowed(self, voices: &[Voice]) -> Self {
        Self {
            counted: folded(self.by_place([], voices)),
            followed_until: None,
            ..self
        }
    }
}

/// What each organisation whose word counts says last through these, with its place.
fn latest<'v>(voices: impl Iterator<Item = &'v Voice>) -> impl Iterator<Item = (&'v str, Verdict)> {
    let mut latest: BTreeMap<u64, (Timestamp, &str, Verdict)> = BTreeMap::new();
    for voice in voices.filter(|voice| voice.counts) {
        if let Some((at, verdict)) = voice.said {
            let said = (at, voice.place.as_str(), verdict);
            let one = latest.entry(voice.shared).or_insert(said);
            if one.0 < at {
                *one = said;
            }
        }
    }
    let said = latest.into_values();
    said.map(|(_, place, verdict)| (place, verdict))
}

/// The same as whoever may read no count of fewer than [`SAFE`] organisations gets it: by place where every count that is not zero stands
/// for so many, else all together, else nothing. Nothing is left out of it, so nothing follows from what is left.
pub fn shown(places: &BTreeMap<String, Counts>) -> BTreeMap<String, Counts> {
    let all = places
        .values()
        .fold(Counts::default(), |sum, counts| sum.plus(*counts));
    let together = BTreeMap::from([(String::new(), all)]);
    let mut ways = [folded(places.clone()), together].into_iter();
    let safe = |places: &BTreeMap<String, Counts>| places.values().all(|counts| counts.is_safe());
    ways.find(safe)
        .filter(|_| all.total() > 0)
        .unwrap_or_default()
}

/// The same with no place of fewer than [`SAFE`] organisations: small ones go under the empty id, and while that holds fewer, the
/// next smallest joins it. Where all together are fewer there is nothing but that.
pub fn folded(mut places: BTreeMap<String, Counts>) -> BTreeMap<String, Counts> {
    let small = |(id, counts): (&String, &Counts)| {
        (id.is_empty() || counts.total() < SAFE).then(|| id.clone())
    };
    let ids: Vec<String> = places.iter().filter_map(small).collect();
    let mut rest = Counts::default();
    for id in &ids {
        rest = rest.plus(places.remove(id).unwrap_or_default());
    }
    if rest.total() == 0 {
        return places;
    }
    while rest.total() < SAFE {
        let next = places
            .iter()
            .min_by_key(|(id, counts)| (counts.total(), (*id).clone()));
        let Some(id) = next.map(|(id, _)| id.clone()) else {
            break;
        };
        rest = rest.plus(places.remove(&id).unwrap_or_default());
    }
    places.insert(String::new(), rest);
    places
}

impl Verdict {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Done, Self::Partly, Self::NotDone];

    /// The id that stands in button data.
    pub fn id(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly",
            Self::NotDone => "not-done",
        }
    }

    /// The verdict with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.id() == id)
    }
}

impl Counts {
    /// One more says this.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Done => self.done += 1,
            Verdict::Partly => self.partly += 1,
            Verdict::NotDone => self.not_done += 1,
        }
    }

    /// How many say anything.
    pub fn total(self) -> u64 {
        self.done + self.partly + self.not_done
    }

    /// Whether each of them that is not zero stands for [`SAFE`] organisations.
    pub fn is_safe(self) -> bool {
        let is_small = |count: u64| count > 0 && count < SAFE;
        ![self.done, self.partly, self.not_done]
            .into_iter()
            .any(is_small)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            partly: self.partly + other.partly,
            not_done: self.not_done + other.not_done,
        }
    }
}

impl Standing {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Kept,
        Self::Partly,
        Self::Broken,
        Self::NobodySaid,
        Self::NotYetDue,
    ];

    /// The id that stands in data.
    pub fn id(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Partly => "partly",
            Self::Broken => "broken",
            Self::NobodySaid => "nobody_said",
            Self::NotYetDue => "not_yet_due",
        }
    }
}

impl Score {
    /// Of these.
    pub fn of(standings: impl IntoIterator<Item = Standing>) -> Self {
        let mut score = Self::default();
        for standing in standings {
            score.made += 1;
            *score.part_mut(standing) += 1;
        }
        score
    }

    /// How many stand so.
    pub fn part(mut self, standing: Standing) -> u64 {
        *self.part_mut(standing)
    }

    fn part_mut(&mut self, standing: Standing) -> &mut u64 {
        match standing {
            Standing::Kept => &mut self.kept,
            Standing::Partly => &mut self.partly,
            Standing::Broken => &mut self.broken,
            Standing::NotYetDue => &mut self.not_yet_due,
            Standing::NobodySaid => &mut self.nobody_said,
        }
    }
}
