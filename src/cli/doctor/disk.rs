//! Room on the disk of the data folder.

use std::path::Path;

use super::{Finding, fail, ok, shown, warn};
use crate::store::folder;

const MEGABYTE: u64 = 1_000_000;
/// What there must be besides a second store: for what comes while it is made.
const SLACK: u64 = 64 * MEGABYTE;
/// How many more files there must be room for: a store has a handful, and each that is sent needs one.
const FILES: u64 = 1_000;

/// Whether there is room for what comes, and for a second store.
pub(super) fn space(data: &Path) -> Finding {
    // Before the first start it is the folder in which it will be made that counts.
    let Some(there) = data.ancestors().find(|folder| folder.is_dir()) else {
        return warn(format!("not looked at: there is no {}", shown(data)));
    };
    let about = match rustix::fs::statvfs(there) {
        Ok(about) => about,
        Err(error) => return warn(format!("not looked at: {}: {error}", shown(there))),
    };
    let store = match folder::size(&data.join("store")) {
        Ok(store) => store,
        Err(error) => return warn(format!("the size of the store cannot be told: {error}")),
    };
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    // Some kinds of disk have no fixed number of files.
    let files = (about.f_files > 0).then_some(about.f_favail);
    judge(free, store, files)
}

/// Bytes that are free, bytes of the store, and how many files there is room for, where that is limited.
fn judge(free: u64, store: u64, files: Option<u64>) -> Finding {
    let words = format!("{} free, the store takes {}", bytes(free), bytes(store));
    if free < store + SLACK / 8 {
        return fail(format!(
            "{words}: make room. Nothing new can be kept soon, and what is erased cannot leave the disk, since a second store is made for that"
        ));
    }
    match files {
        Some(files) if files < FILES / 10 => {
            return fail(format!(
                "there is room for {files} more files only: remove what is not needed from this disk"
            ));
        }
        Some(files) if files < FILES => {
            return warn(format!(
                "{words}, and room for {files} more files: remove what is not needed from this disk"
            ));
        }
        Some(_) | None => {}
    }
    if free < store.saturating_mul(2) + SLACK {
        return warn(format!(
            "{words}: make room soon, a second store is made when something is erased"
        ));
    }
    ok(words)
}

fn bytes(bytes: u64) -> String {
    if bytes < 10 * MEGABYTE {
        format!("{} kB", bytes / 1_000)
    } else {
        format!("{} MB", bytes / MEGABYTE)
    }
}
