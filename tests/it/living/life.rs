//! One life: what happens, by luck, and the bot in it.

mod bot;
mod people;

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
