//! Reading a backup to its last byte, to see that it is whole and what is in it. Nothing is written.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::erasures::{Gone, What};
use super::super::files;
use super::super::key::MasterKey;
use super::super::outbox::Row;
use super::super::record::{
    self, Aside, ChatOf, CodeOf, FileOf, Leaves, MemberOf, Meta, Numbered, Openings,
    OrganisationName, PartOf, ReceiptOf, Record, Shown, WrittenBy,
};
use super::super::vault::StoreError;
use super::item::{Item, Items};
use super::make::kept_file;
use super::{BackupError, Manifest, Summary};
use crate::dialogue::Person;
use crate::digest::frozen::Frozen;
use crate::domain::{
    AgendaItem, AgendaPlan, Announcement, Archive, Attachment, Card, Concern, Endorsement,
    FloorEntry, Invitation, Meeting, Organisation, Past, Promise, Reminded, Report, Rsvp, Sealed,
    Status, audit,
};

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
                What::Concern | What::Person | What::Role => {
                    erasable.binary_search(&(gone.what, gone.hash)).is_ok()
                }
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
            let hash = (What::Person, master.gone_person(person.chat));
            role.into_iter().chain([hash]).collect()
        }
        _ => Vec::new(),
    })
}

/// That a record is one that this program knows.
fn decodes(key: &[u8], version: u8, plain: &[u8]) -> Result<(), StoreError> {
    fn is<R: Record>(version: u8, plain: &[u8]) -> Result<(), StoreError> {
        let record: Result<R, String> = record::decode(version, plain);
        record.map(drop).map_err(StoreError::Record)
    }
    let is = match key.first().copied().unwrap_or_default() {
        Meta::PREFIX => is::<Meta>,
        Person::PREFIX => is::<Person>,
        Shown::PREFIX => is::<Shown>,
        Organisation::PREFIX => is::<Organisation>,
        Concern::PREFIX => is::<Concern>,
        Attachment::PREFIX => is::<Attachment>,
        Meeting::PREFIX => is::<Meeting>,
        AgendaPlan::PREFIX => is::<AgendaPlan>,
        AgendaItem::PREFIX => is::<AgendaItem>,
        FloorEntry::PREFIX => is::<FloorEntry>,
        Promise::PREFIX => is::<Promise>,
        Report::PREFIX => is::<Report>,
        Rsvp::PREFIX => is::<Rsvp>,
        Endorsement::PREFIX => is::<Endorsement>,
        Past::PREFIX => is::<Past>,
        Invitation::PREFIX => is::<Invitation>,
        Announcement::PREFIX => is::<Announcement>,
        Reminded::PREFIX => is::<Reminded>,
        Archive::PREFIX => is::<Archive>,
        Frozen::PREFIX => is::<Frozen>,
        Openings::PREFIX => is::<Openings>,
        Leaves::PREFIX => is::<Leaves>,
        Card::PREFIX => is::<Card>,
        Gone::PREFIX => is::<Gone>,
        audit::Entry::PREFIX => is::<audit::Entry>,
        Row::PREFIX => is::<Row>,
        Aside::PREFIX => is::<Aside>,
        CodeOf::PREFIX => is::<CodeOf>,
        OrganisationName::PREFIX => is::<OrganisationName>,
        Numbered::PREFIX => is::<Numbered>,
        ChatOf::PREFIX => is::<ChatOf>,
        MemberOf::PREFIX => is::<MemberOf>,
        ReceiptOf::PREFIX => is::<ReceiptOf>,
        WrittenBy::PREFIX => is::<WrittenBy>,
        PartOf::PREFIX => is::<PartOf>,
        FileOf::PREFIX => is::<FileOf>,
        unknown => {
            let what = format!("a record of the unknown kind {unknown}");
            return Err(StoreError::Record(what));
        }
    };
    is(version, plain)
}
