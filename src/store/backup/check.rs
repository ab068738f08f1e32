//! Reading a backup to its last byte, to see that it is whole and what is in it. Nothing is written.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::erasures::{Gone, What};
use super::super::files;
use super::super::key::MasterKey;
use super::super::kind::{self, Each};
use super::super::record::{self, Meta, Record};
use super::super::vault::StoreError;
use super::item::{Item, Items};
use super::make::kept_file;
use super::{BackupError, Manifest, Summary};
use crate::dialogue::Person;
use crate::domain::{Concern, Report, Sealed, Status};

/// What is in a backup.
#[derive(Clone, Debug)]
pub struct Contents {
    /// What it says at its beginning.
    pub manifest: Manifest,
    /// What was found in it, which is what it says at its end.
    pub summary: Summary,
    /// What there is once.
    pub meta: Meta,
    /// The keyed hashes of all that an erasure could be about.
    erasable: Vec<(What, [u8; 16])>,
}

/// Reads all of it: every byte is as it was written, every record one that this program knows, every file there and opened by
/// the key in its record.
///
/// # Errors
/// [`BackupError`].
pub fn check(path: &Path, master: &MasterKey) -> Result<Contents, BackupError> {
    let mut items = Items::open(path, master)?;
    let mut summary = Summary::default();
    let mut meta = None;
    let mut erasable = Vec::new();
    let mut kept: BTreeMap<String, Sealed> = BTreeMap::new();
    while let Some(item) = items.next()? {
        match item {
            Item::Record {
                key,
                version,
                plain,
            } => {
                summary.record(&key, version, &plain);
                decodes(&key, version, &plain)?;
                let named = kept_file(&key, version, &plain)?;
                kept.extend(named.map(|sealed| (sealed.name.clone(), sealed)));
                if key == record::meta().bytes {
                    meta = Some(record::decode(version, &plain).map_err(StoreError::Record)?);
                }
                erasable.extend(hashes(&key, version, &plain, master)?);
            }
            Item::File { name, bytes } => {
                summary.file(&name, &bytes);
                let sealed = kept.remove(&name);
                let sealed =
                    sealed.ok_or_else(|| BackupError::damaged("no record names a file"))?;
                files::open(&sealed, &bytes)
                    .map_err(|_| BackupError::damaged("a file does not open"))?;
            }
            Item::Lost(name) => {
                summary.lost += 1;
                let lost = kept.remove(&name);
                lost.ok_or_else(|| BackupError::damaged("no record names a file"))?;
            }
        }
    }
    if !kept.is_empty() {
        return Err(BackupError::damaged("a file is missing"));
    }
    if items.summary != Some(summary) {
        return Err(BackupError::damaged("it does not hold what it says"));
    }
    Ok(Contents {
        manifest: items.manifest,
        summary,
        // A store on which nothing ever happened has none.
        meta: meta.unwrap_or_default(),
        erasable,
    })
}

impl Contents {
    /// Which of these erasures take something from it that it still has: those that came after it.
    #[must_use]
    pub fn concerned<'g>(&self, gone: &'g [Gone]) -> Vec<&'g Gone> {
        let mut erasable = self.erasable.clone();
        erasable.sort_unstable();
        let since = gone
            .iter()
            .filter(|gone| gone.number >= self.meta.next_erasure);
        since
            .filter(|gone| match gone.what {
                What::Everything => true,
                What::Concern
                | What::Draft
                | What::Person
                | What::Role
                | What::Voice
                | What::Said => erasable.binary_search(&(gone.what, gone.hash)).is_ok(),
            })
            .collect()
    }
}

/// What an erasure could be about.
fn hashes(
    key: &[u8],
    version: u8,
    plain: &[u8],
    master: &MasterKey,
) -> Result<Vec<(What, [u8; 16])>, StoreError> {
    Ok(match key.first() {
        Some(&Concern::PREFIX) => {
            let concern: Concern = record::decode(version, plain).map_err(StoreError::Record)?;
            let stands = concern.status != Status::Withdrawn;
            let hash = stands.then(|| (What::Concern, master.gone_concern(concern.receipt)));
            hash.into_iter().collect()
        }
        Some(&Person::PREFIX) => {
            let person: Person = record::decode(version, plain).map_err(StoreError::Record)?;
            let role = person
                .role
                .map(|_| (What::Role, master.gone_role(person.number)));
            let follows = person.follows.keys();
            let voices =
                follows.map(|promise| (What::Voice, master.gone_voice(*promise, person.number)));
            let drafts = person.state.drafts().map(|draft| {
                let hash = master.gone_draft(person.number, draft.begun_at);
                (What::Draft, hash)
            });
            let hash = (What::Person, master.gone_person(person.chat));
            let all = role.into_iter().chain(voices).chain(drafts);
            all.chain([hash]).collect()
        }
        Some(&Report::PREFIX) => {
            let said: Report = record::decode(version, plain).map_err(StoreError::Record)?;
            let hash = said
                .has_more()
                .then(|| (What::Said, master.gone_said(said.promise, said.person)));
            hash.into_iter().collect()
        }
        _ => Vec::new(),
    })
}

/// That a record is one that this program knows.
struct Decodes<'p> {
    version: u8,
    plain: &'p [u8],
}

impl Each for Decodes<'_> {
    type Done = Result<(), StoreError>;

    fn with<R: Record>(self) -> Self::Done {
        let record: Result<R, String> = record::decode(self.version, self.plain);
        record.map(drop).map_err(StoreError::Record)
    }
}

fn decodes(key: &[u8], version: u8, plain: &[u8]) -> Result<(), StoreError> {
    let prefix = key.first().copied().unwrap_or_default();
    kind::with(prefix, Decodes { version, plain }).unwrap_or_else(|| {
        let what = format!("a record of the unknown kind {prefix}");
        Err(StoreError::Record(what))
    })
}
