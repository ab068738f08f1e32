//! What is known of the meeting, changed one thing after the other; the difference is shown before anything counts, and
//! offered to those whom it concerns once, when it does.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, Zoned};
use serde::{Deserialize, Serialize};

use super::announce::AnnounceDesk;
use super::room::{Did, Room};
use super::{Desk, Tap, go, order, to_menu, visit};
use crate::dialogue::meeting::about;
use crate::dialogue::organising::announcement::recipients;
use crate::dialogue::organising::{Order, Words, meeting as deciding};
use crate::dialogue::screen::{Screen, View};
use crate::dialogue::{Action, Person, Turn, Visit};
use crate::domain::{Act, Day, Localised, Meeting};
use crate::text::clean::{clean, clean_line, fold, parse_number};
use crate::text::{Forum, Phrases};

/// Letters of the title and of the place.
const WORDS: usize = 200;
/// Days that may be candidates.
const DAYS: usize = 10;
/// The choice to put the last meeting right.
const LAST: &str = "last";
/// By how many days a press moves the deadline.
const MORE_DAYS: [u64; 3] = [1, 3, 7];
/// When a day ends.
const END_OF_DAY: Time = Time::constant(23, 59, 59, 0);
/// The largest number of seats and of people.
const MOST: u64 = 100_000;

/// One thing that is known of the meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What it is called.
    Title,
    /// Its day, or the candidates.
    Days,
    /// Where it is.
    Place,
    /// Until when concerns are taken.
    Deadline,
    /// How many people fit in.
    Capacity,
    /// How many of one organisation may come.
    People,
    /// Its time zone.
    Zone,
}

impl Field {
    const ALL: [(&str, Self); 7] = [
        ("title", Self::Title),
        ("days", Self::Days),
        ("place", Self::Place),
        ("deadline", Self::Deadline),
        ("capacity", Self::Capacity),
        ("people", Self::People),
        ("zone", Self::Zone),
    ];

    fn name(self, phrases: Phrases<'_>) -> String {
        match self {
            Self::Title => phrases.meeting_field_title(),
            Self::Days => phrases.meeting_field_days(),
            Self::Place => phrases.meeting_field_place(),
            Self::Deadline => phrases.meeting_field_deadline(),
            Self::Capacity => phrases.meeting_field_capacity(),
            Self::People => phrases.meeting_field_people(),
            Self::Zone => phrases.meeting_field_zone(),
        }
    }
}

/// What is known of the meeting while it is being changed: as it was when that began, and as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// As it was known; nothing if it was not.
    pub before: Option<Meeting>,
    /// As it is to be.
    pub after: Meeting,
}

impl Editing {
    /// Whether anything is to be otherwise.
    fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.after)
    }

    /// The same changes to what somebody else has made of the meeting meanwhile.
    fn onto(self, now: Option<Meeting>) -> Self {
        let (Some(before), Some(now)) = (&self.before, &now) else {
            return Self {
                before: now,
                ..self
            };
        };
        let mine = self.after;
        let after = Meeting {
            id: now.id,
            title: changed(&before.title, mine.title, &now.title),
            days: changed(&before.days, mine.days, &now.days),
            place: changed(&before.place, mine.place, &now.place),
            deadline: changed(&before.deadline, mine.deadline, &now.deadline),
            capacity: changed(&before.capacity, mine.capacity, &now.capacity),
            people_at_most: changed(
                &before.people_at_most,
                mine.people_at_most,
                &now.people_at_most,
            ),
            zone: changed(&before.zone, mine.zone, &now.zone),
        };
        Self {
            before: Some(now.clone()),
            after,
        }
    }
}

/// Where one can be while the meeting is changed; nothing of it counts yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingDesk {
    /// What is known of it.
    Meeting(Box<Editing>),
    /// One thing that is known of it, typed.
    MeetingField(Box<Editing>, Field),
}

impl Room for MeetingDesk {
    fn act(&self) -> Act {
        Act::Meeting
    }

    fn is_work(&self) -> bool {
        match self {
            Self::Meeting(editing) => editing.is_changed(),
            Self::MeetingField(..) => true,
        }
    }

    fn screen(&self, _person: &Person, view: View<'_>, phrases: Phrases<'_>) -> Screen {
        match self {
            Self::Meeting(editing) => screen(editing, view, phrases),
            Self::MeetingField(editing, field) => asking(editing, *field, view, phrases),
        }
    }

