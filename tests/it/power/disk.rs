//! What a disk may hold after a crash at some moment of a tape.
//!
//! | model | what may be there |
//! |---|---|
//! | process | all that calls did which had ended. Of a call that was under way: nothing, all, or of a write the first pages |
//! | power | what was made durable; of all else any part. A file's bytes are durable by an fsync or fdatasync of the file that began after the write had ended; a name by an fsync of its folder (a rename, of either folder), never by one of the file. Names in one place keep their order, all others have none. A rename happens as a whole |
//! | torn | the same, and of a write that was not durable any of its sectors of 512 or 4,096 bytes; what lies between is zeros, and the file may be as long as if all had come |
//!
//! This is less than what ext4, XFS or btrfs promise (they keep more order among names): what survives here survives there. A
//! `sync_file_range` makes nothing durable.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::tape::{Act, Place, ROOT, Step, Tape};
use crate::crash::Luck;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Model {
    Process,
    Power,
    Torn,
}

/// A tape, looked at from where it is asked for.
pub(super) struct Disk<'t> {
    tape: &'t Tape,
    /// The calls that change names.
    names: Vec<&'t Step>,
    /// The calls that change a file, by file.
    changes: BTreeMap<usize, Vec<&'t Step>>,
    /// When a file or folder was made durable: from when to when.
    syncs: BTreeMap<usize, Vec<(usize, usize)>>,
    /// Every moment at which something begins or ends.
    moments: Vec<usize>,
}

/// A file or a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Folder,
    File(Vec<u8>),
}

/// How a moment's luck is.
struct Fate<'l> {
    model: Model,
    luck: &'l mut Luck,
    /// Of eight things that are not durable so many are there.
    keeps: u64,
    /// Bytes of what is written at once.
    sector: usize,
    /// Whether sectors are lost from the end only.
    in_order: bool,
}

impl<'t> Disk<'t> {
    pub(super) fn of(tape: &'t Tape) -> Self {
        let mut disk = Self {
            tape,
            names: Vec::new(),
            changes: BTreeMap::new(),
            syncs: BTreeMap::new(),
            moments: Vec::new(),
        };
        for step in &tape.steps {
            disk.moments.extend([step.begun, step.ended]);
            match &step.act {
                Act::Names(_) => disk.names.push(step),
                Act::Write { file, .. } | Act::Length { file, .. } => {
                    disk.changes.entry(*file).or_default().push(step);
                }
                Act::Sync { node, .. } => {
                    let syncs = disk.syncs.entry(*node).or_default();
                    syncs.push((step.begun, step.ended));
                }
                Act::Told { .. } => {}
            }
        }
        disk
    }

    /// A moment at which something begins or ends.
    pub(super) fn moment(&self, luck: &mut Luck) -> usize {
        self.moments[luck.below(self.moments.len() as u64) as usize]
    }

    /// What may be there after a crash at this moment, by path.
    pub(super) fn at(&self, now: usize, model: Model, luck: &mut Luck) -> BTreeMap<String, Found> {
        let mut fate = Fate {
            model,
            keeps: [0, 2, 4, 7][luck.below(4) as usize],
            sector: [512, 4096][luck.below(2) as usize],
            in_order: luck.below(2) == 0,
            luck,
        };
        let names = self.names_at(now, &mut fate);
        let mut found = BTreeMap::new();
        let mut folders = vec![(ROOT, String::new())];
        while let Some((folder, path)) = folders.pop() {
            let inside = names.range((folder, String::new())..(folder + 1, String::new()));
            for ((_, name), node) in inside {
                let path = format!("{path}{name}");
                if self.tape.folders[*node] {
                    folders.push((*node, format!("{path}/")));
                    found.insert(path, Found::Folder);
                } else {
                    let bytes = self.bytes_at(*node, now, &mut fate);
                    found.insert(path, Found::File(bytes));
                }
            }
        }
        found
    }

    fn names_at(&self, now: usize, fate: &mut Fate<'_>) -> BTreeMap<Place, usize> {
        let begun = self.names.iter().filter(|step| step.begun <= now);
        let begun: Vec<&Step> = begun.copied().collect();
        // From the end: what is durable takes along what came before it in its places.
        let mut durable = BTreeSet::new();
        let mut settled: BTreeSet<&Place> = BTreeSet::new();
        for (number, step) in begun.iter().copied().enumerate().rev() {
            let puts = places(step);
            let synced = puts
                .iter()
                .any(|((folder, _), _)| step.ended < self.settled(*folder, now));
            if synced || puts.iter().any(|(place, _)| settled.contains(place)) {
                durable.insert(number);
                settled.extend(puts.iter().map(|(place, _)| place));
            }
        }
        let mut names = BTreeMap::new();
        let mut lost: BTreeSet<&Place> = BTreeSet::new();
        for (number, step) in begun.iter().copied().enumerate() {
            let puts = places(step);
            let kept = durable.contains(&number)
                || fate.keeps_call(step.ended <= now)
                    && !puts.iter().any(|(place, _)| lost.contains(place));
            for (place, node) in puts {
                match (kept, node) {
                    (false, _) => {
                        lost.insert(place);
                    }
                    (true, Some(node)) => {
                        names.insert(place.clone(), *node);
                    }
                    (true, None) => {
                        names.remove(place);
                    }
                }
            }
        }
        names
    }

