//! What a process asked of its data folder, call by call, as strace saw it.
//!
//! strace writes every byte as `\xHH` (`-xx`), whole (`-s`), so nothing has to be guessed: a text holds neither quotes nor commas.
//! A call of one thread that others interrupt stands on two lines; it is known when it began and when it had ended. What is not
//! understood ends the test, and [`super::disk`] is held against the real folder at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::receipts_in;

/// The calls that change files or names, that make changes durable, or that say something to Telegram.
const CALLS: &str = "trace=openat,?open,?creat,?mkdir,mkdirat,?rename,renameat,renameat2,?unlink,unlinkat,?rmdir,\
    ?link,linkat,?symlink,symlinkat,truncate,ftruncate,fallocate,copy_file_range,write,pwrite64,writev,pwritev,\
    pwritev2,sendto,sendmsg,lseek,fsync,fdatasync,sync_file_range,close,\
    execve";

/// The data folder's node.
pub(super) const ROOT: usize = 0;

/// A name in a folder.
pub(super) type Place = (usize, String);

/// What one call does.
#[derive(Debug)]
pub(super) enum Act {
    /// Names come to stand for a node, or for none: together or not at all.
    Names(Vec<(Place, Option<usize>)>),
    /// Bytes of a file.
    Write {
        file: usize,
        at: usize,
        bytes: Vec<u8>,
    },
    /// A file is cut, or made longer.
    Length { file: usize, length: usize },
    /// What was done to a file, or to the names in a folder, is on the disk.
    Sync { node: usize, data_only: bool },
    /// Telegram is told these receipts, or that somebody was forgotten.
    Told {
        receipts: Vec<String>,
        farewell: bool,
    },
}

/// One call. Moments are counted; each call has its own two.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) begun: usize,
    pub(super) ended: usize,
    pub(super) act: Act,
}

/// All that a process, or one after the other, did.
#[derive(Default)]
pub(super) struct Tape {
    pub(super) steps: Vec<Step>,
    /// Whether a node is a folder.
    pub(super) folders: Vec<bool>,
    names: BTreeMap<Place, usize>,
    moment: usize,
}

/// The words before the program that have it traced into this file.
pub(super) fn tracer(trace: &Path) -> Vec<String> {
    // The tracer stands aside (-D), so that the process that was started is the bot.
    let words = [
        "strace", "-D", "-f", "-y", "-xx", "-s", "40000000", "-e", CALLS, "-o",
    ];
    let trace = trace.to_str().unwrap();
    words
        .into_iter()
        .chain([trace])
        .map(str::to_owned)
        .collect()
}

/// The files that one process has open.
struct Process<'t> {
    tape: &'t mut Tape,
    root: PathBuf,
    /// By number: the node, and where the next `write` goes.
    open: BTreeMap<i64, (usize, usize)>,
    /// What a thread has begun.
    waiting: BTreeMap<String, (usize, String)>,
    /// Whether it is the bot already.
    started: bool,
    /// Processes that it started: they have files of their own, and nothing of the folder.
    others: BTreeSet<String>,
}

impl Tape {
    /// With a data folder in which nothing is, durably.
    pub(super) fn new() -> Self {
        Self {
            folders: vec![true],
            ..Self::default()
        }
    }

    /// Reads on: another process did this on the same folder.
    pub(super) fn read(&mut self, trace: &str, root: &Path) {
        let mut process = Process {
            tape: self,
            root: root.to_owned(),
            open: BTreeMap::new(),
            waiting: BTreeMap::new(),
            started: false,
            others: BTreeSet::new(),
        };
        for line in trace.lines() {
            process.line(line);
        }
        let unended: Vec<&String> = process.waiting.values().map(|(_, call)| call).collect();
        assert!(
            unended.iter().all(|call| !call.contains("write")),
            "{unended:?}"
        );
    }

    /// One moment after the last.
    pub(super) fn end(&self) -> usize {
        self.moment
    }

    /// As if nothing were ever made durable by fdatasync: a bot that leaves it out.
    pub(super) fn without_fdatasync(&mut self) {
        self.steps.retain(|step| match &step.act {
            Act::Sync { data_only, .. } => !data_only,
            Act::Names(_) | Act::Write { .. } | Act::Length { .. } | Act::Told { .. } => true,
        });
    }

    fn node(&mut self, is_folder: bool) -> usize {
        self.folders.push(is_folder);
        self.folders.len() - 1
    }
}

