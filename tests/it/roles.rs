//! Who may do what: every role, at every desk, with every button, word and command; and with every button of a card.
//!
//! The tables are gone through whole, through the real step, on a store with one of everything in it. Where the role lacks
//! the right nothing changes but the person's own record, nobody else hears anything, and nothing that only others may read
//! is shown. Where it has the right a press does something only if the screen offers it.

mod forged;
mod full;

use std::collections::BTreeSet;

use samleng::agenda::ByHand;
use samleng::dialogue::desk::{
    AgendaDesk, AnnounceDesk, ConcernDesk, DigestDesk, Editing, Facet, Field, FloorDesk, FloorTap,
    Instead, InviteDesk, Inviting, Lens, MeetingDesk, Narrow, OrganisationDesk, PeopleDesk,
    PromiseDesk, Promising, Selection, SoFar, Span, Tapped, Whom, Wish,
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

use self::full::{Actor, CALLED, Came, Full, GROUP, Ids, SECRET, shown};
use crate::in_memory::english;

/// Rows of the first table: where somebody is.
const DESKS: usize = 63;
/// Its columns: what they do there.
const DEEDS: usize = 273;
/// What is pressed, of the cards' buttons.
const TAPS: usize = 74;

fn stamp(past: u32) -> Stamp {
    Stamp {
        status: Status::New,
        past,
        asked: false,
    }
}

fn meeting() -> Meeting {
    Meeting {
        id: 900,
        title: Localised::same([english()], "Another title"),
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: Some(40),
        people_at_most: None,
        zone: None,
    }
}

/// A promise that is being changed.
fn promising(ids: &Ids) -> Promising {
    Promising {
        of: Some((ids.promise, 1)),
        promised: Promised {
            text: "Something else".to_owned(),
            ..Promised::default()
        },
        leaving: false,
    }
}

/// Everywhere where somebody with a role can be.
fn desks(ids: &Ids) -> Vec<Desk> {
    let id = ids.concerns[&Status::New];
    let agreed = ids.concerns[&Status::Agenda];
    let card = |lens, id, seen| Desk::Concerns(ConcernDesk::Card { lens, id, seen });
    let words = |wanted| {
        Desk::Concerns(ConcernDesk::Words {
            lens: Lens::New,
            id,
            seen: stamp(0),
            wanted,
        })
    };
    let preview = |words, sure| {
        Desk::Announce(AnnounceDesk::Preview {
            audience: Audience::Everyone,
            words,
            sure,
        })
    };
    let text = || Words::Text("Come at eight".to_owned());
    let change = || Words::Meeting(Box::new(None), Box::new(meeting()));
    let all = vec![
        Desk::Concerns(ConcernDesk::Concerns),
        Desk::Concerns(ConcernDesk::Topics),
        Desk::Concerns(ConcernDesk::Searching),
        Desk::Concerns(ConcernDesk::List {
            lens: Lens::All,
            page: 0,
        }),
        Desk::Concerns(ConcernDesk::List {
            lens: Lens::Found(vec![id, agreed]),
            page: 0,
        }),
        card(Lens::New, id, stamp(0)),
        card(Lens::All, id, stamp(3)),
        card(
            Lens::All,
            ids.concerns[&Status::Merged],
            Stamp {
                status: Status::Merged,
                ..stamp(0)
            },
        ),
        card(
            Lens::New,
            ids.concerns[&Status::Waiting],
            Stamp {
                status: Status::Waiting,
                ..stamp(0)
            },
        ),
        card(Lens::All, ids.concerns[&Status::Withdrawn], stamp(0)),
        words(samleng::dialogue::desk::Wanted::Reason),
        words(samleng::dialogue::desk::Wanted::Question),
        words(samleng::dialogue::desk::Wanted::Spoken(ids.voice)),
        Desk::Concerns(ConcernDesk::Merging {
            lens: Lens::New,
            id,
            seen: stamp(0),
            offered: vec![agreed],
        }),
        Desk::Announce(AnnounceDesk::Announce),
        Desk::Announce(AnnounceDesk::AnnounceBy(Wish::Place)),
        Desk::Announce(AnnounceDesk::AnnounceBy(Wish::Topic)),
        Desk::Announce(AnnounceDesk::Announcing(Audience::Everyone)),
        preview(text(), false),
        preview(text(), true),
        preview(change(), false),
        preview(change(), true),
        Desk::Invite(InviteDesk::Invite(Inviting::default())),
        Desk::Invite(InviteDesk::Invite(Inviting {
            whom: Whom::Missing,
            ..Inviting::default()
        })),
        Desk::Invite(InviteDesk::InviteWhom(
            Inviting::default(),
            vec![ids.other, ids.third],
        )),
        Desk::Invite(InviteDesk::InviteList(Inviting::default())),
        Desk::Invite(InviteDesk::Invitations(0)),
        Desk::Invite(InviteDesk::Invitation(ids.invitation)),
        Desk::Organisations(OrganisationDesk::Organisations {
            found: None,
            page: 0,
        }),
        Desk::Organisations(OrganisationDesk::Organisation(ids.other)),
        Desk::Organisations(OrganisationDesk::Renaming(ids.other)),
        Desk::Organisations(OrganisationDesk::MergingOrganisation(
            ids.other,
            vec![ids.third],
        )),
        Desk::Organisations(OrganisationDesk::MergeOrganisationsReally(
            ids.other, ids.third,
        )),
        Desk::People(PeopleDesk::People),
        Desk::People(PeopleDesk::Colleague(ids.colleague)),
        Desk::People(PeopleDesk::Offering(Role::Organiser)),
        Desk::People(PeopleDesk::Audit(0)),
        Desk::Meeting(MeetingDesk::Meeting(Box::new(editing()))),
        Desk::Meeting(MeetingDesk::MeetingField(Box::new(editing()), Field::Place)),
        Desk::Digest(DigestDesk::Digest(Selection::all(Edition::Shared))),
        Desk::Digest(DigestDesk::DigestBy(
            Selection::all(Edition::Organisers),
            Narrow::Topic,
        )),
        Desk::Agenda(AgendaDesk::Agenda { page: 0, seen: 3 }),
        Desk::Agenda(AgendaDesk::Agenda { page: 0, seen: 1 }),
        Desk::Agenda(AgendaDesk::AgendaTimes),
        Desk::Agenda(AgendaDesk::AgendaTime(Span::Total)),
        Desk::Agenda(AgendaDesk::AgendaItem {
            page: 0,
            id: agreed,
            seen: 3,
        }),
        Desk::Agenda(AgendaDesk::AgendaMinutes {
            page: 0,
            id: agreed,
        }),
        Desk::Agenda(AgendaDesk::AgendaWhy {
            page: 0,
            id: agreed,
            what: ByHand::TakenOut,
        }),
        Desk::Agenda(AgendaDesk::AgendaCompare(0)),
        Desk::Agenda(AgendaDesk::AgendaSettle { seen: 3 }),
        Desk::Floor(FloorDesk::Floor),
        Desk::Floor(FloorDesk::FloorList(0)),
        Desk::Floor(FloorDesk::FloorTimes),
        Desk::Floor(FloorDesk::FloorMinutes {
            item: Some(agreed),
            side: Side::Authority,
            seen: 1,
        }),
        Desk::Floor(FloorDesk::FloorReplace {
            item: agreed,
            seen: 1,
            instead: Instead::Deflected,
        }),
        Desk::Floor(FloorDesk::FloorPromise {
            item: agreed,
            seen: 1,
            said: SoFar::Owner {
                text: "A road".to_owned(),
            },
        }),
        Desk::Promises(PromiseDesk::Promises(0)),
        Desk::Promises(PromiseDesk::Promise {
            page: 0,
            id: ids.promise,
            seen: 1,
        }),
        Desk::Promises(PromiseDesk::Promise {
            page: 0,
            id: ids.promise,
            seen: 9,
        }),
        Desk::Promises(PromiseDesk::Reports {
            id: ids.promise,
            page: 0,
        }),
        Desk::Promises(PromiseDesk::Promising(Box::new(promising(ids)))),
        Desk::Promises(PromiseDesk::PromiseFacet(
            Box::new(promising(ids)),
            Facet::Topic,
        )),
        Desk::Promises(PromiseDesk::PromiseTakeBack {
            id: ids.promise,
            seen: 1,
        }),
    ];
    let kinds: BTreeSet<usize> = all.iter().map(kind_of_desk).collect();
    assert!(kinds.into_iter().eq(0..49), "a desk is missing");
    all
}

/// A number for each kind of desk, so that a new one is missed.
fn kind_of_desk(desk: &Desk) -> usize {
    match desk {
        Desk::Concerns(ConcernDesk::Concerns) => 0,
        Desk::Concerns(ConcernDesk::Topics) => 1,
        Desk::Concerns(ConcernDesk::Searching) => 2,
        Desk::Concerns(ConcernDesk::List { .. }) => 3,
        Desk::Concerns(ConcernDesk::Card { .. }) => 4,
        Desk::Concerns(ConcernDesk::Words { .. }) => 5,
        Desk::Concerns(ConcernDesk::Merging { .. }) => 6,
        Desk::Announce(AnnounceDesk::Announce) => 7,
        Desk::Announce(AnnounceDesk::AnnounceBy(_)) => 8,
        Desk::Announce(AnnounceDesk::Announcing(_)) => 9,
        Desk::Announce(AnnounceDesk::Preview { .. }) => 10,
        Desk::Invite(InviteDesk::Invite(_)) => 11,
        Desk::Invite(InviteDesk::InviteWhom(..)) => 12,
        Desk::Invite(InviteDesk::InviteList(_)) => 13,
        Desk::Invite(InviteDesk::Invitations(_)) => 14,
        Desk::Invite(InviteDesk::Invitation(_)) => 15,
        Desk::Organisations(OrganisationDesk::Organisations { .. }) => 16,
        Desk::Organisations(OrganisationDesk::Organisation(_)) => 17,
        Desk::Organisations(OrganisationDesk::Renaming(_)) => 18,
        Desk::Organisations(OrganisationDesk::MergingOrganisation(..)) => 19,
        Desk::Organisations(OrganisationDesk::MergeOrganisationsReally(..)) => 20,
        Desk::People(PeopleDesk::People) => 21,
        Desk::People(PeopleDesk::Colleague(_)) => 22,
        Desk::People(PeopleDesk::Offering(_)) => 23,
        Desk::People(PeopleDesk::Audit(_)) => 24,
        Desk::Meeting(MeetingDesk::Meeting(_)) => 25,
        Desk::Meeting(MeetingDesk::MeetingField(..)) => 26,
        Desk::Digest(DigestDesk::Digest(_)) => 27,
        Desk::Digest(DigestDesk::DigestBy(..)) => 28,
        Desk::Agenda(AgendaDesk::Agenda { .. }) => 29,
        Desk::Agenda(AgendaDesk::AgendaTimes) => 30,
        Desk::Agenda(AgendaDesk::AgendaTime(_)) => 31,
        Desk::Agenda(AgendaDesk::AgendaItem { .. }) => 32,
        Desk::Agenda(AgendaDesk::AgendaMinutes { .. }) => 33,
        Desk::Agenda(AgendaDesk::AgendaWhy { .. }) => 34,
        Desk::Agenda(AgendaDesk::AgendaCompare(_)) => 35,
        Desk::Agenda(AgendaDesk::AgendaSettle { .. }) => 36,
        Desk::Floor(FloorDesk::Floor) => 37,
        Desk::Floor(FloorDesk::FloorList(_)) => 38,
        Desk::Floor(FloorDesk::FloorTimes) => 39,
        Desk::Floor(FloorDesk::FloorMinutes { .. }) => 40,
        Desk::Floor(FloorDesk::FloorReplace { .. }) => 41,
        Desk::Floor(FloorDesk::FloorPromise { .. }) => 42,
        Desk::Promises(PromiseDesk::Promises(_)) => 43,
        Desk::Promises(PromiseDesk::Promise { .. }) => 44,
        Desk::Promises(PromiseDesk::Reports { .. }) => 45,
        Desk::Promises(PromiseDesk::Promising(_)) => 46,
        Desk::Promises(PromiseDesk::PromiseFacet(..)) => 47,
        Desk::Promises(PromiseDesk::PromiseTakeBack { .. }) => 48,
    }
}

/// Every tap, with one of each thing that it can be about.
fn taps(ids: &Ids) -> Vec<Tap> {
    let roles = Role::ALL.into_iter();
    let offers = roles.clone().map(Tap::Offer);
    let gives = roles.map(Tap::Give);
    let files = [Tap::File(ids.voice), Tap::Write(ids.voice)];
    let mut all: Vec<Tap> = Tap::all().collect();
    for more in offers.chain(gives).chain(files) {
        if !all.contains(&more) {
            all.push(more);
        }
    }
    all
}

/// A number for each kind of action, so that a new one is missed.
fn kind_of_action(action: &Action) -> usize {
    match action {
        Action::Speak(_) => 0,
        Action::Agree => 1,
        Action::Decline => 2,
        Action::Pick(_) => 3,
        Action::Next => 4,
        Action::Done => 5,
        Action::Undo => 6,
        Action::Back => 7,
        Action::Skip => 8,
        Action::Cancel => 9,
        Action::Yes => 10,
        Action::No => 11,
        Action::NoneOfThese => 12,
        Action::SendMine => 13,
        Action::Mine => 14,
        Action::Others => 15,
        Action::ByPlace => 16,
        Action::Meeting => 17,
        Action::Rsvp => 18,
        Action::Open(_) => 19,
        Action::Page(_) => 20,
        Action::Edit => 21,
        Action::Note => 22,
        Action::Reply => 23,
        Action::Withdraw => 24,
        Action::Endorse => 25,
        Action::Unendorse => 26,
        Action::NewConcern => 27,
        Action::Continue => 28,
        Action::Keep => 29,
        Action::Delete => 30,
        Action::Change(_) => 31,
        Action::Submit => 32,
        Action::Languages => 33,
        Action::Privacy => 34,
        Action::Help => 35,
        Action::Digest => 36,
        Action::Join => 37,
        Action::Right(..) => 38,
        Action::Correct(_) => 39,
        Action::Desk(_) => 40,
        Action::Promise(_) => 41,
        Action::Carry(_) => 42,
    }
}

/// Every action without an argument.
pub(crate) fn plain_actions() -> Vec<Action> {
    vec![
        Action::Agree,
        Action::Decline,
        Action::Next,
        Action::Done,
        Action::Undo,
        Action::Back,
        Action::Skip,
        Action::Cancel,
        Action::Yes,
        Action::No,
        Action::NoneOfThese,
        Action::SendMine,
        Action::Mine,
        Action::Others,
        Action::ByPlace,
        Action::Meeting,
        Action::Rsvp,
        Action::Edit,
        Action::Note,
        Action::Reply,
        Action::Withdraw,
        Action::Endorse,
        Action::Unendorse,
        Action::NewConcern,
        Action::Continue,
        Action::Keep,
        Action::Delete,
        Action::Submit,
        Action::Languages,
        Action::Privacy,
        Action::Help,
        Action::Digest,
        Action::Join,
    ]
}

/// Every action, with one of each thing that it can be about.
fn actions(ids: &Ids) -> Vec<Action> {
    let mut all = plain_actions();
    all.extend([
        Action::Speak(english()),
        Action::Page(0),
        Action::Page(1),
        Action::Change("story".to_owned()),
        Action::Right(1, 1),
        Action::Correct(1),
        Action::Promise(ids.promise),
        Action::Carry(1),
    ]);
    let things = ids.concerns.values().copied().chain([
        ids.other,
        ids.third,
        ids.invitation,
        ids.role_link,
        ids.colleague,
        ids.author,
        ids.announcement,
        ids.promise,
        9_999,
    ]);
    all.extend(things.map(Action::Open));
    let picks = [
        "new",
        "urgent",
        "topics",
        "voice",
        "asked",
        "held",
        "approved",
        "agenda",
        "merged",
        "rejected",
        "all",
        "everyone",
        "coming",
        "undecided",
        "silent",
        "place",
        "topic",
        "land",
        "kandal",
        "title",
        "days",
        "deadline",
        "capacity",
        "people",
        "zone",
        "nonsense",
    ];
    all.extend(picks.map(|id| Action::Pick(id.to_owned())));
    all.extend(taps(ids).into_iter().map(Action::Desk));
    let kinds: BTreeSet<usize> = all.iter().map(kind_of_action).collect();
    assert!(kinds.into_iter().eq(0..43), "an action is missing");
    all
}

/// What somebody does.
#[derive(Clone, Debug)]
enum Deed_ {
    Press(Action),
    Text(String),
    /// A command, and what it takes.
    Command(String, Option<Act>),
    /// A button outside the screen, and what it takes.
    Outside(Press, Act),
}

fn deeds(ids: &Ids) -> Vec<Deed_> {
    let mut all: Vec<_> = actions(ids).into_iter().map(Deed_::Press).collect();
    let texts = [
        "Words that mean nothing",
        "wall",
        "1001",
        "17/1/2027 8:30",
        "12",
        "Own Voices",
        &ids.receipt,
        "\u{200B}",
    ];
    all.extend(texts.map(|text| Deed_::Text(text.to_owned())));
    let commands = [
        ("/start", None),
        ("/start AAAAAAAAAAAAAAAAAAAAAA", None),
        ("/menu", None),
        ("/cancel", None),
        ("/help", None),
        ("/privacy", None),
        ("/language", None),
        ("/meeting", None),
        ("/mydata", None),
        ("/nonsense", None),
        ("/digest", Some(Act::Digest)),
        ("/concerns", Some(Act::Read)),
        ("/announce", Some(Act::Announce)),
        ("/invite", Some(Act::Invite)),
        ("/orgs", Some(Act::Organisations)),
        ("/people", Some(Act::People)),
        ("/audit", Some(Act::Audit)),
        ("/stats", Some(Act::Digest)),
        ("/promises", Some(Act::Ledger)),
        ("/search", Some(Act::Read)),
        ("/search wall", Some(Act::Read)),
        ("/outcome", Some(Act::Floor)),
        ("/bind", Some(Act::Bind)),
        ("/unbind", Some(Act::Bind)),
    ];
    let commands = commands
        .into_iter()
        .map(|(command, act)| Deed_::Command(command.to_owned(), act));
    all.extend(commands);
    for edition in [Edition::Organisers, Edition::Shared] {
        for format in Format::ALL {
            for number in [None, Some(1), Some(9_999)] {
                let press = Press::Digest(edition, format, number);
                all.push(Deed_::Outside(press, Act::Digest));
            }
        }
        all.push(Deed_::Outside(Press::Select(edition), Act::Digest));
    }
    for id in [ids.announcement, 9_999] {
        all.push(Deed_::Outside(Press::Stop(id), Act::Announce));
    }
    for what in [
        Tapped::Open(ids.concerns[&Status::Answered]),
        Tapped::Answered(ids.concerns[&Status::Agenda]),
        Tapped::Deflected(ids.concerns[&Status::New]),
        Tapped::Promised(ids.concerns[&Status::Agenda]),
        Tapped::NotReached(9_999),
        Tapped::Speaks(Side::Authority),
        Tapped::Stop,
        Tapped::Undo(0),
        Tapped::Undo(9),
    ] {
        let (meeting, seen) = (900, 1);
        let tap = FloorTap {
            meeting,
            seen,
            what,
        };
        all.push(Deed_::Outside(Press::Floor(tap), Act::Floor));
    }
    // That of another meeting.
    for tap in FloorTap::all().take(1) {
        all.push(Deed_::Outside(Press::Floor(tap), Act::Floor));
    }
    // Their author alone may look at a concern by it.
    for id in ids.concerns.values() {
        all.push(Deed_::Outside(Press::Concern(*id), Act::Machine));
    }
    // Only those behind what was promised may say what became of it.
    for verdict in Verdict::ALL {
        let press = Press::Promise(ids.promise, verdict);
        all.push(Deed_::Outside(press, Act::Machine));
    }
    all
}

impl Deed_ {
    fn event(&self, screen: u32) -> Event {
        let press = |press: Press| Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(50)),
            data: press.write(),
        };
        let message = |text: &String| Event::Message {
            id: MessageId(60),
            content: Content::Text(text.clone()),
        };
        match self {
            Self::Press(action) => press(Press::Screen(screen, action.clone())),
            Self::Text(text) | Self::Command(text, _) => message(text),
            Self::Outside(data, _) => press(data.clone()),
        }
    }

    /// What it takes beyond being where one is.
    fn act(&self) -> Option<Act> {
        match self {
            Self::Press(Action::Desk(tap)) => Some(tap.act()),
            Self::Press(Action::Digest) => Some(Act::Digest),
            Self::Press(_) | Self::Text(_) => None,
            Self::Command(_, act) => *act,
            Self::Outside(_, act) => Some(*act),
        }
    }

    fn is_offered(&self, screen: &Screen) -> bool {
        match self {
            Self::Press(action) => screen.offers(action),
            Self::Text(_) | Self::Command(..) | Self::Outside(..) => true,
        }
    }

    /// Whether it works wherever one is.
    fn is_absolute(&self) -> bool {
        match self {
            Self::Press(_) | Self::Text(_) => false,
            Self::Command(..) | Self::Outside(..) => true,
        }
    }
}

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
fn decided(tap: Tap, status: Status) -> Option<Status> {
    let all = [
        (Tap::Approve, Status::Approved),
        (Tap::Hold, Status::Held),
        (Tap::Agenda, Status::Agenda),
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
    assert_eq!(decisions, 2 * 2 * (4 + 3 + 3 + 1));
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

/// A meeting that is being changed.
fn editing() -> Editing {
    Editing {
        before: None,
        after: meeting(),
    }
}
