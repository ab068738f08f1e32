//! Who may do what: every role, at every desk, with every button, word and command; and with every button of a card.
//!
//! The tables are gone through whole, through the real step, on a store with one of everything in it. Where the role lacks
//! the right nothing changes but the person's own record, nobody else hears anything, and nothing that only others may read
//! is shown. Where it has the right a press does something only if the screen offers it.

mod deeds;
mod desks;
mod forged;
mod full;

use std::collections::BTreeSet;

use samleng::dialogue::desk::{
    AgendaDesk, AnnounceDesk, ConcernDesk, DigestDesk, Editing, Facet, Field, FloorDesk, FloorTap,
    Instead, InviteDesk, Inviting, Lens, MeetingDesk, Narrow, OrganisationDesk, Override,
    PeopleDesk, PromiseDesk, Promising, Selection, SoFar, Span, Tapped, Whom, Wish,
};
use samleng::dialogue::organising::Words;
use samleng::dialogue::organising::promise::Promised;
use samleng::dialogue::screen::Screen;
use samleng::dialogue::{Action, Content, Desk, Event, InGroup, Person, Press, State, Tap, Visit};
use samleng::digest::{Edition, Format};
use samleng::domain::access::allows;
use samleng::domain::promise::Verdict;
use samleng::domain::{
    Act, Audience, ChatId, Localised, Meeting, MessageId, Role, Side, Stamp, Status,
};

pub(crate) use self::deeds::plain_actions;
use self::deeds::{Deed_, actions, deeds, taps};
use self::desks::desks;
use self::full::{Actor, CALLED, Came, Full, GROUP, Ids, SECRET, shown};
use crate::in_memory::english;

/// Rows of the first table: where somebody is.
const DESKS: usize = 63;

/// Its columns: what they do there.
const DEEDS: usize = 279;

/// What is pressed, of the cards' buttons.
const TAPS: usize = 80;

/// Nothing came of it but for the person's own record.
fn nothing(came: &Came, case: &dyn Fn() -> String) {
    assert!(
        came.changed.is_empty(),
        "{} changed {:?}",
        case(),
        came.changed
    );
    assert!(came.outcome.notices.is_empty(), "{}: others hear", case());
    let others = came.rows.iter().filter(|row| row.chat != full::CHAT);
    assert_eq!(others.count(), 0, "{}: others are sent something", case());
}

/// Nothing is shown that this role may not read, wherever it is.
fn reads_its_own(actor: Actor, came: &Came, case: &dyn Fn() -> String) {
    let read = shown(&came.outcome.effects);
    let may_read = allows(actor.role(), Act::Read, None);
    assert!(may_read || !read.contains(SECRET), "{}: {read}", case());
    let has_role = actor.role().is_some();
    assert!(has_role || !read.contains(CALLED), "{}: {read}", case());
}

/// The whole table for one role; how many cells it has.
fn table(actor: Actor) -> usize {
    let mut full = Full::new();
    let (desks, deeds) = (desks(&full.ids), deeds(&full.ids));
    assert_eq!((desks.len(), deeds.len()), (DESKS, DEEDS));
    let mut cells = 0;
    let mut done = 0;
    for desk in &desks {
        let at = Person {
            state: State::Visit {
                kept: None,
                visit: Visit::Desk(desk.clone()),
            },
            ..full.actor(actor)
        };
        for deed in &deeds {
            cells += 1;
            let came = full.step(at.clone(), deed.event(at.screen));
            done += usize::from(cell(actor, desk, deed, &came));
        }
    }
    println!("{actor:?}: {done} of {cells} did something");
    // Those who may do nothing do nothing, and those who may do much do.
    assert_eq!(done == 0, actor.role().is_none());
    cells
}

