//! The local socket: what the command line asks of a running bot.
//!
//! A Unix socket in the data folder that only its owner can open. One line of JSON in, one line out.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{oneshot, watch};

use super::backups::{Backups, Handed, Ready};
use super::clock::Clock;
use super::making::{Job, Workshop};
use super::pulse::Pulse;
use super::work::{Unavailable, Work, Writer};
use crate::dialogue::organising::Order;
use crate::digest::{Request, Since};
use crate::domain::{Language, Receipt};

/// What is said where a digest is to begin at one that is not there.
pub const NO_SUCH: &str = "there is no such digest before";
/// How long a backup may take to be read.
const READ_WITHIN: Duration = Duration::from_secs(30 * 60);
/// How long a question may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// A digest, and from when on; the answer is its files, one in a line, in base 64.
    Digest(Request, Option<Since>),
    /// The agenda as it stands, in this language, as JSON; nothing if there is none.
    Agenda(Language),
    /// A backup; the answer is a [`Handed`], and its bytes follow.
    Backup,
    /// A fresh owner's link.
    FreshOwnerLink,
    /// What the organisers decided; the answer is a line each.
    Order(Order),
    /// Everything there is, as lines of JSON.
    Export,
    /// What an erasure of everything about people would do, as JSON.
    Preview,
    /// The audit log, as JSON.
    Audit,
    /// Whether a receipt was in digests, and as what, as JSON; with the proof for this one.
    Verify {
        /// The receipt.
        receipt: Receipt,
        /// The digest's number.
        digest: Option<u32>,
    },
    /// What is known of the meeting and of what was sent by the clock, and the time by that clock, as JSON.
    Known,
    /// How the bot is, as JSON: [`Health`].
    Health,
}

/// How a running bot is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Health {
    /// How its writer is.
    pub writer: Writer,
    /// Why no updates come, if the last attempt failed.
    pub trouble: Option<String>,
}

/// The answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Ok(String),
    Refused(String),
}

/// What answers are made from.
#[derive(Clone)]
pub struct Served {
    /// The writer.
    pub works: Sender<Work>,
    /// Where digests are made.
    pub workshop: Arc<Workshop>,
    /// Where backups are made.
    pub backups: Backups,
    /// What time it is.
    pub clock: Clock,
    /// How the intake is.
    pub pulse: Pulse,
}

