//! Choosing a digest: for whom, of what, in which form.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::room::{Did, Room};
use super::{go, to_menu};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Person, Turn, World, send_digest};
use crate::digest::{Edition, Filter, Format};
use crate::domain::{Act, Status};
use crate::text::{Phrases, card, date};

/// What was chosen so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// For whom.
    pub edition: Edition,
    /// Only this topic, by id.
    pub topic: Option<String>,
    /// Only this place, by id.
    pub place: Option<String>,
    /// Only what stands there.
    pub status: Option<Status>,
    /// Only what came since the digest that was the last of its kind when this was chosen.
    pub since: bool,
    /// That digest, if there was one: every form that is had of one choice begins with the same.
    #[serde(default)]
    pub last: Option<Last>,
}

/// The digest with which a selection begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its number.
    pub number: u32,
    /// When it was made.
    pub made_at: Timestamp,
}

/// What is narrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Narrow {
    /// To a topic.
    Topic,
    /// To a place.
    Place,
    /// To where a concern stands.
    Status,
}

/// Where a concern that is in a digest can stand.
const STATUSES: [Status; 8] = [
    Status::New,
    Status::Approved,
    Status::Agenda,
    Status::Answered,
    Status::Promised,
    Status::Deflected,
    Status::NotReached,
    Status::Done,
];
/// The id of the choice of no choice.
const ALL: &str = "all";

/// Where one can be while a digest is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestDesk {
    /// Which digest is wanted.
    Digest(Selection),
    /// To what it is narrowed.
    DigestBy(Selection, Narrow),
}

impl Room for DigestDesk {
    fn act(&self) -> Act {
        Act::Digest
    }

    fn is_work(&self) -> bool {
        false
    }

    fn screen(&self, _person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Digest(selection) => screen(selection, view, phrases),
            Self::DigestBy(_, narrow) => narrower(*narrow, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::Digest(selection), Did::Pick(id)) => on_pick(turn, selection.clone(), id),
            (Self::DigestBy(selection, narrow), Did::Pick(id)) => {
                on_narrower(turn, selection.clone(), *narrow, id);
            }
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Digest(_) => to_menu(turn),
            Self::DigestBy(selection, _) => go(turn, Self::Digest(selection.clone())),
        }
    }
}

impl Selection {
    /// Everything, for these readers.
    pub fn all(edition: Edition) -> Self {
        Self {
            edition,
            topic: None,
            place: None,
            status: None,
            since: false,
            last: None,
        }
    }

    /// Looks for the digest with which it begins.
    fn begun(self, world: &dyn World) -> Self {
        let begins = || world.last_digest(self.edition, &self.filter());
        let last = self.since.then(begins).flatten();
        Self {
            last: last.map(|last| Last {
                number: last.number,
                made_at: last.made_at,
            }),
            ..self
        }
    }

    fn filter(&self) -> Filter {
        Filter {
            topic: self.topic.clone(),
            place: self.place.clone(),
            status: self.status,
            after: self.last.map(|last| last.made_at),
            ..Filter::default()
        }
    }
}

/// A form of a digest in words.
pub fn format_name(format: Format, phrases: Phrases<'_>) -> String {
    match format {
        Format::Messages => phrases.button_as_messages(),
        Format::Text => phrases.button_as_text(),
        Format::Json => phrases.button_as_json(),
        Format::Pdf => phrases.button_as_pdf(),
        Format::Xlsx => phrases.button_as_xlsx(),
        Format::Docx => phrases.button_as_docx(),
        Format::Csv => phrases.button_as_csv(),
        Format::Stats => phrases.button_stats(),
    }
}

