//! One concern as an organiser sees it, and what is decided about it.
//!
//! Guarantees: whoever decides has seen what they decide about. A concern that has changed since it was shown is shown again
//! instead. Every look is in the audit log.

use super::super::{Desk, Tap, go, may, note, order};
use super::queue::{self, Lens};
use super::{ConcernDesk, Wanted};
use crate::dialogue::organising::{OnConcern, Order, Standing};
use crate::dialogue::screen::{self, Row, Screen, View};
use crate::dialogue::{Action, Effect, Late, Person, Turn, mine, others};
use crate::domain::concern::question;
use crate::domain::{
    Act, Attachment, Concern, Deed, PartContent, Past, Receipt, SentAs, Stamp, Status, Whereabouts,
};
use crate::text::clean::clean_line;
use crate::text::{Html, Phrases, card, date};

/// Parts of a concern that are named.
const PARTS: usize = 5;
/// Close concerns that are offered for merging.
const CLOSE: usize = 5;

/// The concern, unless nothing is left of it.
fn there(id: u64, view: View<'_>) -> Option<Concern> {
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
    let mut rows = decisions(person, &concern, phrases);
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
    html.line(&phrases.mine_status(&card::status(concern.status, phrases)));
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
    let close = close(concern, view);
    if !close.is_empty() && Act::Merge.fits(concern.status) {
        let names: Vec<_> = close.iter().map(|c| called(c, view, phrases)).collect();
        html.paragraph(&phrases.card_close(&names.join(", ")));
    }
    html
}

/// A concern by its name and receipt.
fn called(concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> String {
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    format!("{name} ({})", concern.receipt)
}

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
            && (tap != Tap::Agenda || concern.disclosure.lets_others_read())
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

/// What others said that is close, closest first.
fn close(concern: &Concern, view: View<'_>) -> Vec<Concern> {
    let close = view.world.close_to(&concern.answers).into_iter();
    close
        .filter(|id| *id != concern.id)
        .filter_map(|id| there(id, view))
        .filter(Concern::may_take_parts)
        .take(CLOSE)
        .collect()
}

/// The concern at whose card the person is, if it is still as it was shown. If not, it is shown again.
fn shown(turn: &mut Turn) -> Option<(Lens, Concern)> {
    let Some(Desk::Concerns(ConcernDesk::Card { lens, id, seen })) = turn.person.desk().cloned()
    else {
        turn.show();
        return None;
    };
    as_seen(turn, lens, id, seen)
}

fn as_seen(turn: &mut Turn, lens: Lens, id: u64, seen: Stamp) -> Option<(Lens, Concern)> {
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

/// It becomes part of another; which is asked for.
pub(in super::super) fn on_merge(turn: &mut Turn) {
    if let Some((lens, concern)) = shown(turn) {
        begin_merging(turn, lens, &concern);
    }
}

/// To the choice of the concern into which it goes.
pub(in crate::dialogue) fn begin_merging(turn: &mut Turn, lens: Lens, concern: &Concern) {
    let offered = close(concern, turn.view());
    go(
        turn,
        ConcernDesk::Merging {
            lens,
            id: concern.id,
            seen: concern.stamp(),
            offered: offered.into_iter().map(|close| close.id).collect(),
        },
    );
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
fn note_decided(turn: &mut Turn, concern: &Concern, status: Status) {
    let config = &turn.forum.config;
    turn.note(|phrases| {
        let name = card::name(&concern.answers, config, phrases);
        phrases.note_decided(&name, &card::status(status, phrases))
    });
}

/// To the next concern where one works through them; where one looks something up one stays.
fn go_on(turn: &mut Turn, lens: Lens, id: u64, next: Option<u64>) {
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
pub(super) fn asking(id: u64, wanted: Wanted, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(concern) = there(id, view) else {
        return super::super::asking(phrases.note_concern_gone(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let html = match wanted {
        Wanted::Reason => phrases.ask_reason(&name),
        Wanted::Question => phrases.ask_question(&name),
        Wanted::Spoken(_) => phrases.ask_spoken(&name),
    };
    super::super::asking(html, phrases)
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

/// Into which other it goes: those that are close, or what was searched.
pub(super) fn merging(id: u64, offered: &[u64], view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(concern) = there(id, view) else {
        return super::super::asking(phrases.note_concern_gone(), phrases);
    };
    let name = card::name(&concern.answers, &view.forum.config, phrases);
    let mut html = phrases.ask_merge(&name);
    let mut rows = Vec::new();
    let offered = offered.iter().filter_map(|id| there(*id, view));
    for (number, whole) in (1..).zip(offered) {
        let name = card::name(&whole.answers, &view.forum.config, phrases);
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&name));
        entry.line(&Html::code(&whole.receipt.to_string()));
        if let Some(words) = card::opening(whole.answers.story(question::STORY)) {
            entry.line(&Html::text(&words));
        }
        html.paragraph(&entry);
        rows.push(vec![(
            screen::numbered(number, &name, phrases),
            Action::Open(whole.id),
        )]);
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// A receipt or words were typed for the concern into which it goes.
pub(super) fn on_merge_words(turn: &mut Turn, lens: Lens, id: u64, seen: Stamp, text: &str) {
    let words = clean_line(text);
    let by_receipt = Receipt::parse(&words).ok();
    let found: Vec<u64> = match by_receipt.and_then(|receipt| turn.world.concern_of(receipt)) {
        Some(concern) => vec![concern.id],
        None if words.is_empty() => Vec::new(),
        None => {
            note(turn, Deed::Searched);
            turn.world.search(&words, 4 * CLOSE)
        }
    };
    let view = turn.view();
    let offered: Vec<u64> = found
        .into_iter()
        .filter(|other| *other != id)
        .filter(|other| there(*other, view).is_some_and(|other| Concern::may_take_parts(&other)))
        .take(CLOSE)
        .collect();
    if offered.is_empty() {
        turn.note(|phrases| phrases.note_nothing_found(&words));
        return turn.show();
    }
    go(
        turn,
        ConcernDesk::Merging {
            lens,
            id,
            seen,
            offered,
        },
    );
}

pub(super) fn on_merge_into(turn: &mut Turn, lens: Lens, part: u64, seen: Stamp, whole: u64) {
    let Some((lens, concern)) = as_seen(turn, lens, part, seen) else {
        return;
    };
    let Some(whole) = there(whole, turn.view()) else {
        turn.note(|phrases| phrases.note_concern_gone());
        return look(turn, lens, part);
    };
    let next = queue::after(turn, &lens, part);
    let merged = OnConcern {
        into: Some(whole.receipt),
        ..with(&concern, Status::Merged)
    };
    if order(turn, Order::Concern(merged)).is_none() {
        return look(turn, lens, part);
    }
    note_decided(turn, &concern, Status::Merged);
    go_on(turn, lens, part, next);
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
