//! The bots: where each stands, how it is started, and what it has kept.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;

use crate::measured;

/// The token of every bot here.
pub(crate) const TOKEN: &str = "1:bench";
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");

/// A bot, and where it keeps the state of its conversations.
pub(crate) struct Bot {
    /// By which it is named on the command line and in the table.
    pub(crate) name: &'static str,
    /// What it is, in words.
    pub(crate) what: &'static str,
    program: Program,
    keeps: Keeps,
    /// For grammY alone.
    polling: &'static str,
}

enum Program {
    Samleng,
    Teloxide,
    Grammy,
    Aiogram,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    InMemory,
    OnDisk,
    /// In a process of its own, which lives on when the bot is killed.
    InRedis,
}

/// All of them.
pub(crate) const BOTS: [Bot; 8] = [
    bot("samleng", "Samleng", Program::Samleng, Keeps::OnDisk, ""),
    bot(
        "teloxide-sqlite",
        "teloxide, dialogues in its SqliteStorage",
        Program::Teloxide,
        Keeps::OnDisk,
        "",
    ),
    bot(
        "teloxide-memory",
        "teloxide, dialogues in memory",
        Program::Teloxide,
        Keeps::InMemory,
        "",
    ),
    bot(
        "grammy-files",
        "grammY, conversations in files, runner",
        Program::Grammy,
        Keeps::OnDisk,
        "runner",
    ),
    bot(
        "grammy-simple",
        "grammY, conversations in files, simple polling",
        Program::Grammy,
        Keeps::OnDisk,
        "simple",
    ),
    bot(
        "grammy-memory",
        "grammY, conversations in memory, runner",
        Program::Grammy,
        Keeps::InMemory,
        "runner",
    ),
    bot(
        "aiogram-redis",
        "aiogram 3, states in Redis (counted with it)",
        Program::Aiogram,
        Keeps::InRedis,
        "",
    ),
    bot(
        "aiogram-memory",
        "aiogram 3, states in memory",
        Program::Aiogram,
        Keeps::InMemory,
        "",
    ),
];

const fn bot(
    name: &'static str,
    what: &'static str,
    program: Program,
    keeps: Keeps,
    polling: &'static str,
) -> Bot {
    Bot {
        name,
        what,
        program,
        keeps,
        polling,
    }
}

/// A concern as a bot has kept it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) receipt: String,
    /// The organisation, the title, the pieces of the story: everything that was typed.
    pub(crate) words: Vec<String>,
}

/// A process, which ends with this.
pub(crate) struct Process(Child);

impl Process {
    /// As SIGKILL ends it, and waits for that.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        let ended = self.ended()?;
        anyhow::ensure!(ended.is_none(), "it had ended by itself: {ended:?}");
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What one bot needs: its folder, and a Redis where it keeps its states there.
pub(crate) struct Site {
    bot: &'static Bot,
    installed: PathBuf,
    folder: PathBuf,
    api: String,
    redis: Option<Process>,
}

impl Site {
    /// An empty one. What `benches/peers/run` installed is in `installed`.
    pub(crate) fn new(
        bot: &'static Bot,
        installed: &Path,
        folder: PathBuf,
        api: String,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut site = Self {
            bot,
            installed: installed.to_owned(),
            folder,
            api,
            redis: None,
        };
        if bot.keeps == Keeps::InRedis {
            // As its package sets it up, but for the address: reached by a socket.
            let mut redis = Command::new("redis-server");
            redis.args(["--port", "0", "--dir"]).arg(&site.folder);
            redis.arg("--unixsocket").arg(site.socket());
            let output = Stdio::from(File::create(site.folder.join("redis.log"))?);
            let started = redis.stdin(Stdio::null()).stdout(output).spawn();
            let started = started.context("no redis-server: benches/peers/run installs it")?;
            site.redis = Some(Process(started));
            for _ in 0..500 {
                if site.socket().exists() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        Ok(site)
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }

    /// Starts the bot, on whatever it has kept.
    pub(crate) fn start(&self) -> anyhow::Result<Process> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = self.command();
        command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let started = command.spawn();
        let started = started
            .with_context(|| format!("{} does not start: run benches/peers/run", self.bot.name))?;
        Ok(Process(started))
    }

    /// What the bot says on standard error.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn command(&self) -> Command {
        let mut command = match self.bot.program {
            Program::Samleng => {
                let mut command = samleng(&self.folder);
                command.arg("run").env("TELOXIDE_TOKEN", TOKEN);
                command.env("TELOXIDE_API_URL", &self.api);
                return command;
            }
            Program::Teloxide => {
                Command::new(self.installed.join("teloxide/target/release/form-bot"))
            }
            Program::Grammy => {
                let mut command = Command::new("node");
                command.arg(self.installed.join("grammy/bot.mjs"));
                command
            }
            Program::Aiogram => {
                let mut command = Command::new(self.installed.join("aiogram/venv/bin/python"));
                command.arg(self.installed.join("aiogram/bot.py"));
                command
            }
        };
        let storage = match self.bot.keeps {
            Keeps::InMemory => PathBuf::from("memory"),
            Keeps::OnDisk => self.folder.join("dialogues"),
            Keeps::InRedis => self.socket(),
        };
        command
            .env("API_URL", &self.api)
            .env("BOT_TOKEN", TOKEN)
            .env("FORM", format!("{HERE}/form.json"))
            .env("STORAGE", storage)
            .env("POLLING", self.bot.polling);
        command
    }

