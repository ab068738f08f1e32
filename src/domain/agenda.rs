//! The agenda of a meeting as records: how its time is divided, what is raised and why, what was decided by hand, what was settled.
//!
//! `agenda` works it out; here is only what is kept of that. One [`AgendaPlan`] a meeting, one [`AgendaItem`] a concern, so that no record
//! grows with the meeting.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The time of a meeting. All in seconds, but for the percentages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// From beginning to end.
    pub total: u64,
    /// What each side may say before the first item.
    pub opening: Sides<u64>,
    /// Of what is left after the openings, how much is kept for each side to reply, in percent; a fraction of a second counts for
    /// the side that replies.
    pub reply: Sides<u64>,
    /// What an item gets for which nothing else was said.
    pub item: u64,
}

/// One of something for each side of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides<T> {
    /// Those who raise concerns.
    pub organisations: T,
    /// Those who are to answer.
    pub authority: T,
}

/// What is made of a [`Plan`], in seconds. The parts and the items' time add up to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// For the opening of each side.
    pub opening: Sides<u64>,
    /// For the replies of each side.
    pub reply: Sides<u64>,
    /// For items: the budget of the method.
    pub items: u64,
}

/// Why a plan cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The openings take so long that nothing is left.
    #[error("the openings leave no time")]
    Openings,
    /// The replies take all of it.
    #[error("the replies leave no time")]
    Replies,
    /// An item would get no time.
    #[error("an item needs at least a second")]
    Item,
}

impl Plan {
    /// Takes openings and replies off. Fails if nothing is left for items.
    pub fn divide(&self) -> Result<Division, PlanError> {
        if self.item == 0 {
            return Err(PlanError::Item);
        }
        let opening = self.opening;
        let opened = opening.organisations.checked_add(opening.authority);
        let left = opened.and_then(|opened| self.total.checked_sub(opened));
        let left = left.filter(|left| *left > 0).ok_or(PlanError::Openings)?;
        let part = |percent: u64| {
            let part = (u128::from(left) * u128::from(percent)).div_ceil(100);
            u64::try_from(part).map_err(|_| PlanError::Replies)
        };
        let reply = Sides {
            organisations: part(self.reply.organisations)?,
            authority: part(self.reply.authority)?,
        };
        let replies = reply.organisations.checked_add(reply.authority);
        let items = replies.and_then(|replies| left.checked_sub(replies));
        let items = items.filter(|items| *items > 0).ok_or(PlanError::Replies)?;
        Ok(Division {
            opening,
            reply,
            items,
        })
    }
}

/// What organisers decided about an item themselves. They keep their reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByHand {
    /// It is in. Its time is taken off before shares are made, so all pay for it alike.
    PutIn,
    /// It is out. Its supporters keep their shares for others.
    TakenOut,
}

/// Where organisers move an item in the speaking order, by one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Towards the beginning.
    Earlier,
    /// Towards the end.
    Later,
}

/// What is raised, what is not, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agenda {
    /// The time there is, in seconds.
    pub budget: u64,
    /// The time that is left over, in seconds.
    pub left: u64,
    /// By how many seconds that which was put in by hand takes more than there is.
    pub over: u64,
    /// Organisations that have a share.
    pub voters: u64,
    /// The share of each, as it was raised, in thousandths of a second, rounded down.
    pub share_ms: u64,
    /// By how many hundredths it was raised.
    pub raised: u32,
    /// All items, in order of their ids.
    pub verdicts: Vec<Verdict>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The item.
    pub id: u64,
    /// How long it takes, in seconds.
    pub seconds: u64,
    /// How many organisations support it.
    pub supporters: u64,
    /// What became of it, and why.
    pub why: Why,
    /// Whether it would be in if those with most supporters came first, with the same put in and taken out by hand.
    pub by_most_votes: bool,
}

/// Why an item is in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// In: its supporters paid for it, and do so with shares as they are, too.
    Carried(Payers),
    /// In: its supporters paid for it once shares were raised.
    Completed(Payers),
    /// In: it fitted into what was left then, most supporters first.
    Filled {
        /// What was left when its turn came, in seconds.
        left: u64,
    },
    /// In, by hand.
    PutIn,
    /// Out, by hand.
    TakenOut,
    /// Out: nobody who has a voice supports it.
    Unsupported,
    /// Out: it takes longer than all the time there is, less what was put in by hand.
    TooLong {
        /// That time, in seconds.
        budget: u64,
    },
    /// Out: its supporters are too few to pay for it, with all they had.
    TooFew {
        /// What they had together before anything was bought, with raised shares, in thousandths of a second, rounded down.
        had_ms: u64,
        /// What was left when its turn came in the fill, in seconds: less than it takes.
        left: u64,
    },
    /// Out: its supporters paid for other items, and what they had left was not enough.
    Spent {
        /// What they had left together, in thousandths of a second, rounded down.
        had_ms: u64,
        /// How many items that one of them or more paid for are in.
        others: u64,
        /// What was left when its turn came in the fill, in seconds: less than it takes.
        left: u64,
    },
}

