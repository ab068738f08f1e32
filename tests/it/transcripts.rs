//! Golden transcripts: conversations as text files, read like a chat.
//!
//! `tests/data/transcripts/NAME.en.txt` holds turns in and what came of them. A difference fails with both versions
//! of the lines that differ; `UPDATE=1 cargo test --release --test it transcripts` writes what comes now, and writes
//! `NAME.km.txt` from the English turns: the same buttons under their Khmer labels, the words of `km:` lines.
//!
//! Turns in:
//!
//! ```text
//! # a remark
//! @ sokha                       who speaks from here on; everybody has a chat of their own
//! > words                       a typed message; `\u{200B}` and `\n` are read, `{3 x a}` is "aaa",
//!                               RECEIPT-1 the first concern's receipt
//! km: ពាក្យ                       the same turn's words in the Khmer file
//! [Label]                       a press on the newest message with such a button
//! [1.]                          a press on the button with this number, whatever it is called
//! [[Label]]                     the same, tapped twice
//! ! burst [Label] [Label]       presses that all come late: on the newest message as it stands now
//! ! old Label                   a press on a button of an earlier message
//! ! forge DATA                  a press whose data is made up, on the newest screen
//! ! voice 42 | photo words | document words | album 3 words
//! ! edit OLD WORDS => NEW       an earlier message is changed; `photo` and `voice` name the latest of their kind
//! ! group words                the same, in a group
//! ! card 1 Label               a press on such a button of the first concern's card in the group
//! ! supergroup | removed       the group becomes another; the bot is removed from it
//! ! fetched                    every file that is with Telegram is here now
//! ! foreign Label               a press on such a button in the chat of whoever spoke before
//! ! sticker | video | music | contact | block | unblock | unreadable
//! ! member ORGANISATION        whoever speaks joins for this organisation, unseen; in the language of its name
//! ! submit land / Title / Story / named / 42
//!                              and submits a concern, unseen: topic, title, words, who may read it; perhaps a voice note
//! ! owner link                  the owner's link is made; its code is CODE
//! ! registry                    five invented organisations are imported
//! ! invite 1001 2 uses 3 days   a link is made; its code is INVITE; number, uses and days may be left out
//! ! revoke                      that link is taken back
//! ! meeting fixed 10 days       the meeting is known: `fixed`, `tentative` or `open`; concerns are taken for so many days
//! ! concern 1 agenda            the organisers decide about the first concern submitted: a status, `merged 2`,
//!                               `rejected WORDS`, or `ask WORDS`
//! ! organisation NAME suspended the organisers decide about an organisation
//! ! settings join approval      a setting of samleng.toml; stands before everything else
//! ! digest shared             a digest is handed out: `shared` or `organisers`
//! ! supports 1 2               whoever speaks stands behind the first and the second concern, unseen
//! ! role organiser             whoever speaks has this role from here on; `nobody` takes it away
//! ! late [Label]                a press on a message as it stood before it was rewritten unasked
//! ! erase                       everything about people is erased
//! ! minutes 7 | days 3          time passes, and the bot sees nothing of it
//! ! live 3 days                 time passes, and the bot does what is due by the clock: `days` or `hours`
//! ```
//!
//! What comes out is indented. At the end stands what is known of everybody and what was submitted.

mod print;
mod rules;
mod run;
mod special;
mod twin;
mod unseen;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::Timestamp;
use samleng::config::Join;
use samleng::dialogue::desk::late::Made;
use samleng::dialogue::organising::{self, Invite, OnConcern, Order, Registered, Standing};
use samleng::dialogue::{
    self, Action, Body, Change, Content, Desk, Draft, Effect, Errand, Event, InGroup, Media,
    Moment, Other, Person, Press, State, Tap, Visit, World as _,
};
use samleng::digest::readers::{Authority, Organisers};
use samleng::domain::promise::Verdict;
use samleng::domain::{
    Answer, Answers, ChatId, Day, Endorsement, FileRef, Language, Localised, Meeting, MessageId,
    PartContent, Role, Sealed, Status, Whereabouts,
};
use samleng::text::Forum;

