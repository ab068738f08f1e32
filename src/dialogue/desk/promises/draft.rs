//! A promise written down or changed at the desk: all that it says, in whichever order, saved at once.

use serde::{Deserialize, Serialize};

use super::super::meeting::typed_day;
use super::super::{Desk, Tap, asking, go, order};
use super::{PromiseDesk, called, look, shown};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::promise::{self as deciding, OnPromise, Promised};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Turn, World};
use crate::domain::Receipt;
use crate::text::clean::fold;
use crate::text::{Phrases, card, date};

/// A promise in the making, or being changed; nothing of it counts yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promising {
    /// Which, and its version that was shown; nothing of a new one.
    pub of: Option<(u64, u32)>,
    /// What it says.
    pub promised: Promised,
    /// Whether they were told that leaving drops it.
    #[serde(default)]
    pub leaving: bool,
}

/// One thing that a promise says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// What was promised.
    Text,
    /// Who is to do it.
    Owner,
    /// By when.
    Due,
    /// About which topic.
    Topic,
    /// Which concern it answers.
    Concern,
    /// At which meeting it was made.
    Meeting,
}

impl Facet {
    const ALL: [(&str, Self); 6] = [
        ("text", Self::Text),
        ("owner", Self::Owner),
        ("due", Self::Due),
        ("topic", Self::Topic),
        ("concern", Self::Concern),
        ("meeting", Self::Meeting),
    ];

    fn name(self, phrases: Phrases<'_>) -> String {
        match self {
            Self::Text => phrases.facet_text(),
            Self::Owner => phrases.facet_owner(),
            Self::Due => phrases.facet_due(),
            Self::Topic => phrases.facet_topic(),
            Self::Concern => phrases.facet_concern(),
            Self::Meeting => phrases.facet_meeting(),
        }
    }

    /// Whether it can be said: what answers a concern belongs to the meeting that dealt with it, and elsewhere there may be but one.
    fn is_open(self, promising: &Promising, world: &dyn World) -> bool {
        match self {
            Self::Text | Self::Owner | Self::Due | Self::Topic | Self::Concern => true,
            Self::Meeting => {
                promising.promised.concern.is_none() && deciding::meetings(world).len() > 1
            }
        }
    }
}

/// A new one: what was promised is asked for first.
pub(in super::super) fn begin(turn: &mut Turn) {
    if turn.world.meeting().is_none() {
        turn.note(|phrases| phrases.note_no_meeting());
        return turn.show();
    }
    go(turn, PromiseDesk::PromiseFacet(Box::default(), Facet::Text));
}

/// The one that is shown is to be changed, if it is as it was shown.
pub(in super::super) fn on_change(turn: &mut Turn) {
    if let Some(promise) = shown(turn) {
        let promising = Promising {
            of: Some((promise.id, promise.version)),
            promised: Promised::of(&promise),
            leaving: false,
        };
        go(turn, PromiseDesk::Promising(Box::new(promising)));
    }
}

