//! What several subcommands need: the forum, the data folder, the key, the store, the token.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail, ensure};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::Common;
use crate::config::{self, Files, Mistake, Settings};
use crate::runtime::erase::Rebuilder;
use crate::runtime::work::Opener;
use crate::store::erasures::{self, Gone};
use crate::store::folder::{DataFolder, is_inside};
use crate::store::key::{Epoch, KeyError, KeyOrigin, KeySources, MasterKey, resolve};
use crate::store::kv::KvError;
use crate::store::sled_kv::SledKv;
use crate::store::{Store, StoreError, rebuild};
use crate::telegram::Token;
use crate::text::Forum;

/// The forum as it is configured, or every mistake in its files.
pub(super) fn forum(common: &Common) -> Result<Forum, Vec<Mistake>> {
    Forum::read(files(common)?)
}

/// The files of the configuration.
pub(super) fn files(common: &Common) -> Result<Files, Vec<Mistake>> {
    let default = PathBuf::from("config");
    let folder = match &common.config {
        Some(folder) => Some(folder.as_path()),
        None => Some(default.as_path()).filter(|folder| folder.join("samleng.toml").is_file()),
    };
    config::files(folder)
}

/// The forum, where its mistakes are somebody else's business.
pub(super) fn sound_forum(common: &Common) -> anyhow::Result<Arc<Forum>> {
    forum(common).map(Arc::new).map_err(unsound)
}

/// The first of some mistakes.
pub(super) fn unsound(mistakes: Vec<Mistake>) -> anyhow::Error {
    match mistakes.as_slice() {
        [only] => anyhow!("{only}"),
        [first, rest @ ..] => anyhow!("{first} (and {} more: samleng check)", rest.len()),
        [] => anyhow!("the configuration cannot be used"),
    }
}

/// A store that is open, and what opens it again.
pub(super) struct Opened {
    /// The folder.
    pub(super) folder: DataFolder,
    /// The store.
    pub(super) store: Store,
    /// Opens it again.
    pub(super) again: Opener,
    /// Rebuilds it.
    pub(super) rebuild: Rebuilder,
    /// What the address of a webhook ends with, and the secret that Telegram shows there.
    pub(super) webhook: (Zeroizing<String>, Zeroizing<String>),
}

/// A data folder whose key is at hand and whose store is not open yet.
pub(super) struct Prepared {
    folder: DataFolder,
    master: MasterKey,
}

/// Opens the store of a data folder, making both where there are none.
pub(super) fn open(settings: &Settings, data: &Path) -> anyhow::Result<Opened> {
    prepare(settings, data)?.open()
}

/// All that is needed to open the store from outside the data folder. Starts no thread.
pub(super) fn prepare(settings: &Settings, data: &Path) -> anyhow::Result<Prepared> {
    let folder = DataFolder::open(data)?;
    ours(data)?;
    // A rebuild that was cut short may have left the store on its way to its place.
    rebuild::finish(&folder)?;
    let exists = SledKv::exists(&folder.store()).context("cannot tell whether there is a store")?;
    let (master, origin) = resolve(key_sources(settings)?, folder.root(), exists)?;
    if let KeyOrigin::Created(path) = origin {
        log::warn!(
            "a new master key was made: {}. Keep a copy of it elsewhere: without it nothing that is stored can be read",
            path.display()
        );
    }
    // Made before the store, so that there is never a store without it.
    Epoch::load_or_create(&folder.epoch(), exists)?;
    Ok(Prepared { folder, master })
}

impl Prepared {
    /// Opens the store, making it where there is none.
    pub(super) fn open(self) -> anyhow::Result<Opened> {
        let Self { folder, master } = self;
        let webhook = master.webhook();
        let place = folder.clone();
        let again: Opener = Box::new(move || rebuild::open(&place, &master));
        let place = folder.clone();
        let rebuild: Rebuilder = Box::new(move |store, stop| rebuild::rebuild(&place, store, stop));
        let store = again().map_err(damaged)?;
        Ok(Opened {
            folder,
            store,
            again,
            rebuild,
            webhook,
        })
    }
}

/// What to do about a store that cannot be read.
fn damaged(error: StoreError) -> anyhow::Error {
    let is_damaged = match &error {
        StoreError::Kv(KvError::Damaged(_)) | StoreError::Record(_) => true,
        StoreError::Kv(KvError::Locked | KvError::Io { .. } | KvError::TooLarge(_))
        | StoreError::Closed
        | StoreError::WrongKey => false,
    };
    match is_damaged {
        true => anyhow!(
            "{error}; do not start the bot again: samleng restore --salvage BACKUP brings together the newest backup and \
             what can still be read"
        ),
        false => error.into(),
    }
}

/// Refuses a data folder of somebody else: what root makes in it the bot cannot read any more.
pub(super) fn ours(data: &Path) -> anyhow::Result<()> {
    let owner = fs::metadata(data)
        .with_context(|| format!("cannot look at {}", data.display()))?
        .uid();
    let us = rustix::process::geteuid().as_raw();
    ensure!(
        owner == us,
        "{} belongs to the user with the number {owner}, and you are {us}: run this as that user",
        data.display()
    );
    Ok(())
}

/// The master key, which must be there.
pub(super) fn master(settings: &Settings, data: &Path) -> anyhow::Result<MasterKey> {
    match resolve(key_sources(settings)?, data, true) {
        Ok((master, _)) => Ok(master),
        Err(KeyError::Missing(path)) => bail!(
            "there is no key: neither SAMLENG_KEY nor {}; it takes the one with which the backup was made",
            path.display()
        ),
        Err(error) => Err(error.into()),
    }
}

