//! One life: a plan is played, the bot lives in it, and everything is looked at.

mod count;
mod deeds;
mod end;
mod mishaps;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use samleng::dialogue::Person;
use samleng::dialogue::organising::promise::{OnPromise, Promised};
use samleng::dialogue::organising::{OfferRole, OnConcern, Order, Standing};
use samleng::domain::{
    Archive, Concern, Day, Localised, Meeting, Organisation, Promise, Report, Role, Status, Voice,
};
use samleng::emulator::Limits;
use samleng::emulator::local::Local;
use samleng::runtime::clock::Clock;
use samleng::runtime::random::Random;
use samleng::runtime::work::Work;
use samleng::store::kv::KvError;
use samleng::store::memory_kv::{Call, Fault, Lasting, MemoryKv, Moment};
use samleng::text::Forum;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

pub(super) use self::count::Count;
use super::bot::{Disk, Machine, Process};
use super::checks::Checks;
use super::copying::Copying;
use super::ledger::everybody_was_asked;
use super::people::{GROUP, ORGANISERS, Soul};
use super::plan::{Act, Plan, Planned, Step};
use super::wire::Wire;
use crate::in_memory::{english, forum, khmer};
use crate::luck::Luck;
use crate::support::TOKEN;

/// When every life begins.
pub(super) const BEGINS: &str = "2027-03-01T03:00:00Z";
/// How long it may take until everybody has their answer and nothing waits, once nothing goes wrong any more.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// How a life went, and the hash of everything that happened.
pub(super) struct Lived {
    pub(super) count: Count,
    pub(super) hash: u64,
}

/// Time passes only while everybody waits for it, and then at once.
pub(super) fn in_virtual_time<T>(life: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(life)
}

/// Plays a plan to its end. Panics where a promise is broken.
pub(super) fn live(plan: &Plan, aloud: bool) -> Lived {
    in_virtual_time(async {
        let mut life = Life::new(plan, aloud).await;
        life.machine.disk.kv.remember();
        for place in &plan.kept {
            life.step(plan.steps[*place]).await;
        }
        life.ends(plan.seed).await
    })
}

pub(super) struct Life {
    pub(super) machine: Machine,
    pub(super) local: Local,
    pub(super) wire: Arc<Wire>,
    process: Option<Process>,
    /// When the bot is started again, if it does not run.
    starts_at: Option<Instant>,
    /// When the network is back, if it is away.
    network_at: Option<Instant>,
    /// When the disk works again, if it does not.
    disk_at: Option<Instant>,
    /// The commit in which the bot is to die, and whether the power fails with it.
    dies_in: Option<(u64, bool)>,
    skew: SignedDuration,
    /// The latest that its clock showed before it jumped.
    furthest: Timestamp,
    pub(super) souls: Vec<Soul>,
    checks: Checks,
    copy: Option<Copying>,
    pub(super) luck: Luck,
    pub(super) count: Count,
}

/// An order: the concern stands there from now on.
fn stands(concern: &Concern, status: Status) -> Order {
    Order::Concern(OnConcern {
        receipt: concern.receipt,
        status: Some(status),
        into: None,
        reason: None,
        ask: None,
    })
}

/// The forum as it ships, read once.
pub(super) fn shipped() -> Arc<Forum> {
    static FORUM: OnceLock<Arc<Forum>> = OnceLock::new();
    Arc::clone(FORUM.get_or_init(|| Arc::new(forum())))
}

