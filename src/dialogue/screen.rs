//! What a person sees: a function of their state and the records. And which buttons count: those that it shows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_segmentation::UnicodeSegmentation as _;

use super::button::{Action, Button, Press};
use super::{
    Draft, Person, State, Tap, Visit, World, close, closing, desk, meeting, mine, others,
    promising, reminding,
};
use crate::config::{Choice, Kind, Question, Required};
use crate::domain::concern::{Disclosure, question};
use crate::domain::{Answer, Concern, Role};
use crate::text::{Forum, Html, Phrases, card};

/// Letters up to which two labels share a row.
const SHORT_LABEL: usize = 15;
/// Letters of a question's name on the button that changes its answer; two share a row.
const SHORT_NAME: usize = 30;

/// Buttons side by side: labels and what they do.
pub type Row = Vec<(String, Action)>;

/// A text with its buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// The text.
    pub html: Html,
    /// Labels and what they do, row by row.
    pub rows: Vec<Row>,
}

impl Screen {
    /// Whether one of its buttons does this.
    pub fn offers(&self, action: &Action) -> bool {
        self.rows
            .iter()
            .flatten()
            .any(|(_, offered)| offered == action)
    }

    /// The buttons, carrying the number of this screen.
    pub fn buttons(&self, number: u32) -> Vec<Vec<Button>> {
        let button = |(label, action): &(String, Action)| Button {
            label: label.clone(),
            // What is logged counts however late it comes.
            data: if let Action::Desk(Tap::Floor(tap)) = action {
                Press::Floor(*tap).write()
            } else {
                Press::Screen(number, action.clone()).write()
            },
        };
        self.rows
            .iter()
            .map(|row| row.iter().map(button).collect())
            .collect()
    }
}

/// What screens are made from, besides the person.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The forum.
    pub forum: &'a Forum,
    /// The records.
    pub world: &'a dyn World,
    /// The time.
    pub now: Timestamp,
}

impl View<'_> {
    /// The time zone in which times are shown: the meeting's, else the forum's.
    pub fn zone(&self) -> TimeZone {
        let forum = &self.forum.config.settings.zone;
        let meeting = self.world.meeting();
        meeting.map_or_else(|| forum.clone(), |meeting| meeting.zone(forum))
    }
}

/// The screen of this person's state.
pub fn of(person: &Person, view: View<'_>) -> Screen {
    let View { forum, world, .. } = view;
    let first = forum.words.phrases_or_first(person.language);
    match &person.state {
        State::Language { back } => {
            language(back.is_some() && person.language.is_some(), first, forum)
        }
        State::Consent => Screen {
            html: first.consent(),
            rows: vec![
                vec![(first.button_agree(), Action::Agree)],
                vec![(first.button_decline(), Action::Decline)],
            ],
        },
        State::Uninvited => Screen {
            html: first.uninvited(),
            rows: vec![vec![
                (first.button_languages(), Action::Languages),
                (first.button_privacy(), Action::Privacy),
            ]],
        },
        State::Confirm { organisation, .. } => {
            let known = world.organisation(*organisation);
            let name = known.map_or_else(String::new, |o| o.name.get(first.language()).to_owned());
            Screen {
                html: first.ask_confirm(&name),
                rows: vec![
                    vec![(first.button_yes(), Action::Yes)],
                    vec![(first.button_no(), Action::No)],
                ],
            }
        }
        State::Organisation { .. } => Screen {
            html: first.ask_organisation(),
            rows: Vec::new(),
        },
        State::Choosing { name, offered, .. } => choosing(name, offered, view, first),
        State::Province { name, .. } => {
            let mut rows = choice_rows(forum.config.place_choices(), first);
            rows.push(vec![(first.button_back(), Action::Back)]);
            Screen {
                html: first.ask_province(name),
                rows,
            }
        }
        State::Menu { kept } => menu(person, kept.as_ref(), view, first),
        State::Form { draft, at, .. } => match forum.config.question(at) {
            Some((position, question)) => ask(draft, position, question, view, first),
            // The form changed under the draft; what was answered is kept, and one press leads on.
            None => menu(person, Some(draft), view, first),
        },
        State::Review { draft } => review(person, draft, view, first),
        State::Close { close, .. } => close::screen(person, close, view, first),
        State::Leaving { .. } => Screen {
            html: first.ask_leaving(),
            rows: vec![
                vec![(first.button_keep(), Action::Keep)],
                vec![(first.button_delete(), Action::Delete)],
                vec![(first.button_back(), Action::Back)],
            ],
        },
        State::Deleting { .. } => Screen {
            html: first.ask_deleting(),
            rows: vec![
                vec![(first.button_keep(), Action::Keep)],
                vec![(first.button_delete(), Action::Delete)],
            ],
        },
        State::Visit {
            kept,
            visit: Visit::Desk(at),
        } => desk::screen(person, at, view, first)
            .unwrap_or_else(|| menu(person, kept.as_ref(), view, first)),
        State::Visit { visit, .. } => visiting(person, visit, view, first),
    }
}

