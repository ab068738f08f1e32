//! What a newcomer sees first: the demo, as it is run.

use std::ffi::OsStr;
use std::process::Output;

use super::support::GUARD;

async fn demo(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = tokio::process::Command::new(OsStr::new(env!("CARGO_BIN_EXE_samleng")));
    command
        .arg("demo")
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("TMPDIR", home.path())
        .current_dir(home.path())
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(GUARD, command.output()).await;
    let output = output.expect("it does not end").unwrap();
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert!(left.is_empty(), "it leaves nothing behind: {left:?}");
    output
}

#[tokio::test]
async fn a_whole_meeting_lives_in_the_demo_and_keeps_what_was_promised() {
    let output = demo(&["--fast-forward"]).await;
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    let mut rest = out.as_str();
    for line in [
        "the day is one of two",
        "• Hill Paths Indigenous Forum begins, and leaves a draft.",
        "23:00  Night.",
        "New since the last time",
        "A week before the deadline",
        "┃ A reminder: concerns for Second meeting are taken until",
        "presses the reminder's",
        "The organisers give three days more.",
        "None comes.",
        "None comes.",
        "Two days before the new deadline",
        "┃ Concerns were taken until",
        "Night.",
        "goes on with its draft",
        "Ten days before the first possible day",
        "The organisers settle the day and the place.",
        "• Paper Boat Press Trainers",
        "The day before, to the three that come",
        "/agenda shares out the time",
        "┃ 🎙 1 of 4",
        "One promise until",
        "The day by which it was to be done.",
        "says with one tap that it was not kept.",
        ", 0:00 (in 7 days)",
        ", 0:00 (in 14 hours)",
        "is asked for its language",
        "┃ Received: 4;",
        "Its digest opens with what became of what was promised",
        "┃ Second meeting",
        "not kept: 1",
        "✓ 19 of 19 reminders came",
        "✓ 0 of ",
        "✓ 0 reminders came to the one that muted them",
        "✓ nothing reached the one that blocked the bot",
        "✓ 2 changes of the meeting were told to 6 organisations, each once",
        "✓ 3 times the group read what was new",
        "✓ 0 of 18 names, titles and receipts are left",
    ] {
        let Some((_, after)) = rest.split_once(line) else {
            panic!("{line:?} does not stand there, or not in its place:\n{out}");
        };
        rest = after;
    }
    assert!(!out.contains('✗'), "{out}");
    assert!(out.lines().count() < 180, "{}", out.lines().count());
}

#[tokio::test]
async fn the_life_of_a_meeting_goes_by_what_ships() {
    let output = demo(&["--fast-forward", "--config", "."]).await;
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("leave --config out"), "{err}");
}
