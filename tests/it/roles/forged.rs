//! A hundred thousand presses that somebody forged or kept: real buttons of owners, organisers, an auditor and an author,
//! recorded while they worked, pressed later by others, as they were and changed; by people who were never here, by members,
//! by an auditor, and by those whose role was taken. Nothing may come of them but for the presser's own record, and nothing
//! may be shown.

use std::collections::{BTreeMap, BTreeSet};

use samleng::dialogue::desk::ConcernDesk;
use samleng::dialogue::organising::{self, By, Order};
use samleng::dialogue::{
    self, Content, Desk, Effect, Event, InGroup, Outcome, Person, Press, State, Visit,
};
use samleng::digest::{Edition, Format};
use samleng::domain::audit::Entry;
use samleng::domain::{ChatId, Concern, Deed, Language, Localised, Meeting, MessageId, Role, Who};
use samleng::store::Stage;
use samleng::store::record::Meta;

use super::full::{CALLED, Full, GROUP, SECRET, as_they_are, differing, moment, of, person, shown};
use super::{actions, taps};

const SEED: u64 = 0x5A3E_1E46_0000_0007;
const PRESSES: usize = 100_000;
/// Presses in one commit.
const BATCH: usize = 250;
/// How many thousands an owner presses: of most buttons nothing comes, since their screens are gone.
const ROUNDS: usize = 16;
/// Steps of each of those who are recorded.
const STEPS: usize = 400;

/// SplitMix64: small, and the same everywhere.
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// Where everybody is.
const OWNER: ChatId = ChatId(7_800_000_000_101);
const AUTHOR: ChatId = ChatId(7_800_000_000_103);
const ONCE_OWNER: ChatId = ChatId(7_800_000_000_201);
const ONCE_ORGANISER: ChatId = ChatId(7_800_000_000_202);
const ONCE_AWAY: ChatId = ChatId(7_800_000_000_203);
const AUDITOR: ChatId = ChatId(7_800_000_000_204);
const MEMBER: ChatId = ChatId(7_800_000_000_205);
const HALF: ChatId = ChatId(7_800_000_000_206);
const STRANGERS: [ChatId; 2] = [ChatId(7_800_000_000_207), ChatId(7_800_000_000_208)];

const PRESSERS: [ChatId; 8] = [
    ONCE_OWNER,
    ONCE_ORGANISER,
    ONCE_AWAY,
    AUDITOR,
    MEMBER,
    HALF,
    STRANGERS[0],
    STRANGERS[1],
];

struct Forger {
    full: Full,
    luck: Luck,
    /// The data of real buttons.
    kept: Vec<String>,
    /// That of every button that a card could have, with each concern as it is.
    cards: Vec<String>,
    /// Presses of buttons that their presser's own screen offered.
    hits: usize,
    secrets: usize,
}

fn put(stage: &mut Stage<'_>, person: Person) {
    let chat = person.chat;
    stage.apply(chat, as_they_are(person)).unwrap();
}

fn buttons(outcome: &Outcome) -> Vec<String> {
    let bodies = outcome.effects.iter().filter_map(|effect| match effect {
        Effect::Send { body, .. } | Effect::Edit { body, .. } => Some(body),
        Effect::Toast { .. }
        | Effect::Strip { .. }
        | Effect::Digest(_)
        | Effect::MyData
        | Effect::Late(_)
        | Effect::Commands => None,
    });
    bodies
        .flat_map(|body| body.buttons.iter().flatten())
        .map(|button| button.data.clone())
        .collect()
}

impl Forger {
    /// A forum in which everybody has worked for a while, and then some lost their role.
    fn new() -> Self {
        let mut forger = Self {
            full: Full::new(),
            luck: Luck(SEED),
            kept: Vec::new(),
            cards: Vec::new(),
            hits: 0,
            secrets: 0,
        };
        forger.people();
        for chat in [
            OWNER,
            ONCE_OWNER,
            ONCE_ORGANISER,
            AUDITOR,
            ONCE_AWAY,
            AUTHOR,
            MEMBER,
        ] {
            forger.walk(chat);
        }
        forger.after();
        let concerns = forger.full.store.all::<Concern>().unwrap();
        for (concern, tap) in concerns.iter().flat_map(|concern| {
            taps(&forger.full.ids)
                .into_iter()
                .map(move |tap| (concern, tap))
        }) {
            let press = Press::Card(concern.id, tap, concern.stamp());
            forger.cards.push(press.write());
        }
        assert!(forger.kept.len() > 5_000, "{} buttons", forger.kept.len());
        forger
    }

