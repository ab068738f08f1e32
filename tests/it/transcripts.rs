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
//! ! minutes 7 | days 3          time passes, and the bot sees nothing of it
//! ! live 3 days                 time passes, and the bot does what is due by the clock: `days` or `hours`
//! ```
//!
//! What comes out is indented. At the end stands what is known of everybody and what was submitted.

mod print;

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

/// Where each rule of the conversation, N1 to N14, O1 to O11, T1 to T5 and F1, is played, and what must not be missing of what goes wrong.
const RULES: &[(&str, &[&str])] = &[
    (
        "N1 joining",
        &[
            "joining",
            "n1-registry",
            "n1-invitation",
            "n1-invite-only",
            "n1-approval",
        ],
    ),
    (
        "N1 a code used twice, taken back, run out",
        &["n1-invitation", "n1-invitation-bad"],
    ),
    (
        "N2 the form",
        &[
            "form-first-answers",
            "form-back-skip",
            "story",
            "title-skipped",
        ],
    ),
    (
        "N2 a file of 21 MB, an album during the review",
        &["n2-files"],
    ),
    ("N3 every answer is saved", &["form-draft", "edits"]),
    ("N4 the review", &["review"]),
    ("N5 the receipt", &["form-first-answers"]),
    ("N6 others said something close", &["n6-close"]),
    (
        "N7 who may read it",
        &["odd-choice", "n6-close", "n9-support"],
    ),
    (
        "N8 one's own concerns",
        &["n8-edit", "n8-edit-draft", "n8-question"],
    ),
    ("N8 an edit after the deadline", &["n8-deadline"]),
    ("N8 withdrawn while endorsed", &["n8-withdraw"]),
    (
        "N9 support, and a second member of the same organisation",
        &["n9-support"],
    ),
    ("N10 coming or not", &["n10-rsvp", "n10-tentative"]),
    ("N11 commands", &["form-commands", "n11-forget"]),
    (
        "N12 anything unexpected, forged and foreign buttons",
        &["odd-menu", "odd-story", "n12-foreign"],
    ),
    ("N13 what becomes of a concern", &["n13-statuses"]),
    ("N14 groups", &["n14-group"]),
    ("F2 asked on the day, and the desk", &["f2-promise"]),
    ("F2 carried over", &["f2-carry"]),
    ("a suspended organisation", &["suspended"]),
    ("O1 the owner", &["owner-fresh", "owner-member"]),
    ("O2 the meeting, changed and told of", &["o2-meeting"]),
    (
        "O3 the queue: decided, kept back, refused, looked up",
        &["o3-queue", "o3-lenses"],
    ),
    ("O3 merged and not merged", &["o3-merge"]),
    (
        "O3 the group's cards, and who may press them",
        &["o3-group"],
    ),
    ("O4 asked and answered", &["o4-ask"]),
    ("O5 the digest, the figures, searching", &["o3-lenses"]),
    ("O6 announced", &["o6-announce"]),
    ("O7 links", &["o7-invite"]),
    ("O8 organisations", &["o8-orgs"]),
    ("O9 roles and what each may not", &["o9-people"]),
    ("O9 the audit log", &["o9-audit"]),
    ("O10 on the agenda", &["o3-queue", "o3-group", "o10-hurry"]),
    ("O10 an override with its reason", &["o10-by-hand"]),
    (
        "O10 a small group beside a large network",
        &["o10-small-group"],
    ),
    ("O10 two organisers at once", &["o10-stale"]),
    ("O10 not for others", &["o10-not-theirs"]),
    (
        "F1 logged on the floor, a lost connection",
        &["f1-lost-connection"],
    ),
    ("F1 a wrong tap undone", &["f1-undone"]),
    ("F1 two organisers logging at once", &["f1-two"]),
    ("F1 a promise", &["f1-promise"]),
    ("O11 voice notes in writing", &["o11-voice"]),
    (
        "T1 reminders, to those whom they concern",
        &["t1-reminders", "t1-tentative", "t1-muted"],
    ),
    ("T2 after an outage, once", &["t2-outage"]),
    ("D5 whether a receipt was in a digest", &["d5-verify"]),
    ("T3 not at night", &["t3-quiet"]),
    ("T4 what is new, in the group", &["t4-news"]),
    (
        "T5 the deadline, the grace, reopening",
        &["t5-deadline", "n8-deadline"],
    ),
];

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

impl Run {
    fn new(name: &str) -> Self {
        let mut run = Self {
            forum: forum(),
            name: name.to_owned(),
            world: MemoryWorld::default(),
            chats: BTreeMap::new(),
            who: "sokha".to_owned(),
            events: 0,
            waited: SignedDuration::ZERO,
            owner_code: "x".to_owned(),
            invite_code: "y".to_owned(),
            out: String::new(),
            khmer: String::new(),
        };
        run.speaks("sokha");
        run
    }

