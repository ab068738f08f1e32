//! One concern as an organiser sees it.
//!
//! Guarantees: one that has changed since it was shown is shown again before anything is decided about it ([`shown`]). Every look is
//! in the audit log.

use super::super::{Desk, Tap, go, may, note};
use super::queue::{self, Lens};
use super::{ConcernDesk, deciding, merging};
use crate::dialogue::screen::{Row, Screen, View};
use crate::dialogue::{Action, Effect, Late, Person, Turn, mine, others, promising};
use crate::domain::concern::question;
use crate::domain::{
    Act, Attachment, Concern, Deed, PartContent, Past, SentAs, Stamp, Status, Whereabouts,
};
use crate::text::{Html, Phrases, card, date};

/// Parts of a concern that are named.
const PARTS: usize = 5;

/// The concern, unless nothing is left of it.
pub(super) fn there(id: u64, view: View<'_>) -> Option<Concern> {
    let concern = view.world.concern(id);
    concern.filter(|concern| concern.status != Status::Withdrawn)
}

/// Looks at a concern.
pub(super) fn look(turn: &mut Turn, lens: Lens, id: u64) {
    let Some(concern) = there(id, turn.view()) else {
        turn.note(|phrases| phrases.note_concern_gone());
        return go(turn, queue::parent(lens));
    };
    note(turn, Deed::Looked(id));
    go(
        turn,
        ConcernDesk::Card {
            lens,
            id,
            seen: concern.stamp(),
        },
    );
}

