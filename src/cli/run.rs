//! `samleng run`: the bot itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Common, setup};
use crate::runtime::Bot;
use crate::runtime::clock::Clock;
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
    let forum = setup::sound_forum(common)?;
    let settings = &forum.config.settings;
    let token = setup::token(settings)?;
    let address = setup::address(settings)?;
    log::info!("the Bot API is at {address}");
    let api = Api::new(&address, &token)?;
    let clock = match &args.clock {
        Some(file) => Clock::following(&setup::absolute(file)?)?,
        None => Clock::system(),
    };
    let data = setup::absolute(&common.data)?;
    setup::backups_elsewhere(settings, &data)?;
    let opened = setup::open(settings, &data)?;
    // From here on paths in the data folder can be short: the name of a socket holds 108 bytes.
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;

    // The writer has a thread of its own and digests are made on others; what is left is waiting for sockets, and
    // one thread does that without waking another for every call.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stop = stop_on_signals()?;
        let Some(username) = ask_username(&api, stop.clone()).await? else {
            return Ok(());
        };
        let setup::Opened {
            folder,
            mut store,
            again,
            rebuild,
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
            socket,
            clock,
            // Also when the file was replaced by a newer one meanwhile.
            program: PathBuf::from("/proc/self/exe"),
            link_used: Box::new(move || remove(&link)),
        };
        let result = bot.run(stop).await;
        remove(Path::new("socket"));
        log::info!("stopped");
        result
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
