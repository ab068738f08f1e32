//! What was lost and what was doubled: what people met beside what the bot has kept.

use std::collections::BTreeMap;

use crate::bots::Record;
use crate::people::{Conversation, People};

/// Counted for one bot, over all its conversations.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    /// People who waited in vain and had to do the same again.
    pub(crate) in_vain: usize,
    /// People who were asked everything again from the beginning.
    pub(crate) begun_anew: usize,
    /// People of whom words that had been answered are gone: they had to write them again, or their record lacks them.
    pub(crate) words_gone: usize,
    /// Receipts that were shown without a record.
    pub(crate) unrecorded: usize,
    /// Words that stand in a record twice, and records of a conversation beyond its first.
    pub(crate) doubled: usize,
    /// Messages that came twice.
    pub(crate) twice: usize,
    /// People who gave it up.
    pub(crate) given_up: usize,
}

/// Holds what people met against what is kept.
pub(crate) fn judge(met: &[Conversation], records: &[Record], people: &People) -> Losses {
    let mut kept: BTreeMap<i64, Vec<&Record>> = BTreeMap::new();
    for record in records {
        if let Some(number) = record.words.iter().find_map(|words| People::of_whom(words)) {
            kept.entry(number).or_default().push(record);
        }
    }
    let mut losses = Losses::default();
    for person in met {
        let theirs = kept.remove(&person.number).unwrap_or_default();
        losses.in_vain += usize::from(person.in_vain > 0);
        losses.begun_anew += usize::from(person.begun_anew > 0);
        losses.twice += people.twice(person.number);
        losses.doubled += theirs.len().saturating_sub(1);
        let mut gone = person.words_again;
        match &person.receipt {
            None => losses.given_up += 1,
            Some(receipt) => match theirs.iter().find(|record| record.receipt == *receipt) {
                None => losses.unrecorded += 1,
                Some(record) => {
                    let said = People::words(person.number);
                    for words in said {
                        let times = record.words.iter().filter(|kept| **kept == words).count();
                        gone |= times == 0;
                        losses.doubled += times.saturating_sub(1);
                    }
                }
            },
        }
        losses.words_gone += usize::from(gone);
    }
    losses
}
