//! Those who agreed to be asked what became of a promise after everything about people is erased.
//!
//! Guarantees: nobody is kept who did not agree to it, on a screen that says what is kept and until when; nor for longer than they agreed to,
//! whatever becomes of the promise. What is kept is their chat and language, the promise, their province, and what they say: not for which
//! organisation, nor what they raised. It ends when its time is over, and at once with `/forget`, `/stop` and the button below the question.

use jiff::Timestamp;

use super::{FOLLOW, UNFOLLOW, about, behind, counts, is_asked, is_due, said, theirs};
use crate::dialogue::leaving::HeldVoice;
use crate::dialogue::screen::{Row, View};
use crate::dialogue::{
    Action, Body, Button, Change, Notice, Person, Press, State, Turn, Weight, World,
};
use crate::domain::promise::{Follower, Outliving, Verdict, heard};
use crate::domain::{Promise, Report, Voice};
use crate::schedule::{self, Rules};
use crate::text::{Forum, Html, Phrases, date};

/// Until when somebody would be kept for a promise of which they are still to be asked.
fn until(promise: &Promise, forum: &Forum, now: Timestamp) -> Option<Timestamp> {
    let (_, until) = schedule::asked_between(promise, Rules::of(&forum.config))?;
    Some(until).filter(|until| now < *until)
}

/// Whether it becomes due only once everything about people is erased, as far as that is known.
pub(super) fn outlasts(promise: &Promise, view: View<'_>) -> bool {
    let config = &view.forum.config;
    let asked = schedule::asked_between(promise, Rules::of(config));
    let meeting = view.world.meeting();
    let erased_at = meeting.and_then(|known| schedule::erased_at(&known, &config.settings));
    asked.is_some_and(|(from, _)| {
        view.now < from && erased_at.is_none_or(|erased_at| erased_at <= from)
    })
}

/// What somebody can agree to about a promise, or has agreed to.
pub(super) fn offer(
    html: &mut Html,
    rows: &mut Vec<Row>,
    person: &Person,
    promise: &Promise,
    view: View<'_>,
    phrases: Phrases<'_>,
) {
    let Some(until) = until(promise, view.forum, view.now) else {
        return;
    };
    let zone = promise.zone(&view.forum.config.settings.zone);
    let day = date::day(phrases, until.to_zoned(zone).date());
    let pick = |label, choice: &str| vec![(label, Action::Pick(choice.to_owned()))];
    if person.muted {
        // They want to be asked nothing.
    } else if agreed(person, promise.id, until) {
        html.paragraph(&phrases.promise_followed(&day));
        rows.push(pick(phrases.button_unfollow(), UNFOLLOW));
    } else if outlasts(promise, view) {
        html.paragraph(&phrases.promise_follow(&day));
        rows.push(pick(phrases.button_follow(), FOLLOW));
    }
}

/// Whether they agreed to be kept for a promise for so long: one whose day was moved since is another.
fn agreed(person: &Person, promise: u64, until: Timestamp) -> bool {
    let agreed = person.follows.get(&promise);
    agreed.is_some_and(|agreed| until <= *agreed)
}

/// They agree.
pub(super) fn on_follow(turn: &mut Turn, id: u64) {
    let promise = theirs(&turn.person, id, turn.view()).map(|(promise, ..)| promise);
    let until = promise.and_then(|promise| until(&promise, turn.forum, turn.moment.now));
    if let Some(until) = until {
        turn.person.follows.insert(id, until);
        turn.note(|phrases| phrases.note_followed());
    }
    turn.show();
}

/// They agree no longer, while everything about them is still there.
pub(super) fn on_let_be(turn: &mut Turn, id: u64) {
    unfollow(&mut turn.person, id, turn.world);
    turn.note(|phrases| phrases.note_unfollowed());
    turn.show();
}

/// Whether they are kept for this promise after the erasure.
pub(in crate::dialogue) fn is_followed(turn: &Turn, id: u64) -> bool {
    turn.world.voice(id, turn.person.number).is_some()
}

/// What they say became of it.
pub(super) fn on_verdict(turn: &mut Turn, id: u64, verdict: Verdict) {
    let promise = turn.world.promise(id);
    let voice = turn.world.voice(id, turn.person.number);
    let (Some(promise), Some(voice)) = (promise, voice) else {
        return turn.show();
    };
    if !is_due(&promise, turn.view()) {
        turn.note(|phrases| phrases.note_not_due());
        return turn.show();
    }
    turn.world.change(Change::Voice(Voice {
        said: Some((turn.moment.now, verdict)),
        ..voice
    }));
    turn.tell(Weight::Lasting, |phrases| {
        let mut html = phrases.note_reported();
        html.line(&phrases.promise_yours(&said(verdict, phrases)));
        html
    });
}

/// They are kept no longer for this promise: the button below the question.
pub(in crate::dialogue) fn on_unfollow(turn: &mut Turn, id: u64) {
    unfollow(&mut turn.person, id, turn.world);
    let_go_of(turn);
}