/// An emulator of its own, a disk, and a bot that is not started yet.
pub(super) fn machine(seed: u64, aloud: bool) -> (Machine, Local) {
    let begins: Timestamp = BEGINS.parse().unwrap();
    let clock = Clock::set(begins);
    let local = Local::alone(begins.as_millisecond(), Limits::Strict, TOKEN).unwrap();
    local.act("log", json!({"calls": false})).unwrap();
    // A press can be answered for as long as it can wait, and some more: what is tested is not whether the network is quick.
    local
        .act("expire", json!({"lifetime_seconds": 400}))
        .unwrap();
    let wire = Wire::new(local.clone(), clock.clone(), seed ^ 0x00F1_BE55, aloud);
    let disk = Disk::new();
    let machine = Machine {
        forum: shipped(),
        disk,
        wire,
        clock,
        random: Random::seeded(seed ^ 0x5EED_0FBA),
        folder: tempfile::tempdir().unwrap(),
    };
    (machine, local)
}

/// A life in which nothing goes wrong: the disk as it was when it began, and every update of it.
pub(super) fn recorded(seed: u64) -> (MemoryKv, Vec<Value>) {
    in_virtual_time(async {
        let mut plan = Plan::of(seed);
        plan.people = 5;
        let mut life = Life::new(&plan, false).await;
        let start = life.machine.disk.kv.copied();
        let before = life.local.updates(0)["next_id"].as_i64().unwrap();
        let acts = plan
            .steps
            .iter()
            .filter(|planned| matches!(planned.step, Step::Person(..)));
        for planned in acts.take(45) {
            life.step(*planned).await;
        }
        life.passes(Duration::from_secs(60)).await;
        let updates = life.local.updates(usize::MAX);
        let updates = updates["updates"].as_array().unwrap().iter();
        let updates = updates.map(|update| update["update"].clone());
        let updates = updates.filter(|update| update["update_id"].as_i64().unwrap() >= before);
        (start, updates.collect())
    })
}

impl Life {
    pub(super) async fn new(plan: &Plan, aloud: bool) -> Self {
        let (machine, local) = machine(plan.seed, aloud);
        let people = usize::from(plan.people) + ORGANISERS;
        let mut life = Self {
            wire: Arc::clone(&machine.wire),
            machine,
            local,
            process: None,
            starts_at: None,
            network_at: None,
            disk_at: None,
            dies_in: None,
            skew: SignedDuration::ZERO,
            furthest: Timestamp::UNIX_EPOCH,
            souls: (0..people)
                .map(|number| Soul::new(number, people))
                .collect(),
            checks: Checks::default(),
            copy: None,
            luck: Luck(plan.seed),
            count: Count::default(),
        };
        life.begins().await;
        life
    }

