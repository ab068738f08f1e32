//! Whatever organisers decide and members do, in any order, the totals of both editions add up, and agree with a small model
//! of where each concern stands (`model`).
//!
//! Members act through the steps of their conversation, organisers through orders in their own name. A refused order is
//! committed like any other: nothing may have come of it.

mod freezing;
mod model;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use samleng::config::{Join, Kind};
use samleng::dialogue::organising::{self, By, OnConcern, Order, Standing};
use samleng::dialogue::{
    Action, Content, Event, Glance, Media, Moment, Outcome, Person, Press, State, World as _,
};
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{self, Digest, Edition, Filter, Reader, Records};
use samleng::domain::audit;
use samleng::domain::concern::question;
use samleng::domain::{
    Attachment, ChatId, Concern, FileRef, MessageId, Organisation, Role, SentAs, Status,
    Whereabouts,
};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Stage, Store};
use samleng::text::Forum;

use self::model::{Change, Model};
use crate::in_memory::{MemoryWorld, check_sendable, english, forum, runner};

/// Those who speak for organisations, two for the first.
const MEMBERS: [&str; 4] = ["Lotus Pond", "Lotus Pond", "River Mouth", "Tall Palms"];
/// The internal numbers in whose name the organisers decide.
const ORGANISERS: [u64; 2] = [9_001, 9_002];

/// Something that happens; a number names one of what there is.
#[derive(Clone, Debug)]
enum Op {
    /// A member sends a concern, with a disclosure, perhaps spoken.
    Submit(usize, usize, bool),
    Edit(usize, usize),
    Withdraw(usize, usize),
    Forget(usize),
    Endorse(usize, usize),
    /// An organiser decides.
    Set(usize, usize, Status),
    Merge(usize, usize, usize),
    Unmerge(usize, usize),
    Standing(usize, usize, Standing),
    MergeOrganisations(usize, usize, usize),
    /// A digest of an edition is handed out, perhaps one that something is withdrawn from meanwhile.
    Freeze(bool, Option<(usize, usize)>),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let n = any::<usize>;
    let status = prop_oneof![
        4 => Just(Status::Approved),
        2 => Just(Status::Held),
        2 => Just(Status::Rejected),
        2 => Just(Status::Agenda),
        // Merging takes a whole.
        1 => proptest::sample::select(Status::ALL.to_vec())
            .prop_filter("merging", |status| *status != Status::Merged),
    ];
    let standing = prop_oneof![
        3 => Just(Standing::Approved),
        1 => Just(Standing::Suspended),
        2 => Just(Standing::Plain)
    ];
    let op = prop_oneof![
        6 => (n(), n(), any::<bool>()).prop_map(|(who, how, voice)| Op::Submit(who, how, voice)),
        3 => (n(), n()).prop_map(|(who, which)| Op::Edit(who, which)),
        2 => (n(), n()).prop_map(|(who, which)| Op::Withdraw(who, which)),
        1 => n().prop_map(Op::Forget),
        3 => (n(), n()).prop_map(|(who, which)| Op::Endorse(who, which)),
        10 => (n(), n(), status).prop_map(|(by, which, status)| Op::Set(by, which, status)),
        9 => (n(), n(), n()).prop_map(|(by, which, into)| Op::Merge(by, which, into)),
        4 => (n(), n()).prop_map(|(by, which)| Op::Unmerge(by, which)),
        3 => (n(), n(), standing).prop_map(|(by, which, s)| Op::Standing(by, which, s)),
        1 => (n(), n(), n()).prop_map(|(by, from, into)| Op::MergeOrganisations(by, from, into)),
        5 => (any::<bool>(), proptest::option::weighted(0.3, (n(), n())))
            .prop_map(|(shared, late)| Op::Freeze(shared, late)),
    ];
    proptest::collection::vec(op, 1..40)
}

struct Life<'f> {
    forum: &'f Forum,
    kv: MemoryKv,
    epoch: Epoch,
    world: MemoryWorld,
    model: Model,
    steps: u64,
    received: u64,
    /// What was handed out.
    given: freezing::Given,
    /// What happened, and whether anything came of it.
    happened: BTreeMap<(&'static str, bool), usize>,
}

