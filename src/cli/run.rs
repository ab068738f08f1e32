//! `samleng run`: the bot itself.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::{Common, setup};
use crate::cage::{Cage, Doors};
use crate::config::{Mode, Settings};
use crate::runtime::clock::{self, Clock};
use crate::runtime::notify::Notifier;
use crate::runtime::webhook::Hook;
use crate::runtime::{Bot, Reception};
use crate::store::folder::{DataFolder, write_private};
use crate::telegram::{Api, CallError};

pub(super) const HELP: &str = "\
Example:
  TELOXIDE_TOKEN=123456:ABC-DEF samleng run --data /var/lib/samleng

While nobody is owner it prints one line: a link to open in Telegram. Whoever opens it first is the owner.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Add the seconds that stand in this file, which may be a fraction or less than 0, to the system's clock, and follow
    /// every change of it: for demos and tests
    #[arg(long, value_name = "FILE")]
    clock: Option<PathBuf>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    // Key, token and words are in memory from here on.
    without_core_dumps()?;
    let forum = setup::sound_forum(common)?;
    let settings = &forum.config.settings;
    let token = setup::token(settings)?;
    let address = setup::address(settings)?;
    log::info!("the Bot API is at {address}");
    let api = Api::new(&address, &token)?;
    let data = setup::absolute(&common.data)?;
    setup::backups_elsewhere(settings, &data)?;
    // A thread follows it later; a mistake is told before anything is made.
    if let Some(file) = &args.clock {
        clock::read(&setup::absolute(file)?)?;
    }
    let prepared = setup::prepare(settings, &data)?;
    let notifier = notifier();
    notifier.status("asking Telegram who we are");
    let chosen = settings.webhook.secret_file.as_deref();
    let chosen = chosen.map(webhook_secret).transpose()?;
    let mut written = vec![data.clone(), PathBuf::from("/dev/null")];
    if let Some(backup) = &settings.backup {
        // What is not there now stays shut.
        if !backup.folder.is_dir() {
            log::error!("the folder for backups is not there: start the bot again once it is");
        }
        written.push(backup.folder.clone());
    }
    let doors = Doors {
        written,
        listen: listens_on(settings),
        ..Doors::default()
    };
    cage(doors, &address, args.clock.as_deref())?;
    // From here on there are other threads.
    let clock = match &args.clock {
        Some(file) => Clock::following(&setup::absolute(file)?)?,
        None => Clock::system(),
    };
    let opened = prepared.open()?;
    // From here on paths in the data folder can be short: the name of a socket holds 108 bytes.
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;

    // The writer has a thread of its own and digests are made on others; what is left is waiting for sockets, and
    // one thread does that without waking another for every call.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(async {
        let stop = stop_on_signals()?;
        let settings = &forum.config.settings;
        let (path, derived) = &opened.webhook;
        let secret = chosen.unwrap_or_else(|| derived.clone());
        let reception = reception(settings, path, secret).await?;
        let observe = match settings.observe {
            Some(address) => Some(listen_at(address, "[observe]").await?),
            None => None,
        };
        let Some(username) = ask_username(&api, stop.clone()).await? else {
            return Ok(());
        };
        let setup::Opened {
            folder,
            mut store,
            again,
            rebuild,
            webhook: _,
        } = opened;
        store.keep_username(&username)?;
        announce_owner_link(&mut store, &folder, &clock)?;
        let socket = listen()?;
        let link = folder.owner_link();
        let bot = Bot {
            forum,
            api,
            folder,
            store,
            open: again,
            rebuild,
            reception,
            observe,
            socket,
            clock,
            // Also when the file was replaced by a newer one meanwhile.
            program: PathBuf::from("/proc/self/exe"),
            link_used: Box::new(move || remove(&link)),
            notifier,
        };
        let result = bot.run(stop).await;
        remove(Path::new("socket"));
        log::info!("stopped");
        result
    });
    // A name service that does not answer keeps nobody waiting.
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

/// Shuts the process into what it needs from now on: what it writes to, and the way to Telegram. Settings, token and key were
/// read.
fn cage(mut doors: Doors, address: &str, clock: Option<&Path>) -> anyhow::Result<()> {
    doors.random();
    // The one that makes digests is this program again.
    doors.itself().context("cannot tell what this program is")?;
    let (port, by_name) = setup::reached_at(address)?;
    doors.reach(port, by_name);
    if let Some(clock) = clock {
        // A new file takes its place whenever the time is moved.
        doors
            .read
            .extend(setup::absolute(clock)?.parent().map(Path::to_owned));
    }
    let cage = doors.shut().context("cannot confine the bot")?;
    match cage {
        Cage::Whole(_) => log::info!("{cage}"),
        Cage::Partial(_) | Cage::None => log::warn!("{cage}"),
    }
    Ok(())
}

/// Has the kernel write none of this process, nor of those that it starts.
fn without_core_dumps() -> anyhow::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).context("cannot switch core dumps off")
}