    /// Plays the turns of this transcript, and gives back the transcript as it is now.
    fn play(&mut self, script: &str) -> String {
        let is_turn = |line: &&str| !line.is_empty() && !line.starts_with([' ', '=']);
        let mut lines = script.lines().filter(is_turn).peekable();
        while let Some(line) = lines.next() {
            let khmer = lines.next_if(|line| line.starts_with("km: "));
            if !self.out.is_empty() {
                self.out.push('\n');
            }
            let _ = writeln!(self.out, "{line}");
            if let Some(khmer) = khmer {
                let _ = writeln!(self.out, "{khmer}");
            }
            let twin = self.turn(line);
            let twin = match khmer.and_then(|line| line.strip_prefix("km: ")) {
                Some(words) if line.starts_with('>') => format!("> {words}"),
                Some(words) => format!("! {words}"),
                None => twin,
            };
            let _ = writeln!(self.khmer, "{twin}");
        }
        self.end();
        std::mem::take(&mut self.out)
    }

    /// One turn; gives back how it is written in the Khmer file.
    fn turn(&mut self, line: &str) -> String {
        let (sign, rest) = line.split_at(1);
        match sign {
            "#" => return line.to_owned(),
            "@" => {
                let who = rest.trim().to_owned();
                self.speaks(&who);
            }
            ">" => {
                let words = unescape(rest.trim_start_matches(' '));
                let words = words
                    .replace("INVITE", &self.invite_code)
                    .replace("CODE", &self.owner_code);
                let concerns = self.world.concerns().into_iter().enumerate();
                let words = concerns.fold(words, |words, (place, concern)| {
                    let name = format!("RECEIPT-{}", place + 1);
                    words.replace(&name, &concern.receipt.to_string())
                });
                self.message(rest.trim(), Content::Text(words));
            }
            "[" => return self.press(line),
            "!" => return self.special(rest.trim()),
            _ => panic!("no turn: {line}"),
        }
        line.to_owned()
    }

    fn press(&mut self, line: &str) -> String {
        let twice = line.starts_with("[[");
        let label = line.trim_start_matches('[').trim_end_matches(']');
        let screens = &self.chat().screens;
        let newest = screens.iter().rev();
        let mut found = newest.map(|(message, body)| (*message, data_of(body, label)));
        let (message, data) = found
            .find_map(|(message, data)| Some((message, data?)))
            .unwrap_or_else(|| panic!("{}: no button {label:?} after\n{}", self.name, self.out));
        let twin = if label.ends_with('.') {
            label.to_owned()
        } else {
            self.khmer_label(label, &data)
        };
        for _ in 0..=u8::from(twice) {
            self.data(Some(message), &data);
        }
        if twice {
            format!("[[{twin}]]")
        } else {
            format!("[{twin}]")
        }
    }

    /// What this button is called in Khmer.
    fn khmer_label(&self, label: &str, data: &str) -> String {
        let action = match Press::read(data) {
            Some(Press::Screen(_, action)) => action,
            Some(Press::Floor(tap)) => Action::Desk(Tap::Floor(tap)),
            Some(Press::Concern(_)) => return self.forum.words.phrases(khmer()).button_look(),
            Some(Press::Card(_, Tap::Look, _)) => {
                return self.forum.words.phrases(khmer()).button_open();
            }
            Some(Press::Stop(_)) => return self.forum.words.phrases(khmer()).button_stop(),
            Some(Press::Reminder(errand)) => {
                let phrases = self.forum.words.phrases(khmer());
                return match errand {
                    Errand::Concern if label.contains("New") => phrases.button_new(),
                    Errand::Concern => phrases.button_continue(),
                    Errand::Rsvp => phrases.button_rsvp(),
                    Errand::Meeting => phrases.button_meeting(),
                    Errand::Mute => phrases.button_mute(),
                };
            }
            Some(Press::Carry(_)) => {
                let phrases = self.forum.words.phrases(khmer());
                // What was Khmer stays as it is.
                let number = label.chars().find_map(|c| c.to_digit(10));
                return number.map_or_else(
                    || label.to_owned(),
                    |number| phrases.button_carry_one(&phrases.number(number.into())),
                );
            }
            Some(Press::Promise(_, verdict)) => {
                let phrases = self.forum.words.phrases(khmer());
                return match verdict {
                    Verdict::Done => phrases.button_kept_here(),
                    Verdict::Partly => phrases.button_kept_partly(),
                    Verdict::NotDone => phrases.button_not_kept_here(),
                };
            }
            Some(Press::Card(..) | Press::Digest(..) | Press::Select(_)) | None => {
                panic!("no button of a screen: {data}")
            }
        };
        let mut person = self.person().unwrap();
        // At the very first nobody has a language, and every label is there in its own.
        let choosing = matches!(action, Action::Speak(_));
        if choosing && person.language.is_none() {
            return "ខ្មែរ".to_owned();
        }
        let mut wanted = action;
        if let Action::Speak(language) = &mut wanted {
            *language = if *language == english() {
                khmer()
            } else {
                english()
            };
        }
        person.language = person.language.map(|language| {
            if language == english() {
                khmer()
            } else {
                english()
            }
        });
        let screen = self.world.screen(&person, &self.forum, self.moment().now);
        let mut buttons = screen.rows.into_iter().flatten();
        let found = buttons.find(|(_, action)| match (action, &wanted) {
            // Its screen may have shown less of the log.
            (Action::Desk(Tap::Floor(is)), Action::Desk(Tap::Floor(wanted))) => {
                is.what == wanted.what
            }
            (action, wanted) => action == wanted,
        });
        found.map_or_else(|| self.translated(label), |(label, _)| label)
    }

