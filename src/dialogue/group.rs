//! What happens in groups, and what the buttons of cards do.
//!
//! Guarantees: in a group the bot speaks to those with a role only; anybody else who writes `/start` there is shown the way to
//! the private chat. Nobody's words are read but for commands, and nothing is kept of strangers. What is decided by a button
//! of a card is decided about the concern as that card showed it.

use super::desk::{self, ConcernDesk, Lens, Tap, Wanted, may};
use super::event::InGroup;
use super::organising::concern as deciding;
use super::organising::people::to_owners;
use super::organising::{self, By, OnConcern, Order};
use super::{Body, Change, Effect, Notice, Turn, Weight, World};
use crate::domain::{Act, ChatId, Concern, Deed, Group, Stamp, Status, Who};
use crate::text::{Forum, Html, Phrases, card};

/// The answer to a message in a group of somebody without a role, if it gets one.
pub fn answer(text: &str, username: &str, forum: &Forum) -> Option<Effect> {
    let (name, _) = command(text, username)?;
    if !name.eq_ignore_ascii_case("start") {
        return None;
    }
    Some(Effect::Send {
        body: Body::from(way_to_private(username, forum)),
        clears: false,
        weight: Weight::Lasting,
    })
}

/// The way to the private chat, in every language.
fn way_to_private(username: &str, forum: &Forum) -> Html {
    let link = format!("https://t.me/{username}");
    let mut html = Html::default();
    for phrases in forum.words.each() {
        html.paragraph(&phrases.group_start(&link));
    }
    html
}

/// A command that is meant for this bot, and what follows it.
fn command<'t>(text: &'t str, username: &str) -> Option<(&'t str, &'t str)> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (name, whose) = word.split_once('@').unwrap_or((word, username));
    let name = name.strip_prefix('/')?;
    whose.eq_ignore_ascii_case(username).then_some((name, rest))
}

/// Somebody did something in a group.
pub(super) fn on_event(turn: &mut Turn, group: ChatId, what: InGroup) {
    // Whoever was never here in private leaves nothing behind.
    turn.forget = turn.person.screen == 0 && turn.person.role.is_none();
    let has_role = turn.person.role.is_some();
    match what {
        InGroup::Words(words) => on_words(turn, group, &words),
        InGroup::Press { query, data } => match super::Press::read(&data) {
            Some(super::Press::Card(id, tap, stamp)) if is_bound(turn, group) => {
                on_card(turn, query, id, tap, stamp);
            }
            Some(
                super::Press::Card(..)
                | super::Press::Screen(..)
                | super::Press::Digest(..)
                | super::Press::Select(_)
                | super::Press::Concern(_)
                | super::Press::Carry(_)
                | super::Press::Reminder(_)
                | super::Press::Promise(..)
                | super::Press::Promised(_)
                | super::Press::Unfollow(_)
                | super::Press::Floor(_)
                | super::Press::Stop(_),
            )
            | None => toast(turn, query, |phrases| match has_role {
                // A card of a group that is the organisers' no more.
                true => phrases.toast_old(),
                false => phrases.toast_organisers_only(),
            }),
        },
    }
}

fn is_bound(turn: &Turn, group: ChatId) -> bool {
    turn.world.group().is_some_and(|known| known.chat == group)
}

