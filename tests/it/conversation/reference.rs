//! The reference model: what an event may do to what somebody has written and not sent yet, and to what they have sent.

use std::collections::BTreeSet;

use samleng::dialogue::desk::ConcernDesk;
use samleng::dialogue::{
    Action, Content, Desk, Draft, Effect, Event, Media, Outcome, Person, Press, State, Visit,
};
use samleng::domain::answers::has_voice;
use samleng::domain::concern::question;
use samleng::domain::floor::Floor;
use samleng::domain::promise::Verdict;
use samleng::domain::{
    Act, Answer, Answers, Concern, FileRef, FloorDeed, FloorEntry, MessageId, Part, PartContent,
    Report, Status, access,
};
use samleng::text::clean::{clean, clean_line};

use super::{Records, Step};
use crate::in_memory::is_seen;

/// A draft, and the concern that it is to replace, if it is no new one.
type Written = (Option<u64>, Answers);

/// Holds a step to the model.
pub(super) fn check(step: &Step) {
    let Step {
        before,
        event,
        outcome,
        ..
    } = step;
    let blocked = matches!(event, Event::Blocked(_));
    assert_eq!(
        outcome.effects.iter().any(is_seen) || quiet_tap(event, outcome),
        !blocked,
        "{event:?} got {:?}",
        outcome.effects
    );
    let press = step.press();
    logged(step);
    if matches!(event, Event::Press { .. }) && press.is_none() && !is_of_the_floor(step) {
        nothing_came_of(step);
    }
    if outcome.person.is_none() {
        let leaves = match event {
            Event::Press { .. } => {
                press == Some(&Action::Decline)
                    || press == Some(&Action::Yes)
                        && before.state.visit() == Some(&Visit::Forgetting)
            }
            Event::Message {
                content: Content::Text(text),
                ..
            } => text == "/forget" && !before.has_joined(),
            Event::Blocked(_) => before.screen == 0,
            Event::Message { .. }
            | Event::Edited { .. }
            | Event::Proposed(_)
            | Event::InGroup { .. }
            | Event::Unreadable => false,
        };
        assert!(leaves, "forgotten after {event:?} in {:?}", before.state);
        return;
    }
    joined_in_its_one_way(step, press);
    let sent = sent(step, press);
    drafts(step, press, sent);
}

/// Whether this is a press with which somebody logs a meeting who may do that: it counts however old the button is.
fn is_of_the_floor(step: &Step) -> bool {
    let Event::Press { data, .. } = &step.event else {
        return false;
    };
    matches!(Press::read(data), Some(Press::Floor(_)))
        && access::allows(step.before.role, Act::Floor, None)
}

/// The log of a meeting grows by one entry at most, at its end, and only by those who may log; and where a concern stands that
/// something came of follows from it.
fn logged(step: &Step) {
    let (was, is) = (&step.was.floor, &step.is.floor);
    let old = |entry: &&FloorEntry| was.contains(entry);
    assert!(
        was.iter().all(|entry| is.contains(entry)),
        "an entry has gone"
    );
    let new: Vec<&FloorEntry> = is.iter().filter(|entry| !old(entry)).collect();
    assert!(new.len() <= 1, "two at once: {new:?}");
    for entry in new {
        assert!(access::allows(step.before.role, Act::Floor, None));
        assert_eq!(entry.by, Some(step.before.number));
        let before = was.iter().filter(|known| known.meeting == entry.meeting);
        assert_eq!(entry.place, before.count() as u64);
    }
    if was.len() == is.len() {
        return;
    }
    let log: Vec<FloorEntry> = is.clone();
    for meeting in log
        .iter()
        .map(|entry| entry.meeting)
        .collect::<BTreeSet<u64>>()
    {
        let of_it = log.iter().filter(|entry| entry.meeting == meeting);
        let floor = Floor::of(&of_it.cloned().collect::<Vec<_>>());
        let newest = is.last().expect("one was added");
        if let FloorDeed::Outcome(id, outcome, _) = newest.what
            && newest.meeting == meeting
        {
            assert_eq!(floor.outcome(id), Some(outcome));
            assert_eq!(step.is.concerns[&id].status, outcome.status());
        }
    }
}

