//! The store as the rest of the program sees it: typed records, sealed, behind the seam.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::copy::Copied;
use super::counted::Counted;
use super::digests::SealedDigest;
use super::index::{Index, is_unwritten};
use super::key::{Epoch, MasterKey};
use super::kv::{Batch, Kv, KvError, Pair};
use super::outbox::Row;
use super::pointer::{self, Pointed};
use super::record::{self, Key, MemberOf, Meta, Openings, Record};
use super::seal::{CHECK_KEY, SealError, Sealer};
use super::stage::{Aftermath, Finished};
use crate::dialogue::Person;
use crate::digest::{Edition, Filter, Records};
use crate::domain::{
    Archive, Attachment, ChatId, Concern, Deed, Endorsement, Meeting, Organisation, Past, Promise,
    Report, Role, Rsvp, Voice, Who, audit,
};

/// How many records are looked at together.
const PAGE: usize = 256;

/// Why the store does not do as told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk, or what sled makes of it. Unless it is about one value's size, the store must be opened anew.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// It was closed after a failure and is not open yet.
    #[error("the store is closed")]
    Closed,
    /// The key is not the one with which the store was made.
    #[error("the key is not the one with which this data folder was made")]
    WrongKey,
    /// A record is damaged, or was written by a newer program.
    #[error("a stored record cannot be read: {0}")]
    Record(String),
}

impl StoreError {
    /// Whether nothing can be read or written until the store is opened again.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Kv(error) => error.is_final(),
            Self::WrongKey | Self::Closed => true,
            Self::Record(_) => false,
        }
    }
}

/// An open store.
pub struct Store {
    pub(super) kv: Copied,
    pub(super) sealer: Arc<Sealer>,
    pub(super) master: MasterKey,
    /// Made when it is first asked for.
    pub(super) index: OnceCell<Index>,
    erased_since: Option<Timestamp>,
    /// Where it is said how far each commit got, if it is.
    counted: Option<Counted>,
}

impl Store {
    /// Unlocks what is behind the seam; a store that is still empty is marked with this key.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], and those of the seam.
    pub fn unlock(kv: Box<dyn Kv>, master: MasterKey, epoch: &Epoch) -> Result<Self, StoreError> {
        let keys = master.derive(epoch);
        let sealer = Sealer::new(&keys.seal, &keys.index);
        Self::under(kv, master, Arc::new(sealer))
    }

    /// The same under keys that come from no epoch.
    pub(super) fn under(
        kv: Box<dyn Kv>,
        master: MasterKey,
        sealer: Arc<Sealer>,
    ) -> Result<Self, StoreError> {
        let mut kv = Copied::new(kv);
        if verify(&kv, &sealer)?.is_none() {
            let mut batch = Batch::new();
            batch.put(CHECK_KEY, sealer.check_value());
            kv.commit(batch)?;
        }
        let mut store = Self {
            kv,
            sealer,
            master,
            index: OnceCell::new(),
            erased_since: None,
            counted: None,
        };
        store.point_anew()?;
        store.erased_since = store.meta()?.erased_since;
        Ok(store)
    }

    /// Unlocks what is behind the seam, to be read only: what an older program left is read as it lies.
    ///
    /// # Errors
    /// As [`Store::unlock`]; [`StoreError::Record`] if it was never unlocked before.
    pub(super) fn unlock_to_read(
        kv: Box<dyn Kv>,
        master: MasterKey,
        epoch: &Epoch,
    ) -> Result<Self, StoreError> {
        let keys = master.derive(epoch);
        let sealer = Arc::new(Sealer::new(&keys.seal, &keys.index));
        let kv = Copied::new(kv);
        verify(&kv, &sealer)?.ok_or_else(|| StoreError::Record("it was never begun".to_owned()))?;
        Ok(Self {
            kv,
            sealer,
            master,
            index: OnceCell::new(),
            erased_since: None,
            counted: None,
        })
    }

    /// From now on each commit says here how far it got.
    pub(super) fn counting(mut self, counted: Counted) -> Self {
        self.counted = Some(counted);
        self
    }

    /// The fingerprint of the master key.
    #[must_use]
    pub fn key_fingerprint(&self) -> String {
        self.master.fingerprint()
    }

    /// The record under this key.
    ///
    /// # Errors
    /// Those of the seam, and [`StoreError::Record`].
    pub fn get<R: Record>(&self, key: &Key<R>) -> Result<Option<R>, StoreError> {
        match self.kv.get(&key.bytes)? {
            Some(sealed) => open(&self.sealer, &key.bytes, &sealed).map(Some),
            None => Ok(None),
        }
    }

