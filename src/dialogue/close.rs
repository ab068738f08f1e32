//! Others said something close: before a concern goes out, its author may stand behind one of those instead.
//!
//! Only what its author and the organisers let others read is ever shown here.

use super::screen::{Screen, View};
use super::{Action, Draft, Person, State, Turn, others};
use crate::domain::concern::question;
use crate::text::{Html, Phrases, card};

/// How many are shown.
const SHOWN: usize = 3;

/// What others said that is close to this draft, closest first; nothing that this person may not see or whose
/// organisation supports it already.
pub(super) fn found(turn: &Turn, draft: &Draft) -> Vec<u64> {
    if draft.revises.is_some() {
        return Vec::new();
    }
    let view = turn.view();
    let own = turn.person.membership.as_ref().map(|m| m.organisation);
    let supported = |id: &u64| own.is_some_and(|own| others::endorses(turn.world, *id, own));
    turn.world
        .close_to(&draft.answers)
        .into_iter()
        .filter(|id| others::visible(&turn.person, *id, view).is_some() && !supported(id))
        .take(SHOWN)
        .collect()
}

/// The close ones, each with a button to stand behind it; without those that are not for this person any more.
pub(super) fn screen(
    person: &Person,
    close: &[u64],
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Screen {
    let concerns: Vec<_> = close
        .iter()
        .filter_map(|id| others::visible(person, *id, view))
        .collect();
    let behind = concerns
        .iter()
        .map(|concern| others::told_behind(concern, view.world))
        .sum();
    let mut html = match concerns.as_slice() {
        [] => phrases.note_concern_gone(),
        [..] => phrases.close_found(behind),
    };
    let mut rows = vec![vec![(phrases.button_send_mine(), Action::SendMine)]];
    for (concern, number) in concerns.iter().zip(1u64..) {
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&card::name(
            &concern.answers,
            &view.forum.config,
            phrases,
        )));
        if let Some(words) = card::opening(concern.answers.story(question::STORY)) {
            entry.line(&Html::text(&words));
        }
        html.paragraph(&entry);
        rows.push(vec![(
            phrases.button_add_voice(&phrases.number(number)),
            Action::Open(concern.id),
        )]);
    }
    rows.push(vec![
        (phrases.button_back(), Action::Back),
        (phrases.button_cancel(), Action::Cancel),
    ]);
    Screen { html, rows }
}

/// Stands behind one of them. What was written is kept: it can still be sent, or deleted.
pub(super) fn on_stand_behind(turn: &mut Turn, draft: Draft, id: u64) {
    if others::endorse(turn, id) {
        turn.note(|phrases| phrases.note_endorsed_instead());
        turn.go(State::Menu { kept: Some(draft) });
    } else {
        turn.go(State::Review { draft });
    }
}