fn master() -> MasterKey {
    MasterKey::from_env_value(&"5a".repeat(32)).unwrap()
}

fn chat(who: usize) -> ChatId {
    ChatId(7_600_000_000_001 + who as i64)
}

impl<'f> Life<'f> {
    fn new(forum: &'f Forum) -> Self {
        let kv = MemoryKv::new();
        let epoch = Epoch::random().unwrap();
        let mut store = Store::unlock(Box::new(kv.clone()), master(), &epoch).unwrap();
        store.keep_username("samleng_bot").unwrap();
        let world = MemoryWorld {
            store,
            late: Vec::new(),
            proposed: Vec::new(),
            chats: Default::default(),
        };
        let mut life = Self {
            forum,
            kv,
            epoch,
            world,
            model: Model::default(),
            steps: 0,
            received: 0,
            given: freezing::Given::default(),
            happened: BTreeMap::new(),
        };
        for who in 0..MEMBERS.len() {
            life.submit(who, who, false);
        }
        life
    }

    fn moment(&self) -> Moment {
        Moment {
            now: Timestamp::from_second(1_800_000_000 + self.steps as i64 * 60).unwrap(),
            random: self.steps.wrapping_mul(0x9E37_79B9_7F4A_7C15).into(),
        }
    }

    fn now(&self, who: usize) -> Person {
        self.world.person_or_new(chat(who))
    }

    fn event(&mut self, who: usize, event: Event) -> Outcome {
        let moment = self.moment();
        self.steps += 1;
        let outcome = self.world.step(chat(who), event, self.forum, moment);
        check_sendable(&outcome);
        outcome
    }

    fn say(&mut self, who: usize, words: &str) {
        let id = MessageId(self.steps as i32 + 1);
        let content = Content::Text(words.to_owned());
        self.event(who, Event::Message { id, content });
    }

    fn speak(&mut self, who: usize) {
        let file = FileRef {
            id: "FILE".to_owned(),
            size: Some(1_000),
            kept: None,
        };
        let id = MessageId(self.steps as i32 + 1);
        let content = Content::File {
            file: Media::Voice(file, 42),
            caption: None,
        };
        self.event(who, Event::Message { id, content });
    }

    fn press(&mut self, who: usize, press: Press) {
        self.event(
            who,
            Event::Press {
                query: "query".to_owned(),
                message: None,
                data: press.write(),
            },
        );
    }

    fn offered(&self, who: usize) -> Vec<Action> {
        let person = self.now(who);
        let screen = self.world.screen(&person, self.forum, self.moment().now);
        let rows = screen.rows.into_iter().flatten();
        rows.map(|(_, action)| action).collect()
    }

    /// Presses a button if it is there.
    fn tap(&mut self, who: usize, action: &Action) -> bool {
        let there = self.offered(who).contains(action);
        if there {
            let screen = self.now(who).screen;
            self.press(who, Press::Screen(screen, action.clone()));
        }
        there
    }

    /// Whoever is changing something lets it be.
    fn drop_drafts(&mut self, who: usize) {
        for _ in 0..8 {
            if self.now(who).state.draft().is_none() {
                return;
            }
            let _ = self.tap(who, &Action::Delete) || self.tap(who, &Action::Cancel);
        }
        panic!("no way out of {:?}", self.now(who).state);
    }

    fn is_suspended(&self, who: usize) -> bool {
        let own = self.now(who).membership.map(|m| m.organisation);
        own.is_some_and(|own| self.model.suspended.contains(&own))
    }

    /// Whoever has not joined joins; then they raise a concern.
    fn submit(&mut self, who: usize, how: usize, voice: bool) -> bool {
        if self.is_suspended(who) {
            return false;
        }
        let before = self.world.concerns().len();
        if self.now(who).membership.is_some() {
            self.say(who, "/menu");
        }
        for _ in 0..40 {
            self.go_on(who, how, voice);
            if self.world.concerns().len() > before {
                let concern = self.world.concerns().pop().unwrap();
                let waits = self.forum.config.settings.join == Join::Approval
                    && !self.model.verified.contains(&concern.organisation);
                let (id, organisation) = (concern.id, concern.organisation);
                self.model
                    .submitted(id, organisation, who, concern.disclosure, waits);
                return true;
            }
        }
        panic!("no receipt: {:?}", self.now(who));
    }

