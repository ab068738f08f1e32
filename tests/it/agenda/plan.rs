//! A meeting's time is divided, and nothing of it is lost.

use proptest::prelude::*;
use samleng::agenda::{Plan, PlanError, Sides};

use crate::in_memory::runner;

/// Both openings, both replies in percent.
fn plan(total: u64, opening: (u64, u64), reply: (u64, u64)) -> Plan {
    let sides = |(organisations, authority)| Sides {
        organisations,
        authority,
    };
    Plan {
        total,
        opening: sides(opening),
        reply: sides(reply),
        item: 300,
    }
}

#[test]
fn openings_and_replies_are_taken_off_first() {
    for (total, opening, reply, items) in [
        (3_600, (0, 0), (0, 0), Ok(3_600)),
        (3_600, (300, 600), (0, 0), Ok(2_700)),
        (3_600, (300, 600), (10, 30), Ok(1_620)),
        // A fraction of a second is the replying side's.
        (101, (0, 0), (1, 1), Ok(97)),
        (3_600, (1_800, 1_800), (0, 0), Err(PlanError::Openings)),
        (3_600, (u64::MAX, 1), (0, 0), Err(PlanError::Openings)),
        (3_600, (0, 0), (50, 50), Err(PlanError::Replies)),
        (3_600, (0, 0), (u64::MAX, 0), Err(PlanError::Replies)),
    ] {
        let plan = plan(total, opening, reply);
        assert_eq!(plan.divide().map(|made| made.items), items, "{plan:?}");
    }
    let without = Plan {
        item: 0,
        ..plan(3_600, (0, 0), (0, 0))
    };
    assert_eq!(without.divide(), Err(PlanError::Item));
}

#[test]
fn the_parts_make_the_whole() {
    let percent = || 0..=60_u64;
    let any = (
        1..=40_000_u64,
        0..=900_u64,
        0..=900_u64,
        percent(),
        percent(),
    );
    let checked = runner(1_000).run(&any, |(total, ours, theirs, reply, replies)| {
        let plan = plan(total, (ours, theirs), (reply, replies));
        if let Ok(made) = plan.divide() {
            let parts = [
                made.opening.organisations,
                made.opening.authority,
                made.reply.organisations,
                made.reply.authority,
                made.items,
            ];
            prop_assert_eq!(parts.into_iter().sum::<u64>(), total);
        } else {
            let left = total.saturating_sub(ours + theirs);
            prop_assert!(left * (100 - (reply + replies).min(100)) < 300);
        }
        Ok(())
    });
    checked.unwrap();
}