/// Who paid for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payers {
    /// How many paid anything.
    pub paid: u64,
    /// How many of them gave all they had left, since it was less than the price.
    pub gave_all: u64,
    /// The price: what each of the others paid, in thousandths of a second, rounded down. By items instead of time it is
    /// rho.
    pub price_ms: u64,
}

impl Why {
    /// Whether it is in.
    pub fn is_in(&self) -> bool {
        match self {
            Self::Carried(_) | Self::Completed(_) | Self::Filled { .. } | Self::PutIn => true,
            Self::TakenOut
            | Self::Unsupported
            | Self::TooLong { .. }
            | Self::TooFew { .. }
            | Self::Spent { .. } => false,
        }
    }
}

impl Agenda {
    /// What is in, by id.
    pub fn chosen(&self) -> BTreeSet<u64> {
        self.those(|verdict| verdict.why.is_in())
    }

    /// What is in and would not be with most votes first.
    pub fn gained(&self) -> BTreeSet<u64> {
        self.those(|verdict| verdict.why.is_in() && !verdict.by_most_votes)
    }

    /// What is out and would be in with most votes first.
    pub fn lost(&self) -> BTreeSet<u64> {
        self.those(|verdict| !verdict.why.is_in() && verdict.by_most_votes)
    }

    fn those(&self, what: impl Fn(&Verdict) -> bool) -> BTreeSet<u64> {
        let verdicts = self.verdicts.iter().filter(|verdict| what(verdict));
        verdicts.map(|verdict| verdict.id).collect()
    }
}

/// What is planned for a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaPlan {
    /// The meeting.
    pub meeting: u64,
    /// How its time is divided.
    pub plan: Plan,
    /// Goes up with each change of the time, of an item's time, or of what was decided by hand.
    pub wanted: u32,
    /// Goes up with each change of anything that is shown: whoever settles has seen this one.
    pub version: u32,
    /// What was worked out last.
    pub outline: Option<Outline>,
    /// What was settled last.
    pub settled: Option<Settled>,
}

/// What was worked out, but for the items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// The [`AgendaPlan::wanted`] from which it was worked out.
    pub wanted: u32,
    /// The time for items, in seconds.
    pub budget: u64,
    /// What is left over of it, in seconds.
    pub left: u64,
    /// By how many seconds that which was put in by hand takes more than there is.
    pub over: u64,
    /// Organisations that have a share.
    pub voters: u64,
    /// The share of each, as it was raised, in thousandths of a second.
    pub share_ms: u64,
    /// By how many hundredths it was raised.
    pub raised: u32,
}

/// That an agenda was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// When.
    pub at: Timestamp,
    /// The [`AgendaPlan::version`] that holds it.
    pub version: u32,
    /// How the time was divided then; not known of what was settled before this was kept.
    #[serde(default)]
    pub plan: Option<Plan>,
    /// What had been worked out.
    #[serde(default)]
    pub outline: Option<Outline>,
}

/// What is known of a concern as an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaItem {
    /// The meeting.
    pub meeting: u64,
    /// The concern.
    pub concern: u64,
    /// How long it takes, in seconds, where that was said.
    pub seconds: Option<u64>,
    /// What was decided about it by hand.
    pub by_hand: Option<Decision>,
    /// What was worked out last.
    pub verdict: Option<Verdict>,
    /// Its place in the speaking order, from 0, with what was moved by hand; none if it is out.
    pub place: Option<u32>,
    /// The place that organisers gave it, if they did.
    #[serde(default)]
    pub moved: Option<Moved>,
    /// Where it stands in what was settled last; none if it is out of that.
    pub settled: Option<Slot>,
    /// Why it is in or out of that; not known of what was settled before this was kept.
    #[serde(default)]
    pub reasons: Option<Reasons>,
}

/// Why an item was in or out, and where it was, when the agenda was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasons {
    /// What had been worked out; nothing if it could not be raised.
    pub verdict: Option<Verdict>,
    /// What had been decided about it by hand.
    pub by_hand: Option<Decision>,
    /// The place that organisers had given it.
    pub moved: Option<Moved>,
}

/// What an organiser decided about an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What.
    pub what: ByHand,
    /// Why: it shows wherever the agenda does.
    pub reason: String,
}

