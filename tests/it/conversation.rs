//! The conversation under any sequence of events, against a small reference model.
//!
//! Three people talk in one world, and the organisers decide in between. After each event it must hold: the drafts and
//! what was sent are those that the reference expects (`reference`); everything but a block is answered; what is sent can
//! be sent; a press that is not offered changes nothing; nobody reads what is not let out, a suspended organisation adds
//! nothing, and nothing is left of whoever is forgotten (`promises`). After each sequence: there is a way to a receipt.

mod directed;
mod ops;
mod organisers;
mod promises;
mod reference;
mod talk;
mod way;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan as _};
use samleng::config::{Join, Kind, Review};
use samleng::dialogue::organising::promise::{OnPromise, Promised};
use samleng::dialogue::organising::{Invite, OnConcern, Order, Registered, Standing};
use samleng::dialogue::screen::Screen;
use samleng::dialogue::{
    Action, Content, Draft, Effect, Event, Moment, Outcome, Person, Press, State, Visit,
};
use samleng::domain::concern::question;
use samleng::domain::promise::Verdict;
use samleng::domain::{
    Answer, Attachment, ChatId, Concern, Day, Endorsement, FloorEntry, Invitation, Localised,
    Meeting, MessageId, Organisation, Past, Promise, Report, Rsvp, Status,
};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Stage, Store};
use samleng::text::Forum;

use self::ops::{Decision, Op, Run, Start, all_actions, runs};
use self::organisers::{meeting, registry};
use self::promises::{NAMES, mark};
use self::reference::{answers_of, is_file, media};
use crate::in_memory::{
    MemoryWorld, check_body, check_sendable, english, forum, khmer, longer_forum, runner,
};

/// Words that are long enough to be close to themselves.
const WALL: &str =
    "A wall has stood across the fields since May, and nobody can reach the market or the well";

/// The records between two steps.
#[derive(Clone, Debug, Default, PartialEq)]
struct Records {
    concerns: BTreeMap<u64, Concern>,
    organisations: BTreeMap<u64, Organisation>,
    endorsements: Vec<Endorsement>,
    past: BTreeMap<u64, Vec<Past>>,
    rsvps: Vec<Rsvp>,
    meeting: Option<Meeting>,
    invitations: Vec<Invitation>,
    attachments: Vec<Attachment>,
    floor: Vec<FloorEntry>,
    promises: Vec<Promise>,
    reports: Vec<Report>,
}

impl Records {
    fn of(store: &Store) -> Self {
        let shared = store.snapshot().unwrap().open().unwrap();
        let concerns = shared.concerns.into_iter();
        Self {
            concerns: concerns.map(|concern| (concern.id, concern)).collect(),
            organisations: shared.organisations,
            endorsements: shared.endorsements,
            past: shared.past,
            rsvps: store.all().unwrap(),
            meeting: shared.meeting,
            invitations: store.all().unwrap(),
            attachments: store.all().unwrap(),
            floor: store.all().unwrap(),
            promises: store.all().unwrap(),
            reports: store.all().unwrap(),
        }
    }
}

/// A step that was taken.
struct Step {
    now: Timestamp,
    before: Person,
    /// What the person saw before.
    screen: Screen,
    event: Event,
    outcome: Outcome,
    /// The code of the owner's link that was open.
    owner_code: Option<String>,
    was: Records,
    is: Records,
}

impl Step {
    /// What was pressed, if it was offered.
    fn press(&self) -> Option<&Action> {
        let Event::Press { data, .. } = &self.event else {
            return None;
        };
        let Some(Press::Screen(number, action)) = Press::read(data) else {
            return None;
        };
        let mut offered = self.screen.rows.iter().flatten();
        let found = offered.find(|(_, offered)| *offered == action);
        found
            .map(|(_, action)| action)
            .filter(|_| number == self.before.screen)
    }
}

/// A chat as its person sees it.
struct Chat {
    id: ChatId,
    last: i32,
    sent: Vec<MessageId>,
    /// The screens' numbers and actions, oldest first.
    screens: Vec<(u32, Vec<Action>)>,
    /// The names of organisations that were typed here.
    names: BTreeSet<usize>,
    /// The buttons with which a meeting is logged.
    floors: Vec<String>,
}

struct Talk<'f> {
    forum: &'f Forum,
    world: MemoryWorld,
    /// What the world's store lies on.
    kv: MemoryKv,
    chats: Vec<Chat>,
    owner_code: Option<String>,
    /// The codes of all invitations.
    codes: Vec<String>,
    records: Records,
    steps: u64,
    /// Minutes that passed beyond those of the steps.
    waited: i64,
    texts: usize,
    /// The states that somebody was in.
    reached: BTreeSet<&'static str>,
}

fn any_sequence_holds(forum: &Forum, cases: u32, reached: &mut BTreeSet<&'static str>) {
    let seen = RefCell::new(reached);
    runner(cases)
        .run(&runs(), |Run { start, turns }| {
            let mut talk = Talk::new(forum);
            talk.begin(start);
            for (who, op) in &turns {
                talk.turn(*who, op);
            }
            for who in 0..talk.chats.len() {
                talk.way_out(who);
            }
            seen.borrow_mut().extend(talk.reached);
            Ok(())
        })
        .unwrap();
}

fn kind(state: &State) -> &'static str {
    match state {
        State::Language { .. } => "language",
        State::Consent => "consent",
        State::Uninvited => "uninvited",
        State::Confirm { .. } => "confirm",
        State::Organisation { .. } => "organisation",
        State::Choosing { .. } => "choosing",
        State::Province { .. } => "province",
        State::Menu { .. } => "menu",
        State::Form { .. } => "form",
        State::Review { .. } => "review",
        State::Leaving { .. } => "leaving",
        State::Deleting { .. } => "deleting",
        State::Close { .. } => "close",
        State::Visit { visit, .. } => match visit {
            Visit::Mine { .. } => "mine",
            Visit::Concern { .. } => "concern",
            Visit::Noting { .. } => "noting",
            Visit::Answering { .. } => "answering",
            Visit::Withdrawing { .. } => "withdrawing",
            Visit::Topics => "topics",
            Visit::Places => "places",
            Visit::Shared { .. } => "shared",
            Visit::Other { .. } => "other",
            Visit::Meeting => "meeting",
            Visit::Rsvp { .. } => "rsvp",
            Visit::Promise { .. } => "promise",
            Visit::Reminders => "reminders",
            Visit::Forgetting => "forgetting",
            Visit::Correcting { .. } => "correcting",
            Visit::Desk(_) => "desk",
        },
    }
}

#[test]
fn any_sequence_of_events_keeps_the_promises() {
    let mut reached = BTreeSet::new();
    for join in [Join::Open, Join::Approval, Join::Invite] {
        for review in [Review::None, Review::BeforeSharing] {
            let mut forum = forum();
            forum.config.settings.join = join;
            forum.config.settings.review = review;
            any_sequence_holds(&forum, 50, &mut reached);
        }
    }
    assert_eq!(
        reached.len(),
        26,
        "some states were never reached: {reached:?}"
    );
}

#[test]
fn any_sequence_keeps_them_in_a_forum_with_more_questions() {
    any_sequence_holds(&longer_forum(), 60, &mut BTreeSet::new());
}
