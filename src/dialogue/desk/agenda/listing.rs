//! The agenda as data: what a workbook, a table and a program read.
//!
//! Guarantees: it holds what the agenda on paper says, item by item, and nothing else. It may be handed over: no organisation, no receipt and
//! no number of organisations is in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::say::Brief;
use super::{Board, paper, say, times};
use crate::agenda::Plan;
use crate::dialogue::screen::View;
use crate::domain::concern::question;
use crate::domain::{AgendaItem, Concern, Language, Meeting};
use crate::text::{Phrases, card};

/// The agenda, with its words in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The language.
    pub language: Language,
    /// When it was made.
    pub made_at: Timestamp,
    /// The meeting.
    pub meeting: Meeting,
    /// When it was settled, if it stands as it was settled then.
    pub settled_at: Option<Timestamp>,
    /// How the meeting's time is divided.
    pub plan: Plan,
    /// All items: what is in, in speaking order, then what is out.
    pub items: Vec<Listed>,
    /// The words around them.
    pub words: ListingWords,
}

/// An item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its running number, from 1: of what is in, the place in the speaking order.
    pub number: u64,
    /// Whether it is in.
    pub is_in: bool,
    /// Its title as it was written; nothing if it has none.
    pub title: Option<String>,
    /// What it is called: its title, or what stands for one.
    pub name: String,
    /// The topic's id; empty if it has none.
    pub topic: String,
    /// The same in words.
    pub topic_said: String,
    /// The place's id; empty if it has none.
    pub place: String,
    /// The same in words.
    pub place_said: String,
    /// How long it takes, in seconds.
    pub seconds: u64,
    /// The same in words.
    pub seconds_said: String,
    /// Why it is in or out.
    pub why: Brief,
    /// The same in words, with the organisers' reason where they decided.
    pub why_said: String,
    /// The organisers' reason, where they decided.
    pub reason: Option<String>,
    /// Why the organisers gave it its place in the speaking order, where they did.
    pub moved: Option<String>,
}

/// The words around the items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingWords {
    /// What all of it is called.
    pub title: String,
    /// What stands below that: the meeting, whether it is settled, the division of the time.
    pub about: Vec<String>,
    /// Over the parts of the meeting's time.
    pub time: String,
    /// What each part is called, its seconds, and these in words; nothing where they leave none for items.
    pub times: Vec<(String, u64, String)>,
    /// What stands over each column.
    pub columns: Columns,
    /// What is in.
    pub is_in: String,
    /// What is out.
    pub is_out: String,
    /// What stands at the end of a cell that was cut.
    pub cut: String,
    /// At the foot of each page: `{page}` and `{pages}` are put in by the renderer.
    pub foot: String,
}

/// What stands over each column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// The running number.
    pub number: String,
    /// Whether it is raised.
    pub raised: String,
    /// What it is called.
    pub name: String,
    /// The topic.
    pub topic: String,
    /// The place.
    pub place: String,
    /// How long it takes, in minutes.
    pub minutes: String,
    /// Why it is in or out.
    pub why: String,
    /// Why it has its place in the order, where organisers gave it that.
    pub moved: String,
}

/// Makes it of this agenda; nothing if nothing could be raised.
pub(super) fn make(board: &Board, view: View<'_>, phrases: Phrases<'_>) -> Option<Listing> {
    let meeting = view.world.meeting()?;
    let all = (1..).zip(board.ins.iter().chain(&board.outs));
    let items: Vec<Listed> = all
        .filter_map(|(number, item)| {
            let is_in = number <= board.ins.len() as u64;
            listed(number, is_in, item, view, phrases)
        })
        .collect();
    if items.is_empty() {
        return None;
    }
    let field = |id| {
        let asked = view.forum.config.question(id);
        asked.map_or_else(String::new, |(_, asked)| card::field(asked, phrases))
    };
    Some(Listing {
        language: phrases.language(),
        made_at: view.now,
        settled_at: board.settled_at,
        plan: board.plan.plan,
        items,
        words: ListingWords {
            title: phrases.paper_agenda(),
            about: vec![
                meeting.title.get(phrases.language()).to_owned(),
                paper::standing(board, view, phrases).to_plain(),
                times::said(&board.plan.plan, phrases).to_plain(),
            ],
            time: phrases.agenda_times().to_plain(),
            times: times::parts(&board.plan.plan, phrases),
            columns: Columns {
                number: phrases.column_number(),
                raised: phrases.column_raised(),
                name: field(question::TITLE),
                topic: field(question::TOPIC),
                place: field(question::PLACE),
                minutes: phrases.column_minutes(),
                why: phrases.column_why(),
                moved: phrases.column_moved(),
            },
            is_in: phrases.raised_yes(),
            is_out: phrases.raised_no(),
            cut: phrases.cell_cut(),
            foot: phrases.document_page("{page}", "{pages}"),
        },
        meeting,
    })
}

fn listed(
    number: u64,
    is_in: bool,
    item: &AgendaItem,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Option<Listed> {
    let Concern { answers, .. } = view.world.concern(item.concern)?;
    let verdict = item.verdict.as_ref()?;
    let config = &view.forum.config;
    let language = phrases.language();
    let choice = |id| answers.choice(id).unwrap_or_default().to_owned();
    let (topic, place) = (choice(question::TOPIC), choice(question::PLACE));
    let said = |id: &str, say: &dyn Fn(&str) -> String| match id {
        "" => String::new(),
        id => say(id),
    };
    let why = Brief::of(&verdict.why);
    let reason = item.by_hand.as_ref().map(|decision| &decision.reason);
    let reason = reason.filter(|_| why.is_by_hand());
    Some(Listed {
        number,
        is_in,
        title: answers.text(question::TITLE).map(str::to_owned),
        name: card::name(&answers, config, phrases),
        topic_said: said(&topic, &|id| card::label(&config.topics, id, language)),
        place_said: said(&place, &|id| card::place(config, id, language)),
        topic,
        place,
        seconds: verdict.seconds,
        seconds_said: say::minutes(verdict.seconds, phrases),
        why,
        why_said: say::briefly(verdict, reason.map_or("", String::as_str), phrases).to_plain(),
        reason: reason.cloned(),
        moved: item.moved().map(|moved| moved.reason.clone()),
    })
}
