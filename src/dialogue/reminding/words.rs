//! What a reminder says, and the buttons below it.

use super::whom::unreachable;
use crate::dialogue::screen::View;
use crate::dialogue::{Button, Errand, Person, Press};
use crate::domain::reminder::{Anchor, Whom};
use crate::domain::{Meeting, Reminded};
use crate::schedule::{self, About, Occurrence, Rules};
use crate::text::{Html, Phrases, card, date};

/// Organisations that are named where many cannot be reached.
const NAMED: usize = 60;

/// Its words, with what stands in their places.
pub(super) fn said(
    occurrence: &Occurrence<'_>,
    reminded: &Reminded,
    meeting: &Meeting,
    reader: &Person,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Html {
    let language = phrases.language();
    let zone = meeting.zone(&view.forum.config.settings.zone);
    let today = view.now.to_zoned(zone.clone()).date();
    let (when, left) = match occurrence.about {
        About::At(at) => {
            // Whoever was warned late has a day all the same, from the first warning on.
            let at = match occurrence.reminder.anchor {
                Anchor::Erasure => {
                    let all = schedule::occurrences(meeting, Rules::of(&view.forum.config));
                    let done = view.world.reminders(meeting.id);
                    let warned_at = schedule::warned_at(&all, &done, view.now);
                    schedule::erased_after(at, warned_at.unwrap_or(reminded.at))
                }
                Anchor::Deadline | Anchor::Grace | Anchor::Meeting => at,
            };
            (
                date::near(phrases, at, &zone, view.now),
                date::left(phrases, at, &zone, view.now),
            )
        }
        About::Day(day) => {
            let when = date::near_day(phrases, day.date, day.time, today);
            let when = if meeting.is_fixed() {
                when
            } else {
                phrases.reminder_perhaps(&when)
            };
            (when, date::left_days(phrases, day.date, today))
        }
    };
    let mut html = Html::default();
    let mut pieces = occurrence.reminder.words.get(language).split('{');
    html.push(&Html::text(pieces.next().unwrap_or_default()));
    for piece in pieces {
        let (place, rest) = piece.split_once('}').unwrap_or((piece, ""));
        html.push(&match place {
            "title" => Html::bold(meeting.title.get(language)),
            "when" => Html::bold(&when),
            "left" => Html::text(&left),
            "place" => Html::bold(&match &meeting.place {
                Some(place) => place.get(language).to_owned(),
                None => phrases.meeting_unknown(),
            }),
            "draft" => Html::bold(&match reader.state.draft() {
                Some(draft) => card::name(&draft.answers, &view.forum.config, phrases),
                None => phrases.untitled(),
            }),
            // The settings hold no other.
            _ => Html::default(),
        });
        html.push(&Html::text(rest));
    }
    if occurrence.reminder.whom == Whom::Unreachable {
        list(&mut html, view, phrases);
    }
    html
}

/// The organisations that cannot be reached.
fn list(html: &mut Html, view: View<'_>, phrases: Phrases<'_>) {
    let all = unreachable(view.world);
    for (id, reached) in all.iter().take(NAMED) {
        let known = view.world.organisation(*id);
        let name = known.map_or_else(String::new, |known| {
            known.name.get(phrases.language()).to_owned()
        });
        html.line(&if *reached {
            phrases.reminder_reached(&name)
        } else {
            phrases.reminder_unreached(&name)
        });
    }
    if all.len() > NAMED {
        html.line(&phrases.reminder_more((all.len() - NAMED) as u64));
    }
}

/// What a reminder asks for, at once; and to have no more of them.
pub(super) fn buttons(whom: Whom, phrases: Phrases<'_>) -> Vec<Vec<Button>> {
    let button = |label, errand| {
        vec![Button {
            label,
            data: Press::Reminder(errand).write(),
        }]
    };
    let asked = match whom {
        Whom::Silent => button(phrases.button_new(), Errand::Concern),
        Whom::Draft => button(phrases.button_continue(), Errand::Concern),
        Whom::Undecided => button(phrases.button_rsvp(), Errand::Rsvp),
        Whom::Coming | Whom::Everyone => button(phrases.button_meeting(), Errand::Meeting),
        Whom::Unreachable | Whom::Owners => return Vec::new(),
    };
    vec![asked, button(phrases.button_mute(), Errand::Mute)]
}