    /// The organisers are there, and the meeting is known; nothing goes wrong yet.
    async fn begins(&mut self) {
        let mut store = self.machine.disk.unlock().unwrap();
        store.keep_username("samleng_bot").unwrap();
        let link = store
            .owner_link(false, self.machine.clock.now())
            .unwrap()
            .unwrap();
        drop(store);
        for soul in &self.souls {
            soul.appear(&self.local);
        }
        self.starts();
        let (_, code) = link.split_once("start=").unwrap();
        self.souls[0].opens(&self.local, code, 0);
        self.passes(Duration::from_secs(2)).await;
        for number in 1..ORGANISERS {
            let role = if number == 1 {
                Role::Organiser
            } else {
                Role::Owner
            };
            let mut bits = [0; 16];
            bits[..8].copy_from_slice(&self.luck.next().to_be_bytes());
            let code = BASE64URL_NOPAD.encode(&bits);
            let offer = OfferRole {
                code: code.clone(),
                role,
                called: format!("Organiser {number}"),
                expires_at: self.machine.clock.now() + SignedDuration::from_hours(24),
            };
            self.order(Order::OfferRole(offer)).await.unwrap();
            self.souls[number].opens(&self.local, &code, 0);
        }
        self.passes(Duration::from_secs(2)).await;
        for number in 0..ORGANISERS {
            let mut luck = Luck(number as u64);
            self.souls[number].goes_on(&self.local, &mut luck, 0);
        }
        self.passes(Duration::from_secs(2)).await;
        let members: Vec<i64> = self.souls[..ORGANISERS]
            .iter()
            .map(|soul| soul.id)
            .collect();
        let group = json!({"id": GROUP, "title": "Organisers", "members": members, "bot": "member", "by": members[0]});
        self.local.act("group", group).unwrap();
        let bind = json!({"from": members[0], "chat": GROUP, "text": "/bind"});
        self.local.act("send", bind).unwrap();
        self.meets().await;
        // Those with a role are known before any of them can leave.
        self.checks
            .after_each(&self.machine, &self.souls, &mut self.count);
        // Some have joined already, and raised something.
        let joined = ORGANISERS..self.souls.len().min(ORGANISERS + 4);
        for _ in 0..18 {
            let at = self.wire.now_ms();
            for soul in &mut self.souls[joined.clone()] {
                soul.goes_on(&self.local, &mut self.luck, at);
            }
            self.passes(Duration::from_millis(1_200)).await;
        }
        let store = self.machine.disk.look().unwrap();
        let concerns: Vec<Concern> = store.all().unwrap();
        drop(store);
        for concern in concerns.iter().filter(|concern| concern.id % 3 != 0) {
            let approve = stands(concern, Status::Approved);
            self.order(approve).await.unwrap();
        }
        // Some are on the agenda, and about the first of them something was promised already.
        let may = |concern: &&Concern| {
            !concern.id.is_multiple_of(3) && concern.disclosure.lets_others_read()
        };
        let good = concerns.iter().filter(may);
        for (place, concern) in good.enumerate() {
            if self.luck.one_in(2) {
                continue;
            }
            self.order(stands(concern, Status::Agenda)).await.unwrap();
            if place == 0 {
                self.order(stands(concern, Status::Promised)).await.unwrap();
                self.is_promised(concern.id).await;
            }
        }
    }

    /// Something is promised about a concern, for one of the next days, or of those after the meeting: before it nothing is due.
    async fn is_promised(&mut self, concern: u64) {
        let zone = self.machine.forum.config.settings.zone.clone();
        let today = self.machine.clock.now().to_zoned(zone).date();
        let store = self.machine.disk.look();
        let meetings: Vec<Meeting> = store.and_then(|store| store.all()).unwrap_or_default();
        let held = meetings.iter().flat_map(|known| &known.days);
        let from = held.map(|day| day.date).fold(today, std::cmp::max);
        // Sometimes only once everything about people is erased.
        let erased = i64::from(self.machine.forum.config.settings.retention_days);
        let late = if self.luck.one_in(3) { erased + 4 } else { 0 };
        let due = from + (late + self.luck.below(3) as i64).days();
        let promised = Promised {
            concern: Some(concern),
            topic: String::new(),
            text: format!("It is done, says {}", self.luck.below(1_000)),
            owner: "The office".to_owned(),
            due: Some(due),
            meeting: None,
        };
        let runs = self.process.is_some();
        let order = Order::Promise(OnPromise::Make(promised));
        match self.order(order).await {
            Ok(_) => self.checks.ledger.made(true),
            // It was refused, or it is not known what became of it.
            Err(_) if runs => self.checks.ledger.made(false),
            Err(_) => {}
        }
    }

    /// What is known of the meeting from now on.
    async fn meets(&mut self) {
        let zone = TimeZone::get("Asia/Phnom_Penh").unwrap();
        let now = self.machine.clock.now();
        let today = now.to_zoned(zone).date();
        let first = today + (1 + self.luck.below(9) as i64).days();
        let days = (0..1 + self.luck.below(2) as i64).map(|after| Day {
            date: first + after.days(),
            time: Some(time(9, 0, 0, 0)),
        });
        let both = |text: &str| Localised::same([english(), khmer()], text);
        let meeting = Meeting {
            id: 0,
            title: both("Forum"),
            days: days.collect(),
            place: (!self.luck.one_in(3)).then(|| both("Hall")),
            deadline: (!self.luck.one_in(5))
                .then(|| now + SignedDuration::from_hours(3 + self.luck.below(150) as i64)),
            capacity: self.luck.one_in(2).then_some(40),
            people_at_most: Some(3),
            zone: None,
        };
        let _ = self.order(Order::Meeting(meeting)).await;
    }

