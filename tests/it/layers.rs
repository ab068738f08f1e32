//! Who may import whom, held against the sources.
//!
//! The table is below; a room may always use itself. The pure rooms hold no `async`, no task, no network, no disk, no
//! clock and no logger. sled is named in one file, teloxide in one room.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms with those that each may use, and why.
const TABLE: &[(&str, &[&str])] = &[
    // The vocabulary.
    ("domain", &[]),
    // Languages and localised texts.
    ("config", &["domain"]),
    // The Fluent files come with the configuration; cards speak of answers.
    ("text", &["domain", "config"]),
    // Columns are named after the forum's languages, provinces are its places, names are compared folded.
    ("registry", &["domain", "config", "text"]),
    // It compares folded texts.
    ("similar", &["text"]),
    // Bytes to clean bytes: it needs no other room.
    ("files", &[]),
    // The calendar is configured.
    ("schedule", &["domain", "config"]),
    // Which topics and places there are, and what a review lets out, is configured.
    ("digest", &["domain", "config"]),
    // What may be raised follows from what a review lets out.
    ("agenda", &["domain", "config"]),
    // An organiser asks for a digest and plans the agenda in the conversation; some types of files are refused before they are fetched; who is
    // reminded when, and until when a draft counts, follows from the calendar.
    (
        "dialogue",
        &[
            "domain", "config", "text", "schedule", "digest", "agenda", "files",
        ],
    ),
    // A digest, what is held about a person, and the links that were made at a desk, in words, data and pictures.
    (
        "documents",
        &["domain", "config", "text", "digest", "dialogue"],
    ),
    // It keeps people's states and effects, hands out the records of a digest, folds names for their keys, and finds
    // names and concerns by likeness.
    (
        "store",
        &[
            "domain", "dialogue", "digest", "text", "registry", "similar",
        ],
    ),
    // What the kernel keeps from us. It needs no other room.
    ("cage", &[]),
    // It reads events, sends effects, and describes commands in words. It never meets the store.
    ("telegram", &["domain", "dialogue", "text"]),
    (
        "runtime",
        &[
            "domain",
            "config",
            "text",
            "registry",
            "schedule",
            "digest",
            "agenda",
            "dialogue",
            "files",
            "documents",
            "store",
            "telegram",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "config",
            "text",
            "registry",
            "schedule",
            "digest",
            "dialogue",
            "documents",
            "store",
            "telegram",
            "runtime",
            "cage",
            "emulator",
        ],
    ),
    // A stranger to all of them: what it shares with them it would not test.
    ("emulator", &[]),
    ("main", &["cli", "store"]),
    ("lib", &[]),
];

const PURE: [&str; 11] = [
    "domain",
    "config",
    "text",
    "registry",
    "similar",
    "files",
    "schedule",
    "digest",
    "agenda",
    "dialogue",
    "documents",
];

/// What a pure room must not name, as words of the source.
const IMPURE: [&str; 17] = [
    "async",
    "await",
    "tokio",
    "reqwest",
    "axum",
    "teloxide",
    "sled",
    "log::",
    "std::fs",
    "std::env",
    "std::net",
    "std::thread",
    "std::process",
    "SystemTime",
    "Instant",
    "getrandom",
    "Timestamp::now",
];

/// `config::files` reads the folder that replaces compiled files; nothing else does.
const MAY_READ_FILES: &str = "config/mod.rs";

