//! The conversation under any sequence of events, against a small reference model.
//!
//! Three people talk in one world, and the organisers decide in between. After each event it must hold: the drafts and
//! what was sent are those that the reference expects (`reference`); everything but a block is answered; what is sent can
//! be sent; a press that is not offered changes nothing; nobody reads what is not let out, a suspended organisation adds
//! nothing, and nothing is left of whoever is forgotten (`promises`). After each sequence: there is a way to a receipt.

mod directed;
mod ops;
mod promises;
mod reference;

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

impl<'f> Talk<'f> {
    fn new(forum: &'f Forum) -> Self {
        let kv = MemoryKv::new();
        let key = MasterKey::from_env_value(&"5a".repeat(32)).unwrap();
        let epoch = Epoch::random().unwrap();
        let mut store = Store::unlock(Box::new(kv.clone()), key, &epoch).unwrap();
        store.keep_username("samleng_bot").unwrap();
        let mut world = MemoryWorld {
            store,
            late: Vec::new(),
            proposed: Vec::new(),
            chats: BTreeMap::new(),
        };
        let owner_code = Some(world.open_owner_link());
        let chat = |number: i64| Chat {
            id: ChatId(7_700_000_000_001 + number),
            last: 0,
            sent: Vec::new(),
            screens: Vec::new(),
            names: BTreeSet::new(),
            floors: Vec::new(),
        };
        let mut talk = Self {
            forum,
            world,
            kv,
            chats: (0..3).map(chat).collect(),
            owner_code,
            codes: Vec::new(),
            records: Records::default(),
            steps: 0,
            waited: 0,
            texts: 0,
            reached: BTreeSet::new(),
        };
        talk.order(Order::Registry(registry()));
        talk
    }

    fn now(&self, who: usize) -> Person {
        self.world.person_or_new(self.chats[who].id)
    }

    /// A minute a step.
    fn moment(&self) -> Moment {
        let minutes = self.steps as i64 + self.waited;
        Moment {
            now: Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap(),
            random: self.steps.wrapping_mul(0x9E37_79B9_7F4A_7C15).into(),
        }
    }

    fn screen(&self, who: usize) -> Screen {
        let person = self.now(who);
        self.world.screen(&person, self.forum, self.moment().now)
    }

    fn offered(&self, who: usize) -> Vec<Action> {
        let rows = self.screen(who).rows.into_iter().flatten();
        rows.map(|(_, action)| action).collect()
    }

    fn message(&mut self, who: usize, content: Content) -> Event {
        let chat = &mut self.chats[who];
        chat.last += 1;
        let id = MessageId(chat.last);
        chat.sent.push(id);
        Event::Message { id, content }
    }

    fn text(&mut self, who: usize, text: &str) -> Event {
        self.message(who, Content::Text(text.to_owned()))
    }

    fn name(&mut self, who: usize, number: usize) -> Event {
        let registry = registry();
        match NAMES.get(number % (NAMES.len() + registry.len())) {
            Some(name) => {
                self.chats[who]
                    .names
                    .insert(number % (NAMES.len() + registry.len()));
                self.text(who, name)
            }
            None => {
                let known = &registry[number % registry.len()];
                self.text(who, known.name.get(english()))
            }
        }
    }

    fn press(&self, who: usize, data: String) -> Event {
        Event::Press {
            query: "query".to_owned(),
            message: (!self.steps.is_multiple_of(5)).then_some(MessageId(self.chats[who].last)),
            data,
        }
    }

    fn press_screen(&self, who: usize, action: Action) -> Event {
        self.press(who, Press::Screen(self.now(who).screen, action).write())
    }

    /// These words with a mark, where words are what is asked for.
    fn marked(&mut self, who: usize, words: &str) -> String {
        let asked = match &self.now(who).state {
            State::Form { at, .. } => match self.forum.config.question(at) {
                Some((_, question)) => match question.kind {
                    Kind::Text { .. } | Kind::Story { .. } => true,
                    Kind::Choice(_) | Kind::Disclosure | Kind::Place | Kind::Number { .. } => false,
                },
                None => false,
            },
            State::Visit { visit, .. } => {
                matches!(visit, Visit::Noting { .. } | Visit::Answering { .. })
            }
            State::Language { .. }
            | State::Consent
            | State::Uninvited
            | State::Confirm { .. }
            | State::Organisation { .. }
            | State::Choosing { .. }
            | State::Province { .. }
            | State::Menu { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. }
            | State::Close { .. } => false,
        };
        // Words that are nothing to read stay that.
        if !asked || words.trim_matches('\u{200B}').is_empty() {
            return words.to_owned();
        }
        self.mark(who, words)
    }

