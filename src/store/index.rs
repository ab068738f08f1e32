//! What is searched by likeness or by words rather than by a key: names of organisations, words of concerns. Kept in memory,
//! made from the records when it is first asked for, and changed with every commit.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::dialogue::Glance;
use crate::domain::concern::question;
use crate::domain::{
    Answer, Answers, Attachment, Concern, Organisation, PartContent, SentAs, Status, Whereabouts,
};
use crate::registry::{Finder, PLAUSIBLE};
use crate::similar::{Board, Shingles};
use crate::text::clean::fold;

/// How many names are offered.
const NAMES: usize = 5;
/// How many close concerns are looked at: some may not be for the one who asks.
const CLOSE: usize = 40;

/// See the module.
#[derive(Default)]
pub(super) struct Index {
    names: Finder,
    board: Board,
    glances: BTreeMap<u64, Glance>,
    /// The words of each concern, folded.
    words: BTreeMap<u64, Box<str>>,
    /// Voice notes that nobody has written down, by attachment.
    unwritten: BTreeSet<u64>,
}

impl Index {
    /// Takes in an organisation as it is now. Only those of the registry are ever offered: who else takes part is
    /// nobody's business.
    pub(super) fn organisation(&mut self, organisation: &Organisation) {
        if organisation.number.is_some() {
            self.names.insert(organisation.id, organisation.name.all());
        } else {
            self.names.remove(organisation.id);
        }
    }

    /// An organisation is no more.
    pub(super) fn no_organisation(&mut self, id: u64) {
        self.names.remove(id);
    }

    /// Takes in a concern as it is now.
    pub(super) fn concern(&mut self, concern: &Concern) {
        self.glances.insert(concern.id, Glance::of(concern));
        if concern.status == Status::Withdrawn {
            self.board.remove(concern.id);
            self.words.remove(&concern.id);
            return;
        }
        self.board
            .insert(concern.id, Shingles::of(&words(&concern.answers)));
        self.words
            .insert(concern.id, fold(&all_words(&concern.answers)).into());
    }

    /// There is no concern any more, and no file.
    pub(super) fn no_concerns(&mut self) {
        *self = Self {
            names: std::mem::take(&mut self.names),
            ..Self::default()
        };
    }

    /// Takes in a file as it is now.
    pub(super) fn attachment(&mut self, id: u64, unwritten: bool) {
        if unwritten {
            self.unwritten.insert(id);
        } else {
            self.unwritten.remove(&id);
        }
    }

    pub(super) fn organisations_like(&self, typed: &str) -> Vec<u64> {
        let found = self.names.closest(typed, NAMES);
        // One that may be meant brings the others along.
        if found.iter().all(|found| found.score < PLAUSIBLE) {
            return Vec::new();
        }
        found.into_iter().map(|found| found.id).collect()
    }

    pub(super) fn glances(&self) -> BTreeMap<u64, Glance> {
        self.glances.clone()
    }

    pub(super) fn unwritten(&self) -> BTreeSet<u64> {
        self.unwritten.clone()
    }

    /// The organisations that have raised something, but for these concerns.
    pub(super) fn raised(&self, but: &BTreeSet<u64>) -> BTreeSet<u64> {
        let counting = self.counting(but);
        counting.map(|glance| glance.organisation).collect()
    }

    /// Whether this organisation has, but for these concerns.
    pub(super) fn has_raised(&self, organisation: u64, but: &BTreeSet<u64>) -> bool {
        let mut counting = self.counting(but);
        counting.any(|glance| glance.organisation == organisation)
    }

    fn counting(&self, but: &BTreeSet<u64>) -> impl Iterator<Item = &Glance> {
        let glances = self.glances.iter();
        let others = glances.filter(|(id, _)| !but.contains(id));
        others
            .map(|(_, glance)| glance)
            .filter(|glance| glance.status != Status::Withdrawn)
    }

    /// When the earliest and the latest concern came after this instant, but for these.
    pub(super) fn news(
        &self,
        after: Option<Timestamp>,
        but: &BTreeSet<u64>,
    ) -> Option<(Timestamp, Timestamp)> {
        let glances = self.glances.iter().filter(|(id, _)| !but.contains(id));
        let news = glances
            .map(|(_, glance)| glance)
            .filter(|glance| glance.is_news())
            .map(|glance| glance.came_at)
            .filter(|came_at| after.is_none_or(|after| after < *came_at));
        Some((news.clone().min()?, news.max()?))
    }

    pub(super) fn close_to(&self, answers: &Answers) -> Vec<u64> {
        let close = self.board.close_to(&Shingles::of(&words(answers)), CLOSE);
        close.into_iter().map(|(id, _)| id).collect()
    }

    /// The concerns in which all of these words stand, the newest first.
    pub(super) fn search(&self, typed: &str, most: usize) -> Vec<u64> {
        let wanted: Vec<String> = typed
            .split_whitespace()
            .map(fold)
            .filter(|word| !word.is_empty())
            .collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let newest = self.words.iter().rev();
        newest
            .filter(|(_, words)| wanted.iter().all(|word| words.contains(word.as_str())))
            .map(|(id, _)| *id)
            .take(most)
            .collect()
    }
}

/// Whether it is a voice note that nobody has written down.
pub(super) fn is_unwritten(attachment: &Attachment) -> bool {
    attachment.sent_as == SentAs::Voice
        && attachment.transcript.is_none()
        && attachment.whereabouts != Whereabouts::Refused
}

/// The words by which concerns are compared: the title and what was written of the story.
fn words(answers: &Answers) -> String {
    let mut words = answers.text(question::TITLE).unwrap_or_default().to_owned();
    for part in answers.story(question::STORY) {
        match &part.content {
            PartContent::Text(text) => {
                words.push('\n');
                words.push_str(text);
            }
            PartContent::Voice { .. } | PartContent::Photo(_) | PartContent::Document(_) => {}
        }
    }
    words
}

/// All that was written in answer to anything.
fn all_words(answers: &Answers) -> String {
    let mut all = words(answers);
    for (id, answer) in &answers.0 {
        match answer {
            Answer::Text { text, .. } if id != question::TITLE => {
                all.push('\n');
                all.push_str(text);
            }
            Answer::Text { .. }
            | Answer::Choice { .. }
            | Answer::Number { .. }
            | Answer::Story(_)
            | Answer::Skipped => {}
        }
    }
    all
}