    fn go_on(&mut self, who: usize, how: usize, voice: bool) {
        let person = self.now(who);
        let offered = self.offered(who);
        let first = offered.first().cloned();
        let press = |action: Action| Press::Screen(person.screen, action);
        match &person.state {
            State::Language { .. } => {
                self.press(who, press(Action::Speak(english())));
            }
            State::Organisation { .. } => self.say(who, MEMBERS[who % MEMBERS.len()]),
            State::Form { at, draft, .. } => {
                let (_, asked) = self.forum.config.question(at).unwrap();
                let told = draft.answers.0.contains_key(at);
                match &asked.kind {
                    Kind::Story { .. } if !told && voice => self.speak(who),
                    Kind::Text { .. } | Kind::Story { .. } if !told => {
                        let words = format!("Words {} of {who} about {at}", self.steps);
                        self.say(who, &words);
                    }
                    Kind::Number { .. } if !told => self.say(who, "12"),
                    Kind::Disclosure => {
                        let id = ["named", "unnamed", "named", "organisers_only"][how % 4];
                        self.press(who, press(Action::Pick(id.to_owned())));
                    }
                    Kind::Choice(_)
                    | Kind::Place
                    | Kind::Text { .. }
                    | Kind::Number { .. }
                    | Kind::Story { .. } => self.press(who, press(first.unwrap())),
                }
            }
            State::Consent
            | State::Uninvited
            | State::Confirm { .. }
            | State::Choosing { .. }
            | State::Province { .. }
            | State::Menu { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. }
            | State::Close { .. } => self.press(who, press(first.unwrap())),
            State::Visit { .. } => self.say(who, "/menu"),
        }
    }

    /// One of what somebody has sent.
    fn own(&self, who: usize, which: usize) -> Option<Concern> {
        let number = self.now(who).number;
        let all = self.world.concerns().into_iter();
        let own: Vec<_> = all.filter(|concern| concern.author == number).collect();
        own.get(which % own.len().max(1)).cloned()
    }

    fn edit(&mut self, who: usize, which: usize) -> bool {
        let Some(concern) = self.own(who, which) else {
            return false;
        };
        if concern.past >= 50 {
            return false;
        }
        self.press(who, Press::Concern(concern.id));
        let may = self.tap(who, &Action::Edit);
        assert_eq!(may, concern.may_be_edited());
        if may {
            assert!(self.tap(who, &Action::Change(question::TITLE.to_owned())));
            let words = format!("Another title {}", self.steps);
            self.say(who, &words);
            assert!(self.tap(who, &Action::Submit));
            if !self.is_suspended(who) {
                self.model.edited(concern.id);
            }
        }
        self.drop_drafts(who);
        may
    }

    fn withdraw(&mut self, who: usize, which: usize) -> bool {
        let Some(concern) = self.own(who, which) else {
            return false;
        };
        self.press(who, Press::Concern(concern.id));
        let may = self.tap(who, &Action::Withdraw);
        assert_eq!(may, concern.status != Status::Withdrawn);
        if may {
            assert!(self.tap(who, &Action::Yes));
            self.model.withdrawn(concern.id);
        }
        may
    }

    fn forget(&mut self, who: usize) -> bool {
        if self.now(who).membership.is_none() {
            return false;
        }
        self.say(who, "/forget");
        assert!(self.tap(who, &Action::Yes));
        assert!(self.world.person(chat(who)).is_none());
        self.model.forgotten(who);
        true
    }

