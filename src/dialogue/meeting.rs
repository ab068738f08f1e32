//! The meeting: what is known of it and what is not yet, and whether an organisation comes.
//!
//! The latest answer of an organisation counts, whichever of its members gave it; the others are told.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::screen::{Screen, View};
use super::{Action, Change, Draft, Person, State, Tap, Turn, Visit, desk, onboarding};
use crate::domain::{Act, Archive, Day, Meeting, Rsvp, Sides, Status};
use crate::text::clean::parse_number;
use crate::text::{Forum, Html, Phrases, card, date};

/// How many people an organisation may send where the meeting does not say.
const PEOPLE: u32 = 5;
/// Numbers that get a button; a larger one is typed.
const BUTTONS: u32 = 8;
/// How many earlier meetings are shown.
const ARCHIVES: usize = 5;
/// What can come of a concern at a meeting.
const CAME: [Status; 5] = [
    Status::Answered,
    Status::Promised,
    Status::Done,
    Status::Deflected,
    Status::NotReached,
];

/// What is known and what is not.
pub(super) fn screen(person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let mut rows = Vec::new();
    let html = match view.world.meeting() {
        None => {
            let mut html = phrases.meeting_none();
            if desk::may(person, Act::Digest) {
                html.paragraph(&archived(&view.world.archives(), view.forum, phrases));
                html.paragraph(&desk::promises::scores(view, phrases));
            }
            html
        }
        Some(meeting) => {
            let own = person.membership.as_ref().map(|m| m.organisation);
            let answer = own.and_then(|own| view.world.rsvp(meeting.id, own));
            if own.is_some() && can_answer(&meeting, view) {
                let label = if answer.is_some() {
                    phrases.button_rsvp_change()
                } else {
                    phrases.button_rsvp()
                };
                rows.push(vec![(label, Action::Rsvp)]);
            }
            let mut html = about(&meeting, phrases, view);
            if let Some(answer) = answer.filter(|_| !meeting.days.is_empty()) {
                html.paragraph(&answered(&meeting, &answer, today(&meeting, view), phrases));
            }
            html
        }
    };
    if desk::may(person, Act::Meeting) {
        let edit = (
            phrases.button_edit_meeting(),
            Action::Desk(Tap::EditMeeting),
        );
        rows.push(vec![edit]);
        if view.world.meeting().is_some() {
            let calendar = (phrases.button_calendar(), Action::Desk(Tap::Calendar));
            rows.push(vec![calendar]);
        }
    }
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// Whether there is a day to answer about.
fn can_answer(meeting: &Meeting, view: View<'_>) -> bool {
    !meeting.days.is_empty() && !meeting.is_over(view.now, &view.forum.config.settings.zone)
}

/// Today, where the meeting is.
fn today(meeting: &Meeting, view: View<'_>) -> Date {
    let zone = meeting.zone(&view.forum.config.settings.zone);
    view.now.to_zoned(zone).date()
}

/// The meeting in words.
pub(super) fn about(meeting: &Meeting, phrases: Phrases<'_>, view: View<'_>) -> Html {
    let mut html = Html::bold(meeting.title.get(phrases.language()));
    let today = today(meeting, view);
    let days: Vec<String> = meeting
        .days
        .iter()
        .map(|day| {
            let said = date::near_day(phrases, day.date, day.time, today);
            if day.date < today {
                return said;
            }
            phrases.date_left(&said, &date::left_days(phrases, day.date, today))
        })
        .collect();
    match days.as_slice() {
        [] => html.line(&phrases.meeting_no_date()),
        [day] => html.line(&phrases.meeting_date(day)),
        days => {
            html.line(&phrases.meeting_tentative());
            for day in days {
                html.line(&Html::text(&format!("• {day}")));
            }
            &mut html
        }
    };
    html.line(&match &meeting.place {
        Some(place) => phrases.meeting_place(place.get(phrases.language())),
        None => phrases.meeting_no_place(),
    });
    html.line(&match meeting.deadline {
        Some(deadline) => {
            let zone = meeting.zone(&view.forum.config.settings.zone);
            let at = date::near(phrases, deadline, &zone, view.now);
            if meeting.is_closed(view.now) {
                phrases.meeting_closed(&at)
            } else {
                let left = date::left(phrases, deadline, &zone, view.now);
                phrases.meeting_deadline(&phrases.date_left(&at, &left))
            }
        }
        None => phrases.meeting_no_deadline(),
    });
    if let Some(capacity) = meeting.capacity {
        html.line(&phrases.meeting_capacity(capacity.into()));
    }
    html
}

/// What stayed of earlier meetings, the newest first; nothing if there was none.
pub fn archived(archives: &[Archive], forum: &Forum, phrases: Phrases<'_>) -> Html {
    let mut html = Html::default();
    if archives.is_empty() {
        return html;
    }
    html.line(&phrases.archives());
    for archive in archives.iter().rev().take(ARCHIVES) {
        html.paragraph(&counted(archive, forum, phrases));
    }
    html
}

/// How much there was of everything at a meeting: the same lines for each, so that meetings can be held against each other.
pub fn counted(archive: &Archive, forum: &Forum, phrases: Phrases<'_>) -> Html {
    let title = match archive.title.get(phrases.language()) {
        "" => phrases.archive_untitled(),
        title => title.to_owned(),
    };
    let days: Vec<String> = archive
        .days
        .iter()
        .map(|day| date::day(phrases, day.date))
        .collect();
    let days = match days.as_slice() {
        [] => phrases.meeting_unknown(),
        days => days.join(" / "),
    };
    let mut html = phrases.archive(&title, &days);
    let totals = &archive.totals;
    html.line(&phrases.archive_totals(
        totals.received,
        totals.included,
        totals.merged,
        totals.withdrawn,
        totals.held,
        totals.rejected,
    ));
    html.line(&match archive.people {
        0 => phrases.archive_raised(archive.raised),
        people => phrases.archive_people(archive.raised, people),
    });
    let listed = |counts: Vec<(String, u64)>| {
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let said = counts.map(|(name, count)| format!("{name} {}", phrases.number(count)));
        Some(said.collect::<Vec<_>>().join(" · ")).filter(|said| !said.is_empty())
    };
    let came = CAME.map(|status| {
        let count = archive.statuses.get(&status).copied();
        (card::status(status, phrases), count.unwrap_or_default())
    });
    if let Some(came) = listed(came.into()) {
        html.line(&phrases.archive_came(&came));
    }
    let minutes = |seconds: u64| phrases.minutes(&phrases.number(seconds.div_ceil(60)));
    if archive.spoken != Sides::default() {
        let (ours, theirs) = (archive.spoken.organisations, archive.spoken.authority);
        html.line(&phrases.archive_spoken(&minutes(ours), &minutes(theirs)));
    }
    let language = phrases.language();
    let ranked = |counts: &BTreeMap<String, u64>, name: &dyn Fn(&str) -> String| {
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|(id, count)| (Reverse(**count), (*id).clone()));
        let named = counts.into_iter().map(|(id, count)| (name(id), *count));
        listed(named.collect())
    };
    let topics = |id: &str| card::label(&forum.config.topics, id, language);
    if let Some(topics) = ranked(&archive.topics, &topics) {
        html.line(&phrases.archive_topics(&topics));
    }
    let places = |id: &str| card::place(&forum.config, id, language);
    if let Some(places) = ranked(&archive.places, &places) {
        html.line(&phrases.archive_places(&places));
    }
    html
}

