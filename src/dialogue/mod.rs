//! The conversation: from a person's state and an event to their new state and what is to be sent.
//!
//! [`step`] does nothing but what its arguments allow: time and luck come with the [`Moment`], records are read and
//! changed in the [`World`]. It answers every event, loses no saved answer and leaves nobody without a way on;
//! tests/it/conversation.rs holds it to that. What a person sees follows from their state and the records
//! ([`screen`]), and a button counts only while that screen offers it.
//!
//! One file a conversation:
//!
//! | file | about |
//! |---|---|
//! | `press` | buttons: what each does, for whom, and while which screen offers it |
//! | `onboarding` | from the first word to the menu |
//! | `form`, `story`, `submission` | raising a concern, changing one |
//! | `closing` | the deadline and its grace |
//! | `close` | others said something close |
//! | `carrying` | raising again what an earlier meeting did not answer |
//! | `mine` | one's own concerns |
//! | `others` | standing behind those of others |
//! | `meeting` | the meeting, and who comes |
//! | `promising` | what became of a promise, by those behind what it answers |
//! | `reminding` | what comes by the clock: reminders, to whom and in which words; muting them |
//! | `away` | the bot was away for too long |
//! | `leaving` | what is held about a person, and its end |
//! | `restoring` | after a backup was restored |
//! | `group` | what happens in groups, and the buttons of cards |
//! | `desk` | what those with a role see and do |
//! | `organising` | what the organisers decide |

pub mod away;
pub mod button;
mod carrying;
mod close;
mod closing;
pub mod desk;
pub mod effect;
pub mod event;
mod form;
pub mod group;
pub mod leaving;
mod meeting;
mod mine;
mod onboarding;
pub mod organising;
mod others;
mod press;
mod promising;
pub mod reminding;
pub mod restoring;
pub mod screen;
pub mod state;
mod story;
mod submission;
mod turn;
pub mod verifying;
pub mod world;

pub use away::{Absence, away};
pub use button::{Action, Button, Errand, Press};
pub use desk::promises::{score_line, standing_name};
pub use desk::{Desk, FloorTap, Tap};
pub use effect::{Body, DataForm, Effect, Late, Notice, Outcome, PaperForm, Papers, Weight};
pub use event::{Content, Event, InGroup, Media, Other};
pub use meeting::{archived, counted, said as meeting_day};
pub use promising::said as verdict_name;
pub use state::{Draft, Membership, Person, State, Visit};
pub use world::{Change, Glance, Moment, Toll, World};

use self::desk::Did;
use crate::digest::{Edition, Filter, Format, Request};
use crate::domain::{Act, MessageId, Role, Who};
use crate::text::{Forum, clean};
use turn::Turn;

/// What an event makes of a person, and what is to be sent. It never fails.
pub fn step(
    person: Person,
    event: Event,
    forum: &Forum,
    world: &mut dyn World,
    moment: Moment,
) -> Outcome {
    let mut turn = Turn::new(person, forum, world, moment);
    // Who is heard in a group may have blocked the bot all the same.
    turn.person.unreachable &= matches!(event, Event::InGroup { .. } | Event::Proposed(_));
    // What was worked out for them is nothing that they said.
    turn.person.told_away &= matches!(event, Event::Proposed(_));
    match event {
        Event::Message { id, content } => on_message(&mut turn, id, content),
        Event::Edited { id, content } => form::on_edited(&mut turn, id, &content),
        Event::Press {
            query,
            message,
            data,
        } => press::on_press(&mut turn, query, message, &data),
        // Somebody who never said anything leaves nothing behind.
        Event::Blocked(_) if turn.person.screen == 0 => turn.forget = true,
        Event::Blocked(blocked) => turn.person.unreachable = blocked,
        Event::Unreadable => {
            turn.note(|phrases| phrases.note_unreadable());
            turn.show();
        }
        Event::Proposed(proposal) => desk::on_proposed(&mut turn, &proposal),
        Event::InGroup { group, what } => group::on_event(&mut turn, group, what),
    }
    turn.finish()
}

