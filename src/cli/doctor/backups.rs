//! Whether there are backups, and how old the newest is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp, Unit};

use super::{Finding, fail, ok, shown, warn};
use crate::config::{Backup, Settings};
use crate::store::backup;
use crate::store::key::{self, KeySources};

/// How much later than it is due the next one may be: it takes its time, and is tried again every hour.
const SLACK: SignedDuration = SignedDuration::from_hours(2);

/// What lies in the folder of the settings.
pub(super) fn finding(
    settings: &Settings,
    data: &Path,
    sources: &anyhow::Result<KeySources>,
) -> Finding {
    let Some(backup) = &settings.backup else {
        return warn(
            "none are taken by themselves: name a folder for them in samleng.toml ([backup]), best on a disk of its own",
        );
    };
    let folder = backup.folder.as_path();
    match std::fs::metadata(folder) {
        Ok(about) if !about.is_dir() => fail(format!("{} is not a folder", shown(folder))),
        Ok(about) if about.permissions().mode() & 0o077 != 0 => fail(format!(
            "others can look into {folder}: chmod 700 {folder}. What is in it is sealed, but for when it was made",
            folder = shown(folder)
        )),
        Ok(_) => look(backup, data, sources),
        Err(error) => fail(format!(
            "{}: {error}; make it, or mount its disk, and start the bot again",
            shown(folder)
        )),
    }
}

fn look(settings: &Backup, data: &Path, sources: &anyhow::Result<KeySources>) -> Finding {
    let found = sources
        .as_ref()
        .ok()
        .map(|sources| key::find(sources, data));
    let Some(Ok(Some((key, _)))) = found else {
        return warn("how old they are was not looked at, for want of the key");
    };
    let kept = match backup::survey(&settings.folder, &key) {
        Ok(kept) => kept,
        Err(error) => return fail(format!("{}: {error}", shown(&settings.folder))),
    };
    let now = Timestamp::now();
    let taken = kept.iter().map(|kept| kept.taken_at);
    let Some(newest) = taken.filter(|taken_at| *taken_at <= now).max() else {
        return warn(format!(
            "there is none in {} yet; the bot makes one when it starts",
            shown(&settings.folder)
        ));
    };
    let at = newest.round(Unit::Minute).unwrap_or(newest);
    let words = format!("{} kept, the newest of {at}", kept.len());
    let is_late = now.duration_since(newest) > settings.every() + SLACK;
    if data.join("backup-failed").exists() || is_late {
        return fail(format!(
            "{words}: no newer one was made; the bot's log says why after NO BACKUP"
        ));
    }
    ok(format!(
        "{words}. Keep copies elsewhere, with the file erasures"
    ))
}
