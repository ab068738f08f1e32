//! The conversation under any sequence of events, against a small reference model.
//!
//! After each event it must hold: the saved answers are those that the reference expects; everything but a block is
//! answered; what is sent can be sent; a press that is not offered changes nothing; the record is what is read back.
//! After each sequence: there is a way to the menu or to a receipt.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;
use samleng::dialogue::{
    self, Action, Change, Content, Effect, Event, Media, Moment, Other, Outcome, Person, Press,
    State, World as _, screen,
};
use samleng::domain::concern::question;
use samleng::domain::{Answer, Answers, ChatId, FileRef, MessageId, Part, PartContent};
use samleng::text::Forum;
use samleng::text::clean::{clean, clean_line};

use crate::in_memory::{MemoryWorld, check_sendable, forum, is_seen, longer_forum, runner, stored};

/// Something that happens, before it is known what the screen offers.
#[derive(Clone, Debug)]
enum Op {
    /// The button so many places on, of those that the screen offers.
    Press(usize),
    /// Data that the screen of so many steps ago offered.
    Old(usize, usize),
    /// Made-up data.
    Forged(String),
    /// An action that the current screen may not offer, with its number.
    Wanted(usize),
    Text(String),
    Command(&'static str),
    File(u8, Option<String>),
    Other(Other),
    /// Another text or file for one of the messages sent before.
    Edit(usize, Option<String>, bool),
    Unreadable,
    Blocked(bool),
    OwnerLink,
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("A wall across the fields".to_owned()),
        2 => Just("តាំងពីខែឧសភា មានរបងកាត់ស្រែ".to_owned()),
        1 => Just("\u{200B}\u{200B}".to_owned()),
        1 => Just("<b>&lt;unclosed & \u{202E}turned".to_owned()),
        1 => Just("😀".repeat(4_096)),
        1 => Just("ក្រុម".repeat(800)),
        1 => Just("a\n".repeat(2_000)),
        1 => Just(format!("a{}b", "\u{200B}".repeat(4_090))),
        2 => Just("kandal".to_owned()),
        2 => Just("land".to_owned()),
        2 => Just("Named".to_owned()),
        2 => Just("english".to_owned()),
        2 => Just("១២០".to_owned()),
        1 => Just("99999".to_owned()),
        1 => "\\PC{0,40}",
        1 => Just(String::new()),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let other = prop_oneof![
        Just(Other::Video),
        Just(Other::Audio),
        Just(Other::Contact),
        Just(Other::Thing)
    ];
    let command = prop_oneof![
        Just("/start"),
        Just("/start wrong"),
        Just("/menu"),
        Just("/help"),
        Just("/privacy"),
        Just("/language"),
        Just("/cancel"),
        Just("/digest"),
        Just("/what"),
        Just("/")
    ];
    let forged = prop_oneof![
        Just("1:submit".to_owned()),
        Just("digest:shared.json".to_owned()),
        Just("digest:organisers.messages".to_owned()),
        Just(String::new()),
        "[0-9]{1,12}:[a-z]{1,9}(\\.[a-z-]{0,12})?",
        "\\PC{0,64}",
    ];
    let op = prop_oneof![
        30 => any::<usize>().prop_map(Op::Press),
        // Most sequences should come far into the form.
        16 => Just(Op::Press(0)),
        3 => (1usize..5, any::<usize>()).prop_map(|(age, n)| Op::Old(age, n)),
        2 => forged.prop_map(Op::Forged),
        4 => any::<usize>().prop_map(Op::Wanted),
        16 => words().prop_map(Op::Text),
        5 => command.prop_map(Op::Command),
        8 => (0u8..3, proptest::option::of(words()))
            .prop_map(|(kind, caption)| Op::File(kind, caption)),
        2 => other.prop_map(Op::Other),
        6 => (0usize..8, proptest::option::of(words()), any::<bool>())
            .prop_map(|(which, words, file)| Op::Edit(which, words, file)),
        1 => Just(Op::Unreadable),
        1 => any::<bool>().prop_map(Op::Blocked),
        1 => Just(Op::OwnerLink),
    ];
    proptest::collection::vec(op, 1..70)
}

/// Every action that there is, with arguments that fit somewhere.
fn all_actions(forum: &Forum) -> Vec<Action> {
    let mut actions = vec![
        Action::Agree,
        Action::Decline,
        Action::Next,
        Action::Done,
        Action::Undo,
        Action::Back,
        Action::Skip,
        Action::Cancel,
        Action::NewConcern,
        Action::Continue,
        Action::Keep,
        Action::Delete,
        Action::Submit,
        Action::Languages,
        Action::Privacy,
        Action::Help,
        Action::Digest,
        Action::Join,
    ];
    for id in ["land", "kandal", "now", "named", "nonsense"] {
        actions.push(Action::Pick(id.to_owned()));
    }
    let questions = forum.config.form.iter();
    actions.extend(questions.map(|question| Action::Change(question.id.clone())));
    actions.extend(forum.words.languages().map(Action::Speak));
    actions
}

struct Talk<'f> {
    forum: &'f Forum,
    world: MemoryWorld,
    person: Option<Person>,
    last: i32,
    steps: u64,
    sent: Vec<MessageId>,
    /// The screens' numbers and actions, oldest first.
    screens: Vec<(u32, Vec<Action>)>,
    concerns: usize,
}

