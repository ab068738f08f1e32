//! Who may read the secrets and the data.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{Finding, fail, ok, shown, warn};
use crate::cli::setup::{self, TokenSource};
use crate::config::Settings;

/// Who may read the token.
pub(super) fn secrets(settings: &Settings) -> Finding {
    let file = match setup::token_source(settings) {
        Some(TokenSource::File(file)) => file,
        Some(TokenSource::Env(_)) => {
            return ok("the token is in the environment, which the same user and root can read");
        }
        None => return warn("there is no token"),
    };
    // What the service manager hands over lies where nobody else comes, and lets our user in by the group's bits.
    let handed = setup::credential("token").is_some_and(|handed| handed == file);
    let open = if handed { 0o037 } else { 0o077 };
    match fs::metadata(&file) {
        Err(error) => fail(format!("the token file {}: {error}", shown(&file))),
        Ok(about) if about.mode() & open != 0 => fail(format!(
            "others can read the token in {file} and be the bot: chmod 600 {file}, and ask BotFather for a new one (/revoke)",
            file = shown(&file)
        )),
        Ok(_) => ok(format!("nobody else can read {}", shown(&file))),
    }
}

/// Who may read the data, whose it is.
pub(super) fn permissions(data: &Path, there: bool) -> Finding {
    if !there {
        return ok(format!(
            "there is no {} yet; the first start makes it",
            shown(data)
        ));
    }
    let mut found = Found::default();
    let owner = match fs::metadata(data) {
        Ok(about) => about.uid(),
        Err(error) => return fail(format!("{}: {error}", shown(data))),
    };
    if let Err(error) = look(data, owner, &mut found) {
        return warn(format!("not all was looked at: {error}"));
    }
    match found {
        Found {
            open: Some(path), ..
        } => fail(format!(
            "others can read {path}: chmod -R go= {data}. Whoever was on this machine may have read it; it is sealed, but for the key",
            data = shown(data)
        )),
        Found {
            foreign: Some(path),
            ..
        } => fail(format!(
            "{path} belongs to another user than the folder: chown -R {owner} {data}",
            data = shown(data)
        )),
        Found {
            open: None,
            foreign: None,
        } => match setup::ours(data) {
            Ok(()) => ok(format!("nobody else can read {}", shown(data))),
            Err(error) => warn(format!("{error:#}")),
        },
    }
}

/// The first of each.
#[derive(Default)]
struct Found {
    open: Option<String>,
    foreign: Option<String>,
}

fn look(path: &Path, owner: u32, found: &mut Found) -> io::Result<()> {
    let about = match fs::symlink_metadata(path) {
        // A running bot takes away what it does not need any more.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        about => about?,
    };
    // A link's own bits mean nothing.
    if about.mode() & 0o077 != 0 && !about.is_symlink() {
        found.open.get_or_insert_with(|| shown(path));
    }
    if about.uid() != owner {
        found.foreign.get_or_insert_with(|| shown(path));
    }
    if about.is_dir() {
        for entry in fs::read_dir(path)? {
            look(&entry?.path(), owner, found)?;
        }
    }
    Ok(())
}
