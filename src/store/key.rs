//! The master key, the epoch, and what is derived from both.
//!
//! Guarantees: a new key is made only where there is neither a store nor a key; a key that others can
//! read, or that lies in the data folder and would be copied with it, is refused; two processes that
//! start for the first time at once end up with the same key. Keys are wiped from memory on drop.
//!
//! Must never: read the environment, print a key, replace a key or an epoch that is there.
//!
//! HKDF is RFC 5869, HMAC is RFC 2104, both with SHA-256.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::folder::{
    create_private_folder, fill_random, is_inside, parent_of, write_private, write_private_new,
};

/// Why there is no usable key. Each is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not 64 hexadecimal digits.
    #[error("the key in {0} is not 64 hexadecimal digits")]
    Malformed(String),
    /// Others can read the file.
    #[error("others can read the key {path} (mode {mode:04o}); mend it with: chmod 600 {path}", path = .path.display())]
    Exposed {
        /// The key's file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file lies where a copy of the data would take it along.
    #[error("the key {} lies inside the data folder; keep it elsewhere", .0.display())]
    InsideData(PathBuf),
    /// There is a store and no key.
    #[error("there is a store but no key: neither SAMLENG_KEY nor {}", .0.display())]
    Missing(PathBuf),
    /// There is a store and no epoch.
    #[error("there is a store but its epoch {} is missing or not 32 bytes", .0.display())]
    MissingEpoch(PathBuf),
    /// The disk refused.
    #[error("cannot use {path}: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The refusal; `AlreadyExists` from [`MasterKey::create`] if there is a key.
        source: io::Error,
    },
}

/// The key from which all others come: 32 bytes.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// The keys of one epoch, for [`super::seal::Sealer::new`].
pub struct EpochKeys {
    /// Seals values.
    pub seal: Zeroizing<[u8; 32]>,
    /// Hashes what store keys are made of.
    pub index: Zeroizing<[u8; 32]>,
}

/// The keys of one backup.
pub(super) struct BackupKeys {
    /// Seals it.
    pub(super) seal: Zeroizing<[u8; 32]>,
    /// By which a wrong master key is recognised. It opens nothing.
    pub(super) check: [u8; 16],
}

/// Where a key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The environment's value.
    Env,
    /// A file that was there.
    File(PathBuf),
    /// A file that was made just now: the operator should be told to keep a copy elsewhere.
    Created(PathBuf),
}

/// Where a key may come from, in this order.
#[derive(Default)]
pub struct KeySources {
    /// The value of `SAMLENG_KEY`, if it is set, were it to nothing.
    pub env: Option<String>,
    /// `key_file` of the settings.
    pub file: Option<PathBuf>,
    /// What the service manager hands over. Its permissions are the manager's: it lets the service's user in by the group's bits.
    pub credential: Option<PathBuf>,
    /// `samleng/key` of the user's configuration folder.
    pub default_path: PathBuf,
}