    fn endorse(&mut self, who: usize, which: usize) -> bool {
        if self.now(who).membership.is_none() {
            return false;
        }
        self.say(who, "/menu");
        self.tap(who, &Action::Others);
        let topics = self.offered(who);
        let topic = topics
            .into_iter()
            .find(|action| matches!(action, Action::Pick(_)));
        if topic.is_none_or(|topic| !self.tap(who, &topic)) {
            return false;
        }
        let offered = self.offered(who).into_iter();
        let open: Vec<_> = offered
            .filter(|action| matches!(action, Action::Open(_)))
            .collect();
        let one = open.get(which % open.len().max(1)).cloned();
        one.is_some_and(|one| self.tap(who, &one)) && self.tap(who, &Action::Endorse)
    }

    /// An organiser decides. What is refused is committed too.
    fn order(&mut self, by: usize, order: Order) -> bool {
        let by = By::Person {
            number: ORGANISERS[by % ORGANISERS.len()],
            role: Some(Role::Organiser),
        };
        let moment = self.moment();
        self.steps += 1;
        let before = self.kv.contents();
        let mut stage = Stage::new(&self.world.store, moment.now).unwrap();
        let done = organising::carry_out(order, by, self.forum, &mut stage, moment);
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        self.world.store.commit(finished).unwrap();
        if let Err(refused) = &done {
            let after = self.kv.contents();
            let but_meta = |pairs: &[(Vec<u8>, Vec<u8>)]| -> Vec<_> {
                let pairs = pairs.iter().filter(|(key, _)| key[0] != b'm');
                pairs.cloned().collect()
            };
            assert_eq!(but_meta(&before), but_meta(&after), "left by {refused}");
        }
        done.is_ok()
    }

    fn concern(&self, which: usize) -> Option<Concern> {
        let all = self.world.concerns();
        all.get(which % all.len().max(1)).cloned()
    }

    fn organisation(&self, which: usize) -> Option<Organisation> {
        let all = self.world.organisations();
        all.get(which % all.len().max(1)).cloned()
    }

    /// What happened, whether anything came of it, and whether the model says so.
    fn turn(&mut self, op: &Op) {
        let members = MEMBERS.len();
        let (name, came) = match op {
            Op::Submit(who, how, voice) => ("submit", self.submit(who % members, *how, *voice)),
            Op::Edit(who, which) => ("edit", self.edit(who % members, *which)),
            Op::Withdraw(who, which) => ("withdraw", self.withdraw(who % members, *which)),
            Op::Forget(who) => ("forget", self.forget(who % members)),
            Op::Endorse(who, which) => ("endorse", self.endorse(who % members, *which)),
            Op::Set(by, which, status) => ("set", self.set(*by, *which, *status, None)),
            Op::Unmerge(by, which) => {
                let parts = self.world.concerns().into_iter();
                let parts: Vec<_> = parts.filter(|c| c.status == Status::Merged).collect();
                let part = parts.get(which % parts.len().max(1));
                let back = part.and_then(|part| Some((part.id, part.before?)));
                let came = back.is_some_and(|(id, to)| self.set_to(*by, id, to, None));
                ("unmerge", came)
            }
            Op::Merge(by, which, into) => {
                let into = self.concern(*into).map(|whole| whole.id);
                ("merge", self.set(*by, *which, Status::Merged, into))
            }
            Op::Standing(by, which, standing) => {
                let came = self.organisation(*which).is_some_and(|known| {
                    self.model.standing(known.id, *standing);
                    self.order(*by, Order::Standing(known.id, *standing))
                });
                ("standing", came)
            }
            Op::MergeOrganisations(by, from, into) => {
                let (from, into) = (self.organisation(*from), self.organisation(*into));
                let came = from.zip(into).is_some_and(|(from, into)| {
                    let order = Order::MergeOrganisations(from.id, into.id);
                    let came = self.order(*by, order);
                    assert_eq!(came, from.id != into.id);
                    if came {
                        self.model.organisations_merged(from.id, into.id);
                    }
                    came
                });
                ("merge organisations", came)
            }
            Op::Freeze(shared, late) => ("freeze", self.freeze(*shared, *late)),
        };
        *self.happened.entry((name, came)).or_default() += 1;
        self.check();
    }

    fn set(&mut self, by: usize, which: usize, to: Status, into: Option<u64>) -> bool {
        let concern = self.concern(which);
        concern.is_some_and(|concern| self.set_to(by, concern.id, to, into))
    }