/// Everything that is known of it.
pub(super) fn screen(
    person: &Person,
    lens: &Lens,
    id: u64,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Screen {
    let Some(concern) = there(id, view) else {
        return super::super::asking(phrases.note_concern_gone(), phrases);
    };
    let ids = queue::ids(lens, view);
    let place = ids.iter().position(|other| *other == id);
    let mut html = Html::default();
    if let Some(place) = place {
        html.line(&phrases.progress(place as u64 + 1, ids.len() as u64));
    }
    html.line(&whole(&concern, view, phrases));
    let mut rows = deciding::decisions(person, &concern, phrases);
    if concern.status == Status::Waiting && may(person, Act::Organisations) {
        let label = phrases.button_approve_author();
        rows.insert(0, vec![(label, Action::Desk(Tap::ApproveAuthor))]);
    }
    rows.extend(files(person, &concern, view, phrases));
    // Whatever was decided about it meanwhile, the others are still one press away.
    let around = queue::around(lens, Some(id), view);
    let place = around.iter().position(|other| *other == id);
    let mut turning = Vec::new();
    if place.is_some_and(|place| place > 0) {
        turning.push((phrases.button_page_before(), Action::Desk(Tap::Before)));
    }
    if place.is_some_and(|place| place + 1 < around.len()) {
        turning.push((phrases.button_page_after(), Action::Desk(Tap::Next)));
    }
    if !turning.is_empty() {
        rows.push(turning);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// What is said, by whom, and everything beside it.
fn whole(concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> Html {
    let config = &view.forum.config;
    let mut html = Html::code(&concern.receipt.to_string());
    let status = promising::status(concern, view);
    html.line(&phrases.mine_status(&card::status(status, phrases)));
    if let Some(reason) = &concern.reason {
        html.line(&phrases.mine_reason(reason));
    }
    if let Some(organisation) = view.world.organisation(concern.organisation) {
        let mut name = Html::bold(organisation.name.get(phrases.language()));
        if !organisation.verified && !concern.vouched {
            name.push(&Html::text(&format!(" ({})", phrases.digest_unverified())));
        }
        html.line(&name);
    }
    let at = date::moment(phrases, concern.submitted_at, &view.zone());
    html.line(&phrases.card_submitted(&at));
    if let Some(whole) = concern.into.and_then(|id| view.world.concern(id)) {
        html.line(&phrases.mine_into(&called(&whole, view, phrases)));
    }
    let parts = view.world.merged_into(concern.id);
    if !parts.is_empty() {
        let named = parts.iter().take(PARTS);
        let mut names: Vec<_> = named.map(|p| called(p, view, phrases)).collect();
        if parts.len() > PARTS {
            names.push("…".to_owned());
        }
        html.line(&phrases.card_parts(parts.len() as u64, &names.join(", ")));
    }
    let behind = others::behind(concern, view.world);
    if behind > 1 {
        html.line(&phrases.digest_behind(behind));
    }
    html.paragraph(&card::of(&concern.answers, None, config, phrases));
    for (number, voice) in (1..).zip(mine::spoken(concern, view.world)) {
        if let Some(transcript) = &voice.transcript {
            html.paragraph(&if transcript.approved {
                phrases.card_spoken(number, &transcript.text)
            } else {
                phrases.card_spoken_waits(number, &transcript.text)
            });
        }
    }
    for past in view.world.past(concern.id) {
        match past {
            Past::Version { .. } => {}
            Past::Note { text, .. } => {
                html.paragraph(&phrases.card_note(&text));
            }
            Past::Question { text, answer, .. } => {
                html.paragraph(&phrases.card_question(&text));
                html.line(&match answer {
                    Some((_, answer)) => phrases.card_answer(&answer),
                    None => phrases.card_no_answer(),
                });
            }
        }
    }
    let close = merging::close(concern, view);
    if !close.is_empty() && Act::Merge.fits(concern.status) {
        let names: Vec<_> = close.iter().map(|c| called(c, view, phrases)).collect();
        html.paragraph(&phrases.card_close(&names.join(", ")));
    }
    html
}

/// A concern by its name and receipt.
pub(super) fn called(concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> String {
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    format!("{name} ({})", concern.receipt)
}

/// Its files: to have them sent, and to write down what is said.
fn files(person: &Person, concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut others: Row = Vec::new();
    let mut voices = 0;
    for part in concern.answers.story(question::STORY) {
        let Some(kept) = part.content.file().and_then(|file| file.kept) else {
            continue;
        };
        let number = phrases.number(others.len() as u64 + 1);
        let open = Action::Desk(Tap::File(kept));
        match &part.content {
            PartContent::Text(_) => {}
            PartContent::Voice { seconds, .. } => {
                voices += 1;
                let length = card::duration(*seconds, phrases);
                let mut row = vec![(phrases.button_hear(&phrases.number(voices), &length), open)];
                let written = view.world.attachment(kept).and_then(|a| a.transcript);
                if may(person, Act::WriteDown) && !written.is_some_and(|words| words.approved) {
                    row.push((phrases.button_write_down(), Action::Desk(Tap::Write(kept))));
                }
                rows.push(row);
            }
            PartContent::Photo(_) => others.push((phrases.button_photo(&number), open)),
            PartContent::Document(_) => others.push((phrases.button_document(&number), open)),
        }
    }
    rows.extend(others.chunks(4).map(<[_]>::to_vec));
    rows
}

/// The concern at whose card the person is, if it is still as it was shown. If not, it is shown again.
pub(super) fn shown(turn: &mut Turn) -> Option<(Lens, Concern)> {
    let Some(Desk::Concerns(ConcernDesk::Card { lens, id, seen })) = turn.person.desk().cloned()
    else {
        turn.show();
        return None;
    };
    as_seen(turn, lens, id, seen)
}

pub(super) fn as_seen(
    turn: &mut Turn,
    lens: Lens,
    id: u64,
    seen: Stamp,
) -> Option<(Lens, Concern)> {
    match there(id, turn.view()) {
        Some(concern) if concern.stamp() == seen => Some((lens, concern)),
        Some(_) => {
            turn.note(|phrases| phrases.note_changed_meanwhile());
            look(turn, lens, id);
            None
        }
        None => {
            look(turn, lens, id);
            None
        }
    }
}

/// Whether the person is at a card that is not as it was when they saw it.
pub(in crate::dialogue) fn has_changed(turn: &Turn) -> bool {
    let Some(Desk::Concerns(ConcernDesk::Card { id, seen, .. })) = turn.person.desk() else {
        return false;
    };
    let now = there(*id, turn.view()).map(|concern| concern.stamp());
    may(&turn.person, Act::Read) && now != Some(*seen)
}

/// Shows it as it is now.
pub(in crate::dialogue) fn show_changed(turn: &mut Turn) {
    shown(turn);
}

/// To the next concern.
pub(in super::super) fn on_next(turn: &mut Turn) {
    turn_to(turn, queue::after);
}

/// To the one before.
pub(in super::super) fn on_before(turn: &mut Turn) {
    turn_to(turn, queue::before);
}

fn turn_to(turn: &mut Turn, which: fn(&Turn, &Lens, u64) -> Option<u64>) {
    let Some(Desk::Concerns(ConcernDesk::Card { lens, id, .. })) = turn.person.desk().cloned()
    else {
        return turn.show();
    };
    match which(turn, &lens, id) {
        Some(other) => look(turn, lens, other),
        None => turn.show(),
    }
}

/// Has a file of the concern sent.
pub(in super::super) fn on_file(turn: &mut Turn, attachment: u64) {
    match turn.person.desk() {
        Some(Desk::Concerns(ConcernDesk::Card { id, .. })) => send_file(turn, *id, attachment),
        Some(_) | None => turn.show(),
    }
}

fn send_file(turn: &mut Turn, id: u64, attachment: u64) {
    let known = turn.world.attachment(attachment);
    let known = known.filter(|known| known.concern == id);
    match known.map(|known| known.whereabouts) {
        Some(Whereabouts::Here(_)) => {
            turn.effects.push(Effect::Late(Late::File(attachment)));
            note(turn, Deed::FileSeen(id));
            turn.note(|phrases| phrases.note_file_comes());
        }
        Some(Whereabouts::Telegram(_)) => turn.note(|phrases| phrases.note_file_not_here()),
        Some(Whereabouts::Refused) | None => turn.note(|phrases| phrases.note_file_gone()),
    }
    turn.show();
}

/// What a file is called where it is sent: by the receipt, never by what its author called it.
pub(in super::super) fn file_name(of: &str, attachment: &Attachment, ending: &str) -> String {
    let kind = match attachment.sent_as {
        SentAs::Voice => "voice",
        SentAs::Photo => "photo",
        SentAs::Document => "document",
    };
    format!("{of}-{kind}-{}.{ending}", attachment.id)
}