fn visiting(person: &Person, visit: &Visit, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let asking = |id: u64, say: &dyn Fn(&Concern) -> Html, yes| {
        mine::asking(person, id, view, say, yes, phrases)
    };
    match visit {
        Visit::Mine { page } => mine::list(person, *page, view, phrases),
        Visit::Concern { id } => mine::one(person, *id, view, phrases),
        Visit::Noting { id } => asking(*id, &|_| phrases.ask_note(), None),
        Visit::Answering { id } => asking(
            *id,
            &|concern| {
                let question = mine::question(concern, view).unwrap_or_default();
                phrases.ask_reply(&question)
            },
            None,
        ),
        Visit::Withdrawing { id } => {
            let yes = (phrases.button_withdraw_really(), Action::Yes);
            let say = |concern: &Concern| {
                phrases.ask_withdrawing(&card::name(&concern.answers, &view.forum.config, phrases))
            };
            asking(*id, &say, Some(yes))
        }
        Visit::Topics => others::topics(person, view, phrases),
        Visit::Places => others::places(person, view, phrases),
        Visit::Shared { topic, at, page } => others::list(
            person,
            topic.as_deref(),
            at.as_deref(),
            *page,
            view,
            phrases,
        ),
        Visit::Other { id, .. } => others::one(person, *id, view, phrases),
        Visit::Meeting => meeting::screen(person, view, phrases),
        Visit::Rsvp { meeting, days } => meeting::asking(*meeting, days, view, phrases),
        Visit::Correcting { id, .. } => asking(*id, &|_| phrases.ask_correction(), None),
        // Shown by `of`, which knows the menu for those who may not be there.
        Visit::Desk(_) => menu(person, None, view, phrases),
        Visit::Promise { id } => promising::screen(person, *id, view, phrases),
        Visit::Reminders => reminding::screen(person, phrases),
        Visit::Forgetting => Screen {
            html: phrases.ask_forgetting(),
            rows: vec![
                vec![(phrases.button_back(), Action::Back)],
                vec![(phrases.button_forget(), Action::Yes)],
            ],
        },
    }
}