/// A press that was not offered leads nowhere, but from a notice to one's own concern.
fn nothing_came_of(step: &Step) {
    let Step {
        before, outcome, ..
    } = step;
    let after = outcome.person.clone();
    let after = after.expect("nobody is forgotten by a forged press");
    let mut same = Person {
        screen: after.screen,
        shown_in: after.shown_in,
        unreachable: false,
        ..before.clone()
    };
    // The question what became of a promise is answered by its own button, at any time.
    if let Event::Press { data, .. } = &step.event
        && let Some(Press::Promise(id, verdict)) = Press::read(data)
        && let Some(State::Visit {
            visit: Visit::Promise { id: shown },
            ..
        }) = outcome.person.as_ref().map(|person| &person.state)
        && *shown == id
    {
        return said(step, id, verdict);
    }
    if let Event::Press { data, .. } = &step.event
        && let Some(Press::Concern(id)) = Press::read(data)
        && let Some(concern) = step.was.concerns.get(&id)
        && concern.author == before.number
    {
        same.state = State::Visit {
            kept: before.state.draft().cloned(),
            visit: Visit::Concern { id },
        };
    }
    // Whoever decides about a concern that has changed is shown it as it is now.
    if let (
        Some(Desk::Concerns(ConcernDesk::Card { id, .. })),
        Some(Desk::Concerns(ConcernDesk::Card { id: now, .. })),
    ) = (before.desk(), after.desk())
        && id == now
    {
        same.state = after.state.clone();
    }
    assert_eq!(after, same, "a press that was not offered");
    assert_eq!(step.was, step.is);
    assert!(outcome.notices.is_empty());
    let digest = |effect: &Effect| matches!(effect, Effect::Digest(_) | Effect::MyData);
    assert!(before.role.is_some() || !outcome.effects.iter().any(digest));
}

/// Of all records only what they say of this promise is another, if it is.
fn said(step: &Step, id: u64, verdict: Verdict) {
    let own = |report: &Report| (report.promise, report.person) == (id, step.before.number);
    let others = |records: &Records| {
        let mut records = records.clone();
        records.reports.retain(|report| !own(report));
        records
    };
    assert_eq!(others(&step.was), others(&step.is));
    let of = |records: &Records| records.reports.iter().find(|said| own(said)).cloned();
    let (was, is) = (of(&step.was), of(&step.is));
    if was != is {
        let is = is.expect("an answer takes none away");
        assert_eq!(is.verdict, verdict);
        let beside = was.map_or((Vec::new(), Vec::new()), |was| (was.words, was.photos));
        assert_eq!((is.words, is.photos), beside);
    }
    let after = step.outcome.person.as_ref().unwrap();
    assert_eq!(after.state.draft(), step.before.state.draft());
}

/// A role comes with the owner's link, a membership at the end of joining; an invitation may vouch for it later.
fn joined_in_its_one_way(step: &Step, press: Option<&Action>) {
    let before = &step.before;
    let Some(after) = &step.outcome.person else {
        return;
    };
    let opened = match &step.event {
        Event::Message {
            content: Content::Text(text),
            ..
        } => text.strip_prefix("/start "),
        Event::Message { .. }
        | Event::Edited { .. }
        | Event::Press { .. }
        | Event::Blocked(_)
        | Event::Proposed(_)
        | Event::InGroup { .. }
        | Event::Unreadable => None,
    };
    if after.role != before.role {
        assert!(opened.is_some() && opened == step.owner_code.as_deref());
    }
    if after.membership == before.membership {
        return;
    }
    let after = after.membership.as_ref().expect("nobody is thrown out");
    if let Some(before) = &before.membership {
        assert!(opened.is_some() && before.invitation.is_none());
        assert_eq!(before.organisation, after.organisation);
        assert_eq!(before.agreed_at, after.agreed_at);
        return;
    }
    match (&before.state, press) {
        (State::Choosing { offered, .. }, Some(Action::Pick(id))) => {
            assert_eq!(after.organisation.to_string(), *id);
            assert!(offered.contains(&after.organisation));
        }
        (State::Confirm { organisation, .. }, Some(Action::Yes)) => {
            assert_eq!(after.organisation, *organisation);
        }
        (State::Province { organisation, .. }, _) => {
            assert!(organisation.is_none_or(|known| known == after.organisation));
        }
        (state, press) => panic!("joined by {press:?} in {state:?}"),
    }
}

