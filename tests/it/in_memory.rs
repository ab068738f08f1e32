//! What the tests of the pure rooms share: forums, a world in memory, and what must hold of everything sent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};
use samleng::agenda::{self, Voices};
use samleng::config;
use samleng::dialogue::desk::late::{self, Made};
use samleng::dialogue::organising::agenda::planned;
use samleng::dialogue::organising::{self, By, Order};
use samleng::dialogue::reminding::{self, Kept, Known};
use samleng::dialogue::screen::{self, Screen, View};
use samleng::dialogue::{
    self, Body, Effect, Event, Late, Moment, Notice, Outcome, Person, Press, World as _,
};
use samleng::digest::{Filter, Reader, make_frozen};
use samleng::documents::json;
use samleng::domain::announcement::Fate;
use samleng::domain::reminder::Ending;
use samleng::domain::{ChatId, Concern, Language, MessageId, Organisation};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::record::{self, Record as _};
use samleng::store::{Finished, Lane, Row, Stage, Store};
use samleng::text::{Forum, Html};

/// The forum as it ships.
pub(crate) fn forum() -> Forum {
    forum_of(&config::files(None).unwrap())
}

/// The forum that these files make.
pub(crate) fn forum_of(files: &config::Files) -> Forum {
    Forum::read(files.clone()).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

/// The shipped form with questions of every kind that a forum may add.
pub(crate) fn longer_forum() -> Forum {
    let mut files = config::files(None).unwrap();
    let form = files.get_mut("form.toml").unwrap();
    form.push_str(
        r#"
[[question]]
id = "households"
kind = "number"
required = true
min = 1
max = 5000
prompt.km = "មានប៉ុន្មានគ្រួសារ?"
prompt.en = "How many households?"

[[question]]
id = "second-place"
kind = "place"
required = false
prompt.km = "នៅទីណាទៀត?"
prompt.en = "Where else?"

[[question]]
id = "since"
kind = "text"
required = false
max_chars = 40
prompt.km = "តាំងពីពេលណា?"
prompt.en = "Since when?"
"#,
    );
    forum_of(&files)
}

pub(crate) fn english() -> Language {
    Language::parse("en").unwrap()
}

pub(crate) fn khmer() -> Language {
    Language::parse("km").unwrap()
}

/// A property's runner with a fixed seed: the same cases on every machine.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = Cases {
        cases,
        failure_persistence: None,
        max_shrink_iters: 5_000,
        ..Cases::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// A store in memory, and people who talk to it: every step goes through a stage and a commit, as in the program.
pub(crate) struct MemoryWorld {
    pub(crate) store: Store,
    /// What was made when its turn came.
    pub(crate) late: Vec<Sent>,
    /// What came of agendas that were worked out.
    pub(crate) proposed: Vec<(ChatId, Outcome)>,
    /// The number of the newest message of each chat, and the one that carries its newest buttons.
    pub(crate) chats: BTreeMap<ChatId, (i32, Option<MessageId>)>,
}

/// Something that was made when its turn came.
pub(crate) struct Sent {
    pub(crate) chat: ChatId,
    pub(crate) message: MessageId,
    pub(crate) made: Made,
}

impl Default for MemoryWorld {
    fn default() -> Self {
        let key = MasterKey::from_env_value(&"5a".repeat(32)).unwrap();
        let epoch = Epoch::random().unwrap();
        let mut store = Store::unlock(Box::new(MemoryKv::new()), key, &epoch).unwrap();
        store.keep_username("samleng_bot").unwrap();
        Self {
            store,
            late: Vec::new(),
            proposed: Vec::new(),
            chats: BTreeMap::new(),
        }
    }
}

impl MemoryWorld {
    /// The code of an owner's link that is open from now on.
    pub(crate) fn open_owner_link(&mut self) -> String {
        let link = self
            .store
            .owner_link(true, jiff::Timestamp::UNIX_EPOCH)
            .unwrap()
            .unwrap();
        link.split_once("start=").unwrap().1.to_owned()
    }

    /// What is known of the person in this chat.
    pub(crate) fn person(&self, chat: ChatId) -> Option<Person> {
        let all = self.store.all::<Person>().unwrap();
        all.into_iter().find(|person| person.chat == chat)
    }

    /// A digest of this edition is handed out to an organiser; its number, and what it says as JSON.
    pub(crate) fn hand_out<R: Reader>(&mut self, forum: &Forum, now: Timestamp) -> (u32, String) {
        let filter = Filter::default();
        let records = self.store.snapshot_for(R::EDITION, &filter).unwrap();
        let records = records.open().unwrap();
        let mut count = u128::from(records.last_number) << 64;
        let mut salts = || {
            count += 1;
            count.to_be_bytes()
        };
        let (digest, freeze) = make_frozen::<R>(&records, &filter, &forum.config, now, &mut salts);
        assert!(self.store.freeze(&freeze, now).unwrap());
        (freeze.frozen.number, json::render(&digest))
    }

    /// The same, or somebody new.
    pub(crate) fn person_or_new(&self, chat: ChatId) -> Person {
        let mut stage = Stage::new(&self.store, Timestamp::UNIX_EPOCH).unwrap();
        stage.person_in(chat).unwrap()
    }

    /// Takes a step; what came of it is committed.
    pub(crate) fn step(
        &mut self,
        chat: ChatId,
        event: Event,
        forum: &Forum,
        moment: Moment,
    ) -> Outcome {
        let mut stage = Stage::new(&self.store, moment.now).unwrap();
        let person = stage.person_in(chat).unwrap();
        let came = match &event {
            Event::Message { id, .. } => Some(*id),
            Event::Edited { .. }
            | Event::Press { .. }
            | Event::Blocked(_)
            | Event::Unreadable
            | Event::Proposed(_)
            | Event::InGroup { .. } => None,
        };
        let outcome = dialogue::step(person, event, forum, &mut stage, moment);
        stage.apply(chat, outcome.clone()).unwrap();
        for (chat, message) in seen(&mut self.chats, chat, came, &outcome) {
            stage.show(chat, Some(message)).unwrap();
        }
        let finished = stage.finish().unwrap();
        self.commit(finished, forum, moment.now);
        if let Some(person) = &outcome.person {
            stored(person);
            // What they asked for may have been worked out since.
            if self.proposed.is_empty() {
                assert_eq!(self.person(chat).as_ref(), Some(person));
            }
        }
        outcome
    }

    /// Does as the organisers decided; what they are told, and what others are.
    pub(crate) fn order(
        &mut self,
        order: Order,
        forum: &Forum,
        moment: Moment,
    ) -> Result<organising::Done, String> {
        let mut stage = Stage::new(&self.store, moment.now).unwrap();
        let done = organising::carry_out(order, By::CommandLine, forum, &mut stage, moment)
            .map_err(|refused| refused.to_string())?;
        stage.apply_notices(done.notices.clone()).unwrap();
        for notice in &done.notices {
            self.chats.entry(notice.chat).or_default().0 += 1;
        }
        let finished = stage.finish().unwrap();
        self.commit(finished, forum, moment.now);
        Ok(done)
    }

    /// Does what is due by the clock, if something is; and when the next thing is.
    pub(crate) fn keep(
        &mut self,
        forum: &Forum,
        moment: Moment,
    ) -> (Option<Kept>, Option<Timestamp>) {
        let mut stage = Stage::new(&self.store, moment.now).unwrap();
        let kept = reminding::keep(forum, &mut stage, moment).unwrap();
        stage.apply_notices(Vec::new()).unwrap();
        for (chat, person, effect) in kept.effects.clone() {
            stage
                .send(chat, person, false, Lane::Bulk, vec![effect])
                .unwrap();
        }
        if kept.did_something {
            let finished = stage.finish().unwrap();
            self.commit(finished, forum, moment.now);
        }
        let stage = Stage::new(&self.store, moment.now).unwrap();
        let look = Known::of(&stage).look(forum, moment.now);
        assert!(look.due.is_empty(), "it is due again: {:?}", look.due);
        (kept.did_something.then_some(kept), look.next)
    }

    /// Changes records for nobody in particular.
    pub(crate) fn change(
        &mut self,
        forum: &Forum,
        now: Timestamp,
        change: impl FnOnce(&mut Stage<'_>) -> Vec<Notice>,
    ) -> Vec<Notice> {
        let mut stage = Stage::new(&self.store, now).unwrap();
        let notices = change(&mut stage);
        stage.apply_notices(notices.clone()).unwrap();
        let finished = stage.finish().unwrap();
        self.commit(finished, forum, now);
        notices
    }

    /// What was to be sent counts as sent: the tests look at the outcome, and at what was made late.
    fn commit(&mut self, finished: Finished, forum: &Forum, now: Timestamp) {
        let (_, aftermath) = self.store.commit(finished).unwrap();
        loop {
            let rows = self.store.all::<Row>().unwrap();
            if rows.is_empty() {
                return;
            }
            let mut stage = Stage::new(&self.store, now).unwrap();
            let mut wanted = Vec::new();
            for row in rows {
                stage.settle(row.id);
                if let Effect::Late(Late::Agenda { .. }) = row.effect {
                    wanted.push(row.chat);
                }
                if let Some(id) = row.announcement {
                    let stopped = aftermath.stopped.contains(&id);
                    let fate = if stopped { Fate::Stopped } else { Fate::Sent };
                    stage.count(id, fate).unwrap();
                }
                if let Effect::Late(late) = row.effect {
                    let made = self.send_late(&mut stage, row.chat, late, forum, now);
                    self.late.push(made);
                }
            }
            let finished = stage.finish().unwrap();
            self.store.commit(finished).unwrap();
            for chat in wanted {
                self.propose(chat, forum, now);
            }
        }
    }

    /// Works the agenda out for whoever is in this chat, as the program does beside its writer.
    fn propose(&mut self, chat: ChatId, forum: &Forum, now: Timestamp) {
        let mut records = self.store.snapshot().unwrap().open().unwrap();
        records.leave_earlier();
        let stage = Stage::new(&self.store, now).unwrap();
        let Some(plan) = planned(&stage) else { return };
        let items = stage.agenda_items(plan.meeting).into_iter();
        let known = items.map(|item| (item.concern, item)).collect();
        let voices = Voices {
            concerns: &records.concerns,
            endorsements: &records.endorsements,
            organisations: &records.organisations,
        };
        let review = forum.config.settings.review;
        let Some(proposal) = agenda::work_out(voices, review, &plan, &known) else {
            return;
        };
        let moment = Moment { now, random: 0 };
        let event = Event::Proposed(Box::new(proposal));
        let outcome = self.step(chat, event, forum, moment);
        check_sendable(&outcome);
        self.proposed.push((chat, outcome));
    }

    /// Makes it, and notes where it stands.
    fn send_late(
        &self,
        stage: &mut Stage<'_>,
        chat: ChatId,
        late: Late,
        forum: &Forum,
        now: Timestamp,
    ) -> Sent {
        let reader = self.person(chat);
        let view = View {
            forum,
            world: &*stage,
            now,
        };
        let made = late::make(late, chat, reader.as_ref(), view);
        let fresh = MessageId(1_000 + self.late.len() as i32 + 1);
        let (message, told) = match &made {
            Made::Message { at, told, .. } => (Some(at.unwrap_or(fresh)), *told),
            Made::Nothing
            | Made::Later(_)
            | Made::Over(_)
            | Made::File { .. }
            | Made::Link { .. }
            | Made::Links(_)
            | Made::Paper(..) => (None, 0),
        };
        match (late, message) {
            (Late::Card { concern, .. }, Some(message)) => {
                stage.placed_card(concern, chat, message).unwrap();
            }
            (Late::Report { announcement, .. }, message) => {
                stage.reported(announcement, message, told).unwrap();
            }
            (Late::Reminder { meeting, id }, _) => {
                let ending = if let Made::Over(ending) = &made {
                    *ending
                } else {
                    Ending::Sent
                };
                stage.reminded(meeting, id, ending).unwrap();
            }
            (
                Late::Card { .. }
                | Late::Asked { .. }
                | Late::Erased
                | Late::File(_)
                | Late::Links { .. }
                | Late::Agenda { .. }
                | Late::Floor
                | Late::Paper(..),
                _,
            ) => {}
        }
        Sent {
            chat,
            message: message.unwrap_or(fresh),
            made,
        }
    }

    /// The screen that the person is on.
    pub(crate) fn screen(&self, person: &Person, forum: &Forum, now: Timestamp) -> Screen {
        let stage = Stage::new(&self.store, now).unwrap();
        let view = View {
            forum,
            world: &stage,
            now,
        };
        let screen = screen::of(person, view);
        stage.checked().unwrap();
        screen
    }

    /// Puts somebody where no step leads.
    pub(crate) fn put(&mut self, person: Person, now: Timestamp) {
        let chat = person.chat;
        let mut stage = Stage::new(&self.store, now).unwrap();
        let outcome = Outcome {
            person: Some(person),
            effects: Vec::new(),
            notices: Vec::new(),
        };
        stage.apply(chat, outcome).unwrap();
        let finished = stage.finish().unwrap();
        self.store.commit(finished).unwrap();
    }

    /// Every concern, in the order in which they came.
    pub(crate) fn concerns(&self) -> Vec<Concern> {
        self.store.all().unwrap()
    }

    /// Every organisation, in the order in which they came.
    pub(crate) fn organisations(&self) -> Vec<Organisation> {
        self.store.all().unwrap()
    }
}

/// Numbers the messages of a step as its chats do; those that carry the newest buttons from here on.
fn seen(
    chats: &mut BTreeMap<ChatId, (i32, Option<MessageId>)>,
    chat: ChatId,
    came: Option<MessageId>,
    outcome: &Outcome,
) -> Vec<(ChatId, MessageId)> {
    let (last, shown) = chats.entry(chat).or_default();
    // Who comes back sees nothing of before.
    *shown = shown.filter(|_| outcome.person.is_some());
    *last = came.map_or(*last, |came| came.0);
    for effect in &outcome.effects {
        let (message, body, weight) = match effect {
            Effect::Send { body, weight, .. } => {
                *last += 1;
                (MessageId(*last), body, weight)
            }
            Effect::Edit {
                message,
                body,
                weight,
            } => (*message, body, weight),
            Effect::Toast { .. }
            | Effect::Strip { .. }
            | Effect::Digest(_)
            | Effect::MyData
            | Effect::Late(_)
            | Effect::Commands => continue,
        };
        if weight.is_screen() && !body.buttons.is_empty() {
            *shown = Some(message);
        }
    }
    let shown = shown.map(|shown| (chat, shown));
    for notice in &outcome.notices {
        chats.entry(notice.chat).or_default().0 += 1;
    }
    shown.into_iter().collect()
}

/// The person as the store gives them back; they must be what was put in.
pub(crate) fn stored(person: &Person) -> Person {
    let bytes = record::encode(person).unwrap();
    assert!(
        bytes.len() <= 60 * 1024,
        "a person's record has {} bytes",
        bytes.len()
    );
    let back: Person = record::decode(Person::VERSION, &bytes).unwrap();
    assert_eq!(&back, person);
    back
}

/// What must hold of whatever a step sends.
pub(crate) fn check_sendable(outcome: &Outcome) {
    assert!(outcome.effects.len() <= 16, "effects without end");
    for notice in &outcome.notices {
        check_body(&notice.body);
    }
    for effect in &outcome.effects {
        match effect {
            Effect::Send { body, .. } | Effect::Edit { body, .. } => {
                check_body(body);
            }
            Effect::Toast { text, .. } => {
                let length = text.as_deref().unwrap_or_default().chars().count();
                assert!(length <= 200, "a notice of {length} characters");
            }
            Effect::Strip { .. }
            | Effect::Digest(_)
            | Effect::MyData
            | Effect::Late(_)
            | Effect::Commands => {}
        }
    }
}

/// What must hold of a message.
pub(crate) fn check_body(body: &Body) {
    check_markup(&body.html);
    let buttons = body.buttons.iter().flatten();
    assert!(buttons.clone().count() <= 100, "too many buttons");
    for button in buttons {
        assert!(button.data.len() <= 64, "{:?} is too long", button.data);
        assert!(!button.label.trim().is_empty(), "a button without a label");
        let read = Press::read(&button.data).expect("our own data");
        assert_eq!(read.write(), button.data);
    }
    let keyboard = serde_json::to_string(&body.buttons).unwrap();
    assert!(keyboard.len() <= 10_000, "a keyboard too large");
}

/// Whether somebody sees something of this effect.
pub(crate) fn is_seen(effect: &Effect) -> bool {
    match effect {
        Effect::Toast { text, .. } => text.is_some(),
        Effect::Edit { .. }
        | Effect::Send { .. }
        | Effect::Digest(_)
        | Effect::Late(_)
        | Effect::MyData => true,
        Effect::Strip { .. } | Effect::Commands => false,
    }
}

/// Telegram's rules for a message: something to read, 4,096 characters, tags closed in order, entities known.
pub(crate) fn check_markup(html: &Html) {
    let markup = html.as_str();
    let plain = plain(markup).unwrap_or_else(|fault| panic!("{fault} in {markup:?}"));
    assert!(plain.chars().count() <= 4_096, "a message too long");
    assert!(
        plain.chars().any(is_visible),
        "a message that shows nothing: {markup:?}"
    );
    assert_eq!(plain, html.to_plain(), "to_plain disagrees");
    assert_eq!(plain.chars().count(), html.chars(), "chars disagrees");
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}' | '\u{FE00}'..='\u{FE0F}')
}

/// The words of Telegram's markup, read strictly and without the program's own reader.
pub(crate) fn plain(markup: &str) -> Result<String, String> {
    let mut words = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '<' => {
                let end = rest.find('>').ok_or("a tag without an end")?;
                let tag = &rest[1..end];
                match tag.strip_prefix('/') {
                    Some(name) if open.last() == Some(&name) => {
                        open.pop();
                    }
                    Some(name) => return Err(format!("</{name}> closes nothing")),
                    None if ["b", "i", "u", "s", "code"].contains(&tag) => open.push(tag),
                    None => return Err(format!("<{tag}> is unknown")),
                }
                end + 1
            }
            '>' => return Err("a bare >".to_owned()),
            '&' => {
                let known = [
                    ("&lt;", '<'),
                    ("&gt;", '>'),
                    ("&amp;", '&'),
                    ("&quot;", '"'),
                ];
                let (entity, c) = known
                    .into_iter()
                    .find(|(entity, _)| rest.starts_with(entity))
                    .ok_or("a bare &")?;
                words.push(c);
                entity.len()
            }
            _ => {
                words.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    match open.pop() {
        Some(tag) => Err(format!("<{tag}> is not closed")),
        None => Ok(words),
    }
}

mod refusals {
    #[test]
    fn broken_markup_is_seen() {
        for broken in [
            "<b>x",
            "x</b>",
            "<b><i>x</b></i>",
            "a & b",
            "<p>",
            "1 > 0",
            "&nbsp;",
        ] {
            assert!(super::plain(broken).is_err(), "{broken}");
        }
        assert_eq!(super::plain("<b>a &lt; b</b>").unwrap(), "a < b");
    }
}