    /// Whether there is a record under this key.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn has<R: Record>(&self, key: &Key<R>) -> Result<bool, StoreError> {
        Ok(self.kv.get(&key.bytes)?.is_some())
    }

    /// What there is once.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn meta(&self) -> Result<Meta, StoreError> {
        Ok(self.get(&record::meta())?.unwrap_or_default())
    }

    /// Since when something is erased that can still be read in the store's files; see [`super::rebuild`].
    pub fn erased_since(&self) -> Option<Timestamp> {
        self.erased_since
    }

    /// How many bytes the store takes on the disk, where that can be told.
    pub fn on_disk(&self) -> Option<u64> {
        self.kv.on_disk()
    }

    /// How many bytes everything in it has, sealed, with its keys.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let (mut bytes, mut after) = (0, Vec::new());
        loop {
            let page = self.kv.page(&after, PAGE)?;
            let Some((last, _)) = page.last() else {
                return Ok(bytes);
            };
            after.clone_from(last);
            let sizes = page.iter().map(|(key, value)| key.len() + value.len());
            bytes += sizes.sum::<usize>() as u64;
        }
    }

    /// All records of a kind, in the order of their keys.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn all<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        self.sealed::<R>()?
            .iter()
            .map(|(key, sealed)| open(&self.sealer, key, sealed))
            .collect()
    }

    /// The records of a kind whose keys begin like this, with their keys.
    pub(super) fn range<R: Record>(
        &self,
        beginning: &[u8],
    ) -> Result<Vec<(Vec<u8>, R)>, StoreError> {
        let pairs = self.kv.range(beginning)?;
        pairs
            .into_iter()
            .map(|(key, sealed)| {
                let record = open(&self.sealer, &key, &sealed)?;
                Ok((key, record))
            })
            .collect()
    }

    /// Version and bytes of whatever is under this key.
    pub(super) fn opened(&self, key: &[u8]) -> Result<Option<(u8, Vec<u8>)>, StoreError> {
        let sealed = self.kv.get(key)?;
        let open = |sealed: Vec<u8>| self.sealer.open(key, &sealed);
        sealed
            .map(open)
            .transpose()
            .map_err(|error| StoreError::Record(error.to_string()))
    }

    /// What is searched by likeness.
    pub(super) fn index(&self) -> Result<&Index, StoreError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let mut index = Index::default();
        for organisation in self.all::<Organisation>()? {
            index.organisation(&organisation);
        }
        for concern in self.all::<Concern>()? {
            index.concern(&concern);
        }
        for attachment in self.all::<Attachment>()? {
            index.attachment(attachment.id, is_unwritten(&attachment));
        }
        Ok(self.index.get_or_init(|| index))
    }

    /// Writes all pointers anew where they are of an older layout.
    fn point_anew(&mut self) -> Result<(), StoreError> {
        let Some(mut meta) = self.get(&record::meta())? else {
            return Ok(());
        };
        if meta.layout == record::LAYOUT {
            return Ok(());
        }
        let mut batch = Batch::new();
        for prefix in pointer::PREFIXES {
            for (key, _) in self.kv.range(&[prefix])? {
                batch.delete(key);
            }
        }
        self.point(&mut batch, self.all::<Person>()?);
        // Where names have become the same, the oldest organisation is found by them.
        let mut organisations = self.all::<Organisation>()?;
        organisations.reverse();
        self.point(&mut batch, organisations);
        self.point(&mut batch, self.all::<Concern>()?);
        self.point(&mut batch, self.all::<Attachment>()?);
        for (key, said) in self.range::<Report>(&[Report::PREFIX])? {
            let by_person = record::report(&said);
            if by_person.bytes != key {
                batch.delete(key);
            }
            self.seal(&mut batch, &by_person, &said)?;
        }
        meta.layout = record::LAYOUT;
        self.seal(&mut batch, &record::meta(), &meta)?;
        Ok(self.kv.commit(batch)?)
    }

    /// Writes all pointers anew, whatever is there.
    pub(super) fn point_again(&mut self, meta: &Meta) -> Result<(), StoreError> {
        let meta = Meta {
            layout: 0,
            ..meta.clone()
        };
        self.put_meta(&meta)?;
        self.point_anew()
    }

    fn point<R: Pointed>(&self, batch: &mut Batch, records: Vec<R>) {
        for record in records {
            for (key, (version, bytes)) in record.pointers(&self.sealer) {
                let sealed = self.sealer.seal(&key, version, &bytes);
                batch.put(key, sealed);
            }
        }
    }

    fn seal<R: Record>(
        &self,
        batch: &mut Batch,
        key: &Key<R>,
        record: &R,
    ) -> Result<(), StoreError> {
        let plain =
            record::encode(record).map_err(|error| StoreError::Record(error.to_string()))?;
        let sealed = self.sealer.seal(&key.bytes, R::VERSION, &plain);
        batch.put(key.bytes.clone(), sealed);
        Ok(())
    }

    fn sealed<R: Record>(&self) -> Result<Vec<Pair>, StoreError> {
        Ok(self.kv.range(&[R::PREFIX])?)
    }

    /// What a digest needs, still sealed: to copy it takes little time, to open it can be done elsewhere.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot {
            sealer: Arc::clone(&self.sealer),
            concerns: self.sealed::<Concern>()?,
            organisations: self.sealed::<Organisation>()?,
            endorsements: self.sealed::<Endorsement>()?,
            past: self.sealed::<Past>()?,
            meeting: self.sealed::<Meeting>()?,
            rsvps: self.sealed::<Rsvp>()?,
            attachments: self.sealed::<Attachment>()?,
            archives: self.sealed::<Archive>()?,
            promises: self.sealed::<Promise>()?,
            reports: self.sealed::<Report>()?,
            voices: self.sealed::<Voice>()?,
            joined: self
                .sealed::<MemberOf>()?
                .iter()
                .filter_map(|(key, _)| record::first_id(key))
                .collect(),
            frozen: Vec::new(),
            had: None,
            last_number: self.meta()?.last_digest,
        })
    }

    /// The same with the digests that one of this edition and selection is held against.
    ///
    /// # Errors
    /// Those of the seam, and [`StoreError::Record`].
    pub fn snapshot_for(&self, edition: Edition, filter: &Filter) -> Result<Snapshot, StoreError> {
        let snapshot = self.snapshot()?;
        Ok(Snapshot {
            frozen: self.digests_before(edition, filter, &snapshot.concerns)?,
            had: self.had_before(edition, filter)?,
            ..snapshot
        })
    }

    /// Makes a finished stage durable: what is to be sent and done now. Nothing of it is there if this fails, or all of it; of
    /// an erasure of very much perhaps a part, and it is still due.
    ///
    /// # Errors
    /// Those of the seam.
    pub fn commit(&mut self, finished: Finished) -> Result<(Vec<Row>, Aftermath), StoreError> {
        for part in finished.first {
            self.kv.commit(part)?;
        }
        self.kv.commit(finished.batch)?;
        if let Some(counted) = &mut self.counted {
            counted.note(finished.next_event);
        }
        self.erased_since = finished.erased_since;
        if let Some(index) = self.index.get_mut() {
            finished.aftermath.index(index);
        }
        Ok((finished.rows, finished.aftermath))
    }

    /// The hash by which an invitation's code is found. It does not change with the epoch: the code is nowhere, so it
    /// could not be hashed again.
    pub(super) fn code_hash(&self, code: &str) -> [u8; 16] {
        self.master.invitation_hash(code)
    }

    /// The code of the owner's link with this counter.
    pub(super) fn owner_code(&self, counter: u64) -> String {
        self.master.owner_code(counter)
    }

    /// The open owner's link, `https://t.me/<bot>?start=<code>`. Where nobody is owner yet, or a fresh one is wanted,
    /// one is opened first. Nothing before the bot's username is known.
    ///
    /// # Errors
    /// As [`Store::get`] and [`Store::commit`].
    pub fn owner_link(&mut self, fresh: bool, at: Timestamp) -> Result<Option<String>, StoreError> {
        let mut meta = self.meta()?;
        let missing = !meta.has_owner && meta.owner_link.is_none();
        if fresh || missing {
            meta.owner_link = Some(meta.next_owner_link);
            meta.next_owner_link += 1;
            let who = if fresh {
                Who::CommandLine
            } else {
                Who::Program
            };
            let deed = Deed::RoleOffered(Role::Owner);
            let entry = meta.audit.append(at, who, deed);
            let mut batch = Batch::new();
            self.seal(&mut batch, &record::audit(entry.place), &entry)?;
            self.seal(&mut batch, &record::meta(), &meta)?;
            self.kv.commit(batch)?;
        }
        let code = meta.owner_link.map(|counter| self.owner_code(counter));
        Ok(meta
            .username
            .zip(code)
            .map(|(username, code)| format!("https://t.me/{username}?start={code}")))
    }

    /// Keeps the bot's username, for links.
    ///
    /// # Errors
    /// As [`Store::get`] and [`Store::commit`].
    pub fn keep_username(&mut self, username: &str) -> Result<(), StoreError> {
        let meta = self.meta()?;
        if meta.username.as_deref() == Some(username) {
            return Ok(());
        }
        self.put_meta(&Meta {
            username: Some(username.to_owned()),
            ..meta
        })
    }

    /// Adds an entry to the audit log, for what is done outside of a conversation.
    ///
    /// # Errors
    /// As [`Store::get`] and [`Store::commit`].
    pub fn note(&mut self, at: Timestamp, who: Who, deed: Deed) -> Result<(), StoreError> {
        let mut meta = self.meta()?;
        let entry = meta.audit.append(at, who, deed);
        let mut batch = Batch::new();
        self.seal(&mut batch, &record::audit(entry.place), &entry)?;
        self.seal(&mut batch, &record::meta(), &meta)?;
        Ok(self.kv.commit(batch)?)
    }

    /// The whole audit log, and where it ends.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn audit(&self) -> Result<(Vec<audit::Entry>, audit::Head), StoreError> {
        Ok((self.all()?, self.meta()?.audit))
    }

    /// The person in this chat.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn person(&self, chat: ChatId) -> Result<Option<Person>, StoreError> {
        self.get(&record::person(&self.sealer, chat))
    }

    fn put_meta(&mut self, meta: &Meta) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        self.seal(&mut batch, &record::meta(), meta)?;
        Ok(self.kv.commit(batch)?)
    }
}

