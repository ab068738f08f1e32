//! Once something is logged, the agenda is what was settled for the meeting, and stays so.

use samleng::agenda::Plan;
use samleng::dialogue::desk::{AgendaDesk, Override};
use samleng::dialogue::organising::agenda::OnAgenda;
use samleng::dialogue::organising::{OnConcern, Order};
use samleng::dialogue::{
    Action, Change, Desk, Effect, Late, Moment, Person, State, Tap, Visit, World as _,
};
use samleng::domain::agenda::{ByHand, Decision, Outline, Settled, Slot, Verdict, Why};
use samleng::domain::{AgendaItem, AgendaPlan, Concern, Status};

use super::at;
use super::hall::{CHATS, CONCERNS, Hall, concern};

/// The first three are settled, ten minutes each.
fn settled() -> Hall {
    let mut hall = Hall::new();
    let meeting = hall.meeting;
    hall.world.change(&hall.forum, at(0), |stage| {
        let plan = AgendaPlan::new(meeting);
        stage.change(Change::AgendaPlan(AgendaPlan {
            outline: Some(Outline {
                wanted: plan.wanted,
                budget: 3_000,
                left: 1_200,
                over: 0,
                voters: 1,
                share_ms: 3_000_000,
                raised: 0,
            }),
            settled: Some(Settled {
                at: at(0),
                version: plan.version,
                plan: None,
                outline: None,
            }),
            ..plan
        }));
        for (place, id) in (0..).zip(&CONCERNS[..3]) {
            stage.change(Change::AgendaItem(AgendaItem {
                verdict: Some(Verdict {
                    id: *id,
                    seconds: 600,
                    supporters: 1,
                    why: Why::PutIn,
                    by_most_votes: true,
                }),
                place: Some(place),
                settled: Some(Slot {
                    place,
                    seconds: 600,
                }),
                ..AgendaItem::new(meeting, *id)
            }));
        }
        Vec::new()
    });
    hall
}

/// The second organiser, who has come to this.
fn second_at(desk: AgendaDesk, hall: &Hall) -> Person {
    Person {
        state: State::Visit {
            kept: None,
            visit: Visit::Desk(Desk::Agenda(desk)),
        },
        ..hall.world.person(CHATS[1]).unwrap()
    }
}

/// The agenda, as one of them reads it, and what can be done there.
fn agenda(hall: &mut Hall) -> (String, Vec<Action>) {
    let person = second_at(AgendaDesk::Agenda { page: 0, seen: 1 }, hall);
    let screen = hall.world.screen(&person, &hall.forum, at(hall.second));
    let actions = screen.rows.into_iter().flatten();
    (
        screen.html.as_str().to_owned(),
        actions.map(|(_, action)| action).collect(),
    )
}

#[test]
fn an_agenda_whose_meeting_has_begun_stays_as_it_was_settled() {
    let mut hall = settled();
    let (before, offered) = agenda(&mut hall);
    assert!(offered.contains(&Action::Desk(Tap::Times)));
    for tap in ["Next", "Answered", "Next"] {
        let tap = hall.tap(0, tap);
        hall.press(0, &tap);
    }
    assert!(hall.log().len() > 1);
    let (after, offered) = agenda(&mut hall);
    // What was dealt with is there as well, in its place, and the times add up.
    assert_eq!(before, after);
    assert!(after.contains("Concern 101"), "{after}");
    for gone in [Tap::Times, Tap::Settle] {
        assert!(!offered.contains(&Action::Desk(gone)), "{offered:?}");
    }
    for kept in [Tap::AgendaPdf, Tap::CardsPdf] {
        assert!(offered.contains(&Action::Desk(kept)), "{offered:?}");
    }
    // Its items can be read, and nothing about them is decided any more.
    let person = second_at(
        AgendaDesk::AgendaItem {
            page: 0,
            id: CONCERNS[0],
            seen: 1,
        },
        &hall,
    );
    let item = hall.world.screen(&person, &hall.forum, at(hall.second));
    let offered: Vec<Action> = item
        .rows
        .into_iter()
        .flatten()
        .map(|(_, action)| action)
        .collect();
    assert_eq!(offered, [Action::Desk(Tap::Cards), Action::Back]);
    let moment = Moment {
        now: at(hall.second),
        random: 1,
    };
    let time = Plan {
        total: 60 * 60,
        ..AgendaPlan::new(hall.meeting).plan
    };
    for decision in [
        OnAgenda::Time(time),
        OnAgenda::ItemTime(CONCERNS[1], Some(60)),
        OnAgenda::ByHand(CONCERNS[1], None),
        OnAgenda::Settle(1),
    ] {
        let order = Order::Agenda(decision);
        let refused = hall.world.order(order, &hall.forum, moment).unwrap_err();
        assert!(refused.contains("has begun"), "{refused}");
    }
    // And whoever opens it has nothing worked out.
    hall.say(1, "/agenda");
    assert!(!hall.said.contains(&format!(
        "{:?}",
        Effect::Late(Late::Agenda {
            meeting: hall.meeting
        })
    )));
    assert_eq!(agenda(&mut hall).0, before);
}