const OWNER_CODE: &str = "x9_owner-code_of_22_ch";

impl<'f> Talk<'f> {
    fn new(forum: &'f Forum) -> Self {
        Self {
            forum,
            world: MemoryWorld {
                owner_code: Some(OWNER_CODE.to_owned()),
                ..MemoryWorld::default()
            },
            person: None,
            last: 0,
            steps: 0,
            sent: Vec::new(),
            screens: Vec::new(),
            concerns: 0,
        }
    }

    fn now(&mut self) -> Person {
        match self.person.clone() {
            Some(person) => person,
            None => Person::new(self.world.fresh_id(), ChatId(77)),
        }
    }

    fn offered(&mut self) -> Vec<Action> {
        let person = self.now();
        let screen = screen::of(&person, None, self.forum);
        let rows = screen.rows.into_iter().flatten();
        rows.map(|(_, action)| action).collect()
    }

    fn message(&mut self, content: Content) -> Event {
        self.last += 1;
        let id = MessageId(self.last);
        self.sent.push(id);
        Event::Message { id, content }
    }

    fn press(&self, data: String) -> Event {
        Event::Press {
            query: "query".to_owned(),
            message: (!self.steps.is_multiple_of(5)).then_some(MessageId(self.last)),
            data,
        }
    }

    /// The event that this is now.
    fn event(&mut self, op: &Op) -> Event {
        match op {
            Op::Press(n) => {
                let offered = self.offered();
                match offered.get(n % offered.len().max(1)) {
                    Some(action) => {
                        let number = self.now().screen;
                        self.press(Press::Screen(number, action.clone()).write())
                    }
                    None => self.message(Content::Text("Lotus Pond Association".to_owned())),
                }
            }
            Op::Old(age, n) => {
                let old = self.screens.len().checked_sub(*age);
                let (number, actions) = old.map(|at| self.screens[at].clone()).unwrap_or_default();
                let action = actions.get(n % actions.len().max(1)).cloned();
                let action = action.unwrap_or(Action::Submit);
                self.press(Press::Screen(number, action).write())
            }
            Op::Forged(data) => self.press(data.clone()),
            Op::Wanted(n) => {
                let actions = all_actions(self.forum);
                let number = self.now().screen;
                self.press(Press::Screen(number, actions[n % actions.len()].clone()).write())
            }
            Op::Text(words) => self.message(Content::Text(words.clone())),
            Op::Command(command) => self.message(Content::Text((*command).to_owned())),
            Op::OwnerLink => self.message(Content::Text(format!("/start {OWNER_CODE}"))),
            Op::File(kind, caption) => {
                let content = Content::File {
                    file: media(*kind),
                    caption: caption.clone(),
                };
                self.message(content)
            }
            Op::Other(other) => self.message(Content::Other(*other)),
            Op::Edit(which, words, file) => {
                let back = self.sent.len().checked_sub(which + 1);
                let id = back.map_or(MessageId(9_999), |at| self.sent[at]);
                let content = if *file {
                    Content::File {
                        file: media(1),
                        caption: words.clone(),
                    }
                } else {
                    Content::Text(words.clone().unwrap_or_default())
                };
                Event::Edited { id, content }
            }
            Op::Unreadable => Event::Unreadable,
            Op::Blocked(blocked) => Event::Blocked(*blocked),
        }
    }

