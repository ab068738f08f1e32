//! Speed and size, measured against the emulator; docs/BENCHES.md tells how and what for.
//!
//! Every bot is a process of its own and is measured from outside. The emulator and the people live in this process;
//! their work is not counted, but it shares the cores. Figures are printed beside the goals; nothing here fails because
//! of a figure.

mod documents;
mod measured;
mod people;
mod plain_bot;
mod process;
mod small;
mod stored;
mod table;
mod webhook;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use samleng::config;
use samleng::emulator::{Config, Emulator, Limits, Running};
use samleng::text::Forum;
use serde_json::json;

use people::{Kind, People};
use process::{Process, TOKEN, Written};
use table::{Table, median};

/// How many concerns the stored ones are.
const STORED: u64 = 20_000;
/// Batches of each size for counting flushes.
const BATCHES: u64 = 20;

/// How long it all takes.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    talk: Duration,
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    samleng::store::folder::set_private_umask();
    let runtime = tokio::runtime::Runtime::new()?;
    if let [mode, url] = args.as_slice()
        && mode == "plain-bot"
    {
        return runtime.block_on(plain_bot::run(url, TOKEN));
    }
    let effort = if args.iter().any(|arg| arg == "quick") {
        Effort {
            rounds: 1,
            talk: Duration::from_secs(3),
        }
    } else {
        Effort {
            rounds: 5,
            talk: Duration::from_secs(6),
        }
    };
    let wanted = |part: &str| {
        let parts = ["load", "flushes", "stored", "small", "documents", "webhook"];
        let none_named = !args.iter().any(|arg| parts.contains(&arg.as_str()));
        none_named || args.iter().any(|arg| arg == part)
    };
    // Beside the build, since a temporary folder in memory would make every flush free.
    let place =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("load-{}", std::process::id()));
    fs::create_dir_all(&place)?;
    let mut table = Table::new();
    let result = (|| {
        if wanted("load") {
            for people in [50, 1_000] {
                runtime.block_on(load(&mut table, &place, people, effort))?;
            }
        }
        if wanted("flushes") {
            runtime.block_on(flushes(&mut table, &place))?;
        }
        if wanted("webhook") {
            runtime.block_on(webhook::offered(&mut table, &place, effort))?;
        }
        let forum = Arc::new(forum()?);
        let full = place.join("full");
        if wanted("stored") || wanted("small") || wanted("documents") {
            fs::create_dir_all(&full)?;
            stored::fill(&full.join("data"), &forum, STORED)?;
        }
        if wanted("stored") {
            runtime.block_on(start(&mut table, &full, effort))?;
        }
        if wanted("small") {
            small::all(&mut table, &forum, &full.join("data"), &place.join("fresh"))?;
        }
        if wanted("documents") {
            documents::forms(&mut table, &forum, &place)?;
            documents::many(&mut table, &forum, &full.join("data"))?;
            runtime.block_on(documents::beside_people(&mut table, &full, effort.talk))?;
        }
        Ok(())
    })();
    fs::remove_dir_all(&place)?;
    result
}

/// The compiled configuration.
fn forum() -> anyhow::Result<Forum> {
    let wrong = |mistakes: Vec<config::Mistake>| anyhow::anyhow!("{} mistakes", mistakes.len());
    Forum::read(config::files(None).map_err(wrong)?).map_err(wrong)
}

async fn emulator() -> anyhow::Result<Running> {
    Emulator::start(Config {
        limits: Limits::Off,
        ..Config::default()
    })
    .await
}

/// What one bot did in one round.
struct Figures {
    /// Microseconds of CPU for an answer.
    cpu: f64,
    /// Answers a second.
    rate: f64,
    /// Milliseconds.
    p50: f64,
    p99: f64,
    /// MiB.
    peak: f64,
    /// fdatasyncs for an answer.
    syncs: f64,
}

/// Both bots in turn, round after round, with this many people at once.
async fn load(table: &mut Table, place: &Path, people: i64, effort: Effort) -> anyhow::Result<()> {
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for round in 0..effort.rounds {
        for turn in 0..2 {
            // Whoever goes second may find a warmer machine; they take turns at that, too.
            if (round + turn) % 2 == 0 {
                ours.push(one(place, Kind::Samleng, people, effort).await?);
            } else {
                plain.push(one(place, Kind::Plain, people, effort).await?);
            }
        }
    }
    let middle = |figures: &[Figures], of: fn(&Figures) -> f64| {
        median(&mut figures.iter().map(of).collect::<Vec<_>>())
    };
    let ratio = |of: fn(&Figures) -> f64| {
        let ratios = ours
            .iter()
            .zip(&plain)
            .map(|(ours, plain)| of(ours) / of(plain));
        median(&mut ratios.collect::<Vec<_>>())
    };
    let mut compare = |what: &str, of: fn(&Figures) -> f64, goal: &str| {
        let (a, b, ratio) = (middle(&ours, of), middle(&plain, of), ratio(of));
        let measured = format!("{a:.1} / {b:.1} = **{ratio:.2}**");
        table.row(
            &format!("{people} people: {what}, ours / plain bot"),
            &measured,
            goal,
        );
    };
    compare("CPU µs per answer", |f| f.cpu, "at most 1.5 times");
    compare("answers a second", |f| f.rate, "at least 0.8 times");
    compare("p50 ms", |f| f.p50, "");
    let p99 = if people <= 50 { "at most 2 times" } else { "" };
    compare("p99 ms", |f| f.p99, p99);
    let size = if people > 50 { "ours under 60" } else { "" };
    compare("most memory MiB", |f| f.peak, size);
    let syncs = format!("{:.3}", middle(&ours, |f| f.syncs));
    table.row(
        &format!("{people} people: flushes per answer"),
        &syncs,
        "printed",
    );
    Ok(())
}

