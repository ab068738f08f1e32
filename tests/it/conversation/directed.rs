//! Single stories that any sequence would meet too rarely.

use super::*;

/// Somebody who has joined and is at the question with this position.
fn member_at(forum: &Forum, position: usize) -> Talk<'_> {
    let mut talk = Talk::new(forum);
    talk.join(0, 0);
    talk.turn(0, &Op::Press(0));
    for _ in 0..position {
        match talk.now(0).state {
            State::Form { ref at, .. } if at == question::TITLE => {
                talk.turn(0, &Op::Text("A wall".to_owned()));
            }
            State::Form { .. }
            | State::Language { .. }
            | State::Consent
            | State::Uninvited
            | State::Confirm { .. }
            | State::Organisation { .. }
            | State::Choosing { .. }
            | State::Province { .. }
            | State::Menu { .. }
            | State::Review { .. }
            | State::Leaving { .. }
            | State::Deleting { .. }
            | State::Close { .. }
            | State::Visit { .. } => talk.turn(0, &Op::Press(0)),
        }
    }
    talk
}

#[test]
fn a_story_in_thousands_of_tiny_messages_stays_a_record() {
    let forum = forum();
    let mut talk = member_at(&forum, 3);
    for _ in 0..600 {
        let event = talk.text(0, "ក");
        talk.step(0, event);
    }
    let parts = answers_of(&talk.now(0)).story(question::STORY).len();
    assert_eq!(parts, 200);
    talk.way_out(0);
}

#[test]
fn text_messages_edited_into_photos_make_no_more_files_than_allowed() {
    let forum = forum();
    let mut talk = member_at(&forum, 3);
    for _ in 0..15 {
        talk.turn(0, &Op::Text("words".to_owned()));
    }
    for which in 0..15 {
        talk.turn(0, &Op::Edit(which, None, true));
    }
    let answers = answers_of(&talk.now(0));
    let files = answers
        .story(question::STORY)
        .iter()
        .filter(|part| is_file(part));
    assert_eq!(files.count(), 10);
}

#[test]
fn a_form_that_lost_the_question_leads_on() {
    let longer = longer_forum();
    let shipped = forum();
    for first in [Action::Continue, Action::Delete] {
        let mut talk = member_at(&longer, 3);
        lose_the_question(&mut talk);
        talk.forum = &shipped;
        let event = talk.text(0, "twelve");
        talk.step(0, event);
        lose_the_question(&mut talk);
        assert!(talk.offered(0).contains(&first));
        let before = talk.now(0).state;
        let event = talk.press_screen(0, first);
        talk.step(0, event);
        assert_ne!(talk.now(0).state, before, "a button that does nothing");
        talk.way_out(0);
    }
}

fn lose_the_question(talk: &mut Talk<'_>) {
    let mut person = talk.now(0);
    if let State::Form { at, .. } = &mut person.state {
        *at = "households".to_owned();
    }
    talk.put(person);
}

#[test]
fn a_second_tap_is_told_so_and_nothing_more() {
    let forum = forum();
    for presses in 0..6 {
        let mut talk = Talk::new(&forum);
        talk.turn(0, &Op::Command("/start"));
        for _ in 0..presses {
            talk.turn(0, &Op::Press(0));
        }
        let Some(action) = talk.offered(0).first().cloned() else {
            continue;
        };
        let tap = Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(5)),
            data: Press::Screen(talk.now(0).screen, action).write(),
        };
        talk.step(0, tap.clone());
        let before = talk.now(0);
        let outcome = talk.step(0, tap);
        assert_eq!(outcome.effects.len(), 1, "{:?}", outcome.effects);
        assert_eq!(talk.now(0), before);
    }
}

/// Three who have sent a concern each, in a forum where everything new is shared.
fn three(forum: &Forum) -> Talk<'_> {
    let mut talk = Talk::new(forum);
    talk.begin(Start::Sent);
    talk
}

fn unreviewed() -> Forum {
    let mut forum = forum();
    forum.config.settings.review = Review::None;
    forum
}

#[test]
fn what_is_withheld_meanwhile_is_not_shown_among_the_close_ones() {
    let forum = unreviewed();
    for status in Status::ALL {
        let mut talk = three(&forum);
        talk.turn(0, &Op::Press(0));
        for _ in 0..40 {
            let person = talk.now(0);
            if let State::Close { .. } = person.state {
                break;
            }
            let event = talk.way_on(0, &person);
            talk.step(0, event);
        }
        assert!(matches!(talk.now(0).state, State::Close { .. }));
        for n in 0..3 {
            talk.decide(&Decision::Status(n, status));
        }
        talk.turn(0, &Op::Text("and now?".to_owned()));
        talk.way_out(0);
    }
}

