//! Words to many: to whom, what, a look at it, and a second yes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::room::{Did, Room};
use super::{Desk, Tap, go, order, to_menu, visit};
use crate::dialogue::organising::announcement::{ANNOUNCED, recipients, said};
use crate::dialogue::organising::{Announce, Order, Words};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Effect, Late, Person, Turn, Visit};
use crate::domain::{Act, Audience};
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

/// Where one can be while something is announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnounceDesk {
    /// To whom something is announced.
    Announce,
    /// In which place, or of which topic, those are.
    AnnounceBy(Wish),
    /// What is announced to them.
    Announcing(Audience),
    /// Whether it may really be sent.
    Preview {
        /// To whom.
        audience: Audience,
        /// What.
        words: Words,
        /// Whether they said yes once.
        sure: bool,
    },
}

impl Room for AnnounceDesk {
    fn act(&self) -> Act {
        Act::Announce
    }

    fn is_work(&self) -> bool {
        match self {
            Self::Announcing(_) | Self::Preview { .. } => true,
            Self::Announce | Self::AnnounceBy(_) => false,
        }
    }

    fn screen(&self, _person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Announce => audiences(view, phrases),
            Self::AnnounceBy(wish) => narrower(*wish, view, phrases),
            Self::Announcing(audience) => asking(audience, view, phrases),
            Self::Preview {
                audience,
                words,
                sure,
            } => preview(audience, words, *sure, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::Announce, Did::Pick(id)) => on_audience(turn, id),
            (Self::AnnounceBy(wish), Did::Pick(id)) => on_narrower(turn, *wish, id),
            (Self::Announcing(audience), Did::Text(text)) => {
                on_words(turn, audience.clone(), text);
            }
            (
                Self::Preview {
                    audience,
                    words,
                    sure: true,
                },
                Did::Yes,
            ) => {
                on_sure(turn, audience.clone(), words.clone());
            }
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Announce => to_menu(turn),
            Self::AnnounceBy(_) | Self::Announcing(_) => go(turn, Self::Announce),
            Self::Preview {
                audience,
                words,
                sure,
            } => {
                let audience = audience.clone();
                match words {
                    // The change is saved; only to tell of it is let go.
                    Words::Meeting(..) => visit(turn, Visit::Meeting),
                    Words::Text(_) if *sure => {
                        let (words, sure) = (words.clone(), false);
                        go(
                            turn,
                            Self::Preview {
                                audience,
                                words,
                                sure,
                            },
                        );
                    }
                    Words::Text(_) => go(turn, Self::Announcing(audience)),
                }
            }
        }
    }
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
fn audiences(view: View<'_>, phrases: Phrases<'_>) -> Screen {
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

fn on_audience(turn: &mut Turn, id: &str) {
    let offered = OFFERED.into_iter().find(|(name, _)| *name == id);
    match (id, offered) {
        ("place", _) => go(turn, AnnounceDesk::AnnounceBy(Wish::Place)),
        ("topic", _) => go(turn, AnnounceDesk::AnnounceBy(Wish::Topic)),
        (_, Some((_, audience))) => go(turn, AnnounceDesk::Announcing(audience)),
        (_, None) => turn.show(),
    }
}

/// In which place, or of which topic: those where somebody is.
fn narrower(wish: Wish, view: View<'_>, phrases: Phrases<'_>) -> Screen {
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

fn on_narrower(turn: &mut Turn, wish: Wish, id: &str) {
    let audience = match wish {
        Wish::Place => Audience::Place(id.to_owned()),
        Wish::Topic => Audience::Topic(id.to_owned()),
    };
    go(turn, AnnounceDesk::Announcing(audience));
}

/// What.
fn asking(audience: &Audience, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let count = recipients(audience, view.world).len() as u64;
    super::asking(
        phrases.ask_announcement(&name(audience, view, phrases), count),
        phrases,
    )
}

fn on_words(turn: &mut Turn, audience: Audience, text: &str) {
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
        AnnounceDesk::Preview {
            audience,
            words: Words::Text(words),
            sure: false,
        },
    );
}

/// What each of them will read, how many they are, and whether it may go.
fn preview(
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
        Some(Desk::Announce(AnnounceDesk::Preview {
            audience, words, ..
        })) => go(
            turn,
            AnnounceDesk::Preview {
                audience,
                words,
                sure: true,
            },
        ),
        Some(_) | None => turn.show(),
    }
}

/// The second.
fn on_sure(turn: &mut Turn, audience: Audience, words: Words) {
    // Nobody is told of what has changed again meanwhile.
    if let Words::Meeting(_, after) = &words
        && turn.world.meeting().as_ref() != Some(&**after)
    {
        turn.note(|phrases| phrases.note_meeting_changed_meanwhile());
        return visit(turn, Visit::Meeting);
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
    to_menu(turn);
}
