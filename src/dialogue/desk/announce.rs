//! Words to many: to whom, what, a look at it, and a second yes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Desk, Tap, go, order};
use crate::dialogue::organising::announcement::{ANNOUNCED, recipients, said};
use crate::dialogue::organising::{Announce, Order, Words};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Effect, Late, State, Turn, Visit};
use crate::domain::Audience;
use crate::text::clean::clean;
use crate::text::{Phrases, card};

/// By what a narrower audience is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// By the place where they work.
    Place,
    /// By the topic of which they raised something.
    Topic,
}

/// The audiences that need no further choice, with their ids.
const OFFERED: [(&str, Audience); 4] = [
    ("everyone", Audience::Everyone),
    ("coming", Audience::Coming),
    ("undecided", Audience::Undecided),
    ("silent", Audience::Silent),
];

/// An audience in words.
pub(super) fn name(audience: &Audience, view: View<'_>, phrases: Phrases<'_>) -> String {
    let config = &view.forum.config;
    match audience {
        Audience::Everyone => phrases.audience_everyone(),
        Audience::Coming => phrases.audience_coming(),
        Audience::Undecided => phrases.audience_undecided(),
        Audience::Silent => phrases.audience_silent(),
        Audience::Place(id) => card::place(config, id, phrases.language()),
        Audience::Topic(id) => card::label(&config.topics, id, phrases.language()),
    }
}

/// To whom.
pub(super) fn audiences(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows: Vec<_> = OFFERED
        .iter()
        .map(|(id, audience)| {
            vec![(
                name(audience, view, phrases),
                Action::Pick((*id).to_owned()),
            )]
        })
        .collect();
    rows.push(vec![
        (phrases.button_by_place(), Action::Pick("place".to_owned())),
        (phrases.button_by_topic(), Action::Pick("topic".to_owned())),
    ]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen {
        html: phrases.ask_audience(),
        rows,
    }
}

pub(super) fn on_audience(turn: &mut Turn, id: &str) {
    let offered = OFFERED.into_iter().find(|(name, _)| *name == id);
    match (id, offered) {
        ("place", _) => go(turn, Desk::AnnounceBy(Wish::Place)),
        ("topic", _) => go(turn, Desk::AnnounceBy(Wish::Topic)),
        (_, Some((_, audience))) => go(turn, Desk::Announcing(audience)),
        (_, None) => turn.show(),
    }
}

/// In which place, or of which topic: those where somebody is.
pub(super) fn narrower(wish: Wish, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let config = &view.forum.config;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    match wish {
        Wish::Place => {
            for id in view.world.joined() {
                if let Some(organisation) = view.world.organisation(id) {
                    *counts.entry(organisation.place).or_default() += 1;
                }
            }
        }
        Wish::Topic => {
            for glance in view.world.glances() {
                *counts.entry(glance.topic).or_default() += 1;
            }
        }
    }
    let choices: Vec<_> = match wish {
        Wish::Place => config.place_choices().collect(),
        Wish::Topic => config.topics.iter().collect(),
    };
    let buttons: Vec<_> = choices
        .into_iter()
        .filter(|choice| counts.contains_key(&choice.id))
        .map(|choice| {
            (
                choice.label.get(phrases.language()).to_owned(),
                Action::Pick(choice.id.clone()),
            )
        })
        .collect();
    let mut rows: Vec<_> = buttons.chunks(2).map(<[_]>::to_vec).collect();
    let html = if rows.is_empty() {
        phrases.note_nobody()
    } else {
        phrases.ask_audience()
    };
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

pub(super) fn on_narrower(turn: &mut Turn, wish: Wish, id: &str) {
    let audience = match wish {
        Wish::Place => Audience::Place(id.to_owned()),
        Wish::Topic => Audience::Topic(id.to_owned()),
    };
    go(turn, Desk::Announcing(audience));
}

/// What.
pub(super) fn asking(audience: &Audience, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let count = recipients(audience, view.world).len() as u64;
    super::asking(
        phrases.ask_announcement(&name(audience, view, phrases), count),
        phrases,
    )
}

pub(super) fn on_words(turn: &mut Turn, audience: Audience, text: &str) {
    let words = clean(text);
    let length = words.chars().count();
    if length == 0 {
        turn.note(|phrases| phrases.note_empty());
        return turn.show();
    }
    if length > ANNOUNCED {
        turn.note(|phrases| phrases.note_too_long(length as u64, ANNOUNCED as u64));
        return turn.show();
    }
    go(
        turn,
        Desk::Preview {
            audience,
            words: Words::Text(words),
            sure: false,
        },
    );
}

/// What each of them will read, how many they are, and whether it may go.
pub(super) fn preview(
    audience: &Audience,
    words: &Words,
    sure: bool,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Screen {
    let count = recipients(audience, view.world).len() as u64;
    let name = name(audience, view, phrases);
    let mut html = match words {
        Words::Text(_) => phrases.preview(&name, count),
        Words::Meeting(..) => phrases.preview_meeting(&name, count),
    };
    html.paragraph(&said(words, view.forum, phrases));
    let mut rows = Vec::new();
    if sure {
        html.paragraph(&phrases.ask_sure(count));
        rows.push(vec![(
            phrases.button_send_really(&phrases.number(count)),
            Action::Yes,
        )]);
    } else if count > 0 {
        rows.push(vec![(
            phrases.button_send(&phrases.number(count)),
            Action::Desk(Tap::Send),
        )]);
    } else {
        html.paragraph(&phrases.note_nobody());
    }
    let back = match words {
        Words::Text(_) => phrases.button_back(),
        Words::Meeting(..) => phrases.button_do_not_send(),
    };
    rows.push(vec![(back, Action::Back)]);
    Screen { html, rows }
}

/// The first yes.
pub(super) fn on_send(turn: &mut Turn) {
    match turn.person.desk().cloned() {
        Some(Desk::Preview {
            audience, words, ..
        }) => go(
            turn,
            Desk::Preview {
                audience,
                words,
                sure: true,
            },
        ),
        Some(_) | None => turn.show(),
    }
}

/// The second.
pub(super) fn on_sure(turn: &mut Turn, audience: Audience, words: Words) {
    // Nobody is told of what has changed again meanwhile.
    if let Words::Meeting(_, after) = &words
        && turn.world.meeting().as_ref() != Some(&**after)
    {
        turn.note(|phrases| phrases.note_meeting_changed_meanwhile());
        let kept = super::kept(turn);
        return turn.go(State::Visit {
            kept,
            visit: Visit::Meeting,
        });
    }
    let announce = Order::Announce(Announce { audience, words });
    let Some(done) = order(turn, announce) else {
        return turn.show();
    };
    if let Some(announcement) = done.made {
        turn.effects.push(Effect::Late(Late::Report {
            announcement,
            stands: false,
        }));
    }
    turn.note(|phrases| phrases.note_announced());
    let kept = super::kept(turn);
    turn.go(State::Menu { kept });
}
