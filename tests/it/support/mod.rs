//! What the tests of the whole program share: a place to run it in, the program, people with phones.
//!
//! The program is the real binary in a process of its own; Telegram is the emulator, in the test's process. Nothing
//! here sleeps to wait for something: waiting is a long poll of the emulator, or of a process that ends, with
//! [`GUARD`] as the only deadline.

mod bot;
mod many;
mod phone;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use samleng::emulator::client::{Call, Client};
use samleng::emulator::{Config, Emulator, Limits, Running};
use samleng::store::Store;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::sled_kv::SledKv;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use bot::BotProcess;
pub(crate) use phone::{Phone, Screen, number_of, receipts_in};

/// Long enough that only what never comes gets there.
pub(crate) const GUARD: Duration = Duration::from_secs(120);
/// A token that is recognised wherever it turns up.
pub(crate) const TOKEN: &str = "4242424242:AA-token-of-the-tests_0123456789";
/// Switches off the limits of sending, of which these tests are not.
pub(crate) const UNLIMITED: &str =
    "[sending]\nper_second = 0\nchat_per_second = 0\ngroup_per_minute = 0\n";

/// Waits until the disk or a log shows what is looked for.
pub(crate) async fn until<T>(what: impl Fn() -> Option<T>) -> T {
    let late = tokio::time::Instant::now() + GUARD;
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(tokio::time::Instant::now() < late, "it does not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How updates come to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Polling,
    Webhook,
}

impl Way {
    /// By polling, unless `SAMLENG_TEST_WAY` says `webhook`: then every test of the whole program goes that way.
    fn usual() -> Self {
        match std::env::var_os("SAMLENG_TEST_WAY") {
            Some(way) if way == "webhook" => Self::Webhook,
            Some(_) | None => Self::Polling,
        }
    }
}

/// The host of every webhook here.
pub(crate) const HOST: &str = "bot.example.org";

/// A home, a configuration, a data folder and an emulator, all gone with it.
pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) emulator: Running,
    pub(crate) people: Client,
    by_webhook: AtomicBool,
    /// Where a webhook listens.
    pub(crate) listen: SocketAddr,
    /// More of the environment.
    pub(crate) env: BTreeMap<String, String>,
    /// How the bot is started.
    pub(crate) started_by: Vec<String>,
}

fn clock_file(folder: &Path) -> PathBuf {
    folder.join("clock")
}

/// An address of this machine that nobody listens at.
pub(crate) fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Whether strace can be used here; says so where it cannot.
pub(crate) fn can_trace() -> bool {
    let tried = std::process::Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        println!("skipped: strace is not installed or not allowed");
    }
    can
}