    fn people(&mut self) {
        let own = self.full.ids.own;
        let mut stage = Stage::new(&self.full.store, moment().now).unwrap();
        for (chat, role, organisation) in [
            (ONCE_OWNER, Some(Role::Owner), None),
            (ONCE_ORGANISER, Some(Role::Organiser), None),
            (ONCE_AWAY, Some(Role::Organiser), None),
            (AUDITOR, Some(Role::Auditor), None),
            (MEMBER, None, Some(own)),
            (HALF, None, None),
        ] {
            let known = stage.person_in(chat).unwrap();
            let state = if chat == HALF {
                State::Consent
            } else {
                State::Menu { kept: None }
            };
            put(
                &mut stage,
                Person {
                    role,
                    state,
                    ..person(known.number, chat, organisation)
                },
            );
        }
        let finished = stage.finish().unwrap();
        self.full.store.commit(finished).unwrap();
    }

    fn stored(&self, chat: ChatId) -> Person {
        self.full.store.person(chat).unwrap().unwrap()
    }

    /// Somebody works: they press what they see, and sometimes type.
    fn walk(&mut self, chat: ChatId) {
        let mut seen: Vec<String> = Vec::new();
        for step in 0..STEPS {
            let words = [
                "/menu",
                "/concerns",
                "/people",
                "/orgs",
                "/invite",
                "/meeting",
                "/announce",
                "/search wall",
                "/audit",
                "wall",
                "Come at eight",
                "1001",
                "12",
                "17/1/2027",
            ];
            // Nobody joins here, nor says that others may read what they wrote.
            let pressed: Vec<&String> = seen
                .iter()
                .filter(|data| !data.ends_with(":join") && !data.ends_with("named"))
                .collect();
            let event = if pressed.is_empty() || self.luck.below(9) == 0 {
                Event::Message {
                    id: MessageId(10_000 + step as i32),
                    content: Content::Text((*self.luck.of(&words)).to_owned()),
                }
            } else {
                Event::Press {
                    query: "query".to_owned(),
                    message: Some(MessageId(50)),
                    data: (*self.luck.of(&pressed)).clone(),
                }
            };
            let mut stage = Stage::new(&self.full.store, moment().now).unwrap();
            let person = stage.person_in(chat).unwrap();
            let outcome = dialogue::step(person, event, &self.full.forum, &mut stage, moment());
            stage.apply(chat, outcome.clone()).unwrap();
            let finished = stage.finish().unwrap();
            self.full.store.commit(finished).unwrap();
            self.full.settle_all();
            let now = buttons(&outcome);
            if !now.is_empty() {
                seen.clone_from(&now);
                self.kept.extend(now);
            }
        }
    }

    /// The roles are taken; one of them is choosing a language on the way back to a desk meanwhile.
    fn after(&mut self) {
        let mut away = self.stored(ONCE_AWAY);
        away.role = Some(Role::Organiser);
        away.state = State::Language {
            back: Some(Box::new(State::Visit {
                kept: None,
                visit: Visit::Desk(Desk::Concerns(ConcernDesk::Concerns)),
            })),
        };
        let mut owner = self.stored(OWNER);
        owner.role = Some(Role::Owner);
        let mut auditor = self.stored(AUDITOR);
        auditor.role = Some(Role::Auditor);
        let mut stage = Stage::new(&self.full.store, moment().now).unwrap();
        for person in [away, owner, auditor] {
            put(&mut stage, person);
        }
        for chat in [ONCE_OWNER, ONCE_ORGANISER, ONCE_AWAY] {
            let number = stage.person_in(chat).unwrap().number;
            let order = Order::SetRole(number, None);
            let by = By::CommandLine;
            let done = organising::carry_out(order, by, &self.full.forum, &mut stage, moment());
            let known = done.is_ok() || stage.person_in(chat).unwrap().role.is_none();
            assert!(known, "{done:?}");
            stage.apply_notices(Vec::new()).unwrap();
        }
        // There is nothing that a member could answer of themselves.
        let meeting = Order::Meeting(Meeting {
            id: 0,
            title: Localised::same([Language::parse("en").unwrap()], "Third meeting"),
            days: Vec::new(),
            place: None,
            deadline: None,
            capacity: None,
            people_at_most: None,
            zone: None,
        });
        organising::carry_out(
            meeting,
            By::CommandLine,
            &self.full.forum,
            &mut stage,
            moment(),
        )
        .unwrap();
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        self.full.store.commit(finished).unwrap();
        self.full.settle_all();
        for chat in [ONCE_OWNER, ONCE_ORGANISER, ONCE_AWAY] {
            assert_eq!(self.stored(chat).role, None);
        }
    }

