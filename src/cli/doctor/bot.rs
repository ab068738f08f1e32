//! The running bot, the key, the store.

use std::path::Path;

use super::{Finding, fail, ok, shown, warn};
use crate::cli::setup;
use crate::runtime::socket::{self, Ask};
use crate::store::folder::DataFolder;
use crate::store::key::{self, KeyOrigin, KeySources, MasterKey};
use crate::store::kv::KvError;
use crate::store::{StoreError, inspect};

/// What a running bot says of itself.
pub(super) enum Health {
    /// None runs on this data folder.
    NotRunning,
    /// This.
    Running(socket::Health),
    /// One runs, and does not say.
    Silent(anyhow::Error),
}

/// Asks through the socket in the current folder, if that is a data folder.
pub(super) fn health(there: bool) -> Health {
    if !there {
        return Health::NotRunning;
    }
    let said = socket::ask(Path::new("socket"), &Ask::Health).and_then(|said| {
        let said = said.map(|said| serde_json::from_str(&said));
        Ok(said.transpose()?)
    });
    match said {
        Ok(Some(health)) => Health::Running(health),
        Ok(None) => Health::NotRunning,
        Err(error) => Health::Silent(error),
    }
}

impl Health {
    pub(super) fn running(&self) -> Option<&socket::Health> {
        match self {
            Self::Running(health) => Some(health),
            Self::NotRunning | Self::Silent(_) => None,
        }
    }

    pub(super) fn finding(&self) -> Finding {
        match self {
            Self::NotRunning => ok("it does not run on this data folder"),
            Self::Running(_) => ok("it runs, and answers"),
            Self::Silent(error) => fail(format!(
                "it runs and does not answer: {error:#}; start it again"
            )),
        }
    }
}

/// Whether the key is there and right, and whether all in the store can be read.
pub(super) fn key_and_store(
    data: &Path,
    there: bool,
    sources: anyhow::Result<KeySources>,
    health: &Health,
) -> (Finding, Finding) {
    let stored = ["store", "ready"]
        .iter()
        .any(|name| data.join(name).exists());
    let none = "there is none yet; the first start makes it";
    let sources = match sources {
        Ok(sources) => sources,
        Err(error) => return (fail(format!("{error:#}")), not_for_want_of_key()),
    };
    let first = sources.file.as_ref().unwrap_or(&sources.default_path);
    let first = shown(first);
    let (key, origin) = match key::find(&sources, data) {
        Err(error) => return (fail(error.to_string()), not_for_want_of_key()),
        Ok(Some(found)) => found,
        Ok(None) if !stored => {
            let words = format!(
                "there is none yet; the first start makes {first}. Keep a copy of it elsewhere then"
            );
            return (ok(words), ok(none));
        }
        Ok(None) => {
            let words = match health.running() {
                Some(_) => warn(format!(
                    "the running bot has it; from here it is not found: neither SAMLENG_KEY nor {first}. Is this the bot's environment?"
                )),
                None => fail(format!(
                    "there is a store and no key: neither SAMLENG_KEY nor {first}. Put your copy of it there: without it nothing can be read"
                )),
            };
            return (words, not_for_want_of_key());
        }
    };
    let place = match origin {
        KeyOrigin::Env => "SAMLENG_KEY".to_owned(),
        KeyOrigin::File(path) | KeyOrigin::Created(path) => shown(&path),
    };
    let right = ok(format!(
        "{place} opens the store. Keep a copy of it elsewhere: without it nothing can be read"
    ));
    match health {
        Health::Running(health) => match &health.writer.key {
            Some(used) if *used == key.fingerprint() => (right, ok("the running bot has it open")),
            Some(_) => (
                fail(format!(
                    "{place} holds another key than the running bot has: it would not start again with it. Put your copy of the right one there"
                )),
                ok("the running bot has it open"),
            ),
            None => (
                warn(format!(
                    "{place} is there; whether it is right was not looked at"
                )),
                fail(
                    "the running bot cannot use it: look at the disk and at the bot's log; it tries again every 5 s",
                ),
            ),
        },
        Health::NotRunning | Health::Silent(_) if !there || !stored => (
            ok(format!("{place} is there. Keep a copy of it elsewhere")),
            ok(none),
        ),
        Health::NotRunning | Health::Silent(_) => {
            let unsure = warn(format!(
                "{place} is there; whether it is right was not looked at"
            ));
            match look(data, &key) {
                Ok(found) => (right, found),
                Err(Looked::WrongKey) => (
                    fail(format!(
                        "{place} is not the key of this store: put your copy of the right one there. Nothing can be read with another"
                    )),
                    warn("not looked at, for want of its key"),
                ),
                Err(Looked::Not(found)) => (unsure, found),
            }
        }
    }
}

enum Looked {
    WrongKey,
    Not(Finding),
}

fn look(data: &Path, key: &MasterKey) -> Result<Finding, Looked> {
    let not = |words: String| Err(Looked::Not(warn(format!("not looked at: {words}"))));
    // To open it is to write to it: whoever else does so makes files that the bot cannot read.
    if let Err(error) = setup::ours(data) {
        return not(format!("{error:#}"));
    }
    let folder = match DataFolder::open(data) {
        Ok(folder) => folder,
        Err(error) => return not(error.to_string()),
    };
    if folder.ready().exists() {
        return not(
            "it was being made anew when the bot ended; the next start finishes that".to_owned(),
        );
    }
    match inspect::inspect(&folder, key) {
        Ok(None) => Ok(ok("there is none yet; the first start makes it")),
        Ok(Some(found)) if found.files_missing > 0 => Ok(fail(format!(
            "{} files that people sent are missing in {}: take them from a backup",
            found.files_missing,
            shown(&folder.files())
        ))),
        Ok(Some(found)) => Ok(ok(format!("all {} records can be read", found.records))),
        Err(StoreError::WrongKey) => Err(Looked::WrongKey),
        Err(StoreError::Kv(KvError::Locked)) => {
            not("another program has it open; ask again when it is done".to_owned())
        }
        Err(error @ StoreError::Kv(KvError::Io { .. })) => Err(Looked::Not(fail(format!(
            "{error}: is the disk full, or may this user not read it? Nothing says that the store is damaged: with room on the disk the bot goes on by itself"
        )))),
        Err(error @ (StoreError::Kv(_) | StoreError::Record(_) | StoreError::Closed)) => {
            Err(Looked::Not(fail(format!(
                "{error}: look at the disk, keep a copy of this folder and do not start the bot; then samleng restore --salvage BACKUP"
            ))))
        }
    }
}

fn not_for_want_of_key() -> Finding {
    warn("not looked at, for want of its key")
}
