//! A backup, taken from the writer piece by piece while life goes on, and restored: it is what was there when it was begun, and what was
//! erased since does not come back with it (promises 8 and 15).

use std::sync::Arc;

use jiff::Timestamp;
use samleng::runtime::restoring::{Since, bring_up};
use samleng::runtime::work::{Piece, Unavailable, Work};
use samleng::store::backup::{self, BackupError, Source};
use samleng::store::erasures::Gone;
use samleng::store::folder::DataFolder;
use samleng::store::kv::Pair;
use samleng::store::seal::Sealer;
use tokio::sync::oneshot;

use super::bot::{Machine, Process, key};
use super::erased::Erased;
use super::people::marks;

/// A copy under way, or whole.
pub(super) struct Copying {
    sealer: Arc<Sealer>,
    begun_at: Timestamp,
    /// What was there when it was begun.
    was: Vec<Pair>,
    pairs: Vec<Pair>,
    is_whole: bool,
}

/// What the writer will say to the request for the next piece.
pub(super) type Awaited = oneshot::Receiver<Result<Piece, Unavailable>>;

impl Copying {
    /// A copy begins, if the writer has the store open. It must have nothing else to do.
    pub(super) fn begin(machine: &Machine, process: &mut Process) -> Option<Self> {
        let (done, mut hear) = oneshot::channel();
        process.works.send(Work::BeginCopy(done)).ok()?;
        process.write();
        let sealer = hear.try_recv().ok()?.ok()?;
        Some(Self {
            sealer,
            begun_at: machine.clock.now(),
            was: machine.disk.kv.contents(),
            pairs: Vec::new(),
            is_whole: false,
        })
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Asks for the next piece.
    pub(super) fn ask(process: &Process) -> Option<Awaited> {
        let (done, hear) = oneshot::channel();
        process.works.send(Work::CopyOn(done)).ok()?;
        Some(hear)
    }

    /// The piece has come, or not; whether the copy is of use still.
    pub(super) fn takes(&mut self, mut piece: Awaited, process: &Process) -> bool {
        // It died, it opened the store anew, or the store was rebuilt.
        let Ok(Ok(Some(piece))) = piece.try_recv() else {
            return false;
        };
        if piece.is_empty() {
            self.pairs.sort();
            assert!(self.pairs == self.was, "a copy is of no one moment");
            self.is_whole = true;
            let _ = process.works.send(Work::EndCopy);
        }
        self.pairs.extend(piece);
        true
    }

    /// It is made a backup and restored, with what is known of the erasures since.
    pub(super) fn restored(self, machine: &Machine, erased: &Erased) {
        let gone: Vec<Gone> = machine.disk.look().unwrap().all().unwrap();
        let folder = machine.folder.path();
        let (path, into) = (folder.join("backup"), folder.join("restored"));
        let beside = DataFolder::open(folder.join("data")).unwrap();
        let begun_at = self.begun_at;
        let mut source = Replayed {
            sealer: self.sealer,
            pairs: Some(self.pairs),
        };
        backup::take(&path, &beside, key(), &mut source, begun_at, &|| false).unwrap();
        let mut unpacked = backup::unpack(&path, key(), &into, &|| false).unwrap();
        let since = Since {
            gone: &gone,
            all_known: true,
            salvaged: false,
        };
        let now = machine.clock.now();
        bring_up(&mut unpacked, since, &machine.forum, now).unwrap();
        let left = unpacked.store.export().unwrap();
        let back = marks(&left).find(|mark| erased.holds(*mark));
        assert!(
            back.is_none(),
            "erased words come back with a backup: {back:?}"
        );
    }
}

/// The pieces once more.
struct Replayed {
    sealer: Arc<Sealer>,
    pairs: Option<Vec<Pair>>,
}

impl Source for Replayed {
    fn begin(&mut self) -> Result<Arc<Sealer>, BackupError> {
        Ok(Arc::clone(&self.sealer))
    }

    fn next(&mut self) -> Result<Vec<Pair>, BackupError> {
        Ok(self.pairs.take().unwrap_or_default())
    }

    fn end(&mut self) {}
}