/// The closest organisations of the registry; that it is none of them stands last.
fn choosing(name: &str, offered: &[u64], view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut html = phrases.ask_which(name);
    let mut rows = Vec::new();
    let known = offered.iter().filter_map(|id| view.world.organisation(*id));
    for (organisation, number) in known.zip(1u64..) {
        let name = organisation.name.get(phrases.language());
        let mut entry = Html::text(&format!("{}. ", phrases.number(number)));
        entry.push(&Html::bold(name));
        if !organisation.place.is_empty() {
            let place = card::place(&view.forum.config, &organisation.place, phrases.language());
            entry.push(&Html::text(&format!(" · {place}")));
        }
        html.line(&entry);
        rows.push(vec![(
            numbered(number, name, phrases),
            Action::Pick(organisation.id.to_string()),
        )]);
    }
    rows.push(vec![(phrases.button_none_of_these(), Action::NoneOfThese)]);
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// A name on a button, with its number in the list above.
pub(super) fn numbered(number: u64, name: &str, phrases: Phrases<'_>) -> String {
    format!("{}. {}", phrases.number(number), shortened(name))
}

/// What stands on this page, numbered through, and the buttons that turn pages. A page that is no more is the last.
pub(super) fn page<T: Clone>(
    all: &[T],
    page: u32,
    size: usize,
    phrases: Phrases<'_>,
) -> (Vec<(u64, T)>, Option<Row>) {
    let last = all.len().saturating_sub(1) / size;
    let page = (page as usize).min(last);
    let shown = (1..).zip(all.iter().cloned()).skip(page * size).take(size);
    let mut turning = Vec::new();
    if page > 0 {
        turning.push((phrases.button_page_before(), Action::Page(page as u32 - 1)));
    }
    if page < last {
        turning.push((phrases.button_page_after(), Action::Page(page as u32 + 1)));
    }
    (shown.collect(), (!turning.is_empty()).then_some(turning))
}

/// At the very first every language greets; later one changes it and may go back.
fn language(known: bool, phrases: Phrases<'_>, forum: &Forum) -> Screen {
    let mut rows: Vec<_> = forum
        .words
        .each()
        .map(|phrases| vec![(phrases.language_name(), Action::Speak(phrases.language()))])
        .collect();
    if known {
        rows.push(vec![(phrases.button_back(), Action::Back)]);
        return Screen {
            html: phrases.ask_language(),
            rows,
        };
    }
    let mut html = Html::default();
    for phrases in forum.words.each() {
        html.paragraph(&phrases.greeting());
    }
    Screen { html, rows }
}

fn menu(person: &Person, kept: Option<&Draft>, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows = Vec::new();
    let mut html = Html::default();
    if let Some(membership) = &person.membership {
        let organisation = view.world.organisation(membership.organisation);
        match kept {
            Some(draft) => {
                let name = card::name(&draft.answers, &view.forum.config, phrases);
                html.paragraph(&phrases.menu_draft(&name));
                rows.push(vec![(phrases.button_continue(), Action::Continue)]);
                rows.push(vec![(phrases.button_delete(), Action::Delete)]);
            }
            None => {
                let name = organisation
                    .as_ref()
                    .map_or("", |organisation| organisation.name.get(phrases.language()));
                html.paragraph(&phrases.menu(name));
                rows.push(vec![(phrases.button_new(), Action::NewConcern)]);
            }
        }
        html.paragraph(&closing::said(kept, view, phrases));
        if organisation.is_some_and(|organisation| organisation.suspended) {
            html.paragraph(&phrases.note_suspended());
        }
        rows.push(vec![(phrases.button_mine(), Action::Mine)]);
        rows.push(vec![(phrases.button_others(), Action::Others)]);
        rows.push(vec![(phrases.button_meeting(), Action::Meeting)]);
    }
    if person.role.is_some() {
        html.paragraph(&match person.role {
            Some(Role::Auditor) => phrases.menu_auditor(),
            Some(Role::Owner | Role::Organiser) | None => phrases.menu_organiser(),
        });
        rows.extend(desk::menu(person.role, view, phrases));
    }
    if !person.has_joined() {
        // Whoever lost their role and speaks for nobody is here still.
        html.paragraph(&phrases.note_join_first());
    }
    if person.membership.is_none() {
        rows.push(vec![(phrases.button_join(), Action::Join)]);
    }
    rows.push(vec![
        (phrases.button_languages(), Action::Languages),
        (phrases.button_privacy(), Action::Privacy),
    ]);
    rows.push(vec![(phrases.button_help(), Action::Help)]);
    Screen { html, rows }
}

fn ask(
    draft: &Draft,
    position: usize,
    question: &Question,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Screen {
    let forum = view.forum;
    let mut html = closing::said(Some(draft), view, phrases);
    html.paragraph(&phrases.progress(position as u64 + 1, forum.config.form.len() as u64));
    html.line(&Html::bold(question.prompt.get(phrases.language())));
    let answered = draft.answers.0.get(&question.id);
    let mut rows = Vec::new();
    match &question.kind {
        Kind::Story { .. } => {
            let parts = draft.answers.story(&question.id);
            html.paragraph(&match parts {
                [] => phrases.story_hint(),
                [..] => phrases.story_so_far(&card::tally(parts, phrases)),
            });
            rows.push(vec![(phrases.button_done(), Action::Done)]);
            if !parts.is_empty() {
                rows.push(vec![(phrases.button_undo(), Action::Undo)]);
            }
        }
        Kind::Choice(_)
        | Kind::Disclosure
        | Kind::Place
        | Kind::Text { .. }
        | Kind::Number { .. } => {
            let given = answered.filter(|answer| **answer != Answer::Skipped);
            if let Some(answer) = given {
                html.paragraph(&phrases.answer_so_far(&card::answer(
                    question,
                    answer,
                    &forum.config,
                    phrases,
                )));
                rows.push(vec![(phrases.button_next(), Action::Next)]);
            }
            rows.extend(match &question.kind {
                Kind::Choice(choices) => choice_rows(choices.iter(), phrases),
                Kind::Place => choice_rows(forum.config.place_choices(), phrases),
                Kind::Disclosure => Disclosure::ALL
                    .map(|disclosure| {
                        vec![(
                            card::disclosure(disclosure, phrases),
                            Action::Pick(disclosure.id().to_owned()),
                        )]
                    })
                    .to_vec(),
                Kind::Text { .. } | Kind::Number { .. } | Kind::Story { .. } => Vec::new(),
            });
            if let Kind::Disclosure = question.kind {
                html.paragraph(&phrases.disclosure_hint());
            }
        }
    }
    rows.push(last_row(question, phrases));
    Screen { html, rows }
}

fn last_row(question: &Question, phrases: Phrases<'_>) -> Vec<(String, Action)> {
    let mut row = vec![(phrases.button_back(), Action::Back)];
    let may_skip = match question.required {
        Required::Yes => false,
        Required::UnlessVoice | Required::No => true,
    };
    if may_skip {
        row.push((phrases.button_skip(), Action::Skip));
    }
    row.push((phrases.button_cancel(), Action::Cancel));
    row
}

fn review(person: &Person, draft: &Draft, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let View { forum, world, .. } = view;
    let membership = person.membership.as_ref();
    let organisation = membership.and_then(|m| world.organisation(m.organisation));
    let mut html = match draft
        .answers
        .choice(question::DISCLOSURE)
        .and_then(Disclosure::from_id)
    {
        Some(Disclosure::Named) => phrases.review_named(),
        Some(Disclosure::Unnamed) => phrases.review_unnamed(),
        Some(Disclosure::OrganisersOnly) | None => phrases.review_organisers_only(),
    };
    html.paragraph(&card::of(
        &draft.answers,
        organisation.as_ref(),
        &forum.config,
        phrases,
    ));
    html.paragraph(&phrases.review_hint());
    html.paragraph(&closing::said(Some(draft), view, phrases));
    let submit = match draft.revises {
        Some(_) => phrases.button_submit_changes(),
        None => phrases.button_submit(),
    };
    let mut rows = vec![vec![(submit, Action::Submit)]];
    let changes: Vec<_> = forum
        .config
        .form
        .iter()
        .map(|question| {
            (
                phrases.button_change(&shortened(&card::field(question, phrases))),
                Action::Change(question.id.clone()),
            )
        })
        .collect();
    rows.extend(changes.chunks(2).map(<[_]>::to_vec));
    rows.push(vec![
        (phrases.button_back(), Action::Back),
        (phrases.button_cancel(), Action::Cancel),
    ]);
    Screen { html, rows }
}

/// A question that the words have no short name for is called by its beginning.
pub(super) fn shortened(name: &str) -> String {
    if name.graphemes(true).count() <= SHORT_NAME {
        return name.to_owned();
    }
    name.graphemes(true)
        .take(SHORT_NAME - 1)
        .chain(["…"])
        .collect()
}

fn choice_rows<'c>(
    choices: impl Iterator<Item = &'c Choice>,
    phrases: Phrases<'_>,
) -> Vec<Vec<(String, Action)>> {
    let buttons: Vec<_> = choices
        .map(|choice| {
            (
                choice.label.get(phrases.language()).to_owned(),
                Action::Pick(choice.id.clone()),
            )
        })
        .collect();
    let short = |(label, _): &(String, Action)| label.chars().count() <= SHORT_LABEL;
    let a_row = if buttons.iter().filter(|button| short(button)).count() * 5 >= buttons.len() * 4 {
        2
    } else {
        1
    };
    buttons.chunks(a_row).map(<[_]>::to_vec).collect()
}

/// The ids and labels, in every language, from which a question lets one choose.
pub(super) fn choices(forum: &Forum, kind: &Kind) -> Vec<(String, Vec<String>)> {
    let labels = |choice: &Choice| {
        (
            choice.id.clone(),
            choice.label.all().map(str::to_owned).collect(),
        )
    };
    match kind {
        Kind::Choice(choices) => choices.iter().map(labels).collect(),
        Kind::Place => forum.config.place_choices().map(labels).collect(),
        Kind::Disclosure => {
            let labels = |disclosure| {
                forum
                    .words
                    .each()
                    .map(|phrases| card::disclosure(disclosure, phrases))
                    .collect()
            };
            Disclosure::ALL
                .into_iter()
                .map(|disclosure| (disclosure.id().to_owned(), labels(disclosure)))
                .collect()
        }
        Kind::Text { .. } | Kind::Number { .. } | Kind::Story { .. } => Vec::new(),
    }
}