    fn special(&mut self, rest: &str) -> String {
        let (verb, words) = rest.split_once(' ').unwrap_or((rest, ""));
        let thing = |content| (verb.to_owned(), Content::Other(content));
        let file = |name: &str| FileRef {
            id: format!("file-{name}"),
            size: Some(20_000),
            kept: None,
        };
        let caption = (!words.is_empty()).then(|| unescape(words));
        let mut twin = format!("! {rest}");
        match verb {
            "voice" => {
                let (seconds, caption) = words.split_once(' ').unwrap_or((words, ""));
                let seconds = seconds.parse().expect("a voice note's seconds");
                let caption = (!caption.is_empty()).then(|| unescape(caption));
                let file = Media::Voice(file("voice"), seconds);
                self.message("voice", Content::File { file, caption });
            }
            "photo" => {
                let file = Media::Photo(file("photo"));
                self.message("photo", Content::File { file, caption });
            }
            "document" => {
                let file = Media::Document(file("document"), Some("application/pdf".to_owned()));
                self.message("document", Content::File { file, caption });
            }
            "huge" => {
                let about = FileRef {
                    size: Some(21 << 20),
                    ..file("document")
                };
                let file = Media::Document(about, Some("application/pdf".to_owned()));
                self.message("document", Content::File { file, caption });
            }
            "program" => {
                let claimed = Some("application/x-msdownload".to_owned());
                let file = Media::Document(file("document"), claimed);
                self.message("document", Content::File { file, caption });
            }
            "album" => {
                let (count, caption) = words.split_once(' ').unwrap_or((words, ""));
                let count: u32 = count.parse().expect("how many");
                for i in 0..count {
                    let caption = (i == 0 && !caption.is_empty()).then(|| unescape(caption));
                    let file = Media::Photo(file("photo"));
                    let content = Content::File { file, caption };
                    self.message("photo", content);
                }
            }
            "edit" => {
                let (old, new) = words.split_once("=>").expect("old => new");
                let (old, new) = (old.trim(), unescape(new.trim()));
                let sent = self.chat().sent.iter().rev();
                let mut found = sent.filter(|(name, _)| name == old);
                let id = found.next().map_or(MessageId(999), |(_, id)| *id);
                let media = match old {
                    "photo" => Some(Media::Photo(file("photo-2"))),
                    "voice" => Some(Media::Voice(file("voice"), 42)),
                    _ => None,
                };
                let content = match media {
                    Some(file) => Content::File {
                        file,
                        caption: Some(new),
                    },
                    None => Content::Text(new),
                };
                self.event(Event::Edited { id, content });
            }
            "sticker" | "location" | "poll" => {
                let (name, content) = thing(Other::Thing);
                self.message(&name, content);
            }
            "video" => {
                let (name, content) = thing(Other::Video);
                self.message(&name, content);
            }
            "music" => {
                let (name, content) = thing(Other::Audio);
                self.message(&name, content);
            }
            "contact" => {
                let (name, content) = thing(Other::Contact);
                self.message(&name, content);
            }
            "block" => self.event(Event::Blocked(true)),
            "unblock" => self.event(Event::Blocked(false)),
            "unreadable" => self.event(Event::Unreadable),
            "forge" => {
                let message = self.chat().screens.last().map(|(message, _)| *message);
                let number = self.person().map_or(0, |p| p.screen);
                self.data(message, &words.replace("NOW", &number.to_string()));
            }
            "burst" => {
                let (message, body) = self.chat().screens.last().expect("a screen").clone();
                let labels = words.trim_matches(['[', ']']).split("] [");
                let all: Vec<(String, String)> = labels
                    .map(|label| {
                        let data = data_of(&body, label);
                        let data = data.unwrap_or_else(|| panic!("{}: no {label:?}", self.name));
                        (format!("[{}]", self.khmer_label(label, &data)), data)
                    })
                    .collect();
                for (_, data) in &all {
                    self.data(Some(message), data);
                }
                let labels: Vec<String> = all.into_iter().map(|(label, _)| label).collect();
                twin = format!("! burst {}", labels.join(" "));
            }
            "old" => {
                let screens = self.chat().screens.iter().rev().skip(1);
                let mut all = screens.map(|(message, body)| (*message, data_of(body, words)));
                let (message, data) = all
                    .find_map(|(message, data)| Some((message, data?)))
                    .unwrap_or_else(|| panic!("{}: no old button {words:?}", self.name));
                self.data(Some(message), &data);
                twin = format!("! old {}", self.translated(words));
            }
            "group" if self.person().is_some_and(|person| person.role.is_some()) => {
                let what = InGroup::Words(words.to_owned());
                let group = ChatId(self.group().id);
                self.event(Event::InGroup { group, what });
            }
            "group" => match dialogue::group::answer(words, "samleng_bot", &self.forum) {
                Some(effect) => self.show(&effect),
                None => self.out.push_str("    nothing\n"),
            },
            "card" => {
                let (number, label) = words.split_once(' ').expect("which, and the button");
                let number: usize = number.parse().expect("which concern");
                let concern = self.world.concerns()[number - 1].id;
                let about = format!("card:{concern}.");
                let screens = self.group().screens.iter().rev();
                let data = screens
                    .filter_map(|(_, body)| data_of(body, label))
                    .find(|data| data.starts_with(&about))
                    .unwrap_or_else(|| panic!("{}: no button {label:?} on the card", self.name));
                let (query, group) = ("query".to_owned(), ChatId(self.group().id));
                let what = InGroup::Press { query, data };
                self.event(Event::InGroup { group, what });
                twin = format!("! card {number} {}", self.translated(label));
            }
            "supergroup" | "removed" => {
                let group = ChatId(self.group().id);
                let (forum, now) = (&self.forum, self.moment().now);
                let notices = self.world.change(forum, now, |stage| {
                    if verb == "removed" {
                        return dialogue::group::lost(group, forum, stage);
                    }
                    dialogue::group::moved(group, ChatId(group.0 - 1), stage);
                    Vec::new()
                });
                if verb == "supergroup" {
                    self.group_mut().id -= 1;
                    self.group_mut().screens.clear();
                }
                self.notices(&notices);
            }
            "fetched" => {
                let (forum, now) = (&self.forum, self.moment().now);
                self.world.change(forum, now, |stage| {
                    for concern in stage.glances() {
                        for file in stage.attachments(concern.id) {
                            let here = Whereabouts::Here(Sealed {
                                name: format!("{:032x}", file.id),
                                key: vec![7; 32],
                                kind: "ogg".to_owned(),
                                size: 20_000,
                            });
                            organising::fetched(file.id, &here, forum, stage);
                        }
                    }
                    Vec::new()
                });
            }
            "foreign" => {
                let others = self.chats.iter().filter(|(who, _)| **who != self.who);
                let mut all = others.flat_map(|(_, chat)| chat.screens.iter().rev());
                let data = all
                    .find_map(|(_, body)| data_of(body, words))
                    .unwrap_or_else(|| panic!("{}: nobody has a button {words:?}", self.name));
                let message = self.chat().screens.last().map(|(message, _)| *message);
                self.data(message, &data);
                twin = format!("! foreign {}", self.translated(words));
            }
            "supports" => self.supports(words),
            "role" => {
                let mut person = self.world.person_or_new(ChatId(self.chat().id));
                person.role = Role::ALL.into_iter().find(|role| role.id() == words);
                person.language.get_or_insert(language_of(&self.name));
                person.state = State::Menu { kept: None };
                self.world.put(person, self.moment().now);
            }
            "member" => self.quietly(|run| run.join(words)),
            "submit" => self.quietly(|run| run.submit(words)),
            "owner" => self.owner_code = self.world.open_owner_link(),
            "settings" => match words {
                "join approval" => self.forum.config.settings.join = Join::Approval,
                "join invite" => self.forum.config.settings.join = Join::Invite,
                "review none" => {
                    self.forum.config.settings.review = samleng::config::Review::None;
                }
                _ => panic!("no setting: {words}"),
            },
            "late" => {
                let label = words.trim_matches(['[', ']']);
                let stood = self.chat().before.iter().rev();
                let mut all = stood.map(|(message, body)| (*message, data_of(body, label)));
                let (message, data) = all
                    .find_map(|(message, data)| Some((message, data?)))
                    .unwrap_or_else(|| panic!("{}: no {label:?} stood there", self.name));
                twin = format!("! late [{}]", self.khmer_label(label, &data));
                self.data(Some(message), &data);
            }
            "minutes" => {
                let minutes: i64 = words.parse().expect("how many minutes");
                self.waited += SignedDuration::from_mins(minutes);
            }
            "days" => {
                let days: i64 = words.parse().expect("how many days");
                self.waited += SignedDuration::from_hours(24 * days);
            }
            "live" => self.live(words),
            "digest" => {
                self.events += 1;
                let now = self.moment().now;
                let (number, _) = match words {
                    "shared" => self.world.hand_out::<Authority>(&self.forum, now),
                    "organisers" => self.world.hand_out::<Organisers>(&self.forum, now),
                    _ => panic!("no edition: {words}"),
                };
                let _ = writeln!(self.out, "    digest {number}");
            }
            "registry" | "invite" | "revoke" | "meeting" | "concern" | "organisation" => {
                self.order(verb, words);
            }
            _ => panic!("no turn: {rest}"),
        }
        twin
    }

