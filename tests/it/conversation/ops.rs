//! What can happen, before it is known what the screens offer and what the records hold.

use proptest::prelude::*;
use samleng::dialogue::organising::Standing;
use samleng::dialogue::{Action, FloorTap, Other, Tap};
use samleng::domain::Status;
use samleng::text::Forum;

use crate::roles::plain_actions;

/// Something that happens in one of the chats, or to all of them.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// The button so many places on, of those that the screen offers.
    Press(usize),
    /// Data that the screen of so many steps ago offered.
    Old(usize, usize),
    /// Made-up data.
    Forged(String),
    /// An action that the current screen may not offer, with its number.
    Wanted(usize),
    /// The button below a notice about this concern, whether there was such a notice or not.
    Look(usize),
    /// What became of a promise, by the button below the question, whether it was asked or not.
    Say(usize, usize),
    Text(String),
    /// One of the names that organisations go by.
    Name(usize),
    Command(&'static str),
    File(u8, Option<String>),
    Other(Other),
    /// Another text or file for one of the messages sent before.
    Edit(usize, Option<String>, bool),
    Unreadable,
    Blocked(bool),
    OwnerLink,
    /// The link of an invitation made before.
    Invited(usize),
    /// So many minutes pass.
    Wait(i64),
    /// A button with which a meeting is logged, on a message of any age.
    Floor(usize),
    /// The organisers decide something.
    Decide(Decision),
}

/// What the organisers can decide; a number names one of what there is.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    Status(usize, Status),
    Merge(usize, usize),
    Reject(usize),
    Ask(usize),
    Standing(usize, Standing),
    /// For an organisation of the registry, if for one.
    Invite(Option<usize>),
    Revoke(usize),
    /// So many days to choose from, and the minutes until nothing more is taken.
    Meeting(usize, Option<i64>),
    /// Something is promised about a concern, due so many days from now.
    Promise(usize, i64),
    /// A promise is taken back.
    Unpromise(usize),
}

/// A whole run: how far each of the three is at first, and what happens then in which chat.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) start: Start,
    pub(super) turns: Vec<(usize, Op)>,
}

/// How far everybody is at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Nothing,
    /// They speak for organisations.
    Joined,
    /// They have also sent a concern each, and the organisers approved it.
    Sent,
}

pub(super) fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("A wall has stood across the fields since May, and nobody can reach the market or the well".to_owned()),
        2 => Just("តាំងពីខែឧសភា មានរបងកាត់ស្រែ".to_owned()),
        1 => Just("\u{200B}\u{200B}".to_owned()),
        1 => Just("<b>&lt;unclosed & \u{202E}turned".to_owned()),
        1 => Just("😀".repeat(4_000)),
        1 => Just("ក្រុម".repeat(800)),
        1 => Just("a\n".repeat(2_000)),
        1 => Just(format!("a{}b", "\u{200B}".repeat(4_000))),
        2 => Just("kandal".to_owned()),
        2 => Just("land".to_owned()),
        2 => Just("Named".to_owned()),
        2 => Just("english".to_owned()),
        2 => Just("១២០".to_owned()),
        2 => Just("2".to_owned()),
        1 => Just("99999".to_owned()),
        1 => "\\PC{0,40}",
        1 => Just(String::new()),
    ]
}

pub(super) fn runs() -> impl Strategy<Value = Run> {
    let start = prop_oneof![
        2 => Just(Start::Nothing),
        1 => Just(Start::Joined),
        3 => Just(Start::Sent),
    ];
    let who = prop_oneof![4 => Just(0usize), 2 => Just(1), 1 => Just(2)];
    // Whoever spoke goes on most of the time, so that somebody comes far.
    let stretch = (who, proptest::collection::vec(op(), 1..14));
    let turns = proptest::collection::vec(stretch, 1..9).prop_map(|stretches| {
        let turns = |(who, ops): (usize, Vec<Op>)| ops.into_iter().map(move |op| (who, op));
        stretches.into_iter().flat_map(turns).collect()
    });
    (start, turns).prop_map(|(start, turns)| Run { start, turns })
}