/// The way to the service manager, if one has started us.
fn notifier() -> Notifier {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
        return Notifier::default();
    };
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    // It may be meant for another process, which has started this one.
    let ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
    let watchdog = number("WATCHDOG_USEC").filter(|_| ours);
    Notifier::connect(&name, watchdog.map(Duration::from_micros)).unwrap_or_else(|error| {
        log::warn!("the service manager cannot be told how the bot is: {error}");
        Notifier::default()
    })
}

/// Becomes true with SIGTERM or Ctrl-C.
pub(super) fn stop_on_signals() -> anyhow::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        // Nobody listens only when everything has stopped already.
        let _ = sender.send(true);
    });
    Ok(receiver)
}

/// Asks until Telegram answers; nothing if it was time to stop before.
async fn ask_username(
    api: &Api,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<String>> {
    let mut pause = Duration::from_secs(1);
    loop {
        let answer = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
            answer = api.me() => answer,
        };
        let wait = match answer {
            Ok(me) => return Ok(Some(me.username)),
            Err(CallError::Refused {
                code: code @ (401 | 404),
                ..
            }) => {
                bail!(
                    "Telegram does not know this token ({code}): look at TELOXIDE_TOKEN, or ask BotFather for a new one"
                )
            }
            Err(CallError::RetryAfter(seconds)) => Duration::from_secs(seconds.into()),
            Err(error) => {
                log::warn!(
                    "Telegram does not say who we are ({error}); asking again in {} s",
                    pause.as_secs()
                );
                pause
            }
        };
        pause = (pause * 2).min(Duration::from_secs(60));
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// While there is no owner, prints the link and keeps it in its file; it is the one secret ever printed.
fn announce_owner_link(
    store: &mut crate::store::Store,
    folder: &DataFolder,
    clock: &Clock,
) -> anyhow::Result<()> {
    let meta = store.meta()?;
    if meta.has_owner {
        if meta.owner_link.is_none() {
            // A process that was killed just after the link was used has left it behind.
            remove(&folder.owner_link());
        }
        return Ok(());
    }
    let Some(link) = store.owner_link(false, clock.now())? else {
        return Ok(());
    };
    write_private(&folder.owner_link(), link.as_bytes()).context("cannot keep the owner's link")?;
    super::print(&format!("{link}\n"))
}

/// How updates come, with the socket and the secrets that this takes.
async fn reception(
    settings: &Settings,
    path: &str,
    secret: Zeroizing<String>,
) -> anyhow::Result<Reception> {
    match settings.mode {
        Mode::Polling => return Ok(Reception::Polling),
        Mode::Webhook => {}
    }
    let hook = &settings.webhook;
    let url = hook
        .url
        .as_deref()
        .context("mode \"webhook\" needs url in [webhook]")?;
    if !hook.listen.ip().is_loopback() {
        log::warn!(
            "the webhook listens at {}, in plain HTTP: only a proxy that you trust may be able to reach it",
            hook.listen
        );
    }
    let url = Zeroizing::new(format!("{url}/{path}"));
    let after_scheme = url.trim_start_matches("https://");
    let path = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
    let path = Zeroizing::new(path.to_owned());
    Ok(Reception::Webhook(Hook {
        listener: listen_at(hook.listen, "[webhook]").await?,
        path,
        url,
        secret,
        max_connections: hook.max_connections,
        body_bytes: hook.body_bytes,
    }))
}

/// The ports on which others reach the bot.
fn listens_on(settings: &Settings) -> Vec<u16> {
    let hook = match settings.mode {
        Mode::Polling => None,
        Mode::Webhook => Some(settings.webhook.listen),
    };
    let addresses = hook.into_iter().chain(settings.observe);
    addresses.map(|address| address.port()).collect()
}

/// The secret that somebody chose. <https://core.telegram.org/bots/api#setwebhook>
fn webhook_secret(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let about = fs::metadata(file)
        .with_context(|| format!("the webhook's secret_file {}", file.display()))?;
    ensure!(
        about.permissions().mode() & 0o007 == 0,
        "others can read the webhook's secret_file {}: chmod o-rwx",
        file.display()
    );
    let text = fs::read_to_string(file)
        .map(Zeroizing::new)
        .with_context(|| format!("the webhook's secret_file {}", file.display()))?;
    let secret = text.trim();
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    ensure!(
        (16..=256).contains(&secret.len()) && secret.chars().all(legal),
        "the webhook's secret_file {} must hold 16 to 256 of A-Z, a-z, 0-9, _ and -",
        file.display()
    );
    Ok(Zeroizing::new(secret.to_owned()))
}

async fn listen_at(address: SocketAddr, whose: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen at {address} for {whose}"))
}

/// The local socket; one that was left behind gives way, since the store's lock says that nobody else runs here.
fn listen() -> anyhow::Result<UnixListener> {
    remove(Path::new("socket"));
    let socket = UnixListener::bind("socket").context("cannot make the local socket")?;
    // The mask of new files leaves it executable, which means nothing for a socket.
    fs::set_permissions("socket", fs::Permissions::from_mode(0o600))
        .context("cannot close the local socket to others")?;
    Ok(socket)
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => log::warn!("cannot remove {}: {error}", path.display()),
    }
}
