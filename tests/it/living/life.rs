//! One life: what happens, by luck, and the bot in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use samleng::config::reminders::Quiet;
use samleng::dialogue::desk::late::{self, Made};
use samleng::dialogue::organising::{self, By, Order};
use samleng::dialogue::reminding::{self, Known};
use samleng::dialogue::screen::View;
use samleng::dialogue::{
    Change, Draft, Effect, Late, Membership, Moment, Person, State, World as _,
};
use samleng::domain::reminder::Ending;
use samleng::domain::{
    Answer, Answers, ChatId, Concern, Day, Disclosure, Localised, Meeting, Organisation, Receipt,
    Reminded, Rsvp, Status,
};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Lane, Row, RowId, Stage, Store};
use samleng::text::Forum;

use super::model::{self, Key, Model};
use crate::in_memory::{english, forum, khmer};
use crate::luck::Luck;

/// What happened in all.
#[derive(Clone, Debug, Default)]
pub(super) struct Count {
    pub(super) sent: usize,
    pub(super) spared: usize,
    pub(super) late: usize,
    pub(super) unreachable: usize,
    pub(super) put_off: usize,
    pub(super) twice: usize,
    pub(super) unnoted: usize,
    pub(super) left_out: usize,
    pub(super) moved: usize,
    pub(super) outages: usize,
    pub(super) jumps: usize,
    pub(super) deaths: usize,
    pub(super) waits: usize,
}

impl Count {
    pub(super) fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.spared += other.spared;
        self.late += other.late;
        self.unreachable += other.unreachable;
        self.put_off += other.put_off;
        self.twice += other.twice;
        self.unnoted += other.unnoted;
        self.left_out += other.left_out;
        self.moved += other.moved;
        self.outages += other.outages;
        self.jumps += other.jumps;
        self.deaths += other.deaths;
        self.waits += other.waits;
    }
}

pub(super) struct Life {
    seed: u64,
    aloud: bool,
    luck: Luck,
    forum: Forum,
    store: Store,
    model: Model,
    /// The time, and how far the bot's clock is from it.
    now: Timestamp,
    skew: SignedDuration,
    /// When the bot comes back, if it is away.
    away_until: Option<Timestamp>,
    /// When it may send again.
    waits_until: Option<Timestamp>,
    /// When the bot wants to be woken.
    wakes_at: Option<Timestamp>,
    /// Rows that must not go before an instant.
    held: BTreeMap<RowId, Timestamp>,
    /// Whose message was sent when the bot died, so that it may come again.
    in_flight: BTreeSet<Key>,
    end: Timestamp,
    count: Count,
}

