//! What release 7 added: the agenda, the floor log, promises and what became of them.

use samleng::agenda::{ByHand, Payers, Verdict};
use samleng::dialogue::desk::{Facet, Instead, Override, Promising, SoFar};
use samleng::dialogue::organising::promise::Promised;
use samleng::dialogue::{DataForm, PaperForm, Papers};
use samleng::digest::Totals;
use samleng::digest::frozen::Frozen;
use samleng::domain::agenda::{AgendaItem, AgendaPlan, Decision, Moved, Outline, Settled, Slot};
use samleng::domain::promise::{Asked, Counts, Piece, Promise, Report, Verdict as Heard};
use samleng::domain::{Archive, FloorDeed, FloorEntry, FloorOutcome, Side, Sides};

use super::*;

/// Every place at the agenda's desk.
pub(crate) fn desks() -> Vec<(String, Desk)> {
    let (page, id, seen) = (2, 9, 70);
    let mut more = Vec::new();
    let mut desks = vec![
        ("agenda", Desk::Agenda(AgendaDesk::Agenda { page, seen })),
        ("agenda-times", Desk::Agenda(AgendaDesk::AgendaTimes)),
        (
            "agenda-item",
            Desk::Agenda(AgendaDesk::AgendaItem { page, id, seen }),
        ),
        (
            "agenda-minutes",
            Desk::Agenda(AgendaDesk::AgendaMinutes { page, id }),
        ),
        ("agenda-compare", Desk::Agenda(AgendaDesk::AgendaCompare(1))),
        (
            "agenda-settle",
            Desk::Agenda(AgendaDesk::AgendaSettle { seen }),
        ),
        ("floor", Desk::Floor(FloorDesk::Floor)),
        ("floor-list", Desk::Floor(FloorDesk::FloorList(1))),
        ("floor-times", Desk::Floor(FloorDesk::FloorTimes)),
    ];
    let (item, seen) = (9, 41);
    for (name, item, side) in [
        ("floor-minutes-ours", Some(item), Side::Organisations),
        ("floor-minutes-theirs", None, Side::Authority),
    ] {
        desks.push((
            name,
            Desk::Floor(FloorDesk::FloorMinutes { item, side, seen }),
        ));
    }
    let text = || "ជួសជុលផ្លូវ\nThe road is mended".to_owned();
    let owner = || "មន្ទីរ Department of Roads".to_owned();
    let due = Some(jiff::civil::date(2027, 3, 1));
    for (name, said) in [
        ("text", SoFar::Text),
        ("owner", SoFar::Owner { text: text() }),
        (
            "due",
            SoFar::Due {
                text: text(),
                owner: owner(),
            },
        ),
    ] {
        let name = format!("floor-promise-{name}");
        more.push((
            name,
            Desk::Floor(FloorDesk::FloorPromise { item, seen, said }),
        ));
    }
    for (name, instead) in [
        ("answered", Instead::Answered),
        (
            "promised",
            Instead::Promised(SoFar::All {
                text: text(),
                owner: owner(),
                due,
            }),
        ),
        ("deflected", Instead::Deflected),
        ("not-reached", Instead::NotReached),
    ] {
        let desk = Desk::Floor(FloorDesk::FloorReplace {
            item,
            seen,
            instead,
        });
        more.push((format!("floor-replace-{name}"), desk));
    }
    for (name, what) in [
        ("agenda-put-in", Override::PutIn),
        ("agenda-taken-out", Override::TakenOut),
        ("agenda-earlier", Override::Earlier),
        ("agenda-later", Override::Later),
    ] {
        desks.push((name, Desk::Agenda(AgendaDesk::AgendaWhy { page, id, what })));
    }
    for (name, span) in [
        ("agenda-total", Span::Total),
        ("agenda-opening-ours", Span::OpeningOrganisations),
        ("agenda-opening-theirs", Span::OpeningAuthority),
        ("agenda-reply-ours", Span::ReplyOrganisations),
        ("agenda-reply-theirs", Span::ReplyAuthority),
        ("agenda-one", Span::Item),
    ] {
        desks.push((name, Desk::Agenda(AgendaDesk::AgendaTime(span))));
    }
    let (id, seen) = (30, 4);
    let promised = Promised {
        concern: Some(9),
        topic: "land".to_owned(),
        text: "ជួសជុលផ្លូវ".to_owned(),
        owner: "Department of Roads".to_owned(),
        due: Some(jiff::civil::date(2027, 3, 1)),
        meeting: None,
    };
    let promising = Promising {
        of: Some((id, seen)),
        promised,
        leaving: false,
    };
    desks.extend([
        ("promises", Desk::Promises(PromiseDesk::Promises(2))),
        (
            "promise",
            Desk::Promises(PromiseDesk::Promise { page, id, seen }),
        ),
        ("reports", Desk::Promises(PromiseDesk::Reports { id, page })),
        (
            "promising",
            Desk::Promises(PromiseDesk::Promising(Box::new(promising.clone()))),
        ),
        (
            "promising-new",
            Desk::Promises(PromiseDesk::Promising(Box::default())),
        ),
        (
            "promise-take-back",
            Desk::Promises(PromiseDesk::PromiseTakeBack { id, seen }),
        ),
    ]);
    for (name, facet) in [
        ("promise-text", Facet::Text),
        ("promise-owner", Facet::Owner),
        ("promise-due", Facet::Due),
        ("promise-topic", Facet::Topic),
        ("promise-concern", Facet::Concern),
    ] {
        desks.push((
            name,
            Desk::Promises(PromiseDesk::PromiseFacet(
                Box::new(promising.clone()),
                facet,
            )),
        ));
    }
    let desks = desks.into_iter();
    let desks = desks.map(|(name, desk)| (name.to_owned(), desk));
    desks.chain(more).collect()
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
fn a_person_at_a_promise() {
    let person = Person {
        state: State::Visit {
            kept: None,
            visit: Visit::Promise { id: 30 },
        },
        ..Person::new(12, ChatId(5_000_000_001))
    };
    check(7, "person-visit-promise", &person);
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
            plan: None,
            outline: None,
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
    let moved = AgendaItem {
        place: Some(3),
        moved: Some(Moved {
            place: 3,
            reason: "ជំនួប\nA meeting".to_owned(),
        }),
        ..AgendaItem::new(5, 9)
    };
    check(7, "agenda-item-moved", &moved);
}

#[test]
fn what_was_logged() {
    for (name, what) in [
        ("opened", FloorDeed::Opened(9)),
        (
            "answered",
            FloorDeed::Outcome(9, FloorOutcome::Answered, Status::Agenda),
        ),
        (
            "promised",
            FloorDeed::Outcome(9, FloorOutcome::Promised(30), Status::Deflected),
        ),
        (
            "deflected",
            FloorDeed::Outcome(9, FloorOutcome::Deflected, Status::Answered),
        ),
        (
            "not-reached",
            FloorDeed::Outcome(9, FloorOutcome::NotReached, Status::Agenda),
        ),
        ("ours", FloorDeed::Speaks(Side::Organisations)),
        ("theirs", FloorDeed::Speaks(Side::Authority)),
        ("stopped", FloorDeed::Stopped),
        ("spoke", FloorDeed::Spoke(Some(9), Side::Authority, 510)),
        (
            "spoke-first",
            FloorDeed::Spoke(None, Side::Organisations, 0),
        ),
        ("undone", FloorDeed::Undone(6)),
    ] {
        let entry = FloorEntry {
            meeting: 5,
            place: 7,
            at: instant(),
            by: (what != FloorDeed::Stopped).then_some(12),
            what,
        };
        check(7, &format!("floor-{name}"), &entry);
    }
}

#[test]
fn what_stays_of_it() {
    let archive = Archive {
        id: 43,
        meeting: Some(5),
        counted_at: instant(),
        outcomes: [(Status::Answered, 3), (Status::NotReached, 1)].into(),
        spoken: Sides {
            organisations: 2_520,
            authority: 4_290,
        },
        ..Archive::default()
    };
    check(7, "archive-floor", &archive);
}

#[test]
fn what_is_made_of_it_late() {
    for (name, late) in [
        ("agenda", Late::Agenda { meeting: 5 }),
        ("floor", Late::Floor),
        (
            "asked",
            Late::Asked {
                promise: 30,
                due: jiff::civil::date(2027, 3, 1),
            },
        ),
        (
            "paper-agenda",
            Late::Paper(Papers::Agenda, PaperForm::Message),
        ),
        ("paper-cards", Late::Paper(Papers::Cards, PaperForm::Docx)),
        ("paper-card", Late::Paper(Papers::Card(9), PaperForm::Docx)),
        ("paper-pdf", Late::Paper(Papers::Cards, PaperForm::Pdf)),
        (
            "paper-xlsx",
            Late::Paper(Papers::Agenda, PaperForm::Data(DataForm::Xlsx)),
        ),
        (
            "paper-csv",
            Late::Paper(Papers::Agenda, PaperForm::Data(DataForm::Csv)),
        ),
        (
            "paper-json",
            Late::Paper(Papers::Agenda, PaperForm::Data(DataForm::Json)),
        ),
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

/// A promise of which nothing else is known.
pub(crate) fn promise() -> Promise {
    Promise {
        id: 30,
        meeting: 5,
        title: Localised::default(),
        held_on: None,
        zone: None,
        concern: None,
        topic: String::new(),
        text: "ជួសជុលផ្លូវ\nThe road is mended".to_owned(),
        owner: String::new(),
        due: None,
        evidence: Vec::new(),
        made_at: instant(),
        version: 1,
        asked: BTreeMap::new(),
        counted: BTreeMap::new(),
        heard: None,
        followed_until: None,
    }
}

#[test]
fn what_was_promised() {
    check(7, "promise-new", &promise());
    let asked = Asked {
        at: instant(),
        people: 14,
    };
    let counts = Counts {
        done: 3,
        partly: 1,
        not_done: u64::MAX,
    };
    let whole = Promise {
        title: Localised::same([english(), khmer()], "វេទិកា Forum"),
        held_on: Some(jiff::civil::date(2027, 1, 17)),
        zone: Some("Asia/Phnom_Penh".to_owned()),
        concern: Some(9),
        topic: "land".to_owned(),
        owner: "មន្ទីរ Department of Roads".to_owned(),
        due: Some(jiff::civil::date(2027, 3, 1)),
        evidence: vec![31, 32],
        version: 4,
        asked: BTreeMap::from([(jiff::civil::date(2027, 2, 1), asked)]),
        counted: BTreeMap::from([("kandal".to_owned(), counts)]),
        heard: None,
        ..promise()
    };
    check(7, "promise", &whole);
}

#[test]
fn what_became_of_it() {
    for (name, verdict) in [
        ("done", Heard::Done),
        ("partly", Heard::Partly),
        ("not-done", Heard::NotDone),
    ] {
        let said = verdict != Heard::Done;
        let report = Report {
            promise: 30,
            organisation: 3,
            person: if said { 12 } else { 0 },
            vouched: false,
            at: instant(),
            verdict,
            words: Vec::from_iter(said.then(|| Piece {
                source: MessageId(0),
                text: "តែម្ខាង\nOne side only".to_owned(),
            })),
            photos: Vec::from_iter(said.then_some(33)),
            place: "kandal".to_owned(),
        };
        check(7, &format!("report-{name}"), &report);
    }
}

#[test]
fn a_concern_that_was_carried_over() {
    let concern = Concern {
        id: 40,
        receipt: Receipt::from_random(40),
        organisation: 3,
        author: 12,
        submitted_at: instant(),
        status: Status::NotReached,
        disclosure: Disclosure::Named,
        answers: answers(),
        vouched: false,
        let_in_at: None,
        into: None,
        before: None,
        reason: None,
        past: 0,
        open_question: None,
        dealt_with_at: Some(6),
        carried_from: Some(9),
        begun_at: None,
    };
    check(7, "concern-carried", &concern);
}

#[test]
fn a_digest_with_scores() {
    let frozen = Frozen {
        number: 3,
        edition: Edition::Shared,
        filter: Filter::default(),
        made_at: instant(),
        totals: Totals::default(),
        root: [0xcd; 32],
        scores: Some([0xef; 32]),
    };
    check(7, "digest-scored", &frozen);
}
