//! A snapshot on its way to the process that makes documents of it: record by record, so that neither side ever holds
//! more than it must.
//!
//! Guarantees: what comes out is what [`Snapshot::open`] gives. It goes through a pipe between two processes of one program, so
//! its form needs no version. It is not sealed, and must never touch a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use super::kv::{MAX_KEY, Pair};
use super::record::{self, Openings, Record};
use super::vault::{Snapshot, StoreError};
use crate::digest::Records;
use crate::digest::frozen::Frozen;
use crate::domain::{
    Archive, Attachment, Concern, Endorsement, Meeting, Organisation, Past, Promise, Report, Rsvp,
    Voice,
};

/// No record is longer.
const MAX_RECORD: usize = 1024 * 1024;

/// Why it does not come through.
#[derive(Debug, thiserror::Error)]
pub enum PourError {
    /// The other side has gone.
    #[error("the pipe broke: {0}")]
    Pipe(#[from] io::Error),
    /// A record cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Snapshot {
    /// Writes every record, and flushes.
    ///
    /// # Errors
    /// See [`PourError`].
    pub fn pour(&self, out: &mut impl Write) -> Result<(), PourError> {
        for pairs in self.kinds() {
            self.pour_pairs(pairs, out)?;
        }
        number(out, self.joined.len())?;
        for id in &self.joined {
            out.write_all(&id.to_be_bytes())?;
        }
        let had = self.had.iter().flatten();
        number(out, usize::from(self.had.is_some()))?;
        number(out, had.clone().count())?;
        for id in had {
            out.write_all(&id.to_be_bytes())?;
        }
        number(out, self.last_number as usize)?;
        number(out, self.frozen.len())?;
        for (frozen, sheets) in &self.frozen {
            let frozen = rmp_serde::to_vec_named(frozen).map_err(io::Error::other)?;
            number(out, frozen.len())?;
            out.write_all(&frozen)?;
            self.pour_pairs(sheets, out)?;
        }
        Ok(out.flush()?)
    }

    fn pour_pairs(&self, pairs: &[Pair], out: &mut impl Write) -> Result<(), PourError> {
        number(out, pairs.len())?;
        for (key, sealed) in pairs {
            let opened = self.sealer.open(key, sealed);
            let (version, bytes) = opened.map_err(|error| StoreError::Record(error.to_string()))?;
            number(out, key.len())?;
            out.write_all(key)?;
            out.write_all(&[version])?;
            number(out, bytes.len())?;
            out.write_all(&bytes)?;
        }
        Ok(())
    }

    /// In the order in which [`records`] reads them.
    fn kinds(&self) -> [&[Pair]; 11] {
        [
            &self.concerns,
            &self.organisations,
            &self.endorsements,
            &self.past,
            &self.meeting,
            &self.rsvps,
            &self.attachments,
            &self.archives,
            &self.promises,
            &self.reports,
            &self.voices,
        ]
    }
}

/// Reads what [`Snapshot::pour`] wrote.
///
/// # Errors
/// See [`PourError`].
pub fn records(input: &mut impl Read) -> Result<Records, PourError> {
    let concerns = kind::<Concern>(input)?;
    let organisations = kind::<Organisation>(input)?;
    let endorsements = kind::<Endorsement>(input)?;
    let mut past: BTreeMap<u64, Vec<Past>> = BTreeMap::new();
    for (key, beside) in kind::<Past>(input)? {
        let concern = record::first_id(&key).unwrap_or_default();
        past.entry(concern).or_default().push(beside);
    }
    let meeting = kind::<Meeting>(input)?;
    let rsvps = kind::<Rsvp>(input)?;
    let attachments = kind::<Attachment>(input)?;
    let archives = kind::<Archive>(input)?;
    let promises = kind::<Promise>(input)?;
    let reports = kind::<Report>(input)?;
    let voices = kind::<Voice>(input)?;
    let joined = ids(input)?;
    let begins_with_one = length(input)? > 0;
    let had = ids(input)?;
    let last_number = length(input)? as u32;
    let mut frozen = Vec::new();
    for _ in 0..length(input)? {
        let digest = bytes(input, MAX_RECORD)?;
        let digest: Frozen = rmp_serde::from_slice(&digest).map_err(io::Error::other)?;
        let sheets = alone(kind::<Openings>(input)?).into_iter();
        frozen.push((digest, sheets.flat_map(|sheet| sheet.openings).collect()));
    }
    let spoken = |file: Attachment| Some((file.id, file.approved_words()?.to_owned()));
    Ok(Records {
        concerns: alone(concerns),
        organisations: alone(organisations)
            .into_iter()
            .map(|known| (known.id, known))
            .collect(),
        joined,
        endorsements: alone(endorsements),
        past,
        meeting: alone(meeting).into_iter().next(),
        rsvps: alone(rsvps),
        spoken: alone(attachments).into_iter().filter_map(spoken).collect(),
        archives: alone(archives),
        promises: alone(promises),
        reports: alone(reports),
        voices: alone(voices),
        frozen,
        had: begins_with_one.then_some(had),
        last_number,
    })
}

fn ids(input: &mut impl Read) -> io::Result<BTreeSet<u64>> {
    let mut ids = BTreeSet::new();
    for _ in 0..length(input)? {
        let mut id = [0; 8];
        input.read_exact(&mut id)?;
        ids.insert(u64::from_be_bytes(id));
    }
    Ok(ids)
}

fn kind<R: Record>(input: &mut impl Read) -> Result<Vec<(Vec<u8>, R)>, PourError> {
    let count = length(input)?;
    let mut records = Vec::new();
    for _ in 0..count {
        let key = bytes(input, MAX_KEY)?;
        let mut version = [0];
        input.read_exact(&mut version)?;
        let plain = bytes(input, MAX_RECORD)?;
        let record = record::decode(version[0], &plain).map_err(StoreError::Record)?;
        records.push((key, record));
    }
    Ok(records)
}

fn alone<R>(records: Vec<(Vec<u8>, R)>) -> Vec<R> {
    records.into_iter().map(|(_, record)| record).collect()
}

fn number(out: &mut impl Write, number: usize) -> io::Result<()> {
    let number = u32::try_from(number).map_err(io::Error::other)?;
    out.write_all(&number.to_be_bytes())
}

fn length(input: &mut impl Read) -> io::Result<usize> {
    let mut number = [0; 4];
    input.read_exact(&mut number)?;
    Ok(u32::from_be_bytes(number) as usize)
}

fn bytes(input: &mut impl Read, at_most: usize) -> io::Result<Vec<u8>> {
    let length = length(input)?;
    if length > at_most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}