    fn set_to(&mut self, by: usize, id: u64, to: Status, into: Option<u64>) -> bool {
        let receipt = |id: u64| {
            let mut all = self.world.concerns().into_iter();
            all.find(|concern| concern.id == id).map(|c| c.receipt)
        };
        let change = Change { id, to, into };
        let expected = self.model.decided(&change);
        let order = Order::Concern(OnConcern {
            receipt: receipt(id).unwrap(),
            status: Some(to),
            into: into.and_then(receipt),
            reason: None,
            ask: None,
        });
        let came = self.order(by, order);
        assert_eq!(came, expected, "{change:?}");
        came
    }

    fn records(&self, store: &Store) -> Records {
        store.snapshot().unwrap().open().unwrap()
    }

    /// What must hold after everything that happens.
    fn check(&mut self) {
        let records = self.records(&self.world.store);
        self.model.check(&records.concerns);
        self.totals(&records);
        wholes(&records.concerns);
        index(&self.world.store, &records);
        let (entries, head) = self.world.store.audit().unwrap();
        audit::verify(&entries, &head).unwrap();
        self.check_given(&records);
    }

    fn totals(&mut self, records: &Records) {
        self.edition::<Organisers>(records);
        self.edition::<Authority>(records);
    }

    fn edition<R: Reader>(&mut self, records: &Records) {
        let config = &self.forum.config;
        let digest: Digest<R> =
            digest::make(records, &Filter::default(), config, self.moment().now);
        let totals = digest.totals;
        let sum = totals.included
            + totals.merged
            + totals.withdrawn
            + totals.held
            + totals.rejected
            + totals.withheld;
        assert_eq!(totals.received, sum);
        assert_eq!(totals.included, digest.concerns.len() as u64);
        assert_eq!(
            totals,
            self.model.totals(R::EDITION, config.settings.review)
        );
        assert!(totals.received >= self.received, "something is not counted");
        let receipts: BTreeSet<_> = digest.concerns.iter().map(|c| c.receipt()).collect();
        if R::EDITION == Edition::Organisers {
            self.received = totals.received;
            assert_eq!(receipts.len(), digest.concerns.len(), "counted twice");
            for entry in &digest.concerns {
                assert_eq!(entry.behind, behind(entry.receipt(), records));
            }
        } else {
            assert!(receipts.iter().all(Option::is_none));
        }
    }

    /// A store that is opened on the same bytes says the same.
    fn opened_anew(&self) {
        let store = Store::unlock(Box::new(self.kv.clone()), master(), &self.epoch).unwrap();
        let (one, other) = (self.records(&self.world.store), self.records(&store));
        assert_eq!(one.concerns, other.concerns);
        let now = self.moment().now;
        let here = Stage::new(&self.world.store, now).unwrap();
        let there = Stage::new(&store, now).unwrap();
        assert_eq!(here.glances(), there.glances());
        for word in ["words", "title", "another", "story", "lotus"] {
            assert_eq!(here.search(word, 100), there.search(word, 100));
        }
        for concern in &one.concerns {
            assert_eq!(
                here.close_to(&concern.answers),
                there.close_to(&concern.answers)
            );
            let mut parts = here.merged_into(concern.id);
            parts.sort_by_key(|part| part.id);
            let mut into = one.concerns.clone();
            into.retain(|part| part.into == Some(concern.id));
            assert_eq!(parts, into, "a pointer is missing or too many");
        }
    }
}

/// No concern is part of what does not stand for itself, nor of itself by any way.
fn wholes(concerns: &[Concern]) {
    let by_id: BTreeMap<u64, &Concern> = concerns.iter().map(|c| (c.id, c)).collect();
    for concern in concerns {
        assert_eq!(concern.into.is_some(), concern.status == Status::Merged);
        assert_eq!(concern.before.is_some(), concern.status == Status::Merged);
        let Some(whole) = concern.into.map(|id| by_id[&id]) else {
            continue;
        };
        assert!(
            !matches!(
                whole.status,
                Status::Withdrawn | Status::Rejected | Status::Merged
            ),
            "part of one that is {:?}",
            whole.status
        );
        let mut seen = BTreeSet::from([concern.id]);
        let mut at = Some(whole.id);
        while let Some(id) = at {
            assert!(seen.insert(id), "a ring");
            at = by_id[&id].into;
        }
    }
}