    /// A label in Khmer, found by the phrase or choice that it is.
    fn translated(&self, label: &str) -> String {
        let forum = &self.forum;
        let topics = forum.config.topics.iter();
        let choices = topics.chain(forum.config.place_choices());
        for choice in choices {
            if choice.label.get(english()) == label {
                return choice.label.get(khmer()).to_owned();
            }
        }
        let of = |language| {
            let phrases = forum.words.phrases(language);
            [
                phrases.button_agree(),
                phrases.button_submit(),
                phrases.button_new(),
                phrases.button_cancel(),
                phrases.button_done(),
                phrases.button_digest(),
                phrases.button_skip(),
                phrases.button_look(),
                phrases.button_mine(),
                phrases.button_endorse(),
                phrases.button_withdraw(),
                phrases.button_withdraw_really(),
                phrases.button_edit(),
                phrases.button_forget(),
                phrases.button_coming(),
                phrases.button_yes(),
                phrases.button_send_mine(),
                phrases.button_meeting(),
                phrases.button_reply(),
                phrases.button_approve(),
                phrases.button_hold(),
                phrases.button_agenda(),
                phrases.button_reject(),
                phrases.button_merge(),
                phrases.button_unmerge(),
                phrases.button_ask(),
                phrases.button_open(),
                phrases.button_people(),
                phrases.button_announce(),
                phrases.button_audit(),
                phrases.button_stop(),
                phrases.button_answered(),
                phrases.button_item_after(),
                phrases.button_mute(),
                phrases.button_rsvp(),
                phrases.button_continue(),
            ]
        };
        let pairs = of(english()).into_iter().zip(of(khmer()));
        let mut found = pairs.filter(|(english, _)| english == label);
        found.next().map(|(_, khmer)| khmer).unwrap_or_default()
    }

