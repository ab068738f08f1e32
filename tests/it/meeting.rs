//! What is known of a meeting after it, and the next one, at an organiser's desk.

use jiff::Timestamp;
use jiff::civil::date;
use samleng::dialogue::organising::Order;
use samleng::dialogue::{Content, Event, Moment, Person, Press, World as _};
use samleng::domain::{ChatId, Day, Localised, Meeting, MessageId, Role};
use samleng::store::Stage;
use samleng::text::Forum;

use crate::in_memory::{MemoryWorld, english, forum};

const CHAT: ChatId = ChatId(7_900_000_000_001);

struct Desk {
    forum: Forum,
    world: MemoryWorld,
    now: Timestamp,
}

impl Desk {
    /// The day after the meeting, which has this id.
    fn after_the_meeting() -> (Self, u64) {
        let forum = forum();
        let mut world = MemoryWorld::default();
        let known = Meeting {
            id: 0,
            title: Localised::same(forum.words.languages(), "Third meeting"),
            days: vec![Day {
                date: date(2027, 1, 17),
                time: None,
            }],
            place: None,
            deadline: None,
            capacity: None,
            people_at_most: None,
            zone: None,
        };
        let before: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let moment = Moment {
            now: before,
            random: 1,
        };
        let made = world.order(Order::Meeting(known), &forum, moment).unwrap();
        let organiser = Person {
            language: Some(english()),
            role: Some(Role::Organiser),
            called: Some("Organiser 1".to_owned()),
            ..Person::new(1, CHAT)
        };
        world.put(organiser, before);
        let now = "2027-01-18T03:00:00Z".parse().unwrap();
        (Self { forum, world, now }, made.made.unwrap())
    }

    fn step(&mut self, event: Event) {
        let moment = Moment {
            now: self.now,
            random: 2,
        };
        self.world.step(CHAT, event, &self.forum, moment);
    }

    fn say(&mut self, text: &str) {
        let content = Content::Text(text.to_owned());
        let id = MessageId(1_000);
        self.step(Event::Message { id, content });
    }

    fn press(&mut self, label: &str) {
        let person = self.world.person(CHAT).unwrap();
        let screen = self.world.screen(&person, &self.forum, self.now);
        let mut buttons = screen.rows.into_iter().flatten();
        let (_, action) = buttons.find(|(shown, _)| shown.contains(label)).unwrap();
        self.step(Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(1)),
            data: Press::Screen(person.screen, action).write(),
        });
    }

    fn known(&self) -> Meeting {
        let stage = Stage::new(&self.world.store, self.now).unwrap();
        stage.meeting().unwrap()
    }
}

#[test]
fn the_last_meeting_is_put_right_and_stays_itself() {
    let (mut desk, id) = Desk::after_the_meeting();
    desk.say("/meeting");
    desk.press("Edit the meeting");
    desk.press("Put the last meeting right");
    desk.press("Where");
    desk.say("Kampot");
    desk.press("Save");
    let known = desk.known();
    assert_eq!(known.id, id);
    assert_eq!(known.place.unwrap().get(english()), "Kampot");
    assert_eq!(known.days.len(), 1);
}

#[test]
fn another_day_makes_another_meeting() {
    let (mut desk, id) = Desk::after_the_meeting();
    desk.say("/meeting");
    desk.press("Edit the meeting");
    desk.press("When");
    desk.say("2027-05-20");
    desk.press("Save");
    let known = desk.known();
    assert_ne!(known.id, id);
    assert_eq!(known.days[0].date, date(2027, 5, 20));
}
