//! Seven organisations, of which six are behind a concern, and a meeting that is over.

use super::*;

pub(super) fn answers(title: &str) -> Answers {
    let choice = |id: &str| Answer::Choice {
        id: id.to_owned(),
        source: None,
    };
    let story = vec![
        Part {
            source: MessageId(2),
            content: PartContent::Text("Since May".to_owned()),
        },
        Part {
            source: MessageId(3),
            content: PartContent::Voice {
                file: FileRef {
                    id: "AwADvoice".to_owned(),
                    size: Some(20_000),
                    kept: Some(900),
                },
                seconds: 42,
            },
        },
    ];
    let title = Answer::Text {
        text: title.to_owned(),
        source: MessageId(1),
    };
    Answers(
        [
            (question::TOPIC, choice("land")),
            (question::PLACE, choice("kandal")),
            (question::TITLE, title),
            (question::STORY, Answer::Story(story)),
            (question::DISCLOSURE, choice("named")),
        ]
        .map(|(id, answer)| (id.to_owned(), answer))
        .into(),
    )
}

pub(super) fn concern(id: u64, organisation: u64, status: Status, into: Option<u64>) -> Concern {
    Concern {
        status,
        disclosure: Disclosure::Named,
        into,
        before: into.map(|_| Status::Approved),
        ..Concern::new(
            id,
            Receipt::from_random(id),
            organisation,
            organisation,
            at("2027-01-10T03:00:00Z"),
            answers("The road"),
        )
    }
}

pub(super) fn meeting(day: Date) -> Meeting {
    Meeting {
        id: 0,
        title: names("Third meeting"),
        days: vec![Day {
            date: day,
            time: None,
        }],
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
    }
}

impl Played {
    pub(super) fn new() -> Self {
        let mut forum = forum();
        // Nothing is erased while this is played.
        forum.config.settings.retention_days = 0;
        let mut played = Self {
            forum,
            world: MemoryWorld::default(),
        };
        played.change(|stage| {
            // Beyond the ids that are named here.
            stage.meta.next_id = 2_000;
            for id in ALL {
                stage.change(Change::Organisation(Organisation {
                    id,
                    name: names(&format!("Circle {id}")),
                    place: ["kandal", "kep"][id as usize % 2].to_owned(),
                    verified: true,
                    number: None,
                    suspended: id == SUSPENDED,
                }));
                stage.change(Change::Person(Box::new(Person {
                    language: Some(english()),
                    membership: Some(Membership {
                        organisation: id,
                        agreed_at: at("2027-01-01T00:00:00Z"),
                        invitation: None,
                    }),
                    muted: id == MUTED,
                    unreachable: id == UNREACHABLE,
                    screen: 3,
                    state: State::Menu { kept: None },
                    ..Person::new(id, chat(id))
                })));
            }
            stage.change(Change::Concern(Box::new(concern(
                WHOLE,
                RAISED,
                Status::Agenda,
                None,
            ))));
            let part = concern(PART, OF_PART, Status::Merged, Some(WHOLE));
            stage.change(Change::Concern(Box::new(part)));
            for organisation in [SUPPORTS, SUSPENDED, MUTED, UNREACHABLE] {
                stage.change(Change::Endorsed(Endorsement {
                    concern: WHOLE,
                    organisation,
                    person: Some(organisation),
                    at: at("2027-01-11T00:00:00Z"),
                }));
            }
            stage.change(Change::Attachment(Attachment {
                id: 900,
                concern: WHOLE,
                organisation: RAISED,
                sent_as: SentAs::Voice,
                whereabouts: Whereabouts::Refused,
                transcript: Some(Transcript {
                    text: "Since May nobody can pass".to_owned(),
                    by: None,
                    at: at("2027-01-12T00:00:00Z"),
                    approved: true,
                }),
            }));
        });
        played
            .order(Order::Meeting(meeting(date(2027, 4, 17))))
            .unwrap();
        played
    }