/// What became of the concerns: whether one was sent or changed, and that nothing else came or changed or went.
fn sent(step: &Step, press: Option<&Action>) -> bool {
    let was = drafts_of(&step.before);
    let mut sent = false;
    for (id, concern) in &step.is.concerns {
        let before = step.was.concerns.get(id);
        if before.is_some_and(|before| before.answers == concern.answers) {
            continue;
        }
        if concern.status == Status::Withdrawn {
            let asked = Visit::Withdrawing { id: *id };
            assert_eq!(press, Some(&Action::Yes));
            assert_eq!(step.before.state.visit(), Some(&asked));
            continue;
        }
        // What an earlier meeting left open is raised again as it was.
        if let Some(Action::Carry(from)) = press {
            let old = &step.was.concerns[from];
            assert!(before.is_none() && concern.carried_from == Some(*from));
            assert_eq!(without_files(&concern.answers), without_files(&old.answers));
            assert_eq!(
                (concern.author, old.author),
                (step.before.number, step.before.number)
            );
            let open = [
                Status::NotReached,
                Status::Deflected,
                Status::Promised,
                Status::Merged,
            ];
            assert!(open.contains(&old.status) && !sent, "{old:?}");
            sent = true;
            continue;
        }
        assert_eq!(
            concern.carried_from,
            before.and_then(|before| before.carried_from)
        );
        let (revises, answers) = was.first().expect("what is sent was written");
        let pressed = match press {
            Some(Action::Submit) => true,
            Some(Action::SendMine) => before.is_none(),
            Some(_) | None => false,
        };
        assert!(pressed, "sent by {press:?}");
        assert_eq!(*revises, before.map(|before| before.id));
        assert_eq!(without_files(&concern.answers), without_files(answers));
        assert_eq!(concern.author, step.before.number);
        complete(concern);
        assert!(!sent, "two at once");
        sent = true;
    }
    assert!(
        step.was
            .concerns
            .keys()
            .all(|id| step.is.concerns.contains_key(id))
    );
    sent
}

fn complete(concern: &Concern) {
    let answers = &concern.answers;
    let needed = [
        question::TOPIC,
        question::PLACE,
        question::STORY,
        question::DISCLOSURE,
    ];
    assert!(needed.iter().all(|id| answers.0.contains_key(*id)));
    let voice = has_voice(answers.story(question::STORY));
    assert!(voice || answers.text(question::TITLE).is_some());
    assert_eq!(
        answers.choice(question::DISCLOSURE),
        Some(concern.disclosure.id())
    );
}