impl Process<'_> {
    fn line(&mut self, line: &str) {
        let begun = self.tape.moment;
        self.tape.moment += 2;
        let Some((thread, rest)) = line.split_once(' ') else {
            return;
        };
        let rest = rest.trim_start();
        if rest.starts_with("execve(") {
            if std::mem::replace(&mut self.started, true) {
                self.others.insert(thread.to_owned());
            }
            return;
        }
        if self.others.contains(thread) {
            return;
        }
        if let Some(call) = rest.strip_suffix(" <unfinished ...>") {
            if let Some(number) = call.strip_prefix("close(") {
                // From here on another thread may be given its number.
                self.open.remove(&integer(number));
            }
            let waits = (begun, call.to_owned());
            self.waiting.insert(thread.to_owned(), waits);
            return;
        }
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some((begun, mut call)) = self.waiting.remove(thread) else {
                return;
            };
            call.push_str(resumed.split_once(" resumed>").unwrap().1);
            if !call.starts_with("close(") {
                self.call(begun, &call);
            }
            return;
        }
        if rest.starts_with("+++") || rest.starts_with("---") {
            return;
        }
        self.call(begun, rest);
    }

    fn call(&mut self, begun: usize, call: &str) {
        let ended = self.tape.moment - 1;
        let (name, rest) = call
            .split_once('(')
            .unwrap_or_else(|| panic!("{call:.200}"));
        let (arguments, result) = rest
            .rsplit_once(" = ")
            .unwrap_or_else(|| panic!("{call:.200}"));
        let arguments = arguments.trim_end().trim_end_matches(')');
        let failed = result.starts_with('-') || result.starts_with('?');
        let is_open = self.open.contains_key(&integer(arguments));
        let acts = match name {
            "sendto" | "sendmsg" | "write" | "writev" if !is_open => told(arguments),
            _ if failed => Vec::new(),
            _ => self.acts(name, &split(arguments), integer(result)),
        };
        let steps = acts.into_iter().map(|act| Step { begun, ended, act });
        self.tape.steps.extend(steps);
    }

    fn acts(&mut self, name: &str, arguments: &[&str], result: i64) -> Vec<Act> {
        match name {
            "openat" => self.opened(arguments[0], arguments[1], arguments[2], result),
            "close" => {
                self.open.remove(&integer(arguments[0]));
                Vec::new()
            }
            "mkdir" => self.made(None, arguments[0]),
            "mkdirat" => self.made(Some(arguments[0]), arguments[1]),
            "unlink" | "rmdir" => self.named(self.place(None, arguments[0]), None),
            "unlinkat" => self.named(self.place(Some(arguments[0]), arguments[1]), None),
            "rename" => self.renamed(None, arguments[0], None, arguments[1]),
            "renameat" | "renameat2" => {
                let [from, old, to, new, ..] = *arguments else {
                    panic!("{arguments:?}");
                };
                self.renamed(Some(from), old, Some(to), new)
            }
            "link" => self.linked(None, arguments[0], None, arguments[1]),
            "linkat" => {
                let [from, old, to, new, ..] = *arguments else {
                    panic!("{arguments:?}");
                };
                self.linked(Some(from), old, Some(to), new)
            }
            "ftruncate" => {
                let length = arguments[1].parse().unwrap();
                let file = self.fd(arguments[0]);
                file.map(|file| Act::Length { file, length })
                    .into_iter()
                    .collect()
            }
            "pwrite64" => {
                let at = arguments[3].parse().unwrap();
                let mut bytes = text(arguments[1]);
                bytes.truncate(result as usize);
                let file = self.fd(arguments[0]);
                file.map(|file| Act::Write { file, at, bytes })
                    .into_iter()
                    .collect()
            }
            "write" | "writev" => {
                let mut bytes = texts(arguments[1]);
                bytes.truncate(result as usize);
                let (file, next) = self.open.get_mut(&integer(arguments[0])).unwrap();
                let at = *next;
                *next += bytes.len();
                vec![Act::Write {
                    file: *file,
                    at,
                    bytes,
                }]
            }
            "lseek" => {
                if let Some((_, next)) = self.open.get_mut(&integer(arguments[0])) {
                    *next = result as usize;
                }
                Vec::new()
            }
            "fsync" | "fdatasync" => {
                let data_only = name == "fdatasync";
                let node = self.fd(arguments[0]);
                node.map(|node| Act::Sync { node, data_only })
                    .into_iter()
                    .collect()
            }
            // It says nothing of the disk's cache, nor of the file's length: no promise.
            "sync_file_range" => Vec::new(),
            other => {
                let ours = arguments.iter().any(|argument| self.is_ours(argument));
                assert!(!ours, "what does {other} do?");
                Vec::new()
            }
        }
    }

    fn opened(&mut self, folder: &str, path: &str, flags: &str, number: i64) -> Vec<Act> {
        self.open.remove(&number);
        let path = self.resolved(Some(folder), path);
        let Ok(inside) = path.strip_prefix(&self.root) else {
            return Vec::new();
        };
        if inside.as_os_str().is_empty() {
            self.open.insert(number, (ROOT, 0));
            return Vec::new();
        }
        assert!(
            !flags.contains("O_APPEND") && !flags.contains("O_TMPFILE"),
            "{flags}"
        );
        let place = self.place_of(&path).unwrap();
        let found = self.tape.names.get(&place).copied();
        let (node, acts) = match found {
            Some(node) if flags.contains("O_TRUNC") => {
                let cut = Act::Length {
                    file: node,
                    length: 0,
                };
                (node, vec![cut])
            }
            Some(node) => (node, Vec::new()),
            None => {
                assert!(
                    flags.contains("O_CREAT"),
                    "{} comes from nowhere",
                    path.display()
                );
                let node = self.tape.node(false);
                (node, self.named(Some(place), Some(node)))
            }
        };
        self.open.insert(number, (node, 0));
        acts
    }

    fn made(&mut self, folder: Option<&str>, path: &str) -> Vec<Act> {
        let node = self.tape.node(true);
        self.named(self.place(folder, path), Some(node))
    }

    fn named(&mut self, place: Option<Place>, node: Option<usize>) -> Vec<Act> {
        place.map_or_else(Vec::new, |place| self.put(vec![(place, node)]))
    }

    fn renamed(&mut self, from: Option<&str>, old: &str, to: Option<&str>, new: &str) -> Vec<Act> {
        let (Some(old), Some(new)) = (self.place(from, old), self.place(to, new)) else {
            return Vec::new();
        };
        let node = self.tape.names.get(&old).copied();
        self.put(vec![(old, None), (new, node)])
    }

    fn linked(&mut self, from: Option<&str>, old: &str, to: Option<&str>, new: &str) -> Vec<Act> {
        let (Some(old), Some(new)) = (self.place(from, old), self.place(to, new)) else {
            return Vec::new();
        };
        let node = self.tape.names.get(&old).copied();
        self.put(vec![(new, node)])
    }

    fn put(&mut self, puts: Vec<(Place, Option<usize>)>) -> Vec<Act> {
        for (place, node) in &puts {
            match node {
                Some(node) => self.tape.names.insert(place.clone(), *node),
                None => self.tape.names.remove(place),
            };
        }
        vec![Act::Names(puts)]
    }

    fn fd(&self, argument: &str) -> Option<usize> {
        let found = self.open.get(&integer(argument)).map(|(node, _)| *node);
        assert!(
            found.is_some() || !self.is_ours(argument),
            "{argument} was not opened"
        );
        found
    }

    fn is_ours(&self, argument: &str) -> bool {
        let path = argument.split_once('<').map(|(_, path)| path);
        path.is_some_and(|path| PathBuf::from(hex(path)).starts_with(&self.root))
    }

    fn place(&self, folder: Option<&str>, path: &str) -> Option<Place> {
        self.place_of(&self.resolved(folder, path))
    }

    /// A relative path is one within the data folder: the bot enters it.
    fn resolved(&self, folder: Option<&str>, path: &str) -> PathBuf {
        let path = PathBuf::from(String::from_utf8(text(path)).unwrap());
        match folder.and_then(|folder| folder.split_once('<')) {
            Some((_, folder)) => PathBuf::from(hex(folder)).join(path),
            None => self.root.join(path),
        }
    }

    /// Where a path of ours stands; nothing for one of others.
    fn place_of(&self, path: &Path) -> Option<Place> {
        let inside = path.strip_prefix(&self.root).ok()?;
        let mut folder = ROOT;
        for part in inside.parent()? {
            let place = (folder, part.to_str().unwrap().to_owned());
            folder = *self
                .tape
                .names
                .get(&place)
                .unwrap_or_else(|| panic!("{}", path.display()));
        }
        Some((folder, inside.file_name()?.to_str()?.to_owned()))
    }
}