    fn mark(&mut self, who: usize, words: &str) -> String {
        self.texts += 1;
        format!("{} {words}", mark(who, self.texts))
    }

    /// The event that this is now; none if it is nobody's.
    fn event(&mut self, who: usize, op: &Op) -> Option<Event> {
        Some(match op {
            Op::Press(n) => {
                let offered = self.offered(who);
                match offered.get(n % offered.len().max(1)) {
                    Some(action) => self.press_screen(who, action.clone()),
                    None => self.name(who, *n),
                }
            }
            Op::Old(age, n) => {
                let screens = &self.chats[who].screens;
                let old = screens.len().checked_sub(*age);
                let (number, actions) = old.map(|at| screens[at].clone()).unwrap_or_default();
                let action = actions.get(n % actions.len().max(1)).cloned();
                let action = action.unwrap_or(Action::Submit);
                self.press(who, Press::Screen(number, action).write())
            }
            Op::Forged(data) => self.press(who, data.clone()),
            Op::Wanted(n) => {
                let actions = all_actions(self.forum);
                self.press_screen(who, actions[n % actions.len()].clone())
            }
            Op::Look(n) => {
                let ids: Vec<u64> = self.records.concerns.keys().copied().collect();
                let id = ids.get(n % ids.len().max(1)).copied();
                self.press(who, Press::Concern(id.unwrap_or(99)).write())
            }
            Op::Say(n, verdict) => {
                let ids: Vec<u64> = self.records.promises.iter().map(|known| known.id).collect();
                let id = ids.get(n % ids.len().max(1)).copied();
                let verdict = Verdict::ALL[verdict % 3];
                self.press(who, Press::Promise(id.unwrap_or(99), verdict).write())
            }
            Op::Text(words) => {
                let words = self.marked(who, words);
                self.text(who, &words)
            }
            Op::Name(n) => self.name(who, *n),
            Op::Command(command) => self.text(who, command),
            Op::OwnerLink => {
                let code = self.owner_code.clone().unwrap_or_default();
                self.text(who, &format!("/start {code}"))
            }
            Op::Floor(n) => {
                let all = self.chats.iter().flat_map(|chat| &chat.floors);
                let all: Vec<&String> = all.collect();
                let data = all.get(n % all.len().max(1));
                let data = data.map_or("floor:1.0.stop.0", |data| data.as_str());
                self.press(who, data.to_owned())
            }
            Op::Invited(n) => {
                let code = self.codes.get(n % self.codes.len().max(1)).cloned();
                let code = code.unwrap_or_default();
                self.text(who, &format!("/start {code}"))
            }
            Op::File(kind, caption) => {
                let caption = caption.as_ref().map(|words| self.marked(who, words));
                let file = media(*kind);
                self.message(who, Content::File { file, caption })
            }
            Op::Other(other) => self.message(who, Content::Other(*other)),
            Op::Edit(which, words, file) => {
                let sent = &self.chats[who].sent;
                let back = sent.len().checked_sub(which + 1);
                let id = back.map_or(MessageId(9_999), |at| sent[at]);
                let of = answers_of(&self.now(who));
                let is_told = of.0.values().any(|answer| match answer {
                    Answer::Text { .. } | Answer::Story(_) => answer.came_from(id),
                    Answer::Choice { .. } | Answer::Number { .. } | Answer::Skipped => false,
                });
                let words = words.as_ref().map(|words| match is_told {
                    true => self.mark(who, words),
                    false => words.clone(),
                });
                let content = if *file {
                    Content::File {
                        file: media(1),
                        caption: words,
                    }
                } else {
                    Content::Text(words.unwrap_or_default())
                };
                Event::Edited { id, content }
            }
            Op::Unreadable => Event::Unreadable,
            Op::Blocked(blocked) => Event::Blocked(*blocked),
            Op::Wait(minutes) => {
                self.waited += minutes;
                return None;
            }
            Op::Decide(decision) => {
                self.decide(decision);
                return None;
            }
        })
    }

