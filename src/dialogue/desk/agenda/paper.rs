//! What is taken along to the meeting, in words: the agenda, and a card for each item to read from on the floor.
//!
//! Guarantees: both are made from the records when their turn comes; an organisation is named only where its author let that be; what
//! only organisers may read is in neither, be it part of what all may read. The agenda holds no receipt and no number of organisations: it
//! may be handed over. Cards hold both, and say that they are for organisers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use super::listing::{self, Listing};
use super::{Board, say, times};
use crate::dialogue::Papers;
use crate::dialogue::screen::View;
use crate::domain::concern::question;
use crate::domain::{AgendaItem, Concern, Disclosure, Language, PartContent};
use crate::text::{Html, Phrases, card, date};

/// Lines of evidence on a card.
const LINES: usize = 3;
/// Letters of such a line.
const LETTERS: usize = 200;

/// A document's words, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The language.
    pub language: Language,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it is.
    pub papers: Papers,
    /// Its title.
    pub title: String,
    /// What stands below that.
    pub about: Vec<String>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// At the foot of each page: `{page}` and `{pages}` are put in by the renderer.
    pub foot: String,
    /// The language's digits, from nought to nine, for the numbers that the renderer puts in.
    pub digits: String,
    /// Of the agenda, the same as data.
    pub data: Option<Listing>,
}

/// A part of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its heading.
    pub heading: String,
    /// What stands below: a heading of its own each, and lines.
    pub entries: Vec<(String, Vec<String>)>,
}

impl Paper {
    /// What it is called in a file's name.
    pub fn file(&self) -> &'static str {
        match self.papers {
            Papers::Agenda => "agenda",
            Papers::Cards => "cards",
            Papers::Card(_) => "card",
        }
    }

    /// All of it as a message.
    pub fn html(&self) -> Html {
        let mut html = Html::bold(&self.title);
        for line in &self.about {
            html.line(&Html::text(line));
        }
        for part in &self.parts {
            html.paragraph(&Html::bold(&part.heading));
            for (heading, lines) in &part.entries {
                html.paragraph(&Html::bold(heading));
                for line in lines {
                    html.line(&Html::text(line));
                }
            }
        }
        html
    }
}

