//! Who may do what: the whole table of roles, acts and statuses, as a text that is read by people.
//!
//! `UPDATE=1 cargo test --release --test it access` writes tests/data/access.txt as it is now; then it is to be read again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use samleng::dialogue::{Person, State, Tap, Visit};
use samleng::domain::access::allows;
use samleng::domain::{Act, ChatId, Role, Status};
use serde::Serialize;

use crate::in_memory::{MemoryWorld, english, forum};
use crate::records::{desks, variants};

/// Everybody: the roles, and whoever has none.
const WHO: [Option<Role>; 4] = [
    Some(Role::Owner),
    Some(Role::Organiser),
    Some(Role::Auditor),
    None,
];

fn name(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap();
    json.as_str().unwrap().to_owned()
}

fn who(role: Option<Role>) -> &'static str {
    role.map_or("nobody", Role::id)
}

/// Those who may do this at all.
fn may(act: Act) -> String {
    let all = WHO.into_iter().filter(|role| allows(*role, act, None));
    all.map(who).collect::<Vec<_>>().join(" ")
}

/// The table, in which a cell is a yes or a no.
fn table() -> String {
    let mut text = String::from(
        "Who may do what, with a concern that stands where. A yes is an x. The first column is of what is about no concern.\n",
    );
    for role in WHO {
        write!(text, "\n{:<14} no-concern", who(role)).unwrap();
        for status in Status::ALL {
            write!(text, " {}", status.id()).unwrap();
        }
        text.push('\n');
        for act in Act::ALL {
            write!(text, "{:<14}", name(&act)).unwrap();
            let statuses = Status::ALL.map(Some);
            for status in std::iter::once(None).chain(statuses) {
                let width = status.map_or("no-concern", Status::id).len() + 1;
                let cell = if allows(role, act, status) { "x" } else { "." };
                write!(text, "{cell:>width$}").unwrap();
            }
            text.push('\n');
        }
    }
    text.push_str("\nWhat each button takes, and who may press it.\n");
    for tap in Tap::all() {
        let (tap, act) = (tap.write(), tap.act());
        writeln!(text, "{tap:<22}{:<15}{}", name(&act), may(act)).unwrap();
    }
    text.push_str("\nWhat it takes to be somewhere, and who may be there.\n");
    for (place, desk) in desks() {
        let act = desk.act();
        writeln!(text, "{place:<28}{:<15}{}", name(&act), may(act)).unwrap();
    }
    text
}

#[test]
fn the_whole_table_stands_as_it_was_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/access.txt");
    let is = table();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &is).unwrap();
    }
    let read = std::fs::read_to_string(&path).unwrap();
    for (number, (is, read)) in (1..).zip(is.lines().zip(read.lines())) {
        assert_eq!(is, read, "line {number} of {}", path.display());
    }
    assert_eq!(is, read);
}

#[test]
fn the_table_is_whole() {
    let listed: BTreeSet<String> = Act::ALL.iter().map(name).collect();
    let all = variants::<Act>().iter().map(|act| (*act).to_owned());
    assert_eq!(listed, all.collect::<BTreeSet<String>>());
    let listed: BTreeSet<String> = Status::ALL.iter().map(name).collect();
    let all = variants::<Status>()
        .iter()
        .map(|status| (*status).to_owned());
    assert_eq!(listed, all.collect::<BTreeSet<String>>());
    assert_eq!(Role::ALL.map(Some)[..], WHO[..3]);
    assert_eq!(variants::<Role>().len(), Role::ALL.len());
    // Whatever can be said as a button is among all of them.
    let source = include_str!("../../src/dialogue/desk/tap.rs");
    let (_, variants) = source.split_once("pub enum Tap {").unwrap();
    let (variants, _) = variants.split_once("\n}").unwrap();
    let count = variants.lines().filter(|line| line.ends_with(',')).count();
    let mut written = BTreeSet::new();
    for tap in Tap::all() {
        let text = tap.write();
        assert_eq!(Tap::read(&text), Some(tap), "{text}");
        assert!(written.insert(text.clone()), "two are called {text}");
    }
    assert_eq!(written.len(), count, "{written:?}");
}

#[test]
fn nobody_has_more_than_is_theirs() {
    for act in Act::ALL {
        for status in std::iter::once(None).chain(Status::ALL.map(Some)) {
            let allowed = |role| allows(role, act, status);
            assert!(!allowed(None), "{act:?} without a role");
            let auditors = allowed(Some(Role::Auditor));
            assert_eq!(auditors, act == Act::Audit, "an auditor, {act:?}");
            // Whoever may do more may do all that others may.
            assert!(!auditors || allowed(Some(Role::Organiser)), "{act:?}");
            assert!(
                !allowed(Some(Role::Organiser)) || allowed(Some(Role::Owner)),
                "{act:?}"
            );
        }
        let only_owners =
            !allows(Some(Role::Organiser), act, None) && allows(Some(Role::Owner), act, None);
        assert_eq!(
            only_owners,
            [Act::People, Act::Bind].contains(&act),
            "{act:?}"
        );
    }
    // What only the machine does is behind no button.
    assert!(Tap::all().all(|tap| tap.act() != Act::Machine));
    assert!(desks().iter().all(|(_, desk)| desk.act() != Act::Machine));
    // Nothing is decided about what was taken back, nor about what waits for its organisation.
    for act in [
        Act::Approve,
        Act::Hold,
        Act::Reject,
        Act::Merge,
        Act::Unmerge,
        Act::Agenda,
        Act::Ask,
        Act::WriteDown,
    ] {
        assert!(!act.fits(Status::Withdrawn), "{act:?}");
    }
    // Or it would come into the shared edition before its organisation is approved, by one step or two.
    for act in [Act::Approve, Act::Agenda, Act::Hold] {
        assert!(!act.fits(Status::Waiting), "{act:?}");
    }
}

/// However they came there: whoever may not be at a desk sees what they see elsewhere.
#[test]
fn nobody_sees_a_desk_that_is_not_theirs() {
    let world = MemoryWorld::default();
    let forum = forum();
    let shown = |role, state| {
        let person = Person {
            language: Some(english()),
            role,
            state,
            ..Person::new(12, ChatId(5_000_000_001))
        };
        let screen = world.screen(&person, &forum, Timestamp::UNIX_EPOCH);
        (screen.html.to_plain(), format!("{:?}", screen.rows))
    };
    for role in Role::ALL {
        let menu = shown(Some(role), State::Menu { kept: None });
        for (place, desk) in desks() {
            let allowed = allows(Some(role), desk.act(), None);
            let visit = Visit::Desk(desk);
            let is = shown(Some(role), State::Visit { kept: None, visit });
            assert_eq!(is == menu, !allowed, "{role:?} at {place}");
        }
    }
}
