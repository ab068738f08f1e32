//! What the service manager hears: that the bot is ready, how it is, that it stops, and that it has not stuck.
//! <https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>
//!
//! Guarantees: `READY=1` goes out when updates are first asked for. `WATCHDOG=1` goes out only after the writer's thread and the
//! deliverer have each answered through the channel by which their work comes, and only if no turn of the intake
//! has lasted too long. So a writer that hangs in the store is noticed; an hour without Telegram is none of it.
//!
//! Without a service manager nothing is sent and nobody is asked.
//!
//! Must never: fail the bot because nobody listens; send anything but the words that stand here and a trouble of [`Pulse`].

use std::convert::Infallible;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

use super::deliver::Delivery;
use super::pulse::Pulse;
use super::work::Work;

/// Longer than a poll and the commit of what it brings ever take, as long as the writer answers.
const STUCK: Duration = Duration::from_secs(120);
const RECEIVING: &str = "updates are received";

/// The way to the service manager.
#[derive(Debug, Default)]
pub struct Notifier {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// To the socket of this name (a path, or `@` and an abstract name), which expects to hear at least this often that nothing
    /// has stuck. Connects now: later the program may not reach it.
    ///
    /// # Errors
    /// If there is no such socket.
    pub fn connect(name: &OsStr, watchdog: Option<Duration>) -> io::Result<Self> {
        let address = match name.as_bytes().strip_prefix(b"@") {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(Path::new(name))?,
        };
        let socket = UnixDatagram::unbound()?;
        socket.connect_addr(&address)?;
        // A service manager that reads nothing must not stop the bot.
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket: Some(socket),
            watchdog: watchdog.filter(|watchdog| !watchdog.is_zero()),
        })
    }

    /// How the bot is, in words for a person.
    pub fn status(&self, words: &str) {
        // A line would begin something else.
        self.say(&format!("STATUS={}", words.replace('\n', " ")));
    }

    /// The bot is about to end.
    pub fn stopping(&self) {
        self.say("STOPPING=1\nSTATUS=stopping");
    }

    /// Tells how the bot is, until dropped.
    pub async fn keep(
        &self,
        pulse: &Pulse,
        works: &Sender<Work>,
        deliveries: &UnboundedSender<Delivery>,
    ) {
        // Twice as often as it must be heard.
        let mut ticks = self.watchdog.map(|watchdog| {
            let mut ticks = tokio::time::interval(watchdog / 2);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        let tick = async || match &mut ticks {
            Some(ticks) => drop(ticks.tick().await),
            None => std::future::pending().await,
        };
        self.keep_by(tick, pulse, works, deliveries).await;
    }

    /// The same, where something else says when it is time to look.
    pub async fn keep_by(
        &self,
        tick: impl AsyncFnMut(),
        pulse: &Pulse,
        works: &Sender<Work>,
        deliveries: &UnboundedSender<Delivery>,
    ) {
        if self.socket.is_none() {
            return std::future::pending().await;
        }
        pulse.begun().await;
        self.say(&format!("READY=1\nSTATUS={RECEIVING}"));
        tokio::select! {
            never = self.tell_trouble(pulse) => match never {},
            () = self.watch(tick, pulse, works, deliveries) => {}
        }
    }

    async fn tell_trouble(&self, pulse: &Pulse) -> Infallible {
        let mut told = None;
        loop {
            told = pulse.other_than(told.as_deref()).await;
            match &told {
                Some(trouble) => self.status(&format!("no updates: {trouble}")),
                None => self.status(RECEIVING),
            }
        }
    }

    /// Asks one after the other: an answer that does not come must keep everything back.
    async fn watch(
        &self,
        mut tick: impl AsyncFnMut(),
        pulse: &Pulse,
        works: &Sender<Work>,
        deliveries: &UnboundedSender<Delivery>,
    ) {
        loop {
            tick().await;
            let (done, hear) = oneshot::channel();
            if works.send(Work::Ping(done)).is_err() || hear.await.is_err() {
                return;
            }
            let (done, hear) = oneshot::channel();
            if deliveries.send(Delivery::Ping(done)).is_err() || hear.await.is_err() {
                return;
            }
            if !pulse.is_stuck(STUCK) {
                self.say("WATCHDOG=1");
            }
        }
    }

    fn say(&self, words: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = socket.send(words.as_bytes()) {
            log::debug!("the service manager does not hear: {error}");
        }
    }
}