#[test]
fn an_organisation_suspended_while_it_answers_adds_nothing() {
    let forum = forum();
    for (ops, text) in [
        (vec![Action::Meeting, Action::Rsvp, Action::Yes], "2"),
        (vec![Action::Mine, Action::Open(0), Action::Note], "more"),
        (vec![Action::Mine, Action::Open(0), Action::Reply], "more"),
    ] {
        let mut talk = three(&forum);
        talk.order(Order::Meeting(meeting(1, None)));
        talk.decide(&Decision::Ask(0));
        let own = *talk.records.concerns.keys().next().unwrap();
        for action in ops {
            let action = if matches!(action, Action::Open(_)) {
                Action::Open(own)
            } else {
                action
            };
            let event = talk.press_screen(0, action);
            talk.step(0, event);
        }
        talk.decide(&Decision::Standing(0, Standing::Suspended));
        assert!(talk.records.organisations.values().any(|o| o.suspended));
        talk.turn(0, &Op::Text(text.to_owned()));
    }
}

#[test]
fn whoever_is_forgotten_hears_nothing_more_and_leaves_nothing() {
    let forum = forum();
    let mut talk = three(&forum);
    talk.send_one(0);
    talk.decide(&Decision::Merge(3, 0));
    assert!(talk.records.concerns.values().any(|c| c.into.is_some()));
    talk.turn(0, &Op::Command("/forget"));
    let event = talk.press_screen(0, Action::Yes);
    let outcome = talk.step(0, event);
    assert_eq!(outcome.person, None);
    talk.way_out(0);
}

#[test]
fn changes_begun_again_and_again_are_a_record_and_come_back_one_by_one() {
    let forum = forum();
    let mut talk = three(&forum);
    talk.send_one(0);
    // A long story is kept for later, and two concerns are changed at the same time.
    talk.turn(0, &Op::Press(0));
    for _ in 0..3 {
        talk.turn(0, &Op::Press(0));
    }
    for _ in 0..40 {
        let own: Vec<u64> = talk
            .records
            .concerns
            .values()
            .filter(|concern| concern.author == talk.now(0).number)
            .map(|concern| concern.id)
            .collect();
        for id in own {
            let look = talk.press(0, Press::Concern(id).write());
            talk.step(0, look);
            if talk.offered(0).contains(&Action::Edit) {
                let event = talk.press_screen(0, Action::Edit);
                talk.step(0, event);
            }
            if talk
                .offered(0)
                .contains(&Action::Change(question::STORY.to_owned()))
            {
                let event = talk.press_screen(0, Action::Change(question::STORY.to_owned()));
                talk.step(0, event);
                talk.turn(0, &Op::Text("😀".repeat(3_900)));
            }
        }
    }
    talk.way_out(0);
}

#[test]
fn changes_of_a_withdrawn_concern_go_with_it_wherever_they_wait() {
    let forum = forum();
    let mut talk = three(&forum);
    talk.send_one(0);
    let author = talk.now(0).number;
    let concerns = talk.records.concerns.values();
    let own: Vec<u64> = concerns
        .filter(|concern| concern.author == author)
        .map(|concern| concern.id)
        .collect();
    for id in &own {
        let look = talk.press(0, Press::Concern(*id).write());
        talk.step(0, look);
        let edit = talk.press_screen(0, Action::Edit);
        talk.step(0, edit);
    }
    let changed = |talk: &mut Talk<'_>| -> Vec<Option<u64>> {
        let drafts = reference::drafts_of(&talk.now(0));
        drafts.into_iter().map(|(revises, _)| revises).collect()
    };
    assert_eq!(changed(&mut talk), [Some(own[1]), Some(own[0])]);
    let look = talk.press(0, Press::Concern(own[0]).write());
    talk.step(0, look);
    for action in [Action::Withdraw, Action::Yes] {
        let event = talk.press_screen(0, action);
        talk.step(0, event);
    }
    assert_eq!(changed(&mut talk), [Some(own[1])]);
    // The same when the organisers withdraw it, while its author is at the change.
    let number = talk.records.concerns.keys().position(|id| *id == own[1]);
    talk.decide(&Decision::Status(number.unwrap(), Status::Withdrawn));
    assert_eq!(changed(&mut talk), []);
    talk.way_out(0);
}