/// What a subcommand said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Site {
    /// Without limits of sending on either side.
    pub(crate) async fn new() -> Self {
        Self::with(UNLIMITED).await
    }

    /// With these settings.
    pub(crate) async fn with(settings: &str) -> Self {
        Self::under(settings, Limits::Off).await
    }

    /// With these settings, and Telegram's limits of sending as these.
    pub(crate) async fn under(settings: &str, limits: Limits) -> Self {
        Self::coming(Way::usual(), settings, limits).await
    }

    /// With updates that come this way.
    pub(crate) async fn by(way: Way) -> Self {
        Self::coming(way, UNLIMITED, Limits::Off).await
    }

    async fn coming(way: Way, settings: &str, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "config"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let emulator = Emulator::start(Config {
            limits,
            clock_file: Some(clock_file(folder.path())),
            ..Config::default()
        })
        .await
        .unwrap();
        let people = emulator.client(TOKEN).unwrap();
        let listen = free_address();
        let stands_for = json!({"host": HOST, "address": listen});
        people.post("webhook", &stands_for).await.unwrap();
        let site = Self {
            data: folder.path().join("data"),
            folder,
            emulator,
            people,
            by_webhook: AtomicBool::default(),
            listen,
            env: BTreeMap::new(),
            started_by: vec!["run".to_owned()],
        };
        site.settle(way, settings);
        site
    }

    /// From the next start on updates come this way, under these settings.
    pub(crate) fn settle(&self, way: Way, settings: &str) {
        self.by_webhook
            .store(way == Way::Webhook, Ordering::Relaxed);
        let settings = match way {
            Way::Polling => settings.to_owned(),
            Way::Webhook => format!(
                "mode = \"webhook\"\n{settings}\n[webhook]\nurl = \"https://{HOST}\"\nlisten = \"{}\"\n",
                self.listen
            ),
        };
        fs::write(self.folder.path().join("config/samleng.toml"), settings).unwrap();
    }

    /// How updates come.
    pub(crate) fn way(&self) -> Way {
        match self.by_webhook.load(Ordering::Relaxed) {
            true => Way::Webhook,
            false => Way::Polling,
        }
    }

    /// Where the emulator says how far it has moved its clock.
    pub(crate) fn clock_file(&self) -> PathBuf {
        clock_file(self.folder.path())
    }

    /// From now on the bot's clock goes by the emulator's.
    pub(crate) fn with_clock(mut self) -> Self {
        let file = self.clock_file().to_str().unwrap().to_owned();
        self.started_by = ["run", "--clock", &file].map(str::to_owned).to_vec();
        self
    }

    /// Where the master key is made.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("home/.config/samleng/key")
    }

    /// The program with these arguments, ready to start. `wrapper` goes before it.
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        wrapper: &[S],
        args: &[&str],
    ) -> tokio::process::Command {
        let binary = OsStr::new(env!("CARGO_BIN_EXE_samleng"));
        let mut words = wrapper.iter().map(AsRef::as_ref).chain([binary]);
        let mut command = tokio::process::Command::new(words.next().unwrap());
        command
            .args(words)
            .arg("--data")
            .arg(&self.data)
            .arg("--config")
            .arg(self.folder.path().join("config"))
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path().join("home"))
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", self.emulator.url())
            .envs(&self.env)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs a subcommand to its end.
    pub(crate) async fn say(&self, args: &[&str]) -> Said {
        let running = self.command::<&str>(&[], args).output();
        let output = tokio::time::timeout(GUARD, running)
            .await
            .expect("it ends")
            .expect("it starts");
        Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// `digest --format json`, which must be all of standard output.
    pub(crate) async fn digest(&self) -> Value {
        let said = self.say(&["digest", "--format", "json"]).await;
        assert_eq!(said.code, Some(0), "{}", said.err);
        serde_json::from_str(&said.out).expect("standard output is one JSON value")
    }

    /// Its store, opened with its key; only while the bot does not run.
    pub(crate) fn store(&self) -> Store {
        let key = MasterKey::from_file(&self.key(), &self.data).unwrap();
        let epoch = Epoch::load_or_create(&self.data.join("epoch"), true).unwrap();
        let records = SledKv::open(&self.data.join("store")).unwrap();
        Store::unlock(Box::new(records), key, &epoch).unwrap()
    }

    /// The number of the newest call.
    pub(crate) async fn last_call(&self) -> u64 {
        let nothing = [("after", "0".to_owned()), ("chat", "-1".to_owned())];
        let calls = self.people.get("calls", &nothing).await.unwrap();
        calls["last"].as_u64().unwrap()
    }

    /// Starts the bot and waits until it polls.
    pub(crate) async fn run(&self) -> BotProcess {
        let mut bot = self.spawn().await;
        bot.until_it_polls(self).await;
        bot
    }

    /// Starts the bot.
    pub(crate) async fn spawn(&self) -> BotProcess {
        BotProcess::spawn::<&str>(self, &[]).await
    }

    /// An update about nobody: a poll that waits for something ends with it, and so is seen in the log.
    pub(crate) async fn poke(&self) -> i64 {
        let post = json!({"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -7, "type": "channel"}}});
        self.people.raw(&post).await.unwrap()
    }

    /// Waits until every update so far is confirmed.
    ///
    /// A poll shows in the log only when it ends: the first update ends the one that brings it, the second the one
    /// that confirms it.
    pub(crate) async fn until_confirmed(&self) {
        let after = self.last_call().await;
        let first = self.poke().await;
        if self.way() == Way::Webhook {
            return self.until_taken(after).await;
        }
        let brings = |call: &Call| {
            let mut updates = call.result.as_array().into_iter().flatten();
            updates.any(|update| update["update_id"] == json!(first))
        };
        self.until_call(after, "getUpdates", brings).await;
        self.poke().await;
        let confirms = |call: &Call| call.params["offset"].as_i64().is_some_and(|o| o > first);
        self.until_call(after, "getUpdates", confirms).await;
    }

    /// Waits until the webhook has taken everything that was to be brought there.
    async fn until_taken(&self, mut after: u64) {
        let until = tokio::time::Instant::now() + GUARD;
        loop {
            let updates = self.people.updates().await.unwrap();
            if updates["waiting"] == 0 && updates["again"] == 0 {
                return;
            }
            assert!(tokio::time::Instant::now() < until, "it is not taken");
            let tries = self.people.calls_of("webhook", after, GUARD);
            after = tries.await.unwrap().last;
        }
    }

    /// Waits for such a call; it, and those of its method before it.
    pub(crate) async fn until_call(
        &self,
        after: u64,
        method: &str,
        such: impl Fn(&Call) -> bool,
    ) -> Vec<Call> {
        let mut found = Vec::new();
        let mut last = after;
        let until = tokio::time::Instant::now() + GUARD;
        while tokio::time::Instant::now() < until {
            let calls = self.people.calls_of(method, last, GUARD).await.unwrap();
            last = calls.last;
            for call in calls.calls {
                let is_it = such(&call);
                found.push(call);
                if is_it {
                    return found;
                }
            }
        }
        panic!("no such {method} comes");
    }

    /// Somebody with a phone.
    pub(crate) async fn phone(&self, id: i64, language: &'static str) -> Phone {
        self.people.user(id, "Somebody", language).await.unwrap();
        Phone::new(self.people.clone(), id, language)
    }
}

/// The concerns of a digest by receipt; each receipt stands there once.
pub(crate) fn concerns(digest: &Value) -> BTreeMap<String, Value> {
    let mut concerns = BTreeMap::new();
    for concern in digest["concerns"].as_array().unwrap() {
        let receipt = concern["receipt"].as_str().unwrap().to_owned();
        let twice = concerns.insert(receipt, concern.clone());
        assert!(twice.is_none(), "a receipt stands twice: {twice:?}");
    }
    let count = concerns.len();
    assert_eq!(digest["totals"]["received"], json!(count));
    concerns
}
