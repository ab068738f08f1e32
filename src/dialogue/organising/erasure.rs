//! The erasure of everything about people after a meeting: by hand from the command line, by the program when it is due.
//!
//! Guarantees: what stays of it ([`Archive`]) is counted from the records that go, as a digest of the organisers' edition
//! counts them, by the same commit, and so is what stays of the promises, with whoever agreed to be asked about one. The program itself
//! erases nothing before it is due, whatever has become of the meeting since it looked. Those with a role are told.
//!
//! Must never: be offered in a chat: what goes is gone for good.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{By, Done, Refused, archive, note};
use crate::dialogue::turn::notice;
use crate::dialogue::{Change, Notice, Toll, World, promising};
use crate::domain::{Archive, Deed, Localised};
use crate::schedule;
use crate::text::Forum;

/// What an erasure would do, for whoever is to say yes to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What the meeting is called; nothing if none is known.
    pub title: Option<Localised>,
    /// When it ends, if a day is known.
    pub ends_at: Option<Timestamp>,
    /// Whether that has passed.
    pub is_over: bool,
    /// What goes and what stays.
    pub toll: Toll,
}

/// What it would do now.
pub fn preview(forum: &Forum, world: &dyn World, now: Timestamp) -> Preview {
    let meeting = world.meeting();
    let zone = &forum.config.settings.zone;
    let ends_at = meeting.as_ref().and_then(|known| known.ends_at(zone));
    Preview {
        title: meeting.map(|known| known.title),
        ends_at,
        is_over: ends_at.is_some_and(|end| end <= now),
        toll: world.toll(&promising::left(forum, world, now)),
    }
}

pub(super) fn erase(
    by: By,
    forum: &Forum,
    world: &mut dyn World,
    now: Timestamp,
) -> Result<Done, Refused> {
    let meeting = world.meeting();
    if by == By::Program {
        let due = meeting.as_ref();
        let due = due.and_then(|known| schedule::erased_at(known, &forum.config.settings));
        if due.is_none_or(|due| now < due) {
            return Err(Refused::NotAllowed);
        }
    }
    let left = promising::left(forum, world, now);
    let toll = world.toll(&left);
    if toll.is_nothing() {
        return Ok(Done {
            said: vec!["there is nothing to erase".to_owned()],
            ..Done::default()
        });
    }
    // One that was cut short has counted everything before anything went.
    let cut_short = |known: &Archive| {
        let meeting = meeting.as_ref();
        meeting.is_some_and(|meeting| known.meeting == Some(meeting.id))
    };
    let archive = match world.archives().into_iter().find(cut_short) {
        Some(known) => known,
        None => {
            let id = world.fresh_id();
            archive::of_now(id, forum, world, now)
        }
    };
    let id = archive.id;
    let notices = told(forum, world);
    note(world, by, Deed::Erased(archive.meeting.unwrap_or(0)));
    world.change(Change::Erased {
        archive: Box::new(archive),
        left,
    });
    Ok(Done {
        said: vec![format!(
            "erased: {} people, {} organisations, {} concerns, {} files",
            toll.people, toll.organisations, toll.concerns, toll.files
        )],
        notices,
        made: Some(id),
    })
}

/// Those with a role hear that what they last looked at is gone.
fn told(forum: &Forum, world: &dyn World) -> Vec<Notice> {
    let everybody = world.everybody().into_iter();
    let with_role = everybody.filter(|person| person.role.is_some());
    let told = with_role.filter_map(|person| {
        let told = notice(&person, None, forum, |phrases| phrases.notice_erased())?;
        // What their menu was to become may have waited to be sent.
        Some(Notice {
            commands: true,
            ..told
        })
    });
    told.collect()
}