    /// CPU seconds of the bot, and of its Redis, so far.
    pub(crate) fn cpu(&self, process: &Process) -> anyhow::Result<Duration> {
        let beside = self.redis.as_ref().map(|redis| measured::cpu(redis.0.id()));
        Ok(measured::cpu(process.0.id())? + beside.transpose()?.unwrap_or_default())
    }

    /// The most memory of the bot, and of its Redis, in MiB.
    pub(crate) fn peak(&self, process: &Process) -> anyhow::Result<f64> {
        let beside = self
            .redis
            .as_ref()
            .map(|redis| measured::peak(redis.0.id()));
        Ok(measured::peak(process.0.id())? + beside.transpose()?.unwrap_or_default())
    }

    /// Every concern that is kept. The bot has ended.
    pub(crate) fn records(&self) -> anyhow::Result<Vec<Record>> {
        if matches!(self.bot.program, Program::Samleng) {
            let args = ["digest", "--format", "json", "--language", "en"];
            let said = samleng(&self.folder).args(args).output()?;
            anyhow::ensure!(said.status.success(), "no digest: {:?}", said.stderr);
            let digest: Value = serde_json::from_slice(&said.stdout)?;
            let concerns = digest["concerns"].as_array().context("no concerns")?;
            return concerns.iter().map(of_samleng).collect();
        }
        let kept = fs::read_to_string(self.folder.join("records.jsonl")).unwrap_or_default();
        // A line that was cut off by a kill is no record.
        let lines = kept
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.map(|record: Value| of_peer(&record)).collect()
    }
}

/// The program, on the folders of this place. `SAMLENG` names another build of it.
fn samleng(folder: &Path) -> Command {
    let program = std::env::var_os("SAMLENG");
    let mut command = Command::new(program.unwrap_or_else(|| env!("CARGO_BIN_EXE_samleng").into()));
    command
        .args([Path::new("--data"), &folder.join("data")])
        .args([Path::new("--config"), &Path::new(HERE).join("samleng")])
        .env("RUST_LOG", "warn")
        .env("SAMLENG_KEY", KEY);
    command
}

fn of_samleng(concern: &Value) -> anyhow::Result<Record> {
    let mut words = vec![
        text(&concern["organisation"]["en"])?,
        text(&concern["title"])?,
    ];
    for part in concern["story"].as_array().context("no story")? {
        words.push(text(&part["text"])?);
    }
    Ok(Record {
        receipt: text(&concern["receipt"])?,
        words,
    })
}

fn of_peer(record: &Value) -> anyhow::Result<Record> {
    let mut words = vec![text(&record["organisation"])?, text(&record["title"])?];
    for piece in record["story"].as_array().context("no story")? {
        words.push(text(piece)?);
    }
    Ok(Record {
        receipt: text(&record["receipt"])?,
        words,
    })
}

fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).context("no text")
}