/// Holds one cell to the rules; whether something was done.
fn cell(actor: Actor, desk: &Desk, deed: &Deed_, came: &Came) -> bool {
    let case = || format!("{actor:?} at {desk:?} with {deed:?}");
    let may = |act| allows(actor.role(), act, None);
    let (here, this) = (may(desk.act()), deed.act().is_none_or(may));
    reads_its_own(actor, came, &case);
    assert!(!came.outcome.effects.is_empty(), "{}: no answer", case());
    assert_eq!(
        came.outcome.person.as_ref().and_then(|person| person.role),
        actor.role(),
        "{}",
        case()
    );
    // Whoever may not be there finds the menu instead, and with it what their role has there.
    let from_the_menu = deed.act().is_some();
    let lacks = !this || !(here || from_the_menu);
    let takes_nothing = deed.is_absolute() && deed.act().is_none();
    if !lacks && shows_anew(desk, deed, came) {
        // That it was looked at is all that there is of it.
        assert!(
            came.changed.iter().all(|kind| "my".contains(*kind)),
            "{}",
            case()
        );
        assert!(came.outcome.notices.is_empty(), "{}", case());
        return false;
    }
    if lacks || takes_nothing || !deed.is_offered(&came.screen) {
        nothing(came, &case);
    }
    let read = shown(&came.outcome.effects);
    if !here && (lacks || takes_nothing) {
        assert!(!read.contains(SECRET), "{}: {read}", case());
        assert!(!read.contains(CALLED), "{}: {read}", case());
    }
    // What somebody is called stands in the audit log and on the screens of those who name people.
    // So it does where a meeting is logged: those who do so together see who logged what.
    let named = [Act::Audit, Act::Floor];
    let may_name = may(Act::People)
        || named.contains(&desk.act())
        || deed.act().is_some_and(|act| named.contains(&act));
    assert!(may_name || !read.contains(CALLED), "{}: {read}", case());
    !came.changed.is_empty()
}

/// Whether this is a decision about a concern that is not as it was when it was shown, nor could be decided so any more.
fn shows_anew(desk: &Desk, deed: &Deed_, came: &Came) -> bool {
    let Deed_::Press(Action::Desk(tap)) = deed else {
        return false;
    };
    let out_of_date = if let Desk::Concerns(ConcernDesk::Card { seen, .. }) = desk {
        seen.past > 0
    } else {
        false
    };
    out_of_date && tap.is_about_a_concern() && !deed.is_offered(&came.screen)
}

#[test]
fn nobody_without_a_role_does_anything_at_any_desk() {
    assert_eq!(table(Actor::Nobody), DESKS * DEEDS);
    assert_eq!(table(Actor::Member), DESKS * DEEDS);
}

#[test]
fn an_auditor_reads_the_audit_log_and_nothing_else() {
    assert_eq!(table(Actor::With(Role::Auditor)), DESKS * DEEDS);
}

#[test]
fn an_organiser_does_what_the_screens_offer_and_names_nobody() {
    assert_eq!(table(Actor::With(Role::Organiser)), DESKS * DEEDS);
}

#[test]
fn an_owner_does_what_the_screens_offer() {
    assert_eq!(table(Actor::With(Role::Owner)), DESKS * DEEDS);
}

/// Where a card's button is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Bound,
    Another,
    Private,
}

impl Place {
    const ALL: [Self; 3] = [Self::Bound, Self::Another, Self::Private];

    fn event(self, data: String) -> Event {
        let query = "query".to_owned();
        let group = match self {
            Self::Bound => GROUP,
            Self::Another => ChatId(GROUP.0 - 1),
            Self::Private => {
                return Event::Press {
                    query,
                    message: Some(MessageId(50)),
                    data,
                };
            }
        };
        Event::InGroup {
            group,
            what: InGroup::Press { query, data },
        }
    }
}

/// Where a concern stands after a button that decides at once.
/// None comes on the agenda: only organisers may read them.
fn decided(tap: Tap, status: Status) -> Option<Status> {
    let all = [
        (Tap::Approve, Status::Approved),
        (Tap::Hold, Status::Held),
        // As it stood before.
        (Tap::Unmerge, Status::New),
    ];
    let (_, to) = all.into_iter().find(|(decides, _)| *decides == tap)?;
    tap.act().fits(status).then_some(to)
}

fn stamp_of(status: Status) -> Stamp {
    let asked = status == Status::Approved;
    Stamp {
        status,
        past: if asked { 2 } else { 0 },
        asked,
    }
}

