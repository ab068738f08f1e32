//! The deadline: it closes by itself, a draft that was begun before it has a grace, and every step says so.

use jiff::{Timestamp, ToSpan as _};

use super::Draft;
use super::screen::View;
use crate::schedule;
use crate::text::{Html, Phrases, date};

/// Hours before the deadline from which on every step tells of it.
const SOON_HOURS: i64 = 48;

/// Whether concerns are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// They are.
    Open,
    /// They are, until this instant, which is near.
    Soon(Timestamp),
    /// No longer, but this draft is, until this instant.
    Grace(Timestamp),
    /// No longer, since this instant.
    Over(Timestamp),
}

impl Closing {
    /// What holds for this draft; without one, for one that would be begun now.
    pub(super) fn of(draft: Option<&Draft>, view: View<'_>) -> Self {
        let meeting = view.world.meeting();
        let Some((deadline, meeting)) = meeting.and_then(|known| Some((known.deadline?, known)))
        else {
            return Self::Open;
        };
        if view.now < deadline {
            let soon = deadline.checked_sub(SOON_HOURS.hours());
            return match soon {
                Ok(soon) if view.now < soon => Self::Open,
                Ok(_) | Err(_) => Self::Soon(deadline),
            };
        }
        // What changes a submitted concern has none: that concern is taken as it is.
        let has_grace = |draft: &Draft| draft.begun_at < deadline && draft.revises.is_none();
        let until = draft
            .filter(|draft| has_grace(draft))
            .and_then(|_| schedule::grace_ends_at(&meeting, &view.forum.config.settings));
        match until {
            Some(until) if view.now < until => Self::Grace(until),
            Some(_) | None => Self::Over(deadline),
        }
    }

    /// Whether it is taken.
    pub(super) fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Soon(_) | Self::Grace(_) => true,
            Self::Over(_) => false,
        }
    }
}

/// What every step says of it; empty while the deadline is far.
pub(super) fn said(draft: Option<&Draft>, view: View<'_>, phrases: Phrases<'_>) -> Html {
    let zone = view.zone();
    let near = |at| date::near(phrases, at, &zone, view.now);
    let ahead = |at| phrases.date_left(&near(at), &date::left(phrases, at, &zone, view.now));
    match Closing::of(draft, view) {
        Closing::Open => Html::default(),
        Closing::Soon(deadline) => phrases.closing_soon(&ahead(deadline)),
        Closing::Grace(until) => phrases.closing_grace(&ahead(until)),
        Closing::Over(deadline) if draft.is_some() => phrases.closing_kept(&near(deadline)),
        Closing::Over(deadline) => phrases.closing_over(&near(deadline)),
    }
}