    fn bytes_at(&self, file: usize, now: usize, fate: &mut Fate<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let settled = self.settled(file, now);
        let changes = self.changes.get(&file).into_iter().flatten();
        for step in changes.filter(|step| step.begun <= now) {
            let durable = step.ended < settled;
            let ended = step.ended <= now;
            match &step.act {
                Act::Length { length, .. } if durable || fate.keeps_call(ended) => {
                    bytes.resize(*length, 0);
                }
                Act::Write { at, bytes: new, .. } => {
                    for (from, to) in fate.parts(*at, new.len(), durable, ended) {
                        bytes.resize(bytes.len().max(at + to), 0);
                        bytes[at + from..at + to].copy_from_slice(&new[from..to]);
                    }
                }
                Act::Length { .. } | Act::Names(_) | Act::Sync { .. } | Act::Told { .. } => {}
            }
        }
        bytes
    }

    /// What had ended before this is durable.
    fn settled(&self, node: usize, now: usize) -> usize {
        let syncs = self.syncs.get(&node).into_iter().flatten();
        let ended = syncs.filter(|(_, ended)| *ended <= now);
        ended.map(|(begun, _)| *begun).max().unwrap_or_default()
    }
}

fn places(step: &Step) -> &[(Place, Option<usize>)] {
    match &step.act {
        Act::Names(puts) => puts,
        Act::Write { .. } | Act::Length { .. } | Act::Sync { .. } | Act::Told { .. } => &[],
    }
}

impl Fate<'_> {
    /// Whether a call that is not durable has come.
    fn keeps_call(&mut self, ended: bool) -> bool {
        match self.model {
            Model::Process => ended || self.luck.below(2) == 0,
            Model::Power | Model::Torn => self.luck.below(8) < self.keeps,
        }
    }

    /// Which parts of a write have come; an empty one at its end where only its length has.
    fn parts(
        &mut self,
        at: usize,
        length: usize,
        durable: bool,
        ended: bool,
    ) -> Vec<(usize, usize)> {
        let whole = vec![(0, length)];
        match self.model {
            _ if durable => whole,
            Model::Process if ended => whole,
            Model::Process => self.sectors(at, length, 4096, true),
            Model::Power => match self.keeps_call(ended) {
                true => whole,
                false => Vec::new(),
            },
            Model::Torn => {
                let mut parts = match self.keeps_call(ended) {
                    true => self.sectors(at, length, self.sector, self.in_order),
                    false => Vec::new(),
                };
                if self.luck.below(4) == 0 {
                    parts.push((length, length));
                }
                parts
            }
        }
    }

    fn sectors(
        &mut self,
        at: usize,
        length: usize,
        size: usize,
        in_order: bool,
    ) -> Vec<(usize, usize)> {
        let mut edges = vec![0];
        edges.extend(
            (at / size + 1..)
                .map(|n| n * size - at)
                .take_while(|edge| *edge < length),
        );
        edges.push(length);
        let parts: Vec<(usize, usize)> = edges.windows(2).map(|edge| (edge[0], edge[1])).collect();
        if in_order {
            let some = self.luck.below(parts.len() as u64 + 1) as usize;
            return parts[..some].to_vec();
        }
        parts
            .into_iter()
            .filter(|_| self.luck.below(2) == 0)
            .collect()
    }
}

/// Puts it there.
pub(super) fn lay(found: &BTreeMap<String, Found>, root: &Path) {
    let mut private = fs::DirBuilder::new();
    private.mode(0o700).create(root).unwrap();
    // A folder stands before what is in it.
    for (path, what) in found {
        let path = root.join(path);
        match what {
            Found::Folder => private.create(&path).unwrap(),
            Found::File(bytes) => {
                let mut new = fs::OpenOptions::new();
                let mut file = new
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(&path)
                    .unwrap();
                std::io::Write::write_all(&mut file, bytes).unwrap();
            }
        }
    }
}

/// What is truly there, but for sockets.
pub(super) fn look(root: &Path) -> BTreeMap<String, Found> {
    let mut found = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}{}", entry.file_name().to_str().unwrap());
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(format!("{path}/"));
                found.insert(path, Found::Folder);
            } else if kind.is_file() {
                found.insert(path, Found::File(fs::read(entry.path()).unwrap()));
            }
        }
    }
    found
}