fn op() -> impl Strategy<Value = Op> {
    let other = prop_oneof![
        Just(Other::Video),
        Just(Other::Audio),
        Just(Other::Contact),
        Just(Other::Thing)
    ];
    let command = prop_oneof![
        Just("/start"),
        Just("/start wrong"),
        Just("/menu"),
        Just("/menu"),
        Just("/help"),
        Just("/privacy"),
        Just("/language"),
        Just("/cancel"),
        Just("/digest"),
        Just("/meeting"),
        Just("/mydata"),
        Just("/forget"),
        Just("/outcome"),
        Just("/agenda"),
        Just("/what"),
        Just("/")
    ];
    let forged = prop_oneof![
        Just("1:submit".to_owned()),
        Just("digest:shared.json".to_owned()),
        Just("digest:organisers.messages".to_owned()),
        Just(String::new()),
        "[0-9]{1,12}:[a-z]{1,9}(\\.[a-z-]{0,12})?",
        "\\PC{0,64}",
    ];
    prop_oneof![
        45 => any::<usize>().prop_map(Op::Press),
        // Most sequences should come far into the form.
        16 => Just(Op::Press(0)),
        3 => (1usize..5, any::<usize>()).prop_map(|(age, n)| Op::Old(age, n)),
        2 => forged.prop_map(Op::Forged),
        4 => any::<usize>().prop_map(Op::Wanted),
        2 => any::<usize>().prop_map(Op::Look),
        5 => (any::<usize>(), any::<usize>()).prop_map(|(n, verdict)| Op::Say(n, verdict)),
        16 => words().prop_map(Op::Text),
        3 => any::<usize>().prop_map(Op::Name),
        6 => command.prop_map(Op::Command),
        6 => (0u8..4, proptest::option::of(words()))
            .prop_map(|(kind, caption)| Op::File(kind, caption)),
        2 => other.prop_map(Op::Other),
        6 => (0usize..8, proptest::option::of(words()), any::<bool>())
            .prop_map(|(which, words, file)| Op::Edit(which, words, file)),
        1 => Just(Op::Unreadable),
        1 => any::<bool>().prop_map(Op::Blocked),
        1 => Just(Op::OwnerLink),
        2 => any::<usize>().prop_map(Op::Floor),
        2 => any::<usize>().prop_map(Op::Invited),
        2 => prop_oneof![Just(2i64), Just(70), Just(30 * 60)].prop_map(Op::Wait),
        18 => decision().prop_map(Op::Decide),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    let standing = prop_oneof![
        2 => Just(Standing::Approved),
        2 => Just(Standing::Suspended),
        1 => Just(Standing::Plain)
    ];
    let status = prop_oneof![
        3 => Just(Status::Approved),
        2 => proptest::sample::select(Status::ALL.to_vec()),
    ];
    let n = any::<usize>;
    prop_oneof![
        6 => (n(), status).prop_map(|(n, status)| Decision::Status(n, status)),
        1 => (n(), n()).prop_map(|(n, into)| Decision::Merge(n, into)),
        1 => n().prop_map(Decision::Reject),
        3 => n().prop_map(Decision::Ask),
        3 => (n(), standing).prop_map(|(n, standing)| Decision::Standing(n, standing)),
        2 => proptest::option::of(n()).prop_map(Decision::Invite),
        1 => n().prop_map(Decision::Revoke),
        4 => (n(), -1i64..2).prop_map(|(n, days)| Decision::Promise(n, days)),
        1 => n().prop_map(Decision::Unpromise),
        3 => (0usize..4, proptest::option::of(5i64..400))
            .prop_map(|(days, closes)| Decision::Meeting(days, closes)),
    ]
}

/// Every action that there is, with arguments that fit somewhere.
pub(super) fn all_actions(forum: &Forum) -> Vec<Action> {
    let mut actions = plain_actions();
    actions.extend(FloorTap::all().map(|tap| Action::Desk(Tap::Floor(tap))));
    for id in [
        "land", "kandal", "now", "done", "partly", "alone", "named", "nonsense", "1", "3",
    ] {
        actions.push(Action::Pick(id.to_owned()));
    }
    actions.extend((0..40).map(Action::Open));
    actions.extend((0..40).step_by(4).map(Action::Promise));
    actions.extend((0..40).step_by(4).map(Action::Carry));
    actions.extend((0..3).map(Action::Page));
    let questions = forum.config.form.iter();
    actions.extend(questions.map(|question| Action::Change(question.id.clone())));
    actions.extend(forum.words.languages().map(Action::Speak));
    actions
}
