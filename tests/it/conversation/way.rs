//! From wherever somebody is to a receipt.

use super::*;

impl<'f> Talk<'f> {
    pub(super) fn send_one(&mut self, who: usize) {
        self.turn(who, &Op::Press(0));
        self.way_to_receipt(who);
    }

    /// Answers everything as simply as can be until a receipt or, for an organiser only, the menu is there; nothing that
    /// the organisers can decide stands in the way.
    pub(super) fn way_out(&mut self, who: usize) {
        self.waited += 24 * 60;
        self.order(Order::Meeting(meeting(0, None)));
        for organisation in self.records.organisations.clone().into_values() {
            if organisation.suspended {
                let which = organisation.number.clone();
                let name = organisation.name.get(english()).to_owned();
                self.order(Order::Organisation(which.unwrap_or(name), Standing::Plain));
            }
        }
        if self.forum.config.settings.join == Join::Invite {
            self.decide(&Decision::Invite(Some(who)));
            self.turn(who, &Op::Invited(self.codes.len() - 1));
        }
        self.way_to_receipt(who);
    }

    pub(super) fn way_to_receipt(&mut self, who: usize) {
        for _ in 0..200 {
            let person = self.now(who);
            let alone = person.role.is_some() && person.membership.is_none();
            if alone && matches!(person.state, State::Menu { .. }) {
                return;
            }
            let event = self.way_on(who, &person);
            let concerns = self.records.concerns.len();
            self.step(who, event);
            if self.records.concerns.len() > concerns {
                return;
            }
        }
        panic!("no way out of {:?}", self.now(who));
    }

    pub(super) fn way_on(&mut self, who: usize, person: &Person) -> Event {
        let offered = self.offered(who);
        // Changes to what can no longer be changed are given up.
        let is_vain = |draft: &Draft| {
            let of = draft.revises.and_then(|id| self.records.concerns.get(&id));
            of.is_some_and(|concern| !concern.may_be_edited())
        };
        match (&person.state, offered.first()) {
            (State::Review { draft }, _) if is_vain(draft) => {
                self.press_screen(who, Action::Cancel)
            }
            (State::Leaving { draft, .. } | State::Deleting { draft }, _) if is_vain(draft) => {
                self.press_screen(who, Action::Delete)
            }
            (State::Form { at, .. }, Some(first)) => {
                let (_, question) = self.forum.config.question(at).unwrap();
                let given = answers_of(person).0.get(at).cloned();
                let told = given.is_some_and(|answer| answer != Answer::Skipped);
                match &question.kind {
                    Kind::Number { .. } if !told => self.text(who, "12"),
                    Kind::Text { .. } | Kind::Story { .. } if !told => {
                        // Other questions take fewer words.
                        let is_story = at == question::STORY;
                        let words = self.mark(who, if is_story { WALL } else { "A wall" });
                        self.text(who, &words)
                    }
                    Kind::Choice(_)
                    | Kind::Disclosure
                    | Kind::Place
                    | Kind::Text { .. }
                    | Kind::Number { .. }
                    | Kind::Story { .. } => self.press_screen(who, first.clone()),
                }
            }
            (State::Visit { .. }, _) => self.text(who, "/menu"),
            (State::Menu { .. }, _) if person.membership.is_none() => self.text(who, "/start"),
            (_, Some(first)) => self.press_screen(who, first.clone()),
            (_, None) => self.name(who, who),
        }
    }

    /// Puts somebody where no step leads.
    pub(super) fn put(&mut self, person: Person) {
        let chat = person.chat;
        let mut stage = Stage::new(&self.world.store, self.moment().now).unwrap();
        let outcome = Outcome {
            person: Some(person),
            effects: Vec::new(),
            notices: Vec::new(),
        };
        stage.apply(chat, outcome).unwrap();
        let finished = stage.finish().unwrap();
        self.world.store.commit(finished).unwrap();
    }
}