pub(super) fn open<R: Record>(sealer: &Sealer, key: &[u8], sealed: &[u8]) -> Result<R, StoreError> {
    let (version, bytes) = sealer
        .open(key, sealed)
        .map_err(|error| StoreError::Record(error.to_string()))?;
    record::decode(version, &bytes).map_err(StoreError::Record)
}

/// Records as they were at one moment between two commits.
pub struct Snapshot {
    pub(super) sealer: Arc<Sealer>,
    pub(super) concerns: Vec<Pair>,
    pub(super) organisations: Vec<Pair>,
    pub(super) endorsements: Vec<Pair>,
    pub(super) past: Vec<Pair>,
    pub(super) meeting: Vec<Pair>,
    pub(super) rsvps: Vec<Pair>,
    pub(super) attachments: Vec<Pair>,
    pub(super) archives: Vec<Pair>,
    pub(super) promises: Vec<Pair>,
    pub(super) reports: Vec<Pair>,
    pub(super) voices: Vec<Pair>,
    pub(super) joined: BTreeSet<u64>,
    pub(super) frozen: Vec<SealedDigest>,
    pub(super) had: Option<BTreeSet<u64>>,
    pub(super) last_number: u32,
}

impl Snapshot {
    /// Opens every record.
    ///
    /// # Errors
    /// [`StoreError::Record`].
    pub fn open(&self) -> Result<Records, StoreError> {
        let organisations: Vec<Organisation> = self.opened(&self.organisations)?;
        let concerns: Vec<Concern> = self.opened(&self.concerns)?;
        let meeting: Vec<Meeting> = self.opened(&self.meeting)?;
        let mut past: BTreeMap<u64, Vec<Past>> = BTreeMap::new();
        for (key, sealed) in &self.past {
            let concern = record::first_id(key).unwrap_or_default();
            let beside = open(&self.sealer, key, sealed)?;
            past.entry(concern).or_default().push(beside);
        }
        Ok(Records {
            concerns,
            organisations: organisations
                .into_iter()
                .map(|organisation| (organisation.id, organisation))
                .collect(),
            endorsements: self.opened(&self.endorsements)?,
            past,
            meeting: meeting.into_iter().next(),
            rsvps: self.opened(&self.rsvps)?,
            spoken: self
                .opened::<Attachment>(&self.attachments)?
                .into_iter()
                .filter_map(|file| Some((file.id, file.approved_words()?.to_owned())))
                .collect(),
            joined: self.joined.clone(),
            archives: self.opened(&self.archives)?,
            promises: self.opened(&self.promises)?,
            reports: self.opened(&self.reports)?,
            voices: self.opened(&self.voices)?,
            frozen: self
                .frozen
                .iter()
                .map(|(frozen, sheets)| {
                    let sheets: Vec<Openings> = self.opened(sheets)?;
                    let openings = sheets.into_iter().flat_map(|sheet| sheet.openings);
                    Ok((frozen.clone(), openings.collect()))
                })
                .collect::<Result<_, StoreError>>()?,
            had: self.had.clone(),
            last_number: self.last_number,
        })
    }

    fn opened<R: Record>(&self, pairs: &[Pair]) -> Result<Vec<R>, StoreError> {
        pairs
            .iter()
            .map(|(key, sealed)| open(&self.sealer, key, sealed))
            .collect()
    }
}

/// Whether it is the right key; nothing if the store is empty.
fn verify(kv: &dyn Kv, sealer: &Sealer) -> Result<Option<()>, StoreError> {
    let Some(stored) = kv.get(CHECK_KEY)? else {
        return Ok(None);
    };
    sealer
        .verify(&stored)
        .map(Some)
        .map_err(|error| match error {
            SealError::WrongKey => StoreError::WrongKey,
            SealError::TooShort | SealError::Forged => StoreError::Record(error.to_string()),
        })
}