/// What an event may do to the drafts: to the one at hand, and to those that wait beneath it.
fn drafts(step: &Step, press: Option<&Action>, sent: bool) {
    let Step {
        before,
        event,
        outcome,
        ..
    } = step;
    let was = drafts_of(before);
    let is = outcome.person.as_ref().map(drafts_of).unwrap_or_default();
    let mut expected = was.clone();
    let asked = match &before.state {
        State::Form { at, .. } => Some(at.as_str()),
        State::Language { .. }
        | State::Consent
        | State::Uninvited
        | State::Confirm { .. }
        | State::Organisation { .. }
        | State::Choosing { .. }
        | State::Province { .. }
        | State::Menu { .. }
        | State::Review { .. }
        | State::Leaving { .. }
        | State::Deleting { .. }
        | State::Close { .. }
        | State::Visit { .. } => None,
    };
    match (press, &before.state) {
        (Some(Action::Edit), _) => {
            let Some(Visit::Concern { id }) = before.state.visit() else {
                panic!("edits what is not shown");
            };
            let answers = step.was.concerns[id].answers.clone();
            let is_begun = was.first().is_some_and(|draft| draft.0 == Some(*id));
            // Two that are too long for one record are not open together.
            let is_long = json_bytes(&was) + json_bytes(&answers) > 40_000;
            let stays = is_long && is.len() == was.len();
            if !is_begun && !stays {
                expected.insert(0, (Some(*id), answers));
            }
        }
        (Some(Action::Delete), State::Leaving { .. } | State::Deleting { .. }) => {
            expected.remove(0);
        }
        (Some(Action::Submit | Action::SendMine), _) => {
            // A change that is none, or that comes too late, is laid aside all the same.
            let laid_aside = was[0].0.is_some() && is.len() < was.len();
            if sent || laid_aside {
                expected.remove(0);
            }
        }
        (Some(Action::Yes), _) => {
            // However many drafts wait above it.
            if let Some(Visit::Withdrawing { id }) = before.state.visit() {
                expected.retain(|(revises, _)| *revises != Some(*id));
            }
        }
        (Some(Action::Undo), _) => {
            let mut parts = was[0].1.story(question::STORY).to_vec();
            let last = parts.last().expect("something to undo").source;
            parts.retain(|part| part.source != last);
            set_story(&mut expected[0].1, parts);
        }
        (Some(Action::Pick(id)), State::Form { at, .. }) => {
            let answer = Answer::Choice {
                id: id.clone(),
                source: None,
            };
            expected[0].1.0.insert(at.clone(), answer);
        }
        (Some(Action::Skip), State::Form { at, .. }) => {
            expected[0].1.0.insert(at.clone(), Answer::Skipped);
        }
        (_, _) => {}
    }
    match (event, asked) {
        (
            Event::Message {
                id,
                content: Content::Text(text),
            },
            Some(at),
        ) if !text.starts_with('/') => {
            // Whether it fits is the program's to say; if it is kept, it is kept as this.
            let now = is.first().map(|(_, answers)| answers);
            if now != was.first().map(|(_, answers)| answers) {
                let kept = now.and_then(|now| now.0.get(at)).expect("an answer to it");
                assert!(kept_text(kept, *id, text), "{kept:?} of {text:?}");
                if let Answer::Story(parts) = kept {
                    assert_eq!(parts[..parts.len() - 1], *was[0].1.story(at));
                }
                expected[0].1.0.insert(at.to_owned(), kept.clone());
            }
        }
        (
            Event::Message {
                id,
                content: Content::File { file, caption },
            },
            Some(question::STORY),
        ) => {
            let crowded = was.len() > 1 && json_bytes(&was) > 20_000;
            let told = is
                .first()
                .map(|(_, answers)| answers.story(question::STORY).len());
            let told = told.unwrap_or_default() > was[0].1.story(question::STORY).len() + 1;
            let with = with_file(&was[0].1, *id, file, caption.as_deref(), crowded && !told);
            if let Some(parts) = with {
                set_story(&mut expected[0].1, parts);
            }
        }
        (Event::Edited { id, .. }, _) => {
            if let Some((_, answers)) = expected.first_mut() {
                let now = is.first().map(|(_, answers)| answers);
                edited(answers, now.expect("an edit takes no draft away"), *id);
            }
        }
        (_, _) => {}
    }
    // One that holds nothing is none.
    expected.retain(|draft| draft.0.is_some() || !draft.1.0.is_empty());
    let mut is = is;
    is.retain(|draft| draft.0.is_some() || !draft.1.0.is_empty());
    assert_eq!(is, expected, "after {event:?} in {:?}", before.state);
    for (_, answers) in &is {
        let story = answers.story(question::STORY);
        assert!(letters(story) <= 12_000);
        assert!(story.iter().filter(|part| is_file(part)).count() <= 10);
    }
}

/// The story with this file, if that can be added.
fn with_file(
    answers: &Answers,
    id: MessageId,
    file: &Media,
    caption: Option<&str>,
    is_crowded: bool,
) -> Option<Vec<Part>> {
    let refused = matches!(file, Media::Document(_, Some(claimed)) if claimed == PROGRAM);
    let mut parts = answers.story(question::STORY).to_vec();
    if refused || parts.iter().filter(|part| is_file(part)).count() >= 10 {
        return None;
    }
    parts.push(Part {
        source: id,
        content: kept_file(file),
    });
    let words = clean(caption.unwrap_or_default());
    let fits = letters(&parts) + words.chars().count() <= 12_000;
    if !words.is_empty() && fits && !is_crowded {
        parts.push(Part {
            source: id,
            content: PartContent::Text(words),
        });
    }
    Some(parts)
}

