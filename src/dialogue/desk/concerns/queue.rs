//! Which concerns there are to look at, and in which order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{Tap, go, note};
use super::{ConcernDesk, card as one};
use crate::config::{Config, Kind};
use crate::dialogue::screen::{self, Screen, View};
use crate::dialogue::{Action, Glance, Turn, promising};
use crate::domain::concern::question;
use crate::domain::{Deed, Receipt, Status};
use crate::text::clean::clean_line;
use crate::text::{Html, Phrases, card};

/// Concerns on a page.
const A_PAGE: usize = 8;
/// Concerns that a search finds at most.
const FOUND: usize = 100;

/// Which concerns are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lens {
    /// Those that nobody has decided about, the newest first.
    New,
    /// The same, the most urgent first.
    Urgent,
    /// Those of them of this topic.
    Topic(String),
    /// Those with a voice note that nobody has written down.
    Voice,
    /// Those whose author was asked and has not answered, the oldest question first.
    Asked,
    /// Those that are kept back.
    Held,
    /// Those that are good.
    Approved,
    /// Those on the agenda.
    Agenda,
    /// Those that are part of others.
    Merged,
    /// Those that were refused.
    Rejected,
    /// All that are not withdrawn.
    All,
    /// Those that were searched and found.
    Found(Vec<u64>),
}

impl Lens {
    /// Those on the overview, but for topics, with their ids.
    const OFFERED: [(&str, Self); 10] = [
        ("new", Self::New),
        ("urgent", Self::Urgent),
        ("voice", Self::Voice),
        ("asked", Self::Asked),
        ("held", Self::Held),
        ("approved", Self::Approved),
        ("agenda", Self::Agenda),
        ("merged", Self::Merged),
        ("rejected", Self::Rejected),
        ("all", Self::All),
    ];

    fn takes(&self, glance: &Glance) -> bool {
        let status = glance.status;
        match self {
            Self::New | Self::Urgent => is_open(status),
            Self::Topic(topic) => is_open(status) && glance.topic == *topic,
            Self::Voice => {
                glance.unwritten && !matches!(status, Status::Withdrawn | Status::Rejected)
            }
            Self::Asked => glance.asked,
            Self::Held => status == Status::Held,
            Self::Approved => status == Status::Approved,
            Self::Agenda => status == Status::Agenda,
            Self::Merged => status == Status::Merged,
            Self::Rejected => status == Status::Rejected,
            Self::All => status != Status::Withdrawn,
            Self::Found(ids) => ids.contains(&glance.id),
        }
    }

    fn name(&self, config: &Config, phrases: Phrases<'_>) -> String {
        match self {
            Self::New => phrases.lens_new(),
            Self::Urgent => phrases.lens_urgent(),
            Self::Topic(topic) => card::label(&config.topics, topic, phrases.language()),
            Self::Voice => phrases.lens_voice(),
            Self::Asked => phrases.lens_asked(),
            Self::Held => phrases.lens_held(),
            Self::Approved => phrases.lens_approved(),
            Self::Agenda => phrases.lens_agenda(),
            Self::Merged => phrases.lens_merged(),
            Self::Rejected => phrases.lens_rejected(),
            Self::All => phrases.lens_all(),
            Self::Found(_) => phrases.lens_found(),
        }
    }

    /// Whether one goes through it card by card; else it is a list in which one looks something up.
    pub(super) fn is_worked_through(&self) -> bool {
        match self {
            Self::New | Self::Urgent | Self::Topic(_) | Self::Voice => true,
            Self::Asked
            | Self::Held
            | Self::Approved
            | Self::Agenda
            | Self::Merged
            | Self::Rejected
            | Self::All
            | Self::Found(_) => false,
        }
    }
}

/// Whether nobody has decided about it.
fn is_open(status: Status) -> bool {
    matches!(status, Status::New | Status::Waiting)
}

/// The concerns in this lens, in its order.
pub fn ids(lens: &Lens, view: View<'_>) -> Vec<u64> {
    around(lens, None, view)
}

/// The same, with this one in its place even if somebody has decided about it meanwhile.
pub(super) fn around(lens: &Lens, id: Option<u64>, view: View<'_>) -> Vec<u64> {
    let mut glances = view.world.glances();
    glances.retain(|glance| lens.takes(glance) || Some(glance.id) == id);
    match lens {
        Lens::Urgent => {
            let ranks = urgencies(&view.forum.config);
            let rank = |glance: &Glance| {
                let rank = ranks.iter().position(|id| *id == glance.urgency);
                rank.unwrap_or(ranks.len())
            };
            glances.sort_by_key(|glance| (rank(glance), glance.id));
        }
        Lens::Asked => {}
        Lens::Found(found) => {
            let place = |glance: &Glance| found.iter().position(|id| *id == glance.id);
            glances.sort_by_key(place);
        }
        Lens::New
        | Lens::Topic(_)
        | Lens::Voice
        | Lens::Held
        | Lens::Approved
        | Lens::Agenda
        | Lens::Merged
        | Lens::Rejected
        | Lens::All => glances.reverse(),
    }
    glances.into_iter().map(|glance| glance.id).collect()
}

/// How urgent something can be, the most urgent first: as the form has it.
fn urgencies(config: &Config) -> Vec<String> {
    match config.question(question::URGENCY).map(|(_, q)| &q.kind) {
        Some(Kind::Choice(choices)) => choices.iter().map(|choice| choice.id.clone()).collect(),
        Some(
            Kind::Disclosure
            | Kind::Place
            | Kind::Text { .. }
            | Kind::Number { .. }
            | Kind::Story { .. },
        )
        | None => Vec::new(),
    }
}