/// Makes it; nothing if there is no agenda, or the concern is not on it.
pub(in super::super) fn make(
    papers: Papers,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Option<Paper> {
    let board = Board::of(view)?;
    let entry = |entry: fn(&Concern, &AgendaItem, View<'_>, Phrases<'_>) -> Vec<String>| {
        move |(number, item): (u64, &AgendaItem)| {
            let concern = view.world.concern(item.concern)?;
            let name = card::name(&concern.answers, &view.forum.config, phrases);
            let seconds = item.verdict.as_ref().map_or(0, |known| known.seconds);
            let minutes = say::minutes(seconds, phrases);
            let heading = phrases.agenda_entry(&phrases.number(number), &name, &minutes);
            Some((heading.to_plain(), entry(&concern, item, view, phrases)))
        }
    };
    let numbered = || (1..).zip(&board.ins);
    let (title, parts) = match papers {
        Papers::Agenda => {
            let ins = Part {
                heading: phrases.paper_in(),
                entries: numbered().filter_map(entry(point)).collect(),
            };
            let outs = (board.ins.len() as u64 + 1..).zip(&board.outs);
            let outs = Part {
                heading: phrases.paper_out(),
                entries: outs.filter_map(entry(point)).collect(),
            };
            (phrases.paper_agenda(), vec![ins, outs])
        }
        Papers::Cards => {
            let entries = numbered().filter_map(entry(floor)).collect();
            let heading = phrases.paper_for_organisers();
            (phrases.paper_cards(), vec![Part { heading, entries }])
        }
        Papers::Card(id) => {
            let all = numbered().chain((board.ins.len() as u64 + 1..).zip(&board.outs));
            let one = all.filter(|(_, item)| item.concern == id);
            let entries = one.filter_map(entry(floor)).collect();
            let heading = phrases.paper_for_organisers();
            (phrases.paper_cards(), vec![Part { heading, entries }])
        }
    };
    let parts: Vec<Part> = parts
        .into_iter()
        .filter(|part| !part.entries.is_empty())
        .collect();
    if parts.is_empty() {
        return None;
    }
    let language = phrases.language();
    let mut about = Vec::new();
    about.extend(
        view.world
            .meeting()
            .map(|known| known.title.get(language).to_owned()),
    );
    about.push(standing(&board, view, phrases).to_plain());
    if papers == Papers::Agenda {
        about.push(times::said(&board.plan.plan, phrases).to_plain());
    }
    Some(Paper {
        language,
        made_at: view.now,
        papers,
        title,
        about,
        parts,
        foot: phrases.document_page("{page}", "{pages}"),
        data: match papers {
            Papers::Agenda => listing::make(&board, view, phrases),
            Papers::Cards | Papers::Card(_) => None,
        },
        digits: (0..10).map(|digit| phrases.number(digit)).collect(),
    })
}

/// Whether it is settled; who reads it on paper waits for nothing to be worked out.
pub(super) fn standing(board: &Board, view: View<'_>, phrases: Phrases<'_>) -> Html {
    match board.settled_at {
        Some(at) => phrases.agenda_settled(&date::moment(phrases, at, &view.zone())),
        None => phrases.paper_proposal(),
    }
}

/// An item of the agenda: of what it is, why it is in or out, and why it was moved.
fn point(
    concern: &Concern,
    item: &AgendaItem,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Vec<String> {
    let mut lines = vec![card::subject(&concern.answers, &view.forum.config, phrases)];
    let reason = item.by_hand.as_ref().map(|known| known.reason.as_str());
    let why = item.verdict.as_ref();
    lines.extend(why.map(|why| say::briefly(why, reason.unwrap_or_default(), phrases).to_plain()));
    let moved = item.moved();
    lines.extend(moved.map(|moved| phrases.why_moved(&moved.reason).to_plain()));
    lines
}

/// A card: the ask, evidence, receipts, who speaks.
fn floor(
    concern: &Concern,
    item: &AgendaItem,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Vec<String> {
    let config = &view.forum.config;
    let all = readable(concern, view);
    let mut lines = vec![card::subject(&concern.answers, config, phrases)];
    lines.extend(ask(&all, phrases).map(|ask| ask.to_plain()));
    lines.extend(
        evidence(&all, view)
            .into_iter()
            .map(|line| format!("• {line}")),
    );
    lines.push(speaks(&all, view, phrases).to_plain());
    let supporters = item.verdict.as_ref().map_or(0, |known| known.supporters);
    lines.push(phrases.digest_behind(supporters).to_plain());
    let receipts: Vec<String> = all.iter().map(|known| known.receipt.to_string()).collect();
    lines.push(phrases.floor_receipts(&receipts.join(", ")).to_plain());
    lines
}

/// What it asks, and who speaks: what whoever logs the meeting needs of a card.
pub(in super::super) fn gist(concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> Vec<Html> {
    let all = readable(concern, view);
    let mut lines = Vec::from_iter(ask(&all, phrases));
    lines.push(speaks(&all, view, phrases));
    lines
}

/// A concern, and what is part of it and others may read.
fn readable(concern: &Concern, view: View<'_>) -> Vec<Concern> {
    let parts = view.world.merged_into(concern.id).into_iter();
    let parts = parts.filter(|part| part.disclosure.lets_others_read());
    std::iter::once(concern.clone()).chain(parts).collect()
}

/// What the first asks that asks something.
fn ask(all: &[Concern], phrases: Phrases<'_>) -> Option<Html> {
    let mut asks = all
        .iter()
        .filter_map(|known| known.answers.text(question::ASK));
    Some(phrases.floor_ask(&short(asks.next()?)))
}

/// Those who let themselves be named.
fn speaks(all: &[Concern], view: View<'_>, phrases: Phrases<'_>) -> Html {
    let names = all
        .iter()
        .filter(|known| known.disclosure == Disclosure::Named)
        .filter_map(|known| view.world.organisation(known.organisation))
        .map(|known| known.name.get(phrases.language()).to_owned());
    let names = distinct(names.collect());
    if names.is_empty() {
        phrases.floor_unnamed()
    } else {
        phrases.floor_speaks(&names.join(", "))
    }
}

/// The first line of each, then what else the first says: written, or said and approved by its author.
fn evidence(all: &[Concern], view: View<'_>) -> Vec<String> {
    let told = |concern: &Concern| -> Vec<String> {
        let parts = concern.answers.story(question::STORY).iter();
        let words = parts.filter_map(|part| match &part.content {
            PartContent::Text(text) => Some(text.clone()),
            PartContent::Voice { file, .. } => {
                let voice = view.world.attachment(file.kept?)?;
                Some(voice.approved_words()?.to_owned())
            }
            PartContent::Photo(_) | PartContent::Document(_) => None,
        });
        let words: Vec<String> = words.collect();
        let lines = words.iter().flat_map(|words| words.lines());
        let lines = lines.map(str::trim).filter(|line| !line.is_empty());
        lines.map(short).collect()
    };
    let told: Vec<Vec<String>> = all.iter().map(told).collect();
    let firsts = told.iter().filter_map(|lines| lines.first().cloned());
    let rest = told.iter().flat_map(|lines| lines.iter().skip(1).cloned());
    let mut lines = distinct(firsts.chain(rest).collect());
    lines.truncate(LINES);
    lines
}

fn distinct(all: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// One line, as long as can be read out.
fn short(words: &str) -> String {
    let letters: Vec<&str> = words.graphemes(true).take(LETTERS + 1).collect();
    let mut line: String = letters.iter().take(LETTERS).copied().collect();
    if letters.len() > LETTERS {
        line.push('…');
    }
    line.replace('\n', " ")
}