/// They are kept no longer for any promise: `/stop`. Whether they were kept for nothing else.
pub(in crate::dialogue) fn on_stop(turn: &mut Turn) -> bool {
    let were_kept = unfollow_all(&mut turn.person, turn.world);
    let for_nothing_else = were_kept && turn.person.is_stranger();
    if for_nothing_else {
        let_go_of(turn);
    }
    for_nothing_else
}

/// Says so. Whoever was kept for that alone is gone, also where a backup from before is restored.
fn let_go_of(turn: &mut Turn) {
    if turn.person.is_stranger() {
        turn.world.change(Change::Forgotten(turn.person.chat));
        turn.forget = true;
    }
    turn.tell(Weight::Lasting, |phrases| phrases.note_unfollowed());
}

/// They are kept no longer for this promise.
pub(in crate::dialogue) fn unfollow(person: &mut Person, promise: u64, world: &mut dyn World) {
    person.follows.remove(&promise);
    let person = person.number;
    world.change(Change::Unfollowed { promise, person });
}

/// They are kept no longer for any promise; whether they were for one.
pub(in crate::dialogue) fn unfollow_all(person: &mut Person, world: &mut dyn World) -> bool {
    let all = std::mem::take(&mut person.follows);
    for id in all.keys() {
        unfollow(person, *id, world);
    }
    !all.is_empty()
}

/// For what somebody is kept after an erasure.
pub(in crate::dialogue) fn voices_of(person: &Person, world: &dyn World) -> Vec<HeldVoice> {
    let promises = person.follows.keys().filter_map(|id| world.promise(*id));
    let kept = promises.filter_map(|promise| {
        Some(HeldVoice {
            voice: world.voice(promise.id, person.number)?,
            until: promise.followed_until?,
            promise: promise.text,
        })
    });
    kept.collect()
}

/// Those behind a promise hear what was promised, and that they can be asked, where it becomes due after the erasure.
pub(in crate::dialogue) fn tell_of_it(promise: &Promise, view: View<'_>) -> Vec<Notice> {
    if !outlasts(promise, view) {
        return Vec::new();
    }
    let people = behind(promise, view.world).into_iter();
    let people = people
        .filter(|(_, behind)| is_asked(view.world.organisation(behind.organisation).as_ref()))
        .filter_map(|(number, _)| view.world.person(number))
        .filter(|person| person.membership.is_some())
        .filter(|person| !person.muted && !person.unreachable);
    let notice = |person: Person| {
        let phrases = view.forum.words.phrases_or_first(person.language);
        let mut html = phrases.notice_promise_made();
        html.paragraph(&about(promise, phrases));
        html.paragraph(&phrases.notice_promise_late());
        let look = Button {
            label: phrases.button_ask_later(),
            data: Press::Promised(promise.id).write(),
        };
        Notice {
            person: person.number,
            chat: person.chat,
            body: Body {
                html,
                buttons: vec![vec![look]],
            },
            announcement: None,
            commands: false,
        }
    };
    people.map(notice).collect()
}

/// What is left of all promises when everything about people is erased now.
pub(in crate::dialogue) fn left(
    forum: &Forum,
    world: &dyn World,
    now: Timestamp,
) -> Vec<Outliving> {
    let mut people = world.everybody();
    people.retain(|person| !person.follows.is_empty() && !person.muted && !person.unreachable);
    let promises = world.promises().into_iter();
    let left = promises.map(|promise| {
        let until = until(&promise, forum, now);
        let behind = behind(&promise, world);
        let follower = |person: &Person| {
            let behind = behind.get(&person.number)?;
            let organisation = world.organisation(behind.organisation)?;
            let is_kept = agreed(person, promise.id, until?) && !organisation.suspended;
            is_kept.then(|| Follower {
                person: person.number,
                organisation: organisation.id,
                counts: organisation.has_voice() || behind.vouched,
                place: organisation.place,
            })
        };
        let kept: Vec<Follower> = people.iter().filter_map(follower).collect();
        let reports = world.reports(promise.id);
        // What those say who can still say something is theirs.
        let is_kept = |said: &&Report| kept.iter().any(|one| one.person == said.person);
        let others = reports.iter().filter(|said| !is_kept(said));
        let heard = heard(others, |said| counts(said, world));
        promise.outliving(&reports, &heard, &kept, until.unwrap_or(now))
    });
    left.collect()
}

/// Nobody can say any more what became of a promise: what was said is counted, and whoever was kept for that alone is gone.
pub(in crate::dialogue) fn end(id: u64, world: &mut dyn World) {
    let Some(promise) = world.promise(id) else {
        return;
    };
    let voices = world.voices(id);
    world.change(Change::Promise(promise.unfollowed(&voices)));
    world.change(Change::NoVoices(id));
    for number in voices.iter().filter_map(|voice| voice.person) {
        world.change(Change::Unfollowed {
            promise: id,
            person: number,
        });
        let Some(mut person) = world.person(number) else {
            continue;
        };
        person.follows.remove(&id);
        // Whoever has come again since is there for something else.
        let is_new = person.is_stranger() && person.state == State::Language { back: None };
        world.change(match is_new {
            true => Change::NoPerson(person.chat),
            false => Change::Person(Box::new(person)),
        });
    }
}