use self::print::{answers, summary, unescape, visible};
use self::rules::RULES;
use self::run::data_of;
use self::unseen::registry;
use crate::in_memory::{MemoryWorld, Sent, check_body, check_sendable, english, forum, khmer};

#[test]
fn every_transcript_is_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/transcripts");
    let update = std::env::var_os("UPDATE").is_some();
    let mut failed = Vec::new();
    let mut count = 0;
    for path in scripts(&folder, if update { ".en.txt" } else { ".txt" }) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let golden = std::fs::read_to_string(&path).unwrap();
        let mut run = Run::new(&name);
        let now = run.play(&golden);
        count += 1;
        if update {
            std::fs::write(&path, &now).unwrap();
            let name = name.replace(".en.", ".km.");
            let khmer = Run::new(&name).play(&run.khmer);
            std::fs::write(folder.join(name), khmer).unwrap();
        } else if now != golden {
            failed.push(format!("{name}\n{}", difference(&golden, &now)));
        }
    }
    assert!(count >= 15, "only {count} transcripts were found");
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn every_english_transcript_has_its_khmer_twin() {
    if std::env::var_os("UPDATE").is_some() {
        return; // they are being written
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/transcripts");
    let names = |ending: &str| -> Vec<String> {
        let name = |path: PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        scripts(&folder, ending)
            .into_iter()
            .map(|path| name(path).replace(ending, ""))
            .collect()
    };
    assert_eq!(names(".en.txt"), names(".km.txt"));
}

#[test]
fn every_rule_is_played_in_both_languages() {
    if std::env::var_os("UPDATE").is_some() {
        return; // they are being written
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/transcripts");
    for (rule, names) in RULES {
        for name in *names {
            for language in ["en", "km"] {
                let path = folder.join(format!("{name}.{language}.txt"));
                assert!(path.is_file(), "{rule}: {name} in {language}");
            }
        }
    }
    let rules = (1..=14).map(|n| format!("N{n} "));
    let rules = rules.chain((1..=11).map(|n| format!("O{n} ")));
    for rule in rules.chain((1..=5).map(|n| format!("T{n} "))) {
        assert!(
            RULES.iter().any(|(name, _)| name.starts_with(&rule)),
            "{rule}"
        );
    }
}

#[test]
fn a_difference_is_shown_with_its_lines() {
    let shown = difference("a\nb\nc\n", "a\nx\nc\n");
    assert_eq!(shown, "  line 2\n  - b\n  + x\n");
    assert_eq!(difference("a\n", "a\nb\n"), "  line 2\n  + b\n");
}

fn scripts(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    paths.sort();
    paths
}

/// The first lines that differ: what was and what is.
fn difference(was: &str, is: &str) -> String {
    let (was, is): (Vec<&str>, Vec<&str>) = (was.lines().collect(), is.lines().collect());
    let same = was.iter().zip(&is).take_while(|(a, b)| a == b).count();
    let (was, is) = (&was[same..], &is[same..]);
    let tail = was.iter().rev().zip(is.iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let mut shown = format!("  line {}\n", same + 1);
    for (sign, lines) in [
        ('-', &was[..was.len() - tail]),
        ('+', &is[..is.len() - tail]),
    ] {
        for line in lines.iter().take(40) {
            let _ = writeln!(shown, "  {sign} {line}");
        }
    }
    shown
}

/// A chat as its person sees it.
#[derive(Default)]
struct Chat {
    id: i64,
    /// The number of the newest message, whoever sent it.
    last: i32,
    /// What the person sent, with what it is called.
    sent: Vec<(String, MessageId)>,
    /// Messages with buttons, oldest first.
    screens: Vec<(MessageId, Body)>,
    /// What stood in messages before they were rewritten unasked.
    before: Vec<(MessageId, Body)>,
}

struct Run {
    forum: Forum,
    name: String,
    world: MemoryWorld,
    chats: BTreeMap<String, Chat>,
    who: String,
    events: u64,
    /// What was waited beyond a minute for each event.
    waited: SignedDuration,
    owner_code: String,
    invite_code: String,
    out: String,
    /// The turns again, for the Khmer file.
    khmer: String,
}

/// The language of this transcript.
fn language_of(name: &str) -> Language {
    if name.contains(".km.") {
        khmer()
    } else {
        english()
    }
}
