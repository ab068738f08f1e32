//! What comes by the clock, as an organiser sees it: when whom is reminded of what, and what became of what was sent.

use jiff::Timestamp;

use crate::dialogue::effect::Weight;
use crate::dialogue::screen::View;
use crate::dialogue::{Turn, carrying};
use crate::domain::reminder::{Anchor, Whom};
use crate::domain::{Meeting, Reminded};
use crate::schedule::{self, Occurrence, Rules};
use crate::text::{Html, Phrases, date};

/// Tells it, and shows where they were.
pub(super) fn tell(turn: &mut Turn) {
    let html = of(turn.view(), turn.phrases());
    turn.tell(Weight::Page, |_| html.clone());
    turn.show();
}

fn of(view: View<'_>, phrases: Phrases<'_>) -> Html {
    let Some(meeting) = view.world.meeting() else {
        return phrases.meeting_none();
    };
    let reminded = view.world.reminders(meeting.id);
    let rules = Rules::of(&view.forum.config);
    let mut html = phrases.calendar();
    for told in reminded
        .iter()
        .filter(|told| told.reminder == carrying::OFFER)
    {
        let at = date::near(phrases, told.at, &view.zone(), view.now);
        html.line(&phrases.calendar_carry(&at, told.tally.sent, told.people));
    }
    for occurrence in schedule::occurrences(&meeting, rules) {
        html.line(&line(&occurrence, &meeting, &reminded, view, phrases));
    }
    if let Some(at) = schedule::erased_at(&meeting, &view.forum.config.settings) {
        let zone = view.zone();
        let at = date::near(phrases, at, &zone, view.now);
        html.paragraph(&phrases.calendar_erasure(&at));
    }
    html
}

fn line(
    occurrence: &Occurrence<'_>,
    meeting: &Meeting,
    reminded: &[Reminded],
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Html {
    let zone = meeting.zone(&view.forum.config.settings.zone);
    let near = |at: Timestamp| date::near(phrases, at, &zone, view.now);
    let whom = whom(occurrence.reminder.whom, phrases);
    let about = match occurrence.reminder.anchor {
        Anchor::Deadline => phrases.calendar_deadline(),
        Anchor::Grace => phrases.calendar_grace(),
        Anchor::Meeting => phrases.calendar_meeting(),
        Anchor::Erasure => phrases.calendar_forgetting(),
    };
    let due = near(occurrence.due);
    match reminded.iter().find(|done| occurrence.is(done)) {
        Some(done) => {
            phrases.calendar_sent(&near(done.at), &whom, &about, done.tally.sent, done.people)
        }
        None if occurrence.useless <= view.now => phrases.calendar_left_out(&due, &whom, &about),
        None => phrases.calendar_ahead(&due, &whom, &about),
    }
}

fn whom(whom: Whom, phrases: Phrases<'_>) -> String {
    match whom {
        Whom::Everyone => phrases.audience_everyone(),
        Whom::Silent => phrases.audience_silent(),
        Whom::Draft => phrases.audience_draft(),
        Whom::Coming => phrases.audience_coming(),
        Whom::Undecided => phrases.audience_undecided(),
        Whom::Unreachable => phrases.audience_unreachable(),
        Whom::Owners => phrases.audience_owners(),
    }
}