    fn turn(&mut self, who: usize, op: &Op) {
        if let Some(event) = self.event(who, op) {
            self.step(who, event);
        }
    }

    fn step(&mut self, who: usize, event: Event) -> Outcome {
        let before = self.now(who);
        let screen = self.screen(who);
        let moment = self.moment();
        let chat = self.chats[who].id;
        let owner_code = self.owner_code.clone();
        let outcome = self.world.step(chat, event.clone(), self.forum, moment);
        self.steps += 1;
        check_sendable(&outcome);
        let is = Records::of(&self.world.store);
        let was = std::mem::replace(&mut self.records, is.clone());
        let step = Step {
            now: moment.now,
            before,
            screen,
            event,
            outcome,
            owner_code,
            was,
            is,
        };
        reference::check(&step);
        promises::check(self, who, &step);
        promises::let_in(&step, self.forum);
        if self.world.store.meta().unwrap().has_owner {
            self.owner_code = None;
        }
        let state = step
            .outcome
            .person
            .as_ref()
            .map(|person| kind(&person.state));
        self.reached.extend(state);
        self.heard(who, &step.outcome);
        step.outcome
    }

    fn heard(&mut self, who: usize, outcome: &Outcome) {
        let chat = &mut self.chats[who];
        for effect in &outcome.effects {
            if let Effect::Send { body, .. } | Effect::Edit { body, .. } = effect {
                chat.last += 1;
                let floors = body.buttons.iter().flatten();
                let floors = floors.filter(|button| button.data.starts_with("floor:"));
                chat.floors.extend(floors.map(|button| button.data.clone()));
                let buttons = body.buttons.iter().flatten();
                let read = buttons.filter_map(|button| match Press::read(&button.data) {
                    Some(Press::Screen(_, action)) => Some(action),
                    Some(
                        Press::Digest(..)
                        | Press::Select(_)
                        | Press::Concern(_)
                        | Press::Card(..)
                        | Press::Stop(_)
                        | Press::Floor(_)
                        | Press::Reminder(_)
                        | Press::Promise(..),
                    )
                    | None => None,
                });
                let number = outcome.person.as_ref().map_or(0, |person| person.screen);
                chat.screens.push((number, read.collect()));
            }
        }
        if outcome.person.is_none() {
            // Who comes back knows nothing of before.
            chat.screens.clear();
            chat.names.clear();
        }
    }

    /// The organisers decide something, which may be refused.
    fn order(&mut self, order: Order) {
        let moment = self.moment();
        self.steps += 1;
        let done = self.world.order(order, self.forum, moment);
        self.records = Records::of(&self.world.store);
        promises::always(&self.records);
        if let Ok(done) = done {
            done.notices
                .iter()
                .for_each(|notice| check_body(&notice.body));
            promises::notices(self, &done.notices, &self.records);
        }
    }

