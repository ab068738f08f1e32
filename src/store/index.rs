//! What is searched by likeness rather than by a key: names of organisations, words of concerns. Kept in memory, made
//! from the records when it is first asked for, and changed with every commit.

use std::collections::BTreeMap;

use crate::dialogue::Glance;
use crate::domain::concern::question;
use crate::domain::{Answers, Concern, Organisation, PartContent, Status};
use crate::registry::{Finder, PLAUSIBLE};
use crate::similar::{Board, Shingles};

/// How many names are offered.
const NAMES: usize = 5;
/// How many close concerns are looked at: some may not be for the one who asks.
const CLOSE: usize = 20;

/// See the module.
#[derive(Default)]
pub(super) struct Index {
    names: Finder,
    board: Board,
    glances: BTreeMap<u64, Glance>,
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
        if !concern.disclosure.lets_others_read() || concern.status == Status::Withdrawn {
            self.board.remove(concern.id);
            self.glances.remove(&concern.id);
            return;
        }
        self.board
            .insert(concern.id, Shingles::of(&words(&concern.answers)));
        self.glances.insert(concern.id, Glance::of(concern));
    }

    pub(super) fn organisations_like(&self, typed: &str) -> Vec<u64> {
        let found = self.names.closest(typed, NAMES);
        // One that may be meant brings the others along.
        if found.iter().all(|found| found.score < PLAUSIBLE) {
            return Vec::new();
        }
        found.into_iter().map(|found| found.id).collect()
    }

    pub(super) fn readable(&self) -> Vec<Glance> {
        self.glances.values().cloned().collect()
    }

    pub(super) fn close_to(&self, answers: &Answers) -> Vec<u64> {
        let close = self.board.close_to(&Shingles::of(&words(answers)), CLOSE);
        close.into_iter().map(|(id, _)| id).collect()
    }
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