    /// What somebody presses whose newest screen has this number.
    fn data(&mut self, screen: u32) -> String {
        let kept = self.luck.of(&self.kept).clone();
        let (head, rest) = kept.split_once(':').unwrap();
        match self.luck.below(10) {
            0 => kept,
            1..=3 => format!("{screen}:{rest}"),
            4 => {
                let mut bytes = kept.into_bytes();
                let at = self.luck.below(bytes.len());
                bytes[at] ^= 1 << self.luck.below(8);
                String::from_utf8_lossy(&bytes).into_owned()
            }
            5 => format!("{head}:{}", self.other_ids(rest)),
            6 => format!("{screen}:{}", self.other_ids(rest)),
            7 => {
                let all = actions(&self.full.ids);
                Press::Screen(screen, self.luck.of(&all).clone()).write()
            }
            8 => {
                let formats = Format::ALL;
                let edition = *self.luck.of(&[Edition::Organisers, Edition::Shared]);
                let id = self.luck.next() % 80;
                let press = match self.luck.below(5) {
                    4 => Press::Carry(id),
                    0 => Press::Digest(edition, *self.luck.of(&formats), Some(id as u32)),
                    3 => Press::Select(edition),
                    1 => Press::Stop(id),
                    _ => Press::Concern(id),
                };
                press.write()
            }
            _ => self.luck.of(&self.cards).clone(),
        }
    }

    /// The same with other numbers in it.
    fn other_ids(&mut self, text: &str) -> String {
        let mut other = String::new();
        let mut digits = false;
        for c in text.chars() {
            if !c.is_ascii_digit() {
                other.push(c);
            } else if !digits {
                other.push_str(&(self.luck.next() % 80).to_string());
            }
            digits = c.is_ascii_digit();
        }
        other
    }

    fn event(&mut self, person: &Person) -> Event {
        let number = person.screen.saturating_sub(self.luck.below(3) as u32 / 2);
        let data = self.data(number);
        let query = "query".to_owned();
        let group = match self.luck.below(10) {
            0 | 1 => GROUP,
            2 => ChatId(GROUP.0 - 1),
            _ => {
                let message = self.luck.below(4) > 0;
                return Event::Press {
                    query,
                    message: message.then_some(MessageId(50 + self.luck.below(3) as i32)),
                    data,
                };
            }
        };
        Event::InGroup {
            group,
            what: InGroup::Press { query, data },
        }
    }

    /// So many presses of these people in one commit.
    fn batch(&mut self, pressers: &[ChatId], presses: usize) {
        let store = std::mem::replace(&mut self.full.store, Full::empty_store());
        let mut stage = Stage::new(&store, moment().now).unwrap();
        // Whoever came to where there is no button goes on from elsewhere.
        for chat in pressers {
            let person = stage.person_in(*chat).unwrap();
            let event = Event::Message {
                id: MessageId(90_000),
                content: Content::Text("/cancel".to_owned()),
            };
            let outcome = dialogue::step(person, event, &self.full.forum, &mut stage, moment());
            stage.apply(*chat, outcome).unwrap();
        }
        for _ in 0..presses {
            let chat = *self.luck.of(pressers);
            let person = stage.person_in(chat).unwrap();
            let event = self.event(&person);
            self.hits += usize::from(is_offered(&person, &event, &self.full, &stage));
            let before = person.role;
            let case = format!("seed {SEED:#x}: {event:?} in {:?}", person.state);
            let outcome = dialogue::step(person, event, &self.full.forum, &mut stage, moment());
            let read = shown(&outcome.effects);
            self.secrets += usize::from(read.contains(SECRET));
            if pressers.len() > 1 {
                assert!(!read.contains(SECRET), "{case}: {read}");
                assert!(chat == AUDITOR || !read.contains(CALLED), "{case}: {read}");
                assert!(outcome.notices.is_empty(), "{case}: others hear");
                let role = outcome.person.as_ref().and_then(|person| person.role);
                assert_eq!(role, before, "{case}");
            }
            stage.apply(chat, outcome).unwrap();
        }
        let finished = stage.finish().unwrap();
        for row in &finished.rows {
            let own = pressers.contains(&row.chat);
            assert!(own || pressers.len() == 1, "a row for somebody else");
        }
        self.full.store = store;
        self.full.store.commit(finished).unwrap();
        self.full.settle_all();
    }