/// The time, in milliseconds, within which this share of all was answered.
fn share(waits: &[Duration], share: f64) -> f64 {
    let mut waits: Vec<f64> = waits.iter().map(Duration::as_secs_f64).collect();
    waits.sort_by(f64::total_cmp);
    let last = waits.len().saturating_sub(1) as f64;
    waits
        .get((last * share) as usize)
        .map_or(0.0, |wait| wait * 1e3)
}

async fn one(place: &Path, kind: Kind, count: i64, effort: Effort) -> anyhow::Result<Figures> {
    let emulator = emulator().await?;
    let folder = place.join("load");
    let bot = match kind {
        // Closing the store tells its counts; a line a commit would be work that is not the bot's.
        Kind::Samleng => Process::samleng(&emulator.url(), &folder, "warn,samleng::store=debug")?,
        Kind::Plain => Process::plain(&emulator.url())?,
    };
    let people = People::new(emulator.local(TOKEN)?, kind, count)?;
    let joined = people.join().await?;
    let before = bot.cpu()?;
    let talk = people.raise(effort.talk).await?;
    let cpu = bot.cpu()?.saturating_sub(before);
    let peak = bot.peak()?;
    let written = bot.end()?;
    emulator.stop().await;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let answers = talk.waits.len() as f64;
    anyhow::ensure!(answers > 0.0, "nobody was answered");
    Ok(Figures {
        cpu: cpu.as_secs_f64() * 1e6 / answers,
        rate: answers / talk.took.as_secs_f64(),
        p50: share(&talk.waits, 0.5),
        p99: share(&talk.waits, 0.99),
        peak,
        syncs: written.syncs as f64 / (answers + joined.waits.len() as f64),
    })
}

/// Counts flushes for batches of known sizes.
async fn flushes(table: &mut Table, place: &Path) -> anyhow::Result<()> {
    let emulator = emulator().await?;
    let folder = place.join("flushes");
    let bot = Process::samleng(&emulator.url(), &folder, "warn,samleng=debug")?;
    let people = People::new(emulator.local(TOKEN)?, Kind::Samleng, 100)?;
    people.join().await?;
    let quiet = Duration::from_millis(100);
    tokio::time::sleep(quiet * 3).await;
    for size in [1, 10, 100] {
        let before = bot.written();
        for _ in 0..BATCHES {
            people.write_together(size).await?;
            // The rows that were sent leave the outbox meanwhile, and the next batch is alone.
            tokio::time::sleep(quiet).await;
        }
        let Written {
            update_commits,
            updates,
            other_commits,
            ..
        } = bot.written();
        let counted = format!(
            "{} updates, {} flushes; {} more to take sent rows out of the outbox",
            updates - before.updates,
            update_commits - before.update_commits,
            other_commits - before.other_commits,
        );
        let what = format!(
            "{BATCHES} batches of {size} {}",
            if size == 1 { "update" } else { "updates" }
        );
        table.row(&what, &counted, &format!("{BATCHES} flushes"));
    }
    let Written {
        update_commits,
        other_commits,
        syncs,
        ..
    } = bot.end()?;
    let counted = format!(
        "{} commits, {syncs} fdatasyncs",
        update_commits + other_commits
    );
    table.row("in that whole run", &counted, "");
    emulator.stop().await;
    Ok(())
}

/// Starts on many stored concerns.
async fn start(table: &mut Table, folder: &Path, effort: Effort) -> anyhow::Result<()> {
    let (mut times, mut peaks) = (Vec::new(), Vec::new());
    for round in 1..=effort.rounds {
        let emulator = emulator().await?;
        let local = emulator.local(TOKEN)?;
        // To the bot this is one Telegram: an id that it has seen would be passed over.
        local.act("new-ids", json!({"start": round * 1_000_000}))?;
        // With something to fetch the first poll ends, and is seen, at once.
        local.act("user", json!({"id": 7, "first_name": "P"}))?;
        local.act("send", json!({"from": 7, "text": "/start"}))?;
        let client = emulator.client(TOKEN)?;
        let begun = Instant::now();
        let bot = Process::samleng(&emulator.url(), folder, "warn")?;
        let calls = client
            .calls_of("getUpdates", 0, Duration::from_secs(20))
            .await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(!calls.calls.is_empty(), "the bot did not start");
        let answered = local.screen(7, 0, Duration::from_secs(10)).await;
        answered.context("no answer")?;
        peaks.push(bot.peak()?);
        bot.end()?;
        emulator.stop().await;
    }
    let time = format!("{:.0} ms", median(&mut times));
    table.row(
        "20,000 concerns: start to first getUpdates",
        &time,
        "under 100 ms",
    );
    let peak = format!("{:.1} MiB", median(&mut peaks));
    table.row(
        "20,000 concerns: most memory",
        &peak,
        "under 40 MB = 38.1 MiB",
    );
    Ok(())
}