    fn on(&self, turn: &mut Turn, did: Did<'_>) {
        match (self, did) {
            (Self::Meeting(editing), Did::Pick(id)) => on_field(turn, editing.clone(), id),
            (Self::MeetingField(editing, Field::Deadline), Did::Pick(id)) => {
                on_more_days(turn, editing.clone(), id);
            }
            (Self::MeetingField(editing, field), Did::Text(text)) => {
                on_words(turn, editing.clone(), *field, text);
            }
            (_, did) => did.nothing(turn),
        }
    }

    fn on_back(&self, turn: &mut Turn) {
        match self {
            Self::Meeting(editing) => {
                if editing.is_changed() {
                    turn.note(|phrases| phrases.note_meeting_not_saved());
                }
                to_menu(turn);
            }
            Self::MeetingField(editing, _) => go(turn, Self::Meeting(editing.clone())),
        }
    }
}

/// What I have changed stays as I have it; all else is as others have it.
fn changed<T: Clone + PartialEq>(before: &T, mine: T, now: &T) -> T {
    if mine == *before { now.clone() } else { mine }
}

/// The meeting as it is known; one that is over makes way for a new one, but where it is that one which is put right.
fn known(view: View<'_>, put_right: Option<u64>) -> Option<Meeting> {
    view.world
        .meeting()
        .filter(|meeting| put_right == Some(meeting.id) || !is_over(meeting, view))
}

fn is_over(meeting: &Meeting, view: View<'_>) -> bool {
    meeting.is_over(view.now, &view.forum.config.settings.zone)
}

/// The meeting that is over, where the next one is being made.
fn last(editing: &Editing, view: View<'_>) -> Option<Meeting> {
    let last = view.world.meeting().filter(|last| is_over(last, view));
    last.filter(|_| editing.before.is_none())
}

pub(super) fn begin(turn: &mut Turn) {
    let before = known(turn.view(), None);
    let after = before.clone().unwrap_or_else(|| Meeting {
        id: 0,
        title: Localised(
            turn.forum
                .words
                .each()
                .map(|phrases| (phrases.language(), phrases.meeting_untitled()))
                .collect(),
        ),
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
    });
    go(
        turn,
        MeetingDesk::Meeting(Box::new(Editing { before, after })),
    );
}

fn screen(editing: &Editing, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let Editing { before, after } = editing;
    let difference = deciding::difference(before.as_ref(), after, view.forum, phrases);
    let mut html = about(after, phrases, view);
    let mut rows = Vec::new();
    if let Some(last) = last(editing, view) {
        html.paragraph(&phrases.meeting_is_next(last.title.get(phrases.language())));
        rows.push(vec![(
            phrases.button_last_meeting(),
            Action::Pick(LAST.to_owned()),
        )]);
    }
    if editing.is_changed() {
        html.paragraph(&phrases.meeting_changes());
        html.line(&difference);
        rows.push(vec![(phrases.button_save(), Action::Desk(Tap::Save))]);
    }
    let fields: Vec<_> = Field::ALL
        .iter()
        .map(|(id, field)| {
            let label = phrases.button_change(&field.name(phrases));
            (label, Action::Pick((*id).to_owned()))
        })
        .collect();
    rows.extend(fields.chunks(2).map(<[_]>::to_vec));
    rows.push(vec![(phrases.button_back(), Action::Back)]);
    Screen { html, rows }
}

fn on_field(turn: &mut Turn, editing: Box<Editing>, id: &str) {
    if id == LAST
        && let Some(last) = last(&editing, turn.view())
    {
        let (before, after) = (Some(last.clone()), last);
        return go(
            turn,
            MeetingDesk::Meeting(Box::new(Editing { before, after })),
        );
    }
    match Field::ALL.iter().find(|(name, _)| *name == id) {
        Some((_, field)) => go(turn, MeetingDesk::MeetingField(editing, *field)),
        None => turn.show(),
    }
}

