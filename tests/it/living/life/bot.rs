//! What the bot does, and what reaches people.

use super::*;

impl Life {
    /// What the bot does at this instant.
    pub(super) fn bot(&mut self) {
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

    pub(super) fn ticks(&mut self) {
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

    pub(super) fn dies(&mut self) {
        let seconds = [1, 300, 12_000][self.luck.below(3) as usize];
        self.say("dies");
        self.count.deaths += 1;
        self.held.clear();
        self.away_until = Some(self.now + SignedDuration::from_secs(seconds));
    }

    /// Delivers one row, if one may go.
    pub(super) fn delivers(&mut self) -> bool {
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
    pub(super) fn arrives(&mut self, key: &Key, now: Timestamp) {
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
}
