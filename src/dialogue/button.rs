//! Buttons, and what they carry.
//!
//! Button data can be forged, so it decides nothing by itself: an [`Action`] counts only when the screen that
//! the person is on offers it ([`super::screen`]), a [`Press::Digest`] only for those who may have digests, a
//! [`Press::Concern`] and a [`Press::Carry`] only for its author, a [`Press::Reminder`] does no more than the menu would, and a
//! [`Press::Promise`] counts only for who speaks for an organisation behind what was promised, or is kept for it after an erasure.

use serde::{Deserialize, Serialize};

use super::desk::{FloorTap, Tap};
use crate::digest::{Edition, Format};
use crate::domain::promise::Verdict;
use crate::domain::{Language, Stamp, Status};

/// A button with its label and its data, at most 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What a person reads.
    pub label: String,
    /// What comes back.
    pub data: String,
}

/// What a button on a screen does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Speak this language.
    Speak(Language),
    /// Agree to the privacy notice.
    Agree,
    /// Not agree.
    Decline,
    /// Choose this answer, by id.
    Pick(String),
    /// Leave the answer as it is and go on.
    Next,
    /// The story is told.
    Done,
    /// Take the last piece of the story back.
    Undo,
    /// The question before.
    Back,
    /// Leave the question out.
    Skip,
    /// Leave the form.
    Cancel,
    /// It is as the question says.
    Yes,
    /// It is not.
    No,
    /// None of those that are offered.
    NoneOfThese,
    /// Send this, though others said something close.
    SendMine,
    /// Look at one's own concerns.
    Mine,
    /// Look at what others said.
    Others,
    /// The same, place by place.
    ByPlace,
    /// Look at the meeting.
    Meeting,
    /// Answer whether one comes.
    Rsvp,
    /// Look at this concern.
    Open(u64),
    /// Turn to this page, from 0.
    Page(u32),
    /// Change what a concern says.
    Edit,
    /// Add a note to a concern.
    Note,
    /// Answer the organisers' question.
    Reply,
    /// Take a concern back.
    Withdraw,
    /// Stand behind a concern.
    Endorse,
    /// No longer stand behind it.
    Unendorse,
    /// Begin a concern.
    NewConcern,
    /// Go on with the kept draft.
    Continue,
    /// Keep the draft for later.
    Keep,
    /// Delete the draft.
    Delete,
    /// Change the answer to this question.
    Change(String),
    /// Submit.
    Submit,
    /// Choose another language.
    Languages,
    /// Read the privacy notice.
    Privacy,
    /// Read what the bot can do.
    Help,
    /// As an organiser: have the digest.
    Digest,
    /// As an organiser: speak for an organisation as well.
    Join,
    /// What the organisers wrote down of a voice note, by its attachment, is what was said: as it was written at this instant,
    /// in milliseconds.
    Right(u64, i64),
    /// It is not; what was said is asked for.
    Correct(u64),
    /// Raise this concern again at the meeting that is ahead.
    Carry(u64),
    /// Look at this promise.
    Promise(u64),
    /// What those with a role do.
    Desk(Tap),
}

/// What came with a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// A button of the screen with this number.
    Screen(u32, Action),
    /// A button below a digest, with that digest's number: those stay good, for the selection of that digest.
    Digest(Edition, Format, Option<u32>),
    /// A button below a digest: leads to choosing a selection, beginning with this edition.
    Select(Edition),
    /// A button below a notice about this concern of one's own: it leads there at any time.
    Concern(u64),
    /// A button below the message that this concern of one's own can be raised again: it stays good as long as it can.
    Carry(u64),
    /// A button of a concern's card in the organisers' group, or below a notice to organisers: as the concern was then.
    Card(u64, Tap, Stamp),
    /// Stop this announcement.
    Stop(u64),
    /// A button of somebody who logs a meeting, on whichever of their messages.
    Floor(FloorTap),
    /// A button below a reminder: it leads to what it asks for at any time.
    Reminder(Errand),
    /// A button below the question what became of this promise: it stays good, and says it for the organisation.
    Promise(u64, Verdict),
    /// A button below the notice that this was promised: it leads there at any time.
    Promised(u64),
    /// Be kept no longer for this promise: a button below the question after an erasure.
    Unfollow(u64),
}

/// What a button below a reminder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// To raise something, or to go on with the draft.
    Concern,
    /// To say whether one comes.
    Rsvp,
    /// To look at the meeting.
    Meeting,
    /// To have no more reminders.
    Mute,
}