fn asking(editing: &Editing, field: Field, view: View<'_>, phrases: Phrases<'_>) -> Screen {
    let html = match field {
        Field::Title => phrases.ask_meeting_title(),
        Field::Days => phrases.ask_meeting_days(),
        Field::Place => phrases.ask_meeting_place(),
        Field::Deadline => phrases.ask_meeting_deadline(),
        Field::Capacity => phrases.ask_meeting_capacity(),
        Field::People => phrases.ask_meeting_people(),
        Field::Zone => {
            let zone = editing.after.zone(&view.forum.config.settings.zone);
            phrases.ask_meeting_zone(zone.iana_name().unwrap_or("UTC"))
        }
    };
    let mut screen = super::asking(html, phrases);
    if field == Field::Deadline {
        let more = MORE_DAYS.iter().map(|days| {
            let label = phrases.button_add_days(*days);
            (label, Action::Pick(days.to_string()))
        });
        screen.rows.insert(0, more.collect());
    }
    if field != Field::Title {
        let unknown = (phrases.button_unknown(), Action::Desk(Tap::Unknown));
        let place = screen.rows.len() - 1;
        screen.rows.insert(place, vec![unknown]);
    }
    screen
}

/// The deadline is moved by so many days; one that has passed, or is not known, by as many from today.
fn on_more_days(turn: &mut Turn, mut editing: Box<Editing>, days: &str) {
    let days: Option<i64> = days.parse().ok();
    let Some(days) = days.filter(|days| MORE_DAYS.contains(&days.unsigned_abs())) else {
        return turn.show();
    };
    let zone = editing.after.zone(&turn.forum.config.settings.zone);
    let now = turn.moment.now.to_zoned(zone.clone());
    let known = editing.after.deadline.map(|at| at.to_zoned(zone));
    let time = known.as_ref().map_or(END_OF_DAY, Zoned::time);
    let from = known.filter(|known| *known > now).unwrap_or(now);
    let moved = from.checked_add(days.days()).and_then(|day| {
        day.date()
            .to_datetime(time)
            .to_zoned(day.time_zone().clone())
    });
    if let Ok(moved) = moved {
        editing.after.deadline = Some(moved.timestamp());
    }
    go(turn, MeetingDesk::Meeting(editing));
}

/// It is not known, or as the forum has it.
pub(super) fn on_unknown(turn: &mut Turn) {
    let Some(Desk::Meeting(MeetingDesk::MeetingField(mut editing, field))) =
        turn.person.desk().cloned()
    else {
        return turn.show();
    };
    let after = &mut editing.after;
    match field {
        Field::Title => {}
        Field::Days => after.days.clear(),
        Field::Place => after.place = None,
        Field::Deadline => after.deadline = None,
        Field::Capacity => after.capacity = None,
        Field::People => after.people_at_most = None,
        Field::Zone => after.zone = None,
    }
    go(turn, MeetingDesk::Meeting(editing));
}

fn on_words(turn: &mut Turn, mut editing: Box<Editing>, field: Field, text: &str) {
    let after = &mut editing.after;
    let zone = after.zone(&turn.forum.config.settings.zone);
    let today = turn.moment.now.to_zoned(zone).date();
    if field == Field::Days
        && days(text).is_some_and(|days| days.iter().any(|day| day.date < today))
    {
        turn.note(|phrases| phrases.note_day_past());
        return turn.show();
    }
    let understood = match field {
        Field::Title => localised(text, turn.forum).map(|title| after.title = title),
        Field::Place => localised(text, turn.forum).map(|place| after.place = Some(place)),
        Field::Days => days(text).map(|days| after.days = days),
        Field::Deadline => {
            let zone = after.zone(&turn.forum.config.settings.zone);
            deadline(text, &zone).map(|at| after.deadline = Some(at))
        }
        Field::Capacity => number(text).map(|number| after.capacity = Some(number)),
        Field::People => number(text).map(|number| after.people_at_most = Some(number)),
        Field::Zone => {
            let name = clean_line(text);
            let zone = TimeZone::get(&name).ok();
            // What the list has, as the list writes it.
            let name = zone.and_then(|zone| zone.iana_name().map(str::to_owned));
            name.map(|name| after.zone = Some(name))
        }
    };
    if understood.is_none() {
        turn.note(|phrases| match field {
            Field::Capacity | Field::People => phrases.note_number(1, MOST),
            Field::Title | Field::Days | Field::Place | Field::Deadline | Field::Zone => {
                phrases.note_not_understood()
            }
        });
        return turn.show();
    }
    go(turn, MeetingDesk::Meeting(editing));
}

/// One line for every language, or one line for each.
fn localised(text: &str, forum: &Forum) -> Option<Localised> {
    let text = clean(text);
    let lines: Vec<String> = text
        .lines()
        .map(clean_line)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() || lines.iter().any(|line| line.chars().count() > WORDS) {
        return None;
    }
    let languages: Vec<_> = forum.words.languages().collect();
    if lines.len() == languages.len() && lines.len() > 1 {
        return Some(Localised(languages.into_iter().zip(lines).collect()));
    }
    Some(Localised::same(languages, &lines.join(" ")))
}