/// Only the answer that came from the edited message may change, and it still comes from it.
fn edited(expected: &mut Answers, is: &Answers, id: MessageId) {
    let Some(question) = expected.question_of(id).map(str::to_owned) else {
        return;
    };
    let now = is.0.get(&question).expect("an edit takes no answer away");
    assert!(now.came_from(id));
    if let (Answer::Story(was), Answer::Story(now)) = (&expected.0[&question], now) {
        let others = |parts: &[Part]| -> Vec<Part> {
            let kept = parts.iter().filter(|part| part.source != id);
            kept.cloned().collect()
        };
        assert_eq!(others(was), others(now));
    }
    expected.0.insert(question, now.clone());
}

/// A second tap on a button that was obeyed already is answered silently by Telegram's own mark.
fn quiet_tap(event: &Event, outcome: &Outcome) -> bool {
    let toasted = |effect: &Effect| matches!(effect, Effect::Toast { text: Some(_), .. });
    matches!(event, Event::Press { .. }) && outcome.effects.iter().any(toasted)
}

/// Every draft, the one at hand first.
pub(super) fn drafts_of(person: &Person) -> Vec<Written> {
    let mut drafts = Vec::new();
    let mut next = person.state.draft();
    while let Some(Draft {
        answers,
        revises,
        beneath,
        ..
    }) = next
    {
        drafts.push((*revises, answers.clone()));
        next = beneath.as_deref();
    }
    drafts
}

pub(super) fn answers_of(person: &Person) -> Answers {
    let draft = person.state.draft();
    draft.map(|draft| draft.answers.clone()).unwrap_or_default()
}

fn json_bytes(value: &impl serde::Serialize) -> usize {
    serde_json::to_vec(value).unwrap().len()
}

fn without_files(answers: &Answers) -> Answers {
    let mut answers = answers.clone();
    for answer in answers.0.values_mut() {
        if let Answer::Story(parts) = answer {
            let files = parts.iter_mut().filter_map(|part| part.content.file_mut());
            files.for_each(|file| file.kept = None);
        }
    }
    answers
}

fn set_story(answers: &mut Answers, parts: Vec<Part>) {
    if parts.is_empty() {
        answers.0.remove(question::STORY);
    } else {
        let story = Answer::Story(parts);
        answers.0.insert(question::STORY.to_owned(), story);
    }
}

fn kept_text(kept: &Answer, id: MessageId, text: &str) -> bool {
    match kept {
        Answer::Choice { source, .. } => *source == Some(id),
        Answer::Text { text: kept, source } => {
            *source == id && (*kept == clean(text) || *kept == clean_line(text))
        }
        Answer::Number { source, .. } => *source == id,
        Answer::Story(parts) => parts.last().is_some_and(|part| {
            part.source == id && part.content == PartContent::Text(clean(text))
        }),
        Answer::Skipped => false,
    }
}

/// What a document claims to be that is never kept.
const PROGRAM: &str = "application/x-msdownload";

pub(super) fn media(kind: u8) -> Media {
    let file = FileRef {
        id: "f".repeat(90),
        size: Some(100_000),
        kept: None,
    };
    match kind {
        0 => Media::Voice(file, 42),
        1 => Media::Photo(file),
        2 => Media::Document(file, Some("application/pdf".to_owned())),
        _ => Media::Document(file, Some(PROGRAM.to_owned())),
    }
}

fn kept_file(file: &Media) -> PartContent {
    match file.clone() {
        Media::Voice(file, seconds) => PartContent::Voice { file, seconds },
        Media::Photo(file) => PartContent::Photo(file),
        Media::Document(file, _) => PartContent::Document(file),
    }
}

pub(super) fn is_file(part: &Part) -> bool {
    part.content.file().is_some()
}

fn letters(parts: &[Part]) -> usize {
    let letters = |part: &Part| match &part.content {
        PartContent::Text(text) => text.chars().count(),
        PartContent::Voice { .. } | PartContent::Photo(_) | PartContent::Document(_) => 0,
    };
    parts.iter().map(letters).sum()
}
