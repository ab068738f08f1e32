//! Which items a meeting has time for, so that neither the largest network nor the authority can fill the day; why each is in or
//! out; and in which order they are spoken of.
//!
//! In the terms of participatory budgeting: the budget is time, the voters are organisations, the projects are items, each with a cost.
//!
//! - [`Plan`] divides the meeting's time; what is left for items is the budget.
//! - [`Voices`] makes [`Item`]s of the records. What was merged is one item; an organisation has one voice, however many speak for it.
//! - [`equal_shares`] is the Method of Equal Shares, [`complete`] fills what it leaves.
//! - [`propose`] is the whole: an [`Agenda`] with the reason for each item, what was decided by hand, and what "most votes first"
//!   would have done. Reasons are data; words are made elsewhere.
//! - [`speaking_order`] puts the items in order; [`placed_by_hand`] leaves what organisers moved where they put it.
//! - [`work_out`] is all of it for a meeting: from the records to what is kept of it.
//!
//! Guarantees: the same items give the same agenda. Everything is compared exactly. What the method buys is *priceable* (nobody pays
//! more than their share, nor for what they do not support, and nobody together could still pay for anything more) and gives *extended justified
//! representation up to one project*: a group that supports the same items, and is large enough to pay for them, has a member
//! with no less in the agenda, but for one item. Both hold for shares as they were raised; the fill only adds. Never more time is given
//! away than there is, but by hand.
//!
//! It never reads what a concern says, and holds no names.

mod completion;
mod election;
mod proposal;
mod purses;
mod records;
mod shares;
mod speaking;

use std::collections::{BTreeMap, BTreeSet};

pub use completion::{Completed, MOST_RAISED, complete};
pub use election::Election;
pub use proposal::propose;
pub use records::{Voices, may_be_raised};
pub use shares::{Payment, Run, Utility, equal_shares};
pub use speaking::{placed_by_hand, speaking_order};

pub use crate::domain::agenda::{
    Agenda, ByHand, Division, Payers, Plan, PlanError, Proposal, Sides, Step, Verdict, Why,
};

use crate::config::Review;
use crate::domain::{AgendaItem, AgendaPlan};

/// Something that can be raised at a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The concern it is, with all that was merged into it. No two items have the same. Of equals the lower comes first.
    pub id: u64,
    /// Its topic, by id; empty if it has none.
    pub topic: String,
    /// Where it happens, by id; empty if nowhere in particular.
    pub place: String,
    /// How long it takes, in seconds: at least one. What takes no time is bought by the method for nothing, if at all.
    pub seconds: u64,
    /// The organisations that support it, by id.
    pub supporters: BTreeSet<u64>,
}

/// What can be raised at a meeting, with what was planned and decided so far: an agenda and its order; nothing if the plan leaves no
/// time.
pub fn work_out(
    voices: Voices<'_>,
    review: Review,
    plan: &AgendaPlan,
    known: &BTreeMap<u64, AgendaItem>,
) -> Option<Proposal> {
    let division = plan.plan.divide().ok()?;
    let seconds = |id| known.get(&id).and_then(|known| known.seconds);
    let items = voices.items(review, |id| seconds(id).unwrap_or(plan.plan.item));
    let decided = known.values().filter_map(|known| {
        let decision = known.by_hand.as_ref()?;
        Some((known.concern, decision.what))
    });
    let agenda = propose(
        &items,
        voices.silent(&items),
        division.items,
        Utility::Cost,
        &decided.collect(),
    );
    let chosen = agenda.chosen();
    let order = speaking_order(items.iter().filter(|item| chosen.contains(&item.id)));
    Some(Proposal {
        meeting: plan.meeting,
        wanted: plan.wanted,
        agenda,
        order,
    })
}
