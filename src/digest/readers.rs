//! Who reads a digest, as types: what an edition must not show has no place in its value, so no renderer can reach it.

use std::fmt;

use serde::Serialize;

use super::{Changes, Edition, Named, Records, Silence};
use crate::domain::{Concern, Disclosure, Past, Receipt};

/// What the readers of an edition see beyond what everybody may.
pub trait Reader: Clone + fmt::Debug + PartialEq + Serialize {
    /// Which edition it is.
    const EDITION: Edition;
    /// What they see of the whole.
    type Whole: Clone + fmt::Debug + PartialEq;

    /// What they see of a concern.
    fn of(concern: &Concern, records: &Records) -> Self;
    /// Who raises it, where they may know.
    fn named(concern: &Concern, records: &Records) -> Option<Named>;
    /// What they see of the whole.
    fn whole(records: &Records) -> Self::Whole;
    /// What became of each concern since the digest before, kept where they may know.
    fn keep(whole: &mut Self::Whole, changes: Changes);

    /// The concern's receipt.
    fn receipt(&self) -> Option<Receipt>;
    /// What stands beside it.
    fn beside(&self) -> &[Beside];
    /// Who has been silent.
    fn silence(whole: &Self::Whole) -> Option<&Silence>;
    /// What became of each concern since the digest before.
    fn changes(whole: &Self::Whole) -> Option<&Changes>;
}

/// What stands beside a concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Beside {
    /// What its author added.
    Note {
        /// The words.
        text: String,
    },
    /// What the organisers asked, and the answer if there is one.
    Question {
        /// The question.
        text: String,
        /// The answer.
        answer: Option<String>,
    },
}

/// Those who prepare the meeting: they see everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organisers {
    receipt: Receipt,
    beside: Vec<Beside>,
}

/// What organisers see of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    silence: Silence,
    changes: Option<Changes>,
}

/// The organisers' group: everything that is said, and not by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    receipt: Receipt,
    beside: Vec<Beside>,
}

/// The authority: nothing beyond. A receipt would tell its author's concern from the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authority {
    receipt: (),
}

impl Reader for Organisers {
    const EDITION: Edition = Edition::Organisers;
    type Whole = Inside;

    fn of(concern: &Concern, records: &Records) -> Self {
        Self {
            receipt: concern.receipt,
            beside: all_beside(concern, records),
        }
    }

    fn named(concern: &Concern, records: &Records) -> Option<Named> {
        Named::of(concern, records)
    }

    fn whole(records: &Records) -> Inside {
        Inside {
            silence: Silence::of(records),
            changes: None,
        }
    }

    fn keep(whole: &mut Inside, changes: Changes) {
        whole.changes = Some(changes);
    }

    fn receipt(&self) -> Option<Receipt> {
        Some(self.receipt)
    }

    fn beside(&self) -> &[Beside] {
        &self.beside
    }

    fn silence(whole: &Inside) -> Option<&Silence> {
        Some(&whole.silence)
    }

    fn changes(whole: &Inside) -> Option<&Changes> {
        whole.changes.as_ref()
    }
}

impl Reader for Group {
    const EDITION: Edition = Edition::Group;
    type Whole = ();

    fn of(concern: &Concern, records: &Records) -> Self {
        Self {
            receipt: concern.receipt,
            beside: all_beside(concern, records),
        }
    }

    fn named(_: &Concern, _: &Records) -> Option<Named> {
        None
    }

    fn whole(_: &Records) {}

    fn keep((): &mut (), _: Changes) {}

    fn receipt(&self) -> Option<Receipt> {
        Some(self.receipt)
    }

    fn beside(&self) -> &[Beside] {
        &self.beside
    }

    fn silence((): &()) -> Option<&Silence> {
        None
    }

    fn changes((): &()) -> Option<&Changes> {
        None
    }
}

impl Reader for Authority {
    const EDITION: Edition = Edition::Shared;
    type Whole = ();

    fn of(_: &Concern, _: &Records) -> Self {
        Self { receipt: () }
    }

    fn named(concern: &Concern, records: &Records) -> Option<Named> {
        match concern.disclosure {
            Disclosure::Named => Named::of(concern, records),
            Disclosure::Unnamed | Disclosure::OrganisersOnly => None,
        }
    }

    fn whole(_: &Records) {}

    fn keep((): &mut (), _: Changes) {}

    fn receipt(&self) -> Option<Receipt> {
        None
    }

    fn beside(&self) -> &[Beside] {
        &[]
    }

    fn silence((): &()) -> Option<&Silence> {
        None
    }

    fn changes((): &()) -> Option<&Changes> {
        None
    }
}

fn all_beside(concern: &Concern, records: &Records) -> Vec<Beside> {
    let past = records.past.get(&concern.id).into_iter().flatten();
    past.filter_map(|past| match past {
        Past::Version { .. } => None,
        Past::Note { text, .. } => Some(Beside::Note { text: text.clone() }),
        Past::Question { text, answer, .. } => Some(Beside::Question {
            text: text.clone(),
            answer: answer.as_ref().map(|(_, words)| words.clone()),
        }),
    })
    .collect()
}
