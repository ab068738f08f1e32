//! A forum in which there is one of everything, with words in all of it that nobody without a right may ever read.
//!
//! Whatever a case does to it is undone before the next one: by the bytes of the store, so that a case costs what it
//! changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use samleng::dialogue::screen::{self, Screen, View};
use samleng::dialogue::{
    self, Body, Change, Effect, Event, Moment, Outcome, Person, State, World as _,
};
use samleng::domain::agenda::{self, AgendaItem, AgendaPlan, ByHand, Decision, Outline, Why};
use samleng::domain::announcement::Tally;
use samleng::domain::audit::Entry;
use samleng::domain::concern::question;
use samleng::domain::promise::{Piece, Verdict};
use samleng::domain::{
    Announcement, Answer, Answers, Attachment, Audience, Card, ChatId, Concern, Disclosure,
    FileRef, FloorDeed, FloorEntry, Group, Invitation, Localised, Meeting, MessageId, Organisation,
    Part, PartContent, Past, Promise, Receipt, Report, Role, Sealed, SentAs, Status, Transcript,
    Whereabouts,
};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::{Batch, Kv as _, Pair};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::record::Meta;
use samleng::store::{Row, Stage, Store};
use samleng::text::Forum;

use crate::in_memory::{check_sendable, english, forum, khmer};

/// What only organisers and owners may read: concerns, organisations, announcements.
pub(super) const SECRET: &str = "qwsecret";
/// What somebody with a role is called: it stands in the audit log, too.
pub(super) const CALLED: &str = "qwcalled";

/// The organisers' group.
pub(super) const GROUP: ChatId = ChatId(-1_000_000_000_700);
/// Whose conversation is looked at.
pub(super) const CHAT: ChatId = ChatId(7_800_000_000_001);

/// The role of whoever acts, and whether they speak for an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actor {
    Nobody,
    Member,
    With(Role),
}

impl Actor {
    pub(super) const ALL: [Self; 5] = [
        Self::Nobody,
        Self::Member,
        Self::With(Role::Auditor),
        Self::With(Role::Organiser),
        Self::With(Role::Owner),
    ];

    pub(super) fn role(self) -> Option<Role> {
        match self {
            Self::Nobody | Self::Member => None,
            Self::With(role) => Some(role),
        }
    }
}

/// Ids of what there is.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    pub(super) own: u64,
    pub(super) other: u64,
    pub(super) third: u64,
    pub(super) colleague: u64,
    pub(super) author: u64,
    /// One concern that stands there.
    pub(super) concerns: BTreeMap<Status, u64>,
    pub(super) voice: u64,
    pub(super) invitation: u64,
    pub(super) role_link: u64,
    pub(super) announcement: u64,
    pub(super) promise: u64,
    pub(super) receipt: String,
}

pub(super) struct Full {
    pub(super) forum: Forum,
    pub(super) ids: Ids,
    pub(super) kv: MemoryKv,
    epoch: Epoch,
    pub(super) store: Store,
    pristine: BTreeMap<Vec<u8>, Vec<u8>>,
    meta: Meta,
    /// The keys that putting the actor writes.
    own: BTreeSet<Vec<u8>>,
    number: u64,
}

/// What came of a case.
pub(super) struct Came {
    pub(super) screen: Screen,
    pub(super) outcome: Outcome,
    /// The rows that were to be sent.
    pub(super) rows: Vec<Row>,
    /// The first bytes of the keys that changed and are not the actor's own.
    pub(super) changed: BTreeSet<char>,
    /// Where each concern stands, where that changed.
    pub(super) moved: BTreeMap<u64, Status>,
}

pub(super) fn moment() -> Moment {
    Moment {
        now: Timestamp::from_second(1_800_000_000).unwrap(),
        random: 0x0123_4567_89AB_CDEF_0011_2233_4455_6677,
    }
}

fn master() -> MasterKey {
    MasterKey::from_env_value(&"5a".repeat(32)).unwrap()
}

fn opened(kv: &MemoryKv, epoch: &Epoch) -> Store {
    Store::unlock(Box::new(kv.clone()), master(), epoch).unwrap()
}