impl MasterKey {
    /// From 64 hexadecimal digits, of either case.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_env_value(hex: &str) -> Result<Self, KeyError> {
        Self::from_hex(hex.trim().as_bytes())
            .ok_or_else(|| KeyError::Malformed("SAMLENG_KEY".into()))
    }

    /// From a file of 64 hexadecimal digits; white space around them is allowed.
    ///
    /// # Errors
    /// [`KeyError::Exposed`] if group or others have any right on it, [`KeyError::InsideData`],
    /// [`KeyError::Malformed`], and [`KeyError::Io`], `NotFound` included.
    pub fn from_file(path: &Path, data: &Path) -> Result<Self, KeyError> {
        Self::from_file_but(path, data, 0o077)
    }

    /// The same; these are the bits that must not be set.
    fn from_file_but(path: &Path, data: &Path, open: u32) -> Result<Self, KeyError> {
        let io = |source| io_error(path, source);
        refuse_inside(path, data)?;
        let file = File::open(path).map_err(io)?;
        let about = file.metadata().map_err(io)?;
        if !about.is_file() {
            return Err(KeyError::Malformed(path.display().to_string()));
        }
        let mode = about.permissions().mode() & 0o7777;
        if mode & open != 0 {
            return Err(KeyError::Exposed {
                path: path.into(),
                mode,
            });
        }
        let mut text = Zeroizing::new(Vec::with_capacity(4096));
        file.take(4096).read_to_end(&mut text).map_err(io)?;
        Self::from_hex(text.trim_ascii())
            .ok_or_else(|| KeyError::Malformed(path.display().to_string()))
    }

    /// Makes a random key and its file (0600), and missing parent folders (0700), durably.
    ///
    /// # Errors
    /// [`KeyError::InsideData`]; [`KeyError::Io`], with `AlreadyExists` if there is a file, which stays.
    pub fn create(path: &Path, data: &Path) -> Result<Self, KeyError> {
        let io = |source| io_error(path, source);
        refuse_inside(path, data)?;
        let mut key = Zeroizing::new([0; 32]);
        fill_random(key.as_mut_slice()).map_err(io)?;
        let mut text = Zeroizing::new(HEXLOWER.encode(key.as_slice()));
        text.push('\n');
        create_private_folder(&parent_of(path)).map_err(io)?;
        write_private_new(path, text.as_bytes()).map_err(io)?;
        Ok(Self(key))
    }

    /// The keys of an epoch: HKDF of this key, salted with the epoch.
    #[must_use]
    pub fn derive(&self, epoch: &Epoch) -> EpochKeys {
        EpochKeys {
            seal: self.expand(Some(&epoch.0), b"samleng seal v1"),
            index: self.expand(Some(&epoch.0), b"samleng index v1"),
        }
    }

    /// The code of the `counter`-th owner link: 22 characters of base64url, the same at every call,
    /// so that it need not be stored. It does not change with the epoch.
    #[must_use]
    pub fn owner_code(&self, counter: u64) -> String {
        let key = self.expand(None, b"samleng owner link v1");
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes keys of any length"); // ours is 32 bytes
        mac.update(&counter.to_be_bytes());
        BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()[..16])
    }

    /// The keyed hash of an invitation's code, the same at every call. It does not change with the epoch.
    #[must_use]
    pub fn invitation_hash(&self, code: &str) -> [u8; 16] {
        let key = self.expand(None, b"samleng invitation v1");
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes keys of any length"); // ours is 32 bytes
        mac.update(code.as_bytes());
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        short
    }

    /// By which two processes can tell whether they have the same key, and nobody else can tell anything.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        HEXLOWER.encode(&self.expand(None, b"samleng fingerprint v1")[..8])
    }

    /// The last part of a webhook's address and the secret that Telegram shows there: 22 and 43 characters of base64url, the same
    /// at every call. They change neither with the epoch nor with the bot's token.
    #[must_use]
    pub fn webhook(&self) -> (Zeroizing<String>, Zeroizing<String>) {
        let path = self.expand(None, b"samleng webhook path v1");
        let secret = self.expand(None, b"samleng webhook secret v1");
        (
            Zeroizing::new(BASE64URL_NOPAD.encode(&path[..16])),
            Zeroizing::new(BASE64URL_NOPAD.encode(secret.as_slice())),
        )
    }

    /// The keys of the backup with this salt. They come from no epoch: one that is destroyed takes no backup with it.
    #[must_use]
    pub(super) fn backup_keys(&self, salt: &[u8; 32]) -> BackupKeys {
        let check = self.expand(Some(salt), b"samleng backup check v1");
        let mut short = [0; 16];
        short.copy_from_slice(&check[..16]);
        BackupKeys {
            seal: self.expand(Some(salt), b"samleng backup v1"),
            check: short,
        }
    }

    /// The key that seals the list of erasures.
    #[must_use]
    pub(super) fn erasures_key(&self) -> Zeroizing<[u8; 32]> {
        self.expand(None, b"samleng erasures v1")
    }

    /// The keyed hash of what was erased, the same at every call. It does not change with the epoch.
    #[must_use]
    pub(super) fn erased_hash(&self, kind: u8, bytes: &[u8]) -> [u8; 16] {
        let key = self.expand(None, b"samleng erased v1");
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes keys of any length"); // ours is 32 bytes
        mac.update(&[kind]);
        mac.update(bytes);
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        short
    }

    fn expand(&self, salt: Option<&[u8]>, info: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(salt, self.0.as_slice())
            .expand(info, key.as_mut_slice())
            .expect("HKDF gives up to 8160 bytes"); // 32 are asked for
        key
    }

    fn from_hex(text: &[u8]) -> Option<Self> {
        let mut bytes = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(text).ok()?);
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .ok()
            .map(Zeroizing::new);
        bytes.zeroize();
        key.map(Self)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

