//! The conversation: from a person's state and an event to their new state and what is to be sent.
//!
//! [`step`] is pure: time, randomness and the records it may look at are arguments. It answers every event, loses
//! no saved answer and leaves nobody without a way on; tests/it/conversation.rs holds it to that. What a
//! person sees follows from their state alone ([`screen`]), and a button counts only while that screen offers it.

pub mod button;
pub mod effect;
pub mod event;
mod form;
mod onboarding;
pub mod screen;
pub mod state;

use jiff::Timestamp;

pub use button::{Action, Button, Press};
pub use effect::{Body, Change, Effect, Outcome, Weight};
pub use event::{Content, Event, Media, Other};
pub use state::{Draft, Membership, Person, State};

use crate::digest::{Edition, Filter, Format, Request};
use crate::domain::{MessageId, Organisation, Receipt, Role};
use crate::text::split::{MESSAGE_CHARS, split};
use crate::text::{Forum, Html, Phrases, clean};

/// The records that a step may look at, with everything that earlier steps of the same batch changed.
pub trait World {
    /// A number never given out before, for a new record.
    fn fresh_id(&mut self) -> u64;
    /// The organisation with this id.
    fn organisation(&self, id: u64) -> Option<Organisation>;
    /// The organisation of this name, compared folded ([`clean::fold`]).
    fn organisation_named(&self, name: &str) -> Option<Organisation>;
    /// Whether a concern has this receipt.
    fn receipt_taken(&self, receipt: Receipt) -> bool;
    /// The code of the owner's link, while there is no owner.
    fn owner_code(&self) -> Option<String>;
}

/// When and with which luck a step happens.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time.
    pub now: Timestamp,
    /// Fresh random bits.
    pub random: u64,
}

/// What an event makes of a person, and what is to be sent. It never fails.
pub fn step(
    person: Person,
    event: Event,
    forum: &Forum,
    world: &mut dyn World,
    moment: Moment,
) -> Outcome {
    let mut turn = Turn::new(person, forum, world, moment);
    turn.person.unreachable = false;
    match event {
        Event::Message { id, content } => on_message(&mut turn, id, content),
        Event::Edited { id, content } => form::on_edited(&mut turn, id, &content),
        Event::Press {
            query,
            message,
            data,
        } => on_press(&mut turn, query, message, &data),
        // Somebody who never said anything leaves nothing behind.
        Event::Blocked(_) if turn.person.screen == 0 => turn.forget = true,
        Event::Blocked(blocked) => turn.person.unreachable = blocked,
        Event::Unreadable => {
            turn.note(|phrases| phrases.note_unreadable());
            turn.show();
        }
    }
    turn.finish()
}

/// One event while it is handled.
pub(crate) struct Turn<'a> {
    person: Person,
    forum: &'a Forum,
    world: &'a mut dyn World,
    moment: Moment,
    /// The message whose button was pressed: the next screen goes there.
    pressed: Option<MessageId>,
    /// The same message, once something went there.
    rewritten: Option<MessageId>,
    /// What is said above the next screen.
    notes: Html,
    changes: Vec<Change>,
    effects: Vec<Effect>,
    forget: bool,
    /// Whether the next screen only confirms what was added.
    routine: bool,
}

impl<'a> Turn<'a> {
    fn new(person: Person, forum: &'a Forum, world: &'a mut dyn World, moment: Moment) -> Self {
        Self {
            person,
            forum,
            world,
            moment,
            pressed: None,
            rewritten: None,
            notes: Html::default(),
            changes: Vec::new(),
            effects: Vec::new(),
            forget: false,
            routine: false,
        }
    }

    fn finish(self) -> Outcome {
        Outcome {
            person: (!self.forget).then_some(self.person),
            changes: self.changes,
            effects: self.effects,
        }
    }