#[test]
fn a_cards_button_decides_for_organisers_about_what_it_showed_and_for_nobody_else() {
    let mut full = Full::new();
    let taps = taps(&full.ids);
    assert_eq!(taps.len(), TAPS);
    let (mut cells, mut decisions, mut expected) = (0, 0, 0);
    for actor in Actor::ALL {
        let at = full.actor(actor);
        for (tap, status) in taps.iter().flat_map(|tap| Status::ALL.map(|s| (*tap, s))) {
            let id = full.ids.concerns[&status];
            let right = stamp_of(status);
            let wrong = [
                Stamp {
                    past: right.past + 1,
                    ..right
                },
                Stamp {
                    asked: !right.asked,
                    ..right
                },
                Stamp {
                    status: if status == Status::New {
                        Status::Held
                    } else {
                        Status::New
                    },
                    ..right
                },
            ];
            for stamp in wrong.into_iter().chain([right]) {
                for place in Place::ALL {
                    cells += 1;
                    let press = Press::Card(id, tap, stamp);
                    let came = full.step(at.clone(), place.event(press.write()));
                    let case = || format!("{actor:?}, {press:?}, {place:?}");
                    reads_its_own(actor, &came, &case);
                    assert!(!came.outcome.effects.is_empty(), "{}: no answer", case());
                    let may = allows(actor.role(), tap.act(), None) && place != Place::Another;
                    let to = decided(tap, status).filter(|_| may && stamp == right);
                    if let Some(to) = to {
                        expected += 1;
                        assert_eq!(came.moved, [(id, to)].into(), "{}", case());
                        decisions += 1;
                        continue;
                    }
                    assert!(came.moved.is_empty(), "{}", case());
                    assert!(!came.changed.contains(&'s'), "{}", case());
                    let leads_on = matches!(tap, Tap::Look | Tap::Reject | Tap::Ask | Tap::Merge);
                    if may && leads_on && status != Status::Withdrawn {
                        // That somebody looked is all that there is of it.
                        assert!(came.changed.iter().all(|kind| "my".contains(*kind)));
                        assert!(came.outcome.notices.is_empty(), "{}", case());
                        continue;
                    }
                    nothing(&came, &case);
                    let read = shown(&came.outcome.effects);
                    assert!(!read.contains(SECRET), "{}: {read}", case());
                }
            }
        }
    }
    assert_eq!(cells, Actor::ALL.len() * TAPS * Status::ALL.len() * 4 * 3);
    assert_eq!(decisions, expected);
    // Two roles, in two places: new, held, rejected, agenda; all before the meeting but held and waiting; new, approved, held; merged.
    assert_eq!(decisions, 2 * 2 * (4 + 3 + 1));
    println!("{cells} presses of cards' buttons, {decisions} decisions");
}

/// A button that works in private does nothing in a group, whoever presses it, and words are no orders there.
#[test]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "any other deed fails the test"
)]
fn in_a_group_only_the_buttons_of_cards_work() {
    let mut full = Full::new();
    let deeds = deeds(&full.ids);
    for actor in Actor::ALL {
        let at = full.actor(actor);
        for deed in &deeds {
            for group in [GROUP, ChatId(GROUP.0 - 1)] {
                let what = match deed.event(at.screen) {
                    Event::Press { query, data, .. } => InGroup::Press { query, data },
                    Event::Message {
                        content: Content::Text(text),
                        ..
                    } => InGroup::Words(text),
                    other => panic!("{other:?}"),
                };
                let came = full.step(at.clone(), Event::InGroup { group, what });
                let case = || format!("{actor:?} in {group:?} with {deed:?}");
                let read = shown(&came.outcome.effects);
                assert!(
                    !read.contains(SECRET) && !read.contains(CALLED),
                    "{}",
                    case()
                );
                for notice in &came.outcome.notices {
                    let said = notice.body.html.to_plain();
                    assert!(
                        !said.contains(SECRET) && !said.contains(CALLED),
                        "{}",
                        case()
                    );
                }
                let binds = matches!(deed, Deed_::Command(_, Some(Act::Bind)))
                    && actor == Actor::With(Role::Owner);
                assert!(
                    binds || came.changed.is_empty(),
                    "{}: {:?}",
                    case(),
                    came.changed
                );
            }
        }
    }
}

#[test]
fn a_look_is_in_the_audit_log() {
    let mut full = Full::new();
    let before = full.entries().len();
    let id = full.ids.concerns[&Status::New];
    let at = Person {
        state: State::Visit {
            kept: None,
            visit: Visit::Desk(Desk::Concerns(ConcernDesk::List {
                lens: Lens::All,
                page: 1,
            })),
        },
        ..full.actor(Actor::With(Role::Organiser))
    };
    let came = full.step(at, Deed_::Press(Action::Open(id)).event(7));
    assert!(shown(&came.outcome.effects).contains(SECRET));
    assert_eq!(came.changed, ['m', 'y'].into());
    assert_eq!(full.entries().len(), before, "what a case does is undone");
}
