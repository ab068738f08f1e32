//! What release 10 added: with which digest a selection begins, that something was taken off an answer, which draft a concern was, and why
//! an agenda was settled as it was.

use samleng::dialogue::desk::Last;
use samleng::domain::agenda::{
    AgendaItem, AgendaPlan, ByHand, Decision, Moved, Outline, Verdict, Why,
};
use samleng::store::erasures::Gone;

use super::*;

#[test]
fn a_person_choosing_what_is_new() {
    let selection = Selection {
        since: true,
        last: Some(Last {
            number: 3,
            made_at: instant(),
        }),
        ..Selection::all(Edition::Shared)
    };
    let person = Person {
        role: Some(Role::Organiser),
        state: State::Visit {
            kept: None,
            visit: Visit::Desk(Desk::Digest(DigestDesk::Digest(selection))),
        },
        ..Person::new(12, ChatId(5_000_000_001))
    };
    check(10, "person-at-digest-since", &person);
}

#[test]
fn what_else_no_backup_may_bring_back() {
    for (name, what) in [("said", What::Said), ("draft", What::Draft)] {
        let gone = Gone {
            number: 9,
            at: instant(),
            what,
            hash: [7; 16],
        };
        check(10, &format!("gone-{name}"), &gone);
    }
}

#[test]
fn a_concern_that_knows_when_it_was_begun() {
    let receipt = Receipt::from_random(40);
    let concern = Concern {
        begun_at: Some(instant()),
        ..Concern::new(40, receipt, 3, 12, instant(), answers())
    };
    check(10, "concern-begun", &concern);
}

#[test]
fn an_agenda_that_was_settled() {
    let outline = Outline {
        wanted: 1,
        budget: 6_431,
        left: 31,
        over: 12,
        voters: 170,
        share_ms: 37_829,
        raised: 6,
    };
    let plan = AgendaPlan {
        outline: Some(outline),
        ..AgendaPlan::new(5)
    };
    check(10, "agenda-plan-settled", &plan.settle(instant()));
    let item = AgendaItem {
        by_hand: Some(Decision {
            what: ByHand::PutIn,
            reason: "ជំនួប\nA meeting".to_owned(),
        }),
        verdict: Some(Verdict {
            id: 9,
            seconds: 600,
            supporters: 7,
            why: Why::PutIn,
            by_most_votes: false,
        }),
        place: Some(3),
        moved: Some(Moved {
            place: 3,
            reason: "ជំនួប\nA meeting".to_owned(),
        }),
        ..AgendaItem::new(5, 9)
    };
    check(10, "agenda-item-settled", &item.settle());
}