/// Who stands behind a concern, counted by hand: whoever raised it or a part of it, and whoever endorses one of those.
fn behind(receipt: Option<samleng::domain::Receipt>, records: &Records) -> u64 {
    let mut all = records.concerns.iter();
    let whole = all
        .find(|concern| Some(concern.receipt) == receipt)
        .unwrap();
    let here: Vec<&Concern> = records
        .concerns
        .iter()
        .filter(|concern| concern.id == whole.id || concern.into == Some(whole.id))
        .collect();
    let raised = here.iter().map(|concern| concern.organisation);
    let endorsed = records
        .endorsements
        .iter()
        .filter(|endorsement| here.iter().any(|concern| concern.id == endorsement.concern));
    let endorsed = endorsed.map(|endorsement| endorsement.organisation);
    raised.chain(endorsed).collect::<BTreeSet<u64>>().len() as u64
}

/// What is kept in memory to find concerns is what the records say.
fn index(store: &Store, records: &Records) {
    let attachments: Vec<Attachment> = store.all().unwrap();
    let unwritten = |id: &u64| {
        let mut all = attachments.iter();
        all.any(|file| {
            file.id == *id
                && file.sent_as == SentAs::Voice
                && file.transcript.is_none()
                && file.whereabouts != Whereabouts::Refused
        })
    };
    let expected: Vec<Glance> = records
        .concerns
        .iter()
        .map(|concern| {
            let glance = Glance::of(concern);
            let unwritten = glance.voices.iter().any(unwritten);
            Glance {
                unwritten,
                ..glance
            }
        })
        .collect();
    let stage = Stage::new(store, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(stage.glances(), expected);
}

#[test]
fn whatever_happens_the_totals_add_up() {
    let happened = RefCell::new(BTreeMap::new());
    for join in [Join::Open, Join::Approval] {
        let mut forum = forum();
        forum.config.settings.join = join;
        runner(60)
            .run(&ops(), |ops| {
                let mut life = Life::new(&forum);
                for op in &ops {
                    life.turn(op);
                }
                life.opened_anew();
                life.open_given();
                life.search_salts();
                for (what, times) in life.happened {
                    *happened.borrow_mut().entry(what).or_insert(0) += times;
                }
                Ok(())
            })
            .unwrap();
    }
    let happened = happened.into_inner();
    println!("{happened:?}");
    for what in [
        "submit",
        "edit",
        "withdraw",
        "forget",
        "endorse",
        "set",
        "merge",
        "unmerge",
        "standing",
        "merge organisations",
        "freeze",
    ] {
        assert!(
            happened.get(&(what, true)).is_some_and(|n| *n > 5),
            "{what}"
        );
    }
    let refused = happened.iter().filter(|((_, came), _)| !came);
    assert!(refused.map(|(_, times)| *times).sum::<usize>() > 100);
}

#[test]
fn what_waits_for_its_organisation_is_no_part_and_takes_none_until_that_is_approved() {
    let mut forum = forum();
    forum.config.settings.join = Join::Approval;
    let mut life = Life::new(&forum);
    let organisation = life.concern(0).unwrap().organisation;
    assert_eq!(life.concern(0).unwrap().status, Status::Waiting);
    life.turn(&Op::Merge(0, 0, 3));
    assert_eq!(life.concern(0).unwrap().status, Status::Waiting);
    let which = life
        .world
        .organisations()
        .iter()
        .position(|known| known.id == organisation);
    life.turn(&Op::Standing(0, which.unwrap(), Standing::Approved));
    assert_eq!(life.concern(0).unwrap().status, Status::New);
    life.turn(&Op::Merge(0, 0, 3));
    assert_eq!(
        life.concern(0).unwrap().status,
        Status::New,
        "3 waits still"
    );
}