pub(super) fn of(pairs: Vec<Pair>) -> BTreeMap<Vec<u8>, Vec<u8>> {
    pairs.into_iter().collect()
}

fn choice(id: &str) -> Answer {
    Answer::Choice {
        id: id.to_owned(),
        source: None,
    }
}

fn text(text: String) -> Answer {
    Answer::Text {
        text,
        source: MessageId(1),
    }
}

/// What a concern says; each has words of its own.
fn answers(number: u64, voice: Option<u64>) -> Answers {
    let part = |content| Part {
        source: MessageId(2),
        content,
    };
    let mut story = vec![part(PartContent::Text(format!(
        "A wall across the fields {SECRET}s{number}"
    )))];
    story.extend(voice.map(|kept| {
        part(PartContent::Voice {
            file: FileRef {
                id: "FILE".to_owned(),
                size: Some(10),
                kept: Some(kept),
            },
            seconds: 42,
        })
    }));
    Answers(
        [
            (question::TOPIC, choice("land")),
            (question::PLACE, choice("kandal")),
            (question::TITLE, text(format!("Wall {SECRET}t{number}"))),
            (question::STORY, Answer::Story(story)),
            (question::ASK, text(format!("Open it {SECRET}a{number}"))),
            (question::URGENCY, choice("now")),
            (question::DISCLOSURE, choice("organisers_only")),
        ]
        .map(|(id, answer)| (id.to_owned(), answer))
        .into(),
    )
}

fn organisation(id: u64, name: &str, number: Option<&str>) -> Organisation {
    Organisation {
        id,
        name: Localised::same([english(), khmer()], name),
        place: "kandal".to_owned(),
        verified: id.is_multiple_of(2),
        number: number.map(str::to_owned),
        suspended: false,
    }
}

/// Somebody at the menu.
pub(super) fn person(number: u64, chat: ChatId, organisation: Option<u64>) -> Person {
    Person {
        language: Some(english()),
        membership: organisation.map(|organisation| dialogue::Membership {
            organisation,
            agreed_at: moment().now,
            invitation: None,
        }),
        screen: 7,
        state: State::Menu { kept: None },
        ..Person::new(number, chat)
    }
}

impl Full {
    pub(super) fn new() -> Self {
        let kv = MemoryKv::new();
        let epoch = Epoch::random().unwrap();
        let mut store = opened(&kv, &epoch);
        store.keep_username("samleng_bot").unwrap();
        let mut ids = Ids::default();
        let mut stage = Stage::new(&store, moment().now).unwrap();
        fill(&mut stage, &mut ids);
        let number = stage.fresh_id();
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        store.commit(finished).unwrap();
        let mut full = Self {
            forum: forum(),
            ids,
            kv,
            epoch,
            store,
            pristine: BTreeMap::new(),
            meta: Meta::default(),
            own: BTreeSet::new(),
            number,
        };
        // Cards that are to be sent are none of any case's doing.
        full.settle_all();
        full.pristine = of(full.kv.contents());
        full.meta = full.store.meta().unwrap();
        full.own = full.own_keys();
        full
    }

    pub(super) fn settle_all(&mut self) {
        let rows = self.store.all::<Row>().unwrap();
        let mut stage = Stage::new(&self.store, moment().now).unwrap();
        rows.iter().for_each(|row| stage.settle(row.id));
        let finished = stage.finish().unwrap();
        self.store.commit(finished).unwrap();
    }

    fn own_keys(&mut self) -> BTreeSet<Vec<u8>> {
        let mut own = BTreeSet::new();
        for actor in Actor::ALL {
            let mut stage = Stage::new(&self.store, moment().now).unwrap();
            stage.apply(CHAT, as_they_are(self.actor(actor))).unwrap();
            let finished = stage.finish().unwrap();
            self.store.commit(finished).unwrap();
            let now = of(self.kv.contents());
            own.extend(differing(&self.pristine, &now).filter(|key| key[0] != b'm'));
            self.restore(&now);
        }
        own
    }