const ZONES: [&str; 5] = [
    "Asia/Phnom_Penh",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

/// An epoch that is the same each time: by its keys people come in an order.
fn epoch() -> Epoch {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epoch");
    std::fs::write(&path, [7; 32]).unwrap();
    Epoch::load_or_create(&path, true).unwrap()
}

impl Life {
    pub(super) fn new(seed: u64, aloud: bool) -> Self {
        let mut luck = Luck(seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x5EED);
        let mut forum = forum();
        let quiet = [
            (20, 30, 7, 0),
            (22, 0, 6, 0),
            (0, 0, 5, 0),
            (21, 0, 9, 30),
            (12, 0, 14, 0),
        ];
        let (a, b, c, d) = quiet[luck.below(5) as usize];
        let calendar = &mut forum.config.calendar;
        calendar.quiet = Some(Quiet {
            from: time(a, b, 0, 0),
            until: time(c, d, 0, 0),
        });
        if luck.one_in(6) {
            calendar.quiet = None;
        }
        calendar.catch_up_hours = [2, 12, 30][luck.below(3) as usize];
        calendar.digests = None;
        forum.config.settings.retention_days = 0;
        forum.config.settings.grace_hours = [0, 24, 48][luck.below(3) as usize];
        let key = MasterKey::from_env_value(&"5a".repeat(32)).unwrap();
        let store = Store::unlock(Box::new(MemoryKv::new()), key, &epoch()).unwrap();
        // A few weeks before an hour is put forward or back, in one half of the world or the other.
        let begins = [
            "2026-10-01T01:02:00Z",
            "2027-02-20T13:02:00Z",
            "2027-09-01T20:02:00Z",
        ];
        let now: Timestamp = begins[luck.below(3) as usize].parse().unwrap();
        let model = Model {
            calendar: forum.config.calendar.clone(),
            grace_hours: forum.config.settings.grace_hours.into(),
            zone: TimeZone::UTC,
            meeting: None,
            meeting_id: 0,
            times: Vec::new(),
            members: Vec::new(),
            organisations: Vec::new(),
            done: BTreeSet::new(),
            owed: BTreeSet::new(),
            came: BTreeMap::new(),
        };
        let mut life = Self {
            seed,
            aloud,
            luck,
            forum,
            store,
            model,
            now,
            skew: SignedDuration::ZERO,
            away_until: None,
            waits_until: None,
            wakes_at: None,
            held: BTreeMap::new(),
            in_flight: BTreeSet::new(),
            end: now + SignedDuration::from_hours(24 * 35),
            count: Count::default(),
        };
        life.people();
        life.meets();
        life.look_ahead();
        life
    }

    fn say(&self, what: impl std::fmt::Display) {
        if self.aloud {
            let at = self.model.zone.to_datetime(self.clock());
            println!("{at} {what}");
        }
    }

    fn clock(&self) -> Timestamp {
        self.now + self.skew
    }

    fn change(&mut self, change: impl FnOnce(&mut Stage<'_>)) {
        let mut stage = Stage::new(&self.store, self.clock()).unwrap();
        change(&mut stage);
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        let (_, aftermath) = self.store.commit(finished).unwrap();
        // As the writer does: it looks ahead when something has changed from which that follows, and else it does not.
        if aftermath.calendar {
            self.look_ahead();
        }
    }

    fn look_ahead(&mut self) {
        let now = self.clock();
        let stage = Stage::new(&self.store, now).unwrap();
        let look = Known::of(&stage).look(&self.forum, now);
        stage.checked().unwrap();
        self.wakes_at = if look.due.is_empty() {
            look.next
        } else {
            Some(now)
        };
    }

    fn people(&mut self) {
        let organisations = 2 + self.luck.below(4);
        let members = organisations + self.luck.below(4);
        let now = self.now;
        self.change(|stage| {
            for id in 1..=organisations {
                let name = Localised::same([english(), khmer()], &format!("No. {id}"));
                stage.change(Change::Organisation(Organisation {
                    id,
                    name,
                    place: "kep".to_owned(),
                    verified: true,
                    number: None,
                    suspended: false,
                }));
            }
            for number in 0..members {
                stage.change(Change::Person(Box::new(Person {
                    language: Some(if number % 2 == 0 { english() } else { khmer() }),
                    membership: Some(Membership {
                        organisation: 1 + number % organisations,
                        agreed_at: now,
                        invitation: None,
                    }),
                    state: State::Menu { kept: None },
                    ..Person::new(100 + number, ChatId(1_000 + number as i64))
                })));
            }
            stage.meta.next_id = 1_000;
        });
        self.model.organisations = vec![model::Organisation::default(); organisations as usize];
        self.model.members = (0..members)
            .map(|number| model::Member {
                organisation: (number % organisations) as usize,
                ..model::Member::default()
            })
            .collect();
    }

    /// The organisers say when the meeting is: for the first time, or otherwise than before.
    fn meets(&mut self) {
        let today = self.now.to_zoned(TimeZone::UTC).date();
        let known = self.model.meeting.clone();
        let zone = match &known {
            Some(known) if !self.luck.one_in(8) => known.zone.clone().unwrap(),
            Some(_) | None => ZONES[self.luck.below(5) as usize].to_owned(),
        };
        let tz = TimeZone::get(&zone).unwrap();
        let day = |luck: &mut Luck, from: Date, most: u64| {
            from.checked_add((luck.below(most) as i64).days()).unwrap()
        };
        let hour =
            |luck: &mut Luck| time(luck.below(24) as i8, [0, 30][luck.below(2) as usize], 0, 0);
        let deadline = match &known {
            // Often one thing moves and the other stays.
            Some(known) if self.luck.one_in(3) => known.deadline,
            Some(_) | None if self.luck.one_in(10) => None,
            Some(_) | None => {
                let date = day(&mut self.luck, today, 16);
                let at = date.to_datetime(hour(&mut self.luck)).to_zoned(tz).unwrap();
                Some(at.timestamp())
            }
        };
        let days = match &known {
            Some(known) if self.luck.one_in(3) => known.days.clone(),
            Some(_) | None => {
                let count = [1, 1, 2, 3, 0][self.luck.below(5) as usize];
                let first = day(&mut self.luck, today.checked_add(3.days()).unwrap(), 20);
                (0..count)
                    .map(|after: i64| Day {
                        date: first.checked_add(after.days()).unwrap(),
                        time: (!self.luck.one_in(3)).then(|| hour(&mut self.luck)),
                    })
                    .collect()
            }
        };
        let title = Localised::same([english(), khmer()], "Forum");
        let meeting = Meeting {
            id: 0,
            title,
            days,
            place: None,
            deadline,
            capacity: None,
            people_at_most: None,
            zone: Some(zone),
        };
        self.say(format_args!(
            "the meeting: {:?}, until {:?}",
            meeting.days, meeting.deadline
        ));
        let moment = Moment {
            now: self.clock(),
            random: self.luck.next().into(),
        };
        let mut stage = Stage::new(&self.store, moment.now).unwrap();
        let order = Order::Meeting(meeting.clone());
        let done = organising::carry_out(order, By::CommandLine, &self.forum, &mut stage, moment);
        let id = done.unwrap().made.unwrap();
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        let (_, aftermath) = self.store.commit(finished).unwrap();
        assert!(aftermath.calendar);
        self.look_ahead();
        if id != self.model.meeting_id {
            // It is another meeting, of which nobody has heard anything.
            self.model.meeting_id = id;
            for organisation in &mut self.model.organisations {
                organisation.rsvp = None;
            }
        }
        self.model.set(meeting);
        self.count.moved += 1;
    }

    /// The whole of it.
    pub(super) fn whole(mut self) -> Count {
        let mut acts_at = self.now;
        while self.now < self.end {
            if acts_at <= self.now {
                self.something_happens();
                let most = [30, 600, 2_000][self.luck.below(3) as usize];
                let minutes = 1 + self.luck.below(most);
                acts_at = self.now + SignedDuration::from_mins(minutes as i64);
            }
            self.bot();
            self.now = self.next().unwrap_or(acts_at).min(acts_at);
        }
        // From here on nothing goes wrong any more, and everything that is owed comes.
        self.skew = SignedDuration::ZERO;
        (self.away_until, self.waits_until) = (None, None);
        self.look_ahead();
        self.held.clear();
        let end = self.now + SignedDuration::from_hours(24 * 60);
        while self.now < end {
            self.bot();
            self.now = self.next().unwrap_or(end);
        }
        assert!(
            self.model.owed.is_empty(),
            "seed {}: never came: {:?}",
            self.seed,
            self.model.owed
        );
        self.tallies();
        self.count
    }

    /// When something can happen that nobody does.
    fn next(&self) -> Option<Timestamp> {
        let by_clock = [
            self.wakes_at,
            self.model.next(self.clock()),
            self.held.values().min().copied(),
        ];
        let by_clock = by_clock.into_iter().flatten().map(|at| at - self.skew);
        let others = [self.away_until, self.waits_until].into_iter().flatten();
        others.chain(by_clock).filter(|at| *at > self.now).min()
    }

    /// What the records say came is what came.
    fn tallies(&mut self) {
        let all: Vec<Reminded> = self.store.all().unwrap();
        let sent: u64 = all.iter().map(|reminded| reminded.tally.sent).sum();
        let noted = sent as usize + self.count.unnoted;
        assert_eq!(noted, self.count.sent, "seed {}", self.seed);
        for reminded in &all {
            assert_eq!(reminded.tally.done(), reminded.people, "seed {}", self.seed);
        }
        let (model, count) = (&self.model, &mut self.count);
        let left_out = model.times.iter().filter(|time| {
            let id = model.calendar.reminders[time.reminder].id.clone();
            !model.done.contains(&(id, time.date, model.meeting_id))
        });
        count.left_out += left_out.count();
    }

    fn something_happens(&mut self) {
        let who = self.luck.below(self.model.members.len() as u64) as usize;
        match self.luck.below(20) {
            0 | 1 => self.meets(),
            2 => {
                let hours = [1, 7, 30, 80][self.luck.below(4) as usize];
                self.say(format_args!("away for {hours} h"));
                self.away_until = Some(self.now + SignedDuration::from_hours(hours));
                self.held.clear();
                self.count.outages += 1;
            }
            3 => {
                let back = self.skew != SignedDuration::ZERO && !self.luck.one_in(3);
                let hours = self.luck.below(96) as i64 - 48;
                self.skew = if back {
                    SignedDuration::ZERO
                } else {
                    SignedDuration::from_hours(hours)
                };
                self.count.jumps += 1;
                self.say(format_args!("the clock is {:?} ahead", self.skew));
                // What was put off or is waited for was so by another time.
                if self.away_until.is_none() {
                    self.held.clear();
                    self.look_ahead();
                }
            }
            4 | 5 => {
                let minutes = [1, 40, 700, 3_000][self.luck.below(4) as usize];
                self.say(format_args!("told to wait {minutes} min"));
                self.waits_until = Some(self.now + SignedDuration::from_mins(minutes));
                self.count.waits += 1;
            }
            _ if self.away_until.is_some() => {}
            6 => self.suspend(),
            7 => self.person(who, "mutes", |person, _| person.muted = !person.muted),
            8..=10 => self.person(who, "blocks", |person, _| {
                person.unreachable = !person.unreachable;
            }),
            11 | 12 => self.person(who, "drafts", |person, now| {
                let given = Answer::Choice {
                    id: "land".to_owned(),
                    source: None,
                };
                let kept = person.state.draft().is_none().then(|| Draft {
                    begun_at: now,
                    answers: Answers([("topic".to_owned(), given)].into()),
                    revises: None,
                    beneath: None,
                });
                person.state = State::Menu { kept };
            }),
            13..=15 => self.submits(who),
            16 | 17 => self.answers(who),
            18 => self.withdraws(who),
            _ if self.luck.one_in(4) => self.forgets(who),
            _ => {}
        }
    }

    fn read(&self, who: usize) -> Option<Person> {
        self.store.person(ChatId(1_000 + who as i64)).unwrap()
    }

    fn person(&mut self, who: usize, what: &str, change: impl FnOnce(&mut Person, Timestamp)) {
        let Some(mut person) = self.read(who) else {
            return;
        };
        change(&mut person, self.clock());
        self.say(format_args!("{who} {what}"));
        let member = &mut self.model.members[who];
        member.muted = person.muted;
        member.unreachable = person.unreachable;
        member.draft_since = person.state.draft().map(|draft| draft.begun_at);
        self.change(|stage| stage.change(Change::Person(Box::new(person))));
    }

    fn suspend(&mut self) {
        let id = self.luck.below(self.model.organisations.len() as u64) as usize;
        let known = &mut self.model.organisations[id];
        known.suspended = !known.suspended;
        let suspended = known.suspended;
        self.say(format_args!("organisation {id} suspended: {suspended}"));
        self.change(|stage| {
            let known = stage.organisation(id as u64 + 1).unwrap();
            stage.change(Change::Organisation(Organisation { suspended, ..known }));
        });
    }

    fn submits(&mut self, who: usize) {
        let Some(mut person) = self.read(who) else {
            return;
        };
        self.say(format_args!("{who} submits"));
        let organisation = self.model.members[who].organisation;
        self.model.members[who].draft_since = None;
        self.model.organisations[organisation].raised += 1;
        person.state = State::Menu { kept: None };
        let (now, bits) = (self.clock(), self.luck.next());
        self.change(|stage| {
            let id = stage.fresh_id();
            stage.change(Change::Concern(Box::new(Concern {
                disclosure: Disclosure::Named,
                ..Concern::new(
                    id,
                    Receipt::from_random(bits),
                    organisation as u64 + 1,
                    person.number,
                    now,
                    Answers::default(),
                )
            })));
            stage.change(Change::Person(Box::new(person)));
        });
    }

    fn withdraws(&mut self, who: usize) {
        let Some(person) = self.read(who) else { return };
        let organisation = self.model.members[who].organisation;
        let mut withdrew = false;
        self.change(|stage| {
            let mut mine = stage.concerns_by(person.number).into_iter();
            if let Some(concern) = mine.find(|concern| concern.status != Status::Withdrawn) {
                withdrew = true;
                stage.change(Change::Withdrawn(Box::new(concern.withdrawn())));
            }
        });
        self.model.organisations[organisation].raised -= u32::from(withdrew);
    }

    fn answers(&mut self, who: usize) {
        let Some(meeting) = self.model.meeting.clone() else {
            return;
        };
        if self.read(who).is_none() {
            return;
        }
        let organisation = self.model.members[who].organisation;
        let comes: BTreeMap<Date, bool> = meeting
            .days
            .iter()
            .map(|day| (day.date, !self.luck.one_in(3)))
            .collect();
        self.say(format_args!(
            "organisation {organisation} answers {comes:?}"
        ));
        let now = self.clock();
        self.change(|stage| {
            let meeting = stage.meeting().unwrap().id;
            let people = comes.iter().map(|(date, comes)| (*date, u32::from(*comes)));
            stage.change(Change::Rsvp(Rsvp {
                meeting,
                organisation: organisation as u64 + 1,
                person: None,
                at: now,
                people: people.collect(),
            }));
        });
        self.model.organisations[organisation].rsvp = Some(comes);
    }

    fn forgets(&mut self, who: usize) {
        let Some(person) = self.read(who) else { return };
        self.say(format_args!("{who} is forgotten"));
        let mut stage = Stage::new(&self.store, self.clock()).unwrap();
        stage.change(Change::Forgotten(person.chat));
        let outcome = samleng::dialogue::Outcome {
            person: None,
            effects: Vec::new(),
            notices: Vec::new(),
        };
        stage.apply(person.chat, outcome).unwrap();
        let finished = stage.finish().unwrap();
        let (_, aftermath) = self.store.commit(finished).unwrap();
        if aftermath.calendar {
            self.look_ahead();
        }
        self.model.members[who].gone = true;
        // What was on its way to them goes with them.
        self.model.owed.retain(|(owed, ..)| *owed != who);
    }

    /// What the bot does at this instant.
    fn bot(&mut self) {
        if let Some(until) = self.away_until {
            if self.now < until {
                return;
            }
            self.away_until = None;
            self.held.clear();
            self.look_ahead();
            self.say("back");
        }
        self.ticks();
        while self.delivers() && self.away_until.is_none() {
            self.ticks();
        }
    }

    fn ticks(&mut self) {
        if self.away_until.is_some() {
            return;
        }
        let now = self.clock();
        if self.wakes_at.is_some_and(|at| at <= now) {
            if self.luck.one_in(12) {
                // It dies in the midst of it: nothing of this is on disk.
                self.dies();
                return;
            }
            let mut stage = Stage::new(&self.store, now).unwrap();
            let moment = Moment { now, random: 0 };
            let kept = reminding::keep(&self.forum, &mut stage, moment).unwrap();
            stage.apply_notices(Vec::new()).unwrap();
            for (chat, person, effect) in kept.effects {
                let effects = vec![effect];
                stage
                    .send(chat, person, false, Lane::Bulk, effects)
                    .unwrap();
            }
            let finished = stage.finish().unwrap();
            self.store.commit(finished).unwrap();
            self.look_ahead();
            assert!(
                self.wakes_at.is_none_or(|at| now < at),
                "seed {}: it would wake again at once",
                self.seed
            );
            self.say("ticks");
        }
        self.model.sees(now);
    }

    fn dies(&mut self) {
        let seconds = [1, 300, 12_000][self.luck.below(3) as usize];
        self.say("dies");
        self.count.deaths += 1;
        self.held.clear();
        self.away_until = Some(self.now + SignedDuration::from_secs(seconds));
    }

    /// Delivers one row, if one may go.
    fn delivers(&mut self) -> bool {
        if self.waits_until.is_some_and(|until| self.now < until) {
            return false;
        }
        self.waits_until = None;
        let now = self.clock();
        self.held.retain(|_, at| now < *at);
        let rows: Vec<Row> = self.store.all().unwrap();
        let Some(row) = rows.iter().find(|row| !self.held.contains_key(&row.id)) else {
            return false;
        };
        let Effect::Late(late @ Late::Reminder { meeting, id }) = row.effect else {
            panic!("only reminders are sent here");
        };
        let who = (row.chat.0 - 1_000) as usize;
        let stage = Stage::new(&self.store, now).unwrap();
        let reminded = stage.reminder(meeting, id).unwrap();
        let reader = self.store.person(row.chat).unwrap();
        let view = View {
            forum: &self.forum,
            world: &stage,
            now,
        };
        let made = late::make(late, row.chat, reader.as_ref(), view);
        stage.checked().unwrap();
        drop(stage);
        let key = (who, reminded.reminder.clone(), reminded.date, meeting);
        let ending = match made {
            Made::Later(at) => {
                self.held.insert(row.id, at);
                self.count.put_off += 1;
                return true;
            }
            Made::Message { .. } => {
                self.arrives(&key, now);
                if self.luck.one_in(15) {
                    // Sent, and nobody has noted it yet.
                    self.in_flight.insert(key);
                    self.count.unnoted += 1;
                    self.dies();
                    return true;
                }
                Ending::Sent
            }
            Made::Over(ending) => {
                self.is_over(&key, ending, now);
                ending
            }
            other @ (Made::Nothing
            | Made::File { .. }
            | Made::Link { .. }
            | Made::Links(_)
            | Made::Paper(..)) => {
                panic!("{other:?}")
            }
        };
        let mut stage = Stage::new(&self.store, now).unwrap();
        stage.settle(row.id);
        stage.reminded(meeting, id, ending).unwrap();
        let finished = stage.finish().unwrap();
        self.store.commit(finished).unwrap();
        let seconds = [0, 1, 60, 600][self.luck.below(4) as usize];
        self.now += SignedDuration::from_secs(seconds);
        true
    }

    /// A reminder has come: it must be owed, concern them, and come at the right time.
    fn arrives(&mut self, key: &Key, now: Timestamp) {
        self.say(format_args!("{} gets {} about {}", key.0, key.1, key.2));
        self.count.sent += 1;
        let why = format!("seed {}: {key:?} at {now}", self.seed);
        let times = self.model.came.entry(key.clone()).or_default();
        *times += 1;
        if self.in_flight.remove(key) {
            self.count.twice += 1;
        } else {
            assert_eq!(*times, 1, "{why}: twice");
            assert!(self.model.owed.remove(key), "{why}: nobody owes it");
        }
        let time = self.model.time(key);
        let time = time.unwrap_or_else(|| panic!("{why}: that date is no more"));
        assert!(time.due <= now, "{why}: too early, {time:?}");
        assert!(now < time.useless, "{why}: too late, {time:?}");
        assert!(!self.model.quiet(now), "{why}: in quiet hours");
        assert!(
            self.model.concerns(key.0, time),
            "{why}: it does not concern them"
        );
        assert!(!self.model.members[key.0].unreachable, "{why}: unreachable");
    }

    /// A reminder does not come: there must be a reason.
    fn is_over(&mut self, key: &Key, ending: Ending, now: Timestamp) {
        self.say(format_args!("{} does not get {}: {ending:?}", key.0, key.1));
        let why = format!("seed {}: {key:?} at {now}: {ending:?}", self.seed);
        let time = self.model.time(key);
        match ending {
            Ending::Spared => {
                self.count.spared += 1;
                assert!(
                    time.is_none_or(|time| !self.model.concerns(key.0, time)),
                    "{why}: it concerns them"
                );
            }
            Ending::Late => {
                self.count.late += 1;
                let time = time.unwrap_or_else(|| panic!("{why}: it has moved"));
                let mut morning = now;
                while self.model.quiet(morning) {
                    morning += SignedDuration::from_mins(1);
                }
                assert!(
                    time.useless <= morning.max(time.due),
                    "{why}: it is still of use, {time:?}"
                );
            }
            Ending::Unreachable => {
                self.count.unreachable += 1;
                let member = &self.model.members[key.0];
                assert!(
                    member.unreachable || member.gone,
                    "{why}: they can be reached"
                );
            }
            Ending::Sent => panic!("{why}"),
        }
        // One that came before the bot died is on its way no more.
        if !self.in_flight.remove(key) {
            assert!(self.model.owed.remove(key), "{why}: nobody owed it");
        }
    }
}
