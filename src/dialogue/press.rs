//! Presses: what a button does, for whom, and while which screen offers it.
//!
//! Guarantees: whatever somebody else may have written as a button's data does nothing; a press on an old button is answered, and shows
//! where one is now.

use super::desk::{self, Did};
use super::{
    Action, Effect, Press, State, Turn, Visit, carrying, close, form, group, leaving, meeting,
    mine, on_back, on_cancel, onboarding, others, promising, reminding, screen, send_digest, story,
    submission, tell_help, tell_privacy, to_languages, to_menu, visit,
};
use crate::digest::{Edition, Filter, Format};
use crate::domain::{Act, MessageId};

pub(super) fn on_press(turn: &mut Turn, query: String, message: Option<MessageId>, data: &str) {
    let toast = |text| Effect::Toast {
        query: query.clone(),
        text,
    };
    let author = turn.person.number;
    match Press::read(data) {
        Some(Press::Digest(edition, format, number)) if desk::may(&turn.person, Act::Digest) => {
            turn.effects
                .push(toast(Some(turn.phrases().toast_digest())));
            let of = number.and_then(|number| turn.world.digest(number));
            let filter = of.map(|digest| digest.filter).unwrap_or_default();
            send_digest(turn, edition, format, filter);
        }
        Some(Press::Select(edition)) if desk::may(&turn.person, Act::Digest) => {
            turn.effects.push(toast(None));
            desk::go(
                turn,
                desk::DigestDesk::Digest(desk::Selection::all(edition)),
            );
        }
        Some(Press::Screen(number, action))
            if number == turn.person.screen && offers(turn, &action) =>
        {
            turn.effects.push(toast(None));
            turn.pressed = message;
            on_action(turn, action);
        }
        // It stands below a notice, which stays as it is: where it leads comes as a new message.
        Some(Press::Concern(id))
            if turn.world.concern(id).is_some_and(|c| c.author == author)
                && turn.person.membership.is_some() =>
        {
            turn.effects.push(toast(None));
            visit(turn, Visit::Concern { id });
        }
        Some(Press::Carry(id))
            if turn.world.concern(id).is_some_and(|c| c.author == author)
                && turn.person.membership.is_some() =>
        {
            carrying::on_press(turn, query, id);
        }
        Some(Press::Reminder(errand)) if turn.person.membership.is_some() => {
            reminding::on_errand(turn, query, errand);
        }
        Some(Press::Promise(id, verdict))
            if promising::is_theirs(turn, id) || promising::is_followed(turn, id) =>
        {
            promising::on_press(turn, query, id, verdict);
        }
        Some(Press::Promised(id)) if promising::is_theirs(turn, id) => {
            turn.effects.push(toast(None));
            promising::look(turn, id);
        }
        Some(Press::Unfollow(id)) if promising::is_followed(turn, id) => {
            turn.effects.push(toast(None));
            promising::on_unfollow(turn, id);
        }
        Some(Press::Card(id, tap, stamp)) => group::on_card(turn, query, id, tap, stamp),
        Some(Press::Stop(id)) => group::on_stop(turn, query, id),
        Some(Press::Floor(tap)) if desk::may(&turn.person, Act::Floor) => {
            desk::on_floor_press(turn, query, message, tap);
        }
        // The screen offered it, and what it was about has changed since.
        Some(Press::Screen(number, Action::Desk(tap)))
            if number == turn.person.screen
                && tap.is_about_a_concern()
                && desk::may(&turn.person, tap.act())
                && desk::has_changed(turn) =>
        {
            turn.effects.push(toast(None));
            turn.pressed = message;
            desk::show_changed(turn);
        }
        // A second tap, faster than the message could change, needs no more than a word.
        Some(Press::Screen(number, _))
            if number != turn.person.screen
                && message.is_some()
                && message == turn.person.shown_in =>
        {
            turn.effects.push(toast(Some(turn.phrases().toast_again())));
        }
        Some(
            Press::Screen(..)
            | Press::Digest(..)
            | Press::Select(_)
            | Press::Concern(_)
            | Press::Carry(_)
            | Press::Floor(_)
            | Press::Reminder(_)
            | Press::Promise(..)
            | Press::Promised(_)
            | Press::Unfollow(_),
        )
        | None => {
            turn.effects.push(toast(Some(turn.phrases().toast_old())));
            turn.effects
                .extend(message.map(|message| Effect::Strip { message }));
            turn.show();
        }
    }
}

fn offers(turn: &Turn, action: &Action) -> bool {
    screen::of(&turn.person, turn.view()).offers(action)
}

