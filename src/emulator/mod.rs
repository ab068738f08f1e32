//! A strict Bot API server for demo, tests and benches.
//!
//! It plays Telegram for any number of bots, each known by its token, and a control API plays the people. Guarantees the
//! rules and the exact errors of the real server for the methods this bot uses (docs/EMULATOR.md lists them), so that what
//! works here works there. Listens on the loopback address only; writes nothing to a disk but the clock file that it is told to
//! write, reads nothing from one and never calls out: what it brings to a webhook goes to an address of this machine that a
//! control call named.
//!
//! ```text
//! server, download, mishap   HTTP, faults          control, control_*, view, events   the control API
//! params    parameters in any encoding             methods, messages, media, callbacks, commands, profile, poll   the methods
//! webhook, carrier   webhooks, bringing updates to them
//! entities, html, markup   texts and buttons       queue, calls, files, limits, fault   what a bot holds
//! bot, chat   people, chats, messages              clock, wire   time that moves, connections that break
//! client    the control API from Rust              local   the same without HTTP, for benches
//! guard     whose requests are taken               shelf   files as a browser opens them
//! inside    the Bot API without HTTP, for simulation
//! ```

mod bot;
mod call;
mod callbacks;
mod calls;
mod carrier;
mod chat;
pub mod client;
mod clock;
mod commands;
mod control;
mod control_edit;
mod control_files;
mod control_groups;
mod control_luck;
mod control_people;
mod control_press;
mod control_read;
mod control_send;
mod control_start;
mod download;
mod entities;
mod error;
mod events;
mod fault;
mod files;
mod guard;
mod html;
mod inside;
mod limits;
pub mod local;
mod markup;
mod media;
mod messages;
mod methods;
mod mishap;
mod params;
mod poll;
mod profile;
mod queue;
mod server;
mod shelf;
mod view;
mod webhook;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use chat::Standing;
use client::Client;
use clock::Clock;
pub use fault::FaultKind;
pub use inside::Ended;
pub use limits::Limits;
use local::Local;
use server::Shop;
use wire::{Door, Switch};

/// How the emulator runs.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Whether the send limits hold.
    pub limits: Limits,
    /// Where the offset of the clock from the machine's is written, in seconds, for `samleng run --clock`: at the start, and
    /// whenever a control call moves the clock, before that is answered.
    pub clock_file: Option<PathBuf>,
    /// Pages served on the same address, to this machine only; what they have no route for is the emulator's.
    pub pages: Router,
}

/// The emulator; see [`Emulator::start`].
#[derive(Debug)]
pub struct Emulator;

impl Emulator {
    /// Listens and serves until [`Running::stop`] or until the handle is dropped.
    ///
    /// # Errors
    /// When the port cannot be had, or the clock file not be written.
    pub async fn start(config: Config) -> anyhow::Result<Running> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, config.port));
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address}"))?;
        let addr = listener.local_addr().context("the socket has no address")?;
        let (stop, stopped) = watch::channel(false);
        let clock = Clock::new(config.clock_file).context("cannot write the clock file")?;
        let shop = Arc::new(Shop::new(clock, config.limits, stopped.clone()));
        let service = server::router(Arc::clone(&shop), config.pages)
            .into_make_service_with_connect_info::<Switch>();
        let task = tokio::spawn(async move {
            let until = async move {
                let mut stopped = stopped;
                // An error means that the handle is gone, which is the same.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(Door(listener), service)
                .with_graceful_shutdown(until)
                .await
            {
                log::error!("the emulator stopped: {error}");
            }
        });
        Ok(Running {
            addr,
            shop,
            stop,
            task,
        })
    }
}

/// A running emulator. Dropping it stops it, without waiting.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    shop: Arc<Shop>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// `http://127.0.0.1:PORT`, for the bot's API address and for [`Client::new`].
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// A client of the control API for the bot with this token.
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn client(&self, token: &str) -> anyhow::Result<Client> {
        Client::new(&self.url(), token)
    }

    /// The control API for the bot with this token, without HTTP.
    ///
    /// # Errors
    /// When this is no token.
    pub fn local(&self, token: &str) -> anyhow::Result<Local> {
        Local::new(Arc::clone(&self.shop), token)
    }

    /// Ends waiting calls, closes the connections and returns when that is done, at the latest after two seconds.
    pub async fn stop(mut self) {
        // No receiver means that it has stopped already.
        let _ = self.stop.send(true);
        if tokio::time::timeout(Duration::from_secs(2), &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

/// `samleng emulator`: prints the address on standard output and serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// As [`Emulator::start`], and when signals cannot be awaited.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    use std::io::Write;
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate()).context("cannot await SIGTERM")?;
    let running = Emulator::start(config).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", running.url())
        .and_then(|()| out.flush())
        .context("cannot print the address")?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.context("cannot await Ctrl-C")?,
        _ = terminate.recv() => {}
    }
    running.stop().await;
    Ok(())
}