    fn decide(&mut self, decision: &Decision) {
        let receipts: Vec<_> = self.records.concerns.values().map(|c| c.receipt).collect();
        let receipt = |n: &usize| receipts.get(n % receipts.len().max(1)).copied();
        let about = |n: &usize| {
            Some(OnConcern {
                receipt: receipt(n)?,
                status: None,
                into: None,
                reason: None,
                ask: None,
            })
        };
        if let Decision::Promise(n, _) = decision
            && let Some(order) = about(n)
        {
            self.order(Order::Concern(OnConcern {
                status: Some(Status::Promised),
                ..order
            }));
        }
        let order = match decision {
            Decision::Promise(n, days) => {
                let zone = self.forum.config.settings.zone.clone();
                let today = self.moment().now.to_zoned(zone).date();
                let ids: Vec<u64> = self.records.concerns.keys().copied().collect();
                let concern = ids.get(n % ids.len().max(1)).copied();
                Some(Order::Promise(OnPromise::Make(Promised {
                    concern,
                    topic: "land".to_owned(),
                    text: "The road is <mended> & open".to_owned(),
                    owner: "Roads & Bridges".to_owned(),
                    due: today.checked_add(days.days()).ok(),
                    meeting: None,
                })))
            }
            Decision::Unpromise(n) => {
                let promises = &self.records.promises;
                promises.get(n % promises.len().max(1)).map(|promise| {
                    let (id, seen) = (promise.id, promise.version);
                    Order::Promise(OnPromise::TakeBack { id, seen })
                })
            }
            Decision::Status(n, status) => about(n).map(|order| {
                Order::Concern(OnConcern {
                    status: Some(*status),
                    ..order
                })
            }),
            Decision::Merge(n, into) => about(n).map(|order| {
                Order::Concern(OnConcern {
                    status: Some(Status::Merged),
                    into: receipt(into),
                    ..order
                })
            }),
            Decision::Reject(n) => about(n).map(|order| {
                Order::Concern(OnConcern {
                    status: Some(Status::Rejected),
                    reason: Some("It is about <another> ministry & more".to_owned()),
                    ..order
                })
            }),
            Decision::Ask(n) => about(n).map(|order| {
                Order::Concern(OnConcern {
                    ask: Some("Since when & by <whom>?".to_owned()),
                    ..order
                })
            }),
            Decision::Standing(n, standing) => {
                // Those for which somebody speaks are decided about most of the time.
                let people = (0..self.chats.len()).filter_map(|who| self.now(who).membership);
                let joined: Vec<u64> = people.map(|membership| membership.organisation).collect();
                let all = self.records.organisations.keys().copied();
                let ids: Vec<u64> = joined
                    .iter()
                    .copied()
                    .cycle()
                    .take(joined.len() * 4)
                    .chain(all)
                    .collect();
                let organisation = &self.records.organisations[&ids[n % ids.len()]];
                let which = match &organisation.number {
                    Some(number) => number.clone(),
                    None => organisation.name.get(english()).to_owned(),
                };
                Some(Order::Organisation(which, *standing))
            }
            Decision::Invite(n) => {
                let code = format!("invitation-code-{:06}", self.steps);
                self.codes.push(code.clone());
                let registry = registry();
                let number = n.map(|n| registry[n % registry.len()].number.clone());
                Some(Order::Invite(vec![Invite {
                    code,
                    number,
                    organisation: None,
                    uses: 2,
                    expires_at: n.and_then(|_| self.moment().now.checked_add(200.minutes()).ok()),
                }]))
            }
            Decision::Revoke(n) => {
                let code = self.codes.get(n % self.codes.len().max(1)).cloned();
                code.map(Order::Revoke)
            }
            Decision::Meeting(days, closes) => {
                let closes = closes.map(|minutes| self.moment().now + minutes.minutes());
                Some(Order::Meeting(meeting(*days, closes)))
            }
        };
        if let Some(order) = order {
            self.order(order);
        }
    }

    /// Everybody as far as this.
    fn begin(&mut self, start: Start) {
        let joined = match start {
            Start::Nothing => return,
            Start::Joined => false,
            Start::Sent => true,
        };
        // Two of them for organisations that go by a typed name, the third for one of the registry.
        for who in 0..self.chats.len() {
            self.join(who, [0, 1, 5][who]);
            if joined {
                self.send_one(who);
            }
        }
        if joined {
            for n in 0..self.records.concerns.len() {
                self.decide(&Decision::Status(n, Status::Approved));
            }
        }
    }

    fn join(&mut self, who: usize, name: usize) {
        if self.forum.config.settings.join == Join::Invite {
            self.decide(&Decision::Invite(None));
            self.turn(who, &Op::Invited(self.codes.len() - 1));
        }
        self.turn(who, &Op::Command("/start"));
        self.turn(who, &Op::Text("English".to_owned()));
        self.turn(who, &Op::Press(0));
        self.turn(who, &Op::Name(name));
        for _ in 0..3 {
            if self.now(who).membership.is_none() {
                self.turn(who, &Op::Press(0));
            }
        }
        assert!(self.now(who).membership.is_some());
    }

    fn send_one(&mut self, who: usize) {
        self.turn(who, &Op::Press(0));
        self.way_to_receipt(who);
    }

    /// Answers everything as simply as can be until a receipt or, for an organiser only, the menu is there; nothing that
    /// the organisers can decide stands in the way.
    fn way_out(&mut self, who: usize) {
        self.waited += 24 * 60;
        self.order(Order::Meeting(meeting(0, None)));
        for organisation in self.records.organisations.clone().into_values() {
            if organisation.suspended {
                let which = organisation.number.clone();
                let name = organisation.name.get(english()).to_owned();
                self.order(Order::Organisation(which.unwrap_or(name), Standing::Plain));
            }
        }
        if self.forum.config.settings.join == Join::Invite {
            self.decide(&Decision::Invite(Some(who)));
            self.turn(who, &Op::Invited(self.codes.len() - 1));
        }
        self.way_to_receipt(who);
    }