/// A day of a meeting in words, with its year.
pub fn said(day: Day, phrases: Phrases<'_>) -> String {
    match day.time {
        Some(time) => date::day_and_time(phrases, day.date.to_datetime(time)),
        None => date::day(phrases, day.date),
    }
}

/// What an organisation answered, day by day where there are several.
fn answered(meeting: &Meeting, rsvp: &Rsvp, today: Date, phrases: Phrases<'_>) -> Html {
    let mut html = phrases.rsvp_yours();
    for day in &meeting.days {
        let words = match rsvp.people.get(&day.date) {
            None => phrases.rsvp_unasked(),
            Some(0) => phrases.rsvp_not_coming(),
            Some(people) => phrases.rsvp_coming(u64::from(*people)),
        };
        let day = date::near_day(phrases, day.date, day.time, today);
        html.line(&phrases.rsvp_day(&day, &words));
    }
    html
}

/// The question that is open: a day, or with how many.
pub(super) fn asking(
    meeting: u64,
    days: &BTreeMap<Date, bool>,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Screen {
    let mut rows = Vec::new();
    let known = view.world.meeting().filter(|known| known.id == meeting);
    let html = match known {
        None => phrases.meeting_none(),
        Some(known) => match open(&known, days) {
            Some(day) => {
                let said = date::near_day(phrases, day.date, day.time, today(&known, view));
                rows.push(vec![(phrases.button_coming(), Action::Yes)]);
                rows.push(vec![(phrases.button_not_coming(), Action::No)]);
                if known.is_fixed() {
                    phrases.ask_coming(&said)
                } else {
                    phrases.ask_could_come(&said)
                }
            }
            None => {
                let most = known.people_at_most.unwrap_or(PEOPLE);
                let numbers: Vec<_> = (1..=most.min(BUTTONS))
                    .map(|number| {
                        (
                            phrases.number(number.into()),
                            Action::Pick(number.to_string()),
                        )
                    })
                    .collect();
                rows.extend(numbers.chunks(4).map(<[_]>::to_vec));
                phrases.ask_people(most.into())
            }
        },
    };
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

/// The first day that is not answered.
fn open(meeting: &Meeting, days: &BTreeMap<Date, bool>) -> Option<Day> {
    let mut open = meeting.days.iter();
    open.find(|day| !days.contains_key(&day.date)).copied()
}

pub(super) fn on_rsvp(turn: &mut Turn) {
    if turn.is_suspended() {
        turn.note(|phrases| phrases.note_suspended());
        return turn.show();
    }
    if onboarding::waits_for_approval(turn) {
        turn.note(|phrases| phrases.note_waits_for_approval());
        return turn.show();
    }
    let kept = turn.person.state.draft().cloned();
    match turn.world.meeting() {
        Some(meeting) if can_answer(&meeting, turn.view()) => turn.go(State::Visit {
            kept,
            visit: Visit::Rsvp {
                meeting: meeting.id,
                days: BTreeMap::new(),
            },
        }),
        Some(_) | None => turn.show(),
    }
}

/// Where they are in answering: the kept draft, the meeting as it is now, the days answered so far. Nothing if another
/// meeting has taken its place.
fn answering(turn: &Turn) -> Option<(Option<Draft>, Meeting, BTreeMap<Date, bool>)> {
    let State::Visit {
        kept,
        visit: Visit::Rsvp { meeting, days },
    } = &turn.person.state
    else {
        return None;
    };
    let known = turn.world.meeting().filter(|known| known.id == *meeting)?;
    if !can_answer(&known, turn.view()) {
        return None;
    }
    Some((kept.clone(), known, days.clone()))
}

pub(super) fn on_day(turn: &mut Turn, comes: bool) {
    let Some((kept, meeting, mut days)) = answering(turn) else {
        return to_meeting(turn);
    };
    if let Some(day) = open(&meeting, &days) {
        days.insert(day.date, comes);
    }
    let none = meeting
        .days
        .iter()
        .all(|day| days.get(&day.date) == Some(&false));
    if none {
        return save(turn, &meeting, &days, 0);
    }
    turn.go(State::Visit {
        kept,
        visit: Visit::Rsvp {
            meeting: meeting.id,
            days,
        },
    });
}

pub(super) fn on_rsvp_back(turn: &mut Turn) {
    let Some((kept, meeting, mut days)) = answering(turn) else {
        return to_meeting(turn);
    };
    if days.pop_last().is_none() {
        return to_meeting(turn);
    }
    turn.go(State::Visit {
        kept,
        visit: Visit::Rsvp {
            meeting: meeting.id,
            days,
        },
    });
}

pub(super) fn on_people(turn: &mut Turn, number: &str) {
    on_rsvp_text(turn, number);
}

/// A number, typed in whichever digits.
pub(super) fn on_rsvp_text(turn: &mut Turn, text: &str) {
    let Some((_, meeting, days)) = answering(turn) else {
        return to_meeting(turn);
    };
    if open(&meeting, &days).is_some() {
        turn.note(|phrases| phrases.note_press_button());
        return turn.show();
    }
    let most = meeting.people_at_most.unwrap_or(PEOPLE);
    match parse_number(text) {
        Some(people) if (1..=u64::from(most)).contains(&people) => {
            save(turn, &meeting, &days, people as u32) // at most `most`
        }
        Some(_) | None => {
            turn.note(|phrases| phrases.note_number(1, most.into()));
            turn.show();
        }
    }
}

/// Keeps the answer, if there is room, and tells the organisation's other members.
fn save(turn: &mut Turn, meeting: &Meeting, days: &BTreeMap<Date, bool>, people: u32) {
    let Some(organisation) = turn.person.membership.as_ref().map(|m| m.organisation) else {
        return to_meeting(turn);
    };
    // It may have been suspended since they began to answer.
    if turn.is_suspended() {
        turn.note(|phrases| phrases.note_suspended());
        return to_meeting(turn);
    }
    let number = |day: &Day| {
        if days.get(&day.date) == Some(&true) {
            people
        } else {
            0
        }
    };
    let rsvp = Rsvp {
        meeting: meeting.id,
        organisation,
        person: Some(turn.person.number),
        at: turn.moment.now,
        people: meeting
            .days
            .iter()
            .map(|day| (day.date, number(day)))
            .collect(),
    };
    if let Some(left) = seats_left(turn, meeting, &rsvp) {
        turn.note(|phrases| phrases.note_no_seats(left.into()));
        return turn.show();
    }
    turn.world.change(Change::Rsvp(rsvp.clone()));
    let today = today(meeting, turn.view());
    for member in turn.world.members(organisation) {
        if member.number != turn.person.number {
            turn.notify(&member, None, |phrases| {
                let mut html = phrases.notice_rsvp(meeting.title.get(phrases.language()));
                html.paragraph(&answered(meeting, &rsvp, today, phrases));
                html
            });
        }
    }
    turn.note(|phrases| phrases.note_rsvp_kept());
    to_meeting(turn);
}

/// How many seats are left on the fullest of its days, if they are fewer than this answer needs.
fn seats_left(turn: &Turn, meeting: &Meeting, rsvp: &Rsvp) -> Option<u32> {
    let capacity = meeting.capacity?;
    let others: Vec<Rsvp> = turn
        .world
        .rsvps(meeting.id)
        .into_iter()
        .filter(|other| other.organisation != rsvp.organisation)
        .collect();
    let left = |date: &Date| {
        let taken: u32 = others
            .iter()
            .filter_map(|other| other.people.get(date))
            .sum();
        capacity.saturating_sub(taken)
    };
    rsvp.people
        .iter()
        .filter(|(_, people)| **people > 0)
        .map(|(date, people)| (left(date), *people))
        .filter(|(left, people)| people > left)
        .map(|(left, _)| left)
        .min()
}

fn to_meeting(turn: &mut Turn) {
    turn.go(State::Visit {
        kept: turn.person.state.draft().cloned(),
        visit: Visit::Meeting,
    });
}
