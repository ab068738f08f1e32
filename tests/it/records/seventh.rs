//! What release 7 added: the agenda.

use samleng::agenda::{ByHand, Payers, Verdict};
use samleng::dialogue::{PaperForm, Papers};
use samleng::domain::agenda::{AgendaItem, AgendaPlan, Decision, Outline, Settled, Slot};

use super::*;

/// Every place at the agenda's desk.
pub(crate) fn desks() -> Vec<(String, Desk)> {
    let (page, id, seen) = (2, 9, 70);
    let mut desks = vec![
        ("agenda", Desk::Agenda { page, seen }),
        ("agenda-times", Desk::AgendaTimes),
        ("agenda-item", Desk::AgendaItem { page, id, seen }),
        ("agenda-minutes", Desk::AgendaMinutes { page, id }),
        ("agenda-compare", Desk::AgendaCompare(1)),
        ("agenda-settle", Desk::AgendaSettle { seen }),
    ];
    for (name, what) in [
        ("agenda-put-in", ByHand::PutIn),
        ("agenda-taken-out", ByHand::TakenOut),
    ] {
        desks.push((name, Desk::AgendaWhy { page, id, what }));
    }
    for (name, span) in [
        ("agenda-total", Span::Total),
        ("agenda-opening-ours", Span::OpeningOrganisations),
        ("agenda-opening-theirs", Span::OpeningAuthority),
        ("agenda-reply-ours", Span::ReplyOrganisations),
        ("agenda-reply-theirs", Span::ReplyAuthority),
        ("agenda-one", Span::Item),
    ] {
        desks.push((name, Desk::AgendaTime(span)));
    }
    let desks = desks.into_iter();
    desks.map(|(name, desk)| (name.to_owned(), desk)).collect()
}

#[test]
fn a_person_at_the_agenda() {
    for (name, desk) in desks() {
        let person = Person {
            role: Some(Role::Organiser),
            state: State::Visit {
                kept: None,
                visit: Visit::Desk(desk),
            },
            ..Person::new(12, ChatId(5_000_000_001))
        };
        check(7, &format!("person-desk-{name}"), &person);
    }
}

#[test]
fn what_is_planned() {
    check(7, "agenda-plan-new", &AgendaPlan::new(5));
    let settled = AgendaPlan {
        wanted: 4,
        version: 9,
        outline: Some(Outline {
            wanted: 4,
            budget: 6_431,
            left: 31,
            over: 12,
            voters: 170,
            share_ms: 37_829,
            raised: 6,
        }),
        settled: Some(Settled {
            at: instant(),
            version: 9,
        }),
        ..AgendaPlan::new(5)
    };
    check(7, "agenda-plan", &settled);
}

#[test]
fn an_item_in_or_out_for_every_reason() {
    let payers = Payers {
        paid: 7,
        gave_all: 2,
        price_ms: 85_714,
    };
    for (name, why) in [
        ("carried", Why::Carried(payers)),
        ("completed", Why::Completed(payers)),
        ("filled", Why::Filled { left: 660 }),
        ("put-in", Why::PutIn),
        ("taken-out", Why::TakenOut),
        ("unsupported", Why::Unsupported),
        ("too-long", Why::TooLong { budget: 500 }),
        (
            "too-few",
            Why::TooFew {
                had_ms: 90_000,
                left: 31,
            },
        ),
        (
            "spent",
            Why::Spent {
                had_ms: 4_000,
                others: 3,
                left: 31,
            },
        ),
    ] {
        let (what, is_in) = match why.is_in() {
            true => (ByHand::PutIn, true),
            false => (ByHand::TakenOut, false),
        };
        let item = AgendaItem {
            seconds: Some(600),
            by_hand: Some(Decision {
                what,
                reason: "ជំនួប\nA meeting".to_owned(),
            }),
            verdict: Some(Verdict {
                id: 9,
                seconds: 600,
                supporters: 7,
                why,
                by_most_votes: !is_in,
            }),
            place: is_in.then_some(3),
            settled: is_in.then_some(Slot {
                place: 3,
                seconds: 600,
            }),
            ..AgendaItem::new(5, 9)
        };
        check(7, &format!("agenda-item-{name}"), &item);
    }
}

#[test]
fn what_is_made_of_it_late() {
    for (name, late) in [
        ("agenda", Late::Agenda { meeting: 5 }),
        (
            "paper-agenda",
            Late::Paper(Papers::Agenda, PaperForm::Message),
        ),
        ("paper-cards", Late::Paper(Papers::Cards, PaperForm::Docx)),
        ("paper-card", Late::Paper(Papers::Card(9), PaperForm::Docx)),
        ("paper-pdf", Late::Paper(Papers::Cards, PaperForm::Pdf)),
    ] {
        let row = Row {
            id: RowId { event: 7, index: 1 },
            chat: ChatId(5_000_000_001),
            person: 12,
            stranger: false,
            lane: Lane::Interactive,
            announcement: None,
            effect: Effect::Late(late),
        };
        check(7, &format!("row-late-{name}"), &row);
    }
}
