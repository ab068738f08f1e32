//! The bot as a process of its own, with a data folder that is gone afterwards.
//!
//! Guarantees that a bot that was ended, however roughly, can be started again on the same data with the same key.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::super::Common;
use super::TOKEN;
use crate::store::folder::create_private_folder;

/// How long the bot may take to start, or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// A private folder that is removed with everything in it.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> anyhow::Result<Self> {
        let name = format!("samleng-demo-{:016x}", getrandom::u64()?);
        let path = std::env::temp_dir().join(name);
        create_private_folder(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is sealed, and its key is gone with this process.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where a bot lives: its data, its key, its Telegram, its clock.
pub(super) struct Home {
    folder: Folder,
    key: String,
    api_url: String,
    config: Option<PathBuf>,
    clock: Option<PathBuf>,
}

impl Home {
    /// In this folder, with a key of its own; its clock follows a file, if one is named.
    pub(super) fn new(
        folder: Folder,
        api_url: &str,
        common: &Common,
        clock: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self {
            folder,
            key: data_encoding::HEXLOWER.encode(&key),
            api_url: api_url.to_owned(),
            config: common.config.clone(),
            clock: clock.map(Path::to_owned),
        })
    }

    /// Where the bot keeps its data.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.0.join("data")
    }

    /// What the bot wrote to standard error since it was started last.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.0.join("log")).unwrap_or_default()
    }

    /// Starts the process.
    pub(super) fn spawn(&self) -> anyhow::Result<Child> {
        let log = std::fs::File::create(self.folder.0.join("log"))?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("run").arg("--data").arg(self.data());
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        if let Some(clock) = &self.clock {
            command.arg("--clock").arg(clock);
        }
        command
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", &self.api_url)
            .env("SAMLENG_KEY", &self.key)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        command.spawn().context("cannot start the bot")
    }
}

/// The owner's link, which a bot without an owner prints when it is ready.
pub(super) async fn owner_link(child: &mut Child, home: &Home) -> anyhow::Result<String> {
    let stdout = child.stdout.take().context("the bot has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    match tokio::time::timeout(PATIENCE, lines.next_line()).await {
        Ok(Ok(Some(owner_link))) => Ok(owner_link),
        Ok(Ok(None) | Err(_)) | Err(_) => bail!("the bot did not start:\n{}", home.log()),
    }
}

/// Ends the process as an operator would, and waits until it has.
pub(super) async fn terminate(child: &mut Child) -> anyhow::Result<ExitStatus> {
    if let Some(pid) = child
        .id()
        .and_then(|id| rustix::process::Pid::from_raw(id as i32))
    {
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
    }
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
    Ok(ended.context("the bot does not stop")??)
}

/// A running bot. Dropping it kills it.
pub(super) struct Bot {
    child: Child,
    owner_link: String,
    // Dropped after the process.
    home: Home,
}

impl Bot {
    /// Starts it in this home, and waits until it is ready.
    pub(super) async fn start(home: Home) -> anyhow::Result<Self> {
        let mut child = home.spawn()?;
        let owner_link = owner_link(&mut child, &home).await?;
        Ok(Self {
            child,
            owner_link,
            home,
        })
    }

    /// The link that makes its first user the owner.
    pub(super) fn owner_link(&self) -> &str {
        &self.owner_link
    }

    /// Where the bot keeps its data.
    pub(super) fn data(&self) -> PathBuf {
        self.home.data()
    }

    /// What a subcommand prints while the bot runs.
    pub(super) async fn ask(&self, arguments: &[&OsStr]) -> anyhow::Result<String> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--data").arg(self.data()).args(arguments);
        if let Some(config) = &self.home.config {
            command.arg("--config").arg(config);
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}", complaint.trim_end());
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Ends it as an operator would, and waits until it has.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        let status = terminate(&mut self.child).await?;
        ensure!(
            status.success(),
            "the bot ended with {status}:\n{}",
            self.home.log()
        );
        Ok(())
    }
}
