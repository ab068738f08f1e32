//! A bot as a process of its own: started, measured from outside, ended by its id.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};

use crate::measured;

/// The token of every bot here.
pub(crate) const TOKEN: &str = "1:bench";
/// The master key of every store here.
pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// Sending without limits.
const SETTINGS: &str = "time_zone = \"Asia/Phnom_Penh\"\n[sending]\nper_second = 0\n\
    chat_per_second = 0\ngroup_per_minute = 0\nperson_per_minute = 0\n";

/// What the bot's log counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    /// Commits that held updates.
    pub(crate) update_commits: u64,
    /// The updates in them.
    pub(crate) updates: u64,
    /// Commits that only took sent rows out of the outbox.
    pub(crate) other_commits: u64,
    /// fdatasyncs; known once the process has ended.
    pub(crate) syncs: u64,
}

/// A running bot.
pub(crate) struct Process {
    child: Child,
    written: Arc<Mutex<Written>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    /// `samleng run` with this data folder; `log` says what it logs.
    pub(crate) fn samleng(url: &str, folder: &Path, log: &str) -> anyhow::Result<Self> {
        Self::samleng_with(url, folder, log, ("", ""))
    }

    /// The same with settings that go before and after the usual ones.
    pub(crate) fn samleng_with(
        url: &str,
        folder: &Path,
        log: &str,
        (before, after): (&str, &str),
    ) -> anyhow::Result<Self> {
        let config = folder.join("config");
        fs::create_dir_all(&config)?;
        let settings = format!("{before}{SETTINGS}{after}");
        fs::write(config.join("samleng.toml"), settings)?;
        let mut command = Self::command(folder, &["run"]);
        command
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", url)
            .env("RUST_LOG", log);
        Self::start(command)
    }

    /// The plain bot: this executable once more.
    pub(crate) fn plain(url: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["plain-bot", url]);
        Self::start(command)
    }

    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start a bot")?;
        let errors = child.stderr.take().context("no standard error")?;
        let written = Arc::new(Mutex::new(Written::default()));
        let heard = Arc::clone(&written);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                note(
                    &line,
                    &mut heard.lock().unwrap_or_else(PoisonError::into_inner),
                );
            }
        });
        Ok(Self {
            child,
            written,
            reader: Some(reader),
        })
    }

    /// Its id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Another call of the program on the same folders.
    pub(crate) fn command(folder: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samleng"));
        command
            .args(args)
            .args([Path::new("--data"), &folder.join("data")])
            .args([Path::new("--config"), &folder.join("config")])
            .env("SAMLENG_KEY", KEY);
        command
    }

    /// CPU seconds used so far, in hundredths of a second.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        measured::cpu(self.child.id())
    }

    /// The most memory it ever held, in MiB.
    pub(crate) fn peak(&self) -> anyhow::Result<f64> {
        measured::peak(self.child.id())
    }

    /// What its log has counted so far.
    pub(crate) fn written(&self) -> Written {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it as an operator would, and waits for that.
    pub(crate) fn end(mut self) -> anyhow::Result<Written> {
        self.terminate()?;
        Ok(self.written())
    }

    fn terminate(&mut self) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_none() {
            let id = i32::try_from(self.child.id())?;
            kill_process(Pid::from_raw(id).context("no id")?, Signal::TERM)?;
            self.child.wait()?;
        }
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.terminate();
    }
}

/// Counts what a line of the log tells; others that are no debugging are passed on.
fn note(line: &str, written: &mut Written) {
    if let Some((_, counts)) = line.split_once("on disk: ") {
        let updates = first_number(counts);
        if updates > 0 {
            written.update_commits += 1;
            written.updates += updates;
        } else {
            written.other_commits += 1;
        }
    } else if let Some((_, counts)) = line.split_once("flushes, ") {
        written.syncs += first_number(counts);
    } else if line.contains("ERROR") || line.contains("WARN") {
        eprintln!("{line}");
    }
}

fn first_number(text: &str) -> u64 {
    let word = text.split_whitespace().next();
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}
