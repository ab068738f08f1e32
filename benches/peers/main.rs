//! The same form on other bots, beside ours, against our emulator; docs/BENCHES.md tells how and what for.
//!
//! `benches/peers/run` installs the others and calls this. Every bot is a process of its own and is measured from outside; the
//! emulator and the people live in this one. Nothing fails because of a figure.

mod bots;
mod judged;
#[path = "../load/measured.rs"]
mod measured;
mod people;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use samleng::emulator::client::Client;
use samleng::emulator::{Config, Emulator, Limits, Running};
use serde_json::json;

use bots::{BOTS, Bot, Process, Site, TOKEN};
use judged::Losses;
use people::{ANSWERS, Conversation, People};

/// Somebody who writes when a bot starts, so that its first poll has something to fetch and is seen.
const STRANGER: i64 = 7;
/// How long a bot may take to start.
const TO_START: Duration = Duration::from_secs(60);

/// How much of everything.
struct Effort {
    rounds: usize,
    talk: Duration,
    /// People at once, in the measured rounds.
    people: usize,
    /// People at once, and conversations in all, while it is killed.
    under_fire: usize,
    conversations: i64,
    kills: u64,
}

const WHOLE: Effort = Effort {
    rounds: 3,
    talk: Duration::from_secs(6),
    people: 50,
    under_fire: 30,
    conversations: 600,
    kills: 20,
};
const QUICK: Effort = Effort {
    rounds: 1,
    talk: Duration::from_secs(3),
    people: 50,
    under_fire: 30,
    conversations: 150,
    kills: 5,
};

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let is_quick = args.iter().any(|arg| arg == "quick");
    let effort = if is_quick { QUICK } else { WHOLE };
    let named: Vec<&str> = (args.iter().map(String::as_str))
        .filter(|arg| *arg != "quick" && !arg.starts_with('-'))
        .collect();
    if let Some(unknown) = (named.iter()).find(|name| BOTS.iter().all(|bot| bot.name != **name)) {
        let names: Vec<&str> = BOTS.iter().map(|bot| bot.name).collect();
        anyhow::bail!("{unknown} is none of {}", names.join(", "));
    }
    let wanted: Vec<&'static Bot> = (BOTS.iter())
        .filter(|bot| named.is_empty() || named.contains(&bot.name))
        .collect();
    // Beside the build, since a temporary folder in memory would make every flush free.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let bench = Bench {
        effort,
        installed: Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers"),
        place: target.join(format!("peers-{}", std::process::id())),
        seed: seed()?,
    };
    println!("PEERS_SEED={}", bench.seed);
    let result = tokio::runtime::Runtime::new()?.block_on(bench.all(&wanted));
    if result.is_ok() {
        fs::remove_dir_all(&bench.place)?;
    }
    result
}

/// From which the moments of the kills follow.
fn seed() -> anyhow::Result<u64> {
    match std::env::var("PEERS_SEED") {
        Ok(given) => given.parse().context("PEERS_SEED is no number"),
        Err(_) => Ok(std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_secs()),
    }
}

/// What one bot did in one round.
struct Figures {
    /// Conversations a second.
    rate: f64,
    /// Milliseconds of CPU for a conversation.
    cpu: f64,
    /// MiB.
    peak: f64,
    /// Milliseconds.
    p50: f64,
    p99: f64,
}

struct Bench {
    effort: Effort,
    /// Where the others are.
    installed: PathBuf,
    /// Where all of them keep what they keep.
    place: PathBuf,
    seed: u64,
}

