//! One event while it is handled: the person, what is said to them, and the records within reach.

use jiff::Timestamp;

use super::screen::{self, View};
use super::{Body, Button, Effect, Moment, Notice, Outcome, Person, Press, State, Weight, World};
use crate::domain::{Language, MessageId, Organisation, Role};
use crate::text::split::{MESSAGE_CHARS, split};
use crate::text::{Forum, Html, Phrases, date};

/// See the module.
pub(super) struct Turn<'a> {
    pub(super) person: Person,
    pub(super) forum: &'a Forum,
    pub(super) world: &'a mut dyn World,
    pub(super) moment: Moment,
    /// The message whose button was pressed: the next screen goes there.
    pub(super) pressed: Option<MessageId>,
    /// The same message, once something went there.
    rewritten: Option<MessageId>,
    /// What is said above the next screen.
    pub(super) notes: Html,
    pub(super) effects: Vec<Effect>,
    pub(super) notices: Vec<Notice>,
    /// What the commands in the chat's menu followed from before.
    menu: Option<(Role, Option<Language>)>,
    /// Whether nothing may be kept of the person.
    pub(super) forget: bool,
    /// Whether the next screen only confirms what was added.
    pub(super) routine: bool,
}

impl<'a> Turn<'a> {
    pub(super) fn new(
        person: Person,
        forum: &'a Forum,
        world: &'a mut dyn World,
        moment: Moment,
    ) -> Self {
        Self {
            menu: person.organisers_menu(),
            person,
            forum,
            world,
            moment,
            pressed: None,
            rewritten: None,
            notes: Html::default(),
            effects: Vec::new(),
            notices: Vec::new(),
            forget: false,
            routine: false,
        }
    }

    pub(super) fn finish(mut self) -> Outcome {
        let person = (!self.forget).then_some(self.person);
        if person.as_ref().and_then(Person::organisers_menu) != self.menu {
            self.effects.push(Effect::Commands);
        }
        Outcome {
            person,
            effects: self.effects,
            notices: self.notices,
        }
    }

    pub(super) fn phrases(&self) -> Phrases<'a> {
        self.forum.words.phrases_or_first(self.person.language)
    }

    /// What screens are made from.
    pub(super) fn view(&self) -> View<'_> {
        View {
            forum: self.forum,
            world: &*self.world,
            now: self.moment.now,
        }
    }

    /// The organisation that the person speaks for.
    pub(super) fn organisation(&self) -> Option<Organisation> {
        let membership = self.person.membership.as_ref()?;
        self.world.organisation(membership.organisation)
    }

    /// Whether the organisers suspended that organisation.
    pub(super) fn is_suspended(&self) -> bool {
        self.organisation()
            .is_some_and(|organisation| organisation.suspended)
    }

    /// This instant in words, as seen from now, in the forum's time zone.
    pub(super) fn date(&self, at: Timestamp) -> impl Fn(Phrases<'_>) -> String + use<> {
        let (zone, now) = (self.view().zone(), self.moment.now);
        move |phrases| date::near(phrases, at, &zone, now)
    }

    /// Says this to somebody else, in their language, with a way to the concern that it is about if it is one of
    /// theirs.
    pub(super) fn notify(
        &mut self,
        to: &Person,
        concern: Option<u64>,
        say: impl Fn(Phrases<'_>) -> Html,
    ) {
        self.notices.extend(notice(to, concern, self.forum, say));
    }

    /// Says this above the next screen.
    pub(super) fn note(&mut self, say: impl Fn(Phrases<'_>) -> Html) {
        let said = self.said(say);
        self.notes.paragraph(&said);
    }

    /// This in the person's language; in every one while none is chosen.
    pub(super) fn said(&self, say: impl Fn(Phrases<'_>) -> Html) -> Html {
        let words = &self.forum.words;
        if let Some(language) = self.person.language {
            return say(words.phrases(language));
        }
        let mut html = Html::default();
        for phrases in words.each() {
            html.paragraph(&say(phrases));
        }
        html
    }

    /// Goes to another state and shows it.
    pub(super) fn go(&mut self, state: State) {
        self.person.state = state;
        self.show();
    }

    /// Shows the screen of the state, with the notes above it.
    pub(super) fn show(&mut self) {
        let screen = screen::of(&self.person, self.view());
        let mut html = std::mem::take(&mut self.notes);
        html.paragraph(&screen.html);
        self.person.screen += 1;
        let buttons = screen.buttons(self.person.screen);
        self.person.shown_in = self.pressed.or(self.rewritten);
        let weight = if self.routine {
            Weight::Confirmation
        } else {
            Weight::Screen
        };
        self.say(html, buttons, weight);
    }

    /// Sends a text without buttons.
    pub(super) fn tell(&mut self, weight: Weight, say: impl Fn(Phrases<'_>) -> Html) {
        let said = self.said(say);
        self.say(said, Vec::new(), weight);
    }

    /// Puts a text where the pressed message was, or into a new message; as many messages as it needs, of which the last
    /// has the weight.
    pub(super) fn say(&mut self, html: Html, buttons: Vec<Vec<Button>>, weight: Weight) {
        let mut parts = split(&html, MESSAGE_CHARS);
        let last = Body {
            html: parts.pop().unwrap_or_default(),
            buttons,
        };
        let before = if weight.is_screen() {
            Weight::Page
        } else {
            weight
        };
        for body in parts.into_iter().map(Body::from) {
            self.put(body, before);
        }
        self.put(last, weight);
    }

    fn put(&mut self, body: Body, weight: Weight) {
        let effect = match self.pressed.take() {
            Some(message) => {
                self.rewritten = Some(message);
                Effect::Edit {
                    message,
                    body,
                    weight,
                }
            }
            None => Effect::Send {
                body,
                clears: weight.is_screen() && self.rewritten.is_none(),
                weight,
            },
        };
        self.effects.push(effect);
    }
}

/// A notice to somebody, unless nothing can be sent to them.
pub(super) fn notice(
    to: &Person,
    concern: Option<u64>,
    forum: &Forum,
    say: impl Fn(Phrases<'_>) -> Html,
) -> Option<Notice> {
    if to.unreachable {
        return None;
    }
    let phrases = forum.words.phrases_or_first(to.language);
    let button = concern.map(|id| Button {
        label: phrases.button_look(),
        data: Press::Concern(id).write(),
    });
    Some(Notice {
        person: to.number,
        chat: to.chat,
        body: Body {
            html: say(phrases),
            buttons: button.into_iter().map(|button| vec![button]).collect(),
        },
        announcement: None,
        commands: false,
    })
}