fn on_action(turn: &mut Turn, action: Action) {
    match action {
        Action::Speak(language) => onboarding::on_language(turn, language),
        Action::Agree => onboarding::on_agree(turn),
        Action::Decline => onboarding::on_decline(turn),
        Action::Pick(id) => on_pick(turn, id),
        Action::Yes => on_yes(turn),
        Action::No => on_no(turn),
        Action::NoneOfThese => onboarding::on_none_of_these(turn),
        Action::SendMine => submission::on_send_mine(turn),
        Action::Mine => visit(turn, Visit::Mine { page: 0 }),
        Action::Others => visit(turn, Visit::Topics),
        Action::ByPlace => visit(turn, Visit::Places),
        Action::Meeting => visit(turn, Visit::Meeting),
        Action::Rsvp => meeting::on_rsvp(turn),
        Action::Open(id) => on_open(turn, id),
        Action::Page(page) => on_page(turn, page),
        Action::Edit => mine::on_edit(turn),
        Action::Note => mine::on_noting(turn),
        Action::Reply => mine::on_reply(turn),
        Action::Withdraw => mine::on_withdraw(turn),
        Action::Endorse => others::on_endorse(turn),
        Action::Unendorse => others::on_unendorse(turn),
        Action::Next => form::on_next(turn),
        Action::Done => form::on_done(turn),
        Action::Undo => story::on_undo(turn),
        Action::Back => on_back(turn),
        Action::Skip => form::on_skip(turn),
        Action::Cancel => on_cancel(turn),
        Action::NewConcern => form::begin(turn),
        Action::Continue => form::resume(turn),
        Action::Keep => to_menu(turn),
        Action::Delete => form::on_delete(turn),
        Action::Change(question) => form::on_change(turn, question),
        Action::Submit => submission::on_submit(turn),
        Action::Languages => to_languages(turn),
        Action::Privacy => {
            tell_privacy(turn);
            turn.show();
        }
        Action::Help => {
            tell_help(turn);
            turn.show();
        }
        Action::Digest => {
            send_digest(
                turn,
                Edition::Organisers,
                Format::Messages,
                Filter::default(),
            );
            turn.note(|phrases| phrases.note_digest_comes());
            turn.show();
        }
        Action::Join => turn.go(State::Consent),
        Action::Right(attachment, _) => mine::on_right(turn, attachment),
        Action::Correct(attachment) => mine::on_correct(turn, attachment),
        Action::Promise(id) => promising::look(turn, id),
        Action::Carry(id) => carrying::on_carry(turn, id),
        Action::Desk(tap) => desk::on_tap(turn, tap),
    }
}

/// A choice from a list, wherever one is shown.
fn on_pick(turn: &mut Turn, id: String) {
    if let State::Province { .. } = turn.person.state {
        return onboarding::on_province(turn, &id);
    }
    if let State::Choosing { .. } = turn.person.state {
        return onboarding::on_chosen(turn, &id);
    }
    match turn.person.state.visit() {
        None => form::on_pick(turn, id),
        Some(Visit::Topics | Visit::Places) => others::on_pick(turn, id),
        Some(Visit::Rsvp { .. }) => meeting::on_people(turn, &id),
        Some(Visit::Promise { id: promise }) => promising::on_pick(turn, *promise, &id),
        Some(Visit::Desk(_)) => desk::on(turn, Did::Pick(&id)),
        Some(
            Visit::Mine { .. }
            | Visit::Concern { .. }
            | Visit::Noting { .. }
            | Visit::Answering { .. }
            | Visit::Withdrawing { .. }
            | Visit::Correcting { .. }
            | Visit::Shared { .. }
            | Visit::Other { .. }
            | Visit::Meeting
            | Visit::Reminders
            | Visit::Forgetting,
        ) => turn.show(),
    }
}

fn on_yes(turn: &mut Turn) {
    if let State::Confirm { .. } = turn.person.state {
        return onboarding::on_confirmed(turn);
    }
    match turn.person.state.visit() {
        Some(Visit::Withdrawing { id }) => mine::on_withdrawn(turn, *id),
        Some(Visit::Rsvp { .. }) => meeting::on_day(turn, true),
        Some(Visit::Forgetting) => leaving::forget(turn),
        Some(Visit::Reminders) => reminding::on_turned(turn),
        Some(Visit::Desk(_)) => desk::on(turn, Did::Yes),
        Some(
            Visit::Mine { .. }
            | Visit::Concern { .. }
            | Visit::Noting { .. }
            | Visit::Answering { .. }
            | Visit::Correcting { .. }
            | Visit::Topics
            | Visit::Places
            | Visit::Shared { .. }
            | Visit::Other { .. }
            | Visit::Promise { .. }
            | Visit::Meeting,
        )
        | None => turn.show(),
    }
}

fn on_no(turn: &mut Turn) {
    if let State::Confirm { .. } = turn.person.state {
        onboarding::on_not_confirmed(turn);
    } else if let Some(Visit::Rsvp { .. }) = turn.person.state.visit() {
        meeting::on_day(turn, false);
    } else {
        on_back(turn);
    }
}

/// A concern was chosen from a list.
fn on_open(turn: &mut Turn, id: u64) {
    if let State::Close { draft, .. } = turn.person.state.clone() {
        return close::on_stand_behind(turn, draft, id);
    }
    if turn.person.desk().is_some() {
        return desk::on(turn, Did::Open(id));
    }
    visit(
        turn,
        match turn.person.state.visit() {
            Some(from @ Visit::Shared { .. }) => Visit::Other {
                id,
                from: Box::new(from.clone()),
            },
            Some(_) | None => Visit::Concern { id },
        },
    );
}

fn on_page(turn: &mut Turn, to: u32) {
    if turn.person.desk().is_some() {
        return desk::on(turn, Did::Page(to));
    }
    if let State::Visit {
        visit: Visit::Mine { page } | Visit::Shared { page, .. },
        ..
    } = &mut turn.person.state
    {
        *page = to;
    }
    turn.show();
}