    /// This person speaks from here on.
    fn speaks(&mut self, who: &str) {
        self.who = who.to_owned();
        let id = 1_000 + self.chats.len() as i64;
        let chat = self.chats.entry(who.to_owned()).or_default();
        if chat.id == 0 {
            chat.id = id;
        }
    }

    /// What is known of whoever speaks.
    fn person(&self) -> Option<Person> {
        self.world.person(ChatId(self.chat().id))
    }

    fn moment(&self) -> Moment {
        let now = Timestamp::from_second(1_800_000_000 + self.events as i64 * 60).unwrap();
        Moment {
            now: now + self.waited,
            random: self.events.wrapping_mul(0x9E37_79B9_7F4A_7C15).into(),
        }
    }

    /// Time passes, and the bot is there.
    fn live(&mut self, words: &str) {
        let (count, unit) = words.split_once(' ').expect("how many, and of what");
        let count: i64 = count.parse().expect("how many");
        let hours = match unit {
            "days" => 24 * count,
            "hours" => count,
            _ => panic!("days or hours, not {unit}"),
        };
        let end = self.moment().now + SignedDuration::from_hours(hours);
        loop {
            let now = self.moment().now;
            let (kept, next) = self.world.keep(&self.forum, self.moment());
            if let Some(kept) = kept {
                let zone = self.forum.config.settings.zone.clone();
                let at = zone.to_datetime(now).strftime("%A %d %B %Y %H:%M");
                let _ = writeln!(self.out, "  {at}");
                for (_, _, effect) in &kept.effects {
                    self.show(effect);
                }
                self.late();
            }
            let next = next.filter(|next| *next <= end).unwrap_or(end);
            self.waited += next.duration_since(now);
            if next == end {
                return;
            }
        }
    }

    /// The organisers decide something.
    fn order(&mut self, verb: &str, words: &str) {
        self.events += 1;
        let moment = self.moment();
        let order = match verb {
            "registry" => Order::Registry(registry()),
            "invite" => {
                self.invite_code = format!("invitation-code-{:06}", self.events);
                let mut words = words.split_whitespace();
                let number = words.next().filter(|number| *number != "any");
                let mut uses = 1;
                let mut expires_at = None;
                while let Some(count) = words.next() {
                    let count: i64 = count.parse().expect("how many");
                    match words.next() {
                        Some("uses") => uses = count as u32,
                        Some("days") => {
                            expires_at = Some(moment.now + SignedDuration::from_hours(24 * count));
                        }
                        other => panic!("uses or days, not {other:?}"),
                    }
                }
                Order::Invite(vec![Invite {
                    code: self.invite_code.clone(),
                    number: number.map(str::to_owned),
                    organisation: None,
                    uses,
                    expires_at,
                }])
            }
            "revoke" => Order::Revoke(self.invite_code.clone()),
            "meeting" => Order::Meeting(meeting(words, moment.now)),
            "concern" => self.about_concern(words),
            "organisation" => {
                let (name, standing) = words.rsplit_once(' ').expect("a name and a standing");
                let standing = match standing {
                    "approved" => Standing::Approved,
                    "suspended" => Standing::Suspended,
                    _ => Standing::Plain,
                };
                Order::Organisation(name.to_owned(), standing)
            }
            _ => unreachable!(),
        };
        match self.world.order(order, &self.forum, moment) {
            Ok(done) => {
                for line in done.said {
                    let _ = writeln!(self.out, "    said: {line}");
                }
                self.notices(&done.notices);
            }
            Err(why) => {
                let _ = writeln!(self.out, "    refused: {why}");
            }
        }
    }

