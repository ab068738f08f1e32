//! What the organisers decide in between.

use super::*;

impl<'f> Talk<'f> {
    /// The organisers decide something, which may be refused.
    pub(super) fn order(&mut self, order: Order) {
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

    pub(super) fn decide(&mut self, decision: &Decision) {
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
    pub(super) fn begin(&mut self, start: Start) {
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

    pub(super) fn join(&mut self, who: usize, name: usize) {
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
}

/// A few organisations, of one of which the place is not known.
pub(super) fn registry() -> Vec<Registered> {
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
pub(super) fn meeting(days: usize, deadline: Option<Timestamp>) -> Meeting {
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