    fn step(&mut self, event: Event) -> Outcome {
        let before = self.now();
        self.steps += 1;
        let moment = Moment {
            now: Timestamp::from_second(1_800_000_000 + self.steps as i64).unwrap(),
            random: self.steps.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        };
        let outcome = dialogue::step(
            before.clone(),
            event.clone(),
            self.forum,
            &mut self.world,
            moment,
        );
        check_sendable(&outcome);
        let after = outcome.person.as_ref().map(stored);
        self.check(&before, &event, &outcome);
        self.world.apply(&outcome.changes);
        let concern = |change: &&Change| matches!(change, Change::Concern(_));
        self.concerns += outcome.changes.iter().filter(concern).count();
        for effect in &outcome.effects {
            if let Effect::Send { body, .. } | Effect::Edit { body, .. } = effect {
                self.last += 1;
                let buttons = body.buttons.iter().flatten();
                let read = buttons.filter_map(|button| match Press::read(&button.data) {
                    Some(Press::Screen(_, action)) => Some(action),
                    Some(Press::Digest(..)) | None => None,
                });
                let number = after.as_ref().map_or(0, |person| person.screen);
                self.screens.push((number, read.collect()));
            }
        }
        self.person = after;
        outcome
    }

    fn check(&self, before: &Person, event: &Event, outcome: &Outcome) {
        let blocked = matches!(event, Event::Blocked(_));
        assert_eq!(
            outcome.effects.iter().any(is_seen) || quiet_tap(event, outcome),
            !blocked,
            "{event:?} got {:?}",
            outcome.effects
        );
        let press = match event {
            Event::Press { data, .. } => match Press::read(data) {
                Some(Press::Screen(number, action)) => {
                    let offered = screen::of(before, None, self.forum).offers(&action);
                    (number == before.screen && offered).then_some(action)
                }
                Some(Press::Digest(..)) | None => None,
            },
            Event::Message { .. }
            | Event::Edited { .. }
            | Event::Blocked(_)
            | Event::Unreadable => None,
        };
        if matches!(event, Event::Press { .. }) && press.is_none() {
            let after = outcome
                .person
                .clone()
                .expect("nobody is forgotten by a forged press");
            let same = Person {
                screen: after.screen,
                shown_in: after.shown_in,
                unreachable: false,
                ..before.clone()
            };
            assert_eq!(after, same, "a press that was not offered");
            assert!(outcome.changes.is_empty());
            let digest = |effect: &Effect| matches!(effect, Effect::Digest(_));
            assert!(before.role.is_some() || !outcome.effects.iter().any(digest));
        }
        self.check_answers(before, event, press.as_ref(), outcome);
        // A role and a membership come only in their one way.
        if let Some(after) = &outcome.person {
            if after.role != before.role {
                assert!(outcome.changes.contains(&Change::OwnerClaimed));
            }
            if after.membership != before.membership {
                assert!(before.membership.is_none() || before.role.is_some());
                assert!(matches!(before.state, State::Province { .. }));
            }
        }
    }