fn on_message(turn: &mut Turn, id: MessageId, content: Content) {
    match content {
        Content::Text(text) => match text.strip_prefix('/') {
            Some(command) => on_command(turn, command),
            None => on_text(turn, id, &text),
        },
        Content::File { file, caption } => story::on_file(turn, id, file, caption.as_deref()),
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
        // Whoever types again instead of choosing has thought of a better way to write the name.
        State::Organisation { .. } | State::Choosing { .. } => onboarding::on_name(turn, id, text),
        State::Province { .. } => onboarding::on_province_text(turn, text),
        State::Form { .. } => form::on_text(turn, id, text),
        State::Menu { .. } => {
            turn.note(|phrases| phrases.note_not_kept());
            turn.show();
        }
        State::Visit {
            visit: Visit::Noting { id },
            ..
        } => mine::on_note(turn, *id, text),
        State::Visit {
            visit: Visit::Answering { id },
            ..
        } => mine::on_answer(turn, *id, text),
        State::Visit {
            visit: Visit::Correcting { id, attachment },
            ..
        } => mine::on_correction(turn, *id, *attachment, text),
        State::Visit {
            visit: Visit::Promise { id: promise },
            ..
        } => promising::on_text(turn, id, *promise, text),
        State::Visit {
            visit: Visit::Desk(_),
            ..
        } => desk::on(turn, Did::Text(text)),
        State::Visit {
            visit: Visit::Rsvp { .. },
            ..
        } => meeting::on_rsvp_text(turn, text),
        State::Visit {
            visit:
                Visit::Mine { .. }
                | Visit::Concern { .. }
                | Visit::Topics
                | Visit::Places
                | Visit::Shared { .. }
                | Visit::Other { .. }
                | Visit::Reminders
                | Visit::Meeting,
            ..
        } => {
            turn.note(|phrases| phrases.note_not_kept());
            turn.show();
        }
        State::Consent
        | State::Uninvited
        | State::Confirm { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. }
        | State::Close { .. }
        | State::Visit {
            visit: Visit::Withdrawing { .. } | Visit::Forgetting,
            ..
        } => {
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
    desk::tell_unlogged(turn);
    match name.as_str() {
        "start" => onboarding::on_start(turn, words.next()),
        "menu" => to_menu(turn),
        "cancel" => on_cancel(turn),
        "help" => {
            tell_help(turn);
            turn.show();
        }
        "privacy" => {
            tell_privacy(turn);
            turn.show();
        }
        "language" => to_languages(turn),
        "mine" => visit(turn, Visit::Mine { page: 0 }),
        "meeting" => visit(turn, Visit::Meeting),
        "reminders" => visit(turn, Visit::Reminders),
        "verify" => verifying::verify(turn, behind(command)),
        "stop" => reminding::on_stop(turn),
        "mydata" => leaving::send_data(turn),
        "forget" => leaving::ask(turn),
        "digest" if desk::may(&turn.person, Act::Digest) => send_digest(
            turn,
            Edition::Organisers,
            Format::Messages,
            Filter::default(),
        ),
        "digest" if turn.person.role.is_some() => {
            turn.note(|phrases| phrases.note_not_allowed());
            turn.show();
        }
        name => on_desk_command(turn, name, command),
    }
}

/// What was written behind a command's name.
fn behind(command: &str) -> &str {
    let words = command.split_once(char::is_whitespace);
    words.map_or("", |(_, words)| words.trim())
}

/// The commands of those with a role; to anybody else they are unknown.
fn on_desk_command(turn: &mut Turn, name: &str, command: &str) {
    let words = behind(command);
    let tap = match name {
        "concerns" => Tap::Concerns,
        "announce" => Tap::Announce,
        "invite" => Tap::Invite,
        "orgs" => Tap::Organisations,
        "people" => Tap::People,
        "audit" => Tap::Audit,
        "stats" => Tap::Stats,
        "search" => Tap::Search,
        "agenda" => Tap::Plan,
        "outcome" => Tap::Outcome,
        "promises" => Tap::Promises,
        "bind" | "unbind" if desk::may(&turn.person, Act::Bind) => {
            if name == "unbind" {
                group::unbind(turn);
            } else {
                turn.note(|phrases| phrases.note_bind_in_group());
            }
            return turn.show();
        }
        _ => {
            turn.note(|phrases| phrases.note_unknown_command());
            return turn.show();
        }
    };
    match turn.person.role {
        Some(role) if tap.act().is_for(role) => {
            if tap == Tap::Search && !words.is_empty() {
                desk::queue::search(turn, words);
            } else {
                desk::on_tap(turn, tap);
            }
        }
        Some(_) => {
            turn.note(|phrases| phrases.note_not_allowed());
            turn.show();
        }
        None => {
            turn.note(|phrases| phrases.note_unknown_command());
            turn.show();
        }
    }
}

fn tell_privacy(turn: &mut Turn) {
    let days = turn.forum.config.settings.retention_days;
    turn.tell(Weight::Page, |phrases| {
        let kept = match days {
            0 => phrases.kept_until_erased(),
            days => phrases.kept_days(days.into()),
        };
        phrases.privacy(&kept)
    });
}

fn tell_help(turn: &mut Turn) {
    match turn.person.role {
        Some(Role::Owner) => turn.tell(Weight::Page, |phrases| {
            let mut html = phrases.help_organiser();
            html.line(&phrases.help_owner());
            html
        }),
        Some(Role::Organiser) => turn.tell(Weight::Page, |phrases| phrases.help_organiser()),
        Some(Role::Auditor) => turn.tell(Weight::Page, |phrases| phrases.help_auditor()),
        None => turn.tell(Weight::Page, |phrases| phrases.help()),
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

/// Goes somewhere from the menu; a draft is kept for later. Whoever has not joined yet stays where they are.
fn visit(turn: &mut Turn, visit: Visit) {
    if !turn.person.has_joined() || turn.person.language.is_none() {
        turn.note(|phrases| phrases.note_join_first());
        return turn.show();
    }
    turn.go(State::Visit {
        kept: turn.person.state.draft().cloned(),
        visit,
    });
}

fn to_languages(turn: &mut Turn) {
    let state = std::mem::replace(&mut turn.person.state, State::Consent);
    turn.go(if let State::Language { .. } = state {
        state
    } else {
        State::Language {
            back: Some(Box::new(state)),
        }
    });
}

fn on_cancel(turn: &mut Turn) {
    match turn.person.state.clone() {
        State::Form { draft, at, .. } => form::leave(turn, draft, Some(at)),
        State::Review { draft } | State::Close { draft, .. } => form::leave(turn, draft, None),
        State::Leaving { draft, .. } | State::Deleting { draft } => {
            turn.go(State::Menu { kept: Some(draft) })
        }
        State::Visit { kept, .. } => turn.go(State::Menu { kept }),
        State::Province { agreed_at, .. } | State::Choosing { agreed_at, .. } => {
            turn.go(State::Organisation { agreed_at })
        }
        State::Organisation { .. } | State::Confirm { .. } => turn.go(State::Consent),
        State::Consent if turn.person.has_joined() => turn.go(State::Menu { kept: None }),
        State::Language { back: Some(back) } if turn.person.language.is_some() => turn.go(*back),
        State::Language { .. } | State::Consent | State::Uninvited | State::Menu { .. } => {
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
        State::Leaving { draft, at: None } | State::Close { draft, .. } => {
            turn.go(State::Review { draft })
        }
        State::Province { agreed_at, .. } | State::Choosing { agreed_at, .. } => {
            turn.go(State::Organisation { agreed_at })
        }
        State::Language { back: Some(back) } => turn.go(*back),
        State::Visit { kept, visit } => match visit {
            Visit::Mine { .. }
            | Visit::Topics
            | Visit::Meeting
            | Visit::Reminders
            | Visit::Forgetting => turn.go(State::Menu { kept }),
            Visit::Concern { .. } => turn.go(State::Visit {
                kept,
                visit: Visit::Mine { page: 0 },
            }),
            Visit::Noting { id }
            | Visit::Answering { id }
            | Visit::Withdrawing { id }
            | Visit::Correcting { id, .. } => turn.go(State::Visit {
                kept,
                visit: Visit::Concern { id },
            }),
            Visit::Shared { at: Some(_), .. } => turn.go(State::Visit {
                kept,
                visit: Visit::Places,
            }),
            Visit::Shared { at: None, .. } | Visit::Places => turn.go(State::Visit {
                kept,
                visit: Visit::Topics,
            }),
            Visit::Other { from, .. } => turn.go(State::Visit { kept, visit: *from }),
            Visit::Rsvp { .. } => meeting::on_rsvp_back(turn),
            Visit::Promise { .. } => promising::on_back(turn),
            Visit::Desk(_) => desk::on_back(turn),
        },
        State::Language { back: None }
        | State::Consent
        | State::Uninvited
        | State::Confirm { .. }
        | State::Organisation { .. }
        | State::Menu { .. }
        | State::Deleting { .. } => turn.show(),
    }
}

fn send_digest(turn: &mut Turn, edition: Edition, format: Format, filter: Filter) {
    let language = turn.phrases().language();
    let who = Who::Person(turn.person.number);
    turn.world.change(Change::Audit(who, edition.deed()));
    turn.effects.push(Effect::Digest(Request {
        edition,
        format,
        language,
        filter,
        part: None,
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
