//! What is made when its turn comes: a concern's card in the organisers' group, the report of an announcement, reminders,
//! files, links.
//!
//! Guarantees: what is made is never older than the records; nothing of a withdrawn concern is in it; whoever has lost their
//! role meanwhile gets none of it.

use jiff::Timestamp;

use super::agenda::paper::{self, Paper};
use super::concerns::{card as one, deciding};
use super::{Tap, may};
use crate::dialogue::screen::{self, View};
use crate::dialogue::{
    Action, Body, Button, Late, PaperForm, Papers, Person, Press, promising, reminding,
};
use crate::domain::concern::question;
use crate::domain::reminder::Ending;
use crate::domain::{
    Act, Announcement, Answer, ChatId, Concern, Invitation, MessageId, Role, Sealed, SentAs,
    Status, Whereabouts, invitation,
};
use crate::text::split::MESSAGE_CHARS;
use crate::text::{Html, Phrases, card};

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// Nothing: it is not wanted any more.
    Nothing,
    /// Nothing, now: from this instant on it may be.
    Later(Timestamp),
    /// No reminder, and why.
    Over(Ending),
    /// A message, in the place of this one if it stands there already.
    Message {
        /// The message that it replaces.
        at: Option<MessageId>,
        /// The message.
        body: Body,
        /// Of a report: how many were done.
        told: u64,
    },
    /// A sealed file.
    File {
        /// Where it is.
        sealed: Sealed,
        /// What it is sent as.
        sent_as: SentAs,
        /// What it is called.
        name: String,
    },
    /// One link, with a word about it.
    Link {
        /// The link.
        link: String,
        /// What stands below its picture.
        caption: Html,
    },
    /// Many links.
    Links(Vec<Line>),
    /// What is taken along to a meeting, as a file of this form.
    Paper(Box<Paper>, PaperForm),
}

/// A link and for whom it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The organisation's number in the registry; empty if it has none.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The link.
    pub link: String,
}

/// Makes it for this chat.
pub fn make(late: Late, chat: ChatId, reader: Option<&Person>, view: View<'_>) -> Made {
    match late {
        Late::Card { concern, .. } => group_card(concern, chat, view),
        Late::Reminder { meeting, id } => reminding::made(meeting, id, reader, view),
        Late::Asked { promise, due } => promising::made(promise, due, reader, view),
        Late::Erased => reminding::erased(reader, view),
        Late::Report { announcement, .. } => match reader {
            Some(reader) => report(announcement, reader, view),
            None => Made::Nothing,
        },
        Late::File(id) => match reader.filter(|reader| may(reader, Act::Read)) {
            Some(_) => file(id, view),
            None => Made::Nothing,
        },
        Late::Links {
            random,
            first,
            count,
        } => match reader.filter(|reader| may(reader, Act::Invite) || may(reader, Act::People)) {
            Some(reader) => links(random, first, count, reader, view),
            None => Made::Nothing,
        },
        Late::Floor => match reader.filter(|reader| super::looks_at_the_floor(reader)) {
            Some(reader) => floor(chat, reader, view),
            None => Made::Nothing,
        },
        // It is worked out beside the writer, and makes no message.
        Late::Agenda { .. } => Made::Nothing,
        Late::Paper(papers, form) => match reader.filter(|reader| may(reader, Act::Plan)) {
            Some(reader) => along(papers, form, reader, view),
            None => Made::Nothing,
        },
    }
}

/// The screen of somebody who looks at the floor log, as it is now: with the buttons of the screen that they have.
fn floor(chat: ChatId, reader: &Person, view: View<'_>) -> Made {
    let Some(at) = view.world.shown(chat) else {
        return Made::Nothing;
    };
    let screen = screen::of(reader, view);
    Made::Message {
        at: Some(at),
        body: Body {
            buttons: screen.buttons(reader.screen),
            html: screen.html,
        },
        told: 0,
    }
}