    /// The reference: what an event may do to the saved answers.
    fn check_answers(
        &self,
        before: &Person,
        event: &Event,
        press: Option<&Action>,
        outcome: &Outcome,
    ) {
        let was = answers_of(before);
        let is = outcome.person.as_ref().map(answers_of).unwrap_or_default();
        let submitted = outcome.changes.iter().find_map(|change| match change {
            Change::Concern(concern) => Some(&concern.answers),
            Change::Organisation(_) | Change::OwnerClaimed => None,
        });
        if let Some(submitted) = submitted {
            assert_eq!(press, Some(&Action::Submit));
            assert_eq!(*submitted, was);
            assert_eq!(is, Answers::default());
            let needed = [
                question::TOPIC,
                question::PLACE,
                question::STORY,
                question::DISCLOSURE,
            ];
            assert!(needed.iter().all(|id| submitted.0.contains_key(*id)));
            let voice = samleng::domain::answers::has_voice(submitted.story(question::STORY));
            assert!(voice || submitted.text(question::TITLE).is_some());
            return;
        }
        let at = match &before.state {
            State::Form { at, .. } => Some(at.as_str()),
            State::Language { .. }
            | State::Consent
            | State::Organisation { .. }
            | State::Province { .. }
            | State::Menu { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. } => None,
        };
        let mut expected = was.clone();
        match (press, event) {
            (Some(Action::Delete), _) => {
                let asks_first = matches!(before.state, State::Menu { .. } | State::Form { .. });
                if !asks_first {
                    expected = Answers::default();
                }
            }
            (Some(Action::Undo), _) => {
                let mut parts = was.story(question::STORY).to_vec();
                let last = parts.last().expect("something to undo").source;
                parts.retain(|part| part.source != last);
                set_story(&mut expected, parts);
            }
            (Some(Action::Pick(id)), _) if at.is_some() => {
                let answer = Answer::Choice {
                    id: id.clone(),
                    source: None,
                };
                expected.0.insert(at.unwrap().to_owned(), answer);
            }
            (Some(Action::Skip), _) => {
                expected.0.insert(at.unwrap().to_owned(), Answer::Skipped);
            }
            (
                None,
                Event::Message {
                    id,
                    content: Content::Text(text),
                    ..
                },
            ) if at.is_some() && !text.starts_with('/') => {
                // Whether it fits is the program's to say; if it is kept, it is kept as this.
                let at = at.unwrap();
                if is != was {
                    let kept = is.0.get(at).expect("an answer to the question");
                    assert!(kept_text(kept, *id, text), "{kept:?} of {text:?}");
                    if let Answer::Story(parts) = kept {
                        assert_eq!(parts[..parts.len() - 1], *was.story(at));
                    }
                    expected.0.insert(at.to_owned(), kept.clone());
                }
            }
            (
                None,
                Event::Message {
                    id,
                    content: Content::File { file, caption },
                    ..
                },
            ) if at == Some(question::STORY) => {
                let mut parts = was.story(question::STORY).to_vec();
                let files = parts.iter().filter(|part| is_file(part)).count();
                if files < 10 {
                    parts.push(Part {
                        source: *id,
                        content: kept_file(file),
                    });
                    let words = clean(caption.as_deref().unwrap_or_default());
                    if !words.is_empty() && letters(&parts) + words.chars().count() <= 12_000 {
                        parts.push(Part {
                            source: *id,
                            content: PartContent::Text(words),
                        });
                    }
                    set_story(&mut expected, parts);
                }
            }
            (None, Event::Edited { id, .. }) => {
                // Only the answer that came from this message may change, and it still comes from it.
                if let Some(question) = was.question_of(*id) {
                    let now = is.0.get(question).expect("an edit takes no answer away");
                    assert!(now.came_from(*id));
                    if let (Answer::Story(was), Answer::Story(now)) = (&was.0[question], now) {
                        let others = |parts: &[Part]| -> Vec<Part> {
                            let kept = parts.iter().filter(|part| part.source != *id);
                            kept.cloned().collect()
                        };
                        assert_eq!(others(was), others(now));
                    }
                    expected.0.insert(question.to_owned(), now.clone());
                }
            }
            (_, _) => {}
        }
        assert_eq!(is, expected, "after {event:?} in {:?}", before.state);
        let story = is.story(question::STORY);
        assert!(letters(story) <= 12_000);
        assert!(story.iter().filter(|part| is_file(part)).count() <= 10);
    }