    /// The organisers decide something on the command line.
    pub(super) async fn order(&mut self, order: Order) -> Result<Vec<String>, String> {
        let Some(process) = &self.process else {
            return Err("the bot does not run".to_owned());
        };
        let (done, mut hear) = oneshot::channel();
        process.works.send(Work::Order { order, done }).unwrap();
        self.writes().await;
        // A process that died with it has said nothing.
        hear.try_recv()
            .unwrap_or_else(|_| Err("it died".to_owned()))
    }

    fn starts(&mut self) {
        self.starts_at = None;
        match self.machine.start() {
            Ok(process) => {
                self.count.starts += 1;
                self.wire.trace("the bot starts");
                self.process = Some(process);
            }
            // As a service manager does.
            Err(_) => self.starts_at = Some(Instant::now() + Duration::from_secs(5)),
        }
    }

    /// The process ends as after `kill -9`, and is started again after a while.
    fn dies(&mut self, again_after: Duration) {
        self.wire.die();
        // Where the commit in which it is to die has not come, the next process dies in it: the disk waits for it as well.
        let commits = self.machine.disk.kv.calls().commits;
        self.dies_in = self.dies_in.filter(|(commit, _)| *commit > commits);
        self.checks.trouble(self.wire.now_ms(), self.wire.now_ms());
        if let Some(process) = self.process.take() {
            process.die();
            self.count.crashes += 1;
            self.wire.trace("the bot dies");
        }
        self.starts_at = Some(Instant::now() + again_after);
    }

    /// Does what the writer has to do, until everybody waits for time to pass.
    async fn writes(&mut self) {
        let mut idle = 0;
        while idle < 3 {
            let Some(process) = &mut self.process else {
                return;
            };
            let wrote = process.write();
            if self.wire.has_crashed() {
                let power = self.luck.one_in(3);
                return self.crashes(power);
            }
            if let Some((commit, power)) = self.dies_in
                && self.machine.disk.kv.calls().commits >= commit
            {
                return self.crashes(power);
            }
            idle = if wrote { 0 } else { idle + 1 };
            tokio::task::yield_now().await;
        }
    }

    fn crashes(&mut self, power: bool) {
        let pause = [200, 3_000, 40_000, 200_000][self.luck.below(4) as usize];
        self.dies(Duration::from_millis(pause));
        if power {
            self.count.cuts += 1;
            self.machine.disk.kv.cut_power(self.luck.one_in(2));
        }
    }

    /// So much time passes.
    pub(super) async fn passes(&mut self, time: Duration) {
        let until = Instant::now() + time;
        loop {
            self.writes().await;
            let now = Instant::now();
            if self.starts_at.is_some_and(|at| at <= now) {
                self.starts();
                continue;
            }
            if self.network_at.is_some_and(|at| at <= now) {
                self.network_at = None;
                self.wire.cut(false);
            }
            if self.disk_at.is_some_and(|at| at <= now) {
                self.disk_at = None;
                self.machine.disk.kv.mend();
            }
            if until <= now {
                return;
            }
            let looks_at = self.process.as_ref().and_then(|process| process.looks_at);
            let times = [
                self.starts_at,
                self.network_at,
                self.disk_at,
                // One that has to wait for something else is not waited for.
                looks_at.filter(|at| *at > now),
            ];
            let next = times.into_iter().flatten().min();
            let next = next.map_or(until, |next| next.min(until));
            tokio::select! {
                biased;
                () = self.wire.woken.notified() => {}
                () = tokio::time::sleep_until(next) => {}
            }
        }
    }

