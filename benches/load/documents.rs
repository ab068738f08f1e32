//! Documents: how long each form takes, and what a very large one does to those in conversation.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use samleng::digest::{Edition, Filter, Format, Records, Request};
use samleng::documents::produce::{Product, produce};
use samleng::domain::Language;
use samleng::text::Forum;

use crate::people::{Kind, People};
use crate::process::Process;
use crate::stored;
use crate::table::{Table, median};
use crate::{emulator, share};

/// 170 organisations with three concerns each.
const A_MEETING: u64 = 510;
/// Rounds of each form.
const ROUNDS: usize = 5;
/// People in conversation while the large one is made.
const PEOPLE: i64 = 50;
/// What each takes to read an answer: people in a hurry. Without a pause they would take the processors whole, and what stands back
/// for them would never be made.
const PAUSE: Duration = Duration::from_secs(1);

/// Each form of a meeting's digest, in this process.
pub(crate) fn forms(table: &mut Table, forum: &Forum, place: &Path) -> anyhow::Result<()> {
    let data = place.join("meeting");
    stored::fill(&data, forum, A_MEETING)?;
    let records = stored::open(&data)?.snapshot()?.open()?;
    for (format, goal) in [
        (Format::Text, "under 20 ms"),
        (Format::Xlsx, "under 300 ms"),
        (Format::Pdf, "under 1,500 ms"),
        (Format::Docx, ""),
        (Format::Csv, ""),
        (Format::Json, ""),
        (Format::Stats, ""),
    ] {
        one(table, "510 concerns", format, goal, ROUNDS, &records, forum)?;
    }
    Ok(())
}

/// Text and table of very many.
pub(crate) fn many(table: &mut Table, forum: &Forum, full: &Path) -> anyhow::Result<()> {
    let records = stored::open(full)?.snapshot()?.open()?;
    for (format, goal) in [
        (Format::Text, "under 200 ms"),
        (Format::Xlsx, "under 3,000 ms"),
    ] {
        one(
            table,
            "20,000 concerns",
            format,
            goal,
            ROUNDS,
            &records,
            forum,
        )?;
    }
    Ok(())
}

fn one(
    table: &mut Table,
    what: &str,
    format: Format,
    goal: &str,
    rounds: usize,
    records: &Records,
    forum: &Forum,
) -> anyhow::Result<()> {
    let request = Request {
        edition: Edition::Organisers,
        format,
        language: Language::parse("km").context("no language")?,
        filter: Filter::default(),
        part: None,
    };
    let mut took = Vec::new();
    let mut bytes = 0;
    for _ in 0..rounds {
        bytes = 0;
        let records = records.clone();
        let begun = Instant::now();
        let mut salts = || [7; 16];
        produce(
            &request,
            records,
            forum,
            Timestamp::now(),
            &mut salts,
            &mut |product| {
                if let Product::File(file) = product {
                    bytes += file.len();
                }
                Ok(())
            },
        )?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    table.row(
        &format!("{what}: {}, {:.1} MB", format.id(), bytes as f64 / 1e6),
        &format!("{:.0} ms", median(&mut took)),
        goal,
    );
    Ok(())
}

/// The whole program: a PDF of 20,000 concerns while people are in conversation.
pub(crate) async fn beside_people(
    table: &mut Table,
    full: &Path,
    talk: Duration,
) -> anyhow::Result<()> {
    let server = emulator().await?;
    let bot = Process::samleng(&server.url(), full, "warn")?;
    let people = People::new(server.local(crate::TOKEN)?, Kind::Samleng, PEOPLE)?;
    let people = people.who_pause(PAUSE);
    people.join().await?;
    let over = Arc::new(AtomicBool::new(false));
    let talking = tokio::spawn({
        let (people, over) = (people.clone(), Arc::clone(&over));
        async move { people.raise_until(over).await }
    });
    tokio::time::sleep(talk).await;
    let watching = tokio::task::spawn_blocking({
        let (over, id) = (Arc::clone(&over), bot.id());
        move || child_peak(id, &over)
    });
    let begun = Instant::now();
    let out = full.join("digest.pdf");
    let mut ask: Command =
        Process::command(full, &["digest", "--format", "pdf", "--language", "km"]);
    ask.arg("--out").arg(&out);
    let asked = tokio::task::spawn_blocking(move || ask.status()).await??;
    anyhow::ensure!(asked.success(), "no PDF");
    let took = begun.elapsed();
    over.store(true, Ordering::Relaxed);
    let talked = talking.await??;
    let acts = talked.acted.iter().zip(&talked.waits);
    let (before, meanwhile): (Vec<_>, Vec<_>) = acts.partition(|(acted, _)| **acted < begun);
    let waits = |acts: Vec<(&Instant, &Duration)>| -> Vec<Duration> {
        acts.into_iter().map(|(_, wait)| *wait).collect()
    };
    let (alone, beside) = (share(&waits(before), 0.99), share(&waits(meanwhile), 0.99));
    let child = watching.await?;
    let name = "20,000 concerns as PDF beside 50 people";
    table.row(
        &format!("{name}: whole"),
        &format!("{:.1} s", took.as_secs_f64()),
        "under 45 s",
    );
    table.row(
        &format!("{name}: most memory of the process that makes it"),
        &format!("{child:.0} MiB"),
        "under 400 MB = 381 MiB",
    );
    table.row(
        &format!("{name}: most memory of the bot"),
        &format!("{:.0} MiB", bot.peak()?),
        "under 120 MB = 114 MiB",
    );
    table.row(
        &format!("{name}: p99 of a reply, beside it / alone"),
        &format!("{beside:.1} ms / {alone:.1} ms = **{:.2}**", beside / alone),
        "at most doubled",
    );
    bot.end()?;
    server.stop().await;
    Ok(())
}

/// The most memory that a child of this process ever held, in MiB.
fn child_peak(of: u32, over: &AtomicBool) -> f64 {
    let mut most: f64 = 0.0;
    while !over.load(Ordering::Relaxed) {
        let children = fs::read_dir(format!("/proc/{of}/task"))
            .into_iter()
            .flatten();
        for task in children.flatten() {
            let listed = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in listed.split_whitespace() {
                let status = fs::read_to_string(format!("/proc/{child}/status"));
                let line = status.unwrap_or_default();
                let line = line.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
                most = most.max(kib.unwrap_or_default() / 1024.0);
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    most
}
