//! Nobody is singled out by what the shared edition counts, also when everything that it says is taken together.
//!
//! Every included concern stands in it by itself, with topic, place and urgency. So what counts could betray is of two kinds:
//! something of what is not in it, and when something came. The first is looked for by taking away all that is not in it:
//! nothing may change but the totals of the whole. The second by counting anew who stands behind each period.

use std::collections::BTreeSet;

use proptest::prelude::*;
use samleng::digest::readers::Authority;
use samleng::digest::{self, Digest, Edition, Filter, Records};
use samleng::domain::{Disclosure, Status};
use samleng::text::Forum;

use crate::in_memory::{forum, runner};
use crate::sketches::{instant, records, sketches};

const SAFE: usize = 3;

fn make(records: &Records, filter: &Filter, forum: &Forum) -> Digest<Authority> {
    digest::make(records, filter, &forum.config, instant())
}

/// Whether the shared edition may hold it: of those that are approved or later, what is not for organisers only.
fn is_shared(concern: &samleng::domain::Concern) -> bool {
    let settled = [
        Status::New,
        Status::Waiting,
        Status::Held,
        Status::Rejected,
        Status::Merged,
        Status::Withdrawn,
    ];
    concern.disclosure != Disclosure::OrganisersOnly && !settled.contains(&concern.status)
}

/// Every selection of one thing, and the one of everything.
fn filters(forum: &Forum) -> Vec<Filter> {
    let mut filters = vec![Filter::default()];
    for topic in &forum.config.topics {
        filters.push(Filter {
            topic: Some(topic.id.clone()),
            ..Filter::default()
        });
    }
    for place in forum.config.places.iter().take(6) {
        filters.push(Filter {
            place: Some(place.choice.id.clone()),
            ..Filter::default()
        });
    }
    for status in [Status::Approved, Status::New, Status::Held] {
        filters.push(Filter {
            status: Some(status),
            ..Filter::default()
        });
    }
    filters.push(Filter {
        after: Some(instant() - jiff::SignedDuration::from_hours(24 * 57)),
        ..Filter::default()
    });
    filters
}

#[test]
fn what_is_not_shared_changes_nothing_but_the_totals_of_the_whole() {
    let forum = forum();
    runner(300)
        .run(&sketches(), |sketches| {
            let all = records(&sketches, &forum);
            let mut shared = all.clone();
            shared.concerns.retain(is_shared);
            for filter in filters(&forum) {
                let mut told = make(&all, &filter, &forum);
                let without = make(&shared, &filter, &forum);
                if filter == Filter::default() {
                    prop_assert_eq!(told.totals.included, without.totals.included);
                    told.totals = without.totals;
                }
                prop_assert_eq!(told, without);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_period_stands_for_fewer_than_three_organisations() {
    let forum = forum();
    let kinds = std::cell::Cell::new([0; 3]);
    runner(400)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            let digest = make(&records, &Filter::default(), &forum);
            let shared: Vec<_> = records.concerns.iter().filter(|c| is_shared(c)).collect();
            let zone = &forum.config.settings.zone;
            let who: BTreeSet<u64> = shared.iter().map(|c| c.organisation).collect();
            let mut seen = kinds.get();
            seen[digest.trend.len().min(2)] += 1;
            kinds.set(seen);
            prop_assert_eq!(digest.trend.is_empty(), who.len() < SAFE);
            let mut last = None;
            let mut sum = 0;
            for period in &digest.trend {
                prop_assert!(last.is_none_or(|last| last < period.from));
                last = Some(period.to);
                let within: Vec<_> = shared
                    .iter()
                    .filter(|concern| {
                        let day = concern.came_at().to_zoned(zone.clone()).date();
                        (period.from..=period.to).contains(&day)
                    })
                    .collect();
                let who: BTreeSet<u64> = within.iter().map(|c| c.organisation).collect();
                prop_assert_eq!(period.concerns, within.len() as u64);
                prop_assert!(who.len() >= SAFE, "{:?} in {:?}", who, period);
                sum += period.concerns;
            }
            // Nothing is left over that subtracting would find.
            if !digest.trend.is_empty() {
                prop_assert_eq!(sum, digest.totals.included);
            }
            for filter in filters(&forum).iter().skip(1) {
                prop_assert!(make(&records, filter, &forum).trend.is_empty());
            }
            Ok(())
        })
        .unwrap();
    let seen = kinds.get();
    assert!(seen.iter().all(|kind| *kind > 10), "{seen:?}");
}

#[test]
fn every_count_and_what_it_leaves_out_stands_for_three_organisations() {
    let forum = forum();
    runner(300)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            for filter in filters(&forum) {
                let digest = make(&records, &filter, &forum);
                prop_assert_eq!(digest.edition(), Edition::Shared);
                let included: Vec<_> = records
                    .concerns
                    .iter()
                    .filter(|concern| is_shared(concern) && admits(&filter, concern))
                    .collect();
                prop_assert_eq!(included.len() as u64, digest.totals.included);
                for (question, counts) in [
                    ("topic", &digest.counts.topic),
                    ("place", &digest.counts.place),
                    ("urgency", &digest.counts.urgency),
                ] {
                    // Who is in a cell of their own, who in what is left.
                    let mut left = BTreeSet::new();
                    let mut left_concerns = 0;
                    for concern in &included {
                        let id = concern.answers.choice(question).unwrap_or_default();
                        if id == "other" || !counts.contains_key(id) {
                            left.insert(concern.organisation);
                            left_concerns += 1;
                        }
                    }
                    for (id, count) in counts.iter().filter(|(id, _)| *id != "other") {
                        let own = included
                            .iter()
                            .filter(|c| c.answers.choice(question) == Some(id));
                        let own: Vec<u64> = own.map(|c| c.organisation).collect();
                        prop_assert_eq!(own.len() as u64, *count);
                        let own: BTreeSet<u64> = own.into_iter().collect();
                        prop_assert!(own.len() >= SAFE, "{} of {:?}", id, own);
                    }
                    if !counts.is_empty() && left_concerns > 0 {
                        prop_assert!(left.len() >= SAFE, "what is left: {:?}", left);
                    }
                }
            }
            Ok(())
        })
        .unwrap();
}

fn admits(filter: &Filter, concern: &samleng::domain::Concern) -> bool {
    let is = |wanted: &Option<String>, question| {
        wanted.is_none() || concern.answers.choice(question) == wanted.as_deref()
    };
    is(&filter.topic, "topic")
        && is(&filter.place, "place")
        && filter.status.is_none_or(|status| status == concern.status)
        && filter.after.is_none_or(|after| concern.came_at() > after)
}