/// What is said by this, as far as it matters here.
fn told(arguments: &str) -> Vec<Act> {
    let bytes = texts(arguments);
    let said = String::from_utf8_lossy(&bytes);
    let mut receipts = receipts_in(&said);
    receipts.retain(|receipt| receipt != super::EXAMPLE);
    let farewell = said.contains(super::FAREWELL);
    match receipts.is_empty() && !farewell {
        true => Vec::new(),
        false => vec![Act::Told { receipts, farewell }],
    }
}

/// The arguments of a call, those in brackets as one.
fn split(arguments: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut begin) = (Vec::new(), 0, 0);
    for (at, byte) in arguments.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(arguments[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(arguments[begin..].trim());
    parts
}

/// The number that this begins with.
fn integer(text: &str) -> i64 {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().unwrap_or(-1)
}

fn text(argument: &str) -> Vec<u8> {
    let whole = argument
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    // One that was cut short ends with dots.
    unhex(whole.unwrap_or_else(|| panic!("{argument:.200}")))
}

/// Every text of an argument, one after the other.
fn texts(argument: &str) -> Vec<u8> {
    assert!(!argument.contains("\"..."), "a text is cut short");
    argument
        .split('"')
        .skip(1)
        .step_by(2)
        .flat_map(unhex)
        .collect()
}

/// A path behind a `<`.
fn hex(path: &str) -> String {
    String::from_utf8(unhex(path.split('>').next().unwrap())).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap() as u8;
    let each = text.as_bytes().chunks_exact(4);
    assert!(each.remainder().is_empty(), "{text:.200}");
    each.map(|four| 16 * digit(four[2]) + digit(four[3]))
        .collect()
}