/// All that it says, to be changed and saved.
pub(super) fn screen(promising: &Promising, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut html = phrases.promise_draft();
    let mut rows = vec![vec![(
        phrases.button_save_promise(),
        Action::Desk(Tap::SavePromise),
    )]];
    let open = Facet::ALL.into_iter();
    for (id, facet) in open.filter(|(_, facet)| facet.is_open(promising, view.world)) {
        let value = value(facet, &promising.promised, view, phrases);
        let value = value.unwrap_or_else(|| phrases.meeting_unknown());
        html.line(&phrases.meeting_same(&facet.name(phrases), &value));
        let label = phrases.button_change(&facet.name(phrases));
        rows.push(vec![(label, Action::Pick(id.to_owned()))]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// What it says there, in words; nothing if it says nothing.
fn value(
    facet: Facet,
    promised: &Promised,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Option<String> {
    let words = |words: &String| (!words.is_empty()).then(|| words.clone());
    match facet {
        Facet::Text => words(&promised.text),
        Facet::Owner => words(&promised.owner),
        Facet::Due => promised.due.map(|due| date::day(phrases, due)),
        Facet::Topic => words(&promised.topic)
            .map(|id| card::label(&view.forum.config.topics, &id, phrases.language())),
        Facet::Concern => {
            let concern = promised.concern.and_then(|id| view.world.concern(id))?;
            Some(concern.receipt.to_string())
        }
        Facet::Meeting => {
            let meeting = deciding::meeting_of(promised, view.forum, view.world, view.now)?;
            Some(called(&meeting, phrases))
        }
    }
}

/// Back from what is not saved: that it would be dropped is said first.
pub(super) fn on_leave(turn: &mut Turn, mut promising: Box<Promising>) {
    let saved = promising.of.and_then(|(id, _)| turn.world.promise(id));
    let is_saved = saved.is_some_and(|saved| Promised::of(&saved) == promising.promised);
    if !is_saved && !promising.leaving {
        promising.leaving = true;
        turn.note(|phrases| phrases.note_promise_not_saved());
        return go(turn, PromiseDesk::Promising(promising));
    }
    match promising.of {
        Some((id, _)) => look(turn, 0, id),
        None => go(turn, PromiseDesk::Promises(0)),
    }
}

pub(super) fn on_facet(turn: &mut Turn, mut promising: Box<Promising>, id: &str) {
    promising.leaving = false;
    let mut open = Facet::ALL.iter();
    match open.find(|(name, facet)| *name == id && facet.is_open(&promising, turn.world)) {
        Some((_, facet)) => go(turn, PromiseDesk::PromiseFacet(promising, *facet)),
        None => turn.show(),
    }
}

/// One thing that it says is asked for.
pub(super) fn facet(facet: Facet, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut screen = asking(
        match facet {
            Facet::Text => phrases.ask_promise_text(),
            Facet::Owner => phrases.ask_promise_owner(),
            Facet::Due => phrases.ask_promise_due(),
            Facet::Topic => phrases.ask_promise_topic(),
            Facet::Concern => phrases.ask_promise_concern(),
            Facet::Meeting => phrases.ask_promise_meeting(),
        },
        phrases,
    );
    if facet == Facet::Meeting {
        let meetings = deciding::meetings(view.world).into_iter();
        let meetings: Vec<_> = meetings
            .map(|meeting| {
                let pick = Action::Pick(meeting.id.to_string());
                vec![(called(&meeting, phrases), pick)]
            })
            .collect();
        screen.rows.splice(0..0, meetings);
    }
    if facet == Facet::Topic {
        let language = phrases.language();
        let topics = view.forum.config.topics.iter();
        let topics: Vec<_> = topics
            .map(|topic| {
                let label = topic.label.get(language).to_owned();
                vec![(label, Action::Pick(topic.id.clone()))]
            })
            .collect();
        screen.rows.splice(0..0, topics);
    }
    if ![Facet::Text, Facet::Meeting].contains(&facet) {
        let unknown = (phrases.button_not_said(), Action::Desk(Tap::NotSaid));
        let last = screen.rows.len() - 1;
        screen.rows.insert(last, vec![unknown]);
    }
    screen
}

/// It was not said.
pub(in super::super) fn on_not_said(turn: &mut Turn) {
    let Some(Desk::Promises(PromiseDesk::PromiseFacet(mut promising, facet))) =
        turn.person.desk().cloned()
    else {
        return turn.show();
    };
    match facet {
        Facet::Text | Facet::Meeting => return turn.show(),
        Facet::Owner => promising.promised.owner.clear(),
        Facet::Due => promising.promised.due = None,
        Facet::Topic => promising.promised.topic.clear(),
        Facet::Concern => promising.promised.concern = None,
    }
    go(turn, PromiseDesk::Promising(promising));
}

/// What it says there was typed or chosen.
pub(super) fn on_words(turn: &mut Turn, mut promising: Box<Promising>, facet: Facet, text: &str) {
    let promised = &mut promising.promised;
    match facet {
        Facet::Text => promised.text = text.to_owned(),
        Facet::Owner => promised.owner = text.to_owned(),
        Facet::Due => match typed_day(text) {
            Some(due) => {
                let (world, now) = (&*turn.world, turn.moment.now);
                let meeting = deciding::meeting_of(promised, turn.forum, world, now);
                let last = meeting.and_then(|meeting| meeting.days.last().copied());
                if last.is_some_and(|last| due < last.date) {
                    turn.note(|phrases| phrases.note_due_before());
                    return turn.show();
                }
                promised.due = Some(due);
            }
            None => {
                turn.note(|phrases| phrases.note_promise_date());
                return turn.show();
            }
        },
        Facet::Topic => {
            let wanted = fold(text);
            let mut topics = turn.forum.config.topics.iter();
            let found = topics.find(|topic| {
                topic.id == text || topic.label.all().any(|label| fold(label) == wanted)
            });
            let Some(topic) = found else {
                turn.note(|phrases| phrases.note_press_button());
                return turn.show();
            };
            promised.topic = topic.id.clone();
        }
        Facet::Concern => {
            let concern = Receipt::parse(text).ok();
            let concern = concern.and_then(|receipt| turn.world.concern_of(receipt));
            let Some(concern) = concern else {
                turn.note(|phrases| phrases.note_no_receipt());
                return turn.show();
            };
            promised.concern = Some(concern.id);
            // It belongs to the meeting that dealt with that.
            promised.meeting = None;
        }
        Facet::Meeting => {
            let mut known = deciding::meetings(turn.world).into_iter();
            let Some(meeting) = known.find(|known| known.id.to_string() == text) else {
                turn.note(|phrases| phrases.note_press_button());
                return turn.show();
            };
            promised.meeting = Some(meeting.id);
        }
    }
    go(turn, PromiseDesk::Promising(promising));
}

/// It is saved.
pub(in super::super) fn on_save(turn: &mut Turn) {
    let Some(Desk::Promises(PromiseDesk::Promising(promising))) = turn.person.desk().cloned()
    else {
        return turn.show();
    };
    let Promising { of, promised, .. } = *promising;
    let decision = match of {
        None => OnPromise::Make(promised),
        Some((id, seen)) => OnPromise::Change { id, seen, promised },
    };
    let Some(done) = order(turn, Order::Promise(decision)) else {
        // It is not as it was shown, or not there any more: that is shown instead of what would overwrite it.
        return match of {
            Some((id, seen)) if turn.world.promise(id).is_none_or(|is| is.version != seen) => {
                look(turn, 0, id);
            }
            Some(_) | None => turn.show(),
        };
    };
    turn.note(|phrases| phrases.note_promise_saved());
    match done.made.or(of.map(|(id, _)| id)) {
        Some(id) => look(turn, 0, id),
        None => turn.show(),
    }
}
