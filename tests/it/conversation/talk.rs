//! The chats while they talk: what happens in one, and what it shows then.

use super::*;

impl<'f> Talk<'f> {
    pub(super) fn new(forum: &'f Forum) -> Self {
        let kv = MemoryKv::new();
        let key = MasterKey::from_env_value(&"5a".repeat(32)).unwrap();
        let epoch = Epoch::random().unwrap();
        let mut store = Store::unlock(Box::new(kv.clone()), key, &epoch).unwrap();
        store.keep_username("samleng_bot").unwrap();
        let mut world = MemoryWorld {
            store,
            late: Vec::new(),
            proposed: Vec::new(),
            chats: BTreeMap::new(),
        };
        let owner_code = Some(world.open_owner_link());
        let chat = |number: i64| Chat {
            id: ChatId(7_700_000_000_001 + number),
            last: 0,
            sent: Vec::new(),
            screens: Vec::new(),
            names: BTreeSet::new(),
            floors: Vec::new(),
        };
        let mut talk = Self {
            forum,
            world,
            kv,
            chats: (0..3).map(chat).collect(),
            owner_code,
            codes: Vec::new(),
            records: Records::default(),
            steps: 0,
            waited: 0,
            texts: 0,
            reached: BTreeSet::new(),
        };
        talk.order(Order::Registry(registry()));
        talk
    }

    pub(super) fn now(&self, who: usize) -> Person {
        self.world.person_or_new(self.chats[who].id)
    }

    /// A minute a step.
    pub(super) fn moment(&self) -> Moment {
        let minutes = self.steps as i64 + self.waited;
        Moment {
            now: Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap(),
            random: self.steps.wrapping_mul(0x9E37_79B9_7F4A_7C15).into(),
        }
    }

    pub(super) fn screen(&self, who: usize) -> Screen {
        let person = self.now(who);
        self.world.screen(&person, self.forum, self.moment().now)
    }

    pub(super) fn offered(&self, who: usize) -> Vec<Action> {
        let rows = self.screen(who).rows.into_iter().flatten();
        rows.map(|(_, action)| action).collect()
    }

    pub(super) fn message(&mut self, who: usize, content: Content) -> Event {
        let chat = &mut self.chats[who];
        chat.last += 1;
        let id = MessageId(chat.last);
        chat.sent.push(id);
        Event::Message { id, content }
    }

    pub(super) fn text(&mut self, who: usize, text: &str) -> Event {
        self.message(who, Content::Text(text.to_owned()))
    }

    pub(super) fn name(&mut self, who: usize, number: usize) -> Event {
        let registry = registry();
        match NAMES.get(number % (NAMES.len() + registry.len())) {
            Some(name) => {
                self.chats[who]
                    .names
                    .insert(number % (NAMES.len() + registry.len()));
                self.text(who, name)
            }
            None => {
                let known = &registry[number % registry.len()];
                self.text(who, known.name.get(english()))
            }
        }
    }

    pub(super) fn press(&self, who: usize, data: String) -> Event {
        Event::Press {
            query: "query".to_owned(),
            message: (!self.steps.is_multiple_of(5)).then_some(MessageId(self.chats[who].last)),
            data,
        }
    }

    pub(super) fn press_screen(&self, who: usize, action: Action) -> Event {
        self.press(who, Press::Screen(self.now(who).screen, action).write())
    }

    /// These words with a mark, where words are what is asked for.
    pub(super) fn marked(&mut self, who: usize, words: &str) -> String {
        let asked = match &self.now(who).state {
            State::Form { at, .. } => match self.forum.config.question(at) {
                Some((_, question)) => match question.kind {
                    Kind::Text { .. } | Kind::Story { .. } => true,
                    Kind::Choice(_) | Kind::Disclosure | Kind::Place | Kind::Number { .. } => false,
                },
                None => false,
            },
            State::Visit { visit, .. } => {
                matches!(visit, Visit::Noting { .. } | Visit::Answering { .. })
            }
            State::Language { .. }
            | State::Consent
            | State::Uninvited
            | State::Confirm { .. }
            | State::Organisation { .. }
            | State::Choosing { .. }
            | State::Province { .. }
            | State::Menu { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. }
            | State::Close { .. } => false,
        };
        // Words that are nothing to read stay that.
        if !asked || words.trim_matches('\u{200B}').is_empty() {
            return words.to_owned();
        }
        self.mark(who, words)
    }

    pub(super) fn mark(&mut self, who: usize, words: &str) -> String {
        self.texts += 1;
        format!("{} {words}", mark(who, self.texts))
    }