/// How many concerns of each kind there are to look at.
pub(super) fn overview(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let glances = view.world.glances();
    let count = |lens: &Lens| glances.iter().filter(|glance| lens.takes(glance)).count() as u64;
    let button = |(id, lens): &(&str, Lens)| {
        let count = phrases.number(count(lens));
        let name = lens.name(&view.forum.config, phrases);
        (format!("{name} · {count}"), Action::Pick((*id).to_owned()))
    };
    let open = count(&Lens::New);
    let html = if glances.is_empty() {
        phrases.concerns_none()
    } else {
        phrases.concerns(open)
    };
    let mut rows = Vec::new();
    for (place, offered) in Lens::OFFERED.iter().enumerate() {
        // The ways through what is open stand one under the other, the rest side by side.
        if place > 1 && place % 2 == 1 {
            if let Some(row) = rows.last_mut() {
                let row: &mut Vec<_> = row;
                row.push(button(offered));
            }
        } else {
            rows.push(vec![button(offered)]);
        }
    }
    rows.insert(
        2,
        vec![(phrases.button_by_topic(), Action::Pick("topics".to_owned()))],
    );
    rows.push(vec![(phrases.button_search(), Action::Desk(Tap::Search))]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The topics of what nobody has decided about.
pub(super) fn topics(view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for glance in view.world.glances() {
        if is_open(glance.status) {
            *counts.entry(glance.topic).or_default() += 1;
        }
    }
    let topics = view.forum.config.topics.iter();
    let mut rows: Vec<_> = topics
        .filter_map(|topic| {
            let count = phrases.number(*counts.get(&topic.id)?);
            let name = topic.label.get(phrases.language());
            Some(vec![(
                format!("{name} · {count}"),
                Action::Pick(topic.id.clone()),
            )])
        })
        .collect();
    let html = if rows.is_empty() {
        phrases.queue_done()
    } else {
        phrases.ask_topic()
    };
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

pub(super) fn on_lens(turn: &mut Turn, id: &str) {
    if id == "topics" {
        return go(turn, ConcernDesk::Topics);
    }
    let mut offered = Lens::OFFERED.into_iter();
    match offered.find(|(name, _)| *name == id) {
        Some((_, lens)) => open(turn, lens),
        None => turn.show(),
    }
}

/// Begins to look through a lens.
pub(super) fn open(turn: &mut Turn, lens: Lens) {
    if !lens.is_worked_through() {
        return go(turn, ConcernDesk::List { lens, page: 0 });
    }
    match ids(&lens, turn.view()).first() {
        Some(first) => one::look(turn, lens, *first),
        None => {
            turn.note(|phrases| phrases.queue_done());
            go(turn, ConcernDesk::Concerns);
        }
    }
}

/// Where one comes from a card.
pub(super) fn parent(lens: Lens) -> ConcernDesk {
    if lens.is_worked_through() {
        ConcernDesk::Concerns
    } else {
        ConcernDesk::List { lens, page: 0 }
    }
}

/// The concern after this one, as the lens is now.
pub(super) fn after(turn: &Turn, lens: &Lens, id: u64) -> Option<u64> {
    let ids = around(lens, Some(id), turn.view());
    let place = ids.iter().position(|other| *other == id)?;
    ids.get(place + 1).copied()
}

/// The one before.
pub(super) fn before(turn: &Turn, lens: &Lens, id: u64) -> Option<u64> {
    let ids = around(lens, Some(id), turn.view());
    let place = ids.iter().position(|other| *other == id)?;
    ids.get(place.checked_sub(1)?).copied()
}

/// A page of concerns.
pub(super) fn list(lens: &Lens, page: u32, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let ids = ids(lens, view);
    let mut html = Html::bold(&lens.name(&view.forum.config, phrases));
    if ids.is_empty() {
        html.paragraph(&phrases.queue_empty());
    }
    let mut rows = Vec::new();
    let (shown, turning) = screen::page(&ids, page, A_PAGE, phrases);
    for (number, id) in shown {
        let Some(concern) = view.world.concern(id) else {
            continue;
        };
        let name = card::name(&concern.answers, &view.forum.config, phrases);
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(&name));
        let status = promising::status(&concern, view);
        entry.line(&Html::text(&card::status(status, phrases)));
        html.paragraph(&entry);
        rows.push(vec![(
            screen::numbered(number, &name, phrases),
            Action::Open(id),
        )]);
    }
    rows.extend(turning);
    rows.push(vec![(phrases.button_search(), Action::Desk(Tap::Search))]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Searches: a receipt leads to its concern, words to those in which all of them stand.
pub(in crate::dialogue) fn search(turn: &mut Turn, text: &str) {
    let words = clean_line(text);
    if words.is_empty() {
        turn.note(|phrases| phrases.note_empty());
        return turn.show();
    }
    note(turn, Deed::Searched);
    let by_receipt = Receipt::parse(&words).ok();
    if let Some(concern) = by_receipt.and_then(|receipt| turn.world.concern_of(receipt)) {
        return one::look(turn, Lens::All, concern.id);
    }
    let found = turn.world.search(&words, FOUND);
    if found.is_empty() {
        turn.note(|phrases| phrases.note_nothing_found(&words));
        return go(turn, ConcernDesk::Searching);
    }
    go(
        turn,
        ConcernDesk::List {
            lens: Lens::Found(found),
            page: 0,
        },
    );
}
