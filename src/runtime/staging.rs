//! One event, or one row that was sent, onto the stage of the batch.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::waiting::{Room, Waiting};
use super::work::{End, Settled};
use crate::dialogue::{
    self, Absence, Effect, Event, Late, Moment, Notice, Weight, World as _, reminding,
};
use crate::domain::ChatId;
use crate::domain::announcement::Fate;
use crate::domain::reminder::Ending;
use crate::store::{Lane, Stage, StoreError};
use crate::text::{Forum, Html};

/// What came of an event.
pub(super) enum Handled {
    Answered { stranger: bool, rows: usize },
    Unanswered,
}

/// Why nothing did.
pub(super) enum Failure {
    /// Nothing can be stored.
    Store(StoreError),
    /// This event cannot be handled.
    Event(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if error.is_final() {
            Self::Store(error)
        } else {
            Self::Event(error.to_string())
        }
    }
}

/// Takes an event's step and stages what comes of it.
pub(super) fn handle_event(
    stage: &mut Stage<'_>,
    forum: &Forum,
    chat: ChatId,
    event: &Event,
    room: Room,
    waiting: &Waiting,
    moment: Moment,
) -> Result<Handled, Failure> {
    let person = stage.person_in(chat)?;
    // Who leaves is nobody then, and is let go all the same.
    let was_known = !person.is_stranger();
    let step = || dialogue::step(person, event.clone(), forum, stage, moment);
    let mut outcome =
        catch_unwind(AssertUnwindSafe(step)).map_err(|_| Failure::Event("a panic".to_owned()))?;
    let stranger = outcome
        .person
        .as_ref()
        .is_none_or(|person| person.is_stranger());
    if stranger && !was_known && room.strangers_full {
        stage.disregard();
        return Ok(Handled::Unanswered);
    }
    if room.crowded {
        outcome.effects.retain(Effect::is_wanted_in_a_crowd);
    }
    // Nobody fills another's chat by changing their mind. An announcement leaves nobody out.
    outcome
        .notices
        .retain(|notice| notice.announcement.is_some() || !waiting.room(notice.chat, 0).crowded);
    let rows = stage.apply(chat, outcome)?;
    Ok(Handled::Answered { stranger, rows })
}

/// Takes what is due by the clock; whether there was something.
pub(super) fn keep_time(
    stage: &mut Stage<'_>,
    forum: &Forum,
    moment: Moment,
) -> Result<bool, StoreError> {
    let keep = || reminding::keep(forum, stage, moment);
    let kept = catch_unwind(AssertUnwindSafe(keep))
        .map_err(|_| StoreError::Record("a panic".to_owned()))?
        .map_err(|refused| StoreError::Record(refused.to_string()))?;
    if !kept.did_something {
        stage.checked()?;
        return Ok(false);
    }
    stage.apply_notices(Vec::new())?;
    for (chat, person, effect) in kept.effects {
        stage.send(chat, person, false, Lane::Bulk, vec![effect])?;
    }
    Ok(true)
}

/// The event leaves no trace but this, and its sender is asked to say it again.
pub(super) fn set_aside(
    stage: &mut Stage<'_>,
    forum: &Forum,
    update: u32,
    chat: ChatId,
    why: &str,
) -> Result<(), StoreError> {
    log::error!("update {update} is set aside: {why}");
    stage.set_aside(update, why)?;
    let mut html = Html::default();
    for phrases in forum.words.each() {
        html.paragraph(&phrases.note_failed());
    }
    let notice = Effect::Send {
        body: html.into(),
        clears: false,
        weight: Weight::Lasting,
    };
    stage.send(chat, 0, false, Lane::Interactive, vec![notice])
}

/// Tells those whom it concerns that the bot was away. Returns how many. Whoever cannot be told keeps nobody else from it.
pub(super) fn was_away(
    stage: &mut Stage<'_>,
    forum: &Forum,
    absence: Absence,
    answered: &BTreeSet<ChatId>,
    room: impl Fn(ChatId) -> Room,
    moment: impl Fn() -> Moment,
) -> Result<usize, StoreError> {
    let everybody = stage.everybody();
    // A look-up that failed would leave somebody out.
    stage.checked()?;
    let mut told = 0;
    for person in everybody {
        let room = room(person.chat);
        if room.crowded || (person.is_stranger() && room.strangers_full) {
            continue;
        }
        let answered = answered.contains(&person.chat);
        let tell = || dialogue::away(&person, absence, answered, forum, stage, moment());
        let Ok(outcome) = catch_unwind(AssertUnwindSafe(tell)) else {
            log::error!("a panic while member {} was told", person.number);
            stage.disregard();
            continue;
        };
        let Some(outcome) = outcome else { continue };
        match stage.apply(person.chat, outcome) {
            Ok(_) => told += 1,
            Err(error) if error.is_final() => return Err(error),
            Err(error) => {
                log::error!("member {} is not told: {error}", person.number);
                stage.disregard();
            }
        }
    }
    Ok(told)
}

