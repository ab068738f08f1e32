//! Promises at an organiser's desk: all of them, one, what organisations say of it, writing one down, changing it, taking it back.
//!
//! Guarantees: whoever changes a promise or takes it back has seen it as it is; who reads what organisations say of one, with their names,
//! is in the audit log.

mod places;

pub use places::PromiseDesk;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Desk, Tap, asking, go, may, note, order};
use crate::dialogue::organising::Order;
use crate::dialogue::organising::promise::{self as deciding, OnPromise, Promised};
use crate::dialogue::promising::{about, by_place, counts, said, standing};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Change, Effect, Late, Media, Turn, World, story};
use crate::domain::promise::{Counts, Score, Standing, Verdict, heard};
use crate::domain::{
    Act, Attachment, Deed, Localised, Meeting, Promise, Receipt, Report, SentAs, Whereabouts,
};
use crate::text::clean::fold;
use crate::text::{Html, Phrases, card, date};

/// Promises on a page.
const A_PAGE: usize = 8;
/// Organisations on a page.
const REPORTS: usize = 6;
/// Files that show one promise.
const EVIDENCE: usize = 5;
/// The choice that the organisers heard nothing.
const UNHEARD: &str = "unheard";

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

/// A new one: what was promised is asked for first.
pub(super) fn begin(turn: &mut Turn) {
    if turn.world.meeting().is_none() {
        turn.note(|phrases| phrases.note_no_meeting());
        return turn.show();
    }
    go(turn, PromiseDesk::PromiseFacet(Box::default(), Facet::Text));
}

/// The one that is shown is to be changed, if it is as it was shown.
pub(super) fn on_change(turn: &mut Turn) {
    if let Some(promise) = shown(turn) {
        let promising = Promising {
            of: Some((promise.id, promise.version)),
            promised: Promised::of(&promise),
            leaving: false,
        };
        go(turn, PromiseDesk::Promising(Box::new(promising)));
    }
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

/// All that it says, to be changed and saved.
fn draft(promising: &Promising, view: View<'_>, phrases: Phrases<'_>) -> Screen {
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

/// What a meeting is called, and its last day.
fn called(meeting: &Meeting, phrases: Phrases<'_>) -> String {
    let held_on = meeting.days.last().map(|day| day.date);
    titled(&meeting.title, held_on, phrases)
}

/// Back from what is not saved: that it would be dropped is said first.
fn on_leave(turn: &mut Turn, mut promising: Box<Promising>) {
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

fn on_facet(turn: &mut Turn, mut promising: Box<Promising>, id: &str) {
    promising.leaving = false;
    let mut open = Facet::ALL.iter();
    match open.find(|(name, facet)| *name == id && facet.is_open(&promising, turn.world)) {
        Some((_, facet)) => go(turn, PromiseDesk::PromiseFacet(promising, *facet)),
        None => turn.show(),
    }
}

/// One thing that it says is asked for.
fn facet(facet: Facet, view: View<'_>, phrases: Phrases<'_>) -> Screen {
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
pub(super) fn on_not_said(turn: &mut Turn) {
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
fn on_words(turn: &mut Turn, mut promising: Box<Promising>, facet: Facet, text: &str) {
    let promised = &mut promising.promised;
    match facet {
        Facet::Text => promised.text = text.to_owned(),
        Facet::Owner => promised.owner = text.to_owned(),
        Facet::Due => match super::meeting::typed_day(text) {
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
pub(super) fn on_save(turn: &mut Turn) {
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