    fn way_to_receipt(&mut self, who: usize) {
        for _ in 0..200 {
            let person = self.now(who);
            let alone = person.role.is_some() && person.membership.is_none();
            if alone && matches!(person.state, State::Menu { .. }) {
                return;
            }
            let event = self.way_on(who, &person);
            let concerns = self.records.concerns.len();
            self.step(who, event);
            if self.records.concerns.len() > concerns {
                return;
            }
        }
        panic!("no way out of {:?}", self.now(who));
    }

    fn way_on(&mut self, who: usize, person: &Person) -> Event {
        let offered = self.offered(who);
        // Changes to what can no longer be changed are given up.
        let is_vain = |draft: &Draft| {
            let of = draft.revises.and_then(|id| self.records.concerns.get(&id));
            of.is_some_and(|concern| !concern.may_be_edited())
        };
        match (&person.state, offered.first()) {
            (State::Review { draft }, _) if is_vain(draft) => {
                self.press_screen(who, Action::Cancel)
            }
            (State::Leaving { draft, .. } | State::Deleting { draft }, _) if is_vain(draft) => {
                self.press_screen(who, Action::Delete)
            }
            (State::Form { at, .. }, Some(first)) => {
                let (_, question) = self.forum.config.question(at).unwrap();
                let given = answers_of(person).0.get(at).cloned();
                let told = given.is_some_and(|answer| answer != Answer::Skipped);
                match &question.kind {
                    Kind::Number { .. } if !told => self.text(who, "12"),
                    Kind::Text { .. } | Kind::Story { .. } if !told => {
                        // Other questions take fewer words.
                        let is_story = at == question::STORY;
                        let words = self.mark(who, if is_story { WALL } else { "A wall" });
                        self.text(who, &words)
                    }
                    Kind::Choice(_)
                    | Kind::Disclosure
                    | Kind::Place
                    | Kind::Text { .. }
                    | Kind::Number { .. }
                    | Kind::Story { .. } => self.press_screen(who, first.clone()),
                }
            }
            (State::Visit { .. }, _) => self.text(who, "/menu"),
            (State::Menu { .. }, _) if person.membership.is_none() => self.text(who, "/start"),
            (_, Some(first)) => self.press_screen(who, first.clone()),
            (_, None) => self.name(who, who),
        }
    }

    /// Puts somebody where no step leads.
    fn put(&mut self, person: Person) {
        let chat = person.chat;
        let mut stage = Stage::new(&self.world.store, self.moment().now).unwrap();
        let outcome = Outcome {
            person: Some(person),
            effects: Vec::new(),
            notices: Vec::new(),
        };
        stage.apply(chat, outcome).unwrap();
        let finished = stage.finish().unwrap();
        self.world.store.commit(finished).unwrap();
    }
}

/// A few organisations, of one of which the place is not known.
fn registry() -> Vec<Registered> {
    let entry = |number: &str, km: &str, en: &str, place: Option<&str>| Registered {
        number: number.to_owned(),
        name: Localised([(khmer(), km.to_owned()), (english(), en.to_owned())].into()),
        place: place.map(str::to_owned),
    };
    vec![
        entry(
            "1001",
            "សមាគមកសិករផ្កាឈូក",
            "Lotus Farmers Association",
            Some("pursat"),
        ),
        entry("1002", "បណ្តាញយុវជនស្ទឹងថ្មី", "New River Youth Network", None),
        entry("1003", "អង្គការស្ត្រីផ្កាយព្រឹក", "Morning Star Women", Some("takeo")),
    ]
}

/// A meeting in April with so many days to choose from.
fn meeting(days: usize, deadline: Option<Timestamp>) -> Meeting {
    let days = ["2027-04-17", "2027-04-18", "2027-04-19"][..days.min(3)].iter();
    let text =
        |en: &str| Localised([(khmer(), "ប្រជុំ".to_owned()), (english(), en.to_owned())].into());
    Meeting {
        id: 0,
        title: text("Third meeting"),
        days: days
            .map(|date| Day {
                date: date.parse().unwrap(),
                time: None,
            })
            .collect(),
        place: None,
        deadline,
        capacity: Some(4),
        people_at_most: Some(3),

        zone: None,
    }
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