/// What is taken along to a meeting.
fn along(papers: Papers, form: PaperForm, reader: &Person, view: View<'_>) -> Made {
    let phrases = view.forum.words.phrases_or_first(reader.language);
    let Some(paper) = paper::make(papers, view, phrases) else {
        return Made::Nothing;
    };
    let html = paper.html();
    if form == PaperForm::Message && html.chars() <= MESSAGE_CHARS {
        return Made::Message {
            at: None,
            body: Body::from(html),
            told: 0,
        };
    }
    Made::Paper(Box::new(paper), form)
}

/// A concern in the organisers' group: what is said, never by whom, since whoever is in the group sees it and no look is noted.
fn group_card(id: u64, chat: ChatId, view: View<'_>) -> Made {
    let group = view.world.group();
    let bound = group.filter(|group| group.chat == chat);
    let stood = view.world.card(id).map(|card| card.everywhere());
    let mut stood = stood.unwrap_or_default().into_iter();
    let at = stood.find(|(place, _)| *place == chat);
    let at = at.map(|(_, message)| message);
    let language = group.and_then(|group| group.language);
    let phrases = view.forum.words.phrases_or_first(language);
    let body = match view.world.concern(id) {
        Some(concern) if concern.status != Status::Withdrawn && bound.is_none() => {
            return Made::Nothing;
        }
        Some(concern) if concern.status != Status::Withdrawn => Body {
            html: said(&concern, view, phrases),
            buttons: buttons(&concern, phrases),
        },
        // Where it never stood nothing need be said of its end.
        Some(_) | None if at.is_none() => return Made::Nothing,
        Some(concern) => Body::from(phrases.group_withdrawn(&concern.receipt.to_string())),
        None => Body::from(phrases.note_concern_gone()),
    };
    Made::Message { at, body, told: 0 }
}

fn said(concern: &Concern, view: View<'_>, phrases: Phrases<'_>) -> Html {
    let config = &view.forum.config;
    let answers = &concern.answers;
    let mut html = Html::code(&concern.receipt.to_string());
    html.push(&Html::text(" · "));
    let status = promising::status(concern, view);
    html.push(&Html::text(&card::status(status, phrases)));
    html.line(&Html::bold(&card::name(answers, config, phrases)));
    html.line(&Html::text(&card::subject(answers, config, phrases)));
    let story = answers.story(question::STORY);
    if let Some(words) = card::opening(story) {
        html.line(&Html::text(&words));
    }
    let spoken = story.iter().any(|part| part.content.file().is_some());
    if spoken {
        html.line(&card::tally(story, phrases));
    }
    for id in [question::ASK, question::URGENCY, question::DISCLOSURE] {
        let Some((_, question)) = config.question(id) else {
            continue;
        };
        let given = answers.0.get(id);
        if let Some(given) = given.filter(|given| **given != Answer::Skipped) {
            let answer = card::answer(question, given, config, phrases);
            html.line(&phrases.digest_field(&card::field(question, phrases), &answer));
        }
    }
    if concern.open_question.is_some() {
        html.line(&phrases.group_asked());
    }
    html
}

/// What can be decided about it in the group. Each button says of which state of the concern it speaks.
fn buttons(concern: &Concern, phrases: Phrases<'_>) -> Vec<Vec<Button>> {
    let stamp = concern.stamp();
    let button = |label, tap| Button {
        label,
        data: Press::Card(concern.id, tap, stamp).write(),
    };
    // As an organiser sees it; who presses is asked for then.
    let organiser = Person {
        role: Some(Role::Organiser),
        ..Person::new(0, ChatId(0))
    };
    let mut rows: Vec<Vec<Button>> = deciding::decisions(&organiser, concern, phrases)
        .into_iter()
        .map(|row| {
            row.into_iter()
                .filter_map(|(label, action)| {
                    let Action::Desk(tap) = action else {
                        return None;
                    };
                    Some(button(label, tap))
                })
                .collect()
        })
        .collect();
    rows.push(vec![button(phrases.button_open(), Tap::Look)]);
    rows
}

fn report(id: u64, reader: &Person, view: View<'_>) -> Made {
    let known = view.world.announcement(id);
    let known = known.filter(|known| known.by == reader.number && may(reader, Act::Announce));
    let Some(announcement) = known else {
        return Made::Nothing;
    };
    let phrases = view.forum.words.phrases_or_first(reader.language);
    Made::Message {
        at: announcement.report,
        told: announcement.tally.done(),
        body: reported(&announcement, view, phrases),
    }
}