    fn about_concern(&self, words: &str) -> Order {
        let concerns = self.world.concerns();
        let receipt = |number: &str| {
            let number: usize = number.parse().expect("which concern");
            concerns[number - 1].receipt
        };
        let (which, rest) = words.split_once(' ').expect("which, and what");
        let (what, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut order = OnConcern {
            receipt: receipt(which),
            status: Status::from_id(what),
            into: None,
            reason: None,
            ask: None,
        };
        match what {
            "ask" => order.ask = Some(more.to_owned()),
            "merged" if !more.is_empty() => order.into = Some(receipt(more)),
            "rejected" if !more.is_empty() => order.reason = Some(more.to_owned()),
            _ => assert!(order.status.is_some(), "no status: {what}"),
        }
        Order::Concern(order)
    }

    /// Does this without a word of what it says to whoever speaks; what others see of it is shown.
    fn quietly(&mut self, act: impl FnOnce(&mut Self)) {
        let out = std::mem::take(&mut self.out);
        act(self);
        let said = std::mem::replace(&mut self.out, out);
        let mut others = false;
        for line in said.lines() {
            // What is said to somebody begins so deep; what it says, and its buttons, deeper.
            if !line.starts_with("     ") {
                others = line.starts_with("    to ");
            }
            if others {
                let _ = writeln!(self.out, "{line}");
            }
        }
    }

    fn supports(&mut self, words: &str) {
        let person = self.person().expect("somebody who joined");
        let organisation = person.membership.expect("a member").organisation;
        let concerns = self.world.concerns();
        let (forum, now) = (&self.forum, self.moment().now);
        self.world.change(forum, now, |stage| {
            for number in words.split_whitespace() {
                let number: usize = number.parse().expect("which concern");
                stage.change(Change::Endorsed(Endorsement {
                    concern: concerns[number - 1].id,
                    organisation,
                    person: Some(person.number),
                    at: now,
                }));
            }
            Vec::new()
        });
    }

    fn join(&mut self, organisation: &str) {
        let language = if organisation.chars().any(|c| ('ក'..='៹').contains(&c)) {
            khmer()
        } else {
            english()
        };
        self.message("/start", Content::Text("/start".to_owned()));
        self.act(Action::Speak(language));
        self.act(Action::Agree);
        self.message(organisation, Content::Text(organisation.to_owned()));
        if let Some(State::Choosing { .. }) = self.person().map(|person| person.state) {
            self.act(Action::NoneOfThese);
        }
        self.act(Action::Pick("kep".to_owned()));
    }

    fn submit(&mut self, words: &str) {
        let mut parts = words.split(" / ").map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        let (topic, title, story, disclosure, voice) = (part(), part(), part(), part(), part());
        self.act(Action::NewConcern);
        self.act(Action::Pick(topic));
        self.act(Action::Pick("kep".to_owned()));
        self.message(&title, Content::Text(title.clone()));
        self.message(&story, Content::Text(story.clone()));
        if let Ok(seconds) = voice.parse() {
            let file = FileRef {
                id: "file-voice".to_owned(),
                size: Some(20_000),
                kept: None,
            };
            let file = Media::Voice(file, seconds);
            let caption = None;
            self.message("voice", Content::File { file, caption });
        }
        for action in [Action::Done, Action::Skip, Action::Skip, Action::Skip] {
            self.act(action);
        }
        self.act(Action::Pick(disclosure));
        self.act(Action::Submit);
        if let Some(State::Close { .. }) = self.person().map(|person| person.state) {
            self.act(Action::SendMine);
        }
    }

    /// A press on whatever does this.
    fn act(&mut self, action: Action) {
        let number = self.person().map_or(0, |person| person.screen);
        let message = MessageId(self.chat().last);
        self.data(Some(message), &Press::Screen(number, action).write());
    }

    /// The organisers' group as whoever is in it sees it.
    fn group(&mut self) -> &Chat {
        self.group_mut()
    }

    fn group_mut(&mut self) -> &mut Chat {
        let group = self.chats.entry("group".to_owned()).or_default();
        if group.id == 0 {
            group.id = -100;
        }
        group
    }

    /// What was made when its turn came.
    fn late(&mut self) {
        for (chat, outcome) in std::mem::take(&mut self.world.proposed) {
            let mut chats = self.chats.iter();
            let known = chats.find(|(_, known)| known.id == chat.0);
            let Some(who) = known.map(|(who, _)| who.clone()) else {
                continue;
            };
            let _ = writeln!(self.out, "    the agenda is worked out for {who}");
            let speaks = std::mem::replace(&mut self.who, who);
            for effect in &outcome.effects {
                self.show(effect);
            }
            self.who = speaks;
        }
        for Sent {
            chat,
            message,
            made,
        } in std::mem::take(&mut self.world.late)
        {
            let mut chats = self.chats.iter_mut();
            let Some((who, chat)) = chats.find(|(_, known)| known.id == chat.0) else {
                continue;
            };
            match made {
                Made::Nothing => {}
                Made::Later(at) => {
                    let _ = writeln!(self.out, "    to {who}: not before {at}");
                }
                Made::Over(ending) => {
                    let _ = writeln!(self.out, "    to {who}: no reminder, {ending:?}");
                }
                Made::Message { at, body, .. } => {
                    let how = if at.is_some() { "edit" } else { "send" };
                    let _ = writeln!(self.out, "    to {who}, late: {how} #{}", message.0);
                    let stood = chat.screens.iter().find(|(shown, _)| *shown == message);
                    chat.before.extend(stood.cloned());
                    chat.screens.retain(|(shown, _)| *shown != message);
                    chat.screens.push((message, body.clone()));
                    check_body(&body);
                    self.body(&body);
                }
                Made::File { sent_as, name, .. } => {
                    let _ = writeln!(self.out, "    to {who}, late: {sent_as:?} {name}");
                }
                Made::Link { link, caption } => {
                    let _ = writeln!(self.out, "    to {who}, late: a picture of {link}");
                    let code = link.split_once("start=").expect("a link with a code").1;
                    self.invite_code = code.to_owned();
                    self.body(&Body::from(caption));
                }
                Made::Paper(paper, form) => {
                    let _ = writeln!(self.out, "    to {who}, late: {} as {form:?}", paper.file());
                    self.body(&Body::from(paper.html()));
                }
                Made::Links(lines) => {
                    let _ = writeln!(self.out, "    to {who}, late: a file of links");
                    for line in lines {
                        let (number, name, link) = (line.number, line.name, line.link);
                        let _ = writeln!(self.out, "      | {number}, {name}, {link}");
                    }
                }
            }
        }
    }

    /// What others hear.
    fn notices(&mut self, notices: &[dialogue::Notice]) {
        for notice in notices {
            let chats = self.chats.iter_mut();
            let mut found = chats.filter(|(_, chat)| chat.id == notice.chat.0);
            let (who, chat) = found.next().expect("somebody of the transcript");
            chat.last += 1;
            let id = MessageId(chat.last);
            chat.screens.push((id, notice.body.clone()));
            let _ = writeln!(self.out, "    to {who}: send #{}", id.0);
            self.body(&notice.body);
        }
        self.late();
    }

    fn chat(&self) -> &Chat {
        &self.chats[&self.who]
    }

    fn chat_mut(&mut self) -> &mut Chat {
        self.chats.get_mut(&self.who).unwrap()
    }

    fn message(&mut self, name: &str, content: Content) {
        let chat = self.chat_mut();
        chat.last += 1;
        let id = MessageId(chat.last);
        chat.sent.push((name.to_owned(), id));
        self.event(Event::Message { id, content });
    }

    fn data(&mut self, message: Option<MessageId>, data: &str) {
        self.event(Event::Press {
            query: "query".to_owned(),
            message,
            data: data.to_owned(),
        });
    }

    fn event(&mut self, event: Event) {
        self.events += 1;
        let moment = self.moment();
        let before = self.world.organisations().len();
        let had_owner = self.world.store.meta().unwrap().has_owner;
        let chat = ChatId(self.chat().id);
        let outcome = self.world.step(chat, event, &self.forum, moment);
        check_sendable(&outcome);
        for organisation in self.world.organisations().into_iter().skip(before) {
            let name = organisation.name.get(english());
            let _ = writeln!(self.out, "    new organisation {}: {name}", organisation.id);
        }
        if !had_owner && self.world.store.meta().unwrap().has_owner {
            self.out.push_str("    the owner is found\n");
        }
        for effect in &outcome.effects {
            self.show(effect);
        }
        self.notices(&outcome.notices);
    }

    fn show(&mut self, effect: &Effect) {
        match effect {
            Effect::Toast { text, .. } => {
                let text = text.as_deref().map(|text| format!(": {text}"));
                let _ = writeln!(self.out, "    toast{}", text.unwrap_or_default());
            }
            Effect::Edit { message, body, .. } => {
                let _ = writeln!(self.out, "    edit #{}", message.0);
                let screens = &mut self.chat_mut().screens;
                screens.retain(|(shown, _)| shown != message);
                screens.push((*message, body.clone()));
                self.body(body);
            }
            Effect::Send { body, clears, .. } => {
                let chat = self.chat_mut();
                chat.last += 1;
                let id = MessageId(chat.last);
                chat.screens.push((id, body.clone()));
                let clears = if *clears {
                    ", the buttons above go"
                } else {
                    ""
                };
                let _ = writeln!(self.out, "    send #{}{clears}", id.0);
                self.body(body);
            }
            Effect::Strip { message } => {
                let _ = writeln!(self.out, "    strip #{}", message.0);
            }
            // It is shown once it is made.
            Effect::Late(_) => {}
            Effect::MyData => self
                .out
                .push_str("    the file of what is held about them\n"),
            Effect::Commands => self.out.push_str("    the commands of their menu\n"),
            Effect::Digest(request) => {
                let _ = writeln!(
                    self.out,
                    "    digest {} as {} in {}",
                    request.edition.id(),
                    request.format.id(),
                    request.language
                );
            }
        }
    }

    fn body(&mut self, body: &Body) {
        let html = body.html.as_str();
        for line in html.lines() {
            let length = line.chars().count();
            if length > 1_000 {
                let head: String = line.chars().take(40).collect();
                let _ = writeln!(self.out, "      | {head} ... ({length} characters)");
            } else {
                let line = visible(line);
                let _ = writeln!(self.out, "{}", format!("      | {line}").trim_end());
            }
        }
        for row in &body.buttons {
            let labels: Vec<_> = row.iter().map(|b| format!("[{}]", b.label)).collect();
            let _ = writeln!(self.out, "      {}", labels.join(" "));
        }
    }

    fn end(&mut self) {
        self.out.push('\n');
        for (who, chat) in &self.chats {
            let state = match self.world.person(ChatId(chat.id)) {
                None => "nothing is known".to_owned(),
                Some(person) => summary(&person),
            };
            let _ = writeln!(self.out, "= {who}: {state}");
        }
        for concern in self.world.concerns() {
            let status = if concern.status == Status::New {
                String::new()
            } else {
                format!(" {}", concern.status.id())
            };
            let _ = writeln!(
                self.out,
                "= concern {}{status} {} by organisation {}: {}",
                concern.receipt,
                concern.disclosure.id(),
                concern.organisation,
                answers(&concern.answers)
            );
        }
    }
}

/// Five organisations that are plainly invented.
fn registry() -> Vec<Registered> {
    let entry = |(number, km, en, place): (&str, &str, &str, &str)| Registered {
        number: number.to_owned(),
        name: Localised([(khmer(), km.to_owned()), (english(), en.to_owned())].into()),
        place: (!place.is_empty()).then(|| place.to_owned()),
    };
    [
        (
            "1001",
            "សមាគមកសិករផ្កាឈូក",
            "Lotus Farmers Association",
            "pursat",
        ),
        ("1002", "បណ្តាញយុវជនស្ទឹងថ្មី", "New River Youth Network", "kratie"),
        ("1003", "អង្គការស្ត្រីផ្កាយព្រឹក", "Morning Star Women", "takeo"),
        ("1004", "សហគមន៍នេសាទបឹងខៀវ", "Blue Lake Fishing Community", ""),
        (
            "1005",
            "សមាគមដាំព្រៃម្លប់ត្រជាក់",
            "Cool Shade Tree Planters",
            "kampot",
        ),
    ]
    .map(entry)
    .to_vec()
}

/// A meeting ten weeks on; concerns are taken for so many days.
fn meeting(words: &str, now: Timestamp) -> Meeting {
    let mut words = words.split_whitespace();
    let day = |date: &str, time: Option<&str>| Day {
        date: date.parse().unwrap(),
        time: time.map(|time| time.parse().unwrap()),
    };
    let days = match words.next() {
        Some("fixed") => vec![day("2027-04-17", Some("08:30"))],
        Some("tentative") => vec![day("2027-04-17", None), day("2027-04-18", None)],
        Some("next") => vec![day("2027-09-18", Some("08:30"))],
        Some("open") => Vec::new(),
        other => panic!("no kind of meeting: {other:?}"),
    };
    let known = !days.is_empty();
    let text = |km: &str, en: &str| {
        Localised([(khmer(), km.to_owned()), (english(), en.to_owned())].into())
    };
    let taken: Option<i64> = words.next().map(|days| days.parse().unwrap());
    Meeting {
        id: 0,
        title: text("កិច្ចប្រជុំលើកទី ៣", "Third meeting"),
        place: (known && days.len() == 1).then(|| text("ភ្នំពេញ", "Phnom Penh")),
        days,
        deadline: taken.map(|days| now + SignedDuration::from_hours(24 * days)),
        capacity: known.then_some(6),
        people_at_most: known.then_some(3),
        zone: None,
    }
}

/// The language of this transcript.
fn language_of(name: &str) -> Language {
    if name.contains(".km.") {
        khmer()
    } else {
        english()
    }
}

fn data_of(body: &Body, label: &str) -> Option<String> {
    let mut buttons = body.buttons.iter().flatten();
    let latin = |label: &str| -> String {
        label
            .chars()
            .map(|c| match c {
                '០'..='៩' => char::from_digit(c as u32 - '០' as u32, 10).unwrap(),
                _ => c,
            })
            .collect()
    };
    let numbered = label.ends_with('.').then(|| format!("{label} "));
    let found = buttons.find(|button| {
        let number = |numbered: &String| latin(&button.label).starts_with(numbered);
        button.label == label || numbered.as_ref().is_some_and(number)
    });
    found.map(|button| button.data.clone())
}