    /// Somebody with this role.
    pub(super) fn actor(&self, actor: Actor) -> Person {
        let organisation = match actor {
            Actor::Member => Some(self.ids.own),
            Actor::Nobody | Actor::With(_) => None,
        };
        Person {
            role: actor.role(),
            ..person(self.number, CHAT, organisation)
        }
    }

    /// Somebody's step from a state, and what it does to the store. Nothing is left of it afterwards.
    pub(super) fn step(&mut self, person: Person, event: Event) -> Came {
        let moment = moment();
        let mut stage = Stage::new(&self.store, moment.now).unwrap();
        stage.apply(CHAT, as_they_are(person.clone())).unwrap();
        let view = View {
            forum: &self.forum,
            world: &stage,
            now: moment.now,
        };
        let screen = screen::of(&person, view);
        let outcome = dialogue::step(person, event, &self.forum, &mut stage, moment);
        stage.apply(CHAT, outcome.clone()).unwrap();
        let finished = stage.finish().unwrap();
        let (rows, _) = self.store.commit(finished).unwrap();
        check_sendable(&outcome);
        let now = of(self.kv.contents());
        let changed = self.changed(&now);
        let moved = if changed.contains(&'s') {
            let all = self.store.all::<Concern>().unwrap().into_iter();
            let was =
                |concern: &Concern| self.ids.concerns.get(&concern.status) == Some(&concern.id);
            all.filter(|concern| !was(concern))
                .map(|concern| (concern.id, concern.status))
                .collect()
        } else {
            BTreeMap::new()
        };
        self.restore(&now);
        Came {
            screen,
            outcome,
            rows,
            changed,
            moved,
        }
    }

    /// The kinds of records that differ from before and are not the actor's own.
    fn changed(&self, now: &BTreeMap<Vec<u8>, Vec<u8>>) -> BTreeSet<char> {
        let keys = differing(&self.pristine, now).filter(|key| !self.own.contains(key));
        let mut changed: BTreeSet<char> = keys.map(|key| char::from(key[0])).collect();
        // The counters of what is sent, and of ids, go on.
        let counted = |meta: Meta| Meta {
            next_id: 0,
            next_event: 0,
            ..meta
        };
        let after = self.store.meta().unwrap();
        if counted(self.meta.clone()) == counted(after) {
            changed.remove(&'m');
        }
        // What waits to be sent is looked at by itself.
        changed.remove(&'q');
        changed
    }

    fn restore(&mut self, now: &BTreeMap<Vec<u8>, Vec<u8>>) {
        let mut batch = Batch::new();
        let mut indexed = false;
        for key in differing(&self.pristine, now) {
            indexed |= matches!(key[0], b's' | b'o' | b'f');
            match self.pristine.get(&key) {
                Some(value) => batch.put(key, value.clone()),
                None => batch.delete(key),
            }
        }
        self.kv.commit(batch).unwrap();
        // What is kept in memory of the records follows the records.
        if indexed {
            self.store = opened(&self.kv, &self.epoch);
        }
    }

    /// A store with nothing in it.
    pub(super) fn empty_store() -> Store {
        opened(&MemoryKv::new(), &Epoch::random().unwrap())
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.store.all().unwrap()
    }
}

pub(super) fn differing(
    one: &BTreeMap<Vec<u8>, Vec<u8>>,
    other: &BTreeMap<Vec<u8>, Vec<u8>>,
) -> impl Iterator<Item = Vec<u8>> {
    let changed = one
        .iter()
        .filter(|(key, value)| other.get(*key) != Some(value));
    let new = other.iter().filter(|(key, _)| !one.contains_key(*key));
    let keys: Vec<_> = changed.chain(new).map(|(key, _)| key.clone()).collect();
    keys.into_iter()
}

pub(super) fn as_they_are(person: Person) -> Outcome {
    Outcome {
        person: Some(person),
        effects: Vec::new(),
        notices: Vec::new(),
    }
}