/// How far an announcement is.
fn reported(announcement: &Announcement, view: View<'_>, phrases: Phrases<'_>) -> Body {
    let name = super::announce::name(&announcement.audience, view, phrases);
    let mut html = match (announcement.is_over(), announcement.stopped) {
        (true, true) => phrases.report_stopped(&name),
        (true, false) => phrases.report_over(&name),
        (false, _) => phrases.report_running(&name),
    };
    let tally = &announcement.tally;
    html.line(&phrases.report_sent(tally.sent, announcement.people));
    for (count, line) in [
        (
            tally.unreachable,
            phrases.report_unreachable(tally.unreachable),
        ),
        (tally.stopped, phrases.report_not_sent(tally.stopped)),
        (
            announcement.waiting(),
            phrases.report_waiting(announcement.waiting()),
        ),
    ] {
        if count > 0 {
            html.line(&line);
        }
    }
    let stop = Button {
        label: phrases.button_stop(),
        data: Press::Stop(announcement.id).write(),
    };
    let running = !announcement.is_over() && !announcement.stopped;
    Body {
        html,
        buttons: if running {
            vec![vec![stop]]
        } else {
            Vec::new()
        },
    }
}

fn file(id: u64, view: View<'_>) -> Made {
    let attachment = view.world.attachment(id);
    let concern = attachment
        .as_ref()
        .and_then(|a| view.world.concern(a.concern));
    let called = attachment.as_ref().and_then(|file| match concern {
        Some(concern) => Some(concern.receipt.to_string()),
        // It stands beside a promise.
        None => view
            .world
            .promise(file.concern)
            .map(|promise| format!("promise-{}", promise.id)),
    });
    match (attachment, called) {
        (Some(attachment), Some(called)) => match &attachment.whereabouts {
            Whereabouts::Here(sealed) => Made::File {
                name: one::file_name(&called, &attachment, &sealed.kind),
                sealed: sealed.clone(),
                sent_as: attachment.sent_as,
            },
            Whereabouts::Telegram(_) | Whereabouts::Refused => Made::Nothing,
        },
        (_, _) => Made::Nothing,
    }
}

fn links((high, low): (u64, u64), first: u64, count: u32, reader: &Person, view: View<'_>) -> Made {
    let random = (u128::from(high) << 64) | u128::from(low);
    let phrases = view.forum.words.phrases_or_first(reader.language);
    let username = view.world.username().unwrap_or_default();
    let link = |place| {
        crate::dialogue::organising::invitation::link(&username, &invitation::code(random, place))
    };
    if count == 1 {
        let invitation = view.world.invitation(first);
        // The link of a role is for an owner only, also if they were one when they asked for it.
        let theirs = |known: &Invitation| known.role.is_none() || may(reader, Act::People);
        let Some(invitation) = invitation.filter(theirs) else {
            return Made::Nothing;
        };
        return Made::Link {
            link: link(0),
            caption: caption(&invitation, &link(0), view, phrases),
        };
    }
    let lines = (0..count).filter_map(|place| {
        let invitation = view.world.invitation(first + u64::from(place))?;
        let known = view.world.organisation(invitation.organisation?)?;
        Some(Line {
            number: known.number.clone().unwrap_or_default(),
            name: known.name.get(phrases.language()).to_owned(),
            link: link(place),
        })
    });
    Made::Links(lines.collect())
}

/// What stands below the picture of a link.
fn caption(invitation: &Invitation, link: &str, view: View<'_>, phrases: Phrases<'_>) -> Html {
    match (invitation.role, &invitation.called) {
        (Some(role), called) => {
            let called = called.clone().unwrap_or_default();
            let role = crate::dialogue::organising::people::name(role, phrases);
            phrases.link_role(&called, &role, link)
        }
        (None, _) => {
            let organisation = invitation.organisation;
            let known = organisation.and_then(|id| view.world.organisation(id));
            let name = known.map_or_else(
                || phrases.invite_any(),
                |known| known.name.get(phrases.language()).to_owned(),
            );
            phrases.link_invitation(&name, invitation.uses_left.into(), link)
        }
    }
}
