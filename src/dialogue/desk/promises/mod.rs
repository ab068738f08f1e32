//! Promises at an organiser's desk: all of them, one, what organisations say of it, writing one down, changing it, taking it back.
//!
//! Guarantees: whoever changes a promise or takes it back has seen it as it is; who reads what organisations say of one, with their names,
//! is in the audit log.
//!
//! | file | about |
//! |---|---|
//! | `places` | where one can be |
//! | `words` | what was promised, asked for one thing after the other |
//! | `draft` | a promise written down or changed |

pub(super) mod draft;
mod places;
pub(super) mod words;

pub use draft::{Facet, Promising};
pub use places::PromiseDesk;

use jiff::civil::Date;

use super::{Desk, Tap, asking, go, may, note, order};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::promise::OnPromise;
use crate::dialogue::promising::{about, by_place, counts, said, standing};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Change, Effect, Late, Media, Turn, World, story};
use crate::domain::promise::{Counts, Score, Standing, Verdict, heard};
use crate::domain::{
    Act, Attachment, Deed, Localised, Meeting, Promise, Report, SentAs, Whereabouts,
};
use crate::text::{Html, Phrases, card, date};

/// Promises on a page.
const A_PAGE: usize = 8;
/// Organisations on a page.
const REPORTS: usize = 6;
/// Files that show one promise.
const EVIDENCE: usize = 5;
/// The choice that the organisers heard nothing.
const UNHEARD: &str = "unheard";

/// How a promise stands, in words.
pub fn standing_name(standing: Standing, phrases: Phrases<'_>) -> String {
    match standing {
        Standing::Kept => phrases.standing_kept(),
        Standing::Partly => phrases.standing_partly(),
        Standing::Broken => phrases.standing_broken(),
        Standing::NobodySaid => phrases.standing_nobody(),
        Standing::NotYetDue => phrases.standing_not_due(),
    }
}

/// All promises, those of the last meeting first, in the order in which they were written down.
fn all(world: &dyn World) -> Vec<Promise> {
    let mut all = world.promises();
    all.sort_by_key(|promise| (std::cmp::Reverse(promise.meeting), promise.id));
    all
}

/// What a meeting was called, and when it was.
pub(in crate::dialogue) fn meeting(promise: &Promise, phrases: Phrases<'_>) -> String {
    titled(&promise.title, promise.held_on, phrases)
}

/// What these of one meeting call it: as it was called last, as in a digest.
fn last_called(of_it: &[Promise], phrases: Phrases<'_>) -> String {
    let last = of_it.iter().max_by_key(|one| (one.made_at, one.id));
    last.map_or_else(String::new, |last| meeting(last, phrases))
}

fn titled(title: &Localised, held_on: Option<Date>, phrases: Phrases<'_>) -> String {
    let title = match title.get(phrases.language()) {
        "" => phrases.archive_untitled(),
        title => title.to_owned(),
    };
    match held_on {
        Some(day) => format!("{title}, {}", date::day(phrases, day)),
        None => title,
    }
}

/// What a meeting is called, and its last day.
fn called(meeting: &Meeting, phrases: Phrases<'_>) -> String {
    let held_on = meeting.days.last().map(|day| day.date);
    titled(&meeting.title, held_on, phrases)
}

