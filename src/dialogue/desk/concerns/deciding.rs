//! What is decided about a concern.
//!
//! Guarantees: whoever decides has seen what they decide about.

use super::super::{Tap, asking, go, may, note, order};
use super::card::{as_seen, look, shown, there};
use super::queue::{self, Lens};
use super::{ConcernDesk, Wanted};
use crate::dialogue::organising::{OnConcern, Order, Standing};
use crate::dialogue::screen::{Row, Screen, View};
use crate::dialogue::{Action, Effect, Late, Person, Turn, mine};
use crate::domain::{Concern, Deed, Stamp, Status};
use crate::text::{Phrases, card};

/// What can be decided about it now, by this person.
pub(in super::super) fn decisions(
    person: &Person,
    concern: &Concern,
    phrases: Phrases<'_>,
) -> Vec<Row> {
    let all = [
        vec![
            (Tap::Approve, phrases.button_approve()),
            (Tap::Hold, phrases.button_hold()),
        ],
        vec![
            (Tap::Agenda, phrases.button_agenda()),
            (Tap::Reject, phrases.button_reject()),
        ],
        vec![
            (Tap::Merge, phrases.button_merge()),
            (Tap::Ask, phrases.button_ask()),
        ],
        vec![(Tap::Unmerge, phrases.button_unmerge())],
    ];
    let can = |tap: Tap| {
        may(person, tap.act())
            && tap.act().fits(concern.status)
            && (tap != Tap::Ask || concern.open_question.is_none())
    };
    all.into_iter()
        .map(|row| {
            row.into_iter()
                .filter(|(tap, _)| can(*tap))
                .map(|(tap, label)| (label, Action::Desk(tap)))
                .collect::<Row>()
        })
        .filter(|row| !row.is_empty())
        .collect()
}

/// It stands there from now on.
pub(in super::super) fn on_decide(turn: &mut Turn, status: fn(&Concern) -> Status) {
    if let Some((lens, concern)) = shown(turn) {
        decide(turn, lens, &concern, status(&concern));
    }
}

/// The organisation that raises it is approved.
pub(in super::super) fn on_approve_author(turn: &mut Turn) {
    let Some((lens, concern)) = shown(turn) else {
        return;
    };
    let approve = Order::Standing(concern.organisation, Standing::Approved);
    if order(turn, approve).is_some() {
        turn.note(|phrases| phrases.note_organisation_approved());
    }
    look(turn, lens, concern.id);
}

/// A decision for which words are wanted; what is said in a voice note is to be heard meanwhile.
pub(in super::super) fn on_wanted(turn: &mut Turn, wanted: Wanted) {
    let Some((lens, concern)) = shown(turn) else {
        return;
    };
    if let Wanted::Spoken(attachment) = wanted {
        turn.effects.push(Effect::Late(Late::File(attachment)));
        note(turn, Deed::FileSeen(concern.id));
    }
    go(
        turn,
        ConcernDesk::Words {
            lens,
            id: concern.id,
            seen: concern.stamp(),
            wanted,
        },
    );
}

/// Decides, and goes on to the next concern.
fn decide(turn: &mut Turn, lens: Lens, concern: &Concern, status: Status) {
    let next = queue::after(turn, &lens, concern.id);
    if order(turn, Order::Concern(with(concern, status))).is_none() {
        return turn.show();
    }
    note_decided(turn, concern, status);
    go_on(turn, lens, concern.id, next);
}

/// Says what was decided, above whatever comes next.
pub(super) fn note_decided(turn: &mut Turn, concern: &Concern, status: Status) {
    let config = &turn.forum.config;
    turn.note(|phrases| {
        let name = card::name(&concern.answers, config, phrases);
        phrases.note_decided(&name, &card::status(status, phrases))
    });
}

/// To the next concern where one works through them; where one looks something up one stays.
pub(super) fn go_on(turn: &mut Turn, lens: Lens, id: u64, next: Option<u64>) {
    if !lens.is_worked_through() {
        return look(turn, lens, id);
    }
    match next {
        Some(next) => look(turn, lens, next),
        None => {
            // Some were passed over, or came meanwhile.
            let left = queue::ids(&lens, turn.view()).len() as u64;
            turn.note(|phrases| match left {
                0 => phrases.queue_done(),
                left => phrases.queue_left(left),
            });
            go(turn, ConcernDesk::Concerns);
        }
    }
}

/// An order that has it stand there.
pub(super) fn with(concern: &Concern, status: Status) -> OnConcern {
    OnConcern {
        receipt: concern.receipt,
        status: Some(status),
        into: None,
        reason: None,
        ask: None,
    }
}

/// The question for the words that a decision takes.
pub(super) fn screen(id: u64, wanted: Wanted, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(concern) = there(id, view) else {
        return asking(phrases.note_concern_gone(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let html = match wanted {
        Wanted::Reason => phrases.ask_reason(&name),
        Wanted::Question => phrases.ask_question(&name),
        Wanted::Spoken(_) => phrases.ask_spoken(&name),
    };
    asking(html, phrases)
}

pub(super) fn on_words(
    turn: &mut Turn,
    lens: Lens,
    id: u64,
    seen: Stamp,
    wanted: Wanted,
    text: &str,
) {
    let Some((lens, concern)) = as_seen(turn, lens, id, seen) else {
        return;
    };
    let next = queue::after(turn, &lens, id);
    let done = match wanted {
        Wanted::Reason => {
            let reason = Some(text.to_owned());
            let rejected = OnConcern {
                reason,
                ..with(&concern, Status::Rejected)
            };
            order(turn, Order::Concern(rejected))
        }
        Wanted::Question => {
            let ask = OnConcern {
                status: None,
                ask: Some(text.to_owned()),
                ..with(&concern, Status::New)
            };
            order(turn, Order::Concern(ask))
        }
        Wanted::Spoken(attachment) => order(turn, Order::WriteDown(attachment, text.to_owned())),
    };
    if done.is_none() {
        return turn.show();
    }
    match wanted {
        Wanted::Reason => note_decided(turn, &concern, Status::Rejected),
        Wanted::Question => turn.note(|phrases| phrases.note_asked()),
        Wanted::Spoken(_) => turn.note(|phrases| phrases.note_written_down()),
    }
    match wanted {
        Wanted::Reason => go_on(turn, lens, id, next),
        // It waits for an answer, and what else is to be said about it can be said meanwhile.
        Wanted::Question => look(turn, lens, id),
        Wanted::Spoken(_) => {
            let more = mine::spoken(&concern, turn.world);
            let more = more.iter().any(|voice| voice.transcript.is_none());
            if more {
                look(turn, lens, id);
            } else {
                go_on(turn, lens, id, next);
            }
        }
    }
}