impl Bench {
    async fn all(&self, wanted: &[&'static Bot]) -> anyhow::Result<()> {
        let mut figures: Vec<Vec<Figures>> = wanted.iter().map(|_| Vec::new()).collect();
        for round in 0..self.effort.rounds {
            for (bot, figures) in wanted.iter().zip(&mut figures) {
                eprintln!("{}, round {}", bot.name, round + 1);
                figures.push(self.measured(bot).await.context(bot.name)?);
            }
        }
        println!(
            "{} people at once, medians of {} rounds; then {} at once, {} conversations, killed {} times.\n",
            self.effort.people,
            self.effort.rounds,
            self.effort.under_fire,
            self.effort.conversations,
            self.effort.kills
        );
        println!(
            "| bot | conversations a second | CPU ms each | most MiB | p50 / p99 ms | waited in vain | asked all again | \
             acknowledged words gone | receipts without a record | words or records doubled | messages twice | gave up |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (bot, figures) in wanted.iter().zip(&figures) {
            eprintln!("{}, killed", bot.name);
            let losses = self.killed(bot).await.context(bot.name)?;
            let of = |of: fn(&Figures) -> f64| median(figures.iter().map(of).collect());
            println!(
                "| {} | {:.0} | {:.2} | {:.0} | {:.1} / {:.1} | {} | {} | {} | {} | {} | {} | {} |",
                bot.what,
                of(|f| f.rate),
                of(|f| f.cpu),
                of(|f| f.peak),
                of(|f| f.p50),
                of(|f| f.p99),
                losses.in_vain,
                losses.begun_anew,
                losses.words_gone,
                losses.unrecorded,
                losses.doubled,
                losses.twice,
                losses.given_up,
            );
        }
        Ok(())
    }

    /// An emulator, and a bot's empty folder.
    async fn fresh(&self, bot: &'static Bot) -> anyhow::Result<(Running, Site, Arc<People>)> {
        let emulator = Emulator::start(Config {
            limits: Limits::Off,
            ..Config::default()
        })
        .await?;
        let folder = self.place.join(bot.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let site = Site::new(bot, &self.installed, folder, emulator.url())?;
        let local = emulator.local(TOKEN)?;
        local.act("user", json!({"id": STRANGER, "first_name": "P"}))?;
        Ok((emulator, site, Arc::new(People::new(local))))
    }

    /// How fast it is.
    async fn measured(&self, bot: &'static Bot) -> anyhow::Result<Figures> {
        let (emulator, site, people) = self.fresh(bot).await?;
        let client = emulator.client(TOKEN)?;
        let process = polling(&site, &client).await?;
        people.it_polls(true);
        client.log_calls(false).await?;
        let over = Arc::new(AtomicBool::new(false));
        let before = site.cpu(&process)?;
        let begun = Instant::now();
        let talking = tokio::spawn(talk(Arc::clone(&people), self.effort.people, {
            let over = Arc::clone(&over);
            move |_| !over.load(Ordering::Relaxed)
        }));
        tokio::time::sleep(self.effort.talk).await;
        let answered = people.answered();
        let took = begun.elapsed();
        let cpu = site.cpu(&process)?.saturating_sub(before);
        over.store(true, Ordering::Relaxed);
        let met = talking.await??;
        let peak = site.peak(&process)?;
        process.kill()?;
        emulator.stop().await;
        let unwell = met.iter().find(|person| person.receipt.is_none());
        anyhow::ensure!(
            unwell.is_none(),
            "no receipt: {unwell:?}; see {}",
            site.log().display()
        );
        let mut waits: Vec<f64> = (met.iter().flat_map(|person| &person.waits))
            .map(|wait| wait.as_secs_f64() * 1e3)
            .collect();
        waits.sort_by(f64::total_cmp);
        let share = |share: f64| waits[(waits.len() as f64 * share) as usize];
        let conversations = answered as f64 / ANSWERS as f64;
        Ok(Figures {
            rate: conversations / took.as_secs_f64(),
            cpu: cpu.as_secs_f64() * 1e3 / conversations,
            peak,
            p50: share(0.5),
            p99: share(0.99),
        })
    }

    /// What it loses: killed at moments spread over all conversations, each time started again at once.
    async fn killed(&self, bot: &'static Bot) -> anyhow::Result<Losses> {
        let (emulator, site, people) = self.fresh(bot).await?;
        let client = emulator.client(TOKEN)?;
        let all = self.effort.conversations;
        let goes_on = move |taken: i64| taken < all;
        let talking = tokio::spawn(talk(Arc::clone(&people), self.effort.under_fire, goes_on));
        let mut luck = Luck(self.seed | 1);
        let between = ANSWERS * all.unsigned_abs() / (self.effort.kills + 1);
        let mut process = polling(&site, &client).await?;
        people.it_polls(true);
        for kill in 0..self.effort.kills {
            let moment = kill * between + luck.below(between);
            while people.answered() < moment && !talking.is_finished() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_micros(luck.below(8_000))).await;
            process.kill()?;
            people.it_polls(false);
            process = polling(&site, &client).await?;
            people.it_polls(true);
        }
        let met = talking.await??;
        process.kill()?;
        let losses = judged::judge(&met, &site.records()?, &people);
        emulator.stop().await;
        Ok(losses)
    }
}

/// Starts it, and waits until it has fetched something.
async fn polling(site: &Site, client: &Client) -> anyhow::Result<Process> {
    let after = client.calls_of("none", 0, Duration::ZERO).await?.last;
    client.send_text(STRANGER, "/start").await?;
    let mut process = site.start()?;
    let begun = Instant::now();
    loop {
        let calls = client
            .calls_of("getUpdates", after, Duration::from_millis(50))
            .await?;
        if !calls.calls.is_empty() {
            return Ok(process);
        }
        let ended = process.ended()?;
        if ended.is_some() || begun.elapsed() > TO_START {
            anyhow::bail!("it does not run ({ended:?}); see {}", site.log().display());
        }
    }
}

/// So many people at once; each that is through makes room for the next, as long as `goes_on`, which hears how many began.
async fn talk(
    people: Arc<People>,
    at_once: usize,
    goes_on: impl Fn(i64) -> bool + Clone + Send + 'static,
) -> anyhow::Result<Vec<Conversation>> {
    let began = Arc::new(AtomicI64::new(0));
    let lines: Vec<_> = (0..at_once)
        .map(|_| {
            let (people, began, goes_on) =
                (Arc::clone(&people), Arc::clone(&began), goes_on.clone());
            tokio::spawn(async move {
                let mut met = Vec::new();
                loop {
                    let number = began.fetch_add(1, Ordering::Relaxed);
                    if !goes_on(number) {
                        return anyhow::Ok(met);
                    }
                    met.push(people.converse(number).await?);
                }
            })
        })
        .collect();
    let mut met = Vec::new();
    for line in lines {
        met.extend(line.await??);
    }
    Ok(met)
}

/// The middle one; of an even number the higher of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A generator of numbers that a seed determines (xorshift64*).
struct Luck(u64);

impl Luck {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}
