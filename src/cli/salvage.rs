//! `samleng restore --salvage`: the store is damaged. What can still be read of it is brought together with a backup.
//!
//! Guarantees: it says exactly what comes from where and what is known to be missing before anything is touched; the damaged folder is
//! put aside whole; what was erased, as far as it is known, stays erased.
//!
//! Must never: open the damaged store as the bot does, or change anything before somebody has said yes.

use anyhow::Context as _;
use jiff::Timestamp;

use super::restore::{Args, checked, confirm, erased, said, utc, without_bot};
use super::{Common, setup};
use crate::runtime::restoring::{self, Since};
use crate::store::backup::Manifest;
use crate::store::folder::DataFolder;
use crate::store::salvage::{Counts, Report, Salvage};
use crate::store::{rebuild, restore};

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let settings = &forum.config.settings;
    let data = setup::existing(&common.data)?;
    let now = Timestamp::now();
    let master = setup::master(settings, &data)?;
    let backup = args.file.as_deref().map(setup::absolute).transpose()?;
    if let Some(path) = &backup {
        checked(path, &master, args, now)?;
    }
    let folder = DataFolder::open(&data)?;
    setup::ours(&data)?;
    without_bot(&folder)?;
    rebuild::finish(&folder)?;
    let alone = restore::alone(&folder).context("the data folder is in use")?;
    let unreadable = "nothing can be salvaged";
    let salvage = Salvage::read(&folder, &master).context(unreadable)?;
    // Whether all erasures are known only a list beside the backups can tell.
    let listed = erased(Vec::new(), backup.as_deref(), settings, &master)?;
    let all_known = listed.is_some();
    let own = salvage.store().all()?;
    let gone = erased(vec![own], backup.as_deref(), settings, &master)?.unwrap_or_default();
    let work = || {
        let mut unpacked = match &backup {
            Some(path) => restore::begin(&alone, path, &master)?,
            None => salvage.begin(&alone)?,
        };
        let manifest = backup.is_some().then_some(&unpacked.manifest);
        let manifest = manifest.cloned();
        let report = salvage.bring_into(&mut unpacked, &folder)?;
        super::print(&told(&report, manifest.as_ref(), all_known))?;
        if !args.yes {
            confirm()?;
        }
        let since = Since {
            gone: &gone,
            all_known,
            salvaged: true,
        };
        let done = restoring::bring_up(&mut unpacked, since, &forum, now)?;
        let aside = restore::settle(&alone, unpacked, now)?;
        anyhow::Ok((done, aside))
    };
    let result = work();
    if result.is_err() {
        // The next start removes it otherwise.
        let _ = restore::clear(&folder);
    }
    let (done, aside) = result?;
    super::print(&said(done, aside.as_deref()))
}

fn told(report: &Report, backup: Option<&Manifest>, all_known: bool) -> String {
    let mut lines = vec![match backup {
        Some(manifest) => format!(
            "The damaged store, brought together with the backup of {}:",
            utc(manifest.taken_at)
        ),
        None => "The damaged store, without a backup:".to_owned(),
    }];
    let mut line = |counts: &Counts, what: &str| {
        if counts.records > 0 {
            lines.push(format!(
                "  {what}: {} people, {} concerns, {} records in all",
                counts.people, counts.concerns, counts.records
            ));
        }
    };
    line(&report.same, "the same in both");
    line(&report.only_backup, "only in the backup");
    line(&report.only_store, "only in the damaged store");
    line(
        &report.newer,
        "changed since the backup, as in the damaged store",
    );
    line(
        &report.removed,
        "removed since the backup, and not brought back",
    );
    line(
        &report.unsure,
        "as in the backup, though perhaps changed since",
    );
    line(&report.parts, "damaged, and lost");
    lines.push(format!(
        "  files: {}, of them {} only in the damaged folder; {} are lost",
        report.files, report.files_from_store, report.files_missing
    ));
    let numbers: Vec<String> = report.concerns_missing.iter().map(u64::to_string).collect();
    lines.push(match numbers.as_slice() {
        [] => "No other concern is known to be missing.".to_owned(),
        some => format!(
            "Known to be missing: {} concerns (internal numbers {}).",
            some.len(),
            some.join(", ")
        ),
    });
    lines.push(
        match all_known {
            true => "What was withdrawn or erased since the backup is erased again.",
            false => {
                "There is no list of erasures beside a backup: what was withdrawn or erased is erased again as far as the \
                 damaged store tells."
            }
        }
        .to_owned(),
    );
    lines.push("What waited to be sent is not sent.".to_owned());
    lines.join("\n") + "\n"
}