    /// The event that this is now; none if it is nobody's.
    pub(super) fn event(&mut self, who: usize, op: &Op) -> Option<Event> {
        Some(match op {
            Op::Press(n) => {
                let offered = self.offered(who);
                match offered.get(n % offered.len().max(1)) {
                    Some(action) => self.press_screen(who, action.clone()),
                    None => self.name(who, *n),
                }
            }
            Op::Old(age, n) => {
                let screens = &self.chats[who].screens;
                let old = screens.len().checked_sub(*age);
                let (number, actions) = old.map(|at| screens[at].clone()).unwrap_or_default();
                let action = actions.get(n % actions.len().max(1)).cloned();
                let action = action.unwrap_or(Action::Submit);
                self.press(who, Press::Screen(number, action).write())
            }
            Op::Forged(data) => self.press(who, data.clone()),
            Op::Wanted(n) => {
                let actions = all_actions(self.forum);
                self.press_screen(who, actions[n % actions.len()].clone())
            }
            Op::Look(n) => {
                let ids: Vec<u64> = self.records.concerns.keys().copied().collect();
                let id = ids.get(n % ids.len().max(1)).copied();
                self.press(who, Press::Concern(id.unwrap_or(99)).write())
            }
            Op::Say(n, verdict) => {
                let ids: Vec<u64> = self.records.promises.iter().map(|known| known.id).collect();
                let id = ids.get(n % ids.len().max(1)).copied();
                let verdict = Verdict::ALL[verdict % 3];
                self.press(who, Press::Promise(id.unwrap_or(99), verdict).write())
            }
            Op::Text(words) => {
                let words = self.marked(who, words);
                self.text(who, &words)
            }
            Op::Name(n) => self.name(who, *n),
            Op::Command(command) => self.text(who, command),
            Op::OwnerLink => {
                let code = self.owner_code.clone().unwrap_or_default();
                self.text(who, &format!("/start {code}"))
            }
            Op::Floor(n) => {
                let all = self.chats.iter().flat_map(|chat| &chat.floors);
                let all: Vec<&String> = all.collect();
                let data = all.get(n % all.len().max(1));
                let data = data.map_or("floor:1.0.stop.0", |data| data.as_str());
                self.press(who, data.to_owned())
            }
            Op::Invited(n) => {
                let code = self.codes.get(n % self.codes.len().max(1)).cloned();
                let code = code.unwrap_or_default();
                self.text(who, &format!("/start {code}"))
            }
            Op::File(kind, caption) => {
                let caption = caption.as_ref().map(|words| self.marked(who, words));
                let file = media(*kind);
                self.message(who, Content::File { file, caption })
            }
            Op::Other(other) => self.message(who, Content::Other(*other)),
            Op::Edit(which, words, file) => {
                let sent = &self.chats[who].sent;
                let back = sent.len().checked_sub(which + 1);
                let id = back.map_or(MessageId(9_999), |at| sent[at]);
                let of = answers_of(&self.now(who));
                let is_told = of.0.values().any(|answer| match answer {
                    Answer::Text { .. } | Answer::Story(_) => answer.came_from(id),
                    Answer::Choice { .. } | Answer::Number { .. } | Answer::Skipped => false,
                });
                let words = words.as_ref().map(|words| match is_told {
                    true => self.mark(who, words),
                    false => words.clone(),
                });
                let content = if *file {
                    Content::File {
                        file: media(1),
                        caption: words,
                    }
                } else {
                    Content::Text(words.unwrap_or_default())
                };
                Event::Edited { id, content }
            }
            Op::Unreadable => Event::Unreadable,
            Op::Blocked(blocked) => Event::Blocked(*blocked),
            Op::Wait(minutes) => {
                self.waited += minutes;
                return None;
            }
            Op::Decide(decision) => {
                self.decide(decision);
                return None;
            }
        })
    }

    pub(super) fn turn(&mut self, who: usize, op: &Op) {
        if let Some(event) = self.event(who, op) {
            self.step(who, event);
        }
    }

    pub(super) fn step(&mut self, who: usize, event: Event) -> Outcome {
        let before = self.now(who);
        let screen = self.screen(who);
        let moment = self.moment();
        let chat = self.chats[who].id;
        let owner_code = self.owner_code.clone();
        let outcome = self.world.step(chat, event.clone(), self.forum, moment);
        self.steps += 1;
        check_sendable(&outcome);
        let is = Records::of(&self.world.store);
        let was = std::mem::replace(&mut self.records, is.clone());
        let step = Step {
            now: moment.now,
            before,
            screen,
            event,
            outcome,
            owner_code,
            was,
            is,
        };
        reference::check(&step);
        promises::check(self, who, &step);
        promises::let_in(&step, self.forum);
        if self.world.store.meta().unwrap().has_owner {
            self.owner_code = None;
        }
        let state = step
            .outcome
            .person
            .as_ref()
            .map(|person| kind(&person.state));
        self.reached.extend(state);
        self.heard(who, &step.outcome);
        step.outcome
    }

    pub(super) fn heard(&mut self, who: usize, outcome: &Outcome) {
        let chat = &mut self.chats[who];
        for effect in &outcome.effects {
            if let Effect::Send { body, .. } | Effect::Edit { body, .. } = effect {
                chat.last += 1;
                let floors = body.buttons.iter().flatten();
                let floors = floors.filter(|button| button.data.starts_with("floor:"));
                chat.floors.extend(floors.map(|button| button.data.clone()));
                let buttons = body.buttons.iter().flatten();
                let read = buttons.filter_map(|button| match Press::read(&button.data) {
                    Some(Press::Screen(_, action)) => Some(action),
                    Some(
                        Press::Digest(..)
                        | Press::Select(_)
                        | Press::Concern(_)
                        | Press::Carry(_)
                        | Press::Card(..)
                        | Press::Stop(_)
                        | Press::Floor(_)
                        | Press::Reminder(_)
                        | Press::Promise(..)
                        | Press::Promised(_)
                        | Press::Unfollow(_),
                    )
                    | None => None,
                });
                let number = outcome.person.as_ref().map_or(0, |person| person.screen);
                chat.screens.push((number, read.collect()));
            }
        }
        if outcome.person.is_none() {
            // Who comes back knows nothing of before.
            chat.screens.clear();
            chat.names.clear();
        }
    }
}