    async fn step(&mut self, planned: Planned) {
        self.passes(Duration::from_millis(planned.after_ms)).await;
        self.luck = Luck(planned.luck);
        self.count.steps += 1;
        self.wire.trace(planned.step);
        match planned.step {
            Step::Person(who, act) => {
                self.acts(usize::from(who), act);
                self.goes_on(usize::from(who), act).await;
            }
            Step::Order => self.decides().await,
            Step::Crash(after) => self.wire.crash_in(Some(after.into())),
            Step::CrashInCommit { applied, power } => {
                let next = self.machine.disk.kv.calls().commits + 1;
                self.disk_fails(Lasting::Once, applied);
                self.dies_in = Some((next, power));
            }
            Step::CrashInRebuild { swapped } => self.machine.disk.dies_in_rebuild(Some(swapped)),
            Step::Evening => {
                let zone = self.machine.forum.config.settings.zone.clone();
                let now = self.machine.clock.now().to_zoned(zone);
                let hours = (17 - i64::from(now.hour())).rem_euclid(24);
                self.clock_jumps(SignedDuration::from_hours(hours));
                self.passes(Duration::from_secs(3)).await;
                // Whoever was asked answers, or goes on with something else.
                let members = self.souls.len() - ORGANISERS;
                for _ in 0..members.min(6) {
                    let who = ORGANISERS + self.luck.below(members as u64) as usize;
                    self.acts(who, Act::Go);
                    self.passes(Duration::from_millis(700)).await;
                }
            }
            Step::Backup => {
                self.writes().await;
                if let Some(process) = &mut self.process {
                    self.copy = Copying::begin(&self.machine, process);
                }
            }
            Step::Pause => self.passes(Duration::from_secs(35 * 60)).await,
            Step::Erase => {
                let _ = self.order(Order::Erase).await;
            }
            Step::Restart => {
                if let Some(process) = &self.process {
                    process.stop();
                    self.passes(Duration::from_secs(4)).await;
                    self.dies(Duration::from_millis(100));
                }
            }
            Step::Disk { seconds, applied } => {
                self.count.faults += 1;
                let lasting = match seconds {
                    0 => Lasting::Once,
                    _ => Lasting::Forever,
                };
                self.disk_fails(lasting, applied);
                self.disk_at = Some(Instant::now() + Duration::from_secs(seconds.into()));
                let now = self.wire.now_ms();
                self.checks
                    .trouble(now, now + u64::from(seconds) * 1_000 + 6_000);
            }
            Step::Network(seconds) => {
                self.count.outages += 1;
                self.wire.cut(true);
                self.network_at = Some(Instant::now() + Duration::from_secs(seconds.into()));
            }
            Step::Fault(which) => self.call_fails(which),
            Step::Away(hours) => {
                self.count.outages += 1;
                self.dies(Duration::from_secs(3_600 * u64::from(hours)));
                let before = Duration::from_secs(1 + self.luck.below(100));
                let most = Duration::from_secs(3_600 * u64::from(hours)).saturating_sub(before);
                // The last of it passes while people go on.
                self.passes(most).await;
            }
            Step::Clock(hours) => self.clock_jumps(SignedDuration::from_hours(hours.into())),
            Step::Redeliver(count) => {
                self.count.redelivered += usize::from(count);
                self.local.act("redeliver", json!({"last": count})).unwrap();
            }
            Step::Quiet => self.is_quiet().await,
        }
        self.copies().await;
        self.checks
            .after_each(&self.machine, &self.souls, &mut self.count);
    }

    /// A backup that is under way gets its next piece.
    async fn copies(&mut self) {
        let Some(mut copy) = self.copy.take_if(|copy| !copy.is_whole()) else {
            return;
        };
        let piece = self.process.as_ref().and_then(Copying::ask);
        self.writes().await;
        if let Some((piece, process)) = piece.zip(self.process.as_ref())
            && copy.takes(piece, process)
        {
            self.count.copied += usize::from(copy.is_whole());
            self.copy = Some(copy);
        }
    }
}