impl fmt::Debug for EpochKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochKeys(hidden)")
    }
}

impl fmt::Debug for KeySources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySources")
            .field("env", &self.env.as_ref().map(|_| "hidden"))
            .field("file", &self.file)
            .field("credential", &self.credential)
            .field("default_path", &self.default_path)
            .finish()
    }
}

/// Finds the master key: the environment's value, else the file of the settings, else what the service manager hands over, else the
/// default path. Nothing if it is nowhere.
///
/// # Errors
/// A source that is there but unusable is an error; the next is not tried.
pub fn find(sources: &KeySources, data: &Path) -> Result<Option<(MasterKey, KeyOrigin)>, KeyError> {
    if let Some(hex) = &sources.env {
        return Ok(Some((MasterKey::from_env_value(hex)?, KeyOrigin::Env)));
    }
    let files = [
        (sources.file.as_deref(), 0o077),
        (sources.credential.as_deref(), 0o037),
        (Some(sources.default_path.as_path()), 0o077),
    ];
    for (path, open) in files {
        if let Some(path) = path
            && let Some(key) = absent_as_none(MasterKey::from_file_but(path, data, open))?
        {
            return Ok(Some((key, KeyOrigin::File(path.into()))));
        }
    }
    Ok(None)
}

/// [`find`]. Where there is no key and no store either, one is made in the file of the settings, if they name one, else at
/// the default path.
///
/// # Errors
/// [`KeyError::Missing`] if there is a store and no key, and those of [`find`].
pub fn resolve(
    mut sources: KeySources,
    data: &Path,
    store_exists: bool,
) -> Result<(MasterKey, KeyOrigin), KeyError> {
    let found = find(&sources, data);
    sources.env.zeroize();
    if let Some(found) = found? {
        return Ok(found);
    }
    let path = sources.file.unwrap_or(sources.default_path);
    if store_exists {
        return Err(KeyError::Missing(path));
    }
    match MasterKey::create(&path, data) {
        // Another process was faster: its key is the key.
        Err(KeyError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
            Ok((MasterKey::from_file(&path, data)?, KeyOrigin::File(path)))
        }
        made => Ok((made?, KeyOrigin::Created(path))),
    }
}

/// The 32 random bytes that salt an epoch's keys. To destroy them is to destroy what was sealed.
pub struct Epoch([u8; 32]);

impl Epoch {
    /// A new epoch, not yet on the disk.
    ///
    /// # Errors
    /// [`KeyError::Io`] if the kernel gives no random bytes.
    pub fn random() -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        fill_random(&mut bytes).map_err(|error| io_error(Path::new("the random source"), error))?;
        Ok(Self(bytes))
    }

    /// Reads the epoch file; where there is no store yet, makes it first. To be called before the
    /// store is made.
    ///
    /// # Errors
    /// [`KeyError::MissingEpoch`] if there is a store and no epoch, or if it is not 32 bytes.
    pub fn load_or_create(path: &Path, store_exists: bool) -> Result<Self, KeyError> {
        match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !store_exists => {
                let epoch = Self::random()?;
                match write_private_new(path, &epoch.0) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Self::load_or_create(path, true)
                    }
                    written => written
                        .map(|()| epoch)
                        .map_err(|source| io_error(path, source)),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(KeyError::MissingEpoch(path.into()))
            }
            Err(source) => Err(io_error(path, source)),
            Ok(bytes) => bytes
                .try_into()
                .map(Self)
                .map_err(|_| KeyError::MissingEpoch(path.into())),
        }
    }

    /// Writes the epoch to a file (0600), durably, over the one that is there: for a rebuild.
    ///
    /// # Errors
    /// [`KeyError::Io`].
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        write_private(path, &self.0).map_err(|source| io_error(path, source))
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Epoch(hidden)")
    }
}

fn io_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::Io {
        path: path.into(),
        source,
    }
}

fn absent_as_none(read: Result<MasterKey, KeyError>) -> Result<Option<MasterKey>, KeyError> {
    match read {
        Err(KeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

fn refuse_inside(path: &Path, data: &Path) -> Result<(), KeyError> {
    if is_inside(path, data).map_err(|source| io_error(path, source))? {
        return Err(KeyError::InsideData(path.into()));
    }
    Ok(())
}