/// What is chosen, and what can be had of it.
fn screen(selection: &Selection, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let config = &view.forum.config;
    let language = phrases.language();
    let all = || phrases.select_all();
    let topic = selection.topic.as_deref();
    let topic = topic.map_or_else(all, |id| card::label(&config.topics, id, language));
    let place = selection.place.as_deref();
    let place = place.map_or_else(all, |id| card::place(config, id, language));
    let status = selection.status;
    let status = status.map_or_else(all, |status| card::status(status, phrases));
    let since = match selection.last {
        Some(last) => {
            let zone = &config.settings.zone;
            let meeting = view.world.meeting();
            let zone = meeting.map_or_else(|| zone.clone(), |meeting| meeting.zone(zone));
            phrases.select_since(
                u64::from(last.number),
                &date::moment(phrases, last.made_at, &zone),
            )
        }
        None if selection.since => phrases.select_no_last(),
        None => phrases.select_ever(),
    };
    let edition = match selection.edition {
        Edition::Shared => phrases.digest_title_shared(),
        Edition::Organisers | Edition::Group => phrases.digest_title_organisers(),
    };
    let mut html = edition;
    html.paragraph(&phrases.select_chosen(&topic, &place, &status, &since));
    html.paragraph(&phrases.ask_selection());
    let pick = |label, id: &str| (label, Action::Pick(id.to_owned()));
    let have = |format: Format| pick(format_name(format, phrases), format.id());
    let other = match selection.edition {
        Edition::Shared => phrases.button_organisers(),
        Edition::Organisers | Edition::Group => phrases.button_shared(),
    };
    let time = if selection.since {
        phrases.button_select_ever()
    } else {
        phrases.button_select_since()
    };
    Screen {
        html,
        rows: vec![
            vec![pick(other, "edition"), pick(time, "since")],
            vec![
                pick(phrases.button_by_topic(), "topic"),
                pick(phrases.button_by_place(), "place"),
                pick(phrases.button_by_status(), "status"),
            ],
            vec![
                pick(phrases.button_as_messages(), Format::Messages.id()),
                have(Format::Pdf),
                have(Format::Docx),
            ],
            vec![have(Format::Xlsx), have(Format::Csv), have(Format::Json)],
            vec![(phrases.button_back(), Action::Back)],
        ],
    }
}

/// To what it is narrowed.
fn narrower(narrow: Narrow, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let config = &view.forum.config;
    let label = |choice: &crate::config::Choice| {
        let label = choice.label.get(phrases.language());
        (label.to_owned(), choice.id.clone())
    };
    let choices: Vec<(String, String)> = match narrow {
        Narrow::Topic => config.topics.iter().map(label).collect(),
        Narrow::Place => config.place_choices().map(label).collect(),
        Narrow::Status => STATUSES
            .into_iter()
            .map(|status| (card::status(status, phrases), status.id().to_owned()))
            .collect(),
    };
    let all = (phrases.select_all(), ALL.to_owned());
    let buttons: Vec<_> = std::iter::once(all)
        .chain(choices)
        .map(|(label, id)| (label, Action::Pick(id)))
        .collect();
    let mut rows: Vec<_> = buttons.chunks(2).map(<[_]>::to_vec).collect();
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen {
        html: phrases.ask_selection_by(),
        rows,
    }
}

/// Something of the selection is to change, or the digest is wanted.
fn on_pick(turn: &mut Turn, mut selection: Selection, id: &str) {
    let narrow = |selection, narrow| DigestDesk::DigestBy(selection, narrow);
    let next = match id {
        "edition" => {
            selection.edition = selection.edition.other();
            DigestDesk::Digest(selection.begun(turn.world))
        }
        "since" => {
            selection.since = !selection.since;
            DigestDesk::Digest(selection.begun(turn.world))
        }
        "topic" => narrow(selection, Narrow::Topic),
        "place" => narrow(selection, Narrow::Place),
        "status" => narrow(selection, Narrow::Status),
        id => match Format::from_id(id).filter(|format| *format != Format::Stats) {
            Some(format) => return on_have(turn, &selection, format),
            None => return turn.show(),
        },
    };
    go(turn, next);
}

/// To what it is narrowed was chosen.
fn on_narrower(turn: &mut Turn, mut selection: Selection, narrow: Narrow, id: &str) {
    let chosen = Some(id.to_owned()).filter(|id| id != ALL);
    match narrow {
        Narrow::Topic => selection.topic = chosen,
        Narrow::Place => selection.place = chosen,
        Narrow::Status => selection.status = chosen.as_deref().and_then(Status::from_id),
    }
    let selection = selection.begun(turn.world);
    go(turn, DigestDesk::Digest(selection));
}

fn on_have(turn: &mut Turn, selection: &Selection, format: Format) {
    send_digest(turn, selection.edition, format, selection.filter());
    turn.note(|phrases| phrases.note_digest_comes());
    turn.show();
}