/// Says this over the button; in every language to whoever has chosen none.
fn toast(turn: &mut Turn, query: String, say: impl Fn(&Phrases<'_>) -> String) {
    let words = &turn.forum.words;
    let text = match turn.person.language {
        Some(language) => say(&words.phrases(language)),
        None => {
            let all: Vec<String> = words.each().map(|phrases| say(&phrases)).collect();
            all.join(" / ")
        }
    };
    let text = Some(text.chars().take(200).collect());
    turn.effects.push(Effect::Toast { query, text });
}

fn on_words(turn: &mut Turn, group: ChatId, words: &str) {
    let username = turn.world.username().unwrap_or_default();
    let Some((name, _)) = command(words, &username) else {
        return;
    };
    if turn.person.role.is_none() {
        let effect = answer(words, &username, turn.forum);
        if let Some(Effect::Send { body, .. }) = effect {
            say(turn, group, body.html);
        }
        return;
    }
    let phrases = turn.phrases();
    let html = match name.to_ascii_lowercase().as_str() {
        "bind" if may(&turn.person, Act::Bind) => return bind(turn, group),
        "unbind" if may(&turn.person, Act::Bind) => return unbind(turn),
        "bind" | "unbind" => phrases.group_owner_only(),
        // In other groups nobody asked for anything.
        _ if !is_bound(turn, group) => return,
        _ => phrases.group_in_private(&format!("https://t.me/{username}")),
    };
    say(turn, group, html);
}

/// Says something in the group.
fn say(turn: &mut Turn, group: ChatId, html: Html) {
    turn.notices.push(Notice {
        person: 0,
        chat: group,
        body: Body::from(html),
        announcement: None,
        commands: false,
    });
}

/// From here on this is the organisers' group.
fn bind(turn: &mut Turn, group: ChatId) {
    if let Some(before) = turn.world.group().filter(|before| before.chat != group) {
        let html = turn.phrases().group_unbound();
        say(turn, before.chat, html);
    }
    let language = turn.person.language;
    turn.world.change(Change::Group(Some(Group {
        chat: group,
        language,
        since: Some(turn.moment.now),
    })));
    let who = Who::Person(turn.person.number);
    turn.world.change(Change::Audit(who, Deed::GroupBound));
    let waiting = desk::queue::ids(&Lens::New, turn.view()).len() as u64;
    let html = turn.phrases().group_bound(waiting);
    say(turn, group, html);
}

/// No group is the organisers' from here on.
pub(super) fn unbind(turn: &mut Turn) {
    let Some(group) = turn.world.group() else {
        return turn.note(|phrases| phrases.note_no_group());
    };
    turn.note(|phrases| phrases.note_done());
    turn.world.change(Change::Group(None));
    let who = Who::Person(turn.person.number);
    turn.world.change(Change::Audit(who, Deed::GroupUnbound));
    let html = turn.phrases().group_unbound();
    say(turn, group.chat, html);
}

/// The bot is no longer in this group. If it was the organisers', the owners hear of it.
pub fn lost(group: ChatId, forum: &Forum, world: &mut dyn World) -> Vec<Notice> {
    if world.group().is_none_or(|known| known.chat != group) {
        return Vec::new();
    }
    world.change(Change::Group(None));
    world.change(Change::Audit(Who::Program, Deed::GroupLost));
    to_owners(0, forum, world, |phrases| phrases.notice_group_lost())
}

/// The group has another number from here on, if it is the organisers'.
pub fn moved(from: ChatId, to: ChatId, world: &mut dyn World) {
    if let Some(group) = world.group().filter(|known| known.chat == from) {
        world.change(Change::Group(Some(Group { chat: to, ..group })));
    }
}

/// A button of a card, in the group or below a notice. What is decided at once is decided here; what takes words or a choice
/// goes on in the presser's private chat.
pub(super) fn on_card(turn: &mut Turn, query: String, id: u64, tap: Tap, stamp: Stamp) {
    if !may(&turn.person, tap.act()) {
        return toast(turn, query, |phrases| phrases.toast_organisers_only());
    }
    let concern = turn.world.concern(id);
    let Some(concern) = concern.filter(|concern| concern.status != Status::Withdrawn) else {
        return toast(turn, query, |phrases| phrases.toast_concern_gone());
    };
    let decisions = [
        (Tap::Approve, Status::Approved),
        (Tap::Hold, Status::Held),
        (Tap::Agenda, Status::Agenda),
        (Tap::Unmerge, deciding::alone(&concern)),
    ];
    let decided = decisions.into_iter().find(|(known, _)| *known == tap);
    let Some((_, status)) = decided else {
        return in_private(turn, query, tap, &concern);
    };
    if concern.stamp() != stamp {
        return toast(turn, query, |phrases| phrases.toast_changed_meanwhile());
    }
    // No card offers what does not fit, but anybody can say that one did.
    if !tap.act().fits(concern.status) {
        return toast(turn, query, |phrases| phrases.note_not_allowed().to_plain());
    }
    let by = By::Person {
        number: turn.person.number,
        role: turn.person.role,
    };
    let order = Order::Concern(OnConcern {
        receipt: concern.receipt,
        status: Some(status),
        into: None,
        reason: None,
        ask: None,
    });
    match organising::carry_out(order, by, turn.forum, turn.world, turn.moment) {
        Ok(mut done) => {
            turn.notices.append(&mut done.notices);
            toast(turn, query, |phrases| {
                phrases.toast_decided(&card::status(status, *phrases))
            });
        }
        Err(refused) => toast(turn, query, |phrases| refused.say(*phrases).to_plain()),
    }
}

/// What takes words or a choice goes on in the presser's private chat.
fn in_private(turn: &mut Turn, query: String, tap: Tap, concern: &Concern) {
    let wanted = [
        (Tap::Look, None),
        (Tap::Reject, Some(Wanted::Reason)),
        (Tap::Ask, Some(Wanted::Question)),
    ];
    match wanted.into_iter().find(|(known, _)| *known == tap) {
        Some((_, wanted)) => to_card(turn, query, concern, wanted),
        None if tap == Tap::Merge => to_merging(turn, query, concern),
        None => toast(turn, query, |phrases| phrases.toast_old()),
    }
}

/// To the concern in the presser's private chat, and on to the words that are wanted.
fn to_card(turn: &mut Turn, query: String, concern: &Concern, wanted: Option<Wanted>) {
    toast(turn, query, |phrases| phrases.toast_in_private());
    let act = wanted.map(|wanted| match wanted {
        Wanted::Reason => Act::Reject,
        Wanted::Question | Wanted::Spoken(_) => Act::Ask,
    });
    let fits = act.is_none_or(|act| act.fits(concern.status));
    match wanted.filter(|_| fits) {
        Some(wanted) => desk::go(
            turn,
            ConcernDesk::Words {
                lens: Lens::All,
                id: concern.id,
                seen: concern.stamp(),
                wanted,
            },
        ),
        None => desk::look(turn, concern.id),
    }
}

fn to_merging(turn: &mut Turn, query: String, concern: &Concern) {
    toast(turn, query, |phrases| phrases.toast_in_private());
    if Act::Merge.fits(concern.status) {
        desk::begin_merging(turn, Lens::All, concern);
    } else {
        desk::look(turn, concern.id);
    }
}

/// A button of an announcement's report.
pub(super) fn on_stop(turn: &mut Turn, query: String, id: u64) {
    if !may(&turn.person, Act::Announce) {
        return toast(turn, query, |phrases| phrases.toast_old());
    }
    let by = By::Person {
        number: turn.person.number,
        role: turn.person.role,
    };
    let stop = Order::StopAnnouncement(id);
    match organising::carry_out(stop, by, turn.forum, turn.world, turn.moment) {
        Ok(_) => toast(turn, query, |phrases| phrases.toast_stopped()),
        Err(refused) => toast(turn, query, |phrases| refused.say(*phrases).to_plain()),
    }
}