/// Notes beside the backups what was erased where no bot runs. What cannot be noted now is when the bot starts.
pub(super) fn remember(settings: &Settings, store: &Store, erased: &[Gone], now: Timestamp) {
    let Some(backup) = settings.backup.as_ref().filter(|_| !erased.is_empty()) else {
        return;
    };
    if let Err(error) = erasures::keep(&backup.folder, store.master(), erased, now) {
        log::warn!("what was erased is not noted beside the backups before the bot runs: {error}");
    }
}

/// Refuses a folder for backups that would be lost together with the data.
pub(super) fn backups_elsewhere(settings: &Settings, data: &Path) -> anyhow::Result<()> {
    if let Some(backup) = &settings.backup {
        elsewhere(&backup.folder, data)?;
    }
    Ok(())
}

/// Refuses a place within the data folder: it would be lost together with the data.
pub(super) fn elsewhere(path: &Path, data: &Path) -> anyhow::Result<()> {
    let inside = is_inside(path, data)
        .with_context(|| format!("cannot tell where {} lies", path.display()))?;
    ensure!(
        !inside,
        "{} lies inside the data folder, and would be lost with it; keep backups elsewhere",
        path.display()
    );
    Ok(())
}

/// Refuses a data folder in which no bot has ever run: there is nothing to tell.
pub(super) fn existing(data: &Path) -> anyhow::Result<PathBuf> {
    let data = absolute(data)?;
    // Between two steps of a rebuild, or of a restore, it is on its way there.
    ensure!(
        ["store", "ready", "restored"]
            .iter()
            .any(|name| data.join(name).exists()),
        "there is no store in {}: has the bot run there?",
        data.display()
    );
    Ok(data)
}

pub(super) fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} is no path", path.display()))
}

/// Where a key may be.
pub(super) fn key_sources(settings: &Settings) -> anyhow::Result<KeySources> {
    let default_path = match (env::var_os("XDG_CONFIG_HOME"), env::var_os("HOME")) {
        (Some(folder), _) if !folder.is_empty() => PathBuf::from(folder).join("samleng/key"),
        (_, Some(home)) if !home.is_empty() => PathBuf::from(home).join(".config/samleng/key"),
        (_, _) => {
            let elsewhere = settings.key_file.is_some()
                || env::var_os("SAMLENG_KEY").is_some()
                || credential("key").is_some();
            ensure!(
                elsewhere,
                "no place for the key: set SAMLENG_KEY, key_file in samleng.toml, or HOME"
            );
            PathBuf::from("/nonexistent/samleng/key")
        }
    };
    let env = match env::var("SAMLENG_KEY") {
        Ok(key) => Some(key),
        Err(env::VarError::NotPresent) => None,
        Err(env::VarError::NotUnicode(_)) => bail!("SAMLENG_KEY must be 64 hexadecimal digits"),
    };
    let file = settings.key_file.as_deref().map(absolute).transpose()?;
    Ok(KeySources {
        env,
        file,
        credential: credential("key"),
        default_path: absolute(&default_path)?,
    })
}

/// The bot's token.
pub(super) fn token(settings: &Settings) -> anyhow::Result<Token> {
    let source = token_source(settings);
    let text = match &source {
        Some(TokenSource::Env(token)) => token.clone(),
        Some(TokenSource::File(file)) => fs::read_to_string(file)
            .with_context(|| format!("the token file {}", file.display()))?,
        None => bail!(
            "no token: set TELOXIDE_TOKEN, or token_file in samleng.toml (BotFather gives one)"
        ),
    };
    let holds = match source {
        Some(TokenSource::File(file)) => file.display().to_string(),
        Some(TokenSource::Env(_)) | None => "TELOXIDE_TOKEN".to_owned(),
    };
    Token::parse(&text)
        .with_context(|| format!("what {holds} holds is no token such as 123456:ABC-DEF"))
}

/// Where the token is.
pub(super) enum TokenSource {
    /// The value of TELOXIDE_TOKEN.
    Env(String),
    /// A file.
    File(PathBuf),
}

/// Where the token is: the environment, else the file of the settings, else what the service manager hands over.
pub(super) fn token_source(settings: &Settings) -> Option<TokenSource> {
    let file = settings.telegram.token_file.clone();
    variable("TELOXIDE_TOKEN")
        .map(TokenSource::Env)
        .or(file.or(credential("token")).map(TokenSource::File))
}

/// A file that the service manager hands over, if it does.
/// <https://systemd.io/CREDENTIALS/>
pub(super) fn credential(name: &str) -> Option<PathBuf> {
    let folder = env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty())?;
    let file = PathBuf::from(folder).join(name);
    file.exists().then_some(file)
}

/// The Bot API's address.
pub(super) fn address(settings: &Settings) -> anyhow::Result<String> {
    let address = match variable("TELOXIDE_API_URL") {
        Some(address) => address.trim_end_matches('/').to_owned(),
        None => settings.telegram.api_url.clone(),
    };
    let host = address
        .strip_prefix("https://")
        .or(address.strip_prefix("http://"));
    ensure!(
        host.is_some_and(|host| !host.is_empty()),
        "the Bot API's address must begin with https:// (or http:// for a server of your own)"
    );
    Ok(address)
}

/// The TCP port of such an address, and whether its host is a name.
pub(super) fn reached_at(address: &str) -> anyhow::Result<(u16, bool)> {
    let url = reqwest::Url::parse(address).with_context(|| format!("{address} is no address"))?;
    let port = url.port_or_known_default();
    let port = port.with_context(|| format!("{address} has no port"))?;
    Ok((port, url.domain().is_some()))
}

/// A variable of the environment; an empty one counts as none.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