/// A page of all promises, meeting by meeting, each meeting with its score.
fn list(page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let all = all(view.world);
    let mut html = phrases.promises_title();
    let mut rows = Vec::new();
    if all.is_empty() {
        html.paragraph(&phrases.promises_none());
    }
    let (shown, turning) = screen::page(&all, page, A_PAGE, phrases);
    let mut before = None;
    for (number, promise) in shown {
        if before != Some(promise.meeting) {
            before = Some(promise.meeting);
            let of_it = all.iter().filter(|one| one.meeting == promise.meeting);
            let of_it: Vec<Promise> = of_it.cloned().collect();
            html.paragraph(&phrases.score_of(&last_called(&of_it, phrases)));
            let score = Score::of(of_it.iter().map(|one| standing(one, view)));
            html.line(&score_line(&score, phrases));
        }
        let stands = standing_name(standing(&promise, view), phrases);
        let shown = phrases.number(number);
        html.paragraph(&phrases.promise_entry(&shown, &promise.text, &stands));
        let mut facts = Vec::new();
        if !promise.owner.is_empty() {
            facts.push(promise.owner.clone());
        }
        facts.extend(promise.due.map(|due| date::day(phrases, due)));
        if !facts.is_empty() {
            html.line(&Html::text(&facts.join(" · ")));
        }
        rows.push(vec![(
            screen::numbered(number, &promise.text, phrases),
            Action::Open(promise.id),
        )]);
    }
    rows.extend(turning);
    let tap = |label, tap| (label, Action::Desk(tap));
    let mut last = Vec::new();
    if view.world.meeting().is_some() {
        last.push(tap(phrases.button_add_promise(), Tap::AddPromise));
    }
    if !all.is_empty() {
        last.push(tap(phrases.button_stats(), Tap::Stats));
    }
    rows.push(last);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    rows.retain(|row| !row.is_empty());
    Screen { html, rows }
}

/// The scores of all meetings at which something was promised, the newest first; nothing if there is none.
pub(in crate::dialogue) fn scores(view: View<'_>, phrases: Phrases<'_>) -> Html {
    let all = all(view.world);
    let mut html = Html::default();
    for of_it in all.chunk_by(|a, b| a.meeting == b.meeting) {
        html.paragraph(&phrases.score_of(&last_called(of_it, phrases)));
        let score = Score::of(of_it.iter().map(|one| standing(one, view)));
        html.line(&score_line(&score, phrases));
    }
    html
}

/// The score in a line.
pub fn score_line(score: &Score, phrases: Phrases<'_>) -> Html {
    let parts = Standing::ALL.into_iter().filter(|one| score.part(*one) > 0);
    let parts: Vec<String> = parts
        .map(|one| {
            format!(
                "{} {}",
                standing_name(one, phrases),
                phrases.number(score.part(one))
            )
        })
        .collect();
    phrases.score_line(score.made, &parts.join(" · "))
}

/// To a promise, as it is now.
fn look(turn: &mut Turn, page: u32, id: u64) {
    match turn.world.promise(id) {
        Some(promise) => {
            let seen = promise.version;
            go(turn, PromiseDesk::Promise { page, id, seen });
        }
        None => {
            turn.note(|phrases| phrases.note_no_promise());
            go(turn, PromiseDesk::Promises(page));
        }
    }
}