fn number(text: &str) -> Option<u32> {
    let number = parse_number(text).filter(|number| (1..=MOST).contains(number))?;
    u32::try_from(number).ok()
}

/// A day a line, in whichever digits.
fn days(text: &str) -> Option<Vec<Day>> {
    let mut days = Vec::new();
    for line in text.lines().filter(|line| !clean_line(line).is_empty()) {
        let (date, time) = day(line)?;
        days.push(Day { date, time });
    }
    days.sort();
    let twice = days.windows(2).any(|two| two[0].date == two[1].date);
    let count = (1..=DAYS).contains(&days.len());
    (count && !twice).then_some(days)
}

/// The last instant: of the day, if no time is given.
fn deadline(text: &str, zone: &TimeZone) -> Option<jiff::Timestamp> {
    let (date, time) = day(text)?;
    let time = time.unwrap_or(END_OF_DAY);
    let at = DateTime::from_parts(date, time).to_zoned(zone.clone());
    at.ok().map(|at| at.timestamp())
}

/// A day that was typed, in any of these ways; a time behind it makes it none.
pub(super) fn typed_day(text: &str) -> Option<Date> {
    day(text).and_then(|(date, time)| time.is_none().then_some(date))
}

/// `2027-01-17`, `17/1/2027` or `17.1.2027`, and perhaps `8:30`.
pub(super) fn day(text: &str) -> Option<(Date, Option<Time>)> {
    // Khmer digits become ASCII; what stands between the numbers is told apart by its sign alone.
    let text = clean_line(text).replace(['T', ','], " ");
    let mut words = text.split_whitespace().map(fold);
    let date = words.next()?;
    let numbers = |text: &str, sign: char| -> Option<Vec<i16>> {
        let parts = text.split(sign);
        parts.map(|part| part.parse().ok()).collect()
    };
    let date = if date.contains('-') {
        match numbers(&date, '-')?.as_slice() {
            [year, month, day] => (*year, *month, *day),
            _ => return None,
        }
    } else {
        let sign = if date.contains('/') { '/' } else { '.' };
        match numbers(&date, sign)?.as_slice() {
            [day, month, year] => (*year, *month, *day),
            _ => return None,
        }
    };
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(date.0, small(date.1)?, small(date.2)?).ok()?;
    if !(2000..=2200).contains(&date.year()) {
        return None;
    }
    let time = match words.next() {
        None => None,
        Some(time) => match numbers(&time, ':')?.as_slice() {
            [hour, minute] => Some(Time::new(small(*hour)?, small(*minute)?, 0, 0).ok()?),
            _ => return None,
        },
    };
    words.next().is_none().then_some((date, time))
}

/// Saves it, and offers to tell those whom it concerns.
pub(super) fn on_save(turn: &mut Turn) {
    let Some(Desk::Meeting(MeetingDesk::Meeting(editing))) = turn.person.desk().cloned() else {
        return turn.show();
    };
    // What somebody else has saved meanwhile is not to be lost, and to be seen before it is changed.
    let put_right = editing.before.as_ref().map(|before| before.id);
    let now = known(turn.view(), put_right);
    if now != editing.before {
        turn.note(|phrases| phrases.note_meeting_changed_meanwhile());
        let editing = editing.onto(now);
        return go(turn, MeetingDesk::Meeting(Box::new(editing)));
    }
    let Editing { before, after } = *editing;
    let earlier = before.is_none() && turn.world.meeting().is_some();
    let Some(done) = order(turn, Order::Meeting(after.clone())) else {
        return turn.show();
    };
    let after = Meeting {
        id: done.made.unwrap_or(after.id),
        ..after
    };
    turn.note(|phrases| phrases.note_meeting_saved());
    if earlier {
        turn.note(|phrases| phrases.note_earlier_kept());
    }
    let audience = deciding::concerns(before.as_ref(), &after);
    // Nobody is written to about a place where they have been.
    if is_over(&after, turn.view()) || recipients(&audience, turn.world).is_empty() {
        return visit(turn, Visit::Meeting);
    }
    go(
        turn,
        AnnounceDesk::Preview {
            audience,
            words: Words::Meeting(Box::new(before), Box::new(after)),
            sure: false,
        },
    );
}
