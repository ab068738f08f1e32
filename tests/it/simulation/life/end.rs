//! How a life comes to rest, and to its end: everybody has their answer, nothing waits, and everything holds.

use super::*;

impl Life {
    /// Nothing goes wrong any more; once everything is done that was to be done, everything is looked at.
    pub(super) async fn is_quiet(&mut self) {
        self.count.quiets += 1;
        self.local.act("fault", json!({"clear": true})).unwrap();
        self.machine.disk.kv.mend();
        self.disk_at = None;
        // Of a crash that was to come nothing comes.
        self.dies_in = None;
        self.wire.crash_in(None);
        if self.network_at.take().is_some() {
            self.wire.cut(false);
        }
        if self.process.is_none() {
            self.starts_at = Some(Instant::now());
        }
        let begun = Instant::now();
        loop {
            self.passes(Duration::from_secs(2)).await;
            if begun.elapsed() > Duration::from_secs(70)
                && self.checks.is_over(&self.machine, &self.local)
            {
                break;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "it never comes to an end: {}",
                self.checks.what_waits(&self.machine, &self.local)
            );
        }
        self.checks
            .after_each(&self.machine, &self.souls, &mut self.count);
        self.checks
            .when_quiet(&self.machine, &self.local, &self.souls, &mut self.count);
    }

    /// The meeting passes, and all the time for which people's words are kept.
    pub(super) async fn is_over(&mut self) {
        let settings = self.machine.forum.config.settings.clone();
        let meetings: Vec<Meeting> = self.machine.disk.look().unwrap().all().unwrap();
        let meeting = meetings.into_iter().next();
        let ends = meeting
            .as_ref()
            .and_then(|known| known.ends_at(&settings.zone));
        // Everything was erased before.
        let Some((meeting, ends)) = meeting.zip(ends) else {
            return;
        };
        let kept = i64::from(settings.retention_days);
        // Something is promised meanwhile, an owner is warned, and it is over. Who agreed to be asked later is.
        // What is promised is due in half a year or in a year.
        let asked = [9, 100, 280].map(|days| kept + days);
        let after = [3, 9, 45, 100, 140, 280, 320].map(|days| kept + days);
        for day in [2, kept - 1, kept + 1].into_iter().chain(after) {
            let store = self.machine.disk.look().unwrap();
            let promises: Vec<Promise> = store.all().unwrap();
            let meetings: Vec<Meeting> = store.all().unwrap();
            drop(store);
            let followed = promises
                .iter()
                .filter(|promise| promise.followed_until.is_some());
            // A bot that was dead when it should have warned the owners warns them late, and erases a day after that.
            let goes_on = match day - kept {
                ..=1 => true,
                2..=3 => !meetings.is_empty(),
                _ => followed.clone().count() > 0,
            };
            if !goes_on {
                continue;
            }
            self.count.followed += followed.count();
            let then = ends + SignedDuration::from_hours(24 * day + 17);
            let now = self.machine.clock.now();
            self.machine.clock.shift(then.duration_since(now));
            match self.luck.below(4) {
                0 => self.wire.crash_in(Some(self.luck.below(8) as u32)),
                1 => {
                    let next = self.machine.disk.kv.calls().commits + 1 + self.luck.below(3);
                    self.dies_in = Some((next, self.luck.one_in(2)));
                }
                2 => self.machine.disk.dies_in_rebuild(Some(self.luck.one_in(2))),
                _ => {}
            }
            // An erasure is due for ten seconds before it is done.
            self.passes(Duration::from_secs(20)).await;
            self.is_quiet().await;
            if day == 2 || asked.contains(&day) {
                let store = self.machine.disk.look().unwrap();
                self.count.asked += everybody_was_asked(&store, &self.machine);
                drop(store);
                self.everybody_answers().await;
            }
            if day == 2 {
                self.most_agree().await;
            }
        }
        let store = self.machine.disk.look().unwrap();
        let archives: Vec<Archive> = store.all().unwrap();
        let kept = archives
            .iter()
            .find(|known| known.meeting == Some(meeting.id));
        assert!(kept.is_some(), "a meeting was not erased: {meeting:?}");
        let others: Vec<Person> = store.all().unwrap();
        // Whoever pressed something since is a stranger of whom nothing is known.
        let others = others
            .iter()
            .filter(|one| one.role.is_none() && one.language.is_some());
        let others: Vec<_> = others.collect();
        let promises: Vec<Promise> = store.all().unwrap();
        let followed: Vec<_> = promises
            .iter()
            .filter(|one| one.followed_until.is_some())
            .collect();
        assert!(
            followed.is_empty(),
            "somebody is kept too long: {followed:?}"
        );
        assert!(others.is_empty(), "somebody is still known: {others:?}");
    }

    /// Whoever was asked what became of a promise says so; the bot may die meanwhile.
    async fn everybody_answers(&mut self) {
        if self.luck.one_in(3) {
            self.wire.crash_in(Some(self.luck.below(4) as u32));
        }
        let at = self.wire.now_ms();
        let Self {
            souls, local, luck, ..
        } = self;
        for soul in &mut souls[ORGANISERS..] {
            soul.answers(local, luck, at);
        }
        self.passes(Duration::from_secs(5)).await;
        self.is_quiet().await;
        let store = self.machine.disk.look().unwrap();
        let voices: Vec<Voice> = store.all().unwrap();
        let said = voices.iter().filter(|voice| voice.said.is_some());
        self.count.reported += store.all::<Report>().unwrap().len() + said.count();
    }

    /// Most of those behind what is promised for later agree to be asked then.
    async fn most_agree(&mut self) {
        for who in ORGANISERS..self.souls.len() {
            if self.luck.one_in(4) {
                continue;
            }
            let at = self.wire.now_ms();
            let Self {
                souls, local, luck, ..
            } = self;
            souls[who].agrees(local, luck, at);
            self.goes_on(who, Act::Errand).await;
        }
    }

    pub(super) async fn ends(mut self, seed: u64) -> Lived {
        self.is_quiet().await;
        self.luck = Luck(seed ^ 0x0E2D);
        // Whatever was held for the night comes in the morning, and nothing is left.
        self.clock_jumps(-self.skew);
        let zone = TimeZone::get("Asia/Phnom_Penh").unwrap();
        let now = self.machine.clock.now();
        let morning = self.furthest.max(now).to_zoned(zone).date() + 1.day();
        let morning = morning.to_datetime(time(9, 30, 0, 0));
        let morning = morning.in_tz("Asia/Phnom_Penh").unwrap().timestamp();
        self.machine.clock.shift(morning.duration_since(now));
        self.is_quiet().await;
        self.checks.at_the_end(&self.machine);
        self.checks.tally(&self.machine, &mut self.count);
        let copy = self.copy.take_if(|copy| copy.is_whole());
        if let Some(copy) = copy.filter(|_| self.luck.one_in(2)) {
            copy.restored(&self.machine, &self.checks.erased);
        }
        if self.luck.one_in(3) {
            self.is_over().await;
        }
        // What was erased may stay on the disk for half an hour, and for ten minutes where a rebuild was cut short.
        self.passes(Duration::from_secs(45 * 60)).await;
        self.is_quiet().await;
        self.checks.remaining(&self.machine, &mut self.count);
        self.count.calls = self.wire.calls();
        if let Some(process) = self.process.take() {
            process.die();
        }
        Lived {
            count: self.count,
            hash: self.wire.hash(),
        }
    }
}
