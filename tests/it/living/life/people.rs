//! What people do.

use super::*;

impl Life {
    pub(super) fn people(&mut self) {
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
    pub(super) fn meets(&mut self) {
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

    pub(super) fn something_happens(&mut self) {
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

    pub(super) fn read(&self, who: usize) -> Option<Person> {
        self.store.person(ChatId(1_000 + who as i64)).unwrap()
    }

    pub(super) fn person(
        &mut self,
        who: usize,
        what: &str,
        change: impl FnOnce(&mut Person, Timestamp),
    ) {
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

    pub(super) fn suspend(&mut self) {
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

    pub(super) fn submits(&mut self, who: usize) {
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

    pub(super) fn withdraws(&mut self, who: usize) {
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

    pub(super) fn answers(&mut self, who: usize) {
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

    pub(super) fn forgets(&mut self, who: usize) {
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
}