    fn phrases(&self) -> Phrases<'a> {
        self.forum.words.phrases_or_first(self.person.language)
    }

    /// The organisation with this id, were it new in this very step.
    fn organisation(&self, id: u64) -> Option<Organisation> {
        let new = self.changes.iter().find_map(|change| match change {
            Change::Organisation(organisation) if organisation.id == id => {
                Some(organisation.clone())
            }
            Change::Organisation(_) | Change::Concern(_) | Change::OwnerClaimed => None,
        });
        new.or_else(|| self.world.organisation(id))
    }

    /// Says this above the next screen.
    fn note(&mut self, say: impl Fn(Phrases<'_>) -> Html) {
        let said = self.said(say);
        self.notes.paragraph(&said);
    }

    /// This in the person's language; in every one while none is chosen.
    fn said(&self, say: impl Fn(Phrases<'_>) -> Html) -> Html {
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
    fn go(&mut self, state: State) {
        self.person.state = state;
        self.show();
    }

    /// Shows the screen of the state, with the notes above it.
    fn show(&mut self) {
        let organisation = self
            .person
            .membership
            .as_ref()
            .and_then(|m| self.organisation(m.organisation));
        let screen = screen::of(&self.person, organisation.as_ref(), self.forum);
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
    fn tell(&mut self, weight: Weight, say: impl Fn(Phrases<'_>) -> Html) {
        let said = self.said(say);
        self.say(said, Vec::new(), weight);
    }

    /// Puts a text where the pressed message was, or into a new message; as many messages as it needs, of which the last
    /// has the weight.
    fn say(&mut self, html: Html, buttons: Vec<Vec<Button>>, weight: Weight) {
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

fn on_message(turn: &mut Turn, id: MessageId, content: Content) {
    match content {
        Content::Text(text) => match text.strip_prefix('/') {
            Some(command) => on_command(turn, command),
            None => on_text(turn, id, &text),
        },
        Content::File { file, caption } => form::on_file(turn, id, file, caption.as_deref()),
        Content::Other(other) => {
            turn.note(|phrases| match other {
                Other::Video => phrases.note_video(),
                Other::Audio => phrases.note_audio(),
                Other::Contact => phrases.note_contact(),
                Other::Thing => phrases.note_thing(),
            });
            turn.show();
        }
    }
}

fn on_text(turn: &mut Turn, id: MessageId, text: &str) {
    match &turn.person.state {
        State::Language { .. } => onboarding::on_language_text(turn, text),
        State::Organisation { .. } => onboarding::on_name(turn, id, text),
        State::Province { .. } => onboarding::on_province_text(turn, text),
        State::Form { .. } => form::on_text(turn, id, text),
        State::Menu { .. } => {
            turn.note(|phrases| phrases.note_not_kept());
            turn.show();
        }
        State::Consent | State::Review { .. } | State::Leaving { .. } | State::Deleting { .. } => {
            turn.note(|phrases| phrases.note_press_button());
            turn.show();
        }
    }
}

fn on_command(turn: &mut Turn, command: &str) {
    let mut words = command.split_whitespace();
    let name = words.next().unwrap_or_default();
    // In a group commands carry the bot's name: /help@samleng_bot.
    let name = name
        .split('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match name.as_str() {
        "start" => onboarding::on_start(turn, words.next()),
        "menu" => to_menu(turn),
        "cancel" => on_cancel(turn),
        "help" => {
            tell_help(turn);
            turn.show();
        }
        "privacy" => {
            turn.tell(Weight::Page, |phrases| phrases.privacy());
            turn.show();
        }
        "language" => to_languages(turn),
        "digest" if turn.person.role.is_some() => {
            send_digest(turn, Edition::Organisers, Format::Messages)
        }
        _ => {
            turn.note(|phrases| phrases.note_unknown_command());
            turn.show();
        }
    }
}

fn tell_help(turn: &mut Turn) {
    match turn.person.role {
        Some(Role::Owner) => turn.tell(Weight::Page, |phrases| phrases.help_organiser()),
        None => turn.tell(Weight::Page, |phrases| phrases.help()),
    }
}

fn on_press(turn: &mut Turn, query: String, message: Option<MessageId>, data: &str) {
    let toast = |text| Effect::Toast {
        query: query.clone(),
        text,
    };
    match Press::read(data) {
        Some(Press::Digest(edition, format)) if turn.person.role.is_some() => {
            turn.effects
                .push(toast(Some(turn.phrases().toast_digest())));
            send_digest(turn, edition, format);
        }
        Some(Press::Screen(number, action))
            if number == turn.person.screen && offers(turn, &action) =>
        {
            turn.effects.push(toast(None));
            turn.pressed = message;
            on_action(turn, action);
        }
        // A second tap, faster than the message could change, needs no more than a word.
        Some(Press::Screen(..)) if message.is_some() && message == turn.person.shown_in => {
            turn.effects.push(toast(Some(turn.phrases().toast_again())));
        }
        Some(Press::Screen(..) | Press::Digest(..)) | None => {
            turn.effects.push(toast(Some(turn.phrases().toast_old())));
            turn.effects
                .extend(message.map(|message| Effect::Strip { message }));
            turn.show();
        }
    }
}

fn offers(turn: &Turn, action: &Action) -> bool {
    screen::of(&turn.person, None, turn.forum).offers(action)
}

fn on_action(turn: &mut Turn, action: Action) {
    match action {
        Action::Speak(language) => onboarding::on_language(turn, language),
        Action::Agree => onboarding::on_agree(turn),
        Action::Decline => onboarding::on_decline(turn),
        Action::Pick(id) => match turn.person.state {
            State::Province { .. } => onboarding::on_province(turn, &id),
            State::Language { .. }
            | State::Consent
            | State::Organisation { .. }
            | State::Menu { .. }
            | State::Form { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. } => form::on_pick(turn, id),
        },
        Action::Next => form::on_next(turn),
        Action::Done => form::on_done(turn),
        Action::Undo => form::on_undo(turn),
        Action::Back => on_back(turn),
        Action::Skip => form::on_skip(turn),
        Action::Cancel => on_cancel(turn),
        Action::NewConcern => form::begin(turn),
        Action::Continue => form::resume(turn),
        Action::Keep => to_menu(turn),
        Action::Delete => form::on_delete(turn),
        Action::Change(question) => form::on_change(turn, question),
        Action::Submit => form::on_submit(turn),
        Action::Languages => to_languages(turn),
        Action::Privacy => {
            turn.tell(Weight::Page, |phrases| phrases.privacy());
            turn.show();
        }
        Action::Help => {
            tell_help(turn);
            turn.show();
        }
        Action::Digest => {
            send_digest(turn, Edition::Organisers, Format::Messages);
            turn.note(|phrases| phrases.note_digest_comes());
            turn.show();
        }
        Action::Join => turn.go(State::Consent),
    }
}

/// Shows the menu; a draft is kept for later, and whoever has not joined yet stays where they are.
fn to_menu(turn: &mut Turn) {
    match turn.person.state.draft().cloned() {
        Some(draft) => turn.go(State::Menu { kept: Some(draft) }),
        None if turn.person.has_joined() && turn.person.language.is_some() => {
            turn.go(State::Menu { kept: None })
        }
        None => turn.show(),
    }
}

fn to_languages(turn: &mut Turn) {
    let state = std::mem::replace(&mut turn.person.state, State::Consent);
    turn.go(match state {
        State::Language { back } => State::Language { back },
        State::Consent
        | State::Organisation { .. }
        | State::Province { .. }
        | State::Menu { .. }
        | State::Form { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. } => State::Language {
            back: Some(Box::new(state)),
        },
    });
}

fn on_cancel(turn: &mut Turn) {
    match turn.person.state.clone() {
        State::Form { draft, at, .. } => form::leave(turn, draft, Some(at)),
        State::Review { draft } => form::leave(turn, draft, None),
        State::Leaving { draft, .. } | State::Deleting { draft } => {
            turn.go(State::Menu { kept: Some(draft) })
        }
        State::Province { agreed_at, .. } => turn.go(State::Organisation { agreed_at }),
        State::Organisation { .. } => turn.go(State::Consent),
        State::Consent if turn.person.has_joined() => turn.go(State::Menu { kept: None }),
        State::Language { back: Some(back) } if turn.person.language.is_some() => turn.go(*back),
        State::Language { .. } | State::Consent | State::Menu { .. } => {
            turn.note(|phrases| phrases.note_nothing_to_cancel());
            turn.show();
        }
    }
}

fn on_back(turn: &mut Turn) {
    match turn.person.state.clone() {
        State::Form {
            draft,
            at,
            from_review,
        } => form::back(turn, draft, &at, from_review),
        State::Review { draft } => {
            let last = turn
                .forum
                .config
                .form
                .last()
                .map(|question| question.id.clone());
            form::ask(turn, draft, last.unwrap_or_default(), false);
        }
        State::Leaving {
            draft,
            at: Some(at),
        } => form::ask(turn, draft, at, false),
        State::Leaving { draft, at: None } => turn.go(State::Review { draft }),
        State::Province { agreed_at, .. } => turn.go(State::Organisation { agreed_at }),
        State::Language { back: Some(back) } => turn.go(*back),
        State::Language { back: None }
        | State::Consent
        | State::Organisation { .. }
        | State::Menu { .. }
        | State::Deleting { .. } => turn.show(),
    }
}

fn send_digest(turn: &mut Turn, edition: Edition, format: Format) {
    let language = turn.phrases().language();
    turn.effects.push(Effect::Digest(Request {
        edition,
        format,
        language,
        filter: Filter::default(),
    }));
}

/// The choice whose label, in whichever language, or whose id is what was typed.
fn typed_choice<'c>(
    mut choices: impl Iterator<Item = (&'c str, Vec<&'c str>)>,
    text: &str,
) -> Option<String> {
    let wanted = clean::fold(text);
    choices
        .find(|(id, labels)| {
            *id == wanted || labels.iter().any(|label| clean::fold(label) == wanted)
        })
        .map(|(id, _)| id.to_owned())
        .filter(|_| !wanted.is_empty())
}