/// A place in the speaking order that organisers gave to an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where it stands, from 0; at the end, where fewer are in.
    pub place: u32,
    /// Why: it shows wherever the order does.
    pub reason: String,
}

/// A place in what was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The place in the speaking order, from 0.
    pub place: u32,
    /// How long it takes, in seconds.
    pub seconds: u64,
}

/// What was worked out for a meeting, on its way into the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The meeting.
    pub meeting: u64,
    /// The [`AgendaPlan::wanted`] from which it was worked out.
    pub wanted: u32,
    /// What is in and out.
    pub agenda: Agenda,
    /// What is in, in the order in which it is spoken of.
    pub order: Vec<u64>,
}

impl AgendaPlan {
    /// A plan for this meeting of which nobody has said anything yet: three hours, ten minutes each to open, a third for answers, ten
    /// minutes an item.
    pub fn new(meeting: u64) -> Self {
        let minutes = |minutes: u64| minutes * 60;
        Self {
            meeting,
            plan: Plan {
                total: minutes(180),
                opening: Sides {
                    organisations: minutes(10),
                    authority: minutes(10),
                },
                reply: Sides {
                    organisations: 0,
                    authority: 33,
                },
                item: minutes(10),
            },
            wanted: 1,
            version: 1,
            outline: None,
            settled: None,
        }
    }

    /// What was worked out, if that is what is wanted now.
    pub fn current(&self) -> Option<&Outline> {
        let outline = self.outline.as_ref();
        outline.filter(|outline| outline.wanted == self.wanted)
    }

    /// Whether what is shown is what was settled last.
    pub fn is_settled(&self) -> bool {
        let settled = self.settled.as_ref();
        settled.is_some_and(|settled| settled.version == self.version)
    }

    /// With what is known now as that which is settled.
    #[must_use]
    pub fn settle(self, now: Timestamp) -> Self {
        let version = self.version.saturating_add(1);
        let settled = Some(Settled {
            at: now,
            version,
            plan: Some(self.plan),
            outline: self.outline.clone(),
        });
        Self {
            version,
            settled,
            ..self
        }
    }

    /// As it was settled, if it was: the time and what is left of it are those of then.
    #[must_use]
    pub fn as_settled(self) -> Self {
        let then = self.settled.clone();
        let (plan, outline) = then.map_or((None, None), |then| (then.plan, then.outline));
        Self {
            plan: plan.unwrap_or(self.plan),
            outline: outline.or(self.outline),
            ..self
        }
    }

    /// With another time, or something else decided: what was worked out no longer holds.
    #[must_use]
    pub fn changed(self) -> Self {
        Self {
            wanted: self.wanted.saturating_add(1),
            version: self.version.saturating_add(1),
            ..self
        }
    }
}

impl AgendaItem {
    /// An item of which nothing is known yet.
    pub fn new(meeting: u64, concern: u64) -> Self {
        Self {
            meeting,
            concern,
            seconds: None,
            by_hand: None,
            verdict: None,
            place: None,
            moved: None,
            settled: None,
            reasons: None,
        }
    }

    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::new(self.meeting, self.concern)
    }

    /// The place that organisers gave it, if it is in and they did.
    pub fn moved(&self) -> Option<&Moved> {
        self.moved.as_ref().filter(|_| self.is_in())
    }

    /// With what is known now as that which is settled.
    #[must_use]
    pub fn settle(self) -> Self {
        let verdict = self.verdict.as_ref().filter(|known| known.why.is_in());
        let settled = self.place.zip(verdict).map(|(place, verdict)| Slot {
            place,
            seconds: verdict.seconds,
        });
        let reasons = Some(Reasons {
            verdict: self.verdict.clone(),
            by_hand: self.by_hand.clone(),
            moved: self.moved.clone(),
        });
        Self {
            settled,
            reasons,
            ..self
        }
    }

    /// As it was settled: its place, its time and the reasons are those of then.
    #[must_use]
    pub fn as_settled(self) -> Self {
        let then = self.reasons.clone().unwrap_or(Reasons {
            verdict: self.verdict,
            by_hand: self.by_hand,
            moved: self.moved,
        });
        let place = self.settled.map(|slot| slot.place);
        let seconds = self.settled.map(|slot| slot.seconds);
        let verdict = then.verdict.map(|known| Verdict {
            seconds: seconds.unwrap_or(known.seconds),
            ..known
        });
        Self {
            place,
            verdict,
            by_hand: then.by_hand,
            moved: then.moved,
            ..self
        }
    }

    /// Whether it is in what was worked out last.
    pub fn is_in(&self) -> bool {
        self.verdict.as_ref().is_some_and(|known| known.why.is_in())
    }
}