/// A promise's card.
fn one(id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(promise) = view.world.promise(id) else {
        return asking(phrases.note_no_promise(), phrases);
    };
    let config = &view.forum.config;
    let mut html = about(&promise, phrases);
    html.line(&Html::text(&meeting(&promise, phrases)));
    if !promise.topic.is_empty() {
        let topic = card::label(&config.topics, &promise.topic, phrases.language());
        html.line(&Html::text(&topic));
    }
    if let Some(concern) = promise.concern.and_then(|id| view.world.concern(id)) {
        let name = card::name(&concern.answers, config, phrases);
        html.line(&phrases.promise_answers(&name, &concern.receipt.to_string()));
    }
    html.paragraph(&phrases.promise_stands(&standing_name(standing(&promise, view), phrases)));
    if let Some(heard) = promise.heard {
        html.line(&phrases.promise_heard(&said(heard, phrases)));
    }
    for (day, asked) in &promise.asked {
        html.line(&phrases.promise_asked(&date::day(phrases, *day), asked.people));
    }
    let places = by_place(&promise, view.world);
    for (place, counts) in &places {
        html.line(&phrases.promise_place(
            &self::place(place, view, phrases),
            &counted(*counts, phrases),
        ));
    }
    let reports = view.world.reports(id);
    let apart = heard(&reports, |said| !counts(said, view.world));
    if !apart.is_empty() {
        let mut counts = Counts::default();
        apart.iter().for_each(|said| counts.count(said.verdict));
        html.line(&phrases.promise_apart(&counted(counts, phrases)));
    }
    let tap = |label, tap| (label, Action::Desk(tap));
    let mut rows = Vec::new();
    if !reports.is_empty() {
        let count = phrases.number(reports.len() as u64);
        rows.push(vec![tap(phrases.button_reports(&count), Tap::Reports)]);
    }
    for (number, file) in (1..).zip(&promise.evidence) {
        let label = phrases.button_evidence(&phrases.number(number));
        rows.push(vec![tap(label, Tap::File(*file))]);
    }
    let today = promise.today(view.now, &config.settings.zone);
    if places.is_empty() && promise.due.is_some_and(|due| due <= today) {
        html.paragraph(&phrases.promise_hear());
        let others = Verdict::ALL
            .into_iter()
            .filter(|one| promise.heard != Some(*one));
        rows.extend(others.map(|verdict| {
            let label = phrases.button_heard(&said(verdict, phrases));
            vec![(label, Action::Pick(verdict.id().to_owned()))]
        }));
    }
    if promise.heard.is_some() {
        let label = phrases.button_unheard();
        rows.push(vec![(label, Action::Pick(UNHEARD.to_owned()))]);
    }
    if promise.evidence.len() < EVIDENCE {
        html.paragraph(&phrases.promise_evidence());
    }
    rows.push(vec![
        tap(phrases.button_edit(), Tap::ChangePromise),
        tap(phrases.button_take_promise_back(), Tap::TakePromiseBack),
    ]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// A place by its name; those whose place would single them out have none.
fn place(id: &str, view: View<'_>, phrases: Phrases<'_>) -> String {
    if id.is_empty() {
        return phrases.promise_elsewhere();
    }
    card::place(&view.forum.config, id, phrases.language())
}

/// How many say what.
pub(in crate::dialogue) fn counted(counts: Counts, phrases: Phrases<'_>) -> String {
    phrases.counts(counts.done, counts.partly, counts.not_done)
}

/// The organisers heard that.
fn on_heard(turn: &mut Turn, choice: &str) {
    let heard = Verdict::from_id(choice);
    if heard.is_none() && choice != UNHEARD {
        return turn.show();
    }
    let Some(Desk::Promises(PromiseDesk::Promise { page, id, seen })) = turn.person.desk().cloned()
    else {
        return turn.show();
    };
    let decision = OnPromise::Hear { id, seen, heard };
    if order(turn, Order::Promise(decision)).is_some() {
        turn.note(|phrases| match heard {
            Some(_) => phrases.note_heard(),
            None => phrases.note_taken_back(),
        });
    }
    look(turn, page, id);
}

/// To what organisations say of it.
pub(super) fn on_reports(turn: &mut Turn) {
    match turn.person.desk() {
        Some(Desk::Promises(PromiseDesk::Promise { id, .. })) => {
            let id = *id;
            note(turn, Deed::ReportsRead(id));
            go(turn, PromiseDesk::Reports { id, page: 0 });
        }
        Some(_) | None => turn.show(),
    }
}

/// What organisations say of a promise, with their names.
fn reports(id: u64, page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(promise) = view.world.promise(id) else {
        return asking(phrases.note_no_promise(), phrases);
    };
    let mut html = about(&promise, phrases);
    let mut rows = Vec::new();
    let mut all = view.world.reports(id);
    all.sort_by_key(|report| (report.organisation, report.at, report.person));
    let (shown, turning) = screen::page(&all, page, REPORTS, phrases);
    let mut photos = 0;
    for (number, report) in shown {
        let known = view.world.organisation(report.organisation);
        let name = known.map_or_else(String::new, |known| {
            known.name.get(phrases.language()).to_owned()
        });
        let number = phrases.number(number);
        let place = self::place(&report.place, view, phrases);
        let verdict = said(report.verdict, phrases);
        html.paragraph(&phrases.report_entry(&number, &name, &place, &verdict));
        let own = |other: &&Report| other.organisation == report.organisation;
        let one_voice = all.iter().filter(own);
        if !counts(&report, view.world) {
            html.line(&phrases.report_apart());
        } else if !heard(one_voice, |said| counts(said, view.world)).contains(&&report) {
            html.line(&phrases.report_later());
        }
        for piece in &report.words {
            html.line(&Html::text(&piece.text));
        }
        for photo in &report.photos {
            photos += 1;
            let label = phrases.button_report_photo(&phrases.number(photos), &number);
            rows.push(vec![(label, Action::Desk(Tap::File(*photo)))]);
        }
    }
    rows.extend(turning);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Has a file beside a promise sent, if one of its screens shows it; whether it was such a file.
pub(super) fn on_file(turn: &mut Turn, attachment: u64) -> bool {
    let id = match turn.person.desk() {
        Some(Desk::Promises(PromiseDesk::Promise { id, .. } | PromiseDesk::Reports { id, .. })) => {
            *id
        }
        Some(_) | None => return false,
    };
    let file = turn.world.attachment(attachment);
    let Some(file) = file.filter(|file| file.concern == id) else {
        return false;
    };
    match file.whereabouts {
        Whereabouts::Here(_) => {
            note(turn, Deed::FileSeen(id));
            turn.effects.push(Effect::Late(Late::File(attachment)));
            turn.note(|phrases| phrases.note_file_comes());
        }
        Whereabouts::Telegram(_) => turn.note(|phrases| phrases.note_file_not_here()),
        Whereabouts::Refused => turn.note(|phrases| phrases.note_file_gone()),
    }
    turn.show();
    true
}

/// A file that shows that this was promised.
pub(in crate::dialogue) fn on_evidence(turn: &mut Turn, page: u32, id: u64, media: Media) {
    let promise = turn.world.promise(id);
    let Some(mut promise) = promise.filter(|_| may(&turn.person, Act::Ledger)) else {
        return look(turn, page, id);
    };
    if promise.evidence.len() >= EVIDENCE {
        turn.note(|phrases| phrases.note_too_much_evidence(EVIDENCE as u64));
        return turn.show();
    }
    let (sent_as, file) = match media.clone() {
        Media::Photo(file) => (SentAs::Photo, file),
        Media::Document(file, _) => (SentAs::Document, file),
        Media::Voice(..) => {
            turn.note(|phrases| phrases.note_evidence_only());
            return turn.show();
        }
    };
    if !story::fits(turn, &[], &media) {
        return turn.show();
    }
    let attachment = Attachment {
        id: turn.world.fresh_id(),
        concern: id,
        organisation: 0,
        sent_as,
        whereabouts: Whereabouts::Telegram(file),
        transcript: None,
    };
    promise.evidence.push(attachment.id);
    promise.version = promise.version.saturating_add(1);
    turn.world.change(Change::Attachment(attachment));
    turn.world.change(Change::Promise(promise));
    note(turn, Deed::PromiseChanged(id));
    turn.note(|phrases| phrases.note_added());
    look(turn, page, id);
}

fn shown(turn: &mut Turn) -> Option<Promise> {
    let Some(Desk::Promises(PromiseDesk::Promise { page, id, seen })) = turn.person.desk().cloned()
    else {
        turn.show();
        return None;
    };
    let promise = turn.world.promise(id);
    match promise {
        Some(promise) if promise.version == seen => Some(promise),
        Some(_) => {
            turn.note(|phrases| phrases.note_promise_changed());
            look(turn, page, id);
            None
        }
        None => {
            look(turn, page, id);
            None
        }
    }
}

/// Whether it may really be taken back is asked.
pub(super) fn on_take_back(turn: &mut Turn) {
    if let Some(promise) = shown(turn) {
        let (id, seen) = (promise.id, promise.version);
        go(turn, PromiseDesk::PromiseTakeBack { id, seen });
    }
}

fn taking_back(id: u64, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Some(promise) = view.world.promise(id) else {
        return asking(phrases.note_no_promise(), phrases);
    };
    let count = view.world.reports(id).len() as u64;
    let html = phrases.ask_take_promise_back(&promise.text, count);
    let mut screen = asking(html, phrases);
    let really = (phrases.button_take_promise_back(), Action::Yes);
    screen.rows.insert(0, vec![really]);
    screen
}

fn on_taken_back(turn: &mut Turn, id: u64, seen: u32) {
    if order(turn, Order::Promise(OnPromise::TakeBack { id, seen })).is_none() {
        return look(turn, 0, id);
    }
    turn.note(|phrases| phrases.note_promise_taken_back());
    go(turn, PromiseDesk::Promises(0));
}
