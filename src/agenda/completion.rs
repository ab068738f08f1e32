//! What is done with time that the Method of Equal Shares leaves over.
//!
//! The method stops when no group can pay for anything more, and may leave much of the budget. So, as is usual with it:
//!
//! 1. **Raising.** The method is run anew, each time with a share that is larger by a hundredth of the share as it is. The outcome that
//!    is kept is the last of those that cost no more than the real budget; the first that costs more ends it. So does one that is
//!    exhaustive: nothing that somebody supports, and that was not bought, fits into what is left. It ends as well after
//!    [`MOST_RAISED`] steps, with eleven times the share; and it does not begin where everything that somebody supports fits together.
//!    What costs more than the real budget is not bought with raised shares either.
//! 2. **Fill.** Then whatever still fits, most votes first ([`Election::most_votes_first`]).

use std::collections::BTreeSet;

use super::Election;
use super::shares::{Run, Utility, equal_shares};

/// By how many hundredths a share is raised at most.
pub const MOST_RAISED: u32 = 1_000;

/// An outcome that leaves no room for anything that somebody supports.
#[derive(Clone, Debug)]
pub struct Completed<'e> {
    /// What the method buys with shares as they are.
    pub plain: BTreeSet<usize>,
    /// The run that was kept.
    pub run: Run<'e>,
    /// By how many hundredths its share was raised.
    pub raised: u32,
    /// What was added by the fill, in this order.
    pub filled: Vec<usize>,
}

/// Runs the method and completes what it leaves.
pub fn complete(election: &Election, utility: Utility) -> Completed<'_> {
    let mut run = equal_shares(election, utility, 0);
    let plain: BTreeSet<usize> = run.bought().collect();
    let mut bought = plain.clone();
    let mut raised = 0;
    if !fits_together(election) {
        while raised < MOST_RAISED && !is_exhaustive(election, &bought) {
            let next = equal_shares(election, utility, raised + 1);
            if election.cost(next.bought()) > u128::from(election.budget()) {
                break;
            }
            bought = next.bought().collect();
            run = next;
            raised += 1;
        }
    }
    let filled = election.most_votes_first(&bought, left(election, &bought));
    Completed {
        plain,
        run,
        raised,
        filled,
    }
}

/// Whether everything that somebody supports fits into the budget.
fn fits_together(election: &Election) -> bool {
    let supported = (0..election.projects.len())
        .filter(|project| !election.projects[*project].supporters.is_empty());
    election.cost(supported) <= u128::from(election.budget())
}

fn is_exhaustive(election: &Election, bought: &BTreeSet<usize>) -> bool {
    let left = left(election, bought);
    election
        .projects
        .iter()
        .enumerate()
        .all(|(project, known)| {
            bought.contains(&project) || known.supporters.is_empty() || known.cost > left
        })
}

/// What these leave of the budget, in seconds.
fn left(election: &Election, bought: &BTreeSet<usize>) -> u64 {
    let cost = election.cost(bought.iter().copied());
    let left = u128::from(election.budget()).saturating_sub(cost);
    u64::try_from(left).unwrap_or(u64::MAX)
}
