//! The bot as a process of its own, with a data folder that is gone afterwards.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::super::Common;
use super::TOKEN;
use crate::store::folder::create_private_folder;

/// How long the bot may take to start, or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running bot. Dropping it kills it.
pub(super) struct Bot {
    child: Child,
    owner_link: String,
    config: Option<PathBuf>,
    // Dropped after the process.
    folder: Folder,
}

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

impl Bot {
    /// Starts it in this folder; its clock follows a file, if one is named.
    pub(super) async fn start(
        folder: Folder,
        api_url: &str,
        common: &Common,
        clock: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let log = std::fs::File::create(folder.0.join("log"))?;
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("run").arg("--data").arg(folder.0.join("data"));
        if let Some(config) = &common.config {
            command.arg("--config").arg(config);
        }
        if let Some(clock) = clock {
            command.arg("--clock").arg(clock);
        }
        command
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", api_url)
            .env("SAMLENG_KEY", data_encoding::HEXLOWER.encode(&key))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().context("cannot start the bot")?;
        let stdout = child.stdout.take().context("the bot has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let Ok(Ok(Some(owner_link))) = line else {
            let log = std::fs::read_to_string(folder.0.join("log")).unwrap_or_default();
            anyhow::bail!("the bot did not start:\n{log}");
        };
        Ok(Self {
            child,
            owner_link,
            config: common.config.clone(),
            folder,
        })
    }

    /// The link that makes its first user the owner.
    pub(super) fn owner_link(&self) -> &str {
        &self.owner_link
    }

    /// Where the bot keeps its data.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.0.join("data")
    }

    /// What a subcommand prints while the bot runs.
    pub(super) async fn ask(&self, arguments: &[&OsStr]) -> anyhow::Result<String> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--data").arg(self.data()).args(arguments);
        if let Some(config) = &self.config {
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
        if let Some(pid) = self
            .child
            .id()
            .and_then(|id| rustix::process::Pid::from_raw(id as i32))
        {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .context("the bot does not stop")??;
        ensure!(
            status.success(),
            "the bot ended with {status}:\n{}",
            self.log()
        );
        Ok(())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(Path::new(&self.folder.0).join("log")).unwrap_or_default()
    }
}
