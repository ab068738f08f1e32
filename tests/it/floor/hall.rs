//! Two organisers at the floor of a meeting, in memory.

use std::collections::BTreeMap;

use samleng::dialogue::desk::FloorDesk;
use samleng::dialogue::organising::Order;
use samleng::dialogue::{Action, Desk, World as _};
use samleng::dialogue::{Change, Effect, Event, Moment, Person, Press, State, Tap, Visit};
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, ChatId, Concern, Disclosure, FloorEntry, Localised, Meeting, MessageId,
    Receipt, Role, Status,
};
use samleng::text::Forum;

use super::at;
use crate::in_memory::{MemoryWorld, check_sendable, english, forum};

/// The concerns on the agenda; the last is part of the first.
pub(super) const CONCERNS: [u64; 4] = [101, 102, 103, 104];
pub(super) const CHATS: [ChatId; 2] = [ChatId(7_900_000_000_001), ChatId(7_900_000_000_002)];
pub(super) const AUTHOR: ChatId = ChatId(7_900_000_000_009);

pub(super) fn concern(id: u64) -> Concern {
    let title = Answer::Text {
        text: format!("Concern {id}"),
        source: MessageId(1),
    };
    Concern {
        status: Status::Agenda,
        disclosure: Disclosure::Named,
        ..Concern::new(
            id,
            Receipt::from_random(id * 0x1_2345_6789),
            8,
            9,
            at(0),
            Answers(BTreeMap::from([(question::TITLE.to_owned(), title)])),
        )
    }
}

/// Two organisers at the floor of a meeting.
pub(super) struct Hall {
    pub(super) forum: Forum,
    pub(super) world: MemoryWorld,
    pub(super) meeting: u64,
    /// Every button that each of them has seen, oldest first.
    pub(super) buttons: [Vec<String>; 2],
    pub(super) second: i64,
    pub(super) messages: i32,
    /// What was sent to whoever did something last.
    pub(super) said: String,
}

impl Hall {
    pub(super) fn new() -> Self {
        let forum = forum();
        let mut world = MemoryWorld::default();
        let known = Meeting {
            id: 0,
            title: Localised::same([english()], "Third meeting"),
            days: Vec::new(),
            place: None,
            deadline: None,
            capacity: None,
            people_at_most: None,
            zone: None,
        };
        let moment = Moment {
            now: at(0),
            random: 1,
        };
        let order = Order::Meeting(known);
        let meeting = world.order(order, &forum, moment).unwrap().made.unwrap();
        world.change(&forum, at(0), |stage| {
            for id in CONCERNS {
                let whole = (id == 104).then_some(101);
                stage.change(Change::Concern(Box::new(Concern {
                    status: whole.map_or(Status::Agenda, |_| Status::Merged),
                    before: whole.map(|_| Status::Approved),
                    into: whole,
                    ..concern(id)
                })));
            }
            stage.change(Change::Person(Box::new(Person {
                language: Some(english()),
                ..Person::new(9, AUTHOR)
            })));
            Vec::new()
        });
        for (number, chat) in (1..).zip(CHATS) {
            let person = Person {
                language: Some(english()),
                role: Some(Role::Organiser),
                called: Some(format!("Organiser {number}")),
                state: State::Visit {
                    kept: None,
                    visit: Visit::Desk(Desk::Floor(FloorDesk::Floor)),
                },
                ..Person::new(number, chat)
            };
            world.put(person, at(0));
        }
        let mut hall = Self {
            forum,
            world,
            meeting,
            buttons: Default::default(),
            second: 0,
            messages: 0,
            said: String::new(),
        };
        for who in 0..2 {
            hall.look(who);
        }
        hall
    }

    pub(super) fn log(&self) -> Vec<FloorEntry> {
        self.world.store.all().unwrap()
    }

    pub(super) fn concerns(&self) -> BTreeMap<u64, Concern> {
        let all = self.world.concerns().into_iter();
        all.map(|concern| (concern.id, concern)).collect()
    }

    /// What one of them sees now; its buttons may be pressed at any time from here on.
    pub(super) fn look(&mut self, who: usize) {
        let person = self.world.person(CHATS[who]).unwrap();
        let screen = self.world.screen(&person, &self.forum, at(self.second));
        let buttons = screen.buttons(person.screen).into_iter().flatten();
        self.buttons[who].extend(buttons.map(|button| button.data));
    }

    pub(super) fn event(&mut self, who: usize, event: Event) -> usize {
        self.second += 7;
        let moment = Moment {
            now: at(self.second),
            random: self.second as u128,
        };
        let outcome = self.world.step(CHATS[who], event, &self.forum, moment);
        check_sendable(&outcome);
        self.said = format!("{:?}", outcome.effects);
        self.world.late.clear();
        let toast = |effect: &Effect| matches!(effect, Effect::Toast { .. });
        assert!(outcome.effects.iter().any(toast) || !outcome.effects.is_empty());
        let heard = outcome
            .notices
            .iter()
            .filter(|notice| notice.chat == AUTHOR);
        heard.count()
    }

    pub(super) fn press(&mut self, who: usize, data: &str) -> usize {
        let press = Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(1)),
            data: data.to_owned(),
        };
        self.event(who, press)
    }

    pub(super) fn say(&mut self, who: usize, words: &str) {
        self.messages += 1;
        let message = Event::Message {
            id: MessageId(self.messages),
            content: samleng::dialogue::Content::Text(words.to_owned()),
        };
        self.event(who, message);
    }

    /// The data of the button that one of them sees with this on it.
    pub(super) fn tap(&self, who: usize, wanted: &str) -> String {
        let person = self.world.person(CHATS[who]).unwrap();
        let screen = self.world.screen(&person, &self.forum, at(self.second));
        let mut buttons = screen.rows.into_iter().flatten();
        let (_, action) = buttons.find(|(label, _)| label.contains(wanted)).unwrap();
        if let Action::Desk(Tap::Floor(tap)) = action {
            Press::Floor(tap).write()
        } else {
            Press::Screen(person.screen, action).write()
        }
    }

    /// What one of them reads.
    pub(super) fn reads(&self, who: usize) -> String {
        let person = self.world.person(CHATS[who]).unwrap();
        let screen = self.world.screen(&person, &self.forum, at(self.second));
        screen.html.as_str().to_owned()
    }
}