    /// The keys that putting these people writes.
    fn own_keys(&mut self, chats: &[ChatId]) -> BTreeSet<Vec<u8>> {
        let before = of(self.full.kv.contents());
        let mut stage = Stage::new(&self.full.store, moment().now).unwrap();
        for chat in chats {
            if let Some(person) = self.full.store.person(*chat).unwrap() {
                put(&mut stage, person);
            }
        }
        let finished = stage.finish().unwrap();
        self.full.store.commit(finished).unwrap();
        let after = of(self.full.kv.contents());
        differing(&before, &after).collect()
    }
}

fn is_offered(person: &Person, event: &Event, full: &Full, stage: &Stage<'_>) -> bool {
    let Event::Press { data, .. } = event else {
        return false;
    };
    let view = dialogue::screen::View {
        forum: &full.forum,
        world: stage,
        now: moment().now,
    };
    match Press::read(data) {
        Some(Press::Screen(number, action)) if number == person.screen => {
            dialogue::screen::of(person, view).offers(&action)
        }
        Some(
            Press::Screen(..)
            | Press::Digest(..)
            | Press::Select(_)
            | Press::Concern(_)
            | Press::Carry(_)
            | Press::Card(..)
            | Press::Stop(_)
            // None of them has a role that may log a meeting.
            | Press::Floor(_)
            | Press::Reminder(_)
            | Press::Promise(..)
            | Press::Promised(_)
            | Press::Unfollow(_),
        )
        | None => false,
    }
}

/// Nothing differs but the pressers' own records, and that the auditor read the log.
fn only_their_own(
    forger: &Forger,
    before: &BTreeMap<Vec<u8>, Vec<u8>>,
    own: &BTreeSet<Vec<u8>>,
    meta: &Meta,
    entries: usize,
    auditor: u64,
) {
    let now = of(forger.full.kv.contents());
    for key in differing(before, &now) {
        let kind = char::from(key[0]);
        let known = before.contains_key(&key);
        match kind {
            'm' => {}
            // Whoever had no record may have one now, and whoever had one may have begun anew.
            'p' | 'w' => assert!(own.contains(&key) || !known, "somebody else was changed"),
            'j' => assert!(own.contains(&key), "somebody joined or left"),
            'y' => assert!(!known, "an entry of the audit log was changed"),
            // Of whoever began anew.
            'G' => assert!(!known, "what is known of something erased was changed"),
            _ => panic!("seed {SEED:#x}: a record of kind {kind} was changed"),
        }
    }
    let log: Vec<Entry> = forger.full.store.all().unwrap();
    for entry in &log[entries..] {
        assert_eq!(entry.who, Who::Person(auditor));
        assert_eq!(entry.deed, Deed::AuditRead);
    }
    let is = forger.full.store.meta().unwrap();
    let counted = |meta: &Meta| Meta {
        next_id: 0,
        next_event: 0,
        audit: samleng::domain::audit::Head::default(),
        erased_since: None,
        next_erasure: 0,
        ..meta.clone()
    };
    assert_eq!(counted(&is), counted(meta));
}

#[test]
fn a_hundred_thousand_forged_presses_do_nothing_and_show_nothing() {
    println!("seed {SEED:#x}");
    let mut forger = Forger::new();
    let own = forger.own_keys(&PRESSERS);
    let before = of(forger.full.kv.contents());
    let meta = forger.full.store.meta().unwrap();
    let entries = forger.full.entries().len();
    let auditor = forger.stored(AUDITOR).number;
    for _ in 0..PRESSES / BATCH {
        forger.batch(&PRESSERS, BATCH);
        only_their_own(&forger, &before, &own, &meta, entries, auditor);
    }
    println!(
        "{PRESSES} presses from {} kept buttons; {} were on the presser's own screen",
        forger.kept.len(),
        forger.hits
    );
    assert!(forger.hits > PRESSES / 100, "nobody came anywhere");
    assert_eq!(forger.secrets, 0);

    // The same presses of an owner's do come to something.
    let now = of(forger.full.kv.contents());
    for _ in 0..ROUNDS {
        forger.batch(&[OWNER], 4 * BATCH);
    }
    assert!(forger.secrets > ROUNDS * BATCH / 10);
    let kinds: BTreeSet<char> = differing(&now, &of(forger.full.kv.contents()))
        .map(|key| char::from(key[0]))
        .collect();
    assert!(kinds.contains(&'s') && kinds.contains(&'y'), "{kinds:?}");
}