    /// Answers everything as simply as can be until a receipt or, for an organiser only, the menu is there.
    fn way_out(&mut self) {
        for _ in 0..80 {
            let person = self.now();
            if person.role.is_some()
                && person.membership.is_none()
                && matches!(person.state, State::Menu { .. })
            {
                return;
            }
            let offered = self.offered();
            let event = match (&person.state, offered.first()) {
                (State::Form { at, .. }, _) => {
                    let (_, question) = self.forum.config.question(at).unwrap();
                    let given = person.state.draft().unwrap().answers.0.get(at);
                    let told = given.is_some_and(|answer| *answer != Answer::Skipped);
                    match &question.kind {
                        samleng::config::Kind::Number { .. } if !told => {
                            self.message(Content::Text("12".to_owned()))
                        }
                        samleng::config::Kind::Text { .. }
                        | samleng::config::Kind::Story { .. }
                            if !told =>
                        {
                            self.message(Content::Text("A wall".to_owned()))
                        }
                        samleng::config::Kind::Text { .. }
                            if at == question::TITLE
                                && person.state.draft().unwrap().answers.text(at).is_none() =>
                        {
                            self.message(Content::Text("A wall".to_owned()))
                        }
                        samleng::config::Kind::Choice(_)
                        | samleng::config::Kind::Disclosure
                        | samleng::config::Kind::Place
                        | samleng::config::Kind::Text { .. }
                        | samleng::config::Kind::Number { .. }
                        | samleng::config::Kind::Story { .. } => {
                            self.press(Press::Screen(person.screen, offered[0].clone()).write())
                        }
                    }
                }
                (State::Menu { .. }, _) if person.membership.is_none() => {
                    self.message(Content::Text("/start".to_owned()))
                }
                (_, Some(first)) => self.press(Press::Screen(person.screen, first.clone()).write()),
                (_, None) => self.message(Content::Text("Lotus Pond Association".to_owned())),
            };
            let concerns = self.concerns;
            self.step(event);
            if self.concerns > concerns {
                return;
            }
        }
        panic!("no way out of {:?}", self.person);
    }
}

/// A second tap on a button that was obeyed already is answered silently by Telegram's own mark.
fn quiet_tap(event: &Event, outcome: &Outcome) -> bool {
    let toasted = |effect: &Effect| matches!(effect, Effect::Toast { text: Some(_), .. });
    matches!(event, Event::Press { .. }) && outcome.effects.iter().any(toasted)
}

fn answers_of(person: &Person) -> Answers {
    let draft = person.state.draft();
    draft.map(|draft| draft.answers.clone()).unwrap_or_default()
}

fn set_story(answers: &mut Answers, parts: Vec<Part>) {
    if parts.is_empty() {
        answers.0.remove(question::STORY);
    } else {
        let story = Answer::Story(parts);
        answers.0.insert(question::STORY.to_owned(), story);
    }
}

fn kept_text(kept: &Answer, id: MessageId, text: &str) -> bool {
    match kept {
        Answer::Choice { source, .. } => *source == Some(id),
        Answer::Text { text: kept, source } => {
            *source == id && (*kept == clean(text) || *kept == clean_line(text))
        }
        Answer::Number { source, .. } => *source == id,
        Answer::Story(parts) => parts.last().is_some_and(|part| {
            part.source == id && part.content == PartContent::Text(clean(text))
        }),
        Answer::Skipped => false,
    }
}

fn media(kind: u8) -> Media {
    let file = FileRef {
        id: "f".repeat(90),
        size: Some(1_000_000),
    };
    match kind {
        0 => Media::Voice(file, 42),
        1 => Media::Photo(file),
        _ => Media::Document(file),
    }
}

fn kept_file(file: &Media) -> PartContent {
    match file.clone() {
        Media::Voice(file, seconds) => PartContent::Voice { file, seconds },
        Media::Photo(file) => PartContent::Photo(file),
        Media::Document(file) => PartContent::Document(file),
    }
}

fn is_file(part: &Part) -> bool {
    match part.content {
        PartContent::Text(_) => false,
        PartContent::Voice { .. } | PartContent::Photo(_) | PartContent::Document(_) => true,
    }
}

fn letters(parts: &[Part]) -> usize {
    let letters = |part: &Part| match &part.content {
        PartContent::Text(text) => text.chars().count(),
        PartContent::Voice { .. } | PartContent::Photo(_) | PartContent::Document(_) => 0,
    };
    parts.iter().map(letters).sum()
}

fn any_sequence_holds(forum: &Forum, cases: u32) {
    let mut reached = BTreeSet::new();
    let seen = std::cell::RefCell::new(&mut reached);
    runner(cases)
        .run(&ops(), |ops| {
            let mut talk = Talk::new(forum);
            for op in &ops {
                let event = talk.event(op);
                talk.step(event);
                let person = talk.now();
                seen.borrow_mut().insert(kind(&person.state));
            }
            talk.way_out();
            Ok(())
        })
        .unwrap();
    assert_eq!(
        reached.len(),
        9,
        "some states were never reached: {reached:?}"
    );
}