/// Whoever writes `/start` in a group is shown the way; nothing else is answered. Returns how many rows that sends.
pub(super) fn answer_group(
    stage: &mut Stage<'_>,
    forum: &Forum,
    chat: ChatId,
    words: &str,
) -> Result<usize, StoreError> {
    let username = stage.meta.username.clone().unwrap_or_default();
    let Some(answer) = dialogue::group::answer(words, &username, forum) else {
        return Ok(0);
    };
    stage.send(chat, 0, true, Lane::Interactive, vec![answer])?;
    Ok(1)
}

/// What became of a group. Where that cannot be handled there is nobody who could say it again. Returns how many updates were set aside.
pub(super) fn group_changed(
    stage: &mut Stage<'_>,
    update: u32,
    notices: Vec<Notice>,
) -> Result<u64, StoreError> {
    match stage.apply_notices(notices) {
        Err(error) if !error.is_final() => {
            log::error!("update {update} is set aside: {error}");
            stage.set_aside(update, &error.to_string()).map(|()| 1)
        }
        applied => applied.map(|_| 0),
    }
}

/// What became of a row.
pub(super) fn settle(
    stage: &mut Stage<'_>,
    forum: &Forum,
    settled: &Settled,
) -> Result<(), StoreError> {
    stage.settle(settled.row);
    // Counted once: a commit that failed may have happened all the same.
    if let Some(announcement) = settled.announcement
        && stage.is_waiting(settled.row)?
    {
        stage.count(announcement, fate(&settled.end))?;
    }
    match &settled.end {
        End::Done | End::Stopped => Ok(()),
        End::Dropped => stage.row_lost(settled.row),
        End::Lost => {
            stage.row_lost(settled.row)?;
            stage.lost(settled.chat)
        }
        End::Shown(message) => stage.show(settled.chat, *message),
        End::Unreachable => {
            stage.row_lost(settled.row)?;
            let notices = dialogue::group::lost(settled.chat, forum, stage);
            stage.apply_notices(notices)?;
            stage.unreachable(settled.chat)
        }
        End::Late {
            late: Late::Card { concern, .. },
            message,
            ..
        } => match message {
            Some(message) if !stage.is_waiting(settled.row)? => {
                stage.stray_card(*concern, settled.chat, *message)
            }
            Some(message) => stage.placed_card(*concern, settled.chat, *message),
            None => stage.no_card(*concern, settled.chat),
        },
        End::Late {
            late: Late::Report { announcement, .. },
            message,
            told,
        } => stage.reported(*announcement, *message, *told),
        // Counted once: whoever was forgotten meanwhile is, and a commit that failed may have happened all the same.
        End::Late {
            late: Late::Reminder { .. },
            ..
        }
        | End::Over(Late::Reminder { .. }, _)
            if !stage.is_waiting(settled.row)? =>
        {
            Ok(())
        }
        End::Late {
            late: Late::Reminder { meeting, id },
            ..
        } => stage.reminded(*meeting, *id, Ending::Sent),
        End::Over(Late::Reminder { meeting, id }, ending) => stage.reminded(*meeting, *id, *ending),
        End::Over(..) | End::Later(_) => Ok(()),
        End::Late {
            late:
                Late::Erased
                | Late::Asked { .. }
                | Late::File(_)
                | Late::Links { .. }
                | Late::Agenda { .. }
                | Late::Floor
                | Late::Paper(..),
            ..
        } => Ok(()),
        End::Moved(to) => {
            let Some(row) = stage.row(settled.row)? else {
                return Ok(());
            };
            dialogue::group::moved(settled.chat, *to, stage);
            stage.apply_notices(Vec::new())?;
            // Nothing stands there yet, and another group may be the organisers' by now.
            if let Effect::Late(Late::Card { concern, .. }) = row.effect {
                return stage.no_card(concern, settled.chat);
            }
            stage.send(*to, settled.person, false, row.lane, vec![row.effect])
        }
        // A commit that failed may have happened all the same; then these rows are there already.
        End::Became(_) if !stage.is_waiting(settled.row)? => Ok(()),
        End::Became(effects) => {
            let (chat, person) = (settled.chat, settled.person);
            stage.send(chat, person, false, Lane::Bulk, effects.clone())
        }
    }
}

/// What the end of a message of an announcement means for whom it was for.
fn fate(end: &End) -> Fate {
    match end {
        End::Done
        | End::Shown(_)
        | End::Became(_)
        | End::Late { .. }
        | End::Over(..)
        | End::Later(_) => Fate::Sent,
        End::Lost | End::Unreachable | End::Dropped | End::Moved(_) => Fate::Unreachable,
        End::Stopped => Fate::Stopped,
    }
}