/// Puts one of everything there.
fn fill(stage: &mut Stage<'_>, ids: &mut Ids) {
    ids.own = stage.fresh_id();
    ids.other = stage.fresh_id();
    ids.third = stage.fresh_id();
    for (id, name, number) in [
        (ids.own, "Own Voices".to_owned(), None),
        (ids.other, format!("Others {SECRET}o1"), None),
        (ids.third, format!("Registered {SECRET}o2"), Some("1001")),
    ] {
        stage.change(Change::Organisation(organisation(id, &name, number)));
    }
    let people = [
        (Some(Role::Owner), None),
        (Some(Role::Organiser), Some(ids.third)),
        (None, Some(ids.other)),
    ];
    for (place, (role, organisation)) in (1..).zip(people) {
        let number = stage.fresh_id();
        let chat = ChatId(7_800_000_000_100 + place);
        stage.change(Change::Person(Box::new(Person {
            role,
            called: role.map(|_| format!("{CALLED}{place}")),
            ..person(number, chat, organisation)
        })));
        match role {
            Some(_) => ids.colleague = number,
            None => ids.author = number,
        }
    }
    stage.change(Change::Group(Some(Group {
        since: None,
        chat: GROUP,
        language: Some(english()),
    })));
    stage.change(Change::Meeting(Meeting {
        id: 900,
        title: Localised::same([english(), khmer()], "Third meeting"),
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
    }));
    concerns(stage, ids);
    agenda(stage, ids);
    promise(stage, ids);
    ids.invitation = stage.fresh_id();
    ids.role_link = stage.fresh_id();
    for (id, role) in [(ids.invitation, None), (ids.role_link, Some(Role::Owner))] {
        stage.change(Change::Invitation(Invitation {
            id,
            organisation: role.is_none().then_some(ids.third),
            uses_left: 1,
            expires_at: None,
            revoked: false,
            role,
            called: role.map(|_| format!("{CALLED}9")),
        }));
        stage.change(Change::InvitationCode {
            id,
            code: format!("code-of-invitation-{id}"),
        });
    }
    ids.announcement = stage.fresh_id();
    stage.change(Change::Announcement(Announcement {
        id: ids.announcement,
        by: ids.colleague,
        at: moment().now,
        audience: Audience::Everyone,
        text: format!("Come all {SECRET}n1"),
        stopped: false,
        people: 3,
        tally: Tally::default(),
        report: None,
        reported: 0,
        report_waits: false,
    }));
}

/// An agenda with one item on it, taken in by hand and settled: what it says is its concern's and the reason.
fn agenda(stage: &mut Stage<'_>, ids: &Ids) {
    let id = ids.concerns[&Status::Agenda];
    let concern = stage.concern(id).unwrap();
    stage.change(Change::Concern(Box::new(Concern {
        disclosure: Disclosure::Unnamed,
        ..concern
    })));
    stage.change(Change::AgendaPlan(AgendaPlan {
        version: 3,
        outline: Some(Outline {
            wanted: 1,
            budget: 6_000,
            left: 5_400,
            over: 0,
            voters: 1,
            share_ms: 6_000_000,
            raised: 0,
        }),
        ..AgendaPlan::new(900)
    }));
    stage.change(Change::AgendaItem(AgendaItem {
        by_hand: Some(Decision {
            what: ByHand::PutIn,
            reason: format!("Promised {SECRET}h1"),
        }),
        verdict: Some(agenda::Verdict {
            id,
            seconds: 600,
            supporters: 1,
            why: Why::PutIn,
            by_most_votes: true,
        }),
        place: Some(0),
        ..AgendaItem::new(900, id)
    }));
    stage.change(Change::Floor(FloorEntry {
        meeting: 900,
        place: 0,
        at: moment().now,
        by: Some(ids.colleague),
        what: FloorDeed::Opened(id),
    }));
}