    pub(super) fn change(&mut self, change: impl FnOnce(&mut Stage<'_>)) {
        self.world
            .change(&self.forum, at("2027-01-13T00:00:00Z"), |stage| {
                change(stage);
                Vec::new()
            });
    }

    pub(super) fn order(&mut self, order: Order) -> Result<organising::Done, String> {
        let moment = moment(at("2027-04-17T05:00:00Z"));
        self.world.order(order, &self.forum, moment)
    }

    pub(super) fn status(&mut self, id: u64, status: Status) {
        let order = OnConcern {
            receipt: Receipt::from_random(id),
            status: Some(status),
            into: None,
            reason: None,
            ask: None,
        };
        self.order(Order::Concern(order)).unwrap();
    }

    /// Something is promised about the concern; which promise it is.
    pub(super) fn promise(&mut self, due: Option<Date>) -> u64 {
        self.status(WHOLE, Status::Promised);
        let made = self.order(Order::Promise(OnPromise::Make(promised(Some(WHOLE), due))));
        made.unwrap().made.unwrap()
    }

    pub(super) fn known(&self, id: u64) -> Promise {
        let mut all = self.world.store.all::<Promise>().unwrap().into_iter();
        all.find(|promise| promise.id == id).unwrap()
    }

    pub(super) fn due(&mut self, id: u64, due: Date) {
        let promise = self.known(id);
        let seen = promise.version;
        let promised = Promised {
            due: Some(due),
            ..Promised::of(&promise)
        };
        self.order(Order::Promise(OnPromise::Change { id, seen, promised }))
            .unwrap();
    }

    pub(super) fn reports(&self) -> Vec<Report> {
        self.world.store.all().unwrap()
    }

    /// What is due by the clock is done; who is asked what became of a promise.
    pub(super) fn keep(&mut self, now: Timestamp) -> Vec<ChatId> {
        let (kept, _) = self.world.keep(&self.forum, moment(now));
        let effects = kept
            .map(|kept| kept.effects)
            .unwrap_or_default()
            .into_iter();
        let asked =
            effects.filter(|(_, _, effect)| matches!(effect, Effect::Late(Late::Asked { .. })));
        asked.map(|(chat, _, _)| chat).collect()
    }

    pub(super) fn event(&mut self, who: u64, event: Event, now: Timestamp) -> Outcome {
        let outcome = self.world.step(chat(who), event, &self.forum, moment(now));
        check_sendable(&outcome);
        outcome
    }

    pub(super) fn press(&mut self, who: u64, press: Press, now: Timestamp) -> Outcome {
        let event = Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(50)),
            data: press.write(),
        };
        self.event(who, event, now)
    }

    pub(super) fn say(&mut self, who: u64, content: Content, now: Timestamp) -> Outcome {
        let id = MessageId(60);
        self.event(who, Event::Message { id, content }, now)
    }

    /// Presses what their screen offers.
    pub(super) fn on_screen(&mut self, who: u64, action: Action, now: Timestamp) -> Outcome {
        let screen = self.world.person(chat(who)).unwrap().screen;
        self.press(who, Press::Screen(screen, action), now)
    }

    pub(super) fn offers(&self, who: u64, now: Timestamp) -> Vec<Action> {
        let person = self.world.person(chat(who)).unwrap();
        let screen = self.world.screen(&person, &self.forum, now);
        let rows = screen.rows.into_iter().flatten();
        rows.map(|(_, action)| action).collect()
    }
}

pub(super) fn promised(concern: Option<u64>, due: Option<Date>) -> Promised {
    Promised {
        concern,
        topic: String::new(),
        text: "The road is mended".to_owned(),
        owner: "Department of Roads".to_owned(),
        due,
        meeting: None,
    }
}

/// An instant in the forum's time zone.
pub(super) fn local(forum: &Forum, day: Date, hour: i8) -> Timestamp {
    let at = day
        .at(hour, 0, 0, 0)
        .to_zoned(forum.config.settings.zone.clone());
    at.unwrap().timestamp()
}