fn kind(state: &State) -> &'static str {
    match state {
        State::Language { .. } => "language",
        State::Consent => "consent",
        State::Organisation { .. } => "organisation",
        State::Province { .. } => "province",
        State::Menu { .. } => "menu",
        State::Form { .. } => "form",
        State::Review { .. } => "review",
        State::Leaving { .. } => "leaving",
        State::Deleting { .. } => "deleting",
    }
}

#[test]
fn any_sequence_of_events_keeps_the_promises() {
    any_sequence_holds(&forum(), 600);
}

#[test]
fn any_sequence_keeps_them_in_a_forum_with_more_questions() {
    any_sequence_holds(&longer_forum(), 700);
}

/// Somebody who has joined and is at the question with this position.
fn member_at(forum: &Forum, position: usize) -> Talk<'_> {
    let mut talk = Talk::new(forum);
    for _ in 0..3 {
        let event = talk.event(&Op::Press(1));
        talk.step(event);
    }
    talk.person = None;
    for op in [
        Op::Command("/start"),
        Op::Text("English".to_owned()),
        Op::Press(0),
        Op::Text("Lotus Pond Association".to_owned()),
        Op::Press(0),
        Op::Press(0),
    ] {
        let event = talk.event(&op);
        talk.step(event);
    }
    for _ in 0..position {
        let event = match talk.now().state {
            State::Form { ref at, .. } if at == question::TITLE => {
                talk.event(&Op::Text("A wall".to_owned()))
            }
            State::Form { .. }
            | State::Language { .. }
            | State::Consent
            | State::Organisation { .. }
            | State::Province { .. }
            | State::Menu { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. } => talk.event(&Op::Press(0)),
        };
        talk.step(event);
    }
    talk
}

#[test]
fn a_story_in_thousands_of_tiny_messages_stays_a_record() {
    let forum = forum();
    let mut talk = member_at(&forum, 3);
    for _ in 0..600 {
        let event = talk.message(Content::Text("ក".to_owned()));
        talk.step(event);
    }
    let parts = answers_of(&talk.now()).story(question::STORY).len();
    assert_eq!(parts, 200);
    talk.way_out();
}

#[test]
fn text_messages_edited_into_photos_make_no_more_files_than_allowed() {
    let forum = forum();
    let mut talk = member_at(&forum, 3);
    for _ in 0..15 {
        let event = talk.message(Content::Text("words".to_owned()));
        talk.step(event);
    }
    for which in 0..15 {
        let event = talk.event(&Op::Edit(which, None, true));
        talk.step(event);
    }
    let answers = answers_of(&talk.now());
    let files = answers
        .story(question::STORY)
        .iter()
        .filter(|part| is_file(part));
    assert_eq!(files.count(), 10);
}

#[test]
fn a_form_that_lost_the_question_leads_on() {
    let longer = longer_forum();
    let shipped = forum();
    for first in [Action::Continue, Action::Delete] {
        let mut talk = member_at(&longer, 3);
        if let Some(person) = &mut talk.person
            && let State::Form { at, .. } = &mut person.state
        {
            *at = "households".to_owned();
        }
        talk.forum = &shipped;
        let event = talk.message(Content::Text("twelve".to_owned()));
        talk.step(event);
        if let Some(person) = &mut talk.person
            && let State::Form { at, .. } = &mut person.state
        {
            *at = "households".to_owned();
        }
        let number = talk.now().screen;
        assert!(talk.offered().contains(&first));
        let before = talk.now().state;
        let event = talk.press(Press::Screen(number, first).write());
        talk.step(event);
        assert_ne!(talk.now().state, before, "a button that does nothing");
        talk.way_out();
    }
}

#[test]
fn a_second_tap_is_told_so_and_nothing_more() {
    let forum = forum();
    for presses in 0..6 {
        let mut talk = Talk::new(&forum);
        let start = talk.event(&Op::Command("/start"));
        talk.step(start);
        for _ in 0..presses {
            let event = talk.event(&Op::Press(0));
            talk.step(event);
        }
        let Some(action) = talk.offered().first().cloned() else {
            continue;
        };
        let tap = Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(5)),
            data: Press::Screen(talk.now().screen, action).write(),
        };
        talk.step(tap.clone());
        let before = talk.now();
        let outcome = talk.step(tap);
        assert_eq!(outcome.effects.len(), 1, "{:?}", outcome.effects);
        assert_eq!(talk.now(), before);
    }
}