/// Something that was promised and is due, and what two organisations say of it.
fn promise(stage: &mut Stage<'_>, ids: &mut Ids) {
    ids.promise = stage.fresh_id();
    stage.change(Change::Promise(Promise {
        id: ids.promise,
        meeting: 900,
        title: Localised::same([english(), khmer()], "Forum"),
        held_on: None,
        zone: None,
        concern: Some(ids.concerns[&Status::Promised]),
        topic: "land".to_owned(),
        text: format!("The road {SECRET}p1"),
        owner: format!("Roads {SECRET}p2"),
        due: Some(jiff::civil::date(2027, 1, 1)),
        evidence: Vec::new(),
        made_at: moment().now,
        version: 1,
        asked: BTreeMap::new(),
        counted: BTreeMap::new(),
        heard: None,
        followed_until: None,
    }));
    for (organisation, verdict) in [(ids.other, Verdict::Done), (ids.third, Verdict::NotDone)] {
        stage.change(Change::Report(Report {
            promise: ids.promise,
            organisation,
            person: organisation + 10_000,
            vouched: false,
            at: moment().now,
            verdict,
            words: vec![Piece {
                source: MessageId(3),
                text: format!("Seen {SECRET}p3"),
            }],
            photos: Vec::new(),
            place: "kandal".to_owned(),
        }));
    }
}

fn concerns(stage: &mut Stage<'_>, ids: &mut Ids) {
    for status in Status::ALL {
        let id = stage.fresh_id();
        ids.concerns.insert(status, id);
    }
    ids.voice = stage.fresh_id();
    for (place, status) in (1..).zip(Status::ALL) {
        let id = ids.concerns[&status];
        let voice = (status == Status::New).then_some(ids.voice);
        let asked = status == Status::Approved;
        let concern = Concern {
            status,
            disclosure: Disclosure::OrganisersOnly,
            into: (status == Status::Merged).then(|| ids.concerns[&Status::Approved]),
            before: (status == Status::Merged).then_some(Status::New),
            reason: (status == Status::Rejected).then(|| format!("Elsewhere {SECRET}r{id}")),
            past: u32::from(asked) * 2,
            open_question: asked.then_some(1),
            ..Concern::new(
                id,
                Receipt::from_random(place * 0x1_2345_6789),
                ids.other,
                ids.author,
                moment().now,
                answers(id, voice),
            )
        };
        if status == Status::New {
            ids.receipt = concern.receipt.to_string();
        }
        if asked {
            let note = Past::Note {
                at: moment().now,
                text: format!("And {SECRET}p{id}"),
            };
            let question = Past::Question {
                at: moment().now,
                text: format!("When? {SECRET}q{id}"),
                answer: None,
                by: None,
            };
            for (place, past) in (0..).zip([note, question]) {
                stage.change(Change::Past {
                    concern: id,
                    place,
                    past,
                });
            }
        }
        let concern = if status == Status::Withdrawn {
            concern.withdrawn()
        } else {
            concern
        };
        stage.change(Change::Concern(Box::new(concern)));
    }
    stage.change(Change::Attachment(Attachment {
        id: ids.voice,
        concern: ids.concerns[&Status::New],
        organisation: ids.other,
        sent_as: SentAs::Voice,
        whereabouts: Whereabouts::Here(Sealed {
            name: "file".to_owned(),
            key: vec![1; 32],
            kind: "ogg".to_owned(),
            size: 10,
        }),
        transcript: Some(Transcript {
            text: format!("Spoken {SECRET}v1"),
            by: None,
            at: moment().now,
            approved: false,
        }),
    }));
    for (id, message) in ids.concerns.values().zip(500..) {
        let card = Card {
            concern: *id,
            chat: GROUP,
            message: MessageId(message),
            elsewhere: Vec::new(),
        };
        stage
            .placed_card(card.concern, card.chat, card.message)
            .unwrap();
    }
}

/// All that a person is shown by what a step sends.
pub(super) fn shown(effects: &[Effect]) -> String {
    let mut all = String::new();
    for effect in effects {
        match effect {
            Effect::Send { body, .. } | Effect::Edit { body, .. } => read(body, &mut all),
            Effect::Toast { text, .. } => all.push_str(text.as_deref().unwrap_or_default()),
            // What comes of these is made for those with a right, from all there is.
            Effect::Digest(_) | Effect::Late(_) => all.push_str(SECRET),
            Effect::Strip { .. } | Effect::MyData | Effect::Commands => {}
        }
    }
    all
}

fn read(body: &Body, all: &mut String) {
    all.push_str(&body.html.to_plain());
    for button in body.buttons.iter().flatten() {
        all.push('\n');
        all.push_str(&button.label);
    }
}