#[test]
fn the_sources_hold_the_table() {
    let sources = sources();
    let mut faults = Vec::new();
    for (file, source) in &sources {
        faults.extend(faults_of(file, source));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    // The reader found what is there.
    assert!(sources.len() > 60, "{} files", sources.len());
    for (room, _) in TABLE {
        assert!(
            sources.keys().any(|file| room_of(file) == *room),
            "{room} is no room"
        );
    }
}

/// Whoever reads about the rooms reads the same table.
#[test]
fn the_document_says_the_same() {
    let document = include_str!("../../docs/ARCHITECTURE.md");
    let mut rooms: Vec<&str> = Vec::new();
    for line in document.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, room, _, imports, _] = cells[..] else {
            continue;
        };
        let Some(room) = room.strip_prefix('`').and_then(|r| r.strip_suffix('`')) else {
            continue;
        };
        let row = TABLE.iter().find(|(name, _)| *name == room);
        let (_, allowed) = row.unwrap_or_else(|| panic!("{room} is not in the table"));
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        match imports {
            "nothing" | "nothing of ours" => assert!(allowed.is_empty(), "{room}: {allowed:?}"),
            "everything" => {}
            "all of the above" => {
                let above: BTreeSet<&str> = rooms.iter().copied().collect();
                assert!(allowed.is_subset(&above), "{room}: {allowed:?}");
            }
            some => {
                let some: BTreeSet<&str> = some.split(", ").collect();
                assert_eq!(some, allowed, "{room}");
            }
        }
        rooms.push(room);
    }
    let described: BTreeSet<&str> = rooms.into_iter().collect();
    let all = TABLE.iter().map(|(room, _)| *room);
    let all: BTreeSet<&str> = all.filter(|room| !["main", "lib"].contains(room)).collect();
    assert_eq!(described, all);
}

#[test]
fn what_must_be_refused_is_refused() {
    for (file, source) in [
        ("domain/x.rs", "use crate::text::Html;"),
        ("domain/x.rs", "use crate::{text::Html, domain::Status};"),
        ("domain/x.rs", "fn f() -> crate::config::Config { todo() }"),
        ("domain/x.rs", "use super::super::text::Html;"),
        ("digest/mod.rs", "use crate::store::Store;"),
        ("agenda/mod.rs", "use crate::digest::Records;"),
        (
            "dialogue/form.rs",
            "use crate::{\n    domain::Status,\n    store::Store,\n};",
        ),
        ("dialogue/form.rs", "pub async fn f() {}"),
        ("dialogue/form.rs", "let now = Timestamp::now();"),
        (
            "dialogue/form.rs",
            "let now = std::time::SystemTime::now();",
        ),
        ("dialogue/form.rs", "use std::time::{Duration, Instant};"),
        ("dialogue/form.rs", "use std::{fs, io};"),
        ("text/words.rs", "log::warn!(\"x\");"),
        ("text/words.rs", "use log::warn;"),
        ("files/mod.rs", "use crate::domain::Language;"),
        ("files/mod.rs", "std::fs::read(path)"),
        ("config/settings.rs", "std::fs::read_to_string(path)"),
        ("config/mod.rs", "std::env::var(\"X\")"),
        ("store/vault.rs", "use sled::Db;"),
        ("store/vault.rs", "use crate::telegram::Api;"),
        ("store/vault.rs", "use crate::config::Config;"),
        ("telegram/send.rs", "use crate::store::Row;"),
        ("runtime/poll.rs", "use teloxide::Bot;"),
        ("runtime/poll.rs", "use crate::cli::Cli;"),
        ("emulator/bot.rs", "use crate::domain::ChatId;"),
        ("cli/run.rs", "use teloxide::prelude::*;"),
        ("newroom/x.rs", "use crate::domain::ChatId;"),
    ] {
        assert!(!faults_of(file, source).is_empty(), "{file}: {source}");
    }
    for (file, source) in [
        ("domain/x.rs", "use super::Receipt;\nuse std::fmt;"),
        (
            "domain/x.rs",
            "//! See [`crate::text`] and tokio.\n/// async\n// crate::store\n",
        ),
        (
            "dialogue/form.rs",
            "use crate::{domain::Status, text::{Html, card}};",
        ),
        (
            "dialogue/form.rs",
            "let say = \"an async tokio in a text\";",
        ),
        ("dialogue/form.rs", "let instantly = asynchronous;"),
        ("config/mod.rs", "std::fs::read_dir(folder)"),
        ("store/sled_kv.rs", "use sled::Db;"),
        ("telegram/api.rs", "use teloxide::Bot;"),
        ("cli/demo.rs", "use crate::emulator::Server;"),
    ] {
        assert_eq!(
            faults_of(file, source),
            Vec::<String>::new(),
            "{file}: {source}"
        );
    }
}

fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn room_of(file: &str) -> &str {
    let first = file.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

fn faults_of(file: &str, source: &str) -> Vec<String> {
    let room = room_of(file);
    let code = without_words(source);
    let mut faults = Vec::new();
    let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{file}: the room {room} is not in the table")];
    };
    for used in rooms_used(&code) {
        if used != room && !allowed.contains(&used.as_str()) && is_room(&used) {
            faults.push(format!("{file}: {room} must not use {used}"));
        }
    }
    // Only the room's own files stand beside each other, so two steps up lead out of it.
    if file.matches('/').count() == 1 && code.contains("super::super::") {
        faults.push(format!("{file}: leaves its room by super::super"));
    }
    if PURE.contains(&room) {
        let paths = expanded(&code);
        for word in IMPURE {
            let excused = file == MAY_READ_FILES && word == "std::fs";
            if !excused && (has_word(&code, word) || paths.iter().any(|path| has_word(path, word)))
            {
                faults.push(format!("{file}: {room} is pure and must not name {word}"));
            }
        }
    }
    for (word, home) in [("sled", "store/sled_kv.rs"), ("teloxide", "telegram/")] {
        let named = has_word(&code, &format!("{word}::"));
        if named && !file.starts_with(home) {
            faults.push(format!("{file}: only {home} may name {word}"));
        }
    }
    faults
}

fn is_room(name: &str) -> bool {
    TABLE.iter().any(|(room, _)| *room == name) && name != "lib"
}

/// The source without comments and without what stands in quotes.
fn without_words(source: &str) -> String {
    let mut code = String::new();
    for line in source.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['"', '/']) {
            let (before, from) = rest.split_at(at);
            code.push_str(before);
            if from.starts_with("//") {
                rest = "";
            } else if let Some(text) = from.strip_prefix('"') {
                let end = text
                    .char_indices()
                    .find(|(i, c)| *c == '"' && !text[..*i].ends_with('\\'));
                rest = end.map_or("", |(i, _)| &text[i + 1..]);
            } else {
                code.push('/');
                rest = &from[1..];
            }
        }
        code.push_str(rest);
        code.push('\n');
    }
    code
}

/// The first names after `crate::`, in `use` trees and in paths.
fn rooms_used(code: &str) -> Vec<String> {
    expanded(code)
        .iter()
        .filter_map(|path| path.strip_prefix("crate::"))
        .map(|rest| {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            name
        })
        .collect()
}

/// Every path that begins with `crate::` or `std::`, groups in braces written out.
fn expanded(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for root in ["crate::", "std::"] {
        for (at, _) in code.match_indices(root) {
            let own = code[..at]
                .chars()
                .next_back()
                .is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
            if own {
                branches(root, &code[at + root.len()..], &mut paths);
            }
        }
    }
    paths
}

fn branches(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let Some(group) = tree.trim_start().strip_prefix('{') else {
        let end = tree.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        let path = &tree[..end.unwrap_or(tree.len())];
        if let Some(stem) = path.strip_suffix("::") {
            branches(&format!("{prefix}{stem}::"), &tree[path.len()..], paths);
        } else {
            paths.push(format!("{prefix}{path}"));
        }
        return;
    };
    let mut depth = 0;
    let mut begin = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let branch = group[begin..at].trim();
                if !branch.is_empty() {
                    branches(prefix, branch, paths);
                }
                begin = at + 1;
                if c == '}' {
                    return;
                }
            }
            _ => {}
        }
    }
}

/// Whether the word stands there by itself.
fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back().is_none_or(|c| !part(c));
        let after = word.ends_with(':')
            || code[at + word.len()..]
                .chars()
                .next()
                .is_none_or(|c| !part(c));
        before && after
    })
}