/// Answers until told to stop. The path is short: the process stands in the data folder, since the name of a socket
/// holds 108 bytes only.
pub async fn serve(listener: UnixListener, served: Served, mut stop: watch::Receiver<bool>) {
    loop {
        let connection = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            connection = listener.accept() => connection,
        };
        let stream = match connection {
            Ok((stream, _)) => stream,
            Err(error) => {
                log::warn!("the local socket: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let served = served.clone();
        tokio::spawn(async move {
            if let Err(error) = answer(stream, &served).await {
                log::debug!("the local socket: {error}");
            }
        });
    }
}

async fn answer(mut stream: UnixStream, served: &Served) -> anyhow::Result<()> {
    let Served {
        works,
        workshop,
        backups,
        clock,
        pulse,
    } = served;
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new(&mut stream);
    tokio::time::timeout(PATIENCE, reader.read_line(&mut line)).await??;
    let reply = match serde_json::from_str::<Ask>(&line) {
        Ok(Ask::Digest(request, since)) => match digest(request, since, works, workshop).await {
            Ok(job) => return send_files(&job, &mut stream).await,
            Err(error) => Reply::Refused(error.to_string()),
        },
        Ok(Ask::Backup) => match backups.make().await {
            Ok(ready) => return send_backup(&ready, &mut stream).await,
            Err(error) => Reply::Refused(format!("{error:#}")),
        },
        Ok(ask) => match do_as_asked(ask, works, clock, pulse).await {
            Ok(result) => Reply::Ok(result),
            Err(error) => Reply::Refused(error.to_string()),
        },
        Err(_) => Reply::Refused("the running bot is of another version".to_owned()),
    };
    let mut line = serde_json::to_vec(&reply)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    Ok(())
}

/// Has a digest made.
async fn digest(
    mut request: Request,
    since: Option<Since>,
    works: &Sender<Work>,
    workshop: &Workshop,
) -> anyhow::Result<Arc<Job>> {
    let (done, hear) = oneshot::channel();
    works
        .send(Work::Note(request.edition.deed(), done))
        .map_err(|_| Unavailable)?;
    hear.await.map_err(|_| Unavailable)??;
    if let Some(since) = since {
        let (done, hear) = oneshot::channel();
        let ask = Work::Since(request.edition, request.filter.clone(), since, done);
        works.send(ask).map_err(|_| Unavailable)?;
        let after = hear.await.map_err(|_| Unavailable)??;
        request.filter.after = Some(after.ok_or_else(|| anyhow::anyhow!(NO_SUCH))?);
    }
    let job = workshop.begin(&request);
    workshop.made(&job).await?;
    Ok(job)
}

/// A reply that holds all files of what was made, of which only one at a time is in memory.
async fn send_files(job: &Job, stream: &mut UnixStream) -> anyhow::Result<()> {
    stream.write_all(b"{\"ok\":\"").await?;
    for (place, file) in job.files().iter().enumerate() {
        if place > 0 {
            stream.write_all(b"\\n").await?;
        }
        // None of its characters means anything in JSON.
        let text = BASE64.encode(&file.read().await?);
        stream.write_all(text.as_bytes()).await?;
    }
    stream.write_all(b"\"}\n").await?;
    Ok(())
}

/// A reply that says what the backup is, and its bytes.
async fn send_backup(ready: &Ready, stream: &mut UnixStream) -> anyhow::Result<()> {
    let reply = Reply::Ok(serde_json::to_string(&ready.handed)?);
    let mut line = serde_json::to_vec(&reply)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut file = tokio::fs::File::open(&ready.path).await?;
    // Whoever does not read it keeps others from being made.
    tokio::time::timeout(READ_WITHIN, tokio::io::copy(&mut file, stream)).await??;
    Ok(())
}

async fn do_as_asked(
    ask: Ask,
    works: &Sender<Work>,
    clock: &Clock,
    pulse: &Pulse,
) -> anyhow::Result<String> {
    match ask {
        // They are answered apart, piece by piece.
        Ask::Digest(..) | Ask::Backup => anyhow::bail!("that is asked for otherwise"),
        Ask::Order(order) => {
            let (done, hear) = oneshot::channel();
            works
                .send(Work::Order { order, done })
                .map_err(|_| Unavailable)?;
            let said = hear.await.map_err(|_| Unavailable)?;
            Ok(said.map_err(|why| anyhow::anyhow!(why))?.join("\n"))
        }
        Ask::Agenda(language) => {
            let (done, hear) = oneshot::channel();
            works
                .send(Work::Paper(language, done))
                .map_err(|_| Unavailable)?;
            let paper = hear.await.map_err(|_| Unavailable)??;
            Ok(serde_json::to_string(&paper)?)
        }
        Ask::Export => {
            let (done, hear) = oneshot::channel();
            works.send(Work::Export(done)).map_err(|_| Unavailable)?;
            Ok(hear.await.map_err(|_| Unavailable)??)
        }
        Ask::Preview => {
            let (done, hear) = oneshot::channel();
            works.send(Work::Preview(done)).map_err(|_| Unavailable)?;
            let preview = hear.await.map_err(|_| Unavailable)??;
            Ok(serde_json::to_string(&preview)?)
        }
        Ask::Audit => {
            let (done, hear) = oneshot::channel();
            works.send(Work::Audit(done)).map_err(|_| Unavailable)?;
            let log = hear.await.map_err(|_| Unavailable)??;
            Ok(serde_json::to_string(&log)?)
        }
        Ask::Verify { receipt, digest } => {
            let (done, hear) = oneshot::channel();
            works
                .send(Work::Verify(receipt, digest, done))
                .map_err(|_| Unavailable)?;
            let answer = hear.await.map_err(|_| Unavailable)??;
            Ok(serde_json::to_string(&answer)?)
        }
        Ask::Known => {
            let (done, hear) = oneshot::channel();
            works.send(Work::Known(done)).map_err(|_| Unavailable)?;
            let known = hear.await.map_err(|_| Unavailable)??;
            Ok(serde_json::to_string(&(known, clock.now()))?)
        }
        Ask::Health => {
            let (done, hear) = oneshot::channel();
            works.send(Work::Ping(done)).map_err(|_| Unavailable)?;
            let writer = tokio::time::timeout(PATIENCE, hear).await;
            let writer = writer.map_err(|_| {
                anyhow::anyhow!(
                    "the writer is busy, or hangs: while a large store is rebuilt that is no fault"
                )
            })?;
            let writer = writer.map_err(|_| Unavailable)?;
            let trouble = pulse.trouble();
            Ok(serde_json::to_string(&Health { writer, trouble })?)
        }
        Ask::FreshOwnerLink => {
            let (done, hear) = oneshot::channel();
            works
                .send(Work::FreshOwnerLink { done })
                .map_err(|_| Unavailable)?;
            let link = hear.await.map_err(|_| Unavailable)??;
            link.ok_or_else(|| anyhow::anyhow!("no link could be made"))
        }
    }
}

/// Asks a running bot; `None` if none is running behind this socket.
///
/// # Errors
/// What the bot refuses, or the connection breaking.
pub fn ask(socket: &Path, ask: &Ask) -> anyhow::Result<Option<String>> {
    Ok(ask_and_read(socket, ask)?.map(|(result, _)| result))
}

/// Asks a running bot for a backup, and what its bytes are read from; `None` if none is running.
///
/// # Errors
/// As [`ask`].
pub fn ask_backup(socket: &Path) -> anyhow::Result<Option<(Handed, impl Read + use<>)>> {
    let Some((handed, rest)) = ask_and_read(socket, &Ask::Backup)? else {
        return Ok(None);
    };
    Ok(Some((serde_json::from_str(&handed)?, rest)))
}

fn ask_and_read(
    socket: &Path,
    ask: &Ask,
) -> anyhow::Result<Option<(String, BufReader<std::os::unix::net::UnixStream>)>> {
    let Ok(mut stream) = std::os::unix::net::UnixStream::connect(socket) else {
        return Ok(None);
    };
    let mut line = serde_json::to_vec(ask)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut reply = String::new();
    let mut stream = BufReader::new(stream);
    stream.read_line(&mut reply)?;
    anyhow::ensure!(
        !reply.is_empty(),
        "the running bot went away before it answered"
    );
    match serde_json::from_str(&reply)? {
        Reply::Ok(result) => Ok(Some((result, stream))),
        Reply::Refused(why) => anyhow::bail!(why),
    }
}