#[test]
fn what_was_changed_after_it_was_settled_changes_nothing_once_the_meeting_has_begun() {
    let mut hall = settled();
    let moment = Moment {
        now: at(0),
        random: 1,
    };
    let settle = Order::Agenda(OnAgenda::Settle(1));
    hall.world.order(settle, &hall.forum, moment).unwrap();
    let (before, _) = agenda(&mut hall);
    assert!(before.contains("Concern 101"), "{before}");
    // All is worked out anew, with less time, and with one more that was let in since; one is out by hand, one stands elsewhere, and of one nothing is known any more.
    hall.world.change(&hall.forum, at(1), |stage| {
        let plan = stage.agenda_plan(hall.meeting).unwrap();
        let plan = AgendaPlan {
            plan: Plan {
                total: 60 * 60,
                ..plan.plan
            },
            ..plan
        }
        .changed();
        let outline = plan.outline.clone().map(|outline| Outline {
            wanted: plan.wanted,
            budget: 700,
            left: 100,
            over: 50,
            ..outline
        });
        stage.change(Change::AgendaPlan(AgendaPlan { outline, ..plan }));
        stage.change(Change::Concern(Box::new(Concern {
            status: Status::Approved,
            ..concern(CONCERNS[3])
        })));
        stage.change(Change::AgendaItem(AgendaItem {
            verdict: Some(Verdict {
                id: CONCERNS[3],
                seconds: 60,
                supporters: 1,
                why: Why::PutIn,
                by_most_votes: false,
            }),
            place: Some(3),
            ..AgendaItem::new(hall.meeting, CONCERNS[3])
        }));
        for item in stage.agenda_items(hall.meeting) {
            let verdict = item.verdict.clone().map(|verdict| Verdict {
                seconds: 60,
                supporters: 9,
                ..verdict
            });
            stage.change(Change::AgendaItem(match item.place {
                Some(0) => AgendaItem {
                    verdict: verdict.map(|verdict| Verdict {
                        why: Why::TakenOut,
                        ..verdict
                    }),
                    place: None,
                    by_hand: Some(Decision {
                        what: ByHand::TakenOut,
                        reason: "Another day".to_owned(),
                    }),
                    ..item
                },
                Some(1 | 3) => AgendaItem { verdict, ..item },
                Some(_) | None => AgendaItem {
                    verdict: None,
                    place: None,
                    ..item
                },
            }));
        }
        Vec::new()
    });
    let (changed, _) = agenda(&mut hall);
    for shown in ["Another day", "Concern 104"] {
        assert!(changed.contains(shown), "{changed}");
    }
    let tap = hall.tap(0, "Next");
    hall.press(0, &tap);
    let (after, _) = agenda(&mut hall);
    assert_eq!(after, before);
    // A reason that somebody was about to give is asked for no more.
    let person = second_at(
        AgendaDesk::AgendaWhy {
            page: 0,
            id: CONCERNS[1],
            what: Override::TakenOut,
        },
        &hall,
    );
    hall.world.put(person, at(hall.second));
    hall.say(1, "Not today");
    let person = hall.world.person(CHATS[1]).unwrap();
    let desk = person.desk().cloned();
    assert!(
        matches!(desk, Some(Desk::Agenda(AgendaDesk::Agenda { .. }))),
        "{desk:?}"
    );
}

#[test]
fn what_takes_the_place_of_a_concern_that_is_withdrawn_can_be_put_right() {
    let mut hall = settled();
    for tap in ["Next", "Answered"] {
        let tap = hall.tap(0, tap);
        hall.press(0, &tap);
    }
    let receipt = hall.concerns()[&CONCERNS[0]].receipt;
    let withdraw = Order::Concern(OnConcern {
        receipt,
        status: Some(Status::Withdrawn),
        into: None,
        reason: None,
        ask: None,
    });
    let moment = Moment {
        now: at(hall.second),
        random: 1,
    };
    hall.world.order(withdraw, &hall.forum, moment).unwrap();
    assert_eq!(hall.concerns()[&CONCERNS[3]].status, Status::Answered);
    for tap in ["All items", "Concern 104", "Evaded"] {
        let tap = hall.tap(0, tap);
        hall.press(0, &tap);
    }
    assert_eq!(hall.concerns()[&CONCERNS[3]].status, Status::Deflected);
}