impl Errand {
    const ALL: [(&str, Self); 4] = [
        ("concern", Self::Concern),
        ("rsvp", Self::Rsvp),
        ("meeting", Self::Meeting),
        ("mute", Self::Mute),
    ];

    fn id(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find_map(|(id, errand)| (errand == self).then_some(id))
            .unwrap_or_default() // all are there
    }
}

impl Action {
    fn write(&self) -> String {
        let number;
        let (verb, argument) = match self {
            Self::Open(id) => {
                number = id.to_string();
                ("open", number.as_str())
            }
            Self::Page(page) => {
                number = page.to_string();
                ("page", number.as_str())
            }
            Self::Desk(tap) => {
                number = tap.write();
                ("desk", number.as_str())
            }
            Self::Right(attachment, at) => {
                number = format!("{attachment}.{at}");
                ("right", number.as_str())
            }
            Self::Correct(attachment) => {
                number = attachment.to_string();
                ("correct", number.as_str())
            }
            Self::Carry(id) => {
                number = id.to_string();
                ("carry", number.as_str())
            }
            Self::Promise(id) => {
                number = id.to_string();
                ("promise", number.as_str())
            }
            Self::Yes => ("yes", ""),
            Self::No => ("no", ""),
            Self::NoneOfThese => ("none", ""),
            Self::SendMine => ("mine-too", ""),
            Self::Mine => ("mine", ""),
            Self::Others => ("others", ""),
            Self::ByPlace => ("by-place", ""),
            Self::Meeting => ("meeting", ""),
            Self::Rsvp => ("rsvp", ""),
            Self::Edit => ("edit", ""),
            Self::Note => ("note", ""),
            Self::Reply => ("reply", ""),
            Self::Withdraw => ("withdraw", ""),
            Self::Endorse => ("endorse", ""),
            Self::Unendorse => ("unendorse", ""),
            Self::Speak(language) => ("speak", language.as_str()),
            Self::Agree => ("agree", ""),
            Self::Decline => ("decline", ""),
            Self::Pick(id) => ("pick", id.as_str()),
            Self::Next => ("next", ""),
            Self::Done => ("done", ""),
            Self::Undo => ("undo", ""),
            Self::Back => ("back", ""),
            Self::Skip => ("skip", ""),
            Self::Cancel => ("cancel", ""),
            Self::NewConcern => ("new", ""),
            Self::Continue => ("continue", ""),
            Self::Keep => ("keep", ""),
            Self::Delete => ("delete", ""),
            Self::Change(id) => ("change", id.as_str()),
            Self::Submit => ("submit", ""),
            Self::Languages => ("languages", ""),
            Self::Privacy => ("privacy", ""),
            Self::Help => ("help", ""),
            Self::Digest => ("digest", ""),
            Self::Join => ("join", ""),
        };
        if argument.is_empty() {
            verb.to_owned()
        } else {
            format!("{verb}.{argument}")
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (verb, argument) = text.split_once('.').unwrap_or((text, ""));
        let action = match verb {
            "speak" => Self::Speak(Language::parse(argument)?),
            "open" => Self::Open(argument.parse().ok()?),
            "page" => Self::Page(argument.parse().ok()?),
            "desk" => Self::Desk(Tap::read(argument)?),
            "right" => {
                let (attachment, at) = argument.split_once('.')?;
                Self::Right(attachment.parse().ok()?, at.parse().ok()?)
            }
            "correct" => Self::Correct(argument.parse().ok()?),
            "carry" => Self::Carry(argument.parse().ok()?),
            "promise" => Self::Promise(argument.parse().ok()?),
            "yes" => Self::Yes,
            "no" => Self::No,
            "none" => Self::NoneOfThese,
            "mine-too" => Self::SendMine,
            "mine" => Self::Mine,
            "others" => Self::Others,
            "by-place" => Self::ByPlace,
            "meeting" => Self::Meeting,
            "rsvp" => Self::Rsvp,
            "edit" => Self::Edit,
            "note" => Self::Note,
            "reply" => Self::Reply,
            "withdraw" => Self::Withdraw,
            "endorse" => Self::Endorse,
            "unendorse" => Self::Unendorse,
            "agree" => Self::Agree,
            "decline" => Self::Decline,
            "pick" => Self::Pick(argument.to_owned()),
            "next" => Self::Next,
            "done" => Self::Done,
            "undo" => Self::Undo,
            "back" => Self::Back,
            "skip" => Self::Skip,
            "cancel" => Self::Cancel,
            "new" => Self::NewConcern,
            "continue" => Self::Continue,
            "keep" => Self::Keep,
            "delete" => Self::Delete,
            "change" => Self::Change(argument.to_owned()),
            "submit" => Self::Submit,
            "languages" => Self::Languages,
            "privacy" => Self::Privacy,
            "help" => Self::Help,
            "digest" => Self::Digest,
            "join" => Self::Join,
            _ => return None,
        };
        // One action has one spelling.
        (action.write() == text).then_some(action)
    }
}

impl Press {
    /// Reads button data, whoever wrote it; `None` if this program never writes such data.
    pub fn read(data: &str) -> Option<Self> {
        let (head, rest) = data.split_once(':')?;
        match head {
            "digest" => {
                let (edition, wish) = rest.split_once('.')?;
                let (format, number) = match wish.split_once('.') {
                    Some((format, number)) => (format, Some(number.parse().ok()?)),
                    None => (wish, None),
                };
                let press =
                    Self::Digest(Edition::from_id(edition)?, Format::from_id(format)?, number);
                (press.write() == data).then_some(press)
            }
            "select" => Some(Self::Select(Edition::from_id(rest)?)),
            "concern" => {
                let id: u64 = rest.parse().ok()?;
                // One concern has one spelling.
                (id.to_string() == rest).then_some(Self::Concern(id))
            }
            "carry" => {
                let id: u64 = rest.parse().ok()?;
                (id.to_string() == rest).then_some(Self::Carry(id))
            }
            "card" => {
                let (id, rest) = rest.split_once('.')?;
                let (stamp, tap) = rest.split_once(':')?;
                let (status, past) = stamp.split_once('.')?;
                let (past, asked) = past
                    .strip_suffix('?')
                    .map_or((past, false), |past| (past, true));
                let stamp = Stamp {
                    status: Status::from_id(status)?,
                    past: past.parse().ok()?,
                    asked,
                };
                let card = Self::Card(id.parse().ok()?, Tap::read(tap)?, stamp);
                // One button has one spelling.
                (card.write() == data).then_some(card)
            }
            "stop" => {
                let id: u64 = rest.parse().ok()?;
                (id.to_string() == rest).then_some(Self::Stop(id))
            }
            "floor" => Some(Self::Floor(FloorTap::read(rest)?)),
            "reminder" => {
                let mut all = Errand::ALL.into_iter();
                all.find_map(|(id, errand)| (id == rest).then_some(Self::Reminder(errand)))
            }
            "promise" => {
                let (id, verdict) = rest.split_once('.')?;
                let press = Self::Promise(id.parse().ok()?, Verdict::from_id(verdict)?);
                // One button has one spelling.
                (press.write() == data).then_some(press)
            }
            "promised" => {
                let id: u64 = rest.parse().ok()?;
                (id.to_string() == rest).then_some(Self::Promised(id))
            }
            "unfollow" => {
                let id: u64 = rest.parse().ok()?;
                (id.to_string() == rest).then_some(Self::Unfollow(id))
            }
            number => {
                let screen = Self::Screen(number.parse().ok()?, Action::read(rest)?);
                (screen.write() == data).then_some(screen)
            }
        }
    }

    /// The data that [`Press::read`] reads back.
    pub fn write(&self) -> String {
        match self {
            Self::Screen(number, action) => format!("{number}:{}", action.write()),
            Self::Concern(id) => format!("concern:{id}"),
            Self::Carry(id) => format!("carry:{id}"),
            Self::Card(id, tap, stamp) => format!(
                "card:{id}.{}.{}{}:{}",
                stamp.status.id(),
                stamp.past,
                if stamp.asked { "?" } else { "" },
                tap.write()
            ),
            Self::Stop(id) => format!("stop:{id}"),
            Self::Floor(tap) => format!("floor:{}", tap.write()),
            Self::Promise(id, verdict) => format!("promise:{id}.{}", verdict.id()),
            Self::Promised(id) => format!("promised:{id}"),
            Self::Unfollow(id) => format!("unfollow:{id}"),
            Self::Reminder(errand) => format!("reminder:{}", errand.id()),
            Self::Digest(edition, format, number) => {
                let number = number.map_or_else(String::new, |number| format!(".{number}"));
                format!("digest:{}.{}{number}", edition.id(), format.id())
            }
            Self::Select(edition) => format!("select:{}", edition.id()),
        }
    }
}
