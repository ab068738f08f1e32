//! Who asks for what, as the Method of Equal Shares sees it: voters, projects, costs, a budget.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Item;

/// An election in which voters approve of projects, each with a cost, and a budget is spent.
///
/// Voters are organisations, projects are items, costs and budget are seconds. Projects are numbered from zero in the order of
/// their items' ids, and that is how ties are broken: the lower number comes first.
#[derive(Clone, Debug)]
pub struct Election {
    pub(super) budget: u64,
    /// The ids of those who approve of something. Voters are numbered in their order.
    pub(super) heard: Vec<u64>,
    silent: u64,
    pub(super) projects: Vec<Project>,
    /// By voter, which projects it approves of.
    pub(super) ballots: Vec<Vec<usize>>,
}

/// A project of an [`Election`].
#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) id: u64,
    pub(super) cost: u64,
    pub(super) supporters: Vec<usize>,
}

impl Election {
    /// These items within a budget of so many seconds. `silent` is how many have a voice beside the supporters and support nothing:
    /// they have a share as well, which nobody spends.
    pub fn new<'i>(items: impl IntoIterator<Item = &'i Item>, silent: u64, budget: u64) -> Self {
        let mut items: Vec<&Item> = items.into_iter().collect();
        items.sort_by_key(|item| item.id);
        let heard: BTreeSet<u64> = items
            .iter()
            .flat_map(|item| item.supporters.iter().copied())
            .collect();
        let heard: Vec<u64> = heard.into_iter().collect();
        let numbers: BTreeMap<u64, usize> = heard.iter().copied().zip(0..).collect();
        let mut ballots = vec![Vec::new(); heard.len()];
        let mut projects = Vec::with_capacity(items.len());
        for (project, item) in items.into_iter().enumerate() {
            let supporters: Vec<usize> = item.supporters.iter().map(|id| numbers[id]).collect();
            for voter in &supporters {
                ballots[*voter].push(project);
            }
            projects.push(Project {
                id: item.id,
                cost: item.seconds,
                supporters,
            });
        }
        Self {
            budget,
            heard,
            silent,
            projects,
            ballots,
        }
    }

    /// How many have a voice, whether or not they support anything.
    pub fn voters(&self) -> u64 {
        (self.heard.len() as u64).saturating_add(self.silent)
    }

    /// The budget in seconds.
    pub fn budget(&self) -> u64 {
        self.budget
    }

    /// The id of the item that is this project.
    pub fn id(&self, project: usize) -> u64 {
        self.projects[project].id
    }

    /// What these cost together, in seconds.
    pub fn cost(&self, projects: impl IntoIterator<Item = usize>) -> u128 {
        let costs = projects.into_iter();
        costs
            .map(|project| u128::from(self.projects[project].cost))
            .sum()
    }

    /// The projects from the one with most supporters on, equals in order of their numbers.
    pub(super) fn by_votes(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.projects.len()).collect();
        order.sort_by_key(|project| Reverse(self.projects[*project].supporters.len()));
        order
    }

    /// Most votes first: goes through the projects from the one with most supporters on, equals in order of their numbers, and takes
    /// each that somebody supports and that still fits into so many seconds. `taken` are passed over.
    pub fn most_votes_first(&self, taken: &BTreeSet<usize>, mut left: u64) -> Vec<usize> {
        let mut order = self.by_votes();
        order.retain(|project| {
            let known = &self.projects[*project];
            let is_taken = taken.contains(project);
            let fits = !is_taken && !known.supporters.is_empty() && known.cost <= left;
            if fits {
                left -= known.cost;
            }
            fits
        });
        order
    }
}
